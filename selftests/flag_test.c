// SPDX-License-Identifier: GPL-2.0-only
/*
 * The 32 bits of MSG_ flags of whatever sends and receives: those that a ksock
 * has do what they do on an ordinary socket, all others are refused.  The
 * differences are tables of their own in differences.h, and every bit is either
 * in one of them or among the flags here on which the two agree.
 */
#include "fixture.h"
#include "batch.h"

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
	{ MSG_ZEROCOPY,		1, 1, 1 },
	{ MSG_FASTOPEN,		-EISCONN, 1, 1 },
};

/* The last is that of 32-bit programs, which recvmsg(2) keeps to itself. */
static const struct flag_answer recv_flags[] = {
	{ MSG_OOB,		-EINVAL, 1, 1 },
	{ MSG_PEEK,		1, 1, 1 },
	{ MSG_TRUNC,		1, 1, 1 },
	{ MSG_DONTWAIT,		1, 1, 1 },
	{ MSG_WAITALL,		1, 1, 1 },
	{ MSG_ERRQUEUE,		-EAGAIN, -EAGAIN, -EAGAIN },
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

/* ---- The ways to move a byte --------------------------------------------- */

static ssize_t by_send(const struct face *face, int fd, char *byte, int flags)
{
	return face_send(face, fd, byte, 1, flags);
}

static ssize_t by_recv(const struct face *face, int fd, char *byte, int flags)
{
	return face_recv(face, fd, byte, 1, flags);
}

static ssize_t by_sendmsg(const struct face *face, int fd, char *byte,
			  int flags)
{
	struct iovec iov = { byte, 1 };
	struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1 };

	return face->sendmsg(fd, &msg, flags);
}

static ssize_t by_recvmsg(const struct face *face, int fd, char *byte,
			  int flags)
{
	struct iovec iov = { byte, 1 };
	struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1 };

	return face->recvmsg(fd, &msg, flags);
}

/* There is no batch but of a ksock. */
static ssize_t by_batch(int opcode, int fd, char *byte, int flags)
{
	int batch = batch_open(1, 1), ret;

	if (batch < 0)
		return batch;
	ret = batch_slot(batch, 0, fd);
	if (!ret)
		ret = batch_one(batch, batch_op(opcode, 0, byte, 1, flags));
	close(batch);
	return ret;
}

static ssize_t by_batch_send(const struct face *face, int fd, char *byte,
			     int flags)
{
	return by_batch(KSOCK_BATCH_SEND, fd, byte, flags);
}

static ssize_t by_batch_recv(const struct face *face, int fd, char *byte,
			     int flags)
{
	return by_batch(KSOCK_BATCH_RECV, fd, byte, flags);
}

/* What a socket answers to each flag, by number of the bit. */
struct answers {
	ssize_t of[32];
};

static struct answers
answers_of_send(ssize_t (*send)(const struct face *face, int fd, char *byte,
				int flags),
		const struct face *face, struct pair *pair)
{
	struct answers answers;
	char byte = 'x';
	int bit;

	for (bit = 0; bit < 32; bit++) {
		answers.of[bit] = send(face, pair->fd, &byte, 1U << bit);
		/* Sends what a flag may have held back. */
		face_send(face, pair->fd, "y", 1, 0);
	}
	return answers;
}

static struct answers
answers_of_recv(ssize_t (*recv)(const struct face *face, int fd, char *byte,
				int flags),
		const struct face *face, struct pair *pair)
{
	struct answers answers;
	char byte;
	int bit;

	for (bit = 0; bit < 32; bit++) {
		face_send(&plain_face, pair->peer, "x", 1, 0);
		wait_events(pair->fd, POLLIN, WAIT_MS);
		answers.of[bit] = recv(face, pair->fd, &byte, 1U << bit);
		/* Takes what the flag may have left. */
		while (face_recv(face, pair->fd, &byte, 1, MSG_DONTWAIT) == 1)
			;
	}
	return answers;
}

TEST_F(socket, send_answers_to_every_flag)
{
	struct answers answers;
	struct pair pair;
	int bit;

	ASSERT_EQ(0, pair_of(&pair, self->face, variant->family,
			     variant->type));
	answers = answers_of_send(by_send, self->face, &pair);
	for (bit = 0; bit < 32; bit++) {
		EXPECT_EQ(flag_expected(&send_table, 1U << bit, variant),
			  answers.of[bit]) {
			TH_LOG("flag %#x", 1U << bit);
		}
	}
}

TEST_F(socket, sendmsg_answers_to_every_flag)
{
	struct answers answers;
	struct pair pair;
	int bit;

	ASSERT_EQ(0, pair_of(&pair, self->face, variant->family,
			     variant->type));
	answers = answers_of_send(by_sendmsg, self->face, &pair);
	/* That of 32-bit programs, which sendmsg(2) keeps to itself. */
	EXPECT_EQ(-EINVAL, answers.of[31]);
	for (bit = 0; bit < 31; bit++) {
		EXPECT_EQ(flag_expected(&send_table, 1U << bit, variant),
			  answers.of[bit]) {
			TH_LOG("flag %#x", 1U << bit);
		}
	}
}

TEST_F(socket, recv_answers_to_every_flag)
{
	struct answers answers;
	struct pair pair;
	int bit;

	ASSERT_EQ(0, pair_of(&pair, self->face, variant->family,
			     variant->type));
	answers = answers_of_recv(by_recv, self->face, &pair);
	for (bit = 0; bit < 32; bit++) {
		EXPECT_EQ(flag_expected(&recv_table, 1U << bit, variant),
			  answers.of[bit]) {
			TH_LOG("flag %#x", 1U << bit);
		}
	}
}

TEST_F(socket, recvmsg_answers_to_every_flag)
{
	struct answers answers;
	struct pair pair;
	int bit;

	ASSERT_EQ(0, pair_of(&pair, self->face, variant->family,
			     variant->type));
	answers = answers_of_recv(by_recvmsg, self->face, &pair);
	for (bit = 0; bit < 32; bit++) {
		EXPECT_EQ(flag_expected(&recv_table, 1U << bit, variant),
			  answers.of[bit]) {
			TH_LOG("flag %#x", 1U << bit);
		}
	}
}

TEST_F(socket, entries_of_a_batch_answer_to_every_flag)
{
	struct answers sent, received;
	struct pair pair;
	int bit;

	if (self->face == &plain_face)
		return;
	ASSERT_EQ(0, pair_of(&pair, self->face, variant->family,
			     variant->type));
	sent = answers_of_send(by_batch_send, self->face, &pair);
	received = answers_of_recv(by_batch_recv, self->face, &pair);
	for (bit = 0; bit < 32; bit++) {
		EXPECT_EQ(flag_expected(&send_table, 1U << bit, variant),
			  sent.of[bit]) {
			TH_LOG("flag %#x to send", 1U << bit);
		}
		EXPECT_EQ(flag_expected(&recv_table, 1U << bit, variant),
			  received.of[bit]) {
			TH_LOG("flag %#x to receive", 1U << bit);
		}
	}
}

/* A flag that is refused is refused with others as well. */
TEST(a_refused_flag_is_refused_among_others)
{
	struct pair pair;
	unsigned int bit;
	char byte;

	SETUP_KSOCK();
	ASSERT_EQ(0, pair_of_streams(&pair, &ksock_face, AF_INET));
	for (bit = 0; bit < 32; bit++) {
		if (flag_differs(&send_table, 1U << bit)) {
			EXPECT_EQ(-EINVAL,
				  face_send(&ksock_face, pair.fd, "x", 1,
					    MSG_NOSIGNAL | 1U << bit));
		}
		if (flag_differs(&recv_table, 1U << bit)) {
			EXPECT_EQ(-EINVAL,
				  face_recv(&ksock_face, pair.fd, &byte, 1,
					    MSG_DONTWAIT | 1U << bit));
		}
	}
	EXPECT_EQ(-EINVAL, face_send(&ksock_face, pair.fd, "x", 1, ~0));
	EXPECT_EQ(-EINVAL, face_recv(&ksock_face, pair.fd, &byte, 1, ~0));
	EXPECT_EQ(-EAGAIN, face_recv(&plain_face, pair.peer, &byte, 1,
				     MSG_DONTWAIT));
}

/* ---- What the flags do --------------------------------------------------- */

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
