// SPDX-License-Identifier: GPL-2.0-only
/*
 * Files that the tool is to run: whatever is in one, it is taken or refused.
 * The bytes are an ELF file, a script, or neither.
 */
#define _GNU_SOURCE
#include "tool.h"

#include "../cli/program.h"

#include <sys/mman.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static int file = -1;
	char path[32];
	int status;

	if (file < 0)
		file = memfd_create("program", 0);
	REQUIRE(file >= 0);
	REQUIRE(!ftruncate(file, 0));
	REQUIRE(pwrite(file, data, size, 0) == (ssize_t)size);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", file);

	status = program_check(path, "/proc/self/exe");
	REQUIRE(!status || status == EXIT_USAGE || status == EXIT_NOT_FOUND ||
		status == EXIT_CANNOT_EXECUTE);
	status = program_check_library(path);
	REQUIRE(!status || status == EXIT_USAGE);
	return 0;
}
