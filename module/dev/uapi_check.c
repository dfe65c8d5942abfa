// SPDX-License-Identifier: GPL-2.0-only
/*
 * The layout of the ABI, pinned: a structure that moves does not compile.
 *
 * Every offset follows from the one before it without a gap, so there is no
 * padding through which kernel memory could leak.
 */
#include <linux/build_bug.h>
#include <linux/ksock.h>
#include <linux/socket.h>
#include <linux/stddef.h>

#define FIELD(_struct, _field, _offset) \
	static_assert(offsetof(struct _struct, _field) == (_offset))
#define SIZE(_struct, _size) \
	static_assert(sizeof(struct _struct) == (_size))

FIELD(ksock_sockaddr, len, 0);
FIELD(ksock_sockaddr, __reserved, 4);
FIELD(ksock_sockaddr, bytes, 8);
SIZE(ksock_sockaddr, 136);

FIELD(ksock_device_info, flags, 0);
FIELD(ksock_device_info, out_abi_revision, 4);
FIELD(ksock_device_info, out_features, 8);
FIELD(ksock_device_info, out_netns, 16);
FIELD(ksock_device_info, out_relaxed, 24);
FIELD(ksock_device_info, out_max_sockets, 28);
FIELD(ksock_device_info, out_sockets, 32);
FIELD(ksock_device_info, __reserved, 36);
SIZE(ksock_device_info, 40);

FIELD(ksock_socket_args, flags, 0);
FIELD(ksock_socket_args, family, 4);
FIELD(ksock_socket_args, type, 8);
FIELD(ksock_socket_args, protocol, 12);
SIZE(ksock_socket_args, 16);

FIELD(ksock_bind_args, flags, 0);
FIELD(ksock_bind_args, __reserved, 4);
FIELD(ksock_bind_args, addr, 8);
SIZE(ksock_bind_args, 144);

FIELD(ksock_listen_args, flags, 0);
FIELD(ksock_listen_args, backlog, 4);
SIZE(ksock_listen_args, 8);

FIELD(ksock_accept_args, flags, 0);
FIELD(ksock_accept_args, __reserved, 4);
FIELD(ksock_accept_args, out_addr, 8);
SIZE(ksock_accept_args, 144);

FIELD(ksock_connect_args, flags, 0);
FIELD(ksock_connect_args, __reserved, 4);
FIELD(ksock_connect_args, addr, 8);
SIZE(ksock_connect_args, 144);

FIELD(ksock_shutdown_args, flags, 0);
FIELD(ksock_shutdown_args, how, 4);
SIZE(ksock_shutdown_args, 8);

FIELD(ksock_name_args, flags, 0);
FIELD(ksock_name_args, side, 4);
FIELD(ksock_name_args, out_addr, 8);
SIZE(ksock_name_args, 144);

FIELD(ksock_socket_info, flags, 0);
FIELD(ksock_socket_info, out_mode, 4);
FIELD(ksock_socket_info, out_family, 8);
FIELD(ksock_socket_info, out_type, 12);
FIELD(ksock_socket_info, out_protocol, 16);
FIELD(ksock_socket_info, out_state, 20);
FIELD(ksock_socket_info, out_uid, 24);
FIELD(ksock_socket_info, __reserved, 28);
FIELD(ksock_socket_info, out_inode, 32);
FIELD(ksock_socket_info, out_cookie, 40);
FIELD(ksock_socket_info, out_netns, 48);
FIELD(ksock_socket_info, out_sent_ops, 56);
FIELD(ksock_socket_info, out_sent_bytes, 64);
FIELD(ksock_socket_info, out_received_ops, 72);
FIELD(ksock_socket_info, out_received_bytes, 80);
SIZE(ksock_socket_info, 88);

FIELD(ksock_send_args, flags, 0);
FIELD(ksock_send_args, addr_len, 4);
FIELD(ksock_send_args, buf_ptr, 8);
FIELD(ksock_send_args, len, 16);
FIELD(ksock_send_args, addr_ptr, 24);
SIZE(ksock_send_args, 32);

FIELD(ksock_recv_args, flags, 0);
FIELD(ksock_recv_args, addr_len, 4);
FIELD(ksock_recv_args, buf_ptr, 8);
FIELD(ksock_recv_args, len, 16);
FIELD(ksock_recv_args, addr_ptr, 24);
FIELD(ksock_recv_args, out_flags, 32);
FIELD(ksock_recv_args, out_addr_len, 36);
SIZE(ksock_recv_args, 40);

static_assert(sizeof(struct __kernel_sockaddr_storage) == KSOCK_ADDR_MAX);
