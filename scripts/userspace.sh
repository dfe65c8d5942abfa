#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# Build library, tool and manuals, with "test" also their test programs, and
# print the directory they are in.

# shellcheck source=scripts/lib.sh
. "$(dirname -- "$0")/lib.sh"

"$scripts/deps.sh" build
out=$build/userspace
mkdir -p "$out"
lock userspace
quietly "$out/make.log" make -C "$top/userspace" O="$out" all
if [ "${1:-}" = test ]; then
	harness=$("$scripts/harness.sh")
	quietly "$out/make.log" make -C "$top/userspace" O="$out" \
		KSFT="$harness/tools/testing/selftests" test-programs
fi
say "$out"
