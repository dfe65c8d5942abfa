/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Operations of the twin test: the names of sockets, bind, listen and accept.
 */
#ifndef KSOCK_SELFTESTS_TWIN_NAME_H
#define KSOCK_SELFTESTS_TWIN_NAME_H

#include "twin.h"

static int name_bind(struct twin *twin, const struct addr *addr)
{
	return twin->face->bind(twin->fd, &addr->sa, addr->len);
}

static void name_say(struct twin *twin)
{
	struct addr addr = addr_room();
	int ret = twin->face->getsockname(twin->fd, &addr.sa, &addr.len);

	if (ret)
		twin_say_ret(twin, "getsockname", ret);
	else
		twin_say_addr(twin, &addr);
}

static long name_of_itself(struct twin *twin)
{
	struct addr addr = addr_room();
	int ret = twin->face->getsockname(twin->fd, &addr.sa, &addr.len);

	if (!ret)
		twin_say_addr(twin, &addr);
	return ret;
}

static long name_of_peer(struct twin *twin)
{
	struct addr addr = addr_room();
	int ret = twin->face->getpeername(twin->fd, &addr.sa, &addr.len);

	if (!ret)
		twin_say_addr(twin, &addr);
	return ret;
}

/* With room for the family alone. */
static long name_cut(struct twin *twin)
{
	struct addr addr = addr_room();
	socklen_t len = sizeof(addr.sa.sa_family);
	int ret = twin->face->getsockname(twin->fd, &addr.sa, &len);

	twin_say(twin, "%u bytes, port %u", len, addr_port(&addr));
	return ret;
}

static long name_bind_to(struct twin *twin)
{
	int ret = name_bind(twin, &twin->addr);

	name_say(twin);
	return ret;
}

static long name_bind_any_port(struct twin *twin)
{
	struct addr addr = addr_loopback(AF_INET, 0);
	int ret = name_bind(twin, &addr);

	addr = addr_room();
	twin->face->getsockname(twin->fd, &addr.sa, &addr.len);
	twin_say(twin, "a port: %s", addr_port(&addr) ? "yes" : "no");
	return ret;
}

static long name_bind_any_address(struct twin *twin)
{
	struct addr addr = twin->addr;

	if (addr.sa.sa_family == AF_INET)
		addr.in.sin_addr.s_addr = 0;
	else
		addr.in6.sin6_addr = in6addr_any;
	return twin_ok(name_bind(twin, &addr));
}

/* arg: option of SOL_SOCKET that both have, type of socket. */
static long name_bind_in_use(struct twin *twin)
{
	int type = twin->arg[1] ?: SOCK_STREAM, on = 1;

	twin->peer = plain_socket(AF_INET, type, 0);
	twin->fd = twin_socket(twin, type);
	if (twin->arg[0]) {
		plain_setsockopt(twin->peer, SOL_SOCKET, twin->arg[0], &on,
				 sizeof(on));
		twin_set(twin, SOL_SOCKET, twin->arg[0], 1);
	}
	if (plain_bind(twin->peer, &twin->addr.sa, twin->addr.len))
		return -ECANCELED;
	return name_bind(twin, &twin->addr);
}

/* arg: whether with IP_FREEBIND. */
static long name_bind_nobody(struct twin *twin)
{
	struct addr addr = twin->addr;

	addr.in.sin_addr.s_addr = htonl(0xc0000201);
	if (twin->arg[0])
		twin_set(twin, SOL_IP, IP_FREEBIND, 1);
	return name_bind(twin, &addr);
}

static long name_bind_link_local(struct twin *twin)
{
	struct addr addr = twin->addr;

	inet_pton(AF_INET6, "fe80::1", &addr.in6.sin6_addr);
	return name_bind(twin, &addr);
}

/* arg: length. */
static long name_bind_length(struct twin *twin)
{
	char room[256] = "";

	memcpy(room, &twin->addr.storage, twin->addr.len);
	return twin->face->bind(twin->fd, room, twin->arg[0]);
}

/* arg: family that the address says. */
static long name_bind_family(struct twin *twin)
{
	struct addr addr = addr_loopback(AF_INET, PORT);

	if (twin->arg[0] == AF_UNSPEC)
		addr.in.sin_addr.s_addr = 0;
	addr.len = sizeof(addr.storage);
	addr.sa.sa_family = twin->arg[0];
	return name_bind(twin, &addr);
}

static long name_bind_low_port(struct twin *twin)
{
	struct addr addr = addr_loopback(AF_INET, 80);

	if (twin->arg[0] && capability_drop(CAP_NET_BIND_SERVICE))
		return -ECANCELED;
	return name_bind(twin, &addr);
}

/* Of the other family, to the port of a socket of IPv6; arg: IPV6_V6ONLY. */
static long name_bind_beside_ipv6(struct twin *twin)
{
	struct addr addr = addr_loopback(AF_INET, PORT);
	struct addr other = addr_loopback(AF_INET6, PORT);
	int fd;

	other.in6.sin6_addr = in6addr_any;
	twin_set(twin, SOL_IPV6, IPV6_V6ONLY, twin->arg[0]);
	if (name_bind(twin, &other))
		return -ECANCELED;
	fd = plain_socket(AF_INET, SOCK_DGRAM, 0);
	return plain_bind(fd, &addr.sa, addr.len);
}

static const struct twin_row name_rows[] = {
	ROW("bind(2) to an address and port", STREAM, name_bind_to),
	ROW("bind(2) of IPv6", DGRAM | IPV6, name_bind_to),
	ROW("bind(2) to port 0", STREAM, name_bind_any_port),
	ROW("bind(2) to any address", STREAM, name_bind_any_address),
	ROW("bind(2) to a port in use", NOTHING, name_bind_in_use),
	ROW("bind(2) to a port in use, datagrams", NOTHING, name_bind_in_use,
	    0, SOCK_DGRAM),
	ROW("bind(2) to a port in use, SO_REUSEADDR on both", NOTHING,
	    name_bind_in_use, SO_REUSEADDR),
	ROW("bind(2) to a port in use, SO_REUSEPORT on both", NOTHING,
	    name_bind_in_use, SO_REUSEPORT, SOCK_DGRAM),
	ROW("bind(2) to an address of nobody", STREAM, name_bind_nobody),
	ROW("bind(2) to an address of nobody, IP_FREEBIND", STREAM,
	    name_bind_nobody, 1),
	ROW("bind(2) to a link-local address without a scope", DGRAM | IPV6,
	    name_bind_link_local),
	ROW("bind(2) of a bound socket", BOUND, name_bind_to),
	ROW("bind(2), address of 1 byte", STREAM, name_bind_length, 1),
	ROW("bind(2), address of the family alone", STREAM, name_bind_length,
	    2),
	ROW("bind(2), address a byte short", STREAM, name_bind_length,
	    sizeof(struct sockaddr_in) - 1),
	ROW("bind(2), address a byte short, IPv6", STREAM | IPV6,
	    name_bind_length, 23),
	ROW("bind(2), address of 128 bytes", STREAM, name_bind_length, 128),
	ROW("bind(2), address of 129 bytes", STREAM, name_bind_length, 129),
	ROW("bind(2) to an address of IPv6, socket of IPv4", STREAM,
	    name_bind_family, AF_INET6),
	ROW("bind(2) to AF_UNSPEC, any address", STREAM, name_bind_family,
	    AF_UNSPEC),
	ROW("bind(2) to AF_UNIX", STREAM, name_bind_family, AF_UNIX),
	ROW("bind(2) to port 80", STREAM, name_bind_low_port),
	ROW("bind(2) to port 80 without CAP_NET_BIND_SERVICE", STREAM,
	    name_bind_low_port, 1),
	ROW("bind(2) of IPv4 to the port of a socket of both families",
	    DGRAM | IPV6, name_bind_beside_ipv6, 0),
	ROW("bind(2) of IPv4 to the port of a socket with IPV6_V6ONLY",
	    DGRAM | IPV6, name_bind_beside_ipv6, 1),
	ROW("getsockname(2) of a new socket", STREAM, name_of_itself),
	ROW("getsockname(2) of a new socket of IPv6", DGRAM | IPV6,
	    name_of_itself),
	ROW("getsockname(2) of a connected socket", TALKING, name_of_itself),
	ROW("getsockname(2), room for the family alone", BOUND, name_cut),
	ROW("getpeername(2) of a new socket", STREAM, name_of_peer),
	ROW("getpeername(2) of a connected stream", CONNECTED, name_of_peer),
	ROW("getpeername(2) of a connected datagram socket", TALKING | IPV6,
	    name_of_peer),
	ROW("getpeername(2) after the peer closed", ENDED, name_of_peer),
	ROW("getpeername(2) after a reset", RESET, name_of_peer),
	ROW("getpeername(2) of a listening socket", LISTENING, name_of_peer),
};

/* ---- Listening and accepting --------------------------------------------- */

/* arg: backlog, how many may connect is then counted. */
static long accept_listen(struct twin *twin)
{
	int ret = twin->face->listen(twin->fd, twin->arg[0]), on = -1;
	socklen_t len = sizeof(on);

	twin->face->getsockopt(twin->fd, SOL_SOCKET, SO_ACCEPTCONN, &on, &len);
	twin_say(twin, "SO_ACCEPTCONN %d", on);
	return ret;
}

/* Two are bound with SO_REUSEADDR, the other one listens. */
static long accept_listen_in_use(struct twin *twin)
{
	if (name_bind_in_use(twin) || plain_listen(twin->peer, 1))
		return -ECANCELED;
	return twin->face->listen(twin->fd, 1);
}

static long accept_one(struct twin *twin)
{
	struct addr addr = addr_room();
	int fd = twin->face->accept(twin->fd, &addr.sa, &addr.len, 0);

	if (fd < 0)
		return fd;
	twin_say_addr(twin, &addr);
	twin->fd = fd;
	if (!twin_peer_sends(twin, "hello"))
		twin_hears(twin);
	return 0;
}

/* arg: flags; whether the listening socket is O_NONBLOCK. */
static long accept_flags(struct twin *twin)
{
	int fd;

	if (twin->arg[1])
		twin_nonblock(twin);
	fd = twin->face->accept(twin->fd, NULL, NULL, twin->arg[0]);
	if (fd >= 0)
		twin_say(twin, "O_NONBLOCK %d, FD_CLOEXEC %d",
			 !!(fcntl(fd, F_GETFL) & O_NONBLOCK),
			 fcntl(fd, F_GETFD));
	return twin_ok(fd);
}

static long accept_cut(struct twin *twin)
{
	struct addr addr = addr_room();
	socklen_t len = 4;
	int fd = twin->face->accept(twin->fd, &addr.sa, &len, 0);

	twin_say(twin, "%u bytes", len);
	return twin_ok(fd);
}

static long accept_without_descriptors(struct twin *twin)
{
	struct rlimit saved;
	int ret;

	if (fds_exhaust(&saved))
		return -ECANCELED;
	ret = twin->face->accept(twin->fd, NULL, NULL, 0);
	setrlimit(RLIMIT_NOFILE, &saved);
	twin_say_ret(twin, "then",
		     twin_ok(twin->face->accept(twin->fd, NULL, NULL, 0)));
	return twin_ok(ret);
}

/* arg: whether it resets the connection. */
static long accept_of_who_left(struct twin *twin)
{
	if (face_send(&plain_face, twin->peer, "hello", 5, 0) != 5)
		return -ECANCELED;
	if (twin->arg[0])
		twin_peer_resets(twin);
	else
		close(twin->peer);
	twin->fd = twin->face->accept(twin->fd, NULL, NULL, 0);
	if (twin->fd >= 0) {
		/* The last of it may still be under way. */
		wait_events(twin->fd, twin->arg[0] ? POLLHUP : POLLIN,
			    WAIT_MS);
		twin_hears(twin);
	}
	return twin_ok(twin->fd);
}

static long accept_waits(struct twin *twin)
{
	struct call call = {
		.run = call_accept, .face = twin->face, .fd = twin->fd,
	};

	if (call_start(&call) || !call_sleeps(&call))
		return -ECANCELED;
	twin->peer = connected_to(&plain_face, SOCK_STREAM, &twin->addr);
	return twin_ok(call_end(&call));
}

static const struct twin_row accept_rows[] = {
	ROW("listen(2) of a bound socket", BOUND, accept_listen, 1),
	ROW("listen(2) of a new socket", STREAM, accept_listen, 1),
	ROW("listen(2), negative backlog", BOUND, accept_listen, -1),
	ROW("listen(2) of a listening socket", LISTENING, accept_listen, 2),
	ROW("listen(2) of a connected socket", CONNECTED, accept_listen, 1),
	ROW("listen(2) of a datagram socket", DGRAM, accept_listen, 1),
	ROW("listen(2) where another socket listens", NOTHING,
	    accept_listen_in_use, SO_REUSEADDR),
	ROW("accept(2) of a connection", PENDING, accept_one),
	ROW("accept(2) of a connection by IPv6", PENDING | IPV6, accept_one),
	ROW("accept(2), room for 4 bytes of the address", PENDING, accept_cut),
	ROW("accept(2) waits", LISTENING, accept_waits),
	ROW("accept(2) with O_NONBLOCK, nobody there", LISTENING,
	    accept_flags, 0, 1),
	ROW("accept(2) on a listening socket with O_NONBLOCK", PENDING,
	    accept_flags, 0, 1),
	ROW("accept4(SOCK_NONBLOCK)", PENDING, accept_flags, SOCK_NONBLOCK),
	ROW("accept4(SOCK_CLOEXEC)", PENDING, accept_flags, SOCK_CLOEXEC),
	ROW("accept4(2), unknown flag", PENDING, accept_flags, 1),
	ROW("accept(2) on a new socket", STREAM, accept_flags),
	ROW("accept(2) on a connected socket", CONNECTED, accept_flags),
	ROW("accept(2) on a datagram socket", DGRAM, accept_flags),
	DIFFER(ACCEPT_DGRAM_BAD_FLAG,
	       "accept4(2) on a datagram socket, unknown flag", DGRAM,
	       accept_flags, 1),
	ROW("accept(2), no descriptor left", PENDING,
	    accept_without_descriptors),
	ROW("accept(2) of a peer that sent and closed", PENDING,
	    accept_of_who_left),
	ROW("accept(2) of a peer that sent and reset", PENDING,
	    accept_of_who_left, 1),
};

#endif /* KSOCK_SELFTESTS_TWIN_NAME_H */
