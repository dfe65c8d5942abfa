// SPDX-License-Identifier: GPL-2.0-only
/*
 * io_uring(7) on the descriptor of a socket: reads, writes and polls complete
 * inline when they can and without a worker when they must wait, splices are
 * correct, and what works a socket(2) alone is refused.  How requests end
 * otherwise is in uring_end_test.c.
 */
#include "uring.h"
#include "pattern.h"

/* ---- Inline -------------------------------------------------------------- */

TEST_F(uring, read_of_data_that_is_there_completes_inline)
{
	int way;

	for (way = 0; way < WAYS; way++) {
		ASSERT_EQ(5, face_send(&plain_face, self->pair.peer, "hello",
				       5, 0));
		ASSERT_EQ(POLLIN, wait_events(self->pair.fd, POLLIN, WAIT_MS));
		memset(self->buf, 0, sizeof(self->buf));
		NEXT_READ(sizeof(self->buf), way);
		EXPECT_EQ(5, submitted(&self->ring)) {
			TH_LOG("way %d", way);
		}
		EXPECT_EQ(0, memcmp("hello", self->buf, 5));
	}
	EXPECT_EQ(0, workers());
}

TEST_F(uring, write_completes_inline)
{
	char buf[8];
	int way;

	memcpy(self->buf, "hello", 5);
	for (way = 0; way < WAYS; way++) {
		NEXT_WRITE(5, way);
		EXPECT_EQ(5, submitted(&self->ring)) {
			TH_LOG("way %d", way);
		}
		EXPECT_EQ(5, face_recv(&plain_face, self->pair.peer, buf,
				       sizeof(buf), 0));
		EXPECT_EQ(0, memcmp("hello", buf, 5));
	}
	EXPECT_EQ(0, workers());
}

TEST_F(uring, poll_of_what_is_ready_completes_inline)
{
	struct io_uring_sqe *sqe = io_uring_get_sqe(&self->ring);

	io_uring_prep_poll_add(sqe, self->pair.fd, POLLIN | POLLOUT);
	EXPECT_EQ(POLLOUT, submitted(&self->ring));
	EXPECT_EQ(0, workers());
}

TEST_F(uring, many_requests_of_one_submission_complete_inline)
{
	int i;

	memset(self->buf, 'x', sizeof(self->buf));
	for (i = 0; i < ENTRIES; i++)
		NEXT_WRITE(16, WAY_FLAT_FILE);
	ASSERT_EQ(ENTRIES, io_uring_submit(&self->ring));
	for (i = 0; i < ENTRIES; i++)
		EXPECT_EQ(16, completed(&self->ring, 0));
	for (i = 0; i < ENTRIES; i++)
		ASSERT_EQ(16, face_send(&plain_face, self->pair.peer, self->buf,
					16, 0));
	ASSERT_EQ(POLLIN, wait_events(self->pair.fd, POLLIN, WAIT_MS));
	for (i = 0; i < ENTRIES; i++)
		NEXT_READ(16, WAY_FLAT_FILE);
	ASSERT_EQ(ENTRIES, io_uring_submit(&self->ring));
	for (i = 0; i < ENTRIES; i++)
		EXPECT_EQ(16, completed(&self->ring, WAIT_MS));
	EXPECT_EQ(0, workers());
}

/* ---- Later --------------------------------------------------------------- */

TEST_F(uring, read_of_data_that_comes_later_completes_without_a_worker)
{
	int way;

	for (way = 0; way < WAYS; way++) {
		memset(self->buf, 0, sizeof(self->buf));
		NEXT_READ(sizeof(self->buf), way);
		EXPECT_EQ(PENDING, submitted(&self->ring)) {
			TH_LOG("way %d", way);
		}
		EXPECT_EQ(0, workers());
		ASSERT_EQ(5, face_send(&plain_face, self->pair.peer, "hello",
				       5, 0));
		EXPECT_EQ(5, completed(&self->ring, WAIT_MS));
		EXPECT_EQ(0, memcmp("hello", self->buf, 5));
	}
	EXPECT_EQ(0, workers());
}

TEST_F(uring, write_to_a_full_stream_completes_when_there_is_room)
{
	size_t taken;
	int way;

	if (variant->type != SOCK_STREAM)
		return;
	for (way = 0; way < WAYS; way += WAY_FILE) {
		taken = fill(self->face, self->pair.fd);
		NEXT_WRITE(5, way);
		EXPECT_EQ(PENDING, submitted(&self->ring));
		EXPECT_EQ(0, workers());
		ASSERT_EQ(0, drain(&plain_face, self->pair.peer, taken));
		EXPECT_EQ(5, completed(&self->ring, WAIT_MS));
		ASSERT_EQ(0, drain(&plain_face, self->pair.peer, 5));
	}
	EXPECT_EQ(0, workers());
}

TEST_F(uring, poll_completes_when_data_comes)
{
	struct io_uring_sqe *sqe = io_uring_get_sqe(&self->ring);

	io_uring_prep_poll_add(sqe, self->pair.fd, POLLIN);
	EXPECT_EQ(PENDING, submitted(&self->ring));
	ASSERT_EQ(1, face_send(&plain_face, self->pair.peer, "x", 1, 0));
	EXPECT_EQ(POLLIN, completed(&self->ring, WAIT_MS));
	EXPECT_EQ(0, workers());
}

TEST_F(uring, reads_that_wait_are_served_one_by_one)
{
	int i;

	for (i = 0; i < 4; i++)
		NEXT_READ(1, WAY_FLAT);
	ASSERT_EQ(4, io_uring_submit(&self->ring));
	EXPECT_EQ(PENDING, completed(&self->ring, 0));
	for (i = 0; i < 4; i++) {
		ASSERT_EQ(1, face_send(&plain_face, self->pair.peer, "x", 1,
				       0));
		EXPECT_EQ(1, completed(&self->ring, WAIT_MS));
		EXPECT_EQ(PENDING, completed(&self->ring, 0));
	}
	EXPECT_EQ(0, workers());
}

TEST_F(uring, read_that_must_go_to_a_worker_completes_all_the_same)
{
	NEXT_READ(sizeof(self->buf), WAY_FLAT)->flags |= IOSQE_ASYNC;
	EXPECT_EQ(PENDING, submitted(&self->ring));
	ASSERT_EQ(5, face_send(&plain_face, self->pair.peer, "hello", 5, 0));
	EXPECT_EQ(5, completed(&self->ring, WAIT_MS));
	EXPECT_EQ(0, memcmp("hello", self->buf, 5));
}

/* What a read without data completes with on an O_NONBLOCK descriptor. */
static int nonblock_read(struct io_uring *ring, int fd, char *byte)
{
	int ret;

	if (fcntl(fd, F_SETFL, O_NONBLOCK))
		return -errno;
	io_uring_prep_read(io_uring_get_sqe(ring), fd, byte, 1, 0);
	ret = submitted(ring);
	if (ret != PENDING)
		return ret;
	/* It must not be left behind on a socket that goes. */
	io_uring_prep_cancel(io_uring_get_sqe(ring), NULL, 0);
	io_uring_submit(ring);
	completed(ring, WAIT_MS);
	completed(ring, WAIT_MS);
	return PENDING;
}

TEST_F(uring, read_with_o_nonblock_is_what_it_is_of_a_plain_socket)
{
	struct addr silent = addr_loopback(variant->family, PORT + 2);
	int plain;

	/* Connected to somebody who never sends. */
	if (variant->type == SOCK_STREAM)
		ASSERT_LE(0, listener_at(&plain_face, &silent, 1));
	plain = connected_to(&plain_face, variant->type, &silent);
	ASSERT_LE(0, plain);
	EXPECT_EQ(nonblock_read(&self->ring, plain, self->buf),
		  nonblock_read(&self->ring, self->pair.fd, self->buf));
	EXPECT_EQ(0, workers());
}

/* ---- Splices ------------------------------------------------------------- */

TEST_F(uring, splice_from_and_to_a_socket_is_correct)
{
	size_t len = variant->type == SOCK_STREAM ? 1 << 16 : 9000, done = 0;
	unsigned char *out = malloc(len), *in = calloc(1, len);
	ssize_t ret;

	ASSERT_TRUE(out && in);
	pattern_fill(out, len);
	ASSERT_EQ(len, face_send(&plain_face, self->pair.peer, out, len, 0));
	ASSERT_EQ(POLLIN, wait_events(self->pair.fd, POLLIN, WAIT_MS));
	while (done < len) {
		io_uring_prep_splice(io_uring_get_sqe(&self->ring),
				     self->pair.fd, -1, self->pipe[1], -1,
				     len - done, 0);
		ASSERT_EQ(1, io_uring_submit(&self->ring));
		ret = completed(&self->ring, WAIT_MS);
		ASSERT_LT(0, ret);
		done += ret;
		/* And what came out of it back in. */
		while (ret) {
			ssize_t part;

			io_uring_prep_splice(io_uring_get_sqe(&self->ring),
					     self->pipe[0], -1, self->pair.fd,
					     -1, ret, 0);
			ASSERT_EQ(1, io_uring_submit(&self->ring));
			part = completed(&self->ring, WAIT_MS);
			ASSERT_LT(0, part);
			ret -= part;
		}
	}
	for (done = 0; done < len; done += ret) {
		ret = face_recv(&plain_face, self->pair.peer, in + done,
				len - done, 0);
		ASSERT_LT(0, ret);
	}
	EXPECT_EQ(len, pattern_length(in, len));
}

TEST_F(uring, splice_from_a_socket_waits_for_data)
{
	io_uring_prep_splice(io_uring_get_sqe(&self->ring), self->pair.fd, -1,
			     self->pipe[1], -1, 8, 0);
	EXPECT_EQ(PENDING, submitted(&self->ring));
	ASSERT_EQ(5, face_send(&plain_face, self->pair.peer, "hello", 5, 0));
	EXPECT_EQ(5, completed(&self->ring, WAIT_MS));
	EXPECT_EQ(5, read(self->pipe[0], self->buf, 8));
	EXPECT_EQ(0, memcmp("hello", self->buf, 5));
}

/* ---- A thread of the kernel ---------------------------------------------- */

TEST_F(uring, a_polling_thread_reads_and_writes)
{
	struct io_uring_params params = {
		.flags = IORING_SETUP_SQPOLL, .sq_thread_idle = 1000,
	};
	struct io_uring ring;
	char buf[8];

	ASSERT_EQ(0, io_uring_queue_init_params(8, &ring, &params));
	io_uring_prep_write(io_uring_get_sqe(&ring), self->pair.fd, "hello", 5,
			    0);
	ASSERT_LT(0, io_uring_submit(&ring));
	EXPECT_EQ(5, completed(&ring, WAIT_MS));
	EXPECT_EQ(5, face_recv(&plain_face, self->pair.peer, buf, sizeof(buf),
			       0));
	io_uring_prep_read(io_uring_get_sqe(&ring), self->pair.fd, buf,
			   sizeof(buf), 0);
	ASSERT_LT(0, io_uring_submit(&ring));
	ASSERT_EQ(6, face_send(&plain_face, self->pair.peer, "answer", 6, 0));
	EXPECT_EQ(6, completed(&ring, WAIT_MS));
	EXPECT_EQ(0, memcmp("answer", buf, 6));
	io_uring_queue_exit(&ring);
}

/* ---- A ksock alone ------------------------------------------------------- */

TEST_F(uring, what_works_sockets_alone_fails_with_enotsock)
{
	struct addr addr = addr_loopback(variant->family, PORT);
	struct io_uring *ring = &self->ring;
	struct msghdr msg = { .msg_iov = &self->iov, .msg_iovlen = 1 };
	int fd = self->pair.fd, i;

	if (variant->face != &ksock_face)
		return;
	io_uring_prep_send(io_uring_get_sqe(ring), fd, self->buf, 1, 0);
	io_uring_prep_recv(io_uring_get_sqe(ring), fd, self->buf, 1, 0);
	io_uring_prep_sendmsg(io_uring_get_sqe(ring), fd, &msg, 0);
	io_uring_prep_recvmsg(io_uring_get_sqe(ring), fd, &msg, 0);
	io_uring_prep_accept(io_uring_get_sqe(ring), fd, NULL, NULL, 0);
	io_uring_prep_connect(io_uring_get_sqe(ring), fd, &addr.sa, addr.len);
	io_uring_prep_shutdown(io_uring_get_sqe(ring), fd, SHUT_RDWR);
	ASSERT_EQ(7, io_uring_submit(ring));
	for (i = 0; i < 7; i++)
		EXPECT_EQ(-ENOTSOCK, completed(ring, WAIT_MS));
	EXPECT_EQ(1, face_send(self->face, fd, "x", 1, 0));
}

TEST_HARNESS_MAIN
