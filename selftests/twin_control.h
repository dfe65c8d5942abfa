/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Operations of the twin test: what goes and comes with a message, and the
 * queue of errors.
 */
#ifndef KSOCK_SELFTESTS_TWIN_CONTROL_H
#define KSOCK_SELFTESTS_TWIN_CONTROL_H

#include "control.h"
#include "twin.h"

#include <linux/errqueue.h>

static long control_sends(struct twin *twin, struct control *control)
{
	return control_send(twin->face, twin->fd, "x", 1, control);
}

/* Has the peer receive, and tells of the control data of level and type. */
static void control_peer_tells(struct twin *twin, int level, int type)
{
	struct control control;
	char buf[64];
	unsigned char value[64] = "";
	ssize_t ret;

	control_room(&control, CONTROL_ROOM);
	if (wait_events(twin->peer, POLLIN, WAIT_MS) != POLLIN)
		return;
	ret = control_recv(&plain_face, twin->peer, buf, sizeof(buf), &control,
			   0);
	twin_say(twin, "peer hears %zd", ret);
	ret = control_get(&control, level, type, value, sizeof(value));
	if (ret >= 0)
		twin_say(twin, "with %zd bytes, the first %d", ret, value[0]);
}

/* arg: option, by which the peer asks for it; type; value. */
static long control_send_ip(struct twin *twin)
{
	int level = twin->addr.sa.sa_family == AF_INET ? SOL_IP : SOL_IPV6;
	struct control control;
	long ret;

	face_set_int(&plain_face, twin->peer, level, twin->arg[0], 1);
	control_set_int(&control, level, twin->arg[1], twin->arg[2]);
	ret = control_sends(twin, &control);
	if (ret > 0)
		control_peer_tells(twin, level, twin->arg[1]);
	return ret;
}

/* arg: address of IPv4 in host order, interface. */
static long control_send_pktinfo(struct twin *twin)
{
	struct in_pktinfo info = {
		.ipi_spec_dst.s_addr = htonl(twin->arg[0]),
		.ipi_ifindex = twin->arg[1],
	};
	struct addr from = addr_room();
	struct control control;
	char byte;
	long ret;
	int flags = 0;

	/* Hears strangers as well. */
	from.sa.sa_family = AF_UNSPEC;
	plain_connect(twin->peer, &from.sa, sizeof(from.in));
	control_set(&control, SOL_IP, IP_PKTINFO, &info, sizeof(info));
	ret = control_sends(twin, &control);
	if (ret <= 0)
		return ret;
	wait_events(twin->peer, POLLIN, WAIT_MS);
	from = addr_room();
	plain_recvfrom(twin->peer, &byte, 1, &flags, &from.sa, &from.len);
	twin_say(twin, "from");
	twin_say_addr(twin, &from);
	return ret;
}

static long control_send_pktinfo6(struct twin *twin)
{
	struct in6_pktinfo info = {
		.ipi6_addr = in6addr_loopback, .ipi6_ifindex = twin->arg[0],
	};
	struct control control;

	control_set(&control, SOL_IPV6, IPV6_PKTINFO, &info, sizeof(info));
	return control_sends(twin, &control);
}

static long control_send_segments(struct twin *twin)
{
	uint16_t size = twin->arg[0];
	struct control control;
	long ret;

	control_set(&control, SOL_UDP, UDP_SEGMENT, &size, sizeof(size));
	ret = control_send(twin->face, twin->fd, "hello", 5, &control);
	if (ret <= 0)
		return ret;
	twin_peer_hears(twin);
	twin_peer_hears(twin);
	return ret;
}

/* arg: type of SOL_SOCKET, value, capability that the process lacks. */
static long control_send_socket(struct twin *twin)
{
	struct control control;

	control_set_int(&control, SOL_SOCKET, twin->arg[0], twin->arg[1]);
	if (twin->arg[2] && capability_drop(twin->arg[2]))
		return -ECANCELED;
	return control_sends(twin, &control);
}

/* The same, of one who has the right to use ksock, but no more. */
static long control_send_mark_unprivileged(struct twin *twin)
{
	struct control control;

	control_set_int(&control, SOL_SOCKET, SO_MARK, 7);
	capability_drop(CAP_NET_RAW);
	if (capability_drop(CAP_NET_ADMIN))
		return -ECANCELED;
	return control_sends(twin, &control);
}

static long control_send_txtime(struct twin *twin)
{
	struct {
		int clock;
		unsigned int flags;
	} txtime = { CLOCK_MONOTONIC, 0 };
	uint64_t when = 1;
	struct control control;

	if (twin->arg[0])
		twin->face->setsockopt(twin->fd, SOL_SOCKET, SO_TXTIME, &txtime,
				       sizeof(txtime));
	control_set(&control, SOL_SOCKET, SCM_TXTIME, &when, sizeof(when));
	return control_sends(twin, &control);
}

/* arg: level, type of a message with an int; or those of SOL_SOCKET. */
static long control_send_other(struct twin *twin)
{
	struct control control;

	control_set_int(&control, twin->arg[0], twin->arg[1], 0);
	return control_sends(twin, &control);
}

static long control_send_ucred(struct twin *twin)
{
	struct ucred ucred = { getpid(), 0, 0 };
	struct control control;

	control_set(&control, SOL_SOCKET, SCM_CREDENTIALS, &ucred,
		    sizeof(ucred));
	return control_sends(twin, &control);
}

/* arg: length that is said of the message, or of all control data. */
static long control_send_malformed(struct twin *twin)
{
	struct cmsghdr header = {
		.cmsg_len = twin->arg[0],
		.cmsg_level = SOL_IP,
		.cmsg_type = IP_TTL,
	};
	struct control control;

	control_set_int(&control, SOL_IP, IP_TTL, 7);
	memcpy(control.bytes, &header, sizeof(header));
	if (twin->arg[1])
		control.len = twin->arg[1];
	return control_sends(twin, &control);
}

/* Many messages for another protocol; arg: how many. */
static long control_send_many(struct twin *twin)
{
	struct control control;
	int i;

	control.len = 0;
	for (i = 0; i < twin->arg[0]; i++)
		control_add_int(&control, SOL_IP, IP_TTL, 7);
	return control_sends(twin, &control);
}

/* arg: length of control data that is not there. */
static long control_send_nowhere(struct twin *twin)
{
	struct iovec iov = { "x", 1 };
	struct msghdr msg = {
		.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = twin->arg[1] ? page_missing() : NULL,
		.msg_controllen = twin->arg[0],
	};

	return twin->face->sendmsg(twin->fd, &msg, 0);
}

/* ---- To be received ------------------------------------------------------ */

/* arg: level, option that asks for it, type. */
static long control_recv_value(struct twin *twin)
{
	unsigned char value[128] = "";
	struct control control;
	char buf[8];
	ssize_t len;
	long ret;

	control_room(&control, CONTROL_ROOM);
	twin_say_ret(twin, "option", twin_set(twin, twin->arg[0],
					      twin->arg[1], 1));
	twin_peer_sends(twin, "hello");
	ret = control_recv(twin->face, twin->fd, buf, sizeof(buf), &control,
			   0);
	len = control_get(&control, twin->arg[0], twin->arg[2], value,
			  sizeof(value));
	twin_say(twin, "%d messages, this of %zd bytes",
		 control_count(&control), len);
	/* Times are not the same twice. */
	if (twin->arg[0] != SOL_SOCKET)
		twin_say(twin, "the first %d", value[0]);
	return ret;
}

/*
 * The kernel begins to stamp packets a while after the option was set, and a
 * stream has no other stamps than theirs.
 */
static bool control_recv_stamp(struct twin *twin)
{
	struct control control;
	char buf[8];

	twin_peer_sends(twin, "hello");
	control_room(&control, CONTROL_ROOM);
	control_recv(twin->face, twin->fd, buf, sizeof(buf), &control,
		     MSG_DONTWAIT);
	return control_count(&control) > 0;
}

static long control_recv_stamps(struct twin *twin)
{
	twin_set(twin, SOL_SOCKET, SO_TIMESTAMP, 1);
	if (!EVENTUALLY(control_recv_stamp(twin)))
		return -ETIME;
	return control_recv_value(twin);
}

/* arg: room, of what IP_PKTINFO and IP_TTL have stored. */
static long control_recv_cut(struct twin *twin)
{
	struct control control;
	char buf[8];
	long ret;

	twin_set(twin, SOL_IP, IP_PKTINFO, 1);
	twin_set(twin, SOL_IP, IP_RECVTTL, 1);
	twin_peer_sends(twin, "hello");
	control_room(&control, twin->arg[0]);
	ret = control_recv(twin->face, twin->fd, buf, sizeof(buf), &control,
			   0);
	twin_say(twin, "%zu bytes, MSG_CTRUNC %d", control.len,
		 !!(control.flags & MSG_CTRUNC));
	return ret;
}

/* Datagrams that were joined, and how long each of them was. */
static long control_recv_gro(struct twin *twin)
{
	uint16_t size = 2;
	struct control control, out;
	char buf[16];
	int value = 0;
	long ret;

	twin_set(twin, SOL_UDP, UDP_GRO, 1);
	control_set(&out, SOL_UDP, UDP_SEGMENT, &size, sizeof(size));
	control_send(&plain_face, twin->peer, "hello", 5, &out);
	if (wait_events(twin->fd, POLLIN, WAIT_MS) != POLLIN)
		return -ECANCELED;
	control_room(&control, CONTROL_ROOM);
	ret = control_recv(twin->face, twin->fd, buf, sizeof(buf), &control,
			   0);
	control_get(&control, SOL_UDP, UDP_GRO, &value, sizeof(value));
	twin_say(twin, "datagrams of %d", value);
	return ret;
}

static long control_room_nowhere(struct twin *twin)
{
	char byte;
	struct iovec iov = { &byte, 1 };
	struct msghdr msg = {
		.msg_iov = &iov, .msg_iovlen = 1, .msg_controllen = 64,
	};

	twin_peer_sends(twin, "x");
	return twin->face->recvmsg(twin->fd, &msg, 0);
}

static const struct twin_row control_rows[] = {
	ROW("sendmsg(2) with IP_TTL", TALKING, control_send_ip,
	    IP_RECVTTL, IP_TTL, 7),
	ROW("sendmsg(2) with IP_TTL out of range", TALKING, control_send_ip,
	    IP_RECVTTL, IP_TTL, 256),
	ROW("sendmsg(2) with IP_TOS", TALKING, control_send_ip,
	    IP_RECVTOS, IP_TOS, 0x10),
	ROW("sendmsg(2) with IP_PKTINFO", TALKING, control_send_pktinfo,
	    0x7f000002),
	ROW("sendmsg(2) with IP_PKTINFO, an address of nobody", TALKING,
	    control_send_pktinfo, 0xc0000201),
	ROW("sendmsg(2) with IP_PKTINFO, no such interface", TALKING,
	    control_send_pktinfo, 0, 99),
	ROW("sendmsg(2) with IPV6_HOPLIMIT", TALKING | IPV6, control_send_ip,
	    IPV6_RECVHOPLIMIT, IPV6_HOPLIMIT, 7),
	ROW("sendmsg(2) with IPV6_TCLASS", TALKING | IPV6, control_send_ip,
	    IPV6_RECVTCLASS, IPV6_TCLASS, 0x10),
	ROW("sendmsg(2) with IPV6_DONTFRAG", TALKING | IPV6, control_send_ip,
	    IPV6_RECVTCLASS, IPV6_DONTFRAG, 1),
	ROW("sendmsg(2) with IPV6_PKTINFO", TALKING | IPV6,
	    control_send_pktinfo6, 1),
	ROW("sendmsg(2) with IPV6_PKTINFO, no such interface", TALKING | IPV6,
	    control_send_pktinfo6, 99),
	ROW("sendmsg(2) with UDP_SEGMENT", TALKING, control_send_segments, 3),
	ROW("sendmsg(2) with UDP_SEGMENT on a stream", CONNECTED,
	    control_send_other, SOL_UDP, UDP_SEGMENT),
	ROW("sendmsg(2) with SO_MARK", TALKING, control_send_socket,
	    SO_MARK, 7),
	ROW("sendmsg(2) with SO_MARK, without the right", TALKING,
	    control_send_mark_unprivileged),
	VARY("sendmsg(2) with SO_PRIORITY", TALKING, control_send_socket,
	     SO_PRIORITY, 6),
	ROW("sendmsg(2) with SO_TIMESTAMPING", TALKING, control_send_socket,
	    SO_TIMESTAMPING, SOF_TIMESTAMPING_TX_SOFTWARE),
	ROW("sendmsg(2) with SO_TIMESTAMPING, not for sending", TALKING,
	    control_send_socket, SO_TIMESTAMPING,
	    SOF_TIMESTAMPING_RX_SOFTWARE),
	ROW("sendmsg(2) with SCM_TXTIME", TALKING, control_send_txtime, 1),
	ROW("sendmsg(2) with SCM_TXTIME, no SO_TXTIME", TALKING,
	    control_send_txtime),
	DIFFER(SENDMSG_CONTROL_RIGHTS, "sendmsg(2) with SCM_RIGHTS", TALKING,
	       control_send_other, SOL_SOCKET, SCM_RIGHTS),
	DIFFER(SENDMSG_CONTROL_RIGHTS, "sendmsg(2) with SCM_RIGHTS, a stream",
	       CONNECTED, control_send_other, SOL_SOCKET, SCM_RIGHTS),
	DIFFER(SENDMSG_CONTROL_RIGHTS, "sendmsg(2) with SCM_CREDENTIALS",
	       TALKING, control_send_ucred),
	DIFFER(SENDMSG_CONTROL_UNKNOWN, "sendmsg(2) with control data of TCP",
	       CONNECTED, control_send_other, SOL_TCP, 1),
	ROW("sendmsg(2) with an unknown message of SOL_IP", TALKING,
	    control_send_other, SOL_IP, 99),
	ROW("sendmsg(2) with an unknown message of SOL_SOCKET", TALKING,
	    control_send_other, SOL_SOCKET, 99),
	ROW("sendmsg(2), a message longer than the control data", TALKING,
	    control_send_malformed, 64),
	ROW("sendmsg(2), a message shorter than its header", TALKING,
	    control_send_malformed, 3),
	ROW("sendmsg(2), control data shorter than a header", TALKING,
	    control_send_malformed, 20, 3),
	ROW("sendmsg(2), control data at memory of nobody", TALKING,
	    control_send_nowhere, 64, 1),
	DIFFER(SENDMSG_CONTROL_WITHOUT_POINTER,
	       "sendmsg(2), length of control data without any", TALKING,
	       control_send_nowhere, 64),
	DIFFER(SENDMSG_MUCH_CONTROL,
	       "sendmsg(2) with more than 512 bytes of control data", TALKING,
	       control_send_many, 30),
	DIFFER(SENDMSG_CONTROL_REST,
	       "sendmsg(2), rest of control data too short for a header",
	       TALKING, control_send_malformed, CMSG_LEN(sizeof(int)),
	       CMSG_SPACE(sizeof(int)) + 3),
	ROW("recvmsg(2) with IP_PKTINFO", TALKING, control_recv_value,
	    SOL_IP, IP_PKTINFO, IP_PKTINFO),
	ROW("recvmsg(2) with IP_RECVTTL", TALKING, control_recv_value,
	    SOL_IP, IP_RECVTTL, IP_TTL),
	ROW("recvmsg(2) with IP_RECVTOS", TALKING, control_recv_value,
	    SOL_IP, IP_RECVTOS, IP_TOS),
	ROW("recvmsg(2) with IP_RECVORIGDSTADDR", TALKING, control_recv_value,
	    SOL_IP, IP_RECVORIGDSTADDR, IP_ORIGDSTADDR),
	ROW("recvmsg(2) with IPV6_RECVPKTINFO", TALKING | IPV6,
	    control_recv_value, SOL_IPV6, IPV6_RECVPKTINFO, IPV6_PKTINFO),
	ROW("recvmsg(2) with IPV6_RECVHOPLIMIT", TALKING | IPV6,
	    control_recv_value, SOL_IPV6, IPV6_RECVHOPLIMIT, IPV6_HOPLIMIT),
	ROW("recvmsg(2) with IPV6_RECVTCLASS", TALKING | IPV6,
	    control_recv_value, SOL_IPV6, IPV6_RECVTCLASS, IPV6_TCLASS),
	ROW("recvmsg(2) with SO_TIMESTAMP", TALKING, control_recv_value,
	    SOL_SOCKET, SO_TIMESTAMP, SO_TIMESTAMP),
	ROW("recvmsg(2) with SO_TIMESTAMPNS", TALKING, control_recv_value,
	    SOL_SOCKET, SO_TIMESTAMPNS, SO_TIMESTAMPNS),
	ROW("recvmsg(2) with SO_TIMESTAMP on a stream", CONNECTED,
	    control_recv_stamps, SOL_SOCKET, SO_TIMESTAMP, SO_TIMESTAMP),
	VARY("recvmsg(2) with SO_RCVMARK", TALKING, control_recv_value,
	     SOL_SOCKET, SO_RCVMARK, SO_MARK),
	VARY("recvmsg(2) with UDP_GRO", TALKING, control_recv_gro),
	ROW("recvmsg(2) with TCP_INQ", CONNECTED, control_recv_value,
	    SOL_TCP, 36, 36),
	ROW("recvmsg(2), no room for control data", TALKING,
	    control_recv_cut),
	ROW("recvmsg(2), room for a part of the first message", TALKING,
	    control_recv_cut, 20),
	ROW("recvmsg(2), room for one message of two", TALKING,
	    control_recv_cut, CMSG_SPACE(sizeof(struct in_pktinfo))),
	DIFFER(RECVMSG_ROOM_WITHOUT_CONTROL,
	       "recvmsg(2), room for control data without a pointer", TALKING,
	       control_room_nowhere),
};

/* ---- The queue of errors ------------------------------------------------- */

/* Tells of an entry. */
static long errqueue_take(struct twin *twin)
{
	int level = twin->addr.sa.sa_family == AF_INET ? SOL_IP : SOL_IPV6;
	int type = level == SOL_IP ? IP_RECVERR : IPV6_RECVERR;
	struct sock_extended_err error = {};
	struct control control;
	char buf[64];
	long ret;

	wait_events(twin->fd, 0, WAIT_MS);
	control_room(&control, CONTROL_ROOM);
	ret = control_recv(twin->face, twin->fd, buf, sizeof(buf), &control,
			   MSG_ERRQUEUE);
	if (ret < 0)
		return ret;
	control_get(&control, level, type, &error, sizeof(error));
	twin_say(twin, "errno %u, origin %u, MSG_ERRQUEUE %d", error.ee_errno,
		 error.ee_origin, !!(control.flags & MSG_ERRQUEUE));
	return ret;
}

static long errqueue_refusal(struct twin *twin)
{
	bool ipv4 = twin->addr.sa.sa_family == AF_INET;

	twin_set(twin, ipv4 ? SOL_IP : SOL_IPV6,
		 ipv4 ? IP_RECVERR : IPV6_RECVERR, 1);
	close(twin->peer);
	twin->peer = -1;
	face_send(twin->face, twin->fd, "hello", 5, 0);
	return errqueue_take(twin);
}

static long errqueue_zerocopy(struct twin *twin)
{
	static char block[8192];

	twin_say_ret(twin, "SO_ZEROCOPY",
		     twin_set(twin, SOL_SOCKET, SO_ZEROCOPY, 1));
	twin_say_ret(twin, "send", face_send(twin->face, twin->fd, block,
					     sizeof(block), MSG_ZEROCOPY));
	while (wait_events(twin->peer, POLLIN, 0) == POLLIN)
		face_recv(&plain_face, twin->peer, block, sizeof(block), 0);
	return errqueue_take(twin);
}

static long errqueue_timestamp(struct twin *twin)
{
	twin_set(twin, SOL_SOCKET, SO_TIMESTAMPING,
		 SOF_TIMESTAMPING_TX_SOFTWARE | SOF_TIMESTAMPING_SOFTWARE |
		 SOF_TIMESTAMPING_OPT_TSONLY);
	twin_say_ret(twin, "send", face_send(twin->face, twin->fd, "hello", 5,
					     0));
	return errqueue_take(twin);
}

static const struct twin_row errqueue_rows[] = {
	ROW("the queue of errors: a datagram that was refused", TALKING,
	    errqueue_refusal),
	ROW("the queue of errors: one of IPv6 that was refused",
	    TALKING | IPV6, errqueue_refusal),
	ROW("the queue of errors: MSG_ZEROCOPY of a datagram is done", TALKING,
	    errqueue_zerocopy),
	ROW("the queue of errors: MSG_ZEROCOPY on a stream is done", CONNECTED,
	    errqueue_zerocopy),
	ROW("the queue of errors: when a datagram was sent", TALKING,
	    errqueue_timestamp),
	ROW("the queue of errors: when a stream was sent", CONNECTED,
	    errqueue_timestamp),
};

#endif /* KSOCK_SELFTESTS_TWIN_CONTROL_H */
