/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Bytes that tell where they belong, so that a lost or swapped one is seen.
 */
#ifndef KSOCK_SELFTESTS_PATTERN_H
#define KSOCK_SELFTESTS_PATTERN_H

#include <stddef.h>

static inline unsigned char pattern(size_t i)
{
	return i ^ i >> 8 ^ i >> 16;
}

static inline void pattern_fill(unsigned char *buf, size_t len)
{
	size_t i;

	for (i = 0; i < len; i++)
		buf[i] = pattern(i);
}

/* Returns how many bytes from the start are as pattern_fill() left them. */
static inline size_t pattern_length(const unsigned char *buf, size_t len)
{
	size_t i;

	for (i = 0; i < len && buf[i] == pattern(i); i++)
		;
	return i;
}

#endif /* KSOCK_SELFTESTS_PATTERN_H */
