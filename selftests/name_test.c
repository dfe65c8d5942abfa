// SPDX-License-Identifier: GPL-2.0-only
/*
 * Names: bind, getsockname and getpeername.
 */
#include "fixture.h"

TEST_F(socket, bind_to_port_0_takes_a_free_port)
{
	struct addr any = addr_loopback(variant->family, 0);
	struct addr name = addr_room();
	int fd;

	fd = self->face->socket(variant->family, variant->type, 0);
	ASSERT_LE(0, fd);
	ASSERT_EQ(0, self->face->bind(fd, &any.sa, any.len));
	ASSERT_EQ(0, self->face->getsockname(fd, &name.sa, &name.len));
	EXPECT_EQ(any.len, name.len);
	EXPECT_EQ(variant->family, name.sa.sa_family);
	EXPECT_NE(0, addr_port(&name));
}

TEST_F(socket, getsockname_tells_what_bind_was_given)
{
	struct addr name = addr_room();
	int fd;

	fd = self->face->socket(variant->family, variant->type, 0);
	ASSERT_LE(0, fd);
	ASSERT_EQ(0, self->face->bind(fd, &self->addr.sa, self->addr.len));
	ASSERT_EQ(0, self->face->getsockname(fd, &name.sa, &name.len));
	EXPECT_EQ(self->addr.len, name.len);
	EXPECT_EQ(0, memcmp(&self->addr.storage, &name.storage, name.len));
}

TEST_F(socket, getsockname_of_an_unbound_socket_is_the_wildcard)
{
	struct addr name = addr_room();
	int fd;

	fd = self->face->socket(variant->family, variant->type, 0);
	ASSERT_LE(0, fd);
	ASSERT_EQ(0, self->face->getsockname(fd, &name.sa, &name.len));
	EXPECT_EQ(self->addr.len, name.len);
	EXPECT_EQ(variant->family, name.sa.sa_family);
	EXPECT_EQ(0, addr_port(&name));
}

TEST_F(socket, getpeername_without_a_peer_fails_with_enotconn)
{
	struct addr name = addr_room();
	int fd;

	fd = self->face->socket(variant->family, variant->type, 0);
	ASSERT_LE(0, fd);
	EXPECT_EQ(-ENOTCONN, self->face->getpeername(fd, &name.sa, &name.len));
}

TEST_F(socket, names_of_both_ends_agree)
{
	struct addr own = addr_room(), peer = addr_room();
	struct addr own_there = addr_room(), peer_there = addr_room();
	struct pair pair;

	ASSERT_EQ(0, pair_of(&pair, self->face, variant->family, variant->type));
	ASSERT_EQ(0, self->face->getsockname(pair.fd, &own.sa, &own.len));
	ASSERT_EQ(0, self->face->getpeername(pair.fd, &peer.sa, &peer.len));
	ASSERT_EQ(0, plain_getsockname(pair.peer, &own_there.sa,
				       &own_there.len));
	ASSERT_EQ(0, plain_getpeername(pair.peer, &peer_there.sa,
				       &peer_there.len));
	EXPECT_EQ(0, memcmp(&own, &peer_there, sizeof(own)));
	EXPECT_EQ(0, memcmp(&peer, &own_there, sizeof(peer)));
}

TEST_F(socket, bind_to_a_port_in_use_fails_with_eaddrinuse)
{
	int fd, other;

	other = plain_socket(variant->family, variant->type, 0);
	ASSERT_LE(0, other);
	ASSERT_EQ(0, plain_bind(other, &self->addr.sa, self->addr.len));
	fd = self->face->socket(variant->family, variant->type, 0);
	ASSERT_LE(0, fd);
	EXPECT_EQ(-EADDRINUSE,
		  self->face->bind(fd, &self->addr.sa, self->addr.len));
}

TEST_F(socket, bind_to_an_address_of_nobody_fails_with_eaddrnotavail)
{
	struct addr addr = self->addr;
	int fd;

	/* 192.0.2.1 and 2001:db8::1, which are for documentation. */
	if (variant->family == AF_INET)
		addr.in.sin_addr.s_addr = htonl(0xc0000201);
	else
		ASSERT_EQ(1, inet_pton(AF_INET6, "2001:db8::1",
				       &addr.in6.sin6_addr));
	fd = self->face->socket(variant->family, variant->type, 0);
	ASSERT_LE(0, fd);
	EXPECT_EQ(-EADDRNOTAVAIL, self->face->bind(fd, &addr.sa, addr.len));
}

TEST_F(socket, bind_twice_fails_with_einval)
{
	int fd;

	fd = self->face->socket(variant->family, variant->type, 0);
	ASSERT_LE(0, fd);
	ASSERT_EQ(0, self->face->bind(fd, &self->addr.sa, self->addr.len));
	EXPECT_EQ(-EINVAL,
		  self->face->bind(fd, &self->addr.sa, self->addr.len));
}

/*
 * Lengths that no syscall lets through would overflow a buffer on the stack of
 * kernel_bind() and kernel_connect(), which check none.
 */
TEST_F(socket, bind_checks_the_length_of_an_address)
{
	socklen_t minimal = variant->family == AF_INET ?
			    sizeof(struct sockaddr_in) :
			    offsetof(struct sockaddr_in6, sin6_scope_id);
	const socklen_t bad[] = {
		0, 1, minimal - 1, sizeof(self->addr.storage) + 1, 4096,
		INT32_MAX, INT32_MIN, UINT32_MAX,
	};
	const socklen_t good[] = {
		minimal, self->addr.len, sizeof(self->addr.storage),
	};
	struct addr addr = addr_loopback(variant->family, 0);
	size_t i;
	int fd;

	for (i = 0; i < ARRAY_SIZE(bad); i++) {
		fd = self->face->socket(variant->family, variant->type, 0);
		ASSERT_LE(0, fd);
		EXPECT_EQ(-EINVAL, self->face->bind(fd, &addr.sa, bad[i])) {
			TH_LOG("length %u", bad[i]);
		}
		close(fd);
	}
	for (i = 0; i < ARRAY_SIZE(good); i++) {
		fd = self->face->socket(variant->family, variant->type, 0);
		ASSERT_LE(0, fd);
		EXPECT_EQ(0, self->face->bind(fd, &addr.sa, good[i])) {
			TH_LOG("length %u", good[i]);
		}
		close(fd);
	}
}

TEST_F(socket, connect_checks_the_length_of_an_address)
{
	socklen_t minimal = variant->family == AF_INET ?
			    sizeof(struct sockaddr_in) :
			    offsetof(struct sockaddr_in6, sin6_scope_id);
	const socklen_t bad[] = {
		0, 1, minimal - 1, sizeof(self->addr.storage) + 1, 4096,
		INT32_MAX, INT32_MIN, UINT32_MAX,
	};
	size_t i;
	int fd;

	for (i = 0; i < ARRAY_SIZE(bad); i++) {
		fd = self->face->socket(variant->family, variant->type, 0);
		ASSERT_LE(0, fd);
		EXPECT_EQ(-EINVAL, self->face->connect(fd, &self->addr.sa,
						       bad[i])) {
			TH_LOG("length %u", bad[i]);
		}
		close(fd);
	}
}

TEST_F(socket, bind_leaves_the_callers_address_alone)
{
	struct addr addr = addr_loopback(variant->family, 0), before = addr;
	int fd;

	fd = self->face->socket(variant->family, variant->type, 0);
	ASSERT_LE(0, fd);
	ASSERT_EQ(0, self->face->bind(fd, &addr.sa, addr.len));
	EXPECT_EQ(0, memcmp(&addr, &before, sizeof(addr)));
}

TEST_F(socket, bind_to_another_family_fails_with_eafnosupport)
{
	struct addr addr = self->addr;
	int fd;

	addr.sa.sa_family = AF_APPLETALK;
	fd = self->face->socket(variant->family, variant->type, 0);
	ASSERT_LE(0, fd);
	EXPECT_EQ(-EAFNOSUPPORT, self->face->bind(fd, &addr.sa, addr.len));
}

TEST_HARNESS_MAIN
