/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The table of commands, and the fixture that takes each of them through one
 * defect after the other in otherwise valid data.  After each failure nothing
 * may have changed: neither the caller's memory, nor the open descriptors, nor
 * what the module charges for.
 */
#ifndef KSOCK_SELFTESTS_UAPI_H
#define KSOCK_SELFTESTS_UAPI_H

#include "common.h"

#include <limits.h>
#include <stdarg.h>

#define DATA	"data"

/* The largest size that fits into the number of a command. */
#define MAX_SIZE	((1 << _IOC_SIZEBITS) - 1)

/* ---- The table ----------------------------------------------------------- */

/* A descriptor in the state that a command wants, and what it took. */
struct stage {
	int fd;
	int plain[2];
	struct addr addr;
	char buf[sizeof(DATA) - 1];
};

struct command {
	unsigned int number;
	size_t min_size;
	bool on_ctx;
	/* Returns a descriptor. */
	bool opens;
	/* What it returns otherwise. */
	int result;
	/* Bits of the field flags that are known, and that the example takes. */
	__u32 flags;
	__u32 usable;
	/* Offsets of the reserved fields that are looked at, 0 for none. */
	size_t reserved[2];
	/* Where the fields lie that the kernel writes, 0 when there are none. */
	size_t out;
	size_t out_end;
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

enum {
	DEVICE_INFO,
	SOCKET,
	BIND,
	LISTEN,
	ACCEPT,
	CONNECT,
	SHUTDOWN,
	NAME,
	SOCKET_INFO,
	SEND,
	RECV,
};

static const struct command commands[] = {
	[DEVICE_INFO] = {
		.number = KSOCK_IOC_DEVICE_INFO, .min_size = 40, .on_ctx = true,
		.reserved = { 36 }, .out = 4, .out_end = 36,
		.set = set_context, .fill = fill_nothing,
	},
	[SOCKET] = {
		.number = KSOCK_IOC_SOCKET, .min_size = 16, .on_ctx = true,
		.opens = true,
		.set = set_context, .fill = fill_socket,
	},
	[BIND] = {
		.number = KSOCK_IOC_BIND, .min_size = 144,
		.reserved = { 4, 12 },
		.set = set_socket, .fill = fill_bind,
	},
	[LISTEN] = {
		.number = KSOCK_IOC_LISTEN, .min_size = 8,
		.set = set_socket, .fill = fill_listen,
	},
	[ACCEPT] = {
		.number = KSOCK_IOC_ACCEPT, .min_size = 144, .opens = true,
		.flags = SOCK_NONBLOCK | SOCK_CLOEXEC,
		.usable = SOCK_NONBLOCK | SOCK_CLOEXEC,
		.reserved = { 4 }, .out = 8, .out_end = 144,
		.set = set_listener, .fill = fill_nothing,
	},
	[CONNECT] = {
		.number = KSOCK_IOC_CONNECT, .min_size = 144,
		.reserved = { 4, 12 },
		.set = set_target, .fill = fill_connect,
	},
	[SHUTDOWN] = {
		.number = KSOCK_IOC_SHUTDOWN, .min_size = 8,
		.set = set_stream, .fill = fill_shutdown,
	},
	[NAME] = {
		.number = KSOCK_IOC_NAME, .min_size = 144,
		.out = 8, .out_end = 144,
		.set = set_stream, .fill = fill_name,
	},
	[SOCKET_INFO] = {
		.number = KSOCK_IOC_SOCKET_INFO, .min_size = 88,
		.reserved = { 28 }, .out = 4, .out_end = 88,
		.set = set_stream, .fill = fill_nothing,
	},
	[SEND] = {
		.number = KSOCK_IOC_SEND, .min_size = 32,
		.result = sizeof(DATA) - 1,
		.flags = MSG_DONTWAIT | MSG_NOSIGNAL | MSG_MORE | MSG_EOR |
			 MSG_CONFIRM | MSG_DONTROUTE | MSG_OOB,
		.usable = MSG_DONTWAIT | MSG_NOSIGNAL | MSG_MORE | MSG_EOR |
			  MSG_CONFIRM | MSG_DONTROUTE | MSG_OOB,
		.set = set_stream, .fill = fill_send,
	},
	[RECV] = {
		.number = KSOCK_IOC_RECV, .min_size = 40,
		.result = sizeof(DATA) - 1,
		.flags = MSG_DONTWAIT | MSG_PEEK | MSG_TRUNC | MSG_WAITALL |
			 MSG_OOB,
		/* Nobody has sent anything urgent. */
		.usable = MSG_DONTWAIT | MSG_PEEK | MSG_TRUNC | MSG_WAITALL,
		.out = 32, .out_end = 40,
		.set = set_stream, .fill = fill_recv,
	},
};

/* ---- The fixture --------------------------------------------------------- */

/* How many cases all tests together have run; they are different processes. */
static unsigned int *cases;

static void __attribute__((constructor)) cases_init(void)
{
	cases = mmap(NULL, sizeof(*cases), PROT_READ | PROT_WRITE,
		     MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (cases == MAP_FAILED)
		abort();
}

FIXTURE(command) {
	const struct command *command;
	size_t size;
	struct stage stage;
	/* Memory for structures, and behind it a page that is not there. */
	size_t page;
	size_t room;
	__u8 *mem;
	__u8 *before;
	/* What a failure must not change. */
	int fds;
	int owned;
};

FIXTURE_VARIANT(command) {
	int index;
};

FIXTURE_VARIANT_ADD(command, device_info) {
	.index = DEVICE_INFO,
};

FIXTURE_VARIANT_ADD(command, socket) {
	.index = SOCKET,
};

FIXTURE_VARIANT_ADD(command, bind) {
	.index = BIND,
};

FIXTURE_VARIANT_ADD(command, listen) {
	.index = LISTEN,
};

FIXTURE_VARIANT_ADD(command, accept) {
	.index = ACCEPT,
};

FIXTURE_VARIANT_ADD(command, connect) {
	.index = CONNECT,
};

FIXTURE_VARIANT_ADD(command, shutdown) {
	.index = SHUTDOWN,
};

FIXTURE_VARIANT_ADD(command, name) {
	.index = NAME,
};

FIXTURE_VARIANT_ADD(command, socket_info) {
	.index = SOCKET_INFO,
};

FIXTURE_VARIANT_ADD(command, send) {
	.index = SEND,
};

FIXTURE_VARIANT_ADD(command, recv) {
	.index = RECV,
};

/* Sets the stage anew: a command may work only once on a descriptor. */
static void stage_set(struct __test_metadata *_metadata,
		      FIXTURE_DATA(command) *self, int index)
{
	size_t i;

	self->command = &commands[index];
	self->size = _IOC_SIZE(self->command->number);
	if (self->stage.fd)
		close(self->stage.fd);
	for (i = 0; i < ARRAY_SIZE(self->stage.plain); i++)
		if (self->stage.plain[i])
			close(self->stage.plain[i]);
	memset(&self->stage, 0, sizeof(self->stage));
	self->stage.addr = addr_loopback(AF_INET, 0);
	self->command->set(_metadata, &self->stage);
	self->fds = open_fds();
	self->owned = ksock_owned(ksock_ctx);
	ASSERT_LE(0, self->owned);
}

/* The example, with @poison where the kernel will write. */
static void fill(FIXTURE_DATA(command) *self, void *args, int poison)
{
	const struct command *command = self->command;
	size_t i;

	memset(args, 0, self->size);
	memset(args + command->out, poison, command->out_end - command->out);
	for (i = 0; i < ARRAY_SIZE(command->reserved); i++)
		if (command->reserved[i])
			memset(args + command->reserved[i], 0, sizeof(__u32));
	command->fill(&self->stage, args);
}

/* The example at the start of the memory; zeros follow it. */
static void *example(FIXTURE_DATA(command) *self)
{
	memset(self->mem, 0, self->room);
	fill(self, self->mem, 0xa5);
	return self->mem;
}

static unsigned int sized(unsigned int number, size_t size)
{
	return _IOC(_IOC_DIR(number), _IOC_TYPE(number), _IOC_NR(number), size);
}

/* One case: exactly this error, and no trace of it. */
static void __attribute__((format(printf, 7, 8)))
fails(struct __test_metadata *_metadata, FIXTURE_DATA(command) *self, int error,
      int fd, unsigned int number, void *args, const char *format, ...)
{
	char what[128];
	va_list ap;
	int ret;

	va_start(ap, format);
	vsnprintf(what, sizeof(what), format, ap);
	va_end(ap);

	(*cases)++;
	memcpy(self->before, self->mem, self->room);
	ret = ret_errno(ioctl(fd, number, args));
	EXPECT_EQ(error, ret) {
		TH_LOG("command %#x, %s", number, what);
	}
	EXPECT_EQ(self->fds, open_fds()) {
		TH_LOG("command %#x, %s", number, what);
	}
	EXPECT_EQ(self->owned, ksock_owned(ksock_ctx)) {
		TH_LOG("command %#x, %s", number, what);
	}
	EXPECT_EQ(0, memcmp(self->before, self->mem, self->room)) {
		TH_LOG("command %#x, %s: memory has changed", number, what);
	}
}

/* One case: the example succeeds, and nothing but the outputs changes. */
static void __attribute__((format(printf, 5, 6)))
succeeds(struct __test_metadata *_metadata, FIXTURE_DATA(command) *self,
	 unsigned int number, void *args, const char *format, ...)
{
	const struct command *command = self->command;
	size_t offset = (__u8 *)args - self->mem;
	char what[128];
	va_list ap;
	int ret;

	va_start(ap, format);
	vsnprintf(what, sizeof(what), format, ap);
	va_end(ap);

	(*cases)++;
	memcpy(self->before, self->mem, self->room);
	ret = ret_errno(ioctl(self->stage.fd, number, args));
	if (command->opens) {
		EXPECT_LE(0, ret) {
			TH_LOG("command %#x, %s", number, what);
		}
		EXPECT_EQ(self->fds + 1, open_fds());
		EXPECT_EQ(self->owned + 1, ksock_owned(ksock_ctx));
		if (ret >= 0)
			close(ret);
	} else {
		EXPECT_EQ(command->result, ret) {
			TH_LOG("command %#x, %s", number, what);
		}
	}
	EXPECT_EQ(self->fds, open_fds());
	EXPECT_EQ(self->owned, ksock_owned(ksock_ctx));
	memcpy(self->before + offset + command->out,
	       self->mem + offset + command->out,
	       command->out_end - command->out);
	EXPECT_EQ(0, memcmp(self->before, self->mem, self->room)) {
		TH_LOG("command %#x, %s: more than the outputs has changed",
		       number, what);
	}
}

FIXTURE_SETUP(command)
{
	int prot = PROT_READ | PROT_WRITE;

	SETUP_KSOCK();
	self->page = sysconf(_SC_PAGESIZE);
	self->room = (MAX_SIZE / self->page + 1) * self->page;
	self->mem = mmap(NULL, self->room + self->page, prot,
			 MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	ASSERT_TRUE(self->mem != MAP_FAILED);
	ASSERT_EQ(0, munmap(self->mem + self->room, self->page));
	self->before = malloc(self->room);
	ASSERT_TRUE(self->before != NULL);
	stage_set(_metadata, self, variant->index);
}

FIXTURE_TEARDOWN(command)
{
}

/*
 * Says how many cases there were; comes last in a program, as fixtures run in
 * the order they are defined in.
 */
#define TELL_CASES()							\
	FIXTURE(total) {						\
	};								\
	FIXTURE_SETUP(total)						\
	{								\
	}								\
	FIXTURE_TEARDOWN(total)						\
	{								\
	}								\
	TEST_F(total, is_told)						\
	{								\
		ksft_print_msg("uapi: %u cases\n", *cases);		\
		fflush(stdout);						\
		EXPECT_LT(0, *cases);					\
	}

#endif /* KSOCK_SELFTESTS_UAPI_H */
