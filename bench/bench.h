/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the parts of the bench share: a row, its two sides, the sockets either
 * side works on, and the buffers that messages come from and go to.
 *
 * A row is one workload, measured on a peer (ordinary sockets and the system
 * calls that serve them best) and on ksock, one after the other in one boot.
 */
#ifndef KSOCK_BENCH_H
#define KSOCK_BENCH_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

#include <linux/ksock.h>

/* Bytes of a message, messages of a batch, distance of two in a buffer. */
#define LEN	64
#define BATCH	32
#define STRIDE	256

extern unsigned char sent[BATCH * STRIDE];
extern unsigned char received[BATCH * STRIDE];

/* Calls that did not do what they were told to, in the row under way. */
extern unsigned int errors;

/* A call's result against what it has to be; the hot loops use it, too. */
#define EXPECT(_condition)						\
	do {								\
		if (__builtin_expect(!(_condition), 0))			\
			expect_failed(__FILE__, __LINE__, #_condition);	\
	} while (0)

void expect_failed(const char *file, int line, const char *condition);

/**
 * struct face - how a side makes its sockets; each verb returns what the system
 * call of the name does
 */
struct face {
	int (*socket)(int type);
	int (*bind)(int fd, const struct sockaddr_in *addr);
	int (*listen)(int fd, int backlog);
	int (*accept)(int fd);
	int (*connect)(int fd, const struct sockaddr_in *addr);
	int (*getsockname)(int fd, struct sockaddr_in *addr);
};

extern const struct face plain;
extern const struct face ksock;

/* Opens the device once; its context is what sockets of ksock are made of. */
int ksock_context(void);

struct sockaddr_in loopback(unsigned int host, unsigned int port);

/* A bound datagram socket, its address in @addr. */
int udp_bound(const struct face *face, struct sockaddr_in *addr);

/**
 * struct side - one of the two that a row compares
 * @calls: the calls it makes, for people.
 * @open: makes the sockets.
 * @run: does the operation so many times.
 * @close: closes the sockets.
 */
struct side {
	const char *calls;
	void (*open)(void);
	void (*run)(int count);
	void (*close)(void);
};

/**
 * struct row - one workload
 * @id: name in the table of goals.
 * @workload: what is measured, for people.
 * @count: operations of a repetition.
 * @per: messages, or whatever the result is told per, of an operation.
 * @messages: how many of them end up in @received, 0 when none do.
 * @peer: the ordinary way.
 * @ksock: the same with ksock.
 */
struct row {
	const char *id;
	const char *workload;
	int count;
	int per;
	int messages;
	struct side peer;
	struct side ksock;
};

/* The rows, by file; each array ends with one that has no id. */
extern const struct row udp_rows[];
extern const struct row count_rows[];
extern const struct row batch_rows[];
extern const struct row uring_rows[];
extern const struct row unseeded_rows[];
extern const struct row life_rows[];
extern const struct row kernel_rows[];

/* The side of a batch that is io_uring's: a pair of registered files. */
void uring_fixed_open(void);
void uring_fixed_run(int count);
void uring_close(void);

/* The module that kernel_rows are measured with. */
void kernel_load(void);
void kernel_unload(void);

/* One side of a row: warm up, repeat, print the line RES, check the payload. */
void measure(const struct row *row, const char *name, const struct side *side);

/* Whether measure() brackets a window for the profile beforehand. */
extern bool profiling;

/* What an idle socket costs in memory, beside a plain one. */
void memory(void);

/* Allocations of memory for each message of a row. */
double allocations(const struct row *row, const struct side *side);

/* Tells the host the kernel's symbols, for the profile. */
void symbols(void);

#endif /* KSOCK_BENCH_H */
