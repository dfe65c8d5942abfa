// SPDX-License-Identifier: GPL-2.0-only
/*
 * Events: the one place that touches the callbacks of a socket and its
 * sk_user_data.
 *
 * The stack calls back through four pointers in struct sock.  They are replaced
 * by functions of this file, which find the events of the socket by sk_user_data
 * and call whoever asked for them, and then the function that was there before,
 * so poll and who sleeps on the socket go on as they did.
 *
 * Who calls back, and what that allows to rely on.  Softirq, mostly; but what
 * the socket lock held up is worked off in process context by who releases it,
 * preemptible, and sock_wfree() calls sk_write_space with no lock at all and
 * outside of RCU.  A caller may have loaded a pointer of ours, be preempted for
 * as long as it likes, and only then make the call.  So
 *
 *  - a function of ours takes the RCU read lock itself, and then looks whether
 *    the events are still on, under sk_callback_lock, by which they are turned on
 *    and off.  If they are not, it does what the stack's own would do.
 *  - ksock_events_off() gives the pointers back under the socket lock and
 *    sk_callback_lock, and then waits for RCU: who has found the events on is
 *    out, and who comes late finds them off.
 *  - before the text of this module goes, synchronize_rcu_tasks() waits for who
 *    was preempted on the way into it.
 *
 * The socket is owned by whoever has set sk_user_data.  Others that replace
 * callbacks (sockmap, kTLS, UDP tunnels and all of their kind) keep their things
 * there or are known by their marks, and are refused; most find it set and refuse
 * in turn, but kTLS does not look.  sk_state_change is the mark of our own: whoever
 * replaces some of the callbacks on top of ours has no use for that one.  What is on
 * top of ours stays when the events are turned off, and calls ours on: then this
 * module can never be unloaded.
 *
 * A connection is a copy of the socket that listened, callbacks included.
 * SK_USER_DATA_NOCOPY keeps the copy from having its sk_user_data, so our
 * functions find the events of a copy off; accept gives it the callbacks that
 * the listening socket had before, and turning the events of a listening socket
 * off does so for those that wait to be accepted.  Those that a process accepts by
 * a descriptor of the same socket keep ours, with the same consequence.
 * Connections of MPTCP are out of reach in between, so it is refused.
 */
#include <linux/err.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/rcupdate.h>
#include <linux/slab.h>
#include <linux/udp.h>
#include <linux/workqueue.h>
#include <net/inet_connection_sock.h>
#include <net/request_sock.h>
#include <net/sock.h>
#include <net/tcp.h>
#include "sock.h"

/**
 * struct event_callbacks - what the stack calls
 * @data_ready: sk_data_ready.
 * @write_space: sk_write_space.
 * @state_change: sk_state_change.
 * @error_report: sk_error_report.
 */
struct event_callbacks {
	void (*data_ready)(struct sock *sk);
	void (*write_space)(struct sock *sk);
	void (*state_change)(struct sock *sk);
	void (*error_report)(struct sock *sk);
};

/**
 * struct ksock_watch - the events of a socket
 * @ks: the socket.
 * @ops: whom to call.
 * @data: with what.
 * @mask: for which events.
 * @pending: events that the worker has not told yet.
 * @work: the worker's part.
 * @saved: the callbacks from before; kept when the events are off again.
 * @on: whether they are on, under the socket lock.
 * @may_listen: whether it could listen, or did, when they were turned on.
 * @ending: held by who turns them off.
 *
 * All but @mask and @pending is set while the events are off.
 */
struct ksock_watch {
	struct ksock *ks;
	const struct ksock_events *ops;
	void *data;
	unsigned int mask;
	unsigned long pending;
	struct work_struct work;
	struct event_callbacks saved;
	bool on;
	bool may_listen;
	struct mutex ending;
};

static void event_data_ready(struct sock *sk);
static void event_write_space(struct sock *sk);
static void event_state_change(struct sock *sk);
static void event_error_report(struct sock *sk);

static const struct event_callbacks event_ours = {
	.data_ready	= event_data_ready,
	.write_space	= event_write_space,
	.state_change	= event_state_change,
	.error_report	= event_error_report,
};

static void event_set_callbacks(struct sock *sk,
				const struct event_callbacks *callbacks)
{
	lockdep_assert_held_write(&sk->sk_callback_lock);
	WRITE_ONCE(sk->sk_data_ready, callbacks->data_ready);
	WRITE_ONCE(sk->sk_write_space, callbacks->write_space);
	WRITE_ONCE(sk->sk_state_change, callbacks->state_change);
	WRITE_ONCE(sk->sk_error_report, callbacks->error_report);
}

static bool event_is_ours(const struct sock *sk)
{
	return READ_ONCE(sk->sk_state_change) == event_state_change;
}

/*
 * A connection that was copied while the events were turned on or off may have some
 * of them.
 */
static bool event_has_ours(const struct sock *sk)
{
	return event_is_ours(sk) ||
	       READ_ONCE(sk->sk_data_ready) == event_data_ready ||
	       READ_ONCE(sk->sk_write_space) == event_write_space ||
	       READ_ONCE(sk->sk_error_report) == event_error_report;
}

/*
 * The events of a socket that called back, NULL when they are off.  To be used
 * inside the RCU read lock that the caller holds.
 */
static struct ksock_watch *event_find(struct sock *sk)
{
	struct ksock_watch *event = NULL;

	read_lock_bh(&sk->sk_callback_lock);
	if (event_is_ours(sk))
		event = rcu_dereference_sk_user_data(sk);
	read_unlock_bh(&sk->sk_callback_lock);
	return event;
}

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

/* Inside the RCU read lock. */
static void event_tell(struct ksock_watch *event, unsigned int which)
{
	unsigned int count;

	if (!(READ_ONCE(event->mask) & which))
		return;
	if (event->ops->workqueue) {
		set_bit(ilog2(which), &event->pending);
		queue_work(event->ops->workqueue, &event->work);
		return;
	}
	local_bh_disable();
	count = preempt_count();
	event_call(event, which);
	/* It has kept a lock, or slept where it must not. */
	if (WARN_ON_ONCE(count != preempt_count()))
		preempt_count_set(count);
	local_bh_enable();
}

/*
 * What the stack's own function would do, for a socket whose events are off: one
 * that waits to be accepted, so has no queue yet, or one that got its own
 * callbacks back just now.
 */
static void event_default(struct sock *sk, __poll_t events, int band)
{
	struct socket_wq *wq;

	rcu_read_lock();
	wq = rcu_dereference(sk->sk_wq);
	if (skwq_has_sleeper(wq))
		wake_up_interruptible_poll(&wq->wait, events);
	if (band)
		sk_wake_async(sk, SOCK_WAKE_IO, band);
	rcu_read_unlock();
}

static void event_data_ready(struct sock *sk)
{
	void (*saved)(struct sock *sk) = NULL;
	struct ksock_watch *event;
	unsigned int which;

	rcu_read_lock();
	event = event_find(sk);
	if (event) {
		which = inet_sk_state_load(sk) == TCP_LISTEN ?
			KSOCK_EVENT_ACCEPT_READY : KSOCK_EVENT_DATA_READY;
		saved = event->saved.data_ready;
		event_tell(event, which);
	}
	rcu_read_unlock();
	if (saved)
		saved(sk);
	else
		event_default(sk, EPOLLIN | EPOLLPRI | EPOLLRDNORM | EPOLLRDBAND,
			      POLL_IN);
}

static void event_write_space(struct sock *sk)
{
	void (*saved)(struct sock *sk) = NULL;
	struct ksock_watch *event;

	rcu_read_lock();
	event = event_find(sk);
	if (event) {
		saved = event->saved.write_space;
		event_tell(event, KSOCK_EVENT_WRITE_SPACE);
	}
	rcu_read_unlock();
	if (saved)
		saved(sk);
	else
		event_default(sk, EPOLLOUT | EPOLLWRNORM | EPOLLWRBAND,
			      POLL_OUT);
}

static void event_state_change(struct sock *sk)
{
	void (*saved)(struct sock *sk) = NULL;
	struct ksock_watch *event;

	rcu_read_lock();
	event = event_find(sk);
	if (event) {
		saved = event->saved.state_change;
		event_tell(event, KSOCK_EVENT_STATE_CHANGE);
	}
	rcu_read_unlock();
	if (saved)
		saved(sk);
	else
		event_default(sk, EPOLLIN | EPOLLOUT | EPOLLHUP | EPOLLRDHUP, 0);
}

static void event_error_report(struct sock *sk)
{
	void (*saved)(struct sock *sk) = NULL;
	struct ksock_watch *event;

	rcu_read_lock();
	event = event_find(sk);
	if (event) {
		saved = event->saved.error_report;
		event_tell(event, KSOCK_EVENT_ERROR);
	}
	rcu_read_unlock();
	if (saved)
		saved(sk);
	else
		event_default(sk, EPOLLERR, POLL_ERR);
}

/* Whether somebody else has a claim on the callbacks of a socket. */
static bool event_is_taken(struct sock *sk)
{
	bool udp = sk->sk_type == SOCK_DGRAM &&
		   (sk->sk_protocol == IPPROTO_UDP ||
		    sk->sk_protocol == IPPROTO_UDPLITE);

	if (rcu_dereference_sk_user_data(sk) || event_has_ours(sk))
		return true;
	if (sk->sk_type == SOCK_STREAM && sk->sk_protocol == IPPROTO_TCP)
		return inet_csk_has_ulp(sk);
	return udp && READ_ONCE(udp_sk(sk)->encap_rcv);
}

/* Under the socket lock. */
static int event_claim(struct ksock_watch *event, struct sock *sk)
{
	int ret = -EBUSY;

	write_lock_bh(&sk->sk_callback_lock);
	rcu_read_lock();
	if (!event_is_taken(sk)) {
		event->saved.data_ready = sk->sk_data_ready;
		event->saved.write_space = sk->sk_write_space;
		event->saved.state_change = sk->sk_state_change;
		event->saved.error_report = sk->sk_error_report;
		__rcu_assign_sk_user_data_with_flags(sk, event,
						     SK_USER_DATA_NOCOPY);
		event_set_callbacks(sk, &event_ours);
		ret = 0;
	}
	rcu_read_unlock();
	write_unlock_bh(&sk->sk_callback_lock);
	return ret;
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
	event->may_listen = BIT(sk->sk_state) & (TCPF_LISTEN | TCPF_CLOSE);
	ret = event_claim(event, sk);
	if (!ret)
		WRITE_ONCE(event->on, true);
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
 * module cannot be unloaded any more after that.
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
 * Gives back what is ours; what somebody has put on top of it stays.  Returns whether
 * that was so, and hence one of our functions may still be called by them.
 */
static bool event_restore(struct sock *sk, const struct event_callbacks *saved)
{
	struct event_callbacks now;
	bool covered;

	write_lock_bh(&sk->sk_callback_lock);
	now = (struct event_callbacks) {
		.data_ready	= sk->sk_data_ready,
		.write_space	= sk->sk_write_space,
		.state_change	= sk->sk_state_change,
		.error_report	= sk->sk_error_report,
	};
	covered = event_is_ours(sk) && memcmp(&now, &event_ours, sizeof(now));
	if (event_is_ours(sk))
		rcu_assign_sk_user_data(sk, NULL);
	if (now.data_ready == event_data_ready)
		now.data_ready = saved->data_ready;
	if (now.write_space == event_write_space)
		now.write_space = saved->write_space;
	if (now.state_change == event_state_change)
		now.state_change = saved->state_change;
	if (now.error_report == event_error_report)
		now.error_report = saved->error_report;
	event_set_callbacks(sk, &now);
	write_unlock_bh(&sk->sk_callback_lock);
	return covered;
}

/*
 * Those that wait to be accepted.  Who is under way in softirq, to become one,
 * is on the list by now: RCU was waited for since the callbacks were given back.
 */
static void event_restore_children(struct sock *sk,
				   const struct event_callbacks *saved)
{
	struct request_sock_queue *queue;
	struct request_sock *req;

	lock_sock(sk);
	if (sk->sk_protocol == IPPROTO_TCP && sk->sk_type == SOCK_STREAM &&
	    sk->sk_state == TCP_LISTEN) {
		queue = &inet_csk(sk)->icsk_accept_queue;
		spin_lock_bh(&queue->rskq_lock);
		for (req = READ_ONCE(queue->rskq_accept_head); req;
		     req = req->dl_next)
			event_restore(req->sk, saved);
		spin_unlock_bh(&queue->rskq_lock);
	}
	release_sock(sk);
}

/*
 * Connections that were accepted by a descriptor of a process have our functions for
 * as long as they live, and nobody here knows them.
 */
static bool event_has_lost_children(const struct ksock *ks)
{
	const struct sock *sk = ks->sock->sk;

	return test_bit(KSOCK_BIT_SHARED, &ks->flags) && ks->event->may_listen &&
	       sk->sk_protocol == IPPROTO_TCP && sk->sk_type == SOCK_STREAM &&
	       BIT(sk->sk_state) & (TCPF_LISTEN | TCPF_CLOSE);
}

/* Numbered, as the order is all there is to it. */
static void event_end(struct ksock *ks, struct ksock_watch *event)
{
	struct sock *sk = ks->sock->sk;
	bool on, stay = false;

	/* 1. The stack has its callbacks back, and later callers find that. */
	lock_sock(sk);
	on = event->on;
	if (on)
		stay = event_restore(sk, &event->saved) ||
		       event_has_lost_children(ks);
	/* What was held up is worked off here. */
	release_sock(sk);
	if (!on)
		return;
	/* For good: our functions are pointed at from where nobody can look. */
	if (unlikely(stay))
		__module_get(THIS_MODULE);
	/* 2. Callers that have found the events on are done. */
	synchronize_rcu();
	/* 3. So they queue no more work, and what was queued is done. */
	cancel_work_sync(&event->work);
	/* 4. Nor does a connection that was under way. */
	event_restore_children(sk, &event->saved);
	/* 5. Somebody may turn them on again. */
	lock_sock(sk);
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
	event_end(ks, event);
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
	/* Only a socket that has had events has children with our callbacks. */
	struct ksock_watch *event = READ_ONCE(ks->event);

	if (unlikely(event))
		event_restore(child, &event->saved);
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
