// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
/*
 * Values of options taken apart into named fields, and the text made of them.
 * Nothing here calls the kernel module; the way back is in parse.c.
 */
/* For structures of sockets that are not in POSIX. */
#define _GNU_SOURCE

#include "tcp_info.h"

#include <arpa/inet.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

#define FIELDS_ADDR_MAX INET6_ADDRSTRLEN

/* Enough for every second bit of an ICMPv6 filter, and for all flags by name */
#define FIELDS_LIST_MAX 1024

struct fields_visitor {
	int (*visit)(void *arg, const struct ksock_field *field);
	void *arg;
};

static int fields_int(const struct fields_visitor *visitor, const char *name,
		      int64_t number)
{
	struct ksock_field field = {
		.name = name, .kind = KSOCK_FIELD_INT, .i = number,
	};

	return visitor->visit(visitor->arg, &field);
}

static int fields_uint(const struct fields_visitor *visitor, const char *name,
		       uint64_t number)
{
	struct ksock_field field = {
		.name = name, .kind = KSOCK_FIELD_UINT, .u = number,
	};

	return visitor->visit(visitor->arg, &field);
}

static int fields_string(const struct fields_visitor *visitor, const char *name,
			 const char *text)
{
	struct ksock_field field = {
		.name = name, .kind = KSOCK_FIELD_STRING, .s = text,
	};

	return visitor->visit(visitor->arg, &field);
}

static int fields_too_short(void)
{
	errno = EINVAL;
	return -1;
}

static int fields_addr(const struct fields_visitor *visitor, const char *name,
		       int family, const void *addr)
{
	char text[FIELDS_ADDR_MAX];

	if (!inet_ntop(family, addr, text, sizeof(text)))
		return -1;
	return fields_string(visitor, name, text);
}

/* The address of any family but these two is left empty. */
static int fields_sockaddr(const struct fields_visitor *visitor,
			   const char *name, const void *value)
{
	struct sockaddr_storage addr;

	memcpy(&addr, value, sizeof(addr));
	switch (addr.ss_family) {
	case AF_INET:
		return fields_addr(visitor, name, AF_INET,
				   &((struct sockaddr_in *)&addr)->sin_addr);
	case AF_INET6:
		return fields_addr(visitor, name, AF_INET6,
				   &((struct sockaddr_in6 *)&addr)->sin6_addr);
	default:
		return fields_string(visitor, name, "");
	}
}

/* Appends to a list of what is in a set, whose text has room for all. */
__attribute__((format(printf, 3, 4)))
static void fields_list_add(char *text, char separator, const char *format, ...)
{
	size_t len = strlen(text);
	va_list args;

	if (len)
		text[len++] = separator;
	va_start(args, format);
	vsnprintf(text + len, FIELDS_LIST_MAX - len, format, args);
	va_end(args);
}

static int fields_stamping(const struct fields_visitor *visitor,
			   const char *name, uint32_t flags)
{
	char text[FIELDS_LIST_MAX] = "";
	uint32_t rest = flags;
	size_t i;

	for (i = 0; i < VALUE_COUNT(value_stamping); i++) {
		if (!(flags & UINT32_C(1) << i))
			continue;
		fields_list_add(text, '|', "%s", value_stamping[i]);
		rest &= ~(UINT32_C(1) << i);
	}
	if (rest || !flags)
		fields_list_add(text, '|', rest ? "0x%" PRIx32 : "%" PRIu32,
				rest);
	return fields_string(visitor, name, text);
}

/* The number in a field's bytes. */
static uint64_t fields_number(const struct value_field *field,
			      const void *bytes)
{
	uint64_t number = 0;
	uint32_t u32;
	uint16_t u16;
	uint8_t u8;

	switch (field->size) {
	case sizeof(u8):
		memcpy(&u8, bytes, sizeof(u8));
		number = u8;
		break;
	case sizeof(u16):
		memcpy(&u16, bytes, sizeof(u16));
		number = u16;
		break;
	case sizeof(u32):
		memcpy(&u32, bytes, sizeof(u32));
		number = u32;
		break;
	default:
		memcpy(&number, bytes, sizeof(number));
		break;
	}

	if (field->bits)
		number = number >> field->shift &
			 ((UINT64_C(1) << field->bits) - 1);
	return number;
}

static int fields_one(const struct fields_visitor *visitor,
		      const struct value_field *field, const void *value)
{
	const char *bytes = (const char *)value + field->offset;
	uint64_t number;

	switch (field->kind) {
	case VALUE_IN:
		return fields_addr(visitor, field->name, AF_INET, bytes);
	case VALUE_IN6:
		return fields_addr(visitor, field->name, AF_INET6, bytes);
	case VALUE_SOCKADDR:
		return fields_sockaddr(visitor, field->name, bytes);
	case VALUE_STAMPING:
		return fields_stamping(visitor, field->name,
				       fields_number(field, bytes));
	case VALUE_INT:
		number = fields_number(field, bytes);
		if (field->size == sizeof(int32_t))
			number = (int32_t)number;
		return fields_int(visitor, field->name, number);
	default:
		return fields_uint(visitor, field->name,
				   fields_number(field, bytes));
	}
}

static int fields_layout(const struct fields_visitor *visitor,
			 const struct value_layout *layout, const void *value,
			 socklen_t len)
{
	const struct value_field *field;
	int ret = 0;
	size_t i;

	for (i = 0; i < layout->present; i++) {
		field = &layout->fields[i];
		if (len < (socklen_t)(field->offset + field->size))
			return fields_too_short();
	}

	for (i = 0; i < layout->count && !ret; i++) {
		field = &layout->fields[i];
		if (len >= (socklen_t)(field->offset + field->size))
			ret = fields_one(visitor, field, value);
	}
	return ret;
}

/* A truth is an int, and other than 0 and 1 it is told as it is. */
static int fields_bool(const struct fields_visitor *visitor, int number)
{
	struct ksock_field field = {
		.kind = KSOCK_FIELD_BOOL, .b = number,
	};

	if (number != 0 && number != 1)
		return fields_int(visitor, NULL, number);
	return visitor->visit(visitor->arg, &field);
}

static int fields_word(const struct fields_visitor *visitor,
		       enum ksock_value_type type, const void *value,
		       socklen_t len)
{
	uint32_t number;

	if (len < sizeof(number))
		return fields_too_short();

	memcpy(&number, value, sizeof(number));
	switch (type) {
	case KSOCK_VALUE_BOOL:
		return fields_bool(visitor, number);
	case KSOCK_VALUE_INT:
		return fields_int(visitor, NULL, (int32_t)number);
	case KSOCK_VALUE_IFINDEX:
		return fields_uint(visitor, NULL, ntohl(number));
	case KSOCK_VALUE_IN_ADDR:
		return fields_addr(visitor, NULL, AF_INET, value);
	default:
		return fields_uint(visitor, NULL, number);
	}
}

static int fields_u64(const struct fields_visitor *visitor, const void *value,
		      socklen_t len)
{
	uint64_t number;

	if (len < sizeof(number))
		return fields_word(visitor, KSOCK_VALUE_UINT, value, len);

	memcpy(&number, value, sizeof(number));
	return fields_uint(visitor, NULL, number);
}

/* The types that a filter drops, runs of them as FIRST-LAST. */
static int fields_filter(const struct fields_visitor *visitor,
			 const void *value, socklen_t len, unsigned int bits)
{
	char text[FIELDS_LIST_MAX] = "";
	uint32_t words[8] = { 0 };
	unsigned int first, i;

	if (len < bits / 8)
		return fields_too_short();

	memcpy(words, value, bits / 8);
	for (i = 0; i < bits; i++) {
		if (!(words[i / 32] >> i % 32 & 1))
			continue;
		first = i;
		while (i + 1 < bits && words[(i + 1) / 32] >> (i + 1) % 32 & 1)
			i++;
		fields_list_add(text, ',', i == first ? "%u" : "%u-%u", first,
				i);
	}
	return fields_string(visitor, NULL, text[0] ? text : "none");
}

/* Text and bytes may be of any length. */
static int fields_long(const struct fields_visitor *visitor,
		       enum ksock_value_type type, const void *value,
		       socklen_t len)
{
	static const char digits[] = "0123456789abcdef";
	const unsigned char *bytes = value;
	socklen_t i;
	char *text;
	int ret, err;

	text = calloc(2, (size_t)len + 1);
	if (!text)
		return -1;

	if (type == KSOCK_VALUE_STRING) {
		if (len)
			memcpy(text, value, len);
	} else {
		for (i = 0; i < len; i++) {
			text[(size_t)2 * i] = digits[bytes[i] >> 4];
			text[(size_t)2 * i + 1] = digits[bytes[i] & 15];
		}
	}

	ret = fields_string(visitor, NULL, text);
	err = errno;
	free(text);
	errno = err;
	return ret;
}

KSOCK_API int
ksock_opt_fields(const struct ksock_opt *opt, const void *value, socklen_t len,
		 int (*visit)(void *arg, const struct ksock_field *field),
		 void *arg)
{
	struct fields_visitor visitor = { .visit = visit, .arg = arg };
	enum ksock_value_type type;

	assert(opt);
	assert(visit);

	type = opt->type;

	/* What such an option is set by may have more in it. */
	if (type == KSOCK_VALUE_IN_ADDR && len >= sizeof(struct ip_mreqn))
		type = KSOCK_VALUE_MREQ;
	if (value_layouts[type].fields)
		return fields_layout(&visitor, &value_layouts[type], value,
				     len);

	switch (type) {
	case KSOCK_VALUE_TCP_INFO:
		return fields_layout(&visitor, &tcp_info_layout, value, len);
	case KSOCK_VALUE_U64:
		return fields_u64(&visitor, value, len);
	case KSOCK_VALUE_STRING:
	case KSOCK_VALUE_BYTES:
		return fields_long(&visitor, type, value, len);
	case KSOCK_VALUE_ICMP_FILTER:
		return fields_filter(&visitor, value, len, 32);
	case KSOCK_VALUE_ICMP6_FILTER:
		return fields_filter(&visitor, value, len, 256);
	default:
		return fields_word(&visitor, type, value, len);
	}
}

struct fields_text {
	char *buf;
	size_t size;
	size_t len;
};

__attribute__((format(printf, 2, 3)))
static int fields_print(struct fields_text *text, const char *format, ...)
{
	va_list args;
	int ret;

	va_start(args, format);
	ret = vsnprintf(text->buf + text->len, text->size - text->len, format,
			args);
	va_end(args);
	if (ret < 0)
		return -1;
	if ((size_t)ret >= text->size - text->len) {
		errno = ENOSPC;
		return -1;
	}
	text->len += ret;
	return 0;
}

static int fields_format(void *arg, const struct ksock_field *field)
{
	struct fields_text *text = arg;

	if (field->name && fields_print(text, "%s%s=", text->len ? " " : "",
					field->name))
		return -1;

	switch (field->kind) {
	case KSOCK_FIELD_BOOL:
		return fields_print(text, "%d", field->b);
	case KSOCK_FIELD_INT:
		return fields_print(text, "%" PRId64, field->i);
	case KSOCK_FIELD_UINT:
		return fields_print(text, "%" PRIu64, field->u);
	default:
		return fields_print(text, "%s", field->s);
	}
}

KSOCK_API int ksock_opt_format(const struct ksock_opt *opt, const void *value,
			       socklen_t len, char *buf, size_t size)
{
	struct fields_text text = { .buf = buf, .size = size };

	return ksock_opt_fields(opt, value, len, fields_format, &text);
}
