// SPDX-License-Identifier: GPL-2.0-only
/*
 * The file of a socket: what descriptors of it can do beside commands, and how
 * one is published.
 *
 * The file owns a struct ksock_file.  dup, fork and SCM_RIGHTS share it, so
 * its release is the only destructor and runs when no command is under way.
 * It does nothing to wake a blocked command: that command holds the file, and
 * close(2) of an ordinary socket does not either.
 *
 * Called by the VFS and by the commands that make descriptors.
 */
#include <linux/anon_inodes.h>
#include <linux/err.h>
#include <linux/file.h>
#include <linux/module.h>
#include <linux/seq_file.h>
#include <ksock/ksock.h>
#include "../core/user.h"
#include "bounce.h"
#include "dev.h"
#include "io.h"

static void file_destroy(struct ksock_file *kf)
{
	struct file *ctx_file = kf->ctx->file;
	struct ksock_user *user = kf->user;

	/* With the last reference to it goes the memory they share. */
	ksock_put(kf->ks);
	fput(ctx_file);
	ksock_user_uncharge(user);
}

static struct ksock_file *file_create(struct ksock_ctx *ctx, bool kern)
{
	struct ksock_file *kf;
	struct ksock_user *user;
	struct ksock *ks;

	ks = ksock_alloc(sizeof(*kf));
	if (!ks)
		return ERR_PTR(-ENOMEM);
	user = ksock_user_charge();
	if (IS_ERR(user)) {
		ksock_put(ks);
		return ERR_CAST(user);
	}
	kf = ksock_extra(ks);
	kf->user = user;
	get_file(ctx->file);
	kf->ctx = ctx;
	kf->ks = ks;
	kf->kern = kern;
	return kf;
}

static int file_release(struct inode *inode, struct file *file)
{
	file_destroy(file->private_data);
	return 0;
}

static ssize_t file_read_iter(struct kiocb *iocb, struct iov_iter *to)
{
	struct ksock_file *kf = iocb->ki_filp->private_data;

	return ksock_read_iter(kf->ks, iocb, to);
}

static ssize_t file_write_iter(struct kiocb *iocb, struct iov_iter *from)
{
	struct ksock_file *kf = iocb->ki_filp->private_data;

	return ksock_write_iter(kf->ks, iocb, from);
}

static ssize_t file_kern_read_iter(struct kiocb *iocb, struct iov_iter *to)
{
	struct ksock_file *kf = iocb->ki_filp->private_data;

	return ksock_bounce_read_iter(kf->ks, iocb, to);
}

static ssize_t file_kern_write_iter(struct kiocb *iocb, struct iov_iter *from)
{
	struct ksock_file *kf = iocb->ki_filp->private_data;

	return ksock_bounce_write_iter(kf->ks, iocb, from);
}

static ssize_t file_splice_read(struct file *file, loff_t *pos,
				struct pipe_inode_info *pipe, size_t len,
				unsigned int flags)
{
	struct ksock_file *kf = file->private_data;

	return ksock_splice_read(kf->ks, file, pos, pipe, len, flags);
}

static ssize_t file_splice_write(struct pipe_inode_info *pipe,
				 struct file *file, loff_t *pos, size_t len,
				 unsigned int flags)
{
	struct ksock_file *kf = file->private_data;

	return ksock_splice_write(kf->ks, file, pipe, pos, len, flags);
}

static void __maybe_unused file_splice_eof(struct file *file)
{
	struct ksock_file *kf = file->private_data;

	ksock_splice_eof(kf->ks);
}

static __poll_t file_poll(struct file *file, poll_table *wait)
{
	struct ksock_file *kf = file->private_data;

	return ksock_poll(kf->ks, file, wait);
}

static int file_fasync(int fd, struct file *file, int on)
{
	struct ksock_file *kf = file->private_data;

	return ksock_fasync(kf->ks, fd, file, on);
}

static void file_show_fdinfo(struct seq_file *m, struct file *file)
{
	struct ksock_file *kf = file->private_data;
	struct ksock_stat stat;

	ksock_stat(kf->ks, &stat);
	seq_printf(m, "ksock-mode:\t%s\n", stat.kern ? "kern" : "user");
	seq_printf(m, "ksock-family:\t%d\n", stat.family);
	seq_printf(m, "ksock-type:\t%d\n", stat.type);
	seq_printf(m, "ksock-protocol:\t%d\n", stat.protocol);
	seq_printf(m, "ksock-state:\t%d\n", stat.state);
	seq_printf(m, "ksock-flags:\t0%o\n", READ_ONCE(file->f_flags));
	seq_printf(m, "ksock-inode:\t%llu\n", stat.inode);
	seq_printf(m, "ksock-cookie:\t%llu\n", stat.cookie);
	seq_printf(m, "ksock-netns:\t%llu\n", stat.netns);
	seq_printf(m, "ksock-sent:\t%llu ops %llu bytes\n",
		   stat.sent_ops, stat.sent_bytes);
	seq_printf(m, "ksock-received:\t%llu ops %llu bytes\n",
		   stat.received_ops, stat.received_bytes);
}

static const struct file_operations file_fops = {
	.owner		= THIS_MODULE,
	.release	= file_release,
	.read_iter	= file_read_iter,
	.write_iter	= file_write_iter,
	.poll		= file_poll,
	.unlocked_ioctl	= ksock_io_ioctl,
	.compat_ioctl	= compat_ptr_ioctl,
	.splice_read	= file_splice_read,
	.splice_write	= file_splice_write,
	KSOCK_FOPS_SPLICE_EOF(file_splice_eof)
	.fasync		= file_fasync,
	.show_fdinfo	= file_show_fdinfo,
};

/*
 * Sockets of the kernel's own have operations of their own, so that those of the
 * others need not ask; all that moves data by commands goes by their table.
 */
static const struct file_operations file_kern_fops = {
	.owner		= THIS_MODULE,
	.release	= file_release,
	.read_iter	= file_kern_read_iter,
	.write_iter	= file_kern_write_iter,
	.poll		= file_poll,
	.unlocked_ioctl	= ksock_file_ioctl,
	.compat_ioctl	= compat_ptr_ioctl,
	.splice_read	= file_splice_read,
	.splice_write	= file_splice_write,
	KSOCK_FOPS_SPLICE_EOF(file_splice_eof)
	.fasync		= file_fasync,
	.show_fdinfo	= file_show_fdinfo,
};

/**
 * ksock_file_is_socket() - whether a file is of a socket
 * @file: any file
 *
 * Return: whether its private_data is a struct ksock_file.
 */
bool ksock_file_is_socket(const struct file *file)
{
	return file->f_op == &file_fops || file->f_op == &file_kern_fops;
}

/**
 * ksock_newfd_prepare() - reserve all that a new descriptor needs
 * @new: filled on success
 * @ctx: context of the new socket
 * @flags: SOCK_CLOEXEC and SOCK_NONBLOCK
 * @kern: whether the socket is to be the kernel's own
 *
 * What can run out, does so here, before the caller makes or accepts the socket
 * of @new->kf->ks.
 *
 * Context: process context, may sleep.
 * Return: 0, -EDQUOT, -EMFILE, -ENFILE or -ENOMEM.
 */
int ksock_newfd_prepare(struct ksock_newfd *new, struct ksock_ctx *ctx,
			int flags, bool kern)
{
	struct ksock_file *kf;
	struct file *file;
	int fd, ret;

	kf = file_create(ctx, kern);
	if (IS_ERR(kf))
		return PTR_ERR(kf);

	fd = get_unused_fd_flags(flags & SOCK_CLOEXEC ? O_CLOEXEC : 0);
	if (fd < 0) {
		ret = fd;
		goto err_destroy_file;
	}

	file = anon_inode_getfile("[ksock]", kern ? &file_kern_fops : &file_fops,
				  kf, O_RDWR | (flags & SOCK_NONBLOCK ?
						O_NONBLOCK : 0));
	if (IS_ERR(file)) {
		ret = PTR_ERR(file);
		goto err_put_fd;
	}
	/*
	 * No position, no detour through a worker for io_uring, and nobody to
	 * notify: the inode is the one of all anonymous files.
	 */
	stream_open(file_inode(file), file);
	file->f_mode |= FMODE_NOWAIT | FMODE_NONOTIFY;

	new->fd = fd;
	new->file = file;
	new->kf = kf;
	return 0;

err_put_fd:
	put_unused_fd(fd);
err_destroy_file:
	file_destroy(kf);
	return ret;
}

/**
 * ksock_newfd_publish() - let the process see its new descriptor
 * @new: prepared, with its socket
 *
 * Cannot fail, and nothing may touch the socket afterwards: the process may
 * have closed it already.
 *
 * Return: the descriptor.
 */
int ksock_newfd_publish(struct ksock_newfd *new)
{
	int fd = new->fd;

	fd_install(fd, new->file);
	return fd;
}

/**
 * ksock_newfd_abandon() - undo ksock_newfd_prepare()
 * @new: prepared, with or without its socket
 */
void ksock_newfd_abandon(struct ksock_newfd *new)
{
	fput(new->file);
	put_unused_fd(new->fd);
}
