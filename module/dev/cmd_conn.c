// SPDX-License-Identifier: GPL-2.0-only
/*
 * The commands of a socket's life cycle: bind to shutdown, names, info.
 *
 * Each handler rejects what is malformed, translates to what the core knows,
 * makes one call and writes the answer.  What takes more belongs in core/.
 */
#include <linux/build_bug.h>
#include <linux/cred.h>
#include <linux/net.h>
#include <linux/tcp.h>
#include <linux/uaccess.h>
#include <linux/uidgid.h>
#include <ksock/ksock.h>
#include "../core/user.h"
#include "dev.h"
#include "io.h"

static int conn_addr_from_uapi(struct ksock_addr *addr,
			       const struct ksock_sockaddr *from)
{
	if (from->__reserved)
		return -EINVAL;
	return ksock_addr_init(addr, from->bytes, from->len);
}

static void conn_addr_to_uapi(struct ksock_sockaddr *to,
			      const struct ksock_addr *addr)
{
	static_assert(sizeof(to->bytes) == sizeof(addr->storage));

	to->len = addr->len;
	to->__reserved = 0;
	memcpy(to->bytes, &addr->storage, sizeof(to->bytes));
}

/**
 * ksock_cmd_bind() - KSOCK_IOC_BIND
 * @cmd: command
 */
long ksock_cmd_bind(struct ksock_cmd *cmd)
{
	const struct ksock_bind_args *args = &cmd->args.bind;
	struct ksock_addr addr;
	int ret;

	if (args->flags || args->__reserved)
		return -EINVAL;
	ret = conn_addr_from_uapi(&addr, &args->addr);
	if (ret)
		return ret;
	return ksock_bind(cmd->kf->ks, &addr);
}

/**
 * ksock_cmd_listen() - KSOCK_IOC_LISTEN
 * @cmd: command
 */
long ksock_cmd_listen(struct ksock_cmd *cmd)
{
	const struct ksock_listen_args *args = &cmd->args.listen;

	if (args->flags)
		return -EINVAL;
	return ksock_listen(cmd->kf->ks, args->backlog);
}

/**
 * ksock_cmd_accept() - KSOCK_IOC_ACCEPT
 * @cmd: command
 */
long ksock_cmd_accept(struct ksock_cmd *cmd)
{
	struct ksock_accept_args *args = &cmd->args.accept;
	struct ksock_newfd new;
	struct ksock_addr peer;
	int ret;

	if ((args->flags & ~(SOCK_CLOEXEC | SOCK_NONBLOCK)) || args->__reserved)
		return -EINVAL;
	ret = ksock_newfd_prepare(&new, cmd->ctx, args->flags, cmd->kf->kern);
	if (ret)
		return ret;

	ret = ksock_accept_user(cmd->kf->ks, new.kf->ks,
				ksock_file_nonblock(cmd->file),
				ksock_io_deadline(args->timeout_ns), &peer);
	if (ret)
		goto err_abandon_fd;

	conn_addr_to_uapi(&args->out_addr, &peer);
	ret = ksock_cmd_respond(cmd);
	if (ret)
		goto err_abandon_fd;
	return ksock_newfd_publish(&new);

err_abandon_fd:
	ksock_newfd_abandon(&new);
	return ret;
}

/**
 * ksock_cmd_connect() - KSOCK_IOC_CONNECT
 * @cmd: command
 */
long ksock_cmd_connect(struct ksock_cmd *cmd)
{
	const struct ksock_connect_args *args = &cmd->args.connect;
	struct ksock_addr addr;
	int ret;

	if (args->flags || args->__reserved)
		return -EINVAL;
	ret = conn_addr_from_uapi(&addr, &args->addr);
	if (ret)
		return ret;
	return ksock_connect_user(cmd->kf->ks, &addr,
				  ksock_file_nonblock(cmd->file),
				  ksock_io_deadline(args->timeout_ns));
}

/**
 * ksock_cmd_shutdown() - KSOCK_IOC_SHUTDOWN
 * @cmd: command
 */
long ksock_cmd_shutdown(struct ksock_cmd *cmd)
{
	const struct ksock_shutdown_args *args = &cmd->args.shutdown;

	if (args->flags || args->how > SHUT_RDWR)
		return -EINVAL;
	return ksock_shutdown(cmd->kf->ks, (enum ksock_shut)args->how);
}

/**
 * ksock_cmd_abort() - KSOCK_IOC_ABORT
 * @cmd: command
 */
long ksock_cmd_abort(struct ksock_cmd *cmd)
{
	const struct ksock_abort_args *args = &cmd->args.abort;

	if (args->flags || args->__reserved)
		return -EINVAL;
	return ksock_abort(cmd->kf->ks);
}

/**
 * ksock_cmd_name() - KSOCK_IOC_NAME
 * @cmd: command
 */
long ksock_cmd_name(struct ksock_cmd *cmd)
{
	struct ksock_name_args *args = &cmd->args.name;
	struct ksock_addr addr;
	int ret;

	if (args->flags || args->side > KSOCK_SIDE_PEER)
		return -EINVAL;
	if (args->side == KSOCK_SIDE_PEER)
		ret = ksock_getpeername(cmd->kf->ks, &addr);
	else
		ret = ksock_getsockname(cmd->kf->ks, &addr);
	if (ret)
		return ret;
	conn_addr_to_uapi(&args->out_addr, &addr);
	return ksock_cmd_respond(cmd);
}

static int conn_tcp_info(struct ksock_socket_info *info, struct ksock *ks)
{
	struct tcp_info tcp;
	u32 len;

	info->out_tcp_info_len = 0;
	if (!info->tcp_info_ptr || ksock_tcp_info(ks, &tcp))
		return 0;
	len = min_t(u32, info->tcp_info_len, sizeof(tcp));
	if (!ksock_io_pointer_fits(info->tcp_info_ptr) ||
	    copy_to_user(u64_to_user_ptr(info->tcp_info_ptr), &tcp, len))
		return -EFAULT;
	info->out_tcp_info_len = len;
	return 0;
}

/**
 * ksock_cmd_socket_info() - KSOCK_IOC_SOCKET_INFO
 * @cmd: command
 */
long ksock_cmd_socket_info(struct ksock_cmd *cmd)
{
	struct ksock_socket_info *info = &cmd->args.socket_info;
	struct ksock_stat stat;
	int ret;

	if (info->flags || info->__reserved ||
	    (!info->tcp_info_ptr && info->tcp_info_len))
		return -EINVAL;
	ret = conn_tcp_info(info, cmd->kf->ks);
	if (ret)
		return ret;
	ksock_stat(cmd->kf->ks, &stat);
	info->out_mode = stat.kern ? KSOCK_MODE_KERN : KSOCK_MODE_USER;
	info->out_family = stat.family;
	info->out_type = stat.type;
	info->out_protocol = stat.protocol;
	info->out_state = stat.state;
	info->out_uid = from_kuid_munged(current_user_ns(), stat.uid);
	info->out_inode = stat.inode;
	info->out_cookie = stat.cookie;
	info->out_netns = stat.netns;
	info->out_sent_ops = stat.sent_ops;
	info->out_sent_bytes = stat.sent_bytes;
	info->out_received_ops = stat.received_ops;
	info->out_received_bytes = stat.received_bytes;
	return ksock_cmd_respond(cmd);
}
