// SPDX-License-Identifier: GPL-2.0-only
/*
 * Options, by level and number as the stack knows them.
 *
 * User memory is handed to the stack as it is: the value, its length, what a
 * value points to, and the layouts of 32-bit callers are the stack's to look
 * at, as in the system calls.  Which options a caller may touch is decided in
 * dev/.
 */
#include <linux/errno.h>
#include <linux/tcp.h>
#include <net/sock.h>
#include <net/tcp.h>
#include "sock.h"

/**
 * ksock_getsockopt() - get an option
 * @ks: socket
 * @level: its level
 * @name: its number
 * @value: where the value goes
 * @len: room there on entry, length of the value on return
 *
 * Context: process context of the caller whose rights count; may sleep.
 * Return: as getsockopt(2).
 */
int ksock_getsockopt(struct ksock *ks, int level, int name, char __user *value,
		     int __user *len)
{
	return ksock_sock_getsockopt(ks->sock, level, name, value, len);
}

/**
 * ksock_setsockopt() - set an option
 * @ks: socket
 * @level: its level
 * @name: its number
 * @value: the value
 * @len: its length in bytes, not negative
 *
 * Context: process context of the caller whose rights count; may sleep.
 * Return: as setsockopt(2).
 */
int ksock_setsockopt(struct ksock *ks, int level, int name, char __user *value,
		     int len)
{
	return ksock_sock_setsockopt(ks->sock, level, name, value, len);
}

/**
 * ksock_tcp_info() - what TCP knows of a connection
 * @ks: socket
 * @info: filled, as the option TCP_INFO is
 *
 * Context: process context, may sleep.
 * Return: 0, or -EOPNOTSUPP when the socket is not of TCP.
 */
int ksock_tcp_info(struct ksock *ks, struct tcp_info *info)
{
	struct sock *sk = ks->sock->sk;

	/* MPTCP is a stream as well, and its sk is another structure. */
	if (ks->sock->type != SOCK_STREAM ||
	    READ_ONCE(sk->sk_protocol) != IPPROTO_TCP)
		return -EOPNOTSUPP;
	tcp_get_info(sk, info);
	return 0;
}
