// SPDX-License-Identifier: GPL-2.0-only
/*
 * Control data that goes with what is sent: each message on the list does to
 * the packet, or asks of the socket, what it does on an ordinary socket.
 */
#include "control.h"
#include "process.h"

/* From <linux/ipv6.h>, which does not go with <netinet/in.h> everywhere. */
struct in6_request {
	struct in6_addr addr;
	uint32_t prefix_len;
	int ifindex;
};

/* Whether an address can be used, as a new one of IPv6 cannot at once. */
static bool address_there(const struct addr *addr)
{
	int fd = plain_socket(addr->sa.sa_family, SOCK_DGRAM, 0), ret;

	ret = plain_bind(fd, &addr->sa, addr->len);
	close(fd);
	return !ret;
}

/* A second address of the loopback, which is not that of addr_loopback(). */
static int own_address(struct addr *addr, int family)
{
	struct in6_request request = { .prefix_len = 128 };
	int fd, ret;

	*addr = addr_loopback(family, PORT + 2);
	if (family == AF_INET) {
		addr->in.sin_addr.s_addr = htonl(INADDR_LOOPBACK + 4);
		return 0;
	}
	if (inet_pton(AF_INET6, "fd00::5", &addr->in6.sin6_addr) != 1)
		return -EINVAL;
	request.addr = addr->in6.sin6_addr;
	request.ifindex = if_nametoindex("lo");
	fd = plain_socket(AF_INET6, SOCK_DGRAM, 0);
	if (fd < 0)
		return fd;
	ret = ret_errno(ioctl(fd, SIOCSIFADDR, &request));
	close(fd);
	if (ret)
		return ret;
	return EVENTUALLY(address_there(addr)) ? 0 : -ETIME;
}

static int lo_set_mtu(int mtu)
{
	struct ifreq ifr = { .ifr_name = "lo", .ifr_mtu = mtu };
	int fd, ret;

	fd = plain_socket(AF_INET, SOCK_DGRAM, 0);
	if (fd < 0)
		return fd;
	ret = ret_errno(ioctl(fd, SIOCSIFMTU, &ifr));
	close(fd);
	return ret;
}

/* Puts together the control message that names a source address. */
static void control_set_source(struct control *control, const struct addr *from,
			       int ifindex)
{
	struct in6_pktinfo ipv6 = { .ipi6_ifindex = ifindex };
	struct in_pktinfo ipv4 = { .ipi_ifindex = ifindex };

	if (from->sa.sa_family == AF_INET) {
		ipv4.ipi_spec_dst = from->in.sin_addr;
		control_set(control, SOL_IP, IP_PKTINFO, &ipv4, sizeof(ipv4));
	} else {
		ipv6.ipi6_addr = from->in6.sin6_addr;
		control_set(control, SOL_IPV6, IPV6_PKTINFO, &ipv6,
			    sizeof(ipv6));
	}
}

/* Receives a byte with its control data at the plain end. */
static ssize_t peer_recv(int fd, struct control *control)
{
	char byte;

	control_room(control, CONTROL_ROOM);
	return control_recv(&plain_face, fd, &byte, 1, control, 0);
}

/* ---- The packet ---------------------------------------------------------- */

TEST_F(dgram, pktinfo_chooses_the_source_address)
{
	struct addr own, from = addr_room();
	struct iovec iov = { "x", 1 };
	struct control control;
	struct msghdr msg = {
		.msg_name = &self->addr.sa, .msg_namelen = self->addr.len,
		.msg_iov = &iov, .msg_iovlen = 1,
	};
	int fd, peer, flags = 0;
	char byte;

	ASSERT_EQ(0, own_address(&own, variant->family));
	peer = plain_socket(variant->family, SOCK_DGRAM, 0);
	ASSERT_LE(0, peer);
	ASSERT_EQ(0, plain_bind(peer, &self->addr.sa, self->addr.len));
	fd = self->face->socket(variant->family, SOCK_DGRAM, 0);
	ASSERT_LE(0, fd);
	control_set_source(&control, &own, 0);
	msg.msg_control = control.bytes;
	msg.msg_controllen = control.len;
	ASSERT_EQ(1, self->face->sendmsg(fd, &msg, 0));
	EXPECT_EQ(1, plain_recvfrom(peer, &byte, 1, &flags, &from.sa,
				    &from.len));
	if (variant->family == AF_INET) {
		EXPECT_EQ(own.in.sin_addr.s_addr, from.in.sin_addr.s_addr);
	} else {
		EXPECT_EQ(0, memcmp(&own.in6.sin6_addr, &from.in6.sin6_addr,
				    sizeof(own.in6.sin6_addr)));
	}
}

TEST_F(dgram, pktinfo_of_an_address_of_nobody_or_no_interface_fails)
{
	struct control control;
	struct addr nobody = self->addr;
	struct pair pair;

	if (variant->family == AF_INET)
		nobody.in.sin_addr.s_addr = htonl(0xc0000201);
	else
		ASSERT_EQ(1, inet_pton(AF_INET6, "2001:db8::1",
				       &nobody.in6.sin6_addr));
	ASSERT_EQ(0, pair_of_dgrams(&pair, self->face, variant->family));
	control_set_source(&control, &nobody, 0);
	EXPECT_EQ(variant->family == AF_INET ? -ENETUNREACH : -EINVAL,
		  control_send(self->face, pair.fd, "x", 1, &control));
	control_set_source(&control, &self->addr, 4711);
	EXPECT_EQ(-ENODEV,
		  control_send(self->face, pair.fd, "x", 1, &control));
}

TEST_F(dgram, hops_and_traffic_class_go_out)
{
	const struct control_names *names = control_names(variant->family);
	struct control control, got;
	unsigned char tos;
	struct pair pair;

	ASSERT_EQ(0, pair_of_dgrams(&pair, self->face, variant->family));
	ASSERT_EQ(0, face_set_int(&plain_face, pair.peer, names->level,
				  names->recv_hops, 1));
	ASSERT_EQ(0, face_set_int(&plain_face, pair.peer, names->level,
				  names->recv_tos, 1));

	control_set_int(&control, names->level, names->hops, 7);
	control_add_int(&control, names->level, names->tos, 0x28);
	ASSERT_EQ(1, control_send(self->face, pair.fd, "x", 1, &control));
	ASSERT_EQ(1, peer_recv(pair.peer, &got));
	EXPECT_EQ(7, control_get_int(&got, names->level, names->hops));
	EXPECT_EQ(names->tos_len, control_get(&got, names->level, names->tos,
					      &tos, 1));
	EXPECT_EQ(0x28, tos);

	/* They end with the message. */
	ASSERT_EQ(1, face_send(self->face, pair.fd, "x", 1, 0));
	ASSERT_EQ(1, peer_recv(pair.peer, &got));
	EXPECT_EQ(64, control_get_int(&got, names->level, names->hops));
	EXPECT_LE(1, control_get(&got, names->level, names->tos, &tos, 1));
	EXPECT_EQ(0, tos);
}

/* IPv6 takes 16 bits of the number and looks at no other. */
TEST_F(dgram, hops_out_of_range_fail_with_einval)
{
	const struct control_names *names = control_names(variant->family);
	const int least = variant->family == AF_INET ? 1 : -1;
	const int bad[] = { least - 1, 256, INT16_MAX, INT16_MIN };
	struct control control;
	struct pair pair;
	size_t i;

	ASSERT_EQ(0, pair_of_dgrams(&pair, self->face, variant->family));
	for (i = 0; i < ARRAY_SIZE(bad); i++) {
		control_set_int(&control, names->level, names->hops, bad[i]);
		EXPECT_EQ(-EINVAL, control_send(self->face, pair.fd, "x", 1,
						&control)) {
			TH_LOG("%d hops", bad[i]);
		}
	}
	control_set_int(&control, names->level, names->hops, least);
	EXPECT_EQ(1, control_send(self->face, pair.fd, "x", 1, &control));
	control_set_int(&control, names->level, names->hops, 255);
	EXPECT_EQ(1, control_send(self->face, pair.fd, "x", 1, &control));
}

TEST_F(dgram, dontfrag_refuses_what_does_not_fit_a_packet)
{
	static char buf[4000];
	struct control control;
	struct pair pair;

	ASSERT_EQ(0, lo_set_mtu(1500));
	ASSERT_EQ(0, pair_of_dgrams(&pair, self->face, variant->family));
	control_set_int(&control, SOL_IPV6, IPV6_DONTFRAG, 1);
	/* IPv4 does not read it. */
	EXPECT_EQ(variant->family == AF_INET ? (int)sizeof(buf) : -EMSGSIZE,
		  control_send(self->face, pair.fd, buf, sizeof(buf),
			       &control));
	control_set_int(&control, SOL_IPV6, IPV6_DONTFRAG, 0);
	EXPECT_EQ(sizeof(buf), control_send(self->face, pair.fd, buf,
					    sizeof(buf), &control));
	EXPECT_EQ(sizeof(buf), face_recv(&plain_face, pair.peer, buf,
					 sizeof(buf), 0));
}

TEST_F(dgram, udp_segment_cuts_a_message_into_datagrams)
{
	static char buf[2500];
	uint16_t size = 1000;
	struct control control;
	struct pair pair;

	ASSERT_EQ(0, pair_of_dgrams(&pair, self->face, variant->family));
	control_set(&control, SOL_UDP, UDP_SEGMENT, &size, sizeof(size));
	ASSERT_EQ(sizeof(buf), control_send(self->face, pair.fd, buf,
					    sizeof(buf), &control));
	EXPECT_EQ(1000, face_recv(&plain_face, pair.peer, buf, sizeof(buf), 0));
	EXPECT_EQ(1000, face_recv(&plain_face, pair.peer, buf, sizeof(buf), 0));
	EXPECT_EQ(500, face_recv(&plain_face, pair.peer, buf, sizeof(buf), 0));

	/* More datagrams than any kernel makes of one message. */
	size = 1;
	control_set(&control, SOL_UDP, UDP_SEGMENT, &size, sizeof(size));
	EXPECT_EQ(-EINVAL, control_send(self->face, pair.fd, buf, sizeof(buf),
					&control));
}

TEST_F(dgram, mark_goes_out)
{
	struct control control, got;
	struct pair pair;
	int known;

	ASSERT_EQ(0, pair_of_dgrams(&pair, self->face, variant->family));
	/* Linux 6.0 is the first to show the mark to who receives. */
	known = face_set_int(&plain_face, pair.peer, SOL_SOCKET, SO_RCVMARK, 1);
	control_set_int(&control, SOL_SOCKET, SO_MARK, 0x1234);
	ASSERT_EQ(1, control_send(self->face, pair.fd, "x", 1, &control));
	ASSERT_EQ(1, peer_recv(pair.peer, &got));
	EXPECT_TRUE(!known || known == -ENOPROTOOPT);
	EXPECT_EQ(known ? -ENOENT : 0x1234,
		  control_get_int(&got, SOL_SOCKET, SO_MARK));
}

/* Linux 5.10 asks for CAP_NET_ADMIN, later ones are content with the other. */
TEST_F(dgram, mark_without_the_capability_fails_with_eperm)
{
	struct control control;
	struct pair pair;

	ASSERT_EQ(0, pair_of_dgrams(&pair, self->face, variant->family));
	ASSERT_EQ(0, capability_drop(CAP_NET_ADMIN));
	ASSERT_EQ(0, capability_drop(CAP_NET_RAW));
	control_set_int(&control, SOL_SOCKET, SO_MARK, 0x1234);
	EXPECT_EQ(-EPERM,
		  control_send(self->face, pair.fd, "x", 1, &control));
	EXPECT_EQ(1, face_send(self->face, pair.fd, "y", 1, 0));
}

/* Linux 6.14 is the first to know the message, and to show what it did. */
TEST_F(dgram, priority_goes_out_where_the_kernel_knows_it)
{
	struct control control, got;
	struct pair pair;
	int known;

	ASSERT_EQ(0, pair_of_dgrams(&pair, self->face, variant->family));
	known = face_set_int(&plain_face, pair.peer, SOL_SOCKET, SO_RCVPRIORITY,
			     1);
	control_set_int(&control, SOL_SOCKET, SO_PRIORITY, 5);
	if (known) {
		EXPECT_EQ(-ENOPROTOOPT, known);
		EXPECT_EQ(-EINVAL, control_send(self->face, pair.fd, "x", 1,
						&control));
		return;
	}
	ASSERT_EQ(1, control_send(self->face, pair.fd, "x", 1, &control));
	ASSERT_EQ(1, peer_recv(pair.peer, &got));
	EXPECT_EQ(5, control_get_int(&got, SOL_SOCKET, SO_PRIORITY));
}

TEST_F(dgram, txtime_is_taken_once_so_txtime_is_set)
{
	struct {
		int clockid;
		uint32_t flags;
	} txtime = { .clockid = CLOCK_MONOTONIC };
	uint64_t now = 1;
	struct control control, got;
	struct pair pair;

	ASSERT_EQ(0, pair_of_dgrams(&pair, self->face, variant->family));
	control_set(&control, SOL_SOCKET, SCM_TXTIME, &now, sizeof(now));
	EXPECT_EQ(-EINVAL,
		  control_send(self->face, pair.fd, "x", 1, &control));
	ASSERT_EQ(0, self->face->setsockopt(pair.fd, SOL_SOCKET, SO_TXTIME,
					    &txtime, sizeof(txtime)));
	ASSERT_EQ(1, control_send(self->face, pair.fd, "x", 1, &control));
	EXPECT_EQ(1, peer_recv(pair.peer, &got));
}

TEST_F(socket, timestamping_asks_for_timestamps_that_are_for_sending)
{
	struct control control;
	struct pair pair;

	ASSERT_EQ(0, pair_of(&pair, self->face, variant->family,
			     variant->type));
	control_set_int(&control, SOL_SOCKET, SO_TIMESTAMPING,
			SOF_TIMESTAMPING_TX_SOFTWARE);
	EXPECT_EQ(1, control_send(self->face, pair.fd, "x", 1, &control));
	control_set_int(&control, SOL_SOCKET, SO_TIMESTAMPING,
			SOF_TIMESTAMPING_RX_SOFTWARE);
	EXPECT_EQ(-EINVAL,
		  control_send(self->face, pair.fd, "x", 1, &control));
}

/* ---- What a protocol does not read --------------------------------------- */

TEST_F(socket, messages_of_another_protocol_are_ignored)
{
	const struct control_names *other =
		control_names(variant->family == AF_INET ? AF_INET6 : AF_INET);
	struct control control, got;
	struct pair pair;

	ASSERT_EQ(0, pair_of(&pair, self->face, variant->family,
			     variant->type));
	control_set_int(&control, other->level, other->hops, 7);
	control_add_int(&control, other->level, other->tos, 7);
	ASSERT_EQ(1, control_send(self->face, pair.fd, "x", 1, &control));
	EXPECT_EQ(1, peer_recv(pair.peer, &got));
}

TEST_F(stream, messages_for_datagrams_are_ignored)
{
	const struct control_names *names = control_names(variant->family);
	struct control control, got;
	uint16_t size = 1;
	struct pair pair;

	ASSERT_EQ(0, pair_of_streams(&pair, self->face, variant->family));
	control_set_int(&control, names->level, names->hops, 7);
	control_add_int(&control, names->level, names->tos, 7);
	control_add(&control, SOL_UDP, UDP_SEGMENT, &size, sizeof(size));
	ASSERT_EQ(1, control_send(self->face, pair.fd, "x", 1, &control));
	EXPECT_EQ(1, peer_recv(pair.peer, &got));
}

TEST_HARNESS_MAIN
