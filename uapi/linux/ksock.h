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
 * on a listening socket yields another one, %KSOCK_IOC_BATCH on a context a
 * *batch* of calls on many sockets.  Each object is one file descriptor:
 * dup(2), fork(2), SCM_RIGHTS, epoll(7) and close-on-exit work as for any
 * file, and the last close destroys the object.  A socket outlives the
 * descriptor of the context that made it, and its own while a batch holds it.
 *
 * A socket descriptor also takes read(2), write(2), readv(2), writev(2),
 * splice(2), sendfile(2), poll(2), fcntl(2) with O_NONBLOCK and O_ASYNC,
 * io_uring(7) with READ, WRITE, POLL_ADD and SPLICE, ioctl(2) with FIONREAD
 * (SIOCINQ), SIOCOUTQ, SIOCOUTQNSD and SIOCATMARK, which take a pointer to an
 * int, and shows itself in ``/proc/PID/fdinfo/FD``.
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
 * sockaddr, ports and addresses in network byte order.  Arrays of iovec,
 * control data and values of options are behind pointers and have the layout
 * that the system calls give them, for 32-bit callers theirs.
 *
 * ``timeout_ns`` bounds the time in nanoseconds that a call waits, rounded up
 * to the clock tick; 0 leaves it to the socket, whose own timeouts
 * (SO_RCVTIMEO, SO_SNDTIMEO) are neither changed nor looked at otherwise.  A
 * call that runs out of time fails like one that must not wait: EAGAIN, or
 * EINPROGRESS or EALREADY from CONNECT, unless it moved data, which it returns.
 * A signal ends a call that has a timeout with EINTR, and so does work that the
 * kernel has for the thread, such as completions of io_uring; one that has none is
 * restarted where SA_RESTART asks for it.  On an O_NONBLOCK descriptor and with
 * MSG_DONTWAIT no call waits, whatever its timeout.
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
 *                         that belongs to another kind of descriptor
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
 * SOCKET, BIND, LISTEN, CONNECT, OPT_GET, OPT_SET and the flag MSG_FASTOPEN
 * are gated, because a kernel module cannot call the hooks of the security
 * modules in bind(2), listen(2), accept(2), connect(2) and, before Linux 6.7,
 * getsockopt(2) and setsockopt(2), nor the programs of control groups in the latter
 * two: CAP_NET_ADMIN in the user namespace that
 * owns the context's network namespace is required of the process that opened
 * the context *and* of the caller.  When the module was loaded with
 * ``relaxed=1`` an open context is permission enough, but not for a socket of
 * %KSOCK_MODE_KERN.  The stack's own checks, such as CAP_NET_BIND_SERVICE, apply
 * to the caller either way.
 */

/**
 * DOC: Sockets of the kernel's own
 *
 * %KSOCK_SOCKET_KERN makes a socket like those that NFS, SMB or NVMe over TCP
 * hold.  The stack asks nobody's rights when it makes one, security modules give
 * it the kernel's label, and programs of a control group are not run when it is
 * made or destroyed.  Therefore all gated commands on it, and making it, need
 * CAP_NET_ADMIN of the opener and of the caller with ``relaxed=1`` as well, and
 * making one of SOCK_RAW needs CAP_NET_RAW of both, too.  It keeps its network
 * namespace, as others do.  What is accepted from it is of its kind.
 *
 * The lock of such a socket must not be held while user memory is touched, so
 * data passes through memory of the kernel, %KSOCK_KERN_MAX_DATA bytes at a
 * time:
 *
 * - A send on a stream goes on, piece by piece, until all is taken; it returns
 *   what was taken when it may not wait any longer, or an error comes, after the
 *   first piece.  Control data goes with each piece.  A datagram that is longer
 *   fails with EMSGSIZE.
 * - A receive from a stream returns so many bytes at most, unless MSG_WAITALL
 *   asks for all and MSG_PEEK is not there.  With MSG_TRUNC, which stores
 *   nothing, it has no such bound.
 * - A piece that cannot be read is not sent: EFAULT, or the number of bytes
 *   taken before it.  Where the caller's memory cannot be written, what was
 *   received and not stored is lost: EFAULT, or from a stream the number of bytes
 *   stored before it.
 * - A receive has room for %KSOCK_KERN_MAX_CONTROL bytes of control data.
 * - MSG_ZEROCOPY, which sends the caller's memory itself, fails with EOPNOTSUPP,
 *   and so do options whose value the stack writes to user memory under the
 *   lock, see %KSOCK_IOC_OPT_GET.
 *
 * splice(2) and sendfile(2) move pages and are as on other sockets.
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
 * %KSOCK_FEAT_MSG
 *	Messages of several parts with control data: SENDMSG and RECVMSG.
 * %KSOCK_FEAT_TIMEOUT
 *	``timeout_ns`` in ACCEPT, CONNECT, SEND, RECV, SENDMSG, RECVMSG and
 *	BATCH_RUN.
 * %KSOCK_FEAT_OPT
 *	Options: OPT_GET and OPT_SET.
 * %KSOCK_FEAT_ABORT
 *	ABORT.
 * %KSOCK_FEAT_BATCH
 *	Batches: BATCH, BATCH_SLOT and BATCH_RUN.
 * %KSOCK_FEAT_KERN
 *	Sockets of the kernel's own: %KSOCK_SOCKET_KERN.
 */
#define KSOCK_FEAT_USER		(1ULL << 0)
#define KSOCK_FEAT_MSG		(1ULL << 1)
#define KSOCK_FEAT_TIMEOUT	(1ULL << 2)
#define KSOCK_FEAT_OPT		(1ULL << 3)
#define KSOCK_FEAT_ABORT	(1ULL << 4)
#define KSOCK_FEAT_BATCH	(1ULL << 5)
#define KSOCK_FEAT_KERN		(1ULL << 6)

/**
 * enum ksock_mode - on whose behalf a socket acts
 * @KSOCK_MODE_USER: the process that calls; the security modules, cgroup
 *	programs and capability checks of the network stack see that process.
 * @KSOCK_MODE_KERN: the kernel; the same do not see that it is made.
 */
enum ksock_mode {
	KSOCK_MODE_USER = 0,
	KSOCK_MODE_KERN = 1
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
 *	0x10 - 0x1f	life cycle	BIND ... ABORT
 *	0x20 - 0x27	data		SEND, RECV, SENDMSG, RECVMSG
 *	0x28 - 0x2f	options		OPT_GET, OPT_SET
 *	0x30 - 0x37	batch		BATCH, BATCH_SLOT, BATCH_RUN
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

/** define KSOCK_SOCKET_KERN - make a socket of %KSOCK_MODE_KERN */
#define KSOCK_SOCKET_KERN	(1U << 0)

/**
 * define KSOCK_KERN_MAX_DATA - bytes that a socket of %KSOCK_MODE_KERN moves at a
 *	time, and that an option of it may have
 */
#define KSOCK_KERN_MAX_DATA	65536

/**
 * define KSOCK_KERN_MAX_CONTROL - bytes of control data that RECVMSG has room for
 *	on a socket of %KSOCK_MODE_KERN
 */
#define KSOCK_KERN_MAX_CONTROL	16384

/**
 * struct ksock_socket_args - ioctl(KSOCK_IOC_SOCKET), on a context; gated
 * @flags: %KSOCK_SOCKET_KERN for a socket of %KSOCK_MODE_KERN, 0 for one of
 *	%KSOCK_MODE_USER.
 * @family: AF_INET or AF_INET6.
 * @type: SOCK_STREAM, SOCK_DGRAM or SOCK_RAW, and optionally SOCK_NONBLOCK
 *	and SOCK_CLOEXEC, which act on the new descriptor as in socket(2).
 * @protocol: with SOCK_STREAM 0, IPPROTO_TCP or IPPROTO_MPTCP; with SOCK_DGRAM
 *	0, IPPROTO_UDP, IPPROTO_UDPLITE, or IPPROTO_ICMP or IPPROTO_ICMPV6
 *	as the family has it; with SOCK_RAW any from 1 to 255.
 *
 * Makes a socket in the context's network namespace and returns its
 * descriptor.  It belongs to the calling process: its owner and memory cgroup
 * are the caller's, and so is its security label unless it is of
 * %KSOCK_MODE_KERN.
 *
 * Errors: EPERM for %KSOCK_SOCKET_KERN without CAP_NET_ADMIN, or with SOCK_RAW
 * without CAP_NET_RAW, of the opener and of the caller, with ``relaxed=1`` as
 * well; EOPNOTSUPP for %KSOCK_SOCKET_KERN of MPTCP, as the stack has no lock class
 * for that; EAFNOSUPPORT, found before a type or protocol out of range, as by
 * socket(2); ESOCKTNOSUPPORT, EPROTONOSUPPORT, EDQUOT, EMFILE, ENFILE, ENOMEM,
 * and those of socket(2): EPERM for SOCK_RAW without CAP_NET_RAW, EACCES for
 * ICMP outside ``net.ipv4.ping_group_range``, EPROTONOSUPPORT for MPTCP and
 * UDP-Lite on a kernel without them (UDP-Lite left with Linux 7.1).
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
 * Errors: EOPNOTSUPP on a socket that is not of a stream, and those of
 * listen(2).
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
 * @timeout_ns: how long to wait, 0 for ever.
 *
 * Waits for a connection, unless the listening descriptor is O_NONBLOCK, and
 * returns the new socket's descriptor.  No connection is taken from the queue
 * unless a descriptor, a file and the user's quota are there for it, so while
 * it waits it counts as a socket already.
 *
 * Errors: EOPNOTSUPP on a socket that is not of a stream, EINVAL when it does
 * not listen, EAGAIN, EDQUOT, EMFILE, ENFILE, ENOMEM, EINTR, and those of
 * accept(2).
 */
struct ksock_accept_args {
	__u32 flags;
	__u32 __reserved;
	struct ksock_sockaddr out_addr;
	__aligned_u64 timeout_ns;
};

#define KSOCK_IOC_ACCEPT \
	_IOWR(KSOCK_IOC_MAGIC, 0x12, struct ksock_accept_args)

/**
 * struct ksock_connect_args - ioctl(KSOCK_IOC_CONNECT); gated
 * @flags: must be 0.
 * @__reserved: must be 0.
 * @addr: address of the peer; AF_UNSPEC dissolves an association.
 * @timeout_ns: how long to wait for the connection, 0 for as long as the
 *	network stack tries.
 *
 * When it does not wait for the end, the connection goes on being made: poll(2)
 * tells POLLOUT at its end and the option SO_ERROR how it ended.
 *
 * Errors: EINPROGRESS on an O_NONBLOCK descriptor and when the time is over,
 * EALREADY, EINTR, and those of connect(2).
 */
struct ksock_connect_args {
	__u32 flags;
	__u32 __reserved;
	struct ksock_sockaddr addr;
	__aligned_u64 timeout_ns;
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
 * @out_type: SOCK_STREAM, SOCK_DGRAM or SOCK_RAW.
 * @out_protocol: the protocol, as IPPROTO_TCP.
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
 * @tcp_info_ptr: where the struct tcp_info of a TCP socket goes, or 0.
 * @tcp_info_len: room there in bytes.
 * @out_tcp_info_len: bytes stored there: no more than the kernel's structure
 *	has; 0 without @tcp_info_ptr and on a socket that is not of TCP.
 *
 * Sends and receives are those of every kind, by splice(2) as well; each
 * entry of a batch is one.
 *
 * Errors: EINVAL for room without a pointer.
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
	__aligned_u64 tcp_info_ptr;
	__u32 tcp_info_len;
	__u32 out_tcp_info_len;
};

#define KSOCK_IOC_SOCKET_INFO \
	_IOWR(KSOCK_IOC_MAGIC, 0x16, struct ksock_socket_info)

/**
 * struct ksock_abort_args - ioctl(KSOCK_IOC_ABORT), stream sockets
 * @flags: must be 0.
 * @__reserved: must be 0.
 *
 * Ends the connection at once: what is queued in either direction is dropped,
 * a peer that is there gets a reset, a listening socket stops to listen and
 * resets the connections that wait.  What connect(2) to AF_UNSPEC does, but not
 * gated.  SO_LINGER does not matter and is left alone.  The socket is as good
 * as new afterwards, but for ECONNRESET, which its next call but CONNECT may
 * find.
 *
 * Errors: EOPNOTSUPP on a socket that is not of a stream; EBUSY while another
 * thread is blocked on the socket, on kernels that refuse to disconnect under
 * it, as 5.10 does (SHUTDOWN wakes it).
 */
struct ksock_abort_args {
	__u32 flags;
	__u32 __reserved;
};

#define KSOCK_IOC_ABORT \
	_IOW(KSOCK_IOC_MAGIC, 0x17, struct ksock_abort_args)

/**
 * struct ksock_send_args - ioctl(KSOCK_IOC_SEND)
 * @flags: MSG_DONTWAIT, MSG_NOSIGNAL, MSG_MORE, MSG_EOR, MSG_CONFIRM,
 *	MSG_DONTROUTE, MSG_OOB, MSG_ZEROCOPY and MSG_FASTOPEN, as in send(2);
 *	MSG_FASTOPEN connects and is gated like it.
 * @addr_len: length of the address, 0 without one.
 * @buf_ptr: the data.
 * @len: its length in bytes; what a single call can move is cut to 2 GiB less
 *	a page, as in send(2).
 * @addr_ptr: where to send to, or 0; a stream socket checks and ignores it,
 *	unless MSG_FASTOPEN has it connect.
 * @timeout_ns: how long to wait for room, 0 for ever.
 *
 * Returns the number of bytes taken, which on a stream may be fewer than @len.
 * An address is not gated: the association it makes ends with the datagram.
 *
 * MSG_ZEROCOPY needs the option SO_ZEROCOPY; the data must then stay as it is
 * until RECVMSG with MSG_ERRQUEUE tells that it is no longer needed.
 *
 * Errors: EINVAL for another flag, for a length without an address, and for a
 * timeout with MSG_FASTOPEN or MSG_ZEROCOPY; EOPNOTSUPP for MSG_ZEROCOPY on a
 * socket of %KSOCK_MODE_KERN, EMSGSIZE for a datagram too long for its protocol
 * or, on such a socket, longer than %KSOCK_KERN_MAX_DATA; EPERM for MSG_FASTOPEN
 * without the right, EAGAIN, EINTR, EPIPE (with SIGPIPE unless MSG_NOSIGNAL), and
 * those of sendto(2).
 */
struct ksock_send_args {
	__u32 flags;
	__u32 addr_len;
	__aligned_u64 buf_ptr;
	__aligned_u64 len;
	__aligned_u64 addr_ptr;
	__aligned_u64 timeout_ns;
};

#define KSOCK_IOC_SEND \
	_IOW(KSOCK_IOC_MAGIC, 0x20, struct ksock_send_args)

/**
 * struct ksock_recv_args - ioctl(KSOCK_IOC_RECV)
 * @flags: MSG_DONTWAIT, MSG_PEEK, MSG_TRUNC, MSG_WAITALL, MSG_OOB and
 *	MSG_ERRQUEUE, as in recv(2).
 * @addr_len: room for the sender's address in bytes, 0 without @addr_ptr.
 * @buf_ptr: where the data goes.
 * @len: room there in bytes, cut as in %KSOCK_IOC_SEND.
 * @addr_ptr: where the sender's address goes, or 0.
 * @out_flags: MSG_TRUNC when a datagram did not fit, MSG_OOB, MSG_ERRQUEUE,
 *	MSG_CTRUNC when there was control data, which RECVMSG gives.
 * @out_addr_len: true length of the sender's address; no more than @addr_len
 *	bytes of it were stored.  0 without @addr_ptr, and on a stream, whose
 *	sender is its peer.
 * @timeout_ns: how long to wait for data, 0 for ever.
 *
 * Returns the number of bytes received, 0 at the end of a stream; with
 * MSG_TRUNC the true length of the datagram.  MSG_ERRQUEUE never waits.  With a
 * timeout MSG_WAITALL takes parts as they come, and does not stop where urgent
 * data is.
 *
 * Errors: EINVAL for another flag, for room without a pointer and for a timeout
 * with both MSG_PEEK and MSG_WAITALL, EAGAIN, EINTR, ENOTCONN, and those of
 * recvfrom(2).
 */
struct ksock_recv_args {
	__u32 flags;
	__u32 addr_len;
	__aligned_u64 buf_ptr;
	__aligned_u64 len;
	__aligned_u64 addr_ptr;
	__u32 out_flags;
	__u32 out_addr_len;
	__aligned_u64 timeout_ns;
};

#define KSOCK_IOC_RECV \
	_IOWR(KSOCK_IOC_MAGIC, 0x21, struct ksock_recv_args)

/** define KSOCK_MSG_MAX_IOV - parts that one message may have */
#define KSOCK_MSG_MAX_IOV	1024

/** define KSOCK_MSG_MAX_CONTROL - bytes of control data that SENDMSG takes */
#define KSOCK_MSG_MAX_CONTROL	512

/**
 * struct ksock_sendmsg_args - ioctl(KSOCK_IOC_SENDMSG)
 * @flags: as in %KSOCK_IOC_SEND.
 * @addr_len: length of the address, 0 without one.
 * @addr_ptr: where to send to, or 0.
 * @iov_ptr: array of struct iovec, the parts of the data.
 * @iov_count: its entries, at most %KSOCK_MSG_MAX_IOV.
 * @control_len: length in bytes of the control data, 0 without any, at most
 *	%KSOCK_MSG_MAX_CONTROL.
 * @control_ptr: control data, messages as cmsg(3) lays them out.
 * @timeout_ns: as in %KSOCK_IOC_SEND.
 *
 * Control messages that may be sent, each with the type that its manual page
 * gives it:
 *
 * ============  =============================================================
 * SOL_SOCKET    SO_MARK, SO_TIMESTAMPING, SCM_TXTIME, SO_PRIORITY
 * SOL_IP        IP_PKTINFO, IP_TTL, IP_TOS
 * SOL_IPV6      IPV6_PKTINFO, IPV6_HOPLIMIT, IPV6_TCLASS, IPV6_DONTFRAG
 * SOL_UDP       UDP_SEGMENT
 * ============  =============================================================
 *
 * Every other one is refused, SCM_RIGHTS and SCM_CREDENTIALS among them, which
 * sendmsg(2) drops on sockets like these.
 *
 * Returns as %KSOCK_IOC_SEND.
 *
 * Errors: as of %KSOCK_IOC_SEND; EMSGSIZE for more parts than allowed; ENOBUFS
 * for more control data than allowed; EINVAL for parts longer than memory, for
 * control data without a pointer, malformed or not in the table; EFAULT; and
 * those of sendmsg(2), such as EPERM for SO_MARK without CAP_NET_ADMIN.
 */
struct ksock_sendmsg_args {
	__u32 flags;
	__u32 addr_len;
	__aligned_u64 addr_ptr;
	__aligned_u64 iov_ptr;
	__u32 iov_count;
	__u32 control_len;
	__aligned_u64 control_ptr;
	__aligned_u64 timeout_ns;
};

#define KSOCK_IOC_SENDMSG \
	_IOW(KSOCK_IOC_MAGIC, 0x22, struct ksock_sendmsg_args)

/**
 * struct ksock_recvmsg_args - ioctl(KSOCK_IOC_RECVMSG)
 * @flags: as in %KSOCK_IOC_RECV.
 * @addr_len: room for the sender's address in bytes, 0 without @addr_ptr.
 * @addr_ptr: where the sender's address goes, or 0.
 * @iov_ptr: array of struct iovec, the parts the data goes to.
 * @iov_count: its entries, at most %KSOCK_MSG_MAX_IOV.
 * @control_len: room for control data in bytes, 0 without @control_ptr.
 * @control_ptr: where control data goes, or 0.
 * @timeout_ns: as in %KSOCK_IOC_RECV.
 * @out_flags: MSG_TRUNC when a datagram did not fit, MSG_CTRUNC when control
 *	data did not, MSG_EOR, MSG_OOB, MSG_ERRQUEUE.
 * @out_addr_len: as in %KSOCK_IOC_RECV.
 * @out_control_len: bytes of control data stored.
 * @__reserved: must be 0.
 *
 * Control data comes as the options of the socket ask for it, such as
 * IP_RECVTTL; with MSG_ERRQUEUE what is in the queue of errors.  Nothing of it
 * is a descriptor.  With a timeout and MSG_WAITALL each part brings its own.
 *
 * Returns as %KSOCK_IOC_RECV.
 *
 * Errors: as of %KSOCK_IOC_RECV; EMSGSIZE for more parts than allowed; EINVAL
 * for parts longer than memory; EFAULT; and those of recvmsg(2).
 */
struct ksock_recvmsg_args {
	__u32 flags;
	__u32 addr_len;
	__aligned_u64 addr_ptr;
	__aligned_u64 iov_ptr;
	__u32 iov_count;
	__u32 control_len;
	__aligned_u64 control_ptr;
	__aligned_u64 timeout_ns;
	__u32 out_flags;
	__u32 out_addr_len;
	__u32 out_control_len;
	__u32 __reserved;
};

#define KSOCK_IOC_RECVMSG \
	_IOWR(KSOCK_IOC_MAGIC, 0x23, struct ksock_recvmsg_args)

/**
 * struct ksock_opt_args - ioctl(KSOCK_IOC_OPT_GET), ioctl(KSOCK_IOC_OPT_SET);
 *	gated
 * @flags: must be 0.
 * @level: level of the option, SOL_SOCKET, SOL_IP and so on.
 * @name: the option, one of those in ``<linux/ksock_opt.h>``.
 * @len: length of the value in bytes, not negative.  On entry of OPT_GET the
 *	room at @value_ptr, on return the bytes stored there.
 * @value_ptr: the value, with the type the option's manual page gives it.
 *
 * A few options tell the length they need in @len also when they fail, as
 * TCP_SAVED_SYN does.
 *
 * Of a socket of %KSOCK_MODE_KERN those of SOL_SOCKET can be got, of other levels
 * those whose value is a number, TCP_CONGESTION and TCP_INFO; all can be set but
 * IPV6_FLOWLABEL_MGR, which answers in its value.  A value to be set is read as a
 * whole, all @len bytes of it.
 *
 * Errors: ENOPROTOOPT for an option that is not on the list, that the list has
 * only for the other of the two commands, or that the kernel does not know;
 * EINVAL for a negative length and, to set an option of a socket of
 * %KSOCK_MODE_KERN, one beyond %KSOCK_KERN_MAX_DATA; EOPNOTSUPP for an option
 * that such a socket does not pass on; and those of getsockopt(2) and
 * setsockopt(2).
 */
struct ksock_opt_args {
	__u32 flags;
	__s32 level;
	__s32 name;
	__s32 len;
	__aligned_u64 value_ptr;
};

#define KSOCK_IOC_OPT_GET \
	_IOWR(KSOCK_IOC_MAGIC, 0x28, struct ksock_opt_args)
#define KSOCK_IOC_OPT_SET \
	_IOW(KSOCK_IOC_MAGIC, 0x29, struct ksock_opt_args)

/** define KSOCK_BATCH_MAX_SLOTS - sockets that one batch may hold */
#define KSOCK_BATCH_MAX_SLOTS	1024

/** define KSOCK_BATCH_MAX_OPS - entries that one run may have */
#define KSOCK_BATCH_MAX_OPS	1024

/**
 * struct ksock_batch_args - ioctl(KSOCK_IOC_BATCH), on a context
 * @flags: SOCK_CLOEXEC acts on the new descriptor.
 * @slots: slots for sockets, from 1 to %KSOCK_BATCH_MAX_SLOTS.
 * @ops: entries that a run may have, from 1 to %KSOCK_BATCH_MAX_OPS; memory
 *	for them is taken now.
 * @__reserved: must be 0.
 *
 * Makes a batch, all slots empty, and returns its descriptor.  It is not of the
 * context any more, takes sockets of every context, and is good for
 * %KSOCK_IOC_BATCH_SLOT, %KSOCK_IOC_BATCH_RUN and ``/proc/PID/fdinfo/FD``.
 *
 * Errors: EINVAL for a number out of range, EMFILE, ENFILE, ENOMEM.
 */
struct ksock_batch_args {
	__u32 flags;
	__u32 slots;
	__u32 ops;
	__u32 __reserved;
};

#define KSOCK_IOC_BATCH \
	_IOW(KSOCK_IOC_MAGIC, 0x30, struct ksock_batch_args)

/**
 * struct ksock_batch_slot_args - ioctl(KSOCK_IOC_BATCH_SLOT), on a batch
 * @flags: must be 0.
 * @slot: which slot.
 * @fd: descriptor of a socket that the slot shall hold, -1 to empty it.
 * @__reserved: must be 0.
 *
 * A slot holds the socket as a descriptor does: the connection ends, and the
 * user's quota is freed, when the last descriptor is closed *and* the slot is
 * emptied, filled anew or its batch closed.  A run under way that has come to
 * the slot keeps to the socket it found there until the run ends.
 *
 * Errors: EINVAL for a slot the batch does not have, EBADF when @fd is no
 * descriptor, EBADFD when it is not of a socket of ksock.
 */
struct ksock_batch_slot_args {
	__u32 flags;
	__u32 slot;
	__s32 fd;
	__u32 __reserved;
};

#define KSOCK_IOC_BATCH_SLOT \
	_IOW(KSOCK_IOC_MAGIC, 0x31, struct ksock_batch_slot_args)

/**
 * enum ksock_batch_opcode - what an entry does
 * @KSOCK_BATCH_SEND: as %KSOCK_IOC_SEND.
 * @KSOCK_BATCH_RECV: as %KSOCK_IOC_RECV.
 */
enum ksock_batch_opcode {
	KSOCK_BATCH_SEND = 0,
	KSOCK_BATCH_RECV = 1
};

/**
 * struct ksock_batch_op - an entry of a run
 * @flags: as in the command of the opcode.
 * @addr_len: length of the address, or room for one, 0 without.
 * @buf_ptr: the data, or where it goes.
 * @len: its length, or the room, in bytes.
 * @addr_ptr: where to send to, or where the sender's address goes, or 0.
 * @opcode: an &enum ksock_batch_opcode.
 * @slot: slot of the socket.
 * @__reserved: must be 0.
 */
struct ksock_batch_op {
	__u32 flags;
	__u32 addr_len;
	__aligned_u64 buf_ptr;
	__aligned_u64 len;
	__aligned_u64 addr_ptr;
	__u16 opcode;
	__u16 slot;
	__u32 __reserved;
};

/**
 * struct ksock_batch_result - how an entry ended
 * @out_ret: what the command of the opcode returns: bytes, or the negative
 *	errno.
 * @out_flags: of a receive that succeeded, as in %KSOCK_IOC_RECV, else 0.
 * @out_addr_len: of a receive that succeeded, as in %KSOCK_IOC_RECV, else 0.
 * @__reserved: 0.
 */
struct ksock_batch_result {
	__s32 out_ret;
	__u32 out_flags;
	__u32 out_addr_len;
	__u32 __reserved;
};

/** define KSOCK_BATCH_STOP - end the run after the first entry that failed */
#define KSOCK_BATCH_STOP	(1U << 0)

/**
 * struct ksock_batch_run_args - ioctl(KSOCK_IOC_BATCH_RUN), on a batch
 * @flags: %KSOCK_BATCH_STOP.
 * @count: entries, at most what the batch was made for; 0 does nothing.
 * @ops_ptr: array of struct ksock_batch_op, read once before the first entry.
 * @results_ptr: array of struct ksock_batch_result, as long.
 * @timeout_ns: how long the entries may wait altogether, 0 for ever.
 *
 * Runs the entries one after the other and returns how many it ran; so many
 * results are stored.  An entry that fails has run: its error is its result.
 * Entries wait as their commands do: unless the socket's descriptor is
 * O_NONBLOCK or the entry has MSG_DONTWAIT.  A signal ends the run between two
 * entries, or in one that waits, which then has not run.  Runs of one batch
 * take turns; waiting for its turn is not part of a run's time.
 *
 * An entry may fail as its command may, and with EINVAL for an unknown opcode
 * or a reserved field not zero, EBADF for a slot that is empty or that the
 * batch does not have.  A timeout of the run is one of each entry.
 *
 * Errors, when not a single entry ran: EINVAL for an unknown flag or more
 * entries than the batch was made for, EFAULT, EINTR.  When the results cannot
 * be written, EFAULT too, and there is no telling how many have run.
 */
struct ksock_batch_run_args {
	__u32 flags;
	__u32 count;
	__aligned_u64 ops_ptr;
	__aligned_u64 results_ptr;
	__aligned_u64 timeout_ns;
};

#define KSOCK_IOC_BATCH_RUN \
	_IOW(KSOCK_IOC_MAGIC, 0x32, struct ksock_batch_run_args)

#endif /* _UAPI_LINUX_KSOCK_H */
