// SPDX-License-Identifier: GPL-2.0-only
/*
 * Sockets of the kernel's own and their network namespace.
 */
#include <linux/err.h>
#include <linux/moduleparam.h>
#include <linux/netdevice.h>
#include <linux/rtnetlink.h>
#include <linux/slab.h>
#include <net/inet_connection_sock.h>
#include <net/net_namespace.h>
#include <net/request_sock.h>
#include <net/sock.h>
#include "peer.h"
#include "test.h"

static unsigned int namespaces = 6;
module_param(namespaces, uint, 0644);
MODULE_PARM_DESC(namespaces, "How many network namespaces a case of the group netns cuts off");

static void a_socket_keeps_its_namespace(struct test *t)
{
	struct peer_netns netns;
	struct peer_pair pair;
	char buf[4];

	ASSERT_EQ(t, peer_netns_create(&netns), 0);
	if (!EXPECT_EQ(t, peer_pair_open(&pair, netns.net, KSOCK_AF_INET, 0), 0)) {
		peer_netns_drop(&netns);
		return;
	}
	peer_netns_drop(&netns);
	/* Nobody else has it, and it works all the same. */
	schedule_timeout_uninterruptible(msecs_to_jiffies(PEER_MOMENT_MS));
	EXPECT_EQ(t, ksock_tcp_write_all(pair.near, "kept", 4, peer_deadline()),
		  0);
	EXPECT_EQ(t, ksock_tcp_read_exact(pair.far, buf, 4, peer_deadline()), 0);
	EXPECT(t, !memcmp(buf, "kept", 4));
	/* A connection accepted holds it as well. */
	EXPECT(t, ksock_raw(peer_far(&pair))->sk->sk_net_refcnt);
	peer_pair_close(&pair);
}

static void sockets_that_are_closed_with_unsent_data_let_it_go(struct test *t)
{
	static const char zeroes[4096];
	struct peer_netns netns;
	struct peer_pair pair;

	ASSERT_EQ(t, peer_netns_create(&netns), 0);
	if (EXPECT_EQ(t, peer_pair_open(&pair, netns.net, KSOCK_AF_INET, 0), 0)) {
		while (ksock_tcp_send(pair.near, zeroes, sizeof(zeroes), 0,
				      KSOCK_NOWAIT) > 0)
			;
		peer_pair_close(&pair);
	}
	/* The one who runs this counts the namespaces that are left. */
	peer_netns_drop(&netns);
}

static long netns_recv(void *data)
{
	char byte;

	return ksock_recv(data, &byte, 1, 0, KSOCK_FOREVER);
}

static long netns_accept(void *data)
{
	return PTR_ERR_OR_ZERO(ksock_accept(data, KSOCK_FOREVER, NULL));
}

static bool netns_is_down(struct ksock *ks)
{
	return ksock_error(ks) == -ENETDOWN;
}

static void followers_end_with_their_namespace(struct test *t)
{
	struct peer_thread accepts, receives;
	struct peer_netns netns;
	struct ksock_addr addr;
	struct ksock_stat stat;
	struct peer_pair pair;
	struct ksock *ks;
	long ret;
	int value;
	bool on;

	ASSERT_EQ(t, peer_netns_create(&netns), 0);
	if (!EXPECT_EQ(t, peer_pair_open(&pair, netns.net, KSOCK_AF_INET,
					 KSOCK_CREATE_FOLLOW), 0)) {
		peer_netns_drop(&netns);
		return;
	}
	ks = ksock_from_tcp_listener(pair.listener);
	EXPECT(t, !ksock_raw(peer_near(&pair))->sk->sk_net_refcnt);
	EXPECT(t, !ksock_raw(peer_far(&pair))->sk->sk_net_refcnt);
	EXPECT_EQ(t, peer_thread_start(&accepts, netns_accept, ks), 0);
	EXPECT_EQ(t, peer_thread_start(&receives, netns_recv, peer_far(&pair)), 0);
	EXPECT(t, peer_sleeps(ks));
	EXPECT(t, peer_sleeps(peer_far(&pair)));
	ksock_set_memalloc(peer_near(&pair), true);
	EXPECT(t, sk_memalloc_socks());
	peer_netns_drop(&netns);

	/* Who waits comes home. */
	EXPECT(t, peer_thread_join(&accepts, &ret));
	EXPECT_EQ(t, ret, -ENETDOWN);
	EXPECT(t, peer_thread_join(&receives, &ret));
	EXPECT_EQ(t, ret, -ENETDOWN);
	EXPECT(t, peer_eventually(netns_is_down(ks)));
	EXPECT(t, peer_eventually(netns_is_down(peer_near(&pair))));
	EXPECT(t, peer_eventually(netns_is_down(peer_far(&pair))));

	/* And so does every call, now and always. */
	ks = peer_near(&pair);
	ksock_addr_set_loopback(&addr, KSOCK_AF_INET, 80);
	EXPECT_EQ(t, ksock_bind(ks, &addr), -ENETDOWN);
	EXPECT_EQ(t, ksock_listen(ks, 1), -ENETDOWN);
	EXPECT_EQ(t, PTR_ERR(ksock_accept(ks, KSOCK_NOWAIT, NULL)), -ENETDOWN);
	EXPECT_EQ(t, ksock_connect(ks, &addr, KSOCK_NOWAIT), -ENETDOWN);
	EXPECT_EQ(t, ksock_shutdown(ks, KSOCK_SHUT_RDWR), -ENETDOWN);
	EXPECT_EQ(t, ksock_abort(ks), -ENETDOWN);
	EXPECT_EQ(t, ksock_getsockname(ks, &addr), -ENETDOWN);
	EXPECT_EQ(t, ksock_getpeername(ks, &addr), -ENETDOWN);
	EXPECT_EQ(t, ksock_send(ks, "x", 1, 0, KSOCK_NOWAIT), -ENETDOWN);
	EXPECT_EQ(t, ksock_recv(ks, &on, 1, 0, KSOCK_NOWAIT), -ENETDOWN);
	EXPECT_EQ(t, ksock_inq(ks), -ENETDOWN);
	EXPECT_EQ(t, ksock_outq(ks), -ENETDOWN);
	EXPECT_EQ(t, ksock_set_tcp_nodelay(ks, true), -ENETDOWN);
	EXPECT_EQ(t, ksock_get_tcp_nodelay(ks, &on), -ENETDOWN);
	EXPECT_EQ(t, ksock_opt_get_int(ks, SOL_SOCKET, SO_TYPE, &value),
		  -ENETDOWN);
	EXPECT_EQ(t, ksock_family(ks), KSOCK_AF_UNSPEC);
	EXPECT_EQ(t, ksock_type(ks), 0);
	EXPECT_EQ(t, ksock_protocol(ks), 0);
	EXPECT(t, !ksock_net(ks));
	EXPECT(t, !ksock_raw(ks));
	ksock_stat(ks, &stat);
	EXPECT(t, stat.kern && !stat.family && !stat.inode);
	ksock_set_allocation(ks, GFP_NOFS);
	ksock_set_memalloc(ks, true);
	ksock_cancel(ks);
	peer_pair_close(&pair);
	EXPECT(t, !sk_memalloc_socks());
}

static void a_follower_lets_no_file_out(struct test *t)
{
	struct ksock *ks = ksock_create_kern(peer_net(), KSOCK_AF_INET,
					     KSOCK_STREAM, 0,
					     KSOCK_CREATE_FOLLOW);

	ASSERT(t, !IS_ERR(ks));
	EXPECT_EQ(t, PTR_ERR(ksock_get_file(ks)), -EOPNOTSUPP);
	ksock_put_sync(ks);
}

enum follower_end {
	FOLLOWER_SHUTDOWN,
	FOLLOWER_ABORT,
	FOLLOWER_DISSOLVE,
	FOLLOWER_PUT,
};

static void follower_ends(struct test *t, enum follower_end end)
{
	struct ksock *first, *second = NULL;
	struct ksock_tcp_stream *stream;
	struct request_sock_queue *queue;
	struct ksock_addr addr, unspec = { .len = sizeof(struct sockaddr) };
	char byte;

	ksock_addr_set_loopback(&addr, KSOCK_AF_INET, 0);
	first = peer_group_listen(&addr, KSOCK_CREATE_FOLLOW);
	stream = ksock_tcp_stream_create(peer_net(), KSOCK_AF_INET, 0);
	if (!EXPECT(t, !IS_ERR(first) && !IS_ERR(stream)))
		goto out;
	EXPECT_EQ(t, ksock_tcp_connect(stream, &addr, peer_deadline()), 0);
	/* What is not a connection yet moves even so. */
	queue = &inet_csk(ksock_raw(first)->sk)->icsk_accept_queue;
	EXPECT(t, peer_eventually(!reqsk_queue_empty(queue)));
	second = peer_group_listen(&addr, 0);
	if (!EXPECT(t, !IS_ERR(second)))
		goto out;
	if (end == FOLLOWER_SHUTDOWN)
		EXPECT_EQ(t, ksock_shutdown(first, KSOCK_SHUT_RD), 0);
	else if (end == FOLLOWER_ABORT)
		EXPECT_EQ(t, ksock_abort(first), 0);
	else if (end == FOLLOWER_DISSOLVE)
		EXPECT_EQ(t, ksock_connect(first, &unspec, KSOCK_NOWAIT), 0);
	ksock_put_sync(first);
	first = NULL;
	EXPECT_EQ(t, ksock_tcp_recv(stream, &byte, 1, 0, peer_deadline()),
		  -ECONNRESET);
	EXPECT_EQ(t, PTR_ERR(ksock_accept(second, KSOCK_NOWAIT, NULL)),
		  -EAGAIN);
out:
	ksock_tcp_stream_put(stream);
	ksock_put(second);
	ksock_put(first);
}

/* They hold no namespace, which whoever they came to would rely on. */
static void connections_of_a_follower_do_not_move(struct test *t)
{
	peer_migrate(true);
	follower_ends(t, FOLLOWER_SHUTDOWN);
	follower_ends(t, FOLLOWER_ABORT);
	follower_ends(t, FOLLOWER_DISSOLVE);
	follower_ends(t, FOLLOWER_PUT);
	peer_migrate(false);
}

static void a_follower_that_is_dropped_sends_what_it_has(struct test *t)
{
	struct ksock_tcp_stream *plain;
	struct ksock_tcp_listener *listener;
	struct ksock_tcp_stream *follower;
	struct ksock_addr addr;
	static char buf[32768];
	char *data;
	int ret;

	ASSERT_EQ(t, peer_listen(&listener, peer_net(), KSOCK_AF_INET, 0, &addr),
		  0);
	follower = ksock_tcp_stream_create(peer_net(), KSOCK_AF_INET,
					   KSOCK_CREATE_FOLLOW);
	data = kzalloc(sizeof(buf), GFP_KERNEL);
	plain = NULL;
	if (!EXPECT(t, !IS_ERR(follower) && data))
		goto out;
	EXPECT_EQ(t, ksock_tcp_connect(follower, &addr, peer_deadline()), 0);
	plain = ksock_tcp_accept(listener, peer_deadline(), NULL);
	if (!EXPECT(t, !IS_ERR(plain)))
		goto out;
	memset(data, 'f', sizeof(buf));
	EXPECT_EQ(t, ksock_tcp_write_all(follower, data, sizeof(buf),
					 peer_deadline()), 0);
	/* The end comes behind the data, not before it, and is no reset. */
	ksock_put_sync(ksock_from_tcp_stream(follower));
	follower = NULL;
	ret = ksock_tcp_read_exact(plain, buf, sizeof(buf), peer_deadline());
	EXPECT_EQ(t, ret, 0);
	EXPECT(t, !memcmp(buf, data, sizeof(buf)));
	EXPECT_EQ(t, ksock_tcp_recv(plain, buf, 1, 0, peer_deadline()), 0);
out:
	kfree(data);
	ksock_tcp_stream_put(follower);
	ksock_tcp_stream_put(plain);
	ksock_tcp_listener_put(listener);
}

/*
 * Nothing gets anywhere any more, and who is not answered and has no owner is
 * given up soon.
 */
static void netns_cut_off(struct net *net)
{
	WRITE_ONCE(net->ipv4.sysctl_tcp_orphan_retries, 1);
	rtnl_lock();
	dev_close(net->loopback_dev);
	rtnl_unlock();
}

/* The kinds of socket, with data on their way and without, and what goes first. */
static void sockets_whose_end_is_lost_let_it_go(struct test *t)
{
	static const char zeroes[4096];
	struct peer_netns netns;
	struct peer_pair pair;
	unsigned int i;

	for (i = 0; i < namespaces; i++) {
		ASSERT_EQ(t, peer_netns_create(&netns), 0);
		if (EXPECT_EQ(t, peer_pair_open(&pair, netns.net, KSOCK_AF_INET,
						i & 1 ? KSOCK_CREATE_FOLLOW :
						0), 0)) {
			while (i & 2 &&
			       ksock_tcp_send(pair.near, zeroes, sizeof(zeroes),
					      0, KSOCK_NOWAIT) > 0)
				;
			netns_cut_off(netns.net);
			/* This is the last that is sent, and it is lost. */
			ksock_tcp_send(pair.far, zeroes, 1, 0, KSOCK_NOWAIT);
			if (i & 4) {
				peer_pair_close(&pair);
				peer_netns_drop(&netns);
			} else {
				peer_netns_drop(&netns);
				peer_pair_close(&pair);
			}
		} else {
			peer_netns_drop(&netns);
		}
	}
}

static void netns_event(struct ksock *ks, void *data)
{
	atomic_inc(data);
}

static const struct ksock_events netns_events = {
	.state_change = netns_event,
};

static void a_follower_tells_its_end_and_then_nothing(struct test *t)
{
	struct peer_netns netns;
	struct peer_pair pair;
	atomic_t told;
	int ret;

	atomic_set(&told, 0);
	ASSERT_EQ(t, peer_netns_create(&netns), 0);
	if (!EXPECT_EQ(t, peer_pair_open(&pair, netns.net, KSOCK_AF_INET6,
					 KSOCK_CREATE_FOLLOW), 0)) {
		peer_netns_drop(&netns);
		return;
	}
	EXPECT_EQ(t, ksock_events_on(peer_near(&pair), &netns_events, &told,
				     KSOCK_EVENT_ALL), 0);
	peer_netns_drop(&netns);
	EXPECT(t, peer_eventually(netns_is_down(peer_near(&pair))));
	/* 0 while the namespace is at it, -ENOENT after. */
	ret = ksock_events_off(peer_near(&pair));
	EXPECT(t, !ret || ret == -ENOENT);
	EXPECT_EQ(t, ksock_events_off(peer_near(&pair)), -ENOENT);
	EXPECT_EQ(t, ksock_events_on(peer_near(&pair), &netns_events, &told,
				     KSOCK_EVENT_ALL), -ENETDOWN);
	peer_pair_close(&pair);
}

/* The last reference and the namespace go at the same time. */
static void the_last_put_may_meet_the_end_of_the_namespace(struct test *t)
{
	struct peer_netns netns;
	struct peer_pair pair;
	int i;

	for (i = 0; i < 20; i++) {
		ASSERT_EQ(t, peer_netns_create(&netns), 0);
		if (EXPECT_EQ(t, peer_pair_open(&pair, netns.net, KSOCK_AF_INET,
						KSOCK_CREATE_FOLLOW), 0)) {
			peer_netns_drop(&netns);
			schedule_timeout_uninterruptible(i % 5);
			peer_pair_close(&pair);
		} else {
			peer_netns_drop(&netns);
		}
	}
}

const struct test_case netns_cases[] = {
	CASE(a_socket_keeps_its_namespace),
	CASE(sockets_that_are_closed_with_unsent_data_let_it_go),
	CASE(followers_end_with_their_namespace),
	CASE(a_follower_lets_no_file_out),
	CASE(connections_of_a_follower_do_not_move),
	CASE(a_follower_that_is_dropped_sends_what_it_has),
	CASE(sockets_whose_end_is_lost_let_it_go),
	CASE(a_follower_tells_its_end_and_then_nothing),
	CASE(the_last_put_may_meet_the_end_of_the_namespace),
	{}
};
