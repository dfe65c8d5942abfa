# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# What the tests of the tool share, to be sourced first: everything happens in a
# network namespace of its own, in a directory of its own, and nothing hangs.
# A file of tests ends with run_tests, which runs some tests once for each family
# and others once. Those of a family have $v 4 or 6, $host as ksock takes it and
# $bare as nc does. Every test has $port, and some after it, for itself.

KSOCK=${KSOCK:-ksock}

if [ -z "$KSOCK_CLI_TEST" ]; then
	export KSOCK_CLI_TEST=1
	exec unshare -n "$0" "$@"
fi

# shellcheck source=/dev/null
. "$KTAP_HELPERS"

dir=$(mktemp -d) || exit 1
trap 'rm -rf "$dir"' EXIT
cd "$dir" || exit 1

# As long as any step may take before the test counts as stuck, in looks; and a
# command, in seconds.
tries=200
limit=30

# eventually COMMAND...: until it succeeds
eventually() {
	left=$tries
	until "$@"; do
		left=$((left - 1))
		[ "$left" -gt 0 ] || return 1
		sleep 0.05
	done
}

# somebody PROTOCOL: has a socket on $port that listens or is bound
somebody() {
	case $1 in
	tcp) state=0A ;;
	udp) state=07 ;;
	esac
	grep -qE ":$(printf %04X "$port") [0-9A-F:]+ $state" \
		"/proc/net/$1" "/proc/net/${1}6"
}

up() {
	eventually somebody "$1"
}

# in_time COMMAND...: a command that may not hang
in_time() {
	timeout "$limit" "$@"
}

# Runs it in the background; $pid is its process. A shell gives a background
# command /dev/null for input unless told otherwise right there. What a test
# holds open as 4 is for itself to close.
background() {
	{
		timeout "$limit" "$@" <&3 3<&- 4<&- &
	} 3<&0
	pid=$!
}

# ended STATUS [PID]: the background command has this exit status
ended() {
	wait "${2:-$pid}"
	status=$?
	[ "$status" = "$1" ] || {
		echo "exit status $status, not $1"
		return 1
	}
}

# status STATUS COMMAND...
status() {
	want=$1
	shift
	in_time "$@"
	status=$?
	[ "$status" = "$want" ] || {
		echo "$*: exit status $status, not $want"
		return 1
	}
}

# holds FILE TEXT: one line
holds() {
	[ "$(cat "$1")" = "$2" ] || {
		echo "$1 holds '$(cat "$1")', not '$2'"
		return 1
	}
}

matches() {
	grep -qE -- "$2" "$1" || {
		echo "$1 has no line like $2:"
		cat "$1"
		return 1
	}
}

# arrives FILE TEXT: sooner or later
arrives() {
	left=$tries
	until [ "$(cat "$1")" = "$2" ]; do
		left=$((left - 1))
		[ "$left" -gt 0 ] || holds "$1" "$2" || return 1
		sleep 0.05
	done
}

same() {
	[ "$(sha256sum <"$1")" = "$(sha256sum <"$2")" ] || {
		echo "$1 and $2 differ: $(wc -c <"$1") and $(wc -c <"$2") bytes"
		return 1
	}
}

big_files() {
	[ -e big ] || head -c 8388608 /dev/urandom >big
	[ -e large ] || head -c 8388608 /dev/urandom >large
}

# test NAME FUNCTION
test_one() {
	port=$next
	mkdir work && cd work || exit 1
	ln -s ../big ../large . 2>/dev/null
	if "$2" >"$dir/log" 2>&1; then
		ktap_test_pass "$1"
	else
		sed 's/^/# /' "$dir/log"
		for file in err peer; do
			[ ! -s $file ] || sed "s/^/# $file: /" $file
		done
		ktap_test_fail "$1"
	fi
	next=$((next + 10))
	# In a substitution dash knows no jobs.
	jobs -p >"$dir/jobs"
	xargs -r kill <"$dir/jobs" 2>/dev/null
	wait
	cd "$dir" && rm -rf work
}

# run_tests FAMILY_TESTS OTHER_TESTS
run_tests() {
	family_tests=$1
	other_tests=$2

	ktap_print_header
	[ -c /dev/ksock ] || {
		ktap_skip_all 'no /dev/ksock'
		exit "$KSFT_SKIP"
	}
	for program in "$KSOCK" nc socat ss jq ip unshare timeout setsid nice; do
		command -v "$program" >/dev/null || {
			ktap_skip_all "no $program"
			exit "$KSFT_SKIP"
		}
	done

	ip link set lo up
	big_files
	next=10000
	# shellcheck disable=SC2086
	set -- $family_tests
	count=$((2 * $#))
	# shellcheck disable=SC2086
	set -- $other_tests
	ktap_set_plan $((count + $#))

	for v in 4 6; do
		# shellcheck disable=SC2034
		case $v in
		4) bare=127.0.0.1 host=$bare ;;
		6) bare=::1 host=[$bare] ;;
		esac
		for name in $family_tests; do
			test_one "${name}_ipv$v" "$name"
		done
	done
	for name; do
		test_one "$name" "$name"
	done
	ktap_finished
}
