// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
/*
 * Batches.  Operations and results are handed to the kernel module as the
 * caller has them; internal.h sees to it that they have its form.
 */
#include "internal.h"

struct ksock_batch {
	int fd;
};

KSOCK_API struct ksock_batch *ksock_batch_create(struct ksock_ctx *ctx,
						 unsigned int slots,
						 unsigned int ops)
{
	struct ksock_batch_args args = {
		.flags = SOCK_CLOEXEC,
		.slots = slots,
		.ops = ops,
	};
	struct ksock_batch *batch;
	int err;

	assert(ctx);

	batch = malloc(sizeof(*batch));
	if (!batch)
		return NULL;

	batch->fd = ksock_ioctl(ctx->fd, KSOCK_IOC_BATCH, &args);
	if (batch->fd < 0) {
		err = errno;
		free(batch);
		errno = err;
		return NULL;
	}
	return batch;
}

KSOCK_API void ksock_batch_close(struct ksock_batch *batch)
{
	int err = errno;

	if (!batch)
		return;

	close(batch->fd);
	free(batch);
	errno = err;
}

KSOCK_API int ksock_batch_get_fd(const struct ksock_batch *batch)
{
	assert(batch);
	return batch->fd;
}

KSOCK_API int ksock_batch_set_slot(struct ksock_batch *batch, unsigned int slot,
				   struct ksock_sock *sock)
{
	struct ksock_batch_slot_args args = {
		.slot = slot,
		.fd = sock ? sock->fd : -1,
	};

	assert(batch);
	return ksock_ioctl(batch->fd, KSOCK_IOC_BATCH_SLOT, &args);
}

/* A slot beyond 16 bits is as far out of range as the last one. */
static uint16_t batch_slot(unsigned int slot)
{
	return slot < UINT16_MAX ? slot : UINT16_MAX;
}

KSOCK_API void ksock_op_send(struct ksock_op *op, unsigned int slot,
			     const void *buf, size_t len, int flags,
			     const struct ksock_addr *addr)
{
	assert(op);

	*op = (struct ksock_op){
		.opcode = KSOCK_OP_SEND,
		.slot = batch_slot(slot),
		.flags = flags,
		.buf_ptr = (uintptr_t)buf,
		.len = len,
	};
	if (addr) {
		op->addr_ptr = (uintptr_t)&addr->storage;
		op->addr_len = addr->len;
	}
}

KSOCK_API void ksock_op_recv(struct ksock_op *op, unsigned int slot, void *buf,
			     size_t len, int flags, struct ksock_addr *from)
{
	assert(op);

	*op = (struct ksock_op){
		.opcode = KSOCK_OP_RECV,
		.slot = batch_slot(slot),
		.flags = flags,
		.buf_ptr = (uintptr_t)buf,
		.len = len,
	};
	if (from) {
		op->addr_ptr = (uintptr_t)&from->storage;
		op->addr_len = sizeof(from->storage);
	}
}

KSOCK_API int ksock_batch_run(struct ksock_batch *batch,
			      const struct ksock_op *ops,
			      struct ksock_op_result *results,
			      unsigned int count, int flags, int64_t timeout_ns)
{
	struct ksock_batch_run_args args = {
		.flags = flags,
		.count = count,
		.ops_ptr = (uintptr_t)ops,
		.results_ptr = (uintptr_t)results,
		.timeout_ns = ksock_timeout_to_uapi(timeout_ns),
	};

	assert(batch);
	return ksock_ioctl(batch->fd, KSOCK_IOC_BATCH_RUN, &args);
}
