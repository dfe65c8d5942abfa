// SPDX-License-Identifier: GPL-2.0-only
/*
 * The twin test: every operation of the tables in twin_*.h, first on an
 * ordinary socket and then on a ksock.  What they give is the same, or a row of
 * differences.h says what each of them gives and why; and every row there is
 * shown by an operation here.
 *
 * Beside TAP it prints a line for each operation, of which scripts/twin.sh
 * makes docs/twin.md.
 */
#include "twin_socket.h"
#include "twin_file.h"
#include "twin_name.h"
#include "twin_connect.h"
#include "twin_data.h"
#include "twin_flag.h"
#include "twin_message.h"
#include "twin_control.h"
#include "twin_option.h"
#include "twin_wait.h"
#include "twin_splice.h"

#define SUBJECT(_name, _rows)						\
	{ .name = _name, .rows = _rows, .count = ARRAY_SIZE(_rows) }

static const struct twin_subject subjects[] = {
	SUBJECT("Making a socket", socket_rows),
	SUBJECT("Sockets of other kinds", kind_rows),
	SUBJECT("The descriptor", file_rows),
	SUBJECT("System calls of sockets on the descriptor", call_rows),
	SUBJECT("Names", name_rows),
	SUBJECT("Listening and accepting", accept_rows),
	SUBJECT("Connecting", connect_rows),
	SUBJECT("Shutting down, aborting and closing", shutdown_rows),
	SUBJECT("Moving data", data_rows),
	SUBJECT("Addresses of what is sent and received", addr_rows),
	SUBJECT("Flags", flag_rows),
	SUBJECT("Flags that a ksock refuses", flag_refused_rows),
	SUBJECT("Messages", message_rows),
	SUBJECT("Many messages in one call", batch_rows),
	SUBJECT("Control data", control_rows),
	SUBJECT("The queue of errors", errqueue_rows),
	SUBJECT("Options", option_rows),
	SUBJECT("Queues", queue_rows),
	SUBJECT("Waiting", wait_rows),
	SUBJECT("Timeouts", timeout_rows),
	SUBJECT("Signals", signal_rows),
	SUBJECT("Splicing", splice_rows),
};

/* ---- The state an operation begins in ------------------------------------ */

static int begin_stream(struct twin *twin, enum twin_state state)
{
	int ret;

	twin->fd = twin_socket(twin, SOCK_STREAM);
	if (twin->fd < 0 || state == STREAM)
		return twin_ok(twin->fd);
	ret = twin->face->bind(twin->fd, &twin->addr.sa, twin->addr.len);
	if (ret || state == BOUND)
		return ret;
	ret = twin->face->listen(twin->fd, 8);
	if (ret || state == LISTENING)
		return ret;
	twin->peer = connected_to(&plain_face, SOCK_STREAM, &twin->addr);
	if (twin->peer < 0)
		return twin->peer;
	return wait_events(twin->fd, POLLIN, WAIT_MS) == POLLIN ? 0 : -ETIME;
}

static int begin_connected(struct twin *twin, enum twin_state state)
{
	struct pair pair;
	int ret;

	ret = pair_of(&pair, twin->face, twin->addr.sa.sa_family,
		      state == TALKING ? SOCK_DGRAM : SOCK_STREAM);
	if (ret)
		return ret;
	twin->fd = pair.fd;
	twin->peer = pair.peer;
	if (state == RESET)
		twin_peer_resets(twin);
	if (state == ENDED) {
		close(twin->peer);
		twin->peer = -1;
	}
	if (state == RESET || state == ENDED)
		return wait_events(twin->fd, POLLRDHUP, WAIT_MS) > 0 ? 0 :
		       -ETIME;
	return 0;
}

static int begin_dgram(struct twin *twin, enum twin_state state)
{
	twin->fd = twin_socket(twin, SOCK_DGRAM);
	if (twin->fd < 0 || state == DGRAM)
		return twin_ok(twin->fd);
	return twin->face->bind(twin->fd, &twin->addr.sa, twin->addr.len);
}

/* Returns 0 or -errno. */
static int begin(struct twin *twin, unsigned int state)
{
	int ret = own_netns();

	if (ret)
		return ret;
	ksock_ctx = ksock_open();
	if (ksock_ctx < 0)
		return ksock_ctx;
	switch (state & TWIN_STATES) {
	case NOTHING:
		break;
	case STREAM ... PENDING:
		ret = begin_stream(twin, state & TWIN_STATES);
		break;
	case DGRAM:
	case NAMED:
		ret = begin_dgram(twin, state & TWIN_STATES);
		break;
	default:
		ret = begin_connected(twin, state & TWIN_STATES);
	}
	if (!ret && state & DATA)
		ret = twin_peer_sends(twin, "hello");
	return ret;
}

/* ---- Both faces ---------------------------------------------------------- */

/* What an operation gave on one face. */
struct outcome {
	/* What the process ended with, 0 when the operation came to its end. */
	int status;
	long ret;
	char said[TWIN_SAID];
};

static void run_here(const struct twin_row *row, const struct face *face,
		     struct outcome *outcome)
{
	struct twin twin = {
		.face = face,
		.arg = row->arg,
		.addr = addr_loopback(row->state & IPV6 ? AF_INET6 : AF_INET,
				      PORT),
		.fd = -1,
		.peer = -1,
	};
	int ret = begin(&twin, row->state);

	if (ret) {
		outcome->ret = ret;
		_exit(KSFT_FAIL);
	}
	outcome->ret = row->run(&twin);
	memcpy(outcome->said, twin.said, sizeof(twin.said));
	_exit(0);
}

static void run(const struct twin_row *row, const struct face *face,
		struct outcome *outcome)
{
	pid_t child;

	memset(outcome, 0, sizeof(*outcome));
	child = fork();
	if (!child)
		run_here(row, face, outcome);
	outcome->status = child < 0 ? -errno : process_join(child);
}

static const char *outcome_text(const struct outcome *outcome, char *text,
				size_t size)
{
	char room[24];

	snprintf(text, size, "%s%s%s",
		 twin_number(outcome->ret, room, sizeof(room)),
		 outcome->said[0] ? ", " : "", outcome->said);
	return text;
}

static bool outcomes_agree(const struct outcome *plain,
			   const struct outcome *ksock)
{
	return plain->ret == ksock->ret && !strcmp(plain->said, ksock->said);
}

/* The rows of differences that an operation has shown. */
static bool shown[ARRAY_SIZE(differences)];

/* Whether what the faces gave is what their row has them give. */
static bool outcomes_expected(const struct twin_row *row,
			      const struct outcome *plain,
			      const struct outcome *ksock)
{
	const struct difference *differs = row->differs;

	if (plain->status || ksock->status || plain->ret == -ECANCELED)
		return false;
	if (!differs || differs->plain == differs->ksock)
		return outcomes_agree(plain, ksock);
	if (differs >= differences &&
	    differs < differences + ARRAY_SIZE(differences))
		shown[differs - differences] = true;
	if (row->varies && outcomes_agree(plain, ksock))
		return true;
	return plain->ret == differs->plain && ksock->ret == differs->ksock;
}

/* The line of the table, which is the same on every kernel. */
static void twin_print(const struct twin_row *row,
		       const struct outcome *outcome, bool good)
{
	const struct difference *differs = row->differs;
	char plain[256], ksock[256], room[24];
	const char *reason = "agrees";

	outcome_text(&outcome[0], plain, sizeof(plain));
	outcome_text(&outcome[1], ksock, sizeof(ksock));
	if (!good) {
		reason = "?";
	} else if (row->varies && !differs) {
		strcpy(plain, "as the kernel has it");
		strcpy(ksock, "the same");
	} else if (differs && differs->plain != differs->ksock) {
		reason = differs->reason;
		if (row->varies)
			snprintf(plain, sizeof(plain), "%s, or the same",
				 twin_number(differs->plain, room,
					     sizeof(room)));
	}
	ksft_print_msg("twin: %s | %s | %s | %s\n", row->name, plain, ksock,
		       reason);
}

static void twin_run(const struct twin_row *row, struct outcome outcome[2])
{
	bool good;

	run(row, &plain_face, &outcome[0]);
	run(row, &ksock_face, &outcome[1]);
	good = outcomes_expected(row, &outcome[0], &outcome[1]);
	twin_print(row, outcome, good);
	if (!good)
		ksft_print_msg("status %d and %d\n", outcome[0].status,
			       outcome[1].status);
	ksft_test_result(good, "%s\n", row->name);
}

/* A difference that is none on this machine need not be shown. */
static bool all_shown(void)
{
	bool all = true;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(differences); i++) {
		if (shown[i] || differences[i].plain == differences[i].ksock)
			continue;
		ksft_print_msg("not shown: %s\n", differences[i].call);
		all = false;
	}
	return all;
}

int main(void)
{
	struct outcome *outcome = process_shared(2 * sizeof(*outcome));
	unsigned int count = 1;
	size_t i, j;

	ksft_print_header();
	if (!outcome)
		ksft_exit_fail_msg("no memory\n");
	if (access(KSOCK_DEVICE, F_OK))
		ksft_exit_skip("no " KSOCK_DEVICE "\n");
	flag_refused_init();
	for (i = 0; i < ARRAY_SIZE(subjects); i++)
		count += subjects[i].count;
	ksft_set_plan(count);
	for (i = 0; i < ARRAY_SIZE(subjects); i++) {
		ksft_print_msg("twin subject: %s\n", subjects[i].name);
		for (j = 0; j < subjects[i].count; j++)
			twin_run(&subjects[i].rows[j], outcome);
	}
	ksft_test_result(all_shown(), "every difference is shown\n");
	ksft_finished();
}
