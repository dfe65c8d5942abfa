#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# Every kernel: in a root of the distribution it comes from, DKMS builds and
# installs the module with that distribution's compiler, the root boots on that
# kernel, modprobe loads what DKMS installed, all kselftest programs run, DKMS
# removes it again; and the kernel's other flavours build without a warning. One
# kernel more at a time than there are processors, as tests wait a good part of
# theirs; KERNEL=... runs one row.

# shellcheck source=scripts/lib.sh
. "$(dirname -- "$0")/lib.sh"

# judge NAME COMMAND...: TAP of this machine, kept and judged; what failed is
# shown.
judge() {
	name=$1
	shift
	# shellcheck disable=SC2016 # the inner shell expands it
	"$scripts/vm/judge.pl" --exec "$name" --kernel "$kernel" \
		--skips "$top/selftests/skips" --totals "$work/host.totals" -- \
		sh -c '"$@" >"$0"; status=$?; cat "$0"; exit $status' \
		"$work/$name.tap" "$@" >"$work/$name.log" 2>&1 ||
		sed 's/^/          | /' "$work/$name.log"
}

# word FILE PATTERN: whether a line of a log says that it went well.
word() {
	if grep -qE "$2" "$1" 2>/dev/null; then
		echo ok
	else
		echo FAIL
	fi
}

# row KERNEL: the line of the table.
row() {
	kernel=$1
	work=$build/dkms/$kernel
	mkdir -p "$work"
	rm -f "$work/totals" "$work/host.totals" "$work/row" "$work/boot.log" \
		"$work"/*.tap
	now
	before=$now
	# shellcheck disable=SC2046 # paths without blanks
	judge dkms "$scripts/dkms.sh" "$kernel" \
		$(printf '%s\n' "$selftests"/*_test | grep -v '/debug_')
	judge flavours "$scripts/flavours.sh" "$kernel"
	now
	# shellcheck source=/dev/null
	. "$("$scripts/kernel.sh" "$kernel")"
	if grep -q '^not ok' "$work/flavours.tap"; then
		flavours=FAIL
	else
		flavours=$(word "$work/flavours.tap" '^ok')
	fi
	# shellcheck disable=SC2046,SC2059 # words; said once
	printf "$format" "$kernel" "$PKGVER" \
		"$(word "$work/dkms.tap" '^ok [0-9]+ its status is built')" \
		"$(word "$work/boot.log" ' ok +load ')" \
		$(cat "$work/totals" 2>/dev/null || echo 0 1 0) \
		"$(word "$work/boot.log" ' ok +unload ')" \
		"$(word "$work/dkms.tap" '^ok [0-9]+ nothing of it is left')" \
		"$flavours" "$(((now - before) / 100))" >"$work/row"
	step "$(cat "$work/row")"
}

format='%-7s %-20s %-5s %-4s %6s %6s %7s  %-6s %-6s %-8s %7s\n'

"$scripts/deps.sh" build vm check dkms
selftests=$("$scripts/selftests.sh")
kernels=${KERNEL:-$("$scripts/kernel.sh" --list | xargs)}

step "kernels: $kernels"
running=
for kernel in $kernels; do
	# Wait for the oldest before there are too many.
	# shellcheck disable=SC2086 # process numbers
	set -- $running
	if [ $# -gt "$(nproc)" ]; then
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
	# shellcheck disable=SC2059 # said once
	printf "$format" kernel package build load passed failed skipped unload \
		remove flavours seconds
	for kernel in $kernels; do
		work=$build/dkms/$kernel
		cat "$work/row" 2>/dev/null || echo "$kernel did not run"
		# A row without counts is a failure, not a gap.
		cat "$work/totals" "$work/host.totals" 2>/dev/null >>"$totals" ||
			echo '0 1 0' >>"$totals"
	done
} | tee "$build/matrix.txt"

exec "$scripts/vm/judge.pl" --sum "$totals"
