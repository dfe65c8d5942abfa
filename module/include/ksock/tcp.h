/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * TCP by role: what listens and what carries data are two types, so a call on
 * the wrong one does not compile.
 *
 * A constructor returns an unbound socket, on which options can be set before
 * it is bound, connected or listens.
 */
#ifndef KSOCK_TCP_H
#define KSOCK_TCP_H

#include <linux/types.h>
#include <ksock/types.h>

struct ksock;
struct ksock_addr;
struct net;
struct tcp_info;

/** struct ksock_tcp_listener - TCP socket that accepts connections, opaque */
struct ksock_tcp_listener;

/** struct ksock_tcp_stream - TCP socket that carries data, opaque */
struct ksock_tcp_stream;

struct ksock_tcp_listener *
ksock_tcp_listener_create(struct net *net, enum ksock_family family,
			  unsigned int flags);
int ksock_tcp_listener_bind(struct ksock_tcp_listener *listener,
			    const struct ksock_addr *addr);
int ksock_tcp_listen(struct ksock_tcp_listener *listener, int backlog);
struct ksock_tcp_stream *ksock_tcp_accept(struct ksock_tcp_listener *listener,
					  ktime_t deadline,
					  struct ksock_addr *peer);
int ksock_tcp_listener_name(struct ksock_tcp_listener *listener,
			    struct ksock_addr *addr);
void ksock_tcp_listener_put(struct ksock_tcp_listener *listener);

struct ksock_tcp_stream *ksock_tcp_stream_create(struct net *net,
						 enum ksock_family family,
						 unsigned int flags);
int ksock_tcp_stream_bind(struct ksock_tcp_stream *stream,
			  const struct ksock_addr *addr);
int ksock_tcp_connect(struct ksock_tcp_stream *stream,
		      const struct ksock_addr *addr, ktime_t deadline);
ssize_t ksock_tcp_send(struct ksock_tcp_stream *stream, const void *buf,
		       size_t len, int flags, ktime_t deadline);
ssize_t ksock_tcp_recv(struct ksock_tcp_stream *stream, void *buf, size_t len,
		       int flags, ktime_t deadline);
int ksock_tcp_write_all(struct ksock_tcp_stream *stream, const void *buf,
			size_t len, ktime_t deadline);
int ksock_tcp_read_exact(struct ksock_tcp_stream *stream, void *buf, size_t len,
			 ktime_t deadline);
int ksock_tcp_stream_name(struct ksock_tcp_stream *stream,
			  struct ksock_addr *addr);
int ksock_tcp_stream_peer(struct ksock_tcp_stream *stream,
			  struct ksock_addr *addr);
int ksock_tcp_shutdown(struct ksock_tcp_stream *stream, enum ksock_shut how);
int ksock_tcp_abort(struct ksock_tcp_stream *stream);
void ksock_tcp_stream_put(struct ksock_tcp_stream *stream);

/*
 * The generic socket of a typed one, for what has no typed call: it is the same
 * object with the same references.  The way back asks what the socket is.
 */
struct ksock *ksock_from_tcp_listener(struct ksock_tcp_listener *listener);
struct ksock *ksock_from_tcp_stream(struct ksock_tcp_stream *stream);
struct ksock_tcp_listener *ksock_as_tcp_listener(struct ksock *ks);
struct ksock_tcp_stream *ksock_as_tcp_stream(struct ksock *ks);

#endif /* KSOCK_TCP_H */
