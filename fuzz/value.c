// SPDX-License-Identifier: GPL-2.0-only
/*
 * Values of fields: made so that they mean something, bent so that they do not,
 * written and read.
 */
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"

static const char *const places[PLACE_COUNT] = {
	"good", "null", "edge", "hole", "kernel", "top", "readonly", "shared"
};

const char *place_name(unsigned int place)
{
	return places[place % PLACE_COUNT];
}

int place_find(const char *name)
{
	int i;

	for (i = 0; i < PLACE_COUNT; i++) {
		if (!strcmp(places[i], name))
			return i;
	}
	return -1;
}

static const uint32_t lengths[] = {
	1, 7, 64, 64, 100, 500, 1000, 0, 1400, 4096, 4097, 10000, 65507, 65536, 65537,
	100000
};

static const uint64_t edges[] = {
	0, 1, 2, 3, 4, 7, 8, 15, 16, 17, 27, 28, 127, 128, 129, 255, 256, 511, 512, 513,
	1023, 1024, 1025, 4095, 4096, 4097, 65535, 65536, 65537, 0x7fffffff,
	0x80000000, 0xfffffffe, 0xffffffff, 0x100000000, 0x7fffffffffffffff,
	0x8000000000000000, 0xfffffffffffff000, 0xffffffffffffffff
};

#define COUNT(array)	(sizeof(array) / sizeof((array)[0]))

static uint64_t edge_make(void)
{
	if (one_in(8))
		return random_next();
	return edges[random_below(COUNT(edges))];
}

static uint32_t num_make(enum what what)
{
	switch (what) {
	case WHAT_DATA:
		return lengths[random_below(one_in(3) ? COUNT(lengths) : 8)];
	case WHAT_ADDR:
		return random_below(one_in(8) ? 16 : one_in(4) ? 5 : 2);
	case WHAT_IOV:
		return lengths[random_below(10)];
	case WHAT_OPS:
		return random_below(100000);
	default:
		return one_in(3) ? edge_make() : random_below(4);
	}
}

static uint64_t pointer_make(enum what what)
{
	unsigned int spec = random_below(spec_count(what));

	/* Those that meet are most. */
	if (what == WHAT_ADDR && !one_in(4))
		spec = one_in(4);
	return POINTER(spec, num_make(what), one_in(24) ?
		       random_below(PLACE_COUNT) : PLACE_GOOD);
}

static uint64_t flags_make(const struct list *list)
{
	uint64_t flags = 0;

	while (list && one_in(2))
		flags |= list->values[random_below(list->count)];
	return flags;
}

static bool pointer_optional(const struct field *field)
{
	return field->what == WHAT_CONTROL || field->what == WHAT_ADDR;
}

uint64_t value_make(const struct type *type, const struct field *field)
{
	switch (field->kind) {
	case KIND_NUMBER:
		return field->list->values[random_below(field->list->count)];
	case KIND_FLAGS:
		return flags_make(field->list);
	case KIND_TIME:
		return one_in(2) ? 0 : one_in(16) ? edge_make() :
		       1000ULL << random_below(12);
	case KIND_FD:
		return one_in(16) ? (uint64_t)-1 : (uint64_t)pool_choose(field->of);
	case KIND_OUT:
		return pool_choose(field->of);
	case KIND_POINTER:
		if (type->number && pointer_optional(field) && !one_in(3))
			return POINTER(0, 0, PLACE_NULL);
		return pointer_make(field->what);
	case KIND_INLINE:
		return pointer_make(WHAT_ADDR);
	default:
		return 0;
	}
}

uint64_t value_bend(const struct field *field, uint64_t value)
{
	switch (field->kind) {
	case KIND_FLAGS:
		return value ^ 1ULL << random_below(32);
	case KIND_FD:
	case KIND_OUT:
		return random_below(POOL_SLOTS + 2) - 1;
	case KIND_LEN:
		return one_in(2) ? edge_make() : value + random_below(5) - 2;
	case KIND_INLINE:
		return pointer_make(WHAT_ADDR);
	case KIND_POINTER:
		if (one_in(2))
			return pointer_make(field->what);
		return POINTER(SPEC(value), NUM(value), random_below(PLACE_COUNT));
	default:
		return edge_make();
	}
}

/* Lengths become those of what they are of, options those there are. */
void value_fit(const struct type *type, uint64_t *values)
{
	const struct field *field = type->fields;
	unsigned int i;

	for (i = 0; i < MAX_FIELDS && field[i].name; i++) {
		if (field[i].kind == KIND_LEN)
			values[i] = PLACE(values[field[i].of]) == PLACE_NULL ? 0 :
				    bytes_len(field[i].what, values[field[i].of]);
		if (type->number && !strcmp(field[i].name, "level") && !one_in(8)) {
			int32_t level, name;

			option_row(random_below(option_rows()), &level, &name);
			values[i] = level;
			values[i + 1] = name;
		}
	}
}

void value_print(FILE *to, const struct field *field, uint64_t value)
{
	enum what what = field->kind == KIND_INLINE ? WHAT_ADDR : field->what;

	if (field->kind < KIND_INLINE) {
		fprintf(to, value < 100000 ? "%llu" : "%#llx",
			(unsigned long long)value);
		return;
	}
	fprintf(to, "%s", spec_name(what, SPEC(value)));
	if (NUM(value))
		fprintf(to, ":%u", NUM(value));
	if (PLACE(value))
		fprintf(to, "@%s", place_name(PLACE(value)));
}

bool value_parse(const struct field *field, const char *text, uint64_t *value)
{
	enum what what = field->kind == KIND_INLINE ? WHAT_ADDR : field->what;
	const char *rest = text + strcspn(text, ":@");
	const char *name;
	char *end;
	unsigned long num = 0;
	unsigned int spec;
	int place = PLACE_GOOD;

	if (field->kind < KIND_INLINE) {
		*value = strtoull(text, &end, 0);
		return end != text && !*end;
	}
	for (spec = 0; ; spec++) {
		name = spec_name(what, spec);
		if (!name)
			return false;
		if (strlen(name) == (size_t)(rest - text) &&
		    !strncmp(name, text, rest - text))
			break;
	}
	if (*rest == ':') {
		num = strtoul(rest + 1, &end, 0);
		rest = end;
	}
	if (*rest == '@')
		place = place_find(rest + 1);
	else if (*rest)
		return false;
	if (place < 0)
		return false;
	*value = POINTER(spec, num, place);
	return true;
}
