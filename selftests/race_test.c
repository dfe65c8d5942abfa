// SPDX-License-Identifier: GPL-2.0-only
/*
 * Calls that make and end connections, two at a time.
 */
#include "race_scene.h"

/* ---- Accepting ----------------------------------------------------------- */

static ssize_t scene_accept(int side)
{
	int fd = ksock_accept(scene.fd, NULL, NULL, SOCK_CLOEXEC);

	if (fd < 0)
		return fd;
	scene.got[side] = fd;
	return 1;
}

static ssize_t side_accept(void)
{
	return scene_accept(0);
}

static ssize_t side_accept_too(void)
{
	return scene_accept(1);
}

static ssize_t side_timed_accept(void)
{
	int fd = timed_accept(scene.fd, LATE);

	if (fd < 0)
		return fd;
	scene.got[0] = fd;
	return 1;
}

static ssize_t side_connect_peer(void)
{
	return scene_connect_peer();
}

static ssize_t side_close_peer(void)
{
	int peer = scene.peer;

	scene.peer = -1;
	return ret_errno(close(peer));
}

TEST_F(race, accept_meets_shutdown_of_its_listener)
{
	struct race race = {
		.begin = begin_pending,
		.call = { side_accept, side_shutdown },
		.end = end_accepted,
		.outcomes = {
			SURE(1, 0, -EAGAIN),
			SURE(-EINVAL, 0, -ECONNRESET),
		},
	};

	EXPECT_RACED(&race);
}

TEST_F(race, accept_meets_abort_of_its_listener)
{
	struct race race = {
		.begin = begin_pending,
		.call = { side_accept, side_abort },
		.end = end_accepted,
		.outcomes = {
			SURE(1, 0, -EAGAIN),
			SURE(-EINVAL, 0, -ECONNRESET),
		},
	};

	EXPECT_RACED(&race);
}

TEST_F(race, accept_about_to_sleep_is_woken_by_shutdown)
{
	struct race race = {
		.begin = begin_listener,
		.call = { side_accept, side_shutdown },
		.end = end_plain,
		.outcomes = { SURE(-EINVAL, 0, 0) },
	};

	EXPECT_RACED(&race);
}

TEST_F(race, accept_about_to_sleep_is_woken_by_a_connection)
{
	struct race race = {
		.begin = begin_listener_and_peer,
		.call = { side_accept, side_connect_peer },
		.end = end_peer_finds_now,
		.outcomes = { SURE(1, 0, -EAGAIN) },
	};

	EXPECT_RACED(&race);
}

TEST_F(race, timed_accept_about_to_sleep_is_woken_by_shutdown)
{
	struct race race = {
		.begin = begin_listener,
		.call = { side_timed_accept, side_shutdown },
		.end = end_plain,
		.outcomes = { SURE(-EINVAL, 0, 0) },
	};

	EXPECT_RACED(&race);
}

TEST_F(race, timed_accept_about_to_sleep_is_woken_by_a_connection)
{
	struct race race = {
		.begin = begin_listener_and_peer,
		.call = { side_timed_accept, side_connect_peer },
		.end = end_peer_finds_now,
		.outcomes = { SURE(1, 0, -EAGAIN) },
	};

	EXPECT_RACED(&race);
}

TEST_F(race, accept_meets_close_of_its_listener)
{
	struct race race = {
		.begin = begin_pending,
		.call = { side_accept, side_close },
		.end = end_accepted,
		.outcomes = {
			SURE(1, 0, -EAGAIN),
			SURE(-EBADF, 0, -ECONNRESET),
		},
	};

	EXPECT_RACED(&race);
}

TEST_F(race, accept_meets_reset_by_the_peer)
{
	struct race race = {
		.begin = begin_pending,
		.call = { side_accept, side_close_peer },
		.end = end_plain,
		.outcomes = { SURE(1, 0, 0) },
	};

	EXPECT_RACED(&race);
}

TEST_F(race, one_of_two_accepts_gets_the_connection)
{
	struct race race = {
		.begin = begin_pending_nonblock,
		.call = { side_accept, side_accept_too },
		.end = end_peer_finds_now,
		.outcomes = {
			SURE(1, -EAGAIN, -EAGAIN),
			SURE(-EAGAIN, 1, -EAGAIN),
		},
	};

	EXPECT_RACED(&race);
}

/* ---- Connecting ---------------------------------------------------------- */

static ssize_t side_connect(void)
{
	return ksock_connect(scene.fd, &scene_addr.sa, scene_addr.len);
}

static ssize_t side_timed_connect(void)
{
	return timed_connect(scene.fd, &scene_addr, LATE);
}

static ssize_t side_set_nodelay(void)
{
	int on = 1;

	return ksock_setsockopt(scene.fd, IPPROTO_TCP, TCP_NODELAY, &on,
				sizeof(on));
}

/* 1 with a peer, else -errno. */
static ssize_t side_getpeername(void)
{
	struct addr addr = addr_room();
	int ret = ksock_getpeername(scene.fd, &addr.sa, &addr.len);

	return ret ?: addr_port(&addr) == PORT;
}

static ssize_t side_state(void)
{
	struct ksock_socket_info info;
	int ret = ksock_socket_info(scene.fd, &info);

	return ret ?: (int)info.out_state;
}

/* Whether the connection that was made works. */
static int end_connected(const ssize_t ret[2])
{
	int err = scene_accept_peer();

	if (!err && face_send(&ksock_face, scene.fd, "x", 1, 0) != 1)
		err = -EIO;
	return scene_end(err ?: peer_finds());
}

/* The option is set, and the connection works. */
static int end_nodelay(const ssize_t ret[2])
{
	socklen_t len = sizeof(int);
	int on = 0;

	if (ksock_getsockopt(scene.fd, IPPROTO_TCP, TCP_NODELAY, &on, &len) ||
	    !on)
		return scene_end(-ENOPROTOOPT);
	return end_connected(ret);
}

/* The state of the socket, and the plain listener as it was. */
static int end_state(const ssize_t ret[2])
{
	int state = side_state();

	/* The peer has not acknowledged the end yet. */
	if (state == TCP_FIN_WAIT1)
		state = TCP_FIN_WAIT2;
	while (wait_events(scene_listener, POLLIN, 0) == POLLIN) {
		scene.peer = plain_accept(scene_listener, NULL, NULL, 0);
		close(scene.peer);
		scene.peer = -1;
	}
	return scene_end(state);
}

TEST_F(race, connect_meets_setsockopt)
{
	struct race race = {
		.begin = begin_socket,
		.call = { side_connect, side_set_nodelay },
		.end = end_nodelay,
		.outcomes = { SURE(0, 0, 'x') },
	};

	EXPECT_RACED(&race);
}

TEST_F(race, connect_meets_getpeername)
{
	struct race race = {
		.begin = begin_socket,
		.call = { side_connect, side_getpeername },
		.end = end_connected,
		.outcomes = {
			SURE(0, 1, 'x'),
			SURE(0, -ENOTCONN, 'x'),
		},
	};

	EXPECT_RACED(&race);
}

TEST_F(race, connect_meets_shutdown)
{
	struct race race = {
		.begin = begin_socket,
		.call = { side_connect, side_shutdown },
		.end = end_state,
		.outcomes = {
			SURE(0, 0, TCP_FIN_WAIT2),
			SURE(0, -ENOTCONN, TCP_ESTABLISHED),
			/* Before the peer has answered, inet_shutdown() disconnects. */
			RARE(-ECONNRESET, 0, TCP_CLOSE),
		},
	};

	EXPECT_RACED(&race);
}

TEST_F(race, timed_connect_meets_shutdown)
{
	struct race race = {
		.begin = begin_socket,
		.call = { side_timed_connect, side_shutdown },
		.end = end_state,
		.outcomes = {
			SURE(0, 0, TCP_FIN_WAIT2),
			SURE(0, -ENOTCONN, TCP_ESTABLISHED),
			/* Before the peer has answered, inet_shutdown() disconnects. */
			RARE(-ECONNRESET, 0, TCP_CLOSE),
		},
	};

	EXPECT_RACED(&race);
}

TEST_F(race, connect_meets_abort)
{
	struct race race = {
		.begin = begin_socket,
		.call = { side_connect, side_abort },
		.end = end_state,
		.outcomes = {
			SURE(0, 0, TCP_CLOSE),
			SURE(0, 0, TCP_ESTABLISHED),
			/* While it waits for the peer: inet_stream_connect(). */
			RARE(-EPIPE, 0, TCP_CLOSE),
		},
	};

	EXPECT_RACED(&race);
}

TEST_F(race, connect_meets_connect)
{
	struct race race = {
		.begin = begin_socket,
		.call = { side_connect, side_connect },
		.end = end_connected,
		.outcomes = {
			SURE(0, -EISCONN, 'x'),
			SURE(-EISCONN, 0, 'x'),
			/* One of them waits for the connection of the other. */
			RARE(0, 0, 'x'),
		},
	};

	EXPECT_RACED(&race);
}

TEST_F(race, connect_meets_close)
{
	struct race race = {
		.begin = begin_socket,
		.call = { side_connect, side_close },
		.end = end_state,
		.outcomes = {
			SURE(0, 0, -EBADF),
			SURE(-EBADF, 0, -EBADF),
		},
	};

	EXPECT_RACED(&race);
}

TEST_F(race, state_is_told_under_an_abort)
{
	struct race race = {
		.begin = begin_stream,
		.call = { side_state, side_abort },
		.end = end_peer_finds,
		.outcomes = {
			SURE(TCP_ESTABLISHED, 0, -ECONNRESET),
			SURE(TCP_CLOSE, 0, -ECONNRESET),
		},
	};

	EXPECT_RACED(&race);
}

/* ---- Ports --------------------------------------------------------------- */

static int begin_two_sockets(void)
{
	int ret = begin_socket();

	scene.other = ksock_socket(AF_INET, SOCK_STREAM, 0);
	return ret ?: scene.other < 0 ? scene.other : 0;
}

static ssize_t scene_bind(int fd)
{
	struct addr addr = addr_loopback(AF_INET, PORT + 1);

	return ksock_bind(fd, &addr.sa, addr.len);
}

static ssize_t side_bind(void)
{
	return scene_bind(scene.fd);
}

static ssize_t side_bind_other(void)
{
	return scene_bind(scene.other);
}

/* A ksock that is bound and does not listen yet, and a plain socket. */
static int begin_bound(void)
{
	struct addr addr = addr_loopback(AF_INET, 0);
	int ret = begin_socket();

	scene.peer = plain_socket(AF_INET, SOCK_STREAM, 0);
	ret = ret ?: scene_resets(scene.peer);
	return ret ?: ksock_bind(scene.fd, &addr.sa, addr.len);
}

static ssize_t side_listen(void)
{
	return ksock_listen(scene.fd, 8);
}

TEST_F(race, one_of_two_binds_gets_the_port)
{
	struct race race = {
		.begin = begin_two_sockets,
		.call = { side_bind, side_bind_other },
		.end = end_plain,
		.outcomes = {
			SURE(0, -EADDRINUSE, 0),
			SURE(-EADDRINUSE, 0, 0),
		},
	};

	EXPECT_RACED(&race);
}

TEST_F(race, bind_meets_close_of_who_has_the_port)
{
	struct race race = {
		.begin = begin_two_sockets,
		.call = { side_bind_other, side_close },
		.end = end_plain,
		.outcomes = { SURE(0, 0, 0) },
	};

	EXPECT_RACED(&race);
}

TEST_F(race, listen_meets_connect)
{
	struct race race = {
		.begin = begin_bound,
		.call = { side_listen, side_connect_peer },
		.end = end_plain,
		.outcomes = {
			SURE(0, 0, 0),
			SURE(0, -ECONNREFUSED, 0),
		},
	};

	EXPECT_RACED(&race);
}

TEST_HARNESS_MAIN
