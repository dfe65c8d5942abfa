// SPDX-License-Identifier: GPL-2.0-only
/*
 * Listening and accepting: who may, how long the queue is, what the new
 * descriptor is like, and that no connection is lost on a failure.
 */
#include "fixture.h"

/* What accept() returned, any descriptor being 0. */
static int fd_or_errno(int fd)
{
	return fd < 0 ? fd : 0;
}

/* Has accept4(2) of a face write the peer's address where it cannot. */
static int accept_faulting(const struct face *face, int fd)
{
	void *page = page_read_only();

	if (!page)
		return -ENOMEM;
	if (face == &ksock_face)
		return ret_errno(ioctl(fd, KSOCK_IOC_ACCEPT, page));
	return ret_errno(accept4(fd, page, page, 0));
}

TEST_F(socket, listen_is_for_streams_only)
{
	int fd;

	fd = self->face->socket(variant->family, variant->type, 0);
	ASSERT_LE(0, fd);
	ASSERT_EQ(0, self->face->bind(fd, &self->addr.sa, self->addr.len));
	EXPECT_EQ(variant->type == SOCK_STREAM ? 0 : -EOPNOTSUPP,
		  self->face->listen(fd, 1));
}

TEST_F(stream, listen_takes_any_backlog)
{
	static const int backlogs[] = {
		0, 1, -1, 4096, 0x10000, INT32_MAX, INT32_MIN,
	};
	struct addr any = addr_loopback(variant->family, 0);
	struct addr name = addr_room();
	size_t i;
	int fd;

	for (i = 0; i < ARRAY_SIZE(backlogs); i++) {
		fd = listener_at(self->face, &any, backlogs[i]);
		ASSERT_LE(0, fd) {
			TH_LOG("backlog %d", backlogs[i]);
		}
		name.len = sizeof(name.storage);
		ASSERT_EQ(0, self->face->getsockname(fd, &name.sa, &name.len));
		EXPECT_LE(0, connected_to(&plain_face, SOCK_STREAM, &name)) {
			TH_LOG("backlog %d", backlogs[i]);
		}
		EXPECT_EQ(POLLIN, wait_events(fd, POLLIN, WAIT_MS));
	}
}

TEST_F(stream, listen_cuts_the_backlog_to_somaxconn)
{
	static const int backlogs[] = { -1, 1, 4096, INT32_MAX, INT32_MIN };
	struct addr any = addr_loopback(variant->family, 0);
	struct addr name = addr_room();
	int sysctl, listener, fd;
	size_t i;

	sysctl = open("/proc/sys/net/core/somaxconn", O_WRONLY | O_CLOEXEC);
	ASSERT_LE(0, sysctl);
	ASSERT_EQ(1, write(sysctl, "0", 1));
	close(sysctl);

	for (i = 0; i < ARRAY_SIZE(backlogs); i++) {
		listener = listener_at(self->face, &any, backlogs[i]);
		ASSERT_LE(0, listener);
		name.len = sizeof(name.storage);
		ASSERT_EQ(0, self->face->getsockname(listener, &name.sa,
						     &name.len));
		ASSERT_LE(0, connected_to(&plain_face, SOCK_STREAM, &name));
		ASSERT_EQ(POLLIN, wait_events(listener, POLLIN, WAIT_MS));
		fd = plain_socket(variant->family,
				  SOCK_STREAM | SOCK_NONBLOCK, 0);
		ASSERT_LE(0, fd);
		ASSERT_EQ(-EINPROGRESS,
			  plain_connect(fd, &name.sa, name.len));
		EXPECT_EQ(0, wait_events(fd, POLLOUT, 0)) {
			TH_LOG("backlog %d", backlogs[i]);
		}
	}
}

TEST_F(stream, listen_without_bind_takes_a_free_port)
{
	struct addr name = addr_room();
	int fd;

	fd = self->face->socket(variant->family, SOCK_STREAM, 0);
	ASSERT_LE(0, fd);
	ASSERT_EQ(0, self->face->listen(fd, 1));
	ASSERT_EQ(0, self->face->getsockname(fd, &name.sa, &name.len));
	EXPECT_NE(0, addr_port(&name));
}

TEST_F(stream, listen_again_succeeds)
{
	int fd;

	fd = listener_at(self->face, &self->addr, 0);
	ASSERT_LE(0, fd);
	EXPECT_EQ(0, self->face->listen(fd, 5));
}

TEST_F(stream, listen_on_a_connected_socket_fails_with_einval)
{
	struct pair pair;

	ASSERT_EQ(0, pair_of_streams(&pair, self->face, variant->family));
	EXPECT_EQ(-EINVAL, self->face->listen(pair.fd, 1));
}

TEST_F(dgram, accept_on_a_datagram_socket_fails_with_eopnotsupp)
{
	int fd;

	fd = self->face->socket(variant->family, SOCK_DGRAM, 0);
	ASSERT_LE(0, fd);
	EXPECT_EQ(-EOPNOTSUPP, self->face->accept(fd, NULL, NULL, 0));
}

TEST_F(dgram, accept_on_a_datagram_socket_with_an_unknown_flag)
{
	int fd;

	fd = self->face->socket(variant->family, SOCK_DGRAM, 0);
	ASSERT_LE(0, fd);
	EXPECT_EQ(DIFFERS(ACCEPT_DGRAM_BAD_FLAG),
		  self->face->accept(fd, NULL, NULL, 1));
}

TEST_F(stream, accept_without_listen_fails_with_einval)
{
	int fd;

	fd = self->face->socket(variant->family, SOCK_STREAM, 0);
	ASSERT_LE(0, fd);
	EXPECT_EQ(-EINVAL, self->face->accept(fd, NULL, NULL, 0));
	ASSERT_EQ(0, self->face->bind(fd, &self->addr.sa, self->addr.len));
	EXPECT_EQ(-EINVAL, self->face->accept(fd, NULL, NULL, 0));
}

TEST_F(stream, accept_on_a_connected_socket_fails_with_einval)
{
	struct pair pair;

	ASSERT_EQ(0, pair_of_streams(&pair, self->face, variant->family));
	EXPECT_EQ(-EINVAL, self->face->accept(pair.fd, NULL, NULL, 0));
}

TEST_F(stream, accept_without_a_connection_fails_with_eagain)
{
	int fd;

	fd = listener_at(self->face, &self->addr, 1);
	ASSERT_LE(0, fd);
	ASSERT_EQ(0, fcntl(fd, F_SETFL, O_NONBLOCK));
	EXPECT_EQ(-EAGAIN, self->face->accept(fd, NULL, NULL, 0));
}

TEST_F(stream, accept_waits_for_a_connection)
{
	struct call call = { .run = call_accept, .face = self->face };

	call.fd = listener_at(self->face, &self->addr, 1);
	ASSERT_LE(0, call.fd);
	ASSERT_EQ(0, call_start(&call));
	ASSERT_TRUE(call_sleeps(&call));
	ASSERT_LE(0, connected_to(&plain_face, SOCK_STREAM, &self->addr));
	EXPECT_EQ(0, fd_or_errno(call_end(&call)));
}

TEST_F(stream, accept_tells_the_address_of_the_peer)
{
	struct addr peer = addr_room(), name = addr_room();
	int listener, client;

	listener = listener_at(self->face, &self->addr, 1);
	ASSERT_LE(0, listener);
	client = connected_to(&plain_face, SOCK_STREAM, &self->addr);
	ASSERT_LE(0, client);
	ASSERT_LE(0, self->face->accept(listener, &peer.sa, &peer.len, 0));
	ASSERT_EQ(0, plain_getsockname(client, &name.sa, &name.len));
	EXPECT_EQ(0, memcmp(&name, &peer, sizeof(name)));
}

TEST_F(stream, accepted_socket_has_the_names_of_the_connection)
{
	struct addr own = addr_room(), peer = addr_room(), name = addr_room();
	int listener, client, fd;

	listener = listener_at(self->face, &self->addr, 1);
	ASSERT_LE(0, listener);
	client = connected_to(&plain_face, SOCK_STREAM, &self->addr);
	ASSERT_LE(0, client);
	fd = self->face->accept(listener, NULL, NULL, 0);
	ASSERT_LE(0, fd);
	ASSERT_EQ(0, self->face->getsockname(fd, &own.sa, &own.len));
	ASSERT_EQ(0, self->face->getpeername(fd, &peer.sa, &peer.len));
	ASSERT_EQ(0, plain_getsockname(client, &name.sa, &name.len));
	EXPECT_EQ(0, memcmp(&self->addr, &own, sizeof(own)));
	EXPECT_EQ(0, memcmp(&name, &peer, sizeof(peer)));
}

TEST_F(stream, accept_yields_connections_in_their_order)
{
	int listener, fd, i;
	char byte;

	listener = listener_at(self->face, &self->addr, 3);
	ASSERT_LE(0, listener);
	for (i = 0; i < 3; i++) {
		fd = connected_to(&plain_face, SOCK_STREAM, &self->addr);
		ASSERT_LE(0, fd);
		byte = 'a' + i;
		ASSERT_EQ(1, face_send(&plain_face, fd, &byte, 1, 0));
	}
	for (i = 0; i < 3; i++) {
		fd = self->face->accept(listener, NULL, NULL, 0);
		ASSERT_LE(0, fd);
		ASSERT_EQ(1, face_recv(self->face, fd, &byte, 1, 0));
		EXPECT_EQ('a' + i, byte);
	}
}

TEST_F(stream, accept_flags_act_on_the_new_descriptor)
{
	static const int flags[] = {
		0, SOCK_NONBLOCK, SOCK_CLOEXEC, SOCK_NONBLOCK | SOCK_CLOEXEC,
	};
	int listener, fd;
	size_t i;

	listener = listener_at(self->face, &self->addr, 1);
	ASSERT_LE(0, listener);
	for (i = 0; i < ARRAY_SIZE(flags); i++) {
		ASSERT_LE(0, connected_to(&plain_face, SOCK_STREAM,
					  &self->addr));
		fd = self->face->accept(listener, NULL, NULL, flags[i]);
		ASSERT_LE(0, fd);
		EXPECT_EQ(O_RDWR | (flags[i] & SOCK_NONBLOCK ? O_NONBLOCK : 0),
			  fcntl(fd, F_GETFL));
		EXPECT_EQ(flags[i] & SOCK_CLOEXEC ? FD_CLOEXEC : 0,
			  fcntl(fd, F_GETFD));
	}
	EXPECT_EQ(O_RDWR, fcntl(listener, F_GETFL));
	EXPECT_EQ(0, fcntl(listener, F_GETFD));
}

TEST_F(stream, accepted_socket_does_not_inherit_flags_of_the_listener)
{
	struct addr addr = self->addr;
	int listener, fd;

	listener = self->face->socket(variant->family, SOCK_STREAM |
				      SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	ASSERT_LE(0, listener);
	ASSERT_EQ(0, self->face->bind(listener, &addr.sa, addr.len));
	ASSERT_EQ(0, self->face->listen(listener, 1));
	ASSERT_LE(0, connected_to(&plain_face, SOCK_STREAM, &addr));
	ASSERT_EQ(POLLIN, wait_events(listener, POLLIN, WAIT_MS));
	fd = self->face->accept(listener, NULL, NULL, 0);
	ASSERT_LE(0, fd);
	EXPECT_EQ(O_RDWR, fcntl(fd, F_GETFL));
	EXPECT_EQ(0, fcntl(fd, F_GETFD));
}

TEST_F(stream, accept_with_an_unknown_flag_fails_and_takes_no_connection)
{
	unsigned int bit;
	int listener;

	listener = listener_at(self->face, &self->addr, 1);
	ASSERT_LE(0, listener);
	ASSERT_LE(0, connected_to(&plain_face, SOCK_STREAM, &self->addr));
	ASSERT_EQ(POLLIN, wait_events(listener, POLLIN, WAIT_MS));
	for (bit = 0; bit < 32; bit++) {
		unsigned int flag = 1U << bit;

		if (flag == SOCK_NONBLOCK || flag == SOCK_CLOEXEC)
			continue;
		EXPECT_EQ(-EINVAL,
			  self->face->accept(listener, NULL, NULL, flag)) {
			TH_LOG("flag %#x", flag);
		}
	}
	EXPECT_EQ(POLLIN, wait_events(listener, POLLIN, 0));
	EXPECT_EQ(0, fd_or_errno(self->face->accept(listener, NULL, NULL, 0)));
}

TEST_F(stream, accept_without_a_free_descriptor_takes_no_connection)
{
	struct rlimit saved;
	int listener, client, fd;
	char data[8];

	listener = listener_at(self->face, &self->addr, 1);
	ASSERT_LE(0, listener);
	client = connected_to(&plain_face, SOCK_STREAM, &self->addr);
	ASSERT_LE(0, client);
	ASSERT_EQ(5, face_send(&plain_face, client, "hello", 5, 0));
	ASSERT_EQ(POLLIN, wait_events(listener, POLLIN, WAIT_MS));

	ASSERT_EQ(0, fds_exhaust(&saved));
	EXPECT_EQ(-EMFILE, self->face->accept(listener, NULL, NULL, 0));
	EXPECT_EQ(POLLIN, wait_events(listener, POLLIN, 0));
	ASSERT_EQ(0, setrlimit(RLIMIT_NOFILE, &saved));

	fd = self->face->accept(listener, NULL, NULL, 0);
	ASSERT_LE(0, fd);
	ASSERT_EQ(5, face_recv(self->face, fd, data, sizeof(data), 0));
	EXPECT_EQ(0, memcmp("hello", data, 5));
}

TEST_F(stream, accept_that_cannot_tell_the_peer_fails_with_efault)
{
	int listener, client, spare;
	char byte;

	listener = listener_at(self->face, &self->addr, 1);
	ASSERT_LE(0, listener);
	client = connected_to(&plain_face, SOCK_STREAM, &self->addr);
	ASSERT_LE(0, client);
	spare = dup(listener);
	ASSERT_LE(0, spare);
	ASSERT_EQ(0, close(spare));
	EXPECT_EQ(-EFAULT, accept_faulting(self->face, listener));

	/* The connection is closed and the descriptor is free again. */
	ASSERT_NE(0, wait_events(client, POLLIN, WAIT_MS));
	EXPECT_EQ(0, face_recv(&plain_face, client, &byte, 1, 0));
	EXPECT_EQ(spare, self->face->socket(variant->family, SOCK_STREAM, 0));
}

TEST_F(stream, accept_after_the_peer_closed_yields_what_it_sent)
{
	int listener, client, fd;
	char data[8];

	listener = listener_at(self->face, &self->addr, 1);
	ASSERT_LE(0, listener);
	client = connected_to(&plain_face, SOCK_STREAM, &self->addr);
	ASSERT_LE(0, client);
	ASSERT_EQ(3, face_send(&plain_face, client, "bye", 3, 0));
	ASSERT_EQ(0, close(client));
	fd = self->face->accept(listener, NULL, NULL, 0);
	ASSERT_LE(0, fd);
	EXPECT_EQ(3, face_recv(self->face, fd, data, 3, MSG_WAITALL));
	EXPECT_EQ(0, memcmp("bye", data, 3));
	EXPECT_EQ(0, face_recv(self->face, fd, data, sizeof(data), 0));
}

TEST_F(stream, accept_after_the_peer_reset_still_tells_who_it_was)
{
	static const struct linger reset = { .l_onoff = 1 };
	struct addr peer = addr_room(), name = addr_room();
	int listener, client, fd;
	char byte;

	listener = listener_at(self->face, &self->addr, 1);
	ASSERT_LE(0, listener);
	client = connected_to(&plain_face, SOCK_STREAM, &self->addr);
	ASSERT_LE(0, client);
	ASSERT_EQ(0, plain_getsockname(client, &name.sa, &name.len));
	ASSERT_EQ(POLLIN, wait_events(listener, POLLIN, WAIT_MS));
	ASSERT_EQ(0, setsockopt(client, SOL_SOCKET, SO_LINGER, &reset,
				sizeof(reset)));
	ASSERT_EQ(0, close(client));
	fd = self->face->accept(listener, &peer.sa, &peer.len, 0);
	ASSERT_LE(0, fd);
	EXPECT_EQ(0, memcmp(&name, &peer, sizeof(name)));
	EXPECT_EQ(-ECONNRESET, face_recv(self->face, fd, &byte, 1, 0));
}

TEST_F(stream, accepted_socket_outlives_the_listener)
{
	int listener, client, fd;
	char byte = 0;

	listener = listener_at(self->face, &self->addr, 1);
	ASSERT_LE(0, listener);
	client = connected_to(&plain_face, SOCK_STREAM, &self->addr);
	ASSERT_LE(0, client);
	fd = self->face->accept(listener, NULL, NULL, 0);
	ASSERT_LE(0, fd);
	ASSERT_EQ(0, close(listener));
	EXPECT_EQ(1, face_send(self->face, fd, "x", 1, 0));
	EXPECT_EQ(1, face_recv(&plain_face, client, &byte, 1, 0));
	EXPECT_EQ('x', byte);
}

TEST_HARNESS_MAIN
