// SPDX-License-Identifier: GPL-2.0-only
/*
 * Who may do what: every command, whoever opened the device and whoever calls.
 * The gated commands ask for CAP_NET_ADMIN in the user namespace that owns the
 * context's network, of both; with relaxed=1 they ask for nothing.  The program
 * finds out how the module was loaded and expects the one or the other.
 */
#include "common.h"
#include "process.h"
#include "scm.h"

enum opener {
	ROOT,
	/* Without CAP_NET_ADMIN. */
	ROOT_LESS,
	/* Root of a user namespace that owns the network. */
	USERNS_OWN,
	/* Root of a user namespace below the one that owns the network. */
	USERNS_BELOW,
};

enum caller {
	/* The opener. */
	SAME,
	/* Its child, which inherits the descriptors. */
	CHILD,
	CHILD_USER,
	CHILD_LESS,
	CHILD_USERNS,
	/* Another process, which is sent the descriptors. */
	OTHER_ROOT,
	OTHER_USER,
};

/* What the opener makes; only the context when it may make no sockets. */
enum {
	CTX,
	TO_BIND,
	TO_LISTEN,
	TO_CONNECT,
	LISTENER,
	STREAM,
	FDS,
};

enum {
	DEVICE_INFO,
	SOCKET,
	BIND,
	LISTEN,
	CONNECT,
	ACCEPT,
	SEND,
	RECV,
	NAME,
	SOCKET_INFO,
	SHUTDOWN,
	COMMANDS,
};

#define NOT_CALLED	1000

struct outcome {
	int error;
	/* Whether there are sockets beside the context. */
	bool sockets;
	struct addr target;
	int ret[COMMANDS];
};

static bool relaxed(void)
{
	char value = 0;
	int fd;

	fd = open("/sys/module/ksock/parameters/relaxed",
		  O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return false;
	if (read(fd, &value, 1) != 1)
		value = 0;
	close(fd);
	return value == 'Y';
}

static int opener_become(enum opener opener)
{
	int ret;

	switch (opener) {
	case ROOT:
		return 0;
	case ROOT_LESS:
		return capability_drop(CAP_NET_ADMIN);
	case USERNS_OWN:
		ret = userns_enter(0);
		return ret ? ret : own_netns();
	case USERNS_BELOW:
		return userns_enter(0);
	}
	return -EINVAL;
}

static int caller_become(enum caller caller)
{
	switch (caller) {
	case CHILD_USER:
	case OTHER_USER:
		return user_become(USER);
	case CHILD_LESS:
		return capability_drop(CAP_NET_ADMIN);
	case CHILD_USERNS:
		return userns_enter(0);
	default:
		return 0;
	}
}

/* A plain stream socket that listens at @addr. */
static int plain_listener(struct addr *addr)
{
	int fd;

	*addr = addr_loopback(AF_INET, 0);
	fd = plain_socket(AF_INET, SOCK_STREAM, 0);
	if (fd < 0)
		return fd;
	if (plain_bind(fd, &addr->sa, addr->len) || plain_listen(fd, 8) ||
	    plain_getsockname(fd, &addr->sa, &addr->len))
		return -EIO;
	return fd;
}

/* Returns 0, or a negative error when it cannot; some descriptors stay open. */
static int sockets_make(int *fds, struct outcome *outcome)
{
	struct addr addr = addr_loopback(AF_INET, 0);
	int i, target, plain, ret;

	for (i = CTX + 1; i < FDS; i++) {
		fds[i] = ksock_socket(AF_INET, SOCK_STREAM, 0);
		if (fds[i] < 0)
			return fds[i];
	}
	target = plain_listener(&outcome->target);
	if (target < 0)
		return target;

	ret = ksock_connect(fds[STREAM], &outcome->target.sa,
			    outcome->target.len);
	if (ret)
		return ret;
	plain = plain_accept(target, NULL, NULL, 0);
	if (plain < 0 || plain_sendto(plain, "x", 1, 0, NULL, 0) != 1 ||
	    wait_events(fds[STREAM], POLLIN, WAIT_MS) != POLLIN)
		return -EIO;

	ret = ksock_bind(fds[LISTENER], &addr.sa, addr.len);
	if (!ret)
		ret = ksock_listen(fds[LISTENER], 1);
	if (!ret)
		ret = ksock_getsockname(fds[LISTENER], &addr.sa, &addr.len);
	if (ret)
		return ret;
	plain = plain_socket(AF_INET, SOCK_STREAM, 0);
	if (plain < 0 || plain_connect(plain, &addr.sa, addr.len) ||
	    wait_events(fds[LISTENER], POLLIN, WAIT_MS) != POLLIN)
		return -EIO;
	outcome->sockets = true;
	return 0;
}

/* What a command that makes a descriptor returns, as any other. */
static int closed(int fd)
{
	if (fd < 0)
		return fd;
	close(fd);
	return 0;
}

static void call_all(const int *fds, struct outcome *outcome)
{
	struct addr any = addr_loopback(AF_INET, 0), name = addr_room();
	struct ksock_device_info device;
	struct ksock_socket_info info;
	int *ret = outcome->ret;
	char byte;

	ksock_ctx = fds[CTX];
	ret[DEVICE_INFO] = ksock_device_info(fds[CTX], &device);
	ret[SOCKET] = closed(ksock_socket(AF_INET, SOCK_STREAM, 0));
	if (!outcome->sockets)
		return;
	ret[BIND] = ksock_bind(fds[TO_BIND], &any.sa, any.len);
	ret[LISTEN] = ksock_listen(fds[TO_LISTEN], 1);
	ret[CONNECT] = ksock_connect(fds[TO_CONNECT], &outcome->target.sa,
				     outcome->target.len);
	ret[ACCEPT] = closed(ksock_accept(fds[LISTENER], NULL, NULL, 0));
	ret[SEND] = ksock_sendto(fds[STREAM], "x", 1, MSG_DONTWAIT, NULL, 0);
	ret[RECV] = face_recv(&ksock_face, fds[STREAM], &byte, 1,
			      MSG_DONTWAIT);
	ret[NAME] = ksock_getpeername(fds[STREAM], &name.sa, &name.len);
	ret[SOCKET_INFO] = ksock_socket_info(fds[STREAM], &info);
	ret[SHUTDOWN] = ksock_shutdown(fds[STREAM], SHUT_RDWR);
}

/* The process that is sent the descriptors. */
static int other_run(int channel, enum caller caller, struct outcome *outcome)
{
	int fds[FDS], i, ret;

	ret = caller_become(caller);
	if (ret)
		return ret;
	/* How many there are is known when the context has come. */
	i = 0;
	do {
		fds[i] = recv_fd(channel);
		if (fds[i] < 0)
			return fds[i];
	} while (++i < FDS && outcome->sockets);
	call_all(fds, outcome);
	return 0;
}

static int opener_run(int channel, enum opener opener, enum caller caller,
		      struct outcome *outcome)
{
	int fds[FDS], i, ret;
	pid_t pid;

	ret = opener_become(opener);
	if (ret)
		return ret;
	ksock_ctx = ksock_open();
	if (ksock_ctx < 0)
		return ksock_ctx;
	fds[CTX] = ksock_ctx;
	ret = sockets_make(fds, outcome);
	if (ret && ret != -EPERM)
		return ret;

	switch (caller) {
	case SAME:
		call_all(fds, outcome);
		return 0;
	case OTHER_ROOT:
	case OTHER_USER:
		for (i = 0; i < (outcome->sockets ? FDS : 1); i++) {
			ret = send_fd(channel, fds[i]);
			if (ret)
				return ret;
		}
		/* The other ends when it is done. */
		return wait_events(channel, POLLIN, WAIT_MS) & POLLHUP ?
		       0 : -ETIME;
	default:
		pid = fork();
		if (pid < 0)
			return -errno;
		if (pid)
			return process_join(pid) ? -ECHILD : 0;
		ret = caller_become(caller);
		if (!ret)
			call_all(fds, outcome);
		_exit(ret ? 1 : 0);
	}
}

FIXTURE(permission) {
	struct outcome *outcome;
	bool sockets;
	int gated;
};

FIXTURE_VARIANT(permission) {
	enum opener opener;
	enum caller caller;
	/* Whether the gated commands are allowed, unless relaxed. */
	bool allowed;
};

#define ROW(_name, _opener, _caller, _allowed)				\
	FIXTURE_VARIANT_ADD(permission, _name) {			\
		.opener = _opener, .caller = _caller, .allowed = _allowed, \
	}

ROW(root_calls_itself, ROOT, SAME, true);
ROW(root_to_child, ROOT, CHILD, true);
ROW(root_to_child_of_another_user, ROOT, CHILD_USER, false);
ROW(root_to_child_without_capability, ROOT, CHILD_LESS, false);
ROW(root_to_child_in_user_namespace, ROOT, CHILD_USERNS, false);
ROW(root_to_other_root, ROOT, OTHER_ROOT, true);
ROW(root_to_other_user, ROOT, OTHER_USER, false);

ROW(root_without_capability_calls_itself, ROOT_LESS, SAME, false);
ROW(root_without_capability_to_child, ROOT_LESS, CHILD, false);
ROW(root_without_capability_to_child_of_another_user, ROOT_LESS, CHILD_USER,
    false);
ROW(root_without_capability_to_child_without_capability, ROOT_LESS, CHILD_LESS,
    false);
ROW(root_without_capability_to_child_in_user_namespace, ROOT_LESS, CHILD_USERNS,
    false);
/* A privileged program that got an unprivileged opener's descriptor. */
ROW(root_without_capability_to_other_root, ROOT_LESS, OTHER_ROOT, false);
ROW(root_without_capability_to_other_user, ROOT_LESS, OTHER_USER, false);

ROW(owner_of_network_calls_itself, USERNS_OWN, SAME, true);
ROW(owner_of_network_to_child, USERNS_OWN, CHILD, true);
ROW(owner_of_network_to_child_of_another_user, USERNS_OWN, CHILD_USER, false);
ROW(owner_of_network_to_child_without_capability, USERNS_OWN, CHILD_LESS,
    false);
ROW(owner_of_network_to_child_in_user_namespace, USERNS_OWN, CHILD_USERNS,
    false);
/* Root of a user namespace has every right in those below it. */
ROW(owner_of_network_to_other_root, USERNS_OWN, OTHER_ROOT, true);
ROW(owner_of_network_to_other_user, USERNS_OWN, OTHER_USER, false);

ROW(user_namespace_calls_itself, USERNS_BELOW, SAME, false);
ROW(user_namespace_to_child, USERNS_BELOW, CHILD, false);
ROW(user_namespace_to_child_of_another_user, USERNS_BELOW, CHILD_USER, false);
ROW(user_namespace_to_child_without_capability, USERNS_BELOW, CHILD_LESS,
    false);
ROW(user_namespace_to_child_in_user_namespace, USERNS_BELOW, CHILD_USERNS,
    false);
ROW(user_namespace_to_other_root, USERNS_BELOW, OTHER_ROOT, false);
ROW(user_namespace_to_other_user, USERNS_BELOW, OTHER_USER, false);

/* Runs the row; the tests look at what came of it. */
FIXTURE_SETUP(permission)
{
	pid_t opener, other = 0;
	int channel[2], i;

	SETUP_KSOCK();
	close(ksock_ctx);
	self->outcome = process_shared(sizeof(*self->outcome));
	ASSERT_TRUE(self->outcome != NULL);
	for (i = 0; i < COMMANDS; i++)
		self->outcome->ret[i] = NOT_CALLED;
	self->sockets = relaxed() || variant->opener == ROOT ||
			variant->opener == USERNS_OWN;
	self->gated = relaxed() || variant->allowed ? 0 : -EPERM;

	ASSERT_EQ(0, socketpair(AF_UNIX, SOCK_STREAM, 0, channel));
	opener = fork();
	ASSERT_LE(0, opener);
	if (!opener) {
		close(channel[1]);
		_exit(-opener_run(channel[0], variant->opener, variant->caller,
				  self->outcome));
	}
	close(channel[0]);
	if (variant->caller == OTHER_ROOT || variant->caller == OTHER_USER) {
		other = fork();
		ASSERT_LE(0, other);
		if (!other)
			_exit(-other_run(channel[1], variant->caller,
					 self->outcome));
	}
	close(channel[1]);
	if (other)
		ASSERT_EQ(0, process_join(other));
	ASSERT_EQ(0, process_join(opener));
}

FIXTURE_TEARDOWN(permission)
{
}

TEST_F(permission, for_a_socket_is_asked_of_opener_and_caller)
{
	EXPECT_EQ(self->sockets, self->outcome->sockets);
	EXPECT_EQ(self->gated, self->outcome->ret[SOCKET]);
}

TEST_F(permission, for_gated_commands_is_asked_of_opener_and_caller)
{
	int gated = self->sockets ? self->gated : NOT_CALLED;

	EXPECT_EQ(gated, self->outcome->ret[BIND]);
	EXPECT_EQ(gated, self->outcome->ret[LISTEN]);
	EXPECT_EQ(gated, self->outcome->ret[CONNECT]);
}

TEST_F(permission, for_other_commands_is_asked_of_nobody)
{
	int none = self->sockets ? 0 : NOT_CALLED;
	int one = self->sockets ? 1 : NOT_CALLED;

	EXPECT_EQ(0, self->outcome->ret[DEVICE_INFO]);
	EXPECT_EQ(none, self->outcome->ret[ACCEPT]);
	EXPECT_EQ(one, self->outcome->ret[SEND]);
	EXPECT_EQ(one, self->outcome->ret[RECV]);
	EXPECT_EQ(none, self->outcome->ret[NAME]);
	EXPECT_EQ(none, self->outcome->ret[SOCKET_INFO]);
	EXPECT_EQ(none, self->outcome->ret[SHUTDOWN]);
}

/* ---- What is not a row --------------------------------------------------- */

FIXTURE(device) {
	bool relaxed;
	/* What somebody without the capability gets from a gated command. */
	int refused;
	int *ret;
};

FIXTURE_SETUP(device)
{
	SETUP_KSOCK();
	self->relaxed = relaxed();
	self->refused = self->relaxed ? 0 : -EPERM;
	self->ret = process_shared(8 * sizeof(*self->ret));
	ASSERT_TRUE(self->ret != NULL);
}

FIXTURE_TEARDOWN(device)
{
}

TEST_F(device, tells_whether_it_is_relaxed)
{
	struct ksock_device_info info;

	ASSERT_EQ(0, ksock_device_info(ksock_ctx, &info));
	EXPECT_EQ(self->relaxed, info.out_relaxed);
}

TEST_F(device, belongs_to_root_alone)
{
	struct stat stat;

	ASSERT_EQ(0, lstat(KSOCK_DEVICE, &stat));
	EXPECT_EQ(S_IFCHR | 0600, stat.st_mode);
	EXPECT_EQ(0, stat.st_uid);
	EXPECT_EQ(0, stat.st_gid);
}

TEST_F(device, open_by_another_user_fails_with_eacces)
{
	pid_t pid = fork();

	ASSERT_LE(0, pid);
	if (!pid) {
		if (user_become(USER))
			_exit(1);
		self->ret[0] = closed(ksock_open());
		self->ret[1] = closed(ret_errno(open(KSOCK_DEVICE, O_RDONLY)));
		self->ret[2] = closed(ret_errno(open(KSOCK_DEVICE, O_WRONLY)));
		_exit(0);
	}
	ASSERT_EQ(0, process_join(pid));
	EXPECT_EQ(-EACCES, self->ret[0]);
	EXPECT_EQ(-EACCES, self->ret[1]);
	EXPECT_EQ(-EACCES, self->ret[2]);
}

/* CAP_NET_ADMIN opens no files. */
TEST_F(device, open_by_another_user_with_the_capability_fails_with_eacces)
{
	pid_t pid = fork();

	ASSERT_LE(0, pid);
	if (!pid) {
		if (user_become_with(USER, CAP_NET_ADMIN))
			_exit(1);
		self->ret[0] = closed(ksock_open());
		_exit(0);
	}
	ASSERT_EQ(0, process_join(pid));
	EXPECT_EQ(-EACCES, self->ret[0]);
}

/*
 * The trick with the standard output of a set-user-ID program: it does its
 * ioctl on what somebody without privileges has opened.
 */
TEST_F(device, opened_without_the_capability_stays_without_it)
{
	int ctx, fd;

	ASSERT_EQ(0, capability_set(CAP_NET_ADMIN, false, true));
	ctx = ksock_open();
	ASSERT_LE(0, ctx);
	ASSERT_EQ(0, capability_set(CAP_NET_ADMIN, true, true));

	fd = ksock_socket(AF_INET, SOCK_STREAM, 0);
	EXPECT_LE(0, fd);
	close(ksock_ctx);
	ksock_ctx = ctx;
	EXPECT_EQ(self->refused,
		  closed(ksock_socket(AF_INET, SOCK_STREAM, 0)));
}

TEST_F(device, asks_what_the_caller_may_now)
{
	struct addr addr = addr_loopback(AF_INET, 0);
	int fd;

	fd = ksock_socket(AF_INET, SOCK_STREAM, 0);
	ASSERT_LE(0, fd);
	ASSERT_EQ(0, capability_set(CAP_NET_ADMIN, false, true));
	EXPECT_EQ(self->refused,
		  closed(ksock_socket(AF_INET, SOCK_STREAM, 0)));
	if (!self->relaxed) {
		EXPECT_EQ(-EPERM, ksock_bind(fd, &addr.sa, addr.len));
		EXPECT_EQ(-EPERM, ksock_listen(fd, 1));
		EXPECT_EQ(-EPERM, ksock_connect(fd, &addr.sa, addr.len));
	}
	ASSERT_EQ(0, capability_set(CAP_NET_ADMIN, true, true));
	EXPECT_EQ(0, closed(ksock_socket(AF_INET, SOCK_STREAM, 0)));
	EXPECT_EQ(0, ksock_bind(fd, &addr.sa, addr.len));
}

TEST_F(device, another_user_with_the_capability_may_use_it)
{
	struct addr addr = addr_loopback(AF_INET, 0);
	pid_t pid = fork();
	int fd;

	ASSERT_LE(0, pid);
	if (!pid) {
		if (user_become_with(USER, CAP_NET_ADMIN))
			_exit(1);
		fd = ksock_socket(AF_INET, SOCK_STREAM, 0);
		self->ret[0] = fd < 0 ? fd : 0;
		self->ret[1] = ksock_bind(fd, &addr.sa, addr.len);
		self->ret[2] = ksock_listen(fd, 1);
		_exit(0);
	}
	ASSERT_EQ(0, process_join(pid));
	EXPECT_EQ(0, self->ret[0]);
	EXPECT_EQ(0, self->ret[1]);
	EXPECT_EQ(0, self->ret[2]);
}

TEST_F(device, port_80_is_asked_of_the_caller_by_the_stack)
{
	struct addr addr = addr_loopback(AF_INET, 80);
	struct addr addr6 = addr_loopback(AF_INET6, 80);
	int fd, fd6;
	pid_t pid;

	fd = ksock_socket(AF_INET, SOCK_STREAM, 0);
	ASSERT_LE(0, fd);
	fd6 = ksock_socket(AF_INET6, SOCK_DGRAM, 0);
	ASSERT_LE(0, fd6);
	pid = fork();
	ASSERT_LE(0, pid);
	if (!pid) {
		if (capability_drop(CAP_NET_BIND_SERVICE))
			_exit(1);
		self->ret[0] = ksock_bind(fd, &addr.sa, addr.len);
		self->ret[1] = ksock_bind(fd6, &addr6.sa, addr6.len);
		_exit(0);
	}
	ASSERT_EQ(0, process_join(pid));
	EXPECT_EQ(-EACCES, self->ret[0]);
	EXPECT_EQ(-EACCES, self->ret[1]);

	pid = fork();
	ASSERT_LE(0, pid);
	if (!pid) {
		if (user_become(USER))
			_exit(1);
		self->ret[0] = ksock_bind(fd, &addr.sa, addr.len);
		self->ret[1] = ksock_bind(fd6, &addr6.sa, addr6.len);
		_exit(0);
	}
	ASSERT_EQ(0, process_join(pid));
	EXPECT_EQ(self->relaxed ? -EACCES : -EPERM, self->ret[0]);
	EXPECT_EQ(self->relaxed ? -EACCES : -EPERM, self->ret[1]);

	EXPECT_EQ(0, ksock_bind(fd, &addr.sa, addr.len));
	EXPECT_EQ(0, ksock_bind(fd6, &addr6.sa, addr6.len));
}

/* Of the documented order, the place of EPERM. */
TEST_F(device, permission_comes_after_the_type_and_before_the_contents)
{
	const unsigned int short_listen = _IOW(KSOCK_IOC_MAGIC, 0x11, int);
	struct ksock_listen_args bad = { .flags = 1 };
	int stream, dgram;
	pid_t pid;

	stream = ksock_socket(AF_INET, SOCK_STREAM, 0);
	ASSERT_LE(0, stream);
	dgram = ksock_socket(AF_INET, SOCK_DGRAM, 0);
	ASSERT_LE(0, dgram);
	pid = fork();
	ASSERT_LE(0, pid);
	if (!pid) {
		if (user_become(USER))
			_exit(1);
		self->ret[0] = ret_errno(ioctl(stream, short_listen, &bad));
		self->ret[1] = ret_errno(ioctl(stream, KSOCK_IOC_LISTEN, NULL));
		self->ret[2] = ret_errno(ioctl(dgram, KSOCK_IOC_LISTEN, &bad));
		self->ret[3] = ret_errno(ioctl(stream, KSOCK_IOC_LISTEN, &bad));
		self->ret[4] = ksock_socket(AF_UNIX, SOCK_RAW, 0);
		_exit(0);
	}
	ASSERT_EQ(0, process_join(pid));
	EXPECT_EQ(-EINVAL, self->ret[0]);
	EXPECT_EQ(-EFAULT, self->ret[1]);
	EXPECT_EQ(-EOPNOTSUPP, self->ret[2]);
	EXPECT_EQ(self->relaxed ? -EINVAL : -EPERM, self->ret[3]);
	EXPECT_EQ(self->relaxed ? -EAFNOSUPPORT : -EPERM, self->ret[4]);
}

TEST_HARNESS_MAIN
