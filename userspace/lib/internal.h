/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
/*
 * What the files of the library share.  Only this header includes the
 * interface of the kernel module: the objects, the two ways to call it, and
 * the translation of addresses between its form and the public one.
 */
#ifndef KSOCK_INTERNAL_H
#define KSOCK_INTERNAL_H

#include <assert.h>
#include <errno.h>
#include <ksock.h>
#include <linux/ksock.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define KSOCK_API __attribute__((visibility("default")))

struct ksock_ctx {
	int fd;
};

struct ksock_sock {
	int fd;
};

static_assert(sizeof(struct sockaddr_storage) == KSOCK_ADDR_MAX,
	      "an address of the kernel module fits the public one");

/*
 * Calls the kernel module on a descriptor known to be of the right kind.  A
 * command it does not know, or a field it does not know and that is not zero,
 * then means that the module is older than the library.
 */
static inline int ksock_ioctl(int fd, unsigned long cmd, void *args)
{
	int ret;

	ret = ioctl(fd, cmd, args);
	if (ret < 0 && (errno == ENOTTY || errno == E2BIG))
		errno = EOPNOTSUPP;
	return ret;
}

/*
 * Asks a descriptor of unknown kind for its INFO, which fails with ENOTTY when
 * it is of another kind.  Some drivers answer EINVAL to what they do not know,
 * or succeed with a number; no INFO of the kernel module does either.
 */
static inline int ksock_ioctl_probe(int fd, unsigned long cmd, void *info)
{
	int ret;

	ret = ioctl(fd, cmd, info);
	if (ret > 0 || (ret < 0 && errno == EINVAL)) {
		errno = ENOTTY;
		return -1;
	}
	return ret;
}

static inline int ksock_addr_to_uapi(const struct ksock_addr *addr,
				     struct ksock_sockaddr *uapi)
{
	if (addr->len > sizeof(addr->storage)) {
		errno = EINVAL;
		return -1;
	}

	uapi->len = addr->len;
	memcpy(uapi->bytes, &addr->storage, addr->len);
	return 0;
}

static inline void ksock_addr_from_uapi(struct ksock_addr *addr,
					const struct ksock_sockaddr *uapi)
{
	memcpy(&addr->storage, uapi->bytes, sizeof(addr->storage));
	addr->len = uapi->len;
	if (addr->len > sizeof(addr->storage))
		addr->len = sizeof(addr->storage);
}

#endif /* KSOCK_INTERNAL_H */
