// SPDX-License-Identifier: GPL-2.0-only
/*
 * The end of network namespaces: made, used, and left while their connections are
 * not over, because what would end them gets lost, data is still to be sent, or
 * nobody was left to close them.  Each is gone in the end, but not before the last
 * of its sockets.
 *
 * NAMESPACES in the environment says how many there are altogether.
 */
#include "link.h"
#include "fixture.h"
#include "process.h"
#include "scm.h"

/* A test goes on for as long as it is told to. */
#undef TEST_TIMEOUT_DEFAULT
#define TEST_TIMEOUT_DEFAULT	1000

#define NAMESPACES	12

/* Tests that share them. */
#define SHARES		4

/* Seconds until the last of them must be gone. */
#define GONE_SECONDS	100

#define LINK_ONE	"fe80::a:1"
#define LINK_OTHER	"fe80::a:2"

/* ---- Counting them ------------------------------------------------------- */

/*
 * The kernel counts a namespace until the last of it is gone: with room for two,
 * one of which is the test's own, another one can be made when there are no more.
 */
static bool namespaces_gone(void)
{
	const char *path = "/proc/sys/user/max_net_namespaces";
	char room[32] = "";
	pid_t pid = -1;
	int fd;

	fd = open(path, O_RDWR | O_CLOEXEC);
	if (read(fd, room, sizeof(room) - 1) > 0 && pwrite(fd, "2", 1, 0) == 1)
		pid = fork();
	if (!pid)
		_exit(!!unshare(CLONE_NEWNET));
	if (pid > 0)
		pid = process_join(pid);
	if (pwrite(fd, room, strlen(room), 0) < 0)
		pid = -1;
	close(fd);
	return !pid;
}

static bool namespaces_go(void)
{
	int seconds;

	for (seconds = 0; seconds < GONE_SECONDS; seconds++) {
		if (namespaces_gone())
			return true;
		poll(NULL, 0, 1000);
	}
	return false;
}

/* ---- What happens in one ------------------------------------------------- */

/* Has the stack give up soon on who does not answer and has no owner. */
static int orphans_end_soon(void)
{
	int fd, ret = 0;

	fd = open("/proc/sys/net/ipv4/tcp_orphan_retries", O_WRONLY | O_CLOEXEC);
	if (fd < 0 || write(fd, "1", 1) != 1)
		ret = -errno;
	close(fd);
	return ret;
}

static int link_down(const char *name)
{
	struct ifreq ifr = {};
	int fd, ret;

	snprintf(ifr.ifr_name, IFNAMSIZ, "%s", name);
	fd = plain_socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	ret = ret_errno(ioctl(fd, SIOCSIFFLAGS, &ifr));
	close(fd);
	return ret;
}

static struct addr link_local(const char *text, const char *link)
{
	struct addr addr = addr_loopback(AF_INET6, PORT);

	inet_pton(AF_INET6, text, &addr.in6.sin6_addr);
	addr.in6.sin6_scope_id = if_nametoindex(link);
	return addr;
}

/* A network of two links, and a context in it. */
static int netns_make(void)
{
	int ret = own_netns();

	close(ksock_ctx);
	ksock_ctx = ksock_open();
	ret = ret ?: ksock_ctx < 0 ? ksock_ctx : orphans_end_soon();
	ret = ret ?: links_make();
	ret = ret ?: link_address_add("one", LINK_ONE, 64);
	return ret ?: link_address_add("other", LINK_OTHER, 64);
}

/* Both ends of a connection over the links, each of ksock. */
static int netns_connect(int ends[2])
{
	struct addr own = link_local(LINK_OTHER, "other");
	struct addr far = link_local(LINK_OTHER, "one");
	int listener, ret = -ETIME;

	listener = listener_at(&ksock_face, &own, 1);
	if (listener < 0)
		return listener;
	ends[0] = connected_to(&ksock_face, SOCK_STREAM, &far);
	if (ends[0] < 0)
		return ends[0];
	if (wait_events(listener, POLLIN, WAIT_MS) != POLLIN)
		goto out_close;
	ends[1] = ksock_accept(listener, NULL, NULL, SOCK_CLOEXEC);
	ret = ends[1] < 0 ? ends[1] : 0;
out_close:
	close(listener);
	return ret;
}

/* As much as the connection takes without anybody receiving. */
static int netns_fill(int fd)
{
	static char bulk[16384];
	int sends;

	for (sends = 0; sends < 10000; sends++) {
		if (face_send(&ksock_face, fd, bulk, sizeof(bulk),
			      MSG_DONTWAIT) == -EAGAIN)
			return 0;
	}
	return -ENOSPC;
}

/* The end is said, and nobody hears it. */
static int netns_lose_the_end(void)
{
	int ends[2], ret;

	ret = netns_make() ?: netns_connect(ends);
	ret = ret ?: link_down("other");
	if (!ret)
		close(ends[0]);
	return ret;
}

/* And there is data before it, in either direction. */
static int netns_lose_data_and_the_end(void)
{
	int ends[2], ret;

	ret = netns_make() ?: netns_connect(ends);
	ret = ret ?: netns_fill(ends[0]) ?: netns_fill(ends[1]);
	ret = ret ?: link_down("one");
	if (!ret)
		close(ends[1]);
	return ret;
}

/* Whoever is in it is killed while it moves data, and connects to nobody. */
static int netns_die_in_traffic(void)
{
	struct addr nobody;
	int ends[2], ret;
	char buf[4096];

	ret = netns_make() ?: netns_connect(ends);
	if (ret)
		return ret;
	ret = fork();
	if (!ret) {
		while (face_recv(&ksock_face, ends[1], buf, sizeof(buf), 0) > 0)
			;
		_exit(1);
	}
	if (ret > 0 && !fork()) {
		nobody = link_local("fe80::a:3", "one");
		connected_to(&ksock_face, SOCK_STREAM, &nobody);
		_exit(1);
	}
	for (ret = 0; ret < 200; ret++)
		face_send(&ksock_face, ends[0], buf, sizeof(buf), 0);
	/* All of them at once. */
	return kill(0, SIGKILL);
}

FIXTURE(netns_end) {
	int references;
	int owned;
	int count;
};

FIXTURE_SETUP(netns_end)
{
	const char *count = getenv("NAMESPACES");

	SETUP_KSOCK();
	/*
	 * Loads the driver: of many who are the first to want it, Linux 5.10 tells
	 * some that there is none.
	 */
	ASSERT_EQ(0, links_make());
	self->count = (count ? atoi(count) : NAMESPACES) / SHARES;
	self->references = references();
	self->owned = ksock_owned(ksock_ctx);
	ASSERT_TRUE(namespaces_go());
}

FIXTURE_TEARDOWN(netns_end)
{
	EXPECT_TRUE(namespaces_go());
	EXPECT_TRUE(EVENTUALLY(references() == self->references));
	EXPECT_TRUE(EVENTUALLY(ksock_owned(ksock_ctx) == self->owned));
}

/*
 * As many at a time; what they wait for they wait for together, and one after the
 * other for what only one can do.
 */
#define AT_ONCE		8

/* A process that makes a namespace, and leaves it by its end. */
static pid_t namespace_start(int (*run)(void))
{
	pid_t pid = fork();

	if (!pid) {
		setpgid(0, 0);
		_exit(-run());
	}
	return pid;
}

/*
 * Runs it in so many namespaces; returns how many of the processes ended with the
 * status, and says what the others ended with.
 */
static int in_namespaces(int count, int (*run)(void), int status)
{
	int i, ret, started, left, good = 0;
	pid_t pids[AT_ONCE];

	for (left = count; left > 0; left -= started) {
		started = left < AT_ONCE ? left : AT_ONCE;
		for (i = 0; i < started; i++)
			pids[i] = namespace_start(run);
		for (i = 0; i < started; i++) {
			ret = pids[i] > 0 ?
			      process_join_within(pids[i], AT_ONCE * WAIT_MS) :
			      -1;
			if (ret == status) {
				good++;
				continue;
			}
			printf("# a process ended with %d, not %d\n", ret, status);
			fflush(stdout);
		}
	}
	return good;
}

TEST_F(netns_end, comes_although_nobody_hears_of_the_end_of_a_connection)
{
	EXPECT_EQ(self->count,
		  in_namespaces(self->count, netns_lose_the_end, 0));
}

TEST_F(netns_end, comes_although_data_cannot_be_sent)
{
	EXPECT_EQ(self->count,
		  in_namespaces(self->count, netns_lose_data_and_the_end, 0));
}

TEST_F(netns_end, comes_when_all_who_move_data_are_killed)
{
	EXPECT_EQ(self->count,
		  in_namespaces(self->count, netns_die_in_traffic,
				128 + SIGKILL));
}

TEST_F(netns_end, waits_for_a_descriptor_that_is_elsewhere)
{
	struct ksock_socket_info info;
	int channel[2], ends[2], fd, i;
	pid_t pid;

	ASSERT_EQ(0, socketpair(AF_UNIX, SOCK_STREAM, 0, channel));
	for (i = 0; i < self->count; i++) {
		pid = fork();
		ASSERT_LE(0, pid);
		if (!pid)
			_exit(netns_make() || netns_connect(ends) ||
			      netns_fill(ends[0]) || link_down("other") ||
			      send_fd(channel[1], ends[0]));
		ASSERT_EQ(0, process_join_within(pid, AT_ONCE * WAIT_MS));
		fd = recv_fd(channel[0]);
		ASSERT_LE(0, fd);
		EXPECT_FALSE(namespaces_gone());
		EXPECT_EQ(0, ksock_socket_info(fd, &info));
		EXPECT_EQ(TCP_ESTABLISHED, info.out_state);
		close(fd);
	}
}

TEST_HARNESS_MAIN
