// SPDX-License-Identifier: GPL-2.0-only
/*
 * splice(2) of sockets: when it waits, what ends it, and how it fails, each
 * time as an ordinary socket does on the same kernel.
 */
#include "splice.h"
#include "bulk.h"

/* ---- Waiting ------------------------------------------------------------- */

TEST_F(socket, splice_from_a_socket_waits_for_data)
{
	static const unsigned int flags[] = { 0, SPLICE_F_MOVE };
	struct splice_call call = {
		.call.run = call_splice, .call.len = PIPE_ROOM,
	};
	struct pair pair;
	int ends[2];
	char buf[8];
	size_t i;

	ASSERT_EQ(0, pipe2(ends, O_CLOEXEC));
	ASSERT_EQ(0, pair_of(&pair, self->face, variant->family,
			     variant->type));
	call.from = pair.fd;
	call.call.fd = ends[1];
	for (i = 0; i < ARRAY_SIZE(flags); i++) {
		call.call.flags = flags[i];
		ASSERT_EQ(0, call_start(&call.call));
		ASSERT_TRUE(call_sleeps(&call.call));
		ASSERT_EQ(5, face_send(&plain_face, pair.peer, "hello", 5, 0));
		EXPECT_EQ(5, call_end(&call.call));
		EXPECT_EQ(5, read(ends[0], buf, sizeof(buf)));
		EXPECT_EQ(0, memcmp("hello", buf, 5));
	}
}

TEST_F(socket, splice_from_a_socket_without_data_is_eagain_with_o_nonblock)
{
	struct splice_call call = { .call.run = call_splice, .call.len = 1 };
	struct pair pair;
	int ends[2];

	ASSERT_EQ(0, pipe2(ends, O_CLOEXEC));
	ASSERT_EQ(0, pair_of(&pair, self->face, variant->family,
			     variant->type));
	ASSERT_EQ(0, fcntl(pair.fd, F_SETFL, O_NONBLOCK));
	EXPECT_EQ(-EAGAIN, splice_from_to(pair.fd, ends[1], 1, 0));
	EXPECT_EQ(-EAGAIN, splice_from_to(pair.fd, ends[1], 1,
					  SPLICE_F_NONBLOCK));

	/* And waits again once it is off. */
	ASSERT_EQ(0, fcntl(pair.fd, F_SETFL, 0));
	call.from = pair.fd;
	call.call.fd = ends[1];
	ASSERT_EQ(0, call_start(&call.call));
	ASSERT_TRUE(call_sleeps(&call.call));
	ASSERT_EQ(1, face_send(&plain_face, pair.peer, "x", 1, 0));
	EXPECT_EQ(1, call_end(&call.call));
}

/* Whether a splice from a socket without data sleeps, which data then ends. */
static bool splice_waits(struct __test_metadata *_metadata,
			 const struct face *face, int family, int type,
			 unsigned int flags)
{
	struct splice_call call = {
		.call.run = call_splice, .call.len = 1, .call.flags = flags,
	};
	struct pair pair;
	int ends[2];
	bool waits;

	ASSERT_EQ(0, pipe2(ends, O_CLOEXEC));
	ASSERT_EQ(0, pair_of(&pair, face, family, type));
	call.from = pair.fd;
	call.call.fd = ends[1];
	ASSERT_EQ(0, call_start(&call.call));
	waits = call_sleeps(&call.call);
	if (waits)
		ASSERT_EQ(1, face_send(&plain_face, pair.peer, "x", 1, 0));
	EXPECT_EQ(waits ? 1 : -EAGAIN, call_end(&call.call));
	close(pair.fd);
	close(pair.peer);
	return waits;
}

/* It speaks of the pipe. */
TEST_F(socket, splice_f_nonblock_is_to_the_socket_what_it_is_to_a_plain_one)
{
	bool expected;

	expected = splice_waits(_metadata, &plain_face, variant->family,
				variant->type, SPLICE_F_NONBLOCK);
	EXPECT_EQ(expected, splice_waits(_metadata, self->face, variant->family,
					 variant->type, SPLICE_F_NONBLOCK));
}

TEST_F(stream, splice_to_a_full_socket_waits_for_room)
{
	struct splice_call call = { .call.run = call_splice, .call.len = 5 };
	struct pair pair;
	size_t taken;
	int ends[2];
	char buf[8];

	ASSERT_EQ(0, pipe2(ends, O_CLOEXEC));
	ASSERT_EQ(5, write(ends[1], "hello", 5));
	ASSERT_EQ(0, pair_of_streams(&pair, self->face, variant->family));
	taken = fill(self->face, pair.fd);
	call.from = ends[0];
	call.call.fd = pair.fd;
	ASSERT_EQ(0, call_start(&call.call));
	ASSERT_TRUE(call_sleeps(&call.call));
	ASSERT_EQ(0, drain(&plain_face, pair.peer, taken));
	EXPECT_EQ(5, call_end(&call.call));
	EXPECT_EQ(5, face_recv(&plain_face, pair.peer, buf, 5, MSG_WAITALL));
	EXPECT_EQ(0, memcmp("hello", buf, 5));
}

TEST_F(stream, splice_to_a_full_socket_is_eagain_with_o_nonblock)
{
	struct pair pair;
	int ends[2];
	char buf[8];

	ASSERT_EQ(0, pipe2(ends, O_CLOEXEC));
	ASSERT_EQ(5, write(ends[1], "hello", 5));
	ASSERT_EQ(0, pair_of_streams(&pair, self->face, variant->family));
	ASSERT_LT(0, fill(self->face, pair.fd));
	ASSERT_EQ(0, fcntl(pair.fd, F_SETFL, O_NONBLOCK));
	EXPECT_EQ(-EAGAIN, splice_from_to(ends[0], pair.fd, 5, 0));

	/* What could not go stays in the pipe. */
	EXPECT_EQ(5, read(ends[0], buf, sizeof(buf)));
	EXPECT_EQ(0, memcmp("hello", buf, 5));
}

TEST_F(socket, splice_from_an_empty_pipe_waits_unless_told)
{
	struct splice_call call = { .call.run = call_splice, .call.len = 5 };
	struct pair pair;
	int ends[2];
	char buf[8];

	ASSERT_EQ(0, pipe2(ends, O_CLOEXEC));
	ASSERT_EQ(0, pair_of(&pair, self->face, variant->family,
			     variant->type));
	EXPECT_EQ(-EAGAIN, splice_from_to(ends[0], pair.fd, 5,
					  SPLICE_F_NONBLOCK));
	call.from = ends[0];
	call.call.fd = pair.fd;
	ASSERT_EQ(0, call_start(&call.call));
	ASSERT_TRUE(call_sleeps(&call.call));
	ASSERT_EQ(5, write(ends[1], "hello", 5));
	EXPECT_EQ(5, call_end(&call.call));
	EXPECT_EQ(5, face_recv(&plain_face, pair.peer, buf, sizeof(buf), 0));
}

TEST_F(stream, splice_from_a_socket_into_a_full_pipe_takes_nothing)
{
	static char page[4096];
	struct pair pair;
	int ends[2];
	char byte;

	ASSERT_EQ(0, pipe2(ends, O_CLOEXEC | O_NONBLOCK));
	while (write(ends[1], page, sizeof(page)) > 0)
		;
	ASSERT_EQ(0, pair_of_streams(&pair, self->face, variant->family));
	ASSERT_EQ(1, face_send(&plain_face, pair.peer, "x", 1, 0));
	ASSERT_EQ(POLLIN, wait_events(pair.fd, POLLIN, WAIT_MS));
	EXPECT_EQ(-EAGAIN, splice_from_to(pair.fd, ends[1], 1, 0));
	EXPECT_EQ(1, face_recv(self->face, pair.fd, &byte, 1, MSG_DONTWAIT));
	EXPECT_EQ('x', byte);
}

TEST_F(socket, splice_that_a_signal_interrupts_fails_with_eintr)
{
	struct splice_call call = { .call.run = call_splice, .call.len = 1 };
	struct pair pair;
	int ends[2];

	ASSERT_EQ(0, signal_handle(SIGUSR1, 0));
	ASSERT_EQ(0, pipe2(ends, O_CLOEXEC));
	ASSERT_EQ(0, pair_of(&pair, self->face, variant->family,
			     variant->type));
	call.from = pair.fd;
	call.call.fd = ends[1];
	ASSERT_EQ(0, call_start(&call.call));
	ASSERT_TRUE(call_sleeps(&call.call));
	ASSERT_EQ(0, pthread_kill(call.call.thread, SIGUSR1));
	EXPECT_EQ(-EINTR, call_end(&call.call));
}

TEST_F(socket, shutdown_wakes_who_splices_from_a_socket)
{
	struct splice_call call = { .call.run = call_splice, .call.len = 1 };
	struct pair pair;
	int ends[2];

	ASSERT_EQ(0, pipe2(ends, O_CLOEXEC));
	ASSERT_EQ(0, pair_of(&pair, self->face, variant->family,
			     variant->type));
	call.from = pair.fd;
	call.call.fd = ends[1];
	ASSERT_EQ(0, call_start(&call.call));
	ASSERT_TRUE(call_sleeps(&call.call));
	ASSERT_EQ(0, self->face->shutdown(pair.fd, SHUT_RD));
	EXPECT_EQ(0, call_end(&call.call));
}

/* ---- Ends and errors ----------------------------------------------------- */

TEST_F(stream, splice_from_a_socket_returns_0_at_the_end_of_the_stream)
{
	struct pair pair;
	int ends[2];

	ASSERT_EQ(0, pipe2(ends, O_CLOEXEC));
	ASSERT_EQ(0, pair_of_streams(&pair, self->face, variant->family));
	ASSERT_EQ(3, face_send(&plain_face, pair.peer, "end", 3, 0));
	ASSERT_EQ(0, close(pair.peer));
	EXPECT_EQ(3, splice_from_to(pair.fd, ends[1], PIPE_ROOM, 0));
	EXPECT_EQ(0, splice_from_to(pair.fd, ends[1], PIPE_ROOM, 0));
	EXPECT_EQ(0, splice_from_to(pair.fd, ends[1], PIPE_ROOM, 0));
}

TEST_F(stream, splice_after_a_reset_fails_with_econnreset_once)
{
	static const struct linger reset = { .l_onoff = 1 };
	struct pair pair;
	int ends[2];

	ASSERT_EQ(0, pipe2(ends, O_CLOEXEC));
	ASSERT_EQ(0, pair_of_streams(&pair, self->face, variant->family));
	ASSERT_EQ(0, plain_setsockopt(pair.peer, SOL_SOCKET, SO_LINGER, &reset,
				      sizeof(reset)));
	ASSERT_EQ(0, close(pair.peer));
	ASSERT_LT(0, wait_events(pair.fd, POLLIN, WAIT_MS));
	EXPECT_EQ(-ECONNRESET, splice_from_to(pair.fd, ends[1], 1, 0));
	EXPECT_EQ(0, splice_from_to(pair.fd, ends[1], 1, 0));
}

TEST_F(stream, splice_to_a_socket_that_was_shut_down_is_epipe_and_sigpipe)
{
	struct pair pair;
	int ends[2];
	char byte;

	ASSERT_EQ(0, signal_handle(SIGPIPE, 0));
	ASSERT_EQ(0, pipe2(ends, O_CLOEXEC));
	ASSERT_EQ(1, write(ends[1], "x", 1));
	ASSERT_EQ(0, pair_of_streams(&pair, self->face, variant->family));
	ASSERT_EQ(0, self->face->shutdown(pair.fd, SHUT_WR));
	EXPECT_EQ(-EPIPE, splice_from_to(ends[0], pair.fd, 1, 0));
	EXPECT_EQ(1, signals);
	EXPECT_EQ(1, read(ends[0], &byte, 1));
}

/* As a reader that has gone, which is no matter of the socket. */
TEST_F(socket, splice_into_a_pipe_without_a_reader_is_epipe_and_sigpipe)
{
	struct pair pair;
	int ends[2];

	ASSERT_EQ(0, signal_handle(SIGPIPE, 0));
	ASSERT_EQ(0, pipe2(ends, O_CLOEXEC));
	ASSERT_EQ(0, close(ends[0]));
	ASSERT_EQ(0, pair_of(&pair, self->face, variant->family,
			     variant->type));
	ASSERT_EQ(1, face_send(&plain_face, pair.peer, "x", 1, 0));
	EXPECT_EQ(-EPIPE, splice_from_to(pair.fd, ends[1], 1, 0));
	EXPECT_EQ(1, signals);
}

/* What a splice answers from, or to, a socket in a state that it is not for. */
struct answers {
	int from;
	int to;
	int offset_from;
	int offset_to;
	int signals;
};

static struct answers answers_of(struct __test_metadata *_metadata, int fd)
{
	struct answers answers;
	loff_t offset = 0;
	int ends[2];

	signals = 0;
	ASSERT_EQ(0, signal_handle(SIGPIPE, 0));
	ASSERT_EQ(0, pipe2(ends, O_CLOEXEC));
	ASSERT_EQ(0, fcntl(fd, F_SETFL, O_NONBLOCK));
	answers.from = splice_from_to(fd, ends[1], 1, 0);
	ASSERT_EQ(1, write(ends[1], "x", 1));
	answers.offset_from = ret_errno(splice(fd, &offset, ends[1], NULL, 1,
					       0));
	answers.offset_to = ret_errno(splice(ends[0], NULL, fd, &offset, 1,
					     0));
	answers.to = splice_from_to(ends[0], fd, 1, 0);
	answers.signals = signals;
	EXPECT_EQ(0, offset);
	close(ends[0]);
	close(ends[1]);
	return answers;
}

#define EXPECT_ANSWERS(_expected, _answers)				\
	do {								\
		EXPECT_EQ((_expected).from, (_answers).from);		\
		EXPECT_EQ((_expected).to, (_answers).to);		\
		EXPECT_EQ((_expected).offset_from, (_answers).offset_from); \
		EXPECT_EQ((_expected).offset_to, (_answers).offset_to);	\
		EXPECT_EQ((_expected).signals, (_answers).signals);	\
	} while (0)

TEST_F(socket, splice_of_an_unconnected_socket_fails_as_of_a_plain_one)
{
	struct answers expected, answers;
	int plain, fd;

	plain = plain_socket(variant->family, variant->type, 0);
	ASSERT_LE(0, plain);
	expected = answers_of(_metadata, plain);
	fd = self->face->socket(variant->family, variant->type, 0);
	ASSERT_LE(0, fd);
	answers = answers_of(_metadata, fd);
	EXPECT_GT(0, answers.from);
	EXPECT_GT(0, answers.to);
	EXPECT_GT(0, answers.offset_from);
	EXPECT_GT(0, answers.offset_to);
	EXPECT_ANSWERS(expected, answers);
}

TEST_F(stream, splice_of_a_listener_fails_as_of_a_plain_one)
{
	struct addr other = addr_loopback(variant->family, PORT + 1);
	struct answers expected, answers;
	int plain, fd;

	plain = listener_at(&plain_face, &other, 1);
	ASSERT_LE(0, plain);
	expected = answers_of(_metadata, plain);
	fd = listener_at(self->face, &self->addr, 1);
	ASSERT_LE(0, fd);
	answers = answers_of(_metadata, fd);
	EXPECT_GT(0, answers.from);
	EXPECT_GT(0, answers.to);
	EXPECT_ANSWERS(expected, answers);
}

TEST_F(socket, splice_at_an_offset_fails_as_of_a_plain_one)
{
	struct answers expected, answers;
	struct pair pair;

	ASSERT_EQ(0, pair_of(&pair, &plain_face, variant->family,
			     variant->type));
	expected = answers_of(_metadata, pair.fd);
	ASSERT_EQ(0, close(pair.fd));
	ASSERT_EQ(0, close(pair.peer));
	ASSERT_EQ(0, pair_of(&pair, self->face, variant->family,
			     variant->type));
	answers = answers_of(_metadata, pair.fd);
	EXPECT_EQ(-EAGAIN, answers.from);
	EXPECT_EQ(1, answers.to);
	EXPECT_GT(0, answers.offset_from);
	EXPECT_GT(0, answers.offset_to);
	EXPECT_ANSWERS(expected, answers);
}

TEST_F(socket, splice_between_sockets_without_a_pipe_fails_with_einval)
{
	struct pair pair;

	ASSERT_EQ(0, pair_of(&pair, self->face, variant->family,
			     variant->type));
	EXPECT_EQ(-EINVAL, splice_from_to(pair.fd, pair.peer, 1, 0));
	EXPECT_EQ(-EINVAL, splice_from_to(pair.peer, pair.fd, 1, 0));
	EXPECT_EQ(-EINVAL, splice_from_to(pair.fd, pair.fd, 1, 0));
}

TEST_F(dgram, splice_of_more_than_a_datagram_holds_fails_as_of_a_plain_one)
{
	/* Across the bounds of pages it would not fit into the pipe. */
	static char out[PIPE_ROOM] __attribute__((aligned(4096)));
	const struct face *faces[] = { &plain_face, self->face };
	ssize_t answers[2];
	struct pair pair;
	int ends[2], i;

	for (i = 0; i < 2; i++) {
		ASSERT_EQ(0, pipe2(ends, O_CLOEXEC));
		ASSERT_EQ(0, vmsplice_all(ends[1], out, sizeof(out)));
		ASSERT_EQ(0, pair_of_dgrams(&pair, faces[i], variant->family));
		answers[i] = splice_from_to(ends[0], pair.fd, sizeof(out), 0);
		close(pair.fd);
		close(pair.peer);
	}
	EXPECT_EQ(answers[0], answers[1]);
}

TEST(splice_of_a_context_fails_with_einval)
{
	int ends[2];

	SETUP_KSOCK();
	ASSERT_EQ(0, pipe2(ends, O_CLOEXEC));
	ASSERT_EQ(1, write(ends[1], "x", 1));
	EXPECT_EQ(-EINVAL, splice_from_to(ksock_ctx, ends[1], 1, 0));
	EXPECT_EQ(-EINVAL, splice_from_to(ends[0], ksock_ctx, 1, 0));
}

TEST_HARNESS_MAIN
