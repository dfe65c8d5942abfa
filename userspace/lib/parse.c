// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
/*
 * Values of options made of text, as fields.c writes it or a person does.
 * Nothing here calls the kernel module.  Functions return 0 or an errno.
 */
/* For structures of sockets that are not in POSIX. */
#define _GNU_SOURCE

#include "value.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <stdio.h>

/* Longer than all flags by name, the longest that a field can be. */
#define PARSE_TOKEN_MAX 512

/* strtoull() would take spaces, signs and octal. */
static int parse_number(const char *text, uint64_t *number)
{
	bool hex = text[0] == '0' && (text[1] == 'x' || text[1] == 'X');
	int saved = errno, err;
	char *end;

	if (!isxdigit((unsigned char)text[hex ? 2 : 0]))
		return EINVAL;

	errno = 0;
	*number = strtoull(text, &end, hex ? 16 : 10);
	err = errno;
	errno = saved;
	return *end || end == text ? EINVAL : err;
}

/* A number of @size bytes; the bits of a negative one are all that is kept. */
static int parse_signed(const char *text, size_t size, uint64_t *number)
{
	uint64_t limit = UINT64_C(1) << (8 * size - 1);
	bool negative = text[0] == '-';
	int err;

	err = parse_number(text + negative, number);
	if (err)
		return err;
	if (*number > limit - !negative)
		return ERANGE;
	if (negative)
		*number = -*number;
	return 0;
}

static int parse_unsigned(const char *text, unsigned int bits, uint64_t *number)
{
	int err;

	err = parse_number(text, number);
	if (!err && bits < 64 && *number >> bits)
		err = ERANGE;
	return err;
}

static int parse_ifindex(const char *text, uint64_t *number)
{
	int saved = errno;

	if (isdigit((unsigned char)text[0]))
		return parse_unsigned(text, 31, number);

	*number = if_nametoindex(text);
	errno = saved;
	return *number ? 0 : ENODEV;
}

static int parse_stamping_name(const char *text, size_t len, uint64_t *flags)
{
	size_t i;

	for (i = 0; i < VALUE_COUNT(value_stamping); i++) {
		if (strlen(value_stamping[i]) == len &&
		    !memcmp(value_stamping[i], text, len)) {
			*flags |= UINT64_C(1) << i;
			return 0;
		}
	}
	return EINVAL;
}

/* Names and numbers with a bar between. */
static int parse_stamping(const char *text, uint64_t *flags)
{
	char token[PARSE_TOKEN_MAX];
	uint64_t number;
	size_t len;
	int err;

	*flags = 0;
	do {
		len = strcspn(text, "|");
		if (isdigit((unsigned char)text[0])) {
			memcpy(token, text, len);
			token[len] = '\0';
			err = parse_unsigned(token, 32, &number);
			if (!err)
				*flags |= number;
		} else {
			err = parse_stamping_name(text, len, flags);
		}
		text += len;
	} while (!err && *text++);
	return err;
}

static int parse_sockaddr(const char *text, void *value)
{
	struct sockaddr_storage addr = { 0 };
	struct sockaddr_in6 *in6 = (struct sockaddr_in6 *)&addr;
	struct sockaddr_in *in = (struct sockaddr_in *)&addr;

	if (inet_pton(AF_INET, text, &in->sin_addr) == 1)
		addr.ss_family = AF_INET;
	else if (inet_pton(AF_INET6, text, &in6->sin6_addr) == 1)
		addr.ss_family = AF_INET6;
	else
		return EINVAL;

	memcpy(value, &addr, sizeof(addr));
	return 0;
}

/* Puts a number into a field's bytes, beside what else they hold. */
static void parse_put(const struct value_field *field, void *bytes,
		      uint64_t number)
{
	uint32_t u32;

	if (field->size == sizeof(number)) {
		memcpy(bytes, &number, sizeof(number));
		return;
	}

	memcpy(&u32, bytes, sizeof(u32));
	u32 |= (uint32_t)number << field->shift;
	memcpy(bytes, &u32, sizeof(u32));
}

static int parse_field(const struct value_field *field, const char *text,
		       void *value)
{
	char *bytes = (char *)value + field->offset;
	uint64_t number;
	int err;

	switch (field->kind) {
	case VALUE_IN:
		return inet_pton(AF_INET, text, bytes) == 1 ? 0 : EINVAL;
	case VALUE_IN6:
		return inet_pton(AF_INET6, text, bytes) == 1 ? 0 : EINVAL;
	case VALUE_SOCKADDR:
		return parse_sockaddr(text, bytes);
	case VALUE_STAMPING:
		err = parse_stamping(text, &number);
		break;
	case VALUE_IFINDEX:
		err = parse_ifindex(text, &number);
		break;
	case VALUE_INT:
		err = parse_signed(text, field->size, &number);
		break;
	default:
		err = parse_unsigned(text, field->bits ? field->bits :
				     8 * field->size, &number);
		break;
	}

	if (!err)
		parse_put(field, bytes, number);
	return err;
}

/*
 * Takes the next token off @text: false when there is none.  @name is empty in
 * one without.
 */
static bool parse_token(const char **text, char *name, char *token, int *err)
{
	const char *begin = *text + strspn(*text, " ");
	size_t len = strcspn(begin, " ");
	const char *equals;

	*text = begin + len;
	*err = len < PARSE_TOKEN_MAX ? 0 : EINVAL;
	if (!len || *err)
		return false;

	memcpy(token, begin, len);
	token[len] = '\0';
	name[0] = '\0';
	equals = strchr(token, '=');
	if (equals) {
		len = equals - token;
		memcpy(name, token, len);
		name[len] = '\0';
		memmove(token, equals + 1, strlen(equals));
	}
	return true;
}

/* The number of the field of a name, or the count of fields. */
static size_t parse_find(const struct value_layout *layout, const char *name)
{
	size_t i;

	if (!name[0])
		return 0;
	for (i = 0; i < layout->count; i++) {
		if (!strcmp(layout->fields[i].name, name))
			break;
	}
	return i;
}

static int parse_layout(const struct value_layout *layout, const char *text,
			void *value, unsigned int *seen)
{
	char name[PARSE_TOKEN_MAX], token[PARSE_TOKEN_MAX];
	unsigned int named = (1U << layout->named) - 1;
	size_t i;
	int err;

	*seen = 0;
	memset(value, 0, layout->size);
	while (parse_token(&text, name, token, &err)) {
		i = parse_find(layout, name);
		if (i == layout->count || *seen & 1U << i)
			return EINVAL;
		*seen |= 1U << i;
		err = parse_field(&layout->fields[i], token, value);
		if (err)
			return err;
	}
	return err || (*seen & named) == named ? err : EINVAL;
}

/* Seconds with a decimal point as fields, for parse_layout(). */
static int parse_seconds(const char *text, char *fields)
{
	size_t len = strspn(text, "0123456789");
	size_t digits = strspn(text + len + 1, "0123456789");
	unsigned int usec = 0;
	size_t i;

	if (!len || !digits || digits > 6 || text[len + 1 + digits] ||
	    len > 20)
		return EINVAL;

	for (i = 0; i < 6; i++) {
		usec *= 10;
		if (i < digits)
			usec += text[len + 1 + i] - '0';
	}
	snprintf(fields, PARSE_TOKEN_MAX, "sec=%.*s usec=%u", (int)len, text,
		 usec);
	return 0;
}

/* Two ports with a hyphen between as fields, for parse_layout(). */
static int parse_ports(const char *text, char *fields)
{
	size_t len = strcspn(text, "-");

	if (strlen(text) > PARSE_TOKEN_MAX / 2)
		return EINVAL;
	snprintf(fields, PARSE_TOKEN_MAX, "low=%.*s high=%s", (int)len, text,
		 text + len + 1);
	return 0;
}

/* Text without names of fields has a form of its own in some types. */
static int parse_short_form(enum ksock_value_type type, const char **text,
			    char *fields)
{
	int err = 0;

	if (strchr(*text, '='))
		return 0;

	switch (type) {
	case KSOCK_VALUE_TIMEVAL:
	case KSOCK_VALUE_TIMEVAL64:
		if (!strchr(*text, '.'))
			return 0;
		err = parse_seconds(*text, fields);
		break;
	case KSOCK_VALUE_PORT_RANGE:
		if (!strchr(*text, '-'))
			return 0;
		err = parse_ports(*text, fields);
		break;
	default:
		return 0;
	}
	*text = fields;
	return err;
}

static int parse_struct(enum ksock_value_type type, const char *text,
			void *value, socklen_t *len)
{
	const struct value_layout *layout = &value_layouts[type];
	char fields[PARSE_TOKEN_MAX];
	unsigned int seen;
	int err;

	if (!layout->named)
		return EOPNOTSUPP;
	if (*len < layout->size)
		return ENOSPC;

	err = parse_short_form(type, &text, fields);
	if (!err)
		err = parse_layout(layout, text, value, &seen);
	if (err)
		return err;

	/* Kernels that do not know the second field get the first alone. */
	*len = type == KSOCK_VALUE_TIMESTAMPING && !(seen & 2) ?
	       sizeof(int) : layout->size;
	return 0;
}

static int parse_bool(const char *text, uint64_t *number)
{
	*number = !strcmp(text, "on") || !strcmp(text, "true");
	if (*number || !strcmp(text, "off") || !strcmp(text, "false"))
		return 0;
	return parse_signed(text, sizeof(int), number);
}

static int parse_word(enum ksock_value_type type, const char *text, void *value,
		      socklen_t *len)
{
	uint64_t number;
	uint32_t word;
	int err;

	if (*len < sizeof(word))
		return ENOSPC;

	switch (type) {
	case KSOCK_VALUE_BOOL:
		err = parse_bool(text, &number);
		break;
	case KSOCK_VALUE_INT:
		err = parse_signed(text, sizeof(word), &number);
		break;
	case KSOCK_VALUE_IFINDEX:
		err = parse_ifindex(text, &number);
		number = htonl(number);
		break;
	default:
		err = parse_unsigned(text, 32, &number);
		break;
	}
	if (err)
		return err;

	word = number;
	memcpy(value, &word, sizeof(word));
	*len = sizeof(word);
	return 0;
}

/* What can be set is a long to the kernel. */
static int parse_u64(const char *text, void *value, socklen_t *len)
{
	unsigned long number;
	uint64_t wide;
	int err;

	if (*len < sizeof(number))
		return ENOSPC;

	err = parse_unsigned(text, 8 * sizeof(number), &wide);
	if (err)
		return err;

	number = wide;
	memcpy(value, &number, sizeof(number));
	*len = sizeof(number);
	return 0;
}

static int parse_in_addr(const char *text, void *value, socklen_t *len)
{
	if (strchr(text, '='))
		return parse_struct(KSOCK_VALUE_MREQ, text, value, len);
	if (*len < sizeof(struct in_addr))
		return ENOSPC;
	if (inet_pton(AF_INET, text, value) != 1)
		return EINVAL;

	*len = sizeof(struct in_addr);
	return 0;
}

static int parse_string(const char *text, void *value, socklen_t *len)
{
	size_t size = strlen(text) + 1;

	if (*len < size)
		return ENOSPC;

	memcpy(value, text, size);
	*len = size;
	return 0;
}

static int parse_digit(char c)
{
	if (isdigit((unsigned char)c))
		return c - '0';
	return tolower((unsigned char)c) - 'a' + 10;
}

static int parse_bytes(const char *text, void *value, socklen_t *len)
{
	size_t digits = strlen(text), i;
	unsigned char *bytes = value;

	if (digits % 2 || text[strspn(text, "0123456789abcdefABCDEF")])
		return EINVAL;
	if (*len < digits / 2)
		return ENOSPC;

	for (i = 0; i < digits; i += 2)
		bytes[i / 2] = parse_digit(text[i]) << 4 |
			       parse_digit(text[i + 1]);
	*len = digits / 2;
	return 0;
}

/* Takes a number of a list off @text. */
static int parse_filter_type(const char **text, unsigned int bits,
			     unsigned int *type)
{
	size_t len = strspn(*text, "0123456789");
	char token[4];
	uint64_t number;
	int err;

	if (!len)
		return EINVAL;
	if (len >= sizeof(token))
		return ERANGE;

	memcpy(token, *text, len);
	token[len] = '\0';
	err = parse_number(token, &number);
	if (!err && number >= bits)
		err = ERANGE;
	*type = number;
	*text += len;
	return err;
}

static int parse_filter(const char *text, void *value, socklen_t *len,
			unsigned int bits)
{
	unsigned int first, last;
	uint32_t words[8] = { 0 };
	bool more = strcmp(text, "none");
	int err;

	if (*len < bits / 8)
		return ENOSPC;

	while (more) {
		err = parse_filter_type(&text, bits, &first);
		last = first;
		if (!err && *text == '-') {
			text++;
			err = parse_filter_type(&text, bits, &last);
		}
		if (!err && (last < first || (*text && *text != ',')))
			err = EINVAL;
		if (err)
			return err;
		for (; first <= last; first++)
			words[first / 32] |= UINT32_C(1) << first % 32;
		more = *text++;
	}

	memcpy(value, words, bits / 8);
	*len = bits / 8;
	return 0;
}

static int parse_value(enum ksock_value_type type, const char *text,
		       void *value, socklen_t *len)
{
	if (value_layouts[type].fields)
		return parse_struct(type, text, value, len);

	switch (type) {
	case KSOCK_VALUE_TCP_INFO:
		return EOPNOTSUPP;
	case KSOCK_VALUE_U64:
		return parse_u64(text, value, len);
	case KSOCK_VALUE_STRING:
		return parse_string(text, value, len);
	case KSOCK_VALUE_BYTES:
		return parse_bytes(text, value, len);
	case KSOCK_VALUE_ICMP_FILTER:
		return parse_filter(text, value, len, 32);
	case KSOCK_VALUE_ICMP6_FILTER:
		return parse_filter(text, value, len, 256);
	case KSOCK_VALUE_IN_ADDR:
		return parse_in_addr(text, value, len);
	default:
		return parse_word(type, text, value, len);
	}
}

KSOCK_API int ksock_opt_parse(const struct ksock_opt *opt, const char *text,
			      void *value, socklen_t *len)
{
	int err;

	assert(opt);
	assert(text);
	assert(value);
	assert(len);

	err = parse_value(opt->type, text, value, len);
	if (err) {
		errno = err;
		return -1;
	}
	return 0;
}
