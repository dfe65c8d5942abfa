/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Whose call it is: on a ksock that of the device, on anything else libc's.
 *
 * A ksock is a real file, so what a descriptor is can always be asked, and no
 * table has to be kept right over dup, fork, exec, SCM_RIGHTS and close.  There
 * is only a guess for each number, which saves one of the two calls.  When the
 * call by the guess fails as one does on the wrong kind of descriptor, the
 * descriptor is asked, the guess is put right and the other call is made.
 *
 * Nothing here locks or allocates.
 */
#ifndef PRELOAD_FD_H
#define PRELOAD_FD_H

#include <pthread.h>
#include <stdbool.h>

/** fd_note() - guess from now on that a descriptor is a ksock, or is not */
void fd_note(int fd, bool ksock);

/**
 * struct fd_turn - a call that is being made
 * @fd: its descriptor
 * @err: errno before it, which a call that succeeds leaves alone
 * @ksock: it is the device's turn
 * @turned: it has been the other's
 */
struct fd_turn {
	int fd;
	int err;
	bool ksock;
	bool turned;
};

/** fd_turn() - begin a call by the guess */
struct fd_turn fd_turn(int fd);

/**
 * fd_turn_over() - whether a call that failed is the other's
 * @turn: the call
 *
 * Return: true to make the other one, with errno as it was before the first.
 */
bool fd_turn_over(struct fd_turn *turn);

/**
 * FD_CALL() - make a call on a descriptor
 * @_fd: descriptor
 * @_ksock: the call on a ksock
 * @_plain: the same on anything else
 */
#define FD_CALL(_fd, _ksock, _plain)					\
({									\
	struct fd_turn _turn = fd_turn(_fd);				\
	__typeof__(_plain) _ret;					\
									\
	do {								\
		_ret = _turn.ksock ? (_ksock) : (_plain);		\
	} while (_ret == -1 && fd_turn_over(&_turn));			\
	_ret;								\
})

/**
 * FD_CANCELLABLE() - make a call during which the thread may be cancelled
 * @_call: the call
 *
 * ioctl(2) is no cancellation point, so while it runs that may be at any time.
 */
#define FD_CANCELLABLE(_call)						\
({									\
	__typeof__(_call) _done;					\
	int _type;							\
									\
	pthread_setcanceltype(PTHREAD_CANCEL_ASYNCHRONOUS, &_type);	\
	_done = (_call);						\
	pthread_setcanceltype(_type, &_type);				\
	_done;								\
})

/**
 * FD_WAIT() - make a call that is a cancellation point, as libc's is
 * @_fd: descriptor
 * @_ksock: the call on a ksock
 * @_plain: the same on anything else
 */
#define FD_WAIT(_fd, _ksock, _plain)					\
	FD_CALL(_fd, FD_CANCELLABLE(_ksock), _plain)

#endif /* PRELOAD_FD_H */
