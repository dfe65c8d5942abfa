// SPDX-License-Identifier: GPL-2.0-only
/*
 * Memory of the process that is slow to come, as of a file over a network, or for
 * as long as another thread likes, by userfaultfd(2): a call that copies it waits,
 * can be killed, and takes nobody along who has no part in it.  A socket of the
 * kernel's own is not held up at all, as its lock must never wait for a process.
 */
#include "batch.h"
#include "kern.h"
#include "process.h"

#include <linux/userfaultfd.h>

#define STALL_BYTES	1000

/* What the page is found to hold when it comes at last. */
static char stall_content[4096] __attribute__((aligned(4096)));

/* A page that has not come. */
struct stall {
	int uffd;
	void *page;
};

/* What is called, on a stream to a plain peer. */
struct work {
	const struct face *face;
	ssize_t (*run)(struct call *call);
	/* There is something to receive. */
	bool receives;
	/* By a batch, in whose slot the socket is. */
	bool batch;
};

static struct ksock_batch_op stall_op;

static int stall_make(struct stall *stall)
{
	struct uffdio_register range = { .mode = UFFDIO_REGISTER_MODE_MISSING };
	struct uffdio_api api = { .api = UFFD_API };

	stall->uffd = ret_errno(syscall(SYS_userfaultfd, O_CLOEXEC | O_NONBLOCK));
	if (stall->uffd < 0)
		return stall->uffd;
	stall->page = mmap(NULL, sizeof(stall_content), PROT_READ | PROT_WRITE,
			   MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (stall->page == MAP_FAILED)
		return -errno;
	range.range.start = (uintptr_t)stall->page;
	range.range.len = sizeof(stall_content);
	return ret_errno(ioctl(stall->uffd, UFFDIO_API, &api)) ?:
	       ret_errno(ioctl(stall->uffd, UFFDIO_REGISTER, &range));
}

/* Whether somebody waits for the page, in time. */
static bool stall_begins(const struct stall *stall)
{
	struct uffd_msg msg;

	return wait_events(stall->uffd, POLLIN, WAIT_MS) == POLLIN &&
	       read(stall->uffd, &msg, sizeof(msg)) == sizeof(msg) &&
	       msg.event == UFFD_EVENT_PAGEFAULT;
}

/* The page comes. */
static int stall_end(const struct stall *stall)
{
	struct uffdio_copy copy = {
		.dst = (uintptr_t)stall->page,
		.src = (uintptr_t)stall_content,
		.len = sizeof(stall_content),
	};

	return ret_errno(ioctl(stall->uffd, UFFDIO_COPY, &copy));
}

/* ---- The calls ----------------------------------------------------------- */

static ssize_t stall_write(struct call *call)
{
	return ret_errno(write(call->fd, call->buf, call->len));
}

static ssize_t stall_read(struct call *call)
{
	return ret_errno(read(call->fd, call->buf, call->len));
}

/* The list of parts is what does not come. */
static ssize_t stall_sendmsg(struct call *call)
{
	const struct msghdr msg = { .msg_iov = call->buf, .msg_iovlen = 1 };

	return call->face->sendmsg(call->fd, &msg, 0);
}

static ssize_t stall_batch(int batch, void *ops, void *results)
{
	struct ksock_batch_run_args args = {
		.count = 1,
		.ops_ptr = (uintptr_t)ops,
		.results_ptr = (uintptr_t)results,
	};

	return ret_errno(ioctl(batch, KSOCK_IOC_BATCH_RUN, &args));
}

static ssize_t stall_batch_ops(struct call *call)
{
	struct ksock_batch_result result;

	return stall_batch(call->fd, call->buf, &result);
}

static ssize_t stall_batch_results(struct call *call)
{
	return stall_batch(call->fd, &stall_op, call->buf);
}

/* Begins the call, and returns when it waits for the page: 0 or -errno. */
static int stall_call(const struct work *work, const struct stall *stall,
		      struct pair *pair, struct call *call)
{
	static struct iovec iov = { stall_content, STALL_BYTES };
	static char bytes[STALL_BYTES];
	int ret = pair_of_streams(pair, work->face, AF_INET);

	if (ret)
		return ret;
	if (work->receives &&
	    (face_send(&plain_face, pair->peer, bytes, sizeof(bytes), 0) !=
	     sizeof(bytes) || wait_events(pair->fd, POLLIN, WAIT_MS) != POLLIN))
		return -EIO;
	*call = (struct call) {
		.run = work->run, .face = work->face, .fd = pair->fd,
		.buf = stall->page, .len = STALL_BYTES,
	};
	if (work->batch) {
		call->fd = batch_open(1, 1);
		ret = batch_slot(call->fd, 0, pair->fd);
		if (ret)
			return ret;
	}
	stall_op = batch_send(0, "x", 1, 0);
	if (work->run == stall_batch_ops)
		memcpy(stall_content, &stall_op, sizeof(stall_op));
	if (work->run == stall_sendmsg)
		memcpy(stall_content, &iov, sizeof(iov));
	ret = call_start(call);
	return ret ?: stall_begins(stall) ? 0 : -ETIME;
}

#define STALL_SETUP()							\
	do {								\
		SETUP_KSOCK();						\
		ASSERT_EQ(0, stall_make(&self->stall));			\
		ASSERT_EQ(0, stall_call(&variant->work, &self->stall,	\
					&self->pair, &self->call));	\
	} while (0)

#define STALL_RETURNED(_work)	((_work)->batch ? 1 : STALL_BYTES)

FIXTURE(stall) {
	struct stall stall;
	struct pair pair;
	struct call call;
};

FIXTURE_VARIANT(stall) {
	struct work work;
};

#define STALL(_name, ...)						\
	FIXTURE_VARIANT_ADD(stall, _name) {				\
		.work = { .face = &ksock_face, __VA_ARGS__ },		\
	};								\
	FIXTURE_VARIANT_ADD(stall, _name ## _kern) {			\
		.work = { .face = &kern_face, __VA_ARGS__ },		\
	}

STALL(send, .run = call_send);
STALL(recv, .run = call_recv, .receives = true);
STALL(sendmsg, .run = stall_sendmsg);
STALL(write, .run = stall_write);
STALL(read, .run = stall_read, .receives = true);
STALL(batch_ops, .run = stall_batch_ops, .batch = true);
STALL(batch_results, .run = stall_batch_results, .batch = true);

FIXTURE_SETUP(stall)
{
	STALL_SETUP();
}

FIXTURE_TEARDOWN(stall)
{
}

TEST_F(stall, goes_on_when_the_memory_comes)
{
	EXPECT_EQ('S', call_state(&self->call));
	ASSERT_EQ(0, stall_end(&self->stall));
	EXPECT_EQ(STALL_RETURNED(&variant->work), call_end(&self->call));
}

/* With the memory of its own that it waits for. */
static void stall_be_killed(const struct work *work, int ready)
{
	struct stall stall;
	struct pair pair;
	struct call call;

	if (stall_make(&stall) || own_netns())
		_exit(1);
	ksock_ctx = ksock_open();
	if (ksock_ctx < 0 ||
	    stall_call(work, &stall, &pair, &call) || write(ready, "", 1) != 1)
		_exit(1);
	pause();
	_exit(2);
}

TEST_F(stall, can_be_killed)
{
	int ready[2];
	pid_t pid;
	char byte;

	ASSERT_EQ(0, pipe2(ready, O_CLOEXEC));
	pid = fork();
	ASSERT_LE(0, pid);
	if (!pid)
		stall_be_killed(&variant->work, ready[1]);
	close(ready[1]);
	EXPECT_EQ(1, read(ready[0], &byte, 1));
	kill(pid, SIGKILL);
	EXPECT_EQ(128 + SIGKILL, process_join(pid));
	ASSERT_EQ(0, stall_end(&self->stall));
	EXPECT_EQ(STALL_RETURNED(&variant->work), call_end(&self->call));
}

/*
 * Those that must not keep the lock meanwhile.  For a send, a receive and the like of
 * a process the stack does, as for any socket.
 */
FIXTURE(lock) {
	struct stall stall;
	struct pair pair;
	struct call call;
};

FIXTURE_VARIANT(lock) {
	struct work work;
};

#define STALL_LOCK(_name, ...)						\
	FIXTURE_VARIANT_ADD(lock, _name) {				\
		.work = { __VA_ARGS__ },				\
	}

STALL_LOCK(send_kern, .face = &kern_face, .run = call_send);
STALL_LOCK(recv_kern, .face = &kern_face, .run = call_recv, .receives = true);
STALL_LOCK(write_kern, .face = &kern_face, .run = stall_write);
STALL_LOCK(read_kern, .face = &kern_face, .run = stall_read, .receives = true);
STALL_LOCK(sendmsg, .face = &ksock_face, .run = stall_sendmsg);
STALL_LOCK(sendmsg_kern, .face = &kern_face, .run = stall_sendmsg);
STALL_LOCK(batch_ops, .face = &ksock_face, .run = stall_batch_ops,
	   .batch = true);
STALL_LOCK(batch_results, .face = &ksock_face, .run = stall_batch_results,
	   .batch = true);

FIXTURE_SETUP(lock)
{
	STALL_SETUP();
}

FIXTURE_TEARDOWN(lock)
{
}

static ssize_t stall_set(struct call *call)
{
	int one = 1;

	return ksock_setsockopt(call->fd, SOL_TCP, TCP_NODELAY, &one,
				sizeof(one));
}

TEST_F(lock, is_left_to_others)
{
	struct call other = { .run = stall_set, .fd = self->pair.fd };

	ASSERT_EQ(0, call_start(&other));
	EXPECT_EQ(0, call_end(&other));
	ASSERT_EQ(0, stall_end(&self->stall));
	EXPECT_EQ(STALL_RETURNED(&variant->work), call_end(&self->call));
}

FIXTURE(batch) {
	struct stall stall;
	struct pair pair;
	struct call call;
};

FIXTURE_VARIANT(batch) {
	struct work work;
};

FIXTURE_VARIANT_ADD(batch, ops) {
	.work = {
		.face = &ksock_face, .run = stall_batch_ops, .batch = true,
	},
};

FIXTURE_VARIANT_ADD(batch, results) {
	.work = {
		.face = &ksock_face, .run = stall_batch_results, .batch = true,
	},
};

FIXTURE_SETUP(batch)
{
	STALL_SETUP();
}

FIXTURE_TEARDOWN(batch)
{
}

/* Runs of a batch take turns, and that is all they do. */
TEST_F(batch, is_held_up_only_where_it_runs)
{
	struct ksock_batch_result result;
	struct batch_work work = {
		.ops = &stall_op, .results = &result, .count = 1,
	};
	struct call other = {
		.run = call_batch, .fd = self->call.fd, .buf = &work,
	};

	ASSERT_EQ(0, signal_handle(SIGUSR1, 0));
	EXPECT_EQ(0, batch_slot(self->call.fd, 0, -1));
	EXPECT_EQ(0, batch_slot(self->call.fd, 0, self->pair.fd));
	ASSERT_EQ(0, call_start(&other));
	ASSERT_TRUE(call_sleeps(&other));
	ASSERT_EQ(0, pthread_kill(other.thread, SIGUSR1));
	EXPECT_EQ(-EINTR, call_end(&other));
	ASSERT_EQ(0, stall_end(&self->stall));
	EXPECT_EQ(1, call_end(&self->call));
}

TEST_HARNESS_MAIN
