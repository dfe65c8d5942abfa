// SPDX-License-Identifier: GPL-2.0-only
/*
 * The commands of options: the list of those that may be touched at all.
 *
 * The list is a switch made from the table in the header, so a row that is
 * there twice does not compile.
 */
#include <linux/ksock_opt.h>
#include <linux/uaccess.h>
#include <ksock/ksock.h>
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
	/*
	 * The stack reads the room and writes the length in the caller's own
	 * structure, as it does for getsockopt(2), and checks what it reads.
	 */
	return ksock_getsockopt(cmd->kf->ks, args->level, args->name,
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
	return ksock_setsockopt(cmd->kf->ks, args->level, args->name,
				u64_to_user_ptr(args->value_ptr), args->len);
}
