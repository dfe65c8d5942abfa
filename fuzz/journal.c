// SPDX-License-Identifier: GPL-2.0-only
/*
 * The journal: what the programs of this round are, in pages of memory that say
 * what they are.  When the kernel does not survive a program, the host looks for
 * those pages in the memory that the guest had: that takes no driver, and no time.
 * Rounds take turns in two sets of pages, so there is always a whole one.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "fuzz.h"

#define PAGE		4096
#define PAGES		64

/**
 * struct page - a page of the journal
 * @magic: not before the rest is there; put together here, so that it is nowhere
 *	else at the beginning of a page.
 * @round: the pages with the highest are the ones.
 * @index: which of them.
 * @len: bytes of @text.
 * @text: programs as they are written.
 */
struct page {
	char magic[8];
	uint64_t round;
	uint32_t index;
	uint32_t len;
	char text[PAGE - 24];
};

static struct page *pages[2], *part;
static uint64_t current;
static unsigned int at;

static void journal_write(const char *text, size_t len)
{
	while (len && at < PAGES) {
		struct page *page = &part[at];
		size_t some = sizeof(page->text) - page->len;

		if (some > len)
			some = len;
		memcpy(page->text + page->len, text, some);
		page->len += some;
		page->round = current;
		page->index = at;
		memcpy(page->magic, "ksockFZ", 8);
		text += some;
		len -= some;
		if (page->len < sizeof(page->text))
			break;
		if (++at < PAGES)
			part[at].len = 0;
	}
}

void journal_round(uint64_t round)
{
	char text[64];
	unsigned int i;

	for (i = 0; i < 2 && !pages[i]; i++) {
		pages[i] = mmap(NULL, PAGES * PAGE, PROT_READ | PROT_WRITE,
				MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
		if (pages[i] == MAP_FAILED)
			abort();
	}
	part = pages[round % 2];
	current = round + 1;
	at = 0;
	part->len = 0;
	snprintf(text, sizeof(text), "# round %llu\n", (unsigned long long)round);
	journal_write(text, strlen(text));
}

void journal_program(const struct program *program)
{
	char *text;
	size_t len;
	FILE *to = open_memstream(&text, &len);

	program_print(to, program);
	fclose(to);
	journal_write(text, len);
	free(text);
}
