/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef KSOCK_CORE_MSG_H
#define KSOCK_CORE_MSG_H

#include <linux/socket.h>
#include <linux/uio.h>

struct ksock_addr;

/**
 * struct ksock_msg - what one send or receive carries
 * @hdr: the stack's message header.
 * @iov: storage of the iterator in @hdr on kernels whose iterators need some.
 *
 * Lives on the stack for the length of one call and must not be copied.
 */
struct ksock_msg {
	struct msghdr hdr;
	struct iovec iov;
};

/**
 * struct ksock_msg_iov - a message of parts
 * @msg: the message.
 * @fast: room for a few parts.
 * @iov: what is allocated for more, else NULL.
 */
struct ksock_msg_iov {
	struct ksock_msg msg;
	struct iovec fast[UIO_FASTIOV];
	struct iovec *iov;
};

int ksock_msg_init_user(struct ksock_msg *msg, unsigned int direction,
			void __user *buf, u64 len);
int ksock_msg_init_iov(struct ksock_msg_iov *msg, unsigned int direction,
		       const struct iovec __user *iov, unsigned int count);
void ksock_msg_free_iov(struct ksock_msg_iov *msg);
void ksock_msg_set_control(struct ksock_msg *msg, void *control, size_t len);
void ksock_msg_set_control_user(struct ksock_msg *msg, void __user *control,
				size_t len);
void ksock_msg_init_iter(struct ksock_msg *msg, const struct iov_iter *iter);
void ksock_msg_set_name(struct ksock_msg *msg, struct ksock_addr *addr);

#endif /* KSOCK_CORE_MSG_H */
