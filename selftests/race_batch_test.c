// SPDX-License-Identifier: GPL-2.0-only
/*
 * Runs of a batch, and what becomes of its sockets, its slots and itself under
 * them.
 */
#include "race_scene.h"
#include "batch.h"

/* A batch that holds the socket. */
static int begin_batch(void)
{
	int ret = begin_stream();

	scene.batch = batch_open(1, 2);
	return ret ?: batch_slot(scene.batch, 0, scene.fd);
}

/* What an entry returned, or the run. */
static ssize_t side_run_recv(void)
{
	char byte;

	return batch_one(scene.batch, batch_recv(0, &byte, 1, 0));
}

static ssize_t side_timed_run_recv(void)
{
	struct ksock_batch_result result;
	struct ksock_batch_op op;
	char byte;
	int ret;

	op = batch_recv(0, &byte, 1, 0);
	ret = batch_run_for(scene.batch, &op, &result, 1, 0, LATE);
	return ret == 1 ? result.out_ret : ret;
}

static ssize_t side_run_send(void)
{
	return batch_one(scene.batch, batch_send(0, "x", 1, MSG_NOSIGNAL));
}

/* Sends the byte twice, by one run; returns how many entries did. */
static ssize_t scene_run_twice(const char *byte)
{
	const struct ksock_batch_op ops[] = {
		batch_send(0, byte, 1, 0), batch_send(0, byte, 1, 0),
	};
	struct ksock_batch_result results[2];
	int ret = batch_run(scene.batch, ops, results, 2);

	return ret == 2 ? results[0].out_ret + results[1].out_ret : ret;
}

static ssize_t side_run_twice(void)
{
	return scene_run_twice("a");
}

static ssize_t side_run_twice_too(void)
{
	return scene_run_twice("b");
}

static ssize_t side_empty_slot(void)
{
	return batch_slot(scene.batch, 0, -1);
}

static ssize_t side_fill_slot(void)
{
	return batch_slot(scene.batch, 0, scene.fd);
}

static ssize_t side_close_batch(void)
{
	return ret_errno(close(scene.batch));
}

/* The byte that came first; none of a run comes within another run. */
static int end_runs(const ssize_t ret[2])
{
	char text[5] = "";
	int i;

	for (i = 0; i < 4; i++)
		text[i] = peer_finds();
	if (strcmp(text, "aabb") && strcmp(text, "bbaa"))
		text[0] = 0;
	return scene_end(text[0]);
}

/* Nothing comes to the peer of a run that did not send. */
static int end_sent(const ssize_t ret[2])
{
	return scene_end(ret[0] == 1 ? peer_finds() : peer_finds_now());
}

static int end_batch_closed(const ssize_t ret[2])
{
	scene.batch = -1;
	return end_sent(ret);
}

TEST_F(race, run_about_to_sleep_is_woken_by_shutdown)
{
	struct race race = {
		.begin = begin_batch,
		.call = { side_run_recv, side_shutdown },
		.end = end_peer_finds,
		.outcomes = { SURE(0, 0, 0) },
	};

	EXPECT_RACED(&race);
}

TEST_F(race, timed_run_about_to_sleep_is_woken_by_data)
{
	struct race race = {
		.begin = begin_batch,
		.call = { side_timed_run_recv, side_peer_sends },
		.end = end_peer_finds_now,
		.outcomes = { SURE(1, 1, -EAGAIN) },
	};

	EXPECT_RACED(&race);
}

TEST_F(race, run_meets_close_of_its_socket)
{
	struct race race = {
		.begin = begin_batch,
		.call = { side_run_send, side_close },
		.end = end_peer_finds,
		.outcomes = { SURE(1, 0, 'x') },
	};

	EXPECT_RACED(&race);
}

TEST_F(race, run_meets_emptying_of_its_slot)
{
	struct race race = {
		.begin = begin_batch,
		.call = { side_run_send, side_empty_slot },
		.end = end_sent,
		.outcomes = {
			SURE(1, 0, 'x'),
			SURE(-EBADF, 0, -EAGAIN),
		},
	};

	EXPECT_RACED(&race);
}

TEST_F(race, filling_a_slot_meets_close_of_the_socket)
{
	struct race race = {
		.begin = begin_batch,
		.call = { side_fill_slot, side_close },
		.end = end_peer_finds_now,
		.outcomes = {
			SURE(0, 0, -EAGAIN),
			SURE(-EBADF, 0, -EAGAIN),
		},
	};

	EXPECT_RACED(&race);
}

TEST_F(race, runs_take_turns)
{
	struct race race = {
		.begin = begin_batch,
		.call = { side_run_twice, side_run_twice_too },
		.end = end_runs,
		.outcomes = {
			SURE(2, 2, 'a'),
			SURE(2, 2, 'b'),
		},
	};

	EXPECT_RACED(&race);
}

TEST_F(race, run_meets_close_of_its_batch)
{
	struct race race = {
		.begin = begin_batch,
		.call = { side_run_send, side_close_batch },
		.end = end_batch_closed,
		.outcomes = {
			SURE(1, 0, 'x'),
			SURE(-EBADF, 0, -EAGAIN),
		},
	};

	EXPECT_RACED(&race);
}

TEST_HARNESS_MAIN
