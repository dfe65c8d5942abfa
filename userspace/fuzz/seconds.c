// SPDX-License-Identifier: GPL-2.0-only
/*
 * The times that the tool is given: each is one that it can wait, or refused.
 */
#include "tool.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = fuzz_text(data, size);
	int ms = -7, status;

	status = main_seconds(text, &ms);
	if (status == -1)
		REQUIRE(ms > 0 && ms <= MAIN_SECONDS_MAX * 1000);
	else
		REQUIRE(status == EXIT_USAGE && ms == -7);
	free(text);
	return 0;
}
