// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copies standard input to a socket and the socket to standard output, both
 * at once, until both have ended.  Nothing here waits except in poll(): as
 * long as one of the four ends can move, data moves, so two peers that both
 * send a lot do not lock each other up.
 */
#include "pump.h"
#include "endpoint.h"
#include "output.h"

#include <errno.h>
#include <limits.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define PUMP_BUFFER   65536
#define PUMP_DATAGRAM 16384

enum { PUMP_INPUT, PUMP_SOCK, PUMP_OUTPUT, PUMP_FDS };

/**
 * struct pump_flow - one direction
 * @start: first byte in @buf not yet written
 * @end: behind the last one
 * @ended: nothing more comes in
 * @buf: read into when empty, written until empty
 */
struct pump_flow {
	size_t start;
	size_t end;
	bool ended;
	char buf[PUMP_BUFFER];
};

/**
 * struct pump_state - both directions
 * @pump: how to copy
 * @up: from standard input to the socket
 * @down: from the socket to standard output
 * @chunk: most bytes to write to standard output at once
 * @status: exit status
 */
struct pump_state {
	struct pump *pump;
	struct pump_flow up;
	struct pump_flow down;
	size_t chunk;
	int status;
};

static bool pump_flow_empty(const struct pump_flow *flow)
{
	return flow->start == flow->end;
}

static bool pump_flow_done(const struct pump_flow *flow)
{
	return flow->ended && pump_flow_empty(flow);
}

static void pump_flow_fill(struct pump_flow *flow, size_t len)
{
	flow->start = 0;
	flow->end = len;
}

static void pump_flow_stop(struct pump_flow *flow)
{
	pump_flow_fill(flow, 0);
	flow->ended = true;
}

static bool pump_again(void)
{
	return errno == EAGAIN || errno == EINTR;
}

static void pump_error(struct pump_state *state, const char *subject)
{
	state->status = output_error(subject, strerror(errno), NULL);
}

/* Input waits while there is nobody yet to send it to. */
static bool pump_input_wanted(const struct pump_state *state)
{
	const struct ksock_addr *peer = state->pump->peer;

	return !state->up.ended && pump_flow_empty(&state->up) &&
	       (!peer || peer->len);
}

static bool pump_sock_input_wanted(const struct pump_state *state)
{
	return !state->down.ended && pump_flow_empty(&state->down);
}

static void pump_read_input(struct pump_state *state)
{
	struct pump *pump = state->pump;
	ssize_t len;

	len = read(STDIN_FILENO, state->up.buf,
		   pump->datagrams ? PUMP_DATAGRAM : PUMP_BUFFER);
	if (len > 0) {
		pump_flow_fill(&state->up, len);
		return;
	}
	if (len < 0) {
		if (pump_again())
			return;
		pump_error(state, "standard input");
	}

	state->up.ended = true;
	if (!pump->datagrams)
		ksock_shutdown(pump->sock, SHUT_WR);
}

/* The label of a flow is not part of who it is. */
static bool pump_is_from(const struct ksock_addr *a, const struct ksock_addr *b)
{
	const struct sockaddr_in *a4 = (const void *)&a->storage;
	const struct sockaddr_in *b4 = (const void *)&b->storage;
	const struct sockaddr_in6 *a6 = (const void *)&a->storage;
	const struct sockaddr_in6 *b6 = (const void *)&b->storage;

	if (a->storage.ss_family != b->storage.ss_family)
		return false;
	if (a->storage.ss_family == AF_INET)
		return a4->sin_port == b4->sin_port &&
		       a4->sin_addr.s_addr == b4->sin_addr.s_addr;
	return a6->sin6_port == b6->sin6_port &&
	       a6->sin6_scope_id == b6->sin6_scope_id &&
	       IN6_ARE_ADDR_EQUAL(&a6->sin6_addr, &b6->sin6_addr);
}

static void pump_read_sock(struct pump_state *state)
{
	struct pump *pump = state->pump;
	struct ksock_addr from;
	ssize_t len;

	len = ksock_recvfrom(pump->sock, state->down.buf, PUMP_BUFFER,
			     MSG_DONTWAIT, &from, NULL);
	if (len < 0) {
		if (pump_again())
			return;
		pump_error(state, pump->subject);
		/* As when it cannot be written. */
		if (pump->peer)
			return;
		pump_flow_stop(&state->down);
		pump_flow_stop(&state->up);
		return;
	}

	if (pump->only && !pump_is_from(&from, pump->only))
		return;
	if (pump->peer)
		*pump->peer = from;
	if (!len && !pump->datagrams)
		state->down.ended = true;
	pump_flow_fill(&state->down, len);
}

/*
 * A peer that no longer listens may still have sent something: a stream is
 * read to its end even when it cannot be written.  Where there are several
 * peers, one that cannot be reached does not keep the others waiting.
 */
static void pump_write_sock(struct pump_state *state)
{
	struct pump *pump = state->pump;
	struct pump_flow *up = &state->up;
	ssize_t len;

	len = ksock_sendto(pump->sock, up->buf + up->start,
			   up->end - up->start, MSG_DONTWAIT | MSG_NOSIGNAL,
			   pump->peer);
	if (len >= 0) {
		up->start += len;
		return;
	}
	if (pump_again())
		return;

	pump_error(state, pump->subject);
	if (pump->peer) {
		pump_flow_fill(up, 0);
		return;
	}
	pump_flow_stop(up);
	if (pump->datagrams)
		pump_flow_stop(&state->down);
}

static void pump_write_output(struct pump_state *state)
{
	struct pump_flow *down = &state->down;
	size_t len = down->end - down->start;
	ssize_t ret;

	ret = write(STDOUT_FILENO, down->buf + down->start,
		    len < state->chunk ? len : state->chunk);
	if (ret >= 0) {
		down->start += ret;
		return;
	}
	if (pump_again())
		return;

	pump_error(state, "standard output");
	state->pump->output_lost = true;
	pump_flow_stop(down);
	pump_flow_stop(&state->up);
}

/*
 * Hang-ups and errors are reported whether asked for or not, so a descriptor
 * from which nothing is wanted is left out.  The exception is a stream that
 * the peer has ended: when the connection then breaks, input need no longer be
 * waited for.
 */
static void pump_prepare(const struct pump_state *state, struct pollfd *pfds)
{
	short events = 0;
	bool half_closed;

	half_closed = state->down.ended && !pump_flow_done(&state->up);
	if (pump_sock_input_wanted(state))
		events |= POLLIN;
	if (!pump_flow_empty(&state->up))
		events |= POLLOUT;

	pfds[PUMP_INPUT].fd = pump_input_wanted(state) ? STDIN_FILENO : -1;
	pfds[PUMP_INPUT].events = POLLIN;
	pfds[PUMP_SOCK].fd = events || half_closed ?
			     ksock_sock_get_fd(state->pump->sock) : -1;
	pfds[PUMP_SOCK].events = events;
	pfds[PUMP_OUTPUT].fd = pump_flow_empty(&state->down) ?
			       -1 : STDOUT_FILENO;
	pfds[PUMP_OUTPUT].events = POLLOUT;
}

static void pump_move(struct pump_state *state, const struct pollfd *pfds)
{
	short events = pfds[PUMP_SOCK].revents;

	/* Sending nothing tells what broke the connection, if it is broken. */
	if (events & (POLLERR | POLLHUP) && state->down.ended &&
	    pump_flow_empty(&state->up))
		pump_write_sock(state);

	if (pfds[PUMP_OUTPUT].revents && !pump_flow_empty(&state->down))
		pump_write_output(state);
	if (events & ~POLLIN && !pump_flow_empty(&state->up))
		pump_write_sock(state);
	if (events & ~POLLOUT && pump_sock_input_wanted(state))
		pump_read_sock(state);
	if (pfds[PUMP_INPUT].revents && pump_input_wanted(state))
		pump_read_input(state);
	if (events & POLLERR)
		endpoint_forget(state->pump->sock);
}

/* Once input has ended nothing but the peer is waited for, and not as long. */
static int pump_patience(const struct pump_state *state)
{
	if (pump_flow_done(&state->up) && pump_flow_empty(&state->down))
		return state->pump->linger_ms;
	return state->pump->timeout_ms;
}

static bool pump_done(const struct pump_state *state)
{
	if (!pump_flow_done(&state->down))
		return false;
	return state->pump->wait_input ? pump_flow_done(&state->up) :
					 pump_flow_empty(&state->up);
}

int pump_run(struct pump *pump)
{
	struct pump_state state = {
		.pump = pump,
		.chunk = PIPE_BUF,
		.status = EXIT_SUCCESS,
	};
	struct pollfd pfds[PUMP_FDS];
	struct stat st;
	int ret;

	/*
	 * A pipe with room promises to take this much at once.  Whoever reads
	 * it may be waiting for the other direction, so more could block both.
	 */
	if (!fstat(STDOUT_FILENO, &st) && S_ISREG(st.st_mode))
		state.chunk = PUMP_BUFFER;

	while (!pump_done(&state)) {
		pump_prepare(&state, pfds);
		ret = poll(pfds, PUMP_FDS, pump_patience(&state));
		if (!ret)
			break;
		if (ret > 0) {
			pump_move(&state, pfds);
		} else if (errno != EINTR) {
			pump_error(&state, pump->subject);
			break;
		}
	}
	return state.status;
}
