// SPDX-License-Identifier: GPL-2.0-only
/*
 * Signals: a blocked call that one interrupts ends with EINTR, or goes on when
 * the handler says SA_RESTART, and no data is lost either way.
 */
#include "fixture.h"

static ssize_t read_some(struct call *call)
{
	return ret_errno(read(call->fd, call->buf, call->len));
}

/*
 * Interrupts a call that sleeps; returns whether the handler ran and the call
 * sleeps again.
 */
static bool call_interrupt_restarts(struct call *call)
{
	int before = __atomic_load_n(&signals, __ATOMIC_SEQ_CST), ms;

	if (pthread_kill(call->thread, SIGUSR1))
		return false;
	for (ms = 0; ms < WAIT_MS; ms++) {
		if (__atomic_load_n(&signals, __ATOMIC_SEQ_CST) != before)
			return call_sleeps(call);
		if (wait_events(call->done[0], POLLIN, 1))
			return false;
	}
	return false;
}

TEST_F(socket, recv_that_a_signal_interrupts_fails_with_eintr)
{
	char buf[8];
	struct call call = {
		.run = call_recv, .face = self->face, .buf = buf,
		.len = sizeof(buf),
	};
	struct pair pair;

	ASSERT_EQ(0, signal_handle(SIGUSR1, 0));
	ASSERT_EQ(0, pair_of(&pair, self->face, variant->family,
			     variant->type));
	call.fd = pair.fd;
	ASSERT_EQ(0, call_start(&call));
	ASSERT_TRUE(call_sleeps(&call));
	ASSERT_EQ(0, pthread_kill(call.thread, SIGUSR1));
	EXPECT_EQ(-EINTR, call_end(&call));

	/* The next one receives what this one would have. */
	ASSERT_EQ(5, face_send(&plain_face, pair.peer, "hello", 5, 0));
	EXPECT_EQ(5, face_recv(self->face, pair.fd, buf, sizeof(buf), 0));
	EXPECT_EQ(0, memcmp("hello", buf, 5));
}

TEST_F(socket, recv_restarts_after_a_signal_and_completes)
{
	char buf[8];
	struct call call = {
		.run = call_recv, .face = self->face, .buf = buf,
		.len = sizeof(buf),
	};
	struct pair pair;

	ASSERT_EQ(0, signal_handle(SIGUSR1, SA_RESTART));
	ASSERT_EQ(0, pair_of(&pair, self->face, variant->family,
			     variant->type));
	call.fd = pair.fd;
	ASSERT_EQ(0, call_start(&call));
	ASSERT_TRUE(call_sleeps(&call));
	ASSERT_TRUE(call_interrupt_restarts(&call));
	ASSERT_EQ(5, face_send(&plain_face, pair.peer, "hello", 5, 0));
	EXPECT_EQ(5, call_end(&call));
	EXPECT_EQ(0, memcmp("hello", buf, 5));
}

TEST_F(socket, read_that_a_signal_interrupts_fails_with_eintr)
{
	char buf[8];
	struct call call = {
		.run = read_some, .buf = buf, .len = sizeof(buf),
	};
	struct pair pair;

	ASSERT_EQ(0, signal_handle(SIGUSR1, 0));
	ASSERT_EQ(0, pair_of(&pair, self->face, variant->family,
			     variant->type));
	call.fd = pair.fd;
	ASSERT_EQ(0, call_start(&call));
	ASSERT_TRUE(call_sleeps(&call));
	ASSERT_EQ(0, pthread_kill(call.thread, SIGUSR1));
	EXPECT_EQ(-EINTR, call_end(&call));
	ASSERT_EQ(5, face_send(&plain_face, pair.peer, "hello", 5, 0));
	EXPECT_EQ(5, read(pair.fd, buf, sizeof(buf)));
	EXPECT_EQ(0, memcmp("hello", buf, 5));
}

TEST_F(socket, read_restarts_after_a_signal_and_completes)
{
	char buf[8];
	struct call call = {
		.run = read_some, .buf = buf, .len = sizeof(buf),
	};
	struct pair pair;

	ASSERT_EQ(0, signal_handle(SIGUSR1, SA_RESTART));
	ASSERT_EQ(0, pair_of(&pair, self->face, variant->family,
			     variant->type));
	call.fd = pair.fd;
	ASSERT_EQ(0, call_start(&call));
	ASSERT_TRUE(call_sleeps(&call));
	ASSERT_TRUE(call_interrupt_restarts(&call));
	ASSERT_EQ(5, face_send(&plain_face, pair.peer, "hello", 5, 0));
	EXPECT_EQ(5, call_end(&call));
	EXPECT_EQ(0, memcmp("hello", buf, 5));
}

TEST_F(stream, recv_of_all_that_a_signal_interrupts_returns_what_it_has)
{
	char buf[8] = "";
	struct call call = {
		.run = call_recv, .face = self->face, .buf = buf,
		.len = sizeof(buf), .flags = MSG_WAITALL,
	};
	struct pair pair;

	ASSERT_EQ(0, signal_handle(SIGUSR1, SA_RESTART));
	ASSERT_EQ(0, pair_of_streams(&pair, self->face, variant->family));
	call.fd = pair.fd;
	ASSERT_EQ(4, face_send(&plain_face, pair.peer, "0123", 4, 0));
	ASSERT_EQ(POLLIN, wait_events(pair.fd, POLLIN, WAIT_MS));
	ASSERT_EQ(0, call_start(&call));
	ASSERT_TRUE(call_sleeps(&call));
	ASSERT_EQ(0, pthread_kill(call.thread, SIGUSR1));
	EXPECT_EQ(4, call_end(&call));
	EXPECT_EQ(0, memcmp("0123", buf, 4));

	ASSERT_EQ(4, face_send(&plain_face, pair.peer, "4567", 4, 0));
	EXPECT_EQ(4, face_recv(self->face, pair.fd, buf, sizeof(buf), 0));
	EXPECT_EQ(0, memcmp("4567", buf, 4));
}

TEST_F(stream, send_that_a_signal_interrupts_returns_what_was_taken)
{
	static char out[16 << 20], in[1 << 16];
	struct call call = {
		.run = call_send, .face = self->face, .buf = out,
		.len = sizeof(out),
	};
	size_t arrived = 0;
	struct pair pair;
	ssize_t taken, ret;

	ASSERT_EQ(0, signal_handle(SIGUSR1, SA_RESTART));
	ASSERT_EQ(0, pair_of_streams(&pair, self->face, variant->family));
	call.fd = pair.fd;
	ASSERT_EQ(0, call_start(&call));
	ASSERT_TRUE(call_sleeps(&call));
	ASSERT_EQ(0, pthread_kill(call.thread, SIGUSR1));
	taken = call_end(&call);
	ASSERT_LT(0, taken);
	EXPECT_GT(sizeof(out), taken);

	ASSERT_EQ(0, self->face->shutdown(pair.fd, SHUT_WR));
	do {
		ret = face_recv(&plain_face, pair.peer, in, sizeof(in), 0);
		ASSERT_LE(0, ret);
		arrived += ret;
	} while (ret);
	EXPECT_EQ(taken, arrived);
}

TEST_F(stream, accept_that_a_signal_interrupts_fails_with_eintr)
{
	struct call call = { .run = call_accept, .face = self->face };

	ASSERT_EQ(0, signal_handle(SIGUSR1, 0));
	call.fd = listener_at(self->face, &self->addr, 1);
	ASSERT_LE(0, call.fd);
	ASSERT_EQ(0, call_start(&call));
	ASSERT_TRUE(call_sleeps(&call));
	ASSERT_EQ(0, pthread_kill(call.thread, SIGUSR1));
	EXPECT_EQ(-EINTR, call_end(&call));
	ASSERT_LE(0, connected_to(&plain_face, SOCK_STREAM, &self->addr));
	EXPECT_LE(0, self->face->accept(call.fd, NULL, NULL, 0));
}

TEST_F(stream, accept_restarts_after_a_signal_and_completes)
{
	struct call call = { .run = call_accept, .face = self->face };
	char byte = 0;
	int client;

	ASSERT_EQ(0, signal_handle(SIGUSR1, SA_RESTART));
	call.fd = listener_at(self->face, &self->addr, 1);
	ASSERT_LE(0, call.fd);
	ASSERT_EQ(0, call_start(&call));
	ASSERT_TRUE(call_sleeps(&call));
	ASSERT_TRUE(call_interrupt_restarts(&call));
	client = connected_to(&plain_face, SOCK_STREAM, &self->addr);
	ASSERT_LE(0, client);
	ASSERT_EQ(1, face_send(&plain_face, client, "x", 1, 0));
	ASSERT_LE(0, call_end(&call));
	EXPECT_EQ(1, face_recv(self->face, call.ret, &byte, 1, 0));
	EXPECT_EQ('x', byte);
}

TEST_F(stream, accept_that_a_signal_interrupts_leaves_no_descriptor_behind)
{
	struct call call = { .run = call_accept, .face = self->face };
	int spare;

	ASSERT_EQ(0, signal_handle(SIGUSR1, 0));
	call.fd = listener_at(self->face, &self->addr, 1);
	ASSERT_LE(0, call.fd);
	ASSERT_EQ(0, call_start(&call));
	ASSERT_TRUE(call_sleeps(&call));
	ASSERT_EQ(0, pthread_kill(call.thread, SIGUSR1));
	ASSERT_EQ(-EINTR, call_end(&call));
	spare = dup(call.fd);
	EXPECT_EQ(call.fd + 1, spare);
}

TEST_F(stream, connect_that_a_signal_interrupts_fails_with_eintr)
{
	struct call call = {
		.run = call_connect, .face = self->face, .addr = self->addr,
	};

	ASSERT_EQ(0, signal_handle(SIGUSR1, 0));
	ASSERT_LE(0, listener_full(&self->addr));
	call.fd = self->face->socket(variant->family, SOCK_STREAM, 0);
	ASSERT_LE(0, call.fd);
	ASSERT_EQ(0, call_start(&call));
	ASSERT_TRUE(call_sleeps(&call));
	ASSERT_EQ(0, pthread_kill(call.thread, SIGUSR1));
	EXPECT_EQ(-EINTR, call_end(&call));
}

TEST_F(stream, connect_restarts_after_a_signal_and_completes)
{
	struct call call = {
		.run = call_connect, .face = self->face, .addr = self->addr,
	};
	int listener;

	ASSERT_EQ(0, signal_handle(SIGUSR1, SA_RESTART));
	listener = listener_full(&self->addr);
	ASSERT_LE(0, listener);
	call.fd = self->face->socket(variant->family, SOCK_STREAM, 0);
	ASSERT_LE(0, call.fd);
	ASSERT_EQ(0, call_start(&call));
	ASSERT_TRUE(call_sleeps(&call));
	ASSERT_TRUE(call_interrupt_restarts(&call));
	ASSERT_LE(0, plain_accept(listener, NULL, NULL, 0));
	EXPECT_EQ(0, call_end(&call));
}

TEST_HARNESS_MAIN
