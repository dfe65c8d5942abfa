// SPDX-License-Identifier: GPL-2.0-only
/*
 * Sends each word to HOST:PORT as a datagram, then prints an answer to each:
 * two calls, however many words there are.
 *
 *	batch udp:127.0.0.1:7000 one two three
 */
#include <err.h>
#include <ksock.h>
#include <stdio.h>
#include <string.h>

#define WORDS 16
#define ROOM 256

int main(int argc, char **argv)
{
	static char answers[WORDS][ROOM];
	struct ksock_op_result results[WORDS];
	struct ksock_op ops[WORDS];
	int type = SOCK_DGRAM;
	struct ksock_batch *batch;
	struct ksock_addr addr;
	struct ksock_sock *sock;
	struct ksock_ctx *ctx;
	int words = argc - 2, i;

	if (words < 1 || words > WORDS)
		errx(2, "usage: batch HOST:PORT WORD...");
	if (ksock_addr_resolve(argv[1], AF_UNSPEC, 0, &type, &addr, 1) < 0)
		err(1, "%s", argv[1]);

	ctx = ksock_open(NULL);
	if (!ctx)
		err(1, "/dev/ksock");
	sock = ksock_socket(ctx, addr.storage.ss_family, type, 0);
	batch = ksock_batch_create(ctx, 1, WORDS);
	if (!sock || !batch || ksock_connect(sock, &addr) ||
	    ksock_batch_set_slot(batch, 0, sock))
		err(1, "batch");

	for (i = 0; i < words; i++)
		ksock_op_send(&ops[i], 0, argv[i + 2], strlen(argv[i + 2]), 0,
			      NULL);
	if (ksock_batch_run(batch, ops, results, words, KSOCK_RUN_STOP,
			    KSOCK_FOREVER) != words)
		err(1, "send");
	for (i = 0; i < words; i++)
		ksock_op_recv(&ops[i], 0, answers[i], ROOM, 0, NULL);
	words = ksock_batch_run(batch, ops, results, words, KSOCK_RUN_STOP,
				INT64_C(1000000000));
	if (words < 0)
		err(1, "receive");

	for (i = 0; i < words; i++) {
		if (results[i].ret >= 0)
			printf("%.*s\n", (int)results[i].ret, answers[i]);
	}
	ksock_batch_close(batch);
	ksock_sock_close(sock);
	ksock_close(ctx);
	return 0;
}
