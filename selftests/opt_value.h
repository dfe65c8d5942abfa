/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A value for each option, other than the one it has on a new socket, in a
 * network namespace of its own whose loopback is interface 1.  The names are
 * those of the system's headers, so a row of the ABI's list that has another
 * number under the name is found out.
 */
#ifndef KSOCK_SELFTESTS_OPT_VALUE_H
#define KSOCK_SELFTESTS_OPT_VALUE_H

#include "opt_name.h"

enum opt_flag {
	/* The value is of the one socket, or of the moment. */
	OPT_LIVE = 1,
	/* The same, of a socket that listens or is connected only. */
	OPT_LIVE_CONNECTED = 2,
	/* Set as it is, no get shows it. */
	OPT_UNSEEN = 4,
	/* Some kernels do not know it: ENOPROTOOPT. */
	OPT_NOT_EVERYWHERE = 8,
};

struct opt_value {
	int level;
	int name;
	const char *text;
	/* NULL of an option that is only read. */
	const void *value;
	/* Size of the value, of one that is only read the room it needs. */
	socklen_t len;
	unsigned int flags;
	/* What the value has to be before it is read, as long as the value. */
	const void *question;
	/* The option, of the same level, that has to be set before. */
	int first;
	/* What every set may fail with, in want of what no test makes. */
	int error;
};

#define OPT_ENTRY(_text, _level, _name, _object, ...)			\
	{								\
		.level = _level, .name = _name, .text = _text,		\
		.value = &(_object), .len = sizeof(_object),		\
		__VA_ARGS__						\
	}

#define OPT_OBJECT(_level, _name, _object, ...)				\
	OPT_ENTRY(#_name, _level, _name, _object, __VA_ARGS__)

#define OPT_INT(_level, _name, _value, ...)				\
	OPT_ENTRY(#_name, _level, _name, (const int){ _value }, __VA_ARGS__)

#define OPT_ON(_level, _name, ...)					\
	OPT_ENTRY(#_name, _level, _name, (const int){ 1 }, __VA_ARGS__)

#define OPT_OFF(_level, _name, ...)					\
	OPT_ENTRY(#_name, _level, _name, (const int){ 0 }, __VA_ARGS__)

#define OPT_READ(_level, _name, _len, ...)				\
	{								\
		.level = _level, .name = _name, .text = #_name,		\
		.len = _len, __VA_ARGS__				\
	}

/* ---- Structures ---------------------------------------------------------- */

#define OPT_GROUP_4	0xefc0a801u	/* 239.192.168.1 */
#define OPT_SOURCE_4	INADDR_LOOPBACK

#define OPT_IN(_addr)	{ .s_addr = __builtin_bswap32(_addr) }

/* ff08::1:2:3, an anycast address of 2001:db8::/64, and ::1. */
#define OPT_GROUP_6	\
	{ .s6_addr = { 0xff, 0x08, [11] = 1, [13] = 2, [15] = 3 } }
#define OPT_ANYCAST	\
	{ .s6_addr = { 0x20, 0x01, 0x0d, 0xb8, [15] = 0x77 } }
#define OPT_SOURCE_6	{ .s6_addr = { [15] = 1 } }

static const struct ip_mreqn opt_mreq = {
	.imr_multiaddr = OPT_IN(OPT_GROUP_4), .imr_ifindex = 1,
};

static const struct ip_mreq_source opt_mreq_source = {
	.imr_multiaddr = OPT_IN(OPT_GROUP_4),
	.imr_interface = OPT_IN(INADDR_LOOPBACK),
	.imr_sourceaddr = OPT_IN(OPT_SOURCE_4),
};

/* A struct ip_msfilter, whose own array of sources may have another size. */
static const struct {
	struct in_addr multiaddr;
	struct in_addr interface;
	uint32_t mode;
	uint32_t sources;
	struct in_addr source;
} opt_msfilter = {
	.multiaddr = OPT_IN(OPT_GROUP_4),
	.interface = OPT_IN(INADDR_LOOPBACK),
	.mode = MCAST_EXCLUDE,
	.sources = 1,
	.source = OPT_IN(OPT_SOURCE_4),
};

static const struct ipv6_mreq opt_mreq6 = {
	.ipv6mr_multiaddr = OPT_GROUP_6, .ipv6mr_interface = 1,
};

static const struct ipv6_mreq opt_anycast = {
	.ipv6mr_multiaddr = OPT_ANYCAST, .ipv6mr_interface = 1,
};

/* A group or source as the MCAST_ options have it, in host's own layout. */
union opt_sockaddr {
	struct sockaddr_in in;
	struct sockaddr_in6 in6;
	struct sockaddr_storage storage;
};

struct opt_group {
	uint32_t interface;
	union opt_sockaddr group;
};

struct opt_group_source {
	uint32_t interface;
	union opt_sockaddr group;
	union opt_sockaddr source;
};

struct opt_group_filter {
	uint32_t interface;
	union opt_sockaddr group;
	uint32_t mode;
	uint32_t sources;
	union opt_sockaddr source;
};

#define OPT_SOCKADDR_4(_addr)	\
	{ .in = { .sin_family = AF_INET, .sin_addr = OPT_IN(_addr) } }
#define OPT_SOCKADDR_6(...)	\
	{ .in6 = { .sin6_family = AF_INET6, .sin6_addr = __VA_ARGS__ } }

static const struct opt_group opt_group_4 = {
	1, OPT_SOCKADDR_4(OPT_GROUP_4),
};

static const struct opt_group opt_group_6 = {
	1, OPT_SOCKADDR_6(OPT_GROUP_6),
};

static const struct opt_group_source opt_group_source_4 = {
	1, OPT_SOCKADDR_4(OPT_GROUP_4), OPT_SOCKADDR_4(OPT_SOURCE_4),
};

static const struct opt_group_source opt_group_source_6 = {
	1, OPT_SOCKADDR_6(OPT_GROUP_6), OPT_SOCKADDR_6(OPT_SOURCE_6),
};

static const struct opt_group_filter opt_group_filter_4 = {
	1, OPT_SOCKADDR_4(OPT_GROUP_4), MCAST_EXCLUDE, 1,
	OPT_SOCKADDR_4(OPT_SOURCE_4),
};

static const struct opt_group_filter opt_group_filter_6 = {
	1, OPT_SOCKADDR_6(OPT_GROUP_6), MCAST_EXCLUDE, 1,
	OPT_SOCKADDR_6(OPT_SOURCE_6),
};

/* A struct in6_flowlabel_req, which only a header at odds with libc's has. */
static const struct {
	struct in6_addr addr;
	uint32_t label;
	uint8_t action;
	uint8_t share;
	uint16_t flags;
	uint16_t expires;
	uint16_t linger;
	uint32_t pad;
} opt_flowlabel = {
	.addr = OPT_SOURCE_6, .label = __builtin_bswap32(0x12345),
	/* IPV6_FL_A_GET, IPV6_FL_S_PROCESS, IPV6_FL_F_CREATE. */
	.action = 0, .share = 2, .flags = 1,
};

/* Extension headers: padding, and a way home that is not taken. */
static const uint8_t opt_padding[] = { 0, 0, 1, 4, 0, 0, 0, 0 };
static const uint8_t opt_routing[24] = { 0, 2, 2, 1, [23] = 1 };

static const struct in6_pktinfo opt_pktinfo6 = { .ipi6_ifindex = 1 };

/* IP options: three that do nothing, and the end. */
static const uint8_t opt_ip_options[] = { 1, 1, 1, 0 };

static const struct linger opt_linger = { 1, 5 };

/* A struct __kernel_old_timeval, a struct __kernel_sock_timeval. */
static const long opt_timeval[2] = { 3, 500000 };
static const int64_t opt_timeval64[2] = { 3, 500000 };

static const struct {
	int clock;
	uint32_t flags;
} opt_txtime = { CLOCK_MONOTONIC, 1 };

static const uint32_t opt_icmp6_filter[8] = { 0xf, [7] = 0xf0000000 };

static const uint8_t opt_fastopen_key[16] = "sixteen letters";

/* A struct mptcp_subflow_data: its own size, and that of an element. */
static const uint32_t opt_mptcp_tcpinfo[64] = { 16, 0, 0, 232 };
static const uint32_t opt_mptcp_addrs[64] = { 16, 0, 0, 240 };

static const unsigned long opt_pacing_rate = 1000000;

/* ---- The options --------------------------------------------------------- */

static const struct opt_value opt_values[] __attribute__((unused)) = {
	OPT_ON(SOL_SOCKET, SO_DEBUG),
	OPT_ON(SOL_SOCKET, SO_REUSEADDR),
	OPT_READ(SOL_SOCKET, SO_TYPE, 4),
	OPT_READ(SOL_SOCKET, SO_ERROR, 4),
	OPT_ON(SOL_SOCKET, SO_DONTROUTE),
	OPT_ON(SOL_SOCKET, SO_BROADCAST),
	OPT_INT(SOL_SOCKET, SO_SNDBUF, 20000),
	OPT_INT(SOL_SOCKET, SO_RCVBUF, 20000),
	OPT_INT(SOL_SOCKET, SO_SNDBUFFORCE, 1000000),
	OPT_INT(SOL_SOCKET, SO_RCVBUFFORCE, 1000000),
	OPT_ON(SOL_SOCKET, SO_KEEPALIVE),
	OPT_ON(SOL_SOCKET, SO_OOBINLINE),
	OPT_ON(SOL_SOCKET, SO_NO_CHECK),
	OPT_INT(SOL_SOCKET, SO_PRIORITY, 5),
	OPT_OBJECT(SOL_SOCKET, SO_LINGER, opt_linger),
	OPT_ON(SOL_SOCKET, SO_BSDCOMPAT, .flags = OPT_UNSEEN),
	OPT_ON(SOL_SOCKET, SO_REUSEPORT),
	OPT_ON(SOL_SOCKET, SO_PASSCRED, .error = -EOPNOTSUPP),
	OPT_READ(SOL_SOCKET, SO_PEERCRED, 12),
	OPT_INT(SOL_SOCKET, SO_RCVLOWAT, 100),
	OPT_READ(SOL_SOCKET, SO_SNDLOWAT, 4),
	OPT_OBJECT(SOL_SOCKET, SO_RCVTIMEO_OLD, opt_timeval),
	OPT_OBJECT(SOL_SOCKET, SO_SNDTIMEO_OLD, opt_timeval),
	OPT_OBJECT(SOL_SOCKET, SO_RCVTIMEO_NEW, opt_timeval64),
	OPT_OBJECT(SOL_SOCKET, SO_SNDTIMEO_NEW, opt_timeval64),
	OPT_OBJECT(SOL_SOCKET, SO_BINDTODEVICE, "lo"),
	OPT_INT(SOL_SOCKET, SO_BINDTOIFINDEX, 1),
	OPT_ON(SOL_SOCKET, SO_TIMESTAMP_OLD),
	OPT_ON(SOL_SOCKET, SO_TIMESTAMP_NEW),
	OPT_ON(SOL_SOCKET, SO_TIMESTAMPNS_OLD),
	OPT_ON(SOL_SOCKET, SO_TIMESTAMPNS_NEW),
	/* SOF_TIMESTAMPING_RX_SOFTWARE, SOF_TIMESTAMPING_SOFTWARE. */
	OPT_INT(SOL_SOCKET, SO_TIMESTAMPING_OLD, 0x18),
	OPT_INT(SOL_SOCKET, SO_TIMESTAMPING_NEW, 0x18),
	OPT_READ(SOL_SOCKET, SO_ACCEPTCONN, 4),
	OPT_ON(SOL_SOCKET, SO_PASSSEC, .error = -EOPNOTSUPP),
	OPT_INT(SOL_SOCKET, SO_MARK, 7),
	OPT_READ(SOL_SOCKET, SO_PROTOCOL, 4),
	OPT_READ(SOL_SOCKET, SO_DOMAIN, 4),
	OPT_ON(SOL_SOCKET, SO_RXQ_OVFL),
	OPT_ON(SOL_SOCKET, SO_WIFI_STATUS),
	OPT_INT(SOL_SOCKET, SO_PEEK_OFF, 3),
	OPT_ON(SOL_SOCKET, SO_NOFCS),
	OPT_READ(SOL_SOCKET, SO_LOCK_FILTER, 4),
	OPT_ON(SOL_SOCKET, SO_SELECT_ERR_QUEUE),
	OPT_INT(SOL_SOCKET, SO_BUSY_POLL, 20),
	OPT_ON(SOL_SOCKET, SO_PREFER_BUSY_POLL, .flags = OPT_NOT_EVERYWHERE),
	OPT_OBJECT(SOL_SOCKET, SO_MAX_PACING_RATE, opt_pacing_rate),
	OPT_READ(SOL_SOCKET, SO_BPF_EXTENSIONS, 4),
	OPT_INT(SOL_SOCKET, SO_INCOMING_CPU, 1, .flags = OPT_LIVE_CONNECTED),
	OPT_READ(SOL_SOCKET, SO_MEMINFO, 36, .flags = OPT_LIVE_CONNECTED),
	OPT_READ(SOL_SOCKET, SO_INCOMING_NAPI_ID, 4),
	OPT_READ(SOL_SOCKET, SO_COOKIE, 8, .flags = OPT_LIVE),
	OPT_READ(SOL_SOCKET, SO_NETNS_COOKIE, 8),
	OPT_ON(SOL_SOCKET, SO_ZEROCOPY),
	OPT_OBJECT(SOL_SOCKET, SO_TXTIME, opt_txtime),
	OPT_INT(SOL_SOCKET, SO_BUF_LOCK, 3, .flags = OPT_NOT_EVERYWHERE),
	/* Memory is set aside of a cgroup's share only. */
	OPT_INT(SOL_SOCKET, SO_RESERVE_MEM, 4096, .error = -EOPNOTSUPP,
		.flags = OPT_NOT_EVERYWHERE),
	OPT_OFF(SOL_SOCKET, SO_TXREHASH, .flags = OPT_NOT_EVERYWHERE),
	OPT_ON(SOL_SOCKET, SO_RCVMARK, .flags = OPT_NOT_EVERYWHERE),
	OPT_ON(SOL_SOCKET, SO_RCVPRIORITY, .flags = OPT_NOT_EVERYWHERE),

	OPT_INT(SOL_IP, IP_TOS, 0x10),
	OPT_INT(SOL_IP, IP_TTL, 9),
	OPT_ON(SOL_IP, IP_HDRINCL),
	OPT_OBJECT(SOL_IP, IP_OPTIONS, opt_ip_options),
	OPT_ON(SOL_IP, IP_ROUTER_ALERT),
	OPT_ON(SOL_IP, IP_RECVOPTS),
	OPT_ON(SOL_IP, IP_RETOPTS),
	OPT_ON(SOL_IP, IP_PKTINFO),
	OPT_INT(SOL_IP, IP_MTU_DISCOVER, IP_PMTUDISC_PROBE),
	OPT_ON(SOL_IP, IP_RECVERR),
	OPT_ON(SOL_IP, IP_RECVTTL),
	OPT_ON(SOL_IP, IP_RECVTOS),
	OPT_READ(SOL_IP, IP_MTU, 4),
	OPT_ON(SOL_IP, IP_FREEBIND),
	OPT_ON(SOL_IP, IP_PASSSEC),
	OPT_ON(SOL_IP, IP_TRANSPARENT),
	OPT_ON(SOL_IP, IP_RECVORIGDSTADDR),
	OPT_INT(SOL_IP, IP_MINTTL, 3),
	OPT_ON(SOL_IP, IP_NODEFRAG),
	OPT_ON(SOL_IP, IP_CHECKSUM),
	OPT_ON(SOL_IP, IP_BIND_ADDRESS_NO_PORT),
	OPT_ON(SOL_IP, IP_RECVFRAGSIZE),
	OPT_ON(SOL_IP, IP_RECVERR_RFC4884),
	OPT_OBJECT(SOL_IP, IP_MULTICAST_IF,
		   (const struct in_addr)OPT_IN(INADDR_LOOPBACK)),
	OPT_INT(SOL_IP, IP_MULTICAST_TTL, 4),
	OPT_OFF(SOL_IP, IP_MULTICAST_LOOP),
	OPT_OBJECT(SOL_IP, IP_ADD_MEMBERSHIP, opt_mreq),
	OPT_OBJECT(SOL_IP, IP_DROP_MEMBERSHIP, opt_mreq,
		   .first = IP_ADD_MEMBERSHIP),
	OPT_OBJECT(SOL_IP, IP_UNBLOCK_SOURCE, opt_mreq_source,
		   .first = IP_BLOCK_SOURCE),
	OPT_OBJECT(SOL_IP, IP_BLOCK_SOURCE, opt_mreq_source,
		   .first = IP_ADD_MEMBERSHIP),
	OPT_OBJECT(SOL_IP, IP_ADD_SOURCE_MEMBERSHIP, opt_mreq_source),
	OPT_OBJECT(SOL_IP, IP_DROP_SOURCE_MEMBERSHIP, opt_mreq_source,
		   .first = IP_ADD_SOURCE_MEMBERSHIP),
	OPT_OBJECT(SOL_IP, IP_MSFILTER, opt_msfilter,
		   .first = IP_ADD_MEMBERSHIP, .question = &opt_msfilter),
	OPT_OBJECT(SOL_IP, MCAST_JOIN_GROUP, opt_group_4),
	OPT_OBJECT(SOL_IP, MCAST_BLOCK_SOURCE, opt_group_source_4,
		   .first = MCAST_JOIN_GROUP),
	OPT_OBJECT(SOL_IP, MCAST_UNBLOCK_SOURCE, opt_group_source_4,
		   .first = MCAST_BLOCK_SOURCE),
	OPT_OBJECT(SOL_IP, MCAST_LEAVE_GROUP, opt_group_4,
		   .first = MCAST_JOIN_GROUP),
	OPT_OBJECT(SOL_IP, MCAST_JOIN_SOURCE_GROUP, opt_group_source_4),
	OPT_OBJECT(SOL_IP, MCAST_LEAVE_SOURCE_GROUP, opt_group_source_4,
		   .first = MCAST_JOIN_SOURCE_GROUP),
	OPT_OBJECT(SOL_IP, MCAST_MSFILTER, opt_group_filter_4,
		   .first = MCAST_JOIN_GROUP, .question = &opt_group_filter_4),
	OPT_OFF(SOL_IP, IP_MULTICAST_ALL),
	OPT_INT(SOL_IP, IP_UNICAST_IF, __builtin_bswap32(1)),
	OPT_INT(SOL_IP, IP_LOCAL_PORT_RANGE, 40000 | 41000 << 16,
		.flags = OPT_NOT_EVERYWHERE),
	/* The protocol of a raw socket, of others the port. */
	OPT_READ(SOL_IP, IP_PROTOCOL, 4, .flags = OPT_LIVE_CONNECTED),

	/* Of a socket that is connected to an address of IPv4. */
	OPT_INT(SOL_IPV6, IPV6_ADDRFORM, AF_INET, .error = -ENOTCONN),
	OPT_INT(SOL_IPV6, IPV6_CHECKSUM, 4),
	OPT_INT(SOL_IPV6, IPV6_UNICAST_HOPS, 9),
	OPT_INT(SOL_IPV6, IPV6_MULTICAST_IF, 1),
	OPT_INT(SOL_IPV6, IPV6_MULTICAST_HOPS, 4),
	OPT_OFF(SOL_IPV6, IPV6_MULTICAST_LOOP),
	OPT_OBJECT(SOL_IPV6, IPV6_ADD_MEMBERSHIP, opt_mreq6),
	OPT_OBJECT(SOL_IPV6, IPV6_DROP_MEMBERSHIP, opt_mreq6,
		   .first = IPV6_ADD_MEMBERSHIP),
	OPT_INT(SOL_IPV6, IPV6_ROUTER_ALERT, 0),
	OPT_INT(SOL_IPV6, IPV6_MTU_DISCOVER, IPV6_PMTUDISC_PROBE),
	OPT_INT(SOL_IPV6, IPV6_MTU, 1300, .flags = OPT_UNSEEN),
	OPT_ON(SOL_IPV6, IPV6_RECVERR),
	OPT_ON(SOL_IPV6, IPV6_V6ONLY),
	OPT_OBJECT(SOL_IPV6, IPV6_JOIN_ANYCAST, opt_anycast),
	OPT_OBJECT(SOL_IPV6, IPV6_LEAVE_ANYCAST, opt_anycast,
		   .first = IPV6_JOIN_ANYCAST),
	OPT_OFF(SOL_IPV6, IPV6_MULTICAST_ALL),
	OPT_ON(SOL_IPV6, IPV6_ROUTER_ALERT_ISOLATE),
	OPT_ON(SOL_IPV6, IPV6_RECVERR_RFC4884),
	OPT_OBJECT(SOL_IPV6, IPV6_FLOWLABEL_MGR, opt_flowlabel,
		   .flags = OPT_UNSEEN, .question = &opt_flowlabel),
	OPT_ON(SOL_IPV6, IPV6_FLOWINFO_SEND),
	OPT_ON(SOL_IPV6, IPV6_HDRINCL),
	OPT_OBJECT(SOL_IPV6, MCAST_JOIN_GROUP, opt_group_6),
	OPT_OBJECT(SOL_IPV6, MCAST_BLOCK_SOURCE, opt_group_source_6,
		   .first = MCAST_JOIN_GROUP),
	OPT_OBJECT(SOL_IPV6, MCAST_UNBLOCK_SOURCE, opt_group_source_6,
		   .first = MCAST_BLOCK_SOURCE),
	OPT_OBJECT(SOL_IPV6, MCAST_LEAVE_GROUP, opt_group_6,
		   .first = MCAST_JOIN_GROUP),
	OPT_OBJECT(SOL_IPV6, MCAST_JOIN_SOURCE_GROUP, opt_group_source_6),
	OPT_OBJECT(SOL_IPV6, MCAST_LEAVE_SOURCE_GROUP, opt_group_source_6,
		   .first = MCAST_JOIN_SOURCE_GROUP),
	OPT_OBJECT(SOL_IPV6, MCAST_MSFILTER, opt_group_filter_6,
		   .first = MCAST_JOIN_GROUP, .question = &opt_group_filter_6),
	OPT_ON(SOL_IPV6, IPV6_RECVPKTINFO),
	OPT_OBJECT(SOL_IPV6, IPV6_PKTINFO, opt_pktinfo6),
	OPT_ON(SOL_IPV6, IPV6_RECVHOPLIMIT),
	OPT_ON(SOL_IPV6, IPV6_RECVHOPOPTS),
	OPT_OBJECT(SOL_IPV6, IPV6_HOPOPTS, opt_padding),
	OPT_OBJECT(SOL_IPV6, IPV6_RTHDRDSTOPTS, opt_padding),
	OPT_ON(SOL_IPV6, IPV6_RECVRTHDR),
	OPT_OBJECT(SOL_IPV6, IPV6_RTHDR, opt_routing),
	OPT_ON(SOL_IPV6, IPV6_RECVDSTOPTS),
	OPT_OBJECT(SOL_IPV6, IPV6_DSTOPTS, opt_padding),
	OPT_ON(SOL_IPV6, IPV6_RECVPATHMTU),
	OPT_READ(SOL_IPV6, IPV6_PATHMTU, 32),
	OPT_ON(SOL_IPV6, IPV6_DONTFRAG),
	OPT_ON(SOL_IPV6, IPV6_RECVTCLASS),
	OPT_INT(SOL_IPV6, IPV6_TCLASS, 0x20),
	OPT_OFF(SOL_IPV6, IPV6_AUTOFLOWLABEL),
	/* IPV6_PREFER_SRC_TMP. */
	OPT_INT(SOL_IPV6, IPV6_ADDR_PREFERENCES, 1),
	OPT_INT(SOL_IPV6, IPV6_MINHOPCOUNT, 3),
	OPT_ON(SOL_IPV6, IPV6_RECVORIGDSTADDR),
	OPT_ON(SOL_IPV6, IPV6_TRANSPARENT),
	OPT_INT(SOL_IPV6, IPV6_UNICAST_IF, __builtin_bswap32(1)),
	OPT_ON(SOL_IPV6, IPV6_RECVFRAGSIZE),
	OPT_ON(SOL_IPV6, IPV6_FREEBIND),

	OPT_ON(SOL_TCP, TCP_NODELAY),
	OPT_INT(SOL_TCP, TCP_MAXSEG, 1000),
	OPT_ON(SOL_TCP, TCP_CORK),
	OPT_INT(SOL_TCP, TCP_KEEPIDLE, 33),
	OPT_INT(SOL_TCP, TCP_KEEPINTVL, 33),
	OPT_INT(SOL_TCP, TCP_KEEPCNT, 3),
	OPT_INT(SOL_TCP, TCP_SYNCNT, 3),
	OPT_INT(SOL_TCP, TCP_LINGER2, 33),
	OPT_INT(SOL_TCP, TCP_DEFER_ACCEPT, 3),
	OPT_INT(SOL_TCP, TCP_WINDOW_CLAMP, 20000),
	OPT_READ(SOL_TCP, TCP_INFO, 232, .flags = OPT_LIVE),
	OPT_OFF(SOL_TCP, TCP_QUICKACK),
	OPT_OBJECT(SOL_TCP, TCP_CONGESTION, "reno"),
	OPT_ON(SOL_TCP, TCP_THIN_LINEAR_TIMEOUTS),
	OPT_ON(SOL_TCP, TCP_THIN_DUPACK, .flags = OPT_UNSEEN),
	OPT_INT(SOL_TCP, TCP_USER_TIMEOUT, 3000),
	OPT_INT(SOL_TCP, TCP_FASTOPEN, 5),
	/* Of a connection that is being repaired. */
	OPT_INT(SOL_TCP, TCP_TIMESTAMP, 7, .flags = OPT_LIVE, .error = -EPERM),
	OPT_INT(SOL_TCP, TCP_NOTSENT_LOWAT, 3000),
	OPT_READ(SOL_TCP, TCP_CC_INFO, 20, .flags = OPT_LIVE_CONNECTED),
	OPT_ON(SOL_TCP, TCP_SAVE_SYN),
	OPT_READ(SOL_TCP, TCP_SAVED_SYN, 200),
	OPT_ON(SOL_TCP, TCP_FASTOPEN_CONNECT),
	OPT_OBJECT(SOL_TCP, TCP_FASTOPEN_KEY, opt_fastopen_key),
	OPT_ON(SOL_TCP, TCP_FASTOPEN_NO_COOKIE),
	OPT_ON(SOL_TCP, TCP_INQ),
	OPT_INT(SOL_TCP, TCP_TX_DELAY, 10),
	OPT_READ(SOL_TCP, TCP_IS_MPTCP, 4),
	OPT_INT(SOL_TCP, TCP_RTO_MAX_MS, 5000, .flags = OPT_NOT_EVERYWHERE),
	OPT_INT(SOL_TCP, TCP_RTO_MIN_US, 50000, .flags = OPT_NOT_EVERYWHERE),
	OPT_INT(SOL_TCP, TCP_DELACK_MAX_US, 50000,
		.flags = OPT_NOT_EVERYWHERE),

	OPT_ON(SOL_UDP, UDP_CORK),
	OPT_ON(SOL_UDP, UDP_NO_CHECK6_TX),
	OPT_ON(SOL_UDP, UDP_NO_CHECK6_RX),
	OPT_INT(SOL_UDP, UDP_SEGMENT, 1000),
	OPT_ON(SOL_UDP, UDP_GRO),

	OPT_INT(SOL_UDPLITE, UDPLITE_SEND_CSCOV, 12,
		.flags = OPT_NOT_EVERYWHERE),
	OPT_INT(SOL_UDPLITE, UDPLITE_RECV_CSCOV, 12,
		.flags = OPT_NOT_EVERYWHERE),

	OPT_INT(SOL_RAW, ICMP_FILTER, 0x10),
	OPT_OBJECT(SOL_ICMPV6, ICMPV6_FILTER, opt_icmp6_filter),

	/* Newer kernels tell how long ago something came, from the start. */
	OPT_READ(SOL_MPTCP, MPTCP_INFO, 64, .flags = OPT_LIVE),
	OPT_READ(SOL_MPTCP, MPTCP_TCPINFO, sizeof(opt_mptcp_tcpinfo),
		 .question = opt_mptcp_tcpinfo, .flags = OPT_LIVE),
	OPT_READ(SOL_MPTCP, MPTCP_SUBFLOW_ADDRS, sizeof(opt_mptcp_addrs),
		 .question = opt_mptcp_addrs, .flags = OPT_LIVE_CONNECTED),
	OPT_READ(SOL_MPTCP, MPTCP_FULL_INFO, 64, .flags = OPT_LIVE),
};

#endif /* KSOCK_SELFTESTS_OPT_VALUE_H */
