/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Operations of the twin test: what can be done with any descriptor, and the
 * system calls that are for sockets only.
 */
#ifndef KSOCK_SELFTESTS_TWIN_FILE_H
#define KSOCK_SELFTESTS_TWIN_FILE_H

#include "scm.h"
#include "twin.h"

#include <linux/fs.h>
#include <sys/file.h>
#include <sys/uio.h>
#include <sys/vfs.h>
#include <sys/xattr.h>

#ifndef SYS_pidfd_open
#define SYS_pidfd_open	434
#endif
#ifndef SYS_pidfd_getfd
#define SYS_pidfd_getfd	438
#endif

#define SOCKFS_MAGIC	0x534f434b

/* arg: command of fcntl(2), its argument. */
static long file_fcntl(struct twin *twin)
{
	return ret_errno(fcntl(twin->fd, twin->arg[0], twin->arg[1]));
}

/* arg: flags that are set, those to look at. */
static long file_set_flags(struct twin *twin)
{
	int ret = ret_errno(fcntl(twin->fd, F_SETFL, twin->arg[0]));

	twin_say(twin, "flags %#o", fcntl(twin->fd, F_GETFL));
	return ret;
}

/* arg: request of ioctl(2) that turns a flag of the file on and off. */
static long file_ioctl_flag(struct twin *twin)
{
	int on = 1, ret;

	ret = ret_errno(ioctl(twin->fd, twin->arg[0], &on));
	twin_say(twin, "flags %#o", fcntl(twin->fd, F_GETFL));
	on = 0;
	ioctl(twin->fd, twin->arg[0], &on);
	twin_say(twin, "then %#o", fcntl(twin->fd, F_GETFL));
	return ret;
}

static long file_cloexec(struct twin *twin)
{
	int ret = ret_errno(ioctl(twin->fd, FIOCLEX));

	twin_say(twin, "FD_CLOEXEC %d", fcntl(twin->fd, F_GETFD));
	return ret;
}

static long file_own(struct twin *twin)
{
	int ret = ret_errno(fcntl(twin->fd, F_SETOWN, getpid()));

	twin_say(twin, "F_GETOWN says so: %d",
		 fcntl(twin->fd, F_GETOWN) == getpid());
	return ret;
}

static long file_lock(struct twin *twin)
{
	struct flock lock = { .l_type = F_WRLCK, .l_whence = SEEK_SET };

	twin_say_ret(twin, "flock(2)",
		     ret_errno(flock(twin->fd, LOCK_EX | LOCK_NB)));
	return ret_errno(fcntl(twin->fd, F_SETLK, &lock));
}

/* arg: offset, from where. */
static long file_lseek(struct twin *twin)
{
	return ret_errno(lseek(twin->fd, twin->arg[0], twin->arg[1]));
}

static long file_pread(struct twin *twin)
{
	char byte;

	return ret_errno(pread(twin->fd, &byte, 1, 0));
}

static long file_pwrite(struct twin *twin)
{
	return ret_errno(pwrite(twin->fd, "x", 1, 0));
}

static long file_preadv(struct twin *twin)
{
	char byte;
	struct iovec iov = { &byte, 1 };

	return ret_errno(preadv(twin->fd, &iov, 1, 5));
}

static long file_truncate(struct twin *twin)
{
	return ret_errno(ftruncate(twin->fd, 0));
}

static long file_fsync(struct twin *twin)
{
	return ret_errno(fsync(twin->fd));
}

static long file_getdents(struct twin *twin)
{
	char room[64];

	return ret_errno(syscall(SYS_getdents64, twin->fd, room, sizeof(room)));
}

static long file_mmap(struct twin *twin)
{
	void *page = mmap(NULL, sysconf(_SC_PAGESIZE), PROT_READ, MAP_SHARED,
			  twin->fd, 0);

	return page == MAP_FAILED ? -errno : 0;
}

static long file_open_again(struct twin *twin)
{
	char path[32];

	snprintf(path, sizeof(path), "/proc/self/fd/%d", twin->fd);
	return ret_errno(open(path, O_RDWR));
}

static long file_unknown_ioctl(struct twin *twin)
{
	return ret_errno(ioctl(twin->fd, _IO('~', 99), NULL));
}

/* ---- Whether the file says that it is a socket --------------------------- */

static long file_is_socket_by_stat(struct twin *twin)
{
	struct stat stat;

	if (fstat(twin->fd, &stat))
		return -errno;
	return S_ISSOCK(stat.st_mode);
}

static long file_is_socket_by_fs(struct twin *twin)
{
	struct statfs stat;

	if (fstatfs(twin->fd, &stat))
		return -errno;
	return stat.f_type == SOCKFS_MAGIC;
}

static long file_is_socket_by_link(struct twin *twin)
{
	char path[32], link[64] = "";

	snprintf(path, sizeof(path), "/proc/self/fd/%d", twin->fd);
	if (readlink(path, link, sizeof(link) - 1) < 0)
		return -errno;
	return !strncmp(link, "socket:", 7);
}

static long file_is_socket_by_xattr(struct twin *twin)
{
	char name[16];

	return fgetxattr(twin->fd, "system.sockprotoname", name,
			 sizeof(name)) > 0;
}

/* arg: request, to a struct ifreq or ifconf of zeroes but for the name. */
static long file_ioctl_of_interfaces(struct twin *twin)
{
	union {
		struct ifreq ifr;
		struct ifconf ifc;
	} arg = {};

	if (twin->arg[0] != SIOCGIFCONF)
		strcpy(arg.ifr.ifr_name, "lo");
	if (twin->arg[0] == SIOCGIFNAME)
		arg.ifr.ifr_ifindex = 1;
	return twin_ok(ret_errno(ioctl(twin->fd, twin->arg[0], &arg)));
}

static long file_ioctl_of_owner(struct twin *twin)
{
	int owner = getpid();

	return ret_errno(ioctl(twin->fd, twin->arg[0], &owner));
}

/* ---- Descriptors of the same file ---------------------------------------- */

static long file_dup(struct twin *twin)
{
	int copy = dup(twin->fd);

	close(twin->fd);
	twin->fd = copy;
	twin_hears(twin);
	return twin_ok(copy);
}

static long file_dup_shares_flags(struct twin *twin)
{
	int copy = dup(twin->fd);

	twin_nonblock(twin);
	twin_say(twin, "flags %#o", fcntl(copy, F_GETFL));
	return twin_ok(copy);
}

/* What a child receives by its parent's descriptor. */
static long file_fork(struct twin *twin)
{
	char buf[8];
	pid_t child = fork();

	if (!child)
		_exit(face_recv(twin->face, twin->fd, buf, sizeof(buf), 0));
	twin_say(twin, "child receives %d bytes", process_join(child));
	return face_send(twin->face, twin->fd, "x", 1, 0);
}

static long file_scm_rights(struct twin *twin)
{
	int channel[2], ret;

	if (socketpair(AF_UNIX, SOCK_DGRAM, 0, channel))
		return -ECANCELED;
	ret = send_fd(channel[0], twin->fd);
	close(twin->fd);
	twin->fd = recv_fd(channel[1]);
	twin_hears(twin);
	return ret;
}

static long file_pidfd_getfd(struct twin *twin)
{
	int pidfd = syscall(SYS_pidfd_open, getpid(), 0), fd;

	fd = ret_errno(syscall(SYS_pidfd_getfd, pidfd, twin->fd, 0));
	if (fd < 0)
		return fd;
	close(twin->fd);
	twin->fd = fd;
	twin_hears(twin);
	return 0;
}

static const struct twin_row file_rows[] = {
	ROW("fcntl(F_GETFL)", STREAM, file_fcntl, F_GETFL),
	ROW("fcntl(F_SETFL, O_NONBLOCK)", STREAM, file_set_flags, O_NONBLOCK),
	ROW("fcntl(F_SETFL, O_ASYNC)", STREAM, file_set_flags, O_ASYNC),
	ROW("fcntl(F_SETFL, O_APPEND)", STREAM, file_set_flags, O_APPEND),
	ROW("fcntl(F_SETFL, O_DIRECT)", STREAM, file_set_flags, O_DIRECT),
	ROW("ioctl(FIONBIO)", STREAM, file_ioctl_flag, FIONBIO),
	ROW("ioctl(FIOASYNC)", STREAM, file_ioctl_flag, FIOASYNC),
	ROW("ioctl(FIOCLEX)", STREAM, file_cloexec),
	ROW("fcntl(F_SETOWN)", STREAM, file_own),
	ROW("fcntl(F_SETSIG)", STREAM, file_fcntl, F_SETSIG, SIGUSR1),
	ROW("fcntl(F_SETLEASE)", STREAM, file_fcntl, F_SETLEASE, F_RDLCK),
	ROW("fcntl(F_GETPIPE_SZ)", STREAM, file_fcntl, F_GETPIPE_SZ),
	ROW("fcntl(F_GET_SEALS)", STREAM, file_fcntl, F_GET_SEALS),
	ROW("flock(2) and fcntl(F_SETLK)", STREAM, file_lock),
	ROW("lseek(2)", CONNECTED, file_lseek, 0, SEEK_CUR),
	ROW("lseek(SEEK_END)", CONNECTED, file_lseek, 0, SEEK_END),
	ROW("pread(2)", CONNECTED | DATA, file_pread),
	ROW("pwrite(2)", CONNECTED, file_pwrite),
	ROW("preadv(2)", CONNECTED | DATA, file_preadv),
	ROW("ftruncate(2)", STREAM, file_truncate),
	ROW("fsync(2)", STREAM, file_fsync),
	ROW("getdents64(2)", STREAM, file_getdents),
	DIFFER(MMAP, "mmap(2) of a stream", STREAM, file_mmap),
	ROW("mmap(2) of a datagram socket", DGRAM, file_mmap),
	ROW("open(2) of /proc/self/fd/N", STREAM, file_open_again),
	ROW("ioctl(2), unknown request", STREAM, file_unknown_ioctl),
	ROW("dup(2), and close(2) of the first descriptor", CONNECTED | DATA,
	    file_dup),
	ROW("dup(2) shares O_NONBLOCK", STREAM, file_dup_shares_flags),
	ROW("fork(2), and both processes go on", CONNECTED | DATA, file_fork),
	ROW("SCM_RIGHTS of the descriptor over AF_UNIX", TALKING | DATA,
	    file_scm_rights),
	ROW("pidfd_getfd(2)", CONNECTED | DATA, file_pidfd_getfd),
	DIFFER(FSTAT, "fstat(2) tells S_IFSOCK", STREAM,
	       file_is_socket_by_stat),
	DIFFER(FSTAT, "fstatfs(2) tells sockfs", STREAM, file_is_socket_by_fs),
	DIFFER(FSTAT, "readlink(2) of /proc/self/fd/N tells socket:", STREAM,
	       file_is_socket_by_link),
	DIFFER(FSTAT, "fgetxattr(2) tells system.sockprotoname", STREAM,
	       file_is_socket_by_xattr),
	DIFFER(IOCTL, "ioctl(SIOCGIFCONF)", DGRAM, file_ioctl_of_interfaces,
	       SIOCGIFCONF),
	DIFFER(IOCTL, "ioctl(SIOCGIFNAME)", DGRAM, file_ioctl_of_interfaces,
	       SIOCGIFNAME),
	DIFFER(IOCTL, "ioctl(SIOCGIFFLAGS)", DGRAM, file_ioctl_of_interfaces,
	       SIOCGIFFLAGS),
	DIFFER(IOCTL, "ioctl(SIOCGIFADDR)", DGRAM, file_ioctl_of_interfaces,
	       SIOCGIFADDR),
	DIFFER(IOCTL, "ioctl(SIOCGIFINDEX)", STREAM, file_ioctl_of_interfaces,
	       SIOCGIFINDEX),
	DIFFER(IOCTL, "ioctl(FIOSETOWN)", STREAM, file_ioctl_of_owner,
	       FIOSETOWN),
	DIFFER(IOCTL, "ioctl(SIOCGPGRP)", STREAM, file_ioctl_of_owner,
	       SIOCGPGRP),
};

/* ---- System calls of sockets --------------------------------------------- */

static long call_bind(struct twin *twin)
{
	return plain_bind(twin->fd, &twin->addr.sa, twin->addr.len);
}

static long call_listen(struct twin *twin)
{
	return plain_listen(twin->fd, 1);
}

static long call_accept4(struct twin *twin)
{
	return twin_ok(plain_accept(twin->fd, NULL, NULL, 0));
}

static long call_connect2(struct twin *twin)
{
	return plain_connect(twin->fd, &twin->addr.sa, twin->addr.len);
}

static long call_names(struct twin *twin)
{
	struct addr addr = addr_room();

	if (twin->arg[0])
		return plain_getpeername(twin->fd, &addr.sa, &addr.len);
	return plain_getsockname(twin->fd, &addr.sa, &addr.len);
}

static long call_sendto(struct twin *twin)
{
	return twin_ok(plain_sendto(twin->fd, "x", 1, 0, NULL, 0));
}

static long call_recvfrom(struct twin *twin)
{
	char byte;

	return twin_ok(ret_errno(recvfrom(twin->fd, &byte, 1, 0, NULL, NULL)));
}

/* arg: 0 to send, 1 to receive; 1 for many messages in one call. */
static long call_message(struct twin *twin)
{
	char byte = 'x';
	struct iovec iov = { &byte, 1 };
	struct mmsghdr many = {
		.msg_hdr = { .msg_iov = &iov, .msg_iovlen = 1 },
	};
	long ret;

	if (twin->arg[0] && twin->arg[1])
		ret = recvmmsg(twin->fd, &many, 1, 0, NULL);
	else if (twin->arg[0])
		ret = recvmsg(twin->fd, &many.msg_hdr, 0);
	else if (twin->arg[1])
		ret = sendmmsg(twin->fd, &many, 1, 0);
	else
		ret = sendmsg(twin->fd, &many.msg_hdr, 0);
	return twin_ok(ret_errno(ret));
}

static long call_shutdown(struct twin *twin)
{
	return plain_shutdown(twin->fd, SHUT_WR);
}

static long call_option(struct twin *twin)
{
	int value = 1;
	socklen_t len = sizeof(value);

	if (twin->arg[0])
		return plain_setsockopt(twin->fd, SOL_SOCKET, SO_KEEPALIVE,
					&value, len);
	return plain_getsockopt(twin->fd, SOL_SOCKET, SO_TYPE, &value, &len);
}

static const struct twin_row call_rows[] = {
	DIFFER(GETSOCKOPT, "bind(2), the system call", STREAM, call_bind),
	DIFFER(GETSOCKOPT, "listen(2), the system call", BOUND, call_listen),
	DIFFER(GETSOCKOPT, "accept4(2), the system call", PENDING,
	       call_accept4),
	DIFFER(GETSOCKOPT, "connect(2), the system call", DGRAM,
	       call_connect2),
	DIFFER(GETSOCKOPT, "getsockname(2), the system call", BOUND,
	       call_names),
	DIFFER(GETSOCKOPT, "getpeername(2), the system call", CONNECTED,
	       call_names, 1),
	DIFFER(GETSOCKOPT, "sendto(2), the system call", CONNECTED,
	       call_sendto),
	DIFFER(GETSOCKOPT, "recvfrom(2), the system call", CONNECTED | DATA,
	       call_recvfrom),
	DIFFER(GETSOCKOPT, "sendmsg(2), the system call", TALKING,
	       call_message),
	DIFFER(GETSOCKOPT, "recvmsg(2), the system call", TALKING | DATA,
	       call_message, 1),
	DIFFER(GETSOCKOPT, "sendmmsg(2), the system call", TALKING,
	       call_message, 0, 1),
	DIFFER(GETSOCKOPT, "recvmmsg(2), the system call", TALKING | DATA,
	       call_message, 1, 1),
	DIFFER(GETSOCKOPT, "shutdown(2), the system call", CONNECTED,
	       call_shutdown),
	DIFFER(GETSOCKOPT, "getsockopt(2), the system call", STREAM,
	       call_option),
	DIFFER(GETSOCKOPT, "setsockopt(2), the system call", STREAM,
	       call_option, 1),
};

#endif /* KSOCK_SELFTESTS_TWIN_FILE_H */
