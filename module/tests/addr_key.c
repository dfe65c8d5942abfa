// SPDX-License-Identifier: GPL-2.0-only
/*
 * Addresses: the laws of comparing.
 */
#include <linux/if_packet.h>
#include <linux/in.h>
#include <linux/in6.h>
#include <linux/kernel.h>
#include <linux/prandom.h>
#include <linux/string.h>
#include <linux/un.h>
#include <linux/vm_sockets.h>
#include <net/ipv6.h>
#include "addr.h"
#include "test.h"

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

const struct test_case addr_key_cases[] = {
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
