// SPDX-License-Identifier: GPL-2.0-only
/*
 * Connecting without waiting: how poll, epoll and SO_ERROR tell that it has
 * ended and how, and what a further attempt answers meanwhile and afterwards.
 */
#include "fixture.h"
#include "watch.h"

/* What SO_ERROR says, and forgets; or -errno. */
static int error_take(const struct face *face, int fd)
{
	int error = -1, ret;
	socklen_t len = sizeof(error);

	ret = face->getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &len);
	return ret ? ret : error;
}

/* A socket that does not wait and connects, or -errno. */
static int connecting_to(const struct face *face, const struct addr *addr)
{
	int fd, ret;

	fd = face->socket(addr->sa.sa_family, SOCK_STREAM | SOCK_NONBLOCK, 0);
	if (fd < 0)
		return fd;
	ret = face->connect(fd, &addr->sa, addr->len);
	if (ret == -EINPROGRESS)
		return fd;
	close(fd);
	return ret ? ret : -EISCONN;
}

TEST_F(stream, so_error_is_0_when_the_connection_was_made)
{
	struct addr peer = addr_room();
	int fd;

	ASSERT_LE(0, listener_at(&plain_face, &self->addr, 1));
	fd = connecting_to(self->face, &self->addr);
	ASSERT_LE(0, fd);
	EXPECT_EQ(POLLOUT, wait_events(fd, POLLIN | POLLOUT, WAIT_MS));
	EXPECT_EQ(0, error_take(self->face, fd));
	EXPECT_EQ(0, self->face->getpeername(fd, &peer.sa, &peer.len));
	EXPECT_EQ(1, face_send(self->face, fd, "x", 1, 0));
}

TEST_F(stream, so_error_tells_of_a_refusal_once)
{
	struct addr peer = addr_room();
	int fd;

	fd = connecting_to(self->face, &self->addr);
	ASSERT_LE(0, fd);
	EXPECT_EQ(POLLIN | POLLOUT | POLLERR | POLLHUP,
		  wait_events(fd, POLLIN | POLLOUT, WAIT_MS));
	EXPECT_EQ(ECONNREFUSED, error_take(self->face, fd));
	EXPECT_EQ(0, error_take(self->face, fd));
	EXPECT_EQ(POLLIN | POLLOUT | POLLHUP,
		  wait_events(fd, POLLIN | POLLOUT, 0));
	EXPECT_EQ(-ENOTCONN,
		  self->face->getpeername(fd, &peer.sa, &peer.len));
}

TEST_F(stream, connect_after_so_error_was_taken_fails_once_and_then_succeeds)
{
	int fd;

	fd = connecting_to(self->face, &self->addr);
	ASSERT_LE(0, fd);
	ASSERT_LT(0, wait_events(fd, POLLOUT, WAIT_MS));
	ASSERT_EQ(ECONNREFUSED, error_take(self->face, fd));
	EXPECT_EQ(-ECONNABORTED,
		  self->face->connect(fd, &self->addr.sa, self->addr.len));

	ASSERT_LE(0, listener_at(&plain_face, &self->addr, 1));
	EXPECT_EQ(-EINPROGRESS,
		  self->face->connect(fd, &self->addr.sa, self->addr.len));
	EXPECT_EQ(POLLOUT, wait_events(fd, POLLIN | POLLOUT, WAIT_MS));
	EXPECT_EQ(0, error_take(self->face, fd));
}

TEST_F(stream, so_error_is_0_while_the_connection_is_under_way)
{
	int listener, fd;

	listener = listener_full(&self->addr);
	ASSERT_LE(0, listener);
	fd = connecting_to(self->face, &self->addr);
	ASSERT_LE(0, fd);
	EXPECT_EQ(0, error_take(self->face, fd));
	EXPECT_EQ(0, wait_events(fd, POLLIN | POLLOUT, 0));
	EXPECT_EQ(-EALREADY,
		  self->face->connect(fd, &self->addr.sa, self->addr.len));

	ASSERT_LE(0, plain_accept(listener, NULL, NULL, 0));
	EXPECT_EQ(POLLOUT, wait_events(fd, POLLIN | POLLOUT, WAIT_MS));
	EXPECT_EQ(0, error_take(self->face, fd));
	EXPECT_EQ(0, self->face->connect(fd, &self->addr.sa, self->addr.len));
	EXPECT_EQ(-EISCONN,
		  self->face->connect(fd, &self->addr.sa, self->addr.len));
}

TEST_F(stream, data_cannot_be_moved_while_the_connection_is_under_way)
{
	char byte;
	int fd;

	ASSERT_LE(0, listener_full(&self->addr));
	fd = connecting_to(self->face, &self->addr);
	ASSERT_LE(0, fd);
	EXPECT_EQ(-EAGAIN, face_send(self->face, fd, "x", 1, 0));
	EXPECT_EQ(-EAGAIN, face_recv(self->face, fd, &byte, 1, 0));
	EXPECT_EQ(-EAGAIN, ret_errno(write(fd, "x", 1)));
	EXPECT_EQ(-EAGAIN, ret_errno(read(fd, &byte, 1)));
}

TEST_F(stream, o_nonblock_that_comes_late_does_not_hold_a_connect_up)
{
	struct call call = {
		.run = call_connect, .face = self->face, .addr = self->addr,
	};
	int listener;

	listener = listener_full(&self->addr);
	ASSERT_LE(0, listener);
	call.fd = self->face->socket(variant->family, SOCK_STREAM, 0);
	ASSERT_LE(0, call.fd);
	ASSERT_EQ(0, call_start(&call));
	ASSERT_TRUE(call_sleeps(&call));
	ASSERT_EQ(0, fcntl(call.fd, F_SETFL, O_NONBLOCK));
	EXPECT_EQ(-EALREADY, self->face->connect(call.fd, &self->addr.sa,
						 self->addr.len));
	EXPECT_TRUE(call_sleeps(&call));
	ASSERT_LE(0, plain_accept(listener, NULL, NULL, 0));
	EXPECT_EQ(0, call_end(&call));
}

/* ---- epoll --------------------------------------------------------------- */

TEST_F(stream, epoll_tells_the_end_of_a_connect_at_every_look)
{
	int listener, fd, epoll;

	listener = listener_full(&self->addr);
	ASSERT_LE(0, listener);
	fd = connecting_to(self->face, &self->addr);
	ASSERT_LE(0, fd);
	epoll = epoll_of(fd, EPOLLIN | EPOLLOUT);
	ASSERT_LE(0, epoll);
	EXPECT_EQ(0, epoll_events(epoll, 0));
	ASSERT_LE(0, plain_accept(listener, NULL, NULL, 0));
	EXPECT_EQ(EPOLLOUT, epoll_events(epoll, WAIT_MS));
	EXPECT_EQ(EPOLLOUT, epoll_events(epoll, 0));
	EXPECT_EQ(0, error_take(self->face, fd));
}

TEST_F(stream, epoll_edge_tells_the_end_of_a_connect_once)
{
	int listener, fd, epoll;

	listener = listener_full(&self->addr);
	ASSERT_LE(0, listener);
	fd = connecting_to(self->face, &self->addr);
	ASSERT_LE(0, fd);
	epoll = epoll_of(fd, EPOLLIN | EPOLLOUT | EPOLLET);
	ASSERT_LE(0, epoll);
	EXPECT_EQ(0, epoll_events(epoll, 0));
	ASSERT_LE(0, plain_accept(listener, NULL, NULL, 0));
	EXPECT_EQ(EPOLLOUT, epoll_events(epoll, WAIT_MS));
	EXPECT_EQ(0, epoll_events(epoll, 0));
	EXPECT_EQ(0, error_take(self->face, fd));
}

TEST_F(stream, epoll_edge_tells_of_a_refusal_once)
{
	int fd, epoll;

	fd = connecting_to(self->face, &self->addr);
	ASSERT_LE(0, fd);
	epoll = epoll_of(fd, EPOLLIN | EPOLLOUT | EPOLLET);
	ASSERT_LE(0, epoll);
	EXPECT_EQ(EPOLLIN | EPOLLOUT | EPOLLERR | EPOLLHUP,
		  epoll_events(epoll, WAIT_MS));
	EXPECT_EQ(0, epoll_events(epoll, 0));
	EXPECT_EQ(ECONNREFUSED, error_take(self->face, fd));
}

/* One look at an epoll tells of all that have ended, and how. */
TEST_F(stream, epoll_drives_many_connections_at_once)
{
	struct addr nobody = addr_loopback(variant->family, PORT + 1);
	int epoll, fds[16], refused = 0, made = 0, tries, count, i;
	struct epoll_event event = { .events = EPOLLOUT | EPOLLET };
	struct epoll_event events[ARRAY_SIZE(fds)];

	ASSERT_LE(0, listener_at(&plain_face, &self->addr, ARRAY_SIZE(fds)));
	epoll = epoll_create1(EPOLL_CLOEXEC);
	ASSERT_LE(0, epoll);
	for (i = 0; i < ARRAY_SIZE(fds); i++) {
		fds[i] = connecting_to(self->face,
				       i % 2 ? &nobody : &self->addr);
		ASSERT_LE(0, fds[i]);
		event.data.u32 = i;
		ASSERT_EQ(0, epoll_ctl(epoll, EPOLL_CTL_ADD, fds[i], &event));
	}
	for (tries = 0; made + refused < ARRAY_SIZE(fds); tries++) {
		ASSERT_GT(ARRAY_SIZE(fds), tries);
		count = epoll_wait(epoll, events, ARRAY_SIZE(fds), WAIT_MS);
		ASSERT_LT(0, count);
		while (count--) {
			i = events[count].data.u32;
			ASSERT_EQ(i % 2 ? ECONNREFUSED : 0,
				  error_take(self->face, fds[i]));
			*(i % 2 ? &refused : &made) += 1;
		}
	}
	EXPECT_EQ(ARRAY_SIZE(fds) / 2, made);
	EXPECT_EQ(ARRAY_SIZE(fds) / 2, refused);
}

TEST_HARNESS_MAIN
