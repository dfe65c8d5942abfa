// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the files themselves do, of a context and of a socket, when they are
 * used as something that they are not: the file calls beside read, write and
 * poll of a socket, and the socket calls on what is no socket(2).
 */
#include "common.h"

#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/uio.h>

FIXTURE(file) {
	int ctx;
	int fd;
};

FIXTURE_SETUP(file)
{
	SETUP_KSOCK();
	self->ctx = ksock_ctx;
	self->fd = ksock_socket(AF_INET, SOCK_STREAM, 0);
	ASSERT_LE(0, self->fd);
}

FIXTURE_TEARDOWN(file)
{
}

TEST_F(file, context_cannot_be_read_or_written)
{
	char byte = 0;

	EXPECT_EQ(-EINVAL, ret_errno(read(self->ctx, &byte, 1)));
	EXPECT_EQ(-EINVAL, ret_errno(write(self->ctx, &byte, 1)));
	EXPECT_EQ(-EINVAL, ret_errno(pread(self->ctx, &byte, 1, 0)));
	EXPECT_EQ(-EINVAL, ret_errno(pwrite(self->ctx, &byte, 1, 0)));
}

TEST_F(file, context_is_opened_for_neither_reading_nor_writing_in_particular)
{
	const int flags[] = { O_RDONLY, O_WRONLY, O_RDWR };
	size_t i;

	for (i = 0; i < ARRAY_SIZE(flags); i++) {
		ksock_ctx = ret_errno(open(KSOCK_DEVICE, flags[i] | O_CLOEXEC));
		ASSERT_LE(0, ksock_ctx);
		EXPECT_LE(0, ksock_socket(AF_INET, SOCK_STREAM, 0));
	}
}

/* As every file without an operation for it. */
TEST_F(file, context_is_always_ready)
{
	EXPECT_EQ(POLLIN | POLLOUT, wait_events(self->ctx, POLLIN | POLLOUT, 0));
}

TEST_F(file, context_in_an_epoll_set_fails_with_eperm)
{
	struct epoll_event event = { .events = EPOLLIN };
	int set;

	set = epoll_create1(EPOLL_CLOEXEC);
	ASSERT_LE(0, set);
	EXPECT_EQ(-EPERM, ret_errno(epoll_ctl(set, EPOLL_CTL_ADD, self->ctx,
					      &event)));
	EXPECT_EQ(0, epoll_ctl(set, EPOLL_CTL_ADD, self->fd, &event));
}

TEST_F(file, mmap_fails_with_enodev)
{
	size_t page = sysconf(_SC_PAGESIZE);

	errno = 0;
	EXPECT_TRUE(mmap(NULL, page, PROT_READ, MAP_SHARED, self->ctx, 0) ==
		    MAP_FAILED);
	EXPECT_EQ(ENODEV, errno);
	errno = 0;
	EXPECT_TRUE(mmap(NULL, page, PROT_READ, MAP_PRIVATE, self->fd, 0) ==
		    MAP_FAILED);
	EXPECT_EQ(ENODEV, errno);
}

TEST_F(file, context_stays_at_its_start)
{
	EXPECT_EQ(0, lseek(self->ctx, 0, SEEK_CUR));
	EXPECT_EQ(0, lseek(self->ctx, 100, SEEK_SET));
	EXPECT_EQ(0, lseek(self->ctx, 0, SEEK_CUR));
}

TEST_F(file, socket_has_no_position)
{
	char byte = 0;
	struct iovec iov = { .iov_base = &byte, .iov_len = 1 };

	EXPECT_EQ(-ESPIPE, ret_errno(lseek(self->fd, 0, SEEK_CUR)));
	EXPECT_EQ(-ESPIPE, ret_errno(lseek(self->fd, 1, SEEK_SET)));
	EXPECT_EQ(-ESPIPE, ret_errno(pread(self->fd, &byte, 1, 0)));
	EXPECT_EQ(-ESPIPE, ret_errno(pwrite(self->fd, &byte, 1, 0)));
	EXPECT_EQ(-ESPIPE, ret_errno(preadv(self->fd, &iov, 1, 0)));
	EXPECT_EQ(-ESPIPE, ret_errno(pwritev(self->fd, &iov, 1, 0)));
}

TEST_F(file, neither_has_a_size_or_blocks)
{
	EXPECT_EQ(-EINVAL, ret_errno(ftruncate(self->ctx, 0)));
	EXPECT_EQ(-EINVAL, ret_errno(ftruncate(self->fd, 0)));
	EXPECT_EQ(-ENODEV, ret_errno(fallocate(self->ctx, 0, 0, 1)));
	EXPECT_EQ(-ENODEV, ret_errno(fallocate(self->fd, 0, 0, 1)));
	EXPECT_EQ(-EINVAL, ret_errno(fsync(self->ctx)));
	EXPECT_EQ(-EINVAL, ret_errno(fsync(self->fd)));
}

TEST_F(file, flags_are_those_of_open_and_fcntl)
{
	EXPECT_EQ(O_RDWR, fcntl(self->fd, F_GETFL));
	EXPECT_EQ(0, fcntl(self->fd, F_GETFD));
	EXPECT_EQ(0, fcntl(self->fd, F_SETFL, O_NONBLOCK));
	EXPECT_EQ(O_RDWR | O_NONBLOCK, fcntl(self->fd, F_GETFL));
	EXPECT_EQ(0, fcntl(self->fd, F_SETFL, 0));
	EXPECT_EQ(O_RDWR, fcntl(self->fd, F_GETFL));

	EXPECT_EQ(FD_CLOEXEC, fcntl(self->ctx, F_GETFD));
	EXPECT_EQ(0, fcntl(self->ctx, F_SETFL, O_NONBLOCK));
	EXPECT_EQ(O_NONBLOCK, fcntl(self->ctx, F_GETFL) & O_NONBLOCK);
}

/* What a context is set to has no part in the sockets made from it. */
TEST_F(file, nonblocking_context_makes_blocking_sockets)
{
	int fd;

	ASSERT_EQ(0, fcntl(self->ctx, F_SETFL, O_NONBLOCK));
	fd = ksock_socket(AF_INET, SOCK_STREAM, 0);
	ASSERT_LE(0, fd);
	EXPECT_EQ(O_RDWR, fcntl(fd, F_GETFL));
}

TEST_F(file, socket_calls_fail_with_enotsock)
{
	struct addr addr = addr_loopback(AF_INET, PORT);
	const int fds[] = { self->ctx, self->fd };
	int value = 1, i;
	socklen_t len;
	char byte = 0;

	for (i = 0; i < ARRAY_SIZE(fds); i++) {
		EXPECT_EQ(-ENOTSOCK, plain_bind(fds[i], &addr.sa, addr.len));
		EXPECT_EQ(-ENOTSOCK, plain_listen(fds[i], 1));
		EXPECT_EQ(-ENOTSOCK, plain_accept(fds[i], NULL, NULL, 0));
		EXPECT_EQ(-ENOTSOCK, plain_connect(fds[i], &addr.sa, addr.len));
		EXPECT_EQ(-ENOTSOCK, plain_sendto(fds[i], &byte, 1, 0, NULL,
						  0));
		EXPECT_EQ(-ENOTSOCK, face_recv(&plain_face, fds[i], &byte, 1,
					       0));
		EXPECT_EQ(-ENOTSOCK, plain_shutdown(fds[i], SHUT_RDWR));
		len = sizeof(addr.storage);
		EXPECT_EQ(-ENOTSOCK, plain_getsockname(fds[i], &addr.sa, &len));
		EXPECT_EQ(-ENOTSOCK, plain_getpeername(fds[i], &addr.sa, &len));
		len = sizeof(value);
		EXPECT_EQ(-ENOTSOCK, ret_errno(getsockopt(fds[i], SOL_SOCKET,
							  SO_TYPE, &value,
							  &len)));
		EXPECT_EQ(-ENOTSOCK, ret_errno(setsockopt(fds[i], SOL_SOCKET,
							  SO_KEEPALIVE, &value,
							  sizeof(value))));
	}
}

TEST_F(file, open_anew_by_its_link_fails_with_enxio)
{
	char path[64];
	int fd;

	snprintf(path, sizeof(path), "/proc/self/fd/%d", self->fd);
	EXPECT_EQ(-ENXIO, ret_errno(open(path, O_RDWR)));
	/* While that of a context leads to the device: another context. */
	snprintf(path, sizeof(path), "/proc/self/fd/%d", self->ctx);
	fd = ret_errno(open(path, O_RDWR | O_CLOEXEC));
	EXPECT_LE(0, fd);
	ksock_ctx = fd;
	EXPECT_LE(0, ksock_socket(AF_INET, SOCK_STREAM, 0));
}

TEST_HARNESS_MAIN
