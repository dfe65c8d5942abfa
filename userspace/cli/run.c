// SPDX-License-Identifier: GPL-2.0-only
/*
 * ksock run: another program, with a library preloaded that puts its sockets on
 * ksock.  Whatever would keep that from working is found before the program runs,
 * and told in one line.
 */
#define _GNU_SOURCE

#include "cli.h"
#include "endpoint.h"
#include "output.h"
#include "program.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* What the library reads, and what says where it is. */
#define RUN_TCP_ONLY "KSOCK_RUN_TCP_ONLY"
#define RUN_FALLBACK "KSOCK_RUN_FALLBACK"
#define RUN_LOG "KSOCK_RUN_LOG"
#define RUN_LIBRARY "KSOCK_PRELOAD"

/* Whether sockets can be made now, as the caller is. */
static int run_check_device(void)
{
	struct ksock_sock *sock;
	struct ksock_ctx *ctx;
	int err;

	ctx = endpoint_open();
	if (!ctx)
		return EXIT_USAGE;
	sock = ksock_socket(ctx, AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	err = errno;
	ksock_close(ctx);
	if (!sock) {
		endpoint_report(endpoint_device, err);
		return EXIT_USAGE;
	}
	ksock_sock_close(sock);
	return 0;
}

/* The loader looks for it from wherever programs are started later. */
static int run_find_library(char library[PATH_MAX])
{
	const char *name = getenv(RUN_LIBRARY);

	if (!name || !*name)
		name = RUN_PRELOAD;
	if (!realpath(name, library)) {
		output_error(name, strerror(errno),
			     "the library that is preloaded");
		return EXIT_USAGE;
	}
	return program_check_library(library);
}

/* Before those that are preloaded already, so that it hears of calls first. */
static int run_set_preload(const char *library)
{
	const char *others = getenv("LD_PRELOAD");
	char *all;
	int ret;

	if (!others || !*others)
		return setenv("LD_PRELOAD", library, 1);
	if (asprintf(&all, "%s:%s", library, others) < 0)
		return -1;
	ret = setenv("LD_PRELOAD", all, 1);
	free(all);
	return ret;
}

static int run_set_flag(const char *name, bool on)
{
	return on ? setenv(name, "1", 1) : unsetenv(name);
}

/* Whoever writes a line may be in another directory by then. */
static int run_set_log(const char *file)
{
	char dir[PATH_MAX], *path;
	int fd, ret;

	if (!file)
		return unsetenv(RUN_LOG);
	if (!*file)
		return setenv(RUN_LOG, "", 1);
	fd = open(file, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOCTTY,
		  0666);
	if (fd < 0)
		return -1;
	close(fd);
	if (*file == '/')
		return setenv(RUN_LOG, file, 1);
	if (!getcwd(dir, sizeof(dir)) ||
	    asprintf(&path, "%s/%s", dir, file) < 0)
		return -1;
	ret = setenv(RUN_LOG, path, 1);
	free(path);
	return ret;
}

static int run_set_environment(const struct config *config, const char *library)
{
	if (run_set_log(config->log)) {
		output_error(*config->log ? config->log : RUN_LOG,
			     strerror(errno), NULL);
		return EXIT_USAGE;
	}
	if (run_set_preload(library) ||
	    run_set_flag(RUN_TCP_ONLY, config->tcp_only) ||
	    run_set_flag(RUN_FALLBACK, config->fallback)) {
		output_error("environment", strerror(errno), NULL);
		return EXIT_USAGE;
	}
	return 0;
}

int run_program(const struct config *config)
{
	char library[PATH_MAX], path[PATH_MAX];
	int ret;

	ret = run_find_library(library);
	if (!ret && !config->fallback)
		ret = run_check_device();
	if (!ret)
		ret = program_find(config->target, path);
	if (!ret)
		ret = program_check(path, library);
	if (!ret)
		ret = run_set_environment(config, library);
	if (ret)
		return ret;

	restore_sigpipe();
	execv(path, config->operands);
	output_error(config->target, strerror(errno), NULL);
	return EXIT_CANNOT_EXECUTE;
}
