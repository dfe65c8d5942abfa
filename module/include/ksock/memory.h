/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a socket allocates with, and how its lock is known to lockdep: for
 * callers that storage or memory reclaim waits for.
 */
#ifndef KSOCK_MEMORY_H
#define KSOCK_MEMORY_H

#include <linux/gfp.h>
#include <linux/lockdep.h>
#include <net/sock.h>

struct ksock;
struct socket *ksock_raw(const struct ksock *ks);

void ksock_set_allocation(struct ksock *ks, gfp_t gfp);
void ksock_set_memalloc(struct ksock *ks, bool on);

/**
 * define ksock_set_lock_class - give the lock of a socket a class of its own
 * @_ks: socket of the kernel's own that nobody else uses yet
 * @_name: name of the class, a string constant
 *
 * For sockets that are used under locks which other sockets take in the other
 * order, as those of a file system are.  One class for each place in the
 * source.
 *
 * The keys are in the module that uses this, and the socket may outlive the
 * caller's reference, in FIN_WAIT.  So where lockdep is on the socket holds
 * that module (sk_owner of struct sock) until its memory is freed.
 *
 * A connection that was accepted has the class of others again and is given its
 * own before it is used; a listening socket does not need one for that.
 *
 * Context: process context, the socket not locked.
 */
#define ksock_set_lock_class(_ks, _name)				\
do {									\
	static struct lock_class_key ksock_lock_keys[2];		\
	struct sock *ksock_sk = ksock_raw(_ks)->sk;			\
									\
	sock_lock_init_class_and_name(ksock_sk, "slock-" _name,		\
				      &ksock_lock_keys[0],		\
				      "sk_lock-" _name,			\
				      &ksock_lock_keys[1]);		\
} while (0)

#endif /* KSOCK_MEMORY_H */
