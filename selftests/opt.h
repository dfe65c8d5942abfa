/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Options: what the list of the ABI says of each, sockets of every kind that
 * options may be of, and one call on two sockets, an ordinary one and a ksock,
 * with all that can be told of its outcome, so that the two can be compared.
 */
#ifndef KSOCK_SELFTESTS_OPT_H
#define KSOCK_SELFTESTS_OPT_H

#include "common.h"

#include <linux/ksock_opt.h>

#include "opt_value.h"

struct opt {
	int level;
	int name;
	const char *text;
	enum ksock_opt_type type;
	unsigned int access;
};

#define OPT_ROW(_level, _name, _number, _type, _access)			\
	{								\
		KSOCK_OPT_##_level, _number, #_name,			\
		KSOCK_OPT_##_type, KSOCK_OPT_##_access,			\
	},

static const struct opt opts[] __attribute__((unused)) = {
	KSOCK_OPT_LIST(OPT_ROW)
};

#define OPTS_END	(opts + ARRAY_SIZE(opts))

#define OPT_VALUES_END	(opt_values + ARRAY_SIZE(opt_values))

/* What is known of an option; NULL of one that nobody has told anything of. */
static inline const struct opt_value *opt_value_of(int level, int name)
{
	const struct opt_value *value;

	for (value = opt_values; value < OPT_VALUES_END; value++) {
		if (value->level == level && value->name == name)
			return value;
	}
	return NULL;
}

/* ---- Kinds of sockets ---------------------------------------------------- */

enum kind_state {
	KIND_FRESH,
	KIND_CONNECTED,
	KIND_LISTENING,
};

struct kind {
	int family;
	int type;
	int protocol;
	enum kind_state state;
};

/* Both ends of what a test does: a ksock, and an ordinary socket like it. */
struct twins {
	int plain;
	int ksock;
	/* What the two are connected to. */
	int plain_peer;
	int ksock_peer;
};

/* A plain socket that sockets of the kind can connect to, or -errno. */
static inline int kind_target(const struct kind *kind, struct addr *addr)
{
	int fd, ret;

	*addr = addr_loopback(kind->family, 0);
	fd = plain_socket(kind->family, kind->type, kind->protocol);
	if (fd < 0)
		return fd;
	ret = plain_bind(fd, &addr->sa, addr->len);
	if (!ret && kind->type == SOCK_STREAM)
		ret = plain_listen(fd, 8);
	if (!ret)
		ret = plain_getsockname(fd, &addr->sa, &addr->len);
	if (!ret)
		return fd;
	close(fd);
	return ret;
}

/* Returns a socket of the kind, *peer its other end or -1; or -errno. */
static inline int kind_socket(const struct kind *kind, const struct face *face,
			      int target, const struct addr *addr, int *peer)
{
	int fd, ret = 0;

	*peer = -1;
	fd = face->socket(kind->family, kind->type, kind->protocol);
	if (fd < 0)
		return fd;
	if (kind->state == KIND_LISTENING)
		ret = face->listen(fd, 1);
	if (kind->state == KIND_CONNECTED)
		ret = face->connect(fd, &addr->sa, addr->len);
	if (!ret && kind->state == KIND_CONNECTED &&
	    kind->type == SOCK_STREAM) {
		ret = plain_accept(target, NULL, NULL, 0);
		if (ret >= 0)
			*peer = ret;
	}
	if (ret >= 0)
		return fd;
	close(fd);
	return ret;
}

static inline int twins_open(struct twins *twins, const struct kind *kind,
			     int target, const struct addr *addr)
{
	twins->plain = kind_socket(kind, &plain_face, target, addr,
				   &twins->plain_peer);
	if (twins->plain < 0)
		return twins->plain;
	twins->ksock = kind_socket(kind, &ksock_face, target, addr,
				   &twins->ksock_peer);
	return twins->ksock < 0 ? twins->ksock : 0;
}

/*
 * Closes a connection by a reset: with some options nothing that a socket sends
 * arrives any more, and it would stay behind for minutes.
 */
static inline void twins_close(struct twins *twins)
{
	static const struct linger reset = { 1, 0 };

	plain_setsockopt(twins->plain, SOL_SOCKET, SO_LINGER, &reset,
			 sizeof(reset));
	ksock_setsockopt(twins->ksock, SOL_SOCKET, SO_LINGER, &reset,
			 sizeof(reset));
	plain_setsockopt(twins->plain_peer, SOL_SOCKET, SO_LINGER, &reset,
			 sizeof(reset));
	plain_setsockopt(twins->ksock_peer, SOL_SOCKET, SO_LINGER, &reset,
			 sizeof(reset));
	close(twins->plain);
	close(twins->ksock);
	if (twins->plain_peer >= 0)
		close(twins->plain_peer);
	if (twins->ksock_peer >= 0)
		close(twins->ksock_peer);
}

/* ---- One call and its outcome -------------------------------------------- */

#define ANSWER_ROOM	8192

/* What a byte is that nobody has written. */
#define ANSWER_UNTOUCHED	0xa5

struct answer {
	int ret;
	socklen_t asked;
	socklen_t len;
	unsigned char bytes[ANSWER_ROOM];
};

/* What a get that is refused is: nothing but an error. */
static inline void answer_refused(struct answer *answer,
				  const struct opt_value *value, socklen_t len)
{
	memset(answer->bytes, ANSWER_UNTOUCHED, sizeof(answer->bytes));
	if (value->question)
		memcpy(answer->bytes, value->question, value->len);
	answer->asked = len;
	answer->len = len;
	answer->ret = -EINVAL;
}

/* Reads an option, with the question in place that some need to be asked. */
static inline void opt_get(struct answer *answer, const struct face *face,
			   int fd, const struct opt_value *value, socklen_t len)
{
	answer_refused(answer, value, len);
	answer->ret = face->getsockopt(fd, value->level, value->name,
				       answer->bytes, &answer->len);
}

/* Sets an option, and before it those it needs. */
static inline int opt_set(const struct face *face, int fd,
			  const struct opt_value *value, socklen_t len)
{
	unsigned char bytes[ANSWER_ROOM] = {};

	memcpy(bytes, value->value, value->len);
	return face->setsockopt(fd, value->level, value->name, bytes, len);
}

static inline void opt_prepare(const struct face *face, int fd,
			       const struct opt_value *value)
{
	const struct opt_value *chain[4];
	int count = 0;

	while (value->first && count < ARRAY_SIZE(chain)) {
		value = opt_value_of(value->level, value->first);
		chain[count++] = value;
	}
	while (count--)
		opt_set(face, fd, chain[count], chain[count]->len);
}

/*
 * Whether two sockets gave the same answer.  Where the value is of the one
 * socket or of the moment, its length has to be the same, and what is behind.
 */
static inline bool answers_agree(const struct answer *one,
				 const struct answer *other, bool live)
{
	size_t from = 0;

	if (one->ret != other->ret)
		return false;
	if (!one->ret && one->len != other->len)
		return false;
	if (!one->ret && live)
		from = one->len < ANSWER_ROOM ? one->len : ANSWER_ROOM;
	return !memcmp(one->bytes + from, other->bytes + from,
		       ANSWER_ROOM - from);
}

/* Whether a failed call left alone what it was given. */
static inline bool answer_intact(const struct answer *answer)
{
	return !answer->ret || answer->len == answer->asked;
}

static inline size_t answers_differ_at(const struct answer *one,
				       const struct answer *other)
{
	size_t i;

	for (i = 0; i < ANSWER_ROOM - 1 && one->bytes[i] == other->bytes[i];
	     i++)
		;
	return i;
}

/* For TH_LOG(): of which option, asked how, and what both sockets said. */
#define ANSWERS_LOG(_value, _len, _plain, _ksock)			\
	do {								\
		const struct answer *__plain = (_plain);		\
		const struct answer *__ksock = (_ksock);		\
		size_t __at = answers_differ_at(__plain, __ksock);	\
									\
		TH_LOG("%s, length %d: plain %d, length %d, "		\
		       "ksock %d, length %d; byte %zu is %#x, %#x",	\
		       (_value)->text, (int)(_len), __plain->ret,	\
		       (int)__plain->len, __ksock->ret,			\
		       (int)__ksock->len, __at, __plain->bytes[__at],	\
		       __ksock->bytes[__at]);				\
	} while (0)

/* Whether the value is one that need not be the same on both sockets. */
static inline bool opt_lives(const struct opt_value *value,
			     const struct kind *kind)
{
	return value->flags & OPT_LIVE ||
	       (value->flags & OPT_LIVE_CONNECTED &&
		kind->state != KIND_FRESH);
}

#endif /* KSOCK_SELFTESTS_OPT_H */
