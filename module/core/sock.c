// SPDX-License-Identifier: GPL-2.0-only
/*
 * The object: one kernel socket, the hidden file that owns it, a count.
 *
 * Parses no user data and knows neither commands nor descriptors.  What is done
 * with a socket is in the other files of core/.
 *
 * Lifetime.  A socket belongs to exactly one hidden file and that to exactly
 * one struct ksock.  The file exists because the stack takes sock->file for
 * granted in dozens of places (splice, the capability checks of netlink, the
 * owner match of netfilter, Landlock, the upcall for TLS) and because its
 * operations reach what is not exported.  It is on no descriptor, unless the
 * socket was adopted from one.  Destroying a ksock is dropping that file:
 * fput() runs the stack's own close, once, which sock_release() beside it would
 * run a second time.
 *
 * fput() is deferred: to the return to user mode in a process, to a kernel
 * worker elsewhere.  The socket may therefore outlive the ksock and even this
 * module, so nothing in it points at either any more by then: callbacks are
 * given back before the file is dropped, and no lock class is this module's.
 *
 * Two ways to make one.  With kern=0, by and for the calling process: it holds a
 * reference to its network namespace, the security modules label it as the
 * caller's, and its lock class allows user memory to be touched under it.  With
 * kern=1, for the kernel itself: checks of the caller are skipped, the lock
 * class is another, and the stack takes no reference to the network namespace.
 * netns.c takes one for it, or has the socket follow the namespace.
 */
#include <linux/err.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/module.h>
#include <linux/nsproxy.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <net/net_namespace.h>
#include <net/sock.h>
#include "sock.h"
#include "user.h"

/* Objects there are, so that exit can tell that a client left one behind. */
static atomic_t sock_count;

/**
 * ksock_alloc() - allocate a ksock without a socket
 * @extra: bytes that the one who holds it wants beside it
 *
 * Context: may sleep.
 * Return: an object with one reference, to be given to ksock_socket() or
 * ksock_accept_into() and to ksock_put(); zero, like what is beside it.  NULL
 * when out of memory.
 */
struct ksock *ksock_alloc(size_t extra)
{
	struct ksock *ks;

	ks = kzalloc(sizeof(*ks) + extra, GFP_KERNEL_ACCOUNT);
	if (ks) {
		refcount_set(&ks->refs, 1);
		atomic_inc(&sock_count);
	}
	return ks;
}

/**
 * ksock_extra() - what a holder has beside a ksock
 * @ks: object from ksock_alloc()
 *
 * Context: any.
 * Return: the bytes that were asked for, aligned for a pointer.
 */
void *ksock_extra(struct ksock *ks)
{
	return ks + 1;
}

/*
 * All of destroying but for the close: what is left is the file, if the socket
 * is still there.  Takes a half-made object, too.
 */
static struct file *sock_dismantle(struct ksock *ks)
{
	struct file *file;

	/*
	 * 1. Nobody is called any more, and the socket has its callbacks back.
	 * 2. What was turned on for all of the stack on behalf of this socket is
	 *    turned off.
	 * 3. The namespace that the socket follows does not end it any more.  It
	 *    may have done so, or be about to, and then the file is its own.
	 * 4. What is left is nobody else's.
	 */
	ksock_event_stop(ks);
	if (test_bit(KSOCK_BIT_MEMALLOC, &ks->flags))
		ksock_set_memalloc(ks, false);
	if (ks->follow)
		ksock_follow_end(ks);
	file = ks->file;
	ksock_event_free(ks->event);
	kfree(ks);
	atomic_dec(&sock_count);
	return file;
}

static void sock_destroy(struct ksock *ks)
{
	struct file *file = sock_dismantle(ks);

	if (file)
		fput(file);
}

static LLIST_HEAD(sock_dying);

static void sock_reap(struct work_struct *work)
{
	struct llist_node *list = llist_del_all(&sock_dying);
	struct ksock *ks, *next;

	llist_for_each_entry_safe(ks, next, list, dying)
		sock_destroy(ks);
}

static DECLARE_WORK(sock_reaper, sock_reap);

/* Whether destroying it waits for somebody. */
static bool sock_destroy_sleeps(const struct ksock *ks)
{
	return ks->follow || ksock_event_is_on(ks) ||
	       test_bit(KSOCK_BIT_MEMALLOC, &ks->flags);
}

/* A callback cannot wait for itself, so a worker destroys it then. */
static bool sock_left_to_reaper(struct ksock *ks)
{
	if (likely(!sock_destroy_sleeps(ks)) || !ksock_event_in_callback(ks))
		return false;
	if (llist_add(&ks->dying, &sock_dying))
		schedule_work(&sock_reaper);
	return true;
}

/**
 * ksock_attach() - give a ksock its socket
 * @ks: object from ksock_alloc()
 * @sock: socket, consumed also by a failure
 * @name: name of its protocol; NULL when the socket has a sk to tell
 *
 * Context: may sleep.
 * Return: 0, -ENFILE or -ENOMEM.
 */
int ksock_attach(struct ksock *ks, struct socket *sock, const char *name)
{
	struct file *file;

	/* A failure has released the socket. */
	file = sock_alloc_file(sock, 0, name);
	if (IS_ERR(file))
		return PTR_ERR(file);
	ks->sock = sock;
	ks->file = file;
	return 0;
}

/**
 * ksock_detach() - undo what there is of an object whose making failed
 * @ks: object that nobody else has; as from ksock_alloc() afterwards
 *
 * Context: any but hard interrupt.
 */
void ksock_detach(struct ksock *ks)
{
	if (ks->follow)
		ksock_follow_end(ks);
	ks->follow = NULL;
	if (ks->file)
		fput(ks->file);
	ks->file = NULL;
	ks->sock = NULL;
	ks->flags = 0;
}

/**
 * ksock_socket() - make the socket of a ksock
 * @ks: object without one
 * @net: network namespace; the socket takes its own reference
 * @family: address family
 * @type: socket type, without flags
 * @protocol: protocol number, 0 for the type's own
 * @kern: whether the socket is to be the kernel's own; nothing is asked of the
 *	caller's rights then
 *
 * Context: process context of the process the socket is for; may sleep.
 * Return: 0, the error of __sock_create(), -ENFILE or -ENOMEM; @ks has no
 * socket then.
 */
int ksock_socket(struct ksock *ks, struct net *net, int family, int type,
		 int protocol, bool kern)
{
	struct socket *sock;
	int ret;

	ret = __sock_create(net, family, type, protocol, &sock, kern);
	if (ret)
		return ret;
	if (kern) {
		__set_bit(KSOCK_BIT_KERN, &ks->flags);
		if (!ks->follow)
			ksock_netns_pin(sock->sk);
	}
	return ksock_attach(ks, sock, NULL);
}

/**
 * ksock_create() - make a socket for the calling process
 * @family: address family
 * @type: socket type
 * @protocol: protocol, %KSOCK_PROTO_DEFAULT for the type's own
 *
 * What socket(2) does: in the network namespace of the process, with its
 * credentials, seen by security modules and programs of its cgroup.  The socket
 * holds the namespace.
 *
 * Context: process context of a process with its namespaces; may sleep.
 * Return: the socket, for ksock_put(); or an ERR_PTR(): -EAFNOSUPPORT,
 * -EPROTONOSUPPORT, -ESOCKTNOSUPPORT or -EINVAL for what there is not, -EPERM or
 * -EACCES where the process may not, -ENFILE, -ENOMEM, or what a security module
 * says.
 */
struct ksock *ksock_create(enum ksock_family family, enum ksock_type type,
			   enum ksock_protocol protocol)
{
	struct ksock *ks = ksock_alloc(0);
	int ret;

	if (!ks)
		return ERR_PTR(-ENOMEM);
	ret = ksock_socket(ks, current->nsproxy->net_ns, family, type, protocol,
			   false);
	if (ret) {
		ksock_put(ks);
		return ERR_PTR(ret);
	}
	return ks;
}
EXPORT_SYMBOL_GPL(ksock_create);

/**
 * ksock_create_kern() - make a socket of the kernel's own
 * @net: network namespace
 * @family: address family
 * @type: socket type
 * @protocol: protocol, %KSOCK_PROTO_DEFAULT for the type's own
 * @flags: 0, or %KSOCK_CREATE_FOLLOW
 *
 * What sock_create_kern() does, and what that leaves out: the socket holds a
 * reference to @net, without which its timers may run after @net is gone, or
 * follows it.
 *
 * Nobody's rights are asked, and programs of a cgroup are not run, neither now
 * nor when it is used.  The lock of such a socket has a class of its own, so
 * user memory must not be moved with it.  The connections below one of MPTCP are
 * of that class as well, and lockdep, where it is at work, takes that for a
 * deadlock.
 *
 * Context: process context, may sleep.  The caller keeps @net alive until this
 * returns.
 * Return: the socket, for ksock_put(); or an ERR_PTR(): -EINVAL for flags there
 * are not, and those of ksock_create() but for rights.
 */
struct ksock *ksock_create_kern(struct net *net, enum ksock_family family,
				enum ksock_type type,
				enum ksock_protocol protocol,
				unsigned int flags)
{
	struct ksock *ks;
	int ret;

	if (flags & ~KSOCK_CREATE_FOLLOW)
		return ERR_PTR(-EINVAL);
	ks = ksock_alloc(0);
	if (!ks)
		return ERR_PTR(-ENOMEM);
	if (flags & KSOCK_CREATE_FOLLOW) {
		ret = ksock_follow_alloc(ks, net);
		if (ret)
			goto err_put;
	}
	ret = ksock_socket(ks, net, family, type, protocol, true);
	if (ret)
		goto err_put;
	if (ks->follow)
		ksock_follow_start(ks);
	return ks;

err_put:
	ksock_put(ks);
	return ERR_PTR(ret);
}
EXPORT_SYMBOL_GPL(ksock_create_kern);

/**
 * ksock_create_lite() - make room for a connection to be accepted
 *
 * For ksock_accept_lite(): the memory is there before a connection is taken.
 * There is no socket in it, so it has a type of its own, which no other call
 * takes.
 *
 * Context: may sleep.
 * Return: the room, for ksock_accept_lite() or ksock_lite_free(); NULL when out
 * of memory.
 */
struct ksock_lite *ksock_create_lite(void)
{
	struct ksock *ks = ksock_alloc(0);

	return ks ? container_of(ks, struct ksock_lite, ks) : NULL;
}
EXPORT_SYMBOL_GPL(ksock_create_lite);

/**
 * ksock_lite_free() - free room that was not used
 * @lite: room, or NULL
 *
 * Context: any but hard interrupt.
 */
void ksock_lite_free(struct ksock_lite *lite)
{
	if (lite)
		ksock_put(&lite->ks);
}
EXPORT_SYMBOL_GPL(ksock_lite_free);

/**
 * ksock_adopt() - hold the socket behind a descriptor
 * @fd: descriptor of the calling process
 *
 * The descriptor stays as it is, and so does what it refers to: the socket
 * lives as long as either does.  It acts for the process that made it.
 *
 * Sockets of AF_UNIX are refused: held from here they are invisible to the
 * collector of descriptors in flight, which would never free a cycle of them.
 *
 * Context: process context, may sleep.
 * Return: the socket, for ksock_put(); or an ERR_PTR(): -EBADF when there is no
 * such descriptor, -ENOTSOCK when it is not of a socket (one of /dev/ksock is
 * not), -EOPNOTSUPP for AF_UNIX, -ENOMEM.
 */
struct ksock *ksock_adopt(int fd)
{
	struct socket *sock;
	struct ksock *ks;
	int ret;

	sock = sockfd_lookup(fd, &ret);
	if (!sock)
		return ERR_PTR(ret);
	ret = -EOPNOTSUPP;
	if (sock->ops->family == AF_UNIX)
		goto err_put_sock;
	ret = -ENOMEM;
	ks = ksock_alloc(0);
	if (!ks)
		goto err_put_sock;
	ks->sock = sock;
	ks->file = sock->file;
	__set_bit(KSOCK_BIT_SHARED, &ks->flags);
	return ks;

err_put_sock:
	sockfd_put(sock);
	return ERR_PTR(ret);
}
EXPORT_SYMBOL_GPL(ksock_adopt);

/**
 * ksock_hold() - take a reference
 * @ks: socket that the caller has a reference to
 *
 * Context: any.
 * Return: @ks.
 */
struct ksock *ksock_hold(struct ksock *ks)
{
	refcount_inc(&ks->refs);
	return ks;
}
EXPORT_SYMBOL_GPL(ksock_hold);

/**
 * ksock_put() - drop a reference
 * @ks: socket, complete or not; not to be touched afterwards.  NULL and an
 *	ERR_PTR() are let pass.
 *
 * The last one closes the socket, but not yet when this returns: in a process
 * that happens on its return to user mode, elsewhere a kernel worker does it
 * soon.  A connection is then ended as close(2) does.  Events have to be off
 * before; those that are not are warned about, and turned off.
 *
 * Context: any but hard interrupt.  For a socket that follows its network
 * namespace or uses the reserves of memory, process context that may sleep, or
 * softirq.
 */
void ksock_put(struct ksock *ks)
{
	if (IS_ERR_OR_NULL(ks) || !refcount_dec_and_test(&ks->refs))
		return;
	if (!sock_left_to_reaper(ks))
		sock_destroy(ks);
}
EXPORT_SYMBOL_GPL(ksock_put);

struct sock_closing {
	struct work_struct work;
	struct file *file;
};

static void sock_close_work(struct work_struct *work)
{
	__fput_sync(container_of(work, struct sock_closing, work)->file);
}

/**
 * ksock_file_close() - drop a hidden file, and the socket with it, now
 * @file: file
 *
 * Only a kernel thread may drop a file in place; others have a worker do it.
 *
 * Context: process context, sleeps.
 */
void ksock_file_close(struct file *file)
{
	struct sock_closing closing = { .file = file };

	if (current->flags & PF_KTHREAD) {
		__fput_sync(file);
		return;
	}
	INIT_WORK_ONSTACK(&closing.work, sock_close_work);
	schedule_work(&closing.work);
	flush_work(&closing.work);
	destroy_work_on_stack(&closing.work);
}

/**
 * ksock_put_sync() - drop a reference, and wait for the socket to be closed
 * @ks: socket, as for ksock_put()
 *
 * When this was the last reference the socket is closed when this returns: its
 * address is free, unless the protocol keeps it (TIME_WAIT), and a connection is
 * ended as close(2) does, including the wait that SO_LINGER asks for.
 *
 * In the work of the socket's own events, which this would wait for, it is as
 * ksock_put().
 *
 * Context: process context, sleeps.
 */
void ksock_put_sync(struct ksock *ks)
{
	struct file *file;

	if (IS_ERR_OR_NULL(ks) || !refcount_dec_and_test(&ks->refs))
		return;
	if (sock_left_to_reaper(ks))
		return;
	file = sock_dismantle(ks);
	if (file)
		ksock_file_close(file);
}
EXPORT_SYMBOL_GPL(ksock_put_sync);

/**
 * ksock_cancel() - end all calls on a socket, for good
 * @ks: socket
 *
 * Those that wait return at once, with -ECANCELED unless they have moved data,
 * and so does every later call that sends, receives, connects or accepts.  The
 * socket itself is left as it is.  For the one who is going to drop the socket
 * and wait for the threads that use it.
 *
 * Context: any.
 */
void ksock_cancel(struct ksock *ks)
{
	set_bit(KSOCK_BIT_CANCELLED, &ks->flags);
	if (ksock_enter(ks))
		return;
	/* Who waits looks at the bit after it has queued itself. */
	smp_mb__after_atomic();
	wake_up_all(&ks->sock->wq.wait);
	ksock_leave(ks);
}
EXPORT_SYMBOL_GPL(ksock_cancel);

/**
 * ksock_raw() - the kernel's own socket behind a ksock
 * @ks: socket
 *
 * For what this interface has no call for.  It belongs to @ks: it must not be
 * released, its callbacks and sk_user_data are not free while events are on, and
 * a connection accepted from it by other means has the callbacks of a listening
 * socket whose events are on.
 *
 * Context: any.
 * Return: the socket, which lives as long as @ks does.  One that follows its
 * network namespace ends with it, which the caller has to rule out.
 */
struct socket *ksock_raw(const struct ksock *ks)
{
	return ks->sock;
}
EXPORT_SYMBOL_GPL(ksock_raw);

/**
 * ksock_get_file() - the file of a socket
 * @ks: socket
 *
 * For what works on files, as the upcall for TLS does, or to hand the socket to
 * a process as an ordinary one: fd_install() it on a descriptor.  As long as the
 * file is held the socket lives, whatever becomes of @ks.
 *
 * Context: any.
 * Return: the file, for fput(); or an ERR_PTR(): -EOPNOTSUPP when the socket
 * follows its network namespace, which waits for nobody.
 */
struct file *ksock_get_file(struct ksock *ks)
{
	if (ks->follow)
		return ERR_PTR(-EOPNOTSUPP);
	set_bit(KSOCK_BIT_SHARED, &ks->flags);
	return get_file(ks->file);
}
EXPORT_SYMBOL_GPL(ksock_get_file);

/**
 * ksock_fasync() - turn SIGIO on or off for a file
 * @ks: socket
 * @fd: descriptor of @file
 * @file: file that holds the socket, and whose owner gets the signal
 * @on: whether to turn it on
 *
 * What sock_fasync() does, with another file than the socket's as the owner.
 *
 * Context: may sleep, takes the socket lock.
 * Return: 0 or a negative error of fasync_helper().
 */
int ksock_fasync(struct ksock *ks, int fd, struct file *file, int on)
{
	struct sock *sk = ks->sock->sk;
	int ret;

	lock_sock(sk);
	ret = fasync_helper(fd, file, on, &ks->sock->wq.fasync_list);
	if (ks->sock->wq.fasync_list)
		sock_set_flag(sk, SOCK_FASYNC);
	else
		sock_reset_flag(sk, SOCK_FASYNC);
	release_sock(sk);
	return ret < 0 ? ret : 0;
}

/**
 * ksock_sock_exit() - finish what was left for later
 *
 * A client that leaves a socket behind has a reference to this module by what
 * it links to, and so there is none left unless it forgot one, which is its
 * leak and worth a warning.
 *
 * Context: module exit.
 */
void ksock_sock_exit(void)
{
	flush_work(&sock_reaper);
	WARN_ON_ONCE(atomic_read(&sock_count));
}
