// SPDX-License-Identifier: GPL-2.0-only
/*
 * Options through the library on a loaded module: by number and by name, each
 * as an ordinary socket of this kernel has it.
 */
#define _GNU_SOURCE

#include "lib.h"

#include <netinet/tcp.h>

FIXTURE(option)
{
	struct ksock_ctx *ctx;
	struct ksock_sock *sock;
	int plain;
};

FIXTURE_VARIANT(option)
{
	int family;
	int type;
};

FIXTURE_VARIANT_ADD(option, ipv4_stream)
{
	.family = AF_INET, .type = SOCK_STREAM,
};

FIXTURE_VARIANT_ADD(option, ipv6_stream)
{
	.family = AF_INET6, .type = SOCK_STREAM,
};

FIXTURE_VARIANT_ADD(option, ipv4_dgram)
{
	.family = AF_INET, .type = SOCK_DGRAM,
};

FIXTURE_VARIANT_ADD(option, ipv6_dgram)
{
	.family = AF_INET6, .type = SOCK_DGRAM,
};

FIXTURE_SETUP(option)
{
	if (access("/dev/ksock", F_OK))
		SKIP(return, "no /dev/ksock");
	self->ctx = open_in_new_netns();
	ASSERT_NE(NULL, self->ctx);
	self->sock = ksock_socket(self->ctx, variant->family, variant->type, 0);
	ASSERT_NE(NULL, self->sock);
	self->plain = socket(variant->family, variant->type, 0);
	ASSERT_LE(0, self->plain);
}

FIXTURE_TEARDOWN(option)
{
	close(self->plain);
	ksock_sock_close(self->sock);
	ksock_close(self->ctx);
}

static const struct ksock_opt *find(const char *name)
{
	return ksock_opt_find(name, AF_UNSPEC);
}

/* ---- By number ----------------------------------------------------------- */

TEST_F(option, value_that_is_set_is_the_value_got)
{
	socklen_t len = sizeof(int);
	int value = 1;

	errno = EXDEV;
	EXPECT_EQ(0, ksock_setsockopt(self->sock, SOL_SOCKET, SO_REUSEADDR,
				      &value, sizeof(value)));
	value = 77;
	EXPECT_EQ(0, ksock_getsockopt(self->sock, SOL_SOCKET, SO_REUSEADDR,
				      &value, &len));
	EXPECT_EQ(EXDEV, errno);
	EXPECT_EQ(1, value);
	EXPECT_EQ(sizeof(value), len);
}

TEST_F(option, length_says_how_much_was_stored)
{
	unsigned char value[64];
	socklen_t len = sizeof(value);

	EXPECT_EQ(0, ksock_getsockopt(self->sock, SOL_SOCKET, SO_TYPE, value,
				      &len));
	EXPECT_EQ(sizeof(int), len);
	len = 1;
	memset(value, 0x5a, sizeof(value));
	EXPECT_EQ(0, ksock_getsockopt(self->sock, SOL_SOCKET, SO_TYPE, value,
				      &len));
	EXPECT_EQ(1, len);
	EXPECT_EQ(0x5a, value[1]);
	len = UINT32_MAX;
	EXPECT_EQ(EINVAL, ERRNO(ksock_getsockopt(self->sock, SOL_SOCKET,
						 SO_TYPE, value, &len)));
	EXPECT_EQ(UINT32_MAX, len);
	EXPECT_EQ(EINVAL, ERRNO(ksock_setsockopt(self->sock, SOL_SOCKET,
						 SO_REUSEADDR, value, len)));
}

TEST_F(option, option_that_is_not_passed_on_fails_with_enoprotoopt)
{
	socklen_t len = sizeof(int);
	int value = 1;

	EXPECT_EQ(ENOPROTOOPT,
		  ERRNO(ksock_setsockopt(self->sock, SOL_SOCKET,
					 SO_ATTACH_BPF, &value, len)));
	EXPECT_EQ(ENOPROTOOPT,
		  ERRNO(ksock_getsockopt(self->sock, SOL_SOCKET,
					 SO_PEERSEC, &value, &len)));
	EXPECT_EQ(ENOPROTOOPT,
		  ERRNO(ksock_setsockopt(self->sock, SOL_SOCKET, SO_TYPE,
					 &value, len)));
	EXPECT_EQ(ENOPROTOOPT,
		  ERRNO(ksock_getsockopt(self->sock, 0x7fff, 1, &value, &len)));
}

TEST_F(pair, option_that_wants_more_room_tells_how_much)
{
	struct ksock_addr addr = loopback(variant->family, PORT);
	struct ksock_sock *client, *server;
	unsigned char packet[256];
	socklen_t len = sizeof(int);
	int one = 1;

	ASSERT_EQ(0, ksock_setsockopt(self->listener, SOL_TCP, TCP_SAVE_SYN,
				      &one, len));
	client = ksock_socket(self->ctx, variant->family, SOCK_STREAM, 0);
	ASSERT_NE(NULL, client);
	ASSERT_EQ(0, ksock_connect(client, &addr));
	server = ksock_accept(self->listener, NULL, 0);
	ASSERT_NE(NULL, server);

	len = 1;
	EXPECT_EQ(EINVAL, ERRNO(ksock_getsockopt(server, SOL_TCP, TCP_SAVED_SYN,
						 packet, &len)));
	EXPECT_LT(1, len);
	EXPECT_EQ(0, ksock_getsockopt(server, SOL_TCP, TCP_SAVED_SYN, packet,
				      &len));
	ksock_sock_close(server);
	ksock_sock_close(client);
}

TEST_F(option, caller_without_capability_gets_eperm_unless_relaxed)
{
	struct ksock_ctx_info *info = ksock_get_info(self->ctx);
	socklen_t len = sizeof(int);
	unsigned char tcp_info[512];
	int value = 1, err;

	ASSERT_NE(NULL, info);
	err = ksock_ctx_info_is_relaxed(info) ? 0 : EPERM;
	ksock_ctx_info_free(info);
	ASSERT_EQ(0, setresuid(65534, 65534, 65534));
	EXPECT_EQ(err, ERRNO(ksock_getsockopt(self->sock, SOL_SOCKET, SO_TYPE,
					      &value, &len)));
	EXPECT_EQ(err, ERRNO(ksock_setsockopt(self->sock, SOL_SOCKET,
					      SO_REUSEADDR, &value, len)));
	len = sizeof(tcp_info);
	EXPECT_EQ(0, ksock_sock_get_tcp_info(self->sock, tcp_info, &len));
}

/* ---- By name ------------------------------------------------------------- */

/* No two sockets have the same of these, or not at two moments. */
static bool is_to_be_compared(const struct ksock_opt *opt)
{
	return opt != find("SO_COOKIE") && opt != find("TCP_INFO") &&
	       opt != find("TCP_TIMESTAMP");
}

TEST_F(option, every_option_is_got_as_from_an_ordinary_socket)
{
	unsigned char plain[KSOCK_OPT_VALUE_MAX], value[KSOCK_OPT_VALUE_MAX];
	const struct ksock_opt *opt = NULL;
	unsigned int count = 0;
	socklen_t plain_len, len;
	int ret, err;

	while ((opt = ksock_opt_next(opt))) {
		if (!ksock_opt_is_readable(opt))
			continue;
		memset(plain, 0, sizeof(plain));
		memset(value, 0, sizeof(value));
		plain_len = sizeof(plain);
		len = sizeof(value);
		ret = getsockopt(self->plain, ksock_opt_get_level(opt),
				 ksock_opt_get_number(opt), plain, &plain_len);
		err = ret ? errno : 0;
		EXPECT_EQ(err, ERRNO(ksock_opt_get(self->sock, opt, value,
						   &len)))
			TH_LOG("%s", ksock_opt_get_name(opt));
		if (err)
			continue;
		count++;
		EXPECT_EQ(plain_len, len)
			TH_LOG("%s", ksock_opt_get_name(opt));
		if (!is_to_be_compared(opt))
			continue;
		EXPECT_EQ(0, memcmp(plain, value, len))
			TH_LOG("%s", ksock_opt_get_name(opt));
	}
	EXPECT_LT(40, count);
}

TEST_F(option, every_value_got_has_a_text_that_is_read_as_the_value)
{
	unsigned char value[KSOCK_OPT_VALUE_MAX], again[KSOCK_OPT_VALUE_MAX];
	const struct ksock_opt *opt = NULL;
	char text[KSOCK_OPT_STRLEN];
	socklen_t len, again_len;

	while ((opt = ksock_opt_next(opt))) {
		memset(value, 0, sizeof(value));
		len = sizeof(value);
		if (!ksock_opt_is_readable(opt) ||
		    ksock_opt_get(self->sock, opt, value, &len))
			continue;
		EXPECT_EQ(0, ksock_opt_format(opt, value, len, text,
					      sizeof(text)))
			TH_LOG("%s", ksock_opt_get_name(opt));
		if (!ksock_opt_is_writable(opt) ||
		    ksock_opt_get_type(opt) == KSOCK_VALUE_STRING)
			continue;
		memset(again, 0, sizeof(again));
		again_len = sizeof(again);
		EXPECT_EQ(0, ksock_opt_parse(opt, text, again, &again_len))
			TH_LOG("%s: %s", ksock_opt_get_name(opt), text);
		EXPECT_EQ(len, again_len)
			TH_LOG("%s: %s", ksock_opt_get_name(opt), text);
		EXPECT_EQ(0, memcmp(value, again, len))
			TH_LOG("%s: %s", ksock_opt_get_name(opt), text);
	}
}

/* What is set by text, and the text got after. */
static const struct {
	const char *name;
	int family;
	int type;
	const char *set;
	const char *got;
} round_trips[] = {
	{ "SO_KEEPALIVE", 0, 0, "on", "1" },
	{ "SO_PRIORITY", 0, 0, "5", "5" },
	{ "SO_MARK", 0, 0, "0xfeed", "65261" },
	{ "SO_LINGER", 0, 0, "onoff=1 linger=7", "onoff=1 linger=7" },
	{ "SO_RCVTIMEO", 0, 0, "1.5", "sec=1 usec=500000" },
	{ "SO_SNDTIMEO_NEW", 0, 0, "2", "sec=2 usec=0" },
	{ "SO_BINDTODEVICE", 0, 0, "lo", "lo" },
	{ "SO_BINDTODEVICE", 0, 0, "", "" },
	{ "SO_MAX_PACING_RATE", 0, 0, "123456", "123456" },
	{ "SO_TXTIME", 0, 0, "clockid=1 flags=2", "clockid=1 flags=2" },
	{ "IP_TTL", 0, 0, "33", "33" },
	{ "IP_MULTICAST_IF", 0, SOCK_DGRAM, "127.0.0.1", "127.0.0.1" },
	{ "IP_UNICAST_IF", 0, 0, "lo", "1" },
	{ "IPV6_UNICAST_HOPS", AF_INET6, 0, "44", "44" },
	{ "IPV6_MULTICAST_IF", AF_INET6, SOCK_DGRAM, "1", "1" },
	{ "TCP_CONGESTION", 0, SOCK_STREAM, "reno", "reno" },
	{ "TCP_USER_TIMEOUT", 0, SOCK_STREAM, "5000", "5000" },
	{ "TCP_FASTOPEN_KEY", 0, SOCK_STREAM,
	  "000102030405060708090a0b0c0d0e0f",
	  "000102030405060708090a0b0c0d0e0f" },
	{ "UDP_SEGMENT", 0, SOCK_DGRAM, "1200", "1200" },
};

TEST_F(option, text_that_is_set_is_the_text_got)
{
	unsigned char value[KSOCK_OPT_VALUE_MAX];
	char text[KSOCK_OPT_STRLEN];
	const struct ksock_opt *opt;
	socklen_t len;
	size_t i;

	for (i = 0; i < sizeof(round_trips) / sizeof(round_trips[0]); i++) {
		if ((round_trips[i].family &&
		     round_trips[i].family != variant->family) ||
		    (round_trips[i].type &&
		     round_trips[i].type != variant->type))
			continue;
		opt = find(round_trips[i].name);
		ASSERT_NE(NULL, opt);
		len = sizeof(value);
		ASSERT_EQ(0, ksock_opt_parse(opt, round_trips[i].set, value,
					     &len));
		EXPECT_EQ(0, ksock_opt_set(self->sock, opt, value, len))
			TH_LOG("%s: %s", round_trips[i].name,
			       strerror(errno));
		len = sizeof(value);
		EXPECT_EQ(0, ksock_opt_get(self->sock, opt, value, &len))
			TH_LOG("%s: %s", round_trips[i].name,
			       strerror(errno));
		EXPECT_EQ(0, ksock_opt_format(opt, value, len, text,
					      sizeof(text)));
		EXPECT_STREQ(round_trips[i].got, text)
			TH_LOG("%s", round_trips[i].name);
	}
}

/* Sets an option on both sockets and tells the errno that they agree about. */
static int set_both(struct ksock_sock *sock, int plain,
		    const struct ksock_opt *opt, const char *text)
{
	unsigned char value[KSOCK_OPT_VALUE_MAX];
	socklen_t len = sizeof(value);
	int err;

	if (ksock_opt_parse(opt, text, value, &len))
		return -1;
	err = ERRNO(setsockopt(plain, ksock_opt_get_level(opt),
			       ksock_opt_get_number(opt), value, len));
	return ERRNO(ksock_opt_set(sock, opt, value, len)) == err ? err : -1;
}

TEST_F(option, group_is_joined_and_left_by_text)
{
	static const struct {
		const char *join;
		const char *leave;
		const char *ipv4;
		const char *ipv6;
	} rows[] = {
		{ "MCAST_JOIN_GROUP", "MCAST_LEAVE_GROUP",
		  "224.0.0.99 ifindex=lo", "ff02::99 ifindex=lo" },
		{ "MCAST_JOIN_SOURCE_GROUP", "MCAST_LEAVE_SOURCE_GROUP",
		  "group=232.0.0.99 source=127.0.0.1 ifindex=lo",
		  "group=ff32::99 source=::1 ifindex=lo" },
	};
	const struct ksock_opt *join, *leave;
	const char *text;
	size_t i;

	for (i = 0; i < 2; i++) {
		join = ksock_opt_find(rows[i].join, variant->family);
		leave = ksock_opt_find(rows[i].leave, variant->family);
		text = variant->family == AF_INET ? rows[i].ipv4 : rows[i].ipv6;
		ASSERT_NE(NULL, join);
		ASSERT_NE(NULL, leave);
		EXPECT_EQ(0, set_both(self->sock, self->plain, join, text));
		EXPECT_LT(0, set_both(self->sock, self->plain, join, text));
		EXPECT_EQ(0, set_both(self->sock, self->plain, leave, text));
		EXPECT_LT(0, set_both(self->sock, self->plain, leave, text));
	}
}

/* ---- TCP_INFO ------------------------------------------------------------ */

struct state {
	bool found;
	uint64_t value;
};

static int take_state(void *arg, const struct ksock_field *field)
{
	struct state *state = arg;

	if (strcmp(field->name, "state"))
		return 0;
	state->found = true;
	state->value = field->u;
	return 1;
}

TEST_F(pair, tcp_info_tells_the_state_by_field)
{
	const struct ksock_opt *opt = find("TCP_INFO");
	struct state state = { 0 };
	unsigned char info[512];
	socklen_t len = sizeof(info);

	errno = EXDEV;
	ASSERT_EQ(0, ksock_sock_get_tcp_info(self->client, info, &len));
	EXPECT_EQ(EXDEV, errno);
	EXPECT_LE(200, len);
	EXPECT_GT(sizeof(info), len);
	EXPECT_EQ(1, ksock_opt_fields(opt, info, len, take_state, &state));
	EXPECT_TRUE(state.found);
	EXPECT_EQ(1, state.value);

	len = 1;
	info[1] = 0x5a;
	EXPECT_EQ(0, ksock_sock_get_tcp_info(self->listener, info, &len));
	EXPECT_EQ(1, len);
	EXPECT_EQ(10, info[0]);
	EXPECT_EQ(0x5a, info[1]);
	EXPECT_EQ(EINVAL, ERRNO(ksock_sock_get_tcp_info(self->client, NULL,
							&len)));
}

TEST_F(dgram, tcp_info_of_another_socket_has_no_length)
{
	unsigned char info[512];
	socklen_t len = sizeof(info);

	EXPECT_EQ(0, ksock_sock_get_tcp_info(self->bound, info, &len));
	EXPECT_EQ(0, len);
}

TEST_HARNESS_MAIN
