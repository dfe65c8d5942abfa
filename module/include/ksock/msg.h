/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Messages: what one send or receive carries beside its flags.
 */
#ifndef KSOCK_MSG_H
#define KSOCK_MSG_H

#include <linux/bvec.h>
#include <linux/kernel.h>
#include <linux/socket.h>
#include <linux/stddef.h>
#include <linux/string.h>
#include <linux/uio.h>
#include <ksock/addr.h>

struct page;

/**
 * struct ksock_msg - what one send or receive carries
 * @hdr: the stack's message header; it may be read at any time, after a receive
 *	for what came: flags in msg_flags, see also ksock_msg_flags(), the
 *	length of the sender's address in msg_namelen, the control data, to be
 *	walked with for_each_cmsghdr().
 * @iov: room that the iterator in @hdr needs on older kernels.
 *
 * Lives on the stack for the length of a call, initialised to zero or by
 * ksock_msg_init(), and must not be copied.
 */
struct ksock_msg {
	struct msghdr hdr;
	struct iovec iov;
};

/**
 * ksock_msg_init() - zero a message but for its iterator
 * @msg: message, not initialised in any other way
 *
 * For hot paths that set the iterator next: what they would zero twice is a
 * third of the message.  In pieces that are short enough for plain stores, as the
 * string instructions that compilers take beyond cost more.
 *
 * Context: any.
 */
static inline void ksock_msg_init(struct ksock_msg *msg)
{
	const size_t iter = offsetof(struct msghdr, msg_iter);
	const size_t rest = offsetofend(struct msghdr, msg_iter);
	const size_t half = rest + (sizeof(msg->hdr) - rest) / 2;

	memset(&msg->hdr, 0, iter);
	memset((u8 *)&msg->hdr + rest, 0, half - rest);
	memset((u8 *)&msg->hdr + half, 0, sizeof(msg->hdr) - half);
}

/**
 * ksock_msg_set_iter() - have a message move an iterator
 * @msg: message
 * @iter: iterator, copied; how far the copy got stands in the message
 *
 * Context: any.
 */
static inline void ksock_msg_set_iter(struct ksock_msg *msg,
				      const struct iov_iter *iter)
{
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
static inline void ksock_msg_set_name(struct ksock_msg *msg,
				      struct ksock_addr *addr)
{
	msg->hdr.msg_name = &addr->storage;
	msg->hdr.msg_namelen = addr->len;
}

/**
 * ksock_msg_flags() - what a receive told of a message
 * @msg: message that ksock_recvmsg() filled
 *
 * Context: any.
 * Return: MSG_TRUNC when the buffer was too short for the datagram, MSG_CTRUNC
 * when the room for control data was, MSG_EOR, MSG_OOB, MSG_ERRQUEUE.
 */
static inline unsigned int ksock_msg_flags(const struct ksock_msg *msg)
{
	return msg->hdr.msg_flags &
	       (MSG_EOR | MSG_TRUNC | MSG_CTRUNC | MSG_OOB | MSG_ERRQUEUE);
}

void ksock_msg_to_send(struct ksock_msg *msg, const struct kvec *vec,
		       unsigned int count, size_t len);
void ksock_msg_to_receive(struct ksock_msg *msg, const struct kvec *vec,
			  unsigned int count, size_t len);
void ksock_msg_to_send_bvec(struct ksock_msg *msg, const struct bio_vec *vec,
			    unsigned int count, size_t len);
void ksock_msg_to_receive_bvec(struct ksock_msg *msg, const struct bio_vec *vec,
			       unsigned int count, size_t len);

void ksock_msg_set_control(struct ksock_msg *msg, void *control, size_t len);
int ksock_msg_add_control(struct ksock_msg *msg, size_t size, int level,
			  int type, const void *data, size_t len);

#endif /* KSOCK_MSG_H */
