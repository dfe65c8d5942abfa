// SPDX-License-Identifier: GPL-2.0-only
/*
 * Control data to be sent: copied from the caller once, brought into the
 * kernel's layout, and held against the list of what may be said.
 *
 * Control data that is received needs none of this: the stack writes it to the
 * caller itself, and sockets of the families that are enabled never have a
 * descriptor in it.
 */
#include <linux/compat.h>
#include <linux/in.h>
#include <linux/in6.h>
#include <linux/net_tstamp.h>
#include <linux/socket.h>
#include <linux/uaccess.h>
#include <linux/udp.h>
#include <net/compat.h>
#include "dev.h"

static bool control_allowed(int level, int type)
{
	switch (level) {
	case SOL_SOCKET:
		return type == SO_MARK || type == SO_TIMESTAMPING_OLD ||
		       type == SO_TIMESTAMPING_NEW || type == SCM_TXTIME ||
		       type == SO_PRIORITY;
	case SOL_IP:
		return type == IP_PKTINFO || type == IP_TTL || type == IP_TOS;
	case SOL_IPV6:
		return type == IPV6_PKTINFO || type == IPV6_HOPLIMIT ||
		       type == IPV6_TCLASS || type == IPV6_DONTFRAG;
	case SOL_UDP:
		return type == UDP_SEGMENT;
	default:
		return false;
	}
}

/*
 * What is shorter than a header, at the end, is not looked at, nor does
 * sendmsg(2) look at it.
 */
static int control_check(struct ksock_control *control)
{
	struct cmsghdr *cmsg;
	size_t at = 0;

	while (control->len - at >= sizeof(*cmsg)) {
		cmsg = (struct cmsghdr *)(control->bytes + at);
		if (cmsg->cmsg_len < sizeof(*cmsg) ||
		    cmsg->cmsg_len > control->len - at ||
		    !control_allowed(cmsg->cmsg_level, cmsg->cmsg_type))
			return -EINVAL;
		at += CMSG_ALIGN(cmsg->cmsg_len);
		if (at > control->len)
			break;
	}
	return 0;
}

#ifdef CONFIG_COMPAT
/* The header of a 32-bit caller is shorter, and its data aligned to less. */
static int control_from_compat(struct ksock_control *control,
			       const u8 __user *from, size_t len)
{
	struct compat_cmsghdr compat;
	struct cmsghdr *cmsg;
	size_t data, at = 0;

	control->len = 0;
	while (len - at >= sizeof(compat)) {
		if (copy_from_user(&compat, from + at, sizeof(compat)))
			return -EFAULT;
		if (compat.cmsg_len < sizeof(compat) ||
		    compat.cmsg_len > len - at)
			return -EINVAL;
		data = compat.cmsg_len - sizeof(compat);
		if (CMSG_SPACE(data) > sizeof(control->bytes) - control->len)
			return -ENOBUFS;

		cmsg = (struct cmsghdr *)(control->bytes + control->len);
		memset(cmsg, 0, CMSG_SPACE(data));
		cmsg->cmsg_len = CMSG_LEN(data);
		cmsg->cmsg_level = compat.cmsg_level;
		cmsg->cmsg_type = compat.cmsg_type;
		if (copy_from_user(CMSG_DATA(cmsg), from + at + sizeof(compat),
				   data))
			return -EFAULT;
		control->len += CMSG_SPACE(data);

		at += ALIGN(compat.cmsg_len, sizeof(compat_size_t));
		if (at > len)
			break;
	}
	return 0;
}
#endif

/**
 * ksock_control_from_user() - take control data from the caller
 * @control: filled
 * @from: control data as the caller lays it out
 * @len: its length in bytes
 *
 * Context: may sleep.
 * Return: 0, -ENOBUFS when it is too long, -EINVAL when it is malformed or not
 * allowed, -EFAULT.
 */
int ksock_control_from_user(struct ksock_control *control,
			    const void __user *from, size_t len)
{
	if (len > KSOCK_MSG_MAX_CONTROL)
		return -ENOBUFS;
#ifdef CONFIG_COMPAT
	if (in_compat_syscall()) {
		int ret = control_from_compat(control, from, len);

		return ret ?: control_check(control);
	}
#endif
	if (copy_from_user(control->bytes, from, len))
		return -EFAULT;
	control->len = len;
	return control_check(control);
}
