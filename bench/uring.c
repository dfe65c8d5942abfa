// SPDX-License-Identifier: GPL-2.0-only
/*
 * io_uring, by its system calls: a ring of its own is what a tuned program has,
 * and nothing of a library is counted.  As the peer of a batch, and as another
 * way to read and write a ksock.
 */
#include <linux/io_uring.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "bench.h"

/* Messages of a submission of reads and writes. */
#define FEW	8

static struct {
	int fd;
	unsigned int *sq_tail, *sq_mask, *sq_array;
	unsigned int *cq_head, *cq_tail, *cq_mask;
	struct io_uring_sqe *sqes;
	struct io_uring_cqe *cqes;
	void *rings;
	size_t rings_size, sqes_size;
	unsigned int tail;
} ring;

static int from, to;

static void ring_open(void)
{
	struct io_uring_params p = {};
	size_t sq_size, cq_size;
	char *rings;

	ring.fd = syscall(SYS_io_uring_setup, 2 * BATCH, &p);
	EXPECT(ring.fd >= 0);
	if (ring.fd < 0)
		return;
	/* One mapping for both is what every kernel has that ksock is for. */
	sq_size = p.sq_off.array + p.sq_entries * sizeof(unsigned int);
	cq_size = p.cq_off.cqes + p.cq_entries * sizeof(struct io_uring_cqe);
	ring.rings_size = sq_size > cq_size ? sq_size : cq_size;
	ring.sqes_size = p.sq_entries * sizeof(struct io_uring_sqe);
	ring.rings = mmap(NULL, ring.rings_size, PROT_READ | PROT_WRITE,
			  MAP_SHARED | MAP_POPULATE, ring.fd,
			  IORING_OFF_SQ_RING);
	ring.sqes = mmap(NULL, ring.sqes_size, PROT_READ | PROT_WRITE,
			 MAP_SHARED | MAP_POPULATE, ring.fd, IORING_OFF_SQES);
	EXPECT(ring.rings != MAP_FAILED && ring.sqes != MAP_FAILED);
	rings = ring.rings;
	ring.sq_tail = (void *)(rings + p.sq_off.tail);
	ring.sq_mask = (void *)(rings + p.sq_off.ring_mask);
	ring.sq_array = (void *)(rings + p.sq_off.array);
	ring.cq_head = (void *)(rings + p.cq_off.head);
	ring.cq_tail = (void *)(rings + p.cq_off.tail);
	ring.cq_mask = (void *)(rings + p.cq_off.ring_mask);
	ring.cqes = (void *)(rings + p.cq_off.cqes);
	ring.tail = *ring.sq_tail;
}

void uring_close(void)
{
	if (ring.fd >= 0) {
		munmap(ring.rings, ring.rings_size);
		munmap(ring.sqes, ring.sqes_size);
		close(ring.fd);
	}
	close(from);
	close(to);
}

static void ring_queue(int opcode, unsigned int flags, int fd, void *buf)
{
	unsigned int index = ring.tail++ & *ring.sq_mask;
	struct io_uring_sqe *sqe = &ring.sqes[index];

	memset(sqe, 0, sizeof(*sqe));
	sqe->opcode = opcode;
	sqe->flags = flags;
	sqe->fd = fd;
	sqe->addr = (uintptr_t)buf;
	sqe->len = LEN;
	ring.sq_array[index] = index;
}

static void ring_run(unsigned int count)
{
	unsigned int head, tail, done = 0;

	__atomic_store_n(ring.sq_tail, ring.tail, __ATOMIC_RELEASE);
	EXPECT(syscall(SYS_io_uring_enter, ring.fd, count, count,
		       IORING_ENTER_GETEVENTS, NULL, 0) == count);
	head = *ring.cq_head;
	tail = __atomic_load_n(ring.cq_tail, __ATOMIC_ACQUIRE);
	for (; head != tail; head++, done++)
		EXPECT(ring.cqes[head & *ring.cq_mask].res == LEN);
	__atomic_store_n(ring.cq_head, head, __ATOMIC_RELEASE);
	EXPECT(done == count);
}

static void pair_open(const struct face *face)
{
	struct sockaddr_in a = loopback(0, 0), b = loopback(0, 0);

	from = udp_bound(face, &a);
	to = udp_bound(face, &b);
	EXPECT(!face->connect(from, &b));
	EXPECT(!face->connect(to, &a));
	ring_open();
}

void uring_fixed_open(void)
{
	int fds[2];

	pair_open(&plain);
	fds[0] = from;
	fds[1] = to;
	EXPECT(!syscall(SYS_io_uring_register, ring.fd, IORING_REGISTER_FILES,
			fds, 2));
}

void uring_fixed_run(int count)
{
	int i;

	while (count--) {
		for (i = 0; i < BATCH; i++)
			ring_queue(IORING_OP_SEND, IOSQE_FIXED_FILE, 0,
				   sent + i * STRIDE);
		for (i = 0; i < BATCH; i++)
			ring_queue(IORING_OP_RECV, IOSQE_FIXED_FILE, 1,
				   received + i * STRIDE);
		ring_run(2 * BATCH);
	}
}

static void plain_open(void)
{
	pair_open(&plain);
}

static void ksock_open(void)
{
	pair_open(&ksock);
}

static void write_read(int count)
{
	int i;

	while (count--) {
		for (i = 0; i < FEW; i++)
			ring_queue(IORING_OP_WRITE, 0, from, sent + i * STRIDE);
		ring_run(FEW);
		for (i = 0; i < FEW; i++)
			ring_queue(IORING_OP_READ, 0, to, received + i * STRIDE);
		ring_run(FEW);
	}
}

const struct row uring_rows[] = {
	{
		"G18", "UDP 64 B by io_uring, 8 at a time", 125, FEW, FEW,
		{ "WRITE, READ", plain_open, write_read, uring_close },
		{ "WRITE, READ", ksock_open, write_read, uring_close },
	},
	{}
};
