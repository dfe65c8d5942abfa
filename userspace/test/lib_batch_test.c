// SPDX-License-Identifier: GPL-2.0-only
/*
 * Batches through the library: slots, operations and their results.
 */
#define _GNU_SOURCE

#include "lib.h"

#define OPS 8

TEST_F(dgram, batch_has_a_descriptor_that_is_closed_on_exec)
{
	struct ksock_batch *batch = ksock_batch_create(self->ctx, 2, OPS);
	int fd;

	ASSERT_NE(NULL, batch);
	fd = ksock_batch_get_fd(batch);
	EXPECT_EQ(FD_CLOEXEC, fcntl(fd, F_GETFD));
	errno = EXDEV;
	ksock_batch_close(batch);
	EXPECT_EQ(EXDEV, errno);
	EXPECT_EQ(EBADF, ERRNO(fcntl(fd, F_GETFD)));
	ksock_batch_close(NULL);
}

TEST_F(dgram, batch_out_of_range_fails_with_einval)
{
	EXPECT_EQ(EINVAL, ERRNO_PTR(ksock_batch_create(self->ctx, 0, OPS)));
	EXPECT_EQ(EINVAL, ERRNO_PTR(ksock_batch_create(self->ctx, 1, 0)));
	EXPECT_EQ(EINVAL, ERRNO_PTR(ksock_batch_create(self->ctx, 1025, OPS)));
	EXPECT_EQ(EINVAL, ERRNO_PTR(ksock_batch_create(self->ctx, 1, 1025)));
}

TEST_F(dgram, slot_out_of_range_fails_with_einval)
{
	struct ksock_batch *batch = ksock_batch_create(self->ctx, 2, OPS);

	ASSERT_NE(NULL, batch);
	EXPECT_EQ(0, ksock_batch_set_slot(batch, 1, self->bound));
	EXPECT_EQ(EINVAL, ERRNO(ksock_batch_set_slot(batch, 2, self->bound)));
	EXPECT_EQ(EINVAL, ERRNO(ksock_batch_set_slot(batch, UINT32_MAX,
						     NULL)));
	ksock_batch_close(batch);
}

TEST_F(dgram, operations_run_in_order_and_tell_how_they_ended)
{
	struct ksock_batch *batch = ksock_batch_create(self->ctx, 4, OPS);
	struct ksock_op_result results[6];
	struct ksock_addr from = { 0 };
	struct ksock_op ops[6];
	char buf[3][4] = { "" };

	ASSERT_NE(NULL, batch);
	ASSERT_EQ(0, ksock_batch_set_slot(batch, 0, self->other));
	ASSERT_EQ(0, ksock_batch_set_slot(batch, 3, self->bound));
	ksock_op_send(&ops[0], 0, "ab", 2, 0, &self->addr);
	ksock_op_send(&ops[1], 0, "cdefg", 5, 0, &self->addr);
	ksock_op_recv(&ops[2], 3, buf[0], 4, 0, &from);
	ksock_op_recv(&ops[3], 3, buf[1], 4, 0, NULL);
	ksock_op_recv(&ops[4], 3, buf[2], 4, MSG_DONTWAIT, NULL);
	ksock_op_recv(&ops[5], 1, buf[2], 4, 0, NULL);

	memset(results, 0x5a, sizeof(results));
	errno = EXDEV;
	ASSERT_EQ(6, ksock_batch_run(batch, ops, results, 6, 0, KSOCK_FOREVER));
	EXPECT_EQ(EXDEV, errno);
	EXPECT_EQ(2, results[0].ret);
	EXPECT_EQ(5, results[1].ret);
	EXPECT_EQ(2, results[2].ret);
	EXPECT_EQ(0, results[2].flags);
	EXPECT_EQ(self->addr.len, results[2].addr_len);
	EXPECT_EQ(variant->family, from.storage.ss_family);
	EXPECT_EQ(4, results[3].ret);
	EXPECT_EQ(MSG_TRUNC, results[3].flags);
	EXPECT_EQ(0, results[3].addr_len);
	EXPECT_EQ(-EAGAIN, results[4].ret);
	EXPECT_EQ(-EBADF, results[5].ret);
	EXPECT_EQ(0, memcmp(buf, "ab\0\0cdef\0\0\0\0", 12));
	ksock_batch_close(batch);
}

TEST_F(dgram, run_that_shall_stop_stops_after_the_first_failure)
{
	struct ksock_batch *batch = ksock_batch_create(self->ctx, 2, OPS);
	struct ksock_op_result results[3];
	struct ksock_op ops[3];
	char byte;

	ASSERT_NE(NULL, batch);
	ASSERT_EQ(0, ksock_batch_set_slot(batch, 0, self->bound));
	ksock_op_recv(&ops[0], 0, &byte, 1, MSG_DONTWAIT, NULL);
	ksock_op_recv(&ops[1], 0, &byte, 1, MSG_DONTWAIT, NULL);
	EXPECT_EQ(1, ksock_batch_run(batch, ops, results, 2, KSOCK_RUN_STOP,
				     KSOCK_FOREVER));
	EXPECT_EQ(-EAGAIN, results[0].ret);
	EXPECT_EQ(2, ksock_batch_run(batch, ops, results, 2, 0,
				     KSOCK_FOREVER));
	ksock_batch_close(batch);
}

TEST_F(dgram, run_waits_no_longer_than_asked)
{
	struct ksock_batch *batch = ksock_batch_create(self->ctx, 1, OPS);
	struct ksock_op_result results[2];
	struct ksock_op ops[2];
	int64_t start;
	char byte;

	ASSERT_NE(NULL, batch);
	ASSERT_EQ(0, ksock_batch_set_slot(batch, 0, self->bound));
	ksock_op_recv(&ops[0], 0, &byte, 1, 0, NULL);
	ksock_op_recv(&ops[1], 0, &byte, 1, 0, NULL);
	start = now_ns();
	EXPECT_EQ(2, ksock_batch_run(batch, ops, results, 2, 0, SHORT_NS));
	EXPECT_LE(SHORT_NS, now_ns() - start);
	EXPECT_GT(WAIT_NS, now_ns() - start);
	EXPECT_EQ(-EAGAIN, results[0].ret);
	EXPECT_EQ(-EAGAIN, results[1].ret);
	EXPECT_EQ(2, ksock_batch_run(batch, ops, results, 2, 0, 0));
	EXPECT_EQ(-EAGAIN, results[0].ret);
	ksock_batch_close(batch);
}

TEST_F(dgram, operation_that_is_malformed_fails_with_einval)
{
	struct ksock_batch *batch = ksock_batch_create(self->ctx, 1, OPS);
	struct ksock_op_result result;
	struct ksock_op op;

	ASSERT_NE(NULL, batch);
	ASSERT_EQ(0, ksock_batch_set_slot(batch, 0, self->other));
	self->addr.len = sizeof(self->addr.storage) + 1;
	ksock_op_send(&op, 0, "x", 1, 0, &self->addr);
	EXPECT_EQ(1, ksock_batch_run(batch, &op, &result, 1, 0, 0));
	EXPECT_EQ(-EINVAL, result.ret);
	ksock_op_send(&op, 0, "x", 1, MSG_PEEK, NULL);
	EXPECT_EQ(1, ksock_batch_run(batch, &op, &result, 1, 0, 0));
	EXPECT_EQ(-EINVAL, result.ret);
	op.opcode = 7;
	EXPECT_EQ(1, ksock_batch_run(batch, &op, &result, 1, 0, 0));
	EXPECT_EQ(-EINVAL, result.ret);
	ksock_op_send(&op, UINT32_MAX, "x", 1, 0, NULL);
	EXPECT_EQ(1, ksock_batch_run(batch, &op, &result, 1, 0, 0));
	EXPECT_EQ(-EBADF, result.ret);
	ksock_batch_close(batch);
}

TEST_F(dgram, run_that_is_malformed_fails_with_its_errno)
{
	struct ksock_batch *batch = ksock_batch_create(self->ctx, 1, 1);
	struct ksock_op_result results[2];
	struct ksock_op ops[2];

	ASSERT_NE(NULL, batch);
	ksock_op_send(&ops[0], 0, "x", 1, 0, NULL);
	ksock_op_send(&ops[1], 0, "x", 1, 0, NULL);
	EXPECT_EQ(0, ksock_batch_run(batch, NULL, NULL, 0, 0, 0));
	EXPECT_EQ(EINVAL, ERRNO(ksock_batch_run(batch, ops, results, 2, 0, 0)));
	EXPECT_EQ(EINVAL, ERRNO(ksock_batch_run(batch, ops, results, 1, 2, 0)));
	EXPECT_EQ(EFAULT, ERRNO(ksock_batch_run(batch, NULL, results, 1, 0,
						0)));
	ksock_batch_close(batch);
}

TEST_F(pair, slot_keeps_the_connection_of_a_closed_socket)
{
	struct ksock_batch *batch = ksock_batch_create(self->ctx, 1, OPS);
	struct ksock_op_result result;
	struct ksock_op op;
	char byte;

	ASSERT_NE(NULL, batch);
	ASSERT_EQ(0, ksock_batch_set_slot(batch, 0, self->client));
	ksock_sock_close(self->client);
	self->client = NULL;
	EXPECT_EQ(EAGAIN, ERRNO(ksock_recv(self->server, &byte, 1,
					   MSG_DONTWAIT)));
	ksock_op_send(&op, 0, "x", 1, 0, NULL);
	EXPECT_EQ(1, ksock_batch_run(batch, &op, &result, 1, 0, WAIT_NS));
	EXPECT_EQ(1, result.ret);
	EXPECT_EQ(1, ksock_recv(self->server, &byte, 1, 0));

	EXPECT_EQ(0, ksock_batch_set_slot(batch, 0, NULL));
	EXPECT_EQ(0, ksock_recv(self->server, &byte, 1, 0));
	ksock_batch_close(batch);
}

TEST_F(pair, batch_outlives_its_context)
{
	struct ksock_batch *batch = ksock_batch_create(self->ctx, 1, OPS);
	struct ksock_op_result result;
	struct ksock_op op;

	ASSERT_NE(NULL, batch);
	ksock_close(self->ctx);
	self->ctx = NULL;
	ASSERT_EQ(0, ksock_batch_set_slot(batch, 0, self->client));
	ksock_op_send(&op, 0, "x", 1, 0, NULL);
	EXPECT_EQ(1, ksock_batch_run(batch, &op, &result, 1, 0, WAIT_NS));
	EXPECT_EQ(1, result.ret);
	ksock_batch_close(batch);
}

TEST_HARNESS_MAIN
