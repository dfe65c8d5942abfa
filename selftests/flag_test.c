// SPDX-License-Identifier: GPL-2.0-only
/*
 * The 32 bits of MSG_ flags of send and recv: those that a ksock has do what
 * they do on an ordinary socket, all others are refused.  The differences are
 * tables of their own in differences.h, and every bit is either in one of them
 * or among the flags here on which the two agree.
 */
#include "fixture.h"

/* A flag, and what a socket with room to send or data to receive answers. */
struct flag_answer {
	unsigned int flag;
	int stream;
	int ipv4_dgram;
	int ipv6_dgram;
};

static const struct flag_answer send_flags[] = {
	{ MSG_OOB,		1, -EOPNOTSUPP, 1 },
	{ MSG_DONTROUTE,	1, 1, 1 },
	{ MSG_DONTWAIT,		1, 1, 1 },
	{ MSG_EOR,		1, 1, 1 },
	{ MSG_CONFIRM,		1, 1, 1 },
	{ MSG_NOSIGNAL,		1, 1, 1 },
	{ MSG_MORE,		1, 1, 1 },
};

/* The last is that of 32-bit programs, which recvmsg(2) keeps to itself. */
static const struct flag_answer recv_flags[] = {
	{ MSG_OOB,		-EINVAL, 1, 1 },
	{ MSG_PEEK,		1, 1, 1 },
	{ MSG_TRUNC,		1, 1, 1 },
	{ MSG_DONTWAIT,		1, 1, 1 },
	{ MSG_WAITALL,		1, 1, 1 },
	{ 0x80000000,		-EINVAL, -EINVAL, -EINVAL },
};

struct flag_table {
	const struct flag_answer *agreed;
	size_t agreed_count;
	const struct flag_difference *differences;
	size_t differences_count;
};

static const struct flag_table send_table = {
	send_flags, ARRAY_SIZE(send_flags),
	send_flag_differences, ARRAY_SIZE(send_flag_differences),
};

static const struct flag_table recv_table = {
	recv_flags, ARRAY_SIZE(recv_flags),
	recv_flag_differences, ARRAY_SIZE(recv_flag_differences),
};

static const struct flag_answer *flag_agreed(const struct flag_table *table,
					     unsigned int flag)
{
	size_t i;

	for (i = 0; i < table->agreed_count; i++)
		if (table->agreed[i].flag == flag)
			return &table->agreed[i];
	return NULL;
}

static const struct flag_difference *
flag_differs(const struct flag_table *table, unsigned int flag)
{
	size_t i;

	for (i = 0; i < table->differences_count; i++)
		if (table->differences[i].flags & flag)
			return &table->differences[i];
	return NULL;
}

/* How many rows of a table are about a flag. */
static size_t flag_rows(const struct flag_table *table, unsigned int flag)
{
	size_t rows = 0, i;

	for (i = 0; i < table->agreed_count; i++)
		rows += table->agreed[i].flag == flag;
	for (i = 0; i < table->differences_count; i++)
		rows += !!(table->differences[i].flags & flag);
	return rows;
}

/* What a table has a socket answer to a flag; every flag is in it. */
static int flag_expected(const struct flag_table *table, unsigned int flag,
			 const FIXTURE_VARIANT(socket) *variant)
{
	const struct flag_answer *agreed = flag_agreed(table, flag);
	const struct flag_difference *differs = flag_differs(table, flag);

	if (agreed && variant->type == SOCK_STREAM)
		return agreed->stream;
	if (agreed)
		return variant->family == AF_INET ? agreed->ipv4_dgram :
						    agreed->ipv6_dgram;
	if (variant->face == &ksock_face)
		return -EINVAL;
	return variant->type == SOCK_STREAM ? differs->plain_stream :
					      differs->plain_dgram;
}

TEST(every_flag_is_in_each_table_once)
{
	unsigned int bit;

	for (bit = 0; bit < 32; bit++) {
		EXPECT_EQ(1, flag_rows(&send_table, 1U << bit)) {
			TH_LOG("send flag %#x", 1U << bit);
		}
		EXPECT_EQ(1, flag_rows(&recv_table, 1U << bit)) {
			TH_LOG("recv flag %#x", 1U << bit);
		}
	}
}

TEST_F(socket, send_answers_to_every_flag)
{
	unsigned int flag;
	struct pair pair;

	ASSERT_EQ(0, pair_of(&pair, self->face, variant->family,
			     variant->type));
	for (flag = 1; flag; flag <<= 1) {
		EXPECT_EQ(flag_expected(&send_table, flag, variant),
			  face_send(self->face, pair.fd, "x", 1, flag)) {
			TH_LOG("flag %#x", flag);
		}
		/* Sends what a flag may have held back. */
		ASSERT_EQ(1, face_send(self->face, pair.fd, "y", 1, 0));
	}
}

TEST_F(socket, recv_answers_to_every_flag)
{
	unsigned int flag;
	struct pair pair;
	char byte;

	ASSERT_EQ(0, pair_of(&pair, self->face, variant->family,
			     variant->type));
	for (flag = 1; flag; flag <<= 1) {
		ASSERT_EQ(1, face_send(&plain_face, pair.peer, "x", 1, 0));
		ASSERT_EQ(POLLIN, wait_events(pair.fd, POLLIN, WAIT_MS));
		EXPECT_EQ(flag_expected(&recv_table, flag, variant),
			  face_recv(self->face, pair.fd, &byte, 1, flag)) {
			TH_LOG("flag %#x", flag);
		}
		/* Takes what the flag may have left. */
		while (face_recv(self->face, pair.fd, &byte, 1,
				 MSG_DONTWAIT) == 1)
			;
	}
}

TEST_F(socket, send_with_all_harmless_flags_sends)
{
	struct pair pair;
	char byte = 0;

	ASSERT_EQ(0, pair_of(&pair, self->face, variant->family,
			     variant->type));
	EXPECT_EQ(1, face_send(self->face, pair.fd, "x", 1,
			       MSG_DONTROUTE | MSG_DONTWAIT | MSG_EOR |
			       MSG_CONFIRM | MSG_NOSIGNAL));
	EXPECT_EQ(1, face_recv(&plain_face, pair.peer, &byte, 1, 0));
	EXPECT_EQ('x', byte);
}

TEST_F(dgram, send_with_msg_more_goes_on_with_the_same_datagram)
{
	struct pair pair;
	char buf[16];

	ASSERT_EQ(0, pair_of_dgrams(&pair, self->face, variant->family));
	EXPECT_EQ(3, face_send(self->face, pair.fd, "one", 3, MSG_MORE));
	EXPECT_EQ(3, face_send(self->face, pair.fd, "two", 3, MSG_MORE));
	EXPECT_EQ(-EAGAIN, face_recv(&plain_face, pair.peer, buf, sizeof(buf),
				     MSG_DONTWAIT));
	EXPECT_EQ(5, face_send(self->face, pair.fd, "three", 5, 0));
	EXPECT_EQ(11, face_recv(&plain_face, pair.peer, buf, sizeof(buf), 0));
	EXPECT_EQ(0, memcmp("onetwothree", buf, 11));
}

TEST_F(stream, send_with_msg_more_holds_back_and_loses_nothing)
{
	struct pair pair;
	char buf[6];

	ASSERT_EQ(0, pair_of_streams(&pair, self->face, variant->family));
	EXPECT_EQ(3, face_send(self->face, pair.fd, "one", 3, MSG_MORE));
	EXPECT_EQ(3, face_send(self->face, pair.fd, "two", 3, 0));
	EXPECT_EQ(6, face_recv(&plain_face, pair.peer, buf, 6, MSG_WAITALL));
	EXPECT_EQ(0, memcmp("onetwo", buf, 6));
}

TEST_F(stream, send_with_msg_oob_sends_an_urgent_byte)
{
	struct pair pair;
	char byte = 0;

	ASSERT_EQ(0, pair_of_streams(&pair, self->face, variant->family));
	EXPECT_EQ(1, face_send(self->face, pair.fd, "u", 1, MSG_OOB));
	EXPECT_EQ(POLLPRI, wait_events(pair.peer, POLLPRI, WAIT_MS));
	EXPECT_EQ(1, face_recv(&plain_face, pair.peer, &byte, 1, MSG_OOB));
	EXPECT_EQ('u', byte);
}

TEST_F(stream, recv_with_msg_oob_receives_the_urgent_byte)
{
	struct pair pair;
	int flags = MSG_OOB;
	char byte = 0;

	ASSERT_EQ(0, pair_of_streams(&pair, self->face, variant->family));
	ASSERT_EQ(1, face_send(&plain_face, pair.peer, "u", 1, MSG_OOB));
	EXPECT_EQ(POLLPRI, wait_events(pair.fd, POLLPRI, WAIT_MS));
	EXPECT_EQ(1, self->face->recvfrom(pair.fd, &byte, 1, &flags, NULL,
					  NULL));
	EXPECT_EQ('u', byte);
	EXPECT_EQ(MSG_OOB, flags);

	/* It is not in the stream, and there is only one. */
	EXPECT_EQ(-EINVAL, face_recv(self->face, pair.fd, &byte, 1, MSG_OOB));
	EXPECT_EQ(-EAGAIN,
		  face_recv(self->face, pair.fd, &byte, 1, MSG_DONTWAIT));
}

TEST_F(stream, send_with_msg_dontwait_fails_with_eagain_when_full)
{
	static char buf[1 << 16];
	struct pair pair;
	ssize_t ret;

	ASSERT_EQ(0, pair_of_streams(&pair, self->face, variant->family));
	do {
		ret = face_send(self->face, pair.fd, buf, sizeof(buf),
				MSG_DONTWAIT);
	} while (ret > 0);
	EXPECT_EQ(-EAGAIN, ret);
}

TEST_HARNESS_MAIN
