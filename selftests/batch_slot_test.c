// SPDX-License-Identifier: GPL-2.0-only
/*
 * The slots of a batch: what may go in, how long what is in lives, and what
 * becomes of a run whose slots are cleared or filled anew under it.
 */
#include "batch.h"

#include <sys/epoll.h>

FIXTURE(slot) {
	int owned;
	int batch;
	struct batch_pair pair;
	struct batch_pair other;
};

FIXTURE_SETUP(slot)
{
	SETUP_KSOCK();
	self->owned = ksock_owned(ksock_ctx);
	ASSERT_LE(0, self->owned);
	self->batch = batch_open(4, 8);
	ASSERT_LE(0, self->batch);
	ASSERT_EQ(0, batch_pair(&self->pair, AF_INET, SOCK_STREAM));
	ASSERT_EQ(0, batch_pair(&self->other, AF_INET6, SOCK_STREAM));
}

FIXTURE_TEARDOWN(slot)
{
}

/* ---- What may go in ------------------------------------------------------ */

TEST_F(slot, refuses_what_is_no_socket_of_ksock_with_ebadfd)
{
	int pipes[2];
	const int fds[] = {
		plain_socket(AF_INET, SOCK_STREAM, 0),
		plain_socket(AF_UNIX, SOCK_STREAM, 0),
		self->pair.peer,
		ksock_ctx,
		ksock_open(),
		self->batch,
		batch_open(1, 1),
		open("/dev/null", O_RDWR | O_CLOEXEC),
		open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC),
		epoll_create1(EPOLL_CLOEXEC),
		pipe(pipes) ? -1 : pipes[0],
	};
	size_t i;

	ASSERT_EQ(0, batch_slot(self->batch, 0, self->pair.fd));
	for (i = 0; i < ARRAY_SIZE(fds); i++) {
		ASSERT_LE(0, fds[i]);
		EXPECT_EQ(-EBADFD, batch_slot(self->batch, 0, fds[i])) {
			TH_LOG("descriptor %zu of the list", i);
		}
	}
	/* What was in the slot is in it still. */
	EXPECT_EQ(1, batch_one(self->batch, batch_send(0, "x", 1, 0)));
	EXPECT_TRUE(peer_receives(self->pair.peer, "x"));
}

TEST_F(slot, refuses_what_is_no_descriptor_with_ebadf)
{
	int closed, path;

	ASSERT_EQ(0, batch_slot(self->batch, 0, self->pair.fd));
	closed = dup(self->pair.fd);
	ASSERT_LE(0, closed);
	ASSERT_EQ(0, close(closed));
	path = open(KSOCK_DEVICE, O_PATH | O_CLOEXEC);
	ASSERT_LE(0, path);
	EXPECT_EQ(-EBADF, batch_slot(self->batch, 0, 100000));
	EXPECT_EQ(-EBADF, batch_slot(self->batch, 0, path));
	close(path);
	EXPECT_EQ(-EBADF, batch_slot(self->batch, 0, closed));
	EXPECT_EQ(1, batch_one(self->batch, batch_send(0, "x", 1, 0)));
}

/* What the socket is in does not matter to the slot. */
TEST_F(slot, takes_a_socket_in_any_state)
{
	struct addr addr = addr_loopback(AF_INET, 0);
	int fresh, listener, raw;

	fresh = ksock_socket(AF_INET, SOCK_STREAM, 0);
	ASSERT_LE(0, fresh);
	listener = ksock_socket(AF_INET, SOCK_STREAM, 0);
	ASSERT_LE(0, listener);
	ASSERT_EQ(0, ksock_bind(listener, &addr.sa, addr.len));
	ASSERT_EQ(0, ksock_listen(listener, 1));
	raw = ksock_socket(AF_INET, SOCK_RAW, IPPROTO_UDP);
	ASSERT_LE(0, raw);
	EXPECT_EQ(0, batch_slot(self->batch, 0, fresh));
	EXPECT_EQ(0, batch_slot(self->batch, 1, listener));
	EXPECT_EQ(0, batch_slot(self->batch, 2, raw));
	EXPECT_EQ(-ENOTCONN, batch_one(self->batch,
				       batch_recv(0, &addr, 1, 0)));
	EXPECT_EQ(-ENOTCONN, batch_one(self->batch,
				       batch_recv(1, &addr, 1, 0)));
	EXPECT_EQ(-EAGAIN, batch_one(self->batch,
				     batch_recv(2, &addr, 1, MSG_DONTWAIT)));
}

/* ---- How long what is in lives ------------------------------------------- */

TEST_F(slot, keeps_the_connection_after_the_descriptor_is_closed)
{
	char byte = 0;

	ASSERT_EQ(0, batch_slot(self->batch, 0, self->pair.fd));
	ASSERT_EQ(0, close(self->pair.fd));
	EXPECT_TRUE(peer_waits(self->pair.peer));
	EXPECT_EQ(self->owned + 2, ksock_owned(ksock_ctx));
	EXPECT_EQ(1, batch_one(self->batch, batch_send(0, "x", 1, 0)));
	EXPECT_TRUE(peer_receives(self->pair.peer, "x"));
	ASSERT_EQ(1, face_send(&plain_face, self->pair.peer, "y", 1, 0));
	EXPECT_EQ(1, batch_one(self->batch, batch_recv(0, &byte, 1, 0)));
	EXPECT_EQ('y', byte);
	EXPECT_TRUE(peer_waits(self->pair.peer));

	ASSERT_EQ(0, batch_slot(self->batch, 0, -1));
	EXPECT_TRUE(peer_ends(self->pair.peer));
	EXPECT_EQ(self->owned + 1, ksock_owned(ksock_ctx));
	EXPECT_EQ(-EBADF, batch_one(self->batch, batch_send(0, "x", 1, 0)));
}

TEST_F(slot, emptied_leaves_the_connection_to_the_descriptor)
{
	ASSERT_EQ(0, batch_slot(self->batch, 0, self->pair.fd));
	ASSERT_EQ(0, batch_slot(self->batch, 0, -1));
	EXPECT_TRUE(peer_waits(self->pair.peer));
	EXPECT_EQ(self->owned + 2, ksock_owned(ksock_ctx));
	EXPECT_EQ(1, ksock_sendto(self->pair.fd, "x", 1, 0, NULL, 0));
	EXPECT_TRUE(peer_receives(self->pair.peer, "x"));
	close(self->pair.fd);
	EXPECT_TRUE(peer_ends(self->pair.peer));
}

TEST_F(slot, filled_anew_lets_go_of_what_was_in_it)
{
	ASSERT_EQ(0, batch_slot(self->batch, 0, self->pair.fd));
	close(self->pair.fd);
	ASSERT_EQ(0, batch_slot(self->batch, 0, self->other.fd));
	EXPECT_TRUE(peer_ends(self->pair.peer));
	EXPECT_EQ(self->owned + 1, ksock_owned(ksock_ctx));
	EXPECT_EQ(1, batch_one(self->batch, batch_send(0, "x", 1, 0)));
	EXPECT_TRUE(peer_receives(self->other.peer, "x"));
}

TEST_F(slot, filled_with_the_same_socket_again_keeps_it)
{
	ASSERT_EQ(0, batch_slot(self->batch, 0, self->pair.fd));
	ASSERT_EQ(0, batch_slot(self->batch, 0, self->pair.fd));
	close(self->pair.fd);
	EXPECT_TRUE(peer_waits(self->pair.peer));
	ASSERT_EQ(0, batch_slot(self->batch, 0, -1));
	EXPECT_TRUE(peer_ends(self->pair.peer));
}

TEST_F(slot, is_emptied_when_the_batch_is_closed)
{
	ASSERT_EQ(0, batch_slot(self->batch, 0, self->pair.fd));
	ASSERT_EQ(0, batch_slot(self->batch, 3, self->other.fd));
	close(self->pair.fd);
	close(self->other.fd);
	EXPECT_EQ(self->owned + 2, ksock_owned(ksock_ctx));
	close(self->batch);
	EXPECT_TRUE(peer_ends(self->pair.peer));
	EXPECT_TRUE(peer_ends(self->other.peer));
	EXPECT_EQ(self->owned, ksock_owned(ksock_ctx));
}

TEST_F(slot, shares_a_socket_with_other_slots_and_batches)
{
	int batch = batch_open(1, 1);

	ASSERT_LE(0, batch);
	ASSERT_EQ(0, batch_slot(self->batch, 0, self->pair.fd));
	ASSERT_EQ(0, batch_slot(self->batch, 1, self->pair.fd));
	ASSERT_EQ(0, batch_slot(batch, 0, self->pair.fd));
	close(self->pair.fd);
	ASSERT_EQ(0, batch_slot(self->batch, 0, -1));
	EXPECT_TRUE(peer_waits(self->pair.peer));
	EXPECT_EQ(1, batch_one(self->batch, batch_send(1, "a", 1, 0)));
	ASSERT_EQ(0, batch_slot(self->batch, 1, -1));
	EXPECT_EQ(1, batch_one(batch, batch_send(0, "b", 1, 0)));
	EXPECT_TRUE(peer_receives(self->pair.peer, "ab"));
	EXPECT_TRUE(peer_waits(self->pair.peer));
	close(batch);
	EXPECT_TRUE(peer_ends(self->pair.peer));
}

TEST_F(slot, each_of_1024_works_in_a_run_of_1024_entries)
{
	static struct ksock_batch_result results[KSOCK_BATCH_MAX_OPS];
	static struct ksock_batch_op ops[KSOCK_BATCH_MAX_OPS];
	static __u32 out[KSOCK_BATCH_MAX_OPS], in[KSOCK_BATCH_MAX_OPS];
	static struct addr addrs[KSOCK_BATCH_MAX_OPS];
	int batch, fd, i;

	batch = batch_open(KSOCK_BATCH_MAX_SLOTS, KSOCK_BATCH_MAX_OPS);
	ASSERT_LE(0, batch);
	/* Each sends a datagram to itself, and is nowhere but in its slot. */
	for (i = 0; i < KSOCK_BATCH_MAX_SLOTS; i++) {
		addrs[i] = addr_loopback(i & 1 ? AF_INET : AF_INET6, 0);
		fd = ksock_socket(addrs[i].sa.sa_family, SOCK_DGRAM, 0);
		ASSERT_LE(0, fd);
		ASSERT_EQ(0, ksock_bind(fd, &addrs[i].sa, addrs[i].len));
		ASSERT_EQ(0, ksock_getsockname(fd, &addrs[i].sa,
					       &addrs[i].len));
		ASSERT_EQ(0, batch_slot(batch, i, fd));
		close(fd);
		out[i] = 0x01010101U * i;
		ops[i] = batch_send(i, &out[i], sizeof(out[i]), 0);
		batch_addr(&ops[i], &addrs[i]);
	}
	EXPECT_EQ(self->owned + 2 + KSOCK_BATCH_MAX_SLOTS,
		  ksock_owned(ksock_ctx));
	ASSERT_EQ(i, batch_run(batch, ops, results, i));
	for (i = 0; i < KSOCK_BATCH_MAX_OPS; i++) {
		EXPECT_EQ(sizeof(out[i]), results[i].out_ret);
		ops[i] = batch_recv(i, &in[i], sizeof(in[i]), 0);
	}
	ASSERT_EQ(i, batch_run(batch, ops, results, i));
	for (i = 0; i < KSOCK_BATCH_MAX_OPS; i++)
		EXPECT_EQ(sizeof(in[i]), results[i].out_ret);
	EXPECT_EQ(0, memcmp(out, in, sizeof(out)));
	close(batch);
	EXPECT_TRUE(EVENTUALLY(ksock_owned(ksock_ctx) == self->owned + 2));
}

/* ---- Under a run --------------------------------------------------------- */

/* A run in a thread. */
struct blocked {
	struct call call;
	struct batch_work work;
	struct ksock_batch_op ops[3];
	struct ksock_batch_result results[3];
	char buf[2][8];
};

/* Runs @count of the entries; returns whether the run falls asleep. */
static bool blocked_run(struct blocked *blocked, int batch, int count)
{
	blocked->work.ops = blocked->ops;
	blocked->work.results = blocked->results;
	blocked->work.count = count;
	blocked->call.run = call_batch;
	blocked->call.fd = batch;
	blocked->call.buf = &blocked->work;
	return !call_start(&blocked->call) && call_sleeps(&blocked->call);
}

/* Receives twice from slot 0, asleep in the first of the two. */
static bool blocked_start(struct blocked *blocked, int batch)
{
	int i;

	memset(blocked, 0, sizeof(*blocked));
	for (i = 0; i < 2; i++)
		blocked->ops[i] = batch_recv(0, blocked->buf[i],
					     sizeof(blocked->buf[i]), 0);
	return blocked_run(blocked, batch, 2);
}

/* Whether the first entry has received, and the run sleeps in the second. */
static bool blocked_again(struct blocked *blocked)
{
	return EVENTUALLY(__atomic_load_n(blocked->buf[0],
					  __ATOMIC_ACQUIRE)) &&
	       call_sleeps(&blocked->call);
}

TEST_F(slot, emptied_under_a_run_leaves_it_its_socket)
{
	struct blocked blocked;

	ASSERT_EQ(0, batch_slot(self->batch, 0, self->pair.fd));
	ASSERT_TRUE(blocked_start(&blocked, self->batch));
	ASSERT_EQ(0, batch_slot(self->batch, 0, -1));
	close(self->pair.fd);
	EXPECT_TRUE(peer_waits(self->pair.peer));
	EXPECT_EQ(self->owned + 2, ksock_owned(ksock_ctx));
	ASSERT_EQ(2, face_send(&plain_face, self->pair.peer, "ab", 2, 0));
	/* To the end, whatever other entries come to the slot. */
	EXPECT_TRUE(blocked_again(&blocked));
	EXPECT_TRUE(peer_waits(self->pair.peer));
	ASSERT_EQ(2, face_send(&plain_face, self->pair.peer, "cd", 2, 0));
	EXPECT_EQ(2, call_end(&blocked.call));
	EXPECT_EQ(2, blocked.results[0].out_ret);
	EXPECT_EQ(0, memcmp("ab", blocked.buf[0], 2));
	EXPECT_EQ(2, blocked.results[1].out_ret);
	EXPECT_EQ(0, memcmp("cd", blocked.buf[1], 2));
	EXPECT_TRUE(peer_ends(self->pair.peer));
	EXPECT_TRUE(EVENTUALLY(ksock_owned(ksock_ctx) == self->owned + 1));
	EXPECT_EQ(-EBADF, batch_one(self->batch, blocked.ops[0]));
}

TEST_F(slot, filled_anew_under_a_run_is_for_the_next_run)
{
	struct blocked blocked;

	ASSERT_EQ(0, batch_slot(self->batch, 0, self->pair.fd));
	ASSERT_TRUE(blocked_start(&blocked, self->batch));
	ASSERT_EQ(0, batch_slot(self->batch, 0, -1));
	close(self->pair.fd);
	ASSERT_TRUE(peer_sends(&self->other, "other"));
	ASSERT_EQ(0, batch_slot(self->batch, 0, self->other.fd));
	close(self->other.fd);
	EXPECT_TRUE(peer_waits(self->pair.peer));
	ASSERT_EQ(5, face_send(&plain_face, self->pair.peer, "first", 5, 0));
	EXPECT_TRUE(blocked_again(&blocked));
	ASSERT_EQ(6, face_send(&plain_face, self->pair.peer, "second", 6, 0));
	EXPECT_EQ(2, call_end(&blocked.call));
	EXPECT_EQ(5, blocked.results[0].out_ret);
	EXPECT_EQ(0, memcmp("first", blocked.buf[0], 5));
	EXPECT_EQ(6, blocked.results[1].out_ret);
	EXPECT_EQ(0, memcmp("second", blocked.buf[1], 6));
	EXPECT_TRUE(peer_ends(self->pair.peer));

	EXPECT_EQ(5, batch_one(self->batch, blocked.ops[0]));
	EXPECT_EQ(0, memcmp("other", blocked.buf[0], 5));
	EXPECT_TRUE(peer_waits(self->other.peer));
}

/* A run knows of a slot what it finds when it comes there. */
TEST_F(slot, changed_before_a_run_comes_to_it_is_as_it_is_then)
{
	struct blocked blocked;

	ASSERT_EQ(0, batch_slot(self->batch, 0, self->pair.fd));
	ASSERT_EQ(0, batch_slot(self->batch, 1, self->pair.fd));
	ASSERT_EQ(0, batch_slot(self->batch, 2, self->pair.fd));
	memset(&blocked, 0, sizeof(blocked));
	blocked.ops[0] = batch_recv(0, blocked.buf[0], 8, 0);
	blocked.ops[1] = batch_send(1, "old", 3, 0);
	blocked.ops[2] = batch_send(2, "new", 3, 0);
	ASSERT_TRUE(blocked_run(&blocked, self->batch, 3));
	ASSERT_EQ(0, batch_slot(self->batch, 1, -1));
	ASSERT_EQ(0, batch_slot(self->batch, 2, self->other.fd));
	ASSERT_EQ(1, face_send(&plain_face, self->pair.peer, "x", 1, 0));
	EXPECT_EQ(3, call_end(&blocked.call));
	EXPECT_EQ(1, blocked.results[0].out_ret);
	EXPECT_EQ(-EBADF, blocked.results[1].out_ret);
	EXPECT_EQ(3, blocked.results[2].out_ret);
	EXPECT_TRUE(peer_receives(self->other.peer, "new"));
	EXPECT_TRUE(peer_waits(self->pair.peer));
}

TEST_F(slot, shutdown_wakes_a_receive_whose_slot_is_emptied)
{
	struct blocked blocked;
	int other;

	ASSERT_EQ(0, batch_slot(self->batch, 0, self->pair.fd));
	other = dup(self->pair.fd);
	ASSERT_LE(0, other);
	ASSERT_TRUE(blocked_start(&blocked, self->batch));
	ASSERT_EQ(0, batch_slot(self->batch, 0, -1));
	close(self->pair.fd);
	ASSERT_EQ(0, ksock_shutdown(other, SHUT_RDWR));
	EXPECT_EQ(2, call_end(&blocked.call));
	EXPECT_EQ(0, blocked.results[0].out_ret);
	EXPECT_EQ(0, blocked.results[1].out_ret);
	EXPECT_TRUE(peer_ends(self->pair.peer));
}

TEST_F(slot, of_a_batch_closed_under_a_receive_ends_with_the_run)
{
	struct blocked blocked;

	ASSERT_EQ(0, batch_slot(self->batch, 0, self->pair.fd));
	ASSERT_EQ(0, batch_slot(self->batch, 1, self->other.fd));
	ASSERT_TRUE(blocked_start(&blocked, self->batch));
	close(self->pair.fd);
	close(self->other.fd);
	close(self->batch);
	EXPECT_TRUE(peer_waits(self->pair.peer));
	EXPECT_TRUE(peer_waits(self->other.peer));
	ASSERT_EQ(1, face_send(&plain_face, self->pair.peer, "x", 1, 0));
	ASSERT_EQ(0, plain_shutdown(self->pair.peer, SHUT_WR));
	EXPECT_EQ(2, call_end(&blocked.call));
	EXPECT_EQ(1, blocked.results[0].out_ret);
	EXPECT_EQ(0, blocked.results[1].out_ret);
	EXPECT_TRUE(peer_ends(self->pair.peer));
	EXPECT_TRUE(peer_ends(self->other.peer));
	EXPECT_TRUE(EVENTUALLY(ksock_owned(ksock_ctx) == self->owned));
}

#define RACES	2000

static ssize_t run_many(struct call *call)
{
	struct ksock_batch_result results[8];
	struct ksock_batch_op ops[8];
	int i, j, ret;

	for (i = 0; i < RACES; i++) {
		for (j = 0; j < 8; j++)
			ops[j] = batch_send(j & 3, "x", 1,
					    MSG_DONTWAIT | MSG_NOSIGNAL);
		ret = batch_run(call->fd, ops, results, 8);
		if (ret != 8)
			return ret;
		for (j = 0; j < 8; j++)
			if (results[j].out_ret != 1 &&
			    results[j].out_ret != -EBADF &&
			    results[j].out_ret != -EAGAIN)
				return results[j].out_ret;
	}
	return 0;
}

/* Nothing but an empty slot is ever seen of the change. */
TEST_F(slot, changes_under_runs_without_end)
{
	struct call call = { .run = run_many, .fd = self->batch };
	struct addr addr = addr_loopback(AF_INET, PORT);
	int sink, i, fd;

	/* What it has no room for is dropped. */
	sink = plain_socket(AF_INET, SOCK_DGRAM, 0);
	ASSERT_LE(0, sink);
	ASSERT_EQ(0, plain_bind(sink, &addr.sa, addr.len));
	ASSERT_EQ(0, call_start(&call));
	/* As long as they go on, which is bounded. */
	for (i = 0; i < RACES || !wait_events(call.done[0], POLLIN, 0); i++) {
		fd = ksock_socket(AF_INET, SOCK_DGRAM, 0);
		ASSERT_LE(0, fd);
		ASSERT_EQ(0, ksock_connect(fd, &addr.sa, addr.len));
		ASSERT_EQ(0, batch_slot(self->batch, i & 3,
					i % 3 ? fd : -1));
		close(fd);
	}
	EXPECT_EQ(0, call_end(&call));
	close(self->batch);
	EXPECT_TRUE(EVENTUALLY(ksock_owned(ksock_ctx) == self->owned + 2));
}

TEST_HARNESS_MAIN
