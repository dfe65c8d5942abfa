#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# The suite of the guest on a kernel that finds mistakes, after half an hour that
# builds it once. On a debug kernel it runs twice, at the same time: with more rounds
# of what races, and with a look for leaks of memory, which makes it half as fast; and
# after that a million calls of the fuzzer: three hours. On the others, which are
# for data races and for memory that nobody has written to, it runs once. See
# debug-kernel.sh. TESTS=, ROUNDS= and the like are those of guest.sh; TESTS=fuzz is
# the fuzzer, TESTS=leaks the second run alone. coverage.sh tells what of the module
# the first has run, and adds to it what runs of other TESTS= with a PART=NAME have.
#
#   debug-check.sh [debug | kcsan | kmsan]

# shellcheck source=scripts/lib.sh
. "$(dirname -- "$0")/lib.sh"

kind=${1:-debug}
tests=${TESTS:-}
[ "$tests" != leaks ] || TESTS=''
export KERNEL="${KERNEL:-6.1}-$kind" TESTS="${TESTS:-}"
totals=$build/$KERNEL.totals
mkdir -p "$build"
rm -f "$totals" "$totals".*

# suite NAME OPTION...: its steps are told with its name, as there may be two at once.
suite() {
	name=$1
	shift
	counted "$totals.$name" "$scripts/guest.sh" --name "$KERNEL-$name" "$@" 2>&1 |
		sed -u "s/^/$name: /"
}

case $kind:$tests in
debug:fuzz | debug:leaks) ;;
debug:*)
	# Parts of what ran before do not count.
	[ -n "${PART:-}" ] || rm -rf "$build/vm/$KERNEL"-check-*
	(
		export ROUNDS="${ROUNDS:-100}"
		suite "check${PART:+-$PART}" --coverage
	) &
	;;
*) suite check & ;;
esac
# What is lost is lost each time, so few are enough.
case $kind:$tests in
debug: | debug:leaks)
	(
		export RACE_SECONDS="${RACE_SECONDS:-}" KILLS="${KILLS:-}"
		export NAMESPACES="${NAMESPACES:-}"
		suite leaks --leaks
	) &
	;;
esac
wait
case $kind:$tests in
debug: | debug:fuzz)
	# Half of them are the same each time, unless SEED is set.
	for seed in ${SEED:-1 "$(date +%s)"}; do
		(
			export SEED="$seed"
			counted "$totals.fuzz.$seed" "$scripts/fuzz.sh" --calls 500000
		)
	done
	;;
esac

cat "$totals".* >"$totals"
exec "$scripts/vm/judge.pl" --sum "$totals"
