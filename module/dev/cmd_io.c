// SPDX-License-Identifier: GPL-2.0-only
/*
 * The commands that move data: send and receive, flat; and what they share
 * with those of messages and batches.
 *
 * The hot path: one structure in, at most two words out, no allocation.
 */
#include <linux/kernel.h>
#include <linux/ktime.h>
#include <linux/socket.h>
#include <linux/uaccess.h>
#include <ksock/addr.h>
#include <ksock/ksock.h>
#include "../core/msg.h"
#include "dev.h"

/*
 * Flags by name: some of the other bits mean something to the stack that no
 * program may ask for, and what they mean changes from kernel to kernel.
 */
#define IO_SEND_FLAGS	(MSG_DONTWAIT | MSG_NOSIGNAL | MSG_MORE | MSG_EOR | \
			 MSG_CONFIRM | MSG_DONTROUTE | MSG_OOB | \
			 MSG_ZEROCOPY | MSG_FASTOPEN)
#define IO_RECV_FLAGS	(MSG_DONTWAIT | MSG_PEEK | MSG_TRUNC | MSG_WAITALL | \
			 MSG_OOB | MSG_ERRQUEUE)

/**
 * ksock_io_check_send() - whether a send may be tried
 * @kf: socket
 * @flags: MSG_ flags of the caller
 * @timeout_ns: how long it may wait, 0 for ever
 *
 * Return: 0, -EPERM for a connect without the right to, or -EINVAL.
 */
int ksock_io_check_send(const struct ksock_file *kf, u32 flags, u64 timeout_ns)
{
	if (unlikely(flags & (MSG_FASTOPEN | MSG_ZEROCOPY))) {
		if ((flags & MSG_FASTOPEN) && !ksock_ctx_permits(kf->ctx))
			return -EPERM;
		/* One completion is for one call, and so is one connect. */
		if (timeout_ns)
			return -EINVAL;
	}
	return flags & ~IO_SEND_FLAGS ? -EINVAL : 0;
}

/**
 * ksock_io_check_recv() - whether a receive may be tried
 * @flags: MSG_ flags of the caller
 * @timeout_ns: how long it may wait, 0 for ever
 *
 * Return: 0 or -EINVAL.
 */
int ksock_io_check_recv(u32 flags, u64 timeout_ns)
{
	const u32 peek_all = MSG_PEEK | MSG_WAITALL;

	/* What has been looked at stays, so a second try adds nothing. */
	if (unlikely(timeout_ns && (flags & peek_all) == peek_all))
		return -EINVAL;
	return flags & ~IO_RECV_FLAGS ? -EINVAL : 0;
}

/**
 * ksock_io_addr_from_user() - take an address from the caller
 * @addr: filled
 * @ptr: the address, not 0
 * @len: its length in bytes
 *
 * Return: 0, -EINVAL for a length that no address has, -EFAULT.
 */
int ksock_io_addr_from_user(struct ksock_addr *addr, u64 ptr, u32 len)
{
	/* The length bounds the copy, so it is checked before it. */
	if (!ksock_addr_len_valid(len))
		return -EINVAL;
	memset(addr, 0, sizeof(*addr));
	if (copy_from_user(&addr->storage, u64_to_user_ptr(ptr), len))
		return -EFAULT;
	addr->len = len;
	return 0;
}

/**
 * ksock_io_deadline() - when a call has to be over
 * @timeout_ns: how long it may wait, 0 for ever
 *
 * Return: moment of CLOCK_MONOTONIC, KTIME_MAX for never.
 */
ktime_t ksock_io_deadline(u64 timeout_ns)
{
	if (likely(!timeout_ns))
		return KTIME_MAX;
	return ktime_add_safe(ktime_get(),
			      ns_to_ktime(min_t(u64, timeout_ns, KTIME_MAX)));
}

/**
 * ksock_io_send() - send one buffer
 * @kf: socket
 * @file: its file
 * @args: the caller's arguments; timeout_ns is not looked at
 * @deadline: until when to wait
 *
 * Context: process context, may sleep.
 * Return: the number of bytes taken or a negative error.
 */
long ksock_io_send(struct ksock_file *kf, struct file *file,
		   const struct ksock_send_args *args, ktime_t deadline)
{
	struct ksock_addr to;
	struct ksock_msg msg;
	int ret;

	if (!args->addr_ptr && args->addr_len)
		return -EINVAL;
	if (!ksock_io_pointer_fits(args->buf_ptr) ||
	    !ksock_io_pointer_fits(args->addr_ptr))
		return -EFAULT;
	if (args->addr_ptr) {
		ret = ksock_io_addr_from_user(&to, args->addr_ptr,
					      args->addr_len);
		if (ret)
			return ret;
	}
	ret = ksock_msg_init_user(&msg, ITER_SOURCE,
				  u64_to_user_ptr(args->buf_ptr), args->len);
	if (ret)
		return ret;
	if (args->addr_ptr)
		ksock_msg_set_name(&msg, &to);
	return ksock_sendmsg(kf->ks, &msg,
			     ksock_io_flags(kf, file, args->flags), deadline);
}

/**
 * ksock_io_recv() - receive into one buffer
 * @kf: socket
 * @file: its file
 * @args: the caller's arguments, the out_ fields filled on success; timeout_ns
 *	is not looked at
 * @deadline: until when to wait
 *
 * Context: process context, may sleep.
 * Return: the number of bytes received or a negative error.
 */
long ksock_io_recv(struct ksock_file *kf, struct file *file,
		   struct ksock_recv_args *args, ktime_t deadline)
{
	struct ksock_addr from;
	struct ksock_msg msg;
	ssize_t ret;
	u32 room;

	if (!args->addr_ptr && args->addr_len)
		return -EINVAL;
	if (!ksock_io_pointer_fits(args->buf_ptr) ||
	    !ksock_io_pointer_fits(args->addr_ptr))
		return -EFAULT;
	ret = ksock_msg_init_user(&msg, ITER_DEST,
				  u64_to_user_ptr(args->buf_ptr), args->len);
	if (ret)
		return ret;
	if (args->addr_ptr) {
		memset(&from, 0, sizeof(from));
		ksock_msg_set_name(&msg, &from);
	}
	ret = ksock_recvmsg(kf->ks, &msg,
			    ksock_io_flags(kf, file, args->flags), deadline);
	if (ret < 0)
		return ret;

	args->out_flags = msg.hdr.msg_flags;
	args->out_addr_len = msg.hdr.msg_namelen;
	room = min(args->addr_len, args->out_addr_len);
	if (room && copy_to_user(u64_to_user_ptr(args->addr_ptr), &from.storage,
				 room))
		return -EFAULT;
	return ret;
}

/**
 * ksock_cmd_send() - KSOCK_IOC_SEND
 * @cmd: command
 */
long ksock_cmd_send(struct ksock_cmd *cmd)
{
	const struct ksock_send_args *args = &cmd->args.send;
	int ret;

	ret = ksock_io_check_send(cmd->kf, args->flags, args->timeout_ns);
	if (ret)
		return ret;
	return ksock_io_send(cmd->kf, cmd->file, args,
			     ksock_io_deadline(args->timeout_ns));
}

/**
 * ksock_cmd_recv() - KSOCK_IOC_RECV
 * @cmd: command
 */
long ksock_cmd_recv(struct ksock_cmd *cmd)
{
	struct ksock_recv_args *args = &cmd->args.recv;
	long ret;

	ret = ksock_io_check_recv(args->flags, args->timeout_ns);
	if (ret)
		return ret;
	ret = ksock_io_recv(cmd->kf, cmd->file, args,
			    ksock_io_deadline(args->timeout_ns));
	if (ret >= 0 && ksock_cmd_respond(cmd))
		return -EFAULT;
	return ret;
}
