// SPDX-License-Identifier: GPL-2.0-only
/*
 * One message of UDP at a time, sent and received on a connected pair of
 * sockets in one process: what the call itself costs.
 */
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "bench.h"

static int from, to;

static void pair_open(const struct face *face)
{
	struct sockaddr_in a = loopback(0, 0), b = loopback(0, 0);

	from = udp_bound(face, &a);
	to = udp_bound(face, &b);
	EXPECT(!face->connect(from, &b));
	EXPECT(!face->connect(to, &a));
}

static void plain_open(void)
{
	pair_open(&plain);
}

static void ksock_open(void)
{
	pair_open(&ksock);
}

static void pair_close(void)
{
	close(from);
	close(to);
}

static void write_read(int count)
{
	while (count--) {
		EXPECT(write(from, sent, LEN) == LEN);
		EXPECT(read(to, received, LEN) == LEN);
	}
}

static void send_recv(int count)
{
	while (count--) {
		EXPECT(send(from, sent, LEN, 0) == LEN);
		EXPECT(recv(to, received, LEN, 0) == LEN);
	}
}

static void sendmsg_recvmsg(int count)
{
	while (count--) {
		struct iovec out = { sent, LEN }, in = { received, LEN };
		struct msghdr msg = { .msg_iov = &out, .msg_iovlen = 1 };

		EXPECT(sendmsg(from, &msg, 0) == LEN);
		msg.msg_iov = &in;
		EXPECT(recvmsg(to, &msg, 0) == LEN);
	}
}

static void ioctls(int count)
{
	while (count--) {
		struct ksock_send_args send = {
			.buf_ptr = (uintptr_t)sent, .len = LEN,
		};
		struct ksock_recv_args recv = {
			.buf_ptr = (uintptr_t)received, .len = LEN,
		};

		EXPECT(ioctl(from, KSOCK_IOC_SEND, &send) == LEN);
		EXPECT(ioctl(to, KSOCK_IOC_RECV, &recv) == LEN);
	}
}

const struct row udp_rows[] = {
	{
		"G1", "UDP 64 B, write and read", 1000, 1, 1,
		{ "write, read", plain_open, write_read, pair_close },
		{ "write, read", ksock_open, write_read, pair_close },
	}, {
		"G2", "UDP 64 B, one call each", 1000, 1, 1,
		{ "sendmsg, recvmsg", plain_open, sendmsg_recvmsg, pair_close },
		{ "SEND, RECV", ksock_open, ioctls, pair_close },
	}, {
		"G3", "UDP 64 B, one call each", 1000, 1, 1,
		{ "send, recv", plain_open, send_recv, pair_close },
		{ "SEND, RECV", ksock_open, ioctls, pair_close },
	},
	{}
};

/* Measured with two builds of the module, see main.c. */
const struct row count_rows[] = {
	{
		"G20", "UDP 64 B, one call each, counted", 1000, 1, 1,
		{ "SEND, RECV, not counted",
		  ksock_open, ioctls, pair_close },
		{ "SEND, RECV", ksock_open, ioctls, pair_close },
	},
	{}
};
