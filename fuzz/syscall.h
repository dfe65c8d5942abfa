/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The calls that are no commands of ksock, each with its arguments as numbers.
 */
#ifndef KSOCK_FUZZ_SYSCALL_H
#define KSOCK_FUZZ_SYSCALL_H

#include "fuzz.h"

#define SYSCALL(name) \
	long run_##name(int fd, const uint64_t *arg, struct arena *arena)

SYSCALL(open);
SYSCALL(close);
SYSCALL(dup);
SYSCALL(read);
SYSCALL(write);
SYSCALL(readv);
SYSCALL(writev);
SYSCALL(poll);
SYSCALL(splice);
SYSCALL(sendfile);
SYSCALL(flags);
SYSCALL(fdinfo);
SYSCALL(ioctl);
SYSCALL(fork);
SYSCALL(pipe);
SYSCALL(file);
SYSCALL(plain_socket);
SYSCALL(plain_bind);
SYSCALL(plain_connect);
SYSCALL(plain_listen);
SYSCALL(plain_accept);
SYSCALL(plain_send);
SYSCALL(plain_recv);
SYSCALL(plain_shutdown);

#endif
