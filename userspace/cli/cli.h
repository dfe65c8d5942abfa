/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the files of the tool share: the parsed command line, the commands,
 * and the two ways to end early.
 */
#ifndef CLI_H
#define CLI_H

#include <stdbool.h>
#include <stdlib.h>

#define EXIT_USAGE 2

struct settings;

/**
 * struct config - one parsed command line
 * @target: the address, or whatever else a command works on; NULL for nothing
 * @operands: it and what follows it, ended by NULL
 * @family: AF_INET, AF_INET6 or AF_UNSPEC
 * @type: name of a type of socket, or NULL
 * @settings: options of sockets to be set
 * @timeout_ms: patience in milliseconds, -1 without end
 * @connect_ms: patience with an attempt to connect, the same
 * @keep: go on with other peers after the first
 * @kern: make sockets of the kernel's own
 * @verbose: tell what happens
 * @json: tell it in JSON
 * @tcp_only: take over no other sockets of a program than those of TCP
 * @fallback: leave it an ordinary socket when a ksock cannot be made
 * @log: file to log its sockets to, "" for standard error; NULL not to
 */
struct config {
	const char *target;
	char **operands;
	int family;
	const char *type;
	const struct settings *settings;
	int timeout_ms;
	int connect_ms;
	bool keep;
	bool kern;
	bool verbose;
	bool json;
	bool tcp_only;
	bool fallback;
	const char *log;
};

/* Each returns the exit status and has then reported what went wrong. */
int tcp_listen(const struct config *config);
int tcp_connect(const struct config *config);
int udp_bind(const struct config *config);
int udp_send(const struct config *config);
int echo_serve(const struct config *config);
int opt_list(const struct config *config);
int opt_get(const struct config *config);
int opt_set(const struct config *config);
int run_program(const struct config *config);
int info_show(const struct config *config);

/** restore_sigpipe() - do with SIGPIPE what the caller of the tool wants */
void restore_sigpipe(void);

/**
 * usage_error() - complain about the command line and say where to get help
 * @subject: the argument at fault, or NULL
 * @reason: what is wrong with it
 *
 * Return: EXIT_USAGE.
 */
int usage_error(const char *subject, const char *reason);

/**
 * usage_report() - complain about the command line in one line
 * @subject: the argument at fault, or NULL
 * @reason: what is wrong with it, and where to read more
 *
 * Return: EXIT_USAGE.
 */
int usage_report(const char *subject, const char *reason);

#endif /* CLI_H */
