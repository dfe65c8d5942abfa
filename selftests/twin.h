/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * One row of the twin test: an operation, the state it begins in, and what it
 * gives on one face.  A row runs in a process and a network namespace of its
 * own, so whatever it leaves behind ends with it.
 */
#ifndef KSOCK_SELFTESTS_TWIN_H
#define KSOCK_SELFTESTS_TWIN_H

#include "bulk.h"
#include "fixture.h"
#include "process.h"
#include "watch.h"

/* The state of the socket, and what comes on top. */
enum twin_state {
	/* There is no socket yet. */
	NOTHING,
	/* Streams: new, bound, listening, with a connection that waits. */
	STREAM,
	BOUND,
	LISTENING,
	PENDING,
	/* Connected to a peer, which then has closed, or reset it. */
	CONNECTED,
	ENDED,
	RESET,
	/* Datagrams: new, bound, connected to a peer. */
	DGRAM,
	NAMED,
	TALKING,

	TWIN_STATES = 0xff,
	/* Of IPv6, and "hello" has come from the peer. */
	IPV6 = 0x100,
	DATA = 0x200,
};

#define TWIN_SAID	160

struct twin {
	const struct face *face;
	const int *arg;
	/* Where the socket is, or what it is connected to. */
	struct addr addr;
	int fd;
	/* The plain socket at the other end. */
	int peer;
	/* What is to be told beside the number. */
	char said[TWIN_SAID];
};

struct twin_row {
	const char *name;
	unsigned int state;
	/*
	 * Returns what the call returned, or another number that tells;
	 * -ECANCELED when it did not come to the call.
	 */
	long (*run)(struct twin *twin);
	int arg[3];
	/* Why the faces differ; NULL when they agree. */
	const struct difference *differs;
	/*
	 * Whether what the faces agree on depends on the kernel; or, of faces
	 * that differ, whether they do.
	 */
	bool varies;
};

struct twin_subject {
	const char *name;
	const struct twin_row *rows;
	size_t count;
};

#define ROW(_name, _state, _run, ...)					\
	{								\
		.name = _name, .state = _state, .run = _run,		\
		.arg = { __VA_ARGS__ },					\
	}

#define DIFFER(_row, _name, _state, _run, ...)				\
	{								\
		.name = _name, .state = _state, .run = _run,		\
		.arg = { __VA_ARGS__ },					\
		.differs = &differences[DIFFERENCE_##_row],		\
	}

/* The faces differ on some kernels. */
#define DIFFER_OR_AGREE(_row, _name, _state, _run, ...)			\
	{								\
		.name = _name, .state = _state, .run = _run,		\
		.arg = { __VA_ARGS__ },					\
		.differs = &differences[DIFFERENCE_##_row],		\
		.varies = true,						\
	}

#define VARY(_name, _state, _run, ...)					\
	{								\
		.name = _name, .state = _state, .run = _run,		\
		.arg = { __VA_ARGS__ }, .varies = true,			\
	}

/* ---- What operations are made of ----------------------------------------- */

static inline __attribute__((format(printf, 2, 3)))
void twin_say(struct twin *twin, const char *format, ...)
{
	size_t len = strlen(twin->said);
	va_list args;

	if (len && len + 2 < sizeof(twin->said)) {
		strcat(twin->said, ", ");
		len += 2;
	}
	va_start(args, format);
	vsnprintf(twin->said + len, sizeof(twin->said) - len, format, args);
	va_end(args);
}

/* The name of an errno, or a number. */
static const char *twin_number(long number, char *room, size_t size)
{
	const char *name = NULL;

	if (number < 0 && number > -4096)
		name = strerrorname_np(-number);
	if (name)
		return name;
	snprintf(room, size, "%ld", number);
	return room;
}

/* Tells of another call what it returned. */
static inline void twin_say_ret(struct twin *twin, const char *what, long ret)
{
	char room[24];

	twin_say(twin, "%s %s", what, twin_number(ret, room, sizeof(room)));
}

static inline void twin_say_addr(struct twin *twin, const struct addr *addr)
{
	char text[INET6_ADDRSTRLEN] = "?", port[16] = "any port";

	/* Others are the kernel's choice, another one every time. */
	if (addr_port(addr) <= PORT + 2)
		snprintf(port, sizeof(port), "port %u", addr_port(addr));
	if (addr->sa.sa_family == AF_INET)
		inet_ntop(AF_INET, &addr->in.sin_addr, text, sizeof(text));
	else
		inet_ntop(AF_INET6, &addr->in6.sin6_addr, text, sizeof(text));
	twin_say(twin, "%s %s in %u bytes", text, port, addr->len);
}

/* Tells of the signals that were counted. */
static inline void twin_say_signals(struct twin *twin, const char *name)
{
	if (signals)
		twin_say(twin, "%s", name);
}

/* Whose number, a descriptor or a count, is no matter. */
static inline long twin_ok(long ret)
{
	return ret < 0 ? ret : 0;
}

/* A socket of the face under test, of the family of the row. */
static inline int twin_socket(const struct twin *twin, int type)
{
	return twin->face->socket(twin->addr.sa.sa_family, type, 0);
}

static inline int twin_set(const struct twin *twin, int level, int name,
			   int value)
{
	return twin->face->setsockopt(twin->fd, level, name, &value,
				      sizeof(value));
}

static inline int twin_nonblock(const struct twin *twin)
{
	return ret_errno(fcntl(twin->fd, F_SETFL, O_NONBLOCK));
}

static inline bool twin_is_stream(const struct twin *twin)
{
	int type = 0;
	socklen_t len = sizeof(type);

	twin->face->getsockopt(twin->fd, SOL_SOCKET, SO_TYPE, &type, &len);
	return type == SOCK_STREAM;
}

/* Has the peer send a text, and waits until it is there, whatever is already. */
static inline int twin_peer_sends(const struct twin *twin, const char *text)
{
	int epoll = epoll_of(twin->fd, EPOLLIN | EPOLLET), ret = 0;

	if (epoll < 0)
		return epoll;
	epoll_events(epoll, 0);
	if (face_send(&plain_face, twin->peer, text, strlen(text), 0) < 0)
		ret = -errno;
	else if (!(epoll_events(epoll, WAIT_MS) & EPOLLIN))
		ret = -ETIME;
	close(epoll);
	return ret;
}

/* Tells what the peer receives next, if there is one. */
static inline void twin_peer_hears(struct twin *twin)
{
	char buf[64] = "", room[24];
	ssize_t ret;

	if (twin->peer < 0)
		return;
	if (!wait_events(twin->peer, POLLIN, WAIT_MS)) {
		twin_say(twin, "peer hears nothing");
		return;
	}
	ret = face_recv(&plain_face, twin->peer, buf, sizeof(buf) - 1,
			MSG_DONTWAIT);
	if (ret > 0)
		twin_say(twin, "peer hears \"%s\"", buf);
	else
		twin_say(twin, "peer hears %s",
			 twin_number(ret, room, sizeof(room)));
}

/* Tells whether the socket still receives. */
static inline void twin_hears(struct twin *twin)
{
	char buf[64] = "", room[24];
	ssize_t ret = face_recv(twin->face, twin->fd, buf, sizeof(buf) - 1,
				MSG_DONTWAIT);

	if (ret > 0)
		twin_say(twin, "then \"%s\"", buf);
	else
		twin_say(twin, "then %s",
			 twin_number(ret, room, sizeof(room)));
}

/* Ends a connection of the peer by a reset. */
static inline void twin_peer_resets(struct twin *twin)
{
	static const struct linger reset = { 1, 0 };

	plain_setsockopt(twin->peer, SOL_SOCKET, SO_LINGER, &reset,
			 sizeof(reset));
	close(twin->peer);
	twin->peer = -1;
}

/* Takes all there is room for; returns how much that is. */
static inline long twin_fill(const struct twin *twin)
{
	return fill(twin->face, twin->fd);
}

/* A descriptor of a file with "hello" in it, at its start. */
static inline int twin_file(void)
{
	int fd = ret_errno(memfd_create("twin", MFD_CLOEXEC));

	if (fd < 0)
		return fd;
	if (write(fd, "hello", 5) != 5 || lseek(fd, 0, SEEK_SET))
		return -errno;
	return fd;
}

#endif /* KSOCK_SELFTESTS_TWIN_H */
