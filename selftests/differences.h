/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Where a ksock does not do what an ordinary socket does: what each of them
 * returns, and why.  The tests take the value for their face from here, so a
 * row that is not true of both faces fails a test.
 */
#ifndef KSOCK_SELFTESTS_DIFFERENCES_H
#define KSOCK_SELFTESTS_DIFFERENCES_H

#include "common.h"

struct difference {
	const char *call;
	int plain;
	int ksock;
	const char *reason;
};

enum {
	DIFFERENCE_SOCKET_UNIX,
	DIFFERENCE_SOCKET_RAW,
	DIFFERENCE_SOCKET_PING,
	DIFFERENCE_GETSOCKOPT,
	DIFFERENCE_SIGURG,
	DIFFERENCE_FIONREAD,
	DIFFERENCE_SPLICE_FROM,
	DIFFERENCE_SPLICE_TO,
	DIFFERENCE_ACCEPT_DGRAM_BAD_FLAG,
	DIFFERENCE_SENDTO_STREAM_SHORT_ADDR,
	DIFFERENCE_SENDTO_LENGTH_WITHOUT_ADDR,
	DIFFERENCE_RECVFROM_ROOM_WITHOUT_ADDR,
	DIFFERENCE_RECVFROM_NEGATIVE_ROOM,
};

static const struct difference differences[] __attribute__((unused)) = {
	[DIFFERENCE_SOCKET_UNIX] = {
		"socket(AF_UNIX)", 0, -EAFNOSUPPORT,
		"the collector of AF_UNIX cycles cannot see into a ksock",
	},
	[DIFFERENCE_SOCKET_RAW] = {
		"socket(SOCK_RAW)", 0, -ESOCKTNOSUPPORT,
		"raw sockets are not enabled in this version",
	},
	[DIFFERENCE_SOCKET_PING] = {
		"socket(SOCK_DGRAM, IPPROTO_ICMP)", -EACCES, -EPROTONOSUPPORT,
		"a protocol that is not enabled never comes to its own checks",
	},
	[DIFFERENCE_GETSOCKOPT] = {
		"getsockopt()", 0, -ENOTSOCK,
		"the system calls of sockets know a socket by its file",
	},
	[DIFFERENCE_SIGURG] = {
		"SIGURG to the owner of F_SETOWN", 1, 0,
		"the stack signals the owner of the kernel socket's own file",
	},
	[DIFFERENCE_FIONREAD] = {
		"ioctl(FIONREAD)", 0, -ENOTTY,
		"a ksock has its own commands and none of the protocol's",
	},
	[DIFFERENCE_SPLICE_FROM] = {
		"splice() from a socket", 1, -EINVAL,
		"a ksock moves data by read, write, SEND and RECV only",
	},
	[DIFFERENCE_SPLICE_TO] = {
		"splice() to a socket", 1, -EINVAL,
		"a ksock moves data by read, write, SEND and RECV only",
	},
	[DIFFERENCE_ACCEPT_DGRAM_BAD_FLAG] = {
		"accept4() on a datagram socket, unknown flag",
		-EINVAL, -EOPNOTSUPP,
		"a ksock asks for the type of socket before it looks at flags",
	},
	[DIFFERENCE_SENDTO_STREAM_SHORT_ADDR] = {
		"sendto() on a stream, address shorter than its family",
		1, -EINVAL,
		"a ksock checks an address before it knows who reads it",
	},
	[DIFFERENCE_SENDTO_LENGTH_WITHOUT_ADDR] = {
		"sendto() without an address, with a length", 1, -EINVAL,
		"a length that means nothing is a mistake of the caller",
	},
	[DIFFERENCE_RECVFROM_ROOM_WITHOUT_ADDR] = {
		"recvmsg() without an address, with room for one", 1, -EINVAL,
		"a length that means nothing is a mistake of the caller",
	},
	[DIFFERENCE_RECVFROM_NEGATIVE_ROOM] = {
		"recvmsg() with room of 2 GiB for an address", -EINVAL, 1,
		"a ksock's room is unsigned; what does not fit is cut, no more",
	},
};

static inline int difference(const struct difference *row,
			     const struct face *face)
{
	return face == &plain_face ? row->plain : row->ksock;
}

/*
 * Flags that a ksock refuses with EINVAL, and what an ordinary socket that has
 * room to send or data to receive answers to each of them: on Linux 6.1, as
 * flags without a name get theirs with time.
 */
struct flag_difference {
	unsigned int flags;
	int plain_stream;
	int plain_dgram;
	const char *reason;
};

static const struct flag_difference
send_flag_differences[] __attribute__((unused)) = {
	{
		MSG_PEEK | MSG_CTRUNC | MSG_TRUNC | MSG_WAITALL | MSG_ERRQUEUE |
		MSG_CMSG_CLOEXEC, 1, 1,
		"means nothing to who sends",
	}, {
		MSG_PROXY | MSG_FIN | MSG_SYN | MSG_RST, 1, 1,
		"a remainder of other protocols",
	}, {
		0x881f0000, 1, 1,
		"the kernel's own, whose meaning changes between kernels",
	}, {
		0x13e00000, 1, 1,
		"not assigned, or not when the kernel was made",
	}, {
		MSG_ZEROCOPY, 1, 1,
		"nobody could read when the memory is free again",
	}, {
		MSG_FASTOPEN, -EISCONN, 1,
		"a connect that nobody permitted",
	},
};

static const struct flag_difference
recv_flag_differences[] __attribute__((unused)) = {
	{
		MSG_CTRUNC | MSG_DONTROUTE | MSG_EOR | MSG_CONFIRM |
		MSG_NOSIGNAL | MSG_MORE | MSG_ZEROCOPY | MSG_FASTOPEN, 1, 1,
		"means nothing to who receives",
	}, {
		MSG_PROXY | MSG_FIN | MSG_SYN | MSG_RST, 1, 1,
		"a remainder of other protocols",
	}, {
		0x081f0000, 1, 1,
		"the kernel's own, whose meaning changes between kernels",
	}, {
		0x13e00000, 1, 1,
		"not assigned, or not when the kernel was made",
	}, {
		MSG_ERRQUEUE, -EAGAIN, -EAGAIN,
		"an error comes as a control message, and there is no room",
	}, {
		MSG_CMSG_CLOEXEC, 1, 1,
		"a descriptor comes as a control message, likewise",
	},
};

#endif /* KSOCK_SELFTESTS_DIFFERENCES_H */
