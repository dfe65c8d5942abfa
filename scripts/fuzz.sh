#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# Calls on /dev/ksock that nobody would make, in a guest with a debug kernel, as
# many or as long as asked for: in guests of at most half an hour each, which begin
# with what is in fuzz/seeds and a seed of their own. When a guest does not survive
# that, what it did last is found in its memory and made shorter, in BOOTS boots at
# most; a crash that is understood goes to selftests/ as a test.
#
#   fuzz.sh [--calls N] [--totals FILE]    once; without N, for HOURS, or 10 minutes
#   fuzz.sh minimise FILE                  make programs that fail shorter
#   fuzz.sh replay FILE...                 run them; says the first that fails
#
# SEED= sets where chance begins, THREADS= how many threads there are. KO=FILE and
# LOAD=PARAMETERS take another build of the module, to see that what is planted in
# it is found.

# shellcheck source=scripts/lib.sh
. "$(dirname -- "$0")/lib.sh"

kernel=${KERNEL:-6.1}
kernel=${kernel%-debug}-debug
out=$build/fuzz
threads=${THREADS:-3}
mkdir -p "$out/seeds" "$out/candidates"

make_fuzzer() {
	"$scripts/deps.sh" build vm
	ko=${KO:-$("$scripts/module.sh" "$kernel")}
	quietly "$out/make.log" make -C "$top/fuzz" O="$out"
}

# boot TIMEOUT OPTION...: a guest that does what is in $out/plan.
boot() {
	limit=$1
	shift
	memory=$(mktemp "$([ -d /dev/shm ] && echo /dev/shm || echo "$out")/ksock-fuzz.XXXXXX")
	# shellcheck disable=SC2064 # this file
	trap "rm -f $memory" EXIT
	trap 'exit 130' INT TERM HUP
	"$scripts/vm/run.sh" --kernel "$kernel" --ko "$ko" --plan "$out/plan" \
		--timeout "$limit" --memory "$memory" \
		--file "$out/ksock-fuzz:/tests/fuzz" "$@"
}

# replay FILE...: the first that the guest fails in, or nothing.
replay() {
	{
		echo "load ${LOAD:-}"
		printf 'run replay /tests/fuzz --threads %s --rounds 3 --replay' "$threads"
		for file in "$@"; do
			printf ' /tests/%s' "${file##*/}"
		done
		printf '\nunload\n'
	} >"$out/plan"
	names=$*
	set --
	for file in $names; do
		set -- "$@" --file "$file:/tests/${file##*/}"
	done
	! boot 300 --name fuzz-replay "$@" >"$out/replay.log" 2>&1 || return 0
	last=$(sed -n 's|^# replay /tests/||p' "$build/vm/fuzz-replay/results" |
		tail -n 1 | tr -d '\r')
	for file in $names; do
		[ "${file##*/}" != "$last" ] || say "$file"
	done
}

# Each in a file of its own, to choose from.
keep_seeds() {
	rm -f "$out"/seeds/*
	tr -d '\r' <"$build/vm/fuzz/results" |
		sed -n 's/^# seed \([0-9]*\): /\1 /p' |
		awk -v dir="$out/seeds" '
			{ file = sprintf("%s/%02d.prog", dir, $1); sub(/^[0-9]+ /, "") }
			{ print >file }'
}

crashed() {
	"$top/fuzz/journal.pl" "$memory" >"$out/crash-$seed.prog" || return 0
	cp "$build/vm/fuzz/console" "$out/crash-$seed.console"
	cp "$out/crash-$seed.prog" "$out/crash-$seed.whole.prog"
	step "what ran last: $out/crash-$seed.whole.prog, kernel log: $out/crash-$seed.console"
	rm -f "$memory"
	[ "${BOOTS:-12}" != 0 ] || return 0
	minimise "$out/crash-$seed.prog" || return 0
	step "what is left of it:"
	sed 's/^/          | /' "$out/crash-$seed.prog"
}

minimise() {
	"$top/fuzz/minimise.pl" "$1" "$out/candidates" "${BOOTS:-12}" "$0" replay
}

# session BOUND...: --calls N or --seconds N
session() {
	case $1 in
	--seconds) limit=$(($2 / 10 + 120)) ;;
	*) limit=$(($2 / 1000 + 120)) ;;
	esac
	printf '%s\n' debug "load ${LOAD:-}" \
		"timeout=$limit run fuzz /tests/fuzz $* --threads $threads --seed $seed --corpus /tests/seeds --print-seeds 50" \
		unload debug >"$out/plan"
	status=0
	boot $((limit + 60)) --name fuzz --file "$top/fuzz/seeds:/tests/seeds" \
		${totals:+--totals "$totals"} || status=$?
	tr -d '\r' <"$build/vm/fuzz/results" | grep -e '^# seed [0-9]*, ' -e '^# .* calls' -e '^ok .*fuzz: ' || :
	if [ "$status" = 0 ]; then
		keep_seeds
	else
		crashed
		failed=1
	fi
	rm -f "$memory"
}

calls='' totals='' failed=0
while [ $# -gt 0 ]; do
	case $1 in
	--calls) calls=$2 ;;
	--totals) totals=$2 ;;
	minimise)
		make_fuzzer >&2
		minimise "${2:?FILE}"
		exit
		;;
	replay)
		shift
		make_fuzzer >&2
		replay "$@"
		exit
		;;
	*) die "usage: fuzz.sh [--calls N] [--totals FILE] | minimise FILE | replay FILE..." ;;
	esac
	shift 2
done

make_fuzzer
seed=${SEED:-1}
if [ -n "$calls" ]; then
	session --calls "$calls"
else
	seed=${SEED:-$(date +%s)}
	left=600
	[ -z "${HOURS:-}" ] || left=$((HOURS * 3600))
	while [ "$left" -gt 0 ] && [ "$failed" = 0 ]; do
		some=$((left < 1800 ? left : 1800))
		session --seconds "$some"
		left=$((left - some))
		seed=$((seed + 1))
	done
fi
exit "$failed"
