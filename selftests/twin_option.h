/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Operations of the twin test: an option of each kind, good and bad values, the
 * options that a ksock does not have; and what ioctl(2) tells of the queues.
 * The options one by one are the business of opt_test.
 */
#ifndef KSOCK_SELFTESTS_TWIN_OPTION_H
#define KSOCK_SELFTESTS_TWIN_OPTION_H

#include "twin.h"

#include <netinet/udp.h>

#include <linux/filter.h>
#include <linux/icmp.h>
#include <linux/mroute.h>
#include <linux/sockios.h>

#ifndef SO_NETNS_COOKIE
#define SO_NETNS_COOKIE	71
#endif
#ifndef UDP_ENCAP
#define UDP_ENCAP	100
#endif
#ifndef UDP_SEGMENT
#define UDP_SEGMENT	103
#endif
#ifndef IPPROTO_MPTCP
#define IPPROTO_MPTCP	262
#endif
#ifndef SOL_MPTCP
#define SOL_MPTCP	284
#endif
#ifndef MPTCP_INFO
#define MPTCP_INFO	1
#endif

/* Tells of the bytes of an option; returns what getsockopt returns. */
static long option_say(struct twin *twin, int level, int name, socklen_t len)
{
	unsigned char value[512] = "";
	int word = 0;
	long ret = twin->face->getsockopt(twin->fd, level, name, value, &len);

	if (ret)
		return ret;
	memcpy(&word, value, sizeof(word));
	twin_say(twin, "reads %d of %u bytes", word, len);
	return ret;
}

/* arg: level, name, value. */
static long option_set(struct twin *twin)
{
	long ret = twin_set(twin, twin->arg[0], twin->arg[1], twin->arg[2]);
	long get = option_say(twin, twin->arg[0], twin->arg[1], sizeof(int));

	if (get)
		twin_say_ret(twin, "get", get);
	return ret;
}

/* arg: level, name, room. */
static long option_get_len(struct twin *twin)
{
	return option_say(twin, twin->arg[0], twin->arg[1], twin->arg[2]);
}

/* The length alone: what it holds is not the same twice. */
static long option_get_opaque(struct twin *twin)
{
	unsigned char value[512] = "";
	socklen_t len = twin->arg[2];
	long ret = twin->face->getsockopt(twin->fd, twin->arg[0], twin->arg[1],
					  value, &len);

	twin_say(twin, "%u bytes", len);
	return ret;
}

/* arg: level, name, length that is said of an int of 1. */
static long option_set_len(struct twin *twin)
{
	int value[2] = { 1 };

	return twin->face->setsockopt(twin->fd, twin->arg[0], twin->arg[1],
				      value, twin->arg[2]);
}

/* arg: level, name; 1 to get. */
static long option_nowhere(struct twin *twin)
{
	void *nowhere = page_missing();
	socklen_t len = sizeof(int);

	if (twin->arg[2])
		return twin->face->getsockopt(twin->fd, twin->arg[0],
					      twin->arg[1], nowhere, &len);
	return twin->face->setsockopt(twin->fd, twin->arg[0], twin->arg[1],
				      nowhere, len);
}

static long option_linger(struct twin *twin)
{
	struct linger linger = { 1, 5 };
	socklen_t len = sizeof(linger);
	long ret = twin->face->setsockopt(twin->fd, SOL_SOCKET, SO_LINGER,
					  &linger, sizeof(linger));

	memset(&linger, 0, sizeof(linger));
	twin->face->getsockopt(twin->fd, SOL_SOCKET, SO_LINGER, &linger, &len);
	twin_say(twin, "%d and %d, %u bytes", linger.l_onoff, linger.l_linger,
		 len);
	return ret;
}

/* arg: seconds, microseconds. */
static long option_timeval(struct twin *twin)
{
	struct timeval time = { twin->arg[0], twin->arg[1] };
	socklen_t len = sizeof(time);
	long ret = twin->face->setsockopt(twin->fd, SOL_SOCKET, SO_RCVTIMEO,
					  &time, sizeof(time));

	memset(&time, 0, sizeof(time));
	twin->face->getsockopt(twin->fd, SOL_SOCKET, SO_RCVTIMEO, &time, &len);
	twin_say(twin, "%lld.%06lld s", (long long)time.tv_sec,
		 (long long)time.tv_usec);
	return ret;
}

static long option_string(struct twin *twin, int level, int name,
			  const char *value)
{
	char text[64] = "";
	socklen_t len = sizeof(text) - 1;
	long ret = twin->face->setsockopt(twin->fd, level, name, value,
					  strlen(value));

	twin->face->getsockopt(twin->fd, level, name, text, &len);
	twin_say(twin, "\"%s\"", text);
	return ret;
}

static long option_device(struct twin *twin)
{
	return option_string(twin, SOL_SOCKET, SO_BINDTODEVICE,
			     twin->arg[0] ? "nobody0" : "lo");
}

static long option_congestion(struct twin *twin)
{
	return option_string(twin, SOL_TCP, TCP_CONGESTION,
			     twin->arg[0] ? "nobody" : "reno");
}

static long option_tcp_info(struct twin *twin)
{
	struct tcp_info info = {};
	socklen_t len = sizeof(info);
	long ret = twin->face->getsockopt(twin->fd, SOL_TCP, TCP_INFO, &info,
					  &len);

	twin_say(twin, "state %u", info.tcpi_state);
	return ret;
}

static long option_ucred(struct twin *twin)
{
	struct ucred ucred = { -2, -2, -2 };
	socklen_t len = sizeof(ucred);
	long ret = twin->face->getsockopt(twin->fd, SOL_SOCKET, SO_PEERCRED,
					  &ucred, &len);

	twin_say(twin, "process %d, user %d", ucred.pid, (int)ucred.uid);
	return ret;
}

static long option_error(struct twin *twin)
{
	close(twin->peer);
	face_send(twin->face, twin->fd, "hello", 5, 0);
	wait_events(twin->fd, POLLERR, WAIT_MS);
	option_say(twin, SOL_SOCKET, SO_ERROR, sizeof(int));
	return option_say(twin, SOL_SOCKET, SO_ERROR, sizeof(int));
}

/* arg: option, group as an address of IPv4 in host order, how often. */
static long option_membership(struct twin *twin)
{
	struct ip_mreqn mreq = {
		.imr_multiaddr.s_addr = htonl(twin->arg[1]), .imr_ifindex = 1,
	};
	long ret = -EUCLEAN;
	int i;

	for (i = 0; i < twin->arg[2]; i++)
		ret = twin->face->setsockopt(twin->fd, SOL_IP, twin->arg[0],
					     &mreq, sizeof(mreq));
	return ret;
}

static long option_membership6(struct twin *twin)
{
	struct ipv6_mreq mreq = { .ipv6mr_interface = 1 };

	inet_pton(AF_INET6, "ff02::1234", &mreq.ipv6mr_multiaddr);
	return twin->face->setsockopt(twin->fd, SOL_IPV6, twin->arg[0], &mreq,
				      sizeof(mreq));
}

static long option_membership_of_source(struct twin *twin)
{
	struct ip_mreq_source mreq = {
		.imr_multiaddr.s_addr = htonl(0xe8000001),
		.imr_interface.s_addr = htonl(INADDR_LOOPBACK),
		.imr_sourceaddr.s_addr = htonl(INADDR_LOOPBACK),
	};

	return twin->face->setsockopt(twin->fd, SOL_IP, twin->arg[0], &mreq,
				      sizeof(mreq));
}

/* arg: level, name, value, of a raw socket. */
static long option_raw(struct twin *twin)
{
	twin->fd = twin->face->socket(AF_INET, SOCK_RAW, IPPROTO_ICMP);
	return option_set(twin);
}

/* arg: protocol, level, name, of a socket that not every kernel has. */
static long option_of_protocol(struct twin *twin)
{
	int type = twin->arg[0] == IPPROTO_MPTCP ? SOCK_STREAM : SOCK_DGRAM;

	twin->fd = twin->face->socket(AF_INET, type, twin->arg[0]);
	if (twin->fd < 0)
		return twin->fd;
	return option_say(twin, twin->arg[1], twin->arg[2], 4);
}

/* ---- Those that a ksock does not have ------------------------------------ */

static long option_filter(struct twin *twin)
{
	struct sock_filter accept = BPF_STMT(BPF_RET | BPF_K, 0xffff);
	struct sock_fprog program = { .len = 1, .filter = &accept };

	twin_set(twin, SOL_SOCKET, SO_REUSEPORT, 1);
	return twin->face->setsockopt(twin->fd, SOL_SOCKET, twin->arg[0],
				      &program, sizeof(program));
}

static long option_md5(struct twin *twin)
{
	struct tcp_md5sig md5 = { .tcpm_keylen = 3, .tcpm_key = "key" };

	memcpy(&md5.tcpm_addr, &twin->addr.storage, sizeof(md5.tcpm_addr));
	return twin->face->setsockopt(twin->fd, SOL_TCP, TCP_MD5SIG, &md5,
				      sizeof(md5));
}

static long option_multicast_routing(struct twin *twin)
{
	twin->fd = twin->face->socket(AF_INET, SOCK_RAW, IPPROTO_IGMP);
	return twin_set(twin, SOL_IP, MRT_INIT, 1);
}

/* arg: level, name, room; of what only the outcome is told. */
static long option_only_get(struct twin *twin)
{
	unsigned char value[64];
	socklen_t len = twin->arg[2];

	return twin->face->getsockopt(twin->fd, twin->arg[0], twin->arg[1],
				      value, &len);
}

/* arg: level, name, value. */
static long option_only_set(struct twin *twin)
{
	return twin_set(twin, twin->arg[0], twin->arg[1], twin->arg[2]);
}

static const struct twin_row option_rows[] = {
	ROW("setsockopt(SO_KEEPALIVE)", STREAM, option_set,
	    SOL_SOCKET, SO_KEEPALIVE, 2),
	ROW("setsockopt(SO_RCVBUF)", STREAM, option_set,
	    SOL_SOCKET, SO_RCVBUF, 10000),
	ROW("setsockopt(SO_RCVLOWAT)", STREAM, option_set,
	    SOL_SOCKET, SO_RCVLOWAT, 7),
	ROW("setsockopt(SO_LINGER)", STREAM, option_linger),
	ROW("setsockopt(SO_RCVTIMEO)", STREAM, option_timeval, 3, 500000),
	ROW("setsockopt(SO_RCVTIMEO), a second of microseconds", STREAM,
	    option_timeval, 3, 1000000),
	ROW("setsockopt(SO_BINDTODEVICE)", STREAM, option_device),
	ROW("setsockopt(SO_BINDTODEVICE), no such interface", STREAM,
	    option_device, 1),
	ROW("setsockopt(SO_MARK)", DGRAM, option_set, SOL_SOCKET, SO_MARK, 7),
	ROW("setsockopt(SO_PRIORITY)", DGRAM, option_set,
	    SOL_SOCKET, SO_PRIORITY, 6),
	ROW("setsockopt(SO_RCVBUFFORCE)", DGRAM, option_only_set,
	    SOL_SOCKET, SO_RCVBUFFORCE, 1 << 20),
	ROW("setsockopt(SO_TYPE)", STREAM, option_set,
	    SOL_SOCKET, SO_TYPE, 1),
	ROW("setsockopt(IP_TTL)", DGRAM, option_set, SOL_IP, IP_TTL, 7),
	ROW("setsockopt(IP_TTL) out of range", DGRAM, option_set,
	    SOL_IP, IP_TTL, 256),
	ROW("setsockopt(IP_TOS)", DGRAM, option_set, SOL_IP, IP_TOS, 0x10),
	ROW("setsockopt(IP_HDRINCL)", NOTHING, option_raw,
	    SOL_IP, IP_HDRINCL, 1),
	ROW("setsockopt(IP_HDRINCL), no raw socket", DGRAM, option_set,
	    SOL_IP, IP_HDRINCL, 1),
	ROW("setsockopt(IP_ADD_MEMBERSHIP)", DGRAM, option_membership,
	    IP_ADD_MEMBERSHIP, 0xe0000101, 1),
	ROW("setsockopt(IP_ADD_MEMBERSHIP) a second time", DGRAM,
	    option_membership, IP_ADD_MEMBERSHIP, 0xe0000101, 2),
	ROW("setsockopt(IP_ADD_MEMBERSHIP) of no group", DGRAM,
	    option_membership, IP_ADD_MEMBERSHIP, 0x7f000001, 1),
	ROW("setsockopt(IP_DROP_MEMBERSHIP), not joined", DGRAM,
	    option_membership, IP_DROP_MEMBERSHIP, 0xe0000101, 1),
	ROW("setsockopt(IP_ADD_SOURCE_MEMBERSHIP)", DGRAM,
	    option_membership_of_source, IP_ADD_SOURCE_MEMBERSHIP),
	ROW("setsockopt(IP_BLOCK_SOURCE), not joined", DGRAM,
	    option_membership_of_source, IP_BLOCK_SOURCE),
	ROW("setsockopt(IPV6_UNICAST_HOPS)", DGRAM | IPV6, option_set,
	    SOL_IPV6, IPV6_UNICAST_HOPS, 7),
	ROW("setsockopt(IPV6_V6ONLY) of a bound socket", BOUND | IPV6,
	    option_set, SOL_IPV6, IPV6_V6ONLY, 1),
	ROW("setsockopt(IPV6_ADD_MEMBERSHIP)", DGRAM | IPV6,
	    option_membership6, IPV6_ADD_MEMBERSHIP),
	ROW("setsockopt(IPV6_DROP_MEMBERSHIP), not joined", DGRAM | IPV6,
	    option_membership6, IPV6_DROP_MEMBERSHIP),
	ROW("setsockopt(SOL_IPV6) of a socket of IPv4", DGRAM, option_set,
	    SOL_IPV6, IPV6_UNICAST_HOPS, 7),
	ROW("setsockopt(TCP_NODELAY)", STREAM, option_set,
	    SOL_TCP, TCP_NODELAY, 1),
	ROW("setsockopt(TCP_MAXSEG) out of range", STREAM, option_set,
	    SOL_TCP, TCP_MAXSEG, 1),
	ROW("setsockopt(TCP_CONGESTION)", STREAM, option_congestion),
	ROW("setsockopt(TCP_CONGESTION), nobody knows it", STREAM,
	    option_congestion, 1),
	ROW("setsockopt(TCP_NODELAY) of a datagram socket", DGRAM, option_set,
	    SOL_TCP, TCP_NODELAY, 1),
	ROW("setsockopt(UDP_SEGMENT)", DGRAM, option_set,
	    SOL_UDP, UDP_SEGMENT, 100),
	ROW("setsockopt(UDP_CORK) of a stream", STREAM, option_set,
	    SOL_UDP, UDP_CORK, 1),
	ROW("setsockopt(ICMP_FILTER)", NOTHING, option_raw,
	    SOL_RAW, ICMP_FILTER, 0x100),
	VARY("getsockopt(UDPLITE_SEND_CSCOV)", NOTHING, option_of_protocol,
	     IPPROTO_UDPLITE, IPPROTO_UDPLITE, 10),
	VARY("getsockopt(MPTCP_INFO)", NOTHING, option_of_protocol,
	     IPPROTO_MPTCP, SOL_MPTCP, MPTCP_INFO),
	ROW("getsockopt(SO_TYPE)", STREAM, option_get_len,
	    SOL_SOCKET, SO_TYPE, 4),
	ROW("getsockopt(SO_DOMAIN)", DGRAM | IPV6, option_get_len,
	    SOL_SOCKET, SO_DOMAIN, 4),
	ROW("getsockopt(SO_ERROR), and again", TALKING, option_error),
	ROW("getsockopt(SO_PEERCRED)", CONNECTED, option_ucred),
	ROW("getsockopt(SO_COOKIE)", STREAM, option_get_opaque,
	    SOL_SOCKET, SO_COOKIE, 8),
	ROW("getsockopt(SO_MEMINFO)", STREAM, option_get_opaque,
	    SOL_SOCKET, SO_MEMINFO, 36),
	VARY("getsockopt(SO_NETNS_COOKIE)", STREAM, option_get_opaque,
	     SOL_SOCKET, SO_NETNS_COOKIE, 8),
	ROW("getsockopt(IP_MTU) of a connected socket", TALKING,
	    option_get_len, SOL_IP, IP_MTU, 4),
	ROW("getsockopt(IP_MTU) of a new socket", DGRAM, option_get_len,
	    SOL_IP, IP_MTU, 4),
	ROW("getsockopt(TCP_INFO)", CONNECTED, option_tcp_info),
	ROW("getsockopt(TCP_INFO) of a listening socket", LISTENING,
	    option_tcp_info),
	ROW("getsockopt(2), room for 2 bytes of an int", STREAM,
	    option_get_len, SOL_SOCKET, SO_TYPE, 2),
	ROW("getsockopt(2), room for 1 byte of IP_TTL", DGRAM, option_get_len,
	    SOL_IP, IP_TTL, 1),
	ROW("getsockopt(2), no room", STREAM, option_get_len,
	    SOL_SOCKET, SO_TYPE, 0),
	ROW("getsockopt(2), negative room", STREAM, option_get_len,
	    SOL_SOCKET, SO_TYPE, -1),
	DIFFER(GETSOCKOPT_NEGATIVE, "getsockopt(IPV6_TCLASS), negative room",
	       DGRAM | IPV6, option_only_get, SOL_IPV6, IPV6_TCLASS, -1),
	ROW("getsockopt(2) to memory of nobody", STREAM, option_nowhere,
	    SOL_SOCKET, SO_TYPE, 1),
	ROW("setsockopt(2) from memory of nobody", STREAM, option_nowhere,
	    SOL_SOCKET, SO_KEEPALIVE),
	ROW("setsockopt(2), 3 bytes of an int", STREAM, option_set_len,
	    SOL_SOCKET, SO_KEEPALIVE, 3),
	ROW("setsockopt(2), 8 bytes of an int", STREAM, option_set_len,
	    SOL_SOCKET, SO_KEEPALIVE, 8),
	ROW("setsockopt(2), 1 byte of IP_TTL", DGRAM, option_set_len,
	    SOL_IP, IP_TTL, 1),
	ROW("setsockopt(2), no byte of IP_TTL", DGRAM, option_set_len,
	    SOL_IP, IP_TTL, 0),
	ROW("setsockopt(2), negative length", STREAM, option_set_len,
	    SOL_SOCKET, SO_KEEPALIVE, -1),
	ROW("setsockopt(2), unknown option of SOL_SOCKET", STREAM, option_set,
	    SOL_SOCKET, 9999, 1),
	ROW("setsockopt(2), unknown option of SOL_IP", DGRAM, option_set,
	    SOL_IP, 9999, 1),
	ROW("setsockopt(2), unknown option of SOL_TCP", STREAM, option_set,
	    SOL_TCP, 9999, 1),
	DIFFER(SETSOCKOPT_FILTER, "setsockopt(SO_ATTACH_FILTER)", DGRAM,
	       option_filter, SO_ATTACH_FILTER),
	DIFFER(SETSOCKOPT_FILTER, "setsockopt(SO_ATTACH_REUSEPORT_CBPF)",
	       BOUND, option_filter, SO_ATTACH_REUSEPORT_CBPF),
	DIFFER(SETSOCKOPT_FILTER, "setsockopt(TCP_MD5SIG)", STREAM,
	       option_md5),
	DIFFER(SETSOCKOPT_FILTER, "setsockopt(TCP_REPAIR)", STREAM,
	       option_only_set, SOL_TCP, TCP_REPAIR, 1),
	DIFFER(SETSOCKOPT_FILTER, "setsockopt(MRT_INIT)", NOTHING,
	       option_multicast_routing),
	DIFFER(SETSOCKOPT_FILTER, "getsockopt(TCP_REPAIR)", STREAM,
	       option_only_get, SOL_TCP, TCP_REPAIR, 4),
	DIFFER(SETSOCKOPT_FILTER, "setsockopt(UDP_ENCAP)", DGRAM,
	       option_only_set, SOL_UDP, UDP_ENCAP, 0),
	DIFFER(SETSOCKOPT_FILTER, "setsockopt(SO_CNX_ADVICE)", STREAM,
	       option_only_set, SOL_SOCKET, SO_CNX_ADVICE, 1),
	DIFFER(OPTION_OBSOLETE, "setsockopt(IPV6_2292PKTINFO)", DGRAM | IPV6,
	       option_only_set, SOL_IPV6, IPV6_2292PKTINFO, 1),
	DIFFER(OPTION_OBSOLETE, "getsockopt(IPV6_2292HOPLIMIT)", DGRAM | IPV6,
	       option_only_get, SOL_IPV6, IPV6_2292HOPLIMIT, 4),
	DIFFER(OPTION_OBSOLETE, "getsockopt(IP_PKTOPTIONS)", STREAM,
	       option_only_get, SOL_IP, IP_PKTOPTIONS, 64),
	DIFFER(OPTION_PEERNAME, "getsockopt(SO_PEERNAME)", CONNECTED,
	       option_only_get, SOL_SOCKET, SO_PEERNAME, 16),
	DIFFER(GETSOCKOPT_OTHER_LEVEL,
	       "getsockopt(2), unknown option of SOL_TCP, a datagram socket",
	       DGRAM, option_only_get, SOL_TCP, 9999, 4),
	DIFFER(GETSOCKOPT_OTHER_LEVEL, "getsockopt(2), unknown level",
	       STREAM, option_only_get, 9999, 1, 4),
	DIFFER(SETSOCKOPT_READ_ONLY, "setsockopt(SO_LOCK_FILTER)", DGRAM,
	       option_only_set, SOL_SOCKET, SO_LOCK_FILTER, 1),
};

/* ---- Queues -------------------------------------------------------------- */

/* arg: request. */
static long queue_ask(struct twin *twin)
{
	int value = -1;
	int ret = ret_errno(ioctl(twin->fd, twin->arg[0], &value));

	if (!ret)
		twin_say(twin, "value %d", value);
	return ret;
}

static long queue_nowhere(struct twin *twin)
{
	return ret_errno(ioctl(twin->fd, twin->arg[0], page_missing()));
}

/* Of a stream whose peer's window is shut. */
static long queue_full(struct twin *twin)
{
	int value = 0, ret;

	if (!twin_fill(twin))
		return -ECANCELED;
	ret = ret_errno(ioctl(twin->fd, twin->arg[0], &value));
	twin_say(twin, "more than 0: %s", value > 0 ? "yes" : "no");
	return ret;
}

/* Before, at and behind the mark. */
static long queue_at_mark(struct twin *twin)
{
	char byte;
	int ret = 0, i;

	face_send(&plain_face, twin->peer, "a!", 2, MSG_OOB);
	wait_events(twin->fd, POLLPRI, WAIT_MS);
	for (i = 0; i < 2; i++) {
		ret = queue_ask(twin);
		face_recv(twin->face, twin->fd, &byte, 1, MSG_DONTWAIT);
	}
	return ret;
}

static const struct twin_row queue_rows[] = {
	ROW("ioctl(FIONREAD), or SIOCINQ", CONNECTED | DATA, queue_ask,
	    FIONREAD),
	ROW("ioctl(FIONREAD) of a datagram", TALKING | DATA, queue_ask,
	    FIONREAD),
	ROW("ioctl(FIONREAD) of a new stream", STREAM, queue_ask, FIONREAD),
	ROW("ioctl(FIONREAD) after the peer closed", ENDED, queue_ask,
	    FIONREAD),
	ROW("ioctl(FIONREAD) of a listening socket", LISTENING, queue_ask,
	    FIONREAD),
	ROW("ioctl(SIOCOUTQ)", CONNECTED, queue_ask, SIOCOUTQ),
	ROW("ioctl(SIOCOUTQ) of a full stream", CONNECTED, queue_full,
	    SIOCOUTQ),
	ROW("ioctl(SIOCOUTQ) of a datagram socket", TALKING, queue_ask,
	    SIOCOUTQ),
	ROW("ioctl(SIOCOUTQ) of a listening socket", LISTENING, queue_ask,
	    SIOCOUTQ),
	ROW("ioctl(SIOCOUTQNSD) of a full stream", CONNECTED, queue_full,
	    SIOCOUTQNSD),
	ROW("ioctl(SIOCOUTQNSD) of a datagram socket", TALKING, queue_ask,
	    SIOCOUTQNSD),
	ROW("ioctl(SIOCATMARK)", CONNECTED, queue_at_mark, SIOCATMARK),
	ROW("ioctl(SIOCATMARK) of a datagram socket", TALKING, queue_ask,
	    SIOCATMARK),
	ROW("ioctl(FIONREAD) to memory of nobody", CONNECTED, queue_nowhere,
	    FIONREAD),
};

#endif /* KSOCK_SELFTESTS_TWIN_OPTION_H */
