// SPDX-License-Identifier: GPL-2.0-only
/*
 * A conversation in a few lines: connects to HOST:PORT, says the line given,
 * prints the answer.
 *
 *	talk tcp:127.0.0.1:7000 hello
 */
#include <err.h>
#include <ksock.h>
#include <stdio.h>
#include <string.h>

int main(int argc, char **argv)
{
	int type = SOCK_STREAM;
	struct ksock_addr addr;
	struct ksock_sock *sock;
	struct ksock_ctx *ctx;
	char answer[256];
	ssize_t len;

	if (argc != 3)
		errx(2, "usage: talk HOST:PORT LINE");
	if (ksock_addr_resolve(argv[1], AF_UNSPEC, 0, &type, &addr, 1) < 0)
		err(1, "%s", argv[1]);

	ctx = ksock_open(NULL);
	if (!ctx)
		err(1, "/dev/ksock");
	sock = ksock_socket(ctx, addr.storage.ss_family, type, 0);
	if (!sock || ksock_connect(sock, &addr))
		err(1, "connect");
	if (ksock_send(sock, argv[2], strlen(argv[2]), 0) < 0)
		err(1, "send");
	len = ksock_recv(sock, answer, sizeof(answer), 0);
	if (len < 0)
		err(1, "recv");

	printf("%.*s\n", (int)len, answer);
	ksock_sock_close(sock);
	ksock_close(ctx);
	return 0;
}
