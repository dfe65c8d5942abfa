// SPDX-License-Identifier: GPL-2.0-only
/*
 * Network namespaces: everything made from a context is in the network of who
 * opened it, wherever it is used from, and keeps that network alive, no longer
 * than it lives itself.
 */
#include "common.h"
#include "process.h"
#include "scm.h"

/* Inode number of the process's network namespace, 0 when it has none. */
static uint64_t own_inode(void)
{
	struct stat stat;

	return fstatat(AT_FDCWD, "/proc/self/ns/net", &stat, 0) ? 0 :
	       stat.st_ino;
}

static uint64_t socket_inode(int fd)
{
	struct ksock_socket_info info;

	return ksock_socket_info(fd, &info) ? 0 : info.out_netns;
}

static uint64_t context_inode(int ctx)
{
	struct ksock_device_info info;

	return ksock_device_info(ctx, &info) ? 0 : info.out_netns;
}

FIXTURE(netns) {
	struct addr addr;
	/* The network that ksock_ctx was opened in. */
	uint64_t inode;
	/* For what children find out. */
	uint64_t *seen;
	int *ret;
};

FIXTURE_SETUP(netns)
{
	SETUP_KSOCK();
	self->addr = addr_loopback(AF_INET, PORT);
	self->inode = own_inode();
	ASSERT_NE(0, self->inode);
	self->seen = process_shared(8 * sizeof(*self->seen));
	ASSERT_TRUE(self->seen != NULL);
	self->ret = process_shared(16 * sizeof(*self->ret));
	ASSERT_TRUE(self->ret != NULL);
}

FIXTURE_TEARDOWN(netns)
{
}

/* A listener of ksock at the address. */
static int ksock_listener(const struct addr *addr)
{
	int fd, ret;

	fd = ksock_socket(addr->sa.sa_family, SOCK_STREAM, 0);
	if (fd < 0)
		return fd;
	ret = ksock_bind(fd, &addr->sa, addr->len);
	if (!ret)
		ret = ksock_listen(fd, 8);
	return ret ? ret : fd;
}

TEST_F(netns, of_context_and_socket_is_that_of_the_opener)
{
	int fd;

	EXPECT_EQ(self->inode, context_inode(ksock_ctx));
	fd = ksock_socket(AF_INET, SOCK_STREAM, 0);
	ASSERT_LE(0, fd);
	EXPECT_EQ(self->inode, socket_inode(fd));
	fd = ksock_socket(AF_INET6, SOCK_DGRAM, 0);
	ASSERT_LE(0, fd);
	EXPECT_EQ(self->inode, socket_inode(fd));
}

TEST_F(netns, stays_when_the_process_goes_to_another)
{
	int before, after;

	before = ksock_socket(AF_INET, SOCK_STREAM, 0);
	ASSERT_LE(0, before);
	ASSERT_EQ(0, own_netns());
	ASSERT_NE(self->inode, own_inode());
	EXPECT_EQ(self->inode, context_inode(ksock_ctx));
	EXPECT_EQ(self->inode, socket_inode(before));
	after = ksock_socket(AF_INET, SOCK_STREAM, 0);
	ASSERT_LE(0, after);
	EXPECT_EQ(self->inode, socket_inode(after));
}

TEST_F(netns, of_a_context_opened_later_is_the_later_one)
{
	int ctx, home;

	home = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
	ASSERT_LE(0, home);
	ASSERT_EQ(0, own_netns());
	ctx = ksock_open();
	ASSERT_LE(0, ctx);
	EXPECT_EQ(own_inode(), context_inode(ctx));
	EXPECT_NE(self->inode, context_inode(ctx));

	ASSERT_EQ(0, setns(home, CLONE_NEWNET));
	ctx = ksock_open();
	ASSERT_LE(0, ctx);
	EXPECT_EQ(self->inode, context_inode(ctx));
}

TEST_F(netns, has_ports_of_its_own)
{
	int listener, plain, client;

	ASSERT_EQ(0, own_netns());
	/* Taken there, free here. */
	listener = ksock_listener(&self->addr);
	ASSERT_LE(0, listener);
	plain = plain_socket(AF_INET, SOCK_STREAM, 0);
	ASSERT_LE(0, plain);
	EXPECT_EQ(-ECONNREFUSED, plain_connect(plain, &self->addr.sa,
					       self->addr.len));
	close(plain);
	plain = plain_socket(AF_INET, SOCK_STREAM, 0);
	ASSERT_LE(0, plain);
	EXPECT_EQ(0, plain_bind(plain, &self->addr.sa, self->addr.len));

	client = ksock_socket(AF_INET, SOCK_STREAM, 0);
	ASSERT_LE(0, client);
	EXPECT_EQ(0, ksock_connect(client, &self->addr.sa, self->addr.len));
	EXPECT_EQ(POLLIN, wait_events(listener, POLLIN, WAIT_MS));
}

TEST_F(netns, shares_its_ports_with_those_who_are_there)
{
	int plain, fd;

	plain = plain_socket(AF_INET, SOCK_STREAM, 0);
	ASSERT_LE(0, plain);
	ASSERT_EQ(0, plain_bind(plain, &self->addr.sa, self->addr.len));
	ASSERT_EQ(0, plain_listen(plain, 1));
	ASSERT_EQ(0, own_netns());
	fd = ksock_socket(AF_INET, SOCK_STREAM, 0);
	ASSERT_LE(0, fd);
	EXPECT_EQ(-EADDRINUSE, ksock_bind(fd, &self->addr.sa, self->addr.len));
	EXPECT_EQ(0, ksock_connect(fd, &self->addr.sa, self->addr.len));
	EXPECT_EQ(POLLIN, wait_events(plain, POLLIN, WAIT_MS));
}

TEST_F(netns, of_an_accepted_socket_is_that_of_its_listener)
{
	int listener, plain, fd;

	listener = ksock_listener(&self->addr);
	ASSERT_LE(0, listener);
	plain = plain_socket(AF_INET, SOCK_STREAM, 0);
	ASSERT_LE(0, plain);
	ASSERT_EQ(0, plain_connect(plain, &self->addr.sa, self->addr.len));
	ASSERT_EQ(0, own_netns());
	fd = ksock_accept(listener, NULL, NULL, 0);
	ASSERT_LE(0, fd);
	EXPECT_EQ(self->inode, socket_inode(fd));
	EXPECT_EQ(1, plain_sendto(plain, "x", 1, 0, NULL, 0));
	EXPECT_EQ(POLLIN, wait_events(fd, POLLIN, WAIT_MS));
}

TEST_F(netns, goes_with_an_inherited_context)
{
	pid_t pid = fork();
	int fd;

	ASSERT_LE(0, pid);
	if (!pid) {
		if (own_netns())
			_exit(1);
		fd = ksock_listener(&self->addr);
		self->seen[0] = own_inode();
		self->seen[1] = context_inode(ksock_ctx);
		self->seen[2] = socket_inode(fd);
		_exit(0);
	}
	ASSERT_EQ(0, process_join(pid));
	EXPECT_NE(self->inode, self->seen[0]);
	EXPECT_EQ(self->inode, self->seen[1]);
	EXPECT_EQ(self->inode, self->seen[2]);
}

TEST_F(netns, goes_with_a_context_that_is_sent)
{
	int channel[2], plain;
	pid_t pid;

	ASSERT_EQ(0, socketpair(AF_UNIX, SOCK_STREAM, 0, channel));
	pid = fork();
	ASSERT_LE(0, pid);
	if (!pid) {
		close(ksock_ctx);
		if (own_netns())
			_exit(1);
		ksock_ctx = recv_fd(channel[1]);
		self->ret[0] = ksock_listener(&self->addr);
		self->seen[0] = own_inode();
		self->seen[1] = socket_inode(self->ret[0]);
		/* Where the listener is, the parent can connect to it. */
		_exit(send_fd(channel[1], self->ret[0]) ? 2 : 0);
	}
	ASSERT_EQ(0, send_fd(channel[0], ksock_ctx));
	ASSERT_EQ(0, process_join(pid));
	EXPECT_LE(0, self->ret[0]);
	EXPECT_NE(self->inode, self->seen[0]);
	EXPECT_EQ(self->inode, self->seen[1]);
	plain = plain_socket(AF_INET, SOCK_STREAM, 0);
	ASSERT_LE(0, plain);
	EXPECT_EQ(0, plain_connect(plain, &self->addr.sa, self->addr.len));
}

TEST_F(netns, of_two_contexts_of_a_process_are_two)
{
	int ctx[2], listener[2], client, i;
	struct addr name;

	ctx[0] = ksock_ctx;
	ASSERT_EQ(0, own_netns());
	ctx[1] = ksock_open();
	ASSERT_LE(0, ctx[1]);
	for (i = 0; i < 2; i++) {
		ksock_ctx = ctx[i];
		listener[i] = ksock_listener(&self->addr);
		ASSERT_LE(0, listener[i]);
	}
	for (i = 0; i < 2; i++) {
		ksock_ctx = ctx[i];
		client = ksock_socket(AF_INET, SOCK_STREAM, 0);
		ASSERT_LE(0, client);
		EXPECT_EQ(0, ksock_connect(client, &self->addr.sa,
					   self->addr.len));
		EXPECT_EQ(POLLIN, wait_events(listener[i], POLLIN, WAIT_MS));
		EXPECT_EQ(0, wait_events(listener[!i], POLLIN, 0));
		name = addr_room();
		EXPECT_LE(0, ksock_accept(listener[i], &name.sa, &name.len, 0));
	}
}

/* ---- Life and death ------------------------------------------------------ */

static int netns_limit_write(const char *limit)
{
	int fd, ret;

	fd = open("/proc/sys/user/max_net_namespaces", O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	ret = write(fd, limit, strlen(limit)) < 0 ? -errno : 0;
	close(fd);
	return ret;
}

/* In a network of its own, which it leaves to what it sends. */
static int maker_run(int channel, bool sockets)
{
	struct addr addr = addr_loopback(AF_INET, PORT);
	int listener, client, ret;

	ret = own_netns();
	if (ret)
		return ret;
	ksock_ctx = ksock_open();
	if (ksock_ctx < 0)
		return ksock_ctx;
	if (!sockets)
		return send_fd(channel, ksock_ctx);
	listener = ksock_listener(&addr);
	client = ksock_socket(AF_INET, SOCK_STREAM, 0);
	if (listener < 0 || client < 0)
		return -EIO;
	ret = send_fd(channel, listener);
	return ret ? ret : send_fd(channel, client);
}

/*
 * In a user namespace that may have one network: while that of the maker is
 * alive, there is no room for another.
 */
static int keeper_run(int *result, bool sockets)
{
	struct addr addr = addr_loopback(AF_INET, PORT);
	int channel[2], fds[3], count, i;
	pid_t pid;

	close(ksock_ctx);
	if (userns_enter(0) || netns_limit_write("1") ||
	    socketpair(AF_UNIX, SOCK_STREAM, 0, channel))
		return 1;
	pid = fork();
	if (pid < 0)
		return 2;
	if (!pid)
		_exit(maker_run(channel[1], sockets) ? 1 : 0);
	count = sockets ? 2 : 1;
	for (i = 0; i < count; i++) {
		fds[i] = recv_fd(channel[0]);
		if (fds[i] < 0)
			return 3;
	}
	if (process_join(pid))
		return 4;

	result[0] = ret_errno(unshare(CLONE_NEWNET));
	/* It is not only there, it works. */
	if (sockets) {
		result[1] = ksock_connect(fds[1], &addr.sa, addr.len);
		fds[2] = ksock_accept(fds[0], NULL, NULL, 0);
		result[2] = fds[2];
		result[3] = ksock_sendto(fds[1], "x", 1, 0, NULL, 0);
		result[4] = wait_events(fds[2], POLLIN, WAIT_MS);
		close(fds[2]);
	} else {
		ksock_ctx = fds[0];
		fds[1] = ksock_listener(&addr);
		result[1] = fds[1] < 0 ? fds[1] : 0;
		close(fds[1]);
	}
	result[5] = ret_errno(unshare(CLONE_NEWNET));
	for (i = 0; i < count; i++)
		close(fds[i]);
	result[6] = EVENTUALLY(!unshare(CLONE_NEWNET));
	return 0;
}

TEST_F(netns, lives_as_long_as_a_socket_in_it)
{
	pid_t pid = fork();

	ASSERT_LE(0, pid);
	if (!pid)
		_exit(keeper_run(self->ret, true));
	ASSERT_EQ(0, process_join_within(pid, 6 * WAIT_MS));
	EXPECT_EQ(-ENOSPC, self->ret[0]);
	EXPECT_EQ(0, self->ret[1]);
	EXPECT_LE(0, self->ret[2]);
	EXPECT_EQ(1, self->ret[3]);
	EXPECT_EQ(POLLIN, self->ret[4]);
	EXPECT_EQ(-ENOSPC, self->ret[5]);
	EXPECT_TRUE(self->ret[6]);
}

TEST_F(netns, lives_as_long_as_a_context_of_it)
{
	pid_t pid = fork();

	ASSERT_LE(0, pid);
	if (!pid)
		_exit(keeper_run(self->ret, false));
	ASSERT_EQ(0, process_join_within(pid, 6 * WAIT_MS));
	EXPECT_EQ(-ENOSPC, self->ret[0]);
	EXPECT_EQ(0, self->ret[1]);
	EXPECT_EQ(-ENOSPC, self->ret[5]);
	EXPECT_TRUE(self->ret[6]);
}

TEST_HARNESS_MAIN
