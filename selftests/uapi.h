/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The fixture that takes each command of the table through one defect after the
 * other in otherwise valid data.  After each failure nothing may have changed:
 * neither the caller's memory, nor the open descriptors, nor what the module
 * charges for.
 */
#ifndef KSOCK_SELFTESTS_UAPI_H
#define KSOCK_SELFTESTS_UAPI_H

#include "uapi_table.h"

#include <limits.h>
#include <stdarg.h>

/* The largest size that fits into the number of a command. */
#define MAX_SIZE	((1 << _IOC_SIZEBITS) - 1)

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

#define COMMAND(_name, _index)						\
	FIXTURE_VARIANT_ADD(command, _name) { .index = _index }

COMMAND(device_info, DEVICE_INFO);
COMMAND(socket, SOCKET);
COMMAND(batch, BATCH);
COMMAND(bind, BIND);
COMMAND(listen, LISTEN);
COMMAND(accept, ACCEPT);
COMMAND(connect, CONNECT);
COMMAND(shutdown, SHUTDOWN);
COMMAND(name, NAME);
COMMAND(socket_info, SOCKET_INFO);
COMMAND(abort, ABORT);
COMMAND(send, SEND);
COMMAND(recv, RECV);
COMMAND(sendmsg, SENDMSG);
COMMAND(recvmsg, RECVMSG);
COMMAND(opt_get, OPT_GET);
COMMAND(opt_set, OPT_SET);
COMMAND(batch_slot, BATCH_SLOT);
COMMAND(batch_run, BATCH_RUN);

/* Sets the stage anew: a command may work only once on a descriptor. */
static void stage_set(struct __test_metadata *_metadata,
		      FIXTURE_DATA(command) *self, int index)
{
	size_t i;

	self->command = &commands[index];
	self->size = _IOC_SIZE(self->command->number);
	if (self->stage.fd)
		close(self->stage.fd);
	if (self->stage.slotted)
		close(self->stage.slotted);
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
	for (i = 0; i < ARRAY_SIZE(command->out); i++)
		memset(args + command->out[i].start, poison,
		       command->out[i].end - command->out[i].start);
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
	struct stage stage = self->stage;
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
	EXPECT_EQ(0, memcmp(&stage, &self->stage, sizeof(stage))) {
		TH_LOG("command %#x, %s: what it points at has changed",
		       number, what);
	}
}

/* One case: the example succeeds, and nothing but the outputs changes. */
static void __attribute__((format(printf, 5, 6)))
succeeds(struct __test_metadata *_metadata, FIXTURE_DATA(command) *self,
	 unsigned int number, void *args, const char *format, ...)
{
	const struct command *command = self->command;
	size_t offset = (__u8 *)args - self->mem, i;
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
		EXPECT_EQ(self->owned + command->charges,
			  ksock_owned(ksock_ctx));
		if (ret >= 0)
			close(ret);
	} else {
		EXPECT_EQ(command->result, ret) {
			TH_LOG("command %#x, %s", number, what);
		}
	}
	EXPECT_EQ(self->fds, open_fds());
	EXPECT_EQ(self->owned, ksock_owned(ksock_ctx));
	for (i = 0; i < ARRAY_SIZE(command->out); i++) {
		size_t start = command->out[i].start;
		size_t end = command->out[i].end;

		/* A caller with an older structure has less of it. */
		if (end > _IOC_SIZE(number))
			end = _IOC_SIZE(number);
		if (start < end)
			memcpy(self->before + offset + start,
			       self->mem + offset + start, end - start);
	}
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

/* For tests that set the stage themselves. */
FIXTURE(single) {
	FIXTURE_DATA(command) data;
};

FIXTURE_SETUP(single)
{
	command_setup(_metadata, &self->data,
		      &_command_socket_info_variant);
}

FIXTURE_TEARDOWN(single)
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
