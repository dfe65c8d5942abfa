// SPDX-License-Identifier: GPL-2.0-only
/*
 * Addresses: bytes and their order, and what they mean.
 */
#include <linux/errno.h>
#include <linux/if_packet.h>
#include <linux/in.h>
#include <linux/in6.h>
#include <linux/kernel.h>
#include <linux/netdevice.h>
#include <linux/netlink.h>
#include <linux/string.h>
#include <linux/un.h>
#include <linux/vm_sockets.h>
#include <net/ipv6.h>
#include "addr.h"
#include "test.h"

static const struct in6_addr ip6 = { .s6_addr = {
	0x20, 0x01, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0x12, 0x34, 0x56, 0x78
} };

/* The address is these bytes, and zero past them. */
static bool has_bytes(const struct ksock_addr *addr, const void *bytes,
		      size_t len)
{
	const u8 *all = (const u8 *)&addr->storage;

	return addr->len == len && !memcmp(all, bytes, len) &&
	       !memchr_inv(all + len, 0, sizeof(addr->storage) - len);
}

static void constants_are_in_network_byte_order(struct test *t)
{
	static const struct {
		__be32 ip;
		u8 octets[4];
	} rows[] = {
		{ KSOCK_IPV4_ANY,	{ 0, 0, 0, 0 } },
		{ KSOCK_IPV4_LOOPBACK,	{ 127, 0, 0, 1 } },
		{ KSOCK_IPV4_BROADCAST,	{ 255, 255, 255, 255 } },
		{ KSOCK_IPV4_NONE,	{ 255, 255, 255, 255 } },
		{ KSOCK_IPV4_DUMMY,	{ 192, 0, 0, 8 } },
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		if (memcmp(&rows[i].ip, rows[i].octets, 4))
			test_failed(t, __FILE__, __LINE__, "row %zu is %*ph", i,
				    4, &rows[i].ip);
	}
}

static void ipv4_is_made_of_these_bytes(struct test *t)
{
	static const u8 rest[] = { 0x12, 0x34, 192, 0, 2, 7,
				   0, 0, 0, 0, 0, 0, 0, 0 };
	struct ksock_addr addr;

	memset(&addr, POISON, sizeof(addr));
	ksock_addr_set_v4(&addr, cpu_to_be32(0xc0000207), 0x1234);
	EXPECT_EQ(t, addr.len, sizeof(struct sockaddr_in));
	EXPECT_EQ(t, addr.storage.ss_family, AF_INET);
	EXPECT(t, !memcmp((u8 *)&addr.storage + 2, rest, sizeof(rest)));
	EXPECT(t, !memchr_inv((u8 *)&addr.storage + addr.len, 0,
			      sizeof(addr.storage) - addr.len));
}

static void ipv6_is_made_of_these_bytes(struct test *t)
{
	static const u8 flow[] = { 0x01, 0x22, 0x34, 0x56 };
	struct sockaddr_in6 *in6;
	struct ksock_addr addr;
	u8 *bytes = (u8 *)&addr.storage;

	memset(&addr, POISON, sizeof(addr));
	ksock_addr_set_v6(&addr, &ip6, 0x1234);
	EXPECT_EQ(t, addr.len, sizeof(*in6));
	EXPECT_EQ(t, addr.storage.ss_family, AF_INET6);
	EXPECT_EQ(t, bytes[2], 0x12);
	EXPECT_EQ(t, bytes[3], 0x34);
	EXPECT(t, !memchr_inv(bytes + 4, 0, 4));
	EXPECT(t, !memcmp(bytes + 8, &ip6, sizeof(ip6)));
	EXPECT(t, !memchr_inv(bytes + 24, 0, sizeof(addr.storage) - 24));

	EXPECT_EQ(t, ksock_addr_set_flowinfo(&addr, 0x01223456), 0);
	EXPECT(t, !memcmp(bytes + 4, flow, sizeof(flow)));
	EXPECT_EQ(t, ksock_addr_set_scope(&addr, 0x01020304), 0);
	in6 = (struct sockaddr_in6 *)&addr.storage;
	EXPECT_EQ(t, in6->sin6_scope_id, 0x01020304);
}

static void numbers_of_other_families_have_their_byte_order(struct test *t)
{
	static const u8 mac[] = { 2, 0, 0, 0, 0, 1 };
	const struct sockaddr_vm vm = {
		.svm_family = AF_VSOCK,
		.svm_cid = 0x01020304,
		.svm_port = 0x05060708,
	};
	const struct sockaddr_nl nl = {
		.nl_family = AF_NETLINK,
		.nl_pid = 0x01020304,
		.nl_groups = 0x05060708,
	};
	const struct sockaddr_ll ll = {
		.sll_family = AF_PACKET,
		.sll_protocol = htons(0x0806),
		.sll_ifindex = 7,
		.sll_halen = 6,
		.sll_addr = { 2, 0, 0, 0, 0, 1 },
	};
	struct ksock_addr addr;

	memset(&addr, POISON, sizeof(addr));
	ksock_addr_set_vsock(&addr, vm.svm_cid, vm.svm_port);
	EXPECT(t, has_bytes(&addr, &vm, sizeof(vm)));

	memset(&addr, POISON, sizeof(addr));
	ksock_addr_set_netlink(&addr, nl.nl_pid, nl.nl_groups);
	EXPECT(t, has_bytes(&addr, &nl, sizeof(nl)));

	memset(&addr, POISON, sizeof(addr));
	ASSERT_EQ(t, ksock_addr_set_packet(&addr, 0x0806, 7, mac, 6), 0);
	EXPECT(t, has_bytes(&addr, &ll, sizeof(ll)));
	EXPECT_EQ(t, *((u8 *)&addr.storage + 2), 0x08);
	EXPECT_EQ(t, *((u8 *)&addr.storage + 3), 0x06);
}

static void names_of_unix_sockets_have_the_length_of_the_stack(struct test *t)
{
	const size_t base = offsetof(struct sockaddr_un, sun_path);
	struct sockaddr_un un = { .sun_family = AF_UNIX };
	struct ksock_addr addr;

	memset(&addr, POISON, sizeof(addr));
	ASSERT_EQ(t, ksock_addr_set_unix(&addr, NULL, 0), 0);
	EXPECT(t, has_bytes(&addr, &un, base));

	/* Of a path the byte that ends it counts, of an abstract name none. */
	memcpy(un.sun_path, "/run/x", 6);
	memset(&addr, POISON, sizeof(addr));
	ASSERT_EQ(t, ksock_addr_set_unix(&addr, "/run/x", 6), 0);
	EXPECT(t, has_bytes(&addr, &un, base + 7));
	un.sun_path[0] = '\0';
	memset(&addr, POISON, sizeof(addr));
	ASSERT_EQ(t, ksock_addr_set_unix(&addr, "\0run/x", 6), 0);
	EXPECT(t, has_bytes(&addr, &un, base + 6));

	/* Where it has no room, it does not count. */
	memset(un.sun_path, 'p', sizeof(un.sun_path));
	ASSERT_EQ(t, ksock_addr_set_unix(&addr, un.sun_path, 107), 0);
	EXPECT_EQ(t, addr.len, base + 108);
	ASSERT_EQ(t, ksock_addr_set_unix(&addr, un.sun_path, 108), 0);
	EXPECT(t, has_bytes(&addr, &un, sizeof(un)));
}

static void bad_parts_are_refused_and_change_nothing(struct test *t)
{
	static const u8 bytes[sizeof(struct sockaddr_storage) + 1] = { 1 };
	struct ksock_addr before;
	struct ksock_addr addr;

	memset(&addr, POISON, sizeof(addr));
	before = addr;
	EXPECT_EQ(t, ksock_addr_init(&addr, bytes, 0), -EINVAL);
	EXPECT_EQ(t, ksock_addr_init(&addr, bytes, 1), -EINVAL);
	EXPECT_EQ(t, ksock_addr_init(&addr, bytes, sizeof(bytes)), -EINVAL);
	EXPECT_EQ(t, ksock_addr_set_unix(&addr, bytes, 109), -EINVAL);
	EXPECT_EQ(t, ksock_addr_set_unix(&addr, "/a\0b", 4), -EINVAL);
	EXPECT_EQ(t, ksock_addr_set_unix(&addr, "/a", 3), -EINVAL);
	EXPECT_EQ(t, ksock_addr_set_packet(&addr, 1, -1, bytes, 6), -EINVAL);
	EXPECT_EQ(t, ksock_addr_set_packet(&addr, 1, 1, bytes,
					   MAX_ADDR_LEN + 1), -EINVAL);
	EXPECT(t, same_bytes(&addr, &before));
}

static void long_hardware_addresses_make_long_addresses(struct test *t)
{
	u8 hwaddr[MAX_ADDR_LEN];
	struct ksock_addr addr;

	memset(hwaddr, 0x11, sizeof(hwaddr));
	memset(&addr, POISON, sizeof(addr));
	ASSERT_EQ(t, ksock_addr_set_packet(&addr, 1, 1, NULL, 0), 0);
	EXPECT_EQ(t, addr.len, sizeof(struct sockaddr_ll));
	ASSERT_EQ(t, ksock_addr_set_packet(&addr, 1, 1, hwaddr, 32), 0);
	EXPECT_EQ(t, addr.len, offsetof(struct sockaddr_ll, sll_addr) + 32);
	EXPECT(t, !memchr_inv((u8 *)&addr.storage + 12, 0x11, 32));
	EXPECT(t, !memchr_inv((u8 *)&addr.storage + 44, 0,
			      sizeof(addr.storage) - 44));
}

static void init_clears_what_is_past_the_bytes(struct test *t)
{
	static const u8 bytes[sizeof(struct sockaddr_storage)] = { 1, 2, 3, 4 };
	struct ksock_addr addr;
	size_t len;

	for (len = 2; len <= sizeof(bytes); len++) {
		memset(&addr, POISON, sizeof(addr));
		ASSERT_EQ(t, ksock_addr_init(&addr, bytes, len), 0);
		ASSERT(t, has_bytes(&addr, bytes, len));
	}
}

static void any_and_loopback_are_made(struct test *t)
{
	static const struct {
		enum ksock_family family;
		const char *any;
		const char *loopback;
	} rows[] = {
		{ KSOCK_AF_INET,  "0.0.0.0:80",	"127.0.0.1:80" },
		{ KSOCK_AF_INET6, "[::]:80",	"[::1]:80" },
		{ KSOCK_AF_VSOCK, "vsock:any:80", "vsock:local:80" },
	};
	struct ksock_addr expected;
	struct ksock_addr addr;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		ASSERT(t, addr_of(t, &expected, rows[i].any));
		memset(&addr, POISON, sizeof(addr));
		ksock_addr_set_any(&addr, rows[i].family, 80);
		EXPECT(t, same_bytes(&addr, &expected));
		ASSERT(t, addr_of(t, &expected, rows[i].loopback));
		memset(&addr, POISON, sizeof(addr));
		ksock_addr_set_loopback(&addr, rows[i].family, 80);
		EXPECT(t, same_bytes(&addr, &expected));
	}
}

static void any_and_loopback_of_other_families_hold_nothing(struct test *t)
{
	struct ksock_addr nothing = {};
	struct ksock_addr addr;

	memset(&addr, POISON, sizeof(addr));
	ksock_addr_set_any(&addr, KSOCK_AF_UNIX, 80);
	EXPECT(t, same_bytes(&addr, &nothing));
	memset(&addr, POISON, sizeof(addr));
	ksock_addr_set_loopback(&addr, KSOCK_AF_NETLINK, 80);
	EXPECT(t, same_bytes(&addr, &nothing));
}

static void parts_come_out_as_they_went_in(struct test *t)
{
	struct in6_addr v6 = {};
	struct ksock_addr addr;
	__be32 v4 = 0;

	ksock_addr_set_v4(&addr, KSOCK_IPV4_DUMMY, 65535);
	EXPECT_EQ(t, ksock_addr_family(&addr), KSOCK_AF_INET);
	EXPECT_EQ(t, ksock_addr_get_v4(&addr, &v4), 0);
	EXPECT(t, v4 == KSOCK_IPV4_DUMMY);
	EXPECT_EQ(t, ksock_addr_port(&addr), 65535);
	EXPECT_EQ(t, ksock_addr_set_port(&addr, 0x1234), 0);
	EXPECT_EQ(t, ksock_addr_port(&addr), 0x1234);

	ksock_addr_set_v6(&addr, &ip6, 65535);
	EXPECT_EQ(t, ksock_addr_family(&addr), KSOCK_AF_INET6);
	EXPECT_EQ(t, ksock_addr_get_v6(&addr, &v6), 0);
	EXPECT(t, !memcmp(&v6, &ip6, sizeof(v6)));
	EXPECT_EQ(t, ksock_addr_port(&addr), 65535);
	EXPECT_EQ(t, ksock_addr_set_port(&addr, 0x1234), 0);
	EXPECT_EQ(t, ksock_addr_port(&addr), 0x1234);
	EXPECT_EQ(t, ksock_addr_scope(&addr), 0);
	EXPECT_EQ(t, ksock_addr_flowinfo(&addr), 0);
	EXPECT_EQ(t, ksock_addr_set_scope(&addr, 3), 0);
	EXPECT_EQ(t, ksock_addr_set_flowinfo(&addr, 0xfedcba98), 0);
	EXPECT_EQ(t, ksock_addr_scope(&addr), 3);
	EXPECT_EQ(t, ksock_addr_flowinfo(&addr), 0xfedcba98);
	EXPECT_EQ(t, ksock_addr_port(&addr), 0x1234);
}

static void expect_no_v4(struct test *t, struct ksock_addr *addr)
{
	__be32 v4 = KSOCK_IPV4_DUMMY;

	EXPECT_EQ(t, ksock_addr_get_v4(addr, &v4), -EAFNOSUPPORT);
	EXPECT(t, v4 == KSOCK_IPV4_DUMMY);
}

static void expect_no_v6(struct test *t, struct ksock_addr *addr)
{
	struct ksock_addr before = *addr;
	struct in6_addr v6 = ip6;

	EXPECT_EQ(t, ksock_addr_get_v6(addr, &v6), -EAFNOSUPPORT);
	EXPECT(t, !memcmp(&v6, &ip6, sizeof(v6)));
	EXPECT_EQ(t, ksock_addr_scope(addr), 0);
	EXPECT_EQ(t, ksock_addr_flowinfo(addr), 0);
	EXPECT_EQ(t, ksock_addr_set_scope(addr, 1), -EAFNOSUPPORT);
	EXPECT_EQ(t, ksock_addr_set_flowinfo(addr, 1), -EAFNOSUPPORT);
	EXPECT_EQ(t, ksock_addr_is_v4mapped(addr), false);
	EXPECT(t, same_bytes(addr, &before));
}

static void expect_no_port(struct test *t, struct ksock_addr *addr)
{
	struct ksock_addr before = *addr;

	EXPECT_EQ(t, ksock_addr_port(addr), -EAFNOSUPPORT);
	EXPECT_EQ(t, ksock_addr_set_port(addr, 1), -EAFNOSUPPORT);
	EXPECT_EQ(t, ksock_addr_map_v4(addr), -EAFNOSUPPORT);
	EXPECT_EQ(t, ksock_addr_unmap_v4(addr), -EAFNOSUPPORT);
	EXPECT_EQ(t, ksock_addr_is_multicast(addr), false);
	EXPECT(t, same_bytes(addr, &before));
}

static void parts_of_another_family_are_refused(struct test *t)
{
	static const char * const others[] = {
		"unix:", "unix:/a", "unix:@a", "vsock:3:80", "netlink:1/1",
		"packet:1/1",
	};
	struct ksock_addr addr;
	size_t i;

	ASSERT(t, addr_of(t, &addr, "[::ffff:1.2.3.4]:80"));
	expect_no_v4(t, &addr);
	ASSERT(t, addr_of(t, &addr, "1.2.3.4:80"));
	expect_no_v6(t, &addr);
	for (i = 0; i < ARRAY_SIZE(others); i++) {
		ASSERT(t, addr_of(t, &addr, others[i]));
		expect_no_v4(t, &addr);
		expect_no_v6(t, &addr);
		expect_no_port(t, &addr);
	}
}

static void parts_past_the_length_are_not_read(struct test *t)
{
	struct ksock_addr addr;

	/* Storage of an address that the stack did not fill. */
	memset(&addr, POISON, sizeof(addr));
	for (addr.len = 0; addr.len < 16; addr.len++) {
		if (addr.len >= 2)
			addr.storage.ss_family = AF_INET;
		EXPECT_EQ(t, ksock_addr_family(&addr),
			  addr.len < 2 ? KSOCK_AF_UNSPEC : KSOCK_AF_INET);
		expect_no_v4(t, &addr);
		expect_no_v6(t, &addr);
		expect_no_port(t, &addr);
	}
	addr.storage.ss_family = AF_INET6;
	for (addr.len = 2; addr.len < 24; addr.len++) {
		expect_no_v4(t, &addr);
		expect_no_v6(t, &addr);
		expect_no_port(t, &addr);
	}
	addr.len = -1;
	EXPECT_EQ(t, ksock_addr_family(&addr), KSOCK_AF_UNSPEC);
}

static void ipv6_without_room_for_a_scope_has_none(struct test *t)
{
	char text[KSOCK_ADDR_STRLEN];
	struct ksock_addr addr;

	ASSERT(t, addr_of(t, &addr, "[fe80::1%7]:80"));
	addr.len = 24;
	EXPECT_EQ(t, ksock_addr_port(&addr), 80);
	EXPECT_EQ(t, ksock_addr_scope(&addr), 0);
	EXPECT_EQ(t, ksock_addr_format(&addr, text, sizeof(text)), 12);
	EXPECT_STREQ(t, text, "[fe80::1]:80");
	EXPECT_EQ(t, ksock_addr_set_scope(&addr, 9), 0);
	EXPECT_EQ(t, addr.len, sizeof(struct sockaddr_in6));
	EXPECT_EQ(t, ksock_addr_scope(&addr), 9);
}

static void addresses_are_told_by_their_meaning(struct test *t)
{
	static const struct {
		const char *text;
		bool any, loopback, multicast, v4mapped;
	} rows[] = {
		{ "0.0.0.0:1",			true, false, false, false },
		{ "0.0.0.1:0",			false, false, false, false },
		{ "126.255.255.255:0",		false, false, false, false },
		{ "127.0.0.0:0",		false, true, false, false },
		{ "127.255.255.255:0",		false, true, false, false },
		{ "128.0.0.0:0",		false, false, false, false },
		{ "223.255.255.255:0",		false, false, false, false },
		{ "224.0.0.0:0",		false, false, true, false },
		{ "239.255.255.255:0",		false, false, true, false },
		{ "240.0.0.0:0",		false, false, false, false },
		{ "255.255.255.255:0",		false, false, false, false },
		{ "[::]:1",			true, false, false, false },
		{ "[::1]:0",			false, true, false, false },
		{ "[::2]:0",			false, false, false, false },
		{ "[1::]:0",			false, false, false, false },
		{ "[ff00::]:0",			false, false, true, false },
		{ "[ff02::1%1]:0",		false, false, true, false },
		{ "[fe80::1%1]:0",		false, false, false, false },
		{ "[::127.0.0.1]:0",		false, false, false, false },
		{ "[::ffff:0.0.0.0]:0",		true, false, false, true },
		{ "[::ffff:127.1.2.3]:0",	false, true, false, true },
		{ "[::ffff:224.0.0.1]:0",	false, false, true, true },
		{ "[::ffff:192.0.2.1]:0",	false, false, false, true },
		{ "[::fffe:127.0.0.1]:0",	false, false, false, false },
		{ "[1::ffff:127.0.0.1]:0",	false, false, false, false },
		{ "vsock:any:1",		true, false, false, false },
		{ "vsock:local:1",		false, true, false, false },
		{ "vsock:host:1",		false, false, false, false },
		{ "unix:",			false, false, false, false },
		{ "netlink:0/0",		false, false, false, false },
		{ "packet:0/0",			false, false, false, false },
	};
	struct ksock_addr addr;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		ASSERT(t, addr_of(t, &addr, rows[i].text));
		if (ksock_addr_is_any(&addr) != rows[i].any)
			test_failed(t, __FILE__, __LINE__, "any: %s",
				    rows[i].text);
		if (ksock_addr_is_loopback(&addr) != rows[i].loopback)
			test_failed(t, __FILE__, __LINE__, "loopback: %s",
				    rows[i].text);
		if (ksock_addr_is_multicast(&addr) != rows[i].multicast)
			test_failed(t, __FILE__, __LINE__, "multicast: %s",
				    rows[i].text);
		if (ksock_addr_is_v4mapped(&addr) != rows[i].v4mapped)
			test_failed(t, __FILE__, __LINE__, "v4mapped: %s",
				    rows[i].text);
	}
}

static void ipv4_is_mapped_and_unmapped(struct test *t)
{
	struct ksock_addr mapped;
	struct ksock_addr addr;
	struct ksock_addr v4;

	ASSERT(t, addr_of(t, &v4, "192.0.2.1:80"));
	ASSERT(t, addr_of(t, &mapped, "[::ffff:192.0.2.1]:80"));
	addr = v4;
	EXPECT_EQ(t, ksock_addr_map_v4(&addr), 0);
	EXPECT(t, same_bytes(&addr, &mapped));
	/* Once more changes nothing, either way. */
	EXPECT_EQ(t, ksock_addr_map_v4(&addr), 0);
	EXPECT(t, same_bytes(&addr, &mapped));
	EXPECT_EQ(t, ksock_addr_unmap_v4(&addr), 0);
	EXPECT(t, same_bytes(&addr, &v4));
	EXPECT_EQ(t, ksock_addr_unmap_v4(&addr), 0);
	EXPECT(t, same_bytes(&addr, &v4));

	ASSERT(t, addr_of(t, &addr, "[::ffff:192.0.2.1%1/0x2]:80"));
	mapped = addr;
	EXPECT_EQ(t, ksock_addr_map_v4(&addr), 0);
	EXPECT(t, same_bytes(&addr, &mapped));
	EXPECT_EQ(t, ksock_addr_unmap_v4(&addr), 0);
	EXPECT(t, same_bytes(&addr, &v4));
}

static void other_ipv6_is_neither_mapped_nor_unmapped(struct test *t)
{
	struct ksock_addr before;
	struct ksock_addr addr;

	ASSERT(t, addr_of(t, &addr, "[::192.0.2.1]:80"));
	before = addr;
	EXPECT_EQ(t, ksock_addr_map_v4(&addr), -EAFNOSUPPORT);
	EXPECT_EQ(t, ksock_addr_unmap_v4(&addr), -EAFNOSUPPORT);
	EXPECT(t, same_bytes(&addr, &before));
}

const struct test_case addr_cases[] = {
	CASE(constants_are_in_network_byte_order),
	CASE(ipv4_is_made_of_these_bytes),
	CASE(ipv6_is_made_of_these_bytes),
	CASE(numbers_of_other_families_have_their_byte_order),
	CASE(names_of_unix_sockets_have_the_length_of_the_stack),
	CASE(bad_parts_are_refused_and_change_nothing),
	CASE(long_hardware_addresses_make_long_addresses),
	CASE(init_clears_what_is_past_the_bytes),
	CASE(any_and_loopback_are_made),
	CASE(any_and_loopback_of_other_families_hold_nothing),
	CASE(parts_come_out_as_they_went_in),
	CASE(parts_of_another_family_are_refused),
	CASE(parts_past_the_length_are_not_read),
	CASE(ipv6_without_room_for_a_scope_has_none),
	CASE(addresses_are_told_by_their_meaning),
	CASE(ipv4_is_mapped_and_unmapped),
	CASE(other_ipv6_is_neither_mapped_nor_unmapped),
	{}
};
