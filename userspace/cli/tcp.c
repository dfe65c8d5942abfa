// SPDX-License-Identifier: GPL-2.0-only
/*
 * ksock tcp: a conversation over a stream, with whoever connects or with
 * whom it connects to.
 */
#include "cli.h"
#include "endpoint.h"
#include "output.h"
#include "pump.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

/* Somebody who connects and is gone at once is not worth an error. */
static struct ksock_sock *tcp_accept(struct ksock_sock *listener,
				     struct ksock_addr *peer, int timeout_ms)
{
	struct ksock_sock *sock;

	do {
		if (endpoint_wait(listener, POLLIN, timeout_ms))
			return NULL;
		sock = ksock_accept(listener, peer, SOCK_CLOEXEC);
	} while (!sock && (errno == EAGAIN || errno == ECONNABORTED ||
			   errno == EINTR));
	return sock;
}

/*
 * Somebody at a terminal, and the one who waits for the next peer, is not
 * asked for more input when the peer has ended.
 */
static int tcp_talk(const struct config *config, struct ksock_sock *sock,
		    const char *subject, bool *output_lost)
{
	struct output_sock view = { 0 };
	struct pump pump = {
		.sock = sock,
		.subject = subject,
		.wait_input = !config->keep && !isatty(STDIN_FILENO),
		.timeout_ms = config->timeout_ms,
		.linger_ms = config->timeout_ms,
	};
	int status;

	output_event("connected", &view, sock);
	status = pump_run(&pump);
	output_event("closed", &view, sock);

	*output_lost = pump.output_lost;
	return status;
}

static int tcp_serve(const struct config *config, struct ksock_sock *listener)
{
	char subject[KSOCK_ADDR_STRLEN] = "";
	struct output_sock view = { 0 };
	struct ksock_addr peer = { 0 };
	bool served = false, output_lost = false;
	struct ksock_sock *sock;
	int status = EXIT_SUCCESS;

	output_event("listening", &view, listener);
	do {
		sock = tcp_accept(listener, &peer, config->timeout_ms);
		if (!sock && served && errno == ETIMEDOUT)
			break;
		if (!sock) {
			status = output_error(config->target, strerror(errno),
					      NULL);
			break;
		}

		/* Who comes too late finds nobody listening. */
		if (!config->keep)
			ksock_shutdown(listener, SHUT_RDWR);

		served = true;
		ksock_addr_format(&peer, subject, sizeof(subject));
		status |= tcp_talk(config, sock, subject, &output_lost);
		ksock_sock_close(sock);
	} while (config->keep && !output_lost);

	return status;
}

int tcp_listen(const struct config *config)
{
	struct endpoint endpoint = { .type = SOCK_STREAM };
	struct ksock_sock *listener;
	int status;

	status = endpoint_resolve(&endpoint, config, KSOCK_ADDR_PASSIVE);
	if (status)
		return status;

	listener = endpoint_bind(&endpoint);
	if (!listener)
		return EXIT_FAILURE;

	status = tcp_serve(config, listener);
	ksock_sock_close(listener);
	return status;
}

int tcp_connect(const struct config *config)
{
	struct endpoint endpoint = { .type = SOCK_STREAM };
	char subject[KSOCK_ADDR_STRLEN];
	struct ksock_sock *sock;
	bool output_lost;
	int status;

	status = endpoint_resolve(&endpoint, config, 0);
	if (status)
		return status;

	sock = endpoint_connect(&endpoint, subject);
	if (!sock)
		return EXIT_FAILURE;

	status = tcp_talk(config, sock, subject, &output_lost);
	ksock_sock_close(sock);
	return status;
}
