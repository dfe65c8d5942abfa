// SPDX-License-Identifier: GPL-2.0-only
/*
 * Sending and receiving through the library, on streams and datagrams, and what
 * sockets that do it say of themselves.
 */
#define _GNU_SOURCE

#include "lib.h"

/* ---- Connected streams -------------------------------------------------- */

TEST_F(pair, talks_both_ways)
{
	char buf[16];

	errno = EXDEV;
	EXPECT_EQ(5, ksock_send(self->client, "hello", 5, 0));
	EXPECT_EQ(5, ksock_recv(self->server, buf, sizeof(buf), 0));
	EXPECT_EQ(0, memcmp(buf, "hello", 5));
	EXPECT_EQ(5, ksock_send(self->server, "world", 5, MSG_NOSIGNAL));
	EXPECT_EQ(5, ksock_recv(self->client, buf, 5, MSG_WAITALL));
	EXPECT_EQ(0, memcmp(buf, "world", 5));
	EXPECT_EQ(EXDEV, errno);
}

TEST_F(pair, descriptor_takes_read_and_write)
{
	char buf[16];

	EXPECT_EQ(5, write(ksock_sock_get_fd(self->client), "hello", 5));
	EXPECT_EQ(5, read(ksock_sock_get_fd(self->server), buf, sizeof(buf)));
	EXPECT_EQ(0, memcmp(buf, "hello", 5));
}

TEST_F(pair, names_agree_at_both_ends)
{
	struct ksock_addr own, peer;

	ASSERT_EQ(0, ksock_getsockname(self->client, &own));
	ASSERT_EQ(0, ksock_getpeername(self->server, &peer));
	EXPECT_EQ(own.len, peer.len);
	EXPECT_EQ(0, memcmp(&own.storage, &peer.storage, own.len));
	EXPECT_EQ(loopback(variant->family, 0).len, own.len);
	EXPECT_EQ(variant->family, own.storage.ss_family);

	ASSERT_EQ(0, ksock_getpeername(self->client, &peer));
	EXPECT_EQ(PORT, port_of(&peer));
}

TEST_F(pair, accepted_socket_stands_on_its_own)
{
	char buf[4];

	ksock_sock_close(self->listener);
	self->listener = NULL;
	EXPECT_EQ(4, ksock_send(self->client, "ping", 4, 0));
	EXPECT_EQ(4, ksock_recv(self->server, buf, 4, MSG_WAITALL));
}

TEST_F(pair, receive_without_data_fails_with_eagain_when_asked)
{
	char byte;

	EXPECT_EQ(EAGAIN, ERRNO(ksock_recv(self->client, &byte, 1,
					   MSG_DONTWAIT)));
}

TEST_F(pair, unknown_flags_fail_with_einval)
{
	char byte = 'x';

	EXPECT_EQ(EINVAL, ERRNO(ksock_send(self->client, &byte, 1,
					   MSG_PEEK)));
	EXPECT_EQ(EINVAL, ERRNO(ksock_send(self->client, &byte, 1, -1)));
	EXPECT_EQ(EINVAL, ERRNO(ksock_recv(self->client, &byte, 1,
					   MSG_DONTROUTE)));
	EXPECT_EQ(EINVAL, ERRNO(ksock_shutdown(self->client, 3)));
	EXPECT_EQ(EINVAL, ERRNO(ksock_shutdown(self->client, -1)));
}

TEST_F(pair, peek_leaves_the_data)
{
	char byte;

	EXPECT_EQ(1, ksock_send(self->client, "x", 1, 0));
	EXPECT_EQ(1, ksock_recv(self->server, &byte, 1, MSG_PEEK));
	EXPECT_EQ(1, ksock_recv(self->server, &byte, 1, MSG_DONTWAIT));
	EXPECT_EQ('x', byte);
}

TEST_F(pair, sender_of_a_stream_has_no_length)
{
	struct ksock_addr from = { .len = 77 };
	int flags = 77;
	char byte;

	EXPECT_EQ(1, ksock_send(self->client, "x", 1, 0));
	EXPECT_EQ(1, ksock_recvfrom(self->server, &byte, 1, 0, &from, &flags));
	EXPECT_EQ(0, from.len);
	EXPECT_EQ(0, flags);
}

TEST_F(pair, shutdown_of_writing_ends_the_peers_stream)
{
	char buf[4];

	EXPECT_EQ(4, ksock_send(self->client, "last", 4, 0));
	EXPECT_EQ(0, ksock_shutdown(self->client, SHUT_WR));
	EXPECT_EQ(4, ksock_recv(self->server, buf, 4, MSG_WAITALL));
	EXPECT_EQ(0, ksock_recv(self->server, buf, 4, 0));
	EXPECT_EQ(EPIPE, ERRNO(ksock_send(self->client, "x", 1, MSG_NOSIGNAL)));
	EXPECT_EQ(1, ksock_send(self->server, "x", 1, 0));
	EXPECT_EQ(1, ksock_recv(self->client, buf, 4, 0));
}

TEST_F_SIGNAL(pair, send_after_shutdown_raises_sigpipe, SIGPIPE)
{
	EXPECT_EQ(0, ksock_shutdown(self->client, SHUT_WR));
	ksock_send(self->client, "x", 1, 0);
}

struct receiver {
	struct ksock_sock *sock;
	atomic_int tid;
};

static void *receiver_run(void *arg)
{
	struct receiver *receiver = arg;
	char byte;

	receiver->tid = syscall(SYS_gettid);
	return (void *)ksock_recv(receiver->sock, &byte, 1, 0);
}

TEST_F(pair, shutdown_wakes_a_blocked_receiver)
{
	struct receiver receiver = { 0 };
	pthread_t thread;
	void *ret;

	receiver.sock = self->server;
	ASSERT_EQ(0, pthread_create(&thread, NULL, receiver_run, &receiver));
	while (!receiver.tid || !thread_sleeps(receiver.tid))
		sched_yield();
	EXPECT_EQ(0, ksock_shutdown(self->server, SHUT_RDWR));
	EXPECT_EQ(0, pthread_join(thread, &ret));
	EXPECT_EQ(NULL, ret);
}

TEST_F(pair, info_tells_what_it_is_and_counts_what_it_does)
{
	struct ksock_sock_info *info;
	char buf[16];

	EXPECT_EQ(5, ksock_send(self->client, "hello", 5, 0));
	EXPECT_EQ(3, ksock_send(self->client, "you", 3, 0));
	EXPECT_EQ(8, ksock_recv(self->server, buf, 8, MSG_WAITALL));
	EXPECT_EQ(1, ksock_send(self->server, "!", 1, 0));
	EXPECT_EQ(1, ksock_recv(self->client, buf, sizeof(buf), 0));

	errno = EXDEV;
	info = ksock_sock_get_info(self->client);
	ASSERT_NE(NULL, info);
	EXPECT_EQ(EXDEV, errno);
	EXPECT_EQ(variant->family, ksock_sock_info_get_family(info));
	EXPECT_EQ(SOCK_STREAM, ksock_sock_info_get_type(info));
	EXPECT_EQ(IPPROTO_TCP, ksock_sock_info_get_protocol(info));
	EXPECT_EQ(1, ksock_sock_info_get_state(info));
	EXPECT_EQ(getuid(), ksock_sock_info_get_uid(info));
	EXPECT_EQ(own_netns(), ksock_sock_info_get_netns(info));
	EXPECT_NE(0, ksock_sock_info_get_inode(info));
	EXPECT_NE(0, ksock_sock_info_get_cookie(info));
	EXPECT_EQ(2, ksock_sock_info_get_sent_ops(info));
	EXPECT_EQ(8, ksock_sock_info_get_sent_bytes(info));
	EXPECT_EQ(1, ksock_sock_info_get_received_ops(info));
	EXPECT_EQ(1, ksock_sock_info_get_received_bytes(info));
	ksock_sock_info_free(info);

	info = ksock_sock_get_info(self->listener);
	ASSERT_NE(NULL, info);
	EXPECT_EQ(10, ksock_sock_info_get_state(info));
	ksock_sock_info_free(info);
}

/* ---- Datagrams ---------------------------------------------------------- */

TEST_F(dgram, answer_goes_to_the_sender)
{
	struct ksock_addr from, own;
	int flags = 77;
	char buf[16];

	EXPECT_EQ(5, ksock_sendto(self->other, "hello", 5, 0, &self->addr));
	EXPECT_EQ(5, ksock_recvfrom(self->bound, buf, sizeof(buf), 0, &from,
				    &flags));
	EXPECT_EQ(0, memcmp(buf, "hello", 5));
	EXPECT_EQ(0, flags);
	ASSERT_EQ(0, ksock_getsockname(self->other, &own));
	EXPECT_EQ(self->addr.len, from.len);
	EXPECT_EQ(variant->family, from.storage.ss_family);
	EXPECT_EQ(port_of(&own), port_of(&from));

	EXPECT_EQ(5, ksock_sendto(self->bound, "world", 5, 0, &from));
	EXPECT_EQ(5, ksock_recv(self->other, buf, sizeof(buf), 0));
	EXPECT_EQ(0, memcmp(buf, "world", 5));
}

TEST_F(dgram, connected_socket_sends_without_an_address)
{
	struct ksock_addr peer;
	char byte;

	ASSERT_EQ(0, ksock_connect(self->other, &self->addr));
	ASSERT_EQ(0, ksock_getpeername(self->other, &peer));
	EXPECT_EQ(PORT, port_of(&peer));
	EXPECT_EQ(1, ksock_send(self->other, "x", 1, 0));
	EXPECT_EQ(1, ksock_recv(self->bound, &byte, 1, 0));
}

TEST_F(dgram, connect_to_no_family_dissolves_the_association)
{
	struct ksock_addr none = { .len = sizeof(struct sockaddr) };
	struct ksock_addr peer;

	ASSERT_EQ(0, ksock_connect(self->other, &self->addr));
	EXPECT_EQ(0, ksock_connect(self->other, &none));
	EXPECT_EQ(ENOTCONN, ERRNO(ksock_getpeername(self->other, &peer)));
}

TEST_F(dgram, send_to_nowhere_fails_with_edestaddrreq)
{
	EXPECT_EQ(EDESTADDRREQ, ERRNO(ksock_send(self->other, "x", 1, 0)));
}

TEST_F(dgram, datagram_that_does_not_fit_is_told)
{
	int flags = 0;
	char buf[4];

	EXPECT_EQ(8, ksock_sendto(self->other, "12345678", 8, 0, &self->addr));
	EXPECT_EQ(4, ksock_recvfrom(self->bound, buf, 4, 0, NULL, &flags));
	EXPECT_EQ(MSG_TRUNC, flags);

	EXPECT_EQ(8, ksock_sendto(self->other, "12345678", 8, 0, &self->addr));
	EXPECT_EQ(8, ksock_recv(self->bound, buf, 4, MSG_TRUNC));
}

TEST_F(dgram, empty_datagram_has_a_sender)
{
	struct ksock_addr from = { 0 };
	char byte;

	EXPECT_EQ(0, ksock_sendto(self->other, NULL, 0, 0, &self->addr));
	EXPECT_EQ(0, ksock_recvfrom(self->bound, &byte, 1, 0, &from, NULL));
	EXPECT_EQ(self->addr.len, from.len);
}

TEST_F(dgram, stream_functions_fail_with_eopnotsupp)
{
	EXPECT_EQ(EOPNOTSUPP, ERRNO(ksock_listen(self->bound, 1)));
	EXPECT_EQ(EOPNOTSUPP, ERRNO_PTR(ksock_accept(self->bound, NULL, 0)));
}

TEST_F(dgram, info_tells_what_it_is)
{
	struct ksock_sock_info *info;

	info = ksock_sock_get_info(self->other);
	ASSERT_NE(NULL, info);
	EXPECT_EQ(variant->family, ksock_sock_info_get_family(info));
	EXPECT_EQ(SOCK_DGRAM, ksock_sock_info_get_type(info));
	EXPECT_EQ(IPPROTO_UDP, ksock_sock_info_get_protocol(info));
	EXPECT_EQ(7, ksock_sock_info_get_state(info));
	ksock_sock_info_free(info);

	ASSERT_EQ(0, ksock_connect(self->other, &self->addr));
	info = ksock_sock_get_info(self->other);
	ASSERT_NE(NULL, info);
	EXPECT_EQ(1, ksock_sock_info_get_state(info));
	ksock_sock_info_free(info);
}

TEST_F(dgram, descriptor_polls_readable_when_a_datagram_is_there)
{
	EXPECT_EQ(1, ksock_sendto(self->other, "x", 1, 0, &self->addr));
	EXPECT_EQ(POLLIN, wait_for(self->bound, POLLIN));
}

TEST_F(dgram, descriptor_survives_a_trip_through_a_unix_socket)
{
	union {
		struct cmsghdr hdr;
		char buf[CMSG_SPACE(sizeof(int))];
	} control = { 0 };
	struct iovec iov = { .iov_base = "x", .iov_len = 1 };
	struct msghdr msg = {
		.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = &control,
		.msg_controllen = sizeof(control.buf),
	};
	struct ksock_sock *sock;
	int pair[2], fd;
	char byte;

	control.hdr.cmsg_level = SOL_SOCKET;
	control.hdr.cmsg_type = SCM_RIGHTS;
	control.hdr.cmsg_len = CMSG_LEN(sizeof(int));
	fd = ksock_sock_get_fd(self->bound);
	memcpy(CMSG_DATA(&control.hdr), &fd, sizeof(fd));

	ASSERT_EQ(0, socketpair(AF_UNIX, SOCK_DGRAM, 0, pair));
	ASSERT_EQ(1, sendmsg(pair[0], &msg, 0));
	ksock_sock_close(self->bound);
	self->bound = NULL;

	iov.iov_base = &byte;
	ASSERT_EQ(1, recvmsg(pair[1], &msg, 0));
	memcpy(&fd, CMSG_DATA(&control.hdr), sizeof(fd));
	sock = ksock_sock_open_fd(fd);
	ASSERT_NE(NULL, sock);
	EXPECT_EQ(1, ksock_sendto(self->other, "y", 1, 0, &self->addr));
	EXPECT_EQ(1, ksock_recv(sock, &byte, 1, 0));
	EXPECT_EQ('y', byte);
	ksock_sock_close(sock);
	close(pair[0]);
	close(pair[1]);
}

TEST_HARNESS_MAIN
