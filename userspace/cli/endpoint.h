/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * From an address on the command line to a socket.
 */
#ifndef ENDPOINT_H
#define ENDPOINT_H

#include <ksock.h>

#include "cli.h"

#define ENDPOINT_MAX 16

/* Name of the device, for errors. */
extern const char endpoint_device[];

/**
 * endpoint_open() - open the device
 *
 * Return: a context, or NULL after reporting what went wrong.
 */
struct ksock_ctx *endpoint_open(void);

/**
 * endpoint_make() - make a socket of the kind the command line asks for
 * @ctx: context
 * @config: command line
 * @family: as for ksock_socket()
 * @type: as for ksock_socket(); close-on-exec in any case
 * @protocol: as for ksock_socket()
 *
 * Return: a socket, or NULL with errno.
 */
struct ksock_sock *endpoint_make(struct ksock_ctx *ctx,
				 const struct config *config, int family,
				 int type, int protocol);

/**
 * endpoint_report() - report why a socket could not be made or used
 * @subject: what the command was working on
 * @err: errno
 *
 * Return: EXIT_FAILURE.
 */
int endpoint_report(const char *subject, int err);

/**
 * endpoint_report_opt() - report why an option could not be got or set
 * @subject: its name, with or without a value
 * @err: errno
 *
 * Return: EXIT_FAILURE.
 */
int endpoint_report_opt(const char *subject, int err);

/**
 * struct endpoint - what a target stands for
 * @config: command line
 * @addrs: its addresses, best first
 * @count: how many there are
 * @type: SOCK_STREAM or SOCK_DGRAM
 */
struct endpoint {
	const struct config *config;
	struct ksock_addr addrs[ENDPOINT_MAX];
	int count;
	int type;
};

/**
 * endpoint_resolve() - find the addresses of the operand
 * @endpoint: filled; its type on entry is the type wanted, 0 for any
 * @config: command line, which must stay
 * @flags: KSOCK_ADDR_PASSIVE or 0
 *
 * Return: EXIT_SUCCESS, or the exit status after reporting what went wrong.
 */
int endpoint_resolve(struct endpoint *endpoint, const struct config *config,
		     int flags);

/**
 * endpoint_bind() - make a socket bound to the first address that can be
 * @endpoint: where; a stream socket also listens and is non-blocking
 *
 * The options that the command line asks for are set before anything else.
 *
 * Return: a socket, or NULL after reporting what went wrong.
 */
struct ksock_sock *endpoint_bind(const struct endpoint *endpoint);

/**
 * endpoint_connect() - make a socket connected to the first that answers
 * @endpoint: where to
 * @subject: filled with the address connected to
 *
 * The options that the command line asks for are set before anything else, its
 * patience is with each address anew.
 *
 * Return: a socket, or NULL after reporting what went wrong.
 */
struct ksock_sock *endpoint_connect(const struct endpoint *endpoint,
				    char subject[KSOCK_ADDR_STRLEN]);

/**
 * endpoint_wait() - wait for a socket
 * @sock: socket
 * @events: POLLIN or POLLOUT
 * @timeout_ms: patience, -1 without end
 *
 * Return: 0, or -1 with errno, ETIMEDOUT when the time is over.
 */
int endpoint_wait(struct ksock_sock *sock, short events, int timeout_ms);

/**
 * endpoint_forget() - empty the queue of errors and of what was sent when
 * @sock: socket
 *
 * poll(2) tells of it until it is empty, for which options such as SO_TIMESTAMPING
 * and IP_RECVERR give reason. To be called when there is nothing else to do.
 */
void endpoint_forget(struct ksock_sock *sock);

#endif /* ENDPOINT_H */
