// SPDX-License-Identifier: GPL-2.0-only
/*
 * Every call that can fail, once for each allocation and each copy of user memory
 * in it, with that one failing: it fails in a way that it is documented to or does
 * without, loses nothing, and does well afterwards.  Only kernels that inject
 * faults can do that; api_test.sh tells them to do so silently, and wherever they
 * can.
 */
#include <linux/err.h>
#include <linux/file.h>
#include <linux/gfp.h>
#include <linux/in.h>
#include <linux/mm.h>
#include <linux/tcp.h>
#include <linux/uio.h>
#include "fault.h"
#include "peer.h"
#include "test.h"

/* More points than any call has. */
#define FAULT_MAX	500

/* The n-th of what can fail fails, in this task; 0 for none. */
static void fault_set(unsigned int nth)
{
#ifdef CONFIG_FAULT_INJECTION
	current->fail_nth = nth;
#endif
}

/* Whether it has not come to that yet. */
static bool fault_waits(void)
{
#ifdef CONFIG_FAULT_INJECTION
	return current->fail_nth;
#else
	return true;
#endif
}

enum fault_flags {
	/* Not called again: it ends the socket, or does a part before it fails. */
	FAULT_ONCE	= 1 << 0,
	/*
	 * Nothing makes it fail, which the sweep shows: all there may be is what the
	 * stack acknowledges meanwhile.
	 */
	FAULT_NONE	= 1 << 1,
};

/* What takes more than an expression to call. */

#define fault_made(_f, _from, _made)					\
({									\
	typeof(_made) fault_new = (_made);				\
									\
	(_f)->made = IS_ERR(fault_new) ? NULL : _from(fault_new);	\
	PTR_ERR_OR_ZERO(fault_new);					\
})

static struct ksock *fault_as_is(struct ksock *ks)
{
	return ks;
}

static long fault_get_file(struct fault *f)
{
	struct file *file = ksock_get_file(f->user);

	if (IS_ERR(file))
		return PTR_ERR(file);
	fput(file);
	return 0;
}

/* The last reference, of what is not closed once more then. */
static long fault_put_near(struct fault *f)
{
	ksock_put_sync(near(f));
	f->pair.near = NULL;
	return 0;
}

static long fault_put_made(struct fault *f)
{
	ksock_put_sync(f->made);
	f->made = NULL;
	return 0;
}

static long fault_make_lite(struct fault *f)
{
	f->lite = ksock_create_lite();
	return PTR_ERR_OR_ZERO(f->lite);
}

/* Either takes what there is for it, also when it fails. */
static long fault_accept_lite(struct fault *f)
{
	struct ksock *ks = ksock_accept_lite(listener(f), f->lite,
					     peer_deadline(), NULL);

	if (IS_ERR(ks))
		return PTR_ERR(ks);
	f->lite = NULL;
	f->made = ks;
	return 0;
}

/* Many parts, to an address, and control data. */
static long fault_sendmsg(struct fault *f)
{
	const int ttl = 9;
	struct kvec vec[20];
	struct ksock_msg msg;
	char control[64];
	int ret, i;

	for (i = 0; i < ARRAY_SIZE(vec); i++) {
		vec[i].iov_base = f->buf;
		vec[i].iov_len = 10;
	}
	ksock_msg_init(&msg);
	ksock_msg_to_send(&msg, vec, ARRAY_SIZE(vec), 200);
	ksock_msg_set_name(&msg, &f->addr);
	ksock_msg_set_control(&msg, control, 0);
	ret = ksock_msg_add_control(&msg, sizeof(control), SOL_IP, IP_TTL, &ttl,
				    sizeof(ttl));
	return ret ?: ksock_sendmsg(udp(f), &msg, 0, KSOCK_NOWAIT);
}

static long fault_recvmsg(struct fault *f)
{
	struct kvec vec = { .iov_base = f->buf, .iov_len = FAULT_BYTES };
	struct ksock_addr from = { .len = sizeof(from.storage) };
	struct ksock_msg msg;
	char control[64];

	ksock_msg_init(&msg);
	ksock_msg_to_receive(&msg, &vec, 1, FAULT_BYTES);
	ksock_msg_set_name(&msg, &from);
	ksock_msg_set_control(&msg, control, sizeof(control));
	return ksock_recvmsg(udp(f), &msg, 0, KSOCK_NOWAIT);
}

static long fault_udp_recvfrom(struct fault *f)
{
	struct ksock_udp_from from;

	return ksock_udp_recvfrom(f->udp, f->buf, FAULT_BYTES, 0, KSOCK_NOWAIT,
				  &from);
}

static long fault_send_pages(struct fault *f)
{
	struct bio_vec vec = {
		.bv_page = virt_to_page(f->buf),
		.bv_len = FAULT_BYTES,
	};
	struct ksock_msg msg;

	ksock_msg_init(&msg);
	ksock_msg_to_send_bvec(&msg, &vec, 1, FAULT_BYTES);
	return ksock_sendmsg(near(f), &msg, 0, KSOCK_NOWAIT);
}

static long fault_move_user(struct fault *f, unsigned int direction,
			    ssize_t (*move)(struct ksock *ks,
					    struct ksock_msg *msg, int flags,
					    ktime_t deadline))
{
	struct iovec vec = {
		.iov_base = (void __user *)f->memory,
		.iov_len = FAULT_BYTES,
	};
	struct iov_iter iter;
	struct ksock_msg msg;

	iov_iter_init(&iter, direction, &vec, 1, FAULT_BYTES);
	ksock_msg_init(&msg);
	ksock_msg_set_iter(&msg, &iter);
	return move(f->user, &msg, 0, KSOCK_NOWAIT);
}

static long fault_tcp_info(struct fault *f)
{
	struct tcp_info info;

	return ksock_tcp_info(near(f), &info);
}

#define FAULT_OPTION(_name, _level, _option, _type)			\
static long fault_option_##_name(struct ksock *ks)			\
{									\
	_type value;							\
	long ret = ksock_get_##_name(ks, &value);			\
									\
	return ret ?: ksock_set_##_name(ks, value);			\
}

KSOCK_OPT_ROWS(FAULT_OPTION)

#define FAULT_OPTION_ENTRY(_name, _level, _option, _type)		\
	fault_option_##_name,

static long (*const fault_option[])(struct ksock *ks) = {
	KSOCK_OPT_ROWS(FAULT_OPTION_ENTRY)
};

/* Every typed option, set to what it is; some are not of this kind of socket. */
static long fault_options(struct fault *f)
{
	unsigned int i;
	long ret;

	for (i = 0; i < ARRAY_SIZE(fault_option); i++) {
		ret = fault_option[i](near(f));
		if (ret == -ENOMEM || ret == -ENOBUFS)
			return ret;
	}
	return 0;
}

static long fault_linger(struct fault *f)
{
	unsigned int seconds;
	bool on;
	long ret = ksock_get_linger(near(f), &on, &seconds);

	return ret ?: ksock_set_linger(near(f), on, seconds);
}

/* Allocates room for the sources. */
static long fault_setsockopt(struct fault *f)
{
	struct group_source_req req = { .gsr_interface = 1 };

	memcpy(&req.gsr_group, &f->addr.storage, sizeof(struct sockaddr_in));
	ksock_addr_set_v4(&f->addr, htonl(INADDR_LOOPBACK), 0);
	memcpy(&req.gsr_source, &f->addr.storage, sizeof(struct sockaddr_in));
	ksock_addr_set_v4(&f->addr, htonl(0xe8010101), 0);
	return ksock_setsockopt(udp(f), SOL_IP, MCAST_JOIN_SOURCE_GROUP, &req,
				sizeof(req));
}

static long fault_getsockopt(struct fault *f)
{
	int value, len = sizeof(value);

	return ksock_getsockopt(udp(f), SOL_SOCKET, SO_TYPE, &value, &len);
}

/*
 * FAULT(name, need, flags, call): what the call needs, and what it is, which
 * returns a negative errno or what the call returns.
 */
#define FAULTS(FAULT)							\
	FAULT(create, need_nothing, 0,					\
	      fault_made(f, fault_as_is,				\
			 ksock_create(KSOCK_AF_INET6, KSOCK_STREAM, 0))) \
	FAULT(create_kern, need_nothing, 0,				\
	      fault_made(f, fault_as_is,				\
			 ksock_create_kern(peer_net(), KSOCK_AF_INET,	\
					   KSOCK_RAW, KSOCK_PROTO_ICMP, 0))) \
	FAULT(create_follow, need_nothing, 0,				\
	      fault_made(f, fault_as_is,				\
			 ksock_create_kern(peer_net(), KSOCK_AF_INET,	\
					   KSOCK_DGRAM, 0,		\
					   KSOCK_CREATE_FOLLOW)))	\
	FAULT(create_lite, need_nothing, 0, fault_make_lite(f))		\
	FAULT(tcp_listener_create, need_nothing, 0,			\
	      fault_made(f, ksock_from_tcp_listener,			\
			 ksock_tcp_listener_create(peer_net(),		\
						   KSOCK_AF_INET, 0)))	\
	FAULT(tcp_stream_create, need_nothing, 0,			\
	      fault_made(f, ksock_from_tcp_stream,			\
			 ksock_tcp_stream_create(peer_net(),		\
						 KSOCK_AF_INET6, 0)))	\
	FAULT(udp_create, need_nothing, 0,				\
	      fault_made(f, ksock_from_udp,				\
			 ksock_udp_create(peer_net(), KSOCK_AF_INET6, 0))) \
	FAULT(adopt, need_descriptor, 0,				\
	      fault_made(f, fault_as_is, ksock_adopt(f->fd)))		\
	FAULT(get_file, need_user, FAULT_NONE, fault_get_file(f))	\
	FAULT(bind, need_listener, 0, ksock_bind(listener(f), &f->addr)) \
	FAULT(tcp_listener_bind, need_listener, 0,			\
	      ksock_tcp_listener_bind(f->pair.listener, &f->addr))	\
	FAULT(tcp_stream_bind, need_near, 0,				\
	      ksock_tcp_stream_bind(f->pair.near, &f->addr))		\
	FAULT(udp_bind, need_fresh_udp, FAULT_NONE,			\
	      ksock_udp_bind(f->udp, &f->addr))				\
	FAULT(listen, need_bound_listener, FAULT_NONE,			\
	      ksock_listen(listener(f), 4))				\
	FAULT(tcp_listen, need_bound_listener, FAULT_NONE,		\
	      ksock_tcp_listen(f->pair.listener, 4))			\
	FAULT(accept, need_pending, FAULT_ONCE,				\
	      fault_made(f, fault_as_is,				\
			 ksock_accept(listener(f), peer_deadline(),	\
				      &f->addr)))			\
	FAULT(accept_lite, need_pending_and_lite, FAULT_ONCE,		\
	      fault_accept_lite(f))					\
	FAULT(tcp_accept, need_pending, FAULT_ONCE,			\
	      fault_made(f, ksock_from_tcp_stream,			\
			 ksock_tcp_accept(f->pair.listener,		\
					  peer_deadline(), NULL)))	\
	FAULT(connect, need_server, FAULT_ONCE,				\
	      ksock_connect(near(f), &f->addr, peer_deadline()))	\
	FAULT(tcp_connect, need_server, FAULT_ONCE,			\
	      ksock_tcp_connect(f->pair.near, &f->addr, peer_deadline())) \
	FAULT(udp_connect, need_udp, FAULT_NONE,			\
	      ksock_udp_connect(f->udp, &f->addr))			\
	FAULT(shutdown, need_stream, FAULT_ONCE,			\
	      ksock_shutdown(near(f), KSOCK_SHUT_WR))			\
	FAULT(tcp_shutdown, need_stream, FAULT_ONCE,			\
	      ksock_tcp_shutdown(f->pair.near, KSOCK_SHUT_WR))		\
	FAULT(udp_shutdown, need_udp, FAULT_NONE,			\
	      ksock_udp_shutdown(f->udp, KSOCK_SHUT_RD))		\
	FAULT(abort, need_stream, FAULT_ONCE, ksock_abort(near(f)))	\
	FAULT(tcp_abort, need_stream, FAULT_ONCE,			\
	      ksock_tcp_abort(f->pair.near))				\
	FAULT(getsockname, need_stream, FAULT_NONE,			\
	      ksock_getsockname(near(f), &f->addr))			\
	FAULT(getpeername, need_stream, FAULT_NONE,			\
	      ksock_getpeername(near(f), &f->addr))			\
	FAULT(tcp_listener_name, need_server, FAULT_NONE,		\
	      ksock_tcp_listener_name(f->pair.listener, &f->addr))	\
	FAULT(tcp_stream_name, need_stream, FAULT_NONE,			\
	      ksock_tcp_stream_name(f->pair.near, &f->addr))		\
	FAULT(tcp_stream_peer, need_stream, FAULT_NONE,			\
	      ksock_tcp_stream_peer(f->pair.near, &f->addr))		\
	FAULT(udp_name, need_udp, FAULT_NONE,				\
	      ksock_udp_name(f->udp, &f->addr))				\
	FAULT(udp_peer, need_udp, FAULT_NONE, ksock_udp_peer(f->udp, &f->addr))	\
	FAULT(tcp_info, need_stream, FAULT_NONE, fault_tcp_info(f))	\
	FAULT(send, need_stream, 0,					\
	      ksock_send(near(f), f->buf, FAULT_BYTES, 0, KSOCK_NOWAIT)) \
	FAULT(tcp_send, need_stream, 0,					\
	      ksock_tcp_send(f->pair.near, f->buf, FAULT_BYTES, 0,	\
			     KSOCK_NOWAIT))				\
	FAULT(udp_send, need_udp, 0,					\
	      ksock_udp_send(f->udp, f->buf, FAULT_BYTES, 0, KSOCK_NOWAIT)) \
	FAULT(sendto, need_udp, 0,					\
	      ksock_sendto(udp(f), f->buf, FAULT_BYTES, 0, KSOCK_NOWAIT, \
			   &f->addr))					\
	FAULT(udp_sendto, need_udp, 0,					\
	      ksock_udp_sendto(f->udp, f->buf, FAULT_BYTES, 0,		\
			       KSOCK_NOWAIT, &f->addr))			\
	FAULT(write_all, need_stream, FAULT_ONCE,			\
	      ksock_write_all(near(f), f->buf, FAULT_BYTES,		\
			      peer_deadline()))				\
	FAULT(tcp_write_all, need_stream, FAULT_ONCE,			\
	      ksock_tcp_write_all(f->pair.near, f->buf, FAULT_BYTES,	\
				  peer_deadline()))			\
	FAULT(sendmsg, need_udp, 0, fault_sendmsg(f))			\
	FAULT(sendmsg_of_pages, need_stream, 0, fault_send_pages(f))	\
	FAULT(send_page, need_stream, 0,				\
	      ksock_send_page(near(f), virt_to_page(f->buf), 0,		\
			      FAULT_BYTES, 0, KSOCK_NOWAIT))		\
	FAULT(sendmsg_of_user_memory, need_user, 0,			\
	      fault_move_user(f, WRITE, ksock_sendmsg))			\
	FAULT(recv, need_stream_data, FAULT_NONE,			\
	      ksock_recv(near(f), f->buf, FAULT_BYTES, 0, KSOCK_NOWAIT)) \
	FAULT(tcp_recv, need_stream_data, FAULT_NONE,			\
	      ksock_tcp_recv(f->pair.near, f->buf, FAULT_BYTES, 0,	\
			     KSOCK_NOWAIT))				\
	FAULT(udp_recv, need_udp_data, FAULT_NONE,			\
	      ksock_udp_recv(f->udp, f->buf, FAULT_BYTES, 0,		\
			     KSOCK_NOWAIT))				\
	FAULT(recvfrom, need_udp_data, FAULT_NONE,			\
	      ksock_recvfrom(udp(f), f->buf, FAULT_BYTES, 0,		\
			     KSOCK_NOWAIT, &f->addr))			\
	FAULT(udp_recvfrom, need_udp_data, FAULT_NONE,			\
	      fault_udp_recvfrom(f))					\
	FAULT(read_exact, need_stream_data, FAULT_NONE,			\
	      ksock_read_exact(near(f), f->buf, FAULT_BYTES,		\
			       peer_deadline()))			\
	FAULT(tcp_read_exact, need_stream_data, FAULT_NONE,		\
	      ksock_tcp_read_exact(f->pair.near, f->buf, FAULT_BYTES,	\
				   peer_deadline()))			\
	FAULT(discard, need_stream_data, FAULT_NONE,			\
	      ksock_discard(near(f), FAULT_BYTES, peer_deadline()))	\
	FAULT(recvmsg, need_udp_data, FAULT_NONE, fault_recvmsg(f))	\
	FAULT(recvmsg_to_user_memory, need_user_data, FAULT_ONCE,	\
	      fault_move_user(f, READ, ksock_recvmsg))			\
	FAULT(inq, need_stream_data, FAULT_NONE, ksock_inq(near(f)))	\
	FAULT(outq, need_stream, FAULT_NONE, ksock_outq(near(f)))	\
	FAULT(udp_join, need_group, FAULT_ONCE,				\
	      ksock_udp_join(f->udp, &f->addr, 1))			\
	FAULT(udp_leave, need_member, FAULT_ONCE,			\
	      ksock_udp_leave(f->udp, &f->addr, 1))			\
	FAULT(setsockopt, need_group, FAULT_ONCE, fault_setsockopt(f))	\
	FAULT(getsockopt, need_udp, FAULT_NONE, fault_getsockopt(f))	\
	FAULT(typed_options, need_stream, FAULT_NONE, fault_options(f))	\
	FAULT(linger, need_stream, FAULT_NONE, fault_linger(f))		\
	FAULT(set_timestamps, need_udp, FAULT_NONE,			\
	      ksock_set_timestamps(udp(f), true))			\
	FAULT(set_congestion, need_near, FAULT_NONE,			\
	      ksock_set_congestion(near(f), "reno"))			\
	FAULT(events_on, need_stream, 0,				\
	      ksock_events_on(near(f), &fault_events, NULL,		\
			      KSOCK_EVENT_ALL))				\
	FAULT(events_mask, need_events, FAULT_NONE,			\
	      ksock_events_mask(near(f), KSOCK_EVENT_ERROR))		\
	FAULT(events_off, need_events, FAULT_NONE,			\
	      ksock_events_off(near(f)))				\
	/* Others close it, which close(2) of a ksock is swept for. */	\
	FAULT(put_of_stream, need_stream, FAULT_ONCE | FAULT_NONE,	\
	      fault_put_near(f))					\
	FAULT(put_of_follower, need_follower, FAULT_ONCE | FAULT_NONE,	\
	      fault_put_made(f))

/* What the stack makes of it, for creating and binding as well. */
static bool fault_allowed(long ret)
{
	return ret >= 0 || ret == -ENOMEM || ret == -ENOBUFS ||
	       ret == -EFAULT || ret == -EAGAIN || ret == -ENFILE ||
	       ret == -EADDRINUSE;
}

/* One round; returns whether it came to the point. */
static bool fault_round(struct test *t, struct fault *f, unsigned int nth,
			int (*need)(struct fault *f),
			long (*call)(struct fault *f), unsigned int flags,
			unsigned int *failed)
{
	bool reached;
	long ret;

	if (!EXPECT_EQ(t, need(f), 0))
		return false;
	fault_set(nth);
	ret = call(f);
	reached = !fault_waits();
	fault_set(0);
	if (!EXPECT(t, reached ? fault_allowed(ret) : ret >= 0))
		test_note(t, "point %u: %ld", nth, ret);
	if (ret >= 0)
		return reached;
	(*failed)++;
	if (!(flags & FAULT_ONCE) && !EXPECT(t, call(f) >= 0))
		test_note(t, "once more after point %u, %ld", nth, ret);
	return reached;
}

static void fault_sweep(struct test *t, int (*need)(struct fault *f),
			long (*call)(struct fault *f), unsigned int flags)
{
	char *buf = (char *)get_zeroed_page(GFP_KERNEL);
	unsigned int nth = 0, failed = 0;
	bool reached;

	ASSERT(t, buf);
	do {
		struct fault f = { .fd = -1, .buf = buf };

		ksock_addr_set_loopback(&f.addr, KSOCK_AF_INET, 0);
		reached = fault_round(t, &f, ++nth, need, call, flags, &failed);
		fault_close(&f);
	} while (reached && nth < FAULT_MAX);
	free_page((unsigned long)buf);

	/* The last round is the one in which nothing failed. */
	test_note(t, "%u points, %u of them make the call fail", nth - 1,
		  failed);
	EXPECT(t, !reached);
	if (flags & FAULT_NONE)
		EXPECT_EQ(t, failed, 0);
	else
		EXPECT(t, nth > 1);
}

#define FAULT_DEFINE(_name, _need, _flags, _call)			\
static long fault_call_##_name(struct fault *f)				\
{									\
	return _call;							\
}									\
									\
static void _name##_survives_each_fault(struct test *t)			\
{									\
	fault_sweep(t, _need, fault_call_##_name, _flags);		\
}

FAULTS(FAULT_DEFINE)

#define FAULT_CASE(_name, _need, _flags, _call)				\
	CASE(_name##_survives_each_fault),

const struct test_case fault_cases[] = {
	FAULTS(FAULT_CASE)
	{}
};
