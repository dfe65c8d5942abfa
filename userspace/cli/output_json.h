/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Values as JSON.
 */
#ifndef OUTPUT_JSON_H
#define OUTPUT_JSON_H

#include <jansson.h>
#include <ksock.h>
#include <stdio.h>

/** output_json() - print a value in one line, and drop it */
void output_json(FILE *stream, json_t *value);

/** output_json_string() - text that may hold any bytes */
json_t *output_json_string(const char *text);

/** output_json_opt() - an option, without a value */
json_t *output_json_opt(const struct ksock_opt *opt);

/**
 * output_json_value() - the value of an option
 * @opt: option
 * @value: its value
 * @len: length of that in bytes
 *
 * Return: an object with the fields of a structure, or whatever the value is;
 * null when it is not of the option's type.
 */
json_t *output_json_value(const struct ksock_opt *opt, const void *value,
			  socklen_t len);

#endif /* OUTPUT_JSON_H */
