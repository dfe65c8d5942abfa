// SPDX-License-Identifier: GPL-2.0-only
/*
 * Values of options from text and to text, those of every type: what is read is
 * written in one way and read again as the same.
 */
#include "fuzz.h"

#include <net/if.h>

#define VALUE_TYPES_MAX 64
#define VALUE_LEN_MAX 2048

/* The first option of each type. */
static const struct ksock_opt *value_opts[VALUE_TYPES_MAX];

/* In place of the one that asks the kernel, which takes longer than the rest */
unsigned int if_nametoindex(const char *name)
{
	if (!strcmp(name, "lo"))
		return 1;
	errno = ENODEV;
	return 0;
}

static void value_collect(void)
{
	const struct ksock_opt *opt = NULL;
	enum ksock_value_type type;

	while ((opt = ksock_opt_next(opt))) {
		type = ksock_opt_get_type(opt);
		REQUIRE(type < VALUE_TYPES_MAX);
		if (!value_opts[type])
			value_opts[type] = opt;
	}
}

/* The text of a value, to be freed; NULL when it is too short for its type. */
static char *value_write(const struct ksock_opt *opt, const void *value,
			 socklen_t len)
{
	static char wide[KSOCK_OPT_STRLEN + 2 * VALUE_LEN_MAX];
	char *text;
	size_t size;

	/* An end that was there already proves nothing. */
	memset(wide, 'x', sizeof(wide));
	errno = 0;
	if (ksock_opt_format(opt, value, len, wide, sizeof(wide))) {
		REQUIRE(errno == EINVAL);
		return NULL;
	}
	REQUIRE(!errno);

	size = strnlen(wide, sizeof(wide));
	text = malloc(size ? size : 1);
	REQUIRE(text);
	REQUIRE(ksock_opt_format(opt, value, len, text, size) == -1 &&
		errno == ENOSPC);
	free(text);

	text = malloc(++size);
	REQUIRE(text);
	REQUIRE(!ksock_opt_format(opt, value, len, text, size));
	REQUIRE(!strcmp(text, wide));
	return text;
}

/* The value of a text, to be freed; NULL when the text is none. */
static void *value_read(const struct ksock_opt *opt, const char *text,
			socklen_t *len)
{
	static char wide[VALUE_LEN_MAX];
	socklen_t room;
	void *value;

	*len = sizeof(wide);
	errno = 0;
	if (ksock_opt_parse(opt, text, wide, len)) {
		REQUIRE(errno == EINVAL || errno == ERANGE || errno == ENODEV ||
			errno == EOPNOTSUPP);
		REQUIRE(*len == sizeof(wide));
		return NULL;
	}
	REQUIRE(!errno);
	REQUIRE(*len <= sizeof(wide));

	value = fuzz_copy(wide, *len);
	if (*len) {
		room = *len - 1;
		REQUIRE(ksock_opt_parse(opt, text, value, &room) == -1 &&
			errno == ENOSPC);
		REQUIRE(room == *len - 1);
	}
	/* There may have to be room for more than is filled in the end. */
	room = *len;
	REQUIRE(!ksock_opt_parse(opt, text, value, &room) || errno == ENOSPC);
	REQUIRE(room == *len && !memcmp(value, wide, room));
	return value;
}

static void value_read_and_write(const struct ksock_opt *opt, const char *text)
{
	socklen_t len, again_len;
	void *value, *again;
	char *written;

	value = value_read(opt, text, &len);
	if (!value)
		return;
	written = value_write(opt, value, len);
	REQUIRE(written);
	again = value_read(opt, written, &again_len);
	REQUIRE(again);
	REQUIRE(len == again_len && !memcmp(value, again, len));
	free(again);
	free(written);
	free(value);
}

/*
 * What the kernel gives may be anything, of a type that is not read, or without
 * the last field.
 */
static void value_write_and_read(const struct ksock_opt *opt,
				 const uint8_t *data, size_t size)
{
	char *text, *again;
	void *value;
	socklen_t len;

	text = value_write(opt, data, size);
	if (!text)
		return;
	value = value_read(opt, text, &len);
	if (value) {
		again = value_write(opt, value, len);
		REQUIRE(again && !strncmp(text, again, strlen(text)));
		free(again);
		free(value);
	}
	free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text;
	void *value;
	size_t i;

	if (size >= VALUE_LEN_MAX)
		return -1;
	if (!value_opts[0])
		value_collect();
	text = fuzz_text(data, size);
	value = fuzz_copy(data, size);
	for (i = 0; i < VALUE_TYPES_MAX; i++) {
		if (!value_opts[i])
			continue;
		value_read_and_write(value_opts[i], text);
		value_write_and_read(value_opts[i], value, size);
	}
	free(value);
	free(text);
	return 0;
}
