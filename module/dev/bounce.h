/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Data of the kernel's own sockets.
 */
#ifndef KSOCK_DEV_BOUNCE_H
#define KSOCK_DEV_BOUNCE_H

#include <linux/fs.h>
#include <linux/ktime.h>
#include <linux/types.h>

struct iov_iter;
struct ksock;
struct ksock_control_room;
struct ksock_msg;

ssize_t ksock_bounce_sendmsg(struct ksock *ks, struct ksock_msg *msg, int flags,
			     ktime_t deadline);
ssize_t ksock_bounce_recvmsg(struct ksock *ks, struct ksock_msg *msg,
			     struct ksock_control_room *room, int flags,
			     ktime_t deadline);
ssize_t ksock_bounce_write_iter(struct ksock *ks, struct kiocb *iocb,
				struct iov_iter *from);
ssize_t ksock_bounce_read_iter(struct ksock *ks, struct kiocb *iocb,
			       struct iov_iter *to);

#endif /* KSOCK_DEV_BOUNCE_H */
