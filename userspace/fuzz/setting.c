// SPDX-License-Identifier: GPL-2.0-only
/*
 * Settings that the tool is given, NAME=VALUE: each is refused, or has a value
 * that its option takes.
 */
#include "tool.h"

static void setting_read(char *text, int family)
{
	struct settings settings = { 0 };
	char *texts[] = { text, text, NULL };
	const struct ksock_opt *opt;
	int status;

	status = settings_parse(&settings, texts, family);
	if (status) {
		REQUIRE(status == EXIT_FAILURE || status == EXIT_USAGE);
	} else {
		REQUIRE(settings.count == 2);
		opt = setting_find_opt(settings.items[0].name, family);
		REQUIRE(opt && ksock_opt_is_writable(opt));
		REQUIRE(settings.items[0].len == settings.items[1].len);
		REQUIRE(!memcmp(settings.items[0].value,
				settings.items[1].value,
				settings.items[0].len));
	}
	settings_free(&settings);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = fuzz_text(data, size);

	setting_read(text, AF_UNSPEC);
	setting_read(text, AF_INET6);
	free(text);
	return 0;
}
