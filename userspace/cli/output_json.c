// SPDX-License-Identifier: GPL-2.0-only
/*
 * Values as JSON: text that may hold any bytes, options, and what they are set
 * to, a structure being an object with its fields.
 */
#include "output_json.h"

#include <stdlib.h>
#include <string.h>

void output_json(FILE *stream, json_t *value)
{
	char *line;

	line = json_dumps(value, JSON_COMPACT);
	if (line)
		fprintf(stream, "%s\n", line);
	free(line);
	json_decref(value);
}

/* JSON holds only valid UTF-8. */
json_t *output_json_string(const char *text)
{
	json_t *value;
	char *copy, *p;

	value = json_string(text);
	if (value)
		return value;

	copy = strdup(text);
	if (!copy)
		return NULL;
	for (p = copy; *p; p++) {
		if (*p & 0x80)
			*p = '?';
	}
	value = json_string(copy);
	free(copy);
	return value;
}

json_t *output_json_opt(const struct ksock_opt *opt)
{
	json_t *access = json_array();

	if (ksock_opt_is_readable(opt))
		json_array_append_new(access, json_string("get"));
	if (ksock_opt_is_writable(opt))
		json_array_append_new(access, json_string("set"));
	return json_pack("{ss si ss si ss so}",
			 "name", ksock_opt_get_name(opt),
			 "number", ksock_opt_get_number(opt),
			 "level", ksock_opt_get_level_name(opt),
			 "level_number", ksock_opt_get_level(opt),
			 "type", ksock_opt_get_type_name(opt),
			 "access", access);
}

static json_t *output_json_field(const struct ksock_field *field)
{
	switch (field->kind) {
	case KSOCK_FIELD_BOOL:
		return json_boolean(field->b);
	case KSOCK_FIELD_INT:
		return json_integer(field->i);
	case KSOCK_FIELD_UINT:
		/* The library's integers have a sign. */
		return field->u <= INT64_MAX ? json_integer(field->u) :
					       json_real(field->u);
	default:
		return output_json_string(field->s);
	}
}

/* Collects in one object; a field without a name takes its place. */
static int output_json_visit(void *arg, const struct ksock_field *field)
{
	json_t **value = arg;

	if (field->name)
		return json_object_set_new(*value, field->name,
					   output_json_field(field));
	json_decref(*value);
	*value = output_json_field(field);
	return 0;
}

json_t *output_json_value(const struct ksock_opt *opt, const void *value,
			  socklen_t len)
{
	json_t *result = json_object();

	if (!ksock_opt_fields(opt, value, len, output_json_visit, &result))
		return result;
	json_decref(result);
	return json_null();
}
