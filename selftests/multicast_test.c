// SPDX-License-Identifier: GPL-2.0-only
/*
 * Multicast: joining and leaving groups, of any source and of some, by each of
 * the ways there are, and what of the group's datagrams is received then.
 */
#include "fixture.h"
#include "link.h"
#include "opt_int.h"

/* What the options take, in the layout of the caller's own headers. */
union membership {
	struct ip_mreqn mreqn;
	struct ip_mreq_source mreq_source;
	struct ipv6_mreq mreq6;
	struct group_req group;
	struct group_source_req source;
};

/* A way to join and to leave, and to be rid of a source and take it back. */
struct way {
	int level;
	int join;
	int leave;
	int block;
	int unblock;
};

FIXTURE(multicast) {
	const struct face *face;
	const struct way *way;
	struct addr group;
	struct addr unicast;
	/* Two addresses of the machine, to send from. */
	struct addr source[2];
	int receiver;
	int sender[2];
};

FIXTURE_VARIANT(multicast) {
	const struct face *face;
	int family;
	/* By the options of RFC 3678, which both families have. */
	bool generic;
};

FIXTURE_VARIANT_ADD(multicast, plain_ipv4) {
	.face = &plain_face, .family = AF_INET,
};

FIXTURE_VARIANT_ADD(multicast, ksock_ipv4) {
	.face = &ksock_face, .family = AF_INET,
};

FIXTURE_VARIANT_ADD(multicast, plain_ipv4_generic) {
	.face = &plain_face, .family = AF_INET, .generic = true,
};

FIXTURE_VARIANT_ADD(multicast, ksock_ipv4_generic) {
	.face = &ksock_face, .family = AF_INET, .generic = true,
};

FIXTURE_VARIANT_ADD(multicast, plain_ipv6) {
	.face = &plain_face, .family = AF_INET6,
};

FIXTURE_VARIANT_ADD(multicast, ksock_ipv6) {
	.face = &ksock_face, .family = AF_INET6,
};

FIXTURE_VARIANT_ADD(multicast, plain_ipv6_generic) {
	.face = &plain_face, .family = AF_INET6, .generic = true,
};

FIXTURE_VARIANT_ADD(multicast, ksock_ipv6_generic) {
	.face = &ksock_face, .family = AF_INET6, .generic = true,
};

static const struct way any_ways[2][2] = {
	{
		{
			SOL_IP, IP_ADD_MEMBERSHIP, IP_DROP_MEMBERSHIP,
			IP_BLOCK_SOURCE, IP_UNBLOCK_SOURCE,
		}, {
			SOL_IP, MCAST_JOIN_GROUP, MCAST_LEAVE_GROUP,
			MCAST_BLOCK_SOURCE, MCAST_UNBLOCK_SOURCE,
		},
	}, {
		/* What names a source has no other form here. */
		{
			SOL_IPV6, IPV6_ADD_MEMBERSHIP, IPV6_DROP_MEMBERSHIP,
			MCAST_BLOCK_SOURCE, MCAST_UNBLOCK_SOURCE,
		}, {
			SOL_IPV6, MCAST_JOIN_GROUP, MCAST_LEAVE_GROUP,
			MCAST_BLOCK_SOURCE, MCAST_UNBLOCK_SOURCE,
		},
	},
};

static void addr_port_set(struct addr *addr, uint16_t port)
{
	/* The port is at the same place in both families. */
	addr->in.sin_port = htons(port);
}

/*
 * The interface of the groups.  IPv6 has no way to a group by loopback, so for
 * it there is another one.
 */
static unsigned int interface_of(int family)
{
	return if_nametoindex(family == AF_INET ? "lo" : "one");
}

/* Has a socket send to groups by the interface of the groups. */
static int interface_choose(const struct face *face, int fd, int family)
{
	struct in_addr loopback = { htonl(INADDR_LOOPBACK) };

	if (family == AF_INET)
		return face->setsockopt(fd, SOL_IP, IP_MULTICAST_IF, &loopback,
					sizeof(loopback));
	return opt_int_set(face, fd, SOL_IPV6, IPV6_MULTICAST_IF,
			   interface_of(family));
}

static int sender_open(const struct addr *source)
{
	int family = source->sa.sa_family;
	int fd, ret;

	fd = plain_socket(family, SOCK_DGRAM, 0);
	if (fd < 0)
		return fd;
	ret = plain_bind(fd, &source->sa, source->len);
	if (!ret)
		ret = interface_choose(&plain_face, fd, family);
	if (!ret)
		return fd;
	close(fd);
	return ret;
}

FIXTURE_SETUP(multicast)
{
	struct addr any = addr_loopback(variant->family, PORT);
	bool ipv4 = variant->family == AF_INET;
	cpu_set_t cpu;
	int i;

	/* What one processor sends comes in the order it was sent in. */
	CPU_ZERO(&cpu);
	CPU_SET(sched_getcpu(), &cpu);
	ASSERT_EQ(0, sched_setaffinity(0, sizeof(cpu), &cpu));

	SETUP_KSOCK();
	self->face = variant->face;
	self->way = &any_ways[!ipv4][variant->generic];
	self->group = any;
	self->unicast = any;
	for (i = 0; i < 2; i++)
		self->source[i] = addr_loopback(variant->family, 0);
	if (ipv4) {
		self->group.in.sin_addr.s_addr = htonl(0xefc0a801);
		self->source[1].in.sin_addr.s_addr = htonl(0x7f000002);
		any.in.sin_addr.s_addr = htonl(INADDR_ANY);
	} else {
		ASSERT_EQ(1, inet_pton(AF_INET6, "ff08::1:2:3",
				       &self->group.in6.sin6_addr));
		ASSERT_EQ(1, inet_pton(AF_INET6, "2001:db8::1",
				       &self->source[0].in6.sin6_addr));
		ASSERT_EQ(1, inet_pton(AF_INET6, "2001:db8::2",
				       &self->source[1].in6.sin6_addr));
		ASSERT_EQ(0, links_make());
		ASSERT_EQ(0, link_address_add("one", "2001:db8::1", 64));
		ASSERT_EQ(0, link_address_add("one", "2001:db8::2", 64));
		any.in6.sin6_addr = in6addr_any;
	}
	for (i = 0; i < 2; i++) {
		self->sender[i] = sender_open(&self->source[i]);
		ASSERT_LE(0, self->sender[i]);
	}
	self->receiver = self->face->socket(variant->family, SOCK_DGRAM, 0);
	ASSERT_LE(0, self->receiver);
	ASSERT_EQ(0, self->face->bind(self->receiver, &any.sa, any.len));
}

FIXTURE_TEARDOWN(multicast)
{
}

/* Fills in what an option of groups takes, returns its length. */
static socklen_t membership_fill(union membership *to, int level, int name,
				 const struct addr *group,
				 const struct addr *source)
{
	memset(to, 0, sizeof(*to));
	if (name >= MCAST_JOIN_GROUP && name <= MCAST_LEAVE_SOURCE_GROUP) {
		to->source.gsr_interface = interface_of(group->sa.sa_family);
		memcpy(&to->source.gsr_group, &group->storage, group->len);
		if (!source)
			return sizeof(to->group);
		memcpy(&to->source.gsr_source, &source->storage, source->len);
		return sizeof(to->source);
	}
	if (level == SOL_IPV6) {
		to->mreq6.ipv6mr_multiaddr = group->in6.sin6_addr;
		to->mreq6.ipv6mr_interface = interface_of(AF_INET6);
		return sizeof(to->mreq6);
	}
	if (!source) {
		to->mreqn.imr_multiaddr = group->in.sin_addr;
		to->mreqn.imr_ifindex = interface_of(AF_INET);
		return sizeof(to->mreqn);
	}
	to->mreq_source.imr_multiaddr = group->in.sin_addr;
	to->mreq_source.imr_interface.s_addr = htonl(INADDR_LOOPBACK);
	to->mreq_source.imr_sourceaddr = source->in.sin_addr;
	return sizeof(to->mreq_source);
}

static int member(const struct face *face, int fd, int level, int name,
		  const struct addr *group, const struct addr *source)
{
	union membership membership;
	socklen_t len = membership_fill(&membership, level, name, group,
					source);

	return face->setsockopt(fd, level, name, &membership, len);
}

#define MEMBER(_name, _source)						\
	member(self->face, self->receiver, self->way->level, _name,	\
	       &self->group, _source)

/*
 * Sends a datagram to the group from each source, and another one that arrives
 * in any case; returns as bits of which sources the group's did, or -errno.
 */
static int heard(const int *sender, const struct addr *group,
		 const struct addr *unicast, const struct face *face,
		 int receiver)
{
	int i, bits = 0, tries;
	char byte;

	for (i = 0; i < 2; i++) {
		char name = 'a' + i;

		if (plain_sendto(sender[i], &name, 1, 0, &group->sa,
				 group->len) != 1)
			return -EIO;
	}
	if (plain_sendto(sender[0], "z", 1, 0, &unicast->sa,
			 unicast->len) != 1)
		return -EIO;
	for (tries = 0; tries < 8; tries++) {
		int ret = face_recv(face, receiver, &byte, 1, 0);

		if (ret != 1)
			return ret;
		if (byte == 'z')
			return bits;
		bits |= 1 << (byte - 'a');
	}
	return -EIO;
}

#define HEARD()								\
	heard(self->sender, &self->group, &self->unicast, self->face,	\
	      self->receiver)

/* ---- Any source ---------------------------------------------------------- */

TEST_F(multicast, a_group_is_heard_from_join_to_leave)
{
	EXPECT_EQ(0, HEARD());
	ASSERT_EQ(0, MEMBER(self->way->join, NULL));
	EXPECT_EQ(3, HEARD());
	ASSERT_EQ(0, MEMBER(self->way->leave, NULL));
	EXPECT_EQ(0, HEARD());
}

TEST_F(multicast, a_source_is_not_heard_from_block_to_unblock)
{
	ASSERT_EQ(0, MEMBER(self->way->join, NULL));
	ASSERT_EQ(0, MEMBER(self->way->block, &self->source[1]));
	EXPECT_EQ(1, HEARD());
	ASSERT_EQ(0, MEMBER(self->way->unblock, &self->source[1]));
	EXPECT_EQ(3, HEARD());
}

TEST_F(multicast, join_twice_fails_with_eaddrinuse)
{
	ASSERT_EQ(0, MEMBER(self->way->join, NULL));
	EXPECT_EQ(-EADDRINUSE, MEMBER(self->way->join, NULL));
	EXPECT_EQ(3, HEARD());
}

TEST_F(multicast, leave_without_join_fails_with_eaddrnotavail)
{
	EXPECT_EQ(-EADDRNOTAVAIL, MEMBER(self->way->leave, NULL));
}

TEST_F(multicast, join_of_what_is_no_group_fails_with_einval)
{
	EXPECT_EQ(-EINVAL, member(self->face, self->receiver, self->way->level,
				  self->way->join, &self->unicast, NULL));
}

TEST_F(multicast, close_leaves_the_group)
{
	struct addr any = addr_loopback(variant->family, PORT + 1);
	int other;

	/* It hears whatever the machine takes, member or not. */
	other = plain_socket(variant->family, SOCK_DGRAM, 0);
	ASSERT_LE(0, other);
	if (variant->family == AF_INET)
		any.in.sin_addr.s_addr = htonl(INADDR_ANY);
	else
		any.in6.sin6_addr = in6addr_any;
	ASSERT_EQ(0, plain_bind(other, &any.sa, any.len));
	addr_port_set(&self->group, PORT + 1);
	self->unicast = addr_loopback(variant->family, PORT + 1);
	ASSERT_EQ(0, MEMBER(self->way->join, NULL));
	EXPECT_EQ(3, heard(self->sender, &self->group, &self->unicast,
			   &plain_face, other));
	ASSERT_EQ(0, close(self->receiver));
	EXPECT_EQ(0, heard(self->sender, &self->group, &self->unicast,
			   &plain_face, other));
}

TEST_F(multicast, a_socket_hears_only_its_own_groups_without_multicast_all)
{
	bool ipv4 = variant->family == AF_INET;
	int other;

	/* Somebody else on the machine is a member. */
	other = plain_socket(variant->family, SOCK_DGRAM, 0);
	ASSERT_LE(0, other);
	ASSERT_EQ(0, member(&plain_face, other, self->way->level,
			    self->way->join, &self->group, NULL));
	EXPECT_EQ(3, HEARD());
	ASSERT_EQ(0, opt_int_set(self->face, self->receiver,
				 ipv4 ? SOL_IP : SOL_IPV6,
				 ipv4 ? IP_MULTICAST_ALL : IPV6_MULTICAST_ALL,
				 0));
	EXPECT_EQ(0, HEARD());
}

/* ---- Some sources -------------------------------------------------------- */

TEST_F(multicast, only_the_sources_that_were_joined_are_heard)
{
	bool old = variant->family == AF_INET && !variant->generic;
	int join = old ? IP_ADD_SOURCE_MEMBERSHIP : MCAST_JOIN_SOURCE_GROUP;
	int leave = old ? IP_DROP_SOURCE_MEMBERSHIP : MCAST_LEAVE_SOURCE_GROUP;

	ASSERT_EQ(0, MEMBER(join, &self->source[1]));
	EXPECT_EQ(2, HEARD());
	ASSERT_EQ(0, MEMBER(join, &self->source[0]));
	EXPECT_EQ(3, HEARD());
	EXPECT_EQ(-EADDRNOTAVAIL, MEMBER(join, &self->source[0]));
	ASSERT_EQ(0, MEMBER(leave, &self->source[1]));
	EXPECT_EQ(1, HEARD());
	ASSERT_EQ(0, MEMBER(leave, &self->source[0]));
	EXPECT_EQ(0, HEARD());
	EXPECT_NE(0, MEMBER(leave, &self->source[0]));
}

TEST_F(multicast, block_of_a_source_of_a_joined_one_fails_with_einval)
{
	bool old = variant->family == AF_INET && !variant->generic;
	int join = old ? IP_ADD_SOURCE_MEMBERSHIP : MCAST_JOIN_SOURCE_GROUP;

	ASSERT_EQ(0, MEMBER(join, &self->source[1]));
	EXPECT_EQ(-EINVAL, MEMBER(self->way->block, &self->source[0]));
}

/* ---- Sending ------------------------------------------------------------- */

TEST_F(multicast, a_socket_sends_to_a_group_by_the_interface_it_chose)
{
	char byte = 0;
	int fd;

	ASSERT_EQ(0, MEMBER(self->way->join, NULL));
	fd = self->face->socket(variant->family, SOCK_DGRAM, 0);
	ASSERT_LE(0, fd);
	/* IPv6 would take any interface that has groups. */
	if (variant->family == AF_INET) {
		EXPECT_EQ(-ENETUNREACH,
			  self->face->sendto(fd, "x", 1, 0, &self->group.sa,
					     self->group.len));
	}
	ASSERT_EQ(0, interface_choose(self->face, fd, variant->family));
	EXPECT_EQ(1, self->face->sendto(fd, "x", 1, 0, &self->group.sa,
					self->group.len));
	EXPECT_EQ(1, face_recv(self->face, self->receiver, &byte, 1, 0));
	EXPECT_EQ('x', byte);
}

TEST_HARNESS_MAIN
