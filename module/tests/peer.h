/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the cases share: a namespace, connected pairs, threads that block.
 */
#ifndef KSOCK_TESTS_PEER_H
#define KSOCK_TESTS_PEER_H

#include <linux/completion.h>
#include <linux/jiffies.h>
#include <linux/kthread.h>
#include <linux/nsproxy.h>
#include <linux/sched.h>
#include <ksock/ksock.h>

/* Long enough for any step on a slow machine; a moment, for what must not be. */
#define PEER_WAIT_MS	60000
#define PEER_MOMENT_MS	200

/* The namespace of who reads the results. */
static inline struct net *peer_net(void)
{
	return current->nsproxy->net_ns;
}

static inline ktime_t peer_deadline(void)
{
	return ksock_deadline(PEER_WAIT_MS);
}

/* Whether the condition comes true in time. */
#define peer_eventually(_condition)					\
({									\
	unsigned long peer_until = jiffies +				\
				   msecs_to_jiffies(PEER_WAIT_MS);	\
	bool peer_true;							\
									\
	while (!(peer_true = (_condition)) &&				\
	       time_before(jiffies, peer_until))			\
		schedule_timeout_uninterruptible(1);			\
	peer_true;							\
})

/**
 * struct peer_pair - a connection, both ends
 * @listener: what it was accepted from.
 * @near: the end that connected.
 * @far: the end that was accepted.
 */
struct peer_pair {
	struct ksock_tcp_listener *listener;
	struct ksock_tcp_stream *near;
	struct ksock_tcp_stream *far;
};

int peer_listen(struct ksock_tcp_listener **listener, struct net *net,
		enum ksock_family family, unsigned int flags,
		struct ksock_addr *addr);
int peer_pair_open(struct peer_pair *pair, struct net *net,
		   enum ksock_family family, unsigned int flags);
void peer_pair_close(struct peer_pair *pair);

/*
 * Whether connections that wait move to another socket of the group when their own
 * stops to listen.  Not every kernel can, nor every one that has the switch.
 */
void peer_migrate(bool on);
/* One that listens, of a group at an address, which is chosen for the first. */
struct ksock *peer_group_listen(struct ksock_addr *addr, unsigned int flags);

/**
 * struct peer_full - a place where a connection is not answered
 * @listener: socket whose queue is full.
 * @addr: its address.
 * @streams: those that fill the queue; the last one is being connected.
 * @count: how many they are.
 */
struct peer_full {
	struct ksock_tcp_listener *listener;
	struct ksock_addr addr;
	struct ksock_tcp_stream *streams[8];
	unsigned int count;
};

int peer_full_open(struct peer_full *full, struct net *net);
void peer_full_close(struct peer_full *full);

/* A UDP socket bound to a free port of the loopback address. */
int peer_udp(struct ksock_udp **udp, struct net *net, enum ksock_family family,
	     struct ksock_addr *addr);

static inline struct ksock *peer_near(const struct peer_pair *pair)
{
	return ksock_from_tcp_stream(pair->near);
}

static inline struct ksock *peer_far(const struct peer_pair *pair)
{
	return ksock_from_tcp_stream(pair->far);
}

/**
 * struct peer_thread - a kernel thread that runs one function
 * @task: the thread, referenced until it is joined.
 * @function: what it runs.
 * @data: with what.
 * @ret: what that returned.
 * @done: completed when it has.
 */
struct peer_thread {
	struct task_struct *task;
	long (*function)(void *data);
	void *data;
	long ret;
	struct completion done;
};

int peer_thread_start(struct peer_thread *thread, long (*function)(void *data),
		      void *data);
/* Whether the function returned by itself in time, and what. */
bool peer_thread_join(struct peer_thread *thread, long *ret);
/* kthread_stop(), and what the function returned. */
long peer_thread_stop(struct peer_thread *thread);

/* Whether some thread comes to sleep on the socket. */
bool peer_sleeps(struct ksock *ks);

/**
 * struct peer_netns - a network namespace that can go
 * @net: the namespace, referenced until peer_netns_drop().
 * @pid: process that keeps it.
 */
struct peer_netns {
	struct net *net;
	struct pid *pid;
};

/* Its loopback device is up. */
int peer_netns_create(struct peer_netns *netns);
/* Nobody has it afterwards but whoever it is tested on. */
void peer_netns_drop(struct peer_netns *netns);

#endif /* KSOCK_TESTS_PEER_H */
