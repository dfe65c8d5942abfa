// SPDX-License-Identifier: GPL-2.0-only
/*
 * ksock echo: answers every peer with its own bytes.  Streams are served all
 * at once from one poll loop; each has a buffer that is read into when empty
 * and written until empty.
 */
#include "cli.h"
#include "endpoint.h"
#include "output.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>

#define ECHO_PEERS    256
#define ECHO_BUFFER   16384
#define ECHO_DATAGRAM 65536

struct echo_peer {
	struct ksock_sock *sock;
	struct output_sock view;
	char subject[KSOCK_ADDR_STRLEN];
	size_t start;
	size_t end;
	char buf[ECHO_BUFFER];
};

/**
 * struct echo - a server of streams
 * @config: command line
 * @listener: where peers come from
 * @listening: more peers are wanted
 * @full: none can be taken before one is gone
 * @served: peers that came so far, at least the first
 * @status: exit status
 * @count: peers now
 * @peers: they
 * @pfds: what to poll: the listener, then each peer
 */
struct echo {
	const struct config *config;
	struct ksock_sock *listener;
	bool listening;
	bool full;
	bool served;
	int status;
	size_t count;
	struct echo_peer *peers[ECHO_PEERS];
	struct pollfd pfds[1 + ECHO_PEERS];
};

/* What lacks for one more peer comes back when another is gone. */
static void echo_refuse(struct echo *echo)
{
	if (errno == EAGAIN || errno == ECONNABORTED || errno == EINTR)
		return;

	echo->full = true;
	if (echo->count)
		return;

	echo->listening = false;
	echo->status = output_error(echo->config->target, strerror(errno),
				    NULL);
}

static void echo_add(struct echo *echo)
{
	struct echo_peer *peer;
	struct ksock_addr addr;

	peer = calloc(1, sizeof(*peer));
	if (peer)
		peer->sock = ksock_accept(echo->listener, &addr, SOCK_CLOEXEC);
	if (!peer || !peer->sock) {
		echo_refuse(echo);
		free(peer);
		return;
	}

	if (!echo->config->keep) {
		echo->listening = false;
		ksock_shutdown(echo->listener, SHUT_RDWR);
	}
	echo->served = true;
	echo->peers[echo->count++] = peer;
	echo->full = echo->count == ECHO_PEERS;
	ksock_addr_format(&addr, peer->subject, sizeof(peer->subject));
	output_event("connected", &peer->view, peer->sock);
}

static void echo_remove(struct echo *echo, size_t i)
{
	struct echo_peer *peer = echo->peers[i];

	output_event("closed", &peer->view, peer->sock);
	ksock_sock_close(peer->sock);
	free(peer);
	echo->peers[i] = echo->peers[--echo->count];
	echo->full = false;
}

/* Returns 1 while the conversation goes on, 0 at its end, or -1. */
static int echo_move(struct echo_peer *peer)
{
	ssize_t len;

	if (peer->start == peer->end) {
		len = ksock_recv(peer->sock, peer->buf, ECHO_BUFFER,
				 MSG_DONTWAIT);
		if (!len)
			return 0;
		if (len > 0) {
			peer->start = 0;
			peer->end = len;
		}
	} else {
		len = ksock_send(peer->sock, peer->buf + peer->start,
				 peer->end - peer->start,
				 MSG_DONTWAIT | MSG_NOSIGNAL);
		if (len > 0)
			peer->start += len;
	}
	if (len >= 0 || errno == EINTR)
		return 1;
	if (errno != EAGAIN)
		return -1;
	endpoint_forget(peer->sock);
	return 1;
}

static void echo_prepare(struct echo *echo)
{
	struct echo_peer *peer;
	size_t i;

	echo->pfds[0].fd = echo->listening && !echo->full ?
			   ksock_sock_get_fd(echo->listener) : -1;
	echo->pfds[0].events = POLLIN;

	for (i = 0; i < echo->count; i++) {
		peer = echo->peers[i];
		echo->pfds[1 + i].fd = ksock_sock_get_fd(peer->sock);
		echo->pfds[1 + i].events = peer->start == peer->end ?
					   POLLIN : POLLOUT;
	}
}

/* Backwards, because the last peer takes the place of one that is removed. */
static void echo_move_all(struct echo *echo)
{
	size_t i;
	int ret;

	for (i = echo->count; i-- > 0;) {
		if (!echo->pfds[1 + i].revents)
			continue;
		ret = echo_move(echo->peers[i]);
		if (ret < 0)
			echo->status = output_error(echo->peers[i]->subject,
						    strerror(errno), NULL);
		if (ret <= 0)
			echo_remove(echo, i);
	}
	if (echo->pfds[0].revents)
		echo_add(echo);
}

static int echo_streams(const struct config *config,
			struct ksock_sock *listener)
{
	static struct echo echo;
	int ret;

	echo.config = config;
	echo.listener = listener;
	echo.listening = true;
	while (echo.listening || echo.count) {
		echo_prepare(&echo);
		ret = poll(echo.pfds, 1 + echo.count, config->timeout_ms);
		if (ret > 0) {
			echo_move_all(&echo);
			continue;
		}

		if (!ret)
			errno = ETIMEDOUT;
		if (ret < 0 && errno == EINTR)
			continue;
		if (ret < 0 || !echo.served)
			echo.status = output_error(config->target,
						   strerror(errno), NULL);
		break;
	}

	while (echo.count)
		echo_remove(&echo, echo.count - 1);
	return echo.status;
}

static int echo_datagrams(const struct config *config, struct ksock_sock *sock)
{
	static char buf[ECHO_DATAGRAM];
	char subject[KSOCK_ADDR_STRLEN];
	int status = EXIT_SUCCESS;
	struct ksock_addr peer;
	bool served = false;
	ssize_t len;

	do {
		if (endpoint_wait(sock, POLLIN, config->timeout_ms)) {
			if (served && errno == ETIMEDOUT)
				break;
			return output_error(config->target, strerror(errno),
					    NULL);
		}

		len = ksock_recvfrom(sock, buf, sizeof(buf), MSG_DONTWAIT,
				     &peer, NULL);
		if (len < 0) {
			if (errno != EAGAIN)
				status = output_error(config->target,
						      strerror(errno), NULL);
			if (status && !config->keep)
				break;
			endpoint_forget(sock);
			continue;
		}

		served = true;
		if (ksock_sendto(sock, buf, len, 0, &peer) < 0) {
			ksock_addr_format(&peer, subject, sizeof(subject));
			status = output_error(subject, strerror(errno), NULL);
		}
	} while (config->keep || !served);

	return status;
}

int echo_serve(const struct config *config)
{
	struct endpoint endpoint = { .type = 0 };
	struct output_sock view = { 0 };
	struct ksock_sock *sock;
	bool stream;
	int status;

	status = endpoint_resolve(&endpoint, config, KSOCK_ADDR_PASSIVE);
	if (status)
		return status;
	if (!endpoint.type)
		endpoint.type = SOCK_STREAM;
	stream = endpoint.type == SOCK_STREAM;

	sock = endpoint_bind(&endpoint);
	if (!sock)
		return EXIT_FAILURE;

	output_event(stream ? "listening" : "bound", &view, sock);
	status = stream ? echo_streams(config, sock) :
			  echo_datagrams(config, sock);
	if (!stream)
		output_event("closed", &view, sock);
	ksock_sock_close(sock);
	return status;
}
