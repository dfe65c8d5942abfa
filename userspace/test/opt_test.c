// SPDX-License-Identifier: GPL-2.0-only
/*
 * Options by name, and their values taken apart, on any host: no device is
 * needed.  Values as text are the subject of opt_text_test.c, what the kernel
 * module makes of options that of lib_opt_test.c.
 */
#define _GNU_SOURCE

#include <arpa/inet.h>
#include <errno.h>
#include <ksock.h>
#include <linux/net_tstamp.h>
#include <linux/tcp.h>
#include <netinet/in.h>

#include "kselftest_harness.h"

#define COUNT(_array) (sizeof(_array) / sizeof((_array)[0]))

#define ERRNO(call) ((call) < 0 ? errno : 0)
#define ERRNO_PTR(call) ((call) ? 0 : errno)

static const struct ksock_opt *find(const char *name)
{
	return ksock_opt_find(name, AF_UNSPEC);
}

/* ---- Names --------------------------------------------------------------- */

TEST(at_least_110_options_are_told_apart_by_level_and_name)
{
	const struct ksock_opt *opt = NULL;
	unsigned int count = 0;
	char name[128];

	errno = EXDEV;
	while ((opt = ksock_opt_next(opt))) {
		snprintf(name, sizeof(name), "%s/%s",
			 ksock_opt_get_level_name(opt),
			 ksock_opt_get_name(opt));
		EXPECT_EQ(opt, find(name))
			TH_LOG("%s", name);
		EXPECT_TRUE(ksock_opt_is_readable(opt) ||
			    ksock_opt_is_writable(opt));
		EXPECT_NE(NULL, ksock_opt_get_type_name(opt));
		count++;
	}
	EXPECT_LE(110, count);
	EXPECT_EQ(EXDEV, errno);
}

TEST(name_alone_finds_an_option)
{
	const struct ksock_opt *opt = find("TCP_NODELAY");

	ASSERT_NE(NULL, opt);
	EXPECT_STREQ("TCP_NODELAY", ksock_opt_get_name(opt));
	EXPECT_STREQ("SOL_TCP", ksock_opt_get_level_name(opt));
	EXPECT_EQ(IPPROTO_TCP, ksock_opt_get_level(opt));
	EXPECT_EQ(TCP_NODELAY, ksock_opt_get_number(opt));
	EXPECT_EQ(KSOCK_VALUE_BOOL, ksock_opt_get_type(opt));
	EXPECT_STREQ("bool", ksock_opt_get_type_name(opt));
	EXPECT_TRUE(ksock_opt_is_readable(opt));
	EXPECT_TRUE(ksock_opt_is_writable(opt));
	EXPECT_FALSE(ksock_opt_is_writable(find("SO_TYPE")));
	EXPECT_FALSE(ksock_opt_is_readable(find("IP_ADD_MEMBERSHIP")));
}

TEST(family_chooses_between_options_of_one_name)
{
	const char *name = "MCAST_JOIN_GROUP";

	EXPECT_EQ(ENOTUNIQ, ERRNO_PTR(find(name)));
	EXPECT_EQ(ENOTUNIQ, ERRNO_PTR(ksock_opt_find(name, AF_UNIX)));
	EXPECT_EQ(find("SOL_IP/MCAST_JOIN_GROUP"),
		  ksock_opt_find(name, AF_INET));
	EXPECT_EQ(find("SOL_IPV6/MCAST_JOIN_GROUP"),
		  ksock_opt_find(name, AF_INET6));
	EXPECT_EQ(find("IP_TTL"), ksock_opt_find("IP_TTL", AF_INET6));
}

TEST(unknown_name_fails_with_enoent)
{
	EXPECT_EQ(ENOENT, ERRNO_PTR(find("")));
	EXPECT_EQ(ENOENT, ERRNO_PTR(find("SO_NONSENSE")));
	EXPECT_EQ(ENOENT, ERRNO_PTR(find("tcp_nodelay")));
	EXPECT_EQ(ENOENT, ERRNO_PTR(find("TCP_NODELAY ")));
	EXPECT_EQ(ENOENT, ERRNO_PTR(find("SOL_TCP/")));
	EXPECT_EQ(ENOENT, ERRNO_PTR(find("SOL_IP/TCP_NODELAY")));
	EXPECT_EQ(ENOENT, ERRNO_PTR(find("SOL_TCP/SOL_TCP/TCP_NODELAY")));
}

TEST(other_names_lead_to_the_same_option)
{
	EXPECT_EQ(SO_RCVTIMEO, ksock_opt_get_number(find("SO_RCVTIMEO")));
	EXPECT_EQ(SO_SNDTIMEO, ksock_opt_get_number(find("SO_SNDTIMEO")));
	EXPECT_EQ(SO_TIMESTAMP, ksock_opt_get_number(find("SO_TIMESTAMP")));
	EXPECT_EQ(SO_TIMESTAMPNS, ksock_opt_get_number(find("SO_TIMESTAMPNS")));
	EXPECT_EQ(SO_TIMESTAMPING,
		  ksock_opt_get_number(find("SOL_SOCKET/SO_TIMESTAMPING")));
	EXPECT_EQ(find("IPV6_ADD_MEMBERSHIP"), find("IPV6_JOIN_GROUP"));
	EXPECT_EQ(IPV6_JOIN_GROUP,
		  ksock_opt_get_number(find("IPV6_JOIN_GROUP")));
	EXPECT_EQ(IPV6_LEAVE_GROUP,
		  ksock_opt_get_number(find("IPV6_LEAVE_GROUP")));
	EXPECT_EQ(IP_RECVRETOPTS, ksock_opt_get_number(find("IP_RECVRETOPTS")));
}

/* ---- Values -------------------------------------------------------------- */

TEST(value_too_short_for_its_type_fails_with_einval)
{
	static const struct {
		const char *name;
		socklen_t least;
	} rows[] = {
		{ "TCP_NODELAY", 4 },
		{ "IP_TTL", 4 },
		{ "SO_MARK", 4 },
		{ "SO_COOKIE", 4 },
		{ "SO_LINGER", sizeof(struct linger) },
		{ "SO_RCVTIMEO_OLD", 2 * sizeof(long) },
		{ "SO_RCVTIMEO_NEW", 16 },
		{ "SO_PEERCRED", sizeof(struct ucred) },
		{ "SO_MEMINFO", 4 },
		{ "SO_TXTIME", sizeof(struct sock_txtime) },
		{ "SO_TIMESTAMPING_NEW", 4 },
		{ "IP_MULTICAST_IF", 4 },
		{ "IP_UNICAST_IF", 4 },
		{ "IP_ADD_MEMBERSHIP", sizeof(struct ip_mreq) },
		{ "IP_BLOCK_SOURCE", sizeof(struct ip_mreq_source) },
		{ "IPV6_JOIN_GROUP", sizeof(struct ipv6_mreq) },
		{ "SOL_IP/MCAST_JOIN_GROUP", sizeof(struct group_req) },
		{ "SOL_IPV6/MCAST_BLOCK_SOURCE",
		  sizeof(struct group_source_req) },
		{ "IPV6_PKTINFO", sizeof(struct in6_pktinfo) },
		{ "IPV6_PATHMTU", sizeof(struct ip6_mtuinfo) },
		{ "IP_LOCAL_PORT_RANGE", 4 },
		{ "TCP_INFO", 1 },
		{ "ICMP_FILTER", 4 },
		{ "ICMPV6_FILTER", 32 },
	};
	char text[KSOCK_OPT_STRLEN], value[512] = { 0 };
	socklen_t len;
	size_t i;

	for (i = 0; i < COUNT(rows); i++) {
		const struct ksock_opt *opt = find(rows[i].name);

		ASSERT_NE(NULL, opt);
		for (len = 0; len < rows[i].least; len++) {
			EXPECT_EQ(EINVAL,
				  ERRNO(ksock_opt_format(opt, value, len, text,
							 sizeof(text))))
				TH_LOG("%s: %u", rows[i].name, len);
		}
		EXPECT_EQ(0, ksock_opt_format(opt, value, len, text,
					      sizeof(text)))
			TH_LOG("%s: %u", rows[i].name, len);
	}
}

TEST(text_of_the_longest_value_fits)
{
	unsigned char value[KSOCK_OPT_VALUE_MAX];
	const struct ksock_opt *opt = NULL;
	char text[KSOCK_OPT_STRLEN];

	memset(value, 0xff, sizeof(value));
	while ((opt = ksock_opt_next(opt))) {
		EXPECT_EQ(0, ksock_opt_format(opt, value, sizeof(value), text,
					      sizeof(text)))
			TH_LOG("%s", ksock_opt_get_name(opt));
	}
}

TEST(values_that_are_only_written_are_written_by_field)
{
	struct ucred cred = { .pid = 1, .uid = 2, .gid = UINT32_MAX };
	uint32_t meminfo[9] = { 1, 2, 3, 4, 5, 6, 7, 8, 9 };
	struct ip6_mtuinfo mtu = { .ip6m_mtu = 1500 };
	char text[KSOCK_OPT_STRLEN];

	EXPECT_EQ(0, ksock_opt_format(find("SO_PEERCRED"), &cred, sizeof(cred),
				      text, sizeof(text)));
	EXPECT_STREQ("pid=1 uid=2 gid=4294967295", text);
	EXPECT_EQ(0, ksock_opt_format(find("SO_MEMINFO"), meminfo,
				      sizeof(meminfo), text, sizeof(text)));
	EXPECT_STREQ("rmem_alloc=1 rcvbuf=2 wmem_alloc=3 sndbuf=4 fwd_alloc=5 "
		     "wmem_queued=6 optmem=7 backlog=8 drops=9", text);
	mtu.ip6m_addr.sin6_addr = in6addr_loopback;
	EXPECT_EQ(0, ksock_opt_format(find("IPV6_PATHMTU"), &mtu, sizeof(mtu),
				      text, sizeof(text)));
	EXPECT_STREQ("address=::1 mtu=1500", text);
	EXPECT_EQ(0, ksock_opt_format(find("TCP_CONGESTION"), "cubic\0\0x", 8,
				      text, sizeof(text)));
	EXPECT_STREQ("cubic", text);
}

/* ---- Fields -------------------------------------------------------------- */

struct fields {
	const char *wanted;
	struct ksock_field found;
	unsigned int count;
	unsigned int end;
};

static int take_field(void *arg, const struct ksock_field *field)
{
	struct fields *fields = arg;

	if (fields->wanted && !strcmp(fields->wanted, field->name))
		fields->found = *field;
	return ++fields->count == fields->end ? 77 : 0;
}

/* A field of struct tcp_info, -1 when the value does not have it. */
static int64_t tcp_field(const void *info, socklen_t len, const char *name)
{
	struct fields fields = { .wanted = name };

	if (ksock_opt_fields(find("TCP_INFO"), info, len, take_field, &fields))
		return -2;
	return fields.found.name ? (int64_t)fields.found.u : -1;
}

TEST(fields_of_tcp_info_are_those_of_the_kernels_header)
{
	struct tcp_info info;

	memset(&info, 0xff, sizeof(info));
	info.tcpi_state = 1;
	info.tcpi_options = 6;
	info.tcpi_snd_wscale = 7;
	info.tcpi_rcv_wscale = 8;
	info.tcpi_delivery_rate_app_limited = 1;
	info.tcpi_fastopen_client_fail = 2;
	info.tcpi_rto = 200000;
	info.tcpi_rtt = 33;
	info.tcpi_total_retrans = 3;
	info.tcpi_pacing_rate = UINT64_C(1) << 40;
	info.tcpi_segs_in = 44;
	info.tcpi_delivery_rate = UINT64_C(1) << 41;
	info.tcpi_delivered_ce = 55;
	info.tcpi_bytes_sent = UINT64_C(1) << 42;
	info.tcpi_snd_wnd = 66;

#define FIELD(_name) tcp_field(&info, sizeof(info), _name)
	EXPECT_EQ(1, FIELD("state"));
	EXPECT_EQ(255, FIELD("ca_state"));
	EXPECT_EQ(6, FIELD("options"));
	EXPECT_EQ(7, FIELD("snd_wscale"));
	EXPECT_EQ(8, FIELD("rcv_wscale"));
	EXPECT_EQ(1, FIELD("delivery_rate_app_limited"));
	EXPECT_EQ(2, FIELD("fastopen_client_fail"));
	EXPECT_EQ(200000, FIELD("rto"));
	EXPECT_EQ(33, FIELD("rtt"));
	EXPECT_EQ(3, FIELD("total_retrans"));
	EXPECT_EQ(INT64_C(1) << 40, FIELD("pacing_rate"));
	EXPECT_EQ(44, FIELD("segs_in"));
	EXPECT_EQ(INT64_C(1) << 41, FIELD("delivery_rate"));
	EXPECT_EQ(55, FIELD("delivered_ce"));
	EXPECT_EQ(INT64_C(1) << 42, FIELD("bytes_sent"));
	EXPECT_EQ(66, FIELD("snd_wnd"));
#undef FIELD
}

TEST(tcp_info_has_the_fields_within_its_length)
{
	unsigned char info[512];

	memset(info, 1, sizeof(info));
	EXPECT_EQ(-2, tcp_field(info, 0, "state"));
	EXPECT_EQ(1, tcp_field(info, 1, "state"));
	EXPECT_EQ(-1, tcp_field(info, 11, "rto"));
	EXPECT_EQ(0x01010101, tcp_field(info, 12, "rto"));
	EXPECT_EQ(-1, tcp_field(info, 231, "snd_wnd"));
	EXPECT_EQ(0x01010101, tcp_field(info, 232, "snd_wnd"));
	EXPECT_EQ(0x0101, tcp_field(info, 244, "total_rto"));
	EXPECT_EQ(0x010101, tcp_field(info, sizeof(info), "options2"));
}

TEST(visitor_ends_the_visit_with_its_own_result)
{
	struct linger linger = { 1, 2 };
	struct fields fields = { .end = 1 };

	EXPECT_EQ(77, ksock_opt_fields(find("SO_LINGER"), &linger,
				       sizeof(linger), take_field, &fields));
	EXPECT_EQ(1, fields.count);
}

static int take_only(void *arg, const struct ksock_field *field)
{
	*(struct ksock_field *)arg = *field;
	return 0;
}

TEST(value_without_parts_is_a_field_without_a_name)
{
	struct ksock_field field;
	uint64_t u64 = UINT64_MAX;
	int number = 1;

	EXPECT_EQ(0, ksock_opt_fields(find("SO_KEEPALIVE"), &number, 4,
				      take_only, &field));
	EXPECT_EQ(NULL, field.name);
	EXPECT_EQ(KSOCK_FIELD_BOOL, field.kind);
	EXPECT_TRUE(field.b);
	number = -1;
	EXPECT_EQ(0, ksock_opt_fields(find("SO_PEEK_OFF"), &number, 4,
				      take_only, &field));
	EXPECT_EQ(KSOCK_FIELD_INT, field.kind);
	EXPECT_EQ(-1, field.i);
	EXPECT_EQ(0, ksock_opt_fields(find("SO_COOKIE"), &u64, 8, take_only,
				      &field));
	EXPECT_EQ(KSOCK_FIELD_UINT, field.kind);
	EXPECT_EQ(UINT64_MAX, field.u);
	EXPECT_EQ(0, ksock_opt_fields(find("TCP_CONGESTION"), "reno", 4,
				      take_only, &field));
	EXPECT_EQ(KSOCK_FIELD_STRING, field.kind);
}

TEST_HARNESS_MAIN
