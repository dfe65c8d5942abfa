// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a socket allocates with.
 */
#include <linux/export.h>
#include <linux/gfp.h>
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
	sk->sk_allocation = gfp;
	ksock_sk_use_task_frag(sk, gfp & __GFP_FS);
	ksock_leave(ks);
}
EXPORT_SYMBOL_GPL(ksock_set_allocation);

/**
 * ksock_set_memalloc() - let the socket use the last reserves of memory
 * @ks: socket; calls for one come one at a time
 * @on: whether to
 *
 * For a socket that memory reclaim waits for, as swap over the network does:
 * what it sends and receives may then be allocated where other allocations fail.
 * The last ksock_put() turns it off.
 *
 * Context: process context, may sleep.
 */
void ksock_set_memalloc(struct ksock *ks, bool on)
{
	struct sock *sk;

	/* The stack counts such sockets, so each is one only once. */
	if (on == test_bit(KSOCK_BIT_MEMALLOC, &ks->flags) || ksock_enter(ks))
		return;
	sk = ks->sock->sk;
	if (on) {
		sk_set_memalloc(sk);
		set_bit(KSOCK_BIT_MEMALLOC, &ks->flags);
	} else {
		sk_clear_memalloc(sk);
		clear_bit(KSOCK_BIT_MEMALLOC, &ks->flags);
	}
	ksock_leave(ks);
}
EXPORT_SYMBOL_GPL(ksock_set_memalloc);
