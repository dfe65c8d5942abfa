/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
/*
 * libksock: kernel sockets held through /dev/ksock.
 *
 * Three objects, each one file descriptor inside: a context, which is an open
 * /dev/ksock and stands for the network namespace it was opened in, a socket
 * made from it, and a batch, which is made from it too and runs many sends and
 * receives in one call.  Sockets and batches may outlive their context.
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
 * descriptor; closing it must come last.  A reader is the exception: it is for
 * one thread at a time.  The library keeps no global state and allocates
 * nothing to send or receive.
 *
 * Time.  A function whose name ends in _timed takes a timeout in nanoseconds,
 * which bounds the time it waits and is rounded up to the tick of the kernel's
 * clock; SO_RCVTIMEO and SO_SNDTIMEO are then neither changed nor looked at.
 * With 0 it does not wait, or for one tick where the kernel knows no other way.
 * With KSOCK_FOREVER it does what the function without a timeout does.  On an
 * O_NONBLOCK descriptor nothing waits, whatever the timeout.  A signal ends a
 * call that has a timeout with EINTR even where SA_RESTART asks for another.
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

/** struct ksock_batch - sends and receives on many sockets in one call */
struct ksock_batch;

/** struct ksock_reader - a stream read line by line */
struct ksock_reader;

/** struct ksock_opt - an option of sockets, constant, valid for ever */
struct ksock_opt;

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
 * define KSOCK_FOREVER - a timeout or deadline that never comes, as any below 0
 */
#define KSOCK_FOREVER INT64_C(-1)

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

/** define KSOCK_FEATURE_USER - sockets with the caller's credentials */
#define KSOCK_FEATURE_USER    (UINT64_C(1) << 0)

/** define KSOCK_FEATURE_MSG - ksock_sendmsg() and ksock_recvmsg() */
#define KSOCK_FEATURE_MSG     (UINT64_C(1) << 1)

/** define KSOCK_FEATURE_TIMEOUT - the functions whose name ends in _timed */
#define KSOCK_FEATURE_TIMEOUT (UINT64_C(1) << 2)

/** define KSOCK_FEATURE_OPT - options */
#define KSOCK_FEATURE_OPT     (UINT64_C(1) << 3)

/** define KSOCK_FEATURE_ABORT - ksock_abort() */
#define KSOCK_FEATURE_ABORT   (UINT64_C(1) << 4)

/** define KSOCK_FEATURE_BATCH - batches */
#define KSOCK_FEATURE_BATCH   (UINT64_C(1) << 5)

/** define KSOCK_FEATURE_KERN - ksock_socket_kern() */
#define KSOCK_FEATURE_KERN    (UINT64_C(1) << 6)

/** ksock_ctx_info_get_features() - what the module can do, KSOCK_FEATURE_ */
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
 * @type: SOCK_STREAM, SOCK_DGRAM or SOCK_RAW, and SOCK_NONBLOCK, SOCK_CLOEXEC
 * @protocol: 0 for that of the type; IPPROTO_TCP or IPPROTO_MPTCP for a stream;
 *	IPPROTO_UDP, IPPROTO_UDPLITE, IPPROTO_ICMP or IPPROTO_ICMPV6 for
 *	datagrams; any from 1 to 255 for SOCK_RAW
 *
 * Return: a socket to be closed with ksock_sock_close(), or NULL.
 *
 * Errors: EAFNOSUPPORT, ESOCKTNOSUPPORT, EPROTONOSUPPORT also for what the
 * kernel was built without, EPERM for SOCK_RAW without CAP_NET_RAW, EDQUOT when
 * the user owns as many sockets as the module allows, EMFILE, ENFILE, ENOMEM.
 */
struct ksock_sock *ksock_socket(struct ksock_ctx *ctx, int family, int type,
				int protocol);

/**
 * ksock_socket_kern() - make a socket of the kernel's own
 * @ctx: context whose network namespace it shall live in
 * @family: as for ksock_socket()
 * @type: as for ksock_socket()
 * @protocol: as for ksock_socket()
 *
 * Such as network file systems hold: the stack asks nobody's rights when it makes
 * one, and security modules label it as the kernel's.  It is used as any other,
 * and so is what is accepted from it; where it differs is said in ksock(4): data
 * moves by way of kernel memory, MSG_ZEROCOPY is not there, and not every option
 * can be got.
 *
 * Return: a socket to be closed with ksock_sock_close(), or NULL.
 *
 * Errors: EPERM without CAP_NET_ADMIN, or for SOCK_RAW without CAP_NET_RAW, of
 * the opener of the context and of the caller, however the module was loaded;
 * and those of ksock_socket().
 */
struct ksock_sock *ksock_socket_kern(struct ksock_ctx *ctx, int family,
				     int type, int protocol);

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
 * For poll(2), epoll(7), fcntl(2) with O_NONBLOCK, read(2), write(2),
 * splice(2), sendfile(2), ioctl(2) with FIONREAD, SIOCOUTQ and SIOCATMARK.
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
 * ksock_accept_timed() - ksock_accept() that waits no longer than asked
 * @sock: listening socket, untouched by a failure
 * @peer: filled with the peer's address, or NULL
 * @flags: SOCK_NONBLOCK, SOCK_CLOEXEC
 * @timeout_ns: how long to wait, KSOCK_FOREVER for no bound
 *
 * Return: as ksock_accept().
 *
 * Errors: EAGAIN when the time is over, and those of ksock_accept().
 */
struct ksock_sock *ksock_accept_timed(struct ksock_sock *sock,
				      struct ksock_addr *peer, int flags,
				      int64_t timeout_ns);

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
 * ksock_connect_timed() - ksock_connect() that waits no longer than asked
 * @sock: socket
 * @addr: address of the peer, copied
 * @timeout_ns: how long to wait, KSOCK_FOREVER for as long as the stack tries
 *
 * When the time is over the connection goes on being made: poll(2) tells
 * POLLOUT at its end and the option SO_ERROR how it ended.  ksock_abort() or
 * closing the socket gives it up.
 *
 * Return: 0 or -1.
 *
 * Errors: EINPROGRESS when the time is over, and those of ksock_connect().
 */
int ksock_connect_timed(struct ksock_sock *sock, const struct ksock_addr *addr,
			int64_t timeout_ns);

/**
 * ksock_send() - send on a connected socket, as send(2)
 * @sock: socket
 * @buf: data
 * @len: its length in bytes
 * @flags: MSG_DONTWAIT, MSG_NOSIGNAL, MSG_MORE, MSG_EOR, MSG_CONFIRM,
 *	MSG_DONTROUTE, MSG_OOB, MSG_ZEROCOPY, MSG_FASTOPEN
 *
 * With MSG_ZEROCOPY, which needs the option SO_ZEROCOPY, the data must stay as
 * it is until ksock_recvmsg() with MSG_ERRQUEUE tells that it was sent.
 *
 * Return: the number of bytes taken, or -1.
 *
 * Errors: EINVAL for another flag, EPERM for MSG_FASTOPEN, EAGAIN, EINTR,
 * EPIPE.
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
 * ksock_sendto_timed() - ksock_sendto() that waits no longer than asked
 * @sock: socket
 * @buf: data
 * @len: its length in bytes
 * @flags: as for ksock_send()
 * @addr: where to, copied; NULL for the connected peer
 * @timeout_ns: how long to wait for room, KSOCK_FOREVER for no bound
 *
 * Return: the number of bytes taken, fewer than @len when the time was over
 * before all were, or -1.
 *
 * Errors: EAGAIN when the time is over and nothing was taken, and those of
 * ksock_send().
 */
ssize_t ksock_sendto_timed(struct ksock_sock *sock, const void *buf, size_t len,
			   int flags, const struct ksock_addr *addr,
			   int64_t timeout_ns);

/**
 * ksock_recv() - receive, as recv(2)
 * @sock: socket
 * @buf: where the data goes
 * @len: room there in bytes
 * @flags: MSG_DONTWAIT, MSG_PEEK, MSG_TRUNC, MSG_WAITALL, MSG_OOB,
 *	MSG_ERRQUEUE
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
 * ksock_recvfrom_timed() - ksock_recvfrom() that waits no longer than asked
 * @sock: socket
 * @buf: where the data goes
 * @len: room there in bytes
 * @flags: as for ksock_recv()
 * @from: as for ksock_recvfrom()
 * @out_flags: as for ksock_recvfrom()
 * @timeout_ns: how long to wait for data, KSOCK_FOREVER for no bound
 *
 * Return: as ksock_recv(); with MSG_WAITALL fewer bytes than @len when the time
 * was over before all were there.
 *
 * Errors: EAGAIN when the time is over and nothing was received, EINVAL for a
 * timeout with both MSG_PEEK and MSG_WAITALL, and those of ksock_recv().
 */
ssize_t ksock_recvfrom_timed(struct ksock_sock *sock, void *buf, size_t len,
			     int flags, struct ksock_addr *from, int *out_flags,
			     int64_t timeout_ns);

/**
 * ksock_sendmsg() - send a message, as sendmsg(2)
 * @sock: socket
 * @msg: address, parts of the data, control data; msg_flags is ignored
 * @flags: as for ksock_send()
 *
 * Which control messages may be sent is said in ksock(4).  None of them passes
 * a descriptor or credentials.
 *
 * Return: the number of bytes taken, or -1.
 *
 * Errors: EMSGSIZE for more than 1024 parts, ENOBUFS for more than 512 bytes of
 * control data, EINVAL for control data without a pointer, malformed or not
 * allowed, and those of ksock_send().
 */
ssize_t ksock_sendmsg(struct ksock_sock *sock, const struct msghdr *msg,
		      int flags);

/**
 * ksock_sendmsg_timed() - ksock_sendmsg() that waits no longer than asked
 * @sock: socket
 * @msg: as for ksock_sendmsg()
 * @flags: as for ksock_send()
 * @timeout_ns: as for ksock_sendto_timed()
 *
 * Return: as ksock_sendto_timed().
 *
 * Errors: EAGAIN when the time is over and nothing was taken, and those of
 * ksock_sendmsg().
 */
ssize_t ksock_sendmsg_timed(struct ksock_sock *sock, const struct msghdr *msg,
			    int flags, int64_t timeout_ns);

/**
 * ksock_recvmsg() - receive a message, as recvmsg(2)
 * @sock: socket
 * @msg: room for the sender's address, the parts of the data and control data;
 *	msg_namelen, unless msg_name is NULL, msg_controllen and msg_flags are
 *	filled on success: the true length of the address, the bytes of control
 *	data, MSG_TRUNC, MSG_CTRUNC and the like
 * @flags: as for ksock_recv(), and MSG_CMSG_CLOEXEC, which has no effect
 *	because control data holds no descriptors
 *
 * Return: as ksock_recv().
 *
 * Errors: EMSGSIZE for more than 1024 parts, and those of ksock_recv().
 */
ssize_t ksock_recvmsg(struct ksock_sock *sock, struct msghdr *msg, int flags);

/**
 * ksock_recvmsg_timed() - ksock_recvmsg() that waits no longer than asked
 * @sock: socket
 * @msg: as for ksock_recvmsg()
 * @flags: as for ksock_recvmsg()
 * @timeout_ns: as for ksock_recvfrom_timed()
 *
 * Return: as ksock_recvfrom_timed().
 *
 * Errors: EAGAIN when the time is over and nothing was received, and those of
 * ksock_recvmsg().
 */
ssize_t ksock_recvmsg_timed(struct ksock_sock *sock, struct msghdr *msg,
			    int flags, int64_t timeout_ns);

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
 * ksock_abort() - end a connection at once
 * @sock: stream socket
 *
 * The peer gets a reset and what is queued in either direction is dropped; a
 * listening socket stops to listen and resets the connections that wait.
 * SO_LINGER does not matter and is left alone.  The socket can be used anew;
 * until it is, its next call may tell ECONNRESET once.
 *
 * Return: 0 or -1.
 *
 * Errors: EOPNOTSUPP on a socket that is not of a stream, EBUSY on old kernels
 * while another thread is blocked on the socket, whom ksock_shutdown() wakes.
 */
int ksock_abort(struct ksock_sock *sock);

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

/** ksock_sock_info_is_kern() - whether it is one of the kernel's own */
bool ksock_sock_info_is_kern(const struct ksock_sock_info *info);

/** ksock_sock_info_get_family() - AF_INET or AF_INET6 */
int ksock_sock_info_get_family(const struct ksock_sock_info *info);

/** ksock_sock_info_get_type() - SOCK_STREAM, SOCK_DGRAM or SOCK_RAW */
int ksock_sock_info_get_type(const struct ksock_sock_info *info);

/** ksock_sock_info_get_protocol() - IPPROTO_TCP, IPPROTO_UDP and so on */
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

/**
 * ksock_sock_get_tcp_info() - ask a TCP socket for its struct tcp_info
 * @sock: socket
 * @info: filled; ksock_opt_fields() of the option TCP_INFO reads it
 * @len: on entry the room at @info, on return the bytes stored there: no more
 *	than the kernel's structure has, 0 on a socket that is not of TCP
 *
 * What the option TCP_INFO gives, without its asking for CAP_NET_ADMIN.
 *
 * Return: 0 or -1.
 */
int ksock_sock_get_tcp_info(struct ksock_sock *sock, void *info,
			    socklen_t *len);

/* ---- Options ----------------------------------------------------------- */

/**
 * ksock_getsockopt() - ask for an option by number, as getsockopt(2)
 * @sock: socket
 * @level: SOL_SOCKET, IPPROTO_TCP and so on
 * @name: SO_REUSEADDR, TCP_NODELAY and so on
 * @value: filled; a few options read it, too
 * @len: on entry the room at @value, on return the bytes stored there, or what
 *	a few options that fail for want of room would take
 *
 * Return: 0 or -1.
 *
 * Errors: ENOPROTOOPT for an option that the module does not pass on, that can
 * only be set, or that the kernel does not know; EPERM.
 */
int ksock_getsockopt(struct ksock_sock *sock, int level, int name, void *value,
		     socklen_t *len);

/**
 * ksock_setsockopt() - set an option by number, as setsockopt(2)
 * @sock: socket
 * @level: as for ksock_getsockopt()
 * @name: as for ksock_getsockopt()
 * @value: what to set it to
 * @len: length of @value in bytes
 *
 * Return: 0 or -1.
 *
 * Errors: ENOPROTOOPT for an option that the module does not pass on, that can
 * only be asked for, or that the kernel does not know; EPERM.
 */
int ksock_setsockopt(struct ksock_sock *sock, int level, int name,
		     const void *value, socklen_t len);

/**
 * enum ksock_value_type - what the value of an option is, and its text
 * @KSOCK_VALUE_BOOL: int; ``1`` or ``0``, also read: on, off, true, false
 * @KSOCK_VALUE_INT: int; a number
 * @KSOCK_VALUE_UINT: unsigned int; a number
 * @KSOCK_VALUE_U64: 64 bits, or a long; a number
 * @KSOCK_VALUE_LINGER: struct linger; ``onoff= linger=``
 * @KSOCK_VALUE_TIMEVAL: two long; ``sec= usec=``, the second optional; also
 *	read: seconds with a decimal point
 * @KSOCK_VALUE_TIMEVAL64: two times 64 bits; the same
 * @KSOCK_VALUE_STRING: text; itself
 * @KSOCK_VALUE_BYTES: a structure of its own; two hexadecimal digits a byte
 * @KSOCK_VALUE_UCRED: struct ucred; ``pid= uid= gid=``, not read
 * @KSOCK_VALUE_MEMINFO: numbers by SK_MEMINFO_; ``rmem_alloc= rcvbuf=`` and so
 *	on, not read
 * @KSOCK_VALUE_TXTIME: struct sock_txtime; ``clockid= flags=``, the second
 *	optional
 * @KSOCK_VALUE_TIMESTAMPING: struct so_timestamping; ``flags= bind_phc=``, the
 *	flags a number or names as ``rx_software|software``, the second optional
 * @KSOCK_VALUE_IN_ADDR: struct in_addr; an IPv4 address, also read: the text of
 *	KSOCK_VALUE_MREQ
 * @KSOCK_VALUE_IFINDEX: 32 bits in network order; a number
 * @KSOCK_VALUE_MREQ: struct ip_mreqn; ``group= address= ifindex=``, the last
 *	two, which choose an interface, optional
 * @KSOCK_VALUE_MREQ_SOURCE: struct ip_mreq_source; ``group= source= address=``,
 *	the last, address of an interface, optional
 * @KSOCK_VALUE_MREQ6: struct ipv6_mreq; ``group= ifindex=``, the second
 *	optional
 * @KSOCK_VALUE_GROUP: struct group_req; the same, IPv4 or IPv6
 * @KSOCK_VALUE_GROUP_SOURCE: struct group_source_req; ``group= source=
 *	ifindex=``, the last optional
 * @KSOCK_VALUE_IN6_PKTINFO: struct in6_pktinfo; ``address= ifindex=``, the
 *	second optional
 * @KSOCK_VALUE_MTUINFO: struct ip6_mtuinfo; ``address= mtu=``, not read
 * @KSOCK_VALUE_PORT_RANGE: 32 bits; ``low= high=``, also read: ``LOW-HIGH``
 * @KSOCK_VALUE_TCP_INFO: struct tcp_info; ``state= ca_state=`` and so on, not
 *	read
 * @KSOCK_VALUE_ICMP_FILTER: 32 bits; the types that are dropped, as
 *	``0,3,8-11`` or ``none``
 * @KSOCK_VALUE_ICMP6_FILTER: 256 bits; the same
 *
 * Numbers are decimal, or hexadecimal behind 0x.  The index of an interface is
 * written as a number and read as one or as the name of an interface in the
 * network namespace of the caller.  Fields are written with a space between and
 * read in any order; the first one may be read without its name.  ``not read``
 * means that ksock_opt_parse() does not have the type.
 */
enum ksock_value_type {
	KSOCK_VALUE_BOOL,
	KSOCK_VALUE_INT,
	KSOCK_VALUE_UINT,
	KSOCK_VALUE_U64,
	KSOCK_VALUE_LINGER,
	KSOCK_VALUE_TIMEVAL,
	KSOCK_VALUE_TIMEVAL64,
	KSOCK_VALUE_STRING,
	KSOCK_VALUE_BYTES,
	KSOCK_VALUE_UCRED,
	KSOCK_VALUE_MEMINFO,
	KSOCK_VALUE_TXTIME,
	KSOCK_VALUE_TIMESTAMPING,
	KSOCK_VALUE_IN_ADDR,
	KSOCK_VALUE_IFINDEX,
	KSOCK_VALUE_MREQ,
	KSOCK_VALUE_MREQ_SOURCE,
	KSOCK_VALUE_MREQ6,
	KSOCK_VALUE_GROUP,
	KSOCK_VALUE_GROUP_SOURCE,
	KSOCK_VALUE_IN6_PKTINFO,
	KSOCK_VALUE_MTUINFO,
	KSOCK_VALUE_PORT_RANGE,
	KSOCK_VALUE_TCP_INFO,
	KSOCK_VALUE_ICMP_FILTER,
	KSOCK_VALUE_ICMP6_FILTER
};

/** define KSOCK_OPT_VALUE_MAX - room that is enough for a typical value */
#define KSOCK_OPT_VALUE_MAX 1024

/** define KSOCK_OPT_STRLEN - room for the text of so long a value */
#define KSOCK_OPT_STRLEN 4096

/**
 * ksock_opt_find() - option of a name
 * @name: name such as "TCP_NODELAY", or level and name such as
 *	"SOL_IPV6/MCAST_JOIN_GROUP"
 * @family: AF_INET or AF_INET6 to choose between two levels that have an option
 *	of the same name; AF_UNSPEC not to choose
 *
 * Names are those of the manual pages, in capitals.  SO_RCVTIMEO, SO_TIMESTAMP
 * and a few others exist twice, once for 64-bit time: the name without _OLD or
 * _NEW is the one that the library was built to use.
 *
 * Return: the option, or NULL.
 *
 * Errors: ENOENT when there is none of this name, ENOTUNIQ when there are
 * several and @family does not tell which.
 */
const struct ksock_opt *ksock_opt_find(const char *name, int family);

/**
 * ksock_opt_next() - all options, one after the other
 * @opt: an option, NULL to begin
 *
 * Return: the option after @opt, NULL after the last.
 */
const struct ksock_opt *ksock_opt_next(const struct ksock_opt *opt);

/** ksock_opt_get_name() - name, such as "TCP_NODELAY" */
const char *ksock_opt_get_name(const struct ksock_opt *opt);

/** ksock_opt_get_number() - number, such as TCP_NODELAY */
int ksock_opt_get_number(const struct ksock_opt *opt);

/** ksock_opt_get_level() - level, such as IPPROTO_TCP */
int ksock_opt_get_level(const struct ksock_opt *opt);

/** ksock_opt_get_level_name() - name of the level, such as "SOL_TCP" */
const char *ksock_opt_get_level_name(const struct ksock_opt *opt);

/** ksock_opt_get_type() - type of the value */
enum ksock_value_type ksock_opt_get_type(const struct ksock_opt *opt);

/** ksock_opt_get_type_name() - name of that type, such as "timeval" */
const char *ksock_opt_get_type_name(const struct ksock_opt *opt);

/** ksock_opt_is_readable() - whether it can be asked for */
bool ksock_opt_is_readable(const struct ksock_opt *opt);

/** ksock_opt_is_writable() - whether it can be set */
bool ksock_opt_is_writable(const struct ksock_opt *opt);

/**
 * ksock_opt_get() - ask for an option
 * @sock: socket
 * @opt: option
 * @value: filled; of the options of type KSOCK_VALUE_BYTES a few read it, too
 * @len: on entry the room at @value, for which KSOCK_OPT_VALUE_MAX is enough
 *	unless the type is KSOCK_VALUE_BYTES; on return the bytes stored there
 *
 * Return: 0 or -1, with errno as for ksock_getsockopt().
 */
int ksock_opt_get(struct ksock_sock *sock, const struct ksock_opt *opt,
		  void *value, socklen_t *len);

/**
 * ksock_opt_set() - set an option
 * @sock: socket
 * @opt: option
 * @value: what to set it to
 * @len: length of @value in bytes
 *
 * Return: 0 or -1, with errno as for ksock_setsockopt().
 */
int ksock_opt_set(struct ksock_sock *sock, const struct ksock_opt *opt,
		  const void *value, socklen_t len);

/**
 * enum ksock_field_kind - which member of a &struct ksock_field has the value
 * @KSOCK_FIELD_BOOL: @b
 * @KSOCK_FIELD_INT: @i
 * @KSOCK_FIELD_UINT: @u
 * @KSOCK_FIELD_STRING: @s
 */
enum ksock_field_kind {
	KSOCK_FIELD_BOOL,
	KSOCK_FIELD_INT,
	KSOCK_FIELD_UINT,
	KSOCK_FIELD_STRING
};

/**
 * struct ksock_field - one field of a value
 * @name: its name, valid for ever; NULL when it is all of the value
 * @kind: what it is
 * @b: truth
 * @i: number
 * @u: number that cannot be negative
 * @s: text, such as an address, valid until the visitor returns
 *
 * The members that do not have the value are 0.
 */
struct ksock_field {
	const char *name;
	enum ksock_field_kind kind;
	bool b;
	int64_t i;
	uint64_t u;
	const char *s;
};

/**
 * ksock_opt_fields() - take a value apart
 * @opt: option the value is of
 * @value: value as ksock_opt_get() gave it
 * @len: its length in bytes; a value may have fewer fields than its type when
 *	the kernel is older, and only the known ones when it is newer
 * @visit: called for each field; anything but 0 ends it
 * @arg: handed to @visit
 *
 * Return: 0, what @visit returned to end it, or -1.
 *
 * Errors: EINVAL when the value is too short for its type, ENOMEM.
 */
int ksock_opt_fields(const struct ksock_opt *opt, const void *value,
		     socklen_t len,
		     int (*visit)(void *arg, const struct ksock_field *field),
		     void *arg);

/**
 * ksock_opt_format() - turn a value into text
 * @opt: option the value is of
 * @value: value as ksock_opt_get() gave it
 * @len: its length in bytes
 * @buf: filled with the text that &enum ksock_value_type describes
 * @size: room there, KSOCK_OPT_STRLEN is enough for KSOCK_OPT_VALUE_MAX bytes
 *
 * Return: 0 or -1.
 *
 * Errors: EINVAL when the value is too short for its type, ENOMEM, ENOSPC.
 */
int ksock_opt_format(const struct ksock_opt *opt, const void *value,
		     socklen_t len, char *buf, size_t size);

/**
 * ksock_opt_parse() - turn text into a value
 * @opt: option the value is of
 * @text: text that &enum ksock_value_type describes
 * @value: filled
 * @len: on entry the room at @value, for which KSOCK_OPT_VALUE_MAX is enough
 *	unless the type is KSOCK_VALUE_BYTES or KSOCK_VALUE_STRING; on return the
 *	length of the value
 *
 * Return: 0 or -1.
 *
 * Errors: EINVAL for text that is not of the type, ERANGE for a number out of
 * range, ENODEV for an interface that is not there, EOPNOTSUPP for a type that
 * is not read, ENOSPC.
 */
int ksock_opt_parse(const struct ksock_opt *opt, const char *text, void *value,
		    socklen_t *len);

/* ---- Batches ----------------------------------------------------------- */

/**
 * enum ksock_opcode - what an operation does
 * @KSOCK_OP_SEND: as ksock_sendto()
 * @KSOCK_OP_RECV: as ksock_recvfrom()
 */
enum ksock_opcode {
	KSOCK_OP_SEND = 0,
	KSOCK_OP_RECV = 1
};

/**
 * struct ksock_op - an operation, to be filled with ksock_op_send() or
 *	ksock_op_recv()
 * @flags: flags as of the function
 * @addr_len: length of the socket address, or the room
 * @buf_ptr: address of the data
 * @len: its length, or the room, in bytes
 * @addr_ptr: address of the socket address
 * @opcode: an &enum ksock_opcode
 * @slot: slot of the socket
 * @reserved: 0
 */
struct ksock_op {
	uint32_t flags;
	uint32_t addr_len;
	uint64_t buf_ptr;
	uint64_t len;
	uint64_t addr_ptr;
	uint16_t opcode;
	uint16_t slot;
	uint32_t reserved;
};

/**
 * struct ksock_op_result - how an operation ended
 * @ret: number of bytes, or the negative errno
 * @flags: of a receive, MSG_TRUNC and the like, else 0
 * @addr_len: of a receive with room for an address, its true length, else 0
 * @reserved: 0
 */
struct ksock_op_result {
	int32_t ret;
	uint32_t flags;
	uint32_t addr_len;
	uint32_t reserved;
};

/** define KSOCK_RUN_STOP - end the run after the first operation that failed */
#define KSOCK_RUN_STOP 0x1

/**
 * ksock_batch_create() - make a batch
 * @ctx: context, which need not stay
 * @slots: slots for sockets, from 1 to 1024
 * @ops: operations that one run may have, from 1 to 1024
 *
 * Its descriptor is closed on exec.
 *
 * Return: a batch to be closed with ksock_batch_close(), or NULL.
 *
 * Errors: EINVAL for a number out of range, EMFILE, ENFILE, ENOMEM.
 */
struct ksock_batch *ksock_batch_create(struct ksock_ctx *ctx,
				       unsigned int slots, unsigned int ops);

/**
 * ksock_batch_close() - close a batch and empty its slots
 * @batch: batch or NULL
 *
 * errno is preserved.
 */
void ksock_batch_close(struct ksock_batch *batch);

/**
 * ksock_batch_get_fd() - descriptor of a batch
 * @batch: batch
 *
 * Return: the descriptor, which stays the batch's.
 */
int ksock_batch_get_fd(const struct ksock_batch *batch);

/**
 * ksock_batch_set_slot() - put a socket into a slot
 * @batch: batch
 * @slot: which slot, from 0
 * @sock: socket, which stays the caller's; NULL to empty the slot
 *
 * The kernel's socket is held by the slot as by a descriptor: after
 * ksock_sock_close() the connection goes on until the slot is emptied, filled
 * anew or the batch closed.
 *
 * Return: 0 or -1.
 *
 * Errors: EINVAL for a slot that the batch does not have.
 */
int ksock_batch_set_slot(struct ksock_batch *batch, unsigned int slot,
			 struct ksock_sock *sock);

/**
 * ksock_op_send() - fill in an operation that sends
 * @op: filled, nothing of what it held matters
 * @slot: slot of the socket
 * @buf: data; it and @addr must be there until the run is over
 * @len: its length in bytes
 * @flags: as for ksock_send()
 * @addr: where to, NULL for the connected peer
 *
 * An address longer than its storage has the operation fail with EINVAL.
 */
void ksock_op_send(struct ksock_op *op, unsigned int slot, const void *buf,
		   size_t len, int flags, const struct ksock_addr *addr);

/**
 * ksock_op_recv() - fill in an operation that receives
 * @op: filled, nothing of what it held matters
 * @slot: slot of the socket
 * @buf: where the data goes; it and @from must be there until the run is over
 * @len: room there in bytes
 * @flags: as for ksock_recv()
 * @from: its storage is where the sender's address goes, whose length is in the
 *	result; or NULL
 */
void ksock_op_recv(struct ksock_op *op, unsigned int slot, void *buf,
		   size_t len, int flags, struct ksock_addr *from);

/**
 * ksock_batch_run() - run operations, one after the other
 * @batch: batch
 * @ops: the operations
 * @results: filled, one for each that was run
 * @count: how many there are, no more than the batch was made for
 * @flags: KSOCK_RUN_STOP
 * @timeout_ns: how long they may wait altogether, KSOCK_FOREVER for no bound;
 *	0 lets none wait for longer than a tick of the kernel's clock
 *
 * An operation that fails was run, its errno is in its result.  Operations wait
 * unless the socket's descriptor is O_NONBLOCK or they have MSG_DONTWAIT.  A
 * signal ends the run before the operation that waits or is next.  Runs of one
 * batch take turns.
 *
 * Return: the number of operations run, or -1.
 *
 * Errors, when not a single operation was run: EINVAL for an unknown flag or
 * too many operations, EINTR, EFAULT.
 */
int ksock_batch_run(struct ksock_batch *batch, const struct ksock_op *ops,
		    struct ksock_op_result *results, unsigned int count,
		    int flags, int64_t timeout_ns);

/* ---- Streams ----------------------------------------------------------- */

/**
 * ksock_deadline() - the time at which a timeout is over
 * @timeout_ns: nanoseconds from now, KSOCK_FOREVER for never
 *
 * A deadline is good for any number of calls: they end together.
 *
 * Return: nanoseconds of CLOCK_MONOTONIC, or KSOCK_FOREVER.
 */
int64_t ksock_deadline(int64_t timeout_ns);

/**
 * ksock_read_exact() - receive so many bytes
 * @sock: stream socket, O_NONBLOCK or not
 * @buf: where they go
 * @len: how many
 * @done: filled with how many came, also on failure, or NULL
 * @deadline_ns: when to give up, see ksock_deadline()
 *
 * Takes no byte from the stream that is not in @buf, so that after a failure
 * the rest can be asked for.
 *
 * Return: 0 or -1.
 *
 * Errors: ENODATA when the stream ended before, ETIMEDOUT when the deadline
 * came before, EINTR, ENOTCONN, and those of recv(2).
 */
int ksock_read_exact(struct ksock_sock *sock, void *buf, size_t len,
		     size_t *done, int64_t deadline_ns);

/**
 * ksock_write_all() - send all of it
 * @sock: stream socket, O_NONBLOCK or not
 * @buf: data
 * @len: its length in bytes
 * @done: filled with how many were taken, also on failure, or NULL
 * @deadline_ns: when to give up, see ksock_deadline()
 *
 * Raises no SIGPIPE.
 *
 * Return: 0 or -1.
 *
 * Errors: ETIMEDOUT when the deadline came before, EINTR, EPIPE, and those of
 * send(2).
 */
int ksock_write_all(struct ksock_sock *sock, const void *buf, size_t len,
		    size_t *done, int64_t deadline_ns);

/**
 * ksock_reader_create() - read a stream line by line
 * @sock: stream socket, O_NONBLOCK or not, which stays the caller's and must
 *	stay as long as the reader
 * @size: length in bytes of the longest line, its line feed included
 *
 * The reader takes more from the stream than it has given away; as long as
 * there is one, the stream is to be read through it.
 *
 * Return: a reader to be destroyed with ksock_reader_destroy(), or NULL.
 *
 * Errors: EINVAL for a size of 0, ENOMEM.
 */
struct ksock_reader *ksock_reader_create(struct ksock_sock *sock, size_t size);

/**
 * ksock_reader_destroy() - destroy a reader, and what it has not given away
 * @reader: reader or NULL
 *
 * errno is preserved.
 */
void ksock_reader_destroy(struct ksock_reader *reader);

/**
 * ksock_reader_line() - the next line
 * @reader: reader
 * @line: filled with where the line is: in the reader, until the next call on
 *	it; not terminated by a null byte
 * @deadline_ns: when to give up, see ksock_deadline()
 *
 * After a failure nothing is lost: the next call begins with the same byte.
 *
 * Return: length in bytes of the line with its line feed, which only the last
 * line of a stream may lack; 0 at the end of the stream; or -1.
 *
 * Errors: EMSGSIZE for a line longer than the reader holds, which
 * ksock_reader_read() can take, ETIMEDOUT, EINTR, and those of recv(2).
 */
ssize_t ksock_reader_line(struct ksock_reader *reader, const char **line,
			  int64_t deadline_ns);

/**
 * ksock_reader_read() - the next bytes
 * @reader: reader
 * @buf: where they go
 * @len: room there in bytes
 * @deadline_ns: when to give up, see ksock_deadline()
 *
 * Gives what the reader has, and only when that is nothing receives more.
 *
 * Return: the number of bytes, 0 at the end of the stream, or -1.
 *
 * Errors: ETIMEDOUT, EINTR, and those of recv(2).
 */
ssize_t ksock_reader_read(struct ksock_reader *reader, void *buf, size_t len,
			  int64_t deadline_ns);

/** ksock_reader_get_pending() - bytes that can be read without receiving */
size_t ksock_reader_get_pending(const struct ksock_reader *reader);

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
