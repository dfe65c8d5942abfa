// SPDX-License-Identifier: GPL-2.0-only
/*
 * The program that runs in the guest: every row, peer first, and what there is
 * to know about the machine.  Speaks TAP; a row is good when all of its calls
 * did what they were told to and every byte arrived as it was sent.  Whether it
 * is fast enough is for the host to say, which reads the lines RES.
 *
 *   bench [-p] [-u] [ID]	the rows of that id only; -p with windows for a
 *				profile, -u with a module that does not count
 */
#include <fcntl.h>
#include <linux/random.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "bench.h"

static const char *only;
static bool uncounted;
static int tests, failures;

/* G2 is for G2 and G2.x, not for G21. */
static bool wanted(const char *id)
{
	size_t len;

	if (!only)
		return true;
	len = strlen(only);
	return !strncmp(id, only, len) && (!id[len] || id[len] == '.');
}

static bool wanted_any(const struct row *row)
{
	while (row->id && !wanted(row->id))
		row++;
	return row->id;
}

static void result(const char *name, const char *what)
{
	if (errors)
		failures++;
	printf("%s %d %s%s, %u errors\n", errors ? "not ok" : "ok", ++tests, name,
	       what, errors);
	fflush(stdout);
	errors = 0;
}

static void measure_rows(const struct row *row)
{
	for (; row->id; row++) {
		if (!wanted(row->id))
			continue;
		printf("# ROW %s %s\n", row->id, row->workload);
		measure(row, "peer", &row->peer);
		measure(row, "ksock", &row->ksock);
		result(row->id, "");
	}
}

/*
 * What counting costs: this program runs a second time, with a module that does
 * not count, for the side of the peer.
 */
static void measure_counting(void)
{
	const struct row *row = count_rows;

	if (!wanted(row->id))
		return;
	printf("# ROW %s %s\n", row->id, row->workload);
	if (uncounted)
		measure(row, "peer", &row->peer);
	else
		measure(row, "ksock", &row->ksock);
	result(row->id, "");
}

static void count_allocations(const struct row *row)
{
	for (; row->id; row++) {
		double peer, ksock;

		if (!wanted(row->id))
			continue;
		peer = allocations(row, &row->peer);
		ksock = allocations(row, &row->ksock);
		/* A page for a cache comes now and then, what ksock did always. */
		EXPECT((ksock - peer) * row->per < 0.5);
		printf("# ALLOC %s %.2f %.2f\n", row->id, peer, ksock);
		result(row->id, " allocates no more than its peer");
	}
}

/* The first line of a file as "# NAME line". */
static void tell(const char *name, const char *path)
{
	char line[256] = "unknown\n";
	int fd = open(path, O_RDONLY);
	ssize_t got = fd < 0 ? 0 : read(fd, line, sizeof(line) - 1);

	if (got > 0)
		line[got] = '\0';
	if (fd >= 0)
		close(fd);
	line[strcspn(line, "\n")] = '\0';
	printf("# %s %s\n", name, line);
}

static void put(const char *path, const char *value)
{
	int fd = open(path, O_WRONLY);

	EXPECT(fd >= 0 && write(fd, value, strlen(value)) > 0);
	close(fd);
}

/* Ticks that the processor has not been idle for. */
static long busy(void)
{
	long user = 0, nice = 0, system = 0, idle, iowait, irq = 0, softirq = 0;
	FILE *file = fopen("/proc/stat", "r");

	EXPECT(file && fscanf(file, "cpu %ld %ld %ld %ld %ld %ld %ld", &user,
			      &nice, &system, &idle, &iowait, &irq,
			      &softirq) == 7);
	if (file)
		fclose(file);
	return user + nice + system + irq + softirq;
}

/* What a kernel goes on doing after its boot is not for the first row to pay. */
static void wait_until_idle(void)
{
	int tries = 100;
	long before;

	do {
		before = busy();
		usleep(500000);
	} while (busy() - before > 1 && --tries);
	printf("# IDLE after %d tries\n", 100 - tries);
	EXPECT(tries);
}

static void machine(void)
{
	struct utsname name;

	uname(&name);
	printf("# KERNEL %s %s\n", name.release, name.version);
	mount("none", "/sys/kernel/security", "securityfs", 0, NULL);
	tell("LSM", "/sys/kernel/security/lsm");
	umount("/sys/kernel/security");
	tell("SPECTRE_V2",
	     "/sys/devices/system/cpu/vulnerabilities/spectre_v2");
	tell("CMDLINE", "/proc/cmdline");
	/* See life.c. */
	put("/proc/sys/net/ipv4/tcp_max_tw_buckets", "0");
}

/*
 * The emulated machine has no source of random numbers, so the kernel makes each
 * at length from what little it has: for the numbers of a connection, for a new
 * slab.  A machine that has run for a while has them at hand.
 */
static void seed(void)
{
	struct {
		struct rand_pool_info info;
		unsigned char bytes[64];
	} pool = { .info = { .entropy_count = 512, .buf_size = 64 } };
	int fd = open("/dev/random", O_RDWR);

	EXPECT(fd >= 0 && !ioctl(fd, RNDADDENTROPY, &pool));
	close(fd);
}

/* Tracing comes last: it leaves its marks on the kernel's code. */
static void everything(void)
{
	measure_rows(unseeded_rows);
	seed();
	measure_rows(udp_rows);
	measure_counting();
	measure_rows(batch_rows);
	measure_rows(uring_rows);
	measure_rows(life_rows);
	measure_rows(kernel_rows);
	if (wanted("memory")) {
		memory();
		result("memory", "");
	}
	count_allocations(udp_rows);
	count_allocations(batch_rows);
	count_allocations(uring_rows);
	count_allocations(kernel_rows);
}

int main(int argc, char **argv)
{
	bool loaded;

	while (--argc) {
		argv++;
		if (!strcmp(*argv, "-p"))
			profiling = true;
		else if (!strcmp(*argv, "-u"))
			uncounted = true;
		else
			only = *argv;
	}
	printf("TAP version 13\n");
	machine();
	loaded = !uncounted && wanted_any(kernel_rows);
	if (loaded)
		kernel_load();
	if (profiling)
		symbols();
	wait_until_idle();
	if (uncounted) {
		seed();
		measure_counting();
	} else {
		everything();
	}
	if (loaded) {
		kernel_unload();
		result("unload", "");
	}
	printf("1..%d\n", tests);
	fflush(stdout);
	return !!failures;
}
