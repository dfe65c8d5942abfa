/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef KSOCK_ADDR_H
#define KSOCK_ADDR_H

#include <linux/socket.h>
#include <linux/types.h>

/**
 * struct ksock_addr - socket address, a value
 * @len: length of the address in bytes, from the size of a family field up to
 *	the size of @storage; 0 in an address that holds nothing.
 * @storage: the address, its family in ss_family, network byte order; zero
 *	past @len.
 */
struct ksock_addr {
	int len;
	struct sockaddr_storage storage;
};

bool ksock_addr_len_valid(size_t len);
int ksock_addr_init(struct ksock_addr *addr, const void *bytes, size_t len);

#endif /* KSOCK_ADDR_H */
