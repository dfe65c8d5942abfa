/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Processes of other users, with other capabilities, in other user namespaces;
 * what they find out comes back as their exit status or in shared memory.
 */
#ifndef KSOCK_SELFTESTS_PROCESS_H
#define KSOCK_SELFTESTS_PROCESS_H

#include "common.h"

#include <grp.h>
#include <linux/capability.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

/* A user without any rights. */
#define USER		1000

/*
 * The exit status of a child, 128 and the signal that ended it, or -ETIME when
 * it does not end in so many milliseconds, and is killed.
 */
static inline int process_join_within(pid_t pid, int ms)
{
	int status, tries, ret = 0;

	for (tries = 0; tries < ms / 5; tries++) {
		ret = waitpid(pid, &status, WNOHANG);
		if (ret)
			break;
		poll(NULL, 0, 5);
	}
	if (ret < 0)
		return -errno;
	if (!ret) {
		kill(pid, SIGKILL);
		waitpid(pid, &status, 0);
		return -ETIME;
	}
	if (WIFSIGNALED(status))
		return 128 + WTERMSIG(status);
	return WEXITSTATUS(status);
}

static inline int process_join(pid_t pid)
{
	return process_join_within(pid, WAIT_MS);
}

/* Whether a process or thread falls asleep in time. */
static inline bool process_sleeps(pid_t pid)
{
	char path[64], stat[256], *end;
	int fd, tries;
	ssize_t len;

	snprintf(path, sizeof(path), "/proc/%d/stat", pid);
	for (tries = 0; tries < WAIT_MS; tries++) {
		fd = open(path, O_RDONLY | O_CLOEXEC);
		if (fd < 0)
			return false;
		len = read(fd, stat, sizeof(stat) - 1);
		close(fd);
		stat[len < 0 ? 0 : len] = '\0';
		end = strrchr(stat, ')');
		if (end && end[1] && end[2] == 'S')
			return true;
		poll(NULL, 0, 1);
	}
	return false;
}

/* Memory that the children of the process share with it, or NULL. */
static inline void *process_shared(size_t size)
{
	void *memory = mmap(NULL, size, PROT_READ | PROT_WRITE,
			    MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	return memory == MAP_FAILED ? NULL : memory;
}

/* Sets or clears a capability in the effective, and the permitted, set. */
static inline int capability_set(unsigned int cap, bool effective,
				 bool permitted)
{
	struct __user_cap_header_struct header = {
		.version = _LINUX_CAPABILITY_VERSION_3,
	};
	struct __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3];
	struct __user_cap_data_struct *word = &data[CAP_TO_INDEX(cap)];

	if (syscall(SYS_capget, &header, data))
		return -errno;
	word->effective &= ~CAP_TO_MASK(cap);
	word->permitted &= ~CAP_TO_MASK(cap);
	word->inheritable &= ~CAP_TO_MASK(cap);
	if (effective)
		word->effective |= CAP_TO_MASK(cap);
	if (permitted)
		word->permitted |= CAP_TO_MASK(cap);
	return ret_errno(syscall(SYS_capset, &header, data));
}

static inline int capability_drop(unsigned int cap)
{
	return capability_set(cap, false, false);
}

/* Becomes another user, without any capability. */
static inline int user_become(uid_t uid)
{
	if (setgroups(0, NULL) || setresgid(uid, uid, uid) ||
	    setresuid(uid, uid, uid))
		return -errno;
	return 0;
}

/* Becomes another user, with the one capability. */
static inline int user_become_with(uid_t uid, unsigned int cap)
{
	int ret;

	if (prctl(PR_SET_KEEPCAPS, 1))
		return -errno;
	ret = user_become(uid);
	return ret ? ret : capability_set(cap, true, true);
}

static inline int userns_map(pid_t pid, const char *file)
{
	const char all[] = "0 0 65536";
	char path[64];
	int fd, ret;

	snprintf(path, sizeof(path), "/proc/%d/%s", pid, file);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	ret = write(fd, all, strlen(all)) == strlen(all) ? 0 : -errno;
	close(fd);
	return ret;
}

/*
 * Enters a new user namespace, and the other new ones of @flags, in which all
 * users are who they are outside.  A child that stays behind has the right to
 * say so.
 */
static inline int userns_enter(int flags)
{
	pid_t parent = getpid(), child;
	int go[2], ret;
	char byte;

	if (pipe2(go, O_CLOEXEC))
		return -errno;
	child = fork();
	if (child < 0)
		return -errno;
	if (!child) {
		close(go[1]);
		if (read(go[0], &byte, 1) != 1)
			_exit(1);
		_exit(userns_map(parent, "uid_map") ||
		      userns_map(parent, "gid_map"));
	}
	ret = unshare(CLONE_NEWUSER | flags) ? -errno : 0;
	if (!ret && write(go[1], "", 1) != 1)
		ret = -errno;
	close(go[0]);
	close(go[1]);
	if (process_join(child) && !ret)
		ret = -EPERM;
	return ret;
}

#endif /* KSOCK_SELFTESTS_PROCESS_H */
