// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the entries of a run do: data and addresses in and out, over sockets of
 * several kinds, each with the result that the command would have had, and each
 * on its own when another one fails.  Nothing here waits.
 */
#include "batch.h"
#include "pattern.h"

#define BIG	(64 << 10)

FIXTURE(io) {
	int batch;
	/* In slots 0 to 3. */
	struct batch_pair pairs[4];
};

static const struct {
	int family;
	int type;
} kinds[] = {
	{ AF_INET, SOCK_STREAM },
	{ AF_INET6, SOCK_STREAM },
	{ AF_INET, SOCK_DGRAM },
	{ AF_INET6, SOCK_DGRAM },
};

enum {
	STREAM,
	STREAM6,
	DGRAM,
	DGRAM6,
	/* One that the batch has, with nothing in it. */
	EMPTY,
	SLOTS,
};

/* The sockets are of two contexts. */
FIXTURE_SETUP(io)
{
	size_t i;

	SETUP_KSOCK();
	self->batch = batch_open(SLOTS, 16);
	ASSERT_LE(0, self->batch);
	for (i = 0; i < ARRAY_SIZE(kinds); i++) {
		if (i == 2) {
			ksock_ctx = ksock_open();
			ASSERT_LE(0, ksock_ctx);
		}
		ASSERT_EQ(0, batch_pair(&self->pairs[i], kinds[i].family,
					kinds[i].type));
		ASSERT_EQ(0, batch_slot(self->batch, i, self->pairs[i].fd));
	}
}

FIXTURE_TEARDOWN(io)
{
}

/* ---- Data and addresses -------------------------------------------------- */

TEST_F(io, run_mixes_sends_and_receives_over_all_kinds_of_sockets)
{
	const char *texts[] = { "stream", "stream six", "dgram", "dgram six" };
	const char *answers[] = { "1", "22", "333", "4444" };
	struct ksock_batch_result results[8];
	struct ksock_batch_op ops[8];
	char in[4][16] = {};
	size_t i;

	for (i = 0; i < 4; i++) {
		ASSERT_TRUE(peer_sends(&self->pairs[i], answers[i]));
		ops[2 * i] = batch_send(i, texts[i], strlen(texts[i]), 0);
		ops[2 * i + 1] = batch_recv(i, in[i], sizeof(in[i]), 0);
	}
	ASSERT_EQ(8, batch_run(self->batch, ops, results, 8));
	for (i = 0; i < 4; i++) {
		EXPECT_EQ(strlen(texts[i]), results[2 * i].out_ret);
		EXPECT_EQ(strlen(answers[i]), results[2 * i + 1].out_ret);
		EXPECT_EQ(0, results[2 * i].out_flags);
		EXPECT_EQ(0, results[2 * i + 1].out_flags);
		EXPECT_EQ(0, results[2 * i].__reserved);
		EXPECT_STREQ(answers[i], in[i]);
		EXPECT_TRUE(peer_receives(self->pairs[i].peer, texts[i]));
	}
}

TEST_F(io, entries_run_in_order)
{
	const char *letters = "abcdefghijklmnop";
	struct ksock_batch_result results[16];
	struct ksock_batch_op ops[16];
	char in[16];
	int i;

	for (i = 0; i < 16; i++)
		ops[i] = batch_send(STREAM, letters + i, 1, 0);
	ASSERT_EQ(16, batch_run(self->batch, ops, results, 16));
	EXPECT_TRUE(peer_receives(self->pairs[STREAM].peer, letters));

	ASSERT_TRUE(peer_sends(&self->pairs[STREAM6], letters));
	for (i = 0; i < 16; i++)
		ops[i] = batch_recv(STREAM6, in + i, 1, 0);
	ASSERT_EQ(16, batch_run(self->batch, ops, results, 16));
	EXPECT_EQ(0, memcmp(letters, in, 16));
}

TEST_F(io, entry_receives_what_another_has_sent)
{
	struct addr first = addr_loopback(AF_INET6, PORT);
	struct addr second = addr_loopback(AF_INET6, PORT + 1);
	struct addr from[2] = { addr_room(), addr_room() };
	struct ksock_batch_result results[4];
	struct ksock_batch_op ops[4];
	int fds[2], batch, i;
	char in[2][8] = {};

	batch = batch_open(2, 4);
	ASSERT_LE(0, batch);
	for (i = 0; i < 2; i++) {
		struct addr *own = i ? &second : &first;

		fds[i] = ksock_socket(AF_INET6, SOCK_DGRAM, 0);
		ASSERT_LE(0, fds[i]);
		ASSERT_EQ(0, ksock_bind(fds[i], &own->sa, own->len));
		ASSERT_EQ(0, batch_slot(batch, i, fds[i]));
	}
	ops[0] = batch_send(0, "ping", 4, 0);
	batch_addr(&ops[0], &second);
	ops[1] = batch_recv(1, in[1], sizeof(in[1]), 0);
	batch_addr(&ops[1], &from[1]);
	ops[2] = batch_send(1, "pong!", 5, 0);
	batch_addr(&ops[2], &first);
	ops[3] = batch_recv(0, in[0], sizeof(in[0]), 0);
	batch_addr(&ops[3], &from[0]);
	ASSERT_EQ(4, batch_run(batch, ops, results, 4));
	EXPECT_EQ(4, results[0].out_ret);
	EXPECT_EQ(4, results[1].out_ret);
	EXPECT_EQ(5, results[2].out_ret);
	EXPECT_EQ(5, results[3].out_ret);
	EXPECT_STREQ("ping", in[1]);
	EXPECT_STREQ("pong!", in[0]);
	EXPECT_EQ(sizeof(struct sockaddr_in6), results[1].out_addr_len);
	EXPECT_EQ(sizeof(struct sockaddr_in6), results[3].out_addr_len);
	EXPECT_EQ(0, results[0].out_addr_len);
	EXPECT_EQ(PORT, addr_port(&from[1]));
	EXPECT_EQ(PORT + 1, addr_port(&from[0]));
}

TEST_F(io, room_for_an_address_takes_what_fits)
{
	struct addr own = addr_room(), from, whole;
	struct ksock_batch_result result;
	struct ksock_batch_op op;
	socklen_t room;
	char byte;

	ASSERT_EQ(0, plain_getsockname(self->pairs[DGRAM].peer, &own.sa,
				       &own.len));
	for (room = 0; room <= sizeof(struct sockaddr_in) + 1; room++) {
		memset(&from, 0xa5, sizeof(from));
		whole = from;
		memcpy(&whole.storage, &own.storage,
		       room < own.len ? room : own.len);
		ASSERT_TRUE(peer_sends(&self->pairs[DGRAM], "x"));
		op = batch_recv(DGRAM, &byte, 1, 0);
		op.addr_ptr = (uintptr_t)&from.storage;
		op.addr_len = room;
		ASSERT_EQ(1, batch_run(self->batch, &op, &result, 1));
		EXPECT_EQ(1, result.out_ret);
		EXPECT_EQ(sizeof(struct sockaddr_in), result.out_addr_len);
		EXPECT_EQ(0, memcmp(&whole, &from, sizeof(from))) {
			TH_LOG("room of %u", room);
		}
	}
}

TEST_F(io, stream_has_no_sender)
{
	struct addr from = addr_room();
	struct ksock_batch_result result;
	struct ksock_batch_op op;
	char byte;

	ASSERT_TRUE(peer_sends(&self->pairs[STREAM], "x"));
	op = batch_recv(STREAM, &byte, 1, 0);
	batch_addr(&op, &from);
	ASSERT_EQ(1, batch_run(self->batch, &op, &result, 1));
	EXPECT_EQ(1, result.out_ret);
	EXPECT_EQ(0, result.out_addr_len);
}

TEST_F(io, datagram_that_does_not_fit_is_cut_and_says_so)
{
	struct ksock_batch_result results[4];
	struct ksock_batch_op ops[4];
	char in[4][4] = {};
	int i;

	for (i = 0; i < 3; i++)
		ASSERT_TRUE(peer_sends(&self->pairs[DGRAM], "0123456"));
	ASSERT_TRUE(peer_sends(&self->pairs[DGRAM], "89"));
	ops[0] = batch_recv(DGRAM, in[0], 4, MSG_PEEK);
	ops[1] = batch_recv(DGRAM, in[1], 4, 0);
	ops[2] = batch_recv(DGRAM, in[2], 4, MSG_TRUNC);
	ops[3] = batch_recv(DGRAM, NULL, 0, 0);
	ASSERT_EQ(4, batch_run(self->batch, ops, results, 4));
	EXPECT_EQ(4, results[0].out_ret);
	EXPECT_EQ(4, results[1].out_ret);
	EXPECT_EQ(7, results[2].out_ret);
	EXPECT_EQ(0, results[3].out_ret);
	for (i = 0; i < 4; i++)
		EXPECT_EQ(MSG_TRUNC, results[i].out_flags);
	for (i = 0; i < 3; i++)
		EXPECT_EQ(0, memcmp("0123", in[i], 4));

	ops[0] = batch_recv(DGRAM, in[0], 4, 0);
	ASSERT_EQ(1, batch_run(self->batch, ops, results, 1));
	EXPECT_EQ(2, results[0].out_ret);
	EXPECT_EQ(0, results[0].out_flags);
	EXPECT_EQ(0, memcmp("89", in[0], 2));
}

TEST_F(io, large_parts_arrive_byte_by_byte)
{
	static unsigned char out[BIG], in[BIG];
	struct ksock_batch_result results[16];
	struct ksock_batch_op ops[16];
	size_t part = BIG / 16, got = 0;
	ssize_t ret;
	int i;

	pattern_fill(out, sizeof(out));
	for (i = 0; i < 16; i++)
		ops[i] = batch_send(STREAM, out + i * part, part, 0);
	ASSERT_EQ(16, batch_run(self->batch, ops, results, 16));
	for (i = 0; i < 16; i++)
		EXPECT_EQ(part, results[i].out_ret);
	while (got < sizeof(in)) {
		ASSERT_EQ(POLLIN, wait_events(self->pairs[STREAM].peer, POLLIN,
					      WAIT_MS));
		ret = face_recv(&plain_face, self->pairs[STREAM].peer, in + got,
				sizeof(in) - got, 0);
		ASSERT_LT(0, ret);
		got += ret;
	}
	EXPECT_EQ(sizeof(in), pattern_length(in, sizeof(in)));

	/* And back: each entry waits for all of its part. */
	memset(in, 0, sizeof(in));
	ASSERT_EQ(sizeof(out), face_send(&plain_face, self->pairs[STREAM].peer,
					 out, sizeof(out), 0));
	for (i = 0; i < 16; i++)
		ops[i] = batch_recv(STREAM, in + i * part, part, MSG_WAITALL);
	ASSERT_EQ(16, batch_run(self->batch, ops, results, 16));
	for (i = 0; i < 16; i++)
		EXPECT_EQ(part, results[i].out_ret);
	EXPECT_EQ(sizeof(in), pattern_length(in, sizeof(in)));
}

TEST_F(io, empty_datagram_and_end_of_stream_are_receives_of_nothing)
{
	struct ksock_batch_result results[3];
	struct ksock_batch_op ops[3];
	char in[4];

	ASSERT_EQ(0, face_send(&plain_face, self->pairs[DGRAM].peer, "", 0,
			       0));
	ASSERT_EQ(0, plain_shutdown(self->pairs[STREAM].peer, SHUT_WR));
	ops[0] = batch_recv(STREAM, in, sizeof(in), 0);
	ops[1] = batch_recv(DGRAM, in, sizeof(in), 0);
	ops[2] = batch_send(DGRAM6, NULL, 0, 0);
	ASSERT_EQ(3, batch_run(self->batch, ops, results, 3));
	EXPECT_EQ(0, results[0].out_ret);
	EXPECT_EQ(0, results[1].out_ret);
	EXPECT_EQ(0, results[2].out_ret);
	ASSERT_EQ(POLLIN, wait_events(self->pairs[DGRAM6].peer, POLLIN,
				      WAIT_MS));
	EXPECT_EQ(0, face_recv(&plain_face, self->pairs[DGRAM6].peer, in,
			       sizeof(in), MSG_DONTWAIT));
}

TEST_F(io, urgent_byte_goes_and_comes)
{
	char in[4] = {};

	EXPECT_EQ(1, batch_one(self->batch, batch_send(STREAM, "!", 1,
						       MSG_OOB)));
	EXPECT_EQ(POLLPRI, wait_events(self->pairs[STREAM].peer, POLLPRI,
				       WAIT_MS));
	EXPECT_EQ(1, face_recv(&plain_face, self->pairs[STREAM].peer, in, 1,
			       MSG_OOB));
	EXPECT_EQ('!', in[0]);
	ASSERT_EQ(1, face_send(&plain_face, self->pairs[STREAM].peer, "?", 1,
			       MSG_OOB));
	ASSERT_EQ(POLLPRI, wait_events(self->pairs[STREAM].fd, POLLPRI,
				       WAIT_MS));
	EXPECT_EQ(1, batch_one(self->batch, batch_recv(STREAM, in, 1,
						       MSG_OOB)));
	EXPECT_EQ('?', in[0]);
}

TEST_F(io, each_entry_counts_as_a_call)
{
	struct ksock_batch_result results[6];
	struct ksock_socket_info info;
	struct ksock_batch_op ops[6];
	char in[8];
	int i;

	ASSERT_TRUE(peer_sends(&self->pairs[STREAM], "012345"));
	for (i = 0; i < 3; i++)
		ops[i] = batch_send(STREAM, "abcd", i + 1, 0);
	ops[3] = batch_recv(STREAM, in, 2, 0);
	ops[4] = batch_recv(STREAM, in, 4, 0);
	/* One that fails counts for nothing. */
	ops[5] = batch_recv(STREAM, in, 1, MSG_DONTWAIT);
	ASSERT_EQ(6, batch_run(self->batch, ops, results, 6));
	ASSERT_EQ(0, ksock_socket_info(self->pairs[STREAM].fd, &info));
	EXPECT_EQ(3, info.out_sent_ops);
	EXPECT_EQ(6, info.out_sent_bytes);
	EXPECT_EQ(2, info.out_received_ops);
	EXPECT_EQ(6, info.out_received_bytes);
}

/* ---- Entries that fail --------------------------------------------------- */

TEST_F(io, entries_that_fail_leave_the_others_alone)
{
	struct ksock_batch_result results[12];
	struct ksock_batch_op ops[12];
	struct addr missing = addr_loopback(AF_INET, PORT);
	char in[2] = {};

	ASSERT_TRUE(peer_sends(&self->pairs[STREAM6], "z"));
	ops[0] = batch_send(STREAM, "a", 1, 0);
	ops[1] = batch_send(EMPTY, "-", 1, 0);
	ops[2] = batch_send(STREAM, "b", 1, 0);
	ops[3] = batch_send(SLOTS, "-", 1, 0);
	ops[4] = batch_op(2, STREAM, "-", 1, 0);
	ops[5] = batch_send(STREAM, "-", 1, MSG_PEEK);
	ops[6] = batch_send(STREAM, page_missing(), 1, 0);
	ops[7] = batch_send(STREAM, "c", 1, 0);
	ops[7].__reserved = 1;
	ops[8] = batch_recv(DGRAM, in, 1, MSG_DONTWAIT);
	ops[9] = batch_send(DGRAM6, "-", 1, 0);
	batch_addr(&ops[9], &missing);
	ops[9].addr_len = 1;
	ops[10] = batch_send(STREAM, "c", 1, 0);
	ops[11] = batch_recv(STREAM6, in, 1, 0);
	ASSERT_EQ(12, batch_run(self->batch, ops, results, 12));
	EXPECT_EQ(1, results[0].out_ret);
	EXPECT_EQ(-EBADF, results[1].out_ret);
	EXPECT_EQ(1, results[2].out_ret);
	EXPECT_EQ(-EBADF, results[3].out_ret);
	EXPECT_EQ(-EINVAL, results[4].out_ret);
	EXPECT_EQ(-EINVAL, results[5].out_ret);
	EXPECT_EQ(-EFAULT, results[6].out_ret);
	EXPECT_EQ(-EINVAL, results[7].out_ret);
	EXPECT_EQ(-EAGAIN, results[8].out_ret);
	EXPECT_EQ(-EINVAL, results[9].out_ret);
	EXPECT_EQ(1, results[10].out_ret);
	EXPECT_EQ(1, results[11].out_ret);
	EXPECT_EQ('z', in[0]);
	EXPECT_TRUE(peer_receives(self->pairs[STREAM].peer, "abc"));
	EXPECT_TRUE(peer_waits(self->pairs[STREAM].peer));
}

/* What the command would have answered to the same arguments. */
TEST_F(io, entry_fails_as_its_command_does)
{
	struct addr addr = addr_loopback(AF_INET, PORT);
	int fresh, shut, i;
	char byte = 'x';
	struct {
		int fd;
		unsigned int flags;
	} sends[] = {
		/* Not connected, shut, too long, another family's address. */
		{ -1, MSG_NOSIGNAL }, { -1, MSG_NOSIGNAL },
		{ self->pairs[DGRAM].fd, 0 }, { self->pairs[DGRAM6].fd, 0 },
	};
	static char big[1 << 17];
	const size_t lens[] = { 1, 1, sizeof(big), 1 };

	fresh = ksock_socket(AF_INET, SOCK_STREAM, 0);
	ASSERT_LE(0, fresh);
	sends[0].fd = fresh;
	shut = self->pairs[STREAM].fd;
	ASSERT_EQ(0, ksock_shutdown(shut, SHUT_WR));
	sends[1].fd = shut;
	for (i = 0; i < ARRAY_SIZE(sends); i++) {
		struct ksock_batch_op op = batch_send(EMPTY, big, lens[i],
						      sends[i].flags);
		struct addr to = {};

		if (i == 3) {
			to = addr;
			to.sa.sa_family = AF_UNIX;
			batch_addr(&op, &to);
		}
		ASSERT_EQ(0, batch_slot(self->batch, EMPTY, sends[i].fd));
		EXPECT_EQ(ksock_sendto(sends[i].fd, big, lens[i],
				       sends[i].flags,
				       to.len ? &to.sa : NULL, to.len),
			  batch_one(self->batch, op)) {
			TH_LOG("send %d", i);
		}
	}
	ASSERT_EQ(0, batch_slot(self->batch, EMPTY, fresh));
	EXPECT_EQ(-EPIPE, batch_one(self->batch, batch_send(EMPTY, &byte, 1,
							    MSG_NOSIGNAL)));
	EXPECT_EQ(-ENOTCONN, batch_one(self->batch, batch_recv(EMPTY, &byte, 1,
							       0)));
	EXPECT_EQ(-EMSGSIZE, batch_one(self->batch, batch_send(DGRAM, big,
							       sizeof(big),
							       0)));
}

TEST_F(io, failure_stops_a_run_that_asks_for_it)
{
	struct ksock_batch_result results[4];
	struct ksock_batch_op ops[4];

	ops[0] = batch_send(STREAM, "a", 1, 0);
	ops[1] = batch_send(EMPTY, "-", 1, 0);
	ops[2] = batch_send(STREAM, "b", 1, 0);
	ops[3] = batch_send(EMPTY, "-", 1, 0);
	ASSERT_EQ(2, batch_run_for(self->batch, ops, results, 4,
				   KSOCK_BATCH_STOP, 0));
	EXPECT_EQ(1, results[0].out_ret);
	EXPECT_EQ(-EBADF, results[1].out_ret);
	EXPECT_EQ(UNTOUCHED, results[2].out_ret);
	EXPECT_EQ(UNTOUCHED, results[3].out_ret);
	EXPECT_TRUE(peer_receives(self->pairs[STREAM].peer, "a"));
	EXPECT_TRUE(peer_waits(self->pairs[STREAM].peer));

	/* The first of all is no exception, and neither is the last. */
	ASSERT_EQ(1, batch_run_for(self->batch, ops + 1, results, 3,
				   KSOCK_BATCH_STOP, 0));
	EXPECT_EQ(-EBADF, results[0].out_ret);
	EXPECT_EQ(UNTOUCHED, results[1].out_ret);
	ASSERT_EQ(2, batch_run_for(self->batch, ops + 2, results, 2,
				   KSOCK_BATCH_STOP, 0));
	EXPECT_EQ(-EBADF, results[1].out_ret);
	EXPECT_TRUE(peer_receives(self->pairs[STREAM].peer, "b"));
	/* A short receive and an end of stream are no failures. */
	ASSERT_EQ(0, plain_shutdown(self->pairs[STREAM].peer, SHUT_WR));
	ops[0] = batch_recv(STREAM, results, 4, 0);
	ops[1] = batch_send(STREAM, "c", 1, 0);
	ASSERT_EQ(2, batch_run_for(self->batch, ops, results, 2,
				   KSOCK_BATCH_STOP, 0));
	EXPECT_EQ(0, results[0].out_ret);
	EXPECT_EQ(1, results[1].out_ret);
}

/* The flags of a receive that failed say nothing, and say so. */
TEST_F(io, result_of_a_failure_is_its_error_alone)
{
	struct ksock_batch_result results[3];
	struct ksock_batch_op ops[3];
	struct addr from = addr_room();
	int i;

	ASSERT_TRUE(peer_sends(&self->pairs[DGRAM], "0123"));
	ops[0] = batch_recv(DGRAM, &from, 1, 0);
	ops[0].addr_ptr = (uintptr_t)page_read_only();
	ops[0].addr_len = sizeof(struct sockaddr_in);
	ops[1] = batch_recv(DGRAM, &from, 1, MSG_DONTWAIT);
	ops[2] = batch_recv(EMPTY, &from, 1, 0);
	ASSERT_EQ(3, batch_run(self->batch, ops, results, 3));
	EXPECT_EQ(-EFAULT, results[0].out_ret);
	EXPECT_EQ(-EAGAIN, results[1].out_ret);
	EXPECT_EQ(-EBADF, results[2].out_ret);
	for (i = 0; i < 3; i++) {
		EXPECT_EQ(0, results[i].out_flags);
		EXPECT_EQ(0, results[i].out_addr_len);
		EXPECT_EQ(0, results[i].__reserved);
	}
}

/* Of a receive with an address and flags, and then of a send in its place. */
TEST_F(io, result_has_nothing_of_the_run_before)
{
	struct ksock_batch_result result;
	struct addr from = addr_room();
	struct ksock_batch_op op;
	char byte;

	ASSERT_TRUE(peer_sends(&self->pairs[DGRAM], "0123"));
	op = batch_recv(DGRAM, &byte, 1, 0);
	batch_addr(&op, &from);
	ASSERT_EQ(1, batch_run(self->batch, &op, &result, 1));
	EXPECT_EQ(1, result.out_ret);
	EXPECT_EQ(MSG_TRUNC, result.out_flags);
	EXPECT_LT(0, result.out_addr_len);
	op = batch_send(DGRAM, "x", 1, 0);
	ASSERT_EQ(1, batch_run(self->batch, &op, &result, 1));
	EXPECT_EQ(1, result.out_ret);
	EXPECT_EQ(0, result.out_flags);
	EXPECT_EQ(0, result.out_addr_len);
	EXPECT_EQ(0, result.__reserved);
}

/* An error that waits at a socket is told once, to the entry that comes. */
TEST_F(io, error_of_a_socket_goes_to_one_entry)
{
	struct ksock_batch_result results[3];
	struct ksock_batch_op ops[3];
	int i;

	close(self->pairs[DGRAM].peer);
	for (i = 0; i < 3; i++)
		ops[i] = batch_send(i ? DGRAM : STREAM, "x", 1, 0);
	ASSERT_EQ(1, batch_one(self->batch, ops[1]));
	ASSERT_TRUE(wait_events(self->pairs[DGRAM].fd, 0, WAIT_MS) & POLLERR);
	ASSERT_EQ(3, batch_run(self->batch, ops, results, 3));
	EXPECT_EQ(1, results[0].out_ret);
	EXPECT_EQ(-ECONNREFUSED, results[1].out_ret);
	EXPECT_EQ(1, results[2].out_ret);
}

/* ---- Not waiting --------------------------------------------------------- */

TEST_F(io, entry_with_dontwait_does_not_wait)
{
	struct ksock_batch_result results[4];
	struct ksock_batch_op ops[4];
	char in[4];
	int i;

	for (i = 0; i < 4; i++)
		ops[i] = batch_recv(i, in, sizeof(in), MSG_DONTWAIT);
	ASSERT_EQ(4, batch_run(self->batch, ops, results, 4));
	for (i = 0; i < 4; i++)
		EXPECT_EQ(-EAGAIN, results[i].out_ret);
}

/* Of the descriptor the slot was filled from, and as it is now. */
TEST_F(io, socket_that_is_nonblocking_does_not_wait)
{
	struct ksock_batch_result results[4];
	struct ksock_batch_op ops[4];
	char in[4];
	int i;

	for (i = 0; i < 4; i++) {
		ASSERT_EQ(0, fcntl(self->pairs[i].fd, F_SETFL, O_NONBLOCK));
		ops[i] = batch_recv(i, in, sizeof(in), 0);
	}
	ASSERT_EQ(4, batch_run(self->batch, ops, results, 4));
	for (i = 0; i < 4; i++)
		EXPECT_EQ(-EAGAIN, results[i].out_ret);
	/* That of the batch says nothing. */
	ASSERT_EQ(0, fcntl(self->batch, F_SETFL, O_NONBLOCK));
	ASSERT_EQ(0, fcntl(self->pairs[DGRAM].fd, F_SETFL, 0));
	ASSERT_EQ(0, batch_run_for(self->batch, ops, results, 0, 0, 0));
	ASSERT_EQ(1, batch_run_for(self->batch, &ops[STREAM], results, 1, 0,
				   1000000000));
	EXPECT_EQ(-EAGAIN, results[0].out_ret);
}

TEST_F(io, sends_without_room_fail_with_eagain_and_lose_nothing)
{
	static char out[1 << 20], in[1 << 16];
	struct ksock_batch_result results[16];
	struct ksock_batch_op ops[16];
	size_t taken = 0, got = 0;
	ssize_t ret;
	int i, run;

	for (i = 0; i < 16; i++)
		ops[i] = batch_send(STREAM, out, sizeof(out), MSG_DONTWAIT);
	/* The last finds no room. */
	for (run = 0; run < 100; run++) {
		ASSERT_EQ(16, batch_run(self->batch, ops, results, 16));
		for (i = 0; i < 16; i++)
			if (results[i].out_ret > 0)
				taken += results[i].out_ret;
		if (results[15].out_ret < 0)
			break;
	}
	EXPECT_EQ(-EAGAIN, results[15].out_ret);
	ASSERT_EQ(0, ksock_shutdown(self->pairs[STREAM].fd, SHUT_WR));
	do {
		ASSERT_LT(0, wait_events(self->pairs[STREAM].peer, POLLIN,
					 WAIT_MS));
		ret = face_recv(&plain_face, self->pairs[STREAM].peer, in,
				sizeof(in), 0);
		ASSERT_LE(0, ret);
		got += ret;
	} while (ret);
	EXPECT_EQ(taken, got);
}

TEST_HARNESS_MAIN
