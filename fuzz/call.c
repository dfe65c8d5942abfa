// SPDX-License-Identifier: GPL-2.0-only
/*
 * A call: made up, changed, written as a line, read from one, and made.
 *
 *	THREAD NAME [on=SLOT] [to=SLOT] [grow=BYTES] [at=PLACE] [FIELD=VALUE]...
 *
 * What is 0 is left out, so taking a word away makes a call simpler.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <errno.h>

#include "fuzz.h"

#define ROOM	4096

/* The value that goes into the structure, or into the argument. */
static uint64_t call_value(const struct field *field, uint64_t value,
			   struct arena *arena)
{
	unsigned char *room = arena_room(arena);
	size_t len;

	switch (field->kind) {
	case KIND_FD:
		return (int64_t)pool_get((int)value);
	case KIND_POINTER:
		if (field->what == WHAT_DATA)
			return (uintptr_t)arena_data(arena, NUM(value), PLACE(value));
		len = bytes_make(field->what, value, arena, room);
		return (uintptr_t)arena_put(arena, field->what, room, len,
					    PLACE(value));
	default:
		return value;
	}
}

static long call_ioctl(const struct call *call, const struct type *type, int fd,
		       struct arena *arena)
{
	const struct field *field = type->fields;
	unsigned char image[ROOM] = {};
	unsigned long number;
	int size = _IOC_SIZE(type->number) + call->grow;
	unsigned int i;
	uint64_t value;

	for (i = 0; i < MAX_FIELDS && field[i].name; i++) {
		if (field[i].kind == KIND_INLINE) {
			bytes_make(WHAT_ADDR, call->values[i], arena,
				   arena_room(arena));
			memcpy(image + field[i].offset, arena_room(arena),
			       field[i].size);
			continue;
		}
		value = call_value(&field[i], call->values[i], arena);
		memcpy(image + field[i].offset, &value, field[i].size);
	}
	size = size < 0 ? 0 : size & 0x3fff;
	number = _IOC(_IOC_DIR(type->number), _IOC_TYPE(type->number),
		      _IOC_NR(type->number), size);
	return ioctl(fd, number, arena_put(arena, ARENA_STRUCT, image, size,
					   call->place));
}

/* As the system call returns, or the negative errno. */
long call_run(const struct call *call, struct arena *arena)
{
	const struct type *type = &types[call->type];
	int fd = pool_get(call->fd);
	uint64_t arg[MAX_FIELDS] = {};
	unsigned int i;
	long ret;

	if (type->number) {
		ret = call_ioctl(call, type, fd, arena);
	} else {
		for (i = 0; i < MAX_FIELDS && type->fields[i].name; i++)
			arg[i] = call_value(&type->fields[i], call->values[i], arena);
		/* What closes needs the slot. */
		ret = type->run(type->role == ROLE_NONE ? call->out : fd, arg, arena);
	}
	if (ret < 0)
		return -errno;
	if (type->makes)
		pool_set(call->out, ret);
	return ret;
}

static unsigned int type_choose(void)
{
	static unsigned int total;
	unsigned int i, at;

	if (!total) {
		for (i = 0; i < type_count; i++)
			total += types[i].weight;
	}
	at = random_below(total);
	for (i = 0; at >= types[i].weight; i++)
		at -= types[i].weight;
	return i;
}

void call_make(struct call *call, unsigned int threads)
{
	const struct type *type;
	unsigned int i;

	memset(call, 0, sizeof(*call));
	call->type = type_choose();
	type = &types[call->type];
	call->thread = random_below(threads);
	call->fd = pool_choose(type->role);
	/* What neither is made on one nor makes one closes one. */
	call->out = pool_choose(type->role || type->makes ? type->makes : ROLE_ANY);
	for (i = 0; i < MAX_FIELDS && type->fields[i].name; i++)
		call->values[i] = value_make(type, &type->fields[i]);
	value_fit(type, call->values);
	if (one_in(4))
		call_bend(call, threads);
}

void call_bend(struct call *call, unsigned int threads)
{
	static const int grows[] = { -1, -4, -8, -16, 1, 4, 8, 64, 1024, 3900, 4000, 8192 };
	const struct type *type = &types[call->type];
	unsigned int i, count = 0;

	while (count < MAX_FIELDS && type->fields[count].name)
		count++;
	/* What is no command has no structure. */
	switch (random_below(type->number ? 8 : 6)) {
	case 0:
		call->fd = pool_choose(one_in(2) ? ROLE_ANY : type->role);
		break;
	case 6:
		call->grow = grows[random_below(sizeof(grows) / sizeof(grows[0]))];
		break;
	case 7:
		call->place = random_below(PLACE_COUNT);
		break;
	case 1:
		call->thread = random_below(threads);
		break;
	default:
		if (!count)
			break;
		i = random_below(count);
		call->values[i] = value_bend(&type->fields[i], call->values[i]);
		if (one_in(2))
			value_fit(type, call->values);
		break;
	}
}

void call_print(FILE *to, const struct call *call)
{
	const struct type *type = &types[call->type];
	unsigned int i;

	fprintf(to, "%u %s", call->thread, type->name);
	if (type->role)
		fprintf(to, " on=%d", call->fd);
	if (type->makes || type->role == ROLE_NONE)
		fprintf(to, " to=%d", call->out);
	if (call->grow)
		fprintf(to, " grow=%d", call->grow);
	if (call->place)
		fprintf(to, " at=%s", place_name(call->place));
	for (i = 0; i < MAX_FIELDS && type->fields[i].name; i++) {
		if (!call->values[i])
			continue;
		fprintf(to, " %s=", type->fields[i].name);
		value_print(to, &type->fields[i], call->values[i]);
	}
	fputc('\n', to);
}

static bool word_parse(struct call *call, const struct type *type,
		       const char *name, const char *text)
{
	unsigned int i;

	for (i = 0; i < MAX_FIELDS && type->fields[i].name; i++) {
		if (!strcmp(type->fields[i].name, name))
			return value_parse(&type->fields[i], text, &call->values[i]);
	}
	if (!strcmp(name, "on"))
		call->fd = atoi(text);
	else if (!strcmp(name, "to"))
		call->out = atoi(text);
	else if (!strcmp(name, "grow"))
		call->grow = atoi(text);
	else if (!strcmp(name, "at") && place_find(text) >= 0)
		call->place = place_find(text);
	else
		return false;
	return true;
}

/* Takes the line apart. */
bool call_parse(struct call *call, char *line)
{
	const struct type *type;
	char *word, *value, *rest;

	memset(call, 0, sizeof(*call));
	call->fd = -1;
	call->out = -1;
	word = strtok_r(line, " \n", &rest);
	if (!word)
		return false;
	call->thread = atoi(word) % MAX_THREADS;
	word = strtok_r(NULL, " \n", &rest);
	while (word && call->type < type_count &&
	       strcmp(types[call->type].name, word))
		call->type++;
	if (!word || call->type == type_count)
		return false;
	type = &types[call->type];
	for (word = strtok_r(NULL, " \n", &rest); word;
	     word = strtok_r(NULL, " \n", &rest)) {
		value = strchr(word, '=');
		if (!value)
			return false;
		*value++ = 0;
		if (!word_parse(call, type, word, value))
			return false;
	}
	return true;
}
