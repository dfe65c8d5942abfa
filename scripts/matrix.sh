#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# Every kernel: in a root of the distribution it comes from, DKMS builds and
# installs the module with that distribution's compiler, the root boots on that
# kernel, modprobe loads what DKMS installed, all kselftest programs run, DKMS
# removes it again. Two kernels at a time; KERNEL=... runs one row.

# shellcheck source=scripts/lib.sh
. "$(dirname -- "$0")/lib.sh"

# row KERNEL: its DKMS tests, judged; the line of the table.
row() {
	kernel=$1
	work=$build/dkms/$kernel
	mkdir -p "$work"
	rm -f "$work/totals" "$work/row"
	now
	before=$now
	if "$scripts/vm/judge.pl" --exec dkms --kernel "$kernel" \
		--skips "$top/selftests/skips" --totals "$work/dkms.totals.new" -- \
		"$scripts/dkms.sh" "$kernel" "$selftests"/*_test >"$work/judge.log" 2>&1; then
		dkms=ok
	else
		dkms=FAIL
	fi
	now
	# shellcheck source=/dev/null
	. "$("$scripts/kernel.sh" "$kernel")"
	counts=$(cat "$work/totals" 2>/dev/null || echo '0 1 0')
	seconds=$(((now - before) / 100))
	# shellcheck disable=SC2086 # three words
	printf '%-7s %-32s %-6s %8d %8d %8d %8d\n' "$kernel" "$PKGVER" "$dkms" \
		$counts "$seconds" >"$work/row"
	if [ "$dkms" = ok ]; then
		step "$kernel: DKMS ok, $counts in the guest, $seconds s"
	else
		step "$kernel: FAIL"
		sed 's/^/          | /' "$work/judge.log"
	fi
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
	rm -f "$build/dkms/$kernel/dkms.totals.new"
	row "$kernel" &
	running="$running $!"
done
wait

totals=$build/matrix.totals
: >"$totals"
{
	printf '%-7s %-32s %-6s %8s %8s %8s %8s\n' kernel package DKMS passed \
		failed skipped seconds
	for kernel in $kernels; do
		work=$build/dkms/$kernel
		cat "$work/row" 2>/dev/null || echo "$kernel did not run"
		# A row without counts is a failure, not a gap.
		cat "$work/totals" "$work/dkms.totals.new" 2>/dev/null >>"$totals" ||
			echo '0 1 0' >>"$totals"
	done
} | tee "$build/matrix.txt"

exec "$scripts/vm/judge.pl" --sum "$totals"
