/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Socket addresses by family: what the files of addresses share.
 */
#ifndef KSOCK_CORE_ADDR_H
#define KSOCK_CORE_ADDR_H

#include <linux/if_packet.h>
#include <linux/in.h>
#include <linux/netdevice.h>
#include <linux/netlink.h>
#include <linux/stddef.h>
#include <linux/string.h>
#include <linux/un.h>
#include <linux/vm_sockets.h>
#include <net/ipv6.h>
#include <ksock/addr.h>

/* Where the parts of a varying length begin. */
#define ADDR_UNIX_NAME	offsetof(struct sockaddr_un, sun_path)
#define ADDR_HWADDR	offsetof(struct sockaddr_ll, sll_addr)

/*
 * The storage as the structure of a family; NULL when it is of another one, or
 * too short.  As of strchr(), the result is as const as the caller's address.
 */
static inline void *addr_as(const struct ksock_addr *addr,
			    enum ksock_family family, size_t size)
{
	if (ksock_addr_family(addr) != family || (size_t)addr->len < size)
		return NULL;
	return (void *)&addr->storage;
}

static inline struct sockaddr_in *addr_in(const struct ksock_addr *addr)
{
	return addr_as(addr, KSOCK_AF_INET, sizeof(struct sockaddr_in));
}

/* The stack takes addresses that end before the scope. */
static inline struct sockaddr_in6 *addr_in6(const struct ksock_addr *addr)
{
	return addr_as(addr, KSOCK_AF_INET6, SIN6_LEN_RFC2133);
}

static inline const struct sockaddr_vm *addr_vm(const struct ksock_addr *addr)
{
	return addr_as(addr, KSOCK_AF_VSOCK, sizeof(struct sockaddr_vm));
}

static inline const struct sockaddr_nl *addr_nl(const struct ksock_addr *addr)
{
	return addr_as(addr, KSOCK_AF_NETLINK, sizeof(struct sockaddr_nl));
}

/*
 * The stack's own are as long as their hardware addresses make them.  No number
 * of a device is negative.
 */
static inline const struct sockaddr_ll *addr_ll(const struct ksock_addr *addr)
{
	const struct sockaddr_ll *ll = addr_as(addr, KSOCK_AF_PACKET,
					       ADDR_HWADDR);

	if (!ll || ll->sll_ifindex < 0 || ll->sll_halen > MAX_ADDR_LEN ||
	    ADDR_HWADDR + ll->sll_halen > addr->len)
		return NULL;
	return ll;
}

static inline const u8 *addr_hwaddr(const struct ksock_addr *addr)
{
	return (const u8 *)&addr->storage + ADDR_HWADDR;
}

/*
 * The name in an address of AF_UNIX: of an abstract one all bytes, of a path
 * those before the one that ends it, which the stack may have put behind a path
 * that leaves no room for it.
 */
static inline const u8 *addr_unix_name(const struct ksock_addr *addr,
				       size_t *len)
{
	const u8 *name = addr_as(addr, KSOCK_AF_UNIX, ADDR_UNIX_NAME);
	size_t room;

	if (!name)
		return NULL;
	name += ADDR_UNIX_NAME;
	room = addr->len - ADDR_UNIX_NAME;
	*len = room && *name ? strnlen((const char *)name, room) : room;
	return room <= UNIX_PATH_MAX + 1 && *len <= UNIX_PATH_MAX ? name : NULL;
}

#endif /* KSOCK_CORE_ADDR_H */
