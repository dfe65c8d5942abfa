/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The log that ksock-run(1) may ask for: one line for each socket.
 */
#ifndef PRELOAD_LOG_H
#define PRELOAD_LOG_H

/**
 * log_socket() - tell what became of socket(2)
 * @family: its arguments
 * @type: its arguments
 * @protocol: its arguments
 * @fd: what it returned
 * @what: what came of it
 * @err: the error that is the reason, or 0
 *
 * Does nothing unless it is asked for, and may be called wherever socket(2) may.
 * errno is left alone.
 */
void log_socket(int family, int type, int protocol, int fd, const char *what,
		int err);

/** log_accept() - tell that accept(2) has returned a ksock */
void log_accept(int listener, int fd);

#endif /* PRELOAD_LOG_H */
