// SPDX-License-Identifier: GPL-2.0-only
/*
 * Says a line to HOST:PORT and prints all lines of the answer, within five
 * seconds for everything.
 *
 *	lines tcp:127.0.0.1:7000 hello
 */
#include <err.h>
#include <ksock.h>
#include <stdio.h>
#include <string.h>

int main(int argc, char **argv)
{
	int64_t deadline = ksock_deadline(INT64_C(5000000000));
	int type = SOCK_STREAM;
	struct ksock_reader *reader;
	struct ksock_addr addr;
	struct ksock_sock *sock;
	struct ksock_ctx *ctx;
	const char *line;
	ssize_t len;

	if (argc != 3)
		errx(2, "usage: lines HOST:PORT LINE");
	if (ksock_addr_resolve(argv[1], AF_UNSPEC, 0, &type, &addr, 1) < 0)
		err(1, "%s", argv[1]);

	ctx = ksock_open(NULL);
	if (!ctx)
		err(1, "/dev/ksock");
	sock = ksock_socket(ctx, addr.storage.ss_family, type, 0);
	if (!sock || ksock_connect_timed(sock, &addr, INT64_C(1000000000)))
		err(1, "connect");
	if (ksock_write_all(sock, argv[2], strlen(argv[2]), NULL, deadline) ||
	    ksock_write_all(sock, "\n", 1, NULL, deadline) ||
	    ksock_shutdown(sock, SHUT_WR))
		err(1, "send");

	reader = ksock_reader_create(sock, 1000);
	if (!reader)
		err(1, "memory");
	while ((len = ksock_reader_line(reader, &line, deadline)) > 0)
		fwrite(line, 1, len, stdout);
	if (len < 0)
		err(1, "receive");

	ksock_reader_destroy(reader);
	ksock_sock_close(sock);
	ksock_close(ctx);
	return 0;
}
