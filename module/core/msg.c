// SPDX-License-Identifier: GPL-2.0-only
/*
 * Message headers: the only place that fills a struct msghdr.
 *
 * Every header starts out zero, as newer kernels keep pointers in it that they
 * follow.  User memory is passed to the stack as a user iterator; nothing here
 * touches it.
 */
#include <linux/fs.h>
#include <linux/minmax.h>
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
