/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Operations of the twin test: messages of several parts, with names, and many
 * of them in one call.
 */
#ifndef KSOCK_SELFTESTS_TWIN_MESSAGE_H
#define KSOCK_SELFTESTS_TWIN_MESSAGE_H

#include "batch.h"
#include "twin.h"

/* arg: parts of one byte each. */
static long message_send_parts(struct twin *twin)
{
	static struct iovec iov[1025];
	struct msghdr msg = { .msg_iov = iov, .msg_iovlen = twin->arg[0] };
	int i;

	for (i = 0; i < twin->arg[0]; i++)
		iov[i] = (struct iovec) { "x", 1 };
	return twin->face->sendmsg(twin->fd, &msg, 0);
}

static long message_recv_parts(struct twin *twin)
{
	static struct iovec iov[1025];
	static char bytes[1025];
	struct msghdr msg = { .msg_iov = iov, .msg_iovlen = twin->arg[0] };
	long ret;
	int i;

	for (i = 0; i < twin->arg[0]; i++)
		iov[i] = (struct iovec) { bytes + i, 1 };
	ret = twin->face->recvmsg(twin->fd, &msg, 0);
	if (ret >= 0)
		twin_say(twin, "\"%s\", MSG_TRUNC %d", bytes,
			 !!(msg.msg_flags & MSG_TRUNC));
	twin_hears(twin);
	return ret;
}

static long message_send(struct twin *twin)
{
	struct iovec iov[] = { { "hel", 3 }, { NULL, 0 }, { "lo", 2 } };
	struct msghdr msg = { .msg_iov = iov, .msg_iovlen = ARRAY_SIZE(iov) };
	long ret = twin->face->sendmsg(twin->fd, &msg, twin->arg[0]);

	if (ret > 0)
		twin_peer_hears(twin);
	return ret;
}

/* To a plain socket at the name; arg: length that is said of the name. */
static long message_send_named(struct twin *twin)
{
	struct iovec iov = { "x", 1 };
	char room[256] = "";
	struct msghdr msg = {
		.msg_name = room,
		.msg_namelen = twin->arg[0],
		.msg_iov = &iov,
		.msg_iovlen = 1,
	};
	long ret;

	memcpy(room, &twin->addr.storage, twin->addr.len);
	twin->peer = plain_socket(AF_INET, SOCK_DGRAM, 0);
	plain_bind(twin->peer, &twin->addr.sa, twin->addr.len);
	ret = twin->face->sendmsg(twin->fd, &msg, 0);
	/* What differs is told by the number alone. */
	if (ret > 0 && twin->arg[0] == twin->addr.len)
		twin_peer_hears(twin);
	return ret;
}

/* A name of no length, on a socket that has a peer. */
static long message_send_no_length(struct twin *twin)
{
	struct iovec iov = { "x", 1 };
	struct msghdr msg = {
		.msg_name = &twin->addr.storage,
		.msg_iov = &iov,
		.msg_iovlen = 1,
	};

	return twin->face->sendmsg(twin->fd, &msg, 0);
}

/* arg: room for a name, flags. */
static long message_recv(struct twin *twin)
{
	struct addr addr = addr_room();
	char one[8] = "", other[8] = "";
	struct iovec iov[] = { { one, 2 }, { other, 2 } };
	struct msghdr msg = {
		.msg_name = &addr.storage,
		.msg_namelen = twin->arg[0],
		.msg_iov = iov,
		.msg_iovlen = ARRAY_SIZE(iov),
	};
	long ret = twin->face->recvmsg(twin->fd, &msg, twin->arg[1]);

	if (ret < 0)
		return ret;
	twin_say(twin, "\"%s\" \"%s\", name of %u bytes, MSG_TRUNC %d", one,
		 other, msg.msg_namelen, !!(msg.msg_flags & MSG_TRUNC));
	twin_hears(twin);
	return ret;
}

/* arg: 1 to receive. */
static long message_nowhere(struct twin *twin)
{
	struct msghdr msg = { .msg_iov = page_missing(), .msg_iovlen = 1 };

	if (twin->arg[0])
		return twin->face->recvmsg(twin->fd, &msg, 0);
	return twin->face->sendmsg(twin->fd, &msg, 0);
}

/* The second of two parts is not there; arg: 1 to receive. */
static long message_part_nowhere(struct twin *twin)
{
	char buf[4] = "abc";
	struct iovec iov[] = { { buf, 3 }, { page_missing(), 2 } };
	struct msghdr msg = { .msg_iov = iov, .msg_iovlen = ARRAY_SIZE(iov) };

	if (twin->arg[0])
		return twin->face->recvmsg(twin->fd, &msg, 0);
	return twin->face->sendmsg(twin->fd, &msg, 0);
}

static long message_part_negative(struct twin *twin)
{
	char buf[4] = "abc";
	struct iovec iov[] = { { buf, 3 }, { buf, -1 } };
	struct msghdr msg = { .msg_iov = iov, .msg_iovlen = ARRAY_SIZE(iov) };

	if (twin->arg[0])
		return twin->face->recvmsg(twin->fd, &msg, 0);
	return twin->face->sendmsg(twin->fd, &msg, 0);
}

static const struct twin_row message_rows[] = {
	ROW("sendmsg(2) of three parts", CONNECTED, message_send),
	ROW("sendmsg(2) of three parts, a datagram", TALKING, message_send),
	ROW("sendmsg(2) on a new stream", STREAM, message_send, MSG_NOSIGNAL),
	ROW("sendmsg(2) of no part on a stream", CONNECTED,
	    message_send_parts),
	ROW("sendmsg(2) of no part, a datagram", TALKING, message_send_parts),
	ROW("sendmsg(2) of 1024 parts", CONNECTED, message_send_parts, 1024),
	ROW("sendmsg(2) of 1025 parts", CONNECTED, message_send_parts, 1025),
	ROW("sendmsg(2), parts at memory of nobody", CONNECTED,
	    message_nowhere),
	ROW("sendmsg(2), a part at memory of nobody, a stream", CONNECTED,
	    message_part_nowhere),
	ROW("sendmsg(2), a part at memory of nobody, a datagram", TALKING,
	    message_part_nowhere),
	ROW("sendmsg(2), a part of negative length", CONNECTED,
	    message_part_negative),
	ROW("sendmsg(2) with a name", DGRAM, message_send_named,
	    sizeof(struct sockaddr_in)),
	ROW("sendmsg(2), name a byte short", DGRAM, message_send_named,
	    sizeof(struct sockaddr_in) - 1),
	ROW("sendmsg(2), name of 1 byte", DGRAM, message_send_named, 1),
	DIFFER(SENDMSG_LONG_NAME, "sendmsg(2), name of 129 bytes", DGRAM,
	       message_send_named, 129),
	DIFFER(SENDMSG_NAME_WITHOUT_LENGTH, "sendmsg(2), name of no length",
	       TALKING, message_send_no_length),
	ROW("recvmsg(2) to two parts, a stream", CONNECTED | DATA,
	    message_recv, 128),
	ROW("recvmsg(2) to two parts, a datagram", TALKING | DATA,
	    message_recv, 128),
	ROW("recvmsg(2) of a datagram of IPv6", TALKING | DATA | IPV6,
	    message_recv, 128),
	ROW("recvmsg(2), room for 2 bytes of the name", TALKING | DATA,
	    message_recv, 2),
	ROW("recvmsg(MSG_PEEK)", TALKING | DATA, message_recv, 128, MSG_PEEK),
	ROW("recvmsg(MSG_TRUNC)", TALKING | DATA, message_recv, 128,
	    MSG_TRUNC),
	ROW("recvmsg(MSG_DONTWAIT) without data", CONNECTED, message_recv,
	    128, MSG_DONTWAIT),
	ROW("recvmsg(2) after the peer closed", ENDED, message_recv, 128),
	ROW("recvmsg(2) after a reset", RESET, message_recv, 128),
	ROW("recvmsg(2) on a new stream", STREAM, message_recv, 128),
	ROW("recvmsg(2) to no part, a stream", CONNECTED | DATA,
	    message_recv_parts),
	ROW("recvmsg(2) to no part, a datagram", TALKING | DATA,
	    message_recv_parts),
	ROW("recvmsg(2) to 1024 parts", CONNECTED | DATA, message_recv_parts,
	    1024),
	ROW("recvmsg(2) to 1025 parts", CONNECTED | DATA, message_recv_parts,
	    1025),
	ROW("recvmsg(2), parts at memory of nobody", CONNECTED | DATA,
	    message_nowhere, 1),
	ROW("recvmsg(2), a part at memory of nobody", CONNECTED | DATA,
	    message_part_nowhere, 1),
	ROW("recvmsg(2), a part of negative length", CONNECTED | DATA,
	    message_part_negative, 1),
};

/* ---- Many messages: sendmmsg(2) and recvmmsg(2), or a batch --------------- */

#define MANY	3

/* Parts of one byte, two of them and one that may be another. */
struct many {
	char bytes[MANY];
	struct iovec iov[MANY];
	struct mmsghdr msgs[MANY];
	struct ksock_batch_op ops[MANY];
	struct ksock_batch_result results[MANY];
};

static void many_init(struct many *many, unsigned int opcode, int flags)
{
	int i;

	memset(many, 0, sizeof(*many));
	for (i = 0; i < MANY; i++) {
		many->bytes[i] = 'a' + i;
		many->iov[i] = (struct iovec) { &many->bytes[i], 1 };
		many->msgs[i].msg_hdr.msg_iov = &many->iov[i];
		many->msgs[i].msg_hdr.msg_iovlen = 1;
		many->ops[i] = batch_op(opcode, 0, &many->bytes[i], 1, flags);
	}
}

/* Returns how many messages were moved, or the -errno of the first. */
static long many_run(struct twin *twin, struct many *many, int flags)
{
	bool send = many->ops[0].opcode == KSOCK_BATCH_SEND;
	int batch, ret, i;

	if (twin->face == &plain_face)
		return ret_errno(send ?
				 sendmmsg(twin->fd, many->msgs, MANY, flags) :
				 recvmmsg(twin->fd, many->msgs, MANY, flags,
					  NULL));
	batch = batch_open(1, MANY);
	if (batch < 0 || batch_slot(batch, 0, twin->fd))
		return -ECANCELED;
	ret = batch_run_for(batch, many->ops, many->results, MANY,
			    KSOCK_BATCH_STOP, 0);
	if (ret < 0)
		return ret;
	if (many->results[0].out_ret < 0)
		return many->results[0].out_ret;
	for (i = 0; i < ret && many->results[i].out_ret >= 0; i++)
		;
	return i;
}

static long many_send(struct twin *twin)
{
	struct many many;
	int there = 0;
	long ret;

	many_init(&many, KSOCK_BATCH_SEND, twin->arg[0]);
	ret = many_run(twin, &many, twin->arg[0]);
	if (ret <= 0)
		return ret;
	/* A stream tells of all of it. */
	if (twin_is_stream(twin))
		EVENTUALLY(!ioctl(twin->peer, FIONREAD, &there) && there == ret);
	twin_peer_hears(twin);
	return ret;
}

/* A message that cannot be sent; arg: which. */
static long many_send_some(struct twin *twin)
{
	struct many many;
	void *nowhere = page_missing();

	many_init(&many, KSOCK_BATCH_SEND, 0);
	many.iov[twin->arg[0]].iov_base = nowhere;
	many.ops[twin->arg[0]].buf_ptr = (uintptr_t)nowhere;
	return many_run(twin, &many, 0);
}

/* arg: how many messages there are. */
static long many_recv(struct twin *twin)
{
	struct many many;
	long ret;
	int i;

	for (i = 0; i < twin->arg[0]; i++)
		twin_peer_sends(twin, "x");
	many_init(&many, KSOCK_BATCH_RECV, MSG_DONTWAIT);
	ret = many_run(twin, &many, MSG_DONTWAIT);
	twin_say(twin, "\"%.*s\"", MANY, many.bytes);
	return ret;
}

static const struct twin_row batch_rows[] = {
	ROW("sendmmsg(2), or a batch, of datagrams", TALKING, many_send),
	ROW("sendmmsg(2), or a batch, on a stream", CONNECTED, many_send),
	ROW("sendmmsg(2), or a batch, on a new stream", STREAM, many_send,
	    MSG_NOSIGNAL),
	ROW("sendmmsg(2), or a batch, the first fails", TALKING,
	    many_send_some, 0),
	ROW("sendmmsg(2), or a batch, the second fails", TALKING,
	    many_send_some, 1),
	ROW("recvmmsg(2), or a batch, as many as there are", TALKING,
	    many_recv, MANY),
	ROW("recvmmsg(2), or a batch, more than there are", TALKING,
	    many_recv, 1),
	ROW("recvmmsg(2), or a batch, none there", TALKING, many_recv),
	ROW("recvmmsg(2), or a batch, on a stream", CONNECTED, many_recv, 2),
};

#endif /* KSOCK_SELFTESTS_TWIN_MESSAGE_H */
