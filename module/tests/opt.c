// SPDX-License-Identifier: GPL-2.0-only
/*
 * Options: what is set is got, on the kinds of sockets that have it.
 */
#include <linux/err.h>
#include <linux/in.h>
#include <linux/ip.h>
#include <linux/slab.h>
#include <net/ipv6.h>
#include <net/tcp.h>
#include "peer.h"
#include "test.h"

enum opt_kind { TCP4 = 1 << 0, TCP6 = 1 << 1, UDP4 = 1 << 2, UDP6 = 1 << 3 };

#define OPT_TCP		(TCP4 | TCP6)
#define OPT_UDP		(UDP4 | UDP6)
#define OPT_IPV6	(TCP6 | UDP6)
#define OPT_ALL		(OPT_TCP | OPT_UDP)

static struct ksock *opt_socket(enum opt_kind kind)
{
	enum ksock_family family = kind & OPT_IPV6 ? KSOCK_AF_INET6 :
						     KSOCK_AF_INET;

	return ksock_create_kern(peer_net(), family,
				 kind & OPT_TCP ? KSOCK_STREAM : KSOCK_DGRAM,
				 KSOCK_PROTO_DEFAULT, 0);
}

/*
 * TRY(name, type, kinds, value, got): set to @value it is got as @got on the kinds
 * that have it.  A socket of UDP and IPv4 has an error for all that it has not;
 * others know several levels and take options that are of no use to them.
 */
#define OPT_TRIES(TRY)							\
	TRY(reuseaddr,		bool,	OPT_ALL,	true,	true)	\
	TRY(reuseport,		bool,	OPT_ALL,	true,	true)	\
	TRY(keepalive,		bool,	OPT_ALL,	true,	true)	\
	TRY(broadcast,		bool,	OPT_ALL,	true,	true)	\
	TRY(oobinline,		bool,	OPT_ALL,	true,	true)	\
	TRY(dontroute,		bool,	OPT_ALL,	true,	true)	\
	TRY(priority,		int,	OPT_ALL,	5,	5)	\
	TRY(mark,		u32,	OPT_ALL,	77,	77)	\
	TRY(sndbuf,		int,	OPT_ALL,	30000,	60000)	\
	TRY(rcvbuf,		int,	OPT_ALL,	30000,	60000)	\
	TRY(rcvlowat,		int,	OPT_ALL,	9,	9)	\
	TRY(bindtoifindex,	int,	OPT_ALL,	1,	1)	\
	TRY(incoming_cpu,	int,	OPT_ALL,	0,	0)	\
	TRY(tcp_nodelay,	bool,	OPT_TCP,	true,	true)	\
	TRY(tcp_cork,		bool,	OPT_TCP,	true,	true)	\
	TRY(tcp_keepidle,	int,	OPT_TCP,	11,	11)	\
	TRY(tcp_keepintvl,	int,	OPT_TCP,	12,	12)	\
	TRY(tcp_keepcnt,	int,	OPT_TCP,	13,	13)	\
	TRY(tcp_syncnt,		int,	OPT_TCP,	4,	4)	\
	TRY(tcp_user_timeout,	u32,	OPT_TCP,	1234,	1234)	\
	TRY(tcp_maxseg,		int,	OPT_TCP,	1000,	1000)	\
	TRY(ip_tos,		int,	TCP4 | UDP4,	0x10,	0x10)	\
	TRY(ip_ttl,		int,	OPT_ALL,	33,	33)	\
	TRY(ip_mtu_discover,	int,	OPT_ALL,	IP_PMTUDISC_DO,	\
	    IP_PMTUDISC_DO)						\
	TRY(ip_freebind,	bool,	OPT_ALL,	true,	true)	\
	TRY(ip_transparent,	bool,	OPT_ALL,	true,	true)	\
	TRY(ip_recverr,		bool,	OPT_ALL,	true,	true)	\
	TRY(ip_pktinfo,		bool,	OPT_ALL,	true,	true)	\
	TRY(ip_multicast_ttl,	int,	UDP4,		7,	7)	\
	TRY(ip_multicast_loop,	bool,	UDP4,		false,	false)	\
	TRY(ipv6_v6only,	bool,	OPT_IPV6,	true,	true)	\
	TRY(ipv6_recvpktinfo,	bool,	OPT_IPV6,	true,	true)	\
	TRY(ipv6_recverr,	bool,	OPT_IPV6,	true,	true)	\
	TRY(ipv6_tclass,	int,	OPT_IPV6,	0x20,	0x20)	\
	TRY(ipv6_unicast_hops,	int,	OPT_IPV6,	44,	44)	\
	TRY(ipv6_multicast_hops, int,	UDP6,		5,	5)	\
	TRY(ipv6_addr_preferences, int,	OPT_IPV6,			\
	    IPV6_PREFER_SRC_PUBLIC,					\
	    IPV6_PREFER_SRC_PUBLIC | IPV6_PREFER_SRC_HOME)		\
	TRY(udp_segment,	int,	OPT_UDP,	500,	500)	\
	TRY(udp_gro,		bool,	OPT_UDP,	true,	true)	\
	TRY(udp_no_check6_tx,	bool,	OPT_UDP,	true,	true)	\
	TRY(udp_no_check6_rx,	bool,	OPT_UDP,	true,	true)

#define OPT_TRY(_name, _type, _kinds, _value, _got)			\
static void _name##_is_got_as_it_was_set(struct test *t)		\
{									\
	unsigned int kind;						\
									\
	for (kind = TCP4; kind <= UDP6; kind <<= 1) {			\
		struct ksock *ks = opt_socket(kind);			\
		_type value = 0;					\
		int ret;						\
									\
		ASSERT(t, !IS_ERR(ks));					\
		ret = ksock_set_##_name(ks, _value);			\
		if (kind & (_kinds)) {					\
			EXPECT_EQ(t, ret, 0);				\
			EXPECT_EQ(t, ksock_get_##_name(ks, &value), 0);	\
			EXPECT_EQ(t, value, _got);			\
		} else if (kind == UDP4) {				\
			EXPECT(t, ret < 0);				\
			EXPECT(t, ksock_get_##_name(ks, &value) < 0);	\
		}							\
		ksock_put(ks);						\
	}								\
}

OPT_TRIES(OPT_TRY)

/* One of three answers to one question, and one of two to another. */
static void addr_preferences_are_told_whole(struct test *t)
{
	static const int preferences[] = {
		IPV6_PREFER_SRC_TMP | IPV6_PREFER_SRC_HOME,
		IPV6_PREFER_SRC_PUBLIC | IPV6_PREFER_SRC_COA,
		IPV6_PREFER_SRC_PUBTMP_DEFAULT | IPV6_PREFER_SRC_COA,
	};
	struct ksock *ks = opt_socket(UDP6);
	unsigned int i;

	ASSERT(t, !IS_ERR(ks));
	for (i = 0; i < ARRAY_SIZE(preferences); i++) {
		int value = -1;

		EXPECT_EQ(t, ksock_set_ipv6_addr_preferences(ks, preferences[i]),
			  0);
		EXPECT_EQ(t, ksock_get_ipv6_addr_preferences(ks, &value), 0);
		EXPECT_EQ(t, value, preferences[i]);
	}
	ksock_put(ks);
}

/* Nothing set is told as what it stands for. */
static void multicast_hops_are_one_unless_set(struct test *t)
{
	struct ksock *ks = opt_socket(UDP6);
	int value = 0;

	ASSERT(t, !IS_ERR(ks));
	EXPECT_EQ(t, ksock_set_ipv6_multicast_hops(ks, -1), 0);
	EXPECT_EQ(t, ksock_get_ipv6_multicast_hops(ks, &value), 0);
	EXPECT_EQ(t, value, IPV6_DEFAULT_MCASTHOPS);
	ksock_put(ks);
}

static void tcp_quickack_is_what_the_stack_makes_of_it(struct test *t)
{
	struct peer_pair pair;
	int value = -1;

	ASSERT_EQ(t, peer_pair_open(&pair, peer_net(), KSOCK_AF_INET, 0), 0);
	EXPECT_EQ(t, ksock_set_tcp_quickack(peer_near(&pair), 1), 0);
	EXPECT_EQ(t, ksock_get_tcp_quickack(peer_near(&pair), &value), 0);
	EXPECT_EQ(t, value, 1);
	EXPECT_EQ(t, ksock_set_tcp_quickack(peer_near(&pair), 0), 0);
	EXPECT_EQ(t, ksock_get_tcp_quickack(peer_near(&pair), &value), 0);
	EXPECT_EQ(t, value, 0);
	peer_pair_close(&pair);
}

static void linger_is_got_as_it_was_set_and_resets(struct test *t)
{
	unsigned int seconds = 77;
	struct peer_pair pair;
	bool on = true;
	char byte;

	ASSERT_EQ(t, peer_pair_open(&pair, peer_net(), KSOCK_AF_INET, 0), 0);
	EXPECT_EQ(t, ksock_get_linger(peer_near(&pair), &on, &seconds), 0);
	EXPECT(t, !on);
	EXPECT_EQ(t, ksock_set_linger(peer_near(&pair), true, 9), 0);
	EXPECT_EQ(t, ksock_get_linger(peer_near(&pair), &on, &seconds), 0);
	EXPECT(t, on && seconds == 9);
	EXPECT_EQ(t, ksock_set_linger(peer_near(&pair), true, 0), 0);
	ksock_put_sync(peer_near(&pair));
	pair.near = NULL;
	EXPECT_EQ(t, ksock_tcp_recv(pair.far, &byte, 1, 0, peer_deadline()),
		  -ECONNRESET);
	peer_pair_close(&pair);
}

static void congestion_control_goes_by_name(struct test *t)
{
	struct ksock *ks = opt_socket(TCP4);

	ASSERT(t, !IS_ERR(ks));
	EXPECT_EQ(t, ksock_set_congestion(ks, "reno"), 0);
	EXPECT_STREQ(t, inet_csk(ksock_raw(ks)->sk)->icsk_ca_ops->name, "reno");
	EXPECT_EQ(t, ksock_set_congestion(ks, "no such thing"), -ENOENT);
	ksock_put(ks);
}

static void defaults_are_those_of_the_stack(struct test *t)
{
	struct ksock *ks = opt_socket(TCP6);
	struct net *net = peer_net();
	int value = -1;

	ASSERT(t, !IS_ERR(ks));
	EXPECT_EQ(t, ksock_get_ip_ttl(ks, &value), 0);
	EXPECT_EQ(t, value, net->ipv4.sysctl_ip_default_ttl);
	EXPECT_EQ(t, ksock_get_tcp_syncnt(ks, &value), 0);
	EXPECT_EQ(t, value, net->ipv4.sysctl_tcp_syn_retries);
	EXPECT_EQ(t, ksock_get_tcp_keepidle(ks, &value), 0);
	EXPECT_EQ(t, value, net->ipv4.sysctl_tcp_keepalive_time / HZ);
	EXPECT_EQ(t, ksock_get_ipv6_unicast_hops(ks, &value), 0);
	EXPECT_EQ(t, value, 64);
	EXPECT_EQ(t, ksock_get_ipv6_multicast_hops(ks, &value), 0);
	EXPECT_EQ(t, value, 1);
	ksock_put(ks);
}

static void any_option_goes_by_level_and_number(struct test *t)
{
	struct ksock *ks = opt_socket(UDP4);
	char name[IFNAMSIZ] = {};
	int len = sizeof(name);
	int value = 0;

	ASSERT(t, !IS_ERR(ks));
	EXPECT_EQ(t, ksock_setsockopt(ks, SOL_SOCKET, SO_BINDTODEVICE, "lo", 2),
		  0);
	EXPECT_EQ(t, ksock_getsockopt(ks, SOL_SOCKET, SO_BINDTODEVICE, name,
				      &len), 0);
	EXPECT_STREQ(t, name, "lo");
	EXPECT_EQ(t, len, 3);
	EXPECT_EQ(t, ksock_opt_get_int(ks, SOL_SOCKET, SO_TYPE, &value), 0);
	EXPECT_EQ(t, value, SOCK_DGRAM);
	/* Less room takes less of the value. */
	len = 1;
	EXPECT_EQ(t, ksock_getsockopt(ks, SOL_IP, IP_TTL, &value, &len), 0);
	EXPECT_EQ(t, len, 1);
	len = -1;
	EXPECT_EQ(t, ksock_getsockopt(ks, SOL_IP, IP_TTL, &value, &len), -EINVAL);
	ksock_put(ks);
}

const struct test_case opt_cases[] = {
	CASE(reuseaddr_is_got_as_it_was_set),
	CASE(reuseport_is_got_as_it_was_set),
	CASE(keepalive_is_got_as_it_was_set),
	CASE(broadcast_is_got_as_it_was_set),
	CASE(oobinline_is_got_as_it_was_set),
	CASE(dontroute_is_got_as_it_was_set),
	CASE(priority_is_got_as_it_was_set),
	CASE(mark_is_got_as_it_was_set),
	CASE(sndbuf_is_got_as_it_was_set),
	CASE(rcvbuf_is_got_as_it_was_set),
	CASE(rcvlowat_is_got_as_it_was_set),
	CASE(bindtoifindex_is_got_as_it_was_set),
	CASE(incoming_cpu_is_got_as_it_was_set),
	CASE(tcp_nodelay_is_got_as_it_was_set),
	CASE(tcp_cork_is_got_as_it_was_set),
	CASE(tcp_keepidle_is_got_as_it_was_set),
	CASE(tcp_keepintvl_is_got_as_it_was_set),
	CASE(tcp_keepcnt_is_got_as_it_was_set),
	CASE(tcp_syncnt_is_got_as_it_was_set),
	CASE(tcp_user_timeout_is_got_as_it_was_set),
	CASE(tcp_maxseg_is_got_as_it_was_set),
	CASE(ip_tos_is_got_as_it_was_set),
	CASE(ip_ttl_is_got_as_it_was_set),
	CASE(ip_mtu_discover_is_got_as_it_was_set),
	CASE(ip_freebind_is_got_as_it_was_set),
	CASE(ip_transparent_is_got_as_it_was_set),
	CASE(ip_recverr_is_got_as_it_was_set),
	CASE(ip_pktinfo_is_got_as_it_was_set),
	CASE(ip_multicast_ttl_is_got_as_it_was_set),
	CASE(ip_multicast_loop_is_got_as_it_was_set),
	CASE(ipv6_v6only_is_got_as_it_was_set),
	CASE(ipv6_recvpktinfo_is_got_as_it_was_set),
	CASE(ipv6_recverr_is_got_as_it_was_set),
	CASE(ipv6_tclass_is_got_as_it_was_set),
	CASE(ipv6_unicast_hops_is_got_as_it_was_set),
	CASE(ipv6_multicast_hops_is_got_as_it_was_set),
	CASE(ipv6_addr_preferences_is_got_as_it_was_set),
	CASE(udp_segment_is_got_as_it_was_set),
	CASE(udp_gro_is_got_as_it_was_set),
	CASE(udp_no_check6_tx_is_got_as_it_was_set),
	CASE(udp_no_check6_rx_is_got_as_it_was_set),
	CASE(addr_preferences_are_told_whole),
	CASE(multicast_hops_are_one_unless_set),
	CASE(tcp_quickack_is_what_the_stack_makes_of_it),
	CASE(linger_is_got_as_it_was_set_and_resets),
	CASE(congestion_control_goes_by_name),
	CASE(defaults_are_those_of_the_stack),
	CASE(any_option_goes_by_level_and_number),
	{}
};
