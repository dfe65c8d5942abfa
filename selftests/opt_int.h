/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Options whose value is an int, as one call each.
 */
#ifndef KSOCK_SELFTESTS_OPT_INT_H
#define KSOCK_SELFTESTS_OPT_INT_H

#include "common.h"
#include "opt_name.h"

static inline int opt_int_set(const struct face *face, int fd, int level,
			      int name, int value)
{
	return face->setsockopt(fd, level, name, &value, sizeof(value));
}

/* Returns the value, of an option that is never negative, or -errno. */
static inline int opt_int_get(const struct face *face, int fd, int level,
			      int name)
{
	int value = -EIO, ret;
	socklen_t len = sizeof(value);

	ret = face->getsockopt(fd, level, name, &value, &len);
	return ret ? ret : value;
}

#endif /* KSOCK_SELFTESTS_OPT_INT_H */
