// SPDX-License-Identifier: GPL-2.0-only
/*
 * TCP by role: the types that keep what listens and what carries data apart.
 *
 * The objects are those of sock.c, seen through another type; a call does what
 * the generic one does.
 */
#include <linux/err.h>
#include <linux/module.h>
#include "sock.h"

static struct ksock *tcp_create(struct net *net, enum ksock_family family,
				unsigned int flags)
{
	if (family != KSOCK_AF_INET && family != KSOCK_AF_INET6)
		return ERR_PTR(-EAFNOSUPPORT);
	return ksock_create_kern(net, family, KSOCK_STREAM, KSOCK_PROTO_TCP,
				 flags);
}

/* ERR_PTR() and NULL stay what they are, as the socket comes first. */
#define tcp_to_listener(_ks)	((struct ksock_tcp_listener *)(_ks))
#define tcp_to_stream(_ks)	((struct ksock_tcp_stream *)(_ks))

static bool tcp_is_tcp(const struct ksock *ks)
{
	return ksock_type(ks) == KSOCK_STREAM &&
	       ksock_protocol(ks) == KSOCK_PROTO_TCP;
}

/**
 * ksock_tcp_listener_create() - make a TCP socket to listen with
 * @net: network namespace
 * @family: %KSOCK_AF_INET or %KSOCK_AF_INET6
 * @flags: as for ksock_create_kern()
 *
 * Context: process context, may sleep.
 * Return: the socket, unbound, for ksock_tcp_listener_put(); or an ERR_PTR(), as
 * ksock_create_kern() has it, -EAFNOSUPPORT for another family.
 */
struct ksock_tcp_listener *
ksock_tcp_listener_create(struct net *net, enum ksock_family family,
			  unsigned int flags)
{
	return tcp_to_listener(tcp_create(net, family, flags));
}
EXPORT_SYMBOL_GPL(ksock_tcp_listener_create);

/**
 * ksock_tcp_listener_bind() - bind to an address
 * @listener: socket
 * @addr: address, of the family of the socket
 *
 * Context: process context, may sleep.
 * Return: as ksock_bind().
 */
int ksock_tcp_listener_bind(struct ksock_tcp_listener *listener,
			    const struct ksock_addr *addr)
{
	return ksock_bind(&listener->ks, addr);
}
EXPORT_SYMBOL_GPL(ksock_tcp_listener_bind);

/**
 * ksock_tcp_listen() - listen for connections
 * @listener: socket
 * @backlog: connections that may wait, negative for as many as allowed
 *
 * Context: process context, may sleep.
 * Return: as ksock_listen().
 */
int ksock_tcp_listen(struct ksock_tcp_listener *listener, int backlog)
{
	return ksock_listen(&listener->ks, backlog);
}
EXPORT_SYMBOL_GPL(ksock_tcp_listen);

/**
 * ksock_tcp_accept() - accept a connection
 * @listener: listening socket
 * @deadline: until when to wait
 * @peer: filled with the peer's address, or NULL
 *
 * Context: process context, may sleep.
 * Return: the connection, for ksock_tcp_stream_put(); or an ERR_PTR(), as
 * ksock_accept() has it.
 */
struct ksock_tcp_stream *ksock_tcp_accept(struct ksock_tcp_listener *listener,
					  ktime_t deadline,
					  struct ksock_addr *peer)
{
	return tcp_to_stream(ksock_accept(&listener->ks, deadline, peer));
}
EXPORT_SYMBOL_GPL(ksock_tcp_accept);

/**
 * ksock_tcp_listener_name() - the address it is bound to
 * @listener: socket
 * @addr: filled on success
 *
 * Context: process context, may sleep.
 * Return: as ksock_getsockname().
 */
int ksock_tcp_listener_name(struct ksock_tcp_listener *listener,
			    struct ksock_addr *addr)
{
	return ksock_getsockname(&listener->ks, addr);
}
EXPORT_SYMBOL_GPL(ksock_tcp_listener_name);

/**
 * ksock_tcp_listener_put() - drop a reference
 * @listener: socket, NULL or an ERR_PTR()
 *
 * Context: as ksock_put().
 */
void ksock_tcp_listener_put(struct ksock_tcp_listener *listener)
{
	ksock_put(ksock_from_tcp_listener(listener));
}
EXPORT_SYMBOL_GPL(ksock_tcp_listener_put);

/**
 * ksock_tcp_stream_create() - make a TCP socket to connect with
 * @net: network namespace
 * @family: %KSOCK_AF_INET or %KSOCK_AF_INET6
 * @flags: as for ksock_create_kern()
 *
 * Context: process context, may sleep.
 * Return: the socket, unbound, for ksock_tcp_stream_put(); or an ERR_PTR(), as
 * ksock_create_kern() has it, -EAFNOSUPPORT for another family.
 */
struct ksock_tcp_stream *ksock_tcp_stream_create(struct net *net,
						 enum ksock_family family,
						 unsigned int flags)
{
	return tcp_to_stream(tcp_create(net, family, flags));
}
EXPORT_SYMBOL_GPL(ksock_tcp_stream_create);

/**
 * ksock_tcp_stream_bind() - choose the address to connect from
 * @stream: socket
 * @addr: address, of the family of the socket
 *
 * Context: process context, may sleep.
 * Return: as ksock_bind().
 */
int ksock_tcp_stream_bind(struct ksock_tcp_stream *stream,
			  const struct ksock_addr *addr)
{
	return ksock_bind(&stream->ks, addr);
}
EXPORT_SYMBOL_GPL(ksock_tcp_stream_bind);

/**
 * ksock_tcp_connect() - connect to an address
 * @stream: socket
 * @addr: address of the peer
 * @deadline: until when to wait
 *
 * Context: process context, may sleep.
 * Return: as ksock_connect().
 */
int ksock_tcp_connect(struct ksock_tcp_stream *stream,
		      const struct ksock_addr *addr, ktime_t deadline)
{
	return ksock_connect(&stream->ks, addr, deadline);
}
EXPORT_SYMBOL_GPL(ksock_tcp_connect);

/**
 * ksock_tcp_send() - send
 * @stream: socket
 * @buf: data in kernel memory
 * @len: its length in bytes
 * @flags: as for ksock_send()
 * @deadline: until when to wait for room
 *
 * Context: process context, may sleep.
 * Return: as ksock_send().
 */
ssize_t ksock_tcp_send(struct ksock_tcp_stream *stream, const void *buf,
		       size_t len, int flags, ktime_t deadline)
{
	return ksock_send(&stream->ks, buf, len, flags, deadline);
}
EXPORT_SYMBOL_GPL(ksock_tcp_send);

/**
 * ksock_tcp_recv() - receive
 * @stream: socket
 * @buf: kernel memory where the data goes
 * @len: room there in bytes
 * @flags: as for ksock_recv()
 * @deadline: until when to wait for data
 *
 * Context: process context, may sleep.
 * Return: as ksock_recv(); 0 at the end of the stream.
 */
ssize_t ksock_tcp_recv(struct ksock_tcp_stream *stream, void *buf, size_t len,
		       int flags, ktime_t deadline)
{
	return ksock_recv(&stream->ks, buf, len, flags, deadline);
}
EXPORT_SYMBOL_GPL(ksock_tcp_recv);

/**
 * ksock_tcp_write_all() - send all of a buffer
 * @stream: socket
 * @buf: data in kernel memory
 * @len: its length in bytes
 * @deadline: until when to wait for room
 *
 * Context: process context, may sleep.
 * Return: as ksock_write_all().
 */
int ksock_tcp_write_all(struct ksock_tcp_stream *stream, const void *buf,
			size_t len, ktime_t deadline)
{
	return ksock_write_all(&stream->ks, buf, len, deadline);
}
EXPORT_SYMBOL_GPL(ksock_tcp_write_all);

/**
 * ksock_tcp_read_exact() - receive so many bytes
 * @stream: socket
 * @buf: kernel memory where they go
 * @len: how many
 * @deadline: until when to wait for them
 *
 * Context: process context, may sleep.
 * Return: as ksock_read_exact().
 */
int ksock_tcp_read_exact(struct ksock_tcp_stream *stream, void *buf, size_t len,
			 ktime_t deadline)
{
	return ksock_read_exact(&stream->ks, buf, len, deadline);
}
EXPORT_SYMBOL_GPL(ksock_tcp_read_exact);

/**
 * ksock_tcp_stream_name() - the socket's own address
 * @stream: socket
 * @addr: filled on success
 *
 * Context: process context, may sleep.
 * Return: as ksock_getsockname().
 */
int ksock_tcp_stream_name(struct ksock_tcp_stream *stream,
			  struct ksock_addr *addr)
{
	return ksock_getsockname(&stream->ks, addr);
}
EXPORT_SYMBOL_GPL(ksock_tcp_stream_name);

/**
 * ksock_tcp_stream_peer() - the peer's address
 * @stream: socket
 * @addr: filled on success
 *
 * Context: process context, may sleep.
 * Return: as ksock_getpeername().
 */
int ksock_tcp_stream_peer(struct ksock_tcp_stream *stream,
			  struct ksock_addr *addr)
{
	return ksock_getpeername(&stream->ks, addr);
}
EXPORT_SYMBOL_GPL(ksock_tcp_stream_peer);

/**
 * ksock_tcp_shutdown() - shut one or both directions
 * @stream: socket
 * @how: which
 *
 * Context: process context, may sleep.
 * Return: as ksock_shutdown().
 */
int ksock_tcp_shutdown(struct ksock_tcp_stream *stream, enum ksock_shut how)
{
	return ksock_shutdown(&stream->ks, how);
}
EXPORT_SYMBOL_GPL(ksock_tcp_shutdown);

/**
 * ksock_tcp_abort() - end a connection with a reset
 * @stream: socket
 *
 * Context: process context, may sleep.
 * Return: as ksock_abort().
 */
int ksock_tcp_abort(struct ksock_tcp_stream *stream)
{
	return ksock_abort(&stream->ks);
}
EXPORT_SYMBOL_GPL(ksock_tcp_abort);

/**
 * ksock_tcp_stream_put() - drop a reference
 * @stream: socket, NULL or an ERR_PTR()
 *
 * Context: as ksock_put().
 */
void ksock_tcp_stream_put(struct ksock_tcp_stream *stream)
{
	ksock_put(ksock_from_tcp_stream(stream));
}
EXPORT_SYMBOL_GPL(ksock_tcp_stream_put);

/**
 * ksock_from_tcp_listener() - the generic socket of a TCP one
 * @listener: socket
 *
 * Context: any.
 * Return: the same object, with the same references.
 */
struct ksock *ksock_from_tcp_listener(struct ksock_tcp_listener *listener)
{
	return (struct ksock *)listener;
}
EXPORT_SYMBOL_GPL(ksock_from_tcp_listener);

/**
 * ksock_from_tcp_stream() - the generic socket of a TCP one
 * @stream: socket
 *
 * Context: any.
 * Return: the same object, with the same references.
 */
struct ksock *ksock_from_tcp_stream(struct ksock_tcp_stream *stream)
{
	return (struct ksock *)stream;
}
EXPORT_SYMBOL_GPL(ksock_from_tcp_stream);

/**
 * ksock_as_tcp_listener() - see a generic socket as one to listen with
 * @ks: socket
 *
 * Context: any.
 * Return: the same object, with the same references; NULL when it is not of TCP.
 */
struct ksock_tcp_listener *ksock_as_tcp_listener(struct ksock *ks)
{
	return tcp_is_tcp(ks) ? tcp_to_listener(ks) : NULL;
}
EXPORT_SYMBOL_GPL(ksock_as_tcp_listener);

/**
 * ksock_as_tcp_stream() - see a generic socket as one that carries data
 * @ks: socket
 *
 * Context: any.
 * Return: the same object, with the same references; NULL when it is not of TCP.
 */
struct ksock_tcp_stream *ksock_as_tcp_stream(struct ksock *ks)
{
	return tcp_is_tcp(ks) ? tcp_to_stream(ks) : NULL;
}
EXPORT_SYMBOL_GPL(ksock_as_tcp_stream);
