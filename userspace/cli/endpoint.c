// SPDX-License-Identifier: GPL-2.0-only
/*
 * From an address on the command line to a socket that is bound or connected.
 * The device is open only meanwhile: a socket lives on without it.  Errors
 * are reported here, where it is known what to advise.
 */
#include "endpoint.h"
#include "output.h"
#include "setting.h"

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

/* What level a socket knows of is told by one errno or the other. */
static const struct endpoint_hint endpoint_opt_hints[] = {
	{ EPERM,       "needs CAP_NET_ADMIN, or the module with relaxed=1" },
	{ EOPNOTSUPP,  "not an option of this kernel or of this socket" },
	{ ENOPROTOOPT, "not an option of this kernel or of this socket" },
	{ EPROTO,      "not an option of a stream" },
	{ 0 }
};

static int endpoint_error(const char *subject, int err,
			  const struct endpoint_hint *hints)
{
	while (hints->err && hints->err != err)
		hints++;
	return output_error(subject, strerror(err), hints->hint);
}

int endpoint_report(const char *subject, int err)
{
	return endpoint_error(subject, err, endpoint_socket_hints);
}

int endpoint_report_opt(const char *subject, int err)
{
	return endpoint_error(subject, err, endpoint_opt_hints);
}

int endpoint_resolve(struct endpoint *endpoint, const struct config *config,
		     int flags)
{
	const char *target = config->target;
	int type = endpoint->type;

	endpoint->config = config;
	endpoint->count = ksock_addr_resolve(target, config->family, flags,
					     &endpoint->type, endpoint->addrs,
					     ENDPOINT_MAX);
	if (endpoint->count > 0)
		return EXIT_SUCCESS;

	switch (errno) {
	case EINVAL:
		return usage_error(target, flags & KSOCK_ADDR_PASSIVE ?
				   "not of the form [HOST:]PORT" :
				   "not of the form HOST:PORT");
	case EPROTOTYPE:
		return usage_error(target, type == SOCK_STREAM ?
				   "not a TCP address" : "not a UDP address");
	case ENOENT:
		return output_error(target, "host or service not known", NULL);
	case EAGAIN:
		return output_error(target, "no answer from the name server",
				    NULL);
	case EAFNOSUPPORT:
		return output_error(target, "no address of this family", NULL);
	default:
		return output_error(target, strerror(errno), NULL);
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

struct ksock_sock *endpoint_make(struct ksock_ctx *ctx,
				 const struct config *config, int family,
				 int type, int protocol)
{
	type |= SOCK_CLOEXEC;
	if (config->kern)
		return ksock_socket_kern(ctx, family, type, protocol);
	return ksock_socket(ctx, family, type, protocol);
}

/*
 * A socket with the options that the command line asks for.  When one cannot
 * be set, that is what @setting says.
 */
static struct ksock_sock *endpoint_socket(struct ksock_ctx *ctx,
					  const struct endpoint *endpoint,
					  int i, int flags,
					  const struct setting **setting)
{
	const struct settings *settings = endpoint->config->settings;
	int family = endpoint->addrs[i].storage.ss_family;
	struct ksock_sock *sock;
	size_t j;

	sock = endpoint_make(ctx, endpoint->config, family,
			     endpoint->type | flags, 0);
	for (j = 0; sock && j < settings->count; j++) {
		if (!setting_apply(&settings->items[j], sock, family))
			continue;
		*setting = &settings->items[j];
		ksock_sock_close(sock);
		return NULL;
	}
	return sock;
}

/* Of several addresses it is the last that is told of. */
static void endpoint_failure(const char *subject, const struct setting *setting,
			     int err)
{
	if (setting)
		endpoint_report_opt(setting->text, err);
	else
		endpoint_report(subject, err);
}

static struct ksock_sock *endpoint_bind_one(struct ksock_ctx *ctx,
					    const struct endpoint *endpoint,
					    int i,
					    const struct setting **setting)
{
	const struct ksock_addr *addr = &endpoint->addrs[i];
	bool stream = endpoint->type == SOCK_STREAM;
	struct ksock_sock *sock;

	sock = endpoint_socket(ctx, endpoint, i, stream ? SOCK_NONBLOCK : 0,
			       setting);
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
	const struct setting *setting = NULL;
	struct ksock_sock *sock = NULL;
	struct ksock_ctx *ctx;
	int i, err = 0;

	ctx = endpoint_open();
	if (!ctx)
		return NULL;

	for (i = 0; i < endpoint->count && !sock; i++) {
		setting = NULL;
		ksock_addr_format(&endpoint->addrs[i], subject,
				  sizeof(subject));
		sock = endpoint_bind_one(ctx, endpoint, i, &setting);
		err = errno;
	}
	ksock_close(ctx);

	if (!sock)
		endpoint_failure(subject, setting, err);
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

void endpoint_forget(struct ksock_sock *sock)
{
	struct msghdr msg = { 0 };

	while (ksock_recvmsg(sock, &msg, MSG_ERRQUEUE | MSG_DONTWAIT) >= 0)
		memset(&msg, 0, sizeof(msg));
}

/*
 * A process that was stopped and goes on does so with its patience: that is no
 * reason to give up, and the attempt went on meanwhile.
 */
static struct ksock_sock *endpoint_connect_one(struct ksock_ctx *ctx,
					       const struct endpoint *endpoint,
					       int i,
					       const struct setting **setting)
{
	const struct config *config = endpoint->config;
	int64_t timeout_ns = KSOCK_FOREVER;
	struct ksock_sock *sock;
	int ret;

	sock = endpoint_socket(ctx, endpoint, i, 0, setting);
	if (!sock)
		return NULL;

	if (config->connect_ms >= 0)
		timeout_ns = INT64_C(1000000) * config->connect_ms;
	else if (config->timeout_ms >= 0)
		timeout_ns = INT64_C(1000000) * config->timeout_ms;
	do {
		ret = ksock_connect_timed(sock, &endpoint->addrs[i],
					  timeout_ns);
	} while (ret && errno == EINTR);

	if (ret && (errno == EINPROGRESS || errno == EALREADY))
		errno = ETIMEDOUT;
	if (ret) {
		ksock_sock_close(sock);
		return NULL;
	}
	return sock;
}

struct ksock_sock *endpoint_connect(const struct endpoint *endpoint,
				    char subject[KSOCK_ADDR_STRLEN])
{
	const struct setting *setting = NULL;
	struct ksock_sock *sock = NULL;
	struct ksock_ctx *ctx;
	int i, err = 0;

	ctx = endpoint_open();
	if (!ctx)
		return NULL;

	for (i = 0; i < endpoint->count && !sock; i++) {
		setting = NULL;
		ksock_addr_format(&endpoint->addrs[i], subject,
				  KSOCK_ADDR_STRLEN);
		sock = endpoint_connect_one(ctx, endpoint, i, &setting);
		err = errno;
	}
	ksock_close(ctx);

	if (!sock)
		endpoint_failure(subject, setting, err);
	return sock;
}
