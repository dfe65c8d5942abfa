// SPDX-License-Identifier: GPL-2.0-only
/*
 * The kinds of sockets beside TCP and UDP: ICMP datagrams, raw sockets and
 * UDP-Lite, who may have them, and what they send and receive.
 */
#include "fixture.h"
#include "opt_int.h"
#include "ping.h"
#include "process.h"

#define ECHO_REQUEST_4	8
#define ECHO_REPLY_4	0
#define ECHO_REQUEST_6	128
#define ECHO_REPLY_6	129

FIXTURE(kind) {
	const struct face *face;
	struct addr addr;
	struct addr other;
	int icmp;
};

FIXTURE_VARIANT(kind) {
	const struct face *face;
	int family;
};

FIXTURE_VARIANT_ADD(kind, plain_ipv4) {
	.face = &plain_face, .family = AF_INET,
};

FIXTURE_VARIANT_ADD(kind, ksock_ipv4) {
	.face = &ksock_face, .family = AF_INET,
};

FIXTURE_VARIANT_ADD(kind, plain_ipv6) {
	.face = &plain_face, .family = AF_INET6,
};

FIXTURE_VARIANT_ADD(kind, ksock_ipv6) {
	.face = &ksock_face, .family = AF_INET6,
};

FIXTURE_SETUP(kind)
{
	SETUP_KSOCK();
	self->face = variant->face;
	self->addr = addr_loopback(variant->family, PORT);
	self->other = addr_loopback(variant->family, PORT + 1);
	self->icmp = variant->family == AF_INET ? IPPROTO_ICMP :
						  IPPROTO_ICMPV6;
}

FIXTURE_TEARDOWN(kind)
{
}

/* What a socket() returned, any descriptor being 0. */
static int fd_or_errno(int fd)
{
	return fd < 0 ? fd : 0;
}

/* ---- ICMP datagrams ------------------------------------------------------ */

struct echo {
	uint8_t type;
	uint8_t code;
	uint16_t checksum;
	uint16_t id;
	uint16_t sequence;
	char data[8];
};

TEST_F(kind, an_icmp_socket_pings)
{
	bool ipv4 = variant->family == AF_INET;
	struct addr to = addr_loopback(variant->family, 0), from = addr_room();
	struct echo request = {
		.type = ipv4 ? ECHO_REQUEST_4 : ECHO_REQUEST_6,
		.sequence = htons(7), .data = "hello",
	}, reply = {};
	int fd, flags = 0;

	ASSERT_EQ(0, ping_range_write("0 0"));
	fd = self->face->socket(variant->family, SOCK_DGRAM, self->icmp);
	ASSERT_LE(0, fd);
	ASSERT_EQ(sizeof(request),
		  self->face->sendto(fd, &request, sizeof(request), 0, &to.sa,
				     to.len));
	ASSERT_EQ(sizeof(reply),
		  self->face->recvfrom(fd, &reply, sizeof(reply), &flags,
				       &from.sa, &from.len));
	EXPECT_EQ(ipv4 ? ECHO_REPLY_4 : ECHO_REPLY_6, reply.type);
	EXPECT_EQ(request.sequence, reply.sequence);
	EXPECT_STREQ("hello", reply.data);
	EXPECT_EQ(to.len, from.len);
	EXPECT_EQ(0, memcmp(&to.storage, &from.storage, from.len));
}

TEST_F(kind, an_icmp_socket_is_polled_written_and_read)
{
	struct addr to = addr_loopback(variant->family, 0);
	struct echo request = {
		.type = variant->family == AF_INET ? ECHO_REQUEST_4 :
						     ECHO_REQUEST_6,
	}, reply = {};
	int fd;

	ASSERT_EQ(0, ping_range_write("0 0"));
	fd = self->face->socket(variant->family, SOCK_DGRAM, self->icmp);
	ASSERT_LE(0, fd);
	ASSERT_EQ(0, self->face->connect(fd, &to.sa, to.len));
	EXPECT_EQ(0, wait_events(fd, POLLIN, 0));
	ASSERT_EQ(sizeof(request), write(fd, &request, sizeof(request)));
	EXPECT_EQ(POLLIN, wait_events(fd, POLLIN, WAIT_MS));
	EXPECT_EQ(sizeof(reply), read(fd, &reply, sizeof(reply)));
}

TEST_F(kind, an_icmp_socket_sends_nothing_but_requests)
{
	struct addr to = addr_loopback(variant->family, 0);
	struct echo bad = { .type = 3 };
	int fd;

	ASSERT_EQ(0, ping_range_write("0 0"));
	fd = self->face->socket(variant->family, SOCK_DGRAM, self->icmp);
	ASSERT_LE(0, fd);
	EXPECT_EQ(-EINVAL, self->face->sendto(fd, &bad, sizeof(bad), 0, &to.sa,
					      to.len));
	EXPECT_EQ(-EINVAL, self->face->sendto(fd, &bad, 4, 0, &to.sa, to.len));
}

TEST_F(kind, an_icmp_socket_is_for_the_groups_of_ping_group_range)
{
	ASSERT_EQ(0, ping_range_write("1 0"));
	EXPECT_EQ(-EACCES, self->face->socket(variant->family, SOCK_DGRAM,
					      self->icmp));
	ASSERT_EQ(0, ping_range_write("100 200"));
	EXPECT_EQ(-EACCES, self->face->socket(variant->family, SOCK_DGRAM,
					      self->icmp));
	ASSERT_EQ(0, ping_range_write("0 100"));
	EXPECT_EQ(0, fd_or_errno(self->face->socket(variant->family, SOCK_DGRAM,
						    self->icmp)));
}

TEST_F(kind, an_icmp_socket_of_the_other_family_fails_with_eprotonosupport)
{
	int other = variant->family == AF_INET ? IPPROTO_ICMPV6 : IPPROTO_ICMP;

	ASSERT_EQ(0, ping_range_write("0 0"));
	EXPECT_EQ(-EPROTONOSUPPORT,
		  self->face->socket(variant->family, SOCK_DGRAM, other));
}

TEST_F(kind, listen_and_accept_on_an_icmp_socket_fail_with_eopnotsupp)
{
	int fd;

	ASSERT_EQ(0, ping_range_write("0 0"));
	fd = self->face->socket(variant->family, SOCK_DGRAM, self->icmp);
	ASSERT_LE(0, fd);
	EXPECT_EQ(-EOPNOTSUPP, self->face->listen(fd, 1));
	EXPECT_EQ(-EOPNOTSUPP, self->face->accept(fd, NULL, NULL, 0));
}

/* ---- Raw sockets --------------------------------------------------------- */

struct udp_packet {
	union {
		struct {
			uint8_t version_ihl;
			uint8_t tos;
			uint16_t length;
			uint16_t id;
			uint16_t fragment;
			uint8_t ttl;
			uint8_t protocol;
			uint16_t checksum;
			uint32_t source;
			uint32_t dest;
		} ip4;
		struct {
			uint32_t version;
			uint16_t length;
			uint8_t next;
			uint8_t hops;
			struct in6_addr source;
			struct in6_addr dest;
		} ip6;
	};
};

struct udp_part {
	uint16_t source;
	uint16_t dest;
	uint16_t length;
	uint16_t checksum;
	char data[4];
};

TEST_F(kind, a_raw_socket_receives_what_comes_for_its_protocol)
{
	/* IPv4 gives its header along, IPv6 does not. */
	size_t header = variant->family == AF_INET ? 20 : 0;
	struct addr from = addr_room();
	struct udp_part *udp;
	struct pair pair;
	char packet[128];
	int fd, flags = 0;

	fd = self->face->socket(variant->family, SOCK_RAW, IPPROTO_UDP);
	ASSERT_LE(0, fd);
	ASSERT_EQ(0, pair_of_dgrams(&pair, &plain_face, variant->family));
	ASSERT_EQ(4, face_send(&plain_face, pair.fd, "abcd", 4, 0));
	ASSERT_EQ(header + sizeof(*udp),
		  self->face->recvfrom(fd, packet, sizeof(packet), &flags,
				       &from.sa, &from.len));
	EXPECT_EQ(self->addr.len, from.len);
	EXPECT_EQ(0, addr_port(&from));
	udp = (void *)(packet + header);
	EXPECT_EQ(htons(PORT), udp->source);
	EXPECT_EQ(htons(PORT + 1), udp->dest);
	EXPECT_EQ(0, memcmp(udp->data, "abcd", 4));

	/* The socket it is for has it all the same. */
	EXPECT_EQ(4, face_recv(&plain_face, pair.peer, packet, sizeof(packet),
			       0));
}

TEST_F(kind, a_raw_socket_sends_what_its_protocol_receives)
{
	struct udp_part udp = {
		.source = htons(PORT), .dest = htons(PORT + 1),
		.length = htons(sizeof(udp)), .data = "abc",
	};
	char data[16] = "";
	struct addr to;
	int fd, receiver;

	receiver = plain_socket(variant->family, SOCK_DGRAM, 0);
	ASSERT_LE(0, receiver);
	ASSERT_EQ(0, plain_bind(receiver, &self->other.sa, self->other.len));
	if (variant->family == AF_INET6)
		ASSERT_EQ(0, opt_int_set(&plain_face, receiver, SOL_UDP,
					 UDP_NO_CHECK6_RX, 1));
	fd = self->face->socket(variant->family, SOCK_RAW, IPPROTO_UDP);
	ASSERT_LE(0, fd);
	to = addr_loopback(variant->family, 0);
	ASSERT_EQ(sizeof(udp), self->face->sendto(fd, &udp, sizeof(udp), 0,
						  &to.sa, to.len));
	EXPECT_EQ(4, face_recv(&plain_face, receiver, data, sizeof(data), 0));
	EXPECT_STREQ("abc", data);
}

/* Fills the header of a packet with @len bytes behind it, returns its size. */
static size_t header_fill(struct udp_packet *packet, int family, size_t len)
{
	memset(packet, 0, sizeof(*packet));
	if (family == AF_INET) {
		packet->ip4.version_ihl = 0x45;
		packet->ip4.length = htons(sizeof(packet->ip4) + len);
		packet->ip4.ttl = 64;
		packet->ip4.protocol = IPPROTO_UDP;
		packet->ip4.source = htonl(0x7f000009);
		packet->ip4.dest = htonl(INADDR_LOOPBACK);
		return sizeof(packet->ip4);
	}
	packet->ip6.version = htonl(6u << 28);
	packet->ip6.length = htons(len);
	packet->ip6.next = IPPROTO_UDP;
	packet->ip6.hops = 64;
	packet->ip6.source = in6addr_loopback;
	packet->ip6.dest = in6addr_loopback;
	return sizeof(packet->ip6);
}

TEST_F(kind, a_raw_socket_sends_a_header_of_the_callers_with_hdrincl)
{
	bool ipv4 = variant->family == AF_INET;
	struct udp_part udp = {
		.source = htons(PORT), .dest = htons(PORT + 1),
		.length = htons(sizeof(udp)), .data = "abc",
	};
	struct addr to = addr_loopback(variant->family, 0), from = addr_room();
	struct udp_packet header;
	char bytes[64];
	size_t len;
	int fd, receiver, flags = 0;

	receiver = plain_socket(variant->family, SOCK_DGRAM, 0);
	ASSERT_LE(0, receiver);
	ASSERT_EQ(0, plain_bind(receiver, &self->other.sa, self->other.len));
	if (!ipv4)
		ASSERT_EQ(0, opt_int_set(&plain_face, receiver, SOL_UDP,
					 UDP_NO_CHECK6_RX, 1));
	fd = self->face->socket(variant->family, SOCK_RAW, IPPROTO_UDP);
	ASSERT_LE(0, fd);
	ASSERT_EQ(0, opt_int_set(self->face, fd, ipv4 ? SOL_IP : SOL_IPV6,
				 ipv4 ? IP_HDRINCL : IPV6_HDRINCL, 1));
	len = header_fill(&header, variant->family, sizeof(udp));
	memcpy(bytes, &header, len);
	memcpy(bytes + len, &udp, sizeof(udp));
	len += sizeof(udp);
	ASSERT_EQ(len, self->face->sendto(fd, bytes, len, 0, &to.sa, to.len));
	EXPECT_EQ(4, plain_recvfrom(receiver, bytes, sizeof(bytes), &flags,
				    &from.sa, &from.len));
	EXPECT_STREQ("abc", bytes);
	if (ipv4)
		EXPECT_EQ(htonl(0x7f000009), from.in.sin_addr.s_addr);
}

TEST_F(kind, a_raw_socket_may_have_any_protocol)
{
	int protocol, fd;

	for (protocol = 1; protocol < 256; protocol++) {
		fd = self->face->socket(variant->family, SOCK_RAW, protocol);
		EXPECT_EQ(0, fd_or_errno(fd)) {
			TH_LOG("protocol %d", protocol);
		}
		if (fd < 0)
			continue;
		EXPECT_EQ(protocol, opt_int_get(self->face, fd, SOL_SOCKET,
						SO_PROTOCOL));
		close(fd);
	}
}

TEST_F(kind, a_raw_socket_without_a_protocol_fails_with_eprotonosupport)
{
	EXPECT_EQ(-EPROTONOSUPPORT,
		  self->face->socket(variant->family, SOCK_RAW, 0));
}

TEST_F(kind, listen_and_accept_on_a_raw_socket_fail_with_eopnotsupp)
{
	int fd;

	fd = self->face->socket(variant->family, SOCK_RAW, IPPROTO_UDP);
	ASSERT_LE(0, fd);
	EXPECT_EQ(-EOPNOTSUPP, self->face->listen(fd, 1));
	EXPECT_EQ(-EOPNOTSUPP, self->face->accept(fd, NULL, NULL, 0));
}

static int raw_without_right(const struct face *face, int family)
{
	if (capability_drop(CAP_NET_RAW))
		return 200;
	return -face->socket(family, SOCK_RAW, IPPROTO_UDP);
}

static int raw_in_userns(const struct face *face, int family, int flags)
{
	if (userns_enter(flags))
		return 200;
	if (flags) {
		ksock_ctx = ksock_open();
		if (ksock_ctx < 0)
			return 201;
	}
	return -fd_or_errno(face->socket(family, SOCK_RAW, IPPROTO_UDP));
}

TEST_F(kind, a_raw_socket_needs_cap_net_raw_where_the_network_belongs)
{
	pid_t child;

	child = fork();
	ASSERT_LE(0, child);
	if (!child)
		_exit(raw_without_right(self->face, variant->family));
	EXPECT_EQ(EPERM, process_join(child));

	/* Root of another user namespace, with the network of the first. */
	child = fork();
	ASSERT_LE(0, child);
	if (!child)
		_exit(raw_in_userns(self->face, variant->family, 0));
	EXPECT_EQ(EPERM, process_join(child));

	/* With a network of its own. */
	child = fork();
	ASSERT_LE(0, child);
	if (!child)
		_exit(raw_in_userns(self->face, variant->family,
				    CLONE_NEWNET));
	EXPECT_EQ(0, process_join(child));
}

/* ---- UDP-Lite ------------------------------------------------------------ */

TEST_F(kind, udplite_receives_what_covers_as_much_as_it_asks_for)
{
	int fd, peer;
	char data[16] = "";

	fd = self->face->socket(variant->family, SOCK_DGRAM, IPPROTO_UDPLITE);
	peer = plain_socket(variant->family, SOCK_DGRAM, IPPROTO_UDPLITE);
	if (peer < 0) {
		/* It left with Linux 7.1. */
		EXPECT_EQ(-EPROTONOSUPPORT, peer);
		EXPECT_EQ(-EPROTONOSUPPORT, fd);
		return;
	}
	ASSERT_LE(0, fd);
	EXPECT_EQ(IPPROTO_UDPLITE, opt_int_get(self->face, fd, SOL_SOCKET,
					       SO_PROTOCOL));
	ASSERT_EQ(0, self->face->bind(fd, &self->addr.sa, self->addr.len));
	ASSERT_EQ(0, plain_bind(peer, &self->other.sa, self->other.len));
	ASSERT_EQ(0, self->face->connect(fd, &self->other.sa,
					 self->other.len));
	ASSERT_EQ(0, plain_connect(peer, &self->addr.sa, self->addr.len));

	/* The header alone is less than the receiver wants. */
	ASSERT_EQ(0, opt_int_set(self->face, fd, SOL_UDPLITE,
				 UDPLITE_RECV_CSCOV, 12));
	ASSERT_EQ(0, opt_int_set(&plain_face, peer, SOL_UDPLITE,
				 UDPLITE_SEND_CSCOV, 8));
	ASSERT_EQ(4, face_send(&plain_face, peer, "lost", 4, 0));
	ASSERT_EQ(0, opt_int_set(&plain_face, peer, SOL_UDPLITE,
				 UDPLITE_SEND_CSCOV, 12));
	ASSERT_EQ(5, face_send(&plain_face, peer, "found", 5, 0));
	EXPECT_EQ(5, face_recv(self->face, fd, data, sizeof(data), 0));
	EXPECT_STREQ("found", data);

	ASSERT_EQ(0, opt_int_set(&plain_face, peer, SOL_UDPLITE,
				 UDPLITE_RECV_CSCOV, 9));
	ASSERT_EQ(0, opt_int_set(self->face, fd, SOL_UDPLITE,
				 UDPLITE_SEND_CSCOV, 8));
	ASSERT_EQ(4, face_send(self->face, fd, "lost", 4, 0));
	ASSERT_EQ(0, opt_int_set(self->face, fd, SOL_UDPLITE,
				 UDPLITE_SEND_CSCOV, 0));
	ASSERT_EQ(6, face_send(self->face, fd, "found!", 6, 0));
	EXPECT_EQ(6, face_recv(&plain_face, peer, data, sizeof(data), 0));
	EXPECT_STREQ("found!", data);
}

TEST_HARNESS_MAIN
