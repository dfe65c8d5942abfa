// SPDX-License-Identifier: GPL-2.0-only
/*
 * The ABI: every command of the table, once as it should be and once for each
 * way to get its structure, number or descriptor wrong.  At the end of a test
 * the same descriptor takes the same data without the defect.
 *
 * The file is also built for 32-bit callers.
 */
#include "uapi.h"

TEST_F(command, has_the_size_of_its_structure)
{
	EXPECT_EQ(KSOCK_IOC_MAGIC, _IOC_TYPE(self->command->number));
	EXPECT_EQ(self->command->size, self->size);
	EXPECT_GE(self->size, self->command->min_size);
	EXPECT_EQ(self->command->out[0].end ? _IOC_READ | _IOC_WRITE :
		  _IOC_WRITE, _IOC_DIR(self->command->number));
}

TEST_F(command, writes_every_byte_of_its_outputs)
{
	const struct command *command = self->command;
	__u8 first[KSOCK_ADDR_MAX * 2];
	size_t i, byte;

	ASSERT_LE(self->size, sizeof(first));
	example(self);
	succeeds(_metadata, self, command->number, self->mem, "first poison");
	memcpy(first, self->mem, self->size);
	stage_set(_metadata, self, variant->index);
	fill(self, self->mem, 0x5a);
	succeeds(_metadata, self, command->number, self->mem, "second poison");
	for (i = 0; i < ARRAY_SIZE(command->out); i++)
		for (byte = command->out[i].start; byte < command->out[i].end;
		     byte++)
			EXPECT_FALSE(first[byte] == 0xa5 &&
				     self->mem[byte] == 0x5a) {
				TH_LOG("byte %zu was not written", byte);
			}
}

TEST_F(command, fails_with_efault_without_a_structure)
{
	unsigned int number = self->command->number;

	example(self);
	fails(_metadata, self, -EFAULT, self->stage.fd, number, NULL,
	      "null pointer");
	fails(_metadata, self, -EFAULT, self->stage.fd, number,
	      self->mem + self->room, "pointer to a page that is not there");
	fails(_metadata, self, -EFAULT, self->stage.fd, number,
	      (void *)-self->page, "pointer to the last page");
	fails(_metadata, self, -EFAULT, self->stage.fd, number,
	      (void *)(uintptr_t)-1, "pointer to the last byte");
	succeeds(_metadata, self, number, self->mem, "afterwards");
}

TEST_F(command, fails_with_efault_where_a_page_ends)
{
	const size_t there[] = { 1, 4, self->size / 2, self->size - 1 };
	unsigned int number = self->command->number;
	__u8 *end = self->mem + self->room;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(there); i++) {
		example(self);
		memcpy(end - there[i], self->mem, there[i]);
		fails(_metadata, self, -EFAULT, self->stage.fd, number,
		      end - there[i], "only %zu bytes are there", there[i]);
	}
	/* The structure is whole, but the zeros behind it are not. */
	memset(self->mem, 0, self->room);
	fill(self, end - self->size, 0xa5);
	fails(_metadata, self, -EFAULT, self->stage.fd,
	      sized(number, self->size + 1), end - self->size,
	      "no tail is there");
	memset(self->mem, 0, self->room);
	fill(self, end - self->size - 7, 0xa5);
	fails(_metadata, self, -EFAULT, self->stage.fd,
	      sized(number, self->size + 8), end - self->size - 7,
	      "part of the tail is there");

	memset(self->mem, 0, self->room);
	fill(self, end - self->size, 0xa5);
	succeeds(_metadata, self, number, end - self->size,
		 "all but no more is there");
}

TEST_F(command, takes_a_structure_at_an_odd_address)
{
	memset(self->mem, 0, self->room);
	fill(self, self->mem + 1, 0xa5);
	succeeds(_metadata, self, self->command->number, self->mem + 1, "odd");
}

/* Not among the failures that change nothing: who accepts has accepted. */
TEST_F(command, with_a_structure_that_cannot_be_written_publishes_nothing)
{
	unsigned int number = self->command->number;
	int ret;

	(*cases)++;
	example(self);
	ASSERT_EQ(0, mprotect(self->mem, self->room, PROT_READ));
	ret = ret_errno(ioctl(self->stage.fd, number, self->mem));
	if (self->command->out[0].end) {
		EXPECT_EQ(-EFAULT, ret);
		EXPECT_EQ(self->fds, open_fds());
		EXPECT_EQ(self->owned, ksock_owned(ksock_ctx));
	} else {
		EXPECT_LE(0, ret);
	}
}

TEST_F(command, fails_with_einval_when_too_short)
{
	const size_t sizes[] = {
		0, 1, self->command->min_size / 2, self->command->min_size - 1,
	};
	unsigned int number = self->command->number;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(sizes); i++) {
		example(self);
		fails(_metadata, self, -EINVAL, self->stage.fd,
		      sized(number, sizes[i]), self->mem, "size %zu", sizes[i]);
	}
	succeeds(_metadata, self, number, self->mem, "afterwards");
}

/*
 * The number of a command with the size that its structure once had, or might
 * have had, from the first version to this one.  What such a caller has behind
 * its structure is neither read nor written.
 */
TEST_F(command, works_with_each_size_since_its_first_version)
{
	unsigned int number = self->command->number;
	size_t size, last = self->size;
	__u8 *end = self->mem + self->room;
	__u8 now[KSOCK_ADDR_MAX * 2];

	ASSERT_LE(self->size, sizeof(now));
	for (size = self->command->min_size; size <= last; size++) {
		stage_set(_metadata, self, variant->index);
		fill(self, now, 0xa5);
		memset(self->mem, 0xff, self->room);
		memcpy(self->mem, now, size);
		succeeds(_metadata, self, sized(number, size), self->mem,
			 "size %zu", size);

		stage_set(_metadata, self, variant->index);
		fill(self, now, 0xa5);
		memset(self->mem, 0xff, self->room);
		memcpy(end - size, now, size);
		succeeds(_metadata, self, sized(number, size), end - size,
			 "size %zu, and no more is there", size);
	}
}

TEST_F(command, ignores_a_longer_tail_of_zeros)
{
	const size_t sizes[] = {
		self->size + 1, self->size + 4, self->size + 8,
		2 * self->size, 1024, self->page,
	};
	unsigned int number = self->command->number;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(sizes) && sizes[i] <= MAX_SIZE; i++) {
		stage_set(_metadata, self, variant->index);
		example(self);
		succeeds(_metadata, self, sized(number, sizes[i]), self->mem,
			 "size %zu", sizes[i]);
	}
}

TEST_F(command, fails_with_e2big_when_a_longer_tail_is_not_zero)
{
	const size_t sizes[] = {
		self->size + 1, self->size + 4, self->size + 8,
		2 * self->size, 1024, self->page,
	};
	unsigned int number = self->command->number;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(sizes) && sizes[i] <= MAX_SIZE; i++) {
		__u8 *args = example(self);

		args[self->size] = 1;
		fails(_metadata, self, -E2BIG, self->stage.fd,
		      sized(number, sizes[i]), args,
		      "size %zu, first byte of the tail", sizes[i]);
		args = example(self);
		args[sizes[i] - 1] = 0x80;
		fails(_metadata, self, -E2BIG, self->stage.fd,
		      sized(number, sizes[i]), args,
		      "size %zu, last byte of the tail", sizes[i]);
	}
	example(self);
	succeeds(_metadata, self, number, self->mem, "afterwards");
}

TEST_F(command, does_not_look_behind_its_structure)
{
	memset(self->mem, 0xff, self->room);
	fill(self, self->mem, 0xa5);
	succeeds(_metadata, self, self->command->number, self->mem,
		 "no zero follows");
}

TEST_F(command, fails_with_e2big_when_longer_than_a_page)
{
	const size_t sizes[] = {
		self->page + 1, self->page + 8, 2 * self->page, MAX_SIZE,
	};
	unsigned int number = self->command->number;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(sizes); i++) {
		if (sizes[i] > MAX_SIZE || sizes[i] <= self->page)
			continue;
		example(self);
		fails(_metadata, self, -E2BIG, self->stage.fd,
		      sized(number, sizes[i]), self->mem, "size %zu", sizes[i]);
	}
	example(self);
	succeeds(_metadata, self, number, self->mem, "afterwards");
}

TEST_F(command, fails_with_einval_for_each_unknown_flag)
{
	unsigned int number = self->command->number;
	__u32 flag;

	for (flag = 1; flag; flag <<= 1) {
		if (self->command->flags & flag)
			continue;
		*(__u32 *)example(self) = flag;
		fails(_metadata, self, -EINVAL, self->stage.fd, number,
		      self->mem, "flag %#x", flag);
		*(__u32 *)example(self) = flag | self->command->flags;
		fails(_metadata, self, -EINVAL, self->stage.fd, number,
		      self->mem, "flag %#x beside all that are known", flag);
	}
	example(self);
	succeeds(_metadata, self, number, self->mem, "afterwards");
}

TEST_F(command, takes_each_known_flag)
{
	__u32 flag;

	example(self);
	succeeds(_metadata, self, self->command->number, self->mem, "no flag");
	for (flag = 1; flag; flag <<= 1) {
		if (!(self->command->usable & flag))
			continue;
		stage_set(_metadata, self, variant->index);
		*(__u32 *)example(self) = flag;
		succeeds(_metadata, self, self->command->number, self->mem,
			 "flag %#x", flag);
	}
}

TEST_F(command, fails_with_einval_when_a_reserved_field_is_not_zero)
{
	const struct command *command = self->command;
	size_t i, byte;

	for (i = 0; i < ARRAY_SIZE(command->reserved); i++) {
		if (!command->reserved[i])
			continue;
		for (byte = 0; byte < sizeof(__u32); byte++) {
			__u8 *args = example(self);

			args[command->reserved[i] + byte] = 1;
			fails(_metadata, self, -EINVAL, self->stage.fd,
			      command->number, args, "byte %zu",
			      command->reserved[i] + byte);
		}
	}
	example(self);
	succeeds(_metadata, self, command->number, self->mem, "afterwards");
}

/* What is named out_ is not looked at, so 0xff everywhere does no harm. */
TEST_F(command, does_not_look_at_its_outputs)
{
	example(self);
	fill(self, self->mem, 0xff);
	succeeds(_metadata, self, self->command->number, self->mem,
		 "0xff in the outputs");
}

TEST_F(command, fails_with_enotty_on_other_files)
{
	unsigned int number = self->command->number;
	int stream, dgram, local, null, dir, pipes[2], kinds[3];
	size_t i;

	kinds[ON_CONTEXT] = ksock_open();
	kinds[ON_SOCKET] = ksock_socket(AF_INET, SOCK_STREAM, 0);
	kinds[ON_BATCH] = batch_open(1, 1);
	for (i = 0; i < ARRAY_SIZE(kinds); i++)
		ASSERT_LE(0, kinds[i]);
	stream = plain_socket(AF_INET, SOCK_STREAM, 0);
	ASSERT_LE(0, stream);
	dgram = plain_socket(AF_INET6, SOCK_DGRAM, 0);
	ASSERT_LE(0, dgram);
	local = plain_socket(AF_UNIX, SOCK_STREAM, 0);
	ASSERT_LE(0, local);
	null = open("/dev/null", O_RDWR);
	ASSERT_LE(0, null);
	dir = open("/", O_RDONLY | O_DIRECTORY);
	ASSERT_LE(0, dir);
	ASSERT_EQ(0, pipe(pipes));
	self->fds = open_fds();
	self->owned = ksock_owned(ksock_ctx);

	example(self);
	for (i = 0; i < ARRAY_SIZE(kinds); i++)
		if (i != self->command->kind)
			fails(_metadata, self, -ENOTTY, kinds[i], number,
			      self->mem, "descriptor of kind %zu", i);
	fails(_metadata, self, -ENOTTY, stream, number, self->mem,
	      "stream socket");
	fails(_metadata, self, -ENOTTY, dgram, number, self->mem,
	      "datagram socket");
	fails(_metadata, self, -ENOTTY, local, number, self->mem,
	      "local socket");
	fails(_metadata, self, -ENOTTY, null, number, self->mem, "/dev/null");
	fails(_metadata, self, -ENOTTY, dir, number, self->mem, "directory");
	fails(_metadata, self, -ENOTTY, pipes[0], number, self->mem, "pipe");
	succeeds(_metadata, self, number, self->mem, "afterwards");
}

TEST_F(command, fails_with_ebadf_without_an_open_file)
{
	unsigned int number = self->command->number;
	int closed, path;

	closed = dup(self->stage.fd);
	ASSERT_LE(0, closed);
	path = open(KSOCK_DEVICE, O_PATH);
	ASSERT_LE(0, path);
	ASSERT_EQ(0, close(closed));
	self->fds = open_fds();

	example(self);
	fails(_metadata, self, -EBADF, closed, number, self->mem, "closed");
	fails(_metadata, self, -EBADF, -1, number, self->mem, "-1");
	fails(_metadata, self, -EBADF, path, number, self->mem, "O_PATH");
	succeeds(_metadata, self, number, self->mem, "afterwards");
}

TEST_F(command, fails_with_enotty_for_each_other_direction)
{
	unsigned int number = self->command->number;
	unsigned int dir;

	for (dir = 0; dir < 1 << _IOC_DIRBITS; dir++) {
		if (dir == _IOC_DIR(number))
			continue;
		example(self);
		fails(_metadata, self, -ENOTTY, self->stage.fd,
		      _IOC(dir, KSOCK_IOC_MAGIC, _IOC_NR(number), self->size),
		      self->mem, "direction %u", dir);
	}
	succeeds(_metadata, self, number, self->mem, "afterwards");
}

TEST_F(command, fails_with_enotty_for_another_magic)
{
	unsigned int number = self->command->number;
	unsigned int bit;

	for (bit = 0; bit < _IOC_TYPEBITS; bit++) {
		unsigned int magic = KSOCK_IOC_MAGIC ^ 1 << bit;

		example(self);
		fails(_metadata, self, -ENOTTY, self->stage.fd,
		      _IOC(_IOC_DIR(number), magic, _IOC_NR(number),
			   self->size), self->mem, "magic %#x", magic);
	}
	succeeds(_metadata, self, number, self->mem, "afterwards");
}

TELL_CASES()

TEST_HARNESS_MAIN
