// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
/*
 * Addresses as text.  The syntax around host and port is checked here, where
 * getaddrinfo(3) would be lenient; names are its business.  Nothing here
 * calls the kernel module.
 */
/* For the EAI_ errors that are not in POSIX. */
#define _GNU_SOURCE

#include "internal.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <limits.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>

#define ADDR_HOST_MAX 256
#define ADDR_PORT_MAX 64

struct addr_text {
	int type;
	bool bracketed;
	char host[ADDR_HOST_MAX];
	char port[ADDR_PORT_MAX];
};

static const struct {
	int eai;
	int err;
} addr_errors[] = {
	{ EAI_NONAME,     ENOENT },
	{ EAI_SERVICE,    ENOENT },
	{ EAI_AGAIN,      EAGAIN },
	{ EAI_FAIL,       EIO },
	{ EAI_MEMORY,     ENOMEM },
	{ EAI_FAMILY,     EAFNOSUPPORT },
#ifdef EAI_ADDRFAMILY
	{ EAI_ADDRFAMILY, EAFNOSUPPORT },
#endif
#ifdef EAI_NODATA
	{ EAI_NODATA,     EAFNOSUPPORT },
#endif
	{ EAI_OVERFLOW,   ENOSPC },
};

static int addr_errno(int eai, int sys_errno)
{
	size_t i;

	if (eai == EAI_SYSTEM)
		return sys_errno;

	for (i = 0; i < sizeof(addr_errors) / sizeof(addr_errors[0]); i++) {
		if (addr_errors[i].eai == eai)
			return addr_errors[i].err;
	}
	return EINVAL;
}

/* Takes the type off the front of @text and returns what is behind it. */
static const char *addr_split_type(const char *text, int *type)
{
	*type = 0;
	if (!strncmp(text, "tcp:", 4))
		*type = SOCK_STREAM;
	else if (!strncmp(text, "udp:", 4))
		*type = SOCK_DGRAM;
	return *type ? text + 4 : text;
}

/* A host in brackets is an IPv6 address, optionally with %SCOPE. */
static bool addr_bracketed_ok(const char *host)
{
	char buf[INET6_ADDRSTRLEN];
	struct in6_addr in6;
	size_t len;

	len = strcspn(host, "%");
	if (len >= sizeof(buf) || (host[len] && !host[len + 1]))
		return false;

	memcpy(buf, host, len);
	buf[len] = '\0';
	return inet_pton(AF_INET6, buf, &in6) == 1;
}

/* getaddrinfo() would take "-1" and " 80", and cut 70000 to 16 bits. */
static bool addr_port_ok(const char *port)
{
	if (port[strspn(port, "0123456789")])
		return isalnum((unsigned char)port[0]);
	return port[0] && strtoul(port, NULL, 10) <= UINT16_MAX;
}

static bool addr_family_ok(int family, bool bracketed)
{
	return family == AF_UNSPEC || family == AF_INET6 ||
	       (family == AF_INET && !bracketed);
}

static bool addr_split(const char *text, bool passive, struct addr_text *parts)
{
	const char *host, *colon, *port;
	size_t len;

	host = addr_split_type(text, &parts->type);
	colon = strrchr(host, ':');
	if (!colon && !passive)
		return false;

	port = colon ? colon + 1 : host;
	len = colon ? (size_t)(colon - host) : 0;

	parts->bracketed = len && host[0] == '[';
	if (parts->bracketed) {
		if (host[len - 1] != ']')
			return false;
		host++;
		len -= 2;
	} else if (memchr(host, ':', len)) {
		return false;
	}

	if (len >= sizeof(parts->host) || strlen(port) >= sizeof(parts->port))
		return false;
	memcpy(parts->host, host, len);
	parts->host[len] = '\0';
	strcpy(parts->port, port);

	return addr_port_ok(parts->port) &&
	       (!parts->bracketed || addr_bracketed_ok(parts->host));
}

/* The same address comes once for each type when the type is open. */
static bool addr_is_listed(const struct ksock_addr *addrs, size_t count,
			   const struct addrinfo *ai)
{
	size_t i;

	for (i = 0; i < count; i++) {
		if (addrs[i].len == ai->ai_addrlen &&
		    !memcmp(&addrs[i].storage, ai->ai_addr, ai->ai_addrlen))
			return true;
	}
	return false;
}

static size_t addr_store(const struct addrinfo *ai, struct ksock_addr *addrs,
			 size_t count)
{
	size_t n = 0;

	for (; ai && n < count; ai = ai->ai_next) {
		if (ai->ai_addrlen > sizeof(addrs->storage) ||
		    addr_is_listed(addrs, n, ai))
			continue;

		memset(&addrs[n], 0, sizeof(addrs[n]));
		memcpy(&addrs[n].storage, ai->ai_addr, ai->ai_addrlen);
		addrs[n].len = ai->ai_addrlen;
		n++;
	}
	return n;
}

KSOCK_API int ksock_addr_resolve(const char *text, int family, int flags,
				 int *type, struct ksock_addr *addrs,
				 size_t count)
{
	struct addrinfo hints = { .ai_family = family };
	struct addrinfo *found;
	struct addr_text parts;
	int err = errno;
	size_t n;
	int eai;

	assert(text);
	assert(type);
	assert(addrs);

	if (flags & ~(KSOCK_ADDR_PASSIVE | KSOCK_ADDR_NUMERIC) ||
	    !count || count > INT_MAX ||
	    !addr_split(text, flags & KSOCK_ADDR_PASSIVE, &parts)) {
		errno = EINVAL;
		return -1;
	}

	if (parts.type && *type && parts.type != *type) {
		errno = EPROTOTYPE;
		return -1;
	}
	if (!addr_family_ok(family, parts.bracketed)) {
		errno = EAFNOSUPPORT;
		return -1;
	}

	hints.ai_socktype = parts.type ? parts.type : *type;
	if (flags & KSOCK_ADDR_PASSIVE)
		hints.ai_flags |= AI_PASSIVE;
	if (flags & KSOCK_ADDR_NUMERIC)
		hints.ai_flags |= AI_NUMERICHOST | AI_NUMERICSERV;

	eai = getaddrinfo(parts.host[0] ? parts.host : NULL, parts.port, &hints,
			  &found);
	if (eai) {
		errno = addr_errno(eai, errno);
		return -1;
	}

	n = addr_store(found, addrs, count);
	freeaddrinfo(found);
	if (!n) {
		errno = EAFNOSUPPORT;
		return -1;
	}

	if (parts.type)
		*type = parts.type;
	errno = err;
	return n;
}

static int addr_check(const struct ksock_addr *addr)
{
	size_t need;

	if (addr->len < sizeof(sa_family_t) ||
	    addr->len > sizeof(addr->storage))
		return EINVAL;

	switch (addr->storage.ss_family) {
	case AF_INET:
		need = sizeof(struct sockaddr_in);
		break;
	case AF_INET6:
		need = sizeof(struct sockaddr_in6);
		break;
	default:
		return EAFNOSUPPORT;
	}
	return addr->len < need ? EINVAL : 0;
}

KSOCK_API int ksock_addr_format(const struct ksock_addr *addr, char *buf,
				size_t size)
{
	char host[ADDR_HOST_MAX], port[ADDR_PORT_MAX];
	int saved = errno;
	int err, eai;
	bool in6;

	assert(addr);

	err = addr_check(addr);
	if (err) {
		errno = err;
		return -1;
	}

	eai = getnameinfo((const struct sockaddr *)&addr->storage, addr->len,
			  host, sizeof(host), port, sizeof(port),
			  NI_NUMERICHOST | NI_NUMERICSERV);
	if (eai) {
		errno = addr_errno(eai, errno);
		return -1;
	}

	in6 = addr->storage.ss_family == AF_INET6;
	if ((size_t)snprintf(buf, size, "%s%s%s:%s", in6 ? "[" : "", host,
			     in6 ? "]" : "", port) >= size) {
		errno = ENOSPC;
		return -1;
	}
	errno = saved;
	return 0;
}
