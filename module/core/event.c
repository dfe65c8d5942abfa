// SPDX-License-Identifier: GPL-2.0-only
/*
 * Events: whom to call when something happens on a socket, from when, and until when.
 *
 * What has happened comes from callback.c, by functions that the stack calls at any
 * time and from anywhere, which is told there.  Its callers may be late: so
 *
 *  - ksock_events_off() gives the callbacks back under the socket lock and
 *    sk_callback_lock, and then waits for RCU: who has found the events on is
 *    out, and who comes late finds them off.
 *  - before the text of this module goes, synchronize_rcu_tasks() waits for who
 *    was preempted on the way into it.
 */
#include <linux/err.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/rcupdate.h>
#include <linux/slab.h>
#include <linux/workqueue.h>
#include <net/sock.h>
#include "event.h"

static void event_call(const struct ksock_watch *event, unsigned int which)
{
	const struct ksock_events *ops = event->ops;
	void (*function)(struct ksock *ks, void *data) = NULL;

	switch (which) {
	case KSOCK_EVENT_DATA_READY:
		function = ops->data_ready;
		break;
	case KSOCK_EVENT_WRITE_SPACE:
		function = ops->write_space;
		break;
	case KSOCK_EVENT_STATE_CHANGE:
		function = ops->state_change;
		break;
	case KSOCK_EVENT_ERROR:
		function = ops->error;
		break;
	case KSOCK_EVENT_ACCEPT_READY:
		function = ops->accept_ready;
		break;
	}
	if (function)
		function(event->ks, event->data);
}

static void event_work(struct work_struct *work)
{
	struct ksock_watch *event = container_of(work, struct ksock_watch, work);
	unsigned long pending = xchg(&event->pending, 0);
	unsigned int which;

	for (which = 1; which < KSOCK_EVENT_ALL; which <<= 1) {
		if (pending & which & READ_ONCE(event->mask))
			event_call(event, which);
	}
}

/**
 * ksock_event_tell() - call whoever asked for an event, or have a worker do so
 * @event: events that were found on
 * @which: enum ksock_event
 *
 * Context: any, inside of the RCU read lock in which they were found.
 */
void ksock_event_tell(struct ksock_watch *event, unsigned int which)
{
	unsigned int count;
	bool masked;

	if (!(READ_ONCE(event->mask) & which))
		return;
	if (event->ops->workqueue) {
		set_bit(ilog2(which), &event->pending);
		queue_work(event->ops->workqueue, &event->work);
		return;
	}
	/* Of a packet that was sent a driver may tell in a hard interrupt. */
	masked = irqs_disabled();
	if (!masked)
		local_bh_disable();
	count = preempt_count();
	event_call(event, which);
	/* It has kept a lock, or slept where it must not. */
	if (WARN_ON_ONCE(count != preempt_count()))
		preempt_count_set(count);
	if (!masked)
		local_bh_enable();
}

static int event_start(struct ksock *ks, const struct ksock_events *events,
		       void *data, unsigned int mask)
{
	struct sock *sk = ks->sock->sk;
	struct ksock_watch *event = ks->event;
	int ret;

	lockdep_assert_held(&sk->sk_lock);
	if (!event) {
		event = kzalloc(sizeof(*event), GFP_KERNEL_ACCOUNT);
		if (!event)
			return -ENOMEM;
		event->ks = ks;
		event->sk = sk;
		INIT_WORK(&event->work, event_work);
		mutex_init(&event->ending);
		WRITE_ONCE(ks->event, event);
	}
	/* Those on their way out of a worker count as on. */
	if (event->on)
		return -EALREADY;
	event->ops = events;
	event->data = data;
	event->mask = mask;
	event->pending = 0;
	event->listened = false;
	event->moved = false;
	/* Before: from the claim on a callback may run, and choose what for. */
	WRITE_ONCE(event->on, true);
	ret = ksock_callbacks_claim(event);
	if (ret)
		WRITE_ONCE(event->on, false);
	else
		ksock_event_note(event, sk->sk_state == TCP_LISTEN);
	return ret;
}

/**
 * ksock_events_on() - be called when something happens on a socket
 * @ks: socket
 * @events: whom to call; must live until the events are off
 * @data: passed on to them
 * @mask: events to be called for, see enum ksock_event
 *
 * What has happened before is not told: after this, look once at the socket.
 * The events have to be off before the last reference is dropped.
 *
 * Where others have the file of the socket too, by ksock_adopt() or
 * ksock_get_file(), and it listens or they put kTLS on top of it meanwhile, this
 * module cannot be unloaded any more after that; nor when it stops to listen before
 * the events are off, in a group of SO_REUSEPORT in which connections that wait
 * move on (net.ipv4.tcp_migrate_req).
 *
 * Context: process context, takes the socket lock.
 * Return: 0; -EINVAL for events there are not, -EALREADY when they are on,
 * -EBUSY when somebody else uses the callbacks of the socket (sockmap, a TCP
 * ULP such as TLS, a UDP tunnel), -EOPNOTSUPP for MPTCP, whose connections
 * inherit callbacks out of reach, -ENOMEM, -ENETDOWN when the namespace it
 * followed is gone.
 */
int ksock_events_on(struct ksock *ks, const struct ksock_events *events,
		    void *data, unsigned int mask)
{
	struct sock *sk;
	int ret;

	if (mask & ~KSOCK_EVENT_ALL)
		return -EINVAL;
	ret = ksock_enter(ks);
	if (ret)
		return ret;
	sk = ks->sock->sk;
	ret = -EOPNOTSUPP;
	if (sk->sk_protocol != IPPROTO_MPTCP) {
		lock_sock(sk);
		ret = event_start(ks, events, data, mask);
		release_sock(sk);
	}
	ksock_leave(ks);
	return ret;
}
EXPORT_SYMBOL_GPL(ksock_events_on);

/**
 * ksock_events_mask() - choose what to be called for
 * @ks: socket whose events are on, and stay so until this returns
 * @mask: events to be called for
 *
 * A call for an event that was just taken out may still be under way.
 *
 * Context: any; also from a callback.
 * Return: 0; -EINVAL for events there are not, -ENOENT when they are off.
 */
int ksock_events_mask(struct ksock *ks, unsigned int mask)
{
	struct ksock_watch *event = READ_ONCE(ks->event);

	if (mask & ~KSOCK_EVENT_ALL)
		return -EINVAL;
	if (!event || !READ_ONCE(event->on))
		return -ENOENT;
	WRITE_ONCE(event->mask, mask);
	return 0;
}
EXPORT_SYMBOL_GPL(ksock_events_mask);

/*
 * Whether connections that waited may be another socket's by now, of the group that
 * this one was in (net.ipv4.tcp_migrate_req, BPF_SK_REUSEPORT_SELECT_OR_MIGRATE).  It
 * leaves the group when it stops to listen and they have not moved.
 */
static bool event_may_have_moved(const struct sock *sk)
{
	switch (inet_sk_state_load(sk)) {
	case TCP_LISTEN:
		return false;
	case TCP_CLOSE:
		return rcu_access_pointer(sk->sk_reuseport_cb);
	default:
		/* Nothing tells any longer whether it was in one. */
		return sk->sk_reuseport;
	}
}

/**
 * ksock_event_note() - keep what a socket has been
 * @event: its events, which are on
 * @listened: whether it is known to have listened
 *
 * Context: any.
 */
void ksock_event_note(struct ksock_watch *event, bool listened)
{
	const struct sock *sk = event->sk;

	if (!ksock_callbacks_inherit(sk))
		return;
	if (listened)
		WRITE_ONCE(event->listened, true);
	if (READ_ONCE(event->listened) &&
	    inet_sk_state_load(sk) == TCP_CLOSE && event_may_have_moved(sk))
		WRITE_ONCE(event->moved, true);
}

/*
 * Connections that were accepted by a descriptor of a process, or have moved, have
 * our functions for as long as they live, and nobody here knows them.
 */
static bool event_has_lost_children(const struct ksock_watch *event)
{
	return READ_ONCE(event->listened) &&
	       (test_bit(KSOCK_BIT_SHARED, &event->ks->flags) ||
		READ_ONCE(event->moved) || event_may_have_moved(event->sk));
}

/* For good: our functions are pointed at from where nobody can look. */
static void event_stay(void)
{
	__module_get(THIS_MODULE);
}

/* Numbered, as the order is all there is to it. */
static void event_end(struct ksock_watch *event)
{
	struct sock *sk = event->sk;
	bool on, stay = false;

	/* 1. The stack has its callbacks back, and later callers find that. */
	lock_sock(sk);
	on = event->on;
	if (on) {
		ksock_event_note(event, sk->sk_state == TCP_LISTEN);
		stay = ksock_callbacks_restore(event);
		stay |= ksock_callbacks_clean_waiting(sk, &event->saved);
	}
	/* What was held up is worked off here. */
	release_sock(sk);
	if (!on)
		return;
	/* 2. Callers that have found the events on are done. */
	synchronize_rcu();
	/* 3. So they queue no more work, and what was queued is done. */
	cancel_work_sync(&event->work);
	/* 4. Nor does a connection that was under way; and somebody may turn them on. */
	lock_sock(sk);
	stay |= ksock_callbacks_clean_waiting(sk, &event->saved);
	stay |= event_has_lost_children(event);
	if (unlikely(stay))
		event_stay();
	WRITE_ONCE(event->on, false);
	release_sock(sk);
}

/**
 * ksock_event_end() - turn events off
 * @ks: socket that is there; events may be on or off
 *
 * Context: process context, sleeps; not from a callback.
 */
void ksock_event_end(struct ksock *ks)
{
	struct ksock_watch *event = READ_ONCE(ks->event);

	if (!event)
		return;
	/* Who comes late must not end what was turned on again meanwhile. */
	mutex_lock(&event->ending);
	event_end(event);
	mutex_unlock(&event->ending);
}

/**
 * ksock_event_in_callback() - whether the caller cannot wait for callbacks
 * @ks: socket
 *
 * Callbacks run with bottom halves disabled, or in the work of the events.
 *
 * Context: any.
 */
bool ksock_event_in_callback(const struct ksock *ks)
{
	const struct ksock_watch *event = READ_ONCE(ks->event);

	return in_interrupt() || irqs_disabled() ||
	       (event && current_work() == &event->work);
}

/**
 * ksock_events_off() - stop to be called
 * @ks: socket
 *
 * After this has returned no function of struct ksock_events is running for this
 * socket, on any processor or in any worker, and none will: what they use can be
 * freed, and the module they are in can go.
 *
 * Context: process context, sleeps, takes the socket lock.
 * Return: 0; -ENOENT when they are off, -EDEADLK from inside of a callback or of
 * the work of a callback, or where bottom halves are disabled, in which case
 * nothing has changed.
 */
int ksock_events_off(struct ksock *ks)
{
	struct ksock_watch *event = READ_ONCE(ks->event);
	int ret;

	if (ksock_event_in_callback(ks))
		return -EDEADLK;
	if (!event || !READ_ONCE(event->on))
		return -ENOENT;
	ret = ksock_enter(ks);
	if (ret == -ENETDOWN) {
		/* The end of the namespace does it, and has once this is over. */
		ksock_follow_wait(ks->follow);
		return 0;
	}
	ksock_event_end(ks);
	ksock_leave(ks);
	return 0;
}
EXPORT_SYMBOL_GPL(ksock_events_off);

/**
 * ksock_event_is_on() - whether the events of a socket are on
 * @ks: socket, maybe half-made
 *
 * Context: any.
 */
bool ksock_event_is_on(const struct ksock *ks)
{
	const struct ksock_watch *event = READ_ONCE(ks->event);

	return event && READ_ONCE(event->on);
}

/**
 * ksock_event_stop() - turn off events that nobody did
 * @ks: socket without references, maybe half-made
 *
 * Context: process context, sleeps.
 */
void ksock_event_stop(struct ksock *ks)
{
	if (likely(!ksock_event_is_on(ks)))
		return;
	if (ksock_enter(ks))
		return;
	/* What the callbacks use may be gone already. */
	WARN_ON_ONCE(1);
	ksock_event_end(ks);
	ksock_leave(ks);
}

/**
 * ksock_event_free() - free the memory of events
 * @event: events, off, or NULL
 *
 * Context: any.
 */
void ksock_event_free(struct ksock_watch *event)
{
	kfree(event);
}

/**
 * ksock_event_clean() - give a connection callbacks of its own
 * @ks: socket that it was accepted from
 * @child: the connection
 *
 * Context: process context.
 */
void ksock_event_clean(struct ksock *ks, struct sock *child)
{
	if (ksock_callbacks_clean(child, ks->sock->sk))
		event_stay();
}

/**
 * ksock_event_exit() - wait for who is on the way into this module's text
 *
 * Context: module exit; no events are on.
 */
void ksock_event_exit(void)
{
	synchronize_rcu();
	synchronize_rcu_tasks();
}
