// SPDX-License-Identifier: GPL-2.0-only
/*
 * The device: the one descriptor of it that the process holds, and the making of
 * sockets.
 *
 * Nothing is believed of the held descriptor.  The program may have closed it,
 * as those do that close all they did not open, and have made another file of its
 * number since; it may have entered another network namespace.  So it is asked
 * before every use what it is, and when it does not fit the device is opened anew.
 * It is never closed here: by then it might be the program's.
 *
 * Its number is a high one, for a program may rely on getting the lowest free
 * number.  A forked process has it as well, a program that is executed opens its
 * own.
 */
#define _GNU_SOURCE

#include "device.h"

#include "internal.h"
#include "next.h"

#include <fcntl.h>
#include <stdatomic.h>
#include <sys/resource.h>

/* Beyond what programs with few descriptors use and what select(2) can watch. */
#define DEVICE_FD_MIN 1000

static const char device_path[] = "/dev/ksock";
static atomic_int device_held = -1;

/* Bare system calls: none of these shall be a cancellation point. */
static int device_call(long number, long a, long b, long c, long d, long e)
{
	return next()->syscall(number, a, b, c, d, e);
}

static void device_close(int fd)
{
	int err = errno;

	device_call(SYS_close, fd, 0, 0, 0, 0);
	errno = err;
}

/* Where there is no such number the one it has will do. */
static int device_move(int fd)
{
	struct rlimit limit;
	int min = DEVICE_FD_MIN, high;

	if (!getrlimit(RLIMIT_NOFILE, &limit) && limit.rlim_cur <= DEVICE_FD_MIN)
		min = limit.rlim_cur / 2;
	high = device_call(SYS_fcntl, fd, F_DUPFD_CLOEXEC, min, 0, 0);
	if (high < 0)
		return fd;
	device_close(fd);
	return high;
}

static int device_open(void)
{
	int fd;

	fd = device_call(SYS_openat, AT_FDCWD, (long)device_path,
			 O_RDWR | O_CLOEXEC, 0, 0);
	return fd < 0 ? -1 : device_move(fd);
}

/* The network namespace of the thread, 0 where that cannot be told. */
static uint64_t device_own_netns(void)
{
	struct statx st;

	if (device_call(SYS_statx, AT_FDCWD, (long)"/proc/thread-self/ns/net",
			0, STATX_INO, (long)&st) ||
	    !(st.stx_mask & STATX_INO))
		return 0;
	return st.stx_ino;
}

bool device_is_near(uint64_t netns)
{
	uint64_t own = device_own_netns();

	return !own || own == netns;
}

/* Whether the descriptor is one of the device, and which namespace it has. */
static bool device_is(int fd, uint64_t *netns)
{
	struct ksock_device_info info = { 0 };

	if (fd < 0 || ksock_ioctl_probe(fd, KSOCK_IOC_DEVICE_INFO, &info))
		return false;
	*netns = info.out_netns;
	return true;
}

/* Keeps it unless another thread has been faster. */
static bool device_keep(int fd, int instead)
{
	return atomic_compare_exchange_strong(&device_held, &instead, fd);
}

void device_hold(void)
{
	int err = errno;
	int fd = device_open();

	if (fd >= 0 && !device_keep(fd, -1))
		device_close(fd);
	errno = err;
}

/* An open device whose sockets are of the thread's namespace; -1 with errno. */
static int device_get(bool *temporary)
{
	int held = atomic_load(&device_held);
	uint64_t netns = 0;
	bool ours = device_is(held, &netns);
	int fd;

	*temporary = false;
	if (ours && device_is_near(netns))
		return held;
	fd = device_open();
	if (fd >= 0)
		*temporary = ours || !device_keep(fd, held);
	return fd;
}

int device_socket(int family, int type, int protocol)
{
	struct ksock_socket_args args = {
		.family = family,
		.type = type,
		.protocol = protocol,
	};
	bool temporary;
	int ctx, fd;

	ctx = device_get(&temporary);
	if (ctx < 0)
		return -1;
	fd = next()->ioctl(ctx, KSOCK_IOC_SOCKET, &args);
	if (temporary)
		device_close(ctx);
	return fd;
}

bool device_describe(int fd, struct ksock_socket_info *info)
{
	int err = errno;
	bool is;

	memset(info, 0, sizeof(*info));
	is = !ksock_ioctl_probe(fd, KSOCK_IOC_SOCKET_INFO, info);
	errno = err;
	return is;
}
