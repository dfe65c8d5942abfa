// SPDX-License-Identifier: GPL-2.0-only
/*
 * What ioctl(2) tells of the queues of a socket: FIONREAD, which is SIOCINQ,
 * SIOCOUTQ, SIOCOUTQNSD and SIOCATMARK; and that a ksock knows no other request
 * of sockets.
 */
#include "fixture.h"
#include "bulk.h"

#include <linux/sockios.h>
#include <net/route.h>

/* Returns what a request stores, or -errno. */
static int queue(int fd, unsigned long request)
{
	int value = -1, ret = ret_errno(ioctl(fd, request, &value));

	return ret ? ret : value;
}

TEST_F(stream, fionread_tells_how_many_bytes_there_are_to_read)
{
	struct pair pair;
	char buf[8];

	ASSERT_EQ(0, pair_of_streams(&pair, self->face, variant->family));
	EXPECT_EQ(0, queue(pair.fd, FIONREAD));
	ASSERT_EQ(3, face_send(&plain_face, pair.peer, "abc", 3, 0));
	EXPECT_TRUE(EVENTUALLY(queue(pair.fd, FIONREAD) == 3));
	ASSERT_EQ(2, face_send(&plain_face, pair.peer, "de", 2, 0));
	EXPECT_TRUE(EVENTUALLY(queue(pair.fd, FIONREAD) == 5));
	ASSERT_EQ(2, face_recv(self->face, pair.fd, buf, 2, MSG_PEEK));
	EXPECT_EQ(5, queue(pair.fd, FIONREAD));
	ASSERT_EQ(2, face_recv(self->face, pair.fd, buf, 2, 0));
	EXPECT_EQ(3, queue(pair.fd, FIONREAD));
	ASSERT_EQ(3, read(pair.fd, buf, sizeof(buf)));
	EXPECT_EQ(0, queue(pair.fd, FIONREAD));
}

TEST_F(stream, fionread_does_not_count_the_end_of_the_stream)
{
	struct pair pair;

	ASSERT_EQ(0, pair_of_streams(&pair, self->face, variant->family));
	ASSERT_EQ(3, face_send(&plain_face, pair.peer, "end", 3, 0));
	ASSERT_EQ(0, close(pair.peer));
	ASSERT_EQ(POLLRDHUP, wait_events(pair.fd, POLLRDHUP, WAIT_MS));
	EXPECT_EQ(3, queue(pair.fd, FIONREAD));
}

TEST_F(dgram, fionread_tells_the_length_of_the_next_datagram)
{
	struct pair pair;
	char buf[8];

	ASSERT_EQ(0, pair_of_dgrams(&pair, self->face, variant->family));
	EXPECT_EQ(0, queue(pair.fd, FIONREAD));
	ASSERT_EQ(5, face_send(&plain_face, pair.peer, "hello", 5, 0));
	ASSERT_EQ(0, face_send(&plain_face, pair.peer, "", 0, 0));
	ASSERT_EQ(2, face_send(&plain_face, pair.peer, "ab", 2, 0));
	EXPECT_TRUE(EVENTUALLY(queue(pair.fd, FIONREAD) == 5));
	ASSERT_EQ(1, face_recv(self->face, pair.fd, buf, 1, 0));
	EXPECT_EQ(0, queue(pair.fd, FIONREAD));
	ASSERT_EQ(0, face_recv(self->face, pair.fd, buf, 8, 0));
	EXPECT_TRUE(EVENTUALLY(queue(pair.fd, FIONREAD) == 2));
	ASSERT_EQ(2, face_recv(self->face, pair.fd, buf, 8, 0));
	EXPECT_EQ(0, queue(pair.fd, FIONREAD));
}

TEST_F(socket, fionread_and_siocoutq_of_a_new_socket_are_0)
{
	int fd;

	fd = self->face->socket(variant->family, variant->type, 0);
	ASSERT_LE(0, fd);
	EXPECT_EQ(0, queue(fd, FIONREAD));
	EXPECT_EQ(0, queue(fd, SIOCOUTQ));
}

TEST_F(socket, siocoutq_comes_to_0_when_all_has_left)
{
	struct pair pair;

	ASSERT_EQ(0, pair_of(&pair, self->face, variant->family,
			     variant->type));
	EXPECT_EQ(0, queue(pair.fd, SIOCOUTQ));
	ASSERT_EQ(5, face_send(self->face, pair.fd, "hello", 5, 0));
	EXPECT_TRUE(EVENTUALLY(queue(pair.fd, SIOCOUTQ) == 0));
}

/* Every byte that was taken is in one of the two queues. */
TEST_F(stream, siocoutq_and_the_peers_fionread_add_up_to_what_was_sent)
{
	struct pair pair;
	size_t taken;

	ASSERT_EQ(0, pair_of_streams(&pair, self->face, variant->family));
	taken = fill(self->face, pair.fd);
	EXPECT_LT(0, queue(pair.fd, SIOCOUTQ));
	EXPECT_TRUE(EVENTUALLY(queue(pair.fd, SIOCOUTQ) +
			       queue(pair.peer, FIONREAD) == taken));
	ASSERT_EQ(0, drain(&plain_face, pair.peer, taken));
	EXPECT_TRUE(EVENTUALLY(queue(pair.fd, SIOCOUTQ) == 0));
}

TEST_F(stream, siocoutqnsd_tells_what_has_not_been_sent_yet)
{
	struct pair pair;
	size_t taken;
	int unsent;

	ASSERT_EQ(0, pair_of_streams(&pair, self->face, variant->family));
	EXPECT_EQ(0, queue(pair.fd, SIOCOUTQNSD));
	taken = fill(self->face, pair.fd);
	unsent = queue(pair.fd, SIOCOUTQNSD);
	EXPECT_LT(0, unsent);
	EXPECT_GE(queue(pair.fd, SIOCOUTQ), unsent);
	ASSERT_EQ(0, drain(&plain_face, pair.peer, taken));
	EXPECT_EQ(0, queue(pair.fd, SIOCOUTQNSD));
}

TEST_F(stream, queues_of_a_listener_fail_with_einval)
{
	int fd;

	fd = listener_at(self->face, &self->addr, 1);
	ASSERT_LE(0, fd);
	EXPECT_EQ(-EINVAL, queue(fd, FIONREAD));
	EXPECT_EQ(-EINVAL, queue(fd, SIOCOUTQ));
	EXPECT_EQ(-EINVAL, queue(fd, SIOCOUTQNSD));
	EXPECT_EQ(0, queue(fd, SIOCATMARK));
}

/* A bigger buffer than an int, as the stack takes it for a struct ifreq. */
TEST_F(dgram, what_only_streams_have_fails_with_enotty)
{
	struct ifreq value;
	struct pair pair;

	ASSERT_EQ(0, pair_of_dgrams(&pair, self->face, variant->family));
	EXPECT_EQ(-ENOTTY, ret_errno(ioctl(pair.fd, SIOCOUTQNSD, &value)));
	EXPECT_EQ(-ENOTTY, ret_errno(ioctl(pair.fd, SIOCATMARK, &value)));
}

TEST_F(socket, queues_fail_with_efault_where_nothing_can_be_written)
{
	static const unsigned long requests[] = {
		FIONREAD, SIOCOUTQ, SIOCOUTQNSD, SIOCATMARK,
	};
	/* The last two are of streams. */
	int count = variant->type == SOCK_STREAM ? 4 : 2, i;
	void *places[] = { NULL, page_read_only(), page_missing() };
	struct pair pair;
	size_t place;

	ASSERT_EQ(0, pair_of(&pair, self->face, variant->family,
			     variant->type));
	for (i = 0; i < count; i++) {
		for (place = 0; place < ARRAY_SIZE(places); place++) {
			EXPECT_EQ(-EFAULT,
				  ret_errno(ioctl(pair.fd, requests[i],
						  places[place]))) {
				TH_LOG("request %#lx, place %zu", requests[i],
				       place);
			}
		}
	}
}

TEST_F(stream, siocatmark_tells_when_the_urgent_byte_is_next)
{
	struct pair pair;
	char buf[8] = "";

	ASSERT_EQ(0, pair_of_streams(&pair, self->face, variant->family));
	EXPECT_EQ(0, queue(pair.fd, SIOCATMARK));
	ASSERT_EQ(4, face_send(&plain_face, pair.peer, "abc!", 4, MSG_OOB));
	ASSERT_EQ(3, face_send(&plain_face, pair.peer, "def", 3, 0));
	ASSERT_EQ(POLLPRI, wait_events(pair.fd, POLLPRI, WAIT_MS));
	EXPECT_EQ(0, queue(pair.fd, SIOCATMARK));
	EXPECT_EQ(3, queue(pair.fd, FIONREAD));

	/* A receive ends in front of it. */
	EXPECT_EQ(3, face_recv(self->face, pair.fd, buf, sizeof(buf), 0));
	EXPECT_EQ(0, memcmp("abc", buf, 3));
	EXPECT_EQ(1, queue(pair.fd, SIOCATMARK));
	EXPECT_EQ(1, face_recv(self->face, pair.fd, buf, 1, MSG_OOB));
	EXPECT_EQ('!', buf[0]);
	EXPECT_EQ(1, queue(pair.fd, SIOCATMARK));

	EXPECT_EQ(3, face_recv(self->face, pair.fd, buf, 3, MSG_WAITALL));
	EXPECT_EQ(0, memcmp("def", buf, 3));
	EXPECT_EQ(0, queue(pair.fd, SIOCATMARK));
}

TEST_F(socket, queues_can_be_asked_for_while_a_call_waits)
{
	char byte;
	struct call call = {
		.run = call_recv, .face = self->face, .buf = &byte, .len = 1,
	};
	struct pair pair;

	ASSERT_EQ(0, pair_of(&pair, self->face, variant->family,
			     variant->type));
	call.fd = pair.fd;
	ASSERT_EQ(0, call_start(&call));
	ASSERT_TRUE(call_sleeps(&call));
	EXPECT_EQ(0, queue(pair.fd, FIONREAD));
	EXPECT_EQ(0, queue(pair.fd, SIOCOUTQ));
	ASSERT_EQ(1, face_send(&plain_face, pair.peer, "x", 1, 0));
	EXPECT_EQ(1, call_end(&call));
}

/* ---- A ksock alone ------------------------------------------------------- */

static const unsigned long foreign[] = {
	FIOSETOWN, SIOCSPGRP, FIOGETOWN, SIOCGPGRP, SIOCADDRT, SIOCDELRT,
	SIOCGIFNAME, SIOCGIFCONF, SIOCGIFFLAGS, SIOCSIFFLAGS, SIOCGIFADDR,
	SIOCSIFADDR, SIOCDIFADDR, SIOCGIFMTU, SIOCSIFMTU, SIOCSIFNAME,
	SIOCGIFINDEX, SIOCETHTOOL, SIOCDARP, SIOCGARP, SIOCSARP, SIOCADDMULTI,
	SIOCGIFBR, SIOCBRADDBR, SIOCBRADDIF, SIOCBONDENSLAVE, SIOCGSTAMP_OLD,
	SIOCGSTAMPNS_OLD, SIOCGSTAMP_NEW, SIOCGSTAMPNS_NEW, SIOCGSKNS,
	SIOCPROTOPRIVATE, SIOCDEVPRIVATE, SIOCSHWTSTAMP, SIOCOUTQ + 1, 0x5401,
};

TEST_F(socket, a_ksock_has_no_other_request_of_sockets)
{
	union {
		struct ifreq ifreq;
		struct ifconf ifconf;
		struct rtentry rtentry;
		char bytes[256];
	} value;
	size_t i;
	int fd;

	fd = ksock_socket(variant->family, variant->type, 0);
	ASSERT_LE(0, fd);
	for (i = 0; i < ARRAY_SIZE(foreign); i++) {
		memset(&value, 0, sizeof(value));
		EXPECT_EQ(-ENOTTY, ret_errno(ioctl(fd, foreign[i], &value))) {
			TH_LOG("request %#lx", foreign[i]);
		}
		/* And never looks where the argument leads. */
		EXPECT_EQ(-ENOTTY, ret_errno(ioctl(fd, foreign[i], NULL))) {
			TH_LOG("request %#lx of NULL", foreign[i]);
		}
	}
}

TEST(a_context_has_no_queues)
{
	static const unsigned long requests[] = {
		FIONREAD, SIOCOUTQ, SIOCOUTQNSD, SIOCATMARK,
	};
	size_t i;

	SETUP_KSOCK();
	for (i = 0; i < ARRAY_SIZE(requests); i++)
		EXPECT_EQ(-ENOTTY, queue(ksock_ctx, requests[i]));
}

TEST_HARNESS_MAIN
