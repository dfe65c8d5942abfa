// SPDX-License-Identifier: GPL-2.0-only
/*
 * For selfcheck.sh: rounds of programs nobody chose, journalled but not run.  What the
 * last round is goes to a file, and to another all of the memory this has, as that of a
 * guest holds what its processes have.  Each program must also be what comes of
 * reading what is printed of it.
 *
 *   journal-test ROUNDS PROGRAMS TEXT MEMORY
 */
#include <err.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "fuzz.h"

static void check_reading(const struct program *program)
{
	char *text, *again;
	size_t len, len_again;
	struct program read;
	FILE *file;

	file = open_memstream(&text, &len);
	program_print(file, program);
	fclose(file);
	file = fmemopen(text, len, "r");
	if (!program_read(file, &read))
		errx(1, "not read: %s", text);
	fclose(file);
	file = open_memstream(&again, &len_again);
	program_print(file, &read);
	fclose(file);
	if (len != len_again || memcmp(text, again, len))
		errx(1, "printed: %sread: %s", text, again);
	free(text);
	free(again);
}

/* What is anonymous and not the kernel's. */
static void write_memory(const char *path)
{
	int from = open("/proc/self/mem", O_RDONLY | O_CLOEXEC);
	int to = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	FILE *maps = fopen("/proc/self/maps", "re");
	unsigned long at, end, inode;
	char line[512], page[4096];

	if (from < 0 || to < 0 || !maps)
		err(1, "memory");
	while (fgets(line, sizeof(line), maps)) {
		if (sscanf(line, "%lx-%lx rw-p %*s %*s %lu", &at, &end, &inode) != 3 ||
		    inode)
			continue;
		for (; at < end; at += sizeof(page)) {
			if (pread(from, page, sizeof(page), at) != sizeof(page) ||
			    write(to, page, sizeof(page)) != sizeof(page))
				err(1, "%s", path);
		}
	}
	fclose(maps);
	close(from);
	close(to);
}

int main(int argc, char **argv)
{
	unsigned long round, rounds, i, programs;
	struct program program;
	FILE *text;

	if (argc != 5)
		errx(2, "usage: journal-test ROUNDS PROGRAMS TEXT MEMORY");
	rounds = strtoul(argv[1], NULL, 0);
	programs = strtoul(argv[2], NULL, 0);
	text = fopen(argv[3], "we");
	if (!text)
		err(1, "%s", argv[3]);
	random_seed(1);
	pool_init();
	for (round = 0; round < rounds; round++) {
		bool last = round + 1 == rounds;

		journal_round(round);
		if (last)
			fprintf(text, "# round %lu\n", round);
		/* The last is the shortest, so pages of older ones are still there. */
		for (i = 0; i < (last ? programs : programs * 3); i++) {
			program_make(&program, MAX_THREADS);
			check_reading(&program);
			journal_program(&program);
			if (last)
				program_print(text, &program);
		}
	}
	fclose(text);
	write_memory(argv[4]);
	return 0;
}
