// SPDX-License-Identifier: GPL-2.0-only
/*
 * From an address on the command line to a socket that is bound or connected.
 * The device is open only meanwhile: a socket lives on without it.  Errors
 * are reported here, where it is known what to advise.
 */
#include "endpoint.h"
#include "output.h"

#include <errno.h>
#include <poll.h>
#include <string.h>

const char endpoint_device[] = "/dev/ksock";

struct endpoint_hint {
	int err;
	const char *hint;
};

static const struct endpoint_hint endpoint_device_hints[] = {
	{ ENOENT, "the module is not loaded, try: modprobe ksock" },
	{ ENXIO,  "the module is not loaded, try: modprobe ksock" },
	{ ENODEV, "the module is not loaded, try: modprobe ksock" },
	{ EACCES, "only root may open it unless a udev rule says otherwise" },
	{ ENOTTY, "another file has the name of the device" },
	{ 0 }
};

static const struct endpoint_hint endpoint_socket_hints[] = {
	{ EPERM,      "needs CAP_NET_ADMIN, or the module with relaxed=1" },
	{ EDQUOT,     "the user owns as many as the module allows" },
	{ EOPNOTSUPP, "the module may be older than this program" },
	{ 0 }
};

static void endpoint_error(const char *subject, int err,
			   const struct endpoint_hint *hints)
{
	while (hints->err && hints->err != err)
		hints++;
	output_error(subject, strerror(err), hints->hint);
}

int endpoint_resolve(struct endpoint *endpoint, const struct config *config,
		     int flags)
{
	int type = endpoint->type;

	endpoint->count = ksock_addr_resolve(config->target, config->family,
					     flags, &endpoint->type,
					     endpoint->addrs, ENDPOINT_MAX);
	if (endpoint->count > 0)
		return EXIT_SUCCESS;

	switch (errno) {
	case EINVAL:
		return usage_error(config->target, flags & KSOCK_ADDR_PASSIVE ?
				   "not of the form [HOST:]PORT" :
				   "not of the form HOST:PORT");
	case EPROTOTYPE:
		return usage_error(config->target, type == SOCK_STREAM ?
				   "not a TCP address" : "not a UDP address");
	case ENOENT:
		return output_error(config->target,
				    "host or service not known", NULL);
	case EAGAIN:
		return output_error(config->target,
				    "no answer from the name server", NULL);
	case EAFNOSUPPORT:
		return output_error(config->target,
				    "no address of this family", NULL);
	default:
		return output_error(config->target, strerror(errno), NULL);
	}
}

struct ksock_ctx *endpoint_open(void)
{
	struct ksock_ctx *ctx;

	ctx = ksock_open(NULL);
	if (!ctx)
		endpoint_error(endpoint_device, errno, endpoint_device_hints);
	return ctx;
}

static struct ksock_sock *endpoint_socket(struct ksock_ctx *ctx,
					  const struct ksock_addr *addr,
					  int type)
{
	return ksock_socket(ctx, addr->storage.ss_family, type | SOCK_CLOEXEC,
			    0);
}

static struct ksock_sock *endpoint_bind_one(struct ksock_ctx *ctx,
					    const struct ksock_addr *addr,
					    int type)
{
	bool stream = type == SOCK_STREAM;
	struct ksock_sock *sock;

	sock = endpoint_socket(ctx, addr, stream ? type | SOCK_NONBLOCK : type);
	if (!sock)
		return NULL;

	if (ksock_bind(sock, addr) || (stream && ksock_listen(sock, -1))) {
		ksock_sock_close(sock);
		return NULL;
	}
	return sock;
}

struct ksock_sock *endpoint_bind(const struct endpoint *endpoint)
{
	char subject[KSOCK_ADDR_STRLEN] = "";
	struct ksock_sock *sock = NULL;
	struct ksock_ctx *ctx;
	int i, err = 0;

	ctx = endpoint_open();
	if (!ctx)
		return NULL;

	for (i = 0; i < endpoint->count && !sock; i++) {
		ksock_addr_format(&endpoint->addrs[i], subject,
				  sizeof(subject));
		sock = endpoint_bind_one(ctx, &endpoint->addrs[i],
					 endpoint->type);
		err = errno;
	}
	ksock_close(ctx);

	if (!sock)
		endpoint_error(subject, err, endpoint_socket_hints);
	return sock;
}

int endpoint_wait(struct ksock_sock *sock, short events, int timeout_ms)
{
	struct pollfd pfd = {
		.fd = ksock_sock_get_fd(sock),
		.events = events,
	};
	int ret;

	do {
		ret = poll(&pfd, 1, timeout_ms);
	} while (ret < 0 && errno == EINTR);

	if (!ret)
		errno = ETIMEDOUT;
	return ret > 0 ? 0 : -1;
}

/*
 * A second connect() tells how the first one ended: the stack answers success
 * once, or the error that ended it.
 */
static struct ksock_sock *endpoint_connect_one(struct ksock_ctx *ctx,
					       const struct ksock_addr *addr,
					       int type, int timeout_ms)
{
	struct ksock_sock *sock;
	int ret;

	sock = endpoint_socket(ctx, addr, type | SOCK_NONBLOCK);
	if (!sock)
		return NULL;

	ret = ksock_connect(sock, addr);
	if (ret && errno == EINPROGRESS) {
		ret = endpoint_wait(sock, POLLOUT, timeout_ms);
		if (!ret)
			ret = ksock_connect(sock, addr);
	}
	if (ret) {
		ksock_sock_close(sock);
		return NULL;
	}
	return sock;
}

struct ksock_sock *endpoint_connect(const struct endpoint *endpoint,
				    int timeout_ms,
				    char subject[KSOCK_ADDR_STRLEN])
{
	struct ksock_sock *sock = NULL;
	struct ksock_ctx *ctx;
	int i, err = 0;

	ctx = endpoint_open();
	if (!ctx)
		return NULL;

	for (i = 0; i < endpoint->count && !sock; i++) {
		ksock_addr_format(&endpoint->addrs[i], subject,
				  KSOCK_ADDR_STRLEN);
		sock = endpoint_connect_one(ctx, &endpoint->addrs[i],
					    endpoint->type, timeout_ms);
		err = errno;
	}
	ksock_close(ctx);

	if (!sock)
		endpoint_error(subject, err, endpoint_socket_hints);
	return sock;
}
