// SPDX-License-Identifier: GPL-2.0-only
/*
 * Options: values of every wrong length and at every wrong place, beside an
 * ordinary socket: the same error, nothing written, nothing changed.
 */
#include "opt_kind.h"

/* A pointer that is nobody's, whatever the process has mapped. */
#define POINTER_BEYOND	((void *)(uintptr_t)-4096)

/* Lengths to try where a value has @size. */
#define LENGTHS(_size)							\
	{								\
		0, 1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, (_size) - 1,	\
		(_size), (_size) + 1, 64, 4096, INT_MAX, -1, INT_MIN,	\
	}

/*
 * What an ordinary socket makes of a negative length depends on the option, and
 * some take it for a very large one.  A ksock refuses it.
 */
TEST_F_TIMEOUT(opt, get_checks_its_length_as_an_ordinary_socket_does,
	       OPT_TIMEOUT)
{
	static struct answer plain, ksock;
	const struct opt *opt;
	struct twins twins;
	size_t i;

	if (self->missing)
		return;
	TWINS_OPEN(&twins);
	for (opt = opts; opt < OPTS_END; opt++) {
		const struct opt_value *value = opt_value_of(opt->level,
							     opt->name);
		const int lengths[] = LENGTHS((int)value->len);

		if (!(opt->access & KSOCK_OPT_GET))
			continue;
		for (i = 0; i < ARRAY_SIZE(lengths); i++) {
			if (lengths[i] < 0)
				answer_refused(&plain, value, lengths[i]);
			else
				opt_get(&plain, &plain_face, twins.plain,
					value, lengths[i]);
			opt_get(&ksock, &ksock_face, twins.ksock, value,
				lengths[i]);
			EXPECT_TRUE(answers_agree(&plain, &ksock,
						  opt_lives(value,
							    &variant->kind))) {
				ANSWERS_LOG(value, lengths[i], &plain, &ksock);
			}
			EXPECT_TRUE(answer_intact(&ksock)) {
				ANSWERS_LOG(value, lengths[i], &plain, &ksock);
			}
		}
	}
	twins_close(&twins);
}

/* What both sockets said of an option before it was set to no purpose. */
static struct answer plain_before, ksock_before;

static void remember(const struct twins *twins, const struct opt_value *value)
{
	opt_get(&plain_before, &plain_face, twins->plain, value, value->len);
	opt_get(&ksock_before, &ksock_face, twins->ksock, value, value->len);
}

static bool unchanged(const struct answer *before, const struct face *face,
		      int fd, const struct opt_value *value, bool lives)
{
	static struct answer now;

	opt_get(&now, face, fd, value, value->len);
	return answers_agree(before, &now, lives);
}

/*
 * Whether a set that failed left the option as it was.  There are those that
 * the stack itself changes all the same, on an ordinary socket, too.
 */
static bool left_alone(const struct twins *twins, const struct opt_value *value,
		       const struct kind *kind)
{
	bool lives = opt_lives(value, kind);

	return unchanged(&ksock_before, &ksock_face, twins->ksock, value,
			 lives) ||
	       !unchanged(&plain_before, &plain_face, twins->plain, value,
			  lives);
}

TEST_F_TIMEOUT(opt, set_checks_its_length_as_an_ordinary_socket_does,
	       OPT_TIMEOUT)
{
	static struct answer plain, ksock;
	const struct opt *opt;
	struct twins twins;
	size_t i;

	if (self->missing)
		return;
	for (opt = opts; opt < OPTS_END; opt++) {
		const struct opt_value *value = opt_value_of(opt->level,
							     opt->name);
		const int lengths[] = LENGTHS((int)value->len);

		if (!(opt->access & KSOCK_OPT_SET))
			continue;
		TWINS_OPEN(&twins);
		opt_prepare(&plain_face, twins.plain, value);
		opt_prepare(&ksock_face, twins.ksock, value);
		for (i = 0; i < ARRAY_SIZE(lengths); i++) {
			int plain_ret, ksock_ret;

			remember(&twins, value);
			plain_ret = opt_set(&plain_face, twins.plain, value,
					    lengths[i]);
			ksock_ret = opt_set(&ksock_face, twins.ksock, value,
					    lengths[i]);
			EXPECT_EQ(plain_ret, ksock_ret) {
				TH_LOG("%s, length %d", opt->text, lengths[i]);
			}
			EXPECT_TRUE(!ksock_ret ||
				    left_alone(&twins, value, &variant->kind)) {
				TH_LOG("%s, length %d", opt->text, lengths[i]);
			}
		}
		opt_get(&plain, &plain_face, twins.plain, value, 4096);
		opt_get(&ksock, &ksock_face, twins.ksock, value, 4096);
		EXPECT_TRUE(!(opt->access & KSOCK_OPT_GET) ||
			    answers_agree(&plain, &ksock,
					  opt_lives(value, &variant->kind))) {
			ANSWERS_LOG(value, 4096, &plain, &ksock);
		}
		twins_close(&twins);
	}
}

/* ---- Places -------------------------------------------------------------- */

/* The last bytes of a page that nothing follows, or NULL. */
static unsigned char *page_end(void)
{
	size_t page = sysconf(_SC_PAGESIZE);
	unsigned char *pages;

	pages = mmap(NULL, 2 * page, PROT_READ | PROT_WRITE,
		     MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (pages == MAP_FAILED || mprotect(pages + page, page, PROT_NONE))
		return NULL;
	return pages + page;
}

/* Where the value of a length is: nowhere, beyond, and half of it nowhere. */
static void places(void **to, unsigned char *end, const struct opt_value *value)
{
	to[0] = NULL;
	to[1] = POINTER_BEYOND;
	to[2] = end;
	to[3] = end - value->len / 2;
	to[4] = end - (value->len - 1);
}

#define PLACES	5

TEST_F_TIMEOUT(opt, get_to_memory_of_nobody_fails_as_of_an_ordinary_socket,
	       OPT_TIMEOUT)
{
	const struct opt_value *value;
	const struct opt *opt;
	struct twins twins;
	unsigned char *end;
	size_t i;

	if (self->missing)
		return;
	end = page_end();
	ASSERT_TRUE(!!end);
	TWINS_OPEN(&twins);
	for (opt = opts; opt < OPTS_END; opt++) {
		void *place[PLACES];

		if (!(opt->access & KSOCK_OPT_GET))
			continue;
		value = opt_value_of(opt->level, opt->name);
		places(place, end, value);
		for (i = 0; i < PLACES; i++) {
			socklen_t plain_len = value->len;
			socklen_t ksock_len = value->len;
			int plain, ksock;

			plain = plain_getsockopt(twins.plain, value->level,
						 value->name, place[i],
						 &plain_len);
			ksock = ksock_getsockopt(twins.ksock, value->level,
						 value->name, place[i],
						 &ksock_len);
			EXPECT_EQ(plain, ksock) {
				TH_LOG("%s, place %zu", opt->text, i);
			}
			/* Some tell the length before they find out. */
			EXPECT_EQ(plain_len, ksock_len);
		}
	}
	twins_close(&twins);
}

TEST_F_TIMEOUT(opt, set_from_memory_of_nobody_fails_as_of_an_ordinary_socket,
	       OPT_TIMEOUT)
{
	const struct opt_value *value;
	const struct opt *opt;
	struct twins twins;
	unsigned char *end;
	size_t i;

	if (self->missing)
		return;
	end = page_end();
	ASSERT_TRUE(!!end);
	for (opt = opts; opt < OPTS_END; opt++) {
		void *place[PLACES];

		if (!(opt->access & KSOCK_OPT_SET))
			continue;
		value = opt_value_of(opt->level, opt->name);
		TWINS_OPEN(&twins);
		opt_prepare(&plain_face, twins.plain, value);
		opt_prepare(&ksock_face, twins.ksock, value);
		places(place, end, value);
		for (i = 0; i < PLACES; i++) {
			int plain, ksock;

			remember(&twins, value);
			plain = plain_setsockopt(twins.plain, value->level,
						 value->name, place[i],
						 value->len);
			ksock = ksock_setsockopt(twins.ksock, value->level,
						 value->name, place[i],
						 value->len);
			EXPECT_EQ(plain, ksock) {
				TH_LOG("%s, place %zu", opt->text, i);
			}
			EXPECT_TRUE(!ksock ||
				    left_alone(&twins, value, &variant->kind)) {
				TH_LOG("%s, place %zu", opt->text, i);
			}
		}
		twins_close(&twins);
	}
}

TEST_HARNESS_MAIN
