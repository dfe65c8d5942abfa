// SPDX-License-Identifier: GPL-2.0-only
/*
 * For test programs that are built with AddressSanitizer: it looks for leaks
 * when a program ends by exit(), and each test of the harness ends by _exit().
 */
#include <sanitizer/lsan_interface.h>
#include <unistd.h>

typeof(_exit) __real__exit, __wrap__exit;

void __wrap__exit(int status)
{
	if (!status && __lsan_do_recoverable_leak_check())
		status = 1;
	__real__exit(status);
}
