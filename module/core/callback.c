// SPDX-License-Identifier: GPL-2.0-only
/*
 * Callbacks: the one place that touches those of a socket and its sk_user_data.
 *
 * The stack calls back through four pointers in struct sock.  They are replaced
 * by functions of this file, which find the events of the socket in a table and
 * have event.c tell whoever asked for them, and then call the function that was
 * there before, so poll and who sleeps on the socket go on as they did.
 *
 * Who calls back, and what that allows to rely on.  Softirq, mostly; hard interrupts,
 * where a driver tells there of the time a packet was sent; but what the socket lock
 * held up is worked off in process context by who releases it, preemptible, and
 * sock_wfree() calls sk_write_space with no lock at all and outside of RCU.  A caller
 * may have loaded a pointer of ours, be preempted for as long as it likes, and only
 * then make the call.  So a function of ours takes the RCU read lock itself, and then
 * looks whether the events of the socket are in the table, where they are while they
 * are on.  If they are not, it does what the stack's own would do.
 *
 * sk_user_data is set for others to see that the socket is taken.  Who replaces
 * callbacks (sockmap, kTLS, UDP tunnels and all of their kind) keeps things there or
 * is known by a mark, and is refused; most find it set and refuse in turn, but not all
 * look.  So what is there may be anybody's and is never followed, and what
 * somebody has put on top of our functions stays when the events are turned off, and
 * calls ours on: then this module can never be unloaded.
 *
 * A connection is a copy of the socket that listened, callbacks included.
 * SK_USER_DATA_NOCOPY keeps the copy from having its sk_user_data, so nobody is kept
 * from claiming the copy; in the table it is not.  Accept gives it the callbacks that
 * the listening socket had before, and turning the events of a listening socket
 * off does so for those that wait to be accepted.  Those that a process accepts by
 * a descriptor of the same socket keep ours, and so do those that move to another
 * socket when it stops to listen and those that somebody has claimed meanwhile, with
 * the same consequence.
 * Connections of MPTCP are out of reach in between, so it is refused.
 */
#include <linux/hashtable.h>
#include <linux/rcupdate.h>
#include <linux/spinlock.h>
#include <linux/udp.h>
#include <net/inet_connection_sock.h>
#include <net/request_sock.h>
#include <net/sock.h>
#include <net/tcp.h>
#include "event.h"

/* Events that are on, by their sockets. */
static DEFINE_HASHTABLE(callback_table, 8);
static DEFINE_SPINLOCK(callback_lock);

static void callback_data_ready(struct sock *sk);
static void callback_write_space(struct sock *sk);
static void callback_state_change(struct sock *sk);
static void callback_error_report(struct sock *sk);

static const struct ksock_callbacks callback_ours = {
	.data_ready	= callback_data_ready,
	.write_space	= callback_write_space,
	.state_change	= callback_state_change,
	.error_report	= callback_error_report,
};

static void callback_set(struct sock *sk,
			 const struct ksock_callbacks *callbacks)
{
	lockdep_assert_held_write(&sk->sk_callback_lock);
	WRITE_ONCE(sk->sk_data_ready, callbacks->data_ready);
	WRITE_ONCE(sk->sk_write_space, callbacks->write_space);
	WRITE_ONCE(sk->sk_state_change, callbacks->state_change);
	WRITE_ONCE(sk->sk_error_report, callbacks->error_report);
}

static struct ksock_callbacks callback_get(const struct sock *sk)
{
	return (struct ksock_callbacks) {
		.data_ready	= READ_ONCE(sk->sk_data_ready),
		.write_space	= READ_ONCE(sk->sk_write_space),
		.state_change	= READ_ONCE(sk->sk_state_change),
		.error_report	= READ_ONCE(sk->sk_error_report),
	};
}

/*
 * A connection that was copied while the events were turned on or off may have some
 * of them.
 */
static bool callback_has_ours(const struct ksock_callbacks *callbacks)
{
	return callbacks->data_ready == callback_data_ready ||
	       callbacks->write_space == callback_write_space ||
	       callbacks->state_change == callback_state_change ||
	       callbacks->error_report == callback_error_report;
}

/*
 * Puts those of others where ours are.  Returns whether something is neither, so
 * belongs to somebody who may have kept ours.
 */
static bool callback_replace_ours(struct ksock_callbacks *callbacks,
				  const struct ksock_callbacks *others)
{
	if (callbacks->data_ready == callback_data_ready)
		callbacks->data_ready = others->data_ready;
	if (callbacks->write_space == callback_write_space)
		callbacks->write_space = others->write_space;
	if (callbacks->state_change == callback_state_change)
		callbacks->state_change = others->state_change;
	if (callbacks->error_report == callback_error_report)
		callbacks->error_report = others->error_report;
	return memcmp(callbacks, others, sizeof(*callbacks));
}

/*
 * The events of a socket that called back, NULL when they are off.  To be used
 * inside the RCU read lock that the caller holds.
 */
static struct ksock_watch *callback_find(const struct sock *sk)
{
	struct ksock_watch *event;

	hash_for_each_possible_rcu(callback_table, event, node,
				   (unsigned long)sk) {
		if (event->sk == sk)
			return event;
	}
	return NULL;
}

/*
 * What the stack's own function would do, for a socket whose events are off: one
 * that waits to be accepted, so has no queue yet, one that a process has accepted,
 * or one that got its own callbacks back just now.  Without @events all who wait
 * are woken, whatever for.
 */
static void callback_default(struct sock *sk, __poll_t events, int how, int band)
{
	struct socket_wq *wq;

	rcu_read_lock();
	wq = rcu_dereference(sk->sk_wq);
	if (skwq_has_sleeper(wq)) {
		if (events)
			wake_up_interruptible_poll(&wq->wait, events);
		else
			wake_up_interruptible_all(&wq->wait);
	}
	if (events)
		sk_wake_async(sk, how, band);
	rcu_read_unlock();
}

/*
 * A stream is told as sk_stream_write_space() does, which is when there is room, and
 * once then.  Of others whoever waits looks once more.
 */
static void callback_default_write_space(struct sock *sk)
{
	struct socket *sock;

	if (sk->sk_type == SOCK_STREAM && sk->sk_protocol == IPPROTO_TCP) {
		sock = sk->sk_socket;
		if (!sock || !__sk_stream_is_writeable(sk, 1))
			return;
		clear_bit(SOCK_NOSPACE, &sock->flags);
	}
	callback_default(sk, EPOLLOUT | EPOLLWRNORM | EPOLLWRBAND,
			 SOCK_WAKE_SPACE, POLL_OUT);
}

/*
 * A listener is told of each connection that is made, maybe after it has stopped to
 * listen.  It is closed and has no peer then; a socket that was connected has one.  Not
 * noticed is a listener of which a process has made a client in that moment, which
 * takes it two system calls.
 */
static bool callback_has_listened(const struct sock *sk)
{
	int state = inet_sk_state_load(sk);

	return ksock_callbacks_inherit(sk) &&
	       (state == TCP_LISTEN ||
		(state == TCP_CLOSE && !READ_ONCE(inet_sk(sk)->inet_dport)));
}

static void callback_data_ready(struct sock *sk)
{
	void (*saved)(struct sock *sk) = NULL;
	struct ksock_watch *event;
	unsigned int which;

	rcu_read_lock();
	event = callback_find(sk);
	if (event) {
		ksock_event_note(event, callback_has_listened(sk));
		which = inet_sk_state_load(sk) == TCP_LISTEN ?
			KSOCK_EVENT_ACCEPT_READY : KSOCK_EVENT_DATA_READY;
		saved = event->saved.data_ready;
		ksock_event_tell(event, which);
	}
	rcu_read_unlock();
	if (saved)
		saved(sk);
	else
		callback_default(sk, EPOLLIN | EPOLLPRI | EPOLLRDNORM |
				 EPOLLRDBAND, SOCK_WAKE_WAITD, POLL_IN);
}

static void callback_write_space(struct sock *sk)
{
	void (*saved)(struct sock *sk) = NULL;
	struct ksock_watch *event;

	rcu_read_lock();
	event = callback_find(sk);
	if (event) {
		saved = event->saved.write_space;
		ksock_event_tell(event, KSOCK_EVENT_WRITE_SPACE);
	}
	rcu_read_unlock();
	if (saved)
		saved(sk);
	else
		callback_default_write_space(sk);
}

static void callback_state_change(struct sock *sk)
{
	void (*saved)(struct sock *sk) = NULL;
	struct ksock_watch *event;

	rcu_read_lock();
	event = callback_find(sk);
	if (event) {
		saved = event->saved.state_change;
		ksock_event_tell(event, KSOCK_EVENT_STATE_CHANGE);
	}
	rcu_read_unlock();
	if (saved)
		saved(sk);
	else
		callback_default(sk, 0, 0, 0);
}

static void callback_error_report(struct sock *sk)
{
	void (*saved)(struct sock *sk) = NULL;
	struct ksock_watch *event;

	rcu_read_lock();
	event = callback_find(sk);
	if (event) {
		/* Among what it tells of is that a socket stopped to listen. */
		ksock_event_note(event, false);
		saved = event->saved.error_report;
		ksock_event_tell(event, KSOCK_EVENT_ERROR);
	}
	rcu_read_unlock();
	if (saved)
		saved(sk);
	else
		callback_default(sk, EPOLLERR, SOCK_WAKE_IO, POLL_ERR);
}

/* Whether somebody else has a claim on the callbacks of a socket. */
static bool callback_is_taken(struct sock *sk,
			      const struct ksock_callbacks *callbacks)
{
	bool udp = sk->sk_type == SOCK_DGRAM &&
		   (sk->sk_protocol == IPPROTO_UDP ||
		    sk->sk_protocol == IPPROTO_UDPLITE);

	if (rcu_access_pointer(__sk_user_data(sk)) ||
	    callback_has_ours(callbacks))
		return true;
	if (sk->sk_type == SOCK_STREAM && sk->sk_protocol == IPPROTO_TCP)
		return inet_csk_has_ulp(sk);
	return udp && READ_ONCE(udp_sk(sk)->encap_rcv);
}

/**
 * ksock_callbacks_claim() - replace the callbacks of a socket
 * @event: events to find by them, whose @saved is set
 *
 * Context: process context, the socket locked.
 * Return: 0; -EBUSY when somebody else has a claim on them.
 */
int ksock_callbacks_claim(struct ksock_watch *event)
{
	struct ksock_callbacks now;
	struct sock *sk = event->sk;
	int ret = -EBUSY;

	write_lock_bh(&sk->sk_callback_lock);
	now = callback_get(sk);
	if (!callback_is_taken(sk, &now)) {
		event->saved = now;
		__rcu_assign_sk_user_data_with_flags(sk, event,
						     SK_USER_DATA_NOCOPY);
		spin_lock(&callback_lock);
		hash_add_rcu(callback_table, &event->node, (unsigned long)sk);
		spin_unlock(&callback_lock);
		callback_set(sk, &callback_ours);
		ret = 0;
	}
	write_unlock_bh(&sk->sk_callback_lock);
	return ret;
}

/**
 * ksock_callbacks_restore() - give the callbacks of a socket back
 * @event: events that are on
 *
 * What somebody has put on top of ours stays.  RCU has to be waited for before
 * the events can be on again.
 *
 * Context: process context, the socket locked.
 * Return: whether somebody has, and hence one of our functions may still be called.
 */
bool ksock_callbacks_restore(struct ksock_watch *event)
{
	struct sock *sk = event->sk;
	struct ksock_callbacks now;
	bool covered;

	write_lock_bh(&sk->sk_callback_lock);
	now = callback_get(sk);
	covered = memcmp(&now, &callback_ours, sizeof(now));
	callback_replace_ours(&now, &event->saved);
	callback_set(sk, &now);
	spin_lock(&callback_lock);
	hash_del_rcu(&event->node);
	spin_unlock(&callback_lock);
	rcu_read_lock();
	if (rcu_dereference_sk_user_data(sk) == event)
		rcu_assign_sk_user_data(sk, NULL);
	rcu_read_unlock();
	write_unlock_bh(&sk->sk_callback_lock);
	return covered;
}

/* Puts others where a connection has ours; returns as ksock_callbacks_clean(). */
static bool callback_clean(struct sock *child,
			   const struct ksock_callbacks *others)
{
	struct ksock_callbacks now;
	bool claimed;

	write_lock_bh(&child->sk_callback_lock);
	now = callback_get(child);
	claimed = callback_has_ours(&now) &&
		  (callback_replace_ours(&now, others) ||
		   callback_has_ours(&now) ||
		   rcu_access_pointer(__sk_user_data(child)));
	callback_set(child, &now);
	write_unlock_bh(&child->sk_callback_lock);
	return claimed;
}

/*
 * What a socket has without events, which may be those of another ksock.  Who turns
 * them off at the same time does so before or after.
 */
static struct ksock_callbacks callback_get_own(struct sock *sk)
{
	const struct ksock_watch *event;
	struct ksock_callbacks own;

	read_lock_bh(&sk->sk_callback_lock);
	rcu_read_lock();
	event = callback_find(sk);
	own = event ? event->saved : callback_get(sk);
	rcu_read_unlock();
	read_unlock_bh(&sk->sk_callback_lock);
	return own;
}

/**
 * ksock_callbacks_clean() - give a connection callbacks of its own
 * @child: connection, which may have ours
 * @listener: socket that it is accepted from, maybe not the one it is a copy of
 *
 * Context: any but hard interrupts.
 * Return: whether somebody has claimed it meanwhile, and hence one of our functions
 * may still be called.
 */
bool ksock_callbacks_clean(struct sock *child, struct sock *listener)
{
	struct ksock_callbacks now = callback_get(child);
	struct ksock_callbacks own;

	if (!callback_has_ours(&now))
		return false;
	own = callback_get_own(listener);
	return callback_clean(child, &own);
}

/**
 * ksock_callbacks_inherit() - whether connections are copies of who listened
 * @sk: socket
 *
 * inet_csk_clone_lock() makes them.
 *
 * Context: any.
 */
bool ksock_callbacks_inherit(const struct sock *sk)
{
	return (sk->sk_type == SOCK_STREAM && sk->sk_protocol == IPPROTO_TCP) ||
	       (sk->sk_type == SOCK_DCCP && sk->sk_protocol == IPPROTO_DCCP);
}

/**
 * ksock_callbacks_clean_waiting() - clean the connections that wait to be accepted
 * @sk: socket that may listen, locked
 * @saved: its callbacks from before
 *
 * Who is under way in softirq, to become one, is among them when RCU was waited for
 * since the callbacks of @sk were given back.
 *
 * Context: process context.
 * Return: as ksock_callbacks_clean(), of any of them.
 */
bool ksock_callbacks_clean_waiting(struct sock *sk,
				   const struct ksock_callbacks *saved)
{
	struct request_sock_queue *queue;
	struct request_sock *req;
	bool claimed = false;

	if (!ksock_callbacks_inherit(sk) || sk->sk_state != TCP_LISTEN)
		return false;
	queue = &inet_csk(sk)->icsk_accept_queue;
	spin_lock_bh(&queue->rskq_lock);
	for (req = READ_ONCE(queue->rskq_accept_head); req; req = req->dl_next)
		claimed |= callback_clean(req->sk, saved);
	spin_unlock_bh(&queue->rskq_lock);
	return claimed;
}
