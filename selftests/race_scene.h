/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What calls race for: sockets of one round, and what is left of them.  The
 * fixture "race" counts what a test leaves behind after all of its rounds.
 */
#ifndef KSOCK_SELFTESTS_RACE_SCENE_H
#define KSOCK_SELFTESTS_RACE_SCENE_H

#include "fixture.h"
#include "race.h"
#include "timed.h"

/* A round's descriptors; -1 for none. */
union scene {
	struct {
		/* A ksock, another descriptor or another one, a plain peer. */
		int fd;
		int other;
		int peer;
		/* What calls of both sides made. */
		int got[2];
		/* A pipe, an epoll or a batch. */
		int pipe[2];
		int epoll;
		int batch;
	};
	int fds[9];
};

static union scene scene;

/* Whether scene.fd is closed already. */
static bool scene_closed;

/* A plain listener for all rounds, and its address. */
static int scene_listener = -1;
static struct addr scene_addr;

FIXTURE(race) {
	int references;
	int owned;
	int fds;
};

FIXTURE_SETUP(race)
{
	SETUP_KSOCK();
	self->references = references();
	ASSERT_LE(1, self->references);
	self->owned = ksock_owned(ksock_ctx);
	memset(&scene, 0xff, sizeof(scene));
	scene_addr = addr_loopback(AF_INET, PORT);
	scene_listener = listener_at(&plain_face, &scene_addr, 8);
	ASSERT_LE(0, scene_listener);
	self->fds = open_fds();
}

/* A file that is being looked at by somebody else may end a little later. */
FIXTURE_TEARDOWN(race)
{
	EXPECT_TRUE(EVENTUALLY(references() == self->references));
	EXPECT_TRUE(EVENTUALLY(ksock_owned(ksock_ctx) == self->owned));
	EXPECT_EQ(self->fds, open_fds());
}

/* ---- What begins a round ------------------------------------------------- */

/* Its last close ends the connection by a reset, and nothing keeps the port. */
static inline int scene_resets(int fd)
{
	const struct linger linger = { .l_onoff = 1 };

	return plain_setsockopt(fd, SOL_SOCKET, SO_LINGER, &linger,
				sizeof(linger));
}

/* A ksock that is not connected yet. */
static inline int begin_socket(void)
{
	scene.fd = ksock_socket(AF_INET, SOCK_STREAM, 0);
	return scene.fd < 0 ? scene.fd : 0;
}

/* The plain end of a connection that is there. */
static inline int scene_accept_peer(void)
{
	if (wait_events(scene_listener, POLLIN, WAIT_MS) != POLLIN)
		return -ETIME;
	scene.peer = plain_accept(scene_listener, NULL, NULL, 0);
	return scene.peer < 0 ? scene.peer : scene_resets(scene.peer);
}

/* A ksock that is connected to a plain peer. */
static inline int begin_stream(void)
{
	int ret = begin_socket();

	ret = ret ?: ksock_connect(scene.fd, &scene_addr.sa, scene_addr.len);
	return ret ?: scene_accept_peer();
}

static inline int scene_peer_sends(const char *text)
{
	size_t len = strlen(text);

	if (face_send(&plain_face, scene.peer, text, len, 0) != len)
		return -EIO;
	return wait_events(scene.fd, POLLIN, WAIT_MS) == POLLIN ? 0 : -ETIME;
}

/* With a byte, or two, to be received. */
static inline int begin_byte(void)
{
	return begin_stream() ?: scene_peer_sends("a");
}

static inline int begin_bytes(void)
{
	return begin_stream() ?: scene_peer_sends("ab");
}

/* And a second descriptor of it. */
static inline int begin_dup(void)
{
	int ret = begin_stream();

	scene.other = dup(scene.fd);
	return ret;
}

/* A ksock that listens, at a port of its own. */
static inline int begin_listener(void)
{
	struct addr addr = addr_loopback(AF_INET, 0);

	scene.fd = listener_at(&ksock_face, &addr, 8);
	return scene.fd < 0 ? scene.fd : 0;
}

/* A plain socket, connected to the ksock that listens. */
static inline int scene_connect_peer(void)
{
	struct addr addr = addr_room();
	int ret;

	ret = ksock_getsockname(scene.fd, &addr.sa, &addr.len);
	return ret ?: plain_connect(scene.peer, &addr.sa, addr.len);
}

static inline int begin_listener_and_peer(void)
{
	int ret = begin_listener();

	scene.peer = plain_socket(AF_INET, SOCK_STREAM, 0);
	return ret ?: scene_resets(scene.peer);
}

/* A connection waits to be accepted. */
static inline int begin_pending(void)
{
	int ret = begin_listener_and_peer();

	ret = ret ?: scene_connect_peer();
	if (ret)
		return ret;
	return wait_events(scene.fd, POLLIN, WAIT_MS) == POLLIN ? 0 : -ETIME;
}

static inline int begin_pending_nonblock(void)
{
	int ret = begin_pending();

	return ret ?: ret_errno(fcntl(scene.fd, F_SETFL, O_RDWR | O_NONBLOCK));
}

/* ---- What ends it -------------------------------------------------------- */

/*
 * What the plain peer finds: a byte, 0 for the end of the stream, or how the
 * connection failed.
 */
static inline int peer_finds(void)
{
	unsigned char byte;
	int ret;

	if (!wait_events(scene.peer, POLLIN, WAIT_MS))
		return -ETIME;
	ret = face_recv(&plain_face, scene.peer, &byte, 1, MSG_DONTWAIT);
	return ret == 1 ? byte : ret;
}

/* As peer_finds(), -EAGAIN when there is nothing now. */
static inline int peer_finds_now(void)
{
	return wait_events(scene.peer, POLLIN, 0) ? peer_finds() : -EAGAIN;
}

/* Closes all there is. */
static inline void scene_clear(void)
{
	int i;

	if (scene_closed)
		scene.fd = -1;
	scene_closed = false;
	for (i = 0; i < ARRAY_SIZE(scene.fds); i++) {
		if (scene.fds[i] >= 0)
			close(scene.fds[i]);
		scene.fds[i] = -1;
	}
}

static inline int scene_end(int after)
{
	scene_clear();
	return after;
}

static inline int end_plain(const ssize_t ret[2])
{
	return scene_end(0);
}

static inline int end_peer_finds(const ssize_t ret[2])
{
	return scene_end(peer_finds());
}

static inline int end_peer_finds_now(const ssize_t ret[2])
{
	return scene_end(peer_finds_now());
}

/* Nothing comes to the peer of a connection that was accepted. */
static inline int end_accepted(const ssize_t ret[2])
{
	return scene_end(ret[0] == 1 ? peer_finds_now() : peer_finds());
}

/* ---- The calls ----------------------------------------------------------- */

/* The byte that a ksock receives, 0 for the end of the stream, or -errno. */
static inline ssize_t scene_recv(int fd, int flags)
{
	unsigned char byte;
	ssize_t ret = face_recv(&ksock_face, fd, &byte, 1, flags);

	return ret == 1 ? byte : ret;
}

static inline ssize_t side_recv(void)
{
	return scene_recv(scene.fd, 0);
}

static inline ssize_t side_send(void)
{
	return face_send(&ksock_face, scene.fd, "x", 1, MSG_NOSIGNAL);
}

static inline ssize_t side_shutdown(void)
{
	return ksock_shutdown(scene.fd, SHUT_RDWR);
}

static inline ssize_t side_abort(void)
{
	struct ksock_abort_args args = {};

	return ret_errno(ioctl(scene.fd, KSOCK_IOC_ABORT, &args));
}

static inline ssize_t side_peer_sends(void)
{
	return face_send(&plain_face, scene.peer, "a", 1, 0);
}

/* The other side goes on using the number. */
static inline ssize_t side_close(void)
{
	scene_closed = true;
	return ret_errno(close(scene.fd));
}

#endif /* KSOCK_SELFTESTS_RACE_SCENE_H */
