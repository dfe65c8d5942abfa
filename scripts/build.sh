#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# Everything there is to build, and where it went. The module is for the running
# kernel when its headers are there and KERNEL names no other.

# shellcheck source=scripts/lib.sh
. "$(dirname -- "$0")/lib.sh"

if [ -z "${KERNEL:-}" ] && [ -e "/lib/modules/$(uname -r)/build" ]; then
	"$scripts/deps.sh" build
	mkdir -p "$build"
	quietly "$build/modules.log" make -C "$top" modules
	say "module     $top/module/ksock.ko"
else
	say "module     $("$scripts/module.sh" "${KERNEL:-6.1}")"
fi
say "userspace  $("$scripts/userspace.sh" test)"
say "selftests  $("$scripts/selftests.sh")"
say "Next: make demo, make check, make help."
