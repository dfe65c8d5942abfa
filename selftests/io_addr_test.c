// SPDX-License-Identifier: GPL-2.0-only
/*
 * Moving data with addresses: where a message goes to and who it is from.
 */
#include "fixture.h"

TEST_F(dgram, sendto_reaches_who_is_named_and_makes_no_association)
{
	struct addr own = addr_room(), from = addr_room(), none = addr_room();
	int fd, peer, flags = 0;
	char buf[16];

	peer = plain_socket(variant->family, SOCK_DGRAM, 0);
	ASSERT_LE(0, peer);
	ASSERT_EQ(0, plain_bind(peer, &self->addr.sa, self->addr.len));
	fd = self->face->socket(variant->family, SOCK_DGRAM, 0);
	ASSERT_LE(0, fd);
	EXPECT_EQ(5, self->face->sendto(fd, "hello", 5, 0, &self->addr.sa,
					self->addr.len));
	EXPECT_EQ(5, plain_recvfrom(peer, buf, sizeof(buf), &flags, &from.sa,
				    &from.len));
	ASSERT_EQ(0, self->face->getsockname(fd, &own.sa, &own.len));
	EXPECT_EQ(addr_port(&own), addr_port(&from));
	EXPECT_EQ(-ENOTCONN,
		  self->face->getpeername(fd, &none.sa, &none.len));
}

TEST_F(dgram, sendto_overrides_the_peer_of_a_connected_socket)
{
	struct addr other = addr_loopback(variant->family, PORT + 2);
	struct pair pair;
	char byte = 0;
	int fd;

	ASSERT_EQ(0, pair_of_dgrams(&pair, self->face, variant->family));
	fd = plain_socket(variant->family, SOCK_DGRAM, 0);
	ASSERT_LE(0, fd);
	ASSERT_EQ(0, plain_bind(fd, &other.sa, other.len));
	EXPECT_EQ(1, self->face->sendto(pair.fd, "o", 1, 0, &other.sa,
					other.len));
	EXPECT_EQ(1, face_send(self->face, pair.fd, "p", 1, 0));
	EXPECT_EQ(1, face_recv(&plain_face, fd, &byte, 1, 0));
	EXPECT_EQ('o', byte);
	EXPECT_EQ(1, face_recv(&plain_face, pair.peer, &byte, 1, 0));
	EXPECT_EQ('p', byte);
}

TEST_F(dgram, sendto_checks_the_length_of_an_address)
{
	socklen_t minimal = variant->family == AF_INET ?
			    sizeof(struct sockaddr_in) :
			    offsetof(struct sockaddr_in6, sin6_scope_id);
	const socklen_t bad[] = {
		0, 1, minimal - 1, sizeof(self->addr.storage) + 1, 4096,
		INT32_MAX, INT32_MIN, UINT32_MAX,
	};
	const socklen_t good[] = {
		minimal, self->addr.len, self->addr.len + 1,
		sizeof(self->addr.storage),
	};
	size_t i;
	int fd;

	/* To itself, so that nobody refuses it. */
	fd = self->face->socket(variant->family, SOCK_DGRAM, 0);
	ASSERT_LE(0, fd);
	ASSERT_EQ(0, self->face->bind(fd, &self->addr.sa, self->addr.len));
	for (i = 0; i < ARRAY_SIZE(bad); i++) {
		EXPECT_EQ(-EINVAL, self->face->sendto(fd, "x", 1, 0,
						      &self->addr.sa, bad[i])) {
			TH_LOG("length %u", bad[i]);
		}
	}
	for (i = 0; i < ARRAY_SIZE(good); i++) {
		EXPECT_EQ(1, self->face->sendto(fd, "x", 1, 0, &self->addr.sa,
						good[i])) {
			TH_LOG("length %u", good[i]);
		}
	}
}

TEST_F(stream, sendto_checks_the_length_of_an_address_and_ignores_it)
{
	const socklen_t shorter[] = { 0, 1 };
	const socklen_t bad[] = {
		sizeof(self->addr.storage) + 1, 4096, INT32_MAX, INT32_MIN,
		UINT32_MAX,
	};
	const socklen_t good[] = {
		sizeof(sa_family_t), sizeof(struct sockaddr_in) - 1,
		self->addr.len, self->addr.len + 1, sizeof(self->addr.storage),
	};
	struct pair pair;
	size_t i;

	ASSERT_EQ(0, pair_of_streams(&pair, self->face, variant->family));
	for (i = 0; i < ARRAY_SIZE(shorter); i++) {
		EXPECT_EQ(DIFFERS(SENDTO_STREAM_SHORT_ADDR),
			  self->face->sendto(pair.fd, "x", 1, 0, &self->addr.sa,
					     shorter[i])) {
			TH_LOG("length %u", shorter[i]);
		}
	}
	for (i = 0; i < ARRAY_SIZE(bad); i++) {
		EXPECT_EQ(-EINVAL, self->face->sendto(pair.fd, "x", 1, 0,
						      &self->addr.sa, bad[i])) {
			TH_LOG("length %u", bad[i]);
		}
	}
	for (i = 0; i < ARRAY_SIZE(good); i++) {
		EXPECT_EQ(1, self->face->sendto(pair.fd, "x", 1, 0,
						&self->addr.sa, good[i])) {
			TH_LOG("length %u", good[i]);
		}
	}
}

TEST_F(dgram, sendto_another_family)
{
	struct addr addr = self->addr;
	int fd;

	addr.sa.sa_family = AF_APPLETALK;
	fd = self->face->socket(variant->family, SOCK_DGRAM, 0);
	ASSERT_LE(0, fd);
	EXPECT_EQ(variant->family == AF_INET ? -EAFNOSUPPORT : -EINVAL,
		  self->face->sendto(fd, "x", 1, 0, &addr.sa, addr.len));
}

TEST_F(dgram, sendto_port_0_fails_with_einval)
{
	struct addr addr = addr_loopback(variant->family, 0);
	int fd;

	fd = self->face->socket(variant->family, SOCK_DGRAM, 0);
	ASSERT_LE(0, fd);
	EXPECT_EQ(-EINVAL,
		  self->face->sendto(fd, "x", 1, 0, &addr.sa, addr.len));
}

TEST_F(socket, sendto_with_a_length_but_no_address)
{
	struct pair pair;

	ASSERT_EQ(0, pair_of(&pair, self->face, variant->family,
			     variant->type));
	EXPECT_EQ(DIFFERS(SENDTO_LENGTH_WITHOUT_ADDR),
		  self->face->sendto(pair.fd, "x", 1, 0, NULL, 16));
}

TEST_F(socket, recvfrom_with_room_but_no_address)
{
	socklen_t room = 16;
	struct pair pair;
	int flags = 0;
	char byte;

	ASSERT_EQ(0, pair_of(&pair, self->face, variant->family,
			     variant->type));
	ASSERT_EQ(1, face_send(&plain_face, pair.peer, "x", 1, 0));
	EXPECT_EQ(DIFFERS(RECVFROM_ROOM_WITHOUT_ADDR),
		  self->face->recvfrom(pair.fd, &byte, 1, &flags, NULL, &room));
}

TEST_F(socket, recvfrom_with_negative_room)
{
	struct addr from = addr_room();
	struct pair pair;
	int flags = 0;
	char byte;

	ASSERT_EQ(0, pair_of(&pair, self->face, variant->family,
			     variant->type));
	ASSERT_EQ(1, face_send(&plain_face, pair.peer, "x", 1, 0));
	from.len = INT32_MIN;
	EXPECT_EQ(DIFFERS(RECVFROM_NEGATIVE_ROOM),
		  self->face->recvfrom(pair.fd, &byte, 1, &flags, &from.sa,
				       &from.len));
}

TEST_F(socket, recvfrom_tells_the_sender_of_a_datagram)
{
	struct addr from = addr_room(), name = addr_room();
	struct pair pair;
	int flags = 0;
	char byte;

	ASSERT_EQ(0, pair_of(&pair, self->face, variant->family,
			     variant->type));
	ASSERT_EQ(1, face_send(&plain_face, pair.peer, "x", 1, 0));
	EXPECT_EQ(1, self->face->recvfrom(pair.fd, &byte, 1, &flags, &from.sa,
					  &from.len));
	if (variant->type == SOCK_STREAM) {
		EXPECT_EQ(0, from.len);
		return;
	}
	ASSERT_EQ(0, plain_getsockname(pair.peer, &name.sa, &name.len));
	EXPECT_EQ(0, memcmp(&name, &from, sizeof(name)));
}

TEST_F(dgram, recvfrom_stores_no_more_of_an_address_than_fits)
{
	const socklen_t rooms[] = {
		0, 1, 2, self->addr.len - 1, self->addr.len,
		self->addr.len + 1, sizeof(self->addr.storage), 4096,
	};
	struct addr name = addr_room(), from;
	unsigned char *stored = (unsigned char *)&from.storage;
	struct pair pair;
	size_t i, j;
	int flags;
	char byte;

	ASSERT_EQ(0, pair_of_dgrams(&pair, self->face, variant->family));
	ASSERT_EQ(0, plain_getsockname(pair.peer, &name.sa, &name.len));
	for (i = 0; i < ARRAY_SIZE(rooms); i++) {
		socklen_t fits = rooms[i] < name.len ? rooms[i] : name.len;

		ASSERT_EQ(1, face_send(&plain_face, pair.peer, "x", 1, 0));
		memset(&from, 0xa5, sizeof(from));
		from.len = rooms[i];
		flags = 0;
		EXPECT_EQ(1, self->face->recvfrom(pair.fd, &byte, 1, &flags,
						  &from.sa, &from.len));
		EXPECT_EQ(name.len, from.len);
		EXPECT_EQ(0, memcmp(stored, &name.storage, fits));
		for (j = fits; j < sizeof(from.storage); j++) {
			EXPECT_EQ(0xa5, stored[j]) {
				TH_LOG("room %u byte %zu", rooms[i], j);
				break;
			}
		}
	}
}

TEST_HARNESS_MAIN
