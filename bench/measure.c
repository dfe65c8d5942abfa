// SPDX-License-Identifier: GPL-2.0-only
/*
 * Measuring one side of a row, and proving that it moved the right bytes.
 *
 * The machine counts instructions: its time stamp counter advances by one with
 * each, so a difference of two readings is a number of instructions, the same
 * in every run.  The median of several repetitions leaves out those that the
 * kernel's own housekeeping fell into.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <x86intrin.h>

#include "bench.h"

#define REPETITIONS	7

/* Messages that are looked at one by one. */
#define ROUNDS		16

unsigned char sent[BATCH * STRIDE] __attribute__((aligned(4096)));
unsigned char received[BATCH * STRIDE] __attribute__((aligned(4096)));
unsigned int errors;
bool profiling;

/* The machine's emulator counts what runs between these two, see plugin.c. */
static inline void window_begin(void)
{
	asm volatile("nopl 0x4b530100(%%rax)" ::: "memory");
}

static inline void window_end(void)
{
	asm volatile("nopl 0x4b530200(%%rax)" ::: "memory");
}

void expect_failed(const char *file, int line, const char *condition)
{
	/* The first few tell what happened, the count how often. */
	if (errors++ < 4)
		printf("# %s:%d: %s: %s\n", file, line, condition,
		       strerror(errno));
}

static uint64_t instructions(void)
{
	uint64_t now;

	_mm_lfence();
	now = __rdtsc();
	_mm_lfence();
	return now;
}

static int compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

/* Every message its own pattern, none of which was there before. */
static void payload_fill(void)
{
	static unsigned int seed;
	size_t i;

	for (i = 0; i < sizeof(sent); i++) {
		seed = seed * 1103515245 + 12345;
		sent[i] = seed >> 16;
	}
	memset(received, 0, sizeof(received));
}

static void payload_check(const struct row *row)
{
	int i;

	for (i = 0; i < row->messages; i++)
		EXPECT(!memcmp(sent + i * STRIDE, received + i * STRIDE, LEN));
}

static void check_rounds(const struct row *row, const struct side *side)
{
	int i;

	for (i = 0; i < ROUNDS; i++) {
		payload_fill();
		side->run(1);
		payload_check(row);
	}
}

void measure(const struct row *row, const char *name, const struct side *side)
{
	double result[REPETITIONS];
	int i;

	side->open();
	check_rounds(row, side);
	/* Nothing of what cannot work is worth minutes of it. */
	if (errors)
		goto out;
	side->run(row->count / 4 + 1);

	if (profiling) {
		printf("# WINDOW %s %s %d\n", row->id, name,
		       row->count * row->per);
		fflush(stdout);
		side->run(row->count / 8 + 1);
		window_begin();
		side->run(row->count);
		window_end();
	}

	for (i = 0; i < REPETITIONS; i++) {
		uint64_t before;

		payload_fill();
		side->run(row->count / 8 + 1);
		before = instructions();
		side->run(row->count);
		result[i] = (double)(instructions() - before) / row->count /
			    row->per;
		payload_check(row);
	}
	check_rounds(row, side);

	qsort(result, REPETITIONS, sizeof(result[0]), compare);
	printf("# RES %s %s %.1f %.1f %.1f %s\n", row->id, name,
	       result[REPETITIONS / 2], result[0], result[REPETITIONS - 1],
	       side->calls);
out:
	side->close();
}
