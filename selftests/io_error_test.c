// SPDX-License-Identifier: GPL-2.0-only
/*
 * Moving data that cannot be moved: each error, and that it loses nothing an
 * ordinary socket would not lose.
 */
#include "fixture.h"

#include <sys/uio.h>

/* A pointer that is nobody's, whatever the process has mapped. */
#define POINTER_BEYOND	((void *)(uintptr_t)-4096)

TEST_F(socket, send_of_unreadable_memory_fails_with_efault)
{
	struct pair pair;
	char byte = 0;
	void *missing;

	missing = page_missing();
	ASSERT_NE(NULL, missing);
	ASSERT_EQ(0, pair_of(&pair, self->face, variant->family,
			     variant->type));
	EXPECT_EQ(-EFAULT, face_send(self->face, pair.fd, missing, 5, 0));
	EXPECT_EQ(-EFAULT,
		  face_send(self->face, pair.fd, POINTER_BEYOND, 5, 0));
	EXPECT_EQ(-EFAULT, ret_errno(write(pair.fd, missing, 5)));

	/* Nothing of it was sent. */
	EXPECT_EQ(1, face_send(self->face, pair.fd, "x", 1, 0));
	EXPECT_EQ(1, face_recv(&plain_face, pair.peer, &byte, 1, 0));
	EXPECT_EQ('x', byte);
	EXPECT_EQ(-EAGAIN,
		  face_recv(&plain_face, pair.peer, &byte, 1, MSG_DONTWAIT));
}

TEST_F(socket, recv_into_memory_of_nobody_fails_with_efault_and_takes_nothing)
{
	struct pair pair;
	char buf[16];

	ASSERT_EQ(0, pair_of(&pair, self->face, variant->family,
			     variant->type));
	ASSERT_EQ(5, face_send(&plain_face, pair.peer, "hello", 5, 0));
	ASSERT_EQ(POLLIN, wait_events(pair.fd, POLLIN, WAIT_MS));
	EXPECT_EQ(-EFAULT,
		  face_recv(self->face, pair.fd, POINTER_BEYOND, 5, 0));
	EXPECT_EQ(-EFAULT, ret_errno(read(pair.fd, POINTER_BEYOND, 5)));
	EXPECT_EQ(5, face_recv(self->face, pair.fd, buf, sizeof(buf), 0));
	EXPECT_EQ(0, memcmp("hello", buf, 5));
}

TEST_F(stream, recv_into_missing_memory_fails_with_efault_and_takes_nothing)
{
	struct pair pair;
	void *missing;
	char buf[16];

	missing = page_missing();
	ASSERT_NE(NULL, missing);
	ASSERT_EQ(0, pair_of_streams(&pair, self->face, variant->family));
	ASSERT_EQ(5, face_send(&plain_face, pair.peer, "hello", 5, 0));
	EXPECT_EQ(-EFAULT, face_recv(self->face, pair.fd, missing, 5, 0));
	EXPECT_EQ(-EFAULT, ret_errno(read(pair.fd, missing, 5)));
	EXPECT_EQ(5, face_recv(self->face, pair.fd, buf, sizeof(buf), 0));
	EXPECT_EQ(0, memcmp("hello", buf, 5));
}

TEST_F(dgram, recv_into_missing_memory_fails_with_efault_and_loses_the_datagram)
{
	struct pair pair;
	void *missing;
	char buf[16];

	missing = page_missing();
	ASSERT_NE(NULL, missing);
	ASSERT_EQ(0, pair_of_dgrams(&pair, self->face, variant->family));
	ASSERT_EQ(5, face_send(&plain_face, pair.peer, "hello", 5, 0));
	ASSERT_EQ(1, face_send(&plain_face, pair.peer, "x", 1, 0));
	EXPECT_EQ(-EFAULT, face_recv(self->face, pair.fd, missing, 5, 0));
	EXPECT_EQ(1, face_recv(self->face, pair.fd, buf, sizeof(buf), 0));
	EXPECT_EQ('x', buf[0]);
}

TEST_F(dgram, recvfrom_that_cannot_store_the_address_fails_with_efault)
{
	socklen_t room = sizeof(self->addr.storage);
	struct pair pair;
	int flags = 0;
	void *missing;
	char byte;

	missing = page_missing();
	ASSERT_NE(NULL, missing);
	ASSERT_EQ(0, pair_of_dgrams(&pair, self->face, variant->family));
	ASSERT_EQ(1, face_send(&plain_face, pair.peer, "x", 1, 0));
	EXPECT_EQ(-EFAULT, self->face->recvfrom(pair.fd, &byte, 1, &flags,
						missing, &room));
}

TEST_F(socket, sendto_an_unreadable_address_fails_with_efault)
{
	struct pair pair;
	void *missing;

	missing = page_missing();
	ASSERT_NE(NULL, missing);
	ASSERT_EQ(0, pair_of(&pair, self->face, variant->family,
			     variant->type));
	EXPECT_EQ(-EFAULT, self->face->sendto(pair.fd, "x", 1, 0, missing,
					      self->addr.len));
	EXPECT_EQ(-EFAULT, self->face->sendto(pair.fd, "x", 1, 0,
					      POINTER_BEYOND, self->addr.len));
}

TEST_F(socket, recv_on_an_unconnected_socket)
{
	char byte;
	int fd;

	fd = self->face->socket(variant->family, variant->type | SOCK_NONBLOCK,
				0);
	ASSERT_LE(0, fd);
	EXPECT_EQ(variant->type == SOCK_STREAM ? -ENOTCONN : -EAGAIN,
		  face_recv(self->face, fd, &byte, 1, 0));
	EXPECT_EQ(variant->type == SOCK_STREAM ? -ENOTCONN : -EAGAIN,
		  ret_errno(read(fd, &byte, 1)));
}

TEST_F(dgram, send_on_an_unconnected_socket_fails_with_edestaddrreq)
{
	int fd;

	fd = self->face->socket(variant->family, SOCK_DGRAM, 0);
	ASSERT_LE(0, fd);
	EXPECT_EQ(-EDESTADDRREQ, face_send(self->face, fd, "x", 1, 0));
	EXPECT_EQ(-EDESTADDRREQ, ret_errno(write(fd, "x", 1)));
}

TEST_F(stream, send_on_an_unconnected_socket_fails_with_epipe_and_sigpipe)
{
	int fd;

	ASSERT_EQ(0, signal_handle(SIGPIPE, 0));
	fd = self->face->socket(variant->family, SOCK_STREAM, 0);
	ASSERT_LE(0, fd);
	EXPECT_EQ(-EPIPE, face_send(self->face, fd, "x", 1, 0));
	EXPECT_EQ(1, signals);
	EXPECT_EQ(-EPIPE, ret_errno(write(fd, "x", 1)));
	EXPECT_EQ(2, signals);
}

TEST_F(stream, send_with_msg_nosignal_fails_with_epipe_alone)
{
	int fd;

	ASSERT_EQ(0, signal_handle(SIGPIPE, 0));
	fd = self->face->socket(variant->family, SOCK_STREAM, 0);
	ASSERT_LE(0, fd);
	EXPECT_EQ(-EPIPE, face_send(self->face, fd, "x", 1, MSG_NOSIGNAL));
	EXPECT_EQ(0, signals);
}

TEST_F(stream, send_and_recv_after_a_reset)
{
	static const struct linger reset = { .l_onoff = 1 };
	struct pair pair;
	char byte;

	ASSERT_EQ(0, signal_handle(SIGPIPE, 0));
	ASSERT_EQ(0, pair_of_streams(&pair, self->face, variant->family));
	ASSERT_EQ(0, setsockopt(pair.peer, SOL_SOCKET, SO_LINGER, &reset,
				sizeof(reset)));
	ASSERT_EQ(0, close(pair.peer));
	EXPECT_EQ(-ECONNRESET, face_recv(self->face, pair.fd, &byte, 1, 0));
	EXPECT_EQ(0, face_recv(self->face, pair.fd, &byte, 1, 0));
	EXPECT_EQ(0, signals);
	EXPECT_EQ(-EPIPE, face_send(self->face, pair.fd, "x", 1, 0));
	EXPECT_EQ(1, signals);
}

#ifndef RWF_NOSIGNAL
#define RWF_NOSIGNAL	0x00000100
#endif

/* Returns what a write that asks for no SIGPIPE says after the end. */
static ssize_t write_without_signal(struct __test_metadata *_metadata,
				    const struct face *face, int family)
{
	struct iovec iov = { .iov_base = "x", .iov_len = 1 };
	struct pair pair;
	ssize_t ret;

	ASSERT_EQ(0, pair_of_streams(&pair, face, family));
	ASSERT_EQ(0, face->shutdown(pair.fd, SHUT_WR));
	ret = pwritev2(pair.fd, &iov, 1, -1, RWF_NOSIGNAL);
	ret = ret < 0 ? -errno : ret;
	close(pair.fd);
	close(pair.peer);
	return ret;
}

/* A kernel that does not know the flag refuses it: EOPNOTSUPP. */
TEST_F(stream, write_with_rwf_nosignal_raises_none)
{
	ssize_t expected;

	signal_handle(SIGPIPE, 0);
	expected = write_without_signal(_metadata, &plain_face,
					variant->family);
	EXPECT_TRUE(expected == -EPIPE || expected == -EOPNOTSUPP);
	EXPECT_EQ(expected, write_without_signal(_metadata, self->face,
						 variant->family));
	EXPECT_EQ(0, signals);
}

TEST_HARNESS_MAIN
