// SPDX-License-Identifier: GPL-2.0-only
/* Compiles on every kernel; if it does not, no answer of a probe means anything. */
#include <linux/module.h>
#include <linux/net.h>
#include <net/sock.h>

int probe(struct socket *sock);

int probe(struct socket *sock)
{
	return sock->sk->sk_family;
}
