// SPDX-License-Identifier: GPL-2.0-only
/*
 * Memory: what a socket holds is charged to the control group of who made it, and
 * who takes more than the group has is stopped alone.
 */
#include "batch.h"
#include "fixture.h"
#include "process.h"

#include <sys/resource.h>
#include <sys/stat.h>

#define CGROUP_ROOT	"/sys/fs/cgroup/"
#define CGROUP		CGROUP_ROOT "ksock_test/"

/*
 * Statistics of a group are some seconds behind, and on Linux 5.10 what the
 * processors have not added up yet never is: up to 32 pages for each, which is why
 * much is charged, and not all has to be seen to go.
 */
#define CGROUP_TRIES	2000
#define CGROUP_MUCH	(1024 * 1024)

static int cgroup_write(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	int ret;

	if (fd < 0)
		return -errno;
	ret = write(fd, text, strlen(text)) < 0 ? -errno : 0;
	close(fd);
	return ret;
}

/* A line "name value" of a file, or -errno. */
static long cgroup_read(const char *path, const char *name)
{
	char word[64];
	long value;
	FILE *file = fopen(path, "re");

	if (!file)
		return -errno;
	while (fscanf(file, "%63s %ld", word, &value) == 2) {
		if (!strcmp(word, name)) {
			fclose(file);
			return value;
		}
	}
	fclose(file);
	return -ENOENT;
}

static long cgroup_sock(void)
{
	return cgroup_read(CGROUP "memory.stat", "sock");
}

FIXTURE(cgroup) {
	const struct face *face;
	/* For what a child finds out. */
	long *seen;
};

FIXTURE_VARIANT(cgroup) {
	const struct face *face;
};

FIXTURE_VARIANT_ADD(cgroup, plain) {
	.face = &plain_face,
};

FIXTURE_VARIANT_ADD(cgroup, ksock) {
	.face = &ksock_face,
};

FIXTURE_SETUP(cgroup)
{
	SETUP_KSOCK();
	self->face = variant->face;
	self->seen = process_shared(8 * sizeof(*self->seen));
	ASSERT_TRUE(self->seen != NULL);
	ASSERT_EQ(0, cgroup_write(CGROUP_ROOT "cgroup.subtree_control",
				  "+memory"));
	ASSERT_EQ(0, ret_errno(mkdir(CGROUP, 0755)));
}

FIXTURE_TEARDOWN(cgroup)
{
	/* A process that was killed is in it a moment longer. */
	EXPECT_TRUE(EVENTUALLY(!rmdir(CGROUP)));
}

/*
 * A connection to somebody who never reads, full; what it holds is its own, as
 * the other end is not accepted either.
 */
static int cgroup_queue(const struct face *face, const struct addr *addr)
{
	static char buf[8192];
	int fd, ret, i;

	fd = connected_to(face, SOCK_STREAM, addr);
	if (fd < 0)
		return fd;
	for (i = 0; i < 10000; i++) {
		ret = face_send(face, fd, buf, sizeof(buf), MSG_DONTWAIT);
		if (ret < 0)
			return ret == -EAGAIN ? 0 : ret;
	}
	return -E2BIG;
}

TEST_F(cgroup, what_waits_in_a_socket_is_charged_until_it_is_closed)
{
	struct addr addr = addr_loopback(AF_INET, PORT);
	int listener;
	long tries;
	pid_t pid;

	listener = listener_at(&plain_face, &addr, 4);
	ASSERT_LE(0, listener);
	pid = fork();
	ASSERT_LE(0, pid);
	if (!pid) {
		if (cgroup_write(CGROUP "cgroup.procs", "0"))
			_exit(1);
		if (cgroup_queue(self->face, &addr))
			_exit(2);
		for (tries = 0; tries < CGROUP_TRIES; tries++) {
			self->seen[0] = cgroup_sock();
			if (self->seen[0] >= CGROUP_MUCH)
				_exit(0);
			poll(NULL, 0, 5);
		}
		_exit(3);
	}
	EXPECT_EQ(0, process_join_within(pid, 6 * WAIT_MS));
	EXPECT_LE(CGROUP_MUCH, self->seen[0]) {
		TH_LOG("charged: %ld bytes", self->seen[0]);
	}
	/* Resets the connection, for whose end the data would wait. */
	close(listener);
	EXPECT_TRUE(EVENTUALLY(cgroup_sock() < CGROUP_MUCH / 2));
}

/* Sockets until it may not have more. */
static int cgroup_exhaust(const struct face *face)
{
	struct rlimit limit = { 1 << 16, 1 << 16 };
	int i, ret = 0;

	if (setrlimit(RLIMIT_NOFILE, &limit))
		return -errno;
	for (i = 0; i < 20000 && ret >= 0; i++)
		ret = face->socket(AF_INET6, SOCK_STREAM, 0);
	return ret;
}

/*
 * The kernel tells of the end of a process that has no memory by a trace, with who
 * asked for it: no trouble here, so not for the console.  A warning would stop the
 * guest all the same.
 */
static int cgroup_hush(bool hush)
{
	return cgroup_write("/proc/sys/kernel/printk", hush ? "1" : "5");
}

/* How a process ends that takes more than 8 MiB, or -errno. */
static int cgroup_starve(const struct face *face,
			 int (*exhaust)(const struct face *face))
{
	int ret = cgroup_write(CGROUP "memory.max", "8388608");
	pid_t pid;

	/* Where there is swap it would take it all. */
	cgroup_write(CGROUP "memory.swap.max", "0");
	ret = ret ?: cgroup_hush(true);
	if (ret)
		return ret;
	pid = fork();
	if (!pid) {
		if (cgroup_write(CGROUP "cgroup.procs", "0"))
			_exit(1);
		_exit(exhaust(face) < 0 ? 2 : 3);
	}
	ret = pid < 0 ? -errno : process_join_within(pid, 6 * WAIT_MS);
	return cgroup_hush(false) ?: ret;
}

TEST_F(cgroup, who_makes_more_sockets_than_it_has_memory_for_is_killed_alone)
{
	struct pair pair;

	EXPECT_EQ(128 + SIGKILL, cgroup_starve(self->face, cgroup_exhaust));
	EXPECT_LE(1, cgroup_read(CGROUP "memory.events", "oom_kill"));
	/* Nobody else has noticed. */
	EXPECT_EQ(0, pair_of_streams(&pair, self->face, AF_INET));
	EXPECT_TRUE(EVENTUALLY(cgroup_sock() == 0));
}

/* Some 40 MiB of them. */
static int cgroup_exhaust_batches(const struct face *face)
{
	int i, ret = 0;

	for (i = 0; i < 400 && ret >= 0; i++)
		ret = batch_open(KSOCK_BATCH_MAX_SLOTS, KSOCK_BATCH_MAX_OPS);
	return ret;
}

TEST_F(cgroup, who_makes_more_batches_than_it_has_memory_for_is_killed_alone)
{
	int batch;

	EXPECT_EQ(128 + SIGKILL,
		  cgroup_starve(self->face, cgroup_exhaust_batches));
	EXPECT_LE(1, cgroup_read(CGROUP "memory.events", "oom_kill"));
	batch = batch_open(KSOCK_BATCH_MAX_SLOTS, KSOCK_BATCH_MAX_OPS);
	EXPECT_LE(0, batch);
}

TEST_HARNESS_MAIN
