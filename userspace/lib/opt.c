// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
/*
 * Options: the list of those there are, and getting and setting them.  What
 * their values mean is the business of fields.c and parse.c.
 */
#include "opt.h"

#define OPT_COUNT(_array) (sizeof(_array) / sizeof((_array)[0]))

#define OPT_ROW(_level, _name, _number, _type, _access)			\
	{ #_name, #_level, KSOCK_OPT_##_level, _number,			\
	  KSOCK_VALUE_##_type, KSOCK_OPT_##_access },

static const struct ksock_opt opts[] = {
	KSOCK_OPT_LIST(OPT_ROW)
};

/* Other names of rows of the list; in the first ones libc has a choice. */
static const struct {
	const char *name;
	int level;
	int number;
} opt_aliases[] = {
	{ "SO_RCVTIMEO",      KSOCK_OPT_SOL_SOCKET, SO_RCVTIMEO },
	{ "SO_SNDTIMEO",      KSOCK_OPT_SOL_SOCKET, SO_SNDTIMEO },
	{ "SO_TIMESTAMP",     KSOCK_OPT_SOL_SOCKET, SO_TIMESTAMP },
	{ "SO_TIMESTAMPNS",   KSOCK_OPT_SOL_SOCKET, SO_TIMESTAMPNS },
	{ "SO_TIMESTAMPING",  KSOCK_OPT_SOL_SOCKET, SO_TIMESTAMPING },
	{ "IP_RECVRETOPTS",   KSOCK_OPT_SOL_IP,     7 },
	{ "IPV6_JOIN_GROUP",  KSOCK_OPT_SOL_IPV6,   20 },
	{ "IPV6_LEAVE_GROUP", KSOCK_OPT_SOL_IPV6,   21 },
};

static const char *const opt_types[] = {
	[KSOCK_VALUE_BOOL]         = "bool",
	[KSOCK_VALUE_INT]          = "int",
	[KSOCK_VALUE_UINT]         = "uint",
	[KSOCK_VALUE_U64]          = "u64",
	[KSOCK_VALUE_LINGER]       = "linger",
	[KSOCK_VALUE_TIMEVAL]      = "timeval",
	[KSOCK_VALUE_TIMEVAL64]    = "timeval64",
	[KSOCK_VALUE_STRING]       = "string",
	[KSOCK_VALUE_BYTES]        = "bytes",
	[KSOCK_VALUE_UCRED]        = "ucred",
	[KSOCK_VALUE_MEMINFO]      = "meminfo",
	[KSOCK_VALUE_TXTIME]       = "txtime",
	[KSOCK_VALUE_TIMESTAMPING] = "timestamping",
	[KSOCK_VALUE_IN_ADDR]      = "in_addr",
	[KSOCK_VALUE_IFINDEX]      = "ifindex",
	[KSOCK_VALUE_MREQ]         = "mreq",
	[KSOCK_VALUE_MREQ_SOURCE]  = "mreq_source",
	[KSOCK_VALUE_MREQ6]        = "mreq6",
	[KSOCK_VALUE_GROUP]        = "group",
	[KSOCK_VALUE_GROUP_SOURCE] = "group_source",
	[KSOCK_VALUE_IN6_PKTINFO]  = "in6_pktinfo",
	[KSOCK_VALUE_MTUINFO]      = "mtuinfo",
	[KSOCK_VALUE_PORT_RANGE]   = "port_range",
	[KSOCK_VALUE_TCP_INFO]     = "tcp_info",
	[KSOCK_VALUE_ICMP_FILTER]  = "icmp_filter",
	[KSOCK_VALUE_ICMP6_FILTER] = "icmp6_filter",
};

static const char *opt_alias(const struct ksock_opt *opt, size_t i)
{
	return opt_aliases[i].level == opt->level &&
	       opt_aliases[i].number == opt->number ? opt_aliases[i].name :
						      NULL;
}

static bool opt_is_named(const struct ksock_opt *opt, const char *name)
{
	const char *alias;
	size_t i;

	if (!strcmp(opt->name, name))
		return true;

	for (i = 0; i < OPT_COUNT(opt_aliases); i++) {
		alias = opt_alias(opt, i);
		if (alias && !strcmp(alias, name))
			return true;
	}
	return false;
}

/* Whether the name, which may say the level, is that of the option. */
static bool opt_matches(const struct ksock_opt *opt, const char *name)
{
	size_t len = strlen(opt->level_name);

	if (!strncmp(name, opt->level_name, len) && name[len] == '/')
		name += len + 1;
	return opt_is_named(opt, name);
}

/* Two levels have options of the same name for the sake of their families. */
static bool opt_is_of_family(const struct ksock_opt *opt, int family)
{
	return (family == AF_INET && opt->level == KSOCK_OPT_SOL_IP) ||
	       (family == AF_INET6 && opt->level == KSOCK_OPT_SOL_IPV6);
}

KSOCK_API const struct ksock_opt *ksock_opt_find(const char *name, int family)
{
	const struct ksock_opt *found = NULL, *preferred = NULL;
	unsigned int count = 0;
	size_t i;

	assert(name);

	for (i = 0; i < OPT_COUNT(opts); i++) {
		if (!opt_matches(&opts[i], name))
			continue;
		found = &opts[i];
		count++;
		if (opt_is_of_family(found, family))
			preferred = found;
	}

	if (count > 1)
		found = preferred;
	if (!found)
		errno = count ? ENOTUNIQ : ENOENT;
	return found;
}

KSOCK_API const struct ksock_opt *ksock_opt_next(const struct ksock_opt *opt)
{
	if (!opt)
		return opts;
	return ++opt < opts + OPT_COUNT(opts) ? opt : NULL;
}

KSOCK_API const char *ksock_opt_get_name(const struct ksock_opt *opt)
{
	assert(opt);
	return opt->name;
}

KSOCK_API int ksock_opt_get_number(const struct ksock_opt *opt)
{
	assert(opt);
	return opt->number;
}

KSOCK_API int ksock_opt_get_level(const struct ksock_opt *opt)
{
	assert(opt);
	return opt->level;
}

KSOCK_API const char *ksock_opt_get_level_name(const struct ksock_opt *opt)
{
	assert(opt);
	return opt->level_name;
}

KSOCK_API enum ksock_value_type ksock_opt_get_type(const struct ksock_opt *opt)
{
	assert(opt);
	return opt->type;
}

KSOCK_API const char *ksock_opt_get_type_name(const struct ksock_opt *opt)
{
	assert(opt);
	return opt_types[opt->type];
}

KSOCK_API bool ksock_opt_is_readable(const struct ksock_opt *opt)
{
	assert(opt);
	return opt->access & KSOCK_OPT_GET;
}

KSOCK_API bool ksock_opt_is_writable(const struct ksock_opt *opt)
{
	assert(opt);
	return opt->access & KSOCK_OPT_SET;
}

KSOCK_API int ksock_getsockopt(struct ksock_sock *sock, int level, int name,
			       void *value, socklen_t *len)
{
	struct ksock_opt_args args = {
		.level = level,
		.name = name,
		.value_ptr = (uintptr_t)value,
	};
	int ret;

	assert(sock);
	assert(len);

	args.len = *len;
	ret = ksock_ioctl(sock->fd, KSOCK_IOC_OPT_GET, &args);
	*len = args.len;
	return ret;
}

KSOCK_API int ksock_setsockopt(struct ksock_sock *sock, int level, int name,
			       const void *value, socklen_t len)
{
	struct ksock_opt_args args = {
		.level = level,
		.name = name,
		.len = len,
		.value_ptr = (uintptr_t)value,
	};

	assert(sock);
	return ksock_ioctl(sock->fd, KSOCK_IOC_OPT_SET, &args);
}

KSOCK_API int ksock_opt_get(struct ksock_sock *sock,
			    const struct ksock_opt *opt, void *value,
			    socklen_t *len)
{
	assert(opt);
	return ksock_getsockopt(sock, opt->level, opt->number, value, len);
}

KSOCK_API int ksock_opt_set(struct ksock_sock *sock,
			    const struct ksock_opt *opt, const void *value,
			    socklen_t len)
{
	assert(opt);
	return ksock_setsockopt(sock, opt->level, opt->number, value, len);
}
