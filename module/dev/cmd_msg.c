// SPDX-License-Identifier: GPL-2.0-only
/*
 * The commands that move messages of several parts, with control data.
 *
 * What SEND and RECV do with one buffer; see cmd_io.c for flags and addresses.
 */
#include <linux/kernel.h>
#include <linux/socket.h>
#include <linux/uaccess.h>
#include <ksock/ksock.h>
#include "../core/msg.h"
#include "../core/user.h"
#include "dev.h"
#include "io.h"

/**
 * ksock_cmd_sendmsg() - KSOCK_IOC_SENDMSG
 * @cmd: command
 */
long ksock_cmd_sendmsg(struct ksock_cmd *cmd)
{
	const struct ksock_sendmsg_args *args = &cmd->args.sendmsg;
	struct ksock_control control __ksock_uninitialized;
	struct ksock_msg_iov msg = {};
	struct ksock_addr to __ksock_uninitialized;
	long ret;

	ret = ksock_io_check_send(cmd->kf, args->flags, args->timeout_ns);
	if (ret)
		return ret;
	if ((!args->addr_ptr && args->addr_len) ||
	    (!args->control_ptr && args->control_len))
		return -EINVAL;
	if (!ksock_io_pointer_fits(args->addr_ptr) ||
	    !ksock_io_pointer_fits(args->iov_ptr) ||
	    !ksock_io_pointer_fits(args->control_ptr))
		return -EFAULT;
	if (args->addr_ptr) {
		ret = ksock_io_addr_from_user(&to, args->addr_ptr,
					      args->addr_len);
		if (ret)
			return ret;
	}
	control.len = 0;
	if (args->control_len) {
		ret = ksock_control_from_user(&control,
					      u64_to_user_ptr(args->control_ptr),
					      args->control_len);
		if (ret)
			return ret;
	}

	ret = ksock_msg_set_iov(&msg, ITER_SOURCE,
				u64_to_user_ptr(args->iov_ptr),
				args->iov_count);
	if (ret)
		return ret;
	if (args->addr_ptr)
		ksock_msg_set_name(&msg.msg, &to);
	if (control.len)
		ksock_msg_set_control(&msg.msg, control.bytes, control.len);
	ret = ksock_io_sendmsg(cmd->kf, &msg.msg,
			       ksock_io_flags(cmd->file, args->flags),
			       ksock_io_deadline(args->timeout_ns));
	ksock_msg_free_iov(&msg);
	return ret;
}

/**
 * ksock_cmd_recvmsg() - KSOCK_IOC_RECVMSG
 * @cmd: command
 */
long ksock_cmd_recvmsg(struct ksock_cmd *cmd)
{
	struct ksock_recvmsg_args *args = &cmd->args.recvmsg;
	struct ksock_control_room control = {};
	struct ksock_addr from = {};
	struct ksock_msg_iov msg = {};
	long ret;
	u32 room;

	ret = ksock_io_check_recv(args->flags, args->timeout_ns);
	if (ret)
		return ret;
	if ((!args->addr_ptr && args->addr_len) ||
	    (!args->control_ptr && args->control_len) || args->__reserved)
		return -EINVAL;
	if (!ksock_io_pointer_fits(args->addr_ptr) ||
	    !ksock_io_pointer_fits(args->iov_ptr) ||
	    !ksock_io_pointer_fits(args->control_ptr))
		return -EFAULT;

	ret = ksock_msg_set_iov(&msg, ITER_DEST,
				u64_to_user_ptr(args->iov_ptr),
				args->iov_count);
	if (ret)
		return ret;
	if (args->addr_ptr)
		ksock_msg_set_name(&msg.msg, &from);
	control.to = u64_to_user_ptr(args->control_ptr);
	control.len = args->control_len;
	ret = ksock_io_recvmsg(cmd->kf, &msg.msg, &control,
			       ksock_io_flags(cmd->file, args->flags),
			       ksock_io_deadline(args->timeout_ns));
	ksock_msg_free_iov(&msg);
	if (ret < 0)
		return ret;

	args->out_addr_len = msg.msg.hdr.msg_namelen;
	args->out_flags = msg.msg.hdr.msg_flags & ~MSG_CMSG_COMPAT;
	if (control.cut)
		args->out_flags |= MSG_CTRUNC;
	args->out_control_len = control.stored;
	room = min(args->addr_len, args->out_addr_len);
	if (room && copy_to_user(u64_to_user_ptr(args->addr_ptr), &from.storage,
				 room))
		return -EFAULT;
	if (ksock_cmd_respond(cmd))
		return -EFAULT;
	return ret;
}
