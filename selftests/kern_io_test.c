// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a socket of the kernel's own does with data that the caller's does not:
 * it moves it by pieces through kernel memory.  That the pieces are one call, what
 * is longer than one, and what becomes of data that memory is missing for.
 */
#include "batch.h"
#include "bulk.h"
#include "kern.h"
#include "timed.h"

#define PIECE		KSOCK_KERN_MAX_DATA
/* Not a multiple of anything. */
#define LONG		1000003
/* More than any window there is. */
#define HUGE		(64 << 20)

FIXTURE(kern) {
	struct pair pair;
	char *from;
	char *to;
};

FIXTURE_VARIANT(kern) {
	int family;
};

FIXTURE_VARIANT_ADD(kern, ipv4) {
	.family = AF_INET,
};

FIXTURE_VARIANT_ADD(kern, ipv6) {
	.family = AF_INET6,
};

FIXTURE_SETUP(kern)
{
	SETUP_KSOCK();
	self->from = memory_until(LONG, LONG);
	self->to = memory_until(LONG, LONG);
	ASSERT_TRUE(self->from && self->to);
	memset(self->to, 0, LONG);
}

FIXTURE_TEARDOWN(kern)
{
}

#define STREAMS()							\
	ASSERT_EQ(0, pair_of_streams(&self->pair, &kern_face,		\
				     variant->family))
#define DGRAMS()							\
	ASSERT_EQ(0, pair_of_dgrams(&self->pair, &kern_face,		\
				    variant->family))

/* HUGE bytes of memory, or NULL. */
static char *memory_huge(void)
{
	char *memory = mmap(NULL, HUGE, PROT_READ | PROT_WRITE,
			    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	return memory == MAP_FAILED ? NULL : memory;
}

static int sent_ops(int fd)
{
	struct ksock_socket_info info;

	return ksock_socket_info(fd, &info) ? -1 : (int)info.out_sent_ops;
}

static int received_ops(int fd)
{
	struct ksock_socket_info info;

	return ksock_socket_info(fd, &info) ? -1 : (int)info.out_received_ops;
}

/* ---- Streams that are longer than a piece -------------------------------- */

TEST_F(kern, send_of_many_pieces_is_one_that_takes_them_all)
{
	struct call recv = { .run = recv_all, .face = &plain_face, .len = LONG };
	struct ksock_socket_info info;

	STREAMS();
	recv.fd = self->pair.peer;
	recv.buf = self->to;
	ASSERT_EQ(0, call_start(&recv));
	EXPECT_EQ(LONG, face_send(&kern_face, self->pair.fd, self->from, LONG,
				  0));
	EXPECT_EQ(LONG, call_end(&recv));
	EXPECT_EQ(0, memcmp(self->from, self->to, LONG));
	ASSERT_EQ(0, ksock_socket_info(self->pair.fd, &info));
	EXPECT_EQ(1, info.out_sent_ops);
	EXPECT_EQ(LONG, info.out_sent_bytes);
}

TEST_F(kern, receive_of_all_is_one_that_waits_for_many_pieces)
{
	struct call send = { .run = send_all, .face = &plain_face, .len = LONG };
	struct ksock_socket_info info;

	STREAMS();
	send.fd = self->pair.peer;
	send.buf = self->from;
	ASSERT_EQ(0, call_start(&send));
	EXPECT_EQ(LONG, face_recv(&kern_face, self->pair.fd, self->to, LONG,
				  MSG_WAITALL));
	EXPECT_EQ(LONG, call_end(&send));
	EXPECT_EQ(0, memcmp(self->from, self->to, LONG));
	ASSERT_EQ(0, ksock_socket_info(self->pair.fd, &info));
	EXPECT_EQ(1, info.out_received_ops);
	EXPECT_EQ(LONG, info.out_received_bytes);
}

TEST_F(kern, stream_of_messages_of_odd_parts_arrives_whole)
{
	struct call recv = { .run = recv_all, .face = &plain_face, .len = LONG };
	struct iovec iov[] = {
		{ self->from, 1 },
		{ self->from + 1, 0 },
		{ self->from + 1, PIECE },
		{ self->from + 1 + PIECE, 333333 },
		{ self->from + 333334 + PIECE, LONG - 333334 - PIECE },
	};
	struct msghdr msg = { .msg_iov = iov, .msg_iovlen = ARRAY_SIZE(iov) };

	STREAMS();
	recv.fd = self->pair.peer;
	recv.buf = self->to;
	ASSERT_EQ(0, call_start(&recv));
	EXPECT_EQ(LONG, ksock_sendmsg(self->pair.fd, &msg, 0));
	EXPECT_EQ(LONG, call_end(&recv));
	EXPECT_EQ(0, memcmp(self->from, self->to, LONG));
}

TEST_F(kern, stream_between_two_of_them_by_read_and_write_arrives_whole)
{
	struct call read = { .run = read_all, .face = &kern_face, .len = LONG };
	struct addr addr = addr_loopback(variant->family, PORT);
	int listener, fd;

	listener = listener_at(&kern_face, &addr, 1);
	ASSERT_LE(0, listener);
	fd = connected_to(&kern_face, SOCK_STREAM, &addr);
	ASSERT_LE(0, fd);
	read.fd = ksock_accept(listener, NULL, NULL, 0);
	ASSERT_LE(0, read.fd);
	read.buf = self->to;
	ASSERT_EQ(0, call_start(&read));
	EXPECT_EQ(LONG, write(fd, self->from, LONG));
	EXPECT_EQ(LONG, call_end(&read));
	EXPECT_EQ(0, memcmp(self->from, self->to, LONG));
}

TEST_F(kern, stream_through_short_buffers_arrives_whole)
{
	struct call send = { .run = send_all, .face = &plain_face, .len = LONG };
	size_t done = 0, step = 1;
	ssize_t ret;

	STREAMS();
	send.fd = self->pair.peer;
	send.buf = self->from;
	ASSERT_EQ(0, call_start(&send));
	while (done < LONG) {
		step = step * 3 % 8191 + 1;
		if (step > LONG - done)
			step = LONG - done;
		ret = face_recv(&kern_face, self->pair.fd, self->to + done,
				step, MSG_WAITALL);
		ASSERT_EQ(step, ret);
		done += ret;
	}
	EXPECT_EQ(LONG, call_end(&send));
	EXPECT_EQ(0, memcmp(self->from, self->to, LONG));
}

/* Fills the receive queue of the socket with more than a piece. */
static size_t queue_long(const struct pair *pair, char *from)
{
	int size = 4 * LONG, queued = 0;
	size_t done = 0;
	ssize_t ret;

	if (setsockopt(pair->peer, SOL_SOCKET, SO_SNDBUFFORCE, &size,
		       sizeof(size)))
		return 0;
	while (done < 3 * PIECE) {
		ret = face_send(&plain_face, pair->peer, from + done,
				3 * PIECE - done, 0);
		if (ret <= 0)
			return 0;
		done += ret;
	}
	if (!EVENTUALLY(!ioctl(pair->fd, FIONREAD, &queued) && queued == done))
		return 0;
	return done;
}

static int rcvbuf_grow(int fd)
{
	int size = 4 * LONG;

	return ksock_setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size,
				sizeof(size));
}

TEST_F(kern, receive_from_a_stream_returns_a_piece_at_most)
{
	STREAMS();
	ASSERT_EQ(0, rcvbuf_grow(self->pair.fd));
	ASSERT_EQ(3 * PIECE, queue_long(&self->pair, self->from));
	EXPECT_EQ(PIECE, face_recv(&kern_face, self->pair.fd, self->to, LONG,
				   0));
	EXPECT_EQ(PIECE, read(self->pair.fd, self->to + PIECE, LONG - PIECE));
	EXPECT_EQ(0, memcmp(self->from, self->to, 2 * PIECE));
	EXPECT_EQ(0, self->to[2 * PIECE]);
}

TEST_F(kern, peek_at_all_of_a_stream_returns_a_piece_and_leaves_it)
{
	STREAMS();
	ASSERT_EQ(0, rcvbuf_grow(self->pair.fd));
	ASSERT_EQ(3 * PIECE, queue_long(&self->pair, self->from));
	EXPECT_EQ(PIECE, face_recv(&kern_face, self->pair.fd, self->to, LONG,
				   MSG_PEEK | MSG_WAITALL));
	EXPECT_EQ(0, memcmp(self->from, self->to, PIECE));
	EXPECT_EQ(3 * PIECE, face_recv(&kern_face, self->pair.fd, self->to,
				       3 * PIECE, MSG_WAITALL));
	EXPECT_EQ(0, memcmp(self->from, self->to, 3 * PIECE));
}

/* What is dropped does not pass through memory, and nothing is stored. */
TEST_F(kern, receive_that_drops_has_no_pieces_and_stores_nothing)
{
	char *before = malloc(LONG);

	STREAMS();
	ASSERT_EQ(0, rcvbuf_grow(self->pair.fd));
	ASSERT_EQ(3 * PIECE, queue_long(&self->pair, self->from));
	memset(self->to, 0x5a, LONG);
	memcpy(before, self->to, LONG);
	EXPECT_EQ(10, face_recv(&kern_face, self->pair.fd, self->to, 10,
				MSG_TRUNC));
	EXPECT_EQ(3 * PIECE - 20, timed_recv(self->pair.fd, self->to,
					     3 * PIECE - 20,
					     MSG_TRUNC | MSG_WAITALL, LATE));
	EXPECT_EQ(0, memcmp(before, self->to, LONG));
	EXPECT_EQ(10, face_recv(&kern_face, self->pair.fd, self->to, LONG, 0));
	EXPECT_EQ(0, memcmp(self->from + 3 * PIECE - 10, self->to, 10));
}

/* ---- The end of the wait -------------------------------------------------- */

TEST_F(kern, send_that_may_not_wait_returns_what_all_pieces_moved)
{
	size_t taken;
	ssize_t ret;

	STREAMS();
	ret = face_send(&kern_face, self->pair.fd, self->from, LONG,
			MSG_DONTWAIT);
	ASSERT_LT(PIECE, ret);
	taken = ret;
	if (taken < LONG)
		taken += fill(&kern_face, self->pair.fd);
	EXPECT_EQ(0, drain(&plain_face, self->pair.peer, taken));
	EXPECT_EQ(-EAGAIN, face_recv(&plain_face, self->pair.peer, self->to, 1,
				     MSG_DONTWAIT));
}

TEST_F(kern, send_with_a_timeout_returns_what_all_pieces_moved)
{
	ssize_t ret;

	STREAMS();
	/* Nobody reads. */
	self->from = memory_huge();
	ASSERT_TRUE(self->from != NULL);
	ret = timed_send(self->pair.fd, self->from, HUGE, 0, SOON);
	ASSERT_LT(PIECE, ret);
	EXPECT_GT(HUGE, ret);
	EXPECT_EQ(0, drain(&plain_face, self->pair.peer, ret));
	EXPECT_EQ(-EAGAIN, face_recv(&plain_face, self->pair.peer, self->to, 1,
				     MSG_DONTWAIT));
	EXPECT_EQ(1, sent_ops(self->pair.fd));
}

TEST_F(kern, timeout_of_the_socket_bounds_all_pieces_of_a_send)
{
	struct timeval tv = { .tv_usec = 200000 };
	uint64_t start;
	ssize_t ret;

	STREAMS();
	self->from = memory_huge();
	ASSERT_TRUE(self->from != NULL);
	ASSERT_EQ(0, ksock_setsockopt(self->pair.fd, SOL_SOCKET, SO_SNDTIMEO,
				      &tv, sizeof(tv)));
	start = tick_ns();
	ret = face_send(&kern_face, self->pair.fd, self->from, HUGE, 0);
	EXPECT_LE(150 * NS_PER_MS, clock_ns(CLOCK_MONOTONIC) - start);
	ASSERT_LT(PIECE, ret);
	EXPECT_GT(HUGE, ret);
	EXPECT_EQ(0, drain(&plain_face, self->pair.peer, ret));
	EXPECT_EQ(-EAGAIN, face_recv(&plain_face, self->pair.peer, self->to, 1,
				     MSG_DONTWAIT));
}

TEST_F(kern, receive_of_all_returns_what_came_by_the_timeout_of_the_socket)
{
	struct timeval tv = { .tv_usec = 200000 };

	STREAMS();
	ASSERT_EQ(0, rcvbuf_grow(self->pair.fd));
	ASSERT_EQ(0, ksock_setsockopt(self->pair.fd, SOL_SOCKET, SO_RCVTIMEO,
				      &tv, sizeof(tv)));
	ASSERT_EQ(3 * PIECE, queue_long(&self->pair, self->from));
	EXPECT_EQ(3 * PIECE, face_recv(&kern_face, self->pair.fd, self->to,
				       LONG, MSG_WAITALL));
	EXPECT_EQ(0, memcmp(self->from, self->to, 3 * PIECE));
	EXPECT_EQ(-EAGAIN, face_recv(&kern_face, self->pair.fd, self->to, LONG,
				     MSG_WAITALL));
}

TEST_F(kern, receive_of_all_returns_what_came_before_the_end)
{
	STREAMS();
	ASSERT_EQ(0, rcvbuf_grow(self->pair.fd));
	ASSERT_EQ(3 * PIECE, queue_long(&self->pair, self->from));
	ASSERT_EQ(0, shutdown(self->pair.peer, SHUT_WR));
	EXPECT_EQ(3 * PIECE, face_recv(&kern_face, self->pair.fd, self->to,
				       LONG, MSG_WAITALL));
	EXPECT_EQ(0, memcmp(self->from, self->to, 3 * PIECE));
	EXPECT_EQ(0, face_recv(&kern_face, self->pair.fd, self->to, LONG,
			       MSG_WAITALL));
	EXPECT_EQ(2, received_ops(self->pair.fd));
}

TEST_F(kern, signal_in_a_later_piece_ends_it_with_what_was_moved)
{
	struct call call = { .face = &kern_face, .run = call_recv,
			     .flags = MSG_WAITALL, .len = LONG };

	STREAMS();
	ASSERT_EQ(0, signal_handle(SIGUSR1, 0));
	ASSERT_EQ(0, rcvbuf_grow(self->pair.fd));
	ASSERT_EQ(3 * PIECE, queue_long(&self->pair, self->from));
	call.fd = self->pair.fd;
	call.buf = self->to;
	ASSERT_EQ(0, call_start(&call));
	ASSERT_TRUE(call_sleeps(&call));
	ASSERT_EQ(0, pthread_kill(call.thread, SIGUSR1));
	EXPECT_EQ(3 * PIECE, call_end(&call));
	EXPECT_EQ(0, memcmp(self->from, self->to, 3 * PIECE));

	call = (struct call) { .face = &kern_face, .run = call_send,
			       .fd = self->pair.fd, .len = HUGE };
	call.buf = memory_huge();
	ASSERT_TRUE(call.buf != NULL);
	ASSERT_EQ(0, call_start(&call));
	ASSERT_TRUE(call_sleeps(&call));
	ASSERT_EQ(0, pthread_kill(call.thread, SIGUSR1));
	call.ret = call_end(&call);
	ASSERT_LT(PIECE, call.ret);
	EXPECT_EQ(0, drain(&plain_face, self->pair.peer, call.ret));
}

/* The peer resets while a later piece waits: that is for the next call. */
TEST_F(kern, error_in_a_later_piece_is_left_to_the_next_call)
{
	struct linger linger = { .l_onoff = 1 };
	struct call call = { .face = &kern_face, .run = call_send,
			     .len = HUGE };

	STREAMS();
	ASSERT_EQ(0, signal_handle(SIGPIPE, 0));
	call.fd = self->pair.fd;
	call.buf = memory_huge();
	ASSERT_TRUE(call.buf != NULL);
	ASSERT_EQ(0, setsockopt(self->pair.peer, SOL_SOCKET, SO_LINGER, &linger,
				sizeof(linger)));
	ASSERT_EQ(0, call_start(&call));
	ASSERT_TRUE(call_sleeps(&call));
	ASSERT_EQ(0, close(self->pair.peer));
	EXPECT_LT(PIECE, call_end(&call));
	EXPECT_EQ(0, signals);
	EXPECT_EQ(-ECONNRESET, face_send(&kern_face, self->pair.fd, "x", 1, 0));
	EXPECT_EQ(0, signals);
	EXPECT_EQ(-EPIPE, face_send(&kern_face, self->pair.fd, "x", 1, 0));
	EXPECT_EQ(1, signals);
}

/* Of a long send with MSG_OOB, as of a short one, the last byte is urgent. */
TEST_F(kern, urgent_is_the_last_byte_of_the_last_piece)
{
	char byte = 0;

	STREAMS();
	EXPECT_EQ(PIECE + 100, face_send(&kern_face, self->pair.fd, self->from,
					 PIECE + 100, MSG_OOB));
	EXPECT_EQ(PIECE + 99, face_recv(&plain_face, self->pair.peer, self->to,
					PIECE + 99, MSG_WAITALL));
	EXPECT_EQ(0, memcmp(self->from, self->to, PIECE + 99));
	EXPECT_EQ(1, face_recv(&plain_face, self->pair.peer, &byte, 1,
			       MSG_OOB));
	EXPECT_EQ(self->from[PIECE + 99], byte);
}

/* ---- Datagrams ------------------------------------------------------------- */

TEST_F(kern, datagram_of_each_size_arrives_as_it_is)
{
	static const size_t sizes[] = {
		0, 1, 2, 1471, 1472, 1473, 4095, 4096, 4097, 16384, 32768,
		65506, 65507,
	};
	size_t i;

	DGRAMS();
	for (i = 0; i < ARRAY_SIZE(sizes); i++) {
		EXPECT_EQ(sizes[i], face_send(&kern_face, self->pair.fd,
					      self->from, sizes[i], 0));
		EXPECT_EQ(sizes[i], face_recv(&plain_face, self->pair.peer,
					      self->to, LONG, 0));
		EXPECT_EQ(0, memcmp(self->from, self->to, sizes[i]));
		memset(self->to, 0, sizes[i]);
		EXPECT_EQ(sizes[i], face_send(&plain_face, self->pair.peer,
					      self->from, sizes[i], 0));
		EXPECT_EQ(sizes[i], face_recv(&kern_face, self->pair.fd,
					      self->to, LONG, 0));
		EXPECT_EQ(0, memcmp(self->from, self->to, sizes[i]));
		EXPECT_EQ(0, self->to[sizes[i]]);
		memset(self->to, 0, sizes[i]);
	}
}

TEST_F(kern, datagram_too_long_fails_with_emsgsize)
{
	static const size_t sizes[] = {
		65536, 65537, PIECE + 2, 2 * PIECE, LONG,
	};
	size_t i;

	DGRAMS();
	for (i = 0; i < ARRAY_SIZE(sizes); i++) {
		EXPECT_EQ(-EMSGSIZE, face_send(&kern_face, self->pair.fd,
					       self->from, sizes[i], 0)) {
			TH_LOG("%zu bytes", sizes[i]);
		}
		EXPECT_EQ(-EMSGSIZE, ret_errno(write(self->pair.fd, self->from,
						     sizes[i])));
	}
	EXPECT_EQ(0, sent_ops(self->pair.fd));
}

TEST_F(kern, datagram_that_is_cut_tells_its_length_and_stores_no_more)
{
	int flags = MSG_TRUNC;

	DGRAMS();
	ASSERT_EQ(40000, face_send(&plain_face, self->pair.peer, self->from,
				   40000, 0));
	EXPECT_EQ(40000, ksock_recvfrom(self->pair.fd, self->to, 10, &flags,
					NULL, NULL));
	EXPECT_EQ(MSG_TRUNC, flags);
	EXPECT_EQ(0, memcmp(self->from, self->to, 10));
	EXPECT_EQ(0, self->to[10]);
}

/* ---- Memory that is not there ---------------------------------------------- */

TEST_F(kern, piece_that_cannot_be_read_is_not_sent)
{
	size_t hole = 4096, len = 3 * 4096;
	char *from = memory_until(len, hole);

	STREAMS();
	ASSERT_TRUE(from != NULL);
	EXPECT_EQ(-EFAULT, face_send(&kern_face, self->pair.fd, from, len, 0));
	EXPECT_EQ(-EFAULT, ret_errno(write(self->pair.fd, from, len)));
	EXPECT_EQ(-EAGAIN, face_recv(&plain_face, self->pair.peer, self->to,
				     LONG, MSG_DONTWAIT));
	EXPECT_EQ(0, sent_ops(self->pair.fd));

	/* What is before it is. */
	from = memory_until(3 * PIECE, 2 * PIECE + 4096);
	ASSERT_TRUE(from != NULL);
	EXPECT_EQ(2 * PIECE, face_send(&kern_face, self->pair.fd, from,
				       3 * PIECE, 0));
	EXPECT_EQ(2 * PIECE, face_recv(&plain_face, self->pair.peer, self->to,
				       2 * PIECE, MSG_WAITALL));
	EXPECT_EQ(0, memcmp(from, self->to, 2 * PIECE));
}

TEST_F(kern, datagram_that_cannot_be_read_is_not_sent)
{
	char *from = memory_until(3 * 4096, 4096);
	int batch;

	DGRAMS();
	ASSERT_TRUE(from != NULL);
	EXPECT_EQ(-EFAULT, face_send(&kern_face, self->pair.fd, from, 3 * 4096,
				     0));
	batch = batch_open(1, 1);
	ASSERT_LE(0, batch);
	ASSERT_EQ(0, batch_slot(batch, 0, self->pair.fd));
	EXPECT_EQ(-EFAULT, batch_one(batch, batch_send(0, from, 3 * 4096, 0)));
	EXPECT_EQ(4096, face_send(&kern_face, self->pair.fd, from, 4096, 0));
	EXPECT_EQ(4096, face_recv(&plain_face, self->pair.peer, self->to, LONG,
				  0));
}

TEST_F(kern, what_cannot_be_stored_of_a_stream_is_lost_and_the_rest_told)
{
	char *to = memory_until(3 * 4096, 4096);

	STREAMS();
	ASSERT_TRUE(to != NULL);
	ASSERT_EQ(8192, face_send(&plain_face, self->pair.peer, self->from,
				  8192, 0));
	EXPECT_EQ(4096, face_recv(&kern_face, self->pair.fd, to, 8192,
				  MSG_WAITALL));
	EXPECT_EQ(0, memcmp(self->from, to, 4096));
	ASSERT_EQ(5, face_send(&plain_face, self->pair.peer, "hello", 5, 0));
	EXPECT_EQ(-EFAULT, face_recv(&kern_face, self->pair.fd, to + 4096, 2,
				     MSG_WAITALL));
	EXPECT_EQ(3, face_recv(&kern_face, self->pair.fd, self->to, LONG, 0));
	EXPECT_EQ(0, memcmp("llo", self->to, 3));
	/* Peeking loses nothing. */
	ASSERT_EQ(5, face_send(&plain_face, self->pair.peer, "hello", 5, 0));
	EXPECT_EQ(-EFAULT, face_recv(&kern_face, self->pair.fd, to + 4096, 5,
				     MSG_PEEK));
	EXPECT_EQ(5, read(self->pair.fd, self->to, LONG));
}

TEST_F(kern, datagram_that_cannot_be_stored_fails_with_efault_and_is_lost)
{
	char *to = memory_until(3 * 4096, 4096);

	DGRAMS();
	ASSERT_TRUE(to != NULL);
	ASSERT_EQ(8192, face_send(&plain_face, self->pair.peer, self->from,
				  8192, 0));
	ASSERT_EQ(5, face_send(&plain_face, self->pair.peer, "hello", 5, 0));
	EXPECT_EQ(-EFAULT, face_recv(&kern_face, self->pair.fd, to, 3 * 4096,
				     0));
	EXPECT_EQ(5, face_recv(&kern_face, self->pair.fd, self->to, LONG, 0));
	EXPECT_EQ(0, memcmp("hello", self->to, 5));
}

/* ---- What needs user memory under the lock ---------------------------------- */

TEST_F(kern, send_without_a_copy_fails_with_eopnotsupp)
{
	struct iovec iov = { self->from, 1 };
	struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1 };
	int one = 1, batch;

	STREAMS();
	ASSERT_EQ(0, ksock_setsockopt(self->pair.fd, SOL_SOCKET, SO_ZEROCOPY,
				      &one, sizeof(one)));
	EXPECT_EQ(-EOPNOTSUPP, face_send(&kern_face, self->pair.fd, self->from,
					 1, MSG_ZEROCOPY));
	EXPECT_EQ(-EOPNOTSUPP, ksock_sendmsg(self->pair.fd, &msg,
					     MSG_ZEROCOPY));
	EXPECT_EQ(-EOPNOTSUPP, timed_send(self->pair.fd, self->from, 1,
					  MSG_ZEROCOPY, LATE));
	batch = batch_open(1, 1);
	ASSERT_LE(0, batch);
	ASSERT_EQ(0, batch_slot(batch, 0, self->pair.fd));
	EXPECT_EQ(-EOPNOTSUPP, batch_one(batch, batch_send(0, self->from, 1,
							   MSG_ZEROCOPY)));
	EXPECT_EQ(0, sent_ops(self->pair.fd));
}

TEST_HARNESS_MAIN
