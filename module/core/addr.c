// SPDX-License-Identifier: GPL-2.0-only
/*
 * Socket addresses as values: the length check that everything else relies on.
 *
 * Pure: no locks, no allocation, no user memory.  Whatever reaches the network
 * stack as an address has been through ksock_addr_len_valid(), because the
 * stack's kernel_bind(), kernel_connect() and sock_sendmsg() copy as many bytes
 * as they are told into a sockaddr_storage on their stack, unchecked.
 */
#include <linux/errno.h>
#include <linux/string.h>
#include <ksock/addr.h>

/**
 * ksock_addr_len_valid() - whether a length can be that of an address
 * @len: length in bytes
 *
 * Shorter than the family field there is no family to read.  What a family
 * asks for beyond that is for its protocol to check.
 *
 * Context: any.
 */
bool ksock_addr_len_valid(size_t len)
{
	return len >= sizeof(sa_family_t) &&
	       len <= sizeof(struct sockaddr_storage);
}

/**
 * ksock_addr_init() - make an address out of bytes
 * @addr: address to fill
 * @bytes: a sockaddr of its family, in kernel memory
 * @len: its length in bytes
 *
 * Context: any.
 * Return: 0, or -EINVAL when @len cannot be that of an address.
 */
int ksock_addr_init(struct ksock_addr *addr, const void *bytes, size_t len)
{
	if (!ksock_addr_len_valid(len))
		return -EINVAL;
	memcpy(&addr->storage, bytes, len);
	memset((u8 *)&addr->storage + len, 0, sizeof(addr->storage) - len);
	addr->len = len;
	return 0;
}
