// SPDX-License-Identifier: GPL-2.0-only
/*
 * Addresses: text, good and bad, and back.
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
#include "addr.h"
#include "test.h"

bool addr_of(struct test *t, struct ksock_addr *addr, const char *text)
{
	int ret = ksock_addr_parse(addr, NULL, text);

	if (ret)
		test_failed(t, __FILE__, __LINE__, "\"%s\" is refused with %d",
			    text, ret);
	return !ret;
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

void make_any(struct rnd_state *random, struct ksock_addr *addr)
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

const struct test_case addr_text_cases[] = {
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
	{}
};
