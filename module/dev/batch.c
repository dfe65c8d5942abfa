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
 * be it asleep in an entry.
 */
#include <linux/anon_inodes.h>
#include <linux/err.h>
#include <linux/file.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/nospec.h>
#include <linux/sched/signal.h>
#include <linux/seq_file.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/uaccess.h>
#include <ksock/ksock.h>
#include "dev.h"

/**
 * struct ksock_batch - sockets to run calls on
 * @run_lock: held by the run under way.
 * @ops: room for the entries of a run, under @run_lock.
 * @results: room for their results, under @run_lock.
 * @max_ops: entries there is room for.
 * @slots_lock: protects @slots.
 * @max_slots: how many slots there are.
 * @slots: the files of the sockets, each referenced, NULL for an empty slot.
 */
struct ksock_batch {
	struct mutex run_lock;
	struct ksock_batch_op *ops;
	struct ksock_batch_result *results;
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
	if (!batch->ops || !batch->results) {
		batch_destroy(batch);
		return ERR_PTR(-ENOMEM);
	}
	return batch;
}

/* Returns the file in a slot with a reference, NULL when there is none. */
static struct file *batch_get_slot(struct ksock_batch *batch, u32 slot)
{
	struct file *file;

	if (slot >= batch->max_slots)
		return NULL;
	slot = array_index_nospec(slot, batch->max_slots);
	spin_lock(&batch->slots_lock);
	file = batch->slots[slot];
	if (file)
		get_file(file);
	spin_unlock(&batch->slots_lock);
	return file;
}

static long batch_send(struct file *file, const struct ksock_batch_op *op,
		       ktime_t deadline)
{
	struct ksock_file *kf = file->private_data;
	const struct ksock_send_args args = {
		.flags = op->flags,
		.addr_len = op->addr_len,
		.buf_ptr = op->buf_ptr,
		.len = op->len,
		.addr_ptr = op->addr_ptr,
	};
	int ret;

	ret = ksock_io_check_send(kf, op->flags, deadline != KTIME_MAX);
	return ret ?: ksock_io_send(kf, file, &args, deadline);
}

static long batch_recv(struct file *file, const struct ksock_batch_op *op,
		       struct ksock_batch_result *result, ktime_t deadline)
{
	struct ksock_file *kf = file->private_data;
	struct ksock_recv_args args = {
		.flags = op->flags,
		.addr_len = op->addr_len,
		.buf_ptr = op->buf_ptr,
		.len = op->len,
		.addr_ptr = op->addr_ptr,
	};
	long ret;

	ret = ksock_io_check_recv(op->flags, deadline != KTIME_MAX);
	if (ret)
		return ret;
	ret = ksock_io_recv(kf, file, &args, deadline);
	result->out_flags = args.out_flags;
	result->out_addr_len = args.out_addr_len;
	return ret;
}

static long batch_run_one(struct ksock_batch *batch,
			  const struct ksock_batch_op *op,
			  struct ksock_batch_result *result, ktime_t deadline)
{
	struct file *file;
	long ret;

	if (op->opcode > KSOCK_BATCH_RECV || op->__reserved)
		return -EINVAL;
	file = batch_get_slot(batch, op->slot);
	if (!file)
		return -EBADF;
	if (op->opcode == KSOCK_BATCH_SEND)
		ret = batch_send(file, op, deadline);
	else
		ret = batch_recv(file, op, result, deadline);
	fput(file);
	return ret;
}

/* A signal that ended a wait; the entry that waited has done nothing. */
static bool batch_interrupted(long ret)
{
	return ret == -ERESTARTSYS || ret == -EINTR;
}

/* Returns how many entries ran, or the error when none did. */
static long batch_run(struct ksock_batch *batch,
		      const struct ksock_batch_run_args *args)
{
	ktime_t deadline = ksock_io_deadline(args->timeout_ns);
	u32 i;

	for (i = 0; i < args->count; i++) {
		struct ksock_batch_result *result = &batch->results[i];
		long ret;

		if (i && signal_pending(current))
			return i;
		if (i % 16 == 15)
			cond_resched();
		memset(result, 0, sizeof(*result));
		ret = batch_run_one(batch, &batch->ops[i], result, deadline);
		if (batch_interrupted(ret))
			return i ?: ret;
		result->out_ret = ret;
		if (ret < 0 && (args->flags & KSOCK_BATCH_STOP))
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
	long ret;

	if ((args->flags & ~KSOCK_BATCH_STOP) || args->count > batch->max_ops)
		return -EINVAL;
	if (!ksock_io_pointer_fits(args->ops_ptr) ||
	    !ksock_io_pointer_fits(args->results_ptr))
		return -EFAULT;
	if (mutex_lock_interruptible(&batch->run_lock))
		return -ERESTARTSYS;
	if (copy_from_user(batch->ops, u64_to_user_ptr(args->ops_ptr),
			   args->count * sizeof(*batch->ops))) {
		ret = -EFAULT;
		goto out_unlock;
	}
	ret = batch_run(batch, args);
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

	if (args->flags || args->__reserved || slot >= batch->max_slots ||
	    args->fd < -1)
		return -EINVAL;
	if (args->fd >= 0) {
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
