// SPDX-License-Identifier: GPL-2.0-only
/*
 * Options: each of the list, get and set, on sockets of every kind, beside an
 * ordinary socket of the same kind; and that all the others are refused.
 */
#include "opt_kind.h"
#include "differences.h"

#include <linux/filter.h>

/* ---- The list and the table of values ------------------------------------ */

TEST(every_option_of_the_list_has_a_value_to_be_tested_with)
{
	const struct opt_value *value;
	const struct opt *opt;

	EXPECT_LE(110, ARRAY_SIZE(opts));
	EXPECT_EQ(ARRAY_SIZE(opts), ARRAY_SIZE(opt_values));
	for (opt = opts; opt < OPTS_END; opt++) {
		value = opt_value_of(opt->level, opt->name);
		EXPECT_TRUE(!!value) {
			TH_LOG("%s", opt->text);
			continue;
		}
		EXPECT_STREQ(value->text, opt->text);
		EXPECT_EQ(!!(opt->access & KSOCK_OPT_SET), !!value->value) {
			TH_LOG("%s", opt->text);
		}
		if (value->first)
			EXPECT_TRUE(!!opt_value_of(value->level, value->first));
	}
}

/* The size that values of a type have; 0 where it depends on the option. */
static socklen_t type_size(enum ksock_opt_type type)
{
	switch (type) {
	case KSOCK_OPT_BOOL:
	case KSOCK_OPT_INT:
	case KSOCK_OPT_UINT:
	case KSOCK_OPT_IN_ADDR:
	case KSOCK_OPT_IFINDEX:
	case KSOCK_OPT_PORT_RANGE:
	case KSOCK_OPT_ICMP_FILTER:
	case KSOCK_OPT_TIMESTAMPING:
		return 4;
	case KSOCK_OPT_LINGER:
		return sizeof(struct linger);
	case KSOCK_OPT_TIMEVAL:
		return 2 * sizeof(long);
	case KSOCK_OPT_TIMEVAL64:
		return 2 * sizeof(int64_t);
	case KSOCK_OPT_MREQ:
		return sizeof(struct ip_mreqn);
	case KSOCK_OPT_MREQ_SOURCE:
		return sizeof(struct ip_mreq_source);
	case KSOCK_OPT_MREQ6:
		return sizeof(struct ipv6_mreq);
	case KSOCK_OPT_GROUP:
		return sizeof(struct group_req);
	case KSOCK_OPT_GROUP_SOURCE:
		return sizeof(struct group_source_req);
	case KSOCK_OPT_IN6_PKTINFO:
		return sizeof(struct in6_pktinfo);
	case KSOCK_OPT_MTUINFO:
		return sizeof(struct ip6_mtuinfo);
	case KSOCK_OPT_ICMP6_FILTER:
		return 32;
	default:
		return 0;
	}
}

TEST(values_have_the_size_of_their_type)
{
	const struct opt *opt;
	socklen_t size;

	for (opt = opts; opt < OPTS_END; opt++) {
		size = type_size(opt->type);
		EXPECT_TRUE(!size || size == opt_value_of(opt->level,
							  opt->name)->len) {
			TH_LOG("%s", opt->text);
		}
	}
}

TEST(the_list_has_no_option_twice)
{
	const struct opt *opt, *other;

	for (opt = opts; opt < OPTS_END; opt++) {
		for (other = opt + 1; other < OPTS_END; other++) {
			EXPECT_FALSE(opt->level == other->level &&
				     opt->name == other->name) {
				TH_LOG("%s, %s", opt->text, other->text);
			}
		}
	}
}

/* ---- Beside an ordinary socket ------------------------------------------- */

TEST_F_TIMEOUT(opt, a_new_socket_has_the_values_of_an_ordinary_one, OPT_TIMEOUT)
{
	static struct answer plain, ksock;
	const struct opt_value *value;
	const struct opt *opt;
	struct twins twins;
	bool lives;

	if (self->missing)
		return;
	TWINS_OPEN(&twins);
	for (opt = opts; opt < OPTS_END; opt++) {
		if (!(opt->access & KSOCK_OPT_GET))
			continue;
		value = opt_value_of(opt->level, opt->name);
		lives = opt_lives(value, &variant->kind);
		opt_get(&plain, &plain_face, twins.plain, value, value->len);
		opt_get(&ksock, &ksock_face, twins.ksock, value, value->len);
		EXPECT_TRUE(answers_agree(&plain, &ksock, lives)) {
			ANSWERS_LOG(value, value->len, &plain, &ksock);
		}
		opt_get(&plain, &plain_face, twins.plain, value, 4096);
		opt_get(&ksock, &ksock_face, twins.ksock, value, 4096);
		EXPECT_TRUE(answers_agree(&plain, &ksock, lives)) {
			ANSWERS_LOG(value, 4096, &plain, &ksock);
		}
	}
	twins_close(&twins);
}

TEST_F_TIMEOUT(opt, set_then_get_does_what_it_does_on_an_ordinary_one,
	       OPT_TIMEOUT)
{
	static struct answer plain, ksock;
	const struct opt_value *value;
	const struct opt *opt;
	struct twins twins;

	if (self->missing)
		return;
	for (opt = opts; opt < OPTS_END; opt++) {
		int plain_ret, ksock_ret;

		if (!(opt->access & KSOCK_OPT_SET))
			continue;
		value = opt_value_of(opt->level, opt->name);
		TWINS_OPEN(&twins);
		opt_prepare(&plain_face, twins.plain, value);
		opt_prepare(&ksock_face, twins.ksock, value);
		plain_ret = opt_set(&plain_face, twins.plain, value,
				    value->len);
		ksock_ret = opt_set(&ksock_face, twins.ksock, value,
				    value->len);
		EXPECT_EQ(plain_ret, ksock_ret) {
			TH_LOG("%s", opt->text);
		}
		if (opt->access & KSOCK_OPT_GET) {
			opt_get(&plain, &plain_face, twins.plain, value, 4096);
			opt_get(&ksock, &ksock_face, twins.ksock, value, 4096);
			EXPECT_TRUE(answers_agree(&plain, &ksock,
						  opt_lives(value,
							    &variant->kind))) {
				ANSWERS_LOG(value, 4096, &plain, &ksock);
			}
		}
		twins_close(&twins);
	}
}

TEST_F_TIMEOUT(opt, an_option_is_got_or_set_only_as_the_list_says, OPT_TIMEOUT)
{
	static struct answer ksock;
	const struct opt_value *value;
	unsigned char bytes[256] = {};
	const struct opt *opt;
	struct twins twins;

	if (self->missing)
		return;
	TWINS_OPEN(&twins);
	for (opt = opts; opt < OPTS_END; opt++) {
		value = opt_value_of(opt->level, opt->name);
		if (!(opt->access & KSOCK_OPT_GET)) {
			opt_get(&ksock, &ksock_face, twins.ksock, value, 64);
			EXPECT_EQ(-ENOPROTOOPT, ksock.ret) {
				TH_LOG("get %s", opt->text);
			}
			EXPECT_TRUE(answer_intact(&ksock));
		}
		if (!(opt->access & KSOCK_OPT_SET)) {
			EXPECT_EQ(-ENOPROTOOPT,
				  ksock_setsockopt(twins.ksock, opt->level,
						   opt->name, bytes,
						   sizeof(bytes))) {
				TH_LOG("set %s", opt->text);
			}
		}
	}
	twins_close(&twins);
}

/* ---- Values that are really set ------------------------------------------ */

static const struct kind kinds[] = {
	{ AF_INET, SOCK_STREAM, 0, KIND_FRESH },
	{ AF_INET6, SOCK_STREAM, 0, KIND_FRESH },
	{ AF_INET, SOCK_DGRAM, 0, KIND_FRESH },
	{ AF_INET6, SOCK_DGRAM, 0, KIND_FRESH },
	{ AF_INET, SOCK_RAW, IPPROTO_ICMP, KIND_FRESH },
	{ AF_INET6, SOCK_RAW, IPPROTO_ICMPV6, KIND_FRESH },
	{ AF_INET6, SOCK_RAW, IPPROTO_RAW, KIND_FRESH },
	{ AF_INET, SOCK_DGRAM, IPPROTO_UDPLITE, KIND_FRESH },
};

/*
 * What setting the option on a new ksock of the kind returns; 1 when it
 * returned 0 and the option has the value it had before.
 */
static int set_on(const struct kind *kind, const struct opt *opt,
		  const struct opt_value *value)
{
	static struct answer before, after;
	int fd, ret;

	fd = ksock_socket(kind->family, kind->type, kind->protocol);
	if (fd < 0)
		return fd == -EPROTONOSUPPORT ? -ENOPROTOOPT : fd;
	opt_prepare(&ksock_face, fd, value);
	opt_get(&before, &ksock_face, fd, value, value->len);
	ret = opt_set(&ksock_face, fd, value, value->len);
	opt_get(&after, &ksock_face, fd, value, value->len);
	if (!ret && opt->access & KSOCK_OPT_GET &&
	    !(value->flags & OPT_UNSEEN))
		ret = !after.ret && !memcmp(before.bytes, after.bytes,
					    sizeof(before.bytes));
	close(fd);
	return ret;
}

TEST(every_option_that_can_be_set_has_an_effect_on_some_kind_of_socket)
{
	const struct opt_value *value;
	bool everywhere, set, known;
	const struct opt *opt;
	size_t i;
	int ret;

	SETUP_KSOCK();
	ASSERT_EQ(0, link_address_add("lo", "2001:db8::1", 64));
	for (opt = opts; opt < OPTS_END; opt++) {
		if (!(opt->access & KSOCK_OPT_SET))
			continue;
		value = opt_value_of(opt->level, opt->name);
		everywhere = !(value->flags & OPT_NOT_EVERYWHERE);
		set = false;
		known = everywhere;
		for (i = 0; i < ARRAY_SIZE(kinds) && !set; i++) {
			ret = set_on(&kinds[i], opt, value);
			set = !ret || ret == value->error;
			if (ret != -ENOPROTOOPT)
				known = true;
		}
		EXPECT_TRUE(set || !known) {
			TH_LOG("%s: the last kind says %d", opt->text, ret);
		}
	}
}

/* ---- What is not on the list --------------------------------------------- */

static bool opt_listed(int level, int name)
{
	const struct opt *opt;

	for (opt = opts; opt < OPTS_END; opt++) {
		if (opt->level == level && opt->name == name)
			return true;
	}
	return false;
}

static void refuses(struct __test_metadata *_metadata, int fd, int level,
		    int name)
{
	unsigned char value[64] = {};
	socklen_t len = sizeof(value);
	static const unsigned char untouched[64];

	EXPECT_EQ(-ENOPROTOOPT,
		  ksock_getsockopt(fd, level, name, value, &len)) {
		TH_LOG("get level %d, name %d", level, name);
	}
	EXPECT_EQ(sizeof(value), len);
	EXPECT_EQ(0, memcmp(value, untouched, sizeof(value)));
	EXPECT_EQ(-ENOPROTOOPT,
		  ksock_setsockopt(fd, level, name, value, len)) {
		TH_LOG("set level %d, name %d", level, name);
	}
}

TEST_F_TIMEOUT(opt, whatever_is_not_on_the_list_is_refused, OPT_TIMEOUT)
{
	static const int levels[] = {
		SOL_SOCKET, SOL_IP, SOL_TCP, SOL_UDP, SOL_IPV6, SOL_ICMPV6,
		SOL_UDPLITE, SOL_RAW, SOL_MPTCP, 2, 132, 261, 263, 270, 282,
		-1, INT_MAX, INT_MIN,
	};
	static const int beyond[] = {
		-1, 256, 257, 1000, 0x10001, INT_MAX, INT_MIN,
	};
	struct twins twins;
	size_t i, j;
	int name;

	if (self->missing)
		return;
	TWINS_OPEN(&twins);
	for (i = 0; i < ARRAY_SIZE(levels); i++) {
		for (name = 0; name < 256; name++) {
			if (!opt_listed(levels[i], name))
				refuses(_metadata, twins.ksock, levels[i],
					name);
		}
		for (j = 0; j < ARRAY_SIZE(beyond); j++)
			refuses(_metadata, twins.ksock, levels[i], beyond[j]);
	}
	twins_close(&twins);
}

/*
 * That the list does not have them is what the test above relies on, so it is
 * asserted of those that would do harm, by name.
 */
TEST(nothing_that_does_harm_is_on_the_list)
{
	static const struct {
		int level;
		int name;
	} harmful[] = {
		/* SO_ATTACH_FILTER, SO_DETACH_FILTER, SO_LOCK_FILTER. */
		{ SOL_SOCKET, 26 }, { SOL_SOCKET, 27 },
		/* SO_ATTACH_BPF, SO_ATTACH_REUSEPORT_CBPF and _EBPF. */
		{ SOL_SOCKET, 50 }, { SOL_SOCKET, 51 }, { SOL_SOCKET, 52 },
		/* SO_PEERNAME, SO_PEERSEC, SO_PEERGROUPS. */
		{ SOL_SOCKET, 28 }, { SOL_SOCKET, 31 }, { SOL_SOCKET, 59 },
		/* SO_DETACH_REUSEPORT_BPF, SO_PASSPIDFD, SO_PEERPIDFD. */
		{ SOL_SOCKET, 68 }, { SOL_SOCKET, 76 }, { SOL_SOCKET, 77 },
		/* SO_DEVMEM_LINEAR, _DMABUF, _DONTNEED, SO_PASSRIGHTS. */
		{ SOL_SOCKET, 78 }, { SOL_SOCKET, 79 }, { SOL_SOCKET, 80 },
		{ SOL_SOCKET, 83 },
		/* IPSEC_POLICY, XFRM_POLICY, IPT_SO_SET_REPLACE, MRT_INIT. */
		{ SOL_IP, 16 }, { SOL_IP, 17 }, { SOL_IP, 64 },
		{ SOL_IP, 200 }, { SOL_IPV6, 34 }, { SOL_IPV6, 35 },
		{ SOL_IPV6, 64 }, { SOL_IPV6, 200 },
		/* TCP_MD5SIG, TCP_REPAIR, TCP_REPAIR_QUEUE, TCP_QUEUE_SEQ. */
		{ SOL_TCP, 14 }, { SOL_TCP, 19 }, { SOL_TCP, 20 },
		{ SOL_TCP, 21 }, { SOL_TCP, 22 }, { SOL_TCP, 29 },
		/* TCP_ULP, TCP_MD5SIG_EXT, TCP_ZEROCOPY_RECEIVE, TCP_AO_. */
		{ SOL_TCP, 31 }, { SOL_TCP, 32 }, { SOL_TCP, 35 },
		{ SOL_TCP, 38 }, { SOL_TCP, 39 }, { SOL_TCP, 40 },
		{ SOL_TCP, 41 }, { SOL_TCP, 42 },
		/* UDP_ENCAP. */
		{ SOL_UDP, 100 },
	};
	size_t i;
	int fd;

	SETUP_KSOCK();
	fd = ksock_socket(AF_INET, SOCK_STREAM, 0);
	ASSERT_LE(0, fd);
	for (i = 0; i < ARRAY_SIZE(harmful); i++) {
		EXPECT_FALSE(opt_listed(harmful[i].level, harmful[i].name)) {
			TH_LOG("level %d, name %d", harmful[i].level,
			       harmful[i].name);
		}
		refuses(_metadata, fd, harmful[i].level, harmful[i].name);
	}
}

/* ---- Where an ordinary socket does something else ------------------------ */

FIXTURE(opt_face) {
	const struct face *face;
	int fd;
};

FIXTURE_VARIANT(opt_face) {
	const struct face *face;
};

FIXTURE_VARIANT_ADD(opt_face, plain) {
	.face = &plain_face,
};

FIXTURE_VARIANT_ADD(opt_face, ksock) {
	.face = &ksock_face,
};

FIXTURE_SETUP(opt_face)
{
	SETUP_KSOCK();
	self->face = variant->face;
	self->fd = self->face->socket(AF_INET6, SOCK_DGRAM, 0);
	ASSERT_LE(0, self->fd);
}

FIXTURE_TEARDOWN(opt_face)
{
}

TEST_F(opt_face, a_filter_cannot_be_attached)
{
	/* A program that takes every packet: BPF_RET | BPF_K. */
	struct sock_filter take = { 0x06, 0, 0, 0xffff };
	struct sock_fprog program = { 1, &take };

	EXPECT_EQ(difference(&differences[DIFFERENCE_SETSOCKOPT_FILTER],
			     self->face),
		  self->face->setsockopt(self->fd, SOL_SOCKET, SO_ATTACH_FILTER,
					 &program, sizeof(program)));
}

TEST_F(opt_face, an_option_to_be_got_cannot_be_set)
{
	int on = 1;

	EXPECT_EQ(difference(&differences[DIFFERENCE_SETSOCKOPT_READ_ONLY],
			     self->face),
		  self->face->setsockopt(self->fd, SOL_SOCKET, SO_LOCK_FILTER,
					 &on, sizeof(on)));
}

TEST_F(opt_face, a_negative_length_of_an_option_that_is_got)
{
	socklen_t len = -1;
	int value;

	EXPECT_EQ(difference(&differences[DIFFERENCE_GETSOCKOPT_NEGATIVE],
			     self->face),
		  self->face->getsockopt(self->fd, SOL_IPV6, IPV6_TCLASS,
					 &value, &len));
}

TEST_HARNESS_MAIN
