/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The fixtures of a conversation: "socket", of every family, type and face, and
 * its halves "stream" and "dgram".
 */
#ifndef KSOCK_SELFTESTS_FIXTURE_H
#define KSOCK_SELFTESTS_FIXTURE_H

#include "common.h"
#include "differences.h"

/* Not every file has tests of each. */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wunused-function"

FIXTURE(socket) {
	const struct face *face;
	struct addr addr;
};

FIXTURE_VARIANT(socket) {
	const struct face *face;
	int family;
	int type;
};

FIXTURE_VARIANT_ADD(socket, plain_ipv4_stream) {
	.face = &plain_face, .family = AF_INET, .type = SOCK_STREAM,
};

FIXTURE_VARIANT_ADD(socket, ksock_ipv4_stream) {
	.face = &ksock_face, .family = AF_INET, .type = SOCK_STREAM,
};

FIXTURE_VARIANT_ADD(socket, plain_ipv6_stream) {
	.face = &plain_face, .family = AF_INET6, .type = SOCK_STREAM,
};

FIXTURE_VARIANT_ADD(socket, ksock_ipv6_stream) {
	.face = &ksock_face, .family = AF_INET6, .type = SOCK_STREAM,
};

FIXTURE_VARIANT_ADD(socket, plain_ipv4_dgram) {
	.face = &plain_face, .family = AF_INET, .type = SOCK_DGRAM,
};

FIXTURE_VARIANT_ADD(socket, ksock_ipv4_dgram) {
	.face = &ksock_face, .family = AF_INET, .type = SOCK_DGRAM,
};

FIXTURE_VARIANT_ADD(socket, plain_ipv6_dgram) {
	.face = &plain_face, .family = AF_INET6, .type = SOCK_DGRAM,
};

FIXTURE_VARIANT_ADD(socket, ksock_ipv6_dgram) {
	.face = &ksock_face, .family = AF_INET6, .type = SOCK_DGRAM,
};

FIXTURE_SETUP(socket)
{
	SETUP_KSOCK();
	self->face = variant->face;
	self->addr = addr_loopback(variant->family, PORT);
}

FIXTURE_TEARDOWN(socket)
{
}

FIXTURE(stream) {
	const struct face *face;
	struct addr addr;
};

FIXTURE_VARIANT(stream) {
	const struct face *face;
	int family;
};

FIXTURE_VARIANT_ADD(stream, plain_ipv4) {
	.face = &plain_face, .family = AF_INET,
};

FIXTURE_VARIANT_ADD(stream, ksock_ipv4) {
	.face = &ksock_face, .family = AF_INET,
};

FIXTURE_VARIANT_ADD(stream, plain_ipv6) {
	.face = &plain_face, .family = AF_INET6,
};

FIXTURE_VARIANT_ADD(stream, ksock_ipv6) {
	.face = &ksock_face, .family = AF_INET6,
};

FIXTURE_SETUP(stream)
{
	SETUP_KSOCK();
	self->face = variant->face;
	self->addr = addr_loopback(variant->family, PORT);
}

FIXTURE_TEARDOWN(stream)
{
}

FIXTURE(dgram) {
	const struct face *face;
	struct addr addr;
};

FIXTURE_VARIANT(dgram) {
	const struct face *face;
	int family;
};

FIXTURE_VARIANT_ADD(dgram, plain_ipv4) {
	.face = &plain_face, .family = AF_INET,
};

FIXTURE_VARIANT_ADD(dgram, ksock_ipv4) {
	.face = &ksock_face, .family = AF_INET,
};

FIXTURE_VARIANT_ADD(dgram, plain_ipv6) {
	.face = &plain_face, .family = AF_INET6,
};

FIXTURE_VARIANT_ADD(dgram, ksock_ipv6) {
	.face = &ksock_face, .family = AF_INET6,
};

FIXTURE_SETUP(dgram)
{
	SETUP_KSOCK();
	self->face = variant->face;
	self->addr = addr_loopback(variant->family, PORT);
}

FIXTURE_TEARDOWN(dgram)
{
}

#pragma GCC diagnostic pop

/* What a row of the table of differences says for the test's face. */
#define DIFFERS(_row) difference(&differences[DIFFERENCE_##_row], self->face)

/*
 * A pair of connected sockets: @fd is of the face under test, @peer is plain.
 * Streams: @fd connected, @peer accepted.  Datagrams: both bound and connected,
 * @fd to PORT + 1.
 */
struct pair {
	int fd;
	int peer;
};

static inline int pair_of_streams_at(struct pair *pair, const struct face *face,
				     const struct addr *addr)
{
	int family = addr->sa.sa_family, listener, ret;

	listener = plain_socket(family, SOCK_STREAM, 0);
	if (listener < 0)
		return listener;
	ret = plain_bind(listener, &addr->sa, addr->len);
	if (!ret)
		ret = plain_listen(listener, 1);
	if (ret)
		goto err_close_listener;
	ret = face->socket(family, SOCK_STREAM, 0);
	if (ret < 0)
		goto err_close_listener;
	pair->fd = ret;
	ret = face->connect(pair->fd, &addr->sa, addr->len);
	if (ret)
		goto err_close_fd;
	ret = plain_accept(listener, NULL, NULL, 0);
	if (ret < 0)
		goto err_close_fd;
	pair->peer = ret;
	close(listener);
	return 0;

err_close_fd:
	close(pair->fd);
err_close_listener:
	close(listener);
	return ret;
}

/* At PORT, or next to it while what is left of another pair has that. */
static inline int pair_of_streams(struct pair *pair, const struct face *face,
				  int family)
{
	uint16_t port = PORT;
	struct addr addr;
	int ret;

	do {
		addr = addr_loopback(family, port);
		ret = pair_of_streams_at(pair, face, &addr);
	} while (ret == -EADDRINUSE && ++port < PORT + 8);
	return ret;
}

static inline int pair_of_dgrams(struct pair *pair, const struct face *face,
				 int family)
{
	struct addr addr = addr_loopback(family, PORT);
	struct addr peer = addr_loopback(family, PORT + 1);
	int ret;

	ret = face->socket(family, SOCK_DGRAM, 0);
	if (ret < 0)
		return ret;
	pair->fd = ret;
	ret = plain_socket(family, SOCK_DGRAM, 0);
	if (ret < 0)
		goto err_close_fd;
	pair->peer = ret;
	ret = face->bind(pair->fd, &addr.sa, addr.len);
	if (!ret)
		ret = plain_bind(pair->peer, &peer.sa, peer.len);
	if (!ret)
		ret = face->connect(pair->fd, &peer.sa, peer.len);
	if (!ret)
		ret = plain_connect(pair->peer, &addr.sa, addr.len);
	if (ret)
		goto err_close_peer;
	return 0;

err_close_peer:
	close(pair->peer);
err_close_fd:
	close(pair->fd);
	return ret;
}

static inline int pair_of(struct pair *pair, const struct face *face,
			  int family, int type)
{
	if (type == SOCK_STREAM)
		return pair_of_streams(pair, face, family);
	return pair_of_dgrams(pair, face, family);
}

/* A socket of a face that listens at an address, or -errno. */
static inline int listener_at(const struct face *face, const struct addr *addr,
			      int backlog)
{
	int fd, ret;

	fd = face->socket(addr->sa.sa_family, SOCK_STREAM, 0);
	if (fd < 0)
		return fd;
	ret = face->bind(fd, &addr->sa, addr->len);
	if (!ret)
		ret = face->listen(fd, backlog);
	if (ret) {
		close(fd);
		return ret;
	}
	return fd;
}

/* A socket of a face that is connected to an address, or -errno. */
static inline int connected_to(const struct face *face, int type,
			       const struct addr *addr)
{
	int fd, ret;

	fd = face->socket(addr->sa.sa_family, type, 0);
	if (fd < 0)
		return fd;
	ret = face->connect(fd, &addr->sa, addr->len);
	if (ret) {
		close(fd);
		return ret;
	}
	return fd;
}

/*
 * A plain listener whose queue is full, so that who connects to it waits until
 * a connection is accepted; or -errno.
 */
static inline int listener_full(const struct addr *addr)
{
	int listener, fd;

	listener = listener_at(&plain_face, addr, 0);
	if (listener < 0)
		return listener;
	fd = connected_to(&plain_face, SOCK_STREAM, addr);
	if (fd < 0)
		return fd;
	if (wait_events(listener, POLLIN, WAIT_MS) != POLLIN)
		return -ETIME;
	return listener;
}

#endif /* KSOCK_SELFTESTS_FIXTURE_H */
