// SPDX-License-Identifier: GPL-2.0-only
/*
 * Message headers: the only place that fills a struct msghdr.
 *
 * Every header starts out zero, as newer kernels keep pointers in it that they
 * follow.  User memory is passed to the stack as a user iterator; nothing here
 * touches it.
 */
#include <linux/compat.h>
#include <linux/fs.h>
#include <linux/minmax.h>
#include <linux/slab.h>
#include <ksock/addr.h>
#include "msg.h"

/**
 * ksock_msg_init_user() - make a message of user memory
 * @msg: message
 * @direction: ITER_SOURCE to send, ITER_DEST to receive
 * @buf: the memory
 * @len: its length in bytes, cut to MAX_RW_COUNT as the system calls do
 *
 * Context: any.
 * Return: 0, or -EFAULT when @buf is not user memory.
 */
int ksock_msg_init_user(struct ksock_msg *msg, unsigned int direction,
			void __user *buf, u64 len)
{
	/* Cut here, as a size_t of 32 bits would take the wrong end. */
	len = min_t(u64, len, MAX_RW_COUNT);
	memset(&msg->hdr, 0, sizeof(msg->hdr));
	return ksock_import_ubuf(direction, buf, len, &msg->iov,
				 &msg->hdr.msg_iter);
}

/**
 * ksock_msg_init_iov() - make a message of parts in user memory
 * @msg: message, to be given to ksock_msg_free_iov() afterwards
 * @direction: ITER_SOURCE to send, ITER_DEST to receive
 * @iov: array of the parts, with the layout that the calling process knows
 * @count: its entries, at most UIO_MAXIOV
 *
 * Context: may sleep; allocates for more than UIO_FASTIOV parts.
 * Return: 0, -EMSGSIZE for too many parts, -EINVAL for parts longer than
 * memory, -EFAULT, -ENOMEM.
 */
int ksock_msg_init_iov(struct ksock_msg_iov *msg, unsigned int direction,
		       const struct iovec __user *iov, unsigned int count)
{
	ssize_t ret;

	if (count > UIO_MAXIOV)
		return -EMSGSIZE;
	memset(&msg->msg.hdr, 0, sizeof(msg->msg.hdr));
	msg->iov = msg->fast;
	ret = import_iovec(direction, iov, count, ARRAY_SIZE(msg->fast),
			   &msg->iov, &msg->msg.hdr.msg_iter);
	return ret < 0 ? ret : 0;
}

/**
 * ksock_msg_free_iov() - free what ksock_msg_init_iov() allocated
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

/**
 * ksock_msg_init_iter() - make a message of an iterator
 * @msg: message
 * @iter: iterator, copied; how far the copy got stands in the message
 *
 * Context: any.
 */
void ksock_msg_init_iter(struct ksock_msg *msg, const struct iov_iter *iter)
{
	memset(&msg->hdr, 0, sizeof(msg->hdr));
	msg->hdr.msg_iter = *iter;
}

/**
 * ksock_msg_set_name() - put an address into a message
 * @msg: message
 * @addr: where it goes to; for a receive, which overwrites it, storage of full
 *	size.  Must live as long as @msg.
 *
 * Context: any.
 */
void ksock_msg_set_name(struct ksock_msg *msg, struct ksock_addr *addr)
{
	msg->hdr.msg_name = &addr->storage;
	msg->hdr.msg_namelen = addr->len;
}
