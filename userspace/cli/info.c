// SPDX-License-Identifier: GPL-2.0-only
/*
 * ksock info: what the device says of itself.
 */
#include "cli.h"
#include "endpoint.h"
#include "output.h"

#include <errno.h>
#include <string.h>

int info_show(const struct config *config)
{
	struct output_device device = { .library = ksock_version() };
	struct ksock_ctx_info *info;
	struct ksock_ctx *ctx;

	(void)config;

	ctx = endpoint_open();
	if (!ctx)
		return EXIT_FAILURE;

	info = ksock_get_info(ctx);
	ksock_close(ctx);
	if (!info)
		return output_error(endpoint_device, strerror(errno), NULL);

	device.revision = ksock_ctx_info_get_abi_revision(info);
	device.features = ksock_ctx_info_get_features(info);
	device.netns = ksock_ctx_info_get_netns(info);
	device.relaxed = ksock_ctx_info_is_relaxed(info);
	device.max_sockets = ksock_ctx_info_get_max_sockets(info);
	device.sockets = ksock_ctx_info_get_sockets(info);
	ksock_ctx_info_free(info);

	output_device(&device);
	return EXIT_SUCCESS;
}
