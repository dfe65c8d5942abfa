/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Moving one buffer: what SEND, RECV and the entries of a batch begin with,
 * and the plain case of each, inline in all who move data.
 *
 * Plain is what most calls are: no address, no timeout, no flag that needs a
 * second look.  The plain case puts nothing on the stack that it does not use,
 * because kernels zero what is there, and calls into the core once.
 */
#ifndef KSOCK_DEV_IO_H
#define KSOCK_DEV_IO_H

#include <linux/fs.h>
#include <linux/ktime.h>
#include <linux/socket.h>
#include <linux/types.h>
#include <ksock/ksock.h>
#include "../core/msg.h"
#include "../core/user.h"
#include "bounce.h"
#include "dev.h"

/*
 * Flags by name: some of the other bits mean something to the stack that no
 * program may ask for, and what they mean changes from kernel to kernel.
 */
#define KSOCK_IO_SEND_FLAGS						\
	(MSG_DONTWAIT | MSG_NOSIGNAL | MSG_MORE | MSG_EOR |		\
	 MSG_CONFIRM | MSG_DONTROUTE | MSG_OOB | MSG_ZEROCOPY | MSG_FASTOPEN)
#define KSOCK_IO_RECV_FLAGS						\
	(MSG_DONTWAIT | MSG_PEEK | MSG_TRUNC | MSG_WAITALL | MSG_OOB |	\
	 MSG_ERRQUEUE)

/**
 * struct ksock_io_args - what the structures of those who move a buffer begin
 *	with
 * @flags: MSG_ flags of the caller.
 * @addr_len: length of the address, or room for one.
 * @buf_ptr: the buffer.
 * @len: its length in bytes.
 * @addr_ptr: the address, or 0.
 */
struct ksock_io_args {
	u32 flags;
	u32 addr_len;
	u64 buf_ptr;
	u64 len;
	u64 addr_ptr;
};

/**
 * struct ksock_io_result - what a receive tells beside its bytes
 * @flags: MSG_ flags of what was received.
 * @addr_len: true length of the sender's address.
 */
struct ksock_io_result {
	u32 flags;
	u32 addr_len;
};

/* On a 32-bit kernel, a pointer that is longer points nowhere. */
static inline bool ksock_io_pointer_fits(u64 ptr)
{
	return ptr == (uintptr_t)ptr;
}

/* The caller's flags, and that of the descriptor. */
static inline int ksock_io_flags(const struct file *file, u32 flags)
{
	return ksock_file_nonblock(file) ? flags | MSG_DONTWAIT : flags;
}

/* Whether a send needs neither an address nor a second look at its flags. */
static inline bool ksock_io_send_is_plain(const struct ksock_io_args *args)
{
	const u32 flags = KSOCK_IO_SEND_FLAGS & ~(MSG_ZEROCOPY | MSG_FASTOPEN);

	return !(args->addr_ptr | args->addr_len | (args->flags & ~flags));
}

static __always_inline long
ksock_io_send_plain(struct file *file, const struct ksock_io_args *args)
{
	struct ksock_file *kf = file->private_data;

	if (unlikely(!ksock_io_pointer_fits(args->buf_ptr)))
		return -EFAULT;
	return ksock_send_user(kf->ks, args->buf_ptr, args->len,
			  ksock_io_flags(file, args->flags));
}

/* Whether a receive needs no address. */
static inline bool ksock_io_recv_is_plain(const struct ksock_io_args *args)
{
	return !(args->addr_ptr | args->addr_len |
		 (args->flags & ~KSOCK_IO_RECV_FLAGS));
}

static __always_inline long
ksock_io_recv_plain(struct file *file, const struct ksock_io_args *args,
		    u32 *out_flags)
{
	struct ksock_file *kf = file->private_data;

	if (unlikely(!ksock_io_pointer_fits(args->buf_ptr)))
		return -EFAULT;
	return ksock_recv_user(kf->ks, args->buf_ptr, args->len,
			  ksock_io_flags(file, args->flags), out_flags);
}

/* Sends a message in the caller's memory, as the socket's kind has it. */
static inline ssize_t ksock_io_sendmsg(const struct ksock_file *kf,
				       struct ksock_msg *msg, int flags,
				       ktime_t deadline)
{
	if (unlikely(kf->kern))
		return ksock_bounce_sendmsg(kf->ks, msg, flags, deadline);
	return ksock_sendmsg_user(kf->ks, msg, flags, deadline);
}

/* Receives one, with control data if there is @room. */
static inline ssize_t ksock_io_recvmsg(const struct ksock_file *kf,
				       struct ksock_msg *msg,
				       struct ksock_control_room *room,
				       int flags, ktime_t deadline)
{
	ssize_t ret;

	if (unlikely(kf->kern))
		return ksock_bounce_recvmsg(kf->ks, msg, room, flags, deadline);
	if (room)
		ksock_msg_set_control_user(msg, room->to, room->len);
	ret = ksock_recvmsg_user(kf->ks, msg, flags, deadline);
	if (room)
		room->stored = room->len - msg->hdr.msg_controllen;
	return ret;
}

int ksock_io_check_send(const struct ksock_file *kf, u32 flags, u64 timeout_ns);
int ksock_io_check_recv(u32 flags, u64 timeout_ns);
ktime_t ksock_io_deadline(u64 timeout_ns);
int ksock_io_addr_from_user(struct ksock_addr *addr, u64 ptr, u32 len);
long ksock_io_send(struct file *file, const struct ksock_io_args *args,
		   ktime_t deadline);
long ksock_io_recv(struct file *file, const struct ksock_io_args *args,
		   ktime_t deadline, struct ksock_io_result *result);
long ksock_io_ioctl(struct file *file, unsigned int cmd, unsigned long arg);

#endif /* KSOCK_DEV_IO_H */
