// SPDX-License-Identifier: GPL-2.0-only
/*
 * Socket addresses as values: made and taken apart, and the length check that
 * everything else relies on.
 *
 * Pure: no locks, no allocation, no user memory.  Whatever reaches the network
 * stack as an address has been through ksock_addr_len_valid(), because the
 * stack's kernel_bind(), kernel_connect() and sock_sendmsg() copy as many bytes
 * as they are told into a sockaddr_storage on their stack, unchecked.
 *
 * Nothing here reads past the length of an address: the stack fills addresses,
 * too, and leaves alone what it does not need.
 */
#include <linux/build_bug.h>
#include <linux/errno.h>
#include <linux/export.h>
#include <linux/string.h>
#include "addr.h"

static_assert(ADDR_UNIX_NAME + UNIX_PATH_MAX + 1 <=
	      sizeof(struct sockaddr_storage));
static_assert(ADDR_HWADDR + MAX_ADDR_LEN <= sizeof(struct sockaddr_storage));

/**
 * ksock_addr_len_valid() - whether a length can be that of an address
 * @len: length in bytes
 *
 * Shorter than the family field there is no family to read.  What a family
 * asks for beyond that is for its protocol to check.
 *
 * Context: any.
 * Return: whether it can.
 */
bool ksock_addr_len_valid(size_t len)
{
	return len >= sizeof(sa_family_t) &&
	       len <= sizeof(struct sockaddr_storage);
}
EXPORT_SYMBOL_GPL(ksock_addr_len_valid);

/**
 * ksock_addr_init() - make an address out of bytes
 * @addr: address to fill
 * @bytes: a sockaddr of its family, in kernel memory
 * @len: its length in bytes
 *
 * Context: any.
 * Return: 0, or -EINVAL when @len cannot be that of an address.
 */
int ksock_addr_init(struct ksock_addr *addr, const void *bytes, size_t len)
{
	if (!ksock_addr_len_valid(len))
		return -EINVAL;
	memcpy(&addr->storage, bytes, len);
	memset((u8 *)&addr->storage + len, 0, sizeof(addr->storage) - len);
	addr->len = len;
	return 0;
}
EXPORT_SYMBOL_GPL(ksock_addr_init);

/* Returns the storage, for its members to be filled. */
static void *addr_reset(struct ksock_addr *addr, enum ksock_family family,
			size_t len)
{
	memset(&addr->storage, 0, sizeof(addr->storage));
	addr->storage.ss_family = family;
	addr->len = len;
	return &addr->storage;
}

/**
 * ksock_addr_set_v4() - make an IPv4 address
 * @addr: address to fill
 * @ip: IP address, in network byte order
 * @port: port, in host byte order
 *
 * Context: any.
 */
void ksock_addr_set_v4(struct ksock_addr *addr, __be32 ip, u16 port)
{
	struct sockaddr_in *in = addr_reset(addr, KSOCK_AF_INET, sizeof(*in));

	in->sin_addr.s_addr = ip;
	in->sin_port = cpu_to_be16(port);
}
EXPORT_SYMBOL_GPL(ksock_addr_set_v4);

/**
 * ksock_addr_set_v6() - make an IPv6 address
 * @addr: address to fill
 * @ip: IP address; not within @addr
 * @port: port, in host byte order
 *
 * Scope and flow information are 0.
 *
 * Context: any.
 */
void ksock_addr_set_v6(struct ksock_addr *addr, const struct in6_addr *ip,
		       u16 port)
{
	struct sockaddr_in6 *in6 = addr_reset(addr, KSOCK_AF_INET6,
					      sizeof(*in6));

	in6->sin6_addr = *ip;
	in6->sin6_port = cpu_to_be16(port);
}
EXPORT_SYMBOL_GPL(ksock_addr_set_v6);

/**
 * ksock_addr_set_any() - make the address that stands for all of a host's own
 * @addr: address to fill
 * @family: %KSOCK_AF_INET, %KSOCK_AF_INET6 or %KSOCK_AF_VSOCK; with any other,
 *	@addr holds nothing afterwards, which no call takes
 * @port: port, in host byte order
 *
 * Context: any.
 */
void ksock_addr_set_any(struct ksock_addr *addr, enum ksock_family family,
			u16 port)
{
	static const struct in6_addr any = IN6ADDR_ANY_INIT;

	switch (family) {
	case KSOCK_AF_INET:
		ksock_addr_set_v4(addr, KSOCK_IPV4_ANY, port);
		break;
	case KSOCK_AF_INET6:
		ksock_addr_set_v6(addr, &any, port);
		break;
	case KSOCK_AF_VSOCK:
		ksock_addr_set_vsock(addr, VMADDR_CID_ANY, port);
		break;
	default:
		addr_reset(addr, KSOCK_AF_UNSPEC, 0);
		break;
	}
}
EXPORT_SYMBOL_GPL(ksock_addr_set_any);

/**
 * ksock_addr_set_loopback() - make the address of the host itself
 * @addr: address to fill
 * @family: as for ksock_addr_set_any()
 * @port: port, in host byte order
 *
 * Context: any.
 */
void ksock_addr_set_loopback(struct ksock_addr *addr, enum ksock_family family,
			     u16 port)
{
	static const struct in6_addr loopback = IN6ADDR_LOOPBACK_INIT;

	switch (family) {
	case KSOCK_AF_INET:
		ksock_addr_set_v4(addr, KSOCK_IPV4_LOOPBACK, port);
		break;
	case KSOCK_AF_INET6:
		ksock_addr_set_v6(addr, &loopback, port);
		break;
	case KSOCK_AF_VSOCK:
		ksock_addr_set_vsock(addr, VMADDR_CID_LOCAL, port);
		break;
	default:
		addr_reset(addr, KSOCK_AF_UNSPEC, 0);
		break;
	}
}
EXPORT_SYMBOL_GPL(ksock_addr_set_loopback);

/**
 * ksock_addr_set_unix() - make an address of AF_UNIX
 * @addr: address to fill
 * @name: a path, without the byte that ends it; or an abstract name, which
 *	begins with a zero byte and may have more of them; not within @addr
 * @len: its length in bytes; 0 for the address of a socket without a name
 *
 * Context: any.
 * Return: 0; or -EINVAL, and @addr is unchanged: the name is longer than
 * %UNIX_PATH_MAX, or a path has a zero byte.
 */
int ksock_addr_set_unix(struct ksock_addr *addr, const void *name, size_t len)
{
	bool path = len && *(const char *)name;
	u8 *bytes;

	if (len > UNIX_PATH_MAX || (path && memchr(name, 0, len)))
		return -EINVAL;
	bytes = addr_reset(addr, KSOCK_AF_UNIX, ADDR_UNIX_NAME + len);
	memcpy(bytes + ADDR_UNIX_NAME, name, len);
	/* As the stack does, count the byte that ends a path, where it fits. */
	if (path && len < UNIX_PATH_MAX)
		addr->len++;
	return 0;
}
EXPORT_SYMBOL_GPL(ksock_addr_set_unix);

/**
 * ksock_addr_set_vsock() - make an address of AF_VSOCK
 * @addr: address to fill
 * @cid: number of the machine, %VMADDR_CID_ANY and its like among them
 * @port: port; %VMADDR_PORT_ANY to be given one
 *
 * Context: any.
 */
void ksock_addr_set_vsock(struct ksock_addr *addr, u32 cid, u32 port)
{
	struct sockaddr_vm *vm = addr_reset(addr, KSOCK_AF_VSOCK, sizeof(*vm));

	vm->svm_cid = cid;
	vm->svm_port = port;
}
EXPORT_SYMBOL_GPL(ksock_addr_set_vsock);

/**
 * ksock_addr_set_netlink() - make an address of AF_NETLINK
 * @addr: address to fill
 * @portid: port; 0 for the kernel, or to be given one
 * @groups: bits of the multicast groups
 *
 * Context: any.
 */
void ksock_addr_set_netlink(struct ksock_addr *addr, u32 portid, u32 groups)
{
	struct sockaddr_nl *nl = addr_reset(addr, KSOCK_AF_NETLINK,
					    sizeof(*nl));

	nl->nl_pid = portid;
	nl->nl_groups = groups;
}
EXPORT_SYMBOL_GPL(ksock_addr_set_netlink);

/**
 * ksock_addr_set_packet() - make an address of AF_PACKET
 * @addr: address to fill
 * @protocol: an ETH_P_ number, in host byte order
 * @ifindex: number of the device; 0 for any
 * @hwaddr: hardware address; not within @addr
 * @len: its length in bytes; 0 for none
 *
 * Context: any.
 * Return: 0; or -EINVAL, and @addr is unchanged: @ifindex is negative, or @len
 * greater than %MAX_ADDR_LEN.
 */
int ksock_addr_set_packet(struct ksock_addr *addr, u16 protocol, int ifindex,
			  const void *hwaddr, size_t len)
{
	struct sockaddr_ll *ll;

	if (ifindex < 0 || len > MAX_ADDR_LEN)
		return -EINVAL;
	/* The stack takes nothing shorter, and wants all of a longer one. */
	ll = addr_reset(addr, KSOCK_AF_PACKET,
			max(sizeof(*ll), ADDR_HWADDR + len));
	ll->sll_protocol = cpu_to_be16(protocol);
	ll->sll_ifindex = ifindex;
	ll->sll_halen = len;
	memcpy((u8 *)&addr->storage + ADDR_HWADDR, hwaddr, len);
	return 0;
}
EXPORT_SYMBOL_GPL(ksock_addr_set_packet);

/**
 * ksock_addr_family() - family of an address
 * @addr: address
 *
 * Context: any.
 * Return: the family; %KSOCK_AF_UNSPEC, too, of an address that holds nothing.
 */
enum ksock_family ksock_addr_family(const struct ksock_addr *addr)
{
	return ksock_addr_len_valid(addr->len) ? addr->storage.ss_family :
						 KSOCK_AF_UNSPEC;
}
EXPORT_SYMBOL_GPL(ksock_addr_family);

/**
 * ksock_addr_get_v4() - IP address of an IPv4 address
 * @addr: address
 * @ip: filled on success, in network byte order
 *
 * Context: any.
 * Return: 0; or -EAFNOSUPPORT when it is of another family, an IPv4 address
 * mapped into IPv6 included, or too short.
 */
int ksock_addr_get_v4(const struct ksock_addr *addr, __be32 *ip)
{
	const struct sockaddr_in *in = addr_in(addr);

	if (!in)
		return -EAFNOSUPPORT;
	*ip = in->sin_addr.s_addr;
	return 0;
}
EXPORT_SYMBOL_GPL(ksock_addr_get_v4);

/**
 * ksock_addr_get_v6() - IP address of an IPv6 address
 * @addr: address
 * @ip: filled on success
 *
 * Context: any.
 * Return: 0; or -EAFNOSUPPORT when it is of another family, or too short.
 */
int ksock_addr_get_v6(const struct ksock_addr *addr, struct in6_addr *ip)
{
	const struct sockaddr_in6 *in6 = addr_in6(addr);

	if (!in6)
		return -EAFNOSUPPORT;
	*ip = in6->sin6_addr;
	return 0;
}
EXPORT_SYMBOL_GPL(ksock_addr_get_v6);

/* Where the port of an IPv4 or IPv6 address is; NULL when it is neither. */
static __be16 *addr_port(const struct ksock_addr *addr)
{
	struct sockaddr_in6 *in6 = addr_in6(addr);
	struct sockaddr_in *in = addr_in(addr);

	if (in)
		return &in->sin_port;
	return in6 ? &in6->sin6_port : NULL;
}

/**
 * ksock_addr_port() - port of an IPv4 or IPv6 address
 * @addr: address
 *
 * Context: any.
 * Return: the port, in host byte order; or -EAFNOSUPPORT when it is of another
 * family, or too short.  Ports of AF_VSOCK are none of these: most would not
 * fit, and a number that fits does not mean the same.
 */
int ksock_addr_port(const struct ksock_addr *addr)
{
	const __be16 *port = addr_port(addr);

	return port ? be16_to_cpu(*port) : -EAFNOSUPPORT;
}
EXPORT_SYMBOL_GPL(ksock_addr_port);

/**
 * ksock_addr_set_port() - change the port of an IPv4 or IPv6 address
 * @addr: address
 * @port: port, in host byte order
 *
 * Context: any.
 * Return: 0; or -EAFNOSUPPORT when it is of another family, or too short.
 */
int ksock_addr_set_port(struct ksock_addr *addr, u16 port)
{
	__be16 *where = addr_port(addr);

	if (!where)
		return -EAFNOSUPPORT;
	*where = cpu_to_be16(port);
	return 0;
}
EXPORT_SYMBOL_GPL(ksock_addr_set_port);

/**
 * ksock_addr_scope() - scope of an IPv6 address
 * @addr: address
 *
 * Context: any.
 * Return: the scope, of link-local addresses the number of a device; 0 when
 * there is none, as in every other family.
 */
u32 ksock_addr_scope(const struct ksock_addr *addr)
{
	const struct sockaddr_in6 *in6 = addr_as(addr, KSOCK_AF_INET6,
						 sizeof(*in6));

	return in6 ? in6->sin6_scope_id : 0;
}
EXPORT_SYMBOL_GPL(ksock_addr_scope);

/**
 * ksock_addr_set_scope() - change the scope of an IPv6 address
 * @addr: address
 * @scope: scope; 0 for none
 *
 * Context: any.
 * Return: 0; or -EAFNOSUPPORT when it is of another family, or too short.
 */
int ksock_addr_set_scope(struct ksock_addr *addr, u32 scope)
{
	struct sockaddr_in6 *in6 = addr_in6(addr);

	if (!in6)
		return -EAFNOSUPPORT;
	in6->sin6_scope_id = scope;
	addr->len = max_t(int, addr->len, sizeof(*in6));
	return 0;
}
EXPORT_SYMBOL_GPL(ksock_addr_set_scope);

/**
 * ksock_addr_flowinfo() - flow information of an IPv6 address
 * @addr: address
 *
 * Context: any.
 * Return: flow label (20 bits) and above it the traffic class (8 bits), in host
 * byte order; 0 when there is none, as in every other family.
 */
u32 ksock_addr_flowinfo(const struct ksock_addr *addr)
{
	const struct sockaddr_in6 *in6 = addr_in6(addr);

	return in6 ? be32_to_cpu(in6->sin6_flowinfo) : 0;
}
EXPORT_SYMBOL_GPL(ksock_addr_flowinfo);

/**
 * ksock_addr_set_flowinfo() - change the flow information of an IPv6 address
 * @addr: address
 * @flowinfo: as ksock_addr_flowinfo() returns it; the uppermost four bits are
 *	kept, but the stack does not look at them
 *
 * Context: any.
 * Return: 0; or -EAFNOSUPPORT when it is of another family, or too short.
 */
int ksock_addr_set_flowinfo(struct ksock_addr *addr, u32 flowinfo)
{
	struct sockaddr_in6 *in6 = addr_in6(addr);

	if (!in6)
		return -EAFNOSUPPORT;
	in6->sin6_flowinfo = cpu_to_be32(flowinfo);
	return 0;
}
EXPORT_SYMBOL_GPL(ksock_addr_set_flowinfo);

/* The IPv4 address that it is, or that is mapped into it; NULL if neither. */
static const __be32 *addr_v4_within(const struct ksock_addr *addr)
{
	const struct sockaddr_in6 *in6 = addr_in6(addr);
	const struct sockaddr_in *in = addr_in(addr);

	if (in)
		return &in->sin_addr.s_addr;
	if (in6 && ipv6_addr_v4mapped(&in6->sin6_addr))
		return &in6->sin6_addr.s6_addr32[3];
	return NULL;
}

/**
 * ksock_addr_is_any() - whether an address stands for all of a host's own
 * @addr: address
 *
 * Context: any.
 * Return: whether it is what ksock_addr_set_any() makes, with any port.  An
 * IPv4 address mapped into IPv6 counts as the one that it maps.
 */
bool ksock_addr_is_any(const struct ksock_addr *addr)
{
	const struct sockaddr_in6 *in6 = addr_in6(addr);
	const struct sockaddr_vm *vm = addr_vm(addr);
	const __be32 *v4 = addr_v4_within(addr);

	if (v4)
		return *v4 == KSOCK_IPV4_ANY;
	if (in6)
		return ipv6_addr_any(&in6->sin6_addr);
	return vm && vm->svm_cid == VMADDR_CID_ANY;
}
EXPORT_SYMBOL_GPL(ksock_addr_is_any);

/**
 * ksock_addr_is_loopback() - whether an address is one of the host itself
 * @addr: address
 *
 * Context: any.
 * Return: whether it is in 127.0.0.0/8, mapped into IPv6 or not, or ::1, or
 * %VMADDR_CID_LOCAL.
 */
bool ksock_addr_is_loopback(const struct ksock_addr *addr)
{
	const struct sockaddr_in6 *in6 = addr_in6(addr);
	const struct sockaddr_vm *vm = addr_vm(addr);
	const __be32 *v4 = addr_v4_within(addr);

	if (v4)
		return ipv4_is_loopback(*v4);
	if (in6)
		return ipv6_addr_loopback(&in6->sin6_addr);
	return vm && vm->svm_cid == VMADDR_CID_LOCAL;
}
EXPORT_SYMBOL_GPL(ksock_addr_is_loopback);

/**
 * ksock_addr_is_multicast() - whether an address is one of a group
 * @addr: address
 *
 * Context: any.
 * Return: whether it is in 224.0.0.0/4, mapped into IPv6 or not, or ff00::/8.
 */
bool ksock_addr_is_multicast(const struct ksock_addr *addr)
{
	const struct sockaddr_in6 *in6 = addr_in6(addr);
	const __be32 *v4 = addr_v4_within(addr);

	if (v4)
		return ipv4_is_multicast(*v4);
	return in6 && ipv6_addr_is_multicast(&in6->sin6_addr);
}
EXPORT_SYMBOL_GPL(ksock_addr_is_multicast);

/**
 * ksock_addr_is_v4mapped() - whether an address is an IPv4 one in IPv6 clothes
 * @addr: address
 *
 * It is what a socket of IPv6 has to do with hosts of IPv4 by.
 *
 * Context: any.
 * Return: whether it is in ::ffff:0.0.0.0/96.
 */
bool ksock_addr_is_v4mapped(const struct ksock_addr *addr)
{
	return addr_in6(addr) && addr_v4_within(addr);
}
EXPORT_SYMBOL_GPL(ksock_addr_is_v4mapped);

/**
 * ksock_addr_map_v4() - make an IPv4 address one of IPv6
 * @addr: address, which keeps its port
 *
 * Context: any.
 * Return: 0, for one that is mapped already, too; or -EAFNOSUPPORT, and @addr
 * is unchanged: it is another IPv6 address, of another family, or too short.
 */
int ksock_addr_map_v4(struct ksock_addr *addr)
{
	const __be32 *v4 = addr_v4_within(addr);
	struct in6_addr ip;

	if (!v4)
		return -EAFNOSUPPORT;
	if (addr_in6(addr))
		return 0;
	ipv6_addr_set_v4mapped(*v4, &ip);
	ksock_addr_set_v6(addr, &ip, ksock_addr_port(addr));
	return 0;
}
EXPORT_SYMBOL_GPL(ksock_addr_map_v4);

/**
 * ksock_addr_unmap_v4() - make a mapped IPv4 address one of IPv4 again
 * @addr: address, which keeps its port and loses scope and flow information
 *
 * Context: any.
 * Return: 0, for an IPv4 address, too; or -EAFNOSUPPORT, and @addr is
 * unchanged: it is another IPv6 address, of another family, or too short.
 */
int ksock_addr_unmap_v4(struct ksock_addr *addr)
{
	const __be32 *v4 = addr_v4_within(addr);

	if (!v4)
		return -EAFNOSUPPORT;
	ksock_addr_set_v4(addr, *v4, ksock_addr_port(addr));
	return 0;
}
EXPORT_SYMBOL_GPL(ksock_addr_unmap_v4);
