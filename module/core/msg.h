/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Messages in the memory of the calling process.
 */
#ifndef KSOCK_CORE_MSG_H
#define KSOCK_CORE_MSG_H

#include <linux/fs.h>
#include <linux/kernel.h>
#include <linux/minmax.h>
#include <linux/socket.h>
#include <linux/uio.h>
#include <ksock/msg.h>

/**
 * struct ksock_msg_iov - a message of parts
 * @msg: the message.
 * @fast: room for a few parts.
 * @iov: what is allocated for more, else NULL.
 */
struct ksock_msg_iov {
	struct ksock_msg msg;
	struct iovec fast[UIO_FASTIOV];
	struct iovec *iov;
};

/**
 * ksock_msg_set_user() - have a message move user memory
 * @msg: message
 * @direction: ITER_SOURCE to send, ITER_DEST to receive
 * @ptr: address of the memory
 * @len: its length in bytes, cut to MAX_RW_COUNT as the system calls do
 *
 * Inline, as every send and every receive of one buffer passes here.
 *
 * Context: any.
 * Return: 0, or -EFAULT when it is not user memory.
 */
static inline int ksock_msg_set_user(struct ksock_msg *msg,
				     unsigned int direction, u64 ptr, u64 len)
{
	/* Cut here, as a size_t of 32 bits would take the wrong end. */
	return ksock_import_ubuf(direction, u64_to_user_ptr(ptr),
				 min_t(u64, len, MAX_RW_COUNT), &msg->iov,
				 &msg->hdr.msg_iter);
}

/**
 * ksock_msg_forget_name() - have a message be of nobody until a receive tells of whom
 * @msg: message to receive
 *
 * Not every protocol says that there is no sender.
 *
 * Context: any.
 */
static inline void ksock_msg_forget_name(struct ksock_msg *msg)
{
	msg->hdr.msg_namelen = 0;
}

/**
 * ksock_msg_rewind() - have a message sent once more
 * @msg: message that the stack did not take
 * @iter: its iterator before that
 * @namelen: its length of the address before that
 *
 * Context: any.
 */
static inline void ksock_msg_rewind(struct ksock_msg *msg,
				    const struct iov_iter *iter, int namelen)
{
	msg->hdr.msg_iter = *iter;
	msg->hdr.msg_namelen = namelen;
}

/**
 * ksock_msg_cut() - have a message move no more than a system call would
 * @msg: message
 *
 * The stack counts what it has moved in an int.
 *
 * Context: any.
 * Return: how much longer it was, for ksock_msg_uncut() afterwards.
 */
static inline size_t ksock_msg_cut(struct ksock_msg *msg)
{
	size_t len = iov_iter_count(&msg->hdr.msg_iter);

	iov_iter_truncate(&msg->hdr.msg_iter, MAX_RW_COUNT);
	return len - iov_iter_count(&msg->hdr.msg_iter);
}

/**
 * ksock_msg_uncut() - undo ksock_msg_cut()
 * @msg: message, its iterator advanced by what was moved
 * @rest: what that returned
 *
 * Context: any.
 */
static inline void ksock_msg_uncut(struct ksock_msg *msg, size_t rest)
{
	if (unlikely(rest))
		iov_iter_reexpand(&msg->hdr.msg_iter,
				  iov_iter_count(&msg->hdr.msg_iter) + rest);
}

int ksock_msg_set_iov(struct ksock_msg_iov *msg, unsigned int direction,
		      const struct iovec __user *iov, unsigned int count);
void ksock_msg_free_iov(struct ksock_msg_iov *msg);
void ksock_msg_set_control_user(struct ksock_msg *msg, void __user *control,
				size_t len);
void ksock_msg_discard(struct ksock_msg *msg, size_t len);

#endif /* KSOCK_CORE_MSG_H */
