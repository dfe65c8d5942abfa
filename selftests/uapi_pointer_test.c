// SPDX-License-Identifier: GPL-2.0-only
/*
 * The ABI: what the structures point at, where a page ends in the middle of it,
 * where it can only be read, and where a pointer is longer than the caller's.
 * Pointers that point nowhere at all are values, see uapi_value_test.c.
 *
 * The file is also built for 32-bit callers.
 */
#include "uapi.h"

/* A pointer of the example, and the length of what it points at. */
struct pointer {
	int index;
	size_t offset;
	size_t len;
	/* The kernel writes there, and reads the structure only. */
	bool written;
};

#define POINTER(_index, _struct, _field, _len, _written)		\
	{								\
		.index = _index,					\
		.offset = offsetof(struct _struct, _field),		\
		.len = _len,						\
		.written = _written,					\
	}

/* Of what the example points at. */
#define BUF	(sizeof(DATA) - 1)
#define PARTS	(2 * sizeof(struct iovec))
#define VALUE	sizeof(int)
#define OPS	(2 * sizeof(struct ksock_batch_op))
/* Kernels differ in how much of it there is: more than that. */
#define INFO	104

static const struct pointer pointers[] = {
	POINTER(SEND, ksock_send_args, buf_ptr, BUF, false),
	POINTER(RECV, ksock_recv_args, buf_ptr, BUF, true),
	POINTER(SENDMSG, ksock_sendmsg_args, iov_ptr, PARTS, false),
	POINTER(RECVMSG, ksock_recvmsg_args, iov_ptr, PARTS, false),
	POINTER(SOCKET_INFO, ksock_socket_info, tcp_info_ptr, INFO, true),
	POINTER(OPT_GET, ksock_opt_args, value_ptr, VALUE, true),
	POINTER(OPT_SET, ksock_opt_args, value_ptr, VALUE, false),
	POINTER(BATCH_RUN, ksock_batch_run_args, ops_ptr, OPS, false),
};

static __u64 pointer_get(const void *args, const struct pointer *pointer)
{
	__u64 value;

	memcpy(&value, args + pointer->offset, sizeof(value));
	return value;
}

static void pointer_set(void *args, const struct pointer *pointer, __u64 value)
{
	memcpy(args + pointer->offset, &value, sizeof(value));
}

/*
 * One case: EFAULT, though what was there may have been written to; descriptors
 * and sockets are as many as before.
 */
static void faults(struct __test_metadata *_metadata,
		   FIXTURE_DATA(command) *self, const char *what, size_t there)
{
	unsigned int number = self->command->number;

	(*cases)++;
	EXPECT_EQ(-EFAULT, ret_errno(ioctl(self->stage.fd, number,
					   self->mem))) {
		TH_LOG("command %#x, %s, %zu bytes", number, what, there);
	}
	EXPECT_EQ(self->fds, open_fds());
	EXPECT_EQ(self->owned, ksock_owned(ksock_ctx));
}

/* The pointer where only @there bytes are before the memory ends. */
static void pointer_cut(struct __test_metadata *_metadata,
			FIXTURE_DATA(command) *self,
			const struct pointer *pointer, size_t there)
{
	__u8 *start = self->mem + self->room - there;
	void *args = example(self);

	memcpy(start, (void *)(uintptr_t)pointer_get(args, pointer), there);
	pointer_set(args, pointer, (uintptr_t)start);
	if (pointer->written)
		faults(_metadata, self, "memory ends after", there);
	else
		fails(_metadata, self, -EFAULT, self->stage.fd,
		      self->command->number, args,
		      "offset %zu: memory ends after %zu bytes",
		      pointer->offset, there);
}

TEST_F(command, fails_with_efault_where_memory_ends_in_what_it_points_at)
{
	size_t i;

	example(self);
	for (i = 0; i < ARRAY_SIZE(pointers); i++) {
		const struct pointer *pointer = &pointers[i];

		if (pointer->index != variant->index)
			continue;
		pointer_cut(_metadata, self, pointer, 1);
		pointer_cut(_metadata, self, pointer, pointer->len / 2);
		pointer_cut(_metadata, self, pointer, pointer->len - 1);
		example(self);
	}
	succeeds(_metadata, self, self->command->number, self->mem,
		 "afterwards");
}

TEST_F(command, fails_with_efault_where_it_cannot_write_what_it_points_at)
{
	void *read_only = page_read_only();
	size_t i;

	ASSERT_TRUE(read_only != NULL);
	example(self);
	for (i = 0; i < ARRAY_SIZE(pointers); i++) {
		const struct pointer *pointer = &pointers[i];

		if (pointer->index != variant->index || !pointer->written)
			continue;
		pointer_set(self->mem, pointer, (uintptr_t)read_only);
		fails(_metadata, self, -EFAULT, self->stage.fd,
		      self->command->number, self->mem,
		      "offset %zu, read only", pointer->offset);
		example(self);
	}
	succeeds(_metadata, self, self->command->number, self->mem,
		 "afterwards");
}

TEST_F(command, reads_what_it_points_at_where_it_cannot_be_written)
{
	size_t i;

	example(self);
	succeeds(_metadata, self, self->command->number, self->mem, "as it is");
	for (i = 0; i < ARRAY_SIZE(pointers); i++) {
		const struct pointer *pointer = &pointers[i];
		__u8 *copy = self->mem + self->room - self->page;

		if (pointer->index != variant->index || pointer->written)
			continue;
		stage_set(_metadata, self, variant->index);
		example(self);
		memcpy(copy, (void *)(uintptr_t)pointer_get(self->mem, pointer),
		       pointer->len);
		ASSERT_EQ(0, mprotect(copy, self->page, PROT_READ));
		pointer_set(self->mem, pointer, (uintptr_t)copy);
		succeeds(_metadata, self, self->command->number, self->mem,
			 "offset %zu", pointer->offset);
		ASSERT_EQ(0, mprotect(copy, self->page,
				      PROT_READ | PROT_WRITE));
	}
}

/* Also from a 32-bit caller, for whom the upper half is not an address. */
TEST_F(command, does_not_cut_its_pointers_to_32_bits)
{
	size_t i;

	example(self);
	for (i = 0; i < ARRAY_SIZE(pointers); i++) {
		const struct pointer *pointer = &pointers[i];
		__u64 good;

		if (pointer->index != variant->index)
			continue;
		good = pointer_get(self->mem, pointer);
		pointer_set(self->mem, pointer, good | 1ULL << 63);
		fails(_metadata, self, -EFAULT, self->stage.fd,
		      self->command->number, self->mem,
		      "offset %zu, highest bit", pointer->offset);
		example(self);
		if (sizeof(void *) > sizeof(__u32))
			continue;
		pointer_set(self->mem, pointer, good | 1ULL << 32);
		fails(_metadata, self, -EFAULT, self->stage.fd,
		      self->command->number, self->mem,
		      "offset %zu, above 4 GiB", pointer->offset);
		example(self);
	}
	succeeds(_metadata, self, self->command->number, self->mem,
		 "afterwards");
}

/* ---- Addresses ----------------------------------------------------------- */

static void bad_addr(struct __test_metadata *_metadata,
		     FIXTURE_DATA(command) *self, __u64 pointer)
{
	struct ksock_send_args *send_args = (void *)self->mem;
	struct ksock_sendmsg_args *sendmsg_args = (void *)self->mem;

	example(self);
	if (self->command == &commands[SEND]) {
		send_args->addr_ptr = pointer;
		send_args->addr_len = sizeof(struct sockaddr_in);
	} else {
		sendmsg_args->addr_ptr = pointer;
		sendmsg_args->addr_len = sizeof(struct sockaddr_in);
	}
	fails(_metadata, self, -EFAULT, self->stage.fd, self->command->number,
	      self->mem, "pointer %#llx", (unsigned long long)pointer);
}

TEST_F(single, send_to_an_address_that_cannot_be_read_fails_with_efault)
{
	const int sends[] = { SEND, SENDMSG };
	__u8 *end = self->data.mem + self->data.room;
	const __u64 bad[] = {
		1, (uintptr_t)end, (uintptr_t)end - 1, (uintptr_t)end - 15,
		0xffff888000000000, 1ULL << 63, ~0ULL,
		(uintptr_t)&self->data.stage.addr.storage | 1ULL << 63,
	};
	size_t i, j;

	for (i = 0; i < ARRAY_SIZE(sends); i++) {
		stage_set(_metadata, &self->data, sends[i]);
		for (j = 0; j < ARRAY_SIZE(bad); j++)
			bad_addr(_metadata, &self->data, bad[j]);
		example(&self->data);
		succeeds(_metadata, &self->data, self->data.command->number,
			 self->data.mem, "afterwards");
	}
}

/*
 * A receive of a datagram that came, so that there is a sender; the datagram
 * is as gone as with recvfrom(2).
 */
TEST_F(single, receive_of_an_address_that_cannot_be_written_fails_with_efault)
{
	struct addr addr = addr_loopback(AF_INET, PORT);
	struct ksock_recv_args *args = (void *)self->data.mem;
	__u8 *end = self->data.mem + self->data.room;
	void *read_only = page_read_only();
	const __u64 bad[] = {
		1, (uintptr_t)end, (uintptr_t)end - 15, (uintptr_t)read_only,
		0xffff888000000000, 1ULL << 63, ~0ULL,
	};
	int plain, dgram;
	size_t i;

	ASSERT_TRUE(read_only != NULL);
	dgram = ksock_socket(AF_INET, SOCK_DGRAM, 0);
	ASSERT_LE(0, dgram);
	ASSERT_EQ(0, ksock_bind(dgram, &addr.sa, addr.len));
	plain = plain_socket(AF_INET, SOCK_DGRAM, 0);
	ASSERT_LE(0, plain);
	ASSERT_EQ(0, plain_connect(plain, &addr.sa, addr.len));
	stage_set(_metadata, &self->data, RECV);
	for (i = 0; i < ARRAY_SIZE(bad); i++) {
		(*cases)++;
		ASSERT_EQ(1, send(plain, "x", 1, 0));
		ASSERT_EQ(POLLIN, wait_events(dgram, POLLIN, WAIT_MS));
		example(&self->data);
		args->flags = MSG_DONTWAIT;
		args->addr_ptr = bad[i];
		args->addr_len = sizeof(struct sockaddr_in);
		EXPECT_EQ(-EFAULT, ret_errno(ioctl(dgram, KSOCK_IOC_RECV,
						   args))) {
			TH_LOG("pointer %#llx", (unsigned long long)bad[i]);
		}
		args->addr_ptr = 0;
		args->addr_len = 0;
		EXPECT_EQ(-EAGAIN, ret_errno(ioctl(dgram, KSOCK_IOC_RECV,
						   args)));
	}
}

TELL_CASES()

TEST_HARNESS_MAIN
