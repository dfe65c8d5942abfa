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
#include <ksock/ksock.h>
#include "../core/msg.h"
#include "../core/user.h"
#include "dev.h"
#include "io.h"

/**
 * ksock_io_check_send() - whether a send may be tried
 * @kf: socket
 * @flags: MSG_ flags of the caller
 * @timeout_ns: how long it may wait, 0 for ever
 *
 * Return: 0, -EOPNOTSUPP for what a socket of the kernel's own cannot do, -EPERM
 * for a connect without the right to, or -EINVAL.
 */
int ksock_io_check_send(const struct ksock_file *kf, u32 flags, u64 timeout_ns)
{
	if (unlikely(flags & (MSG_FASTOPEN | MSG_ZEROCOPY))) {
		if ((flags & MSG_ZEROCOPY) && kf->kern)
			return -EOPNOTSUPP;
		if ((flags & MSG_FASTOPEN) &&
		    !ksock_ctx_permits(kf->ctx, kf->kern))
			return -EPERM;
		/* One completion is for one call, and so is one connect. */
		if (timeout_ns)
			return -EINVAL;
	}
	return flags & ~KSOCK_IO_SEND_FLAGS ? -EINVAL : 0;
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
	return flags & ~KSOCK_IO_RECV_FLAGS ? -EINVAL : 0;
}

/**
 * ksock_io_addr_from_user() - take an address from the caller
 * @addr: filled, but not past @len, where neither sock_sendmsg() nor a protocol
 *	looks: to be sent to, not to be kept
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
	return min(ktime_add_safe(ktime_get(),
				  ns_to_ktime(min_t(u64, timeout_ns, KTIME_MAX))),
		   KTIME_MAX - 1);
}

/**
 * ksock_io_send() - send one buffer
 * @file: file of the socket
 * @args: the caller's arguments, flags checked
 * @deadline: until when to wait
 *
 * Context: process context, may sleep.
 * Return: the number of bytes taken or a negative error.
 */
long ksock_io_send(struct file *file, const struct ksock_io_args *args,
		   ktime_t deadline)
{
	struct ksock_file *kf = file->private_data;
	struct ksock_addr to __ksock_uninitialized;
	struct ksock_msg msg __ksock_uninitialized;
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
	ksock_msg_init(&msg);
	ret = ksock_msg_set_user(&msg, ITER_SOURCE, args->buf_ptr, args->len);
	if (ret)
		return ret;
	if (args->addr_ptr)
		ksock_msg_set_name(&msg, &to);
	return ksock_io_sendmsg(kf, &msg, ksock_io_flags(file, args->flags),
				deadline);
}

/**
 * ksock_io_recv() - receive into one buffer
 * @file: file of the socket
 * @args: the caller's arguments, flags checked
 * @deadline: until when to wait
 * @result: filled on success
 *
 * Context: process context, may sleep.
 * Return: the number of bytes received or a negative error.
 */
long ksock_io_recv(struct file *file, const struct ksock_io_args *args,
		   ktime_t deadline, struct ksock_io_result *result)
{
	struct ksock_file *kf = file->private_data;
	struct ksock_addr from __ksock_uninitialized;
	struct ksock_msg msg __ksock_uninitialized;
	long ret;
	u32 room;

	if (!args->addr_ptr && args->addr_len)
		return -EINVAL;
	if (!ksock_io_pointer_fits(args->buf_ptr) ||
	    !ksock_io_pointer_fits(args->addr_ptr))
		return -EFAULT;
	ksock_msg_init(&msg);
	ret = ksock_msg_set_user(&msg, ITER_DEST, args->buf_ptr, args->len);
	if (ret)
		return ret;
	if (args->addr_ptr) {
		from.len = 0;
		ksock_msg_set_name(&msg, &from);
	}
	ret = ksock_io_recvmsg(kf, &msg, NULL,
			       ksock_io_flags(file, args->flags), deadline);
	if (ret < 0)
		return ret;
	result->flags = msg.hdr.msg_flags;
	result->addr_len = msg.hdr.msg_namelen;
	room = min_t(u32, args->addr_len, msg.hdr.msg_namelen);
	if (room && copy_to_user(u64_to_user_ptr(args->addr_ptr), &from.storage,
				 room))
		return -EFAULT;
	return ret;
}

static noinline long io_send(struct file *file, struct ksock_io_args io,
			     u64 timeout_ns)
{
	int ret;

	ret = ksock_io_check_send(file->private_data, io.flags, timeout_ns);
	return ret ?: ksock_io_send(file, &io, ksock_io_deadline(timeout_ns));
}

static noinline long io_recv(struct file *file, struct ksock_io_args io,
			     u64 timeout_ns, struct ksock_io_result *result)
{
	int ret;

	ret = ksock_io_check_recv(io.flags, timeout_ns);
	return ret ?: ksock_io_recv(file, &io, ksock_io_deadline(timeout_ns),
				    result);
}

/*
 * What SEND and RECV take, field by field: a copy of so few bytes costs twice
 * as much, and what is in registers is not zeroed first.
 */
#define IO_GET(_args, _uargs, _fault)					\
	do {								\
		unsafe_get_user((_args)->flags, &(_uargs)->flags, _fault); \
		unsafe_get_user((_args)->addr_len, &(_uargs)->addr_len,	\
				_fault);				\
		unsafe_get_user((_args)->buf_ptr, &(_uargs)->buf_ptr,	\
				_fault);				\
		unsafe_get_user((_args)->len, &(_uargs)->len, _fault);	\
		unsafe_get_user((_args)->addr_ptr, &(_uargs)->addr_ptr,	\
				_fault);				\
	} while (0)

/* What the table does for SEND, the short way. */
static noinline long
io_ioctl_send(struct file *file, const struct ksock_send_args __user *uargs)
{
	struct ksock_io_args io = {};
	u64 timeout_ns;

	if (!user_read_access_begin(uargs, sizeof(*uargs)))
		return -EFAULT;
	IO_GET(&io, uargs, fault);
	unsafe_get_user(timeout_ns, &uargs->timeout_ns, fault);
	user_read_access_end();

	if (likely(ksock_io_send_is_plain(&io) && !timeout_ns))
		return ksock_io_send_plain(file, &io);
	return io_send(file, io, timeout_ns);

fault:
	user_read_access_end();
	return -EFAULT;
}

/* What the table does for RECV, the short way. */
static noinline long
io_ioctl_recv(struct file *file, struct ksock_recv_args __user *uargs)
{
	struct ksock_io_args io = {};
	struct ksock_io_result result = {};
	u64 timeout_ns;
	long ret;

	if (!user_read_access_begin(uargs, sizeof(*uargs)))
		return -EFAULT;
	IO_GET(&io, uargs, fault);
	unsafe_get_user(timeout_ns, &uargs->timeout_ns, fault);
	user_read_access_end();

	if (likely(ksock_io_recv_is_plain(&io) && !timeout_ns))
		ret = ksock_io_recv_plain(file, &io, &result.flags);
	else
		ret = io_recv(file, io, timeout_ns, &result);
	if (unlikely(ret < 0))
		return ret;
	if (!user_write_access_begin(uargs, sizeof(*uargs)))
		return -EFAULT;
	unsafe_put_user(result.flags, &uargs->out_flags, fault_write);
	unsafe_put_user(result.addr_len, &uargs->out_addr_len, fault_write);
	user_write_access_end();
	return ret;

fault:
	user_read_access_end();
	return -EFAULT;
fault_write:
	user_write_access_end();
	return -EFAULT;
}

/**
 * ksock_io_ioctl() - run a command on a socket
 * @file: the socket's file
 * @cmd: command
 * @arg: the caller's structure
 *
 * SEND and RECV of today's size do not go through the table of commands: all
 * who use a socket wait for them.
 */
long ksock_io_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	switch (cmd) {
	case KSOCK_IOC_SEND:
		return io_ioctl_send(file, (void __user *)arg);
	case KSOCK_IOC_RECV:
		return io_ioctl_recv(file, (void __user *)arg);
	default:
		return ksock_file_ioctl(file, cmd, arg);
	}
}

/**
 * ksock_cmd_send() - KSOCK_IOC_SEND of another size
 * @cmd: command
 */
long ksock_cmd_send(struct ksock_cmd *cmd)
{
	const struct ksock_send_args *args = &cmd->args.send;
	const struct ksock_io_args *io = (const struct ksock_io_args *)args;

	return io_send(cmd->file, *io, args->timeout_ns);
}

/**
 * ksock_cmd_recv() - KSOCK_IOC_RECV of another size
 * @cmd: command
 */
long ksock_cmd_recv(struct ksock_cmd *cmd)
{
	struct ksock_recv_args *args = &cmd->args.recv;
	const struct ksock_io_args *io = (const struct ksock_io_args *)args;
	struct ksock_io_result result = {};
	long ret;

	ret = io_recv(cmd->file, *io, args->timeout_ns, &result);
	if (ret < 0)
		return ret;
	args->out_flags = result.flags;
	args->out_addr_len = result.addr_len;
	return ksock_cmd_respond(cmd) ? -EFAULT : ret;
}
