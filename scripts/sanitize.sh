#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# The library and the tool under what finds mistakes in the use of memory and in
# arithmetic: their tests with the compiler's sanitizers and with valgrind, in a
# guest, where what any process has to report is a failure whatever the test made
# of it; and libFuzzer, on this machine, for all that reads text or files.
# ONLY="asan memcheck fuzz" takes some of it, TESTS="name ..." those in the guests,
# DURATION=n fuzzes for n seconds each.

# shellcheck source=scripts/lib.sh
. "$(dirname -- "$0")/lib.sh"

kernel=${KERNEL:-6.1}
duration=${DURATION:-30}
out=$build/sanitize
totals=$out/totals
mkdir -p "$out"

wanted() {
	case " ${ONLY:-asan memcheck fuzz} " in
	*" $1 "*) ;;
	*) return 1 ;;
	esac
}

# make_userspace PART ARGUMENT...: into $out/PART
make_userspace() {
	part=$1
	shift
	mkdir -p "$out/$part"
	quietly "$out/$part/make.log" make -C "$top/userspace" O="$out/$part" "$@"
}

# make_tests PART FUNCTION FILE FLAGS: everything, and the test programs with another
# FUNCTION in them, that of FILE; anew, for make does not see that flags change
make_tests() {
	rm -rf "${out:?}/$1"
	make_userspace "$1" all CFLAGS="-O1 -g $4"
	cc -O1 -g -c -o "$out/$1/$3.o" "$top/userspace/test/$3.c"
	make_userspace "$1" test-programs CFLAGS="-O1 -g $4" \
		LDFLAGS="-Wl,--wrap=$2 $out/$1/$3.o" \
		KSFT="$harness/tools/testing/selftests"
}

# The last group of a plan. What says nothing may have left an empty file.
write_reports() {
	cat >"$out/reports" <<-'END'
		#!/bin/sh
		echo 1..1
		cat /tmp/report.* >/tmp/reports 2>/dev/null
		sed 's/^/# /' /tmp/reports
		[ ! -s /tmp/reports ] || {
			echo 'not ok 1 nothing is reported'
			exit 1
		}
		echo 'ok 1 nothing is reported'
	END
	chmod +x "$out/reports"
}

# directive GROUP: how a plan runs it, with $under before what runs on the library,
# $arguments behind it, and $tool for the tool.
directive() {
	case $1 in
	cli*)
		echo "timeout=900 run $1 env KTAP_HELPERS=/tests/ktap_helpers.sh" \
			"KSOCK=$tool $options /bin/sh /tests/$1_test.sh"
		;;
	preload*)
		# To look for leaks takes descriptors and /proc, which some of
		# these processes do without.
		echo "timeout=900 run $1 env $options:detect_leaks=0" \
			"/usr/bin/ksock run /tests/$1_test"
		;;
	*)	echo "timeout=900 run $1 env $options $under /tests/$1_test $arguments" ;;
	esac
}

# guest PART GROUP...: in a guest, with the programs in $out/PART
guest() {
	part=$1
	shift
	for group; do
		shift
		case " ${TESTS:-$group} " in
		*" $group "*) set -- "$@" "$group" ;;
		esac
	done
	{
		echo load
		for group; do
			directive "$group"
		done
		echo 'run reports /tests/reports'
		echo unload
	} >"$out/$part/plan"
	write_reports
	for group; do
		shift
		case $group in
		cli*)	set -- "$@" --file "$top/userspace/test/${group}_test.sh:/tests/${group}_test.sh" ;;
		*)	set -- "$@" --file "$out/$part/test/${group}_test:/tests/${group}_test" ;;
		esac
	done
	# shellcheck disable=SC2086 # more arguments
	counted "$totals" "$scripts/vm/run.sh" --kernel "$kernel" --ko "$ko" \
		--timeout 3600 --name "sanitize-$part" --plan "$out/$part/plan" \
		--bin nc --bin socat --bin ss --bin ip --bin jq --bin setpriv \
		--file "$out/$part/ksock:/usr/bin/ksock" \
		--file "$out/$part/libksock-preload.so:/usr/local/lib/ksock/libksock-preload.so" \
		--file "$top/userspace/test/cli.sh:/tests/cli.sh" \
		--file "$harness/tools/testing/selftests/kselftest/ktap_helpers.sh:/tests/ktap_helpers.sh" \
		--file "$out/reports:/tests/reports" $files "$@"
}

# The names of the tests of a kind.
tests() {
	for test in "$top/userspace/test/$1"*_test.c; do
		test=${test##*/}
		echo "${test%_test.c}"
	done
}

# on_host PART PROGRAM...: a program of this machine that prints TAP
on_host() {
	part=$1
	shift
	"$scripts/vm/judge.pl" --exec "$part" --kernel "$kernel" \
		--skips "$top/selftests/skips" --totals "$totals" -- "$@" || :
}

# A guest has little memory, and 16 MiB of what was freed tell as much. A test of
# what the system call does with lengths that are too long is left alone by
# intercept_send. With a signal stack of its own a thread that is cancelled looks
# wrong to it. The preloaded library comes before the sanitizer's, which minds unless
# told not to. What the tool runs is not built so: cli_run is left to valgrind.
asan() {
	step 'build with the sanitizers'
	make_tests asan _exit leaks '-fsanitize=address,undefined -fno-sanitize-recover=all'
	options='exitcode=99:quarantine_size_mb=16:intercept_send=0'
	options="$options:use_sigaltstack=0:verify_asan_link_order=0"
	for test in addr opt opt_text; do
		ASAN_OPTIONS=$options on_host "asan_$test" "$out/asan/test/${test}_test"
	done
	options="UBSAN_OPTIONS=print_stacktrace=1:log_path=/tmp/report ASAN_OPTIONS=$options:log_path=/tmp/report"
	under='' arguments='' tool=ksock files=''
	# shellcheck disable=SC2046 # names
	guest asan $(tests lib) $(tests preload) cli cli_opt cli_tell
}

# Of an ioctl valgrind knows what its number says, the structure, and not what that
# points to: data, results and options would look as if nobody had written them.
# So in a guest it does not ask what is initialised, on this machine it does. It
# takes its time: it gets one family of two, and of the tests of the tool those
# that cannot be had with the sanitizers. A limit on descriptors it keeps to itself,
# so ksock does not meet it, and one test is left out.
memcheck() {
	step 'build for valgrind'
	make_tests memcheck syscall pidfd ''
	valgrind='valgrind -q --error-exitcode=99 --leak-check=full'
	for test in addr opt opt_text; do
		# shellcheck disable=SC2086 # words
		on_host "memcheck_$test" $valgrind "$out/memcheck/test/${test}_test"
	done
	valgrind="$valgrind --undef-value-errors=no --log-file=/tmp/report.%p"
	valgrind="$valgrind --suppressions=/tests/supp"
	cat >"$out/tool" <<-END
		#!/bin/sh
		exec $valgrind /usr/bin/ksock "\$@"
	END
	chmod +x "$out/tool"
	files="--file $out/tool:/tests/tool"
	files="$files --file $top/userspace/test/valgrind.supp:/tests/supp"
	files="$files --file /usr/bin/valgrind.bin:/usr/bin/valgrind"
	for file in memcheck-amd64-linux vgpreload_core-amd64-linux.so \
		vgpreload_memcheck-amd64-linux.so default.supp; do
		file=/usr/libexec/valgrind/$file
		files="$files --file $file:$file"
	done
	# It starts nothing without the names of the loader's functions.
	for library in ld-linux-x86-64.so.2 libc.so.6; do
		id=$(readelf -n "/lib/x86_64-linux-gnu/$library" |
			sed -n 's/.*Build ID: \(..\)/\1\//p')
		file=/usr/lib/debug/.build-id/$id.debug
		files="$files --file $file:$file"
	done
	under=$valgrind tool=/tests/tool options=
	arguments='-V ipv6 -T accept_without_a_free_descriptor_loses_no_connection'
	# shellcheck disable=SC2046 # names
	guest memcheck $(tests lib) cli_run
}

# What a fuzzer begins with: each line of its file a file of its own.
corpus() {
	rm -rf "$1"
	mkdir -p "$1"
	awk -v dir="$1" '{ printf "%s", $0 >(dir "/" NR); close(dir "/" NR) }' "$2"
}

fuzzer() {
	corpus "$out/fuzz/corpus/$1" "$top/userspace/fuzz/seeds/$1"
	"$out/fuzz/fuzz/$1" -max_total_time="$duration" -max_len=1024 -timeout=20 \
		-artifact_prefix="$out/fuzz/$1." "$out/fuzz/corpus/$1" \
		>"$out/fuzz/$1.log" 2>&1 || {
		tail -n 40 "$out/fuzz/$1.log"
		return 1
	}
}

fuzz() {
	step "build the fuzzers, which take $duration s each"
	make_userspace fuzz fuzzers CC=clang-19 \
		CFLAGS='-O1 -g -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all'
	rm -f "$out"/fuzz/*.log
	on_host fuzz "$0" --fuzzers
	for log in "$out"/fuzz/*.log; do
		sed -n "s/^Done \([0-9]* runs\).*/\1/p" "$log" | while read -r runs; do
			step "      $(basename "$log" .log): $runs"
		done
	done
}

if [ "${1:-}" = --fuzzers ]; then
	for seeds in "$top"/userspace/fuzz/seeds/*; do
		seeds=${seeds##*/}
		check "$seeds: no input does harm" fuzzer "$seeds"
	done
	check_end
	exit
fi

known_names "${ONLY:-}" 'asan memcheck fuzz'
: >"$totals"
"$scripts/deps.sh" build vm demo check sanitize
ko=$("$scripts/module.sh" "$kernel")
harness=$("$scripts/harness.sh")
for part in asan memcheck fuzz; do
	! wanted "$part" || "$part"
done
exec "$scripts/vm/judge.pl" --sum "$totals"
