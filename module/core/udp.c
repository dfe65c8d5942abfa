// SPDX-License-Identifier: GPL-2.0-only
/*
 * UDP: datagrams with their sender, flags and true length; groups.
 *
 * The objects are those of sock.c, seen through another type.
 */
#include <linux/err.h>
#include <linux/in.h>
#include <linux/module.h>
#include "msg.h"
#include "sock.h"

/**
 * ksock_udp_create() - make a UDP socket
 * @net: network namespace
 * @family: %KSOCK_AF_INET or %KSOCK_AF_INET6
 * @flags: as for ksock_create_kern()
 *
 * Context: process context, may sleep.
 * Return: the socket, unbound, for ksock_udp_put(); or an ERR_PTR(), as
 * ksock_create_kern() has it, -EAFNOSUPPORT for another family.
 */
struct ksock_udp *ksock_udp_create(struct net *net, enum ksock_family family,
				   unsigned int flags)
{
	if (family != KSOCK_AF_INET && family != KSOCK_AF_INET6)
		return ERR_PTR(-EAFNOSUPPORT);
	/* An ERR_PTR() stays what it is, as the socket comes first. */
	return (struct ksock_udp *)ksock_create_kern(net, family, KSOCK_DGRAM,
						     KSOCK_PROTO_UDP, flags);
}
EXPORT_SYMBOL_GPL(ksock_udp_create);

/**
 * ksock_udp_bind() - bind to an address
 * @udp: socket
 * @addr: address, of the family of the socket
 *
 * Context: process context, may sleep.
 * Return: as ksock_bind().
 */
int ksock_udp_bind(struct ksock_udp *udp, const struct ksock_addr *addr)
{
	return ksock_bind(&udp->ks, addr);
}
EXPORT_SYMBOL_GPL(ksock_udp_bind);

/**
 * ksock_udp_connect() - choose the one peer
 * @udp: socket
 * @addr: its address; AF_UNSPEC for any peer again
 *
 * Context: process context, may sleep.
 * Return: as ksock_connect(); it does not wait.
 */
int ksock_udp_connect(struct ksock_udp *udp, const struct ksock_addr *addr)
{
	return ksock_connect(&udp->ks, addr, KSOCK_NOWAIT);
}
EXPORT_SYMBOL_GPL(ksock_udp_connect);

/**
 * ksock_udp_send() - send a datagram to the peer
 * @udp: connected socket
 * @buf: data in kernel memory
 * @len: its length in bytes
 * @flags: as for ksock_send()
 * @deadline: until when to wait for room
 *
 * Context: process context, may sleep.
 * Return: as ksock_send().
 */
ssize_t ksock_udp_send(struct ksock_udp *udp, const void *buf, size_t len,
		       int flags, ktime_t deadline)
{
	return ksock_send(&udp->ks, buf, len, flags, deadline);
}
EXPORT_SYMBOL_GPL(ksock_udp_send);

/**
 * ksock_udp_sendto() - send a datagram
 * @udp: socket
 * @buf: data in kernel memory
 * @len: its length in bytes
 * @flags: as for ksock_send()
 * @deadline: until when to wait for room
 * @to: address of the receiver; NULL on a connected socket
 *
 * Context: process context, may sleep.
 * Return: as ksock_sendto().
 */
ssize_t ksock_udp_sendto(struct ksock_udp *udp, const void *buf, size_t len,
			 int flags, ktime_t deadline,
			 const struct ksock_addr *to)
{
	return ksock_sendto(&udp->ks, buf, len, flags, deadline, to);
}
EXPORT_SYMBOL_GPL(ksock_udp_sendto);

/**
 * ksock_udp_recv() - receive a datagram, from whomever
 * @udp: socket
 * @buf: kernel memory where the data goes
 * @len: room there in bytes
 * @flags: as for ksock_recv()
 * @deadline: until when to wait for data
 *
 * Context: process context, may sleep.
 * Return: as ksock_recv(); bytes that did not fit are lost without a word, which
 * ksock_udp_recvfrom() has.
 */
ssize_t ksock_udp_recv(struct ksock_udp *udp, void *buf, size_t len, int flags,
		       ktime_t deadline)
{
	return ksock_recv(&udp->ks, buf, len, flags, deadline);
}
EXPORT_SYMBOL_GPL(ksock_udp_recv);

/**
 * ksock_udp_recvfrom() - receive a datagram and what there is to know of it
 * @udp: socket
 * @buf: kernel memory where the data goes
 * @len: room there in bytes
 * @flags: as for ksock_recv()
 * @deadline: until when to wait for data
 * @from: filled on success
 *
 * Context: process context, may sleep.
 * Return: the number of bytes stored, which is less than @from->len when the
 * datagram did not fit, and then %MSG_TRUNC is set in @from->flags; or a negative
 * error, as ksock_recv() has them.
 */
ssize_t ksock_udp_recvfrom(struct ksock_udp *udp, void *buf, size_t len,
			   int flags, ktime_t deadline,
			   struct ksock_udp_from *from)
{
	ssize_t ret;

	/* With this flag the stack returns the true length. */
	ret = ksock_recv_named(&udp->ks, buf, len, flags | MSG_TRUNC, deadline,
			       &from->addr, &from->flags);
	if (ret < 0)
		return ret;
	from->len = ret;
	return min_t(size_t, ret, len);
}
EXPORT_SYMBOL_GPL(ksock_udp_recvfrom);

/*
 * The option that RFC 3678 has for both families is another one to a caller of 32
 * bits, and this may run in a call of his.
 */
static int udp_group(struct ksock_udp *udp, const struct ksock_addr *group,
		     int ifindex, bool join)
{
	const struct sockaddr_in6 *in6 = (const void *)&group->storage;
	const struct sockaddr_in *in = (const void *)&group->storage;
	struct ip_mreqn req = { .imr_ifindex = ifindex };
	struct ipv6_mreq req6 = { .ipv6mr_ifindex = ifindex };

	switch (ksock_addr_family(group)) {
	case KSOCK_AF_INET:
		req.imr_multiaddr = in->sin_addr;
		return ksock_setsockopt(&udp->ks, SOL_IP,
					join ? IP_ADD_MEMBERSHIP :
					       IP_DROP_MEMBERSHIP,
					&req, sizeof(req));
	case KSOCK_AF_INET6:
		req6.ipv6mr_multiaddr = in6->sin6_addr;
		return ksock_setsockopt(&udp->ks, SOL_IPV6,
					join ? IPV6_ADD_MEMBERSHIP :
					       IPV6_DROP_MEMBERSHIP,
					&req6, sizeof(req6));
	default:
		return -EAFNOSUPPORT;
	}
}

/**
 * ksock_udp_join() - join a multicast group
 * @udp: socket
 * @group: the group's address, its port of no meaning
 * @ifindex: interface to receive on, 0 for the one the route has
 *
 * Context: process context, may sleep.
 * Return: 0; -EAFNOSUPPORT for another family than IP, -EINVAL for an address
 * that is not of a group, -ENODEV without such an interface, -EADDRINUSE when it
 * has joined already, -ENOBUFS for too many groups, -ENETDOWN when the namespace
 * it followed is gone.
 */
int ksock_udp_join(struct ksock_udp *udp, const struct ksock_addr *group,
		   int ifindex)
{
	return udp_group(udp, group, ifindex, true);
}
EXPORT_SYMBOL_GPL(ksock_udp_join);

/**
 * ksock_udp_leave() - leave a multicast group
 * @udp: socket
 * @group: as for ksock_udp_join()
 * @ifindex: as for ksock_udp_join()
 *
 * Context: process context, may sleep.
 * Return: 0; -EADDRNOTAVAIL when it has not joined, and those of
 * ksock_udp_join().
 */
int ksock_udp_leave(struct ksock_udp *udp, const struct ksock_addr *group,
		    int ifindex)
{
	return udp_group(udp, group, ifindex, false);
}
EXPORT_SYMBOL_GPL(ksock_udp_leave);

/**
 * ksock_udp_name() - the socket's own address
 * @udp: socket
 * @addr: filled on success
 *
 * Context: process context, may sleep.
 * Return: as ksock_getsockname().
 */
int ksock_udp_name(struct ksock_udp *udp, struct ksock_addr *addr)
{
	return ksock_getsockname(&udp->ks, addr);
}
EXPORT_SYMBOL_GPL(ksock_udp_name);

/**
 * ksock_udp_peer() - the peer's address
 * @udp: connected socket
 * @addr: filled on success
 *
 * Context: process context, may sleep.
 * Return: as ksock_getpeername().
 */
int ksock_udp_peer(struct ksock_udp *udp, struct ksock_addr *addr)
{
	return ksock_getpeername(&udp->ks, addr);
}
EXPORT_SYMBOL_GPL(ksock_udp_peer);

/**
 * ksock_udp_shutdown() - shut one or both directions
 * @udp: connected socket
 * @how: which
 *
 * Context: process context, may sleep.
 * Return: as ksock_shutdown().
 */
int ksock_udp_shutdown(struct ksock_udp *udp, enum ksock_shut how)
{
	return ksock_shutdown(&udp->ks, how);
}
EXPORT_SYMBOL_GPL(ksock_udp_shutdown);

/**
 * ksock_udp_put() - drop a reference
 * @udp: socket, NULL or an ERR_PTR()
 *
 * Context: as ksock_put().
 */
void ksock_udp_put(struct ksock_udp *udp)
{
	ksock_put(ksock_from_udp(udp));
}
EXPORT_SYMBOL_GPL(ksock_udp_put);

/**
 * ksock_from_udp() - the generic socket of a UDP one
 * @udp: socket
 *
 * Context: any.
 * Return: the same object, with the same references.
 */
struct ksock *ksock_from_udp(struct ksock_udp *udp)
{
	return (struct ksock *)udp;
}
EXPORT_SYMBOL_GPL(ksock_from_udp);

/**
 * ksock_as_udp() - see a generic socket as one of UDP
 * @ks: socket
 *
 * Context: any.
 * Return: the same object, with the same references; NULL when it is not of UDP.
 */
struct ksock_udp *ksock_as_udp(struct ksock *ks)
{
	if (ksock_type(ks) != KSOCK_DGRAM ||
	    ksock_protocol(ks) != KSOCK_PROTO_UDP)
		return NULL;
	return container_of(ks, struct ksock_udp, ks);
}
EXPORT_SYMBOL_GPL(ksock_as_udp);
