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

#include <linux/compat.h>
#include <linux/errno.h>
#include <linux/fs.h>
#include <linux/net.h>
#include <linux/sched/signal.h>
#include <linux/uaccess.h>
#include <linux/uio.h>
#include <net/sock.h>

#include "have.h"

/* 6.0 named the directions of an iterator by its role. */
#if !KSOCK_HAVE_ITER_SOURCE
#define ITER_SOURCE	WRITE
#define ITER_DEST	READ
#endif

/*
 * 6.0 made an iterator of one buffer without an iovec; before, the caller has
 * to lend import_single_range() one that lives as long.
 */
struct ksock_import {
#if !KSOCK_HAVE_IOV_ITER_UBUF
	struct iovec iov;
#endif
};

static inline int ksock_import_ubuf(int direction, void __user *buf, size_t len,
				    struct ksock_import *import,
				    struct iov_iter *iter)
{
#if KSOCK_HAVE_IOV_ITER_UBUF
	if (unlikely(!access_ok(buf, len)))
		return -EFAULT;
	iov_iter_ubuf(iter, direction, buf, len);
	return 0;
#elif KSOCK_HAVE_IMPORT_SINGLE_RANGE
	return import_single_range(direction, buf, len, &import->iov, iter);
#else
#error "no way to make an iterator of user memory"
#endif
}

/*
 * Kernels zero every variable on the stack; not one that the caller is sure to
 * fill before anybody reads it.  For storage of addresses in hot paths.
 */
#if __has_attribute(uninitialized)
#define __ksock_uninitialized	__attribute__((uninitialized))
#else
#define __ksock_uninitialized
#endif

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

/* Since 5.11 signal_pending() is also true for work that needs no signal. */
static inline bool ksock_signal_pending(void)
{
#if KSOCK_HAVE_TASK_SIGPENDING
	return task_sigpending(current);
#else
	return signal_pending(current);
#endif
}

/* 6.5 tells a file when splicing to it ends early. */
static inline void ksock_file_splice_eof(struct file *file)
{
#if KSOCK_HAVE_SPLICE_EOF
	if (file->f_op->splice_eof)
		file->f_op->splice_eof(file);
#endif
}

#if KSOCK_HAVE_SPLICE_EOF
#define KSOCK_FOPS_SPLICE_EOF(_function)	.splice_eof = (_function),
#else
#define KSOCK_FOPS_SPLICE_EOF(_function)
#endif

int ksock_sol_socket_get(struct socket *sock, int name, char __user *optval,
			 int __user *optlen);

/* 6.7 exported what the system calls of options do after finding a socket. */
static inline int ksock_sock_getsockopt(struct socket *sock, int level,
					int name, char __user *optval,
					int __user *optlen)
{
#if KSOCK_HAVE_DO_SOCK_GETSOCKOPT
	return do_sock_getsockopt(sock, in_compat_syscall(), level, name,
				  USER_SOCKPTR(optval), USER_SOCKPTR(optlen));
#else
	const struct proto_ops *ops = READ_ONCE(sock->ops);

	if (level == SOL_SOCKET)
		return ksock_sol_socket_get(sock, name, optval, optlen);
	return ops->getsockopt ?
	       ops->getsockopt(sock, level, name, optval, optlen) : -EOPNOTSUPP;
#endif
}

static inline int ksock_sock_setsockopt(struct socket *sock, int level,
					int name, char __user *optval, int len)
{
#if KSOCK_HAVE_DO_SOCK_SETSOCKOPT
	return do_sock_setsockopt(sock, in_compat_syscall(), level, name,
				  USER_SOCKPTR(optval), len);
#else
	const struct proto_ops *ops = READ_ONCE(sock->ops);

	/* MPTCP hands its options on to the connections below. */
	if (level == SOL_SOCKET && sock->sk->sk_protocol != IPPROTO_MPTCP)
		return sock_setsockopt(sock, level, name, USER_SOCKPTR(optval),
				       len);
	return ops->setsockopt ?
	       ops->setsockopt(sock, level, name, USER_SOCKPTR(optval), len) :
	       -EOPNOTSUPP;
#endif
}

#endif /* KSOCK_COMPAT_H */
