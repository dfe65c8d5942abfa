// SPDX-License-Identifier: GPL-2.0-only
/*
 * Data of an ordinary program, with and without ksock run: every call that moves
 * some, the flags, control data, urgent data, and waiting for it.
 */
#define _GNU_SOURCE

#include "preload.h"

#include <linux/sockios.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/select.h>
#include <sys/sendfile.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <time.h>

/* Names the "bound" of a fixture as the peer of its "other". */
#define CONNECT_DGRAM()							\
	ASSERT_EQ(0, connect(self->other, &self->addr.sa, self->addr.len))

/* ---- Streams ------------------------------------------------------------ */

TEST_F(pair, calls_of_files_move_data)
{
	struct iovec out[2] = { { "rea", 3 }, { "dv", 2 } };
	char a[2], b[3];
	struct iovec in[2] = { { a, sizeof(a) }, { b, sizeof(b) } };

	EXPECT_EQ(5, write(self->client, "write", 5));
	EXPECT_TRUE(hears(self->server, "write"));
	EXPECT_EQ(5, writev(self->server, out, 2));
	EXPECT_EQ(POLLIN, poll_one(self->client, POLLIN));
	EXPECT_EQ(5, readv(self->client, in, 2));
	EXPECT_EQ(0, memcmp("re", a, 2));
	EXPECT_EQ(0, memcmp("adv", b, 3));
}

TEST_F(pair, peek_leaves_data_and_waitall_waits_for_it)
{
	char buf[8] = "";

	ASSERT_EQ(3, send(self->client, "abc", 3, MSG_MORE | MSG_NOSIGNAL));
	ASSERT_EQ(3, send(self->client, "def", 3, 0));
	EXPECT_EQ(6, recv(self->server, buf, 6, MSG_PEEK | MSG_WAITALL));
	EXPECT_STREQ("abcdef", buf);
	EXPECT_TRUE(hears(self->server, "abcdef"));
	EXPECT_EQ(EAGAIN, ERRNO(recv(self->server, buf, 1, MSG_DONTWAIT)));
}

TEST_F(pair, trunc_drops_what_comes)
{
	ASSERT_EQ(6, send(self->client, "abcdef", 6, 0));
	EXPECT_EQ(3, recv(self->server, NULL, 3, MSG_TRUNC));
	EXPECT_TRUE(hears(self->server, "def"));
}

TEST_F(pair, flags_without_a_meaning_are_overlooked)
{
	char byte;

	EXPECT_EQ(1, send(self->client, "x", 1, MSG_NOSIGNAL | MSG_WAITALL |
						MSG_CMSG_CLOEXEC));
	EXPECT_EQ(1, recv(self->server, &byte, 1, MSG_NOSIGNAL | MSG_MORE |
						  MSG_CMSG_CLOEXEC));
}

TEST_F(pair, address_does_not_matter_to_a_stream)
{
	struct address nobody = loopback(variant->family, PORT + 1);
	struct address from = { .len = sizeof(from.storage) };
	char byte;

	EXPECT_EQ(1, sendto(self->client, "x", 1, 0, &nobody.sa, nobody.len));
	EXPECT_EQ(1, sendto(self->client, "x", 1, 0, NULL, 16));
	EXPECT_EQ(1, sendto(self->client, "x", 1, 0, &nobody.sa, 0));
	EXPECT_EQ(EINVAL, ERRNO(sendto(self->client, "x", 1, 0, &nobody.sa,
				       129)));
	EXPECT_EQ(1, recvfrom(self->server, &byte, 1, 0, &from.sa, &from.len));
	EXPECT_EQ(0, from.len);
	EXPECT_TRUE(hears(self->server, "xx"));
}

TEST_F(pair, bad_pointers_are_efault)
{
	EXPECT_EQ(EFAULT, ERRNO(send(self->client, (void *)8, 1, 0)));
	EXPECT_EQ(EFAULT, ERRNO(sendmsg(self->client, NULL, 0)));
	EXPECT_EQ(EFAULT, ERRNO(sendto(self->client, "x", 1, 0, (void *)8,
				       16)));
	ASSERT_EQ(1, send(self->client, "x", 1, 0));
	EXPECT_EQ(EFAULT, ERRNO(recv(self->server, (void *)8, 1, 0)));
	EXPECT_TRUE(hears(self->server, "x"));
}

TEST_F(pair, urgent_byte_is_out_of_band_and_marked)
{
	int mark = -1;
	char buf[8];

	ASSERT_EQ(3, send(self->client, "ab!", 3, MSG_OOB));
	ASSERT_EQ(1, send(self->client, "c", 1, 0));
	EXPECT_EQ(POLLPRI, poll_one(self->server, POLLPRI));
	EXPECT_EQ(0, sockatmark(self->server));
	EXPECT_EQ(2, recv(self->server, buf, sizeof(buf), 0));
	EXPECT_EQ(0, ioctl(self->server, SIOCATMARK, &mark));
	EXPECT_EQ(1, mark);
	EXPECT_EQ(1, recv(self->server, buf, 1, MSG_OOB));
	EXPECT_EQ('!', buf[0]);
	EXPECT_EQ(EINVAL, ERRNO(recv(self->server, buf, 1, MSG_OOB)));
	EXPECT_TRUE(hears(self->server, "c"));
}

TEST_F(pair, sendfile_and_splice_move_pages)
{
	int file = memfd_create("file", MFD_CLOEXEC), ends[2];
	off_t offset = 0;
	char buf[8];

	ASSERT_EQ(5, write(file, "pages", 5));
	EXPECT_EQ(5, sendfile(self->client, file, &offset, 5));
	EXPECT_TRUE(hears(self->server, "pages"));

	ASSERT_EQ(0, pipe(ends));
	ASSERT_EQ(6, write(ends[1], "splice", 6));
	EXPECT_EQ(6, splice(ends[0], NULL, self->server, NULL, 6, 0));
	ASSERT_EQ(POLLIN, poll_one(self->client, POLLIN));
	EXPECT_EQ(6, splice(self->client, NULL, ends[1], NULL, 6, 0));
	EXPECT_EQ(6, read(ends[0], buf, sizeof(buf)));
	EXPECT_EQ(0, memcmp("splice", buf, 6));
	close(ends[0]);
	close(ends[1]);
	close(file);
}

TEST_F(pair, stdio_works_on_a_descriptor)
{
	FILE *out = fdopen(dup(self->client), "w");
	char line[16] = "";
	FILE *in = fdopen(dup(self->server), "r");

	fprintf(out, "line %d\n", 1);
	fclose(out);
	EXPECT_NE(NULL, fgets(line, sizeof(line), in));
	EXPECT_STREQ("line 1\n", line);
	fclose(in);
}

TEST_F(pair, recv_with_a_known_buffer_is_checked)
{
	struct address from = { .len = sizeof(from.storage) };
	char buf[4];

	ASSERT_EQ(4, send(self->client, "abcd", 4, 0));
	EXPECT_EQ(2, __recv_chk(self->server, buf, 2, sizeof(buf), 0));
	EXPECT_EQ(2, __recvfrom_chk(self->server, buf + 2, 2, 2, 0, &from.sa,
				    &from.len));
	EXPECT_EQ(0, memcmp("abcd", buf, 4));
}

TEST_F(pair, recv_beyond_a_known_buffer_aborts)
{
	char buf[4];
	pid_t pid;
	int status;

	pid = fork();
	if (!pid) {
		/* What libc says of it is not for the log. */
		dup2(open("/dev/null", O_WRONLY), STDERR_FILENO);
		__recv_chk(self->server, buf, 5, sizeof(buf), 0);
		_exit(0);
	}
	ASSERT_EQ(pid, waitpid(pid, &status, 0));
	EXPECT_TRUE(WIFSIGNALED(status));
	EXPECT_EQ(SIGABRT, WTERMSIG(status));
}

/* ---- Waiting ------------------------------------------------------------ */

TEST_F(pair, select_tells_of_data)
{
	struct timeval wait = { .tv_sec = WAIT_MS / 1000 };
	fd_set readers;

	ASSERT_EQ(1, send(self->client, "x", 1, 0));
	FD_ZERO(&readers);
	FD_SET(self->server, &readers);
	FD_SET(self->client, &readers);
	EXPECT_EQ(1, select(self->client + self->server + 1, &readers, NULL,
			    NULL, &wait));
	EXPECT_TRUE(FD_ISSET(self->server, &readers));
	EXPECT_FALSE(FD_ISSET(self->client, &readers));
}

TEST_F(pair, epoll_tells_of_edges)
{
	struct epoll_event event = { .events = EPOLLIN | EPOLLET };
	int epoll = epoll_create1(EPOLL_CLOEXEC);

	ASSERT_LE(0, epoll);
	ASSERT_EQ(0, epoll_ctl(epoll, EPOLL_CTL_ADD, self->server, &event));
	EXPECT_EQ(0, epoll_wait(epoll, &event, 1, 0));
	ASSERT_EQ(1, send(self->client, "x", 1, 0));
	EXPECT_EQ(1, epoll_wait(epoll, &event, 1, WAIT_MS));
	EXPECT_EQ(0, epoll_wait(epoll, &event, 1, 0));
	ASSERT_EQ(1, send(self->client, "y", 1, 0));
	EXPECT_EQ(1, epoll_wait(epoll, &event, 1, WAIT_MS));
	EXPECT_TRUE(hears(self->server, "xy"));
	close(epoll);
}

TEST_F(pair, poll_tells_of_the_end)
{
	ASSERT_EQ(0, shutdown(self->client, SHUT_WR));
	EXPECT_EQ(POLLIN | POLLRDHUP,
		  poll_one(self->server, POLLIN | POLLRDHUP));
}

TEST_F(pair, receive_timeout_is_eagain)
{
	struct timeval time = { .tv_usec = 20000 };
	char byte;

	ASSERT_EQ(0, setsockopt(self->server, SOL_SOCKET, SO_RCVTIMEO, &time,
				sizeof(time)));
	EXPECT_EQ(EAGAIN, ERRNO(recv(self->server, &byte, 1, 0)));
}

/* ---- Datagrams ---------------------------------------------------------- */

TEST_F(dgram, addresses_of_both_sides_are_told)
{
	struct address from = { .len = sizeof(from.storage) };
	char buf[8];

	EXPECT_EQ(4, sendto(self->other, "ping", 4, 0, &self->addr.sa,
			    self->addr.len));
	EXPECT_EQ(4, recvfrom(self->bound, buf, sizeof(buf), 0, &from.sa,
			      &from.len));
	EXPECT_EQ(self->addr.len, from.len);
	EXPECT_EQ(4, sendto(self->bound, "pong", 4, 0, &from.sa, from.len));
	EXPECT_EQ(4, recv(self->other, buf, sizeof(buf), 0));
	EXPECT_EQ(0, memcmp("pong", buf, 4));
	EXPECT_EQ(EDESTADDRREQ, ERRNO(send(self->other, "x", 1, 0)));
	EXPECT_EQ(EINVAL, ERRNO(sendto(self->other, "x", 1, 0, &self->addr.sa,
				       0)));
}

TEST_F(dgram, sender_is_cut_to_the_room)
{
	struct address from;
	char byte;

	memset(&from, 0xaa, sizeof(from));
	from.len = sizeof(sa_family_t);
	ASSERT_EQ(1, sendto(self->other, "x", 1, 0, &self->addr.sa,
			    self->addr.len));
	EXPECT_EQ(1, recvfrom(self->bound, &byte, 1, 0, &from.sa, &from.len));
	EXPECT_EQ(self->addr.len, from.len);
	EXPECT_EQ(variant->family, from.sa.sa_family);
	EXPECT_EQ(0xaaaa, from.in.sin_port);
}

TEST_F(dgram, connect_names_the_peer_and_dissolves_it)
{
	struct sockaddr nobody = { .sa_family = AF_UNSPEC };
	char byte;

	CONNECT_DGRAM();
	EXPECT_EQ(1, send(self->other, "x", 1, 0));
	EXPECT_EQ(1, recv(self->bound, &byte, 1, 0));
	EXPECT_EQ(0, connect(self->other, &nobody, sizeof(nobody)));
	EXPECT_EQ(EDESTADDRREQ, ERRNO(send(self->other, "x", 1, 0)));
	EXPECT_EQ(EOPNOTSUPP, ERRNO(listen(self->other, 1)));
	EXPECT_EQ(EOPNOTSUPP, ERRNO(accept(self->other, NULL, NULL)));
}

TEST_F(dgram, trunc_tells_the_true_length)
{
	char buf[4];

	CONNECT_DGRAM();
	ASSERT_EQ(6, send(self->other, "abcdef", 6, 0));
	EXPECT_EQ(6, recv(self->bound, buf, 2, MSG_PEEK | MSG_TRUNC));
	EXPECT_EQ(2, recv(self->bound, buf, 2, 0));
	EXPECT_EQ(EAGAIN, ERRNO(recv(self->bound, buf, 2, MSG_DONTWAIT)));
}

TEST_F(dgram, message_has_parts_a_name_and_control_data)
{
	int level = variant->family == AF_INET ? IPPROTO_IP : IPPROTO_IPV6;
	int name = variant->family == AF_INET ? IP_RECVTTL : IPV6_RECVHOPLIMIT;
	struct address from = { 0 };
	union {
		struct cmsghdr align;
		char bytes[64];
	} control;
	char a[2], b[8];
	struct iovec out[2] = { { "mes", 3 }, { "sage", 4 } };
	struct iovec in[2] = { { a, sizeof(a) }, { b, sizeof(b) } };
	struct msghdr send_msg = {
		.msg_name = &self->addr.sa,
		.msg_namelen = self->addr.len,
		.msg_iov = out,
		.msg_iovlen = 2,
	};
	struct msghdr msg = {
		.msg_name = &from.storage,
		.msg_namelen = sizeof(from.storage),
		.msg_iov = in,
		.msg_iovlen = 2,
		.msg_control = &control,
		.msg_controllen = sizeof(control),
		.msg_flags = -1,
	};
	struct cmsghdr *cmsg;
	int one = 1;

	ASSERT_EQ(0, setsockopt(self->bound, level, name, &one, sizeof(one)));
	ASSERT_EQ(7, sendmsg(self->other, &send_msg, 0));
	ASSERT_EQ(7, recvmsg(self->bound, &msg, MSG_CMSG_CLOEXEC));
	EXPECT_EQ(0, memcmp("me", a, 2));
	EXPECT_EQ(0, memcmp("ssage", b, 5));
	EXPECT_EQ(self->addr.len, msg.msg_namelen);
	EXPECT_EQ(variant->family, from.sa.sa_family);
	EXPECT_EQ(0, msg.msg_flags & ~MSG_CMSG_CLOEXEC);
	cmsg = CMSG_FIRSTHDR(&msg);
	ASSERT_NE(NULL, cmsg);
	EXPECT_EQ(level, cmsg->cmsg_level);
	EXPECT_EQ(64, *(int *)CMSG_DATA(cmsg));
	EXPECT_EQ(CMSG_SPACE(sizeof(int)), msg.msg_controllen);
}

TEST_F(dgram, refusal_of_the_peer_is_told)
{
	struct address nobody = loopback(variant->family, PORT + 1);

	ASSERT_EQ(0, connect(self->other, &nobody.sa, nobody.len));
	ASSERT_EQ(1, send(self->other, "x", 1, 0));
	EXPECT_TRUE(poll_one(self->other, POLLIN) & POLLERR);
	EXPECT_EQ(ECONNREFUSED, ERRNO(send(self->other, "x", 1, 0)));
}

/* ---- Many messages ------------------------------------------------------ */

#define MANY 3

/* @_bufs is what arrays of messages are made of, one part of 8 bytes each. */
#define MANY_MSGS(_msgs, _parts, _bufs)					\
	char _bufs[MANY][8] = { "one", "two", "three" };		\
	struct iovec _parts[MANY];					\
	struct mmsghdr _msgs[MANY];					\
									\
	memset(_msgs, 0, sizeof(_msgs));				\
	for (size_t _i = 0; _i < MANY; _i++) {				\
		_parts[_i].iov_base = _bufs[_i];			\
		_parts[_i].iov_len = sizeof(_bufs[_i]);			\
		_msgs[_i].msg_hdr.msg_iov = &_parts[_i];		\
		_msgs[_i].msg_hdr.msg_iovlen = 1;			\
	}

TEST_F(dgram, many_messages_go_and_come_in_one_call)
{
	MANY_MSGS(out, out_parts, out_bufs);
	MANY_MSGS(in, in_parts, in_bufs);
	struct timespec time = { .tv_sec = 10 };
	size_t i;

	memset(in_bufs, 0, sizeof(in_bufs));
	CONNECT_DGRAM();
	ASSERT_EQ(MANY, sendmmsg(self->other, out, MANY, 0));
	EXPECT_EQ(8, out[2].msg_len);
	ASSERT_EQ(MANY, recvmmsg(self->bound, in, MANY, 0, &time));
	for (i = 0; i < MANY; i++) {
		EXPECT_EQ(8, in[i].msg_len);
		EXPECT_EQ(0, memcmp(out_bufs[i], in_bufs[i], 8));
	}
	EXPECT_LE(time.tv_sec, 10);
	EXPECT_GT(time.tv_sec * 1000000000 + time.tv_nsec, 0);
	EXPECT_LT(time.tv_sec * 1000000000 + time.tv_nsec, 10000000000);
}

/* A stream would have a hole there. */
TEST_F(pair, sendmmsg_ends_with_a_message_that_went_in_part)
{
	static char data[96 * 1024];
	struct iovec parts[3] = {
		{ data, sizeof(data) }, { (void *)8, 1 }, { "x", 1 },
	};
	struct mmsghdr msgs[2] = {
		{ .msg_hdr = { .msg_iov = &parts[0], .msg_iovlen = 2 } },
		{ .msg_hdr = { .msg_iov = &parts[2], .msg_iovlen = 1 } },
	};
	size_t left;
	ssize_t ret;

	EXPECT_EQ(1, sendmmsg(self->client, msgs, 2, 0));
	EXPECT_LT(0, msgs[0].msg_len);
	EXPECT_GE(sizeof(data), msgs[0].msg_len);
	ASSERT_EQ(0, shutdown(self->client, SHUT_WR));
	for (left = msgs[0].msg_len; left > 0; left -= ret) {
		ret = recv(self->server, data, left, 0);
		ASSERT_LT(0, ret);
	}
	EXPECT_EQ(0, recv(self->server, data, 1, 0));
}

TEST_F(dgram, name_without_a_length_is_none_to_sendmsg_alone)
{
	struct iovec part = { "x", 1 };
	struct mmsghdr msg = {
		.msg_hdr = {
			.msg_name = &self->addr.sa,
			.msg_iov = &part,
			.msg_iovlen = 1,
		},
	};

	CONNECT_DGRAM();
	EXPECT_EQ(1, sendmsg(self->other, &msg.msg_hdr, 0));
	EXPECT_EQ(1, sendmmsg(self->other, &msg, 1, 0));
	EXPECT_EQ(EINVAL, ERRNO(sendto(self->other, "x", 1, 0, &self->addr.sa,
				       0)));
	EXPECT_TRUE(hears(self->bound, "x"));
	EXPECT_TRUE(hears(self->bound, "x"));
}

/* Sends a byte, and waits until it is there, whatever is already. */
static bool delivers(int from, int to)
{
	struct epoll_event event = { .events = EPOLLIN | EPOLLET };
	int epoll = epoll_create1(EPOLL_CLOEXEC);
	bool there;

	epoll_ctl(epoll, EPOLL_CTL_ADD, to, &event);
	epoll_wait(epoll, &event, 1, 0);
	there = send(from, "x", 1, 0) == 1 &&
		epoll_wait(epoll, &event, 1, WAIT_MS) == 1;
	close(epoll);
	return there;
}

TEST_F(dgram, fewer_messages_than_asked_for)
{
	MANY_MSGS(msgs, parts, bufs);
	int i;

	CONNECT_DGRAM();
	for (i = 0; i < 2; i++)
		ASSERT_TRUE(delivers(self->other, self->bound));
	EXPECT_EQ(2, recvmmsg(self->bound, msgs, MANY, MSG_WAITFORONE, NULL));
	EXPECT_EQ(EAGAIN, ERRNO(recvmmsg(self->bound, msgs, MANY, MSG_DONTWAIT,
					 NULL)));
	for (i = 0; i < 2; i++)
		ASSERT_TRUE(delivers(self->other, self->bound));
	errno = EXDEV;
	EXPECT_EQ(2, recvmmsg(self->bound, msgs, MANY, MSG_DONTWAIT, NULL));
	EXPECT_EQ(EXDEV, errno);
	EXPECT_EQ(0, recvmmsg(self->bound, msgs, 0, 0, NULL));
}

TEST_F(dgram, time_of_recvmmsg_ends_it_after_a_message)
{
	MANY_MSGS(msgs, parts, bufs);
	struct timespec time = { .tv_nsec = 1 };

	CONNECT_DGRAM();
	ASSERT_EQ(1, send(self->other, "x", 1, 0));
	EXPECT_EQ(1, recvmmsg(self->bound, msgs, MANY, 0, &time));
	EXPECT_EQ(0, time.tv_sec);
	EXPECT_EQ(0, time.tv_nsec);
	time.tv_nsec = 1000000000;
	EXPECT_EQ(EINVAL, ERRNO(recvmmsg(self->bound, msgs, MANY, 0, &time)));
}

TEST_F(dgram, sendmmsg_tells_how_many_went_before_an_error)
{
	MANY_MSGS(msgs, parts, bufs);

	CONNECT_DGRAM();
	parts[1].iov_base = (void *)8;
	EXPECT_EQ(1, sendmmsg(self->other, msgs, MANY, 0));
	parts[0].iov_base = (void *)8;
	EXPECT_EQ(EFAULT, ERRNO(sendmmsg(self->other, msgs, MANY, 0)));
	EXPECT_EQ(0, sendmmsg(self->other, msgs, 0, 0));
}

TEST_HARNESS_MAIN
