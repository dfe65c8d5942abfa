// SPDX-License-Identifier: GPL-2.0-only
/*
 * UDP echo: one thread, one socket, any number of peers.
 *
 * It shows a receive that tells the sender and whether all of a datagram is
 * there, and how kthread_stop() ends a wait.
 */
#include <linux/kthread.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/sched.h>
#include <ksock/ksock.h>

/* No datagram is longer. */
#define UDP_ECHO_ROOM	65536

static char *addr = "[::]:7000";
module_param(addr, charp, 0444);
MODULE_PARM_DESC(addr, "address and port to bind to");

static struct ksock_udp *udp;
static struct task_struct *task;
static void *buf;

static int udp_echo_run(void *unused)
{
	struct ksock_udp_from from;
	ssize_t len;

	while (!kthread_should_stop()) {
		/* Returns -EINTR when the thread is to stop. */
		len = ksock_udp_recvfrom(udp, buf, UDP_ECHO_ROOM, 0,
					 KSOCK_FOREVER, &from);
		if (len == -EINTR)
			continue;
		if (len < 0) {
			/* Out of memory, say: again, but not at once. */
			schedule_timeout_interruptible(HZ / 10);
			continue;
		}
		/* UDP may lose it anyway, so nobody waits for room. */
		if (from.addr.len && !(from.flags & MSG_TRUNC))
			ksock_udp_sendto(udp, buf, len, 0, KSOCK_NOWAIT,
					 &from.addr);
	}
	return 0;
}

static int __init udp_echo_init(void)
{
	struct ksock_addr where;
	int ret;

	ret = ksock_addr_parse(&where, &init_net, addr);
	if (ret)
		return ret;
	buf = kvmalloc(UDP_ECHO_ROOM, GFP_KERNEL);
	if (!buf)
		return -ENOMEM;
	udp = ksock_udp_create(&init_net, ksock_addr_family(&where), 0);
	if (IS_ERR(udp)) {
		ret = PTR_ERR(udp);
		goto err_free;
	}
	ret = ksock_udp_bind(udp, &where);
	if (ret)
		goto err_put;
	task = kthread_run(udp_echo_run, NULL, "udp_echo");
	if (IS_ERR(task)) {
		ret = PTR_ERR(task);
		goto err_put;
	}
	return 0;

err_put:
	ksock_udp_put(udp);
err_free:
	kvfree(buf);
	return ret;
}

static void __exit udp_echo_exit(void)
{
	kthread_stop(task);
	ksock_udp_put(udp);
	kvfree(buf);
}

module_init(udp_echo_init);
module_exit(udp_echo_exit);

MODULE_DESCRIPTION("UDP echo on ksock");
MODULE_LICENSE("GPL");
