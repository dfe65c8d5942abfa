// SPDX-License-Identifier: GPL-2.0-only
/*
 * Control data to be sent: copied from the caller once, brought into the
 * kernel's layout, and held against the list of what may be said.
 *
 * Control data that is received: the stack writes it to the caller itself, but
 * for sockets of the kernel's own, whose control data it leaves in kernel memory
 * and which is brought into the caller's layout here.  Sockets of the families
 * that are enabled never have a descriptor in it.
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

/**
 * ksock_control_kernel_room() - room that the stack needs for control data
 * @len: what the caller has room for in bytes
 *
 * Return: bytes of kernel memory: as many, so that the stack cuts what does not
 * fit; for a 32-bit caller, whose layout takes less, enough for anything.
 */
size_t ksock_control_kernel_room(size_t len)
{
	if (in_compat_syscall())
		return KSOCK_KERN_MAX_CONTROL;
	return min_t(size_t, len, KSOCK_KERN_MAX_CONTROL);
}

/**
 * struct control_out - control data on its way to the caller
 * @to: where the next message goes.
 * @left: bytes of room there.
 * @cut: whether something did not fit.
 */
struct control_out {
	u8 __user *to;
	size_t left;
	bool cut;
};

/*
 * As much of a message as there is room for, as the stack does it: what is
 * between the end of one and the next is not written to, and one that cannot be
 * written leaves its room to the next.
 */
static void control_put(struct control_out *out, const void *header,
			size_t header_len, const void *data, size_t data_len,
			size_t space)
{
	if (copy_to_user(out->to, header, header_len) ||
	    copy_to_user(out->to + header_len, data, data_len))
		return;
	space = min(space, out->left);
	out->to += space;
	out->left -= space;
}

/* The length of a message that shall have @len bytes, cut to what fits. */
static size_t control_cut(struct control_out *out, size_t len)
{
	if (len > out->left) {
		out->cut = true;
		len = out->left;
	}
	return len;
}

static void control_put_native(struct control_out *out,
			       const struct cmsghdr *cmsg)
{
	struct cmsghdr header = *cmsg;

	if (out->left < sizeof(header)) {
		out->cut = true;
		return;
	}
	header.cmsg_len = control_cut(out, cmsg->cmsg_len);
	control_put(out, &header, sizeof(header), cmsg + 1,
		    header.cmsg_len - sizeof(header),
		    CMSG_ALIGN(cmsg->cmsg_len));
}

#ifdef CONFIG_COMPAT
/* Most messages with a time in them, as in 32-bit programs, count in long. */
static bool control_is_of_long(const struct cmsghdr *cmsg)
{
	return !COMPAT_USE_64BIT_TIME && cmsg->cmsg_level == SOL_SOCKET &&
	       (cmsg->cmsg_type == SO_TIMESTAMP_OLD ||
		cmsg->cmsg_type == SO_TIMESTAMPNS_OLD ||
		cmsg->cmsg_type == SO_TIMESTAMPING_OLD);
}

static void control_put_compat(struct control_out *out,
			       const struct cmsghdr *cmsg)
{
	size_t len = cmsg->cmsg_len - sizeof(*cmsg);
	const void *data = cmsg + 1;
	struct compat_cmsghdr header;
	/* Three of a struct timespec, the longest that there are. */
	compat_long_t narrow[6];
	size_t i;

	if (out->left < sizeof(header)) {
		out->cut = true;
		return;
	}
	if (control_is_of_long(cmsg)) {
		const long *wide = data;

		for (i = 0; i < min(len / sizeof(*wide), ARRAY_SIZE(narrow)); i++)
			narrow[i] = wide[i];
		data = narrow;
		len = i * sizeof(*narrow);
	}
	header.cmsg_level = cmsg->cmsg_level;
	header.cmsg_type = cmsg->cmsg_type;
	header.cmsg_len = control_cut(out, sizeof(header) + len);
	control_put(out, &header, sizeof(header), data,
		    header.cmsg_len - sizeof(header),
		    ALIGN(sizeof(header) + len, sizeof(compat_size_t)));
}
#else
static void control_put_compat(struct control_out *out,
			       const struct cmsghdr *cmsg)
{
}
#endif

/**
 * ksock_control_to_user() - hand received control data to the caller
 * @room: where it goes; told what was stored
 * @from: messages as the stack laid them out in kernel memory
 * @len: bytes of them
 *
 * Context: may sleep.
 */
void ksock_control_to_user(struct ksock_control_room *room, const void *from,
			   size_t len)
{
	struct control_out out = { .to = room->to, .left = room->len };
	const struct cmsghdr *cmsg;
	size_t at;

	for (at = 0; at < len && len - at >= sizeof(*cmsg);
	     at += CMSG_ALIGN(cmsg->cmsg_len)) {
		cmsg = from + at;
		if (in_compat_syscall())
			control_put_compat(&out, cmsg);
		else
			control_put_native(&out, cmsg);
	}
	room->stored = room->len - out.left;
	room->cut = out.cut;
}
