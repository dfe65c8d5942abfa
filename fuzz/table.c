// SPDX-License-Identifier: GPL-2.0-only
/*
 * Every command of <linux/ksock.h>, and the calls beside them: what they are made
 * on, what their fields are, how often they are made.  Fields that the kernel
 * writes only are not here.
 */
#include <fcntl.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <linux/sockios.h>

#include <linux/ksock.h>

#include "syscall.h"

#define LIST(name, ...) \
static const struct list name = { \
	sizeof((uint64_t[]){ __VA_ARGS__ }) / sizeof(uint64_t), { __VA_ARGS__ } \
}

LIST(zero, 0);
LIST(socket_flags, KSOCK_SOCKET_KERN, 0, 0);
LIST(families, AF_INET, AF_INET, AF_INET, AF_INET6, AF_INET6, AF_UNSPEC, AF_UNIX);
LIST(sock_types, SOCK_STREAM | SOCK_NONBLOCK, SOCK_DGRAM | SOCK_NONBLOCK,
     SOCK_STREAM | SOCK_NONBLOCK, SOCK_DGRAM | SOCK_NONBLOCK, SOCK_STREAM,
     SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, SOCK_RAW | SOCK_NONBLOCK, SOCK_SEQPACKET);
LIST(protocols, 0, 0, 0, 0, 0, 6, 17, 1, 58, 136, 262, 255, 256);
LIST(new_flags, SOCK_NONBLOCK, SOCK_CLOEXEC);
LIST(backlogs, 0, 1, 4, 128, 0xffffffff);
LIST(hows, SHUT_RD, SHUT_WR, SHUT_RDWR, 3);
LIST(sides, KSOCK_SIDE_OWN, KSOCK_SIDE_PEER);
LIST(infos, 0, 104, 232, 4096);
LIST(send_flags, MSG_DONTWAIT, MSG_DONTWAIT, MSG_NOSIGNAL, MSG_MORE, MSG_EOR,
     MSG_CONFIRM, MSG_DONTROUTE, MSG_OOB, MSG_ZEROCOPY, MSG_FASTOPEN);
LIST(recv_flags, MSG_DONTWAIT, MSG_DONTWAIT, MSG_PEEK, MSG_TRUNC, MSG_WAITALL,
     MSG_OOB, MSG_ERRQUEUE);
LIST(numbers, 0, 1, 2, 3, 10, 26, 36);
LIST(slots, 0, 1, 2, 3, 4, 7, 1023);
LIST(sizes, 1, 2, 4, 8, 16, 16, 64, 1024);
LIST(batch_flags, KSOCK_BATCH_STOP);
LIST(events, POLLIN, POLLOUT, POLLIN | POLLOUT, POLLPRI, 0xffff);
LIST(pauses, 0, 0, 0, 0, 0, 0, 1);
LIST(splice_flags, SPLICE_F_MOVE, SPLICE_F_NONBLOCK, SPLICE_F_NONBLOCK, SPLICE_F_MORE);
LIST(ways, 0, 1);
LIST(file_flags, O_NONBLOCK, O_NONBLOCK, O_NONBLOCK, O_NONBLOCK | O_ASYNC, 0);
LIST(children, 0, 1, 2, 3);
LIST(plain_types, SOCK_STREAM | SOCK_NONBLOCK, SOCK_DGRAM | SOCK_NONBLOCK);
LIST(plain_flags, MSG_MORE, MSG_OOB, MSG_PEEK);
LIST(pipe_slots, 26, 27, 28, 29);
LIST(ioctls, FIONREAD, FIONREAD, SIOCOUTQ, SIOCOUTQNSD, SIOCATMARK, SIOCGIFCONF,
     SIOCGSTAMP_OLD, FIONBIO, FIOASYNC, KSOCK_IOC_DEVICE_INFO, KSOCK_IOC_SOCKET,
     KSOCK_IOC_BIND, KSOCK_IOC_ACCEPT, KSOCK_IOC_NAME, KSOCK_IOC_SOCKET_INFO,
     KSOCK_IOC_RECV, KSOCK_IOC_OPT_GET, KSOCK_IOC_BATCH_RUN, _IO(KSOCK_IOC_MAGIC, 0x13),
     _IO(KSOCK_IOC_MAGIC, 0x3f), _IOWR(KSOCK_IOC_MAGIC, 0xff, int));

#define AT(_struct, _member) \
	offsetof(struct _struct, _member), sizeof(((struct _struct *)0)->_member)
#define FLAGS(_struct, _list) \
	{ "flags", KIND_FLAGS, 0, AT(_struct, flags), 0, &(_list) }
#define RESERVED(_struct) \
	{ "__reserved", KIND_ZERO, 0, AT(_struct, __reserved), 0, &zero }
#define NUMBER(_struct, _member, _list) \
	{ #_member, KIND_NUMBER, 0, AT(_struct, _member), 0, &(_list) }
#define TIME(_struct) \
	{ "timeout_ns", KIND_TIME, 0, AT(_struct, timeout_ns), 0, NULL }
#define PTR(_struct, _member, _what) \
	{ #_member, KIND_POINTER, WHAT_##_what, AT(_struct, _member), 0, NULL }
#define LEN(_struct, _member, _what, _of) \
	{ #_member, KIND_LEN, WHAT_##_what, AT(_struct, _member), _of, NULL }
#define INLINE(_struct, _of) \
	{ "addr.bytes", KIND_INLINE, WHAT_ADDR, AT(_struct, addr.bytes), 0, NULL }, \
	{ "addr.len", KIND_LEN, WHAT_ADDR, AT(_struct, addr.len), _of, NULL }, \
	{ "addr.__reserved", KIND_ZERO, 0, AT(_struct, addr.__reserved), 0, &zero }

#define IOCTL(_name, _role, _makes, _weight) \
	.name = #_name, .number = KSOCK_IOC_##_name, .role = ROLE_##_role, \
	.makes = ROLE_##_makes, .weight = _weight, .must = true

/* Arguments of a system call are numbered. */
#define ARG(_name, _kind, _i, _of, _list) \
	{ _name, KIND_##_kind, 0, _i, 8, _of, &(_list) }
#define ARG_PTR(_name, _what) \
	{ _name, KIND_POINTER, WHAT_##_what, 0, 8, 0, NULL }
#define ARG_LEN(_name, _what, _of) \
	{ _name, KIND_LEN, WHAT_##_what, 0, 8, _of, NULL }

#define CALL(_name, _role, _makes, _weight) \
	.name = #_name, .run = run_##_name, .role = ROLE_##_role, \
	.makes = ROLE_##_makes, .weight = _weight, .must = true

const struct type types[] = {
	{ IOCTL(DEVICE_INFO, CTX, NONE, 20), .fields = {
		FLAGS(ksock_device_info, zero), RESERVED(ksock_device_info) } },
	{ IOCTL(SOCKET, CTX, SOCK, 22), .fields = {
		FLAGS(ksock_socket_args, socket_flags),
		NUMBER(ksock_socket_args, family, families),
		NUMBER(ksock_socket_args, type, sock_types),
		NUMBER(ksock_socket_args, protocol, protocols) } },
	{ IOCTL(BIND, SOCK, NONE, 50), .fields = {
		FLAGS(ksock_bind_args, zero), RESERVED(ksock_bind_args),
		INLINE(ksock_bind_args, 2) } },
	{ IOCTL(LISTEN, SOCK, NONE, 30), .fields = {
		FLAGS(ksock_listen_args, zero),
		NUMBER(ksock_listen_args, backlog, backlogs) } },
	{ IOCTL(ACCEPT, SOCK, SOCK, 50), .fields = {
		FLAGS(ksock_accept_args, new_flags), RESERVED(ksock_accept_args),
		TIME(ksock_accept_args) } },
	{ IOCTL(CONNECT, SOCK, NONE, 30), .fields = {
		FLAGS(ksock_connect_args, zero), RESERVED(ksock_connect_args),
		INLINE(ksock_connect_args, 2), TIME(ksock_connect_args) } },
	{ IOCTL(SHUTDOWN, SOCK, NONE, 8), .fields = {
		FLAGS(ksock_shutdown_args, zero),
		NUMBER(ksock_shutdown_args, how, hows) } },
	{ IOCTL(NAME, SOCK, NONE, 50), .fields = {
		FLAGS(ksock_name_args, zero), NUMBER(ksock_name_args, side, sides) } },
	{ IOCTL(SOCKET_INFO, SOCK, NONE, 50), .fields = {
		FLAGS(ksock_socket_info, zero), RESERVED(ksock_socket_info),
		PTR(ksock_socket_info, tcp_info_ptr, DATA),
		NUMBER(ksock_socket_info, tcp_info_len, infos) } },
	{ IOCTL(ABORT, SOCK, NONE, 5), .fields = {
		FLAGS(ksock_abort_args, zero), RESERVED(ksock_abort_args) } },
	{ IOCTL(SEND, SOCK, NONE, 90), .fields = {
		FLAGS(ksock_send_args, send_flags),
		LEN(ksock_send_args, addr_len, ADDR, 4),
		PTR(ksock_send_args, buf_ptr, DATA),
		LEN(ksock_send_args, len, DATA, 2),
		PTR(ksock_send_args, addr_ptr, ADDR), TIME(ksock_send_args) } },
	{ IOCTL(RECV, SOCK, NONE, 90), .fields = {
		FLAGS(ksock_recv_args, recv_flags),
		LEN(ksock_recv_args, addr_len, ADDR, 4),
		PTR(ksock_recv_args, buf_ptr, DATA),
		LEN(ksock_recv_args, len, DATA, 2),
		PTR(ksock_recv_args, addr_ptr, ADDR), TIME(ksock_recv_args) } },
	{ IOCTL(SENDMSG, SOCK, NONE, 80), .fields = {
		FLAGS(ksock_sendmsg_args, send_flags),
		LEN(ksock_sendmsg_args, addr_len, ADDR, 2),
		PTR(ksock_sendmsg_args, addr_ptr, ADDR),
		PTR(ksock_sendmsg_args, iov_ptr, IOV),
		LEN(ksock_sendmsg_args, iov_count, IOV, 3),
		LEN(ksock_sendmsg_args, control_len, CONTROL, 6),
		PTR(ksock_sendmsg_args, control_ptr, CONTROL),
		TIME(ksock_sendmsg_args) } },
	{ IOCTL(RECVMSG, SOCK, NONE, 80), .fields = {
		FLAGS(ksock_recvmsg_args, recv_flags),
		LEN(ksock_recvmsg_args, addr_len, ADDR, 2),
		PTR(ksock_recvmsg_args, addr_ptr, ADDR),
		PTR(ksock_recvmsg_args, iov_ptr, IOV),
		LEN(ksock_recvmsg_args, iov_count, IOV, 3),
		LEN(ksock_recvmsg_args, control_len, CONTROL, 6),
		PTR(ksock_recvmsg_args, control_ptr, CONTROL),
		TIME(ksock_recvmsg_args), RESERVED(ksock_recvmsg_args) } },
	{ IOCTL(OPT_GET, SOCK, NONE, 100), .fields = {
		FLAGS(ksock_opt_args, zero), NUMBER(ksock_opt_args, level, numbers),
		NUMBER(ksock_opt_args, name, numbers),
		LEN(ksock_opt_args, len, OPTION, 4),
		PTR(ksock_opt_args, value_ptr, OPTION) } },
	{ IOCTL(OPT_SET, SOCK, NONE, 100), .fields = {
		FLAGS(ksock_opt_args, zero), NUMBER(ksock_opt_args, level, numbers),
		NUMBER(ksock_opt_args, name, numbers),
		LEN(ksock_opt_args, len, OPTION, 4),
		PTR(ksock_opt_args, value_ptr, OPTION) } },
	{ IOCTL(BATCH, CTX, BATCH, 15), .fields = {
		FLAGS(ksock_batch_args, new_flags),
		NUMBER(ksock_batch_args, slots, sizes),
		NUMBER(ksock_batch_args, ops, sizes), RESERVED(ksock_batch_args) } },
	{ IOCTL(BATCH_SLOT, BATCH, NONE, 50), .fields = {
		FLAGS(ksock_batch_slot_args, zero),
		NUMBER(ksock_batch_slot_args, slot, slots),
		{ "fd", KIND_FD, 0, AT(ksock_batch_slot_args, fd), ROLE_SOCK, NULL },
		RESERVED(ksock_batch_slot_args) } },
	{ IOCTL(BATCH_RUN, BATCH, NONE, 40), .fields = {
		FLAGS(ksock_batch_run_args, batch_flags),
		LEN(ksock_batch_run_args, count, OPS, 2),
		PTR(ksock_batch_run_args, ops_ptr, OPS),
		PTR(ksock_batch_run_args, results_ptr, RESULTS),
		TIME(ksock_batch_run_args) } },

	{ CALL(open, NONE, CTX, 3) },
	{ CALL(close, NONE, NONE, 8) },
	{ CALL(dup, SOCK, SOCK, 10) },
	{ CALL(read, DATA, NONE, 40), .fields = {
		ARG_PTR("buf", DATA), ARG_LEN("len", DATA, 0) } },
	{ CALL(write, DATA, NONE, 40), .fields = {
		ARG_PTR("buf", DATA), ARG_LEN("len", DATA, 0) } },
	{ CALL(readv, DATA, NONE, 20), .fields = {
		ARG_PTR("iov", IOV), ARG_LEN("count", IOV, 0) } },
	{ CALL(writev, DATA, NONE, 20), .fields = {
		ARG_PTR("iov", IOV), ARG_LEN("count", IOV, 0) } },
	{ CALL(poll, ANY, NONE, 40), .fields = {
		ARG("events", NUMBER, 0, 0, events), ARG("time", NUMBER, 1, 0, pauses) } },
	{ CALL(splice, DATA, NONE, 30), .fields = {
		ARG("into", FD, 0, ROLE_PIPE, zero), ARG_LEN("len", DATA, 4),
		ARG("flags", FLAGS, 2, 0, splice_flags),
		ARG("from", NUMBER, 3, 0, ways), ARG_PTR("as_long_as", DATA) } },
	{ CALL(sendfile, DATA, NONE, 12), .fields = {
		ARG("in", FD, 0, ROLE_FILE, zero), ARG_LEN("len", DATA, 2),
		ARG_PTR("as_long_as", DATA) } },
	{ CALL(flags, SOCK, NONE, 12), .fields = {
		ARG("flags", NUMBER, 0, 0, file_flags) } },
	{ CALL(fdinfo, SOCK, NONE, 10) },
	{ CALL(ioctl, ANY, NONE, 40), .fields = {
		ARG("number", NUMBER, 0, 0, ioctls), ARG_PTR("arg", OPTION) } },
	{ CALL(fork, SOCK, NONE, 1), .fields = {
		ARG("then", NUMBER, 0, 0, children) } },
	{ CALL(pipe, NONE, PIPE, 4), .fields = {
		ARG("second", NUMBER, 0, 0, pipe_slots) } },
	{ CALL(file, NONE, FILE, 1) },
	{ CALL(plain_socket, NONE, PLAIN, 6), .fields = {
		ARG("family", NUMBER, 0, 0, families),
		ARG("type", NUMBER, 1, 0, plain_types) } },
	{ CALL(plain_bind, PLAIN, NONE, 8), .fields = {
		ARG_PTR("addr", ADDR), ARG_LEN("addr_len", ADDR, 0) } },
	{ CALL(plain_connect, PLAIN, NONE, 12), .fields = {
		ARG_PTR("addr", ADDR), ARG_LEN("addr_len", ADDR, 0) } },
	{ CALL(plain_listen, PLAIN, NONE, 4), .fields = {
		ARG("backlog", NUMBER, 0, 0, backlogs) } },
	{ CALL(plain_accept, PLAIN, PLAIN, 4) },
	{ CALL(plain_send, PLAIN, NONE, 20), .fields = {
		ARG_PTR("buf", DATA), ARG_LEN("len", DATA, 0),
		ARG("flags", FLAGS, 2, 0, plain_flags) } },
	{ CALL(plain_recv, PLAIN, NONE, 20), .fields = {
		ARG_PTR("buf", DATA), ARG_LEN("len", DATA, 0),
		ARG("flags", FLAGS, 2, 0, plain_flags) } },
	{ CALL(plain_shutdown, PLAIN, NONE, 2), .fields = {
		ARG("how", NUMBER, 0, 0, hows) } },
};

const unsigned int type_count = sizeof(types) / sizeof(types[0]);
struct tally tallies[sizeof(types) / sizeof(types[0])];
