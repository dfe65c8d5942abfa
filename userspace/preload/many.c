// SPDX-License-Identifier: GPL-2.0-only
/*
 * Many messages in one call, interposed: sendmmsg(2) and recvmmsg(2) as loops,
 * with the rules of the kernel's own.
 *
 * One of these is beyond a loop: an error after the first message is kept by the
 * kernel for the next call on the socket.  Here it is lost, unless the condition
 * stays.
 */
#define _GNU_SOURCE

#include "data.h"
#include "fd.h"
#include "next.h"

#include <errno.h>
#include <stdbool.h>
#include <time.h>

/* The kernel cuts what is more, and says so by its result. */
#define MANY_MAX 1024

#define MANY_NS 1000000000L

static int many_fault(void)
{
	errno = EFAULT;
	return -1;
}

/* More of a stream would come after a hole. */
static bool many_sent_part(const struct msghdr *msg, size_t sent)
{
	size_t len = 0, i;

	for (i = 0; i < msg->msg_iovlen; i++)
		len += msg->msg_iov[i].iov_len;
	return sent < len;
}

static int many_send(int fd, struct mmsghdr *msgs, unsigned int count,
		     int flags)
{
	unsigned int done = 0;
	int err = errno;
	ssize_t ret;

	if (count && !msgs)
		return many_fault();
	if (count > MANY_MAX)
		count = MANY_MAX;
	while (done < count) {
		ret = data_sendmsg(fd, &msgs[done].msg_hdr, flags);
		if (ret < 0)
			break;
		msgs[done].msg_len = ret;
		done++;
		if (many_sent_part(&msgs[done - 1].msg_hdr, ret))
			break;
	}
	if (!done && count)
		return -1;
	errno = err;
	return done;
}

PRELOAD_API int sendmmsg(int fd, struct mmsghdr *msgs, unsigned int count,
			 int flags)
{
	return FD_WAIT(fd, many_send(fd, msgs, count, flags),
		       next()->sendmmsg(fd, msgs, count, flags));
}

static struct timespec many_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now;
}

/* The time that is left of a time that has been going since @start. */
static struct timespec many_left(const struct timespec *time,
				 const struct timespec *start)
{
	struct timespec left = *time, now = many_now();

	left.tv_sec -= now.tv_sec - start->tv_sec;
	left.tv_nsec -= now.tv_nsec - start->tv_nsec;
	if (left.tv_nsec >= MANY_NS) {
		left.tv_nsec -= MANY_NS;
		left.tv_sec++;
	} else if (left.tv_nsec < 0) {
		left.tv_nsec += MANY_NS;
		left.tv_sec--;
	}
	if (left.tv_sec < 0)
		return (struct timespec){ 0 };
	return left;
}

/*
 * The time is looked at after each message and ends no wait; what is left of it
 * goes back to the caller when there was a message.
 */
static int many_recv(int fd, struct mmsghdr *msgs, unsigned int count,
		     int flags, struct timespec *time)
{
	struct timespec start, limit;
	unsigned int done = 0;
	int err = errno;
	ssize_t ret;

	if (count && !msgs)
		return many_fault();
	if (time) {
		if (time->tv_sec < 0 || time->tv_nsec < 0 ||
		    time->tv_nsec >= MANY_NS) {
			errno = EINVAL;
			return -1;
		}
		limit = *time;
		start = many_now();
	}
	while (done < count) {
		ret = data_recvmsg(fd, &msgs[done].msg_hdr, flags);
		if (ret < 0)
			break;
		msgs[done].msg_len = ret;
		done++;
		if (flags & MSG_WAITFORONE)
			flags |= MSG_DONTWAIT;
		if (time) {
			*time = many_left(&limit, &start);
			if (!time->tv_sec && !time->tv_nsec)
				break;
		}
		if (msgs[done - 1].msg_hdr.msg_flags & MSG_OOB)
			break;
	}
	if (!done && count)
		return -1;
	errno = err;
	return done;
}

PRELOAD_API int recvmmsg(int fd, struct mmsghdr *msgs, unsigned int count,
			 int flags, struct timespec *time)
{
	return FD_WAIT(fd, many_recv(fd, msgs, count, flags, time),
		       next()->recvmmsg(fd, msgs, count, flags, time));
}
