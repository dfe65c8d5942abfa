// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
/*
 * Sockets: their life from socket() or accept() to close(), their names and
 * what they say of themselves.  A socket is nothing but its descriptor.  Data
 * moves in io.c.
 */
#include "internal.h"

struct ksock_sock_info {
	struct ksock_socket_info uapi;
};

static void sock_free(struct ksock_sock *sock)
{
	int err = errno;

	free(sock);
	errno = err;
}

static struct ksock_sock *sock_make(struct ksock_ctx *ctx,
				    struct ksock_socket_args *args)
{
	struct ksock_sock *sock;

	sock = malloc(sizeof(*sock));
	if (!sock)
		return NULL;

	sock->fd = ksock_ioctl(ctx->fd, KSOCK_IOC_SOCKET, args);
	if (sock->fd < 0) {
		sock_free(sock);
		return NULL;
	}
	return sock;
}

KSOCK_API struct ksock_sock *ksock_socket(struct ksock_ctx *ctx, int family,
					  int type, int protocol)
{
	struct ksock_socket_args args = {
		.family = family,
		.type = type,
		.protocol = protocol,
	};

	assert(ctx);
	return sock_make(ctx, &args);
}

/* To an older module the flag is one that it does not know. */
static void sock_explain_kern(struct ksock_ctx *ctx)
{
	struct ksock_device_info info = { 0 };

	if (errno != EINVAL)
		return;
	if (!ksock_ioctl(ctx->fd, KSOCK_IOC_DEVICE_INFO, &info) &&
	    !(info.out_features & KSOCK_FEAT_KERN))
		errno = EOPNOTSUPP;
	else
		errno = EINVAL;
}

KSOCK_API struct ksock_sock *ksock_socket_kern(struct ksock_ctx *ctx,
					       int family, int type,
					       int protocol)
{
	struct ksock_socket_args args = {
		.flags = KSOCK_SOCKET_KERN,
		.family = family,
		.type = type,
		.protocol = protocol,
	};
	struct ksock_sock *sock;

	assert(ctx);

	sock = sock_make(ctx, &args);
	if (!sock)
		sock_explain_kern(ctx);
	return sock;
}

KSOCK_API struct ksock_sock *ksock_sock_open_fd(int fd)
{
	struct ksock_socket_info info = { 0 };
	struct ksock_sock *sock;

	if (ksock_ioctl_probe(fd, KSOCK_IOC_SOCKET_INFO, &info))
		return NULL;

	sock = malloc(sizeof(*sock));
	if (!sock)
		return NULL;

	sock->fd = fd;
	return sock;
}

KSOCK_API void ksock_sock_close(struct ksock_sock *sock)
{
	int err = errno;

	if (!sock)
		return;

	close(sock->fd);
	free(sock);
	errno = err;
}

KSOCK_API int ksock_sock_get_fd(const struct ksock_sock *sock)
{
	assert(sock);
	return sock->fd;
}

KSOCK_API int ksock_bind(struct ksock_sock *sock, const struct ksock_addr *addr)
{
	struct ksock_bind_args args = { 0 };

	assert(sock);
	assert(addr);

	if (ksock_addr_to_uapi(addr, &args.addr))
		return -1;
	return ksock_ioctl(sock->fd, KSOCK_IOC_BIND, &args);
}

KSOCK_API int ksock_listen(struct ksock_sock *sock, int backlog)
{
	struct ksock_listen_args args = { .backlog = backlog };

	assert(sock);
	return ksock_ioctl(sock->fd, KSOCK_IOC_LISTEN, &args);
}

/*
 * The new socket's memory comes first: once the kernel has handed out the
 * connection, nothing may fail and lose it.
 */
KSOCK_API struct ksock_sock *ksock_accept_timed(struct ksock_sock *sock,
						struct ksock_addr *peer,
						int flags, int64_t timeout_ns)
{
	struct ksock_accept_args args = {
		.flags = flags,
		.timeout_ns = ksock_timeout_to_uapi(timeout_ns),
	};
	struct ksock_sock *new;

	assert(sock);

	new = malloc(sizeof(*new));
	if (!new)
		return NULL;

	new->fd = ksock_ioctl(sock->fd, KSOCK_IOC_ACCEPT, &args);
	if (new->fd < 0) {
		sock_free(new);
		return NULL;
	}

	if (peer)
		ksock_addr_from_uapi(peer, &args.out_addr);
	return new;
}

KSOCK_API struct ksock_sock *ksock_accept(struct ksock_sock *sock,
					  struct ksock_addr *peer, int flags)
{
	return ksock_accept_timed(sock, peer, flags, KSOCK_FOREVER);
}

KSOCK_API int ksock_connect_timed(struct ksock_sock *sock,
				  const struct ksock_addr *addr,
				  int64_t timeout_ns)
{
	struct ksock_connect_args args = {
		.timeout_ns = ksock_timeout_to_uapi(timeout_ns),
	};

	assert(sock);
	assert(addr);

	if (ksock_addr_to_uapi(addr, &args.addr))
		return -1;
	return ksock_ioctl(sock->fd, KSOCK_IOC_CONNECT, &args);
}

KSOCK_API int ksock_connect(struct ksock_sock *sock,
			    const struct ksock_addr *addr)
{
	return ksock_connect_timed(sock, addr, KSOCK_FOREVER);
}

KSOCK_API int ksock_shutdown(struct ksock_sock *sock, int how)
{
	struct ksock_shutdown_args args = { .how = how };

	assert(sock);
	return ksock_ioctl(sock->fd, KSOCK_IOC_SHUTDOWN, &args);
}

KSOCK_API int ksock_abort(struct ksock_sock *sock)
{
	struct ksock_abort_args args = { 0 };

	assert(sock);
	return ksock_ioctl(sock->fd, KSOCK_IOC_ABORT, &args);
}

static int sock_name(struct ksock_sock *sock, enum ksock_side side,
		     struct ksock_addr *addr)
{
	struct ksock_name_args args = { .side = side };

	assert(sock);
	assert(addr);

	if (ksock_ioctl(sock->fd, KSOCK_IOC_NAME, &args))
		return -1;

	ksock_addr_from_uapi(addr, &args.out_addr);
	return 0;
}

KSOCK_API int ksock_getsockname(struct ksock_sock *sock,
				struct ksock_addr *addr)
{
	return sock_name(sock, KSOCK_SIDE_OWN, addr);
}

KSOCK_API int ksock_getpeername(struct ksock_sock *sock,
				struct ksock_addr *addr)
{
	return sock_name(sock, KSOCK_SIDE_PEER, addr);
}

KSOCK_API struct ksock_sock_info *ksock_sock_get_info(struct ksock_sock *sock)
{
	struct ksock_sock_info *info;
	int err;

	assert(sock);

	info = calloc(1, sizeof(*info));
	if (!info)
		return NULL;

	if (ksock_ioctl(sock->fd, KSOCK_IOC_SOCKET_INFO, &info->uapi)) {
		err = errno;
		free(info);
		errno = err;
		return NULL;
	}
	return info;
}

KSOCK_API void ksock_sock_info_free(struct ksock_sock_info *info)
{
	free(info);
}

KSOCK_API bool ksock_sock_info_is_kern(const struct ksock_sock_info *info)
{
	assert(info);
	return info->uapi.out_mode == KSOCK_MODE_KERN;
}

KSOCK_API int ksock_sock_info_get_family(const struct ksock_sock_info *info)
{
	assert(info);
	return info->uapi.out_family;
}

KSOCK_API int ksock_sock_info_get_type(const struct ksock_sock_info *info)
{
	assert(info);
	return info->uapi.out_type;
}

KSOCK_API int ksock_sock_info_get_protocol(const struct ksock_sock_info *info)
{
	assert(info);
	return info->uapi.out_protocol;
}

KSOCK_API int ksock_sock_info_get_state(const struct ksock_sock_info *info)
{
	assert(info);
	return info->uapi.out_state;
}

KSOCK_API uid_t ksock_sock_info_get_uid(const struct ksock_sock_info *info)
{
	assert(info);
	return info->uapi.out_uid;
}

KSOCK_API uint64_t ksock_sock_info_get_inode(const struct ksock_sock_info *info)
{
	assert(info);
	return info->uapi.out_inode;
}

KSOCK_API uint64_t
ksock_sock_info_get_cookie(const struct ksock_sock_info *info)
{
	assert(info);
	return info->uapi.out_cookie;
}

KSOCK_API uint64_t ksock_sock_info_get_netns(const struct ksock_sock_info *info)
{
	assert(info);
	return info->uapi.out_netns;
}

KSOCK_API uint64_t
ksock_sock_info_get_sent_ops(const struct ksock_sock_info *info)
{
	assert(info);
	return info->uapi.out_sent_ops;
}

KSOCK_API uint64_t
ksock_sock_info_get_sent_bytes(const struct ksock_sock_info *info)
{
	assert(info);
	return info->uapi.out_sent_bytes;
}

KSOCK_API uint64_t
ksock_sock_info_get_received_ops(const struct ksock_sock_info *info)
{
	assert(info);
	return info->uapi.out_received_ops;
}

KSOCK_API uint64_t
ksock_sock_info_get_received_bytes(const struct ksock_sock_info *info)
{
	assert(info);
	return info->uapi.out_received_bytes;
}

KSOCK_API int ksock_sock_get_tcp_info(struct ksock_sock *sock, void *info,
				      socklen_t *len)
{
	struct ksock_socket_info args = {
		.tcp_info_ptr = (uintptr_t)info,
	};

	assert(sock);
	assert(len);

	args.tcp_info_len = *len;
	if (ksock_ioctl(sock->fd, KSOCK_IOC_SOCKET_INFO, &args))
		return -1;

	*len = args.out_tcp_info_len;
	return 0;
}
