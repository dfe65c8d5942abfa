// SPDX-License-Identifier: GPL-2.0-only
/*
 * Who may do what: every command, whoever opened the device and whoever calls.
 * The gated commands ask for CAP_NET_ADMIN in the user namespace that owns the
 * context's network, of both; with relaxed=1 they ask for nothing.  The program
 * finds out how the module was loaded and expects the one or the other.
 */
#include "perm.h"
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
	/* Not connected, and the last of them in SLOT_CLOSED. */
	TO_SEND,
	TO_SENDMSG,
	TO_RUN,
	LISTENER,
	/* Connected, and in SLOT_STREAM. */
	STREAM,
	TO_ABORT,
	BATCH_FD,
	FDS,
};

enum {
	SLOT_STREAM,
	SLOT_CLOSED,
	SLOT_EMPTY,
	SLOTS,
};

enum {
	DEVICE_INFO,
	SOCKET,
	BIND,
	LISTEN,
	CONNECT,
	ACCEPT,
	SEND,
	SEND_FASTOPEN,
	RECV,
	SENDMSG,
	SENDMSG_FASTOPEN,
	RECVMSG,
	OPT_GET,
	OPT_SET,
	NAME,
	SOCKET_INFO,
	BATCH,
	BATCH_SLOT,
	BATCH_RUN,
	BATCH_RUN_FASTOPEN,
	SHUTDOWN,
	ABORT,
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

/* Connects a socket to a plain one that sends two bytes. */
static int stream_make(int fd, int target, const struct addr *addr)
{
	int plain, ret;

	ret = ksock_connect(fd, &addr->sa, addr->len);
	if (ret)
		return ret;
	plain = plain_accept(target, NULL, NULL, 0);
	if (plain < 0 || plain_sendto(plain, "xy", 2, 0, NULL, 0) != 2 ||
	    wait_events(fd, POLLIN, WAIT_MS) != POLLIN)
		return -EIO;
	return 0;
}

static int batch_make(const int *fds)
{
	int batch = batch_open(SLOTS, 1), ret;

	if (batch < 0)
		return batch;
	ret = batch_slot(batch, SLOT_STREAM, fds[STREAM]);
	if (!ret)
		ret = batch_slot(batch, SLOT_CLOSED, fds[TO_RUN]);
	return ret ? ret : batch;
}

/* Returns 0, or a negative error when it cannot; some descriptors stay open. */
static int sockets_make(int *fds, struct outcome *outcome)
{
	struct addr addr = addr_loopback(AF_INET, 0);
	int i, target, plain, ret;

	for (i = CTX + 1; i < BATCH_FD; i++) {
		fds[i] = ksock_socket(AF_INET, SOCK_STREAM, 0);
		if (fds[i] < 0)
			return fds[i];
	}
	target = plain_listener(&outcome->target);
	if (target < 0)
		return target;
	ret = stream_make(fds[STREAM], target, &outcome->target);
	if (!ret)
		ret = stream_make(fds[TO_ABORT], target, &outcome->target);
	if (ret)
		return ret;

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

	fds[BATCH_FD] = batch_make(fds);
	if (fds[BATCH_FD] < 0)
		return fds[BATCH_FD];
	outcome->sockets = true;
	return 0;
}

static void call_gated(const int *fds, struct outcome *outcome)
{
	struct addr any = addr_loopback(AF_INET, 0);
	struct addr target = outcome->target;
	int *ret = outcome->ret;

	ret[BIND] = ksock_bind(fds[TO_BIND], &any.sa, any.len);
	ret[LISTEN] = ksock_listen(fds[TO_LISTEN], 1);
	ret[CONNECT] = ksock_connect(fds[TO_CONNECT], &target.sa, target.len);
	ret[OPT_GET] = opt_get(fds[STREAM]);
	ret[OPT_SET] = opt_set(fds[STREAM]);
	ret[SEND_FASTOPEN] = fastopen(fds[TO_SEND], &target);
	ret[SENDMSG_FASTOPEN] = fastopen_msg(fds[TO_SENDMSG], &target);
	ret[BATCH_RUN_FASTOPEN] = fastopen_batch(fds[BATCH_FD], SLOT_CLOSED,
						 &target);
}

static void call_messages(const int *fds, struct outcome *outcome)
{
	char byte = 'x';
	struct iovec iov = { .iov_base = &byte, .iov_len = 1 };
	struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1 };
	int *ret = outcome->ret;

	ret[SENDMSG] = ksock_sendmsg(fds[STREAM], &msg, MSG_DONTWAIT);
	ret[RECVMSG] = ksock_recvmsg(fds[STREAM], &msg, MSG_DONTWAIT);
	ret[BATCH_SLOT] = batch_slot(fds[BATCH_FD], SLOT_EMPTY, fds[STREAM]);
	ret[BATCH_RUN] = batch_one(fds[BATCH_FD],
				   batch_send(SLOT_STREAM, "x", 1,
					      MSG_DONTWAIT));
}

static void call_all(const int *fds, struct outcome *outcome)
{
	struct ksock_device_info device;
	struct addr name = addr_room();
	struct ksock_abort_args abort = {};
	struct ksock_socket_info info;
	int *ret = outcome->ret;
	char byte;

	ksock_ctx = fds[CTX];
	ret[DEVICE_INFO] = ksock_device_info(fds[CTX], &device);
	ret[SOCKET] = closed(ksock_socket(AF_INET, SOCK_STREAM, 0));
	ret[BATCH] = closed(batch_open(1, 1));
	if (!outcome->sockets)
		return;
	call_gated(fds, outcome);
	ret[ACCEPT] = closed(ksock_accept(fds[LISTENER], NULL, NULL, 0));
	ret[SEND] = ksock_sendto(fds[STREAM], "x", 1, MSG_DONTWAIT, NULL, 0);
	ret[RECV] = face_recv(&ksock_face, fds[STREAM], &byte, 1,
			      MSG_DONTWAIT);
	call_messages(fds, outcome);
	ret[NAME] = ksock_getpeername(fds[STREAM], &name.sa, &name.len);
	ret[SOCKET_INFO] = ksock_socket_info(fds[STREAM], &info);
	ret[SHUTDOWN] = ksock_shutdown(fds[STREAM], SHUT_RDWR);
	ret[ABORT] = ret_errno(ioctl(fds[TO_ABORT], KSOCK_IOC_ABORT, &abort));
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
	EXPECT_EQ(gated, self->outcome->ret[OPT_GET]);
	EXPECT_EQ(gated, self->outcome->ret[OPT_SET]);
}

/* Whichever way it comes in. */
TEST_F(permission, for_a_connect_by_sending_is_asked_of_opener_and_caller)
{
	int gated = NOT_CALLED;

	if (self->sockets)
		gated = self->gated ? self->gated : 1;
	EXPECT_EQ(gated, self->outcome->ret[SEND_FASTOPEN]);
	EXPECT_EQ(gated, self->outcome->ret[SENDMSG_FASTOPEN]);
	EXPECT_EQ(gated, self->outcome->ret[BATCH_RUN_FASTOPEN]);
}

TEST_F(permission, for_other_commands_is_asked_of_nobody)
{
	int none = self->sockets ? 0 : NOT_CALLED;
	int one = self->sockets ? 1 : NOT_CALLED;

	EXPECT_EQ(0, self->outcome->ret[DEVICE_INFO]);
	EXPECT_EQ(none, self->outcome->ret[ACCEPT]);
	EXPECT_EQ(one, self->outcome->ret[SEND]);
	EXPECT_EQ(one, self->outcome->ret[RECV]);
	EXPECT_EQ(one, self->outcome->ret[SENDMSG]);
	EXPECT_EQ(one, self->outcome->ret[RECVMSG]);
	EXPECT_EQ(0, self->outcome->ret[BATCH]);
	EXPECT_EQ(none, self->outcome->ret[BATCH_SLOT]);
	EXPECT_EQ(one, self->outcome->ret[BATCH_RUN]);
	EXPECT_EQ(none, self->outcome->ret[NAME]);
	EXPECT_EQ(none, self->outcome->ret[SOCKET_INFO]);
	EXPECT_EQ(none, self->outcome->ret[SHUTDOWN]);
	EXPECT_EQ(none, self->outcome->ret[ABORT]);
}

TEST_HARNESS_MAIN
