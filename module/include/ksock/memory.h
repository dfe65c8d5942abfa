/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a socket allocates with, and how its lock is known to lockdep: for
 * callers that storage or memory reclaim waits for.
 */
#ifndef KSOCK_MEMORY_H
#define KSOCK_MEMORY_H

#include <linux/gfp.h>
#include <linux/lockdep.h>
#include <linux/module.h>

struct ksock;

void ksock_set_allocation(struct ksock *ks, gfp_t gfp);
void ksock_set_memalloc(struct ksock *ks, bool on);
void ksock_lock_class(struct ksock *ks, const char *const names[2],
		      struct lock_class_key keys[2], struct module *owner);

/**
 * define ksock_set_lock_class - give the lock of a socket a class of its own
 * @_ks: socket of the kernel's own that no thread uses yet
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
	static const char *const ksock_lock_names[2] = {		\
		"slock-" _name, "sk_lock-" _name,			\
	};								\
	static struct lock_class_key ksock_lock_keys[2];		\
									\
	ksock_lock_class(_ks, ksock_lock_names, ksock_lock_keys,	\
			 THIS_MODULE);					\
} while (0)

#endif /* KSOCK_MEMORY_H */
