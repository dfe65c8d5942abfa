// SPDX-License-Identifier: GPL-2.0-only
/*
 * Messages through the library: parts, addresses and control data there and
 * back, and what becomes of lengths that the kernel module does not take.
 */
#define _GNU_SOURCE

#include "lib.h"

#include <linux/errqueue.h>

/* Room for control data, aligned as its header. */
union control {
	struct cmsghdr hdr;
	char buf[256];
};

static struct msghdr message(struct iovec *iov, size_t count)
{
	return (struct msghdr){ .msg_iov = iov, .msg_iovlen = count };
}

static struct iovec part(void *buf, size_t len)
{
	return (struct iovec){ .iov_base = buf, .iov_len = len };
}

/* ---- Streams ------------------------------------------------------------- */

TEST_F(pair, parts_are_gathered_and_scattered)
{
	char one[3], two[8] = "";
	struct iovec out[] = { part("he", 2), part(NULL, 0), part("llo", 3) };
	struct iovec in[] = { part(one, 3), part(two, 8) };
	struct msghdr msg = message(out, 3);

	errno = EXDEV;
	EXPECT_EQ(5, ksock_sendmsg(self->client, &msg, 0));
	msg = message(in, 2);
	msg.msg_flags = 77;
	EXPECT_EQ(5, ksock_recvmsg(self->server, &msg, 0));
	EXPECT_EQ(0, memcmp(one, "hel", 3));
	EXPECT_STREQ("lo", two);
	EXPECT_EQ(0, msg.msg_flags);
	EXPECT_EQ(EXDEV, errno);
}

TEST_F(pair, message_without_parts_is_nothing)
{
	struct msghdr msg = { 0 };
	char byte;

	EXPECT_EQ(0, ksock_sendmsg(self->client, &msg, 0));
	EXPECT_EQ(1, ksock_send(self->client, "x", 1, 0));
	EXPECT_EQ(0, ksock_recvmsg(self->server, &msg, 0));
	EXPECT_EQ(1, ksock_recv(self->server, &byte, 1, 0));
}

TEST_F(pair, sender_of_a_stream_leaves_no_length)
{
	struct sockaddr_storage from;
	char byte;
	struct iovec iov = part(&byte, 1);
	struct msghdr msg = message(&iov, 1);

	msg.msg_name = &from;
	msg.msg_namelen = sizeof(from);
	ASSERT_EQ(1, ksock_send(self->client, "x", 1, 0));
	EXPECT_EQ(1, ksock_recvmsg(self->server, &msg, 0));
	EXPECT_EQ(0, msg.msg_namelen);
}

TEST_F(pair, failed_receive_leaves_the_message_alone)
{
	struct sockaddr_storage from;
	union control control;
	char byte;
	struct iovec iov = part(&byte, 1);
	struct msghdr msg = message(&iov, 1);

	msg.msg_name = &from;
	msg.msg_namelen = sizeof(from);
	msg.msg_control = &control;
	msg.msg_controllen = sizeof(control);
	msg.msg_flags = 77;
	EXPECT_EQ(EAGAIN, ERRNO(ksock_recvmsg(self->server, &msg,
					      MSG_DONTWAIT)));
	EXPECT_EQ(sizeof(from), msg.msg_namelen);
	EXPECT_EQ(sizeof(control), msg.msg_controllen);
	EXPECT_EQ(77, msg.msg_flags);
}

TEST_F(pair, more_parts_than_allowed_fail_with_emsgsize)
{
	struct iovec iov[1025] = { 0 };
	struct msghdr msg = message(iov, 1024);

	EXPECT_EQ(0, ksock_sendmsg(self->client, &msg, 0));
	msg.msg_iovlen = 1025;
	EXPECT_EQ(EMSGSIZE, ERRNO(ksock_sendmsg(self->client, &msg, 0)));
	EXPECT_EQ(EMSGSIZE, ERRNO(ksock_recvmsg(self->client, &msg, 0)));
	msg.msg_iovlen = SIZE_MAX / 2 + 1;
	EXPECT_EQ(EMSGSIZE, ERRNO(ksock_sendmsg(self->client, &msg, 0)));
	EXPECT_EQ(EMSGSIZE, ERRNO(ksock_recvmsg(self->client, &msg, 0)));
}

TEST_F(pair, unknown_flags_of_a_message_fail_with_einval)
{
	char byte = 'x';
	struct iovec iov = part(&byte, 1);
	struct msghdr msg = message(&iov, 1);

	EXPECT_EQ(EINVAL, ERRNO(ksock_sendmsg(self->client, &msg, MSG_PEEK)));
	EXPECT_EQ(EINVAL, ERRNO(ksock_sendmsg(self->client, &msg,
					      MSG_CMSG_CLOEXEC)));
	EXPECT_EQ(EINVAL, ERRNO(ksock_recvmsg(self->server, &msg,
					      MSG_DONTROUTE)));
}

TEST_F(pair, close_on_exec_of_what_cannot_come_is_accepted)
{
	char byte;
	struct iovec iov = part(&byte, 1);
	struct msghdr msg = message(&iov, 1);

	ASSERT_EQ(1, ksock_send(self->client, "x", 1, 0));
	EXPECT_EQ(1, ksock_recvmsg(self->server, &msg, MSG_CMSG_CLOEXEC));
	EXPECT_EQ(0, msg.msg_flags);
}

TEST_F(pair, sent_data_is_told_to_be_free_by_the_queue_of_errors)
{
	struct sock_extended_err err = { 0 };
	union control control = { 0 };
	struct msghdr msg = {
		.msg_control = &control, .msg_controllen = sizeof(control),
	};
	char buf[8], data[] = "zero";
	int one = 1;

	ASSERT_EQ(0, ksock_setsockopt(self->client, SOL_SOCKET, SO_ZEROCOPY,
				      &one, sizeof(one)));
	EXPECT_EQ(EAGAIN, ERRNO(ksock_recvmsg(self->client, &msg,
					      MSG_ERRQUEUE)));
	ASSERT_EQ(4, ksock_send(self->client, data, 4, MSG_ZEROCOPY));
	ASSERT_EQ(4, ksock_recv(self->server, buf, 4, MSG_WAITALL));
	ASSERT_EQ(POLLERR, wait_for(self->client, 0));
	ASSERT_EQ(0, ksock_recvmsg(self->client, &msg, MSG_ERRQUEUE));
	EXPECT_EQ(MSG_ERRQUEUE, msg.msg_flags & MSG_ERRQUEUE);
	ASSERT_NE(NULL, CMSG_FIRSTHDR(&msg));
	memcpy(&err, CMSG_DATA(CMSG_FIRSTHDR(&msg)), sizeof(err));
	EXPECT_EQ(SO_EE_ORIGIN_ZEROCOPY, err.ee_origin);
}

/* ---- Datagrams ----------------------------------------------------------- */

TEST_F(dgram, address_goes_and_comes_with_the_message)
{
	struct sockaddr_storage from;
	struct ksock_addr own;
	char buf[8];
	struct iovec out = part("hello", 5), in = part(buf, sizeof(buf));
	struct msghdr msg = message(&out, 1);

	msg.msg_name = &self->addr.storage;
	msg.msg_namelen = self->addr.len;
	ASSERT_EQ(5, ksock_sendmsg(self->other, &msg, 0));

	msg = message(&in, 1);
	msg.msg_name = &from;
	msg.msg_namelen = sizeof(from);
	ASSERT_EQ(5, ksock_recvmsg(self->bound, &msg, 0));
	EXPECT_EQ(self->addr.len, msg.msg_namelen);
	ASSERT_EQ(0, ksock_getsockname(self->other, &own));
	EXPECT_EQ(variant->family, from.ss_family);
	EXPECT_EQ(port_of(&own), ntohs(((struct sockaddr_in *)&from)->sin_port));
}

TEST_F(dgram, length_of_no_address_is_ignored)
{
	char byte;
	struct iovec iov = part(&byte, 1);
	struct msghdr msg = message(&iov, 1);

	byte = 'x';
	ASSERT_EQ(0, ksock_connect(self->other, &self->addr));
	msg.msg_namelen = 77;
	EXPECT_EQ(1, ksock_sendmsg(self->other, &msg, 0));
	EXPECT_EQ(1, ksock_recvmsg(self->bound, &msg, 0));
	EXPECT_EQ(77, msg.msg_namelen);
}

TEST_F(dgram, address_longer_than_its_room_is_cut)
{
	struct sockaddr_storage from;
	char byte;
	struct iovec iov = part(&byte, 1);
	struct msghdr msg = message(&iov, 1);

	memset(&from, 0x5a, sizeof(from));
	ASSERT_EQ(1, ksock_sendto(self->other, "x", 1, 0, &self->addr));
	msg.msg_name = &from;
	msg.msg_namelen = sizeof(sa_family_t);
	EXPECT_EQ(1, ksock_recvmsg(self->bound, &msg, 0));
	EXPECT_EQ(self->addr.len, msg.msg_namelen);
	EXPECT_EQ(variant->family, from.ss_family);
	EXPECT_EQ(0x5a, ((char *)&from)[sizeof(sa_family_t)]);
}

TEST_F(dgram, length_of_an_address_out_of_range_is_treated_as_by_the_kernel)
{
	struct ksock_addr to = self->addr;
	char byte = 'x';
	struct iovec iov = part(&byte, 1);
	struct msghdr msg = message(&iov, 1);
	int fd = socket(variant->family, SOCK_DGRAM, 0);

	ASSERT_LE(0, fd);
	msg.msg_name = &to.storage;
	msg.msg_namelen = UINT32_MAX;
	EXPECT_EQ(ERRNO(sendmsg(fd, &msg, 0)),
		  ERRNO(ksock_sendmsg(self->other, &msg, 0)));
	EXPECT_EQ(ERRNO(recvmsg(fd, &msg, MSG_DONTWAIT)),
		  ERRNO(ksock_recvmsg(self->other, &msg, MSG_DONTWAIT)));
	msg.msg_namelen = sizeof(to.storage) + 1;
	EXPECT_EQ(sendmsg(fd, &msg, 0), ksock_sendmsg(self->other, &msg, 0));
	EXPECT_EQ(1, ksock_recv(self->bound, &byte, 1, 0));
	EXPECT_EQ(1, ksock_recv(self->bound, &byte, 1, 0));
	ASSERT_EQ(1, ksock_sendto(self->other, "x", 1, 0, &self->addr));
	msg.msg_namelen = sizeof(to.storage) + 1;
	EXPECT_EQ(1, ksock_recvmsg(self->bound, &msg, 0));
	close(fd);
}

TEST_F(dgram, control_data_comes_as_the_options_ask)
{
	int one = 1, ttl = 0;
	bool in6 = variant->family == AF_INET6;
	union control control = { 0 };
	char byte;
	struct iovec iov = part(&byte, 1);
	struct msghdr msg = message(&iov, 1);
	struct cmsghdr *cmsg;

	ASSERT_EQ(0, ksock_setsockopt(self->bound, in6 ? IPPROTO_IPV6 : 0,
				      in6 ? IPV6_RECVHOPLIMIT : IP_RECVTTL,
				      &one, sizeof(one)));
	ASSERT_EQ(1, ksock_sendto(self->other, "x", 1, 0, &self->addr));
	msg.msg_control = &control;
	msg.msg_controllen = sizeof(control);
	ASSERT_EQ(1, ksock_recvmsg(self->bound, &msg, 0));
	EXPECT_EQ(0, msg.msg_flags);
	EXPECT_EQ(CMSG_SPACE(sizeof(int)), msg.msg_controllen);
	cmsg = CMSG_FIRSTHDR(&msg);
	ASSERT_NE(NULL, cmsg);
	EXPECT_EQ(in6 ? IPV6_HOPLIMIT : IP_TTL, cmsg->cmsg_type);
	memcpy(&ttl, CMSG_DATA(cmsg), sizeof(ttl));
	EXPECT_EQ(64, ttl);
}

TEST_F(dgram, control_data_without_room_is_told)
{
	bool in6 = variant->family == AF_INET6;
	char byte;
	struct iovec iov = part(&byte, 1);
	struct msghdr msg = message(&iov, 1);
	int one = 1;

	ASSERT_EQ(0, ksock_setsockopt(self->bound, in6 ? IPPROTO_IPV6 : 0,
				      in6 ? IPV6_RECVHOPLIMIT : IP_RECVTTL,
				      &one, sizeof(one)));
	ASSERT_EQ(1, ksock_sendto(self->other, "x", 1, 0, &self->addr));
	msg.msg_controllen = 128;
	EXPECT_EQ(1, ksock_recvmsg(self->bound, &msg, 0));
	EXPECT_EQ(MSG_CTRUNC, msg.msg_flags);
	EXPECT_EQ(0, msg.msg_controllen);
}

TEST_F(dgram, control_data_sets_what_one_datagram_has)
{
	bool in6 = variant->family == AF_INET6;
	union control control = { 0 };
	char byte = 'x';
	struct iovec iov = part(&byte, 1);
	struct msghdr msg = message(&iov, 1);
	int one = 1, ttl = 33;

	ASSERT_EQ(0, ksock_setsockopt(self->bound, in6 ? IPPROTO_IPV6 : 0,
				      in6 ? IPV6_RECVHOPLIMIT : IP_RECVTTL,
				      &one, sizeof(one)));
	control.hdr.cmsg_level = in6 ? IPPROTO_IPV6 : IPPROTO_IP;
	control.hdr.cmsg_type = in6 ? IPV6_HOPLIMIT : IP_TTL;
	control.hdr.cmsg_len = CMSG_LEN(sizeof(ttl));
	memcpy(CMSG_DATA(&control.hdr), &ttl, sizeof(ttl));
	msg.msg_name = &self->addr.storage;
	msg.msg_namelen = self->addr.len;
	msg.msg_control = &control;
	msg.msg_controllen = CMSG_SPACE(sizeof(ttl));
	ASSERT_EQ(1, ksock_sendmsg(self->other, &msg, 0));

	memset(&control, 0, sizeof(control));
	msg.msg_name = NULL;
	msg.msg_controllen = sizeof(control);
	ASSERT_EQ(1, ksock_recvmsg(self->bound, &msg, 0));
	ttl = 0;
	memcpy(&ttl, CMSG_DATA(&control.hdr), sizeof(ttl));
	EXPECT_EQ(33, ttl);
}

TEST_F(dgram, control_data_that_may_not_be_sent_fails_with_its_errno)
{
	union control control = { 0 };
	char byte = 'x';
	struct iovec iov = part(&byte, 1);
	struct msghdr msg = message(&iov, 1);
	int fd = 0;

	ASSERT_EQ(0, ksock_connect(self->other, &self->addr));
	control.hdr.cmsg_level = SOL_SOCKET;
	control.hdr.cmsg_type = SCM_RIGHTS;
	control.hdr.cmsg_len = CMSG_LEN(sizeof(fd));
	msg.msg_control = &control;
	msg.msg_controllen = CMSG_SPACE(sizeof(fd));
	EXPECT_EQ(EINVAL, ERRNO(ksock_sendmsg(self->other, &msg, 0)));
	msg.msg_control = NULL;
	EXPECT_EQ(EINVAL, ERRNO(ksock_sendmsg(self->other, &msg, 0)));
	msg.msg_control = &control;
	msg.msg_controllen = 513;
	EXPECT_EQ(ENOBUFS, ERRNO(ksock_sendmsg(self->other, &msg, 0)));
	msg.msg_controllen = SIZE_MAX / 2 + 1;
	EXPECT_EQ(ENOBUFS, ERRNO(ksock_sendmsg(self->other, &msg, 0)));
}

TEST_HARNESS_MAIN
