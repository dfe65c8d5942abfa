// SPDX-License-Identifier: GPL-2.0-only
/*
 * Abortive close: ABORT of a ksock and connect(2) to AF_UNSPEC, of both faces,
 * which are to do the same.  The peer is plain.
 */
#include "fixture.h"

static int ksock_abort(int fd)
{
	struct ksock_abort_args args = {};

	return ret_errno(ioctl(fd, KSOCK_IOC_ABORT, &args));
}

static int plain_dissolve(int fd)
{
	struct sockaddr unspec = { .sa_family = AF_UNSPEC };

	return plain_connect(fd, &unspec, sizeof(unspec));
}

static int ksock_dissolve(int fd)
{
	struct sockaddr unspec = { .sa_family = AF_UNSPEC };

	return ksock_connect(fd, &unspec, sizeof(unspec));
}

FIXTURE(abort) {
	const struct face *face;
	int (*abort)(int fd);
	struct addr addr;
};

FIXTURE_VARIANT(abort) {
	const struct face *face;
	int (*abort)(int fd);
	int family;
};

#define VARIANT(_name, _face, _abort, _family)				\
	FIXTURE_VARIANT_ADD(abort, _name) {				\
		.face = _face, .abort = _abort, .family = _family,	\
	}

VARIANT(plain_connect_ipv4, &plain_face, plain_dissolve, AF_INET);
VARIANT(ksock_connect_ipv4, &ksock_face, ksock_dissolve, AF_INET);
VARIANT(ksock_abort_ipv4, &ksock_face, ksock_abort, AF_INET);
VARIANT(plain_connect_ipv6, &plain_face, plain_dissolve, AF_INET6);
VARIANT(ksock_connect_ipv6, &ksock_face, ksock_dissolve, AF_INET6);
VARIANT(ksock_abort_ipv6, &ksock_face, ksock_abort, AF_INET6);

FIXTURE_SETUP(abort)
{
	SETUP_KSOCK();
	self->face = variant->face;
	self->abort = variant->abort;
	self->addr = addr_loopback(variant->family, PORT);
}

FIXTURE_TEARDOWN(abort)
{
}

/* Whether the plain @peer has been reset, with nothing to receive before. */
static bool is_reset(int peer)
{
	char buf[16];

	return wait_events(peer, POLLIN, WAIT_MS) & POLLERR &&
	       face_recv(&plain_face, peer, buf, sizeof(buf), MSG_DONTWAIT) ==
	       -ECONNRESET;
}

static int socket_error(const struct face *face, int fd)
{
	socklen_t len = sizeof(int);
	int error = -1, ret;

	ret = face->getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &len);
	return ret ? ret : error;
}

/* Whether the socket connects to the plain @listener, and data goes through. */
static bool reusable(FIXTURE_DATA(abort) *self, int fd, int listener)
{
	char buf[4] = {};
	int peer, ret;

	if (self->face->connect(fd, &self->addr.sa, self->addr.len))
		return false;
	peer = plain_accept(listener, NULL, NULL, 0);
	if (peer < 0)
		return false;
	ret = face_send(self->face, fd, "new", 3, 0) == 3 &&
	      face_recv(&plain_face, peer, buf, sizeof(buf), 0) == 3 &&
	      !memcmp("new", buf, 3) &&
	      face_send(&plain_face, peer, "old", 3, 0) == 3 &&
	      face_recv(self->face, fd, buf, sizeof(buf), 0) == 3 &&
	      !memcmp("old", buf, 3);
	close(peer);
	return ret;
}

TEST_F(abort, of_a_connection_resets_the_peer)
{
	struct pair pair;

	ASSERT_EQ(0, pair_of_streams(&pair, self->face, variant->family));
	EXPECT_EQ(0, self->abort(pair.fd));
	EXPECT_TRUE(is_reset(pair.peer));
	/* No more than once: what follows is the end. */
	EXPECT_EQ(0, face_recv(&plain_face, pair.peer, &pair, 1,
			       MSG_DONTWAIT));
}

TEST_F(abort, drops_what_is_queued_in_both_directions)
{
	static char out[1 << 20];
	struct pair pair;
	size_t sent = 0;
	ssize_t ret;
	char byte;

	ASSERT_EQ(0, pair_of_streams(&pair, self->face, variant->family));
	/* More than the peer's window takes, so that some is queued here. */
	do {
		ret = face_send(self->face, pair.fd, out, sizeof(out),
				MSG_DONTWAIT);
		if (ret > 0)
			sent += ret;
	} while (ret > 0 && sent < 64 << 20);
	ASSERT_EQ(-EAGAIN, ret);
	ASSERT_EQ(5, face_send(&plain_face, pair.peer, "hello", 5, 0));
	ASSERT_EQ(POLLIN, wait_events(pair.fd, POLLIN, WAIT_MS));
	EXPECT_EQ(0, self->abort(pair.fd));
	/* What has arrived is not taken back, but nothing comes after it. */
	do {
		ASSERT_LT(0, wait_events(pair.peer, POLLIN, WAIT_MS));
		ret = face_recv(&plain_face, pair.peer, out, sizeof(out),
				MSG_DONTWAIT);
		if (ret > 0)
			sent -= ret;
	} while (ret > 0);
	EXPECT_EQ(-ECONNRESET, ret);
	EXPECT_LT(0, sent);
	EXPECT_EQ(-ECONNRESET, face_recv(self->face, pair.fd, &byte, 1,
					 MSG_DONTWAIT));
	EXPECT_EQ(-ENOTCONN, face_recv(self->face, pair.fd, &byte, 1,
				       MSG_DONTWAIT));
}

TEST_F(abort, leaves_a_socket_that_is_not_connected)
{
	struct addr name = addr_room();
	struct pair pair;

	ASSERT_EQ(0, pair_of_streams(&pair, self->face, variant->family));
	EXPECT_EQ(0, self->abort(pair.fd));
	EXPECT_EQ(-ENOTCONN, self->face->getpeername(pair.fd, &name.sa,
						     &name.len));
	EXPECT_EQ(POLLHUP, wait_events(pair.fd, 0, 0) & POLLHUP);
	EXPECT_EQ(ECONNRESET, socket_error(self->face, pair.fd));
	EXPECT_EQ(0, socket_error(self->face, pair.fd));
	EXPECT_EQ(-EPIPE, face_send(self->face, pair.fd, "x", 1,
				    MSG_NOSIGNAL));
}

TEST_F(abort, leaves_a_socket_that_can_connect_again)
{
	struct addr other = addr_loopback(variant->family, PORT + 1);
	struct pair pair;
	int listener, i;

	ASSERT_EQ(0, pair_of_streams(&pair, self->face, variant->family));
	self->addr = other;
	listener = listener_at(&plain_face, &other, 4);
	ASSERT_LE(0, listener);
	for (i = 0; i < 3; i++) {
		EXPECT_EQ(0, self->abort(pair.fd));
		EXPECT_TRUE(reusable(self, pair.fd, listener));
	}
}

TEST_F(abort, leaves_a_socket_that_can_listen)
{
	struct addr name = addr_room();
	struct pair pair;
	int client;

	ASSERT_EQ(0, pair_of_streams(&pair, self->face, variant->family));
	EXPECT_EQ(0, self->abort(pair.fd));
	ASSERT_EQ(0, self->face->listen(pair.fd, 1));
	ASSERT_EQ(0, self->face->getsockname(pair.fd, &name.sa, &name.len));
	self->addr.len = name.len;
	if (variant->family == AF_INET)
		self->addr.in.sin_port = name.in.sin_port;
	else
		self->addr.in6.sin6_port = name.in6.sin6_port;
	client = connected_to(&plain_face, SOCK_STREAM, &self->addr);
	ASSERT_LE(0, client);
	EXPECT_LE(0, self->face->accept(pair.fd, NULL, NULL, 0));
}

TEST_F(abort, does_not_look_at_linger_and_leaves_it_alone)
{
	const struct linger lingers[] = {
		{ .l_onoff = 0, .l_linger = 0 },
		{ .l_onoff = 1, .l_linger = 0 },
		{ .l_onoff = 1, .l_linger = 5 },
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(lingers); i++) {
		struct linger seen = { -1, -1 };
		socklen_t len = sizeof(seen);
		struct pair pair;

		ASSERT_EQ(0, pair_of_streams(&pair, self->face,
					     variant->family));
		ASSERT_EQ(0, self->face->setsockopt(pair.fd, SOL_SOCKET,
						    SO_LINGER, &lingers[i],
						    sizeof(lingers[i])));
		EXPECT_EQ(0, self->abort(pair.fd));
		EXPECT_TRUE(is_reset(pair.peer));
		ASSERT_EQ(0, self->face->getsockopt(pair.fd, SOL_SOCKET,
						    SO_LINGER, &seen, &len));
		EXPECT_EQ(lingers[i].l_onoff, seen.l_onoff);
		EXPECT_EQ(lingers[i].l_linger, seen.l_linger);
		close(pair.fd);
		close(pair.peer);
	}
}

TEST_F(abort, leaves_options_alone)
{
	int value = 1, seen = 0;
	socklen_t len = sizeof(seen);
	struct pair pair;

	ASSERT_EQ(0, pair_of_streams(&pair, self->face, variant->family));
	ASSERT_EQ(0, self->face->setsockopt(pair.fd, SOL_SOCKET, SO_KEEPALIVE,
					    &value, sizeof(value)));
	ASSERT_EQ(0, self->face->setsockopt(pair.fd, SOL_TCP, TCP_NODELAY,
					    &value, sizeof(value)));
	EXPECT_EQ(0, self->abort(pair.fd));
	ASSERT_EQ(0, self->face->getsockopt(pair.fd, SOL_SOCKET, SO_KEEPALIVE,
					    &seen, &len));
	EXPECT_EQ(1, seen);
	seen = 0;
	ASSERT_EQ(0, self->face->getsockopt(pair.fd, SOL_TCP, TCP_NODELAY,
					    &seen, &len));
	EXPECT_EQ(1, seen);
}

TEST_F(abort, of_a_half_closed_connection_resets_the_peer)
{
	struct pair pair;

	ASSERT_EQ(0, pair_of_streams(&pair, self->face, variant->family));
	ASSERT_EQ(0, plain_shutdown(pair.peer, SHUT_WR));
	ASSERT_TRUE(wait_events(pair.fd, POLLRDHUP, WAIT_MS) & POLLRDHUP);
	EXPECT_EQ(0, self->abort(pair.fd));
	EXPECT_TRUE(is_reset(pair.peer));
}

/* A connection that both ends have closed is over. */
TEST_F(abort, of_a_closed_connection_resets_nobody)
{
	struct pair pair;
	char byte;

	ASSERT_EQ(0, pair_of_streams(&pair, self->face, variant->family));
	ASSERT_EQ(0, plain_shutdown(pair.peer, SHUT_WR));
	ASSERT_TRUE(wait_events(pair.fd, POLLRDHUP, WAIT_MS) & POLLRDHUP);
	ASSERT_EQ(0, self->face->shutdown(pair.fd, SHUT_WR));
	ASSERT_TRUE(wait_events(pair.peer, POLLRDHUP, WAIT_MS) & POLLHUP);
	EXPECT_EQ(0, self->abort(pair.fd));
	EXPECT_EQ(0, face_recv(&plain_face, pair.peer, &byte, 1,
			       MSG_DONTWAIT));
}

TEST_F(abort, of_a_listener_resets_who_waits_and_frees_the_port)
{
	int listener, client, other;

	listener = listener_at(self->face, &self->addr, 4);
	ASSERT_LE(0, listener);
	client = connected_to(&plain_face, SOCK_STREAM, &self->addr);
	ASSERT_LE(0, client);
	ASSERT_EQ(POLLIN, wait_events(listener, POLLIN, WAIT_MS));
	EXPECT_EQ(0, self->abort(listener));
	EXPECT_TRUE(is_reset(client));
	EXPECT_EQ(-EINVAL, self->face->accept(listener, NULL, NULL, 0));
	EXPECT_EQ(-ECONNREFUSED, connected_to(&plain_face, SOCK_STREAM,
					      &self->addr));
	/* It was bound by name, so it still has the port, and can use it. */
	EXPECT_EQ(-EADDRINUSE, listener_at(&plain_face, &self->addr, 1));
	EXPECT_EQ(0, self->face->listen(listener, 1));
	other = connected_to(&plain_face, SOCK_STREAM, &self->addr);
	ASSERT_LE(0, other);
	EXPECT_LE(0, self->face->accept(listener, NULL, NULL, 0));
}

TEST_F(abort, of_a_connect_under_way_ends_it)
{
	int listener, fd;

	listener = listener_full(&self->addr);
	ASSERT_LE(0, listener);
	fd = self->face->socket(variant->family, SOCK_STREAM | SOCK_NONBLOCK,
				0);
	ASSERT_LE(0, fd);
	ASSERT_EQ(-EINPROGRESS, self->face->connect(fd, &self->addr.sa,
						    self->addr.len));
	EXPECT_EQ(0, self->abort(fd));
	EXPECT_EQ(ECONNRESET, socket_error(self->face, fd));
	/* The one that was there first is all that is accepted. */
	ASSERT_LE(0, plain_accept(listener, NULL, NULL, 0));
	ASSERT_EQ(0, fcntl(fd, F_SETFL, 0));
	EXPECT_TRUE(reusable(self, fd, listener));
}

TEST_F(abort, of_a_socket_that_is_not_connected_does_nothing)
{
	int listener, fd, i;

	listener = listener_at(&plain_face, &self->addr, 1);
	ASSERT_LE(0, listener);
	fd = self->face->socket(variant->family, SOCK_STREAM, 0);
	ASSERT_LE(0, fd);
	for (i = 0; i < 3; i++)
		EXPECT_EQ(0, self->abort(fd));
	EXPECT_EQ(0, socket_error(self->face, fd));
	EXPECT_TRUE(reusable(self, fd, listener));
}

/*
 * A thread that is blocked is woken, or is the reason to refuse: kernels
 * differ, and the faces do not.  Returns what the abort said, and in *woken
 * what the receive returned, or 1 when it slept on.
 */
static int abort_blocked(struct __test_metadata *_metadata,
			 const struct face *face, int (*abort)(int fd),
			 int family, ssize_t *woken)
{
	char byte;
	struct call call = {
		.run = call_recv, .face = face, .buf = &byte, .len = 1,
	};
	struct pair pair;
	int ret;

	*woken = 0;
	if (pair_of_streams(&pair, face, family))
		return -EIO;
	call.fd = pair.fd;
	if (call_start(&call) || !call_sleeps(&call))
		return -EIO;
	ret = abort(pair.fd);
	if (ret) {
		/* What wakes it, and lets the abort through. */
		EXPECT_TRUE(call_sleeps(&call));
		EXPECT_EQ(0, face->shutdown(pair.fd, SHUT_RDWR));
	}
	*woken = call_end(&call);
	if (ret)
		EXPECT_EQ(0, abort(pair.fd));
	close(pair.fd);
	close(pair.peer);
	return ret;
}

TEST_F(abort, under_a_blocked_receive_does_on_both_faces_the_same)
{
	ssize_t plain_woken, woken;
	int plain, ret;

	plain = abort_blocked(_metadata, &plain_face, plain_dissolve,
			      variant->family, &plain_woken);
	ret = abort_blocked(_metadata, self->face, self->abort,
			    variant->family, &woken);
	EXPECT_TRUE(plain == 0 || plain == -EBUSY) {
		TH_LOG("%d", plain);
	}
	EXPECT_EQ(plain, ret);
	EXPECT_EQ(plain_woken, woken);
}

TEST_F(abort, ends_a_connection_for_every_descriptor_of_it)
{
	struct pair pair;
	char byte;
	int other;

	ASSERT_EQ(0, pair_of_streams(&pair, self->face, variant->family));
	other = dup(pair.fd);
	ASSERT_LE(0, other);
	EXPECT_EQ(0, self->abort(other));
	EXPECT_TRUE(is_reset(pair.peer));
	EXPECT_EQ(-ECONNRESET, face_recv(self->face, pair.fd, &byte, 1, 0));
}

/* ---- What is not a stream ------------------------------------------------ */

/* An association is dissolved by a connect, and there is nothing to abort. */
TEST_F(dgram, abort_fails_with_eopnotsupp_and_keeps_the_association)
{
	struct addr name = addr_room();
	struct pair pair;

	ASSERT_EQ(0, pair_of_dgrams(&pair, &ksock_face, variant->family));
	EXPECT_EQ(-EOPNOTSUPP, ksock_abort(pair.fd));
	EXPECT_EQ(0, ksock_getpeername(pair.fd, &name.sa, &name.len));
	EXPECT_EQ(1, face_send(&ksock_face, pair.fd, "x", 1, 0));
	EXPECT_EQ(0, ksock_dissolve(pair.fd));
	EXPECT_EQ(-ENOTCONN, ksock_getpeername(pair.fd, &name.sa, &name.len));
}

TEST_HARNESS_MAIN
