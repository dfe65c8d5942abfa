// SPDX-License-Identifier: GPL-2.0-only
/*
 * What programs ask a descriptor for that a ksock does not answer as a socket:
 * whether it is one, and what ioctl(2) says of interfaces, routes and owners.
 */
#define _GNU_SOURCE

#include "device.h"
#include "next.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/sockios.h>
#include <stdarg.h>
#include <stdint.h>

/* Of <linux/sockios.h>, for all ioctl(2) of sockets. */
#define FILE_SOCKET_IOC 0x89

/* ---- fstat(2) ----------------------------------------------------------- */

/*
 * A ksock is among the files that have no type at all, so no other file costs a
 * second call.
 */
#define FILE_IS_TYPELESS(_mode) (!((_mode) & S_IFMT))

#define FILE_MODE (S_IFSOCK | 0777)

/* Gives a ksock the mode of a socket, and the inode number of its own one. */
#define FILE_FIX(_fd, _mode, _ino)					\
do {									\
	struct ksock_socket_info _info;					\
									\
	if (FILE_IS_TYPELESS(_mode) && device_describe(_fd, &_info)) {	\
		(_mode) = FILE_MODE;					\
		(_ino) = _info.out_inode;				\
	}								\
} while (0)

PRELOAD_API int fstat(int fd, struct stat *buf)
{
	int ret = next()->fstat(fd, buf);

	if (!ret)
		FILE_FIX(fd, buf->st_mode, buf->st_ino);
	return ret;
}

PRELOAD_API int fstat64(int fd, struct stat64 *buf)
{
	int ret = next()->fstat64(fd, buf);

	if (!ret)
		FILE_FIX(fd, buf->st_mode, buf->st_ino);
	return ret;
}

PRELOAD_API int __fxstat(int version, int fd, struct stat *buf)
{
	int ret = next()->__fxstat(version, fd, buf);

	if (!ret)
		FILE_FIX(fd, buf->st_mode, buf->st_ino);
	return ret;
}

PRELOAD_API int __fxstat64(int version, int fd, struct stat64 *buf)
{
	int ret = next()->__fxstat64(version, fd, buf);

	if (!ret)
		FILE_FIX(fd, buf->st_mode, buf->st_ino);
	return ret;
}

/* Whether a call that takes a path is about the descriptor itself. */
static bool file_is_itself(const char *path, int flags)
{
	return (flags & AT_EMPTY_PATH) && (!path || !*path);
}

PRELOAD_API int fstatat(int dir, const char *__restrict path,
			struct stat *__restrict buf, int flags)
{
	int ret = next()->fstatat(dir, path, buf, flags);

	if (!ret && file_is_itself(path, flags))
		FILE_FIX(dir, buf->st_mode, buf->st_ino);
	return ret;
}

PRELOAD_API int fstatat64(int dir, const char *__restrict path,
			  struct stat64 *__restrict buf, int flags)
{
	int ret = next()->fstatat64(dir, path, buf, flags);

	if (!ret && file_is_itself(path, flags))
		FILE_FIX(dir, buf->st_mode, buf->st_ino);
	return ret;
}

PRELOAD_API int __fxstatat(int version, int dir, const char *path,
			   struct stat *buf, int flags)
{
	int ret = next()->__fxstatat(version, dir, path, buf, flags);

	if (!ret && file_is_itself(path, flags))
		FILE_FIX(dir, buf->st_mode, buf->st_ino);
	return ret;
}

PRELOAD_API int __fxstatat64(int version, int dir, const char *path,
			     struct stat64 *buf, int flags)
{
	int ret = next()->__fxstatat64(version, dir, path, buf, flags);

	if (!ret && file_is_itself(path, flags))
		FILE_FIX(dir, buf->st_mode, buf->st_ino);
	return ret;
}

PRELOAD_API int statx(int dir, const char *__restrict path, int flags,
		      unsigned int mask, struct statx *__restrict buf)
{
	int ret = next()->statx(dir, path, flags, mask, buf);

	if (!ret && (mask & STATX_TYPE) && file_is_itself(path, flags))
		FILE_FIX(dir, buf->stx_mode, buf->stx_ino);
	return ret;
}

PRELOAD_API int isfdtype(int fd, int type)
{
	struct ksock_socket_info info;
	int err = errno, ret;
	struct statx st;

	if (device_describe(fd, &info))
		return type == S_IFSOCK;
	/* libc leaves errno alone, whatever comes of it. */
	ret = next()->syscall(SYS_statx, fd, "", AT_EMPTY_PATH, STATX_TYPE,
			      &st);
	errno = err;
	return ret ? -1 : (st.stx_mode & S_IFMT) == type;
}

/* ---- ioctl(2) ----------------------------------------------------------- */

/*
 * What is not about this socket any other one of its family answers as well, if it
 * is of the same network.
 */
static int file_ioctl_elsewhere(const struct ksock_socket_info *info,
				unsigned long request, void *arg)
{
	const struct next *libc = next();
	int fd, ret, err;

	if (!device_is_near(info->out_netns)) {
		errno = ENOTTY;
		return -1;
	}
	fd = libc->socket(info->out_family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return -1;
	ret = libc->ioctl(fd, request, arg);
	err = errno;
	libc->syscall(SYS_close, fd);
	errno = err;
	return ret;
}

static int file_ioctl_get_owner(int fd, int *owner)
{
	struct f_owner_ex ex;

	if (next()->syscall(SYS_fcntl, fd, F_GETOWN_EX, &ex))
		return -1;
	*owner = ex.type == F_OWNER_PGRP ? -ex.pid : ex.pid;
	return 0;
}

static int file_ioctl(int fd, unsigned long request, void *arg)
{
	struct ksock_socket_info info;
	int err = errno;

	if (!device_describe(fd, &info)) {
		errno = ENOTTY;
		return -1;
	}
	errno = err;
	switch (request) {
	case FIOSETOWN:
	case SIOCSPGRP:
		return next()->syscall(SYS_fcntl, fd, F_SETOWN, *(int *)arg);
	case FIOGETOWN:
	case SIOCGPGRP:
		return file_ioctl_get_owner(fd, arg);
	case SIOCGSTAMP_OLD:
	case SIOCGSTAMPNS_OLD:
	case SIOCGSTAMP_NEW:
	case SIOCGSTAMPNS_NEW:
		/* Of the last packet that came here, which no other one knows. */
		errno = ENOTTY;
		return -1;
	default:
		return file_ioctl_elsewhere(&info, request, arg);
	}
}

PRELOAD_API int ioctl(int fd, unsigned long request, ...)
{
	int err = errno;
	va_list list;
	void *arg;
	int ret;

	va_start(list, request);
	arg = va_arg(list, void *);
	va_end(list);

	ret = next()->ioctl(fd, request, arg);
	if (ret != -1 || errno != ENOTTY ||
	    ((request >> 8) & 0xff) != FILE_SOCKET_IOC)
		return ret;
	errno = err;
	return file_ioctl(fd, request, arg);
}
