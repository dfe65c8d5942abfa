// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a socket allocates with.
 */
#include <linux/export.h>
#include <linux/gfp.h>
#include <linux/lockdep.h>
#include <net/sock.h>
#include "sock.h"

/**
 * ksock_set_allocation() - choose what the socket allocates memory with
 * @ks: socket
 * @gfp: GFP_KERNEL, or GFP_NOFS, GFP_NOIO or GFP_ATOMIC for a socket that a file
 *	system or storage is on
 *
 * Without __GFP_FS the socket no longer borrows the page of the task that
 * sends, which memory reclaim inside of another send may be using.
 *
 * The calls on the socket allocate as well, with GFP_KERNEL; the caller brackets
 * them with memalloc_nofs_save() or memalloc_noio_save().
 *
 * Context: any; before the socket is used by others.
 */
void ksock_set_allocation(struct ksock *ks, gfp_t gfp)
{
	struct sock *sk;

	if (ksock_enter(ks))
		return;
	sk = ks->sock->sk;
	/* That one is ksock_set_memalloc()'s. */
	sk->sk_allocation = gfp | (sk->sk_allocation & __GFP_MEMALLOC);
	ksock_sk_use_task_frag(sk, gfp & __GFP_FS);
	ksock_leave(ks);
}
EXPORT_SYMBOL_GPL(ksock_set_allocation);

/*
 * A packet from the reserves that waits until nobody has the socket lock must not be
 * met by a socket that takes none: so there is no such packet here.
 */
static void memory_leave_reserves(struct sock *sk)
{
	spin_lock_bh(&sk->sk_lock.slock);
	while (sock_owned_by_user(sk)) {
		spin_unlock_bh(&sk->sk_lock.slock);
		lock_sock(sk);
		release_sock(sk);
		spin_lock_bh(&sk->sk_lock.slock);
	}
	sock_reset_flag(sk, SOCK_MEMALLOC);
	sk->sk_allocation &= ~__GFP_MEMALLOC;
	spin_unlock_bh(&sk->sk_lock.slock);
}

static void memory_switch_memalloc(struct ksock *ks, bool on)
{
	struct sock *sk = ks->sock->sk;

	/* The stack counts such sockets, so each is one only once. */
	if (on == test_bit(KSOCK_BIT_MEMALLOC, &ks->flags))
		return;
	if (!on)
		memory_leave_reserves(sk);
	/* For its flags, and what clearing gives back of its memory. */
	lock_sock(sk);
	if (on)
		sk_set_memalloc(sk);
	else
		sk_clear_memalloc(sk);
	release_sock(sk);
	assign_bit(KSOCK_BIT_MEMALLOC, &ks->flags, on);
}

/**
 * ksock_set_memalloc() - let the socket use the last reserves of memory
 * @ks: socket; calls for one come one at a time
 * @on: whether to
 *
 * For a socket that memory reclaim waits for, as swap over the network does:
 * what it sends and receives may then be allocated where other allocations fail.
 * The last ksock_put() turns it off.  Connections that are accepted do not have it.
 *
 * Context: process context, may sleep.
 */
void ksock_set_memalloc(struct ksock *ks, bool on)
{
	if (ksock_enter(ks))
		return;
	memory_switch_memalloc(ks, on);
	ksock_leave(ks);
}
EXPORT_SYMBOL_GPL(ksock_set_memalloc);

/**
 * ksock_memalloc_clean() - have a connection use no reserves
 * @child: connection, a copy of a socket that may
 *
 * The stack does not count it among those that do.
 *
 * Context: process context, may sleep.
 */
void ksock_memalloc_clean(struct sock *child)
{
	if (unlikely(sock_flag(child, SOCK_MEMALLOC)))
		memory_leave_reserves(child);
}

/**
 * ksock_memalloc_end() - turn the use of reserves off when it is on
 * @ks: socket that is there, and that nobody uses
 *
 * Context: process context, may sleep.
 */
void ksock_memalloc_end(struct ksock *ks)
{
	memory_switch_memalloc(ks, false);
}

/**
 * ksock_lock_class() - give the lock of a socket a class
 * @ks: socket
 * @names: of the spinlock and of the lock
 * @keys: of both
 * @owner: module that has these, which the socket holds where lockdep is on
 *
 * For ksock_set_lock_class().  sock_lock_init_class_and_name() makes the lock anew,
 * too, which the stack may be at already.
 *
 * Context: process context, the socket not locked.
 */
void ksock_lock_class(struct ksock *ks, const char *const names[2],
		      struct lock_class_key keys[2], struct module *owner)
{
	struct sock *sk;

	if (ksock_enter(ks))
		return;
	sk = ks->sock->sk;
	ksock_sk_owner_set(sk, owner);
	lockdep_set_class_and_name(&sk->sk_lock.slock, &keys[0], names[0]);
	lockdep_init_map(&sk->sk_lock.dep_map, names[1], &keys[1], 0);
	ksock_leave(ks);
}
EXPORT_SYMBOL_GPL(ksock_lock_class);
