// SPDX-License-Identifier: GPL-2.0-only
/*
 * The layout of the ABI, pinned: a structure that moves does not compile.
 *
 * Every offset follows from the one before it without a gap, so there is no
 * padding through which kernel memory could leak.  SEND, RECV and the entries
 * of a batch begin alike, and struct ksock_io_args is what they begin with.
 */
#include <linux/build_bug.h>
#include <linux/ksock.h>
#include <linux/socket.h>
#include <linux/stddef.h>
#include "dev.h"
#include "io.h"

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
FIELD(ksock_accept_args, timeout_ns, 144);
SIZE(ksock_accept_args, 152);

FIELD(ksock_connect_args, flags, 0);
FIELD(ksock_connect_args, __reserved, 4);
FIELD(ksock_connect_args, addr, 8);
FIELD(ksock_connect_args, timeout_ns, 144);
SIZE(ksock_connect_args, 152);

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
FIELD(ksock_socket_info, tcp_info_ptr, 88);
FIELD(ksock_socket_info, tcp_info_len, 96);
FIELD(ksock_socket_info, out_tcp_info_len, 100);
SIZE(ksock_socket_info, 104);

FIELD(ksock_abort_args, flags, 0);
FIELD(ksock_abort_args, __reserved, 4);
SIZE(ksock_abort_args, 8);

FIELD(ksock_send_args, flags, 0);
FIELD(ksock_send_args, addr_len, 4);
FIELD(ksock_send_args, buf_ptr, 8);
FIELD(ksock_send_args, len, 16);
FIELD(ksock_send_args, addr_ptr, 24);
FIELD(ksock_send_args, timeout_ns, 32);
SIZE(ksock_send_args, 40);

FIELD(ksock_recv_args, flags, 0);
FIELD(ksock_recv_args, addr_len, 4);
FIELD(ksock_recv_args, buf_ptr, 8);
FIELD(ksock_recv_args, len, 16);
FIELD(ksock_recv_args, addr_ptr, 24);
FIELD(ksock_recv_args, out_flags, 32);
FIELD(ksock_recv_args, out_addr_len, 36);
FIELD(ksock_recv_args, timeout_ns, 40);
SIZE(ksock_recv_args, 48);

FIELD(ksock_sendmsg_args, flags, 0);
FIELD(ksock_sendmsg_args, addr_len, 4);
FIELD(ksock_sendmsg_args, addr_ptr, 8);
FIELD(ksock_sendmsg_args, iov_ptr, 16);
FIELD(ksock_sendmsg_args, iov_count, 24);
FIELD(ksock_sendmsg_args, control_len, 28);
FIELD(ksock_sendmsg_args, control_ptr, 32);
FIELD(ksock_sendmsg_args, timeout_ns, 40);
SIZE(ksock_sendmsg_args, 48);

FIELD(ksock_recvmsg_args, flags, 0);
FIELD(ksock_recvmsg_args, addr_len, 4);
FIELD(ksock_recvmsg_args, addr_ptr, 8);
FIELD(ksock_recvmsg_args, iov_ptr, 16);
FIELD(ksock_recvmsg_args, iov_count, 24);
FIELD(ksock_recvmsg_args, control_len, 28);
FIELD(ksock_recvmsg_args, control_ptr, 32);
FIELD(ksock_recvmsg_args, timeout_ns, 40);
FIELD(ksock_recvmsg_args, out_flags, 48);
FIELD(ksock_recvmsg_args, out_addr_len, 52);
FIELD(ksock_recvmsg_args, out_control_len, 56);
FIELD(ksock_recvmsg_args, __reserved, 60);
SIZE(ksock_recvmsg_args, 64);

FIELD(ksock_opt_args, flags, 0);
FIELD(ksock_opt_args, level, 4);
FIELD(ksock_opt_args, name, 8);
FIELD(ksock_opt_args, len, 12);
FIELD(ksock_opt_args, value_ptr, 16);
SIZE(ksock_opt_args, 24);

FIELD(ksock_batch_args, flags, 0);
FIELD(ksock_batch_args, slots, 4);
FIELD(ksock_batch_args, ops, 8);
FIELD(ksock_batch_args, __reserved, 12);
SIZE(ksock_batch_args, 16);

FIELD(ksock_batch_slot_args, flags, 0);
FIELD(ksock_batch_slot_args, slot, 4);
FIELD(ksock_batch_slot_args, fd, 8);
FIELD(ksock_batch_slot_args, __reserved, 12);
SIZE(ksock_batch_slot_args, 16);

FIELD(ksock_batch_op, flags, 0);
FIELD(ksock_batch_op, addr_len, 4);
FIELD(ksock_batch_op, buf_ptr, 8);
FIELD(ksock_batch_op, len, 16);
FIELD(ksock_batch_op, addr_ptr, 24);
FIELD(ksock_batch_op, opcode, 32);
FIELD(ksock_batch_op, slot, 34);
FIELD(ksock_batch_op, __reserved, 36);
SIZE(ksock_batch_op, 40);

FIELD(ksock_batch_result, out_ret, 0);
FIELD(ksock_batch_result, out_flags, 4);
FIELD(ksock_batch_result, out_addr_len, 8);
FIELD(ksock_batch_result, __reserved, 12);
SIZE(ksock_batch_result, 16);

FIELD(ksock_batch_run_args, flags, 0);
FIELD(ksock_batch_run_args, count, 4);
FIELD(ksock_batch_run_args, ops_ptr, 8);
FIELD(ksock_batch_run_args, results_ptr, 16);
FIELD(ksock_batch_run_args, timeout_ns, 24);
SIZE(ksock_batch_run_args, 32);

FIELD(ksock_io_args, flags, 0);
FIELD(ksock_io_args, addr_len, 4);
FIELD(ksock_io_args, buf_ptr, 8);
FIELD(ksock_io_args, len, 16);
FIELD(ksock_io_args, addr_ptr, 24);
SIZE(ksock_io_args, 32);

static_assert(sizeof(struct __kernel_sockaddr_storage) == KSOCK_ADDR_MAX);
