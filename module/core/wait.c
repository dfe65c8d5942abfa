// SPDX-License-Identifier: GPL-2.0-only
/*
 * Waiting for a socket until a moment in time.
 *
 * A call with a deadline tries without waiting, waits here for a sign that the
 * next try may do better, and tries again.  The timeouts of the socket itself
 * are not written: they belong to all who use it.  Called by conn.c, io.c and
 * data.c.
 */
#include <linux/kthread.h>
#include <linux/ktime.h>
#include <linux/math64.h>
#include <linux/sched/signal.h>
#include <linux/wait.h>
#include <net/sock.h>
#include "sock.h"

/* Ticks until the deadline, rounded up, 0 when it has passed. */
static long wait_ticks(ktime_t deadline)
{
	s64 left = ktime_to_ns(ktime_sub(deadline, ktime_get()));

	if (left <= 0)
		return 0;
	return min_t(u64, div_u64(left, TICK_NSEC) + 1,
		     MAX_SCHEDULE_TIMEOUT - 1);
}

static bool wait_ready(struct ksock *ks, __poll_t events)
{
	/* EPOLLERR is also there while the error queue is not empty. */
	return (vfs_poll(ks->file, NULL) & events) ||
	       READ_ONCE(ks->sock->sk->sk_err);
}

/* Whether the one who waits is asked to come home. */
static int wait_interrupted(const struct ksock *ks)
{
	int ret = ksock_cancelled(ks);

	if (ret)
		return ret;
	if (signal_pending(current))
		return -EINTR;
	if ((current->flags & PF_KTHREAD) && kthread_should_stop())
		return -EINTR;
	return 0;
}

/**
 * ksock_wait_init() - start waiting for a socket
 * @wait: filled
 * @ks: socket
 * @events: what is waited for, EPOLL bits; an error of the socket always is
 * @deadline: moment of CLOCK_MONOTONIC, KTIME_MAX for never
 *
 * Context: any.
 */
void ksock_wait_init(struct ksock_wait *wait, struct ksock *ks, __poll_t events,
		     ktime_t deadline)
{
	wait->ks = ks;
	wait->events = events;
	wait->deadline = deadline;
	wait->idle = false;
}

/**
 * ksock_wait() - wait until the socket looks ready
 * @wait: from ksock_wait_init(), the same for all tries of one call
 *
 * Context: process context, sleeps.
 * Return: 0 to try again, -EAGAIN when the deadline has passed, -EINTR on a
 * signal or, in a kernel thread, kthread_stop(), -ECANCELED after
 * ksock_cancel(), -ENETDOWN when the namespace that the socket follows goes.
 */
int ksock_wait(struct ksock_wait *wait)
{
	DEFINE_WAIT_FUNC(entry, woken_wake_function);
	struct socket *sock = wait->ks->sock;
	bool slept = false;
	int ret = 0;

	add_wait_queue(&sock->wq.wait, &entry);
	/* Pairs with wq_has_sleeper(), as poll does with a table only. */
	smp_mb();
	/*
	 * Ready twice in a row, and the try between found nothing: memory is
	 * short, or somebody else is faster.  Spinning would help neither.
	 */
	while ((wait->idle && !slept) || !wait_ready(wait->ks, wait->events)) {
		long ticks = wait_ticks(wait->deadline);

		if (!ticks) {
			ret = -EAGAIN;
			break;
		}
		ret = wait_interrupted(wait->ks);
		if (ret)
			break;
		if (wait->idle && !slept)
			ticks = 1;
		wait_woken(&entry, TASK_INTERRUPTIBLE, ticks);
		slept = true;
	}
	remove_wait_queue(&sock->wq.wait, &entry);
	wait->idle = !slept;
	return ret;
}
