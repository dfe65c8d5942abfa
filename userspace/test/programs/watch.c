// SPDX-License-Identifier: GPL-2.0-only
/*
 * Runs a program and proves what its sockets are.  A filter of system calls makes
 * the program and all that it starts wait whenever one of them is about to lose a
 * descriptor: at close(2) and the like, at execve(2) and at the end.  While it
 * waits, fdinfo tells what each ksock that may go has counted, so no socket is too
 * short-lived to be seen.  The same filter keeps ordinary sockets of IPv4 and IPv6
 * from carrying anything: what cannot be sent there has crossed a ksock.
 *
 *	watch REPORT PROGRAM [ARG]...
 *
 * The report has lines of a word and numbers: how many ksocks carried data, how
 * many operations and bytes they sent and received, and how often an ordinary
 * socket was refused, each with a comment.  Signals to end go on to the program.
 * Its exit status is that of the program; what it leaves running is killed.
 *
 * Needs CAP_SYS_ADMIN, and Linux 5.9.
 */
#define _GNU_SOURCE

#include <dirent.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#ifndef SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV
#define SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV 32UL
#endif

/* How long what the program leaves running may go on without it, in ms. */
#define WATCH_LINGER 5000

struct counts {
	uint64_t cookie;
	uint64_t sent_ops;
	uint64_t sent_bytes;
	uint64_t received_ops;
	uint64_t received_bytes;
};

static struct {
	FILE *report;
	pid_t program;
	int listener;
	int signals;
	int status;
	uint64_t ended;
	struct counts *sockets;
	size_t count;
	unsigned int refused;
} watch;

/* ---- What has been counted ---------------------------------------------- */

/* Counters only grow, so the last that is seen of a socket is the truth. */
static void counts_keep(const struct counts *new)
{
	size_t i;

	for (i = 0; i < watch.count; i++)
		if (watch.sockets[i].cookie == new->cookie)
			break;
	if (i == watch.count) {
		watch.sockets = reallocarray(watch.sockets, i + 1,
					     sizeof(*watch.sockets));
		if (!watch.sockets)
			err(2, "memory");
		watch.count++;
	}
	watch.sockets[i] = *new;
}

/* The first number of a line that begins with a name, and the one after it. */
static void line_take(const char *line, const char *name, uint64_t *first,
		      uint64_t *second)
{
	static const char digits[] = "0123456789";
	size_t len = strlen(name);
	char *rest;

	if (strncmp(line, name, len))
		return;
	*first = strtoull(line + len, &rest, 10);
	*second = strtoull(rest + strcspn(rest, digits), NULL, 10);
}

static void counts_read_fd(pid_t pid, int fd)
{
	struct counts counts = { 0 };
	char path[64], line[128];
	uint64_t none;
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%d/fdinfo/%d", pid, fd);
	file = fopen(path, "re");
	if (!file)
		return;
	while (fgets(line, sizeof(line), file)) {
		line_take(line, "ksock-cookie:", &counts.cookie, &none);
		line_take(line, "ksock-sent:", &counts.sent_ops,
			  &counts.sent_bytes);
		line_take(line, "ksock-received:", &counts.received_ops,
			  &counts.received_bytes);
	}
	fclose(file);
	if (counts.cookie)
		counts_keep(&counts);
}

static void counts_read_process(pid_t pid)
{
	struct dirent *entry;
	char path[64];
	DIR *dir;

	snprintf(path, sizeof(path), "/proc/%d/fdinfo", pid);
	dir = opendir(path);
	if (!dir)
		return;
	while ((entry = readdir(dir)))
		if (entry->d_name[0] != '.')
			counts_read_fd(pid, atoi(entry->d_name));
	closedir(dir);
}

/* ---- All processes below this one --------------------------------------- */

static void tree_walk(pid_t pid, void (*visit)(pid_t pid))
{
	struct dirent *entry;
	char path[128];
	pid_t child;
	FILE *file;
	DIR *dir;

	snprintf(path, sizeof(path), "/proc/%d/task", pid);
	dir = opendir(path);
	if (!dir)
		return;
	while ((entry = readdir(dir))) {
		snprintf(path, sizeof(path), "/proc/%d/task/%.16s/children",
			 pid, entry->d_name);
		file = fopen(path, "re");
		if (!file)
			continue;
		while (fscanf(file, "%d", &child) == 1) {
			tree_walk(child, visit);
			visit(child);
		}
		fclose(file);
	}
	closedir(dir);
}

static void tree_kill(pid_t pid)
{
	kill(pid, SIGKILL);
}

/* ---- Ordinary sockets --------------------------------------------------- */

static void refuse(const struct seccomp_notif *call, const char *what)
{
	char path[64], name[32] = "?\n";
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%u/comm", call->pid);
	file = fopen(path, "re");
	if (file) {
		(void)!fgets(name, sizeof(name), file);
		fclose(file);
	}
	fprintf(watch.report, "# refused: %s(%llu, %llu, ...) of %s", what,
		call->data.args[0], call->data.args[1], name);
	watch.refused++;
}

static pid_t process_of_thread(pid_t thread)
{
	uint64_t process = thread, none;
	char path[64], line[128];
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%d/status", thread);
	file = fopen(path, "re");
	if (!file)
		return thread;
	while (fgets(line, sizeof(line), file))
		line_take(line, "Tgid:", &process, &none);
	fclose(file);
	return process;
}

/* Whether a descriptor of a thread is an ordinary socket of IPv4 or IPv6. */
static bool is_ordinary(const struct seccomp_notif *call)
{
	socklen_t len = sizeof(int);
	int family = AF_UNSPEC;
	int pidfd, fd;

	pidfd = syscall(SYS_pidfd_open, process_of_thread(call->pid), 0);
	fd = syscall(SYS_pidfd_getfd, pidfd, (int)call->data.args[0], 0);
	if (fd >= 0) {
		getsockopt(fd, SOL_SOCKET, SO_DOMAIN, &family, &len);
		close(fd);
	}
	close(pidfd);
	return family == AF_INET || family == AF_INET6;
}

/*
 * libc makes datagram sockets to sort addresses and the preloaded library to ask
 * for interfaces.  They may be there, as long as nothing goes over them.
 */
static int ordinary_socket(const struct seccomp_notif *call)
{
	if ((call->data.args[1] & 0xf) == SOCK_DGRAM)
		return 0;
	refuse(call, "socket");
	return -EACCES;
}

static int ordinary_connect(const struct seccomp_notif *call)
{
	return is_ordinary(call) ? -ENETUNREACH : 0;
}

static int ordinary_use(const struct seccomp_notif *call, const char *what)
{
	if (!is_ordinary(call))
		return 0;
	refuse(call, what);
	return -EACCES;
}

/* ---- The calls ---------------------------------------------------------- */

/* Return: 0 to let it be made, or the error it fails with. */
static int call_judge(const struct seccomp_notif *call)
{
	switch (call->data.nr) {
	case SYS_close:
		counts_read_fd(call->pid, call->data.args[0]);
		return 0;
	case SYS_dup2:
	case SYS_dup3:
		counts_read_fd(call->pid, call->data.args[1]);
		return 0;
	case SYS_close_range:
	case SYS_execve:
	case SYS_execveat:
	case SYS_exit_group:
		counts_read_process(call->pid);
		return 0;
	case SYS_socket:
		return ordinary_socket(call);
	case SYS_connect:
		return ordinary_connect(call);
	case SYS_bind:
		return ordinary_use(call, "bind");
	case SYS_listen:
		return ordinary_use(call, "listen");
	case SYS_sendto:
		return ordinary_use(call, "sendto");
	case SYS_sendmsg:
		return ordinary_use(call, "sendmsg");
	case SYS_sendmmsg:
		return ordinary_use(call, "sendmmsg");
	default:
		return -EPERM;
	}
}

/* A caller that was killed in the meantime wants no answer. */
static void call_serve(void)
{
	struct seccomp_notif_resp answer = { 0 };
	struct seccomp_notif call = { 0 };

	if (ioctl(watch.listener, SECCOMP_IOCTL_NOTIF_RECV, &call))
		return;
	answer.id = call.id;
	answer.error = call_judge(&call);
	if (!answer.error)
		answer.flags = SECCOMP_USER_NOTIF_FLAG_CONTINUE;
	ioctl(watch.listener, SECCOMP_IOCTL_NOTIF_SEND, &answer);
}

#define LOAD(_field)							\
	BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, _field))
#define ANSWER(_action)							\
	BPF_STMT(BPF_RET | BPF_K, _action)
#define WHEN(_value, _action)						\
	BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, _value, 0, 1),		\
	ANSWER(_action)
#define TELL(_nr)							\
	WHEN(_nr, SECCOMP_RET_USER_NOTIF)

/* Calls of other machines, and io_uring, would go by unseen. */
static int filter_install(void)
{
	static struct sock_filter code[] = {
		LOAD(arch),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, AUDIT_ARCH_X86_64, 1, 0),
		ANSWER(SECCOMP_RET_ERRNO | EPERM),
		LOAD(nr),
		BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, 0x40000000, 0, 1),
		ANSWER(SECCOMP_RET_ERRNO | EPERM),
		WHEN(SYS_io_uring_setup, SECCOMP_RET_ERRNO | EPERM),
		TELL(SYS_close),
		TELL(SYS_close_range),
		TELL(SYS_dup2),
		TELL(SYS_dup3),
		TELL(SYS_execve),
		TELL(SYS_execveat),
		TELL(SYS_exit_group),
		TELL(SYS_connect),
		TELL(SYS_bind),
		TELL(SYS_listen),
		TELL(SYS_sendto),
		TELL(SYS_sendmsg),
		TELL(SYS_sendmmsg),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_socket, 1, 0),
		ANSWER(SECCOMP_RET_ALLOW),
		LOAD(args[0]),
		TELL(AF_INET),
		TELL(AF_INET6),
		ANSWER(SECCOMP_RET_ALLOW),
	};
	struct sock_fprog program = {
		.len = sizeof(code) / sizeof(code[0]),
		.filter = code,
	};
	unsigned long flags = SECCOMP_FILTER_FLAG_NEW_LISTENER;
	int fd;

	/* Where it is known, a signal does not cut a call short that waits. */
	fd = syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER,
		     flags | SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV, &program);
	if (fd < 0 && errno == EINVAL)
		fd = syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, flags,
			     &program);
	return fd;
}

/* ---- The program -------------------------------------------------------- */

static void program_exec(int pipe, char **args)
{
	sigset_t none;
	int listener;

	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	listener = filter_install();
	if (listener < 0)
		err(2, "seccomp");
	(void)!write(pipe, &listener, sizeof(listener));
	execvp(args[0], args);
	err(127, "%s", args[0]);
}

/* Its listener is taken from it, for it could not hand it over any longer. */
static void program_start(char **args)
{
	int pipe[2], pidfd, listener;

	if (pipe2(pipe, O_CLOEXEC))
		err(2, "pipe");
	watch.program = fork();
	if (watch.program < 0)
		err(2, "fork");
	if (!watch.program)
		program_exec(pipe[1], args);
	close(pipe[1]);
	if (read(pipe[0], &listener, sizeof(listener)) != sizeof(listener))
		errx(2, "the program has not been started");
	close(pipe[0]);
	pidfd = syscall(SYS_pidfd_open, watch.program, 0);
	watch.listener = syscall(SYS_pidfd_getfd, pidfd, listener, 0);
	if (watch.listener < 0)
		err(2, "pidfd_getfd");
	close(pidfd);
}

static uint64_t program_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000ULL + now.tv_nsec / 1000000;
}

/* Return: whether any process is left. */
static bool program_reap(void)
{
	int status;
	pid_t pid;

	while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
		if (pid != watch.program)
			continue;
		watch.ended = program_now();
		watch.status = WIFEXITED(status) ? WEXITSTATUS(status) :
			       128 + WTERMSIG(status);
	}
	return !pid;
}

/* A signal may end processes that do not get to a last call. */
static void program_signal(void)
{
	struct signalfd_siginfo signal;

	if (read(watch.signals, &signal, sizeof(signal)) != sizeof(signal) ||
	    signal.ssi_signo == SIGCHLD)
		return;
	tree_walk(getpid(), counts_read_process);
	if (!watch.ended)
		kill(watch.program, signal.ssi_signo);
}

static void program_watch(void)
{
	struct pollfd fds[] = {
		{ .fd = watch.listener, .events = POLLIN },
		{ .fd = watch.signals, .events = POLLIN },
	};

	while (program_reap()) {
		poll(fds, 2, watch.ended ? WATCH_LINGER : -1);
		if (watch.ended &&
		    program_now() - watch.ended >= WATCH_LINGER) {
			tree_walk(getpid(), counts_read_process);
			tree_walk(getpid(), tree_kill);
		}
		if (fds[1].revents)
			program_signal();
		if (fds[0].revents & POLLIN)
			call_serve();
		else if (fds[0].revents)
			fds[0].fd = -1;
	}
}

static void signals_take(void)
{
	static const int taken[] = { SIGCHLD, SIGHUP, SIGINT, SIGQUIT, SIGTERM };
	sigset_t set;
	size_t i;

	sigemptyset(&set);
	for (i = 0; i < sizeof(taken) / sizeof(taken[0]); i++)
		sigaddset(&set, taken[i]);
	sigprocmask(SIG_SETMASK, &set, NULL);
	watch.signals = signalfd(-1, &set, SFD_CLOEXEC);
	if (watch.signals < 0)
		err(2, "signalfd");
}

static void report(void)
{
	struct counts sum = { 0 };
	size_t carried = 0, i;

	for (i = 0; i < watch.count; i++) {
		const struct counts *one = &watch.sockets[i];

		carried += one->sent_ops || one->received_ops;
		sum.sent_ops += one->sent_ops;
		sum.sent_bytes += one->sent_bytes;
		sum.received_ops += one->received_ops;
		sum.received_bytes += one->received_bytes;
	}
	fprintf(watch.report, "sockets %zu\nsent %lu %lu\nreceived %lu %lu\n",
		carried, sum.sent_ops, sum.sent_bytes, sum.received_ops,
		sum.received_bytes);
	fprintf(watch.report, "refused %u\n", watch.refused);
	if (fclose(watch.report))
		err(2, "report");
}

int main(int argc, char **argv)
{
	if (argc < 3)
		errx(2, "usage: watch REPORT PROGRAM [ARG]...");
	watch.report = fopen(argv[1], "we");
	if (!watch.report)
		err(2, "%s", argv[1]);
	/* What the program leaves behind becomes a child of this. */
	prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
	signals_take();
	program_start(argv + 2);
	program_watch();
	report();
	return watch.status;
}
