// SPDX-License-Identifier: GPL-2.0-only
/*
 * Which addresses are the same: compared, put in order and hashed, each by the one
 * key that holds what counts of an address.
 *
 * Pure, as addr.c is, and reads no more than the length of an address either.
 */
#include <linux/export.h>
#include <linux/jhash.h>
#include <linux/kernel.h>
#include <linux/string.h>
#include "addr.h"

/**
 * struct addr_key - what of an address makes it the same as another
 * @len: length of @bytes.
 * @bytes: family, whether it is all bytes of the address that follow, and what
 *	counts, numbers in network byte order.
 *
 * That addresses are compared and hashed by the same bytes is what makes
 * equality, order and hash agree.
 */
struct addr_key {
	size_t len;
	u8 bytes[sizeof(struct sockaddr_storage) + 1];
};

static void addr_key_add(struct addr_key *key, const void *bytes, size_t len)
{
	memcpy(key->bytes + key->len, bytes, len);
	key->len += len;
}

static void addr_key_add_u32(struct addr_key *key, u32 number)
{
	__be32 ordered = cpu_to_be32(number);

	addr_key_add(key, &ordered, sizeof(ordered));
}

/* Adds nothing and returns false where nothing is known about the address. */
static bool addr_key_add_known(struct addr_key *key,
			       const struct ksock_addr *addr)
{
	const struct sockaddr_in6 *in6 = addr_in6(addr);
	const struct sockaddr_in *in = addr_in(addr);
	const struct sockaddr_nl *nl = addr_nl(addr);
	const struct sockaddr_ll *ll = addr_ll(addr);
	const struct sockaddr_vm *vm = addr_vm(addr);
	const u8 *name;
	size_t len;

	if (in) {
		addr_key_add(key, &in->sin_addr, sizeof(in->sin_addr));
		addr_key_add(key, &in->sin_port, sizeof(in->sin_port));
		return true;
	}
	if (in6) {
		addr_key_add(key, &in6->sin6_addr, sizeof(in6->sin6_addr));
		addr_key_add(key, &in6->sin6_port, sizeof(in6->sin6_port));
		addr_key_add_u32(key, ksock_addr_scope(addr));
		return true;
	}
	if (vm) {
		addr_key_add_u32(key, vm->svm_cid);
		addr_key_add_u32(key, vm->svm_port);
		return true;
	}
	if (nl) {
		addr_key_add_u32(key, nl->nl_pid);
		addr_key_add_u32(key, nl->nl_groups);
		return true;
	}
	if (ll) {
		addr_key_add_u32(key, ll->sll_ifindex);
		addr_key_add(key, &ll->sll_protocol, sizeof(ll->sll_protocol));
		addr_key_add(key, addr_hwaddr(addr), ll->sll_halen);
		return true;
	}
	name = addr_unix_name(addr, &len);
	if (name)
		addr_key_add(key, name, len);
	return name;
}

static void addr_key_init(struct addr_key *key, const struct ksock_addr *addr)
{
	const __be16 family = cpu_to_be16(ksock_addr_family(addr));
	const size_t skip = sizeof(sa_family_t);

	key->len = 0;
	if (!ksock_addr_len_valid(addr->len))
		return;
	addr_key_add(key, &family, sizeof(family));
	key->bytes[key->len++] = 0;
	if (addr_key_add_known(key, addr))
		return;
	key->bytes[key->len - 1] = 1;
	addr_key_add(key, (const u8 *)&addr->storage + skip, addr->len - skip);
}

/**
 * ksock_addr_equal() - whether two addresses are the same
 * @a: address
 * @b: address
 *
 * Which they are when all of this is the same: of IPv4 and IPv6, the family, IP
 * address, port and scope; of AF_UNIX, the name; of AF_VSOCK, machine and port;
 * of AF_NETLINK, port and groups; of AF_PACKET, device, protocol and hardware
 * address; of any other family, and of an address too short for its own, all
 * bytes.  An address that holds nothing equals another such alone.
 *
 * What says how to get to a peer, or how a packet came, is not part of who the
 * peer is and does not count: flow information, which the stack does not report
 * the way it was given either, the flags of AF_VSOCK, types of hardware and
 * packet.  Neither does padding, nor how the end of a path is marked.  An IPv4
 * address mapped into IPv6 is not the one that it maps: see
 * ksock_addr_unmap_v4().
 *
 * Context: any.
 * Return: whether they are.
 */
bool ksock_addr_equal(const struct ksock_addr *a, const struct ksock_addr *b)
{
	return !ksock_addr_compare(a, b);
}
EXPORT_SYMBOL_GPL(ksock_addr_equal);

/**
 * ksock_addr_compare() - order two addresses
 * @a: address
 * @b: address
 *
 * A total order of what ksock_addr_equal() tells apart: what holds nothing
 * comes first, then it goes by the number of the family, and in those of IP by
 * IP address, port and scope.
 *
 * Context: any.
 * Return: less than 0, 0 or more than 0, as @a comes before @b, equals it or
 * comes after it.
 */
int ksock_addr_compare(const struct ksock_addr *a, const struct ksock_addr *b)
{
	struct addr_key key_a __ksock_uninitialized;
	struct addr_key key_b __ksock_uninitialized;
	int ret;

	addr_key_init(&key_a, a);
	addr_key_init(&key_b, b);
	ret = memcmp(key_a.bytes, key_b.bytes, min(key_a.len, key_b.len));
	return ret ? ret : (int)key_a.len - (int)key_b.len;
}
EXPORT_SYMBOL_GPL(ksock_addr_compare);

/**
 * ksock_addr_hash() - hash of an address
 * @addr: address
 * @seed: any number; one that others cannot guess, where they choose addresses
 *
 * Context: any.
 * Return: a number that is the same for addresses that ksock_addr_equal() says
 * are the same.
 */
u32 ksock_addr_hash(const struct ksock_addr *addr, u32 seed)
{
	struct addr_key key __ksock_uninitialized;

	addr_key_init(&key, addr);
	return jhash(key.bytes, key.len, seed);
}
EXPORT_SYMBOL_GPL(ksock_addr_hash);
