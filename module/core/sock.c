// SPDX-License-Identifier: GPL-2.0-only
/*
 * The object: one kernel socket, the hidden file that owns it, a count.
 *
 * Parses no user data and knows neither commands nor descriptors.  The verbs of
 * streams in tcp.c, and dev/, call it.
 *
 * Lifetime.  A socket belongs to exactly one hidden file and that to exactly
 * one struct ksock.  The file exists because the stack takes sock->file for
 * granted in dozens of places (splice, the capability checks of netlink, the
 * owner match of netfilter, Landlock) and because its operations reach what is
 * not exported.  It is on no descriptor.  Destroying a ksock is dropping that
 * file: fput() runs the stack's own close, once, which sock_release() beside
 * it would run a second time.
 *
 * fput() is deferred: to the return to user mode in a process, to a kernel
 * worker elsewhere.  The socket may therefore outlive the ksock and even this
 * module, so nothing in it ever points at either: no callback is replaced, no
 * lock class is set, sk_user_data is left alone.
 *
 * The socket is made with kern=0, by and for the calling process: it holds a
 * reference to its network namespace, the security modules label it as the
 * caller's, and its lock class allows user memory to be touched under it.
 */
#include <linux/err.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/slab.h>
#include <linux/sock_diag.h>
#include <linux/tcp.h>
#include <net/inet_sock.h>
#include <net/net_namespace.h>
#include <net/sock.h>
#include <ksock/addr.h>
#include "msg.h"
#include "sock.h"

/**
 * ksock_alloc() - allocate a ksock without a socket
 * @extra: bytes that the one who holds it wants beside it
 *
 * Context: may sleep.
 * Return: an object with one reference, to be given to ksock_socket() or
 * ksock_tcp_accept() and to ksock_put(); zero, like what is beside it.  NULL
 * when out of memory.
 */
struct ksock *ksock_alloc(size_t extra)
{
	struct ksock *ks;

	ks = kzalloc(sizeof(*ks) + extra, GFP_KERNEL_ACCOUNT);
	if (ks)
		refcount_set(&ks->refs, 1);
	return ks;
}

/**
 * ksock_extra() - what a holder has beside a ksock
 * @ks: object from ksock_alloc()
 *
 * Context: any.
 * Return: the bytes that were asked for, aligned for a pointer.
 */
void *ksock_extra(struct ksock *ks)
{
	return ks + 1;
}

static void ksock_destroy(struct ksock *ks)
{
	if (ks->file)
		fput(ks->file);
	kfree(ks);
}

/**
 * ksock_attach() - give a ksock its socket
 * @ks: object from ksock_alloc()
 * @sock: socket, consumed also by a failure
 * @name: name of its protocol; NULL when the socket has a sk to tell
 *
 * Context: may sleep.
 * Return: 0, -ENFILE or -ENOMEM.
 */
int ksock_attach(struct ksock *ks, struct socket *sock, const char *name)
{
	struct file *file;

	/* A failure has released the socket. */
	file = sock_alloc_file(sock, 0, name);
	if (IS_ERR(file))
		return PTR_ERR(file);
	ks->sock = sock;
	ks->file = file;
	return 0;
}

/**
 * ksock_socket() - make the socket of a ksock
 * @ks: object without one
 * @net: network namespace; the socket takes its own reference
 * @family: address family
 * @type: socket type, without flags
 * @protocol: protocol number, 0 for the type's own
 *
 * Context: process context of the process the socket is for; may sleep.
 * Return: 0, the error of __sock_create(), -ENFILE or -ENOMEM; @ks has no
 * socket then.
 */
int ksock_socket(struct ksock *ks, struct net *net, int family, int type,
		 int protocol)
{
	struct socket *sock;
	int ret;

	ret = __sock_create(net, family, type, protocol, &sock, 0);
	return ret ?: ksock_attach(ks, sock, NULL);
}

/**
 * ksock_put() - drop a reference
 * @ks: socket, complete or not; not to be touched afterwards
 *
 * Context: any but hard interrupt.  After the last one the socket closes when
 * the process returns to user mode or, from a kernel thread, some time later.
 */
void ksock_put(struct ksock *ks)
{
	if (refcount_dec_and_test(&ks->refs))
		ksock_destroy(ks);
}

/**
 * ksock_bind() - bind to an address
 * @ks: socket
 * @addr: address, not modified
 *
 * Context: may sleep.
 * Return: 0 or the stack's error.
 */
int ksock_bind(struct ksock *ks, const struct ksock_addr *addr)
{
	/* Programs of a cgroup rewrite the address in place. */
	struct ksock_addr copy = *addr;

	return kernel_bind(ks->sock, (void *)&copy.storage, copy.len);
}

static int sock_connect(struct ksock *ks, const struct ksock_addr *addr,
			int flags)
{
	struct ksock_addr copy = *addr;

	return kernel_connect(ks->sock, (void *)&copy.storage, copy.len, flags);
}

/* Under the lock, as the stack wakes who waits before it changes the state. */
static bool sock_is_unconnected(struct socket *sock)
{
	bool unconnected;

	lock_sock(sock->sk);
	unconnected = sock->state == SS_UNCONNECTED;
	release_sock(sock->sk);
	return unconnected;
}

/**
 * ksock_connect() - connect to an address
 * @ks: socket
 * @addr: address of the peer, not modified
 * @nonblock: return -EINPROGRESS instead of waiting
 * @deadline: until when to wait, KTIME_MAX for as long as the stack does
 *
 * Context: may sleep.
 * Return: 0 or the stack's error; after the deadline, -EINPROGRESS or -EALREADY
 * as without waiting, and the connection goes on being made; -ERESTARTSYS or
 * -EINTR on a signal.
 */
int ksock_connect(struct ksock *ks, const struct ksock_addr *addr,
		  bool nonblock, ktime_t deadline)
{
	struct ksock_wait wait;
	int first, ret, err;

	if (nonblock || deadline == KTIME_MAX)
		return sock_connect(ks, addr, nonblock ? O_NONBLOCK : 0);

	ksock_wait_init(&wait, ks, EPOLLOUT | EPOLLHUP, deadline);
	first = sock_connect(ks, addr, O_NONBLOCK);
	ret = first;
	while (ret == -EINPROGRESS || ret == -EALREADY) {
		err = ksock_wait(&wait);
		if (err)
			return err == -EAGAIN ? first : err;
		/*
		 * Somebody shut it down or aborted it under this call.  Who
		 * does so right after this is too late: the next try begins
		 * a new connection, and kernel_connect() cannot be told not
		 * to.
		 */
		if (sock_is_unconnected(ks->sock))
			return sock_error(ks->sock->sk) ?: -ECONNABORTED;
		/* The stack tells the end to who connects again. */
		ret = sock_connect(ks, addr, O_NONBLOCK);
		if (ret == -EISCONN)
			return 0;
	}
	return ret;
}

/**
 * ksock_shutdown() - shut one or both directions
 * @ks: socket
 * @how: which
 *
 * Wakes who sleeps on the socket.
 *
 * Context: may sleep.
 * Return: 0 or the stack's error.
 */
int ksock_shutdown(struct ksock *ks, enum sock_shutdown_cmd how)
{
	return kernel_sock_shutdown(ks->sock, how);
}

/**
 * ksock_abort() - end a connection with a reset
 * @ks: stream socket
 *
 * What is queued is dropped; a listening socket stops to listen.
 *
 * Context: may sleep.
 * Return: 0, or -EBUSY while a thread is blocked on the socket, from kernels
 * whose tcp_disconnect() refuses that.
 */
int ksock_abort(struct ksock *ks)
{
	struct sockaddr addr = { .sa_family = AF_UNSPEC };

	return kernel_connect(ks->sock, (void *)&addr, sizeof(addr), 0);
}

static int ksock_name(struct ksock *ks, struct ksock_addr *addr,
		      int (*getname)(struct socket *sock,
				     struct sockaddr *addr))
{
	int ret;

	/* The stack fills what the family needs and is told no size. */
	memset(addr, 0, sizeof(*addr));
	ret = getname(ks->sock, (struct sockaddr *)&addr->storage);
	if (ret < 0)
		return ret;
	addr->len = ret;
	return 0;
}

/**
 * ksock_getsockname() - the socket's own address
 * @ks: socket
 * @addr: filled on success
 *
 * Context: may sleep.
 * Return: 0 or the stack's error.
 */
int ksock_getsockname(struct ksock *ks, struct ksock_addr *addr)
{
	return ksock_name(ks, addr, kernel_getsockname);
}

/**
 * ksock_getpeername() - the peer's address
 * @ks: socket
 * @addr: filled on success
 *
 * Context: may sleep.
 * Return: 0 or the stack's error, -ENOTCONN without a peer.
 */
int ksock_getpeername(struct ksock *ks, struct ksock_addr *addr)
{
	return ksock_name(ks, addr, kernel_getpeername);
}

/**
 * ksock_ioctl() - ioctl of the protocol
 * @ks: socket
 * @cmd: SIOCINQ, SIOCOUTQ, SIOCOUTQNSD or SIOCATMARK; others reach far beyond
 *	the socket and are the caller's to refuse
 * @arg: pointer of the calling process to an int
 *
 * Context: process context, may sleep.
 * Return: as ioctl(2) on the socket.
 */
long ksock_ioctl(struct ksock *ks, unsigned int cmd, unsigned long arg)
{
	return ks->file->f_op->unlocked_ioctl(ks->file, cmd, arg);
}

/**
 * ksock_type() - type of a socket
 * @ks: socket
 *
 * Context: any.
 * Return: SOCK_STREAM, SOCK_DGRAM ...
 */
int ksock_type(const struct ksock *ks)
{
	return ks->sock->type;
}

/**
 * ksock_stat() - take a snapshot of a socket
 * @ks: socket
 * @stat: filled
 *
 * Context: process context.  The socket is not locked, so fields may be from
 * different moments.
 */
void ksock_stat(struct ksock *ks, struct ksock_stat *stat)
{
	struct sock *sk = ks->sock->sk;
	u32 cookie[2];

	/* The one way to a socket's cookie that every kernel exports. */
	sock_diag_save_cookie(sk, cookie);

	memset(stat, 0, sizeof(*stat));
	stat->family = READ_ONCE(sk->sk_family);
	stat->type = ks->sock->type;
	stat->protocol = READ_ONCE(sk->sk_protocol);
	stat->state = inet_sk_state_load(sk);
	stat->uid = file_inode(ks->file)->i_uid;
	stat->inode = file_inode(ks->file)->i_ino;
	stat->cookie = (u64)cookie[1] << 32 | cookie[0];
	stat->netns = sock_net(sk)->ns.inum;
	stat->sent_ops = atomic64_read(&ks->sent_ops);
	stat->sent_bytes = atomic64_read(&ks->sent_bytes);
	stat->received_ops = atomic64_read(&ks->received_ops);
	stat->received_bytes = atomic64_read(&ks->received_bytes);
}

/**
 * ksock_fasync() - turn SIGIO on or off for a file
 * @ks: socket
 * @fd: descriptor of @file
 * @file: file that holds the socket, and whose owner gets the signal
 * @on: whether to turn it on
 *
 * What sock_fasync() does, with another file than the socket's as the owner.
 *
 * Context: may sleep, takes the socket lock.
 * Return: 0 or a negative error of fasync_helper().
 */
int ksock_fasync(struct ksock *ks, int fd, struct file *file, int on)
{
	struct sock *sk = ks->sock->sk;
	int ret;

	lock_sock(sk);
	ret = fasync_helper(fd, file, on, &ks->sock->wq.fasync_list);
	if (ks->sock->wq.fasync_list)
		sock_set_flag(sk, SOCK_FASYNC);
	else
		sock_reset_flag(sk, SOCK_FASYNC);
	release_sock(sk);
	return ret < 0 ? ret : 0;
}
