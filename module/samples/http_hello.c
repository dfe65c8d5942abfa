// SPDX-License-Identifier: GPL-2.0-only
/*
 * HTTP server that says hello: threads that block, one for each connection that
 * is served at a time.
 *
 * It shows threads that wait for connections on one socket together; one deadline
 * over all calls of a connection, so nobody can hold a thread by being slow; and
 * how kthread_stop() reaches a thread wherever it waits.
 */
#include <linux/kthread.h>
#include <linux/module.h>
#include <linux/sched.h>
#include <linux/string.h>
#include <ksock/ksock.h>

static char *addr = "[::]:8000";
module_param(addr, charp, 0444);
MODULE_PARM_DESC(addr, "address and port to listen on");

static unsigned int timeout_ms = 10000;
module_param(timeout_ms, uint, 0444);
MODULE_PARM_DESC(timeout_ms, "milliseconds a connection may take in all");

struct http_hello_server {
	struct task_struct *task;
	char text[2048];
};

static struct http_hello_server servers[8];
static struct ksock_tcp_listener *listener;

/* The head of a request, into @text; 0, or an error when it does not come. */
static int http_hello_read(struct ksock_tcp_stream *stream, char *text,
			   size_t room, ktime_t deadline)
{
	size_t len = 0;
	ssize_t n;

	do {
		if (len == room - 1)
			return -EMSGSIZE;
		n = ksock_tcp_recv(stream, text + len, room - 1 - len, 0,
				   deadline);
		if (n <= 0)
			return n ? n : -ENODATA;
		len += n;
		text[len] = '\0';
	} while (!strstr(text, "\r\n\r\n"));
	return 0;
}

static void http_hello_serve(struct ksock_tcp_stream *stream, char *text,
			     size_t room)
{
	const char *status = "200 OK", *body = "Hello from the kernel.\n";
	ktime_t deadline = ksock_deadline(timeout_ms);
	int len;

	if (http_hello_read(stream, text, room, deadline))
		return;
	if (strncmp(text, "GET ", 4)) {
		status = "405 Method Not Allowed";
		body = "There is only GET.\n";
	}
	len = scnprintf(text, room,
			"HTTP/1.1 %s\r\nContent-Type: text/plain\r\n"
			"Content-Length: %zu\r\nConnection: close\r\n\r\n%s",
			status, strlen(body), body);
	ksock_tcp_write_all(stream, text, len, deadline);
}

static int http_hello_run(void *data)
{
	struct http_hello_server *server = data;
	struct ksock_tcp_stream *stream;

	while (!kthread_should_stop()) {
		stream = ksock_tcp_accept(listener, KSOCK_FOREVER, NULL);
		if (!IS_ERR(stream)) {
			http_hello_serve(stream, server->text,
					 sizeof(server->text));
			ksock_tcp_stream_put(stream);
		} else if (PTR_ERR(stream) != -EINTR) {
			/* Out of memory, say: again, but not at once. */
			schedule_timeout_interruptible(HZ / 10);
		}
	}
	return 0;
}

/* Also of what was started halfway. */
static void http_hello_exit(void)
{
	struct http_hello_server *server;

	for (server = servers; server < &servers[ARRAY_SIZE(servers)]; server++) {
		if (server->task)
			kthread_stop(server->task);
	}
	ksock_tcp_listener_put(listener);
}

static int __init http_hello_init(void)
{
	struct http_hello_server *server;
	struct task_struct *task;
	struct ksock_addr where;
	int ret;

	ret = ksock_addr_parse(&where, &init_net, addr);
	if (ret)
		return ret;
	listener = ksock_tcp_listener_create(&init_net,
					     ksock_addr_family(&where), 0);
	if (IS_ERR(listener))
		return PTR_ERR(listener);
	/* TIME_WAIT must not hinder a second load. */
	ret = ksock_set_reuseaddr(ksock_from_tcp_listener(listener), true) ?:
	      ksock_tcp_listener_bind(listener, &where) ?:
	      ksock_tcp_listen(listener, ARRAY_SIZE(servers));
	for (server = servers; !ret && server < &servers[ARRAY_SIZE(servers)];
	     server++) {
		task = kthread_run(http_hello_run, server, "http_hello");
		if (IS_ERR(task))
			ret = PTR_ERR(task);
		else
			server->task = task;
	}
	if (ret)
		http_hello_exit();
	return ret;
}

module_init(http_hello_init);
module_exit(http_hello_exit);

MODULE_DESCRIPTION("HTTP hello on ksock, by threads that block");
MODULE_LICENSE("GPL");
