// SPDX-License-Identifier: GPL-2.0-only
/*
 * The verbs that stream sockets alone have: listen and accept.
 *
 * Typed on top of sock.c; dev/ calls them after it checked the socket's type.
 */
#include <linux/err.h>
#include <linux/module.h>
#include <net/net_namespace.h>
#include <net/sock.h>
#include <ksock/addr.h>
#include "sock.h"

/**
 * ksock_tcp_listen() - listen for connections
 * @listener: stream socket
 * @backlog: connections that may wait, negative for as many as allowed
 *
 * Cuts @backlog to net.core.somaxconn of the socket's network namespace, as
 * listen(2) does and kernel_listen() does not.
 *
 * Context: may sleep.
 * Return: 0 or the stack's error.
 */
int ksock_tcp_listen(struct ksock_tcp_listener *listener, int backlog)
{
	struct socket *sock = listener->ks.sock;
	int somaxconn = READ_ONCE(sock_net(sock->sk)->core.sysctl_somaxconn);

	if ((unsigned int)backlog > somaxconn)
		backlog = somaxconn;
	return kernel_listen(sock, backlog);
}

static int tcp_accept_until(struct ksock *ks, struct socket *newsock,
			    bool nonblock, ktime_t deadline)
{
	const struct proto_ops *ops = newsock->ops;
	struct ksock_wait wait;
	int ret, err;

	if (nonblock || deadline == KTIME_MAX)
		return ksock_ops_accept(ops, ks->sock, newsock,
					nonblock ? O_NONBLOCK : 0);

	ksock_wait_init(&wait, ks, EPOLLIN | EPOLLHUP, deadline);
	for (;;) {
		ret = ksock_ops_accept(ops, ks->sock, newsock, O_NONBLOCK);
		if (ret != -EAGAIN)
			return ret;
		err = ksock_wait(&wait);
		if (err)
			return err;
	}
}

/**
 * ksock_tcp_accept() - accept a connection
 * @listener: listening socket
 * @stream: object without a socket, that gets the connection's
 * @nonblock: return -EAGAIN instead of waiting
 * @deadline: until when to wait, KTIME_MAX for ever
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
 * the peer is gone already, -ENFILE or -ENOMEM.  After an error @stream is good
 * for ksock_put() only.
 */
int ksock_tcp_accept(struct ksock_tcp_listener *listener,
		     struct ksock_tcp_stream *stream, bool nonblock,
		     ktime_t deadline, struct ksock_addr *peer)
{
	struct socket *sock = listener->ks.sock;
	const struct proto_ops *ops = READ_ONCE(sock->ops);
	struct sock *sk = sock->sk;
	struct socket *newsock;
	int ret;

	/* A socket without sk, which nothing but ops->accept() ever sees. */
	ret = sock_create_lite(READ_ONCE(sk->sk_family), sock->type,
			       sk->sk_protocol, &newsock);
	if (ret)
		return ret;
	newsock->ops = ops;
	/* The listener holds the module, so this cannot fail. */
	__module_get(ops->owner);

	ret = ksock_attach(&stream->ks, newsock, sk->sk_prot_creator->name);
	if (ret)
		return ret;

	ret = tcp_accept_until(&listener->ks, newsock, nonblock, deadline);
	if (ret)
		return ret;

	memset(peer, 0, sizeof(*peer));
	/* 2: also when the peer has closed since. */
	ret = ops->getname(newsock, (struct sockaddr *)&peer->storage, 2);
	if (ret < 0)
		return -ECONNABORTED;
	peer->len = ret;
	return 0;
}
