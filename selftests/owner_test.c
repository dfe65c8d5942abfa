// SPDX-License-Identifier: GPL-2.0-only
/* Whose a socket is: who made it, or accepted it, and as whom others know him. */
#include "fixture.h"
#include "process.h"
#include "scm.h"

FIXTURE(owner) {
	struct addr addr;
	/* For what children find out. */
	int *ret;
};

FIXTURE_SETUP(owner)
{
	SETUP_KSOCK();
	self->addr = addr_loopback(AF_INET, PORT);
	self->ret = process_shared(2 * sizeof(*self->ret));
	ASSERT_TRUE(self->ret != NULL);
}

FIXTURE_TEARDOWN(owner)
{
}

TEST_F(owner, socket_belongs_to_the_user_who_made_it)
{
	struct ksock_socket_info info;
	int channel[2], fd;
	pid_t pid;

	fd = ksock_socket(AF_INET, SOCK_STREAM, 0);
	ASSERT_LE(0, fd);
	ASSERT_EQ(0, ksock_socket_info(fd, &info));
	EXPECT_EQ(0, info.out_uid);

	ASSERT_EQ(0, socketpair(AF_UNIX, SOCK_STREAM, 0, channel));
	pid = fork();
	ASSERT_LE(0, pid);
	if (!pid) {
		if (user_become_with(USER, CAP_NET_ADMIN))
			_exit(1);
		_exit(send_fd(channel[1],
			      ksock_socket(AF_INET, SOCK_STREAM, 0)) ? 2 : 0);
	}
	ASSERT_EQ(0, process_join(pid));
	fd = recv_fd(channel[0]);
	ASSERT_LE(0, fd);
	ASSERT_EQ(0, ksock_socket_info(fd, &info));
	EXPECT_EQ(USER, info.out_uid);
}

TEST_F(owner, accepted_socket_belongs_to_the_user_who_accepted_it)
{
	struct ksock_socket_info info;
	int channel[2], listener, fd;
	pid_t pid;

	listener = listener_at(&ksock_face, &self->addr, 1);
	ASSERT_LE(0, listener);
	ASSERT_LE(0, connected_to(&plain_face, SOCK_STREAM, &self->addr));
	ASSERT_EQ(0, socketpair(AF_UNIX, SOCK_STREAM, 0, channel));
	pid = fork();
	ASSERT_LE(0, pid);
	if (!pid) {
		if (user_become(USER))
			_exit(1);
		_exit(send_fd(channel[1],
			      ksock_accept(listener, NULL, NULL, 0)) ? 2 : 0);
	}
	ASSERT_EQ(0, process_join(pid));
	fd = recv_fd(channel[0]);
	ASSERT_LE(0, fd);
	ASSERT_EQ(0, ksock_socket_info(fd, &info));
	EXPECT_EQ(USER, info.out_uid);
	ASSERT_EQ(0, ksock_socket_info(listener, &info));
	EXPECT_EQ(0, info.out_uid);
}

TEST_F(owner, it_is_told_as_the_caller_knows_users)
{
	struct ksock_socket_info info;
	pid_t pid;
	int fd;

	fd = ksock_socket(AF_INET, SOCK_STREAM, 0);
	ASSERT_LE(0, fd);
	pid = fork();
	ASSERT_LE(0, pid);
	if (!pid) {
		/* A user namespace that knows nobody. */
		if (unshare(CLONE_NEWUSER))
			_exit(1);
		self->ret[0] = ksock_socket_info(fd, &info);
		self->ret[1] = info.out_uid;
		_exit(0);
	}
	ASSERT_EQ(0, process_join(pid));
	EXPECT_EQ(0, self->ret[0]);
	EXPECT_EQ(65534, self->ret[1]);
}

TEST_HARNESS_MAIN
