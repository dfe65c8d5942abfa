// SPDX-License-Identifier: GPL-2.0-only
/*
 * Limits: the sockets that one user may own, which a parameter of the module
 * says, and the descriptors that a process may have.  What fails at a limit
 * costs nothing, and a connection that could not be accepted waits.
 */
#include "common.h"
#include "process.h"
#include "scm.h"

#define LIMIT_PARAMETER	"/sys/module/ksock/parameters/max_sockets_per_user"

static int limit_read(unsigned int *limit)
{
	FILE *file = fopen(LIMIT_PARAMETER, "re");
	int ret;

	if (!file)
		return -errno;
	ret = fscanf(file, "%u", limit) == 1 ? 0 : -EINVAL;
	fclose(file);
	return ret;
}

static int limit_write(unsigned int limit)
{
	FILE *file = fopen(LIMIT_PARAMETER, "we");
	int ret;

	if (!file)
		return -errno;
	ret = fprintf(file, "%u\n", limit) < 0 ? -EIO : 0;
	if (fclose(file))
		ret = -errno;
	return ret;
}

FIXTURE(limit) {
	unsigned int saved;
	struct addr addr;
	/* The sockets that root owns when the test begins. */
	int owned;
	/* For what children find out. */
	int *ret;
};

FIXTURE_SETUP(limit)
{
	SETUP_KSOCK();
	self->addr = addr_loopback(AF_INET, PORT);
	self->owned = ksock_owned(ksock_ctx);
	ASSERT_LE(0, self->owned);
	self->ret = process_shared(8 * sizeof(*self->ret));
	ASSERT_TRUE(self->ret != NULL);
	ASSERT_EQ(0, limit_read(&self->saved));
}

FIXTURE_TEARDOWN(limit)
{
	EXPECT_EQ(0, limit_write(self->saved));
}

/* Returns a listener of ksock with a connection of @plain to accept. */
static int pending(FIXTURE_DATA(limit) *self, int *plain)
{
	int fd;

	fd = ksock_socket(AF_INET, SOCK_STREAM, 0);
	if (fd < 0)
		return fd;
	*plain = plain_socket(AF_INET, SOCK_STREAM, 0);
	if (*plain < 0)
		return *plain;
	if (ksock_bind(fd, &self->addr.sa, self->addr.len) ||
	    ksock_listen(fd, 8) ||
	    plain_connect(*plain, &self->addr.sa, self->addr.len) ||
	    wait_events(fd, POLLIN, WAIT_MS) != POLLIN)
		return -EIO;
	return fd;
}

/* Whether what was accepted is the connection of @plain. */
static bool talks(int fd, int plain)
{
	char byte = 0;

	return plain_sendto(plain, "x", 1, 0, NULL, 0) == 1 &&
	       wait_events(fd, POLLIN, WAIT_MS) == POLLIN &&
	       face_recv(&ksock_face, fd, &byte, 1, 0) == 1 && byte == 'x';
}

TEST_F(limit, is_told_by_the_context)
{
	struct ksock_device_info info;

	ASSERT_EQ(0, ksock_device_info(ksock_ctx, &info));
	EXPECT_EQ(self->saved, info.out_max_sockets);
	ASSERT_EQ(0, limit_write(77));
	ASSERT_EQ(0, ksock_device_info(ksock_ctx, &info));
	EXPECT_EQ(77, info.out_max_sockets);
	ASSERT_EQ(0, limit_write(0));
	ASSERT_EQ(0, ksock_device_info(ksock_ctx, &info));
	EXPECT_EQ(0, info.out_max_sockets);
}

TEST_F(limit, socket_at_the_limit_fails_with_edquot)
{
	int fds, fd, i;

	ASSERT_EQ(0, limit_write(self->owned + 3));
	for (i = 0; i < 3; i++) {
		ASSERT_LE(0, ksock_socket(AF_INET, i & 1 ? SOCK_STREAM :
					  SOCK_DGRAM, 0));
		EXPECT_EQ(self->owned + i + 1, ksock_owned(ksock_ctx));
	}
	fds = open_fds();
	EXPECT_EQ(-EDQUOT, ksock_socket(AF_INET, SOCK_STREAM, 0));
	EXPECT_EQ(-EDQUOT, ksock_socket(AF_INET6, SOCK_DGRAM, 0));
	EXPECT_EQ(self->owned + 3, ksock_owned(ksock_ctx));
	EXPECT_EQ(fds, open_fds());

	ASSERT_EQ(0, limit_write(self->owned + 4));
	fd = ksock_socket(AF_INET, SOCK_STREAM, 0);
	EXPECT_LE(0, fd);
	EXPECT_EQ(-EDQUOT, ksock_socket(AF_INET, SOCK_STREAM, 0));
}

TEST_F(limit, socket_at_the_limit_works_when_another_is_closed)
{
	int fd, i;

	ASSERT_EQ(0, limit_write(self->owned + 1));
	for (i = 0; i < 100; i++) {
		fd = ksock_socket(AF_INET, SOCK_STREAM, 0);
		ASSERT_LE(0, fd);
		EXPECT_EQ(-EDQUOT, ksock_socket(AF_INET, SOCK_STREAM, 0));
		ASSERT_EQ(0, close(fd));
		EXPECT_EQ(self->owned, ksock_owned(ksock_ctx));
	}
}

TEST_F(limit, below_what_a_user_owns_takes_nothing_away)
{
	struct ksock_socket_info info;
	int fd[3], i;

	for (i = 0; i < 3; i++) {
		fd[i] = ksock_socket(AF_INET, SOCK_STREAM, 0);
		ASSERT_LE(0, fd[i]);
	}
	ASSERT_EQ(0, limit_write(1));
	EXPECT_EQ(-EDQUOT, ksock_socket(AF_INET, SOCK_STREAM, 0));
	EXPECT_EQ(self->owned + 3, ksock_owned(ksock_ctx));
	for (i = 0; i < 3; i++) {
		EXPECT_EQ(0, ksock_socket_info(fd[i], &info));
		close(fd[i]);
	}
	EXPECT_EQ(self->owned, ksock_owned(ksock_ctx));
}

TEST_F(limit, of_zero_is_none)
{
	int fd[64], i;

	ASSERT_EQ(0, limit_write(0));
	for (i = 0; i < 64; i++) {
		fd[i] = ksock_socket(AF_INET, SOCK_DGRAM, 0);
		ASSERT_LE(0, fd[i]);
	}
	EXPECT_EQ(self->owned + 64, ksock_owned(ksock_ctx));
}

TEST_F(limit, accept_at_the_limit_fails_with_edquot_and_takes_nothing)
{
	int listener, plain, fd, i;

	listener = pending(self, &plain);
	ASSERT_LE(0, listener);
	ASSERT_EQ(0, limit_write(self->owned + 1));
	for (i = 0; i < 3; i++) {
		EXPECT_EQ(-EDQUOT, ksock_accept(listener, NULL, NULL, 0));
		EXPECT_EQ(POLLIN, wait_events(listener, POLLIN, WAIT_MS));
		EXPECT_EQ(self->owned + 1, ksock_owned(ksock_ctx));
	}
	ASSERT_EQ(0, limit_write(self->owned + 2));
	fd = ksock_accept(listener, NULL, NULL, 0);
	ASSERT_LE(0, fd);
	EXPECT_EQ(self->owned + 2, ksock_owned(ksock_ctx));
	EXPECT_TRUE(talks(fd, plain));
	ASSERT_EQ(0, close(fd));
	EXPECT_EQ(self->owned + 1, ksock_owned(ksock_ctx));
}

TEST_F(limit, comes_before_what_accept_would_wait_for)
{
	int fd;

	fd = ksock_socket(AF_INET, SOCK_STREAM, 0);
	ASSERT_LE(0, fd);
	ASSERT_EQ(0, ksock_bind(fd, &self->addr.sa, self->addr.len));
	ASSERT_EQ(0, ksock_listen(fd, 1));
	ASSERT_EQ(0, limit_write(self->owned + 1));
	EXPECT_EQ(-EDQUOT, ksock_accept(fd, NULL, NULL, 0));
}

TEST_F(limit, comes_before_the_limit_of_descriptors)
{
	struct rlimit saved;

	ASSERT_LE(0, ksock_socket(AF_INET, SOCK_STREAM, 0));
	ASSERT_EQ(0, limit_write(self->owned + 1));
	ASSERT_EQ(0, fds_exhaust(&saved));
	EXPECT_EQ(-EDQUOT, ksock_socket(AF_INET, SOCK_STREAM, 0));
	ASSERT_EQ(0, setrlimit(RLIMIT_NOFILE, &saved));
}

TEST_F(limit, of_one_user_is_not_that_of_another)
{
	pid_t pid;

	ASSERT_LE(0, ksock_socket(AF_INET, SOCK_STREAM, 0));
	ASSERT_EQ(0, limit_write(self->owned + 1));
	pid = fork();
	ASSERT_LE(0, pid);
	if (!pid) {
		if (user_become_with(USER, CAP_NET_ADMIN))
			_exit(1);
		self->ret[0] = ksock_owned(ksock_ctx);
		self->ret[1] = ksock_socket(AF_INET, SOCK_STREAM, 0);
		self->ret[2] = ksock_owned(ksock_ctx);
		/* The same limit, but the user's own. */
		while (ksock_owned(ksock_ctx) < self->owned + 1)
			if (ksock_socket(AF_INET, SOCK_STREAM, 0) < 0)
				break;
		self->ret[3] = ksock_socket(AF_INET, SOCK_STREAM, 0);
		_exit(0);
	}
	ASSERT_EQ(0, process_join(pid));
	EXPECT_EQ(0, self->ret[0]);
	EXPECT_LE(0, self->ret[1]);
	EXPECT_EQ(1, self->ret[2]);
	EXPECT_EQ(-EDQUOT, self->ret[3]);
	EXPECT_EQ(self->owned + 1, ksock_owned(ksock_ctx));
	EXPECT_EQ(-EDQUOT, ksock_socket(AF_INET, SOCK_STREAM, 0));
}

TEST_F(limit, is_reached_by_sockets_and_not_by_their_descriptors)
{
	int fd, other;
	pid_t pid;

	fd = ksock_socket(AF_INET, SOCK_STREAM, 0);
	ASSERT_LE(0, fd);
	other = dup(fd);
	ASSERT_LE(0, other);
	EXPECT_EQ(self->owned + 1, ksock_owned(ksock_ctx));
	pid = fork();
	ASSERT_LE(0, pid);
	if (!pid) {
		self->ret[0] = ksock_owned(ksock_ctx);
		_exit(0);
	}
	ASSERT_EQ(0, process_join(pid));
	EXPECT_EQ(self->owned + 1, self->ret[0]);
	close(fd);
	EXPECT_EQ(self->owned + 1, ksock_owned(ksock_ctx));
	close(other);
	EXPECT_EQ(self->owned, ksock_owned(ksock_ctx));
}

TEST_F(limit, counts_a_socket_passed_on_for_who_made_it)
{
	int channel[2], go[2], fd;
	pid_t pid;
	char byte;

	ASSERT_EQ(0, socketpair(AF_UNIX, SOCK_STREAM, 0, channel));
	ASSERT_EQ(0, pipe(go));
	pid = fork();
	ASSERT_LE(0, pid);
	if (!pid) {
		close(go[1]);
		if (user_become(USER))
			_exit(1);
		fd = recv_fd(channel[1]);
		self->ret[0] = fd;
		self->ret[1] = ksock_owned(ksock_ctx);
		if (write(channel[1], "", 1) != 1 || read(go[0], &byte, 1))
			_exit(2);
		close(fd);
		_exit(0);
	}
	fd = ksock_socket(AF_INET, SOCK_STREAM, 0);
	ASSERT_LE(0, fd);
	ASSERT_EQ(0, send_fd(channel[0], fd));
	close(fd);
	ASSERT_EQ(POLLIN, wait_events(channel[0], POLLIN, WAIT_MS));
	EXPECT_LE(0, self->ret[0]);
	EXPECT_EQ(0, self->ret[1]);
	EXPECT_EQ(self->owned + 1, ksock_owned(ksock_ctx));

	close(go[0]);
	close(go[1]);
	ASSERT_EQ(0, process_join(pid));
	EXPECT_EQ(self->owned, ksock_owned(ksock_ctx));
}

TEST_F(limit, counts_an_accepted_socket_for_who_accepted_it)
{
	int listener, plain, fd;
	pid_t pid;

	listener = pending(self, &plain);
	ASSERT_LE(0, listener);
	pid = fork();
	ASSERT_LE(0, pid);
	if (!pid) {
		if (user_become(USER))
			_exit(1);
		fd = ksock_accept(listener, NULL, NULL, 0);
		self->ret[0] = fd;
		self->ret[1] = ksock_owned(ksock_ctx);
		close(fd);
		self->ret[2] = ksock_owned(ksock_ctx);
		_exit(0);
	}
	ASSERT_EQ(0, process_join(pid));
	EXPECT_LE(0, self->ret[0]);
	EXPECT_EQ(1, self->ret[1]);
	EXPECT_EQ(0, self->ret[2]);
	EXPECT_EQ(self->owned + 1, ksock_owned(ksock_ctx));
}

/* Not the effective one, which a set-user-ID program changes. */
TEST_F(limit, is_that_of_the_real_user)
{
	pid_t pid = fork();

	ASSERT_LE(0, pid);
	if (!pid) {
		if (seteuid(USER) || capability_set(CAP_NET_ADMIN, true, true))
			_exit(1);
		self->ret[0] = ksock_socket(AF_INET, SOCK_STREAM, 0);
		self->ret[1] = ksock_owned(ksock_ctx);
		_exit(0);
	}
	ASSERT_EQ(0, process_join(pid));
	EXPECT_LE(0, self->ret[0]);
	EXPECT_EQ(self->owned + 1, self->ret[1]);
}

TEST_F(limit, of_descriptors_makes_socket_fail_with_emfile)
{
	struct rlimit saved;
	int fd;

	ASSERT_EQ(0, fds_exhaust(&saved));
	EXPECT_EQ(-EMFILE, ksock_socket(AF_INET, SOCK_STREAM, 0));
	EXPECT_EQ(-EMFILE, ksock_socket(AF_INET6, SOCK_DGRAM, 0));
	EXPECT_EQ(self->owned, ksock_owned(ksock_ctx));
	ASSERT_EQ(0, setrlimit(RLIMIT_NOFILE, &saved));
	fd = ksock_socket(AF_INET, SOCK_STREAM, 0);
	EXPECT_LE(0, fd);
}

TEST_F(limit, of_descriptors_makes_accept_fail_with_emfile_and_take_nothing)
{
	struct rlimit saved;
	int listener, plain, fd;

	listener = pending(self, &plain);
	ASSERT_LE(0, listener);
	ASSERT_EQ(0, fds_exhaust(&saved));
	EXPECT_EQ(-EMFILE, ksock_accept(listener, NULL, NULL, 0));
	EXPECT_EQ(-EMFILE, ksock_accept(listener, NULL, NULL, 0));
	EXPECT_EQ(self->owned + 1, ksock_owned(ksock_ctx));
	ASSERT_EQ(0, setrlimit(RLIMIT_NOFILE, &saved));
	EXPECT_EQ(POLLIN, wait_events(listener, POLLIN, WAIT_MS));
	fd = ksock_accept(listener, NULL, NULL, 0);
	ASSERT_LE(0, fd);
	EXPECT_TRUE(talks(fd, plain));
}

TEST_F(limit, is_changed_by_root_alone)
{
	pid_t pid = fork();

	ASSERT_LE(0, pid);
	if (!pid) {
		unsigned int limit;

		if (user_become(USER))
			_exit(1);
		self->ret[0] = limit_write(1);
		self->ret[1] = limit_read(&limit);
		_exit(0);
	}
	ASSERT_EQ(0, process_join(pid));
	EXPECT_EQ(-EACCES, self->ret[0]);
	EXPECT_EQ(0, self->ret[1]);
}

TEST_HARNESS_MAIN
