// SPDX-License-Identifier: GPL-2.0-only
/*
 * SO_REUSEPORT: sockets that share a port, who may be one of them, and that
 * what comes is spread over them, ordinary sockets and ksocks alike.
 */
#include "fixture.h"
#include "opt_int.h"
#include "process.h"

/* So many that all going to the same socket is no accident. */
#define COMERS	64

/* A socket at the address that shares its port, or -errno. */
static int sharer(const struct face *face, const struct addr *addr, int type)
{
	int fd, ret;

	fd = face->socket(addr->sa.sa_family, type, 0);
	if (fd < 0)
		return fd;
	ret = opt_int_set(face, fd, SOL_SOCKET, SO_REUSEPORT, 1);
	if (!ret)
		ret = face->bind(fd, &addr->sa, addr->len);
	if (!ret && (type & ~SOCK_NONBLOCK) == SOCK_STREAM)
		ret = face->listen(fd, COMERS);
	if (!ret)
		return fd;
	close(fd);
	return ret;
}

/* Sends a datagram, or connects, from a port of its own. */
static int come(const struct addr *addr, int type)
{
	int fd, ret;

	fd = connected_to(&plain_face, type, addr);
	if (fd < 0)
		return fd;
	ret = face_send(&plain_face, fd, "x", 1, 0);
	/* A stream stays, so that it can be accepted. */
	if (type == SOCK_DGRAM)
		close(fd);
	return ret;
}

/*
 * How many more came to a socket that does not block.  What was sent may be there only
 * a moment later.
 */
static int came(const struct face *face, int fd, int type)
{
	int count = 0, ret;
	char byte;

	while (count <= COMERS) {
		if (type == SOCK_STREAM)
			ret = face->accept(fd, NULL, NULL, 0);
		else
			ret = face_recv(face, fd, &byte, 1, 0);
		if (ret < 0)
			return ret == -EAGAIN ? count : ret;
		count++;
	}
	return -EIO;
}

TEST_F(socket, what_comes_is_spread_over_the_sockets_that_share_a_port)
{
	int type = variant->type | SOCK_NONBLOCK;
	int one, other, i, to_one = 0, to_other = 0;

	one = sharer(self->face, &self->addr, type);
	ASSERT_LE(0, one);
	other = sharer(self->face, &self->addr, type);
	ASSERT_LE(0, other);
	for (i = 0; i < COMERS; i++)
		ASSERT_EQ(1, come(&self->addr, variant->type));
	EXPECT_TRUE(EVENTUALLY((to_one += came(self->face, one, variant->type)) +
			       (to_other += came(self->face, other,
						 variant->type)) == COMERS));
	EXPECT_LT(0, to_one);
	EXPECT_LT(0, to_other);
}

TEST_F(socket, a_ksock_and_an_ordinary_socket_share_a_port)
{
	int type = variant->type | SOCK_NONBLOCK;
	int one, other, i, to_one = 0, to_other = 0;

	one = sharer(&plain_face, &self->addr, type);
	ASSERT_LE(0, one);
	other = sharer(self->face, &self->addr, type);
	ASSERT_LE(0, other);
	for (i = 0; i < COMERS; i++)
		ASSERT_EQ(1, come(&self->addr, variant->type));
	EXPECT_TRUE(EVENTUALLY((to_one += came(&plain_face, one, variant->type)) +
			       (to_other += came(self->face, other,
						 variant->type)) == COMERS));
	EXPECT_LT(0, to_one);
	EXPECT_LT(0, to_other);
}

TEST_F(socket, all_comes_to_the_socket_that_is_left)
{
	int type = variant->type | SOCK_NONBLOCK;
	int one, other, i, all = 0;

	one = sharer(self->face, &self->addr, type);
	ASSERT_LE(0, one);
	other = sharer(self->face, &self->addr, type);
	ASSERT_LE(0, other);
	ASSERT_EQ(0, close(one));
	for (i = 0; i < COMERS; i++)
		ASSERT_EQ(1, come(&self->addr, variant->type));
	EXPECT_TRUE(EVENTUALLY((all += came(self->face, other,
					    variant->type)) == COMERS));
}

TEST_F(socket, a_port_is_shared_only_when_all_say_so)
{
	int one, other;

	one = self->face->socket(variant->family, variant->type, 0);
	ASSERT_LE(0, one);
	ASSERT_EQ(0, self->face->bind(one, &self->addr.sa, self->addr.len));
	EXPECT_EQ(-EADDRINUSE, sharer(self->face, &self->addr, variant->type));
	ASSERT_EQ(0, close(one));
	one = sharer(self->face, &self->addr, variant->type);
	ASSERT_LE(0, one);
	other = self->face->socket(variant->family, variant->type, 0);
	ASSERT_LE(0, other);
	EXPECT_EQ(-EADDRINUSE, self->face->bind(other, &self->addr.sa,
						self->addr.len));
}

/* What a socket of another user that would share the port gets. */
static int sharer_of_user(const struct face *face, const struct addr *addr,
			  int type)
{
	int ret;

	if (user_become_with(USER, CAP_NET_ADMIN))
		return 200;
	ret = sharer(face, addr, type);
	return ret < 0 ? -ret : 0;
}

TEST_F(socket, a_port_is_not_shared_with_another_user)
{
	pid_t child;
	int fd;

	fd = sharer(self->face, &self->addr, variant->type);
	ASSERT_LE(0, fd);
	child = fork();
	ASSERT_LE(0, child);
	if (!child)
		_exit(sharer_of_user(self->face, &self->addr, variant->type));
	EXPECT_EQ(EADDRINUSE, process_join(child));

	/* It is the user that is in the way, and nothing else. */
	ASSERT_EQ(0, close(fd));
	child = fork();
	ASSERT_LE(0, child);
	if (!child)
		_exit(sharer_of_user(self->face, &self->addr, variant->type));
	EXPECT_EQ(0, process_join(child));
}

TEST_HARNESS_MAIN
