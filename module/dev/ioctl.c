// SPDX-License-Identifier: GPL-2.0-only
/*
 * Commands: the tables, the size rules, copying in and out.
 *
 * Knows no sockets.  A command is looked up by number, its structure copied
 * once, and the handler sees the copy; what a handler answers goes back
 * through ksock_cmd_respond().  The order of the checks is the order in which
 * the header documents their errors.
 */
#include <linux/ioctl.h>
#include <linux/net.h>
#include <linux/nospec.h>
#include <linux/sockios.h>
#include <linux/uaccess.h>
#include <asm/ioctls.h>
#include <ksock/ksock.h>
#include "../core/user.h"
#include "dev.h"

/**
 * struct ksock_cmd_desc - a row of a command table
 * @number: the command with the size of its structure in this module.
 * @min_size: size of the structure's first version.
 * @out: offset of the first field the kernel writes, 0 when there is none.
 * @type: type of socket the command is for, 0 for any.
 * @gated: whether the context has to permit it.
 * @handler: runs with the copy of the structure.
 */
struct ksock_cmd_desc {
	unsigned int number;
	size_t min_size;
	size_t out;
	int type;
	bool gated;
	long (*handler)(struct ksock_cmd *cmd);
};

#define CMD(_name, _struct, _last, ...)					\
	[_IOC_NR(KSOCK_IOC_##_name)] = {				\
		.number = KSOCK_IOC_##_name,				\
		.min_size = offsetofend(struct _struct, _last),		\
		__VA_ARGS__						\
	}

static const struct ksock_cmd_desc ioctl_ctx_cmds[] = {
	CMD(DEVICE_INFO, ksock_device_info, __reserved,
	    .out = offsetof(struct ksock_device_info, out_abi_revision),
	    .handler = ksock_cmd_device_info),
	CMD(SOCKET, ksock_socket_args, protocol,
	    .gated = true, .handler = ksock_cmd_socket),
	CMD(BATCH, ksock_batch_args, __reserved,
	    .handler = ksock_cmd_batch),
};

static const struct ksock_cmd_desc ioctl_file_cmds[] = {
	CMD(BIND, ksock_bind_args, addr,
	    .gated = true, .handler = ksock_cmd_bind),
	CMD(LISTEN, ksock_listen_args, backlog,
	    .gated = true, .type = SOCK_STREAM, .handler = ksock_cmd_listen),
	CMD(ACCEPT, ksock_accept_args, out_addr,
	    .out = offsetof(struct ksock_accept_args, out_addr),
	    .type = SOCK_STREAM, .handler = ksock_cmd_accept),
	CMD(CONNECT, ksock_connect_args, addr,
	    .gated = true, .handler = ksock_cmd_connect),
	CMD(SHUTDOWN, ksock_shutdown_args, how,
	    .handler = ksock_cmd_shutdown),
	CMD(NAME, ksock_name_args, out_addr,
	    .out = offsetof(struct ksock_name_args, out_addr),
	    .handler = ksock_cmd_name),
	CMD(SOCKET_INFO, ksock_socket_info, out_received_bytes,
	    .out = offsetof(struct ksock_socket_info, out_mode),
	    .handler = ksock_cmd_socket_info),
	CMD(ABORT, ksock_abort_args, __reserved,
	    .type = SOCK_STREAM, .handler = ksock_cmd_abort),
	CMD(SEND, ksock_send_args, addr_ptr,
	    .handler = ksock_cmd_send),
	CMD(RECV, ksock_recv_args, out_addr_len,
	    .out = offsetof(struct ksock_recv_args, out_flags),
	    .handler = ksock_cmd_recv),
	CMD(SENDMSG, ksock_sendmsg_args, timeout_ns,
	    .handler = ksock_cmd_sendmsg),
	CMD(RECVMSG, ksock_recvmsg_args, __reserved,
	    .out = offsetof(struct ksock_recvmsg_args, out_flags),
	    .handler = ksock_cmd_recvmsg),
	CMD(OPT_GET, ksock_opt_args, value_ptr,
	    .gated = true, .handler = ksock_cmd_opt_get),
	CMD(OPT_SET, ksock_opt_args, value_ptr,
	    .gated = true, .handler = ksock_cmd_opt_set),
};

static const struct ksock_cmd_desc ioctl_batch_cmds[] = {
	CMD(BATCH_SLOT, ksock_batch_slot_args, __reserved,
	    .handler = ksock_cmd_batch_slot),
	CMD(BATCH_RUN, ksock_batch_run_args, timeout_ns,
	    .handler = ksock_cmd_batch_run),
};

static const struct ksock_cmd_desc *
ioctl_find(const struct ksock_cmd_desc *table, size_t count,
	   unsigned int number)
{
	const struct ksock_cmd_desc *desc;
	size_t nr = _IOC_NR(number);

	if (_IOC_TYPE(number) != KSOCK_IOC_MAGIC || nr >= count)
		return NULL;
	desc = &table[array_index_nospec(nr, count)];
	if (!desc->handler || _IOC_DIR(number) != _IOC_DIR(desc->number))
		return NULL;
	return desc;
}

static long ioctl_run(struct ksock_cmd *cmd)
{
	const struct ksock_cmd_desc *desc = cmd->desc;
	int ret;

	if (cmd->usize < desc->min_size)
		return -EINVAL;
	if (cmd->usize > PAGE_SIZE)
		return -E2BIG;
	ret = copy_struct_from_user(&cmd->args, _IOC_SIZE(desc->number),
				    cmd->uargs, cmd->usize);
	if (ret)
		return ret;
	if (desc->type && desc->type != ksock_type(cmd->kf->ks))
		return -EOPNOTSUPP;
	if (desc->gated &&
	    !ksock_ctx_permits(cmd->ctx, cmd->kf && cmd->kf->kern))
		return -EPERM;
	return desc->handler(cmd);
}

static long ioctl_start(struct file *file, const struct ksock_cmd_desc *desc,
			unsigned int number, unsigned long arg,
			struct ksock_ctx *ctx, struct ksock_file *kf)
{
	struct ksock_cmd cmd;

	cmd.desc = desc;
	cmd.ctx = ctx;
	cmd.file = file;
	cmd.kf = kf;
	cmd.uargs = (void __user *)arg;
	cmd.usize = _IOC_SIZE(number);
	return ioctl_run(&cmd);
}

/**
 * ksock_ctx_ioctl() - run a command on a context
 * @file: the device's file
 * @cmd: command
 * @arg: the caller's structure
 */
long ksock_ctx_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	const struct ksock_cmd_desc *desc;

	desc = ioctl_find(ioctl_ctx_cmds, ARRAY_SIZE(ioctl_ctx_cmds), cmd);
	if (!desc)
		return -ENOTTY;
	return ioctl_start(file, desc, cmd, arg, file->private_data, NULL);
}

/* By number, as the others reach interfaces, routes and more. */
static long ioctl_protocol(struct ksock *ks, unsigned int cmd, unsigned long arg)
{
	switch (cmd) {
	case SIOCINQ:
	case SIOCOUTQ:
	case SIOCOUTQNSD:
	case SIOCATMARK:
		return ksock_ioctl(ks, cmd, arg);
	default:
		return -ENOTTY;
	}
}

/**
 * ksock_file_ioctl() - run a command on a socket, by the table
 * @file: the socket's file
 * @cmd: command
 * @arg: the caller's structure
 */
long ksock_file_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	struct ksock_file *kf = file->private_data;
	const struct ksock_cmd_desc *desc;

	desc = ioctl_find(ioctl_file_cmds, ARRAY_SIZE(ioctl_file_cmds), cmd);
	if (!desc)
		return ioctl_protocol(kf->ks, cmd, arg);
	return ioctl_start(file, desc, cmd, arg, kf->ctx, kf);
}

/**
 * ksock_batch_ioctl() - run a command on a batch
 * @file: the batch's file
 * @cmd: command
 * @arg: the caller's structure
 */
long ksock_batch_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	const struct ksock_cmd_desc *desc;

	desc = ioctl_find(ioctl_batch_cmds, ARRAY_SIZE(ioctl_batch_cmds), cmd);
	if (!desc)
		return -ENOTTY;
	return ioctl_start(file, desc, cmd, arg, NULL, NULL);
}

/**
 * ksock_cmd_respond() - write the out_ fields back
 * @cmd: command
 *
 * Writes no more than the caller's structure holds.  A tail the module does
 * not know was found zero on entry and stays so.
 *
 * Context: may sleep.
 * Return: 0 or -EFAULT.
 */
int ksock_cmd_respond(struct ksock_cmd *cmd)
{
	size_t size = min_t(size_t, cmd->usize, _IOC_SIZE(cmd->desc->number));
	size_t out = cmd->desc->out;

	if (copy_to_user(cmd->uargs + out, (u8 *)&cmd->args + out, size - out))
		return -EFAULT;
	return 0;
}
