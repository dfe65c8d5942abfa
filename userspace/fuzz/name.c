// SPDX-License-Identifier: GPL-2.0-only
/*
 * Names of options: an option is found by its name, its level and its name, or
 * another name that it has.
 */
#include "fuzz.h"

static void name_find(const char *name, int family)
{
	const struct ksock_opt *opt;
	char whole[64];

	errno = 0;
	opt = ksock_opt_find(name, family);
	if (!opt) {
		REQUIRE(errno == ENOENT || errno == ENOTUNIQ);
		REQUIRE(errno == ENOENT || family == AF_UNSPEC);
		return;
	}

	REQUIRE(!errno);
	snprintf(whole, sizeof(whole), "%s/%s", ksock_opt_get_level_name(opt),
		 ksock_opt_get_name(opt));
	REQUIRE(ksock_opt_find(whole, AF_UNSPEC) == opt);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *name = fuzz_text(data, size);

	name_find(name, AF_UNSPEC);
	name_find(name, AF_INET);
	name_find(name, AF_INET6);
	free(name);
	return 0;
}
