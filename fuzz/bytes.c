// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a description of bytes stands for: addresses that meet, arrays of iovec,
 * control messages, values of options, entries of a batch.
 */
#include <netinet/in.h>
#include <netinet/ip.h>
#include <netinet/udp.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <sys/un.h>

#include <linux/ksock.h>
#include <linux/ksock_opt.h>

#include "fuzz.h"

#define PORT	7000
#define ROOM	4096

static const char *const specs[WHAT_COUNT][16] = {
	[WHAT_DATA] = { "data" },
	[WHAT_ADDR] = { "in", "in6", "any", "any6", "other", "mapped", "unspec",
			"mcast", "mcast6", "unix", "short" },
	[WHAT_IOV] = { "one", "four", "many", "all", "hole", "huge" },
	[WHAT_CONTROL] = { "ttl", "tos", "pktinfo", "mark", "segment", "hoplimit",
			   "tclass", "txtime", "rights", "two", "long", "short",
			   "timestamping" },
	[WHAT_OPTION] = { "int", "byte", "two", "lo", "cubic", "reno", "junk",
			  "page", "time", "mreq", "mreq6", "timestamping" },
	[WHAT_OPS] = { "ops" },
	[WHAT_RESULTS] = { "results" },
};

const char *spec_name(enum what what, unsigned int spec)
{
	return spec < 16 ? specs[what][spec] : NULL;
}

unsigned int spec_count(enum what what)
{
	unsigned int count = 0;

	while (count < 16 && specs[what][count])
		count++;
	return count;
}

#define OPT_PAIR(_level, _name, _number, _type, _access) \
	{ KSOCK_OPT_##_level, _number },

static const int32_t options[][2] = { KSOCK_OPT_LIST(OPT_PAIR) };

unsigned int option_rows(void)
{
	return sizeof(options) / sizeof(options[0]);
}

void option_row(unsigned int row, int32_t *level, int32_t *name)
{
	*level = options[row][0];
	*name = options[row][1];
}

static size_t addr_make(const char *name, uint32_t num, unsigned char *to)
{
	struct sockaddr_in *in = (void *)to;
	struct sockaddr_in6 *in6 = (void *)to;
	uint16_t port = htons(num < 4 ? PORT + num : num == 4 ? 0 : num);

	if (!strcmp(name, "unix")) {
		in->sin_family = AF_UNIX;
		return sizeof(struct sockaddr_un);
	}
	if (!strcmp(name, "short")) {
		in->sin_family = AF_INET;
		return num % 16;
	}
	if (strchr(name, '6') || !strcmp(name, "mapped")) {
		in6->sin6_family = AF_INET6;
		in6->sin6_port = port;
		if (!strcmp(name, "in6"))
			in6->sin6_addr = in6addr_loopback;
		if (!strcmp(name, "mapped"))
			memcpy(&in6->sin6_addr,
			       "\0\0\0\0\0\0\0\0\0\0\xff\xff\x7f\0\0\1", 16);
		if (!strcmp(name, "mcast6")) {
			in6->sin6_addr.s6_addr[0] = 0xff;
			in6->sin6_addr.s6_addr[1] = 1;
			in6->sin6_addr.s6_addr[15] = 1;
			in6->sin6_scope_id = 1;
		}
		return sizeof(*in6);
	}
	in->sin_family = strcmp(name, "unspec") ? AF_INET : AF_UNSPEC;
	in->sin_port = port;
	in->sin_addr.s_addr = htonl(!strcmp(name, "any") ? INADDR_ANY :
				    !strcmp(name, "other") ? 0x7f000002 :
				    !strcmp(name, "mcast") ? 0xef010101 :
				    INADDR_LOOPBACK);
	return sizeof(*in);
}

static unsigned int iov_count(const char *name)
{
	return !strcmp(name, "four") ? 4 : !strcmp(name, "many") ? 64 :
	       !strcmp(name, "all") ? ROOM / sizeof(struct iovec) :
	       !strcmp(name, "hole") ? 3 : 1;
}

static size_t iov_make(const char *name, uint32_t num, struct arena *arena,
		       unsigned char *to)
{
	struct iovec *iov = (void *)to;
	unsigned int i, count = iov_count(name);

	for (i = 0; i < count; i++) {
		iov[i].iov_len = count > 4 && i % 3 ? num % 64 : num;
		iov[i].iov_base = arena_data(arena, num, PLACE_GOOD);
	}
	if (!strcmp(name, "hole"))
		iov[1].iov_base = arena_data(arena, num, PLACE_HOLE);
	if (!strcmp(name, "huge"))
		iov[0].iov_len = num & 1 ? SIZE_MAX : SIZE_MAX / 2;
	return count * sizeof(*iov);
}

static size_t cmsg_make(unsigned char *to, int level, int type,
			const void *value, size_t len)
{
	struct cmsghdr *cmsg = (void *)to;

	cmsg->cmsg_level = level;
	cmsg->cmsg_type = type;
	cmsg->cmsg_len = CMSG_LEN(len);
	memcpy(CMSG_DATA(cmsg), value, len);
	return CMSG_SPACE(len);
}

static size_t control_make(const char *name, uint32_t num, unsigned char *to)
{
	struct cmsghdr *cmsg = (void *)to;
	unsigned char zeroes[64] = {};
	uint64_t big = num;
	uint16_t half = num;
	size_t len;

	if (!strcmp(name, "tos"))
		return cmsg_make(to, SOL_IP, IP_TOS, &num, 4);
	if (!strcmp(name, "pktinfo"))
		return cmsg_make(to, SOL_IP, IP_PKTINFO, zeroes,
				 sizeof(struct in_pktinfo));
	if (!strcmp(name, "mark"))
		return cmsg_make(to, SOL_SOCKET, SO_MARK, &num, 4);
	if (!strcmp(name, "segment"))
		return cmsg_make(to, SOL_UDP, 103, &half, 2);
	if (!strcmp(name, "hoplimit"))
		return cmsg_make(to, SOL_IPV6, IPV6_HOPLIMIT, &num, 4);
	if (!strcmp(name, "tclass"))
		return cmsg_make(to, SOL_IPV6, IPV6_TCLASS, &num, 4);
	if (!strcmp(name, "txtime"))
		return cmsg_make(to, SOL_SOCKET, SCM_TXTIME, &big, 8);
	if (!strcmp(name, "timestamping"))
		return cmsg_make(to, SOL_SOCKET, SO_TIMESTAMPING, &num, 4);
	if (!strcmp(name, "rights"))
		return cmsg_make(to, SOL_SOCKET, SCM_RIGHTS, &num, 4);
	len = cmsg_make(to, SOL_IP, IP_TTL, &num, 4);
	if (!strcmp(name, "two"))
		len += cmsg_make(to + len, SOL_IP, IP_TOS, &num, 4);
	if (!strcmp(name, "long"))
		cmsg->cmsg_len = num;
	if (!strcmp(name, "short"))
		len = num % sizeof(*cmsg);
	return len;
}

static size_t option_make(const char *name, uint32_t num, unsigned char *to)
{
	int64_t time[2] = { 0, num % 1000000 };
	int32_t two[2] = { num & 1, num % 2 };

	memcpy(to, &num, sizeof(num));
	if (!strcmp(name, "byte"))
		return 1;
	if (!strcmp(name, "two")) {
		memcpy(to, two, sizeof(two));
		return sizeof(two);
	}
	if (!strcmp(name, "page"))
		return ROOM;
	if (!strcmp(name, "time")) {
		memcpy(to, time, sizeof(time));
		return sizeof(time);
	}
	if (!strcmp(name, "mreq")) {
		memset(to, 0, sizeof(struct ip_mreqn));
		memcpy(to, "\xef\1\1\1\x7f\0\0\1", 8);
		return num & 1 ? sizeof(struct ip_mreqn) : 8;
	}
	if (!strcmp(name, "mreq6")) {
		memset(to, 0, sizeof(struct ipv6_mreq));
		memcpy(to, "\xff\1", 2);
		to[15] = 1;
		to[16] = 1;
		return sizeof(struct ipv6_mreq);
	}
	if (!strcmp(name, "timestamping"))
		return 8;
	if (!strcmp(name, "int"))
		return sizeof(num);
	strcpy((char *)to, name);
	return strlen(name) + 1;
}

static unsigned int ops_count(uint32_t num)
{
	return num % 17;
}

/* Different ones for each number, the same whenever. */
static size_t ops_make(uint32_t num, struct arena *arena, unsigned char *to)
{
	struct ksock_batch_op *ops = (void *)to;
	unsigned int i, count = ops_count(num);
	uint32_t chance = num * 2654435761U;

	for (i = 0; i < count; i++) {
		chance = chance * 1664525 + 1013904223;
		ops[i].opcode = chance >> 28 & 1;
		ops[i].slot = chance >> 24 & 3;
		ops[i].flags = chance >> 20 & 15 ? 0x40 : 0;
		ops[i].len = (chance >> 16 & 15) * 100;
		ops[i].buf_ptr = (uintptr_t)arena_data(arena, ops[i].len,
			chance >> 13 & 7 ? PLACE_GOOD : PLACE_EDGE);
		if (!(chance >> 8 & 31)) {
			ops[i].addr_ptr = (uintptr_t)arena_data(arena, 128, PLACE_GOOD);
			ops[i].addr_len = chance >> 5 & 127;
		}
		if (!(chance >> 12 & 63))
			ops[i].opcode = 2;
		if (!(chance >> 11 & 63))
			ops[i].slot = chance >> 4;
	}
	return count * sizeof(*ops);
}

/* Writes at most a page to @to, which is returned as bytes. */
size_t bytes_make(enum what what, uint64_t value, struct arena *arena,
		  unsigned char *to)
{
	const char *name = specs[what][SPEC(value)];
	uint32_t num = NUM(value);

	memset(to, 0, ROOM);
	switch (what) {
	case WHAT_ADDR:
		return addr_make(name, num, to);
	case WHAT_IOV:
		return iov_make(name, num, arena, to);
	case WHAT_CONTROL:
		return control_make(name, num, to);
	case WHAT_OPTION:
		return option_make(name, num, to);
	case WHAT_OPS:
		return ops_make(num, arena, to);
	case WHAT_RESULTS:
		return 16 * sizeof(struct ksock_batch_result);
	default:
		return num;
	}
}

/* What a length that belongs to it says, in bytes or entries. */
size_t bytes_len(enum what what, uint64_t value)
{
	static unsigned char room[ROOM];

	switch (what) {
	case WHAT_DATA:
		return NUM(value);
	case WHAT_IOV:
		return iov_count(specs[what][SPEC(value)]);
	case WHAT_OPS:
		return ops_count(NUM(value));
	default:
		return bytes_make(what, value, NULL, room);
	}
}
