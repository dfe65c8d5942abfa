/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The names of options that the system's headers are too old for, or have in a
 * header that does not go together with libc's.
 */
#ifndef KSOCK_SELFTESTS_OPT_NAME_H
#define KSOCK_SELFTESTS_OPT_NAME_H

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <netinet/udp.h>
#include <sys/socket.h>
#include <time.h>

#ifndef SOL_UDP
#define SOL_UDP			17
#endif
#ifndef SOL_ICMPV6
#define SOL_ICMPV6		58
#endif
#ifndef SOL_UDPLITE
#define SOL_UDPLITE		136
#endif
#ifndef SOL_RAW
#define SOL_RAW			255
#endif
#ifndef SOL_MPTCP
#define SOL_MPTCP		284
#endif

#ifndef IPPROTO_MPTCP
#define IPPROTO_MPTCP		262
#endif

#ifndef IP_LOCAL_PORT_RANGE
#define IP_LOCAL_PORT_RANGE	51
#endif
#ifndef IP_PROTOCOL
#define IP_PROTOCOL		52
#endif

#ifndef IPV6_ADD_MEMBERSHIP
#define IPV6_ADD_MEMBERSHIP	IPV6_JOIN_GROUP
#define IPV6_DROP_MEMBERSHIP	IPV6_LEAVE_GROUP
#endif
#ifndef IPV6_FLOWLABEL_MGR
#define IPV6_FLOWLABEL_MGR	32
#endif
#ifndef IPV6_FLOWINFO_SEND
#define IPV6_FLOWINFO_SEND	33
#endif
#ifndef IPV6_RECVORIGDSTADDR
#define IPV6_RECVORIGDSTADDR	74
#endif

#ifndef TCP_IS_MPTCP
#define TCP_IS_MPTCP		43
#endif
#ifndef TCP_RTO_MAX_MS
#define TCP_RTO_MAX_MS		44
#endif
#ifndef TCP_RTO_MIN_US
#define TCP_RTO_MIN_US		45
#endif
#ifndef TCP_DELACK_MAX_US
#define TCP_DELACK_MAX_US	46
#endif

#ifndef UDPLITE_SEND_CSCOV
#define UDPLITE_SEND_CSCOV	10
#define UDPLITE_RECV_CSCOV	11
#endif

#ifndef ICMP_FILTER
#define ICMP_FILTER		1
#endif
#ifndef ICMPV6_FILTER
#define ICMPV6_FILTER		1
#endif

#ifndef MPTCP_INFO
#define MPTCP_INFO		1
#endif
#ifndef MPTCP_TCPINFO
#define MPTCP_TCPINFO		2
#endif
#ifndef MPTCP_SUBFLOW_ADDRS
#define MPTCP_SUBFLOW_ADDRS	3
#endif
#ifndef MPTCP_FULL_INFO
#define MPTCP_FULL_INFO		4
#endif

#endif /* KSOCK_SELFTESTS_OPT_NAME_H */
