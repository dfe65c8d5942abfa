/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Sockets of the kernel's own beside those of the process: a face of their own,
 * and memory that ends where a fault begins.
 */
#ifndef KSOCK_SELFTESTS_KERN_H
#define KSOCK_SELFTESTS_KERN_H

#include "fixture.h"

static inline int kern_socket(int family, int type, int protocol)
{
	struct ksock_socket_args args = {
		.flags = KSOCK_SOCKET_KERN,
		.family = family,
		.type = type,
		.protocol = protocol,
	};

	return ret_errno(ioctl(ksock_ctx, KSOCK_IOC_SOCKET, &args));
}

static const struct face kern_face __attribute__((unused)) = {
	.name = "kern",
	.socket = kern_socket,
	.bind = ksock_bind,
	.listen = ksock_listen,
	.accept = ksock_accept,
	.connect = ksock_connect,
	.sendto = ksock_sendto,
	.recvfrom = ksock_recvfrom,
	.shutdown = ksock_shutdown,
	.getsockname = ksock_getsockname,
	.getpeername = ksock_getpeername,
	.sendmsg = ksock_sendmsg,
	.recvmsg = ksock_recvmsg,
	.getsockopt = ksock_getsockopt,
	.setsockopt = ksock_setsockopt,
};

/* The mode that INFO tells, or -errno. */
static inline int socket_mode(int fd)
{
	struct ksock_socket_info info;
	int ret = ksock_socket_info(fd, &info);

	return ret ? ret : (int)info.out_mode;
}

/*
 * Memory of @len bytes, filled with what tells where a byte belongs, of which all
 * from @fault on, a multiple of the page, is not there; or NULL.
 */
static inline char *memory_until(size_t len, size_t fault)
{
	char *memory;
	size_t i;

	memory = mmap(NULL, len, PROT_READ | PROT_WRITE,
		      MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (memory == MAP_FAILED)
		return NULL;
	for (i = 0; i < len; i++)
		memory[i] = i * 7 + i / 251;
	if (fault < len && mprotect(memory + fault, len - fault, PROT_NONE))
		return NULL;
	return memory;
}

#endif /* KSOCK_SELFTESTS_KERN_H */
