// SPDX-License-Identifier: GPL-2.0-only
/*
 * Addresses from text and to text: what is read is written in one way and read
 * again as the same.
 */
#include "fuzz.h"

#include <netinet/in.h>

#define ADDRS_MAX 4

static const int addr_families[] = { AF_UNSPEC, AF_INET, AF_INET6 };

static const int addr_flags[] = {
	KSOCK_ADDR_NUMERIC,
	KSOCK_ADDR_NUMERIC | KSOCK_ADDR_PASSIVE,
};

/* An errno that the manual does not have would not be understood. */
static void addr_check_errno(void)
{
	REQUIRE(errno == EINVAL || errno == EPROTOTYPE || errno == ENOENT ||
		errno == EAFNOSUPPORT);
}

static void addr_write(const struct ksock_addr *addr, char *text)
{
	char *tight;
	size_t len;

	errno = 0;
	REQUIRE(!ksock_addr_format(addr, text, KSOCK_ADDR_STRLEN));
	REQUIRE(!errno);

	len = strlen(text);
	tight = malloc(len);
	REQUIRE(tight);
	REQUIRE(ksock_addr_format(addr, tight, len) == -1 && errno == ENOSPC);
	REQUIRE(ksock_addr_format(addr, NULL, 0) == -1 && errno == ENOSPC);
	free(tight);

	tight = malloc(len + 1);
	REQUIRE(tight);
	REQUIRE(!ksock_addr_format(addr, tight, len + 1));
	REQUIRE(!strcmp(text, tight));
	free(tight);
}

static void addr_write_and_read(const struct ksock_addr *addr)
{
	char text[KSOCK_ADDR_STRLEN], again[KSOCK_ADDR_STRLEN];
	struct ksock_addr found[ADDRS_MAX];
	int type = 0;

	addr_write(addr, text);
	REQUIRE(ksock_addr_resolve(text, addr->storage.ss_family,
				   KSOCK_ADDR_NUMERIC, &type, found,
				   ADDRS_MAX) == 1);
	REQUIRE(!type);
	addr_write(&found[0], again);
	REQUIRE(!strcmp(text, again));
}

static void addr_read(const char *text, int family, int flags, int wanted)
{
	struct ksock_addr addrs[ADDRS_MAX];
	int type = wanted, count, i;

	errno = 0;
	count = ksock_addr_resolve(text, family, flags, &type, addrs,
				   ADDRS_MAX);
	if (count < 0) {
		addr_check_errno();
		REQUIRE(type == wanted);
		return;
	}

	REQUIRE(!errno);
	REQUIRE(count > 0 && count <= ADDRS_MAX);
	REQUIRE(!wanted || type == wanted);
	for (i = 0; i < count; i++) {
		REQUIRE(family == AF_UNSPEC ||
			addrs[i].storage.ss_family == family);
		addr_write_and_read(&addrs[i]);
	}
}

/* An address that came from anywhere, without what its text does not tell. */
static void addr_from_bytes(const uint8_t *data, size_t size)
{
	struct ksock_addr addr = { .len = size };
	struct sockaddr_in6 *in6 = (struct sockaddr_in6 *)&addr.storage;
	char text[KSOCK_ADDR_STRLEN];

	memcpy(&addr.storage, data,
	       size < sizeof(addr.storage) ? size : sizeof(addr.storage));
	if (ksock_addr_format(&addr, text, sizeof(text))) {
		REQUIRE(errno == EINVAL || errno == EAFNOSUPPORT);
		return;
	}

	if (addr.storage.ss_family == AF_INET6)
		in6->sin6_flowinfo = 0;
	addr_write_and_read(&addr);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = fuzz_text(data, size);
	size_t i, j;

	for (i = 0; i < FUZZ_COUNT(addr_families); i++) {
		for (j = 0; j < FUZZ_COUNT(addr_flags); j++) {
			addr_read(text, addr_families[i], addr_flags[j], 0);
			addr_read(text, addr_families[i], addr_flags[j],
				  SOCK_STREAM);
		}
	}
	free(text);
	if (size)
		addr_from_bytes(data, size);
	return 0;
}
