#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# Everything that is checked without running anything: style, layers, warnings,
# sparse, the headers in every dialect they are promised for, scripts, spelling,
# documentation, the one version number. A finding is a failure.

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

module_warnings() {
	# shellcheck source=/dev/null
	. "$kernel"
	rm -rf "$out/tree"
	mkdir -p "$out/tree"
	cp -a module uapi dkms.conf "$out/tree/"
	# Neither message is about this module: the headers carry no vmlinux.
	make -C "$KDIR" M="$out/tree/module" W=1 C=2 CF=-D__CHECK_ENDIAN__ \
		KCFLAGS='-Wdeclaration-after-statement -Werror' modules \
		2>&1 >/dev/null | grep -v '^Skipping BTF generation' || :
	[ -e "$out/tree/module/ksock.ko" ] || echo 'no ksock.ko'
}

# dialect COMPILER-AND-FLAGS...: a header compiles alone.
dialect() {
	printf '#include <%s>\n' "$header" >"$out/header.$suffix"
	"$@" -Wall -Wextra -Werror -fsyntax-only "$out/header.$suffix"
}

layers() {
	"$scripts/layers.sh" | grep -v -e '^ok' -e '^TAP' -e '^1\.\.' || :
}

userspace_warnings() {
	make -C userspace O="$out/userspace" W=1 all >/dev/null
}

kernel_doc() {
	# Newer kernels have it in Python, with its modules beside it.
	PYTHONDONTWRITEBYTECODE=1 "$harness/scripts/kernel-doc" -none -Werror \
		uapi/linux/*.h module/include/ksock/*.h module/core/*.[ch] \
		module/dev/*.[ch]
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
			! -name cmd_opt.c)
	# A macro that is a case of a switch.
	try 'checkpatch: list of options' checkpatch \
		MACRO_ARG_UNUSED,TRAILING_SEMICOLON,SPACING module/dev/cmd_opt.c
	try 'checkpatch: compat' checkpatch \
		LINUX_VERSION_CODE,CONSTANT_COMPARISON \
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
	try 'layers' layers
	try 'module: W=1, sparse, declarations first' module_warnings

	for header in linux/ksock.h linux/ksock_opt.h; do
		suffix=c
		try "$header as C90" dialect gcc -std=c90 -Iuapi
		try "$header as C23" dialect gcc -std=c2x -Iuapi
		try "$header for 32 bits" dialect i686-linux-gnu-gcc -Iuapi
		suffix=cc
		try "$header as C++" dialect g++ -std=c++17 -Iuapi
	done
	header=ksock.h suffix=c
	try 'library header as C99' dialect gcc -std=c99 -pedantic -Iuserspace/include
	suffix=cc
	try 'library header as C++' dialect g++ -std=c++17 -Iuserspace/include

	userspace=$("$scripts/userspace.sh")
	try 'userspace: warnings' userspace_warnings
	try 'manuals' manuals
	try 'kernel-doc' kernel_doc
	try 'shell scripts' shellcheck -x scripts/vm/init scripts/demo/talk \
		.ci/run $(find scripts userspace module -name '*.sh')
	try 'spelling' codespell -q 3 -L ans,te,hel $(git ls-files -co --exclude-standard |
		grep -v '^LICENSES/')
	try 'one version number' one_version
}
exec "$scripts/vm/judge.pl" --sum "$totals"
