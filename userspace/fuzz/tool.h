/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The tool as a part of a fuzzer: its first file is here, with what the others
 * take from it, under another name for main().  What it says is not heard.
 */
#ifndef KSOCK_FUZZ_TOOL_H
#define KSOCK_FUZZ_TOOL_H

#define main tool_main
#include "../cli/main.c"
#undef main

#include "fuzz.h"

int LLVMFuzzerInitialize(int *argc, char ***argv);

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc;
	(void)argv;
	stderr = fopen("/dev/null", "w");
	return stderr ? 0 : -1;
}

#endif /* KSOCK_FUZZ_TOOL_H */
