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
	DIFFERENCE_SOCKET_FAMILY,
	DIFFERENCE_SOCKET_RAW_BEYOND,
	DIFFERENCE_GETSOCKOPT,
	DIFFERENCE_FSTAT,
	DIFFERENCE_MMAP,
	DIFFERENCE_NOWAIT_WRITE,
	DIFFERENCE_NOWAIT_READ,
	DIFFERENCE_ABORT_DGRAM,
	DIFFERENCE_SETSOCKOPT_FILTER,
	DIFFERENCE_SETSOCKOPT_READ_ONLY,
	DIFFERENCE_OPTION_OBSOLETE,
	DIFFERENCE_OPTION_PEERNAME,
	DIFFERENCE_GETSOCKOPT_OTHER_LEVEL,
	DIFFERENCE_GETSOCKOPT_NEGATIVE,
	DIFFERENCE_SIGURG,
	DIFFERENCE_IOCTL,
	DIFFERENCE_ACCEPT_DGRAM_BAD_FLAG,
	DIFFERENCE_SENDTO_STREAM_SHORT_ADDR,
	DIFFERENCE_SENDTO_LENGTH_WITHOUT_ADDR,
	DIFFERENCE_RECVFROM_ROOM_WITHOUT_ADDR,
	DIFFERENCE_RECVFROM_NEGATIVE_ROOM,
	DIFFERENCE_SENDMSG_LONG_NAME,
	DIFFERENCE_SENDMSG_NAME_WITHOUT_LENGTH,
	DIFFERENCE_SENDMSG_CONTROL_WITHOUT_POINTER,
	DIFFERENCE_RECVMSG_ROOM_WITHOUT_CONTROL,
	DIFFERENCE_SENDMSG_MUCH_CONTROL,
	DIFFERENCE_SENDMSG_CONTROL_UNKNOWN,
	DIFFERENCE_SENDMSG_CONTROL_RIGHTS,
	DIFFERENCE_SENDMSG_CONTROL_REST,
};

static const struct difference differences[] __attribute__((unused)) = {
	[DIFFERENCE_SOCKET_UNIX] = {
		"socket(AF_UNIX)", 0, -EAFNOSUPPORT,
		"the collector of AF_UNIX cycles cannot see into a ksock",
	},
	[DIFFERENCE_SOCKET_FAMILY] = {
		"socket(AF_PACKET), and all that is not of the internet",
		0, -EAFNOSUPPORT,
		"a ksock is a socket of IPv4 or IPv6",
	},
	[DIFFERENCE_SOCKET_RAW_BEYOND] = {
		"socket(SOCK_RAW), protocol from 256", 0, -EPROTONOSUPPORT,
		"a packet has no room for the number of such a protocol",
	},
	[DIFFERENCE_GETSOCKOPT] = {
		"getsockopt(), the system call", 0, -ENOTSOCK,
		"the system calls of sockets know a socket by its file",
	},
	[DIFFERENCE_FSTAT] = {
		"fstat(), whether the file is a socket", 1, 0,
		"the file is one of ksock, which keeps that of the socket",
	},
	[DIFFERENCE_MMAP] = {
		"mmap() of a TCP socket", 0, -ENODEV,
		"it is for TCP_ZEROCOPY_RECEIVE, which is not on the list",
	},
	[DIFFERENCE_NOWAIT_WRITE] = {
		"pwritev2(RWF_NOWAIT), before Linux 6.5", -EOPNOTSUPP, 5,
		"the files of ordinary sockets take it from Linux 6.5 on",
	},
	[DIFFERENCE_NOWAIT_READ] = {
		"preadv2(RWF_NOWAIT), no data, before Linux 6.5",
		-EOPNOTSUPP, -EAGAIN,
		"the files of ordinary sockets take it from Linux 6.5 on",
	},
	[DIFFERENCE_ABORT_DGRAM] = {
		"connect(AF_UNSPEC), or ABORT, on a datagram socket",
		0, -EOPNOTSUPP,
		"only a connection can be aborted; connect() dissolves others",
	},
	[DIFFERENCE_SETSOCKOPT_FILTER] = {
		"setsockopt(SO_ATTACH_FILTER), and all that is not on the list",
		0, -ENOPROTOOPT,
		"programs, encryption, repair and routing are left out",
	},
	[DIFFERENCE_SETSOCKOPT_READ_ONLY] = {
		"setsockopt(SO_LOCK_FILTER), on the list to be got only",
		0, -ENOPROTOOPT,
		"what may be done with an option, get or set, the list says",
	},
	[DIFFERENCE_OPTION_OBSOLETE] = {
		"setsockopt(IPV6_2292PKTINFO), and the like of RFC 2292",
		0, -ENOPROTOOPT,
		"obsolete; control data and options of RFC 3542 do the same",
	},
	[DIFFERENCE_OPTION_PEERNAME] = {
		"getsockopt(SO_PEERNAME)", 0, -ENOPROTOOPT,
		"NAME tells it",
	},
	[DIFFERENCE_GETSOCKOPT_OTHER_LEVEL] = {
		"getsockopt() not on the list, level of another protocol",
		-EOPNOTSUPP, -ENOPROTOOPT,
		"a ksock looks at its list before it asks the protocol",
	},
	[DIFFERENCE_GETSOCKOPT_NEGATIVE] = {
		"getsockopt(IPV6_TCLASS), negative length", 0, -EINVAL,
		"a negative length is a mistake, and no very large one",
	},
	[DIFFERENCE_SIGURG] = {
		"SIGURG to the owner of F_SETOWN", 1, 0,
		"the stack signals the owner of the kernel socket's own file",
	},
	[DIFFERENCE_IOCTL] = {
		"ioctl(SIOCGIFCONF), and all that is not about the queues",
		0, -ENOTTY,
		"interfaces, routes and owners are no matter of one socket",
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
	[DIFFERENCE_SENDMSG_LONG_NAME] = {
		"sendmsg(), name longer than any address", 1, -EINVAL,
		"a ksock does not guess which part of an address is meant",
	},
	[DIFFERENCE_SENDMSG_NAME_WITHOUT_LENGTH] = {
		"sendmsg(), name of no length", 1, -EINVAL,
		"an address without a family is a mistake of the caller",
	},
	[DIFFERENCE_SENDMSG_CONTROL_WITHOUT_POINTER] = {
		"sendmsg(), length of control data without any",
		sizeof(long) == 8 ? -EFAULT : -EINVAL, -EINVAL,
		"a length that means nothing is a mistake of the caller",
	},
	[DIFFERENCE_RECVMSG_ROOM_WITHOUT_CONTROL] = {
		"recvmsg(), room for control data without a pointer",
		1, -EINVAL,
		"a length that means nothing is a mistake of the caller",
	},
	[DIFFERENCE_SENDMSG_MUCH_CONTROL] = {
		"sendmsg(), more than 512 bytes of control data", 1, -ENOBUFS,
		"a ksock keeps control data on the stack and allocates nothing",
	},
	[DIFFERENCE_SENDMSG_CONTROL_UNKNOWN] = {
		"sendmsg(), control message that the protocol does not read",
		1, -EINVAL,
		"a ksock sends what is on its list of control messages",
	},
	[DIFFERENCE_SENDMSG_CONTROL_RIGHTS] = {
		"sendmsg() of SCM_RIGHTS or SCM_CREDENTIALS", 1, -EINVAL,
		"a message of these protocols carries no descriptor, no user",
	},
	[DIFFERENCE_SENDMSG_CONTROL_REST] = {
		"sendmsg(), rest of control data too short for a header",
		sizeof(long) == 8 ? 1 : -EINVAL, 1,
		"sendmsg() minds it in 32-bit programs, a ksock in none",
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
		MSG_CMSG_CLOEXEC, 1, 1,
		"no control message of these sockets has a descriptor in it",
	},
};

#endif /* KSOCK_SELFTESTS_DIFFERENCES_H */
