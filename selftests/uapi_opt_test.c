// SPDX-License-Identifier: GPL-2.0-only
/*
 * The ABI: lengths of the values of options, beside what the system calls make
 * of the same length.  Which options there are and what they mean is not asked
 * here.
 *
 * The file is also built for 32-bit callers.
 */
#include "uapi.h"

#define POISON	0xa5

struct option {
	const char *name;
	int level;
	int number;
	/* Of the value. */
	size_t size;
	/* Only to be read, and different for each socket. */
	bool read_only;
};

static const struct option options[] = {
	{ "SO_KEEPALIVE", SOL_SOCKET, SO_KEEPALIVE, sizeof(int), false },
	{ "SO_PRIORITY", SOL_SOCKET, SO_PRIORITY, sizeof(int), false },
	{ "SO_LINGER", SOL_SOCKET, SO_LINGER, sizeof(struct linger), false },
	{ "SO_MAX_PACING_RATE", SOL_SOCKET, SO_MAX_PACING_RATE, sizeof(long),
	  false },
	{ "SO_BINDTODEVICE", SOL_SOCKET, SO_BINDTODEVICE, IFNAMSIZ, false },
	{ "SO_COOKIE", SOL_SOCKET, SO_COOKIE, sizeof(__u64), true },
	{ "IP_TTL", SOL_IP, IP_TTL, sizeof(int), false },
	{ "IP_TOS", SOL_IP, IP_TOS, sizeof(int), false },
	{ "IP_OPTIONS", SOL_IP, IP_OPTIONS, 40, false },
	{ "TCP_NODELAY", SOL_TCP, TCP_NODELAY, sizeof(int), false },
	{ "TCP_USER_TIMEOUT", SOL_TCP, TCP_USER_TIMEOUT, sizeof(int),
	  false },
	{ "TCP_CONGESTION", SOL_TCP, TCP_CONGESTION, 16, false },
	{ "TCP_INFO", SOL_TCP, TCP_INFO, 104, true },
};

FIXTURE(length) {
	int plain;
	int ksock;
	size_t page;
	/* Two values of a page, and behind each a page that is not there. */
	__u8 *mem[2];
};

FIXTURE_SETUP(length)
{
	int prot = PROT_READ | PROT_WRITE;
	size_t i;

	SETUP_KSOCK();
	self->plain = plain_socket(AF_INET, SOCK_STREAM, 0);
	ASSERT_LE(0, self->plain);
	self->ksock = ksock_socket(AF_INET, SOCK_STREAM, 0);
	ASSERT_LE(0, self->ksock);
	self->page = sysconf(_SC_PAGESIZE);
	for (i = 0; i < ARRAY_SIZE(self->mem); i++) {
		self->mem[i] = mmap(NULL, 2 * self->page, prot,
				    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
		ASSERT_TRUE(self->mem[i] != MAP_FAILED);
		ASSERT_EQ(0, mprotect(self->mem[i] + self->page, self->page,
				      PROT_NONE));
	}
}

FIXTURE_TEARDOWN(length)
{
}

/*
 * One case: both faces are asked for the option at @offset in their page, with
 * the same length.
 */
static void get_both(struct __test_metadata *_metadata,
		     FIXTURE_DATA(length) *self, const struct option *option,
		     socklen_t len, size_t offset)
{
	socklen_t plain_len = len, ksock_len = len;
	int plain, ksock;

	(*cases)++;
	memset(self->mem[0], POISON, self->page);
	memset(self->mem[1], POISON, self->page);
	plain = plain_getsockopt(self->plain, option->level, option->number,
				 self->mem[0] + offset, &plain_len);
	ksock = ksock_getsockopt(self->ksock, option->level, option->number,
				 self->mem[1] + offset, &ksock_len);
	EXPECT_EQ(plain, ksock) {
		TH_LOG("%s, length %u, offset %zu", option->name, len, offset);
	}
	EXPECT_EQ(plain_len, ksock_len) {
		TH_LOG("%s, length %u, offset %zu", option->name, len, offset);
	}
	if (!plain && !ksock && !option->read_only)
		EXPECT_EQ(0, memcmp(self->mem[0], self->mem[1], self->page)) {
			TH_LOG("%s, length %u", option->name, len);
		}
}

/* One case: both faces set the option to the value at @offset, if they may. */
static void set_both(struct __test_metadata *_metadata,
		     FIXTURE_DATA(length) *self, const struct option *option,
		     socklen_t len, size_t offset)
{
	int plain, ksock;

	if (option->read_only)
		return;
	(*cases)++;
	plain = plain_setsockopt(self->plain, option->level, option->number,
				 self->mem[0] + offset, len);
	ksock = ksock_setsockopt(self->ksock, option->level, option->number,
				 self->mem[1] + offset, len);
	EXPECT_EQ(plain, ksock) {
		TH_LOG("%s, length %u, offset %zu", option->name, len, offset);
	}
}

TEST_F(length, that_is_asked_for_gives_what_getsockopt_gives)
{
	size_t i, j;

	for (i = 0; i < ARRAY_SIZE(options); i++) {
		const struct option *option = &options[i];
		const socklen_t lens[] = {
			0, 1, 2, option->size - 1, option->size,
			option->size + 1, self->page, INT_MAX,
		};

		for (j = 0; j < ARRAY_SIZE(lens); j++)
			get_both(_metadata, self, option, lens[j], 0);
	}
}

TEST_F(length, that_is_set_does_what_setsockopt_does)
{
	size_t i, j;

	for (i = 0; i < ARRAY_SIZE(options); i++) {
		const struct option *option = &options[i];
		const socklen_t lens[] = {
			0, 1, 2, option->size - 1, option->size,
			option->size + 1, self->page,
		};

		for (j = 0; j < ARRAY_SIZE(lens); j++) {
			/* Zeros are a value of all but TCP_CONGESTION. */
			memset(self->mem[0], 0, self->page);
			memset(self->mem[1], 0, self->page);
			set_both(_metadata, self, option, lens[j], 0);
			get_both(_metadata, self, option, option->size, 0);
		}
	}
}

TEST_F(length, that_is_huge_is_no_reason_to_read_it_all)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(options); i++) {
		memset(self->mem[0], 0, self->page);
		memset(self->mem[1], 0, self->page);
		set_both(_metadata, self, &options[i], INT_MAX, 0);
		set_both(_metadata, self, &options[i], self->page + 1, 0);
		set_both(_metadata, self, &options[i], 1 << 20, 0);
	}
}

TEST_F(length, that_is_negative_fails_with_einval)
{
	const int lens[] = { -1, -4, INT_MIN, INT_MIN + 4 };
	size_t i, j;
	socklen_t len;

	memset(self->mem[1], 0, self->page);
	for (i = 0; i < ARRAY_SIZE(options); i++) {
		for (j = 0; j < ARRAY_SIZE(lens); j++) {
			const struct option *option = &options[i];

			*cases += 2;
			len = lens[j];
			EXPECT_EQ(-EINVAL, ksock_getsockopt(self->ksock,
							    option->level,
							    option->number,
							    self->mem[1],
							    &len)) {
				TH_LOG("%s, length %d", option->name, lens[j]);
			}
			EXPECT_EQ(lens[j], (int)len);
			if (!option->read_only)
				EXPECT_EQ(-EINVAL,
					  ksock_setsockopt(self->ksock,
							   option->level,
							   option->number,
							   self->mem[1],
							   lens[j])) {
					TH_LOG("%s, length %d", option->name,
					       lens[j]);
				}
		}
	}
}

TEST_F(length, that_ends_behind_memory_does_what_the_system_calls_do)
{
	size_t i, there;

	for (i = 0; i < ARRAY_SIZE(options); i++) {
		const struct option *option = &options[i];

		for (there = 0; there <= option->size; there++) {
			get_both(_metadata, self, option, option->size,
				 self->page - there);
			memset(self->mem[0], 0, self->page);
			memset(self->mem[1], 0, self->page);
			set_both(_metadata, self, option, option->size,
				 self->page - there);
		}
	}
}

TELL_CASES()

TEST_HARNESS_MAIN
