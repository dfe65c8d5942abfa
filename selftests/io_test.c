// SPDX-License-Identifier: GPL-2.0-only
/*
 * Moving data: send and recv with and without addresses, read and write, what
 * is returned when something does not fit, and errors that lose nothing.
 */
#include "fixture.h"

#include <sys/uio.h>

#define BULK		(4 << 20)

/* A pointer that is nobody's, whatever the process has mapped. */
#define POINTER_BEYOND	((void *)(uintptr_t)-4096)

static unsigned char pattern(size_t i)
{
	return i ^ i >> 8 ^ i >> 16;
}

static void pattern_fill(unsigned char *buf, size_t len)
{
	size_t i;

	for (i = 0; i < len; i++)
		buf[i] = pattern(i);
}

/* Returns how many bytes from the start are as pattern_fill() left them. */
static size_t pattern_length(const unsigned char *buf, size_t len)
{
	size_t i;

	for (i = 0; i < len && buf[i] == pattern(i); i++)
		;
	return i;
}

static ssize_t send_all(struct call *call)
{
	size_t done = 0;
	ssize_t ret;

	while (done < call->len) {
		ret = face_send(call->face, call->fd, (char *)call->buf + done,
				call->len - done, 0);
		if (ret <= 0)
			return ret;
		done += ret;
	}
	return done;
}

static ssize_t recv_all(struct call *call)
{
	size_t done = 0;
	ssize_t ret;

	while (done < call->len) {
		ret = face_recv(call->face, call->fd, (char *)call->buf + done,
				call->len - done, 0);
		if (ret <= 0)
			return ret;
		done += ret;
	}
	return done;
}

static ssize_t write_all(struct call *call)
{
	size_t done = 0;
	ssize_t ret;

	while (done < call->len) {
		ret = write(call->fd, (char *)call->buf + done,
			    call->len - done);
		if (ret <= 0)
			return -errno;
		done += ret;
	}
	return done;
}

static ssize_t read_all(struct call *call)
{
	size_t done = 0;
	ssize_t ret;

	while (done < call->len) {
		ret = read(call->fd, (char *)call->buf + done,
			   call->len - done);
		if (ret <= 0)
			return -errno;
		done += ret;
	}
	return done;
}

/* ---- Both ways, by every call -------------------------------------------- */

TEST_F(socket, send_and_recv_move_data)
{
	struct pair pair;
	char buf[16];

	ASSERT_EQ(0, pair_of(&pair, self->face, variant->family,
			     variant->type));
	EXPECT_EQ(5, face_send(self->face, pair.fd, "hello", 5, 0));
	EXPECT_EQ(5, face_recv(&plain_face, pair.peer, buf, sizeof(buf), 0));
	EXPECT_EQ(0, memcmp("hello", buf, 5));
	EXPECT_EQ(6, face_send(&plain_face, pair.peer, "answer", 6, 0));
	EXPECT_EQ(6, face_recv(self->face, pair.fd, buf, sizeof(buf), 0));
	EXPECT_EQ(0, memcmp("answer", buf, 6));
}

TEST_F(socket, read_and_write_move_data)
{
	struct pair pair;
	char buf[16];

	ASSERT_EQ(0, pair_of(&pair, self->face, variant->family,
			     variant->type));
	EXPECT_EQ(5, write(pair.fd, "hello", 5));
	EXPECT_EQ(5, read(pair.peer, buf, sizeof(buf)));
	EXPECT_EQ(0, memcmp("hello", buf, 5));
	EXPECT_EQ(6, write(pair.peer, "answer", 6));
	EXPECT_EQ(6, read(pair.fd, buf, sizeof(buf)));
	EXPECT_EQ(0, memcmp("answer", buf, 6));
}

TEST_F(socket, readv_and_writev_scatter_and_gather)
{
	struct iovec out[] = {
		{ "hel", 3 }, { NULL, 0 }, { "lo", 2 },
	};
	struct pair pair;
	char buf[16], a[2], b[16];
	struct iovec in[] = {
		{ a, sizeof(a) }, { NULL, 0 }, { b, sizeof(b) },
	};

	ASSERT_EQ(0, pair_of(&pair, self->face, variant->family,
			     variant->type));
	EXPECT_EQ(5, writev(pair.fd, out, ARRAY_SIZE(out)));
	EXPECT_EQ(5, read(pair.peer, buf, sizeof(buf)));
	EXPECT_EQ(0, memcmp("hello", buf, 5));
	EXPECT_EQ(6, write(pair.peer, "answer", 6));
	EXPECT_EQ(6, readv(pair.fd, in, ARRAY_SIZE(in)));
	EXPECT_EQ(0, memcmp("an", a, 2));
	EXPECT_EQ(0, memcmp("swer", b, 4));
}

TEST_F(dgram, datagrams_keep_their_bounds_and_order)
{
	struct pair pair;
	char buf[16];

	ASSERT_EQ(0, pair_of_dgrams(&pair, self->face, variant->family));
	ASSERT_EQ(1, face_send(&plain_face, pair.peer, "a", 1, 0));
	ASSERT_EQ(2, face_send(&plain_face, pair.peer, "bb", 2, 0));
	ASSERT_EQ(3, face_send(&plain_face, pair.peer, "ccc", 3, 0));
	EXPECT_EQ(1, face_recv(self->face, pair.fd, buf, sizeof(buf), 0));
	EXPECT_EQ('a', buf[0]);
	EXPECT_EQ(2, read(pair.fd, buf, sizeof(buf)));
	EXPECT_EQ('b', buf[0]);
	EXPECT_EQ(3, face_recv(self->face, pair.fd, buf, sizeof(buf), 0));
	EXPECT_EQ('c', buf[0]);
}

TEST_F(stream, send_and_recv_carry_megabytes_both_ways_at_once)
{
	unsigned char *out = malloc(BULK), *in = calloc(2, BULK);
	struct call calls[] = {
		{ .run = send_all, .face = self->face, .buf = out },
		{ .run = recv_all, .face = self->face, .buf = in },
		{ .run = send_all, .face = &plain_face, .buf = out },
		{ .run = recv_all, .face = &plain_face, .buf = in + BULK },
	};
	struct pair pair;
	size_t i;

	ASSERT_TRUE(out && in);
	pattern_fill(out, BULK);
	ASSERT_EQ(0, pair_of_streams(&pair, self->face, variant->family));
	for (i = 0; i < ARRAY_SIZE(calls); i++) {
		calls[i].fd = i < 2 ? pair.fd : pair.peer;
		calls[i].len = BULK;
		ASSERT_EQ(0, call_start(&calls[i]));
	}
	for (i = 0; i < ARRAY_SIZE(calls); i++)
		EXPECT_EQ(BULK, call_end(&calls[i]));
	EXPECT_EQ(BULK, pattern_length(in, BULK));
	EXPECT_EQ(BULK, pattern_length(in + BULK, BULK));
}

TEST_F(stream, read_and_write_carry_megabytes_both_ways_at_once)
{
	unsigned char *out = malloc(BULK), *in = calloc(2, BULK);
	struct call calls[] = {
		{ .run = write_all, .buf = out },
		{ .run = read_all, .buf = in },
		{ .run = write_all, .buf = out },
		{ .run = read_all, .buf = in + BULK },
	};
	struct pair pair;
	size_t i;

	ASSERT_TRUE(out && in);
	pattern_fill(out, BULK);
	ASSERT_EQ(0, pair_of_streams(&pair, self->face, variant->family));
	for (i = 0; i < ARRAY_SIZE(calls); i++) {
		calls[i].fd = i < 2 ? pair.fd : pair.peer;
		calls[i].len = BULK;
		ASSERT_EQ(0, call_start(&calls[i]));
	}
	for (i = 0; i < ARRAY_SIZE(calls); i++)
		EXPECT_EQ(BULK, call_end(&calls[i]));
	EXPECT_EQ(BULK, pattern_length(in, BULK));
	EXPECT_EQ(BULK, pattern_length(in + BULK, BULK));
}

/* ---- Addresses ----------------------------------------------------------- */

TEST_F(dgram, sendto_reaches_who_is_named_and_makes_no_association)
{
	struct addr own = addr_room(), from = addr_room(), none = addr_room();
	int fd, peer, flags = 0;
	char buf[16];

	peer = plain_socket(variant->family, SOCK_DGRAM, 0);
	ASSERT_LE(0, peer);
	ASSERT_EQ(0, plain_bind(peer, &self->addr.sa, self->addr.len));
	fd = self->face->socket(variant->family, SOCK_DGRAM, 0);
	ASSERT_LE(0, fd);
	EXPECT_EQ(5, self->face->sendto(fd, "hello", 5, 0, &self->addr.sa,
					self->addr.len));
	EXPECT_EQ(5, plain_recvfrom(peer, buf, sizeof(buf), &flags, &from.sa,
				    &from.len));
	ASSERT_EQ(0, self->face->getsockname(fd, &own.sa, &own.len));
	EXPECT_EQ(addr_port(&own), addr_port(&from));
	EXPECT_EQ(-ENOTCONN,
		  self->face->getpeername(fd, &none.sa, &none.len));
}

TEST_F(dgram, sendto_overrides_the_peer_of_a_connected_socket)
{
	struct addr other = addr_loopback(variant->family, PORT + 2);
	struct pair pair;
	char byte = 0;
	int fd;

	ASSERT_EQ(0, pair_of_dgrams(&pair, self->face, variant->family));
	fd = plain_socket(variant->family, SOCK_DGRAM, 0);
	ASSERT_LE(0, fd);
	ASSERT_EQ(0, plain_bind(fd, &other.sa, other.len));
	EXPECT_EQ(1, self->face->sendto(pair.fd, "o", 1, 0, &other.sa,
					other.len));
	EXPECT_EQ(1, face_send(self->face, pair.fd, "p", 1, 0));
	EXPECT_EQ(1, face_recv(&plain_face, fd, &byte, 1, 0));
	EXPECT_EQ('o', byte);
	EXPECT_EQ(1, face_recv(&plain_face, pair.peer, &byte, 1, 0));
	EXPECT_EQ('p', byte);
}

TEST_F(dgram, sendto_checks_the_length_of_an_address)
{
	socklen_t minimal = variant->family == AF_INET ?
			    sizeof(struct sockaddr_in) :
			    offsetof(struct sockaddr_in6, sin6_scope_id);
	const socklen_t bad[] = {
		0, 1, minimal - 1, sizeof(self->addr.storage) + 1, 4096,
		INT32_MAX, INT32_MIN, UINT32_MAX,
	};
	const socklen_t good[] = {
		minimal, self->addr.len, self->addr.len + 1,
		sizeof(self->addr.storage),
	};
	size_t i;
	int fd;

	/* To itself, so that nobody refuses it. */
	fd = self->face->socket(variant->family, SOCK_DGRAM, 0);
	ASSERT_LE(0, fd);
	ASSERT_EQ(0, self->face->bind(fd, &self->addr.sa, self->addr.len));
	for (i = 0; i < ARRAY_SIZE(bad); i++) {
		EXPECT_EQ(-EINVAL, self->face->sendto(fd, "x", 1, 0,
						      &self->addr.sa, bad[i])) {
			TH_LOG("length %u", bad[i]);
		}
	}
	for (i = 0; i < ARRAY_SIZE(good); i++) {
		EXPECT_EQ(1, self->face->sendto(fd, "x", 1, 0, &self->addr.sa,
						good[i])) {
			TH_LOG("length %u", good[i]);
		}
	}
}

TEST_F(stream, sendto_checks_the_length_of_an_address_and_ignores_it)
{
	const socklen_t shorter[] = { 0, 1 };
	const socklen_t bad[] = {
		sizeof(self->addr.storage) + 1, 4096, INT32_MAX, INT32_MIN,
		UINT32_MAX,
	};
	const socklen_t good[] = {
		sizeof(sa_family_t), sizeof(struct sockaddr_in) - 1,
		self->addr.len, self->addr.len + 1, sizeof(self->addr.storage),
	};
	struct pair pair;
	size_t i;

	ASSERT_EQ(0, pair_of_streams(&pair, self->face, variant->family));
	for (i = 0; i < ARRAY_SIZE(shorter); i++) {
		EXPECT_EQ(DIFFERS(SENDTO_STREAM_SHORT_ADDR),
			  self->face->sendto(pair.fd, "x", 1, 0, &self->addr.sa,
					     shorter[i])) {
			TH_LOG("length %u", shorter[i]);
		}
	}
	for (i = 0; i < ARRAY_SIZE(bad); i++) {
		EXPECT_EQ(-EINVAL, self->face->sendto(pair.fd, "x", 1, 0,
						      &self->addr.sa, bad[i])) {
			TH_LOG("length %u", bad[i]);
		}
	}
	for (i = 0; i < ARRAY_SIZE(good); i++) {
		EXPECT_EQ(1, self->face->sendto(pair.fd, "x", 1, 0,
						&self->addr.sa, good[i])) {
			TH_LOG("length %u", good[i]);
		}
	}
}

TEST_F(dgram, sendto_another_family)
{
	struct addr addr = self->addr;
	int fd;

	addr.sa.sa_family = AF_APPLETALK;
	fd = self->face->socket(variant->family, SOCK_DGRAM, 0);
	ASSERT_LE(0, fd);
	EXPECT_EQ(variant->family == AF_INET ? -EAFNOSUPPORT : -EINVAL,
		  self->face->sendto(fd, "x", 1, 0, &addr.sa, addr.len));
}

TEST_F(dgram, sendto_port_0_fails_with_einval)
{
	struct addr addr = addr_loopback(variant->family, 0);
	int fd;

	fd = self->face->socket(variant->family, SOCK_DGRAM, 0);
	ASSERT_LE(0, fd);
	EXPECT_EQ(-EINVAL,
		  self->face->sendto(fd, "x", 1, 0, &addr.sa, addr.len));
}

TEST_F(socket, sendto_with_a_length_but_no_address)
{
	struct pair pair;

	ASSERT_EQ(0, pair_of(&pair, self->face, variant->family,
			     variant->type));
	EXPECT_EQ(DIFFERS(SENDTO_LENGTH_WITHOUT_ADDR),
		  self->face->sendto(pair.fd, "x", 1, 0, NULL, 16));
}

TEST_F(socket, recvfrom_with_room_but_no_address)
{
	socklen_t room = 16;
	struct pair pair;
	int flags = 0;
	char byte;

	ASSERT_EQ(0, pair_of(&pair, self->face, variant->family,
			     variant->type));
	ASSERT_EQ(1, face_send(&plain_face, pair.peer, "x", 1, 0));
	EXPECT_EQ(DIFFERS(RECVFROM_ROOM_WITHOUT_ADDR),
		  self->face->recvfrom(pair.fd, &byte, 1, &flags, NULL, &room));
}

TEST_F(socket, recvfrom_with_negative_room)
{
	struct addr from = addr_room();
	struct pair pair;
	int flags = 0;
	char byte;

	ASSERT_EQ(0, pair_of(&pair, self->face, variant->family,
			     variant->type));
	ASSERT_EQ(1, face_send(&plain_face, pair.peer, "x", 1, 0));
	from.len = INT32_MIN;
	EXPECT_EQ(DIFFERS(RECVFROM_NEGATIVE_ROOM),
		  self->face->recvfrom(pair.fd, &byte, 1, &flags, &from.sa,
				       &from.len));
}

TEST_F(socket, recvfrom_tells_the_sender_of_a_datagram)
{
	struct addr from = addr_room(), name = addr_room();
	struct pair pair;
	int flags = 0;
	char byte;

	ASSERT_EQ(0, pair_of(&pair, self->face, variant->family,
			     variant->type));
	ASSERT_EQ(1, face_send(&plain_face, pair.peer, "x", 1, 0));
	EXPECT_EQ(1, self->face->recvfrom(pair.fd, &byte, 1, &flags, &from.sa,
					  &from.len));
	if (variant->type == SOCK_STREAM) {
		EXPECT_EQ(0, from.len);
		return;
	}
	ASSERT_EQ(0, plain_getsockname(pair.peer, &name.sa, &name.len));
	EXPECT_EQ(0, memcmp(&name, &from, sizeof(name)));
}

TEST_F(dgram, recvfrom_stores_no_more_of_an_address_than_fits)
{
	const socklen_t rooms[] = {
		0, 1, 2, self->addr.len - 1, self->addr.len,
		self->addr.len + 1, sizeof(self->addr.storage), 4096,
	};
	struct addr name = addr_room(), from;
	unsigned char *stored = (unsigned char *)&from.storage;
	struct pair pair;
	size_t i, j;
	int flags;
	char byte;

	ASSERT_EQ(0, pair_of_dgrams(&pair, self->face, variant->family));
	ASSERT_EQ(0, plain_getsockname(pair.peer, &name.sa, &name.len));
	for (i = 0; i < ARRAY_SIZE(rooms); i++) {
		socklen_t fits = rooms[i] < name.len ? rooms[i] : name.len;

		ASSERT_EQ(1, face_send(&plain_face, pair.peer, "x", 1, 0));
		memset(&from, 0xa5, sizeof(from));
		from.len = rooms[i];
		flags = 0;
		EXPECT_EQ(1, self->face->recvfrom(pair.fd, &byte, 1, &flags,
						  &from.sa, &from.len));
		EXPECT_EQ(name.len, from.len);
		EXPECT_EQ(0, memcmp(stored, &name.storage, fits));
		for (j = fits; j < sizeof(from.storage); j++) {
			EXPECT_EQ(0xa5, stored[j]) {
				TH_LOG("room %u byte %zu", rooms[i], j);
				break;
			}
		}
	}
}

/* ---- What does not fit --------------------------------------------------- */

TEST_F(dgram, recv_cuts_a_datagram_and_says_so)
{
	struct pair pair;
	char buf[] = "-----";
	int flags = 0;

	ASSERT_EQ(0, pair_of_dgrams(&pair, self->face, variant->family));
	ASSERT_EQ(5, face_send(&plain_face, pair.peer, "hello", 5, 0));
	ASSERT_EQ(1, face_send(&plain_face, pair.peer, "x", 1, 0));
	EXPECT_EQ(3, self->face->recvfrom(pair.fd, buf, 3, &flags, NULL, NULL));
	EXPECT_EQ(MSG_TRUNC, flags);
	EXPECT_STREQ("hel--", buf);

	/* What was cut off is lost. */
	flags = 0;
	EXPECT_EQ(1, self->face->recvfrom(pair.fd, buf, 3, &flags, NULL, NULL));
	EXPECT_EQ(0, flags);
	EXPECT_EQ('x', buf[0]);
}

TEST_F(dgram, recv_with_msg_trunc_returns_the_true_length)
{
	struct pair pair;
	char buf[] = "-----";
	int flags = MSG_TRUNC;

	ASSERT_EQ(0, pair_of_dgrams(&pair, self->face, variant->family));
	ASSERT_EQ(5, face_send(&plain_face, pair.peer, "hello", 5, 0));
	EXPECT_EQ(5, self->face->recvfrom(pair.fd, buf, 3, &flags, NULL, NULL));
	EXPECT_EQ(MSG_TRUNC, flags);
	EXPECT_STREQ("hel--", buf);
}

TEST_F(dgram, recv_peeks_at_the_length_of_the_next_datagram)
{
	int flags = MSG_PEEK | MSG_TRUNC;
	struct pair pair;
	char buf[16];

	ASSERT_EQ(0, pair_of_dgrams(&pair, self->face, variant->family));
	ASSERT_EQ(5, face_send(&plain_face, pair.peer, "hello", 5, 0));
	EXPECT_EQ(5, self->face->recvfrom(pair.fd, NULL, 0, &flags, NULL,
					  NULL));
	EXPECT_EQ(MSG_TRUNC, flags);
	EXPECT_EQ(5, face_recv(self->face, pair.fd, buf, sizeof(buf), 0));
}

TEST_F(stream, recv_with_msg_trunc_discards)
{
	struct pair pair;
	char buf[] = "-----";

	ASSERT_EQ(0, pair_of_streams(&pair, self->face, variant->family));
	ASSERT_EQ(5, face_send(&plain_face, pair.peer, "hello", 5, 0));
	EXPECT_EQ(3, face_recv(self->face, pair.fd, buf, 3, MSG_TRUNC));
	EXPECT_STREQ("-----", buf);
	EXPECT_EQ(2, face_recv(self->face, pair.fd, buf, 5, 0));
	EXPECT_STREQ("lo---", buf);
}

TEST_F(socket, recv_peeks_without_taking)
{
	struct pair pair;
	char buf[16];
	int i;

	ASSERT_EQ(0, pair_of(&pair, self->face, variant->family,
			     variant->type));
	ASSERT_EQ(5, face_send(&plain_face, pair.peer, "hello", 5, 0));
	for (i = 0; i < 3; i++) {
		memset(buf, 0, sizeof(buf));
		EXPECT_EQ(5, face_recv(self->face, pair.fd, buf, sizeof(buf),
				       i < 2 ? MSG_PEEK : 0));
		EXPECT_STREQ("hello", buf);
	}
	EXPECT_EQ(-EAGAIN, face_recv(self->face, pair.fd, buf, sizeof(buf),
				     MSG_DONTWAIT));
}

TEST_F(stream, recv_with_msg_waitall_waits_for_all)
{
	char buf[10];
	struct call call = {
		.run = call_recv, .face = self->face, .buf = buf,
		.len = sizeof(buf), .flags = MSG_WAITALL,
	};
	struct pair pair;

	ASSERT_EQ(0, pair_of_streams(&pair, self->face, variant->family));
	call.fd = pair.fd;
	ASSERT_EQ(4, face_send(&plain_face, pair.peer, "0123", 4, 0));
	ASSERT_EQ(POLLIN, wait_events(pair.fd, POLLIN, WAIT_MS));
	ASSERT_EQ(0, call_start(&call));
	ASSERT_TRUE(call_sleeps(&call));
	ASSERT_EQ(4, face_send(&plain_face, pair.peer, "4567", 4, 0));
	ASSERT_TRUE(call_sleeps(&call));
	ASSERT_EQ(2, face_send(&plain_face, pair.peer, "89", 2, 0));
	EXPECT_EQ(10, call_end(&call));
	EXPECT_EQ(0, memcmp("0123456789", buf, 10));
}

TEST_F(stream, recv_with_msg_waitall_ends_with_the_stream)
{
	struct pair pair;
	char buf[10];

	ASSERT_EQ(0, pair_of_streams(&pair, self->face, variant->family));
	ASSERT_EQ(4, face_send(&plain_face, pair.peer, "0123", 4, 0));
	ASSERT_EQ(0, close(pair.peer));
	EXPECT_EQ(4, face_recv(self->face, pair.fd, buf, sizeof(buf),
			       MSG_WAITALL));
	EXPECT_EQ(0, face_recv(self->face, pair.fd, buf, sizeof(buf),
			       MSG_WAITALL));
}

TEST_F(stream, recv_with_msg_waitall_does_not_wait_when_nonblocking)
{
	struct pair pair;
	char buf[10];

	ASSERT_EQ(0, pair_of_streams(&pair, self->face, variant->family));
	ASSERT_EQ(0, fcntl(pair.fd, F_SETFL, O_NONBLOCK));
	ASSERT_EQ(4, face_send(&plain_face, pair.peer, "0123", 4, 0));
	ASSERT_EQ(POLLIN, wait_events(pair.fd, POLLIN, WAIT_MS));
	EXPECT_EQ(4, face_recv(self->face, pair.fd, buf, sizeof(buf),
			       MSG_WAITALL));
}

TEST_F(dgram, send_takes_the_largest_datagram_and_no_larger)
{
	/* What a length of 16 bits leaves beside the headers. */
	size_t max = variant->family == AF_INET ? 65535 - 20 - 8 : 65535 - 8;
	static unsigned char out[65536], in[65536];
	struct pair pair;

	pattern_fill(out, sizeof(out));
	ASSERT_EQ(0, pair_of_dgrams(&pair, self->face, variant->family));
	EXPECT_EQ(-EMSGSIZE, face_send(self->face, pair.fd, out, max + 1, 0));
	EXPECT_EQ(-EMSGSIZE,
		  face_send(self->face, pair.fd, out, sizeof(out), 0));
	EXPECT_EQ(max, face_send(self->face, pair.fd, out, max, 0));
	EXPECT_EQ(max, face_recv(&plain_face, pair.peer, in, sizeof(in), 0));
	EXPECT_EQ(max, pattern_length(in, max));
}

TEST_F(dgram, send_of_a_length_of_everything_fails_with_emsgsize)
{
	static char buf[16];
	struct pair pair;

	ASSERT_EQ(0, pair_of_dgrams(&pair, self->face, variant->family));
	EXPECT_EQ(-EMSGSIZE,
		  face_send(self->face, pair.fd, buf, SIZE_MAX, 0));
	EXPECT_EQ(-EMSGSIZE,
		  face_send(self->face, pair.fd, buf, UINT32_MAX, 0));
}

TEST_F(socket, recv_with_room_for_everything_takes_what_there_is)
{
	static char buf[16];
	struct pair pair;

	ASSERT_EQ(0, pair_of(&pair, self->face, variant->family,
			     variant->type));
	ASSERT_EQ(5, face_send(&plain_face, pair.peer, "hello", 5, 0));
	EXPECT_EQ(5, face_recv(self->face, pair.fd, buf, 1UL << 31, 0));
	EXPECT_EQ(0, memcmp("hello", buf, 5));
	ASSERT_EQ(5, face_send(&plain_face, pair.peer, "again", 5, 0));
	EXPECT_EQ(5, face_recv(self->face, pair.fd, buf, UINT32_MAX, 0));
	EXPECT_EQ(0, memcmp("again", buf, 5));
}

/* ---- Nothing ------------------------------------------------------------- */

TEST_F(dgram, send_of_nothing_is_a_datagram)
{
	struct pair pair;
	char byte;

	ASSERT_EQ(0, pair_of_dgrams(&pair, self->face, variant->family));
	EXPECT_EQ(0, face_send(self->face, pair.fd, NULL, 0, 0));
	EXPECT_EQ(POLLIN, wait_events(pair.peer, POLLIN, WAIT_MS));
	EXPECT_EQ(0, face_recv(&plain_face, pair.peer, &byte, 1, 0));
	EXPECT_EQ(0, write(pair.fd, &byte, 0));
	EXPECT_EQ(POLLIN, wait_events(pair.peer, POLLIN, WAIT_MS));
	EXPECT_EQ(0, face_recv(&plain_face, pair.peer, &byte, 1, 0));
}

TEST_F(dgram, recv_of_an_empty_datagram_returns_0_and_takes_it)
{
	struct pair pair;
	char byte;

	ASSERT_EQ(0, pair_of_dgrams(&pair, self->face, variant->family));
	ASSERT_EQ(0, face_send(&plain_face, pair.peer, NULL, 0, 0));
	ASSERT_EQ(0, face_send(&plain_face, pair.peer, NULL, 0, 0));
	EXPECT_EQ(0, face_recv(self->face, pair.fd, &byte, 1, 0));
	EXPECT_EQ(0, read(pair.fd, &byte, 1));
	EXPECT_EQ(-EAGAIN,
		  face_recv(self->face, pair.fd, &byte, 1, MSG_DONTWAIT));
}

TEST_F(stream, send_of_nothing_does_nothing)
{
	struct pair pair;
	char byte;

	ASSERT_EQ(0, pair_of_streams(&pair, self->face, variant->family));
	EXPECT_EQ(0, face_send(self->face, pair.fd, NULL, 0, 0));
	EXPECT_EQ(0, write(pair.fd, &byte, 0));
	EXPECT_EQ(1, face_send(self->face, pair.fd, "x", 1, 0));
	EXPECT_EQ(1, face_recv(&plain_face, pair.peer, &byte, 1, 0));
	EXPECT_EQ('x', byte);
}

TEST_F(socket, read_of_nothing_takes_nothing)
{
	struct pair pair;
	char byte = 0;

	ASSERT_EQ(0, pair_of(&pair, self->face, variant->family,
			     variant->type));
	EXPECT_EQ(0, read(pair.fd, &byte, 0));
	ASSERT_EQ(1, face_send(&plain_face, pair.peer, "x", 1, 0));
	ASSERT_EQ(POLLIN, wait_events(pair.fd, POLLIN, WAIT_MS));
	EXPECT_EQ(0, read(pair.fd, &byte, 0));
	EXPECT_EQ(1, read(pair.fd, &byte, 1));
	EXPECT_EQ('x', byte);
}

TEST_F(stream, recv_of_nothing_takes_nothing)
{
	struct pair pair;
	char byte = 0;

	ASSERT_EQ(0, pair_of_streams(&pair, self->face, variant->family));
	ASSERT_EQ(1, face_send(&plain_face, pair.peer, "x", 1, 0));
	ASSERT_EQ(POLLIN, wait_events(pair.fd, POLLIN, WAIT_MS));
	EXPECT_EQ(0, face_recv(self->face, pair.fd, &byte, 0, 0));
	EXPECT_EQ(1, face_recv(self->face, pair.fd, &byte, 1, 0));
	EXPECT_EQ('x', byte);
}

TEST_F(socket, recv_without_data_fails_with_eagain)
{
	struct pair pair;
	char byte;

	ASSERT_EQ(0, pair_of(&pair, self->face, variant->family,
			     variant->type));
	EXPECT_EQ(-EAGAIN,
		  face_recv(self->face, pair.fd, &byte, 1, MSG_DONTWAIT));
}

/* ---- Errors -------------------------------------------------------------- */

TEST_F(socket, send_of_unreadable_memory_fails_with_efault)
{
	struct pair pair;
	char byte = 0;
	void *missing;

	missing = page_missing();
	ASSERT_NE(NULL, missing);
	ASSERT_EQ(0, pair_of(&pair, self->face, variant->family,
			     variant->type));
	EXPECT_EQ(-EFAULT, face_send(self->face, pair.fd, missing, 5, 0));
	EXPECT_EQ(-EFAULT,
		  face_send(self->face, pair.fd, POINTER_BEYOND, 5, 0));
	EXPECT_EQ(-EFAULT, ret_errno(write(pair.fd, missing, 5)));

	/* Nothing of it was sent. */
	EXPECT_EQ(1, face_send(self->face, pair.fd, "x", 1, 0));
	EXPECT_EQ(1, face_recv(&plain_face, pair.peer, &byte, 1, 0));
	EXPECT_EQ('x', byte);
	EXPECT_EQ(-EAGAIN,
		  face_recv(&plain_face, pair.peer, &byte, 1, MSG_DONTWAIT));
}

TEST_F(socket, recv_into_memory_of_nobody_fails_with_efault_and_takes_nothing)
{
	struct pair pair;
	char buf[16];

	ASSERT_EQ(0, pair_of(&pair, self->face, variant->family,
			     variant->type));
	ASSERT_EQ(5, face_send(&plain_face, pair.peer, "hello", 5, 0));
	ASSERT_EQ(POLLIN, wait_events(pair.fd, POLLIN, WAIT_MS));
	EXPECT_EQ(-EFAULT,
		  face_recv(self->face, pair.fd, POINTER_BEYOND, 5, 0));
	EXPECT_EQ(-EFAULT, ret_errno(read(pair.fd, POINTER_BEYOND, 5)));
	EXPECT_EQ(5, face_recv(self->face, pair.fd, buf, sizeof(buf), 0));
	EXPECT_EQ(0, memcmp("hello", buf, 5));
}

TEST_F(stream, recv_into_missing_memory_fails_with_efault_and_takes_nothing)
{
	struct pair pair;
	void *missing;
	char buf[16];

	missing = page_missing();
	ASSERT_NE(NULL, missing);
	ASSERT_EQ(0, pair_of_streams(&pair, self->face, variant->family));
	ASSERT_EQ(5, face_send(&plain_face, pair.peer, "hello", 5, 0));
	EXPECT_EQ(-EFAULT, face_recv(self->face, pair.fd, missing, 5, 0));
	EXPECT_EQ(-EFAULT, ret_errno(read(pair.fd, missing, 5)));
	EXPECT_EQ(5, face_recv(self->face, pair.fd, buf, sizeof(buf), 0));
	EXPECT_EQ(0, memcmp("hello", buf, 5));
}

TEST_F(dgram, recv_into_missing_memory_fails_with_efault_and_loses_the_datagram)
{
	struct pair pair;
	void *missing;
	char buf[16];

	missing = page_missing();
	ASSERT_NE(NULL, missing);
	ASSERT_EQ(0, pair_of_dgrams(&pair, self->face, variant->family));
	ASSERT_EQ(5, face_send(&plain_face, pair.peer, "hello", 5, 0));
	ASSERT_EQ(1, face_send(&plain_face, pair.peer, "x", 1, 0));
	EXPECT_EQ(-EFAULT, face_recv(self->face, pair.fd, missing, 5, 0));
	EXPECT_EQ(1, face_recv(self->face, pair.fd, buf, sizeof(buf), 0));
	EXPECT_EQ('x', buf[0]);
}

TEST_F(dgram, recvfrom_that_cannot_store_the_address_fails_with_efault)
{
	socklen_t room = sizeof(self->addr.storage);
	struct pair pair;
	int flags = 0;
	void *missing;
	char byte;

	missing = page_missing();
	ASSERT_NE(NULL, missing);
	ASSERT_EQ(0, pair_of_dgrams(&pair, self->face, variant->family));
	ASSERT_EQ(1, face_send(&plain_face, pair.peer, "x", 1, 0));
	EXPECT_EQ(-EFAULT, self->face->recvfrom(pair.fd, &byte, 1, &flags,
						missing, &room));
}

TEST_F(socket, sendto_an_unreadable_address_fails_with_efault)
{
	struct pair pair;
	void *missing;

	missing = page_missing();
	ASSERT_NE(NULL, missing);
	ASSERT_EQ(0, pair_of(&pair, self->face, variant->family,
			     variant->type));
	EXPECT_EQ(-EFAULT, self->face->sendto(pair.fd, "x", 1, 0, missing,
					      self->addr.len));
	EXPECT_EQ(-EFAULT, self->face->sendto(pair.fd, "x", 1, 0,
					      POINTER_BEYOND, self->addr.len));
}

TEST_F(socket, recv_on_an_unconnected_socket)
{
	char byte;
	int fd;

	fd = self->face->socket(variant->family, variant->type | SOCK_NONBLOCK,
				0);
	ASSERT_LE(0, fd);
	EXPECT_EQ(variant->type == SOCK_STREAM ? -ENOTCONN : -EAGAIN,
		  face_recv(self->face, fd, &byte, 1, 0));
	EXPECT_EQ(variant->type == SOCK_STREAM ? -ENOTCONN : -EAGAIN,
		  ret_errno(read(fd, &byte, 1)));
}

TEST_F(dgram, send_on_an_unconnected_socket_fails_with_edestaddrreq)
{
	int fd;

	fd = self->face->socket(variant->family, SOCK_DGRAM, 0);
	ASSERT_LE(0, fd);
	EXPECT_EQ(-EDESTADDRREQ, face_send(self->face, fd, "x", 1, 0));
	EXPECT_EQ(-EDESTADDRREQ, ret_errno(write(fd, "x", 1)));
}

TEST_F(stream, send_on_an_unconnected_socket_fails_with_epipe_and_sigpipe)
{
	int fd;

	ASSERT_EQ(0, signal_handle(SIGPIPE, 0));
	fd = self->face->socket(variant->family, SOCK_STREAM, 0);
	ASSERT_LE(0, fd);
	EXPECT_EQ(-EPIPE, face_send(self->face, fd, "x", 1, 0));
	EXPECT_EQ(1, signals);
	EXPECT_EQ(-EPIPE, ret_errno(write(fd, "x", 1)));
	EXPECT_EQ(2, signals);
}

TEST_F(stream, send_with_msg_nosignal_fails_with_epipe_alone)
{
	int fd;

	ASSERT_EQ(0, signal_handle(SIGPIPE, 0));
	fd = self->face->socket(variant->family, SOCK_STREAM, 0);
	ASSERT_LE(0, fd);
	EXPECT_EQ(-EPIPE, face_send(self->face, fd, "x", 1, MSG_NOSIGNAL));
	EXPECT_EQ(0, signals);
}

TEST_F(stream, send_and_recv_after_a_reset)
{
	static const struct linger reset = { .l_onoff = 1 };
	struct pair pair;
	char byte;

	ASSERT_EQ(0, signal_handle(SIGPIPE, 0));
	ASSERT_EQ(0, pair_of_streams(&pair, self->face, variant->family));
	ASSERT_EQ(0, setsockopt(pair.peer, SOL_SOCKET, SO_LINGER, &reset,
				sizeof(reset)));
	ASSERT_EQ(0, close(pair.peer));
	EXPECT_EQ(-ECONNRESET, face_recv(self->face, pair.fd, &byte, 1, 0));
	EXPECT_EQ(0, face_recv(self->face, pair.fd, &byte, 1, 0));
	EXPECT_EQ(0, signals);
	EXPECT_EQ(-EPIPE, face_send(self->face, pair.fd, "x", 1, 0));
	EXPECT_EQ(1, signals);
}

TEST_F(socket, the_descriptor_has_no_position)
{
	struct pair pair;
	char byte;

	ASSERT_EQ(0, pair_of(&pair, self->face, variant->family,
			     variant->type));
	EXPECT_EQ(-ESPIPE, ret_errno(pread(pair.fd, &byte, 1, 0)));
	EXPECT_EQ(-ESPIPE, ret_errno(pwrite(pair.fd, "x", 1, 0)));
	EXPECT_EQ(-ESPIPE, ret_errno(lseek(pair.fd, 0, SEEK_CUR)));
	EXPECT_EQ(-ESPIPE, ret_errno(lseek(pair.fd, 0, SEEK_SET)));
}

TEST_F(stream, splice_from_the_descriptor)
{
	struct pair pair;
	int ends[2];

	ASSERT_EQ(0, pipe(ends));
	ASSERT_EQ(0, pair_of_streams(&pair, self->face, variant->family));
	ASSERT_EQ(1, face_send(&plain_face, pair.peer, "x", 1, 0));
	EXPECT_EQ(DIFFERS(SPLICE_FROM),
		  ret_errno(splice(pair.fd, NULL, ends[1], NULL, 1, 0)));
}

TEST_F(stream, splice_to_the_descriptor)
{
	struct pair pair;
	int ends[2];

	ASSERT_EQ(0, pipe(ends));
	ASSERT_EQ(0, pair_of_streams(&pair, self->face, variant->family));
	ASSERT_EQ(1, write(ends[1], "x", 1));
	EXPECT_EQ(DIFFERS(SPLICE_TO),
		  ret_errno(splice(ends[0], NULL, pair.fd, NULL, 1, 0)));
}

/* Whether an ordinary socket knows RWF_NOWAIT depends on the kernel. */
TEST(read_with_rwf_nowait_does_not_wait)
{
	struct pair pair;
	char byte = 0;
	struct iovec iov = { &byte, 1 };

	SETUP_KSOCK();
	ASSERT_EQ(0, pair_of_streams(&pair, &ksock_face, AF_INET));
	EXPECT_EQ(-EAGAIN,
		  ret_errno(preadv2(pair.fd, &iov, 1, -1, RWF_NOWAIT)));
	ASSERT_EQ(1, face_send(&plain_face, pair.peer, "x", 1, 0));
	ASSERT_EQ(POLLIN, wait_events(pair.fd, POLLIN, WAIT_MS));
	EXPECT_EQ(1, preadv2(pair.fd, &iov, 1, -1, RWF_NOWAIT));
	EXPECT_EQ('x', byte);
}

TEST_HARNESS_MAIN
