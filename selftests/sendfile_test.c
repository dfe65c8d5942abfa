// SPDX-License-Identifier: GPL-2.0-only
/*
 * sendfile(2) to a socket: which part of a file arrives, where the file is
 * left, what becomes of the end of a file that is shorter than asked for, and
 * when it waits.
 */
#include "fixture.h"
#include "bulk.h"
#include "pattern.h"

#include <linux/sockios.h>
#include <sys/sendfile.h>

/* A file of so many bytes of the pattern, or -errno. */
static int file_of(size_t len)
{
	unsigned char *data = malloc(len);
	int fd, ret = -ENOMEM;

	fd = memfd_create("pattern", MFD_CLOEXEC);
	if (fd < 0 || !data)
		goto out_free;
	pattern_fill(data, len);
	ret = pwrite(fd, data, len, 0) == len ? fd : -EIO;
out_free:
	free(data);
	return ret;
}

static ssize_t send_file(int to, int from, off_t *offset, size_t len)
{
	ssize_t ret = sendfile(to, from, offset, len);

	return ret < 0 ? -errno : ret;
}

/* A struct call, which stays the first field; call.len bytes of the file. */
struct file_call {
	struct call call;
	int file;
};

static ssize_t call_sendfile(struct call *call)
{
	int file = ((struct file_call *)call)->file;
	size_t done = 0;
	ssize_t ret;

	while (done < call->len) {
		ret = send_file(call->fd, file, NULL, call->len - done);
		if (ret <= 0)
			return ret;
		done += ret;
	}
	return done;
}

TEST_F(stream, sendfile_moves_every_byte)
{
	static const size_t sizes[] = { 1, 4095, 4096, 4097, 1 << 16, 1 << 20 };
	unsigned char *in = malloc(1 << 20);
	struct call reader = {
		.run = recv_all, .face = &plain_face, .buf = in,
	};
	struct pair pair;
	ssize_t ret;
	size_t i, done;
	int file;

	ASSERT_TRUE(in != NULL);
	ASSERT_EQ(0, pair_of_streams(&pair, self->face, variant->family));
	reader.fd = pair.peer;
	for (i = 0; i < ARRAY_SIZE(sizes); i++) {
		file = file_of(sizes[i]);
		ASSERT_LE(0, file);
		memset(in, 0xff, sizes[i]);
		reader.len = sizes[i];
		ASSERT_EQ(0, call_start(&reader));
		for (done = 0; done < sizes[i]; done += ret) {
			ret = send_file(pair.fd, file, NULL, sizes[i] - done);
			ASSERT_LT(0, ret);
			EXPECT_EQ(done + ret, lseek(file, 0, SEEK_CUR));
		}
		EXPECT_EQ(sizes[i], call_end(&reader));
		EXPECT_EQ(sizes[i], pattern_length(in, sizes[i]));
		ASSERT_EQ(0, close(file));
	}
}

TEST_F(socket, sendfile_at_an_offset_leaves_the_file_where_it_is)
{
	unsigned char in[16], expected[16];
	off_t offset = 4090;
	struct pair pair;
	int file, i;

	for (i = 0; i < sizeof(expected); i++)
		expected[i] = pattern(4090 + i);
	file = file_of(1 << 16);
	ASSERT_LE(0, file);
	ASSERT_EQ(0, pair_of(&pair, self->face, variant->family,
			     variant->type));
	EXPECT_EQ(1, send_file(pair.fd, file, &offset, 1));
	EXPECT_EQ(4091, offset);
	EXPECT_EQ(0, lseek(file, 0, SEEK_CUR));
	EXPECT_EQ(1, face_recv(&plain_face, pair.peer, in, sizeof(in), 0));
	EXPECT_EQ(expected[0], in[0]);
	if (variant->type != SOCK_STREAM)
		return;
	/* Over the end of a page. */
	EXPECT_EQ(15, send_file(pair.fd, file, &offset, 15));
	EXPECT_EQ(4106, offset);
	EXPECT_EQ(15, face_recv(&plain_face, pair.peer, in, 15, MSG_WAITALL));
	EXPECT_EQ(0, memcmp(expected + 1, in, 15));
}

TEST_F(socket, sendfile_of_a_small_file_is_what_write_is)
{
	unsigned char in[2000];
	struct pair pair;
	int file;

	file = file_of(1000);
	ASSERT_LE(0, file);
	ASSERT_EQ(0, pair_of(&pair, self->face, variant->family,
			     variant->type));
	EXPECT_EQ(1000, send_file(pair.fd, file, NULL, 1000));
	EXPECT_EQ(1000, face_recv(&plain_face, pair.peer, in, sizeof(in), 0));
	EXPECT_EQ(1000, pattern_length(in, 1000));
}

TEST_F(socket, sendfile_at_the_end_of_the_file_returns_0)
{
	off_t offset = 1000;
	struct pair pair;
	int file;

	file = file_of(1000);
	ASSERT_LE(0, file);
	ASSERT_EQ(0, pair_of(&pair, self->face, variant->family,
			     variant->type));
	EXPECT_EQ(0, send_file(pair.fd, file, &offset, 1));
	EXPECT_EQ(1000, offset);
	offset = 1 << 20;
	EXPECT_EQ(0, send_file(pair.fd, file, &offset, 1));
	EXPECT_EQ(0, send_file(pair.fd, file, NULL, 0));
	EXPECT_EQ(0, wait_events(pair.peer, POLLIN, 0));
}

/*
 * What is left unsent of a file that ended before it should have: 0, or all of
 * it, held back for more to come.
 */
static int unsent_of_short_file(struct __test_metadata *_metadata,
				const struct face *face, int family)
{
	int file, unsent = -1;
	struct pair pair;
	char byte;

	file = file_of(1000);
	ASSERT_LE(0, file);
	ASSERT_EQ(0, pair_of_streams(&pair, face, family));
	ASSERT_EQ(1000, send_file(pair.fd, file, NULL, 1 << 20));
	ASSERT_EQ(0, ioctl(pair.fd, SIOCOUTQNSD, &unsent));
	if (!unsent)
		ASSERT_EQ(1, face_recv(&plain_face, pair.peer, &byte, 1, 0));
	close(pair.fd);
	close(pair.peer);
	close(file);
	return unsent;
}

/* Old kernels hold the tail back, for 200 ms. */
TEST_F(stream, tail_of_a_file_shorter_than_asked_is_held_back_by_no_ksock_alone)
{
	int plain, unsent;

	plain = unsent_of_short_file(_metadata, &plain_face, variant->family);
	unsent = unsent_of_short_file(_metadata, self->face, variant->family);
	EXPECT_TRUE(unsent == 0 || plain != 0) {
		TH_LOG("%d unsent, %d by an ordinary socket", unsent, plain);
	}
}

TEST_F(stream, tail_of_a_file_shorter_than_asked_arrives)
{
	unsigned char in[1000];
	struct pair pair;
	int file;

	file = file_of(sizeof(in));
	ASSERT_LE(0, file);
	ASSERT_EQ(0, pair_of_streams(&pair, self->face, variant->family));
	ASSERT_EQ(sizeof(in), send_file(pair.fd, file, NULL, 1 << 20));
	EXPECT_EQ(sizeof(in), face_recv(&plain_face, pair.peer, in, sizeof(in),
					MSG_WAITALL));
	EXPECT_EQ(sizeof(in), pattern_length(in, sizeof(in)));
}

TEST_F(stream, sendfile_waits_for_a_slow_reader)
{
	size_t len = 8 << 20;
	unsigned char *in = malloc(len);
	struct file_call call = { .call.run = call_sendfile, .call.len = len };
	struct call reader = {
		.run = recv_all, .face = &plain_face, .buf = in, .len = len,
	};
	struct pair pair;

	ASSERT_TRUE(in != NULL);
	call.file = file_of(len);
	ASSERT_LE(0, call.file);
	ASSERT_EQ(0, pair_of_streams(&pair, self->face, variant->family));
	call.call.fd = pair.fd;
	reader.fd = pair.peer;
	ASSERT_EQ(0, call_start(&call.call));
	ASSERT_TRUE(call_sleeps(&call.call));
	ASSERT_EQ(0, call_start(&reader));
	EXPECT_EQ(len, call_end(&call.call));
	EXPECT_EQ(len, call_end(&reader));
	EXPECT_EQ(len, pattern_length(in, len));
}

TEST_F(stream, sendfile_with_o_nonblock_takes_what_there_is_room_for)
{
	size_t len = 16 << 20, done = 0;
	unsigned char *in = malloc(len);
	struct pair pair;
	ssize_t ret;
	int file, i;

	ASSERT_TRUE(in != NULL);
	file = file_of(len);
	ASSERT_LE(0, file);
	ASSERT_EQ(0, pair_of_streams(&pair, self->face, variant->family));
	ASSERT_EQ(0, fcntl(pair.fd, F_SETFL, O_NONBLOCK));
	for (i = 0; i < 1000; i++) {
		ret = send_file(pair.fd, file, NULL, len - done);
		if (ret == -EAGAIN)
			break;
		ASSERT_LT(0, ret);
		done += ret;
		/* Where the file stands is what was taken. */
		ASSERT_EQ(done, lseek(file, 0, SEEK_CUR));
	}
	EXPECT_EQ(-EAGAIN, ret);
	EXPECT_LT(0, done);
	EXPECT_GT(len, done);
	ASSERT_EQ(0, self->face->shutdown(pair.fd, SHUT_WR));
	ASSERT_EQ(done, face_recv(&plain_face, pair.peer, in, len,
				  MSG_WAITALL));
	EXPECT_EQ(done, pattern_length(in, done));
}

TEST_F(stream, sendfile_to_a_socket_that_was_shut_down_is_epipe_and_sigpipe)
{
	struct pair pair;
	int file;

	file = file_of(1000);
	ASSERT_LE(0, file);
	ASSERT_EQ(0, signal_handle(SIGPIPE, 0));
	ASSERT_EQ(0, pair_of_streams(&pair, self->face, variant->family));
	ASSERT_EQ(0, self->face->shutdown(pair.fd, SHUT_WR));
	EXPECT_EQ(-EPIPE, send_file(pair.fd, file, NULL, 1000));
	EXPECT_EQ(1, signals);
	EXPECT_EQ(0, lseek(file, 0, SEEK_CUR));
}

TEST_F(socket, sendfile_from_a_socket_fails_with_einval)
{
	struct pair pair;
	off_t offset = 0;
	int file;

	file = file_of(1);
	ASSERT_LE(0, file);
	ASSERT_EQ(0, pair_of(&pair, self->face, variant->family,
			     variant->type));
	ASSERT_EQ(1, face_send(&plain_face, pair.peer, "x", 1, 0));
	ASSERT_EQ(POLLIN, wait_events(pair.fd, POLLIN, WAIT_MS));
	EXPECT_EQ(-EINVAL, send_file(file, pair.fd, NULL, 1));
	EXPECT_EQ(-ESPIPE, send_file(file, pair.fd, &offset, 1));
	EXPECT_EQ(POLLIN, wait_events(pair.fd, POLLIN, 0));
}

TEST_F(socket, sendfile_at_a_negative_offset_fails_with_einval)
{
	off_t offset = -1;
	struct pair pair;
	int file;

	file = file_of(1);
	ASSERT_LE(0, file);
	ASSERT_EQ(0, pair_of(&pair, self->face, variant->family,
			     variant->type));
	EXPECT_EQ(-EINVAL, send_file(pair.fd, file, &offset, 1));
	EXPECT_EQ(-1, offset);
}

TEST_HARNESS_MAIN
