// SPDX-License-Identifier: GPL-2.0-only
/*
 * Sockets of the kernel's own: who may make and use one, however the module was
 * loaded, and how they are told from others.  What they do is in kern_io_test.c
 * and in the programs whose name ends in _kern.  Run with relaxed=1 as well,
 * which the program finds out.
 */
#include "control.h"
#include "kern.h"
#include "perm.h"

FIXTURE(gate) {
	int *ret;
};

FIXTURE_SETUP(gate)
{
	SETUP_KSOCK();
	self->ret = process_shared(32 * sizeof(*self->ret));
	ASSERT_TRUE(self->ret != NULL);
}

FIXTURE_TEARDOWN(gate)
{
}

/* Which of the two capabilities a process has. */
enum {
	HAS_NONE = 0,
	HAS_ADMIN = 1,
	HAS_RAW = 2,
	HAS_BOTH = HAS_ADMIN | HAS_RAW,
	COMBINATIONS,
};

static int capabilities(unsigned int has)
{
	int ret;

	ret = capability_set(CAP_NET_ADMIN, has & HAS_ADMIN, true);
	return ret ? ret : capability_set(CAP_NET_RAW, has & HAS_RAW, true);
}

/* Makes a socket of the type with a context opened with other rights. */
static int made_as(unsigned int opener, unsigned int caller, int type,
		   int protocol)
{
	int ret;

	ret = capabilities(opener);
	if (ret)
		return ret;
	ksock_ctx = ksock_open();
	if (ksock_ctx < 0)
		return ksock_ctx;
	ret = capabilities(caller);
	if (!ret)
		ret = closed(kern_socket(AF_INET, type, protocol));
	close(ksock_ctx);
	return ret;
}

TEST_F(gate, asks_opener_and_caller_for_cap_net_admin)
{
	unsigned int opener, caller;
	int expected;

	for (opener = 0; opener < COMBINATIONS; opener++) {
		for (caller = 0; caller < COMBINATIONS; caller++) {
			expected = opener & caller & HAS_ADMIN ? 0 : -EPERM;
			EXPECT_EQ(expected, made_as(opener, caller, SOCK_STREAM,
						    0)) {
				TH_LOG("opener %u caller %u", opener, caller);
			}
			EXPECT_EQ(expected, made_as(opener, caller, SOCK_DGRAM,
						    0)) {
				TH_LOG("opener %u caller %u", opener, caller);
			}
		}
	}
}

TEST_F(gate, asks_opener_and_caller_for_cap_net_raw_as_well_when_raw)
{
	unsigned int opener, caller;
	int expected;

	for (opener = 0; opener < COMBINATIONS; opener++) {
		for (caller = 0; caller < COMBINATIONS; caller++) {
			expected = (opener & caller) == HAS_BOTH ? 0 : -EPERM;
			EXPECT_EQ(expected, made_as(opener, caller, SOCK_RAW,
						    IPPROTO_UDP)) {
				TH_LOG("opener %u caller %u", opener, caller);
			}
		}
	}
}

TEST_F(gate, is_shut_to_another_user)
{
	pid_t pid = fork();

	ASSERT_LE(0, pid);
	if (!pid) {
		if (user_become(USER))
			_exit(1);
		self->ret[0] = closed(kern_socket(AF_INET, SOCK_STREAM, 0));
		self->ret[1] = closed(kern_socket(AF_INET6, SOCK_DGRAM, 0));
		_exit(0);
	}
	ASSERT_EQ(0, process_join(pid));
	EXPECT_EQ(-EPERM, self->ret[0]);
	EXPECT_EQ(-EPERM, self->ret[1]);
}

/* Root of a user namespace, with the one capability in its own network. */
TEST_F(gate, is_open_to_the_owner_of_the_network)
{
	pid_t pid = fork();

	ASSERT_LE(0, pid);
	if (!pid) {
		if (userns_enter(0) || own_netns())
			_exit(1);
		ksock_ctx = ksock_open();
		self->ret[0] = closed(kern_socket(AF_INET, SOCK_STREAM, 0));
		self->ret[1] = closed(kern_socket(AF_INET, SOCK_RAW,
						  IPPROTO_UDP));
		_exit(0);
	}
	ASSERT_EQ(0, process_join(pid));
	EXPECT_EQ(0, self->ret[0]);
	EXPECT_EQ(0, self->ret[1]);
}

TEST_F(gate, is_shut_to_a_user_namespace_below_that_of_the_network)
{
	pid_t pid = fork();

	ASSERT_LE(0, pid);
	if (!pid) {
		if (userns_enter(0))
			_exit(1);
		/* The context of root. */
		self->ret[0] = closed(kern_socket(AF_INET, SOCK_STREAM, 0));
		ksock_ctx = ksock_open();
		self->ret[1] = closed(kern_socket(AF_INET, SOCK_STREAM, 0));
		_exit(0);
	}
	ASSERT_EQ(0, process_join(pid));
	EXPECT_EQ(-EPERM, self->ret[0]);
	EXPECT_EQ(-EPERM, self->ret[1]);
}

/* The documented order: right, flags, kind, and what the kind asks for. */
TEST_F(gate, comes_before_the_flags_and_raw_after_the_kind)
{
	struct ksock_socket_args args = {
		.flags = ~0U, .family = AF_UNIX, .type = SOCK_RAW,
	};

	EXPECT_EQ(-EINVAL, ret_errno(ioctl(ksock_ctx, KSOCK_IOC_SOCKET,
					   &args)));
	ASSERT_EQ(0, capabilities(HAS_RAW));
	EXPECT_EQ(-EPERM, ret_errno(ioctl(ksock_ctx, KSOCK_IOC_SOCKET, &args)));
	ASSERT_EQ(0, capabilities(HAS_ADMIN));
	EXPECT_EQ(-EAFNOSUPPORT, kern_socket(AF_UNIX, SOCK_RAW, 1));
	EXPECT_EQ(-EPROTONOSUPPORT, kern_socket(AF_INET, SOCK_RAW, 0));
	EXPECT_EQ(-EPERM, kern_socket(AF_INET, SOCK_RAW, 1));
}

TEST_F(gate, of_gated_commands_is_the_same_for_whoever_inherits_a_socket)
{
	struct addr any = addr_loopback(AF_INET, 0);
	struct addr low = addr_loopback(AF_INET, 80);
	struct addr to = addr_loopback(AF_INET, PORT);
	int fd, listener, batch;

	listener = listener_at(&plain_face, &to, 8);
	ASSERT_LE(0, listener);
	fd = kern_socket(AF_INET, SOCK_STREAM, 0);
	ASSERT_LE(0, fd);
	batch = batch_open(1, 1);
	ASSERT_LE(0, batch);
	ASSERT_EQ(0, batch_slot(batch, 0, fd));

	ASSERT_EQ(0, capability_set(CAP_NET_ADMIN, false, true));
	EXPECT_EQ(-EPERM, ksock_bind(fd, &any.sa, any.len));
	EXPECT_EQ(-EPERM, ksock_bind(fd, &low.sa, low.len));
	EXPECT_EQ(-EPERM, ksock_listen(fd, 1));
	EXPECT_EQ(-EPERM, ksock_connect(fd, &to.sa, to.len));
	EXPECT_EQ(-EPERM, fastopen(fd, &to));
	EXPECT_EQ(-EPERM, fastopen_msg(fd, &to));
	EXPECT_EQ(-EPERM, fastopen_batch(batch, 0, &to));
	EXPECT_EQ(-EPERM, opt_get(fd));
	EXPECT_EQ(-EPERM, opt_set(fd));
	ASSERT_EQ(0, capability_set(CAP_NET_ADMIN, true, true));
	EXPECT_EQ(0, ksock_bind(fd, &any.sa, any.len));
	EXPECT_EQ(0, opt_get(fd));
	EXPECT_EQ(0, opt_set(fd));
	EXPECT_EQ(0, ksock_connect(fd, &to.sa, to.len));
}

TEST_F(gate, is_not_in_front_of_what_is_not_gated)
{
	struct addr addr = addr_loopback(AF_INET, PORT + 1);
	struct ksock_abort_args abort = {};
	struct addr name = addr_room();
	int listener, plain, child;
	struct pair pair;
	char buf[4];

	ASSERT_EQ(0, pair_of_streams(&pair, &kern_face, AF_INET));
	listener = listener_at(&kern_face, &addr, 1);
	ASSERT_LE(0, listener);
	plain = connected_to(&plain_face, SOCK_STREAM, &addr);
	ASSERT_LE(0, plain);
	ASSERT_EQ(0, capabilities(HAS_NONE));
	child = ksock_accept(listener, NULL, NULL, 0);
	EXPECT_LE(0, child);
	EXPECT_EQ(1, face_send(&kern_face, pair.fd, "x", 1, 0));
	ASSERT_EQ(1, face_send(&plain_face, pair.peer, "y", 1, 0));
	EXPECT_EQ(1, face_recv(&kern_face, pair.fd, buf, sizeof(buf), 0));
	EXPECT_EQ(0, ksock_getpeername(pair.fd, &name.sa, &name.len));
	EXPECT_EQ(KSOCK_MODE_KERN, socket_mode(pair.fd));
	EXPECT_EQ(0, ksock_shutdown(pair.fd, SHUT_WR));
	EXPECT_EQ(0, ret_errno(ioctl(pair.fd, KSOCK_IOC_ABORT, &abort)));
	/* But what is gated on the listener is so on its child. */
	EXPECT_EQ(-EPERM, opt_get(child));
}

/* ---- What the stack goes on asking the caller for ------------------------- */

TEST_F(gate, of_the_stack_asks_the_caller_for_port_80)
{
	struct addr addr = addr_loopback(AF_INET, 80);
	struct addr addr6 = addr_loopback(AF_INET6, 80);
	int fd, fd6;

	fd = kern_socket(AF_INET, SOCK_STREAM, 0);
	ASSERT_LE(0, fd);
	fd6 = kern_socket(AF_INET6, SOCK_DGRAM, 0);
	ASSERT_LE(0, fd6);
	ASSERT_EQ(0, capability_set(CAP_NET_BIND_SERVICE, false, true));
	EXPECT_EQ(-EACCES, ksock_bind(fd, &addr.sa, addr.len));
	EXPECT_EQ(-EACCES, ksock_bind(fd6, &addr6.sa, addr6.len));
	ASSERT_EQ(0, capability_set(CAP_NET_BIND_SERVICE, true, true));
	EXPECT_EQ(0, ksock_bind(fd, &addr.sa, addr.len));
	EXPECT_EQ(0, ksock_bind(fd6, &addr6.sa, addr6.len));
}

TEST_F(gate, of_the_stack_asks_the_caller_for_a_mark_in_control_data)
{
	struct control control;
	struct pair pair;

	ASSERT_EQ(0, pair_of_dgrams(&pair, &kern_face, AF_INET));
	control_set_int(&control, SOL_SOCKET, SO_MARK, 7);
	EXPECT_EQ(1, control_send(&kern_face, pair.fd, "x", 1, &control));
	ASSERT_EQ(0, capabilities(HAS_NONE));
	EXPECT_EQ(-EPERM, control_send(&kern_face, pair.fd, "x", 1, &control));
}

TEST_F(gate, of_the_stack_asks_the_caller_for_a_group_of_icmp)
{
	EXPECT_EQ(-EACCES, kern_socket(AF_INET, SOCK_DGRAM, IPPROTO_ICMP));
	EXPECT_EQ(-EACCES, kern_socket(AF_INET6, SOCK_DGRAM, IPPROTO_ICMPV6));
}

/* ---- What it says of itself ----------------------------------------------- */

FIXTURE(mode) {
};

FIXTURE_SETUP(mode)
{
	SETUP_KSOCK();
}

FIXTURE_TEARDOWN(mode)
{
}

/* What the line of fdinfo says, or "" when there is none. */
static const char *fdinfo_mode(int fd)
{
	static char line[128];
	char path[64];
	FILE *file;

	snprintf(path, sizeof(path), "/proc/self/fdinfo/%d", fd);
	file = fopen(path, "re");
	if (!file)
		return "";
	while (fgets(line, sizeof(line), file)) {
		line[strcspn(line, "\n")] = '\0';
		if (!strncmp(line, "ksock-mode:\t", 12)) {
			fclose(file);
			return line + 12;
		}
	}
	fclose(file);
	return "";
}

TEST_F(mode, is_told_by_info_and_fdinfo)
{
	int user, kern;

	user = ksock_socket(AF_INET, SOCK_STREAM, 0);
	ASSERT_LE(0, user);
	kern = kern_socket(AF_INET, SOCK_STREAM, 0);
	ASSERT_LE(0, kern);
	EXPECT_EQ(KSOCK_MODE_USER, socket_mode(user));
	EXPECT_EQ(KSOCK_MODE_KERN, socket_mode(kern));
	EXPECT_STREQ("user", fdinfo_mode(user));
	EXPECT_STREQ("kern", fdinfo_mode(kern));
}

TEST_F(mode, is_told_by_a_feature_bit)
{
	struct ksock_device_info info;

	ASSERT_EQ(0, ksock_device_info(ksock_ctx, &info));
	EXPECT_EQ(KSOCK_FEAT_KERN, info.out_features & KSOCK_FEAT_KERN);
	EXPECT_EQ(1, info.out_abi_revision);
}

TEST_F(mode, of_a_socket_is_as_its_flag_has_it_for_every_kind)
{
	static const struct {
		int family;
		int type;
		int protocol;
	} kinds[] = {
		{ AF_INET, SOCK_STREAM, 0 },
		{ AF_INET6, SOCK_STREAM, IPPROTO_TCP },
		{ AF_INET, SOCK_DGRAM, 0 },
		{ AF_INET6, SOCK_DGRAM, IPPROTO_UDP },
		{ AF_INET, SOCK_RAW, IPPROTO_UDP },
		{ AF_INET6, SOCK_RAW, IPPROTO_ICMPV6 },
	};
	size_t i;
	int fd;

	for (i = 0; i < ARRAY_SIZE(kinds); i++) {
		fd = kern_socket(kinds[i].family, kinds[i].type,
				 kinds[i].protocol);
		ASSERT_LE(0, fd);
		EXPECT_EQ(KSOCK_MODE_KERN, socket_mode(fd)) {
			TH_LOG("kind %zu", i);
		}
	}
}

/* Whether the kernel has it or not. */
TEST_F(mode, is_not_to_be_had_for_mptcp)
{
	EXPECT_EQ(-EOPNOTSUPP, kern_socket(AF_INET, SOCK_STREAM, IPPROTO_MPTCP));
	EXPECT_EQ(-EOPNOTSUPP, kern_socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC,
					   IPPROTO_MPTCP));
}

TEST_F(mode, of_what_is_accepted_is_that_of_the_listener)
{
	static const struct face *faces[] = { &kern_face, &ksock_face };
	static const int modes[] = { KSOCK_MODE_KERN, KSOCK_MODE_USER };
	struct addr addr = addr_loopback(AF_INET6, PORT);
	int listener, client, child;
	size_t i, j;

	for (i = 0; i < ARRAY_SIZE(faces); i++) {
		for (j = 0; j < ARRAY_SIZE(faces); j++) {
			addr.in6.sin6_port = htons(PORT + 2 * i + j);
			listener = listener_at(faces[i], &addr, 1);
			ASSERT_LE(0, listener);
			client = connected_to(faces[j], SOCK_STREAM, &addr);
			ASSERT_LE(0, client);
			child = ksock_accept(listener, NULL, NULL, 0);
			ASSERT_LE(0, child);
			EXPECT_EQ(modes[i], socket_mode(child));
			EXPECT_EQ(modes[j], socket_mode(client));
			EXPECT_STREQ(faces[i] == &kern_face ? "kern" : "user",
				     fdinfo_mode(child));
			/* Not only in name. */
			EXPECT_EQ(faces[i] == &kern_face ? -EOPNOTSUPP : 1,
				  face_send(&ksock_face, child, "x", 1,
					    MSG_ZEROCOPY));
		}
	}
}

TEST_F(mode, of_a_dup_and_in_a_batch_is_the_same)
{
	struct pair pair;
	int batch, other;

	ASSERT_EQ(0, pair_of_streams(&pair, &kern_face, AF_INET));
	other = dup(pair.fd);
	ASSERT_LE(0, other);
	EXPECT_EQ(KSOCK_MODE_KERN, socket_mode(other));
	batch = batch_open(1, 1);
	ASSERT_LE(0, batch);
	ASSERT_EQ(0, batch_slot(batch, 0, other));
	EXPECT_EQ(1, batch_one(batch, batch_send(0, "x", 1, 0)));
	EXPECT_TRUE(peer_receives(pair.peer, "x"));
}

/* As with the caller's, whose user is charged. */
TEST_F(mode, does_not_matter_to_who_owns_it)
{
	struct ksock_socket_info info;
	int owned = ksock_owned(ksock_ctx), fd;

	fd = kern_socket(AF_INET, SOCK_STREAM, 0);
	ASSERT_LE(0, fd);
	EXPECT_EQ(owned + 1, ksock_owned(ksock_ctx));
	ASSERT_EQ(0, ksock_socket_info(fd, &info));
	EXPECT_EQ(0, info.out_uid);
	EXPECT_LT(0, info.out_inode);
	EXPECT_LT(0, info.out_cookie);
	close(fd);
	EXPECT_EQ(owned, ksock_owned(ksock_ctx));
}

TEST_HARNESS_MAIN
