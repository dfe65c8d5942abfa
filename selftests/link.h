/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Interfaces for tests that need more than loopback: a pair of veth, both ends
 * in the test's own network namespace, and addresses of IPv6 for them.
 */
#ifndef KSOCK_SELFTESTS_LINK_H
#define KSOCK_SELFTESTS_LINK_H

#include "common.h"

#include <linux/if_link.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <linux/veth.h>

struct link_request {
	struct nlmsghdr header;
	struct ifinfomsg info;
	char attributes[256];
};

static inline struct rtattr *link_attribute(struct link_request *request,
					    int type, const void *data,
					    size_t len)
{
	struct rtattr *attribute = (void *)((char *)request +
					    request->header.nlmsg_len);

	attribute->rta_type = type;
	attribute->rta_len = RTA_LENGTH(len);
	if (len)
		memcpy(RTA_DATA(attribute), data, len);
	request->header.nlmsg_len += RTA_ALIGN(attribute->rta_len);
	return attribute;
}

/* Ends an attribute that others are nested in. */
static inline void link_attribute_end(struct link_request *request,
				      struct rtattr *attribute)
{
	attribute->rta_len = (char *)request + request->header.nlmsg_len -
			     (char *)attribute;
}

static inline int link_request_send(struct link_request *request)
{
	struct {
		struct nlmsghdr header;
		struct nlmsgerr error;
		char rest[512];
	} answer;
	int fd, ret = 0;

	fd = plain_socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
	if (fd < 0)
		return fd;
	if (send(fd, request, request->header.nlmsg_len, 0) < 0 ||
	    recv(fd, &answer, sizeof(answer), 0) < 0)
		ret = -errno;
	else if (answer.header.nlmsg_type != NLMSG_ERROR)
		ret = -EPROTO;
	else
		ret = answer.error.error;
	close(fd);
	return ret;
}

/* Makes a pair of interfaces that are each other's far end. */
static inline int veth_add(const char *one, const char *other)
{
	struct link_request request = {
		.header = {
			.nlmsg_len = NLMSG_LENGTH(sizeof(request.info)),
			.nlmsg_type = RTM_NEWLINK,
			.nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK |
				       NLM_F_CREATE | NLM_F_EXCL,
		},
	};
	struct rtattr *info, *data, *peer;
	struct ifinfomsg none = {};

	link_attribute(&request, IFLA_IFNAME, one, strlen(one) + 1);
	info = link_attribute(&request, IFLA_LINKINFO, NULL, 0);
	link_attribute(&request, IFLA_INFO_KIND, "veth", 4);
	data = link_attribute(&request, IFLA_INFO_DATA, NULL, 0);
	peer = link_attribute(&request, VETH_INFO_PEER, &none, sizeof(none));
	link_attribute(&request, IFLA_IFNAME, other, strlen(other) + 1);
	link_attribute_end(&request, peer);
	link_attribute_end(&request, data);
	link_attribute_end(&request, info);
	return link_request_send(&request);
}

static inline bool link_runs(const char *name)
{
	struct ifreq ifr = {};
	int fd, ret;

	snprintf(ifr.ifr_name, IFNAMSIZ, "%s", name);
	fd = plain_socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	ret = ioctl(fd, SIOCGIFFLAGS, &ifr);
	close(fd);
	return !ret && ifr.ifr_flags & IFF_RUNNING;
}

static inline int link_up(const char *name)
{
	struct ifreq ifr = {};
	int fd, ret;

	snprintf(ifr.ifr_name, IFNAMSIZ, "%s", name);
	fd = plain_socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return fd;
	ret = ret_errno(ioctl(fd, SIOCGIFFLAGS, &ifr));
	ifr.ifr_flags |= IFF_UP;
	if (!ret)
		ret = ret_errno(ioctl(fd, SIOCSIFFLAGS, &ifr));
	close(fd);
	return ret;
}

/* Whether a socket can be bound to the address by now. */
static inline bool link_address_valid(const char *name, const char *text)
{
	struct addr addr = addr_loopback(AF_INET6, 0);
	int fd, ret;

	inet_pton(AF_INET6, text, &addr.in6.sin6_addr);
	addr.in6.sin6_scope_id = if_nametoindex(name);
	fd = plain_socket(AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	ret = plain_bind(fd, &addr.sa, addr.len);
	close(fd);
	return !ret;
}

/* Adds an address and waits until it is good for use. */
static inline int link_address_add(const char *name, const char *text, int bits)
{
	struct {
		struct in6_addr addr;
		uint32_t bits;
		int ifindex;
	} request = { .bits = bits, .ifindex = if_nametoindex(name) };
	int fd, ret;

	if (inet_pton(AF_INET6, text, &request.addr) != 1)
		return -EINVAL;
	fd = plain_socket(AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return fd;
	ret = ret_errno(ioctl(fd, SIOCSIFADDR, &request));
	close(fd);
	if (!ret && !EVENTUALLY(link_address_valid(name, text)))
		ret = -ETIME;
	return ret;
}

/* Has interfaces made from here on use an address without asking around. */
static inline int link_trust_addresses(void)
{
	static const char * const paths[] = {
		"/proc/sys/net/ipv6/conf/all/accept_dad",
		"/proc/sys/net/ipv6/conf/default/accept_dad",
	};
	int i, fd, ret = 0;

	for (i = 0; i < 2 && !ret; i++) {
		fd = open(paths[i], O_WRONLY | O_CLOEXEC);
		if (fd < 0)
			return -errno;
		if (write(fd, "0", 1) != 1)
			ret = -errno;
		close(fd);
	}
	return ret;
}

/* veth "one" and "other", up and connected. */
static inline int links_make(void)
{
	int ret;

	ret = link_trust_addresses();
	if (!ret)
		ret = veth_add("one", "other");
	if (!ret)
		ret = link_up("one");
	if (!ret)
		ret = link_up("other");
	if (!ret && !EVENTUALLY(link_runs("one") && link_runs("other")))
		ret = -ETIME;
	return ret;
}

#endif /* KSOCK_SELFTESTS_LINK_H */
