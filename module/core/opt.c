// SPDX-License-Identifier: GPL-2.0-only
/*
 * Options, by level and number as the stack knows them.
 *
 * For a process, user memory is handed to the stack as it is: the value, its
 * length, what a value points to, and the layouts of 32-bit callers are the
 * stack's to look at, as in the system calls.  Which options a caller may touch
 * is decided in dev/.
 *
 * For a module, values are in kernel memory.  The stack sets options from there,
 * but reads them to there at SOL_SOCKET alone; what is an int at other levels is
 * taken from the fields of the socket, by the table below.
 */
#include <linux/capability.h>
#include <linux/errno.h>
#include <linux/kmod.h>
#include <linux/module.h>
#include <linux/string.h>
#include <linux/tcp.h>
#include <linux/udp.h>
#include <net/inet_connection_sock.h>
#include <net/inet_sock.h>
#include <net/ipv6.h>
#include <net/sock.h>
#include <net/tcp.h>
#include "opt.h"
#include "sock.h"

/**
 * ksock_getsockopt_user() - get an option as getsockopt(2) does
 * @ks: socket
 * @level: its level
 * @name: its number
 * @value: where the value goes
 * @len: room there on entry, length of the value on return
 *
 * Context: process context of the caller whose rights count; may sleep.
 * Return: as getsockopt(2).
 */
int ksock_getsockopt_user(struct ksock *ks, int level, int name,
			  char __user *value, int __user *len)
{
	return ksock_sock_getsockopt(ks->sock, level, name, USER_SOCKPTR(value),
				     USER_SOCKPTR(len));
}

/**
 * ksock_setsockopt_user() - set an option as setsockopt(2) does
 * @ks: socket
 * @level: its level
 * @name: its number
 * @value: the value
 * @len: its length in bytes, not negative
 *
 * Context: process context of the caller whose rights count; may sleep.
 * Return: as setsockopt(2).
 */
int ksock_setsockopt_user(struct ksock *ks, int level, int name,
			  char __user *value, int len)
{
	return ksock_sock_setsockopt(ks->sock, level, name, USER_SOCKPTR(value),
				     len);
}

/* What replaces the callbacks of a socket, or hands out what is under it. */
static bool opt_is_refused(const struct ksock *ks, int level, int name)
{
	return level == SOL_TCP && name == TCP_ULP && ksock_event_is_on(ks);
}

/*
 * What the stack would load from within, where the end of the namespace that the
 * socket follows waits for this call, and who is loaded waits for that end.
 */
static void opt_load(int level, int name, const char *value, size_t len)
{
	if (level == SOL_TCP && name == TCP_ULP && capable(CAP_NET_ADMIN))
		request_module("tcp-ulp-%.*s", (int)strnlen(value, len), value);
}

/**
 * ksock_setsockopt() - set an option
 * @ks: socket
 * @level: its level, SOL_SOCKET, SOL_TCP, SOL_IP ...
 * @name: its number
 * @value: the value, laid out as setsockopt(2) takes it; what it points to, as
 *	some do, is taken for memory of the current process
 * @len: its length in bytes
 *
 * On a socket of the kernel's own no hook of a security module or a cgroup is
 * asked, as for the kernel's other users.
 *
 * Context: process context, may sleep, takes the socket lock.
 * Return: 0; -ENOPROTOOPT for an option there is not, -EBUSY for TCP_ULP while
 * events are on, -EINVAL, -EPERM, -ENETDOWN when the namespace it followed is
 * gone, or the stack's error, see setsockopt(2).
 */
int ksock_setsockopt(struct ksock *ks, int level, int name, const void *value,
		     int len)
{
	sockptr_t optval = KERNEL_SOCKPTR((void *)value);
	int ret;

	if (len < 0)
		return -EINVAL;
	if (opt_is_refused(ks, level, name))
		return -EBUSY;
	if (unlikely(ks->follow))
		opt_load(level, name, value, len);
	ret = ksock_enter(ks);
	if (ret)
		return ret;
	if (ksock_is_kern(ks))
		ret = ksock_sock_setsockopt_kern(ks->sock, level, name, optval,
						 len);
	else
		ret = ksock_sock_setsockopt(ks->sock, level, name, optval, len);
	ksock_leave(ks);
	return ret;
}
EXPORT_SYMBOL_GPL(ksock_setsockopt);

static int opt_get_tcp(struct sock *sk, int name, int *value)
{
	const struct inet_connection_sock *icsk = inet_csk(sk);
	const struct tcp_sock *tp = tcp_sk(sk);
	struct net *net = sock_net(sk);

	if (sk->sk_type != SOCK_STREAM || sk->sk_protocol != IPPROTO_TCP)
		return -EOPNOTSUPP;
	switch (name) {
	case TCP_NODELAY:
		*value = !!(tp->nonagle & TCP_NAGLE_OFF);
		return 0;
	case TCP_CORK:
		*value = !!(tp->nonagle & TCP_NAGLE_CORK);
		return 0;
	case TCP_QUICKACK:
		*value = !inet_csk_in_pingpong_mode(sk);
		return 0;
	case TCP_KEEPIDLE:
		*value = keepalive_time_when(tp) / HZ;
		return 0;
	case TCP_KEEPINTVL:
		*value = keepalive_intvl_when(tp) / HZ;
		return 0;
	case TCP_KEEPCNT:
		*value = keepalive_probes(tp);
		return 0;
	case TCP_SYNCNT:
		*value = icsk->icsk_syn_retries ?:
			 net->ipv4.sysctl_tcp_syn_retries;
		return 0;
	case TCP_USER_TIMEOUT:
		*value = icsk->icsk_user_timeout;
		return 0;
	case TCP_MAXSEG:
		*value = tp->mss_cache;
		if (tp->rx_opt.user_mss && ((1 << inet_sk_state_load(sk)) &
					    (TCPF_CLOSE | TCPF_LISTEN)))
			*value = tp->rx_opt.user_mss;
		return 0;
	}
	return -ENOPROTOOPT;
}

static int opt_get_ip(struct sock *sk, int name, int *value)
{
	const struct inet_sock *inet = inet_sk(sk);
	struct net *net = sock_net(sk);

	if (sk->sk_family != AF_INET && sk->sk_family != AF_INET6)
		return -EOPNOTSUPP;
	switch (name) {
	case IP_TOS:
		*value = inet->tos;
		return 0;
	case IP_TTL:
		*value = inet->uc_ttl;
		if (*value < 0)
			*value = net->ipv4.sysctl_ip_default_ttl;
		return 0;
	case IP_MTU_DISCOVER:
		*value = inet->pmtudisc;
		return 0;
	case IP_FREEBIND:
		*value = ksock_inet_bit(sk, FREEBIND, freebind);
		return 0;
	case IP_TRANSPARENT:
		*value = ksock_inet_bit(sk, TRANSPARENT, transparent);
		return 0;
	case IP_RECVERR:
		*value = ksock_inet_bit(sk, RECVERR, recverr);
		return 0;
	case IP_PKTINFO:
		*value = !!ksock_inet_pktinfo(sk);
		return 0;
	case IP_MULTICAST_TTL:
		*value = inet->mc_ttl;
		return 0;
	case IP_MULTICAST_LOOP:
		*value = ksock_inet_bit(sk, MC_LOOP, mc_loop);
		return 0;
	}
	return -ENOPROTOOPT;
}

static int opt_get_ipv6(struct sock *sk, int name, int *value)
{
	const struct ipv6_pinfo *np;

	if (sk->sk_family != AF_INET6)
		return -EOPNOTSUPP;
	np = inet6_sk(sk);
	switch (name) {
	case IPV6_V6ONLY:
		*value = sk->sk_ipv6only;
		return 0;
	case IPV6_RECVPKTINFO:
		*value = np->rxopt.bits.rxinfo;
		return 0;
	case IPV6_RECVERR:
		*value = ksock_inet6_recverr(sk);
		return 0;
	case IPV6_TCLASS:
		*value = np->tclass;
		return 0;
	case IPV6_UNICAST_HOPS:
		*value = np->hop_limit;
		/* What a route says otherwise is for each destination. */
		if (*value < 0)
			*value = sock_net(sk)->ipv6.devconf_all->hop_limit;
		return 0;
	case IPV6_MULTICAST_HOPS:
		*value = np->mcast_hops;
		if (*value < 0)
			*value = IPV6_DEFAULT_MCASTHOPS;
		return 0;
	case IPV6_ADDR_PREFERENCES:
		*value = 0;
		if (np->srcprefs & IPV6_PREFER_SRC_TMP)
			*value |= IPV6_PREFER_SRC_TMP;
		else if (np->srcprefs & IPV6_PREFER_SRC_PUBLIC)
			*value |= IPV6_PREFER_SRC_PUBLIC;
		else
			*value |= IPV6_PREFER_SRC_PUBTMP_DEFAULT;
		if (np->srcprefs & IPV6_PREFER_SRC_COA)
			*value |= IPV6_PREFER_SRC_COA;
		else
			*value |= IPV6_PREFER_SRC_HOME;
		return 0;
	}
	return -ENOPROTOOPT;
}

static int opt_get_udp(struct sock *sk, int name, int *value)
{
	if (sk->sk_type != SOCK_DGRAM || sk->sk_protocol != IPPROTO_UDP)
		return -EOPNOTSUPP;
	switch (name) {
	case UDP_SEGMENT:
		*value = udp_sk(sk)->gso_size;
		return 0;
	case UDP_GRO:
		*value = ksock_udp_gro(sk);
		return 0;
	case UDP_NO_CHECK6_TX:
		*value = udp_get_no_check6_tx(sk);
		return 0;
	case UDP_NO_CHECK6_RX:
		*value = udp_get_no_check6_rx(sk);
		return 0;
	}
	return -ENOPROTOOPT;
}

/* Under the socket lock, as many of the fields are bits. */
static int opt_get_field(struct sock *sk, int level, int name, int *value)
{
	switch (level) {
	case SOL_TCP:
		return opt_get_tcp(sk, name, value);
	case SOL_IP:
		return opt_get_ip(sk, name, value);
	case SOL_IPV6:
		return opt_get_ipv6(sk, name, value);
	case SOL_UDP:
		return opt_get_udp(sk, name, value);
	}
	return -ENOPROTOOPT;
}

static int opt_get(struct ksock *ks, int level, int name, void *value, int *len)
{
	struct socket *sock = ks->sock;
	int number, ret;

	if (level == SOL_SOCKET)
		return ksock_sock_getsockopt(sock, level, name,
					     KERNEL_SOCKPTR(value),
					     KERNEL_SOCKPTR(len));
	if (*len < 0)
		return -EINVAL;
	lock_sock(sock->sk);
	ret = opt_get_field(sock->sk, level, name, &number);
	release_sock(sock->sk);
	if (ret)
		return ret;
	*len = min_t(int, *len, sizeof(number));
	memcpy(value, &number, *len);
	return 0;
}

/**
 * ksock_getsockopt() - get an option
 * @ks: socket
 * @level: its level
 * @name: its number
 * @value: where the value goes
 * @len: room there in bytes on entry, length of the value on return
 *
 * Any option of SOL_SOCKET; of other levels those that <ksock/opt.h> has a name
 * for.  Of others the stack reads the value to the memory of a process only.
 *
 * Since Linux 6.7 security modules and the programs of the caller's control group are
 * asked for those of SOL_SOCKET, whose error becomes that of the call.
 *
 * Context: process context, may sleep.
 * Return: 0; -ENOPROTOOPT for an option that is not known here, -EOPNOTSUPP for
 * one that this kind of socket does not have, -EINVAL, -EPERM or -EACCES from who is
 * asked, -ENETDOWN when the namespace it followed is gone.
 */
int ksock_getsockopt(struct ksock *ks, int level, int name, void *value,
		     int *len)
{
	int ret = ksock_enter(ks);

	if (ret)
		return ret;
	ret = opt_get(ks, level, name, value, len);
	ksock_leave(ks);
	return ret;
}
EXPORT_SYMBOL_GPL(ksock_getsockopt);

/**
 * ksock_opt_set_int() - set an option whose value is an int
 * @ks: socket
 * @level: its level
 * @name: its number
 * @value: its value
 *
 * Context: process context, may sleep, takes the socket lock.
 * Return: as ksock_setsockopt().
 */
int ksock_opt_set_int(struct ksock *ks, int level, int name, int value)
{
	return ksock_setsockopt(ks, level, name, &value, sizeof(value));
}
EXPORT_SYMBOL_GPL(ksock_opt_set_int);

/**
 * ksock_opt_get_int() - get an option whose value is an int
 * @ks: socket
 * @level: its level
 * @name: its number
 * @value: filled on success
 *
 * Context: process context, may sleep.
 * Return: as ksock_getsockopt().
 */
int ksock_opt_get_int(struct ksock *ks, int level, int name, int *value)
{
	int len = sizeof(*value);
	int number = 0;
	int ret = ksock_getsockopt(ks, level, name, &number, &len);

	if (!ret)
		*value = number;
	return ret;
}
EXPORT_SYMBOL_GPL(ksock_opt_get_int);

/**
 * ksock_set_linger() - what becomes of unsent data at the close
 * @ks: socket
 * @on: whether the close waits for it
 * @seconds: how long; 0 has the connection reset, and the data dropped
 *
 * Context: process context, may sleep, takes the socket lock.
 * Return: as ksock_setsockopt().
 */
int ksock_set_linger(struct ksock *ks, bool on, unsigned int seconds)
{
	struct linger linger = { .l_onoff = on, .l_linger = seconds };

	return ksock_setsockopt(ks, SOL_SOCKET, SO_LINGER, &linger,
				sizeof(linger));
}
EXPORT_SYMBOL_GPL(ksock_set_linger);

/**
 * ksock_get_linger() - what ksock_set_linger() set
 * @ks: socket
 * @on: filled on success
 * @seconds: filled on success
 *
 * Context: process context, may sleep.
 * Return: as ksock_getsockopt().
 */
int ksock_get_linger(struct ksock *ks, bool *on, unsigned int *seconds)
{
	struct linger linger = {};
	int len = sizeof(linger);
	int ret = ksock_getsockopt(ks, SOL_SOCKET, SO_LINGER, &linger, &len);

	if (ret)
		return ret;
	*on = linger.l_onoff;
	*seconds = linger.l_linger;
	return 0;
}
EXPORT_SYMBOL_GPL(ksock_get_linger);

/**
 * ksock_set_timestamps() - have received messages tell when they came
 * @ks: socket
 * @on: whether to
 *
 * As control data SO_TIMESTAMPNS_NEW, in nanoseconds.
 *
 * Context: process context, may sleep, takes the socket lock.
 * Return: as ksock_setsockopt().
 */
int ksock_set_timestamps(struct ksock *ks, bool on)
{
	return ksock_opt_set_int(ks, SOL_SOCKET, SO_TIMESTAMPNS_NEW, on);
}
EXPORT_SYMBOL_GPL(ksock_set_timestamps);

/**
 * ksock_set_congestion() - choose the congestion control of TCP
 * @ks: socket of TCP
 * @name: its name, "cubic", "bbr" ...
 *
 * Context: process context, may sleep and load a module, takes the socket lock.
 * Return: as ksock_setsockopt(); -ENOENT when there is none of that name.
 */
int ksock_set_congestion(struct ksock *ks, const char *name)
{
	return ksock_setsockopt(ks, SOL_TCP, TCP_CONGESTION, name, strlen(name));
}
EXPORT_SYMBOL_GPL(ksock_set_congestion);

/**
 * ksock_tcp_info() - what TCP knows of a connection
 * @ks: socket
 * @info: filled, as the option TCP_INFO is
 *
 * Context: process context, may sleep.
 * Return: 0, -EOPNOTSUPP when the socket is not of TCP, -ENETDOWN when the
 * namespace it followed is gone.
 */
int ksock_tcp_info(struct ksock *ks, struct tcp_info *info)
{
	struct sock *sk;
	int ret;

	ret = ksock_enter(ks);
	if (ret)
		return ret;
	sk = ks->sock->sk;
	/* MPTCP is a stream as well, and its sk is another structure. */
	if (ks->sock->type != SOCK_STREAM ||
	    READ_ONCE(sk->sk_protocol) != IPPROTO_TCP)
		ret = -EOPNOTSUPP;
	else
		tcp_get_info(sk, info);
	ksock_leave(ks);
	return ret;
}
EXPORT_SYMBOL_GPL(ksock_tcp_info);
