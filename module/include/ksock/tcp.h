/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Stream sockets by role: what listens and what carries data are two types, so
 * a call on the wrong one does not compile.
 */
#ifndef KSOCK_TCP_H
#define KSOCK_TCP_H

#include <linux/ktime.h>
#include <linux/types.h>

struct ksock_addr;

/** struct ksock_tcp_listener - stream socket that accepts connections */
struct ksock_tcp_listener;

/** struct ksock_tcp_stream - stream socket that carries data */
struct ksock_tcp_stream;

int ksock_tcp_listen(struct ksock_tcp_listener *listener, int backlog);
int ksock_tcp_accept(struct ksock_tcp_listener *listener,
		     struct ksock_tcp_stream *stream, bool nonblock,
		     ktime_t deadline, struct ksock_addr *peer);

#endif /* KSOCK_TCP_H */
