/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What calls that are made to fail work on, see fault_scene.c.
 */
#ifndef KSOCK_TESTS_FAULT_H
#define KSOCK_TESTS_FAULT_H

#include "peer.h"

#define FAULT_BYTES	1000

/**
 * struct fault - everything that a call works on
 * @pair: a listening socket and the ends of a connection, or some of them.
 * @udp: a datagram socket.
 * @user: a socket of the process.
 * @made: what the call has made.
 * @lite: room for a connection.
 * @addr: an address; of @udp, of the listening socket, or for the call to fill.
 * @memory: a page of the process, with 0 for none.
 * @fd: a descriptor of @user, with -1 for none.
 * @buf: a page.
 */
struct fault {
	struct peer_pair pair;
	struct ksock_udp *udp;
	struct ksock *user;
	struct ksock *made;
	struct ksock_lite *lite;
	struct ksock_addr addr;
	unsigned long memory;
	int fd;
	char *buf;
};

static inline struct ksock *near(const struct fault *f)
{
	return peer_near(&f->pair);
}

static inline struct ksock *listener(const struct fault *f)
{
	return ksock_from_tcp_listener(f->pair.listener);
}

static inline struct ksock *udp(const struct fault *f)
{
	return ksock_from_udp(f->udp);
}

extern const struct ksock_events fault_events;

/* Puts what there is, of which some may be what failed to be made. */
void fault_close(struct fault *f);

/* What a call needs: each returns 0 or a negative errno. */
int need_nothing(struct fault *f);
int need_listener(struct fault *f);
int need_bound_listener(struct fault *f);
int need_near(struct fault *f);
int need_server(struct fault *f);
int need_pending(struct fault *f);
int need_pending_and_lite(struct fault *f);
int need_stream(struct fault *f);
int need_stream_data(struct fault *f);
int need_events(struct fault *f);
int need_fresh_udp(struct fault *f);
int need_udp(struct fault *f);
int need_udp_data(struct fault *f);
int need_group(struct fault *f);
int need_member(struct fault *f);
int need_user(struct fault *f);
int need_user_data(struct fault *f);
int need_descriptor(struct fault *f);
int need_follower(struct fault *f);

#endif /* KSOCK_TESTS_FAULT_H */
