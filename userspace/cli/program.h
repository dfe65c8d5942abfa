/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Program files: where a program is, and whether a library can be preloaded to
 * it.
 */
#ifndef PROGRAM_H
#define PROGRAM_H

#include <limits.h>

/* As of the shell, env(1) and others that run a program. */
#define EXIT_CANNOT_EXECUTE 126
#define EXIT_NOT_FOUND 127

/**
 * program_find() - find a program as the shell does
 * @name: its name, looked for in PATH unless there is a slash in it
 * @path: filled
 *
 * Return: 0, or the exit status after reporting what went wrong.
 */
int program_find(const char *name, char path[PATH_MAX]);

/**
 * program_check_library() - see to it that a library is one for this machine
 * @path: absolute path
 *
 * Return: 0, or the exit status after reporting what went wrong.
 */
int program_check_library(const char *path);

/**
 * program_check() - see to it that a program takes the library
 * @path: its file; of a script its interpreter has to
 * @library: a library that has been checked
 *
 * Return: 0, or the exit status after reporting what went wrong.
 */
int program_check(const char *path, const char *library);

#endif /* PROGRAM_H */
