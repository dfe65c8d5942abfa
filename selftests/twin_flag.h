/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Operations of the twin test: the flags of send(2) and recv(2).  The rows of
 * those that a ksock refuses are made from the tables of them.
 */
#ifndef KSOCK_SELFTESTS_TWIN_FLAG_H
#define KSOCK_SELFTESTS_TWIN_FLAG_H

#include "twin_data.h"

/* Held back until more comes. */
static long flag_more(struct twin *twin)
{
	long ret = face_send(twin->face, twin->fd, "hel", 3, MSG_MORE);

	twin_say_ret(twin, "then", face_send(twin->face, twin->fd, "lo", 2, 0));
	twin_peer_hears(twin);
	return ret;
}

/* A byte out of band, on its way to the peer; arg: SO_OOBINLINE there. */
static long flag_oob_send(struct twin *twin)
{
	long ret;
	char byte = '?';

	ret = face_send(twin->face, twin->fd, "!", 1, MSG_OOB);
	if (ret < 0)
		return ret;
	wait_events(twin->peer, POLLPRI, WAIT_MS);
	twin_say_ret(twin, "peer's recv(MSG_OOB)",
		     face_recv(&plain_face, twin->peer, &byte, 1, MSG_OOB));
	twin_say(twin, "'%c'", byte);
	return ret;
}

/* arg: flags, with MSG_OOB; SO_OOBINLINE. */
static long flag_oob_recv(struct twin *twin)
{
	char byte = '?';
	long ret;

	twin_set(twin, SOL_SOCKET, SO_OOBINLINE, twin->arg[1]);
	face_send(&plain_face, twin->peer, "a!", 2, MSG_OOB);
	wait_events(twin->fd, POLLPRI, WAIT_MS);
	ret = face_recv(twin->face, twin->fd, &byte, 1, twin->arg[0]);
	twin_say(twin, "'%c'", byte);
	twin_hears(twin);
	return ret;
}

/* arg: MSG_PEEK and others; the second look is at the same data. */
static long flag_peek_at(struct twin *twin)
{
	twin_set(twin, SOL_SOCKET, SO_PEEK_OFF, twin->arg[1]);
	return data_recv(twin);
}

/* arg: flags; how long the datagram was, and what is left. */
static long flag_trunc(struct twin *twin)
{
	int flags = twin->arg[0];
	char buf[4] = "";
	long ret = twin->face->recvfrom(twin->fd, buf, 2, &flags, NULL, NULL);

	twin_say(twin, "MSG_TRUNC %d", !!(flags & MSG_TRUNC));
	twin_hears(twin);
	return ret;
}

/* The second half comes while it waits. */
static long flag_waitall(struct twin *twin)
{
	char buf[16] = "";
	struct call call = {
		.run = call_recv, .face = twin->face, .fd = twin->fd,
		.buf = buf, .len = 10, .flags = MSG_WAITALL,
	};
	long ret;

	if (call_start(&call) || !call_sleeps(&call))
		return -ECANCELED;
	face_send(&plain_face, twin->peer, "world", 5, 0);
	ret = call_end(&call);
	twin_say(twin, "\"%s\"", buf);
	return ret;
}

/* Connects and sends; arg: 1 without an address. */
static long flag_fastopen(struct twin *twin)
{
	int listener = listener_at(&plain_face, &twin->addr, 1);
	long ret;

	if (listener < 0)
		return -ECANCELED;
	ret = twin->face->sendto(twin->fd, "hello", 5, MSG_FASTOPEN,
				 twin->arg[0] ? NULL : &twin->addr.sa,
				 twin->arg[0] ? 0 : twin->addr.len);
	if (ret < 0)
		return ret;
	twin->peer = plain_accept(listener, NULL, NULL, 0);
	twin_peer_hears(twin);
	return ret;
}

static const struct twin_row flag_rows[] = {
	ROW("send(MSG_DONTWAIT)", CONNECTED, data_send, 5, MSG_DONTWAIT),
	ROW("send(MSG_NOSIGNAL) on a new stream", STREAM, data_send, 5,
	    MSG_NOSIGNAL),
	ROW("send(MSG_NOSIGNAL) after a reset", RESET, data_send, 5,
	    MSG_NOSIGNAL),
	ROW("send(MSG_MORE) on a stream", CONNECTED, flag_more),
	ROW("send(MSG_MORE) of a datagram", TALKING, flag_more),
	ROW("send(MSG_EOR)", CONNECTED, data_send, 5, MSG_EOR),
	ROW("send(MSG_CONFIRM)", TALKING, data_send, 5, MSG_CONFIRM),
	ROW("send(MSG_DONTROUTE)", TALKING, data_send, 5, MSG_DONTROUTE),
	ROW("send(MSG_OOB) on a stream", CONNECTED, flag_oob_send),
	ROW("send(MSG_OOB) of a datagram", TALKING, flag_oob_send),
	ROW("send(MSG_ZEROCOPY), no SO_ZEROCOPY", CONNECTED, data_send, 5,
	    MSG_ZEROCOPY),
	ROW("sendto(MSG_FASTOPEN) on a new stream", STREAM, flag_fastopen),
	ROW("send(MSG_FASTOPEN) without an address", STREAM, flag_fastopen,
	    1),
	ROW("send(MSG_FASTOPEN) on a connected stream", CONNECTED, data_send,
	    5, MSG_FASTOPEN),
	ROW("send(MSG_FASTOPEN) of a datagram", TALKING, data_send, 5,
	    MSG_FASTOPEN),
	ROW("recv(MSG_DONTWAIT) without data", CONNECTED, data_recv, 5,
	    MSG_DONTWAIT),
	ROW("recv(MSG_DONTWAIT) without a datagram", TALKING, data_recv, 5,
	    MSG_DONTWAIT),
	ROW("recv(MSG_PEEK)", CONNECTED | DATA, data_recv, 3, MSG_PEEK),
	ROW("recv(MSG_PEEK) of a datagram", TALKING | DATA, data_recv, 15,
	    MSG_PEEK),
	ROW("recv(MSG_PEEK) with SO_PEEK_OFF", TALKING | DATA, flag_peek_at,
	    2, MSG_PEEK),
	ROW("recv(MSG_PEEK) on a listening socket", LISTENING, data_recv, 5,
	    MSG_PEEK),
	ROW("recv(MSG_TRUNC) on a stream", CONNECTED | DATA, flag_trunc,
	    MSG_TRUNC),
	ROW("recv(MSG_TRUNC) of a datagram", TALKING | DATA, flag_trunc,
	    MSG_TRUNC),
	ROW("recv(MSG_PEEK) of a datagram, with MSG_TRUNC", TALKING | DATA,
	    flag_trunc, MSG_PEEK | MSG_TRUNC),
	ROW("recv(MSG_WAITALL)", CONNECTED | DATA, flag_waitall),
	ROW("recv(MSG_WAITALL) of a datagram", TALKING | DATA, data_recv, 15,
	    MSG_WAITALL),
	ROW("recv(MSG_WAITALL) after the peer closed", ENDED, data_recv, 15,
	    MSG_WAITALL),
	ROW("recv(MSG_OOB)", CONNECTED, flag_oob_recv, MSG_OOB),
	ROW("recv(MSG_OOB) with SO_OOBINLINE", CONNECTED, flag_oob_recv,
	    MSG_OOB, 1),
	ROW("recv(MSG_OOB), no such byte", CONNECTED | DATA, data_recv, 1,
	    MSG_OOB),
	ROW("recv(MSG_OOB) of a datagram", TALKING | DATA, data_recv, 15,
	    MSG_OOB),
	ROW("recv(MSG_ERRQUEUE), empty, on a stream", CONNECTED, data_recv, 15,
	    MSG_ERRQUEUE),
	ROW("recv(MSG_ERRQUEUE), empty, on a datagram socket", TALKING,
	    data_recv, 15, MSG_ERRQUEUE),
	ROW("recv(2), the flag of 32-bit programs", CONNECTED | DATA,
	    data_recv, 5, INT_MIN),
};

/* ---- Those that are refused ---------------------------------------------- */

static const struct {
	unsigned int flag;
	const char *name;
} flag_names[] = {
#define FLAG_NAME(_flag)	{ _flag, #_flag }
	FLAG_NAME(MSG_PEEK), FLAG_NAME(MSG_DONTROUTE), FLAG_NAME(MSG_CTRUNC),
	FLAG_NAME(MSG_PROXY), FLAG_NAME(MSG_TRUNC), FLAG_NAME(MSG_EOR),
	FLAG_NAME(MSG_WAITALL), FLAG_NAME(MSG_FIN), FLAG_NAME(MSG_SYN),
	FLAG_NAME(MSG_CONFIRM), FLAG_NAME(MSG_RST), FLAG_NAME(MSG_ERRQUEUE),
	FLAG_NAME(MSG_NOSIGNAL), FLAG_NAME(MSG_MORE), FLAG_NAME(MSG_ZEROCOPY),
	FLAG_NAME(MSG_FASTOPEN), FLAG_NAME(MSG_CMSG_CLOEXEC),
};

/* arg: flag; 1 to receive. */
static long flag_one(struct twin *twin, unsigned int flag)
{
	char byte = 'x';

	if (!twin->arg[1])
		return face_send(twin->face, twin->fd, &byte, 1, flag);
	twin_peer_sends(twin, "x");
	return face_recv(twin->face, twin->fd, &byte, 1, flag);
}

/* arg: flags, each of which gives the same; 1 to receive. */
static long flag_each(struct twin *twin)
{
	unsigned int flags = twin->arg[0];
	unsigned int lowest = flags & -flags;
	long first = flag_one(twin, lowest);

	for (flags &= ~lowest; flags; flags &= ~lowest) {
		lowest = flags & -flags;
		if (flag_one(twin, lowest) != first)
			twin_say(twin, "%#x differs", lowest);
	}
	return first;
}

#define FLAG_REFUSED							\
	(2 * (ARRAY_SIZE(send_flag_differences) +			\
	      ARRAY_SIZE(recv_flag_differences)))

static struct twin_row flag_refused_rows[FLAG_REFUSED];

static void flag_refused_name(char *name, size_t size, const char *call,
			      unsigned int flags)
{
	size_t len = snprintf(name, size, "%s", call), i;
	const char *comma = "";

	for (i = 0; i < ARRAY_SIZE(flag_names); i++) {
		if (!(flags & flag_names[i].flag))
			continue;
		len += snprintf(name + len, size - len, "%s%s", comma,
				flag_names[i].name);
		flags &= ~flag_names[i].flag;
		comma = ", ";
	}
	if (flags)
		len += snprintf(name + len, size - len, "%s%#x", comma, flags);
	snprintf(name + len, size - len, ")");
}

/* Makes a row of the twin test of one of the table of a call. */
static void flag_refused_row(size_t index, const struct flag_difference *from,
			     bool recv, bool dgram)
{
	static struct difference differs[FLAG_REFUSED];
	static char names[FLAG_REFUSED][256];
	static const char * const calls[] = {
		"send(2) on a stream (", "send(2) of a datagram (",
		"recv(2) on a stream (", "recv(2) of a datagram (",
	};

	flag_refused_name(names[index], sizeof(names[index]),
			  calls[2 * recv + dgram], from->flags);
	differs[index] = (struct difference) {
		.call = names[index],
		.plain = dgram ? from->plain_dgram : from->plain_stream,
		.ksock = -EINVAL,
		.reason = from->reason,
	};
	flag_refused_rows[index] = (struct twin_row) {
		.name = names[index],
		.state = dgram ? TALKING : CONNECTED,
		.run = flag_each,
		.arg = { from->flags, recv },
		.differs = &differs[index],
	};
}

static void flag_refused_init(void)
{
	size_t count = 0, i;

	for (i = 0; i < 2 * ARRAY_SIZE(send_flag_differences); i++)
		flag_refused_row(count++, &send_flag_differences[i / 2], false,
				 i % 2);
	for (i = 0; i < 2 * ARRAY_SIZE(recv_flag_differences); i++)
		flag_refused_row(count++, &recv_flag_differences[i / 2], true,
				 i % 2);
}

#endif /* KSOCK_SELFTESTS_TWIN_FLAG_H */
