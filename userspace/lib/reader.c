// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
/*
 * Lines of a stream.  A reader receives as much as it has room for and gives
 * lines where they are; every byte is looked at once, and moved only to make
 * room for the end of a line that has begun.
 */
#include "stream.h"

/*
 * struct ksock_reader - a stream read line by line
 * @sock: the stream, the caller's
 * @size: room in @buf
 * @start: first byte not given away
 * @scanned: bytes from there on that hold no line feed
 * @end: behind the last byte received
 * @ended: the stream has ended
 * @buf: what was received
 */
struct ksock_reader {
	struct ksock_sock *sock;
	size_t size;
	size_t start;
	size_t scanned;
	size_t end;
	bool ended;
	char buf[];
};

KSOCK_API struct ksock_reader *ksock_reader_create(struct ksock_sock *sock,
						   size_t size)
{
	struct ksock_reader *reader;

	assert(sock);

	if (!size) {
		errno = EINVAL;
		return NULL;
	}
	if (size > SIZE_MAX - sizeof(*reader)) {
		errno = ENOMEM;
		return NULL;
	}

	reader = malloc(sizeof(*reader) + size);
	if (!reader)
		return NULL;

	*reader = (struct ksock_reader){ .sock = sock, .size = size };
	return reader;
}

KSOCK_API void ksock_reader_destroy(struct ksock_reader *reader)
{
	int err = errno;

	free(reader);
	errno = err;
}

KSOCK_API size_t ksock_reader_get_pending(const struct ksock_reader *reader)
{
	assert(reader);
	return reader->end - reader->start;
}

static const char *reader_give(struct ksock_reader *reader, size_t len)
{
	const char *bytes = reader->buf + reader->start;

	reader->start += len;
	reader->scanned = 0;
	return bytes;
}

/* The next line feed, or NULL when it has not been received. */
static const char *reader_find(struct ksock_reader *reader)
{
	const char *from = reader->buf + reader->start + reader->scanned;
	const char *feed;

	feed = memchr(from, '\n', reader->buf + reader->end - from);
	if (!feed)
		reader->scanned = ksock_reader_get_pending(reader);
	return feed;
}

/* Receives more; the caller has seen to it that there is room. */
static int reader_fill(struct ksock_reader *reader, int64_t deadline_ns)
{
	size_t pending = ksock_reader_get_pending(reader);
	ssize_t ret;

	if (!pending || reader->end == reader->size) {
		memmove(reader->buf, reader->buf + reader->start, pending);
		reader->start = 0;
		reader->end = pending;
	}

	ret = stream_recv(reader->sock, reader->buf + reader->end,
			  reader->size - reader->end, deadline_ns);
	if (ret < 0)
		return -1;

	reader->end += ret;
	reader->ended = !ret;
	return 0;
}

KSOCK_API ssize_t ksock_reader_line(struct ksock_reader *reader,
				    const char **line, int64_t deadline_ns)
{
	const char *feed;
	size_t len;

	assert(reader);
	assert(line);

	while (!(feed = reader_find(reader)) && !reader->ended) {
		if (ksock_reader_get_pending(reader) == reader->size) {
			errno = EMSGSIZE;
			return -1;
		}
		if (reader_fill(reader, deadline_ns))
			return -1;
	}

	len = feed ? (size_t)(feed + 1 - (reader->buf + reader->start)) :
		     ksock_reader_get_pending(reader);
	*line = reader_give(reader, len);
	return len;
}

KSOCK_API ssize_t ksock_reader_read(struct ksock_reader *reader, void *buf,
				    size_t len, int64_t deadline_ns)
{
	size_t pending;
	ssize_t ret;

	assert(reader);

	pending = ksock_reader_get_pending(reader);
	if (pending) {
		if (len > pending)
			len = pending;
		memcpy(buf, reader_give(reader, len), len);
		return len;
	}
	if (reader->ended || !len)
		return 0;

	ret = stream_recv(reader->sock, buf, len, deadline_ns);
	reader->ended = !ret;
	return ret;
}
