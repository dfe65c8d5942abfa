// SPDX-License-Identifier: GPL-2.0-only
/*
 * syscall(2), interposed: the system calls of sockets that are made by number go
 * where their functions go.  All others are handed on as they are; as libc does,
 * six arguments are taken, however many the caller gave.
 */
#define _GNU_SOURCE

#include "next.h"

#include <stdarg.h>

#define ARG(_n, _type) ((_type)args[_n])
#define ADDR(_n) ((struct sockaddr *)args[_n])
#define LEN(_n) ((socklen_t *)args[_n])

/* Those that make sockets and connections. */
static bool syscall_life(long number, const long *args, long *ret)
{
	switch (number) {
	case SYS_socket:
		*ret = socket(args[0], args[1], args[2]);
		return true;
	case SYS_bind:
		*ret = bind(args[0], ADDR(1), args[2]);
		return true;
	case SYS_listen:
		*ret = listen(args[0], args[1]);
		return true;
	case SYS_connect:
		*ret = connect(args[0], ADDR(1), args[2]);
		return true;
#ifdef SYS_accept
	case SYS_accept:
		*ret = accept(args[0], ADDR(1), LEN(2));
		return true;
#endif
	case SYS_accept4:
		*ret = accept4(args[0], ADDR(1), LEN(2), args[3]);
		return true;
	case SYS_shutdown:
		*ret = shutdown(args[0], args[1]);
		return true;
	default:
		return false;
	}
}

static bool syscall_ask(long number, const long *args, long *ret)
{
	switch (number) {
	case SYS_getsockname:
		*ret = getsockname(args[0], ADDR(1), LEN(2));
		return true;
	case SYS_getpeername:
		*ret = getpeername(args[0], ADDR(1), LEN(2));
		return true;
	case SYS_getsockopt:
		*ret = getsockopt(args[0], args[1], args[2], ARG(3, void *),
				  LEN(4));
		return true;
	case SYS_setsockopt:
		*ret = setsockopt(args[0], args[1], args[2], ARG(3, void *),
				  args[4]);
		return true;
	case SYS_ioctl:
		*ret = ioctl(args[0], args[1], args[2]);
		return true;
	default:
		return false;
	}
}

static bool syscall_data(long number, const long *args, long *ret)
{
	switch (number) {
	case SYS_sendto:
		*ret = sendto(args[0], ARG(1, void *), args[2], args[3],
			      ADDR(4), args[5]);
		return true;
	case SYS_recvfrom:
		*ret = recvfrom(args[0], ARG(1, void *), args[2], args[3],
				ADDR(4), LEN(5));
		return true;
	case SYS_sendmsg:
		*ret = sendmsg(args[0], ARG(1, struct msghdr *), args[2]);
		return true;
	case SYS_recvmsg:
		*ret = recvmsg(args[0], ARG(1, struct msghdr *), args[2]);
		return true;
	case SYS_sendmmsg:
		*ret = sendmmsg(args[0], ARG(1, struct mmsghdr *), args[2],
				args[3]);
		return true;
	case SYS_recvmmsg:
		*ret = recvmmsg(args[0], ARG(1, struct mmsghdr *), args[2],
				args[3], ARG(4, struct timespec *));
		return true;
	default:
		return false;
	}
}

PRELOAD_API long syscall(long number, ...)
{
	long args[6], ret;
	va_list list;
	size_t i;

	va_start(list, number);
	for (i = 0; i < sizeof(args) / sizeof(args[0]); i++)
		args[i] = va_arg(list, long);
	va_end(list);

	if (syscall_life(number, args, &ret) ||
	    syscall_ask(number, args, &ret) ||
	    syscall_data(number, args, &ret))
		return ret;
	return next()->syscall(number, args[0], args[1], args[2], args[3],
			       args[4], args[5]);
}
