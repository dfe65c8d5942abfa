// SPDX-License-Identifier: GPL-2.0-only
/*
 * splice(2) between sockets and pipes, with vmsplice and tee: what it moves,
 * that it is every byte, and when it copies.  When it waits and how it fails is
 * in splice_error_test.c, sendfile(2) in sendfile_test.c.
 */
#include "splice.h"
#include "bulk.h"
#include "pattern.h"

static const size_t sizes[] = { 1, 4095, 4096, 4097, 1 << 16, 1 << 20 };

#define SIZE_MAX_STREAM	(1024 * 1024)

/* With what fits into a datagram. */
static const size_t dgram_sizes[] = { 1, 4095, 4096, 4097, 9000, 60000 };

/* ---- Streams ------------------------------------------------------------- */

TEST_F(stream, splice_from_a_socket_moves_every_byte)
{
	unsigned char *out = malloc(SIZE_MAX_STREAM);
	unsigned char *in = calloc(1, SIZE_MAX_STREAM);
	struct call writer = {
		.run = send_all, .face = &plain_face, .buf = out,
	};
	struct pair pair;
	int ends[2];
	ssize_t ret;
	size_t i, done;

	ASSERT_TRUE(out && in);
	pattern_fill(out, SIZE_MAX_STREAM);
	ASSERT_EQ(0, pipe2(ends, O_CLOEXEC));
	ASSERT_EQ(0, pair_of_streams(&pair, self->face, variant->family));
	writer.fd = pair.peer;
	for (i = 0; i < ARRAY_SIZE(sizes); i++) {
		memset(in, 0xff, sizes[i]);
		writer.len = sizes[i];
		ASSERT_EQ(0, call_start(&writer));
		for (done = 0; done < sizes[i]; done += ret) {
			ret = splice_from_to(pair.fd, ends[1], sizes[i] - done,
					     0);
			ASSERT_LT(0, ret);
			ASSERT_EQ(ret, read(ends[0], in + done, ret));
		}
		EXPECT_EQ(sizes[i], call_end(&writer));
		EXPECT_EQ(sizes[i], pattern_length(in, sizes[i]));
	}
}

TEST_F(stream, splice_to_a_socket_moves_every_byte)
{
	unsigned char *out = malloc(SIZE_MAX_STREAM);
	unsigned char *in = calloc(1, SIZE_MAX_STREAM);
	struct call writer = { .run = write_all, .buf = out };
	struct call reader = {
		.run = recv_all, .face = &plain_face, .buf = in,
	};
	struct pair pair;
	int ends[2];
	ssize_t ret;
	size_t i, done;

	ASSERT_TRUE(out && in);
	pattern_fill(out, SIZE_MAX_STREAM);
	ASSERT_EQ(0, pipe2(ends, O_CLOEXEC));
	ASSERT_EQ(0, pair_of_streams(&pair, self->face, variant->family));
	writer.fd = ends[1];
	reader.fd = pair.peer;
	for (i = 0; i < ARRAY_SIZE(sizes); i++) {
		memset(in, 0xff, sizes[i]);
		writer.len = sizes[i];
		reader.len = sizes[i];
		ASSERT_EQ(0, call_start(&writer));
		ASSERT_EQ(0, call_start(&reader));
		for (done = 0; done < sizes[i]; done += ret) {
			ret = splice_from_to(ends[0], pair.fd, sizes[i] - done,
					     0);
			ASSERT_LT(0, ret);
		}
		EXPECT_EQ(sizes[i], call_end(&writer));
		EXPECT_EQ(sizes[i], call_end(&reader));
		EXPECT_EQ(sizes[i], pattern_length(in, sizes[i]));
	}
}

TEST_F(stream, splice_takes_no_more_than_it_is_told)
{
	struct pair pair;
	int ends[2];
	char buf[8];

	ASSERT_EQ(0, pipe2(ends, O_CLOEXEC));
	ASSERT_EQ(0, pair_of_streams(&pair, self->face, variant->family));
	ASSERT_EQ(8, face_send(&plain_face, pair.peer, "01234567", 8, 0));
	ASSERT_EQ(POLLIN, wait_events(pair.fd, POLLIN, WAIT_MS));
	EXPECT_EQ(3, splice_from_to(pair.fd, ends[1], 3, 0));
	EXPECT_EQ(5, face_recv(self->face, pair.fd, buf, sizeof(buf), 0));
	EXPECT_EQ(0, memcmp("34567", buf, 5));
	EXPECT_EQ(2, splice_from_to(ends[0], pair.fd, 2, 0));
	EXPECT_EQ(1, read(ends[0], buf, sizeof(buf)));
	EXPECT_EQ('2', buf[0]);
	EXPECT_EQ(2, face_recv(&plain_face, pair.peer, buf, sizeof(buf), 0));
	EXPECT_EQ(0, memcmp("01", buf, 2));
}

TEST_F(stream, splice_takes_no_more_than_the_pipe_holds)
{
	unsigned char *out = malloc(3 * PIPE_ROOM);
	struct pair pair;
	int ends[2];
	ssize_t ret;

	ASSERT_TRUE(out != NULL);
	pattern_fill(out, 3 * PIPE_ROOM);
	ASSERT_EQ(0, pipe2(ends, O_CLOEXEC));
	ASSERT_EQ(0, pair_of_streams(&pair, self->face, variant->family));
	ASSERT_EQ(PIPE_ROOM, face_send(&plain_face, pair.peer, out, PIPE_ROOM,
				       0));
	ASSERT_EQ(0, plain_shutdown(pair.peer, SHUT_WR));
	ASSERT_EQ(POLLRDHUP, wait_events(pair.fd, POLLRDHUP, WAIT_MS));
	ret = splice_from_to(pair.fd, ends[1], 3 * PIPE_ROOM, 0);
	EXPECT_LT(0, ret);
	EXPECT_GE(PIPE_ROOM, ret);
	EXPECT_EQ(ret, read(ends[0], out, 3 * PIPE_ROOM));
	EXPECT_EQ(ret, pattern_length(out, ret));
}

TEST_F(stream, splice_between_two_sockets_relays_a_stream)
{
	size_t len = SIZE_MAX_STREAM;
	unsigned char *out = malloc(len), *in = calloc(1, len);
	struct call writer = {
		.run = send_all, .face = &plain_face, .buf = out, .len = len,
	};
	struct call reader = {
		.run = recv_all, .face = &plain_face, .buf = in, .len = len,
	};
	struct addr other = addr_loopback(variant->family, PORT + 1);
	ssize_t taken, given, ret;
	struct pair a, b;
	int ends[2];

	ASSERT_TRUE(out && in);
	pattern_fill(out, len);
	ASSERT_EQ(0, pipe2(ends, O_CLOEXEC));
	ASSERT_EQ(0, pair_of_streams(&a, self->face, variant->family));
	ASSERT_EQ(0, pair_of_streams_at(&b, self->face, &other));
	writer.fd = a.peer;
	reader.fd = b.peer;
	ASSERT_EQ(0, call_start(&writer));
	ASSERT_EQ(0, call_start(&reader));
	while (len) {
		taken = splice_from_to(a.fd, ends[1], len, SPLICE_F_MOVE);
		ASSERT_LT(0, taken);
		for (given = 0; given < taken; given += ret) {
			ret = splice_from_to(ends[0], b.fd, taken - given,
					     SPLICE_F_MOVE);
			ASSERT_LT(0, ret);
		}
		len -= taken;
	}
	EXPECT_EQ(SIZE_MAX_STREAM, call_end(&writer));
	EXPECT_EQ(SIZE_MAX_STREAM, call_end(&reader));
	EXPECT_EQ(SIZE_MAX_STREAM, pattern_length(in, SIZE_MAX_STREAM));
}

/* Has the halves of what a page holds wait until the other comes. */
TEST_F(stream, splice_with_more_to_come_holds_nothing_back_in_the_end)
{
	struct pair pair;
	int ends[2];
	char buf[8];

	ASSERT_EQ(0, pipe2(ends, O_CLOEXEC));
	ASSERT_EQ(0, pair_of_streams(&pair, self->face, variant->family));
	ASSERT_EQ(8, write(ends[1], "01234567", 8));
	EXPECT_EQ(4, splice_from_to(ends[0], pair.fd, 4, SPLICE_F_MORE));
	EXPECT_EQ(4, splice_from_to(ends[0], pair.fd, 4, 0));
	EXPECT_EQ(8, face_recv(&plain_face, pair.peer, buf, 8, MSG_WAITALL));
	EXPECT_EQ(0, memcmp("01234567", buf, 8));
}

TEST_F(stream, vmsplice_and_splice_send_memory)
{
	unsigned char *out = malloc(SIZE_MAX_STREAM);
	unsigned char *in = calloc(1, SIZE_MAX_STREAM);
	struct call reader = {
		.run = recv_all, .face = &plain_face, .buf = in,
		.len = SIZE_MAX_STREAM,
	};
	struct pair pair;
	size_t done, part = PIPE_ROOM / 2;
	ssize_t ret, given;
	int ends[2];

	ASSERT_TRUE(out && in);
	pattern_fill(out, SIZE_MAX_STREAM);
	ASSERT_EQ(0, pipe2(ends, O_CLOEXEC));
	ASSERT_EQ(0, pair_of_streams(&pair, self->face, variant->family));
	reader.fd = pair.peer;
	ASSERT_EQ(0, call_start(&reader));
	for (done = 0; done < SIZE_MAX_STREAM; done += part) {
		ASSERT_EQ(0, vmsplice_all(ends[1], out + done, part));
		for (given = 0; given < part; given += ret) {
			ret = splice_from_to(ends[0], pair.fd, part - given,
					     0);
			ASSERT_LT(0, ret);
		}
	}
	EXPECT_EQ(SIZE_MAX_STREAM, call_end(&reader));
	EXPECT_EQ(SIZE_MAX_STREAM, pattern_length(in, SIZE_MAX_STREAM));
}

TEST_F(stream, tee_doubles_what_was_received_and_what_is_sent)
{
	int one[2], two[2];
	struct pair pair;
	char buf[8];

	ASSERT_EQ(0, pipe2(one, O_CLOEXEC));
	ASSERT_EQ(0, pipe2(two, O_CLOEXEC));
	ASSERT_EQ(0, pair_of_streams(&pair, self->face, variant->family));
	ASSERT_EQ(4, face_send(&plain_face, pair.peer, "abcd", 4, 0));
	ASSERT_EQ(4, splice_from_to(pair.fd, one[1], 4, 0));
	ASSERT_EQ(4, tee(one[0], two[1], 4, 0));
	EXPECT_EQ(4, splice_from_to(one[0], pair.fd, 4, 0));
	EXPECT_EQ(4, splice_from_to(two[0], pair.fd, 4, 0));
	EXPECT_EQ(8, face_recv(&plain_face, pair.peer, buf, 8, MSG_WAITALL));
	EXPECT_EQ(0, memcmp("abcdabcd", buf, 8));
}

/* ---- Datagrams ----------------------------------------------------------- */

/* What splices of @size bytes made of them: what each returned or received. */
struct trace {
	ssize_t spliced;
	size_t total;
	ssize_t parts[32];
	int count;
};

static void trace_to(struct __test_metadata *_metadata, struct trace *trace,
		     const struct face *face, int family, size_t size)
{
	static unsigned char out[PIPE_ROOM], in[PIPE_ROOM];
	struct pair pair;
	int ends[2];
	ssize_t ret;

	memset(trace, 0, sizeof(*trace));
	memset(in, 0, sizeof(in));
	pattern_fill(out, sizeof(out));
	ASSERT_EQ(0, pipe2(ends, O_CLOEXEC));
	ASSERT_EQ(0, pair_of_dgrams(&pair, face, family));
	ASSERT_EQ(0, vmsplice_all(ends[1], out, size));
	trace->spliced = splice_from_to(ends[0], pair.fd, size, 0);
	while (trace->count < ARRAY_SIZE(trace->parts) &&
	       wait_events(pair.peer, POLLIN, trace->total < trace->spliced ?
			   WAIT_MS : 0) == POLLIN) {
		ret = face_recv(&plain_face, pair.peer, in + trace->total,
				sizeof(in) - trace->total, 0);
		trace->parts[trace->count++] = ret;
		ASSERT_LE(0, ret);
		trace->total += ret;
	}
	EXPECT_EQ(trace->total, pattern_length(in, trace->total));
	close(pair.fd);
	close(pair.peer);
	close(ends[0]);
	close(ends[1]);
}

/* Into how many datagrams it goes differs by kernel and family. */
TEST_F(dgram, splice_to_a_socket_makes_the_datagrams_that_a_plain_one_makes)
{
	struct trace plain, trace;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(dgram_sizes); i++) {
		trace_to(_metadata, &plain, &plain_face, variant->family,
			 dgram_sizes[i]);
		trace_to(_metadata, &trace, self->face, variant->family,
			 dgram_sizes[i]);
		EXPECT_EQ(dgram_sizes[i], trace.spliced);
		EXPECT_EQ(dgram_sizes[i], trace.total);
		EXPECT_EQ(plain.count, trace.count);
		EXPECT_EQ(0, memcmp(&plain, &trace, sizeof(trace)));
	}
}

TEST_F(dgram, splice_from_a_socket_moves_every_byte_of_a_datagram)
{
	static unsigned char out[PIPE_ROOM], in[PIPE_ROOM];
	struct pair pair;
	int ends[2];
	size_t i;

	pattern_fill(out, sizeof(out));
	ASSERT_EQ(0, pipe2(ends, O_CLOEXEC));
	ASSERT_EQ(0, pair_of_dgrams(&pair, self->face, variant->family));
	for (i = 0; i < ARRAY_SIZE(dgram_sizes); i++) {
		ASSERT_EQ(dgram_sizes[i], face_send(&plain_face, pair.peer, out,
						    dgram_sizes[i], 0));
		EXPECT_EQ(dgram_sizes[i], splice_from_to(pair.fd, ends[1],
							 PIPE_ROOM, 0));
		memset(in, 0xff, sizeof(in));
		ASSERT_EQ(dgram_sizes[i], read(ends[0], in, sizeof(in)));
		EXPECT_EQ(dgram_sizes[i], pattern_length(in, dgram_sizes[i]));
	}
}

TEST_F(dgram, splice_from_a_socket_takes_one_datagram_and_cuts_it)
{
	struct pair pair;
	int ends[2];
	char buf[8];

	ASSERT_EQ(0, pipe2(ends, O_CLOEXEC));
	ASSERT_EQ(0, pair_of_dgrams(&pair, self->face, variant->family));
	ASSERT_EQ(8, face_send(&plain_face, pair.peer, "01234567", 8, 0));
	ASSERT_EQ(2, face_send(&plain_face, pair.peer, "ab", 2, 0));
	ASSERT_EQ(POLLIN, wait_events(pair.fd, POLLIN, WAIT_MS));
	EXPECT_EQ(3, splice_from_to(pair.fd, ends[1], 3, 0));
	EXPECT_EQ(3, read(ends[0], buf, sizeof(buf)));
	EXPECT_EQ(0, memcmp("012", buf, 3));
	EXPECT_EQ(2, splice_from_to(pair.fd, ends[1], PIPE_ROOM, 0));
	EXPECT_EQ(2, read(ends[0], buf, sizeof(buf)));
	EXPECT_EQ(0, memcmp("ab", buf, 2));
}

/* ---- Copies -------------------------------------------------------------- */

/* Whole pages of their own, or NULL. */
static unsigned char *pages(size_t count)
{
	void *memory = mmap(NULL, count * sysconf(_SC_PAGESIZE),
			    PROT_READ | PROT_WRITE,
			    MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);

	return memory == MAP_FAILED ? NULL : memory;
}

/*
 * What is received of a page of 'a' that was spliced to the socket and then
 * changed to 'b': 'b' when it was not copied, and nothing when the checksum
 * that some kernels have taken of a datagram by then tells of the change.
 */
static int seen_after_splice_to(struct __test_metadata *_metadata,
				const struct face *face, int family, int type)
{
	size_t page = sysconf(_SC_PAGESIZE);
	unsigned char *memory = pages(1), *in = malloc(page);
	struct pair pair;
	int ends[2];

	ASSERT_TRUE(memory && in);
	memset(memory, 'a', page);
	ASSERT_EQ(0, pipe2(ends, O_CLOEXEC));
	ASSERT_EQ(0, pair_of(&pair, face, family, type));
	ASSERT_EQ(0, vmsplice_all(ends[1], memory, page));
	ASSERT_EQ(page, splice_from_to(ends[0], pair.fd, page, 0));
	memset(memory, 'b', page);
	in[0] = 0;
	if (wait_events(pair.peer, POLLIN, QUIET_MS) == POLLIN) {
		ASSERT_EQ(page, face_recv(&plain_face, pair.peer, in, page,
					  type == SOCK_STREAM ? MSG_WAITALL :
					  0));
		EXPECT_EQ(in[0], in[page - 1]);
	}
	close(pair.fd);
	close(pair.peer);
	return in[0];
}

TEST_F(socket, splice_to_a_socket_copies_only_where_a_plain_one_does)
{
	int expected;

	expected = seen_after_splice_to(_metadata, &plain_face, variant->family,
					variant->type);
	EXPECT_EQ(expected,
		  seen_after_splice_to(_metadata, self->face, variant->family,
				       variant->type));
}

/*
 * The same from the other side: what comes out of a pipe of a page that was
 * received without a copy.
 */
static int seen_after_splice_from(struct __test_metadata *_metadata,
				  const struct face *face, int family)
{
	size_t page = sysconf(_SC_PAGESIZE);
	unsigned char *memory = pages(1), *in = malloc(page);
	int send[2], recv[2];
	struct pair pair;

	ASSERT_TRUE(memory && in);
	memset(memory, 'a', page);
	ASSERT_EQ(0, pipe2(send, O_CLOEXEC));
	ASSERT_EQ(0, pipe2(recv, O_CLOEXEC));
	ASSERT_EQ(0, pair_of_streams(&pair, face, family));
	ASSERT_EQ(0, vmsplice_all(send[1], memory, page));
	ASSERT_EQ(page, splice_from_to(send[0], pair.peer, page, 0));
	ASSERT_EQ(page, splice_from_to(pair.fd, recv[1], page, 0));
	memset(memory, 'b', page);
	ASSERT_EQ(page, read(recv[0], in, page));
	EXPECT_EQ(in[0], in[page - 1]);
	close(pair.fd);
	close(pair.peer);
	return in[0];
}

TEST_F(stream, splice_from_a_socket_copies_only_where_a_plain_one_does)
{
	int expected;

	expected = seen_after_splice_from(_metadata, &plain_face,
					  variant->family);
	EXPECT_EQ(expected, seen_after_splice_from(_metadata, self->face,
						   variant->family));
}

TEST_HARNESS_MAIN
