// SPDX-License-Identifier: GPL-2.0-only
/*
 * Calls on one socket that meet.  Who ends a wait comes at a moment that sweeps
 * from before that begins until it has for long, so that one falls between the last
 * look around of who waits, and its sleep.  An end that is missed there is found by
 * the deadline of the wait, which no test lives to see otherwise.
 */
#include <linux/err.h>
#include <linux/ktime.h>
#include <linux/math64.h>
#include <linux/module.h>
#include <linux/sched.h>
#include <net/sock.h>
#include "peer.h"
#include "test.h"

static unsigned int meetings = 60;
module_param(meetings, uint, 0644);
MODULE_PARM_DESC(meetings, "How often two calls of a case of the group race meet");

/* The longest that who ends a wait holds back, in nanoseconds. */
#define RACE_WINDOW_MAX	(20 * NSEC_PER_MSEC)

/**
 * struct race - what meets, and one meeting
 * @first: call that waits until the deadline.
 * @second: call that ends it.
 * @good: whether @first returned what it is to.
 * @ks: socket of both.
 * @hold: nanoseconds that @second holds back.
 * @ready: @second is about to begin.
 * @go: both begin.
 */
struct race {
	long (*first)(struct ksock *ks, ktime_t deadline);
	long (*second)(struct ksock *ks);
	bool (*good)(long ret);
	struct ksock *ks;
	u64 hold;
	bool ready;
	bool go;
};

static long race_second(void *data)
{
	struct race *race = data;
	u64 until;

	WRITE_ONCE(race->ready, true);
	while (!READ_ONCE(race->go))
		cond_resched();
	until = ktime_get_ns() + race->hold;
	while (ktime_get_ns() < until)
		cpu_relax();
	return race->second(race->ks);
}

/* How long it takes to get to sleep in the call, about. */
static u64 race_measure(const struct race *race)
{
	u64 began, took = U64_MAX;
	unsigned int i;

	for (i = 0; i < 4; i++) {
		began = ktime_get_ns();
		race->first(race->ks, KSOCK_NOWAIT);
		took = min(took, ktime_get_ns() - began);
	}
	return took;
}

/* One meeting, of so many. */
static void race_meet(struct test *t, struct race *race, unsigned int number)
{
	u64 window = min_t(u64, 3 * race_measure(race), RACE_WINDOW_MAX);
	ktime_t deadline = peer_deadline();
	struct peer_thread thread;
	long first, second;

	race->hold = div_u64(window * number, meetings);
	race->ready = false;
	race->go = false;
	ASSERT_EQ(t, peer_thread_start(&thread, race_second, race), 0);
	while (!READ_ONCE(race->ready))
		cond_resched();
	WRITE_ONCE(race->go, true);
	first = race->first(race->ks, deadline);
	/* Who was not woken may find out then, and return what it is to. */
	EXPECT(t, ktime_before(ktime_get(), deadline));
	ASSERT(t, peer_thread_join(&thread, &second));
	EXPECT_EQ(t, second, 0);
	if (!EXPECT(t, race->good(first)))
		test_note(t, "%ld, after %llu ns", first, race->hold);
}

static long race_recv(struct ksock *ks, ktime_t deadline)
{
	char byte;

	return ksock_recv(ks, &byte, 1, 0, deadline);
}

/* There is no room, and none comes. */
static long race_send(struct ksock *ks, ktime_t deadline)
{
	static const char bytes[4096];
	long ret;

	do {
		ret = ksock_send(ks, bytes, sizeof(bytes), 0, deadline);
	} while (ret > 0);
	return ret;
}

static long race_accept(struct ksock *ks, ktime_t deadline)
{
	return PTR_ERR_OR_ZERO(ksock_accept(ks, deadline, NULL));
}

static long race_cancel(struct ksock *ks)
{
	ksock_cancel(ks);
	return 0;
}

static long race_shutdown(struct ksock *ks)
{
	return ksock_shutdown(ks, KSOCK_SHUT_RD);
}

static bool race_is_cancelled(long ret)
{
	return ret == -ECANCELED;
}

static bool race_is_end(long ret)
{
	return ret == 0;
}

static bool race_is_no_listener(long ret)
{
	return ret == -EINVAL;
}

static void race_streams(struct test *t, struct race race)
{
	struct peer_pair pair;
	unsigned int i;

	for (i = 0; i < meetings; i++) {
		ASSERT_EQ(t, peer_pair_open(&pair, peer_net(), KSOCK_AF_INET,
					    0), 0);
		race.ks = peer_near(&pair);
		race_meet(t, &race, i);
		/* So that none stays behind for a minute. */
		ksock_abort(race.ks);
		peer_pair_close(&pair);
	}
}

static void race_listeners(struct test *t, struct race race)
{
	struct ksock_tcp_listener *listener;
	struct ksock_addr addr;
	unsigned int i;

	for (i = 0; i < meetings; i++) {
		ASSERT_EQ(t, peer_listen(&listener, peer_net(), KSOCK_AF_INET,
					 0, &addr), 0);
		race.ks = ksock_from_tcp_listener(listener);
		race_meet(t, &race, i);
		ksock_tcp_listener_put(listener);
	}
}

static void a_receive_meets_its_cancel(struct test *t)
{
	race_streams(t, (struct race) {
		.first = race_recv, .second = race_cancel,
		.good = race_is_cancelled,
	});
}

static void a_send_meets_its_cancel(struct test *t)
{
	race_streams(t, (struct race) {
		.first = race_send, .second = race_cancel,
		.good = race_is_cancelled,
	});
}

static void an_accept_meets_its_cancel(struct test *t)
{
	race_listeners(t, (struct race) {
		.first = race_accept, .second = race_cancel,
		.good = race_is_cancelled,
	});
}

static void a_receive_meets_the_end_of_its_stream(struct test *t)
{
	race_streams(t, (struct race) {
		.first = race_recv, .second = race_shutdown,
		.good = race_is_end,
	});
}

static void an_accept_meets_the_end_of_its_listener(struct test *t)
{
	race_listeners(t, (struct race) {
		.first = race_accept, .second = race_shutdown,
		.good = race_is_no_listener,
	});
}

static void race_told(struct ksock *ks, void *data)
{
}

static const struct ksock_events race_events = { .data_ready = race_told };

/* Whoever does not turn them off finds them off. */
static long race_off(struct ksock *ks)
{
	int ret = ksock_events_off(ks);

	return ret == -ENOENT ? 0 : ret;
}

/* On, and off by two: what is on the socket is its own afterwards. */
static long race_on_and_off(struct ksock *ks, ktime_t deadline)
{
	int ret = ksock_events_on(ks, &race_events, NULL, KSOCK_EVENT_ALL);

	return ret ?: race_off(ks);
}

static void two_ends_of_events_meet(struct test *t)
{
	struct race race = {
		.first = race_on_and_off, .second = race_off,
		.good = race_is_end,
	};
	void (*ready)(struct sock *sk);
	struct ksock_addr addr;
	struct ksock_udp *udp;
	unsigned int i;

	ASSERT_EQ(t, peer_udp(&udp, peer_net(), KSOCK_AF_INET, &addr), 0);
	race.ks = ksock_from_udp(udp);
	ready = ksock_raw(race.ks)->sk->sk_data_ready;
	for (i = 0; i < meetings; i++) {
		race_meet(t, &race, i);
		EXPECT(t, ksock_raw(race.ks)->sk->sk_data_ready == ready);
		EXPECT_EQ(t, ksock_events_mask(race.ks, 0), -ENOENT);
	}
	ksock_udp_put(udp);
}

const struct test_case race_cases[] = {
	CASE(a_receive_meets_its_cancel),
	CASE(a_send_meets_its_cancel),
	CASE(an_accept_meets_its_cancel),
	CASE(a_receive_meets_the_end_of_its_stream),
	CASE(an_accept_meets_the_end_of_its_listener),
	CASE(two_ends_of_events_meet),
	{}
};
