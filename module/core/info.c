// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a socket tells of itself: its kind, its namespace, its error, its counters.
 */
#include <linux/fs.h>
#include <linux/module.h>
#include <linux/sock_diag.h>
#include <linux/tcp.h>
#include <net/inet_sock.h>
#include <net/net_namespace.h>
#include <net/sock.h>
#include "sock.h"

/**
 * ksock_family() - address family of a socket
 * @ks: socket
 *
 * Context: any.
 * Return: the family; %KSOCK_AF_UNSPEC when the namespace it followed is gone.
 */
enum ksock_family ksock_family(const struct ksock *ks)
{
	enum ksock_family family;

	if (ksock_enter(ks))
		return KSOCK_AF_UNSPEC;
	family = READ_ONCE(ks->sock->sk->sk_family);
	ksock_leave(ks);
	return family;
}
EXPORT_SYMBOL_GPL(ksock_family);

/**
 * ksock_type() - type of a socket
 * @ks: socket
 *
 * Context: any.
 * Return: the type; 0 when the namespace it followed is gone.
 */
enum ksock_type ksock_type(const struct ksock *ks)
{
	enum ksock_type type;

	if (ksock_enter(ks))
		return 0;
	type = ks->sock->type;
	ksock_leave(ks);
	return type;
}
EXPORT_SYMBOL_GPL(ksock_type);

/**
 * ksock_protocol() - protocol of a socket
 * @ks: socket
 *
 * Context: any.
 * Return: its number, never that of the default; 0 when the namespace it
 * followed is gone.
 */
enum ksock_protocol ksock_protocol(const struct ksock *ks)
{
	enum ksock_protocol protocol;

	if (ksock_enter(ks))
		return 0;
	protocol = READ_ONCE(ks->sock->sk->sk_protocol);
	ksock_leave(ks);
	return protocol;
}
EXPORT_SYMBOL_GPL(ksock_protocol);

/**
 * ksock_net() - network namespace of a socket
 * @ks: socket
 *
 * Context: any.
 * Return: the namespace, which lives as long as @ks does unless @ks follows it;
 * NULL when it did and the namespace is gone.
 */
struct net *ksock_net(const struct ksock *ks)
{
	struct net *net;

	if (ksock_enter(ks))
		return NULL;
	net = sock_net(ks->sock->sk);
	ksock_leave(ks);
	return net;
}
EXPORT_SYMBOL_GPL(ksock_net);

/**
 * ksock_error() - take the error of a socket
 * @ks: socket
 *
 * As the option SO_ERROR: the error is the socket's no longer.
 *
 * Context: any.
 * Return: 0 or a negative error; -ENETDOWN when the namespace it followed is
 * gone.
 */
int ksock_error(struct ksock *ks)
{
	int ret = ksock_enter(ks);

	if (ret)
		return ret;
	ret = sock_error(ks->sock->sk);
	ksock_leave(ks);
	return ret;
}
EXPORT_SYMBOL_GPL(ksock_error);

/**
 * ksock_stat() - take a snapshot of a socket
 * @ks: socket
 * @stat: filled; but for the counters with zeroes when the namespace it followed
 *	is gone
 *
 * Context: process context.  The socket is not locked, so fields may be from
 * different moments.
 */
void ksock_stat(struct ksock *ks, struct ksock_stat *stat)
{
	u32 cookie[2];
	struct sock *sk;

	memset(stat, 0, sizeof(*stat));
	stat->kern = ksock_is_kern(ks);
	stat->sent_ops = atomic64_read(&ks->sent_ops);
	stat->sent_bytes = atomic64_read(&ks->sent_bytes);
	stat->received_ops = atomic64_read(&ks->received_ops);
	stat->received_bytes = atomic64_read(&ks->received_bytes);
	if (ksock_enter(ks))
		return;

	sk = ks->sock->sk;
	/* The one way to a socket's cookie that every kernel exports. */
	sock_diag_save_cookie(sk, cookie);
	stat->family = READ_ONCE(sk->sk_family);
	stat->type = ks->sock->type;
	stat->protocol = READ_ONCE(sk->sk_protocol);
	stat->state = inet_sk_state_load(sk);
	stat->uid = file_inode(ks->file)->i_uid;
	stat->inode = file_inode(ks->file)->i_ino;
	stat->cookie = (u64)cookie[1] << 32 | cookie[0];
	stat->netns = sock_net(sk)->ns.inum;
	ksock_leave(ks);
}
EXPORT_SYMBOL_GPL(ksock_stat);
