/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Tests of addresses: what their files share.
 */
#ifndef KSOCK_TESTS_ADDR_H
#define KSOCK_TESTS_ADDR_H

#include <linux/prandom.h>
#include <linux/string.h>
#include <ksock/addr.h>

struct test;

/* What is in an address before it is filled. */
#define POISON	0xa5

/* The same values, bytes and length. */
static inline bool same_bytes(const struct ksock_addr *a,
			      const struct ksock_addr *b)
{
	return a->len == b->len &&
	       !memcmp(&a->storage, &b->storage, sizeof(a->storage));
}

/* An address that text says, which must be good. */
bool addr_of(struct test *t, struct ksock_addr *addr, const char *text);
/* A valid address, of any family that has text. */
void make_any(struct rnd_state *random, struct ksock_addr *addr);

#endif /* KSOCK_TESTS_ADDR_H */
