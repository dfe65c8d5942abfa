// SPDX-License-Identifier: GPL-2.0-only
/*
 * The object: one kernel socket, the hidden file that owns it, a count.
 *
 * Parses no user data and knows neither commands nor descriptors.  The typed
 * verbs in tcp.c and udp.c, and dev/, call it.
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
 *
 * Context: may sleep.
 * Return: an object with one reference, for ksock_attach() and ksock_put();
 * NULL when out of memory.
 */
struct ksock *ksock_alloc(void)
{
	struct ksock *ks;

	ks = kzalloc(sizeof(*ks), GFP_KERNEL_ACCOUNT);
	if (ks)
		refcount_set(&ks->refs, 1);
	return ks;
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
 * ksock_create() - make a socket
 * @net: network namespace; the socket takes its own reference
 * @family: address family
 * @type: socket type, without flags
 * @protocol: protocol number, 0 for the type's own
 *
 * Context: process context of the process the socket is for; may sleep.
 * Return: an unbound socket with one reference, or an ERR_PTR() with the error
 * of __sock_create(), -ENFILE or -ENOMEM.
 */
struct ksock *ksock_create(struct net *net, int family, int type, int protocol)
{
	struct socket *sock;
	struct ksock *ks;
	int ret;

	ks = ksock_alloc();
	if (!ks)
		return ERR_PTR(-ENOMEM);

	ret = __sock_create(net, family, type, protocol, &sock, 0);
	if (ret)
		goto err_put_ksock;

	ret = ksock_attach(ks, sock, NULL);
	if (ret)
		goto err_put_ksock;

	return ks;

err_put_ksock:
	ksock_put(ks);
	return ERR_PTR(ret);
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

/**
 * ksock_connect() - connect to an address
 * @ks: socket
 * @addr: address of the peer, not modified
 * @nonblock: return -EINPROGRESS instead of waiting
 *
 * Context: may sleep.
 * Return: 0 or the stack's error; -ERESTARTSYS or -EINTR on a signal.
 */
int ksock_connect(struct ksock *ks, const struct ksock_addr *addr,
		  bool nonblock)
{
	struct ksock_addr copy = *addr;

	return kernel_connect(ks->sock, (void *)&copy.storage, copy.len,
			      nonblock ? O_NONBLOCK : 0);
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
 * ksock_sendmsg() - send a message
 * @ks: socket
 * @msg: message, its iterator advanced by what was taken
 * @flags: MSG_ flags
 *
 * Context: process context, may sleep; with MSG_DONTWAIT it does not wait for
 * room.  Raises SIGPIPE unless MSG_NOSIGNAL.
 * Return: the number of bytes taken or the stack's error.
 */
ssize_t ksock_sendmsg(struct ksock *ks, struct ksock_msg *msg, int flags)
{
	int ret;

	msg->hdr.msg_flags = flags;
	ret = sock_sendmsg(ks->sock, &msg->hdr);
	if (ret >= 0) {
		atomic64_inc(&ks->sent_ops);
		atomic64_add(ret, &ks->sent_bytes);
	}
	return ret;
}

/**
 * ksock_recvmsg() - receive a message
 * @ks: socket
 * @msg: message, its iterator advanced by what was stored
 * @flags: MSG_ flags
 *
 * Context: process context, may sleep; with MSG_DONTWAIT it does not wait for
 * data.
 * Return: the number of bytes received or the stack's error.
 */
ssize_t ksock_recvmsg(struct ksock *ks, struct ksock_msg *msg, int flags)
{
	int ret;

	ret = sock_recvmsg(ks->sock, &msg->hdr, flags);
	if (ret >= 0) {
		atomic64_inc(&ks->received_ops);
		atomic64_add(ret, &ks->received_bytes);
	}
	return ret;
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
	stat->file_flags = READ_ONCE(ks->file->f_flags);
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
 * ksock_poll() - events of a socket
 * @ks: socket
 * @wait: poll table
 *
 * The wait queue is the socket's own, which stays the same as long as the
 * socket does.
 *
 * Context: may sleep.
 * Return: the events as poll(2) tells them of a socket.
 */
__poll_t ksock_poll(struct ksock *ks, poll_table *wait)
{
	return vfs_poll(ks->file, wait);
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

/**
 * ksock_set_nonblock() - set O_NONBLOCK of the socket's own file
 * @ks: socket
 * @nonblock: whether it shall be set
 *
 * The stack looks at that file in places that take no flag, as udp_poll().
 *
 * Context: process context.
 */
void ksock_set_nonblock(struct ksock *ks, bool nonblock)
{
	struct file *file = ks->file;

	if (!(READ_ONCE(file->f_flags) & O_NONBLOCK) == !nonblock)
		return;
	spin_lock(&file->f_lock);
	if (nonblock)
		file->f_flags |= O_NONBLOCK;
	else
		file->f_flags &= ~O_NONBLOCK;
	spin_unlock(&file->f_lock);
}
