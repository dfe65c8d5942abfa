/* SPDX-License-Identifier: (GPL-2.0 WITH Linux-syscall-note) OR MIT */
/*
 * The contract between /dev/ksock and userspace.
 */
#ifndef _UAPI_LINUX_KSOCK_H
#define _UAPI_LINUX_KSOCK_H

#include <linux/ioctl.h>
#include <linux/types.h>

/**
 * DOC: Objects
 *
 * Opening ``/dev/ksock`` yields a *context*: it pins the network namespace of
 * the process that opened it, for as long as it or any socket made from it is
 * open.  %KSOCK_IOC_SOCKET on a context yields a *socket*, %KSOCK_IOC_ACCEPT
 * on a listening socket yields another one.  Each object is one file
 * descriptor: dup(2), fork(2), SCM_RIGHTS, epoll(7) and close-on-exit work as
 * for any file, and the last close destroys the object.  A socket outlives the
 * descriptor of the context that made it.
 *
 * A socket descriptor also takes read(2), write(2), readv(2), writev(2),
 * poll(2), fcntl(2) with O_NONBLOCK and O_ASYNC, and shows itself in
 * ``/proc/PID/fdinfo/FD``.
 */

/**
 * DOC: Commands
 *
 * Every command takes a pointer to a structure, also from 32-bit callers,
 * whose structures have the same layout.  The size of the structure is part of
 * the command number, which is how it grows: fields are only ever appended.  A
 * caller built against a larger structure than the module knows succeeds as
 * long as the unknown tail is zero, and finds it zero on return; a caller with
 * a smaller one gets what fits.  When a structure grows its command number
 * changes with it and the old number keeps working, so a filter on ioctl
 * numbers should match on type, number and direction and mask the size out.
 *
 * ``flags`` accepts the bits named for it and no others.  ``__reserved`` must
 * be zero.  Fields named ``out_`` are written by the kernel, on success only;
 * their value on entry does not matter.  Pointers travel as 64-bit integers in
 * fields named ``_ptr``.  Socket addresses have the layout of the family's
 * sockaddr, ports and addresses in network byte order.
 *
 * A command that makes a descriptor returns it, one that moves data returns
 * the number of bytes; all others return 0.
 */

/**
 * DOC: Errors
 *
 * Errors that belong to the interface are found in this order:
 *
 * ======================  ====================================================
 * ENOTTY                  unknown command number or direction, or a command
 *                         that belongs to the other kind of descriptor
 * EINVAL                  structure shorter than its first version
 * E2BIG                   structure longer than the module knows and its tail
 *                         not zero, or longer than a page
 * EFAULT                  the structure cannot be read
 * EOPNOTSUPP              understood, but not by this kind of socket
 * EPERM                   a gated command without the right (see below)
 * EINVAL                  unknown flag, reserved field not zero, malformed
 *                         address, value out of range
 * EAFNOSUPPORT            address family that is not enabled
 * ESOCKTNOSUPPORT         socket type that is not enabled
 * EPROTONOSUPPORT         protocol that is not enabled
 * EDQUOT                  the user owns as many sockets as the module allows
 * EMFILE, ENFILE          no descriptor, or no file, is left
 * ENOMEM                  out of memory
 * ======================  ====================================================
 *
 * Addresses and buffers behind pointers are looked at after all of this, and
 * fail with EFAULT as well; so does, at the very end, an answer that cannot be
 * written.  All other errors are those of the network stack, unchanged: they
 * mean what the manual page of the system call of the same name says.
 *
 * SOCKET, BIND, LISTEN and CONNECT are gated, because a kernel module cannot
 * call the hooks of the security modules in bind(2), listen(2), accept(2) and
 * connect(2): CAP_NET_ADMIN in the user namespace that owns the context's
 * network namespace is required of the process that opened the context *and* of
 * the caller.  When the module was loaded with ``relaxed=1`` an open context is
 * permission enough.  The stack's own checks, such as CAP_NET_BIND_SERVICE,
 * apply to the caller either way.
 */

/** define KSOCK_ABI_REVISION - revision of this interface, informational */
#define KSOCK_ABI_REVISION	1

/** define KSOCK_ADDR_MAX - size in bytes of the largest socket address */
#define KSOCK_ADDR_MAX		128

/**
 * DOC: Feature bits
 *
 * Reported by %KSOCK_IOC_DEVICE_INFO; one bit for each group of commands.
 *
 * %KSOCK_FEAT_USER
 *	Sockets with the caller's credentials: SOCKET, BIND, LISTEN, ACCEPT,
 *	CONNECT, SHUTDOWN, NAME, SOCKET_INFO, SEND and RECV.
 */
#define KSOCK_FEAT_USER		(1ULL << 0)

/**
 * enum ksock_mode - on whose behalf a socket acts
 * @KSOCK_MODE_USER: the process that calls; the security modules, cgroup
 *	programs and capability checks of the network stack see that process.
 */
enum ksock_mode {
	KSOCK_MODE_USER = 0
};

/**
 * enum ksock_side - one end of a connection
 * @KSOCK_SIDE_OWN: this socket's own end, as getsockname(2) tells it.
 * @KSOCK_SIDE_PEER: the far end, as getpeername(2) tells it.
 */
enum ksock_side {
	KSOCK_SIDE_OWN = 0,
	KSOCK_SIDE_PEER = 1
};

/**
 * struct ksock_sockaddr - socket address with its length
 * @len: length of the address in bytes.  On entry at least the size of the
 *	family field and at most %KSOCK_ADDR_MAX.  On return the length of the
 *	address the stack gave.
 * @__reserved: must be 0.
 * @bytes: the address, a sockaddr of its family; bytes past @len are ignored
 *	on entry and zero on return.
 */
struct ksock_sockaddr {
	__u32 len;
	__u32 __reserved;
	__u8 bytes[KSOCK_ADDR_MAX] __attribute__((aligned(8)));
};

#define KSOCK_IOC_MAGIC		0xEB

/*
 * Numbers by range; a number is never used twice.
 *
 *	0x00 - 0x07	device		DEVICE_INFO, SOCKET
 *	0x08 - 0x0f	policy
 *	0x10 - 0x1f	life cycle	BIND ... SOCKET_INFO
 *	0x20 - 0x27	data		SEND, RECV
 *	0x28 - 0x2f	options
 *	0x30 - 0x37	batch
 *	0x38 - 0x3b	relay, service
 *	0x3c - 0x3f	adopt, export
 */

/**
 * struct ksock_device_info - ioctl(KSOCK_IOC_DEVICE_INFO), on a context
 * @flags: must be 0.
 * @out_abi_revision: %KSOCK_ABI_REVISION of the module.
 * @out_features: feature bits, ``KSOCK_FEAT_``.
 * @out_netns: inode number of the context's network namespace, as in
 *	``/proc/PID/ns/net``.
 * @out_relaxed: 1 when the module was loaded with ``relaxed=1``, else 0.
 * @out_max_sockets: sockets that one user may own, 0 for any number.
 * @out_sockets: sockets that the calling user owns now.
 * @__reserved: must be 0.
 *
 * Errors: none but those of the interface.
 */
struct ksock_device_info {
	__u32 flags;
	__u32 out_abi_revision;
	__aligned_u64 out_features;
	__aligned_u64 out_netns;
	__u32 out_relaxed;
	__u32 out_max_sockets;
	__u32 out_sockets;
	__u32 __reserved;
};

#define KSOCK_IOC_DEVICE_INFO \
	_IOWR(KSOCK_IOC_MAGIC, 0x00, struct ksock_device_info)

/**
 * struct ksock_socket_args - ioctl(KSOCK_IOC_SOCKET), on a context; gated
 * @flags: must be 0: a socket of %KSOCK_MODE_USER.
 * @family: AF_INET or AF_INET6.
 * @type: SOCK_STREAM or SOCK_DGRAM, and optionally SOCK_NONBLOCK and
 *	SOCK_CLOEXEC, which act on the new descriptor as in socket(2).
 * @protocol: 0 for the type's own, or IPPROTO_TCP or IPPROTO_UDP with the
 *	type it belongs to.
 *
 * Makes a socket in the context's network namespace and returns its
 * descriptor.  It belongs to the calling process: its owner, memory cgroup and
 * security label are the caller's.
 *
 * Errors: EAFNOSUPPORT, found before a type or protocol out of range, as by
 * socket(2); ESOCKTNOSUPPORT, EPROTONOSUPPORT, EDQUOT, EMFILE, ENFILE, ENOMEM,
 * and those of socket(2).
 */
struct ksock_socket_args {
	__u32 flags;
	__u32 family;
	__u32 type;
	__s32 protocol;
};

#define KSOCK_IOC_SOCKET \
	_IOW(KSOCK_IOC_MAGIC, 0x01, struct ksock_socket_args)

/**
 * struct ksock_bind_args - ioctl(KSOCK_IOC_BIND); gated
 * @flags: must be 0.
 * @__reserved: must be 0.
 * @addr: address to bind to; port 0 takes a free one, which
 *	%KSOCK_IOC_NAME tells.
 *
 * Errors: those of bind(2).
 */
struct ksock_bind_args {
	__u32 flags;
	__u32 __reserved;
	struct ksock_sockaddr addr;
};

#define KSOCK_IOC_BIND \
	_IOW(KSOCK_IOC_MAGIC, 0x10, struct ksock_bind_args)

/**
 * struct ksock_listen_args - ioctl(KSOCK_IOC_LISTEN), stream sockets; gated
 * @flags: must be 0.
 * @backlog: connections that may wait to be accepted; as in listen(2) it is
 *	cut to ``net.core.somaxconn``, and a negative number asks for all of
 *	that.
 *
 * Errors: EOPNOTSUPP on a datagram socket, and those of listen(2).
 */
struct ksock_listen_args {
	__u32 flags;
	__s32 backlog;
};

#define KSOCK_IOC_LISTEN \
	_IOW(KSOCK_IOC_MAGIC, 0x11, struct ksock_listen_args)

/**
 * struct ksock_accept_args - ioctl(KSOCK_IOC_ACCEPT), stream sockets
 * @flags: SOCK_NONBLOCK and SOCK_CLOEXEC act on the new descriptor as in
 *	accept4(2).
 * @__reserved: must be 0.
 * @out_addr: address of the peer.
 *
 * Waits for a connection, unless the listening descriptor is O_NONBLOCK, and
 * returns the new socket's descriptor.  No connection is taken from the queue
 * unless a descriptor, a file and the user's quota are there for it, so while
 * it waits it counts as a socket already.
 *
 * Errors: EOPNOTSUPP on a datagram socket, EINVAL when it does not listen,
 * EAGAIN, EDQUOT, EMFILE, ENFILE, ENOMEM, EINTR, and those of accept(2).
 */
struct ksock_accept_args {
	__u32 flags;
	__u32 __reserved;
	struct ksock_sockaddr out_addr;
};

#define KSOCK_IOC_ACCEPT \
	_IOWR(KSOCK_IOC_MAGIC, 0x12, struct ksock_accept_args)

/**
 * struct ksock_connect_args - ioctl(KSOCK_IOC_CONNECT); gated
 * @flags: must be 0.
 * @__reserved: must be 0.
 * @addr: address of the peer; AF_UNSPEC dissolves an association.
 *
 * Errors: EINPROGRESS and EALREADY on an O_NONBLOCK descriptor, EINTR, and
 * those of connect(2).
 */
struct ksock_connect_args {
	__u32 flags;
	__u32 __reserved;
	struct ksock_sockaddr addr;
};

#define KSOCK_IOC_CONNECT \
	_IOW(KSOCK_IOC_MAGIC, 0x13, struct ksock_connect_args)

/**
 * struct ksock_shutdown_args - ioctl(KSOCK_IOC_SHUTDOWN)
 * @flags: must be 0.
 * @how: SHUT_RD, SHUT_WR or SHUT_RDWR.
 *
 * Also wakes whoever is blocked on the socket, which closing a descriptor
 * does not.
 *
 * Errors: EINVAL for another @how, and those of shutdown(2).
 */
struct ksock_shutdown_args {
	__u32 flags;
	__u32 how;
};

#define KSOCK_IOC_SHUTDOWN \
	_IOW(KSOCK_IOC_MAGIC, 0x14, struct ksock_shutdown_args)

/**
 * struct ksock_name_args - ioctl(KSOCK_IOC_NAME)
 * @flags: must be 0.
 * @side: which end, an &enum ksock_side.
 * @out_addr: its address.
 *
 * Errors: EINVAL for another @side, and those of getsockname(2) and
 * getpeername(2).
 */
struct ksock_name_args {
	__u32 flags;
	__u32 side;
	struct ksock_sockaddr out_addr;
};

#define KSOCK_IOC_NAME \
	_IOWR(KSOCK_IOC_MAGIC, 0x15, struct ksock_name_args)

/**
 * struct ksock_socket_info - ioctl(KSOCK_IOC_SOCKET_INFO)
 * @flags: must be 0.
 * @out_mode: an &enum ksock_mode.
 * @out_family: AF_INET or AF_INET6.
 * @out_type: SOCK_STREAM or SOCK_DGRAM.
 * @out_protocol: IPPROTO_TCP or IPPROTO_UDP.
 * @out_state: state of the connection, numbered as tcpi_state of TCP_INFO: 1
 *	established, 7 closed, 10 listening; a datagram socket is 1 when
 *	connected, else 7.
 * @out_uid: user that owns the socket, seen from the caller's user namespace.
 * @__reserved: must be 0.
 * @out_inode: inode number of the socket, as ``ss -e`` and ``/proc/net/tcp``
 *	show it.
 * @out_cookie: the socket's cookie, as SO_COOKIE and ``ss -e`` show it.
 * @out_netns: inode number of the socket's network namespace.
 * @out_sent_ops: sends that succeeded.
 * @out_sent_bytes: bytes they took.
 * @out_received_ops: receives that succeeded, ends of stream included.
 * @out_received_bytes: bytes they returned; MSG_PEEK counts, too.
 *
 * Errors: none but those of the interface.
 */
struct ksock_socket_info {
	__u32 flags;
	__u32 out_mode;
	__u32 out_family;
	__u32 out_type;
	__s32 out_protocol;
	__u32 out_state;
	__u32 out_uid;
	__u32 __reserved;
	__aligned_u64 out_inode;
	__aligned_u64 out_cookie;
	__aligned_u64 out_netns;
	__aligned_u64 out_sent_ops;
	__aligned_u64 out_sent_bytes;
	__aligned_u64 out_received_ops;
	__aligned_u64 out_received_bytes;
};

#define KSOCK_IOC_SOCKET_INFO \
	_IOWR(KSOCK_IOC_MAGIC, 0x16, struct ksock_socket_info)

/**
 * struct ksock_send_args - ioctl(KSOCK_IOC_SEND)
 * @flags: MSG_DONTWAIT, MSG_NOSIGNAL, MSG_MORE, MSG_EOR, MSG_CONFIRM,
 *	MSG_DONTROUTE and MSG_OOB, as in send(2).
 * @addr_len: length of the address, 0 without one.
 * @buf_ptr: the data.
 * @len: its length in bytes; what a single call can move is cut to 2 GiB less
 *	a page, as in send(2).
 * @addr_ptr: where to send to, or 0; a stream socket checks and ignores it.
 *
 * Returns the number of bytes taken, which on a stream may be fewer than @len.
 * An address is not gated: the association it makes ends with the datagram.
 *
 * Errors: EINVAL for another flag or for a length without an address, EAGAIN,
 * EINTR, EPIPE (with SIGPIPE unless MSG_NOSIGNAL), and those of sendto(2).
 */
struct ksock_send_args {
	__u32 flags;
	__u32 addr_len;
	__aligned_u64 buf_ptr;
	__aligned_u64 len;
	__aligned_u64 addr_ptr;
};

#define KSOCK_IOC_SEND \
	_IOW(KSOCK_IOC_MAGIC, 0x20, struct ksock_send_args)

/**
 * struct ksock_recv_args - ioctl(KSOCK_IOC_RECV)
 * @flags: MSG_DONTWAIT, MSG_PEEK, MSG_TRUNC, MSG_WAITALL and MSG_OOB, as in
 *	recv(2).
 * @addr_len: room for the sender's address in bytes, 0 without @addr_ptr.
 * @buf_ptr: where the data goes.
 * @len: room there in bytes, cut as in %KSOCK_IOC_SEND.
 * @addr_ptr: where the sender's address goes, or 0.
 * @out_flags: MSG_TRUNC when a datagram did not fit, MSG_OOB, MSG_CTRUNC.
 * @out_addr_len: true length of the sender's address; no more than @addr_len
 *	bytes of it were stored.  0 without @addr_ptr, and on a stream, whose
 *	sender is its peer.
 *
 * Returns the number of bytes received, 0 at the end of a stream; with
 * MSG_TRUNC the true length of the datagram.
 *
 * Errors: EINVAL for another flag or for room without a pointer, EAGAIN,
 * EINTR, ENOTCONN, and those of recvfrom(2).
 */
struct ksock_recv_args {
	__u32 flags;
	__u32 addr_len;
	__aligned_u64 buf_ptr;
	__aligned_u64 len;
	__aligned_u64 addr_ptr;
	__u32 out_flags;
	__u32 out_addr_len;
};

#define KSOCK_IOC_RECV \
	_IOWR(KSOCK_IOC_MAGIC, 0x21, struct ksock_recv_args)

#endif /* _UAPI_LINUX_KSOCK_H */
