// SPDX-License-Identifier: GPL-2.0-only
/*
 * ksock udp: datagrams from and to standard input and output.  What one read
 * of standard input gives is one datagram.
 */
#include "cli.h"
#include "endpoint.h"
#include "output.h"
#include "pump.h"

#include <errno.h>
#include <poll.h>
#include <string.h>

/* The first datagram decides who the peer is, and stays in the queue. */
static int udp_await_peer(struct ksock_sock *sock, int timeout_ms,
			  struct ksock_addr *peer)
{
	char byte;

	if (endpoint_wait(sock, POLLIN, timeout_ms))
		return -1;
	if (ksock_recvfrom(sock, &byte, sizeof(byte), MSG_PEEK, peer, NULL) < 0)
		return -1;
	return ksock_connect(sock, peer);
}

static int udp_hear_one(const struct config *config, struct ksock_sock *sock)
{
	char subject[KSOCK_ADDR_STRLEN] = "";
	struct output_sock view = { 0 };
	struct pump pump = {
		.sock = sock,
		.subject = subject,
		.datagrams = true,
		.wait_input = true,
		.timeout_ms = config->timeout_ms,
		.linger_ms = config->timeout_ms,
	};
	struct ksock_addr peer;
	int status;

	if (udp_await_peer(sock, config->timeout_ms, &peer))
		return output_error(config->target, strerror(errno), NULL);

	/* Those that others have sent by now are in the queue as well. */
	pump.only = &peer;
	ksock_addr_format(&peer, subject, sizeof(subject));
	output_event("connected", &view, sock);
	status = pump_run(&pump);
	output_event("closed", &view, sock);
	return status;
}

static int udp_hear_all(const struct config *config, struct ksock_sock *sock)
{
	struct output_sock view = { 0 };
	struct ksock_addr peer = { 0 };
	struct pump pump = {
		.sock = sock,
		.subject = config->target,
		.peer = &peer,
		.datagrams = true,
		.wait_input = true,
		.timeout_ms = config->timeout_ms,
		.linger_ms = config->timeout_ms,
	};
	int status;

	status = pump_run(&pump);
	output_event("closed", &view, sock);
	if (!status && !peer.len)
		return output_error(config->target, strerror(ETIMEDOUT), NULL);
	return status;
}

int udp_bind(const struct config *config)
{
	struct endpoint endpoint = { .type = SOCK_DGRAM };
	struct output_sock view = { 0 };
	struct ksock_sock *sock;
	int status;

	status = endpoint_resolve(&endpoint, config, KSOCK_ADDR_PASSIVE);
	if (status)
		return status;

	sock = endpoint_bind(&endpoint);
	if (!sock)
		return EXIT_FAILURE;

	output_event("bound", &view, sock);
	status = config->keep ? udp_hear_all(config, sock) :
				udp_hear_one(config, sock);
	ksock_sock_close(sock);
	return status;
}

int udp_send(const struct config *config)
{
	struct endpoint endpoint = { .type = SOCK_DGRAM };
	char subject[KSOCK_ADDR_STRLEN];
	struct output_sock view = { 0 };
	struct pump pump = {
		.subject = subject,
		.datagrams = true,
		.wait_input = true,
		.timeout_ms = config->timeout_ms,
		.linger_ms = config->timeout_ms < 0 ? 0 : config->timeout_ms,
	};
	int status;

	status = endpoint_resolve(&endpoint, config, 0);
	if (status)
		return status;

	pump.sock = endpoint_connect(&endpoint, subject);
	if (!pump.sock)
		return EXIT_FAILURE;

	output_event("connected", &view, pump.sock);
	status = pump_run(&pump);
	output_event("closed", &view, pump.sock);
	ksock_sock_close(pump.sock);
	return status;
}
