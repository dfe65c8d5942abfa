// SPDX-License-Identifier: GPL-2.0-only
/*
 * Calls that move data, and those that end the connection under them.
 */
#include "race_scene.h"
#include "splice.h"

/* ---- Receiving ----------------------------------------------------------- */

static ssize_t side_peek(void)
{
	return scene_recv(scene.fd, MSG_PEEK);
}

/* Its waiting is the module's own, not the stack's. */
static ssize_t side_timed_recv(void)
{
	unsigned char byte;
	ssize_t ret = timed_recv(scene.fd, &byte, 1, 0, LATE);

	return ret == 1 ? byte : ret;
}

static ssize_t side_close_other(void)
{
	int other = scene.other;

	scene.other = -1;
	return ret_errno(close(other));
}

static ssize_t side_peer_resets(void)
{
	int peer = scene.peer;

	scene.peer = -1;
	return ret_errno(close(peer));
}

/* What a receive finds that comes too late; -EAGAIN when there is nothing. */
static int end_rest(const ssize_t ret[2])
{
	return scene_end(scene_recv(scene.fd, MSG_DONTWAIT));
}

static int begin_byte_and_dup(void)
{
	int ret = begin_byte();

	scene.other = dup(scene.fd);
	return ret;
}

TEST_F(race, recv_meets_close)
{
	struct race race = {
		.begin = begin_byte,
		.call = { side_recv, side_close },
		.end = end_peer_finds,
		.outcomes = {
			SURE('a', 0, 0),
			SURE(-EBADF, 0, -ECONNRESET),
		},
	};

	EXPECT_RACED(&race);
}

TEST_F(race, recv_meets_close_of_another_descriptor)
{
	struct race race = {
		.begin = begin_byte_and_dup,
		.call = { side_recv, side_close_other },
		.end = end_peer_finds_now,
		.outcomes = { SURE('a', 0, -EAGAIN) },
	};

	EXPECT_RACED(&race);
}

TEST_F(race, recv_about_to_sleep_is_woken_by_shutdown)
{
	struct race race = {
		.begin = begin_stream,
		.call = { side_recv, side_shutdown },
		.end = end_peer_finds,
		.outcomes = { SURE(0, 0, 0) },
	};

	EXPECT_RACED(&race);
}

TEST_F(race, recv_about_to_sleep_is_woken_by_data)
{
	struct race race = {
		.begin = begin_stream,
		.call = { side_recv, side_peer_sends },
		.end = end_rest,
		.outcomes = { SURE('a', 1, -EAGAIN) },
	};

	EXPECT_RACED(&race);
}

TEST_F(race, recv_about_to_sleep_is_woken_by_a_reset)
{
	struct race race = {
		.begin = begin_stream,
		.call = { side_recv, side_peer_resets },
		.end = end_rest,
		.outcomes = { SURE(-ECONNRESET, 0, 0) },
	};

	EXPECT_RACED(&race);
}

TEST_F(race, timed_recv_about_to_sleep_is_woken_by_shutdown)
{
	struct race race = {
		.begin = begin_stream,
		.call = { side_timed_recv, side_shutdown },
		.end = end_peer_finds,
		.outcomes = { SURE(0, 0, 0) },
	};

	EXPECT_RACED(&race);
}

TEST_F(race, timed_recv_about_to_sleep_is_woken_by_data)
{
	struct race race = {
		.begin = begin_stream,
		.call = { side_timed_recv, side_peer_sends },
		.end = end_rest,
		.outcomes = { SURE('a', 1, -EAGAIN) },
	};

	EXPECT_RACED(&race);
}

TEST_F(race, recv_meets_abort)
{
	struct race race = {
		.begin = begin_byte,
		.call = { side_recv, side_abort },
		.end = end_peer_finds,
		.outcomes = {
			SURE('a', 0, -ECONNRESET),
			SURE(-ECONNRESET, 0, -ECONNRESET),
			RARE(-ENOTCONN, 0, -ECONNRESET),
		},
	};

	EXPECT_RACED(&race);
}

TEST_F(race, two_receives_get_a_byte_each)
{
	struct race race = {
		.begin = begin_bytes,
		.call = { side_recv, side_recv },
		.end = end_rest,
		.outcomes = {
			SURE('a', 'b', -EAGAIN),
			SURE('b', 'a', -EAGAIN),
		},
	};

	EXPECT_RACED(&race);
}

TEST_F(race, peek_sees_what_a_receive_leaves)
{
	struct race race = {
		.begin = begin_bytes,
		.call = { side_recv, side_peek },
		.end = end_rest,
		.outcomes = {
			SURE('a', 'a', 'b'),
			SURE('a', 'b', 'b'),
		},
	};

	EXPECT_RACED(&race);
}

/* ---- Sending ------------------------------------------------------------- */

#define MESSAGE		1200

/* Both ends of datagrams, with no more than the loopback between them. */
static int begin_dgram(void)
{
	struct addr addr = addr_loopback(AF_INET, 0);
	int ret;

	scene.peer = plain_socket(AF_INET, SOCK_DGRAM, 0);
	ret = plain_bind(scene.peer, &addr.sa, addr.len);
	ret = ret ?: plain_getsockname(scene.peer, &addr.sa, &addr.len);
	scene.fd = ksock_socket(AF_INET, SOCK_DGRAM, 0);
	return ret ?: ksock_connect(scene.fd, &addr.sa, addr.len);
}

static ssize_t scene_send_message(char byte)
{
	char message[MESSAGE];

	memset(message, byte, sizeof(message));
	return face_send(&ksock_face, scene.fd, message, sizeof(message), 0);
}

static ssize_t side_send_message(void)
{
	return scene_send_message('a');
}

static ssize_t side_send_message_too(void)
{
	return scene_send_message('b');
}

/* The byte that a whole message is made of, 0 when it is not whole. */
static int peer_finds_message(void)
{
	char message[MESSAGE + 1];
	int i;

	if (wait_events(scene.peer, POLLIN, WAIT_MS) != POLLIN ||
	    face_recv(&plain_face, scene.peer, message, sizeof(message),
		      MSG_DONTWAIT) != MESSAGE)
		return 0;
	for (i = 1; i < MESSAGE; i++) {
		if (message[i] != message[0])
			return 0;
	}
	return message[0];
}

/* Which message came first, 0 when they are not one of each. */
static int end_messages(const ssize_t ret[2])
{
	int first = peer_finds_message(), second = peer_finds_message();

	return scene_end(first + second == 'a' + 'b' ? first : 0);
}

/* A connection that takes no more until its peer reads. */
static int begin_full(void)
{
	static char bulk[65536];
	int ret = begin_stream();

	while (!ret &&
	       face_send(&ksock_face, scene.fd, bulk, sizeof(bulk),
			 MSG_DONTWAIT) > 0)
		;
	return ret;
}

static ssize_t side_timed_send(void)
{
	return timed_send(scene.fd, "x", 1, MSG_NOSIGNAL, LATE);
}

TEST_F(race, send_meets_close)
{
	struct race race = {
		.begin = begin_stream,
		.call = { side_send, side_close },
		.end = end_peer_finds,
		.outcomes = {
			SURE(1, 0, 'x'),
			SURE(-EBADF, 0, 0),
		},
	};

	EXPECT_RACED(&race);
}

TEST_F(race, send_meets_shutdown)
{
	struct race race = {
		.begin = begin_stream,
		.call = { side_send, side_shutdown },
		.end = end_peer_finds,
		.outcomes = {
			SURE(1, 0, 'x'),
			SURE(-EPIPE, 0, 0),
		},
	};

	EXPECT_RACED(&race);
}

TEST_F(race, send_meets_abort)
{
	struct race race = {
		.begin = begin_stream,
		.call = { side_send, side_abort },
		.end = end_plain,
		.outcomes = {
			SURE(1, 0, 0),
			SURE(-ECONNRESET, 0, 0),
			RARE(-EPIPE, 0, 0),
		},
	};

	EXPECT_RACED(&race);
}

TEST_F(race, send_about_to_sleep_is_woken_by_shutdown)
{
	struct race race = {
		.begin = begin_full,
		.call = { side_send, side_shutdown },
		.end = end_plain,
		.outcomes = {
			SURE(-EPIPE, 0, 0),
			/* What was on its way when the socket was full has come. */
			RARE(1, 0, 0),
		},
	};

	EXPECT_RACED(&race);
}

TEST_F(race, timed_send_about_to_sleep_is_woken_by_shutdown)
{
	struct race race = {
		.begin = begin_full,
		.call = { side_timed_send, side_shutdown },
		.end = end_plain,
		.outcomes = {
			SURE(-EPIPE, 0, 0),
			RARE(1, 0, 0),
		},
	};

	EXPECT_RACED(&race);
}

TEST_F(race, two_sends_of_datagrams_are_two_messages)
{
	struct race race = {
		.begin = begin_dgram,
		.call = { side_send_message, side_send_message_too },
		.end = end_messages,
		.outcomes = {
			SURE(MESSAGE, MESSAGE, 'a'),
			SURE(MESSAGE, MESSAGE, 'b'),
		},
	};

	EXPECT_RACED(&race);
}

/* ---- Options ------------------------------------------------------------- */

static ssize_t side_set_priority(void)
{
	int priority = 5;

	return ksock_setsockopt(scene.fd, SOL_SOCKET, SO_PRIORITY, &priority,
				sizeof(priority));
}

static ssize_t side_get_priority(void)
{
	socklen_t len = sizeof(int);
	int priority, ret;

	ret = ksock_getsockopt(scene.fd, SOL_SOCKET, SO_PRIORITY, &priority,
			       &len);
	return ret ?: priority;
}

TEST_F(race, getsockopt_tells_what_was_set_or_what_was_before)
{
	struct race race = {
		.begin = begin_socket,
		.call = { side_set_priority, side_get_priority },
		.end = end_plain,
		.outcomes = {
			SURE(0, 0, 0),
			SURE(0, 5, 0),
		},
	};

	EXPECT_RACED(&race);
}

/* ---- Splicing ------------------------------------------------------------ */

static int begin_splice(void)
{
	int ret = begin_stream();

	return ret ?: ret_errno(pipe(scene.pipe));
}

static ssize_t side_splice(void)
{
	return splice_from_to(scene.fd, scene.pipe[1], 16, 0);
}

TEST_F(race, splice_about_to_sleep_is_woken_by_shutdown)
{
	struct race race = {
		.begin = begin_splice,
		.call = { side_splice, side_shutdown },
		.end = end_peer_finds,
		.outcomes = { SURE(0, 0, 0) },
	};

	EXPECT_RACED(&race);
}

TEST_F(race, splice_about_to_sleep_is_woken_by_data)
{
	struct race race = {
		.begin = begin_splice,
		.call = { side_splice, side_peer_sends },
		.end = end_rest,
		.outcomes = { SURE(1, 1, -EAGAIN) },
	};

	EXPECT_RACED(&race);
}

TEST_HARNESS_MAIN
