// SPDX-License-Identifier: GPL-2.0-only
/*
 * Connections: bind to shutdown, in order and out of it, both families.
 */
#include <linux/capability.h>
#include <linux/cred.h>
#include <linux/err.h>
#include <linux/net.h>
#include <linux/tcp.h>
#include <net/sock.h>
#include <net/tcp_states.h>
#include "peer.h"
#include "test.h"

static void conn_names(struct test *t, enum ksock_family family)
{
	struct ksock_addr near, far, expected;
	struct peer_pair pair;

	ASSERT_EQ(t, peer_pair_open(&pair, peer_net(), family, 0), 0);
	EXPECT_EQ(t, ksock_tcp_stream_name(pair.near, &near), 0);
	EXPECT_EQ(t, ksock_tcp_stream_peer(pair.far, &far), 0);
	EXPECT(t, ksock_addr_equal(&near, &far));
	EXPECT_EQ(t, ksock_tcp_listener_name(pair.listener, &expected), 0);
	EXPECT_EQ(t, ksock_tcp_stream_peer(pair.near, &far), 0);
	EXPECT(t, ksock_addr_equal(&expected, &far));
	EXPECT_EQ(t, ksock_addr_family(&far), family);
	EXPECT(t, ksock_addr_port(&far) > 0);
	EXPECT(t, ksock_addr_is_loopback(&far));
	peer_pair_close(&pair);
}

static void both_ends_agree_on_their_names(struct test *t)
{
	conn_names(t, KSOCK_AF_INET);
	conn_names(t, KSOCK_AF_INET6);
}

static void generic_calls_make_the_same_conversation(struct test *t)
{
	struct ksock *listener, *stream, *child;
	struct ksock_addr addr, peer, own;
	struct net *net = peer_net();
	char buf[6] = {};

	listener = ksock_create_kern(net, KSOCK_AF_INET, KSOCK_STREAM, 0, 0);
	stream = ksock_create(KSOCK_AF_INET, KSOCK_STREAM, KSOCK_PROTO_TCP);
	child = NULL;
	if (!EXPECT(t, !IS_ERR(listener) && !IS_ERR(stream)))
		goto out;
	ksock_addr_set_loopback(&addr, KSOCK_AF_INET, 0);
	EXPECT_EQ(t, ksock_set_reuseaddr(listener, true), 0);
	EXPECT_EQ(t, ksock_bind(listener, &addr), 0);
	EXPECT_EQ(t, ksock_listen(listener, -1), 0);
	EXPECT_EQ(t, ksock_getsockname(listener, &addr), 0);
	EXPECT_EQ(t, ksock_connect(stream, &addr, peer_deadline()), 0);
	child = ksock_accept(listener, peer_deadline(), &peer);
	if (!EXPECT(t, !IS_ERR(child)))
		goto out;
	EXPECT_EQ(t, ksock_getsockname(stream, &own), 0);
	EXPECT(t, ksock_addr_equal(&own, &peer));
	EXPECT_EQ(t, ksock_send(stream, "hello", 6, 0, peer_deadline()), 6);
	EXPECT_EQ(t, ksock_recv(child, buf, 6, MSG_WAITALL, peer_deadline()), 6);
	EXPECT_STREQ(t, buf, "hello");
	EXPECT_EQ(t, ksock_shutdown(child, KSOCK_SHUT_WR), 0);
	EXPECT_EQ(t, ksock_recv(stream, buf, 6, 0, peer_deadline()), 0);
	/* One half is shut, the other is not. */
	EXPECT_EQ(t, ksock_send(child, "x", 1, 0, KSOCK_NOWAIT), -EPIPE);
	EXPECT_EQ(t, ksock_send(stream, "world", 6, 0, peer_deadline()), 6);
	EXPECT_EQ(t, ksock_recv(child, buf, 6, MSG_WAITALL, peer_deadline()), 6);
	EXPECT_STREQ(t, buf, "world");
out:
	ksock_put(child);
	ksock_put(stream);
	ksock_put(listener);
}

static void bind_refuses_what_is_no_address(struct test *t)
{
	static const int lengths[] = { -1, 0, 1, 129, INT_MAX };
	struct ksock_addr addr, again;
	struct ksock *ks;
	unsigned int i;

	ks = ksock_create_kern(peer_net(), KSOCK_AF_INET, KSOCK_STREAM, 0, 0);
	ASSERT(t, !IS_ERR(ks));
	ksock_addr_set_loopback(&addr, KSOCK_AF_INET, 0);
	for (i = 0; i < ARRAY_SIZE(lengths); i++) {
		again = addr;
		again.len = lengths[i];
		EXPECT_EQ(t, ksock_bind(ks, &again), -EINVAL);
		EXPECT_EQ(t, ksock_connect(ks, &again, KSOCK_NOWAIT), -EINVAL);
		EXPECT_EQ(t, ksock_sendto(ks, "x", 1, 0, KSOCK_NOWAIT, &again),
			  -EINVAL);
	}
	/* Long enough to be one, but not for its family. */
	again = addr;
	again.len = 4;
	EXPECT_EQ(t, ksock_bind(ks, &again), -EINVAL);
	/* 192.0.2.1 is nobody's here. */
	ksock_addr_set_v4(&again, cpu_to_be32(0xc0000201), 0);
	EXPECT_EQ(t, ksock_bind(ks, &again), -EADDRNOTAVAIL);
	EXPECT_EQ(t, ksock_bind(ks, &addr), 0);
	EXPECT_EQ(t, ksock_bind(ks, &addr), -EINVAL);
	ksock_put(ks);
}

static void calls_out_of_order_are_refused(struct test *t)
{
	struct ksock *stream, *udp;
	struct ksock_addr addr;
	char byte;

	stream = ksock_create_kern(peer_net(), KSOCK_AF_INET, KSOCK_STREAM, 0, 0);
	udp = ksock_create_kern(peer_net(), KSOCK_AF_INET, KSOCK_DGRAM, 0, 0);
	if (!EXPECT(t, !IS_ERR(stream) && !IS_ERR(udp)))
		goto out;
	EXPECT_EQ(t, PTR_ERR(ksock_accept(stream, KSOCK_NOWAIT, NULL)), -EINVAL);
	EXPECT_EQ(t, ksock_getpeername(stream, &addr), -ENOTCONN);
	EXPECT_EQ(t, ksock_recv(stream, &byte, 1, 0, peer_deadline()), -ENOTCONN);
	EXPECT_EQ(t, ksock_send(stream, "x", 1, 0, peer_deadline()), -EPIPE);
	EXPECT_EQ(t, ksock_shutdown(stream, KSOCK_SHUT_WR), -ENOTCONN);
	EXPECT_EQ(t, ksock_listen(udp, 1), -EOPNOTSUPP);
	EXPECT_EQ(t, PTR_ERR(ksock_accept(udp, KSOCK_NOWAIT, NULL)), -EOPNOTSUPP);
	EXPECT_EQ(t, ksock_abort(udp), -EOPNOTSUPP);
	EXPECT_EQ(t, ksock_send(udp, "x", 1, 0, KSOCK_NOWAIT), -EDESTADDRREQ);
	EXPECT_EQ(t, ksock_shutdown(udp, KSOCK_SHUT_RD), -ENOTCONN);
out:
	ksock_put(stream);
	ksock_put(udp);
}

static void accept_waits_until_its_deadline(struct test *t)
{
	struct ksock_tcp_listener *listener;
	struct ksock_addr addr;
	ktime_t before;
	s64 waited;

	ASSERT_EQ(t, peer_listen(&listener, peer_net(), KSOCK_AF_INET, 0, &addr),
		  0);
	EXPECT_EQ(t, PTR_ERR(ksock_tcp_accept(listener, KSOCK_NOWAIT, NULL)),
		  -EAGAIN);
	before = ktime_get();
	EXPECT_EQ(t, PTR_ERR(ksock_tcp_accept(listener,
					      ksock_deadline(PEER_MOMENT_MS),
					      NULL)), -EAGAIN);
	waited = ktime_ms_delta(ktime_get(), before);
	EXPECT(t, waited >= PEER_MOMENT_MS && waited < PEER_WAIT_MS);
	ksock_tcp_listener_put(listener);
}

static void connect_tells_that_nobody_listens(struct test *t)
{
	struct ksock_tcp_stream *stream;
	struct ksock_addr addr;
	struct ksock_udp *udp;

	/* A port that is free a moment later. */
	ASSERT_EQ(t, peer_udp(&udp, peer_net(), KSOCK_AF_INET, &addr), 0);
	ksock_put_sync(ksock_from_udp(udp));
	stream = ksock_tcp_stream_create(peer_net(), KSOCK_AF_INET, 0);
	ASSERT(t, !IS_ERR(stream));
	EXPECT_EQ(t, ksock_tcp_connect(stream, &addr, peer_deadline()),
		  -ECONNREFUSED);
	ksock_tcp_stream_put(stream);
}

static void connect_that_runs_out_of_time_goes_on(struct test *t)
{
	struct ksock_tcp_stream *stream, *child;
	struct peer_full full;

	ASSERT_EQ(t, peer_full_open(&full, peer_net()), 0);
	stream = full.streams[full.count - 1];
	EXPECT_EQ(t, ksock_tcp_connect(stream, &full.addr, KSOCK_NOWAIT),
		  -EALREADY);
	/* Room in the queue, and the next try of the stack gets through. */
	do {
		child = ksock_tcp_accept(full.listener,
					 ksock_deadline(PEER_MOMENT_MS), NULL);
		ksock_tcp_stream_put(child);
	} while (!IS_ERR(child));
	EXPECT_EQ(t, PTR_ERR(child), -EAGAIN);
	EXPECT_EQ(t, ksock_tcp_connect(stream, &full.addr, peer_deadline()), 0);
	peer_full_close(&full);
}

static void abort_resets_the_connection(struct test *t)
{
	struct peer_pair pair;
	char byte;

	ASSERT_EQ(t, peer_pair_open(&pair, peer_net(), KSOCK_AF_INET, 0), 0);
	EXPECT_EQ(t, ksock_tcp_abort(pair.near), 0);
	EXPECT_EQ(t, ksock_tcp_recv(pair.far, &byte, 1, 0, peer_deadline()),
		  -ECONNRESET);
	peer_pair_close(&pair);
}

static void a_listening_socket_listens_as_long_as_somaxconn_allows(struct test *t)
{
	struct ksock_tcp_listener *listener;
	struct ksock_addr addr;
	struct sock *sk;

	ASSERT_EQ(t, peer_listen(&listener, peer_net(), KSOCK_AF_INET, 0, &addr),
		  0);
	sk = ksock_raw(ksock_from_tcp_listener(listener))->sk;
	EXPECT_EQ(t, sk->sk_max_ack_backlog, 16);
	EXPECT_EQ(t, ksock_tcp_listen(listener, -1), 0);
	EXPECT_EQ(t, sk->sk_max_ack_backlog,
		  sock_net(sk)->core.sysctl_somaxconn);
	EXPECT_EQ(t, ksock_tcp_listen(listener, INT_MAX), 0);
	EXPECT_EQ(t, sk->sk_max_ack_backlog,
		  sock_net(sk)->core.sysctl_somaxconn);
	ksock_tcp_listener_put(listener);
}

static void a_bound_stream_connects_from_there(struct test *t)
{
	struct ksock_addr addr, source, peer;
	struct ksock_tcp_listener *listener;
	struct ksock_tcp_stream *stream, *child;

	ASSERT_EQ(t, peer_listen(&listener, peer_net(), KSOCK_AF_INET, 0, &addr),
		  0);
	child = NULL;
	stream = ksock_tcp_stream_create(peer_net(), KSOCK_AF_INET, 0);
	if (!EXPECT(t, !IS_ERR(stream)))
		goto out;
	/* 127.0.0.2, of the loopback network as well. */
	ksock_addr_set_v4(&source, cpu_to_be32(0x7f000002), 0);
	EXPECT_EQ(t, ksock_tcp_stream_bind(stream, &source), 0);
	EXPECT_EQ(t, ksock_tcp_connect(stream, &addr, peer_deadline()), 0);
	child = ksock_tcp_accept(listener, peer_deadline(), &peer);
	if (EXPECT(t, !IS_ERR(child))) {
		EXPECT_EQ(t, ksock_addr_set_port(&source, ksock_addr_port(&peer)),
			  0);
		EXPECT(t, ksock_addr_equal(&source, &peer));
	}
out:
	ksock_tcp_stream_put(child);
	ksock_tcp_stream_put(stream);
	ksock_tcp_listener_put(listener);
}

static void accept_takes_kinds_other_than_tcp(struct test *t)
{
	struct ksock *listener, *stream, *child;
	struct ksock_addr addr;
	char buf[5] = {};

	listener = ksock_create_kern(peer_net(), KSOCK_AF_UNIX, KSOCK_SEQPACKET,
				     0, 0);
	stream = ksock_create_kern(peer_net(), KSOCK_AF_UNIX, KSOCK_SEQPACKET, 0,
				   0);
	child = NULL;
	if (!EXPECT(t, !IS_ERR(listener) && !IS_ERR(stream)))
		goto out;
	EXPECT_EQ(t, ksock_addr_set_unix(&addr, "\0ksock test", 11), 0);
	EXPECT_EQ(t, ksock_bind(listener, &addr), 0);
	EXPECT_EQ(t, ksock_listen(listener, 4), 0);
	EXPECT_EQ(t, ksock_connect(stream, &addr, peer_deadline()), 0);
	child = ksock_accept(listener, peer_deadline(), NULL);
	if (EXPECT(t, !IS_ERR(child))) {
		EXPECT_EQ(t, ksock_send(stream, "unix", 5, 0, KSOCK_NOWAIT), 5);
		EXPECT_EQ(t, ksock_recv(child, buf, 5, 0, peer_deadline()), 5);
		EXPECT_STREQ(t, buf, "unix");
		EXPECT(t, ksock_raw(child)->sk->sk_net_refcnt);
	}
out:
	ksock_put(child);
	ksock_put(stream);
	ksock_put(listener);
}

static void what_tcp_knows_is_told(struct test *t)
{
	struct peer_pair pair;
	struct tcp_info info;
	struct ksock_udp *udp;
	struct ksock_addr addr;
	struct sock *sk;

	ASSERT_EQ(t, peer_pair_open(&pair, peer_net(), KSOCK_AF_INET, 0), 0);
	memset(&info, 0xff, sizeof(info));
	EXPECT_EQ(t, ksock_tcp_info(peer_near(&pair), &info), 0);
	EXPECT_EQ(t, info.tcpi_state, TCP_ESTABLISHED);
	EXPECT_EQ(t, ksock_tcp_info(ksock_from_tcp_listener(pair.listener),
				    &info), 0);
	EXPECT_EQ(t, info.tcpi_state, TCP_LISTEN);
	/* 20 bytes of IP, and no options. */
	sk = ksock_raw(peer_near(&pair))->sk;
	lock_sock(sk);
	EXPECT_EQ(t, kernel_sock_ip_overhead(sk), 20);
	release_sock(sk);
	peer_pair_close(&pair);
	ASSERT_EQ(t, peer_udp(&udp, peer_net(), KSOCK_AF_INET, &addr), 0);
	EXPECT_EQ(t, ksock_tcp_info(ksock_from_udp(udp), &info), -EOPNOTSUPP);
	ksock_udp_put(udp);
}

static void rights_are_those_of_the_task(struct test *t)
{
	struct ksock_tcp_listener *listener;
	const struct cred *before;
	struct ksock_addr addr;
	struct cred *weak;
	struct ksock *ks;

	listener = ksock_tcp_listener_create(peer_net(), KSOCK_AF_INET, 0);
	weak = prepare_creds();
	if (!EXPECT(t, !IS_ERR(listener) && weak))
		goto out;
	ks = ksock_from_tcp_listener(listener);
	cap_clear(weak->cap_effective);
	ksock_addr_set_loopback(&addr, KSOCK_AF_INET, 79);
	before = override_creds(weak);
	EXPECT_EQ(t, ksock_bind(ks, &addr), -EACCES);
	EXPECT_EQ(t, ksock_set_mark(ks, 1), -EPERM);
	EXPECT_EQ(t, PTR_ERR(ksock_create(KSOCK_AF_INET, KSOCK_RAW,
					  KSOCK_PROTO_UDP)), -EPERM);
	revert_creds(before);
	EXPECT_EQ(t, ksock_set_mark(ks, 1), 0);
	EXPECT_EQ(t, ksock_bind(ks, &addr), 0);
out:
	if (weak)
		put_cred(weak);
	ksock_tcp_listener_put(listener);
}

const struct test_case conn_cases[] = {
	CASE(both_ends_agree_on_their_names),
	CASE(generic_calls_make_the_same_conversation),
	CASE(bind_refuses_what_is_no_address),
	CASE(calls_out_of_order_are_refused),
	CASE(accept_waits_until_its_deadline),
	CASE(connect_tells_that_nobody_listens),
	CASE(connect_that_runs_out_of_time_goes_on),
	CASE(abort_resets_the_connection),
	CASE(a_listening_socket_listens_as_long_as_somaxconn_allows),
	CASE(a_bound_stream_connects_from_there),
	CASE(accept_takes_kinds_other_than_tcp),
	CASE(what_tcp_knows_is_told),
	CASE(rights_are_those_of_the_task),
	{}
};
