/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What calls that are made to fail work on: a socket in the state that a call needs,
 * its peer, a batch, a pipe.
 */
#ifndef KSOCK_SELFTESTS_FAULT_SCENE_H
#define KSOCK_SELFTESTS_FAULT_SCENE_H

#include "batch.h"
#include "kern.h"

/* A user that nothing else here is of. */
#define FAULT_UID	4242

/* Everything that an operation works on. */
struct fault {
	const struct face *face;
	struct pair pair;
	struct addr addr;
	int fd;
	int pipe[2];
	struct pollfd pfd;
	struct ksock_batch_op op;
	struct iovec parts[20];
	char control[128];
	char buf[4096];
};

static struct fault fault;

/* Filled before, and large: none of it may be on a stack that has to grow. */
static void fault_clear(const struct face *face, unsigned int round)
{
	memset(&fault, 0, sizeof(fault));
	fault.face = face;
	/* A connection that has ended keeps its port for a while. */
	fault.addr = addr_loopback(AF_INET, PORT + round);
	fault.fd = -1;
}

static int need_nothing(void)
{
	return 0;
}

/* The first of its user to use the device. */
static int need_user(void)
{
	return ret_errno(setresuid(FAULT_UID, -1, -1));
}

static int need_context(void)
{
	fault.fd = ksock_open();
	return fault.fd < 0 ? fault.fd : 0;
}

static int need_tcp(void)
{
	fault.fd = fault.face->socket(AF_INET, SOCK_STREAM, 0);
	return fault.fd < 0 ? fault.fd : 0;
}

static int need_bound(void)
{
	int ret = need_tcp();

	return ret ?: fault.face->bind(fault.fd, &fault.addr.sa, fault.addr.len);
}

static int need_listener(void)
{
	int ret = listener_at(&plain_face, &fault.addr, 4);

	return ret < 0 ? ret : need_tcp();
}

static int need_pending(void)
{
	int ret = need_bound();

	ret = ret ?: fault.face->listen(fault.fd, 4);
	if (ret)
		return ret;
	fault.pair.peer = plain_socket(AF_INET, SOCK_STREAM, 0);
	ret = plain_connect(fault.pair.peer, &fault.addr.sa, fault.addr.len);
	return ret ?: wait_events(fault.fd, POLLIN, WAIT_MS) == POLLIN ? 0 : -ETIME;
}

static int need_stream(void)
{
	int ret = pair_of_streams_at(&fault.pair, fault.face, &fault.addr);

	fault.fd = fault.pair.fd;
	return ret;
}

static int need_dgram(void)
{
	int ret = pair_of_dgrams(&fault.pair, fault.face, AF_INET);

	fault.fd = fault.pair.fd;
	fault.addr = addr_loopback(AF_INET, PORT + 1);
	return ret;
}

static int fault_peer_sends(void)
{
	if (face_send(&plain_face, fault.pair.peer, fault.buf, 1000, 0) != 1000)
		return -EIO;
	return wait_events(fault.fd, POLLIN, WAIT_MS) == POLLIN ? 0 : -ETIME;
}

static int need_zerocopy(void)
{
	int ret = need_stream(), one = 1;

	return ret ?: fault.face->setsockopt(fault.fd, SOL_SOCKET, SO_ZEROCOPY,
					     &one, sizeof(one));
}

/* A datagram that nobody was there for. */
static int need_error(void)
{
	int ret = need_dgram(), one = 1;

	ret = ret ?: fault.face->setsockopt(fault.fd, SOL_IP, IP_RECVERR, &one,
					    sizeof(one));
	if (ret)
		return ret;
	close(fault.pair.peer);
	if (face_send(fault.face, fault.fd, fault.buf, 1000, 0) != 1000)
		return -EIO;
	return wait_events(fault.fd, 0, WAIT_MS) == POLLERR ? 0 : -ETIME;
}

static int need_stream_data(void)
{
	return need_stream() ?: fault_peer_sends();
}

static int need_dgram_data(void)
{
	return need_dgram() ?: fault_peer_sends();
}

/* A pipe with as much in it. */
static int need_pipe(void)
{
	int ret = need_stream();

	ret = ret ?: ret_errno(pipe2(fault.pipe, O_CLOEXEC));
	if (ret)
		return ret;
	return write(fault.pipe[1], fault.buf, 1000) == 1000 ? 0 : -errno;
}

static int need_pipe_and_data(void)
{
	int ret = need_stream_data();

	return ret ?: ret_errno(pipe2(fault.pipe, O_CLOEXEC));
}

static int need_file(void)
{
	int ret = need_stream();

	if (ret)
		return ret;
	fault.pipe[0] = ret_errno(memfd_create("fault", MFD_CLOEXEC));
	return write(fault.pipe[0], fault.buf, 1000) == 1000 ? 0 : -errno;
}

static int fault_need_batch(int ret)
{
	if (ret)
		return ret;
	fault.pipe[0] = batch_open(4, 8);
	return fault.pipe[0] < 0 ? fault.pipe[0] : 0;
}

static int need_batch(void)
{
	return fault_need_batch(need_stream());
}

static int need_batch_only(void)
{
	fault.fd = batch_open(4, 8);
	return fault.fd < 0 ? fault.fd : 0;
}

/* One with a socket in it. */
static int fault_need_slot(int ret)
{
	return fault_need_batch(ret) ?: batch_slot(fault.pipe[0], 0, fault.fd);
}

static int need_batch_recv(void)
{
	fault.op = batch_recv(0, fault.buf, 1000, MSG_DONTWAIT);
	return fault_need_slot(need_stream_data());
}

static int need_batch_recvfrom(void)
{
	static struct addr from;
	int ret = fault_need_slot(need_dgram_data());

	from = addr_room();
	fault.op = batch_recv(0, fault.buf, 1000, MSG_DONTWAIT);
	batch_addr(&fault.op, &from);
	return ret;
}

static int need_batch_send(void)
{
	fault.op = batch_send(0, fault.buf, 1000, MSG_DONTWAIT);
	return fault_need_slot(need_stream());
}

static int need_batch_sendto(void)
{
	int ret = fault_need_slot(need_dgram());

	fault.op = batch_send(0, fault.buf, 1000, MSG_DONTWAIT);
	batch_addr(&fault.op, &fault.addr);
	return ret;
}

#endif /* KSOCK_SELFTESTS_FAULT_SCENE_H */
