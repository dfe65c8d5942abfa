/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the files of core/ share about a socket.  Everybody else sees
 * <ksock/ksock.h>.
 */
#ifndef KSOCK_CORE_SOCK_H
#define KSOCK_CORE_SOCK_H

#include <linux/atomic.h>
#include <linux/kernel.h>
#include <linux/ktime.h>
#include <linux/net.h>
#include <linux/refcount.h>
#include <ksock/ksock.h>
#include <ksock/tcp.h>

/**
 * struct ksock - a kernel socket and the file that owns it
 * @refs: references; the last one drops @file.
 * @sock: the socket, set once before the object is handed out.
 * @file: hidden file of @sock, on no descriptor; owns the socket.  NULL only
 *	while the object is being made.
 * @sent_ops: sends that succeeded.
 * @sent_bytes: bytes they took.
 * @received_ops: receives that succeeded.
 * @received_bytes: bytes they returned.
 *
 * The counters take no lock and are not a snapshot of one moment.
 */
struct ksock {
	refcount_t refs;
	struct socket *sock;
	struct file *file;
	atomic64_t sent_ops;
	atomic64_t sent_bytes;
	atomic64_t received_ops;
	atomic64_t received_bytes;
};

struct ksock_tcp_listener {
	struct ksock ks;
};

struct ksock_tcp_stream {
	struct ksock ks;
};

/* The caller knows that the socket is of the type. */
static inline struct ksock_tcp_listener *ksock_to_tcp_listener(struct ksock *ks)
{
	return container_of(ks, struct ksock_tcp_listener, ks);
}

static inline struct ksock_tcp_stream *ksock_to_tcp_stream(struct ksock *ks)
{
	return container_of(ks, struct ksock_tcp_stream, ks);
}

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

int ksock_attach(struct ksock *ks, struct socket *sock, const char *name);

#endif /* KSOCK_CORE_SOCK_H */
