// SPDX-License-Identifier: GPL-2.0-only
/*
 * The life of a socket: made and closed, and a whole connection of TCP.
 *
 * What a close leaves to RCU is done sooner or later, by whoever runs then, so
 * repetitions are long enough for it to even out.  No connection leaves a
 * TIME_WAIT behind: main.c sets their number to 0, or a run would be out of
 * ports before its end.
 */
#include <unistd.h>

#include "bench.h"

static const struct face *face;
static struct sockaddr_in address;
static int listener = -1;

static void nothing_open(const struct face *which)
{
	face = which;
}

static void listener_open(const struct face *which)
{
	face = which;
	address = loopback(0, 0);
	listener = face->socket(SOCK_STREAM);
	EXPECT(listener >= 0);
	EXPECT(!face->bind(listener, &address));
	EXPECT(!face->listen(listener, 8));
	EXPECT(!face->getsockname(listener, &address));
}

static void listener_close(void)
{
	if (listener >= 0)
		close(listener);
	listener = -1;
}

static void create(int count, int type)
{
	while (count--) {
		int fd = face->socket(type);

		EXPECT(fd >= 0);
		EXPECT(!close(fd));
	}
}

static void create_udp(int count)
{
	create(count, SOCK_DGRAM);
}

static void create_tcp(int count)
{
	create(count, SOCK_STREAM);
}

static void cycle(int count)
{
	while (count--) {
		int client = face->socket(SOCK_STREAM), server;

		EXPECT(!face->connect(client, &address));
		server = face->accept(listener);
		EXPECT(server >= 0);
		EXPECT(!close(client));
		EXPECT(!close(server));
	}
}

#define OPENERS(_what)							\
	static void _what##_plain(void) { _what##_open(&plain); }	\
	static void _what##_ksock(void) { _what##_open(&ksock); }

OPENERS(nothing)
OPENERS(listener)

static void nothing_close(void)
{
}

#define CYCLE_PEER	{ "socket, connect, accept, close twice",	\
			  listener_plain, cycle, listener_close }
#define CYCLE_KSOCK	{ "SOCKET, CONNECT, ACCEPT, close twice",	\
			  listener_ksock, cycle, listener_close }

/* Random numbers are a third of the instructions here, see seed() in main.c. */
const struct row unseeded_rows[] = {
	{
		"G21", "TCP connection, made and closed", 400, 1, 0,
		CYCLE_PEER, CYCLE_KSOCK,
	},
	{}
};

const struct row life_rows[] = {
	{
		"G21.seeded", "the same, random numbers at hand", 400, 1, 0,
		CYCLE_PEER, CYCLE_KSOCK,
	}, {
		"G21.udp", "UDP socket, made and closed", 8000, 1, 0,
		{ "socket, close", nothing_plain, create_udp, nothing_close },
		{ "SOCKET, close", nothing_ksock, create_udp, nothing_close },
	}, {
		"G21.tcp", "TCP socket, made and closed", 8000, 1, 0,
		{ "socket, close", nothing_plain, create_tcp, nothing_close },
		{ "SOCKET, close", nothing_ksock, create_tcp, nothing_close },
	},
	{}
};
