/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Operations of the twin test: what a socket can be waited for, for how long,
 * and the signals it gives.
 */
#ifndef KSOCK_SELFTESTS_TWIN_WAIT_H
#define KSOCK_SELFTESTS_TWIN_WAIT_H

#include "timed.h"
#include "twin.h"

#include <sys/epoll.h>
#include <sys/select.h>

#define WAIT_ALL (POLLIN | POLLOUT | POLLPRI | POLLERR | POLLHUP | POLLRDHUP)

static void wait_say_events(struct twin *twin, short events)
{
	static const struct {
		short event;
		const char *name;
	} names[] = {
		{ POLLIN, "POLLIN" }, { POLLOUT, "POLLOUT" },
		{ POLLPRI, "POLLPRI" }, { POLLERR, "POLLERR" },
		{ POLLHUP, "POLLHUP" }, { POLLRDHUP, "POLLRDHUP" },
	};
	char text[64] = "";
	size_t i;

	for (i = 0; i < ARRAY_SIZE(names); i++) {
		if (events & names[i].event)
			sprintf(text + strlen(text), "%s%s", *text ? " " : "",
				names[i].name);
	}
	twin_say(twin, "%s", *text ? text : "no event");
}

static long wait_poll(struct twin *twin)
{
	struct pollfd pfd = { .fd = twin->fd, .events = WAIT_ALL };
	int ret = ret_errno(poll(&pfd, 1, 0));

	wait_say_events(twin, pfd.revents);
	return ret;
}

/* After shutdown(2); arg: direction. */
static long wait_poll_shut(struct twin *twin)
{
	twin->face->shutdown(twin->fd, twin->arg[0]);
	return wait_poll(twin);
}

static long wait_poll_full(struct twin *twin)
{
	return twin_fill(twin) ? wait_poll(twin) : -ECANCELED;
}

static long wait_poll_urgent(struct twin *twin)
{
	face_send(&plain_face, twin->peer, "!", 1, MSG_OOB);
	wait_events(twin->fd, POLLPRI, WAIT_MS);
	return wait_poll(twin);
}

static long wait_poll_refused(struct twin *twin)
{
	close(twin->peer);
	face_send(twin->face, twin->fd, "x", 1, 0);
	wait_events(twin->fd, POLLERR, WAIT_MS);
	return wait_poll(twin);
}

static long wait_poll_connecting(struct twin *twin)
{
	if (listener_full(&twin->addr) < 0 || twin_nonblock(twin))
		return -ECANCELED;
	twin->face->connect(twin->fd, &twin->addr.sa, twin->addr.len);
	return wait_poll(twin);
}

static ssize_t wait_call_poll(struct call *call)
{
	return wait_events(call->fd, POLLIN, WAIT_MS);
}

static long wait_poll_wakes(struct twin *twin)
{
	struct call call = { .run = wait_call_poll, .fd = twin->fd };

	if (call_start(&call) || !call_sleeps(&call))
		return -ECANCELED;
	face_send(&plain_face, twin->peer, "hello", 5, 0);
	return call_end(&call);
}

static long wait_select(struct twin *twin)
{
	struct timeval now = {};
	fd_set sets[3];
	int i, ret;

	for (i = 0; i < 3; i++) {
		FD_ZERO(&sets[i]);
		FD_SET(twin->fd, &sets[i]);
	}
	ret = ret_errno(select(twin->fd + 1, &sets[0], &sets[1], &sets[2],
			       &now));
	twin_say(twin, "read %d, write %d, except %d",
		 !!FD_ISSET(twin->fd, &sets[0]), !!FD_ISSET(twin->fd, &sets[1]),
		 !!FD_ISSET(twin->fd, &sets[2]));
	return ret;
}

/* How many looks of three tell; arg: flags of epoll(7). */
static long wait_epoll(struct twin *twin)
{
	struct epoll_event event = { .events = EPOLLIN | twin->arg[0] };
	int set = epoll_create1(EPOLL_CLOEXEC), told = 0, i;

	if (epoll_ctl(set, EPOLL_CTL_ADD, twin->fd, &event))
		return -errno;
	if (epoll_wait(set, &event, 1, WAIT_MS) != 1)
		return -ECANCELED;
	wait_say_events(twin, event.events);
	for (i = 0; i < 3; i++)
		told += epoll_wait(set, &event, 1, 0);
	twin_say(twin, "%d of three more looks", told);
	twin_peer_sends(twin, "x");
	twin_say(twin, "%d after more came", epoll_wait(set, &event, 1, 0));
	return 0;
}

/* What has become of a socket in a set, once its descriptor is closed. */
static long wait_epoll_closed(struct twin *twin)
{
	struct epoll_event event = { .events = EPOLLOUT };
	int set = epoll_create1(EPOLL_CLOEXEC);

	if (epoll_ctl(set, EPOLL_CTL_ADD, twin->fd, &event))
		return -errno;
	close(twin->fd);
	return epoll_wait(set, &event, 1, 0);
}

static const struct twin_row wait_rows[] = {
	ROW("poll(2) of a new stream", STREAM, wait_poll),
	ROW("poll(2) of a new datagram socket", DGRAM, wait_poll),
	ROW("poll(2) of a listening socket", LISTENING, wait_poll),
	ROW("poll(2) of a listening socket, somebody waits", PENDING,
	    wait_poll),
	ROW("poll(2) of a connected stream", CONNECTED, wait_poll),
	ROW("poll(2) of a connected stream with data", CONNECTED | DATA,
	    wait_poll),
	ROW("poll(2) of a connected datagram socket with data",
	    TALKING | DATA, wait_poll),
	ROW("poll(2) of a full stream", CONNECTED, wait_poll_full),
	ROW("poll(2) while it connects", STREAM, wait_poll_connecting),
	ROW("poll(2) after the peer closed", ENDED, wait_poll),
	ROW("poll(2) after a reset", RESET, wait_poll),
	ROW("poll(2) after shutdown(SHUT_RD)", CONNECTED, wait_poll_shut,
	    SHUT_RD),
	ROW("poll(2) after shutdown(SHUT_WR)", CONNECTED, wait_poll_shut,
	    SHUT_WR),
	ROW("poll(2) after shutdown(SHUT_RDWR)", CONNECTED, wait_poll_shut,
	    SHUT_RDWR),
	ROW("poll(2) of datagrams after shutdown(SHUT_RDWR)", TALKING,
	    wait_poll_shut, SHUT_RDWR),
	ROW("poll(2) after shutdown(SHUT_WR), the peer closed", ENDED,
	    wait_poll_shut, SHUT_WR),
	ROW("poll(2) with urgent data", CONNECTED, wait_poll_urgent),
	ROW("poll(2) after a datagram was refused", TALKING,
	    wait_poll_refused),
	ROW("poll(2) wakes when data comes", CONNECTED, wait_poll_wakes),
	ROW("poll(2) wakes when a datagram comes", TALKING, wait_poll_wakes),
	ROW("select(2) of a connected stream", CONNECTED, wait_select),
	ROW("select(2) of a connected stream with data", CONNECTED | DATA,
	    wait_select),
	ROW("select(2) after the peer closed", ENDED, wait_select),
	ROW("select(2) of a new stream", STREAM, wait_select),
	ROW("epoll_wait(2)", CONNECTED | DATA, wait_epoll),
	ROW("epoll_wait(EPOLLET)", CONNECTED | DATA, wait_epoll,
	    (int)EPOLLET),
	ROW("epoll_wait(EPOLLONESHOT) of datagrams", TALKING | DATA,
	    wait_epoll, EPOLLONESHOT),
	ROW("epoll_wait(2) after close(2)", CONNECTED, wait_epoll_closed),
};

/* ---- Timeouts: SO_RCVTIMEO and SO_SNDTIMEO, or of a call ----------------- */

static void timeout_set(const struct twin *twin, int name)
{
	struct timeval soon = { .tv_usec = SOON / 1000 };

	plain_setsockopt(twin->fd, SOL_SOCKET, name, &soon, sizeof(soon));
}

/* arg: flags. */
static long timeout_recv(struct twin *twin)
{
	char buf[16] = "";
	long ret;

	if (twin->face == &ksock_face) {
		ret = timed_recv(twin->fd, buf, 10, twin->arg[0], SOON);
	} else {
		timeout_set(twin, SO_RCVTIMEO);
		ret = face_recv(twin->face, twin->fd, buf, 10, twin->arg[0]);
	}
	twin_say(twin, "\"%s\"", buf);
	return ret;
}

static long timeout_send(struct twin *twin)
{
	if (!twin_fill(twin))
		return -ECANCELED;
	if (twin->face == &ksock_face)
		return timed_send(twin->fd, "x", 1, 0, SOON);
	timeout_set(twin, SO_SNDTIMEO);
	return face_send(twin->face, twin->fd, "x", 1, 0);
}

static long timeout_accept(struct twin *twin)
{
	if (twin->face == &ksock_face)
		return twin_ok(timed_accept(twin->fd, SOON));
	timeout_set(twin, SO_RCVTIMEO);
	return twin_ok(plain_accept(twin->fd, NULL, NULL, 0));
}

static long timeout_connect_once(struct twin *twin)
{
	if (twin->face == &ksock_face)
		return timed_connect(twin->fd, &twin->addr, SOON);
	timeout_set(twin, SO_SNDTIMEO);
	return plain_connect(twin->fd, &twin->addr.sa, twin->addr.len);
}

static long timeout_connect(struct twin *twin)
{
	long ret;

	if (listener_full(&twin->addr) < 0)
		return -ECANCELED;
	ret = timeout_connect_once(twin);
	twin_say_ret(twin, "again", timeout_connect_once(twin));
	return ret;
}

/* By the option, on both. */
static long timeout_option(struct twin *twin)
{
	struct timeval soon = { .tv_usec = SOON / 1000 };
	char byte;

	twin->face->setsockopt(twin->fd, SOL_SOCKET, SO_RCVTIMEO, &soon,
			       sizeof(soon));
	if (twin->arg[0])
		return ret_errno(read(twin->fd, &byte, 1));
	return face_recv(twin->face, twin->fd, &byte, 1, 0);
}

static const struct twin_row timeout_rows[] = {
	ROW("recv(2) runs out of time", CONNECTED, timeout_recv),
	ROW("recv(2) of a datagram runs out of time", TALKING, timeout_recv),
	ROW("recv(MSG_WAITALL) runs out of time", CONNECTED | DATA,
	    timeout_recv, MSG_WAITALL),
	ROW("recv(2) in time", CONNECTED | DATA, timeout_recv),
	ROW("send(2) to a full stream runs out of time", CONNECTED,
	    timeout_send),
	ROW("accept(2) runs out of time", LISTENING, timeout_accept),
	ROW("accept(2) in time", PENDING, timeout_accept),
	ROW("connect(2) runs out of time", STREAM, timeout_connect),
	ROW("recv(2) with SO_RCVTIMEO", CONNECTED, timeout_option),
	ROW("read(2) with SO_RCVTIMEO", TALKING, timeout_option, 1),
};

/* ---- Signals ------------------------------------------------------------- */

/* Has a call that sleeps interrupted. */
static long signal_interrupts(struct call *call)
{
	signal_handle(SIGUSR1, 0);
	if (call_start(call) || !call_sleeps(call) ||
	    pthread_kill(call->thread, SIGUSR1))
		return -ECANCELED;
	return call_end(call);
}

static long signal_recv(struct twin *twin)
{
	char buf[16];
	struct call call = {
		.run = call_recv, .face = twin->face, .fd = twin->fd,
		.buf = buf, .len = 10, .flags = twin->arg[0],
	};

	return signal_interrupts(&call);
}

static ssize_t signal_call_read(struct call *call)
{
	return ret_errno(read(call->fd, call->buf, call->len));
}

static long signal_read(struct twin *twin)
{
	char byte;
	struct call call = {
		.run = signal_call_read, .fd = twin->fd, .buf = &byte, .len = 1,
	};

	return signal_interrupts(&call);
}

static long signal_accept(struct twin *twin)
{
	struct call call = {
		.run = call_accept, .face = twin->face, .fd = twin->fd,
	};

	return twin_ok(signal_interrupts(&call));
}

static long signal_connect(struct twin *twin)
{
	struct call call = {
		.run = call_connect, .face = twin->face, .fd = twin->fd,
		.addr = twin->addr,
	};

	if (listener_full(&twin->addr) < 0)
		return -ECANCELED;
	return signal_interrupts(&call);
}

static long signal_send(struct twin *twin)
{
	struct call call = {
		.run = call_send, .face = twin->face, .fd = twin->fd,
		.buf = "x", .len = 1,
	};

	if (!twin_fill(twin))
		return -ECANCELED;
	return signal_interrupts(&call);
}

/* The handler restarts the call, and data comes. */
static long signal_restarts(struct twin *twin)
{
	char byte;
	struct call call = {
		.run = call_recv, .face = twin->face, .fd = twin->fd,
		.buf = &byte, .len = 1,
	};

	signal_handle(SIGUSR1, SA_RESTART);
	if (call_start(&call) || !call_sleeps(&call) ||
	    pthread_kill(call.thread, SIGUSR1) || !EVENTUALLY(signals == 1))
		return -ECANCELED;
	face_send(&plain_face, twin->peer, "x", 1, 0);
	return call_end(&call);
}

/* Whether the owner is signalled when data comes; arg: of F_SETSIG. */
static long signal_io(struct twin *twin)
{
	signal_handle(twin->arg[0] ?: SIGIO, 0);
	if (fcntl(twin->fd, F_SETOWN, getpid()) ||
	    fcntl(twin->fd, F_SETSIG, twin->arg[0]) ||
	    fcntl(twin->fd, F_SETFL, O_ASYNC))
		return -errno;
	twin_peer_sends(twin, "hello");
	return EVENTUALLY(signals > 0);
}

static long signal_urgent(struct twin *twin)
{
	signal_handle(SIGURG, 0);
	if (fcntl(twin->fd, F_SETOWN, getpid()))
		return -errno;
	face_send(&plain_face, twin->peer, "!", 1, MSG_OOB);
	wait_events(twin->fd, POLLPRI, WAIT_MS);
	return signals > 0;
}

/* A pipe without a reader is another story: of a stream that cannot send. */
static long signal_pipe(struct twin *twin)
{
	signal_handle(SIGPIPE, 0);
	twin->face->shutdown(twin->fd, SHUT_WR);
	twin_say_ret(twin, "send", face_send(twin->face, twin->fd, "x", 1,
					     twin->arg[0]));
	if (!twin->arg[0])
		twin_say_ret(twin, "write", ret_errno(write(twin->fd, "x", 1)));
	return signals;
}

static const struct twin_row signal_rows[] = {
	ROW("a signal interrupts recv(2)", CONNECTED, signal_recv),
	ROW("a signal interrupts recv(2) of a datagram", TALKING, signal_recv),
	ROW("a signal interrupts recv(MSG_WAITALL) that has some",
	    CONNECTED | DATA, signal_recv, MSG_WAITALL),
	ROW("a signal interrupts read(2)", CONNECTED, signal_read),
	ROW("a signal interrupts send(2)", CONNECTED, signal_send),
	ROW("a signal interrupts accept(2)", LISTENING, signal_accept),
	ROW("a signal interrupts connect(2)", STREAM, signal_connect),
	ROW("recv(2) restarts after a signal with SA_RESTART", CONNECTED,
	    signal_restarts),
	ROW("SIGPIPE of a stream that was shut down", CONNECTED, signal_pipe),
	ROW("SIGPIPE, MSG_NOSIGNAL", CONNECTED, signal_pipe, MSG_NOSIGNAL),
	ROW("SIGPIPE of a datagram socket", TALKING, signal_pipe),
	ROW("SIGIO with O_ASYNC", CONNECTED, signal_io),
	ROW("SIGIO with O_ASYNC, datagrams", TALKING, signal_io),
	ROW("the signal of F_SETSIG with O_ASYNC", CONNECTED, signal_io,
	    SIGUSR1),
	DIFFER(SIGURG, "SIGURG", CONNECTED, signal_urgent),
};

#endif /* KSOCK_SELFTESTS_TWIN_WAIT_H */
