// SPDX-License-Identifier: GPL-2.0-only
/*
 * The log.  A line is made on the stack and written by one call, so those of
 * several processes do not mix, and a signal handler may write one; printf(3)
 * is not used for the same reason.  The file is opened for each line: the process
 * may have closed all it did not open itself.
 */
#define _GNU_SOURCE

#include "log.h"

#include "next.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

/* Bytes of a set of signals, as the kernel has it. */
#define LOG_SIGSET_SIZE 8

struct log_line {
	char text[256];
	size_t len;
};

/* What does not fit is cut; the end of the line always does. */
static void log_text(struct log_line *line, const char *text)
{
	size_t len = strlen(text);
	size_t room = sizeof(line->text) - 1 - line->len;

	if (len > room)
		len = room;
	memcpy(line->text + line->len, text, len);
	line->len += len;
}

static void log_number(struct log_line *line, long number)
{
	unsigned long left = number;
	char digits[24], *at = digits + sizeof(digits) - 1;

	if (number < 0)
		left = -left;
	*at = '\0';
	do {
		*--at = '0' + left % 10;
		left /= 10;
	} while (left);
	if (number < 0)
		*--at = '-';
	log_text(line, at);
}

static void log_begin(struct log_line *line)
{
	line->len = 0;
	log_text(line, "ksock run: ");
	log_text(line, program_invocation_short_name);
	log_text(line, "[");
	log_number(line, getpid());
	log_text(line, "]: ");
}

/* Descriptor 2 may be another file by now, of which nobody expects a log. */
static bool log_has_stderr(const struct next *libc)
{
	struct statx now = { 0 };

	libc->syscall(SYS_statx, STDERR_FILENO, "", AT_EMPTY_PATH, STATX_INO,
		      &now);
	return now.stx_ino == libc->log_stderr.stx_ino &&
	       now.stx_dev_major == libc->log_stderr.stx_dev_major &&
	       now.stx_dev_minor == libc->log_stderr.stx_dev_minor;
}

/*
 * Nobody may be there any more who reads it: the signal that tells is not the
 * program's.  Bare system calls, for socket(2) is no cancellation point.
 */
static void log_write(int fd, const struct log_line *line)
{
	const struct next *libc = next();
	struct timespec now = { 0 };
	sigset_t broken, pending, mask;

	sigemptyset(&broken);
	sigaddset(&broken, SIGPIPE);
	sigpending(&pending);
	pthread_sigmask(SIG_BLOCK, &broken, &mask);
	if (libc->syscall(SYS_write, fd, line->text, line->len) < 0 &&
	    errno == EPIPE && !sigismember(&pending, SIGPIPE))
		libc->syscall(SYS_rt_sigtimedwait, &broken, NULL, &now,
			      LOG_SIGSET_SIZE);
	pthread_sigmask(SIG_SETMASK, &mask, NULL);
}

static void log_end(struct log_line *line)
{
	const struct next *libc = next();
	int fd;

	line->text[line->len++] = '\n';
	if (!libc->log_path[0]) {
		if (log_has_stderr(libc))
			log_write(STDERR_FILENO, line);
		return;
	}
	fd = libc->syscall(SYS_openat, AT_FDCWD, libc->log_path,
			   O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOCTTY,
			   0666);
	if (fd < 0)
		return;
	log_write(fd, line);
	libc->syscall(SYS_close, fd);
}

static void log_family(struct log_line *line, int family)
{
	switch (family) {
	case AF_INET:
		log_text(line, "AF_INET");
		break;
	case AF_INET6:
		log_text(line, "AF_INET6");
		break;
	case AF_UNIX:
		log_text(line, "AF_UNIX");
		break;
	case AF_NETLINK:
		log_text(line, "AF_NETLINK");
		break;
	default:
		log_number(line, family);
	}
}

static void log_type(struct log_line *line, int type)
{
	switch (type & ~(SOCK_CLOEXEC | SOCK_NONBLOCK)) {
	case SOCK_STREAM:
		log_text(line, "SOCK_STREAM");
		break;
	case SOCK_DGRAM:
		log_text(line, "SOCK_DGRAM");
		break;
	case SOCK_RAW:
		log_text(line, "SOCK_RAW");
		break;
	default:
		log_number(line, type);
	}
}

static void log_error(struct log_line *line, int err)
{
	const char *name = strerrorname_np(err);

	log_text(line, ", ");
	if (name)
		log_text(line, name);
	else
		log_number(line, err);
}

void log_socket(int family, int type, int protocol, int fd, const char *what,
		int err)
{
	struct log_line line;
	int saved = errno;

	if (!next()->log)
		return;
	log_begin(&line);
	log_text(&line, "socket(");
	log_family(&line, family);
	log_text(&line, ", ");
	log_type(&line, type);
	log_text(&line, ", ");
	log_number(&line, protocol);
	log_text(&line, ") = ");
	log_number(&line, fd);
	log_text(&line, ": ");
	log_text(&line, what);
	if (err)
		log_error(&line, err);
	log_end(&line);
	errno = saved;
}

void log_accept(int listener, int fd)
{
	struct log_line line;
	int saved = errno;

	if (!next()->log)
		return;
	log_begin(&line);
	log_text(&line, "accept(");
	log_number(&line, listener);
	log_text(&line, ") = ");
	log_number(&line, fd);
	log_text(&line, ": ksock");
	log_end(&line);
	errno = saved;
}
