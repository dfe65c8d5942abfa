// SPDX-License-Identifier: GPL-2.0-only
/*
 * How requests of io_uring(7) on the descriptor of a socket end other than with
 * data: cancelled, out of time, at the end of a stream, and with the socket.
 */
#include "uring.h"

TEST_F(uring, read_that_waits_can_be_cancelled)
{
	uint64_t data = 0;
	int ret, i;

	io_uring_sqe_set_data64(NEXT_READ(1, WAY_FLAT), 1);
	ASSERT_EQ(PENDING, submitted(&self->ring));
	io_uring_prep_cancel64(io_uring_get_sqe(&self->ring), 1, 0);
	ASSERT_EQ(1, io_uring_submit(&self->ring));
	for (i = 0; i < 2; i++) {
		ret = completed_as(&self->ring, WAIT_MS, &data);
		EXPECT_EQ(data == 1 ? -ECANCELED : 0, ret);
	}
	EXPECT_EQ(0, workers());

	/* It has taken nothing, and never will. */
	ASSERT_EQ(1, face_send(&plain_face, self->pair.peer, "x", 1, 0));
	EXPECT_EQ(1, face_recv(self->face, self->pair.fd, self->buf, 1, 0));
	EXPECT_EQ(PENDING, completed(&self->ring, 0));
}

TEST_F(uring, poll_that_waits_can_be_cancelled)
{
	struct io_uring_sqe *sqe = io_uring_get_sqe(&self->ring);
	uint64_t data = 0;
	int ret, i;

	io_uring_prep_poll_add(sqe, self->pair.fd, POLLIN);
	io_uring_sqe_set_data64(sqe, 1);
	ASSERT_EQ(PENDING, submitted(&self->ring));
	io_uring_prep_poll_remove(io_uring_get_sqe(&self->ring), 1);
	ASSERT_EQ(1, io_uring_submit(&self->ring));
	for (i = 0; i < 2; i++) {
		ret = completed_as(&self->ring, WAIT_MS, &data);
		EXPECT_EQ(data == 1 ? -ECANCELED : 0, ret);
	}
}

TEST_F(uring, linked_timeout_ends_a_read)
{
	struct __kernel_timespec timeout = { .tv_nsec = 50000000 };
	struct io_uring_sqe *sqe;
	uint64_t data = 0;
	int ret, i;

	sqe = NEXT_READ(1, WAY_FLAT);
	sqe->flags |= IOSQE_IO_LINK;
	io_uring_sqe_set_data64(sqe, 1);
	sqe = io_uring_get_sqe(&self->ring);
	io_uring_prep_link_timeout(sqe, &timeout, 0);
	io_uring_sqe_set_data64(sqe, 2);
	ASSERT_EQ(2, io_uring_submit(&self->ring));
	for (i = 0; i < 2; i++) {
		ret = completed_as(&self->ring, WAIT_MS, &data);
		EXPECT_EQ(data == 1 ? -ECANCELED : -ETIME, ret);
	}
	EXPECT_EQ(0, workers());
}

TEST_F(uring, read_in_time_ends_its_linked_timeout)
{
	struct __kernel_timespec timeout = { .tv_sec = 600 };
	struct io_uring_sqe *sqe;
	uint64_t data = 0;
	int ret, i;

	sqe = NEXT_READ(1, WAY_FLAT);
	sqe->flags |= IOSQE_IO_LINK;
	io_uring_sqe_set_data64(sqe, 1);
	sqe = io_uring_get_sqe(&self->ring);
	io_uring_prep_link_timeout(sqe, &timeout, 0);
	io_uring_sqe_set_data64(sqe, 2);
	ASSERT_EQ(2, io_uring_submit(&self->ring));
	ASSERT_EQ(1, face_send(&plain_face, self->pair.peer, "x", 1, 0));
	for (i = 0; i < 2; i++) {
		ret = completed_as(&self->ring, WAIT_MS, &data);
		EXPECT_EQ(data == 1 ? 1 : -ECANCELED, ret);
	}
}

TEST_F(uring, shutdown_ends_a_read)
{
	NEXT_READ(1, WAY_FLAT);
	ASSERT_EQ(PENDING, submitted(&self->ring));
	ASSERT_EQ(0, self->face->shutdown(self->pair.fd, SHUT_RD));
	EXPECT_EQ(0, completed(&self->ring, WAIT_MS));
}

TEST_F(uring, read_at_the_end_of_a_stream_completes_with_0)
{
	if (variant->type != SOCK_STREAM)
		return;
	ASSERT_EQ(0, close(self->pair.peer));
	ASSERT_LT(0, wait_events(self->pair.fd, POLLIN, WAIT_MS));
	NEXT_READ(1, WAY_FLAT);
	EXPECT_EQ(0, submitted(&self->ring));
	NEXT_READ(1, WAY_BUFFER_FILE);
	EXPECT_EQ(0, submitted(&self->ring));
	EXPECT_EQ(0, workers());
}

TEST_F(uring, write_after_a_shutdown_completes_with_epipe)
{
	if (variant->type != SOCK_STREAM)
		return;
	ASSERT_EQ(0, signal_handle(SIGPIPE, 0));
	ASSERT_EQ(0, self->face->shutdown(self->pair.fd, SHUT_WR));
	NEXT_WRITE(1, WAY_FLAT);
	EXPECT_EQ(-EPIPE, submitted(&self->ring));
	EXPECT_EQ(1, signals);
	EXPECT_EQ(0, workers());
}

/* The request holds the socket, as a thread in read(2) would. */
TEST_F(uring, close_under_a_read_that_waits_closes_when_the_ring_goes)
{
	if (variant->type != SOCK_STREAM)
		return;
	ASSERT_EQ(0, io_uring_unregister_files(&self->ring));
	NEXT_READ(1, WAY_FLAT);
	ASSERT_EQ(PENDING, submitted(&self->ring));
	ASSERT_EQ(0, close(self->pair.fd));
	EXPECT_EQ(0, wait_events(self->pair.peer, POLLIN, QUIET_MS));
	ASSERT_EQ(1, face_send(&plain_face, self->pair.peer, "x", 1, 0));
	EXPECT_EQ(1, completed(&self->ring, WAIT_MS));
	EXPECT_EQ(POLLIN, wait_events(self->pair.peer, POLLIN, WAIT_MS));
	EXPECT_EQ(0, face_recv(&plain_face, self->pair.peer, self->buf, 1, 0));
}

TEST_F(uring, close_by_the_ring_closes_the_socket)
{
	if (variant->type != SOCK_STREAM)
		return;
	ASSERT_EQ(0, io_uring_unregister_files(&self->ring));
	io_uring_prep_close(io_uring_get_sqe(&self->ring), self->pair.fd);
	ASSERT_EQ(1, io_uring_submit(&self->ring));
	EXPECT_EQ(0, completed(&self->ring, WAIT_MS));
	EXPECT_EQ(POLLIN, wait_events(self->pair.peer, POLLIN, WAIT_MS));
	EXPECT_EQ(0, face_recv(&plain_face, self->pair.peer, self->buf, 1, 0));
}

TEST_HARNESS_MAIN
