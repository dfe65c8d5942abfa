// SPDX-License-Identifier: GPL-2.0-only
/*
 * For test programs that run under valgrind, which does not know pidfd_open(2),
 * by which the harness waits for a test: it waits here, and gets a descriptor
 * that is ready.  How long that may take is up to who runs the program.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdarg.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

typeof(syscall) __real_syscall, __wrap_syscall;

long __wrap_syscall(long number, ...)
{
	siginfo_t info;
	long arg[6];
	va_list args;
	int i;

	va_start(args, number);
	for (i = 0; i < 6; i++)
		arg[i] = va_arg(args, long);
	va_end(args);

	if (number == SYS_pidfd_open)
		return waitid(P_PID, arg[0], &info, WEXITED | WNOWAIT) ? -1 :
		       open("/dev/null", O_RDONLY | O_CLOEXEC);
	return __real_syscall(number, arg[0], arg[1], arg[2], arg[3], arg[4],
			      arg[5]);
}
