/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Operations of the twin test: data on its way, and the addresses of it.
 */
#ifndef KSOCK_SELFTESTS_TWIN_DATA_H
#define KSOCK_SELFTESTS_TWIN_DATA_H

#include "twin.h"

#include <sys/uio.h>

#ifndef RWF_NOWAIT
#define RWF_NOWAIT	8
#endif

/* Tells whether SIGPIPE came with the call. */
#define DATA_SIGPIPE(_twin, _call)					\
	({								\
		long __ret;						\
		signal_handle(SIGPIPE, 0);				\
		__ret = (_call);					\
		twin_say_signals(_twin, "SIGPIPE");			\
		__ret;							\
	})

/* arg: length of "hello", flags. */
static long data_send(struct twin *twin)
{
	long ret = DATA_SIGPIPE(twin, face_send(twin->face, twin->fd, "hello",
						twin->arg[0], twin->arg[1]));

	if (ret >= 0)
		twin_peer_hears(twin);
	return ret;
}

static long data_write(struct twin *twin)
{
	long ret = DATA_SIGPIPE(twin, ret_errno(write(twin->fd, "hello",
						      twin->arg[0])));

	if (ret >= 0 && twin->arg[0])
		twin_peer_hears(twin);
	return ret;
}

static long data_writev(struct twin *twin)
{
	struct iovec iov[] = { { "hel", 3 }, { "", 0 }, { "lo", 2 } };
	long ret = ret_errno(writev(twin->fd, iov, ARRAY_SIZE(iov)));

	twin_peer_hears(twin);
	return ret;
}

/* arg: room, flags. */
static long data_recv(struct twin *twin)
{
	char buf[16] = "";
	long ret = face_recv(twin->face, twin->fd, buf, twin->arg[0],
			     twin->arg[1]);

	if (ret >= 0) {
		twin_say(twin, "\"%s\"", buf);
		twin_hears(twin);
	}
	return ret;
}

static long data_read(struct twin *twin)
{
	char buf[16] = "";
	long ret = ret_errno(read(twin->fd, buf, twin->arg[0]));

	if (ret >= 0) {
		twin_say(twin, "\"%s\"", buf);
		twin_hears(twin);
	}
	return ret;
}

static long data_readv(struct twin *twin)
{
	char one[4] = "", other[4] = "";
	struct iovec iov[] = { { one, 2 }, { other, 3 } };
	long ret = ret_errno(readv(twin->fd, iov, ARRAY_SIZE(iov)));

	twin_say(twin, "\"%s\" \"%s\"", one, other);
	return ret;
}

/* arg: flags of preadv2(2). */
static long data_preadv2(struct twin *twin)
{
	char buf[8] = "";
	struct iovec iov = { buf, sizeof(buf) - 1 };
	long ret = ret_errno(preadv2(twin->fd, &iov, 1, -1, twin->arg[0]));

	if (ret >= 0)
		twin_say(twin, "\"%s\"", buf);
	return ret;
}

static long data_pwritev2(struct twin *twin)
{
	struct iovec iov = { "hello", 5 };
	long ret = ret_errno(pwritev2(twin->fd, &iov, 1, -1, twin->arg[0]));

	if (ret > 0)
		twin_peer_hears(twin);
	return ret;
}

/* Without data, with O_NONBLOCK; arg: whether by read(2). */
static long data_nonblock(struct twin *twin)
{
	char byte;

	twin_nonblock(twin);
	if (twin->arg[0])
		return ret_errno(read(twin->fd, &byte, 1));
	return face_recv(twin->face, twin->fd, &byte, 1, 0);
}

/* Waits; arg: flags. */
static long data_recv_waits(struct twin *twin)
{
	char buf[8] = "";
	struct call call = {
		.run = call_recv, .face = twin->face, .fd = twin->fd,
		.buf = buf, .len = 5, .flags = twin->arg[0],
	};
	long ret;

	if (call_start(&call) || !call_sleeps(&call))
		return -ECANCELED;
	face_send(&plain_face, twin->peer, " wor", 4, 0);
	ret = call_end(&call);
	twin_say(twin, "\"%s\"", buf);
	return ret;
}

/* Once there is no room; arg: whether by write(2). */
static long data_full(struct twin *twin)
{
	if (!twin_fill(twin) || twin_nonblock(twin))
		return -ECANCELED;
	if (twin->arg[0])
		return ret_errno(write(twin->fd, "x", 1));
	return face_send(twin->face, twin->fd, "x", 1, 0);
}

static long data_send_waits(struct twin *twin)
{
	static char buf[1 << 16];
	struct call call = {
		.run = call_send, .face = twin->face, .fd = twin->fd,
		.buf = buf, .len = 1,
	};
	long taken = twin_fill(twin), got = 0;
	ssize_t ret;

	if (call_start(&call) || !call_sleeps(&call))
		return -ECANCELED;
	while (got < taken) {
		ret = face_recv(&plain_face, twin->peer, buf, sizeof(buf), 0);
		if (ret <= 0)
			break;
		got += ret;
	}
	return call_end(&call);
}

/* Of memory that is not there; arg: 1 to receive. */
static long data_nowhere(struct twin *twin)
{
	long ret;

	if (!twin->arg[0])
		return face_send(twin->face, twin->fd, page_missing(), 5, 0);
	ret = face_recv(twin->face, twin->fd, page_missing(), 5, 0);
	twin_hears(twin);
	return ret;
}

static long data_too_long(struct twin *twin)
{
	static char block[70000];

	return face_send(twin->face, twin->fd, block, sizeof(block), 0);
}

/* Two datagrams, of which one does not fit. */
static long data_bounds(struct twin *twin)
{
	char buf[4] = "";
	int flags = 0;
	long ret;

	twin_peer_sends(twin, "world");
	ret = twin->face->recvfrom(twin->fd, buf, 3, &flags, NULL, NULL);
	twin_say(twin, "\"%s\", MSG_TRUNC %d", buf, !!(flags & MSG_TRUNC));
	twin_hears(twin);
	return ret;
}

/* After a reset, every call in turn. */
static long data_after_reset(struct twin *twin)
{
	char byte;
	long ret = face_recv(twin->face, twin->fd, &byte, 1, 0);

	twin_say_ret(twin, "recv again",
		     face_recv(twin->face, twin->fd, &byte, 1, 0));
	twin_say_ret(twin, "send", face_send(twin->face, twin->fd, "x", 1,
					     MSG_NOSIGNAL));
	return ret;
}

static const struct twin_row data_rows[] = {
	ROW("send(2) on a stream", CONNECTED, data_send, 5),
	ROW("send(2) on a stream of IPv6", CONNECTED | IPV6, data_send, 5),
	ROW("send(2) on a connected datagram socket", TALKING, data_send, 5),
	ROW("send(2) of no byte on a datagram socket", TALKING, data_send),
	ROW("send(2) on a new stream", STREAM, data_send, 5),
	ROW("send(2) on a new datagram socket", DGRAM, data_send, 5),
	ROW("send(2) on a listening socket", LISTENING, data_send, 5),
	ROW("send(2) after a reset", RESET, data_send, 5),
	ROW("send(2) of memory of nobody", CONNECTED, data_nowhere),
	ROW("send(2) of more than a datagram holds", TALKING, data_too_long),
	ROW("send(2) to a full stream, O_NONBLOCK", CONNECTED, data_full),
	ROW("send(2) to a full stream waits", CONNECTED, data_send_waits),
	ROW("write(2) on a stream", CONNECTED, data_write, 5),
	ROW("write(2) on a connected datagram socket", TALKING, data_write, 5),
	ROW("write(2) of no byte on a stream", CONNECTED, data_write),
	ROW("write(2) of no byte on a datagram socket", TALKING, data_write),
	ROW("write(2) on a new stream", STREAM, data_write, 5),
	ROW("write(2) on a new datagram socket", DGRAM, data_write, 5),
	ROW("write(2) to a full stream, O_NONBLOCK", CONNECTED, data_full, 1),
	ROW("writev(2)", CONNECTED, data_writev),
	ROW("writev(2) of a datagram", TALKING, data_writev),
	ROW("pwritev2(2), no flag", CONNECTED, data_pwritev2),
	DIFFER_OR_AGREE(NOWAIT_WRITE, "pwritev2(RWF_NOWAIT)", CONNECTED,
			data_pwritev2, RWF_NOWAIT),
	ROW("recv(2) on a stream", CONNECTED | DATA, data_recv, 15),
	ROW("recv(2) of a part of what came", CONNECTED | DATA, data_recv, 3),
	ROW("recv(2) of no byte", CONNECTED | DATA, data_recv),
	ROW("recv(2) of a datagram of IPv6", TALKING | DATA | IPV6, data_recv,
	    15),
	ROW("recv(2) of a datagram with too little room", TALKING | DATA,
	    data_bounds),
	ROW("recv(2) waits for data", CONNECTED, data_recv_waits),
	ROW("recv(2) waits for a datagram", TALKING, data_recv_waits),
	ROW("recv(2) without data, O_NONBLOCK", CONNECTED, data_nonblock),
	ROW("recv(2) on a new stream", STREAM, data_recv, 15, MSG_DONTWAIT),
	ROW("recv(2) on a new datagram socket", DGRAM, data_recv, 15,
	    MSG_DONTWAIT),
	ROW("recv(2) on a listening socket", LISTENING, data_recv, 15),
	ROW("recv(2) after the peer closed", ENDED, data_recv, 15),
	ROW("recv(2) after a reset", RESET, data_after_reset),
	ROW("recv(2) of a stream to memory of nobody", CONNECTED | DATA,
	    data_nowhere, 1),
	ROW("recv(2) of a datagram to memory of nobody", TALKING | DATA,
	    data_nowhere, 1),
	ROW("read(2) on a stream", CONNECTED | DATA, data_read, 15),
	ROW("read(2) of a datagram", TALKING | DATA, data_read, 15),
	ROW("read(2) of no byte", CONNECTED | DATA, data_read),
	ROW("read(2) of no byte of a datagram", TALKING | DATA, data_read),
	ROW("read(2) without data, O_NONBLOCK", CONNECTED, data_nonblock, 1),
	ROW("read(2) after the peer closed", ENDED, data_read, 15),
	ROW("read(2) on a new stream", STREAM, data_read, 15),
	ROW("readv(2)", CONNECTED | DATA, data_readv),
	ROW("readv(2) of a datagram", TALKING | DATA, data_readv),
	ROW("preadv2(2), no flag", CONNECTED | DATA, data_preadv2),
	DIFFER_OR_AGREE(NOWAIT_READ, "preadv2(RWF_NOWAIT) without data",
			CONNECTED, data_preadv2, RWF_NOWAIT),
};

/* ---- Addresses ----------------------------------------------------------- */

static long addr_send(struct twin *twin, const struct addr *addr,
		      socklen_t len)
{
	long ret = DATA_SIGPIPE(twin, twin->face->sendto(twin->fd, "hello", 5,
							 0, &addr->sa, len));

	if (ret > 0)
		twin_peer_hears(twin);
	return ret;
}

/* arg: how much shorter the address is than it ought to be. */
static long addr_sendto(struct twin *twin)
{
	if (twin->peer < 0) {
		twin->peer = plain_socket(twin->addr.sa.sa_family, SOCK_DGRAM,
					  0);
		plain_bind(twin->peer, &twin->addr.sa, twin->addr.len);
	}
	return addr_send(twin, &twin->addr, twin->addr.len - twin->arg[0]);
}

/* To somebody who is not the peer, and to the peer again. */
static long addr_sendto_other(struct twin *twin)
{
	struct addr addr = addr_loopback(AF_INET, PORT + 2);
	int peer = twin->peer;
	long ret;

	twin->peer = plain_socket(AF_INET, SOCK_DGRAM, 0);
	plain_bind(twin->peer, &addr.sa, addr.len);
	ret = addr_send(twin, &addr, addr.len);
	twin->peer = peer;
	face_send(twin->face, twin->fd, "world", 5, 0);
	twin_peer_hears(twin);
	return ret;
}

/* arg: family that the address says, address of IPv4, port. */
static long addr_sendto_wrong(struct twin *twin)
{
	struct addr addr = twin->addr;

	addr.sa.sa_family = twin->arg[0];
	addr.in.sin_addr.s_addr = htonl(twin->arg[1]);
	addr.in.sin_port = htons(twin->arg[2]);
	return addr_send(twin, &addr, addr.len);
}

static long addr_sendto_nowhere(struct twin *twin)
{
	return twin->face->sendto(twin->fd, "hello", 5, 0, page_missing(),
				  twin->addr.len);
}

static long addr_stream_short(struct twin *twin)
{
	return twin->face->sendto(twin->fd, "x", 1, 0, &twin->addr.sa,
				  twin->arg[0]);
}

static long addr_length_alone(struct twin *twin)
{
	return twin->face->sendto(twin->fd, "x", 1, 0, NULL, twin->addr.len);
}

/* arg: room for the address. */
static long addr_recvfrom(struct twin *twin)
{
	struct addr addr = addr_room();
	int flags = 0;
	char buf[8];
	long ret;

	addr.len = twin->arg[0];
	ret = twin->face->recvfrom(twin->fd, buf, sizeof(buf), &flags,
				   &addr.sa, &addr.len);
	if (addr.sa.sa_family && twin->arg[0] >= sizeof(addr.in))
		twin_say_addr(twin, &addr);
	else
		twin_say(twin, "address of %u bytes", addr.len);
	return ret;
}

static long addr_recvfrom_nowhere(struct twin *twin)
{
	socklen_t len = sizeof(struct sockaddr_in);
	int flags = 0;
	char buf[8];
	long ret = twin->face->recvfrom(twin->fd, buf, sizeof(buf), &flags,
					page_missing(), &len);

	twin_hears(twin);
	return ret;
}

/* arg: room; of "x" alone. */
static long addr_recvfrom_odd(struct twin *twin)
{
	struct addr addr = addr_room();
	socklen_t len = twin->arg[0];
	int flags = 0;
	char byte;

	twin_peer_sends(twin, "x");
	return twin->face->recvfrom(twin->fd, &byte, 1, &flags,
				    twin->arg[1] ? NULL : &addr.sa, &len);
}

static const struct twin_row addr_rows[] = {
	ROW("sendto(2) on a new datagram socket", DGRAM, addr_sendto),
	ROW("sendto(2) on a new datagram socket of IPv6", DGRAM | IPV6,
	    addr_sendto),
	ROW("sendto(2) somebody else on a connected datagram socket", TALKING,
	    addr_sendto_other),
	ROW("sendto(2) on a connected stream", CONNECTED, addr_sendto),
	ROW("sendto(2) on a new stream", STREAM, addr_sendto),
	ROW("sendto(2), address a byte short", DGRAM, addr_sendto, 1),
	ROW("sendto(2), address of IPv6 without its last field", DGRAM | IPV6,
	    addr_sendto, 4),
	ROW("sendto(2), address of IPv6 a byte shorter than that",
	    DGRAM | IPV6, addr_sendto, 5),
	ROW("sendto(2), address longer than any", DGRAM, addr_sendto, -200),
	ROW("sendto(2) another family", DGRAM, addr_sendto_wrong,
	    AF_INET6, INADDR_LOOPBACK, PORT),
	ROW("sendto(AF_UNSPEC)", DGRAM, addr_sendto_wrong,
	    AF_UNSPEC, INADDR_LOOPBACK, PORT),
	ROW("sendto(2) port 0", DGRAM, addr_sendto_wrong,
	    AF_INET, INADDR_LOOPBACK, 0),
	ROW("sendto(2) where no route leads", DGRAM, addr_sendto_wrong,
	    AF_INET, 0xc0000201, PORT),
	ROW("sendto(2) a broadcast address, no SO_BROADCAST", DGRAM,
	    addr_sendto_wrong, AF_INET, 0x7fffffff, PORT),
	ROW("sendto(2), address at memory of nobody", DGRAM,
	    addr_sendto_nowhere),
	DIFFER(SENDTO_STREAM_SHORT_ADDR,
	       "sendto(2) on a stream, address of 1 byte", CONNECTED,
	       addr_stream_short, 1),
	DIFFER(SENDTO_LENGTH_WITHOUT_ADDR,
	       "sendto(2), length of an address without one", CONNECTED,
	       addr_length_alone),
	ROW("recvfrom(2) of a datagram", TALKING | DATA, addr_recvfrom,
	    sizeof(struct sockaddr_storage)),
	ROW("recvfrom(2) of a datagram of IPv6", TALKING | DATA | IPV6,
	    addr_recvfrom, sizeof(struct sockaddr_storage)),
	ROW("recvfrom(2), room for the family alone", TALKING | DATA,
	    addr_recvfrom, 2),
	ROW("recvfrom(2), no room for the address", TALKING | DATA,
	    addr_recvfrom, 0),
	ROW("recvfrom(2) on a stream", CONNECTED | DATA, addr_recvfrom,
	    sizeof(struct sockaddr_storage)),
	ROW("recvfrom(2), address to memory of nobody", TALKING | DATA,
	    addr_recvfrom_nowhere),
	DIFFER(RECVFROM_ROOM_WITHOUT_ADDR,
	       "recvmsg(2), room for an address without one", TALKING,
	       addr_recvfrom_odd, sizeof(struct sockaddr_in), 1),
	DIFFER(RECVFROM_NEGATIVE_ROOM,
	       "recvmsg(2), room of 2 GiB for an address", TALKING,
	       addr_recvfrom_odd, INT_MIN),
};

#endif /* KSOCK_SELFTESTS_TWIN_DATA_H */
