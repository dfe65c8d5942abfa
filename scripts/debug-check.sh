#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# The suite of the guest on a kernel that finds mistakes, after half an hour that
# builds it once. On a debug kernel it runs twice, with more rounds of what races,
# and then with a look for leaks of memory, which makes it half as fast; and after
# that a million calls of the fuzzer: two hours or three. On the others, which are
# for data races and for memory that nobody has written to, it runs once. See
# debug-kernel.sh. TESTS=, ROUNDS= and the like are those of guest.sh; TESTS=fuzz is
# the fuzzer, TESTS=leaks the second run alone. coverage.sh tells what of the module
# the first has run.
#
#   debug-check.sh [debug | kcsan | kmsan]

# shellcheck source=scripts/lib.sh
. "$(dirname -- "$0")/lib.sh"

kind=${1:-debug}
export KERNEL="${KERNEL:-6.1}-$kind" TESTS="${TESTS:-}"
totals=$build/$kind.totals
mkdir -p "$build"
: >"$totals"

# suite NAME OPTION...
suite() {
	name=$1
	shift
	"$scripts/guest.sh" --name "$name" --totals "$totals" "$@" || :
}

case $kind:$TESTS in
debug:fuzz | debug:leaks) ;;
debug:*) (export ROUNDS="${ROUNDS:-100}"; suite debug --coverage) ;;
*) suite "$kind" ;;
esac
# What is lost is lost each time, so few are enough.
case $kind:$TESTS in
debug: | debug:leaks)
	(
		export RACE_SECONDS="${RACE_SECONDS:-1}" KILLS="${KILLS:-280}"
		export NAMESPACES="${NAMESPACES:-6}"
		TESTS='' suite leaks --leaks
	)
	;;
esac
case $kind:$TESTS in
debug: | debug:fuzz)
	"$scripts/fuzz.sh" --calls 1000000 --totals "$totals" || :
	;;
esac

exec "$scripts/vm/judge.pl" --sum "$totals"
