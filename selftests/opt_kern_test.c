// SPDX-License-Identifier: GPL-2.0-only
/*
 * Options of sockets of the kernel's own: each of the list, got and set, on
 * sockets of every kind, beside an ordinary socket of the same kind; and those
 * that would have the stack touch the caller's memory under the lock.
 */
#define SOCKET_FLAGS	KSOCK_SOCKET_KERN
#include "opt_kind.h"

/* Whether an option can be got, as the header says it. */
static bool passed_on(const struct opt *opt)
{
	if (opt->level == SOL_SOCKET)
		return true;
	if (opt->level == SOL_TCP &&
	    (opt->name == TCP_CONGESTION || opt->name == TCP_INFO))
		return true;
	return opt->type == KSOCK_OPT_BOOL || opt->type == KSOCK_OPT_INT ||
	       opt->type == KSOCK_OPT_UINT || opt->type == KSOCK_OPT_IFINDEX ||
	       opt->type == KSOCK_OPT_PORT_RANGE;
}

/* Got from both, with so much room: the same, or refused and left alone. */
static bool got_as_expected(struct twins *twins, const struct opt *opt,
			    const struct kind *kind, socklen_t len)
{
	static struct answer plain, ksock;
	const struct opt_value *value = opt_value_of(opt->level, opt->name);

	opt_get(&plain, &plain_face, twins->plain, value, len);
	opt_get(&ksock, &ksock_face, twins->ksock, value, len);
	if (!passed_on(opt)) {
		answer_refused(&plain, value, len);
		plain.ret = -EOPNOTSUPP;
	}
	if (answers_agree(&plain, &ksock, opt_lives(value, kind)))
		return true;
	ksft_print_msg("%s, length %d: expected %d, length %d, is %d, length %d\n",
		       opt->text, (int)len, plain.ret, (int)plain.len,
		       ksock.ret, (int)ksock.len);
	return false;
}

TEST_F_TIMEOUT(opt, a_new_socket_has_the_values_of_an_ordinary_one, OPT_TIMEOUT)
{
	static const socklen_t lens[] = { 0, 1, 3, 4, 5, 4096, INT_MAX };
	const struct opt *opt;
	struct twins twins;
	size_t i;

	if (self->missing)
		return;
	TWINS_OPEN(&twins);
	for (opt = opts; opt < OPTS_END; opt++) {
		if (!(opt->access & KSOCK_OPT_GET))
			continue;
		for (i = 0; i < ARRAY_SIZE(lens); i++)
			EXPECT_TRUE(got_as_expected(&twins, opt, &variant->kind,
						    lens[i]));
		EXPECT_TRUE(got_as_expected(&twins, opt, &variant->kind,
					    opt_value_of(opt->level,
							 opt->name)->len));
	}
	twins_close(&twins);
}

TEST_F_TIMEOUT(opt, set_then_get_does_what_it_does_on_an_ordinary_one,
	       OPT_TIMEOUT)
{
	const struct opt_value *value;
	const struct opt *opt;
	struct twins twins;

	if (self->missing)
		return;
	for (opt = opts; opt < OPTS_END; opt++) {
		int plain, ksock;

		if (!(opt->access & KSOCK_OPT_SET))
			continue;
		value = opt_value_of(opt->level, opt->name);
		TWINS_OPEN(&twins);
		opt_prepare(&plain_face, twins.plain, value);
		opt_prepare(&ksock_face, twins.ksock, value);
		plain = opt_set(&plain_face, twins.plain, value, value->len);
		ksock = opt_set(&ksock_face, twins.ksock, value, value->len);
		if (opt->level == SOL_IPV6 && opt->name == IPV6_FLOWLABEL_MGR) {
			EXPECT_EQ(-EOPNOTSUPP, ksock);
		} else {
			EXPECT_EQ(plain, ksock) {
				TH_LOG("%s", opt->text);
			}
			if (opt->access & KSOCK_OPT_GET)
				EXPECT_TRUE(got_as_expected(&twins, opt,
							    &variant->kind,
							    4096));
		}
		twins_close(&twins);
	}
}

FIXTURE(length) {
	int fd;
	char *value;
};

FIXTURE_SETUP(length)
{
	SETUP_KSOCK();
	self->fd = ksock_socket(AF_INET6, SOCK_STREAM, 0);
	ASSERT_LE(0, self->fd);
	self->value = calloc(1, KSOCK_KERN_MAX_DATA + 1);
	ASSERT_TRUE(self->value != NULL);
}

FIXTURE_TEARDOWN(length)
{
}

TEST_F(length, of_a_value_to_be_set_has_a_bound)
{
	EXPECT_EQ(0, ksock_setsockopt(self->fd, SOL_SOCKET, SO_KEEPALIVE,
				      self->value, KSOCK_KERN_MAX_DATA));
	EXPECT_EQ(-EINVAL, ksock_setsockopt(self->fd, SOL_SOCKET, SO_KEEPALIVE,
					    self->value,
					    KSOCK_KERN_MAX_DATA + 1));
	EXPECT_EQ(-EINVAL, ksock_setsockopt(self->fd, SOL_SOCKET, SO_KEEPALIVE,
					    self->value, INT_MAX));
	EXPECT_EQ(-EINVAL, ksock_setsockopt(self->fd, SOL_SOCKET, SO_KEEPALIVE,
					    self->value, 0));
	EXPECT_EQ(-EINVAL, ksock_setsockopt(self->fd, SOL_SOCKET, SO_KEEPALIVE,
					    self->value, -1));
}

TEST_F(length, of_a_value_to_be_set_is_memory_that_is_all_read)
{
	char *page = mmap(NULL, 2 * 4096, PROT_READ | PROT_WRITE,
			  MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	ASSERT_TRUE(page != MAP_FAILED);
	ASSERT_EQ(0, munmap(page + 4096, 4096));
	EXPECT_EQ(0, ksock_setsockopt(self->fd, SOL_SOCKET, SO_KEEPALIVE,
				      page + 4092, 4));
	EXPECT_EQ(-EFAULT, ksock_setsockopt(self->fd, SOL_SOCKET, SO_KEEPALIVE,
					    page + 4092, 5));
	EXPECT_EQ(-EFAULT, ksock_setsockopt(self->fd, SOL_TCP, TCP_CONGESTION,
					    page + 4092, 5));
	EXPECT_EQ(-EFAULT, ksock_setsockopt(self->fd, SOL_IPV6, IPV6_TCLASS,
					    NULL, 4));
}

TEST_F(length, of_a_value_that_cannot_be_stored_fails_with_efault)
{
	void *missing = page_missing();
	socklen_t len = sizeof(int);

	ASSERT_TRUE(missing != NULL);
	EXPECT_EQ(-EFAULT, ksock_getsockopt(self->fd, SOL_SOCKET, SO_KEEPALIVE,
					    missing, &len));
	EXPECT_EQ(sizeof(int), len);
	EXPECT_EQ(-EFAULT, ksock_getsockopt(self->fd, SOL_TCP, TCP_NODELAY,
					    missing, &len));
	len = 0;
	EXPECT_EQ(0, ksock_getsockopt(self->fd, SOL_SOCKET, SO_KEEPALIVE,
				      missing, &len));
	EXPECT_EQ(0, len);
}

TEST_HARNESS_MAIN
