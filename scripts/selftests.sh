#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# Build the kselftest programs on the newest harness there is, some of them for
# 32-bit callers too, and print the directory they are in. They are static, so
# they run on the C library of any guest. TESTS="name ..." narrows it to those.

# shellcheck source=scripts/lib.sh
. "$(dirname -- "$0")/lib.sh"

"$scripts/deps.sh" build check
harness=$("$scripts/harness.sh")
mkdir -p "$build/selftests"
# shellcheck disable=SC2086 # names without blanks
set -- ${TESTS:-}
for test in "$@"; do
	shift
	test=${test%_relaxed}
	# Those of the library are built with it.
	[ ! -e "$top/selftests/${test%_32}_test.c" ] ||
		set -- "$@" "$build/selftests/${test}_test"
done
[ -z "${TESTS:-}" ] || [ $# -gt 0 ] || {
	say "$build/selftests"
	exit
}
lock selftests
quietly "$build/selftests/make.log" make -C "$top/selftests" \
	KSFT="$harness/tools/testing/selftests" \
	KHDR_INCLUDES="-isystem $top/uapi" \
	CC32=i686-linux-gnu-gcc LDFLAGS=-static OUTPUT="$build/selftests" "$@"
say "$build/selftests"
