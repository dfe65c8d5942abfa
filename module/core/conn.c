// SPDX-License-Identifier: GPL-2.0-only
/*
 * Connections: bind, listen, accept, connect, shutdown, names.
 *
 * The stack copies an address of the length it is told into a sockaddr_storage
 * on its own stack, and programs of a cgroup rewrite it there or in place; so a
 * length is checked, and what the stack gets is a copy.
 */
#include <linux/err.h>
#include <linux/module.h>
#include <net/net_namespace.h>
#include <net/sock.h>
#include "sock.h"
#include "user.h"

/**
 * ksock_bind() - bind to an address
 * @ks: socket
 * @addr: address, not modified; port 0 takes a free one, which
 *	ksock_getsockname() tells
 *
 * Context: may sleep.
 * Return: 0; -EINVAL for a length that no address has, -ENETDOWN when the
 * namespace it followed is gone, or the stack's error, see bind(2).
 */
int ksock_bind(struct ksock *ks, const struct ksock_addr *addr)
{
	struct ksock_addr copy = *addr;
	int ret;

	if (!ksock_addr_len_valid(copy.len))
		return -EINVAL;
	ret = ksock_enter(ks);
	if (ret)
		return ret;
	ret = kernel_bind(ks->sock, (void *)&copy.storage, copy.len);
	ksock_leave(ks);
	return ret;
}
EXPORT_SYMBOL_GPL(ksock_bind);

/**
 * ksock_listen() - listen for connections
 * @ks: socket of a kind that has connections
 * @backlog: connections that may wait, negative for as many as allowed
 *
 * Cuts @backlog to net.core.somaxconn of the socket's network namespace, as
 * listen(2) does and kernel_listen() does not.
 *
 * Context: may sleep.
 * Return: 0; -EOPNOTSUPP when its kind has no connections, -ENETDOWN when the
 * namespace it followed is gone, or the stack's error, see listen(2).
 */
int ksock_listen(struct ksock *ks, int backlog)
{
	int somaxconn, ret;

	ret = ksock_enter(ks);
	if (ret)
		return ret;
	somaxconn = READ_ONCE(sock_net(ks->sock->sk)->core.sysctl_somaxconn);
	if ((unsigned int)backlog > somaxconn)
		backlog = somaxconn;
	ret = kernel_listen(ks->sock, backlog);
	ksock_leave(ks);
	return ret;
}
EXPORT_SYMBOL_GPL(ksock_listen);

static int conn_accept_until(struct ksock *ks, struct socket *newsock,
			     ktime_t deadline)
{
	const struct proto_ops *ops = newsock->ops;
	struct ksock_wait wait;
	int ret, err;

	ksock_wait_init(&wait, ks, EPOLLIN | EPOLLHUP, deadline);
	for (;;) {
		ret = ksock_ops_accept(ops, ks->sock, newsock, O_NONBLOCK,
				       ksock_is_kern(ks));
		if (ret != -EAGAIN)
			return ret;
		err = ksock_wait(&wait);
		if (err)
			return err;
	}
}

/*
 * The socket that ops->accept() fills: without sk, and nothing but that ever
 * sees it.
 */
static int conn_attach_lite(struct ksock *ks, struct ksock *child)
{
	struct socket *sock = ks->sock;
	const struct proto_ops *ops = READ_ONCE(sock->ops);
	struct sock *sk = sock->sk;
	struct socket *newsock;
	int ret;

	ret = sock_create_lite(READ_ONCE(sk->sk_family), sock->type,
			       sk->sk_protocol, &newsock);
	if (ret)
		return ret;
	newsock->ops = ops;
	/* The listener holds the module, so this cannot fail. */
	__module_get(ops->owner);
	return ksock_attach(child, newsock, sk->sk_prot_creator->name);
}

/* What the stack leaves undone with a connection. */
static int conn_finish_accept(struct ksock *ks, struct ksock *child,
			      struct ksock_addr *peer)
{
	struct socket *newsock = child->sock;
	int ret;

	ksock_event_clean(ks, newsock->sk);
	ksock_memalloc_clean(newsock->sk);
	if (ksock_is_kern(ks))
		__set_bit(KSOCK_BIT_KERN, &child->flags);
	/* Also one that has moved here from a socket that follows. */
	if (!ks->follow)
		ksock_netns_pin(newsock->sk);
	if (!peer)
		return 0;
	memset(peer, 0, sizeof(*peer));
	/* 2: also when the peer has closed since. */
	ret = newsock->ops->getname(newsock, (struct sockaddr *)&peer->storage,
				    2);
	if (ret < 0)
		return -ECONNABORTED;
	peer->len = ret;
	return 0;
}

/**
 * ksock_accept_user() - accept a connection as accept(2) does
 * @ks: listening socket
 * @child: object without a socket, that gets the connection's
 * @nonblock: return -EAGAIN instead of waiting
 * @deadline: until when to wait, KTIME_MAX for as long as the socket does
 * @peer: filled with the peer's address
 *
 * The steps of accept(2) instead of kernel_accept(), which makes the child a
 * kernel socket with protocols that allocate it there: without a reference to
 * its network namespace and with the kernel's label.  All that can fail for
 * want of memory comes before a connection is taken from the queue.
 *
 * sock_create_lite() stands for the sock_alloc() of accept(2), which would
 * leave the inode without the security class of a socket.  It calls the hooks
 * of creating a socket with kern=1, which accept(2) does not, and whose error
 * becomes that of the call.
 *
 * Context: process context of the process the connection is for; may sleep.
 * Return: 0 or the stack's error; -EAGAIN after the deadline, -ECONNABORTED when
 * the peer is gone already, -ENFILE or -ENOMEM.  After an error @child is good
 * for ksock_put() only.
 */
int ksock_accept_user(struct ksock *ks, struct ksock *child, bool nonblock,
		      ktime_t deadline, struct ksock_addr *peer)
{
	int ret;

	ret = conn_attach_lite(ks, child);
	if (ret)
		return ret;
	if (nonblock || deadline == KTIME_MAX)
		ret = ksock_ops_accept(child->sock->ops, ks->sock, child->sock,
				       nonblock ? O_NONBLOCK : 0,
				       ksock_is_kern(ks));
	else
		ret = conn_accept_until(ks, child->sock, deadline);
	return ret ?: conn_finish_accept(ks, child, peer);
}

static int conn_accept(struct ksock *ks, struct ksock *child, ktime_t deadline,
		       struct ksock_addr *peer)
{
	int ret;

	ret = ksock_cancelled(ks);
	if (ret)
		return ret;
	if (ks->follow) {
		ret = ksock_follow_alloc(child, sock_net(ks->sock->sk));
		if (ret)
			return ret;
	}
	ret = conn_attach_lite(ks, child);
	if (!ret)
		ret = conn_accept_until(ks, child->sock, deadline);
	if (!ret)
		ret = conn_finish_accept(ks, child, peer);
	/*
	 * The namespace waits for this call, so it gets to see the child; also one
	 * that is dropped for an error, as that takes its time.
	 */
	if (child->follow && child->sock && child->sock->sk)
		ksock_follow_start(child);
	return ret;
}

/**
 * ksock_accept_lite() - accept a connection into room made before
 * @ks: listening socket
 * @lite: room for it
 * @deadline: until when to wait
 * @peer: filled with the peer's address, or NULL
 *
 * A socket of the kernel's own has connections of the kernel's own, which follow
 * the network namespace if it does.
 *
 * Context: process context, may sleep.
 * Return: the connection, for ksock_put(), in which case @lite is gone; or an
 * ERR_PTR() and @lite is as before: -EINVAL when @ks does not listen, -EAGAIN,
 * -EINTR, -ECANCELED, -ENETDOWN, -ECONNABORTED when the peer is gone already,
 * -EOPNOTSUPP for a kind without connections, -ENFILE, -ENOMEM.
 */
struct ksock *ksock_accept_lite(struct ksock *ks, struct ksock_lite *lite,
				ktime_t deadline, struct ksock_addr *peer)
{
	struct ksock *child = &lite->ks;
	int ret;

	ret = ksock_enter(ks);
	if (ret)
		return ERR_PTR(ret);
	ret = conn_accept(ks, child, deadline, peer);
	ksock_leave(ks);
	if (ret) {
		ksock_detach(child);
		return ERR_PTR(ret);
	}
	return child;
}
EXPORT_SYMBOL_GPL(ksock_accept_lite);

/**
 * ksock_accept() - accept a connection
 * @ks: listening socket
 * @deadline: until when to wait
 * @peer: filled with the peer's address, or NULL
 *
 * Context: process context, may sleep.
 * Return: as ksock_accept_lite().
 */
struct ksock *ksock_accept(struct ksock *ks, ktime_t deadline,
			   struct ksock_addr *peer)
{
	struct ksock_lite *lite = ksock_create_lite();
	struct ksock *child;

	if (!lite)
		return ERR_PTR(-ENOMEM);
	child = ksock_accept_lite(ks, lite, deadline, peer);
	if (IS_ERR(child))
		ksock_lite_free(lite);
	return child;
}
EXPORT_SYMBOL_GPL(ksock_accept);

static int conn_connect(struct ksock *ks, const struct ksock_addr *addr,
			int flags)
{
	struct ksock_addr copy = *addr;

	return kernel_connect(ks->sock, (void *)&copy.storage, copy.len, flags);
}

/* Under the lock, as the stack wakes who waits before it changes the state. */
static bool conn_is_unconnected(struct socket *sock)
{
	bool unconnected;

	lock_sock(sock->sk);
	unconnected = sock->state == SS_UNCONNECTED;
	release_sock(sock->sk);
	return unconnected;
}

static int conn_connect_until(struct ksock *ks, const struct ksock_addr *addr,
			      ktime_t deadline)
{
	struct ksock_wait wait;
	int first, ret, err;
	bool stated;

	ksock_wait_init(&wait, ks, EPOLLOUT | EPOLLHUP, deadline);
	first = conn_connect(ks, addr, O_NONBLOCK);
	/* SCTP, among others, keeps no state there. */
	stated = first == -EINPROGRESS && !conn_is_unconnected(ks->sock);
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
		if (stated && conn_is_unconnected(ks->sock))
			return sock_error(ks->sock->sk) ?: -ECONNABORTED;
		/* The stack tells the end to who connects again. */
		ret = conn_connect(ks, addr, O_NONBLOCK);
		if (ret == -EISCONN)
			return 0;
	}
	return ret;
}

/**
 * ksock_connect_user() - connect as connect(2) does
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
int ksock_connect_user(struct ksock *ks, const struct ksock_addr *addr,
		       bool nonblock, ktime_t deadline)
{
	if (nonblock || deadline == KTIME_MAX)
		return conn_connect(ks, addr, nonblock ? O_NONBLOCK : 0);
	return conn_connect_until(ks, addr, deadline);
}

/**
 * ksock_connect() - connect to an address
 * @ks: socket
 * @addr: address of the peer, not modified; AF_UNSPEC dissolves the association
 *	of a datagram socket
 * @deadline: until when to wait for the connection
 *
 * When it does not wait for the end the connection goes on being made: the event
 * %KSOCK_EVENT_STATE_CHANGE comes with its end, and ksock_connect() called again
 * tells it.
 *
 * Context: process context, may sleep.
 * Return: 0; -EINPROGRESS when the deadline passed, -EALREADY when it did and an
 * earlier call had begun; -EINTR, -ECANCELED, -ENETDOWN; -EINVAL for a length
 * that no address has; -ECONNABORTED when somebody shut the socket down under
 * this call; or the stack's error, see connect(2).
 */
int ksock_connect(struct ksock *ks, const struct ksock_addr *addr,
		  ktime_t deadline)
{
	int ret;

	if (!ksock_addr_len_valid(addr->len))
		return -EINVAL;
	ret = ksock_enter(ks);
	if (ret)
		return ret;
	ret = ksock_cancelled(ks);
	if (!ret) {
		/* A socket that listens stops to. */
		if (addr->storage.ss_family == AF_UNSPEC)
			ksock_follow_ungroup(ks);
		ret = conn_connect_until(ks, addr, deadline);
	}
	ksock_leave(ks);
	return ret;
}
EXPORT_SYMBOL_GPL(ksock_connect);

/**
 * ksock_shutdown() - shut one or both directions
 * @ks: socket
 * @how: which
 *
 * Wakes who sleeps on the socket.
 *
 * Context: may sleep.
 * Return: 0, -ENOTCONN without a connection, -ENETDOWN when the namespace it
 * followed is gone, or the stack's error.
 */
int ksock_shutdown(struct ksock *ks, enum ksock_shut how)
{
	int ret = ksock_enter(ks);

	if (ret)
		return ret;
	if (how != KSOCK_SHUT_WR)
		ksock_follow_ungroup(ks);
	ret = kernel_sock_shutdown(ks->sock, (enum sock_shutdown_cmd)how);
	ksock_leave(ks);
	return ret;
}
EXPORT_SYMBOL_GPL(ksock_shutdown);

/**
 * ksock_abort() - end a connection with a reset
 * @ks: stream socket
 *
 * What is queued is dropped; a listening socket stops to listen.
 *
 * Context: may sleep.
 * Return: 0, -EOPNOTSUPP when it is not a stream, -ENETDOWN when the namespace
 * it followed is gone, or -EBUSY while a thread is blocked on the socket, from
 * kernels whose tcp_disconnect() refuses that.
 */
int ksock_abort(struct ksock *ks)
{
	struct sockaddr addr = { .sa_family = AF_UNSPEC };
	int ret = ksock_enter(ks);

	if (ret)
		return ret;
	ret = -EOPNOTSUPP;
	if (ks->sock->type == SOCK_STREAM) {
		ksock_follow_ungroup(ks);
		ret = kernel_connect(ks->sock, (void *)&addr, sizeof(addr), 0);
	}
	ksock_leave(ks);
	return ret;
}
EXPORT_SYMBOL_GPL(ksock_abort);

static int conn_name(struct ksock *ks, struct ksock_addr *addr,
		     int (*getname)(struct socket *sock, struct sockaddr *addr))
{
	int ret = ksock_enter(ks);

	if (ret)
		return ret;
	/* The stack fills what the family needs and is told no size. */
	memset(addr, 0, sizeof(*addr));
	ret = getname(ks->sock, (struct sockaddr *)&addr->storage);
	ksock_leave(ks);
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
 * Return: 0, -ENETDOWN when the namespace it followed is gone, or the stack's
 * error.
 */
int ksock_getsockname(struct ksock *ks, struct ksock_addr *addr)
{
	return conn_name(ks, addr, kernel_getsockname);
}
EXPORT_SYMBOL_GPL(ksock_getsockname);

/**
 * ksock_getpeername() - the peer's address
 * @ks: socket
 * @addr: filled on success
 *
 * Context: may sleep.
 * Return: 0, -ENOTCONN without a peer, -ENETDOWN when the namespace it followed
 * is gone, or the stack's error.
 */
int ksock_getpeername(struct ksock *ks, struct ksock_addr *addr)
{
	return conn_name(ks, addr, kernel_getpeername);
}
EXPORT_SYMBOL_GPL(ksock_getpeername);
