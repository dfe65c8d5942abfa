// SPDX-License-Identifier: GPL-2.0-only
/*
 * The descriptor of a batch: how it is made, what it tells, what it cannot do,
 * and how long it lives.
 */
#include "batch.h"
#include "process.h"
#include "scm.h"

#include <sys/epoll.h>
#include <sys/sendfile.h>
#include <sys/uio.h>

FIXTURE(batch) {
	int owned;
	int references;
	/* For what children find out. */
	int *ret;
};

FIXTURE_SETUP(batch)
{
	SETUP_KSOCK();
	self->owned = ksock_owned(ksock_ctx);
	ASSERT_LE(0, self->owned);
	self->references = references();
	ASSERT_LE(1, self->references);
	self->ret = process_shared(8 * sizeof(*self->ret));
	ASSERT_TRUE(self->ret != NULL);
}

FIXTURE_TEARDOWN(batch)
{
}

/* A line of fdinfo as a number, -1 when there is none. */
static long fdinfo(int fd, const char *key)
{
	char path[64], line[256];
	size_t len = strlen(key);
	long value = -1;
	FILE *file;

	snprintf(path, sizeof(path), "/proc/self/fdinfo/%d", fd);
	file = fopen(path, "re");
	if (!file)
		return -1;
	while (fgets(line, sizeof(line), file))
		if (!strncmp(line, key, len) && !strncmp(line + len, ":\t", 2))
			value = strtol(line + len + 2, NULL, 10);
	fclose(file);
	return value;
}

/* ---- Making one ---------------------------------------------------------- */

TEST_F(batch, closes_on_exec_only_when_asked_to)
{
	struct ksock_batch_args args = { .slots = 1, .ops = 1 };
	int fd;

	fd = ret_errno(ioctl(ksock_ctx, KSOCK_IOC_BATCH, &args));
	ASSERT_LE(0, fd);
	EXPECT_EQ(0, fcntl(fd, F_GETFD));
	args.flags = SOCK_CLOEXEC;
	fd = ret_errno(ioctl(ksock_ctx, KSOCK_IOC_BATCH, &args));
	ASSERT_LE(0, fd);
	EXPECT_EQ(FD_CLOEXEC, fcntl(fd, F_GETFD));
}

TEST_F(batch, at_the_limit_of_descriptors_fails_with_emfile)
{
	struct rlimit saved;
	int i;

	ASSERT_EQ(0, fds_exhaust(&saved));
	for (i = 0; i < 3; i++)
		EXPECT_EQ(-EMFILE, batch_open(KSOCK_BATCH_MAX_SLOTS,
					      KSOCK_BATCH_MAX_OPS));
	ASSERT_EQ(0, setrlimit(RLIMIT_NOFILE, &saved));
	EXPECT_EQ(self->references, references());
	EXPECT_LE(0, batch_open(KSOCK_BATCH_MAX_SLOTS, KSOCK_BATCH_MAX_OPS));
}

TEST_F(batch, is_no_socket_and_counts_as_none)
{
	struct batch_pair pair;
	int batch;

	batch = batch_open(8, 8);
	ASSERT_LE(0, batch);
	EXPECT_EQ(self->owned, ksock_owned(ksock_ctx));
	ASSERT_EQ(0, batch_pair(&pair, AF_INET, SOCK_STREAM));
	ASSERT_EQ(0, batch_slot(batch, 0, pair.fd));
	ASSERT_EQ(0, batch_slot(batch, 1, pair.fd));
	EXPECT_EQ(self->owned + 1, ksock_owned(ksock_ctx));
}

/* ---- What it tells, and what it cannot do -------------------------------- */

TEST_F(batch, link_names_what_it_is)
{
	char path[64], name[64];
	ssize_t len;
	int batch;

	batch = batch_open(1, 1);
	ASSERT_LE(0, batch);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", batch);
	len = readlink(path, name, sizeof(name) - 1);
	ASSERT_LT(0, len);
	name[len] = '\0';
	EXPECT_STREQ("anon_inode:[ksock-batch]", name);
}

TEST_F(batch, fdinfo_tells_slots_and_entries_and_slots_in_use)
{
	int batch, fd;

	batch = batch_open(7, 9);
	ASSERT_LE(0, batch);
	fd = ksock_socket(AF_INET6, SOCK_DGRAM, 0);
	ASSERT_LE(0, fd);
	EXPECT_EQ(7, fdinfo(batch, "ksock-slots"));
	EXPECT_EQ(9, fdinfo(batch, "ksock-ops"));
	EXPECT_EQ(0, fdinfo(batch, "ksock-used"));
	ASSERT_EQ(0, batch_slot(batch, 6, fd));
	EXPECT_EQ(1, fdinfo(batch, "ksock-used"));
	ASSERT_EQ(0, batch_slot(batch, 0, fd));
	EXPECT_EQ(2, fdinfo(batch, "ksock-used"));
	ASSERT_EQ(0, batch_slot(batch, 0, fd));
	EXPECT_EQ(2, fdinfo(batch, "ksock-used"));
	ASSERT_EQ(0, batch_slot(batch, 6, -1));
	EXPECT_EQ(1, fdinfo(batch, "ksock-used"));
	ASSERT_EQ(0, batch_slot(batch, 6, -1));
	EXPECT_EQ(1, fdinfo(batch, "ksock-used"));
	ASSERT_EQ(0, batch_slot(batch, 0, -1));
	EXPECT_EQ(0, fdinfo(batch, "ksock-used"));
	EXPECT_EQ(7, fdinfo(batch, "ksock-slots"));
	EXPECT_EQ(9, fdinfo(batch, "ksock-ops"));
}

TEST_F(batch, can_neither_be_read_nor_written)
{
	char byte = 'x';
	struct iovec iov = { .iov_base = &byte, .iov_len = 1 };
	int batch, pipes[2], null;

	batch = batch_open(1, 1);
	ASSERT_LE(0, batch);
	ASSERT_EQ(0, pipe(pipes));
	ASSERT_EQ(1, write(pipes[1], &byte, 1));
	null = open("/dev/zero", O_RDONLY | O_CLOEXEC);
	ASSERT_LE(0, null);
	EXPECT_EQ(-EINVAL, ret_errno(read(batch, &byte, 1)));
	EXPECT_EQ(-EINVAL, ret_errno(write(batch, &byte, 1)));
	EXPECT_EQ(-EINVAL, ret_errno(readv(batch, &iov, 1)));
	EXPECT_EQ(-EINVAL, ret_errno(writev(batch, &iov, 1)));
	EXPECT_EQ(-EINVAL, ret_errno(splice(pipes[0], NULL, batch, NULL, 1,
					    0)));
	EXPECT_EQ(-EINVAL, ret_errno(splice(batch, NULL, pipes[1], NULL, 1,
					    0)));
	EXPECT_EQ(-EINVAL, ret_errno(sendfile(batch, null, NULL, 1)));
	EXPECT_TRUE(mmap(NULL, 1, PROT_READ, MAP_SHARED, batch, 0) ==
		    MAP_FAILED);
	EXPECT_EQ(ENODEV, errno);
	EXPECT_EQ(-ENOTSOCK, plain_shutdown(batch, SHUT_RDWR));
	EXPECT_EQ(1, read(pipes[0], &byte, 1));
}

/* Readiness is asked of the sockets. */
TEST_F(batch, cannot_be_waited_for)
{
	struct epoll_event event = { .events = EPOLLIN };
	int batch, epoll;

	batch = batch_open(1, 1);
	ASSERT_LE(0, batch);
	epoll = epoll_create1(EPOLL_CLOEXEC);
	ASSERT_LE(0, epoll);
	EXPECT_EQ(-EPERM, ret_errno(epoll_ctl(epoll, EPOLL_CTL_ADD, batch,
					      &event)));
	/* As of every file that knows no waiting. */
	EXPECT_EQ(POLLIN | POLLOUT, wait_events(batch, POLLIN | POLLOUT, 0));
}

/* ---- How long it lives --------------------------------------------------- */

TEST_F(batch, holds_the_module_until_it_is_closed)
{
	int batch, other;

	batch = batch_open(1, 1);
	ASSERT_LE(0, batch);
	EXPECT_EQ(self->references + 1, references());
	other = dup(batch);
	ASSERT_LE(0, other);
	close(batch);
	EXPECT_EQ(self->references + 1, references());
	close(other);
	EXPECT_EQ(self->references, references());
}

TEST_F(batch, outlives_its_context)
{
	struct batch_pair pair;
	int batch;

	ASSERT_EQ(0, batch_pair(&pair, AF_INET, SOCK_STREAM));
	batch = batch_open(2, 1);
	ASSERT_LE(0, batch);
	ASSERT_EQ(0, batch_slot(batch, 0, pair.fd));
	close(ksock_ctx);
	EXPECT_EQ(1, batch_one(batch, batch_send(0, "a", 1, 0)));
	EXPECT_EQ(0, batch_slot(batch, 1, pair.fd));
	close(pair.fd);
	EXPECT_EQ(1, batch_one(batch, batch_send(1, "b", 1, 0)));
	EXPECT_TRUE(peer_receives(pair.peer, "ab"));
}

/* The network of each socket is that of its own context. */
TEST_F(batch, takes_sockets_of_other_contexts_and_networks)
{
	struct batch_pair here, there;
	struct ksock_batch_result results[2];
	struct ksock_batch_op ops[2];
	int batch;

	batch = batch_open(2, 2);
	ASSERT_LE(0, batch);
	ASSERT_EQ(0, batch_pair(&here, AF_INET, SOCK_STREAM));
	ASSERT_EQ(0, own_netns());
	close(ksock_ctx);
	ksock_ctx = ksock_open();
	ASSERT_LE(0, ksock_ctx);
	ASSERT_EQ(0, batch_pair(&there, AF_INET6, SOCK_DGRAM));
	ASSERT_EQ(0, batch_slot(batch, 0, here.fd));
	ASSERT_EQ(0, batch_slot(batch, 1, there.fd));
	ops[0] = batch_send(0, "here", 4, 0);
	ops[1] = batch_send(1, "there", 5, 0);
	EXPECT_EQ(2, batch_run(batch, ops, results, 2));
	EXPECT_EQ(4, results[0].out_ret);
	EXPECT_EQ(5, results[1].out_ret);
	EXPECT_TRUE(peer_receives(here.peer, "here"));
	EXPECT_TRUE(peer_receives(there.peer, "there"));
}

TEST_F(batch, is_the_same_behind_every_descriptor_of_it)
{
	struct batch_pair pair;
	int batch, other;

	ASSERT_EQ(0, batch_pair(&pair, AF_INET, SOCK_STREAM));
	batch = batch_open(1, 1);
	ASSERT_LE(0, batch);
	other = dup(batch);
	ASSERT_LE(0, other);
	ASSERT_EQ(0, batch_slot(batch, 0, pair.fd));
	close(batch);
	close(pair.fd);
	EXPECT_EQ(1, batch_one(other, batch_send(0, "x", 1, 0)));
	EXPECT_TRUE(peer_receives(pair.peer, "x"));
	EXPECT_TRUE(peer_waits(pair.peer));
	close(other);
	EXPECT_TRUE(peer_ends(pair.peer));
}

TEST_F(batch, is_shared_with_a_child)
{
	struct batch_pair pair;
	int batch, go[2];
	pid_t pid;
	char byte;

	ASSERT_EQ(0, batch_pair(&pair, AF_INET, SOCK_STREAM));
	batch = batch_open(2, 1);
	ASSERT_LE(0, batch);
	ASSERT_EQ(0, pipe(go));
	pid = fork();
	ASSERT_LE(0, pid);
	if (!pid) {
		close(go[1]);
		close(pair.fd);
		close(pair.peer);
		/* What the parent put there after the child was made. */
		if (read(go[0], &byte, 1) != 1)
			_exit(1);
		self->ret[0] = batch_one(batch, batch_send(0, "c", 1, 0));
		self->ret[1] = batch_slot(batch, 0, -1);
		_exit(0);
	}
	ASSERT_EQ(0, batch_slot(batch, 0, pair.fd));
	ASSERT_EQ(1, write(go[1], "", 1));
	ASSERT_EQ(0, process_join(pid));
	EXPECT_EQ(1, self->ret[0]);
	EXPECT_EQ(0, self->ret[1]);
	EXPECT_TRUE(peer_receives(pair.peer, "c"));
	/* The child has emptied the slot for both. */
	EXPECT_EQ(-EBADF, batch_one(batch, batch_send(0, "p", 1, 0)));
	EXPECT_EQ(0, fdinfo(batch, "ksock-used"));
}

TEST_F(batch, is_passed_on_to_another_process)
{
	int batch, channel[2];
	struct batch_pair pair;
	pid_t pid;

	ASSERT_EQ(0, socketpair(AF_UNIX, SOCK_STREAM, 0, channel));
	ASSERT_EQ(0, batch_pair(&pair, AF_INET, SOCK_STREAM));
	pid = fork();
	ASSERT_LE(0, pid);
	if (!pid) {
		close(pair.fd);
		close(pair.peer);
		close(ksock_ctx);
		if (user_become(USER))
			_exit(1);
		batch = recv_fd(channel[1]);
		self->ret[0] = batch_one(batch, batch_send(0, "x", 1, 0));
		/* The parent has let go of it. */
		_exit(batch < 0);
	}
	batch = batch_open(1, 1);
	ASSERT_LE(0, batch);
	ASSERT_EQ(0, batch_slot(batch, 0, pair.fd));
	ASSERT_EQ(0, send_fd(channel[0], batch));
	close(batch);
	close(pair.fd);
	ASSERT_EQ(0, process_join(pid));
	EXPECT_EQ(1, self->ret[0]);
	EXPECT_TRUE(peer_receives(pair.peer, "x"));
	EXPECT_TRUE(peer_ends(pair.peer));
	EXPECT_EQ(self->owned, ksock_owned(ksock_ctx));
}

TEST_F(batch, on_its_way_in_a_message_keeps_its_sockets)
{
	int batch, channel[2];
	struct batch_pair pair;

	ASSERT_EQ(0, socketpair(AF_UNIX, SOCK_STREAM, 0, channel));
	ASSERT_EQ(0, batch_pair(&pair, AF_INET, SOCK_STREAM));
	batch = batch_open(1, 1);
	ASSERT_LE(0, batch);
	ASSERT_EQ(0, batch_slot(batch, 0, pair.fd));
	ASSERT_EQ(0, send_fd(channel[0], batch));
	close(batch);
	close(pair.fd);
	EXPECT_TRUE(peer_waits(pair.peer));
	EXPECT_EQ(self->owned + 1, ksock_owned(ksock_ctx));
	/* Nobody takes the message. */
	close(channel[0]);
	close(channel[1]);
	EXPECT_TRUE(peer_ends(pair.peer));
	EXPECT_TRUE(EVENTUALLY(ksock_owned(ksock_ctx) == self->owned));
}

TEST_F(batch, dies_with_the_process_that_is_killed)
{
	struct batch_pair pair;
	int batch, ready[2];
	pid_t pid;
	char byte;

	ASSERT_EQ(0, batch_pair(&pair, AF_INET, SOCK_STREAM));
	ASSERT_EQ(0, pipe(ready));
	pid = fork();
	ASSERT_LE(0, pid);
	if (!pid) {
		batch = batch_open(1, 1);
		if (batch < 0 || batch_slot(batch, 0, pair.fd))
			_exit(1);
		close(pair.fd);
		close(pair.peer);
		if (write(ready[1], "", 1) != 1)
			_exit(2);
		/* Blocks for good. */
		batch_one(batch, batch_recv(0, &byte, 1, 0));
		_exit(3);
	}
	close(pair.fd);
	ASSERT_EQ(1, read(ready[0], &byte, 1));
	ASSERT_TRUE(process_sleeps(pid));
	EXPECT_TRUE(peer_waits(pair.peer));
	EXPECT_EQ(0, kill(pid, SIGKILL));
	EXPECT_EQ(128 + SIGKILL, process_join(pid));
	EXPECT_TRUE(peer_ends(pair.peer));
	EXPECT_TRUE(EVENTUALLY(ksock_owned(ksock_ctx) == self->owned));
}

TEST_HARNESS_MAIN
