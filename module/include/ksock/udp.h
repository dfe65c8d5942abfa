/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Datagram sockets: every message has an address of its own, which a stream
 * does not pretend to.
 */
#ifndef KSOCK_UDP_H
#define KSOCK_UDP_H

#include <linux/types.h>

struct ksock_addr;
struct ksock_msg;

/** struct ksock_udp - datagram socket */
struct ksock_udp;

ssize_t ksock_udp_sendto(struct ksock_udp *udp, struct ksock_msg *msg,
			 int flags, const struct ksock_addr *to);
ssize_t ksock_udp_recvfrom(struct ksock_udp *udp, struct ksock_msg *msg,
			   int flags, struct ksock_addr *from);

#endif /* KSOCK_UDP_H */
