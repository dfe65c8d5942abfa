// SPDX-License-Identifier: GPL-2.0-only
/*
 * Socket addresses as text: printed and parsed, each family in its own way.
 *
 * Strict: what the stack's own parsers take on top of the syntax that is
 * documented here is refused.  Pure, but for the names of devices, which scopes
 * may be.
 */
#include <linux/build_bug.h>
#include <linux/ctype.h>
#include <linux/errno.h>
#include <linux/export.h>
#include <linux/inet.h>
#include <linux/kernel.h>
#include <linux/netdevice.h>
#include <linux/rcupdate.h>
#include <linux/string.h>
#include "addr.h"

static_assert(sizeof("unix:") + 4 * UNIX_PATH_MAX <= KSOCK_ADDR_STRLEN);
static_assert(sizeof("packet:2147483647/0xffff/") + 3 * MAX_ADDR_LEN <=
	      KSOCK_ADDR_STRLEN);

/*
 * What is taken is taken off the front of the text; false when the text begins
 * with something else.  How much of it is gone then is of no interest.
 */
static bool addr_take(const char **text, const char *token)
{
	size_t len = str_has_prefix(*text, token);

	*text += len;
	return len;
}

/* hex_to_bin() has moved to a header that older kernels do not have. */
static int addr_digit(char c)
{
	if (isdigit(c))
		return c - '0';
	return isxdigit(c) ? tolower(c) - 'a' + 10 : -1;
}

/* Two hexadecimal digits. */
static bool addr_take_byte(const char **text, u8 *byte)
{
	int high = addr_digit((*text)[0]);
	/* Behind the end of the text there is nothing to read. */
	int low = high < 0 ? -1 : addr_digit((*text)[1]);

	if (low < 0)
		return false;
	*text += 2;
	*byte = high << 4 | low;
	return true;
}

/*
 * Digits alone, unlike kstrtou32(), and no zeros before a decimal number, as to
 * some 010 is eight.  Where @hex says so, hexadecimal after 0x.
 */
static bool addr_take_number(const char **text, bool hex, u32 max, u32 *value)
{
	unsigned int base = hex && addr_take(text, "0x") ? 16 : 10;
	const char *start = *text;
	unsigned int digits = 0;
	u64 number = 0;
	int digit;

	for (;; (*text)++) {
		digit = addr_digit(**text);
		if (digit < 0 || digit >= base)
			break;
		number = number * base + digit;
		if (number > max || ++digits > 10)
			return false;
	}
	if (!digits || (base == 10 && digits > 1 && *start == '0'))
		return false;
	*value = number;
	return true;
}

/* The end of every IPv4 and IPv6 address. */
static bool addr_take_port(const char *text, u16 *port)
{
	u32 number;

	if (!addr_take(&text, ":") ||
	    !addr_take_number(&text, false, U16_MAX, &number) || *text)
		return false;
	*port = number;
	return true;
}

/* in4_pton() takes 010 and 1.2.3.4. for addresses. */
static bool addr_take_v4(const char **text, __be32 *ip)
{
	u32 bits = 0;
	u32 octet;
	int i;

	for (i = 0; i < 4; i++) {
		if (i && !addr_take(text, "."))
			return false;
		if (!addr_take_number(text, false, U8_MAX, &octet))
			return false;
		bits = bits << 8 | octet;
	}
	*ip = cpu_to_be32(bits);
	return true;
}

/*
 * in6_pton() takes any number of zeros before a group, and at the end all that
 * in4_pton() takes.
 */
static bool addr_take_v6(const char **text, struct in6_addr *ip)
{
	unsigned int digits = 0;
	const char *s = *text;
	const char *end;
	__be32 v4;

	if (!in6_pton(s, -1, ip->s6_addr, -1, &end))
		return false;
	for (; s < end && *s != '.'; s++) {
		digits = *s == ':' ? 0 : digits + 1;
		if (digits > 4)
			return false;
	}
	if (s < end) {
		/* What looked like the last group begins an IPv4 address. */
		s -= digits;
		if (!addr_take_v4(&s, &v4) || s != end)
			return false;
	}
	*text = end;
	return true;
}

/* A number, or the name of a device, which is not one of digits alone. */
static int addr_take_scope(const char **text, struct net *net, u32 *scope)
{
	size_t len = strcspn(*text, "/]");
	const struct net_device *dev;
	char name[IFNAMSIZ];

	if (strspn(*text, "0123456789") == len)
		return addr_take_number(text, false, U32_MAX, scope) ? 0 :
								       -EINVAL;
	if (len >= sizeof(name))
		return -EINVAL;
	memcpy(name, *text, len);
	name[len] = '\0';
	if (!dev_valid_name(name))
		return -EINVAL;
	if (!net)
		return -ENODEV;
	rcu_read_lock();
	dev = dev_get_by_name_rcu(net, name);
	if (dev)
		*scope = dev->ifindex;
	rcu_read_unlock();
	*text += len;
	return dev ? 0 : -ENODEV;
}

static int addr_parse_v4(struct ksock_addr *addr, struct net *net,
			 const char *text)
{
	__be32 ip;
	u16 port;

	if (!addr_take_v4(&text, &ip) || !addr_take_port(text, &port))
		return -EINVAL;
	ksock_addr_set_v4(addr, ip, port);
	return 0;
}

static int addr_parse_v6(struct ksock_addr *addr, struct net *net,
			 const char *text)
{
	struct in6_addr ip;
	u32 flowinfo = 0;
	u32 scope = 0;
	u16 port;
	int ret;

	if (!addr_take_v6(&text, &ip))
		return -EINVAL;
	if (addr_take(&text, "%")) {
		ret = addr_take_scope(&text, net, &scope);
		if (ret)
			return ret;
	}
	if (addr_take(&text, "/") &&
	    !addr_take_number(&text, true, U32_MAX, &flowinfo))
		return -EINVAL;
	if (!addr_take(&text, "]") || !addr_take_port(text, &port))
		return -EINVAL;
	ksock_addr_set_v6(addr, &ip, port);
	ksock_addr_set_scope(addr, scope);
	ksock_addr_set_flowinfo(addr, flowinfo);
	return 0;
}

/* Whether a byte of a name of AF_UNIX stands for itself in text. */
static bool addr_unix_plain(u8 byte)
{
	return byte >= ' ' && byte <= '~' && byte != '\\';
}

static int addr_parse_unix(struct ksock_addr *addr, struct net *net,
			   const char *text)
{
	bool abstract = addr_take(&text, "@");
	u8 name[UNIX_PATH_MAX];
	size_t len = 0;
	u8 byte;

	if (abstract)
		name[len++] = 0;
	while (*text) {
		if (addr_unix_plain(*text)) {
			byte = *text++;
		} else if (!addr_take(&text, "\\x") ||
			   !addr_take_byte(&text, &byte)) {
			return -EINVAL;
		}
		/* A path with one in front would be taken for abstract. */
		if (len == sizeof(name) || (!byte && !abstract))
			return -EINVAL;
		name[len++] = byte;
	}
	return ksock_addr_set_unix(addr, name, len);
}

static bool addr_take_cid(const char **text, u32 *cid)
{
	if (addr_take(text, "any"))
		*cid = VMADDR_CID_ANY;
	else if (addr_take(text, "host"))
		*cid = VMADDR_CID_HOST;
	else if (addr_take(text, "local"))
		*cid = VMADDR_CID_LOCAL;
	else
		return addr_take_number(text, false, U32_MAX, cid);
	return true;
}

static int addr_parse_vsock(struct ksock_addr *addr, struct net *net,
			    const char *text)
{
	u32 port = VMADDR_PORT_ANY;
	u32 cid;

	if (!addr_take_cid(&text, &cid) || !addr_take(&text, ":"))
		return -EINVAL;
	if (!addr_take(&text, "any") &&
	    !addr_take_number(&text, false, U32_MAX, &port))
		return -EINVAL;
	if (*text)
		return -EINVAL;
	ksock_addr_set_vsock(addr, cid, port);
	return 0;
}

static int addr_parse_netlink(struct ksock_addr *addr, struct net *net,
			      const char *text)
{
	u32 portid;
	u32 groups;

	if (!addr_take_number(&text, false, U32_MAX, &portid) ||
	    !addr_take(&text, "/") ||
	    !addr_take_number(&text, true, U32_MAX, &groups) || *text)
		return -EINVAL;
	ksock_addr_set_netlink(addr, portid, groups);
	return 0;
}

static int addr_parse_packet(struct ksock_addr *addr, struct net *net,
			     const char *text)
{
	u8 hwaddr[MAX_ADDR_LEN];
	size_t len = 0;
	u32 protocol;
	u32 ifindex;

	if (!addr_take_number(&text, false, INT_MAX, &ifindex) ||
	    !addr_take(&text, "/") ||
	    !addr_take_number(&text, true, U16_MAX, &protocol))
		return -EINVAL;
	while (len < sizeof(hwaddr) && addr_take(&text, len ? ":" : "/")) {
		if (!addr_take_byte(&text, &hwaddr[len++]))
			return -EINVAL;
	}
	if (*text)
		return -EINVAL;
	return ksock_addr_set_packet(addr, protocol, ifindex, hwaddr, len);
}

/* The first whose prefix the text has is the one. */
static const struct {
	const char *prefix;
	int (*parse)(struct ksock_addr *addr, struct net *net,
		     const char *text);
} addr_parsers[] = {
	{ "[",		addr_parse_v6 },
	{ "unix:",	addr_parse_unix },
	{ "vsock:",	addr_parse_vsock },
	{ "netlink:",	addr_parse_netlink },
	{ "packet:",	addr_parse_packet },
};

/**
 * ksock_addr_parse() - make an address out of text
 * @addr: address to fill
 * @net: where to look up names of devices; NULL to know none
 * @text: the text, all of it
 *
 * What ksock_addr_format() prints, and no more spellings than are said here:
 *
 * - IPv4: ``1.2.3.4:80``
 * - IPv6: ``[::1]:80``, ``[fe80::1%2]:80`` or ``[fe80::1%eth0]:80`` with a
 *   scope, ``[fe80::1%2/0x12345]:80`` with flow information as well
 * - AF_UNIX: ``unix:/path``; ``unix:@name`` of an abstract name; ``unix:`` of
 *   no name.  A byte that is not printable ASCII, a backslash, and an @ that
 *   begins a path, is written ``\x`` and two hexadecimal digits
 * - AF_VSOCK: ``vsock:3:1024``, machine and port; the machine may be ``any``,
 *   ``host`` or ``local``, the port ``any``
 * - AF_NETLINK: ``netlink:0/0x1``, port and groups
 * - AF_PACKET: ``packet:2/0x0800`` or ``packet:2/0x0800/02:00:00:00:00:01``,
 *   number of the device, protocol, hardware address
 *
 * Numbers are decimal, without sign, blanks or zeros before them; flow
 * information, groups and protocol may be hexadecimal after ``0x``.  A scope of
 * digits alone is a number, even if a device has that name.
 *
 * Context: any; takes the RCU read lock.
 * Return: 0; or, and @addr is unchanged, -EINVAL when the text is none of
 * these; -ENODEV when a scope is not the name of a device in @net.
 */
int ksock_addr_parse(struct ksock_addr *addr, struct net *net,
		     const char *text)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(addr_parsers); i++) {
		if (addr_take(&text, addr_parsers[i].prefix))
			return addr_parsers[i].parse(addr, net, text);
	}
	return addr_parse_v4(addr, net, text);
}
EXPORT_SYMBOL_GPL(ksock_addr_parse);

/**
 * struct addr_text - text that is being printed
 * @text: where it goes.
 * @size: room there in bytes.
 * @len: how long it is so far, or would be if there was room.
 */
struct addr_text {
	char *text;
	size_t size;
	size_t len;
};

static __printf(2, 3)
void addr_print(struct addr_text *out, const char *format, ...)
{
	size_t used = min(out->len, out->size);
	va_list args;

	va_start(args, format);
	out->len += vsnprintf(out->text + used, out->size - used, format, args);
	va_end(args);
}

static bool addr_format_v4(struct addr_text *out,
			   const struct ksock_addr *addr)
{
	const struct sockaddr_in *in = addr_in(addr);

	if (!in)
		return false;
	addr_print(out, "%pI4:%u", &in->sin_addr, be16_to_cpu(in->sin_port));
	return true;
}

static bool addr_format_v6(struct addr_text *out,
			   const struct ksock_addr *addr)
{
	const struct sockaddr_in6 *in6 = addr_in6(addr);

	if (!in6)
		return false;
	addr_print(out, "[%pI6c", &in6->sin6_addr);
	if (ksock_addr_scope(addr))
		addr_print(out, "%%%u", ksock_addr_scope(addr));
	if (in6->sin6_flowinfo)
		addr_print(out, "/0x%x", ksock_addr_flowinfo(addr));
	addr_print(out, "]:%u", be16_to_cpu(in6->sin6_port));
	return true;
}

static bool addr_format_unix(struct addr_text *out,
			     const struct ksock_addr *addr)
{
	const u8 *name;
	bool abstract;
	size_t len;
	size_t i;

	name = addr_unix_name(addr, &len);
	if (!name)
		return false;
	abstract = len && !name[0];
	addr_print(out, abstract ? "unix:@" : "unix:");
	for (i = abstract; i < len; i++) {
		if (addr_unix_plain(name[i]) && (i || name[i] != '@'))
			addr_print(out, "%c", name[i]);
		else
			addr_print(out, "\\x%02x", name[i]);
	}
	return true;
}

static bool addr_format_vsock(struct addr_text *out,
			      const struct ksock_addr *addr)
{
	const struct sockaddr_vm *vm = addr_vm(addr);

	if (!vm)
		return false;
	addr_print(out, "vsock:%u:%u", vm->svm_cid, vm->svm_port);
	return true;
}

static bool addr_format_netlink(struct addr_text *out,
				const struct ksock_addr *addr)
{
	const struct sockaddr_nl *nl = addr_nl(addr);

	if (!nl)
		return false;
	addr_print(out, "netlink:%u/0x%x", nl->nl_pid, nl->nl_groups);
	return true;
}

static bool addr_format_packet(struct addr_text *out,
			       const struct ksock_addr *addr)
{
	const struct sockaddr_ll *ll = addr_ll(addr);
	int i;

	if (!ll)
		return false;
	addr_print(out, "packet:%d/0x%04x", ll->sll_ifindex,
		   be16_to_cpu(ll->sll_protocol));
	/* %ph would do, but ends after 64 bytes and wants a constant format. */
	for (i = 0; i < ll->sll_halen; i++)
		addr_print(out, "%c%02x", i ? ':' : '/', addr_hwaddr(addr)[i]);
	return true;
}

/**
 * ksock_addr_format() - print an address
 * @addr: address
 * @text: where the text goes, ended by a zero byte if @size is not 0
 * @size: room there in bytes; %KSOCK_ADDR_STRLEN is enough for any
 *
 * The text is what ksock_addr_parse() takes, and makes an address of it that
 * ksock_addr_equal() says is the same.  Scope and flow information are printed
 * when they are not 0; scope and machine as numbers; flow information, groups
 * and protocol in hexadecimal.
 *
 * Context: any.
 * Return: length of the text, without the byte that ends it; -ENOSPC when it
 * does not fit, and @text has the beginning of it; -EINVAL when @addr holds
 * nothing, or nothing of its family: its length does not fit, the number of a
 * device is negative; -EAFNOSUPPORT when it is of a family other than those of
 * ksock_addr_parse().
 */
int ksock_addr_format(const struct ksock_addr *addr, char *text, size_t size)
{
	struct addr_text out = { .text = text, .size = size };
	bool good;

	if (size)
		*text = '\0';
	if (!ksock_addr_len_valid(addr->len))
		return -EINVAL;
	switch (ksock_addr_family(addr)) {
	case KSOCK_AF_INET:
		good = addr_format_v4(&out, addr);
		break;
	case KSOCK_AF_INET6:
		good = addr_format_v6(&out, addr);
		break;
	case KSOCK_AF_UNIX:
		good = addr_format_unix(&out, addr);
		break;
	case KSOCK_AF_VSOCK:
		good = addr_format_vsock(&out, addr);
		break;
	case KSOCK_AF_NETLINK:
		good = addr_format_netlink(&out, addr);
		break;
	case KSOCK_AF_PACKET:
		good = addr_format_packet(&out, addr);
		break;
	default:
		return -EAFNOSUPPORT;
	}
	if (!good)
		return -EINVAL;
	return out.len < size ? (int)out.len : -ENOSPC;
}
EXPORT_SYMBOL_GPL(ksock_addr_format);
