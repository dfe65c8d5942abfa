// SPDX-License-Identifier: GPL-2.0-only
/*
 * Moving data: send and recv, read and write, nothing at all, and what the
 * descriptor can do besides.
 */
#include "fixture.h"
#include "bulk.h"
#include "pattern.h"

#include <sys/uio.h>

#define BULK		(4 << 20)

/* ---- Both ways, by every call -------------------------------------------- */

TEST_F(socket, send_and_recv_move_data)
{
	struct pair pair;
	char buf[16];

	ASSERT_EQ(0, pair_of(&pair, self->face, variant->family,
			     variant->type));
	EXPECT_EQ(5, face_send(self->face, pair.fd, "hello", 5, 0));
	EXPECT_EQ(5, face_recv(&plain_face, pair.peer, buf, sizeof(buf), 0));
	EXPECT_EQ(0, memcmp("hello", buf, 5));
	EXPECT_EQ(6, face_send(&plain_face, pair.peer, "answer", 6, 0));
	EXPECT_EQ(6, face_recv(self->face, pair.fd, buf, sizeof(buf), 0));
	EXPECT_EQ(0, memcmp("answer", buf, 6));
}

TEST_F(socket, read_and_write_move_data)
{
	struct pair pair;
	char buf[16];

	ASSERT_EQ(0, pair_of(&pair, self->face, variant->family,
			     variant->type));
	EXPECT_EQ(5, write(pair.fd, "hello", 5));
	EXPECT_EQ(5, read(pair.peer, buf, sizeof(buf)));
	EXPECT_EQ(0, memcmp("hello", buf, 5));
	EXPECT_EQ(6, write(pair.peer, "answer", 6));
	EXPECT_EQ(6, read(pair.fd, buf, sizeof(buf)));
	EXPECT_EQ(0, memcmp("answer", buf, 6));
}

TEST_F(socket, readv_and_writev_scatter_and_gather)
{
	struct iovec out[] = {
		{ "hel", 3 }, { NULL, 0 }, { "lo", 2 },
	};
	struct pair pair;
	char buf[16], a[2], b[16];
	struct iovec in[] = {
		{ a, sizeof(a) }, { NULL, 0 }, { b, sizeof(b) },
	};

	ASSERT_EQ(0, pair_of(&pair, self->face, variant->family,
			     variant->type));
	EXPECT_EQ(5, writev(pair.fd, out, ARRAY_SIZE(out)));
	EXPECT_EQ(5, read(pair.peer, buf, sizeof(buf)));
	EXPECT_EQ(0, memcmp("hello", buf, 5));
	EXPECT_EQ(6, write(pair.peer, "answer", 6));
	EXPECT_EQ(6, readv(pair.fd, in, ARRAY_SIZE(in)));
	EXPECT_EQ(0, memcmp("an", a, 2));
	EXPECT_EQ(0, memcmp("swer", b, 4));
}

TEST_F(dgram, datagrams_keep_their_bounds_and_order)
{
	struct pair pair;
	char buf[16];

	ASSERT_EQ(0, pair_of_dgrams(&pair, self->face, variant->family));
	ASSERT_EQ(1, face_send(&plain_face, pair.peer, "a", 1, 0));
	ASSERT_EQ(2, face_send(&plain_face, pair.peer, "bb", 2, 0));
	ASSERT_EQ(3, face_send(&plain_face, pair.peer, "ccc", 3, 0));
	EXPECT_EQ(1, face_recv(self->face, pair.fd, buf, sizeof(buf), 0));
	EXPECT_EQ('a', buf[0]);
	EXPECT_EQ(2, read(pair.fd, buf, sizeof(buf)));
	EXPECT_EQ('b', buf[0]);
	EXPECT_EQ(3, face_recv(self->face, pair.fd, buf, sizeof(buf), 0));
	EXPECT_EQ('c', buf[0]);
}

TEST_F(stream, send_and_recv_carry_megabytes_both_ways_at_once)
{
	unsigned char *out = malloc(BULK), *in = calloc(2, BULK);
	struct call calls[] = {
		{ .run = send_all, .face = self->face, .buf = out },
		{ .run = recv_all, .face = self->face, .buf = in },
		{ .run = send_all, .face = &plain_face, .buf = out },
		{ .run = recv_all, .face = &plain_face, .buf = in + BULK },
	};
	struct pair pair;
	size_t i;

	ASSERT_TRUE(out && in);
	pattern_fill(out, BULK);
	ASSERT_EQ(0, pair_of_streams(&pair, self->face, variant->family));
	for (i = 0; i < ARRAY_SIZE(calls); i++) {
		calls[i].fd = i < 2 ? pair.fd : pair.peer;
		calls[i].len = BULK;
		ASSERT_EQ(0, call_start(&calls[i]));
	}
	for (i = 0; i < ARRAY_SIZE(calls); i++)
		EXPECT_EQ(BULK, call_end(&calls[i]));
	EXPECT_EQ(BULK, pattern_length(in, BULK));
	EXPECT_EQ(BULK, pattern_length(in + BULK, BULK));
}

TEST_F(stream, read_and_write_carry_megabytes_both_ways_at_once)
{
	unsigned char *out = malloc(BULK), *in = calloc(2, BULK);
	struct call calls[] = {
		{ .run = write_all, .buf = out },
		{ .run = read_all, .buf = in },
		{ .run = write_all, .buf = out },
		{ .run = read_all, .buf = in + BULK },
	};
	struct pair pair;
	size_t i;

	ASSERT_TRUE(out && in);
	pattern_fill(out, BULK);
	ASSERT_EQ(0, pair_of_streams(&pair, self->face, variant->family));
	for (i = 0; i < ARRAY_SIZE(calls); i++) {
		calls[i].fd = i < 2 ? pair.fd : pair.peer;
		calls[i].len = BULK;
		ASSERT_EQ(0, call_start(&calls[i]));
	}
	for (i = 0; i < ARRAY_SIZE(calls); i++)
		EXPECT_EQ(BULK, call_end(&calls[i]));
	EXPECT_EQ(BULK, pattern_length(in, BULK));
	EXPECT_EQ(BULK, pattern_length(in + BULK, BULK));
}

/* ---- Nothing ------------------------------------------------------------- */

TEST_F(dgram, send_of_nothing_is_a_datagram)
{
	struct pair pair;
	char byte;

	ASSERT_EQ(0, pair_of_dgrams(&pair, self->face, variant->family));
	EXPECT_EQ(0, face_send(self->face, pair.fd, NULL, 0, 0));
	EXPECT_EQ(POLLIN, wait_events(pair.peer, POLLIN, WAIT_MS));
	EXPECT_EQ(0, face_recv(&plain_face, pair.peer, &byte, 1, 0));
	EXPECT_EQ(0, write(pair.fd, &byte, 0));
	EXPECT_EQ(POLLIN, wait_events(pair.peer, POLLIN, WAIT_MS));
	EXPECT_EQ(0, face_recv(&plain_face, pair.peer, &byte, 1, 0));
}

TEST_F(dgram, recv_of_an_empty_datagram_returns_0_and_takes_it)
{
	struct pair pair;
	char byte;

	ASSERT_EQ(0, pair_of_dgrams(&pair, self->face, variant->family));
	ASSERT_EQ(0, face_send(&plain_face, pair.peer, NULL, 0, 0));
	ASSERT_EQ(0, face_send(&plain_face, pair.peer, NULL, 0, 0));
	EXPECT_EQ(0, face_recv(self->face, pair.fd, &byte, 1, 0));
	EXPECT_EQ(0, read(pair.fd, &byte, 1));
	EXPECT_EQ(-EAGAIN,
		  face_recv(self->face, pair.fd, &byte, 1, MSG_DONTWAIT));
}

TEST_F(stream, send_of_nothing_does_nothing)
{
	struct pair pair;
	char byte;

	ASSERT_EQ(0, pair_of_streams(&pair, self->face, variant->family));
	EXPECT_EQ(0, face_send(self->face, pair.fd, NULL, 0, 0));
	EXPECT_EQ(0, write(pair.fd, &byte, 0));
	EXPECT_EQ(1, face_send(self->face, pair.fd, "x", 1, 0));
	EXPECT_EQ(1, face_recv(&plain_face, pair.peer, &byte, 1, 0));
	EXPECT_EQ('x', byte);
}

TEST_F(socket, read_of_nothing_takes_nothing)
{
	struct pair pair;
	char byte = 0;

	ASSERT_EQ(0, pair_of(&pair, self->face, variant->family,
			     variant->type));
	EXPECT_EQ(0, read(pair.fd, &byte, 0));
	ASSERT_EQ(1, face_send(&plain_face, pair.peer, "x", 1, 0));
	ASSERT_EQ(POLLIN, wait_events(pair.fd, POLLIN, WAIT_MS));
	EXPECT_EQ(0, read(pair.fd, &byte, 0));
	EXPECT_EQ(1, read(pair.fd, &byte, 1));
	EXPECT_EQ('x', byte);
}

TEST_F(stream, recv_of_nothing_takes_nothing)
{
	struct pair pair;
	char byte = 0;

	ASSERT_EQ(0, pair_of_streams(&pair, self->face, variant->family));
	ASSERT_EQ(1, face_send(&plain_face, pair.peer, "x", 1, 0));
	ASSERT_EQ(POLLIN, wait_events(pair.fd, POLLIN, WAIT_MS));
	EXPECT_EQ(0, face_recv(self->face, pair.fd, &byte, 0, 0));
	EXPECT_EQ(1, face_recv(self->face, pair.fd, &byte, 1, 0));
	EXPECT_EQ('x', byte);
}

TEST_F(socket, recv_without_data_fails_with_eagain)
{
	struct pair pair;
	char byte;

	ASSERT_EQ(0, pair_of(&pair, self->face, variant->family,
			     variant->type));
	EXPECT_EQ(-EAGAIN,
		  face_recv(self->face, pair.fd, &byte, 1, MSG_DONTWAIT));
}

/* ---- The descriptor ------------------------------------------------------ */

TEST_F(socket, the_descriptor_has_no_position)
{
	struct pair pair;
	char byte;

	ASSERT_EQ(0, pair_of(&pair, self->face, variant->family,
			     variant->type));
	EXPECT_EQ(-ESPIPE, ret_errno(pread(pair.fd, &byte, 1, 0)));
	EXPECT_EQ(-ESPIPE, ret_errno(pwrite(pair.fd, "x", 1, 0)));
	EXPECT_EQ(-ESPIPE, ret_errno(lseek(pair.fd, 0, SEEK_CUR)));
	EXPECT_EQ(-ESPIPE, ret_errno(lseek(pair.fd, 0, SEEK_SET)));
}

/* Whether an ordinary socket knows RWF_NOWAIT depends on the kernel. */
TEST(read_with_rwf_nowait_does_not_wait)
{
	struct pair pair;
	char byte = 0;
	struct iovec iov = { &byte, 1 };

	SETUP_KSOCK();
	ASSERT_EQ(0, pair_of_streams(&pair, &ksock_face, AF_INET));
	EXPECT_EQ(-EAGAIN,
		  ret_errno(preadv2(pair.fd, &iov, 1, -1, RWF_NOWAIT)));
	ASSERT_EQ(1, face_send(&plain_face, pair.peer, "x", 1, 0));
	ASSERT_EQ(POLLIN, wait_events(pair.fd, POLLIN, WAIT_MS));
	EXPECT_EQ(1, preadv2(pair.fd, &iov, 1, -1, RWF_NOWAIT));
	EXPECT_EQ('x', byte);
}

TEST_HARNESS_MAIN
