/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Control data: what goes with a message, put together and taken apart, and
 * how recvmsg(2) stores it where there is too little room.  The layout is that
 * of the program, so that a 32-bit build has its own.
 */
#ifndef KSOCK_SELFTESTS_CONTROL_H
#define KSOCK_SELFTESTS_CONTROL_H

#include "fixture.h"

#include <netinet/udp.h>

#include <linux/net_tstamp.h>

#ifndef SO_RCVMARK
#define SO_RCVMARK	75
#endif
#ifndef SO_RCVPRIORITY
#define SO_RCVPRIORITY	82
#endif
#ifndef UDP_SEGMENT
#define UDP_SEGMENT	103
#endif
#ifndef UDP_GRO
#define UDP_GRO		104
#endif

#define CONTROL_ROOM	1024
/* What is in a buffer before the kernel writes to it. */
#define CONTROL_BLANK	0xa5

/*
 * Control data: to send, @len bytes of @bytes; to receive, there is room for
 * @len bytes, then so many are stored.  @flags: what came with it.
 */
struct control {
	size_t len;
	int flags;
	union {
		struct cmsghdr align;
		unsigned char bytes[CONTROL_ROOM];
	};
};

static inline void control_room(struct control *control, size_t len)
{
	memset(control, CONTROL_BLANK, sizeof(*control));
	control->len = len;
	control->flags = 0;
}

/* Appends a message; for a test that puts in less than CONTROL_ROOM. */
static inline void control_add(struct control *control, int level, int type,
			       const void *data, size_t len)
{
	struct cmsghdr header = {
		.cmsg_len = CMSG_LEN(len),
		.cmsg_level = level,
		.cmsg_type = type,
	};
	unsigned char *to = control->bytes + control->len;

	memset(to, 0, CMSG_SPACE(len));
	memcpy(to, &header, sizeof(header));
	memcpy(to + CMSG_LEN(0), data, len);
	control->len += CMSG_SPACE(len);
}

static inline void control_add_int(struct control *control, int level, int type,
				   int value)
{
	control_add(control, level, type, &value, sizeof(value));
}

/* One message and nothing else. */
static inline void control_set(struct control *control, int level, int type,
			       const void *data, size_t len)
{
	control->len = 0;
	control_add(control, level, type, data, len);
}

static inline void control_set_int(struct control *control, int level, int type,
				   int value)
{
	control_set(control, level, type, &value, sizeof(value));
}

static inline ssize_t control_send(const struct face *face, int fd,
				   const void *buf, size_t len,
				   struct control *control)
{
	struct iovec iov = { (void *)buf, len };
	struct msghdr msg = {
		.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = control->bytes,
		.msg_controllen = control->len,
	};

	return face->sendmsg(fd, &msg, 0);
}

static inline ssize_t control_recv(const struct face *face, int fd, void *buf,
				   size_t len, struct control *control,
				   int flags)
{
	struct iovec iov = { buf, len };
	struct msghdr msg = {
		.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = control->bytes,
		.msg_controllen = control->len,
	};
	ssize_t ret = face->recvmsg(fd, &msg, flags);

	if (ret >= 0) {
		control->len = msg.msg_controllen;
		control->flags = msg.msg_flags;
	}
	return ret;
}

/*
 * Copies what a message carries and returns how much that is, or -ENOENT when
 * there is no such message.
 */
static inline ssize_t control_get(struct control *control, int level, int type,
				  void *data, size_t room)
{
	struct msghdr msg = {
		.msg_control = control->bytes, .msg_controllen = control->len,
	};
	struct cmsghdr *cmsg;
	size_t len;

	for (cmsg = CMSG_FIRSTHDR(&msg); cmsg; cmsg = CMSG_NXTHDR(&msg, cmsg)) {
		if (cmsg->cmsg_level != level || cmsg->cmsg_type != type)
			continue;
		len = cmsg->cmsg_len - CMSG_LEN(0);
		memcpy(data, CMSG_DATA(cmsg), len < room ? len : room);
		return len;
	}
	return -ENOENT;
}

/* The int of a message, or -ENOENT. */
static inline int control_get_int(struct control *control, int level, int type)
{
	int value = 0;
	ssize_t len = control_get(control, level, type, &value, sizeof(value));

	return len < 0 ? len : value;
}

/* Messages in received control data. */
static inline int control_count(struct control *control)
{
	struct msghdr msg = {
		.msg_control = control->bytes, .msg_controllen = control->len,
	};
	struct cmsghdr *cmsg;
	int count = 0;

	for (cmsg = CMSG_FIRSTHDR(&msg); cmsg; cmsg = CMSG_NXTHDR(&msg, cmsg))
		count++;
	return count;
}

/*
 * What recvmsg(2) makes of whole control data when there is room for @room
 * bytes: a message that does not fit is cut, and one of which not even the
 * header fits is left out.
 */
static inline void control_cut(struct control *cut, struct control *whole,
			       size_t room)
{
	struct msghdr msg = {
		.msg_control = whole->bytes, .msg_controllen = whole->len,
	};
	struct cmsghdr *cmsg, header;
	size_t space;

	control_room(cut, 0);
	for (cmsg = CMSG_FIRSTHDR(&msg); cmsg; cmsg = CMSG_NXTHDR(&msg, cmsg)) {
		if (room < sizeof(header)) {
			cut->flags = MSG_CTRUNC;
			continue;
		}
		header = *cmsg;
		if (header.cmsg_len > room) {
			header.cmsg_len = room;
			cut->flags = MSG_CTRUNC;
		}
		memcpy(cut->bytes + cut->len, cmsg, header.cmsg_len);
		memcpy(cut->bytes + cut->len, &header, sizeof(header));
		space = CMSG_SPACE(cmsg->cmsg_len - CMSG_LEN(0));
		if (space > room)
			space = room;
		cut->len += space;
		room -= space;
	}
}

/* ---- What the families call the same things ------------------------------ */

struct control_names {
	int level;
	int recv_pktinfo;
	int pktinfo;
	size_t pktinfo_len;
	/* The option that sets it for all that is sent, and how it comes. */
	int hops_option;
	int recv_hops;
	int hops;
	int tos_option;
	int recv_tos;
	int tos;
	size_t tos_len;
	int recv_error;
};

static inline const struct control_names *control_names(int family)
{
	static const struct control_names ipv4 = {
		.level = SOL_IP,
		.recv_pktinfo = IP_PKTINFO,
		.pktinfo = IP_PKTINFO,
		.pktinfo_len = sizeof(struct in_pktinfo),
		.hops_option = IP_TTL,
		.recv_hops = IP_RECVTTL,
		.hops = IP_TTL,
		.tos_option = IP_TOS,
		.recv_tos = IP_RECVTOS,
		.tos = IP_TOS,
		.tos_len = 1,
		.recv_error = IP_RECVERR,
	};
	static const struct control_names ipv6 = {
		.level = SOL_IPV6,
		.recv_pktinfo = IPV6_RECVPKTINFO,
		.pktinfo = IPV6_PKTINFO,
		.pktinfo_len = sizeof(struct in6_pktinfo),
		.hops_option = IPV6_UNICAST_HOPS,
		.recv_hops = IPV6_RECVHOPLIMIT,
		.hops = IPV6_HOPLIMIT,
		.tos_option = IPV6_TCLASS,
		.recv_tos = IPV6_RECVTCLASS,
		.tos = IPV6_TCLASS,
		.tos_len = sizeof(int),
		.recv_error = IPV6_RECVERR,
	};

	return family == AF_INET ? &ipv4 : &ipv6;
}

/* setsockopt(2) of an int. */
static inline int face_set_int(const struct face *face, int fd, int level,
			       int name, int value)
{
	return face->setsockopt(fd, level, name, &value, sizeof(value));
}

#endif /* KSOCK_SELFTESTS_CONTROL_H */
