/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Operations of the twin test: how a connection is made, and how it ends.
 */
#ifndef KSOCK_SELFTESTS_TWIN_CONNECT_H
#define KSOCK_SELFTESTS_TWIN_CONNECT_H

#include "twin.h"

static int connect_to(struct twin *twin, const struct addr *addr)
{
	return twin->face->connect(twin->fd, &addr->sa, addr->len);
}

/* By another thread. */
static struct call connect_call(struct twin *twin)
{
	return (struct call) {
		.run = call_connect,
		.face = twin->face,
		.fd = twin->fd,
		.addr = twin->addr,
	};
}

/* To a listening socket; arg: whether of O_NONBLOCK. */
static long connect_listener(struct twin *twin)
{
	int listener = listener_at(&plain_face, &twin->addr, 1), ret, events;

	if (listener < 0)
		return -ECANCELED;
	if (twin->arg[0])
		twin_nonblock(twin);
	ret = connect_to(twin, &twin->addr);
	events = wait_events(twin->fd, POLLOUT, WAIT_MS);
	twin_say(twin, "POLLOUT: %s", events == POLLOUT ? "yes" : "no");
	twin_say_ret(twin, "again", connect_to(twin, &twin->addr));
	twin_say_ret(twin, "once more", connect_to(twin, &twin->addr));
	return ret;
}

/* Where nobody listens; arg: whether of O_NONBLOCK. */
static long connect_refused(struct twin *twin)
{
	int error = -1, ret;
	socklen_t len = sizeof(error);

	if (twin->arg[0])
		twin_nonblock(twin);
	ret = connect_to(twin, &twin->addr);
	wait_events(twin->fd, POLLOUT, WAIT_MS);
	twin->face->getsockopt(twin->fd, SOL_SOCKET, SO_ERROR, &error, &len);
	twin_say_ret(twin, "SO_ERROR", -error);
	return ret;
}

/* arg: address of IPv4 in host order. */
static long connect_address(struct twin *twin)
{
	struct addr addr = twin->addr;

	addr.in.sin_addr.s_addr = htonl(twin->arg[0]);
	return connect_to(twin, &addr);
}

/* arg: family that the address says, its length. */
static long connect_family(struct twin *twin)
{
	struct addr addr = twin->addr;

	addr.sa.sa_family = twin->arg[0];
	addr.len = twin->arg[1];
	return connect_to(twin, &addr);
}

static long connect_again(struct twin *twin)
{
	return connect_to(twin, &twin->addr);
}

static long connect_under_way(struct twin *twin)
{
	if (listener_full(&twin->addr) < 0 || twin_nonblock(twin))
		return -ECANCELED;
	twin_say_ret(twin, "first", connect_to(twin, &twin->addr));
	return connect_to(twin, &twin->addr);
}

static long connect_waits(struct twin *twin)
{
	int listener = listener_full(&twin->addr);
	struct call call = connect_call(twin);

	if (listener < 0 || call_start(&call) || !call_sleeps(&call))
		return -ECANCELED;
	plain_accept(listener, NULL, NULL, 0);
	return call_end(&call);
}

/* Dissolves the association, and makes another one. */
static long connect_unspec(struct twin *twin)
{
	struct addr none = { .len = sizeof(none.in) };
	struct addr addr = addr_room();
	int ret = connect_to(twin, &none);

	twin_say_ret(twin, "getpeername",
		     twin->face->getpeername(twin->fd, &addr.sa, &addr.len));
	if (!twin_is_stream(twin))
		return ret;
	twin_peer_hears(twin);
	twin_say_ret(twin, "then", connect_to(twin, &twin->addr));
	return ret;
}

/* Receives from its peer alone. */
static long connect_filters(struct twin *twin)
{
	int stranger = plain_socket(AF_INET, SOCK_DGRAM, 0);
	long ret = plain_sendto(stranger, "stranger", 8, 0, &twin->addr.sa,
				twin->addr.len);

	if (!twin_peer_sends(twin, "hello"))
		twin_hears(twin);
	return ret;
}

/* A refusal by the far end, as the next call tells it. */
static long connect_to_nobody(struct twin *twin)
{
	int ret = connect_to(twin, &twin->addr);

	twin_say_ret(twin, "send", face_send(twin->face, twin->fd, "x", 1, 0));
	wait_events(twin->fd, POLLERR, WAIT_MS);
	twin_say_ret(twin, "send", face_send(twin->face, twin->fd, "x", 1, 0));
	return ret;
}

static const struct twin_row connect_rows[] = {
	ROW("connect(2) to a listening socket", STREAM, connect_listener),
	ROW("connect(2) to a listening socket, IPv6", STREAM | IPV6,
	    connect_listener),
	ROW("connect(2) with O_NONBLOCK", STREAM, connect_listener, 1),
	ROW("connect(2) where nobody listens", STREAM, connect_refused),
	ROW("connect(2) where nobody listens, O_NONBLOCK", STREAM,
	    connect_refused, 1),
	ROW("connect(2) while it is under way", STREAM, connect_under_way),
	ROW("connect(2) waits for room in the queue of who listens", STREAM,
	    connect_waits),
	ROW("connect(2) where no route leads", STREAM, connect_address,
	    0xc0000201),
	ROW("connect(2) of datagrams where no route leads", DGRAM,
	    connect_address, 0xc0000201),
	ROW("connect(2) to a broadcast address, no SO_BROADCAST", DGRAM,
	    connect_address, 0x7fffffff),
	ROW("connect(2) to a multicast address, a stream", STREAM,
	    connect_address, 0xe0000001),
	ROW("connect(2) to an address of another family", STREAM,
	    connect_family, AF_INET6, sizeof(struct sockaddr_in6)),
	ROW("connect(2), address of 1 byte", STREAM, connect_family,
	    AF_INET, 1),
	ROW("connect(2), address a byte short", DGRAM, connect_family,
	    AF_INET, sizeof(struct sockaddr_in) - 1),
	ROW("connect(2) of a connected stream", CONNECTED, connect_again),
	ROW("connect(2) of a listening socket", LISTENING, connect_again),
	ROW("connect(2) after a reset", RESET, connect_again),
	ROW("connect(2) of a connected datagram socket", TALKING,
	    connect_again),
	ROW("connect(AF_UNSPEC) of a connected stream", CONNECTED,
	    connect_unspec),
	ROW("connect(AF_UNSPEC) of a connected datagram socket", TALKING,
	    connect_unspec),
	ROW("connect(AF_UNSPEC) of a new socket", DGRAM, connect_unspec),
	ROW("a connected datagram socket hears its peer only", TALKING,
	    connect_filters),
	ROW("connect(2) of datagrams to nobody", DGRAM, connect_to_nobody),
};

/* ---- The end ------------------------------------------------------------- */

/* What comes after, in both directions. */
static void shutdown_aftermath(struct twin *twin)
{
	char byte;

	twin_say_ret(twin, "send", face_send(twin->face, twin->fd, "x", 1,
					     MSG_NOSIGNAL));
	twin_say_ret(twin, "recv", face_recv(twin->face, twin->fd, &byte, 1,
					     MSG_DONTWAIT));
}

/* arg: direction. */
static long shutdown_one(struct twin *twin)
{
	int ret = twin->face->shutdown(twin->fd, twin->arg[0]);

	shutdown_aftermath(twin);
	if (twin->arg[0] != SHUT_RD)
		twin_peer_hears(twin);
	return ret;
}

static long shutdown_of_listener(struct twin *twin)
{
	int ret = twin->face->shutdown(twin->fd, twin->arg[0]);
	int fd = connected_to(&plain_face, SOCK_STREAM, &twin->addr);

	twin_say_ret(twin, "then a connection", twin_ok(fd));
	return ret;
}

static long shutdown_twice(struct twin *twin)
{
	twin_say_ret(twin, "first",
		     twin->face->shutdown(twin->fd, SHUT_RDWR));
	return twin->face->shutdown(twin->fd, SHUT_RDWR);
}

/* Returns what the call returns that it wakes; arg: 1 to accept, 2 connect. */
static long shutdown_wakes(struct twin *twin)
{
	char byte;
	struct call call = {
		.run = call_recv, .face = twin->face, .fd = twin->fd,
		.buf = &byte, .len = 1,
	};
	int ret;

	if (twin->arg[0] == 1)
		call.run = call_accept;
	if (twin->arg[0] == 2) {
		call = connect_call(twin);
		if (listener_full(&twin->addr) < 0)
			return -ECANCELED;
	}
	if (call_start(&call) || !call_sleeps(&call))
		return -ECANCELED;
	/* Under a connect, Linux 5.10 refuses. */
	ret = twin->face->shutdown(twin->fd, SHUT_RDWR);
	return ret ? ret : call_end(&call);
}

/* Ends a connection at once: ABORT, or what sockets have instead. */
static int abort_now(struct twin *twin)
{
	struct ksock_abort_args args = {};
	struct addr none = { .len = sizeof(none.in) };

	if (twin->face == &ksock_face)
		return ret_errno(ioctl(twin->fd, KSOCK_IOC_ABORT, &args));
	return connect_to(twin, &none);
}

static long abort_connection(struct twin *twin)
{
	int ret = abort_now(twin);

	twin_peer_hears(twin);
	shutdown_aftermath(twin);
	return ret;
}

static long abort_other(struct twin *twin)
{
	int ret = abort_now(twin);

	twin_peer_hears(twin);
	return ret;
}

static long abort_and_connect(struct twin *twin)
{
	int ret = abort_now(twin);

	/* Until it knows, it keeps the port. */
	wait_events(twin->peer, POLLHUP, WAIT_MS);
	if (listener_at(&plain_face, &twin->addr, 1) < 0)
		return -ECANCELED;
	twin_say_ret(twin, "connect", connect_to(twin, &twin->addr));
	return ret;
}

/* arg: whether with SO_LINGER of no time. */
static long close_connection(struct twin *twin)
{
	const struct linger reset = { 1, 0 };
	int ret;

	if (twin->arg[0])
		twin->face->setsockopt(twin->fd, SOL_SOCKET, SO_LINGER, &reset,
				       sizeof(reset));
	ret = ret_errno(close(twin->fd));
	twin_peer_hears(twin);
	return ret;
}

static long close_one_of_two(struct twin *twin)
{
	int copy = dup(twin->fd);
	int ret = ret_errno(close(twin->fd));

	twin_say(twin, "peer hears of it: %s",
		 wait_events(twin->peer, POLLIN, 0) ? "yes" : "no");
	close(copy);
	twin_peer_hears(twin);
	return ret;
}

/* Its port is free for another one. */
static long close_frees_the_port(struct twin *twin)
{
	int ret = ret_errno(close(twin->fd)), fd;

	fd = listener_at(&plain_face, &twin->addr, 1);
	twin_say_ret(twin, "another listener", twin_ok(fd));
	twin_peer_hears(twin);
	return ret;
}

static const struct twin_row shutdown_rows[] = {
	ROW("shutdown(SHUT_WR)", CONNECTED, shutdown_one, SHUT_WR),
	ROW("shutdown(SHUT_RD)", CONNECTED, shutdown_one, SHUT_RD),
	ROW("shutdown(SHUT_RD), data is there", CONNECTED | DATA, shutdown_one,
	    SHUT_RD),
	ROW("shutdown(SHUT_RDWR)", CONNECTED, shutdown_one, SHUT_RDWR),
	ROW("shutdown(SHUT_RDWR) a second time", CONNECTED, shutdown_twice),
	ROW("shutdown(2), direction 3", CONNECTED, shutdown_one, 3),
	ROW("shutdown(2), direction -1", STREAM, shutdown_one, -1),
	ROW("shutdown(2) of a new stream", STREAM, shutdown_one, SHUT_RDWR),
	ROW("shutdown(2) of a new datagram socket", DGRAM, shutdown_one,
	    SHUT_RDWR),
	ROW("shutdown(SHUT_RDWR) after a reset", RESET, shutdown_one,
	    SHUT_RDWR),
	ROW("shutdown(SHUT_RD) of a listening socket", LISTENING,
	    shutdown_of_listener, SHUT_RD),
	ROW("shutdown(SHUT_WR) of a listening socket", LISTENING,
	    shutdown_of_listener, SHUT_WR),
	ROW("shutdown(2) wakes who receives", CONNECTED, shutdown_wakes),
	ROW("shutdown(2) wakes who receives datagrams", TALKING,
	    shutdown_wakes),
	ROW("shutdown(2) wakes who accepts", LISTENING, shutdown_wakes, 1),
	VARY("shutdown(2) wakes who connects", STREAM, shutdown_wakes, 2),
	ROW("ABORT, or connect(AF_UNSPEC), of a connection", CONNECTED,
	    abort_connection),
	ROW("ABORT, or connect(AF_UNSPEC), data is there", CONNECTED | DATA,
	    abort_connection),
	ROW("ABORT, or connect(AF_UNSPEC), of who listens", PENDING,
	    abort_other),
	ROW("ABORT, or connect(AF_UNSPEC), of a new stream", STREAM,
	    abort_other),
	ROW("ABORT, or connect(AF_UNSPEC), after the peer closed", ENDED,
	    abort_connection),
	ROW("connect(2) after ABORT, or connect(AF_UNSPEC)", CONNECTED,
	    abort_and_connect),
	DIFFER(ABORT_DGRAM, "ABORT, or connect(AF_UNSPEC), of datagrams",
	       DGRAM, abort_other),
	ROW("close(2) of a connection", CONNECTED, close_connection),
	ROW("close(2), data was not read", CONNECTED | DATA, close_connection),
	ROW("close(2), SO_LINGER of 0 seconds", CONNECTED, close_connection,
	    1),
	ROW("close(2) of one of two descriptors", CONNECTED, close_one_of_two),
	ROW("close(2) of a listening socket frees the port", LISTENING,
	    close_frees_the_port),
	ROW("close(2) of a listening socket resets who waits", PENDING,
	    close_frees_the_port),
};

#endif /* KSOCK_SELFTESTS_TWIN_CONNECT_H */
