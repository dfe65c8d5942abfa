// SPDX-License-Identifier: GPL-2.0-only
/*
 * Runs that wait: for data, for their turn, until a time is over or a signal
 * comes.  A run that ends early says how much of it has run; what has run stays
 * done, and what has not can be run again.
 */
#include "batch.h"

FIXTURE(wait) {
	int batch;
	struct batch_pair stream;
	struct batch_pair dgram;
};

enum {
	STREAM,
	DGRAM,
	SLOTS,
};

FIXTURE_SETUP(wait)
{
	SETUP_KSOCK();
	self->batch = batch_open(SLOTS, 32);
	ASSERT_LE(0, self->batch);
	ASSERT_EQ(0, batch_pair(&self->stream, AF_INET, SOCK_STREAM));
	ASSERT_EQ(0, batch_pair(&self->dgram, AF_INET6, SOCK_DGRAM));
	ASSERT_EQ(0, batch_slot(self->batch, STREAM, self->stream.fd));
	ASSERT_EQ(0, batch_slot(self->batch, DGRAM, self->dgram.fd));
}

FIXTURE_TEARDOWN(wait)
{
}

/*
 * A run in a thread: sends "a" on the stream, receives a datagram, sends "b" on
 * the stream; from the entry @first on.
 */
struct run {
	struct call call;
	struct batch_work work;
	struct ksock_batch_op ops[3];
	struct ksock_batch_result results[3];
	char in[8];
};

static bool run_start(struct run *run, int batch, int first,
		      uint64_t timeout_ns)
{
	memset(run, 0, sizeof(*run));
	run->ops[0] = batch_send(STREAM, "a", 1, 0);
	run->ops[1] = batch_recv(DGRAM, run->in, sizeof(run->in), 0);
	run->ops[2] = batch_send(STREAM, "b", 1, 0);
	run->work.ops = run->ops + first;
	run->work.results = run->results + first;
	run->work.count = 3 - first;
	run->work.timeout_ns = timeout_ns;
	run->call.run = call_batch;
	run->call.fd = batch;
	run->call.buf = &run->work;
	return !call_start(&run->call) && call_sleeps(&run->call);
}

/* Interrupts the run; returns whether the handler ran and it sleeps again. */
static bool run_restarts(struct run *run)
{
	int before = __atomic_load_n(&signals, __ATOMIC_SEQ_CST), ms;

	if (pthread_kill(run->call.thread, SIGUSR1))
		return false;
	for (ms = 0; ms < WAIT_MS; ms++) {
		if (__atomic_load_n(&signals, __ATOMIC_SEQ_CST) != before)
			return call_sleeps(&run->call);
		if (wait_events(run->call.done[0], POLLIN, 1))
			return false;
	}
	return false;
}

static bool results_untouched(const struct run *run, int first)
{
	int i;

	for (i = first; i < 3; i++)
		if (run->results[i].out_ret != UNTOUCHED)
			return false;
	return true;
}

/* ---- For data ------------------------------------------------------------ */

TEST_F(wait, entry_waits_and_the_run_goes_on_when_data_comes)
{
	struct run run;

	ASSERT_TRUE(run_start(&run, self->batch, 0, 0));
	EXPECT_TRUE(peer_receives(self->stream.peer, "a"));
	EXPECT_TRUE(peer_waits(self->stream.peer));
	ASSERT_EQ(5, face_send(&plain_face, self->dgram.peer, "hello", 5, 0));
	EXPECT_EQ(3, call_end(&run.call));
	EXPECT_EQ(1, run.results[0].out_ret);
	EXPECT_EQ(5, run.results[1].out_ret);
	EXPECT_EQ(1, run.results[2].out_ret);
	EXPECT_EQ(0, memcmp("hello", run.in, 5));
	EXPECT_TRUE(peer_receives(self->stream.peer, "b"));
}

TEST_F(wait, shutdown_of_a_slotted_socket_wakes_its_entry)
{
	struct run run;

	ASSERT_TRUE(run_start(&run, self->batch, 1, 0));
	ASSERT_EQ(0, ksock_shutdown(self->dgram.fd, SHUT_RDWR));
	EXPECT_EQ(2, call_end(&run.call));
	EXPECT_EQ(0, run.results[1].out_ret);
	EXPECT_EQ(1, run.results[2].out_ret);
}

/* A socket's own timeout is its own, in a run as well. */
TEST_F(wait, entry_of_a_socket_with_a_timeout_waits_as_long)
{
	struct timeval timeout = { .tv_usec = 50000 };
	uint64_t began = tick_ns();
	char byte;

	ASSERT_EQ(0, ksock_setsockopt(self->dgram.fd, SOL_SOCKET, SO_RCVTIMEO,
				      &timeout, sizeof(timeout)));
	EXPECT_EQ(-EAGAIN, batch_one(self->batch,
				     batch_recv(DGRAM, &byte, 1, 0)));
	EXPECT_LE(50 * NS_PER_MS, clock_ns(CLOCK_MONOTONIC) - began);
}

/* ---- For a time ---------------------------------------------------------- */

TEST_F(wait, timeout_is_for_all_entries_together)
{
	struct ksock_batch_result results[32];
	struct ksock_batch_op ops[32];
	uint64_t began = clock_ns(CLOCK_MONOTONIC), took;
	char in[32];
	int i;

	for (i = 0; i < 32; i++)
		ops[i] = batch_recv(i & 1, in + i, 1, 0);
	EXPECT_EQ(32, batch_run_for(self->batch, ops, results, 32, 0,
				    300 * NS_PER_MS));
	took = clock_ns(CLOCK_MONOTONIC) - began;
	for (i = 0; i < 32; i++)
		EXPECT_EQ(-EAGAIN, results[i].out_ret);
	EXPECT_LE(300 * NS_PER_MS, took);
	/* One after the other they would take ten seconds. */
	EXPECT_GT(5000 * NS_PER_MS, took);
}

TEST_F(wait, entries_that_are_ready_run_after_the_timeout)
{
	struct ksock_batch_result results[4];
	struct ksock_batch_op ops[4];
	char in[8] = {};

	ASSERT_TRUE(peer_sends(&self->stream, "late"));
	ops[0] = batch_recv(DGRAM, in, 1, 0);
	ops[1] = batch_send(STREAM, "on time", 7, 0);
	ops[2] = batch_recv(STREAM, in, sizeof(in), 0);
	ops[3] = batch_recv(STREAM, in, 1, 0);
	EXPECT_EQ(4, batch_run_for(self->batch, ops, results, 4, 0, 1));
	EXPECT_EQ(-EAGAIN, results[0].out_ret);
	EXPECT_EQ(7, results[1].out_ret);
	EXPECT_EQ(4, results[2].out_ret);
	EXPECT_EQ(-EAGAIN, results[3].out_ret);
	EXPECT_STREQ("late", in);
	EXPECT_TRUE(peer_receives(self->stream.peer, "on time"));
}

TEST_F(wait, data_before_the_timeout_is_received)
{
	struct run run;

	ASSERT_TRUE(run_start(&run, self->batch, 0, WAIT_MS * NS_PER_MS));
	ASSERT_EQ(5, face_send(&plain_face, self->dgram.peer, "hello", 5, 0));
	EXPECT_EQ(3, call_end(&run.call));
	EXPECT_EQ(5, run.results[1].out_ret);
	EXPECT_TRUE(peer_receives(self->stream.peer, "ab"));
}

TEST_F(wait, timeout_without_end_is_none)
{
	struct run run;

	ASSERT_TRUE(run_start(&run, self->batch, 0, ~0ULL));
	ASSERT_EQ(5, face_send(&plain_face, self->dgram.peer, "hello", 5, 0));
	EXPECT_EQ(3, call_end(&run.call));
	ASSERT_TRUE(run_start(&run, self->batch, 0, 1ULL << 63));
	ASSERT_EQ(5, face_send(&plain_face, self->dgram.peer, "hello", 5, 0));
	EXPECT_EQ(3, call_end(&run.call));
}

TEST_F(wait, stop_ends_a_run_at_the_entry_that_timed_out)
{
	struct ksock_batch_result results[3];
	struct ksock_batch_op ops[3];
	char byte;

	ops[0] = batch_send(STREAM, "a", 1, 0);
	ops[1] = batch_recv(DGRAM, &byte, 1, 0);
	ops[2] = batch_send(STREAM, "b", 1, 0);
	EXPECT_EQ(2, batch_run_for(self->batch, ops, results, 3,
				   KSOCK_BATCH_STOP, NS_PER_MS));
	EXPECT_EQ(-EAGAIN, results[1].out_ret);
	EXPECT_EQ(UNTOUCHED, results[2].out_ret);
	EXPECT_TRUE(peer_receives(self->stream.peer, "a"));
	EXPECT_TRUE(peer_waits(self->stream.peer));
}

/* The run's timeout is one of each entry, and not every entry takes one. */
TEST_F(wait, timeout_with_flags_that_take_none_fails_with_einval)
{
	struct ksock_batch_result results[4];
	struct ksock_batch_op ops[4];
	char byte;

	ASSERT_TRUE(peer_sends(&self->stream, "x"));
	ops[0] = batch_send(STREAM, "a", 1, MSG_FASTOPEN);
	ops[1] = batch_send(STREAM, "a", 1, MSG_ZEROCOPY);
	ops[2] = batch_recv(STREAM, &byte, 1, MSG_PEEK | MSG_WAITALL);
	ops[3] = batch_recv(STREAM, &byte, 1, MSG_WAITALL);
	EXPECT_EQ(4, batch_run_for(self->batch, ops, results, 4, 0, NS_PER_MS));
	EXPECT_EQ(-EINVAL, results[0].out_ret);
	EXPECT_EQ(-EINVAL, results[1].out_ret);
	EXPECT_EQ(-EINVAL, results[2].out_ret);
	EXPECT_EQ(1, results[3].out_ret);
	EXPECT_TRUE(peer_waits(self->stream.peer));
}

TEST_F(wait, timeout_does_not_touch_that_of_the_socket)
{
	struct timeval timeout = { .tv_sec = 7 }, seen = {};
	socklen_t len = sizeof(seen);
	char byte;
	struct ksock_batch_op op = batch_recv(DGRAM, &byte, 1, 0);
	struct ksock_batch_result result;

	ASSERT_EQ(0, ksock_setsockopt(self->dgram.fd, SOL_SOCKET, SO_RCVTIMEO,
				      &timeout, sizeof(timeout)));
	EXPECT_EQ(1, batch_run_for(self->batch, &op, &result, 1, 0, NS_PER_MS));
	EXPECT_EQ(-EAGAIN, result.out_ret);
	ASSERT_EQ(0, ksock_getsockopt(self->dgram.fd, SOL_SOCKET, SO_RCVTIMEO,
				      &seen, &len));
	EXPECT_EQ(7, seen.tv_sec);
	EXPECT_EQ(0, seen.tv_usec);
}

/* ---- Signals ------------------------------------------------------------- */

TEST_F(wait, signal_in_the_first_entry_fails_with_eintr_and_nothing_ran)
{
	struct run run;
	char in[8];

	ASSERT_EQ(0, signal_handle(SIGUSR1, 0));
	ASSERT_TRUE(run_start(&run, self->batch, 1, 0));
	ASSERT_EQ(0, pthread_kill(run.call.thread, SIGUSR1));
	EXPECT_EQ(-EINTR, call_end(&run.call));
	EXPECT_TRUE(results_untouched(&run, 1));
	EXPECT_TRUE(peer_waits(self->stream.peer));
	/* The next run receives what this one would have. */
	ASSERT_TRUE(peer_sends(&self->dgram, "hello"));
	EXPECT_EQ(5, batch_one(self->batch, batch_recv(DGRAM, in, 8, 0)));
	EXPECT_EQ(0, memcmp("hello", in, 5));
}

TEST_F(wait, run_of_which_nothing_ran_restarts_after_a_signal)
{
	struct run run;

	ASSERT_EQ(0, signal_handle(SIGUSR1, SA_RESTART));
	ASSERT_TRUE(run_start(&run, self->batch, 1, 0));
	ASSERT_TRUE(run_restarts(&run));
	ASSERT_EQ(5, face_send(&plain_face, self->dgram.peer, "hello", 5, 0));
	EXPECT_EQ(2, call_end(&run.call));
	EXPECT_EQ(5, run.results[1].out_ret);
	EXPECT_EQ(0, memcmp("hello", run.in, 5));
	EXPECT_TRUE(peer_receives(self->stream.peer, "b"));
}

/* It would send twice if it restarted. */
TEST_F(wait, signal_in_a_later_entry_returns_how_many_ran)
{
	struct run run;
	char in[8];

	ASSERT_EQ(0, signal_handle(SIGUSR1, SA_RESTART));
	ASSERT_TRUE(run_start(&run, self->batch, 0, 0));
	ASSERT_EQ(0, pthread_kill(run.call.thread, SIGUSR1));
	EXPECT_EQ(1, call_end(&run.call));
	EXPECT_EQ(1, run.results[0].out_ret);
	EXPECT_TRUE(results_untouched(&run, 1));
	EXPECT_TRUE(peer_receives(self->stream.peer, "a"));
	EXPECT_TRUE(peer_waits(self->stream.peer));
	ASSERT_TRUE(peer_sends(&self->dgram, "hello"));
	EXPECT_EQ(5, batch_one(self->batch, batch_recv(DGRAM, in, 8, 0)));
}

TEST_F(wait, signal_ends_a_run_with_a_timeout_with_eintr)
{
	struct run run;

	ASSERT_EQ(0, signal_handle(SIGUSR1, SA_RESTART));
	ASSERT_TRUE(run_start(&run, self->batch, 1, WAIT_MS * NS_PER_MS));
	ASSERT_EQ(0, pthread_kill(run.call.thread, SIGUSR1));
	EXPECT_EQ(-EINTR, call_end(&run.call));
	EXPECT_TRUE(results_untouched(&run, 1));

	ASSERT_TRUE(run_start(&run, self->batch, 0, WAIT_MS * NS_PER_MS));
	ASSERT_EQ(0, pthread_kill(run.call.thread, SIGUSR1));
	EXPECT_EQ(1, call_end(&run.call));
	EXPECT_TRUE(results_untouched(&run, 1));
	EXPECT_TRUE(peer_receives(self->stream.peer, "a"));
}

/* What an entry has received is received, so the entry has run. */
TEST_F(wait, signal_in_an_entry_that_has_some_data_ends_the_run_behind_it)
{
	char in[8] = {}, next[8] = {};
	struct ksock_batch_op ops[2] = {
		batch_recv(STREAM, in, sizeof(in), MSG_WAITALL),
		batch_recv(STREAM, next, sizeof(next), 0),
	};
	struct ksock_batch_result results[2];
	struct batch_work work = {
		.ops = ops, .results = results, .count = 2,
	};
	struct call call = {
		.run = call_batch, .fd = self->batch, .buf = &work,
	};

	ASSERT_EQ(0, signal_handle(SIGUSR1, SA_RESTART));
	ASSERT_TRUE(peer_sends(&self->stream, "0123"));
	ASSERT_EQ(0, call_start(&call));
	ASSERT_TRUE(call_sleeps(&call));
	ASSERT_EQ(0, pthread_kill(call.thread, SIGUSR1));
	EXPECT_EQ(1, call_end(&call));
	EXPECT_EQ(4, results[0].out_ret);
	EXPECT_EQ(UNTOUCHED, results[1].out_ret);
	EXPECT_EQ(0, memcmp("0123", in, 4));
	ASSERT_TRUE(peer_sends(&self->stream, "4567"));
	EXPECT_EQ(4, batch_one(self->batch, ops[1]));
	EXPECT_EQ(0, memcmp("4567", next, 4));
}

/* ---- SIGPIPE, which comes between two entries ---------------------------- */

/* Runs: a datagram, a send on a stream that is shut, another datagram. */
static int run_pipe(FIXTURE_DATA(wait) *self, unsigned int flags,
		    struct ksock_batch_result *results)
{
	struct ksock_batch_op ops[3];

	if (ksock_shutdown(self->stream.fd, SHUT_WR))
		return -EIO;
	ops[0] = batch_send(DGRAM, "a", 1, 0);
	ops[1] = batch_send(STREAM, "-", 1, flags);
	ops[2] = batch_send(DGRAM, "b", 1, 0);
	return batch_run(self->batch, ops, results, 3);
}

TEST_F(wait, sigpipe_of_an_entry_ends_the_run_behind_it)
{
	struct ksock_batch_result results[3];

	ASSERT_EQ(0, signal_handle(SIGPIPE, SA_RESTART));
	EXPECT_EQ(2, run_pipe(self, 0, results));
	EXPECT_EQ(1, signals);
	EXPECT_EQ(1, results[0].out_ret);
	EXPECT_EQ(-EPIPE, results[1].out_ret);
	EXPECT_EQ(UNTOUCHED, results[2].out_ret);
	EXPECT_TRUE(peer_receives(self->dgram.peer, "a"));
	EXPECT_TRUE(peer_waits(self->dgram.peer));
}

TEST_F(wait, sigpipe_is_not_raised_with_nosignal)
{
	struct ksock_batch_result results[3];

	ASSERT_EQ(0, signal_handle(SIGPIPE, 0));
	EXPECT_EQ(3, run_pipe(self, MSG_NOSIGNAL, results));
	EXPECT_EQ(0, signals);
	EXPECT_EQ(-EPIPE, results[1].out_ret);
	EXPECT_EQ(1, results[2].out_ret);
}

TEST_F(wait, sigpipe_that_is_ignored_or_blocked_does_not_end_the_run)
{
	struct ksock_batch_result results[3];
	sigset_t set;

	ASSERT_TRUE(signal(SIGPIPE, SIG_IGN) != SIG_ERR);
	EXPECT_EQ(3, run_pipe(self, 0, results));
	EXPECT_EQ(-EPIPE, results[1].out_ret);
	EXPECT_EQ(1, results[2].out_ret);

	ASSERT_EQ(0, signal_handle(SIGPIPE, 0));
	sigemptyset(&set);
	sigaddset(&set, SIGPIPE);
	ASSERT_EQ(0, sigprocmask(SIG_BLOCK, &set, NULL));
	EXPECT_EQ(3, run_pipe(self, 0, results));
	EXPECT_EQ(-EPIPE, results[1].out_ret);
	EXPECT_EQ(1, results[2].out_ret);
	EXPECT_EQ(0, signals);
	ASSERT_EQ(0, sigprocmask(SIG_UNBLOCK, &set, NULL));
	EXPECT_EQ(1, signals);
}

TEST_F_SIGNAL(wait, sigpipe_of_an_entry_kills_who_does_not_handle_it, SIGPIPE)
{
	struct ksock_batch_result results[3];

	run_pipe(self, 0, results);
}

/* ---- For a turn ---------------------------------------------------------- */

TEST_F(wait, runs_of_one_batch_take_turns)
{
	struct run first, second;

	ASSERT_TRUE(run_start(&first, self->batch, 1, 0));
	/* Has nothing to wait for but its turn. */
	ASSERT_TRUE(run_start(&second, self->batch, 2, 0));
	EXPECT_TRUE(peer_waits(self->stream.peer));
	EXPECT_EQ(0, wait_events(second.call.done[0], POLLIN, 0));
	ASSERT_EQ(5, face_send(&plain_face, self->dgram.peer, "hello", 5, 0));
	EXPECT_EQ(2, call_end(&first.call));
	EXPECT_EQ(1, call_end(&second.call));
	EXPECT_EQ(5, first.results[1].out_ret);
	EXPECT_EQ(1, first.results[2].out_ret);
	EXPECT_EQ(1, second.results[2].out_ret);
	EXPECT_TRUE(peer_receives(self->stream.peer, "bb"));
}

TEST_F(wait, run_of_another_batch_needs_no_turn)
{
	struct run run;
	int batch = batch_open(1, 1);

	ASSERT_LE(0, batch);
	ASSERT_EQ(0, batch_slot(batch, 0, self->stream.fd));
	ASSERT_TRUE(run_start(&run, self->batch, 1, 0));
	EXPECT_EQ(1, batch_one(batch, batch_send(0, "x", 1, 0)));
	/* Nor does a call of the socket that is waited for. */
	EXPECT_EQ(1, ksock_sendto(self->dgram.fd, "y", 1, 0, NULL, 0));
	EXPECT_TRUE(peer_receives(self->stream.peer, "x"));
	EXPECT_TRUE(peer_receives(self->dgram.peer, "y"));
	ASSERT_EQ(5, face_send(&plain_face, self->dgram.peer, "hello", 5, 0));
	EXPECT_EQ(2, call_end(&run.call));
}

TEST_F(wait, signal_ends_the_wait_for_a_turn)
{
	struct run first, second;

	ASSERT_EQ(0, signal_handle(SIGUSR1, 0));
	ASSERT_TRUE(run_start(&first, self->batch, 1, 0));
	ASSERT_TRUE(run_start(&second, self->batch, 0, 0));
	ASSERT_EQ(0, pthread_kill(second.call.thread, SIGUSR1));
	EXPECT_EQ(-EINTR, call_end(&second.call));
	EXPECT_TRUE(results_untouched(&second, 0));
	EXPECT_TRUE(peer_waits(self->stream.peer));
	ASSERT_EQ(5, face_send(&plain_face, self->dgram.peer, "hello", 5, 0));
	EXPECT_EQ(2, call_end(&first.call));
	EXPECT_TRUE(peer_receives(self->stream.peer, "b"));
}

/* A restart would begin the time anew. */
TEST_F(wait, signal_ends_the_wait_of_a_run_with_a_timeout_for_a_turn)
{
	struct run first, second;

	ASSERT_EQ(0, signal_handle(SIGUSR1, SA_RESTART));
	ASSERT_TRUE(run_start(&first, self->batch, 1, 0));
	ASSERT_TRUE(run_start(&second, self->batch, 0, WAIT_MS * NS_PER_MS));
	ASSERT_EQ(0, pthread_kill(second.call.thread, SIGUSR1));
	EXPECT_EQ(-EINTR, call_end(&second.call));
	ASSERT_TRUE(run_start(&second, self->batch, 2, 0));
	ASSERT_TRUE(run_restarts(&second));
	ASSERT_EQ(5, face_send(&plain_face, self->dgram.peer, "hello", 5, 0));
	EXPECT_EQ(2, call_end(&first.call));
	EXPECT_EQ(1, call_end(&second.call));
	EXPECT_TRUE(peer_receives(self->stream.peer, "bb"));
}

/* What a slot holds is no part of what runs take turns for. */
TEST_F(wait, slots_can_be_changed_while_a_run_waits)
{
	struct run run;

	ASSERT_TRUE(run_start(&run, self->batch, 1, 0));
	EXPECT_EQ(0, batch_slot(self->batch, STREAM, -1));
	EXPECT_EQ(0, batch_slot(self->batch, STREAM, self->stream.fd));
	ASSERT_EQ(5, face_send(&plain_face, self->dgram.peer, "hello", 5, 0));
	EXPECT_EQ(2, call_end(&run.call));
	EXPECT_EQ(1, run.results[2].out_ret);
}

TEST_HARNESS_MAIN
