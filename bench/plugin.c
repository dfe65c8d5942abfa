// SPDX-License-Identifier: GPL-2.0-only
/*
 * A plugin of QEMU's translator that counts how often each instruction of the
 * guest runs between two no-operations with a telling operand:
 *
 *	nopl 0x4b530100(%rax)	start counting, from zero
 *	nopl 0x4b530200(%rax)	append to the file out=: "window", then for each
 *				address that ran "ADDRESS COUNT", both in hex
 *
 * QEMU's header is not packaged everywhere; what is used of version 1 of its
 * interface is declared here.
 */
#include <inttypes.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define EXPORT	__attribute__((visibility("default")))

typedef uint64_t qemu_plugin_id_t;
struct qemu_plugin_tb;
struct qemu_plugin_insn;

enum { QEMU_PLUGIN_CB_NO_REGS = 0 };
enum { QEMU_PLUGIN_INLINE_ADD_U64 = 0 };

void
qemu_plugin_register_vcpu_tb_trans_cb(qemu_plugin_id_t id,
				      void (*cb)(qemu_plugin_id_t id,
						 struct qemu_plugin_tb *tb));
size_t qemu_plugin_tb_n_insns(const struct qemu_plugin_tb *tb);
struct qemu_plugin_insn *
qemu_plugin_tb_get_insn(const struct qemu_plugin_tb *tb, size_t index);
const void *qemu_plugin_insn_data(const struct qemu_plugin_insn *insn);
size_t qemu_plugin_insn_size(const struct qemu_plugin_insn *insn);
uint64_t qemu_plugin_insn_vaddr(const struct qemu_plugin_insn *insn);
void
qemu_plugin_register_vcpu_insn_exec_cb(struct qemu_plugin_insn *insn,
				       void (*cb)(unsigned int cpu, void *data),
				       int flags, void *data);
void
qemu_plugin_register_vcpu_insn_exec_inline(struct qemu_plugin_insn *insn,
					   int op, void *counter, uint64_t by);

EXPORT int qemu_plugin_version = 1;

struct counter {
	struct counter *next;
	uint64_t address;
	uint64_t count;
};

#define BUCKETS	65536

static struct counter *table[BUCKETS];
static FILE *out;

/* One for each address, however often the code there is translated anew. */
static struct counter *counter_get(uint64_t address)
{
	struct counter **bucket = &table[address * 0x9e3779b97f4a7c15 >> 48];
	struct counter *c;

	for (c = *bucket; c; c = c->next)
		if (c->address == address)
			return c;
	c = calloc(1, sizeof(*c));
	if (!c)
		abort();
	c->address = address;
	c->next = *bucket;
	*bucket = c;
	return c;
}

static void window_begin(unsigned int cpu, void *data)
{
	struct counter *c;
	size_t i;

	(void)cpu;
	(void)data;
	for (i = 0; i < BUCKETS; i++)
		for (c = table[i]; c; c = c->next)
			c->count = 0;
}

static void window_end(unsigned int cpu, void *data)
{
	struct counter *c;
	size_t i;

	(void)cpu;
	(void)data;
	fprintf(out, "window\n");
	for (i = 0; i < BUCKETS; i++)
		for (c = table[i]; c; c = c->next)
			if (c->count)
				fprintf(out, "%" PRIx64 " %" PRIx64 "\n",
					c->address, c->count);
	fflush(out);
}

/* 1 where a window begins, 2 where it ends, else 0. */
static int mark(struct qemu_plugin_insn *insn)
{
	static const unsigned char nop[] = { 0x0f, 0x1f, 0x80, 0x00 };
	const unsigned char *code = qemu_plugin_insn_data(insn);

	if (qemu_plugin_insn_size(insn) != 7 || memcmp(code, nop, sizeof(nop)) ||
	    code[5] != 0x53 || code[6] != 0x4b)
		return 0;
	return code[4];
}

static void on_execution(struct qemu_plugin_insn *insn,
			 void (*cb)(unsigned int cpu, void *data))
{
	qemu_plugin_register_vcpu_insn_exec_cb(insn, cb,
					       QEMU_PLUGIN_CB_NO_REGS, NULL);
}

static void count(struct qemu_plugin_insn *insn)
{
	struct counter *c = counter_get(qemu_plugin_insn_vaddr(insn));
	int op = QEMU_PLUGIN_INLINE_ADD_U64;

	qemu_plugin_register_vcpu_insn_exec_inline(insn, op, &c->count, 1);
}

static void translated(qemu_plugin_id_t id, struct qemu_plugin_tb *tb)
{
	size_t i, insns = qemu_plugin_tb_n_insns(tb);

	(void)id;
	for (i = 0; i < insns; i++) {
		struct qemu_plugin_insn *insn = qemu_plugin_tb_get_insn(tb, i);

		switch (mark(insn)) {
		case 1:
			on_execution(insn, window_begin);
			break;
		case 2:
			on_execution(insn, window_end);
			break;
		default:
			count(insn);
		}
	}
}

EXPORT int qemu_plugin_install(qemu_plugin_id_t id, const void *info, int argc,
			       char **argv)
{
	int i;

	(void)info;
	for (i = 0; i < argc; i++)
		if (!strncmp(argv[i], "out=", 4))
			out = fopen(argv[i] + 4, "w");
	if (!out)
		return -1;
	qemu_plugin_register_vcpu_tb_trans_cb(id, translated);
	return 0;
}
