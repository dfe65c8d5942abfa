// SPDX-License-Identifier: GPL-2.0-only
/*
 * Sets an option of a TCP socket to a value, if there is one, and prints what
 * the kernel makes of it.
 *
 *	options SO_LINGER 'onoff=1 linger=5'
 */
#include <err.h>
#include <ksock.h>
#include <stdio.h>

int main(int argc, char **argv)
{
	char value[KSOCK_OPT_VALUE_MAX], text[KSOCK_OPT_STRLEN];
	socklen_t len = sizeof(value);
	const struct ksock_opt *opt;
	struct ksock_sock *sock;
	struct ksock_ctx *ctx;

	if (argc < 2 || argc > 3)
		errx(2, "usage: options NAME [VALUE]");
	opt = ksock_opt_find(argv[1], AF_INET);
	if (!opt)
		err(1, "%s", argv[1]);

	ctx = ksock_open(NULL);
	if (!ctx)
		err(1, "/dev/ksock");
	sock = ksock_socket(ctx, AF_INET, SOCK_STREAM, 0);
	if (!sock)
		err(1, "socket");
	if (argc == 3 && (ksock_opt_parse(opt, argv[2], value, &len) ||
			  ksock_opt_set(sock, opt, value, len)))
		err(1, "%s", argv[2]);
	len = sizeof(value);
	if (ksock_opt_get(sock, opt, value, &len) ||
	    ksock_opt_format(opt, value, len, text, sizeof(text)))
		err(1, "%s", argv[1]);

	printf("%s\n", text);
	ksock_sock_close(sock);
	ksock_close(ctx);
	return 0;
}
