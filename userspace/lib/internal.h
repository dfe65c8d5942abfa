/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
/*
 * What the files of the library share.  Only this header includes the
 * interface of the kernel module: the objects, the two ways to call it, and
 * the translation of addresses, timeouts and entries of a batch between its form
 * and the public one.
 */
#ifndef KSOCK_INTERNAL_H
#define KSOCK_INTERNAL_H

#include <assert.h>
#include <errno.h>
#include <ksock.h>
#include <linux/ksock.h>
#include <linux/ksock_opt.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define KSOCK_API __attribute__((visibility("default")))

struct ksock_ctx {
	int fd;
};

struct ksock_sock {
	int fd;
};

static_assert(sizeof(struct sockaddr_storage) == KSOCK_ADDR_MAX,
	      "an address of the kernel module fits the public one");

#define KSOCK_SAME_MEMBER(_public, _member, _uapi, _uapi_member)	\
	(offsetof(_public, _member) == offsetof(_uapi, _uapi_member) &&	\
	 sizeof(((_public *)0)->_member) ==				\
	 sizeof(((_uapi *)0)->_uapi_member))

#define KSOCK_SAME_OP(_member, _uapi_member)				\
	static_assert(KSOCK_SAME_MEMBER(struct ksock_op, _member,	\
					struct ksock_batch_op,		\
					_uapi_member),			\
		      "an operation is handed over as it is")

#define KSOCK_SAME_RESULT(_member, _uapi_member)			\
	static_assert(KSOCK_SAME_MEMBER(struct ksock_op_result, _member, \
					struct ksock_batch_result,	\
					_uapi_member),			\
		      "a result is handed over as it is")

KSOCK_SAME_OP(opcode, opcode);
KSOCK_SAME_OP(slot, slot);
KSOCK_SAME_OP(flags, flags);
KSOCK_SAME_OP(buf_ptr, buf_ptr);
KSOCK_SAME_OP(len, len);
KSOCK_SAME_OP(addr_len, addr_len);
KSOCK_SAME_OP(addr_ptr, addr_ptr);
KSOCK_SAME_OP(reserved, __reserved);
KSOCK_SAME_RESULT(ret, out_ret);
KSOCK_SAME_RESULT(flags, out_flags);
KSOCK_SAME_RESULT(addr_len, out_addr_len);
KSOCK_SAME_RESULT(reserved, __reserved);
static_assert(sizeof(struct ksock_op) == sizeof(struct ksock_batch_op) &&
	      sizeof(struct ksock_op_result) ==
	      sizeof(struct ksock_batch_result), "arrays agree, too");

#define KSOCK_SAME_NUMBER(_public, _uapi)				\
	static_assert((unsigned int)(_public) == (unsigned int)(_uapi),	\
		      "a number is handed over as it is")

KSOCK_SAME_NUMBER(KSOCK_OP_SEND, KSOCK_BATCH_SEND);
KSOCK_SAME_NUMBER(KSOCK_OP_RECV, KSOCK_BATCH_RECV);
KSOCK_SAME_NUMBER(KSOCK_RUN_STOP, KSOCK_BATCH_STOP);
KSOCK_SAME_NUMBER(KSOCK_FEATURE_USER, KSOCK_FEAT_USER);
KSOCK_SAME_NUMBER(KSOCK_FEATURE_MSG, KSOCK_FEAT_MSG);
KSOCK_SAME_NUMBER(KSOCK_FEATURE_TIMEOUT, KSOCK_FEAT_TIMEOUT);
KSOCK_SAME_NUMBER(KSOCK_FEATURE_OPT, KSOCK_FEAT_OPT);
KSOCK_SAME_NUMBER(KSOCK_FEATURE_ABORT, KSOCK_FEAT_ABORT);
KSOCK_SAME_NUMBER(KSOCK_FEATURE_BATCH, KSOCK_FEAT_BATCH);
KSOCK_SAME_NUMBER(KSOCK_FEATURE_KERN, KSOCK_FEAT_KERN);

/*
 * Calls the kernel module on a descriptor known to be of the right kind.  A
 * command it does not know, or a field it does not know and that is not zero,
 * then means that the module is older than the library.
 */
static inline int ksock_ioctl(int fd, unsigned long cmd, void *args)
{
	int ret;

	ret = ioctl(fd, cmd, args);
	if (ret < 0 && (errno == ENOTTY || errno == E2BIG))
		errno = EOPNOTSUPP;
	return ret;
}

/*
 * Asks a descriptor of unknown kind for its INFO, which fails with ENOTTY when
 * it is of another kind.  Some drivers answer EINVAL to what they do not know,
 * or succeed with a number; no INFO of the kernel module does either.
 */
static inline int ksock_ioctl_probe(int fd, unsigned long cmd, void *info)
{
	int ret;

	ret = ioctl(fd, cmd, info);
	if (ret > 0 || (ret < 0 && errno == EINVAL)) {
		errno = ENOTTY;
		return -1;
	}
	return ret;
}

static inline int ksock_addr_to_uapi(const struct ksock_addr *addr,
				     struct ksock_sockaddr *uapi)
{
	if (addr->len > sizeof(addr->storage)) {
		errno = EINVAL;
		return -1;
	}

	uapi->len = addr->len;
	memcpy(uapi->bytes, &addr->storage, addr->len);
	return 0;
}

static inline void ksock_addr_from_uapi(struct ksock_addr *addr,
					const struct ksock_sockaddr *uapi)
{
	memcpy(&addr->storage, uapi->bytes, sizeof(addr->storage));
	addr->len = uapi->len;
	if (addr->len > sizeof(addr->storage))
		addr->len = sizeof(addr->storage);
}

/*
 * To the kernel module 0 is for ever, so where no flag says not to wait the
 * shortest time is asked for.
 */
static inline uint64_t ksock_timeout_to_uapi(int64_t timeout_ns)
{
	if (timeout_ns < 0)
		return 0;
	return timeout_ns ? timeout_ns : 1;
}

/* The same for a call that has the flag. */
static inline uint64_t ksock_timeout_to_flags(int64_t timeout_ns,
					      uint32_t *flags)
{
	if (!timeout_ns)
		*flags |= MSG_DONTWAIT;
	return timeout_ns > 0 ? timeout_ns : 0;
}

#endif /* KSOCK_INTERNAL_H */
