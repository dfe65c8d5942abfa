// SPDX-License-Identifier: GPL-2.0-only
/*
 * Exact reads and writes, and lines, on streams that are slow, end or stay
 * silent, through descriptors that wait and through such that do not.
 */
#define _GNU_SOURCE

#include "lib.h"

/* ---- Deadlines ----------------------------------------------------------- */

TEST(deadline_is_a_time_of_the_monotonic_clock)
{
	struct timespec ts;
	int64_t before, deadline;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	before = ts.tv_sec * INT64_C(1000000000) + ts.tv_nsec;
	deadline = ksock_deadline(1000);
	EXPECT_LE(before + 1000, deadline);
	EXPECT_GT(before + WAIT_NS, deadline);
	EXPECT_EQ(KSOCK_FOREVER, ksock_deadline(KSOCK_FOREVER));
	EXPECT_EQ(KSOCK_FOREVER, ksock_deadline(INT64_MIN));
	EXPECT_EQ(INT64_MAX, ksock_deadline(INT64_MAX));
}

/* ---- Exact --------------------------------------------------------------- */

/* A peer in a thread of its own, that sends when the other one waits. */
struct sender {
	struct ksock_sock *sock;
	const char *text;
	pid_t waiter;
};

static void *sender_run(void *arg)
{
	struct sender *sender = arg;
	const char *byte;

	for (byte = sender->text; *byte; byte++) {
		while (!thread_sleeps(sender->waiter))
			sched_yield();
		if (ksock_send(sender->sock, byte, 1, 0) != 1)
			break;
	}
	return NULL;
}

static int set_nonblocking(struct ksock_sock *sock)
{
	return fcntl(ksock_sock_get_fd(sock), F_SETFL, O_NONBLOCK);
}

static void read_bytewise(struct __test_metadata *_metadata,
			  struct ksock_sock *from, struct ksock_sock *to)
{
	struct sender sender = {
		.sock = from, .text = "hello", .waiter = syscall(SYS_gettid),
	};
	size_t done = 77;
	pthread_t thread;
	char buf[8] = "";

	ASSERT_EQ(0, pthread_create(&thread, NULL, sender_run, &sender));
	errno = EXDEV;
	EXPECT_EQ(0, ksock_read_exact(to, buf, 5, &done,
				      ksock_deadline(WAIT_NS)));
	EXPECT_EQ(EXDEV, errno);
	EXPECT_EQ(5, done);
	EXPECT_STREQ("hello", buf);
	EXPECT_EQ(0, pthread_join(thread, NULL));
}

TEST_F(pair, exact_read_waits_for_the_last_byte)
{
	read_bytewise(_metadata, self->client, self->server);
}

TEST_F(pair, exact_read_waits_where_the_descriptor_does_not)
{
	ASSERT_EQ(0, set_nonblocking(self->server));
	read_bytewise(_metadata, self->client, self->server);
}

TEST_F(pair, exact_read_takes_no_more_than_asked)
{
	char buf[4];

	ASSERT_EQ(4, ksock_send(self->client, "abcd", 4, 0));
	ASSERT_EQ(POLLIN, wait_for(self->server, POLLIN));
	EXPECT_EQ(0, ksock_read_exact(self->server, buf, 2, NULL, 0));
	EXPECT_EQ(0, ksock_read_exact(self->server, buf, 0, NULL, 0));
	EXPECT_EQ(2, ksock_recv(self->server, buf, 4, 0));
}

TEST_F(pair, end_of_stream_fails_with_enodata_and_the_count)
{
	size_t done = 77;
	char buf[4];

	ASSERT_EQ(2, ksock_send(self->client, "ab", 2, 0));
	ASSERT_EQ(0, ksock_shutdown(self->client, SHUT_WR));
	EXPECT_EQ(ENODATA, ERRNO(ksock_read_exact(self->server, buf, 4, &done,
						  KSOCK_FOREVER)));
	EXPECT_EQ(2, done);
	EXPECT_EQ(0, memcmp(buf, "ab", 2));
	EXPECT_EQ(ENODATA, ERRNO(ksock_read_exact(self->server, buf, 4, &done,
						  KSOCK_FOREVER)));
	EXPECT_EQ(0, done);
}

static void read_late(struct __test_metadata *_metadata,
		      struct ksock_sock *sock)
{
	int64_t start = now_ns();
	size_t done = 77;
	char buf[4];

	EXPECT_EQ(ETIMEDOUT, ERRNO(ksock_read_exact(sock, buf, 4, &done,
						    start + SHORT_NS)));
	EXPECT_EQ(2, done);
	EXPECT_LE(SHORT_NS, now_ns() - start);
	EXPECT_GT(WAIT_NS, now_ns() - start);
	EXPECT_EQ(ETIMEDOUT, ERRNO(ksock_read_exact(sock, buf, 4, &done, 1)));
	EXPECT_EQ(0, done);
}

TEST_F(pair, deadline_ends_an_exact_read_with_etimedout_and_the_count)
{
	ASSERT_EQ(2, ksock_send(self->client, "ab", 2, 0));
	ASSERT_EQ(POLLIN, wait_for(self->server, POLLIN));
	read_late(_metadata, self->server);
	ASSERT_EQ(2, ksock_send(self->client, "cd", 2, 0));
	ASSERT_EQ(POLLIN, wait_for(self->server, POLLIN));
	ASSERT_EQ(0, set_nonblocking(self->server));
	read_late(_metadata, self->server);
}

TEST_F(pair, deadline_that_is_over_still_takes_what_is_there)
{
	char buf[4];

	ASSERT_EQ(4, ksock_send(self->client, "abcd", 4, 0));
	ASSERT_EQ(POLLIN, wait_for(self->server, POLLIN));
	EXPECT_EQ(0, ksock_read_exact(self->server, buf, 4, NULL, 0));
}

static void count_signal(int number)
{
	(void)number;
}

static void *signal_run(void *arg)
{
	struct sender *sender = arg;

	while (!thread_sleeps(sender->waiter))
		sched_yield();
	syscall(SYS_tgkill, getpid(), sender->waiter, SIGUSR1);
	return NULL;
}

TEST_F(pair, signal_ends_an_exact_read_with_eintr_and_the_count)
{
	struct sigaction action = {
		.sa_handler = count_signal, .sa_flags = SA_RESTART,
	};
	struct sender sender = { .waiter = syscall(SYS_gettid) };
	pthread_t thread;
	size_t done = 77;
	char buf[4];

	ASSERT_EQ(0, sigaction(SIGUSR1, &action, NULL));
	ASSERT_EQ(2, ksock_send(self->client, "ab", 2, 0));
	ASSERT_EQ(POLLIN, wait_for(self->server, POLLIN));
	ASSERT_EQ(0, pthread_create(&thread, NULL, signal_run, &sender));
	EXPECT_EQ(EINTR, ERRNO(ksock_read_exact(self->server, buf, 4, &done,
						ksock_deadline(WAIT_NS))));
	EXPECT_EQ(2, done);
	EXPECT_EQ(0, pthread_join(thread, NULL));
}

TEST_F(pair, unconnected_stream_fails_with_its_errno)
{
	struct ksock_sock *sock;
	char byte = 'x';

	sock = ksock_socket(self->ctx, variant->family, SOCK_STREAM, 0);
	ASSERT_NE(NULL, sock);
	EXPECT_EQ(ENOTCONN, ERRNO(ksock_read_exact(sock, &byte, 1, NULL,
						   KSOCK_FOREVER)));
	EXPECT_EQ(EPIPE, ERRNO(ksock_write_all(sock, &byte, 1, NULL,
					       KSOCK_FOREVER)));
	ksock_sock_close(sock);
}

/* More than any socket queues, so that a write of it waits. */
#define BIG (64U << 20)

static void *drain_run(void *arg)
{
	static char buf[1 << 16];
	size_t sum = 0;
	ssize_t len;

	while ((len = ksock_recv(arg, buf, sizeof(buf), 0)) > 0)
		sum += len;
	return (void *)sum;
}

static void write_big(struct __test_metadata *_metadata,
		      struct ksock_sock *from, struct ksock_sock *to)
{
	char *data = calloc(1, BIG);
	size_t done = 77;
	pthread_t thread;
	void *sum;

	ASSERT_NE(NULL, data);
	ASSERT_EQ(0, pthread_create(&thread, NULL, drain_run, to));
	errno = EXDEV;
	EXPECT_EQ(0, ksock_write_all(from, data, BIG, &done,
				     ksock_deadline(6 * WAIT_NS)));
	EXPECT_EQ(EXDEV, errno);
	EXPECT_EQ(BIG, done);
	EXPECT_EQ(0, ksock_shutdown(from, SHUT_WR));
	EXPECT_EQ(0, pthread_join(thread, &sum));
	EXPECT_EQ(BIG, (size_t)sum);
	free(data);
}

TEST_F(pair, whole_write_waits_for_room)
{
	write_big(_metadata, self->client, self->server);
}

TEST_F(pair, whole_write_waits_where_the_descriptor_does_not)
{
	ASSERT_EQ(0, set_nonblocking(self->client));
	write_big(_metadata, self->client, self->server);
}

TEST_F(pair, deadline_ends_a_whole_write_with_etimedout_and_the_count)
{
	char *data = calloc(1, BIG);
	int64_t start = now_ns();
	size_t done = 0;

	ASSERT_NE(NULL, data);
	EXPECT_EQ(ETIMEDOUT, ERRNO(ksock_write_all(self->client, data, BIG,
						   &done, start + SHORT_NS)));
	EXPECT_LE(SHORT_NS, now_ns() - start);
	EXPECT_LT(0, done);
	EXPECT_GT(BIG, done);
	EXPECT_EQ(ETIMEDOUT, ERRNO(ksock_write_all(self->client, data, BIG,
						   &done, start)));
	EXPECT_EQ(0, done);
	free(data);
}

TEST_F(pair, whole_write_raises_no_sigpipe)
{
	size_t done = 77;

	ASSERT_EQ(0, ksock_shutdown(self->client, SHUT_WR));
	EXPECT_EQ(EPIPE, ERRNO(ksock_write_all(self->client, "x", 1, &done,
					       KSOCK_FOREVER)));
	EXPECT_EQ(0, done);
}

/* A completion that no one takes keeps poll(2) from waiting. */
TEST_F(pair, full_queue_of_errors_does_not_turn_waiting_into_spinning)
{
	int one = 1;
	char byte;

	ASSERT_EQ(0, ksock_setsockopt(self->client, SOL_SOCKET, SO_ZEROCOPY,
				      &one, sizeof(one)));
	ASSERT_EQ(1, ksock_send(self->client, "x", 1, MSG_ZEROCOPY));
	ASSERT_EQ(1, ksock_recv(self->server, &byte, 1, 0));
	ASSERT_EQ(POLLERR, wait_for(self->client, 0));
	EXPECT_EQ(ETIMEDOUT,
		  ERRNO(ksock_read_exact(self->client, &byte, 1, NULL,
					 ksock_deadline(SHORT_NS))));
	ASSERT_EQ(0, set_nonblocking(self->client));
	EXPECT_EQ(EAGAIN, ERRNO(ksock_read_exact(self->client, &byte, 1, NULL,
						 KSOCK_FOREVER)));
}

/* ---- Lines --------------------------------------------------------------- */

/* The next line as a string that is good until the next one, or NULL. */
static const char *next_line(struct ksock_reader *reader)
{
	static char copy[64];
	const char *line;
	ssize_t len;

	len = ksock_reader_line(reader, &line, ksock_deadline(WAIT_NS));
	if (len < 0 || len >= (ssize_t)sizeof(copy))
		return NULL;
	memcpy(copy, line, len);
	copy[len] = '\0';
	return copy;
}

TEST_F(pair, lines_come_one_by_one_and_then_the_end)
{
	struct ksock_reader *reader = ksock_reader_create(self->server, 16);

	ASSERT_NE(NULL, reader);
	EXPECT_EQ(0, ksock_reader_get_pending(reader));
	ASSERT_EQ(15, ksock_send(self->client, "one\n\ntwo\r\nlast!", 15, 0));
	ASSERT_EQ(0, ksock_shutdown(self->client, SHUT_WR));
	errno = EXDEV;
	EXPECT_STREQ("one\n", next_line(reader));
	EXPECT_EQ(11, ksock_reader_get_pending(reader));
	EXPECT_STREQ("\n", next_line(reader));
	EXPECT_STREQ("two\r\n", next_line(reader));
	EXPECT_STREQ("last!", next_line(reader));
	EXPECT_STREQ("", next_line(reader));
	EXPECT_STREQ("", next_line(reader));
	ksock_reader_destroy(reader);
	EXPECT_EQ(EXDEV, errno);
}

/* Lines of all lengths, so that each begins and ends everywhere in the buffer */
TEST_F(pair, lines_across_the_end_of_the_buffer_are_whole)
{
	struct ksock_reader *reader = ksock_reader_create(self->server, 16);
	char line[17] = "abcdefghijklmno";
	int round, len;

	ASSERT_NE(NULL, reader);
	for (round = 0; round < 4; round++) {
		for (len = 0; len < 16; len++) {
			ASSERT_EQ(len, ksock_send(self->client, line, len, 0));
			ASSERT_EQ(1, ksock_send(self->client, "\n", 1, 0));
		}
	}
	for (round = 0; round < 4; round++) {
		for (len = 0; len < 16; len++) {
			const char *got = next_line(reader);

			ASSERT_NE(NULL, got);
			EXPECT_EQ((size_t)len + 1, strlen(got));
			EXPECT_EQ(0, memcmp(got, line, len));
			EXPECT_EQ('\n', got[len]);
		}
	}
	ksock_reader_destroy(reader);
}

TEST_F(pair, line_that_comes_in_pieces_is_waited_for)
{
	struct ksock_reader *reader = ksock_reader_create(self->server, 16);
	struct sender sender = {
		.sock = self->client, .text = "cd\n",
		.waiter = syscall(SYS_gettid),
	};
	const char *line;
	pthread_t thread;

	ASSERT_NE(NULL, reader);
	ASSERT_EQ(0, set_nonblocking(self->server));
	ASSERT_EQ(2, ksock_send(self->client, "ab", 2, 0));
	EXPECT_EQ(ETIMEDOUT,
		  ERRNO(ksock_reader_line(reader, &line,
					  ksock_deadline(SHORT_NS))));
	EXPECT_EQ(2, ksock_reader_get_pending(reader));

	ASSERT_EQ(0, pthread_create(&thread, NULL, sender_run, &sender));
	EXPECT_STREQ("abcd\n", next_line(reader));
	EXPECT_EQ(0, pthread_join(thread, NULL));
	ksock_reader_destroy(reader);
}

TEST_F(pair, line_longer_than_the_buffer_fails_with_emsgsize_and_can_be_read)
{
	struct ksock_reader *reader = ksock_reader_create(self->server, 4);
	const char *line;
	char buf[16];

	ASSERT_NE(NULL, reader);
	ASSERT_EQ(9, ksock_send(self->client, "abcdef\ng\n", 9, 0));
	EXPECT_EQ(EMSGSIZE, ERRNO(ksock_reader_line(reader, &line,
						    KSOCK_FOREVER)));
	EXPECT_EQ(EMSGSIZE, ERRNO(ksock_reader_line(reader, &line,
						    KSOCK_FOREVER)));
	EXPECT_EQ(4, ksock_reader_read(reader, buf, sizeof(buf),
				       KSOCK_FOREVER));
	EXPECT_EQ(0, memcmp(buf, "abcd", 4));
	EXPECT_STREQ("ef\n", next_line(reader));
	EXPECT_STREQ("g\n", next_line(reader));
	ksock_reader_destroy(reader);
}

TEST_F(pair, bytes_after_a_line_are_read_from_the_reader_first)
{
	struct ksock_reader *reader = ksock_reader_create(self->server, 8);
	char buf[8];

	ASSERT_NE(NULL, reader);
	ASSERT_EQ(8, ksock_send(self->client, "3\nabcdef", 8, 0));
	EXPECT_STREQ("3\n", next_line(reader));
	EXPECT_EQ(2, ksock_reader_read(reader, buf, 2, 0));
	EXPECT_EQ(4, ksock_reader_read(reader, buf + 2, 6, 0));
	EXPECT_EQ(0, memcmp(buf, "abcdef", 6));
	EXPECT_EQ(0, ksock_reader_read(reader, buf, 0, 0));
	EXPECT_EQ(ETIMEDOUT, ERRNO(ksock_reader_read(reader, buf, 1, 0)));
	ASSERT_EQ(1, ksock_send(self->client, "g", 1, 0));
	EXPECT_EQ(1, ksock_reader_read(reader, buf, 8, KSOCK_FOREVER));
	ASSERT_EQ(0, ksock_shutdown(self->client, SHUT_WR));
	EXPECT_EQ(0, ksock_reader_read(reader, buf, 8, KSOCK_FOREVER));
	EXPECT_EQ(0, ksock_reader_read(reader, buf, 8, KSOCK_FOREVER));
	ksock_reader_destroy(reader);
}

TEST_F(pair, reader_of_no_size_fails_with_einval)
{
	EXPECT_EQ(EINVAL, ERRNO_PTR(ksock_reader_create(self->server, 0)));
	EXPECT_EQ(ENOMEM, ERRNO_PTR(ksock_reader_create(self->server,
							SIZE_MAX)));
	ksock_reader_destroy(NULL);
}

TEST_HARNESS_MAIN
