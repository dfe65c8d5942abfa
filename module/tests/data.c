// SPDX-License-Identifier: GPL-2.0-only
/*
 * Data: all of it, in order, and what is said of it.
 */
#include <linux/err.h>
#include <linux/gfp.h>
#include <linux/mm.h>
#include <linux/skbuff.h>
#include <linux/slab.h>
#include <net/sock.h>
#include <net/tcp.h>
#include "peer.h"
#include "test.h"

#define DATA_LEN	(1024 * 1024)

static u8 data_byte(size_t i)
{
	return i ^ i >> 8 ^ i >> 16;
}

static long data_write(void *data)
{
	struct ksock_tcp_stream *stream = data;
	u8 *buf = kvmalloc(DATA_LEN, GFP_KERNEL);
	size_t i;
	int ret;

	if (!buf)
		return -ENOMEM;
	for (i = 0; i < DATA_LEN; i++)
		buf[i] = data_byte(i);
	ret = ksock_tcp_write_all(stream, buf, DATA_LEN, peer_deadline());
	ksock_tcp_shutdown(stream, KSOCK_SHUT_WR);
	kvfree(buf);
	return ret;
}

static void a_stream_carries_all_of_it(struct test *t)
{
	struct peer_thread thread;
	struct peer_pair pair;
	size_t i, got = 0;
	ssize_t ret;
	u8 *buf;
	long sent;

	buf = kmalloc(8192, GFP_KERNEL);
	ASSERT(t, buf);
	if (!EXPECT_EQ(t, peer_pair_open(&pair, peer_net(), KSOCK_AF_INET6, 0),
		       0))
		goto out;
	if (!EXPECT_EQ(t, peer_thread_start(&thread, data_write, pair.near), 0))
		goto out_close;
	while ((ret = ksock_tcp_recv(pair.far, buf, 1 + got % 8191, 0,
				     peer_deadline())) > 0) {
		for (i = 0; i < ret; i++) {
			if (buf[i] != data_byte(got + i)) {
				EXPECT_EQ(t, got + i, -1);
				break;
			}
		}
		got += ret;
	}
	EXPECT_EQ(t, ret, 0);
	EXPECT_EQ(t, got, DATA_LEN);
	EXPECT(t, peer_thread_join(&thread, &sent));
	EXPECT_EQ(t, sent, 0);
out_close:
	peer_pair_close(&pair);
out:
	kfree(buf);
}

static void read_exact_tells_a_stream_that_ends_early(struct test *t)
{
	struct peer_pair pair;
	char buf[8];

	ASSERT_EQ(t, peer_pair_open(&pair, peer_net(), KSOCK_AF_INET, 0), 0);
	EXPECT_EQ(t, ksock_tcp_write_all(pair.near, "12345678abc", 11,
					 KSOCK_NOWAIT), 0);
	EXPECT_EQ(t, ksock_tcp_read_exact(pair.far, buf, 8, peer_deadline()), 0);
	EXPECT(t, !memcmp(buf, "12345678", 8));
	EXPECT_EQ(t, ksock_tcp_read_exact(pair.far, buf, 8,
					  ksock_deadline(PEER_MOMENT_MS)),
		  -EAGAIN);
	EXPECT_EQ(t, ksock_tcp_shutdown(pair.near, KSOCK_SHUT_WR), 0);
	EXPECT_EQ(t, ksock_tcp_read_exact(pair.far, buf, 8, peer_deadline()),
		  -ENODATA);
	EXPECT_EQ(t, ksock_tcp_read_exact(pair.far, buf, 0, KSOCK_NOWAIT), 0);
	peer_pair_close(&pair);
}

/* There is no such memory; but none is touched when nothing has come. */
static void more_than_the_stack_can_count_is_waited_for(struct test *t)
{
	struct kvec vec = { .iov_base = NULL, .iov_len = 3UL << 30 };
	struct peer_pair pair;
	struct ksock_msg msg;

	if (sizeof(long) == 4) {
		test_skip(t, "there are no such lengths");
		return;
	}
	ASSERT_EQ(t, peer_pair_open(&pair, peer_net(), KSOCK_AF_INET, 0), 0);
	ksock_msg_init(&msg);
	ksock_msg_to_receive(&msg, &vec, 1, vec.iov_len);
	EXPECT_EQ(t, ksock_recvmsg(peer_near(&pair), &msg, 0, KSOCK_NOWAIT),
		  -EAGAIN);
	EXPECT_EQ(t, iov_iter_count(&msg.hdr.msg_iter), vec.iov_len);
	EXPECT_EQ(t, ksock_recv(peer_near(&pair), NULL, vec.iov_len, 0,
				KSOCK_NOWAIT), -EAGAIN);
	peer_pair_close(&pair);
}

static void discard_forgets_and_no_more(struct test *t)
{
	struct peer_pair pair;
	char buf[3];

	ASSERT_EQ(t, peer_pair_open(&pair, peer_net(), KSOCK_AF_INET, 0), 0);
	/* More than an int holds. */
	EXPECT_EQ(t, ksock_discard(peer_far(&pair), 3UL << 30, KSOCK_NOWAIT),
		  -EAGAIN);
	EXPECT_EQ(t, ksock_tcp_write_all(pair.near, "forgotkept", 10,
					 KSOCK_NOWAIT), 0);
	EXPECT_EQ(t, ksock_discard(peer_far(&pair), 6, peer_deadline()), 0);
	EXPECT_EQ(t, ksock_tcp_read_exact(pair.far, buf, 3, peer_deadline()), 0);
	EXPECT(t, !memcmp(buf, "kep", 3));
	EXPECT_EQ(t, ksock_tcp_shutdown(pair.near, KSOCK_SHUT_WR), 0);
	EXPECT_EQ(t, ksock_discard(peer_far(&pair), 2, peer_deadline()),
		  -ENODATA);
	peer_pair_close(&pair);
}

static void queues_are_told(struct test *t)
{
	struct ksock_addr addr;
	struct ksock_udp *udp;
	struct peer_pair pair;

	ASSERT_EQ(t, peer_pair_open(&pair, peer_net(), KSOCK_AF_INET, 0), 0);
	EXPECT_EQ(t, ksock_inq(peer_far(&pair)), 0);
	EXPECT_EQ(t, ksock_tcp_send(pair.near, "12345", 5, 0, KSOCK_NOWAIT), 5);
	EXPECT(t, peer_eventually(ksock_inq(peer_far(&pair)) == 5));
	EXPECT(t, peer_eventually(!ksock_outq(peer_near(&pair))));
	EXPECT_EQ(t, ksock_outq(ksock_from_tcp_listener(pair.listener)), 0);
	peer_pair_close(&pair);

	ASSERT_EQ(t, peer_udp(&udp, peer_net(), KSOCK_AF_INET, &addr), 0);
	EXPECT_EQ(t, ksock_udp_sendto(udp, "123", 3, 0, KSOCK_NOWAIT, &addr), 3);
	EXPECT_EQ(t, ksock_udp_sendto(udp, "12", 2, 0, KSOCK_NOWAIT, &addr), 2);
	/* Of the next datagram, not of both. */
	EXPECT(t, peer_eventually(ksock_inq(ksock_from_udp(udp)) == 3));
	ksock_udp_put(udp);
}

static void queues_of_kinds_that_do_not_tell_are_refused(struct test *t)
{
	static const struct {
		enum ksock_type type;
		enum ksock_protocol protocol;
	} kinds[] = {
		{ KSOCK_STREAM, KSOCK_PROTO_MPTCP },
		{ KSOCK_STREAM, KSOCK_PROTO_SCTP },
		{ KSOCK_SEQPACKET, KSOCK_PROTO_SCTP },
	};
	struct ksock *ks;
	int i, there = 0;

	for (i = 0; i < ARRAY_SIZE(kinds); i++) {
		ks = ksock_create_kern(peer_net(), KSOCK_AF_INET,
				       kinds[i].type, kinds[i].protocol, 0);
		if (IS_ERR(ks)) {
			EXPECT(t, PTR_ERR(ks) == -EPROTONOSUPPORT ||
			       PTR_ERR(ks) == -ESOCKTNOSUPPORT);
			continue;
		}
		EXPECT_EQ(t, ksock_inq(ks), -EOPNOTSUPP);
		EXPECT_EQ(t, ksock_outq(ks),
			  kinds[i].protocol == KSOCK_PROTO_MPTCP ?
			  -EOPNOTSUPP : 0);
		ksock_put(ks);
		there++;
	}
	if (!there)
		test_skip(t, "this kernel has neither MPTCP nor SCTP");
}

/* It is a raw socket first: what it has are datagrams. */
static void the_queue_of_a_raw_socket_is_told_whatever_its_protocol(struct test *t)
{
	struct ksock *ks = ksock_create_kern(peer_net(), KSOCK_AF_INET,
					     KSOCK_RAW, KSOCK_PROTO_SCTP, 0);
	struct ksock_addr addr;

	if (!EXPECT(t, !IS_ERR(ks)))
		return;
	ksock_addr_set_loopback(&addr, KSOCK_AF_INET, 0);
	EXPECT_EQ(t, ksock_inq(ks), 0);
	EXPECT_EQ(t, ksock_sendto(ks, "12345", 5, 0, KSOCK_NOWAIT, &addr), 5);
	EXPECT(t, peer_eventually(ksock_inq(ks) == sizeof(struct iphdr) + 5));
	ksock_put(ks);
}

static void data_datagrams(struct test *t, enum ksock_family family)
{
	struct ksock_udp_from from;
	struct ksock_udp *one, *two;
	struct ksock_addr first, second, name;
	char buf[8];

	ASSERT_EQ(t, peer_udp(&one, peer_net(), family, &first), 0);
	if (!EXPECT_EQ(t, peer_udp(&two, peer_net(), family, &second), 0)) {
		ksock_udp_put(one);
		return;
	}
	EXPECT_EQ(t, ksock_udp_sendto(one, "datagram", 8, 0, KSOCK_NOWAIT,
				      &second), 8);
	EXPECT_EQ(t, ksock_udp_recvfrom(two, buf, 8, 0, peer_deadline(), &from),
		  8);
	EXPECT(t, !memcmp(buf, "datagram", 8));
	EXPECT_EQ(t, from.len, 8);
	EXPECT_EQ(t, from.flags, 0);
	EXPECT(t, ksock_addr_equal(&from.addr, &first));

	/* One that does not fit says so, and how long it was. */
	EXPECT_EQ(t, ksock_udp_sendto(one, "too long", 8, 0, KSOCK_NOWAIT,
				      &second), 8);
	EXPECT_EQ(t, ksock_udp_recvfrom(two, buf, 3, 0, peer_deadline(), &from),
		  3);
	EXPECT_EQ(t, from.len, 8);
	EXPECT_EQ(t, from.flags, MSG_TRUNC);
	/* An empty one is one. */
	EXPECT_EQ(t, ksock_udp_sendto(one, "", 0, 0, KSOCK_NOWAIT, &second), 0);
	EXPECT_EQ(t, ksock_udp_recvfrom(two, buf, 8, 0, peer_deadline(), &from),
		  0);
	EXPECT_EQ(t, from.len, 0);
	EXPECT(t, ksock_addr_equal(&from.addr, &first));

	/* Connected, there is one peer. */
	EXPECT_EQ(t, ksock_udp_connect(two, &first), 0);
	EXPECT_EQ(t, ksock_udp_peer(two, &name), 0);
	EXPECT(t, ksock_addr_equal(&name, &first));
	EXPECT_EQ(t, ksock_udp_send(two, "back", 4, 0, KSOCK_NOWAIT), 4);
	EXPECT_EQ(t, ksock_udp_recv(one, buf, 8, 0, peer_deadline()), 4);
	EXPECT_EQ(t, ksock_udp_shutdown(two, KSOCK_SHUT_RD), 0);
	EXPECT_EQ(t, ksock_udp_recv(two, buf, 8, 0, peer_deadline()), 0);
	ksock_udp_put(one);
	ksock_udp_put(two);
}

static void datagrams_come_with_sender_length_and_flags(struct test *t)
{
	data_datagrams(t, KSOCK_AF_INET);
	data_datagrams(t, KSOCK_AF_INET6);
}

static void a_port_where_nobody_is_tells_the_sender(struct test *t)
{
	struct ksock_udp *one, *two;
	struct ksock_addr first, second;
	char byte;

	ASSERT_EQ(t, peer_udp(&one, peer_net(), KSOCK_AF_INET, &first), 0);
	if (EXPECT_EQ(t, peer_udp(&two, peer_net(), KSOCK_AF_INET, &second), 0)) {
		EXPECT_EQ(t, ksock_udp_connect(one, &second), 0);
		ksock_put_sync(ksock_from_udp(two));
		EXPECT_EQ(t, ksock_udp_send(one, "x", 1, 0, KSOCK_NOWAIT), 1);
		EXPECT_EQ(t, ksock_udp_recv(one, &byte, 1, 0, peer_deadline()),
			  -ECONNREFUSED);
		/* The end of the data is not that of the other queue. */
		EXPECT_EQ(t, ksock_shutdown(ksock_from_udp(one), KSOCK_SHUT_RD),
			  0);
		EXPECT_EQ(t, ksock_udp_recv(one, &byte, 1, MSG_ERRQUEUE,
					    peer_deadline()), -EAGAIN);
		EXPECT_EQ(t, ksock_udp_recv(one, &byte, 1, 0, peer_deadline()),
			  0);
	}
	ksock_udp_put(one);
}

static void peek_leaves_what_it_looks_at(struct test *t)
{
	struct peer_pair pair;
	char buf[4];

	ASSERT_EQ(t, peer_pair_open(&pair, peer_net(), KSOCK_AF_INET, 0), 0);
	EXPECT_EQ(t, ksock_tcp_send(pair.near, "peek", 4, 0, KSOCK_NOWAIT), 4);
	EXPECT_EQ(t, ksock_tcp_recv(pair.far, buf, 4, MSG_PEEK, peer_deadline()),
		  4);
	memset(buf, 0, sizeof(buf));
	EXPECT_EQ(t, ksock_tcp_recv(pair.far, buf, 4, 0, KSOCK_NOWAIT), 4);
	EXPECT(t, !memcmp(buf, "peek", 4));
	peer_pair_close(&pair);
}

static void flags_are_a_list(struct test *t)
{
	const int send = MSG_DONTWAIT | MSG_NOSIGNAL | MSG_MORE | MSG_EOR |
			 MSG_CONFIRM | MSG_DONTROUTE | MSG_OOB;
	const int recv = MSG_DONTWAIT | MSG_PEEK | MSG_TRUNC | MSG_WAITALL |
			 MSG_OOB | MSG_ERRQUEUE;
	struct ksock_addr addr;
	struct ksock_udp *udp;
	struct ksock *ks;
	unsigned int bit;
	char byte;

	ASSERT_EQ(t, peer_udp(&udp, peer_net(), KSOCK_AF_INET, &addr), 0);
	ks = ksock_from_udp(udp);
	for (bit = 0; bit < 32; bit++) {
		int flag = 1U << bit;

		if (!(flag & send)) {
			EXPECT_EQ(t, ksock_sendto(ks, "x", 1, flag, KSOCK_NOWAIT,
						  &addr), -EINVAL);
			EXPECT_EQ(t, ksock_send_page(ks, ZERO_PAGE(0), 0, 1,
						     flag, KSOCK_NOWAIT),
				  -EINVAL);
		}
		if (!(flag & recv))
			EXPECT_EQ(t, ksock_recv(ks, &byte, 1, flag,
						KSOCK_NOWAIT), -EINVAL);
	}
	EXPECT_EQ(t, ksock_recv(ks, &byte, 1, MSG_PEEK | MSG_WAITALL,
				KSOCK_NOWAIT), -EINVAL);
	EXPECT_EQ(t, ksock_recv(ks, &byte, 1, MSG_ERRQUEUE, KSOCK_FOREVER),
		  -EAGAIN);
	EXPECT_EQ(t, ksock_recv(ks, &byte, 1, MSG_DONTWAIT, KSOCK_FOREVER),
		  -EAGAIN);
	ksock_udp_put(udp);
}

static void data_page(struct test *t, struct ksock *from,
		      struct ksock_tcp_stream *to, void *at)
{
	char buf[32] = {};

	memcpy(at, "what is in a page of any kind..", 32);
	EXPECT_EQ(t, ksock_send_page(from, virt_to_page(at), offset_in_page(at),
				     32, 0, peer_deadline()), 32);
	EXPECT_EQ(t, ksock_tcp_read_exact(to, buf, 32, peer_deadline()), 0);
	EXPECT_STREQ(t, buf, "what is in a page of any kind..");
}

static void pages_are_sent_also_those_that_cannot_be_referenced(struct test *t)
{
	struct page *page = alloc_page(GFP_KERNEL);
	struct ksock_udp *udp;
	struct ksock_addr addr;
	struct peer_pair pair;
	char byte;
	void *slab = kmalloc(64, GFP_KERNEL);

	if (!EXPECT(t, page && slab))
		goto out;
	if (EXPECT_EQ(t, peer_pair_open(&pair, peer_net(), KSOCK_AF_INET, 0),
		      0)) {
		data_page(t, peer_near(&pair), pair.far, page_address(page) + 7);
		data_page(t, peer_near(&pair), pair.far, slab);
		peer_pair_close(&pair);
	}
	if (EXPECT_EQ(t, peer_udp(&udp, peer_net(), KSOCK_AF_INET, &addr), 0)) {
		EXPECT_EQ(t, ksock_udp_connect(udp, &addr), 0);
		memset(page_address(page), 'p', 1);
		EXPECT_EQ(t, ksock_send_page(ksock_from_udp(udp), page, 0, 1, 0,
					     KSOCK_NOWAIT), 1);
		EXPECT_EQ(t, ksock_udp_recv(udp, &byte, 1, 0, peer_deadline()),
			  1);
		EXPECT_EQ(t, byte, 'p');
		ksock_udp_put(udp);
	}
out:
	kfree(slab);
	if (page)
		put_page(page);
}

static long data_send_a_page(void *data)
{
	struct ksock *ks = data;
	struct page *page = alloc_page(GFP_KERNEL);
	long ret;

	if (!page)
		return -ENOMEM;
	ret = ksock_send_page(ks, page, 0, PAGE_SIZE, 0, peer_deadline());
	put_page(page);
	return ret;
}

/* Of a page, and of all of a buffer. */
static void sends_wait_for_room(struct test *t)
{
	struct peer_thread thread;
	struct peer_pair pair;
	static char buf[4096];
	long ret;

	ASSERT_EQ(t, peer_pair_open(&pair, peer_net(), KSOCK_AF_INET,
				    KSOCK_CREATE_FOLLOW), 0);
	while (ksock_tcp_send(pair.near, buf, sizeof(buf), 0,
			      ksock_deadline(PEER_MOMENT_MS)) > 0)
		;
	EXPECT_EQ(t, ksock_send_page(peer_near(&pair), ZERO_PAGE(0), 0,
				     PAGE_SIZE, 0, KSOCK_NOWAIT), -EAGAIN);
	EXPECT_EQ(t, ksock_tcp_write_all(pair.near, buf, sizeof(buf),
					 KSOCK_NOWAIT), -EAGAIN);
	if (EXPECT_EQ(t, peer_thread_start(&thread, data_send_a_page,
					   peer_near(&pair)), 0)) {
		EXPECT(t, peer_sleeps(peer_near(&pair)));
		while (ksock_tcp_recv(pair.far, buf, sizeof(buf), 0,
				      ksock_deadline(PEER_MOMENT_MS)) > 0)
			;
		EXPECT(t, peer_thread_join(&thread, &ret));
		EXPECT_EQ(t, ret, PAGE_SIZE);
	}
	peer_pair_close(&pair);
}

static int data_consume(read_descriptor_t *desc, struct sk_buff *skb,
			unsigned int offset, size_t len)
{
	size_t take = min_t(size_t, len, desc->count);

	if (skb_copy_bits(skb, offset, desc->arg.data, take))
		return -EFAULT;
	desc->arg.data += take;
	desc->count -= take;
	return take;
}

/* What there is no call for goes by the raw socket. */
static void a_consumer_reads_on_the_raw_socket(struct test *t)
{
	read_descriptor_t desc;
	struct peer_pair pair;
	struct sock *sk;
	char buf[4] = {};

	ASSERT_EQ(t, peer_pair_open(&pair, peer_net(), KSOCK_AF_INET, 0), 0);
	EXPECT_EQ(t, ksock_tcp_send(pair.near, "raw!rest", 8, 0, KSOCK_NOWAIT),
		  8);
	EXPECT(t, peer_eventually(ksock_inq(peer_far(&pair)) == 8));
	sk = ksock_raw(peer_far(&pair))->sk;
	desc.arg.data = buf;
	desc.count = 4;
	desc.written = 0;
	desc.error = 0;
	lock_sock(sk);
	EXPECT_EQ(t, tcp_read_sock(sk, &desc, data_consume), 4);
	release_sock(sk);
	EXPECT(t, !memcmp(buf, "raw!", 4));
	EXPECT_EQ(t, ksock_tcp_read_exact(pair.far, buf, 4, KSOCK_NOWAIT), 0);
	EXPECT(t, !memcmp(buf, "rest", 4));
	peer_pair_close(&pair);
}

static void counters_count_what_succeeded(struct test *t)
{
	struct ksock_stat stat;
	struct ksock_addr addr;
	struct ksock_udp *udp;
	char buf[4];

	ASSERT_EQ(t, peer_udp(&udp, peer_net(), KSOCK_AF_INET, &addr), 0);
	EXPECT_EQ(t, ksock_udp_recv(udp, buf, 4, 0, KSOCK_NOWAIT), -EAGAIN);
	EXPECT_EQ(t, ksock_udp_send(udp, "x", 1, 0, KSOCK_NOWAIT), -EDESTADDRREQ);
	EXPECT_EQ(t, ksock_udp_sendto(udp, "four", 4, 0, KSOCK_NOWAIT, &addr), 4);
	EXPECT_EQ(t, ksock_udp_recv(udp, buf, 4, 0, peer_deadline()), 4);
	ksock_stat(ksock_from_udp(udp), &stat);
	EXPECT_EQ(t, stat.sent_ops, 1);
	EXPECT_EQ(t, stat.sent_bytes, 4);
	EXPECT_EQ(t, stat.received_ops, 1);
	EXPECT_EQ(t, stat.received_bytes, 4);
	ksock_udp_put(udp);
}

static void groups_are_joined_and_left(struct test *t)
{
	struct ksock_udp *udp = ksock_udp_create(peer_net(), KSOCK_AF_INET, 0);
	struct ksock_addr group, addr;
	char buf[5] = {};

	ASSERT(t, !IS_ERR(udp));
	/* 239.1.2.3, of the organisation, on the loopback interface. */
	ksock_addr_set_v4(&group, cpu_to_be32(0xef010203), 0);
	ksock_addr_set_any(&addr, KSOCK_AF_INET, 0);
	EXPECT_EQ(t, ksock_udp_bind(udp, &addr), 0);
	EXPECT_EQ(t, ksock_udp_name(udp, &addr), 0);
	EXPECT_EQ(t, ksock_udp_leave(udp, &group, LOOPBACK_IFINDEX),
		  -EADDRNOTAVAIL);
	EXPECT_EQ(t, ksock_udp_join(udp, &group, LOOPBACK_IFINDEX), 0);
	EXPECT_EQ(t, ksock_udp_join(udp, &group, LOOPBACK_IFINDEX), -EADDRINUSE);
	EXPECT_EQ(t, ksock_set_bindtoifindex(ksock_from_udp(udp),
					     LOOPBACK_IFINDEX), 0);
	ksock_addr_set_port(&group, ksock_addr_port(&addr));
	EXPECT_EQ(t, ksock_udp_sendto(udp, "many", 5, 0, KSOCK_NOWAIT, &group), 5);
	EXPECT_EQ(t, ksock_udp_recv(udp, buf, 5, 0, peer_deadline()), 5);
	EXPECT_STREQ(t, buf, "many");
	EXPECT_EQ(t, ksock_udp_leave(udp, &group, LOOPBACK_IFINDEX), 0);
	ksock_addr_set_loopback(&addr, KSOCK_AF_INET, 0);
	EXPECT_EQ(t, ksock_udp_join(udp, &addr, LOOPBACK_IFINDEX), -EINVAL);
	ksock_addr_set_vsock(&addr, 1, 1);
	EXPECT_EQ(t, ksock_udp_join(udp, &addr, 0), -EAFNOSUPPORT);
	ksock_udp_put(udp);
}

static void groups_of_ipv6_are_joined_and_left(struct test *t)
{
	struct ksock_udp *udp = ksock_udp_create(peer_net(), KSOCK_AF_INET6, 0);
	struct ksock_addr group;

	ASSERT(t, !IS_ERR(udp));
	EXPECT_EQ(t, ksock_addr_parse(&group, NULL, "[ff15::1:2:3]:0"), 0);
	EXPECT_EQ(t, ksock_udp_leave(udp, &group, LOOPBACK_IFINDEX),
		  -EADDRNOTAVAIL);
	EXPECT_EQ(t, ksock_udp_join(udp, &group, LOOPBACK_IFINDEX), 0);
	EXPECT_EQ(t, ksock_udp_join(udp, &group, LOOPBACK_IFINDEX), -EADDRINUSE);
	EXPECT_EQ(t, ksock_udp_leave(udp, &group, LOOPBACK_IFINDEX), 0);
	ksock_udp_put(udp);
}

const struct test_case data_cases[] = {
	CASE(a_stream_carries_all_of_it),
	CASE(read_exact_tells_a_stream_that_ends_early),
	CASE(more_than_the_stack_can_count_is_waited_for),
	CASE(discard_forgets_and_no_more),
	CASE(queues_are_told),
	CASE(queues_of_kinds_that_do_not_tell_are_refused),
	CASE(the_queue_of_a_raw_socket_is_told_whatever_its_protocol),
	CASE(datagrams_come_with_sender_length_and_flags),
	CASE(a_port_where_nobody_is_tells_the_sender),
	CASE(peek_leaves_what_it_looks_at),
	CASE(flags_are_a_list),
	CASE(pages_are_sent_also_those_that_cannot_be_referenced),
	CASE(sends_wait_for_room),
	CASE(a_consumer_reads_on_the_raw_socket),
	CASE(counters_count_what_succeeded),
	CASE(groups_are_joined_and_left),
	CASE(groups_of_ipv6_are_joined_and_left),
	{}
};
