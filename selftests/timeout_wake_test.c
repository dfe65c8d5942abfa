// SPDX-License-Identifier: GPL-2.0-only
/*
 * What ends a call with a timeout before its time: signals, shutdowns, errors
 * and other ends of the socket; what does not; and that such a call is nobody
 * else's business: neither the options of the socket nor other calls on it.
 */
#include "timed.h"
#include "bulk.h"

#include <linux/net_tstamp.h>

static int close_with_reset(int fd)
{
	static const struct linger reset = { .l_onoff = 1 };
	int ret = plain_setsockopt(fd, SOL_SOCKET, SO_LINGER, &reset,
				   sizeof(reset));

	return ret ? ret : ret_errno(close(fd));
}

/* ---- Signals ------------------------------------------------------------- */

TEST_F(timed, recv_with_a_timeout_does_not_restart_after_a_signal)
{
	char buf[8];
	struct timed_call call = {
		.call.run = call_timed_recv, .call.buf = buf,
		.call.len = sizeof(buf), .by = self->by, .ns = LATE,
	};
	struct pair pair;

	ASSERT_EQ(0, signal_handle(SIGUSR1, SA_RESTART));
	ASSERT_EQ(0, pair_of(&pair, &ksock_face, variant->family,
			     variant->type));
	call.call.fd = pair.fd;
	ASSERT_EQ(0, call_start(&call.call));
	ASSERT_TRUE(call_sleeps(&call.call));
	ASSERT_EQ(0, pthread_kill(call.call.thread, SIGUSR1));
	EXPECT_EQ(-EINTR, call_end(&call.call));
	ASSERT_EQ(5, face_send(&plain_face, pair.peer, "hello", 5, 0));
	EXPECT_EQ(5, self->by->recv(pair.fd, buf, sizeof(buf), 0, LATE));
}

TEST_F(timed, recv_without_one_restarts_after_a_signal)
{
	char buf[8];
	struct timed_call call = {
		.call.run = call_timed_recv, .call.buf = buf,
		.call.len = sizeof(buf), .by = self->by,
	};
	struct pair pair;

	ASSERT_EQ(0, signal_handle(SIGUSR1, SA_RESTART));
	ASSERT_EQ(0, pair_of(&pair, &ksock_face, variant->family,
			     variant->type));
	call.call.fd = pair.fd;
	ASSERT_EQ(0, call_start(&call.call));
	ASSERT_TRUE(call_sleeps(&call.call));
	ASSERT_EQ(0, pthread_kill(call.call.thread, SIGUSR1));
	ASSERT_TRUE(EVENTUALLY(__atomic_load_n(&signals, __ATOMIC_SEQ_CST)));
	ASSERT_TRUE(call_sleeps(&call.call));
	ASSERT_EQ(5, face_send(&plain_face, pair.peer, "hello", 5, 0));
	EXPECT_EQ(5, call_end(&call.call));
}

TEST_F(timed_stream, recv_of_all_that_a_signal_ends_returns_what_came)
{
	char buf[8] = "";
	struct timed_call call = {
		.call.run = call_timed_recv, .call.buf = buf,
		.call.len = sizeof(buf), .call.flags = MSG_WAITALL,
		.by = self->by, .ns = LATE,
	};
	struct pair pair;

	ASSERT_EQ(0, signal_handle(SIGUSR1, SA_RESTART));
	ASSERT_EQ(0, pair_of_streams(&pair, &ksock_face, variant->family));
	ASSERT_EQ(4, face_send(&plain_face, pair.peer, "0123", 4, 0));
	ASSERT_EQ(POLLIN, wait_events(pair.fd, POLLIN, WAIT_MS));
	call.call.fd = pair.fd;
	ASSERT_EQ(0, call_start(&call.call));
	ASSERT_TRUE(call_sleeps(&call.call));
	ASSERT_EQ(0, pthread_kill(call.call.thread, SIGUSR1));
	EXPECT_EQ(4, call_end(&call.call));
	EXPECT_EQ(0, memcmp("0123", buf, 4));
}

TEST_F(timed_stream, send_that_a_signal_ends_returns_what_was_taken)
{
	static char out[16 << 20];
	struct timed_call call = {
		.call.run = call_timed_send, .call.buf = out,
		.call.len = sizeof(out), .by = self->by, .ns = LATE,
	};
	struct pair pair;
	ssize_t taken;

	ASSERT_EQ(0, signal_handle(SIGUSR1, SA_RESTART));
	ASSERT_EQ(0, pair_of_streams(&pair, &ksock_face, variant->family));
	call.call.fd = pair.fd;
	ASSERT_EQ(0, call_start(&call.call));
	ASSERT_TRUE(call_sleeps(&call.call));
	ASSERT_EQ(0, pthread_kill(call.call.thread, SIGUSR1));
	taken = call_end(&call.call);
	ASSERT_LT(0, taken);
	EXPECT_GT(sizeof(out), taken);
	ASSERT_EQ(0, ksock_shutdown(pair.fd, SHUT_WR));
	EXPECT_EQ(0, drain(&plain_face, pair.peer, taken));
	EXPECT_EQ(0, face_recv(&plain_face, pair.peer, out, 1, 0));
}

TEST_F(timed_stream, send_with_a_timeout_does_not_restart_after_a_signal)
{
	struct timed_call call = {
		.call.run = call_timed_send, .call.buf = "x", .call.len = 1,
		.by = self->by, .ns = LATE,
	};
	struct pair pair;

	ASSERT_EQ(0, signal_handle(SIGUSR1, SA_RESTART));
	ASSERT_EQ(0, pair_of_streams(&pair, &ksock_face, variant->family));
	ASSERT_LT(0, fill(&ksock_face, pair.fd));
	call.call.fd = pair.fd;
	ASSERT_EQ(0, call_start(&call.call));
	ASSERT_TRUE(call_sleeps(&call.call));
	ASSERT_EQ(0, pthread_kill(call.call.thread, SIGUSR1));
	EXPECT_EQ(-EINTR, call_end(&call.call));
}

TEST_F(timed_stream, accept_with_a_timeout_does_not_restart_after_a_signal)
{
	struct timed_call call = { .call.run = call_timed_accept, .ns = LATE };

	ASSERT_EQ(0, signal_handle(SIGUSR1, SA_RESTART));
	call.call.fd = listener_at(&ksock_face, &self->addr, 1);
	ASSERT_LE(0, call.call.fd);
	ASSERT_EQ(0, call_start(&call.call));
	ASSERT_TRUE(call_sleeps(&call.call));
	ASSERT_EQ(0, pthread_kill(call.call.thread, SIGUSR1));
	EXPECT_EQ(-EINTR, call_end(&call.call));
	EXPECT_EQ(1, ksock_owned(ksock_ctx));
	ASSERT_LE(0, connected_to(&plain_face, SOCK_STREAM, &self->addr));
	EXPECT_LE(0, timed_accept(call.call.fd, LATE));
}

TEST_F(timed_stream, connect_that_a_signal_ends_goes_on)
{
	struct timed_call call = {
		.call.run = call_timed_connect, .call.addr = self->addr,
		.ns = LATE,
	};
	struct addr peer = addr_room();
	int listener;

	ASSERT_EQ(0, signal_handle(SIGUSR1, SA_RESTART));
	listener = listener_full(&self->addr);
	ASSERT_LE(0, listener);
	call.call.fd = ksock_socket(variant->family, SOCK_STREAM, 0);
	ASSERT_LE(0, call.call.fd);
	ASSERT_EQ(0, call_start(&call.call));
	ASSERT_TRUE(call_sleeps(&call.call));
	ASSERT_EQ(0, pthread_kill(call.call.thread, SIGUSR1));
	EXPECT_EQ(-EINTR, call_end(&call.call));
	ASSERT_LE(0, plain_accept(listener, NULL, NULL, 0));
	EXPECT_EQ(POLLOUT, wait_events(call.call.fd, POLLIN | POLLOUT,
				       WAIT_MS));
	EXPECT_EQ(0, ksock_getpeername(call.call.fd, &peer.sa, &peer.len));
}

/* ---- Shutdown and close -------------------------------------------------- */

TEST_F(timed, shutdown_wakes_a_recv_with_a_timeout)
{
	char byte;
	struct timed_call call = {
		.call.run = call_timed_recv, .call.buf = &byte, .call.len = 1,
		.by = self->by, .ns = LATE,
	};
	struct pair pair;

	ASSERT_EQ(0, pair_of(&pair, &ksock_face, variant->family,
			     variant->type));
	call.call.fd = pair.fd;
	ASSERT_EQ(0, call_start(&call.call));
	ASSERT_TRUE(call_sleeps(&call.call));
	EXPECT_EQ(0, ksock_shutdown(pair.fd, SHUT_RD));
	EXPECT_EQ(0, call_end(&call.call));
	EXPECT_EQ(0, self->by->recv(pair.fd, &byte, 1, 0, LATE));
	EXPECT_EQ(0, self->by->recv(pair.fd, &byte, 1, 0, 0));
}

TEST_F(timed_stream, shutdown_wakes_an_accept_with_a_timeout)
{
	struct timed_call call = { .call.run = call_timed_accept, .ns = LATE };

	call.call.fd = listener_at(&ksock_face, &self->addr, 1);
	ASSERT_LE(0, call.call.fd);
	ASSERT_EQ(0, call_start(&call.call));
	ASSERT_TRUE(call_sleeps(&call.call));
	EXPECT_EQ(0, ksock_shutdown(call.call.fd, SHUT_RD));
	EXPECT_EQ(-EINVAL, call_end(&call.call));
	EXPECT_EQ(-EINVAL, timed_accept(call.call.fd, LATE));
}

TEST_F(timed_stream, shutdown_wakes_a_send_with_a_timeout)
{
	static char out[16 << 20];
	struct timed_call call = {
		.call.run = call_timed_send, .call.buf = out,
		.call.len = sizeof(out), .by = self->by, .ns = LATE,
	};
	struct pair pair;
	ssize_t taken;

	ASSERT_EQ(0, signal_handle(SIGPIPE, 0));
	ASSERT_EQ(0, pair_of_streams(&pair, &ksock_face, variant->family));
	call.call.fd = pair.fd;
	ASSERT_EQ(0, call_start(&call.call));
	ASSERT_TRUE(call_sleeps(&call.call));
	EXPECT_EQ(0, ksock_shutdown(pair.fd, SHUT_WR));
	taken = call_end(&call.call);
	EXPECT_LT(0, taken);
	EXPECT_GT(sizeof(out), taken);

	/* What moved something succeeded, so no signal came with it. */
	EXPECT_EQ(0, signals);
	EXPECT_EQ(-EPIPE, self->by->send(pair.fd, "x", 1, 0, LATE));
	EXPECT_EQ(1, signals);
	EXPECT_EQ(-EPIPE, self->by->send(pair.fd, "x", 1, MSG_NOSIGNAL, LATE));
	EXPECT_EQ(1, signals);
}

TEST_F(timed_stream, shutdown_under_a_send_that_moved_nothing_is_epipe)
{
	struct timed_call call = {
		.call.run = call_timed_send, .call.buf = "x", .call.len = 1,
		.by = self->by, .ns = LATE,
	};
	struct pair pair;

	ASSERT_EQ(0, signal_handle(SIGPIPE, 0));
	ASSERT_EQ(0, pair_of_streams(&pair, &ksock_face, variant->family));
	ASSERT_LT(0, fill(&ksock_face, pair.fd));
	call.call.fd = pair.fd;
	ASSERT_EQ(0, call_start(&call.call));
	ASSERT_TRUE(call_sleeps(&call.call));
	EXPECT_EQ(0, ksock_shutdown(pair.fd, SHUT_WR));
	EXPECT_EQ(-EPIPE, call_end(&call.call));
	EXPECT_EQ(1, signals);
}

/*
 * Some kernels refuse to shut down what a thread is connecting; then that call
 * goes on, and succeeds.
 */
TEST_F(timed_stream, shutdown_wakes_a_connect_with_a_timeout)
{
	struct timed_call call = {
		.call.run = call_timed_connect, .call.addr = self->addr,
		.ns = LATE,
	};
	struct call plain = {
		.run = call_connect, .face = &plain_face, .addr = self->addr,
	};
	int listener, expected, ret;

	listener = listener_full(&self->addr);
	ASSERT_LE(0, listener);
	plain.fd = plain_socket(variant->family, SOCK_STREAM, 0);
	ASSERT_LE(0, plain.fd);
	ASSERT_EQ(0, call_start(&plain));
	ASSERT_TRUE(call_sleeps(&plain));
	expected = plain_shutdown(plain.fd, SHUT_RDWR);
	ASSERT_TRUE(expected == 0 || expected == -EBUSY);

	call.call.fd = ksock_socket(variant->family, SOCK_STREAM, 0);
	ASSERT_LE(0, call.call.fd);
	ASSERT_EQ(0, call_start(&call.call));
	ASSERT_TRUE(call_sleeps(&call.call));
	ret = ksock_shutdown(call.call.fd, SHUT_RDWR);
	if (ret == -EBUSY) {
		EXPECT_EQ(expected, ret);
		ASSERT_LE(0, plain_accept(listener, NULL, NULL, 0));
		ASSERT_LE(0, plain_accept(listener, NULL, NULL, 0));
		EXPECT_EQ(0, call_end(&call.call));
		return;
	}
	EXPECT_EQ(0, ret);
	EXPECT_EQ(-ECONNRESET, call_end(&call.call));
}

TEST_F(timed_stream, disconnect_wakes_a_connect_with_a_timeout)
{
	struct addr unspec = { .len = sizeof(sa_family_t) };
	struct timed_call call = {
		.call.run = call_timed_connect, .call.addr = self->addr,
		.ns = LATE,
	};

	unspec.sa.sa_family = AF_UNSPEC;
	ASSERT_LE(0, listener_full(&self->addr));
	call.call.fd = ksock_socket(variant->family, SOCK_STREAM, 0);
	ASSERT_LE(0, call.call.fd);
	ASSERT_EQ(0, call_start(&call.call));
	ASSERT_TRUE(call_sleeps(&call.call));
	ASSERT_EQ(0, timed_connect(call.call.fd, &unspec, 0));
	EXPECT_EQ(-ECONNRESET, call_end(&call.call));
}

TEST_F(timed, close_of_the_descriptor_wakes_nobody)
{
	char byte = 0;
	struct timed_call call = {
		.call.run = call_timed_recv, .call.buf = &byte, .call.len = 1,
		.by = self->by, .ns = LATE,
	};
	struct pair pair;
	int copy;

	ASSERT_EQ(0, pair_of(&pair, &ksock_face, variant->family,
			     variant->type));
	copy = dup(pair.fd);
	ASSERT_LE(0, copy);
	call.call.fd = pair.fd;
	ASSERT_EQ(0, call_start(&call.call));
	ASSERT_TRUE(call_sleeps(&call.call));
	ASSERT_EQ(0, close(copy));
	ASSERT_TRUE(call_sleeps(&call.call));
	ASSERT_EQ(0, close(pair.fd));
	ASSERT_TRUE(call_sleeps(&call.call));
	EXPECT_EQ(0, wait_events(call.call.done[0], POLLIN, QUIET_MS));
	ASSERT_EQ(1, face_send(&plain_face, pair.peer, "x", 1, 0));
	EXPECT_EQ(1, call_end(&call.call));
	EXPECT_EQ('x', byte);
}

/* ---- Errors -------------------------------------------------------------- */

TEST_F(timed_stream, reset_ends_a_recv_with_a_timeout)
{
	char byte;
	struct timed_call call = {
		.call.run = call_timed_recv, .call.buf = &byte, .call.len = 1,
		.by = self->by, .ns = LATE,
	};
	struct pair pair;

	ASSERT_EQ(0, pair_of_streams(&pair, &ksock_face, variant->family));
	call.call.fd = pair.fd;
	ASSERT_EQ(0, call_start(&call.call));
	ASSERT_TRUE(call_sleeps(&call.call));
	ASSERT_EQ(0, close_with_reset(pair.peer));
	EXPECT_EQ(-ECONNRESET, call_end(&call.call));
	EXPECT_EQ(0, self->by->recv(pair.fd, &byte, 1, 0, LATE));
}

/* As of an ordinary socket, whose call then returns the part, too. */
TEST_F(timed_stream, reset_after_a_part_is_left_for_the_next_recv)
{
	char buf[8] = "";
	struct timed_call call = {
		.call.run = call_timed_recv, .call.buf = buf,
		.call.len = sizeof(buf), .call.flags = MSG_WAITALL,
		.by = self->by, .ns = LATE,
	};
	struct pair pair;

	ASSERT_EQ(0, pair_of_streams(&pair, &ksock_face, variant->family));
	ASSERT_EQ(3, face_send(&plain_face, pair.peer, "012", 3, 0));
	ASSERT_EQ(POLLIN, wait_events(pair.fd, POLLIN, WAIT_MS));
	call.call.fd = pair.fd;
	ASSERT_EQ(0, call_start(&call.call));
	ASSERT_TRUE(call_sleeps(&call.call));
	ASSERT_EQ(0, close_with_reset(pair.peer));
	EXPECT_EQ(3, call_end(&call.call));
	EXPECT_EQ(-ECONNRESET, self->by->recv(pair.fd, buf, 1, 0, LATE));
	EXPECT_EQ(0, self->by->recv(pair.fd, buf, 1, 0, LATE));
}

TEST_F(timed_stream, reset_after_a_part_is_left_for_the_next_send)
{
	static char out[16 << 20];
	struct timed_call call = {
		.call.run = call_timed_send, .call.buf = out,
		.call.len = sizeof(out), .by = self->by, .ns = LATE,
	};
	struct pair pair;
	ssize_t taken;

	ASSERT_EQ(0, signal_handle(SIGPIPE, 0));
	ASSERT_EQ(0, pair_of_streams(&pair, &ksock_face, variant->family));
	call.call.fd = pair.fd;
	ASSERT_EQ(0, call_start(&call.call));
	ASSERT_TRUE(call_sleeps(&call.call));
	ASSERT_EQ(0, close_with_reset(pair.peer));
	taken = call_end(&call.call);
	EXPECT_LT(0, taken);
	EXPECT_GT(sizeof(out), taken);
	EXPECT_EQ(-ECONNRESET, self->by->send(pair.fd, "x", 1, 0, LATE));
	EXPECT_EQ(0, signals);
	EXPECT_EQ(-EPIPE, self->by->send(pair.fd, "x", 1, 0, LATE));
	EXPECT_EQ(1, signals);
}

TEST_F(timed, refusal_of_a_datagram_ends_a_recv_with_a_timeout)
{
	char byte;
	int fd;

	if (variant->type != SOCK_DGRAM)
		return;
	fd = ksock_socket(variant->family, SOCK_DGRAM, 0);
	ASSERT_LE(0, fd);
	ASSERT_EQ(0, ksock_connect(fd, &self->addr.sa, self->addr.len));
	ASSERT_EQ(1, self->by->send(fd, "x", 1, 0, LATE));
	EXPECT_EQ(-ECONNREFUSED, self->by->recv(fd, &byte, 1, 0, LATE));
	EXPECT_EQ(-EAGAIN, self->by->recv(fd, &byte, 1, 0, SOON));
}

/* Has the socket keep what becomes of its packets in the queue of errors. */
static int errors_queue(int fd, int family, int type)
{
	int tell = SOF_TIMESTAMPING_TX_SOFTWARE | SOF_TIMESTAMPING_SOFTWARE |
		   SOF_TIMESTAMPING_OPT_TSONLY, on = 1;

	if (type == SOCK_STREAM)
		return ksock_setsockopt(fd, SOL_SOCKET, SO_TIMESTAMPING, &tell,
					sizeof(tell));
	if (family == AF_INET)
		return ksock_setsockopt(fd, SOL_IP, IP_RECVERR, &on,
					sizeof(on));
	return ksock_setsockopt(fd, SOL_IPV6, IPV6_RECVERR, &on, sizeof(on));
}

/*
 * The queue makes poll tell an error without end, of which a receive does not
 * know.
 */
TEST_F(timed, recv_sleeps_while_there_is_something_in_the_queue_of_errors)
{
	uint64_t cpu, ns = 10 * SOON;
	struct pair pair;
	char byte;

	ASSERT_EQ(0, pair_of(&pair, &ksock_face, variant->family,
			     variant->type));
	ASSERT_EQ(0, errors_queue(pair.fd, variant->family, variant->type));
	if (variant->type == SOCK_DGRAM)
		ASSERT_EQ(0, close(pair.peer));
	ASSERT_EQ(1, self->by->send(pair.fd, "x", 1, 0, LATE));
	ASSERT_EQ(POLLERR, wait_events(pair.fd, 0, WAIT_MS));
	if (variant->type == SOCK_DGRAM)
		ASSERT_EQ(-ECONNREFUSED,
			  self->by->recv(pair.fd, &byte, 1, 0, LATE));

	cpu = clock_ns(CLOCK_THREAD_CPUTIME_ID);
	EXPECT_EXPIRES(-EAGAIN, ns, self->by->recv(pair.fd, &byte, 1, 0, ns));
	cpu = clock_ns(CLOCK_THREAD_CPUTIME_ID) - cpu;
	EXPECT_GT(ns / 2, cpu);
	EXPECT_EQ(POLLERR, wait_events(pair.fd, 0, 0));
}

/* ---- Other calls, and the socket's own timeouts -------------------------- */

static const struct timeval two_seconds = { .tv_sec = 2 };

static int own_timeouts(int fd, struct timeval *recv, struct timeval *send)
{
	socklen_t len = sizeof(*recv);
	int ret = ksock_getsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, recv, &len);

	len = sizeof(*send);
	return ret ? ret : ksock_getsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, send,
					    &len);
}

TEST_F(timed, timeouts_of_the_socket_stay_as_they_are)
{
	struct timeval recv = {}, send = {};
	char byte;
	struct timed_call call = {
		.call.run = call_timed_recv, .call.buf = &byte, .call.len = 1,
		.by = self->by, .ns = LATE,
	};
	struct pair pair;

	ASSERT_EQ(0, pair_of(&pair, &ksock_face, variant->family,
			     variant->type));
	ASSERT_EQ(0, ksock_setsockopt(pair.fd, SOL_SOCKET, SO_RCVTIMEO,
				      &two_seconds, sizeof(two_seconds)));
	call.call.fd = pair.fd;
	ASSERT_EQ(0, call_start(&call.call));
	ASSERT_TRUE(call_sleeps(&call.call));
	ASSERT_EQ(0, own_timeouts(pair.fd, &recv, &send));
	EXPECT_EQ(2, recv.tv_sec);
	EXPECT_EQ(0, recv.tv_usec);
	EXPECT_EQ(0, send.tv_sec);
	EXPECT_EQ(0, send.tv_usec);

	ASSERT_EQ(1, face_send(&plain_face, pair.peer, "x", 1, 0));
	EXPECT_EQ(1, call_end(&call.call));
	ASSERT_EQ(0, own_timeouts(pair.fd, &recv, &send));
	EXPECT_EQ(2, recv.tv_sec);
	EXPECT_EQ(0, send.tv_sec);
}

TEST_F(timed, timeout_of_the_socket_acts_on_calls_without_one_alone)
{
	const struct timeval soon = { .tv_usec = SOON / 1000 };
	char byte;
	struct timed_call call = {
		.call.run = call_timed_recv, .call.buf = &byte, .call.len = 1,
		.by = self->by, .ns = LATE,
	};
	struct pair pair;

	ASSERT_EQ(0, pair_of(&pair, &ksock_face, variant->family,
			     variant->type));
	ASSERT_EQ(0, ksock_setsockopt(pair.fd, SOL_SOCKET, SO_RCVTIMEO, &soon,
				      sizeof(soon)));
	EXPECT_EQ(-EAGAIN, self->by->recv(pair.fd, &byte, 1, 0, 0));
	call.call.fd = pair.fd;
	ASSERT_EQ(0, call_start(&call.call));
	ASSERT_TRUE(call_sleeps(&call.call));
	EXPECT_EQ(0, wait_events(call.call.done[0], POLLIN, QUIET_MS));
	ASSERT_EQ(1, face_send(&plain_face, pair.peer, "x", 1, 0));
	EXPECT_EQ(1, call_end(&call.call));
}

TEST_F(timed, call_without_a_timeout_outlasts_one_with)
{
	char bytes[2];
	struct timed_call calls[] = {
		{
			.call.run = call_timed_recv, .call.buf = &bytes[0],
			.call.len = 1, .by = self->by,
		}, {
			.call.run = call_timed_recv, .call.buf = &bytes[1],
			.call.len = 1, .by = self->by, .ns = 4 * SOON,
		},
	};
	struct pair pair;
	int i;

	ASSERT_EQ(0, pair_of(&pair, &ksock_face, variant->family,
			     variant->type));
	for (i = 0; i < ARRAY_SIZE(calls); i++) {
		calls[i].call.fd = pair.fd;
		ASSERT_EQ(0, call_start(&calls[i].call));
	}
	ASSERT_TRUE(call_sleeps(&calls[0].call));
	EXPECT_EQ(-EAGAIN, call_end(&calls[1].call));
	EXPECT_TRUE(call_sleeps(&calls[0].call));
	ASSERT_EQ(1, face_send(&plain_face, pair.peer, "x", 1, 0));
	EXPECT_EQ(1, call_end(&calls[0].call));
}

/*
 * What somebody else takes from under it is not there for it, and it goes on
 * waiting, for what is left of its time; unless it is the faster one.
 */
TEST_F(timed, data_that_somebody_else_takes_does_not_end_the_wait)
{
	char byte, other;
	struct timed_call call = {
		.call.run = call_timed_recv, .call.buf = &byte, .call.len = 1,
		.by = self->by, .ns = 24 * SOON,
	};
	struct pair pair;
	uint64_t took;
	int tries;

	ASSERT_EQ(0, pair_of(&pair, &ksock_face, variant->family,
			     variant->type));
	call.call.fd = pair.fd;
	took = clock_ns(CLOCK_MONOTONIC);
	ASSERT_EQ(0, call_start(&call.call));
	ASSERT_TRUE(call_sleeps(&call.call));
	for (tries = 0; tries < 20; tries++) {
		ASSERT_EQ(1, face_send(&plain_face, pair.peer, "x", 1, 0));
		if (face_recv(&ksock_face, pair.fd, &other, 1,
			      MSG_DONTWAIT) != 1)
			break;
	}
	if (tries < 20) {
		EXPECT_EQ(1, call_end(&call.call));
		return;
	}
	EXPECT_EQ(-EAGAIN, call_end(&call.call));
	took = clock_ns(CLOCK_MONOTONIC) - took;
	EXPECT_LE(call.ns, took);
}

TEST_HARNESS_MAIN
