// SPDX-License-Identifier: GPL-2.0-only
/*
 * Message headers: with msg.h the only place that fills a struct msghdr.
 *
 * Every header starts out zero, as newer kernels keep pointers in it that they
 * follow; the functions set what they are named for and nothing else.  User
 * memory is passed to the stack as a user iterator; nothing here touches it.
 */
#include <linux/compat.h>
#include <linux/slab.h>
#include "msg.h"

/**
 * ksock_msg_set_iov() - have a message move parts in user memory
 * @msg: message, to be given to ksock_msg_free_iov() afterwards
 * @direction: ITER_SOURCE to send, ITER_DEST to receive
 * @iov: array of the parts, with the layout that the calling process knows
 * @count: its entries, at most UIO_MAXIOV
 *
 * Context: may sleep; allocates for more than UIO_FASTIOV parts.
 * Return: 0, -EMSGSIZE for too many parts, -EINVAL for parts longer than
 * memory, -EFAULT, -ENOMEM.
 */
int ksock_msg_set_iov(struct ksock_msg_iov *msg, unsigned int direction,
		      const struct iovec __user *iov, unsigned int count)
{
	ssize_t ret;

	if (count > UIO_MAXIOV)
		return -EMSGSIZE;
	msg->iov = msg->fast;
	ret = import_iovec(direction, iov, count, ARRAY_SIZE(msg->fast),
			   &msg->iov, &msg->msg.hdr.msg_iter);
	return ret < 0 ? ret : 0;
}

/**
 * ksock_msg_free_iov() - free what ksock_msg_set_iov() allocated
 * @msg: message it made
 *
 * Context: any.
 */
void ksock_msg_free_iov(struct ksock_msg_iov *msg)
{
	kfree(msg->iov);
}

/**
 * ksock_msg_set_control() - put control data into a message to be sent
 * @msg: message
 * @control: control data in kernel memory, laid out for the kernel; must live
 *	as long as @msg
 * @len: its length in bytes
 *
 * Context: any.
 */
void ksock_msg_set_control(struct ksock_msg *msg, void *control, size_t len)
{
	msg->hdr.msg_control = control;
	msg->hdr.msg_controllen = len;
}

/**
 * ksock_msg_set_control_user() - let a receive store control data
 * @msg: message
 * @control: room for it in user memory
 * @len: its length in bytes
 *
 * What is stored has the layout that the calling process knows.
 *
 * Context: process context.
 */
void ksock_msg_set_control_user(struct ksock_msg *msg, void __user *control,
				size_t len)
{
	msg->hdr.msg_control_user = control;
	msg->hdr.msg_control_is_user = true;
	msg->hdr.msg_controllen = len;
	if (in_compat_syscall())
		msg->hdr.msg_flags |= MSG_CMSG_COMPAT;
}
