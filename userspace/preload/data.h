/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Moving one message on a ksock, for the calls that move one or many.
 */
#ifndef PRELOAD_DATA_H
#define PRELOAD_DATA_H

#include <sys/socket.h>
#include <sys/types.h>

/** data_sendmsg() - send on a ksock, as sendmsg(2) */
ssize_t data_sendmsg(int fd, const struct msghdr *msg, int flags);

/** data_recvmsg() - receive from a ksock, as recvmsg(2) */
ssize_t data_recvmsg(int fd, struct msghdr *msg, int flags);

#endif /* PRELOAD_DATA_H */
