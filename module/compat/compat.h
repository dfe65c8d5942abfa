/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The newest kernel's spelling on older kernels; included before everything
 * else.  probe.sh finds out what a kernel has.  Nothing outside this directory
 * asks.  Where a call has several forms, one of them must hold.
 */
#ifndef KSOCK_COMPAT_H
#define KSOCK_COMPAT_H

#include <linux/version.h>

#if LINUX_VERSION_CODE < KERNEL_VERSION(5, 10, 0)
#error "ksock needs Linux 5.10 or newer"
#endif

#include <linux/fs.h>
#include <linux/net.h>
#include <linux/uio.h>
#include <net/sock.h>

#include "have.h"

/* Newer kernels let each write choose against SIGPIPE; here nobody does. */
#ifndef IOCB_NOSIGNAL
#define IOCB_NOSIGNAL	0
#endif

/* 6.0 named the directions of an iterator by its role. */
#if !KSOCK_HAVE_ITER_SOURCE
#define ITER_SOURCE	WRITE
#define ITER_DEST	READ
#endif

/* 6.8 replaced import_single_range(), which needs an iovec, by import_ubuf(). */
static inline int ksock_import_ubuf(int direction, void __user *buf, size_t len,
				    struct iovec *iov, struct iov_iter *iter)
{
#if KSOCK_HAVE_IMPORT_UBUF
	return import_ubuf(direction, buf, len, iter);
#elif KSOCK_HAVE_IMPORT_SINGLE_RANGE
	return import_single_range(direction, buf, len, iov, iter);
#else
#error "no way to make an iterator of user memory"
#endif
}

/* 6.10 put the arguments of proto_ops.accept() into a structure. */
static inline int ksock_ops_accept(const struct proto_ops *ops,
				   struct socket *sock, struct socket *newsock,
				   int flags)
{
#if KSOCK_HAVE_ACCEPT_ARG
	struct proto_accept_arg arg = { .flags = flags, .kern = false };

	return ops->accept(sock, newsock, &arg);
#elif KSOCK_HAVE_ACCEPT_KERN
	return ops->accept(sock, newsock, flags, false);
#else
#error "no way to call proto_ops.accept()"
#endif
}

#endif /* KSOCK_COMPAT_H */
