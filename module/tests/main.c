// SPDX-License-Identifier: GPL-2.0-only
/*
 * The runner of tests in the kernel: files in debugfs, ksock_test/all and one for
 * each group.  Reading one runs its cases, in the context of who reads, and
 * returns TAP, case by case: the verdict on a case can be read before the next
 * one begins, so one that hangs or crashes is known by its number.
 *
 * Loading the module runs nothing.
 */
#include <linux/debugfs.h>
#include <linux/err.h>
#include <linux/fs.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/string.h>
#include <linux/uio.h>
#include "test.h"

/* Room for what a case says; what is beyond it is dropped. */
#define TEST_ROOM	16384

/* As much of that is for the verdict alone. */
#define TEST_VERDICT	512

/**
 * struct test_group - cases that are run and told of together
 * @name: name of the file, and before those of the cases.
 * @cases: array of cases, ends with one that has no name.
 */
struct test_group {
	const char *name;
	const struct test_case *cases;
};

static const struct test_group test_groups[] = {
	{ "addr", addr_cases },
	{ "addr_text", addr_text_cases },
	{ "addr_key", addr_key_cases },
	{ "life", life_cases },
	{ "conn", conn_cases },
	{ "data", data_cases },
	{ "msg", msg_cases },
	{ "opt", opt_cases },
	{ "event", event_cases },
	{ "stay", stay_cases },
	{ "quiet", quiet_cases },
	{ "race", race_cases },
	{ "memory", memory_cases },
	{ "netns", netns_cases },
	{ "defect", defect_cases },
#ifdef CONFIG_FAULT_INJECTION
	{ "fault", fault_cases },
#endif
};

/**
 * struct test - an open file, which is what a case gets; under test_lock
 * @group: group of the next case.
 * @end: where to stop.
 * @next: next case, or the end of @group.
 * @number: how many have run.
 * @say_lock: guards the following members while a case runs, which may use
 *	several threads.
 * @failed: whether the case has failed.
 * @skipped: why it was skipped; empty when it was not.
 * @len: length of @text.
 * @told: how much of it has been read.
 * @text: what the last case said.
 */
struct test {
	const struct test_group *group;
	const struct test_group *end;
	const struct test_case *next;
	unsigned int number;
	spinlock_t say_lock;
	bool failed;
	char skipped[128];
	size_t len;
	size_t told;
	char text[TEST_ROOM];
};

static struct dentry *test_dir;

/* Over cases and what is told of them: two at once could meet at a port. */
static DEFINE_MUTEX(test_lock);

/* One line; what has no room is cut. */
__printf(4, 0)
static void test_say(struct test *t, bool failed, const char *where,
		     const char *format, va_list args)
{
	const size_t room = TEST_ROOM - TEST_VERDICT;
	unsigned long flags;

	spin_lock_irqsave(&t->say_lock, flags);
	t->failed |= failed;
	t->len += scnprintf(t->text + t->len, room - t->len, "# %s", where);
	t->len += vscnprintf(t->text + t->len, room - t->len, format, args);
	t->len += scnprintf(t->text + t->len, room - t->len, "\n");
	spin_unlock_irqrestore(&t->say_lock, flags);
}

void test_failed(struct test *t, const char *file, int line,
		 const char *format, ...)
{
	char where[64];
	va_list args;

	snprintf(where, sizeof(where), "%s:%d: ", kbasename(file), line);
	va_start(args, format);
	test_say(t, true, where, format, args);
	va_end(args);
}

void test_note(struct test *t, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	test_say(t, false, "", format, args);
	va_end(args);
}

void test_skip(struct test *t, const char *format, ...)
{
	unsigned long flags;
	va_list args;

	spin_lock_irqsave(&t->say_lock, flags);
	va_start(args, format);
	vscnprintf(t->skipped, sizeof(t->skipped), format, args);
	va_end(args);
	spin_unlock_irqrestore(&t->say_lock, flags);
}

static void test_verdict(struct test *t)
{
	bool skipped = !t->failed && t->skipped[0];

	/* A line that found no room was cut. */
	if (t->len && t->text[t->len - 1] != '\n')
		t->text[t->len++] = '\n';
	t->len += scnprintf(t->text + t->len, TEST_ROOM - t->len,
			    "%sok %u %s: %s%s%s\n", t->failed ? "not " : "",
			    t->number, t->group->name, t->next->name,
			    skipped ? " # SKIP " : "",
			    skipped ? t->skipped : "");
}

/* Whether there was one. */
static bool test_run_next(struct test *t)
{
	while (!t->next->name) {
		if (++t->group == t->end)
			return false;
		t->next = t->group->cases;
	}
	t->number++;
	t->failed = false;
	t->skipped[0] = '\0';
	t->len = 0;
	t->told = 0;
	t->next->run(t);
	test_verdict(t);
	t->next++;
	return true;
}

static ssize_t test_read_iter(struct kiocb *iocb, struct iov_iter *to)
{
	struct test *t = iocb->ki_filp->private_data;
	ssize_t ret = 0;

	if (!iov_iter_count(to))
		return 0;
	if (mutex_lock_interruptible(&test_lock))
		return -ERESTARTSYS;
	if (t->told < t->len || (t->group < t->end && test_run_next(t))) {
		ret = copy_to_iter(t->text + t->told, t->len - t->told, to);
		t->told += ret;
		if (!ret)
			ret = -EFAULT;
	}
	mutex_unlock(&test_lock);
	return ret;
}

static unsigned int test_count(const struct test *t)
{
	const struct test_group *group;
	const struct test_case *test;
	unsigned int count = 0;

	for (group = t->group; group < t->end; group++) {
		for (test = group->cases; test->name; test++)
			count++;
	}
	return count;
}

/* What is behind the file is its group; nothing for the file of all. */
static int test_open(struct inode *inode, struct file *file)
{
	const struct test_group *group = inode->i_private;
	struct test *t = kvzalloc(sizeof(*t), GFP_KERNEL);

	if (!t)
		return -ENOMEM;
	spin_lock_init(&t->say_lock);
	t->group = group ? group : test_groups;
	t->end = t->group + (group ? 1 : ARRAY_SIZE(test_groups));
	t->next = t->group->cases;
	t->len = scnprintf(t->text, sizeof(t->text), "TAP version 13\n1..%u\n",
			   test_count(t));
	file->private_data = t;
	return stream_open(inode, file);
}

static int test_release(struct inode *inode, struct file *file)
{
	kvfree(file->private_data);
	return 0;
}

static const struct file_operations test_fops = {
	.owner		= THIS_MODULE,
	.open		= test_open,
	.read_iter	= test_read_iter,
	.release	= test_release,
};

/*
 * The proxy of debugfs has no read_iter, so the files do without it.  It guards
 * against files that are removed while they are open, which the module's
 * reference, held by each of them, does here.
 */
static void __init test_create_file(const char *name,
				    const struct test_group *group)
{
	debugfs_create_file_unsafe(name, 0400, test_dir, (void *)group,
				   &test_fops);
}

static int __init test_init(void)
{
	const struct test_group *group;

	test_dir = debugfs_create_dir("ksock_test", NULL);
	if (IS_ERR(test_dir))
		return PTR_ERR(test_dir);
	test_create_file("all", NULL);
	for (group = test_groups; group < test_groups + ARRAY_SIZE(test_groups);
	     group++)
		test_create_file(group->name, group);
	return 0;
}

static void __exit test_exit(void)
{
	debugfs_remove_recursive(test_dir);
}

module_init(test_init);
module_exit(test_exit);

MODULE_DESCRIPTION("Tests of ksock that run in the kernel");
MODULE_LICENSE("GPL");
