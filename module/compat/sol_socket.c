// SPDX-License-Identifier: GPL-2.0-only
/*
 * The getter of SOL_SOCKET for kernels that export none (before 6.7): the
 * value is taken from the socket's fields as sk_getsockopt() of the same
 * kernel takes it.  An option that such a kernel does not have, or whose
 * state a module cannot see, answers ENOPROTOOPT like any it does not know.
 *
 * Options of programs, filters and security labels are not here, as nobody in
 * this module asks for them.
 */
#if !KSOCK_HAVE_DO_SOCK_GETSOCKOPT

#include <linux/compat.h>
#include <linux/cred.h>
#include <linux/errqueue.h>
#include <linux/filter.h>
#include <linux/net.h>
#include <linux/net_tstamp.h>
#include <linux/netdevice.h>
#include <linux/pid.h>
#include <linux/sock_diag.h>
#include <linux/uaccess.h>
#include <net/busy_poll.h>
#include <net/net_namespace.h>
#include <net/sock.h>

/* A value in the making: what goes out, and how much of it. */
struct sol_value {
	int len;
	union {
		int number;
		u64 number64;
		unsigned long word;
		struct linger linger;
		struct __kernel_old_timeval timeval;
		struct __kernel_sock_timeval timeval64;
		struct old_timeval32 timeval32;
		struct sock_txtime txtime;
#if KSOCK_HAVE_SK_BIND_PHC
		struct so_timestamping timestamping;
#endif
		struct ucred ucred;
		u32 meminfo[SK_MEMINFO_VARS];
		char name[IFNAMSIZ];
	};
};

static void sol_timeout(struct sol_value *value, long ticks, bool old)
{
	struct __kernel_sock_timeval tv = {};

	if (ticks != MAX_SCHEDULE_TIMEOUT) {
		tv.tv_sec = ticks / HZ;
		tv.tv_usec = ((ticks % HZ) * USEC_PER_SEC) / HZ;
	}
	if (!old) {
		value->len = sizeof(value->timeval64);
		value->timeval64 = tv;
	} else if (in_compat_syscall() && !COMPAT_USE_64BIT_TIME) {
		value->len = sizeof(value->timeval32);
		value->timeval32.tv_sec = tv.tv_sec;
		value->timeval32.tv_usec = tv.tv_usec;
	} else {
		value->len = sizeof(value->timeval);
		value->timeval.tv_sec = tv.tv_sec;
		value->timeval.tv_usec = tv.tv_usec;
	}
}

static void sol_peercred(struct sol_value *value, struct sock *sk)
{
	const struct cred *cred;

	value->len = sizeof(value->ucred);
	spin_lock(&sk->sk_peer_lock);
	cred = sk->sk_peer_cred;
	value->ucred.pid = pid_vnr(sk->sk_peer_pid);
	value->ucred.uid = -1;
	value->ucred.gid = -1;
	if (cred) {
		value->ucred.uid = from_kuid_munged(current_user_ns(),
						    cred->euid);
		value->ucred.gid = from_kgid_munged(current_user_ns(),
						    cred->egid);
	}
	spin_unlock(&sk->sk_peer_lock);
}

static void sol_meminfo(struct sol_value *value, const struct sock *sk)
{
	u32 *mem = value->meminfo;

	value->len = sizeof(value->meminfo);
	mem[SK_MEMINFO_RMEM_ALLOC] = sk_rmem_alloc_get(sk);
	mem[SK_MEMINFO_RCVBUF] = READ_ONCE(sk->sk_rcvbuf);
	mem[SK_MEMINFO_WMEM_ALLOC] = sk_wmem_alloc_get(sk);
	mem[SK_MEMINFO_SNDBUF] = READ_ONCE(sk->sk_sndbuf);
	mem[SK_MEMINFO_FWD_ALLOC] = READ_ONCE(sk->sk_forward_alloc);
	mem[SK_MEMINFO_WMEM_QUEUED] = READ_ONCE(sk->sk_wmem_queued);
	mem[SK_MEMINFO_OPTMEM] = atomic_read(&sk->sk_omem_alloc);
	mem[SK_MEMINFO_BACKLOG] = READ_ONCE(sk->sk_backlog.len);
	mem[SK_MEMINFO_DROPS] = atomic_read(&sk->sk_drops);
}

static int sol_bindtodevice(struct sol_value *value, struct sock *sk, int room)
{
	int index = READ_ONCE(sk->sk_bound_dev_if);
	struct net_device *dev;
	int ret = -ENODEV;

	value->len = 0;
	if (!index)
		return 0;
	if (room < IFNAMSIZ)
		return -EINVAL;

	rcu_read_lock();
	dev = dev_get_by_index_rcu(sock_net(sk), index);
	if (dev) {
		strscpy(value->name, dev->name, sizeof(value->name));
		value->len = strlen(value->name) + 1;
		ret = 0;
	}
	rcu_read_unlock();
	return ret;
}

static void sol_timestamping(struct sol_value *value, struct sock *sk, bool old)
{
#if KSOCK_HAVE_SK_BIND_PHC
	value->len = sizeof(value->timestamping);
	if (old || sock_flag(sk, SOCK_TSTAMP_NEW)) {
		value->timestamping.flags = READ_ONCE(sk->sk_tsflags);
		value->timestamping.bind_phc = READ_ONCE(sk->sk_bind_phc);
	}
#else
	value->number = READ_ONCE(sk->sk_tsflags);
#endif
}

static int sol_timestamp(struct sock *sk, int name)
{
	bool new = sock_flag(sk, SOCK_TSTAMP_NEW);
	bool ns = sock_flag(sk, SOCK_RCVTSTAMPNS);

	switch (name) {
	case SO_TIMESTAMP_OLD:
		return sock_flag(sk, SOCK_RCVTSTAMP) && !new && !ns;
	case SO_TIMESTAMP_NEW:
		return sock_flag(sk, SOCK_RCVTSTAMP) && new;
	case SO_TIMESTAMPNS_OLD:
		return ns && !new;
	default:
		return ns && new;
	}
}

static int sol_flag(int name)
{
	switch (name) {
	case SO_DEBUG:
		return SOCK_DBG;
	case SO_DONTROUTE:
		return SOCK_LOCALROUTE;
	case SO_BROADCAST:
		return SOCK_BROADCAST;
	case SO_KEEPALIVE:
		return SOCK_KEEPOPEN;
	case SO_OOBINLINE:
		return SOCK_URGINLINE;
	case SO_RXQ_OVFL:
		return SOCK_RXQ_OVFL;
	case SO_WIFI_STATUS:
		return SOCK_WIFI_STATUS;
	case SO_NOFCS:
		return SOCK_NOFCS;
	case SO_LOCK_FILTER:
		return SOCK_FILTER_LOCKED;
	case SO_SELECT_ERR_QUEUE:
		return SOCK_SELECT_ERR_QUEUE;
	case SO_ZEROCOPY:
		return SOCK_ZEROCOPY;
#if KSOCK_HAVE_SOCK_RCVMARK
	case SO_RCVMARK:
		return SOCK_RCVMARK;
#endif
	default:
		return -1;
	}
}

/* Values that are a number; -ENOPROTOOPT for every other option. */
static int sol_number(struct socket *sock, int name, int *number)
{
	struct sock *sk = sock->sk;

	switch (name) {
	case SO_SNDBUF:
		*number = READ_ONCE(sk->sk_sndbuf);
		break;
	case SO_RCVBUF:
		*number = READ_ONCE(sk->sk_rcvbuf);
		break;
	case SO_REUSEADDR:
		*number = sk->sk_reuse;
		break;
	case SO_REUSEPORT:
		*number = sk->sk_reuseport;
		break;
	case SO_TYPE:
		*number = sk->sk_type;
		break;
	case SO_PROTOCOL:
		*number = sk->sk_protocol;
		break;
	case SO_DOMAIN:
		*number = READ_ONCE(sk->sk_family);
		break;
	case SO_ERROR:
		*number = -sock_error(sk);
		if (!*number)
			*number = xchg(&sk->sk_err_soft, 0);
		break;
	case SO_NO_CHECK:
		*number = sk->sk_no_check_tx;
		break;
	case SO_PRIORITY:
		*number = READ_ONCE(sk->sk_priority);
		break;
	case SO_BSDCOMPAT:
		*number = 0;
		break;
	case SO_RCVLOWAT:
		*number = READ_ONCE(sk->sk_rcvlowat);
		break;
	case SO_SNDLOWAT:
		*number = 1;
		break;
	case SO_PASSCRED:
		*number = test_bit(SOCK_PASSCRED, &sock->flags);
		break;
	case SO_PASSSEC:
		*number = test_bit(SOCK_PASSSEC, &sock->flags);
		break;
	case SO_ACCEPTCONN:
		*number = inet_sk_state_load(sk) == TCP_LISTEN;
		break;
	case SO_MARK:
		*number = READ_ONCE(sk->sk_mark);
		break;
	case SO_PEEK_OFF:
		if (!READ_ONCE(sock->ops)->set_peek_off)
			return -EOPNOTSUPP;
		*number = READ_ONCE(sk->sk_peek_off);
		break;
	case SO_BPF_EXTENSIONS:
		*number = bpf_tell_extensions();
		break;
	case SO_INCOMING_CPU:
		*number = READ_ONCE(sk->sk_incoming_cpu);
		break;
	case SO_BINDTOIFINDEX:
		*number = READ_ONCE(sk->sk_bound_dev_if);
		break;
#ifdef CONFIG_NET_RX_BUSY_POLL
	case SO_BUSY_POLL:
		*number = READ_ONCE(sk->sk_ll_usec);
		break;
	case SO_INCOMING_NAPI_ID:
		*number = READ_ONCE(sk->sk_napi_id);
		/* What is below is no identifier of a NAPI. */
		if (*number < MIN_NAPI_ID)
			*number = 0;
		break;
#if KSOCK_HAVE_SK_PREFER_BUSY_POLL
	case SO_PREFER_BUSY_POLL:
		*number = READ_ONCE(sk->sk_prefer_busy_poll);
		break;
#endif
#endif
#if KSOCK_HAVE_SOCK_BUF_LOCK_MASK
	case SO_BUF_LOCK:
		*number = sk->sk_userlocks & SOCK_BUF_LOCK_MASK;
		break;
#endif
#if KSOCK_HAVE_SK_RESERVED_MEM
	case SO_RESERVE_MEM:
		*number = READ_ONCE(sk->sk_reserved_mem);
		break;
#endif
#if KSOCK_HAVE_SK_TXREHASH
	case SO_TXREHASH:
		*number = READ_ONCE(sk->sk_txrehash);
		break;
#endif
	default:
		return -ENOPROTOOPT;
	}
	return 0;
}

static int sol_cookie(struct sol_value *value, struct sock *sk, int room)
{
	u32 cookie[2];

	value->len = sizeof(value->number64);
	if (room < value->len)
		return -EINVAL;
	sock_diag_save_cookie(sk, cookie);
	value->number64 = (u64)cookie[1] << 32 | cookie[0];
	return 0;
}

#if KSOCK_HAVE_SO_NETNS_COOKIE
static int sol_netns_cookie(struct sol_value *value, struct sock *sk, int room)
{
	value->len = sizeof(value->number64);
	if (room != value->len)
		return -EINVAL;
	value->number64 = sock_net(sk)->net_cookie;
	return 0;
}
#endif

static void sol_pacing(struct sol_value *value, struct sock *sk, int room)
{
	unsigned long rate = READ_ONCE(sk->sk_max_pacing_rate);

	if (sizeof(rate) != sizeof(int) && room >= sizeof(rate)) {
		value->len = sizeof(rate);
		value->word = rate;
	} else {
		value->number = min_t(unsigned long, ~0U, rate);
	}
}

static int sol_value(struct sol_value *value, struct socket *sock, int name,
		     int room)
{
	struct sock *sk = sock->sk;
	int flag = sol_flag(name);

	value->len = sizeof(value->number);
	if (flag >= 0) {
		value->number = sock_flag(sk, flag);
		return 0;
	}

	switch (name) {
	case SO_LINGER:
		value->len = sizeof(value->linger);
		value->linger.l_onoff = sock_flag(sk, SOCK_LINGER);
		value->linger.l_linger = READ_ONCE(sk->sk_lingertime) / HZ;
		return 0;
	case SO_TIMESTAMP_OLD:
	case SO_TIMESTAMP_NEW:
	case SO_TIMESTAMPNS_OLD:
	case SO_TIMESTAMPNS_NEW:
		value->number = sol_timestamp(sk, name);
		return 0;
	case SO_TIMESTAMPING_OLD:
#if KSOCK_HAVE_SK_BIND_PHC
	case SO_TIMESTAMPING_NEW:
#endif
		sol_timestamping(value, sk, name == SO_TIMESTAMPING_OLD);
		return 0;
	case SO_RCVTIMEO_OLD:
	case SO_RCVTIMEO_NEW:
		sol_timeout(value, READ_ONCE(sk->sk_rcvtimeo),
			    name == SO_RCVTIMEO_OLD);
		return 0;
	case SO_SNDTIMEO_OLD:
	case SO_SNDTIMEO_NEW:
		sol_timeout(value, READ_ONCE(sk->sk_sndtimeo),
			    name == SO_SNDTIMEO_OLD);
		return 0;
	case SO_PEERCRED:
		sol_peercred(value, sk);
		return 0;
	case SO_BINDTODEVICE:
		return sol_bindtodevice(value, sk, room);
	case SO_MAX_PACING_RATE:
		sol_pacing(value, sk, room);
		return 0;
	case SO_MEMINFO:
		sol_meminfo(value, sk);
		return 0;
	case SO_COOKIE:
		return sol_cookie(value, sk, room);
#if KSOCK_HAVE_SO_NETNS_COOKIE
	case SO_NETNS_COOKIE:
		return sol_netns_cookie(value, sk, room);
#endif
	case SO_TXTIME:
		value->len = sizeof(value->txtime);
		value->txtime.clockid = sk->sk_clockid;
		if (sk->sk_txtime_deadline_mode)
			value->txtime.flags |= SOF_TXTIME_DEADLINE_MODE;
		if (sk->sk_txtime_report_errors)
			value->txtime.flags |= SOF_TXTIME_REPORT_ERRORS;
		return 0;
	default:
		return sol_number(sock, name, &value->number);
	}
}

/**
 * ksock_sol_socket_get() - get an option of SOL_SOCKET
 * @sock: socket
 * @name: number of the option
 * @optval: where the value goes
 * @optlen: room there on entry, length of the value on return
 *
 * Context: process context, may sleep.
 * Return: as getsockopt(2).
 */
int ksock_sol_socket_get(struct socket *sock, int name, sockptr_t optval,
			 sockptr_t optlen)
{
	struct sol_value value;
	int room, ret;

	if (copy_from_sockptr(&room, optlen, sizeof(room)))
		return -EFAULT;
	if (room < 0)
		return -EINVAL;

	memset(&value, 0, sizeof(value));
	ret = sol_value(&value, sock, name, room);
	if (ret)
		return ret;
	room = min(room, value.len);
	if (copy_to_sockptr(optval, &value.number, room) ||
	    copy_to_sockptr(optlen, &room, sizeof(room)))
		return -EFAULT;
	return 0;
}

#endif /* !KSOCK_HAVE_DO_SOCK_GETSOCKOPT */
