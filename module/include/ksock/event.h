/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Events: being called when something happens on a socket, and the promise that
 * it has stopped.
 */
#ifndef KSOCK_EVENT_H
#define KSOCK_EVENT_H

#include <linux/types.h>

struct ksock;
struct workqueue_struct;

/**
 * enum ksock_event - what can happen, bits of a mask
 * @KSOCK_EVENT_DATA_READY: data, or the end of it, has arrived.
 * @KSOCK_EVENT_WRITE_SPACE: there is room to send again.  A stream tells it to
 *	those whose last send got -EAGAIN.
 * @KSOCK_EVENT_STATE_CHANGE: the connection has come about, or has ended in one
 *	or both directions.
 * @KSOCK_EVENT_ERROR: the socket has an error; ksock_error() takes it.
 * @KSOCK_EVENT_ACCEPT_READY: a listening socket has a connection to accept.
 * @KSOCK_EVENT_ALL: all of these.
 */
enum ksock_event {
	KSOCK_EVENT_DATA_READY		= 1 << 0,
	KSOCK_EVENT_WRITE_SPACE		= 1 << 1,
	KSOCK_EVENT_STATE_CHANGE	= 1 << 2,
	KSOCK_EVENT_ERROR		= 1 << 3,
	KSOCK_EVENT_ACCEPT_READY	= 1 << 4,
	KSOCK_EVENT_ALL			= (1 << 5) - 1,
};

/**
 * struct ksock_events - whom to call
 * @data_ready: called for %KSOCK_EVENT_DATA_READY; this one and those below may
 *	be NULL.
 * @write_space: called for %KSOCK_EVENT_WRITE_SPACE.
 * @state_change: called for %KSOCK_EVENT_STATE_CHANGE.
 * @error: called for %KSOCK_EVENT_ERROR.
 * @accept_ready: called for %KSOCK_EVENT_ACCEPT_READY.
 * @workqueue: NULL to be called at once, with bottom halves disabled, for @error
 *	maybe interrupts as well, and maybe the socket's spinlock held: such a
 *	function must not sleep, which rules
 *	out every call that takes the socket lock, and does well to wake or queue
 *	and no more.  Else the events are gathered and a worker of this queue
 *	makes the calls, in process context, one at a time, an event that
 *	happens many times before that once.
 *
 * Each function gets the socket and the pointer given to ksock_events_on().
 * Events are hints: one may come without a cause.  They may come on several
 * processors at once unless a workqueue makes the calls.
 */
struct ksock_events {
	void (*data_ready)(struct ksock *ks, void *data);
	void (*write_space)(struct ksock *ks, void *data);
	void (*state_change)(struct ksock *ks, void *data);
	void (*error)(struct ksock *ks, void *data);
	void (*accept_ready)(struct ksock *ks, void *data);
	struct workqueue_struct *workqueue;
};

int ksock_events_on(struct ksock *ks, const struct ksock_events *events,
		    void *data, unsigned int mask);
int ksock_events_mask(struct ksock *ks, unsigned int mask);
int ksock_events_off(struct ksock *ks);

#endif /* KSOCK_EVENT_H */
