/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The numbers of the socket layer as types: families, kinds, protocols, the
 * halves of a connection; and moments in time.
 */
#ifndef KSOCK_TYPES_H
#define KSOCK_TYPES_H

#include <linux/in.h>
#include <linux/ktime.h>
#include <linux/net.h>
#include <linux/socket.h>
#include <linux/types.h>

/*
 * enum ksock_family - address families, the AF_ numbers of <linux/socket.h>
 *
 * Which of them a kernel has is for its network stack to say.
 */
enum ksock_family {
	KSOCK_AF_UNSPEC		= AF_UNSPEC,
	KSOCK_AF_UNIX		= AF_UNIX,
	KSOCK_AF_INET		= AF_INET,
	KSOCK_AF_AX25		= AF_AX25,
	KSOCK_AF_IPX		= AF_IPX,
	KSOCK_AF_APPLETALK	= AF_APPLETALK,
	KSOCK_AF_NETROM		= AF_NETROM,
	KSOCK_AF_BRIDGE		= AF_BRIDGE,
	KSOCK_AF_ATMPVC		= AF_ATMPVC,
	KSOCK_AF_X25		= AF_X25,
	KSOCK_AF_INET6		= AF_INET6,
	KSOCK_AF_ROSE		= AF_ROSE,
	KSOCK_AF_DECNET		= 12,
	KSOCK_AF_NETBEUI	= AF_NETBEUI,
	KSOCK_AF_SECURITY	= AF_SECURITY,
	KSOCK_AF_KEY		= AF_KEY,
	KSOCK_AF_NETLINK	= AF_NETLINK,
	KSOCK_AF_PACKET		= AF_PACKET,
	KSOCK_AF_ASH		= AF_ASH,
	KSOCK_AF_ECONET		= AF_ECONET,
	KSOCK_AF_ATMSVC		= AF_ATMSVC,
	KSOCK_AF_RDS		= AF_RDS,
	KSOCK_AF_SNA		= AF_SNA,
	KSOCK_AF_IRDA		= AF_IRDA,
	KSOCK_AF_PPPOX		= AF_PPPOX,
	KSOCK_AF_WANPIPE	= AF_WANPIPE,
	KSOCK_AF_LLC		= AF_LLC,
	KSOCK_AF_IB		= AF_IB,
	KSOCK_AF_MPLS		= AF_MPLS,
	KSOCK_AF_CAN		= AF_CAN,
	KSOCK_AF_TIPC		= AF_TIPC,
	KSOCK_AF_BLUETOOTH	= AF_BLUETOOTH,
	KSOCK_AF_IUCV		= AF_IUCV,
	KSOCK_AF_RXRPC		= AF_RXRPC,
	KSOCK_AF_ISDN		= AF_ISDN,
	KSOCK_AF_PHONET		= AF_PHONET,
	KSOCK_AF_IEEE802154	= AF_IEEE802154,
	KSOCK_AF_CAIF		= 37,
	KSOCK_AF_ALG		= AF_ALG,
	KSOCK_AF_NFC		= AF_NFC,
	KSOCK_AF_VSOCK		= AF_VSOCK,
	KSOCK_AF_KCM		= AF_KCM,
	KSOCK_AF_QIPCRTR	= AF_QIPCRTR,
	KSOCK_AF_SMC		= AF_SMC,
	KSOCK_AF_XDP		= AF_XDP,
	KSOCK_AF_MCTP		= 45,
};

/* enum ksock_type - kinds of sockets, the SOCK_ numbers of <linux/net.h> */
enum ksock_type {
	KSOCK_STREAM		= SOCK_STREAM,
	KSOCK_DGRAM		= SOCK_DGRAM,
	KSOCK_RAW		= SOCK_RAW,
	KSOCK_RDM		= SOCK_RDM,
	KSOCK_SEQPACKET		= SOCK_SEQPACKET,
	KSOCK_DCCP		= SOCK_DCCP,
	KSOCK_PACKET		= SOCK_PACKET,
};

/*
 * enum ksock_protocol - protocols of the internet families, the IPPROTO_
 * numbers of <linux/in.h>; the default is what the kind of socket stands for, TCP
 * for a stream, UDP for datagrams.
 */
enum ksock_protocol {
	KSOCK_PROTO_DEFAULT	= 0,
	KSOCK_PROTO_IP		= IPPROTO_IP,
	KSOCK_PROTO_ICMP	= IPPROTO_ICMP,
	KSOCK_PROTO_IGMP	= IPPROTO_IGMP,
	KSOCK_PROTO_IPIP	= IPPROTO_IPIP,
	KSOCK_PROTO_TCP		= IPPROTO_TCP,
	KSOCK_PROTO_EGP		= IPPROTO_EGP,
	KSOCK_PROTO_PUP		= IPPROTO_PUP,
	KSOCK_PROTO_UDP		= IPPROTO_UDP,
	KSOCK_PROTO_IDP		= IPPROTO_IDP,
	KSOCK_PROTO_TP		= IPPROTO_TP,
	KSOCK_PROTO_DCCP	= IPPROTO_DCCP,
	KSOCK_PROTO_IPV6	= IPPROTO_IPV6,
	KSOCK_PROTO_RSVP	= IPPROTO_RSVP,
	KSOCK_PROTO_GRE		= IPPROTO_GRE,
	KSOCK_PROTO_ESP		= IPPROTO_ESP,
	KSOCK_PROTO_AH		= IPPROTO_AH,
	KSOCK_PROTO_ICMPV6	= 58,
	KSOCK_PROTO_MTP		= IPPROTO_MTP,
	KSOCK_PROTO_BEETPH	= IPPROTO_BEETPH,
	KSOCK_PROTO_ENCAP	= IPPROTO_ENCAP,
	KSOCK_PROTO_PIM		= IPPROTO_PIM,
	KSOCK_PROTO_COMP	= IPPROTO_COMP,
	KSOCK_PROTO_L2TP	= 115,
	KSOCK_PROTO_SCTP	= IPPROTO_SCTP,
	KSOCK_PROTO_UDPLITE	= IPPROTO_UDPLITE,
	KSOCK_PROTO_MPLS	= IPPROTO_MPLS,
	KSOCK_PROTO_ETHERNET	= 143,
	KSOCK_PROTO_RAW		= IPPROTO_RAW,
	KSOCK_PROTO_MPTCP	= IPPROTO_MPTCP,
};

/* enum ksock_shut - directions that ksock_shutdown() ends */
enum ksock_shut {
	KSOCK_SHUT_RD		= SHUT_RD,
	KSOCK_SHUT_WR		= SHUT_WR,
	KSOCK_SHUT_RDWR		= SHUT_RDWR,
};

/**
 * DOC: Deadlines
 *
 * A call that may wait takes a deadline: a moment of CLOCK_MONOTONIC, or
 * %KSOCK_FOREVER, or %KSOCK_NOWAIT, with which it tries once.  One deadline
 * may bound many calls.  A call that runs out of time returns -EAGAIN, or, when
 * it connects, -EINPROGRESS.  The timeouts of the socket itself (SO_RCVTIMEO,
 * SO_SNDTIMEO) are neither looked at nor changed.  A wait is interruptible: a
 * signal, or kthread_stop() of a kernel thread that waits, ends it with -EINTR,
 * ksock_cancel() with -ECANCELED.
 */

/** define KSOCK_FOREVER - a deadline that never comes */
#define KSOCK_FOREVER	KTIME_MAX

/** define KSOCK_NOWAIT - a deadline that has passed */
#define KSOCK_NOWAIT	((ktime_t)0)

/**
 * ksock_deadline() - the moment so many milliseconds from now
 * @ms: milliseconds
 *
 * Context: any.
 */
static inline ktime_t ksock_deadline(unsigned int ms)
{
	return ktime_add_ms(ktime_get(), ms);
}

#endif /* KSOCK_TYPES_H */
