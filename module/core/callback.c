// SPDX-License-Identifier: GPL-2.0-only
/*
 * Callbacks: the one place that touches those of a socket and its sk_user_data.
 *
 * The stack calls back through four pointers in struct sock.  They are replaced
 * by functions of this file, which find the events of the socket by sk_user_data
 * and have event.c tell whoever asked for them, and then call the function that was
 * there before, so poll and who sleeps on the socket go on as they did.
 *
 * Who calls back, and what that allows to rely on.  Softirq, mostly; but what
 * the socket lock held up is worked off in process context by who releases it,
 * preemptible, and sock_wfree() calls sk_write_space with no lock at all and
 * outside of RCU.  A caller may have loaded a pointer of ours, be preempted for
 * as long as it likes, and only then make the call.  So a function of ours takes
 * the RCU read lock itself, and then looks whether the events are still on, under
 * sk_callback_lock, by which they are turned on and off.  If they are not, it does
 * what the stack's own would do.
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
 * a descriptor of the same socket keep ours, and so do those that move to another
 * socket when it stops to listen, with the same consequence.
 * Connections of MPTCP are out of reach in between, so it is refused.
 */
#include <linux/rcupdate.h>
#include <linux/udp.h>
#include <net/inet_connection_sock.h>
#include <net/request_sock.h>
#include <net/sock.h>
#include <net/tcp.h>
#include "event.h"

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

static bool callback_is_ours(const struct sock *sk)
{
	return READ_ONCE(sk->sk_state_change) == callback_state_change;
}

/*
 * A connection that was copied while the events were turned on or off may have some
 * of them.
 */
static bool callback_has_ours(const struct sock *sk)
{
	return callback_is_ours(sk) ||
	       READ_ONCE(sk->sk_data_ready) == callback_data_ready ||
	       READ_ONCE(sk->sk_write_space) == callback_write_space ||
	       READ_ONCE(sk->sk_error_report) == callback_error_report;
}

/*
 * The events of a socket that called back, NULL when they are off.  To be used
 * inside the RCU read lock that the caller holds.
 */
static struct ksock_watch *callback_find(struct sock *sk)
{
	struct ksock_watch *event = NULL;

	read_lock_bh(&sk->sk_callback_lock);
	if (callback_is_ours(sk))
		event = rcu_dereference_sk_user_data(sk);
	read_unlock_bh(&sk->sk_callback_lock);
	return event;
}

/*
 * What the stack's own function would do, for a socket whose events are off: one
 * that waits to be accepted, so has no queue yet, or one that got its own
 * callbacks back just now.
 */
static void callback_default(struct sock *sk, __poll_t events, int band)
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

static void callback_data_ready(struct sock *sk)
{
	void (*saved)(struct sock *sk) = NULL;
	struct ksock_watch *event;
	unsigned int which;

	rcu_read_lock();
	event = callback_find(sk);
	if (event) {
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
				 EPOLLRDBAND, POLL_IN);
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
		callback_default(sk, EPOLLOUT | EPOLLWRNORM | EPOLLWRBAND,
				 POLL_OUT);
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
		callback_default(sk, EPOLLIN | EPOLLOUT | EPOLLHUP | EPOLLRDHUP, 0);
}

static void callback_error_report(struct sock *sk)
{
	void (*saved)(struct sock *sk) = NULL;
	struct ksock_watch *event;

	rcu_read_lock();
	event = callback_find(sk);
	if (event) {
		saved = event->saved.error_report;
		ksock_event_tell(event, KSOCK_EVENT_ERROR);
	}
	rcu_read_unlock();
	if (saved)
		saved(sk);
	else
		callback_default(sk, EPOLLERR, POLL_ERR);
}

/* Whether somebody else has a claim on the callbacks of a socket. */
static bool callback_is_taken(struct sock *sk)
{
	bool udp = sk->sk_type == SOCK_DGRAM &&
		   (sk->sk_protocol == IPPROTO_UDP ||
		    sk->sk_protocol == IPPROTO_UDPLITE);

	if (rcu_dereference_sk_user_data(sk) || callback_has_ours(sk))
		return true;
	if (sk->sk_type == SOCK_STREAM && sk->sk_protocol == IPPROTO_TCP)
		return inet_csk_has_ulp(sk);
	return udp && READ_ONCE(udp_sk(sk)->encap_rcv);
}

/**
 * ksock_callbacks_claim() - replace the callbacks of a socket
 * @sk: socket, locked
 * @event: events to find by them, whose @saved is set
 *
 * Context: process context.
 * Return: 0; -EBUSY when somebody else has a claim on them.
 */
int ksock_callbacks_claim(struct sock *sk, struct ksock_watch *event)
{
	int ret = -EBUSY;

	write_lock_bh(&sk->sk_callback_lock);
	rcu_read_lock();
	if (!callback_is_taken(sk)) {
		event->saved.data_ready = sk->sk_data_ready;
		event->saved.write_space = sk->sk_write_space;
		event->saved.state_change = sk->sk_state_change;
		event->saved.error_report = sk->sk_error_report;
		__rcu_assign_sk_user_data_with_flags(sk, event,
						     SK_USER_DATA_NOCOPY);
		callback_set(sk, &callback_ours);
		ret = 0;
	}
	rcu_read_unlock();
	write_unlock_bh(&sk->sk_callback_lock);
	return ret;
}

/**
 * ksock_callbacks_restore() - give callbacks back
 * @sk: socket, or a copy of it
 * @saved: callbacks from before
 *
 * What somebody has put on top of ours stays.
 *
 * Context: any but hard interrupts.
 * Return: whether that was so, and hence one of our functions may still be called by
 * them.
 */
bool ksock_callbacks_restore(struct sock *sk, const struct ksock_callbacks *saved)
{
	struct ksock_callbacks now;
	bool covered;

	write_lock_bh(&sk->sk_callback_lock);
	now = (struct ksock_callbacks) {
		.data_ready	= sk->sk_data_ready,
		.write_space	= sk->sk_write_space,
		.state_change	= sk->sk_state_change,
		.error_report	= sk->sk_error_report,
	};
	covered = callback_is_ours(sk) && memcmp(&now, &callback_ours, sizeof(now));
	if (callback_is_ours(sk))
		rcu_assign_sk_user_data(sk, NULL);
	if (now.data_ready == callback_data_ready)
		now.data_ready = saved->data_ready;
	if (now.write_space == callback_write_space)
		now.write_space = saved->write_space;
	if (now.state_change == callback_state_change)
		now.state_change = saved->state_change;
	if (now.error_report == callback_error_report)
		now.error_report = saved->error_report;
	callback_set(sk, &now);
	write_unlock_bh(&sk->sk_callback_lock);
	return covered;
}

/**
 * ksock_callbacks_restore_children() - give those that wait to be accepted theirs
 * @sk: socket that may listen
 * @saved: its callbacks from before
 *
 * Who is under way in softirq, to become one, is on the list when RCU was waited for
 * since the callbacks of @sk were given back.
 *
 * Context: process context, takes the socket lock.
 */
void ksock_callbacks_restore_children(struct sock *sk,
				      const struct ksock_callbacks *saved)
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
			ksock_callbacks_restore(req->sk, saved);
		spin_unlock_bh(&queue->rskq_lock);
	}
	release_sock(sk);
}
