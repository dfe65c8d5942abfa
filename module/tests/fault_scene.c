// SPDX-License-Identifier: GPL-2.0-only
/*
 * What calls that are made to fail work on: sockets in the state that a call needs,
 * memory and descriptors of the process.
 */
#include <linux/err.h>
#include <linux/fdtable.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/in.h>
#include <linux/mm.h>
#include <linux/mman.h>
#include <linux/uaccess.h>
#include "fault.h"

void fault_close(struct fault *f)
{
	if (f->fd >= 0)
		close_fd(f->fd);
	if (f->memory)
		vm_munmap(f->memory, PAGE_SIZE);
	if (!IS_ERR(f->lite))
		ksock_lite_free(f->lite);
	ksock_put_sync(f->made);
	ksock_put_sync(f->user);
	if (!IS_ERR_OR_NULL(f->udp))
		ksock_put_sync(udp(f));
	if (!IS_ERR_OR_NULL(f->pair.near)) {
		ksock_events_off(near(f));
		ksock_put_sync(near(f));
	}
	if (!IS_ERR_OR_NULL(f->pair.far))
		ksock_put_sync(peer_far(&f->pair));
	if (!IS_ERR_OR_NULL(f->pair.listener))
		ksock_put_sync(listener(f));
}

int need_nothing(struct fault *f)
{
	return 0;
}

int need_listener(struct fault *f)
{
	f->pair.listener = ksock_tcp_listener_create(peer_net(), KSOCK_AF_INET,
						     0);
	return PTR_ERR_OR_ZERO(f->pair.listener);
}

int need_bound_listener(struct fault *f)
{
	int ret = need_listener(f);

	return ret ?: ksock_tcp_listener_bind(f->pair.listener, &f->addr);
}

int need_near(struct fault *f)
{
	f->pair.near = ksock_tcp_stream_create(peer_net(), KSOCK_AF_INET, 0);
	return PTR_ERR_OR_ZERO(f->pair.near);
}

/* A stream, and somebody to connect to. */
int need_server(struct fault *f)
{
	int ret = peer_listen(&f->pair.listener, peer_net(), KSOCK_AF_INET, 0,
			      &f->addr);

	return ret ?: need_near(f);
}

int need_pending(struct fault *f)
{
	int ret = need_server(f);

	return ret ?: ksock_tcp_connect(f->pair.near, &f->addr, peer_deadline());
}

int need_pending_and_lite(struct fault *f)
{
	f->lite = ksock_create_lite();
	return PTR_ERR_OR_ZERO(f->lite) ?: need_pending(f);
}

int need_stream(struct fault *f)
{
	return peer_pair_open(&f->pair, peer_net(), KSOCK_AF_INET, 0);
}

int need_stream_data(struct fault *f)
{
	int ret = need_stream(f);

	if (ret)
		return ret;
	ret = ksock_tcp_write_all(f->pair.far, f->buf, FAULT_BYTES,
				  peer_deadline());
	return ret ?: peer_eventually(ksock_inq(near(f)) == FAULT_BYTES) ?
		      0 : -ETIME;
}

static void fault_event(struct ksock *ks, void *data)
{
}

const struct ksock_events fault_events = { .data_ready = fault_event };

int need_events(struct fault *f)
{
	int ret = need_stream(f);

	return ret ?: ksock_events_on(near(f), &fault_events, NULL,
				      KSOCK_EVENT_ALL);
}

int need_fresh_udp(struct fault *f)
{
	f->udp = ksock_udp_create(peer_net(), KSOCK_AF_INET, 0);
	return PTR_ERR_OR_ZERO(f->udp);
}

/* One that sends to itself. */
int need_udp(struct fault *f)
{
	int ret = peer_udp(&f->udp, peer_net(), KSOCK_AF_INET, &f->addr);

	return ret ?: ksock_udp_connect(f->udp, &f->addr);
}

/* Of a socket that sends to itself. */
static int need_datagram(struct ksock *ks, const void *buf)
{
	int ret = ksock_send(ks, buf, FAULT_BYTES, 0, KSOCK_NOWAIT);

	if (ret != FAULT_BYTES)
		return ret < 0 ? ret : -EIO;
	return peer_eventually(ksock_inq(ks) == FAULT_BYTES) ? 0 : -ETIME;
}

int need_udp_data(struct fault *f)
{
	int ret = need_udp(f);

	return ret ?: need_datagram(ksock_from_udp(f->udp), f->buf);
}

int need_group(struct fault *f)
{
	int ret = need_udp(f);

	ksock_addr_set_v4(&f->addr, htonl(0xe8010101), 0);
	return ret;
}

int need_member(struct fault *f)
{
	int ret = need_group(f);

	return ret ?: ksock_udp_join(f->udp, &f->addr, 1);
}

/* One of the process, connected to itself, and memory of the process. */
int need_user(struct fault *f)
{
	int ret;

	f->user = ksock_create(KSOCK_AF_INET, KSOCK_DGRAM, KSOCK_PROTO_UDP);
	if (IS_ERR(f->user))
		return PTR_ERR(f->user);
	ret = ksock_bind(f->user, &f->addr);
	ret = ret ?: ksock_getsockname(f->user, &f->addr);
	ret = ret ?: ksock_connect(f->user, &f->addr, KSOCK_NOWAIT);
	if (ret)
		return ret;
	f->memory = vm_mmap(NULL, 0, PAGE_SIZE, PROT_READ | PROT_WRITE,
			    MAP_PRIVATE | MAP_ANONYMOUS, 0);
	if (IS_ERR_VALUE(f->memory)) {
		ret = (long)f->memory;
		f->memory = 0;
		return ret;
	}
	/* So that no page has to be had for it later. */
	return clear_user((void __user *)f->memory, PAGE_SIZE) ? -EFAULT : 0;
}

int need_user_data(struct fault *f)
{
	int ret = need_user(f);

	return ret ?: need_datagram(f->user, f->buf);
}

int need_descriptor(struct fault *f)
{
	struct file *file;

	f->user = ksock_create(KSOCK_AF_INET, KSOCK_DGRAM, KSOCK_PROTO_UDP);
	if (IS_ERR(f->user))
		return PTR_ERR(f->user);
	f->fd = get_unused_fd_flags(O_CLOEXEC);
	if (f->fd < 0)
		return f->fd;
	file = ksock_get_file(f->user);
	if (IS_ERR(file)) {
		put_unused_fd(f->fd);
		f->fd = -1;
		return PTR_ERR(file);
	}
	fd_install(f->fd, file);
	return 0;
}

int need_follower(struct fault *f)
{
	f->made = ksock_create_kern(peer_net(), KSOCK_AF_INET, KSOCK_STREAM, 0,
				    KSOCK_CREATE_FOLLOW);
	if (!IS_ERR(f->made))
		return 0;
	f->made = NULL;
	return -ENOMEM;
}
