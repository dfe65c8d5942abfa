// SPDX-License-Identifier: GPL-2.0-only
/*
 * The two faces: how ordinary sockets and ksocks are made, bound and connected.
 *
 * The data path is not here: each row spells out the calls it measures.
 */
#include <arpa/inet.h>
#include <fcntl.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "bench.h"

struct sockaddr_in loopback(unsigned int host, unsigned int port)
{
	struct sockaddr_in addr = {
		.sin_family = AF_INET,
		.sin_port = htons(port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK + host),
	};

	return addr;
}

static int plain_socket(int type)
{
	return socket(AF_INET, type, 0);
}

static int plain_bind(int fd, const struct sockaddr_in *addr)
{
	return bind(fd, (const struct sockaddr *)addr, sizeof(*addr));
}

static int plain_accept(int fd)
{
	struct sockaddr_storage peer;
	socklen_t len = sizeof(peer);

	return accept4(fd, (struct sockaddr *)&peer, &len, 0);
}

static int plain_connect(int fd, const struct sockaddr_in *addr)
{
	return connect(fd, (const struct sockaddr *)addr, sizeof(*addr));
}

static int plain_getsockname(int fd, struct sockaddr_in *addr)
{
	socklen_t len = sizeof(*addr);

	return getsockname(fd, (struct sockaddr *)addr, &len);
}

const struct face plain = {
	.socket = plain_socket,
	.bind = plain_bind,
	.listen = listen,
	.accept = plain_accept,
	.connect = plain_connect,
	.getsockname = plain_getsockname,
};

int ksock_context(void)
{
	static int context = -1;

	if (context < 0)
		context = open("/dev/ksock", O_RDWR | O_CLOEXEC);
	return context;
}

static int ksock_socket(int type)
{
	struct ksock_socket_args args = { .family = AF_INET, .type = type };

	return ioctl(ksock_context(), KSOCK_IOC_SOCKET, &args);
}

static int ksock_bind(int fd, const struct sockaddr_in *addr)
{
	struct ksock_bind_args args = { .addr.len = sizeof(*addr) };

	memcpy(args.addr.bytes, addr, sizeof(*addr));
	return ioctl(fd, KSOCK_IOC_BIND, &args);
}

static int ksock_listen(int fd, int backlog)
{
	struct ksock_listen_args args = { .backlog = backlog };

	return ioctl(fd, KSOCK_IOC_LISTEN, &args);
}

static int ksock_accept(int fd)
{
	struct ksock_accept_args args = {};

	return ioctl(fd, KSOCK_IOC_ACCEPT, &args);
}

static int ksock_connect(int fd, const struct sockaddr_in *addr)
{
	struct ksock_connect_args args = { .addr.len = sizeof(*addr) };

	memcpy(args.addr.bytes, addr, sizeof(*addr));
	return ioctl(fd, KSOCK_IOC_CONNECT, &args);
}

static int ksock_getsockname(int fd, struct sockaddr_in *addr)
{
	struct ksock_name_args args = { .side = KSOCK_SIDE_OWN };
	int ret = ioctl(fd, KSOCK_IOC_NAME, &args);

	memcpy(addr, args.out_addr.bytes, sizeof(*addr));
	return ret;
}

const struct face ksock = {
	.socket = ksock_socket,
	.bind = ksock_bind,
	.listen = ksock_listen,
	.accept = ksock_accept,
	.connect = ksock_connect,
	.getsockname = ksock_getsockname,
};

int udp_bound(const struct face *face, struct sockaddr_in *addr)
{
	int fd = face->socket(SOCK_DGRAM);

	EXPECT(fd >= 0);
	EXPECT(!face->bind(fd, addr));
	EXPECT(!face->getsockname(fd, addr));
	return fd;
}
