// SPDX-License-Identifier: GPL-2.0-only
/*
 * What is wrong with a message: too many parts, parts that are nowhere or
 * longer than memory, names of a wrong length, a peer that is gone.  Nothing
 * is sent that fails, and nothing received is lost but where sendmsg(2) and
 * recvmsg(2) lose it too.
 */
#include "fixture.h"

#define PARTS_MAX	1024
#define BLANK		0xa5
#define GIB		(1024UL * 1024 * 1024)

/* A part that is good, for arrays whose other parts are not. */
static char good[16];

/* Whether nothing was sent: the first to arrive is what is sent now. */
static bool nothing_sent(const struct face *face, struct pair *pair)
{
	char buf[16];

	return face_send(face, pair->fd, "end", 3, 0) == 3 &&
	       face_recv(&plain_face, pair->peer, buf, sizeof(buf), 0) == 3 &&
	       !memcmp("end", buf, 3);
}

static ssize_t send_parts(const struct face *face, int fd, struct iovec *iov,
			  size_t count)
{
	struct msghdr msg = { .msg_iov = iov, .msg_iovlen = count };

	return face->sendmsg(fd, &msg, MSG_DONTWAIT);
}

static ssize_t recv_parts(const struct face *face, int fd, struct iovec *iov,
			  size_t count)
{
	struct msghdr msg = { .msg_iov = iov, .msg_iovlen = count };

	return face->recvmsg(fd, &msg, MSG_DONTWAIT);
}

/* ---- The array ----------------------------------------------------------- */

TEST_F(socket, sendmsg_of_too_many_parts_fails_with_emsgsize)
{
	static struct iovec iov[PARTS_MAX + 1];
	const size_t counts[] = { PARTS_MAX + 1, INT32_MAX, UINT32_MAX };
	struct pair pair;
	size_t i;

	ASSERT_EQ(0, pair_of(&pair, self->face, variant->family,
			     variant->type));
	iov[0].iov_base = good;
	iov[0].iov_len = 1;
	for (i = 0; i < ARRAY_SIZE(counts); i++) {
		EXPECT_EQ(-EMSGSIZE, send_parts(self->face, pair.fd, iov,
						counts[i])) {
			TH_LOG("%zu parts", counts[i]);
		}
	}
	EXPECT_TRUE(nothing_sent(self->face, &pair));
	EXPECT_EQ(1, send_parts(self->face, pair.fd, iov, PARTS_MAX));
}

TEST_F(socket, recvmsg_of_too_many_parts_fails_with_emsgsize)
{
	static struct iovec iov[PARTS_MAX + 1];
	const size_t counts[] = { PARTS_MAX + 1, INT32_MAX, UINT32_MAX };
	struct pair pair;
	size_t i;

	ASSERT_EQ(0, pair_of(&pair, self->face, variant->family,
			     variant->type));
	ASSERT_EQ(1, face_send(&plain_face, pair.peer, "x", 1, 0));
	ASSERT_EQ(POLLIN, wait_events(pair.fd, POLLIN, WAIT_MS));
	iov[0].iov_base = good;
	iov[0].iov_len = 1;
	for (i = 0; i < ARRAY_SIZE(counts); i++) {
		EXPECT_EQ(-EMSGSIZE, recv_parts(self->face, pair.fd, iov,
						counts[i])) {
			TH_LOG("%zu parts", counts[i]);
		}
	}
	EXPECT_EQ(1, recv_parts(self->face, pair.fd, iov, PARTS_MAX));
	EXPECT_EQ('x', good[0]);
}

TEST_F(socket, an_array_of_parts_that_is_nowhere_fails_with_efault)
{
	struct iovec *missing = page_missing();
	struct iovec *beyond = (void *)-64L;
	struct pair pair;

	ASSERT_TRUE(!!missing);
	ASSERT_EQ(0, pair_of(&pair, self->face, variant->family,
			     variant->type));
	EXPECT_EQ(-EFAULT, send_parts(self->face, pair.fd, NULL, 1));
	EXPECT_EQ(-EFAULT, send_parts(self->face, pair.fd, missing, 1));
	EXPECT_EQ(-EFAULT, send_parts(self->face, pair.fd, missing, PARTS_MAX));
	EXPECT_EQ(-EFAULT, send_parts(self->face, pair.fd, beyond, 1));
	EXPECT_TRUE(nothing_sent(self->face, &pair));

	ASSERT_EQ(1, face_send(&plain_face, pair.peer, "x", 1, 0));
	ASSERT_EQ(POLLIN, wait_events(pair.fd, POLLIN, WAIT_MS));
	EXPECT_EQ(-EFAULT, recv_parts(self->face, pair.fd, NULL, 1));
	EXPECT_EQ(-EFAULT, recv_parts(self->face, pair.fd, missing, 1));
	EXPECT_EQ(-EFAULT, recv_parts(self->face, pair.fd, missing, PARTS_MAX));
	EXPECT_EQ(-EFAULT, recv_parts(self->face, pair.fd, beyond, 1));
	EXPECT_EQ(1, face_recv(self->face, pair.fd, good, 1, 0));
	EXPECT_EQ('x', good[0]);
}

/* The array ends where the page does, at every place of a struct iovec. */
TEST_F(socket, an_array_of_parts_that_ends_in_a_missing_page_fails)
{
	size_t page = sysconf(_SC_PAGESIZE), inside;
	struct iovec part = { good, 1 };
	struct pair pair;
	char *pages;

	pages = mmap(NULL, 2 * page, PROT_READ | PROT_WRITE,
		     MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	ASSERT_TRUE(pages != MAP_FAILED);
	ASSERT_EQ(0, munmap(pages + page, page));
	ASSERT_EQ(0, pair_of(&pair, self->face, variant->family,
			     variant->type));
	for (inside = 0; inside <= 2 * sizeof(part); inside++) {
		char *array = pages + page - inside;

		memset(pages, 0, page);
		if (inside >= sizeof(part))
			memcpy(array, &part, sizeof(part));
		if (inside == 2 * sizeof(part))
			memcpy(array + sizeof(part), &part, sizeof(part));
		EXPECT_EQ(inside == 2 * sizeof(part) ? 2 : -EFAULT,
			  send_parts(self->face, pair.fd, (void *)array, 2)) {
			TH_LOG("%zu bytes of two parts", inside);
		}
		EXPECT_EQ(inside == 2 * sizeof(part) ? -EAGAIN : -EFAULT,
			  recv_parts(self->face, pair.fd, (void *)array, 2)) {
			TH_LOG("%zu bytes of two parts", inside);
		}
	}
	EXPECT_EQ(2, face_recv(&plain_face, pair.peer, good, sizeof(good), 0));
	EXPECT_TRUE(nothing_sent(self->face, &pair));
}

/* ---- A part -------------------------------------------------------------- */

TEST_F(socket, a_part_to_send_that_is_nowhere_fails_with_efault)
{
	void *missing = page_missing();
	struct iovec iov[] = { { good, 4 }, { missing, 4 }, { good, 4 } };
	struct pair pair;

	ASSERT_TRUE(!!missing);
	ASSERT_EQ(0, pair_of(&pair, self->face, variant->family,
			     variant->type));
	EXPECT_EQ(-EFAULT, send_parts(self->face, pair.fd, iov + 1, 1));
	EXPECT_EQ(-EFAULT, send_parts(self->face, pair.fd, iov, 2));
	EXPECT_EQ(-EFAULT, send_parts(self->face, pair.fd, iov, 3));
	EXPECT_TRUE(nothing_sent(self->face, &pair));
	iov[1].iov_len = 0;
	EXPECT_EQ(8, send_parts(self->face, pair.fd, iov, 3));
}

/* What came before a part that is nowhere has gone, and is told. */
TEST_F(stream, sendmsg_returns_what_it_sent_before_a_part_that_is_nowhere)
{
	const size_t len = 1 << 20;
	char *buf = calloc(1, len), *missing = page_missing();
	struct iovec iov[] = { { buf, len }, { missing, 1 } };
	struct pair pair;
	ssize_t sent, got, done = 0;

	ASSERT_TRUE(buf && missing);
	ASSERT_EQ(0, pair_of_streams(&pair, self->face, variant->family));
	sent = send_parts(self->face, pair.fd, iov, 2);
	EXPECT_LT(0, sent);
	EXPECT_GE(len, sent);
	ASSERT_EQ(0, self->face->shutdown(pair.fd, SHUT_WR));
	do {
		got = face_recv(&plain_face, pair.peer, buf, len, 0);
		done += got;
	} while (got > 0);
	EXPECT_EQ(0, got);
	EXPECT_EQ(sent, done);
}

/* A datagram is gone then, a stream still has all of it. */
TEST_F(socket, a_part_to_receive_to_that_is_nowhere_fails_with_efault)
{
	void *missing = page_missing();
	struct iovec iov[] = { { good, 2 }, { missing, 4 } };
	char buf[8];
	struct pair pair;

	ASSERT_TRUE(!!missing);
	ASSERT_EQ(0, pair_of(&pair, self->face, variant->family,
			     variant->type));
	ASSERT_EQ(5, face_send(&plain_face, pair.peer, "hello", 5, 0));
	ASSERT_EQ(POLLIN, wait_events(pair.fd, POLLIN, WAIT_MS));
	EXPECT_EQ(-EFAULT, recv_parts(self->face, pair.fd, iov, 2));
	EXPECT_EQ(variant->type == SOCK_STREAM ? 5 : -EAGAIN,
		  face_recv(self->face, pair.fd, buf, sizeof(buf),
			    MSG_DONTWAIT));
	if (variant->type == SOCK_STREAM)
		EXPECT_EQ(0, memcmp("hello", buf, 5));

	/* Where the data does not reach, nobody looks. */
	ASSERT_EQ(2, face_send(&plain_face, pair.peer, "ok", 2, 0));
	ASSERT_EQ(POLLIN, wait_events(pair.fd, POLLIN, WAIT_MS));
	EXPECT_EQ(2, recv_parts(self->face, pair.fd, iov, 2));
	EXPECT_EQ(0, memcmp("ok", good, 2));
}

/* ---- Lengths ------------------------------------------------------------- */

TEST_F(socket, a_negative_length_of_a_part_fails_with_einval)
{
	const ssize_t lengths[] = {
		-1, -4096, sizeof(long) == 8 ? INT64_MIN : INT32_MIN,
	};
	struct iovec iov[3] = { { good, 1 }, { good, 1 }, { good, 1 } };
	struct pair pair;
	size_t i, bad;

	ASSERT_EQ(0, pair_of(&pair, self->face, variant->family,
			     variant->type));
	ASSERT_EQ(1, face_send(&plain_face, pair.peer, "x", 1, 0));
	ASSERT_EQ(POLLIN, wait_events(pair.fd, POLLIN, WAIT_MS));
	for (i = 0; i < ARRAY_SIZE(lengths); i++) {
		for (bad = 0; bad < ARRAY_SIZE(iov); bad++) {
			iov[bad].iov_len = lengths[i];
			EXPECT_EQ(-EINVAL, send_parts(self->face, pair.fd, iov,
						      bad + 1)) {
				TH_LOG("part %zu, length %zd", bad, lengths[i]);
			}
			EXPECT_EQ(-EINVAL, recv_parts(self->face, pair.fd, iov,
						      bad + 1)) {
				TH_LOG("part %zu, length %zd", bad, lengths[i]);
			}
			iov[bad].iov_len = 1;
		}
	}
	EXPECT_TRUE(nothing_sent(self->face, &pair));
	EXPECT_EQ(1, face_recv(self->face, pair.fd, good, 1, 0));
	EXPECT_EQ('x', good[0]);
}

/*
 * As long as a length is not negative, the sum is cut, by every caller at the
 * same place.  The memory is only there to be named.
 */
TEST_F(socket, lengths_that_add_up_to_more_than_2_gib_are_cut)
{
	static struct iovec iov[PARTS_MAX];
	struct pair pair;
	char *memory;
	size_t i;

	memory = mmap(NULL, GIB, PROT_READ | PROT_WRITE,
		      MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	ASSERT_TRUE(memory != MAP_FAILED);
	for (i = 0; i < PARTS_MAX; i++) {
		iov[i].iov_base = memory;
		iov[i].iov_len = GIB;
	}
	ASSERT_EQ(0, pair_of(&pair, self->face, variant->family,
			     variant->type));
	ASSERT_EQ(5, face_send(&plain_face, pair.peer, "hello", 5, 0));
	ASSERT_EQ(POLLIN, wait_events(pair.fd, POLLIN, WAIT_MS));
	EXPECT_EQ(5, recv_parts(self->face, pair.fd, iov, PARTS_MAX));
	EXPECT_EQ(0, memcmp("hello", memory, 5));
	if (variant->type == SOCK_STREAM) {
		EXPECT_LT(0, send_parts(self->face, pair.fd, iov, PARTS_MAX));
	} else {
		EXPECT_EQ(-EMSGSIZE, send_parts(self->face, pair.fd, iov,
						PARTS_MAX));
	}
}

/* What a 32-bit program can say is short enough for a datagram to refuse. */
TEST_F(socket, a_part_longer_than_memory_fails_with_efault)
{
	const size_t most = sizeof(long) == 8 ? INT64_MAX : INT32_MAX;
	const int error = sizeof(long) == 4 && variant->type == SOCK_DGRAM ?
			  -EMSGSIZE : -EFAULT;
	struct iovec iov[] = { { good, 1 }, { (void *)-4096L, most } };
	struct pair pair;

	ASSERT_EQ(0, pair_of(&pair, self->face, variant->family,
			     variant->type));
	EXPECT_EQ(error, send_parts(self->face, pair.fd, iov + 1, 1));
	EXPECT_EQ(error, send_parts(self->face, pair.fd, iov, 2));
	EXPECT_TRUE(nothing_sent(self->face, &pair));
}

/* ---- Names --------------------------------------------------------------- */

TEST_F(dgram, sendmsg_checks_the_length_of_a_name)
{
	socklen_t minimal = variant->family == AF_INET ?
			    sizeof(struct sockaddr_in) :
			    offsetof(struct sockaddr_in6, sin6_scope_id);
	const socklen_t negative[] = { INT32_MIN, UINT32_MAX };
	const socklen_t longer[] = {
		sizeof(self->addr.storage) + 1, 4096, INT32_MAX,
	};
	struct addr peer = addr_loopback(variant->family, PORT + 1);
	struct iovec iov = { good, 1 };
	struct msghdr msg = {
		.msg_name = &peer.sa, .msg_iov = &iov, .msg_iovlen = 1,
	};
	struct pair pair;
	socklen_t len;
	size_t i;

	ASSERT_EQ(0, pair_of_dgrams(&pair, self->face, variant->family));
	for (len = 1; len < minimal; len++) {
		msg.msg_namelen = len;
		EXPECT_EQ(-EINVAL, self->face->sendmsg(pair.fd, &msg, 0)) {
			TH_LOG("length %u", len);
		}
	}
	for (i = 0; i < ARRAY_SIZE(negative); i++) {
		msg.msg_namelen = negative[i];
		EXPECT_EQ(-EINVAL, self->face->sendmsg(pair.fd, &msg, 0)) {
			TH_LOG("length %u", negative[i]);
		}
	}
	EXPECT_TRUE(nothing_sent(self->face, &pair));
	for (len = minimal; len <= sizeof(peer.storage); len++) {
		msg.msg_namelen = len;
		EXPECT_EQ(1, self->face->sendmsg(pair.fd, &msg, 0)) {
			TH_LOG("length %u", len);
		}
	}
	for (i = 0; i < ARRAY_SIZE(longer); i++) {
		msg.msg_namelen = longer[i];
		EXPECT_EQ(DIFFERS(SENDMSG_LONG_NAME),
			  self->face->sendmsg(pair.fd, &msg, 0)) {
			TH_LOG("length %u", longer[i]);
		}
	}
	msg.msg_namelen = 0;
	EXPECT_EQ(DIFFERS(SENDMSG_NAME_WITHOUT_LENGTH),
		  self->face->sendmsg(pair.fd, &msg, 0));
}

TEST_F(dgram, a_name_that_is_nowhere_fails_with_efault)
{
	struct iovec iov = { good, 1 };
	struct msghdr msg = {
		.msg_name = page_missing(), .msg_namelen = self->addr.len,
		.msg_iov = &iov, .msg_iovlen = 1,
	};
	struct pair pair;

	ASSERT_TRUE(!!msg.msg_name);
	ASSERT_EQ(0, pair_of_dgrams(&pair, self->face, variant->family));
	EXPECT_EQ(-EFAULT, self->face->sendmsg(pair.fd, &msg, 0));
	EXPECT_TRUE(nothing_sent(self->face, &pair));

	/* The datagram has been taken by then, as by recvmsg(2). */
	ASSERT_EQ(1, face_send(&plain_face, pair.peer, "x", 1, 0));
	EXPECT_EQ(-EFAULT, self->face->recvmsg(pair.fd, &msg, 0));
	msg.msg_name = NULL;
	msg.msg_namelen = 0;
	EXPECT_EQ(-EAGAIN, self->face->recvmsg(pair.fd, &msg, MSG_DONTWAIT));
}

/* ---- The other side ------------------------------------------------------ */

TEST_F(socket, recvmsg_without_data_fails_with_eagain)
{
	struct iovec iov = { good, 1 };
	struct pair pair;

	ASSERT_EQ(0, pair_of(&pair, self->face, variant->family,
			     variant->type));
	EXPECT_EQ(-EAGAIN, recv_parts(self->face, pair.fd, &iov, 1));
}

TEST_F(stream, messages_of_an_unconnected_socket_fail)
{
	struct iovec iov = { good, 1 };
	struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1 };
	int fd;

	fd = self->face->socket(variant->family, SOCK_STREAM, 0);
	ASSERT_LE(0, fd);
	EXPECT_EQ(-EPIPE, self->face->sendmsg(fd, &msg, MSG_NOSIGNAL));
	EXPECT_EQ(-ENOTCONN, self->face->recvmsg(fd, &msg, 0));
}

TEST_F(stream, sendmsg_after_shutdown_raises_sigpipe_unless_told_not_to)
{
	struct iovec iov = { good, 1 };
	struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1 };
	struct pair pair;

	ASSERT_EQ(0, signal_handle(SIGPIPE, 0));
	ASSERT_EQ(0, pair_of_streams(&pair, self->face, variant->family));
	ASSERT_EQ(0, self->face->shutdown(pair.fd, SHUT_WR));
	EXPECT_EQ(-EPIPE, self->face->sendmsg(pair.fd, &msg, MSG_NOSIGNAL));
	EXPECT_EQ(0, signals);
	EXPECT_EQ(-EPIPE, self->face->sendmsg(pair.fd, &msg, 0));
	EXPECT_EQ(1, signals);
}

TEST_F(stream, recvmsg_returns_0_at_the_end)
{
	struct iovec iov = { good, 1 };
	struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1 };
	struct pair pair;

	ASSERT_EQ(0, pair_of_streams(&pair, self->face, variant->family));
	ASSERT_EQ(1, face_send(&plain_face, pair.peer, "x", 1, 0));
	ASSERT_EQ(0, plain_shutdown(pair.peer, SHUT_WR));
	EXPECT_EQ(1, self->face->recvmsg(pair.fd, &msg, 0));
	EXPECT_EQ(0, self->face->recvmsg(pair.fd, &msg, 0));
	EXPECT_EQ(0, self->face->recvmsg(pair.fd, &msg, 0));
}

TEST_HARNESS_MAIN
