// SPDX-License-Identifier: GPL-2.0-only
/*
 * ksock-fuzz: calls on /dev/ksock that nobody would make, many of them, those
 * first that come to code nothing came to before.  Speaks TAP.  All of it is in a
 * network namespace of its own, with loopback and nothing else.
 *
 *   ksock-fuzz [--calls N] [--seconds N] [--threads N] [--seed N]
 *              [--corpus DIRECTORY] [--print-seeds N]
 *   ksock-fuzz --replay FILE... [--rounds N]	each file is a round of its own
 */
#include <fcntl.h>
#include <getopt.h>
#include <net/if.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#include "fuzz.h"

#define ROUND_PROGRAMS	24
#define MANY_CALLS	100000

static uint64_t calls_wanted, seconds_wanted, rounds_wanted = 1;
static uint64_t calls, programs, rounds;
static unsigned int threads = 3, failures, lines;
static const char *trouble;

static double now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec + ts.tv_nsec / 1e9;
}

static void result(bool good, const char *text)
{
	if (!good)
		failures++;
	printf("%s %u %s\n", good ? "ok" : "not ok", ++lines, text);
	fflush(stdout);
}

static bool own_network(void)
{
	struct ifreq request = { .ifr_name = "lo", .ifr_flags = IFF_UP };
	int fd;

	if (unshare(CLONE_NEWNET))
		return false;
	fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	return fd >= 0 && !ioctl(fd, SIOCSIFFLAGS, &request) && !close(fd);
}

/* References to the module, -1 when there is no telling. */
static long references(void)
{
	FILE *file = fopen("/sys/module/ksock/refcnt", "r");
	long count = -1;

	if (!file)
		return -1;
	if (fscanf(file, "%ld", &count) != 1)
		count = -1;
	fclose(file);
	return count;
}

/* What a kernel says that goes on nevertheless, as lockdep does. */
static bool kernel_complains(void)
{
	static const char *const words[] = { "WARNING:", "BUG:", "UBSAN:", "INFO:" };
	static int log = -1;
	char record[8192];
	ssize_t len;
	unsigned int i;

	if (log < 0) {
		log = open("/dev/kmsg", O_RDONLY | O_NONBLOCK | O_CLOEXEC);
		if (log < 0 || lseek(log, 0, SEEK_END) < 0)
			return false;
	}
	while ((len = read(log, record, sizeof(record) - 1)) > 0) {
		record[len] = 0;
		for (i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
			if (strstr(record, words[i]))
				return true;
		}
	}
	return false;
}

static void run(const struct program *program)
{
	if (trouble)
		return;
	journal_program(program);
	crew_run(program);
	calls += program->count;
	programs++;
	if (kernel_complains())
		trouble = "the kernel complains";
}

/*
 * Everything is closed.  Children that end and sockets that linger take their
 * time on a slow machine; what still has a reference after a minute was forgotten.
 */
static void round_end(long before)
{
	struct program program;
	unsigned int tries = 6000;

	program_closing(&program);
	run(&program);
	while (references() > before && --tries)
		usleep(10000);
	if (!tries && !trouble)
		trouble = "references to the module are left";
}

static void round_begin(void)
{
	struct program program;

	journal_round(rounds++);
	program_opening(&program);
	run(&program);
}

static bool done(double began)
{
	if (trouble)
		return true;
	if (seconds_wanted && now() - began >= seconds_wanted)
		return !calls_wanted || calls >= calls_wanted;
	return !seconds_wanted && calls >= calls_wanted;
}

static void program_next(struct program *program, unsigned int loaded)
{
	static unsigned int replayed;
	const struct program *seed = corpus_pick();

	if (replayed < loaded) {
		*program = *corpus_at(replayed++);
	} else if (!seed || one_in(3)) {
		program_make(program, threads);
	} else {
		*program = *seed;
		program_bend(program, threads, corpus_pick());
	}
}

static void fuzz(double began)
{
	unsigned int i, loaded = corpus_count();
	struct program program;
	long before = references();
	double told = began;

	while (!done(began)) {
		round_begin();
		for (i = 0; i < ROUND_PROGRAMS; i++) {
			program_next(&program, loaded);
			run(&program);
		}
		round_end(before);
		if (now() - told < 60)
			continue;
		told = now();
		printf("# %.0f s: %llu calls, %u points, %u edges, %u seeds\n",
		       told - began, (unsigned long long)calls, cover_points(),
		       cover_edges(), corpus_count());
		fflush(stdout);
	}
}

/* A round, as the journal has it: with its beginning, without its end. */
static bool replay(const char *path)
{
	long before = references();
	struct program program;
	uint64_t i;
	FILE *file;

	for (i = 0; i < rounds_wanted && !trouble; i++) {
		file = fopen(path, "r");
		if (!file)
			return false;
		while (program_read(file, &program))
			run(&program);
		fclose(file);
		round_end(before);
	}
	return !trouble;
}

static void replay_all(char **paths)
{
	char text[256];
	bool good;

	for (; *paths && !trouble; paths++) {
		/* The host looks for the last of these. */
		journal_round(0);
		printf("# replay %s\n", *paths);
		fflush(stdout);
		tcdrain(1);
		good = replay(*paths);
		snprintf(text, sizeof(text), "replay of %s%s%s", *paths,
			 trouble ? ": " : "", trouble ?: "");
		result(good, text);
	}
}

/* What it reached: a fuzzer whose calls are all refused proves nothing. */
static void report(double took)
{
	char text[256];
	unsigned int type;
	bool all = true;

	for (type = 0; type < type_count; type++) {
		printf("# %-14s %9llu calls, %9llu succeeded\n", types[type].name,
		       (unsigned long long)tallies[type].runs,
		       (unsigned long long)tallies[type].successes);
		if (types[type].must && !tallies[type].successes) {
			printf("# %s never succeeded\n", types[type].name);
			all = false;
		}
	}
	printf("# %.0f calls per second, %u edges\n", calls / took, cover_edges());
	snprintf(text, sizeof(text),
		 "fuzz: %llu calls, %llu programs, %u points of coverage, %u seeds",
		 (unsigned long long)calls, (unsigned long long)programs,
		 cover_points(), corpus_count());
	result(calls >= calls_wanted && (!cover_works() || cover_points()), text);
	result(all || calls < MANY_CALLS, "fuzz: every call has succeeded");
	result(!trouble, trouble ?: "fuzz: all is well, and all was given back");
}

static void usage(void)
{
	fputs("usage: ksock-fuzz [--calls N] [--seconds N] [--threads N] [--seed N]\n"
	      "                  [--corpus DIRECTORY] [--print-seeds N]\n"
	      "       ksock-fuzz --replay FILE... [--rounds N] [--threads N]\n", stderr);
	exit(2);
}

int main(int argc, char **argv)
{
	static const struct option options[] = {
		{ "calls", required_argument, NULL, 'c' },
		{ "seconds", required_argument, NULL, 's' },
		{ "threads", required_argument, NULL, 't' },
		{ "seed", required_argument, NULL, 'r' },
		{ "corpus", required_argument, NULL, 'd' },
		{ "print-seeds", required_argument, NULL, 'k' },
		{ "replay", no_argument, NULL, 'p' },
		{ "rounds", required_argument, NULL, 'n' },
		{}
	};
	struct rlimit files = { 256, 256 };
	uint64_t seed = time(NULL);
	unsigned int seeds_printed = 0;
	bool replaying = false;
	double began;
	int option;

	while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
		switch (option) {
		case 'c':
			calls_wanted = strtoull(optarg, NULL, 0);
			break;
		case 's':
			seconds_wanted = strtoull(optarg, NULL, 0);
			break;
		case 't':
			threads = atoi(optarg);
			break;
		case 'r':
			seed = strtoull(optarg, NULL, 0);
			break;
		case 'd':
			corpus_load(optarg);
			break;
		case 'k':
			seeds_printed = atoi(optarg);
			break;
		case 'p':
			replaying = true;
			break;
		case 'n':
			rounds_wanted = strtoull(optarg, NULL, 0);
			break;
		default:
			usage();
		}
	}
	if (!threads || threads > MAX_THREADS || (!replaying && optind != argc))
		usage();
	if (!calls_wanted && !seconds_wanted)
		calls_wanted = MANY_CALLS;
	setrlimit(RLIMIT_NOFILE, &files);
	if (access("/dev/ksock", F_OK) || !own_network()) {
		puts("1..0 # SKIP no /dev/ksock, or not root");
		return 4;
	}
	random_seed(seed);
	pool_init();
	printf("TAP version 13\n# seed %llu, %u threads, %s, %u seeds\n",
	       (unsigned long long)seed, threads,
	       cover_works() ? "guided" : "unguided", corpus_count());
	kernel_complains();
	crew_start(threads);
	began = now();
	if (replaying)
		replay_all(argv + optind);
	else
		fuzz(began);
	crew_stop();
	if (!replaying) {
		report(now() - began);
		corpus_print(seeds_printed);
	}
	printf("1..%u\n", lines);
	return failures > 0;
}
