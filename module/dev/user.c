// SPDX-License-Identifier: GPL-2.0-only
/*
 * Users: how many sockets each owns, and the limit.
 *
 * A socket is charged to the real user of the process that makes or accepts
 * it, the privileged ones included, from before it exists until its last
 * descriptor is closed.  A context holds the entry of the user who opened it,
 * so the first socket of that user need not make one; a user without contexts
 * and sockets has no entry.
 */
#include <linux/cred.h>
#include <linux/err.h>
#include <linux/hashtable.h>
#include <linux/moduleparam.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include "dev.h"

static unsigned int max_sockets_per_user = 16384;
module_param(max_sockets_per_user, uint, 0644);
MODULE_PARM_DESC(max_sockets_per_user,
		 "Sockets that one user may own, 0 for any number");

/**
 * struct ksock_user - a user with contexts or sockets
 * @node: entry in user_table, under user_lock.
 * @uid: the user.
 * @contexts: contexts that hold the entry, under user_lock.
 * @sockets: sockets charged, under user_lock.
 */
struct ksock_user {
	struct hlist_node node;
	kuid_t uid;
	u32 contexts;
	u32 sockets;
};

static DEFINE_HASHTABLE(user_table, 6);
static DEFINE_SPINLOCK(user_lock);

static struct ksock_user *user_find(kuid_t uid)
{
	struct ksock_user *user;

	lockdep_assert_held(&user_lock);
	hash_for_each_possible(user_table, user, node, __kuid_val(uid))
		if (uid_eq(user->uid, uid))
			return user;
	return NULL;
}

/* Adds to one of the counters of the entry of @uid, which is made if need be. */
static struct ksock_user *user_get(kuid_t uid, u32 contexts, u32 sockets)
{
	struct ksock_user *user, *new = NULL;
	u32 limit = ksock_user_limit();

	spin_lock(&user_lock);
	user = user_find(uid);
	if (!user) {
		spin_unlock(&user_lock);
		new = kzalloc(sizeof(*new), GFP_KERNEL_ACCOUNT);
		if (!new)
			return ERR_PTR(-ENOMEM);
		spin_lock(&user_lock);
		user = user_find(uid);
		if (!user) {
			user = new;
			new = NULL;
			user->uid = uid;
			hash_add(user_table, &user->node, __kuid_val(uid));
		}
	}
	/* A new entry has no sockets, so it is never left without any count. */
	if (sockets && limit && user->sockets >= limit) {
		user = ERR_PTR(-EDQUOT);
	} else {
		user->contexts += contexts;
		user->sockets += sockets;
	}
	spin_unlock(&user_lock);
	kfree(new);
	return user;
}

static void user_put(struct ksock_user *user, u32 contexts, u32 sockets)
{
	spin_lock(&user_lock);
	user->contexts -= contexts;
	user->sockets -= sockets;
	if (user->contexts || user->sockets)
		user = NULL;
	else
		hash_del(&user->node);
	spin_unlock(&user_lock);
	kfree(user);
}

/**
 * ksock_user_hold() - keep the entry of the calling user
 *
 * Context: process context, may sleep.
 * Return: the user, for ksock_user_drop(); or an ERR_PTR() of -ENOMEM.
 */
struct ksock_user *ksock_user_hold(void)
{
	return user_get(current_uid(), 1, 0);
}

/**
 * ksock_user_drop() - let go of an entry
 * @user: user from ksock_user_hold()
 *
 * Context: process context.
 */
void ksock_user_drop(struct ksock_user *user)
{
	user_put(user, 1, 0);
}

/**
 * ksock_user_charge() - charge a socket to the calling user
 *
 * Context: process context, may sleep.
 * Return: the user, for ksock_user_uncharge(); or an ERR_PTR(): -EDQUOT at the
 * limit, -ENOMEM.
 */
struct ksock_user *ksock_user_charge(void)
{
	return user_get(current_uid(), 0, 1);
}

/**
 * ksock_user_uncharge() - take a charge back
 * @user: user from ksock_user_charge()
 *
 * Context: process context.
 */
void ksock_user_uncharge(struct ksock_user *user)
{
	user_put(user, 0, 1);
}

/**
 * ksock_user_sockets() - sockets the calling user owns
 *
 * Context: process context.
 */
u32 ksock_user_sockets(void)
{
	struct ksock_user *user;
	u32 sockets = 0;

	spin_lock(&user_lock);
	user = user_find(current_uid());
	if (user)
		sockets = user->sockets;
	spin_unlock(&user_lock);
	return sockets;
}

/**
 * ksock_user_limit() - sockets that one user may own, 0 for any number
 *
 * Context: any.
 */
u32 ksock_user_limit(void)
{
	return READ_ONCE(max_sockets_per_user);
}
