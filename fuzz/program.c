// SPDX-License-Identifier: GPL-2.0-only
/*
 * Programs: made up, changed, written and read.  In text an empty line ends one.
 */
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"

void program_make(struct program *program, unsigned int threads)
{
	unsigned int i;

	program->count = 5 + random_below(26);
	for (i = 0; i < program->count; i++)
		call_make(&program->calls[i], threads);
}

static void program_insert(struct program *program, unsigned int at,
			   const struct call *call)
{
	if (program->count == MAX_CALLS)
		return;
	memmove(&program->calls[at + 1], &program->calls[at],
		(program->count - at) * sizeof(*call));
	program->calls[at] = *call;
	program->count++;
}

static void program_remove(struct program *program, unsigned int at)
{
	program->count--;
	memmove(&program->calls[at], &program->calls[at + 1],
		(program->count - at) * sizeof(program->calls[0]));
}

/* One change, or a few; @other is one to take calls from. */
void program_bend(struct program *program, unsigned int threads,
		  const struct program *other)
{
	struct call call;
	unsigned int at;

	do {
		at = random_below(program->count);
		switch (random_below(6)) {
		case 0:
			call_make(&call, threads);
			program_insert(program, at, &call);
			break;
		case 1:
			if (program->count > 1)
				program_remove(program, at);
			break;
		case 2:
			call = program->calls[random_below(program->count)];
			call.thread = random_below(threads);
			program_insert(program, at, &call);
			break;
		case 3:
			program_insert(program, at,
				       &other->calls[random_below(other->count)]);
			break;
		default:
			call_bend(&program->calls[at], threads);
			break;
		}
	} while (!one_in(3));
	while (program->count > 40)
		program_remove(program, random_below(program->count));
}

void program_print(FILE *to, const struct program *program)
{
	unsigned int i;

	for (i = 0; i < program->count; i++)
		call_print(to, &program->calls[i]);
	fputc('\n', to);
}

/* The next one of the file, if there is one.  A line that is none ends it all. */
bool program_read(FILE *from, struct program *program)
{
	char line[1024];

	program->count = 0;
	while (fgets(line, sizeof(line), from)) {
		if (line[0] == '#')
			continue;
		if (line[0] == '\n') {
			if (program->count)
				return true;
			continue;
		}
		if (program->count == MAX_CALLS ||
		    !call_parse(&program->calls[program->count], strdupa(line))) {
			printf("# not understood: %s", line);
			exit(2);
		}
		program->count++;
	}
	return program->count;
}

static void program_text(struct program *program, const char *text)
{
	FILE *from = fmemopen((char *)text, strlen(text), "r");

	if (!from || !program_read(from, program))
		abort();
	fclose(from);
}

/* What a round begins with: one of everything, in every state. */
void program_opening(struct program *program)
{
	static const char text[] =
		"0 open to=0\n"
		"0 open to=1\n"
		"0 SOCKET on=0 to=2 family=2 type=2049\n"
		"0 OPT_SET on=2 level=1 name=2 len=4 value_ptr=int:1\n"
		"0 BIND on=2 addr.bytes=in addr.len=16\n"
		"0 LISTEN on=2 backlog=4\n"
		"0 SOCKET on=0 to=3 family=2 type=2049\n"
		"0 CONNECT on=3 addr.bytes=in addr.len=16\n"
		"0 ACCEPT on=2 to=4 flags=2048\n"
		"0 SOCKET on=0 to=5 family=2 type=2050\n"
		"0 BIND on=5 addr.bytes=in:1 addr.len=16\n"
		"0 SOCKET on=1 to=6 family=2 type=2050\n"
		"0 CONNECT on=6 addr.bytes=in:1 addr.len=16\n"
		"0 SOCKET on=0 to=7 family=2 type=2051 protocol=1\n"
		"0 SOCKET on=0 to=8 flags=1 family=2 type=2049\n"
		"0 CONNECT on=8 addr.bytes=in addr.len=16\n"
		"0 ACCEPT on=2 to=9 flags=2048\n"
		"0 SOCKET on=0 to=10 flags=1 family=10 type=2050\n"
		"0 BIND on=10 addr.bytes=in6:2 addr.len=28\n"
		"0 SOCKET on=0 to=11 family=10 type=2049\n"
		"0 plain_socket to=18 family=2 type=2049\n"
		"0 plain_connect on=18 addr=in addr_len=16\n"
		"0 plain_socket to=19 family=2 type=2050\n"
		"0 plain_connect on=19 addr=in:1 addr_len=16\n"
		"0 plain_socket to=20 family=2 type=2049\n"
		"0 plain_bind on=20 addr=in:3 addr_len=16\n"
		"0 plain_listen on=20 backlog=4\n"
		"0 SOCKET on=0 to=12 family=2 type=2049\n"
		"0 CONNECT on=12 addr.bytes=in:3 addr.len=16\n"
		"0 plain_accept on=20 to=21\n"
		"0 BATCH on=0 to=16 slots=4 ops=16\n"
		"0 BATCH_SLOT on=16 fd=3\n"
		"0 BATCH_SLOT on=16 slot=1 fd=4\n"
		"0 BATCH_SLOT on=16 slot=2 fd=6\n"
		"0 BATCH_SLOT on=16 slot=3 fd=8\n"
		"0 pipe to=26 second=27\n"
		"0 file to=30\n";

	program_text(program, text);
}

void program_closing(struct program *program)
{
	unsigned int slot;

	memset(program, 0, sizeof(*program));
	for (slot = 0; slot < POOL_SLOTS; slot++) {
		char line[32];

		snprintf(line, sizeof(line), "0 close to=%u", slot);
		call_parse(&program->calls[program->count++], line);
	}
}
