// SPDX-License-Identifier: GPL-2.0-only
/*
 * How long things live: contexts and sockets across close, dup, fork, exec,
 * SCM_RIGHTS and the death of a process, and the module below all of them.
 * A socket is gone when its peer has seen the end of the stream; everything is
 * gone when the references to the module are what they were.
 */
#include "fixture.h"
#include "process.h"
#include "scm.h"

/* ---- What is run by exec ------------------------------------------------- */

#define EXEC_FD		"KSOCK_TEST_EXEC_FD"
#define EXEC_WROTE	10
#define EXEC_CLOSED	11
#define EXEC_FAILED	12

/* The program itself: writes a byte to the descriptor it is told. */
static void __attribute__((constructor)) exec_main(void)
{
	const char *fd = getenv(EXEC_FD);

	if (!fd)
		return;
	if (write(atoi(fd), "x", 1) == 1)
		_exit(EXEC_WROTE);
	_exit(errno == EBADF ? EXEC_CLOSED : EXEC_FAILED);
}

static int exec_join(int fd)
{
	char number[16], *argv[] = { "exec", NULL };
	pid_t pid;

	snprintf(number, sizeof(number), "%d", fd);
	pid = fork();
	if (pid < 0)
		return -errno;
	if (!pid) {
		setenv(EXEC_FD, number, 1);
		execv("/proc/self/exe", argv);
		_exit(EXEC_FAILED);
	}
	return process_join(pid);
}

/* ---- The fixture --------------------------------------------------------- */

FIXTURE(lifetime) {
	struct addr addr;
	/* With the context, and without any socket. */
	int references;
	int owned;
	/* For what children find out. */
	int *ret;
};

FIXTURE_SETUP(lifetime)
{
	SETUP_KSOCK();
	self->addr = addr_loopback(AF_INET, PORT);
	self->references = references();
	ASSERT_LE(1, self->references);
	self->owned = ksock_owned(ksock_ctx);
	ASSERT_LE(0, self->owned);
	self->ret = process_shared(8 * sizeof(*self->ret));
	ASSERT_TRUE(self->ret != NULL);
}

FIXTURE_TEARDOWN(lifetime)
{
}

/* Whether the plain @peer receives a byte, and no more. */
static bool receives(int peer)
{
	char bytes[2];

	return wait_events(peer, POLLIN, WAIT_MS) == POLLIN &&
	       face_recv(&plain_face, peer, bytes, 2, MSG_DONTWAIT) == 1;
}

/* Whether the plain @peer sees the end of the stream. */
static bool ends(int peer)
{
	char byte;

	return wait_events(peer, POLLIN, WAIT_MS) & POLLIN &&
	       face_recv(&plain_face, peer, &byte, 1, MSG_DONTWAIT) == 0;
}

/* Whether the plain @peer has neither data nor the end of the stream. */
static bool waits(int peer)
{
	char byte;

	return face_recv(&plain_face, peer, &byte, 1, MSG_DONTWAIT) == -EAGAIN;
}

static ssize_t send_byte(int fd)
{
	return ksock_sendto(fd, "x", 1, MSG_DONTWAIT, NULL, 0);
}

/* ---- Close --------------------------------------------------------------- */

TEST_F(lifetime, context_may_be_closed_before_its_sockets)
{
	int listener, client, fd, plain;

	listener = ksock_socket(AF_INET, SOCK_STREAM, 0);
	ASSERT_LE(0, listener);
	client = ksock_socket(AF_INET, SOCK_STREAM, 0);
	ASSERT_LE(0, client);
	ASSERT_EQ(0, close(ksock_ctx));

	EXPECT_EQ(0, ksock_bind(listener, &self->addr.sa, self->addr.len));
	EXPECT_EQ(0, ksock_listen(listener, 1));
	EXPECT_EQ(0, ksock_connect(client, &self->addr.sa, self->addr.len));
	fd = ksock_accept(listener, NULL, NULL, 0);
	EXPECT_LE(0, fd);
	EXPECT_EQ(1, send_byte(client));
	EXPECT_EQ(POLLIN, wait_events(fd, POLLIN, WAIT_MS));

	plain = plain_socket(AF_INET, SOCK_STREAM, 0);
	ASSERT_LE(0, plain);
	EXPECT_EQ(0, plain_connect(plain, &self->addr.sa, self->addr.len));
}

TEST_F(lifetime, accepted_socket_outlives_listener_and_context)
{
	int listener, fd, plain;
	char byte = 0;

	listener = ksock_socket(AF_INET, SOCK_STREAM, 0);
	ASSERT_LE(0, listener);
	ASSERT_EQ(0, ksock_bind(listener, &self->addr.sa, self->addr.len));
	ASSERT_EQ(0, ksock_listen(listener, 1));
	plain = plain_socket(AF_INET, SOCK_STREAM, 0);
	ASSERT_LE(0, plain);
	ASSERT_EQ(0, plain_connect(plain, &self->addr.sa, self->addr.len));
	fd = ksock_accept(listener, NULL, NULL, 0);
	ASSERT_LE(0, fd);
	ASSERT_EQ(0, close(listener));
	ASSERT_EQ(0, close(ksock_ctx));

	EXPECT_EQ(1, plain_sendto(plain, "x", 1, 0, NULL, 0));
	EXPECT_EQ(POLLIN, wait_events(fd, POLLIN, WAIT_MS));
	EXPECT_EQ(1, face_recv(&ksock_face, fd, &byte, 1, 0));
	EXPECT_EQ('x', byte);
	EXPECT_EQ(1, send_byte(fd));
	EXPECT_TRUE(receives(plain));
	close(fd);
	EXPECT_TRUE(ends(plain));
}

TEST_F(lifetime, socket_ends_with_its_last_descriptor)
{
	struct pair pair;
	int other;

	ASSERT_EQ(0, pair_of_streams(&pair, &ksock_face, AF_INET));
	other = dup(pair.fd);
	ASSERT_LE(0, other);
	ASSERT_EQ(0, close(pair.fd));
	EXPECT_TRUE(waits(pair.peer));
	EXPECT_EQ(1, send_byte(other));
	EXPECT_TRUE(receives(pair.peer));
	ASSERT_EQ(0, close(other));
	EXPECT_TRUE(ends(pair.peer));
	EXPECT_EQ(self->references, references());
	EXPECT_EQ(self->owned, ksock_owned(ksock_ctx));
}

TEST_F(stream, recv_is_not_woken_by_close)
{
	struct call call = { .run = call_recv, .face = self->face, .len = 1 };
	struct pair pair;
	char byte = 0;

	ASSERT_EQ(0, pair_of_streams(&pair, self->face, variant->family));
	call.fd = pair.fd;
	call.buf = &byte;
	ASSERT_EQ(0, call_start(&call));
	ASSERT_TRUE(call_sleeps(&call));
	ASSERT_EQ(0, close(pair.fd));
	EXPECT_EQ(0, wait_events(call.done[0], POLLIN, 0));
	EXPECT_TRUE(call_sleeps(&call));
	EXPECT_TRUE(waits(pair.peer));

	EXPECT_EQ(1, plain_sendto(pair.peer, "x", 1, 0, NULL, 0));
	EXPECT_EQ(1, call_end(&call));
	EXPECT_EQ('x', byte);
	/* The call had the last of it. */
	EXPECT_TRUE(ends(pair.peer));
}

TEST_F(stream, accept_is_not_woken_by_close)
{
	struct call call = { .run = call_accept, .face = self->face };
	int plain, again;

	call.fd = self->face->socket(variant->family, SOCK_STREAM, 0);
	ASSERT_LE(0, call.fd);
	ASSERT_EQ(0, self->face->bind(call.fd, &self->addr.sa,
				      self->addr.len));
	ASSERT_EQ(0, self->face->listen(call.fd, 1));
	ASSERT_EQ(0, call_start(&call));
	ASSERT_TRUE(call_sleeps(&call));
	ASSERT_EQ(0, close(call.fd));
	EXPECT_EQ(0, wait_events(call.done[0], POLLIN, 0));
	EXPECT_TRUE(call_sleeps(&call));

	plain = plain_socket(variant->family, SOCK_STREAM, 0);
	ASSERT_LE(0, plain);
	EXPECT_EQ(0, plain_connect(plain, &self->addr.sa, self->addr.len));
	EXPECT_LE(0, call_end(&call));
	/* The call had the last of it: nobody listens any more. */
	again = plain_socket(variant->family, SOCK_STREAM, 0);
	ASSERT_LE(0, again);
	EXPECT_EQ(-ECONNREFUSED, plain_connect(again, &self->addr.sa,
					       self->addr.len));
}

/* ---- Other processes ----------------------------------------------------- */

TEST_F(lifetime, child_goes_on_with_what_its_parent_closed)
{
	struct pair pair;
	int go[2];
	pid_t pid;
	char byte;

	ASSERT_EQ(0, pair_of_streams(&pair, &ksock_face, AF_INET));
	ASSERT_EQ(0, pipe(go));
	pid = fork();
	ASSERT_LE(0, pid);
	if (!pid) {
		close(go[1]);
		/* Until the parent has closed everything. */
		if (read(go[0], &byte, 1))
			_exit(1);
		self->ret[0] = send_byte(pair.fd);
		self->ret[1] = ksock_socket(AF_INET, SOCK_STREAM, 0);
		_exit(0);
	}
	ASSERT_EQ(0, close(pair.fd));
	ASSERT_EQ(0, close(ksock_ctx));
	EXPECT_TRUE(waits(pair.peer));
	close(go[0]);
	close(go[1]);
	EXPECT_TRUE(receives(pair.peer));
	EXPECT_TRUE(ends(pair.peer));
	ASSERT_EQ(0, process_join(pid));
	EXPECT_EQ(1, self->ret[0]);
	EXPECT_LE(0, self->ret[1]);
}

TEST_F(lifetime, parent_goes_on_when_its_child_exits)
{
	struct pair pair;
	pid_t pid;

	ASSERT_EQ(0, pair_of_streams(&pair, &ksock_face, AF_INET));
	pid = fork();
	ASSERT_LE(0, pid);
	if (!pid)
		_exit(0);
	ASSERT_EQ(0, process_join(pid));
	EXPECT_TRUE(waits(pair.peer));
	EXPECT_EQ(1, send_byte(pair.fd));
	EXPECT_TRUE(receives(pair.peer));
}

TEST_F(lifetime, socket_and_context_work_in_a_process_they_were_sent_to)
{
	int channel[2], fd;
	struct pair pair;
	pid_t pid;

	ASSERT_EQ(0, socketpair(AF_UNIX, SOCK_STREAM, 0, channel));
	pid = fork();
	ASSERT_LE(0, pid);
	if (!pid) {
		close(ksock_ctx);
		fd = recv_fd(channel[1]);
		ksock_ctx = recv_fd(channel[1]);
		self->ret[0] = send_byte(fd);
		self->ret[1] = ksock_socket(AF_INET, SOCK_STREAM, 0);
		self->ret[2] = ksock_bind(self->ret[1], &self->addr.sa,
					  self->addr.len);
		_exit(0);
	}
	/* Leaves PORT to the child. */
	ASSERT_EQ(0, pair_of_streams(&pair, &ksock_face, AF_INET6));
	ASSERT_EQ(0, send_fd(channel[0], pair.fd));
	ASSERT_EQ(0, close(pair.fd));
	ASSERT_EQ(0, send_fd(channel[0], ksock_ctx));
	ASSERT_EQ(0, close(ksock_ctx));
	EXPECT_TRUE(receives(pair.peer));
	EXPECT_TRUE(ends(pair.peer));
	ASSERT_EQ(0, process_join(pid));
	EXPECT_EQ(1, self->ret[0]);
	EXPECT_LE(0, self->ret[1]);
	EXPECT_EQ(0, self->ret[2]);
	EXPECT_EQ(self->references - 1, references());
}

TEST_F(lifetime, socket_lives_while_it_is_on_its_way)
{
	int channel[2], fd;
	struct pair pair;

	ASSERT_EQ(0, socketpair(AF_UNIX, SOCK_STREAM, 0, channel));
	ASSERT_EQ(0, pair_of_streams(&pair, &ksock_face, AF_INET));
	ASSERT_EQ(0, send_fd(channel[0], pair.fd));
	ASSERT_EQ(0, close(pair.fd));
	EXPECT_TRUE(waits(pair.peer));
	EXPECT_EQ(self->owned + 1, ksock_owned(ksock_ctx));
	fd = recv_fd(channel[1]);
	ASSERT_LE(0, fd);
	EXPECT_EQ(1, send_byte(fd));
	EXPECT_TRUE(receives(pair.peer));

	ASSERT_EQ(0, send_fd(channel[0], fd));
	ASSERT_EQ(0, close(fd));
	EXPECT_TRUE(waits(pair.peer));
	close(channel[0]);
	close(channel[1]);
	EXPECT_TRUE(ends(pair.peer));
	EXPECT_TRUE(EVENTUALLY(references() == self->references));
}

/* The collector of AF_UNIX runs when a socket of its family is closed. */
static bool collected(int expected)
{
	int pair[2];

	if (references() == expected)
		return true;
	if (!socketpair(AF_UNIX, SOCK_STREAM, 0, pair)) {
		close(pair[0]);
		close(pair[1]);
	}
	return references() == expected;
}

TEST_F(lifetime, ring_of_sockets_in_flight_is_collected)
{
	struct pair pair;
	int a[2], b[2];

	ASSERT_EQ(0, pair_of_streams(&pair, &ksock_face, AF_INET));
	ASSERT_EQ(0, socketpair(AF_UNIX, SOCK_STREAM, 0, a));
	ASSERT_EQ(0, socketpair(AF_UNIX, SOCK_STREAM, 0, b));
	/* Each queue holds what would free the other, and something of ours. */
	ASSERT_EQ(0, send_fd(a[0], pair.fd));
	ASSERT_EQ(0, send_fd(b[0], ksock_ctx));
	ASSERT_EQ(0, send_fd(a[0], b[1]));
	ASSERT_EQ(0, send_fd(b[0], a[1]));
	close(a[0]);
	close(a[1]);
	close(b[0]);
	close(b[1]);
	ASSERT_EQ(0, close(pair.fd));
	ASSERT_EQ(0, close(ksock_ctx));
	EXPECT_TRUE(EVENTUALLY(collected(self->references - 1)));
	EXPECT_TRUE(ends(pair.peer));
}

/* ---- Death --------------------------------------------------------------- */

TEST_F(lifetime, killed_process_closes_the_socket_it_was_blocked_on)
{
	int listener, peer;
	char byte;
	pid_t pid;

	listener = plain_socket(AF_INET, SOCK_STREAM, 0);
	ASSERT_LE(0, listener);
	ASSERT_EQ(0, plain_bind(listener, &self->addr.sa, self->addr.len));
	ASSERT_EQ(0, plain_listen(listener, 1));
	pid = fork();
	ASSERT_LE(0, pid);
	if (!pid) {
		int fd = ksock_socket(AF_INET, SOCK_STREAM, 0);

		if (ksock_connect(fd, &self->addr.sa, self->addr.len) ||
		    send_byte(fd) != 1)
			_exit(1);
		face_recv(&ksock_face, fd, &byte, 1, 0);
		_exit(2);
	}
	ASSERT_EQ(POLLIN, wait_events(listener, POLLIN, WAIT_MS));
	peer = plain_accept(listener, NULL, NULL, 0);
	ASSERT_LE(0, peer);
	ASSERT_TRUE(receives(peer));
	ASSERT_TRUE(process_sleeps(pid));
	EXPECT_TRUE(waits(peer));
	EXPECT_EQ(self->references + 1, references());
	EXPECT_EQ(self->owned + 1, ksock_owned(ksock_ctx));

	ASSERT_EQ(0, kill(pid, SIGKILL));
	EXPECT_EQ(128 + SIGKILL, process_join(pid));
	EXPECT_TRUE(ends(peer));
	EXPECT_EQ(self->references, references());
	EXPECT_EQ(self->owned, ksock_owned(ksock_ctx));
}

TEST_F(lifetime, killed_process_closes_the_listener_it_was_blocked_on)
{
	int go[2], plain;
	char byte;
	pid_t pid;

	ASSERT_EQ(0, pipe(go));
	pid = fork();
	ASSERT_LE(0, pid);
	if (!pid) {
		int fd = ksock_socket(AF_INET, SOCK_STREAM, 0);

		if (ksock_bind(fd, &self->addr.sa, self->addr.len) ||
		    ksock_listen(fd, 1) || write(go[1], "", 1) != 1)
			_exit(1);
		ksock_accept(fd, NULL, NULL, 0);
		_exit(2);
	}
	ASSERT_EQ(POLLIN, wait_events(go[0], POLLIN, WAIT_MS));
	ASSERT_EQ(1, read(go[0], &byte, 1));
	ASSERT_TRUE(process_sleeps(pid));
	/* The listener, and what accept prepared before it waits. */
	EXPECT_EQ(self->owned + 2, ksock_owned(ksock_ctx));

	ASSERT_EQ(0, kill(pid, SIGKILL));
	EXPECT_EQ(128 + SIGKILL, process_join(pid));
	EXPECT_EQ(self->references, references());
	EXPECT_EQ(self->owned, ksock_owned(ksock_ctx));
	plain = plain_socket(AF_INET, SOCK_STREAM, 0);
	ASSERT_LE(0, plain);
	EXPECT_EQ(-ECONNREFUSED, plain_connect(plain, &self->addr.sa,
					       self->addr.len));
}

/* ---- Exec ---------------------------------------------------------------- */

TEST_F(lifetime, exec_keeps_a_socket)
{
	struct pair pair;

	ASSERT_EQ(0, pair_of_streams(&pair, &ksock_face, AF_INET));
	EXPECT_EQ(EXEC_WROTE, exec_join(pair.fd));
	EXPECT_TRUE(receives(pair.peer));
	EXPECT_TRUE(waits(pair.peer));
	ASSERT_EQ(0, close(pair.fd));
	EXPECT_TRUE(ends(pair.peer));
}

TEST_F(lifetime, exec_closes_a_socket_that_is_made_to_be)
{
	int fd;

	fd = ksock_socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	ASSERT_LE(0, fd);
	EXPECT_EQ(EXEC_CLOSED, exec_join(fd));
	/* Written to, it would have ended the program with SIGPIPE. */
	ASSERT_EQ(0, fcntl(fd, F_SETFD, 0));
	EXPECT_EQ(128 + SIGPIPE, exec_join(fd));
}

TEST_F(lifetime, exec_closes_an_accepted_socket_that_is_made_to_be)
{
	int listener, fd, plain;

	listener = ksock_socket(AF_INET, SOCK_STREAM, 0);
	ASSERT_LE(0, listener);
	ASSERT_EQ(0, ksock_bind(listener, &self->addr.sa, self->addr.len));
	ASSERT_EQ(0, ksock_listen(listener, 1));
	plain = plain_socket(AF_INET, SOCK_STREAM, 0);
	ASSERT_LE(0, plain);
	ASSERT_EQ(0, plain_connect(plain, &self->addr.sa, self->addr.len));
	fd = ksock_accept(listener, NULL, NULL, SOCK_CLOEXEC);
	ASSERT_LE(0, fd);
	EXPECT_EQ(EXEC_CLOSED, exec_join(fd));
	EXPECT_TRUE(waits(plain));
	ASSERT_EQ(0, fcntl(fd, F_SETFD, 0));
	EXPECT_EQ(EXEC_WROTE, exec_join(fd));
	EXPECT_TRUE(receives(plain));
}

TEST_F(lifetime, exec_closes_a_context_that_is_opened_to_be)
{
	int ctx;

	ASSERT_EQ(FD_CLOEXEC, fcntl(ksock_ctx, F_GETFD));
	EXPECT_EQ(EXEC_CLOSED, exec_join(ksock_ctx));
	/* Which cannot be written to, but is there. */
	ctx = ret_errno(open(KSOCK_DEVICE, O_RDWR));
	ASSERT_LE(0, ctx);
	EXPECT_EQ(EXEC_FAILED, exec_join(ctx));
}

/* ---- The module ---------------------------------------------------------- */

TEST_F(lifetime, module_is_referenced_by_each_context_and_socket)
{
	int ctx, fd, other;

	ctx = ksock_open();
	ASSERT_LE(0, ctx);
	EXPECT_EQ(self->references + 1, references());
	fd = ksock_socket(AF_INET, SOCK_STREAM, 0);
	ASSERT_LE(0, fd);
	EXPECT_EQ(self->references + 2, references());
	other = dup(fd);
	ASSERT_LE(0, other);
	EXPECT_EQ(self->references + 2, references());
	close(fd);
	EXPECT_EQ(self->references + 2, references());
	close(other);
	EXPECT_EQ(self->references + 1, references());
	close(ctx);
	EXPECT_EQ(self->references, references());

	/* A socket holds the context it was made from. */
	fd = ksock_socket(AF_INET6, SOCK_DGRAM, 0);
	ASSERT_LE(0, fd);
	close(ksock_ctx);
	EXPECT_EQ(self->references + 1, references());
	close(fd);
	EXPECT_EQ(self->references - 1, references());
}

TEST_F(lifetime, failed_commands_leave_no_reference)
{
	int fd;

	fd = ksock_socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
	ASSERT_LE(0, fd);
	ASSERT_EQ(0, ksock_bind(fd, &self->addr.sa, self->addr.len));
	EXPECT_EQ(-EINVAL, ksock_accept(fd, NULL, NULL, 0));
	ASSERT_EQ(0, ksock_listen(fd, 1));
	EXPECT_EQ(-EAGAIN, ksock_accept(fd, NULL, NULL, 0));
	EXPECT_EQ(-EAFNOSUPPORT, ksock_socket(AF_UNIX, SOCK_STREAM, 0));
	EXPECT_EQ(self->references + 1, references());
}

/* Asks for no more than the kernel refuses: the references are there. */
static int unload(void)
{
	if (references() <= 0)
		return -EUCLEAN;
	return ret_errno(syscall(SYS_delete_module, "ksock", O_NONBLOCK));
}

TEST_F(lifetime, module_is_not_unloaded_while_a_context_is_open)
{
	EXPECT_EQ(-EWOULDBLOCK, unload());
	EXPECT_LE(0, ksock_socket(AF_INET, SOCK_STREAM, 0));
}

TEST_F(lifetime, module_is_not_unloaded_while_a_socket_is_open)
{
	struct pair pair;

	ASSERT_EQ(0, pair_of_streams(&pair, &ksock_face, AF_INET));
	ASSERT_EQ(0, close(ksock_ctx));
	EXPECT_EQ(-EWOULDBLOCK, unload());
	EXPECT_EQ(1, send_byte(pair.fd));
	EXPECT_TRUE(receives(pair.peer));
}

TEST_F(lifetime, module_is_not_unloaded_while_a_socket_is_on_its_way)
{
	struct pair pair;
	int channel[2];

	ASSERT_EQ(0, socketpair(AF_UNIX, SOCK_STREAM, 0, channel));
	ASSERT_EQ(0, pair_of_streams(&pair, &ksock_face, AF_INET));
	ASSERT_EQ(0, send_fd(channel[0], pair.fd));
	ASSERT_EQ(0, close(pair.fd));
	ASSERT_EQ(0, close(ksock_ctx));
	EXPECT_EQ(-EWOULDBLOCK, unload());
	EXPECT_TRUE(waits(pair.peer));
}

TEST_HARNESS_MAIN
