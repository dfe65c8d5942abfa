// SPDX-License-Identifier: GPL-2.0-only
/*
 * Moving data for a process: send, receive, splice, and waiting for either.
 *
 * The hot paths.  Nothing here allocates, and what is on the stack is little,
 * as kernels zero it.  User memory is passed on as an iterator.  data.c has the
 * calls of modules, which share the loops that wait.
 *
 * All sends and receives are counted, by whatever call.
 */
#include <linux/fs.h>
#include <linux/poll.h>
#include <net/sock.h>
#include "msg.h"
#include "sock.h"
#include "user.h"

/*
 * The stack looks at O_NONBLOCK of the socket's own file, and nobody tells when
 * fcntl(2) changes that of the one the caller has.
 */
static void io_mirror(struct ksock *ks, const struct file *from)
{
	struct file *file = ks->file;

	if (likely(!((READ_ONCE(file->f_flags) ^ READ_ONCE(from->f_flags)) &
		     O_NONBLOCK)))
		return;
	/* Read anew under the lock, so the last to come leaves the truth. */
	spin_lock(&file->f_lock);
	file->f_flags = (file->f_flags & ~O_NONBLOCK) |
			(READ_ONCE(from->f_flags) & O_NONBLOCK);
	spin_unlock(&file->f_lock);
}

static noinline ssize_t io_write_copy(struct ksock *ks,
				      const struct kiocb *iocb,
				      struct iov_iter *from)
{
	struct kiocb copy = *iocb;

	copy.ki_filp = ks->file;
	return ks->file->f_op->write_iter(&copy, from);
}

/**
 * ksock_write_iter() - write(2) on a socket
 * @ks: socket
 * @iocb: request, for a file whose O_NONBLOCK counts
 * @from: data, advanced by what was taken
 *
 * By the socket's own file, whose write_iter knows a shorter way into the stack
 * than sock_sendmsg().  A request that nobody else sees is lent to it; io_uring
 * looks for its own by their file, and gets a copy.
 *
 * Context: process context, may sleep unless IOCB_NOWAIT or O_NONBLOCK.
 * Return: the number of bytes taken or the stack's error.
 */
ssize_t ksock_write_iter(struct ksock *ks, struct kiocb *iocb,
			 struct iov_iter *from)
{
	struct file *file = iocb->ki_filp;
	ssize_t ret;

	io_mirror(ks, file);
	if (likely(is_sync_kiocb(iocb))) {
		iocb->ki_filp = ks->file;
		ret = ks->file->f_op->write_iter(iocb, from);
		iocb->ki_filp = file;
	} else {
		ret = io_write_copy(ks, iocb, from);
	}
	ksock_count_sent(ks, ret);
	return ret;
}

/**
 * ksock_read_iter() - read(2) on a socket
 * @ks: socket
 * @iocb: request, for a file whose O_NONBLOCK counts
 * @to: where the data goes, advanced by what was stored
 *
 * Context: process context, may sleep unless IOCB_NOWAIT or O_NONBLOCK.
 * Return: the number of bytes received or the stack's error.
 */
ssize_t ksock_read_iter(struct ksock *ks, struct kiocb *iocb,
			struct iov_iter *to)
{
	struct ksock_msg msg __ksock_uninitialized;
	ssize_t ret;
	int flags = 0;

	if (iocb->ki_pos)
		return -ESPIPE;
	/* As sockets do: nothing is not the end of the stream. */
	if (!iov_iter_count(to))
		return 0;
	if ((READ_ONCE(iocb->ki_filp->f_flags) & O_NONBLOCK) ||
	    (iocb->ki_flags & IOCB_NOWAIT))
		flags = MSG_DONTWAIT;
	ksock_msg_init(&msg);
	ksock_msg_set_iter(&msg, to);
	ret = sock_recvmsg(ks->sock, &msg.hdr, flags);
	*to = msg.hdr.msg_iter;
	ksock_count_received(ks, ret);
	return ret;
}

/**
 * ksock_send_user() - send one buffer on a connected socket
 * @ks: socket
 * @ptr: address of the data in user memory
 * @len: its length in bytes, cut to MAX_RW_COUNT as the system calls do
 * @flags: MSG_ flags
 *
 * Context: process context, may sleep; with MSG_DONTWAIT it does not wait for
 * room.  Raises SIGPIPE unless MSG_NOSIGNAL.
 * Return: the number of bytes taken, -EFAULT or the stack's error.
 */
ssize_t ksock_send_user(struct ksock *ks, u64 ptr, u64 len, int flags)
{
	struct ksock_msg msg __ksock_uninitialized;
	ssize_t ret;

	ksock_msg_init(&msg);
	ret = ksock_msg_set_user(&msg, ITER_SOURCE, ptr, len);
	if (unlikely(ret))
		return ret;
	msg.hdr.msg_flags = flags;
	ret = sock_sendmsg(ks->sock, &msg.hdr);
	ksock_count_sent(ks, ret);
	return ret;
}

/**
 * ksock_recv_user() - receive into one buffer without asking for the sender
 * @ks: socket
 * @ptr: address in user memory where the data goes
 * @len: room there in bytes, cut to MAX_RW_COUNT as the system calls do
 * @flags: MSG_ flags
 * @out_flags: filled with the flags of what was received
 *
 * Context: process context, may sleep; with MSG_DONTWAIT it does not wait for
 * data.
 * Return: the number of bytes received, -EFAULT or the stack's error.
 */
ssize_t ksock_recv_user(struct ksock *ks, u64 ptr, u64 len, int flags,
			u32 *out_flags)
{
	struct ksock_msg msg __ksock_uninitialized;
	ssize_t ret;

	ksock_msg_init(&msg);
	ret = ksock_msg_set_user(&msg, ITER_DEST, ptr, len);
	if (unlikely(ret))
		return ret;
	ret = sock_recvmsg(ks->sock, &msg.hdr, flags);
	*out_flags = msg.hdr.msg_flags;
	ksock_count_received(ks, ret);
	return ret;
}

/*
 * Taken in parts, as a blocking send does: an error after a part is left to
 * the next call.  @begun: a part was taken before.
 */
static ssize_t io_sendmsg_until(struct ksock *ks, struct ksock_msg *msg,
				int flags, ktime_t deadline, bool begun)
{
	bool stream = ks->sock->type == SOCK_STREAM;
	int namelen = msg->hdr.msg_namelen;
	struct ksock_wait wait;
	struct iov_iter iter;
	ssize_t done = 0;
	int ret;

	flags |= MSG_DONTWAIT;
	ksock_wait_init(&wait, ks, EPOLLOUT | EPOLLHUP, deadline);
	for (;;) {
		if (begun && READ_ONCE(ks->sock->sk->sk_err))
			return done;
		iter = msg->hdr.msg_iter;
		msg->hdr.msg_flags = flags;
		ret = sock_sendmsg(ks->sock, &msg->hdr);
		if (ret >= 0) {
			done += ret;
			if (!stream || !msg_data_left(&msg->hdr))
				return done;
			begun = true;
			flags |= MSG_NOSIGNAL;
			wait.idle = false;
		} else if (ret == -EAGAIN || ret == -EINPROGRESS ||
			   ret == -EALREADY) {
			/* The latter two while TCP_FASTOPEN_CONNECT connects. */
			ksock_msg_rewind(msg, &iter, namelen);
		} else {
			return done ?: ret;
		}
		ret = ksock_wait(&wait);
		if (ret)
			return done ?: ret;
	}
}

/**
 * ksock_sendmsg_until() - send a message, waiting for room until a deadline
 * @ks: socket
 * @msg: message, its iterator advanced by what was taken
 * @flags: MSG_ flags
 * @deadline: until when to wait
 *
 * Context: process context, may sleep.
 * Return: the number of bytes taken, the stack's error or that of ksock_wait().
 */
ssize_t ksock_sendmsg_until(struct ksock *ks, struct ksock_msg *msg, int flags,
			    ktime_t deadline)
{
	return io_sendmsg_until(ks, msg, flags, deadline, false);
}

/**
 * ksock_sendmsg_user() - send a message as sendmsg(2) does
 * @ks: socket
 * @msg: message, its iterator advanced by what was taken
 * @flags: MSG_ flags; with a deadline neither MSG_ZEROCOPY, whose completions
 *	count calls, nor MSG_FASTOPEN
 * @deadline: until when to wait, KTIME_MAX for as long as the socket does
 *
 * Context: process context, may sleep; with MSG_DONTWAIT it does not wait for
 * room.  Raises SIGPIPE unless MSG_NOSIGNAL.
 * Return: the number of bytes taken or the stack's error; -EAGAIN after the
 * deadline, -EINTR on a signal before it.
 */
ssize_t ksock_sendmsg_user(struct ksock *ks, struct ksock_msg *msg, int flags,
			   ktime_t deadline)
{
	ssize_t ret;

	msg->hdr.msg_flags = flags;
	if (likely(deadline == KTIME_MAX || (flags & MSG_DONTWAIT)))
		ret = sock_sendmsg(ks->sock, &msg->hdr);
	else
		ret = ksock_sendmsg_until(ks, msg, flags, deadline);
	ksock_count_sent(ks, ret);
	return ret;
}

/**
 * ksock_sendmsg_rest() - go on with a send that ksock_sendmsg_user() began
 * @ks: stream socket
 * @msg: message with what comes next, its iterator advanced by what was taken
 * @flags: MSG_ flags, as before
 * @deadline: until when to wait, from ksock_deadline_user()
 *
 * The bytes count as those of the same send, and as in one call of sendmsg(2) an
 * error of the connection is left to the next, and nobody is signalled.
 *
 * Context: process context, may sleep unless MSG_DONTWAIT.
 * Return: the number of bytes taken, which is all there is to tell: fewer than
 * the message has when the send is over.
 */
size_t ksock_sendmsg_rest(struct ksock *ks, struct ksock_msg *msg, int flags,
			  ktime_t deadline)
{
	ssize_t ret;

	if (flags & MSG_DONTWAIT)
		deadline = KSOCK_NOWAIT;
	ret = io_sendmsg_until(ks, msg, flags | MSG_NOSIGNAL, deadline, true);
	if (ret <= 0)
		return 0;
	atomic64_add(ret, &ks->sent_bytes);
	return ret;
}

/* Waits for SO_RCVLOWAT bytes, then takes what there is. */
static ssize_t io_recvmsg_lowat(struct ksock_wait *wait, struct ksock_msg *msg,
				int flags)
{
	struct socket *sock = wait->ks->sock;
	ssize_t ret;
	int err;

	/* Somebody else may have taken what was waited for. */
	do {
		err = ksock_wait(wait);
		ret = sock_recvmsg(sock, &msg->hdr, flags | MSG_DONTWAIT);
	} while (ret == -EAGAIN && !err);
	return ret == -EAGAIN ? err : ret;
}

/* @begun: a part was received before. */
static ssize_t io_recvmsg_until(struct ksock *ks, struct ksock_msg *msg,
				int flags, ktime_t deadline, bool begun)
{
	bool stream = ks->sock->type == SOCK_STREAM;
	struct sock *sk = ks->sock->sk;
	size_t left = msg_data_left(&msg->hdr);
	bool all = stream && (flags & MSG_WAITALL);
	int lowat = READ_ONCE(sk->sk_rcvlowat);
	struct ksock_wait wait;
	ssize_t done = 0;
	bool shut;
	int ret;

	ksock_wait_init(&wait, ks, EPOLLIN | EPOLLRDHUP | EPOLLHUP, deadline);
	/* The mark counts where it is less than what is asked for. */
	if (stream && lowat > 1 && !all) {
		if (lowat < left || (flags & MSG_PEEK))
			return io_recvmsg_lowat(&wait, msg, flags);
		all = true;
	}
	for (;;) {
		if (begun && READ_ONCE(sk->sk_err))
			return done;
		left = msg_data_left(&msg->hdr);
		/* Before the try: what is queued comes before the end. */
		shut = READ_ONCE(sk->sk_shutdown) & RCV_SHUTDOWN;
		ret = sock_recvmsg(ks->sock, &msg->hdr, flags | MSG_DONTWAIT);
		if (ret > 0) {
			done += ret;
			/* MSG_TRUNC drops data and leaves the iterator. */
			if (msg_data_left(&msg->hdr) == left && ret < left)
				iov_iter_advance(&msg->hdr.msg_iter, ret);
			if (!all || ret >= left)
				return done;
			begun = true;
			wait.idle = false;
		} else if (ret != -EAGAIN) {
			return done ?: ret;
		} else if (shut && !stream && !(flags & MSG_ERRQUEUE)) {
			/* Datagram sockets tell it to who waits alone. */
			return done;
		}
		ret = ksock_wait(&wait);
		if (ret)
			return done ?: ret;
	}
}

/**
 * ksock_recvmsg_until() - receive a message, waiting for it until a deadline
 * @ks: socket
 * @msg: message, its iterator advanced by what was stored
 * @flags: MSG_ flags, not MSG_PEEK and MSG_WAITALL together
 * @deadline: until when to wait
 *
 * Context: process context, may sleep.
 * Return: the number of bytes received, the stack's error or that of
 * ksock_wait().
 */
ssize_t ksock_recvmsg_until(struct ksock *ks, struct ksock_msg *msg, int flags,
			    ktime_t deadline)
{
	return io_recvmsg_until(ks, msg, flags, deadline, false);
}

/**
 * ksock_recvmsg_user() - receive a message as recvmsg(2) does
 * @ks: socket
 * @msg: message, its iterator advanced by what was stored
 * @flags: MSG_ flags; with a deadline not MSG_PEEK and MSG_WAITALL together
 * @deadline: until when to wait, KTIME_MAX for as long as the socket does
 *
 * Context: process context, may sleep; with MSG_DONTWAIT, MSG_ERRQUEUE and the
 * MSG_OOB of TCP it does not wait for data.
 * Return: the number of bytes received or the stack's error; -EAGAIN after the
 * deadline, -EINTR on a signal before it.
 */
ssize_t ksock_recvmsg_user(struct ksock *ks, struct ksock_msg *msg, int flags,
			   ktime_t deadline)
{
	ssize_t ret;

	if (likely(deadline == KTIME_MAX) || ksock_recv_never_waits(ks, flags))
		ret = sock_recvmsg(ks->sock, &msg->hdr, flags);
	else
		ret = ksock_recvmsg_until(ks, msg, flags, deadline);
	ksock_count_received(ks, ret);
	return ret;
}

/**
 * ksock_recvmsg_rest() - go on with a receive that ksock_recvmsg_user() began
 * @ks: stream socket
 * @msg: message with room for what comes next, its iterator advanced by what was
 *	stored
 * @flags: MSG_ flags, as before: MSG_WAITALL, not MSG_PEEK
 * @deadline: until when to wait, from ksock_deadline_user()
 *
 * As ksock_sendmsg_rest().
 *
 * Context: process context, may sleep unless MSG_DONTWAIT.
 * Return: the number of bytes received, fewer than there is room for when the
 * receive is over.
 */
size_t ksock_recvmsg_rest(struct ksock *ks, struct ksock_msg *msg, int flags,
			  ktime_t deadline)
{
	ssize_t ret;

	if (flags & MSG_DONTWAIT)
		deadline = KSOCK_NOWAIT;
	ret = io_recvmsg_until(ks, msg, flags, deadline, true);
	if (ret <= 0)
		return 0;
	atomic64_add(ret, &ks->received_bytes);
	return ret;
}

/**
 * ksock_deadline_user() - when a call of several parts that begins now is over
 * @ks: socket
 * @send: whether it sends
 * @deadline: until when to wait, KTIME_MAX for as long as the socket does
 *
 * Context: any.
 * Return: the deadline, or that of the socket's own SO_SNDTIMEO or SO_RCVTIMEO.
 */
ktime_t ksock_deadline_user(const struct ksock *ks, bool send, ktime_t deadline)
{
	const struct sock *sk = ks->sock->sk;
	long timeo = send ? READ_ONCE(sk->sk_sndtimeo) :
			    READ_ONCE(sk->sk_rcvtimeo);

	if (deadline != KTIME_MAX || timeo == MAX_SCHEDULE_TIMEOUT ||
	    timeo > KTIME_MAX / TICK_NSEC)
		return deadline;
	/* jiffies_to_nsecs() is right for an hour. */
	return ktime_add_safe(ktime_get(), ns_to_ktime((u64)timeo * TICK_NSEC));
}

/**
 * ksock_splice_read() - move what has arrived into a pipe
 * @ks: socket
 * @file: file the caller has, whose O_NONBLOCK counts
 * @pos: position, which a socket refuses
 * @pipe: pipe, locked by the caller
 * @len: bytes to move at most
 * @flags: SPLICE_F_ flags
 *
 * By way of the socket's own file, the one the stack's operations know.
 *
 * Context: process context, may sleep.
 * Return: the number of bytes moved or the stack's error.
 */
ssize_t ksock_splice_read(struct ksock *ks, const struct file *file,
			  loff_t *pos, struct pipe_inode_info *pipe, size_t len,
			  unsigned int flags)
{
	ssize_t ret;

	io_mirror(ks, file);
	ret = ks->file->f_op->splice_read(ks->file, pos, pipe, len, flags);
	ksock_count_received(ks, ret);
	return ret;
}

/**
 * ksock_splice_write() - send what is in a pipe
 * @ks: socket
 * @file: file the caller has, whose O_NONBLOCK counts
 * @pipe: pipe, locked by the caller
 * @pos: position, of no meaning to a socket
 * @len: bytes to move at most
 * @flags: SPLICE_F_ flags
 *
 * Context: process context, may sleep.
 * Return: the number of bytes moved or the stack's error.
 */
ssize_t ksock_splice_write(struct ksock *ks, const struct file *file,
			   struct pipe_inode_info *pipe, loff_t *pos,
			   size_t len, unsigned int flags)
{
	ssize_t ret;

	io_mirror(ks, file);
	ret = ks->file->f_op->splice_write(pipe, ks->file, pos, len, flags);
	ksock_count_sent(ks, ret);
	return ret;
}

/**
 * ksock_splice_eof() - send what waits for more that will not come
 * @ks: socket
 *
 * For sendfile(2) of a file that was shorter than announced.
 *
 * Context: process context, may sleep.
 */
void ksock_splice_eof(struct ksock *ks)
{
	ksock_file_splice_eof(ks->file);
}

/**
 * ksock_poll() - events of a socket
 * @ks: socket
 * @file: file the caller has; what is ready may depend on its O_NONBLOCK, as UDP
 *	sorts out bad checksums
 * @wait: poll table
 *
 * The wait queue is the socket's own, which stays the same as long as the
 * socket does.
 *
 * Context: may sleep.
 * Return: the events as poll(2) tells them of a socket.
 */
__poll_t ksock_poll(struct ksock *ks, const struct file *file, poll_table *wait)
{
	io_mirror(ks, file);
	return vfs_poll(ks->file, wait);
}
