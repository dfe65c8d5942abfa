/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The calls of a process: they do what its system calls would, in its context,
 * with its memory and by its files.  For dev/, which checks what it asks for;
 * modules have <ksock/ksock.h>.
 */
#ifndef KSOCK_CORE_USER_H
#define KSOCK_CORE_USER_H

#include <linux/fs.h>
#include <linux/ktime.h>
#include <linux/poll.h>
#include <linux/types.h>

struct file;
struct iov_iter;
struct kiocb;
struct ksock;
struct ksock_addr;
struct ksock_msg;
struct net;
struct pipe_inode_info;

struct ksock *ksock_alloc(size_t extra);
void *ksock_extra(struct ksock *ks);
int ksock_socket(struct ksock *ks, struct net *net, int family, int type,
		 int protocol, bool kern);

int ksock_accept_user(struct ksock *ks, struct ksock *child, bool nonblock,
		      ktime_t deadline, struct ksock_addr *peer);
int ksock_connect_user(struct ksock *ks, const struct ksock_addr *addr,
		       bool nonblock, ktime_t deadline);

ssize_t ksock_send_user(struct ksock *ks, u64 ptr, u64 len, int flags);
ssize_t ksock_recv_user(struct ksock *ks, u64 ptr, u64 len, int flags,
			u32 *out_flags);
ssize_t ksock_sendmsg_user(struct ksock *ks, struct ksock_msg *msg, int flags,
			   ktime_t deadline);
ssize_t ksock_recvmsg_user(struct ksock *ks, struct ksock_msg *msg, int flags,
			   ktime_t deadline);
size_t ksock_sendmsg_rest(struct ksock *ks, struct ksock_msg *msg, int flags,
			  ktime_t deadline);
size_t ksock_recvmsg_rest(struct ksock *ks, struct ksock_msg *msg, int flags,
			  ktime_t deadline);
ktime_t ksock_deadline_user(const struct ksock *ks, bool send,
			    ktime_t deadline);
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

long ksock_ioctl(struct ksock *ks, unsigned int cmd, unsigned long arg);
__poll_t ksock_poll(struct ksock *ks, const struct file *file,
		    poll_table *wait);
int ksock_fasync(struct ksock *ks, int fd, struct file *file, int on);

#endif /* KSOCK_CORE_USER_H */
