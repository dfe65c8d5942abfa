#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# What ksock costs beside ordinary sockets, in instructions: one guest that
# counts them, each workload by its best ordinary means and by ksock one after
# the other, the ratio held against bench/goals. The table is on the screen and
# in build/bench.txt, all of it in build/bench.json.
#
# ONLY=G4 runs the rows of that id. PROFILE=G3 does and tells, function by
# function, where the instructions are. KEEP=1 takes what was measured into
# bench/goals, for the next run to be held against.

# shellcheck source=scripts/lib.sh
. "$(dirname -- "$0")/lib.sh"

kernel=${KERNEL:-6.1}
only=${PROFILE:-${ONLY:-}}
work=$build/bench
totals=$work/totals
logs=$build/vm/bench
mkdir -p "$work"
# One at a time: there is one guest of the name, one table, one JSON.
exec 8>"$work/lock"
flock -w 900 8 || die "another bench has run for 15 minutes"
: >"$totals"

"$scripts/deps.sh" build vm bench
step "build for $kernel"
ko=$("$scripts/module.sh" "$kernel")
quietly "$work/make.log" make -C "$top/bench" O="$work"

wanted() {
	case ${only:-$1} in
	"$1" | "$1".*) ;;
	*) return 1 ;;
	esac
}

# The module as it is, but for its counters.
build_uncounted() {
	rm -rf "$work/uncounted"
	copy_sources "$work/uncounted"
	core=$work/uncounted/module/core
	sed -i '/^static inline void ksock_count_/,/^}/s/if (ret >= 0)/if (0)/' \
		"$core/sock.h"
	[ "$(diff -r "$core" "$top/module/core" | grep -c '^>')" = 2 ] ||
		die "not the two functions that count: $core"
	# A root of another release is large; one is enough.
	tree=${ko%/*}
	mkdir -p "$work/uncounted/build/module/${tree##*/}"
	[ ! -e "$tree/root" ] ||
		ln -s "$tree/root" "$work/uncounted/build/module/${tree##*/}/"
	KSOCK_BUILD="$work/uncounted/build" KSOCK_CACHE="$cache" \
		"$work/uncounted/scripts/module.sh" "$kernel"
}

set -- --kernel "$kernel" --ko "$ko" --icount --name bench \
	--plan "$work/plan" --totals "$totals" --file "$work/bench:/bench/bench"
flag=
if [ -n "${PROFILE:-}" ]; then
	[ "$PROFILE" != G20 ] || die "G20 is two builds of the module, profile G3"
	flag=-p
	set -- "$@" --plugin "$work/plugin.so"
fi
if wanted G17; then
	clients=$("$scripts/clients.sh" "$kernel" bench/module)
	set -- "$@" --file "$clients/ksock_bench.ko:/bench/ksock_bench.ko"
fi
{
	echo load
	echo "timeout=600 run bench /bench/bench $flag $only"
	echo unload
} >"$work/plan"

if wanted G20 && [ -z "$flag" ]; then
	uncounted=$(build_uncounted)
	# shellcheck disable=SC2016 # the guest expands it
	echo 'cp /bench/uncounted.ko "/lib/modules/$(uname -r)/updates/ksock.ko"' \
		>"$work/swap"
	{
		echo 'shell /bench/swap'
		echo load
		echo 'timeout=600 run uncounted /bench/bench -u'
		echo unload
	} >>"$work/plan"
	set -- "$@" --file "$uncounted:/bench/uncounted.ko" \
		--file "$work/swap:/bench/swap"
fi

"$scripts/vm/run.sh" "$@" || :

# shellcheck disable=SC2016 # the inner shell expands it
"$scripts/vm/judge.pl" --exec goals --kernel "$kernel" --totals "$totals" -- \
	sh -c 'awk "$@" >"$0"; cat "$0"; ! grep -q "^not ok" "$0"' \
	"$work/ratios" -v kernel="$kernel" -v table="$build/bench.txt" \
	-v json="$build/bench.json" -f "$top/bench/verdict.awk" \
	"$top/bench/goals" "$logs/results" || :
jq -e '.rows | length > 0' "$build/bench.json" >/dev/null ||
	echo '0 1 0' >>"$totals"

if [ -n "$flag" ]; then
	"$top/bench/profile.pl" "$logs" | tee "$build/profile.txt"
fi
cat "$build/bench.txt"
if [ "${KEEP:-}" = 1 ]; then
	awk -v kernel="$kernel" -f "$top/bench/keep.awk" "$work/ratios" \
		"$top/bench/goals" >"$work/goals"
	cp "$work/goals" "$top/bench/goals"
fi
exec "$scripts/vm/judge.pl" --sum "$totals"
