/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * UDP: a receive tells who sent, how, and whether all of it is there.
 */
#ifndef KSOCK_UDP_H
#define KSOCK_UDP_H

#include <linux/types.h>
#include <ksock/addr.h>
#include <ksock/types.h>

struct ksock;
struct net;

/** struct ksock_udp - UDP socket, opaque */
struct ksock_udp;

/**
 * struct ksock_udp_from - what a receive tells beside the data
 * @addr: the sender; its length is 0 when the stack told none.
 * @flags: MSG_TRUNC and the like, see ksock_msg_flags().
 * @len: length of the datagram in bytes, also of one that did not fit.
 */
struct ksock_udp_from {
	struct ksock_addr addr;
	unsigned int flags;
	size_t len;
};

struct ksock_udp *ksock_udp_create(struct net *net, enum ksock_family family,
				   unsigned int flags);
int ksock_udp_bind(struct ksock_udp *udp, const struct ksock_addr *addr);
int ksock_udp_connect(struct ksock_udp *udp, const struct ksock_addr *addr);
ssize_t ksock_udp_send(struct ksock_udp *udp, const void *buf, size_t len,
		       int flags, ktime_t deadline);
ssize_t ksock_udp_sendto(struct ksock_udp *udp, const void *buf, size_t len,
			 int flags, ktime_t deadline,
			 const struct ksock_addr *to);
ssize_t ksock_udp_recv(struct ksock_udp *udp, void *buf, size_t len, int flags,
		       ktime_t deadline);
ssize_t ksock_udp_recvfrom(struct ksock_udp *udp, void *buf, size_t len,
			   int flags, ktime_t deadline,
			   struct ksock_udp_from *from);
int ksock_udp_join(struct ksock_udp *udp, const struct ksock_addr *group,
		   int ifindex);
int ksock_udp_leave(struct ksock_udp *udp, const struct ksock_addr *group,
		    int ifindex);
int ksock_udp_name(struct ksock_udp *udp, struct ksock_addr *addr);
int ksock_udp_peer(struct ksock_udp *udp, struct ksock_addr *addr);
int ksock_udp_shutdown(struct ksock_udp *udp, enum ksock_shut how);
void ksock_udp_put(struct ksock_udp *udp);

struct ksock *ksock_from_udp(struct ksock_udp *udp);
struct ksock_udp *ksock_as_udp(struct ksock *ks);

#endif /* KSOCK_UDP_H */
