/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the fuzzers of userspace share.  Each is a file with the one function
 * that libFuzzer calls with what it has made up, beginning with the lines of
 * the file of its name in seeds/.  They need no device, and look nothing up.
 */
#ifndef KSOCK_FUZZ_H
#define KSOCK_FUZZ_H

#include <errno.h>
#include <ksock.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define FUZZ_COUNT(_array) (sizeof(_array) / sizeof((_array)[0]))

/* Ends the run, for which the input that led here is kept. */
#define REQUIRE(_condition) do {					\
	if (!(_condition)) {						\
		dprintf(STDERR_FILENO, "%s:%d: not so: %s (errno %d)\n",	\
			__FILE__, __LINE__, #_condition, errno);	\
		abort();						\
	}								\
} while (0)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Of just the length, so that a look behind its end is noticed. */
static inline void *fuzz_copy(const void *data, size_t size)
{
	void *copy = malloc(size ? size : 1);

	REQUIRE(copy);
	if (size)
		memcpy(copy, data, size);
	return copy;
}

static inline char *fuzz_text(const uint8_t *data, size_t size)
{
	char *text = malloc(size + 1);

	REQUIRE(text);
	if (size)
		memcpy(text, data, size);
	text[size] = '\0';
	return text;
}

#endif /* KSOCK_FUZZ_H */
