/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The fixture "opt": a test of it runs on sockets of each kind, which it makes
 * in pairs, an ordinary one and a ksock.
 */
#ifndef KSOCK_SELFTESTS_OPT_KIND_H
#define KSOCK_SELFTESTS_OPT_KIND_H

#include "link.h"
#include "opt.h"
#include "ping.h"

/* A test has far more calls to make than one usually has. */
#define OPT_TIMEOUT	280

FIXTURE(opt) {
	struct addr addr;
	int target;
	/* Whether the kernel has no such sockets. */
	bool missing;
};

FIXTURE_VARIANT(opt) {
	struct kind kind;
	/* Whether there are kernels without such sockets. */
	bool optional;
};

#define OPT_KIND(_name, _family, _type, _protocol, _state, _optional)	\
	FIXTURE_VARIANT_ADD(opt, _name) {				\
		.kind = { _family, _type, _protocol, _state },		\
		.optional = _optional,					\
	}

OPT_KIND(tcp4, AF_INET, SOCK_STREAM, 0, KIND_FRESH, false);
OPT_KIND(tcp6, AF_INET6, SOCK_STREAM, 0, KIND_FRESH, false);
OPT_KIND(udp4, AF_INET, SOCK_DGRAM, 0, KIND_FRESH, false);
OPT_KIND(udp6, AF_INET6, SOCK_DGRAM, 0, KIND_FRESH, false);
OPT_KIND(raw4, AF_INET, SOCK_RAW, IPPROTO_ICMP, KIND_FRESH, false);
OPT_KIND(raw6, AF_INET6, SOCK_RAW, IPPROTO_ICMPV6, KIND_FRESH, false);
OPT_KIND(rawraw6, AF_INET6, SOCK_RAW, IPPROTO_RAW, KIND_FRESH, false);
OPT_KIND(ping4, AF_INET, SOCK_DGRAM, IPPROTO_ICMP, KIND_FRESH, false);
OPT_KIND(ping6, AF_INET6, SOCK_DGRAM, IPPROTO_ICMPV6, KIND_FRESH, false);
OPT_KIND(udplite4, AF_INET, SOCK_DGRAM, IPPROTO_UDPLITE, KIND_FRESH, true);
OPT_KIND(udplite6, AF_INET6, SOCK_DGRAM, IPPROTO_UDPLITE, KIND_FRESH, true);
OPT_KIND(tcp4_listening, AF_INET, SOCK_STREAM, 0, KIND_LISTENING, false);
OPT_KIND(tcp4_connected, AF_INET, SOCK_STREAM, 0, KIND_CONNECTED, false);
OPT_KIND(tcp6_connected, AF_INET6, SOCK_STREAM, 0, KIND_CONNECTED, false);
OPT_KIND(udp4_connected, AF_INET, SOCK_DGRAM, 0, KIND_CONNECTED, false);
OPT_KIND(udp6_connected, AF_INET6, SOCK_DGRAM, 0, KIND_CONNECTED, false);
/* Of the kernel's own there is none. */
#if SOCKET_FLAGS != KSOCK_SOCKET_KERN
OPT_KIND(mptcp4, AF_INET, SOCK_STREAM, IPPROTO_MPTCP, KIND_FRESH, true);
OPT_KIND(mptcp6, AF_INET6, SOCK_STREAM, IPPROTO_MPTCP, KIND_FRESH, true);
OPT_KIND(mptcp4_connected, AF_INET, SOCK_STREAM, IPPROTO_MPTCP, KIND_CONNECTED,
	 true);
#endif

FIXTURE_SETUP(opt)
{
	const struct kind *kind = &variant->kind;
	int plain, ksock;

	SETUP_KSOCK();
	ASSERT_EQ(0, ping_range_write("0 0"));
	/* An anycast address has to be of a network that is there. */
	ASSERT_EQ(0, link_address_add("lo", "2001:db8::1", 64));
	self->target = -1;
	plain = plain_socket(kind->family, kind->type, kind->protocol);
	ksock = ksock_socket(kind->family, kind->type, kind->protocol);
	if (plain < 0 && variant->optional) {
		ASSERT_EQ(-EPROTONOSUPPORT, plain);
		ASSERT_EQ(-EPROTONOSUPPORT, ksock);
		self->missing = true;
		return;
	}
	ASSERT_LE(0, plain);
	ASSERT_LE(0, ksock);
	close(plain);
	close(ksock);
	if (kind->state == KIND_CONNECTED) {
		self->target = kind_target(kind, &self->addr);
		ASSERT_LE(0, self->target);
	}
}

FIXTURE_TEARDOWN(opt)
{
}

/* A new pair of sockets of the test's kind. */
#define TWINS_OPEN(_twins)						\
	ASSERT_EQ(0, twins_open(_twins, &variant->kind, self->target,	\
				&self->addr))

#endif /* KSOCK_SELFTESTS_OPT_KIND_H */
