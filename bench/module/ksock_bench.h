/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the program that measures tells the module ksock_bench: on a descriptor
 * of /dev/ksock_bench first which way datagrams are to go, then how many.
 */
#ifndef KSOCK_BENCH_MODULE_H
#define KSOCK_BENCH_MODULE_H

#include <linux/ioctl.h>
#include <linux/types.h>

/* Bytes of a datagram. */
#define KSOCK_BENCH_LEN		64

/**
 * enum ksock_bench_way - how a datagram is sent and received
 * @KSOCK_BENCH_PEER: kernel_sendmsg() and kernel_recvmsg(), connected.
 * @KSOCK_BENCH_KSOCK: ksock_udp_send() and ksock_udp_recv(), connected.
 * @KSOCK_BENCH_PEER_FROM: as the first, to an address, told from which.
 * @KSOCK_BENCH_KSOCK_FROM: ksock_udp_sendto() and ksock_udp_recvfrom().
 */
enum ksock_bench_way {
	KSOCK_BENCH_PEER,
	KSOCK_BENCH_KSOCK,
	KSOCK_BENCH_PEER_FROM,
	KSOCK_BENCH_KSOCK_FROM,
};

/**
 * struct ksock_bench_run - datagrams to be sent and received, one by one
 * @count: how many.
 * @pad: 0.
 * @sent_ptr: address of what each of them carries.
 * @received_ptr: address where the last one goes.
 */
struct ksock_bench_run {
	__u32 count;
	__u32 pad;
	__u64 sent_ptr;
	__u64 received_ptr;
};

/* Makes the sockets of enum ksock_bench_way; they go with the descriptor. */
#define KSOCK_BENCH_OPEN	_IO('b', 0)
/* Returns how many datagrams went well. */
#define KSOCK_BENCH_RUN		_IOW('b', 1, struct ksock_bench_run)

#endif /* KSOCK_BENCH_MODULE_H */
