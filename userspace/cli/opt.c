// SPDX-License-Identifier: GPL-2.0-only
/*
 * ksock opt: the options of sockets: which there are, what they are on a new
 * socket, and what the kernel makes of a value.
 */
#include "cli.h"
#include "endpoint.h"
#include "output.h"
#include "setting.h"

#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

#ifndef IPPROTO_MPTCP
#define IPPROTO_MPTCP 262
#endif
#ifndef SOL_MPTCP
#define SOL_MPTCP 284
#endif

#define OPT_COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* Longest value there is room for. */
#define OPT_VALUE_MAX 4096

/* What a socket may be; the first is what it is unless something else counts */
static const struct opt_kind {
	const char *name;
	int type;
	int protocol;
	int protocol6;
	int level;
} opt_kinds[] = {
	{ "tcp",     SOCK_STREAM, IPPROTO_TCP,     IPPROTO_TCP,     IPPROTO_TCP },
	{ "udp",     SOCK_DGRAM,  IPPROTO_UDP,     IPPROTO_UDP,     IPPROTO_UDP },
	{ "raw",     SOCK_RAW,    IPPROTO_ICMP,    IPPROTO_ICMPV6,  SOL_RAW },
	{ "icmp",    SOCK_DGRAM,  IPPROTO_ICMP,    IPPROTO_ICMPV6,  -1 },
	{ "mptcp",   SOCK_STREAM, IPPROTO_MPTCP,   IPPROTO_MPTCP,   SOL_MPTCP },
	{ "udplite", SOCK_DGRAM,  IPPROTO_UDPLITE, IPPROTO_UDPLITE,
	  IPPROTO_UDPLITE },
};

/**
 * struct opt_run - getting or setting options
 * @config: command line
 * @ctx: the device
 * @socks: sockets made so far, by what they are; the second of IPv6
 */
struct opt_run {
	const struct config *config;
	struct ksock_ctx *ctx;
	struct ksock_sock *socks[OPT_COUNT(opt_kinds)][2];
};

static int opt_find_kind(const char *name)
{
	size_t i;

	for (i = 0; i < OPT_COUNT(opt_kinds); i++) {
		if (!strcmp(opt_kinds[i].name, name))
			return i;
	}
	return -1;
}

/* The kind of socket to try an option on. */
static size_t opt_kind(const struct config *config, const struct ksock_opt *opt)
{
	int level = ksock_opt_get_level(opt);
	size_t i;

	if (config->type)
		return opt_find_kind(config->type);
	if (level == SOL_ICMPV6)
		level = SOL_RAW;

	for (i = 0; i < OPT_COUNT(opt_kinds); i++) {
		if (opt_kinds[i].level == level)
			return i;
	}
	return 0;
}

static int opt_family(const struct config *config, const struct ksock_opt *opt)
{
	int level = ksock_opt_get_level(opt);

	if (config->family != AF_UNSPEC)
		return config->family;
	return level == SOL_IPV6 || level == SOL_ICMPV6 ? AF_INET6 : AF_INET;
}

/* Returns NULL after reporting what went wrong. */
static struct ksock_sock *opt_sock(struct opt_run *run,
				   const struct ksock_opt *opt)
{
	int family = opt_family(run->config, opt);
	size_t i = opt_kind(run->config, opt);
	const struct opt_kind *kind = &opt_kinds[i];
	struct ksock_sock **sock = &run->socks[i][family == AF_INET6];
	char subject[32];

	if (!*sock)
		*sock = endpoint_make(run->ctx, run->config, family, kind->type,
				      family == AF_INET6 ? kind->protocol6 :
							   kind->protocol);
	if (!*sock) {
		snprintf(subject, sizeof(subject), "socket of type %s",
			 kind->name);
		endpoint_report(subject, errno);
	}
	return *sock;
}

/* Returns the exit status and has then reported what went wrong. */
static int opt_open(struct opt_run *run, const struct config *config)
{
	run->config = config;
	if (config->type && opt_find_kind(config->type) < 0)
		return usage_error(config->type, "not a type of socket");

	run->ctx = endpoint_open();
	return run->ctx ? EXIT_SUCCESS : EXIT_FAILURE;
}

static void opt_close(struct opt_run *run)
{
	size_t i;

	for (i = 0; i < OPT_COUNT(opt_kinds); i++) {
		ksock_sock_close(run->socks[i][0]);
		ksock_sock_close(run->socks[i][1]);
	}
	ksock_close(run->ctx);
}

static int opt_print(struct ksock_sock *sock, const struct ksock_opt *opt,
		     const char *name)
{
	static char value[OPT_VALUE_MAX];
	socklen_t len = sizeof(value);

	memset(value, 0, sizeof(value));
	if (ksock_opt_get(sock, opt, value, &len))
		return endpoint_report_opt(name, errno);
	return output_opt(name, opt, value, len);
}

int opt_list(const struct config *config)
{
	(void)config;

	output_opts();
	return EXIT_SUCCESS;
}

static int opt_get_one(struct opt_run *run, const char *name)
{
	const struct ksock_opt *opt;
	struct ksock_sock *sock;

	opt = setting_find_opt(name, run->config->family);
	if (!ksock_opt_is_readable(opt))
		return output_error(name, "can only be set", NULL);

	sock = opt_sock(run, opt);
	return sock ? opt_print(sock, opt, name) : EXIT_FAILURE;
}

int opt_get(const struct config *config)
{
	struct opt_run run = { 0 };
	char **name;
	int status;

	for (name = config->operands; *name; name++) {
		if (!setting_find_opt(*name, config->family))
			return setting_unknown(*name);
	}

	status = opt_open(&run, config);
	if (status)
		return status;
	for (name = config->operands; *name; name++)
		status |= opt_get_one(&run, *name);
	opt_close(&run);
	return status;
}

static int opt_set_one(struct opt_run *run, const struct setting *setting)
{
	const struct ksock_opt *opt;
	struct ksock_sock *sock;

	opt = setting_find_opt(setting->name, run->config->family);
	sock = opt_sock(run, opt);
	if (!sock)
		return EXIT_FAILURE;

	if (ksock_opt_set(sock, opt, setting->value, setting->len))
		return endpoint_report_opt(setting->text, errno);
	if (!ksock_opt_is_readable(opt))
		return EXIT_SUCCESS;
	return opt_print(sock, opt, setting->name);
}

int opt_set(const struct config *config)
{
	struct settings settings = { 0 };
	struct opt_run run = { 0 };
	int status;
	size_t i;

	status = settings_parse(&settings, config->operands, config->family);
	if (!status)
		status = opt_open(&run, config);
	for (i = 0; !status && i < settings.count; i++)
		status = opt_set_one(&run, &settings.items[i]);

	opt_close(&run);
	settings_free(&settings);
	return status;
}
