// SPDX-License-Identifier: GPL-2.0-only
/*
 * The queues of a socket: how much is in them.
 */
#include <linux/fs.h>
#include <linux/module.h>
#include <linux/net.h>
#include <linux/tcp.h>
#include <net/sock.h>
#include <ksock/msg.h>
#include "sock.h"
#include "user.h"

/**
 * ksock_ioctl() - ioctl of the protocol
 * @ks: socket
 * @cmd: SIOCINQ, SIOCOUTQ, SIOCOUTQNSD or SIOCATMARK; others reach far beyond
 *	the socket and are the caller's to refuse
 * @arg: pointer of the calling process to an int
 *
 * Context: process context, may sleep.
 * Return: as ioctl(2) on the socket.
 */
long ksock_ioctl(struct ksock *ks, unsigned int cmd, unsigned long arg)
{
	return ks->file->f_op->unlocked_ioctl(ks->file, cmd, arg);
}

/* Looks at it with no room: the stack tells how long it is, and keeps it. */
static int queue_next_len(struct ksock *ks)
{
	struct ksock_msg msg;
	struct kvec vec = {};
	ssize_t ret;

	ksock_msg_init(&msg);
	ksock_msg_to_receive(&msg, &vec, 1, 0);
	ret = sock_recvmsg(ks->sock, &msg.hdr,
			   MSG_PEEK | MSG_TRUNC | MSG_DONTWAIT);
	if (ret == -EAGAIN)
		return 0;
	/* Some tell that it is cut, and not how long it is. */
	if (!ret && msg.hdr.msg_flags & MSG_TRUNC)
		return -EOPNOTSUPP;
	return ret;
}

/* sctp_recvmsg() tells no more of a message than there is room for. */
static bool queue_tells_next_len(const struct ksock *ks)
{
	int type = ks->sock->type;

	return type != SOCK_STREAM &&
	       !(type == SOCK_SEQPACKET &&
		 ks->sock->sk->sk_protocol == IPPROTO_SCTP);
}

/**
 * ksock_inq() - bytes that can be received
 * @ks: socket
 *
 * Context: process context, may sleep, takes the socket lock.
 * Return: bytes in the queue of a stream of TCP, of the next datagram otherwise,
 * 0 when there is none; -EOPNOTSUPP for a kind that does not tell, as streams of
 * MPTCP, SCTP, and CAN once there is something; -ENETDOWN when the namespace it
 * followed is gone, or the error that a receive would return.
 */
int ksock_inq(struct ksock *ks)
{
	const struct proto_ops *ops;
	int ret = ksock_enter(ks);
	bool fast;

	if (ret)
		return ret;
	ops = READ_ONCE(ks->sock->ops);
	if (ops->peek_len) {
		/* It takes one number from another, which a receive moves on. */
		fast = lock_sock_fast(ks->sock->sk);
		ret = ops->peek_len(ks->sock);
		unlock_sock_fast(ks->sock->sk, fast);
	} else if (queue_tells_next_len(ks)) {
		ret = queue_next_len(ks);
	} else {
		ret = -EOPNOTSUPP;
	}
	ksock_leave(ks);
	return ret;
}
EXPORT_SYMBOL_GPL(ksock_inq);

/**
 * ksock_outq() - bytes that were sent and are still held
 * @ks: socket
 *
 * Context: any.
 * Return: of TCP the bytes that the peer has not acknowledged, of others the
 * memory of what has not left that the stack charges to the socket, in bytes;
 * -EOPNOTSUPP for MPTCP, whose subflows are charged, -ENETDOWN when the namespace it
 * followed is gone.
 */
int ksock_outq(struct ksock *ks)
{
	struct sock *sk;
	u32 acknowledged;
	int ret = ksock_enter(ks);

	if (ret)
		return ret;
	sk = ks->sock->sk;
	if (sk->sk_protocol == IPPROTO_MPTCP) {
		ret = -EOPNOTSUPP;
	} else if (sk->sk_type != SOCK_STREAM || sk->sk_protocol != IPPROTO_TCP) {
		ret = sk_wmem_alloc_get(sk);
	} else if ((1 << inet_sk_state_load(sk)) & (TCPF_CLOSE | TCPF_LISTEN |
						    TCPF_SYN_SENT |
						    TCPF_SYN_RECV)) {
		ret = 0;
	} else {
		acknowledged = READ_ONCE(tcp_sk(sk)->snd_una);
		/* In this order, as no later write_seq is behind it. */
		smp_rmb();
		ret = READ_ONCE(tcp_sk(sk)->write_seq) - acknowledged;
		/* Who connects it anew meanwhile begins anywhere. */
		ret = max(ret, 0);
	}
	ksock_leave(ks);
	return ret;
}
EXPORT_SYMBOL_GPL(ksock_outq);
