/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The events of a socket, between event.c, which turns them on and off and tells
 * whoever asked for them, and callback.c, which hears of them from the stack.
 */
#ifndef KSOCK_CORE_EVENT_H
#define KSOCK_CORE_EVENT_H

#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/workqueue.h>
#include "sock.h"

/**
 * struct ksock_callbacks - what the stack calls
 * @data_ready: sk_data_ready.
 * @write_space: sk_write_space.
 * @state_change: sk_state_change.
 * @error_report: sk_error_report.
 */
struct ksock_callbacks {
	void (*data_ready)(struct sock *sk);
	void (*write_space)(struct sock *sk);
	void (*state_change)(struct sock *sk);
	void (*error_report)(struct sock *sk);
};

/**
 * struct ksock_watch - the events of a socket
 * @node: place in the table of those that are on.
 * @sk: the socket, as the stack knows it.
 * @ks: the socket.
 * @ops: whom to call.
 * @data: with what.
 * @mask: for which events.
 * @pending: events that the worker has not told yet.
 * @work: the worker's part.
 * @saved: the callbacks from before; kept when the events are off again.
 * @on: whether they are on, under the socket lock.
 * @listened: whether the socket has listened since they are.
 * @moved: whether connections may have moved from it to another one since.
 * @ending: held by who turns them off.
 *
 * @ops, @data and @saved are set before anything can be told.
 */
struct ksock_watch {
	struct hlist_node node;
	struct sock *sk;
	struct ksock *ks;
	const struct ksock_events *ops;
	void *data;
	unsigned int mask;
	unsigned long pending;
	struct work_struct work;
	struct ksock_callbacks saved;
	bool on;
	bool listened;
	bool moved;
	struct mutex ending;
};

/* callback.c */
int ksock_callbacks_claim(struct ksock_watch *event);
bool ksock_callbacks_restore(struct ksock_watch *event);
bool ksock_callbacks_clean(struct sock *child, struct sock *listener);
bool ksock_callbacks_clean_waiting(struct sock *sk,
				   const struct ksock_callbacks *saved);
bool ksock_callbacks_inherit(const struct sock *sk);

/* event.c */
void ksock_event_note(struct ksock_watch *event, bool listened);
void ksock_event_tell(struct ksock_watch *event, unsigned int which);

#endif /* KSOCK_CORE_EVENT_H */
