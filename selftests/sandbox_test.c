// SPDX-License-Identifier: GPL-2.0-only
/*
 * What ksock(7) says of sandboxes: rules about socket calls do not see what a
 * ksock does, and those about ioctl(2) do.
 */
#include "fixture.h"

#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>

/* From Linux 6.7 on, of which not every machine has the headers. */
#define LANDLOCK_NET_ABI	4
#define LANDLOCK_VERSION	1
#define LANDLOCK_CONNECT_TCP	2ULL

struct landlock_rules {
	uint64_t handled_access_fs;
	uint64_t handled_access_net;
};

FIXTURE(sandbox) {
	struct addr addr;
	int plain;
	int ksock;
};

/* Somebody listens, and one of either kind is about to connect. */
FIXTURE_SETUP(sandbox)
{
	SETUP_KSOCK();
	self->addr = addr_loopback(AF_INET, PORT);
	ASSERT_LE(0, listener_at(&plain_face, &self->addr, 4));
	self->plain = plain_socket(AF_INET, SOCK_STREAM, 0);
	ASSERT_LE(0, self->plain);
	self->ksock = ksock_socket(AF_INET, SOCK_STREAM, 0);
	ASSERT_LE(0, self->ksock);
	ASSERT_EQ(0, prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0));
}

FIXTURE_TEARDOWN(sandbox)
{
}

static int sandbox_filter(struct sock_filter *filter, size_t count)
{
	struct sock_fprog program = { .len = count, .filter = filter };

	return ret_errno(prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program));
}

#define LOAD(_field)							\
	BPF_STMT(BPF_LD | BPF_W | BPF_ABS,				\
		 offsetof(struct seccomp_data, _field))
/* Skips so many instructions when it is something else. */
#define UNLESS(_value, _skip)						\
	BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, _value, 0, _skip)
#define RETURN(_what)	BPF_STMT(BPF_RET | BPF_K, _what)
#define REFUSE		RETURN(SECCOMP_RET_ERRNO | EACCES)
#define ALLOW		RETURN(SECCOMP_RET_ALLOW)

TEST_F(sandbox, seccomp_of_socket_calls_does_not_see_it)
{
	struct sock_filter filter[] = {
		LOAD(nr), UNLESS(SYS_connect, 1), REFUSE, ALLOW,
	};

	ASSERT_EQ(0, sandbox_filter(filter, ARRAY_SIZE(filter)));
	EXPECT_EQ(-EACCES, plain_connect(self->plain, &self->addr.sa,
					 self->addr.len));
	EXPECT_EQ(0, ksock_connect(self->ksock, &self->addr.sa,
				   self->addr.len));
}

/* By the type of their numbers, which is the low half of the argument. */
TEST_F(sandbox, seccomp_of_ioctl_sees_it)
{
	struct sock_filter filter[] = {
		LOAD(nr), UNLESS(SYS_ioctl, 4), LOAD(args[1]),
		BPF_STMT(BPF_ALU | BPF_AND | BPF_K,
			 _IOC_TYPEMASK << _IOC_TYPESHIFT),
		UNLESS(KSOCK_IOC_MAGIC << _IOC_TYPESHIFT, 1), REFUSE, ALLOW,
	};

	ASSERT_EQ(0, sandbox_filter(filter, ARRAY_SIZE(filter)));
	EXPECT_EQ(0, plain_connect(self->plain, &self->addr.sa,
				   self->addr.len));
	EXPECT_EQ(-EACCES, ksock_connect(self->ksock, &self->addr.sa,
					 self->addr.len));
	EXPECT_EQ(-EACCES, ksock_socket(AF_INET, SOCK_STREAM, 0));
}

TEST_F(sandbox, landlock_does_not_see_it)
{
	struct landlock_rules rules = {
		.handled_access_net = LANDLOCK_CONNECT_TCP,
	};
	int ret;

	ret = ret_errno(syscall(SYS_landlock_create_ruleset, NULL, 0,
				LANDLOCK_VERSION));
	if (ret < LANDLOCK_NET_ABI)
		SKIP(return, "this kernel has no rules for TCP ports");
	ret = ret_errno(syscall(SYS_landlock_create_ruleset, &rules,
				sizeof(rules), 0));
	ASSERT_LE(0, ret);
	ASSERT_EQ(0, ret_errno(syscall(SYS_landlock_restrict_self, ret, 0)));
	EXPECT_EQ(-EACCES, plain_connect(self->plain, &self->addr.sa,
					 self->addr.len));
	EXPECT_EQ(0, ksock_connect(self->ksock, &self->addr.sa,
				   self->addr.len));
}

TEST_HARNESS_MAIN
