// SPDX-License-Identifier: GPL-2.0-only
/*
 * Processes that are killed, and stopped, at any moment of what they do with a
 * socket: while they make it, on their way into a call that waits, in it, and on
 * their way out.  Each ends at once, with all of its threads, takes its sockets
 * along, and its peer is told.
 *
 * The moment is a time after the process was born, which sweeps from none to
 * twice what it takes to get to sleep in the call.  KILLS in the environment says
 * how many are killed altogether.
 */
#include "batch.h"
#include "process.h"
#include "splice.h"
#include "timed.h"

/* A test goes on for as long as it is told to. */
#undef TEST_TIMEOUT_DEFAULT
#define TEST_TIMEOUT_DEFAULT	1000

#define KILLS		280

/* Tests there are of them. */
#define JOBS		8

/* A process and what it tells of itself, in memory that it shares. */
enum stage {
	STAGE_BORN,
	STAGE_MADE,
	STAGE_CALLS,
	STAGES,
};

struct victim {
	int stage;
	/* Where it listens, 0 for nowhere. */
	int port;
};

static struct victim *victim;

/* What a victim works on. */
static int victim_fd, victim_batch, victim_in[2], victim_out[2];

/* A plain listener, and one that lets nobody in. */
static struct addr listener_addr, full_addr;
static int listener;

/* What a process is killed in. */
struct job {
	int (*make)(void);
	/* Waits; returns a negative number only when it must not go on. */
	ssize_t (*call)(void);
	/* Does the same, but for the shortest of times. */
	ssize_t (*brief)(void);
};

/* ---- The victim ---------------------------------------------------------- */

#define BRIEF		(NS_PER_MS / 10)

static int make_socket(void)
{
	victim_fd = ksock_socket(AF_INET, SOCK_STREAM, 0);
	return victim_fd < 0 ? victim_fd : 0;
}

static int make_stream(void)
{
	int small = 4096, ret = make_socket();

	ret = ret ?: ksock_setsockopt(victim_fd, SOL_SOCKET, SO_SNDBUF, &small,
				      sizeof(small));
	return ret ?: ksock_connect(victim_fd, &listener_addr.sa,
				    listener_addr.len);
}

static int make_listener(void)
{
	struct addr addr = addr_loopback(AF_INET, 0);
	int ret;

	victim_fd = listener_at(&ksock_face, &addr, 8);
	if (victim_fd < 0)
		return victim_fd;
	ret = ksock_getsockname(victim_fd, &addr.sa, &addr.len);
	__atomic_store_n(&victim->port, addr_port(&addr), __ATOMIC_RELEASE);
	return ret;
}

static int make_batch(void)
{
	int ret = make_stream();

	victim_batch = batch_open(1, 1);
	return ret ?: batch_slot(victim_batch, 0, victim_fd);
}

static int make_pipe(void)
{
	return make_stream() ?: ret_errno(pipe(victim_in)) ?:
	       ret_errno(pipe(victim_out));
}

static ssize_t kill_connect(void)
{
	return ksock_connect(victim_fd, &full_addr.sa, full_addr.len);
}

static ssize_t kill_connect_brief(void)
{
	return timed_connect(victim_fd, &full_addr, BRIEF);
}

static ssize_t kill_accept(void)
{
	return ksock_accept(victim_fd, NULL, NULL, 0);
}

static ssize_t kill_accept_brief(void)
{
	return timed_accept(victim_fd, BRIEF);
}

static ssize_t kill_recv(void)
{
	char byte;

	return face_recv(&ksock_face, victim_fd, &byte, 1, 0) - 1;
}

static ssize_t kill_recv_brief(void)
{
	char byte;

	return timed_recv(victim_fd, &byte, 1, 0, BRIEF);
}

/* Ends when the process is stopped, and is called again. */
static ssize_t kill_timed_recv(void)
{
	char byte;
	ssize_t ret = timed_recv(victim_fd, &byte, 1, 0, LATE);

	return ret == -EINTR ? 0 : ret - 1;
}

static ssize_t kill_send(void)
{
	static char bulk[16384];

	return face_send(&ksock_face, victim_fd, bulk, sizeof(bulk), 0);
}

static ssize_t kill_send_brief(void)
{
	return timed_send(victim_fd, "x", 1, 0, BRIEF);
}

static ssize_t kill_run(void)
{
	char byte;

	return batch_one(victim_batch, batch_recv(0, &byte, 1, 0)) - 1;
}

/* Waits for its turn, unless it is first. */
static ssize_t kill_run_brief(void)
{
	struct ksock_batch_result result;
	struct ksock_batch_op op;
	char byte;

	op = batch_recv(0, &byte, 1, 0);
	return batch_run_for(victim_batch, &op, &result, 1, 0, BRIEF);
}

static ssize_t kill_poll(void)
{
	return wait_events(victim_fd, POLLIN, -1) & POLLNVAL ? -EBADF : 0;
}

static ssize_t kill_poll_brief(void)
{
	struct pollfd pfd = { .fd = victim_fd, .events = POLLIN };
	const struct timespec brief = { .tv_nsec = BRIEF };

	return ppoll(&pfd, 1, &brief, NULL);
}

static ssize_t kill_splice(void)
{
	return splice_from_to(victim_fd, victim_in[1], 16, 0) - 1;
}

/*
 * The other way: a pipe that is spliced into is locked for as long as the socket is
 * waited for, and who waits for the lock does not sleep as one who can be woken.
 */
static ssize_t kill_splice_brief(void)
{
	kill_recv_brief();
	if (write(victim_out[1], "x", 1) != 1)
		return -errno;
	return splice_from_to(victim_out[0], victim_fd, 1, SPLICE_F_NONBLOCK);
}

static void *victim_thread(void *arg)
{
	const struct job *job = arg;

	for (;;) {
		job->brief();
		usleep(50);
	}
	return NULL;
}

static void stage_enter(enum stage stage)
{
	__atomic_store_n(&victim->stage, stage, __ATOMIC_RELEASE);
}

/* One thread sleeps in the call, the other one goes in and out of it. */
static void victim_run(const struct job *job)
{
	pthread_t thread;

	/* It does not outlive who has to kill it. */
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (job->make())
		_exit(1);
	stage_enter(STAGE_MADE);
	if (pthread_create(&thread, NULL, victim_thread, (void *)job))
		_exit(2);
	stage_enter(STAGE_CALLS);
	while (job->call() >= 0)
		;
	_exit(3);
}

static pid_t victim_start(const struct job *job)
{
	pid_t pid;

	memset(victim, 0, sizeof(*victim));
	pid = fork();
	if (!pid)
		victim_run(job);
	return pid;
}

/* ---- Who kills it -------------------------------------------------------- */

/* A connection on its way to where the victim listens, or -1. */
static int victim_visit(void)
{
	int port = __atomic_load_n(&victim->port, __ATOMIC_ACQUIRE), fd;
	struct addr addr;

	if (!port)
		return -1;
	addr = addr_loopback(AF_INET, port);
	fd = plain_socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
	plain_connect(fd, &addr.sa, addr.len);
	return fd;
}

/* What the kernel has of connections, for who reads the results. */
static void connections_tell(void)
{
	FILE *file = fopen("/proc/net/tcp", "re");
	char line[256];

	while (file && fgets(line, sizeof(line), file))
		printf("# %s", line);
	if (file)
		fclose(file);
	fflush(stdout);
}

/* Whether a plain socket sees its connection end; closes it. */
static bool peer_sees_the_end(int fd)
{
	static char bulk[65536];
	ssize_t ret;

	do {
		ret = -ETIME;
		if (!wait_events(fd, POLLIN, WAIT_MS))
			break;
		ret = face_recv(&plain_face, fd, bulk, sizeof(bulk),
				MSG_DONTWAIT);
	} while (ret > 0);
	if (ret && ret != -ECONNRESET && ret != -ECONNREFUSED) {
		printf("# instead of its end, a peer sees %zd\n", ret);
		connections_tell();
	}
	close(fd);
	return !ret || ret == -ECONNRESET || ret == -ECONNREFUSED;
}

/* Whether all that the victim connected to sees the end. */
static bool peers_see_the_end(void)
{
	bool all = true;

	while (wait_events(listener, POLLIN, 0) == POLLIN)
		all &= peer_sees_the_end(plain_accept(listener, NULL, NULL, 0));
	return all;
}

/* Whether the victim stops in time, with all of its threads. */
static bool victim_stops(pid_t pid)
{
	int status, tries;

	kill(pid, SIGSTOP);
	for (tries = 0; tries < WAIT_MS; tries++) {
		if (waitpid(pid, &status, WUNTRACED | WNOHANG) == pid)
			return WIFSTOPPED(status);
		poll(NULL, 0, 1);
	}
	return false;
}

/* The time from the birth of a victim until its first thread sleeps, or 0. */
static uint64_t victim_settles_once(const struct job *job)
{
	uint64_t start = clock_ns(CLOCK_MONOTONIC), took;
	pid_t pid = victim_start(job);

	if (!EVENTUALLY(__atomic_load_n(&victim->stage, __ATOMIC_ACQUIRE) ==
			STAGE_CALLS) || !process_sleeps(pid))
		took = 0;
	else
		took = clock_ns(CLOCK_MONOTONIC) - start;
	kill(pid, SIGKILL);
	process_join(pid);
	return peers_see_the_end() ? took : 0;
}

/* The least of some, as a machine that is busy with something else takes longer. */
static uint64_t victim_settles(const struct job *job)
{
	uint64_t least = UINT64_MAX, took;
	int i;

	for (i = 0; i < 5; i++) {
		took = victim_settles_once(job);
		if (took < least)
			least = took;
	}
	return least;
}

/*
 * Kills one: every third is stopped before, and every third is stopped and goes
 * on.  Returns its exit status, or -errno.
 */
static int victim_kill(const struct job *job, unsigned int i, uint64_t after,
		       int *stage)
{
	const struct timespec delay = {
		.tv_sec = after / (1000 * NS_PER_MS),
		.tv_nsec = after % (1000 * NS_PER_MS),
	};
	pid_t pid = victim_start(job);
	int visitor, ret;

	if (pid < 0)
		return -errno;
	clock_nanosleep(CLOCK_MONOTONIC, 0, &delay, NULL);
	visitor = victim_visit();
	if (i % 3 && !victim_stops(pid))
		return -EDEADLK;
	if (i % 3 == 2)
		kill(pid, SIGCONT);
	*stage = __atomic_load_n(&victim->stage, __ATOMIC_ACQUIRE);
	kill(pid, SIGKILL);
	ret = process_join(pid);
	if (visitor < 0)
		return ret;
	/*
	 * A listening socket that goes while a connection is on its way may leave
	 * that half open, one in some thousand, and ordinary ones do so, too. Who
	 * sends finds out.
	 */
	wait_events(visitor, POLLOUT, WAIT_MS);
	face_send(&plain_face, visitor, "x", 1, MSG_DONTWAIT | MSG_NOSIGNAL);
	return peer_sees_the_end(visitor) ? ret : -ENOTCONN;
}

FIXTURE(kill) {
	int references;
	int owned;
	unsigned int kills;
};

FIXTURE_SETUP(kill)
{
	const char *kills = getenv("KILLS");
	int small = 4096;

	SETUP_KSOCK();
	self->kills = (kills ? atoi(kills) : KILLS) / JOBS;
	self->references = references();
	self->owned = ksock_owned(ksock_ctx);
	victim = process_shared(sizeof(*victim));
	ASSERT_TRUE(victim != NULL);
	listener_addr = addr_loopback(AF_INET, PORT);
	listener = listener_at(&plain_face, &listener_addr, 8);
	ASSERT_LE(0, listener);
	ASSERT_EQ(0, plain_setsockopt(listener, SOL_SOCKET, SO_RCVBUF, &small,
				      sizeof(small)));
	full_addr = addr_loopback(AF_INET, PORT + 1);
	ASSERT_LE(0, listener_full(&full_addr));
	prctl(PR_SET_TIMERSLACK, 1);
}

FIXTURE_TEARDOWN(kill)
{
	EXPECT_TRUE(EVENTUALLY(references() == self->references));
	EXPECT_TRUE(EVENTUALLY(ksock_owned(ksock_ctx) == self->owned));
}

/*
 * A process that cannot be killed is still there when the time is over, and so is
 * one that leaves a thread behind: it is joined when the last of them has ended.
 */
#define EXPECT_KILLED(...)						\
	do {								\
		const struct job __job = { __VA_ARGS__ };		\
		unsigned int __i, __at[STAGES] = {};			\
		uint64_t __start, __settles;				\
		int __stage = 0;					\
									\
		__settles = victim_settles(&__job);			\
		ASSERT_NE(0, __settles);				\
		__start = clock_ns(CLOCK_MONOTONIC);			\
		for (__i = 0; __i < self->kills; __i++) {		\
			uint64_t __part = __i * 0x9e3779b97f4a7c15ULL;	\
									\
			ASSERT_EQ(128 + SIGKILL,			\
				  victim_kill(&__job, __i,		\
					      2 * __settles *		\
					      (__part >> 44) >> 20,	\
					      &__stage));		\
			ASSERT_TRUE(peers_see_the_end());		\
			__at[__stage]++;				\
		}							\
		printf("# %s: %u kills in %llu ms, born %u, made %u, in calls %u; " \
		       "asleep after %llu us\n",			\
		       _metadata->name, __i, (unsigned long long)	\
		       ((clock_ns(CLOCK_MONOTONIC) - __start) / NS_PER_MS), \
		       __at[0], __at[1], __at[2],			\
		       (unsigned long long)__settles / 1000);		\
		fflush(stdout);						\
		EXPECT_NE(0, __at[STAGE_CALLS]);			\
		/* Of few on a busy machine, all may get as far as that. */ \
		if (getenv("KILLS"))					\
			EXPECT_NE(0, __at[STAGE_BORN] + __at[STAGE_MADE]); \
	} while (0)

TEST_F(kill, in_connect)
{
	EXPECT_KILLED(make_socket, kill_connect, kill_connect_brief);
}

TEST_F(kill, in_accept)
{
	EXPECT_KILLED(make_listener, kill_accept, kill_accept_brief);
}

TEST_F(kill, in_recv)
{
	EXPECT_KILLED(make_stream, kill_recv, kill_recv_brief);
}

TEST_F(kill, in_recv_with_a_timeout)
{
	EXPECT_KILLED(make_stream, kill_timed_recv, kill_recv_brief);
}

TEST_F(kill, in_send)
{
	EXPECT_KILLED(make_stream, kill_send, kill_send_brief);
}

TEST_F(kill, in_a_run_of_a_batch)
{
	EXPECT_KILLED(make_batch, kill_run, kill_run_brief);
}

TEST_F(kill, in_poll)
{
	EXPECT_KILLED(make_stream, kill_poll, kill_poll_brief);
}

TEST_F(kill, in_splice)
{
	EXPECT_KILLED(make_pipe, kill_splice, kill_splice_brief);
}

TEST_HARNESS_MAIN
