// SPDX-License-Identifier: GPL-2.0-only
/*
 * Every call once for each allocation and each copy of user memory in it, with
 * that one failing: the call fails in a way that it is documented to or does
 * without, loses nothing, and does well afterwards.  Only debug kernels can do
 * that.
 */
#include "fault.h"
#include "fault_scene.h"
#include "splice.h"
#include "timed.h"

#include <linux/sockios.h>
#include <sys/sendfile.h>

/* ---- The calls ----------------------------------------------------------- */

static long call_open(void)
{
	return ksock_open();
}

static long call_device_info(void)
{
	struct ksock_device_info info;

	return ksock_device_info(ksock_ctx, &info);
}

static long call_socket_tcp(void)
{
	return fault.face->socket(AF_INET, SOCK_STREAM, 0);
}

static long call_socket_udp6(void)
{
	return fault.face->socket(AF_INET6, SOCK_DGRAM, 0);
}

static long call_socket_raw(void)
{
	return fault.face->socket(AF_INET, SOCK_RAW, IPPROTO_ICMP);
}

static long call_bind(void)
{
	return fault.face->bind(fault.fd, &fault.addr.sa, fault.addr.len);
}

static long call_listen(void)
{
	return fault.face->listen(fault.fd, 4);
}

static long fault_accept(void)
{
	socklen_t len = sizeof(fault.addr.storage);

	return fault.face->accept(fault.fd, &fault.addr.storage, &len,
				  SOCK_NONBLOCK);
}

static long fault_connect(void)
{
	return fault.face->connect(fault.fd, &fault.addr.sa, fault.addr.len);
}

static long call_shutdown(void)
{
	return fault.face->shutdown(fault.fd, SHUT_WR);
}

static long call_name(void)
{
	socklen_t len = sizeof(fault.addr.storage);

	return fault.face->getsockname(fault.fd, &fault.addr.storage, &len);
}

static long call_name_peer(void)
{
	socklen_t len = sizeof(fault.addr.storage);

	return fault.face->getpeername(fault.fd, &fault.addr.storage, &len);
}

static long call_socket_info(void)
{
	struct ksock_socket_info info;

	return ksock_socket_info(fault.fd, &info);
}

static long call_socket_info_tcp(void)
{
	struct tcp_info tcp_info;
	struct ksock_socket_info info = {
		.tcp_info_ptr = (uintptr_t)&tcp_info,
		.tcp_info_len = sizeof(tcp_info),
	};

	return ret_errno(ioctl(fault.fd, KSOCK_IOC_SOCKET_INFO, &info));
}

/* What is queued either way, and the mark of urgent data. */
static long call_queues(void)
{
	const unsigned long requests[] = {
		FIONREAD, SIOCOUTQ, SIOCOUTQNSD, SIOCATMARK,
	};
	size_t i;
	int value, ret;

	for (i = 0; i < ARRAY_SIZE(requests); i++) {
		ret = ret_errno(ioctl(fault.fd, requests[i], &value));
		if (ret)
			return ret;
	}
	return 0;
}

/* Who gets SIGIO is remembered. */
static long call_async(void)
{
	return ret_errno(fcntl(fault.fd, F_SETFL, O_ASYNC));
}

static long call_abort(void)
{
	struct ksock_abort_args args = {};

	return ret_errno(ioctl(fault.fd, KSOCK_IOC_ABORT, &args));
}

static long fault_send(void)
{
	return face_send(fault.face, fault.fd, fault.buf, 1000, 0);
}

static long fault_sendto(void)
{
	return fault.face->sendto(fault.fd, fault.buf, 1000, 0, &fault.addr.sa,
				  fault.addr.len);
}

static long fault_recv(void)
{
	return face_recv(fault.face, fault.fd, fault.buf, 1000, MSG_DONTWAIT);
}

static long fault_recvfrom(void)
{
	struct addr from = addr_room();
	int flags = MSG_DONTWAIT;

	return fault.face->recvfrom(fault.fd, fault.buf, 1000, &flags,
				    &from.storage, &from.len);
}

/* Those with a timeout of their own have ways of their own. */

static long fault_timed_accept(void)
{
	return timed_accept(fault.fd, LATE);
}

static long fault_timed_connect(void)
{
	return timed_connect(fault.fd, &fault.addr, LATE);
}

static long fault_timed_send(void)
{
	return timed_send(fault.fd, fault.buf, 1000, 0, LATE);
}

static long fault_timed_recv(void)
{
	return timed_recv(fault.fd, fault.buf, 1000, 0, LATE);
}

static long fault_timed_sendmsg(void)
{
	return timed_sendmsg(fault.fd, fault.buf, 1000, 0, LATE);
}

static long fault_timed_recvmsg(void)
{
	return timed_recvmsg(fault.fd, fault.buf, 1000, 0, LATE);
}

static long call_zerocopy(void)
{
	return face_send(fault.face, fault.fd, fault.buf, 4096, MSG_ZEROCOPY);
}

/* Connects, and sends. */
static long call_fastopen(void)
{
	return fault.face->sendto(fault.fd, fault.buf, 1000, MSG_FASTOPEN,
				  &fault.addr.sa, fault.addr.len);
}

/* More parts than fit without an allocation. */
static struct msghdr fault_message(void)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(fault.parts); i++) {
		fault.parts[i].iov_base = fault.buf + 50 * i;
		fault.parts[i].iov_len = 50;
	}
	return (struct msghdr) {
		.msg_iov = fault.parts,
		.msg_iovlen = ARRAY_SIZE(fault.parts),
	};
}

static long fault_sendmsg(void)
{
	struct msghdr msg = fault_message();
	struct cmsghdr *cmsg = (struct cmsghdr *)fault.control;

	cmsg->cmsg_len = CMSG_LEN(sizeof(int));
	cmsg->cmsg_level = IPPROTO_IP;
	cmsg->cmsg_type = IP_TTL;
	memcpy(CMSG_DATA(cmsg), &(int){ 9 }, sizeof(int));
	msg.msg_control = fault.control;
	msg.msg_controllen = CMSG_SPACE(sizeof(int));
	msg.msg_name = &fault.addr.storage;
	msg.msg_namelen = fault.addr.len;
	return fault.face->sendmsg(fault.fd, &msg, 0);
}

static long fault_recvmsg_by(int flags)
{
	struct msghdr msg = fault_message();
	struct addr from = addr_room();

	msg.msg_control = fault.control;
	msg.msg_controllen = sizeof(fault.control);
	msg.msg_name = &from.storage;
	msg.msg_namelen = from.len;
	return fault.face->recvmsg(fault.fd, &msg, flags);
}

static long fault_recvmsg(void)
{
	return fault_recvmsg_by(MSG_DONTWAIT);
}

static long call_errqueue(void)
{
	return fault_recvmsg_by(MSG_ERRQUEUE);
}

static long call_getsockopt(void)
{
	struct tcp_info info;
	socklen_t len = sizeof(info);

	return fault.face->getsockopt(fault.fd, SOL_TCP, TCP_INFO, &info, &len);
}

static long call_setsockopt(void)
{
	return fault.face->setsockopt(fault.fd, SOL_TCP, TCP_CONGESTION, "reno",
				      4);
}

/* Allocates room for the sources. */
static long call_setsockopt_group(void)
{
	struct group_source_req req = { .gsr_interface = 1 };
	struct sockaddr_in *in = (struct sockaddr_in *)&req.gsr_group;

	in->sin_family = AF_INET;
	in->sin_addr.s_addr = htonl(0xe8010101);
	memcpy(&req.gsr_source, &fault.addr.storage, sizeof(req.gsr_source));
	return fault.face->setsockopt(fault.fd, SOL_IP, MCAST_JOIN_SOURCE_GROUP,
				      &req, sizeof(req));
}

static long call_write(void)
{
	return ret_errno(write(fault.fd, fault.buf, 1000));
}

static long call_read(void)
{
	return ret_errno(read(fault.fd, fault.buf, 1000));
}

static long call_writev(void)
{
	struct msghdr msg = fault_message();

	return ret_errno(writev(fault.fd, msg.msg_iov, msg.msg_iovlen));
}

static long call_readv(void)
{
	struct msghdr msg = fault_message();

	return ret_errno(readv(fault.fd, msg.msg_iov, msg.msg_iovlen));
}

static long call_poll(void)
{
	fault.pfd = (struct pollfd) { .fd = fault.fd, .events = POLLIN };
	return ret_errno(poll(&fault.pfd, 1, 0));
}

static long call_splice_to(void)
{
	return splice_from_to(fault.pipe[0], fault.fd, 1000, 0);
}

static long call_splice_from(void)
{
	return splice_from_to(fault.fd, fault.pipe[1], 1000, SPLICE_F_NONBLOCK);
}

static long call_sendfile(void)
{
	off_t from = 0;

	return ret_errno(sendfile(fault.fd, fault.pipe[0], &from, 1000));
}

static long call_fdinfo(void)
{
	char path[64];
	int fd, ret;

	snprintf(path, sizeof(path), "/proc/self/fdinfo/%d", fault.fd);
	fd = ret_errno(open(path, O_RDONLY | O_CLOEXEC));
	if (fd < 0)
		return fd;
	ret = ret_errno(read(fd, fault.buf, sizeof(fault.buf)));
	close(fd);
	return ret;
}

static long call_batch_open(void)
{
	return batch_open(4, 8);
}

static long call_batch_slot(void)
{
	return batch_slot(fault.pipe[0], 0, fault.fd);
}

static long call_batch_run(void)
{
	return batch_one(fault.pipe[0], fault.op);
}

static long call_close(void)
{
	return ret_errno(close(fault.fd));
}

/* ---- The sweep ----------------------------------------------------------- */

FIXTURE(sweep) {
	int first;
};

FIXTURE_VARIANT(sweep) {
	const char *name;
	const struct face *face;
	int (*need)(void);
	long (*call)(void);
	/* The call makes a descriptor. */
	bool makes;
	/* Ends the socket, or changes it even if it fails: not called again. */
	bool once;
	/*
	 * Nothing makes it fail, which the sweep shows: all there may be is what the
	 * stack acknowledges meanwhile.
	 */
	bool none;
};

#define FAULT(_name, _need, _call, ...)					\
	FIXTURE_VARIANT_ADD(sweep, _name) {				\
		.name = #_name, .face = &ksock_face,			\
		.need = _need, .call = _call, __VA_ARGS__		\
	}
#define FAULT_BOTH(_name, _need, _call, ...)				\
	FAULT(_name, _need, _call, ## __VA_ARGS__);			\
	FIXTURE_VARIANT_ADD(sweep, _name ## _kern) {			\
		.name = #_name "_kern", .face = &kern_face,		\
		.need = _need, .call = _call, __VA_ARGS__		\
	}

FAULT(open, need_nothing, call_open, .makes = true);
FAULT(open_of_new_user, need_user, call_open, .makes = true);
FAULT(device_info, need_nothing, call_device_info);
FAULT_BOTH(socket_tcp, need_nothing, call_socket_tcp, .makes = true);
FAULT_BOTH(socket_udp6, need_nothing, call_socket_udp6, .makes = true);
FAULT_BOTH(socket_raw, need_nothing, call_socket_raw, .makes = true);
FAULT_BOTH(bind, need_tcp, call_bind);
FAULT_BOTH(listen, need_bound, call_listen);
FAULT_BOTH(accept, need_pending, fault_accept, .makes = true, .once = true);
FAULT_BOTH(accept_timed, need_pending, fault_timed_accept, .makes = true,
	   .once = true);
FAULT_BOTH(connect, need_listener, fault_connect, .once = true);
FAULT_BOTH(connect_timed, need_listener, fault_timed_connect, .once = true);
FAULT_BOTH(fastopen, need_listener, call_fastopen, .once = true);
FAULT_BOTH(shutdown, need_stream, call_shutdown, .once = true);
FAULT_BOTH(name, need_stream, call_name);
FAULT_BOTH(name_peer, need_stream, call_name_peer);
FAULT_BOTH(socket_info, need_stream, call_socket_info);
FAULT_BOTH(socket_info_tcp, need_stream, call_socket_info_tcp);
/* A copy of an int is none of those that fail. */
FAULT_BOTH(queues, need_stream, call_queues, .none = true);
FAULT_BOTH(async, need_stream, call_async);
FAULT_BOTH(abort, need_stream, call_abort, .once = true);
FAULT_BOTH(send_stream, need_stream, fault_send);
FAULT_BOTH(send_stream_timed, need_stream, fault_timed_send);
FAULT_BOTH(send_dgram, need_dgram, fault_send);
FAULT_BOTH(sendto_dgram, need_dgram, fault_sendto);
FAULT(send_zerocopy, need_zerocopy, call_zerocopy);
FAULT_BOTH(recv_stream, need_stream_data, fault_recv, .once = true);
FAULT_BOTH(recv_stream_timed, need_stream_data, fault_timed_recv, .once = true);
FAULT_BOTH(recv_dgram, need_dgram_data, fault_recv, .once = true);
FAULT_BOTH(recvfrom_dgram, need_dgram_data, fault_recvfrom, .once = true);
FAULT_BOTH(sendmsg_dgram, need_dgram, fault_sendmsg);
FAULT_BOTH(sendmsg_stream, need_stream, fault_sendmsg);
FAULT_BOTH(sendmsg_timed, need_stream, fault_timed_sendmsg);
FAULT_BOTH(recvmsg_dgram, need_dgram_data, fault_recvmsg, .once = true);
FAULT_BOTH(recvmsg_stream, need_stream_data, fault_recvmsg, .once = true);
FAULT_BOTH(recvmsg_timed, need_stream_data, fault_timed_recvmsg, .once = true);
FAULT_BOTH(errqueue, need_error, call_errqueue, .once = true);
FAULT_BOTH(opt_get, need_stream, call_getsockopt);
FAULT_BOTH(opt_set, need_stream, call_setsockopt);
FAULT_BOTH(opt_set_group, need_dgram, call_setsockopt_group, .once = true);
FAULT_BOTH(write, need_stream, call_write);
FAULT_BOTH(read, need_stream_data, call_read, .once = true);
FAULT_BOTH(writev, need_dgram, call_writev);
FAULT_BOTH(readv, need_dgram_data, call_readv, .once = true);
FAULT_BOTH(poll, need_stream_data, call_poll);
FAULT_BOTH(splice_to, need_pipe, call_splice_to, .once = true);
/* Pages go from one queue to the other. */
FAULT_BOTH(splice_from, need_pipe_and_data, call_splice_from, .once = true,
	   .none = true);
FAULT_BOTH(sendfile, need_file, call_sendfile);
FAULT_BOTH(fdinfo, need_stream, call_fdinfo);
FAULT(batch_open, need_nothing, call_batch_open, .makes = true);
FAULT_BOTH(batch_slot, need_batch, call_batch_slot);
FAULT_BOTH(batch_send, need_batch_send, call_batch_run);
FAULT_BOTH(batch_sendto, need_batch_sendto, call_batch_run);
FAULT_BOTH(batch_recv, need_batch_recv, call_batch_run, .once = true);
FAULT_BOTH(batch_recvfrom, need_batch_recvfrom, call_batch_run, .once = true);
FAULT_BOTH(close, need_stream, call_close, .once = true);
FAULT_BOTH(close_listener, need_pending, call_close, .once = true);
FAULT(close_batch, need_batch_only, call_close, .once = true, .none = true);
FAULT(close_context, need_context, call_close, .once = true, .none = true);

FIXTURE_SETUP(sweep)
{
	int ret;

	SETUP_KSOCK();
	ret = fault_setup();
	if (ret == -ENOENT)
		SKIP(return, "this kernel does not inject faults");
	ASSERT_EQ(0, ret);
	/* All descriptors from here on are those of one round. */
	self->first = dup(0);
	close(self->first);
}

FIXTURE_TEARDOWN(sweep)
{
}

/* What the stack makes of it, and for socket(2) and bind(2) as well. */
static bool fault_allowed(long ret)
{
	return ret >= 0 || ret == -ENOMEM || ret == -EFAULT || ret == -ENOBUFS ||
	       ret == -EAGAIN || ret == -ENFILE || ret == -EADDRINUSE;
}

TEST_F_TIMEOUT(sweep, fails_each_point_once, 280)
{
	int owned = ksock_owned(ksock_ctx);
	unsigned int nth, failed = 0;
	bool reached = true;
	int fds;
	long ret;

	for (nth = 1; reached && nth < FAULT_MAX; nth++) {
		fault_clear(variant->face, nth);
		ASSERT_EQ(0, variant->need());
		fds = open_fds();

		ASSERT_TRUE(fault_begin(nth));
		ret = variant->call();
		reached = fault_end();

		ASSERT_TRUE(reached ? fault_allowed(ret) : ret >= 0) {
			TH_LOG("point %u: %ld", nth, ret);
		}
		failed += ret < 0;
		if (ret < 0 || !(variant->makes || variant->call == call_close)) {
			EXPECT_EQ(fds, open_fds()) {
				TH_LOG("point %u: %ld", nth, ret);
			}
		}
		if (ret < 0 && !variant->once) {
			EXPECT_LE(0, variant->call()) {
				TH_LOG("once more after point %u: %ld", nth, ret);
			}
		}
		syscall(SYS_close_range, self->first, ~0U, 0);
		ASSERT_EQ(0, setresuid(0, -1, -1));
	}
	EXPECT_FALSE(reached);
	/* The last round is the one in which nothing failed. */
	TH_LOG("%s: %u points, %u of them make the call fail", variant->name,
	       nth - 2, failed);
	EXPECT_TRUE(variant->none ? !failed : nth > 2);
	EXPECT_TRUE(EVENTUALLY(ksock_owned(ksock_ctx) == owned));
}

TEST_HARNESS_MAIN
