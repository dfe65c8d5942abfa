// SPDX-License-Identifier: GPL-2.0-only
/*
 * The commands that move data: send and receive, flat.
 *
 * The hot path: one structure in, at most two words out, no allocation.
 */
#include <linux/kernel.h>
#include <linux/socket.h>
#include <linux/uaccess.h>
#include <ksock/addr.h>
#include <ksock/ksock.h>
#include <ksock/udp.h>
#include "../core/msg.h"
#include "../core/sock.h"
#include "dev.h"

/*
 * Flags by name: some of the other bits mean something to the stack that no
 * program may ask for, and what they mean changes from kernel to kernel.
 */
#define IO_SEND_FLAGS	(MSG_DONTWAIT | MSG_NOSIGNAL | MSG_MORE | MSG_EOR | \
			 MSG_CONFIRM | MSG_DONTROUTE | MSG_OOB)
#define IO_RECV_FLAGS	(MSG_DONTWAIT | MSG_PEEK | MSG_TRUNC | MSG_WAITALL | \
			 MSG_OOB)

/* On a 32-bit kernel, a pointer that is longer points nowhere. */
static bool io_pointer_fits(u64 ptr)
{
	return ptr == (uintptr_t)ptr;
}

static int io_addr_from_user(struct ksock_addr *addr, u64 ptr, u32 len)
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

static int io_flags(const struct ksock_cmd *cmd, u32 flags)
{
	if (ksock_file_nonblock(cmd->kf, cmd->file))
		flags |= MSG_DONTWAIT;
	return flags;
}

/**
 * ksock_cmd_send() - KSOCK_IOC_SEND
 * @cmd: command
 */
long ksock_cmd_send(struct ksock_cmd *cmd)
{
	const struct ksock_send_args *args = &cmd->args.send;
	struct ksock *ks = cmd->kf->ks;
	struct ksock_addr to;
	struct ksock_msg msg;
	int ret;

	if ((args->flags & ~IO_SEND_FLAGS) || (!args->addr_ptr && args->addr_len))
		return -EINVAL;
	if (!io_pointer_fits(args->buf_ptr) || !io_pointer_fits(args->addr_ptr))
		return -EFAULT;
	if (args->addr_ptr) {
		ret = io_addr_from_user(&to, args->addr_ptr, args->addr_len);
		if (ret)
			return ret;
	}
	ret = ksock_msg_init_user(&msg, ITER_SOURCE,
				  u64_to_user_ptr(args->buf_ptr), args->len);
	if (ret)
		return ret;

	if (ksock_type(ks) == SOCK_STREAM)
		return ksock_sendmsg(ks, &msg, io_flags(cmd, args->flags));
	return ksock_udp_sendto(ksock_to_udp(ks), &msg,
				io_flags(cmd, args->flags),
				args->addr_ptr ? &to : NULL);
}

/**
 * ksock_cmd_recv() - KSOCK_IOC_RECV
 * @cmd: command
 */
long ksock_cmd_recv(struct ksock_cmd *cmd)
{
	struct ksock_recv_args *args = &cmd->args.recv;
	struct ksock *ks = cmd->kf->ks;
	struct ksock_addr from;
	struct ksock_msg msg;
	ssize_t ret;
	u32 room;

	if ((args->flags & ~IO_RECV_FLAGS) || (!args->addr_ptr && args->addr_len))
		return -EINVAL;
	if (!io_pointer_fits(args->buf_ptr) || !io_pointer_fits(args->addr_ptr))
		return -EFAULT;
	ret = ksock_msg_init_user(&msg, ITER_DEST,
				  u64_to_user_ptr(args->buf_ptr), args->len);
	if (ret)
		return ret;

	from.len = 0;
	if (ksock_type(ks) == SOCK_STREAM)
		ret = ksock_recvmsg(ks, &msg, io_flags(cmd, args->flags));
	else
		ret = ksock_udp_recvfrom(ksock_to_udp(ks), &msg,
					 io_flags(cmd, args->flags),
					 args->addr_ptr ? &from : NULL);
	if (ret < 0)
		return ret;

	room = min_t(u32, args->addr_len, from.len);
	if (room && copy_to_user(u64_to_user_ptr(args->addr_ptr), &from.storage,
				 room))
		return -EFAULT;
	args->out_flags = msg.hdr.msg_flags;
	args->out_addr_len = from.len;
	if (ksock_cmd_respond(cmd))
		return -EFAULT;
	return ret;
}
