#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# How often does the machinery itself fail? Boots a guest N times with nothing
# to test in it, and counts boots that did not do their plan at the first
# attempt. Whatever this prints other than 0 would look like a flaky ksock.
#
#   soak.sh N [KERNEL]

# shellcheck source=scripts/lib.sh
. "$(dirname -- "$0")/../lib.sh"

boots=${1:?how many boots}
kernel=${2:-6.1}
log=$build/vm/soak.log
mkdir -p "$build/vm"
echo 'shell /init-is-enough' >"$build/vm/soak.plan"
echo 'true' >"$build/vm/soak.script"

bad=0
boot=0
while [ "$boot" -lt "$boots" ]; do
	boot=$((boot + 1))
	if ! "$scripts/vm/run.sh" --kernel "$kernel" --no-ko --timeout 60 \
		--name soak --plan "$build/vm/soak.plan" \
		--file "$build/vm/soak.script:/init-is-enough" >"$log" 2>&1 ||
		grep -q 'once more' "$log"; then
		bad=$((bad + 1))
		mv "$log" "$log.$bad"
		step "boot $boot failed: $log.$bad"
	fi
done
step "$boots boots of $kernel, $bad failures of the machinery"
[ "$bad" = 0 ]
