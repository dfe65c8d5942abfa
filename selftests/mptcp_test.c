// SPDX-License-Identifier: GPL-2.0-only
/*
 * MPTCP: conversations, what becomes of one with an end that has only TCP, and
 * the error of a kernel that does not have it.
 */
#include "fixture.h"
#include "opt_int.h"

FIXTURE(mptcp) {
	const struct face *face;
	struct addr addr;
	/* Whether the kernel has no such sockets. */
	bool missing;
};

FIXTURE_VARIANT(mptcp) {
	const struct face *face;
	int family;
};

FIXTURE_VARIANT_ADD(mptcp, plain_ipv4) {
	.face = &plain_face, .family = AF_INET,
};

FIXTURE_VARIANT_ADD(mptcp, ksock_ipv4) {
	.face = &ksock_face, .family = AF_INET,
};

FIXTURE_VARIANT_ADD(mptcp, plain_ipv6) {
	.face = &plain_face, .family = AF_INET6,
};

FIXTURE_VARIANT_ADD(mptcp, ksock_ipv6) {
	.face = &ksock_face, .family = AF_INET6,
};

FIXTURE_SETUP(mptcp)
{
	int fd, plain;

	SETUP_KSOCK();
	self->face = variant->face;
	self->addr = addr_loopback(variant->family, PORT);
	fd = self->face->socket(variant->family, SOCK_STREAM, IPPROTO_MPTCP);
	plain = plain_socket(variant->family, SOCK_STREAM, IPPROTO_MPTCP);
	if (plain < 0) {
		ASSERT_EQ(-EPROTONOSUPPORT, plain);
		ASSERT_EQ(-EPROTONOSUPPORT, fd);
		self->missing = true;
		return;
	}
	ASSERT_LE(0, fd);
	close(fd);
	close(plain);
}

FIXTURE_TEARDOWN(mptcp)
{
}

/* The two ends of a connection, of any faces and protocols. */
struct ends {
	const struct face *from_face;
	int from_protocol;
	const struct face *to_face;
	int to_protocol;
	int from;
	int to;
};

static int ends_connect(struct ends *ends, const struct addr *addr)
{
	int listener, ret;

	listener = ends->to_face->socket(addr->sa.sa_family, SOCK_STREAM,
					 ends->to_protocol);
	if (listener < 0)
		return listener;
	ret = ends->to_face->bind(listener, &addr->sa, addr->len);
	if (!ret)
		ret = ends->to_face->listen(listener, 1);
	if (ret)
		return ret;
	ends->from = ends->from_face->socket(addr->sa.sa_family, SOCK_STREAM,
					     ends->from_protocol);
	if (ends->from < 0)
		return ends->from;
	ret = ends->from_face->connect(ends->from, &addr->sa, addr->len);
	if (ret)
		return ret;
	ends->to = ends->to_face->accept(listener, NULL, NULL, 0);
	close(listener);
	return ends->to < 0 ? ends->to : 0;
}

/* Whether each end hears what the other says, and its end. */
static bool ends_talk(const struct ends *ends)
{
	char bytes[16] = "";

	if (face_send(ends->from_face, ends->from, "hello", 5, 0) != 5 ||
	    wait_events(ends->to, POLLIN, WAIT_MS) != POLLIN ||
	    face_recv(ends->to_face, ends->to, bytes, 16, 0) != 5 ||
	    memcmp(bytes, "hello", 5))
		return false;
	if (face_send(ends->to_face, ends->to, "good day", 8, 0) != 8 ||
	    face_recv(ends->from_face, ends->from, bytes, 8,
		      MSG_WAITALL) != 8 ||
	    memcmp(bytes, "good day", 8))
		return false;
	if (ends->from_face->shutdown(ends->from, SHUT_WR) ||
	    face_recv(ends->to_face, ends->to, bytes, 16, 0) ||
	    ends->to_face->shutdown(ends->to, SHUT_WR) ||
	    face_recv(ends->from_face, ends->from, bytes, 16, 0))
		return false;
	return true;
}

/*
 * 0 when MPTCP is what the connection speaks, else the error of an option that
 * TCP hands on to IP, which it belongs to neither.
 */
static int mptcp_spoken(const struct face *face, int fd)
{
	uint32_t info[4];
	socklen_t len = sizeof(info);

	return face->getsockopt(fd, SOL_MPTCP, MPTCP_INFO, info, &len);
}

static int not_spoken(int family)
{
	return family == AF_INET ? -EOPNOTSUPP : -ENOPROTOOPT;
}

TEST_F(mptcp, a_conversation_between_two_ends_that_have_it)
{
	struct ends out = {
		.from_face = self->face, .from_protocol = IPPROTO_MPTCP,
		.to_face = &plain_face, .to_protocol = IPPROTO_MPTCP,
	}, in = {
		.from_face = &plain_face, .from_protocol = IPPROTO_MPTCP,
		.to_face = self->face, .to_protocol = IPPROTO_MPTCP,
	};
	struct addr other = addr_loopback(variant->family, PORT + 1);

	if (self->missing)
		return;
	ASSERT_EQ(0, ends_connect(&out, &self->addr));
	EXPECT_EQ(IPPROTO_MPTCP, opt_int_get(self->face, out.from, SOL_SOCKET,
					     SO_PROTOCOL));
	EXPECT_EQ(0, mptcp_spoken(self->face, out.from));
	EXPECT_TRUE(ends_talk(&out));

	ASSERT_EQ(0, ends_connect(&in, &other));
	EXPECT_EQ(IPPROTO_MPTCP, opt_int_get(self->face, in.to, SOL_SOCKET,
					     SO_PROTOCOL));
	EXPECT_EQ(0, mptcp_spoken(self->face, in.to));
	EXPECT_TRUE(ends_talk(&in));
}

TEST_F(mptcp, a_connection_to_an_end_of_tcp_falls_back_to_tcp)
{
	struct ends ends = {
		.from_face = self->face, .from_protocol = IPPROTO_MPTCP,
		.to_face = &plain_face, .to_protocol = IPPROTO_TCP,
	};

	if (self->missing)
		return;
	ASSERT_EQ(0, ends_connect(&ends, &self->addr));
	EXPECT_EQ(not_spoken(variant->family),
		  mptcp_spoken(self->face, ends.from));
	EXPECT_TRUE(ends_talk(&ends));
}

TEST_F(mptcp, a_connection_from_an_end_of_tcp_falls_back_to_tcp)
{
	struct ends ends = {
		.from_face = &plain_face, .from_protocol = IPPROTO_TCP,
		.to_face = self->face, .to_protocol = IPPROTO_MPTCP,
	};

	if (self->missing)
		return;
	ASSERT_EQ(0, ends_connect(&ends, &self->addr));
	/* What is accepted is a socket of TCP, with TCP's own options. */
	EXPECT_EQ(IPPROTO_TCP, opt_int_get(self->face, ends.to, SOL_SOCKET,
					   SO_PROTOCOL));
	EXPECT_EQ(not_spoken(variant->family),
		  mptcp_spoken(self->face, ends.to));
	EXPECT_EQ(0, opt_int_set(self->face, ends.to, SOL_TCP, TCP_NODELAY,
				 1));
	EXPECT_TRUE(ends_talk(&ends));
}

TEST_F(mptcp, connect_to_nobody_fails_with_econnrefused)
{
	int fd;

	if (self->missing)
		return;
	fd = self->face->socket(variant->family, SOCK_STREAM, IPPROTO_MPTCP);
	ASSERT_LE(0, fd);
	EXPECT_EQ(-ECONNREFUSED, self->face->connect(fd, &self->addr.sa,
						     self->addr.len));
}

TEST_F(mptcp, a_blocked_recv_is_woken_by_shutdown)
{
	char byte;
	struct ends ends = {
		.from_face = self->face, .from_protocol = IPPROTO_MPTCP,
		.to_face = &plain_face, .to_protocol = IPPROTO_MPTCP,
	};
	struct call call = {
		.run = call_recv, .face = self->face, .buf = &byte, .len = 1,
	};

	if (self->missing)
		return;
	ASSERT_EQ(0, ends_connect(&ends, &self->addr));
	call.fd = ends.from;
	ASSERT_EQ(0, call_start(&call));
	ASSERT_TRUE(call_sleeps(&call));
	ASSERT_EQ(0, self->face->shutdown(ends.from, SHUT_RDWR));
	EXPECT_EQ(0, call_end(&call));
}

TEST_F(mptcp, of_datagrams_fails_with_eprotonosupport)
{
	EXPECT_EQ(-EPROTONOSUPPORT, self->face->socket(variant->family,
						       SOCK_DGRAM,
						       IPPROTO_MPTCP));
}

TEST_HARNESS_MAIN
