// SPDX-License-Identifier: GPL-2.0-only
/*
 * The queue of errors: when the memory of MSG_ZEROCOPY is free again, when a
 * packet was sent, which datagram an ICMP message is about.
 */
#include "control.h"

#include <time.h>

#include <linux/errqueue.h>

/* What is in the queue with a message: the error and, of IP, who sent it. */
struct error {
	struct sock_extended_err ee;
	union {
		struct sockaddr_in in;
		struct sockaddr_in6 in6;
	} offender;
};

/* Takes one entry: its data, its control data and what that says. */
static ssize_t error_recv(const struct face *face, int fd, int family,
			  void *buf, size_t len, struct control *control,
			  struct error *error)
{
	const struct control_names *names = control_names(family);
	ssize_t ret;

	memset(error, 0, sizeof(*error));
	control_room(control, CONTROL_ROOM);
	ret = control_recv(face, fd, buf, len, control, MSG_ERRQUEUE);
	if (ret >= 0 && control_get(control, names->level, names->recv_error,
				    error, sizeof(*error)) < 0)
		return -ENOMSG;
	return ret;
}

TEST_F(socket, the_queue_of_errors_never_waits)
{
	struct control control;
	struct error error;
	struct pair pair;
	char byte;

	ASSERT_EQ(0, pair_of(&pair, self->face, variant->family,
			     variant->type));
	EXPECT_EQ(-EAGAIN, error_recv(self->face, pair.fd, variant->family,
				      &byte, 1, &control, &error));
	EXPECT_EQ(-EAGAIN,
		  face_recv(self->face, pair.fd, &byte, 1, MSG_ERRQUEUE));
	/* Nor does what has come to be received get there. */
	ASSERT_EQ(1, face_send(&plain_face, pair.peer, "x", 1, 0));
	ASSERT_EQ(POLLIN, wait_events(pair.fd, POLLIN, WAIT_MS));
	EXPECT_EQ(-EAGAIN,
		  face_recv(self->face, pair.fd, &byte, 1, MSG_ERRQUEUE));
	EXPECT_EQ(1, face_recv(self->face, pair.fd, &byte, 1, 0));
}

/* ---- MSG_ZEROCOPY -------------------------------------------------------- */

#define ZEROCOPY_SENDS	3

/*
 * Takes entries until the sends from 0 to @last are done with, which may be
 * told one by one or several at once.  Returns 0 or -errno.
 */
static int zerocopy_finish(const struct face *face, int fd, int family,
			   unsigned int last)
{
	unsigned int next = 0;
	struct control control;
	struct error error;
	ssize_t ret;
	char byte;

	while (next <= last) {
		if (!(wait_events(fd, 0, WAIT_MS) & POLLERR))
			return -ETIME;
		ret = error_recv(face, fd, family, &byte, 1, &control, &error);
		if (ret)
			return ret < 0 ? ret : -EMSGSIZE;
		if (control.flags != MSG_ERRQUEUE ||
		    error.ee.ee_origin != SO_EE_ORIGIN_ZEROCOPY ||
		    error.ee.ee_errno)
			return -EBADMSG;
		if (error.ee.ee_info != next || error.ee.ee_data < next ||
		    error.ee.ee_data > last)
			return -ERANGE;
		next = error.ee.ee_data + 1;
	}
	return 0;
}

TEST_F(socket, zerocopy_sends_are_told_when_they_are_done)
{
	static char out[20000], in[20000];
	struct iovec iov[] = { { out, 10000 }, { out + 10000, 10000 } };
	struct msghdr msg = { .msg_iov = iov, .msg_iovlen = 2 };
	struct control control;
	struct error error;
	struct pair pair;
	ssize_t ret;
	size_t i;

	ASSERT_EQ(0, pair_of(&pair, self->face, variant->family,
			     variant->type));
	ASSERT_EQ(0, face_set_int(self->face, pair.fd, SOL_SOCKET, SO_ZEROCOPY,
				  1));
	for (i = 0; i < ZEROCOPY_SENDS; i++) {
		memset(out, 'a' + i, sizeof(out));
		if (i % 2)
			ret = face_send(self->face, pair.fd, out, sizeof(out),
					MSG_ZEROCOPY);
		else
			ret = self->face->sendmsg(pair.fd, &msg, MSG_ZEROCOPY);
		ASSERT_EQ(sizeof(out), ret);
		ASSERT_EQ(sizeof(in), face_recv(&plain_face, pair.peer, in,
						sizeof(in), MSG_WAITALL));
		EXPECT_EQ(0, memcmp(out, in, sizeof(in)));
	}
	EXPECT_EQ(0, zerocopy_finish(self->face, pair.fd, variant->family,
				     ZEROCOPY_SENDS - 1));
	EXPECT_EQ(-EAGAIN, error_recv(self->face, pair.fd, variant->family, in,
				      1, &control, &error));
	EXPECT_EQ(0, wait_events(pair.fd, 0, 0));
}

TEST_F(socket, zerocopy_that_nobody_set_copies_and_tells_nothing)
{
	struct control control;
	struct error error;
	struct pair pair;
	char buf[8];

	ASSERT_EQ(0, pair_of(&pair, self->face, variant->family,
			     variant->type));
	ASSERT_EQ(5, face_send(self->face, pair.fd, "hello", 5, MSG_ZEROCOPY));
	EXPECT_EQ(5, face_recv(&plain_face, pair.peer, buf, sizeof(buf), 0));
	EXPECT_EQ(0, memcmp("hello", buf, 5));
	EXPECT_EQ(0, wait_events(pair.fd, 0, 0));
	EXPECT_EQ(-EAGAIN, error_recv(self->face, pair.fd, variant->family, buf,
				      1, &control, &error));
}

TEST(zerocopy_with_a_timeout_fails_with_einval)
{
	struct ksock_send_args send = {
		.flags = MSG_ZEROCOPY,
		.buf_ptr = (uintptr_t)"x",
		.len = 1,
		.timeout_ns = 1,
	};
	struct ksock_sendmsg_args message = {
		.flags = MSG_ZEROCOPY, .timeout_ns = 1,
	};
	struct pair pair;
	char byte;

	SETUP_KSOCK();
	ASSERT_EQ(0, pair_of_streams(&pair, &ksock_face, AF_INET));
	EXPECT_EQ(-EINVAL, ret_errno(ioctl(pair.fd, KSOCK_IOC_SEND, &send)));
	EXPECT_EQ(-EINVAL,
		  ret_errno(ioctl(pair.fd, KSOCK_IOC_SENDMSG, &message)));
	EXPECT_EQ(-EAGAIN, face_recv(&plain_face, pair.peer, &byte, 1,
				     MSG_DONTWAIT));
}

/* ---- Timestamps of what was sent ----------------------------------------- */

/* Takes the one timestamp that has come, with its number. */
static int stamp_recv(const struct face *face, int fd, int family,
		      unsigned int *number)
{
	struct { int64_t sec, nsec; } stamps[3] = {};
	struct control control;
	struct error error;
	ssize_t ret;
	char byte;

	if (!(wait_events(fd, 0, WAIT_MS) & POLLERR))
		return -ETIME;
	ret = error_recv(face, fd, family, &byte, 1, &control, &error);
	if (ret)
		return ret < 0 ? ret : -EMSGSIZE;
	if (control.flags != MSG_ERRQUEUE ||
	    control_get(&control, SOL_SOCKET, SO_TIMESTAMPING_NEW, stamps,
			sizeof(stamps)) != sizeof(stamps) || !stamps[0].sec)
		return -EBADMSG;
	if (error.ee.ee_origin != SO_EE_ORIGIN_TIMESTAMPING ||
	    error.ee.ee_errno != ENOMSG || error.ee.ee_info != SCM_TSTAMP_SND)
		return -EBADMSG;
	*number = error.ee.ee_data;
	return 0;
}

TEST_F(socket, timestamps_of_what_was_sent_are_in_the_queue)
{
	unsigned int number = 4711;
	struct pair pair;

	ASSERT_EQ(0, pair_of(&pair, self->face, variant->family,
			     variant->type));
	ASSERT_EQ(0, face_set_int(self->face, pair.fd, SOL_SOCKET,
				  SO_TIMESTAMPING_NEW,
				  SOF_TIMESTAMPING_TX_SOFTWARE |
				  SOF_TIMESTAMPING_SOFTWARE |
				  SOF_TIMESTAMPING_OPT_ID |
				  SOF_TIMESTAMPING_OPT_TSONLY));
	ASSERT_EQ(5, face_send(self->face, pair.fd, "hello", 5, 0));
	EXPECT_EQ(0, stamp_recv(self->face, pair.fd, variant->family,
				&number));
	/* A stream numbers bytes, and tells the last one. */
	EXPECT_EQ(variant->type == SOCK_STREAM ? 4 : 0, number);
	ASSERT_EQ(5, face_send(self->face, pair.fd, "hello", 5, 0));
	EXPECT_EQ(0, stamp_recv(self->face, pair.fd, variant->family,
				&number));
	EXPECT_EQ(variant->type == SOCK_STREAM ? 9 : 1, number);
}

TEST_F(socket, a_message_may_ask_for_its_own_timestamp)
{
	struct control control;
	unsigned int number;
	struct pair pair;

	ASSERT_EQ(0, pair_of(&pair, self->face, variant->family,
			     variant->type));
	ASSERT_EQ(0, face_set_int(self->face, pair.fd, SOL_SOCKET,
				  SO_TIMESTAMPING_NEW,
				  SOF_TIMESTAMPING_SOFTWARE |
				  SOF_TIMESTAMPING_OPT_TSONLY));
	ASSERT_EQ(1, face_send(self->face, pair.fd, "x", 1, 0));
	EXPECT_EQ(0, wait_events(pair.fd, 0, 0));
	control_set_int(&control, SOL_SOCKET, SO_TIMESTAMPING_NEW,
			SOF_TIMESTAMPING_TX_SOFTWARE);
	ASSERT_EQ(1, control_send(self->face, pair.fd, "x", 1, &control));
	EXPECT_EQ(0, stamp_recv(self->face, pair.fd, variant->family,
				&number));
	EXPECT_EQ(0, wait_events(pair.fd, 0, 0));
}

/* ---- ICMP ---------------------------------------------------------------- */

/* A datagram socket that has been told that nobody is where it sends to. */
static int refused(const struct face *face, const struct addr *addr,
		   const void *buf, size_t len)
{
	const struct control_names *names = control_names(addr->sa.sa_family);
	ssize_t ret;
	int fd;

	fd = face->socket(addr->sa.sa_family, SOCK_DGRAM, 0);
	if (fd < 0)
		return fd;
	ret = face_set_int(face, fd, names->level, names->recv_error, 1);
	if (ret)
		return ret;
	ret = face->sendto(fd, buf, len, 0, &addr->sa, addr->len);
	if (ret != len)
		return ret < 0 ? ret : -EIO;
	return wait_events(fd, 0, WAIT_MS) & POLLERR ? fd : -ETIME;
}

TEST_F(dgram, a_refused_datagram_is_in_the_queue_with_who_refused_it)
{
	char buf[16];
	struct iovec iov = { buf, sizeof(buf) };
	struct addr to = addr_room();
	struct control control;
	struct msghdr msg = {
		.msg_name = &to.sa, .msg_namelen = to.len,
		.msg_iov = &iov, .msg_iovlen = 1,
		.msg_control = control.bytes,
	};
	const struct control_names *names = control_names(variant->family);
	struct error error;
	int fd;

	fd = refused(self->face, &self->addr, "hello", 5);
	ASSERT_LE(0, fd);
	control_room(&control, CONTROL_ROOM);
	msg.msg_controllen = control.len;
	ASSERT_EQ(5, self->face->recvmsg(fd, &msg, MSG_ERRQUEUE));
	EXPECT_EQ(0, memcmp("hello", buf, 5));
	EXPECT_EQ(MSG_ERRQUEUE, msg.msg_flags);
	EXPECT_EQ(self->addr.len, msg.msg_namelen);
	EXPECT_EQ(PORT, addr_port(&to));

	control.len = msg.msg_controllen;
	EXPECT_EQ(1, control_count(&control));
	ASSERT_EQ(sizeof(error.ee) + self->addr.len,
		  control_get(&control, names->level, names->recv_error, &error,
			      sizeof(error)));
	EXPECT_EQ(ECONNREFUSED, error.ee.ee_errno);
	if (variant->family == AF_INET) {
		EXPECT_EQ(SO_EE_ORIGIN_ICMP, error.ee.ee_origin);
		EXPECT_EQ(3, error.ee.ee_type);
		EXPECT_EQ(3, error.ee.ee_code);
		EXPECT_EQ(AF_INET, error.offender.in.sin_family);
		EXPECT_EQ(htonl(INADDR_LOOPBACK),
			  error.offender.in.sin_addr.s_addr);
	} else {
		EXPECT_EQ(SO_EE_ORIGIN_ICMP6, error.ee.ee_origin);
		EXPECT_EQ(1, error.ee.ee_type);
		EXPECT_EQ(4, error.ee.ee_code);
		EXPECT_EQ(AF_INET6, error.offender.in6.sin6_family);
		EXPECT_EQ(0, memcmp(&in6addr_loopback,
				    &error.offender.in6.sin6_addr,
				    sizeof(in6addr_loopback)));
	}
}

TEST_F(dgram, an_error_that_was_taken_from_the_queue_is_over)
{
	struct control control;
	struct error error;
	char buf[16];
	int fd;

	fd = refused(self->face, &self->addr, "hello", 5);
	ASSERT_LE(0, fd);
	EXPECT_EQ(5, error_recv(self->face, fd, variant->family, buf,
				sizeof(buf), &control, &error));
	EXPECT_EQ(-EAGAIN, error_recv(self->face, fd, variant->family, buf,
				      sizeof(buf), &control, &error));
	EXPECT_EQ(0, wait_events(fd, 0, 0));
	EXPECT_EQ(-EAGAIN, face_recv(self->face, fd, buf, 1, MSG_DONTWAIT));
}

TEST_F(dgram, an_error_is_told_by_the_next_call_until_the_queue_is_read)
{
	char byte;
	int fd;

	fd = refused(self->face, &self->addr, "hello", 5);
	ASSERT_LE(0, fd);
	EXPECT_EQ(-ECONNREFUSED, face_recv(self->face, fd, &byte, 1, 0));
	EXPECT_EQ(-EAGAIN, face_recv(self->face, fd, &byte, 1, MSG_DONTWAIT));
	/* The entry is still there. */
	EXPECT_EQ(POLLERR, wait_events(fd, 0, 0));
}

TEST_F(dgram, an_error_that_has_no_room_is_cut_and_says_so)
{
	struct control control;
	int fd, flags;
	char buf[3];

	fd = refused(self->face, &self->addr, "hello", 5);
	ASSERT_LE(0, fd);
	control_room(&control, CMSG_LEN(sizeof(struct sock_extended_err)));
	EXPECT_EQ(3, control_recv(self->face, fd, buf, sizeof(buf), &control,
				  MSG_ERRQUEUE));
	EXPECT_EQ(0, memcmp("hel", buf, 3));
	EXPECT_EQ(MSG_ERRQUEUE | MSG_TRUNC | MSG_CTRUNC, control.flags);
	EXPECT_EQ(CMSG_LEN(sizeof(struct sock_extended_err)), control.len);
	EXPECT_EQ(CONTROL_BLANK, control.bytes[control.len]);
	close(fd);

	/* RECV has no room for any of it. */
	fd = refused(self->face, &self->addr, "hello", 5);
	ASSERT_LE(0, fd);
	flags = MSG_ERRQUEUE;
	EXPECT_EQ(3, self->face->recvfrom(fd, buf, sizeof(buf), &flags, NULL,
					  NULL));
	EXPECT_EQ(MSG_ERRQUEUE | MSG_TRUNC | MSG_CTRUNC, flags);
}

TEST_F(dgram, poll_tells_of_the_queue_by_pollpri_where_asked_to)
{
	const struct control_names *names = control_names(variant->family);
	int fd;

	fd = self->face->socket(variant->family, SOCK_DGRAM, 0);
	ASSERT_LE(0, fd);
	ASSERT_EQ(0, face_set_int(self->face, fd, SOL_SOCKET,
				  SO_SELECT_ERR_QUEUE, 1));
	ASSERT_EQ(0, face_set_int(self->face, fd, names->level,
				  names->recv_error, 1));
	ASSERT_EQ(1, self->face->sendto(fd, "x", 1, 0, &self->addr.sa,
					self->addr.len));
	EXPECT_EQ(POLLPRI | POLLERR, wait_events(fd, POLLPRI, WAIT_MS));
}

TEST_HARNESS_MAIN
