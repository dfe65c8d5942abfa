// SPDX-License-Identifier: GPL-2.0-only
/*
 * Message headers: with <ksock/msg.h> and msg.h the only place that fills a
 * struct msghdr.
 *
 * Every header starts out zero, as newer kernels keep pointers in it that they
 * follow; the functions set what they are named for and nothing else.  User
 * memory is passed to the stack as a user iterator; nothing here touches it.
 */
#include <linux/compat.h>
#include <linux/module.h>
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
 * ksock_msg_to_send() - have a message send kernel memory
 * @msg: message
 * @vec: its parts; must live as long as @msg
 * @count: how many
 * @len: bytes in all of them
 *
 * Context: any.
 */
void ksock_msg_to_send(struct ksock_msg *msg, const struct kvec *vec,
		       unsigned int count, size_t len)
{
	iov_iter_kvec(&msg->hdr.msg_iter, ITER_SOURCE, vec, count, len);
}
EXPORT_SYMBOL_GPL(ksock_msg_to_send);

/**
 * ksock_msg_to_receive() - have a message receive into kernel memory
 * @msg: message
 * @vec: its parts; must live as long as @msg
 * @count: how many
 * @len: bytes in all of them
 *
 * Context: any.
 */
void ksock_msg_to_receive(struct ksock_msg *msg, const struct kvec *vec,
			  unsigned int count, size_t len)
{
	iov_iter_kvec(&msg->hdr.msg_iter, ITER_DEST, vec, count, len);
}
EXPORT_SYMBOL_GPL(ksock_msg_to_receive);

/**
 * ksock_msg_to_send_bvec() - have a message send pages
 * @msg: message
 * @vec: parts of pages; must live as long as @msg
 * @count: how many
 * @len: bytes in all of them
 *
 * The pages are copied from; ksock_send_page() hands them over.
 *
 * Context: any.
 */
void ksock_msg_to_send_bvec(struct ksock_msg *msg, const struct bio_vec *vec,
			    unsigned int count, size_t len)
{
	iov_iter_bvec(&msg->hdr.msg_iter, ITER_SOURCE, vec, count, len);
}
EXPORT_SYMBOL_GPL(ksock_msg_to_send_bvec);

/**
 * ksock_msg_to_receive_bvec() - have a message receive into pages
 * @msg: message
 * @vec: parts of pages; must live as long as @msg
 * @count: how many
 * @len: bytes in all of them
 *
 * Context: any.
 */
void ksock_msg_to_receive_bvec(struct ksock_msg *msg, const struct bio_vec *vec,
			       unsigned int count, size_t len)
{
	iov_iter_bvec(&msg->hdr.msg_iter, ITER_DEST, vec, count, len);
}
EXPORT_SYMBOL_GPL(ksock_msg_to_receive_bvec);

/**
 * ksock_msg_discard() - have a message receive to nowhere
 * @msg: message
 * @len: bytes to take
 *
 * Context: any.
 */
void ksock_msg_discard(struct ksock_msg *msg, size_t len)
{
	iov_iter_discard(&msg->hdr.msg_iter, ITER_DEST, len);
}

/**
 * ksock_msg_set_control() - give a message control data, or room for it
 * @msg: message
 * @control: to be sent: entries laid out for the kernel, as
 *	ksock_msg_add_control() makes them.  To be received into: room for them,
 *	aligned as a struct cmsghdr is.  Must live as long as @msg.
 * @len: its length in bytes; 0 for room to be filled by
 *	ksock_msg_add_control()
 *
 * Context: any.
 */
void ksock_msg_set_control(struct ksock_msg *msg, void *control, size_t len)
{
	msg->hdr.msg_control = control;
	msg->hdr.msg_control_is_user = false;
	msg->hdr.msg_controllen = len;
}
EXPORT_SYMBOL_GPL(ksock_msg_set_control);

/**
 * ksock_msg_add_control() - append an entry to the control data of a message
 * @msg: message to be sent, with room from ksock_msg_set_control()
 * @size: bytes of that room
 * @level: level of the entry, SOL_SOCKET, SOL_IP ...
 * @type: its type
 * @data: its data
 * @len: length of that in bytes
 *
 * Context: any.
 * Return: 0, or -ENOBUFS when there is no room left, and nothing was appended.
 */
int ksock_msg_add_control(struct ksock_msg *msg, size_t size, int level,
			  int type, const void *data, size_t len)
{
	size_t used = msg->hdr.msg_controllen;
	struct cmsghdr *cmsg;

	if (used > size || len > size || CMSG_SPACE(len) > size - used)
		return -ENOBUFS;
	cmsg = (struct cmsghdr *)((u8 *)msg->hdr.msg_control + used);
	memset(cmsg, 0, CMSG_SPACE(len));
	cmsg->cmsg_level = level;
	cmsg->cmsg_type = type;
	cmsg->cmsg_len = CMSG_LEN(len);
	memcpy(CMSG_DATA(cmsg), data, len);
	msg->hdr.msg_controllen += CMSG_SPACE(len);
	return 0;
}
EXPORT_SYMBOL_GPL(ksock_msg_add_control);

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
