// SPDX-License-Identifier: GPL-2.0-only
/*
 * Sockets of the kernel's own and their network namespace: they keep it, or end
 * with it.
 *
 * A socket made with kern=1 holds no reference to its namespace.  Its timers
 * would run on after that is gone, so a ksock takes the reference that the stack
 * does not; a namespace with such a socket lives for as long as the socket does,
 * and after close as long as the connection takes to end.
 *
 * Or it follows the namespace.  Then it is on a list, and when the namespace
 * goes, ops->exit() ends it before that returns.  Two can come to end it, the
 * namespace and the last ksock_put(); who takes it off the list does it.
 *
 *  - The namespace does: calls that wait are sent home and all calls waited for,
 *    the events are turned off, the connection is reset and the file closed.
 *    The object stays with its holders, without a socket, and every call returns
 *    -ENETDOWN.
 *  - The last ksock_put() does, while the namespace lives: the socket is given a
 *    reference after all, so that it can be closed in the ordinary way, which
 *    takes time.
 *  - The last ksock_put() comes when the namespace has no reference left and
 *    cannot be given one, but has not come by yet: it leaves the file on the
 *    list for it.
 *
 * A lock of this file guards the lists; under it nothing is called that sleeps,
 * and no lock is taken but that of a wait queue.
 */
#include <linux/completion.h>
#include <linux/fs.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <net/net_namespace.h>
#include <net/netns/generic.h>
#include <net/sock.h>
#include <net/sock_reuseport.h>
#include "sock.h"

/**
 * struct ksock_follow - a socket that follows its network namespace
 * @node: place on the list of the namespace, under follow_lock; empty when it is
 *	off, and then belongs to who took it off.
 * @listed: whether it has been on the list.
 * @ks: the socket; NULL when its last reference is gone, under follow_lock.
 * @file: then, the file that is left to close.
 * @net: the namespace.
 * @users: calls under way, and one until the namespace goes.
 * @idle: completed when there are none.
 * @done: completed when the namespace is done with it.
 */
struct ksock_follow {
	struct list_head node;
	bool listed;
	struct ksock *ks;
	struct file *file;
	struct net *net;
	refcount_t users;
	struct completion idle;
	struct completion done;
};

static DEFINE_SPINLOCK(follow_lock);
static unsigned int follow_net_id;

/**
 * ksock_netns_pin() - have a socket keep its namespace
 * @sk: socket that nobody else uses yet
 *
 * Does nothing to one that has a reference already, as connections accepted from
 * a socket that keeps its namespace have.
 *
 * Context: process context, may sleep.
 */
void ksock_netns_pin(struct sock *sk)
{
	if (!sk->sk_net_refcnt)
		ksock_sk_net_refcnt_upgrade(sk);
}

/**
 * ksock_follow_enter() - begin to use a socket that follows
 * @follow: its part in its namespace
 *
 * Context: any.
 * Return: 0, or -ENETDOWN when the namespace is going or gone.
 */
int ksock_follow_enter(struct ksock_follow *follow)
{
	return refcount_inc_not_zero(&follow->users) ? 0 : -ENETDOWN;
}

/**
 * ksock_follow_leave() - end what ksock_follow_enter() began
 * @follow: its part in its namespace
 *
 * Context: any.
 */
void ksock_follow_leave(struct ksock_follow *follow)
{
	if (refcount_dec_and_test(&follow->users))
		complete(&follow->idle);
}

/**
 * ksock_follow_alloc() - prepare a socket to follow its namespace
 * @ks: object without a socket
 * @net: namespace
 *
 * Context: may sleep.
 * Return: 0 or -ENOMEM.
 */
int ksock_follow_alloc(struct ksock *ks, struct net *net)
{
	struct ksock_follow *follow;

	follow = kzalloc(sizeof(*follow), GFP_KERNEL_ACCOUNT);
	if (!follow)
		return -ENOMEM;
	INIT_LIST_HEAD(&follow->node);
	follow->ks = ks;
	follow->net = net;
	refcount_set(&follow->users, 1);
	init_completion(&follow->idle);
	init_completion(&follow->done);
	ks->follow = follow;
	return 0;
}

/**
 * ksock_follow_start() - have a socket follow its namespace
 * @ks: socket, prepared and complete, that nobody else has yet
 *
 * The namespace is alive, as the caller has a reference to it or uses a socket
 * that follows it.
 *
 * Context: any but hard interrupt.
 */
void ksock_follow_start(struct ksock *ks)
{
	struct ksock_follow *follow = ks->follow;
	struct list_head *list = net_generic(follow->net, follow_net_id);

	follow->listed = true;
	spin_lock_bh(&follow_lock);
	list_add_tail(&follow->node, list);
	spin_unlock_bh(&follow_lock);
}

/**
 * ksock_follow_wait() - wait until a socket has ended with its namespace
 * @follow: its part in its namespace, that ksock_follow_enter() failed for
 *
 * Context: process context, sleeps.
 */
void ksock_follow_wait(struct ksock_follow *follow)
{
	wait_for_completion(&follow->done);
}

/**
 * ksock_follow_ungroup() - keep connections from moving to another socket
 * @ks: socket that is there and may stop to listen now
 *
 * Those of a socket that follows its namespace hold none, which a process's socket of
 * the same group (net.ipv4.tcp_migrate_req) would rely on.
 *
 * Context: process context, may sleep.
 */
void ksock_follow_ungroup(struct ksock *ks)
{
	struct sock *sk = ks->sock->sk;

	if (likely(!ks->follow) || sk->sk_protocol != IPPROTO_TCP ||
	    !rcu_access_pointer(sk->sk_reuseport_cb))
		return;
	lock_sock(sk);
	if (rcu_access_pointer(sk->sk_reuseport_cb))
		reuseport_detach_sock(sk);
	release_sock(sk);
}

/**
 * ksock_follow_end() - have the last reference of a socket end its following
 * @ks: socket without references; its file is NULL afterwards when there is
 *	none to close
 *
 * Context: process context, sleeps.
 */
void ksock_follow_end(struct ksock *ks)
{
	struct ksock_follow *follow = ks->follow;
	bool mine, alive = false;

	/* One that could not be made has never been on the list. */
	if (!follow->listed)
		goto out_free;
	spin_lock_bh(&follow_lock);
	mine = !list_empty(&follow->node);
	if (mine) {
		alive = maybe_get_net(follow->net);
		if (alive) {
			list_del_init(&follow->node);
		} else {
			follow->ks = NULL;
			follow->file = ks->file;
		}
	}
	spin_unlock_bh(&follow_lock);

	if (mine && !alive) {
		/* The namespace has both from here on. */
		ks->file = NULL;
		return;
	}
	if (mine) {
		ksock_follow_ungroup(ks);
		ksock_netns_pin(ks->sock->sk);
		put_net(follow->net);
	} else {
		wait_for_completion(&follow->done);
	}
out_free:
	kfree(follow);
}

static void follow_send_home(struct ksock *ks)
{
	set_bit(KSOCK_BIT_NETDOWN, &ks->flags);
	/* Who waits looks at the bit after it has queued itself. */
	smp_mb__after_atomic();
	wake_up_all(&ks->sock->wq.wait);
}

/* The connection is reset: what takes time would outlast the namespace. */
static void follow_close(struct file *file)
{
	struct socket *sock = file->private_data;

	sock_no_linger(sock->sk);
	ksock_file_close(file);
}

/* Numbered, as the order is all there is to it. */
static void follow_finish(struct ksock *ks, struct ksock_follow *follow)
{
	struct file *file = ks->file;

	/* 1. Who waits returns, who comes is turned away. */
	follow_send_home(ks);
	/* 2. Nobody uses the socket. */
	if (!refcount_dec_and_test(&follow->users))
		wait_for_completion(&follow->idle);
	/* 3. The socket calls nobody, and nothing is turned on for it. */
	ksock_event_end(ks);
	ksock_memalloc_end(ks);
	/* 4. There is no socket. */
	ks->sock = NULL;
	ks->file = NULL;
	follow_close(file);
	/* 5. The last reference may free both. */
	complete_all(&follow->done);
}

/*
 * Before the first is reset, so that nobody takes that, from a peer in the same
 * namespace, for the end.
 */
static void netns_send_home(struct list_head *list)
{
	struct ksock_follow *follow;

	spin_lock_bh(&follow_lock);
	list_for_each_entry(follow, list, node) {
		if (follow->ks)
			follow_send_home(follow->ks);
	}
	spin_unlock_bh(&follow_lock);
}

static int __net_init netns_net_init(struct net *net)
{
	INIT_LIST_HEAD((struct list_head *)net_generic(net, follow_net_id));
	return 0;
}

static struct ksock_follow *netns_take(struct list_head *list)
{
	struct ksock_follow *follow;

	spin_lock_bh(&follow_lock);
	follow = list_first_entry_or_null(list, struct ksock_follow, node);
	if (follow)
		list_del_init(&follow->node);
	spin_unlock_bh(&follow_lock);
	return follow;
}

static void __net_exit netns_net_exit(struct net *net)
{
	struct list_head *list = net_generic(net, follow_net_id);
	struct ksock_follow *follow;

	netns_send_home(list);
	while ((follow = netns_take(list))) {
		/* Off the list it is this function's, and does not change. */
		if (follow->ks) {
			follow_finish(follow->ks, follow);
		} else {
			follow_close(follow->file);
			kfree(follow);
		}
	}
}

static struct pernet_operations netns_ops = {
	.init	= netns_net_init,
	.exit	= netns_net_exit,
	.id	= &follow_net_id,
	.size	= sizeof(struct list_head),
};

/**
 * ksock_netns_init() - learn of namespaces that go
 *
 * As a device, for those end first: a socket has routes, and they hold the
 * loopback device, whose end waits for that on some kernels.
 *
 * Return: 0 or a negative error of register_pernet_device().
 */
int __init ksock_netns_init(void)
{
	return register_pernet_device(&netns_ops);
}

/**
 * ksock_netns_exit() - undo ksock_netns_init()
 */
void ksock_netns_exit(void)
{
	unregister_pernet_device(&netns_ops);
}
