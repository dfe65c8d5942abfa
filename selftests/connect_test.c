// SPDX-License-Identifier: GPL-2.0-only
/*
 * Connecting: success and refusal, waiting and not waiting, the second time,
 * dissolving, and what it means to a datagram socket.
 */
#include "fixture.h"

/* 192.0.2.1 and 2001:db8::1, which are for documentation. */
static struct addr addr_of_nobody(int family)
{
	struct addr addr = addr_loopback(family, PORT);

	if (family == AF_INET)
		addr.in.sin_addr.s_addr = htonl(0xc0000201);
	else
		inet_pton(AF_INET6, "2001:db8::1", &addr.in6.sin6_addr);
	return addr;
}

TEST_F(stream, connect_to_a_listener_succeeds)
{
	struct addr peer = addr_room();
	int listener, fd;

	listener = listener_at(&plain_face, &self->addr, 1);
	ASSERT_LE(0, listener);
	fd = self->face->socket(variant->family, SOCK_STREAM, 0);
	ASSERT_LE(0, fd);
	EXPECT_EQ(0, self->face->connect(fd, &self->addr.sa, self->addr.len));
	ASSERT_EQ(0, self->face->getpeername(fd, &peer.sa, &peer.len));
	EXPECT_EQ(0, memcmp(&self->addr.storage, &peer.storage, peer.len));
}

TEST_F(stream, connect_keeps_the_name_of_a_bound_socket)
{
	struct addr own = addr_loopback(variant->family, PORT + 1);
	struct addr name = addr_room();
	int fd;

	ASSERT_LE(0, listener_at(&plain_face, &self->addr, 1));
	fd = self->face->socket(variant->family, SOCK_STREAM, 0);
	ASSERT_LE(0, fd);
	ASSERT_EQ(0, self->face->bind(fd, &own.sa, own.len));
	ASSERT_EQ(0, self->face->connect(fd, &self->addr.sa, self->addr.len));
	ASSERT_EQ(0, self->face->getsockname(fd, &name.sa, &name.len));
	EXPECT_EQ(0, memcmp(&own.storage, &name.storage, name.len));
}

TEST_F(stream, connect_where_nobody_listens_fails_with_econnrefused)
{
	int fd;

	fd = self->face->socket(variant->family, SOCK_STREAM, 0);
	ASSERT_LE(0, fd);
	EXPECT_EQ(-ECONNREFUSED,
		  self->face->connect(fd, &self->addr.sa, self->addr.len));
}

TEST_F(stream, connect_succeeds_after_a_refusal)
{
	int fd;

	fd = self->face->socket(variant->family, SOCK_STREAM, 0);
	ASSERT_LE(0, fd);
	ASSERT_EQ(-ECONNREFUSED,
		  self->face->connect(fd, &self->addr.sa, self->addr.len));
	ASSERT_LE(0, listener_at(&plain_face, &self->addr, 1));
	EXPECT_EQ(0, self->face->connect(fd, &self->addr.sa, self->addr.len));
}

TEST_F(socket, connect_where_no_route_leads_fails_with_enetunreach)
{
	struct addr addr = addr_of_nobody(variant->family);
	int fd;

	fd = self->face->socket(variant->family, variant->type, 0);
	ASSERT_LE(0, fd);
	EXPECT_EQ(-ENETUNREACH, self->face->connect(fd, &addr.sa, addr.len));
}

TEST_F(socket, connect_to_another_family_fails_with_eafnosupport)
{
	struct addr addr = self->addr;
	int fd;

	addr.sa.sa_family = AF_APPLETALK;
	fd = self->face->socket(variant->family, variant->type, 0);
	ASSERT_LE(0, fd);
	EXPECT_EQ(-EAFNOSUPPORT, self->face->connect(fd, &addr.sa, addr.len));
}

TEST_F(stream, connect_on_a_connected_socket_fails_with_eisconn)
{
	struct pair pair;

	ASSERT_EQ(0, pair_of_streams(&pair, self->face, variant->family));
	EXPECT_EQ(-EISCONN, self->face->connect(pair.fd, &self->addr.sa,
						self->addr.len));
}

TEST_F(stream, connect_on_a_listening_socket_fails_with_eisconn)
{
	struct addr other = addr_loopback(variant->family, PORT + 1);
	int fd;

	ASSERT_LE(0, listener_at(&plain_face, &other, 1));
	fd = listener_at(self->face, &self->addr, 1);
	ASSERT_LE(0, fd);
	EXPECT_EQ(-EISCONN, self->face->connect(fd, &other.sa, other.len));
}

TEST_F(stream, connect_without_waiting_completes_later)
{
	int fd;

	ASSERT_LE(0, listener_at(&plain_face, &self->addr, 1));
	fd = self->face->socket(variant->family,
				SOCK_STREAM | SOCK_NONBLOCK, 0);
	ASSERT_LE(0, fd);
	EXPECT_EQ(-EINPROGRESS,
		  self->face->connect(fd, &self->addr.sa, self->addr.len));
	EXPECT_EQ(POLLOUT, wait_events(fd, POLLIN | POLLOUT, WAIT_MS));

	/* The next one tells the outcome, those after it that there is one. */
	EXPECT_EQ(0, self->face->connect(fd, &self->addr.sa, self->addr.len));
	EXPECT_EQ(-EISCONN,
		  self->face->connect(fd, &self->addr.sa, self->addr.len));
}

TEST_F(stream, connect_without_waiting_is_refused_later)
{
	int fd;

	fd = self->face->socket(variant->family,
				SOCK_STREAM | SOCK_NONBLOCK, 0);
	ASSERT_LE(0, fd);
	EXPECT_EQ(-EINPROGRESS,
		  self->face->connect(fd, &self->addr.sa, self->addr.len));
	EXPECT_EQ(POLLIN | POLLOUT | POLLERR | POLLHUP,
		  wait_events(fd, POLLIN | POLLOUT, WAIT_MS));
	EXPECT_EQ(-ECONNREFUSED,
		  self->face->connect(fd, &self->addr.sa, self->addr.len));
}

TEST_F(stream, connect_while_one_is_under_way_fails_with_ealready)
{
	int listener, fd;

	listener = listener_full(&self->addr);
	ASSERT_LE(0, listener);
	fd = self->face->socket(variant->family,
				SOCK_STREAM | SOCK_NONBLOCK, 0);
	ASSERT_LE(0, fd);
	EXPECT_EQ(-EINPROGRESS,
		  self->face->connect(fd, &self->addr.sa, self->addr.len));
	EXPECT_EQ(-EALREADY,
		  self->face->connect(fd, &self->addr.sa, self->addr.len));
	EXPECT_EQ(0, wait_events(fd, POLLIN | POLLOUT, 0));

	ASSERT_LE(0, plain_accept(listener, NULL, NULL, 0));
	EXPECT_EQ(POLLOUT, wait_events(fd, POLLIN | POLLOUT, WAIT_MS));
	EXPECT_EQ(0, self->face->connect(fd, &self->addr.sa, self->addr.len));
}

TEST_F(stream, connect_waits_until_there_is_room_in_the_queue)
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
	ASSERT_LE(0, plain_accept(listener, NULL, NULL, 0));
	EXPECT_EQ(0, call_end(&call));
}

TEST_F(stream, connect_that_a_signal_interrupts_goes_on)
{
	struct call call = {
		.run = call_connect, .face = self->face, .addr = self->addr,
	};
	struct addr peer = addr_room();
	int listener;

	ASSERT_EQ(0, signal_handle(SIGUSR1, 0));
	listener = listener_full(&self->addr);
	ASSERT_LE(0, listener);
	call.fd = self->face->socket(variant->family, SOCK_STREAM, 0);
	ASSERT_LE(0, call.fd);
	ASSERT_EQ(0, call_start(&call));
	ASSERT_TRUE(call_sleeps(&call));
	ASSERT_EQ(0, pthread_kill(call.thread, SIGUSR1));
	EXPECT_EQ(-EINTR, call_end(&call));
	EXPECT_EQ(-ENOTCONN,
		  self->face->getpeername(call.fd, &peer.sa, &peer.len));

	ASSERT_LE(0, plain_accept(listener, NULL, NULL, 0));
	EXPECT_EQ(POLLOUT, wait_events(call.fd, POLLIN | POLLOUT, WAIT_MS));
	EXPECT_EQ(0, self->face->getpeername(call.fd, &peer.sa, &peer.len));
}

TEST_F(stream, connect_to_af_unspec_resets_the_connection)
{
	struct addr peer = addr_room(), unspec = {
		.len = sizeof(sa_family_t),
	};
	struct pair pair;
	char byte;

	ASSERT_EQ(0, pair_of_streams(&pair, self->face, variant->family));
	unspec.sa.sa_family = AF_UNSPEC;
	EXPECT_EQ(0, self->face->connect(pair.fd, &unspec.sa, unspec.len));
	EXPECT_EQ(-ENOTCONN,
		  self->face->getpeername(pair.fd, &peer.sa, &peer.len));
	EXPECT_EQ(-ECONNRESET, face_recv(&plain_face, pair.peer, &byte, 1, 0));
}

TEST_F(stream, connect_succeeds_after_af_unspec)
{
	struct addr other = addr_loopback(variant->family, PORT + 1);
	struct addr unspec = { .len = sizeof(sa_family_t) };
	struct pair pair;
	int listener, fd;
	char byte = 0;

	ASSERT_EQ(0, pair_of_streams(&pair, self->face, variant->family));
	listener = listener_at(&plain_face, &other, 1);
	ASSERT_LE(0, listener);
	unspec.sa.sa_family = AF_UNSPEC;
	ASSERT_EQ(0, self->face->connect(pair.fd, &unspec.sa, unspec.len));
	ASSERT_EQ(0, self->face->connect(pair.fd, &other.sa, other.len));
	fd = plain_accept(listener, NULL, NULL, 0);
	ASSERT_LE(0, fd);
	EXPECT_EQ(1, face_send(self->face, pair.fd, "x", 1, 0));
	EXPECT_EQ(1, face_recv(&plain_face, fd, &byte, 1, 0));
	EXPECT_EQ('x', byte);
}

TEST_F(dgram, connect_to_af_unspec_dissolves_the_association)
{
	struct addr peer = addr_room(), unspec = {
		.len = sizeof(sa_family_t),
	};
	struct pair pair;

	ASSERT_EQ(0, pair_of_dgrams(&pair, self->face, variant->family));
	unspec.sa.sa_family = AF_UNSPEC;
	EXPECT_EQ(0, self->face->connect(pair.fd, &unspec.sa, unspec.len));
	EXPECT_EQ(-ENOTCONN,
		  self->face->getpeername(pair.fd, &peer.sa, &peer.len));
	EXPECT_EQ(-EDESTADDRREQ, face_send(self->face, pair.fd, "x", 1, 0));
}

TEST_F(dgram, connect_succeeds_where_nobody_is)
{
	int fd;

	fd = self->face->socket(variant->family, SOCK_DGRAM, 0);
	ASSERT_LE(0, fd);
	EXPECT_EQ(0, self->face->connect(fd, &self->addr.sa, self->addr.len));
}

TEST_F(dgram, connect_takes_a_port_and_names_the_peer)
{
	struct addr own = addr_room(), peer = addr_room();
	int fd;

	fd = self->face->socket(variant->family, SOCK_DGRAM, 0);
	ASSERT_LE(0, fd);
	ASSERT_EQ(0, self->face->connect(fd, &self->addr.sa, self->addr.len));
	ASSERT_EQ(0, self->face->getsockname(fd, &own.sa, &own.len));
	EXPECT_NE(0, addr_port(&own));
	ASSERT_EQ(0, self->face->getpeername(fd, &peer.sa, &peer.len));
	EXPECT_EQ(0, memcmp(&self->addr.storage, &peer.storage, peer.len));
}

TEST_F(dgram, connect_again_changes_the_peer)
{
	struct addr other = addr_loopback(variant->family, PORT + 2);
	struct addr peer = addr_room();
	struct pair pair;

	ASSERT_EQ(0, pair_of_dgrams(&pair, self->face, variant->family));
	EXPECT_EQ(0, self->face->connect(pair.fd, &other.sa, other.len));
	ASSERT_EQ(0, self->face->getpeername(pair.fd, &peer.sa, &peer.len));
	EXPECT_EQ(0, memcmp(&other.storage, &peer.storage, peer.len));
}

TEST_F(dgram, connected_socket_receives_from_its_peer_only)
{
	struct pair pair;
	char byte = 0;
	int stranger;

	ASSERT_EQ(0, pair_of_dgrams(&pair, self->face, variant->family));
	stranger = plain_socket(variant->family, SOCK_DGRAM, 0);
	ASSERT_LE(0, stranger);
	ASSERT_EQ(1, plain_sendto(stranger, "s", 1, 0, &self->addr.sa,
				  self->addr.len));
	ASSERT_EQ(1, face_send(&plain_face, pair.peer, "p", 1, 0));
	ASSERT_EQ(POLLIN, wait_events(pair.fd, POLLIN, WAIT_MS));
	EXPECT_EQ(1, face_recv(self->face, pair.fd, &byte, 1, 0));
	EXPECT_EQ('p', byte);
	EXPECT_EQ(-EAGAIN,
		  face_recv(self->face, pair.fd, &byte, 1, MSG_DONTWAIT));
}

TEST_F(dgram, refusal_by_the_peer_comes_back_as_econnrefused)
{
	char byte;
	int fd;

	fd = self->face->socket(variant->family, SOCK_DGRAM, 0);
	ASSERT_LE(0, fd);
	ASSERT_EQ(0, self->face->connect(fd, &self->addr.sa, self->addr.len));
	ASSERT_EQ(1, face_send(self->face, fd, "x", 1, 0));
	EXPECT_EQ(POLLERR, wait_events(fd, POLLIN, WAIT_MS));
	EXPECT_EQ(-ECONNREFUSED, face_recv(self->face, fd, &byte, 1, 0));
	EXPECT_EQ(-EAGAIN, face_recv(self->face, fd, &byte, 1, MSG_DONTWAIT));
}

TEST_HARNESS_MAIN
