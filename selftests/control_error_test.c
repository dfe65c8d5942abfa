// SPDX-License-Identifier: GPL-2.0-only
/*
 * Control data that is malformed, of the wrong size, not on the list, too much
 * or nowhere: the error is told, nothing is sent, and no descriptor changes
 * hands.
 */
#include "control.h"

/* Whether nothing was sent: the first to arrive is what is sent now. */
static bool nothing_sent(const struct face *face, struct pair *pair)
{
	char buf[16];

	return face_send(face, pair->fd, "end", 3, 0) == 3 &&
	       face_recv(&plain_face, pair->peer, buf, sizeof(buf), 0) == 3 &&
	       !memcmp("end", buf, 3);
}

/* Sends control data of a given length, whatever is in it. */
static ssize_t send_length(const struct face *face, int fd,
			   const struct control *control, size_t len)
{
	struct control cut = *control;

	cut.len = len;
	return control_send(face, fd, "x", 1, &cut);
}

/* Changes what the header at @at says about its length. */
static void set_cmsg_len(struct control *control, size_t at, size_t len)
{
	struct cmsghdr header;

	memcpy(&header, control->bytes + at, sizeof(header));
	header.cmsg_len = len;
	memcpy(control->bytes + at, &header, sizeof(header));
}

/* ---- Every length -------------------------------------------------------- */

TEST_F(socket, control_data_of_every_length)
{
	const struct control_names *names = control_names(variant->family);
	struct control control;
	struct pair pair;
	ssize_t expected;
	size_t len;

	ASSERT_EQ(0, pair_of(&pair, self->face, variant->family,
			     variant->type));
	control_set_int(&control, names->level, names->hops, 7);
	for (len = 0; len <= CMSG_SPACE(sizeof(int)); len++) {
		if (!len)
			expected = 1;
		else if (len < CMSG_LEN(0))
			expected = DIFFERS(SENDMSG_CONTROL_REST);
		else
			expected = len < CMSG_LEN(sizeof(int)) ? -EINVAL : 1;
		EXPECT_EQ(expected, send_length(self->face, pair.fd, &control,
						len)) {
			TH_LOG("%zu bytes", len);
		}
	}
}

TEST_F(socket, control_data_that_goes_on_after_a_message)
{
	const struct control_names *names = control_names(variant->family);
	struct control control;
	struct pair pair;
	size_t first, len;
	ssize_t expected;

	ASSERT_EQ(0, pair_of(&pair, self->face, variant->family,
			     variant->type));
	control_set_int(&control, names->level, names->hops, 7);
	first = control.len;
	control_add_int(&control, names->level, names->tos, 7);
	for (len = first; len <= control.len; len++) {
		if (len == first)
			expected = 1;
		else if (len < first + CMSG_LEN(0))
			expected = DIFFERS(SENDMSG_CONTROL_REST);
		else
			expected = len < first + CMSG_LEN(sizeof(int)) ?
				   -EINVAL : 1;
		EXPECT_EQ(expected, send_length(self->face, pair.fd, &control,
						len)) {
			TH_LOG("%zu bytes after the first", len - first);
		}
	}
}

TEST_F(socket, a_header_with_a_wrong_length_fails_with_einval)
{
	const struct control_names *names = control_names(variant->family);
	const size_t lengths[] = {
		0, 1, CMSG_LEN(0) - 1, CMSG_SPACE(sizeof(int)) + 1, 512, 4096,
		INT32_MAX, 1UL << 31, UINT32_MAX, SIZE_MAX / 2, SIZE_MAX - 7,
		SIZE_MAX,
	};
	struct control control;
	struct pair pair;
	size_t first, i;

	ASSERT_EQ(0, pair_of(&pair, self->face, variant->family,
			     variant->type));
	for (i = 0; i < ARRAY_SIZE(lengths); i++) {
		control_set_int(&control, names->level, names->hops, 7);
		set_cmsg_len(&control, 0, lengths[i]);
		EXPECT_EQ(-EINVAL, control_send(self->face, pair.fd, "x", 1,
						&control)) {
			TH_LOG("length %zx", lengths[i]);
		}

		/* The second of two. */
		control_set_int(&control, names->level, names->tos, 7);
		first = control.len;
		control_add_int(&control, names->level, names->hops, 7);
		set_cmsg_len(&control, first, lengths[i]);
		EXPECT_EQ(-EINVAL, control_send(self->face, pair.fd, "x", 1,
						&control)) {
			TH_LOG("second, length %zx", lengths[i]);
		}
	}
	EXPECT_TRUE(nothing_sent(self->face, &pair));
}

/* ---- The size of each ---------------------------------------------------- */

/* The messages on the list with the sizes that they may have. */
struct message {
	const char *name;
	int family;
	int level;
	int type;
	/* At the start of a payload that is zero but for it. */
	unsigned char first;
	size_t len;
	size_t other_len;
	bool longer;
};

static const struct message messages[] = {
	{ "IP_PKTINFO", AF_INET, SOL_IP, IP_PKTINFO, 0,
	  sizeof(struct in_pktinfo), 0, false },
	{ "IP_TTL", AF_INET, SOL_IP, IP_TTL, 7, 4, 0, false },
	{ "IP_TOS", AF_INET, SOL_IP, IP_TOS, 8, 4, 1, false },
	{ "IPV6_PKTINFO", AF_INET6, SOL_IPV6, IPV6_PKTINFO, 0,
	  sizeof(struct in6_pktinfo), 0, true },
	{ "IPV6_HOPLIMIT", AF_INET6, SOL_IPV6, IPV6_HOPLIMIT, 7, 4, 0, false },
	{ "IPV6_TCLASS", AF_INET6, SOL_IPV6, IPV6_TCLASS, 8, 4, 0, false },
	{ "IPV6_DONTFRAG", AF_INET6, SOL_IPV6, IPV6_DONTFRAG, 1, 4, 0, false },
	{ "UDP_SEGMENT", AF_UNSPEC, SOL_UDP, UDP_SEGMENT, 1, 2, 0, false },
	{ "SO_MARK", AF_UNSPEC, SOL_SOCKET, SO_MARK, 1, 4, 0, false },
	{ "SO_TIMESTAMPING_OLD", AF_UNSPEC, SOL_SOCKET, SO_TIMESTAMPING_OLD,
	  SOF_TIMESTAMPING_TX_SOFTWARE, 4, 0, false },
	{ "SO_TIMESTAMPING_NEW", AF_UNSPEC, SOL_SOCKET, SO_TIMESTAMPING_NEW,
	  SOF_TIMESTAMPING_TX_SOFTWARE, 4, 0, false },
	{ "SCM_TXTIME", AF_UNSPEC, SOL_SOCKET, SCM_TXTIME, 1, 8, 0, false },
};

static bool message_fits(const struct message *message, size_t len)
{
	if (message->longer)
		return len >= message->len;
	return len == message->len ||
	       (message->other_len && len == message->other_len);
}

TEST_F(dgram, messages_of_every_size)
{
	const struct { int clockid; uint32_t flags; } txtime = {
		.clockid = CLOCK_MONOTONIC,
	};
	const struct message *message;
	unsigned char payload[32];
	struct control control;
	struct pair pair;
	size_t i, len;

	ASSERT_EQ(0, pair_of_dgrams(&pair, self->face, variant->family));
	ASSERT_EQ(0, self->face->setsockopt(pair.fd, SOL_SOCKET, SO_TXTIME,
					    &txtime, sizeof(txtime)));
	for (i = 0; i < ARRAY_SIZE(messages); i++) {
		message = &messages[i];
		if (message->family && message->family != variant->family)
			continue;
		for (len = 0; len <= message->len + 8; len++) {
			memset(payload, 0, sizeof(payload));
			payload[0] = message->first;
			control_set(&control, message->level, message->type,
				    payload, len);
			EXPECT_EQ(message_fits(message, len) ? 1 : -EINVAL,
				  control_send(self->face, pair.fd, "x", 1,
					       &control)) {
				TH_LOG("%s of %zu bytes", message->name, len);
			}
		}
	}
}

/* ---- Off the list -------------------------------------------------------- */

static const struct {
	int level;
	int type;
} listed[] = {
	{ SOL_SOCKET, SO_MARK }, { SOL_SOCKET, SO_TIMESTAMPING_OLD },
	{ SOL_SOCKET, SO_TIMESTAMPING_NEW }, { SOL_SOCKET, SCM_TXTIME },
	{ SOL_SOCKET, SO_PRIORITY },
	{ SOL_IP, IP_PKTINFO }, { SOL_IP, IP_TTL }, { SOL_IP, IP_TOS },
	{ SOL_IPV6, IPV6_PKTINFO }, { SOL_IPV6, IPV6_HOPLIMIT },
	{ SOL_IPV6, IPV6_TCLASS }, { SOL_IPV6, IPV6_DONTFRAG },
	{ SOL_UDP, UDP_SEGMENT },
};

static bool on_the_list(int level, int type)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(listed); i++)
		if (listed[i].level == level && listed[i].type == type)
			return true;
	return false;
}

/* What an ordinary socket makes of each depends on the kernel. */
TEST_F(socket, a_message_that_is_not_on_the_list_fails_with_einval)
{
	const int levels[] = {
		SOL_SOCKET, SOL_IP, SOL_IPV6, SOL_UDP, SOL_TCP, SOL_RAW,
		2, 999, -1, INT32_MAX, INT32_MIN,
	};
	struct control control;
	struct pair pair;
	size_t i;
	int type;

	if (self->face == &plain_face)
		return;
	ASSERT_EQ(0, pair_of(&pair, self->face, variant->family,
			     variant->type));
	for (i = 0; i < ARRAY_SIZE(levels); i++) {
		for (type = -2; type < 256; type++) {
			if (on_the_list(levels[i], type))
				continue;
			control_set_int(&control, levels[i], type, 1);
			EXPECT_EQ(-EINVAL, control_send(self->face, pair.fd,
							"x", 1, &control)) {
				TH_LOG("level %d, type %d", levels[i], type);
			}
			/* Behind one that is on it. */
			control_set_int(&control, SOL_IP, IP_TTL, 7);
			control_add_int(&control, levels[i], type, 1);
			EXPECT_EQ(-EINVAL, control_send(self->face, pair.fd,
							"x", 1, &control)) {
				TH_LOG("second, level %d, type %d", levels[i],
				       type);
			}
		}
	}
	EXPECT_TRUE(nothing_sent(self->face, &pair));
}

TEST_F(socket, a_message_that_the_protocol_does_not_read)
{
	const int levels[] = { SOL_RAW, 2, 999, -1 };
	struct control control;
	struct pair pair;
	size_t i;

	ASSERT_EQ(0, pair_of(&pair, self->face, variant->family,
			     variant->type));
	for (i = 0; i < ARRAY_SIZE(levels); i++) {
		control_set_int(&control, levels[i], 1, 1);
		EXPECT_EQ(DIFFERS(SENDMSG_CONTROL_UNKNOWN),
			  control_send(self->face, pair.fd, "x", 1,
				       &control)) {
			TH_LOG("level %d", levels[i]);
		}
	}
}

TEST_F(socket, an_unknown_message_of_the_socket_fails_with_einval)
{
	const struct control_names *names = control_names(variant->family);
	struct control control;
	struct pair pair;

	ASSERT_EQ(0, pair_of(&pair, self->face, variant->family,
			     variant->type));
	control_set_int(&control, SOL_SOCKET, SO_TYPE, 1);
	EXPECT_EQ(-EINVAL, control_send(self->face, pair.fd, "x", 1, &control));
	/* Behind one that is known. */
	control_set_int(&control, names->level, names->hops, 7);
	control_add_int(&control, SOL_SOCKET, SO_TYPE, 1);
	EXPECT_EQ(-EINVAL, control_send(self->face, pair.fd, "x", 1, &control));
	EXPECT_TRUE(nothing_sent(self->face, &pair));
}

TEST_F(socket, no_descriptor_and_no_user_goes_with_a_message)
{
	const struct { pid_t pid; uid_t uid; gid_t gid; } user = {
		getpid(), getuid(), getgid(),
	};
	struct control control;
	struct pair pair;
	char buf[4];
	int fds;

	ASSERT_EQ(0, pair_of(&pair, self->face, variant->family,
			     variant->type));
	fds = open_fds();
	control_set_int(&control, SOL_SOCKET, SCM_RIGHTS, pair.peer);
	EXPECT_EQ(DIFFERS(SENDMSG_CONTROL_RIGHTS),
		  control_send(self->face, pair.fd, "x", 1, &control));
	control_set_int(&control, SOL_SOCKET, SCM_RIGHTS, -1);
	EXPECT_EQ(DIFFERS(SENDMSG_CONTROL_RIGHTS),
		  control_send(self->face, pair.fd, "x", 1, &control));
	control_set(&control, SOL_SOCKET, SCM_CREDENTIALS, &user, sizeof(user));
	EXPECT_EQ(DIFFERS(SENDMSG_CONTROL_RIGHTS),
		  control_send(self->face, pair.fd, "x", 1, &control));

	ASSERT_EQ(1, face_send(self->face, pair.fd, "y", 1, 0));
	control_room(&control, CONTROL_ROOM);
	EXPECT_EQ(1, control_recv(&plain_face, pair.peer, buf, 1, &control, 0));
	EXPECT_EQ(self->face == &plain_face ? 'x' : 'y', buf[0]);
	EXPECT_EQ(0, control.len);
	EXPECT_EQ(fds, open_fds());
}

/* ---- Too much, or nowhere ------------------------------------------------ */

/* Puts in IP_PKTINFO or IP_TTL, whose size divides 512 on either kind. */
static void fill_to(struct control *control, size_t len)
{
	const struct in_pktinfo any = {};

	control->len = 0;
	while (control->len < len) {
		if (sizeof(long) == 8)
			control_add(control, SOL_IP, IP_PKTINFO, &any,
				    sizeof(any));
		else
			control_add_int(control, SOL_IP, IP_TTL, 7);
	}
}

TEST_F(socket, control_data_of_more_than_512_bytes)
{
	struct control control;
	struct pair pair;

	ASSERT_EQ(0, pair_of(&pair, self->face, variant->family,
			     variant->type));
	fill_to(&control, 512);
	ASSERT_EQ(512, control.len);
	EXPECT_EQ(1, control_send(self->face, pair.fd, "x", 1, &control));
	/* A length that no whole messages have. */
	if (self->face == &ksock_face) {
		EXPECT_EQ(-ENOBUFS, send_length(self->face, pair.fd, &control,
						513));
	}
	fill_to(&control, 513);
	EXPECT_EQ(DIFFERS(SENDMSG_MUCH_CONTROL),
		  control_send(self->face, pair.fd, "x", 1, &control));
	fill_to(&control, 1024);
	EXPECT_EQ(DIFFERS(SENDMSG_MUCH_CONTROL),
		  control_send(self->face, pair.fd, "x", 1, &control));
}

TEST_F(socket, control_data_of_more_than_2_gib_fails_with_enobufs)
{
	struct control control;
	struct pair pair;

	ASSERT_EQ(0, pair_of(&pair, self->face, variant->family,
			     variant->type));
	control_set_int(&control, SOL_IP, IP_TTL, 7);
	EXPECT_EQ(-ENOBUFS, send_length(self->face, pair.fd, &control,
					1UL << 31));
	EXPECT_EQ(-ENOBUFS, send_length(self->face, pair.fd, &control,
					UINT32_MAX));
	EXPECT_TRUE(nothing_sent(self->face, &pair));
}

TEST_F(socket, control_data_that_is_nowhere_fails_with_efault)
{
	struct iovec iov = { "x", 1 };
	struct msghdr msg = {
		.msg_iov = &iov, .msg_iovlen = 1,
		.msg_control = page_missing(),
	};
	struct pair pair;
	size_t i;

	ASSERT_TRUE(!!msg.msg_control);
	ASSERT_EQ(0, pair_of(&pair, self->face, variant->family,
			     variant->type));
	for (i = CMSG_LEN(0); i <= 512; i += 8) {
		msg.msg_controllen = i;
		EXPECT_EQ(-EFAULT, self->face->sendmsg(pair.fd, &msg, 0)) {
			TH_LOG("%zu bytes", i);
		}
	}
	EXPECT_TRUE(nothing_sent(self->face, &pair));
}

TEST_F(socket, control_data_that_ends_in_a_missing_page_fails_with_efault)
{
	size_t page = sysconf(_SC_PAGESIZE), inside;
	struct control control;
	struct iovec iov = { "x", 1 };
	struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1 };
	struct pair pair;
	char *pages;

	pages = mmap(NULL, 2 * page, PROT_READ | PROT_WRITE,
		     MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	ASSERT_TRUE(pages != MAP_FAILED);
	ASSERT_EQ(0, munmap(pages + page, page));
	ASSERT_EQ(0, pair_of(&pair, self->face, variant->family,
			     variant->type));
	control_set_int(&control, SOL_IP, IP_TTL, 7);
	msg.msg_controllen = control.len;
	for (inside = 0; inside < control.len; inside++) {
		msg.msg_control = pages + page - inside;
		memcpy(msg.msg_control, control.bytes, inside);
		EXPECT_EQ(-EFAULT, self->face->sendmsg(pair.fd, &msg, 0)) {
			TH_LOG("%zu bytes", inside);
		}
	}
	EXPECT_TRUE(nothing_sent(self->face, &pair));
	msg.msg_control = pages + page - control.len;
	memcpy(msg.msg_control, control.bytes, control.len);
	EXPECT_EQ(1, self->face->sendmsg(pair.fd, &msg, 0));
}

TEST_F(socket, a_length_of_control_data_without_a_pointer)
{
	struct iovec iov = { "x", 1 };
	struct msghdr msg = {
		.msg_iov = &iov, .msg_iovlen = 1,
		.msg_controllen = CMSG_SPACE(sizeof(int)),
	};
	struct pair pair;

	ASSERT_EQ(0, pair_of(&pair, self->face, variant->family,
			     variant->type));
	EXPECT_EQ(DIFFERS(SENDMSG_CONTROL_WITHOUT_POINTER),
		  self->face->sendmsg(pair.fd, &msg, 0));
	EXPECT_TRUE(nothing_sent(self->face, &pair));
}

TEST_HARNESS_MAIN
