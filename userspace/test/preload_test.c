// SPDX-License-Identifier: GPL-2.0-only
/*
 * Sockets of an ordinary program, with and without ksock run: which are taken
 * over, their names, options and errors, and what they look like as files.
 */
#define _GNU_SOURCE

#include "preload.h"

#include <linux/sockios.h>

/* ---- Which sockets ------------------------------------------------------ */

FIXTURE(netns)
{
	int unused;
};

FIXTURE_SETUP(netns)
{
	ASSERT_EQ(0, new_netns());
}

FIXTURE_TEARDOWN(netns)
{
}

TEST_F(netns, stream_and_dgram_of_ip_are_taken_over)
{
	static const int kinds[][3] = {
		{ AF_INET, SOCK_STREAM, 0 },
		{ AF_INET, SOCK_STREAM | SOCK_CLOEXEC, IPPROTO_TCP },
		{ AF_INET6, SOCK_STREAM | SOCK_NONBLOCK, IPPROTO_TCP },
		{ AF_INET, SOCK_DGRAM, 0 },
		{ AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC, IPPROTO_UDP },
	};
	size_t i;
	int fd;

	for (i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		fd = socket(kinds[i][0], kinds[i][1], kinds[i][2]);
		ASSERT_LE(0, fd);
		EXPECT_TAKEN_OVER(fd);
		EXPECT_EQ(kinds[i][1] & SOCK_CLOEXEC ? FD_CLOEXEC : 0,
			  fcntl(fd, F_GETFD));
		EXPECT_EQ(kinds[i][1] & SOCK_NONBLOCK,
			  fcntl(fd, F_GETFL) & O_NONBLOCK);
		close(fd);
	}
}

TEST_F(netns, other_sockets_are_left_alone)
{
	static const int kinds[][3] = {
		{ AF_UNIX, SOCK_STREAM, 0 },
		{ AF_UNIX, SOCK_DGRAM, 0 },
		{ AF_NETLINK, SOCK_RAW, 0 },
		{ AF_INET, SOCK_RAW, IPPROTO_ICMP },
	};
	size_t i;
	int fd;

	for (i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		fd = socket(kinds[i][0], kinds[i][1], kinds[i][2]);
		ASSERT_LE(0, fd);
		EXPECT_FALSE(is_ksock(fd));
		close(fd);
	}
}

TEST_F(netns, socket_fails_as_ever)
{
	EXPECT_EQ(EPROTONOSUPPORT,
		  ERRNO(socket(AF_INET, SOCK_STREAM, IPPROTO_UDP)));
	EXPECT_EQ(EPROTONOSUPPORT,
		  ERRNO(socket(AF_INET, SOCK_DGRAM, IPPROTO_TCP)));
	EXPECT_EQ(ESOCKTNOSUPPORT, ERRNO(socket(AF_INET, SOCK_RDM, 0)));
	EXPECT_EQ(EINVAL, ERRNO(socket(AF_INET, 15, 0)));
	EXPECT_EQ(EINVAL, ERRNO(socket(AF_INET, SOCK_STREAM | 0x100, 0)));
	EXPECT_EQ(EINVAL, ERRNO(socket(AF_INET, SOCK_STREAM, -1)));
	EXPECT_EQ(EAFNOSUPPORT, ERRNO(socket(200, SOCK_STREAM, 0)));
}

TEST_F(netns, socket_is_the_lowest_free_descriptor)
{
	int low = dup(1), high = dup(1), fd;

	ASSERT_LT(low, high);
	close(low);
	fd = socket(AF_INET, SOCK_STREAM, 0);
	EXPECT_EQ(low, fd);
	close(fd);
	close(high);
}

TEST_F(netns, socket_belongs_to_the_namespace_of_the_thread)
{
	struct address addr = loopback(AF_INET, PORT);
	int before, after, same;

	before = socket(AF_INET, SOCK_STREAM, 0);
	ASSERT_EQ(0, bind(before, &addr.sa, addr.len));
	same = socket(AF_INET, SOCK_STREAM, 0);
	EXPECT_EQ(EADDRINUSE, ERRNO(bind(same, &addr.sa, addr.len)));

	ASSERT_EQ(0, new_netns());
	after = socket(AF_INET, SOCK_STREAM, 0);
	EXPECT_TAKEN_OVER(after);
	EXPECT_EQ(0, ERRNO(bind(after, &addr.sa, addr.len)));
	close(after);
	close(same);
	close(before);
}

/* ---- Names -------------------------------------------------------------- */

TEST_F(pair, names_agree_on_both_sides)
{
	struct address own = { .len = sizeof(own.storage) };
	struct address peer = { .len = sizeof(peer.storage) };

	ASSERT_EQ(0, getpeername(self->client, &peer.sa, &peer.len));
	EXPECT_EQ(self->addr.len, peer.len);
	EXPECT_EQ(0, memcmp(&self->addr.sa, &peer.sa, peer.len));

	peer.len = sizeof(peer.storage);
	ASSERT_EQ(0, getsockname(self->client, &own.sa, &own.len));
	ASSERT_EQ(0, getpeername(self->server, &peer.sa, &peer.len));
	EXPECT_EQ(own.len, peer.len);
	EXPECT_EQ(0, memcmp(&own.sa, &peer.sa, own.len));
}

TEST_F(pair, name_is_cut_to_the_room_and_tells_its_length)
{
	struct address own;

	memset(&own, 0xaa, sizeof(own));
	own.len = sizeof(sa_family_t);
	ASSERT_EQ(0, getsockname(self->client, &own.sa, &own.len));
	EXPECT_EQ(self->addr.len, own.len);
	EXPECT_EQ(variant->family, own.sa.sa_family);
	EXPECT_EQ(0xaaaa, own.in.sin_port);
}

TEST_F(pair, name_without_room_or_length_is_refused)
{
	struct address own = { .len = -1 };

	EXPECT_EQ(EINVAL, ERRNO(getsockname(self->client, &own.sa, &own.len)));
	EXPECT_EQ(EFAULT, ERRNO(getsockname(self->client, &own.sa, NULL)));
	EXPECT_EQ(ENOTCONN, ERRNO(getpeername(self->listener, &own.sa,
					      &(socklen_t){ 128 })));
}

TEST_F(pair, bind_and_connect_refuse_what_is_no_address)
{
	int fd = socket(variant->family, SOCK_STREAM, 0);
	struct address addr = self->addr;

	EXPECT_EQ(EINVAL, ERRNO(bind(fd, &addr.sa, 4)));
	EXPECT_EQ(EINVAL, ERRNO(bind(fd, &addr.sa, 129)));
	EXPECT_EQ(EFAULT, ERRNO(bind(fd, NULL, addr.len)));
	EXPECT_EQ(EINVAL, ERRNO(connect(fd, &addr.sa, 1)));
	addr.sa.sa_family = AF_UNIX;
	EXPECT_EQ(EAFNOSUPPORT, ERRNO(connect(fd, &addr.sa, addr.len)));
	close(fd);
}

/* ---- Connections -------------------------------------------------------- */

TEST_F(pair, accept4_takes_flags_and_tells_the_peer)
{
	struct address own = { .len = sizeof(own.storage) };
	struct address peer = { .len = sizeof(peer.storage) };
	int client, server;

	client = socket(variant->family, SOCK_STREAM, 0);
	ASSERT_EQ(0, connect(client, &self->addr.sa, self->addr.len));
	ASSERT_EQ(0, getsockname(client, &own.sa, &own.len));
	server = accept4(self->listener, &peer.sa, &peer.len,
			 SOCK_CLOEXEC | SOCK_NONBLOCK);
	ASSERT_LE(0, server);
	EXPECT_TAKEN_OVER(server);
	EXPECT_EQ(own.len, peer.len);
	EXPECT_EQ(0, memcmp(&own.sa, &peer.sa, own.len));
	EXPECT_EQ(FD_CLOEXEC, fcntl(server, F_GETFD));
	EXPECT_TRUE(fcntl(server, F_GETFL) & O_NONBLOCK);
	EXPECT_EQ(EINVAL, ERRNO(accept4(self->listener, NULL, NULL, 1)));
	close(server);
	close(client);
}

TEST_F(pair, accept_without_a_connection_would_block)
{
	ASSERT_EQ(0, fcntl(self->listener, F_SETFL, O_NONBLOCK));
	EXPECT_EQ(EAGAIN, ERRNO(accept(self->listener, NULL, NULL)));
	EXPECT_EQ(EINVAL, ERRNO(accept(self->client, NULL, NULL)));
}

TEST_F(pair, connect_that_does_not_wait_is_told_of_by_poll)
{
	int fd = socket(variant->family, SOCK_STREAM | SOCK_NONBLOCK, 0);
	socklen_t len = sizeof(int);
	int server, error = -1;

	ASSERT_EQ(EINPROGRESS,
		  ERRNO(connect(fd, &self->addr.sa, self->addr.len)));
	EXPECT_EQ(POLLOUT, poll_one(fd, POLLOUT));
	EXPECT_EQ(0, getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &len));
	EXPECT_EQ(0, error);
	/* The first one after an attempt tells its end, others that it is one. */
	EXPECT_EQ(0, ERRNO(connect(fd, &self->addr.sa, self->addr.len)));
	EXPECT_EQ(EISCONN, ERRNO(connect(fd, &self->addr.sa, self->addr.len)));
	server = accept(self->listener, NULL, NULL);
	ASSERT_LE(0, server);
	close(server);
	close(fd);
}

TEST_F(pair, connect_to_nobody_is_refused)
{
	struct address nobody = loopback(variant->family, PORT + 1);
	int fd = socket(variant->family, SOCK_STREAM, 0);

	EXPECT_EQ(ECONNREFUSED, ERRNO(connect(fd, &nobody.sa, nobody.len)));
	close(fd);
}

TEST_F(pair, shutdown_ends_one_direction)
{
	char byte;

	ASSERT_EQ(0, shutdown(self->client, SHUT_WR));
	EXPECT_EQ(0, recv(self->server, &byte, 1, 0));
	EXPECT_EQ(1, send(self->server, "x", 1, 0));
	EXPECT_TRUE(hears(self->client, "x"));
	EXPECT_EQ(EINVAL, ERRNO(shutdown(self->client, 3)));
	EXPECT_EQ(ENOTCONN, ERRNO(shutdown(socket(variant->family, SOCK_STREAM,
						  0), SHUT_RDWR)));
}

static int signals;

static void count_signal(int number)
{
	(void)number;
	__atomic_add_fetch(&signals, 1, __ATOMIC_RELAXED);
}

TEST_F(pair, send_after_the_end_is_epipe_with_sigpipe)
{
	signal(SIGPIPE, count_signal);
	ASSERT_EQ(0, shutdown(self->client, SHUT_WR));
	signals = 0;
	EXPECT_EQ(EPIPE, ERRNO(send(self->client, "x", 1, 0)));
	EXPECT_EQ(1, signals);
	EXPECT_EQ(EPIPE, ERRNO(write(self->client, "x", 1)));
	EXPECT_EQ(2, signals);
	EXPECT_EQ(EPIPE, ERRNO(send(self->client, "x", 1, MSG_NOSIGNAL)));
	EXPECT_EQ(2, signals);
}

/* ---- Options ------------------------------------------------------------ */

static int option(int fd, int level, int name)
{
	socklen_t len = sizeof(int);
	int value = -1;

	if (getsockopt(fd, level, name, &value, &len) || len != sizeof(int))
		return -1;
	return value;
}

TEST_F(pair, options_tell_what_the_socket_is)
{
	EXPECT_EQ(SOCK_STREAM, option(self->client, SOL_SOCKET, SO_TYPE));
	EXPECT_EQ(variant->family, option(self->client, SOL_SOCKET, SO_DOMAIN));
	EXPECT_EQ(IPPROTO_TCP, option(self->client, SOL_SOCKET, SO_PROTOCOL));
	EXPECT_EQ(0, option(self->client, SOL_SOCKET, SO_ERROR));
	EXPECT_EQ(0, option(self->client, SOL_SOCKET, SO_ACCEPTCONN));
	EXPECT_EQ(1, option(self->listener, SOL_SOCKET, SO_ACCEPTCONN));
}

TEST_F(pair, options_are_set_and_got)
{
	struct linger linger = { .l_onoff = 1, .l_linger = 7 }, got = { 0 };
	socklen_t len = sizeof(got);
	int one = 1;

	EXPECT_EQ(0, option(self->client, IPPROTO_TCP, TCP_NODELAY));
	EXPECT_EQ(0, setsockopt(self->client, IPPROTO_TCP, TCP_NODELAY, &one,
				sizeof(one)));
	EXPECT_EQ(1, option(self->client, IPPROTO_TCP, TCP_NODELAY));
	EXPECT_EQ(0, setsockopt(self->client, SOL_SOCKET, SO_LINGER, &linger,
				sizeof(linger)));
	EXPECT_EQ(0, getsockopt(self->client, SOL_SOCKET, SO_LINGER, &got,
				&len));
	EXPECT_EQ(sizeof(got), len);
	EXPECT_EQ(0, memcmp(&linger, &got, sizeof(got)));
}

TEST_F(pair, lengths_of_options_are_taken_as_they_are)
{
	unsigned char value[8];
	socklen_t len = 1;
	int one = 1;

	memset(value, 0xaa, sizeof(value));
	EXPECT_EQ(0, getsockopt(self->client, SOL_SOCKET, SO_TYPE, value,
				&len));
	EXPECT_EQ(1, len);
	EXPECT_EQ(SOCK_STREAM, value[0]);
	EXPECT_EQ(0xaa, value[1]);
	len = sizeof(value);
	EXPECT_EQ(0, getsockopt(self->client, SOL_SOCKET, SO_TYPE, value,
				&len));
	EXPECT_EQ(sizeof(int), len);
	len = -1;
	EXPECT_EQ(EINVAL, ERRNO(getsockopt(self->client, SOL_SOCKET, SO_TYPE,
					   value, &len)));
	EXPECT_EQ(EFAULT, ERRNO(getsockopt(self->client, SOL_SOCKET, SO_TYPE,
					   value, NULL)));
	EXPECT_EQ(EINVAL, ERRNO(setsockopt(self->client, SOL_SOCKET,
					   SO_KEEPALIVE, &one, 1)));
	EXPECT_EQ(ENOPROTOOPT, ERRNO(getsockopt(self->client, SOL_SOCKET, 9999,
						value, &(socklen_t){ 4 })));
}

/* ---- errno -------------------------------------------------------------- */

TEST_F(pair, errno_is_left_alone_by_what_succeeds)
{
	struct address own = { .len = sizeof(own.storage) };
	char byte;
	int copy;

	errno = EXDEV;
	close(socket(variant->family, SOCK_STREAM, 0));
	EXPECT_EQ(EXDEV, errno);
	/* With a number that no socket has had: what it is has to be found out. */
	copy = fcntl(self->client, F_DUPFD, 300);
	EXPECT_EQ(1, send(copy, "x", 1, 0));
	EXPECT_EQ(EXDEV, errno);
	EXPECT_EQ(1, recv(self->server, &byte, 1, 0));
	EXPECT_EQ(0, getsockname(self->client, &own.sa, &own.len));
	EXPECT_EQ(SOCK_STREAM, option(self->client, SOL_SOCKET, SO_TYPE));
	EXPECT_EQ(EXDEV, errno);
	close(copy);
}

TEST_F(pair, calls_on_what_is_no_socket_fail_as_ever)
{
	int ends[2];
	char byte;

	ASSERT_EQ(0, pipe(ends));
	EXPECT_EQ(ENOTSOCK, ERRNO(send(ends[1], "x", 1, 0)));
	EXPECT_EQ(ENOTSOCK, ERRNO(recv(ends[0], &byte, 1, 0)));
	EXPECT_EQ(ENOTSOCK, ERRNO(listen(ends[0], 1)));
	close(ends[0]);
	close(ends[1]);
	EXPECT_EQ(EBADF, ERRNO(send(ends[1], "x", 1, 0)));
	EXPECT_EQ(EBADF, ERRNO(listen(-1, 1)));
	EXPECT_EQ(EBADF, ERRNO(shutdown(1 << 30, SHUT_RD)));
}

/* The number of a socket may be another's at any time. */
TEST_F(pair, number_that_becomes_another_file_is_that)
{
	int unix_pair[2], ends[2];

	ASSERT_EQ(1, send(self->client, "x", 1, 0));
	ASSERT_EQ(0, pipe(ends));
	ASSERT_EQ(self->client, dup2(ends[1], self->client));
	EXPECT_EQ(ENOTSOCK, ERRNO(send(self->client, "x", 1, 0)));

	ASSERT_EQ(0, socketpair(AF_UNIX, SOCK_STREAM, 0, unix_pair));
	ASSERT_EQ(self->server, dup2(unix_pair[0], self->server));
	EXPECT_EQ(5, send(self->server, "hello", 5, 0));
	EXPECT_TRUE(hears(unix_pair[1], "hello"));
	EXPECT_EQ(AF_UNIX, option(self->server, SOL_SOCKET, SO_DOMAIN));

	/* And back again. */
	ASSERT_EQ(self->server, dup2(self->listener, self->server));
	EXPECT_EQ(1, option(self->server, SOL_SOCKET, SO_ACCEPTCONN));
	close(ends[0]);
	close(ends[1]);
	close(unix_pair[0]);
	close(unix_pair[1]);
}

/* ---- Files -------------------------------------------------------------- */

/* Whether the table of the kernel has a socket with this inode. */
static bool table_has(int family, ino_t inode)
{
	unsigned long seen = 0;
	char line[512];
	FILE *file;

	file = fopen(family == AF_INET6 ? "/proc/thread-self/net/tcp6" :
					  "/proc/thread-self/net/tcp", "re");
	while (file && fgets(line, sizeof(line), file)) {
		if (sscanf(line, "%*d: %*[0-9A-F]:%*X %*[0-9A-F]:%*X %*X "
			   "%*X:%*X %*X:%*X %*X %*u %*d %lu", &seen) == 1 &&
		    seen == inode)
			break;
	}
	if (file)
		fclose(file);
	return seen == inode;
}

TEST_F(pair, fstat_tells_a_socket_and_its_inode)
{
	struct stat64 st64;
	struct statx stx;
	struct stat st;

	ASSERT_EQ(0, fstat(self->client, &st));
	EXPECT_TRUE(S_ISSOCK(st.st_mode));
	EXPECT_EQ(0777, st.st_mode & 07777);
	EXPECT_TRUE(table_has(variant->family, st.st_ino));
	ASSERT_EQ(0, fstat64(self->client, &st64));
	EXPECT_TRUE(S_ISSOCK(st64.st_mode));
	ASSERT_EQ(0, fstatat(self->client, "", &st, AT_EMPTY_PATH));
	EXPECT_TRUE(S_ISSOCK(st.st_mode));
	ASSERT_EQ(0, statx(self->client, "", AT_EMPTY_PATH, STATX_BASIC_STATS,
			   &stx));
	EXPECT_TRUE(S_ISSOCK(stx.stx_mode));
	EXPECT_EQ(st.st_ino, stx.stx_ino);
	EXPECT_EQ(1, isfdtype(self->client, S_IFSOCK));
	EXPECT_EQ(0, isfdtype(self->client, S_IFREG));
	EXPECT_EQ(1, isfdtype(open("/", O_RDONLY | O_CLOEXEC), S_IFDIR));
	EXPECT_EQ(-1, isfdtype(-1, S_IFDIR));
}

TEST_F(pair, ioctl_tells_what_is_queued_and_sets_o_nonblock)
{
	int value = -1, one = 1;
	char byte;

	ASSERT_EQ(5, send(self->client, "hello", 5, 0));
	ASSERT_EQ(POLLIN, poll_one(self->server, POLLIN));
	EXPECT_EQ(0, ioctl(self->server, FIONREAD, &value));
	EXPECT_EQ(5, value);
	EXPECT_EQ(0, ioctl(self->client, SIOCOUTQ, &value));
	EXPECT_EQ(0, ioctl(self->client, FIONBIO, &one));
	EXPECT_EQ(EAGAIN, ERRNO(recv(self->client, &byte, 1, 0)));
	EXPECT_EQ(0, ioctl(self->client, FIOCLEX));
	EXPECT_EQ(FD_CLOEXEC, fcntl(self->client, F_GETFD));
	EXPECT_EQ(ENOTTY, ERRNO(ioctl(self->client, TIOCGWINSZ, &(struct winsize){ 0 })));
}

TEST_F(pair, ioctl_of_interfaces_and_owners_is_answered)
{
	struct ifreq ifr = { .ifr_name = "lo" };
	int owner = getpid(), got = 0;

	errno = EXDEV;
	EXPECT_EQ(0, ioctl(self->client, SIOCGIFFLAGS, &ifr));
	EXPECT_EQ(EXDEV, errno);
	EXPECT_TRUE(ifr.ifr_flags & IFF_UP);
	strcpy(ifr.ifr_name, "nowhere0");
	EXPECT_EQ(ENODEV, ERRNO(ioctl(self->client, SIOCGIFINDEX, &ifr)));
	EXPECT_EQ(0, ioctl(self->client, SIOCSPGRP, &owner));
	EXPECT_EQ(0, ioctl(self->client, SIOCGPGRP, &got));
	EXPECT_EQ(owner, got);
	EXPECT_EQ(owner, fcntl(self->client, F_GETOWN));
}

/* ---- syscall(2) --------------------------------------------------------- */

TEST_F(netns, system_calls_by_number_do_the_same)
{
	struct address addr = loopback(AF_INET, PORT), peer = { .len = 128 };
	int value = 0, listener, client, server, one = 1;
	struct iovec part = { .iov_base = "msg", .iov_len = 3 };
	struct msghdr msg = { .msg_iov = &part, .msg_iovlen = 1 };
	struct mmsghdr many = { .msg_hdr = msg };
	socklen_t len = sizeof(value);
	char buf[16];

	listener = syscall(SYS_socket, AF_INET, SOCK_STREAM, 0);
	client = syscall(SYS_socket, AF_INET, SOCK_STREAM, 0);
	ASSERT_LE(0, listener);
	EXPECT_TAKEN_OVER(listener);
	ASSERT_EQ(0, syscall(SYS_setsockopt, listener, SOL_SOCKET, SO_REUSEADDR,
			     &one, sizeof(one)));
	ASSERT_EQ(0, syscall(SYS_bind, listener, &addr.sa, addr.len));
	ASSERT_EQ(0, syscall(SYS_listen, listener, 1));
	ASSERT_EQ(0, syscall(SYS_connect, client, &addr.sa, addr.len));
	server = syscall(SYS_accept4, listener, &peer.sa, &peer.len,
			 SOCK_CLOEXEC);
	ASSERT_LE(0, server);
	EXPECT_TAKEN_OVER(server);
	EXPECT_EQ(0, syscall(SYS_getsockopt, server, SOL_SOCKET, SO_TYPE,
			     &value, &len));
	EXPECT_EQ(SOCK_STREAM, value);
	EXPECT_EQ(0, syscall(SYS_getpeername, client, &peer.sa, &peer.len));
	EXPECT_EQ(0, memcmp(&addr.sa, &peer.sa, addr.len));

	EXPECT_EQ(2, syscall(SYS_sendto, client, "to", 2, 0, NULL, 0));
	EXPECT_EQ(3, syscall(SYS_sendmsg, client, &msg, 0));
	EXPECT_EQ(1, syscall(SYS_sendmmsg, client, &many, 1, 0));
	EXPECT_EQ(8, syscall(SYS_recvfrom, server, buf, 8, MSG_WAITALL, NULL,
			     NULL));
	EXPECT_EQ(0, memcmp("tomsgmsg", buf, 8));
	EXPECT_EQ(0, syscall(SYS_shutdown, client, SHUT_WR));
	part.iov_base = buf;
	EXPECT_EQ(0, syscall(SYS_recvmsg, server, &msg, 0));
	/* Those that have nothing to do with sockets. */
	EXPECT_EQ(getpid(), syscall(SYS_getpid));
	EXPECT_EQ(0, syscall(SYS_close, server));
	EXPECT_EQ(-1, syscall(-1));
	close(client);
	close(listener);
}

TEST_HARNESS_MAIN
