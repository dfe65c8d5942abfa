#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# Build the kselftest programs on the newest harness there is, some of them for
# 32-bit callers too, and print the directory they are in. They are static, so
# they run on the C library of any guest.

# shellcheck source=scripts/lib.sh
. "$(dirname -- "$0")/lib.sh"

"$scripts/deps.sh" build check
harness=$("$scripts/harness.sh")
mkdir -p "$build/selftests"
quietly "$build/selftests/make.log" make -C "$top/selftests" \
	KSFT="$harness/tools/testing/selftests" \
	KHDR_INCLUDES="-isystem $top/uapi" \
	CC32=i686-linux-gnu-gcc LDFLAGS=-static OUTPUT="$build/selftests"
say "$build/selftests"
