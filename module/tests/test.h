/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Tests that run in the kernel: what a case has at hand.
 *
 * A case is a function that gets a struct test and fails by EXPECT or ASSERT,
 * of which the latter returns.  It runs in the context of the process that reads
 * the results, may sleep, and leaves nothing behind.
 */
#ifndef KSOCK_TESTS_TEST_H
#define KSOCK_TESTS_TEST_H

#include <linux/types.h>

struct test;

/**
 * struct test_case - one test
 * @name: a sentence, words joined by underscores.
 * @run: the test.
 */
struct test_case {
	const char *name;
	void (*run)(struct test *t);
};

#define CASE(_function)	{ .name = #_function, .run = _function }

/* By file; each array ends with one that has no name. */
extern const struct test_case addr_cases[];
extern const struct test_case addr_key_cases[];
extern const struct test_case addr_text_cases[];
extern const struct test_case conn_cases[];
extern const struct test_case data_cases[];
extern const struct test_case defect_cases[];
extern const struct test_case event_cases[];
extern const struct test_case fault_cases[];
extern const struct test_case life_cases[];
extern const struct test_case memory_cases[];
extern const struct test_case msg_cases[];
extern const struct test_case netns_cases[];
extern const struct test_case opt_cases[];
extern const struct test_case quiet_cases[];
extern const struct test_case race_cases[];
extern const struct test_case stay_cases[];

__printf(4, 5)
void test_failed(struct test *t, const char *file, int line,
		 const char *format, ...);
/* For who reads the results. */
__printf(2, 3)
void test_note(struct test *t, const char *format, ...);
__printf(2, 3)
void test_skip(struct test *t, const char *format, ...);

#define EXPECT(_t, _condition)						\
({									\
	bool test_good = (_condition);					\
									\
	if (!test_good)							\
		test_failed(_t, __FILE__, __LINE__, "%s", #_condition);	\
	test_good;							\
})

#define EXPECT_EQ(_t, _seen, _expected)					\
({									\
	long long test_seen = (long long)(_seen);			\
	long long test_expected = (long long)(_expected);		\
	bool test_good = test_seen == test_expected;			\
									\
	if (!test_good)							\
		test_failed(_t, __FILE__, __LINE__,			\
			    "%s is %lld, not %lld", #_seen, test_seen,	\
			    test_expected);				\
	test_good;							\
})

#define EXPECT_STREQ(_t, _seen, _expected)				\
({									\
	const char *test_seen = (_seen);				\
	const char *test_expected = (_expected);			\
	bool test_good = !strcmp(test_seen, test_expected);		\
									\
	if (!test_good)							\
		test_failed(_t, __FILE__, __LINE__,			\
			    "%s is \"%s\", not \"%s\"", #_seen,		\
			    test_seen, test_expected);			\
	test_good;							\
})

/* The same, and the case ends here. */
#define ASSERT(_t, _condition)						\
do {									\
	if (!EXPECT(_t, _condition))					\
		return;							\
} while (0)

#define ASSERT_EQ(_t, _seen, _expected)					\
do {									\
	if (!EXPECT_EQ(_t, _seen, _expected))				\
		return;							\
} while (0)

#endif /* KSOCK_TESTS_TEST_H */
