// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
/*
 * Contexts: opening and closing the device, and what it says of itself.  A
 * context is nothing but its descriptor; the kernel module keeps the rest.
 */
#include "internal.h"

#include <fcntl.h>

#define CTX_DEFAULT_PATH "/dev/ksock"

struct ksock_ctx_info {
	struct ksock_device_info uapi;
};

KSOCK_API struct ksock_ctx *ksock_open(const char *path)
{
	struct ksock_ctx *ctx;
	int fd, err;

	fd = open(path ? path : CTX_DEFAULT_PATH, O_RDWR | O_CLOEXEC);
	if (fd < 0)
		return NULL;

	ctx = ksock_open_fd(fd);
	if (!ctx) {
		err = errno;
		close(fd);
		errno = err;
	}
	return ctx;
}

KSOCK_API struct ksock_ctx *ksock_open_fd(int fd)
{
	struct ksock_device_info info = { 0 };
	struct ksock_ctx *ctx;

	if (ksock_ioctl_probe(fd, KSOCK_IOC_DEVICE_INFO, &info))
		return NULL;

	ctx = malloc(sizeof(*ctx));
	if (!ctx)
		return NULL;

	ctx->fd = fd;
	return ctx;
}

KSOCK_API void ksock_close(struct ksock_ctx *ctx)
{
	int err = errno;

	if (!ctx)
		return;

	close(ctx->fd);
	free(ctx);
	errno = err;
}

KSOCK_API int ksock_get_fd(const struct ksock_ctx *ctx)
{
	assert(ctx);
	return ctx->fd;
}

KSOCK_API struct ksock_ctx_info *ksock_get_info(const struct ksock_ctx *ctx)
{
	struct ksock_ctx_info *info;
	int err;

	assert(ctx);

	info = calloc(1, sizeof(*info));
	if (!info)
		return NULL;

	if (ksock_ioctl(ctx->fd, KSOCK_IOC_DEVICE_INFO, &info->uapi)) {
		err = errno;
		free(info);
		errno = err;
		return NULL;
	}
	return info;
}

KSOCK_API void ksock_ctx_info_free(struct ksock_ctx_info *info)
{
	free(info);
}

KSOCK_API uint32_t
ksock_ctx_info_get_abi_revision(const struct ksock_ctx_info *info)
{
	assert(info);
	return info->uapi.out_abi_revision;
}

KSOCK_API uint64_t
ksock_ctx_info_get_features(const struct ksock_ctx_info *info)
{
	assert(info);
	return info->uapi.out_features;
}

KSOCK_API uint64_t ksock_ctx_info_get_netns(const struct ksock_ctx_info *info)
{
	assert(info);
	return info->uapi.out_netns;
}

KSOCK_API bool ksock_ctx_info_is_relaxed(const struct ksock_ctx_info *info)
{
	assert(info);
	return info->uapi.out_relaxed;
}

KSOCK_API uint32_t
ksock_ctx_info_get_max_sockets(const struct ksock_ctx_info *info)
{
	assert(info);
	return info->uapi.out_max_sockets;
}

KSOCK_API uint32_t
ksock_ctx_info_get_sockets(const struct ksock_ctx_info *info)
{
	assert(info);
	return info->uapi.out_sockets;
}
