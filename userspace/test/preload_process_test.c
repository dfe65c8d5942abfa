// SPDX-License-Identifier: GPL-2.0-only
/*
 * Sockets of an ordinary program, with and without ksock run, on their way
 * between processes and threads: fork, exec, vfork, posix_spawn, SCM_RIGHTS, dup;
 * and what signals and cancellation do to calls that wait, and what becomes of
 * those that close all there is, or change their root.
 */
#define _GNU_SOURCE

#include "preload.h"

#include <pthread.h>
#include <spawn.h>
#include <sys/resource.h>
#include <sys/wait.h>

/* ---- What is executed --------------------------------------------------- */

/* Descriptor of a socket that a process that was executed shall use. */
#define CHILD "PRELOAD_TEST_CHILD"

static int child_use(int fd)
{
	socklen_t len = sizeof(int);
	int type = -1;

	if (getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &len) ||
	    type != SOCK_STREAM)
		return 10;
	if (is_ksock(fd) != preloaded())
		return 11;
	if (send(fd, "child", 5, MSG_NOSIGNAL) != 5)
		return 12;
	fd = socket(AF_INET, SOCK_STREAM, 0);
	return fd >= 0 && is_ksock(fd) == preloaded() ? 0 : 13;
}

/* Before main(), which is the harness's. */
static __attribute__((constructor)) void child_start(void)
{
	const char *fd = getenv(CHILD);

	if (fd)
		_exit(child_use(atoi(fd)));
}

static char *const child_argv[] = { "child", NULL };

static void child_prepare(int fd)
{
	char text[16];

	snprintf(text, sizeof(text), "%d", fd);
	setenv(CHILD, text, 1);
}

static int exit_status(pid_t pid)
{
	int status;

	if (pid < 0 || waitpid(pid, &status, 0) != pid || !WIFEXITED(status))
		return -1;
	return WEXITSTATUS(status);
}

TEST_F(pair, forked_process_shares_the_socket)
{
	pid_t pid = fork();

	if (!pid)
		_exit(child_use(self->client));
	EXPECT_EQ(0, exit_status(pid));
	EXPECT_TRUE(hears(self->server, "child"));
	EXPECT_EQ(6, send(self->client, "parent", 6, 0));
	EXPECT_TRUE(hears(self->server, "parent"));
}

TEST_F(pair, executed_program_inherits_the_socket)
{
	pid_t pid;

	child_prepare(self->client);
	pid = fork();
	if (!pid) {
		execv("/proc/self/exe", child_argv);
		_exit(99);
	}
	EXPECT_EQ(0, exit_status(pid));
	EXPECT_TRUE(hears(self->server, "child"));
}

TEST_F(pair, vfork_and_exec_inherit_it)
{
	pid_t pid;

	child_prepare(self->client);
	pid = vfork();
	if (!pid) {
		execv("/proc/self/exe", child_argv);
		_exit(99);
	}
	EXPECT_EQ(0, exit_status(pid));
	EXPECT_TRUE(hears(self->server, "child"));
	EXPECT_EQ(1, send(self->client, "x", 1, 0));
}

TEST_F(pair, posix_spawn_inherits_it)
{
	pid_t pid = -1;

	child_prepare(self->client);
	EXPECT_EQ(0, posix_spawn(&pid, "/proc/self/exe", NULL, NULL,
				 child_argv, environ));
	EXPECT_EQ(0, exit_status(pid));
	EXPECT_TRUE(hears(self->server, "child"));
}

TEST_F(pair, exec_closes_what_is_close_on_exec)
{
	pid_t pid;

	child_prepare(self->client);
	ASSERT_EQ(0, fcntl(self->client, F_SETFD, FD_CLOEXEC));
	pid = fork();
	if (!pid) {
		execv("/proc/self/exe", child_argv);
		_exit(99);
	}
	EXPECT_EQ(10, exit_status(pid));
}

/* ---- Copies ------------------------------------------------------------- */

TEST_F(pair, copies_are_the_same_socket)
{
	int copies[] = {
		dup(self->client),
		dup2(self->client, 100),
		dup3(self->client, 101, O_CLOEXEC),
		fcntl(self->client, F_DUPFD, 200),
		fcntl(self->client, F_DUPFD_CLOEXEC, 201),
	};
	struct address peer;
	size_t i;

	for (i = 0; i < sizeof(copies) / sizeof(copies[0]); i++) {
		ASSERT_LE(0, copies[i]);
		EXPECT_TAKEN_OVER(copies[i]);
		EXPECT_EQ(2, send(copies[i], "ab", 2, 0));
		EXPECT_TRUE(hears(self->server, "ab"));
		peer.len = sizeof(peer.storage);
		EXPECT_EQ(0, getpeername(copies[i], &peer.sa, &peer.len));
		close(copies[i]);
	}
	EXPECT_EQ(1, send(self->client, "x", 1, 0));
}

/* Passes it to this very process. */
static int pass(int fd, int flags)
{
	char control[CMSG_SPACE(sizeof(int))] = "", byte = 'x';
	struct iovec part = { .iov_base = &byte, .iov_len = 1 };
	struct msghdr msg = {
		.msg_iov = &part,
		.msg_iovlen = 1,
		.msg_control = control,
		.msg_controllen = sizeof(control),
	};
	struct cmsghdr *cmsg = CMSG_FIRSTHDR(&msg);
	int ends[2];

	if (socketpair(AF_UNIX, SOCK_DGRAM, 0, ends))
		return -1;
	cmsg->cmsg_level = SOL_SOCKET;
	cmsg->cmsg_type = SCM_RIGHTS;
	cmsg->cmsg_len = CMSG_LEN(sizeof(int));
	memcpy(CMSG_DATA(cmsg), &fd, sizeof(fd));
	if (sendmsg(ends[0], &msg, 0) != 1)
		return -1;
	memset(control, 0, sizeof(control));
	if (recvmsg(ends[1], &msg, flags) != 1 || !CMSG_FIRSTHDR(&msg))
		return -1;
	memcpy(&fd, CMSG_DATA(CMSG_FIRSTHDR(&msg)), sizeof(fd));
	close(ends[0]);
	close(ends[1]);
	return fd;
}

TEST_F(pair, socket_is_passed_by_scm_rights)
{
	int plain = pass(self->client, 0);
	int cloexec = pass(self->client, MSG_CMSG_CLOEXEC);

	ASSERT_LE(0, plain);
	ASSERT_LE(0, cloexec);
	EXPECT_TAKEN_OVER(plain);
	EXPECT_EQ(0, fcntl(plain, F_GETFD));
	EXPECT_EQ(FD_CLOEXEC, fcntl(cloexec, F_GETFD));
	EXPECT_EQ(4, send(plain, "pass", 4, 0));
	EXPECT_EQ(2, send(cloexec, "ed", 2, 0));
	EXPECT_TRUE(hears(self->server, "passed"));
	close(plain);
	close(cloexec);
}

/* ---- Programs that close or lose things --------------------------------- */

TEST_F(pair, sockets_can_be_made_when_all_has_been_closed)
{
	struct address any = loopback(variant->family, 0);
	int i, fd;

	for (i = 0; i < 2; i++) {
		ASSERT_EQ(0, close_range(3, ~0U, 0));
		fd = socket(variant->family, SOCK_STREAM, 0);
		EXPECT_EQ(3, fd);
		EXPECT_TAKEN_OVER(fd);
		fd = socket(variant->family, SOCK_STREAM, 0);
		EXPECT_EQ(4, fd);
		EXPECT_TAKEN_OVER(fd);
		EXPECT_EQ(0, bind(fd, &any.sa, any.len));
		/* Whatever else has the numbers of what was closed. */
		for (fd = 990; fd < 1010; fd++)
			ASSERT_EQ(fd, dup2(1, fd));
		fd = socket(variant->family, SOCK_STREAM, 0);
		EXPECT_TAKEN_OVER(fd);
		for (fd = 990; fd < 1010; fd++)
			ASSERT_EQ(0, fcntl(fd, F_GETFD));
	}
}

TEST(sockets_can_be_made_with_another_root)
{
	int fd;

	ASSERT_EQ(0, mkdir("/tmp/root", 0755) && errno != EEXIST);
	ASSERT_EQ(0, chroot("/tmp/root"));
	ASSERT_EQ(0, chdir("/"));
	fd = socket(AF_INET, SOCK_STREAM, 0);
	ASSERT_LE(0, fd);
	EXPECT_EQ(0, listen(fd, 1));
	close(fd);
}

TEST(no_descriptor_is_left)
{
	struct rlimit limit = { .rlim_cur = 3, .rlim_max = 3 };

	ASSERT_EQ(0, new_netns());
	ASSERT_EQ(0, setrlimit(RLIMIT_NOFILE, &limit));
	EXPECT_EQ(EMFILE, ERRNO(socket(AF_INET, SOCK_STREAM, 0)));
}

/* ---- Threads ------------------------------------------------------------ */

#define THREADS 8
#define ROUNDS 50

static void *thread_talk(void *arg)
{
	const struct address *addr = arg;
	long failures = 0;
	int fd, i;

	for (i = 0; i < ROUNDS; i++) {
		fd = socket(addr->sa.sa_family, SOCK_DGRAM, 0);
		failures += fd < 0 || is_ksock(fd) != preloaded() ||
			    sendto(fd, "x", 1, 0, &addr->sa, addr->len) != 1 ||
			    close(fd);
	}
	return (void *)failures;
}

TEST_F(dgram, threads_make_and_close_sockets_at_once)
{
	pthread_t threads[THREADS];
	void *failures;
	int i;

	for (i = 0; i < THREADS; i++)
		ASSERT_EQ(0, pthread_create(&threads[i], NULL, thread_talk,
					    &self->addr));
	for (i = 0; i < THREADS; i++) {
		ASSERT_EQ(0, pthread_join(threads[i], &failures));
		EXPECT_EQ(NULL, failures);
	}
	ASSERT_EQ(POLLIN, poll_one(self->bound, POLLIN));
}

static pid_t thread_tid;

/* Whether the thread sleeps in the kernel, sooner or later. */
static bool thread_sleeps(void)
{
	char path[64], line[512], *state;
	bool sleeps = false;
	int i, fd;
	ssize_t n;

	for (i = 0; i < WAIT_MS && !sleeps; i++) {
		usleep(1000);
		snprintf(path, sizeof(path), "/proc/self/task/%d/stat",
			 __atomic_load_n(&thread_tid, __ATOMIC_ACQUIRE));
		fd = open(path, O_RDONLY | O_CLOEXEC);
		if (fd < 0)
			continue;
		n = read(fd, line, sizeof(line) - 1);
		line[n > 0 ? n : 0] = '\0';
		state = strrchr(line, ')');
		sleeps = state && state[2] == 'S';
		close(fd);
	}
	return sleeps;
}

static long thread_result(ssize_t ret)
{
	return ret < 0 ? -errno : ret;
}

static void *thread_recv(void *arg)
{
	char byte;

	__atomic_store_n(&thread_tid, gettid(), __ATOMIC_RELEASE);
	return (void *)thread_result(recv(*(int *)arg, &byte, 1, 0));
}

static void *thread_accept(void *arg)
{
	__atomic_store_n(&thread_tid, gettid(), __ATOMIC_RELEASE);
	return (void *)thread_result(accept(*(int *)arg, NULL, NULL));
}

#define START(_thread, _fn, _fd)					\
	do {								\
		thread_tid = 0;						\
		ASSERT_EQ(0, pthread_create(&(_thread), NULL, _fn, &(_fd))); \
		ASSERT_TRUE(thread_sleeps());				\
	} while (0)

TEST_F(pair, shutdown_wakes_who_waits)
{
	pthread_t thread;
	void *ret;

	START(thread, thread_recv, self->server);
	ASSERT_EQ(0, shutdown(self->server, SHUT_RD));
	ASSERT_EQ(0, pthread_join(thread, &ret));
	EXPECT_EQ(0, (long)ret);
}

TEST_F(pair, thread_that_waits_can_be_cancelled)
{
	pthread_t thread;
	void *ret;

	START(thread, thread_recv, self->server);
	ASSERT_EQ(0, pthread_cancel(thread));
	ASSERT_EQ(0, pthread_join(thread, &ret));
	EXPECT_EQ(PTHREAD_CANCELED, ret);

	START(thread, thread_accept, self->listener);
	ASSERT_EQ(0, pthread_cancel(thread));
	ASSERT_EQ(0, pthread_join(thread, &ret));
	EXPECT_EQ(PTHREAD_CANCELED, ret);
}

static void *thread_not_cancelled(void *arg)
{
	int fd, value = 1;

	pthread_cancel(pthread_self());
	fd = socket(AF_INET, SOCK_STREAM, 0);
	setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &value, sizeof(value));
	shutdown(fd, SHUT_RDWR);
	*(int *)arg = fd;
	return NULL;
}

TEST_F(pair, calls_that_do_not_wait_are_no_cancellation_points)
{
	pthread_t thread;
	void *ret;
	int fd = -1;

	ASSERT_EQ(0, pthread_create(&thread, NULL, thread_not_cancelled, &fd));
	ASSERT_EQ(0, pthread_join(thread, &ret));
	EXPECT_EQ(NULL, ret);
	ASSERT_LE(0, fd);
	close(fd);
}

/* ---- Signals ------------------------------------------------------------ */

static int signal_fd = -1;

static void signal_send(int number)
{
	int err = errno;

	(void)number;
	send(signal_fd, "s", 1, MSG_NOSIGNAL);
	errno = err;
}

static void signal_set(void (*handler)(int), int flags)
{
	struct sigaction action = { .sa_handler = handler, .sa_flags = flags };

	sigaction(SIGUSR1, &action, NULL);
}

/* The handler sends what the call waits for. */
TEST_F(pair, call_is_restarted_where_sa_restart_says_so)
{
	pthread_t thread;
	void *ret;

	signal_fd = self->client;
	signal_set(signal_send, SA_RESTART);
	START(thread, thread_recv, self->server);
	ASSERT_EQ(0, pthread_kill(thread, SIGUSR1));
	ASSERT_EQ(0, pthread_join(thread, &ret));
	EXPECT_EQ(1, (long)ret);
}

TEST_F(pair, call_is_interrupted_otherwise)
{
	pthread_t thread;
	void *ret;

	signal_fd = -1;
	signal_set(signal_send, 0);
	START(thread, thread_recv, self->server);
	ASSERT_EQ(0, pthread_kill(thread, SIGUSR1));
	ASSERT_EQ(0, pthread_join(thread, &ret));
	EXPECT_EQ(-EINTR, (long)ret);

	START(thread, thread_accept, self->listener);
	ASSERT_EQ(0, pthread_kill(thread, SIGUSR1));
	ASSERT_EQ(0, pthread_join(thread, &ret));
	EXPECT_EQ(-EINTR, (long)ret);
}

TEST_F(pair, o_async_signals_that_there_is_data)
{
	sigset_t set;
	struct timespec wait = { .tv_sec = WAIT_MS / 1000 };

	sigemptyset(&set);
	sigaddset(&set, SIGIO);
	ASSERT_EQ(0, sigprocmask(SIG_BLOCK, &set, NULL));
	ASSERT_EQ(0, fcntl(self->server, F_SETOWN, getpid()));
	ASSERT_EQ(0, fcntl(self->server, F_SETFL, O_ASYNC | O_NONBLOCK));
	ASSERT_EQ(1, send(self->client, "x", 1, 0));
	EXPECT_EQ(SIGIO, sigtimedwait(&set, NULL, &wait));
}

TEST_HARNESS_MAIN
