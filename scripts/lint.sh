#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# Everything that is checked without running anything: style, layers, warnings of
# two compilers, sparse, Coccinelle, the headers in every dialect they are promised
# for, the binary interface of the library, scripts, spelling, documentation, the
# one version number. A finding is a failure.

# shellcheck source=scripts/lib.sh
. "$(dirname -- "$0")/lib.sh"
cd "$top"

out=$build/lint
mkdir -p "$out"
totals=$out/totals
: >"$totals"

# try NAME COMMAND...: good when it succeeds and says nothing.
try() {
	name=$1
	shift
	log=$out/$(printf '%s' "$name" | tr -c 'a-z0-9\n' '_').log
	if "$@" >"$log" 2>&1 && [ ! -s "$log" ]; then
		step "ok    $name"
		echo '1 0 0' >>"$totals"
	else
		step "FAIL  $name"
		sed 's/^/          | /' "$log" | head -n 40
		echo '0 1 0' >>"$totals"
	fi
}

# What does not apply to the files, beside what is said at each use:
#  - kzalloc_obj() is newer than most kernels the module is for
#  - compat/ is where versions are asked
#  - ABI headers cannot use the kernel's macros for bits and attributes, and a
#    list of rows is no expression
#  - tests, library and tool are not kernel code: types and formats are POSIX's,
#    errno is positive, and the kernel's macros are not at hand
#  - the harness's fixtures look like calls and statements, which they are not,
#    and its ASSERT_TRUE() wants a truth value
posix=PREFER_DEFINED_ATTRIBUTE_MACRO,PREFER_KERNEL_TYPES,CAMELCASE,SPLIT_STRING,STATIC_CONST_CHAR_ARRAY,EMBEDDED_FUNCTION_NAME
posix=$posix,ARRAY_SIZE,USE_NEGATIVE_ERRNO,STRCPY,REPEATED_WORD
fixtures=SPACING,LEADING_SPACE,COMPLEX_MACRO,MULTISTATEMENT_MACRO_USE_DO_WHILE,MACRO_WITH_FLOW_CONTROL,MACRO_ARG_REUSE,COMPARISON_TO_NULL

# checkpatch TYPE,... FILE...
checkpatch() {
	ignore=$1
	shift
	perl "$harness/scripts/checkpatch.pl" --no-tree --strict --terse --quiet \
		--no-summary --ignore "$ignore" -f "$@"
	rm -f .checkpatch-camelcase.*
}

# kbuild DIRECTORY [VARIABLE=VALUE]...: what it has to remark. That the headers
# carry no vmlinux is not about this module.
kbuild() {
	directory=$1
	shift
	make -C "$KDIR" M="$out/tree/$directory" W=1 \
		KCFLAGS='-Wdeclaration-after-statement -Werror' "$@" modules \
		2>&1 >/dev/null | grep -v '^Skipping BTF generation' || :
}

# The headers ask the configuration about the compiler, and it was made for gcc.
clang='CC=clang-19 CONFIG_CC_IS_CLANG=y CONFIG_CLANG_VERSION=190000 CONFIG_CC_IS_GCC= CONFIG_GCC_VERSION=0'
clang="$clang CONFIG_FTRACE_MCOUNT_USE_CC= CONFIG_CC_IMPLICIT_FALLTHROUGH=-Wimplicit-fallthrough"

# module_warnings VARIABLE=VALUE...: of the module, and of others that use it.
module_warnings() {
	# shellcheck source=/dev/null
	. "$kernel"
	rm -rf "$out/tree"
	mkdir -p "$out/tree"
	cp -a module uapi dkms.conf "$out/tree/"
	kbuild module "$@"
	[ -e "$out/tree/module/ksock.ko" ] || echo 'no ksock.ko'
	for client in samples tests; do
		kbuild "module/$client" KSOCK="$out/tree/module" "$@"
		ls "$out/tree/module/$client"/*.ko >/dev/null
	done
}

# The kernel's own rules, but for those that
#  - are written in OCaml and want its compiler: badzero, which sparse does as
#    well, and check_bq27xxx_data, which is about one driver
#  - only make changes and report nothing: kmalloc_objs
unfit='/(badzero|check_bq27xxx_data|kmalloc_objs)\.cocci$'

# What it says about the rules themselves is not about the module.
coccinelle() {
	# shellcheck disable=SC2016 # for the inner shell
	find "$harness/scripts/coccinelle" -name '*.cocci' | grep -vE "$unfit" |
		xargs -P "$(nproc)" -I '{}' sh -c '
			spatch -D report --very-quiet --no-show-diff \
				$(sed -n "s|^// Options: *||p" {}) \
				--dir module --cocci-file {}' 2>&1 |
		grep -v '^warning: line .* should .* be a metavariable?$' || :
}

# dialect COMPILER-AND-FLAGS...: a header compiles alone.
dialect() {
	printf '#include <%s>\n' "$header" >"$out/header.$suffix"
	"$@" -Wall -Wextra -Werror -fsyntax-only "$out/header.$suffix"
}

# A hole in what is copied to a process would show what was in it.
holes() {
	printf '#include <linux/ksock.h>\n' >"$out/header.c"
	"$@" -g -fno-eliminate-unused-debug-types -Iuapi -c -o "$out/header.o" \
		"$out/header.c" &&
		pahole "$out/header.o" >"$out/structs" &&
		! grep -E 'XXX|padding:' "$out/structs" &&
		[ "$(grep -c '^struct ksock_' "$out/structs")" = \
			"$(grep -c '^struct ksock_.* {' uapi/linux/ksock.h)" ] ||
		echo "not every structure, or not without holes: $out/structs"
}

layers() {
	"$scripts/layers.sh" | grep -v -e '^ok' -e '^TAP' -e '^1\.\.' || :
}

# userspace_warnings COMPILER
userspace_warnings() {
	make -C userspace O="$out/userspace.$1" CC="$1" W=1 \
		KSFT="$harness/tools/testing/selftests" all test-programs >/dev/null
}

# A guard that was written anew is one that scripts/mutate.sh no longer takes away.
mutations() {
	grep -v '^#' selftests/mutations |
		while IFS='	' read -r name guarded tests substitution what; do
			! perl -0pe "$substitution" "module/$guarded" |
				cmp -s - "module/$guarded" ||
				echo "$name ($what, $tests): finds nothing in $guarded"
		done
}

kernel_doc() {
	# Newer kernels have it in Python, with its modules beside it.
	PYTHONDONTWRITEBYTECODE=1 "$harness/scripts/kernel-doc" -none -Werror \
		uapi/linux/*.h module/include/ksock/*.h module/core/*.[ch] \
		module/dev/*.[ch] module/tests/*.[ch]
}

one_version() {
	version=$(sed -n 's/^PACKAGE_VERSION="\(.*\)"$/\1/p' dkms.conf)
	grep -q "^## $version" CHANGELOG.md ||
		echo "CHANGELOG.md does not begin with $version"
	# Anywhere else it would have to be changed by hand.
	git ls-files -co --exclude-standard 2>/dev/null |
		grep -vx -e dkms.conf -e CHANGELOG.md -e 'debian/.*' -e 'LICENSES/.*' |
		xargs -r grep -nF -- "$version" | grep -v '127\.0\.0\.1\|10\.1\.0' || :
}

# The paragraphs that scdoc opens once too often are no one's mistake here.
manuals() {
	for manual in "$userspace"/man/*.[1-9]; do
		mandoc -Tlint -W warning "$manual"
	done | grep -v 'skipping paragraph macro' || :
}

"$scripts/deps.sh" build check lint
harness=$("$scripts/harness.sh")
kernel=$("$scripts/kernel.sh" "${KERNEL:-6.1}")
# shellcheck disable=SC2046 # file names without blanks
{
	# kernel-doc says what a lock protects.
	try 'checkpatch: module' checkpatch \
		ALLOC_WITH_SIZEOF,MACRO_ARG_REUSE,UNCOMMENTED_DEFINITION \
		$(find module -name '*.[ch]' ! -path '*/compat/*' \
			! -path '*/tests/*' ! -name cmd_opt.c ! -name opt.h)
	# A test may end in the middle of a macro.
	try 'checkpatch: tests in the kernel' checkpatch \
		ALLOC_WITH_SIZEOF,COMPLEX_MACRO,STATIC_CONST_CHAR_ARRAY,MACRO_ARG_REUSE,MACRO_ARG_UNUSED,UNCOMMENTED_DEFINITION,MACRO_WITH_FLOW_CONTROL \
		$(find module/tests -name '*.[ch]')
	# Macros that are a case of a switch, and rows of a list.
	try 'checkpatch: lists of options' checkpatch \
		COMPLEX_MACRO,MACRO_ARG_REUSE,MACRO_ARG_UNUSED,TRAILING_SEMICOLON,SPACING \
		module/dev/cmd_opt.c module/core/opt.h module/include/ksock/opt.h
	try 'checkpatch: compat' checkpatch \
		LINUX_VERSION_CODE,CONSTANT_COMPARISON,MACRO_ARG_UNUSED,MACRO_ARG_PRECEDENCE \
		$(find module/compat -name '*.[ch]')
	try 'checkpatch: uapi' checkpatch \
		BIT_MACRO,PREFER_DEFINED_ATTRIBUTE_MACRO,COMPLEX_MACRO,MACRO_ARG_REUSE \
		uapi/linux/*.h
	try 'checkpatch: selftests' checkpatch "$posix,$fixtures" \
		$(find selftests -name '*.[ch]')
	try 'checkpatch: userspace' checkpatch "$posix,$fixtures" \
		$(find userspace -name '*.[ch]')
	try 'checkpatch: bench' checkpatch "$posix,AVOID_EXTERNS" \
		$(find bench -name '*.[ch]')
	# Rows of a table, and what makes them.
	try 'checkpatch: fuzz' checkpatch \
		"$posix,COMPLEX_MACRO,MACRO_ARG_REUSE,MACRO_ARG_UNUSED,MACRO_WITH_FLOW_CONTROL,LEADING_SPACE,QUOTED_WHITESPACE_BEFORE_NEWLINE,BIT_MACRO" \
		$(find fuzz -name '*.[ch]')
	try 'fuzz: header, description and table agree' fuzz/describe.pl \
		uapi/linux/ksock.h fuzz/ksock.txt fuzz/table.c
	try 'layers' layers
	try 'mutations find their guards' mutations
	try 'module: W=1, sparse, declarations first' module_warnings \
		C=2 CF=-D__CHECK_ENDIAN__
	# shellcheck disable=SC2086 # variables for make
	try 'module: W=1 by clang' module_warnings $clang
	try 'module: Coccinelle' coccinelle

	for header in linux/ksock.h linux/ksock_opt.h; do
		suffix=c
		try "$header as C90" dialect gcc -std=c90 -Iuapi
		try "$header as C23" dialect gcc -std=c2x -Iuapi
		try "$header for 32 bits" dialect i686-linux-gnu-gcc -Iuapi
		suffix=cc
		try "$header as C++" dialect g++ -std=c++17 -Iuapi
	done
	try 'no holes in structures' holes gcc
	try 'no holes for 32 bits' holes i686-linux-gnu-gcc
	header=ksock.h suffix=c
	try 'library header as C99' dialect gcc -std=c99 -pedantic -Iuserspace/include
	suffix=cc
	try 'library header as C++' dialect g++ -std=c++17 -Iuserspace/include

	userspace=$("$scripts/userspace.sh")
	try 'userspace: warnings' userspace_warnings gcc
	try 'userspace: warnings of clang' userspace_warnings clang-19
	try 'userspace: binary interface' "$scripts/abi.sh" check
	try 'manuals' manuals
	try 'kernel-doc' kernel_doc
	try 'shell scripts' shellcheck -x scripts/vm/init scripts/demo/talk \
		.ci/run $(find scripts userspace module selftests fuzz bench -name '*.sh')
	try 'spelling' codespell -q 3 -L ans,te,hel,inout $(git ls-files -co --exclude-standard |
		grep -v '^LICENSES/')
	try 'one version number' one_version
}
exec "$scripts/vm/judge.pl" --sum "$totals"
