// SPDX-License-Identifier: GPL-2.0-only
/*
 * Messages: parts in order, control data both ways, and what is said of them.
 */
#include <linux/err.h>
#include <linux/gfp.h>
#include <linux/in.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/socket.h>
#include <linux/time64.h>
#include "peer.h"
#include "test.h"

static void parts_are_sent_and_received_in_order(struct test *t)
{
	char first[5] = {}, second[5] = {}, third[5] = {};
	struct kvec out[3] = {
		{ .iov_base = "ab", .iov_len = 2 },
		{ .iov_base = NULL, .iov_len = 0 },
		{ .iov_base = "cdefgh", .iov_len = 6 },
	};
	struct kvec in[3] = {
		{ .iov_base = first, .iov_len = 3 },
		{ .iov_base = second, .iov_len = 1 },
		{ .iov_base = third, .iov_len = 4 },
	};
	struct ksock_addr addr, from;
	struct ksock_msg msg;
	struct ksock_udp *udp;
	struct ksock *ks;

	ASSERT_EQ(t, peer_udp(&udp, peer_net(), KSOCK_AF_INET, &addr), 0);
	ks = ksock_from_udp(udp);
	ksock_msg_init(&msg);
	ksock_msg_to_send(&msg, out, 3, 8);
	ksock_msg_set_name(&msg, &addr);
	EXPECT_EQ(t, ksock_sendmsg(ks, &msg, 0, KSOCK_NOWAIT), 8);

	from.len = sizeof(from.storage);
	ksock_msg_init(&msg);
	ksock_msg_to_receive(&msg, in, 3, 8);
	ksock_msg_set_name(&msg, &from);
	EXPECT_EQ(t, ksock_recvmsg(ks, &msg, 0, peer_deadline()), 8);
	EXPECT_STREQ(t, first, "abc");
	EXPECT_STREQ(t, second, "d");
	EXPECT_STREQ(t, third, "efgh");
	EXPECT(t, ksock_addr_equal(&from, &addr));
	EXPECT_EQ(t, ksock_msg_flags(&msg), 0);
	ksock_udp_put(udp);
}

static void a_message_moves_pages(struct test *t)
{
	struct page *one = alloc_page(GFP_KERNEL), *two = alloc_page(GFP_KERNEL);
	struct bio_vec vec[2] = {};
	struct peer_pair pair;
	struct ksock_msg msg;
	char buf[8];

	if (!EXPECT(t, one && two))
		goto out;
	if (!EXPECT_EQ(t, peer_pair_open(&pair, peer_net(), KSOCK_AF_INET, 0),
		       0))
		goto out;
	memcpy(page_address(one) + 100, "page", 4);
	memcpy(page_address(two), "vecs", 4);
	vec[0].bv_page = one;
	vec[0].bv_offset = 100;
	vec[0].bv_len = 4;
	vec[1].bv_page = two;
	vec[1].bv_len = 4;
	ksock_msg_init(&msg);
	ksock_msg_to_send_bvec(&msg, vec, 2, 8);
	EXPECT_EQ(t, ksock_sendmsg(peer_near(&pair), &msg, 0, peer_deadline()),
		  8);
	/* Back to front, so that nothing is found where it was. */
	swap(vec[0], vec[1]);
	ksock_msg_init(&msg);
	ksock_msg_to_receive_bvec(&msg, vec, 2, 8);
	EXPECT_EQ(t, ksock_recvmsg(peer_far(&pair), &msg, MSG_WAITALL,
				   peer_deadline()), 8);
	memcpy(buf, page_address(two), 4);
	memcpy(buf + 4, page_address(one) + 100, 4);
	EXPECT(t, !memcmp(buf, "pagevecs", 8));
	peer_pair_close(&pair);
out:
	if (one)
		put_page(one);
	if (two)
		put_page(two);
}

static void a_message_moves_an_iterator(struct test *t)
{
	struct kvec vec = { .iov_base = "xxiterator", .iov_len = 10 };
	struct ksock_addr addr;
	struct ksock_udp *udp;
	struct iov_iter iter;
	struct ksock_msg msg;
	char buf[8];

	ASSERT_EQ(t, peer_udp(&udp, peer_net(), KSOCK_AF_INET, &addr), 0);
	ksock_msg_init(&msg);
	ksock_msg_to_send(&msg, &vec, 1, 10);
	iter = msg.hdr.msg_iter;
	iov_iter_advance(&iter, 2);
	ksock_msg_init(&msg);
	ksock_msg_set_iter(&msg, &iter);
	ksock_msg_set_name(&msg, &addr);
	EXPECT_EQ(t, ksock_sendmsg(ksock_from_udp(udp), &msg, 0, KSOCK_NOWAIT),
		  8);
	EXPECT_EQ(t, ksock_udp_recv(udp, buf, 8, 0, peer_deadline()), 8);
	EXPECT(t, !memcmp(buf, "iterator", 8));
	ksock_udp_put(udp);
}

static void control_data_has_the_room_it_says(struct test *t)
{
	u8 control[CMSG_SPACE(sizeof(int)) + 8]
		__aligned(__alignof__(struct cmsghdr));
	const size_t one = CMSG_SPACE(sizeof(int));
	struct ksock_msg msg;
	struct cmsghdr *cmsg;
	int value = 0x12345678;

	ksock_msg_init(&msg);
	memset(control, 0xff, sizeof(control));
	ksock_msg_set_control(&msg, control, 0);
	EXPECT_EQ(t, ksock_msg_add_control(&msg, one - 1, SOL_IP, IP_TOS, &value,
					   sizeof(value)), -ENOBUFS);
	EXPECT_EQ(t, ksock_msg_add_control(&msg, one, SOL_IP, IP_TOS, &value,
					   SIZE_MAX), -ENOBUFS);
	EXPECT_EQ(t, ksock_msg_add_control(&msg, one, SOL_IP, IP_TOS, &value,
					   SIZE_MAX - 8), -ENOBUFS);
	EXPECT_EQ(t, msg.hdr.msg_controllen, 0);
	EXPECT_EQ(t, control[0], 0xff);
	EXPECT_EQ(t, ksock_msg_add_control(&msg, one, SOL_IP, IP_TOS, &value,
					   sizeof(value)), 0);
	EXPECT_EQ(t, msg.hdr.msg_controllen, one);
	EXPECT_EQ(t, control[one], 0xff);
	EXPECT_EQ(t, ksock_msg_add_control(&msg, one, SOL_IP, IP_TTL, &value,
					   sizeof(value)), -ENOBUFS);
	cmsg = CMSG_FIRSTHDR(&msg.hdr);
	ASSERT(t, cmsg);
	EXPECT_EQ(t, cmsg->cmsg_level, SOL_IP);
	EXPECT_EQ(t, cmsg->cmsg_type, IP_TOS);
	EXPECT_EQ(t, cmsg->cmsg_len, CMSG_LEN(sizeof(value)));
	EXPECT(t, !memcmp(CMSG_DATA(cmsg), &value, sizeof(value)));
}

/* The entry of control data that came, NULL when it did not. */
static void *msg_find(struct ksock_msg *msg, int level, int type)
{
	struct cmsghdr *cmsg;

	for_each_cmsghdr(cmsg, &msg->hdr) {
		if (CMSG_OK(&msg->hdr, cmsg) && cmsg->cmsg_level == level &&
		    cmsg->cmsg_type == type)
			return CMSG_DATA(cmsg);
	}
	return NULL;
}

static void control_data_goes_both_ways(struct test *t)
{
	u8 control[256] __aligned(__alignof__(struct cmsghdr));
	struct kvec vec = { .iov_base = "x", .iov_len = 1 };
	struct __kernel_timespec *stamp;
	struct in_pktinfo *info;
	struct ksock_addr addr;
	struct ksock_udp *udp;
	struct ksock_msg msg;
	struct ksock *ks;
	int tos = 0x10;
	char byte;
	u8 *seen;

	ASSERT_EQ(t, peer_udp(&udp, peer_net(), KSOCK_AF_INET, &addr), 0);
	ks = ksock_from_udp(udp);
	EXPECT_EQ(t, ksock_set_ip_pktinfo(ks, true), 0);
	EXPECT_EQ(t, ksock_opt_set_int(ks, SOL_IP, IP_RECVTOS, 1), 0);
	EXPECT_EQ(t, ksock_set_timestamps(ks, true), 0);

	ksock_msg_init(&msg);
	ksock_msg_to_send(&msg, &vec, 1, 1);
	ksock_msg_set_name(&msg, &addr);
	ksock_msg_set_control(&msg, control, 0);
	EXPECT_EQ(t, ksock_msg_add_control(&msg, sizeof(control), SOL_IP, IP_TOS,
					   &tos, sizeof(tos)), 0);
	EXPECT_EQ(t, ksock_sendmsg(ks, &msg, 0, KSOCK_NOWAIT), 1);

	memset(control, 0, sizeof(control));
	vec.iov_base = &byte;
	ksock_msg_init(&msg);
	ksock_msg_to_receive(&msg, &vec, 1, 1);
	ksock_msg_set_control(&msg, control, sizeof(control));
	EXPECT_EQ(t, ksock_recvmsg(ks, &msg, 0, peer_deadline()), 1);
	seen = msg_find(&msg, SOL_IP, IP_TOS);
	EXPECT(t, seen && *seen == 0x10);
	info = msg_find(&msg, SOL_IP, IP_PKTINFO);
	EXPECT(t, info && info->ipi_addr.s_addr == KSOCK_IPV4_LOOPBACK);
	stamp = msg_find(&msg, SOL_SOCKET, SO_TIMESTAMPNS_NEW);
	EXPECT(t, stamp && stamp->tv_sec > 0);
	EXPECT_EQ(t, ksock_msg_flags(&msg), 0);
	ksock_udp_put(udp);
}

static void what_did_not_fit_is_told(struct test *t)
{
	u8 control[CMSG_SPACE(1)] __aligned(__alignof__(struct cmsghdr));
	struct ksock_addr addr;
	struct ksock_udp *udp;
	struct ksock_msg msg;
	struct ksock *ks;
	struct kvec vec;
	char byte;

	ASSERT_EQ(t, peer_udp(&udp, peer_net(), KSOCK_AF_INET, &addr), 0);
	ks = ksock_from_udp(udp);
	EXPECT_EQ(t, ksock_set_ip_pktinfo(ks, true), 0);
	EXPECT_EQ(t, ksock_udp_sendto(udp, "long", 4, 0, KSOCK_NOWAIT, &addr), 4);
	vec.iov_base = &byte;
	vec.iov_len = 1;
	ksock_msg_init(&msg);
	ksock_msg_to_receive(&msg, &vec, 1, 1);
	ksock_msg_set_control(&msg, control, sizeof(control));
	EXPECT_EQ(t, ksock_recvmsg(ks, &msg, 0, peer_deadline()), 1);
	EXPECT_EQ(t, ksock_msg_flags(&msg), MSG_TRUNC | MSG_CTRUNC);
	ksock_udp_put(udp);
}

static void malformed_control_data_is_refused(struct test *t)
{
	struct cmsghdr bad = { .cmsg_len = 1, .cmsg_level = SOL_IP };
	struct kvec vec = { .iov_base = "x", .iov_len = 1 };
	struct ksock_addr addr;
	struct ksock_udp *udp;
	struct ksock_msg msg;

	ASSERT_EQ(t, peer_udp(&udp, peer_net(), KSOCK_AF_INET, &addr), 0);
	ksock_msg_init(&msg);
	ksock_msg_to_send(&msg, &vec, 1, 1);
	ksock_msg_set_name(&msg, &addr);
	ksock_msg_set_control(&msg, &bad, sizeof(bad));
	EXPECT_EQ(t, ksock_sendmsg(ksock_from_udp(udp), &msg, 0, KSOCK_NOWAIT),
		  -EINVAL);
	EXPECT_EQ(t, ksock_inq(ksock_from_udp(udp)), 0);
	ksock_udp_put(udp);
}

static void descriptors_have_no_way_into_kernel_memory(struct test *t)
{
	u8 control[64] __aligned(__alignof__(struct cmsghdr));
	struct ksock_msg msg;
	struct kvec vec;
	struct ksock *ks;
	char byte;

	ks = ksock_create_kern(peer_net(), KSOCK_AF_UNIX, KSOCK_DGRAM, 0, 0);
	ASSERT(t, !IS_ERR(ks));
	vec.iov_base = &byte;
	vec.iov_len = 1;
	ksock_msg_init(&msg);
	ksock_msg_to_receive(&msg, &vec, 1, 1);
	ksock_msg_set_control(&msg, control, sizeof(control));
	EXPECT_EQ(t, ksock_recvmsg(ks, &msg, 0, KSOCK_NOWAIT), -EOPNOTSUPP);
	ksock_msg_set_control(&msg, NULL, 0);
	EXPECT_EQ(t, ksock_recvmsg(ks, &msg, 0, KSOCK_NOWAIT), -EAGAIN);
	ksock_put(ks);
}

const struct test_case msg_cases[] = {
	CASE(parts_are_sent_and_received_in_order),
	CASE(a_message_moves_pages),
	CASE(a_message_moves_an_iterator),
	CASE(control_data_has_the_room_it_says),
	CASE(control_data_goes_both_ways),
	CASE(what_did_not_fit_is_told),
	CASE(malformed_control_data_is_refused),
	CASE(descriptors_have_no_way_into_kernel_memory),
	{}
};
