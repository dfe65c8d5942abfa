// SPDX-License-Identifier: GPL-2.0-only
/*
 * What can be seen of a socket from outside: its link, the lines of fdinfo, the
 * answer of SOCKET_INFO and the tables of /proc/net, which all tell the same;
 * and what the counters and the state say after a known history.
 */
#include "fixture.h"

#include <inttypes.h>
#include <sys/sendfile.h>
#include <sys/uio.h>

/* A line of fdinfo as text, "" when there is none. */
static const char *fdinfo(int fd, const char *key)
{
	static char line[256];
	char path[64], *value = NULL;
	size_t len = strlen(key);
	FILE *file;

	snprintf(path, sizeof(path), "/proc/self/fdinfo/%d", fd);
	file = fopen(path, "re");
	if (!file)
		return "";
	while (!value && fgets(line, sizeof(line), file))
		if (!strncmp(line, key, len) && !strncmp(line + len, ":\t", 2))
			value = line + len + 2;
	fclose(file);
	if (!value)
		return "";
	value[strcspn(value, "\n")] = '\0';
	return value;
}

/* A row of /proc/net. */
struct row {
	unsigned int port;
	unsigned int state;
	unsigned int uid;
};

/* Whether the table has a row with the inode. */
static bool row_find(struct row *row, int family, int type, uint64_t inode)
{
	uint64_t seen = 0;
	char path[64], line[512];
	FILE *file;

	snprintf(path, sizeof(path), "/proc/self/net/%s%s",
		 type == SOCK_STREAM ? "tcp" : "udp",
		 family == AF_INET6 ? "6" : "");
	file = fopen(path, "re");
	if (!file)
		return false;
	while (fgets(line, sizeof(line), file)) {
		if (sscanf(line, "%*d: %*[0-9A-F]:%X %*[0-9A-F]:%*X %X "
			   "%*X:%*X %*X:%*X %*X %u %*d %" SCNu64,
			   &row->port, &row->state, &row->uid, &seen) == 4 &&
		    seen == inode)
			break;
		seen = 0;
	}
	fclose(file);
	return seen;
}

FIXTURE(fdinfo) {
	struct addr addr;
};

FIXTURE_VARIANT(fdinfo) {
	int family;
	int type;
	int protocol;
};

FIXTURE_VARIANT_ADD(fdinfo, ipv4_stream) {
	.family = AF_INET, .type = SOCK_STREAM, .protocol = IPPROTO_TCP,
};

FIXTURE_VARIANT_ADD(fdinfo, ipv6_stream) {
	.family = AF_INET6, .type = SOCK_STREAM, .protocol = IPPROTO_TCP,
};

FIXTURE_VARIANT_ADD(fdinfo, ipv4_dgram) {
	.family = AF_INET, .type = SOCK_DGRAM, .protocol = IPPROTO_UDP,
};

FIXTURE_VARIANT_ADD(fdinfo, ipv6_dgram) {
	.family = AF_INET6, .type = SOCK_DGRAM, .protocol = IPPROTO_UDP,
};

FIXTURE_SETUP(fdinfo)
{
	SETUP_KSOCK();
	self->addr = addr_loopback(variant->family, PORT);
}

FIXTURE_TEARDOWN(fdinfo)
{
}

/* Each line against each field. */
static void agree(struct __test_metadata *_metadata, int fd)
{
	struct ksock_socket_info info;
	char text[128];

	ASSERT_EQ(0, ksock_socket_info(fd, &info));
	EXPECT_EQ(KSOCK_MODE_USER, info.out_mode);
	EXPECT_STREQ("user", fdinfo(fd, "ksock-mode"));
	snprintf(text, sizeof(text), "%u", info.out_family);
	EXPECT_STREQ(text, fdinfo(fd, "ksock-family"));
	snprintf(text, sizeof(text), "%u", info.out_type);
	EXPECT_STREQ(text, fdinfo(fd, "ksock-type"));
	snprintf(text, sizeof(text), "%d", info.out_protocol);
	EXPECT_STREQ(text, fdinfo(fd, "ksock-protocol"));
	snprintf(text, sizeof(text), "%u", info.out_state);
	EXPECT_STREQ(text, fdinfo(fd, "ksock-state"));
	snprintf(text, sizeof(text), "%" PRIu64, (uint64_t)info.out_inode);
	EXPECT_STREQ(text, fdinfo(fd, "ksock-inode"));
	snprintf(text, sizeof(text), "%" PRIu64, (uint64_t)info.out_cookie);
	EXPECT_STREQ(text, fdinfo(fd, "ksock-cookie"));
	snprintf(text, sizeof(text), "%" PRIu64, (uint64_t)info.out_netns);
	EXPECT_STREQ(text, fdinfo(fd, "ksock-netns"));
	snprintf(text, sizeof(text), "%" PRIu64 " ops %" PRIu64 " bytes",
		 (uint64_t)info.out_sent_ops, (uint64_t)info.out_sent_bytes);
	EXPECT_STREQ(text, fdinfo(fd, "ksock-sent"));
	snprintf(text, sizeof(text), "%" PRIu64 " ops %" PRIu64 " bytes",
		 (uint64_t)info.out_received_ops,
		 (uint64_t)info.out_received_bytes);
	EXPECT_STREQ(text, fdinfo(fd, "ksock-received"));
}

TEST_F(fdinfo, link_names_what_it_is)
{
	char path[64], name[64];
	ssize_t len;
	int fd;

	fd = ksock_socket(variant->family, variant->type, 0);
	ASSERT_LE(0, fd);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	len = readlink(path, name, sizeof(name) - 1);
	ASSERT_LT(0, len);
	name[len] = '\0';
	EXPECT_STREQ("anon_inode:[ksock]", name);

	snprintf(path, sizeof(path), "/proc/self/fd/%d", ksock_ctx);
	len = readlink(path, name, sizeof(name) - 1);
	ASSERT_LT(0, len);
	name[len] = '\0';
	EXPECT_STREQ(KSOCK_DEVICE, name);
}

TEST_F(fdinfo, of_a_new_socket_says_what_it_was_made_as)
{
	struct ksock_socket_info info;
	struct stat stat;
	int fd;

	fd = ksock_socket(variant->family, variant->type, 0);
	ASSERT_LE(0, fd);
	agree(_metadata, fd);
	ASSERT_EQ(0, ksock_socket_info(fd, &info));
	EXPECT_EQ(variant->family, info.out_family);
	EXPECT_EQ(variant->type, info.out_type);
	EXPECT_EQ(variant->protocol, info.out_protocol);
	EXPECT_EQ(TCP_CLOSE, info.out_state);
	EXPECT_EQ(0, info.out_uid);
	EXPECT_NE(0, info.out_inode);
	EXPECT_NE(0, info.out_cookie);
	EXPECT_EQ(0, info.out_sent_ops);
	EXPECT_EQ(0, info.out_sent_bytes);
	EXPECT_EQ(0, info.out_received_ops);
	EXPECT_EQ(0, info.out_received_bytes);
	ASSERT_EQ(0, fstatat(AT_FDCWD, "/proc/self/ns/net", &stat, 0));
	EXPECT_EQ(stat.st_ino, info.out_netns);
}

TEST_F(fdinfo, agrees_with_the_table_of_bound_sockets)
{
	struct ksock_socket_info info;
	struct row row;
	int fd;

	fd = ksock_socket(variant->family, variant->type, 0);
	ASSERT_LE(0, fd);
	ASSERT_EQ(0, ksock_bind(fd, &self->addr.sa, self->addr.len));
	if (variant->type == SOCK_STREAM)
		ASSERT_EQ(0, ksock_listen(fd, 1));
	agree(_metadata, fd);
	ASSERT_EQ(0, ksock_socket_info(fd, &info));
	ASSERT_TRUE(row_find(&row, variant->family, variant->type,
			     info.out_inode));
	EXPECT_EQ(PORT, row.port);
	EXPECT_EQ(info.out_state, row.state);
	EXPECT_EQ(info.out_uid, row.uid);
	EXPECT_EQ(variant->type == SOCK_STREAM ? TCP_LISTEN : TCP_CLOSE,
		  info.out_state);

	/* What is closed is not there any more. */
	ASSERT_EQ(0, close(fd));
	EXPECT_FALSE(row_find(&row, variant->family, variant->type,
			      info.out_inode));
}

TEST_F(fdinfo, agrees_with_the_table_of_connected_sockets)
{
	struct ksock_socket_info info;
	struct addr name = addr_room();
	struct pair pair;
	struct row row;

	ASSERT_EQ(0, pair_of(&pair, &ksock_face, variant->family,
			     variant->type));
	agree(_metadata, pair.fd);
	ASSERT_EQ(0, ksock_getsockname(pair.fd, &name.sa, &name.len));
	ASSERT_EQ(0, ksock_socket_info(pair.fd, &info));
	EXPECT_EQ(TCP_ESTABLISHED, info.out_state);
	ASSERT_TRUE(row_find(&row, variant->family, variant->type,
			     info.out_inode));
	EXPECT_EQ(addr_port(&name), row.port);
	EXPECT_EQ(TCP_ESTABLISHED, row.state);
	EXPECT_EQ(info.out_uid, row.uid);
}

TEST_F(fdinfo, inode_and_cookie_are_the_sockets_own_and_stay)
{
	struct ksock_socket_info first, second, again;
	int one, two, copy;

	one = ksock_socket(variant->family, variant->type, 0);
	ASSERT_LE(0, one);
	two = ksock_socket(variant->family, variant->type, 0);
	ASSERT_LE(0, two);
	ASSERT_EQ(0, ksock_socket_info(one, &first));
	ASSERT_EQ(0, ksock_socket_info(two, &second));
	EXPECT_NE(first.out_inode, second.out_inode);
	EXPECT_NE(first.out_cookie, second.out_cookie);

	copy = dup(one);
	ASSERT_LE(0, copy);
	ASSERT_EQ(0, ksock_bind(one, &self->addr.sa, self->addr.len));
	ASSERT_EQ(0, ksock_socket_info(copy, &again));
	EXPECT_EQ(first.out_inode, again.out_inode);
	EXPECT_EQ(first.out_cookie, again.out_cookie);
}

TEST_F(fdinfo, flags_follow_o_nonblock)
{
	int fd;

	fd = ksock_socket(variant->family, variant->type, 0);
	ASSERT_LE(0, fd);
	EXPECT_STREQ("02", fdinfo(fd, "ksock-flags"));
	ASSERT_EQ(0, fcntl(fd, F_SETFL, O_NONBLOCK));
	EXPECT_STREQ("04002", fdinfo(fd, "ksock-flags"));
	EXPECT_STREQ("04002", fdinfo(fd, "flags"));
	ASSERT_EQ(0, fcntl(fd, F_SETFL, 0));
	EXPECT_STREQ("02", fdinfo(fd, "ksock-flags"));
	EXPECT_STREQ("02", fdinfo(fd, "flags"));
}

TEST_F(fdinfo, can_be_read_while_the_socket_is_in_use_elsewhere)
{
	struct call call = { .run = call_recv, .face = &ksock_face, .len = 1 };
	struct pair pair;
	char byte;

	ASSERT_EQ(0, pair_of(&pair, &ksock_face, variant->family,
			     variant->type));
	call.fd = pair.fd;
	call.buf = &byte;
	ASSERT_EQ(0, call_start(&call));
	ASSERT_TRUE(call_sleeps(&call));
	agree(_metadata, pair.fd);
	EXPECT_EQ(1, plain_sendto(pair.peer, "x", 1, 0, NULL, 0));
	EXPECT_EQ(1, call_end(&call));
}

/* ---- Counters ------------------------------------------------------------ */

static void counted(struct __test_metadata *_metadata, int fd,
		    uint64_t sent_ops, uint64_t sent_bytes,
		    uint64_t received_ops, uint64_t received_bytes)
{
	struct ksock_socket_info info;

	ASSERT_EQ(0, ksock_socket_info(fd, &info));
	EXPECT_EQ(sent_ops, info.out_sent_ops);
	EXPECT_EQ(sent_bytes, info.out_sent_bytes);
	EXPECT_EQ(received_ops, info.out_received_ops);
	EXPECT_EQ(received_bytes, info.out_received_bytes);
	agree(_metadata, fd);
}

TEST_F(fdinfo, counts_operations_and_bytes_of_every_way_to_send)
{
	char data[100] = {};
	struct iovec iov[2] = {
		{ .iov_base = data, .iov_len = 3 },
		{ .iov_base = data, .iov_len = 4 },
	};
	struct pair pair;

	ASSERT_EQ(0, pair_of(&pair, &ksock_face, variant->family,
			     variant->type));
	counted(_metadata, pair.fd, 0, 0, 0, 0);
	ASSERT_EQ(100, ksock_sendto(pair.fd, data, 100, 0, NULL, 0));
	counted(_metadata, pair.fd, 1, 100, 0, 0);
	ASSERT_EQ(10, write(pair.fd, data, 10));
	counted(_metadata, pair.fd, 2, 110, 0, 0);
	ASSERT_EQ(7, writev(pair.fd, iov, 2));
	counted(_metadata, pair.fd, 3, 117, 0, 0);
	ASSERT_EQ(-EFAULT, ksock_sendto(pair.fd, NULL, 1, 0, NULL, 0));
	counted(_metadata, pair.fd, 3, 117, 0, 0);
	ASSERT_EQ(-EINVAL, ksock_sendto(pair.fd, data, 1, MSG_PEEK, NULL, 0));
	counted(_metadata, pair.fd, 3, 117, 0, 0);
}

TEST_F(fdinfo, counts_operations_and_bytes_of_every_way_to_receive)
{
	char data[100] = {};
	struct iovec iov[2] = {
		{ .iov_base = data, .iov_len = 3 },
		{ .iov_base = data, .iov_len = 4 },
	};
	struct pair pair;

	ASSERT_EQ(0, pair_of(&pair, &ksock_face, variant->family,
			     variant->type));
	ASSERT_EQ(-EAGAIN, face_recv(&ksock_face, pair.fd, data, 100,
				     MSG_DONTWAIT));
	counted(_metadata, pair.fd, 0, 0, 0, 0);

	ASSERT_EQ(10, plain_sendto(pair.peer, data, 10, 0, NULL, 0));
	ASSERT_EQ(POLLIN, wait_events(pair.fd, POLLIN, WAIT_MS));
	ASSERT_EQ(10, face_recv(&ksock_face, pair.fd, data, 100, MSG_PEEK));
	counted(_metadata, pair.fd, 0, 0, 1, 10);
	ASSERT_EQ(10, face_recv(&ksock_face, pair.fd, data, 100, 0));
	counted(_metadata, pair.fd, 0, 0, 2, 20);

	ASSERT_EQ(5, plain_sendto(pair.peer, data, 5, 0, NULL, 0));
	ASSERT_EQ(POLLIN, wait_events(pair.fd, POLLIN, WAIT_MS));
	ASSERT_EQ(5, read(pair.fd, data, 100));
	counted(_metadata, pair.fd, 0, 0, 3, 25);

	ASSERT_EQ(7, plain_sendto(pair.peer, data, 7, 0, NULL, 0));
	ASSERT_EQ(POLLIN, wait_events(pair.fd, POLLIN, WAIT_MS));
	ASSERT_EQ(7, readv(pair.fd, iov, 2));
	counted(_metadata, pair.fd, 0, 0, 4, 32);
}

TEST_F(fdinfo, counts_operations_and_bytes_of_splices)
{
	struct pair pair;
	int ends[2], file;

	file = memfd_create("file", MFD_CLOEXEC);
	ASSERT_LE(0, file);
	ASSERT_EQ(0, ftruncate(file, 1000));
	ASSERT_EQ(0, pipe2(ends, O_CLOEXEC));
	ASSERT_EQ(0, pair_of(&pair, &ksock_face, variant->family,
			     variant->type));
	ASSERT_EQ(10, write(ends[1], "0123456789", 10));
	ASSERT_EQ(10, splice(ends[0], NULL, pair.fd, NULL, 10, 0));
	counted(_metadata, pair.fd, 1, 10, 0, 0);
	ASSERT_EQ(1000, sendfile(pair.fd, file, NULL, 1000));
	counted(_metadata, pair.fd, 2, 1010, 0, 0);

	ASSERT_EQ(7, plain_sendto(pair.peer, "0123456", 7, 0, NULL, 0));
	ASSERT_EQ(POLLIN, wait_events(pair.fd, POLLIN, WAIT_MS));
	ASSERT_EQ(7, splice(pair.fd, NULL, ends[1], NULL, 100, 0));
	counted(_metadata, pair.fd, 2, 1010, 1, 7);
	ASSERT_EQ(0, fcntl(pair.fd, F_SETFL, O_NONBLOCK));
	ASSERT_EQ(-1, splice(pair.fd, NULL, ends[1], NULL, 100, 0));
	counted(_metadata, pair.fd, 2, 1010, 1, 7);
}

/* ---- Streams ------------------------------------------------------------- */

FIXTURE(fdinfo_stream) {
	struct addr addr;
};

FIXTURE_VARIANT(fdinfo_stream) {
	int family;
};

FIXTURE_VARIANT_ADD(fdinfo_stream, ipv4) {
	.family = AF_INET,
};

FIXTURE_VARIANT_ADD(fdinfo_stream, ipv6) {
	.family = AF_INET6,
};

FIXTURE_SETUP(fdinfo_stream)
{
	SETUP_KSOCK();
	self->addr = addr_loopback(variant->family, PORT);
}

FIXTURE_TEARDOWN(fdinfo_stream)
{
}

TEST_F(fdinfo_stream, counts_the_end_of_the_stream_as_an_operation)
{
	struct pair pair;
	char byte;

	ASSERT_EQ(0, pair_of_streams(&pair, &ksock_face, variant->family));
	ASSERT_EQ(0, close(pair.peer));
	ASSERT_LT(0, wait_events(pair.fd, POLLIN, WAIT_MS));
	ASSERT_EQ(0, face_recv(&ksock_face, pair.fd, &byte, 1, 0));
	counted(_metadata, pair.fd, 0, 0, 1, 0);
	ASSERT_EQ(0, read(pair.fd, &byte, 1));
	counted(_metadata, pair.fd, 0, 0, 2, 0);
}

TEST_F(fdinfo_stream, counts_the_end_of_the_stream_that_a_splice_meets)
{
	struct pair pair;
	int ends[2];

	ASSERT_EQ(0, pipe2(ends, O_CLOEXEC));
	ASSERT_EQ(0, pair_of_streams(&pair, &ksock_face, variant->family));
	ASSERT_EQ(0, close(pair.peer));
	ASSERT_LT(0, wait_events(pair.fd, POLLIN, WAIT_MS));
	ASSERT_EQ(0, splice(pair.fd, NULL, ends[1], NULL, 1, 0));
	counted(_metadata, pair.fd, 0, 0, 1, 0);
}

TEST_F(fdinfo_stream, state_follows_the_connection)
{
	struct ksock_socket_info info;
	struct pair pair;

	ASSERT_EQ(0, pair_of_streams(&pair, &ksock_face, variant->family));
	ASSERT_EQ(0, ksock_socket_info(pair.fd, &info));
	EXPECT_EQ(TCP_ESTABLISHED, info.out_state);
	ASSERT_EQ(0, plain_shutdown(pair.peer, SHUT_WR));
	ASSERT_LT(0, wait_events(pair.fd, POLLRDHUP, WAIT_MS));
	ASSERT_EQ(0, ksock_socket_info(pair.fd, &info));
	EXPECT_EQ(TCP_CLOSE_WAIT, info.out_state);
	agree(_metadata, pair.fd);
	/* The last of the handshake may take its time. */
	ASSERT_EQ(0, ksock_shutdown(pair.fd, SHUT_WR));
	EXPECT_TRUE(EVENTUALLY(!ksock_socket_info(pair.fd, &info) &&
			       info.out_state == TCP_CLOSE));
	agree(_metadata, pair.fd);
}

TEST_F(fdinfo_stream, of_an_accepted_socket_is_its_own)
{
	struct ksock_socket_info info, other;
	int listener, plain, fd;
	struct row row;

	listener = ksock_socket(variant->family, SOCK_STREAM, 0);
	ASSERT_LE(0, listener);
	ASSERT_EQ(0, ksock_bind(listener, &self->addr.sa, self->addr.len));
	ASSERT_EQ(0, ksock_listen(listener, 1));
	plain = plain_socket(variant->family, SOCK_STREAM, 0);
	ASSERT_LE(0, plain);
	ASSERT_EQ(0, plain_connect(plain, &self->addr.sa, self->addr.len));
	fd = ksock_accept(listener, NULL, NULL, 0);
	ASSERT_LE(0, fd);
	agree(_metadata, fd);
	ASSERT_EQ(0, ksock_socket_info(fd, &info));
	ASSERT_EQ(0, ksock_socket_info(listener, &other));
	EXPECT_EQ(TCP_ESTABLISHED, info.out_state);
	EXPECT_NE(other.out_inode, info.out_inode);
	EXPECT_NE(other.out_cookie, info.out_cookie);
	EXPECT_EQ(other.out_netns, info.out_netns);
	ASSERT_TRUE(row_find(&row, variant->family, SOCK_STREAM,
			     info.out_inode));
	EXPECT_EQ(PORT, row.port);
	EXPECT_EQ(TCP_ESTABLISHED, row.state);
}

TEST_HARNESS_MAIN
