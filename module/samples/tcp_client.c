// SPDX-License-Identifier: GPL-2.0-only
/*
 * TCP client: says a line and reads one, which can then be read in
 * /sys/module/tcp_client/parameters/answer.
 *
 * It shows a connection made with a deadline, by a thread, as insmod is not to
 * wait for a peer; reading up to a mark in a stream that comes in pieces; and a
 * thread that may have ended long before it is stopped.
 */
#include <linux/kthread.h>
#include <linux/module.h>
#include <linux/moduleparam.h>
#include <linux/sched/task.h>
#include <linux/string.h>
#include <ksock/ksock.h>

#define TCP_CLIENT_CONNECT_MS	10000

static char *addr = "127.0.0.1:7000";
module_param(addr, charp, 0444);
MODULE_PARM_DESC(addr, "address and port to connect to");

static char *text = "hello";
module_param(text, charp, 0444);
MODULE_PARM_DESC(text, "what to say");

static char answer[256];
module_param_string(answer, answer, sizeof(answer), 0444);
MODULE_PARM_DESC(answer, "the line that came back (read-only)");

static int result = -EINPROGRESS;
module_param(result, int, 0444);
MODULE_PARM_DESC(result, "0 when there is an answer, or an error (read-only)");

static struct ksock_tcp_stream *stream;
static struct ksock_addr peer;
static struct task_struct *task;

/* Up to a line feed, which is cut off, the end of the stream or of the room. */
static int tcp_client_read_line(char *line, size_t room)
{
	size_t len = 0;
	ssize_t n;

	do {
		n = ksock_tcp_recv(stream, line + len, room - 1 - len, 0,
				   KSOCK_FOREVER);
		if (n < 0)
			return n;
		len += n;
		line[len] = '\0';
	} while (n && len < room - 1 && !strchr(line, '\n'));
	*strchrnul(line, '\n') = '\0';
	return len ? 0 : -ENODATA;
}

static int tcp_client_talk(char *line, size_t room)
{
	int ret;

	ret = ksock_tcp_connect(stream, &peer,
				ksock_deadline(TCP_CLIENT_CONNECT_MS));
	if (ret)
		return ret;
	ret = ksock_tcp_write_all(stream, text, strlen(text), KSOCK_FOREVER);
	if (ret)
		return ret;
	ret = ksock_tcp_write_all(stream, "\n", 1, KSOCK_FOREVER);
	if (ret)
		return ret;
	return tcp_client_read_line(line, room);
}

static int tcp_client_run(void *unused)
{
	char line[sizeof(answer)];
	int ret = tcp_client_talk(line, sizeof(line));

	/* Whoever reads the parameters meanwhile sees both of one moment. */
	kernel_param_lock(THIS_MODULE);
	if (!ret)
		strscpy(answer, line, sizeof(answer));
	result = ret;
	kernel_param_unlock(THIS_MODULE);
	return 0;
}

static int __init tcp_client_init(void)
{
	int ret;

	/* They are answers, whatever the command line of insmod says. */
	answer[0] = '\0';
	result = -EINPROGRESS;
	ret = ksock_addr_parse(&peer, &init_net, addr);
	if (ret)
		return ret;
	stream = ksock_tcp_stream_create(&init_net, ksock_addr_family(&peer),
					 0);
	if (IS_ERR(stream))
		return PTR_ERR(stream);
	task = kthread_create(tcp_client_run, NULL, "tcp_client");
	if (IS_ERR(task)) {
		ksock_tcp_stream_put(stream);
		return PTR_ERR(task);
	}
	/* It may end by itself, and is stopped all the same. */
	get_task_struct(task);
	wake_up_process(task);
	return 0;
}

static void __exit tcp_client_exit(void)
{
	/* Whatever it waits for, that returns -EINTR now. */
	kthread_stop(task);
	put_task_struct(task);
	ksock_tcp_stream_put(stream);
}

module_init(tcp_client_init);
module_exit(tcp_client_exit);

MODULE_DESCRIPTION("TCP client on ksock");
MODULE_LICENSE("GPL");
