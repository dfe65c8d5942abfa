// SPDX-License-Identifier: GPL-2.0-only
/*
 * What is done with descriptors of sockets and contexts while others use them.
 */
#include "race_scene.h"
#include "process.h"
#include "watch.h"

/* ---- Polling ------------------------------------------------------------- */

static ssize_t side_poll_now(void)
{
	return wait_events(scene.fd, POLLIN, 0);
}

static ssize_t side_poll(void)
{
	return wait_events(scene.fd, POLLIN, WAIT_MS);
}

static ssize_t side_shutdown_read(void)
{
	return ksock_shutdown(scene.fd, SHUT_RD);
}

static int begin_epoll(void)
{
	int ret = begin_byte();

	scene.epoll = epoll_create1(EPOLL_CLOEXEC);
	return ret;
}

static ssize_t side_epoll_add(void)
{
	struct epoll_event event = { .events = EPOLLIN };

	return ret_errno(epoll_ctl(scene.epoll, EPOLL_CTL_ADD, scene.fd,
				   &event));
}

/* The epoll does not know the socket that was closed any more. */
static int end_epoll(const ssize_t ret[2])
{
	return scene_end(epoll_events(scene.epoll, 0));
}

TEST_F(race, poll_meets_close)
{
	struct race race = {
		.begin = begin_stream,
		.call = { side_poll_now, side_close },
		.end = end_peer_finds,
		.outcomes = {
			SURE(0, 0, 0),
			SURE(POLLNVAL, 0, 0),
		},
	};

	EXPECT_RACED(&race);
}

TEST_F(race, poll_about_to_sleep_is_woken_by_shutdown)
{
	struct race race = {
		.begin = begin_stream,
		.call = { side_poll, side_shutdown_read },
		.end = end_peer_finds_now,
		.outcomes = { SURE(POLLIN, 0, -EAGAIN) },
	};

	EXPECT_RACED(&race);
}

TEST_F(race, poll_about_to_sleep_is_woken_by_data)
{
	struct race race = {
		.begin = begin_stream,
		.call = { side_poll, side_peer_sends },
		.end = end_peer_finds_now,
		.outcomes = { SURE(POLLIN, 1, -EAGAIN) },
	};

	EXPECT_RACED(&race);
}

TEST_F(race, adding_to_an_epoll_meets_close)
{
	struct race race = {
		.begin = begin_epoll,
		.call = { side_epoll_add, side_close },
		.end = end_epoll,
		.outcomes = {
			SURE(0, 0, 0),
			SURE(-EBADF, 0, 0),
		},
	};

	EXPECT_RACED(&race);
}

/* ---- Descriptors --------------------------------------------------------- */

/* Two connections, with a byte of its own each. */
static int begin_two_streams(void)
{
	int ret = begin_stream();

	if (ret)
		return ret;
	scene.other = scene.fd;
	scene.got[0] = scene.peer;
	ret = begin_stream() ?: scene_peer_sends("a");
	if (!ret && face_send(&plain_face, scene.got[0], "b", 1, 0) != 1)
		ret = -EIO;
	if (!ret && wait_events(scene.other, POLLIN, WAIT_MS) != POLLIN)
		ret = -ETIME;
	return ret;
}

/* There is a socket at the number at any time. */
static ssize_t side_dup_over(void)
{
	return dup2(scene.other, scene.fd) == scene.fd ? 0 : -errno;
}

/* A process that has all descriptors too, and its end. */
static ssize_t side_fork(void)
{
	pid_t pid = fork();

	if (pid < 0)
		return -errno;
	if (!pid)
		_exit(0);
	return process_join(pid);
}

static int begin_context(void)
{
	scene.fd = ksock_open();
	return scene.fd < 0 ? scene.fd : 0;
}

static ssize_t side_socket(void)
{
	struct ksock_socket_args args = {
		.flags = SOCKET_FLAGS, .family = AF_INET, .type = SOCK_STREAM,
	};
	int fd = ret_errno(ioctl(scene.fd, KSOCK_IOC_SOCKET, &args));

	if (fd < 0)
		return fd;
	scene.got[0] = fd;
	return 1;
}

/* Nothing is there yet; scene.fd is the number that the next one gets. */
static int begin_guess(void)
{
	scene.fd = open("/", O_PATH | O_CLOEXEC);
	return scene.fd < 0 ? -errno : side_close();
}

static ssize_t side_socket_of_guess(void)
{
	int fd = ksock_socket(AF_INET, SOCK_STREAM, 0);

	scene_closed = fd != scene.fd;
	if (scene_closed)
		scene.got[0] = fd;
	return fd < 0 ? fd : !scene_closed;
}

/* The state of what is there, -EBADF before. */
static ssize_t side_guess(void)
{
	struct ksock_socket_info info;
	int ret = ksock_socket_info(scene.fd, &info);

	return ret ?: (int)info.out_state;
}

/* What a socket is good for whose context has been closed. */
static int end_socket(const ssize_t ret[2])
{
	int after = ret[0];

	if (after == 1)
		after = ksock_connect(scene.got[0], &scene_addr.sa,
				      scene_addr.len) ?: scene_accept_peer();
	/* It may have got the number of the context. */
	scene_closed = scene.got[0] != scene.fd;
	scene.fd = scene_closed ? scene.fd : -1;
	return scene_end(after);
}

/* How many lines tell of a ksock. */
static ssize_t side_fdinfo(void)
{
	char path[64], text[2048], *line;
	int fd, lines = 0;
	ssize_t len;

	snprintf(path, sizeof(path), "/proc/self/fdinfo/%d", scene.fd);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	len = read(fd, text, sizeof(text) - 1);
	if (len < 0)
		lines = -errno;
	close(fd);
	text[len < 0 ? 0 : len] = '\0';
	for (line = text; (line = strstr(line, "\nksock-")); line++)
		lines++;
	return lines;
}

static ssize_t side_signal(void)
{
	if (fcntl(scene.fd, F_SETOWN, getpid()) ||
	    fcntl(scene.fd, F_SETFL, O_RDWR | O_ASYNC))
		return -errno;
	return 0;
}

/* Ends the signals of the socket together with it, under them. */
static int begin_signals(void)
{
	int ret = begin_stream();

	return ret ?: side_signal();
}

TEST_F(race, recv_meets_dup_of_another_socket_over_it)
{
	struct race race = {
		.begin = begin_two_streams,
		.call = { side_recv, side_dup_over },
		.end = end_plain,
		.outcomes = {
			SURE('a', 0, 0),
			SURE('b', 0, 0),
		},
	};

	EXPECT_RACED(&race);
}

TEST_F(race, send_meets_fork_and_exit)
{
	struct race race = {
		.begin = begin_stream,
		.call = { side_send, side_fork },
		.end = end_peer_finds,
		.outcomes = { SURE(1, 0, 'x') },
	};

	EXPECT_RACED(&race);
}

TEST_F(race, close_meets_fork_and_exit)
{
	struct race race = {
		.begin = begin_stream,
		.call = { side_close, side_fork },
		.end = end_peer_finds,
		.outcomes = { SURE(0, 0, 0) },
	};

	EXPECT_RACED(&race);
}

TEST_F(race, making_a_socket_meets_close_of_its_context)
{
	struct race race = {
		.begin = begin_context,
		.call = { side_socket, side_close },
		.end = end_socket,
		.outcomes = {
			SURE(1, 0, 0),
			SURE(-EBADF, 0, -EBADF),
		},
	};

	EXPECT_RACED(&race);
}

TEST_F(race, a_descriptor_is_there_when_its_socket_is)
{
	struct race race = {
		.begin = begin_guess,
		.call = { side_socket_of_guess, side_guess },
		.end = end_plain,
		.outcomes = {
			SURE(1, TCP_CLOSE, 0),
			SURE(1, -EBADF, 0),
			/* Who looks after both threads had the number. */
			RARE(0, -EBADF, 0),
			RARE(0, -ENOTTY, 0),
			RARE(1, -ENOTTY, 0),
		},
	};

	EXPECT_RACED(&race);
}

TEST_F(race, reading_fdinfo_meets_close)
{
	struct race race = {
		.begin = begin_stream,
		.call = { side_fdinfo, side_close },
		.end = end_peer_finds,
		.outcomes = {
			SURE(11, 0, 0),
			SURE(-ENOENT, 0, 0),
		},
	};

	EXPECT_RACED(&race);
}

TEST_F(race, asking_for_signals_meets_close)
{
	struct race race = {
		.begin = begin_stream,
		.call = { side_signal, side_close },
		.end = end_peer_finds,
		.outcomes = {
			SURE(0, 0, 0),
			SURE(-EBADF, 0, 0),
		},
	};

	EXPECT_RACED(&race);
}

TEST_F(race, data_that_asks_for_a_signal_meets_close)
{
	struct race race = {
		.begin = begin_signals,
		.call = { side_peer_sends, side_close },
		.end = end_plain,
		.outcomes = {
			SURE(1, 0, 0),
		},
	};

	ASSERT_EQ(0, signal_handle(SIGIO, SA_RESTART));
	EXPECT_RACED(&race);
	EXPECT_NE(0, signals);
}

TEST_HARNESS_MAIN
