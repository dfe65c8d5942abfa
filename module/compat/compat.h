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
static inline int ksock_import_ubuf(int direction, void __user *buf, size_t len,
				    struct iovec *iov, struct iov_iter *iter)
{
#if KSOCK_HAVE_IOV_ITER_UBUF
	if (unlikely(!access_ok(buf, len)))
		return -EFAULT;
	iov_iter_ubuf(iter, direction, buf, len);
	return 0;
#elif KSOCK_HAVE_IMPORT_SINGLE_RANGE
	return import_single_range(direction, buf, len, iov, iter);
#else
#error "no way to make an iterator of user memory"
#endif
}

/* 6.18 lets a write on a file ask for no signal. */
#ifndef IOCB_NOSIGNAL
#define IOCB_NOSIGNAL	0
#endif

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
				   int flags, bool kern)
{
#if KSOCK_HAVE_ACCEPT_ARG
	struct proto_accept_arg arg = { .flags = flags, .kern = kern };

	return ops->accept(sock, newsock, &arg);
#elif KSOCK_HAVE_ACCEPT_KERN
	return ops->accept(sock, newsock, flags, kern);
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

/*
 * 6.14 gave the reference to its network namespace that a socket of the kernel
 * goes without a name; before, those who need it write it out.
 */
static inline void ksock_sk_net_refcnt_upgrade(struct sock *sk)
{
#if KSOCK_HAVE_SK_NET_REFCNT_UPGRADE
	sk_net_refcnt_upgrade(sk);
#else
	struct net *net = sock_net(sk);

	sk->sk_net_refcnt = 1;
#if KSOCK_HAVE_NETNS_TRACKER_NOTREF
	/* sk_alloc() tracks sockets without a reference, too. */
	__netns_tracker_free(net, &sk->ns_tracker, false);
#endif
#if KSOCK_HAVE_NETNS_TRACKER
	get_net_track(net, &sk->ns_tracker, GFP_KERNEL);
	sock_inuse_add(net, 1);
#else
	get_net(net);
#ifdef CONFIG_PROC_FS
	this_cpu_add(*net->core.sock_inuse, 1);
#endif
#endif
#endif
}

/* Where lockdep is on, the keys of a lock class live as long as the socket. */
static inline void ksock_sk_owner_set(struct sock *sk, struct module *owner)
{
#if KSOCK_HAVE_SK_OWNER
	sk_owner_set(sk, owner);
#endif
}

/* Socket pages of the task are not lent to who reclaim may wait for. */
static inline void ksock_sk_use_task_frag(struct sock *sk, bool use)
{
#if KSOCK_HAVE_SK_USE_TASK_FRAG
	sk->sk_use_task_frag = use;
#endif
}

/*
 * 6.5 has TCP, UDP and AF_UNIX take references to the pages of a message with
 * MSG_SPLICE_PAGES, and later dropped the call that did so for one page.  A page
 * that no reference can be taken to (of a slab) is copied.
 */
static inline int ksock_sock_sendpage(struct socket *sock, struct page *page,
				      size_t offset, size_t len, int flags)
{
#if KSOCK_HAVE_SKB_SPLICE_FROM_ITER
	struct msghdr msg = { .msg_flags = flags };
	struct bio_vec vec;

	vec.bv_page = page;
	vec.bv_offset = offset;
	vec.bv_len = len;
	if (sendpage_ok(page))
		msg.msg_flags |= MSG_SPLICE_PAGES;
	iov_iter_bvec(&msg.msg_iter, ITER_SOURCE, &vec, 1, len);
	return sock_sendmsg(sock, &msg);
#elif KSOCK_HAVE_KERNEL_SENDPAGE
	return sendpage_ok(page) ?
	       kernel_sendpage(sock, page, offset, len, flags) :
	       sock_no_sendpage(sock, page, offset, len, flags);
#else
#error "no way to send a page"
#endif
}

/* 6.6 made atomic bits of what were fields in struct inet_sock, 6.7 in udp's. */
#if KSOCK_HAVE_INET_TEST_BIT
#define ksock_inet_bit(_sk, _bit, _field)	inet_test_bit(_bit, _sk)
#define ksock_inet_pktinfo(_sk) \
	(inet_cmsg_flags(inet_sk(_sk)) & IP_CMSG_PKTINFO)
#define ksock_inet6_recverr(_sk)		inet6_test_bit(RECVERR6, _sk)
#else
#define ksock_inet_bit(_sk, _bit, _field)	(inet_sk(_sk)->_field)
#define ksock_inet_pktinfo(_sk) \
	(inet_sk(_sk)->cmsg_flags & IP_CMSG_PKTINFO)
#define ksock_inet6_recverr(_sk)		(inet6_sk(_sk)->recverr)
#endif
#if KSOCK_HAVE_UDP_TEST_BIT
#define ksock_udp_gro(_sk)			udp_test_bit(GRO_ENABLED, _sk)
#else
#define ksock_udp_gro(_sk)			(udp_sk(_sk)->gro_enabled)
#endif

int ksock_sol_socket_get(struct socket *sock, int name, sockptr_t optval,
			 sockptr_t optlen);

/*
 * 6.7 exported what the system calls of options do after finding a socket.  It
 * takes kernel memory at SOL_SOCKET only; no other level does on any kernel.
 */
static inline int ksock_sock_getsockopt(struct socket *sock, int level,
					int name, sockptr_t optval,
					sockptr_t optlen)
{
#if KSOCK_HAVE_DO_SOCK_GETSOCKOPT
	return do_sock_getsockopt(sock, in_compat_syscall(), level, name,
				  optval, optlen);
#else
	const struct proto_ops *ops = READ_ONCE(sock->ops);

	if (level == SOL_SOCKET)
		return ksock_sol_socket_get(sock, name, optval, optlen);
	return ops->getsockopt ?
	       ops->getsockopt(sock, level, name, optval.user, optlen.user) :
	       -EOPNOTSUPP;
#endif
}

/* What those of them do that ask no hook: what the kernel's own users call. */
static inline int ksock_sock_setsockopt_kern(struct socket *sock, int level,
					     int name, sockptr_t optval,
					     int len)
{
	const struct proto_ops *ops = READ_ONCE(sock->ops);

	/* MPTCP hands its options on to the connections below. */
	if (level == SOL_SOCKET && sock->sk->sk_protocol != IPPROTO_MPTCP)
		return sock_setsockopt(sock, level, name, optval, len);
	return ops->setsockopt ?
	       ops->setsockopt(sock, level, name, optval, len) : -EOPNOTSUPP;
}

static inline int ksock_sock_setsockopt(struct socket *sock, int level,
					int name, sockptr_t optval, int len)
{
#if KSOCK_HAVE_DO_SOCK_SETSOCKOPT
	return do_sock_setsockopt(sock, in_compat_syscall(), level, name,
				  optval, len);
#else
	return ksock_sock_setsockopt_kern(sock, level, name, optval, len);
#endif
}

#endif /* KSOCK_COMPAT_H */
