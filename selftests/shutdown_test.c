// SPDX-License-Identifier: GPL-2.0-only
/*
 * Shutting down: what each direction still does afterwards, what the peer sees
 * of it, and that who is blocked on the socket wakes up.
 */
#include "fixture.h"

TEST_F(stream, shutdown_of_writing_ends_the_stream_of_the_peer)
{
	struct pair pair;
	char buf[8];

	ASSERT_EQ(0, pair_of_streams(&pair, self->face, variant->family));
	ASSERT_EQ(3, face_send(self->face, pair.fd, "end", 3, 0));
	EXPECT_EQ(0, self->face->shutdown(pair.fd, SHUT_WR));
	EXPECT_EQ(3, face_recv(&plain_face, pair.peer, buf, 3, MSG_WAITALL));
	EXPECT_EQ(0, face_recv(&plain_face, pair.peer, buf, sizeof(buf), 0));
}

TEST_F(stream, shutdown_of_writing_leaves_reading)
{
	struct pair pair;
	char byte = 0;

	ASSERT_EQ(0, pair_of_streams(&pair, self->face, variant->family));
	ASSERT_EQ(0, self->face->shutdown(pair.fd, SHUT_WR));
	ASSERT_EQ(1, face_send(&plain_face, pair.peer, "x", 1, 0));
	EXPECT_EQ(1, face_recv(self->face, pair.fd, &byte, 1, 0));
	EXPECT_EQ('x', byte);
	EXPECT_EQ(-EAGAIN,
		  face_recv(self->face, pair.fd, &byte, 1, MSG_DONTWAIT));
}

TEST_F(stream, send_after_shutdown_of_writing_fails_with_epipe_and_sigpipe)
{
	struct pair pair;

	ASSERT_EQ(0, signal_handle(SIGPIPE, 0));
	ASSERT_EQ(0, pair_of_streams(&pair, self->face, variant->family));
	ASSERT_EQ(0, self->face->shutdown(pair.fd, SHUT_WR));
	EXPECT_EQ(-EPIPE, face_send(self->face, pair.fd, "x", 1, 0));
	EXPECT_EQ(1, signals);
	EXPECT_EQ(-EPIPE, face_send(self->face, pair.fd, "x", 1, MSG_NOSIGNAL));
	EXPECT_EQ(1, signals);
	EXPECT_EQ(-EPIPE, ret_errno(write(pair.fd, "x", 1)));
	EXPECT_EQ(2, signals);
}

TEST_F(stream, recv_after_shutdown_of_reading_returns_what_came_and_then_0)
{
	struct pair pair;
	char byte = 0;

	ASSERT_EQ(0, pair_of_streams(&pair, self->face, variant->family));
	ASSERT_EQ(1, face_send(&plain_face, pair.peer, "x", 1, 0));
	ASSERT_EQ(POLLIN, wait_events(pair.fd, POLLIN, WAIT_MS));
	EXPECT_EQ(0, self->face->shutdown(pair.fd, SHUT_RD));
	EXPECT_EQ(1, face_recv(self->face, pair.fd, &byte, 1, 0));
	EXPECT_EQ('x', byte);
	EXPECT_EQ(0, face_recv(self->face, pair.fd, &byte, 1, 0));
	EXPECT_EQ(0, face_recv(self->face, pair.fd, &byte, 1, MSG_DONTWAIT));
	EXPECT_EQ(0, read(pair.fd, &byte, 1));
}

TEST_F(stream, shutdown_of_reading_leaves_writing)
{
	struct pair pair;
	char byte = 0;

	ASSERT_EQ(0, pair_of_streams(&pair, self->face, variant->family));
	ASSERT_EQ(0, self->face->shutdown(pair.fd, SHUT_RD));
	EXPECT_EQ(1, face_send(self->face, pair.fd, "x", 1, 0));
	EXPECT_EQ(1, face_recv(&plain_face, pair.peer, &byte, 1, 0));
	EXPECT_EQ('x', byte);
}

TEST_F(stream, shutdown_of_both_ends_both)
{
	struct pair pair;
	char byte;

	ASSERT_EQ(0, pair_of_streams(&pair, self->face, variant->family));
	EXPECT_EQ(0, self->face->shutdown(pair.fd, SHUT_RDWR));
	EXPECT_EQ(0, face_recv(self->face, pair.fd, &byte, 1, 0));
	EXPECT_EQ(-EPIPE, face_send(self->face, pair.fd, "x", 1, MSG_NOSIGNAL));
	EXPECT_EQ(0, face_recv(&plain_face, pair.peer, &byte, 1, 0));
}

TEST_F(stream, shutdown_by_the_peer_ends_the_stream)
{
	struct pair pair;
	char byte = 0;

	ASSERT_EQ(0, pair_of_streams(&pair, self->face, variant->family));
	ASSERT_EQ(0, plain_shutdown(pair.peer, SHUT_WR));
	EXPECT_EQ(0, face_recv(self->face, pair.fd, &byte, 1, 0));
	EXPECT_EQ(0, read(pair.fd, &byte, 1));
	EXPECT_EQ(1, face_send(self->face, pair.fd, "x", 1, 0));
	EXPECT_EQ(1, face_recv(&plain_face, pair.peer, &byte, 1, 0));
	EXPECT_EQ('x', byte);
}

TEST_F(stream, shutdown_again_succeeds)
{
	struct pair pair;

	ASSERT_EQ(0, pair_of_streams(&pair, self->face, variant->family));
	EXPECT_EQ(0, self->face->shutdown(pair.fd, SHUT_WR));
	EXPECT_EQ(0, self->face->shutdown(pair.fd, SHUT_WR));
	EXPECT_EQ(0, self->face->shutdown(pair.fd, SHUT_RDWR));
}

TEST_F(stream, shutdown_acts_on_the_socket_not_the_descriptor)
{
	struct pair pair;
	char byte;
	int fd;

	ASSERT_EQ(0, pair_of_streams(&pair, self->face, variant->family));
	fd = dup(pair.fd);
	ASSERT_LE(0, fd);
	ASSERT_EQ(0, self->face->shutdown(fd, SHUT_WR));
	EXPECT_EQ(-EPIPE, face_send(self->face, pair.fd, "x", 1, MSG_NOSIGNAL));
	EXPECT_EQ(0, face_recv(&plain_face, pair.peer, &byte, 1, 0));
}

TEST_F(dgram, recv_after_shutdown_of_reading_does_not_wait)
{
	struct pair pair;
	char byte = 0;

	ASSERT_EQ(0, pair_of_dgrams(&pair, self->face, variant->family));
	ASSERT_EQ(1, face_send(&plain_face, pair.peer, "x", 1, 0));
	ASSERT_EQ(POLLIN, wait_events(pair.fd, POLLIN, WAIT_MS));
	EXPECT_EQ(0, self->face->shutdown(pair.fd, SHUT_RD));
	EXPECT_EQ(1, face_recv(self->face, pair.fd, &byte, 1, 0));
	EXPECT_EQ('x', byte);
	EXPECT_EQ(0, face_recv(self->face, pair.fd, &byte, 1, 0));
	EXPECT_EQ(0, read(pair.fd, &byte, 1));
	EXPECT_EQ(-EAGAIN,
		  face_recv(self->face, pair.fd, &byte, 1, MSG_DONTWAIT));
}

TEST_F(dgram, send_after_shutdown_of_writing_fails_with_epipe_alone)
{
	struct pair pair;

	ASSERT_EQ(0, signal_handle(SIGPIPE, 0));
	ASSERT_EQ(0, pair_of_dgrams(&pair, self->face, variant->family));
	EXPECT_EQ(0, self->face->shutdown(pair.fd, SHUT_WR));
	EXPECT_EQ(-EPIPE, face_send(self->face, pair.fd, "x", 1, 0));
	EXPECT_EQ(-EPIPE, ret_errno(write(pair.fd, "x", 1)));
	EXPECT_EQ(0, signals);
}

TEST_F(dgram, shutdown_of_one_direction_leaves_the_other)
{
	struct pair pair;
	char byte = 0;

	ASSERT_EQ(0, pair_of_dgrams(&pair, self->face, variant->family));
	ASSERT_EQ(0, self->face->shutdown(pair.fd, SHUT_RD));
	EXPECT_EQ(1, face_send(self->face, pair.fd, "x", 1, 0));
	EXPECT_EQ(1, face_recv(&plain_face, pair.peer, &byte, 1, 0));
	EXPECT_EQ('x', byte);
}

TEST_F(socket, shutdown_without_a_peer_fails_with_enotconn)
{
	int how, fd;

	fd = self->face->socket(variant->family, variant->type, 0);
	ASSERT_LE(0, fd);
	for (how = SHUT_RD; how <= SHUT_RDWR; how++)
		EXPECT_EQ(-ENOTCONN, self->face->shutdown(fd, how));
}

TEST_F(socket, shutdown_of_no_direction_fails_with_einval)
{
	static const int wrong[] = { SHUT_RDWR + 1, -1, INT32_MAX, INT32_MIN };
	struct pair pair;
	size_t i;

	ASSERT_EQ(0, pair_of(&pair, self->face, variant->family,
			     variant->type));
	for (i = 0; i < ARRAY_SIZE(wrong); i++) {
		EXPECT_EQ(-EINVAL, self->face->shutdown(pair.fd, wrong[i])) {
			TH_LOG("how %d", wrong[i]);
		}
	}
}

TEST_F(socket, shutdown_finds_a_wrong_direction_before_a_missing_peer)
{
	int fd;

	fd = self->face->socket(variant->family, variant->type, 0);
	ASSERT_LE(0, fd);
	EXPECT_EQ(-EINVAL, self->face->shutdown(fd, SHUT_RDWR + 1));
}

TEST_F(stream, shutdown_of_writing_leaves_a_listener_listening)
{
	int fd;

	fd = listener_at(self->face, &self->addr, 1);
	ASSERT_LE(0, fd);
	EXPECT_EQ(0, self->face->shutdown(fd, SHUT_WR));
	ASSERT_LE(0, connected_to(&plain_face, SOCK_STREAM, &self->addr));
	EXPECT_LE(0, self->face->accept(fd, NULL, NULL, 0));
}

TEST_F(stream, shutdown_of_reading_ends_a_listener)
{
	int fd;

	fd = listener_at(self->face, &self->addr, 1);
	ASSERT_LE(0, fd);
	EXPECT_EQ(0, self->face->shutdown(fd, SHUT_RD));
	EXPECT_EQ(-ECONNREFUSED,
		  connected_to(&plain_face, SOCK_STREAM, &self->addr));
	EXPECT_EQ(-EINVAL, self->face->accept(fd, NULL, NULL, 0));
}

TEST_F(stream, shutdown_wakes_who_accepts)
{
	struct call call = { .run = call_accept, .face = self->face };

	call.fd = listener_at(self->face, &self->addr, 1);
	ASSERT_LE(0, call.fd);
	ASSERT_EQ(0, call_start(&call));
	ASSERT_TRUE(call_sleeps(&call));
	EXPECT_EQ(0, self->face->shutdown(call.fd, SHUT_RD));
	EXPECT_EQ(-EINVAL, call_end(&call));
}

TEST_F(socket, shutdown_wakes_who_receives)
{
	char byte;
	struct call call = {
		.run = call_recv, .face = self->face, .buf = &byte, .len = 1,
	};
	struct pair pair;

	ASSERT_EQ(0, pair_of(&pair, self->face, variant->family,
			     variant->type));
	call.fd = pair.fd;
	ASSERT_EQ(0, call_start(&call));
	ASSERT_TRUE(call_sleeps(&call));
	EXPECT_EQ(0, self->face->shutdown(pair.fd, SHUT_RD));
	EXPECT_EQ(0, call_end(&call));
}

/* The stack says that there is no peer, and wakes all the same. */
TEST_F(dgram, shutdown_without_a_peer_wakes_who_receives)
{
	char byte;
	struct call call = {
		.run = call_recv, .face = self->face, .buf = &byte, .len = 1,
	};

	call.fd = self->face->socket(variant->family, SOCK_DGRAM, 0);
	ASSERT_LE(0, call.fd);
	ASSERT_EQ(0, self->face->bind(call.fd, &self->addr.sa, self->addr.len));
	ASSERT_EQ(0, call_start(&call));
	ASSERT_TRUE(call_sleeps(&call));
	EXPECT_EQ(-ENOTCONN, self->face->shutdown(call.fd, SHUT_RD));
	EXPECT_EQ(0, call_end(&call));
}

TEST_F(stream, shutdown_wakes_who_sends)
{
	static char buf[16 << 20];
	struct call call = {
		.run = call_send, .face = self->face, .buf = buf,
		.len = sizeof(buf), .flags = MSG_NOSIGNAL,
	};
	struct pair pair;
	ssize_t ret;

	ASSERT_EQ(0, pair_of_streams(&pair, self->face, variant->family));
	call.fd = pair.fd;
	ASSERT_EQ(0, call_start(&call));
	ASSERT_TRUE(call_sleeps(&call));
	EXPECT_EQ(0, self->face->shutdown(pair.fd, SHUT_WR));

	/* What was taken before counts. */
	ret = call_end(&call);
	EXPECT_LT(0, ret);
	EXPECT_GT(sizeof(buf), ret);
	EXPECT_EQ(-EPIPE, face_send(self->face, pair.fd, "x", 1, MSG_NOSIGNAL));
}

/* Shuts a socket down that a thread is connecting to a listener without room. */
static int shutdown_while_connecting(struct __test_metadata *_metadata,
				     const struct face *face,
				     const struct addr *addr)
{
	struct call call = {
		.run = call_connect, .face = face, .addr = *addr,
	};
	int ret;

	call.fd = face->socket(addr->sa.sa_family, SOCK_STREAM, 0);
	ASSERT_LE(0, call.fd);
	ASSERT_EQ(0, call_start(&call));
	ASSERT_TRUE(call_sleeps(&call));
	ret = face->shutdown(call.fd, SHUT_RDWR);
	if (!ret)
		EXPECT_EQ(-ECONNRESET, call_end(&call));
	return ret;
}

/*
 * Some kernels refuse to shut down what a thread is waiting for, 5.10.262 for
 * one: what an ordinary socket does is what is expected.
 */
TEST_F(stream, shutdown_wakes_who_connects)
{
	int expected;

	ASSERT_LE(0, listener_full(&self->addr));
	expected = shutdown_while_connecting(_metadata, &plain_face,
					     &self->addr);
	EXPECT_TRUE(expected == 0 || expected == -EBUSY);
	EXPECT_EQ(expected, shutdown_while_connecting(_metadata, self->face,
						      &self->addr));
}

TEST_HARNESS_MAIN
