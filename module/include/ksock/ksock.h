/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The socket abstraction: one counted object for each kernel socket.
 */
#ifndef KSOCK_KSOCK_H
#define KSOCK_KSOCK_H

#include <linux/ktime.h>
#include <linux/net.h>
#include <linux/poll.h>
#include <linux/types.h>
#include <linux/uidgid.h>

struct file;
struct iov_iter;
struct kiocb;
struct ksock_addr;
struct ksock_msg;
struct net;
struct pipe_inode_info;
struct tcp_info;

/** struct ksock - a kernel socket, opaque; see core/sock.h */
struct ksock;

/**
 * struct ksock_stat - a snapshot of a socket
 * @family: address family.
 * @type: socket type.
 * @protocol: protocol number.
 * @state: state of the connection, an entry of the enum in net/tcp_states.h.
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
	kuid_t uid;
	u64 inode;
	u64 cookie;
	u64 netns;
	u64 sent_ops;
	u64 sent_bytes;
	u64 received_ops;
	u64 received_bytes;
};

struct ksock *ksock_alloc(size_t extra);
void *ksock_extra(struct ksock *ks);
int ksock_socket(struct ksock *ks, struct net *net, int family, int type,
		 int protocol);
void ksock_put(struct ksock *ks);

int ksock_bind(struct ksock *ks, const struct ksock_addr *addr);
int ksock_connect(struct ksock *ks, const struct ksock_addr *addr,
		  bool nonblock, ktime_t deadline);
int ksock_shutdown(struct ksock *ks, enum sock_shutdown_cmd how);
int ksock_abort(struct ksock *ks);
int ksock_getsockname(struct ksock *ks, struct ksock_addr *addr);
int ksock_getpeername(struct ksock *ks, struct ksock_addr *addr);

ssize_t ksock_sendmsg(struct ksock *ks, struct ksock_msg *msg, int flags,
		      ktime_t deadline);
ssize_t ksock_recvmsg(struct ksock *ks, struct ksock_msg *msg, int flags,
		      ktime_t deadline);
ssize_t ksock_send(struct ksock *ks, u64 ptr, u64 len, int flags);
ssize_t ksock_recv(struct ksock *ks, u64 ptr, u64 len, int flags,
		   u32 *out_flags);
ssize_t ksock_write_iter(struct ksock *ks, struct kiocb *iocb,
			 struct iov_iter *from);
ssize_t ksock_read_iter(struct ksock *ks, struct kiocb *iocb,
			struct iov_iter *to);
ssize_t ksock_splice_read(struct ksock *ks, const struct file *file,
			  loff_t *pos, struct pipe_inode_info *pipe, size_t len,
			  unsigned int flags);
ssize_t ksock_splice_write(struct ksock *ks, const struct file *file,
			   struct pipe_inode_info *pipe, loff_t *pos,
			   size_t len, unsigned int flags);
void ksock_splice_eof(struct ksock *ks);

int ksock_getsockopt(struct ksock *ks, int level, int name, char __user *value,
		     int __user *len);
int ksock_setsockopt(struct ksock *ks, int level, int name, char __user *value,
		     int len);
int ksock_tcp_info(struct ksock *ks, struct tcp_info *info);
long ksock_ioctl(struct ksock *ks, unsigned int cmd, unsigned long arg);

int ksock_type(const struct ksock *ks);
void ksock_stat(struct ksock *ks, struct ksock_stat *stat);
__poll_t ksock_poll(struct ksock *ks, const struct file *file,
		    poll_table *wait);
int ksock_fasync(struct ksock *ks, int fd, struct file *file, int on);

#endif /* KSOCK_KSOCK_H */
