/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Operations of the twin test: splice and what is made of it.
 */
#ifndef KSOCK_SELFTESTS_TWIN_SPLICE_H
#define KSOCK_SELFTESTS_TWIN_SPLICE_H

#include "splice.h"
#include "twin.h"

#include <sys/sendfile.h>

/* Tells what a pipe holds. */
static void splice_say(struct twin *twin, int pipe)
{
	char buf[16] = "";
	int len = 0;

	ioctl(pipe, FIONREAD, &len);
	if (len > 0 && read(pipe, buf, sizeof(buf) - 1) > 0)
		twin_say(twin, "\"%s\" in the pipe", buf);
}

/* arg: bytes, flags, whether O_NONBLOCK. */
static long splice_from(struct twin *twin)
{
	int ends[2];
	long ret;

	if (pipe(ends) || (twin->arg[2] && twin_nonblock(twin)))
		return -ECANCELED;
	ret = splice_from_to(twin->fd, ends[1], twin->arg[0], twin->arg[1]);
	splice_say(twin, ends[0]);
	return ret;
}

/* arg: bytes, flags; of a pipe that holds "hello". */
static long splice_to(struct twin *twin)
{
	int ends[2];
	long ret;

	signal_handle(SIGPIPE, 0);
	if (pipe(ends) || write(ends[1], "hello", 5) != 5)
		return -ECANCELED;
	ret = splice_from_to(ends[0], twin->fd, twin->arg[0], twin->arg[1]);
	twin_say_signals(twin, "SIGPIPE");
	if (ret > 0)
		twin_peer_hears(twin);
	splice_say(twin, ends[0]);
	return ret;
}

/* Of an empty pipe; arg: flags. */
static long splice_to_of_nothing(struct twin *twin)
{
	int ends[2];

	if (pipe(ends))
		return -ECANCELED;
	return splice_from_to(ends[0], twin->fd, 5, twin->arg[0]);
}

/* The pipe's writer has gone. */
static long splice_to_of_the_end(struct twin *twin)
{
	int ends[2];

	if (pipe(ends))
		return -ECANCELED;
	close(ends[1]);
	return splice_from_to(ends[0], twin->fd, 5, 0);
}

static long splice_to_full(struct twin *twin)
{
	int ends[2];

	if (pipe(ends) || write(ends[1], "hello", 5) != 5 ||
	    !twin_fill(twin) || twin_nonblock(twin))
		return -ECANCELED;
	return splice_from_to(ends[0], twin->fd, 5, 0);
}

/* arg: flags, with which it may not wait. */
static long splice_waits(struct twin *twin)
{
	struct splice_call call = {
		.call = {
			.run = call_splice, .len = 5, .flags = twin->arg[0],
		},
		.from = twin->fd,
	};
	int ends[2];

	if (pipe(ends))
		return -ECANCELED;
	call.call.fd = ends[1];
	if (call_start(&call.call))
		return -ECANCELED;
	if (!call_sleeps(&call.call) && !twin->arg[0])
		return -ECANCELED;
	face_send(&plain_face, twin->peer, "hello", 5, 0);
	return call_end(&call.call);
}

/* arg: 1 at an offset of the socket that data goes to. */
static long splice_at_offset(struct twin *twin)
{
	loff_t offset = 0;
	int ends[2];

	if (pipe(ends) || write(ends[1], "hello", 5) != 5)
		return -ECANCELED;
	if (twin->arg[0])
		return ret_errno(splice(ends[0], NULL, twin->fd, &offset, 5,
					0));
	return ret_errno(splice(twin->fd, &offset, ends[1], NULL, 5, 0));
}

static long splice_without_pipe(struct twin *twin)
{
	return splice_from_to(twin->fd, twin->peer, 5, 0);
}

static long splice_tee(struct twin *twin)
{
	int ends[2];

	if (pipe(ends))
		return -ECANCELED;
	return ret_errno(tee(twin->fd, ends[1], 5, 0));
}

static long splice_vmsplice(struct twin *twin)
{
	static char text[] = "hello";
	int ends[2];
	long ret;

	if (pipe(ends) || vmsplice_all(ends[1], text, 5))
		return -ECANCELED;
	ret = splice_from_to(ends[0], twin->fd, 5, 0);
	twin_peer_hears(twin);
	return ret;
}

static long splice_vmsplice_into(struct twin *twin)
{
	struct iovec iov = { "hello", 5 };

	return ret_errno(vmsplice(twin->fd, &iov, 1, 0));
}

/* arg: offset, or -1 for that of the file; bytes. */
static long splice_sendfile(struct twin *twin)
{
	off_t offset = twin->arg[0];
	int file = twin_file();
	long ret;

	signal_handle(SIGPIPE, 0);
	ret = ret_errno(sendfile(twin->fd, file, offset < 0 ? NULL : &offset,
				 twin->arg[1]));
	twin_say_signals(twin, "SIGPIPE");
	if (ret > 0)
		twin_peer_hears(twin);
	twin_say(twin, "offset %lld", offset < 0 ?
		 (long long)lseek(file, 0, SEEK_CUR) : (long long)offset);
	return ret;
}

static long splice_sendfile_shut(struct twin *twin)
{
	twin->face->shutdown(twin->fd, SHUT_WR);
	return splice_sendfile(twin);
}

static long splice_sendfile_from(struct twin *twin)
{
	int file = twin_file();

	return ret_errno(sendfile(file, twin->fd, NULL, 5));
}

static long splice_copy_file_range(struct twin *twin)
{
	int file = twin_file();

	return ret_errno(copy_file_range(file, NULL, twin->fd, NULL, 5, 0));
}

static const struct twin_row splice_rows[] = {
	ROW("splice(2) from a stream", CONNECTED | DATA, splice_from, 100),
	ROW("splice(2) from a stream, a part of what came", CONNECTED | DATA,
	    splice_from, 3),
	ROW("splice(2) from a datagram socket", TALKING | DATA, splice_from,
	    100),
	ROW("splice(2) from a datagram socket, too few bytes", TALKING | DATA,
	    splice_from, 3),
	ROW("splice(2) of no byte from a stream", CONNECTED | DATA,
	    splice_from),
	ROW("splice(2) from a stream waits", CONNECTED, splice_waits),
	ROW("splice(2) from a datagram socket waits", TALKING, splice_waits),
	ROW("splice(2) from a stream without data, O_NONBLOCK", CONNECTED,
	    splice_from, 100, 0, 1),
	VARY("splice(SPLICE_F_NONBLOCK) from a stream without data", CONNECTED,
	     splice_waits, SPLICE_F_NONBLOCK),
	ROW("splice(2) after the peer closed", ENDED, splice_from, 100),
	ROW("splice(2) after a reset", RESET, splice_from, 100),
	ROW("splice(2) from a new stream", STREAM, splice_from, 100),
	ROW("splice(2) from a listening socket", LISTENING, splice_from, 100),
	ROW("splice(2) from a socket at an offset", CONNECTED | DATA,
	    splice_at_offset),
	ROW("splice(2) to a stream", CONNECTED, splice_to, 100),
	ROW("splice(2) to a stream of IPv6", CONNECTED | IPV6, splice_to, 100),
	ROW("splice(2) to a datagram socket", TALKING, splice_to, 100),
	ROW("splice(SPLICE_F_MOVE) to a stream", CONNECTED, splice_to, 5,
	    SPLICE_F_MOVE),
	ROW("splice(2) to a new stream", STREAM, splice_to, 5),
	ROW("splice(2) to a new datagram socket", DGRAM, splice_to, 5),
	ROW("splice(2) to a stream after a reset", RESET, splice_to, 5),
	ROW("splice(2) to a full stream, O_NONBLOCK", CONNECTED,
	    splice_to_full),
	ROW("splice(SPLICE_F_NONBLOCK) from an empty pipe to a stream",
	    CONNECTED, splice_to_of_nothing, SPLICE_F_NONBLOCK),
	ROW("splice(2) from a pipe at its end to a stream", CONNECTED,
	    splice_to_of_the_end),
	ROW("splice(2) to a socket at an offset", CONNECTED, splice_at_offset,
	    1),
	ROW("splice(2) from a socket to a socket", CONNECTED | DATA,
	    splice_without_pipe),
	ROW("tee(2) from a socket", CONNECTED | DATA, splice_tee),
	ROW("vmsplice(2) into a pipe, and splice(2) to a stream", CONNECTED,
	    splice_vmsplice),
	ROW("vmsplice(2) into a pipe, and splice(2) of a datagram", TALKING,
	    splice_vmsplice),
	ROW("vmsplice(2) into a socket", CONNECTED, splice_vmsplice_into),
	ROW("sendfile(2) to a stream", CONNECTED, splice_sendfile, -1, 5),
	ROW("sendfile(2) to a stream, longer than the file", CONNECTED,
	    splice_sendfile, -1, 50),
	ROW("sendfile(2) to a stream at an offset", CONNECTED,
	    splice_sendfile, 2, 3),
	ROW("sendfile(2) to a stream behind the end of the file", CONNECTED,
	    splice_sendfile, 99, 3),
	ROW("sendfile(2) to a datagram socket", TALKING, splice_sendfile,
	    -1, 5),
	ROW("sendfile(2) to a new stream", STREAM, splice_sendfile, -1, 5),
	ROW("sendfile(2) after shutdown(SHUT_WR)", CONNECTED,
	    splice_sendfile_shut, -1, 5),
	ROW("sendfile(2) from a socket", CONNECTED | DATA,
	    splice_sendfile_from),
	ROW("copy_file_range(2) to a socket", CONNECTED,
	    splice_copy_file_range),
};

#endif /* KSOCK_SELFTESTS_TWIN_SPLICE_H */
