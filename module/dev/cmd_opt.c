// SPDX-License-Identifier: GPL-2.0-only
/*
 * The commands of options: the list of those that may be touched at all.
 *
 * The list is a switch made from the table in the header, so a row that is
 * there twice does not compile.
 */
#include <linux/in6.h>
#include <linux/ksock_opt.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/socket.h>
#include <linux/uaccess.h>
#include <ksock/ksock.h>
#include "../core/opt.h"
#include "dev.h"
#include "io.h"

#define OPT_KEY(_level, _number)	((u64)(_level) << 32 | (_number))
#define OPT_CASE(_level, _name, _number, _type, _access)		\
	case OPT_KEY(KSOCK_OPT_##_level, _number):			\
		return KSOCK_OPT_##_access;

static unsigned int opt_access(int level, int number)
{
	switch (OPT_KEY((u32)level, (u32)number)) {
	KSOCK_OPT_LIST(OPT_CASE)
	default:
		return 0;
	}
}

#define OPT_CASE_TYPE(_level, _name, _number, _type, _access)		\
	case OPT_KEY(KSOCK_OPT_##_level, _number):			\
		return KSOCK_OPT_##_type;

/* Of an option that is on the list. */
static enum ksock_opt_type opt_type(int level, int number)
{
	switch (OPT_KEY((u32)level, (u32)number)) {
	KSOCK_OPT_LIST(OPT_CASE_TYPE)
	default:
		return KSOCK_OPT_BYTES;
	}
}

static int opt_check(const struct ksock_opt_args *args,
		     enum ksock_opt_access access)
{
	if (args->flags)
		return -EINVAL;
	if (!(opt_access(args->level, args->name) & access))
		return -ENOPROTOOPT;
	if (args->len < 0)
		return -EINVAL;
	if (!ksock_io_pointer_fits(args->value_ptr))
		return -EFAULT;
	return 0;
}

/*
 * Whether the stack writes a value of another level than SOL_SOCKET after it has
 * let go of the socket lock: all are copied by the protocol, and those that are
 * long are, some of them, copied under it.
 */
static bool opt_get_is_lockless(int level, int name)
{
	switch (opt_type(level, name)) {
	case KSOCK_OPT_BOOL:
	case KSOCK_OPT_INT:
	case KSOCK_OPT_UINT:
	case KSOCK_OPT_IFINDEX:
	case KSOCK_OPT_PORT_RANGE:
	case KSOCK_OPT_STRING:
	case KSOCK_OPT_TCP_INFO:
		return true;
	default:
		return false;
	}
}

/* Any value of SOL_SOCKET is shorter. */
#define OPT_KERN_ROOM	256

static long opt_get_by_kernel(struct ksock_cmd *cmd)
{
	const struct ksock_opt_args *args = &cmd->args.opt;
	struct ksock_opt_args __user *uargs = cmd->uargs;
	int len = min_t(int, args->len, OPT_KERN_ROOM);
	u8 value[OPT_KERN_ROOM] = {};
	int ret;

	ret = ksock_getsockopt(cmd->kf->ks, args->level, args->name, value,
			       &len);
	if (ret)
		return ret;
	if (copy_to_user(u64_to_user_ptr(args->value_ptr), value, len) ||
	    put_user(len, &uargs->len))
		return -EFAULT;
	return 0;
}

static long opt_set_by_kernel(struct ksock_cmd *cmd)
{
	const struct ksock_opt_args *args = &cmd->args.opt;
	void *value;
	int ret;

	/* It answers in what it is given. */
	if (args->level == SOL_IPV6 && args->name == IPV6_FLOWLABEL_MGR)
		return -EOPNOTSUPP;
	if (args->len > KSOCK_KERN_MAX_DATA)
		return -EINVAL;
	value = kvzalloc(args->len + 1, GFP_KERNEL_ACCOUNT | __GFP_NOWARN);
	if (!value)
		return -ENOMEM;
	ret = -EFAULT;
	if (!copy_from_user(value, u64_to_user_ptr(args->value_ptr), args->len))
		ret = ksock_setsockopt(cmd->kf->ks, args->level, args->name,
				       value, args->len);
	kvfree(value);
	return ret;
}

/**
 * ksock_cmd_opt_get() - KSOCK_IOC_OPT_GET
 * @cmd: command
 */
long ksock_cmd_opt_get(struct ksock_cmd *cmd)
{
	const struct ksock_opt_args *args = &cmd->args.opt;
	struct ksock_opt_args __user *uargs = cmd->uargs;
	int ret;

	ret = opt_check(args, KSOCK_OPT_GET);
	if (ret)
		return ret;
	if (cmd->kf->kern && args->level == SOL_SOCKET)
		return opt_get_by_kernel(cmd);
	if (cmd->kf->kern &&
	    !opt_get_is_lockless(args->level, args->name))
		return -EOPNOTSUPP;
	/*
	 * The stack reads the room and writes the length in the caller's own
	 * structure, as it does for getsockopt(2), and checks what it reads.
	 */
	return ksock_getsockopt_user(cmd->kf->ks, args->level, args->name,
				u64_to_user_ptr(args->value_ptr), &uargs->len);
}

/**
 * ksock_cmd_opt_set() - KSOCK_IOC_OPT_SET
 * @cmd: command
 */
long ksock_cmd_opt_set(struct ksock_cmd *cmd)
{
	const struct ksock_opt_args *args = &cmd->args.opt;
	int ret;

	ret = opt_check(args, KSOCK_OPT_SET);
	if (ret)
		return ret;
	if (cmd->kf->kern)
		return opt_set_by_kernel(cmd);
	return ksock_setsockopt_user(cmd->kf->ks, args->level, args->name,
				u64_to_user_ptr(args->value_ptr), args->len);
}
