// SPDX-License-Identifier: GPL-2.0-only
/*
 * The device: what opening it yields, who may, and the commands of a context.
 *
 * A context is the device's open file.  It pins the network namespace of the
 * opener and remembers, as the file's credentials, who that was; sockets made
 * from it hold the file, so it may be closed before them.
 */
#include <linux/capability.h>
#include <linux/cred.h>
#include <linux/err.h>
#include <linux/in.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/nsproxy.h>
#include <linux/slab.h>
#include <net/net_namespace.h>
#include <ksock/ksock.h>
#include "../core/user.h"
#include "dev.h"

static bool relaxed;
module_param(relaxed, bool, 0444);
MODULE_PARM_DESC(relaxed,
		 "Let whoever can open the device use it with ordinary rights");

static int ctx_open(struct inode *inode, struct file *file)
{
	struct ksock_ctx *ctx;
	int ret;

	ctx = kzalloc(sizeof(*ctx), GFP_KERNEL_ACCOUNT);
	if (!ctx)
		return -ENOMEM;
	ctx->user = ksock_user_hold();
	if (IS_ERR(ctx->user)) {
		ret = PTR_ERR(ctx->user);
		kfree(ctx);
		return ret;
	}
	ctx->file = file;
	ctx->net = get_net(current->nsproxy->net_ns);
	file->private_data = ctx;
	return 0;
}

static int ctx_release(struct inode *inode, struct file *file)
{
	struct ksock_ctx *ctx = file->private_data;

	put_net(ctx->net);
	ksock_user_drop(ctx->user);
	kfree(ctx);
	return 0;
}

/*
 * Both the opener and the caller are asked.  The caller alone would let an
 * unprivileged opener have a privileged program act for it by making the
 * descriptor its standard output; the opener alone would let a confined
 * process that inherited the descriptor escape its confinement.
 */
static bool ctx_capable(const struct ksock_ctx *ctx, int cap)
{
	struct user_namespace *ns = ctx->net->user_ns;

	if (!ns_capable(ns, cap))
		return false;
	/* The same credentials would have the same answer. */
	return ctx->file->f_cred == current_cred() ||
	       file_ns_capable(ctx->file, ns, cap);
}

/**
 * ksock_ctx_permits() - whether gated commands are allowed
 * @ctx: context
 * @kern: whether they are on a socket of the kernel's own, which the stack and
 *	the security modules ask less of than they do of the caller's; so no
 *	parameter of the module opens it to whoever can open the device
 *
 * Context: process context of the caller.
 */
bool ksock_ctx_permits(const struct ksock_ctx *ctx, bool kern)
{
	return (relaxed && !kern) || ctx_capable(ctx, CAP_NET_ADMIN);
}

/**
 * ksock_cmd_device_info() - KSOCK_IOC_DEVICE_INFO
 * @cmd: command
 */
long ksock_cmd_device_info(struct ksock_cmd *cmd)
{
	struct ksock_device_info *info = &cmd->args.device_info;

	if (info->flags || info->__reserved)
		return -EINVAL;
	info->out_abi_revision = KSOCK_ABI_REVISION;
	info->out_features = KSOCK_FEAT_USER | KSOCK_FEAT_MSG |
			     KSOCK_FEAT_TIMEOUT | KSOCK_FEAT_OPT |
			     KSOCK_FEAT_ABORT | KSOCK_FEAT_BATCH |
			     KSOCK_FEAT_KERN;
	info->out_netns = cmd->ctx->net->ns.inum;
	info->out_relaxed = relaxed;
	info->out_max_sockets = ksock_user_limit();
	info->out_sockets = ksock_user_sockets();
	return ksock_cmd_respond(cmd);
}

/*
 * The list is checked before the stack sees the request, because the stack
 * loads modules for what it does not know.  Values out of range have the errors
 * of socket(2).
 *
 * The connections below one of MPTCP are sockets of the kernel's own, and their
 * locks are taken under its.  Where it is one as well, both are of one class, and
 * lockdep takes that for a deadlock and retires.
 */
static int ctx_check_kind(int family, int type, int protocol, bool kern)
{
	if (family != AF_INET && family != AF_INET6)
		return -EAFNOSUPPORT;
	if (type >= SOCK_MAX || protocol < 0 || protocol >= IPPROTO_MAX)
		return -EINVAL;
	switch (type) {
	case SOCK_STREAM:
		if (protocol == IPPROTO_MPTCP)
			return kern ? -EOPNOTSUPP : 0;
		return !protocol || protocol == IPPROTO_TCP ?
		       0 : -EPROTONOSUPPORT;
	case SOCK_DGRAM:
		return !protocol || protocol == IPPROTO_UDP ||
		       protocol == IPPROTO_UDPLITE ||
		       protocol == (family == AF_INET ? IPPROTO_ICMP :
							IPPROTO_ICMPV6) ?
		       0 : -EPROTONOSUPPORT;
	case SOCK_RAW:
		return protocol && protocol <= IPPROTO_RAW ?
		       0 : -EPROTONOSUPPORT;
	default:
		return -ESOCKTNOSUPPORT;
	}
}

/**
 * ksock_cmd_socket() - KSOCK_IOC_SOCKET
 * @cmd: command
 */
long ksock_cmd_socket(struct ksock_cmd *cmd)
{
	const struct ksock_socket_args *args = &cmd->args.socket;
	int flags = args->type & ~SOCK_TYPE_MASK;
	int type = args->type & SOCK_TYPE_MASK;
	bool kern = args->flags & KSOCK_SOCKET_KERN;
	struct ksock_newfd new;
	int ret;

	/* When the module is relaxed, the table has not asked. */
	if (kern && !ksock_ctx_permits(cmd->ctx, kern))
		return -EPERM;
	if ((args->flags & ~KSOCK_SOCKET_KERN) ||
	    (flags & ~(SOCK_CLOEXEC | SOCK_NONBLOCK)))
		return -EINVAL;
	ret = ctx_check_kind(args->family, type, args->protocol, kern);
	if (ret)
		return ret;
	/* The stack asks for it when it makes the caller's. */
	if (kern && type == SOCK_RAW && !ctx_capable(cmd->ctx, CAP_NET_RAW))
		return -EPERM;

	ret = ksock_newfd_prepare(&new, cmd->ctx, flags, kern);
	if (ret)
		return ret;
	ret = ksock_socket(new.kf->ks, cmd->ctx->net, args->family, type,
			   args->protocol, kern);
	if (ret) {
		ksock_newfd_abandon(&new);
		return ret;
	}
	return ksock_newfd_publish(&new);
}

static const struct file_operations ctx_fops = {
	.owner		= THIS_MODULE,
	.open		= ctx_open,
	.release	= ctx_release,
	.unlocked_ioctl	= ksock_ctx_ioctl,
	.compat_ioctl	= compat_ptr_ioctl,
	.llseek		= noop_llseek,
};

static struct miscdevice dev_misc = {
	.minor	= MISC_DYNAMIC_MINOR,
	.name	= "ksock",
	.mode	= 0600,
	.fops	= &ctx_fops,
};

/**
 * ksock_dev_init() - publish /dev/ksock
 *
 * Return: 0 or a negative error of misc_register().
 */
int __init ksock_dev_init(void)
{
	return misc_register(&dev_misc);
}

/**
 * ksock_dev_exit() - withdraw /dev/ksock
 *
 * Every open file holds the module, so none is left.
 */
void ksock_dev_exit(void)
{
	misc_deregister(&dev_misc);
}
