// SPDX-License-Identifier: GPL-2.0-only
/*
 * The life of an object: made in three ways, held, dropped, adopted, cancelled.
 */
#include <linux/err.h>
#include <linux/fdtable.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/net.h>
#include <net/net_namespace.h>
#include <net/sock.h>
#include "peer.h"
#include "test.h"

static void create_makes_a_socket_of_the_process(struct test *t)
{
	struct ksock *ks = ksock_create(KSOCK_AF_INET, KSOCK_STREAM,
					KSOCK_PROTO_DEFAULT);
	struct ksock_stat stat;

	ASSERT(t, !IS_ERR(ks));
	EXPECT_EQ(t, ksock_family(ks), KSOCK_AF_INET);
	EXPECT_EQ(t, ksock_type(ks), KSOCK_STREAM);
	EXPECT_EQ(t, ksock_protocol(ks), KSOCK_PROTO_TCP);
	EXPECT(t, ksock_net(ks) == peer_net());
	ksock_stat(ks, &stat);
	EXPECT(t, !stat.kern);
	EXPECT(t, stat.inode);
	EXPECT(t, !ksock_raw(ks)->sk->sk_kern_sock);
	EXPECT(t, ksock_raw(ks)->sk->sk_net_refcnt);
	EXPECT(t, ksock_raw(ks)->file);
	ksock_put(ks);
}

static void create_kern_makes_one_of_the_kernels_that_holds_its_namespace(struct test *t)
{
	struct ksock *ks = ksock_create_kern(peer_net(), KSOCK_AF_INET6,
					     KSOCK_DGRAM, KSOCK_PROTO_UDP, 0);
	struct ksock_stat stat;

	ASSERT(t, !IS_ERR(ks));
	EXPECT_EQ(t, ksock_family(ks), KSOCK_AF_INET6);
	EXPECT_EQ(t, ksock_protocol(ks), KSOCK_PROTO_UDP);
	ksock_stat(ks, &stat);
	EXPECT(t, stat.kern);
	EXPECT(t, ksock_raw(ks)->sk->sk_kern_sock);
	EXPECT(t, ksock_raw(ks)->sk->sk_net_refcnt);
	/* Dozens of places in the stack take it for granted. */
	EXPECT(t, ksock_raw(ks)->file);
	ksock_put(ks);
}

static void create_refuses_what_there_is_not(struct test *t)
{
	struct net *net = peer_net();

	EXPECT_EQ(t, PTR_ERR(ksock_create(200, KSOCK_STREAM, 0)), -EAFNOSUPPORT);
	EXPECT_EQ(t, PTR_ERR(ksock_create_kern(net, KSOCK_AF_INET, 77, 0, 0)),
		  -EINVAL);
	EXPECT_EQ(t, PTR_ERR(ksock_create_kern(net, KSOCK_AF_INET, KSOCK_STREAM,
					       KSOCK_PROTO_UDP, 0)),
		  -EPROTONOSUPPORT);
	EXPECT_EQ(t, PTR_ERR(ksock_create_kern(net, KSOCK_AF_INET, KSOCK_STREAM,
					       0, 0x80)), -EINVAL);
	EXPECT_EQ(t, PTR_ERR(ksock_tcp_stream_create(net, KSOCK_AF_UNIX, 0)),
		  -EAFNOSUPPORT);
	EXPECT_EQ(t, PTR_ERR(ksock_tcp_listener_create(net, KSOCK_AF_UNSPEC, 0)),
		  -EAFNOSUPPORT);
	EXPECT_EQ(t, PTR_ERR(ksock_udp_create(net, KSOCK_AF_NETLINK, 0)),
		  -EAFNOSUPPORT);
}

static void put_takes_null_and_errors(struct test *t)
{
	ksock_put(NULL);
	ksock_put(ERR_PTR(-ENOMEM));
	ksock_put_sync(NULL);
	ksock_put_sync(ERR_PTR(-ENOMEM));
	ksock_tcp_stream_put(NULL);
	ksock_tcp_stream_put(ERR_PTR(-EINTR));
	ksock_tcp_listener_put(ERR_PTR(-EINTR));
	ksock_udp_put(NULL);
	ksock_lite_free(NULL);
	EXPECT(t, true);
}

/* Whether an address is free again tells whether a socket is closed. */
static int life_bind_again(const struct ksock_addr *addr)
{
	struct ksock_udp *udp = ksock_udp_create(peer_net(), KSOCK_AF_INET, 0);
	int ret;

	if (IS_ERR(udp))
		return PTR_ERR(udp);
	ret = ksock_udp_bind(udp, addr);
	ksock_put_sync(ksock_from_udp(udp));
	return ret;
}

static void hold_keeps_the_socket_and_the_last_put_closes_it(struct test *t)
{
	struct ksock_addr addr;
	struct ksock_udp *udp;
	struct ksock *ks;

	ASSERT_EQ(t, peer_udp(&udp, peer_net(), KSOCK_AF_INET, &addr), 0);
	ks = ksock_from_udp(udp);
	EXPECT(t, ksock_hold(ks) == ks);
	ksock_put_sync(ks);
	EXPECT_EQ(t, life_bind_again(&addr), -EADDRINUSE);
	ksock_put_sync(ks);
	EXPECT_EQ(t, life_bind_again(&addr), 0);
}

static long life_put_sync(void *data)
{
	struct ksock_addr *addr = data;
	struct ksock_udp *udp;
	int ret;

	ret = peer_udp(&udp, &init_net, KSOCK_AF_INET, addr);
	if (ret)
		return ret;
	ksock_put_sync(ksock_from_udp(udp));
	udp = ksock_udp_create(&init_net, KSOCK_AF_INET, 0);
	if (IS_ERR(udp))
		return PTR_ERR(udp);
	ret = ksock_udp_bind(udp, addr);
	ksock_put_sync(ksock_from_udp(udp));
	return ret;
}

static void put_sync_has_closed_in_a_kernel_thread_as_well(struct test *t)
{
	struct peer_thread thread;
	struct ksock_addr addr;
	long ret;

	ASSERT_EQ(t, peer_thread_start(&thread, life_put_sync, &addr), 0);
	EXPECT(t, peer_thread_join(&thread, &ret));
	EXPECT_EQ(t, ret, 0);
}

static void put_closes_some_time_later(struct test *t)
{
	struct ksock_addr addr;
	struct ksock_udp *udp;

	ASSERT_EQ(t, peer_udp(&udp, peer_net(), KSOCK_AF_INET, &addr), 0);
	ksock_udp_put(udp);
	/* This process has not returned to user mode since. */
	EXPECT_EQ(t, life_bind_again(&addr), -EADDRINUSE);
}

static long life_put_in_a_thread(void *data)
{
	struct ksock_addr *addr = data;
	struct ksock_udp *udp;
	int ret = peer_udp(&udp, &init_net, KSOCK_AF_INET, addr);

	if (!ret)
		ksock_udp_put(udp);
	return ret;
}

static void put_in_a_kernel_thread_has_a_worker_close(struct test *t)
{
	struct peer_thread thread;
	struct ksock_addr addr;
	long ret;

	ASSERT_EQ(t, peer_thread_start(&thread, life_put_in_a_thread, &addr), 0);
	ASSERT(t, peer_thread_join(&thread, &ret));
	ASSERT_EQ(t, ret, 0);
	EXPECT(t, peer_eventually(!life_bind_again(&addr)));
}

/* Destroying this one waits for others, which is not for where it is put. */
static void put_where_nobody_may_sleep_has_a_worker_close(struct test *t)
{
	struct ksock_udp *udp, *next;
	struct ksock_addr addr;
	int ret = -EADDRINUSE;

	ASSERT_EQ(t, peer_udp(&udp, peer_net(), KSOCK_AF_INET, &addr), 0);
	ksock_set_memalloc(ksock_from_udp(udp), true);
	local_bh_disable();
	ksock_udp_put(udp);
	local_bh_enable();

	next = ksock_udp_create(peer_net(), KSOCK_AF_INET, 0);
	ASSERT(t, !IS_ERR(next));
	EXPECT(t, peer_eventually((ret = ksock_udp_bind(next, &addr)) !=
				  -EADDRINUSE));
	EXPECT_EQ(t, ret, 0);
	ksock_udp_put(next);
}

static void lite_is_room_that_a_failed_accept_leaves(struct test *t)
{
	struct ksock_tcp_stream *stream;
	struct ksock_tcp_listener *listener;
	struct ksock_addr addr, peer, own;
	struct ksock_lite *lite;
	struct ksock *ks, *child;

	ASSERT_EQ(t, peer_listen(&listener, peer_net(), KSOCK_AF_INET, 0, &addr),
		  0);
	ks = ksock_from_tcp_listener(listener);
	lite = ksock_create_lite();
	stream = ksock_tcp_stream_create(peer_net(), KSOCK_AF_INET, 0);
	if (!EXPECT(t, lite && !IS_ERR(stream)))
		goto out;
	child = ksock_accept_lite(ks, lite, KSOCK_NOWAIT, &peer);
	EXPECT_EQ(t, PTR_ERR(child), -EAGAIN);
	child = ksock_accept_lite(ks, lite, ksock_deadline(PEER_MOMENT_MS),
				  NULL);
	EXPECT_EQ(t, PTR_ERR(child), -EAGAIN);
	EXPECT_EQ(t, ksock_tcp_connect(stream, &addr, peer_deadline()), 0);
	child = ksock_accept_lite(ks, lite, peer_deadline(), &peer);
	if (!EXPECT(t, !IS_ERR(child)))
		goto out;
	lite = NULL;
	EXPECT_EQ(t, ksock_tcp_stream_name(stream, &own), 0);
	EXPECT(t, ksock_addr_equal(&own, &peer));
	ksock_put(child);
out:
	ksock_lite_free(lite);
	ksock_tcp_stream_put(stream);
	ksock_tcp_listener_put(listener);
}

static void adopt_refuses_what_is_no_socket(struct test *t)
{
	EXPECT_EQ(t, PTR_ERR(ksock_adopt(-1)), -EBADF);
	EXPECT_EQ(t, PTR_ERR(ksock_adopt(1 << 20)), -EBADF);
}

/* A descriptor of the reading process, for as long as a case takes. */
static int life_install(struct file *file)
{
	int fd = get_unused_fd_flags(O_CLOEXEC);

	if (fd < 0)
		fput(file);
	else
		fd_install(fd, file);
	return fd;
}

static void adopt_and_get_file_share_a_socket_with_a_process(struct test *t)
{
	struct ksock *ks, *adopted;
	struct file *file;
	struct net *net = peer_net();
	int fd;

	ks = ksock_create(KSOCK_AF_INET, KSOCK_DGRAM, 0);
	ASSERT(t, !IS_ERR(ks));
	file = ksock_get_file(ks);
	ASSERT(t, !IS_ERR(file));
	fd = life_install(file);
	if (EXPECT(t, fd >= 0)) {
		adopted = ksock_adopt(fd);
		close_fd(fd);
		if (EXPECT(t, !IS_ERR(adopted))) {
			EXPECT(t, ksock_raw(adopted) == ksock_raw(ks));
			ksock_put(ks);
			EXPECT(t, ksock_net(adopted) == net);
			EXPECT_EQ(t, ksock_set_broadcast(adopted, true), 0);
			ks = adopted;
		}
	}
	ksock_put(ks);
}

static void adopt_refuses_unix(struct test *t)
{
	struct ksock *ks = ksock_create_kern(peer_net(), KSOCK_AF_UNIX,
					     KSOCK_STREAM, 0, 0);
	struct file *file;
	int fd;

	ASSERT(t, !IS_ERR(ks));
	file = ksock_get_file(ks);
	ksock_put(ks);
	ASSERT(t, !IS_ERR(file));
	fd = life_install(file);
	ASSERT(t, fd >= 0);
	EXPECT_EQ(t, PTR_ERR(ksock_adopt(fd)), -EOPNOTSUPP);
	close_fd(fd);
}

static void as_asks_what_a_socket_is(struct test *t)
{
	struct ksock_tcp_stream *stream;
	struct ksock_udp *udp;
	struct ksock *tcp_ks, *udp_ks;

	stream = ksock_tcp_stream_create(peer_net(), KSOCK_AF_INET, 0);
	udp = ksock_udp_create(peer_net(), KSOCK_AF_INET, 0);
	tcp_ks = ksock_from_tcp_stream(stream);
	udp_ks = ksock_from_udp(udp);
	if (EXPECT(t, !IS_ERR(stream) && !IS_ERR(udp))) {
		EXPECT(t, ksock_as_tcp_stream(tcp_ks) == stream);
		EXPECT(t, ksock_from_tcp_listener(ksock_as_tcp_listener(tcp_ks)) ==
		       tcp_ks);
		EXPECT(t, !ksock_as_udp(tcp_ks));
		EXPECT(t, ksock_as_udp(udp_ks) == udp);
		EXPECT(t, !ksock_as_tcp_stream(udp_ks));
		EXPECT(t, !ksock_as_tcp_listener(udp_ks));
	}
	ksock_tcp_stream_put(stream);
	ksock_udp_put(udp);
}

static long life_recv(void *data)
{
	char byte;

	return ksock_recv(data, &byte, 1, 0, KSOCK_FOREVER);
}

static long life_accept(void *data)
{
	struct ksock *child = ksock_accept(data, KSOCK_FOREVER, NULL);

	if (!IS_ERR(child))
		ksock_put(child);
	return PTR_ERR_OR_ZERO(child);
}

/* Fills what the peer does not read. */
static long life_send(void *data)
{
	static const char zeroes[4096];
	long ret;

	do {
		ret = ksock_send(data, zeroes, sizeof(zeroes), 0, KSOCK_FOREVER);
	} while (ret == sizeof(zeroes));
	return ret;
}

struct life_connect {
	struct ksock *ks;
	const struct ksock_addr *addr;
};

static long life_connect(void *data)
{
	struct life_connect *connect = data;

	return ksock_connect(connect->ks, connect->addr, KSOCK_FOREVER);
}

static void cancel_ends_a_receive_that_waits(struct test *t)
{
	struct peer_thread thread;
	struct peer_pair pair;
	char byte;
	long ret;

	ASSERT_EQ(t, peer_pair_open(&pair, peer_net(), KSOCK_AF_INET, 0), 0);
	if (EXPECT_EQ(t, peer_thread_start(&thread, life_recv, peer_near(&pair)),
		      0)) {
		EXPECT(t, peer_sleeps(peer_near(&pair)));
		ksock_cancel(peer_near(&pair));
		EXPECT(t, peer_thread_join(&thread, &ret));
		EXPECT_EQ(t, ret, -ECANCELED);
	}
	/* And for good, also what would not wait. */
	EXPECT_EQ(t, ksock_tcp_send(pair.far, "x", 1, 0, KSOCK_NOWAIT), 1);
	EXPECT_EQ(t, ksock_tcp_recv(pair.near, &byte, 1, 0, KSOCK_NOWAIT),
		  -ECANCELED);
	EXPECT_EQ(t, ksock_tcp_send(pair.near, "x", 1, 0, KSOCK_NOWAIT),
		  -ECANCELED);
	peer_pair_close(&pair);
}

static void cancel_ends_an_accept_that_waits(struct test *t)
{
	struct ksock_tcp_listener *listener;
	struct peer_thread thread;
	struct ksock_addr addr;
	struct ksock *ks;
	long ret;

	ASSERT_EQ(t, peer_listen(&listener, peer_net(), KSOCK_AF_INET6, 0,
				 &addr), 0);
	ks = ksock_from_tcp_listener(listener);
	if (EXPECT_EQ(t, peer_thread_start(&thread, life_accept, ks), 0)) {
		EXPECT(t, peer_sleeps(ks));
		ksock_cancel(ks);
		EXPECT(t, peer_thread_join(&thread, &ret));
		EXPECT_EQ(t, ret, -ECANCELED);
	}
	EXPECT_EQ(t, PTR_ERR(ksock_accept(ks, KSOCK_NOWAIT, NULL)), -ECANCELED);
	ksock_tcp_listener_put(listener);
}

static void cancel_ends_a_send_that_waits(struct test *t)
{
	struct peer_thread thread;
	struct peer_pair pair;
	long ret;

	ASSERT_EQ(t, peer_pair_open(&pair, peer_net(), KSOCK_AF_INET, 0), 0);
	if (EXPECT_EQ(t, peer_thread_start(&thread, life_send, peer_near(&pair)),
		      0)) {
		EXPECT(t, peer_sleeps(peer_near(&pair)));
		ksock_cancel(peer_near(&pair));
		EXPECT(t, peer_thread_join(&thread, &ret));
		/* It may have moved a part. */
		EXPECT(t, ret == -ECANCELED || (ret >= 0 && ret < 4096));
	}
	peer_pair_close(&pair);
}

static void cancel_ends_a_datagram_receive_that_waits(struct test *t)
{
	struct peer_thread thread;
	struct ksock_addr addr;
	struct ksock_udp *udp;
	struct ksock *ks;
	long ret;

	ASSERT_EQ(t, peer_udp(&udp, peer_net(), KSOCK_AF_INET, &addr), 0);
	ks = ksock_from_udp(udp);
	if (EXPECT_EQ(t, peer_thread_start(&thread, life_recv, ks), 0)) {
		EXPECT(t, peer_sleeps(ks));
		ksock_cancel(ks);
		EXPECT(t, peer_thread_join(&thread, &ret));
		EXPECT_EQ(t, ret, -ECANCELED);
	}
	ksock_udp_put(udp);
}

static void cancel_ends_a_connect_that_waits(struct test *t)
{
	struct life_connect connect;
	struct peer_thread thread;
	struct peer_full full;
	long ret;

	ASSERT_EQ(t, peer_full_open(&full, peer_net()), 0);
	connect.ks = ksock_create_kern(peer_net(), KSOCK_AF_INET, KSOCK_STREAM,
				       0, 0);
	connect.addr = &full.addr;
	if (EXPECT(t, !IS_ERR(connect.ks)) &&
	    EXPECT_EQ(t, peer_thread_start(&thread, life_connect, &connect),
		      0)) {
		EXPECT(t, peer_sleeps(connect.ks));
		ksock_cancel(connect.ks);
		EXPECT(t, peer_thread_join(&thread, &ret));
		EXPECT_EQ(t, ret, -ECANCELED);
	}
	ksock_put(connect.ks);
	peer_full_close(&full);
}

static void kthread_stop_ends_a_wait(struct test *t)
{
	struct ksock_tcp_listener *listener;
	struct peer_thread thread;
	struct ksock_addr addr;
	struct ksock *ks;

	ASSERT_EQ(t, peer_listen(&listener, peer_net(), KSOCK_AF_INET, 0, &addr),
		  0);
	ks = ksock_from_tcp_listener(listener);
	if (EXPECT_EQ(t, peer_thread_start(&thread, life_accept, ks), 0)) {
		EXPECT(t, peer_sleeps(ks));
		EXPECT_EQ(t, peer_thread_stop(&thread), -EINTR);
	}
	ksock_tcp_listener_put(listener);
}

const struct test_case life_cases[] = {
	CASE(create_makes_a_socket_of_the_process),
	CASE(create_kern_makes_one_of_the_kernels_that_holds_its_namespace),
	CASE(create_refuses_what_there_is_not),
	CASE(put_takes_null_and_errors),
	CASE(hold_keeps_the_socket_and_the_last_put_closes_it),
	CASE(put_sync_has_closed_in_a_kernel_thread_as_well),
	CASE(put_closes_some_time_later),
	CASE(put_in_a_kernel_thread_has_a_worker_close),
	CASE(put_where_nobody_may_sleep_has_a_worker_close),
	CASE(lite_is_room_that_a_failed_accept_leaves),
	CASE(adopt_refuses_what_is_no_socket),
	CASE(adopt_and_get_file_share_a_socket_with_a_process),
	CASE(adopt_refuses_unix),
	CASE(as_asks_what_a_socket_is),
	CASE(cancel_ends_a_receive_that_waits),
	CASE(cancel_ends_an_accept_that_waits),
	CASE(cancel_ends_a_send_that_waits),
	CASE(cancel_ends_a_datagram_receive_that_waits),
	CASE(cancel_ends_a_connect_that_waits),
	CASE(kthread_stop_ends_a_wait),
	{}
};
