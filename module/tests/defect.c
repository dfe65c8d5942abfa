// SPDX-License-Identifier: GPL-2.0-only
/*
 * Defects that others who wrapped kernel sockets have had, one case each, by the
 * number they have in docs/api.md.
 */
#include <linux/err.h>
#include <linux/in6.h>
#include <net/sock.h>
#include <net/tcp.h>
#include "peer.h"
#include "test.h"

/* An option read four bytes from a value of one. */
static void d1_options_of_one_byte_are_given_as_an_int(struct test *t)
{
	/* What is behind the value would be read along with it. */
	struct { bool value; u8 behind[7]; } probe;
	struct ksock_udp *udp;
	struct ksock *ks;
	bool on;

	udp = ksock_udp_create(peer_net(), KSOCK_AF_INET, 0);
	ASSERT(t, !IS_ERR(udp));
	ks = ksock_from_udp(udp);
	memset(&probe, 0xff, sizeof(probe));
	probe.value = false;
	EXPECT_EQ(t, ksock_set_broadcast(ks, true), 0);
	EXPECT_EQ(t, ksock_set_broadcast(ks, probe.value), 0);
	EXPECT_EQ(t, ksock_get_broadcast(ks, &on), 0);
	EXPECT(t, !on);
	/* And a value that is too short is not read at all. */
	EXPECT_EQ(t, ksock_setsockopt(ks, SOL_SOCKET, SO_BROADCAST, &probe, 1),
		  -EINVAL);
	EXPECT_EQ(t, ksock_setsockopt(ks, SOL_SOCKET, SO_BROADCAST, &probe, -1),
		  -EINVAL);
	ksock_udp_put(udp);
}

/* Flags of a socket were bytes in the wrong order, changed without a lock. */
static void d2_flags_of_a_socket_are_left_to_the_stack(struct test *t)
{
	static char buf[16384];
	struct peer_pair pair;
	struct socket *sock;

	ASSERT_EQ(t, peer_pair_open(&pair, peer_net(), KSOCK_AF_INET, 0), 0);
	sock = ksock_raw(peer_near(&pair));
	EXPECT(t, !test_bit(SOCK_NOSPACE, &sock->flags));
	while (ksock_tcp_send(pair.near, buf, sizeof(buf), 0, KSOCK_NOWAIT) > 0)
		;
	/* The stack marks it, and ksock neither before nor after. */
	EXPECT(t, test_bit(SOCK_NOSPACE, &sock->flags));
	ksock_cancel(peer_near(&pair));
	EXPECT(t, test_bit(SOCK_NOSPACE, &sock->flags));
	peer_pair_close(&pair);
}

/* Whether there was a sender was told by what the buffer held. */
static void d3_the_length_tells_whether_there_is_a_sender(struct test *t)
{
	struct ksock_addr from, addr;
	struct ksock_udp *udp;
	struct peer_pair pair;
	char byte;

	ASSERT_EQ(t, peer_udp(&udp, peer_net(), KSOCK_AF_INET6, &addr), 0);
	from = addr;
	EXPECT_EQ(t, ksock_udp_sendto(udp, "x", 1, 0, KSOCK_NOWAIT, &addr), 1);
	EXPECT_EQ(t, ksock_recvfrom(ksock_from_udp(udp), &byte, 1, 0,
				    peer_deadline(), &from), 1);
	EXPECT_EQ(t, from.len, sizeof(struct sockaddr_in6));
	ksock_udp_put(udp);

	/* A stream does not pretend to have one. */
	ASSERT_EQ(t, peer_pair_open(&pair, peer_net(), KSOCK_AF_INET, 0), 0);
	from = addr;
	EXPECT_EQ(t, ksock_tcp_send(pair.far, "x", 1, 0, KSOCK_NOWAIT), 1);
	EXPECT_EQ(t, ksock_recvfrom(peer_near(&pair), &byte, 1, 0,
				    peer_deadline(), &from), 1);
	EXPECT_EQ(t, from.len, 0);
	peer_pair_close(&pair);
}

/* A datagram without a sender was a panic. */
static void d4_a_datagram_without_a_sender_is_received(struct test *t)
{
	struct ksock_addr addr, from;
	struct ksock *one, *two;
	struct ksock_msg msg;
	struct kvec vec;
	char byte;

	one = ksock_create_kern(peer_net(), KSOCK_AF_UNIX, KSOCK_DGRAM, 0, 0);
	two = ksock_create_kern(peer_net(), KSOCK_AF_UNIX, KSOCK_DGRAM, 0, 0);
	if (EXPECT(t, !IS_ERR(one) && !IS_ERR(two))) {
		EXPECT_EQ(t, ksock_addr_set_unix(&addr, "\0ksock d4", 9), 0);
		EXPECT_EQ(t, ksock_bind(one, &addr), 0);
		/* The sender is bound to nothing, so it has no address. */
		EXPECT_EQ(t, ksock_sendto(two, "x", 1, 0, KSOCK_NOWAIT, &addr),
			  1);
		from = addr;
		EXPECT_EQ(t, ksock_recvfrom(one, &byte, 1, 0, peer_deadline(),
					    &from), 1);
		EXPECT_EQ(t, from.len, 0);
		EXPECT_EQ(t, ksock_sendto(two, "x", 1, 0, KSOCK_NOWAIT, &addr),
			  1);
		from = addr;
		vec = (struct kvec) { &byte, 1 };
		ksock_msg_init(&msg);
		ksock_msg_to_receive(&msg, &vec, 1, 1);
		ksock_msg_set_name(&msg, &from);
		EXPECT_EQ(t, ksock_recvmsg(one, &msg, 0, peer_deadline()), 1);
		EXPECT_EQ(t, from.len, 0);
	}
	ksock_put(one);
	ksock_put(two);
}

/* Family, backlog and namespace were not the caller's to choose. */
static void d5_family_backlog_and_namespace_are_the_callers(struct test *t)
{
	struct ksock_tcp_listener *listener;
	struct ksock_addr addr;
	struct ksock *ks;

	ASSERT_EQ(t, peer_listen(&listener, &init_net, KSOCK_AF_INET6, 0, &addr),
		  0);
	ks = ksock_from_tcp_listener(listener);
	EXPECT_EQ(t, ksock_family(ks), KSOCK_AF_INET6);
	EXPECT_EQ(t, ksock_addr_family(&addr), KSOCK_AF_INET6);
	EXPECT(t, ksock_net(ks) == &init_net);
	EXPECT_EQ(t, ksock_tcp_listen(listener, 3), 0);
	EXPECT_EQ(t, ksock_raw(ks)->sk->sk_max_ack_backlog, 3);
	ksock_tcp_listener_put(listener);
}

/* Nothing could be set before bind, and nobody could wake an accept. */
static void d6_options_come_before_bind(struct test *t)
{
	struct ksock_tcp_listener *one, *two;
	struct ksock_addr addr, nowhere;

	ASSERT_EQ(t, peer_listen(&one, peer_net(), KSOCK_AF_INET, 0, &addr), 0);
	two = ksock_tcp_listener_create(peer_net(), KSOCK_AF_INET, 0);
	if (EXPECT(t, !IS_ERR(two))) {
		ksock_addr_set_v4(&nowhere, cpu_to_be32(0xc0000201), 0);
		EXPECT_EQ(t, ksock_tcp_listener_bind(two, &nowhere),
			  -EADDRNOTAVAIL);
		EXPECT_EQ(t, ksock_set_ip_freebind(ksock_from_tcp_listener(two),
						   true), 0);
		EXPECT_EQ(t, ksock_tcp_listener_bind(two, &nowhere), 0);
	}
	/* life: cancel_ends_an_accept_that_waits is the other half. */
	ksock_tcp_listener_put(two);
	ksock_tcp_listener_put(one);
}

/* A socket without a sk was a socket like any other. */
static void d7_a_lite_socket_is_no_socket(struct test *t)
{
	struct ksock_lite *lite = ksock_create_lite();

	ASSERT(t, lite);
	/* No call takes one but these two: scripts/nocompile.sh shows that. */
	ksock_lite_free(lite);
}

/* Nothing kept the namespace. */
static void d8_a_socket_of_the_kernels_holds_its_namespace(struct test *t)
{
	struct peer_netns netns;
	struct ksock_addr addr;
	struct ksock_udp *udp;

	ASSERT_EQ(t, peer_netns_create(&netns), 0);
	if (!EXPECT_EQ(t, peer_udp(&udp, netns.net, KSOCK_AF_INET, &addr), 0)) {
		peer_netns_drop(&netns);
		return;
	}
	peer_netns_drop(&netns);
	schedule_timeout_uninterruptible(msecs_to_jiffies(PEER_MOMENT_MS));
	EXPECT(t, maybe_get_net(ksock_net(ksock_from_udp(udp))));
	put_net(ksock_net(ksock_from_udp(udp)));
	EXPECT_EQ(t, ksock_udp_sendto(udp, "x", 1, 0, KSOCK_NOWAIT, &addr), 1);
	ksock_udp_put(udp);
}

/* Bytes of an address were in one order or the other, and an option another. */
static void d9_bytes_of_an_address_are_in_network_order(struct test *t)
{
	static const u8 expected[16] = {
		0x20, 0x01, 0x0d, 0xb8, [15] = 0x01
	};
	const struct sockaddr_in6 *sin6;
	struct ksock_addr addr;
	struct in6_addr ip = {};

	memcpy(&ip, expected, sizeof(ip));
	ksock_addr_set_v6(&addr, &ip, 0x1234);
	sin6 = (const struct sockaddr_in6 *)&addr.storage;
	EXPECT(t, !memcmp(&sin6->sin6_addr, expected, sizeof(expected)));
	EXPECT_EQ(t, ((const u8 *)&sin6->sin6_port)[0], 0x12);
	EXPECT_EQ(t, ksock_addr_port(&addr), 0x1234);
	ksock_addr_set_v4(&addr, KSOCK_IPV4_LOOPBACK, 80);
	EXPECT_EQ(t, ((const u8 *)&addr.storage)[4], 127);
	EXPECT_EQ(t, ((const u8 *)&addr.storage)[7], 1);
}

/* The option of receiving was that of sending. */
static void d9_recvpktinfo_is_the_option_to_receive(struct test *t)
{
	struct ksock_udp *udp;
	bool on = false;

	udp = ksock_udp_create(peer_net(), KSOCK_AF_INET6, 0);
	ASSERT(t, !IS_ERR(udp));
	EXPECT_EQ(t, ksock_set_ipv6_recvpktinfo(ksock_from_udp(udp), true), 0);
	EXPECT_EQ(t, ksock_get_ipv6_recvpktinfo(ksock_from_udp(udp), &on), 0);
	EXPECT(t, on);
	ksock_udp_put(udp);
}

/* Errors were NULL, the release ran twice, a half-made socket stayed. */
static void d11_errors_are_errors_and_close_is_once(struct test *t)
{
	struct ksock_tcp_listener *listener;
	struct ksock_addr addr;
	struct ksock *ks;
	unsigned int i;

	for (i = 0; i < 100; i++) {
		ks = ksock_create_kern(peer_net(), KSOCK_AF_INET, KSOCK_STREAM,
				       KSOCK_PROTO_UDP, 0);
		ASSERT_EQ(t, PTR_ERR(ks), -EPROTONOSUPPORT);
		ASSERT_EQ(t, peer_listen(&listener, peer_net(), KSOCK_AF_INET, 0,
					 &addr), 0);
		ks = ksock_from_tcp_listener(listener);
		ASSERT_EQ(t, PTR_ERR(ksock_accept(ks, KSOCK_NOWAIT, NULL)),
			  -EAGAIN);
		ksock_put_sync(ks);
	}
	/* The one who runs this counts the sockets that are left. */
}

/* The size of one buffer was written to the other. */
static void d12_one_buffer_is_not_the_other(struct test *t)
{
	int sndbuf, rcvbuf, value;
	struct ksock_udp *udp;
	struct ksock *ks;

	udp = ksock_udp_create(peer_net(), KSOCK_AF_INET, 0);
	ASSERT(t, !IS_ERR(udp));
	ks = ksock_from_udp(udp);
	EXPECT_EQ(t, ksock_get_sndbuf(ks, &sndbuf), 0);
	EXPECT_EQ(t, ksock_set_rcvbuf(ks, 20000), 0);
	EXPECT_EQ(t, ksock_get_rcvbuf(ks, &rcvbuf), 0);
	/* The stack doubles it, for its own needs. */
	EXPECT_EQ(t, rcvbuf, 40000);
	EXPECT_EQ(t, ksock_get_sndbuf(ks, &value), 0);
	EXPECT_EQ(t, value, sndbuf);
	EXPECT_EQ(t, ksock_set_sndbuf(ks, 30000), 0);
	EXPECT_EQ(t, ksock_get_sndbuf(ks, &value), 0);
	EXPECT_EQ(t, value, 60000);
	EXPECT_EQ(t, ksock_get_rcvbuf(ks, &value), 0);
	EXPECT_EQ(t, value, rcvbuf);
	ksock_udp_put(udp);
}

/* An option that had no effect was a success. */
static void d13_an_option_without_effect_is_an_error(struct test *t)
{
	struct ksock_udp *udp;
	struct ksock *ks;
	int value = 7;
	bool on;

	udp = ksock_udp_create(peer_net(), KSOCK_AF_INET, 0);
	ASSERT(t, !IS_ERR(udp));
	ks = ksock_from_udp(udp);
	EXPECT(t, ksock_set_tcp_nodelay(ks, true) < 0);
	EXPECT_EQ(t, ksock_get_tcp_nodelay(ks, &on), -EOPNOTSUPP);
	EXPECT(t, ksock_set_ipv6_v6only(ks, true) < 0);
	EXPECT_EQ(t, ksock_get_ipv6_v6only(ks, &on), -EOPNOTSUPP);
	EXPECT_EQ(t, ksock_opt_set_int(ks, SOL_SOCKET, 9999, 1), -ENOPROTOOPT);
	EXPECT_EQ(t, ksock_opt_get_int(ks, SOL_SOCKET, 9999, &value),
		  -ENOPROTOOPT);
	EXPECT_EQ(t, ksock_opt_get_int(ks, SOL_IP, 9999, &value), -ENOPROTOOPT);
	EXPECT_EQ(t, ksock_opt_get_int(ks, 9999, 1, &value), -ENOPROTOOPT);
	EXPECT_EQ(t, value, 7);
	ksock_udp_put(udp);
}

/* The address of the caller was rewritten. */
static void d14_the_address_of_the_caller_is_not_touched(struct test *t)
{
	struct ksock_tcp_listener *listener;
	struct ksock_addr addr, bound, copy;
	struct ksock_tcp_stream *stream;
	struct ksock_udp *udp;

	ASSERT_EQ(t, peer_listen(&listener, peer_net(), KSOCK_AF_INET, 0, &addr),
		  0);
	copy = addr;
	stream = ksock_tcp_stream_create(peer_net(), KSOCK_AF_INET, 0);
	if (EXPECT(t, !IS_ERR(stream))) {
		ksock_addr_set_loopback(&bound, KSOCK_AF_INET, 0);
		EXPECT_EQ(t, ksock_tcp_stream_bind(stream, &bound), 0);
		/* The port that bind chose is not in it. */
		EXPECT_EQ(t, ksock_addr_port(&bound), 0);
		EXPECT_EQ(t, ksock_tcp_connect(stream, &addr, peer_deadline()),
			  0);
		EXPECT(t, !memcmp(&addr, &copy, sizeof(addr)));
	}
	ksock_tcp_stream_put(stream);
	ksock_tcp_listener_put(listener);

	ASSERT_EQ(t, peer_udp(&udp, peer_net(), KSOCK_AF_INET, &addr), 0);
	copy = addr;
	EXPECT_EQ(t, ksock_udp_sendto(udp, "x", 1, 0, KSOCK_NOWAIT, &addr), 1);
	EXPECT_EQ(t, ksock_udp_connect(udp, &addr), 0);
	EXPECT(t, !memcmp(&addr, &copy, sizeof(addr)));
	ksock_udp_put(udp);
}

const struct test_case defect_cases[] = {
	CASE(d1_options_of_one_byte_are_given_as_an_int),
	CASE(d2_flags_of_a_socket_are_left_to_the_stack),
	CASE(d3_the_length_tells_whether_there_is_a_sender),
	CASE(d4_a_datagram_without_a_sender_is_received),
	CASE(d5_family_backlog_and_namespace_are_the_callers),
	CASE(d6_options_come_before_bind),
	CASE(d7_a_lite_socket_is_no_socket),
	CASE(d8_a_socket_of_the_kernels_holds_its_namespace),
	CASE(d9_bytes_of_an_address_are_in_network_order),
	CASE(d9_recvpktinfo_is_the_option_to_receive),
	CASE(d11_errors_are_errors_and_close_is_once),
	CASE(d12_one_buffer_is_not_the_other),
	CASE(d13_an_option_without_effect_is_an_error),
	CASE(d14_the_address_of_the_caller_is_not_touched),
	{}
};
