#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# The default suite: the tests that need no kernel, the guest tests, and DKMS in
# a root of the distribution. All of it runs whatever fails; the closing line
# counts everything.

# shellcheck source=scripts/lib.sh
. "$(dirname -- "$0")/lib.sh"

kernel=${KERNEL:-6.1}
totals=$build/check.totals
mkdir -p "$build"
: >"$totals"

# host NAME COMMAND...: a program of this machine that prints TAP.
host() {
	name=$1
	shift
	"$scripts/vm/judge.pl" --exec "$name" --kernel "$kernel" \
		--skips "$top/selftests/skips" --totals "$totals" -- "$@" || :
}

"$scripts/deps.sh" build vm demo check dkms
step 'tests of this machine'
userspace=$("$scripts/userspace.sh" test)
host layers "$scripts/layers.sh"
host api "$scripts/api.sh" check
host nocompile "$scripts/nocompile.sh" "$kernel"
host addr "$userspace/test/addr_test"
host opt_fields "$userspace/test/opt_test"
host opt_text "$userspace/test/opt_text_test"
host usage "$top/userspace/test/usage_test.sh" "$userspace/ksock"
host names "$top/userspace/check-names.sh" "$userspace"
host dropin "$scripts/dropin.sh"
host readme "$scripts/readme.sh"
host runner "$scripts/vm/selfcheck.sh"
host fuzzer "$top/fuzz/selfcheck.sh"

step 'tests of the guest'
rm -rf "$build/vm/check"
counted "$totals" "$scripts/guest.sh" --name check
host twin "$scripts/twin.sh" check "$build/vm/check/results"

step 'DKMS'
host dkms "$scripts/dkms.sh" "$kernel"

exec "$scripts/vm/judge.pl" --sum "$totals"
