// SPDX-License-Identifier: GPL-2.0-only
/*
 * What makes ksock stay for good: connections that have its functions, and that nobody
 * here knows of.  Nobody calls them in these tests, which allows to let it go again.
 */
#include <linux/err.h>
#include <linux/fcntl.h>
#include <linux/fdtable.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <net/inet_connection_sock.h>
#include <net/request_sock.h>
#include <net/sock.h>
#include "peer.h"
#include "test.h"

static void stay_count(struct ksock *ks, void *data)
{
	atomic_inc((atomic_t *)data);
}

/* Connections are counted, and so is data that belongs to none. */
static const struct ksock_events events = {
	.accept_ready	= stay_count,
	.data_ready	= stay_count,
};

static int stay_on(struct ksock *ks, atomic_t *told)
{
	atomic_set(told, 0);
	return ksock_events_on(ks, &events, told, KSOCK_EVENT_ALL);
}

/* The file that knows ksock's module, which it holds. */
static struct file *stay_open(struct test *t)
{
	struct file *device = filp_open("/dev/ksock", O_RDWR, 0);

	return EXPECT(t, !IS_ERR(device)) ? device : NULL;
}

static int stay_refs(const struct file *device)
{
	return module_refcount(device->f_op->owner);
}

/* Whether it stays since there were so many references; and lets it go. */
static bool stays(const struct file *device, int before)
{
	if (stay_refs(device) != before + 1)
		return false;
	module_put(device->f_op->owner);
	return true;
}

/* What a process accepts from a socket it shares is such a connection. */
static void a_listener_of_a_process_keeps_the_module(struct test *t)
{
	struct ksock_tcp_listener *listener;
	struct ksock_addr addr;
	struct file *device;
	struct ksock *ks;
	atomic_t told;
	int before;

	device = stay_open(t);
	if (!device)
		return;
	if (!EXPECT_EQ(t, peer_listen(&listener, peer_net(), KSOCK_AF_INET, 0,
				      &addr), 0))
		goto out;
	ks = ksock_from_tcp_listener(listener);
	before = stay_refs(device);
	EXPECT_EQ(t, stay_on(ks, &told), 0);
	EXPECT_EQ(t, ksock_events_off(ks), 0);
	EXPECT_EQ(t, stay_refs(device), before);

	fput(ksock_get_file(ks));
	EXPECT_EQ(t, stay_on(ks, &told), 0);
	EXPECT_EQ(t, ksock_events_off(ks), 0);
	EXPECT(t, stays(device, before));
	ksock_tcp_listener_put(listener);
out:
	fput(device);
}

/* Another ksock of the same socket, shared by a descriptor. */
static struct ksock *stay_share(struct ksock *ks)
{
	struct file *file = ksock_get_file(ks);
	int fd = get_unused_fd_flags(O_CLOEXEC);

	if (fd < 0) {
		fput(file);
		return ERR_PTR(fd);
	}
	fd_install(fd, file);
	ks = ksock_adopt(fd);
	close_fd(fd);
	return ks;
}

/* Of two ksocks of one socket only one can have the events, and both accept. */
static void a_connection_has_its_own_callbacks_whoever_accepts_it(struct test *t)
{
	struct ksock_tcp_listener *listener;
	struct ksock *first, *second, *child;
	struct ksock_tcp_stream *stream;
	void (*ready)(struct sock *sk);
	struct ksock_addr addr;
	struct file *device;
	atomic_t told;
	int before;
	char byte;

	device = stay_open(t);
	if (!device)
		return;
	stream = ksock_tcp_stream_create(peer_net(), KSOCK_AF_INET, 0);
	if (!EXPECT(t, !IS_ERR(stream)) ||
	    !EXPECT_EQ(t, peer_listen(&listener, peer_net(), KSOCK_AF_INET, 0,
				      &addr), 0))
		goto out;
	first = ksock_from_tcp_listener(listener);
	ready = ksock_raw(first)->sk->sk_data_ready;
	second = stay_share(first);
	if (!EXPECT(t, !IS_ERR(second)))
		goto out_listener;
	before = stay_refs(device);
	EXPECT_EQ(t, stay_on(first, &told), 0);
	EXPECT_EQ(t, ksock_events_on(second, &events, &told, KSOCK_EVENT_ALL),
		  -EBUSY);
	EXPECT_EQ(t, ksock_tcp_connect(stream, &addr, peer_deadline()), 0);
	child = ksock_accept(second, peer_deadline(), NULL);
	if (EXPECT(t, !IS_ERR(child))) {
		EXPECT(t, ksock_raw(child)->sk->sk_data_ready == ready);
		EXPECT_EQ(t, ksock_tcp_send(stream, "x", 1, 0, KSOCK_NOWAIT),
			  1);
		EXPECT_EQ(t, ksock_recv(child, &byte, 1, 0, peer_deadline()),
			  1);
		ksock_put(child);
	}
	EXPECT_EQ(t, ksock_events_off(first), 0);
	EXPECT(t, stays(device, before));
	ksock_put(second);
out_listener:
	ksock_tcp_listener_put(listener);
out:
	ksock_tcp_stream_put(stream);
	fput(device);
}

/* Also when it has become something else by the time the events are off. */
static void a_listener_that_has_become_a_client_keeps_the_module(struct test *t)
{
	struct ksock_tcp_listener *listener;
	struct ksock_addr addr;
	struct file *device;
	struct ksock *ks;
	atomic_t told;
	int before;

	device = stay_open(t);
	if (!device)
		return;
	if (!EXPECT_EQ(t, peer_listen(&listener, peer_net(), KSOCK_AF_INET, 0,
				      &addr), 0))
		goto out;
	ks = ksock_create_kern(peer_net(), KSOCK_AF_INET, KSOCK_STREAM, 0, 0);
	if (!EXPECT(t, !IS_ERR(ks)))
		goto out_listener;
	fput(ksock_get_file(ks));
	before = stay_refs(device);
	EXPECT_EQ(t, stay_on(ks, &told), 0);
	EXPECT_EQ(t, ksock_listen(ks, 1), 0);
	EXPECT_EQ(t, ksock_events_off(ks), 0);
	EXPECT(t, stays(device, before));

	EXPECT_EQ(t, stay_on(ks, &told), 0);
	EXPECT_EQ(t, ksock_abort(ks), 0);
	EXPECT_EQ(t, ksock_connect(ks, &addr, peer_deadline()), 0);
	EXPECT_EQ(t, ksock_events_off(ks), 0);
	EXPECT(t, stays(device, before));
	/* One that has been nothing else does not. */
	EXPECT_EQ(t, stay_on(ks, &told), 0);
	EXPECT_EQ(t, ksock_events_off(ks), 0);
	EXPECT_EQ(t, stay_refs(device), before);
	ksock_put(ks);
out_listener:
	ksock_tcp_listener_put(listener);
out:
	fput(device);
}

/* A number that DCCP has, of a socket that never listens. */
static void a_raw_socket_does_not_keep_the_module(struct test *t)
{
	struct ksock *ks = ksock_create_kern(peer_net(), KSOCK_AF_INET, KSOCK_RAW,
					     (enum ksock_protocol)IPPROTO_DCCP, 0);
	struct ksock_addr addr;
	struct file *device;
	atomic_t told;
	int before;

	if (!EXPECT(t, !IS_ERR(ks)))
		return;
	device = stay_open(t);
	if (!device)
		goto out;
	ksock_addr_set_loopback(&addr, KSOCK_AF_INET, 0);
	fput(ksock_get_file(ks));
	before = stay_refs(device);
	EXPECT_EQ(t, stay_on(ks, &told), 0);
	EXPECT_EQ(t, ksock_sendto(ks, "x", 1, 0, KSOCK_NOWAIT, &addr), 1);
	EXPECT(t, peer_eventually(atomic_read(&told) == 1));
	EXPECT_EQ(t, ksock_events_off(ks), 0);
	EXPECT_EQ(t, stay_refs(device), before);
	fput(device);
out:
	ksock_put(ks);
}

/* A connection that waits is another socket's when its own stops to listen. */
static void a_connection_that_moves_to_another_socket_keeps_the_module(struct test *t)
{
	struct ksock *first, *second = NULL, *child = NULL;
	struct ksock_tcp_stream *stream;
	struct ksock_addr addr;
	struct file *device;
	bool stayed = false;
	atomic_t told;
	int before;

	device = stay_open(t);
	if (!device)
		return;
	peer_migrate(true);
	ksock_addr_set_loopback(&addr, KSOCK_AF_INET, 0);
	first = peer_group_listen(&addr, 0);
	stream = ksock_tcp_stream_create(peer_net(), KSOCK_AF_INET, 0);
	if (!EXPECT(t, !IS_ERR(stream) && !IS_ERR(first)))
		goto out;
	before = stay_refs(device);
	EXPECT_EQ(t, stay_on(first, &told), 0);
	EXPECT_EQ(t, ksock_tcp_connect(stream, &addr, peer_deadline()), 0);
	EXPECT(t, peer_eventually(atomic_read(&told) == 1));
	second = peer_group_listen(&addr, 0);
	EXPECT_EQ(t, ksock_shutdown(first, KSOCK_SHUT_RD), 0);
	EXPECT_EQ(t, ksock_events_off(first), 0);
	stayed = stays(device, before);
	if (!EXPECT(t, !IS_ERR(second)))
		goto out;
	child = ksock_accept(second, KSOCK_NOWAIT, NULL);
	if (PTR_ERR(child) == -EAGAIN) {
		EXPECT(t, !stayed);
		test_skip(t, "on this kernel no connection moves");
		goto out;
	}
	EXPECT(t, stayed);
	if (EXPECT(t, !IS_ERR(child))) {
		EXPECT_EQ(t, stay_on(child, &told), 0);
		EXPECT_EQ(t, ksock_events_off(child), 0);
	}
out:
	ksock_put(child);
	ksock_put(second);
	ksock_put(first);
	ksock_tcp_stream_put(stream);
	peer_migrate(false);
	fput(device);
}

/*
 * A connection that waits may be claimed by somebody else, a program of a sockmap for
 * one: what that has put there is neither followed nor taken away, and it may have
 * kept our callbacks.
 */
static void a_connection_that_somebody_has_claimed_stays_theirs(struct test *t)
{
	struct ksock_tcp_stream *stream, *child = NULL;
	struct ksock_tcp_listener *listener;
	struct request_sock_queue *queue;
	void (*ready)(struct sock *sk);
	struct ksock_addr addr;
	struct file *device;
	struct sock *sk;
	struct ksock *ks;
	atomic_t told;
	void *claim;
	int before;

	device = stay_open(t);
	if (!device)
		return;
	/* Whoever takes it for something else follows a pointer to nowhere. */
	claim = kmalloc(PAGE_SIZE, GFP_KERNEL);
	stream = ksock_tcp_stream_create(peer_net(), KSOCK_AF_INET, 0);
	if (!EXPECT(t, claim && !IS_ERR(stream)) ||
	    !EXPECT_EQ(t, peer_listen(&listener, peer_net(), KSOCK_AF_INET, 0,
				      &addr), 0))
		goto out;
	memset(claim, 0xff, PAGE_SIZE);
	ks = ksock_from_tcp_listener(listener);
	ready = ksock_raw(ks)->sk->sk_data_ready;
	EXPECT_EQ(t, stay_on(ks, &told), 0);
	EXPECT_EQ(t, ksock_tcp_connect(stream, &addr, peer_deadline()), 0);
	EXPECT(t, peer_eventually(atomic_read(&told) == 1));

	queue = &inet_csk(ksock_raw(ks)->sk)->icsk_accept_queue;
	if (!EXPECT(t, queue->rskq_accept_head))
		goto out_off;
	sk = queue->rskq_accept_head->sk;
	rcu_assign_sk_user_data(sk, claim);
	EXPECT_EQ(t, ksock_tcp_send(stream, "x", 1, 0, KSOCK_NOWAIT), 1);
	before = stay_refs(device);
	child = ksock_tcp_accept(listener, peer_deadline(), NULL);
	if (!EXPECT(t, !IS_ERR(child)))
		goto out_off;
	EXPECT_EQ(t, atomic_read(&told), 1);
	EXPECT(t, ksock_raw(ksock_from_tcp_stream(child))->sk == sk);
	EXPECT(t, sk->sk_data_ready == ready);
	EXPECT(t, sk->sk_user_data == claim);
	EXPECT(t, stays(device, before));
	rcu_assign_sk_user_data(sk, NULL);
out_off:
	EXPECT_EQ(t, ksock_events_off(ks), 0);
	ksock_tcp_stream_put(child);
	ksock_tcp_listener_put(listener);
out:
	ksock_tcp_stream_put(stream);
	synchronize_rcu();
	kfree(claim);
	fput(device);
}

const struct test_case stay_cases[] = {
	CASE(a_listener_of_a_process_keeps_the_module),
	CASE(a_connection_has_its_own_callbacks_whoever_accepts_it),
	CASE(a_listener_that_has_become_a_client_keeps_the_module),
	CASE(a_raw_socket_does_not_keep_the_module),
	CASE(a_connection_that_moves_to_another_socket_keeps_the_module),
	CASE(a_connection_that_somebody_has_claimed_stays_theirs),
	{}
};
