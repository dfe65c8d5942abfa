/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Options whose values are in the memory of the calling process.
 */
#ifndef KSOCK_CORE_OPT_H
#define KSOCK_CORE_OPT_H

#include <linux/compiler.h>

struct ksock;

int ksock_getsockopt_user(struct ksock *ks, int level, int name,
			  char __user *value, int __user *len);
int ksock_setsockopt_user(struct ksock *ks, int level, int name,
			  char __user *value, int len);

#endif /* KSOCK_CORE_OPT_H */
