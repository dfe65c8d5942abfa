// SPDX-License-Identifier: GPL-2.0-only
/*
 * Messages of several parts: sendmsg gathers, recvmsg scatters, with the name
 * of the other side and the flags of what came.  What is wrong with a message
 * is in msg_error_test.c.
 */
#include "fixture.h"
#include "pattern.h"

#define PARTS_MAX	1024
#define BLANK		0xa5

/* A message that lies in as many parts as a test likes. */
struct parts {
	struct iovec iov[PARTS_MAX];
	size_t count;
	unsigned char bytes[1 << 14];
};

/*
 * Cuts @len bytes into @count parts as even as can be, with a part of nothing
 * for every third when @gaps.
 */
static void parts_cut(struct parts *parts, size_t len, size_t count, bool gaps)
{
	size_t filled = gaps ? count - count / 3 : count, used = 0, at = 0, i;

	parts->count = count;
	for (i = 0; i < count; i++) {
		parts->iov[i].iov_base = parts->bytes + at;
		parts->iov[i].iov_len = 0;
		if (gaps && i % 3 == 2)
			continue;
		used++;
		parts->iov[i].iov_len = len * used / filled - at;
		at += parts->iov[i].iov_len;
	}
}

static struct msghdr parts_msg(struct parts *parts)
{
	struct msghdr msg = {
		.msg_iov = parts->iov, .msg_iovlen = parts->count,
	};

	return msg;
}

/* How a message is cut where it is sent and where it is received. */
static const struct {
	size_t len;
	size_t out;
	bool out_gaps;
	size_t in;
	bool in_gaps;
} cuts[] = {
	{ 1, 1, false, 1, false },
	{ 100, 1, false, 3, false },
	{ 100, 3, false, 1, false },
	{ 100, 3, true, 3, true },
	{ 100, 7, true, 100, false },
	{ 3000, 1024, false, 1024, false },
	{ 16000, 1024, true, 17, true },
	{ 16000, 17, true, 1024, true },
};

static ssize_t recvmsg_all(const struct face *face, int fd, struct parts *parts,
			   int type)
{
	struct msghdr msg = parts_msg(parts);

	return face->recvmsg(fd, &msg, type == SOCK_STREAM ? MSG_WAITALL : 0);
}

TEST_F(socket, sendmsg_gathers_from_all_parts)
{
	static struct parts out, in;
	struct msghdr msg;
	struct pair pair;
	size_t i;

	ASSERT_EQ(0, pair_of(&pair, self->face, variant->family,
			     variant->type));
	for (i = 0; i < ARRAY_SIZE(cuts); i++) {
		pattern_fill(out.bytes, sizeof(out.bytes));
		parts_cut(&out, cuts[i].len, cuts[i].out, cuts[i].out_gaps);
		msg = parts_msg(&out);
		ASSERT_EQ(cuts[i].len, self->face->sendmsg(pair.fd, &msg, 0)) {
			TH_LOG("cut %zu", i);
		}
		memset(in.bytes, BLANK, sizeof(in.bytes));
		parts_cut(&in, cuts[i].len, cuts[i].in, cuts[i].in_gaps);
		EXPECT_EQ(cuts[i].len, recvmsg_all(&plain_face, pair.peer, &in,
						   variant->type));
		EXPECT_EQ(cuts[i].len, pattern_length(in.bytes, cuts[i].len));
	}
}

TEST_F(socket, recvmsg_scatters_to_all_parts)
{
	static struct parts out, in;
	struct msghdr msg;
	struct pair pair;
	size_t i;

	ASSERT_EQ(0, pair_of(&pair, self->face, variant->family,
			     variant->type));
	for (i = 0; i < ARRAY_SIZE(cuts); i++) {
		pattern_fill(out.bytes, sizeof(out.bytes));
		parts_cut(&out, cuts[i].len, cuts[i].out, cuts[i].out_gaps);
		msg = parts_msg(&out);
		ASSERT_EQ(cuts[i].len, plain_sendmsg(pair.peer, &msg, 0));
		memset(in.bytes, BLANK, sizeof(in.bytes));
		parts_cut(&in, cuts[i].len, cuts[i].in, cuts[i].in_gaps);
		EXPECT_EQ(cuts[i].len, recvmsg_all(self->face, pair.fd, &in,
						   variant->type)) {
			TH_LOG("cut %zu", i);
		}
		EXPECT_EQ(cuts[i].len, pattern_length(in.bytes, cuts[i].len));
		EXPECT_EQ(BLANK, in.bytes[cuts[i].len]);
	}
}

TEST_F(socket, recvmsg_leaves_alone_what_is_behind_the_data)
{
	char a[3], b[8], untouched[8];
	struct iovec iov[] = {
		{ a, sizeof(a) }, { NULL, 0 }, { b, sizeof(b) },
		{ untouched, sizeof(untouched) },
	};
	struct msghdr msg = { .msg_iov = iov, .msg_iovlen = ARRAY_SIZE(iov) };
	struct pair pair;
	size_t i;

	ASSERT_EQ(0, pair_of(&pair, self->face, variant->family,
			     variant->type));
	memset(b, BLANK, sizeof(b));
	memset(untouched, BLANK, sizeof(untouched));
	ASSERT_EQ(5, face_send(&plain_face, pair.peer, "hello", 5, 0));
	EXPECT_EQ(5, self->face->recvmsg(pair.fd, &msg, 0));
	EXPECT_EQ(0, memcmp("hel", a, 3));
	EXPECT_EQ(0, memcmp("lo", b, 2));
	for (i = 2; i < sizeof(b); i++)
		EXPECT_EQ((char)BLANK, b[i]);
	for (i = 0; i < sizeof(untouched); i++)
		EXPECT_EQ((char)BLANK, untouched[i]);
	EXPECT_EQ(0, msg.msg_flags);
}

/* ---- No parts ------------------------------------------------------------ */

TEST_F(dgram, sendmsg_of_no_parts_is_an_empty_datagram)
{
	struct msghdr msg = {};
	struct pair pair;
	char byte;

	ASSERT_EQ(0, pair_of_dgrams(&pair, self->face, variant->family));
	ASSERT_EQ(0, self->face->sendmsg(pair.fd, &msg, 0));
	EXPECT_EQ(POLLIN, wait_events(pair.peer, POLLIN, WAIT_MS));
	EXPECT_EQ(0, face_recv(&plain_face, pair.peer, &byte, 1, 0));
}

TEST_F(dgram, recvmsg_of_no_parts_takes_a_datagram_and_says_it_was_cut)
{
	struct msghdr msg = {};
	struct pair pair;
	char byte;

	ASSERT_EQ(0, pair_of_dgrams(&pair, self->face, variant->family));
	ASSERT_EQ(5, face_send(&plain_face, pair.peer, "hello", 5, 0));
	EXPECT_EQ(0, self->face->recvmsg(pair.fd, &msg, 0));
	EXPECT_EQ(MSG_TRUNC, msg.msg_flags);
	EXPECT_EQ(-EAGAIN,
		  face_recv(self->face, pair.fd, &byte, 1, MSG_DONTWAIT));
}

TEST_F(stream, messages_of_no_parts_move_nothing)
{
	struct msghdr msg = {};
	struct pair pair;
	char byte = 0;

	ASSERT_EQ(0, pair_of_streams(&pair, self->face, variant->family));
	ASSERT_EQ(0, self->face->sendmsg(pair.fd, &msg, 0));
	EXPECT_EQ(-EAGAIN,
		  face_recv(&plain_face, pair.peer, &byte, 1, MSG_DONTWAIT));
	ASSERT_EQ(1, face_send(&plain_face, pair.peer, "x", 1, 0));
	ASSERT_EQ(POLLIN, wait_events(pair.fd, POLLIN, WAIT_MS));
	EXPECT_EQ(0, self->face->recvmsg(pair.fd, &msg, 0));
	EXPECT_EQ(0, msg.msg_flags);
	EXPECT_EQ(1, face_recv(self->face, pair.fd, &byte, 1, 0));
	EXPECT_EQ('x', byte);
}

/* ---- Names --------------------------------------------------------------- */

TEST_F(dgram, names_go_out_and_come_in)
{
	struct iovec iov = { "hello", 5 };
	struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1 };
	struct addr own = addr_loopback(variant->family, PORT + 1);
	struct addr from = addr_room();
	int fd, peer, flags = 0;
	char buf[8];

	peer = plain_socket(variant->family, SOCK_DGRAM, 0);
	ASSERT_LE(0, peer);
	ASSERT_EQ(0, plain_bind(peer, &self->addr.sa, self->addr.len));
	fd = self->face->socket(variant->family, SOCK_DGRAM, 0);
	ASSERT_LE(0, fd);
	ASSERT_EQ(0, self->face->bind(fd, &own.sa, own.len));

	EXPECT_EQ(-EDESTADDRREQ, self->face->sendmsg(fd, &msg, 0));
	msg.msg_name = &self->addr.sa;
	msg.msg_namelen = self->addr.len;
	ASSERT_EQ(5, self->face->sendmsg(fd, &msg, 0));
	EXPECT_EQ(5, plain_recvfrom(peer, buf, sizeof(buf), &flags, &from.sa,
				    &from.len));
	EXPECT_EQ(own.len, from.len);
	EXPECT_EQ(0, memcmp(&own.storage, &from.storage, own.len));

	ASSERT_EQ(2, plain_sendto(peer, "yo", 2, 0, &own.sa, own.len));
	from = addr_room();
	iov.iov_base = buf;
	msg.msg_name = &from.sa;
	msg.msg_namelen = from.len;
	EXPECT_EQ(2, self->face->recvmsg(fd, &msg, 0));
	EXPECT_EQ(self->addr.len, msg.msg_namelen);
	EXPECT_EQ(0, memcmp(&self->addr.storage, &from.storage,
			    self->addr.len));
}

TEST_F(dgram, recvmsg_cuts_a_name_that_has_no_room_and_tells_its_length)
{
	unsigned char name[sizeof(struct sockaddr_storage)];
	struct addr from = addr_loopback(variant->family, PORT + 1);
	char byte;
	struct iovec iov = { &byte, 1 };
	struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1 };
	struct pair pair;
	socklen_t room;

	ASSERT_EQ(0, pair_of_dgrams(&pair, self->face, variant->family));
	for (room = 0; room <= from.len + 1; room++) {
		memset(name, BLANK, sizeof(name));
		ASSERT_EQ(1, face_send(&plain_face, pair.peer, "x", 1, 0));
		msg.msg_name = name;
		msg.msg_namelen = room;
		EXPECT_EQ(1, self->face->recvmsg(pair.fd, &msg, 0));
		EXPECT_EQ(from.len, msg.msg_namelen);
		EXPECT_EQ(0, memcmp(&from.storage, name,
				    room < from.len ? room : from.len));
		EXPECT_EQ(BLANK, name[room < from.len ? room : from.len]);
	}
}

TEST_F(stream, recvmsg_has_no_name)
{
	struct addr from = addr_room();
	char byte;
	struct iovec iov = { &byte, 1 };
	struct msghdr msg = {
		.msg_name = &from.sa, .msg_namelen = from.len,
		.msg_iov = &iov, .msg_iovlen = 1,
	};
	struct pair pair;

	ASSERT_EQ(0, pair_of_streams(&pair, self->face, variant->family));
	ASSERT_EQ(1, face_send(&plain_face, pair.peer, "x", 1, 0));
	EXPECT_EQ(1, self->face->recvmsg(pair.fd, &msg, 0));
	EXPECT_EQ(0, msg.msg_namelen);
	EXPECT_EQ(AF_UNSPEC, from.sa.sa_family);
}

/* ---- Flags, in and out --------------------------------------------------- */

TEST_F(dgram, recvmsg_says_that_a_datagram_did_not_fit)
{
	char a[2], b[2];
	struct iovec iov[] = { { a, 2 }, { b, 2 } };
	struct msghdr msg = { .msg_iov = iov, .msg_iovlen = 2 };
	struct pair pair;

	ASSERT_EQ(0, pair_of_dgrams(&pair, self->face, variant->family));
	ASSERT_EQ(5, face_send(&plain_face, pair.peer, "hello", 5, 0));
	EXPECT_EQ(4, self->face->recvmsg(pair.fd, &msg, 0));
	EXPECT_EQ(MSG_TRUNC, msg.msg_flags);
	EXPECT_EQ(0, memcmp("he", a, 2));
	EXPECT_EQ(0, memcmp("ll", b, 2));

	ASSERT_EQ(5, face_send(&plain_face, pair.peer, "hello", 5, 0));
	EXPECT_EQ(5, self->face->recvmsg(pair.fd, &msg, MSG_TRUNC));
	EXPECT_EQ(MSG_TRUNC, msg.msg_flags);

	ASSERT_EQ(4, face_send(&plain_face, pair.peer, "fits", 4, 0));
	EXPECT_EQ(4, self->face->recvmsg(pair.fd, &msg, MSG_TRUNC));
	EXPECT_EQ(0, msg.msg_flags);
}

TEST_F(stream, recvmsg_with_msg_trunc_throws_data_away)
{
	char a[2] = "..", b[3] = "...";
	struct iovec iov[] = { { a, 2 }, { b, 3 } };
	struct msghdr msg = { .msg_iov = iov, .msg_iovlen = 2 };
	struct pair pair;

	ASSERT_EQ(0, pair_of_streams(&pair, self->face, variant->family));
	ASSERT_EQ(10, face_send(&plain_face, pair.peer, "helloworld", 10, 0));
	EXPECT_EQ(5, self->face->recvmsg(pair.fd, &msg,
					 MSG_TRUNC | MSG_WAITALL));
	EXPECT_EQ(0, memcmp("..", a, 2));
	EXPECT_EQ(0, memcmp("...", b, 3));
	EXPECT_EQ(5, self->face->recvmsg(pair.fd, &msg, MSG_WAITALL));
	EXPECT_EQ(0, memcmp("wo", a, 2));
	EXPECT_EQ(0, memcmp("rld", b, 3));
}

TEST_F(socket, recvmsg_with_msg_peek_leaves_the_message)
{
	char a[2], b[3];
	struct iovec iov[] = { { a, 2 }, { b, 3 } };
	struct msghdr msg = { .msg_iov = iov, .msg_iovlen = 2 };
	struct pair pair;
	int i;

	ASSERT_EQ(0, pair_of(&pair, self->face, variant->family,
			     variant->type));
	ASSERT_EQ(5, face_send(&plain_face, pair.peer, "hello", 5, 0));
	for (i = 0; i < 3; i++) {
		memset(a, 0, sizeof(a));
		memset(b, 0, sizeof(b));
		EXPECT_EQ(5, self->face->recvmsg(pair.fd, &msg,
						 i < 2 ? MSG_PEEK : 0));
		EXPECT_EQ(0, memcmp("he", a, 2));
		EXPECT_EQ(0, memcmp("llo", b, 3));
	}
	EXPECT_EQ(-EAGAIN, self->face->recvmsg(pair.fd, &msg, MSG_DONTWAIT));
}

static ssize_t call_recvmsg(struct call *call)
{
	return call->face->recvmsg(call->fd, call->buf, call->flags);
}

TEST_F(stream, recvmsg_with_msg_waitall_waits_until_all_parts_are_full)
{
	char a[2], b[3], c[5];
	struct iovec iov[] = { { a, 2 }, { b, 3 }, { NULL, 0 }, { c, 5 } };
	struct msghdr msg = { .msg_iov = iov, .msg_iovlen = 4 };
	struct call call = {
		.run = call_recvmsg, .face = self->face, .buf = &msg,
		.flags = MSG_WAITALL,
	};
	struct pair pair;

	ASSERT_EQ(0, pair_of_streams(&pair, self->face, variant->family));
	call.fd = pair.fd;
	ASSERT_EQ(4, face_send(&plain_face, pair.peer, "hell", 4, 0));
	ASSERT_EQ(0, call_start(&call));
	EXPECT_TRUE(call_sleeps(&call));
	ASSERT_EQ(6, face_send(&plain_face, pair.peer, "oworld", 6, 0));
	EXPECT_EQ(10, call_end(&call));
	EXPECT_EQ(0, memcmp("he", a, 2));
	EXPECT_EQ(0, memcmp("llo", b, 3));
	EXPECT_EQ(0, memcmp("world", c, 5));
}

TEST_F(stream, urgent_data_goes_by_message_as_well)
{
	char byte = 0;
	struct iovec iov = { "u", 1 };
	struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1 };
	struct pair pair;

	ASSERT_EQ(0, pair_of_streams(&pair, self->face, variant->family));
	ASSERT_EQ(1, self->face->sendmsg(pair.fd, &msg, MSG_OOB));
	EXPECT_EQ(POLLPRI, wait_events(pair.peer, POLLPRI, WAIT_MS));
	EXPECT_EQ(1, face_recv(&plain_face, pair.peer, &byte, 1, MSG_OOB));
	EXPECT_EQ('u', byte);

	ASSERT_EQ(1, face_send(&plain_face, pair.peer, "v", 1, MSG_OOB));
	EXPECT_EQ(POLLPRI, wait_events(pair.fd, POLLPRI, WAIT_MS));
	iov.iov_base = &byte;
	EXPECT_EQ(1, self->face->recvmsg(pair.fd, &msg, MSG_OOB));
	EXPECT_EQ('v', byte);
	EXPECT_EQ(MSG_OOB, msg.msg_flags);
}

/* A record that ends is for protocols that have records. */
TEST_F(socket, msg_eor_tells_who_receives_nothing)
{
	char byte = 0;
	struct iovec iov = { "x", 1 };
	struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1 };
	struct pair pair;

	ASSERT_EQ(0, pair_of(&pair, self->face, variant->family,
			     variant->type));
	ASSERT_EQ(1, self->face->sendmsg(pair.fd, &msg, MSG_EOR));
	EXPECT_EQ(1, face_recv(&plain_face, pair.peer, &byte, 1, 0));
	EXPECT_EQ('x', byte);
	ASSERT_EQ(1, face_send(&plain_face, pair.peer, "y", 1, MSG_EOR));
	iov.iov_base = &byte;
	EXPECT_EQ(1, self->face->recvmsg(pair.fd, &msg, 0));
	EXPECT_EQ(0, msg.msg_flags);
}

TEST_F(dgram, sendmsg_with_msg_more_goes_on_with_the_same_datagram)
{
	struct iovec iov[] = { { "one", 3 }, { "two", 3 } };
	struct msghdr msg = { .msg_iov = iov, .msg_iovlen = 2 };
	struct pair pair;
	char buf[16];

	ASSERT_EQ(0, pair_of_dgrams(&pair, self->face, variant->family));
	ASSERT_EQ(6, self->face->sendmsg(pair.fd, &msg, MSG_MORE));
	EXPECT_EQ(-EAGAIN, face_recv(&plain_face, pair.peer, buf, sizeof(buf),
				     MSG_DONTWAIT));
	ASSERT_EQ(6, self->face->sendmsg(pair.fd, &msg, 0));
	EXPECT_EQ(12, face_recv(&plain_face, pair.peer, buf, sizeof(buf), 0));
	EXPECT_EQ(0, memcmp("onetwoonetwo", buf, 12));
}

TEST_HARNESS_MAIN
