/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The table of commands: numbers, sizes, flags, which fields are reserved and
 * which are written, and for each an example that works and the descriptor it
 * works on.
 */
#ifndef KSOCK_SELFTESTS_UAPI_TABLE_H
#define KSOCK_SELFTESTS_UAPI_TABLE_H

#include "batch.h"

#include <sys/uio.h>

#define DATA	"data"

/* The kinds of descriptors. */
enum kind {
	ON_CONTEXT,
	ON_SOCKET,
	ON_BATCH,
};

/*
 * A descriptor in the state that a command wants, what it took, and what the
 * command's structure points at.
 */
struct stage {
	int fd;
	int plain[2];
	/* The socket in the only slot of a batch. */
	int slotted;
	struct addr addr;
	char buf[sizeof(DATA) - 1];
	struct iovec iov[2];
	int value;
	/* More than any kernel knows of. */
	__u8 tcp_info[512];
	struct ksock_batch_op ops[2];
	struct ksock_batch_result results[2];
};

/* Where fields lie that the kernel writes. */
struct span {
	size_t start;
	size_t end;
};

struct command {
	unsigned int number;
	/* Of the structure, and of its first version. */
	size_t size;
	size_t min_size;
	enum kind kind;
	/* Returns a descriptor, and one that counts as a socket. */
	bool opens;
	bool charges;
	/* What it returns otherwise. */
	int result;
	/* Bits of the field flags that are known, and that the example takes. */
	__u32 flags;
	__u32 usable;
	/* Offsets of the reserved fields that are looked at, 0 for none. */
	size_t reserved[2];
	struct span out[2];
	void (*set)(struct __test_metadata *_metadata, struct stage *stage);
	void (*fill)(struct stage *stage, void *args);
};

static void set_context(struct __test_metadata *_metadata, struct stage *stage)
{
	stage->fd = ksock_open();
	ASSERT_LE(0, stage->fd);
}

static void set_socket(struct __test_metadata *_metadata, struct stage *stage)
{
	stage->fd = ksock_socket(AF_INET, SOCK_STREAM, 0);
	ASSERT_LE(0, stage->fd);
}

/* plain[0] listens at addr. */
static void set_target(struct __test_metadata *_metadata, struct stage *stage)
{
	set_socket(_metadata, stage);
	stage->plain[0] = plain_socket(AF_INET, SOCK_STREAM, 0);
	ASSERT_LE(0, stage->plain[0]);
	ASSERT_EQ(0, plain_bind(stage->plain[0], &stage->addr.sa,
				stage->addr.len));
	ASSERT_EQ(0, plain_listen(stage->plain[0], 1));
	ASSERT_EQ(0, plain_getsockname(stage->plain[0], &stage->addr.sa,
				       &stage->addr.len));
}

/* plain[0] waits to be accepted. */
static void set_listener(struct __test_metadata *_metadata, struct stage *stage)
{
	set_socket(_metadata, stage);
	ASSERT_EQ(0, ksock_bind(stage->fd, &stage->addr.sa, stage->addr.len));
	ASSERT_EQ(0, ksock_listen(stage->fd, 1));
	ASSERT_EQ(0, ksock_getsockname(stage->fd, &stage->addr.sa,
				       &stage->addr.len));
	stage->plain[0] = plain_socket(AF_INET, SOCK_STREAM, 0);
	ASSERT_LE(0, stage->plain[0]);
	ASSERT_EQ(0, plain_connect(stage->plain[0], &stage->addr.sa,
				   stage->addr.len));
	ASSERT_EQ(POLLIN, wait_events(stage->fd, POLLIN, WAIT_MS));
}

/* plain[1] is the peer, and has sent DATA. */
static void set_stream(struct __test_metadata *_metadata, struct stage *stage)
{
	set_target(_metadata, stage);
	ASSERT_EQ(0, ksock_connect(stage->fd, &stage->addr.sa,
				   stage->addr.len));
	stage->plain[1] = plain_accept(stage->plain[0], NULL, NULL, 0);
	ASSERT_LE(0, stage->plain[1]);
	ASSERT_EQ(strlen(DATA), plain_sendto(stage->plain[1], DATA,
					     strlen(DATA), 0, NULL, 0));
	ASSERT_EQ(POLLIN, wait_events(stage->fd, POLLIN, WAIT_MS));
}

/* The batch has the only slot filled with such a stream. */
static void set_batch(struct __test_metadata *_metadata, struct stage *stage)
{
	set_stream(_metadata, stage);
	stage->slotted = stage->fd;
	stage->fd = batch_open(1, 2);
	ASSERT_LE(0, stage->fd);
	ASSERT_EQ(0, batch_slot(stage->fd, 0, stage->slotted));
}

static void fill_nothing(struct stage *stage, void *args)
{
}

static void fill_socket(struct stage *stage, void *args)
{
	struct ksock_socket_args *socket_args = args;

	socket_args->family = AF_INET;
	socket_args->type = SOCK_STREAM;
	socket_args->protocol = IPPROTO_TCP;
}

static void fill_bind(struct stage *stage, void *args)
{
	struct ksock_bind_args *bind_args = args;

	ksock_addr_in(&bind_args->addr, &stage->addr.sa, stage->addr.len);
}

static void fill_listen(struct stage *stage, void *args)
{
	struct ksock_listen_args *listen_args = args;

	listen_args->backlog = 1;
}

static void fill_connect(struct stage *stage, void *args)
{
	struct ksock_connect_args *connect_args = args;

	ksock_addr_in(&connect_args->addr, &stage->addr.sa, stage->addr.len);
}

static void fill_shutdown(struct stage *stage, void *args)
{
	struct ksock_shutdown_args *shutdown_args = args;

	shutdown_args->how = SHUT_RD;
}

static void fill_name(struct stage *stage, void *args)
{
	struct ksock_name_args *name_args = args;

	name_args->side = KSOCK_SIDE_PEER;
}

static void fill_send(struct stage *stage, void *args)
{
	struct ksock_send_args *send_args = args;

	send_args->buf_ptr = (uintptr_t)stage->buf;
	send_args->len = sizeof(stage->buf);
}

static void fill_recv(struct stage *stage, void *args)
{
	struct ksock_recv_args *recv_args = args;

	recv_args->buf_ptr = (uintptr_t)stage->buf;
	recv_args->len = sizeof(stage->buf);
}

/* Two parts of two bytes. */
static void fill_parts(struct stage *stage)
{
	stage->iov[0].iov_base = stage->buf;
	stage->iov[0].iov_len = 2;
	stage->iov[1].iov_base = stage->buf + 2;
	stage->iov[1].iov_len = sizeof(stage->buf) - 2;
}

static void fill_sendmsg(struct stage *stage, void *args)
{
	struct ksock_sendmsg_args *sendmsg_args = args;

	fill_parts(stage);
	sendmsg_args->iov_ptr = (uintptr_t)stage->iov;
	sendmsg_args->iov_count = ARRAY_SIZE(stage->iov);
}

static void fill_recvmsg(struct stage *stage, void *args)
{
	struct ksock_recvmsg_args *recvmsg_args = args;

	fill_parts(stage);
	recvmsg_args->iov_ptr = (uintptr_t)stage->iov;
	recvmsg_args->iov_count = ARRAY_SIZE(stage->iov);
}

static void fill_info(struct stage *stage, void *args)
{
	struct ksock_socket_info *info = args;

	info->tcp_info_ptr = (uintptr_t)stage->tcp_info;
	info->tcp_info_len = sizeof(stage->tcp_info);
}

static void fill_opt(struct stage *stage, void *args)
{
	struct ksock_opt_args *opt_args = args;

	stage->value = 1;
	opt_args->level = SOL_SOCKET;
	opt_args->name = SO_KEEPALIVE;
	opt_args->len = sizeof(stage->value);
	opt_args->value_ptr = (uintptr_t)&stage->value;
}

static void fill_batch(struct stage *stage, void *args)
{
	struct ksock_batch_args *batch_args = args;

	batch_args->slots = 1;
	batch_args->ops = 1;
}

static void fill_slot(struct stage *stage, void *args)
{
	struct ksock_batch_slot_args *slot_args = args;

	slot_args->fd = stage->slotted;
}

static void fill_run(struct stage *stage, void *args)
{
	struct ksock_batch_run_args *run_args = args;

	stage->ops[0] = batch_recv(0, stage->buf, sizeof(stage->buf),
				   MSG_DONTWAIT);
	stage->ops[1] = batch_send(0, DATA, strlen(DATA), MSG_DONTWAIT);
	run_args->count = ARRAY_SIZE(stage->ops);
	run_args->ops_ptr = (uintptr_t)stage->ops;
	run_args->results_ptr = (uintptr_t)stage->results;
}

#define SEND_FLAGS	(MSG_DONTWAIT | MSG_NOSIGNAL | MSG_MORE | MSG_EOR | \
			 MSG_CONFIRM | MSG_DONTROUTE | MSG_OOB |	    \
			 MSG_ZEROCOPY | MSG_FASTOPEN)
/* The example is connected already. */
#define SEND_USABLE	(SEND_FLAGS & ~MSG_FASTOPEN)
#define RECV_FLAGS	(MSG_DONTWAIT | MSG_PEEK | MSG_TRUNC | MSG_WAITALL | \
			 MSG_OOB | MSG_ERRQUEUE)
/* Nobody has sent anything urgent, and nothing went wrong. */
#define RECV_USABLE	(RECV_FLAGS & ~(MSG_OOB | MSG_ERRQUEUE))

enum {
	DEVICE_INFO,
	SOCKET,
	BATCH,
	BIND,
	LISTEN,
	ACCEPT,
	CONNECT,
	SHUTDOWN,
	NAME,
	SOCKET_INFO,
	ABORT,
	SEND,
	RECV,
	SENDMSG,
	RECVMSG,
	OPT_GET,
	OPT_SET,
	BATCH_SLOT,
	BATCH_RUN,
};

static const struct command commands[] = {
	[DEVICE_INFO] = {
		.number = KSOCK_IOC_DEVICE_INFO, .kind = ON_CONTEXT,
		.size = 40, .min_size = 40,
		.reserved = { 36 }, .out = { { 4, 36 } },
		.set = set_context, .fill = fill_nothing,
	},
	[SOCKET] = {
		.number = KSOCK_IOC_SOCKET, .kind = ON_CONTEXT,
		.size = 16, .min_size = 16,
		.opens = true, .charges = true,
		.flags = KSOCK_SOCKET_KERN, .usable = KSOCK_SOCKET_KERN,
		.set = set_context, .fill = fill_socket,
	},
	[BATCH] = {
		.number = KSOCK_IOC_BATCH, .kind = ON_CONTEXT,
		.size = 16, .min_size = 16, .opens = true,
		.flags = SOCK_CLOEXEC, .usable = SOCK_CLOEXEC,
		.reserved = { 12 },
		.set = set_context, .fill = fill_batch,
	},
	[BIND] = {
		.number = KSOCK_IOC_BIND, .kind = ON_SOCKET,
		.size = 144, .min_size = 144,
		.reserved = { 4, 12 },
		.set = set_socket, .fill = fill_bind,
	},
	[LISTEN] = {
		.number = KSOCK_IOC_LISTEN, .kind = ON_SOCKET,
		.size = 8, .min_size = 8,
		.set = set_socket, .fill = fill_listen,
	},
	[ACCEPT] = {
		.number = KSOCK_IOC_ACCEPT, .kind = ON_SOCKET,
		.size = 152, .min_size = 144,
		.opens = true, .charges = true,
		.flags = SOCK_NONBLOCK | SOCK_CLOEXEC,
		.usable = SOCK_NONBLOCK | SOCK_CLOEXEC,
		.reserved = { 4 }, .out = { { 8, 144 } },
		.set = set_listener, .fill = fill_nothing,
	},
	[CONNECT] = {
		.number = KSOCK_IOC_CONNECT, .kind = ON_SOCKET,
		.size = 152, .min_size = 144,
		.reserved = { 4, 12 },
		.set = set_target, .fill = fill_connect,
	},
	[SHUTDOWN] = {
		.number = KSOCK_IOC_SHUTDOWN, .kind = ON_SOCKET,
		.size = 8, .min_size = 8,
		.set = set_stream, .fill = fill_shutdown,
	},
	[NAME] = {
		.number = KSOCK_IOC_NAME, .kind = ON_SOCKET,
		.size = 144, .min_size = 144,
		.out = { { 8, 144 } },
		.set = set_stream, .fill = fill_name,
	},
	[SOCKET_INFO] = {
		.number = KSOCK_IOC_SOCKET_INFO, .kind = ON_SOCKET,
		.size = 104, .min_size = 88,
		.reserved = { 28 }, .out = { { 4, 88 }, { 100, 104 } },
		.set = set_stream, .fill = fill_info,
	},
	[ABORT] = {
		.number = KSOCK_IOC_ABORT, .kind = ON_SOCKET,
		.size = 8, .min_size = 8,
		.reserved = { 4 },
		.set = set_stream, .fill = fill_nothing,
	},
	[SEND] = {
		.number = KSOCK_IOC_SEND, .kind = ON_SOCKET,
		.size = 40, .min_size = 32, .result = sizeof(DATA) - 1,
		.flags = SEND_FLAGS, .usable = SEND_USABLE,
		.set = set_stream, .fill = fill_send,
	},
	[RECV] = {
		.number = KSOCK_IOC_RECV, .kind = ON_SOCKET,
		.size = 48, .min_size = 40, .result = sizeof(DATA) - 1,
		.flags = RECV_FLAGS, .usable = RECV_USABLE,
		.out = { { 32, 40 } },
		.set = set_stream, .fill = fill_recv,
	},
	[SENDMSG] = {
		.number = KSOCK_IOC_SENDMSG, .kind = ON_SOCKET,
		.size = 48, .min_size = 48, .result = sizeof(DATA) - 1,
		.flags = SEND_FLAGS, .usable = SEND_USABLE,
		.set = set_stream, .fill = fill_sendmsg,
	},
	[RECVMSG] = {
		.number = KSOCK_IOC_RECVMSG, .kind = ON_SOCKET,
		.size = 64, .min_size = 64, .result = sizeof(DATA) - 1,
		.flags = RECV_FLAGS, .usable = RECV_USABLE,
		.reserved = { 60 }, .out = { { 48, 60 } },
		.set = set_stream, .fill = fill_recvmsg,
	},
	[OPT_GET] = {
		.number = KSOCK_IOC_OPT_GET, .kind = ON_SOCKET,
		.size = 24, .min_size = 24,
		/* The length goes in as well, and comes out as it was. */
		.out = { { 12, 16 } },
		.set = set_stream, .fill = fill_opt,
	},
	[OPT_SET] = {
		.number = KSOCK_IOC_OPT_SET, .kind = ON_SOCKET,
		.size = 24, .min_size = 24,
		.set = set_stream, .fill = fill_opt,
	},
	[BATCH_SLOT] = {
		.number = KSOCK_IOC_BATCH_SLOT, .kind = ON_BATCH,
		.size = 16, .min_size = 16,
		.reserved = { 12 },
		.set = set_batch, .fill = fill_slot,
	},
	[BATCH_RUN] = {
		.number = KSOCK_IOC_BATCH_RUN, .kind = ON_BATCH,
		.size = 32, .min_size = 32, .result = 2,
		.flags = KSOCK_BATCH_STOP, .usable = KSOCK_BATCH_STOP,
		.set = set_batch, .fill = fill_run,
	},
};

#endif /* KSOCK_SELFTESTS_UAPI_TABLE_H */
