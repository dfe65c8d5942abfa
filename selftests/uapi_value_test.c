// SPDX-License-Identifier: GPL-2.0-only
/*
 * The ABI: the values of fields, at and beyond the edge of their range, and
 * what does not fit into the table of commands.
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
	VALUE(SOCKET, ksock_socket_args, type, SOCK_RAW, -ESOCKTNOSUPPORT),
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
	VALUE(SOCKET, ksock_socket_args, protocol, 262, -EPROTONOSUPPORT),
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
	VALUE(SEND, ksock_send_args, buf_ptr, 0, -EFAULT),
	VALUE(SEND, ksock_send_args, buf_ptr, 1ULL << 63, -EFAULT),
	VALUE(SEND, ksock_send_args, buf_ptr, ~0ULL, -EFAULT),

	VALUE(RECV, ksock_recv_args, addr_len, 1, -EINVAL),
	VALUE(RECV, ksock_recv_args, addr_len, 16, -EINVAL),
	VALUE(RECV, ksock_recv_args, addr_len, UINT_MAX, -EINVAL),
	VALUE(RECV, ksock_recv_args, buf_ptr, 0, -EFAULT),
	VALUE(RECV, ksock_recv_args, buf_ptr, 1ULL << 63, -EFAULT),
	VALUE(RECV, ksock_recv_args, buf_ptr, ~0ULL, -EFAULT),
};

static const struct value good_values[] = {
	VALUE(SOCKET, ksock_socket_args, family, AF_INET6, 0),
	VALUE(SOCKET, ksock_socket_args, type, SOCK_STREAM | SOCK_CLOEXEC, 0),
	VALUE(SOCKET, ksock_socket_args, type, SOCK_STREAM | SOCK_NONBLOCK, 0),
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

/* The stage is set by each test. */
FIXTURE(single) {
	FIXTURE_DATA(command) data;
};

FIXTURE_SETUP(single)
{
	command_setup(_metadata, &self->data,
		      &_command_socket_info_variant);
}

FIXTURE_TEARDOWN(single)
{
}

static bool known(bool on_ctx, unsigned int nr)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(commands); i++)
		if (commands[i].on_ctx == on_ctx &&
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
		if (known(data->command->on_ctx, nr))
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

TEST_F(single, listen_and_accept_on_a_datagram_socket_fail_with_eopnotsupp)
{
	int dgram;

	dgram = ksock_socket(AF_INET, SOCK_DGRAM, 0);
	ASSERT_LE(0, dgram);
	stage_set(_metadata, &self->data, LISTEN);
	example(&self->data);
	fails(_metadata, &self->data, -EOPNOTSUPP, dgram, KSOCK_IOC_LISTEN,
	      self->data.mem, "listen");
	stage_set(_metadata, &self->data, ACCEPT);
	example(&self->data);
	fails(_metadata, &self->data, -EOPNOTSUPP, dgram, KSOCK_IOC_ACCEPT,
	      self->data.mem, "accept");
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

TEST_F(single, send_of_an_address_that_cannot_be_read_fails_with_efault)
{
	struct ksock_send_args *args = (void *)self->data.mem;
	__u8 *end = self->data.mem + self->data.room;
	const __u64 bad[] = {
		1, (uintptr_t)end, (uintptr_t)end - 1, (uintptr_t)end - 15,
		1ULL << 63, ~0ULL,
	};
	size_t i;

	stage_set(_metadata, &self->data, SEND);
	for (i = 0; i < ARRAY_SIZE(bad); i++) {
		example(&self->data);
		args->addr_ptr = bad[i];
		args->addr_len = sizeof(struct sockaddr_in);
		fails(_metadata, &self->data, -EFAULT, self->data.stage.fd,
		      KSOCK_IOC_SEND, args, "pointer %#llx",
		      (unsigned long long)bad[i]);
	}
	example(&self->data);
	succeeds(_metadata, &self->data, KSOCK_IOC_SEND, args, "afterwards");
}

/* Also from a 32-bit caller, for whom the upper half is not an address. */
TEST_F(single, pointers_are_not_cut_to_32_bits)
{
	struct ksock_send_args *send_args = (void *)self->data.mem;
	struct ksock_recv_args *recv_args = (void *)self->data.mem;
	const __u64 high = 1ULL << 63;

	stage_set(_metadata, &self->data, SEND);
	example(&self->data);
	send_args->buf_ptr |= high;
	fails(_metadata, &self->data, -EFAULT, self->data.stage.fd,
	      KSOCK_IOC_SEND, send_args, "data");
	example(&self->data);
	send_args->addr_ptr = (uintptr_t)&self->data.stage.addr.storage | high;
	send_args->addr_len = sizeof(struct sockaddr_in);
	fails(_metadata, &self->data, -EFAULT, self->data.stage.fd,
	      KSOCK_IOC_SEND, send_args, "address");

	stage_set(_metadata, &self->data, RECV);
	example(&self->data);
	recv_args->buf_ptr |= high;
	fails(_metadata, &self->data, -EFAULT, self->data.stage.fd,
	      KSOCK_IOC_RECV, recv_args, "room");
	if (sizeof(void *) == sizeof(__u32)) {
		example(&self->data);
		recv_args->buf_ptr |= 1ULL << 32;
		fails(_metadata, &self->data, -EFAULT, self->data.stage.fd,
		      KSOCK_IOC_RECV, recv_args, "room above 4 GiB");
	}
	example(&self->data);
	succeeds(_metadata, &self->data, KSOCK_IOC_RECV, recv_args,
		 "afterwards");
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
	socket_args->flags = 1;
	socket_args->family = AF_UNIX;
	fails(_metadata, &self->data, -EINVAL, ctx, KSOCK_IOC_SOCKET,
	      socket_args, "unknown flag, family");
	example(&self->data);
	socket_args->family = AF_UNIX;
	socket_args->type = SOCK_RAW;
	fails(_metadata, &self->data, -EAFNOSUPPORT, ctx, KSOCK_IOC_SOCKET,
	      socket_args, "family, type");
	example(&self->data);
	socket_args->type = SOCK_RAW;
	socket_args->protocol = IPPROTO_UDP;
	fails(_metadata, &self->data, -ESOCKTNOSUPPORT, ctx, KSOCK_IOC_SOCKET,
	      socket_args, "type, protocol");
}

TELL_CASES()

TEST_HARNESS_MAIN
