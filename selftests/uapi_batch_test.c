// SPDX-License-Identifier: GPL-2.0-only
/*
 * The ABI: the two arrays of BATCH_RUN and their count.  A run whose entries
 * cannot be read does nothing; one whose results cannot be written says so, and
 * leaves a batch that works.
 *
 * The file is also built for 32-bit callers.
 */
#include "uapi.h"

/* So that the arrays take more than a page. */
#define OPS	256

FIXTURE(array) {
	FIXTURE_DATA(command) data;
	struct ksock_batch_run_args *args;
	/* A batch for OPS entries, with the stage's socket in slot 0. */
	int batch;
	/* The plain peer, and how much it was sent. */
	int peer;
	uint64_t sent;
	struct ksock_batch_op *ops;
	struct ksock_batch_result *results;
	__u8 *end;
};

FIXTURE_SETUP(array)
{
	size_t i;

	command_setup(_metadata, &self->data,
		      &_command_socket_info_variant);
	stage_set(_metadata, &self->data, BATCH_RUN);
	self->args = example(&self->data);
	self->peer = self->data.stage.plain[1];
	self->batch = batch_open(1, OPS);
	ASSERT_LE(0, self->batch);
	ASSERT_EQ(0, batch_slot(self->batch, 0, self->data.stage.slotted));
	self->data.fds = open_fds();
	self->ops = calloc(OPS, sizeof(*self->ops));
	ASSERT_TRUE(self->ops != NULL);
	self->results = calloc(OPS, sizeof(*self->results));
	ASSERT_TRUE(self->results != NULL);
	for (i = 0; i < OPS; i++)
		self->ops[i] = batch_send(0, "x", 1, MSG_DONTWAIT);
	self->end = self->data.mem + self->data.room;
}

FIXTURE_TEARDOWN(array)
{
}

static void arrays_are(FIXTURE_DATA(array) *self, const void *ops,
		       const void *results, __u32 count)
{
	self->args->ops_ptr = (uintptr_t)ops;
	self->args->results_ptr = (uintptr_t)results;
	self->args->count = count;
}

/*
 * How much the socket has sent since this was last asked; -EBADMSG when the
 * peer does not have just that.
 */
static int arrived(FIXTURE_DATA(array) *self)
{
	struct ksock_socket_info info;
	int got = 0, want, ret;
	char buf[4 * OPS];

	ret = ksock_socket_info(self->data.stage.slotted, &info);
	if (ret)
		return ret;
	want = info.out_sent_bytes - self->sent;
	self->sent = info.out_sent_bytes;
	while (got < want) {
		if (wait_events(self->peer, POLLIN, WAIT_MS) != POLLIN)
			return -ETIME;
		ret = face_recv(&plain_face, self->peer, buf, sizeof(buf), 0);
		if (ret <= 0)
			return ret;
		got += ret;
	}
	ret = face_recv(&plain_face, self->peer, buf, 1, MSG_DONTWAIT);
	return got == want && ret == -EAGAIN ? got : -EBADMSG;
}

/* One case: the run fails, before anything has run. */
static void run_fails(struct __test_metadata *_metadata,
		      FIXTURE_DATA(array) *self, int error, const char *what)
{
	fails(_metadata, &self->data, error, self->batch, KSOCK_IOC_BATCH_RUN,
	      self->args, "%s", what);
	EXPECT_EQ(0, arrived(self)) {
		TH_LOG("%s", what);
	}
}

/* One case: the run returns @count, and so much has been sent. */
static void run_does(struct __test_metadata *_metadata,
		     FIXTURE_DATA(array) *self, int count, const char *what)
{
	(*cases)++;
	EXPECT_EQ(count, ret_errno(ioctl(self->batch, KSOCK_IOC_BATCH_RUN,
					 self->args))) {
		TH_LOG("%s", what);
	}
	EXPECT_EQ(count, arrived(self)) {
		TH_LOG("%s", what);
	}
}

TEST_F(array, of_no_entries_is_not_looked_at)
{
	arrays_are(self, NULL, NULL, 0);
	run_does(_metadata, self, 0, "null");
	arrays_are(self, (void *)1, (void *)1, 0);
	run_does(_metadata, self, 0, "nowhere");
	arrays_are(self, self->end, self->end, 0);
	run_does(_metadata, self, 0, "missing");
}

TEST_F(array, may_be_as_long_as_the_batch_was_made_for_and_not_longer)
{
	const __u32 counts[] = {
		OPS + 1, OPS * 2, KSOCK_BATCH_MAX_OPS, KSOCK_BATCH_MAX_OPS + 1,
		0x10000, 0x10000 + OPS, INT_MAX, 0x80000000, UINT_MAX,
		/* The size of so many wraps in 32 bits, to 0 and to 8. */
		0x20000000, 0xcccccccd,
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(counts); i++) {
		arrays_are(self, self->ops, self->results, counts[i]);
		run_fails(_metadata, self, -EINVAL, "too many");
		arrays_are(self, NULL, NULL, counts[i]);
		run_fails(_metadata, self, -EINVAL, "too many at null");
	}
	arrays_are(self, self->ops, self->results, OPS);
	run_does(_metadata, self, OPS, "all");
	for (i = 0; i < OPS; i++)
		EXPECT_EQ(1, self->results[i].out_ret);
}

TEST_F(array, of_entries_that_ends_behind_memory_fails_with_efault)
{
	size_t whole = OPS * sizeof(*self->ops);
	const size_t there[] = {
		0, 1, sizeof(*self->ops) - 1, sizeof(*self->ops),
		whole / 2, whole - sizeof(*self->ops), whole - 1,
	};
	size_t i;

	ASSERT_LE(whole, self->data.room - 512);
	for (i = 0; i < ARRAY_SIZE(there); i++) {
		memcpy(self->end - there[i], self->ops, there[i]);
		arrays_are(self, self->end - there[i], self->results, OPS);
		run_fails(_metadata, self, -EFAULT, "entries");
		/* An entry less than are there is none too many. */
		if (there[i] < sizeof(*self->ops))
			continue;
		self->args->count = there[i] / sizeof(*self->ops);
		run_does(_metadata, self, self->args->count, "those there");
	}
	memcpy(self->end - whole, self->ops, whole);
	arrays_are(self, self->end - whole, self->results, OPS);
	run_does(_metadata, self, OPS, "all but no more is there");
}

/* What has run has run, so only the answer is asked, and what comes after. */
TEST_F(array, of_results_that_cannot_be_written_fails_with_efault)
{
	size_t whole = OPS * sizeof(*self->results);
	void *const bad[] = {
		NULL, (void *)1, self->end, self->end - 1,
		self->end - sizeof(*self->results), self->end - whole / 2,
		self->end - whole + 1, page_read_only(), page_missing(),
		(void *)-1L, (void *)(uintptr_t)0xffff888000000000,
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(bad); i++) {
		(*cases)++;
		arrays_are(self, self->ops, bad[i], OPS);
		EXPECT_EQ(-EFAULT, ret_errno(ioctl(self->batch,
						   KSOCK_IOC_BATCH_RUN,
						   self->args))) {
			TH_LOG("results at %p", bad[i]);
		}
		EXPECT_LE(0, arrived(self));
		EXPECT_EQ(self->data.fds, open_fds());
		EXPECT_EQ(self->data.owned, ksock_owned(ksock_ctx));

		arrays_are(self, self->ops, self->results, OPS);
		run_does(_metadata, self, OPS, "afterwards");
	}
	arrays_are(self, self->ops, self->end - whole, OPS);
	run_does(_metadata, self, OPS, "all but no more is there");
}

TEST_F(array, of_results_above_32_bits_fails_with_efault)
{
	__u64 good = (uintptr_t)self->results;

	arrays_are(self, self->ops, self->results, OPS);
	(*cases)++;
	self->args->results_ptr = good | 1ULL << 63;
	EXPECT_EQ(-EFAULT, ret_errno(ioctl(self->batch, KSOCK_IOC_BATCH_RUN,
					   self->args)));
	EXPECT_LE(0, arrived(self));
	if (sizeof(void *) == sizeof(__u32)) {
		(*cases)++;
		self->args->results_ptr = good | 1ULL << 32;
		EXPECT_EQ(-EFAULT, ret_errno(ioctl(self->batch,
						   KSOCK_IOC_BATCH_RUN,
						   self->args)));
		EXPECT_LE(0, arrived(self));
	}
	self->args->results_ptr = good;
	run_does(_metadata, self, OPS, "afterwards");
}

TEST_F(array, of_results_is_written_to_the_last_byte_and_no_further)
{
	__u8 *results = self->data.mem + 512;
	size_t i, j;

	memset(results, 0xa5, (OPS + 1) * sizeof(*self->results));
	arrays_are(self, self->ops, results, OPS);
	run_does(_metadata, self, OPS, "poisoned results");
	for (i = 0; i < OPS; i++) {
		struct ksock_batch_result result;

		memcpy(&result, results + i * sizeof(result), sizeof(result));
		EXPECT_EQ(1, result.out_ret);
		EXPECT_EQ(0, result.out_flags);
		EXPECT_EQ(0, result.out_addr_len);
		EXPECT_EQ(0, result.__reserved);
	}
	for (j = 0; j < sizeof(*self->results); j++)
		EXPECT_EQ(0xa5, results[OPS * sizeof(*self->results) + j]);
}

/* The entries are read once before the first of them runs. */
TEST_F(array, of_results_may_lie_over_the_entries)
{
	struct ksock_batch_result *results = (void *)self->ops;
	size_t i;

	arrays_are(self, self->ops, self->ops, OPS);
	run_does(_metadata, self, OPS, "over each other");
	for (i = 0; i < OPS; i++)
		EXPECT_EQ(1, results[i].out_ret);
}

TEST_F(array, at_odd_addresses_is_as_good)
{
	__u8 *ops = self->data.mem + 513;
	__u8 *results = ops + OPS * sizeof(*self->ops);

	memcpy(ops, self->ops, OPS * sizeof(*self->ops));
	arrays_are(self, ops, results, OPS);
	run_does(_metadata, self, OPS, "odd");
}

/* ---- One entry, each field of it ----------------------------------------- */

TEST_F(array, entry_of_each_value_out_of_range_has_its_error)
{
	static const struct {
		const char *what;
		struct ksock_batch_op op;
		int error;
	} entries[] = {
		{ "opcode 2", { .opcode = 2 }, -EINVAL },
		{ "opcode 0x8000", { .opcode = 0x8000 }, -EINVAL },
		{ "opcode 0xffff", { .opcode = 0xffff }, -EINVAL },
		{ "reserved, first byte", { .__reserved = 1 }, -EINVAL },
		{ "reserved, last byte", { .__reserved = 1U << 31 }, -EINVAL },
		{ "slot 1", { .slot = 1 }, -EBADF },
		{ "slot 1024", { .slot = 1024 }, -EBADF },
		{ "slot 0xffff", { .slot = 0xffff }, -EBADF },
		{ "flag", { .flags = MSG_TRUNC }, -EINVAL },
		{ "flags", { .flags = UINT_MAX }, -EINVAL },
		{ "length without an address", { .addr_len = 16 }, -EINVAL },
		{ "address without a length", { .addr_ptr = 1 }, -EINVAL },
		{ "length of an address",
		  { .addr_ptr = 1, .addr_len = KSOCK_ADDR_MAX + 1 }, -EINVAL },
		{ "address nowhere", { .addr_ptr = 1, .addr_len = 16 },
		  -EFAULT },
		{ "data at null", { .len = 1 }, -EFAULT },
		{ "data nowhere", { .buf_ptr = 1, .len = 1 }, -EFAULT },
		{ "data in the kernel",
		  { .buf_ptr = 0xffff888000000000, .len = 1 }, -EFAULT },
		{ "data at the end", { .buf_ptr = ~0ULL, .len = 1 }, -EFAULT },
		{ "data, highest bit", { .buf_ptr = 1ULL << 63, .len = 1 },
		  -EFAULT },
		{ "room of an unknown flag",
		  { .opcode = KSOCK_BATCH_RECV, .flags = MSG_DONTROUTE },
		  -EINVAL },
		{ "room without an address",
		  { .opcode = KSOCK_BATCH_RECV, .addr_len = 1 }, -EINVAL },
		{ "room nowhere",
		  { .opcode = KSOCK_BATCH_RECV, .buf_ptr = 1, .len = 1,
		    .flags = MSG_DONTWAIT }, -EFAULT },
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(entries); i++) {
		(*cases)++;
		EXPECT_EQ(entries[i].error,
			  batch_one(self->batch, entries[i].op)) {
			TH_LOG("%s", entries[i].what);
		}
	}
	EXPECT_EQ(0, arrived(self));
	/* Nothing of it was received either. */
	EXPECT_EQ(strlen(DATA),
		  batch_one(self->batch, batch_recv(0, self->results, 16,
						    MSG_DONTWAIT)));
}

TELL_CASES()

TEST_HARNESS_MAIN
