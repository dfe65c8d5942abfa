// SPDX-License-Identifier: GPL-2.0-only
/*
 * The batch: sockets in numbered slots, and one call that runs an array of
 * sends and receives over them.
 *
 * A slot holds the file of a socket, as a descriptor does.  Nothing a batch
 * holds ever holds a batch: a socket's file refers to its context alone, and
 * only files of sockets go into slots.  So there is no cycle of references.
 *
 * Two locks.  The mutex makes runs take turns, because they share the memory
 * that was allocated for entries.  The spinlock guards the slots and is held
 * just to take a reference, so a slot can be emptied while a run is under way,
 * be it asleep in an entry.  A run takes one reference to each socket, when it
 * first comes to its slot, and drops them when it ends.
 */
#include <linux/anon_inodes.h>
#include <linux/err.h>
#include <linux/file.h>
#include <linux/log2.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/nospec.h>
#include <linux/sched/signal.h>
#include <linux/seq_file.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/uaccess.h>
#include "dev.h"
#include "io.h"

/**
 * struct ksock_batch - sockets to run calls on
 * @run_lock: held by the run under way.
 * @ops: room for the entries of a run, under @run_lock.
 * @results: room for their results, under @run_lock.
 * @held: by slot, the files the run has references to, under @run_lock; all
 *	NULL between runs.
 * @used: the slots of those files, under @run_lock.
 * @held_mask: one less than the entries of @held, a power of two.
 * @max_ops: entries there is room for.
 * @slots_lock: protects @slots.
 * @max_slots: how many slots there are.
 * @slots: the files of the sockets, each referenced, NULL for an empty slot.
 */
struct ksock_batch {
	struct mutex run_lock;
	struct ksock_batch_op *ops;
	struct ksock_batch_result *results;
	struct file **held;
	u16 *used;
	u32 held_mask;
	u32 max_ops;
	spinlock_t slots_lock;
	u32 max_slots;
	struct file *slots[];
};

static void batch_destroy(struct ksock_batch *batch)
{
	u32 i;

	for (i = 0; i < batch->max_slots; i++) {
		if (batch->slots[i])
			fput(batch->slots[i]);
	}
	kvfree(batch->ops);
	kvfree(batch->results);
	kvfree(batch->held);
	kvfree(batch->used);
	kvfree(batch);
}

static struct ksock_batch *batch_create(u32 slots, u32 ops)
{
	struct ksock_batch *batch;

	batch = kvzalloc(struct_size(batch, slots, slots), GFP_KERNEL_ACCOUNT);
	if (!batch)
		return ERR_PTR(-ENOMEM);
	mutex_init(&batch->run_lock);
	spin_lock_init(&batch->slots_lock);
	batch->max_slots = slots;
	batch->max_ops = ops;
	batch->ops = kvcalloc(ops, sizeof(*batch->ops), GFP_KERNEL_ACCOUNT);
	batch->results = kvcalloc(ops, sizeof(*batch->results),
				  GFP_KERNEL_ACCOUNT);
	/* An index is good for it as soon as it is masked. */
	batch->held_mask = roundup_pow_of_two(slots) - 1;
	batch->held = kvcalloc(batch->held_mask + 1, sizeof(*batch->held),
			       GFP_KERNEL_ACCOUNT);
	batch->used = kvcalloc(slots, sizeof(*batch->used), GFP_KERNEL_ACCOUNT);
	if (!batch->ops || !batch->results || !batch->held || !batch->used) {
		batch_destroy(batch);
		return ERR_PTR(-ENOMEM);
	}
	return batch;
}

/**
 * struct batch_run - a run under way
 * @batch: the batch, locked.
 * @deadline: until when its entries may wait.
 * @timed: whether that is not for ever.
 * @used: slots the run has come to.
 */
struct batch_run {
	struct ksock_batch *batch;
	ktime_t deadline;
	bool timed;
	u32 used;
};

/* The first time that the run comes to the slot; NULL when it is empty. */
static noinline struct file *batch_hold(struct batch_run *run, u32 slot)
{
	struct ksock_batch *batch = run->batch;
	struct file *file;

	if (slot >= batch->max_slots)
		return NULL;
	slot = array_index_nospec(slot, batch->max_slots);
	spin_lock(&batch->slots_lock);
	file = batch->slots[slot];
	if (file)
		get_file(file);
	spin_unlock(&batch->slots_lock);
	if (file) {
		batch->held[slot] = file;
		batch->used[run->used++] = slot;
	}
	return file;
}

static void batch_drop_all(struct batch_run *run)
{
	struct ksock_batch *batch = run->batch;

	while (run->used) {
		u16 slot = batch->used[--run->used];

		fput(batch->held[slot]);
		batch->held[slot] = NULL;
	}
}

static noinline long batch_send(struct batch_run *run, struct file *file,
				const struct ksock_io_args *args)
{
	int ret;

	ret = ksock_io_check_send(file->private_data, args->flags, run->timed);
	return ret ?: ksock_io_send(file, args, run->deadline);
}

static noinline long batch_recv(struct batch_run *run, struct file *file,
				const struct ksock_io_args *args,
				struct ksock_batch_result *result)
{
	struct ksock_io_result io = {};
	long ret;

	ret = ksock_io_check_recv(args->flags, run->timed);
	if (!ret)
		ret = ksock_io_recv(file, args, run->deadline, &io);
	result->out_flags = io.flags;
	result->out_addr_len = io.addr_len;
	return ret;
}

static inline long batch_run_one(struct batch_run *run,
				 const struct ksock_batch_op *op,
				 struct ksock_batch_result *result)
{
	const struct ksock_io_args *args = (const struct ksock_io_args *)op;
	const struct ksock_batch *batch = run->batch;
	const struct ksock_file *kf;
	struct file *file = NULL;
	bool plain;

	if (unlikely((op->opcode & ~KSOCK_BATCH_RECV) | op->__reserved))
		return -EINVAL;
	if (likely(!(op->slot & ~batch->held_mask)))
		file = batch->held[op->slot & batch->held_mask];
	if (unlikely(!file)) {
		file = batch_hold(run, op->slot);
		if (!file)
			return -EBADF;
	}
	kf = file->private_data;
	plain = !(run->timed | kf->kern);

	if (op->opcode == KSOCK_BATCH_SEND) {
		if (likely(plain && ksock_io_send_is_plain(args)))
			return ksock_io_send_plain(file, args);
		return batch_send(run, file, args);
	}
	if (likely(plain && ksock_io_recv_is_plain(args)))
		return ksock_io_recv_plain(file, args, &result->out_flags);
	return batch_recv(run, file, args, result);
}

/* A signal that ended a wait; the entry that waited has done nothing. */
static bool batch_interrupted(long ret)
{
	return ret == -ERESTARTSYS || ret == -EINTR;
}

/* Returns how many entries ran, or the error when none did. */
static long batch_run(struct batch_run *run,
		      const struct ksock_batch_run_args *args)
{
	const struct ksock_batch_op *op = run->batch->ops;
	struct ksock_batch_result *result = run->batch->results;
	u32 i;

	for (i = 0; i < args->count; i++, op++, result++) {
		long ret;

		if (i && unlikely(ksock_signal_pending()))
			return i;
		if (i % 16 == 0)
			cond_resched();
		memset(result, 0, sizeof(*result));
		ret = batch_run_one(run, op, result);
		result->out_ret = ret;
		if (likely(ret >= 0))
			continue;
		if (batch_interrupted(ret))
			return i ?: ret;
		result->out_flags = 0;
		result->out_addr_len = 0;
		if (args->flags & KSOCK_BATCH_STOP)
			return i + 1;
	}
	return i;
}

/**
 * ksock_cmd_batch_run() - KSOCK_IOC_BATCH_RUN
 * @cmd: command
 */
long ksock_cmd_batch_run(struct ksock_cmd *cmd)
{
	const struct ksock_batch_run_args *args = &cmd->args.batch_run;
	struct ksock_batch *batch = cmd->file->private_data;
	struct batch_run run = { .batch = batch };
	long ret;

	if ((args->flags & ~KSOCK_BATCH_STOP) || args->count > batch->max_ops)
		return -EINVAL;
	if (!ksock_io_pointer_fits(args->ops_ptr) ||
	    !ksock_io_pointer_fits(args->results_ptr))
		return -EFAULT;
	if (mutex_lock_interruptible(&batch->run_lock))
		return args->timeout_ns ? -EINTR : -ERESTARTSYS;
	if (copy_from_user(batch->ops, u64_to_user_ptr(args->ops_ptr),
			   args->count * sizeof(*batch->ops))) {
		ret = -EFAULT;
		goto out_unlock;
	}
	run.deadline = ksock_io_deadline(args->timeout_ns);
	run.timed = args->timeout_ns;
	ret = batch_run(&run, args);
	batch_drop_all(&run);
	if (ret > 0 && copy_to_user(u64_to_user_ptr(args->results_ptr),
				    batch->results,
				    ret * sizeof(*batch->results)))
		ret = -EFAULT;
out_unlock:
	mutex_unlock(&batch->run_lock);
	return ret;
}

/**
 * ksock_cmd_batch_slot() - KSOCK_IOC_BATCH_SLOT
 * @cmd: command
 */
long ksock_cmd_batch_slot(struct ksock_cmd *cmd)
{
	const struct ksock_batch_slot_args *args = &cmd->args.batch_slot;
	struct ksock_batch *batch = cmd->file->private_data;
	struct file *file = NULL;
	u32 slot = args->slot;

	if (args->flags || args->__reserved || slot >= batch->max_slots)
		return -EINVAL;
	if (args->fd != -1) {
		file = fget(args->fd);
		if (!file)
			return -EBADF;
		if (!ksock_file_is_socket(file)) {
			fput(file);
			return -EBADFD;
		}
	}

	slot = array_index_nospec(slot, batch->max_slots);
	spin_lock(&batch->slots_lock);
	swap(batch->slots[slot], file);
	spin_unlock(&batch->slots_lock);
	if (file)
		fput(file);
	return 0;
}

static int batch_release(struct inode *inode, struct file *file)
{
	batch_destroy(file->private_data);
	return 0;
}

static void batch_show_fdinfo(struct seq_file *m, struct file *file)
{
	struct ksock_batch *batch = file->private_data;
	u32 i, used = 0;

	spin_lock(&batch->slots_lock);
	for (i = 0; i < batch->max_slots; i++)
		used += !!batch->slots[i];
	spin_unlock(&batch->slots_lock);
	seq_printf(m, "ksock-slots:\t%u\n", batch->max_slots);
	seq_printf(m, "ksock-used:\t%u\n", used);
	seq_printf(m, "ksock-ops:\t%u\n", batch->max_ops);
}

static const struct file_operations batch_fops = {
	.owner		= THIS_MODULE,
	.release	= batch_release,
	.unlocked_ioctl	= ksock_batch_ioctl,
	.compat_ioctl	= compat_ptr_ioctl,
	.llseek		= noop_llseek,
	.show_fdinfo	= batch_show_fdinfo,
};

/**
 * ksock_cmd_batch() - KSOCK_IOC_BATCH
 * @cmd: command
 */
long ksock_cmd_batch(struct ksock_cmd *cmd)
{
	const struct ksock_batch_args *args = &cmd->args.batch;
	struct ksock_batch *batch;
	struct file *file;
	int fd, ret;

	if ((args->flags & ~SOCK_CLOEXEC) || args->__reserved ||
	    !args->slots || args->slots > KSOCK_BATCH_MAX_SLOTS ||
	    !args->ops || args->ops > KSOCK_BATCH_MAX_OPS)
		return -EINVAL;
	batch = batch_create(args->slots, args->ops);
	if (IS_ERR(batch))
		return PTR_ERR(batch);

	fd = get_unused_fd_flags(args->flags & SOCK_CLOEXEC ? O_CLOEXEC : 0);
	if (fd < 0) {
		ret = fd;
		goto err_destroy_batch;
	}
	file = anon_inode_getfile("[ksock-batch]", &batch_fops, batch, O_RDWR);
	if (IS_ERR(file)) {
		ret = PTR_ERR(file);
		goto err_put_fd;
	}
	fd_install(fd, file);
	return fd;

err_put_fd:
	put_unused_fd(fd);
err_destroy_batch:
	batch_destroy(batch);
	return ret;
}
