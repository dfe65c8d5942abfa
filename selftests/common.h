/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the tests share: addresses, a network namespace for each test, and the
 * two faces of a socket.
 *
 * A face is one way to work a socket, its verbs returning what the system call
 * of the name returns, with -errno for a failure.  A test that runs on both
 * faces and asserts the same value on both proves that they agree; where they
 * do not, the value comes from the table in differences.h.
 */
#ifndef KSOCK_SELFTESTS_COMMON_H
#define KSOCK_SELFTESTS_COMMON_H

#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <arpa/inet.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <net/if.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <linux/ksock.h>

#include "kselftest_harness.h"

/*
 * In seconds.  It is there to end a test that hangs; on a kernel with all of its
 * checks, and that on an emulated machine, others take ten times as long as they
 * mostly do.
 */
#undef TEST_TIMEOUT_DEFAULT
#define TEST_TIMEOUT_DEFAULT	120

#define KSOCK_DEVICE	"/dev/ksock"

/* Long enough for any step on a slow machine, far below the test's limit. */
#define WAIT_MS		10000

#define NS_PER_MS	1000000ULL

#define PORT		7000

struct face {
	const char *name;
	int (*socket)(int family, int type, int protocol);
	int (*bind)(int fd, const void *addr, socklen_t len);
	int (*listen)(int fd, int backlog);
	int (*accept)(int fd, void *addr, socklen_t *len, int flags);
	int (*connect)(int fd, const void *addr, socklen_t len);
	ssize_t (*sendto)(int fd, const void *buf, size_t len, int flags,
			  const void *addr, socklen_t addr_len);
	/* *flags goes in as recvfrom(2) has it and comes out as msg_flags. */
	ssize_t (*recvfrom)(int fd, void *buf, size_t len, int *flags,
			    void *addr, socklen_t *addr_len);
	int (*shutdown)(int fd, int how);
	int (*getsockname)(int fd, void *addr, socklen_t *len);
	int (*getpeername)(int fd, void *addr, socklen_t *len);
	ssize_t (*sendmsg)(int fd, const struct msghdr *msg, int flags);
	ssize_t (*recvmsg)(int fd, struct msghdr *msg, int flags);
	int (*getsockopt)(int fd, int level, int name, void *value,
			  socklen_t *len);
	int (*setsockopt)(int fd, int level, int name, const void *value,
			  socklen_t len);
};

static inline int ret_errno(int ret)
{
	return ret < 0 ? -errno : ret;
}

/* ---- The face of ordinary sockets --------------------------------------- */

static inline int plain_socket(int family, int type, int protocol)
{
	return ret_errno(socket(family, type, protocol));
}

static inline int plain_bind(int fd, const void *addr, socklen_t len)
{
	return ret_errno(bind(fd, addr, len));
}

static inline int plain_listen(int fd, int backlog)
{
	return ret_errno(listen(fd, backlog));
}

static inline int plain_accept(int fd, void *addr, socklen_t *len, int flags)
{
	return ret_errno(accept4(fd, addr, len, flags));
}

static inline int plain_connect(int fd, const void *addr, socklen_t len)
{
	return ret_errno(connect(fd, addr, len));
}

static inline ssize_t plain_sendto(int fd, const void *buf, size_t len,
				   int flags, const void *addr,
				   socklen_t addr_len)
{
	ssize_t ret = sendto(fd, buf, len, flags, addr, addr_len);

	return ret < 0 ? -errno : ret;
}

static inline ssize_t plain_recvfrom(int fd, void *buf, size_t len, int *flags,
				     void *addr, socklen_t *addr_len)
{
	struct iovec iov = { .iov_base = buf, .iov_len = len };
	struct msghdr msg = {
		.msg_name = addr,
		.msg_namelen = addr_len ? *addr_len : 0,
		.msg_iov = &iov,
		.msg_iovlen = 1,
	};
	ssize_t ret = recvmsg(fd, &msg, *flags);

	if (ret < 0)
		return -errno;
	*flags = msg.msg_flags;
	if (addr_len)
		*addr_len = msg.msg_namelen;
	return ret;
}

static inline int plain_shutdown(int fd, int how)
{
	return ret_errno(shutdown(fd, how));
}

static inline int plain_getsockname(int fd, void *addr, socklen_t *len)
{
	return ret_errno(getsockname(fd, addr, len));
}

static inline int plain_getpeername(int fd, void *addr, socklen_t *len)
{
	return ret_errno(getpeername(fd, addr, len));
}

static inline ssize_t plain_sendmsg(int fd, const struct msghdr *msg, int flags)
{
	ssize_t ret = sendmsg(fd, msg, flags);

	return ret < 0 ? -errno : ret;
}

static inline ssize_t plain_recvmsg(int fd, struct msghdr *msg, int flags)
{
	ssize_t ret = recvmsg(fd, msg, flags);

	return ret < 0 ? -errno : ret;
}

static inline int plain_getsockopt(int fd, int level, int name, void *value,
				   socklen_t *len)
{
	return ret_errno(getsockopt(fd, level, name, value, len));
}

static inline int plain_setsockopt(int fd, int level, int name,
				   const void *value, socklen_t len)
{
	return ret_errno(setsockopt(fd, level, name, value, len));
}

static const struct face plain_face __attribute__((unused)) = {
	.name = "plain",
	.socket = plain_socket,
	.bind = plain_bind,
	.listen = plain_listen,
	.accept = plain_accept,
	.connect = plain_connect,
	.sendto = plain_sendto,
	.recvfrom = plain_recvfrom,
	.shutdown = plain_shutdown,
	.getsockname = plain_getsockname,
	.getpeername = plain_getpeername,
	.sendmsg = plain_sendmsg,
	.recvmsg = plain_recvmsg,
	.getsockopt = plain_getsockopt,
	.setsockopt = plain_setsockopt,
};

/* ---- The face of ksock --------------------------------------------------- */

/* The context that ksock_socket() uses; each test opens its own. */
static int ksock_ctx = -1;

/*
 * Of every socket that ksock_socket() makes.  A program that includes another one
 * after it has defined this as KSOCK_SOCKET_KERN runs its tests on sockets of the
 * kernel's own.
 */
#ifndef SOCKET_FLAGS
#define SOCKET_FLAGS	0
#endif

static inline int ksock_open(void)
{
	return ret_errno(open(KSOCK_DEVICE, O_RDWR | O_CLOEXEC));
}

static inline int ksock_socket(int family, int type, int protocol)
{
	struct ksock_socket_args args = {
		.flags = SOCKET_FLAGS,
		.family = family,
		.type = type,
		.protocol = protocol,
	};

	return ret_errno(ioctl(ksock_ctx, KSOCK_IOC_SOCKET, &args));
}

static inline void ksock_addr_in(struct ksock_sockaddr *to, const void *addr,
				 socklen_t len)
{
	to->len = len;
	memcpy(to->bytes, addr, len < KSOCK_ADDR_MAX ? len : KSOCK_ADDR_MAX);
}

static inline void ksock_addr_out(void *addr, socklen_t *len,
				  const struct ksock_sockaddr *from)
{
	if (!len)
		return;
	memcpy(addr, from->bytes, *len < from->len ? *len : from->len);
	*len = from->len;
}

static inline int ksock_bind(int fd, const void *addr, socklen_t len)
{
	struct ksock_bind_args args = {};

	ksock_addr_in(&args.addr, addr, len);
	return ret_errno(ioctl(fd, KSOCK_IOC_BIND, &args));
}

static inline int ksock_listen(int fd, int backlog)
{
	struct ksock_listen_args args = { .backlog = backlog };

	return ret_errno(ioctl(fd, KSOCK_IOC_LISTEN, &args));
}

static inline int ksock_accept(int fd, void *addr, socklen_t *len, int flags)
{
	struct ksock_accept_args args = { .flags = flags };
	int ret = ret_errno(ioctl(fd, KSOCK_IOC_ACCEPT, &args));

	if (ret >= 0)
		ksock_addr_out(addr, len, &args.out_addr);
	return ret;
}

static inline int ksock_connect(int fd, const void *addr, socklen_t len)
{
	struct ksock_connect_args args = {};

	ksock_addr_in(&args.addr, addr, len);
	return ret_errno(ioctl(fd, KSOCK_IOC_CONNECT, &args));
}

static inline ssize_t ksock_sendto(int fd, const void *buf, size_t len,
				   int flags, const void *addr,
				   socklen_t addr_len)
{
	struct ksock_send_args args = {
		.flags = flags,
		.addr_len = addr_len,
		.buf_ptr = (uintptr_t)buf,
		.len = len,
		.addr_ptr = (uintptr_t)addr,
	};

	return ret_errno(ioctl(fd, KSOCK_IOC_SEND, &args));
}

static inline ssize_t ksock_recvfrom(int fd, void *buf, size_t len, int *flags,
				     void *addr, socklen_t *addr_len)
{
	struct ksock_recv_args args = {
		.flags = *flags,
		.addr_len = addr_len ? *addr_len : 0,
		.buf_ptr = (uintptr_t)buf,
		.len = len,
		.addr_ptr = (uintptr_t)addr,
	};
	ssize_t ret = ret_errno(ioctl(fd, KSOCK_IOC_RECV, &args));

	if (ret < 0)
		return ret;
	*flags = args.out_flags;
	if (addr_len)
		*addr_len = args.out_addr_len;
	return ret;
}

static inline int ksock_shutdown(int fd, int how)
{
	struct ksock_shutdown_args args = { .how = how };

	return ret_errno(ioctl(fd, KSOCK_IOC_SHUTDOWN, &args));
}

static inline int ksock_name(int fd, unsigned int side, void *addr,
			     socklen_t *len)
{
	struct ksock_name_args args = { .side = side };
	int ret = ret_errno(ioctl(fd, KSOCK_IOC_NAME, &args));

	if (!ret)
		ksock_addr_out(addr, len, &args.out_addr);
	return ret;
}

static inline int ksock_getsockname(int fd, void *addr, socklen_t *len)
{
	return ksock_name(fd, KSOCK_SIDE_OWN, addr, len);
}

static inline int ksock_getpeername(int fd, void *addr, socklen_t *len)
{
	return ksock_name(fd, KSOCK_SIDE_PEER, addr, len);
}

static inline ssize_t ksock_sendmsg(int fd, const struct msghdr *msg, int flags)
{
	struct ksock_sendmsg_args args = {
		.flags = flags,
		.addr_len = msg->msg_namelen,
		.addr_ptr = (uintptr_t)msg->msg_name,
		.iov_ptr = (uintptr_t)msg->msg_iov,
		.iov_count = msg->msg_iovlen,
		.control_len = msg->msg_controllen,
		.control_ptr = (uintptr_t)msg->msg_control,
	};

	return ret_errno(ioctl(fd, KSOCK_IOC_SENDMSG, &args));
}

static inline ssize_t ksock_recvmsg(int fd, struct msghdr *msg, int flags)
{
	struct ksock_recvmsg_args args = {
		.flags = flags,
		.addr_len = msg->msg_namelen,
		.addr_ptr = (uintptr_t)msg->msg_name,
		.iov_ptr = (uintptr_t)msg->msg_iov,
		.iov_count = msg->msg_iovlen,
		.control_len = msg->msg_controllen,
		.control_ptr = (uintptr_t)msg->msg_control,
	};
	ssize_t ret = ret_errno(ioctl(fd, KSOCK_IOC_RECVMSG, &args));

	if (ret < 0)
		return ret;
	msg->msg_flags = args.out_flags;
	if (msg->msg_name)
		msg->msg_namelen = args.out_addr_len;
	msg->msg_controllen = args.out_control_len;
	return ret;
}

static inline int ksock_getsockopt(int fd, int level, int name, void *value,
				   socklen_t *len)
{
	struct ksock_opt_args args = {
		.level = level,
		.name = name,
		.len = *len,
		.value_ptr = (uintptr_t)value,
	};
	int ret = ret_errno(ioctl(fd, KSOCK_IOC_OPT_GET, &args));

	*len = args.len;
	return ret;
}

static inline int ksock_setsockopt(int fd, int level, int name,
				   const void *value, socklen_t len)
{
	struct ksock_opt_args args = {
		.level = level,
		.name = name,
		.len = len,
		.value_ptr = (uintptr_t)value,
	};

	return ret_errno(ioctl(fd, KSOCK_IOC_OPT_SET, &args));
}

static const struct face ksock_face __attribute__((unused)) = {
	.name = "ksock",
	.socket = ksock_socket,
	.bind = ksock_bind,
	.listen = ksock_listen,
	.accept = ksock_accept,
	.connect = ksock_connect,
	.sendto = ksock_sendto,
	.recvfrom = ksock_recvfrom,
	.shutdown = ksock_shutdown,
	.getsockname = ksock_getsockname,
	.getpeername = ksock_getpeername,
	.sendmsg = ksock_sendmsg,
	.recvmsg = ksock_recvmsg,
	.getsockopt = ksock_getsockopt,
	.setsockopt = ksock_setsockopt,
};

/* ---- Addresses ----------------------------------------------------------- */

struct addr {
	socklen_t len;
	union {
		struct sockaddr sa;
		struct sockaddr_in in;
		struct sockaddr_in6 in6;
		struct sockaddr_storage storage;
	};
};

static inline struct addr addr_loopback(int family, uint16_t port)
{
	struct addr addr;

	memset(&addr, 0, sizeof(addr));
	addr.sa.sa_family = family;
	if (family == AF_INET) {
		addr.len = sizeof(addr.in);
		addr.in.sin_port = htons(port);
		addr.in.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	} else {
		addr.len = sizeof(addr.in6);
		addr.in6.sin6_port = htons(port);
		addr.in6.sin6_addr = in6addr_loopback;
	}
	return addr;
}

/* Room for an address that a call will fill. */
static inline struct addr addr_room(void)
{
	struct addr addr;

	memset(&addr, 0, sizeof(addr));
	addr.len = sizeof(addr.storage);
	return addr;
}

static inline uint16_t addr_port(const struct addr *addr)
{
	return ntohs(addr->sa.sa_family == AF_INET ? addr->in.sin_port :
		     addr->in6.sin6_port);
}

/* ---- A test's own network ------------------------------------------------ */

/* Returns 0 in a new network namespace whose loopback is up, else -errno. */
static inline int own_netns(void)
{
	struct ifreq ifr = { .ifr_name = "lo", .ifr_flags = IFF_UP };
	int fd, ret;

	if (unshare(CLONE_NEWNET))
		return -errno;
	fd = plain_socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return fd;
	ret = ret_errno(ioctl(fd, SIOCSIFFLAGS, &ifr));
	close(fd);
	return ret;
}

/* Returns the events that are there within @ms, 0 when none came, or -errno. */
static inline int wait_events(int fd, short events, int ms)
{
	struct pollfd pfd = { .fd = fd, .events = events };
	int ret = ret_errno(poll(&pfd, 1, ms));

	return ret <= 0 ? ret : pfd.revents;
}

static inline uint64_t clock_ns(clockid_t clock)
{
	struct timespec now;

	clock_gettime(clock, &now);
	return now.tv_sec * 1000 * NS_PER_MS + now.tv_nsec;
}

/*
 * When a call begins that waits as long as SO_RCVTIMEO or SO_SNDTIMEO say: these go
 * by ticks, which are late when the machine is, and so does this clock.
 */
static inline uint64_t tick_ns(void)
{
	return clock_ns(CLOCK_MONOTONIC_COARSE);
}

/* ---- Calls that block ---------------------------------------------------- */

/*
 * A call in a thread of its own: @run makes it and returns what it returned,
 * the fields that follow are what it works on, the rest is call_start()'s.
 */
struct call {
	ssize_t (*run)(struct call *call);
	const struct face *face;
	int fd;
	void *buf;
	size_t len;
	int flags;
	struct addr addr;

	pthread_t thread;
	pid_t tid;
	int done[2];
	ssize_t ret;
};

static inline void *call_thread(void *arg)
{
	struct call *call = arg;

	__atomic_store_n(&call->tid, syscall(SYS_gettid), __ATOMIC_RELEASE);
	call->ret = call->run(call);
	close(call->done[1]);
	return NULL;
}

/* Returns 0 or -errno. */
static inline int call_start(struct call *call)
{
	call->tid = 0;
	if (pipe2(call->done, O_CLOEXEC))
		return -errno;
	return -pthread_create(&call->thread, NULL, call_thread, call);
}

/* The state of the call's thread as /proc tells it: S when it is asleep. */
static inline char call_state(const struct call *call)
{
	pid_t tid = __atomic_load_n(&call->tid, __ATOMIC_ACQUIRE);
	char path[64], stat[256], *end;
	ssize_t len;
	int fd;

	if (!tid)
		return '?';
	snprintf(path, sizeof(path), "/proc/self/task/%d/stat", tid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return '?';
	len = read(fd, stat, sizeof(stat) - 1);
	close(fd);
	stat[len < 0 ? 0 : len] = '\0';
	end = strrchr(stat, ')');
	return end && end[1] ? end[2] : '?';
}

/* Waits for the call to fall asleep; returns false when it returned instead. */
static inline bool call_sleeps(const struct call *call)
{
	int ms;

	for (ms = 0; ms < WAIT_MS; ms++) {
		if (call_state(call) == 'S')
			return true;
		if (wait_events(call->done[0], POLLIN, 1))
			return false;
	}
	return false;
}

/* Returns what the call returned, -ETIME when it does not in time. */
static inline ssize_t call_end(struct call *call)
{
	if (wait_events(call->done[0], POLLIN, WAIT_MS) <= 0)
		return -ETIME;
	pthread_join(call->thread, NULL);
	close(call->done[0]);
	return call->ret;
}

static inline ssize_t call_accept(struct call *call)
{
	return call->face->accept(call->fd, NULL, NULL, 0);
}

static inline ssize_t call_connect(struct call *call)
{
	return call->face->connect(call->fd, &call->addr.sa, call->addr.len);
}

static inline ssize_t call_recv(struct call *call)
{
	int flags = call->flags;

	return call->face->recvfrom(call->fd, call->buf, call->len, &flags,
				    NULL, NULL);
}

static inline ssize_t call_send(struct call *call)
{
	return call->face->sendto(call->fd, call->buf, call->len, call->flags,
				  NULL, 0);
}

/* ---- What a test counts on ----------------------------------------------- */

/* recv(2) of a face, for a test that wants no more than the data. */
static inline ssize_t face_recv(const struct face *face, int fd, void *buf,
				size_t len, int flags)
{
	return face->recvfrom(fd, buf, len, &flags, NULL, NULL);
}

/* send(2) of a face. */
static inline ssize_t face_send(const struct face *face, int fd,
				const void *buf, size_t len, int flags)
{
	return face->sendto(fd, buf, len, flags, NULL, 0);
}

/*
 * Lowers the limit of descriptors to those the process has; @saved takes the
 * limit for setrlimit() to undo it.  Returns 0 or -errno.
 */
static inline int fds_exhaust(struct rlimit *saved)
{
	struct rlimit limit;
	int fd;

	if (getrlimit(RLIMIT_NOFILE, saved))
		return -errno;
	fd = open("/", O_PATH | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	close(fd);
	limit = *saved;
	limit.rlim_cur = fd;
	return ret_errno(setrlimit(RLIMIT_NOFILE, &limit));
}

/* A page that can be read but not written, or NULL. */
static inline void *page_read_only(void)
{
	void *page = mmap(NULL, sysconf(_SC_PAGESIZE), PROT_READ,
			  MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	return page == MAP_FAILED ? NULL : page;
}

/* An address of the process at which there is no memory, or NULL. */
static inline void *page_missing(void)
{
	void *page = mmap(NULL, sysconf(_SC_PAGESIZE), PROT_NONE,
			  MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	return page == MAP_FAILED ? NULL : page;
}

/* How many times signal_count() ran. */
static int signals __attribute__((unused));

static inline void signal_count(int signal)
{
	__atomic_add_fetch(&signals, 1, __ATOMIC_SEQ_CST);
}

/* Has signal_count() handle a signal, with sigaction(2)'s @flags. */
static inline int signal_handle(int signal, int flags)
{
	struct sigaction action = {
		.sa_handler = signal_count, .sa_flags = flags,
	};

	return ret_errno(sigaction(signal, &action, NULL));
}

/* For the setup of a fixture: a missing device skips, it does not pass. */
#define SETUP_KSOCK()							\
	do {								\
		ASSERT_EQ(0, own_netns());				\
		ksock_ctx = ksock_open();				\
		if (ksock_ctx == -ENOENT || ksock_ctx == -ENXIO)	\
			SKIP(return, "no " KSOCK_DEVICE);		\
		ASSERT_LE(0, ksock_ctx);				\
	} while (0)

/* ---- What the module says ------------------------------------------------ */

static inline int ksock_device_info(int ctx, struct ksock_device_info *info)
{
	memset(info, 0, sizeof(*info));
	return ret_errno(ioctl(ctx, KSOCK_IOC_DEVICE_INFO, info));
}

static inline int ksock_socket_info(int fd, struct ksock_socket_info *info)
{
	memset(info, 0, sizeof(*info));
	return ret_errno(ioctl(fd, KSOCK_IOC_SOCKET_INFO, info));
}

/* Returns the sockets that the calling user owns, or -errno. */
static inline int ksock_owned(int ctx)
{
	struct ksock_device_info info;
	int ret = ksock_device_info(ctx, &info);

	return ret ? ret : (int)info.out_sockets;
}

/* References to the module, or -errno. */
static inline int references(void)
{
	FILE *file = fopen("/sys/module/ksock/refcnt", "re");
	int count;

	if (!file)
		return -errno;
	if (fscanf(file, "%d", &count) != 1)
		count = -EINVAL;
	fclose(file);
	return count;
}

/* Returns how many descriptors the process has open, or -errno. */
static inline int open_fds(void)
{
	DIR *dir = opendir("/proc/self/fd");
	int count = 0;

	if (!dir)
		return -errno;
	while (readdir(dir))
		count++;
	closedir(dir);
	/* ".", ".." and the directory itself. */
	return count - 3;
}

/* Whether the condition comes true within WAIT_MS; not asked again after. */
#define EVENTUALLY(_condition)						\
	({								\
		int __tries = WAIT_MS / 10;				\
		bool __true = (_condition);				\
		while (!__true && __tries--) {				\
			poll(NULL, 0, 10);				\
			__true = (_condition);				\
		}							\
		__true;							\
	})

#endif /* KSOCK_SELFTESTS_COMMON_H */
