// SPDX-License-Identifier: GPL-2.0-only
/*
 * Readiness: the events of poll, select and epoll, O_NONBLOCK and the ways to
 * set it, and SIGIO.
 */
#include "fixture.h"
#include "bulk.h"
#include "watch.h"

#include <sys/select.h>

/* Every event that can be asked for. */
#define POLL_ALL	(POLLIN | POLLOUT | POLLPRI | POLLRDHUP)

/* The number of the signal that came, its descriptor in @fd, or -EAGAIN. */
static int signal_take(const sigset_t *set, int *fd, int ms)
{
	struct timespec timeout = { ms / 1000, ms % 1000 * 1000000L };
	siginfo_t info;
	int ret;

	ret = ret_errno(sigtimedwait(set, &info, &timeout));
	if (ret > 0)
		*fd = info.si_fd;
	return ret;
}

/* ---- poll ---------------------------------------------------------------- */

TEST_F(socket, poll_of_an_unconnected_socket)
{
	int fd;

	fd = self->face->socket(variant->family, variant->type, 0);
	ASSERT_LE(0, fd);
	EXPECT_EQ(variant->type == SOCK_STREAM ? POLLOUT | POLLHUP : POLLOUT,
		  wait_events(fd, POLL_ALL, 0));
}

TEST_F(socket, poll_of_an_idle_connection_is_writable)
{
	struct pair pair;

	ASSERT_EQ(0, pair_of(&pair, self->face, variant->family,
			     variant->type));
	EXPECT_EQ(POLLOUT, wait_events(pair.fd, POLL_ALL, 0));
	EXPECT_EQ(0, wait_events(pair.fd, POLLIN, 0));
}

TEST_F(socket, poll_sees_data_until_it_is_taken)
{
	struct pair pair;
	char byte;

	ASSERT_EQ(0, pair_of(&pair, self->face, variant->family,
			     variant->type));
	ASSERT_EQ(1, face_send(&plain_face, pair.peer, "x", 1, 0));
	EXPECT_EQ(POLLIN, wait_events(pair.fd, POLLIN, WAIT_MS));
	EXPECT_EQ(POLLIN | POLLOUT, wait_events(pair.fd, POLL_ALL, 0));
	ASSERT_EQ(1, face_recv(self->face, pair.fd, &byte, 1, 0));
	EXPECT_EQ(POLLOUT, wait_events(pair.fd, POLL_ALL, 0));
}

static ssize_t poll_in(struct call *call)
{
	return wait_events(call->fd, POLLIN, WAIT_MS);
}

TEST_F(socket, poll_wakes_when_data_comes)
{
	struct call call = { .run = poll_in };
	struct pair pair;

	ASSERT_EQ(0, pair_of(&pair, self->face, variant->family,
			     variant->type));
	call.fd = pair.fd;
	ASSERT_EQ(0, call_start(&call));
	ASSERT_TRUE(call_sleeps(&call));
	ASSERT_EQ(1, face_send(&plain_face, pair.peer, "x", 1, 0));
	EXPECT_EQ(POLLIN, call_end(&call));
}

TEST_F(stream, poll_of_a_listener_is_readable_while_connections_wait)
{
	int fd;

	fd = listener_at(self->face, &self->addr, 1);
	ASSERT_LE(0, fd);
	EXPECT_EQ(0, wait_events(fd, POLL_ALL, 0));
	ASSERT_LE(0, connected_to(&plain_face, SOCK_STREAM, &self->addr));
	EXPECT_EQ(POLLIN, wait_events(fd, POLL_ALL, WAIT_MS));
	ASSERT_LE(0, self->face->accept(fd, NULL, NULL, 0));
	EXPECT_EQ(0, wait_events(fd, POLL_ALL, 0));
}

TEST_F(stream, poll_of_a_full_stream_is_not_writable_until_there_is_room)
{
	static char buf[1 << 16];
	struct pair pair;
	size_t left;
	ssize_t ret;

	ASSERT_EQ(0, pair_of_streams(&pair, self->face, variant->family));
	left = fill(self->face, pair.fd);
	EXPECT_LT(0, left);
	EXPECT_EQ(0, wait_events(pair.fd, POLLOUT, 0));
	while (left) {
		ASSERT_EQ(POLLIN, wait_events(pair.peer, POLLIN, WAIT_MS));
		ret = face_recv(&plain_face, pair.peer, buf, sizeof(buf), 0);
		ASSERT_LT(0, ret);
		left -= ret;
	}
	EXPECT_EQ(POLLOUT, wait_events(pair.fd, POLL_ALL, WAIT_MS));
}

TEST_F(stream, poll_tells_that_the_peer_writes_no_more)
{
	struct pair pair;

	ASSERT_EQ(0, pair_of_streams(&pair, self->face, variant->family));
	ASSERT_EQ(0, plain_shutdown(pair.peer, SHUT_WR));
	EXPECT_EQ(POLLRDHUP, wait_events(pair.fd, POLLRDHUP, WAIT_MS));
	EXPECT_EQ(POLLIN | POLLOUT | POLLRDHUP,
		  wait_events(pair.fd, POLL_ALL, 0));
}

TEST_F(stream, poll_tells_that_both_directions_have_ended)
{
	struct pair pair;

	ASSERT_EQ(0, pair_of_streams(&pair, self->face, variant->family));
	ASSERT_EQ(0, plain_shutdown(pair.peer, SHUT_WR));
	ASSERT_EQ(POLLIN, wait_events(pair.fd, POLLIN, WAIT_MS));
	ASSERT_EQ(0, self->face->shutdown(pair.fd, SHUT_WR));
	EXPECT_EQ(POLLIN | POLLOUT | POLLRDHUP | POLLHUP,
		  wait_events(pair.fd, POLL_ALL, 0));
}

TEST_F(stream, poll_tells_that_its_own_end_was_shut_down)
{
	struct pair pair;

	ASSERT_EQ(0, pair_of_streams(&pair, self->face, variant->family));
	ASSERT_EQ(0, self->face->shutdown(pair.fd, SHUT_RD));
	EXPECT_EQ(POLLIN | POLLOUT | POLLRDHUP,
		  wait_events(pair.fd, POLL_ALL, 0));
	ASSERT_EQ(0, self->face->shutdown(pair.fd, SHUT_WR));
	EXPECT_EQ(POLLIN | POLLOUT | POLLRDHUP | POLLHUP,
		  wait_events(pair.fd, POLL_ALL, 0));
}

TEST_F(stream, poll_tells_of_a_reset)
{
	static const struct linger reset = { .l_onoff = 1 };
	struct pair pair;

	ASSERT_EQ(0, pair_of_streams(&pair, self->face, variant->family));
	ASSERT_EQ(0, setsockopt(pair.peer, SOL_SOCKET, SO_LINGER, &reset,
				sizeof(reset)));
	ASSERT_EQ(0, close(pair.peer));
	/* There is room to send before it comes. */
	ASSERT_LT(0, wait_events(pair.fd, POLLIN, WAIT_MS));
	EXPECT_EQ(POLLIN | POLLOUT | POLLRDHUP | POLLERR | POLLHUP,
		  wait_events(pair.fd, POLLIN | POLLOUT | POLLRDHUP, 0));
}

TEST_F(dgram, poll_tells_of_a_refusal_until_it_is_taken)
{
	char byte;
	int fd;

	fd = self->face->socket(variant->family, SOCK_DGRAM, 0);
	ASSERT_LE(0, fd);
	ASSERT_EQ(0, self->face->connect(fd, &self->addr.sa, self->addr.len));
	ASSERT_EQ(1, face_send(self->face, fd, "x", 1, 0));
	EXPECT_EQ(POLLERR, wait_events(fd, 0, WAIT_MS));
	ASSERT_EQ(-ECONNREFUSED, face_recv(self->face, fd, &byte, 1, 0));
	EXPECT_EQ(0, wait_events(fd, 0, 0));
}

TEST_F(dgram, poll_tells_of_a_shutdown)
{
	struct pair pair;

	ASSERT_EQ(0, pair_of_dgrams(&pair, self->face, variant->family));
	ASSERT_EQ(0, self->face->shutdown(pair.fd, SHUT_RD));
	EXPECT_EQ(POLLIN | POLLOUT | POLLRDHUP,
		  wait_events(pair.fd, POLL_ALL, 0));
	ASSERT_EQ(0, self->face->shutdown(pair.fd, SHUT_WR));
	EXPECT_EQ(POLLIN | POLLOUT | POLLRDHUP | POLLHUP,
		  wait_events(pair.fd, POLL_ALL, 0));
}

TEST_F(socket, select_agrees_with_poll)
{
	struct timeval timeout = { .tv_sec = WAIT_MS / 1000 };
	fd_set in, out, except;
	struct pair pair;

	ASSERT_EQ(0, pair_of(&pair, self->face, variant->family,
			     variant->type));
	ASSERT_EQ(1, face_send(&plain_face, pair.peer, "x", 1, 0));
	ASSERT_EQ(POLLIN, wait_events(pair.fd, POLLIN, WAIT_MS));
	FD_ZERO(&in);
	FD_ZERO(&out);
	FD_ZERO(&except);
	FD_SET(pair.fd, &in);
	FD_SET(pair.fd, &out);
	FD_SET(pair.fd, &except);
	EXPECT_EQ(2, select(pair.fd + 1, &in, &out, &except, &timeout));
	EXPECT_TRUE(FD_ISSET(pair.fd, &in));
	EXPECT_TRUE(FD_ISSET(pair.fd, &out));
	EXPECT_FALSE(FD_ISSET(pair.fd, &except));
}

/* ---- epoll --------------------------------------------------------------- */

TEST_F(socket, epoll_level_is_told_as_long_as_it_lasts)
{
	struct pair pair;
	int epoll;
	char byte;

	ASSERT_EQ(0, pair_of(&pair, self->face, variant->family,
			     variant->type));
	epoll = epoll_of(pair.fd, EPOLLIN);
	ASSERT_LE(0, epoll);
	EXPECT_EQ(0, epoll_events(epoll, 0));
	ASSERT_EQ(1, face_send(&plain_face, pair.peer, "x", 1, 0));
	EXPECT_EQ(EPOLLIN, epoll_events(epoll, WAIT_MS));
	EXPECT_EQ(EPOLLIN, epoll_events(epoll, 0));
	ASSERT_EQ(1, face_recv(self->face, pair.fd, &byte, 1, 0));
	EXPECT_EQ(0, epoll_events(epoll, 0));
}

TEST_F(socket, epoll_edge_is_told_once_for_each)
{
	struct pair pair;
	int epoll, i;

	ASSERT_EQ(0, pair_of(&pair, self->face, variant->family,
			     variant->type));
	epoll = epoll_of(pair.fd, EPOLLIN | EPOLLET);
	ASSERT_LE(0, epoll);
	EXPECT_EQ(0, epoll_events(epoll, 0));
	for (i = 0; i < 3; i++) {
		ASSERT_EQ(1, face_send(&plain_face, pair.peer, "x", 1, 0));
		EXPECT_EQ(EPOLLIN, epoll_events(epoll, WAIT_MS));
		EXPECT_EQ(0, epoll_events(epoll, 0));
	}
}

TEST_F(stream, epoll_edge_of_a_listener_is_told_for_each_connection)
{
	int fd, epoll, i;

	fd = listener_at(self->face, &self->addr, 3);
	ASSERT_LE(0, fd);
	epoll = epoll_of(fd, EPOLLIN | EPOLLET);
	ASSERT_LE(0, epoll);
	for (i = 0; i < 3; i++) {
		ASSERT_LE(0, connected_to(&plain_face, SOCK_STREAM,
					  &self->addr));
		EXPECT_EQ(EPOLLIN, epoll_events(epoll, WAIT_MS));
		EXPECT_EQ(0, epoll_events(epoll, 0));
	}
}

TEST_F(stream, epoll_edge_of_room_comes_after_the_stream_was_full)
{
	static char buf[1 << 16];
	struct pair pair;
	size_t left;
	ssize_t ret;
	int epoll;

	ASSERT_EQ(0, pair_of_streams(&pair, self->face, variant->family));
	left = fill(self->face, pair.fd);
	epoll = epoll_of(pair.fd, EPOLLOUT | EPOLLET);
	ASSERT_LE(0, epoll);
	EXPECT_EQ(0, epoll_events(epoll, 0));
	ASSERT_EQ(-EAGAIN,
		  face_send(self->face, pair.fd, "x", 1, MSG_DONTWAIT));
	while (left) {
		ret = face_recv(&plain_face, pair.peer, buf, sizeof(buf), 0);
		ASSERT_LT(0, ret);
		left -= ret;
	}
	EXPECT_EQ(EPOLLOUT, epoll_events(epoll, WAIT_MS));
}

TEST_F(socket, epoll_oneshot_is_told_once_until_rearmed)
{
	struct epoll_event event = { .events = EPOLLIN | EPOLLONESHOT };
	struct pair pair;
	int epoll;

	ASSERT_EQ(0, pair_of(&pair, self->face, variant->family,
			     variant->type));
	epoll = epoll_of(pair.fd, EPOLLIN | EPOLLONESHOT);
	ASSERT_LE(0, epoll);
	ASSERT_EQ(1, face_send(&plain_face, pair.peer, "x", 1, 0));
	EXPECT_EQ(EPOLLIN, epoll_events(epoll, WAIT_MS));
	ASSERT_EQ(1, face_send(&plain_face, pair.peer, "y", 1, 0));
	EXPECT_EQ(0, epoll_events(epoll, 0));
	ASSERT_EQ(0, epoll_ctl(epoll, EPOLL_CTL_MOD, pair.fd, &event));
	EXPECT_EQ(EPOLLIN, epoll_events(epoll, WAIT_MS));
}

TEST_F(stream, epoll_tells_of_a_hangup_unasked)
{
	struct pair pair;
	int epoll;

	ASSERT_EQ(0, pair_of_streams(&pair, self->face, variant->family));
	epoll = epoll_of(pair.fd, EPOLLRDHUP);
	ASSERT_LE(0, epoll);
	ASSERT_EQ(0, self->face->shutdown(pair.fd, SHUT_WR));
	EXPECT_EQ(0, epoll_events(epoll, 0));
	ASSERT_EQ(0, close(pair.peer));
	EXPECT_EQ(EPOLLRDHUP | EPOLLHUP, epoll_events(epoll, WAIT_MS));
}

TEST_F(socket, epoll_forgets_a_socket_with_its_last_descriptor)
{
	struct pair pair;
	int epoll, fd;

	ASSERT_EQ(0, pair_of(&pair, self->face, variant->family,
			     variant->type));
	epoll = epoll_of(pair.fd, EPOLLIN);
	ASSERT_LE(0, epoll);
	fd = dup(pair.fd);
	ASSERT_LE(0, fd);
	ASSERT_EQ(1, face_send(&plain_face, pair.peer, "x", 1, 0));
	ASSERT_EQ(0, close(pair.fd));
	EXPECT_EQ(EPOLLIN, epoll_events(epoll, WAIT_MS));
	ASSERT_EQ(0, close(fd));
	EXPECT_EQ(0, epoll_events(epoll, 0));
}

TEST_F(stream, close_of_the_last_descriptor_ends_the_connection)
{
	struct pair pair;
	char byte;
	int fd;

	ASSERT_EQ(0, pair_of_streams(&pair, self->face, variant->family));
	fd = dup(pair.fd);
	ASSERT_LE(0, fd);
	ASSERT_EQ(0, close(pair.fd));
	EXPECT_EQ(1, face_send(self->face, fd, "x", 1, 0));
	EXPECT_EQ(1, face_recv(&plain_face, pair.peer, &byte, 1, 0));
	EXPECT_EQ(0, wait_events(pair.peer, POLLIN, 0));
	ASSERT_EQ(0, close(fd));
	EXPECT_EQ(POLLIN, wait_events(pair.peer, POLLIN, WAIT_MS));
	EXPECT_EQ(0, face_recv(&plain_face, pair.peer, &byte, 1, 0));
}

/* ---- O_NONBLOCK ---------------------------------------------------------- */

TEST_F(socket, nonblock_acts_on_recv_and_read_until_it_is_undone)
{
	char byte;
	struct call call = {
		.run = call_recv, .face = self->face, .buf = &byte, .len = 1,
	};
	struct pair pair;
	int on = 1;

	ASSERT_EQ(0, pair_of(&pair, self->face, variant->family,
			     variant->type));
	ASSERT_EQ(0, fcntl(pair.fd, F_SETFL, O_NONBLOCK));
	EXPECT_EQ(O_RDWR | O_NONBLOCK, fcntl(pair.fd, F_GETFL));
	EXPECT_EQ(-EAGAIN, face_recv(self->face, pair.fd, &byte, 1, 0));
	EXPECT_EQ(-EAGAIN, ret_errno(read(pair.fd, &byte, 1)));
	ASSERT_EQ(0, fcntl(pair.fd, F_SETFL, 0));
	EXPECT_EQ(O_RDWR, fcntl(pair.fd, F_GETFL));

	ASSERT_EQ(0, ioctl(pair.fd, FIONBIO, &on));
	EXPECT_EQ(O_RDWR | O_NONBLOCK, fcntl(pair.fd, F_GETFL));
	EXPECT_EQ(-EAGAIN, face_recv(self->face, pair.fd, &byte, 1, 0));
	EXPECT_EQ(-EAGAIN, ret_errno(read(pair.fd, &byte, 1)));
	on = 0;
	ASSERT_EQ(0, ioctl(pair.fd, FIONBIO, &on));
	EXPECT_EQ(O_RDWR, fcntl(pair.fd, F_GETFL));

	call.fd = pair.fd;
	ASSERT_EQ(0, call_start(&call));
	ASSERT_TRUE(call_sleeps(&call));
	ASSERT_EQ(1, face_send(&plain_face, pair.peer, "x", 1, 0));
	EXPECT_EQ(1, call_end(&call));
}

static ssize_t read_byte(struct call *call)
{
	return ret_errno(read(call->fd, call->buf, 1));
}

TEST_F(socket, read_waits_once_nonblock_is_undone)
{
	char byte;
	struct call call = { .run = read_byte, .buf = &byte };
	struct pair pair;

	ASSERT_EQ(0, pair_of(&pair, self->face, variant->family,
			     variant->type));
	call.fd = pair.fd;
	ASSERT_EQ(0, fcntl(pair.fd, F_SETFL, O_NONBLOCK));
	ASSERT_EQ(-EAGAIN, ret_errno(read(pair.fd, &byte, 1)));
	ASSERT_EQ(0, fcntl(pair.fd, F_SETFL, 0));
	ASSERT_EQ(0, call_start(&call));
	ASSERT_TRUE(call_sleeps(&call));
	ASSERT_EQ(1, face_send(&plain_face, pair.peer, "x", 1, 0));
	EXPECT_EQ(1, call_end(&call));
}

TEST_F(stream, nonblock_acts_on_accept_until_it_is_undone)
{
	struct call call = { .run = call_accept, .face = self->face };

	call.fd = listener_at(self->face, &self->addr, 1);
	ASSERT_LE(0, call.fd);
	ASSERT_EQ(0, fcntl(call.fd, F_SETFL, O_NONBLOCK));
	EXPECT_EQ(-EAGAIN, self->face->accept(call.fd, NULL, NULL, 0));
	ASSERT_EQ(0, fcntl(call.fd, F_SETFL, 0));
	ASSERT_EQ(0, call_start(&call));
	ASSERT_TRUE(call_sleeps(&call));
	ASSERT_LE(0, connected_to(&plain_face, SOCK_STREAM, &self->addr));
	EXPECT_LE(0, call_end(&call));
}

TEST_F(stream, nonblock_acts_on_write)
{
	struct pair pair;

	ASSERT_EQ(0, pair_of_streams(&pair, self->face, variant->family));
	ASSERT_LT(0, fill(self->face, pair.fd));
	ASSERT_EQ(0, fcntl(pair.fd, F_SETFL, O_NONBLOCK));
	EXPECT_EQ(-EAGAIN, ret_errno(write(pair.fd, "x", 1)));
	EXPECT_EQ(-EAGAIN, face_send(self->face, pair.fd, "x", 1, 0));
}

TEST_F(socket, nonblock_belongs_to_the_file_not_the_descriptor)
{
	struct pair pair;
	char byte;
	int fd;

	ASSERT_EQ(0, pair_of(&pair, self->face, variant->family,
			     variant->type));
	fd = dup(pair.fd);
	ASSERT_LE(0, fd);
	ASSERT_EQ(0, fcntl(fd, F_SETFL, O_NONBLOCK));
	EXPECT_EQ(-EAGAIN, face_recv(self->face, pair.fd, &byte, 1, 0));
}

/* ---- SIGIO --------------------------------------------------------------- */

TEST_F(socket, async_signals_the_owner_when_data_comes)
{
	struct pair pair;
	int fd = -1;
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGIO);
	ASSERT_EQ(0, sigprocmask(SIG_BLOCK, &set, NULL));
	ASSERT_EQ(0, pair_of(&pair, self->face, variant->family,
			     variant->type));
	ASSERT_EQ(0, fcntl(pair.fd, F_SETOWN, getpid()));
	EXPECT_EQ(getpid(), fcntl(pair.fd, F_GETOWN));
	ASSERT_EQ(0, fcntl(pair.fd, F_SETFL, O_ASYNC));
	EXPECT_EQ(O_RDWR | O_ASYNC, fcntl(pair.fd, F_GETFL));
	ASSERT_EQ(1, face_send(&plain_face, pair.peer, "x", 1, 0));
	EXPECT_EQ(SIGIO, signal_take(&set, &fd, WAIT_MS));
}

TEST_F(socket, async_tells_the_descriptor_with_the_signal_of_choice)
{
	struct pair pair;
	int fd = -1;
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGRTMIN);
	ASSERT_EQ(0, sigprocmask(SIG_BLOCK, &set, NULL));
	ASSERT_EQ(0, pair_of(&pair, self->face, variant->family,
			     variant->type));
	ASSERT_EQ(0, fcntl(pair.fd, F_SETOWN, getpid()));
	ASSERT_EQ(0, fcntl(pair.fd, F_SETSIG, SIGRTMIN));
	ASSERT_EQ(0, fcntl(pair.fd, F_SETFL, O_ASYNC));
	ASSERT_EQ(1, face_send(&plain_face, pair.peer, "x", 1, 0));
	EXPECT_EQ(SIGRTMIN, signal_take(&set, &fd, WAIT_MS));
	EXPECT_EQ(pair.fd, fd);
}

TEST_F(socket, async_ends_when_it_is_turned_off)
{
	struct pair pair;
	int fd, on = 1;
	sigset_t set;
	char byte;

	sigemptyset(&set);
	sigaddset(&set, SIGIO);
	ASSERT_EQ(0, sigprocmask(SIG_BLOCK, &set, NULL));
	ASSERT_EQ(0, pair_of(&pair, self->face, variant->family,
			     variant->type));
	ASSERT_EQ(0, fcntl(pair.fd, F_SETOWN, getpid()));
	ASSERT_EQ(0, ioctl(pair.fd, FIOASYNC, &on));
	ASSERT_EQ(1, face_send(&plain_face, pair.peer, "x", 1, 0));
	EXPECT_EQ(SIGIO, signal_take(&set, &fd, WAIT_MS));

	ASSERT_EQ(1, face_recv(self->face, pair.fd, &byte, 1, 0));
	ASSERT_EQ(0, fcntl(pair.fd, F_SETFL, 0));
	while (signal_take(&set, &fd, 0) == SIGIO)
		;
	ASSERT_EQ(1, face_send(&plain_face, pair.peer, "y", 1, 0));
	ASSERT_EQ(POLLIN, wait_events(pair.fd, POLLIN, WAIT_MS));
	EXPECT_EQ(-EAGAIN, signal_take(&set, &fd, 0));
}

TEST_F(stream, async_signals_a_connection_to_accept)
{
	int listener, fd = -1;
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGRTMIN);
	ASSERT_EQ(0, sigprocmask(SIG_BLOCK, &set, NULL));
	listener = listener_at(self->face, &self->addr, 1);
	ASSERT_LE(0, listener);
	ASSERT_EQ(0, fcntl(listener, F_SETOWN, getpid()));
	ASSERT_EQ(0, fcntl(listener, F_SETSIG, SIGRTMIN));
	ASSERT_EQ(0, fcntl(listener, F_SETFL, O_ASYNC));
	ASSERT_LE(0, connected_to(&plain_face, SOCK_STREAM, &self->addr));
	EXPECT_EQ(SIGRTMIN, signal_take(&set, &fd, WAIT_MS));
	EXPECT_EQ(listener, fd);
}

TEST_F(socket, close_of_an_async_socket_is_silent)
{
	struct pair pair;
	sigset_t set;
	int fd;

	sigemptyset(&set);
	sigaddset(&set, SIGIO);
	ASSERT_EQ(0, sigprocmask(SIG_BLOCK, &set, NULL));
	ASSERT_EQ(0, pair_of(&pair, self->face, variant->family,
			     variant->type));
	ASSERT_EQ(0, fcntl(pair.fd, F_SETOWN, getpid()));
	ASSERT_EQ(0, fcntl(pair.fd, F_SETFL, O_ASYNC));
	ASSERT_EQ(0, close(pair.fd));
	ASSERT_LE(0, face_send(&plain_face, pair.peer, "x", 1, 0));
	EXPECT_EQ(-EAGAIN, signal_take(&set, &fd, 0));
}

TEST_F(stream, urgent_data_is_pollpri_and_signals_the_owner)
{
	struct pair pair;
	sigset_t urgent;

	ASSERT_EQ(0, sigemptyset(&urgent));
	ASSERT_EQ(0, sigaddset(&urgent, SIGURG));
	ASSERT_EQ(0, sigprocmask(SIG_BLOCK, &urgent, NULL));
	ASSERT_EQ(0, pair_of_streams(&pair, self->face, variant->family));
	ASSERT_EQ(0, fcntl(pair.fd, F_SETOWN, getpid()));
	ASSERT_EQ(1, plain_sendto(pair.peer, "x", 1, MSG_OOB, NULL, 0));
	EXPECT_EQ(POLLPRI, wait_events(pair.fd, POLLPRI, WAIT_MS));

	/* The signal comes before the event. */
	ASSERT_EQ(0, sigpending(&urgent));
	EXPECT_EQ(DIFFERS(SIGURG), sigismember(&urgent, SIGURG));
}

TEST_HARNESS_MAIN
