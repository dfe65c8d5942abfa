// SPDX-License-Identifier: GPL-2.0-only
/* 6.10 put the arguments of proto_ops.accept() into a structure. */
#include <linux/net.h>
#include <net/sock.h>

int probe(const struct proto_ops *ops, struct socket *sock,
	  struct socket *newsock);

int probe(const struct proto_ops *ops, struct socket *sock,
	  struct socket *newsock)
{
	struct proto_accept_arg arg = { .flags = 0, .kern = false };

	return ops->accept(sock, newsock, &arg);
}
