// SPDX-License-Identifier: GPL-2.0-only
/*
 * Memory: what a socket allocates with, use where reclaim waits, lock classes.
 */
#include <linux/err.h>
#include <linux/lockdep.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/sched/mm.h>
#include <net/sock.h>
#include "peer.h"
#include "test.h"

static void the_allocation_is_the_sockets(struct test *t)
{
	struct ksock_udp *udp = ksock_udp_create(peer_net(), KSOCK_AF_INET, 0);
	struct sock *sk;
	struct ksock *ks;

	ASSERT(t, !IS_ERR(udp));
	ks = ksock_from_udp(udp);
	sk = ksock_raw(ks)->sk;
	EXPECT(t, sk->sk_allocation == GFP_KERNEL);
	ksock_set_allocation(ks, GFP_NOFS);
	EXPECT(t, sk->sk_allocation == GFP_NOFS);
	/* The page of the task may be in use by who reclaims. */
	EXPECT(t, sk_page_frag(sk) == &sk->sk_frag);
	ksock_set_allocation(ks, GFP_KERNEL);
	EXPECT(t, sk_page_frag(sk) == &current->task_frag);
	ksock_udp_put(udp);
}

static void reserves_are_for_who_asks(struct test *t)
{
	struct ksock_udp *udp = ksock_udp_create(peer_net(), KSOCK_AF_INET, 0);
	struct sock *sk;

	ASSERT(t, !IS_ERR(udp));
	sk = ksock_raw(ksock_from_udp(udp))->sk;
	EXPECT(t, !sock_flag(sk, SOCK_MEMALLOC));
	ksock_set_memalloc(ksock_from_udp(udp), true);
	EXPECT(t, sock_flag(sk, SOCK_MEMALLOC));
	EXPECT(t, sk->sk_allocation & __GFP_MEMALLOC);
	ksock_set_allocation(ksock_from_udp(udp), GFP_NOIO);
	EXPECT(t, sk->sk_allocation == (GFP_NOIO | __GFP_MEMALLOC));
	ksock_set_memalloc(ksock_from_udp(udp), false);
	EXPECT(t, !sock_flag(sk, SOCK_MEMALLOC));
	EXPECT(t, !(sk->sk_allocation & __GFP_MEMALLOC));
	/* What is left on is turned off for all of the stack at the end. */
	ksock_set_memalloc(ksock_from_udp(udp), true);
	ksock_udp_put(udp);
}

/* The stack counts who uses reserves, and a connection is not among them. */
static void reserves_are_not_inherited(struct test *t)
{
	struct ksock_tcp_listener *listener;
	struct ksock_tcp_stream *near, *far;
	struct ksock_addr addr;
	struct sock *sk;

	ASSERT_EQ(t, peer_listen(&listener, peer_net(), KSOCK_AF_INET, 0, &addr),
		  0);
	ksock_set_memalloc(ksock_from_tcp_listener(listener), true);
	near = ksock_tcp_stream_create(peer_net(), KSOCK_AF_INET, 0);
	if (!EXPECT(t, !IS_ERR(near)))
		goto out;
	EXPECT_EQ(t, ksock_tcp_connect(near, &addr, peer_deadline()), 0);
	far = ksock_tcp_accept(listener, peer_deadline(), NULL);
	if (EXPECT(t, !IS_ERR(far))) {
		sk = ksock_raw(ksock_from_tcp_stream(far))->sk;
		EXPECT(t, !sock_flag(sk, SOCK_MEMALLOC));
		EXPECT(t, !(sk->sk_allocation & __GFP_MEMALLOC));
	}
	ksock_tcp_stream_put(far);
out:
	ksock_tcp_stream_put(near);
	ksock_tcp_listener_put(listener);
}

/*
 * A connection as a file system or a block device has it: nothing under its lock
 * waits for reclaim, and no socket of others has the class of its lock.
 */
static int memory_storage_open(struct peer_pair *pair)
{
	struct ksock_addr addr;
	int ret;

	memset(pair, 0, sizeof(*pair));
	ret = peer_listen(&pair->listener, peer_net(), KSOCK_AF_INET, 0, &addr);
	if (ret)
		return ret;
	pair->near = ksock_tcp_stream_create(peer_net(), KSOCK_AF_INET, 0);
	if (IS_ERR(pair->near))
		return PTR_ERR(pair->near);
	ksock_set_lock_class(peer_near(pair), "ksock_test_near");
	ksock_set_allocation(peer_near(pair), GFP_NOFS);
	ret = ksock_tcp_connect(pair->near, &addr, peer_deadline());
	if (ret)
		return ret;
	pair->far = ksock_tcp_accept(pair->listener, peer_deadline(), NULL);
	if (IS_ERR(pair->far))
		return PTR_ERR(pair->far);
	ksock_set_lock_class(peer_far(pair), "ksock_test_far");
	ksock_set_allocation(peer_far(pair), GFP_NOIO);
	return 0;
}

/* Lockdep tells, by the locks that reclaim is known to take. */
static void a_conversation_is_held_where_reclaim_waits(struct test *t)
{
	static DEFINE_MUTEX(storage_lock);
	struct peer_pair pair;
	unsigned int flags;
	char buf[8];

	flags = memalloc_nofs_save();
	if (EXPECT_EQ(t, memory_storage_open(&pair), 0)) {
		memalloc_nofs_restore(flags);
		/* Reclaim takes the lock of the storage. */
		fs_reclaim_acquire(GFP_KERNEL);
		mutex_lock(&storage_lock);
		mutex_unlock(&storage_lock);
		fs_reclaim_release(GFP_KERNEL);

		mutex_lock(&storage_lock);
		flags = memalloc_nofs_save();
		EXPECT_EQ(t, ksock_tcp_write_all(pair.near, "storage!", 8,
						 peer_deadline()), 0);
		memalloc_nofs_restore(flags);
		flags = memalloc_noio_save();
		EXPECT_EQ(t, ksock_tcp_read_exact(pair.far, buf, 8,
						  peer_deadline()), 0);
		memalloc_noio_restore(flags);
		mutex_unlock(&storage_lock);
		EXPECT(t, !memcmp(buf, "storage!", 8));
	} else {
		memalloc_nofs_restore(flags);
	}
	peer_pair_close(&pair);
}

static void a_lock_class_holds_its_module(struct test *t)
{
	struct ksock_tcp_stream *stream;
	int before, after;
	struct ksock *ks;

	stream = ksock_tcp_stream_create(peer_net(), KSOCK_AF_INET, 0);
	ASSERT(t, !IS_ERR(stream));
	ks = ksock_from_tcp_stream(stream);
	before = module_refcount(THIS_MODULE);
	ksock_set_lock_class(ks, "ksock_test");
	after = module_refcount(THIS_MODULE);
#if IS_ENABLED(CONFIG_PROVE_LOCKING)
	EXPECT_EQ(t, after, before + 1);
#else
	EXPECT_EQ(t, after, before);
#endif
	lock_sock(ksock_raw(ks)->sk);
	release_sock(ksock_raw(ks)->sk);
	ksock_put_sync(ks);
	/* The memory of the socket goes after a grace period. */
	EXPECT(t, peer_eventually(module_refcount(THIS_MODULE) == before));
}

const struct test_case memory_cases[] = {
	CASE(the_allocation_is_the_sockets),
	CASE(reserves_are_for_who_asks),
	CASE(reserves_are_not_inherited),
	CASE(a_conversation_is_held_where_reclaim_waits),
	CASE(a_lock_class_holds_its_module),
	{}
};
