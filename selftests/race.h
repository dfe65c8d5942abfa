/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Races of two calls: each round makes what they work on, has two threads make
 * one call each at nearly the same time, and looks at what came of it.
 *
 * The first rounds are no races: one call after the other, both ways, a call that
 * blocks being over when it sleeps.  They tell how long each takes, and show both
 * outcomes where the order matters.  From then on a round has the second call
 * begin so many nanoseconds after the first, or before it when they are negative,
 * and these sweep a window that reaches from the length of the second call before
 * to the length of the first after.  Its ends are steered, as no call takes as
 * long as it did and no thread wakes when it wants to: each is moved in by a round
 * in which one call was over when the other began, and moved out, an eighth as
 * far, by one in which it was not.  So in about one round of nine at either end
 * the calls just miss each other, and in the others they meet at all phases.
 *
 * Threads wait for their moment asleep, each on a processor of its own, for the
 * interrupt of the timer is what gets into the midst of a call also where the
 * processors of an emulated machine take turns: one that spins there gets no
 * further than the end of its turn, and then the other call is over.
 *
 * What may come of a round is a table of the values that both calls returned and
 * of what was found afterwards.  A row that is not there fails the test, and so
 * does a row that was never seen, unless it is marked as rare: see EXPECT_RACED().
 *
 * A race ends after RACE_ROUNDS rounds, or up to four times as many until the calls
 * have been within each other either way, and 32 times until they have been at all.
 * When the variable RACE_SECONDS is in the environment, it takes so many seconds,
 * or up to six times as many until calls have been within each other, and fails as
 * well when they have not: in a few rounds on a busy machine they may all have
 * missed each other.
 */
#ifndef KSOCK_SELFTESTS_RACE_H
#define KSOCK_SELFTESTS_RACE_H

#include "common.h"

#include <semaphore.h>
#include <sys/prctl.h>

/* A test goes on for as long as it is told to. */
#undef TEST_TIMEOUT_DEFAULT
#define TEST_TIMEOUT_DEFAULT	1000

#define RACE_ROUNDS	48

/* The least width of the window, in nanoseconds. */
#define RACE_WINDOW	16384

/* Rounds that are no races. */
#define RACE_ORDERED	4

/* Rows that a table may have. */
#define RACE_OUTCOMES	8

enum race_kind {
	RACE_NONE,
	/* Has to be seen. */
	RACE_SURE,
	/* Need not be seen. */
	RACE_RARE,
};

/* What comes of a round, and how many times it did. */
struct race_outcome {
	enum race_kind kind;
	/* What the calls returned. */
	ssize_t ret[2];
	/* What race.end() returned. */
	int after;
	unsigned int seen;
};

/* Rows of a table. */
#define SURE(_first, _second, _after)					\
	{ RACE_SURE, { _first, _second }, _after }
#define RARE(_first, _second, _after)					\
	{ RACE_RARE, { _first, _second }, _after }

enum race_phase {
	RACE_WAITS,
	RACE_CALLS,
	RACE_RETURNED,
};

/* One of the two, used by its thread while a round is on. */
struct race_side {
	struct race *race;
	pthread_t thread;
	pid_t tid;
	sem_t go;
	sem_t done;
	int phase;
	/* When to begin, 0 for at once, and whether that was over already. */
	uint64_t at;
	bool late;
	uint64_t began;
	uint64_t ended;
	/* The least that a call of this side, and waking up for it, has taken. */
	uint64_t took;
	uint64_t wakes;
	ssize_t ret;
};

struct race {
	/* Makes what a round works on; returns 0 or -errno. */
	int (*begin)(void);
	/* The calls; each returns a value that stands for what it found. */
	ssize_t (*call[2])(void);
	/*
	 * Looks at what is left, told what the calls returned, and clears it
	 * away; returns what it found, which is part of the outcome.
	 */
	int (*end)(const ssize_t ret[2]);
	/* All that may come of a round, and a row of zeroes. */
	struct race_outcome outcomes[RACE_OUTCOMES + 1];

	/* What follows is race_run()'s. */
	struct race_side sides[2];
	bool over;
	unsigned int rounds;
	/* The window and its ends, and how early the threads are told. */
	int64_t from;
	int64_t to;
	uint64_t lead;
	/* Rounds in which this side's call was over first. */
	unsigned int first[2];
	/* Rounds in which this side's call began within the other one. */
	unsigned int within[2];
	/* What came of a round and is not in the table. */
	struct race_outcome other;
	uint64_t took;
};

static inline void race_sleep_until(uint64_t ns)
{
	const struct timespec at = {
		.tv_sec = ns / (1000 * NS_PER_MS),
		.tv_nsec = ns % (1000 * NS_PER_MS),
	};

	while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &at, NULL) ==
	       EINTR)
		;
}

static inline void race_phase(struct race_side *side, enum race_phase phase)
{
	__atomic_store_n(&side->phase, phase, __ATOMIC_SEQ_CST);
}

static inline void race_sem_wait(sem_t *sem)
{
	while (sem_wait(sem) && errno == EINTR)
		;
}

static inline void *race_thread(void *arg)
{
	struct race_side *side = arg;
	struct race *race = side->race;
	int i = side - race->sides;
	cpu_set_t cpu;

	/* Where there is only one processor, on that. */
	CPU_ZERO(&cpu);
	CPU_SET(i, &cpu);
	sched_setaffinity(0, sizeof(cpu), &cpu);
	prctl(PR_SET_TIMERSLACK, 1);
	__atomic_store_n(&side->tid, syscall(SYS_gettid), __ATOMIC_RELEASE);
	for (;;) {
		race_sem_wait(&side->go);
		if (race->over)
			return NULL;
		side->late = clock_ns(CLOCK_MONOTONIC) > side->at;
		if (side->at)
			race_sleep_until(side->at);
		race_phase(side, RACE_CALLS);
		side->began = clock_ns(CLOCK_MONOTONIC);
		side->ret = race->call[i]();
		side->ended = clock_ns(CLOCK_MONOTONIC);
		race_phase(side, RACE_RETURNED);
		sem_post(&side->done);
	}
}

static inline int race_start(struct race *race)
{
	int i, ret = 0;

	race->lead = NS_PER_MS / 2;
	for (i = 0; i < 2 && !ret; i++) {
		race->sides[i].race = race;
		race->sides[i].took = UINT64_MAX;
		race->sides[i].wakes = NS_PER_MS / 10;
		sem_init(&race->sides[i].go, 0, 0);
		sem_init(&race->sides[i].done, 0, 0);
		ret = -pthread_create(&race->sides[i].thread, NULL, race_thread,
				      &race->sides[i]);
	}
	return ret;
}

static inline void race_stop(struct race *race)
{
	int i;

	race->over = true;
	for (i = 0; i < 2; i++)
		sem_post(&race->sides[i].go);
	for (i = 0; i < 2; i++)
		pthread_join(race->sides[i].thread, NULL);
}

static inline void race_go(struct race_side *side, uint64_t at)
{
	side->at = at;
	side->phase = RACE_WAITS;
	sem_post(&side->go);
}

/* Whether the side's thread sleeps in its call. */
static inline bool race_sleeps(struct race_side *side)
{
	struct call call = { .tid = side->tid };

	return __atomic_load_n(&side->phase, __ATOMIC_SEQ_CST) == RACE_CALLS &&
	       call_state(&call) == 'S';
}

/* Waits until the side has returned or sleeps, and takes the time. */
static inline int race_settle(struct race_side *side)
{
	uint64_t start = clock_ns(CLOCK_MONOTONIC), took;
	int ms;

	for (ms = 0; ms < WAIT_MS; ms++) {
		if (__atomic_load_n(&side->phase, __ATOMIC_SEQ_CST) ==
		    RACE_RETURNED) {
			took = side->ended - side->began;
			break;
		}
		if (race_sleeps(side)) {
			took = clock_ns(CLOCK_MONOTONIC) - start;
			break;
		}
		poll(NULL, 0, 1);
	}
	if (ms == WAIT_MS)
		return -ETIME;
	if (took < side->took)
		side->took = took;
	return 0;
}

/* Returns 0, or -ETIME when a call does not end. */
static inline int race_wait(struct race *race)
{
	struct timespec until;
	int i;

	clock_gettime(CLOCK_REALTIME, &until);
	until.tv_sec += WAIT_MS / 1000;
	for (i = 0; i < 2; i++) {
		while (sem_timedwait(&race->sides[i].done, &until)) {
			if (errno != EINTR)
				return -errno;
		}
	}
	return 0;
}

/* One call after the other. */
static inline int race_ordered(struct race *race, int first)
{
	int ret;

	race_go(&race->sides[first], 0);
	ret = race_settle(&race->sides[first]);
	if (ret)
		return ret;
	race_go(&race->sides[!first], 0);
	ret = race_settle(&race->sides[!first]);
	return ret ? ret : race_wait(race);
}

/* How far into the window a round is: fractions that fill it evenly. */
static inline int64_t race_offset(const struct race *race)
{
	uint64_t fraction = race->rounds * 0x9e3779b97f4a7c15ULL >> 44;

	return race->from + (int64_t)((race->to - race->from) * fraction >> 20);
}

static inline int64_t race_clamp(int64_t ns, int64_t least, int64_t most)
{
	return ns < least ? least : ns > most ? most : ns;
}

static inline void race_wakes(struct race_side *side)
{
	if (!side->late && side->began - side->at < side->wakes)
		side->wakes = side->began - side->at;
}

/* No end of the window is further away than this. */
static inline int64_t race_reach(const struct race_side *side)
{
	return 4 * (side->took + side->wakes) + RACE_WINDOW;
}

/* Moves the ends of the window by what came of a round. */
static inline void race_steer(struct race *race)
{
	struct race_side *a = &race->sides[0], *b = &race->sides[1];
	int64_t step = (race->to - race->from) / 8, shift;

	race_wakes(a);
	race_wakes(b);
	if (a->ended <= b->began) {
		race->first[0]++;
		race->to -= step;
		race->from -= step / 8;
		if (race->from > race->to - RACE_WINDOW)
			race->from = race->to - RACE_WINDOW;
	} else if (b->ended <= a->began) {
		race->first[1]++;
		race->from += step;
		race->to += step / 8;
		if (race->to < race->from + RACE_WINDOW)
			race->to = race->from + RACE_WINDOW;
	} else {
		race->within[a->began <= b->began]++;
		/* Towards as many one way as the other. */
		shift = a->began <= b->began ? -step / 4 : step / 4;
		race->from += shift - step / 8;
		race->to += shift + step / 8;
	}
	race->from = race_clamp(race->from, -race_reach(b), race_reach(a));
	race->to = race_clamp(race->to, -race_reach(b), race_reach(a));
	/* Told too late, a thread begins when it can. */
	if (a->late || b->late)
		race->lead = race_clamp(race->lead * 2, 0, 20 * NS_PER_MS);
	else
		race->lead -= race->lead / 64;
}

static inline int race_simultaneous(struct race *race)
{
	int64_t offset = race_offset(race);
	uint64_t at = clock_ns(CLOCK_MONOTONIC) + race->lead;
	int ret;

	race_go(&race->sides[0], at + (offset < 0 ? -offset : 0));
	race_go(&race->sides[1], at + (offset > 0 ? offset : 0));
	ret = race_wait(race);
	if (!ret)
		race_steer(race);
	return ret;
}

/* Finds the row of what came of a round; whether there is one. */
static inline bool race_record(struct race *race, int after)
{
	const ssize_t ret[2] = { race->sides[0].ret, race->sides[1].ret };
	struct race_outcome *row;

	for (row = race->outcomes; row->kind; row++) {
		if (row->ret[0] == ret[0] && row->ret[1] == ret[1] &&
		    row->after == after) {
			row->seen++;
			return true;
		}
	}
	race->other = (struct race_outcome) {
		.ret = { ret[0], ret[1] }, .after = after, .seen = 1,
	};
	return false;
}

static inline bool race_goes_on(const struct race *race, uint64_t started)
{
	const char *seconds = getenv("RACE_SECONDS");
	uint64_t took = clock_ns(CLOCK_MONOTONIC) - started, wanted;

	if (seconds) {
		wanted = atoi(seconds) * 1000 * NS_PER_MS;
		return took < wanted || (!race->within[0] && !race->within[1] &&
					 took < 6 * wanted);
	}
	if (race->rounds < RACE_ROUNDS)
		return true;
	if (!race->within[0] && !race->within[1])
		return race->rounds < 32 * RACE_ROUNDS;
	return (!race->within[0] || !race->within[1]) &&
	       race->rounds < 4 * RACE_ROUNDS;
}

/* A round; returns 0, or -errno when there was no race. */
static inline int race_round(struct race *race)
{
	ssize_t ret[2];
	int err;

	err = race->begin();
	if (err)
		return err;
	if (race->rounds < RACE_ORDERED)
		err = race_ordered(race, race->rounds % 2);
	else
		err = race_simultaneous(race);
	if (err)
		return err;
	if (race->rounds == RACE_ORDERED - 1) {
		race->from = -(int64_t)race->sides[1].took;
		race->to = race->sides[0].took;
	}
	ret[0] = race->sides[0].ret;
	ret[1] = race->sides[1].ret;
	race->rounds++;
	return race_record(race, race->end(ret)) ? 0 : -EUCLEAN;
}

/*
 * Runs a race.  Returns 0, -EUCLEAN when what came of a round is not in the table,
 * -ETIME when a call did not return, or the error of race.begin().
 */
static inline int race_run(struct race *race)
{
	uint64_t started = clock_ns(CLOCK_MONOTONIC);
	int ret;

	ret = race_start(race);
	while (!ret && race_goes_on(race, started))
		ret = race_round(race);
	race->took = clock_ns(CLOCK_MONOTONIC) - started;
	/* A thread that hangs is left to the end of the process. */
	if (!ret || ret == -EUCLEAN)
		race_stop(race);
	return ret;
}

/* A line of what was done, for who reads the results. */
static inline void race_tell(const struct race *race, const char *name)
{
	const struct race_outcome *row;

	printf("# %s: %u rounds in %llu ms, first %u %u, within %u %u, "
	       "calls %llu %llu us, outcomes",
	       name, race->rounds, (unsigned long long)(race->took / NS_PER_MS),
	       race->first[0], race->first[1], race->within[0], race->within[1],
	       (unsigned long long)race->sides[0].took / 1000,
	       (unsigned long long)race->sides[1].took / 1000);
	for (row = race->outcomes; row->kind; row++)
		printf(" %u", row->seen);
	printf("\n");
	fflush(stdout);
}

#define EXPECT_RACED(_race)						\
	do {								\
		struct race *__race = (_race);				\
		struct race_outcome *__row = __race->outcomes;		\
									\
		EXPECT_EQ(0, race_run(__race));				\
		race_tell(__race, _metadata->name);			\
		EXPECT_EQ(0, __race->other.seen) {			\
			TH_LOG("round %u: the calls returned %zd and %zd, after which %d", \
			       __race->rounds, __race->other.ret[0],	\
			       __race->other.ret[1], __race->other.after); \
		}							\
		for (; __row->kind; __row++)				\
			EXPECT_TRUE(__row->seen || __row->kind == RACE_RARE) { \
				TH_LOG("never seen: %zd and %zd, then %d", \
				       __row->ret[0], __row->ret[1],	\
				       __row->after);			\
			}						\
		if (getenv("RACE_SECONDS"))				\
			EXPECT_NE(0, __race->within[0] + __race->within[1]); \
	} while (0)

#endif /* KSOCK_SELFTESTS_RACE_H */
