// SPDX-License-Identifier: GPL-2.0-only
/*
 * Addresses as text, both ways, on any host: no device and no network are
 * needed, only the loopback interface for the scope of a link-local address.
 */
#include <arpa/inet.h>
#include <ksock.h>
#include <net/if.h>
#include <netinet/in.h>

#include "kselftest_harness.h"

#define ADDRS_MAX 8

#define NUMERIC KSOCK_ADDR_NUMERIC
#define PASSIVE (KSOCK_ADDR_NUMERIC | KSOCK_ADDR_PASSIVE)

static const struct {
	const char *text;
	int family;
	int flags;
	int type_wanted;
	int type_found;
	const char *formatted;
} good[] = {
	{ "127.0.0.1:7000", AF_UNSPEC, NUMERIC, 0, 0, "127.0.0.1:7000" },
	{ "127.0.0.1:0", AF_UNSPEC, NUMERIC, 0, 0, "127.0.0.1:0" },
	{ "127.0.0.1:65535", AF_INET, NUMERIC, 0, 0, "127.0.0.1:65535" },
	{ "127.0.0.1:00080", AF_INET, NUMERIC, 0, 0, "127.0.0.1:80" },
	{ "127.1:80", AF_INET, NUMERIC, 0, 0, "127.0.0.1:80" },
	{ "[::1]:7000", AF_UNSPEC, NUMERIC, 0, 0, "[::1]:7000" },
	{ "[::1]:7000", AF_INET6, NUMERIC, 0, 0, "[::1]:7000" },
	{ "[2001:db8:0::00a]:1", AF_INET6, NUMERIC, 0, 0, "[2001:db8::a]:1" },
	{ "[::ffff:1.2.3.4]:1", AF_INET6, NUMERIC, 0, 0, "[::ffff:1.2.3.4]:1" },
	{ "[fe80::1%lo]:80", AF_UNSPEC, NUMERIC, 0, 0, "[fe80::1%lo]:80" },
	{ "[fe80::1]:80", AF_UNSPEC, NUMERIC, 0, 0, "[fe80::1]:80" },
	{ "tcp:127.0.0.1:7000", AF_UNSPEC, NUMERIC, 0, SOCK_STREAM,
	  "127.0.0.1:7000" },
	{ "udp:[::1]:7000", AF_UNSPEC, NUMERIC, 0, SOCK_DGRAM, "[::1]:7000" },
	{ "tcp:127.0.0.1:7000", AF_UNSPEC, NUMERIC, SOCK_STREAM, SOCK_STREAM,
	  "127.0.0.1:7000" },
	{ "127.0.0.1:7000", AF_UNSPEC, NUMERIC, SOCK_DGRAM, SOCK_DGRAM,
	  "127.0.0.1:7000" },
	{ ":80", AF_INET, NUMERIC, 0, 0, "127.0.0.1:80" },
	{ ":80", AF_INET6, NUMERIC, 0, 0, "[::1]:80" },
	{ ":80", AF_INET, PASSIVE, 0, 0, "0.0.0.0:80" },
	{ ":80", AF_INET6, PASSIVE, 0, 0, "[::]:80" },
	{ "80", AF_INET, PASSIVE, 0, 0, "0.0.0.0:80" },
	{ "tcp::80", AF_INET, PASSIVE, 0, SOCK_STREAM, "0.0.0.0:80" },
	{ "udp:80", AF_INET6, PASSIVE, 0, SOCK_DGRAM, "[::]:80" },
	{ "127.0.0.1:80", AF_INET, PASSIVE, 0, 0, "127.0.0.1:80" },
};

static const struct {
	const char *text;
	int family;
	int flags;
	int type_wanted;
	int err;
} bad[] = {
	{ "", AF_UNSPEC, NUMERIC, 0, EINVAL },
	{ "", AF_UNSPEC, PASSIVE, 0, EINVAL },
	{ ":", AF_UNSPEC, NUMERIC, 0, EINVAL },
	{ "127.0.0.1", AF_UNSPEC, NUMERIC, 0, EINVAL },
	{ "127.0.0.1:", AF_UNSPEC, NUMERIC, 0, EINVAL },
	{ "127.0.0.1:65536", AF_UNSPEC, NUMERIC, 0, EINVAL },
	{ "127.0.0.1:4294967376", AF_UNSPEC, NUMERIC, 0, EINVAL },
	{ "127.0.0.1:99999999999999999999", AF_UNSPEC, NUMERIC, 0, EINVAL },
	{ "127.0.0.1:-1", AF_UNSPEC, NUMERIC, 0, EINVAL },
	{ "127.0.0.1:+80", AF_UNSPEC, NUMERIC, 0, EINVAL },
	{ "127.0.0.1: 80", AF_UNSPEC, NUMERIC, 0, EINVAL },
	{ "127.0.0.1:80 ", AF_UNSPEC, NUMERIC, 0, ENOENT },
	{ "127.0.0.1:0x50", AF_UNSPEC, NUMERIC, 0, ENOENT },
	{ "127.0.0.1:http", AF_UNSPEC, NUMERIC, 0, ENOENT },
	{ "::1:80", AF_UNSPEC, NUMERIC, 0, EINVAL },
	{ "fe80::1%lo:80", AF_UNSPEC, NUMERIC, 0, EINVAL },
	{ "[::1]", AF_UNSPEC, NUMERIC, 0, EINVAL },
	{ "[::1]", AF_UNSPEC, PASSIVE, 0, EINVAL },
	{ "[::1]80", AF_UNSPEC, NUMERIC, 0, EINVAL },
	{ "[::1:80", AF_UNSPEC, NUMERIC, 0, EINVAL },
	{ "[:80", AF_UNSPEC, NUMERIC, 0, EINVAL },
	{ "[]:80", AF_UNSPEC, NUMERIC, 0, EINVAL },
	{ "[[::1]]:80", AF_UNSPEC, NUMERIC, 0, EINVAL },
	{ "[::g]:80", AF_UNSPEC, NUMERIC, 0, EINVAL },
	{ "[127.0.0.1]:80", AF_UNSPEC, NUMERIC, 0, EINVAL },
	{ "[localhost]:80", AF_UNSPEC, NUMERIC, 0, EINVAL },
	{ "[fe80::1%]:80", AF_UNSPEC, NUMERIC, 0, EINVAL },
	{ "[fe80::1%nosuch0]:80", AF_UNSPEC, NUMERIC, 0, ENOENT },
	{ "tcp:", AF_UNSPEC, NUMERIC, 0, EINVAL },
	{ "tcp:", AF_UNSPEC, PASSIVE, 0, EINVAL },
	{ "tcp:80", AF_UNSPEC, NUMERIC, 0, EINVAL },
	{ "sctp:127.0.0.1:80", AF_UNSPEC, NUMERIC, 0, EINVAL },
	{ "TCP:127.0.0.1:80", AF_UNSPEC, NUMERIC, 0, EINVAL },
	{ "tcp:udp:127.0.0.1:80", AF_UNSPEC, NUMERIC, 0, EINVAL },
	{ "tcp:127.0.0.1:80", AF_UNSPEC, NUMERIC, SOCK_DGRAM, EPROTOTYPE },
	{ "udp:127.0.0.1:80", AF_UNSPEC, NUMERIC, SOCK_STREAM, EPROTOTYPE },
	{ "127.0.0.1:80", AF_UNSPEC, NUMERIC, 77, EINVAL },
	{ "127.0.0.1:80", AF_INET6, NUMERIC, 0, EAFNOSUPPORT },
	{ "[::1]:80", AF_INET, NUMERIC, 0, EAFNOSUPPORT },
	{ "127.0.0.1:80", AF_UNIX, NUMERIC, 0, EAFNOSUPPORT },
	{ "localhost:80", AF_UNSPEC, NUMERIC, 0, ENOENT },
	{ "256.0.0.1:80", AF_UNSPEC, NUMERIC, 0, ENOENT },
	{ "127.0.0.1:80", AF_UNSPEC, 0x80, 0, EINVAL },
};

TEST(good_text_is_resolved_and_formatted_back)
{
	struct ksock_addr addrs[ADDRS_MAX];
	char text[KSOCK_ADDR_STRLEN];
	int type, n;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(good); i++) {
		type = good[i].type_wanted;
		errno = EXDEV;
		n = ksock_addr_resolve(good[i].text, good[i].family,
				       good[i].flags, &type, addrs, ADDRS_MAX);
		EXPECT_EQ(1, n) {
			TH_LOG("%s: %s", good[i].text, strerror(errno));
			continue;
		}
		EXPECT_EQ(EXDEV, errno);
		EXPECT_EQ(good[i].type_found, type);

		EXPECT_EQ(0, ksock_addr_format(&addrs[0], text, sizeof(text)));
		EXPECT_EQ(EXDEV, errno);
		EXPECT_STREQ(good[i].formatted, text);
	}
}

TEST(bad_text_fails_with_its_errno)
{
	struct ksock_addr addrs[ADDRS_MAX];
	size_t i;
	int type;

	for (i = 0; i < ARRAY_SIZE(bad); i++) {
		type = bad[i].type_wanted;
		errno = 0;
		EXPECT_EQ(-1, ksock_addr_resolve(bad[i].text, bad[i].family,
						 bad[i].flags, &type, addrs,
						 ADDRS_MAX)) {
			TH_LOG("'%s' was taken", bad[i].text);
		}
		EXPECT_EQ(bad[i].err, errno) {
			TH_LOG("'%s': %s, not %s", bad[i].text,
			       strerror(errno), strerror(bad[i].err));
		}
		EXPECT_EQ(bad[i].type_wanted, type);
	}
}

TEST(overlong_host_or_port_fails_with_einval)
{
	struct ksock_addr addr;
	char text[2048];
	int type = 0;

	memset(text, 'a', sizeof(text));
	strcpy(text + sizeof(text) - 4, ":80");
	EXPECT_EQ(-1, ksock_addr_resolve(text, AF_UNSPEC, NUMERIC, &type, &addr,
					 1));
	EXPECT_EQ(EINVAL, errno);

	memset(text, '1', sizeof(text));
	memcpy(text, "127.0.0.1:", 10);
	text[sizeof(text) - 1] = '\0';
	EXPECT_EQ(-1, ksock_addr_resolve(text, AF_UNSPEC, NUMERIC, &type, &addr,
					 1));
	EXPECT_EQ(EINVAL, errno);

	memset(text, 'f', sizeof(text));
	text[0] = '[';
	strcpy(text + sizeof(text) - 5, "]:80");
	EXPECT_EQ(-1, ksock_addr_resolve(text, AF_UNSPEC, NUMERIC, &type, &addr,
					 1));
	EXPECT_EQ(EINVAL, errno);
}

TEST(missing_host_gives_one_address_of_each_family)
{
	struct ksock_addr addrs[ADDRS_MAX];
	int n, type = 0;

	n = ksock_addr_resolve("80", AF_UNSPEC, PASSIVE, &type, addrs,
			       ADDRS_MAX);
	ASSERT_EQ(2, n);
	EXPECT_NE(addrs[0].storage.ss_family, addrs[1].storage.ss_family);
}

TEST(no_more_addresses_are_stored_than_there_is_room)
{
	struct ksock_addr addrs[2];
	int type = 0;

	memset(&addrs[1], 0x5a, sizeof(addrs[1]));
	EXPECT_EQ(1, ksock_addr_resolve("80", AF_UNSPEC, PASSIVE, &type, addrs,
					1));
	EXPECT_EQ(0x5a5a5a5a, addrs[1].len);

	EXPECT_EQ(-1, ksock_addr_resolve("80", AF_UNSPEC, PASSIVE, &type, addrs,
					 0));
	EXPECT_EQ(EINVAL, errno);
}

TEST(resolved_address_has_length_port_and_scope)
{
	struct sockaddr_in6 *in6;
	struct ksock_addr addr;
	int type = 0;

	ASSERT_EQ(1, ksock_addr_resolve("[fe80::1%lo]:258", AF_INET6, NUMERIC,
					&type, &addr, 1));
	in6 = (struct sockaddr_in6 *)&addr.storage;
	EXPECT_EQ(sizeof(*in6), addr.len);
	EXPECT_EQ(AF_INET6, in6->sin6_family);
	EXPECT_EQ(htons(258), in6->sin6_port);
	EXPECT_EQ(if_nametoindex("lo"), in6->sin6_scope_id);
}

TEST(format_of_unknown_family_fails_with_eafnosupport)
{
	struct ksock_addr addr = { .len = sizeof(addr.storage) };
	char text[KSOCK_ADDR_STRLEN];

	EXPECT_EQ(-1, ksock_addr_format(&addr, text, sizeof(text)));
	EXPECT_EQ(EAFNOSUPPORT, errno);

	addr.storage.ss_family = AF_UNIX;
	EXPECT_EQ(-1, ksock_addr_format(&addr, text, sizeof(text)));
	EXPECT_EQ(EAFNOSUPPORT, errno);
}

TEST(format_of_wrong_length_fails_with_einval)
{
	struct ksock_addr addr = { .storage.ss_family = AF_INET };
	char text[KSOCK_ADDR_STRLEN];

	for (addr.len = 0; addr.len < sizeof(struct sockaddr_in); addr.len++) {
		EXPECT_EQ(-1, ksock_addr_format(&addr, text, sizeof(text)));
		EXPECT_EQ(EINVAL, errno);
	}

	addr.len = sizeof(addr.storage) + 1;
	EXPECT_EQ(-1, ksock_addr_format(&addr, text, sizeof(text)));
	EXPECT_EQ(EINVAL, errno);

	addr.storage.ss_family = AF_INET6;
	addr.len = sizeof(struct sockaddr_in6) - 1;
	EXPECT_EQ(-1, ksock_addr_format(&addr, text, sizeof(text)));
	EXPECT_EQ(EINVAL, errno);
}

TEST(format_without_room_fails_with_enospc)
{
	struct ksock_addr addr;
	char text[16];
	int type = 0;

	ASSERT_EQ(1, ksock_addr_resolve("127.0.0.1:7000", AF_INET, NUMERIC,
					&type, &addr, 1));
	EXPECT_EQ(-1, ksock_addr_format(&addr, text, 14));
	EXPECT_EQ(ENOSPC, errno);
	EXPECT_EQ(-1, ksock_addr_format(&addr, NULL, 0));
	EXPECT_EQ(ENOSPC, errno);
	EXPECT_EQ(0, ksock_addr_format(&addr, text, 15));
	EXPECT_STREQ("127.0.0.1:7000", text);
}

TEST(longest_address_fits_the_promised_room)
{
	struct sockaddr_in6 in6 = {
		.sin6_family = AF_INET6,
		.sin6_port = htons(65535),
		.sin6_scope_id = UINT32_MAX,
	};
	struct ksock_addr addr = { .len = sizeof(in6) };
	char text[KSOCK_ADDR_STRLEN];

	memset(&in6.sin6_addr, 0xff, sizeof(in6.sin6_addr));
	memcpy(&addr.storage, &in6, sizeof(in6));
	EXPECT_EQ(0, ksock_addr_format(&addr, text, sizeof(text)));
	EXPECT_STREQ("[ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff%4294967295]"
		     ":65535", text);
}

TEST(version_is_three_numbers)
{
	const char *p = ksock_version();
	int i;

	for (i = 0; i < 3; i++) {
		EXPECT_LT(0, strspn(p, "0123456789"));
		p += strspn(p, "0123456789");
		EXPECT_EQ(i < 2 ? '.' : '\0', *p);
		p += i < 2;
	}
}

TEST(freeing_nothing_keeps_errno)
{
	errno = EXDEV;
	ksock_close(NULL);
	ksock_sock_close(NULL);
	ksock_ctx_info_free(NULL);
	ksock_sock_info_free(NULL);
	EXPECT_EQ(EXDEV, errno);
}

TEST(device_that_is_not_there_fails_with_enoent)
{
	EXPECT_EQ(NULL, ksock_open("/dev/no-such-device"));
	EXPECT_EQ(ENOENT, errno);
}

TEST(other_files_fail_with_enotty_and_stay_open)
{
	int fds[2];

	EXPECT_EQ(NULL, ksock_open("/dev/null"));
	EXPECT_EQ(ENOTTY, errno);

	ASSERT_EQ(0, socketpair(AF_UNIX, SOCK_STREAM, 0, fds));
	EXPECT_EQ(NULL, ksock_open_fd(fds[0]));
	EXPECT_EQ(ENOTTY, errno);
	EXPECT_EQ(NULL, ksock_sock_open_fd(fds[0]));
	EXPECT_EQ(ENOTTY, errno);
	EXPECT_EQ(1, write(fds[0], "x", 1));
	close(fds[0]);
	close(fds[1]);
}

TEST(bad_descriptor_fails_with_ebadf)
{
	EXPECT_EQ(NULL, ksock_open_fd(-1));
	EXPECT_EQ(EBADF, errno);
	EXPECT_EQ(NULL, ksock_sock_open_fd(-1));
	EXPECT_EQ(EBADF, errno);
}

TEST(object_that_is_null_aborts)
{
	int status;
	pid_t pid;

	pid = fork();
	ASSERT_LE(0, pid);
	if (!pid) {
		close(STDERR_FILENO);
		ksock_get_fd(NULL);
		_exit(0);
	}

	ASSERT_EQ(pid, waitpid(pid, &status, 0));
	EXPECT_TRUE(WIFSIGNALED(status));
	EXPECT_EQ(SIGABRT, WTERMSIG(status));
}

TEST_HARNESS_MAIN
