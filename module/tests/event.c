// SPDX-License-Identifier: GPL-2.0-only
/*
 * Events: each is told, to whom asked, from the right context; and they stop.
 */
#include <linux/err.h>
#include <linux/in.h>
#include <linux/irqflags.h>
#include <linux/module.h>
#include <linux/udp.h>
#include <linux/workqueue.h>
#include <net/sock.h>
#include <net/tcp.h>
#include "peer.h"
#include "test.h"

/**
 * struct event_log - what was told
 * @count: by event.
 * @off_ret: what ksock_events_off() returned inside of a callback.
 * @context: whether a callback ran where it must not.
 * @try_off: whether a callback is to try that.
 * @worker: whether a worker makes the calls.
 */
struct event_log {
	atomic_t count[5];
	int off_ret;
	bool context;
	bool try_off;
	bool worker;
};

enum { DATA, SPACE, STATE, ERROR, ACCEPT };

static void event_note(struct ksock *ks, struct event_log *log, int which)
{
	atomic_inc(&log->count[which]);
	/* Bottom halves are disabled, or a worker runs it, as was asked for. */
	if (log->worker ? in_interrupt() || !current_work() : !in_softirq())
		log->context = true;
	if (log->try_off)
		log->off_ret = ksock_events_off(ks);
}

static void on_data(struct ksock *ks, void *data)
{
	event_note(ks, data, DATA);
}

static void on_space(struct ksock *ks, void *data)
{
	event_note(ks, data, SPACE);
}

static void on_state(struct ksock *ks, void *data)
{
	event_note(ks, data, STATE);
}

static void on_error(struct ksock *ks, void *data)
{
	event_note(ks, data, ERROR);
}

static void on_accept(struct ksock *ks, void *data)
{
	event_note(ks, data, ACCEPT);
}

static const struct ksock_events events = {
	.data_ready = on_data,
	.write_space = on_space,
	.state_change = on_state,
	.error = on_error,
	.accept_ready = on_accept,
};

#define TOLD(_log, _which)	atomic_read(&(_log).count[_which])

static void data_and_its_end_are_told(struct test *t)
{
	struct event_log log = {};
	struct peer_pair pair;

	ASSERT_EQ(t, peer_pair_open(&pair, peer_net(), KSOCK_AF_INET, 0), 0);
	EXPECT_EQ(t, ksock_events_on(peer_near(&pair), &events, &log,
				     KSOCK_EVENT_ALL), 0);
	EXPECT_EQ(t, TOLD(log, DATA), 0);
	EXPECT_EQ(t, ksock_tcp_send(pair.far, "x", 1, 0, KSOCK_NOWAIT), 1);
	EXPECT(t, peer_eventually(TOLD(log, DATA) > 0));
	EXPECT_EQ(t, ksock_tcp_shutdown(pair.far, KSOCK_SHUT_WR), 0);
	EXPECT(t, peer_eventually(TOLD(log, STATE) > 0));
	EXPECT_EQ(t, TOLD(log, ACCEPT), 0);
	EXPECT_EQ(t, TOLD(log, ERROR), 0);
	EXPECT_EQ(t, ksock_events_off(peer_near(&pair)), 0);
	EXPECT(t, !log.context);
	peer_pair_close(&pair);
}

static void connections_are_told_and_have_callbacks_of_their_own(struct test *t)
{
	struct ksock_tcp_stream *stream, *child;
	struct ksock_tcp_listener *listener;
	void (*before)(struct sock *sk);
	struct event_log log = {};
	struct ksock_addr addr;
	struct sock *sk;
	struct ksock *ks;

	ASSERT_EQ(t, peer_listen(&listener, peer_net(), KSOCK_AF_INET, 0, &addr),
		  0);
	ks = ksock_from_tcp_listener(listener);
	before = ksock_raw(ks)->sk->sk_data_ready;
	stream = ksock_tcp_stream_create(peer_net(), KSOCK_AF_INET, 0);
	child = NULL;
	if (!EXPECT(t, !IS_ERR(stream)))
		goto out;
	EXPECT_EQ(t, ksock_events_on(ks, &events, &log, KSOCK_EVENT_ALL), 0);
	EXPECT(t, ksock_raw(ks)->sk->sk_data_ready != before);
	EXPECT_EQ(t, ksock_tcp_connect(stream, &addr, peer_deadline()), 0);
	EXPECT(t, peer_eventually(TOLD(log, ACCEPT) > 0));
	EXPECT_EQ(t, TOLD(log, DATA), 0);
	/* Data for the connection nobody has accepted is not the listener's. */
	EXPECT_EQ(t, ksock_tcp_send(stream, "x", 1, 0, KSOCK_NOWAIT), 1);
	child = ksock_tcp_accept(listener, peer_deadline(), NULL);
	if (!EXPECT(t, !IS_ERR(child)))
		goto out_off;
	sk = ksock_raw(ksock_from_tcp_stream(child))->sk;
	EXPECT(t, sk->sk_data_ready == before);
	EXPECT(t, !sk->sk_user_data);
	EXPECT_EQ(t, TOLD(log, DATA), 0);
out_off:
	EXPECT_EQ(t, ksock_events_off(ks), 0);
	EXPECT(t, ksock_raw(ks)->sk->sk_data_ready == before);
	EXPECT(t, !ksock_raw(ks)->sk->sk_user_data);
out:
	ksock_tcp_stream_put(child);
	ksock_tcp_stream_put(stream);
	ksock_tcp_listener_put(listener);
}

static void off_cleans_connections_that_wait_to_be_accepted(struct test *t)
{
	struct ksock_tcp_stream *stream, *child;
	struct ksock_tcp_listener *listener;
	void (*before)(struct sock *sk);
	struct event_log log = {};
	struct ksock_addr addr;
	struct socket *raw;
	struct ksock *ks;

	ASSERT_EQ(t, peer_listen(&listener, peer_net(), KSOCK_AF_INET6, 0,
				 &addr), 0);
	ks = ksock_from_tcp_listener(listener);
	before = ksock_raw(ks)->sk->sk_state_change;
	stream = ksock_tcp_stream_create(peer_net(), KSOCK_AF_INET6, 0);
	child = NULL;
	if (!EXPECT(t, !IS_ERR(stream)))
		goto out;
	EXPECT_EQ(t, ksock_events_on(ks, &events, &log, KSOCK_EVENT_ALL), 0);
	EXPECT_EQ(t, ksock_tcp_connect(stream, &addr, peer_deadline()), 0);
	EXPECT(t, peer_eventually(TOLD(log, ACCEPT) > 0));
	EXPECT_EQ(t, ksock_events_off(ks), 0);
	/* By other means, so nothing but off can have cleaned it. */
	if (!EXPECT_EQ(t, kernel_accept(ksock_raw(ks), &raw, 0), 0))
		goto out;
	EXPECT(t, raw->sk->sk_state_change == before);
	sock_release(raw);
out:
	ksock_tcp_stream_put(child);
	ksock_tcp_stream_put(stream);
	ksock_tcp_listener_put(listener);
}

static void room_to_send_is_told_to_who_ran_out_of_it(struct test *t)
{
	static char buf[16384];
	struct event_log log = {};
	struct peer_pair pair;

	ASSERT_EQ(t, peer_pair_open(&pair, peer_net(), KSOCK_AF_INET, 0), 0);
	EXPECT_EQ(t, ksock_events_on(peer_near(&pair), &events, &log,
				     KSOCK_EVENT_WRITE_SPACE), 0);
	while (ksock_tcp_send(pair.near, buf, sizeof(buf), 0, KSOCK_NOWAIT) > 0)
		;
	EXPECT_EQ(t, ksock_tcp_send(pair.near, buf, 1, 0, KSOCK_NOWAIT), -EAGAIN);
	while (ksock_tcp_recv(pair.far, buf, sizeof(buf), 0,
			      ksock_deadline(PEER_MOMENT_MS)) > 0)
		;
	EXPECT(t, peer_eventually(TOLD(log, SPACE) > 0));
	EXPECT_EQ(t, TOLD(log, DATA) + TOLD(log, STATE), 0);
	EXPECT_EQ(t, ksock_events_off(peer_near(&pair)), 0);
	peer_pair_close(&pair);
}

static void an_end_that_is_an_error_is_told(struct test *t)
{
	struct event_log log = {};
	struct peer_pair pair;

	ASSERT_EQ(t, peer_pair_open(&pair, peer_net(), KSOCK_AF_INET, 0), 0);
	EXPECT_EQ(t, ksock_events_on(peer_near(&pair), &events, &log,
				     KSOCK_EVENT_ERROR | KSOCK_EVENT_STATE_CHANGE),
		  0);
	EXPECT_EQ(t, ksock_tcp_abort(pair.far), 0);
	EXPECT(t, peer_eventually(TOLD(log, ERROR) > 0));
	EXPECT_EQ(t, ksock_error(peer_near(&pair)), -ECONNRESET);
	EXPECT_EQ(t, ksock_error(peer_near(&pair)), 0);
	EXPECT_EQ(t, ksock_events_off(peer_near(&pair)), 0);
	peer_pair_close(&pair);
}

static void a_connection_that_comes_about_is_told(struct test *t)
{
	struct ksock_tcp_listener *listener;
	struct ksock_tcp_stream *stream;
	struct event_log log = {};
	struct ksock_addr addr;
	struct ksock *ks;
	int ret;

	ASSERT_EQ(t, peer_listen(&listener, peer_net(), KSOCK_AF_INET, 0, &addr),
		  0);
	stream = ksock_tcp_stream_create(peer_net(), KSOCK_AF_INET, 0);
	if (EXPECT(t, !IS_ERR(stream))) {
		ks = ksock_from_tcp_stream(stream);
		EXPECT_EQ(t, ksock_events_on(ks, &events, &log,
					     KSOCK_EVENT_STATE_CHANGE), 0);
		ret = ksock_tcp_connect(stream, &addr, KSOCK_NOWAIT);
		EXPECT(t, !ret || ret == -EINPROGRESS);
		EXPECT(t, peer_eventually(TOLD(log, STATE) > 0));
		ret = ksock_tcp_connect(stream, &addr, KSOCK_NOWAIT);
		EXPECT(t, !ret || ret == -EISCONN);
		EXPECT_EQ(t, ksock_events_off(ks), 0);
	}
	ksock_tcp_stream_put(stream);
	ksock_tcp_listener_put(listener);
}

static void the_mask_chooses(struct test *t)
{
	struct event_log log = {};
	struct ksock_addr addr;
	struct ksock_udp *udp;
	struct ksock *ks;

	ASSERT_EQ(t, peer_udp(&udp, peer_net(), KSOCK_AF_INET, &addr), 0);
	ks = ksock_from_udp(udp);
	EXPECT_EQ(t, ksock_events_mask(ks, 0), -ENOENT);
	EXPECT_EQ(t, ksock_events_on(ks, &events, &log, 1 << 5), -EINVAL);
	EXPECT_EQ(t, ksock_events_on(ks, &events, &log, 0), 0);
	EXPECT_EQ(t, ksock_events_mask(ks, 1 << 5), -EINVAL);
	EXPECT_EQ(t, ksock_udp_sendto(udp, "x", 1, 0, KSOCK_NOWAIT, &addr), 1);
	EXPECT(t, peer_eventually(ksock_inq(ks) == 1));
	EXPECT_EQ(t, TOLD(log, DATA), 0);
	EXPECT_EQ(t, ksock_events_mask(ks, KSOCK_EVENT_DATA_READY), 0);
	EXPECT_EQ(t, ksock_udp_sendto(udp, "x", 1, 0, KSOCK_NOWAIT, &addr), 1);
	EXPECT(t, peer_eventually(TOLD(log, DATA) == 1));
	EXPECT_EQ(t, TOLD(log, SPACE), 0);
	EXPECT_EQ(t, ksock_events_off(ks), 0);
	EXPECT_EQ(t, ksock_udp_sendto(udp, "x", 1, 0, KSOCK_NOWAIT, &addr), 1);
	EXPECT_EQ(t, TOLD(log, DATA), 1);
	ksock_udp_put(udp);
}

static void who_sleeps_on_the_socket_is_woken_all_the_same(struct test *t)
{
	struct event_log log = {};
	struct ksock_addr addr;
	struct ksock_udp *udp;
	struct ksock *ks;
	char byte = 0;

	ASSERT_EQ(t, peer_udp(&udp, peer_net(), KSOCK_AF_INET, &addr), 0);
	ks = ksock_from_udp(udp);
	EXPECT_EQ(t, ksock_events_on(ks, &events, &log, KSOCK_EVENT_ALL), 0);
	EXPECT_EQ(t, ksock_udp_sendto(udp, "y", 1, 0, KSOCK_NOWAIT, &addr), 1);
	EXPECT_EQ(t, ksock_udp_recv(udp, &byte, 1, 0, peer_deadline()), 1);
	EXPECT_EQ(t, byte, 'y');
	EXPECT_EQ(t, ksock_events_off(ks), 0);
	ksock_udp_put(udp);
}

static void on_and_off_come_in_turns(struct test *t)
{
	struct event_log log = {};
	struct ksock_addr addr;
	struct ksock_udp *udp;
	struct ksock *ks;

	ASSERT_EQ(t, peer_udp(&udp, peer_net(), KSOCK_AF_INET6, &addr), 0);
	ks = ksock_from_udp(udp);
	EXPECT_EQ(t, ksock_events_off(ks), -ENOENT);
	EXPECT_EQ(t, ksock_events_on(ks, &events, &log, 0), 0);
	EXPECT_EQ(t, ksock_events_on(ks, &events, &log, 0), -EALREADY);
	EXPECT_EQ(t, ksock_events_off(ks), 0);
	EXPECT_EQ(t, ksock_events_off(ks), -ENOENT);
	EXPECT_EQ(t, ksock_events_on(ks, &events, &log, KSOCK_EVENT_ALL), 0);
	EXPECT_EQ(t, ksock_udp_sendto(udp, "x", 1, 0, KSOCK_NOWAIT, &addr), 1);
	EXPECT(t, peer_eventually(TOLD(log, DATA) > 0));
	EXPECT_EQ(t, ksock_events_off(ks), 0);
	ksock_udp_put(udp);
}

static void off_inside_of_a_callback_is_refused(struct test *t)
{
	struct event_log log = { .try_off = true };
	struct ksock_addr addr;
	struct ksock_udp *udp;
	struct ksock *ks;

	ASSERT_EQ(t, peer_udp(&udp, peer_net(), KSOCK_AF_INET, &addr), 0);
	ks = ksock_from_udp(udp);
	EXPECT_EQ(t, ksock_events_on(ks, &events, &log, KSOCK_EVENT_DATA_READY),
		  0);
	EXPECT_EQ(t, ksock_udp_sendto(udp, "x", 1, 0, KSOCK_NOWAIT, &addr), 1);
	EXPECT(t, peer_eventually(TOLD(log, DATA) > 0));
	EXPECT_EQ(t, log.off_ret, -EDEADLK);
	EXPECT_EQ(t, ksock_events_off(ks), 0);
	ksock_udp_put(udp);
}

/* The same by a worker, which may sleep, and use the socket. */
static void a_worker_makes_the_calls_where_one_is_asked_for(struct test *t)
{
	struct event_log log = { .try_off = true, .worker = true };
	struct ksock_events by_worker = events;
	struct ksock_addr addr;
	struct ksock_udp *udp;
	struct ksock *ks;

	by_worker.workqueue = alloc_workqueue("ksock_test", WQ_UNBOUND, 0);
	ASSERT(t, by_worker.workqueue);
	if (EXPECT_EQ(t, peer_udp(&udp, peer_net(), KSOCK_AF_INET, &addr), 0)) {
		ks = ksock_from_udp(udp);
		EXPECT_EQ(t, ksock_events_on(ks, &by_worker, &log,
					     KSOCK_EVENT_ALL), 0);
		EXPECT_EQ(t, ksock_udp_sendto(udp, "x", 1, 0, KSOCK_NOWAIT,
					      &addr), 1);
		EXPECT(t, peer_eventually(TOLD(log, DATA) > 0));
		EXPECT_EQ(t, log.off_ret, -EDEADLK);
		EXPECT_EQ(t, ksock_events_off(ks), 0);
		EXPECT(t, !log.context);
		ksock_udp_put(udp);
	}
	destroy_workqueue(by_worker.workqueue);
}

static int event_foreign;

static void a_socket_that_somebody_else_uses_is_refused(struct test *t)
{
	struct event_log log = {};
	struct ksock_addr addr;
	struct ksock_udp *udp;
	struct ksock *ks;
	struct sock *sk;

	ASSERT_EQ(t, peer_udp(&udp, peer_net(), KSOCK_AF_INET, &addr), 0);
	ks = ksock_from_udp(udp);
	sk = ksock_raw(ks)->sk;
	/* As sockmap and the tunnels do. */
	write_lock_bh(&sk->sk_callback_lock);
	rcu_assign_sk_user_data(sk, &event_foreign);
	write_unlock_bh(&sk->sk_callback_lock);
	EXPECT_EQ(t, ksock_events_on(ks, &events, &log, KSOCK_EVENT_ALL), -EBUSY);
	EXPECT(t, sk->sk_user_data == &event_foreign);
	write_lock_bh(&sk->sk_callback_lock);
	rcu_assign_sk_user_data(sk, NULL);
	write_unlock_bh(&sk->sk_callback_lock);

	/* As ESP in UDP does. */
	EXPECT_EQ(t, ksock_opt_set_int(ks, SOL_UDP, UDP_ENCAP,
				       UDP_ENCAP_ESPINUDP), 0);
	EXPECT_EQ(t, ksock_events_on(ks, &events, &log, KSOCK_EVENT_ALL), -EBUSY);
	ksock_udp_put(udp);
}

static void a_socket_with_a_ulp_is_refused_and_refuses_one(struct test *t)
{
	struct event_log log = {};
	struct peer_pair pair;
	struct ksock *ks;
	int ret;

	ASSERT_EQ(t, peer_pair_open(&pair, peer_net(), KSOCK_AF_INET, 0), 0);
	ks = peer_near(&pair);
	EXPECT_EQ(t, ksock_events_on(ks, &events, &log, KSOCK_EVENT_ALL), 0);
	EXPECT_EQ(t, ksock_setsockopt(ks, SOL_TCP, TCP_ULP, "tls", 3), -EBUSY);
	EXPECT_EQ(t, ksock_events_off(ks), 0);
	ret = ksock_setsockopt(ks, SOL_TCP, TCP_ULP, "tls", 3);
	if (ret == -ENOENT)
		test_skip(t, "this kernel has no TLS");
	else if (EXPECT_EQ(t, ret, 0))
		EXPECT_EQ(t, ksock_events_on(ks, &events, &log,
					     KSOCK_EVENT_ALL), -EBUSY);
	peer_pair_close(&pair);
}

/* As some drivers do, with the time at which a packet was sent. */
static void an_error_is_told_where_interrupts_are_disabled(struct test *t)
{
	struct event_log log = {};
	struct ksock_udp *udp;
	struct ksock_addr addr;
	unsigned long flags;
	struct ksock *ks;
	struct sock *sk;

	ASSERT_EQ(t, peer_udp(&udp, peer_net(), KSOCK_AF_INET, &addr), 0);
	ks = ksock_from_udp(udp);
	sk = ksock_raw(ks)->sk;
	EXPECT_EQ(t, ksock_events_on(ks, &events, &log, KSOCK_EVENT_ALL), 0);
	local_irq_save(flags);
	sk->sk_error_report(sk);
	local_irq_restore(flags);
	EXPECT_EQ(t, TOLD(log, ERROR), 1);
	/* Bottom halves, which could not be enabled again there, are left alone. */
	EXPECT(t, log.context);
	EXPECT_EQ(t, ksock_events_off(ks), 0);
	ksock_udp_put(udp);
}

static void mptcp_is_refused(struct test *t)
{
	struct ksock *ks = ksock_create_kern(peer_net(), KSOCK_AF_INET,
					     KSOCK_STREAM, KSOCK_PROTO_MPTCP, 0);
	struct event_log log = {};

	if (IS_ERR(ks)) {
		EXPECT_EQ(t, PTR_ERR(ks), -EPROTONOSUPPORT);
		test_skip(t, "this kernel has no MPTCP");
		return;
	}
	EXPECT_EQ(t, ksock_events_on(ks, &events, &log, KSOCK_EVENT_ALL),
		  -EOPNOTSUPP);
	ksock_put(ks);
}

const struct test_case event_cases[] = {
	CASE(data_and_its_end_are_told),
	CASE(connections_are_told_and_have_callbacks_of_their_own),
	CASE(off_cleans_connections_that_wait_to_be_accepted),
	CASE(room_to_send_is_told_to_who_ran_out_of_it),
	CASE(an_end_that_is_an_error_is_told),
	CASE(a_connection_that_comes_about_is_told),
	CASE(the_mask_chooses),
	CASE(who_sleeps_on_the_socket_is_woken_all_the_same),
	CASE(on_and_off_come_in_turns),
	CASE(off_inside_of_a_callback_is_refused),
	CASE(a_worker_makes_the_calls_where_one_is_asked_for),
	CASE(a_socket_that_somebody_else_uses_is_refused),
	CASE(a_socket_with_a_ulp_is_refused_and_refuses_one),
	CASE(an_error_is_told_where_interrupts_are_disabled),
	CASE(mptcp_is_refused),
	{}
};
