// SPDX-License-Identifier: GPL-2.0-only
/*
 * Values of options as text, both ways, on any host: no device is needed, only
 * the loopback interface, which is the first one.
 */
#define _GNU_SOURCE

#include <arpa/inet.h>
#include <errno.h>
#include <ksock.h>
#include <linux/net_tstamp.h>
#include <netinet/in.h>
#include <stdlib.h>

#include "kselftest_harness.h"

#define COUNT(_array) (sizeof(_array) / sizeof((_array)[0]))

#define ERRNO(call) ((call) < 0 ? errno : 0)

/* An option of each type, text of it and how that is written. */
static const struct sample {
	const char *name;
	enum ksock_value_type type;
	const char *text;
	const char *formatted;
} samples[] = {
	{ "TCP_NODELAY", KSOCK_VALUE_BOOL, "1", "1" },
	{ "TCP_NODELAY", KSOCK_VALUE_BOOL, "0", "0" },
	{ "TCP_NODELAY", KSOCK_VALUE_BOOL, "on", "1" },
	{ "TCP_NODELAY", KSOCK_VALUE_BOOL, "true", "1" },
	{ "TCP_NODELAY", KSOCK_VALUE_BOOL, "off", "0" },
	{ "TCP_NODELAY", KSOCK_VALUE_BOOL, "false", "0" },
	{ "TCP_NODELAY", KSOCK_VALUE_BOOL, "2", "2" },
	{ "TCP_NODELAY", KSOCK_VALUE_BOOL, "-1", "-1" },
	{ "IP_TTL", KSOCK_VALUE_INT, "64", "64" },
	{ "IP_TTL", KSOCK_VALUE_INT, "0x40", "64" },
	{ "IP_TTL", KSOCK_VALUE_INT, "010", "10" },
	{ "IP_TTL", KSOCK_VALUE_INT, "-1", "-1" },
	{ "IP_TTL", KSOCK_VALUE_INT, "2147483647", "2147483647" },
	{ "IP_TTL", KSOCK_VALUE_INT, "-2147483648", "-2147483648" },
	{ "SO_MARK", KSOCK_VALUE_UINT, "0", "0" },
	{ "SO_MARK", KSOCK_VALUE_UINT, "0xffffffff", "4294967295" },
	{ "SO_MAX_PACING_RATE", KSOCK_VALUE_U64, "4294967295", "4294967295" },
	{ "SO_LINGER", KSOCK_VALUE_LINGER, "onoff=1 linger=5",
	  "onoff=1 linger=5" },
	{ "SO_LINGER", KSOCK_VALUE_LINGER, " linger=-5  onoff=0 ",
	  "onoff=0 linger=-5" },
	{ "SO_LINGER", KSOCK_VALUE_LINGER, "1 linger=2", "onoff=1 linger=2" },
	{ "SO_RCVTIMEO_OLD", KSOCK_VALUE_TIMEVAL, "sec=1 usec=500000",
	  "sec=1 usec=500000" },
	{ "SO_RCVTIMEO_OLD", KSOCK_VALUE_TIMEVAL, "1.5", "sec=1 usec=500000" },
	{ "SO_RCVTIMEO_OLD", KSOCK_VALUE_TIMEVAL, "0.000001",
	  "sec=0 usec=1" },
	{ "SO_RCVTIMEO_OLD", KSOCK_VALUE_TIMEVAL, "30", "sec=30 usec=0" },
	{ "SO_RCVTIMEO_OLD", KSOCK_VALUE_TIMEVAL, "sec=-1", "sec=-1 usec=0" },
	{ "SO_SNDTIMEO_NEW", KSOCK_VALUE_TIMEVAL64,
	  "sec=9223372036854775807 usec=0", "sec=9223372036854775807 usec=0" },
	{ "SO_SNDTIMEO_NEW", KSOCK_VALUE_TIMEVAL64, "2.25",
	  "sec=2 usec=250000" },
	{ "TCP_CONGESTION", KSOCK_VALUE_STRING, "reno", "reno" },
	{ "SO_BINDTODEVICE", KSOCK_VALUE_STRING, "", "" },
	{ "TCP_FASTOPEN_KEY", KSOCK_VALUE_BYTES, "00ffA5", "00ffa5" },
	{ "IP_OPTIONS", KSOCK_VALUE_BYTES, "", "" },
	{ "SO_TXTIME", KSOCK_VALUE_TXTIME, "clockid=11 flags=3",
	  "clockid=11 flags=3" },
	{ "SO_TXTIME", KSOCK_VALUE_TXTIME, "1", "clockid=1 flags=0" },
	{ "SO_TIMESTAMPING_OLD", KSOCK_VALUE_TIMESTAMPING,
	  "flags=rx_software|software", "flags=rx_software|software" },
	{ "SO_TIMESTAMPING_OLD", KSOCK_VALUE_TIMESTAMPING,
	  "software|rx_software", "flags=rx_software|software" },
	{ "SO_TIMESTAMPING_OLD", KSOCK_VALUE_TIMESTAMPING, "0", "flags=0" },
	{ "SO_TIMESTAMPING_OLD", KSOCK_VALUE_TIMESTAMPING, "24",
	  "flags=rx_software|software" },
	{ "SO_TIMESTAMPING_OLD", KSOCK_VALUE_TIMESTAMPING,
	  "flags=0x80000000|tx_hardware bind_phc=7",
	  "flags=tx_hardware|0x80000000 bind_phc=7" },
	{ "IP_MULTICAST_IF", KSOCK_VALUE_IN_ADDR, "127.0.0.1", "127.0.0.1" },
	{ "IP_MULTICAST_IF", KSOCK_VALUE_IN_ADDR, "group=0.0.0.0 ifindex=3",
	  "group=0.0.0.0 address=0.0.0.0 ifindex=3" },
	{ "IP_UNICAST_IF", KSOCK_VALUE_IFINDEX, "1", "1" },
	{ "IP_UNICAST_IF", KSOCK_VALUE_IFINDEX, "lo", "1" },
	{ "IP_ADD_MEMBERSHIP", KSOCK_VALUE_MREQ,
	  "group=224.0.0.9 address=127.0.0.1 ifindex=1",
	  "group=224.0.0.9 address=127.0.0.1 ifindex=1" },
	{ "IP_ADD_MEMBERSHIP", KSOCK_VALUE_MREQ, "224.0.0.9 ifindex=lo",
	  "group=224.0.0.9 address=0.0.0.0 ifindex=1" },
	{ "IP_ADD_SOURCE_MEMBERSHIP", KSOCK_VALUE_MREQ_SOURCE,
	  "group=232.0.0.9 source=127.0.0.2 address=127.0.0.1",
	  "group=232.0.0.9 source=127.0.0.2 address=127.0.0.1" },
	{ "IPV6_JOIN_ANYCAST", KSOCK_VALUE_MREQ6, "group=ff02::9 ifindex=lo",
	  "group=ff02::9 ifindex=1" },
	{ "SOL_IP/MCAST_JOIN_GROUP", KSOCK_VALUE_GROUP,
	  "ifindex=lo group=224.0.0.9", "group=224.0.0.9 ifindex=1" },
	{ "SOL_IPV6/MCAST_JOIN_GROUP", KSOCK_VALUE_GROUP, "ff02::9",
	  "group=ff02::9 ifindex=0" },
	{ "SOL_IP/MCAST_JOIN_SOURCE_GROUP", KSOCK_VALUE_GROUP_SOURCE,
	  "group=232.0.0.9 source=127.0.0.2 ifindex=1",
	  "group=232.0.0.9 source=127.0.0.2 ifindex=1" },
	{ "SOL_IPV6/MCAST_JOIN_SOURCE_GROUP", KSOCK_VALUE_GROUP_SOURCE,
	  "source=::1 group=ff35::9", "group=ff35::9 source=::1 ifindex=0" },
	{ "IPV6_PKTINFO", KSOCK_VALUE_IN6_PKTINFO, "address=::1 ifindex=1",
	  "address=::1 ifindex=1" },
	{ "IP_LOCAL_PORT_RANGE", KSOCK_VALUE_PORT_RANGE, "low=40000 high=50000",
	  "low=40000 high=50000" },
	{ "IP_LOCAL_PORT_RANGE", KSOCK_VALUE_PORT_RANGE, "40000-50000",
	  "low=40000 high=50000" },
	{ "ICMP_FILTER", KSOCK_VALUE_ICMP_FILTER, "none", "none" },
	{ "ICMP_FILTER", KSOCK_VALUE_ICMP_FILTER, "0,3,8-11,31",
	  "0,3,8-11,31" },
	{ "ICMP_FILTER", KSOCK_VALUE_ICMP_FILTER, "1,0-2,0", "0-2" },
	{ "ICMPV6_FILTER", KSOCK_VALUE_ICMP6_FILTER, "0-255", "0-255" },
	{ "ICMPV6_FILTER", KSOCK_VALUE_ICMP6_FILTER, "31,33,128",
	  "31,33,128" },
};

static const struct bad {
	const char *name;
	const char *text;
	int err;
} bad[] = {
	{ "TCP_NODELAY", "", EINVAL },
	{ "TCP_NODELAY", "yes", EINVAL },
	{ "TCP_NODELAY", "1 ", EINVAL },
	{ "TCP_NODELAY", "4294967296", ERANGE },
	{ "IP_TTL", "", EINVAL },
	{ "IP_TTL", " 1", EINVAL },
	{ "IP_TTL", "+1", EINVAL },
	{ "IP_TTL", "--1", EINVAL },
	{ "IP_TTL", "1x", EINVAL },
	{ "IP_TTL", "a", EINVAL },
	{ "IP_TTL", "0x", EINVAL },
	{ "IP_TTL", "0x-1", EINVAL },
	{ "IP_TTL", "2147483648", ERANGE },
	{ "IP_TTL", "-2147483649", ERANGE },
	{ "IP_TTL", "99999999999999999999999", ERANGE },
	{ "SO_MARK", "-1", EINVAL },
	{ "SO_MARK", "4294967296", ERANGE },
	{ "SO_MAX_PACING_RATE", "18446744073709551616", ERANGE },
	{ "SO_LINGER", "", EINVAL },
	{ "SO_LINGER", "onoff=1", EINVAL },
	{ "SO_LINGER", "onoff=1 linger=", EINVAL },
	{ "SO_LINGER", "onoff=1 linger=5 linger=5", EINVAL },
	{ "SO_LINGER", "onoff=1 linger=5 more=1", EINVAL },
	{ "SO_LINGER", "1 5", EINVAL },
	{ "SO_LINGER", "onoff=2147483648 linger=0", ERANGE },
	{ "SO_RCVTIMEO_OLD", "1.", EINVAL },
	{ "SO_RCVTIMEO_OLD", ".5", EINVAL },
	{ "SO_RCVTIMEO_OLD", "1.0000001", EINVAL },
	{ "SO_RCVTIMEO_OLD", "1.5s", EINVAL },
	{ "SO_RCVTIMEO_OLD", "99999999999999999999.5", ERANGE },
	{ "SO_RCVTIMEO_OLD", "999999999999999999999.5", EINVAL },
	{ "SO_RCVTIMEO_OLD", "usec=5", EINVAL },
	{ "TCP_FASTOPEN_KEY", "0", EINVAL },
	{ "TCP_FASTOPEN_KEY", "0g", EINVAL },
	{ "TCP_FASTOPEN_KEY", "0x00", EINVAL },
	{ "SO_TIMESTAMPING_OLD", "software|", EINVAL },
	{ "SO_TIMESTAMPING_OLD", "|software", EINVAL },
	{ "SO_TIMESTAMPING_OLD", "soft", EINVAL },
	{ "SO_TIMESTAMPING_OLD", "0x100000000", ERANGE },
	{ "IP_MULTICAST_IF", "127.0.0", EINVAL },
	{ "IP_MULTICAST_IF", "::1", EINVAL },
	{ "IP_UNICAST_IF", "no-such-if0", ENODEV },
	{ "IP_UNICAST_IF", "", ENODEV },
	{ "IP_UNICAST_IF", "0x80000000", ERANGE },
	{ "IP_ADD_MEMBERSHIP", "address=127.0.0.1", EINVAL },
	{ "IP_ADD_MEMBERSHIP", "group=224.0.0.256", EINVAL },
	{ "IP_ADD_MEMBERSHIP", "224.0.0.9 ifindex=no-such-if0", ENODEV },
	{ "IP_ADD_SOURCE_MEMBERSHIP", "group=232.0.0.9", EINVAL },
	{ "SOL_IP/MCAST_JOIN_GROUP", "group=somewhere", EINVAL },
	{ "IP_LOCAL_PORT_RANGE", "40000-", EINVAL },
	{ "IP_LOCAL_PORT_RANGE", "-50000", EINVAL },
	{ "IP_LOCAL_PORT_RANGE", "40000", EINVAL },
	{ "IP_LOCAL_PORT_RANGE", "1-65536", ERANGE },
	{ "ICMP_FILTER", "", EINVAL },
	{ "ICMP_FILTER", "0,", EINVAL },
	{ "ICMP_FILTER", "0,none", EINVAL },
	{ "ICMP_FILTER", "3-", EINVAL },
	{ "ICMP_FILTER", "3-2", EINVAL },
	{ "ICMP_FILTER", "1 2", EINVAL },
	{ "ICMP_FILTER", "32", ERANGE },
	{ "ICMPV6_FILTER", "256", ERANGE },
	{ "ICMPV6_FILTER", "10000", ERANGE },
};

static const struct ksock_opt *find(const char *name)
{
	return ksock_opt_find(name, AF_UNSPEC);
}

static const struct sample *sample_of(enum ksock_value_type type)
{
	size_t i;

	for (i = 0; i < COUNT(samples); i++) {
		if (samples[i].type == type)
			return &samples[i];
	}
	return NULL;
}

/* ---- Text ---------------------------------------------------------------- */

TEST(text_is_read_and_written_as_documented)
{
	char value[KSOCK_OPT_VALUE_MAX], again[KSOCK_OPT_VALUE_MAX];
	char text[KSOCK_OPT_STRLEN];
	socklen_t len, again_len;
	size_t i;

	for (i = 0; i < COUNT(samples); i++) {
		const struct sample *sample = &samples[i];
		const struct ksock_opt *opt = find(sample->name);

		ASSERT_NE(NULL, opt)
			TH_LOG("%s", sample->name);
		ASSERT_EQ(sample->type, ksock_opt_get_type(opt));
		memset(value, 0x5a, sizeof(value));
		memset(again, 0xa5, sizeof(again));
		len = sizeof(value);
		again_len = sizeof(again);

		errno = EXDEV;
		ASSERT_EQ(0, ksock_opt_parse(opt, sample->text, value, &len))
			TH_LOG("%s: %s", sample->name, sample->text);
		ASSERT_EQ(0, ksock_opt_format(opt, value, len, text,
					      sizeof(text)));
		EXPECT_STREQ(sample->formatted, text);
		ASSERT_EQ(0, ksock_opt_parse(opt, text, again, &again_len))
			TH_LOG("%s: %s", sample->name, text);
		EXPECT_EQ(EXDEV, errno);
		EXPECT_EQ(len, again_len);
		EXPECT_EQ(0, memcmp(value, again, len));
	}
}

TEST(text_of_another_form_fails_with_its_errno)
{
	char value[KSOCK_OPT_VALUE_MAX];
	socklen_t len;
	size_t i;

	for (i = 0; i < COUNT(bad); i++) {
		len = sizeof(value);
		EXPECT_EQ(bad[i].err,
			  ERRNO(ksock_opt_parse(find(bad[i].name), bad[i].text,
						value, &len)))
			TH_LOG("%s: %s", bad[i].name, bad[i].text);
		EXPECT_EQ(sizeof(value), len);
	}
}

TEST(token_longer_than_any_value_fails_with_einval)
{
	char text[4096], value[KSOCK_OPT_VALUE_MAX];
	const struct ksock_opt *opt = NULL;
	socklen_t len;

	memset(text, '1', sizeof(text));
	text[sizeof(text) - 1] = '\0';
	while ((opt = ksock_opt_next(opt))) {
		len = sizeof(value);
		EXPECT_NE(0, ERRNO(ksock_opt_parse(opt, text, value, &len)))
			TH_LOG("%s", ksock_opt_get_name(opt));
	}
	len = sizeof(value);
	EXPECT_EQ(EINVAL, ERRNO(ksock_opt_parse(find("SO_LINGER"), text, value,
						&len)));
}

/* One test for all there will ever be: a new type needs a sample. */
TEST(every_writable_option_is_read_from_text)
{
	const struct ksock_opt *opt = NULL;
	char value[KSOCK_OPT_VALUE_MAX];
	const struct sample *sample;
	socklen_t len;

	while ((opt = ksock_opt_next(opt))) {
		if (!ksock_opt_is_writable(opt))
			continue;
		sample = sample_of(ksock_opt_get_type(opt));
		ASSERT_NE(NULL, sample)
			TH_LOG("%s", ksock_opt_get_name(opt));
		len = sizeof(value);
		EXPECT_EQ(0, ksock_opt_parse(opt, sample->text, value, &len))
			TH_LOG("%s", ksock_opt_get_name(opt));
	}
}

TEST(types_that_are_only_written_fail_with_eopnotsupp)
{
	static const char *const names[] = {
		"SO_PEERCRED", "SO_MEMINFO", "IPV6_PATHMTU", "TCP_INFO",
	};
	char value[KSOCK_OPT_VALUE_MAX];
	socklen_t len = sizeof(value);
	size_t i;

	for (i = 0; i < COUNT(names); i++) {
		EXPECT_EQ(EOPNOTSUPP, ERRNO(ksock_opt_parse(find(names[i]), "0",
							    value, &len)));
	}
}

/* ---- Lengths ------------------------------------------------------------- */

TEST(room_for_a_value_is_not_exceeded)
{
	char value[KSOCK_OPT_VALUE_MAX];
	const struct ksock_opt *opt;
	socklen_t len, room;
	size_t i;

	for (i = 0; i < COUNT(samples); i++) {
		opt = find(samples[i].name);
		len = sizeof(value);
		ASSERT_EQ(0, ksock_opt_parse(opt, samples[i].text, value,
					     &len));
		for (room = 0; room < len; room++) {
			socklen_t got = room;

			memset(value, 0x5a, sizeof(value));
			EXPECT_EQ(ENOSPC,
				  ERRNO(ksock_opt_parse(opt, samples[i].text,
							value, &got)))
				TH_LOG("%s: %u", samples[i].name, room);
			EXPECT_EQ(0x5a, value[room]);
		}
	}
}

TEST(room_for_text_is_not_exceeded)
{
	char value[KSOCK_OPT_VALUE_MAX], text[KSOCK_OPT_STRLEN];
	size_t size, i;
	socklen_t len;

	for (i = 0; i < COUNT(samples); i++) {
		const struct ksock_opt *opt = find(samples[i].name);

		len = sizeof(value);
		ASSERT_EQ(0, ksock_opt_parse(opt, samples[i].text, value,
					     &len));
		for (size = 0; size <= strlen(samples[i].formatted); size++) {
			memset(text, 0x5a, sizeof(text));
			EXPECT_EQ(ENOSPC, ERRNO(ksock_opt_format(opt, value,
								 len, text,
								 size)))
				TH_LOG("%s: %zu", samples[i].name, size);
			EXPECT_EQ(0x5a, text[size]);
		}
		EXPECT_EQ(0, ksock_opt_format(opt, value, len, text, size));
	}
}

/* ---- Values -------------------------------------------------------------- */

/* What a random value may not be, so that text says all of it. */
static bool value_is_whole_in_text(enum ksock_value_type type)
{
	return type != KSOCK_VALUE_STRING && type != KSOCK_VALUE_GROUP &&
	       type != KSOCK_VALUE_GROUP_SOURCE;
}

/* The number of an interface, which a value may end with, is 31 bits long. */
static void value_randomise(enum ksock_value_type type, unsigned char *value,
			    socklen_t len)
{
	bool ifindex = type == KSOCK_VALUE_IFINDEX ||
		       type == KSOCK_VALUE_IN_ADDR ||
		       type == KSOCK_VALUE_MREQ || type == KSOCK_VALUE_MREQ6 ||
		       type == KSOCK_VALUE_IN6_PKTINFO;
	socklen_t i;

	for (i = 0; i < len; i++) {
		value[i] = random();
		if (ifindex && len - i <= 4)
			value[i] &= 0x7f;
	}
}

TEST(text_of_a_value_is_read_as_the_value)
{
	unsigned char value[64], again[KSOCK_OPT_VALUE_MAX];
	char text[KSOCK_OPT_STRLEN];
	socklen_t len, again_len;
	size_t i, round;

	srandom(1);
	for (i = 0; i < COUNT(samples); i++) {
		const struct ksock_opt *opt = find(samples[i].name);

		if (!value_is_whole_in_text(samples[i].type))
			continue;
		len = sizeof(value);
		ASSERT_EQ(0, ksock_opt_parse(opt, samples[i].text, value,
					     &len));
		for (round = 0; round < 200; round++) {
			value_randomise(samples[i].type, value, len);
			ASSERT_EQ(0, ksock_opt_format(opt, value, len, text,
						      sizeof(text)));
			again_len = sizeof(again);
			ASSERT_EQ(0, ksock_opt_parse(opt, text, again,
						     &again_len))
				TH_LOG("%s: %s", samples[i].name, text);
			EXPECT_EQ(len, again_len);
			EXPECT_EQ(0, memcmp(value, again, len))
				TH_LOG("%s: %s", samples[i].name, text);
		}
	}
}

/* Parses into room that is large enough, and checks the length. */
#define PARSE(_name, _text, _value)					\
	do {								\
		char _room[KSOCK_OPT_VALUE_MAX];			\
		socklen_t _len = sizeof(_room);				\
									\
		ASSERT_EQ(0, ksock_opt_parse(find(_name), _text, _room,	\
					     &_len));			\
		ASSERT_EQ(sizeof(_value), _len);			\
		memcpy(&(_value), _room, sizeof(_value));		\
	} while (0)

TEST(values_have_the_layout_of_the_system_calls)
{
	struct group_source_req group_source;
	struct ip_mreq_source mreq_source;
	struct in6_pktinfo pktinfo;
	struct sock_txtime txtime;
	struct linger linger;
	struct ip_mreqn mreq;
	struct timeval tv;
	uint32_t word;

	PARSE("SO_LINGER", "onoff=1 linger=5", linger);
	EXPECT_EQ(1, linger.l_onoff);
	EXPECT_EQ(5, linger.l_linger);
	PARSE("SO_RCVTIMEO", "1.5", tv);
	EXPECT_EQ(1, tv.tv_sec);
	EXPECT_EQ(500000, tv.tv_usec);
	PARSE("SO_TXTIME", "clockid=11 flags=2", txtime);
	EXPECT_EQ(11, txtime.clockid);
	EXPECT_EQ(2, txtime.flags);
	PARSE("IP_ADD_MEMBERSHIP", "group=224.0.0.9 address=127.0.0.1 "
	      "ifindex=7", mreq);
	EXPECT_EQ(inet_addr("224.0.0.9"), mreq.imr_multiaddr.s_addr);
	EXPECT_EQ(inet_addr("127.0.0.1"), mreq.imr_address.s_addr);
	EXPECT_EQ(7, mreq.imr_ifindex);
	PARSE("IP_BLOCK_SOURCE", "group=224.0.0.9 address=127.0.0.1 "
	      "source=127.0.0.2", mreq_source);
	EXPECT_EQ(inet_addr("224.0.0.9"), mreq_source.imr_multiaddr.s_addr);
	EXPECT_EQ(inet_addr("127.0.0.1"), mreq_source.imr_interface.s_addr);
	EXPECT_EQ(inet_addr("127.0.0.2"), mreq_source.imr_sourceaddr.s_addr);
	PARSE("SOL_IP/MCAST_BLOCK_SOURCE", "group=224.0.0.9 source=127.0.0.2 "
	      "ifindex=7", group_source);
	EXPECT_EQ(7, group_source.gsr_interface);
	EXPECT_EQ(AF_INET, group_source.gsr_group.ss_family);
	EXPECT_EQ(inet_addr("127.0.0.2"),
		  ((struct sockaddr_in *)&group_source.gsr_source)
		  ->sin_addr.s_addr);
	PARSE("IPV6_PKTINFO", "address=::1 ifindex=7", pktinfo);
	EXPECT_EQ(0, memcmp(&in6addr_loopback, &pktinfo.ipi6_addr, 16));
	EXPECT_EQ(7, pktinfo.ipi6_ifindex);
	PARSE("IP_LOCAL_PORT_RANGE", "40000-50000", word);
	EXPECT_EQ(40000 | 50000U << 16, word);
	PARSE("IP_UNICAST_IF", "7", word);
	EXPECT_EQ(htonl(7), word);
	PARSE("ICMP_FILTER", "0,8", word);
	EXPECT_EQ(0x101, word);
	PARSE("SO_TIMESTAMPING_OLD", "tx_software|rx_software|software", word);
	EXPECT_EQ(SOF_TIMESTAMPING_TX_SOFTWARE | SOF_TIMESTAMPING_RX_SOFTWARE |
		  SOF_TIMESTAMPING_SOFTWARE, word);
}

TEST_HARNESS_MAIN
