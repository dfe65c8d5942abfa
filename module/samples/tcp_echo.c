// SPDX-License-Identifier: GPL-2.0-only
/*
 * TCP echo by events.  It shows callbacks, which can only queue work, workers
 * that never wait, flow control, and an exit that leaves nothing running.
 */
#include <linux/module.h>
#include <linux/workqueue.h>
#include <ksock/ksock.h>

/* Free without a socket; then accept_work may fill it. */
struct tcp_echo_conn {
	struct work_struct work;
	struct ksock *ks;
	char data[4096];
};

static char *addr = "[::]:7000";
module_param(addr, charp, 0444);
MODULE_PARM_DESC(addr, "address and port to listen on");

static struct tcp_echo_conn conns[32];
static struct work_struct accept_work;
static struct workqueue_struct *queue;
static struct ksock *listener;
static bool stopping;

/* Moves what there is to move; false when the connection is over. */
static bool tcp_echo_pump(struct ksock *ks, char *data, size_t room)
{
	ssize_t n;

	while (!READ_ONCE(stopping)) {
		n = ksock_recv(ks, data, room, MSG_PEEK, KSOCK_NOWAIT);
		if (n > 0)
			n = ksock_send(ks, data, n, 0, KSOCK_NOWAIT);
		if (n <= 0)
			return n == -EAGAIN;
		/* The rest stays in the socket until there is room for it. */
		ksock_discard(ks, n, KSOCK_NOWAIT);
		cond_resched();
	}
	return false;
}

static void tcp_echo_conn_work(struct work_struct *work)
{
	struct tcp_echo_conn *conn = container_of(work, typeof(*conn), work);
	struct ksock *ks = READ_ONCE(conn->ks);

	/* An event may queue this before there is a socket, and after. */
	if (!ks || tcp_echo_pump(ks, conn->data, sizeof(conn->data)))
		return;
	/* Refused in a callback; this is work that a callback has queued. */
	ksock_events_off(ks);
	ksock_put(ks);
	WRITE_ONCE(conn->ks, NULL);
	queue_work(queue, &accept_work);
}

static void tcp_echo_event(struct ksock *ks, void *work)
{
	queue_work(queue, work);
}

static const struct ksock_events tcp_echo_events = {
	.data_ready	= tcp_echo_event,
	.write_space	= tcp_echo_event,
	.state_change	= tcp_echo_event,
	.accept_ready	= tcp_echo_event,
};

/* Queued when a connection comes, and when one ends and leaves room. */
static void tcp_echo_accept_work(struct work_struct *work)
{
	struct tcp_echo_conn *conn;
	struct ksock *ks;

	for (conn = conns; conn < &conns[ARRAY_SIZE(conns)]; conn++) {
		if (READ_ONCE(conn->ks))
			continue;
		ks = ksock_accept(listener, KSOCK_NOWAIT, NULL);
		if (IS_ERR(ks))
			break;
		if (ksock_events_on(ks, &tcp_echo_events, &conn->work,
				    KSOCK_EVENT_ALL)) {
			ksock_put(ks);
			continue;
		}
		/* Complete for a work under way; what came earlier is not told. */
		smp_store_release(&conn->ks, ks);
		queue_work(queue, &conn->work);
	}
}

/* Also of what was started halfway. */
static void tcp_echo_exit(void)
{
	struct tcp_echo_conn *conn;

	/* The stack queues accept_work no more, and that accepts nothing. */
	ksock_events_off(listener);
	ksock_cancel(listener);
	flush_work(&accept_work);
	/* Every connection ends and turns its events off. */
	WRITE_ONCE(stopping, true);
	for (conn = conns; conn < &conns[ARRAY_SIZE(conns)]; conn++)
		queue_work(queue, &conn->work);
	flush_workqueue(queue);
	destroy_workqueue(queue);
	ksock_put(listener);
}

static int __init tcp_echo_init(void)
{
	struct tcp_echo_conn *conn;
	struct ksock_addr where;
	int ret;

	INIT_WORK(&accept_work, tcp_echo_accept_work);
	for (conn = conns; conn < &conns[ARRAY_SIZE(conns)]; conn++)
		INIT_WORK(&conn->work, tcp_echo_conn_work);
	ret = ksock_addr_parse(&where, &init_net, addr);
	if (ret)
		return ret;
	listener = ksock_create_kern(&init_net, ksock_addr_family(&where),
				     KSOCK_STREAM, KSOCK_PROTO_TCP, 0);
	if (IS_ERR(listener))
		return PTR_ERR(listener);
	queue = alloc_workqueue("tcp_echo", WQ_UNBOUND, 0);
	if (!queue) {
		ksock_put(listener);
		return -ENOMEM;
	}
	/* TIME_WAIT must not hinder a second load, nor a connection come untold. */
	ret = ksock_set_reuseaddr(listener, true) ?:
	      ksock_bind(listener, &where) ?:
	      ksock_events_on(listener, &tcp_echo_events, &accept_work,
			      KSOCK_EVENT_ACCEPT_READY) ?:
	      ksock_listen(listener, ARRAY_SIZE(conns));
	if (ret)
		tcp_echo_exit();
	return ret;
}

module_init(tcp_echo_init);
module_exit(tcp_echo_exit);

MODULE_DESCRIPTION("TCP echo on ksock, driven by events");
MODULE_LICENSE("GPL");
