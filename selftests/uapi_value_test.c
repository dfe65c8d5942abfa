// SPDX-License-Identifier: GPL-2.0-only
/*
 * The ABI: the values of fields, at and beyond the edge of their range, and
 * what does not fit into the table of commands.  What is behind pointers has
 * files of its own.
 *
 * The file is also built for 32-bit callers.
 */
#include "uapi.h"

/* One field of the example, of @width bytes, changed to @value. */
struct value {
	int index;
	int error;
	size_t offset;
	size_t width;
	__u64 value;
};

#define VALUE(_index, _struct, _field, _value, _error)			\
	{								\
		.index = _index,					\
		.error = _error,					\
		.offset = offsetof(struct _struct, _field),		\
		.width = sizeof(((struct _struct *)0)->_field),		\
		.value = (__u64)(_value),				\
	}

/* Where no program has memory: below, between, and in the kernel's half. */
#define NOWHERE(_index, _struct, _field)				\
	VALUE(_index, _struct, _field, 0, -EFAULT),			\
	VALUE(_index, _struct, _field, 1ULL << 63, -EFAULT),		\
	VALUE(_index, _struct, _field, 0xffff888000000000, -EFAULT),	\
	VALUE(_index, _struct, _field, ~0ULL, -EFAULT)

static const struct value bad_values[] = {
	VALUE(SOCKET, ksock_socket_args, family, AF_UNSPEC, -EAFNOSUPPORT),
	VALUE(SOCKET, ksock_socket_args, family, AF_UNIX, -EAFNOSUPPORT),
	VALUE(SOCKET, ksock_socket_args, family, AF_NETLINK, -EAFNOSUPPORT),
	VALUE(SOCKET, ksock_socket_args, family, AF_PACKET, -EAFNOSUPPORT),
	VALUE(SOCKET, ksock_socket_args, family, AF_ALG, -EAFNOSUPPORT),
	VALUE(SOCKET, ksock_socket_args, family, AF_VSOCK, -EAFNOSUPPORT),
	VALUE(SOCKET, ksock_socket_args, family, 255, -EAFNOSUPPORT),
	VALUE(SOCKET, ksock_socket_args, family, 0x10002, -EAFNOSUPPORT),
	VALUE(SOCKET, ksock_socket_args, family, INT_MAX, -EAFNOSUPPORT),
	VALUE(SOCKET, ksock_socket_args, family, UINT_MAX, -EAFNOSUPPORT),
	VALUE(SOCKET, ksock_socket_args, type, 0, -ESOCKTNOSUPPORT),
	VALUE(SOCKET, ksock_socket_args, type, SOCK_RDM, -ESOCKTNOSUPPORT),
	VALUE(SOCKET, ksock_socket_args, type, SOCK_SEQPACKET,
	      -ESOCKTNOSUPPORT),
	VALUE(SOCKET, ksock_socket_args, type, SOCK_DCCP, -ESOCKTNOSUPPORT),
	VALUE(SOCKET, ksock_socket_args, type, SOCK_PACKET, -ESOCKTNOSUPPORT),
	VALUE(SOCKET, ksock_socket_args, type, 11, -EINVAL),
	VALUE(SOCKET, ksock_socket_args, type, 15, -EINVAL),
	VALUE(SOCKET, ksock_socket_args, type, SOCK_STREAM | 0x10, -EINVAL),
	VALUE(SOCKET, ksock_socket_args, type, SOCK_STREAM | 0x80000000,
	      -EINVAL),
	VALUE(SOCKET, ksock_socket_args, type, UINT_MAX, -EINVAL),
	VALUE(SOCKET, ksock_socket_args, protocol, IPPROTO_ICMP,
	      -EPROTONOSUPPORT),
	VALUE(SOCKET, ksock_socket_args, protocol, IPPROTO_UDP,
	      -EPROTONOSUPPORT),
	VALUE(SOCKET, ksock_socket_args, protocol, IPPROTO_SCTP,
	      -EPROTONOSUPPORT),
	VALUE(SOCKET, ksock_socket_args, protocol, IPPROTO_RAW,
	      -EPROTONOSUPPORT),
	VALUE(SOCKET, ksock_socket_args, protocol, 0x10006, -EINVAL),
	VALUE(SOCKET, ksock_socket_args, protocol, INT_MAX, -EINVAL),
	VALUE(SOCKET, ksock_socket_args, protocol, INT_MIN, -EINVAL),
	VALUE(SOCKET, ksock_socket_args, protocol, -1, -EINVAL),

	VALUE(BIND, ksock_bind_args, addr.len, 0, -EINVAL),
	VALUE(BIND, ksock_bind_args, addr.len, 1, -EINVAL),
	VALUE(BIND, ksock_bind_args, addr.len, 2, -EINVAL),
	VALUE(BIND, ksock_bind_args, addr.len, 15, -EINVAL),
	VALUE(BIND, ksock_bind_args, addr.len, 129, -EINVAL),
	VALUE(BIND, ksock_bind_args, addr.len, 0x10010, -EINVAL),
	VALUE(BIND, ksock_bind_args, addr.len, INT_MAX, -EINVAL),
	VALUE(BIND, ksock_bind_args, addr.len, 0x80000000, -EINVAL),
	VALUE(BIND, ksock_bind_args, addr.len, UINT_MAX, -EINVAL),

	VALUE(CONNECT, ksock_connect_args, addr.len, 0, -EINVAL),
	VALUE(CONNECT, ksock_connect_args, addr.len, 1, -EINVAL),
	VALUE(CONNECT, ksock_connect_args, addr.len, 2, -EINVAL),
	VALUE(CONNECT, ksock_connect_args, addr.len, 15, -EINVAL),
	VALUE(CONNECT, ksock_connect_args, addr.len, 129, -EINVAL),
	VALUE(CONNECT, ksock_connect_args, addr.len, 0x10010, -EINVAL),
	VALUE(CONNECT, ksock_connect_args, addr.len, INT_MAX, -EINVAL),
	VALUE(CONNECT, ksock_connect_args, addr.len, 0x80000000, -EINVAL),
	VALUE(CONNECT, ksock_connect_args, addr.len, UINT_MAX, -EINVAL),

	VALUE(SHUTDOWN, ksock_shutdown_args, how, SHUT_RDWR + 1, -EINVAL),
	VALUE(SHUTDOWN, ksock_shutdown_args, how, 0x10000, -EINVAL),
	VALUE(SHUTDOWN, ksock_shutdown_args, how, INT_MAX, -EINVAL),
	VALUE(SHUTDOWN, ksock_shutdown_args, how, 0x80000000, -EINVAL),
	VALUE(SHUTDOWN, ksock_shutdown_args, how, UINT_MAX, -EINVAL),

	VALUE(NAME, ksock_name_args, side, KSOCK_SIDE_PEER + 1, -EINVAL),
	VALUE(NAME, ksock_name_args, side, 0x10000, -EINVAL),
	VALUE(NAME, ksock_name_args, side, INT_MAX, -EINVAL),
	VALUE(NAME, ksock_name_args, side, 0x80000000, -EINVAL),
	VALUE(NAME, ksock_name_args, side, UINT_MAX, -EINVAL),

	/* A length without an address. */
	VALUE(SEND, ksock_send_args, addr_len, 1, -EINVAL),
	VALUE(SEND, ksock_send_args, addr_len, 16, -EINVAL),
	VALUE(SEND, ksock_send_args, addr_len, UINT_MAX, -EINVAL),
	/* An address without a length. */
	VALUE(SEND, ksock_send_args, addr_ptr, 1, -EINVAL),
	NOWHERE(SEND, ksock_send_args, buf_ptr),

	VALUE(RECV, ksock_recv_args, addr_len, 1, -EINVAL),
	VALUE(RECV, ksock_recv_args, addr_len, 16, -EINVAL),
	VALUE(RECV, ksock_recv_args, addr_len, UINT_MAX, -EINVAL),
	NOWHERE(RECV, ksock_recv_args, buf_ptr),

	/* A length without an address, and an address without a length. */
	VALUE(SENDMSG, ksock_sendmsg_args, addr_len, 1, -EINVAL),
	VALUE(SENDMSG, ksock_sendmsg_args, addr_len, 16, -EINVAL),
	VALUE(SENDMSG, ksock_sendmsg_args, addr_len, UINT_MAX, -EINVAL),
	VALUE(SENDMSG, ksock_sendmsg_args, addr_ptr, 1, -EINVAL),
	NOWHERE(SENDMSG, ksock_sendmsg_args, iov_ptr),
	VALUE(SENDMSG, ksock_sendmsg_args, iov_count, 1025, -EMSGSIZE),
	VALUE(SENDMSG, ksock_sendmsg_args, iov_count, 0x10000, -EMSGSIZE),
	VALUE(SENDMSG, ksock_sendmsg_args, iov_count, INT_MAX, -EMSGSIZE),
	VALUE(SENDMSG, ksock_sendmsg_args, iov_count, 0x80000000, -EMSGSIZE),
	VALUE(SENDMSG, ksock_sendmsg_args, iov_count, UINT_MAX, -EMSGSIZE),
	VALUE(SENDMSG, ksock_sendmsg_args, control_len, 1, -EINVAL),
	VALUE(SENDMSG, ksock_sendmsg_args, control_len, 512, -EINVAL),

	VALUE(RECVMSG, ksock_recvmsg_args, addr_len, 1, -EINVAL),
	VALUE(RECVMSG, ksock_recvmsg_args, addr_len, 16, -EINVAL),
	VALUE(RECVMSG, ksock_recvmsg_args, addr_len, UINT_MAX, -EINVAL),
	NOWHERE(RECVMSG, ksock_recvmsg_args, iov_ptr),
	VALUE(RECVMSG, ksock_recvmsg_args, iov_count, 1025, -EMSGSIZE),
	VALUE(RECVMSG, ksock_recvmsg_args, iov_count, 0x10000, -EMSGSIZE),
	VALUE(RECVMSG, ksock_recvmsg_args, iov_count, INT_MAX, -EMSGSIZE),
	VALUE(RECVMSG, ksock_recvmsg_args, iov_count, 0x80000000, -EMSGSIZE),
	VALUE(RECVMSG, ksock_recvmsg_args, iov_count, UINT_MAX, -EMSGSIZE),
	VALUE(RECVMSG, ksock_recvmsg_args, control_len, 1, -EINVAL),
	VALUE(RECVMSG, ksock_recvmsg_args, control_len, 512, -EINVAL),
	VALUE(RECVMSG, ksock_recvmsg_args, control_len, UINT_MAX, -EINVAL),

	/* Room without a pointer. */
	VALUE(SOCKET_INFO, ksock_socket_info, tcp_info_ptr, 0, -EINVAL),
	VALUE(SOCKET_INFO, ksock_socket_info, tcp_info_ptr, 1ULL << 63,
	      -EFAULT),
	VALUE(SOCKET_INFO, ksock_socket_info, tcp_info_ptr, 0xffff888000000000,
	      -EFAULT),
	VALUE(SOCKET_INFO, ksock_socket_info, tcp_info_ptr, ~0ULL, -EFAULT),

	VALUE(OPT_GET, ksock_opt_args, level, -1, -ENOPROTOOPT),
	VALUE(OPT_GET, ksock_opt_args, level, INT_MIN, -ENOPROTOOPT),
	VALUE(OPT_GET, ksock_opt_args, level, 0x10001, -ENOPROTOOPT),
	VALUE(OPT_GET, ksock_opt_args, level, SOL_PACKET, -ENOPROTOOPT),
	VALUE(OPT_GET, ksock_opt_args, name, 0, -ENOPROTOOPT),
	VALUE(OPT_GET, ksock_opt_args, name, -1, -ENOPROTOOPT),
	VALUE(OPT_GET, ksock_opt_args, name, INT_MAX, -ENOPROTOOPT),
	VALUE(OPT_GET, ksock_opt_args, name, 0x10009, -ENOPROTOOPT),
	VALUE(OPT_GET, ksock_opt_args, name, SO_GET_FILTER, -ENOPROTOOPT),
	/* Only to be set. */
	VALUE(OPT_GET, ksock_opt_args, name, SO_SNDBUFFORCE, -ENOPROTOOPT),
	VALUE(OPT_GET, ksock_opt_args, len, -1, -EINVAL),
	VALUE(OPT_GET, ksock_opt_args, len, INT_MIN, -EINVAL),
	NOWHERE(OPT_GET, ksock_opt_args, value_ptr),

	VALUE(OPT_SET, ksock_opt_args, level, -1, -ENOPROTOOPT),
	VALUE(OPT_SET, ksock_opt_args, level, INT_MIN, -ENOPROTOOPT),
	VALUE(OPT_SET, ksock_opt_args, level, 0x10001, -ENOPROTOOPT),
	VALUE(OPT_SET, ksock_opt_args, level, SOL_PACKET, -ENOPROTOOPT),
	VALUE(OPT_SET, ksock_opt_args, name, 0, -ENOPROTOOPT),
	VALUE(OPT_SET, ksock_opt_args, name, -1, -ENOPROTOOPT),
	VALUE(OPT_SET, ksock_opt_args, name, INT_MAX, -ENOPROTOOPT),
	VALUE(OPT_SET, ksock_opt_args, name, 0x10009, -ENOPROTOOPT),
	VALUE(OPT_SET, ksock_opt_args, name, SO_ATTACH_FILTER, -ENOPROTOOPT),
	/* Only to be read. */
	VALUE(OPT_SET, ksock_opt_args, name, SO_TYPE, -ENOPROTOOPT),
	VALUE(OPT_SET, ksock_opt_args, len, -1, -EINVAL),
	VALUE(OPT_SET, ksock_opt_args, len, INT_MIN, -EINVAL),
	VALUE(OPT_SET, ksock_opt_args, len, 0, -EINVAL),
	VALUE(OPT_SET, ksock_opt_args, len, 1, -EINVAL),
	VALUE(OPT_SET, ksock_opt_args, len, 3, -EINVAL),
	NOWHERE(OPT_SET, ksock_opt_args, value_ptr),

	VALUE(BATCH, ksock_batch_args, slots, 0, -EINVAL),
	VALUE(BATCH, ksock_batch_args, slots, 1025, -EINVAL),
	VALUE(BATCH, ksock_batch_args, slots, 0x10001, -EINVAL),
	VALUE(BATCH, ksock_batch_args, slots, UINT_MAX, -EINVAL),
	VALUE(BATCH, ksock_batch_args, ops, 0, -EINVAL),
	VALUE(BATCH, ksock_batch_args, ops, 1025, -EINVAL),
	VALUE(BATCH, ksock_batch_args, ops, 0x10001, -EINVAL),
	VALUE(BATCH, ksock_batch_args, ops, UINT_MAX, -EINVAL),

	VALUE(BATCH_SLOT, ksock_batch_slot_args, slot, 1, -EINVAL),
	VALUE(BATCH_SLOT, ksock_batch_slot_args, slot, 1024, -EINVAL),
	VALUE(BATCH_SLOT, ksock_batch_slot_args, slot, 0x10000, -EINVAL),
	VALUE(BATCH_SLOT, ksock_batch_slot_args, slot, 0x80000000, -EINVAL),
	VALUE(BATCH_SLOT, ksock_batch_slot_args, slot, UINT_MAX, -EINVAL),
	VALUE(BATCH_SLOT, ksock_batch_slot_args, fd, 1 << 20, -EBADF),
	VALUE(BATCH_SLOT, ksock_batch_slot_args, fd, INT_MAX, -EBADF),
	VALUE(BATCH_SLOT, ksock_batch_slot_args, fd, INT_MIN, -EBADF),
	VALUE(BATCH_SLOT, ksock_batch_slot_args, fd, -2, -EBADF),

	VALUE(BATCH_RUN, ksock_batch_run_args, count, 3, -EINVAL),
	VALUE(BATCH_RUN, ksock_batch_run_args, count, 1025, -EINVAL),
	VALUE(BATCH_RUN, ksock_batch_run_args, count, 0x10001, -EINVAL),
	VALUE(BATCH_RUN, ksock_batch_run_args, count, 0x80000002, -EINVAL),
	VALUE(BATCH_RUN, ksock_batch_run_args, count, UINT_MAX, -EINVAL),
	NOWHERE(BATCH_RUN, ksock_batch_run_args, ops_ptr),
};

static const struct value good_values[] = {
	VALUE(SOCKET, ksock_socket_args, family, AF_INET6, 0),
	VALUE(SOCKET, ksock_socket_args, type, SOCK_STREAM | SOCK_CLOEXEC, 0),
	VALUE(SOCKET, ksock_socket_args, type, SOCK_STREAM | SOCK_NONBLOCK, 0),
	VALUE(SOCKET, ksock_socket_args, type, SOCK_RAW, 0),
	VALUE(SOCKET, ksock_socket_args, protocol, 0, 0),
	VALUE(BIND, ksock_bind_args, addr.len, KSOCK_ADDR_MAX, 0),
	VALUE(LISTEN, ksock_listen_args, backlog, 0, 0),
	VALUE(LISTEN, ksock_listen_args, backlog, INT_MAX, 0),
	VALUE(LISTEN, ksock_listen_args, backlog, INT_MIN, 0),
	VALUE(LISTEN, ksock_listen_args, backlog, -1, 0),
	VALUE(CONNECT, ksock_connect_args, addr.len, KSOCK_ADDR_MAX, 0),
	VALUE(SHUTDOWN, ksock_shutdown_args, how, SHUT_WR, 0),
	VALUE(SHUTDOWN, ksock_shutdown_args, how, SHUT_RDWR, 0),
	VALUE(NAME, ksock_name_args, side, KSOCK_SIDE_OWN, 0),
	/* Room for an address of length 0, which needs none. */
	VALUE(RECV, ksock_recv_args, addr_ptr, 1, 0),
	VALUE(RECVMSG, ksock_recvmsg_args, addr_ptr, 1, 0),
	VALUE(RECVMSG, ksock_recvmsg_args, control_ptr, 1, 0),
	VALUE(SENDMSG, ksock_sendmsg_args, control_ptr, 1, 0),
	/* Any time is a time; nothing has to be waited for. */
	VALUE(ACCEPT, ksock_accept_args, timeout_ns, 1, 0),
	VALUE(ACCEPT, ksock_accept_args, timeout_ns, 1ULL << 63, 0),
	VALUE(ACCEPT, ksock_accept_args, timeout_ns, ~0ULL, 0),
	VALUE(CONNECT, ksock_connect_args, timeout_ns, 1ULL << 63, 0),
	VALUE(CONNECT, ksock_connect_args, timeout_ns, ~0ULL, 0),
	VALUE(SEND, ksock_send_args, timeout_ns, 1, 0),
	VALUE(SEND, ksock_send_args, timeout_ns, 1ULL << 63, 0),
	VALUE(SEND, ksock_send_args, timeout_ns, ~0ULL, 0),
	VALUE(RECV, ksock_recv_args, timeout_ns, 1, 0),
	VALUE(RECV, ksock_recv_args, timeout_ns, 1ULL << 63, 0),
	VALUE(RECV, ksock_recv_args, timeout_ns, ~0ULL, 0),
	VALUE(SENDMSG, ksock_sendmsg_args, timeout_ns, 1, 0),
	VALUE(SENDMSG, ksock_sendmsg_args, timeout_ns, 1ULL << 63, 0),
	VALUE(SENDMSG, ksock_sendmsg_args, timeout_ns, ~0ULL, 0),
	VALUE(RECVMSG, ksock_recvmsg_args, timeout_ns, 1, 0),
	VALUE(RECVMSG, ksock_recvmsg_args, timeout_ns, 1ULL << 63, 0),
	VALUE(RECVMSG, ksock_recvmsg_args, timeout_ns, ~0ULL, 0),
	VALUE(BATCH_RUN, ksock_batch_run_args, timeout_ns, 1, 0),
	VALUE(BATCH_RUN, ksock_batch_run_args, timeout_ns, 1ULL << 63, 0),
	VALUE(BATCH_RUN, ksock_batch_run_args, timeout_ns, ~0ULL, 0),
	VALUE(SOCKET_INFO, ksock_socket_info, tcp_info_len, 0, 0),
	VALUE(SOCKET_INFO, ksock_socket_info, tcp_info_len, 1, 0),
	VALUE(SOCKET_INFO, ksock_socket_info, tcp_info_len, UINT_MAX, 0),
	VALUE(OPT_GET, ksock_opt_args, len, 0, 0),
	VALUE(OPT_GET, ksock_opt_args, len, 1, 0),
	VALUE(OPT_GET, ksock_opt_args, len, 5, 0),
	VALUE(OPT_GET, ksock_opt_args, len, INT_MAX, 0),
	VALUE(OPT_SET, ksock_opt_args, len, 5, 0),
	VALUE(OPT_SET, ksock_opt_args, len, INT_MAX, 0),
	VALUE(BATCH, ksock_batch_args, slots, 1024, 0),
	VALUE(BATCH, ksock_batch_args, ops, 1024, 0),
	VALUE(BATCH_SLOT, ksock_batch_slot_args, fd, -1, 0),
};

static void value_set(void *args, const struct value *value)
{
	__u32 word = value->value;

	if (value->width == sizeof(word))
		memcpy(args + value->offset, &word, sizeof(word));
	else
		memcpy(args + value->offset, &value->value,
		       sizeof(value->value));
}

TEST_F(command, fails_for_each_value_out_of_range)
{
	unsigned int number = self->command->number;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(bad_values); i++) {
		if (bad_values[i].index != variant->index)
			continue;
		value_set(example(self), &bad_values[i]);
		fails(_metadata, self, bad_values[i].error, self->stage.fd,
		      number, self->mem, "%#llx at offset %zu",
		      (unsigned long long)bad_values[i].value,
		      bad_values[i].offset);
	}
	example(self);
	succeeds(_metadata, self, number, self->mem, "afterwards");
}

TEST_F(command, takes_each_value_at_the_edge_of_its_range)
{
	size_t i;

	example(self);
	succeeds(_metadata, self, self->command->number, self->mem, "as it is");
	for (i = 0; i < ARRAY_SIZE(good_values); i++) {
		if (good_values[i].index != variant->index)
			continue;
		stage_set(_metadata, self, variant->index);
		value_set(example(self), &good_values[i]);
		succeeds(_metadata, self, self->command->number, self->mem,
			 "%#llx at offset %zu",
			 (unsigned long long)good_values[i].value,
			 good_values[i].offset);
	}
}

/* ---- What does not fit into the table ------------------------------------ */

static bool known(enum kind kind, unsigned int nr)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(commands); i++)
		if (commands[i].kind == kind &&
		    _IOC_NR(commands[i].number) == nr)
			return true;
	return false;
}

/* Every number of a command that the kind of descriptor does not have. */
static void unknown_numbers(struct __test_metadata *_metadata,
			    FIXTURE_DATA(command) *data)
{
	const unsigned int dirs[] = { _IOC_WRITE, _IOC_READ | _IOC_WRITE };
	unsigned int nr;
	size_t i;

	for (nr = 0; nr < 1 << _IOC_NRBITS; nr++) {
		if (known(data->command->kind, nr))
			continue;
		for (i = 0; i < ARRAY_SIZE(dirs); i++) {
			example(data);
			fails(_metadata, data, -ENOTTY, data->stage.fd,
			      _IOC(dirs[i], KSOCK_IOC_MAGIC, nr, data->size),
			      data->mem, "number %#x", nr);
		}
	}
	succeeds(_metadata, data, data->command->number, data->mem,
		 "afterwards");
}

TEST_F(single, context_fails_with_enotty_for_each_unknown_number)
{
	stage_set(_metadata, &self->data, DEVICE_INFO);
	unknown_numbers(_metadata, &self->data);
}

TEST_F(single, socket_fails_with_enotty_for_each_unknown_number)
{
	stage_set(_metadata, &self->data, SOCKET_INFO);
	unknown_numbers(_metadata, &self->data);
}

TEST_F(single, batch_fails_with_enotty_for_each_unknown_number)
{
	stage_set(_metadata, &self->data, BATCH_RUN);
	unknown_numbers(_metadata, &self->data);
}

TEST_F(single, what_is_for_streams_fails_with_eopnotsupp_on_others)
{
	const int streams_only[] = { LISTEN, ACCEPT, ABORT };
	int dgram, raw;
	size_t i;

	dgram = ksock_socket(AF_INET, SOCK_DGRAM, 0);
	ASSERT_LE(0, dgram);
	raw = ksock_socket(AF_INET, SOCK_RAW, IPPROTO_UDP);
	ASSERT_LE(0, raw);
	for (i = 0; i < ARRAY_SIZE(streams_only); i++) {
		unsigned int number = commands[streams_only[i]].number;

		stage_set(_metadata, &self->data, streams_only[i]);
		example(&self->data);
		fails(_metadata, &self->data, -EOPNOTSUPP, dgram, number,
		      self->data.mem, "datagrams");
		fails(_metadata, &self->data, -EOPNOTSUPP, raw, number,
		      self->data.mem, "raw");
	}
}

TEST_F(single, socket_of_raw_type_wants_a_protocol_of_ip)
{
	const int protocols[] = { 0, 256, 257, 261, 262 };
	struct ksock_socket_args *args = (void *)self->data.mem;
	size_t i;

	stage_set(_metadata, &self->data, SOCKET);
	for (i = 0; i < ARRAY_SIZE(protocols); i++) {
		example(&self->data);
		args->type = SOCK_RAW;
		args->protocol = protocols[i];
		fails(_metadata, &self->data, -EPROTONOSUPPORT,
		      self->data.stage.fd, KSOCK_IOC_SOCKET, args,
		      "protocol %d", protocols[i]);
	}
}

TEST_F(single, receive_of_all_by_peeking_takes_no_timeout)
{
	struct ksock_recv_args *recv_args = (void *)self->data.mem;
	struct ksock_recvmsg_args *recvmsg_args = (void *)self->data.mem;

	stage_set(_metadata, &self->data, RECV);
	example(&self->data);
	recv_args->flags = MSG_PEEK | MSG_WAITALL;
	recv_args->timeout_ns = 1;
	fails(_metadata, &self->data, -EINVAL, self->data.stage.fd,
	      KSOCK_IOC_RECV, recv_args, "with a timeout");
	recv_args->timeout_ns = 0;
	succeeds(_metadata, &self->data, KSOCK_IOC_RECV, recv_args,
		 "without a timeout");

	stage_set(_metadata, &self->data, RECVMSG);
	example(&self->data);
	recvmsg_args->flags = MSG_PEEK | MSG_WAITALL;
	recvmsg_args->timeout_ns = 1;
	fails(_metadata, &self->data, -EINVAL, self->data.stage.fd,
	      KSOCK_IOC_RECVMSG, recvmsg_args, "with a timeout");
	recvmsg_args->timeout_ns = 0;
	succeeds(_metadata, &self->data, KSOCK_IOC_RECVMSG, recvmsg_args,
		 "without a timeout");
}

TEST_F(single, socket_refuses_each_unknown_bit_of_its_type)
{
	struct ksock_socket_args *args = (void *)self->data.mem;
	__u32 bit;

	stage_set(_metadata, &self->data, SOCKET);
	for (bit = 0x10; bit; bit <<= 1) {
		if (bit & (SOCK_NONBLOCK | SOCK_CLOEXEC))
			continue;
		example(&self->data);
		args->type |= bit;
		fails(_metadata, &self->data, -EINVAL, self->data.stage.fd,
		      KSOCK_IOC_SOCKET, args, "bit %#x", bit);
	}
}

/* One completion, and one connect, is for one call. */
TEST_F(single, send_without_copy_or_by_fast_open_takes_no_timeout)
{
	const int sends[] = { SEND, SENDMSG };
	const __u32 flags[] = {
		MSG_ZEROCOPY, MSG_FASTOPEN, MSG_ZEROCOPY | MSG_DONTWAIT,
	};
	struct ksock_send_args *send_args = (void *)self->data.mem;
	struct ksock_sendmsg_args *sendmsg_args = (void *)self->data.mem;
	size_t i, j;

	for (i = 0; i < ARRAY_SIZE(sends); i++) {
		stage_set(_metadata, &self->data, sends[i]);
		for (j = 0; j < ARRAY_SIZE(flags); j++) {
			example(&self->data);
			send_args->flags = flags[j];
			if (sends[i] == SEND)
				send_args->timeout_ns = 1;
			else
				sendmsg_args->timeout_ns = 1;
			fails(_metadata, &self->data, -EINVAL,
			      self->data.stage.fd, self->data.command->number,
			      self->data.mem, "flags %#x", flags[j]);
		}
	}
}

TEST_F(single, send_checks_the_length_of_an_address_before_it_reads_it)
{
	const __u32 lens[] = { 0, 1, 129, INT_MAX, 0x80000000, UINT_MAX };
	struct ksock_send_args *args = (void *)self->data.mem;
	size_t i;

	stage_set(_metadata, &self->data, SEND);
	for (i = 0; i < ARRAY_SIZE(lens); i++) {
		example(&self->data);
		args->addr_ptr = (uintptr_t)&self->data.stage.addr.storage;
		args->addr_len = lens[i];
		fails(_metadata, &self->data, -EINVAL, self->data.stage.fd,
		      KSOCK_IOC_SEND, args, "length %u", lens[i]);
		args->addr_ptr = 1;
		fails(_metadata, &self->data, -EINVAL, self->data.stage.fd,
		      KSOCK_IOC_SEND, args, "length %u, bad pointer", lens[i]);
	}
	example(&self->data);
	succeeds(_metadata, &self->data, KSOCK_IOC_SEND, args, "afterwards");
}

/* Two defects at once: the one that the header lists first is the answer. */
TEST_F(single, errors_are_found_in_the_documented_order)
{
	struct ksock_socket_args *socket_args = (void *)self->data.mem;
	struct ksock_listen_args *listen_args = (void *)self->data.mem;
	size_t long_size = sizeof(*listen_args) + 8;
	int ctx, dgram;

	dgram = ksock_socket(AF_INET, SOCK_DGRAM, 0);
	ASSERT_LE(0, dgram);
	stage_set(_metadata, &self->data, LISTEN);

	example(&self->data);
	fails(_metadata, &self->data, -ENOTTY, ksock_ctx,
	      sized(KSOCK_IOC_LISTEN, 0), listen_args,
	      "other descriptor, too short");
	fails(_metadata, &self->data, -ENOTTY, ksock_ctx, KSOCK_IOC_LISTEN,
	      NULL, "other descriptor, null pointer");
	fails(_metadata, &self->data, -EINVAL, dgram,
	      sized(KSOCK_IOC_LISTEN, 4), NULL, "too short, null pointer");
	if (self->data.page < MAX_SIZE)
		fails(_metadata, &self->data, -E2BIG, dgram,
		      sized(KSOCK_IOC_LISTEN, MAX_SIZE), NULL,
		      "longer than a page, null pointer");
	fails(_metadata, &self->data, -EFAULT, dgram, KSOCK_IOC_LISTEN, NULL,
	      "null pointer, type it is not for");
	self->data.mem[sizeof(*listen_args)] = 1;
	fails(_metadata, &self->data, -E2BIG, dgram,
	      sized(KSOCK_IOC_LISTEN, long_size), listen_args,
	      "tail, type it is not for");
	example(&self->data);
	listen_args->flags = 1;
	fails(_metadata, &self->data, -EOPNOTSUPP, dgram, KSOCK_IOC_LISTEN,
	      listen_args, "type it is not for, unknown flag");

	stage_set(_metadata, &self->data, SOCKET);
	ctx = self->data.stage.fd;
	example(&self->data);
	socket_args->flags = 2;
	socket_args->family = AF_UNIX;
	fails(_metadata, &self->data, -EINVAL, ctx, KSOCK_IOC_SOCKET,
	      socket_args, "unknown flag, family");
	example(&self->data);
	socket_args->family = AF_UNIX;
	socket_args->type = SOCK_RDM;
	fails(_metadata, &self->data, -EAFNOSUPPORT, ctx, KSOCK_IOC_SOCKET,
	      socket_args, "family, type");
	example(&self->data);
	socket_args->type = SOCK_RDM;
	socket_args->protocol = IPPROTO_UDP;
	fails(_metadata, &self->data, -ESOCKTNOSUPPORT, ctx, KSOCK_IOC_SOCKET,
	      socket_args, "type, protocol");
}

TELL_CASES()

TEST_HARNESS_MAIN
