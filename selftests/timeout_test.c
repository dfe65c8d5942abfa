// SPDX-License-Identifier: GPL-2.0-only
/*
 * Timeouts of single calls: how long they last, what a call returns when its
 * time is over and when what it waits for comes before.  What else ends such a
 * call is in timeout_wake_test.c, what does not wait in timeout_nowait_test.c.
 */
#include "timed.h"
#include "bulk.h"
#include "pattern.h"

#include <linux/if_tun.h>
#include <sys/sysmacros.h>

/* ---- Time is over -------------------------------------------------------- */

TEST_F(timed, recv_expires_with_eagain)
{
	struct pair pair;
	char buf[8];

	ASSERT_EQ(0, pair_of(&pair, &ksock_face, variant->family,
			     variant->type));
	EXPECT_EXPIRES(-EAGAIN, SOON,
		       self->by->recv(pair.fd, buf, sizeof(buf), 0, SOON));
	EXPECT_EXPIRES(-EAGAIN, 1,
		       self->by->recv(pair.fd, buf, sizeof(buf), 0, 1));

	/* Nothing of it stays. */
	ASSERT_EQ(5, face_send(&plain_face, pair.peer, "hello", 5, 0));
	EXPECT_EQ(5, self->by->recv(pair.fd, buf, sizeof(buf), 0, LATE));
	EXPECT_EQ(0, memcmp("hello", buf, 5));
}

TEST_F(timed_stream, send_to_a_full_stream_expires_with_eagain)
{
	struct pair pair;

	ASSERT_EQ(0, pair_of_streams(&pair, &ksock_face, variant->family));
	ASSERT_LT(0, fill(&ksock_face, pair.fd));
	EXPECT_EXPIRES(-EAGAIN, SOON,
		       self->by->send(pair.fd, "x", 1, 0, SOON));
	EXPECT_EXPIRES(-EAGAIN, 1, self->by->send(pair.fd, "x", 1, 0, 1));
}

TEST_F(timed_stream, accept_expires_with_eagain)
{
	int listener, free;

	listener = listener_at(&ksock_face, &self->addr, 1);
	ASSERT_LE(0, listener);
	EXPECT_EXPIRES(-EAGAIN, SOON, timed_accept(listener, SOON));
	EXPECT_EXPIRES(-EAGAIN, 1, timed_accept(listener, 1));

	/* And leaves neither a descriptor nor a socket behind. */
	EXPECT_EQ(1, ksock_owned(ksock_ctx));
	free = dup(listener);
	EXPECT_EQ(listener + 1, free);
	ASSERT_LE(0, connected_to(&plain_face, SOCK_STREAM, &self->addr));
	EXPECT_LE(0, timed_accept(listener, LATE));
}

TEST_F(timed_stream, connect_expires_with_einprogress_and_goes_on)
{
	int listener, fd, error = -1;
	socklen_t len = sizeof(error);

	listener = listener_full(&self->addr);
	ASSERT_LE(0, listener);
	fd = ksock_socket(variant->family, SOCK_STREAM, 0);
	ASSERT_LE(0, fd);
	EXPECT_EXPIRES(-EINPROGRESS, SOON, timed_connect(fd, &self->addr,
							 SOON));
	EXPECT_EQ(0, wait_events(fd, POLLIN | POLLOUT, 0));

	ASSERT_LE(0, plain_accept(listener, NULL, NULL, 0));
	EXPECT_EQ(POLLOUT, wait_events(fd, POLLIN | POLLOUT, WAIT_MS));
	EXPECT_EQ(0, ksock_getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &len));
	EXPECT_EQ(0, error);
	EXPECT_EQ(0, timed_connect(fd, &self->addr, SOON));
	EXPECT_EQ(-EISCONN, timed_connect(fd, &self->addr, SOON));
	EXPECT_EQ(1, self->by->send(fd, "x", 1, 0, SOON));
}

/* What SO_SNDTIMEO makes of the second attempt of an ordinary socket. */
TEST_F(timed_stream, connect_under_way_expires_with_ealready)
{
	const struct timeval soon = { .tv_usec = SOON / 1000 };
	int listener, plain, fd;

	listener = listener_full(&self->addr);
	ASSERT_LE(0, listener);
	plain = plain_socket(variant->family, SOCK_STREAM, 0);
	ASSERT_LE(0, plain);
	ASSERT_EQ(0, setsockopt(plain, SOL_SOCKET, SO_SNDTIMEO, &soon,
				sizeof(soon)));
	ASSERT_EQ(-EINPROGRESS,
		  plain_connect(plain, &self->addr.sa, self->addr.len));
	ASSERT_EQ(-EALREADY,
		  plain_connect(plain, &self->addr.sa, self->addr.len));

	fd = ksock_socket(variant->family, SOCK_STREAM, 0);
	ASSERT_LE(0, fd);
	EXPECT_EQ(-EINPROGRESS, timed_connect(fd, &self->addr, SOON));
	EXPECT_EXPIRES(-EALREADY, SOON, timed_connect(fd, &self->addr, SOON));
	ASSERT_LE(0, plain_accept(listener, NULL, NULL, 0));
	ASSERT_LE(0, plain_accept(listener, NULL, NULL, 0));
	EXPECT_EQ(0, timed_connect(fd, &self->addr, LATE));
}

TEST_F(timed_stream, one_of_two_accepts_expires)
{
	struct timed_call calls[] = {
		{ .call.run = call_timed_accept, .ns = 60 * SOON },
		{ .call.run = call_timed_accept, .ns = 60 * SOON },
	};
	int listener, i, expired = 0;
	ssize_t ret;

	listener = listener_at(&ksock_face, &self->addr, 1);
	ASSERT_LE(0, listener);
	for (i = 0; i < ARRAY_SIZE(calls); i++) {
		calls[i].call.fd = listener;
		ASSERT_EQ(0, call_start(&calls[i].call));
		ASSERT_TRUE(call_sleeps(&calls[i].call));
	}
	ASSERT_LE(0, connected_to(&plain_face, SOCK_STREAM, &self->addr));
	for (i = 0; i < ARRAY_SIZE(calls); i++) {
		ret = call_end(&calls[i].call);
		EXPECT_TRUE(ret >= 0 || ret == -EAGAIN);
		expired += ret == -EAGAIN;
	}
	EXPECT_EQ(1, expired);
}

/* 192.0.2.1, and a neighbour of it. */
static struct addr addr_of_neighbour(int host)
{
	struct addr addr = addr_loopback(AF_INET, PORT);

	addr.in.sin_addr.s_addr = htonl(0xc0000200 | host);
	return addr;
}

/*
 * An ethernet of the address 192.0.2.1 on which nobody answers: what is sent to
 * a neighbour waits for its name, and takes up room, for seconds.  Returns its
 * descriptor or -errno.
 */
static int ethernet_without_neighbours(void)
{
	struct ifreq ifr = { .ifr_name = "tap", .ifr_flags = IFF_TAP };
	struct addr addr = addr_of_neighbour(1);
	char path[] = "/tmp/tunXXXXXX";
	int fd, inet, ret;

	/* The module is loaded by its number; the name needs a daemon. */
	close(mkstemp(path));
	unlink(path);
	if (mknod(path, S_IFCHR | 0600, makedev(10, 200)))
		return -errno;
	fd = open(path, O_RDWR | O_CLOEXEC);
	ret = fd < 0 ? -errno : ret_errno(ioctl(fd, TUNSETIFF, &ifr));
	unlink(path);
	inet = plain_socket(AF_INET, SOCK_DGRAM, 0);
	memcpy(&ifr.ifr_addr, &addr.sa, sizeof(ifr.ifr_addr));
	if (!ret)
		ret = ret_errno(ioctl(inet, SIOCSIFADDR, &ifr));
	ifr.ifr_flags = IFF_UP;
	if (!ret)
		ret = ret_errno(ioctl(inet, SIOCSIFFLAGS, &ifr));
	close(inet);
	return ret ? ret : fd;
}

/* A datagram socket that can take no more, or -errno. */
static int dgram_full(const struct face *face)
{
	struct addr addr = addr_of_neighbour(2);
	int fd, ret, tries, least = 1;
	static char buf[1000];

	fd = connected_to(face, SOCK_DGRAM, &addr);
	if (fd < 0)
		return fd;
	ret = face->setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &least,
			       sizeof(least));
	for (tries = 0; !ret && tries < 1000; tries++)
		if (face_send(face, fd, buf, sizeof(buf), MSG_DONTWAIT) < 0)
			return fd;
	return ret ? ret : -EOVERFLOW;
}

TEST_F(timed, send_of_a_datagram_without_room_expires_with_eagain)
{
	int fd;

	if (variant->family != AF_INET || variant->type != SOCK_DGRAM)
		return;
	ASSERT_LE(0, ethernet_without_neighbours());
	fd = dgram_full(&ksock_face);
	ASSERT_LE(0, fd);
	EXPECT_EQ(-EAGAIN, self->by->send(fd, "x", 1, MSG_DONTWAIT, LATE));
	EXPECT_EXPIRES(-EAGAIN, SOON, self->by->send(fd, "x", 1, 0, SOON));
}

TEST_F(timed, shutdown_wakes_who_waits_for_room_for_a_datagram)
{
	struct call plain = {
		.run = call_send, .face = &plain_face, .buf = "x", .len = 1,
	};
	struct timed_call call = {
		.call.run = call_timed_send, .call.buf = "x", .call.len = 1,
		.by = self->by, .ns = LATE,
	};

	if (variant->family != AF_INET || variant->type != SOCK_DGRAM)
		return;
	ASSERT_EQ(0, signal_handle(SIGPIPE, 0));
	ASSERT_LE(0, ethernet_without_neighbours());
	plain.fd = dgram_full(&plain_face);
	ASSERT_LE(0, plain.fd);
	ASSERT_EQ(0, call_start(&plain));
	ASSERT_TRUE(call_sleeps(&plain));
	ASSERT_EQ(0, plain_shutdown(plain.fd, SHUT_WR));
	EXPECT_EQ(-EPIPE, call_end(&plain));

	call.call.fd = dgram_full(&ksock_face);
	ASSERT_LE(0, call.call.fd);
	ASSERT_EQ(0, call_start(&call.call));
	ASSERT_TRUE(call_sleeps(&call.call));
	ASSERT_EQ(0, ksock_shutdown(call.call.fd, SHUT_WR));
	EXPECT_EQ(-EPIPE, call_end(&call.call));
	EXPECT_EQ(0, signals);
}

/* ---- What there is of it ------------------------------------------------- */

TEST_F(timed_stream, send_that_expires_returns_what_was_taken)
{
	static char out[16 << 20];
	struct pair pair;
	ssize_t taken;

	ASSERT_EQ(0, pair_of_streams(&pair, &ksock_face, variant->family));
	EXPECT_EXPIRES(true, SOON, ({
		taken = self->by->send(pair.fd, out, sizeof(out), 0, SOON);
		taken > 0 && taken < sizeof(out);
	}));
	ASSERT_EQ(0, ksock_shutdown(pair.fd, SHUT_WR));
	EXPECT_EQ(0, drain(&plain_face, pair.peer, taken));
	EXPECT_EQ(0, face_recv(&plain_face, pair.peer, out, 1, 0));
}

TEST_F(timed_stream, send_goes_on_when_there_is_room_in_time)
{
	size_t len = 8 << 20;
	unsigned char *out = malloc(len), *in = calloc(1, len);
	struct timed_call call = {
		.call.run = call_timed_send, .call.buf = out, .call.len = len,
		.by = self->by, .ns = LATE,
	};
	struct call reader = {
		.run = recv_all, .face = &plain_face, .buf = in, .len = len,
	};
	struct pair pair;

	ASSERT_TRUE(out && in);
	pattern_fill(out, len);
	ASSERT_EQ(0, pair_of_streams(&pair, &ksock_face, variant->family));
	call.call.fd = pair.fd;
	reader.fd = pair.peer;
	ASSERT_EQ(0, call_start(&call.call));
	ASSERT_TRUE(call_sleeps(&call.call));
	ASSERT_EQ(0, call_start(&reader));
	EXPECT_EQ(len, call_end(&call.call));
	EXPECT_EQ(len, call_end(&reader));
	EXPECT_EQ(len, pattern_length(in, len));
}

TEST_F(timed_stream, recv_of_all_that_expires_returns_what_came)
{
	struct pair pair;
	char buf[8] = "";

	ASSERT_EQ(0, pair_of_streams(&pair, &ksock_face, variant->family));
	ASSERT_EQ(5, face_send(&plain_face, pair.peer, "01234", 5, 0));
	ASSERT_EQ(POLLIN, wait_events(pair.fd, POLLIN, WAIT_MS));
	EXPECT_EXPIRES(5, SOON, self->by->recv(pair.fd, buf, sizeof(buf),
					       MSG_WAITALL, SOON));
	EXPECT_EQ(0, memcmp("01234", buf, 5));
}

TEST_F(timed_stream, recv_of_all_returns_all_when_it_comes_in_time)
{
	char buf[8] = "";
	struct timed_call call = {
		.call.run = call_timed_recv, .call.buf = buf,
		.call.len = sizeof(buf), .call.flags = MSG_WAITALL,
		.by = self->by, .ns = LATE,
	};
	struct pair pair;

	ASSERT_EQ(0, pair_of_streams(&pair, &ksock_face, variant->family));
	call.call.fd = pair.fd;
	ASSERT_EQ(0, call_start(&call.call));
	ASSERT_TRUE(call_sleeps(&call.call));
	ASSERT_EQ(3, face_send(&plain_face, pair.peer, "012", 3, 0));
	ASSERT_TRUE(EVENTUALLY(wait_events(pair.fd, POLLIN, 0) == 0));
	ASSERT_TRUE(call_sleeps(&call.call));
	ASSERT_EQ(5, face_send(&plain_face, pair.peer, "34567", 5, 0));
	EXPECT_EQ(8, call_end(&call.call));
	EXPECT_EQ(0, memcmp("01234567", buf, 8));
}

TEST_F(timed_stream, recv_of_all_ends_with_the_stream)
{
	struct pair pair;
	char buf[8] = "";

	ASSERT_EQ(0, pair_of_streams(&pair, &ksock_face, variant->family));
	ASSERT_EQ(3, face_send(&plain_face, pair.peer, "012", 3, 0));
	ASSERT_EQ(0, close(pair.peer));
	EXPECT_EQ(3, self->by->recv(pair.fd, buf, sizeof(buf), MSG_WAITALL,
				    LATE));
	EXPECT_EQ(0, self->by->recv(pair.fd, buf, sizeof(buf), MSG_WAITALL,
				    LATE));
}

TEST_F(timed_stream, recv_waits_for_as_much_as_so_rcvlowat_says)
{
	struct pair pair;
	char buf[8] = "";
	int mark = 6, there = 0;

	ASSERT_EQ(0, pair_of_streams(&pair, &ksock_face, variant->family));
	ASSERT_EQ(0, ksock_setsockopt(pair.fd, SOL_SOCKET, SO_RCVLOWAT, &mark,
				      sizeof(mark)));
	ASSERT_EQ(5, face_send(&plain_face, pair.peer, "01234", 5, 0));
	ASSERT_TRUE(EVENTUALLY(!ioctl(pair.fd, FIONREAD, &there) && there == 5));
	EXPECT_EXPIRES(5, SOON, self->by->recv(pair.fd, buf, sizeof(buf), 0,
					       SOON));
	ASSERT_EQ(6, face_send(&plain_face, pair.peer, "012345", 6, 0));
	EXPECT_EQ(6, self->by->recv(pair.fd, buf, sizeof(buf), 0, LATE));
}

TEST_F(timed_stream, recv_of_nothing_waits_for_something)
{
	struct pair pair;
	char byte;

	ASSERT_EQ(0, pair_of_streams(&pair, &ksock_face, variant->family));
	EXPECT_EXPIRES(-EAGAIN, SOON,
		       self->by->recv(pair.fd, &byte, 0, 0, SOON));
	ASSERT_EQ(1, face_send(&plain_face, pair.peer, "x", 1, 0));
	EXPECT_EQ(0, self->by->recv(pair.fd, &byte, 0, 0, LATE));
	EXPECT_EQ(1, self->by->recv(pair.fd, &byte, 1, 0, LATE));
}

/* ---- In time ------------------------------------------------------------- */

TEST_F(timed, recv_returns_what_comes_in_time)
{
	static const uint64_t ns[] = { LATE, 1ULL << 63, INT64_MAX, ~0ULL };
	char buf[8] = "";
	struct timed_call call = {
		.call.run = call_timed_recv, .call.buf = buf,
		.call.len = sizeof(buf), .by = self->by,
	};
	struct pair pair;
	size_t i;

	ASSERT_EQ(0, pair_of(&pair, &ksock_face, variant->family,
			     variant->type));
	call.call.fd = pair.fd;
	for (i = 0; i < ARRAY_SIZE(ns); i++) {
		call.ns = ns[i];
		ASSERT_EQ(0, call_start(&call.call));
		ASSERT_TRUE(call_sleeps(&call.call)) {
			TH_LOG("timeout %#llx", (unsigned long long)ns[i]);
		}
		ASSERT_EQ(5, face_send(&plain_face, pair.peer, "hello", 5, 0));
		EXPECT_EQ(5, call_end(&call.call));
		EXPECT_EQ(0, memcmp("hello", buf, 5));
	}
}

TEST_F(timed, recv_with_a_timeout_of_0_waits_for_ever)
{
	char byte;
	struct timed_call call = {
		.call.run = call_timed_recv, .call.buf = &byte, .call.len = 1,
		.by = self->by,
	};
	struct pair pair;

	ASSERT_EQ(0, pair_of(&pair, &ksock_face, variant->family,
			     variant->type));
	call.call.fd = pair.fd;
	ASSERT_EQ(0, call_start(&call.call));
	ASSERT_TRUE(call_sleeps(&call.call));
	EXPECT_EQ(0, wait_events(call.call.done[0], POLLIN, QUIET_MS));
	ASSERT_EQ(1, face_send(&plain_face, pair.peer, "x", 1, 0));
	EXPECT_EQ(1, call_end(&call.call));
}

/* A timeout it is, though, so that of the socket is not. */
TEST_F(timed, recv_with_the_longest_timeout_waits_for_ever)
{
	struct timeval soon = { .tv_usec = SOON / 1000 };
	char byte;
	struct timed_call call = {
		.call.run = call_timed_recv, .call.buf = &byte, .call.len = 1,
		.by = self->by, .ns = UINT64_MAX,
	};
	struct pair pair;

	ASSERT_EQ(0, pair_of(&pair, &ksock_face, variant->family,
			     variant->type));
	ASSERT_EQ(0, ksock_setsockopt(pair.fd, SOL_SOCKET, SO_RCVTIMEO, &soon,
				      sizeof(soon)));
	call.call.fd = pair.fd;
	ASSERT_EQ(0, call_start(&call.call));
	ASSERT_TRUE(call_sleeps(&call.call));
	EXPECT_EQ(0, wait_events(call.call.done[0], POLLIN, 4 * SOON / NS_PER_MS));
	ASSERT_EQ(1, face_send(&plain_face, pair.peer, "x", 1, 0));
	EXPECT_EQ(1, call_end(&call.call));
}

TEST_F(timed, peek_waits_and_takes_nothing)
{
	char byte = 0;
	struct timed_call call = {
		.call.run = call_timed_recv, .call.buf = &byte, .call.len = 1,
		.call.flags = MSG_PEEK, .by = self->by, .ns = LATE,
	};
	struct pair pair;

	ASSERT_EQ(0, pair_of(&pair, &ksock_face, variant->family,
			     variant->type));
	call.call.fd = pair.fd;
	ASSERT_EQ(0, call_start(&call.call));
	ASSERT_TRUE(call_sleeps(&call.call));
	ASSERT_EQ(1, face_send(&plain_face, pair.peer, "x", 1, 0));
	EXPECT_EQ(1, call_end(&call.call));
	EXPECT_EQ(1, self->by->recv(pair.fd, &byte, 1, 0, LATE));
	EXPECT_EQ('x', byte);
}

TEST_F(timed_stream, accept_returns_a_connection_that_comes_in_time)
{
	static const uint64_t ns[] = { LATE, 1ULL << 63, INT64_MAX, ~0ULL };
	struct timed_call call = { .call.run = call_timed_accept };
	int client;
	size_t i;
	char byte;

	call.call.fd = listener_at(&ksock_face, &self->addr, 1);
	ASSERT_LE(0, call.call.fd);
	for (i = 0; i < ARRAY_SIZE(ns); i++) {
		call.ns = ns[i];
		ASSERT_EQ(0, call_start(&call.call));
		ASSERT_TRUE(call_sleeps(&call.call));
		client = connected_to(&plain_face, SOCK_STREAM, &self->addr);
		ASSERT_LE(0, client);
		ASSERT_EQ(1, face_send(&plain_face, client, "x", 1, 0));
		ASSERT_LE(0, call_end(&call.call));
		EXPECT_EQ(1, self->by->recv(call.call.ret, &byte, 1, 0, LATE));
	}
}

TEST_F(timed_stream, connect_succeeds_in_time)
{
	static const uint64_t ns[] = { INT64_MAX, ~0ULL };
	struct timed_call call = {
		.call.run = call_timed_connect, .call.addr = self->addr,
	};
	int listener;
	size_t i;

	listener = listener_full(&self->addr);
	ASSERT_LE(0, listener);
	for (i = 0; i < ARRAY_SIZE(ns); i++) {
		call.call.fd = ksock_socket(variant->family, SOCK_STREAM, 0);
		ASSERT_LE(0, call.call.fd);
		call.ns = ns[i];
		ASSERT_EQ(0, call_start(&call.call));
		ASSERT_TRUE(call_sleeps(&call.call));
		ASSERT_LE(0, plain_accept(listener, NULL, NULL, 0));
		EXPECT_EQ(0, call_end(&call.call));
		/* It took the place of the one that was accepted. */
		ASSERT_EQ(POLLIN, wait_events(listener, POLLIN, WAIT_MS));
	}
}

TEST_F(timed_stream, connect_is_refused_in_time)
{
	int fd, error = -1;
	socklen_t len = sizeof(error);

	fd = ksock_socket(variant->family, SOCK_STREAM, 0);
	ASSERT_LE(0, fd);
	EXPECT_EQ(-ECONNREFUSED, timed_connect(fd, &self->addr, LATE));
	EXPECT_EQ(0, ksock_getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &len));
	EXPECT_EQ(0, error);

	/* As good as new. */
	ASSERT_LE(0, listener_at(&plain_face, &self->addr, 1));
	EXPECT_EQ(0, timed_connect(fd, &self->addr, LATE));
}

TEST_F(timed, connect_that_has_nothing_to_wait_for_succeeds)
{
	struct ksock_connect_args unspec = { .timeout_ns = LATE };
	struct pair pair;

	ASSERT_EQ(0, pair_of(&pair, &ksock_face, variant->family,
			     variant->type));
	if (variant->type == SOCK_DGRAM)
		EXPECT_EQ(0, timed_connect(pair.fd, &self->addr, LATE));
	unspec.addr.len = sizeof(sa_family_t);
	EXPECT_EQ(0, ret_errno(ioctl(pair.fd, KSOCK_IOC_CONNECT, &unspec)));
}

TEST_HARNESS_MAIN
