// SPDX-License-Identifier: GPL-2.0-only
/*
 * The programs that are kept because they came where none had been before.
 */
#include <dirent.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"

#define MAX_SEEDS	4096

struct seed {
	struct program program;
	unsigned char edges[COVER_BITS / 8];
};

static struct seed *seeds[MAX_SEEDS];
static unsigned int seed_count;

/* When all room is taken, one goes. */
void corpus_add(const struct program *program, const unsigned char *edges)
{
	struct seed *seed;

	if (seed_count < MAX_SEEDS) {
		seed = malloc(sizeof(*seed));
		if (!seed)
			return;
		seeds[seed_count++] = seed;
	} else {
		seed = seeds[random_below(MAX_SEEDS)];
	}
	seed->program = *program;
	memset(seed->edges, 0, sizeof(seed->edges));
	if (edges)
		memcpy(seed->edges, edges, sizeof(seed->edges));
}

static int by_name(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

/* In the order of their names, whatever the file system says. */
void corpus_load(const char *directory)
{
	struct dirent **names;
	struct program program;
	char path[512];
	int i, count = scandir(directory, &names, NULL, by_name);
	FILE *file;

	for (i = 0; i < count; i++) {
		snprintf(path, sizeof(path), "%s/%s", directory, names[i]->d_name);
		free(names[i]);
		if (!strstr(path, ".prog"))
			continue;
		file = fopen(path, "r");
		if (!file)
			continue;
		while (program_read(file, &program))
			corpus_add(&program, NULL);
		fclose(file);
	}
	if (count >= 0)
		free(names);
}

/* The newest are the most promising. */
const struct program *corpus_pick(void)
{
	unsigned int last = seed_count < 32 ? seed_count : 32;

	if (!seed_count)
		return NULL;
	if (one_in(2))
		return &seeds[seed_count - 1 - random_below(last)]->program;
	return &seeds[random_below(seed_count)]->program;
}

const struct program *corpus_at(unsigned int index)
{
	return index < seed_count ? &seeds[index]->program : NULL;
}

unsigned int corpus_count(void)
{
	return seed_count;
}

static unsigned int seed_gain(const struct seed *seed, const unsigned char *had)
{
	unsigned int i, gain = 0;

	for (i = 0; i < sizeof(seed->edges); i++)
		gain += __builtin_popcount(seed->edges[i] & ~had[i]);
	return gain;
}

static void seed_print(const struct seed *seed, unsigned int number, unsigned int gain)
{
	char *text, *line, *rest;
	size_t len;
	FILE *to = open_memstream(&text, &len);

	program_print(to, &seed->program);
	fclose(to);
	printf("# seed %u has %u edges\n", number, gain);
	for (line = strtok_r(text, "\n", &rest); line;
	     line = strtok_r(NULL, "\n", &rest))
		printf("# seed %u: %s\n", number, line);
	free(text);
}

/* The few that come to most, each the one that adds most to those before. */
void corpus_print(unsigned int most)
{
	static unsigned char had[COVER_BITS / 8];
	unsigned int i, number, gain, best_gain;
	const struct seed *best;

	for (number = 0; number < most; number++) {
		best = NULL;
		best_gain = 0;
		for (i = 0; i < seed_count; i++) {
			gain = seed_gain(seeds[i], had);
			if (gain > best_gain) {
				best_gain = gain;
				best = seeds[i];
			}
		}
		if (!best)
			break;
		for (i = 0; i < sizeof(had); i++)
			had[i] |= best->edges[i];
		seed_print(best, number, best_gain);
	}
}
