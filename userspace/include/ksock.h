/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
/*
 * libksock: kernel sockets held through /dev/ksock.
 *
 * Two objects, each one file descriptor inside: a context, which is an open
 * /dev/ksock and stands for the network namespace it was opened in, and a
 * socket made from it.  A socket may outlive its context.
 *
 * Errors.  A function that fails returns NULL or -1 and sets errno; errno is
 * left alone on success.  Each function lists the errors of its own; those of
 * the system call of the same name come on top, unchanged from the kernel.
 * Throughout:
 *	EPERM		the kernel module asks for CAP_NET_ADMIN, of whoever
 *			opened the context and of the caller
 *	EOPNOTSUPP	not by this kind of socket, or not by the version of
 *			the kernel module that is loaded
 *
 * Pointers to objects must not be NULL; the closing and freeing functions
 * alone take NULL and do nothing.
 *
 * Threads.  Calls on different objects do not affect each other.  Several
 * threads may use one socket or context at once, as they may use a file
 * descriptor; closing it must come last.  The library keeps no global state
 * and allocates nothing to send or receive.
 */
#ifndef KSOCK_H
#define KSOCK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>
#include <sys/types.h>

#ifdef __cplusplus
extern "C" {
#endif

/** struct ksock_ctx - context, an open /dev/ksock */
struct ksock_ctx;

/** struct ksock_sock - socket */
struct ksock_sock;

/** struct ksock_ctx_info - what a context said of itself, a snapshot */
struct ksock_ctx_info;

/** struct ksock_sock_info - what a socket said of itself, a snapshot */
struct ksock_sock_info;

/**
 * struct ksock_addr - socket address, a value
 * @len: length in bytes of what is valid in @storage
 * @storage: the address, its family in ss_family, network byte order
 */
struct ksock_addr {
	socklen_t len;
	struct sockaddr_storage storage;
};

/**
 * ksock_version() - version of the library
 *
 * Return: a string such as "1.2.3", valid for ever.
 */
const char *ksock_version(void);

/* ---- Contexts ---------------------------------------------------------- */

/**
 * ksock_open() - open the device
 * @path: device node, NULL for /dev/ksock
 *
 * The context stands for the network namespace of the caller at this moment.
 *
 * Return: a context to be closed with ksock_close(), or NULL.
 *
 * Errors: ENOENT and ENXIO when the module is not loaded, EACCES when the
 * node's permissions refuse the caller, ENOTTY when @path is some other file,
 * EMFILE, ENFILE, ENOMEM.
 */
struct ksock_ctx *ksock_open(const char *path);

/**
 * ksock_open_fd() - take over an open descriptor of the device
 * @fd: descriptor, for instance received with SCM_RIGHTS
 *
 * Return: a context that owns @fd, to be closed with ksock_close(), or NULL,
 * and then @fd is still the caller's.
 *
 * Errors: EBADF, ENOTTY when @fd is not of the device, ENOMEM.
 */
struct ksock_ctx *ksock_open_fd(int fd);

/**
 * ksock_close() - close a context
 * @ctx: context or NULL
 *
 * Sockets made from it stay.  errno is preserved.
 */
void ksock_close(struct ksock_ctx *ctx);

/**
 * ksock_get_fd() - descriptor of a context
 * @ctx: context
 *
 * Return: the descriptor, which stays the context's.
 */
int ksock_get_fd(const struct ksock_ctx *ctx);

/**
 * ksock_get_info() - ask the device about itself
 * @ctx: context
 *
 * Return: a snapshot to be freed with ksock_ctx_info_free(), or NULL.
 *
 * Errors: ENOMEM.
 */
struct ksock_ctx_info *ksock_get_info(const struct ksock_ctx *ctx);

/** ksock_ctx_info_free() - free a snapshot, or nothing when NULL */
void ksock_ctx_info_free(struct ksock_ctx_info *info);

/** ksock_ctx_info_get_abi_revision() - revision of the kernel interface */
uint32_t ksock_ctx_info_get_abi_revision(const struct ksock_ctx_info *info);

/** ksock_ctx_info_get_features() - feature bits, see ksock(4) */
uint64_t ksock_ctx_info_get_features(const struct ksock_ctx_info *info);

/** ksock_ctx_info_get_netns() - inode number of the network namespace */
uint64_t ksock_ctx_info_get_netns(const struct ksock_ctx_info *info);

/** ksock_ctx_info_is_relaxed() - whether an open context is right enough */
bool ksock_ctx_info_is_relaxed(const struct ksock_ctx_info *info);

/** ksock_ctx_info_get_max_sockets() - limit per user, 0 for none */
uint32_t ksock_ctx_info_get_max_sockets(const struct ksock_ctx_info *info);

/** ksock_ctx_info_get_sockets() - sockets the calling user owns */
uint32_t ksock_ctx_info_get_sockets(const struct ksock_ctx_info *info);

/* ---- Sockets ----------------------------------------------------------- */

/**
 * ksock_socket() - make a socket, as socket(2)
 * @ctx: context whose network namespace it shall live in
 * @family: AF_INET or AF_INET6
 * @type: SOCK_STREAM or SOCK_DGRAM, and SOCK_NONBLOCK, SOCK_CLOEXEC
 * @protocol: 0, IPPROTO_TCP or IPPROTO_UDP
 *
 * Return: a socket to be closed with ksock_sock_close(), or NULL.
 *
 * Errors: EAFNOSUPPORT, ESOCKTNOSUPPORT, EPROTONOSUPPORT, EDQUOT when the
 * user owns as many sockets as the module allows, EMFILE, ENFILE, ENOMEM.
 */
struct ksock_sock *ksock_socket(struct ksock_ctx *ctx, int family, int type,
				int protocol);

/**
 * ksock_sock_open_fd() - take over an open descriptor of a socket
 * @fd: descriptor of a ksock socket, for instance received with SCM_RIGHTS
 *
 * Return: a socket that owns @fd, to be closed with ksock_sock_close(), or
 * NULL, and then @fd is still the caller's.
 *
 * Errors: EBADF, ENOTTY when @fd is not a ksock socket, ENOMEM.
 */
struct ksock_sock *ksock_sock_open_fd(int fd);

/**
 * ksock_sock_close() - close a socket
 * @sock: socket or NULL
 *
 * Does not wake who is blocked on it, ksock_shutdown() does.  errno is
 * preserved.
 */
void ksock_sock_close(struct ksock_sock *sock);

/**
 * ksock_sock_get_fd() - descriptor of a socket
 * @sock: socket
 *
 * For poll(2), epoll(7), fcntl(2) with O_NONBLOCK, read(2) and write(2).
 *
 * Return: the descriptor, which stays the socket's.
 */
int ksock_sock_get_fd(const struct ksock_sock *sock);

/**
 * ksock_bind() - bind to an address, as bind(2)
 * @sock: socket
 * @addr: address, copied
 *
 * Return: 0 or -1.
 *
 * Errors: EINVAL for an address longer than its storage, EPERM.
 */
int ksock_bind(struct ksock_sock *sock, const struct ksock_addr *addr);

/**
 * ksock_listen() - listen for connections, as listen(2)
 * @sock: stream socket
 * @backlog: connections that may wait, negative for as many as allowed
 *
 * Return: 0 or -1.
 *
 * Errors: EOPNOTSUPP on a datagram socket, EPERM.
 */
int ksock_listen(struct ksock_sock *sock, int backlog);

/**
 * ksock_accept() - accept a connection, as accept4(2)
 * @sock: listening socket, untouched by a failure
 * @peer: filled with the peer's address, or NULL
 * @flags: SOCK_NONBLOCK, SOCK_CLOEXEC
 *
 * Return: a socket to be closed with ksock_sock_close(), or NULL.
 *
 * Errors: EOPNOTSUPP on a datagram socket, EAGAIN, EDQUOT, EMFILE, ENFILE,
 * ENOMEM, EINTR.
 */
struct ksock_sock *ksock_accept(struct ksock_sock *sock,
				struct ksock_addr *peer, int flags);

/**
 * ksock_connect() - connect to an address, as connect(2)
 * @sock: socket
 * @addr: address of the peer, copied
 *
 * Return: 0 or -1.
 *
 * Errors: EINPROGRESS on an O_NONBLOCK descriptor, EPERM, EINTR.
 */
int ksock_connect(struct ksock_sock *sock, const struct ksock_addr *addr);

/**
 * ksock_send() - send on a connected socket, as send(2)
 * @sock: socket
 * @buf: data
 * @len: its length in bytes
 * @flags: MSG_DONTWAIT, MSG_NOSIGNAL, MSG_MORE, MSG_EOR, MSG_CONFIRM,
 *	MSG_DONTROUTE, MSG_OOB
 *
 * Return: the number of bytes taken, or -1.
 *
 * Errors: EINVAL for another flag, EAGAIN, EINTR, EPIPE.
 */
ssize_t ksock_send(struct ksock_sock *sock, const void *buf, size_t len,
		   int flags);

/**
 * ksock_sendto() - send a datagram to an address, as sendto(2)
 * @sock: socket
 * @buf: data
 * @len: its length in bytes
 * @flags: as for ksock_send()
 * @addr: where to, copied; NULL for the connected peer
 *
 * Return: the number of bytes taken, or -1, with errno as for ksock_send().
 */
ssize_t ksock_sendto(struct ksock_sock *sock, const void *buf, size_t len,
		     int flags, const struct ksock_addr *addr);

/**
 * ksock_recv() - receive, as recv(2)
 * @sock: socket
 * @buf: where the data goes
 * @len: room there in bytes
 * @flags: MSG_DONTWAIT, MSG_PEEK, MSG_TRUNC, MSG_WAITALL, MSG_OOB
 *
 * Return: the number of bytes received, 0 at the end of a stream, or -1.
 *
 * Errors: EINVAL for another flag, EAGAIN, EINTR, ENOTCONN.
 */
ssize_t ksock_recv(struct ksock_sock *sock, void *buf, size_t len, int flags);

/**
 * ksock_recvfrom() - receive with sender and flags, as recvmsg(2)
 * @sock: socket
 * @buf: where the data goes
 * @len: room there in bytes
 * @flags: as for ksock_recv()
 * @from: filled with the sender's address, or NULL; its length is 0 on a
 *	stream
 * @out_flags: filled with MSG_TRUNC and the like, or NULL
 *
 * Return: as ksock_recv(), with the same errno.
 */
ssize_t ksock_recvfrom(struct ksock_sock *sock, void *buf, size_t len,
		       int flags, struct ksock_addr *from, int *out_flags);

/**
 * ksock_shutdown() - shut one or both directions, as shutdown(2)
 * @sock: socket
 * @how: SHUT_RD, SHUT_WR or SHUT_RDWR
 *
 * Wakes who is blocked on the socket.
 *
 * Return: 0 or -1.
 *
 * Errors: EINVAL, ENOTCONN.
 */
int ksock_shutdown(struct ksock_sock *sock, int how);

/**
 * ksock_getsockname() - the socket's own address, as getsockname(2)
 * @sock: socket
 * @addr: filled on success
 *
 * Return: 0 or -1.
 */
int ksock_getsockname(struct ksock_sock *sock, struct ksock_addr *addr);

/**
 * ksock_getpeername() - the peer's address, as getpeername(2)
 * @sock: socket
 * @addr: filled on success
 *
 * Return: 0 or -1.
 *
 * Errors: ENOTCONN.
 */
int ksock_getpeername(struct ksock_sock *sock, struct ksock_addr *addr);

/**
 * ksock_sock_get_info() - ask a socket about itself
 * @sock: socket
 *
 * Return: a snapshot to be freed with ksock_sock_info_free(), or NULL.
 *
 * Errors: ENOMEM.
 */
struct ksock_sock_info *ksock_sock_get_info(struct ksock_sock *sock);

/** ksock_sock_info_free() - free a snapshot, or nothing when NULL */
void ksock_sock_info_free(struct ksock_sock_info *info);

/** ksock_sock_info_get_family() - AF_INET or AF_INET6 */
int ksock_sock_info_get_family(const struct ksock_sock_info *info);

/** ksock_sock_info_get_type() - SOCK_STREAM or SOCK_DGRAM */
int ksock_sock_info_get_type(const struct ksock_sock_info *info);

/** ksock_sock_info_get_protocol() - IPPROTO_TCP or IPPROTO_UDP */
int ksock_sock_info_get_protocol(const struct ksock_sock_info *info);

/** ksock_sock_info_get_state() - state of the connection, as tcpi_state */
int ksock_sock_info_get_state(const struct ksock_sock_info *info);

/** ksock_sock_info_get_uid() - owner, in the caller's user namespace */
uid_t ksock_sock_info_get_uid(const struct ksock_sock_info *info);

/** ksock_sock_info_get_inode() - inode number, as ss -e shows it */
uint64_t ksock_sock_info_get_inode(const struct ksock_sock_info *info);

/** ksock_sock_info_get_cookie() - cookie, as SO_COOKIE gives it */
uint64_t ksock_sock_info_get_cookie(const struct ksock_sock_info *info);

/** ksock_sock_info_get_netns() - inode number of its network namespace */
uint64_t ksock_sock_info_get_netns(const struct ksock_sock_info *info);

/** ksock_sock_info_get_sent_ops() - sends that succeeded */
uint64_t ksock_sock_info_get_sent_ops(const struct ksock_sock_info *info);

/** ksock_sock_info_get_sent_bytes() - bytes sent */
uint64_t ksock_sock_info_get_sent_bytes(const struct ksock_sock_info *info);

/** ksock_sock_info_get_received_ops() - receives that succeeded */
uint64_t ksock_sock_info_get_received_ops(const struct ksock_sock_info *info);

/** ksock_sock_info_get_received_bytes() - bytes received */
uint64_t ksock_sock_info_get_received_bytes(const struct ksock_sock_info *info);

/* ---- Addresses --------------------------------------------------------- */

/** define KSOCK_ADDR_STRLEN - room that is enough for ksock_addr_format() */
#define KSOCK_ADDR_STRLEN 96

/** define KSOCK_ADDR_PASSIVE - a missing host means every local address */
#define KSOCK_ADDR_PASSIVE 0x1

/** define KSOCK_ADDR_NUMERIC - no name is looked up */
#define KSOCK_ADDR_NUMERIC 0x2

/**
 * ksock_addr_resolve() - turn text into addresses
 * @text: ``[tcp:|udp:]HOST:PORT``; HOST is a name, an IPv4 address, an IPv6
 *	address in brackets, with %SCOPE when it needs one, or empty for the
 *	loopback address; PORT is a number or a service's name; with
 *	KSOCK_ADDR_PASSIVE ``HOST:`` may be left out
 * @family: AF_INET, AF_INET6, or AF_UNSPEC for both
 * @flags: KSOCK_ADDR_PASSIVE, KSOCK_ADDR_NUMERIC
 * @type: on entry the type wanted when the text names none, 0 for any; filled
 *	with SOCK_STREAM or SOCK_DGRAM when the text names one
 * @addrs: filled with the addresses found, best first
 * @count: room there
 *
 * Uses getaddrinfo(3).
 *
 * Return: the number of addresses stored, at least 1, or -1.
 *
 * Errors: EINVAL for malformed text, EPROTOTYPE when the text names the other
 * type than *@type, ENOENT when a name is not known, EAGAIN when the name
 * server did not answer, EIO when it refused to, EAFNOSUPPORT when the host
 * has no address of @family, ENOMEM.
 */
int ksock_addr_resolve(const char *text, int family, int flags, int *type,
		       struct ksock_addr *addrs, size_t count);

/**
 * ksock_addr_format() - turn an address into text
 * @addr: address
 * @buf: filled with ``HOST:PORT``, numeric, IPv6 in brackets with %SCOPE when
 *	it has one, as ksock_addr_resolve() reads it
 * @size: room there, KSOCK_ADDR_STRLEN is always enough
 *
 * Return: 0 or -1.
 *
 * Errors: EAFNOSUPPORT for a family without a text form, EINVAL for an address
 * too short for its family, ENOSPC.
 */
int ksock_addr_format(const struct ksock_addr *addr, char *buf, size_t size);

#ifdef __cplusplus
}
#endif

#endif /* KSOCK_H */
