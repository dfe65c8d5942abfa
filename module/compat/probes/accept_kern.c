// SPDX-License-Identifier: GPL-2.0-only
/* Until 6.10 proto_ops.accept() has flags and kern as arguments, since 4.11. */
#include <linux/net.h>

int probe(const struct proto_ops *ops, struct socket *sock,
	  struct socket *newsock);

int probe(const struct proto_ops *ops, struct socket *sock,
	  struct socket *newsock)
{
	return ops->accept(sock, newsock, 0, false);
}
