// SPDX-License-Identifier: GPL-2.0-only
/*
 * Module init and exit.  README.rst beside this file is the map of the rest.
 */
#include <linux/module.h>
#include "core/sock.h"
#include "dev/dev.h"

static int __init ksock_init(void)
{
	int ret;

	ret = ksock_netns_init();
	if (ret)
		return ret;
	ret = ksock_dev_init();
	if (ret)
		ksock_netns_exit();
	return ret;
}

static void __exit ksock_exit(void)
{
	ksock_dev_exit();
	ksock_sock_exit();
	ksock_netns_exit();
	ksock_event_exit();
}

module_init(ksock_init);
module_exit(ksock_exit);

MODULE_DESCRIPTION("Kernel sockets behind a typed API and /dev/ksock");
MODULE_LICENSE("GPL");
MODULE_VERSION(KSOCK_VERSION);
