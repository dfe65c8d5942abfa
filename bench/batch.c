// SPDX-License-Identifier: GPL-2.0-only
/*
 * Batches of 32 messages of UDP: one run of a batch fd that sends and receives
 * them all, beside the two calls of sendmmsg and recvmmsg that do the same, and
 * beside one submission of an io_uring with registered files.
 *
 * With distinct destinations, each message goes to another address of this
 * machine.  Ordinary sockets reach them from one socket, with a name in each
 * message.  A batch can do that too; or it has one connected ksock for each
 * peer, at either end, and no names.
 */
#include <errno.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "bench.h"

#define PORT	7000

static int from[BATCH], to[BATCH];
static struct sockaddr_in sender, names[BATCH], sources[BATCH];

/* ---- Sockets ------------------------------------------------------------- */

static void sockets_none(void)
{
	int i;

	for (i = 0; i < BATCH; i++) {
		from[i] = -1;
		to[i] = -1;
	}
}

static void sockets_close(void)
{
	int i;

	for (i = 0; i < BATCH; i++) {
		if (from[i] >= 0)
			close(from[i]);
		if (to[i] >= 0)
			close(to[i]);
	}
}

/* One pair, connected. */
static void pair_open(const struct face *face)
{
	struct sockaddr_in a = loopback(0, 0), b = loopback(0, 0);

	sockets_none();
	from[0] = udp_bound(face, &a);
	to[0] = udp_bound(face, &b);
	EXPECT(!face->connect(from[0], &b));
	EXPECT(!face->connect(to[0], &a));
}

/* One socket that sends, and one that all of 127.0.0.0/8 reaches. */
static void named_open(const struct face *face)
{
	struct sockaddr_in any = { .sin_family = AF_INET };
	int i;

	sockets_none();
	any.sin_port = htons(PORT);
	sender = loopback(0, 0);
	from[0] = udp_bound(face, &sender);
	to[0] = udp_bound(face, &any);
	for (i = 0; i < BATCH; i++)
		names[i] = loopback(1 + i, PORT);
}

/* A pair for each peer, connected at both ends. */
static void each_open(const struct face *face)
{
	int i;

	for (i = 0; i < BATCH; i++) {
		struct sockaddr_in a = loopback(0, 0);
		struct sockaddr_in b = loopback(1 + i, PORT);

		from[i] = udp_bound(face, &a);
		to[i] = udp_bound(face, &b);
		EXPECT(!face->connect(from[i], &b));
		EXPECT(!face->connect(to[i], &a));
	}
}

/* ---- sendmmsg and recvmmsg ----------------------------------------------- */

static struct mmsghdr out[BATCH], in[BATCH];
static struct iovec out_iov[BATCH], in_iov[BATCH];

static void mmsg_init(bool named)
{
	int i;

	memset(out, 0, sizeof(out));
	memset(in, 0, sizeof(in));
	for (i = 0; i < BATCH; i++) {
		out_iov[i].iov_base = sent + i * STRIDE;
		out_iov[i].iov_len = LEN;
		out[i].msg_hdr.msg_iov = &out_iov[i];
		out[i].msg_hdr.msg_iovlen = 1;
		in_iov[i].iov_base = received + i * STRIDE;
		in_iov[i].iov_len = LEN;
		in[i].msg_hdr.msg_iov = &in_iov[i];
		in[i].msg_hdr.msg_iovlen = 1;
		if (named) {
			out[i].msg_hdr.msg_name = &names[i];
			out[i].msg_hdr.msg_namelen = sizeof(names[i]);
			in[i].msg_hdr.msg_name = &sources[i];
			in[i].msg_hdr.msg_namelen = sizeof(sources[i]);
		}
	}
}

static void mmsg_pair_open(void)
{
	pair_open(&plain);
	mmsg_init(false);
}

static void mmsg_named_open(void)
{
	named_open(&plain);
	mmsg_init(true);
}

static void mmsg(int count)
{
	int i;

	while (count--) {
		EXPECT(sendmmsg(from[0], out, BATCH, 0) == BATCH);
		EXPECT(recvmmsg(to[0], in, BATCH, MSG_DONTWAIT, NULL) == BATCH);
		for (i = 0; i < BATCH; i++)
			EXPECT(out[i].msg_len == LEN && in[i].msg_len == LEN);
	}
}

static void mmsg_named(int count)
{
	int i;

	while (count--) {
		mmsg(1);
		for (i = 0; i < BATCH; i++) {
			EXPECT(sources[i].sin_port == sender.sin_port);
			in[i].msg_hdr.msg_namelen = sizeof(sources[i]);
		}
	}
}

/* ---- A batch of ksock ---------------------------------------------------- */

static int batch = -1;
static struct ksock_batch_op ops[2 * BATCH];
static struct ksock_batch_result results[2 * BATCH];

static void batch_slot(unsigned int slot, int fd)
{
	struct ksock_batch_slot_args args = { .slot = slot, .fd = fd };

	EXPECT(!ioctl(batch, KSOCK_IOC_BATCH_SLOT, &args));
}

/* @each: a socket for each message, else one for all; @named: addresses. */
static void batch_init(bool each, bool named)
{
	struct ksock_batch_args args = {
		.flags = SOCK_CLOEXEC, .slots = 2 * BATCH, .ops = 2 * BATCH,
	};
	int i;

	batch = ioctl(ksock_context(), KSOCK_IOC_BATCH, &args);
	EXPECT(batch >= 0);
	memset(ops, 0, sizeof(ops));
	for (i = 0; i < BATCH; i++) {
		int slot = each ? i : 0;
		struct ksock_batch_op *send = &ops[i], *recv = &ops[BATCH + i];

		if (slot == i) {
			batch_slot(slot, from[i]);
			batch_slot(BATCH + slot, to[i]);
		}
		send->opcode = KSOCK_BATCH_SEND;
		send->slot = slot;
		send->buf_ptr = (uintptr_t)(sent + i * STRIDE);
		send->len = LEN;
		recv->opcode = KSOCK_BATCH_RECV;
		recv->slot = BATCH + slot;
		recv->buf_ptr = (uintptr_t)(received + i * STRIDE);
		recv->len = LEN;
		if (named) {
			send->addr_ptr = (uintptr_t)&names[i];
			send->addr_len = sizeof(names[i]);
			recv->addr_ptr = (uintptr_t)&sources[i];
			recv->addr_len = sizeof(sources[i]);
		}
	}
}

static void batch_pair_open(void)
{
	pair_open(&ksock);
	batch_init(false, false);
}

static void batch_named_open(void)
{
	named_open(&ksock);
	batch_init(false, true);
}

static void batch_each_open(void)
{
	each_open(&ksock);
	batch_init(true, false);
}

static void batch_close(void)
{
	if (batch >= 0)
		close(batch);
	sockets_close();
}

static void result_is_wrong(int i)
{
	errno = results[i].out_ret < 0 ? -results[i].out_ret : 0;
	expect_failed(__FILE__, __LINE__, i < BATCH ? "a send of a batch" :
						      "a receive of a batch");
}

static void batch_run(int count)
{
	int i;

	while (count--) {
		struct ksock_batch_run_args args = {
			.count = 2 * BATCH,
			.ops_ptr = (uintptr_t)ops,
			.results_ptr = (uintptr_t)results,
		};

		EXPECT(ioctl(batch, KSOCK_IOC_BATCH_RUN, &args) == 2 * BATCH);
		for (i = 0; i < 2 * BATCH; i++)
			if (__builtin_expect(results[i].out_ret != LEN, 0))
				result_is_wrong(i);
	}
}

static void batch_run_named(int count)
{
	int i;

	while (count--) {
		batch_run(1);
		for (i = 0; i < BATCH; i++) {
			EXPECT(results[BATCH + i].out_addr_len ==
			       sizeof(sources[i]));
			EXPECT(sources[i].sin_port == sender.sin_port);
		}
	}
}

const struct row batch_rows[] = {
	{
		"G4", "UDP 64 B, batch of 32, connected", 32, BATCH, BATCH,
		{ "sendmmsg, recvmmsg",
		  mmsg_pair_open, mmsg, sockets_close },
		{ "BATCH_RUN", batch_pair_open, batch_run, batch_close },
	}, {
		"G4.named", "UDP 64 B, batch of 32, address in each",
		32, BATCH, BATCH,
		{ "sendmmsg, recvmmsg",
		  mmsg_named_open, mmsg_named, sockets_close },
		{ "BATCH_RUN",
		  batch_named_open, batch_run_named, batch_close },
	}, {
		"G4.each", "UDP 64 B, batch of 32, a ksock for each peer",
		32, BATCH, BATCH,
		{ "sendmmsg, recvmmsg",
		  mmsg_named_open, mmsg_named, sockets_close },
		{ "BATCH_RUN", batch_each_open, batch_run, batch_close },
	}, {
		"G5", "UDP 64 B, batch of 32, connected", 32, BATCH, BATCH,
		{ "io_uring SEND, RECV, fixed files",
		  uring_fixed_open, uring_fixed_run, uring_close },
		{ "BATCH_RUN", batch_pair_open, batch_run, batch_close },
	},
	{}
};
