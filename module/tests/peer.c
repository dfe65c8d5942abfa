// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the cases share.
 */
#include <linux/err.h>
#include <linux/fcntl.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/pid.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/umh.h>
#include <linux/wait.h>
#include <net/net_namespace.h>
#include <net/sock.h>
#include "peer.h"

int peer_listen(struct ksock_tcp_listener **listener, struct net *net,
		enum ksock_family family, unsigned int flags,
		struct ksock_addr *addr)
{
	struct ksock_tcp_listener *made;
	int ret;

	*listener = NULL;
	made = ksock_tcp_listener_create(net, family, flags);
	if (IS_ERR(made))
		return PTR_ERR(made);
	ksock_addr_set_loopback(addr, family, 0);
	ret = ksock_tcp_listener_bind(made, addr);
	if (!ret)
		ret = ksock_tcp_listen(made, 16);
	if (!ret)
		ret = ksock_tcp_listener_name(made, addr);
	if (ret) {
		ksock_tcp_listener_put(made);
		return ret;
	}
	*listener = made;
	return 0;
}

int peer_pair_open(struct peer_pair *pair, struct net *net,
		   enum ksock_family family, unsigned int flags)
{
	struct ksock_tcp_stream *stream;
	struct ksock_addr addr;
	int ret;

	memset(pair, 0, sizeof(*pair));
	ret = peer_listen(&pair->listener, net, family, flags, &addr);
	if (ret)
		return ret;
	stream = ksock_tcp_stream_create(net, family, flags);
	if (IS_ERR(stream)) {
		ret = PTR_ERR(stream);
		goto err_close;
	}
	pair->near = stream;
	ret = ksock_tcp_connect(stream, &addr, peer_deadline());
	if (ret)
		goto err_close;
	stream = ksock_tcp_accept(pair->listener, peer_deadline(), NULL);
	if (IS_ERR(stream)) {
		ret = PTR_ERR(stream);
		goto err_close;
	}
	pair->far = stream;
	return 0;

err_close:
	peer_pair_close(pair);
	return ret;
}

void peer_pair_close(struct peer_pair *pair)
{
	ksock_tcp_stream_put(pair->near);
	ksock_tcp_stream_put(pair->far);
	ksock_tcp_listener_put(pair->listener);
	memset(pair, 0, sizeof(*pair));
}

void peer_migrate(bool on)
{
	struct file *file = filp_open("/proc/sys/net/ipv4/tcp_migrate_req",
				      O_WRONLY, 0);
	loff_t at = 0;

	if (IS_ERR(file))
		return;
	kernel_write(file, on ? "1" : "0", 1, &at);
	fput(file);
}

struct ksock *peer_group_listen(struct ksock_addr *addr, unsigned int flags)
{
	struct ksock *ks = ksock_create_kern(peer_net(), KSOCK_AF_INET,
					     KSOCK_STREAM, 0, flags);
	int ret;

	if (IS_ERR(ks))
		return ks;
	ret = ksock_set_reuseport(ks, true) ?: ksock_bind(ks, addr) ?:
	      ksock_listen(ks, 1) ?: ksock_getsockname(ks, addr);
	if (!ret)
		return ks;
	ksock_put(ks);
	return ERR_PTR(ret);
}

int peer_full_open(struct peer_full *full, struct net *net)
{
	struct ksock_tcp_stream *stream;
	struct ksock_addr any;
	int ret;

	memset(full, 0, sizeof(*full));
	full->listener = ksock_tcp_listener_create(net, KSOCK_AF_INET, 0);
	if (IS_ERR(full->listener))
		return PTR_ERR(full->listener);
	ksock_addr_set_loopback(&any, KSOCK_AF_INET, 0);
	ret = ksock_tcp_listener_bind(full->listener, &any);
	if (!ret)
		ret = ksock_tcp_listen(full->listener, 0);
	if (!ret)
		ret = ksock_tcp_listener_name(full->listener, &full->addr);
	while (!ret && full->count < ARRAY_SIZE(full->streams)) {
		stream = ksock_tcp_stream_create(net, KSOCK_AF_INET, 0);
		if (IS_ERR(stream)) {
			ret = PTR_ERR(stream);
			break;
		}
		full->streams[full->count++] = stream;
		/* Long enough for one that there is room for. */
		ret = ksock_tcp_connect(stream, &full->addr,
					ksock_deadline(5 * PEER_MOMENT_MS));
	}
	if (ret == -EINPROGRESS)
		return 0;
	peer_full_close(full);
	return ret ?: -ENOSPC;
}

void peer_full_close(struct peer_full *full)
{
	while (full->count)
		ksock_tcp_stream_put(full->streams[--full->count]);
	ksock_tcp_listener_put(full->listener);
	full->listener = NULL;
}

int peer_udp(struct ksock_udp **udp, struct net *net, enum ksock_family family,
	     struct ksock_addr *addr)
{
	struct ksock_udp *made = ksock_udp_create(net, family, 0);
	int ret;

	*udp = NULL;
	if (IS_ERR(made))
		return PTR_ERR(made);
	ksock_addr_set_loopback(addr, family, 0);
	ret = ksock_udp_bind(made, addr);
	if (!ret)
		ret = ksock_udp_name(made, addr);
	if (ret) {
		ksock_udp_put(made);
		return ret;
	}
	*udp = made;
	return 0;
}

static int peer_thread_run(void *data)
{
	struct peer_thread *thread = data;

	thread->ret = thread->function(thread->data);
	complete(&thread->done);
	while (!kthread_should_stop()) {
		set_current_state(TASK_INTERRUPTIBLE);
		if (!kthread_should_stop())
			schedule();
		__set_current_state(TASK_RUNNING);
	}
	return 0;
}

int peer_thread_start(struct peer_thread *thread, long (*function)(void *data),
		      void *data)
{
	thread->function = function;
	thread->data = data;
	thread->ret = 0;
	init_completion(&thread->done);
	thread->task = kthread_run(peer_thread_run, thread, "ksock_test");
	return PTR_ERR_OR_ZERO(thread->task);
}

bool peer_thread_join(struct peer_thread *thread, long *ret)
{
	bool done = wait_for_completion_timeout(&thread->done,
						msecs_to_jiffies(PEER_WAIT_MS));

	kthread_stop(thread->task);
	*ret = thread->ret;
	return done;
}

long peer_thread_stop(struct peer_thread *thread)
{
	kthread_stop(thread->task);
	return thread->ret;
}

bool peer_sleeps(struct ksock *ks)
{
	/* Asked again and again, so no barrier is needed. */
	return peer_eventually(waitqueue_active(&ksock_raw(ks)->wq.wait));
}

/* Runs in the process to be. */
static int peer_netns_remember(struct subprocess_info *info, struct cred *new)
{
	struct peer_netns *netns = info->data;

	netns->pid = get_pid(task_pid(current));
	return 0;
}

/* Whether there is a route to where conversations are held. */
static bool peer_net_is_up(struct net *net, enum ksock_family family)
{
	struct ksock_udp *udp = ksock_udp_create(net, family, 0);
	struct ksock_addr addr;
	int ret;

	if (IS_ERR(udp))
		return false;
	ksock_addr_set_loopback(&addr, family, 9);
	ret = ksock_udp_connect(udp, &addr);
	ksock_put_sync(ksock_from_udp(udp));
	return !ret;
}

/* Whether the process has come to where it has a namespace of its own. */
static bool peer_netns_ready(struct peer_netns *netns)
{
	struct net *net = get_net_ns_by_pid(pid_vnr(netns->pid));

	if (IS_ERR(net))
		return false;
	if (net == peer_net() || !peer_net_is_up(net, KSOCK_AF_INET) ||
	    !peer_net_is_up(net, KSOCK_AF_INET6)) {
		put_net(net);
		return false;
	}
	netns->net = net;
	return true;
}

int peer_netns_create(struct peer_netns *netns)
{
	static char *argv[] = {
		"/bin/sh", "-c",
		"exec unshare -n sh -c 'ip link set lo up; exec sleep 600'", NULL
	};
	static char *envp[] = {
		"PATH=/usr/sbin:/usr/bin:/sbin:/bin", NULL
	};
	struct subprocess_info *info;
	int ret;

	memset(netns, 0, sizeof(*netns));
	info = call_usermodehelper_setup(argv[0], argv, envp, GFP_KERNEL,
					 peer_netns_remember, NULL, netns);
	if (!info)
		return -ENOMEM;
	ret = call_usermodehelper_exec(info, UMH_WAIT_EXEC);
	if (!netns->pid)
		return ret ?: -ESRCH;
	if (peer_eventually(peer_netns_ready(netns)))
		return 0;
	peer_netns_drop(netns);
	return -ETIME;
}

void peer_netns_drop(struct peer_netns *netns)
{
	kill_pid(netns->pid, SIGKILL, 1);
	put_pid(netns->pid);
	if (netns->net)
		put_net(netns->net);
}
