// SPDX-License-Identifier: GPL-2.0-only
/*
 * Interfaces: the scope id that a link-local address of IPv6 needs, and
 * SO_BINDTODEVICE, which keeps a socket to one of them.
 */
#include "fixture.h"
#include "link.h"

/* What the two ends of the cable, "one" and "other", are called on it. */
#define LINK_ONE	"fe80::a:1"
#define LINK_OTHER	"fe80::a:2"

FIXTURE(scope) {
	const struct face *face;
	int one;
	int other;
	/* The far end as seen from "one", and as seen from itself. */
	struct addr far;
	struct addr far_own;
	struct addr near_own;
};

FIXTURE_VARIANT(scope) {
	const struct face *face;
	int type;
};

FIXTURE_VARIANT_ADD(scope, plain_stream) {
	.face = &plain_face, .type = SOCK_STREAM,
};

FIXTURE_VARIANT_ADD(scope, ksock_stream) {
	.face = &ksock_face, .type = SOCK_STREAM,
};

FIXTURE_VARIANT_ADD(scope, plain_dgram) {
	.face = &plain_face, .type = SOCK_DGRAM,
};

FIXTURE_VARIANT_ADD(scope, ksock_dgram) {
	.face = &ksock_face, .type = SOCK_DGRAM,
};

static struct addr link_local(const char *text, int scope, uint16_t port)
{
	struct addr addr = addr_loopback(AF_INET6, port);

	inet_pton(AF_INET6, text, &addr.in6.sin6_addr);
	addr.in6.sin6_scope_id = scope;
	return addr;
}

FIXTURE_SETUP(scope)
{
	SETUP_KSOCK();
	self->face = variant->face;
	ASSERT_EQ(0, links_make());
	ASSERT_EQ(0, link_address_add("one", LINK_ONE, 64));
	ASSERT_EQ(0, link_address_add("other", LINK_OTHER, 64));
	self->one = if_nametoindex("one");
	self->other = if_nametoindex("other");
	self->far = link_local(LINK_OTHER, self->one, PORT);
	self->far_own = link_local(LINK_OTHER, self->other, PORT);
	self->near_own = link_local(LINK_ONE, self->one, PORT + 1);
}

FIXTURE_TEARDOWN(scope)
{
}

/* What binding a new socket returns. */
static int bound(const struct face *face, int type, const struct addr *addr)
{
	int fd, ret;

	fd = face->socket(addr->sa.sa_family, type, 0);
	if (fd < 0)
		return fd;
	ret = face->bind(fd, &addr->sa, addr->len);
	close(fd);
	return ret;
}

TEST_F(scope, a_link_local_address_needs_its_scope_id_to_be_bound_to)
{
	struct addr none = link_local(LINK_ONE, 0, PORT);
	struct addr wrong = link_local(LINK_ONE, self->other, PORT);
	struct addr nowhere = link_local(LINK_ONE, 1000, PORT);

	EXPECT_EQ(-EINVAL, bound(self->face, variant->type, &none));
	EXPECT_EQ(-EADDRNOTAVAIL, bound(self->face, variant->type, &wrong));
	EXPECT_EQ(-ENODEV, bound(self->face, variant->type, &nowhere));
	EXPECT_EQ(0, bound(self->face, variant->type, &self->near_own));
}

TEST_F(scope, a_link_local_address_needs_a_scope_id_to_be_connected_to)
{
	struct addr none = link_local(LINK_OTHER, 0, PORT);
	struct addr nowhere = link_local(LINK_OTHER, 1000, PORT);

	EXPECT_EQ(-EINVAL, connected_to(self->face, variant->type, &none));
	EXPECT_EQ(-ENETUNREACH,
		  connected_to(self->face, variant->type, &nowhere));
}

TEST_F(scope, a_link_local_address_without_its_last_field_has_no_scope)
{
	struct addr old = self->far;
	int fd;

	/* The sockaddr_in6 of RFC 2133 ends before the scope id. */
	old.len = offsetof(struct sockaddr_in6, sin6_scope_id);
	fd = self->face->socket(AF_INET6, variant->type, 0);
	ASSERT_LE(0, fd);
	EXPECT_EQ(-EINVAL, self->face->bind(fd, &old.sa, old.len));
	EXPECT_EQ(-EINVAL, self->face->connect(fd, &old.sa, old.len));
}

TEST_F(scope, a_bound_socket_connects_to_no_other_scope)
{
	struct addr other = link_local(LINK_ONE, self->other, PORT);
	int fd;

	fd = self->face->socket(AF_INET6, variant->type, 0);
	ASSERT_LE(0, fd);
	ASSERT_EQ(0, self->face->setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE,
					    "one", 4));
	EXPECT_EQ(-EINVAL, self->face->connect(fd, &other.sa, other.len));
}

TEST_F(scope, names_tell_the_scope_id)
{
	struct addr own = addr_room(), peer = addr_room();
	int fd, listener = -1;

	if (variant->type == SOCK_STREAM) {
		listener = listener_at(&plain_face, &self->far_own, 1);
		ASSERT_LE(0, listener);
	}
	fd = self->face->socket(AF_INET6, variant->type, 0);
	ASSERT_LE(0, fd);
	ASSERT_EQ(0, self->face->bind(fd, &self->near_own.sa,
				      self->near_own.len));
	ASSERT_EQ(0, self->face->connect(fd, &self->far.sa, self->far.len));
	ASSERT_EQ(0, self->face->getsockname(fd, &own.sa, &own.len));
	ASSERT_EQ(0, self->face->getpeername(fd, &peer.sa, &peer.len));
	EXPECT_EQ(0, memcmp(&self->near_own.in6, &own.in6, sizeof(own.in6)));
	EXPECT_EQ(0, memcmp(&self->far.in6, &peer.in6, sizeof(peer.in6)));
}

TEST_F(scope, a_conversation_between_link_local_addresses)
{
	struct addr from = addr_room();
	int fd, peer, flags = 0;
	char bytes[8] = "";

	if (variant->type == SOCK_STREAM) {
		int listener = listener_at(self->face, &self->far_own, 1);

		ASSERT_LE(0, listener);
		fd = self->face->socket(AF_INET6, SOCK_STREAM, 0);
		ASSERT_LE(0, fd);
		ASSERT_EQ(0, self->face->bind(fd, &self->near_own.sa,
					      self->near_own.len));
		ASSERT_EQ(0, self->face->connect(fd, &self->far.sa,
						 self->far.len));
		ASSERT_EQ(3, face_send(self->face, fd, "abc", 3, 0));
		peer = self->face->accept(listener, &from.sa, &from.len, 0);
		ASSERT_LE(0, peer);
		EXPECT_EQ(3, face_recv(self->face, peer, bytes, 8, 0));
	} else {
		peer = self->face->socket(AF_INET6, SOCK_DGRAM, 0);
		ASSERT_LE(0, peer);
		ASSERT_EQ(0, self->face->bind(peer, &self->far_own.sa,
					      self->far_own.len));
		fd = self->face->socket(AF_INET6, SOCK_DGRAM, 0);
		ASSERT_LE(0, fd);
		ASSERT_EQ(0, self->face->bind(fd, &self->near_own.sa,
					      self->near_own.len));
		ASSERT_EQ(3, self->face->sendto(fd, "abc", 3, 0, &self->far.sa,
						self->far.len));
		EXPECT_EQ(3, self->face->recvfrom(peer, bytes, 8, &flags,
						  &from.sa, &from.len));
	}
	EXPECT_STREQ("abc", bytes);
	/* Who sent is seen from the interface that it came in by. */
	EXPECT_EQ(self->other, from.in6.sin6_scope_id);
	EXPECT_EQ(0, memcmp(&self->near_own.in6.sin6_addr, &from.in6.sin6_addr,
			    sizeof(from.in6.sin6_addr)));
	EXPECT_EQ(PORT + 1, addr_port(&from));
}

/* ---- SO_BINDTODEVICE ----------------------------------------------------- */

/* A socket of a face at the port, kept to an interface. */
static int kept_to(const struct face *face, int family, int type,
		   const char *device)
{
	struct addr any = addr_loopback(family, PORT);
	int fd, ret;

	if (family == AF_INET)
		any.in.sin_addr.s_addr = htonl(INADDR_ANY);
	else
		any.in6.sin6_addr = in6addr_any;
	fd = face->socket(family, type, 0);
	if (fd < 0)
		return fd;
	ret = face->setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, device,
			       strlen(device) + 1);
	if (!ret)
		ret = face->bind(fd, &any.sa, any.len);
	if (!ret && type == SOCK_STREAM)
		ret = face->listen(fd, 4);
	if (!ret)
		return fd;
	close(fd);
	return ret;
}

/* 0 when there is somebody at the address, else -errno. */
static int reached(int type, const struct addr *addr)
{
	char byte;
	int fd, ret;

	fd = connected_to(&plain_face, type, addr);
	if (fd < 0 || type == SOCK_STREAM)
		return fd < 0 ? fd : close(fd);
	ret = face_send(&plain_face, fd, "x", 1, 0);
	/* A refusal comes as an ICMP packet, an answer does not come at all. */
	if (ret == 1)
		ret = face_recv(&plain_face, fd, &byte, 1, MSG_DONTWAIT);
	close(fd);
	return ret == -EAGAIN ? 0 : ret;
}

/* Whether it comes out in time that nobody is there. */
static bool refused(int type, const struct addr *addr)
{
	return EVENTUALLY(reached(type, addr) == -ECONNREFUSED);
}

TEST_F(scope, so_bindtodevice_keeps_a_socket_to_its_interface)
{
	struct addr loopback4 = addr_loopback(AF_INET, PORT);
	struct addr loopback6 = addr_loopback(AF_INET6, PORT);
	int fd;

	fd = kept_to(self->face, AF_INET6, variant->type, "other");
	ASSERT_LE(0, fd);
	EXPECT_TRUE(refused(variant->type, &loopback6));
	EXPECT_TRUE(refused(variant->type, &loopback4));
	EXPECT_EQ(0, reached(variant->type, &self->far));
	EXPECT_EQ(POLLIN, wait_events(fd, POLLIN, WAIT_MS));
	close(fd);

	fd = kept_to(self->face, AF_INET6, variant->type, "lo");
	ASSERT_LE(0, fd);
	EXPECT_EQ(0, reached(variant->type, &loopback6));
	EXPECT_EQ(0, reached(variant->type, &loopback4));
	EXPECT_TRUE(refused(variant->type, &self->far));
	close(fd);

	fd = kept_to(self->face, AF_INET, variant->type, "other");
	ASSERT_LE(0, fd);
	EXPECT_TRUE(refused(variant->type, &loopback4));
	close(fd);
	fd = kept_to(self->face, AF_INET, variant->type, "lo");
	ASSERT_LE(0, fd);
	EXPECT_EQ(0, reached(variant->type, &loopback4));
}

TEST_F(scope, sockets_kept_to_different_interfaces_may_have_the_same_port)
{
	struct addr loopback = addr_loopback(AF_INET6, PORT);
	int fd, other;

	fd = kept_to(self->face, AF_INET6, variant->type, "lo");
	ASSERT_LE(0, fd);
	other = kept_to(self->face, AF_INET6, variant->type, "other");
	ASSERT_LE(0, other);
	EXPECT_EQ(-EADDRINUSE,
		  kept_to(self->face, AF_INET6, variant->type, "lo"));

	EXPECT_EQ(0, reached(variant->type, &loopback));
	EXPECT_EQ(POLLIN, wait_events(fd, POLLIN, WAIT_MS));
	EXPECT_EQ(0, wait_events(other, POLLIN, 0));
	EXPECT_EQ(0, reached(variant->type, &self->far));
	EXPECT_EQ(POLLIN, wait_events(other, POLLIN, WAIT_MS));
}

TEST_HARNESS_MAIN
