#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# Every kernel: in a root of the distribution it comes from, DKMS builds and
# installs the module with that distribution's compiler, the root boots on that
# kernel, modprobe loads what DKMS installed, all kselftest programs run, DKMS
# removes it again; and the kernel's other flavours build without a warning. Two
# kernels at a time; KERNEL=... runs one row.

# shellcheck source=scripts/lib.sh
. "$(dirname -- "$0")/lib.sh"

# judge NAME COMMAND...: TAP of this machine, its word for the table.
judge() {
	name=$1
	shift
	if "$scripts/vm/judge.pl" --exec "$name" --kernel "$kernel" \
		--skips "$top/selftests/skips" --totals "$work/host.totals" -- \
		"$@" >"$work/$name.log" 2>&1; then
		verdict=ok
	else
		verdict=FAIL
		sed 's/^/          | /' "$work/$name.log"
	fi
}

# row KERNEL: the line of the table.
row() {
	kernel=$1
	work=$build/dkms/$kernel
	mkdir -p "$work"
	rm -f "$work/totals" "$work/host.totals" "$work/row"
	now
	before=$now
	judge dkms "$scripts/dkms.sh" "$kernel" "$selftests"/*_test
	dkms=$verdict
	judge flavours "$scripts/flavours.sh" "$kernel"
	flavours=$verdict
	now
	# shellcheck source=/dev/null
	. "$("$scripts/kernel.sh" "$kernel")"
	counts=$(cat "$work/totals" 2>/dev/null || echo '0 1 0')
	seconds=$(((now - before) / 100))
	# shellcheck disable=SC2086 # three words
	printf '%-7s %-24s %-6s %-8s %8d %8d %8d %8d\n' "$kernel" "$PKGVER" \
		"$dkms" "$flavours" $counts "$seconds" >"$work/row"
	step "$kernel: DKMS $dkms, flavours $flavours, $counts in the guest, $seconds s"
}

"$scripts/deps.sh" build vm check dkms
selftests=$("$scripts/selftests.sh")
kernels=${KERNEL:-$("$scripts/kernel.sh" --list | xargs)}

step "kernels: $kernels"
running=
for kernel in $kernels; do
	# Wait for the older of two before a third begins.
	# shellcheck disable=SC2086 # process numbers
	set -- $running
	if [ $# -ge 2 ]; then
		wait "$1" || :
		shift
		running=$*
	fi
	row "$kernel" &
	running="$running $!"
done
wait

totals=$build/matrix.totals
: >"$totals"
{
	printf '%-7s %-24s %-6s %-8s %8s %8s %8s %8s\n' kernel package DKMS \
		flavours passed failed skipped seconds
	for kernel in $kernels; do
		work=$build/dkms/$kernel
		cat "$work/row" 2>/dev/null || echo "$kernel did not run"
		# A row without counts is a failure, not a gap.
		cat "$work/totals" "$work/host.totals" 2>/dev/null >>"$totals" ||
			echo '0 1 0' >>"$totals"
	done
} | tee "$build/matrix.txt"

exec "$scripts/vm/judge.pl" --sum "$totals"
