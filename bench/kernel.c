// SPDX-License-Identifier: GPL-2.0-only
/*
 * One datagram at a time in the kernel: what a call of a module costs beside
 * what the kernel itself has.
 *
 * The loops are in the module ksock_bench, which is loaded for as long as the
 * program runs.  A repetition is one ioctl, so entering the kernel is nothing.
 */
#include <fcntl.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "bench.h"
#include "module/ksock_bench.h"

_Static_assert(LEN == KSOCK_BENCH_LEN, "a message is one of every other row");

static int device;

void kernel_load(void)
{
	int fd = open("/bench/ksock_bench.ko", O_RDONLY | O_CLOEXEC);

	EXPECT(fd >= 0 && !syscall(SYS_finit_module, fd, "", 0));
	close(fd);
}

void kernel_unload(void)
{
	EXPECT(!syscall(SYS_delete_module, "ksock_bench", O_NONBLOCK));
}

static void way_open(enum ksock_bench_way way)
{
	device = open("/dev/ksock_bench", O_RDWR | O_CLOEXEC);
	EXPECT(device >= 0 && !ioctl(device, KSOCK_BENCH_OPEN, way));
}

static void peer_open(void)
{
	way_open(KSOCK_BENCH_PEER);
}

static void ksock_open(void)
{
	way_open(KSOCK_BENCH_KSOCK);
}

static void peer_from_open(void)
{
	way_open(KSOCK_BENCH_PEER_FROM);
}

static void ksock_from_open(void)
{
	way_open(KSOCK_BENCH_KSOCK_FROM);
}

static void way_run(int count)
{
	struct ksock_bench_run run = {
		.count = count,
		.sent_ptr = (uintptr_t)sent,
		.received_ptr = (uintptr_t)received,
	};

	EXPECT(ioctl(device, KSOCK_BENCH_RUN, &run) == count);
}

static void way_close(void)
{
	close(device);
}

const struct row kernel_rows[] = {
	{
		"G17", "UDP 64 B in the kernel, connected", 1000, 1, 1,
		{ "kernel_sendmsg, kernel_recvmsg",
		  peer_open, way_run, way_close },
		{ "ksock_udp_send, ksock_udp_recv",
		  ksock_open, way_run, way_close },
	}, {
		"G17.from", "UDP 64 B in the kernel, with addresses", 1000, 1, 1,
		{ "kernel_sendmsg, kernel_recvmsg, named",
		  peer_from_open, way_run, way_close },
		{ "ksock_udp_sendto, ksock_udp_recvfrom",
		  ksock_from_open, way_run, way_close },
	},
	{}
};
