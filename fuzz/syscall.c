// SPDX-License-Identifier: GPL-2.0-only
/*
 * The calls that are no commands of ksock: what files take, ordinary sockets for
 * peers, and what there is to move data between them.
 */
#include <fcntl.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include <linux/ksock.h>

#include "syscall.h"

#define UNUSED	__attribute__((unused))
#undef SYSCALL
#define SYSCALL(name) \
	long run_##name(UNUSED int fd, UNUSED const uint64_t *arg, \
			UNUSED struct arena *arena)
#define POINTER_AT(i)	((void *)(uintptr_t)arg[i])

SYSCALL(open)
{
	return open("/dev/ksock", O_RDWR | O_CLOEXEC);
}

/* Of a slot. */
SYSCALL(close)
{
	pool_set(fd, -1);
	return 0;
}

SYSCALL(dup)
{
	return fcntl(fd, F_DUPFD_CLOEXEC, 0);
}

SYSCALL(read)
{
	return read(fd, POINTER_AT(0), arg[1]);
}

SYSCALL(write)
{
	return write(fd, POINTER_AT(0), arg[1]);
}

SYSCALL(readv)
{
	return readv(fd, POINTER_AT(0), arg[1]);
}

SYSCALL(writev)
{
	return writev(fd, POINTER_AT(0), arg[1]);
}

SYSCALL(poll)
{
	struct pollfd pfd = { .fd = fd, .events = arg[0] };

	return poll(&pfd, 1, arg[1] % 3);
}

/* Between a socket and a pipe, either way. */
SYSCALL(splice)
{
	int from = arg[3] & 1 ? (int)arg[0] : fd;
	int to = arg[3] & 1 ? fd : (int)arg[0];

	return splice(from, NULL, to, NULL, arg[1], arg[2]);
}

SYSCALL(sendfile)
{
	off_t at = 0;

	return sendfile(fd, arg[0], &at, arg[1]);
}

SYSCALL(flags)
{
	return fcntl(fd, F_SETFL, arg[0]);
}

SYSCALL(fdinfo)
{
	char path[64], text[1024];
	int info;
	long ret;

	snprintf(path, sizeof(path), "/proc/self/fdinfo/%d", fd);
	info = open(path, O_RDONLY | O_CLOEXEC);
	if (info < 0)
		return -1;
	ret = read(info, text, sizeof(text));
	close(info);
	return ret;
}

/* By number, whatever that is. */
SYSCALL(ioctl)
{
	return ioctl(fd, arg[0], POINTER_AT(1));
}

/* A child that ends at once, or after a call, with all that it has inherited. */
SYSCALL(fork)
{
	struct ksock_shutdown_args args = { .how = SHUT_RDWR };
	pid_t child = fork();

	if (!child) {
		if (arg[0] & 1)
			close(fd);
		if (arg[0] & 2)
			ioctl(fd, KSOCK_IOC_SHUTDOWN, &args);
		_exit(0);
	}
	while (child > 0 && waitpid(child, NULL, 0) < 0)
		;
	return child;
}

SYSCALL(pipe)
{
	int ends[2];

	if (pipe2(ends, O_CLOEXEC | O_NONBLOCK))
		return -1;
	pool_set(arg[0], ends[1]);
	return ends[0];
}

SYSCALL(file)
{
	int file = memfd_create("fuzz", MFD_CLOEXEC);

	if (file >= 0 && ftruncate(file, 65536)) {
		close(file);
		return -1;
	}
	return file;
}

SYSCALL(plain_socket)
{
	int sock = socket(arg[0], arg[1] | SOCK_CLOEXEC, 0);
	int one = 1;

	/* A port is good again as soon as its listener is gone. */
	if (sock >= 0)
		setsockopt(sock, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	return sock;
}

SYSCALL(plain_bind)
{
	return bind(fd, POINTER_AT(0), arg[1]);
}

SYSCALL(plain_connect)
{
	return connect(fd, POINTER_AT(0), arg[1]);
}

SYSCALL(plain_listen)
{
	return listen(fd, arg[0]);
}

SYSCALL(plain_accept)
{
	return accept4(fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
}

SYSCALL(plain_send)
{
	return send(fd, POINTER_AT(0), arg[1], arg[2] | MSG_DONTWAIT | MSG_NOSIGNAL);
}

SYSCALL(plain_recv)
{
	return recv(fd, POINTER_AT(0), arg[1], arg[2] | MSG_DONTWAIT);
}

SYSCALL(plain_shutdown)
{
	return shutdown(fd, arg[0]);
}
