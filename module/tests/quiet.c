// SPDX-License-Identifier: GPL-2.0-only
/*
 * The promise of ksock_events_off(), under stress: what the callbacks use is
 * freed the moment it returns, while all that calls back goes on.
 *
 * Two kinds of callers are driven on purpose beside softirq: the backlog, which
 * is worked off in process context by who releases the socket lock (a thread
 * takes and holds it all the time), and sock_wfree(), which calls without a lock
 * when a packet that was sent is freed (UDP sends all the time).
 *
 * On a kernel with KASAN a call too late is a report; on others the memory is
 * poisoned, and a callback that sees the poison counts.
 */
#include <linux/delay.h>
#include <linux/err.h>
#include <linux/slab.h>
#include <linux/workqueue.h>
#include <net/sock.h>
#include "peer.h"
#include "test.h"

#define QUIET_ALIVE	0x600dda7a
#define QUIET_DEAD	0xdeadda7a

static unsigned int rounds = 40;
module_param(rounds, uint, 0644);
MODULE_PARM_DESC(rounds, "How often a case of the group quiet turns events on and off");

struct quiet_data {
	unsigned int magic;
	atomic_t *called;
	atomic_t *late;
};

static void quiet_event(struct ksock *ks, void *data)
{
	struct quiet_data *quiet = data;

	/* Whoever is called can choose what for, so they are on. */
	if (READ_ONCE(quiet->magic) == QUIET_ALIVE &&
	    !ksock_events_mask(ks, KSOCK_EVENT_ALL))
		atomic_inc(quiet->called);
	else
		atomic_inc(quiet->late);
}

static const struct ksock_events quiet_events = {
	.data_ready = quiet_event,
	.write_space = quiet_event,
	.state_change = quiet_event,
	.error = quiet_event,
	.accept_ready = quiet_event,
};

/**
 * struct quiet - a case under way
 * @events: whom to call.
 * @ks: socket whose events are turned on and off.
 * @other: its peer.
 * @addr: where a datagram socket sends to, its own.
 * @stop: tells the threads to end.
 * @called: calls there were.
 * @late: calls there should not have been.
 */
struct quiet {
	struct ksock_events events;
	struct ksock *ks;
	struct ksock *other;
	struct ksock_addr addr;
	bool stop;
	atomic_t called;
	atomic_t late;
};

/* On, a while, off, and what they use is gone at once. */
static void quiet_rounds(struct test *t, struct quiet *quiet)
{
	struct quiet_data *data;
	unsigned int i;

	/* More of them when nobody has come to be called yet. */
	for (i = 0; i < rounds || (i < 100 * rounds &&
				   !atomic_read(&quiet->called)); i++) {
		data = kmalloc(sizeof(*data), GFP_KERNEL);
		ASSERT(t, data);
		data->magic = QUIET_ALIVE;
		data->called = &quiet->called;
		data->late = &quiet->late;
		ASSERT_EQ(t, ksock_events_on(quiet->ks, &quiet->events, data,
					     KSOCK_EVENT_ALL), 0);
		if (i % 4)
			schedule_timeout_uninterruptible(i % 4);
		ASSERT_EQ(t, ksock_events_off(quiet->ks), 0);
		WRITE_ONCE(data->magic, QUIET_DEAD);
		kfree(data);
	}
}

/*
 * Holds the socket lock, so that what arrives goes to the backlog.  And leaves it
 * free for as long: who waits for it is woken, not handed it, and without the
 * second sleep this thread has it again before anyone else has run.
 */
static long quiet_hold_lock(void *data)
{
	struct quiet *quiet = data;
	struct sock *sk = ksock_raw(quiet->ks)->sk;

	while (!READ_ONCE(quiet->stop)) {
		lock_sock(sk);
		usleep_range(200, 400);
		release_sock(sk);
		usleep_range(200, 400);
	}
	return 0;
}

/* Sends to the socket, whose data_ready and, by acknowledging, write_space run. */
static long quiet_feed(void *data)
{
	static const char bytes[1024];
	struct quiet *quiet = data;

	while (!READ_ONCE(quiet->stop)) {
		ksock_send(quiet->other, bytes, sizeof(bytes), 0, KSOCK_NOWAIT);
		cond_resched();
	}
	return 0;
}

/* Takes what arrives, and sends, until there is no room, so that room is told. */
static long quiet_drain(void *data)
{
	struct quiet *quiet = data;
	static char buf[8192];

	while (!READ_ONCE(quiet->stop)) {
		ksock_recv(quiet->ks, buf, sizeof(buf), 0, KSOCK_NOWAIT);
		ksock_send(quiet->ks, buf, sizeof(buf), 0, KSOCK_NOWAIT);
		ksock_recv(quiet->other, buf, sizeof(buf), 0, KSOCK_NOWAIT);
		cond_resched();
	}
	return 0;
}

static void quiet_run(struct test *t, struct quiet *quiet,
		      long (*const functions[])(void *data))
{
	struct peer_thread threads[3];
	unsigned int started = 0;
	long ret;

	while (started < ARRAY_SIZE(threads) && functions[started]) {
		if (!EXPECT_EQ(t, peer_thread_start(&threads[started],
						    functions[started], quiet),
			       0))
			break;
		started++;
	}
	quiet_rounds(t, quiet);
	WRITE_ONCE(quiet->stop, true);
	while (started) {
		EXPECT(t, peer_thread_join(&threads[--started], &ret));
		EXPECT_EQ(t, ret, 0);
	}
	EXPECT_EQ(t, atomic_read(&quiet->late), 0);
	/* Or nothing has been tested. */
	EXPECT(t, atomic_read(&quiet->called) > 0);
}

static void quiet_tcp(struct test *t, struct workqueue_struct *workqueue)
{
	static long (*const functions[])(void *data) = {
		quiet_feed, quiet_drain, quiet_hold_lock
	};
	struct quiet *quiet = kzalloc(sizeof(*quiet), GFP_KERNEL);
	struct peer_pair pair;

	ASSERT(t, quiet);
	if (EXPECT_EQ(t, peer_pair_open(&pair, peer_net(), KSOCK_AF_INET, 0),
		      0)) {
		quiet->events = quiet_events;
		quiet->events.workqueue = workqueue;
		quiet->ks = peer_near(&pair);
		quiet->other = peer_far(&pair);
		quiet_run(t, quiet, functions);
		peer_pair_close(&pair);
	}
	kfree(quiet);
}

static void a_stream_is_quiet_after_off(struct test *t)
{
	quiet_tcp(t, NULL);
}

static void a_stream_whose_calls_a_worker_makes_is_quiet_after_off(struct test *t)
{
	struct workqueue_struct *workqueue;

	workqueue = alloc_workqueue("ksock_test", WQ_UNBOUND, 0);
	ASSERT(t, workqueue);
	quiet_tcp(t, workqueue);
	destroy_workqueue(workqueue);
}

static long quiet_send_to_itself(void *data)
{
	static const char bytes[512];
	struct quiet *quiet = data;
	static char buf[512];

	while (!READ_ONCE(quiet->stop)) {
		ksock_sendto(quiet->ks, bytes, sizeof(bytes), 0, KSOCK_NOWAIT,
			     &quiet->addr);
		ksock_recv(quiet->ks, buf, sizeof(buf), 0, KSOCK_NOWAIT);
		cond_resched();
	}
	return 0;
}

static void a_datagram_socket_is_quiet_after_off(struct test *t)
{
	static long (*const functions[])(void *data) = {
		quiet_send_to_itself, quiet_send_to_itself, quiet_hold_lock
	};
	struct quiet *quiet = kzalloc(sizeof(*quiet), GFP_KERNEL);
	struct ksock_udp *udp;

	ASSERT(t, quiet);
	if (EXPECT_EQ(t, peer_udp(&udp, peer_net(), KSOCK_AF_INET,
				  &quiet->addr), 0)) {
		quiet->events = quiet_events;
		quiet->ks = ksock_from_udp(udp);
		quiet_run(t, quiet, functions);
		ksock_udp_put(udp);
	}
	kfree(quiet);
}

static long quiet_connect(void *data)
{
	struct ksock_tcp_stream *stream;
	struct quiet *quiet = data;

	while (!READ_ONCE(quiet->stop)) {
		stream = ksock_tcp_stream_create(&init_net, KSOCK_AF_INET, 0);
		if (IS_ERR(stream))
			return PTR_ERR(stream);
		ksock_tcp_connect(stream, &quiet->addr,
				  ksock_deadline(PEER_MOMENT_MS));
		ksock_tcp_send(stream, "x", 1, 0, KSOCK_NOWAIT);
		/* Reset, so that none stays behind for a minute. */
		ksock_tcp_abort(stream);
		ksock_tcp_stream_put(stream);
		cond_resched();
	}
	return 0;
}

static long quiet_accept(void *data)
{
	struct quiet *quiet = data;
	struct ksock *child;

	while (!READ_ONCE(quiet->stop)) {
		child = ksock_accept(quiet->ks, ksock_deadline(PEER_MOMENT_MS),
				     NULL);
		if (!IS_ERR(child) &&
		    ksock_raw(child)->sk->sk_user_data)
			atomic_inc(&quiet->late);
		ksock_put(child);
		cond_resched();
	}
	return 0;
}

static void a_listening_socket_is_quiet_after_off(struct test *t)
{
	static long (*const functions[])(void *data) = {
		quiet_connect, quiet_accept, NULL
	};
	struct quiet *quiet = kzalloc(sizeof(*quiet), GFP_KERNEL);
	struct ksock_tcp_listener *listener;

	ASSERT(t, quiet);
	if (EXPECT_EQ(t, peer_listen(&listener, peer_net(), KSOCK_AF_INET, 0,
				     &quiet->addr), 0)) {
		quiet->events = quiet_events;
		quiet->ks = ksock_from_tcp_listener(listener);
		quiet_run(t, quiet, functions);
		ksock_tcp_listener_put(listener);
	}
	kfree(quiet);
}

const struct test_case quiet_cases[] = {
	CASE(a_stream_is_quiet_after_off),
	CASE(a_stream_whose_calls_a_worker_makes_is_quiet_after_off),
	CASE(a_datagram_socket_is_quiet_after_off),
	CASE(a_listening_socket_is_quiet_after_off),
	{}
};
