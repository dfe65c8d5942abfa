/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Options: each has a type, which the compiler checks, and a name; others go by
 * level and number.
 *
 * Rights are asked of the current task, as setsockopt(2) does: a kernel thread
 * has them all.
 */
#ifndef KSOCK_OPT_H
#define KSOCK_OPT_H

#include <linux/in.h>
#include <linux/in6.h>
#include <linux/ipv6.h>
#include <linux/socket.h>
#include <linux/tcp.h>
#include <linux/types.h>
#include <linux/udp.h>

struct ksock;

int ksock_setsockopt(struct ksock *ks, int level, int name, const void *value,
		     int len);
int ksock_getsockopt(struct ksock *ks, int level, int name, void *value,
		     int *len);

int ksock_opt_set_int(struct ksock *ks, int level, int name, int value);
int ksock_opt_get_int(struct ksock *ks, int level, int name, int *value);

/*
 * ROW(name, level, option, type): ksock_set_name() takes a value of the type,
 * ksock_get_name() stores one.  All of them are an int to the stack.
 */
#define KSOCK_OPT_ROWS(ROW)						\
	ROW(reuseaddr,		SOL_SOCKET,	SO_REUSEADDR,	bool)	\
	ROW(reuseport,		SOL_SOCKET,	SO_REUSEPORT,	bool)	\
	ROW(keepalive,		SOL_SOCKET,	SO_KEEPALIVE,	bool)	\
	ROW(broadcast,		SOL_SOCKET,	SO_BROADCAST,	bool)	\
	ROW(oobinline,		SOL_SOCKET,	SO_OOBINLINE,	bool)	\
	ROW(dontroute,		SOL_SOCKET,	SO_DONTROUTE,	bool)	\
	ROW(priority,		SOL_SOCKET,	SO_PRIORITY,	int)	\
	ROW(mark,		SOL_SOCKET,	SO_MARK,	u32)	\
	ROW(sndbuf,		SOL_SOCKET,	SO_SNDBUF,	int)	\
	ROW(rcvbuf,		SOL_SOCKET,	SO_RCVBUF,	int)	\
	ROW(rcvlowat,		SOL_SOCKET,	SO_RCVLOWAT,	int)	\
	ROW(bindtoifindex,	SOL_SOCKET,	SO_BINDTOIFINDEX, int)	\
	ROW(incoming_cpu,	SOL_SOCKET,	SO_INCOMING_CPU, int)	\
	ROW(tcp_nodelay,	SOL_TCP,	TCP_NODELAY,	bool)	\
	ROW(tcp_cork,		SOL_TCP,	TCP_CORK,	bool)	\
	ROW(tcp_quickack,	SOL_TCP,	TCP_QUICKACK,	int)	\
	ROW(tcp_keepidle,	SOL_TCP,	TCP_KEEPIDLE,	int)	\
	ROW(tcp_keepintvl,	SOL_TCP,	TCP_KEEPINTVL,	int)	\
	ROW(tcp_keepcnt,	SOL_TCP,	TCP_KEEPCNT,	int)	\
	ROW(tcp_syncnt,		SOL_TCP,	TCP_SYNCNT,	int)	\
	ROW(tcp_user_timeout,	SOL_TCP,	TCP_USER_TIMEOUT, u32)	\
	ROW(tcp_maxseg,		SOL_TCP,	TCP_MAXSEG,	int)	\
	ROW(ip_tos,		SOL_IP,		IP_TOS,		int)	\
	ROW(ip_ttl,		SOL_IP,		IP_TTL,		int)	\
	ROW(ip_mtu_discover,	SOL_IP,		IP_MTU_DISCOVER, int)	\
	ROW(ip_freebind,	SOL_IP,		IP_FREEBIND,	bool)	\
	ROW(ip_transparent,	SOL_IP,		IP_TRANSPARENT,	bool)	\
	ROW(ip_recverr,		SOL_IP,		IP_RECVERR,	bool)	\
	ROW(ip_pktinfo,		SOL_IP,		IP_PKTINFO,	bool)	\
	ROW(ip_multicast_ttl,	SOL_IP,		IP_MULTICAST_TTL, int)	\
	ROW(ip_multicast_loop,	SOL_IP,		IP_MULTICAST_LOOP, bool) \
	ROW(ipv6_v6only,	SOL_IPV6,	IPV6_V6ONLY,	bool)	\
	ROW(ipv6_recvpktinfo,	SOL_IPV6,	IPV6_RECVPKTINFO, bool)	\
	ROW(ipv6_recverr,	SOL_IPV6,	IPV6_RECVERR,	bool)	\
	ROW(ipv6_tclass,	SOL_IPV6,	IPV6_TCLASS,	int)	\
	ROW(ipv6_unicast_hops,	SOL_IPV6,	IPV6_UNICAST_HOPS, int)	\
	ROW(ipv6_multicast_hops, SOL_IPV6,	IPV6_MULTICAST_HOPS, int) \
	ROW(ipv6_addr_preferences, SOL_IPV6,	IPV6_ADDR_PREFERENCES, int) \
	ROW(udp_segment,	SOL_UDP,	UDP_SEGMENT,	int)	\
	ROW(udp_gro,		SOL_UDP,	UDP_GRO,	bool)	\
	ROW(udp_no_check6_tx,	SOL_UDP,	UDP_NO_CHECK6_TX, bool)	\
	ROW(udp_no_check6_rx,	SOL_UDP,	UDP_NO_CHECK6_RX, bool)

#define KSOCK_OPT_DEFINE(_name, _level, _option, _type)			\
static inline int ksock_set_##_name(struct ksock *ks, _type value)	\
{									\
	return ksock_opt_set_int(ks, _level, _option, value);		\
}									\
									\
static inline int ksock_get_##_name(struct ksock *ks, _type *value)	\
{									\
	int number;							\
	int ret = ksock_opt_get_int(ks, _level, _option, &number);	\
									\
	if (!ret)							\
		*value = number;					\
	return ret;							\
}

KSOCK_OPT_ROWS(KSOCK_OPT_DEFINE)

int ksock_set_linger(struct ksock *ks, bool on, unsigned int seconds);
int ksock_get_linger(struct ksock *ks, bool *on, unsigned int *seconds);
int ksock_set_timestamps(struct ksock *ks, bool on);
int ksock_set_congestion(struct ksock *ks, const char *name);

#endif /* KSOCK_OPT_H */
