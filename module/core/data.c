// SPDX-License-Identifier: GPL-2.0-only
/*
 * Moving data for modules: kernel memory, deadlines, no signal but by errno.
 *
 * A call tries without waiting and waits in wait.c, from where ksock_cancel(),
 * kthread_stop() and the end of a namespace bring it home; in the stack it would
 * sleep where only a shutdown reaches it.  SIGPIPE is never raised.
 *
 * One try is mostly all it takes, so the calls that move one buffer begin with
 * that: data_send_once() and data_recv_once() have what it needs and no more, and
 * answer -EAGAIN to whatever is not as simple.  data_send_rest() and
 * data_recv_rest() then do what every other call does.
 *
 * What flags a call takes is a list: some of the other bits mean something to
 * the stack that only its own callers may ask for, such as MSG_SPLICE_PAGES,
 * which takes references to memory that may not be refcounted.
 */
#include <linux/err.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/net.h>
#include <net/sock.h>
#include "msg.h"
#include "sock.h"
#include "user.h"

#define DATA_SEND_FLAGS							\
	(MSG_DONTWAIT | MSG_NOSIGNAL | MSG_MORE | MSG_EOR |		\
	 MSG_CONFIRM | MSG_DONTROUTE | MSG_OOB)
#define DATA_RECV_FLAGS							\
	(MSG_DONTWAIT | MSG_PEEK | MSG_TRUNC | MSG_WAITALL | MSG_OOB |	\
	 MSG_ERRQUEUE)

static ssize_t data_sendmsg(struct ksock *ks, struct ksock_msg *msg, int flags,
			    ktime_t deadline)
{
	ssize_t ret;

	if (unlikely(flags & ~DATA_SEND_FLAGS))
		return -EINVAL;
	ret = ksock_enter(ks);
	if (unlikely(ret))
		return ret;
	ret = ksock_cancelled(ks);
	if (likely(!ret)) {
		if (unlikely(flags & MSG_DONTWAIT))
			deadline = KSOCK_NOWAIT;
		ret = ksock_sendmsg_until(ks, msg, flags | MSG_NOSIGNAL,
					  deadline);
		ksock_count_sent(ks, ret);
		if (unlikely(ret < 0))
			ret = ksock_cancelled(ks) ?: ret;
	}
	ksock_leave(ks);
	return ret;
}

/* Whether a call may try at once: the socket stays, and nobody cancelled it. */
static __always_inline bool data_is_plain(const struct ksock *ks)
{
	return !ks->follow && !ksock_cancelled(ks);
}

/* @to: NULL on a connected socket; of a valid length */
static __always_inline ssize_t data_send_once(struct ksock *ks, const void *buf,
					      size_t len, int flags,
					      const struct ksock_addr *to)
{
	struct kvec vec = { .iov_base = (void *)buf, .iov_len = len };
	struct ksock_msg msg __ksock_uninitialized;

	if (unlikely((flags & ~DATA_SEND_FLAGS) || !data_is_plain(ks)))
		return -EAGAIN;
	ksock_msg_init(&msg);
	iov_iter_kvec(&msg.hdr.msg_iter, ITER_SOURCE, &vec, 1, len);
	/* Not written to: sock_sendmsg() works on a copy of its own. */
	if (to)
		ksock_msg_set_name(&msg, (struct ksock_addr *)to);
	msg.hdr.msg_flags = flags | MSG_DONTWAIT | MSG_NOSIGNAL;
	return sock_sendmsg(ks->sock, &msg.hdr);
}

/* @done: what data_send_once() returned. */
static noinline ssize_t data_send_rest(struct ksock *ks, const void *buf,
				       size_t len, int flags, ktime_t deadline,
				       const struct ksock_addr *to,
				       ssize_t done)
{
	size_t sent = max_t(ssize_t, done, 0);
	struct kvec vec = {
		.iov_base = (void *)buf + sent,
		.iov_len = len - sent,
	};
	struct ksock_msg msg __ksock_uninitialized;

	/* The latter two while TCP_FASTOPEN_CONNECT connects. */
	if (done < 0 && done != -EAGAIN && done != -EINPROGRESS &&
	    done != -EALREADY)
		return ksock_cancelled(ks) ?: done;
	ksock_msg_init(&msg);
	ksock_msg_to_send(&msg, &vec, 1, vec.iov_len);
	if (done >= 0) {
		ksock_count_sent(ks, done);
		/* Of a stream, fewer are the beginning. */
		return ks->sock->type != SOCK_STREAM ? done :
		       done + ksock_sendmsg_rest(ks, &msg, flags, deadline);
	}
	if (to)
		ksock_msg_set_name(&msg, (struct ksock_addr *)to);
	return data_sendmsg(ks, &msg, flags, deadline);
}

static __always_inline ssize_t data_send(struct ksock *ks, const void *buf,
					 size_t len, int flags,
					 ktime_t deadline,
					 const struct ksock_addr *to)
{
	ssize_t ret;

	/* As write(2) does: the stack counts what it has taken in an int. */
	len = min_t(size_t, len, MAX_RW_COUNT);
	ret = data_send_once(ks, buf, len, flags, to);
	if (unlikely(ret != len))
		return data_send_rest(ks, buf, len, flags, deadline, to, ret);
	ksock_count_sent(ks, ret);
	return ret;
}

/* Looking at all of what will only come adds nothing at a second look. */
static bool data_recv_flags_ok(int flags)
{
	const int peek_all = MSG_PEEK | MSG_WAITALL;

	return !(flags & ~DATA_RECV_FLAGS) && (flags & peek_all) != peek_all;
}

static ssize_t data_recvmsg(struct ksock *ks, struct ksock_msg *msg, int flags,
			    ktime_t deadline)
{
	ssize_t ret;

	if (unlikely(!data_recv_flags_ok(flags)))
		return -EINVAL;
	ret = ksock_enter(ks);
	if (unlikely(ret))
		return ret;
	ret = ksock_cancelled(ks);
	if (likely(!ret)) {
		if (unlikely(ksock_recv_never_waits(ks, flags)))
			deadline = KSOCK_NOWAIT;
		ret = ksock_recvmsg_until(ks, msg, flags, deadline);
		ksock_count_received(ks, ret);
		/* The reason comes before what followed from it. */
		if (unlikely(ret < 0))
			ret = ksock_cancelled(ks) ?: ret;
	}
	ksock_leave(ks);
	return ret;
}

/* What the stack stored of a sender; its length says whether it did. */
static __always_inline void data_finish_name(struct ksock_addr *from,
					     const struct ksock_msg *msg)
{
	int len = msg->hdr.msg_namelen;

	from->len = ksock_addr_len_valid(len) ? len : 0;
}

/* @from, @came: NULL not to ask for the sender or for the flags. */
static __always_inline ssize_t data_recv_once(struct ksock *ks, void *buf,
					      size_t len, int flags,
					      struct ksock_addr *from,
					      unsigned int *came)
{
	struct kvec vec = { .iov_base = buf, .iov_len = len };
	struct ksock_msg msg __ksock_uninitialized;
	ssize_t ret;

	/* One try may find less than is to be waited for. */
	if (unlikely((flags & ~(DATA_RECV_FLAGS & ~MSG_WAITALL)) ||
		     !data_is_plain(ks) ||
		     READ_ONCE(ks->sock->sk->sk_rcvlowat) > 1))
		return -EAGAIN;
	ksock_msg_init(&msg);
	iov_iter_kvec(&msg.hdr.msg_iter, ITER_DEST, &vec, 1, len);
	if (from)
		ksock_msg_set_name(&msg, from);
	ret = sock_recvmsg(ks->sock, &msg.hdr, flags | MSG_DONTWAIT);
	if (unlikely(ret < 0))
		return ret;
	ksock_count_received(ks, ret);
	if (from)
		data_finish_name(from, &msg);
	if (came)
		*came = ksock_msg_flags(&msg);
	return ret;
}

/* @done: what data_recv_once() returned. */
static noinline ssize_t data_recv_rest(struct ksock *ks, void *buf, size_t len,
				       int flags, ktime_t deadline,
				       struct ksock_addr *from,
				       unsigned int *came, ssize_t done)
{
	struct kvec vec = { .iov_base = buf, .iov_len = len };
	struct ksock_msg msg __ksock_uninitialized;
	ssize_t ret;

	if (done != -EAGAIN)
		return ksock_cancelled(ks) ?: done;
	ksock_msg_init(&msg);
	ksock_msg_to_receive(&msg, &vec, 1, len);
	if (from)
		ksock_msg_set_name(&msg, from);
	ret = data_recvmsg(ks, &msg, flags, deadline);
	if (ret < 0)
		return ret;
	if (from)
		data_finish_name(from, &msg);
	if (came)
		*came = ksock_msg_flags(&msg);
	return ret;
}

static __always_inline ssize_t data_recv(struct ksock *ks, void *buf,
					 size_t len, int flags,
					 ktime_t deadline,
					 struct ksock_addr *from,
					 unsigned int *came)
{
	ssize_t ret;

	if (from)
		from->len = 0;
	/* As read(2) does: the stack counts what it waits for in an int. */
	len = min_t(size_t, len, MAX_RW_COUNT);
	ret = data_recv_once(ks, buf, len, flags, from, came);
	if (likely(ret >= 0))
		return ret;
	return data_recv_rest(ks, buf, len, flags, deadline, from, came, ret);
}

/**
 * ksock_send() - send one buffer on a connected socket
 * @ks: socket
 * @buf: data in kernel memory that is mapped for as long as this takes
 * @len: its length in bytes
 * @flags: of MSG_DONTWAIT, MSG_MORE, MSG_EOR, MSG_CONFIRM, MSG_DONTROUTE and
 *	MSG_OOB; MSG_NOSIGNAL is understood
 * @deadline: until when to wait for room
 *
 * Context: process context, may sleep.
 * Return: the number of bytes taken: for a datagram all of them, for a stream
 * fewer only when it was interrupted or the deadline passed; or -EINVAL for
 * other flags, -EAGAIN, -EINTR, -ECANCELED, -ENETDOWN, -ENOTCONN, -EPIPE when
 * the stream is closed, -EMSGSIZE for a datagram too long, and the stack's
 * errors, see send(2).
 */
ssize_t ksock_send(struct ksock *ks, const void *buf, size_t len, int flags,
		   ktime_t deadline)
{
	return data_send(ks, buf, len, flags, deadline, NULL);
}
EXPORT_SYMBOL_GPL(ksock_send);

/**
 * ksock_recv() - receive into one buffer
 * @ks: socket
 * @buf: kernel memory where the data goes
 * @len: room there in bytes
 * @flags: of MSG_DONTWAIT, MSG_PEEK, MSG_TRUNC, MSG_WAITALL, MSG_OOB and
 *	MSG_ERRQUEUE; not MSG_PEEK and MSG_WAITALL together
 * @deadline: until when to wait for data
 *
 * Context: process context, may sleep.
 * Return: the number of bytes stored, with MSG_TRUNC the length of the datagram;
 * 0 at the end of a stream; or -EINVAL for other flags, -EAGAIN, -EINTR,
 * -ECANCELED, -ENETDOWN, -ENOTCONN, -ECONNRESET, and the stack's errors, see
 * recv(2).
 */
ssize_t ksock_recv(struct ksock *ks, void *buf, size_t len, int flags,
		   ktime_t deadline)
{
	return data_recv(ks, buf, len, flags, deadline, NULL, NULL);
}
EXPORT_SYMBOL_GPL(ksock_recv);

/**
 * ksock_sendto() - send one buffer to an address
 * @ks: socket
 * @buf: data, as for ksock_send()
 * @len: its length in bytes
 * @flags: as for ksock_send()
 * @deadline: until when to wait for room
 * @to: address of the receiver, not modified; NULL on a connected socket
 *
 * Context: process context, may sleep.
 * Return: as ksock_send(); -EINVAL also for a length that no address has.
 */
ssize_t ksock_sendto(struct ksock *ks, const void *buf, size_t len, int flags,
		     ktime_t deadline, const struct ksock_addr *to)
{
	if (to && !ksock_addr_len_valid(to->len))
		return -EINVAL;
	return data_send(ks, buf, len, flags, deadline, to);
}
EXPORT_SYMBOL_GPL(ksock_sendto);

/**
 * ksock_recv_named() - receive into one buffer, and tell all of how it came
 * @ks: socket
 * @buf: kernel memory where the data goes
 * @len: room there in bytes
 * @flags: as for ksock_recv()
 * @deadline: until when to wait for data
 * @from: filled on success, as by ksock_recvfrom()
 * @came: filled on success, as ksock_msg_flags() has it
 *
 * Context: process context, may sleep.
 * Return: as ksock_recv().
 */
ssize_t ksock_recv_named(struct ksock *ks, void *buf, size_t len, int flags,
			 ktime_t deadline, struct ksock_addr *from,
			 unsigned int *came)
{
	return data_recv(ks, buf, len, flags, deadline, from, came);
}

/**
 * ksock_recvfrom() - receive into one buffer, and tell from whom
 * @ks: socket
 * @buf: kernel memory where the data goes
 * @len: room there in bytes
 * @flags: as for ksock_recv()
 * @deadline: until when to wait for data
 * @from: filled on success; its length is 0 when the stack tells no sender, as on
 *	a connected stream
 *
 * Context: process context, may sleep.
 * Return: as ksock_recv().
 */
ssize_t ksock_recvfrom(struct ksock *ks, void *buf, size_t len, int flags,
		       ktime_t deadline, struct ksock_addr *from)
{
	return data_recv(ks, buf, len, flags, deadline, from, NULL);
}
EXPORT_SYMBOL_GPL(ksock_recvfrom);

/**
 * ksock_sendmsg() - send a message
 * @ks: socket
 * @msg: message made by the functions of <ksock/msg.h>; its iterator is advanced
 *	by what was taken
 * @flags: as for ksock_send()
 * @deadline: until when to wait for room
 *
 * Context: process context, may sleep.
 * Return: as ksock_send(); -EINVAL also for an address or control data that are
 * malformed.
 */
ssize_t ksock_sendmsg(struct ksock *ks, struct ksock_msg *msg, int flags,
		      ktime_t deadline)
{
	size_t rest;
	ssize_t ret;

	if (msg->hdr.msg_name && !ksock_addr_len_valid(msg->hdr.msg_namelen))
		return -EINVAL;
	rest = ksock_msg_cut(msg);
	ret = data_sendmsg(ks, msg, flags, deadline);
	ksock_msg_uncut(msg, rest);
	return ret;
}
EXPORT_SYMBOL_GPL(ksock_sendmsg);

/**
 * ksock_recvmsg() - receive a message
 * @ks: socket
 * @msg: message; its iterator is advanced by what was stored.  On success the
 *	address in it is complete, of length 0 when there is none, and what is in
 *	its header can be read: flags, and the control data that came, for
 *	for_each_cmsghdr().
 * @flags: as for ksock_recv()
 * @deadline: until when to wait for data
 *
 * Control data of AF_UNIX may be descriptors, which the stack has no way to put
 * into kernel memory, and would lose.
 *
 * Context: process context, may sleep.
 * Return: as ksock_recv(); -EOPNOTSUPP for control data of AF_UNIX.
 */
ssize_t ksock_recvmsg(struct ksock *ks, struct ksock_msg *msg, int flags,
		      ktime_t deadline)
{
	void *control = msg->hdr.msg_control;
	size_t room = msg->hdr.msg_controllen;
	struct ksock_addr *from;
	size_t rest;
	ssize_t ret;

	if (control && ksock_family(ks) == KSOCK_AF_UNIX)
		return -EOPNOTSUPP;
	ksock_msg_forget_name(msg);
	rest = ksock_msg_cut(msg);
	ret = data_recvmsg(ks, msg, flags, deadline);
	ksock_msg_uncut(msg, rest);
	if (ret < 0)
		return ret;
	if (control)
		ksock_msg_set_control(msg, control,
				      room - msg->hdr.msg_controllen);
	if (msg->hdr.msg_name) {
		from = container_of(msg->hdr.msg_name, struct ksock_addr,
				    storage);
		data_finish_name(from, msg);
	}
	return ret;
}
EXPORT_SYMBOL_GPL(ksock_recvmsg);

/**
 * ksock_send_page() - send what is in a page, by reference where that is possible
 * @ks: socket
 * @page: page, or the first of a compound one
 * @offset: where in it the data begins, in bytes
 * @len: its length in bytes
 * @flags: as for ksock_send()
 * @deadline: until when to wait for room
 *
 * The stack keeps a reference to the page until the data has been acknowledged,
 * so what is written there in the meantime may be sent.  A page that cannot be
 * referenced, as those of a slab cannot, is copied, and so is all where the
 * protocol knows no other way.
 *
 * Context: process context, may sleep.
 * Return: as ksock_send().
 */
ssize_t ksock_send_page(struct ksock *ks, struct page *page, size_t offset,
			size_t len, int flags, ktime_t deadline)
{
	struct ksock_wait wait;
	size_t done = 0;
	ssize_t ret;

	if (flags & ~DATA_SEND_FLAGS)
		return -EINVAL;
	ret = ksock_enter(ks);
	if (ret)
		return ret;
	if (flags & MSG_DONTWAIT)
		deadline = KSOCK_NOWAIT;
	flags |= MSG_DONTWAIT | MSG_NOSIGNAL;
	ksock_wait_init(&wait, ks, EPOLLOUT | EPOLLHUP, deadline);
	ret = ksock_cancelled(ks);
	while (!ret) {
		ret = ksock_sock_sendpage(ks->sock, page, offset + done,
					  len - done, flags);
		if (ret > 0) {
			done += ret;
			if (done == len || ks->sock->type != SOCK_STREAM)
				break;
			wait.idle = false;
		} else if (ret != -EAGAIN) {
			break;
		}
		ret = ksock_wait(&wait);
	}
	if (done)
		ret = done;
	ksock_count_sent(ks, ret);
	ksock_leave(ks);
	return ret;
}
EXPORT_SYMBOL_GPL(ksock_send_page);

/**
 * ksock_write_all() - send all of a buffer on a stream
 * @ks: stream socket
 * @buf: data, as for ksock_send()
 * @len: its length in bytes
 * @deadline: until when to wait for room
 *
 * Context: process context, may sleep.
 * Return: 0 when all was taken, else a negative error, as ksock_send() has them,
 * and some of it may have been taken.
 */
int ksock_write_all(struct ksock *ks, const void *buf, size_t len,
		    ktime_t deadline)
{
	ssize_t ret;

	while (len) {
		ret = ksock_send(ks, buf, len, 0, deadline);
		if (ret < 0)
			return ret;
		buf += ret;
		len -= ret;
	}
	return 0;
}
EXPORT_SYMBOL_GPL(ksock_write_all);

/**
 * ksock_read_exact() - receive so many bytes from a stream
 * @ks: stream socket
 * @buf: kernel memory where they go
 * @len: how many
 * @deadline: until when to wait for them
 *
 * Context: process context, may sleep.
 * Return: 0 when all are there, -ENODATA when the stream ended before, else
 * another negative error, as ksock_recv() has them; some may have been stored.
 */
int ksock_read_exact(struct ksock *ks, void *buf, size_t len, ktime_t deadline)
{
	ssize_t ret;

	while (len) {
		ret = ksock_recv(ks, buf, len, MSG_WAITALL, deadline);
		if (ret <= 0)
			return ret ?: -ENODATA;
		buf += ret;
		len -= ret;
	}
	return 0;
}
EXPORT_SYMBOL_GPL(ksock_read_exact);

/**
 * ksock_discard() - receive so many bytes from a stream and forget them
 * @ks: stream socket
 * @len: how many
 * @deadline: until when to wait for them
 *
 * Context: process context, may sleep.
 * Return: as ksock_read_exact().
 */
int ksock_discard(struct ksock *ks, size_t len, ktime_t deadline)
{
	struct ksock_msg msg;
	ssize_t ret;

	while (len) {
		ksock_msg_init(&msg);
		/* TCP counts what it waits for in an int. */
		ksock_msg_discard(&msg, min_t(size_t, len, MAX_RW_COUNT));
		ret = data_recvmsg(ks, &msg, 0, deadline);
		if (ret <= 0)
			return ret ?: -ENODATA;
		len -= ret;
	}
	return 0;
}
EXPORT_SYMBOL_GPL(ksock_discard);
