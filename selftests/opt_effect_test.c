// SPDX-License-Identifier: GPL-2.0-only
/*
 * Options of streams: that they do what they are there for, not only that they
 * can be read back.
 */
#include "fixture.h"
#include "opt_int.h"

/* ---- Timeouts ------------------------------------------------------------ */

#define TIMEOUT_MS	60
#define TIMEOUT_NS	(TIMEOUT_MS * NS_PER_MS)

static const long timeout_old[2] = { 0, TIMEOUT_MS * 1000 };
static const int64_t timeout_new[2] = { 0, TIMEOUT_MS * 1000 };

TEST_F(stream, recv_waits_no_longer_than_so_rcvtimeo)
{
	struct pair pair;
	uint64_t start;
	char byte;

	ASSERT_EQ(0, pair_of(&pair, self->face, variant->family, SOCK_STREAM));
	ASSERT_EQ(0, self->face->setsockopt(pair.fd, SOL_SOCKET,
					    SO_RCVTIMEO_OLD, timeout_old,
					    sizeof(timeout_old)));
	start = tick_ns();
	EXPECT_EQ(-EAGAIN, face_recv(self->face, pair.fd, &byte, 1, 0));
	EXPECT_LE(TIMEOUT_NS / 2, clock_ns(CLOCK_MONOTONIC) - start);

	/* Read by read(2), it is the same. */
	start = tick_ns();
	EXPECT_EQ(-EAGAIN, ret_errno(read(pair.fd, &byte, 1)));
	EXPECT_LE(TIMEOUT_NS / 2, clock_ns(CLOCK_MONOTONIC) - start);
}

TEST_F(stream, accept_waits_no_longer_than_so_rcvtimeo)
{
	uint64_t start;
	int fd;

	fd = listener_at(self->face, &self->addr, 1);
	ASSERT_LE(0, fd);
	ASSERT_EQ(0, self->face->setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO_NEW,
					    timeout_new, sizeof(timeout_new)));
	start = tick_ns();
	EXPECT_EQ(-EAGAIN, self->face->accept(fd, NULL, NULL, 0));
	EXPECT_LE(TIMEOUT_NS / 2, clock_ns(CLOCK_MONOTONIC) - start);
}

TEST_F(stream, send_waits_no_longer_than_so_sndtimeo)
{
	static const char bytes[65536];
	struct pair pair;
	ssize_t ret = 0;
	uint64_t start;
	int tries;

	ASSERT_EQ(0, pair_of(&pair, self->face, variant->family, SOCK_STREAM));
	ASSERT_EQ(0, self->face->setsockopt(pair.fd, SOL_SOCKET,
					    SO_SNDTIMEO_OLD, timeout_old,
					    sizeof(timeout_old)));
	start = tick_ns();
	for (tries = 0; tries < 1000 && ret >= 0; tries++)
		ret = face_send(self->face, pair.fd, bytes, sizeof(bytes), 0);
	EXPECT_EQ(-EAGAIN, ret);
	EXPECT_LE(TIMEOUT_NS / 2, clock_ns(CLOCK_MONOTONIC) - start);
}

TEST_F(stream, connect_waits_no_longer_than_so_sndtimeo)
{
	int fd, listener;

	listener = listener_full(&self->addr);
	ASSERT_LE(0, listener);
	fd = self->face->socket(variant->family, SOCK_STREAM, 0);
	ASSERT_LE(0, fd);
	ASSERT_EQ(0, self->face->setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO_NEW,
					    timeout_new, sizeof(timeout_new)));
	EXPECT_EQ(-EINPROGRESS, self->face->connect(fd, &self->addr.sa,
						    self->addr.len));
}

TEST_F(stream, poll_tells_of_data_only_when_so_rcvlowat_is_there)
{
	struct pair pair;
	char bytes[4];

	ASSERT_EQ(0, pair_of(&pair, self->face, variant->family, SOCK_STREAM));
	ASSERT_EQ(0, opt_int_set(self->face, pair.fd, SOL_SOCKET, SO_RCVLOWAT,
				 4));
	ASSERT_EQ(3, face_send(&plain_face, pair.peer, "abc", 3, 0));
	ASSERT_TRUE(EVENTUALLY(face_recv(self->face, pair.fd, bytes, 4,
					 MSG_PEEK | MSG_DONTWAIT) == 3));
	EXPECT_EQ(0, wait_events(pair.fd, POLLIN, 0));
	ASSERT_EQ(1, face_send(&plain_face, pair.peer, "d", 1, 0));
	EXPECT_EQ(POLLIN, wait_events(pair.fd, POLLIN, WAIT_MS));
}

/* ---- How a connection ends ----------------------------------------------- */

TEST_F(stream, so_error_tells_once_that_a_connect_was_refused)
{
	int fd;

	fd = self->face->socket(variant->family, SOCK_STREAM | SOCK_NONBLOCK,
				0);
	ASSERT_LE(0, fd);
	ASSERT_EQ(-EINPROGRESS, self->face->connect(fd, &self->addr.sa,
						    self->addr.len));
	ASSERT_LT(0, wait_events(fd, POLLOUT, WAIT_MS));
	EXPECT_EQ(ECONNREFUSED,
		  opt_int_get(self->face, fd, SOL_SOCKET, SO_ERROR));
	EXPECT_EQ(0, opt_int_get(self->face, fd, SOL_SOCKET, SO_ERROR));
}

TEST_F(stream, so_error_is_0_after_a_connect_that_did_not_wait)
{
	int fd, listener;

	listener = listener_at(&plain_face, &self->addr, 1);
	ASSERT_LE(0, listener);
	fd = self->face->socket(variant->family, SOCK_STREAM | SOCK_NONBLOCK,
				0);
	ASSERT_LE(0, fd);
	ASSERT_EQ(-EINPROGRESS, self->face->connect(fd, &self->addr.sa,
						    self->addr.len));
	ASSERT_EQ(POLLOUT, wait_events(fd, POLLOUT, WAIT_MS));
	EXPECT_EQ(0, opt_int_get(self->face, fd, SOL_SOCKET, SO_ERROR));
}

TEST_F(stream, close_with_so_linger_of_0_resets_the_connection)
{
	static const struct linger reset = { 1, 0 };
	struct pair pair;
	char byte;

	ASSERT_EQ(0, pair_of(&pair, self->face, variant->family, SOCK_STREAM));
	ASSERT_EQ(0, self->face->setsockopt(pair.fd, SOL_SOCKET, SO_LINGER,
					    &reset, sizeof(reset)));
	ASSERT_EQ(0, close(pair.fd));
	ASSERT_LT(0, wait_events(pair.peer, POLLIN, WAIT_MS));
	EXPECT_EQ(-ECONNRESET,
		  face_recv(&plain_face, pair.peer, &byte, 1, MSG_DONTWAIT));
}

TEST_F(stream, close_without_so_linger_ends_the_connection_in_order)
{
	struct pair pair;
	char byte;

	ASSERT_EQ(0, pair_of(&pair, self->face, variant->family, SOCK_STREAM));
	ASSERT_EQ(0, close(pair.fd));
	ASSERT_LT(0, wait_events(pair.peer, POLLIN, WAIT_MS));
	EXPECT_EQ(0, face_recv(&plain_face, pair.peer, &byte, 1, MSG_DONTWAIT));
}

/* ---- TCP ----------------------------------------------------------------- */

/* tcpi_state of the option TCP_INFO, or -errno. */
static int tcp_state(const struct face *face, int fd)
{
	unsigned char info[8] = {};
	socklen_t len = sizeof(info);
	int ret;

	ret = face->getsockopt(fd, SOL_TCP, TCP_INFO, info, &len);
	if (ret)
		return ret;
	return len == sizeof(info) ? info[0] : -EIO;
}

TEST_F(stream, tcp_info_tells_the_state_of_the_connection)
{
	struct addr other = addr_loopback(variant->family, PORT + 1);
	struct pair pair;
	int fd;

	ASSERT_EQ(0, pair_of(&pair, self->face, variant->family, SOCK_STREAM));
	EXPECT_EQ(TCP_ESTABLISHED, tcp_state(self->face, pair.fd));
	ASSERT_EQ(0, close(pair.peer));
	ASSERT_EQ(POLLIN, wait_events(pair.fd, POLLIN, WAIT_MS));
	EXPECT_EQ(TCP_CLOSE_WAIT, tcp_state(self->face, pair.fd));
	fd = self->face->socket(variant->family, SOCK_STREAM, 0);
	ASSERT_LE(0, fd);
	EXPECT_EQ(TCP_CLOSE, tcp_state(self->face, fd));
	ASSERT_EQ(0, self->face->bind(fd, &other.sa, other.len));
	ASSERT_EQ(0, self->face->listen(fd, 1));
	EXPECT_EQ(TCP_LISTEN, tcp_state(self->face, fd));
	EXPECT_EQ(1, opt_int_get(self->face, fd, SOL_SOCKET, SO_ACCEPTCONN));
}

TEST_F(stream, tcp_congestion_takes_and_gives_a_name)
{
	char name[32] = "";
	socklen_t len = sizeof(name);
	int fd;

	fd = self->face->socket(variant->family, SOCK_STREAM, 0);
	ASSERT_LE(0, fd);
	EXPECT_EQ(0, self->face->setsockopt(fd, SOL_TCP, TCP_CONGESTION,
					    "reno", 4));
	EXPECT_EQ(0, self->face->getsockopt(fd, SOL_TCP, TCP_CONGESTION, name,
					    &len));
	EXPECT_EQ(16, len);
	EXPECT_STREQ("reno", name);
	EXPECT_EQ(-ENOENT, self->face->setsockopt(fd, SOL_TCP, TCP_CONGESTION,
						  "none-such", 9));
	EXPECT_EQ(0, self->face->getsockopt(fd, SOL_TCP, TCP_CONGESTION, name,
					    &len));
	EXPECT_STREQ("reno", name);
}

TEST_F(stream, tcp_saved_syn_gives_the_packet_that_began_it_once)
{
	unsigned char packet[256];
	socklen_t len = sizeof(packet);
	int fd, peer, listener;

	listener = listener_at(self->face, &self->addr, 1);
	ASSERT_LE(0, listener);
	ASSERT_EQ(0, opt_int_set(self->face, listener, SOL_TCP, TCP_SAVE_SYN,
				 1));
	peer = connected_to(&plain_face, SOCK_STREAM, &self->addr);
	ASSERT_LE(0, peer);
	fd = self->face->accept(listener, NULL, NULL, 0);
	ASSERT_LE(0, fd);
	/* Without room for it, how long it is, and it is kept. */
	len = 4;
	EXPECT_EQ(-EINVAL, self->face->getsockopt(fd, SOL_TCP, TCP_SAVED_SYN,
						  packet, &len));
	EXPECT_LT(40, len);
	len = sizeof(packet);
	EXPECT_EQ(0, self->face->getsockopt(fd, SOL_TCP, TCP_SAVED_SYN, packet,
					    &len));
	EXPECT_LT(40, len);
	EXPECT_GT(sizeof(packet), len);
	EXPECT_EQ(variant->family == AF_INET ? 4 : 6, packet[0] >> 4);
	len = sizeof(packet);
	EXPECT_EQ(0, self->face->getsockopt(fd, SOL_TCP, TCP_SAVED_SYN, packet,
					    &len));
	EXPECT_EQ(0, len);
}

TEST_F(stream, an_accepted_socket_has_the_options_of_the_listening_one)
{
	int fd, peer, listener;

	listener = listener_at(self->face, &self->addr, 1);
	ASSERT_LE(0, listener);
	ASSERT_EQ(0, opt_int_set(self->face, listener, SOL_TCP, TCP_NODELAY,
				 1));
	ASSERT_EQ(0, opt_int_set(self->face, listener, SOL_TCP, TCP_KEEPIDLE,
				 33));
	ASSERT_EQ(0, opt_int_set(self->face, listener, SOL_SOCKET,
				 SO_KEEPALIVE, 1));
	peer = connected_to(&plain_face, SOCK_STREAM, &self->addr);
	ASSERT_LE(0, peer);
	fd = self->face->accept(listener, NULL, NULL, 0);
	ASSERT_LE(0, fd);
	EXPECT_EQ(1, opt_int_get(self->face, fd, SOL_TCP, TCP_NODELAY));
	EXPECT_EQ(33, opt_int_get(self->face, fd, SOL_TCP, TCP_KEEPIDLE));
	EXPECT_EQ(1, opt_int_get(self->face, fd, SOL_SOCKET, SO_KEEPALIVE));
}

TEST_F(stream, ipv6_addrform_turns_a_mapped_connection_into_one_of_ipv4)
{
	struct addr addr = addr_loopback(AF_INET, PORT), name = addr_room();
	struct addr mapped = addr_loopback(AF_INET6, PORT);
	int fd, listener;

	if (variant->family != AF_INET6)
		return;
	ASSERT_EQ(1, inet_pton(AF_INET6, "::ffff:127.0.0.1",
			       &mapped.in6.sin6_addr));
	listener = listener_at(&plain_face, &addr, 1);
	ASSERT_LE(0, listener);
	fd = connected_to(self->face, SOCK_STREAM, &mapped);
	ASSERT_LE(0, fd);
	EXPECT_EQ(AF_INET6, opt_int_get(self->face, fd, SOL_IPV6,
					IPV6_ADDRFORM));
	ASSERT_EQ(0, opt_int_set(self->face, fd, SOL_IPV6, IPV6_ADDRFORM,
				 AF_INET));
	EXPECT_EQ(AF_INET, opt_int_get(self->face, fd, SOL_SOCKET, SO_DOMAIN));
	ASSERT_EQ(0, self->face->getpeername(fd, &name.sa, &name.len));
	EXPECT_EQ(addr.len, name.len);
	EXPECT_EQ(0, memcmp(&addr.in, &name.in, sizeof(addr.in)));
	EXPECT_EQ(1, face_send(self->face, fd, "x", 1, 0));
}

/* ---- Sockets themselves -------------------------------------------------- */

/* The cookie of a socket, or 0. */
static uint64_t cookie_of(const struct face *face, int fd)
{
	uint64_t cookie = 0;
	socklen_t len = sizeof(cookie);

	if (face->getsockopt(fd, SOL_SOCKET, SO_COOKIE, &cookie, &len) ||
	    len != sizeof(cookie))
		return 0;
	return cookie;
}

TEST_F(stream, so_cookie_is_the_sockets_own_and_stays)
{
	struct ksock_socket_info info;
	int fd, other;

	fd = self->face->socket(variant->family, SOCK_STREAM, 0);
	ASSERT_LE(0, fd);
	other = self->face->socket(variant->family, SOCK_STREAM, 0);
	ASSERT_LE(0, other);
	EXPECT_NE(0, cookie_of(self->face, fd));
	EXPECT_EQ(cookie_of(self->face, fd), cookie_of(self->face, fd));
	EXPECT_NE(cookie_of(self->face, other), cookie_of(self->face, fd));
	if (self->face != &ksock_face)
		return;
	ASSERT_EQ(0, ksock_socket_info(fd, &info));
	EXPECT_EQ(info.out_cookie, cookie_of(self->face, fd));
}

TEST_F(stream, so_incoming_cpu_is_a_cpu_of_the_machine)
{
	struct pair pair;
	char byte;
	int cpu;

	ASSERT_EQ(0, pair_of(&pair, self->face, variant->family, SOCK_STREAM));
	ASSERT_EQ(1, face_send(&plain_face, pair.peer, "x", 1, 0));
	ASSERT_EQ(1, face_recv(self->face, pair.fd, &byte, 1, 0));
	cpu = opt_int_get(self->face, pair.fd, SOL_SOCKET, SO_INCOMING_CPU);
	EXPECT_LE(0, cpu);
	EXPECT_GT(sysconf(_SC_NPROCESSORS_CONF), cpu);
}

TEST_F(stream, so_bindtodevice_takes_and_gives_a_name)
{
	char name[64];
	socklen_t len = sizeof(name);
	int fd;

	fd = self->face->socket(variant->family, SOCK_STREAM, 0);
	ASSERT_LE(0, fd);
	EXPECT_EQ(0, self->face->getsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE,
					    name, &len));
	EXPECT_EQ(0, len);
	EXPECT_EQ(0, self->face->setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE,
					    "lo", 3));
	len = sizeof(name);
	EXPECT_EQ(0, self->face->getsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE,
					    name, &len));
	EXPECT_EQ(3, len);
	EXPECT_STREQ("lo", name);
	EXPECT_EQ(1, opt_int_get(self->face, fd, SOL_SOCKET,
				 SO_BINDTOIFINDEX));
	EXPECT_EQ(-ENODEV, self->face->setsockopt(fd, SOL_SOCKET,
						  SO_BINDTODEVICE, "none", 5));
	EXPECT_EQ(0, self->face->setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE,
					    "", 0));
	EXPECT_EQ(0, opt_int_get(self->face, fd, SOL_SOCKET,
				 SO_BINDTOIFINDEX));
}

TEST_HARNESS_MAIN
