/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The socket abstraction for modules: include this one header, link against
 * what ksock.ko exports (GPL).  docs/kernel-api.md is the guide.
 *
 * One counted object stands for one kernel socket.  TCP and UDP have types of
 * their own, in tcp.h and udp.h; what every socket can do is here.
 *
 * Pointers to sockets must not be NULL unless a function says that it takes
 * one.  A function that waits must be called where sleeping is allowed; with
 * %KSOCK_NOWAIT sends and receives only take the socket lock, which sleeps, too.
 */
#ifndef KSOCK_KSOCK_H
#define KSOCK_KSOCK_H

#include <linux/gfp.h>
#include <linux/types.h>
#include <linux/uidgid.h>
#include <ksock/addr.h>
#include <ksock/msg.h>
#include <ksock/types.h>

struct file;
struct net;
struct page;
struct tcp_info;

/** struct ksock - a kernel socket, opaque */
struct ksock;

/** struct ksock_lite - room for a connection to be accepted, opaque */
struct ksock_lite;

/**
 * struct ksock_stat - a snapshot of a socket
 * @family: address family.
 * @type: socket type.
 * @protocol: protocol number.
 * @state: state of the connection, an entry of the enum in net/tcp_states.h.
 * @kern: whether it is the kernel's own, from ksock_create_kern().
 * @uid: owner.
 * @inode: inode number of the socket.
 * @cookie: cookie of the socket.
 * @netns: inode number of its network namespace.
 * @sent_ops: sends that succeeded.
 * @sent_bytes: bytes they took.
 * @received_ops: receives that succeeded.
 * @received_bytes: bytes they returned.
 */
struct ksock_stat {
	int family;
	int type;
	int protocol;
	int state;
	bool kern;
	kuid_t uid;
	u64 inode;
	u64 cookie;
	u64 netns;
	u64 sent_ops;
	u64 sent_bytes;
	u64 received_ops;
	u64 received_bytes;
};

/**
 * enum ksock_create_flags - how a socket of the kernel's own is made
 * @KSOCK_CREATE_FOLLOW: do not keep the network namespace alive but end with
 *	it: when it goes, calls that wait return, the connection is reset, and
 *	from then on every call returns -ENETDOWN.
 */
enum ksock_create_flags {
	KSOCK_CREATE_FOLLOW	= 1 << 0,
};

/* Life */
struct ksock *ksock_create(enum ksock_family family, enum ksock_type type,
			   enum ksock_protocol protocol);
struct ksock *ksock_create_kern(struct net *net, enum ksock_family family,
				enum ksock_type type,
				enum ksock_protocol protocol,
				unsigned int flags);
struct ksock_lite *ksock_create_lite(void);
void ksock_lite_free(struct ksock_lite *lite);
struct ksock *ksock_adopt(int fd);
struct ksock *ksock_hold(struct ksock *ks);
void ksock_put(struct ksock *ks);
void ksock_put_sync(struct ksock *ks);
void ksock_cancel(struct ksock *ks);

/* Connections */
int ksock_bind(struct ksock *ks, const struct ksock_addr *addr);
int ksock_listen(struct ksock *ks, int backlog);
struct ksock *ksock_accept(struct ksock *ks, ktime_t deadline,
			   struct ksock_addr *peer);
struct ksock *ksock_accept_lite(struct ksock *ks, struct ksock_lite *lite,
				ktime_t deadline, struct ksock_addr *peer);
int ksock_connect(struct ksock *ks, const struct ksock_addr *addr,
		  ktime_t deadline);
int ksock_shutdown(struct ksock *ks, enum ksock_shut how);
int ksock_abort(struct ksock *ks);
int ksock_getsockname(struct ksock *ks, struct ksock_addr *addr);
int ksock_getpeername(struct ksock *ks, struct ksock_addr *addr);

/* Data */
ssize_t ksock_send(struct ksock *ks, const void *buf, size_t len, int flags,
		   ktime_t deadline);
ssize_t ksock_recv(struct ksock *ks, void *buf, size_t len, int flags,
		   ktime_t deadline);
ssize_t ksock_sendto(struct ksock *ks, const void *buf, size_t len, int flags,
		     ktime_t deadline, const struct ksock_addr *to);
ssize_t ksock_recvfrom(struct ksock *ks, void *buf, size_t len, int flags,
		       ktime_t deadline, struct ksock_addr *from);
ssize_t ksock_sendmsg(struct ksock *ks, struct ksock_msg *msg, int flags,
		      ktime_t deadline);
ssize_t ksock_recvmsg(struct ksock *ks, struct ksock_msg *msg, int flags,
		      ktime_t deadline);
ssize_t ksock_send_page(struct ksock *ks, struct page *page, size_t offset,
			size_t len, int flags, ktime_t deadline);
int ksock_write_all(struct ksock *ks, const void *buf, size_t len,
		    ktime_t deadline);
int ksock_read_exact(struct ksock *ks, void *buf, size_t len, ktime_t deadline);
int ksock_discard(struct ksock *ks, size_t len, ktime_t deadline);
int ksock_inq(struct ksock *ks);
int ksock_outq(struct ksock *ks);

/* What a socket is */
enum ksock_family ksock_family(const struct ksock *ks);
enum ksock_type ksock_type(const struct ksock *ks);
enum ksock_protocol ksock_protocol(const struct ksock *ks);
struct net *ksock_net(const struct ksock *ks);
void ksock_stat(struct ksock *ks, struct ksock_stat *stat);
int ksock_tcp_info(struct ksock *ks, struct tcp_info *info);
struct socket *ksock_raw(const struct ksock *ks);
struct file *ksock_get_file(struct ksock *ks);
int ksock_error(struct ksock *ks);

#include <ksock/event.h>
#include <ksock/memory.h>
#include <ksock/opt.h>
#include <ksock/tcp.h>
#include <ksock/udp.h>

#endif /* KSOCK_KSOCK_H */
