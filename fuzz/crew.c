// SPDX-License-Identifier: GPL-2.0-only
/*
 * The threads that make the calls of a program, each its own, all at once; and who
 * watches them: a thread that has been in one call for too long gets a signal, and
 * another, until it comes out.
 */
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "fuzz.h"

#define PATIENCE_NS	10000000

/**
 * struct hand - a thread
 * @thread: it.
 * @index: its number in programs.
 * @arena: its memory.
 * @cover: where its coverage comes from.
 * @calls: how many it has made, ever.
 * @watched: @calls when it was last looked at.
 * @work: the program it is at, under @crew_lock.
 * @tallies: by the type of call.
 */
struct hand {
	pthread_t thread;
	unsigned int index;
	struct arena *arena;
	struct cover *cover;
	atomic_ullong calls;
	unsigned long long watched;
	const struct program *work;
	struct tally tallies[MAX_TYPES];
};

static struct hand hands[MAX_THREADS];
static unsigned int hand_count, hands_busy;
static bool crew_ends;
static pthread_mutex_t crew_lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t crew_wake = PTHREAD_COND_INITIALIZER;
static pthread_cond_t crew_idle = PTHREAD_COND_INITIALIZER;

static void on_signal(int number)
{
	(void)number;
}

static void hand_work(struct hand *hand, const struct program *program)
{
	const struct call *call;
	unsigned int i;

	cover_start(hand->cover);
	for (i = 0; i < program->count; i++) {
		call = &program->calls[i];
		if (call->thread % hand_count != hand->index)
			continue;
		if (call_run(call, hand->arena) >= 0)
			hand->tallies[call->type].successes++;
		hand->tallies[call->type].runs++;
		hand->calls++;
	}
}

static void *hand_main(void *arg)
{
	struct hand *hand = arg;
	const struct program *program;

	hand->arena = arena_make();
	hand->cover = cover_works() ? cover_open() : NULL;
	pthread_mutex_lock(&crew_lock);
	for (;;) {
		while (!hand->work && !crew_ends)
			pthread_cond_wait(&crew_wake, &crew_lock);
		if (crew_ends)
			break;
		program = hand->work;
		pthread_mutex_unlock(&crew_lock);
		hand_work(hand, program);
		pthread_mutex_lock(&crew_lock);
		hand->work = NULL;
		if (!--hands_busy)
			pthread_cond_signal(&crew_idle);
	}
	pthread_mutex_unlock(&crew_lock);
	return NULL;
}

void crew_start(unsigned int threads)
{
	struct sigaction action = { .sa_handler = on_signal };
	unsigned int i;

	sigaction(SIGUSR1, &action, NULL);
	signal(SIGPIPE, SIG_IGN);
	signal(SIGIO, SIG_IGN);
	signal(SIGURG, SIG_IGN);
	signal(SIGXFSZ, SIG_IGN);
	hand_count = threads;
	for (i = 0; i < threads; i++) {
		hands[i].index = i;
		if (pthread_create(&hands[i].thread, NULL, hand_main, &hands[i]))
			abort();
	}
}

static void crew_watch(void)
{
	unsigned int i;

	for (i = 0; i < hand_count; i++) {
		struct hand *hand = &hands[i];

		if (hand->work && hand->calls == hand->watched)
			pthread_kill(hand->thread, SIGUSR1);
		hand->watched = hand->calls;
	}
}

static bool has_work(const struct program *program, unsigned int index)
{
	unsigned int i;

	for (i = 0; i < program->count; i++) {
		if (program->calls[i].thread % hand_count == index)
			return true;
	}
	return false;
}

/* Runs it, and keeps it if it came to something new; returns how much that was. */
unsigned int crew_run(const struct program *program)
{
	static unsigned char edges[COVER_BITS / 8];
	struct timespec until;
	unsigned int i, fresh = 0;

	pthread_mutex_lock(&crew_lock);
	for (i = 0; i < hand_count; i++) {
		if (!has_work(program, i))
			continue;
		hands[i].work = program;
		hands_busy++;
	}
	pthread_cond_broadcast(&crew_wake);
	while (hands_busy) {
		clock_gettime(CLOCK_REALTIME, &until);
		until.tv_nsec += PATIENCE_NS;
		if (until.tv_nsec >= 1000000000) {
			until.tv_nsec -= 1000000000;
			until.tv_sec++;
		}
		if (pthread_cond_timedwait(&crew_idle, &crew_lock, &until) == ETIMEDOUT)
			crew_watch();
	}
	pthread_mutex_unlock(&crew_lock);
	memset(edges, 0, sizeof(edges));
	for (i = 0; i < hand_count; i++) {
		fresh += cover_take(hands[i].cover, edges);
		cover_start(hands[i].cover);
	}
	if (fresh)
		corpus_add(program, edges);
	return fresh;
}

/* Adds up what they have done. */
void crew_stop(void)
{
	unsigned int i, type;

	pthread_mutex_lock(&crew_lock);
	crew_ends = true;
	pthread_cond_broadcast(&crew_wake);
	pthread_mutex_unlock(&crew_lock);
	for (i = 0; i < hand_count; i++) {
		pthread_join(hands[i].thread, NULL);
		for (type = 0; type < type_count; type++) {
			tallies[type].runs += hands[i].tallies[type].runs;
			tallies[type].successes += hands[i].tallies[type].successes;
		}
	}
}
