/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the files of the fuzzer share.  A program is a list of calls, each made by
 * one of a few threads on descriptors of a pool that all of them share.  A call
 * is a row of a table and a value for each of its fields; values are small
 * descriptions ("an IPv4 address, port 2, half of it past the end of memory"),
 * made into bytes only when the call is made, so they can be written down.
 */
#ifndef KSOCK_FUZZ_H
#define KSOCK_FUZZ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#define MAX_FIELDS	12
#define MAX_CALLS	64
#define MAX_THREADS	4

/* What a slot of the pool is for, so that most calls meet what they are for. */
enum role {
	ROLE_NONE,
	ROLE_CTX,
	ROLE_SOCK,
	ROLE_BATCH,
	ROLE_PLAIN,
	ROLE_PIPE,
	ROLE_FILE,
	ROLE_DATA,	/* anything that has read and write */
	ROLE_ANY
};

enum kind {
	KIND_NUMBER,	/* one of the list, or nearly */
	KIND_FLAGS,	/* any of the list, together */
	KIND_ZERO,	/* must be 0 */
	KIND_TIME,	/* of a timeout */
	KIND_LEN,	/* of the pointer in the field before or after, see of */
	KIND_FD,
	KIND_OUT,	/* a slot that takes the descriptor that is returned */
	KIND_INLINE,	/* socket address within the structure */
	KIND_POINTER	/* first of those that are pointers */
};

/* What a pointer points to. */
enum what {
	WHAT_DATA,
	WHAT_ADDR,
	WHAT_IOV,
	WHAT_CONTROL,
	WHAT_OPTION,
	WHAT_OPS,
	WHAT_RESULTS,
	WHAT_COUNT
};

/* Where it is. */
enum place {
	PLACE_GOOD,	/* ends where memory ends */
	PLACE_NULL,
	PLACE_EDGE,	/* memory ends in the middle of it */
	PLACE_HOLE,	/* no memory */
	PLACE_KERNEL,
	PLACE_TOP,	/* wraps around */
	PLACE_READONLY,
	PLACE_SHARED,	/* other threads write there, too */
	PLACE_COUNT
};

/* A description of bytes in memory as one number. */
#define POINTER(spec, num, place) \
	((uint64_t)(spec) | (uint64_t)(num) << 16 | (uint64_t)(place) << 48)
#define SPEC(value)	((unsigned int)((value) & 0xffff))
#define NUM(value)	((uint32_t)((value) >> 16))
#define PLACE(value)	((unsigned int)((value) >> 48) & 0xff)

struct list {
	unsigned int count;
	uint64_t values[48];
};

/**
 * struct field - a field of a structure, or an argument
 * @name: as in the header.
 * @kind: what values there are.
 * @what: of a pointer, and of KIND_LEN what it is the length of.
 * @offset: where in the structure, of an argument which.
 * @size: its bytes.
 * @of: of KIND_LEN the field it is the length of; of KIND_FD the role.
 * @list: values that mean something.
 */
struct field {
	const char *name;
	enum kind kind;
	enum what what;
	unsigned short offset;
	unsigned short size;
	int of;
	const struct list *list;
};

struct arena;

/**
 * struct type - a call there is
 * @name: how it is written.
 * @number: of an ioctl, with the size of its structure.
 * @role: what it is called on.
 * @makes: what comes of it.
 * @weight: how often it is made.
 * @must: a long run that never saw it succeed has failed.
 * @run: makes one that is no ioctl, with its arguments.
 */
struct type {
	const char *name;
	unsigned int number;
	enum role role;
	enum role makes;
	unsigned int weight;
	bool must;
	long (*run)(int fd, const uint64_t *arg, struct arena *arena);
	struct field fields[MAX_FIELDS];
};

extern const struct type types[];
extern const unsigned int type_count;

/**
 * struct call - a call of a program
 * @type: index of the row.
 * @thread: who makes it.
 * @fd: slot it is made on.
 * @out: slot for the descriptor it makes.
 * @grow: bytes that the structure is longer than it is.
 * @place: where the structure is.
 * @values: of the fields.
 */
struct call {
	unsigned int type;
	unsigned int thread;
	int fd;
	int out;
	int grow;
	unsigned int place;
	uint64_t values[MAX_FIELDS];
};

struct program {
	unsigned int count;
	struct call calls[MAX_CALLS];
};

/* random.c: the only source of chance, so that a seed says all. */
void random_seed(uint64_t seed);
uint64_t random_next(void);
unsigned int random_below(unsigned int n);
bool one_in(unsigned int n);

/* value.c */
uint64_t value_make(const struct type *type, const struct field *field);
uint64_t value_bend(const struct field *field, uint64_t value);
void value_fit(const struct type *type, uint64_t *values);
void value_print(FILE *to, const struct field *field, uint64_t value);
bool value_parse(const struct field *field, const char *text, uint64_t *value);
const char *place_name(unsigned int place);
int place_find(const char *name);

/* bytes.c: what a description stands for. */
size_t bytes_len(enum what what, uint64_t value);
size_t bytes_make(enum what what, uint64_t value, struct arena *arena,
		  unsigned char *to);
const char *spec_name(enum what what, unsigned int spec);
unsigned int spec_count(enum what what);
void option_row(unsigned int row, int32_t *level, int32_t *name);
unsigned int option_rows(void);

/* arena.c */
struct arena *arena_make(void);
void *arena_put(struct arena *arena, unsigned int page, const void *bytes,
		size_t len, unsigned int place);
void *arena_data(struct arena *arena, size_t len, unsigned int place);
unsigned char *arena_room(struct arena *arena);
#define ARENA_DATA	(128 * 1024)
#define ARENA_STRUCT	WHAT_COUNT
#define ARENA_PAGES	(WHAT_COUNT + 1)

/* pool.c */
#define POOL_SLOTS	32
void pool_init(void);
int pool_get(int slot);
void pool_set(int slot, int fd);
int pool_choose(enum role role);

/* call.c */
long call_run(const struct call *call, struct arena *arena);
void call_make(struct call *call, unsigned int threads);
void call_bend(struct call *call, unsigned int threads);
void call_print(FILE *to, const struct call *call);
bool call_parse(struct call *call, char *line);

/* program.c */
void program_make(struct program *program, unsigned int threads);
void program_bend(struct program *program, unsigned int threads,
		  const struct program *other);
void program_print(FILE *to, const struct program *program);
bool program_read(FILE *from, struct program *program);
void program_opening(struct program *program);
void program_closing(struct program *program);

/* cover.c */
struct cover;
bool cover_works(void);
struct cover *cover_open(void);
void cover_start(struct cover *cover);
#define COVER_BITS	65536
unsigned int cover_take(struct cover *cover, unsigned char *edges);
unsigned int cover_points(void);
unsigned int cover_edges(void);

/* corpus.c */
void corpus_load(const char *directory);
void corpus_add(const struct program *program, const unsigned char *edges);
const struct program *corpus_pick(void);
const struct program *corpus_at(unsigned int index);
unsigned int corpus_count(void);
void corpus_print(unsigned int most);

/* journal.c: what runs next is where the host finds it. */
void journal_round(uint64_t round);
void journal_program(const struct program *program);

/* crew.c: the threads. */
void crew_start(unsigned int threads);
unsigned int crew_run(const struct program *program);
void crew_stop(void);

struct tally {
	uint64_t runs;
	uint64_t successes;
};

extern struct tally tallies[];
#define MAX_TYPES	64

#endif
