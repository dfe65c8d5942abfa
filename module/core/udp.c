// SPDX-License-Identifier: GPL-2.0-only
/*
 * The verbs that datagram sockets alone have: an address with each message.
 *
 * Typed on top of sock.c; dev/ calls them after it checked the socket's type.
 */
#include <ksock/addr.h>
#include "msg.h"
#include "sock.h"

/**
 * ksock_udp_sendto() - send a datagram
 * @udp: datagram socket
 * @msg: message
 * @flags: MSG_ flags
 * @to: where to send to, not modified; NULL for the connected peer
 *
 * Context: as ksock_sendmsg().
 * Return: the number of bytes taken or the stack's error.
 */
ssize_t ksock_udp_sendto(struct ksock_udp *udp, struct ksock_msg *msg,
			 int flags, const struct ksock_addr *to)
{
	struct ksock_addr copy;

	if (to) {
		/* Programs of a cgroup rewrite the address in place. */
		copy = *to;
		ksock_msg_set_name(msg, &copy);
	}
	return ksock_sendmsg(&udp->ks, msg, flags);
}

/**
 * ksock_udp_recvfrom() - receive a datagram
 * @udp: datagram socket
 * @msg: message; its hdr.msg_flags tell of truncation afterwards
 * @flags: MSG_ flags
 * @from: filled with the sender's address on success, or NULL
 *
 * Context: as ksock_recvmsg().
 * Return: the number of bytes received or the stack's error.
 */
ssize_t ksock_udp_recvfrom(struct ksock_udp *udp, struct ksock_msg *msg,
			   int flags, struct ksock_addr *from)
{
	ssize_t ret;

	if (!from)
		return ksock_recvmsg(&udp->ks, msg, flags);

	memset(from, 0, sizeof(*from));
	ksock_msg_set_name(msg, from);
	ret = ksock_recvmsg(&udp->ks, msg, flags);
	from->len = msg->hdr.msg_namelen;
	return ret;
}
