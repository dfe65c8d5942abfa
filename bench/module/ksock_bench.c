// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a call of a module costs: a datagram that is sent and received in the
 * kernel, by the types of ksock and by what the kernel itself has, over sockets
 * of the kernel's own that are bound and connected alike.
 *
 * The loops are written out for each way, so that there is nothing between them
 * and what they measure.  One stops at the first datagram that does not arrive,
 * as nothing else would come.
 */
#include <linux/err.h>
#include <linux/fs.h>
#include <linux/in.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/net.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/uaccess.h>
#include <linux/uio.h>
#include <net/net_namespace.h>
#include <ksock/ksock.h>
#include "ksock_bench.h"

/**
 * struct bench - an open file
 * @way: how datagrams go, NULL before the sockets are made.
 * @sock: the sockets of the peer: the first sends to the second.
 * @udp: those of ksock.
 * @addr: their addresses, of either.
 * @name: the sender that the peer was told of.
 * @from: the sender that ksock told of.
 * @sent: what is sent.
 * @received: what was received.
 */
struct bench {
	const struct bench_way *way;
	struct socket *sock[2];
	struct ksock_udp *udp[2];
	struct ksock_addr addr[2];
	struct sockaddr_storage name;
	struct ksock_udp_from from;
	u8 sent[KSOCK_BENCH_LEN];
	u8 received[KSOCK_BENCH_LEN];
};

/**
 * struct bench_way - one of enum ksock_bench_way
 * @open: makes socket 0 or 1, bound to a port of loopback, stores its address.
 * @connect: connects it to the other one; NULL to leave them unconnected.
 * @run: sends and receives so many datagrams, returns how many it did.
 */
struct bench_way {
	int (*open)(struct bench *bench, int i);
	int (*connect)(struct bench *bench, int i);
	u32 (*run)(struct bench *bench, u32 count);
};

/* A port of loopback that is still to be found. */
static void bench_addr_init(struct ksock_addr *addr)
{
	struct sockaddr_in *in = (struct sockaddr_in *)&addr->storage;

	addr->len = sizeof(*in);
	in->sin_family = AF_INET;
	in->sin_addr.s_addr = KSOCK_IPV4_LOOPBACK;
}

static int bench_sock_open(struct bench *bench, int i)
{
	struct ksock_addr *addr = &bench->addr[i];
	struct socket *sock;
	int ret;

	ret = sock_create_kern(&init_net, AF_INET, SOCK_DGRAM, IPPROTO_UDP,
			       &sock);
	if (ret)
		return ret;
	bench->sock[i] = sock;
	bench_addr_init(addr);
	ret = kernel_bind(sock, (void *)&addr->storage, addr->len);
	if (ret)
		return ret;
	ret = kernel_getsockname(sock, (void *)&addr->storage);
	return ret < 0 ? ret : 0;
}

static int bench_sock_connect(struct bench *bench, int i)
{
	struct ksock_addr *to = &bench->addr[!i];

	return kernel_connect(bench->sock[i], (void *)&to->storage, to->len, 0);
}

static int bench_udp_open(struct bench *bench, int i)
{
	struct ksock_addr *addr = &bench->addr[i];
	struct ksock_udp *udp;
	int ret;

	udp = ksock_udp_create(&init_net, KSOCK_AF_INET, 0);
	if (IS_ERR(udp))
		return PTR_ERR(udp);
	bench->udp[i] = udp;
	bench_addr_init(addr);
	ret = ksock_udp_bind(udp, addr);
	if (ret)
		return ret;
	return ksock_udp_name(udp, addr);
}

static int bench_udp_connect(struct bench *bench, int i)
{
	return ksock_udp_connect(bench->udp[i], &bench->addr[!i]);
}

static u32 bench_peer(struct bench *bench, u32 count)
{
	u32 done;

	for (done = 0; done < count; done++) {
		struct kvec out = { bench->sent, KSOCK_BENCH_LEN };
		struct kvec in = { bench->received, KSOCK_BENCH_LEN };
		struct msghdr send = {};
		struct msghdr recv = {};

		if (kernel_sendmsg(bench->sock[0], &send, &out, 1,
				   KSOCK_BENCH_LEN) != KSOCK_BENCH_LEN)
			break;
		if (kernel_recvmsg(bench->sock[1], &recv, &in, 1,
				   KSOCK_BENCH_LEN, 0) != KSOCK_BENCH_LEN)
			break;
	}
	return done;
}

static u32 bench_ksock(struct bench *bench, u32 count)
{
	u32 done;

	for (done = 0; done < count; done++) {
		if (ksock_udp_send(bench->udp[0], bench->sent, KSOCK_BENCH_LEN,
				   0, KSOCK_FOREVER) != KSOCK_BENCH_LEN)
			break;
		if (ksock_udp_recv(bench->udp[1], bench->received,
				   KSOCK_BENCH_LEN, 0,
				   KSOCK_FOREVER) != KSOCK_BENCH_LEN)
			break;
	}
	return done;
}

static u32 bench_peer_from(struct bench *bench, u32 count)
{
	u32 done;

	for (done = 0; done < count; done++) {
		struct kvec out = { bench->sent, KSOCK_BENCH_LEN };
		struct kvec in = { bench->received, KSOCK_BENCH_LEN };
		struct msghdr send = {
			.msg_name = &bench->addr[1].storage,
			.msg_namelen = bench->addr[1].len,
		};
		struct msghdr recv = { .msg_name = &bench->name };

		if (kernel_sendmsg(bench->sock[0], &send, &out, 1,
				   KSOCK_BENCH_LEN) != KSOCK_BENCH_LEN)
			break;
		if (kernel_recvmsg(bench->sock[1], &recv, &in, 1,
				   KSOCK_BENCH_LEN, 0) != KSOCK_BENCH_LEN)
			break;
		if (recv.msg_namelen != bench->addr[0].len)
			break;
	}
	if (memcmp(&bench->name, &bench->addr[0].storage, bench->addr[0].len))
		return 0;
	return done;
}

static u32 bench_ksock_from(struct bench *bench, u32 count)
{
	u32 done;

	for (done = 0; done < count; done++) {
		if (ksock_udp_sendto(bench->udp[0], bench->sent,
				     KSOCK_BENCH_LEN, 0, KSOCK_FOREVER,
				     &bench->addr[1]) != KSOCK_BENCH_LEN)
			break;
		if (ksock_udp_recvfrom(bench->udp[1], bench->received,
				       KSOCK_BENCH_LEN, 0, KSOCK_FOREVER,
				       &bench->from) != KSOCK_BENCH_LEN)
			break;
		if (bench->from.addr.len != bench->addr[0].len)
			break;
	}
	if (memcmp(&bench->from.addr.storage, &bench->addr[0].storage,
		   bench->addr[0].len))
		return 0;
	return done;
}

static const struct bench_way bench_ways[] = {
	[KSOCK_BENCH_PEER] = {
		bench_sock_open, bench_sock_connect, bench_peer,
	},
	[KSOCK_BENCH_KSOCK] = {
		bench_udp_open, bench_udp_connect, bench_ksock,
	},
	[KSOCK_BENCH_PEER_FROM] = {
		bench_sock_open, NULL, bench_peer_from,
	},
	[KSOCK_BENCH_KSOCK_FROM] = {
		bench_udp_open, NULL, bench_ksock_from,
	},
};

static long bench_ioctl_open(struct bench *bench, unsigned long arg)
{
	const struct bench_way *way;
	int i, ret;

	if (arg >= ARRAY_SIZE(bench_ways))
		return -EINVAL;
	if (bench->way)
		return -EBUSY;
	way = &bench_ways[arg];
	bench->way = way;
	for (i = 0; i < 2; i++) {
		ret = way->open(bench, i);
		if (ret)
			return ret;
	}
	for (i = 0; i < 2 && way->connect; i++) {
		ret = way->connect(bench, i);
		if (ret)
			return ret;
	}
	return 0;
}

static long bench_ioctl_run(struct bench *bench, void __user *arg)
{
	struct ksock_bench_run run;
	u32 done;

	if (!bench->way)
		return -ENOTCONN;
	if (copy_from_user(&run, arg, sizeof(run)) ||
	    copy_from_user(bench->sent, u64_to_user_ptr(run.sent_ptr),
			   KSOCK_BENCH_LEN))
		return -EFAULT;
	/* None of an earlier run is to be taken for one of this. */
	memset(bench->received, 0, KSOCK_BENCH_LEN);
	memset(&bench->name, 0, sizeof(bench->name));
	memset(&bench->from, 0, sizeof(bench->from));
	done = bench->way->run(bench, run.count);
	if (copy_to_user(u64_to_user_ptr(run.received_ptr), bench->received,
			 KSOCK_BENCH_LEN))
		return -EFAULT;
	return done;
}

static long bench_ioctl(struct file *file, unsigned int command,
			unsigned long arg)
{
	switch (command) {
	case KSOCK_BENCH_OPEN:
		return bench_ioctl_open(file->private_data, arg);
	case KSOCK_BENCH_RUN:
		return bench_ioctl_run(file->private_data, (void __user *)arg);
	default:
		return -ENOTTY;
	}
}

static int bench_open(struct inode *inode, struct file *file)
{
	struct bench *bench = kzalloc(sizeof(*bench), GFP_KERNEL);

	if (!bench)
		return -ENOMEM;
	file->private_data = bench;
	return 0;
}

static int bench_release(struct inode *inode, struct file *file)
{
	struct bench *bench = file->private_data;
	int i;

	for (i = 0; i < 2; i++) {
		if (bench->sock[i])
			sock_release(bench->sock[i]);
		ksock_udp_put(bench->udp[i]);
	}
	kfree(bench);
	return 0;
}

static const struct file_operations bench_fops = {
	.owner		= THIS_MODULE,
	.open		= bench_open,
	.unlocked_ioctl	= bench_ioctl,
	.release	= bench_release,
};

static struct miscdevice bench_device = {
	.minor	= MISC_DYNAMIC_MINOR,
	.name	= "ksock_bench",
	.fops	= &bench_fops,
	.mode	= 0600,
};

module_misc_device(bench_device);

MODULE_DESCRIPTION("The part of the bench of ksock that runs in the kernel");
MODULE_LICENSE("GPL");
