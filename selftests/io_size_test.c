// SPDX-License-Identifier: GPL-2.0-only
/*
 * Moving data that does not fit: what is cut, what waits, what is refused.
 */
#include "fixture.h"
#include "pattern.h"

TEST_F(dgram, recv_cuts_a_datagram_and_says_so)
{
	struct pair pair;
	char buf[] = "-----";
	int flags = 0;

	ASSERT_EQ(0, pair_of_dgrams(&pair, self->face, variant->family));
	ASSERT_EQ(5, face_send(&plain_face, pair.peer, "hello", 5, 0));
	ASSERT_EQ(1, face_send(&plain_face, pair.peer, "x", 1, 0));
	EXPECT_EQ(3, self->face->recvfrom(pair.fd, buf, 3, &flags, NULL, NULL));
	EXPECT_EQ(MSG_TRUNC, flags);
	EXPECT_STREQ("hel--", buf);

	/* What was cut off is lost. */
	flags = 0;
	EXPECT_EQ(1, self->face->recvfrom(pair.fd, buf, 3, &flags, NULL, NULL));
	EXPECT_EQ(0, flags);
	EXPECT_EQ('x', buf[0]);
}

TEST_F(dgram, recv_with_msg_trunc_returns_the_true_length)
{
	struct pair pair;
	char buf[] = "-----";
	int flags = MSG_TRUNC;

	ASSERT_EQ(0, pair_of_dgrams(&pair, self->face, variant->family));
	ASSERT_EQ(5, face_send(&plain_face, pair.peer, "hello", 5, 0));
	EXPECT_EQ(5, self->face->recvfrom(pair.fd, buf, 3, &flags, NULL, NULL));
	EXPECT_EQ(MSG_TRUNC, flags);
	EXPECT_STREQ("hel--", buf);
}

TEST_F(dgram, recv_peeks_at_the_length_of_the_next_datagram)
{
	int flags = MSG_PEEK | MSG_TRUNC;
	struct pair pair;
	char buf[16];

	ASSERT_EQ(0, pair_of_dgrams(&pair, self->face, variant->family));
	ASSERT_EQ(5, face_send(&plain_face, pair.peer, "hello", 5, 0));
	EXPECT_EQ(5, self->face->recvfrom(pair.fd, NULL, 0, &flags, NULL,
					  NULL));
	EXPECT_EQ(MSG_TRUNC, flags);
	EXPECT_EQ(5, face_recv(self->face, pair.fd, buf, sizeof(buf), 0));
}

TEST_F(stream, recv_with_msg_trunc_discards)
{
	struct pair pair;
	char buf[] = "-----";

	ASSERT_EQ(0, pair_of_streams(&pair, self->face, variant->family));
	ASSERT_EQ(5, face_send(&plain_face, pair.peer, "hello", 5, 0));
	EXPECT_EQ(3, face_recv(self->face, pair.fd, buf, 3, MSG_TRUNC));
	EXPECT_STREQ("-----", buf);
	EXPECT_EQ(2, face_recv(self->face, pair.fd, buf, 5, 0));
	EXPECT_STREQ("lo---", buf);
}

TEST_F(socket, recv_peeks_without_taking)
{
	struct pair pair;
	char buf[16];
	int i;

	ASSERT_EQ(0, pair_of(&pair, self->face, variant->family,
			     variant->type));
	ASSERT_EQ(5, face_send(&plain_face, pair.peer, "hello", 5, 0));
	for (i = 0; i < 3; i++) {
		memset(buf, 0, sizeof(buf));
		EXPECT_EQ(5, face_recv(self->face, pair.fd, buf, sizeof(buf),
				       i < 2 ? MSG_PEEK : 0));
		EXPECT_STREQ("hello", buf);
	}
	EXPECT_EQ(-EAGAIN, face_recv(self->face, pair.fd, buf, sizeof(buf),
				     MSG_DONTWAIT));
}

TEST_F(stream, recv_with_msg_waitall_waits_for_all)
{
	char buf[10];
	struct call call = {
		.run = call_recv, .face = self->face, .buf = buf,
		.len = sizeof(buf), .flags = MSG_WAITALL,
	};
	struct pair pair;

	ASSERT_EQ(0, pair_of_streams(&pair, self->face, variant->family));
	call.fd = pair.fd;
	ASSERT_EQ(4, face_send(&plain_face, pair.peer, "0123", 4, 0));
	ASSERT_EQ(POLLIN, wait_events(pair.fd, POLLIN, WAIT_MS));
	ASSERT_EQ(0, call_start(&call));
	ASSERT_TRUE(call_sleeps(&call));
	ASSERT_EQ(4, face_send(&plain_face, pair.peer, "4567", 4, 0));
	ASSERT_TRUE(call_sleeps(&call));
	ASSERT_EQ(2, face_send(&plain_face, pair.peer, "89", 2, 0));
	EXPECT_EQ(10, call_end(&call));
	EXPECT_EQ(0, memcmp("0123456789", buf, 10));
}

TEST_F(stream, recv_with_msg_waitall_ends_with_the_stream)
{
	struct pair pair;
	char buf[10];

	ASSERT_EQ(0, pair_of_streams(&pair, self->face, variant->family));
	ASSERT_EQ(4, face_send(&plain_face, pair.peer, "0123", 4, 0));
	ASSERT_EQ(0, close(pair.peer));
	EXPECT_EQ(4, face_recv(self->face, pair.fd, buf, sizeof(buf),
			       MSG_WAITALL));
	EXPECT_EQ(0, face_recv(self->face, pair.fd, buf, sizeof(buf),
			       MSG_WAITALL));
}

TEST_F(stream, recv_with_msg_waitall_does_not_wait_when_nonblocking)
{
	struct pair pair;
	char buf[10];

	ASSERT_EQ(0, pair_of_streams(&pair, self->face, variant->family));
	ASSERT_EQ(0, fcntl(pair.fd, F_SETFL, O_NONBLOCK));
	ASSERT_EQ(4, face_send(&plain_face, pair.peer, "0123", 4, 0));
	ASSERT_EQ(POLLIN, wait_events(pair.fd, POLLIN, WAIT_MS));
	EXPECT_EQ(4, face_recv(self->face, pair.fd, buf, sizeof(buf),
			       MSG_WAITALL));
}

TEST_F(dgram, send_takes_the_largest_datagram_and_no_larger)
{
	/* What a length of 16 bits leaves beside the headers. */
	size_t max = variant->family == AF_INET ? 65535 - 20 - 8 : 65535 - 8;
	static unsigned char out[65536], in[65536];
	struct pair pair;

	pattern_fill(out, sizeof(out));
	ASSERT_EQ(0, pair_of_dgrams(&pair, self->face, variant->family));
	EXPECT_EQ(-EMSGSIZE, face_send(self->face, pair.fd, out, max + 1, 0));
	EXPECT_EQ(-EMSGSIZE,
		  face_send(self->face, pair.fd, out, sizeof(out), 0));
	EXPECT_EQ(max, face_send(self->face, pair.fd, out, max, 0));
	EXPECT_EQ(max, face_recv(&plain_face, pair.peer, in, sizeof(in), 0));
	EXPECT_EQ(max, pattern_length(in, max));
}

TEST_F(dgram, send_of_a_length_of_everything_fails_with_emsgsize)
{
	static char buf[16];
	struct pair pair;

	ASSERT_EQ(0, pair_of_dgrams(&pair, self->face, variant->family));
	EXPECT_EQ(-EMSGSIZE,
		  face_send(self->face, pair.fd, buf, SIZE_MAX, 0));
	EXPECT_EQ(-EMSGSIZE,
		  face_send(self->face, pair.fd, buf, UINT32_MAX, 0));
}

TEST_F(socket, recv_with_room_for_everything_takes_what_there_is)
{
	static char buf[16];
	struct pair pair;

	ASSERT_EQ(0, pair_of(&pair, self->face, variant->family,
			     variant->type));
	ASSERT_EQ(5, face_send(&plain_face, pair.peer, "hello", 5, 0));
	EXPECT_EQ(5, face_recv(self->face, pair.fd, buf, 1UL << 31, 0));
	EXPECT_EQ(0, memcmp("hello", buf, 5));
	ASSERT_EQ(5, face_send(&plain_face, pair.peer, "again", 5, 0));
	EXPECT_EQ(5, face_recv(self->face, pair.fd, buf, UINT32_MAX, 0));
	EXPECT_EQ(0, memcmp("again", buf, 5));
}

TEST_HARNESS_MAIN
