// SPDX-License-Identifier: GPL-2.0-only
/*
 * Creation: which families, types, protocols and flags yield a socket, with
 * which errors the others fail, and what the new descriptor is like.
 */
#include "fixture.h"

#ifndef IPPROTO_L2TP
#define IPPROTO_L2TP	115
#endif

FIXTURE(creation) {
	const struct face *face;
};

FIXTURE_VARIANT(creation) {
	const struct face *face;
};

FIXTURE_VARIANT_ADD(creation, plain) {
	.face = &plain_face,
};

FIXTURE_VARIANT_ADD(creation, ksock) {
	.face = &ksock_face,
};

FIXTURE_SETUP(creation)
{
	SETUP_KSOCK();
	self->face = variant->face;
}

FIXTURE_TEARDOWN(creation)
{
}

/* What a socket() returned, any descriptor being 0. */
static int fd_or_errno(int fd)
{
	return fd < 0 ? fd : 0;
}

TEST_F(creation, socket_takes_every_kind_that_is_enabled)
{
	static const struct {
		int family;
		int type;
		int protocol;
	} kinds[] = {
		{ AF_INET, SOCK_STREAM, 0 },
		{ AF_INET, SOCK_STREAM, IPPROTO_TCP },
		{ AF_INET, SOCK_DGRAM, 0 },
		{ AF_INET, SOCK_DGRAM, IPPROTO_UDP },
		{ AF_INET6, SOCK_STREAM, 0 },
		{ AF_INET6, SOCK_STREAM, IPPROTO_TCP },
		{ AF_INET6, SOCK_DGRAM, 0 },
		{ AF_INET6, SOCK_DGRAM, IPPROTO_UDP },
	};
	size_t i;
	int fd;

	for (i = 0; i < ARRAY_SIZE(kinds); i++) {
		fd = self->face->socket(kinds[i].family, kinds[i].type,
					kinds[i].protocol);
		EXPECT_EQ(0, fd_or_errno(fd)) {
			TH_LOG("kind %zu", i);
		}
	}
}

TEST_F(creation, socket_of_an_unknown_family_fails_with_eafnosupport)
{
	static const int families[] = {
		AF_UNSPEC, 1000, INT32_MAX, INT32_MIN, -1,
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(families); i++) {
		EXPECT_EQ(-EAFNOSUPPORT,
			  self->face->socket(families[i], SOCK_STREAM, 0)) {
			TH_LOG("family %d", families[i]);
		}
	}
}

TEST_F(creation, socket_of_a_type_out_of_range_fails_with_einval)
{
	int type;

	for (type = SOCK_PACKET + 1; type <= 0xf; type++) {
		EXPECT_EQ(-EINVAL, self->face->socket(AF_INET, type, 0)) {
			TH_LOG("type %d", type);
		}
	}
}

TEST_F(creation, socket_of_a_type_nobody_has_fails_with_esocktnosupport)
{
	static const int families[] = { AF_INET, AF_INET6 };
	static const int types[] = { 0, SOCK_RDM, SOCK_SEQPACKET, 7, 8, 9 };
	size_t i, j;

	for (i = 0; i < ARRAY_SIZE(families); i++) {
		for (j = 0; j < ARRAY_SIZE(types); j++) {
			EXPECT_EQ(-ESOCKTNOSUPPORT,
				  self->face->socket(families[i], types[j],
						     0)) {
				TH_LOG("family %d type %d", families[i],
				       types[j]);
			}
		}
	}
}

TEST_F(creation, socket_with_an_unknown_type_flag_fails_with_einval)
{
	unsigned int bit;

	for (bit = 4; bit < 32; bit++) {
		unsigned int flag = 1U << bit;

		if (flag == SOCK_NONBLOCK || flag == SOCK_CLOEXEC)
			continue;
		EXPECT_EQ(-EINVAL,
			  self->face->socket(AF_INET, SOCK_STREAM | flag, 0)) {
			TH_LOG("flag %#x", flag);
		}
	}
}

TEST_F(creation, socket_of_a_protocol_out_of_range_fails_with_einval)
{
	static const int protocols[] = { -1, 1000, INT32_MAX, INT32_MIN };
	size_t i;

	for (i = 0; i < ARRAY_SIZE(protocols); i++) {
		EXPECT_EQ(-EINVAL, self->face->socket(AF_INET, SOCK_STREAM,
						      protocols[i])) {
			TH_LOG("protocol %d", protocols[i]);
		}
		EXPECT_EQ(-EINVAL, self->face->socket(AF_INET6, SOCK_DGRAM,
						      protocols[i])) {
			TH_LOG("protocol %d", protocols[i]);
		}
	}
}

TEST_F(creation, socket_of_another_types_protocol_fails_with_eprotonosupport)
{
	static const struct {
		int type;
		int protocol;
	} kinds[] = {
		{ SOCK_STREAM, IPPROTO_UDP },
		{ SOCK_STREAM, IPPROTO_ICMP },
		{ SOCK_STREAM, IPPROTO_RAW },
		{ SOCK_DGRAM, IPPROTO_TCP },
		{ SOCK_DGRAM, IPPROTO_RAW },
	};
	static const int families[] = { AF_INET, AF_INET6 };
	size_t i, j;

	for (i = 0; i < ARRAY_SIZE(families); i++) {
		for (j = 0; j < ARRAY_SIZE(kinds); j++) {
			EXPECT_EQ(-EPROTONOSUPPORT,
				  self->face->socket(families[i], kinds[j].type,
						     kinds[j].protocol)) {
				TH_LOG("family %d kind %zu", families[i], j);
			}
		}
	}
}

TEST_F(creation, socket_finds_a_wrong_flag_before_a_wrong_family)
{
	EXPECT_EQ(-EINVAL, self->face->socket(1000, SOCK_STREAM | 0x10, 0));
}

TEST_F(creation, socket_finds_a_wrong_family_before_a_wrong_type)
{
	EXPECT_EQ(-EAFNOSUPPORT, self->face->socket(1000, 0xf, -1));
}

TEST_F(creation, socket_finds_a_protocol_out_of_range_before_a_wrong_type)
{
	EXPECT_EQ(-EINVAL, self->face->socket(AF_INET, SOCK_RDM, 1000));
}

TEST_F(creation, socket_of_af_unix)
{
	EXPECT_EQ(DIFFERS(SOCKET_UNIX),
		  fd_or_errno(self->face->socket(AF_UNIX, SOCK_STREAM, 0)));
	EXPECT_EQ(DIFFERS(SOCKET_UNIX),
		  fd_or_errno(self->face->socket(AF_UNIX, SOCK_DGRAM, 0)));
}

TEST_F(creation, socket_of_type_raw_takes_a_protocol_that_fits_a_packet)
{
	EXPECT_EQ(0, fd_or_errno(self->face->socket(AF_INET, SOCK_RAW,
						    IPPROTO_ICMP)));
	EXPECT_EQ(0, fd_or_errno(self->face->socket(AF_INET6, SOCK_RAW,
						    IPPROTO_ICMPV6)));
	EXPECT_EQ(0, fd_or_errno(self->face->socket(AF_INET, SOCK_RAW,
						    IPPROTO_RAW)));
	EXPECT_EQ(-EPROTONOSUPPORT,
		  self->face->socket(AF_INET, SOCK_RAW, 0));
	EXPECT_EQ(DIFFERS(SOCKET_RAW_BEYOND),
		  fd_or_errno(self->face->socket(AF_INET, SOCK_RAW, 256)));
	EXPECT_EQ(DIFFERS(SOCKET_RAW_BEYOND),
		  fd_or_errno(self->face->socket(AF_INET6, SOCK_RAW, 262)));
}

/* The range of groups is empty in a new network namespace. */
TEST_F(creation, socket_of_protocol_icmp_fails_with_eacces)
{
	EXPECT_EQ(-EACCES,
		  self->face->socket(AF_INET, SOCK_DGRAM, IPPROTO_ICMP));
	EXPECT_EQ(-EACCES,
		  self->face->socket(AF_INET6, SOCK_DGRAM, IPPROTO_ICMPV6));
}

/* What an ordinary socket() makes of these depends on the kernel's modules. */
TEST(socket_refuses_every_kind_that_is_not_enabled)
{
	static const struct {
		int family;
		int type;
		int protocol;
		int ret;
	} kinds[] = {
		{ AF_UNIX, SOCK_SEQPACKET, 0, -EAFNOSUPPORT },
		{ AF_NETLINK, SOCK_RAW, 0, -EAFNOSUPPORT },
		{ AF_PACKET, SOCK_RAW, 0, -EAFNOSUPPORT },
		{ AF_ALG, SOCK_SEQPACKET, 0, -EAFNOSUPPORT },
		{ AF_VSOCK, SOCK_STREAM, 0, -EAFNOSUPPORT },
		{ AF_INET, SOCK_DCCP, 0, -ESOCKTNOSUPPORT },
		{ AF_INET, SOCK_PACKET, 0, -ESOCKTNOSUPPORT },
		{ AF_INET6, SOCK_SEQPACKET, IPPROTO_SCTP, -ESOCKTNOSUPPORT },
		{ AF_INET, SOCK_STREAM, IPPROTO_SCTP, -EPROTONOSUPPORT },
		{ AF_INET, SOCK_STREAM, 256, -EPROTONOSUPPORT },
		{ AF_INET6, SOCK_STREAM, IPPROTO_UDPLITE, -EPROTONOSUPPORT },
		{ AF_INET6, SOCK_STREAM, 261, -EPROTONOSUPPORT },
		{ AF_INET, SOCK_DGRAM, 262, -EPROTONOSUPPORT },
		{ AF_INET, SOCK_DGRAM, IPPROTO_ICMPV6, -EPROTONOSUPPORT },
		{ AF_INET6, SOCK_DGRAM, IPPROTO_ICMP, -EPROTONOSUPPORT },
		{ AF_INET6, SOCK_DGRAM, IPPROTO_DCCP, -EPROTONOSUPPORT },
		{ AF_INET, SOCK_RAW, 256, -EPROTONOSUPPORT },
	};
	size_t i;

	SETUP_KSOCK();
	for (i = 0; i < ARRAY_SIZE(kinds); i++) {
		EXPECT_EQ(kinds[i].ret, ksock_socket(kinds[i].family,
						     kinds[i].type,
						     kinds[i].protocol)) {
			TH_LOG("kind %zu", i);
		}
	}
}

/* The names of the kernel's modules that are loaded. */
static int modules_read(char *names, size_t size)
{
	char line[512];
	FILE *file;

	names[0] = '\0';
	file = fopen("/proc/modules", "re");
	if (!file)
		return -errno;
	while (fgets(line, sizeof(line), file)) {
		line[strcspn(line, " ")] = '\0';
		if (strlen(names) + strlen(line) + 2 > size)
			break;
		strcat(names, line);
		strcat(names, "\n");
	}
	fclose(file);
	return 0;
}

/*
 * An ordinary socket() has the kernel load whatever module says that it has
 * the family, type or protocol.
 */
TEST(socket_of_a_kind_that_is_not_enabled_loads_no_module)
{
	static const struct {
		int family;
		int type;
		int protocol;
	} kinds[] = {
		{ AF_ALG, SOCK_SEQPACKET, 0 },
		{ AF_VSOCK, SOCK_STREAM, 0 },
		{ AF_KCM, SOCK_DGRAM, 0 },
		{ AF_TIPC, SOCK_RDM, 0 },
		{ AF_RDS, SOCK_SEQPACKET, 0 },
		{ AF_INET, SOCK_SEQPACKET, IPPROTO_SCTP },
		{ AF_INET, SOCK_STREAM, IPPROTO_SCTP },
		{ AF_INET6, SOCK_STREAM, IPPROTO_SCTP },
		{ AF_INET, SOCK_DCCP, IPPROTO_DCCP },
		{ AF_INET, SOCK_RDM, 0 },
		{ AF_INET, SOCK_DGRAM, IPPROTO_L2TP },
	};
	static char before[65536], after[65536];
	size_t i;

	SETUP_KSOCK();
	ASSERT_EQ(0, modules_read(before, sizeof(before)));
	for (i = 0; i < ARRAY_SIZE(kinds); i++) {
		EXPECT_GT(0, ksock_socket(kinds[i].family, kinds[i].type,
					  kinds[i].protocol)) {
			TH_LOG("kind %zu", i);
		}
	}
	ASSERT_EQ(0, modules_read(after, sizeof(after)));
	EXPECT_STREQ(before, after);
}

TEST_F(creation, socket_flags_act_on_the_descriptor)
{
	static const int flags[] = {
		0, SOCK_NONBLOCK, SOCK_CLOEXEC, SOCK_NONBLOCK | SOCK_CLOEXEC,
	};
	size_t i;
	int fd;

	for (i = 0; i < ARRAY_SIZE(flags); i++) {
		fd = self->face->socket(AF_INET, SOCK_DGRAM | flags[i], 0);
		ASSERT_LE(0, fd);
		EXPECT_EQ(O_RDWR | (flags[i] & SOCK_NONBLOCK ? O_NONBLOCK : 0),
			  fcntl(fd, F_GETFL));
		EXPECT_EQ(flags[i] & SOCK_CLOEXEC ? FD_CLOEXEC : 0,
			  fcntl(fd, F_GETFD));
	}
}

TEST_F(creation, socket_takes_the_lowest_free_descriptor)
{
	int fd;

	fd = self->face->socket(AF_INET, SOCK_STREAM, 0);
	ASSERT_LE(0, fd);
	ASSERT_EQ(0, close(fd));
	EXPECT_EQ(fd, self->face->socket(AF_INET6, SOCK_DGRAM, 0));
}

TEST_F(creation, socket_without_a_free_descriptor_fails_with_emfile)
{
	struct rlimit saved;

	ASSERT_EQ(0, fds_exhaust(&saved));
	EXPECT_EQ(-EMFILE, self->face->socket(AF_INET, SOCK_STREAM, 0));
	ASSERT_EQ(0, setrlimit(RLIMIT_NOFILE, &saved));
	EXPECT_EQ(0, fd_or_errno(self->face->socket(AF_INET, SOCK_STREAM, 0)));
}

TEST_F(creation, a_failed_socket_leaves_no_descriptor_behind)
{
	int fd;

	fd = self->face->socket(AF_INET, SOCK_STREAM, 0);
	ASSERT_LE(0, fd);
	ASSERT_EQ(0, close(fd));
	ASSERT_EQ(-EPROTONOSUPPORT,
		  self->face->socket(AF_INET, SOCK_STREAM, IPPROTO_UDP));
	ASSERT_EQ(-ESOCKTNOSUPPORT, self->face->socket(AF_INET, SOCK_RDM, 0));
	EXPECT_EQ(fd, self->face->socket(AF_INET, SOCK_STREAM, 0));
}

TEST_F(creation, system_calls_of_sockets_on_the_descriptor)
{
	int type, fd;
	socklen_t len = sizeof(type);

	fd = self->face->socket(AF_INET, SOCK_STREAM, 0);
	ASSERT_LE(0, fd);
	EXPECT_EQ(DIFFERS(GETSOCKOPT),
		  ret_errno(getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &len)));
}

TEST_F(creation, ioctls_of_interfaces_on_the_descriptor)
{
	struct ifconf ifconf = {};
	int fd;

	fd = self->face->socket(AF_INET, SOCK_DGRAM, 0);
	ASSERT_LE(0, fd);
	EXPECT_EQ(DIFFERS(IOCTL), ret_errno(ioctl(fd, SIOCGIFCONF, &ifconf)));
}

TEST_HARNESS_MAIN
