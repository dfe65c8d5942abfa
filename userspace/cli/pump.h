/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copying between standard input and output and a socket.
 */
#ifndef PUMP_H
#define PUMP_H

#include <ksock.h>

/**
 * struct pump - how to copy
 * @sock: the socket
 * @subject: name of the peer, for errors
 * @peer: NULL when the socket is connected; otherwise filled with the sender
 *	of each datagram, and where datagrams are sent once it has a length
 * @only: NULL, or what datagrams have to come from not to be overlooked
 * @datagrams: the socket keeps boundaries and knows no end
 * @wait_input: the end of the peer's stream is not the end while there may be
 *	more input
 * @timeout_ms: end after so long without any data, -1 for never
 * @linger_ms: the same once input has ended
 * @output_lost: set when standard output cannot be written
 */
struct pump {
	struct ksock_sock *sock;
	const char *subject;
	struct ksock_addr *peer;
	const struct ksock_addr *only;
	bool datagrams;
	bool wait_input;
	int timeout_ms;
	int linger_ms;
	bool output_lost;
};

/**
 * pump_run() - copy until both directions are done or the time is over
 * @pump: how to copy
 *
 * Return: EXIT_SUCCESS, or EXIT_FAILURE after reporting what went wrong.
 */
int pump_run(struct pump *pump);

#endif /* PUMP_H */
