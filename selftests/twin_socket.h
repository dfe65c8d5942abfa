/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Operations of the twin test: making sockets of each kind.
 */
#ifndef KSOCK_SELFTESTS_TWIN_SOCKET_H
#define KSOCK_SELFTESTS_TWIN_SOCKET_H

#include "ping.h"
#include "twin.h"

#include <linux/icmp.h>
#include <linux/icmpv6.h>

#ifndef IPPROTO_MPTCP
#define IPPROTO_MPTCP	262
#endif

#define NOBODYS_FAMILY	200

static int option_get(struct twin *twin, int level, int name)
{
	int value = -1;
	socklen_t len = sizeof(value);
	int ret = twin->face->getsockopt(twin->fd, level, name, &value, &len);

	return ret ? ret : value;
}

/* arg: family, type, protocol. */
static long make(struct twin *twin)
{
	twin->fd = twin->face->socket(twin->arg[0], twin->arg[1], twin->arg[2]);
	if (twin->fd < 0)
		return twin->fd;
	twin_say(twin, "protocol %d", option_get(twin, SOL_SOCKET,
						 SO_PROTOCOL));
	return 0;
}

static long make_flags(struct twin *twin)
{
	twin->fd = twin->face->socket(twin->arg[0], twin->arg[1], twin->arg[2]);
	if (twin->fd < 0)
		return twin->fd;
	twin_say(twin, "O_NONBLOCK %d, FD_CLOEXEC %d",
		 !!(fcntl(twin->fd, F_GETFL) & O_NONBLOCK),
		 fcntl(twin->fd, F_GETFD));
	return 0;
}

static long make_ping(struct twin *twin)
{
	int ret = ping_range_write("0 0");

	return ret ? ret : make(twin);
}

static long make_without_net_raw(struct twin *twin)
{
	int ret = capability_drop(CAP_NET_RAW);

	return ret ? -ECANCELED : make(twin);
}

static long make_without_descriptors(struct twin *twin)
{
	struct rlimit saved;
	int ret = fds_exhaust(&saved);

	return ret ? -ECANCELED : make(twin);
}

/* Whether it is the lowest descriptor that is free. */
static long make_lowest(struct twin *twin)
{
	int low = open("/", O_PATH | O_CLOEXEC);

	close(low);
	twin->fd = twin->face->socket(AF_INET, SOCK_STREAM, 0);
	twin_say(twin, "%s", twin->fd == low ? "yes" : "no");
	return twin_ok(twin->fd);
}

static const struct twin_row socket_rows[] = {
	ROW("socket(AF_INET, SOCK_STREAM)", NOTHING, make,
	    AF_INET, SOCK_STREAM),
	ROW("socket(AF_INET, SOCK_DGRAM)", NOTHING, make, AF_INET, SOCK_DGRAM),
	ROW("socket(AF_INET6, SOCK_STREAM)", NOTHING, make,
	    AF_INET6, SOCK_STREAM),
	ROW("socket(AF_INET6, SOCK_DGRAM)", NOTHING, make,
	    AF_INET6, SOCK_DGRAM),
	ROW("socket(SOCK_STREAM, IPPROTO_TCP)", NOTHING, make,
	    AF_INET, SOCK_STREAM, IPPROTO_TCP),
	ROW("socket(SOCK_DGRAM, IPPROTO_UDP)", NOTHING, make,
	    AF_INET6, SOCK_DGRAM, IPPROTO_UDP),
	VARY("socket(AF_INET, SOCK_STREAM, IPPROTO_MPTCP)", NOTHING, make,
	     AF_INET, SOCK_STREAM, IPPROTO_MPTCP),
	VARY("socket(AF_INET6, SOCK_STREAM, IPPROTO_MPTCP)", NOTHING, make,
	     AF_INET6, SOCK_STREAM, IPPROTO_MPTCP),
	VARY("socket(AF_INET, SOCK_DGRAM, IPPROTO_UDPLITE)", NOTHING, make,
	     AF_INET, SOCK_DGRAM, IPPROTO_UDPLITE),
	VARY("socket(AF_INET6, SOCK_DGRAM, IPPROTO_UDPLITE)", NOTHING, make,
	     AF_INET6, SOCK_DGRAM, IPPROTO_UDPLITE),
	ROW("socket(AF_INET, SOCK_DGRAM, IPPROTO_ICMP)", NOTHING, make_ping,
	    AF_INET, SOCK_DGRAM, IPPROTO_ICMP),
	ROW("socket(AF_INET6, SOCK_DGRAM, IPPROTO_ICMPV6)", NOTHING, make_ping,
	    AF_INET6, SOCK_DGRAM, IPPROTO_ICMPV6),
	ROW("socket(IPPROTO_ICMP), a group outside of ping_group_range",
	    NOTHING, make, AF_INET, SOCK_DGRAM, IPPROTO_ICMP),
	ROW("socket(AF_INET6, IPPROTO_ICMP), of the other family", NOTHING,
	    make_ping, AF_INET6, SOCK_DGRAM, IPPROTO_ICMP),
	ROW("socket(AF_INET, SOCK_RAW, IPPROTO_ICMP)", NOTHING, make,
	    AF_INET, SOCK_RAW, IPPROTO_ICMP),
	ROW("socket(AF_INET6, SOCK_RAW, IPPROTO_ICMPV6)", NOTHING, make,
	    AF_INET6, SOCK_RAW, IPPROTO_ICMPV6),
	ROW("socket(SOCK_RAW, IPPROTO_RAW)", NOTHING, make,
	    AF_INET, SOCK_RAW, IPPROTO_RAW),
	ROW("socket(SOCK_RAW), no protocol", NOTHING, make, AF_INET, SOCK_RAW),
	ROW("socket(SOCK_RAW) without CAP_NET_RAW", NOTHING,
	    make_without_net_raw, AF_INET, SOCK_RAW, IPPROTO_ICMP),
	DIFFER(SOCKET_RAW_BEYOND, "socket(SOCK_RAW), protocol 262", NOTHING,
	       make, AF_INET, SOCK_RAW, 262),
	ROW("socket(SOCK_STREAM) with SOCK_NONBLOCK", NOTHING, make_flags,
	    AF_INET, SOCK_STREAM | SOCK_NONBLOCK),
	ROW("socket(SOCK_DGRAM) with SOCK_CLOEXEC", NOTHING, make_flags,
	    AF_INET, SOCK_DGRAM | SOCK_CLOEXEC),
	ROW("socket(SOCK_STREAM), neither flag", NOTHING, make_flags,
	    AF_INET, SOCK_STREAM),
	ROW("socket(), unknown flag", NOTHING, make,
	    AF_INET, SOCK_STREAM | 0x4000),
	ROW("socket(), type out of range", NOTHING, make, AF_INET, 15),
	ROW("socket(SOCK_RDM)", NOTHING, make, AF_INET, SOCK_RDM),
	ROW("socket(), negative protocol", NOTHING, make,
	    AF_INET, SOCK_STREAM, -1),
	ROW("socket(), protocol out of range", NOTHING, make,
	    AF_INET, SOCK_STREAM, 1000),
	ROW("socket(SOCK_STREAM, IPPROTO_UDP)", NOTHING, make,
	    AF_INET, SOCK_STREAM, IPPROTO_UDP),
	ROW("socket(SOCK_DGRAM, IPPROTO_TCP)", NOTHING, make,
	    AF_INET6, SOCK_DGRAM, IPPROTO_TCP),
	ROW("socket(), unknown family", NOTHING, make,
	    NOBODYS_FAMILY, SOCK_STREAM),
	DIFFER(SOCKET_UNIX, "socket(AF_UNIX)", NOTHING, make,
	       AF_UNIX, SOCK_STREAM),
	DIFFER(SOCKET_FAMILY, "socket(AF_NETLINK)", NOTHING, make,
	       AF_NETLINK, SOCK_RAW),
	DIFFER(SOCKET_FAMILY, "socket(AF_PACKET)", NOTHING, make,
	       AF_PACKET, SOCK_DGRAM),
	ROW("socket(), no descriptor left", NOTHING, make_without_descriptors,
	    AF_INET, SOCK_STREAM),
	ROW("socket() is the lowest free descriptor", NOTHING, make_lowest),
};

/* ---- Kinds beside TCP and UDP -------------------------------------------- */

/* Sends an echo request to itself, and receives. */
static long ping(struct twin *twin)
{
	bool ipv4 = twin->addr.sa.sa_family == AF_INET;
	char packet[64] = { ipv4 ? ICMP_ECHO : ICMPV6_ECHO_REQUEST };
	struct addr to = addr_loopback(twin->addr.sa.sa_family, 0);
	ssize_t ret;

	if (ping_range_write("0 0"))
		return -ECANCELED;
	twin->fd = twin->face->socket(to.sa.sa_family, SOCK_DGRAM,
				      ipv4 ? IPPROTO_ICMP : IPPROTO_ICMPV6);
	if (twin->fd < 0)
		return twin->fd;
	packet[0] += twin->arg[0];
	ret = twin->face->sendto(twin->fd, packet, 16, 0, &to.sa, to.len);
	if (ret < 0 || wait_events(twin->fd, POLLIN, WAIT_MS) != POLLIN)
		return ret;
	twin_say(twin, "of %zd bytes",
		 face_recv(twin->face, twin->fd, packet, sizeof(packet), 0));
	twin_say(twin, "type %d", (unsigned char)packet[0]);
	return ret;
}

/* A packet of a protocol of nobody, from one raw socket to another. */
static long raw(struct twin *twin)
{
	struct addr addr = addr_loopback(twin->addr.sa.sa_family, 0);
	char packet[64] = "";
	ssize_t ret;

	twin->fd = twin->face->socket(addr.sa.sa_family, SOCK_RAW, 200);
	if (twin->fd < 0)
		return twin->fd;
	twin->peer = plain_socket(addr.sa.sa_family, SOCK_RAW, 200);
	ret = twin->face->sendto(twin->fd, "hello", 5, 0, &addr.sa, addr.len);
	if (ret < 0 || wait_events(twin->peer, POLLIN, WAIT_MS) != POLLIN)
		return ret;
	twin_say(twin, "peer hears %zd bytes",
		 face_recv(&plain_face, twin->peer, packet, sizeof(packet), 0));
	if (wait_events(twin->fd, POLLIN, WAIT_MS) == POLLIN)
		twin_say(twin, "so do I: %zd",
			 face_recv(twin->face, twin->fd, packet,
				   sizeof(packet), 0));
	return ret;
}

/* arg: type, protocol, whether to accept as well. */
static long kind_listen(struct twin *twin)
{
	int ret;

	ping_range_write("0 0");
	twin->fd = twin->face->socket(twin->addr.sa.sa_family, twin->arg[0],
				      twin->arg[1]);
	if (twin->fd < 0)
		return twin->fd;
	ret = twin->face->listen(twin->fd, 1);
	return twin->arg[2] ? twin->face->accept(twin->fd, NULL, NULL, 0) : ret;
}

static long mptcp(struct twin *twin)
{
	int listener, ret;

	listener = listener_at(&plain_face, &twin->addr, 1);
	twin->fd = twin->face->socket(twin->addr.sa.sa_family, SOCK_STREAM,
				      IPPROTO_MPTCP);
	if (listener < 0 || twin->fd < 0)
		return twin->fd;
	ret = twin->face->connect(twin->fd, &twin->addr.sa, twin->addr.len);
	if (ret)
		return ret;
	twin->peer = plain_accept(listener, NULL, NULL, 0);
	ret = face_send(twin->face, twin->fd, "hello", 5, 0);
	twin_peer_hears(twin);
	if (!twin_peer_sends(twin, "world"))
		twin_hears(twin);
	return ret;
}

static long udplite(struct twin *twin)
{
	struct addr addr = twin->addr;

	twin->fd = twin->face->socket(addr.sa.sa_family, SOCK_DGRAM,
				      IPPROTO_UDPLITE);
	if (twin->fd < 0)
		return twin->fd;
	twin->peer = plain_socket(addr.sa.sa_family, SOCK_DGRAM,
				  IPPROTO_UDPLITE);
	plain_bind(twin->peer, &addr.sa, addr.len);
	twin_say_ret(twin, "coverage",
		     twin_set(twin, IPPROTO_UDPLITE, 10, 8));
	twin_say(twin, "%zd sent", twin->face->sendto(twin->fd, "hello", 5, 0,
						      &addr.sa, addr.len));
	twin_peer_hears(twin);
	return 0;
}

static const struct twin_row kind_rows[] = {
	ROW("an echo request by ICMP, and its reply", NOTHING, ping),
	ROW("an echo request by ICMPv6, and its reply", NOTHING | IPV6, ping),
	ROW("a message of ICMP that is no request", NOTHING, ping, 5),
	ROW("a packet by SOCK_RAW", NOTHING, raw),
	ROW("a packet by SOCK_RAW of IPv6", NOTHING | IPV6, raw),
	ROW("listen(2), SOCK_RAW", NOTHING, kind_listen,
	    SOCK_RAW, IPPROTO_ICMP),
	ROW("accept(2), SOCK_RAW", NOTHING, kind_listen,
	    SOCK_RAW, IPPROTO_ICMP, 1),
	ROW("listen(2), ICMP", NOTHING, kind_listen, SOCK_DGRAM, IPPROTO_ICMP),
	VARY("a conversation by MPTCP with a peer that has TCP", NOTHING,
	     mptcp),
	VARY("a datagram by UDP-Lite that is covered in part", NOTHING,
	     udplite),
};

#endif /* KSOCK_SELFTESTS_TWIN_SOCKET_H */
