// SPDX-License-Identifier: GPL-2.0-only
/*
 * Program files.  The dynamic loader says little, and goes on, when it cannot or
 * must not preload a library, and some programs have none; all of this is found
 * here, before anything runs.
 */
#define _GNU_SOURCE

#include "program.h"

#include "cli.h"
#include "output.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <link.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

/* As many scripts as the kernel follows, one the interpreter of the other. */
#define PROGRAM_SCRIPTS_MAX 4

#define PROGRAM_CLASS (sizeof(void *) == 8 ? ELFCLASS64 : ELFCLASS32)

static const char program_see[] = "see ksock-run(1)";

static int program_report(const char *path, const char *reason,
			  const char *hint, int status)
{
	output_error(path, reason, hint);
	return status;
}

static int program_report_errno(const char *path, int err)
{
	return program_report(path, strerror(err), NULL,
			      err == ENOENT || err == ENOTDIR ?
			      EXIT_NOT_FOUND : EXIT_CANNOT_EXECUTE);
}

static int program_refuse(const char *path, const char *reason)
{
	return program_report(path, reason, program_see, EXIT_USAGE);
}

/* ---- Where it is -------------------------------------------------------- */

/* 0 or errno. */
static int program_try(const char *path)
{
	struct stat st;

	if (stat(path, &st))
		return errno;
	if (!S_ISREG(st.st_mode))
		return EACCES;
	return access(path, X_OK) ? errno : 0;
}

/* In one directory of PATH, where the empty one is the current one. */
static int program_try_in(const char *dir, size_t len, const char *name,
			  char path[PATH_MAX])
{
	if (snprintf(path, PATH_MAX, "%.*s%s%s", (int)len, dir,
		     len ? "/" : "./", name) >= PATH_MAX)
		return ENAMETOOLONG;
	return program_try(path);
}

static int program_search(const char *name, char path[PATH_MAX])
{
	const char *dir = getenv("PATH");
	int ret, err = ENOENT;
	size_t len;

	if (!dir)
		dir = "/bin:/usr/bin";
	for (;;) {
		len = strcspn(dir, ":");
		ret = program_try_in(dir, len, name, path);
		if (!ret)
			return 0;
		if (ret == EACCES)
			err = ret;
		if (!dir[len])
			return err;
		dir += len + 1;
	}
}

int program_find(const char *name, char path[PATH_MAX])
{
	int err;

	if (strchr(name, '/'))
		err = snprintf(path, PATH_MAX, "%s", name) < PATH_MAX ?
		      program_try(path) : ENAMETOOLONG;
	else
		err = *name ? program_search(name, path) : ENOENT;
	return err ? program_report_errno(name, err) : 0;
}

/* ---- What it is --------------------------------------------------------- */

/**
 * struct program - the beginning of a file
 * @header: of a binary, the program header that was read last
 * @fd: the file
 * @len: how much was read of it
 * @elf: that, of a binary
 * @text: that, of a script
 */
struct program {
	ElfW(Phdr) header;
	int fd;
	ssize_t len;
	union {
		ElfW(Ehdr) elf;
		char text[256];
	};
};

static int program_open(struct program *program, const char *path)
{
	memset(program, 0, sizeof(*program));
	program->fd = open(path, O_RDONLY | O_CLOEXEC);
	if (program->fd < 0)
		return errno;
	/* One byte stays, for the end of a text. */
	program->len = pread(program->fd, program->text,
			     sizeof(program->text) - 1, 0);
	if (program->len >= 0)
		return 0;
	close(program->fd);
	return EIO;
}

static bool program_is_elf(const struct program *program)
{
	return program->len >= (ssize_t)sizeof(program->elf) &&
	       !memcmp(program->elf.e_ident, ELFMAG, SELFMAG);
}

/* The name of the dynamic loader without its directory; "" without one. */
static void program_loader(struct program *program, char name[PATH_MAX])
{
	const size_t size = sizeof(program->header);
	char path[PATH_MAX] = "";
	size_t i, len;

	name[0] = '\0';
	for (i = 0; i < program->elf.e_phnum; i++) {
		if (pread(program->fd, &program->header, size,
			  program->elf.e_phoff +
			  i * program->elf.e_phentsize) != (ssize_t)size)
			return;
		if (program->header.p_type != PT_INTERP)
			continue;
		len = program->header.p_filesz;
		if (len < sizeof(path) &&
		    pread(program->fd, path, len,
			  program->header.p_offset) == (ssize_t)len)
			strcpy(name, basename(path));
		return;
	}
}

/* The same of this very program, which is the first that is told. */
static int program_own_loader(struct dl_phdr_info *info, size_t size, void *arg)
{
	const char **name = arg;
	size_t i;

	(void)size;
	for (i = 0; i < info->dlpi_phnum; i++) {
		if (info->dlpi_phdr[i].p_type == PT_INTERP)
			*name = basename((const char *)(info->dlpi_addr +
					 info->dlpi_phdr[i].p_vaddr));
	}
	return 1;
}

/*
 * Whether the loader would run it in the way that has it overlook what the
 * environment asks for: with more rights than its caller has.
 */
static bool program_is_secure(const struct program *program)
{
	struct stat st;

	if (fstat(program->fd, &st))
		return true;
	if ((st.st_mode & S_ISUID) && st.st_uid != getuid())
		return true;
	if ((st.st_mode & S_ISGID) && (st.st_mode & 0010) &&
	    st.st_gid != getgid())
		return true;
	return getuid() && fgetxattr(program->fd, "security.capability", NULL,
				     0) > 0;
}

static bool program_same_machine(const struct program *a,
				 const struct program *b)
{
	return a->elf.e_ident[EI_CLASS] == b->elf.e_ident[EI_CLASS] &&
	       a->elf.e_ident[EI_DATA] == b->elf.e_ident[EI_DATA] &&
	       a->elf.e_machine == b->elf.e_machine;
}

int program_check_library(const char *path)
{
	struct program library;
	bool fits;
	int err;

	err = program_open(&library, path);
	if (err)
		return program_report(path, strerror(err),
				      "the library that is preloaded",
				      EXIT_USAGE);
	close(library.fd);
	fits = program_is_elf(&library) && library.elf.e_type == ET_DYN &&
	       library.elf.e_ident[EI_CLASS] == PROGRAM_CLASS;
	if (!fits)
		return program_refuse(path, "not a library for this machine");
	/* The loader takes these for the end of the name. */
	if (strpbrk(path, ": "))
		return program_refuse(path, "a colon or a space in its name");
	return 0;
}

static int program_check_elf(struct program *program, const char *path,
			     const char *library)
{
	const char *own = NULL;
	char loader[PATH_MAX];
	struct program other;
	bool same;

	if (program_open(&other, library))
		return program_refuse(library, "gone");
	close(other.fd);
	same = program_same_machine(program, &other);
	if (!same)
		return program_refuse(path, "made for another machine");

	program_loader(program, loader);
	if (!loader[0])
		return program_refuse(path, "statically linked");
	dl_iterate_phdr(program_own_loader, &own);
	if (own && strcmp(own, loader))
		return program_refuse(path, "made for another C library");
	if (program_is_secure(program))
		return program_refuse(path, "runs with rights of its own");
	return 0;
}

/* The interpreter of a script, ended in place; NULL when there is none. */
static const char *program_interpreter(struct program *program)
{
	char *at = program->text + 2;

	program->text[strcspn(program->text, "\n")] = '\0';
	at += strspn(at, " \t");
	at[strcspn(at, " \t")] = '\0';
	return *at ? at : NULL;
}

static int program_check_file(const char *path, const char *library, int depth);

static int program_check_script(struct program *program, const char *path,
				const char *library, int depth)
{
	const char *interpreter = program_interpreter(program);
	int err;

	if (!interpreter || !depth)
		return program_report_errno(path, ENOEXEC);
	err = program_try(interpreter);
	if (err)
		return program_report_errno(interpreter, err);
	return program_check_file(interpreter, library, depth - 1);
}

static int program_check_file(const char *path, const char *library, int depth)
{
	struct program program;
	int ret;

	ret = program_open(&program, path);
	if (ret)
		return program_report_errno(path, ret);
	if (program_is_elf(&program))
		ret = program_check_elf(&program, path, library);
	else if (!strncmp(program.text, "#!", 2))
		ret = program_check_script(&program, path, library, depth);
	else
		ret = program_report_errno(path, ENOEXEC);
	close(program.fd);
	return ret;
}

int program_check(const char *path, const char *library)
{
	return program_check_file(path, library, PROGRAM_SCRIPTS_MAX);
}
