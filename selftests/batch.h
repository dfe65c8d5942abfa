/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Batches: the calls of a batch's descriptor, the entries of a run, and a run
 * in a thread of its own.
 */
#ifndef KSOCK_SELFTESTS_BATCH_H
#define KSOCK_SELFTESTS_BATCH_H

#include "common.h"

/* Returns a descriptor or -errno. */
static inline int batch_open(unsigned int slots, unsigned int ops)
{
	struct ksock_batch_args args = {
		.flags = SOCK_CLOEXEC, .slots = slots, .ops = ops,
	};

	return ret_errno(ioctl(ksock_ctx, KSOCK_IOC_BATCH, &args));
}

/* Puts the socket of a descriptor into a slot; -1 empties it. */
static inline int batch_slot(int batch, unsigned int slot, int fd)
{
	struct ksock_batch_slot_args args = { .slot = slot, .fd = fd };

	return ret_errno(ioctl(batch, KSOCK_IOC_BATCH_SLOT, &args));
}

/* What a result holds before a run, and after it where nothing was stored. */
#define UNTOUCHED	0x5a5a5a5a

/* Returns how many entries ran, or -errno. */
static inline int batch_run_for(int batch, const struct ksock_batch_op *ops,
				struct ksock_batch_result *results,
				unsigned int count, unsigned int flags,
				uint64_t timeout_ns)
{
	struct ksock_batch_run_args args = {
		.flags = flags,
		.count = count,
		.ops_ptr = (uintptr_t)ops,
		.results_ptr = (uintptr_t)results,
		.timeout_ns = timeout_ns,
	};

	memset(results, 0x5a, count * sizeof(*results));
	return ret_errno(ioctl(batch, KSOCK_IOC_BATCH_RUN, &args));
}

static inline int batch_run(int batch, const struct ksock_batch_op *ops,
			    struct ksock_batch_result *results,
			    unsigned int count)
{
	return batch_run_for(batch, ops, results, count, 0, 0);
}

static inline struct ksock_batch_op
batch_op(unsigned int opcode, unsigned int slot, const void *buf, size_t len,
	 unsigned int flags)
{
	return (struct ksock_batch_op) {
		.opcode = opcode,
		.slot = slot,
		.flags = flags,
		.buf_ptr = (uintptr_t)buf,
		.len = len,
	};
}

static inline struct ksock_batch_op
batch_send(unsigned int slot, const void *buf, size_t len, unsigned int flags)
{
	return batch_op(KSOCK_BATCH_SEND, slot, buf, len, flags);
}

static inline struct ksock_batch_op
batch_recv(unsigned int slot, void *buf, size_t len, unsigned int flags)
{
	return batch_op(KSOCK_BATCH_RECV, slot, buf, len, flags);
}

/* Gives an entry an address to send to, or room for the sender's. */
static inline void batch_addr(struct ksock_batch_op *op, struct addr *addr)
{
	op->addr_ptr = (uintptr_t)&addr->storage;
	op->addr_len = addr->len;
}

/* Runs a single entry; returns its result, or the -errno of the run. */
static inline int batch_one(int batch, struct ksock_batch_op op)
{
	struct ksock_batch_result result;
	int ret = batch_run(batch, &op, &result, 1);

	if (ret < 0)
		return ret;
	return ret == 1 ? result.out_ret : -ENOMSG;
}

/* ---- Sockets for slots --------------------------------------------------- */

/* A socket of ksock, made from ksock_ctx, and its plain peer, connected. */
struct batch_pair {
	int fd;
	int peer;
};

static inline int batch_pair_stream(struct batch_pair *pair, int family)
{
	struct addr addr = addr_loopback(family, 0);
	int listener, ret;

	listener = plain_socket(family, SOCK_STREAM, 0);
	if (listener < 0)
		return listener;
	ret = plain_bind(listener, &addr.sa, addr.len);
	if (!ret)
		ret = plain_listen(listener, 1);
	if (!ret)
		ret = plain_getsockname(listener, &addr.sa, &addr.len);
	if (!ret)
		ret = ksock_connect(pair->fd, &addr.sa, addr.len);
	if (!ret) {
		pair->peer = plain_accept(listener, NULL, NULL, 0);
		ret = pair->peer < 0 ? pair->peer : 0;
	}
	close(listener);
	return ret;
}

static inline int batch_pair_dgram(struct batch_pair *pair, int family)
{
	struct addr addr = addr_loopback(family, 0);
	struct addr peer = addr_loopback(family, 0);
	int ret;

	pair->peer = plain_socket(family, SOCK_DGRAM, 0);
	if (pair->peer < 0)
		return pair->peer;
	ret = plain_bind(pair->peer, &peer.sa, peer.len);
	if (!ret)
		ret = plain_getsockname(pair->peer, &peer.sa, &peer.len);
	if (!ret)
		ret = ksock_bind(pair->fd, &addr.sa, addr.len);
	if (!ret)
		ret = ksock_getsockname(pair->fd, &addr.sa, &addr.len);
	if (!ret)
		ret = ksock_connect(pair->fd, &peer.sa, peer.len);
	if (!ret)
		ret = plain_connect(pair->peer, &addr.sa, addr.len);
	return ret;
}

/* Any number of pairs may be made.  Returns 0 or -errno. */
static inline int batch_pair(struct batch_pair *pair, int family, int type)
{
	pair->fd = ksock_socket(family, type, 0);
	if (pair->fd < 0)
		return pair->fd;
	if (type == SOCK_STREAM)
		return batch_pair_stream(pair, family);
	return batch_pair_dgram(pair, family);
}

/* Whether the plain @peer receives just the text @text. */
static inline bool peer_receives(int peer, const char *text)
{
	char buf[256];
	size_t len = strlen(text), got = 0;
	ssize_t ret;

	while (got < len) {
		if (wait_events(peer, POLLIN, WAIT_MS) != POLLIN)
			return false;
		ret = face_recv(&plain_face, peer, buf + got,
				sizeof(buf) - got, MSG_DONTWAIT);
		if (ret <= 0)
			return false;
		got += ret;
	}
	return got == len && !memcmp(buf, text, len);
}

/* Whether the plain @peer of a stream sees its end. */
static inline bool peer_ends(int peer)
{
	char byte;

	return wait_events(peer, POLLIN | POLLRDHUP, WAIT_MS) & POLLRDHUP &&
	       face_recv(&plain_face, peer, &byte, 1, MSG_DONTWAIT) == 0;
}

/* Whether the plain @peer has neither data nor the end of the stream. */
static inline bool peer_waits(int peer)
{
	char byte;

	return wait_events(peer, POLLIN | POLLRDHUP, 0) == 0 &&
	       face_recv(&plain_face, peer, &byte, 1, MSG_DONTWAIT) == -EAGAIN;
}

/* Sends a text from the plain @peer; returns whether the socket has it. */
static inline bool peer_sends(const struct batch_pair *pair, const char *text)
{
	return face_send(&plain_face, pair->peer, text, strlen(text), 0) ==
	       strlen(text) &&
	       wait_events(pair->fd, POLLIN, WAIT_MS) == POLLIN;
}

/* ---- A run in a thread of its own ---------------------------------------- */

/* What call.buf points at. */
struct batch_work {
	const struct ksock_batch_op *ops;
	struct ksock_batch_result *results;
	unsigned int count;
	unsigned int flags;
	uint64_t timeout_ns;
};

static inline ssize_t call_batch(struct call *call)
{
	const struct batch_work *work = call->buf;

	return batch_run_for(call->fd, work->ops, work->results, work->count,
			     work->flags, work->timeout_ns);
}

#endif /* KSOCK_SELFTESTS_BATCH_H */
