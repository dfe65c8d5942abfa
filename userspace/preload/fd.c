// SPDX-License-Identifier: GPL-2.0-only
/*
 * The guesses of what descriptors are, and how a wrong one is found out.
 */
#include "fd.h"

#include "device.h"

#include <errno.h>
#include <limits.h>
#include <stdatomic.h>

/* Beyond these the guess is that a descriptor is no ksock. */
#define FD_GUESSES 65536

#define FD_WORD_BITS (sizeof(unsigned long) * CHAR_BIT)

static atomic_ulong fd_guesses[FD_GUESSES / FD_WORD_BITS];

static unsigned long fd_bit(int fd)
{
	return 1UL << (fd % FD_WORD_BITS);
}

static bool fd_guess(int fd)
{
	if (fd < 0 || fd >= FD_GUESSES)
		return false;
	return atomic_load_explicit(&fd_guesses[fd / FD_WORD_BITS],
				    memory_order_relaxed) & fd_bit(fd);
}

void fd_note(int fd, bool ksock)
{
	atomic_ulong *word;

	if (fd < 0 || fd >= FD_GUESSES || fd_guess(fd) == ksock)
		return;
	word = &fd_guesses[fd / FD_WORD_BITS];
	if (ksock)
		atomic_fetch_or_explicit(word, fd_bit(fd),
					 memory_order_relaxed);
	else
		atomic_fetch_and_explicit(word, ~fd_bit(fd),
					  memory_order_relaxed);
}

struct fd_turn fd_turn(int fd)
{
	return (struct fd_turn){
		.fd = fd,
		.err = errno,
		.ksock = fd_guess(fd),
	};
}

/*
 * What does not know a command of the device answers ENOTTY, of which libksock
 * makes EOPNOTSUPP; some drivers answer EINVAL.  A ksock has the last two for
 * other reasons, too.
 */
static bool fd_turn_suspect(const struct fd_turn *turn)
{
	if (!turn->ksock)
		return errno == ENOTSOCK;
	return errno == ENOTTY || errno == EOPNOTSUPP || errno == EINVAL;
}

bool fd_turn_over(struct fd_turn *turn)
{
	struct ksock_socket_info info;
	bool ksock;

	if (turn->turned || !fd_turn_suspect(turn))
		return false;
	ksock = device_describe(turn->fd, &info);
	if (ksock == turn->ksock)
		return false;

	fd_note(turn->fd, ksock);
	turn->ksock = ksock;
	turn->turned = true;
	errno = turn->err;
	return true;
}
