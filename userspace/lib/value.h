/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
/*
 * The structures that options have for values, as tables of their fields: said
 * once, to take values apart by and to put them together by.
 */
#ifndef KSOCK_VALUE_H
#define KSOCK_VALUE_H

#include "opt.h"

#include <linux/net_tstamp.h>
#include <linux/sock_diag.h>
#include <net/if.h>
#include <netinet/in.h>

#define VALUE_COUNT(_array) (sizeof(_array) / sizeof((_array)[0]))

/*
 * enum value_kind - what a field is
 * @VALUE_INT: number
 * @VALUE_UINT: number that cannot be negative
 * @VALUE_IFINDEX: number of an interface
 * @VALUE_IN: IPv4 address
 * @VALUE_IN6: IPv6 address
 * @VALUE_SOCKADDR: struct sockaddr_storage, of which the address counts
 * @VALUE_STAMPING: set of SOF_TIMESTAMPING_
 */
enum value_kind {
	VALUE_INT,
	VALUE_UINT,
	VALUE_IFINDEX,
	VALUE_IN,
	VALUE_IN6,
	VALUE_SOCKADDR,
	VALUE_STAMPING
};

/*
 * struct value_field - a field of a structure
 * @name: its name in text
 * @kind: what it is
 * @shift: bits below it in its bytes
 * @bits: bits it has, 0 for all of its bytes
 * @offset: where its bytes are
 * @size: how many they are
 */
struct value_field {
	const char *name;
	enum value_kind kind;
	unsigned char shift;
	unsigned char bits;
	unsigned short offset;
	unsigned short size;
};

#define VALUE_FIELD(_name, _kind, _type, _member)			\
	{ _name, VALUE_##_kind, 0, 0, offsetof(_type, _member),		\
	  sizeof(((_type *)0)->_member) }
#define VALUE_BITS(_name, _type, _member, _shift, _bits)		\
	{ _name, VALUE_UINT, _shift, _bits, offsetof(_type, _member),	\
	  sizeof(((_type *)0)->_member) }

/*
 * struct value_layout - a structure
 * @fields: its fields, those that text must have in front
 * @count: how many they are
 * @present: how many of them a value must have
 * @named: how many of them text must have, 0 when it is not read
 * @size: length of the structure
 */
struct value_layout {
	const struct value_field *fields;
	unsigned char count;
	unsigned char present;
	unsigned char named;
	unsigned short size;
};

#define VALUE_LAYOUT(_fields, _present, _named, _type)			\
	{ _fields, VALUE_COUNT(_fields), _present, _named, sizeof(_type) }

/* Structures that the C library does not define, or only recent headers do. */
struct value_timeval {
	long sec;
	long usec;
};

struct value_timeval64 {
	int64_t sec;
	int64_t usec;
};

struct value_timestamping {
	int flags;
	int bind_phc;
};

static const struct value_field value_linger[] = {
	VALUE_FIELD("onoff", INT, struct linger, l_onoff),
	VALUE_FIELD("linger", INT, struct linger, l_linger),
};

static const struct value_field value_timeval[] = {
	VALUE_FIELD("sec", INT, struct value_timeval, sec),
	VALUE_FIELD("usec", INT, struct value_timeval, usec),
};

static const struct value_field value_timeval64[] = {
	VALUE_FIELD("sec", INT, struct value_timeval64, sec),
	VALUE_FIELD("usec", INT, struct value_timeval64, usec),
};

static const struct value_field value_ucred[] = {
	VALUE_FIELD("pid", INT, struct ucred, pid),
	VALUE_FIELD("uid", UINT, struct ucred, uid),
	VALUE_FIELD("gid", UINT, struct ucred, gid),
};

#define VALUE_MEMINFO(_name, _index)					\
	{ _name, VALUE_UINT, 0, 0, (_index) * sizeof(uint32_t),		\
	  sizeof(uint32_t) }

static const struct value_field value_meminfo[] = {
	VALUE_MEMINFO("rmem_alloc", SK_MEMINFO_RMEM_ALLOC),
	VALUE_MEMINFO("rcvbuf", SK_MEMINFO_RCVBUF),
	VALUE_MEMINFO("wmem_alloc", SK_MEMINFO_WMEM_ALLOC),
	VALUE_MEMINFO("sndbuf", SK_MEMINFO_SNDBUF),
	VALUE_MEMINFO("fwd_alloc", SK_MEMINFO_FWD_ALLOC),
	VALUE_MEMINFO("wmem_queued", SK_MEMINFO_WMEM_QUEUED),
	VALUE_MEMINFO("optmem", SK_MEMINFO_OPTMEM),
	VALUE_MEMINFO("backlog", SK_MEMINFO_BACKLOG),
	VALUE_MEMINFO("drops", SK_MEMINFO_DROPS),
};

static const struct value_field value_txtime[] = {
	VALUE_FIELD("clockid", INT, struct sock_txtime, clockid),
	VALUE_FIELD("flags", UINT, struct sock_txtime, flags),
};

static const struct value_field value_timestamping[] = {
	VALUE_FIELD("flags", STAMPING, struct value_timestamping, flags),
	VALUE_FIELD("bind_phc", INT, struct value_timestamping, bind_phc),
};

static const struct value_field value_mreq[] = {
	VALUE_FIELD("group", IN, struct ip_mreqn, imr_multiaddr),
	VALUE_FIELD("address", IN, struct ip_mreqn, imr_address),
	VALUE_FIELD("ifindex", IFINDEX, struct ip_mreqn, imr_ifindex),
};

static const struct value_field value_mreq_source[] = {
	VALUE_FIELD("group", IN, struct ip_mreq_source, imr_multiaddr),
	VALUE_FIELD("source", IN, struct ip_mreq_source, imr_sourceaddr),
	VALUE_FIELD("address", IN, struct ip_mreq_source, imr_interface),
};

static const struct value_field value_mreq6[] = {
	VALUE_FIELD("group", IN6, struct ipv6_mreq, ipv6mr_multiaddr),
	VALUE_FIELD("ifindex", IFINDEX, struct ipv6_mreq, ipv6mr_interface),
};

static const struct value_field value_group[] = {
	VALUE_FIELD("group", SOCKADDR, struct group_req, gr_group),
	VALUE_FIELD("ifindex", IFINDEX, struct group_req, gr_interface),
};

static const struct value_field value_group_source[] = {
	VALUE_FIELD("group", SOCKADDR, struct group_source_req, gsr_group),
	VALUE_FIELD("source", SOCKADDR, struct group_source_req, gsr_source),
	VALUE_FIELD("ifindex", IFINDEX, struct group_source_req, gsr_interface),
};

static const struct value_field value_in6_pktinfo[] = {
	VALUE_FIELD("address", IN6, struct in6_pktinfo, ipi6_addr),
	VALUE_FIELD("ifindex", IFINDEX, struct in6_pktinfo, ipi6_ifindex),
};

static const struct value_field value_mtuinfo[] = {
	VALUE_FIELD("address", IN6, struct ip6_mtuinfo, ip6m_addr.sin6_addr),
	VALUE_FIELD("mtu", UINT, struct ip6_mtuinfo, ip6m_mtu),
};

static const struct value_field value_port_range[] = {
	{ "low", VALUE_UINT, 0, 16, 0, sizeof(uint32_t) },
	{ "high", VALUE_UINT, 16, 16, 0, sizeof(uint32_t) },
};

/* By type; numbers, text and the like have no fields. */
static const struct value_layout value_layouts[] = {
	[KSOCK_VALUE_LINGER] =
		VALUE_LAYOUT(value_linger, 2, 2, struct linger),
	[KSOCK_VALUE_TIMEVAL] =
		VALUE_LAYOUT(value_timeval, 2, 1, struct value_timeval),
	[KSOCK_VALUE_TIMEVAL64] =
		VALUE_LAYOUT(value_timeval64, 2, 1, struct value_timeval64),
	[KSOCK_VALUE_UCRED] = VALUE_LAYOUT(value_ucred, 3, 0, struct ucred),
	[KSOCK_VALUE_MEMINFO] =
		VALUE_LAYOUT(value_meminfo, 1, 0, uint32_t[SK_MEMINFO_VARS]),
	[KSOCK_VALUE_TXTIME] =
		VALUE_LAYOUT(value_txtime, 2, 1, struct sock_txtime),
	[KSOCK_VALUE_TIMESTAMPING] =
		VALUE_LAYOUT(value_timestamping, 1, 1,
			     struct value_timestamping),
	[KSOCK_VALUE_MREQ] =
		VALUE_LAYOUT(value_mreq, 2, 1, struct ip_mreqn),
	[KSOCK_VALUE_MREQ_SOURCE] =
		VALUE_LAYOUT(value_mreq_source, 3, 2, struct ip_mreq_source),
	[KSOCK_VALUE_MREQ6] =
		VALUE_LAYOUT(value_mreq6, 2, 1, struct ipv6_mreq),
	[KSOCK_VALUE_GROUP] =
		VALUE_LAYOUT(value_group, 2, 1, struct group_req),
	[KSOCK_VALUE_GROUP_SOURCE] =
		VALUE_LAYOUT(value_group_source, 3, 2, struct group_source_req),
	[KSOCK_VALUE_IN6_PKTINFO] =
		VALUE_LAYOUT(value_in6_pktinfo, 2, 1, struct in6_pktinfo),
	[KSOCK_VALUE_MTUINFO] =
		VALUE_LAYOUT(value_mtuinfo, 2, 0, struct ip6_mtuinfo),
	[KSOCK_VALUE_PORT_RANGE] =
		VALUE_LAYOUT(value_port_range, 2, 2, uint32_t),
	[KSOCK_VALUE_ICMP6_FILTER] = { 0 },
};

/* Names of the bits of a set of SOF_TIMESTAMPING_. */
static const char *const value_stamping[] = {
	"tx_hardware",
	"tx_software",
	"rx_hardware",
	"rx_software",
	"software",
	"sys_hardware",
	"raw_hardware",
	"opt_id",
	"tx_sched",
	"tx_ack",
	"opt_cmsg",
	"opt_tsonly",
	"opt_stats",
	"opt_pktinfo",
	"opt_tx_swhw",
	"bind_phc",
	"opt_id_tcp",
	"opt_rx_filter",
	"tx_completion",
};

#endif /* KSOCK_VALUE_H */
