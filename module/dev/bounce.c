// SPDX-License-Identifier: GPL-2.0-only
/*
 * Data of the kernel's own sockets, which passes through kernel memory.
 *
 * The lock of such a socket has a class of its own, because others hold theirs
 * in places that a fault on user memory may lead to: file systems and storage
 * on the network.  So user memory is read before the stack is called, written
 * afterwards, and the stack is given a buffer.  What is longer than that goes
 * piece by piece, and is one call to whoever makes it: the first piece waits,
 * fails and signals as the call would, those that follow tell no more than how
 * much they moved.
 *
 * Called by the commands that move data and by the files of such sockets.
 */
#include <linux/err.h>
#include <linux/fs.h>
#include <linux/ktime.h>
#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/socket.h>
#include <linux/uio.h>
#include <ksock/ksock.h>
#include "../core/msg.h"
#include "../core/user.h"
#include "bounce.h"
#include "dev.h"

/* Flags of a send that are about its end, and those that are about its start. */
#define BOUNCE_END_FLAGS	(MSG_EOR | MSG_OOB)
#define BOUNCE_START_FLAGS	MSG_FASTOPEN

static void *bounce_alloc(size_t size)
{
	void *buf;

	/* No byte needs no memory, and there is no error in it. */
	if (!size)
		return NULL;
	buf = kvmalloc(size, GFP_KERNEL_ACCOUNT | __GFP_NOWARN);
	return buf ?: ERR_PTR(-ENOMEM);
}

/* Reads the next piece of what is sent, all of it as the stack does. */
static int bounce_fill(struct kvec *piece, size_t size, struct iov_iter *from)
{
	size_t got;

	piece->iov_len = min(iov_iter_count(from), size);
	got = copy_from_iter(piece->iov_base, piece->iov_len, from);
	if (got == piece->iov_len)
		return 0;
	iov_iter_revert(from, got);
	return -EFAULT;
}

static ssize_t bounce_send(struct ksock *ks, struct ksock_msg *msg,
			   struct iov_iter *from, int flags, ktime_t deadline)
{
	bool stream = ksock_type(ks) == KSOCK_STREAM;
	size_t size = min_t(size_t, iov_iter_count(from), KSOCK_KERN_MAX_DATA);
	ktime_t limit = deadline;
	struct kvec piece;
	size_t done = 0;
	ssize_t ret;

	if (iov_iter_count(from) > size) {
		if (!stream)
			return -EMSGSIZE;
		limit = ksock_deadline_user(ks, true, deadline);
	}
	piece.iov_base = bounce_alloc(size);
	if (IS_ERR(piece.iov_base))
		return PTR_ERR(piece.iov_base);
	do {
		int piece_flags = flags;

		ret = bounce_fill(&piece, size, from);
		if (ret)
			break;
		if (iov_iter_count(from))
			piece_flags &= ~BOUNCE_END_FLAGS;
		if (done)
			piece_flags &= ~BOUNCE_START_FLAGS;
		ksock_msg_to_send(msg, &piece, 1, piece.iov_len);
		if (done)
			ret = ksock_sendmsg_rest(ks, msg, piece_flags, limit);
		else
			ret = ksock_sendmsg_user(ks, msg, piece_flags,
						 deadline);
		/* Who tries again, as io_uring does, begins with the rest. */
		iov_iter_revert(from, piece.iov_len - max_t(ssize_t, ret, 0));
		if (ret > 0)
			done += ret;
	} while (ret == piece.iov_len && iov_iter_count(from));
	kvfree(piece.iov_base);
	return done ?: ret;
}

static ssize_t bounce_recv(struct ksock *ks, struct ksock_msg *msg,
			   struct iov_iter *to, int flags, ktime_t deadline)
{
	bool stream = ksock_type(ks) == KSOCK_STREAM &&
		      !(flags & MSG_ERRQUEUE);
	bool all = stream && (flags & (MSG_WAITALL | MSG_PEEK | MSG_OOB)) ==
			     MSG_WAITALL;
	size_t size = min_t(size_t, iov_iter_count(to), KSOCK_KERN_MAX_DATA);
	ktime_t limit = deadline;
	size_t stored, copied, done = 0;
	struct kvec piece;
	ssize_t ret;

	/* Counts bytes and stores none, so none of the buffer may be told. */
	if (stream && (flags & MSG_TRUNC)) {
		ksock_msg_discard(msg, iov_iter_count(to));
		return ksock_recvmsg_user(ks, msg, flags, deadline);
	}
	if (all && iov_iter_count(to) > size)
		limit = ksock_deadline_user(ks, false, deadline);
	piece.iov_base = bounce_alloc(size);
	if (IS_ERR(piece.iov_base))
		return PTR_ERR(piece.iov_base);
	do {
		piece.iov_len = min(iov_iter_count(to), size);
		ksock_msg_to_receive(msg, &piece, 1, piece.iov_len);
		if (done)
			ret = ksock_recvmsg_rest(ks, msg, flags, limit);
		else
			ret = ksock_recvmsg_user(ks, msg, flags, deadline);
		if (ret < 0)
			break;
		/* What was received may be longer than what was stored of it. */
		stored = piece.iov_len - msg_data_left(&msg->hdr);
		copied = copy_to_iter(piece.iov_base, stored, to);
		if (copied < stored) {
			ret = -EFAULT;
			if (stream)
				done += copied;
			break;
		}
		done += ret;
	} while (all && ret == piece.iov_len && iov_iter_count(to));
	kvfree(piece.iov_base);
	return done ?: ret;
}

/**
 * ksock_bounce_sendmsg() - send a message on a socket of the kernel's own
 * @ks: socket
 * @msg: message as for ksock_sendmsg_user(), in user memory; its iterator is not
 *	to be looked at afterwards
 * @flags: MSG_ flags, not MSG_ZEROCOPY
 * @deadline: until when to wait, KTIME_MAX for as long as the socket does
 *
 * Context: process context, may sleep.
 * Return: as ksock_sendmsg_user(); -EMSGSIZE for a datagram longer than
 * KSOCK_KERN_MAX_DATA, -EFAULT, -ENOMEM.
 */
ssize_t ksock_bounce_sendmsg(struct ksock *ks, struct ksock_msg *msg, int flags,
			     ktime_t deadline)
{
	struct iov_iter from = msg->hdr.msg_iter;

	return bounce_send(ks, msg, &from, flags, deadline);
}

static ssize_t bounce_recv_control(struct ksock *ks, struct ksock_msg *msg,
				   struct iov_iter *to,
				   struct ksock_control_room *room, int flags,
				   ktime_t deadline)
{
	size_t size = ksock_control_kernel_room(room->len);
	void *control;
	ssize_t ret;

	/* Zero, as the stack leaves gaps between the messages. */
	control = kvzalloc(size, GFP_KERNEL_ACCOUNT | __GFP_NOWARN);
	if (!control)
		return -ENOMEM;
	ksock_msg_set_control(msg, control, size);
	ret = bounce_recv(ks, msg, to, flags, deadline);
	if (ret >= 0)
		ksock_control_to_user(room, control,
				      size - msg->hdr.msg_controllen);
	kvfree(control);
	return ret;
}

/**
 * ksock_bounce_recvmsg() - receive a message on a socket of the kernel's own
 * @ks: socket
 * @msg: message as for ksock_recvmsg_user(), without room for control data; its
 *	iterator is not to be looked at afterwards
 * @room: room for control data, told what was stored; NULL for none
 * @flags: MSG_ flags
 * @deadline: until when to wait, KTIME_MAX for as long as the socket does
 *
 * Context: process context, may sleep.
 * Return: as ksock_recvmsg_user(); -EFAULT when the message came and could not be
 * stored, -ENOMEM.
 */
ssize_t ksock_bounce_recvmsg(struct ksock *ks, struct ksock_msg *msg,
			     struct ksock_control_room *room, int flags,
			     ktime_t deadline)
{
	struct iov_iter to = msg->hdr.msg_iter;

	if (room && room->len)
		return bounce_recv_control(ks, msg, &to, room, flags, deadline);
	return bounce_recv(ks, msg, &to, flags, deadline);
}

static int bounce_iocb_flags(const struct kiocb *iocb)
{
	return ksock_file_nonblock(iocb->ki_filp) ||
	       (iocb->ki_flags & IOCB_NOWAIT) ? MSG_DONTWAIT : 0;
}

/**
 * ksock_bounce_write_iter() - write(2) on a socket of the kernel's own
 * @ks: socket
 * @iocb: request, for a file whose O_NONBLOCK counts
 * @from: data, advanced by what was taken
 *
 * Context: process context, may sleep; waits for room unless IOCB_NOWAIT or
 * O_NONBLOCK.
 * Return: as ksock_bounce_sendmsg(); -ESPIPE for a position.
 */
ssize_t ksock_bounce_write_iter(struct ksock *ks, struct kiocb *iocb,
				struct iov_iter *from)
{
	struct ksock_msg msg __ksock_uninitialized;
	int flags = bounce_iocb_flags(iocb);

	if (iocb->ki_pos)
		return -ESPIPE;
	if (iocb->ki_flags & IOCB_NOSIGNAL)
		flags |= MSG_NOSIGNAL;
	ksock_msg_init(&msg);
	return bounce_send(ks, &msg, from, flags, KTIME_MAX);
}

/**
 * ksock_bounce_read_iter() - read(2) on a socket of the kernel's own
 * @ks: socket
 * @iocb: request, for a file whose O_NONBLOCK counts
 * @to: where the data goes, advanced by what was stored
 *
 * Context: process context, may sleep; waits for data unless IOCB_NOWAIT or
 * O_NONBLOCK.
 * Return: as ksock_bounce_recvmsg(); -ESPIPE for a position.
 */
ssize_t ksock_bounce_read_iter(struct ksock *ks, struct kiocb *iocb,
			       struct iov_iter *to)
{
	struct ksock_msg msg __ksock_uninitialized;

	if (iocb->ki_pos)
		return -ESPIPE;
	/* As sockets do: nothing is not the end of the stream. */
	if (!iov_iter_count(to))
		return 0;
	ksock_msg_init(&msg);
	return bounce_recv(ks, &msg, to, bounce_iocb_flags(iocb), KTIME_MAX);
}
