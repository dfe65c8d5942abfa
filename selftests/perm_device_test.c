// SPDX-License-Identifier: GPL-2.0-only
/*
 * Who may do what, beside the table of perm_test.c: who may open the device,
 * when a right is asked for, what the stack asks on top, and which error comes
 * first.  Run with relaxed=1 as well, which the program finds out.
 */
#include "perm.h"

FIXTURE(device) {
	bool relaxed;
	/* What somebody without the capability gets from a gated command. */
	int refused;
	int *ret;
};

FIXTURE_SETUP(device)
{
	SETUP_KSOCK();
	self->relaxed = relaxed();
	self->refused = self->relaxed ? 0 : -EPERM;
	self->ret = process_shared(8 * sizeof(*self->ret));
	ASSERT_TRUE(self->ret != NULL);
}

FIXTURE_TEARDOWN(device)
{
}

TEST_F(device, tells_whether_it_is_relaxed)
{
	struct ksock_device_info info;

	ASSERT_EQ(0, ksock_device_info(ksock_ctx, &info));
	EXPECT_EQ(self->relaxed, info.out_relaxed);
}

TEST_F(device, belongs_to_root_alone)
{
	struct stat stat;

	ASSERT_EQ(0, lstat(KSOCK_DEVICE, &stat));
	EXPECT_EQ(S_IFCHR | 0600, stat.st_mode);
	EXPECT_EQ(0, stat.st_uid);
	EXPECT_EQ(0, stat.st_gid);
}

TEST_F(device, open_by_another_user_fails_with_eacces)
{
	pid_t pid = fork();

	ASSERT_LE(0, pid);
	if (!pid) {
		if (user_become(USER))
			_exit(1);
		self->ret[0] = closed(ksock_open());
		self->ret[1] = closed(ret_errno(open(KSOCK_DEVICE, O_RDONLY)));
		self->ret[2] = closed(ret_errno(open(KSOCK_DEVICE, O_WRONLY)));
		_exit(0);
	}
	ASSERT_EQ(0, process_join(pid));
	EXPECT_EQ(-EACCES, self->ret[0]);
	EXPECT_EQ(-EACCES, self->ret[1]);
	EXPECT_EQ(-EACCES, self->ret[2]);
}

/* CAP_NET_ADMIN opens no files. */
TEST_F(device, open_by_another_user_with_the_capability_fails_with_eacces)
{
	pid_t pid = fork();

	ASSERT_LE(0, pid);
	if (!pid) {
		if (user_become_with(USER, CAP_NET_ADMIN))
			_exit(1);
		self->ret[0] = closed(ksock_open());
		_exit(0);
	}
	ASSERT_EQ(0, process_join(pid));
	EXPECT_EQ(-EACCES, self->ret[0]);
}

/*
 * The trick with the standard output of a set-user-ID program: it does its
 * ioctl on what somebody without privileges has opened.
 */
TEST_F(device, opened_without_the_capability_stays_without_it)
{
	int ctx, fd;

	ASSERT_EQ(0, capability_set(CAP_NET_ADMIN, false, true));
	ctx = ksock_open();
	ASSERT_LE(0, ctx);
	ASSERT_EQ(0, capability_set(CAP_NET_ADMIN, true, true));

	fd = ksock_socket(AF_INET, SOCK_STREAM, 0);
	EXPECT_LE(0, fd);
	close(ksock_ctx);
	ksock_ctx = ctx;
	EXPECT_EQ(self->refused,
		  closed(ksock_socket(AF_INET, SOCK_STREAM, 0)));
}

TEST_F(device, asks_what_the_caller_may_now)
{
	struct addr addr = addr_loopback(AF_INET, 0);
	int fd;

	fd = ksock_socket(AF_INET, SOCK_STREAM, 0);
	ASSERT_LE(0, fd);
	ASSERT_EQ(0, capability_set(CAP_NET_ADMIN, false, true));
	EXPECT_EQ(self->refused,
		  closed(ksock_socket(AF_INET, SOCK_STREAM, 0)));
	EXPECT_EQ(self->refused, opt_get(fd));
	EXPECT_EQ(self->refused, opt_set(fd));
	if (!self->relaxed) {
		EXPECT_EQ(-EPERM, ksock_bind(fd, &addr.sa, addr.len));
		EXPECT_EQ(-EPERM, ksock_listen(fd, 1));
		EXPECT_EQ(-EPERM, ksock_connect(fd, &addr.sa, addr.len));
		EXPECT_EQ(-EPERM, fastopen(fd, &addr));
	}
	ASSERT_EQ(0, capability_set(CAP_NET_ADMIN, true, true));
	EXPECT_EQ(0, closed(ksock_socket(AF_INET, SOCK_STREAM, 0)));
	EXPECT_EQ(0, ksock_bind(fd, &addr.sa, addr.len));
	EXPECT_EQ(0, opt_get(fd));
	EXPECT_EQ(0, opt_set(fd));
}

/*
 * A batch is of no context: each entry asks the context of its socket, and the
 * caller.
 */
TEST_F(device, asks_the_context_of_each_socket_in_a_batch)
{
	struct addr addr = addr_loopback(AF_INET, PORT);
	int ctx, trusted, batch, fd;

	fd = plain_socket(AF_INET, SOCK_STREAM, 0);
	ASSERT_LE(0, fd);
	ASSERT_EQ(0, plain_bind(fd, &addr.sa, addr.len));
	ASSERT_EQ(0, plain_listen(fd, 8));
	trusted = ksock_socket(AF_INET, SOCK_STREAM, 0);
	ASSERT_LE(0, trusted);
	/* The batch is made by whoever has no right to a socket. */
	ASSERT_EQ(0, capability_set(CAP_NET_ADMIN, false, true));
	ctx = ksock_open();
	ASSERT_LE(0, ctx);
	close(ksock_ctx);
	ksock_ctx = ctx;
	batch = batch_open(1, 1);
	ASSERT_LE(0, batch);
	EXPECT_EQ(0, batch_slot(batch, 0, trusted));
	if (!self->relaxed)
		EXPECT_EQ(-EPERM, fastopen_batch(batch, 0, &addr));
	ASSERT_EQ(0, capability_set(CAP_NET_ADMIN, true, true));
	EXPECT_EQ(1, fastopen_batch(batch, 0, &addr));
}

/* Where it does nothing, it is asked for all the same. */
TEST_F(device, asks_for_fast_open_on_any_socket)
{
	struct addr addr = addr_loopback(AF_INET, PORT);
	int dgram;

	dgram = ksock_socket(AF_INET, SOCK_DGRAM, 0);
	ASSERT_LE(0, dgram);
	EXPECT_EQ(1, fastopen(dgram, &addr));
	ASSERT_EQ(0, capability_set(CAP_NET_ADMIN, false, true));
	EXPECT_EQ(self->relaxed ? 1 : -EPERM, fastopen(dgram, &addr));
	EXPECT_EQ(self->relaxed ? 1 : -EPERM, fastopen_msg(dgram, &addr));
	EXPECT_EQ(1, ksock_sendto(dgram, "x", 1, 0, &addr.sa, addr.len));
}

TEST_F(device, another_user_with_the_capability_may_use_it)
{
	struct addr addr = addr_loopback(AF_INET, 0);
	pid_t pid = fork();
	int fd;

	ASSERT_LE(0, pid);
	if (!pid) {
		if (user_become_with(USER, CAP_NET_ADMIN))
			_exit(1);
		fd = ksock_socket(AF_INET, SOCK_STREAM, 0);
		self->ret[0] = fd < 0 ? fd : 0;
		self->ret[1] = ksock_bind(fd, &addr.sa, addr.len);
		self->ret[2] = ksock_listen(fd, 1);
		_exit(0);
	}
	ASSERT_EQ(0, process_join(pid));
	EXPECT_EQ(0, self->ret[0]);
	EXPECT_EQ(0, self->ret[1]);
	EXPECT_EQ(0, self->ret[2]);
}

TEST_F(device, port_80_is_asked_of_the_caller_by_the_stack)
{
	struct addr addr = addr_loopback(AF_INET, 80);
	struct addr addr6 = addr_loopback(AF_INET6, 80);
	int fd, fd6;
	pid_t pid;

	fd = ksock_socket(AF_INET, SOCK_STREAM, 0);
	ASSERT_LE(0, fd);
	fd6 = ksock_socket(AF_INET6, SOCK_DGRAM, 0);
	ASSERT_LE(0, fd6);
	pid = fork();
	ASSERT_LE(0, pid);
	if (!pid) {
		if (capability_drop(CAP_NET_BIND_SERVICE))
			_exit(1);
		self->ret[0] = ksock_bind(fd, &addr.sa, addr.len);
		self->ret[1] = ksock_bind(fd6, &addr6.sa, addr6.len);
		_exit(0);
	}
	ASSERT_EQ(0, process_join(pid));
	EXPECT_EQ(-EACCES, self->ret[0]);
	EXPECT_EQ(-EACCES, self->ret[1]);

	pid = fork();
	ASSERT_LE(0, pid);
	if (!pid) {
		if (user_become(USER))
			_exit(1);
		self->ret[0] = ksock_bind(fd, &addr.sa, addr.len);
		self->ret[1] = ksock_bind(fd6, &addr6.sa, addr6.len);
		_exit(0);
	}
	ASSERT_EQ(0, process_join(pid));
	EXPECT_EQ(self->relaxed ? -EACCES : -EPERM, self->ret[0]);
	EXPECT_EQ(self->relaxed ? -EACCES : -EPERM, self->ret[1]);

	EXPECT_EQ(0, ksock_bind(fd, &addr.sa, addr.len));
	EXPECT_EQ(0, ksock_bind(fd6, &addr6.sa, addr6.len));
}

/* Of the documented order, the place of EPERM. */
TEST_F(device, permission_comes_after_the_type_and_before_the_contents)
{
	const unsigned int short_listen = _IOW(KSOCK_IOC_MAGIC, 0x11, int);
	struct ksock_opt_args bad_opt = { .flags = 1, .level = -1 };
	struct ksock_listen_args bad = { .flags = 1 };
	int stream, dgram;
	pid_t pid;

	stream = ksock_socket(AF_INET, SOCK_STREAM, 0);
	ASSERT_LE(0, stream);
	dgram = ksock_socket(AF_INET, SOCK_DGRAM, 0);
	ASSERT_LE(0, dgram);
	pid = fork();
	ASSERT_LE(0, pid);
	if (!pid) {
		if (user_become(USER))
			_exit(1);
		self->ret[0] = ret_errno(ioctl(stream, short_listen, &bad));
		self->ret[1] = ret_errno(ioctl(stream, KSOCK_IOC_LISTEN, NULL));
		self->ret[2] = ret_errno(ioctl(dgram, KSOCK_IOC_LISTEN, &bad));
		self->ret[3] = ret_errno(ioctl(stream, KSOCK_IOC_LISTEN, &bad));
		self->ret[4] = ksock_socket(AF_UNIX, SOCK_RAW, 0);
		self->ret[5] = ret_errno(ioctl(stream, KSOCK_IOC_OPT_GET,
					       &bad_opt));
		self->ret[6] = ret_errno(ioctl(stream, KSOCK_IOC_OPT_SET,
					       &bad_opt));
		_exit(0);
	}
	ASSERT_EQ(0, process_join(pid));
	EXPECT_EQ(-EINVAL, self->ret[0]);
	EXPECT_EQ(-EFAULT, self->ret[1]);
	EXPECT_EQ(-EOPNOTSUPP, self->ret[2]);
	EXPECT_EQ(self->relaxed ? -EINVAL : -EPERM, self->ret[3]);
	EXPECT_EQ(self->relaxed ? -EAFNOSUPPORT : -EPERM, self->ret[4]);
	EXPECT_EQ(self->relaxed ? -EINVAL : -EPERM, self->ret[5]);
	EXPECT_EQ(self->relaxed ? -EINVAL : -EPERM, self->ret[6]);
}

TEST_HARNESS_MAIN
