/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Socket addresses as values: made, taken apart, parsed, printed, compared.
 */
#ifndef KSOCK_ADDR_H
#define KSOCK_ADDR_H

#include <linux/in.h>
#include <linux/in6.h>
#include <linux/socket.h>
#include <linux/types.h>
#include <ksock/types.h>

struct net;

/**
 * struct ksock_addr - socket address, a value
 * @len: length of the address in bytes, from the size of a family field up to
 *	the size of @storage; 0 in an address that holds nothing.
 * @storage: the address, its family in ss_family, network byte order; zero
 *	past @len.
 *
 * The family is the tag.  What is made by the functions below is valid; it may
 * be copied by assignment.
 */
struct ksock_addr {
	int len;
	struct sockaddr_storage storage;
};

/* IPv4 addresses in network byte order; in6addr_any and its like are IPv6's. */
#define KSOCK_IPV4_ANY		cpu_to_be32(INADDR_ANY)
#define KSOCK_IPV4_LOOPBACK	cpu_to_be32(INADDR_LOOPBACK)
#define KSOCK_IPV4_BROADCAST	cpu_to_be32(INADDR_BROADCAST)
#define KSOCK_IPV4_NONE		cpu_to_be32(INADDR_NONE)
/* 192.0.0.8, the dummy address of RFC 7600. */
#define KSOCK_IPV4_DUMMY	cpu_to_be32(0xc0000008)

/**
 * define KSOCK_ADDR_STRLEN - room in bytes for the text of any address
 *
 * The longest is a path of AF_UNIX, each of whose bytes may take four
 * characters.
 */
#define KSOCK_ADDR_STRLEN	448

bool ksock_addr_len_valid(size_t len);
int ksock_addr_init(struct ksock_addr *addr, const void *bytes, size_t len);

void ksock_addr_set_v4(struct ksock_addr *addr, __be32 ip, u16 port);
void ksock_addr_set_v6(struct ksock_addr *addr, const struct in6_addr *ip,
		       u16 port);
void ksock_addr_set_any(struct ksock_addr *addr, enum ksock_family family,
			u16 port);
void ksock_addr_set_loopback(struct ksock_addr *addr, enum ksock_family family,
			     u16 port);
int ksock_addr_set_unix(struct ksock_addr *addr, const void *name, size_t len);
void ksock_addr_set_vsock(struct ksock_addr *addr, u32 cid, u32 port);
void ksock_addr_set_netlink(struct ksock_addr *addr, u32 portid, u32 groups);
int ksock_addr_set_packet(struct ksock_addr *addr, u16 protocol, int ifindex,
			  const void *hwaddr, size_t len);

enum ksock_family ksock_addr_family(const struct ksock_addr *addr);
int ksock_addr_get_v4(const struct ksock_addr *addr, __be32 *ip);
int ksock_addr_get_v6(const struct ksock_addr *addr, struct in6_addr *ip);
int ksock_addr_port(const struct ksock_addr *addr);
int ksock_addr_set_port(struct ksock_addr *addr, u16 port);
u32 ksock_addr_scope(const struct ksock_addr *addr);
int ksock_addr_set_scope(struct ksock_addr *addr, u32 scope);
u32 ksock_addr_flowinfo(const struct ksock_addr *addr);
int ksock_addr_set_flowinfo(struct ksock_addr *addr, u32 flowinfo);

bool ksock_addr_is_any(const struct ksock_addr *addr);
bool ksock_addr_is_loopback(const struct ksock_addr *addr);
bool ksock_addr_is_multicast(const struct ksock_addr *addr);
bool ksock_addr_is_v4mapped(const struct ksock_addr *addr);
int ksock_addr_map_v4(struct ksock_addr *addr);
int ksock_addr_unmap_v4(struct ksock_addr *addr);

bool ksock_addr_equal(const struct ksock_addr *a, const struct ksock_addr *b);
int ksock_addr_compare(const struct ksock_addr *a, const struct ksock_addr *b);
u32 ksock_addr_hash(const struct ksock_addr *addr, u32 seed);

int ksock_addr_parse(struct ksock_addr *addr, struct net *net,
		     const char *text);
int ksock_addr_format(const struct ksock_addr *addr, char *text, size_t size);

#endif /* KSOCK_ADDR_H */
