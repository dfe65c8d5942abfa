/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the files of core/ share about a socket.  Modules see <ksock/ksock.h>,
 * and dev/ beside it core/user.h.
 */
#ifndef KSOCK_CORE_SOCK_H
#define KSOCK_CORE_SOCK_H

#include <linux/atomic.h>
#include <linux/bitops.h>
#include <linux/kernel.h>
#include <linux/ktime.h>
#include <linux/llist.h>
#include <linux/net.h>
#include <linux/poll.h>
#include <linux/refcount.h>
#include <linux/workqueue.h>
#include <ksock/ksock.h>

struct ksock_watch;
struct ksock_follow;

/**
 * enum ksock_bit - bits of the flags of a ksock
 * @KSOCK_BIT_KERN: the socket is the kernel's own.
 * @KSOCK_BIT_CANCELLED: ksock_cancel() was called.
 * @KSOCK_BIT_NETDOWN: the network namespace that the socket follows is going.
 * @KSOCK_BIT_MEMALLOC: ksock_set_memalloc() is on.
 * @KSOCK_BIT_SHARED: others have the file of the socket, or had it.
 */
enum ksock_bit {
	KSOCK_BIT_KERN,
	KSOCK_BIT_CANCELLED,
	KSOCK_BIT_NETDOWN,
	KSOCK_BIT_MEMALLOC,
	KSOCK_BIT_SHARED,
};

/**
 * struct ksock - a kernel socket and the file that owns it
 * @refs: references; the last one drops @file.
 * @flags: see enum ksock_bit.
 * @sock: the socket, set once before the object is handed out.
 * @file: hidden file of @sock, on no descriptor unless the socket was adopted;
 *	owns the socket.  NULL only while the object is being made.
 * @follow: its part in the network namespace that it follows, NULL when it
 *	keeps it; set once before the object is handed out.
 * @event: its events, NULL before ksock_events_on() is first called; set under
 *	the socket lock, read by anybody, lives as long as the object.
 * @dying: place among those that a worker destroys.
 * @sent_ops: sends that succeeded.
 * @sent_bytes: bytes they took.
 * @received_ops: receives that succeeded.
 * @received_bytes: bytes they returned.
 *
 * The counters take no lock and are not a snapshot of one moment.
 */
struct ksock {
	refcount_t refs;
	unsigned long flags;
	struct socket *sock;
	struct file *file;
	struct ksock_follow *follow;
	struct ksock_watch *event;
	struct llist_node dying;
	atomic64_t sent_ops;
	atomic64_t sent_bytes;
	atomic64_t received_ops;
	atomic64_t received_bytes;
};

/* The types of <ksock/tcp.h> and <ksock/udp.h> and the lite one are what this is. */
struct ksock_tcp_listener {
	struct ksock ks;
};

struct ksock_tcp_stream {
	struct ksock ks;
};

struct ksock_udp {
	struct ksock ks;
};

struct ksock_lite {
	struct ksock ks;
};

static inline bool ksock_is_kern(const struct ksock *ks)
{
	return test_bit(KSOCK_BIT_KERN, &ks->flags);
}

/**
 * ksock_cancelled() - whether calls are to end
 * @ks: socket
 *
 * Context: any.
 * Return: 0, -ECANCELED or -ENETDOWN.
 */
static inline int ksock_cancelled(const struct ksock *ks)
{
	unsigned long flags = READ_ONCE(ks->flags);

	if (likely(!(flags & (BIT(KSOCK_BIT_CANCELLED) |
			      BIT(KSOCK_BIT_NETDOWN)))))
		return 0;
	return flags & BIT(KSOCK_BIT_CANCELLED) ? -ECANCELED : -ENETDOWN;
}

/*
 * Whether a receive finds what it asks for at once, or not at all.  Urgent data is
 * TCP's; other protocols refuse the flag or take it for nothing.
 */
static inline bool ksock_recv_never_waits(const struct ksock *ks, int flags)
{
	return flags & (MSG_DONTWAIT | MSG_ERRQUEUE) ||
	       (flags & MSG_OOB && ks->sock->type == SOCK_STREAM &&
		ks->sock->sk->sk_protocol == IPPROTO_TCP);
}

/* sock.c */
int ksock_attach(struct ksock *ks, struct socket *sock, const char *name);
void ksock_detach(struct ksock *ks);
void ksock_file_close(struct file *file);
void ksock_sock_exit(void);

/* wait.c */

/**
 * struct ksock_wait - the waits of one call
 * @ks: socket.
 * @events: what is waited for.
 * @deadline: until when.
 * @idle: whether the last wait found the socket ready without sleeping.
 */
struct ksock_wait {
	struct ksock *ks;
	__poll_t events;
	ktime_t deadline;
	bool idle;
};

void ksock_wait_init(struct ksock_wait *wait, struct ksock *ks, __poll_t events,
		     ktime_t deadline);
int ksock_wait(struct ksock_wait *wait);

/* io.c */
ssize_t ksock_sendmsg_until(struct ksock *ks, struct ksock_msg *msg, int flags,
			    ktime_t deadline);
ssize_t ksock_recvmsg_until(struct ksock *ks, struct ksock_msg *msg, int flags,
			    ktime_t deadline);

/* data.c */
ssize_t ksock_recv_named(struct ksock *ks, void *buf, size_t len, int flags,
			 ktime_t deadline, struct ksock_addr *from,
			 unsigned int *came);

static inline void ksock_count_sent(struct ksock *ks, ssize_t ret)
{
	if (ret >= 0) {
		atomic64_inc(&ks->sent_ops);
		atomic64_add(ret, &ks->sent_bytes);
	}
}

static inline void ksock_count_received(struct ksock *ks, ssize_t ret)
{
	if (ret >= 0) {
		atomic64_inc(&ks->received_ops);
		atomic64_add(ret, &ks->received_bytes);
	}
}

/* memory.c */
void ksock_memalloc_clean(struct sock *child);
void ksock_memalloc_end(struct ksock *ks);

/* netns.c */
void ksock_netns_pin(struct sock *sk);
void ksock_follow_ungroup(struct ksock *ks);
int ksock_follow_enter(struct ksock_follow *follow);
void ksock_follow_leave(struct ksock_follow *follow);
int ksock_follow_alloc(struct ksock *ks, struct net *net);
void ksock_follow_start(struct ksock *ks);
void ksock_follow_wait(struct ksock_follow *follow);
void ksock_follow_end(struct ksock *ks);
int __init ksock_netns_init(void);
void ksock_netns_exit(void);

/**
 * ksock_enter() - begin to use the socket of a ksock
 * @ks: socket
 *
 * A socket that follows its network namespace may go at any time; not between
 * this and ksock_leave().
 *
 * Context: any.
 * Return: 0, or -ENETDOWN when the namespace is gone.
 */
static inline int ksock_enter(const struct ksock *ks)
{
	return likely(!ks->follow) ? 0 : ksock_follow_enter(ks->follow);
}

static inline void ksock_leave(const struct ksock *ks)
{
	if (unlikely(ks->follow))
		ksock_follow_leave(ks->follow);
}

/* event.c; see event.h, too */
void ksock_event_clean(struct ksock *ks, struct sock *child);
void ksock_event_end(struct ksock *ks);
void ksock_event_stop(struct ksock *ks);
void ksock_event_free(struct ksock_watch *event);
bool ksock_event_is_on(const struct ksock *ks);
bool ksock_event_in_callback(const struct ksock *ks);
void ksock_event_exit(void);

#endif /* KSOCK_CORE_SOCK_H */
