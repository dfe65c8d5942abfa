// SPDX-License-Identifier: GPL-2.0-only
/*
 * Options of datagram sockets and of binding: that they do what they are there
 * for; and those that ask for a right of their own.
 */
#include "fixture.h"
#include "opt_int.h"
#include "process.h"

/* ---- Data ---------------------------------------------------------------- */

TEST_F(dgram, udp_cork_makes_one_datagram_of_two)
{
	struct pair pair;
	char bytes[16];

	ASSERT_EQ(0, pair_of(&pair, self->face, variant->family, SOCK_DGRAM));
	ASSERT_EQ(0, opt_int_set(self->face, pair.fd, SOL_UDP, UDP_CORK, 1));
	ASSERT_EQ(3, face_send(self->face, pair.fd, "abc", 3, 0));
	ASSERT_EQ(3, face_send(self->face, pair.fd, "def", 3, 0));
	EXPECT_EQ(-EAGAIN, face_recv(&plain_face, pair.peer, bytes,
				     sizeof(bytes), MSG_DONTWAIT));
	ASSERT_EQ(0, opt_int_set(self->face, pair.fd, SOL_UDP, UDP_CORK, 0));
	EXPECT_EQ(6, face_recv(&plain_face, pair.peer, bytes, sizeof(bytes),
			       0));
	EXPECT_EQ(0, memcmp(bytes, "abcdef", 6));
}

TEST_F(dgram, udp_segment_makes_many_datagrams_of_one)
{
	struct pair pair;
	char bytes[16];

	ASSERT_EQ(0, pair_of(&pair, self->face, variant->family, SOCK_DGRAM));
	ASSERT_EQ(0, opt_int_set(self->face, pair.fd, SOL_UDP, UDP_SEGMENT, 4));
	ASSERT_EQ(6, face_send(self->face, pair.fd, "abcdef", 6, 0));
	EXPECT_EQ(4, face_recv(&plain_face, pair.peer, bytes, sizeof(bytes),
			       0));
	EXPECT_EQ(2, face_recv(&plain_face, pair.peer, bytes, sizeof(bytes),
			       0));
}

TEST_F(dgram, so_error_tells_once_that_nobody_took_a_datagram)
{
	int fd;

	fd = connected_to(self->face, SOCK_DGRAM, &self->addr);
	ASSERT_LE(0, fd);
	ASSERT_EQ(1, face_send(self->face, fd, "x", 1, 0));
	ASSERT_LT(0, wait_events(fd, POLLIN, WAIT_MS));
	EXPECT_EQ(ECONNREFUSED,
		  opt_int_get(self->face, fd, SOL_SOCKET, SO_ERROR));
	EXPECT_EQ(0, opt_int_get(self->face, fd, SOL_SOCKET, SO_ERROR));
}

TEST_F(dgram, so_peek_off_has_peeks_go_on_where_the_last_one_ended)
{
	struct pair pair;
	char bytes[4] = "";

	ASSERT_EQ(0, pair_of(&pair, self->face, variant->family, SOCK_DGRAM));
	ASSERT_EQ(0, opt_int_set(self->face, pair.fd, SOL_SOCKET, SO_PEEK_OFF,
				 0));
	ASSERT_EQ(4, face_send(&plain_face, pair.peer, "abcd", 4, 0));
	EXPECT_EQ(2, face_recv(self->face, pair.fd, bytes, 2, MSG_PEEK));
	EXPECT_EQ('a', bytes[0]);
	EXPECT_EQ(2, face_recv(self->face, pair.fd, bytes, 2, MSG_PEEK));
	EXPECT_EQ('c', bytes[0]);
	EXPECT_EQ(4, opt_int_get(self->face, pair.fd, SOL_SOCKET, SO_PEEK_OFF));
}

TEST_F(dgram, a_broadcast_needs_so_broadcast)
{
	struct addr all = addr_loopback(AF_INET, PORT), any = all;
	int fd, receiver;
	char byte;

	if (variant->family != AF_INET)
		return;
	all.in.sin_addr.s_addr = htonl(0x7fffffff);
	any.in.sin_addr.s_addr = htonl(INADDR_ANY);
	receiver = plain_socket(AF_INET, SOCK_DGRAM, 0);
	ASSERT_LE(0, receiver);
	ASSERT_EQ(0, plain_bind(receiver, &any.sa, any.len));
	fd = self->face->socket(AF_INET, SOCK_DGRAM, 0);
	ASSERT_LE(0, fd);
	EXPECT_EQ(-EACCES,
		  self->face->sendto(fd, "x", 1, 0, &all.sa, all.len));
	EXPECT_EQ(-EACCES, self->face->connect(fd, &all.sa, all.len));
	ASSERT_EQ(0, opt_int_set(self->face, fd, SOL_SOCKET, SO_BROADCAST, 1));
	EXPECT_EQ(1, self->face->sendto(fd, "x", 1, 0, &all.sa, all.len));
	EXPECT_EQ(1, face_recv(&plain_face, receiver, &byte, 1, 0));
}

/* ---- Binding ------------------------------------------------------------- */

TEST_F(dgram, ipv6_v6only_leaves_the_port_to_ipv4)
{
	struct addr any6 = addr_loopback(AF_INET6, PORT);
	struct addr any4 = addr_loopback(AF_INET, PORT);
	int fd, other;

	if (variant->family != AF_INET6)
		return;
	any6.in6.sin6_addr = in6addr_any;
	any4.in.sin_addr.s_addr = htonl(INADDR_ANY);
	fd = self->face->socket(AF_INET6, SOCK_DGRAM, 0);
	ASSERT_LE(0, fd);
	ASSERT_EQ(0, self->face->bind(fd, &any6.sa, any6.len));
	other = plain_socket(AF_INET, SOCK_DGRAM, 0);
	ASSERT_LE(0, other);
	EXPECT_EQ(-EADDRINUSE, plain_bind(other, &any4.sa, any4.len));
	EXPECT_EQ(-EINVAL, opt_int_set(self->face, fd, SOL_IPV6, IPV6_V6ONLY,
				       1));
	close(fd);
	fd = self->face->socket(AF_INET6, SOCK_DGRAM, 0);
	ASSERT_LE(0, fd);
	ASSERT_EQ(0, opt_int_set(self->face, fd, SOL_IPV6, IPV6_V6ONLY, 1));
	ASSERT_EQ(0, self->face->bind(fd, &any6.sa, any6.len));
	EXPECT_EQ(0, plain_bind(other, &any4.sa, any4.len));
}

TEST_F(dgram, freebind_binds_to_an_address_that_is_not_there_yet)
{
	struct addr addr = self->addr;
	int fd, level, name;

	/* 192.0.2.1 and 2001:db8::1, which are for documentation. */
	if (variant->family == AF_INET) {
		addr.in.sin_addr.s_addr = htonl(0xc0000201);
		level = SOL_IP;
		name = IP_FREEBIND;
	} else {
		ASSERT_EQ(1, inet_pton(AF_INET6, "2001:db8::1",
				       &addr.in6.sin6_addr));
		level = SOL_IPV6;
		name = IPV6_FREEBIND;
	}
	fd = self->face->socket(variant->family, SOCK_DGRAM, 0);
	ASSERT_LE(0, fd);
	EXPECT_EQ(-EADDRNOTAVAIL, self->face->bind(fd, &addr.sa, addr.len));
	ASSERT_EQ(0, opt_int_set(self->face, fd, level, name, 1));
	EXPECT_EQ(0, self->face->bind(fd, &addr.sa, addr.len));
}

TEST_F(dgram, ip_local_port_range_is_where_a_free_port_is_taken_from)
{
	uint32_t range = 40000 | 40001u << 16, before;
	struct addr addr = addr_loopback(variant->family, 0);
	struct addr name = addr_room();
	socklen_t len = sizeof(before);
	int fd;

	fd = self->face->socket(variant->family, SOCK_DGRAM, 0);
	ASSERT_LE(0, fd);
	if (self->face->getsockopt(fd, SOL_IP, IP_LOCAL_PORT_RANGE, &before,
				   &len)) {
		/* The kernel does not know it. */
		EXPECT_EQ(-ENOPROTOOPT,
			  self->face->setsockopt(fd, SOL_IP,
						 IP_LOCAL_PORT_RANGE, &range,
						 sizeof(range)));
		return;
	}
	ASSERT_EQ(0, self->face->setsockopt(fd, SOL_IP, IP_LOCAL_PORT_RANGE,
					    &range, sizeof(range)));
	ASSERT_EQ(0, self->face->bind(fd, &addr.sa, addr.len));
	ASSERT_EQ(0, self->face->getsockname(fd, &name.sa, &name.len));
	EXPECT_EQ(40000, addr_port(&name) & ~1);
}

/* ---- Rights -------------------------------------------------------------- */

/*
 * Options that ask for a right in the first user namespace, from one below that
 * owns its network, where the caller has every right of that one.
 */
static int below_errors(const struct face *face)
{
	static const struct {
		int name;
		int value;
		int ret;
	} cases[] = {
		{ SO_SNDBUFFORCE, 100000, -EPERM },
		{ SO_RCVBUFFORCE, 100000, -EPERM },
		{ SO_DEBUG, 1, -EACCES },
		{ SO_MARK, 7, 0 },
		{ SO_PRIORITY, 7, 0 },
		{ SO_SNDBUF, 10000, 0 },
	};
	int fd, errors = 0;
	size_t i;

	if (userns_enter(CLONE_NEWNET))
		return 100;
	ksock_ctx = ksock_open();
	if (ksock_ctx < 0)
		return 101;
	fd = face->socket(AF_INET, SOCK_DGRAM, 0);
	if (fd < 0)
		return 102;
	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		if (opt_int_set(face, fd, SOL_SOCKET, cases[i].name,
				cases[i].value) != cases[i].ret)
			errors |= 1 << i;
	}
	return errors;
}

/* The same without CAP_NET_ADMIN and CAP_NET_RAW at all. */
static int without_errors(const struct face *face, int fd)
{
	static const struct {
		int name;
		int value;
	} cases[] = {
		{ SO_SNDBUFFORCE, 100000 }, { SO_RCVBUFFORCE, 100000 },
		{ SO_MARK, 7 }, { SO_PRIORITY, 7 },
	};
	int errors = 0;
	size_t i;

	if (capability_drop(CAP_NET_ADMIN) || capability_drop(CAP_NET_RAW))
		return 100;
	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		if (opt_int_set(face, fd, SOL_SOCKET, cases[i].name,
				cases[i].value) != -EPERM)
			errors |= 1 << i;
	}
	return errors;
}

TEST_F(dgram, options_that_need_a_right_ask_for_it)
{
	int fd;
	pid_t child;

	fd = self->face->socket(variant->family, SOCK_DGRAM, 0);
	ASSERT_LE(0, fd);
	child = fork();
	ASSERT_LE(0, child);
	if (!child)
		_exit(without_errors(self->face, fd));
	EXPECT_EQ(0, process_join(child));

	EXPECT_EQ(0, opt_int_set(self->face, fd, SOL_SOCKET, SO_SNDBUFFORCE,
				 100000));
	EXPECT_EQ(0, opt_int_set(self->face, fd, SOL_SOCKET, SO_MARK, 7));
	EXPECT_EQ(7, opt_int_get(self->face, fd, SOL_SOCKET, SO_MARK));
}

TEST_F(dgram, the_root_of_a_network_below_has_no_right_above)
{
	pid_t child;

	child = fork();
	ASSERT_LE(0, child);
	if (!child)
		_exit(below_errors(self->face));
	EXPECT_EQ(0, process_join(child));
}

TEST_HARNESS_MAIN
