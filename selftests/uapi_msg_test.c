// SPDX-License-Identifier: GPL-2.0-only
/*
 * The ABI: the parts and the control data of SENDMSG and RECVMSG, their counts
 * and lengths, as far as the interface looks at them itself.
 *
 * The file is also built for 32-bit callers, whose struct iovec is another.
 */
#include "uapi.h"

#include <assert.h>
#include <linux/net_tstamp.h>

FIXTURE(parts) {
	FIXTURE_DATA(command) data;
	struct ksock_sendmsg_args *sendmsg_args;
	struct ksock_recvmsg_args *recvmsg_args;
	/* In the memory behind the structure. */
	struct iovec *iov;
	__u8 *end;
};

FIXTURE_VARIANT(parts) {
	int index;
};

FIXTURE_VARIANT_ADD(parts, of_sendmsg) {
	.index = SENDMSG,
};

FIXTURE_VARIANT_ADD(parts, of_recvmsg) {
	.index = RECVMSG,
};

FIXTURE_SETUP(parts)
{
	command_setup(_metadata, &self->data,
		      &_command_socket_info_variant);
	stage_set(_metadata, &self->data, variant->index);
	self->sendmsg_args = (void *)self->data.mem;
	self->recvmsg_args = (void *)self->data.mem;
	self->iov = (void *)self->data.mem + 256;
	self->end = self->data.mem + self->data.room;
}

FIXTURE_TEARDOWN(parts)
{
}

/* The example with the array of parts at @iov, of @count entries. */
static void parts_at(FIXTURE_DATA(parts) *self, const struct iovec *iov,
		     __u32 count)
{
	/* Where the two structures have it. */
	static_assert(offsetof(struct ksock_sendmsg_args, iov_ptr) ==
		      offsetof(struct ksock_recvmsg_args, iov_ptr),
		      "pointers to parts at the same offset");
	static_assert(offsetof(struct ksock_sendmsg_args, iov_count) ==
		      offsetof(struct ksock_recvmsg_args, iov_count),
		      "counts of parts at the same offset");

	self->sendmsg_args->iov_ptr = (uintptr_t)iov;
	self->sendmsg_args->iov_count = count;
}

/* One case: the parts in self->iov fail. */
static void parts_fail(struct __test_metadata *_metadata,
		       FIXTURE_DATA(parts) *self, int error, __u32 count,
		       const char *what)
{
	parts_at(self, self->iov, count);
	fails(_metadata, &self->data, error, self->data.stage.fd,
	      self->data.command->number, self->data.mem, "%s", what);
}

/* One case: the message moves @len bytes. */
static void parts_move(struct __test_metadata *_metadata,
		       FIXTURE_DATA(parts) *self, int len, const char *what)
{
	(*cases)++;
	EXPECT_EQ(len, ret_errno(ioctl(self->data.stage.fd,
				       self->data.command->number,
				       self->data.mem))) {
		TH_LOG("command %#x, %s", self->data.command->number, what);
	}
}

static void parts_clear(FIXTURE_DATA(parts) *self)
{
	example(&self->data);
	memcpy(self->iov, self->data.stage.iov, sizeof(self->data.stage.iov));
}

TEST_F(parts, may_be_none_and_nothing_is_moved)
{
	parts_clear(self);
	parts_at(self, NULL, 0);
	parts_move(_metadata, self, 0, "no parts at null");
	parts_at(self, (void *)1, 0);
	parts_move(_metadata, self, 0, "no parts nowhere");
	parts_clear(self);
	self->iov[0].iov_len = 0;
	self->iov[1].iov_len = 0;
	parts_at(self, self->iov, 2);
	parts_move(_metadata, self, 0, "empty parts");
	parts_clear(self);
	parts_at(self, self->iov, 2);
	parts_move(_metadata, self, strlen(DATA), "afterwards");
}

TEST_F(parts, may_be_1024_and_not_more)
{
	struct iovec *iov;
	size_t i;

	iov = calloc(KSOCK_MSG_MAX_IOV + 1, sizeof(*iov));
	ASSERT_TRUE(iov != NULL);
	parts_clear(self);
	for (i = 0; i <= KSOCK_MSG_MAX_IOV; i++)
		iov[i].iov_base = self->data.stage.buf;
	/* The last that counts. */
	iov[KSOCK_MSG_MAX_IOV - 1].iov_len = sizeof(self->data.stage.buf);
	parts_at(self, iov, KSOCK_MSG_MAX_IOV + 1);
	fails(_metadata, &self->data, -EMSGSIZE, self->data.stage.fd,
	      self->data.command->number, self->data.mem, "1025 parts");
	parts_at(self, iov, KSOCK_MSG_MAX_IOV);
	parts_move(_metadata, self, strlen(DATA), "1024 parts");
}

TEST_F(parts, of_too_large_a_count_are_not_looked_at)
{
	parts_clear(self);
	parts_at(self, (void *)1, KSOCK_MSG_MAX_IOV + 1);
	fails(_metadata, &self->data, -EMSGSIZE, self->data.stage.fd,
	      self->data.command->number, self->data.mem, "nowhere");
	/* A multiplication in 32 bits makes 0 or 16 of these. */
	parts_at(self, (void *)1, 0x10000000);
	fails(_metadata, &self->data, -EMSGSIZE, self->data.stage.fd,
	      self->data.command->number, self->data.mem, "wraps to 0");
	parts_at(self, (void *)1, 0x10000001);
	fails(_metadata, &self->data, -EMSGSIZE, self->data.stage.fd,
	      self->data.command->number, self->data.mem, "wraps to 1");
}

TEST_F(parts, longer_than_memory_fail_with_einval)
{
	parts_clear(self);
	self->iov[0].iov_len = SIZE_MAX;
	parts_fail(_metadata, self, -EINVAL, 2, "first is -1 long");
	parts_clear(self);
	self->iov[1].iov_len = SIZE_MAX;
	parts_fail(_metadata, self, -EINVAL, 2, "second is -1 long");
	parts_clear(self);
	self->iov[1].iov_len = (size_t)SSIZE_MAX + 1;
	parts_fail(_metadata, self, -EINVAL, 2, "second is negative");
	/* Together they are 0. */
	parts_clear(self);
	self->iov[0].iov_len = (size_t)SSIZE_MAX + 1;
	self->iov[1].iov_len = (size_t)SSIZE_MAX + 1;
	parts_fail(_metadata, self, -EINVAL, 2, "sum wraps");
	parts_clear(self);
	self->iov[0].iov_base = (void *)1;
	self->iov[0].iov_len = SIZE_MAX;
	parts_fail(_metadata, self, -EINVAL, 2, "nowhere and -1 long");
	parts_clear(self);
	parts_at(self, self->iov, 2);
	parts_move(_metadata, self, strlen(DATA), "afterwards");
}

TEST_F(parts, in_no_memory_fail_with_efault)
{
	void *const nowhere[] = {
		NULL, (void *)1, page_missing(), (void *)-1L,
		(void *)(uintptr_t)0xffff888000000000,
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(nowhere); i++) {
		parts_clear(self);
		self->iov[0].iov_base = nowhere[i];
		parts_fail(_metadata, self, -EFAULT, 2, "first part");
	}
	/* What a kernel can tell before it moves the first part. */
	if (sizeof(void *) > sizeof(__u32)) {
		parts_clear(self);
		self->iov[1].iov_base = (void *)-1L;
		parts_fail(_metadata, self, -EFAULT, 2, "second part");
	}
	parts_clear(self);
	parts_at(self, self->iov, 2);
	parts_move(_metadata, self, strlen(DATA), "afterwards");
}

TEST_F(parts, behind_the_end_of_memory_fail_with_efault)
{
	struct iovec *last = (void *)self->end;

	/* The array is cut between two parts and within one. */
	parts_clear(self);
	last[-1] = self->data.stage.iov[0];
	parts_at(self, last - 1, 2);
	fails(_metadata, &self->data, -EFAULT, self->data.stage.fd,
	      self->data.command->number, self->data.mem, "half an array");
	parts_clear(self);
	memcpy((void *)last - 24, self->data.stage.iov, 24);
	parts_at(self, (void *)last - sizeof(*last) * 3 / 2, 2);
	fails(_metadata, &self->data, -EFAULT, self->data.stage.fd,
	      self->data.command->number, self->data.mem, "half a part");
	parts_clear(self);
	memcpy(last - 2, self->data.stage.iov, 2 * sizeof(*last));
	parts_at(self, last - 2, 2);
	parts_move(_metadata, self, strlen(DATA), "the whole array");
}

TEST_F(parts, of_a_32_bit_caller_are_of_32_bits)
{
	(*cases)++;
	EXPECT_EQ(2 * sizeof(void *), sizeof(struct iovec));
	parts_clear(self);
	parts_at(self, self->iov, 2);
	parts_move(_metadata, self, strlen(DATA), "in the caller's layout");
}

/* ---- Control data -------------------------------------------------------- */

/*
 * Fills the example's control data with a message that a stream takes, and
 * returns it.
 */
static struct cmsghdr *control_example(FIXTURE_DATA(command) *data)
{
	struct ksock_sendmsg_args *args = example(data);
	struct cmsghdr *cmsg = (void *)data->mem + 512;
	__u32 flags = SOF_TIMESTAMPING_TX_SOFTWARE;

	cmsg->cmsg_level = SOL_SOCKET;
	cmsg->cmsg_type = SO_TIMESTAMPING;
	cmsg->cmsg_len = CMSG_LEN(sizeof(flags));
	memcpy(CMSG_DATA(cmsg), &flags, sizeof(flags));
	args->control_ptr = (uintptr_t)cmsg;
	args->control_len = CMSG_SPACE(sizeof(flags));
	return cmsg;
}

TEST_F(single, control_data_too_long_to_send_fails_with_enobufs)
{
	struct ksock_sendmsg_args *args = (void *)self->data.mem;
	const __u32 lens[] = {
		KSOCK_MSG_MAX_CONTROL + 1, 4096, INT_MAX, 0x80000000, UINT_MAX,
	};
	size_t i;

	stage_set(_metadata, &self->data, SENDMSG);
	for (i = 0; i < ARRAY_SIZE(lens); i++) {
		control_example(&self->data);
		args->control_len = lens[i];
		fails(_metadata, &self->data, -ENOBUFS, self->data.stage.fd,
		      KSOCK_IOC_SENDMSG, args, "length %u", lens[i]);
		args->control_ptr = 1;
		fails(_metadata, &self->data, -ENOBUFS, self->data.stage.fd,
		      KSOCK_IOC_SENDMSG, args, "length %u, nowhere", lens[i]);
	}
	control_example(&self->data);
	succeeds(_metadata, &self->data, KSOCK_IOC_SENDMSG, args, "afterwards");
}

TEST_F(single, control_data_that_cannot_be_read_fails_with_efault)
{
	struct ksock_sendmsg_args *args = (void *)self->data.mem;
	__u8 *end = self->data.mem + self->data.room;
	const size_t len = CMSG_SPACE(sizeof(__u32));
	const __u64 bad[] = {
		1, (uintptr_t)end, (uintptr_t)end - 1, (uintptr_t)end - len / 2,
		(uintptr_t)end - len + 1, 0xffff888000000000, 1ULL << 63,
		~0ULL,
	};
	struct cmsghdr *cmsg;
	size_t i;

	stage_set(_metadata, &self->data, SENDMSG);
	for (i = 0; i < ARRAY_SIZE(bad); i++) {
		cmsg = control_example(&self->data);
		if (bad[i] < (uintptr_t)end &&
		    bad[i] > (uintptr_t)self->data.mem)
			memcpy((void *)(uintptr_t)bad[i], cmsg,
			       (uintptr_t)end - bad[i]);
		args->control_ptr = bad[i];
		fails(_metadata, &self->data, -EFAULT, self->data.stage.fd,
		      KSOCK_IOC_SENDMSG, args, "pointer %#llx",
		      (unsigned long long)bad[i]);
	}
	cmsg = control_example(&self->data);
	memcpy(end - len, cmsg, len);
	args->control_ptr = (uintptr_t)end - len;
	succeeds(_metadata, &self->data, KSOCK_IOC_SENDMSG, args,
		 "all but no more is there");
}

TEST_F(single, control_data_of_a_length_that_is_not_there_fails_with_einval)
{
	struct ksock_sendmsg_args *args = (void *)self->data.mem;
	const size_t whole = CMSG_LEN(sizeof(__u32));
	const size_t wrong[] = {
		0, 1, sizeof(struct cmsghdr) - 1,
		CMSG_SPACE(sizeof(__u32)) + 1, INT_MAX, SIZE_MAX / 2,
		SIZE_MAX - 7, SIZE_MAX,
	};
	struct cmsghdr *cmsg;
	size_t i;

	stage_set(_metadata, &self->data, SENDMSG);
	/* What is given is shorter than what the message says. */
	for (i = sizeof(*cmsg); i < whole; i++) {
		control_example(&self->data);
		args->control_len = i;
		fails(_metadata, &self->data, -EINVAL, self->data.stage.fd,
		      KSOCK_IOC_SENDMSG, args, "%zu of the bytes", i);
	}
	for (i = 0; i < ARRAY_SIZE(wrong); i++) {
		cmsg = control_example(&self->data);
		cmsg->cmsg_len = wrong[i];
		fails(_metadata, &self->data, -EINVAL, self->data.stage.fd,
		      KSOCK_IOC_SENDMSG, args, "says %#zx bytes", wrong[i]);
	}
	/* A header without its value, and one with half of it. */
	for (i = sizeof(*cmsg); i < whole; i += 2) {
		cmsg = control_example(&self->data);
		cmsg->cmsg_len = i;
		fails(_metadata, &self->data, -EINVAL, self->data.stage.fd,
		      KSOCK_IOC_SENDMSG, args, "says %zu bytes", i);
	}
	control_example(&self->data);
	args->control_len = whole;
	succeeds(_metadata, &self->data, KSOCK_IOC_SENDMSG, args,
		 "without the padding");
}

TEST_F(single, room_for_control_data_may_be_anywhere_when_there_is_none)
{
	struct ksock_recvmsg_args *args = (void *)self->data.mem;
	const __u32 lens[] = { 1, 15, 4096, INT_MAX, 0x80000000, UINT_MAX };
	size_t i;

	for (i = 0; i < ARRAY_SIZE(lens); i++) {
		stage_set(_metadata, &self->data, RECVMSG);
		example(&self->data);
		args->control_ptr = (uintptr_t)self->data.mem + 512;
		args->control_len = lens[i];
		succeeds(_metadata, &self->data, KSOCK_IOC_RECVMSG, args,
			 "room of %u", lens[i]);
		EXPECT_EQ(0, args->out_control_len);
		EXPECT_EQ(0, args->out_flags);
	}
}

TELL_CASES()

TEST_HARNESS_MAIN
