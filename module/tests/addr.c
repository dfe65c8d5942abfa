// SPDX-License-Identifier: GPL-2.0-only
/*
 * Addresses: bytes and their order, text, and the laws of comparing.
 */
#include <linux/errno.h>
#include <linux/if_packet.h>
#include <linux/in.h>
#include <linux/in6.h>
#include <linux/kernel.h>
#include <linux/netdevice.h>
#include <linux/netlink.h>
#include <linux/prandom.h>
#include <linux/string.h>
#include <linux/un.h>
#include <linux/vm_sockets.h>
#include <net/ipv6.h>
#include <net/net_namespace.h>
#include <ksock/addr.h>
#include "test.h"

/* What is in an address before it is filled. */
#define POISON	0xa5

static const struct in6_addr ip6 = { .s6_addr = {
	0x20, 0x01, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0x12, 0x34, 0x56, 0x78
} };

/* An address that text says, which must be good. */
static bool addr_of(struct test *t, struct ksock_addr *addr, const char *text)
{
	int ret = ksock_addr_parse(addr, NULL, text);

	if (ret)
		test_failed(t, __FILE__, __LINE__, "\"%s\" is refused with %d",
			    text, ret);
	return !ret;
}

/* The same values, bytes and length. */
static bool same_bytes(const struct ksock_addr *a, const struct ksock_addr *b)
{
	return a->len == b->len &&
	       !memcmp(&a->storage, &b->storage, sizeof(a->storage));
}

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

/* Good text, and how it is printed where that differs. */
static const struct {
	const char *text;
	const char *printed;
} good[] = {
	{ "0.0.0.0:0" },
	{ "1.2.3.4:80" },
	{ "255.255.255.255:65535" },
	{ "10.0.200.99:8" },
	{ "[::]:0" },
	{ "[::1]:80" },
	{ "[1::]:80" },
	{ "[2001:db8::12:3456]:65535" },
	{ "[1:2:3:4:5:6:7:8]:1" },
	{ "[1:2:3:4:5:6:7::]:1",	"[1:2:3:4:5:6:7:0]:1" },
	{ "[::2:3:4:5:6:7:8]:1",	"[0:2:3:4:5:6:7:8]:1" },
	{ "[2001:0DB8:0:0:0:0:0:00ff]:1", "[2001:db8::ff]:1" },
	{ "[::ffff:1.2.3.4]:80" },
	{ "[::ffff:102:304]:80",	"[::ffff:1.2.3.4]:80" },
	{ "[::1.2.3.4]:80",		"[::102:304]:80" },
	{ "[1:2:3:4:5:6:1.2.3.4]:80",	"[1:2:3:4:5:6:102:304]:80" },
	{ "[64:ff9b::255.255.255.255]:1", "[64:ff9b::ffff:ffff]:1" },
	{ "[fe80::1%2]:80" },
	{ "[fe80::1%4294967295]:80" },
	{ "[fe80::1%0]:80",		"[fe80::1]:80" },
	{ "[fe80::1/0x12345]:80" },
	{ "[fe80::1%2/0xff12345]:80" },
	{ "[fe80::1%2/0xffffffff]:80" },
	{ "[fe80::1%2/16]:80",		"[fe80::1%2/0x10]:80" },
	{ "[fe80::1%2/0x0]:80",		"[fe80::1%2]:80" },
	{ "[::1/0]:80",			"[::1]:80" },
	{ "unix:" },
	{ "unix:/run/some thing:~" },
	{ "unix:relative" },
	{ "unix:@" },
	{ "unix:@abstract" },
	{ "unix:@@" },
	{ "unix:a@b" },
	{ "unix:\\x40name" },
	{ "unix:/\\x01\\x5c\\x7f\\xff" },
	{ "unix:/\\x41\\x7E\\xfF",	"unix:/A~\\xff" },
	{ "unix:@a\\x00b\\x00" },
	{ "vsock:0:0" },
	{ "vsock:3:1024" },
	{ "vsock:4294967295:4294967295" },
	{ "vsock:any:any",		"vsock:4294967295:4294967295" },
	{ "vsock:host:1",		"vsock:2:1" },
	{ "vsock:local:1",		"vsock:1:1" },
	{ "netlink:0/0x0" },
	{ "netlink:4294967295/0xffffffff" },
	{ "netlink:12/17",		"netlink:12/0x11" },
	{ "packet:0/0x0000" },
	{ "packet:2147483647/0xffff" },
	{ "packet:2/2048",		"packet:2/0x0800" },
	{ "packet:2/0x806/02:00:00:00:00:0A",
	  "packet:2/0x0806/02:00:00:00:00:0a" },
	{ "packet:2/0x0800/ff" },
};

static void good_text_is_parsed_and_printed(struct test *t)
{
	char text[KSOCK_ADDR_STRLEN];
	struct ksock_addr addr;
	const char *printed;
	size_t i;
	int ret;

	for (i = 0; i < ARRAY_SIZE(good); i++) {
		printed = good[i].printed ? good[i].printed : good[i].text;
		if (!addr_of(t, &addr, good[i].text))
			continue;
		ret = ksock_addr_format(&addr, text, sizeof(text));
		if (ret != strlen(printed) || strcmp(text, printed))
			test_failed(t, __FILE__, __LINE__,
				    "\"%s\" prints \"%s\" (%d), not \"%s\"",
				    good[i].text, text, ret, printed);
	}
}

static const char * const bad[] = {
	"", " ", ":", ":80", "x", "80", "localhost:80", "inet:1.2.3.4:80",
	/* IPv4 */
	"1.2.3.4", "1.2.3.4:", "1.2.3.4: 80", "1.2.3.4 :80", " 1.2.3.4:80",
	"1.2.3.4:80 ", "1.2.3.4:80\n", "1.2.3.4:80x", "1.2.3.4:80:80",
	"1.2.3.4:+80", "1.2.3.4:-1", "1.2.3.4:0x50", "1.2.3.4:080",
	"1.2.3.4:00", "1.2.3.4:65536", "1.2.3.4:99999999999999999999",
	"1.2.3.4:4294967376",
	"1.2.3:80", "1.2.3.:80", "1.2.3.4.:80", "1.2.3.4.5:80", ".1.2.3.4:80",
	"1..3.4:80", "16909060:80", "1.2.772:80", "256.2.3.4:80",
	"1.2.3.256:80",
	"1.2.3.4294967297:80", "010.2.3.4:80", "1.2.3.00:80", "1.2.3.04:80",
	"0x1.2.3.4:80", "a.2.3.4:80", "-1.2.3.4:80", "+1.2.3.4:80",
	"1.2.3.4]:80", "1.2.3.4%1:80", "1,2,3,4:80",
	/* IPv6 */
	"::1", "::1:80", "[::1]", "[::1]80", "[::1]:", "[::1]:65536",
	"[::1]:080", "[::1]:80 ", "[::1]: 80", "[::1 ]:80", "[ ::1]:80",
	"[::1:80", "[::1:80]", "::1]:80", "[]:80", "[", "[:]:80", "[:::]:80",
	"[1]:80", "[1:2:3:4:5:6:7]:80", "[1:2:3:4:5:6:7:8:9]:80",
	"[1:2:3:4:5:6:7:]:80", "[:2:3:4:5:6:7:8]:80", "[:1::2]:80",
	"[1:2:3:4::5:6:7:8]:80", "[::1:2:3:4:5:6:7:8]:80",
	"[1:2:3:4:5:6:7:8::]:80", "[1::2::3]:80", "[1:::2]:80", "[::10000]:80",
	"[::00001]:80", "[::g]:80", "[::0x1]:80", "[::-1]:80", "[1.2.3.4]:80",
	"[::1.2.3]:80", "[::1.2.3.4.]:80", "[::1.2.3.4.5]:80",
	"[::1.2.3.256]:80", "[::1.2.3.04]:80", "[::01.2.3.4]:80",
	"[::1.2.3.4:5]:80", "[::a.2.3.4]:80", "[1:2:3:4:5:6:7:1.2.3.4]:80",
	"[1:2:3:4:5:1.2.3.4]:80", "[1.2.3.4::]:80", "[[::1]]:80",
	"[fe80::1%]:80", "[fe80::1%01]:80", "[fe80::1%4294967296]:80",
	"[fe80::1%/1]:80",
	"[fe80::1%1 ]:80", "[fe80::1%a b]:80", "[fe80::1%a:b]:80",
	"[fe80::1%.]:80", "[fe80::1%abcdefghijklmnop]:80", "[fe80::1]%1:80",
	"[fe80::1/]:80", "[fe80::1/0x]:80", "[fe80::1/x1]:80",
	"[fe80::1/0x100000000]:80", "[fe80::1/4294967296]:80",
	"[fe80::1/01]:80", "[fe80::1/0X1]:80", "[fe80::1/12g]:80",
	"[fe80::1/00000000001]:80", "[fe80::1/0x00000000001]:80",
	"[fe80::1/1%1]:80", "[fe80::1/1/1]:80", "[fe80::1/-1]:80",
	/* AF_UNIX */
	"unix", "UNIX:/a", "unix:/a\n", "unix:/a\t", "unix:/\x80", "unix:\\",
	"unix:/\\", "unix:/\\n", "unix:/\\x", "unix:/\\x4", "unix:/\\x4g",
	"unix:/\\xg4", "unix:/\\X41", "unix:/a\\x00", "unix:\\x00",
	"unix:\\x00abstract", "unix:@a\\x0",
	/* AF_VSOCK */
	"vsock:", "vsock:3", "vsock:3:", "vsock::80", "vsock:3:80 ",
	"vsock: 3:80", "vsock:-1:80", "vsock:4294967296:80",
	"vsock:3:4294967296", "vsock:03:80", "vsock:3:080", "vsock:anyone:80",
	"vsock:guest:80", "vsock:3:anyone", "vsock:0x3:80", "vsock:3:80:1",
	/* AF_NETLINK */
	"netlink:", "netlink:0", "netlink:0/", "netlink:/0", "netlink:0/0/0",
	"netlink:-1/0", "netlink:0x1/0", "netlink:4294967296/0",
	"netlink:0/4294967296", "netlink:0/0x100000000", "netlink:0/01",
	/* AF_PACKET */
	"packet:", "packet:1", "packet:1/", "packet:/1", "packet:-1/1",
	"packet:2147483648/1", "packet:1/0x10000", "packet:1/65536",
	"packet:1/1/", "packet:1/1/0", "packet:1/1/000", "packet:1/1/00:",
	"packet:1/1/00:0", "packet:1/1/00:0g", "packet:1/1/00-00",
	"packet:1/1/00/00", "packet:1/1 ", "packet:lo/1", "packet:1/1/ 00",
};

static void bad_text_is_refused_and_changes_nothing(struct test *t)
{
	struct ksock_addr before;
	struct ksock_addr addr;
	size_t i;
	int ret;

	memset(&addr, POISON, sizeof(addr));
	before = addr;
	for (i = 0; i < ARRAY_SIZE(bad); i++) {
		ret = ksock_addr_parse(&addr, &init_net, bad[i]);
		if (ret != -EINVAL)
			test_failed(t, __FILE__, __LINE__, "\"%s\" returns %d",
				    bad[i], ret);
		if (!same_bytes(&addr, &before))
			test_failed(t, __FILE__, __LINE__,
				    "\"%s\" changes the address", bad[i]);
		addr = before;
	}
}

static void names_that_are_too_long_are_refused(struct test *t)
{
	char text[128] = "unix:";
	struct ksock_addr addr;

	memset(text + 5, 'n', 108);
	EXPECT_EQ(t, ksock_addr_parse(&addr, NULL, text), 0);
	text[5] = '@';
	EXPECT_EQ(t, ksock_addr_parse(&addr, NULL, text), 0);
	text[113] = 'n';
	EXPECT_EQ(t, ksock_addr_parse(&addr, NULL, text), -EINVAL);
	text[5] = 'n';
	EXPECT_EQ(t, ksock_addr_parse(&addr, NULL, text), -EINVAL);
}

static void hardware_addresses_that_are_too_long_are_refused(struct test *t)
{
	char text[128] = "packet:1/1/00";
	struct ksock_addr addr;
	int i;

	for (i = 1; i < MAX_ADDR_LEN; i++)
		strcat(text, ":00");
	EXPECT_EQ(t, ksock_addr_parse(&addr, NULL, text), 0);
	strcat(text, ":00");
	EXPECT_EQ(t, ksock_addr_parse(&addr, NULL, text), -EINVAL);
}

static void scopes_may_be_names_of_devices(struct test *t)
{
	struct ksock_addr before;
	struct ksock_addr addr;

	ASSERT_EQ(t, ksock_addr_parse(&addr, &init_net, "[fe80::1%lo]:80"), 0);
	EXPECT_EQ(t, ksock_addr_scope(&addr), 1);
	EXPECT_EQ(t, ksock_addr_port(&addr), 80);
	ASSERT_EQ(t, ksock_addr_parse(&addr, &init_net,
				      "[fe80::1%lo/0x2]:80"), 0);
	EXPECT_EQ(t, ksock_addr_scope(&addr), 1);
	EXPECT_EQ(t, ksock_addr_flowinfo(&addr), 2);

	before = addr;
	EXPECT_EQ(t, ksock_addr_parse(&addr, &init_net, "[fe80::1%none0]:80"),
		  -ENODEV);
	EXPECT_EQ(t, ksock_addr_parse(&addr, &init_net, "[fe80::1%1x]:80"),
		  -ENODEV);
	EXPECT_EQ(t, ksock_addr_parse(&addr, &init_net, "[fe80::1%1%1]:80"),
		  -ENODEV);
	EXPECT_EQ(t, ksock_addr_parse(&addr, &init_net,
				      "[fe80::1%fifteen-letters]:80"), -ENODEV);
	EXPECT_EQ(t, ksock_addr_parse(&addr, NULL, "[fe80::1%lo]:80"),
		  -ENODEV);
	EXPECT(t, same_bytes(&addr, &before));
}

static u32 any_number(struct rnd_state *random)
{
	/* Small ones as often as any, and their bits as often as not. */
	return prandom_u32_state(random) >> prandom_u32_state(random) % 32;
}

/* A valid address, of any family that has text. */
static void make_any(struct rnd_state *random, struct ksock_addr *addr)
{
	struct in6_addr ip;
	u8 bytes[108];
	size_t len;
	size_t i;

	prandom_bytes_state(random, bytes, sizeof(bytes));
	switch (prandom_u32_state(random) % 6) {
	case 0:
		ksock_addr_set_v4(addr, cpu_to_be32(any_number(random)),
				  any_number(random));
		break;
	case 1:
		/* Runs of zeros, of all lengths and in all places. */
		for (i = 0; i < 8; i++) {
			ip.s6_addr16[i] = cpu_to_be16(any_number(random));
			if (bytes[i] & 1)
				ip.s6_addr16[i] = 0;
		}
		if (!(bytes[8] & 7))
			ipv6_addr_set_v4mapped(ip.s6_addr32[3], &ip);
		ksock_addr_set_v6(addr, &ip, any_number(random));
		if (bytes[9] & 1)
			ksock_addr_set_scope(addr, any_number(random));
		if (bytes[10] & 1)
			ksock_addr_set_flowinfo(addr, any_number(random));
		break;
	case 2:
		len = any_number(random) % (sizeof(bytes) + 1);
		if (len && prandom_u32_state(random) & 1) {
			for (i = 0; i < len; i++)
				bytes[i] = bytes[i] ? bytes[i] : '@';
		} else {
			bytes[0] = 0;
		}
		WARN_ON(ksock_addr_set_unix(addr, bytes, len));
		break;
	case 3:
		ksock_addr_set_vsock(addr, any_number(random),
				     any_number(random));
		break;
	case 4:
		ksock_addr_set_netlink(addr, any_number(random),
				       any_number(random));
		break;
	case 5:
		len = any_number(random) % (MAX_ADDR_LEN + 1);
		WARN_ON(ksock_addr_set_packet(addr, any_number(random),
					      any_number(random) >> 1, bytes,
					      len));
		break;
	}
}

static void what_is_printed_is_parsed_to_the_same_bytes(struct test *t)
{
	char text[KSOCK_ADDR_STRLEN];
	struct rnd_state random;
	struct ksock_addr again;
	struct ksock_addr addr;
	int round;
	int ret;

	prandom_seed_state(&random, 1);
	for (round = 0; round < 20000; round++) {
		make_any(&random, &addr);
		ret = ksock_addr_format(&addr, text, sizeof(text));
		if (ret != strlen(text)) {
			test_failed(t, __FILE__, __LINE__, "\"%s\" returns %d",
				    text, ret);
			return;
		}
		memset(&again, POISON, sizeof(again));
		ASSERT(t, addr_of(t, &again, text));
		if (!same_bytes(&again, &addr)) {
			test_failed(t, __FILE__, __LINE__, "\"%s\"", text);
			return;
		}
		ASSERT(t, ksock_addr_equal(&addr, &again));
	}
}

static void every_byte_of_a_name_survives_text(struct test *t)
{
	char text[KSOCK_ADDR_STRLEN];
	struct ksock_addr again;
	struct ksock_addr addr;
	u8 name[] = { 0, 0, 'n' };
	int ret;
	int i;

	for (i = 0; i < 256; i++) {
		/* Abstract, and but for zero also as a path. */
		name[1] = i;
		ASSERT_EQ(t, ksock_addr_set_unix(&addr, name, 3), 0);
		ret = ksock_addr_format(&addr, text, sizeof(text));
		ASSERT_EQ(t, ret, strlen(text));
		ASSERT(t, addr_of(t, &again, text));
		ASSERT(t, same_bytes(&again, &addr));
		ASSERT_EQ(t, ksock_addr_set_unix(&addr, name + 1, 2), 0);
		ret = ksock_addr_format(&addr, text, sizeof(text));
		ASSERT_EQ(t, ret, strlen(text));
		if (!i)
			continue;
		ASSERT(t, addr_of(t, &again, text));
		ASSERT(t, same_bytes(&again, &addr));
	}
}

static void too_small_buffers_are_refused_at_every_size(struct test *t)
{
	struct ksock_addr addr;
	char whole[64];
	char text[64];
	size_t size;
	size_t i;
	int len;

	for (i = 0; i < ARRAY_SIZE(good); i++) {
		ASSERT(t, addr_of(t, &addr, good[i].text));
		len = ksock_addr_format(&addr, whole, sizeof(whole));
		ASSERT(t, len > 0);
		for (size = 0; size <= len; size++) {
			memset(text, POISON, sizeof(text));
			ASSERT_EQ(t, ksock_addr_format(&addr, text, size),
				  -ENOSPC);
			ASSERT(t, !memchr_inv(text + size, POISON,
					      sizeof(text) - size));
			if (!size)
				continue;
			ASSERT_EQ(t, strnlen(text, size), size - 1);
			ASSERT(t, !memcmp(text, whole, size - 1));
		}
		memset(text, POISON, sizeof(text));
		ASSERT_EQ(t, ksock_addr_format(&addr, text, len + 1), len);
		ASSERT(t, !strcmp(text, whole));
		ASSERT(t, !memchr_inv(text + len + 1, POISON,
				      sizeof(text) - len - 1));
	}
	EXPECT_EQ(t, ksock_addr_format(&addr, NULL, 0), -ENOSPC);
}

static void the_longest_text_has_room(struct test *t)
{
	char text[KSOCK_ADDR_STRLEN];
	struct ksock_addr addr;
	u8 bytes[108];
	int ret;

	memset(bytes, 0xff, sizeof(bytes));
	ASSERT_EQ(t, ksock_addr_set_unix(&addr, bytes, sizeof(bytes)), 0);
	ret = ksock_addr_format(&addr, text, sizeof(text));
	EXPECT_EQ(t, ret, strlen("unix:") + 4 * sizeof(bytes));
	ASSERT_EQ(t, ksock_addr_set_packet(&addr, 65535, INT_MAX, bytes,
					   MAX_ADDR_LEN), 0);
	ret = ksock_addr_format(&addr, text, sizeof(text));
	EXPECT_EQ(t, ret, strlen("packet:2147483647/0xffff") +
			  3 * MAX_ADDR_LEN);
}

static void addresses_of_wrong_length_are_not_printed(struct test *t)
{
	static const struct {
		enum ksock_family family;
		int least;
	} rows[] = {
		{ KSOCK_AF_UNIX, 2 },
		{ KSOCK_AF_INET, 16 },
		{ KSOCK_AF_INET6, 24 },
		{ KSOCK_AF_NETLINK, 12 },
		{ KSOCK_AF_PACKET, 12 },
		{ KSOCK_AF_VSOCK, 16 },
	};
	struct ksock_addr addr = {};
	char text[64];
	size_t i;
	int ret;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		addr.storage.ss_family = rows[i].family;
		for (addr.len = -1; addr.len <= rows[i].least; addr.len++) {
			memset(text, POISON, sizeof(text));
			ret = ksock_addr_format(&addr, text, sizeof(text));
			if (addr.len == rows[i].least) {
				EXPECT(t, ret > 0);
				continue;
			}
			EXPECT_EQ(t, ret, -EINVAL);
			EXPECT_STREQ(t, text, "");
		}
	}
	addr.len = sizeof(addr.storage) + 1;
	EXPECT_EQ(t, ksock_addr_format(&addr, text, sizeof(text)), -EINVAL);
}

static void addresses_of_wrong_parts_are_not_printed(struct test *t)
{
	struct sockaddr_ll *ll;
	struct ksock_addr addr;
	u8 *path = (u8 *)&addr.storage + 2;
	char text[KSOCK_ADDR_STRLEN];

	/* More hardware address than there is of the address, or can be. */
	ASSERT(t, addr_of(t, &addr, "packet:1/1"));
	ll = (struct sockaddr_ll *)&addr.storage;
	ll->sll_halen = 9;
	EXPECT_EQ(t, ksock_addr_format(&addr, text, sizeof(text)), -EINVAL);
	addr.len = sizeof(addr.storage);
	ll->sll_halen = MAX_ADDR_LEN + 1;
	EXPECT_EQ(t, ksock_addr_format(&addr, text, sizeof(text)), -EINVAL);
	ll->sll_halen = 0;
	ll->sll_ifindex = -1;
	EXPECT_EQ(t, ksock_addr_format(&addr, text, sizeof(text)), -EINVAL);

	/* The stack ends a path of 108 bytes past the structure. */
	memset(&addr, 0, sizeof(addr));
	addr.storage.ss_family = AF_UNIX;
	memset(path, 'p', 108);
	addr.len = 111;
	EXPECT_EQ(t, ksock_addr_format(&addr, text, sizeof(text)), 5 + 108);
	addr.len = 112;
	EXPECT_EQ(t, ksock_addr_format(&addr, text, sizeof(text)), -EINVAL);
	addr.len = 111;
	path[108] = 'p';
	EXPECT_EQ(t, ksock_addr_format(&addr, text, sizeof(text)), -EINVAL);
	path[0] = 0;
	EXPECT_EQ(t, ksock_addr_format(&addr, text, sizeof(text)), -EINVAL);
	addr.len = 110;
	EXPECT_EQ(t, ksock_addr_format(&addr, text, sizeof(text)), 6 + 107);
}

static void other_families_are_not_printed(struct test *t)
{
	struct ksock_addr addr = { .len = 16 };
	char text[8] = "before";

	EXPECT_EQ(t, ksock_addr_format(&addr, text, sizeof(text)),
		  -EAFNOSUPPORT);
	EXPECT_STREQ(t, text, "");
	addr.storage.ss_family = AF_CAN;
	EXPECT_EQ(t, ksock_addr_format(&addr, text, sizeof(text)),
		  -EAFNOSUPPORT);
	EXPECT_EQ(t, ksock_addr_format(&addr, NULL, 0), -EAFNOSUPPORT);
}

/* In their order: what is in one row is the same, what is not, is not. */
static const struct {
	const char *text;
	/* Made of bytes instead, of which the first two are of the family. */
	u16 family;
	u8 len;
	u8 byte;
} ordered[] = {
	{ NULL, 0, 0, 0 },
	{ NULL, AF_UNSPEC, 2, 0 },
	{ NULL, AF_UNSPEC, 3, 0 },
	{ NULL, AF_UNSPEC, 16, 0 },
	{ NULL, AF_UNSPEC, 16, 1 },
	{ "unix:" },
	{ "unix:@" },
	{ "unix:@\\x00" },
	{ "unix:@a" },
	{ "unix:@a\\x00" },
	{ "unix:@b" },
	{ "unix:/a" },
	{ "unix:/a/b" },
	{ "unix:/b" },
	{ NULL, AF_UNIX, 128, 'p' },
	{ "0.0.0.0:0" },
	{ "0.0.0.0:255" },
	{ "0.0.0.0:256" },
	{ "1.0.0.2:0" },
	{ "2.0.0.1:0" },
	{ "127.0.0.1:80" },
	{ "128.0.0.1:80" },
	{ "255.255.255.255:65535" },
	{ NULL, AF_INET, 4, 0 },
	{ NULL, AF_INET, 15, 0 },
	{ "[::]:0" },
	{ "[::1]:255" },
	{ "[::1]:256" },
	{ "[::ffff:127.0.0.1]:80" },
	{ "[1::]:80" },
	{ "[fe80::1]:80" },
	{ "[fe80::1%255]:80" },
	{ "[fe80::1%256]:80" },
	{ "[fe80::1]:81" },
	{ "[fe80::1%4294967295]:81" },
	{ NULL, AF_INET6, 23, 0 },
	{ "netlink:0/0" },
	{ "netlink:255/0" },
	{ "netlink:256/0" },
	{ "netlink:256/1" },
	{ "packet:1/1" },
	{ "packet:1/1/00" },
	{ "packet:1/1/00:00" },
	{ "packet:1/1/01" },
	{ "packet:1/2" },
	{ "packet:2/1" },
	{ "vsock:1:80" },
	{ "vsock:2:255" },
	{ "vsock:2:256" },
	{ "vsock:any:0" },
	{ NULL, AF_XDP, 16, 0 },
	{ NULL, AF_XDP, 16, 1 },
};

static struct ksock_addr in_order[ARRAY_SIZE(ordered)];

static bool make_ordered(struct test *t)
{
	struct ksock_addr *addr = in_order;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(ordered); i++, addr++) {
		if (ordered[i].text) {
			if (!addr_of(t, addr, ordered[i].text))
				return false;
			continue;
		}
		memset(addr, 0, sizeof(*addr));
		memset(&addr->storage, ordered[i].byte, ordered[i].len);
		addr->storage.ss_family = ordered[i].family;
		addr->len = ordered[i].len;
	}
	return true;
}

static int sign(int number)
{
	return (number > 0) - (number < 0);
}

/*
 * Reflexive, antisymmetric and transitive is what agrees with a table in which
 * each row has its place.
 */
static void addresses_have_an_order(struct test *t)
{
	const int rows = ARRAY_SIZE(ordered);
	int seen, i, j;

	ASSERT(t, make_ordered(t));
	for (i = 0; i < rows; i++) {
		for (j = 0; j < rows; j++) {
			seen = ksock_addr_compare(&in_order[i], &in_order[j]);
			if (sign(seen) != sign(i - j))
				test_failed(t, __FILE__, __LINE__,
					    "rows %d and %d compare as %d", i,
					    j, seen);
		}
	}
}

static void only_the_same_addresses_are_equal(struct test *t)
{
	const int rows = ARRAY_SIZE(ordered);
	bool equal, expected;
	int i, j;

	ASSERT(t, make_ordered(t));
	for (i = 0; i < rows; i++) {
		for (j = 0; j < rows; j++) {
			equal = ksock_addr_equal(&in_order[i], &in_order[j]);
			expected = i == j;
			if (equal != expected)
				test_failed(t, __FILE__, __LINE__,
					    "rows %d and %d", i, j);
		}
	}
}

static void the_order_of_any_three_is_an_order(struct test *t)
{
	struct ksock_addr addrs[3];
	struct rnd_state random;
	int ab, bc, ac;
	int round;
	int i;

	prandom_seed_state(&random, 2);
	for (round = 0; round < 5000; round++) {
		for (i = 0; i < 3; i++)
			make_any(&random, &addrs[i]);
		ab = sign(ksock_addr_compare(&addrs[0], &addrs[1]));
		bc = sign(ksock_addr_compare(&addrs[1], &addrs[2]));
		ac = sign(ksock_addr_compare(&addrs[0], &addrs[2]));
		ASSERT_EQ(t, sign(ksock_addr_compare(&addrs[1], &addrs[0])),
			  -ab);
		if (!ab || !bc || ab == bc)
			ASSERT_EQ(t, ac, ab ? ab : bc);
		ASSERT_EQ(t, ksock_addr_equal(&addrs[0], &addrs[1]), !ab);
	}
}

/* That they are the same for everything that compares. */
static void expect_same(struct test *t, int line, const struct ksock_addr *a,
			const struct ksock_addr *b)
{
	if (!ksock_addr_equal(a, b) || !ksock_addr_equal(b, a))
		test_failed(t, __FILE__, line, "they are not equal");
	if (ksock_addr_compare(a, b) || ksock_addr_compare(b, a))
		test_failed(t, __FILE__, line, "one comes first");
	if (ksock_addr_hash(a, 1) != ksock_addr_hash(b, 1))
		test_failed(t, __FILE__, line, "their hashes differ");
}

static void what_is_not_of_the_peer_does_not_count(struct test *t)
{
	struct ksock_addr a;
	struct ksock_addr b;

	ASSERT(t, addr_of(t, &a, "[fe80::1%2/0x12345]:80"));
	ASSERT(t, addr_of(t, &b, "[fe80::1%2]:80"));
	expect_same(t, __LINE__, &a, &b);

	ASSERT(t, addr_of(t, &a, "vsock:3:80"));
	b = a;
	((struct sockaddr_vm *)&b.storage)->svm_flags = 1;
	((struct sockaddr_vm *)&b.storage)->svm_reserved1 = 1;
	expect_same(t, __LINE__, &a, &b);

	ASSERT(t, addr_of(t, &a, "packet:1/1/02:00:00:00:00:01"));
	b = a;
	((struct sockaddr_ll *)&b.storage)->sll_hatype = 1;
	((struct sockaddr_ll *)&b.storage)->sll_pkttype = PACKET_OTHERHOST;
	((struct sockaddr_ll *)&b.storage)->sll_addr[7] = 1;
	expect_same(t, __LINE__, &a, &b);
	/* As long as the stack makes it. */
	b.len = 18;
	expect_same(t, __LINE__, &a, &b);

	ASSERT(t, addr_of(t, &a, "netlink:1/1"));
	b = a;
	((struct sockaddr_nl *)&b.storage)->nl_pad = 1;
	expect_same(t, __LINE__, &a, &b);
}

static void padding_and_what_is_past_the_length_do_not_count(struct test *t)
{
	static const char * const texts[] = {
		"1.2.3.4:80", "[::1]:80", "unix:", "unix:@a", "unix:/a",
		"vsock:3:80", "netlink:1/1", "packet:1/1",
	};
	struct ksock_addr a;
	struct ksock_addr b;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(texts); i++) {
		ASSERT(t, addr_of(t, &a, texts[i]));
		b = a;
		memset((u8 *)&b.storage + b.len, POISON,
		       sizeof(b.storage) - b.len);
		expect_same(t, __LINE__, &a, &b);
	}

	memset(&a, 0, sizeof(a));
	memset(&b, POISON, sizeof(b));
	for (b.len = -1; b.len < 2; b.len++)
		expect_same(t, __LINE__, &a, &b);

	/* An address may be longer than its family asks for. */
	ASSERT(t, addr_of(t, &a, "1.2.3.4:80"));
	b = a;
	memset((u8 *)&b.storage + 8, POISON, 8);
	b.len = 100;
	expect_same(t, __LINE__, &a, &b);

	ASSERT(t, addr_of(t, &a, "[::1]:80"));
	b = a;
	b.len = 24;
	expect_same(t, __LINE__, &a, &b);
}

static void how_a_path_ends_does_not_count(struct test *t)
{
	struct ksock_addr a;
	struct ksock_addr b;
	u8 path[108];

	ASSERT(t, addr_of(t, &a, "unix:/a"));
	b = a;
	b.len--;
	expect_same(t, __LINE__, &a, &b);
	b.len = 50;
	memset((u8 *)&b.storage + a.len, POISON, 20);
	expect_same(t, __LINE__, &a, &b);

	memset(path, 'p', sizeof(path));
	ASSERT_EQ(t, ksock_addr_set_unix(&a, path, sizeof(path)), 0);
	b = a;
	b.len = 111;
	expect_same(t, __LINE__, &a, &b);
}

static void mapped_ipv4_is_equal_once_it_is_unmapped(struct test *t)
{
	struct ksock_addr mapped;
	struct ksock_addr v4;

	ASSERT(t, addr_of(t, &v4, "192.0.2.1:80"));
	ASSERT(t, addr_of(t, &mapped, "[::ffff:192.0.2.1]:80"));
	EXPECT(t, !ksock_addr_equal(&v4, &mapped));
	EXPECT_EQ(t, ksock_addr_unmap_v4(&mapped), 0);
	expect_same(t, __LINE__, &v4, &mapped);
}

static void hashes_tell_addresses_and_seeds_apart(struct test *t)
{
	const int rows = ARRAY_SIZE(ordered);
	int same_seed = 0;
	int same = 0;
	u32 hash;
	int i;
	int j;

	ASSERT(t, make_ordered(t));
	for (i = 0; i < rows; i++) {
		hash = ksock_addr_hash(&in_order[i], 1);
		EXPECT_EQ(t, ksock_addr_hash(&in_order[i], 1), hash);
		same_seed += ksock_addr_hash(&in_order[i], 2) == hash;
		for (j = 0; j < i; j++)
			same += ksock_addr_hash(&in_order[j], 1) == hash;
	}
	EXPECT_EQ(t, same_seed, 0);
	EXPECT_EQ(t, same, 0);
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
	CASE(good_text_is_parsed_and_printed),
	CASE(bad_text_is_refused_and_changes_nothing),
	CASE(names_that_are_too_long_are_refused),
	CASE(hardware_addresses_that_are_too_long_are_refused),
	CASE(scopes_may_be_names_of_devices),
	CASE(what_is_printed_is_parsed_to_the_same_bytes),
	CASE(every_byte_of_a_name_survives_text),
	CASE(too_small_buffers_are_refused_at_every_size),
	CASE(the_longest_text_has_room),
	CASE(addresses_of_wrong_length_are_not_printed),
	CASE(addresses_of_wrong_parts_are_not_printed),
	CASE(other_families_are_not_printed),
	CASE(addresses_have_an_order),
	CASE(only_the_same_addresses_are_equal),
	CASE(the_order_of_any_three_is_an_order),
	CASE(what_is_not_of_the_peer_does_not_count),
	CASE(padding_and_what_is_past_the_length_do_not_count),
	CASE(how_a_path_ends_does_not_count),
	CASE(mapped_ipv4_is_equal_once_it_is_unmapped),
	CASE(hashes_tell_addresses_and_seeds_apart),
	{}
};
