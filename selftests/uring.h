/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The fixture "uring": a ring, a pair of sockets, the first of which and a
 * buffer are registered with it, and a pipe; and how requests are made and what
 * they complete with.
 */
#ifndef KSOCK_SELFTESTS_URING_H
#define KSOCK_SELFTESTS_URING_H

#include "fixture.h"
#include "bulk.h"

#include <liburing.h>

/* What completed() returns when nothing has; no request ends like that. */
#define PENDING		(-ENODATA)

#define ENTRIES		64

/* How a buffer is given, and whether the file is registered. */
enum {
	WAY_FLAT,
	WAY_VECTOR,
	WAY_BUFFER,
	WAY_FLAT_FILE,
	WAY_VECTOR_FILE,
	WAY_BUFFER_FILE,
	WAYS,
};

#define WAY_FILE	WAY_FLAT_FILE

/*
 * Why there is no io_uring: it is forbidden, or there is no such system call,
 * and what that returns the kernel says of one that never was.
 */
static inline int uring_missing(void)
{
	FILE *file = fopen("/proc/sys/kernel/io_uring_disabled", "re");
	int disabled = 0;

	if (!file)
		return ret_errno(syscall(-1));
	if (fscanf(file, "%d", &disabled) != 1)
		disabled = 0;
	fclose(file);
	return disabled == 2 ? -EPERM : ret_errno(syscall(-1));
}

/* How many workers the process has for what cannot be done inline. */
static inline int workers(void)
{
	DIR *dir = opendir("/proc/self/task");
	char path[64], name[32];
	struct dirent *entry;
	int count = 0;
	FILE *file;

	if (!dir)
		return -errno;
	while ((entry = readdir(dir))) {
		snprintf(path, sizeof(path), "/proc/self/task/%.16s/comm",
			 entry->d_name);
		file = fopen(path, "re");
		if (!file)
			continue;
		if (fgets(name, sizeof(name), file))
			count += !strncmp(name, "iou-wrk-", 8);
		fclose(file);
	}
	closedir(dir);
	return count;
}

/*
 * What the next request that completes in time completed with, its user data
 * in *@data unless that is NULL; or PENDING.
 */
static inline int completed_as(struct io_uring *ring, int ms, uint64_t *data)
{
	struct __kernel_timespec timeout = { ms / 1000, ms % 1000 * 1000000L };
	struct io_uring_cqe *cqe;
	int ret;

	if (ms)
		ret = io_uring_wait_cqe_timeout(ring, &cqe, &timeout);
	else
		ret = io_uring_peek_cqe(ring, &cqe);
	if (ret == -EAGAIN || ret == -ETIME)
		return PENDING;
	if (ret)
		return ret;
	ret = cqe->res;
	if (data)
		*data = cqe->user_data;
	io_uring_cqe_seen(ring, cqe);
	return ret;
}

static inline int completed(struct io_uring *ring, int ms)
{
	return completed_as(ring, ms, NULL);
}

/* Submits the request that was prepared; what it completed with at once. */
static inline int submitted(struct io_uring *ring)
{
	int ret = io_uring_submit(ring);

	if (ret != 1)
		return ret < 0 ? ret : -EIO;
	return completed(ring, 0);
}

FIXTURE(uring) {
	const struct face *face;
	struct io_uring ring;
	struct pair pair;
	int pipe[2];
	struct iovec iov;
	char buf[1 << 12];
};

FIXTURE_VARIANT(uring) {
	const struct face *face;
	int family;
	int type;
};

FIXTURE_VARIANT_ADD(uring, plain_ipv4_stream) {
	.face = &plain_face, .family = AF_INET, .type = SOCK_STREAM,
};

FIXTURE_VARIANT_ADD(uring, ksock_ipv4_stream) {
	.face = &ksock_face, .family = AF_INET, .type = SOCK_STREAM,
};

FIXTURE_VARIANT_ADD(uring, plain_ipv6_stream) {
	.face = &plain_face, .family = AF_INET6, .type = SOCK_STREAM,
};

FIXTURE_VARIANT_ADD(uring, ksock_ipv6_stream) {
	.face = &ksock_face, .family = AF_INET6, .type = SOCK_STREAM,
};

FIXTURE_VARIANT_ADD(uring, plain_ipv4_dgram) {
	.face = &plain_face, .family = AF_INET, .type = SOCK_DGRAM,
};

FIXTURE_VARIANT_ADD(uring, ksock_ipv4_dgram) {
	.face = &ksock_face, .family = AF_INET, .type = SOCK_DGRAM,
};

FIXTURE_VARIANT_ADD(uring, plain_ipv6_dgram) {
	.face = &plain_face, .family = AF_INET6, .type = SOCK_DGRAM,
};

FIXTURE_VARIANT_ADD(uring, ksock_ipv6_dgram) {
	.face = &ksock_face, .family = AF_INET6, .type = SOCK_DGRAM,
};

FIXTURE_SETUP(uring)
{
	int ret;

	SETUP_KSOCK();
	ret = io_uring_queue_init(ENTRIES, &self->ring, 0);
	if (ret) {
		ASSERT_EQ(uring_missing(), ret);
		SKIP(return, "no io_uring");
	}
	self->face = variant->face;
	self->iov.iov_base = self->buf;
	self->iov.iov_len = sizeof(self->buf);
	ASSERT_EQ(0, pipe2(self->pipe, O_CLOEXEC));
	ASSERT_EQ(0, pair_of(&self->pair, self->face, variant->family,
			     variant->type));
	ASSERT_EQ(0, io_uring_register_buffers(&self->ring, &self->iov, 1));
	ASSERT_EQ(0, io_uring_register_files(&self->ring, &self->pair.fd, 1));
}

FIXTURE_TEARDOWN(uring)
{
	io_uring_queue_exit(&self->ring);
}

/* The next request: a read, or a write, of so many bytes at self->buf. */
static inline struct io_uring_sqe *next(struct io_uring *ring,
					struct iovec *iov, int fd, size_t len,
					int way, bool write)
{
	struct io_uring_sqe *sqe = io_uring_get_sqe(ring);
	int file = way < WAY_FILE ? fd : 0;
	/* A descriptor without a position knows both. */
	uint64_t offset = way & 1 ? 0 : -1;

	iov->iov_len = len;
	if (way % WAY_FILE == WAY_FLAT && write)
		io_uring_prep_write(sqe, file, iov->iov_base, len, offset);
	else if (way % WAY_FILE == WAY_FLAT)
		io_uring_prep_read(sqe, file, iov->iov_base, len, offset);
	else if (way % WAY_FILE == WAY_VECTOR && write)
		io_uring_prep_writev(sqe, file, iov, 1, offset);
	else if (way % WAY_FILE == WAY_VECTOR)
		io_uring_prep_readv(sqe, file, iov, 1, offset);
	else if (write)
		io_uring_prep_write_fixed(sqe, file, iov->iov_base, len, offset,
					  0);
	else
		io_uring_prep_read_fixed(sqe, file, iov->iov_base, len, offset,
					 0);
	if (way >= WAY_FILE)
		io_uring_sqe_set_flags(sqe, IOSQE_FIXED_FILE);
	return sqe;
}

#define NEXT_READ(_len, _way)						\
	next(&self->ring, &self->iov, self->pair.fd, _len, _way, false)
#define NEXT_WRITE(_len, _way)						\
	next(&self->ring, &self->iov, self->pair.fd, _len, _way, true)

#endif /* KSOCK_SELFTESTS_URING_H */
