/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the files of dev/ share: contexts, files of sockets, commands.
 */
#ifndef KSOCK_DEV_DEV_H
#define KSOCK_DEV_DEV_H

#include <linux/compiler.h>
#include <linux/fs.h>
#include <linux/ksock.h>
#include <linux/types.h>

struct ksock;
struct ksock_user;
struct net;

/**
 * struct ksock_ctx - one open of the device
 * @file: the device's file, which owns the context; a socket made from the
 *	context holds a reference to this file.
 * @net: network namespace of the opener, referenced.
 * @user: the opener, held.
 *
 * Nothing in it changes after it was made.
 */
struct ksock_ctx {
	struct file *file;
	struct net *net;
	struct ksock_user *user;
};

/**
 * struct ksock_file - one file of a socket
 * @ctx: context the socket was made from; its file is referenced.
 * @user: user the socket is charged to.
 * @ks: the socket, referenced, and beside which this is.
 * @kern: whether it is the kernel's own.
 */
struct ksock_file {
	struct ksock_ctx *ctx;
	struct ksock_user *user;
	struct ksock *ks;
	bool kern;
};

/**
 * struct ksock_newfd - descriptor and file of a socket in the making
 * @fd: reserved number.
 * @file: file, which owns @kf.
 * @kf: what the file holds.
 */
struct ksock_newfd {
	int fd;
	struct file *file;
	struct ksock_file *kf;
};

/* What 32-bit callers lay out is up to half as long again in the kernel. */
#ifdef CONFIG_COMPAT
#define KSOCK_CONTROL_ROOM	(KSOCK_MSG_MAX_CONTROL * 3 / 2)
#else
#define KSOCK_CONTROL_ROOM	KSOCK_MSG_MAX_CONTROL
#endif

/**
 * struct ksock_control - control data to be sent
 * @bytes: the data, laid out for the kernel.
 * @len: how many bytes.
 */
struct ksock_control {
	u8 bytes[KSOCK_CONTROL_ROOM] __aligned(8);
	size_t len;
};

/**
 * struct ksock_control_room - room of the caller for control data
 * @to: where it goes.
 * @len: how many bytes there are.
 * @stored: how many were used.
 * @cut: whether something did not fit.
 */
struct ksock_control_room {
	void __user *to;
	size_t len;
	size_t stored;
	bool cut;
};

/**
 * struct ksock_cmd - one command under way
 * @desc: its row in the table.
 * @ctx: context of the descriptor, NULL on a batch.
 * @file: file of the descriptor.
 * @kf: what a socket's file holds, NULL on another.
 * @uargs: the caller's structure.
 * @usize: its size in bytes.
 * @args: its copy in kernel memory, of the size the module knows.
 */
struct ksock_cmd {
	const struct ksock_cmd_desc *desc;
	struct ksock_ctx *ctx;
	struct file *file;
	struct ksock_file *kf;
	void __user *uargs;
	size_t usize;
	union {
		struct ksock_device_info device_info;
		struct ksock_socket_args socket;
		struct ksock_bind_args bind;
		struct ksock_listen_args listen;
		struct ksock_accept_args accept;
		struct ksock_connect_args connect;
		struct ksock_shutdown_args shutdown;
		struct ksock_name_args name;
		struct ksock_socket_info socket_info;
		struct ksock_abort_args abort;
		struct ksock_send_args send;
		struct ksock_recv_args recv;
		struct ksock_sendmsg_args sendmsg;
		struct ksock_recvmsg_args recvmsg;
		struct ksock_opt_args opt;
		struct ksock_batch_args batch;
		struct ksock_batch_slot_args batch_slot;
		struct ksock_batch_run_args batch_run;
	} args;
};

long ksock_ctx_ioctl(struct file *file, unsigned int cmd, unsigned long arg);
long ksock_file_ioctl(struct file *file, unsigned int cmd, unsigned long arg);
long ksock_batch_ioctl(struct file *file, unsigned int cmd, unsigned long arg);
int ksock_cmd_respond(struct ksock_cmd *cmd);

bool ksock_ctx_permits(const struct ksock_ctx *ctx, bool kern);

int ksock_newfd_prepare(struct ksock_newfd *new, struct ksock_ctx *ctx,
			int flags, bool kern);
int ksock_newfd_publish(struct ksock_newfd *new);
void ksock_newfd_abandon(struct ksock_newfd *new);
bool ksock_file_is_socket(const struct file *file);

/* Whether calls on a file must not wait. */
static inline bool ksock_file_nonblock(const struct file *file)
{
	return READ_ONCE(file->f_flags) & O_NONBLOCK;
}

int ksock_control_from_user(struct ksock_control *control,
			    const void __user *from, size_t len);
size_t ksock_control_kernel_room(size_t len);
void ksock_control_to_user(struct ksock_control_room *room, const void *from,
			   size_t len);

struct ksock_user *ksock_user_hold(void);
void ksock_user_drop(struct ksock_user *user);
struct ksock_user *ksock_user_charge(void);
void ksock_user_uncharge(struct ksock_user *user);
u32 ksock_user_sockets(void);
u32 ksock_user_limit(void);

long ksock_cmd_device_info(struct ksock_cmd *cmd);
long ksock_cmd_socket(struct ksock_cmd *cmd);
long ksock_cmd_bind(struct ksock_cmd *cmd);
long ksock_cmd_listen(struct ksock_cmd *cmd);
long ksock_cmd_accept(struct ksock_cmd *cmd);
long ksock_cmd_connect(struct ksock_cmd *cmd);
long ksock_cmd_shutdown(struct ksock_cmd *cmd);
long ksock_cmd_name(struct ksock_cmd *cmd);
long ksock_cmd_socket_info(struct ksock_cmd *cmd);
long ksock_cmd_abort(struct ksock_cmd *cmd);
long ksock_cmd_send(struct ksock_cmd *cmd);
long ksock_cmd_recv(struct ksock_cmd *cmd);
long ksock_cmd_sendmsg(struct ksock_cmd *cmd);
long ksock_cmd_recvmsg(struct ksock_cmd *cmd);
long ksock_cmd_opt_get(struct ksock_cmd *cmd);
long ksock_cmd_opt_set(struct ksock_cmd *cmd);
long ksock_cmd_batch(struct ksock_cmd *cmd);
long ksock_cmd_batch_slot(struct ksock_cmd *cmd);
long ksock_cmd_batch_run(struct ksock_cmd *cmd);

int __init ksock_dev_init(void);
void ksock_dev_exit(void);

#endif /* KSOCK_DEV_DEV_H */
