/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The n-th of what can fail in a call fails: see "fail-nth" in the kernel's
 * Documentation/fault-injection.
 */
#ifndef KSOCK_SELFTESTS_FAULT_H
#define KSOCK_SELFTESTS_FAULT_H

#include "common.h"

#define FAULT_ATTRS	"/sys/kernel/debug/"

/* More points than any call has. */
#define FAULT_MAX	1000

static int fault_fd = -1;

/* Returns 0, or -errno where the kernel does not have it. */
static inline int fault_knob(const char *knob, const char *value)
{
	char path[128];
	int fd, ret;

	snprintf(path, sizeof(path), FAULT_ATTRS "%s", knob);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	ret = write(fd, value, strlen(value)) < 0 ? -errno : 0;
	close(fd);
	return ret;
}

/*
 * Every allocation, of whatever kind, and every copy from and to the process, and
 * none of it tells in the log.  The memory of the process is there beforehand, as
 * a page that cannot be had would kill it.
 */
static inline int fault_setup(void)
{
	static const struct {
		const char *knob;
		const char *value;
	} knobs[] = {
		{ "failslab/ignore-gfp-wait", "N" },
		{ "failslab/verbose", "0" },
		{ "fail_page_alloc/ignore-gfp-wait", "N" },
		{ "fail_page_alloc/ignore-gfp-highmem", "N" },
		{ "fail_page_alloc/min-order", "0" },
		{ "fail_page_alloc/verbose", "0" },
		{ "fail_usercopy/verbose", "0" },
	};
	size_t i;
	int ret;

	for (i = 0; i < ARRAY_SIZE(knobs); i++) {
		ret = fault_knob(knobs[i].knob, knobs[i].value);
		if (ret)
			return ret;
	}
	fault_fd = open("/proc/thread-self/fail-nth", O_RDWR | O_CLOEXEC);
	if (fault_fd < 0)
		return -errno;
	return ret_errno(mlockall(MCL_CURRENT | MCL_FUTURE));
}

/* From here on the n-th fails. */
static inline bool fault_begin(unsigned int nth)
{
	char text[16];
	int len = snprintf(text, sizeof(text), "%u", nth);

	return pwrite(fault_fd, text, len, 0) == len;
}

/* Returns whether it came to that. */
static inline bool fault_end(void)
{
	char text[16] = "";
	/* Reading it may be what fails, as is writing it then. */
	ssize_t len = pread(fault_fd, text, sizeof(text) - 1, 0);

	if (pwrite(fault_fd, "0", 1, 0) != 1)
		pwrite(fault_fd, "0", 1, 0);
	return len > 0 && text[0] == '0';
}

#endif /* KSOCK_SELFTESTS_FAULT_H */
