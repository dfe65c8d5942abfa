// SPDX-License-Identifier: GPL-2.0-only
/*
 * The ABI: sizes, offsets and numbers are what they were when they were first
 * released, for every caller: the file is also built for 32-bit ones.
 */
#include "uapi.h"

struct layout {
	const char *what;
	size_t seen;
	size_t expected;
};

#define SIZE(_struct, _size)						\
	{ "size of " #_struct, sizeof(struct _struct), _size }
#define FIELD(_struct, _field, _offset)					\
	{ #_struct "." #_field, offsetof(struct _struct, _field), _offset }
#define NUMBER(_name, _number)						\
	{ #_name, KSOCK_IOC_##_name, _number }

static const struct layout layouts[] = {
	SIZE(ksock_sockaddr, 136),
	FIELD(ksock_sockaddr, len, 0),
	FIELD(ksock_sockaddr, __reserved, 4),
	FIELD(ksock_sockaddr, bytes, 8),

	SIZE(ksock_device_info, 40),
	FIELD(ksock_device_info, flags, 0),
	FIELD(ksock_device_info, out_abi_revision, 4),
	FIELD(ksock_device_info, out_features, 8),
	FIELD(ksock_device_info, out_netns, 16),
	FIELD(ksock_device_info, out_relaxed, 24),
	FIELD(ksock_device_info, out_max_sockets, 28),
	FIELD(ksock_device_info, out_sockets, 32),
	FIELD(ksock_device_info, __reserved, 36),

	SIZE(ksock_socket_args, 16),
	FIELD(ksock_socket_args, flags, 0),
	FIELD(ksock_socket_args, family, 4),
	FIELD(ksock_socket_args, type, 8),
	FIELD(ksock_socket_args, protocol, 12),

	SIZE(ksock_bind_args, 144),
	FIELD(ksock_bind_args, flags, 0),
	FIELD(ksock_bind_args, __reserved, 4),
	FIELD(ksock_bind_args, addr, 8),

	SIZE(ksock_listen_args, 8),
	FIELD(ksock_listen_args, flags, 0),
	FIELD(ksock_listen_args, backlog, 4),

	SIZE(ksock_accept_args, 152),
	FIELD(ksock_accept_args, flags, 0),
	FIELD(ksock_accept_args, __reserved, 4),
	FIELD(ksock_accept_args, out_addr, 8),
	FIELD(ksock_accept_args, timeout_ns, 144),

	SIZE(ksock_connect_args, 152),
	FIELD(ksock_connect_args, flags, 0),
	FIELD(ksock_connect_args, __reserved, 4),
	FIELD(ksock_connect_args, addr, 8),
	FIELD(ksock_connect_args, timeout_ns, 144),

	SIZE(ksock_shutdown_args, 8),
	FIELD(ksock_shutdown_args, flags, 0),
	FIELD(ksock_shutdown_args, how, 4),

	SIZE(ksock_name_args, 144),
	FIELD(ksock_name_args, flags, 0),
	FIELD(ksock_name_args, side, 4),
	FIELD(ksock_name_args, out_addr, 8),

	SIZE(ksock_socket_info, 104),
	FIELD(ksock_socket_info, flags, 0),
	FIELD(ksock_socket_info, out_mode, 4),
	FIELD(ksock_socket_info, out_family, 8),
	FIELD(ksock_socket_info, out_type, 12),
	FIELD(ksock_socket_info, out_protocol, 16),
	FIELD(ksock_socket_info, out_state, 20),
	FIELD(ksock_socket_info, out_uid, 24),
	FIELD(ksock_socket_info, __reserved, 28),
	FIELD(ksock_socket_info, out_inode, 32),
	FIELD(ksock_socket_info, out_cookie, 40),
	FIELD(ksock_socket_info, out_netns, 48),
	FIELD(ksock_socket_info, out_sent_ops, 56),
	FIELD(ksock_socket_info, out_sent_bytes, 64),
	FIELD(ksock_socket_info, out_received_ops, 72),
	FIELD(ksock_socket_info, out_received_bytes, 80),
	FIELD(ksock_socket_info, tcp_info_ptr, 88),
	FIELD(ksock_socket_info, tcp_info_len, 96),
	FIELD(ksock_socket_info, out_tcp_info_len, 100),

	SIZE(ksock_abort_args, 8),
	FIELD(ksock_abort_args, flags, 0),
	FIELD(ksock_abort_args, __reserved, 4),

	SIZE(ksock_send_args, 40),
	FIELD(ksock_send_args, flags, 0),
	FIELD(ksock_send_args, addr_len, 4),
	FIELD(ksock_send_args, buf_ptr, 8),
	FIELD(ksock_send_args, len, 16),
	FIELD(ksock_send_args, addr_ptr, 24),
	FIELD(ksock_send_args, timeout_ns, 32),

	SIZE(ksock_recv_args, 48),
	FIELD(ksock_recv_args, flags, 0),
	FIELD(ksock_recv_args, addr_len, 4),
	FIELD(ksock_recv_args, buf_ptr, 8),
	FIELD(ksock_recv_args, len, 16),
	FIELD(ksock_recv_args, addr_ptr, 24),
	FIELD(ksock_recv_args, out_flags, 32),
	FIELD(ksock_recv_args, out_addr_len, 36),
	FIELD(ksock_recv_args, timeout_ns, 40),

	SIZE(ksock_sendmsg_args, 48),
	FIELD(ksock_sendmsg_args, flags, 0),
	FIELD(ksock_sendmsg_args, addr_len, 4),
	FIELD(ksock_sendmsg_args, addr_ptr, 8),
	FIELD(ksock_sendmsg_args, iov_ptr, 16),
	FIELD(ksock_sendmsg_args, iov_count, 24),
	FIELD(ksock_sendmsg_args, control_len, 28),
	FIELD(ksock_sendmsg_args, control_ptr, 32),
	FIELD(ksock_sendmsg_args, timeout_ns, 40),

	SIZE(ksock_recvmsg_args, 64),
	FIELD(ksock_recvmsg_args, flags, 0),
	FIELD(ksock_recvmsg_args, addr_len, 4),
	FIELD(ksock_recvmsg_args, addr_ptr, 8),
	FIELD(ksock_recvmsg_args, iov_ptr, 16),
	FIELD(ksock_recvmsg_args, iov_count, 24),
	FIELD(ksock_recvmsg_args, control_len, 28),
	FIELD(ksock_recvmsg_args, control_ptr, 32),
	FIELD(ksock_recvmsg_args, timeout_ns, 40),
	FIELD(ksock_recvmsg_args, out_flags, 48),
	FIELD(ksock_recvmsg_args, out_addr_len, 52),
	FIELD(ksock_recvmsg_args, out_control_len, 56),
	FIELD(ksock_recvmsg_args, __reserved, 60),

	SIZE(ksock_opt_args, 24),
	FIELD(ksock_opt_args, flags, 0),
	FIELD(ksock_opt_args, level, 4),
	FIELD(ksock_opt_args, name, 8),
	FIELD(ksock_opt_args, len, 12),
	FIELD(ksock_opt_args, value_ptr, 16),

	SIZE(ksock_batch_args, 16),
	FIELD(ksock_batch_args, flags, 0),
	FIELD(ksock_batch_args, slots, 4),
	FIELD(ksock_batch_args, ops, 8),
	FIELD(ksock_batch_args, __reserved, 12),

	SIZE(ksock_batch_slot_args, 16),
	FIELD(ksock_batch_slot_args, flags, 0),
	FIELD(ksock_batch_slot_args, slot, 4),
	FIELD(ksock_batch_slot_args, fd, 8),
	FIELD(ksock_batch_slot_args, __reserved, 12),

	SIZE(ksock_batch_op, 40),
	FIELD(ksock_batch_op, flags, 0),
	FIELD(ksock_batch_op, addr_len, 4),
	FIELD(ksock_batch_op, buf_ptr, 8),
	FIELD(ksock_batch_op, len, 16),
	FIELD(ksock_batch_op, addr_ptr, 24),
	FIELD(ksock_batch_op, opcode, 32),
	FIELD(ksock_batch_op, slot, 34),
	FIELD(ksock_batch_op, __reserved, 36),

	SIZE(ksock_batch_result, 16),
	FIELD(ksock_batch_result, out_ret, 0),
	FIELD(ksock_batch_result, out_flags, 4),
	FIELD(ksock_batch_result, out_addr_len, 8),
	FIELD(ksock_batch_result, __reserved, 12),

	SIZE(ksock_batch_run_args, 32),
	FIELD(ksock_batch_run_args, flags, 0),
	FIELD(ksock_batch_run_args, count, 4),
	FIELD(ksock_batch_run_args, ops_ptr, 8),
	FIELD(ksock_batch_run_args, results_ptr, 16),
	FIELD(ksock_batch_run_args, timeout_ns, 24),

	NUMBER(DEVICE_INFO, 0xc028eb00),
	NUMBER(SOCKET, 0x4010eb01),
	NUMBER(BIND, 0x4090eb10),
	NUMBER(LISTEN, 0x4008eb11),
	NUMBER(ACCEPT, 0xc098eb12),
	NUMBER(CONNECT, 0x4098eb13),
	NUMBER(SHUTDOWN, 0x4008eb14),
	NUMBER(NAME, 0xc090eb15),
	NUMBER(SOCKET_INFO, 0xc068eb16),
	NUMBER(ABORT, 0x4008eb17),
	NUMBER(SEND, 0x4028eb20),
	NUMBER(RECV, 0xc030eb21),
	NUMBER(SENDMSG, 0x4030eb22),
	NUMBER(RECVMSG, 0xc040eb23),
	NUMBER(OPT_GET, 0xc018eb28),
	NUMBER(OPT_SET, 0x4018eb29),
	NUMBER(BATCH, 0x4010eb30),
	NUMBER(BATCH_SLOT, 0x4010eb31),
	NUMBER(BATCH_RUN, 0x4020eb32),

	/* What is not a layout but must not change either. */
	{ "KSOCK_ADDR_MAX", KSOCK_ADDR_MAX, 128 },
	{ "KSOCK_MSG_MAX_IOV", KSOCK_MSG_MAX_IOV, 1024 },
	{ "KSOCK_MSG_MAX_CONTROL", KSOCK_MSG_MAX_CONTROL, 512 },
	{ "KSOCK_BATCH_MAX_SLOTS", KSOCK_BATCH_MAX_SLOTS, 1024 },
	{ "KSOCK_BATCH_MAX_OPS", KSOCK_BATCH_MAX_OPS, 1024 },
	{ "KSOCK_BATCH_SEND", KSOCK_BATCH_SEND, 0 },
	{ "KSOCK_BATCH_RECV", KSOCK_BATCH_RECV, 1 },
	{ "KSOCK_BATCH_STOP", KSOCK_BATCH_STOP, 1 },
	{ "KSOCK_FEAT_USER", KSOCK_FEAT_USER, 1 },
	{ "KSOCK_FEAT_MSG", KSOCK_FEAT_MSG, 2 },
	{ "KSOCK_FEAT_TIMEOUT", KSOCK_FEAT_TIMEOUT, 4 },
	{ "KSOCK_FEAT_OPT", KSOCK_FEAT_OPT, 8 },
	{ "KSOCK_FEAT_ABORT", KSOCK_FEAT_ABORT, 16 },
	{ "KSOCK_FEAT_BATCH", KSOCK_FEAT_BATCH, 32 },
	{ "KSOCK_FEAT_KERN", KSOCK_FEAT_KERN, 64 },
	{ "KSOCK_MODE_USER", KSOCK_MODE_USER, 0 },
	{ "KSOCK_MODE_KERN", KSOCK_MODE_KERN, 1 },
	{ "KSOCK_SOCKET_KERN", KSOCK_SOCKET_KERN, 1 },
	{ "KSOCK_KERN_MAX_DATA", KSOCK_KERN_MAX_DATA, 65536 },
	{ "KSOCK_KERN_MAX_CONTROL", KSOCK_KERN_MAX_CONTROL, 16384 },
};

TEST(layout_is_the_same_for_every_caller)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(layouts); i++) {
		(*cases)++;
		EXPECT_EQ(layouts[i].expected, layouts[i].seen) {
			TH_LOG("%s", layouts[i].what);
		}
	}
}

/* What is there, and all that is there. */
TEST_F(single, device_info_tells_each_group_of_commands)
{
	struct ksock_device_info info;

	(*cases)++;
	ASSERT_EQ(0, ksock_device_info(ksock_ctx, &info));
	EXPECT_EQ(KSOCK_ABI_REVISION, info.out_abi_revision);
	EXPECT_EQ(KSOCK_FEAT_USER | KSOCK_FEAT_MSG | KSOCK_FEAT_TIMEOUT |
		  KSOCK_FEAT_OPT | KSOCK_FEAT_ABORT | KSOCK_FEAT_BATCH |
		  KSOCK_FEAT_KERN,
		  info.out_features);
}

/* The numbers of the first release, which keep working: see uapi_test.c. */
TEST(first_sizes_make_the_numbers_of_the_first_release)
{
	static const struct {
		int index;
		unsigned int number;
	} first[] = {
		{ ACCEPT, 0xc090eb12 },
		{ CONNECT, 0x4090eb13 },
		{ SOCKET_INFO, 0xc058eb16 },
		{ SEND, 0x4020eb20 },
		{ RECV, 0xc028eb21 },
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(first); i++) {
		const struct command *command = &commands[first[i].index];

		(*cases)++;
		EXPECT_EQ(first[i].number,
			  sized(command->number, command->min_size));
	}
}

TELL_CASES()

TEST_HARNESS_MAIN
