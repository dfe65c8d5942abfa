// SPDX-License-Identifier: GPL-2.0-only
/*
 * What goes before the timeout of a call: flags of the file and of the call that
 * have it not wait at all, and what is never waited for.
 */
#include "timed.h"
#include "bulk.h"

TEST_F(timed, o_nonblock_and_msg_dontwait_do_not_wait_at_all)
{
	struct pair pair;
	char byte;

	ASSERT_EQ(0, pair_of(&pair, &ksock_face, variant->family,
			     variant->type));
	EXPECT_EQ(-EAGAIN, self->by->recv(pair.fd, &byte, 1, MSG_DONTWAIT,
					  LATE));
	ASSERT_EQ(0, fcntl(pair.fd, F_SETFL, O_NONBLOCK));
	EXPECT_EQ(-EAGAIN, self->by->recv(pair.fd, &byte, 1, 0, LATE));
	ASSERT_EQ(1, face_send(&plain_face, pair.peer, "x", 1, 0));
	ASSERT_EQ(POLLIN, wait_events(pair.fd, POLLIN, WAIT_MS));
	EXPECT_EQ(1, self->by->recv(pair.fd, &byte, 1, 0, LATE));
}

TEST_F(timed_stream, o_nonblock_and_msg_dontwait_do_not_wait_for_room)
{
	struct pair pair;

	ASSERT_EQ(0, pair_of_streams(&pair, &ksock_face, variant->family));
	ASSERT_LT(0, fill(&ksock_face, pair.fd));
	EXPECT_EQ(-EAGAIN, self->by->send(pair.fd, "x", 1, MSG_DONTWAIT, LATE));
	ASSERT_EQ(0, fcntl(pair.fd, F_SETFL, O_NONBLOCK));
	EXPECT_EQ(-EAGAIN, self->by->send(pair.fd, "x", 1, 0, LATE));
}

TEST_F(timed_stream, o_nonblock_does_not_wait_for_a_connection)
{
	struct addr other = addr_loopback(variant->family, PORT + 1);
	int listener, fd;

	ASSERT_LE(0, listener_full(&other));
	listener = listener_at(&ksock_face, &self->addr, 1);
	ASSERT_LE(0, listener);
	ASSERT_EQ(0, fcntl(listener, F_SETFL, O_NONBLOCK));
	EXPECT_EQ(-EAGAIN, timed_accept(listener, LATE));
	fd = ksock_socket(variant->family, SOCK_STREAM | SOCK_NONBLOCK, 0);
	ASSERT_LE(0, fd);
	EXPECT_EQ(-EINPROGRESS, timed_connect(fd, &other, LATE));
	EXPECT_EQ(-EALREADY, timed_connect(fd, &other, LATE));
}

TEST_F(timed, peek_of_all_with_a_timeout_fails_with_einval)
{
	struct pair pair;
	char byte;

	ASSERT_EQ(0, pair_of(&pair, &ksock_face, variant->family,
			     variant->type));
	ASSERT_EQ(1, face_send(&plain_face, pair.peer, "x", 1, 0));
	ASSERT_EQ(POLLIN, wait_events(pair.fd, POLLIN, WAIT_MS));
	EXPECT_EQ(-EINVAL, self->by->recv(pair.fd, &byte, 1,
					  MSG_PEEK | MSG_WAITALL, 1));
	EXPECT_EQ(-EINVAL, self->by->recv(pair.fd, &byte, 1,
					  MSG_PEEK | MSG_WAITALL |
					  MSG_DONTWAIT, LATE));
	EXPECT_EQ(1, self->by->recv(pair.fd, &byte, 1, MSG_PEEK | MSG_WAITALL,
				    0));
}

TEST_F(timed, queue_of_errors_is_not_waited_for)
{
	struct pair pair;
	char byte;

	ASSERT_EQ(0, pair_of(&pair, &ksock_face, variant->family,
			     variant->type));
	EXPECT_EQ(-EAGAIN, self->by->recv(pair.fd, &byte, 1, MSG_ERRQUEUE,
					  LATE));
	ASSERT_EQ(0, ksock_shutdown(pair.fd, SHUT_RD));
	EXPECT_EQ(-EAGAIN, self->by->recv(pair.fd, &byte, 1, MSG_ERRQUEUE,
					  LATE));
}

TEST_F(timed_stream, urgent_data_is_not_waited_for)
{
	struct pair pair;
	char byte;

	ASSERT_EQ(0, pair_of_streams(&pair, &ksock_face, variant->family));
	EXPECT_EQ(-EINVAL, self->by->recv(pair.fd, &byte, 1, MSG_OOB, LATE));
}

/* They have none, and what may be sent or received as such is as any other. */
TEST_F(timed_stream, urgent_datagrams_are_waited_for)
{
	struct pair pair;
	char byte;

	ASSERT_EQ(0, pair_of(&pair, &ksock_face, variant->family, SOCK_DGRAM));
	EXPECT_EXPIRES(-EAGAIN, SOON,
		       self->by->recv(pair.fd, &byte, 1, MSG_OOB, SOON));
	ASSERT_EQ(1, face_send(&plain_face, pair.peer, "x", 1, 0));
	EXPECT_EQ(1, self->by->recv(pair.fd, &byte, 1, MSG_OOB, LATE));
}

TEST_HARNESS_MAIN
