// SPDX-License-Identifier: GPL-2.0-only
/*
 * Control data that comes with what is received, as the options of the socket
 * ask for it, and what becomes of it where there is too little room.
 */
#include "bulk.h"
#include "control.h"

/*
 * A socket that asks for timestamps as long as the program runs, so that the
 * kernel does not change its code for the first who asks and the last who does
 * no longer while packets are under way: QEMU's TCG may then run an instruction
 * that is only half there (https://github.com/multipath-tcp/mptcp_net-next,
 * issue 471).
 */
static void __attribute__((constructor)) timestamps_keep(void)
{
	int fd = plain_socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0), on = 1;

	plain_setsockopt(fd, SOL_SOCKET, SO_TIMESTAMP_OLD, &on, sizeof(on));
}

/* Receives one byte with all its control data. */
static ssize_t recv_whole(const struct face *face, int fd,
			  struct control *control)
{
	char byte;

	control_room(control, CONTROL_ROOM);
	return control_recv(face, fd, &byte, 1, control, 0);
}

/* ---- Each by itself ------------------------------------------------------ */

TEST_F(socket, no_control_data_comes_unless_asked_for)
{
	struct control control;
	struct pair pair;

	ASSERT_EQ(0, pair_of(&pair, self->face, variant->family,
			     variant->type));
	ASSERT_EQ(1, face_send(&plain_face, pair.peer, "x", 1, 0));
	EXPECT_EQ(1, recv_whole(self->face, pair.fd, &control));
	EXPECT_EQ(0, control.len);
	EXPECT_EQ(0, control.flags);
	EXPECT_EQ(CONTROL_BLANK, control.bytes[0]);
}

TEST_F(dgram, pktinfo_tells_where_a_datagram_came_to)
{
	const struct control_names *names = control_names(variant->family);
	struct in6_pktinfo ipv6;
	struct in_pktinfo ipv4;
	struct control control;
	struct pair pair;

	ASSERT_EQ(0, pair_of_dgrams(&pair, self->face, variant->family));
	ASSERT_EQ(0, face_set_int(self->face, pair.fd, names->level,
				  names->recv_pktinfo, 1));
	ASSERT_EQ(1, face_send(&plain_face, pair.peer, "x", 1, 0));
	EXPECT_EQ(1, recv_whole(self->face, pair.fd, &control));
	EXPECT_EQ(CMSG_SPACE(names->pktinfo_len), control.len);
	EXPECT_EQ(0, control.flags);
	if (variant->family == AF_INET) {
		ASSERT_EQ(sizeof(ipv4), control_get(&control, SOL_IP,
						    IP_PKTINFO, &ipv4,
						    sizeof(ipv4)));
		EXPECT_EQ(if_nametoindex("lo"), ipv4.ipi_ifindex);
		EXPECT_EQ(htonl(INADDR_LOOPBACK), ipv4.ipi_addr.s_addr);
		EXPECT_EQ(htonl(INADDR_LOOPBACK), ipv4.ipi_spec_dst.s_addr);
	} else {
		ASSERT_EQ(sizeof(ipv6), control_get(&control, SOL_IPV6,
						    IPV6_PKTINFO, &ipv6,
						    sizeof(ipv6)));
		EXPECT_EQ(if_nametoindex("lo"), ipv6.ipi6_ifindex);
		EXPECT_EQ(0, memcmp(&in6addr_loopback, &ipv6.ipi6_addr,
				    sizeof(ipv6.ipi6_addr)));
	}
}

TEST_F(dgram, hops_that_are_left_come_in)
{
	const struct control_names *names = control_names(variant->family);
	struct control control;
	struct pair pair;

	ASSERT_EQ(0, pair_of_dgrams(&pair, self->face, variant->family));
	ASSERT_EQ(0, face_set_int(self->face, pair.fd, names->level,
				  names->recv_hops, 1));
	ASSERT_EQ(0, face_set_int(&plain_face, pair.peer, names->level,
				  names->hops_option, 9));
	ASSERT_EQ(1, face_send(&plain_face, pair.peer, "x", 1, 0));
	EXPECT_EQ(1, recv_whole(self->face, pair.fd, &control));
	EXPECT_EQ(CMSG_SPACE(sizeof(int)), control.len);
	EXPECT_EQ(9, control_get_int(&control, names->level, names->hops));
}

TEST_F(dgram, traffic_class_comes_in)
{
	const struct control_names *names = control_names(variant->family);
	struct control control;
	unsigned char tos = 0;
	struct pair pair;

	ASSERT_EQ(0, pair_of_dgrams(&pair, self->face, variant->family));
	ASSERT_EQ(0, face_set_int(self->face, pair.fd, names->level,
				  names->recv_tos, 1));
	ASSERT_EQ(0, face_set_int(&plain_face, pair.peer, names->level,
				  names->tos_option, 0x28));
	ASSERT_EQ(1, face_send(&plain_face, pair.peer, "x", 1, 0));
	EXPECT_EQ(1, recv_whole(self->face, pair.fd, &control));
	EXPECT_EQ(CMSG_SPACE(names->tos_len), control.len);
	EXPECT_EQ(names->tos_len, control_get(&control, names->level,
					      names->tos, &tos, 1));
	EXPECT_EQ(0x28, tos);
}

/*
 * Receives the first of what three datagrams of 1000 bytes became that were
 * sent as one, with UDP_GRO; returns how long that is or -errno.
 */
static ssize_t joined_recv(const struct face *face, const struct addr *addr,
			   struct control *control)
{
	static char buf[3000];
	struct iovec iov = { buf, sizeof(buf) };
	struct msghdr msg = {
		.msg_name = (void *)&addr->sa, .msg_namelen = addr->len,
		.msg_iov = &iov, .msg_iovlen = 1,
	};
	uint16_t size = 1000;
	ssize_t ret;
	int fd, from;

	fd = face->socket(addr->sa.sa_family, SOCK_DGRAM, 0);
	from = plain_socket(addr->sa.sa_family, SOCK_DGRAM, 0);
	ret = face->bind(fd, &addr->sa, addr->len);
	if (!ret)
		ret = face_set_int(face, fd, SOL_UDP, UDP_GRO, 1);
	if (ret)
		return ret;
	control_set(control, SOL_UDP, UDP_SEGMENT, &size, sizeof(size));
	msg.msg_control = control->bytes;
	msg.msg_controllen = control->len;
	ret = plain_sendmsg(from, &msg, 0);
	if (ret != sizeof(buf))
		return ret < 0 ? ret : -EIO;
	control_room(control, CONTROL_ROOM);
	ret = control_recv(face, fd, buf, sizeof(buf), control, 0);
	close(from);
	close(fd);
	return ret;
}

/* The loopback of Linux 5.10 takes them apart before they are sent. */
TEST_F(dgram, udp_gro_tells_the_size_of_datagrams_that_were_joined)
{
	struct control control;
	ssize_t plain, ret;

	plain = joined_recv(&plain_face, &self->addr, &control);
	ret = joined_recv(self->face, &self->addr, &control);
	EXPECT_EQ(plain, ret);
	EXPECT_TRUE(ret == 3000 || ret == 1000);
	EXPECT_EQ(ret == 3000 ? CMSG_SPACE(sizeof(int)) : 0, control.len);
	EXPECT_EQ(ret == 3000 ? 1000 : -ENOENT,
		  control_get_int(&control, SOL_UDP, UDP_GRO));
}

/*
 * The timestamps, whose message has the number of their option.  The old ones
 * have the long of the program in them, the new ones 64 bits.
 */
static const struct {
	const char *name;
	int option;
	int value;
	size_t len;
} timestamps[] = {
	{ "SO_TIMESTAMP_OLD", SO_TIMESTAMP_OLD, 1, 2 * sizeof(long) },
	{ "SO_TIMESTAMP_NEW", SO_TIMESTAMP_NEW, 1, 16 },
	{ "SO_TIMESTAMPNS_OLD", SO_TIMESTAMPNS_OLD, 1, 2 * sizeof(long) },
	{ "SO_TIMESTAMPNS_NEW", SO_TIMESTAMPNS_NEW, 1, 16 },
	{ "SO_TIMESTAMPING_OLD", SO_TIMESTAMPING_OLD,
	  SOF_TIMESTAMPING_RX_SOFTWARE | SOF_TIMESTAMPING_SOFTWARE,
	  6 * sizeof(long) },
	{ "SO_TIMESTAMPING_NEW", SO_TIMESTAMPING_NEW,
	  SOF_TIMESTAMPING_RX_SOFTWARE | SOF_TIMESTAMPING_SOFTWARE, 48 },
};

/* The seconds at the head of a timestamp of either width. */
static int64_t timestamp_seconds(const void *stamp, size_t len)
{
	int64_t wide;
	long narrow;

	if (len == 16 || len == 48) {
		memcpy(&wide, stamp, sizeof(wide));
		return wide;
	}
	memcpy(&narrow, stamp, sizeof(narrow));
	return narrow;
}

/* Packets get a timestamp some time after somebody has asked for them. */
static bool stamped(const struct face *face, struct pair *pair,
		    struct control *control)
{
	return face_send(&plain_face, pair->peer, "x", 1, 0) == 1 &&
	       recv_whole(face, pair->fd, control) == 1 && control->len;
}

TEST_F(dgram, timestamps_come_in_each_form)
{
	unsigned char stamp[64];
	struct control control;
	struct pair pair;
	int64_t age;
	size_t i;

	ASSERT_EQ(0, pair_of_dgrams(&pair, self->face, variant->family));
	for (i = 0; i < ARRAY_SIZE(timestamps); i++) {
		ASSERT_EQ(0, face_set_int(self->face, pair.fd, SOL_SOCKET,
					  timestamps[i].option,
					  timestamps[i].value));
		EXPECT_TRUE(EVENTUALLY(stamped(self->face, &pair, &control)));
		EXPECT_EQ(CMSG_SPACE(timestamps[i].len), control.len) {
			TH_LOG("%s", timestamps[i].name);
		}
		ASSERT_EQ(timestamps[i].len,
			  control_get(&control, SOL_SOCKET,
				      timestamps[i].option, stamp,
				      sizeof(stamp))) {
			TH_LOG("%s", timestamps[i].name);
		}
		age = time(NULL) - timestamp_seconds(stamp, timestamps[i].len);
		EXPECT_LE(-1, age);
		EXPECT_GE(60, age);
		ASSERT_EQ(0, face_set_int(self->face, pair.fd, SOL_SOCKET,
					  timestamps[i].option, 0));
	}
}

TEST_F(stream, timestamps_come_with_a_stream)
{
	struct control control;
	struct pair pair;
	char stamp[16];

	ASSERT_EQ(0, pair_of_streams(&pair, self->face, variant->family));
	ASSERT_EQ(0, face_set_int(self->face, pair.fd, SOL_SOCKET,
				  SO_TIMESTAMPNS_NEW, 1));
	EXPECT_TRUE(EVENTUALLY(stamped(self->face, &pair, &control)));
	EXPECT_EQ(CMSG_SPACE(sizeof(stamp)), control.len);
	EXPECT_EQ(sizeof(stamp), control_get(&control, SOL_SOCKET,
					     SO_TIMESTAMPNS_NEW, stamp,
					     sizeof(stamp)));
}

TEST_F(stream, what_is_left_to_receive_comes_with_a_stream)
{
	struct control control;
	struct pair pair;

	ASSERT_EQ(0, pair_of_streams(&pair, self->face, variant->family));
	ASSERT_EQ(0, face_set_int(self->face, pair.fd, SOL_TCP, TCP_INQ, 1));
	ASSERT_EQ(5, face_send(&plain_face, pair.peer, "hello", 5, 0));
	EXPECT_EQ(1, recv_whole(self->face, pair.fd, &control));
	EXPECT_EQ(CMSG_SPACE(sizeof(int)), control.len);
	EXPECT_EQ(4, control_get_int(&control, SOL_TCP, TCP_CM_INQ));
}

TEST_F(dgram, datagrams_that_were_dropped_are_counted)
{
	static char buf[1024];
	struct control control;
	struct pair pair;
	int sent = 0, got = 0;

	ASSERT_EQ(0, pair_of_dgrams(&pair, self->face, variant->family));
	ASSERT_EQ(0, face_set_int(self->face, pair.fd, SOL_SOCKET, SO_RXQ_OVFL,
				  1));
	ASSERT_EQ(0, face_set_int(self->face, pair.fd, SOL_SOCKET, SO_RCVBUF,
				  1));
	while (sent < 64 && face_send(&plain_face, pair.peer, buf, sizeof(buf),
				      0) == sizeof(buf))
		sent++;
	ASSERT_EQ(64, sent);
	while (wait_events(pair.fd, POLLIN, QUIET_MS) == POLLIN &&
	       face_recv(self->face, pair.fd, buf, sizeof(buf),
			 MSG_DONTWAIT) == sizeof(buf))
		got++;
	ASSERT_LT(got, sent);
	ASSERT_EQ(1, face_send(&plain_face, pair.peer, "x", 1, 0));
	EXPECT_EQ(1, recv_whole(self->face, pair.fd, &control));
	EXPECT_EQ(sent - got,
		  control_get_int(&control, SOL_SOCKET, SO_RXQ_OVFL));
}

/* ---- Several, and the room for them -------------------------------------- */

static int ask_for_all(const struct face *face, int fd,
		       const struct control_names *names)
{
	int ret;

	ret = face_set_int(face, fd, names->level, names->recv_pktinfo, 1);
	if (!ret)
		ret = face_set_int(face, fd, names->level, names->recv_hops, 1);
	if (!ret)
		ret = face_set_int(face, fd, names->level, names->recv_tos, 1);
	return ret;
}

TEST_F(dgram, messages_come_one_after_the_other)
{
	const struct control_names *names = control_names(variant->family);
	unsigned char pktinfo[32], tos;
	struct control control;
	struct pair pair;

	ASSERT_EQ(0, pair_of_dgrams(&pair, self->face, variant->family));
	ASSERT_EQ(0, ask_for_all(self->face, pair.fd, names));
	ASSERT_EQ(0, face_set_int(self->face, pair.fd, SOL_SOCKET,
				  SO_TIMESTAMP_OLD, 1));
	ASSERT_EQ(1, face_send(&plain_face, pair.peer, "x", 1, 0));
	EXPECT_EQ(1, recv_whole(self->face, pair.fd, &control));
	EXPECT_EQ(4, control_count(&control));
	EXPECT_EQ(CMSG_SPACE(2 * sizeof(long)) +
		  CMSG_SPACE(names->pktinfo_len) + CMSG_SPACE(sizeof(int)) +
		  CMSG_SPACE(names->tos_len), control.len);
	EXPECT_EQ(names->pktinfo_len,
		  control_get(&control, names->level, names->pktinfo, pktinfo,
			      sizeof(pktinfo)));
	EXPECT_EQ(64, control_get_int(&control, names->level, names->hops));
	EXPECT_EQ(names->tos_len, control_get(&control, names->level,
					      names->tos, &tos, 1));
}

TEST_F(dgram, control_data_is_cut_as_recvmsg_cuts_it_at_every_length)
{
	const struct control_names *names = control_names(variant->family);
	struct control whole, control, cut;
	struct pair pair;
	size_t room;
	char byte;

	ASSERT_EQ(0, pair_of_dgrams(&pair, self->face, variant->family));
	ASSERT_EQ(0, ask_for_all(self->face, pair.fd, names));
	ASSERT_EQ(1, face_send(&plain_face, pair.peer, "x", 1, 0));
	ASSERT_EQ(1, recv_whole(self->face, pair.fd, &whole));
	ASSERT_EQ(3, control_count(&whole));
	for (room = 0; room <= whole.len + 8; room++) {
		control_cut(&cut, &whole, room);
		control_room(&control, room);
		ASSERT_EQ(1, face_send(&plain_face, pair.peer, "x", 1, 0));
		EXPECT_EQ(1, control_recv(self->face, pair.fd, &byte, 1,
					  &control, 0));
		EXPECT_EQ(cut.len, control.len) {
			TH_LOG("room for %zu bytes", room);
		}
		EXPECT_EQ(cut.flags, control.flags) {
			TH_LOG("room for %zu bytes", room);
		}
		EXPECT_EQ(0, memcmp(cut.bytes, control.bytes, CONTROL_ROOM)) {
			TH_LOG("room for %zu bytes", room);
		}
	}
}

/* It tells that there was some, as there is no room for any. */
TEST_F(dgram, recv_says_that_there_was_control_data)
{
	const struct control_names *names = control_names(variant->family);
	struct pair pair;
	int flags = 0;
	char byte;

	ASSERT_EQ(0, pair_of_dgrams(&pair, self->face, variant->family));
	ASSERT_EQ(0, ask_for_all(self->face, pair.fd, names));
	ASSERT_EQ(1, face_send(&plain_face, pair.peer, "x", 1, 0));
	EXPECT_EQ(1, self->face->recvfrom(pair.fd, &byte, 1, &flags, NULL,
					  NULL));
	EXPECT_EQ(MSG_CTRUNC, flags);
}

TEST_F(dgram, control_data_of_a_peek_stays)
{
	const struct control_names *names = control_names(variant->family);
	struct control control;
	struct pair pair;
	char byte;
	int i;

	ASSERT_EQ(0, pair_of_dgrams(&pair, self->face, variant->family));
	ASSERT_EQ(0, ask_for_all(self->face, pair.fd, names));
	ASSERT_EQ(1, face_send(&plain_face, pair.peer, "x", 1, 0));
	for (i = 0; i < 2; i++) {
		control_room(&control, CONTROL_ROOM);
		EXPECT_EQ(1, control_recv(self->face, pair.fd, &byte, 1,
					  &control, i ? 0 : MSG_PEEK));
		EXPECT_EQ(3, control_count(&control));
	}
}

/* ---- No room at all ------------------------------------------------------ */

/* A program may say that all its memory is room; what there is, is enough. */
TEST_F(dgram, room_for_more_control_data_than_memory_is_taken_as_said)
{
	const struct control_names *names = control_names(variant->family);
	const size_t rooms[] = { INT32_MAX, 1UL << 31, UINT32_MAX };
	struct control control;
	struct pair pair;
	size_t i;
	char byte;

	ASSERT_EQ(0, pair_of_dgrams(&pair, self->face, variant->family));
	ASSERT_EQ(0, ask_for_all(self->face, pair.fd, names));
	for (i = 0; i < ARRAY_SIZE(rooms); i++) {
		ASSERT_EQ(1, face_send(&plain_face, pair.peer, "x", 1, 0));
		control_room(&control, rooms[i]);
		EXPECT_EQ(1, control_recv(self->face, pair.fd, &byte, 1,
					  &control, 0)) {
			TH_LOG("room for %zu bytes", rooms[i]);
		}
		EXPECT_GE(CONTROL_ROOM, control.len);
		EXPECT_EQ(0, control.flags);
		if (control.len <= CONTROL_ROOM)
			EXPECT_EQ(3, control_count(&control));
	}
}

TEST_F(dgram, room_for_control_data_that_is_nowhere_stays_empty)
{
	const struct control_names *names = control_names(variant->family);
	char byte;
	struct iovec iov = { &byte, 1 };
	struct msghdr msg = {
		.msg_iov = &iov, .msg_iovlen = 1,
		.msg_control = page_missing(), .msg_controllen = 256,
	};
	struct pair pair;

	ASSERT_TRUE(!!msg.msg_control);
	ASSERT_EQ(0, pair_of_dgrams(&pair, self->face, variant->family));
	ASSERT_EQ(0, ask_for_all(self->face, pair.fd, names));
	ASSERT_EQ(1, face_send(&plain_face, pair.peer, "x", 1, 0));
	EXPECT_EQ(1, self->face->recvmsg(pair.fd, &msg, 0));
	EXPECT_EQ(0, msg.msg_controllen);
}

TEST_F(dgram, room_for_control_data_without_a_pointer)
{
	const struct control_names *names = control_names(variant->family);
	char byte;
	struct iovec iov = { &byte, 1 };
	struct msghdr msg = {
		.msg_iov = &iov, .msg_iovlen = 1, .msg_controllen = 64,
	};
	struct pair pair;

	ASSERT_EQ(0, pair_of_dgrams(&pair, self->face, variant->family));
	ASSERT_EQ(0, ask_for_all(self->face, pair.fd, names));
	ASSERT_EQ(1, face_send(&plain_face, pair.peer, "x", 1, 0));
	EXPECT_EQ(DIFFERS(RECVMSG_ROOM_WITHOUT_CONTROL),
		  self->face->recvmsg(pair.fd, &msg, 0));
}

TEST_HARNESS_MAIN
