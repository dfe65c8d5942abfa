# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# What the tests of unmodified programs share, to be sourced first: a server and
# its clients talk four times, with ordinary sockets, with the server on ksock,
# with the clients on ksock, and with both, and say the same each time. A test
# has
#
#   start()               runs it by serve, returns when it can be talked to
#   talk_TALK()           runs clients by client, prints what has to be the same
#
# and ends with run_talks SERVER CLIENT:TALK..., where SERVER and CLIENT are what
# the table calls them. Everything happens in a network namespace and a
# directory of its own, and nothing hangs. A line "# mark" says for the table how
# a program did in a role and how many bytes crossed its ksocks.
#
# On which sockets something runs is not believed but watched, see watch.c.

KSOCK=${KSOCK:-ksock}
here=$(cd "${0%/*}" && pwd)
WATCH=${WATCH:-$here/watch}

if [ -z "$KSOCK_PROGRAMS_TEST" ]; then
	export KSOCK_PROGRAMS_TEST=1
	exec unshare -n "$0" "$@"
fi

# shellcheck source=/dev/null
. "$KTAP_HELPERS"

# On the disk, for the memory may be less than what is moved.
dir=$(mktemp -d /var/tmp/ksock.XXXXXX) || exit 1
chmod 755 "$dir"
trap 'rm -rf "$dir"' EXIT
cd "$dir" || exit 1
ip link set lo up

# Seconds that any one program may take, and what ends a server.
limit=300
stop_signal=TERM
port=10000

# eventually COMMAND...: until it succeeds, for a minute
eventually() {
	read -r uptime _ </proc/uptime
	until=$((${uptime%.*} + 60))
	until "$@"; do
		read -r uptime _ </proc/uptime
		[ "${uptime%.*}" -lt "$until" ] || return 1
		sleep 0.1
	done
}

# somebody PROTOCOL PORT: has a socket that listens or is bound
somebody() {
	case $1 in
	tcp) state=0A ;;
	udp) state=07 ;;
	esac
	grep -qE ":$(printf %04X "$2") [0-9A-F:]+ $state" \
		"/proc/net/$1" "/proc/net/${1}6"
}

# up PROTOCOL [PORT]
up() {
	eventually somebody "$1" "${2:-$port}"
}

# same FILE FILE: says that they are, without what they hold
same() {
	if cmp "$1" "$2"; then
		echo same
	else
		echo different
		return 1
	fi
}

# on SIDE ROLE PROGRAM [ARG]...: with these sockets, for a time that has an end
on() {
	side=$1 role=$2
	shift 2
	if [ "$side" = ksock ]; then
		set -- "$WATCH" "$(mktemp "$reports/$role.XXXXXX")" \
			"$KSOCK" run "$@"
	fi
	exec timeout -k 20 "$limit" "$@"
}

# serve PROGRAM [ARG]...: on the side that the server is, until all has been said
serve() {
	(on "$server_side" server "$@") >>"$dir/server.log" 2>&1 </dev/null &
	servers="$! $servers"
}

# serve_plain PROGRAM [ARG]...: a server that is not what is tested
serve_plain() {
	(on plain none "$@") >>"$dir/server.log" 2>&1 </dev/null &
	servers="$! $servers"
}

# client PROGRAM [ARG]...
client() {
	(on "$client_side" client "$@")
}

# One after the other, the last first: a server may need the one before it.
stop_servers() {
	for pid in $servers; do
		kill "-$stop_signal" "$pid" 2>/dev/null
		# Where that has a signal in it, the shell says so.
		wait "$pid" 2>/dev/null
	done
	servers=
}

# crossed ROLE: sets $bytes to what crossed the ksocks of all that ran in it;
# fails when that is nothing, or when a socket was not to be a ksock.
crossed() {
	cat "$reports/$1".* >"$dir/report" 2>/dev/null || : >"$dir/report"
	grep '^#' "$dir/report" | sort | uniq -c
	bytes=$(awk '$1 == "sent" || $1 == "received" { n += $3 }
		END { printf "%d", n }' "$dir/report")
	refused=$(awk '$1 == "refused" { n += $2 } END { print n + 0 }' \
		"$dir/report")
	sockets=$(awk '$1 == "sockets" { n += $2 } END { print n + 0 }' \
		"$dir/report")
	echo "$1: $bytes bytes crossed $sockets ksocks, $refused calls refused"
	[ "$bytes" -gt 0 ] && [ "$sockets" -gt 0 ] && [ "$refused" = 0 ]
}

# mark NAME ROLE COLUMN ok|FAIL BYTES
mark() {
	echo "# mark $*"
}

# tell STATUS TEXT: a line of the test, with what was said when it failed
tell() {
	if [ "$1" = 0 ]; then
		ktap_test_pass "$2"
		return
	fi
	for file in "$dir/log" "$dir/server.log"; do
		[ ! -s "$file" ] || tail -n 15 "$file" | cut -c 1-200 |
			sed "s|^|# ${file##*/}: |"
	done
	ktap_test_fail "$2"
}

# The talk has been had, and what came of it is that of ordinary sockets.
agrees() {
	[ "$1" = 0 ] || {
		echo "exit status $1"
		return 1
	}
	[ -s "$2" ] || {
		echo 'nothing was said'
		return 1
	}
	! grep -w different "$2" || return 1
	diff "$dir/plain.$talk" "$2"
}

# The talk of $name, in the mode that is.
run_talk() {
	reports=$dir/reports.$mode.$talk
	mkdir -p "$reports"
	out=$dir/out
	[ "$mode" != plain ] || out=$dir/plain.$talk
	(
		mkdir -p "$dir/work" && cd "$dir/work" && "talk_$talk"
	) >"$out" 2>"$dir/log" </dev/null
	status=$?
	agrees "$status" "$out" >>"$dir/log" 2>&1
	status=$? bytes=0 result=ok
	if [ "$status" = 0 ] && [ "$client_side" = ksock ]; then
		crossed client >>"$dir/log"
		status=$?
		echo "# $(tail -n 1 "$dir/log")"
	fi
	[ "$status" = 0 ] || result=FAIL
	case $mode in
	plain)
		mark "$name" client plain "$result" 0
		mark "$server" server plain "$result" 0
		;;
	server) mark "$server" server peers "$result" 0 ;;
	client) mark "$name" client peers "$result" "$bytes" ;;
	both)
		mark "$name" client self "$result" "$bytes"
		mark "$server" server self "$result" 0
		;;
	esac
	tell "$status" "$name $talk: $what"
	rm -rf "$dir/work"
}

# What the server has counted is complete when it has ended.
judge_server() {
	reports=$dir/reports.$mode result=ok
	crossed server >"$dir/log"
	status=$?
	echo "# $(tail -n 1 "$dir/log")"
	[ "$status" = 0 ] || result=FAIL
	column=peers
	[ "$mode" = server ] || column=self
	mark "$server" server "$column" "$result" "$bytes"
	tell "$status" "$server: what it moved crossed ksock, $what"
}

# run_mode MODE SERVER_SIDE CLIENT_SIDE WHAT
run_mode() {
	mode=$1 server_side=$2 client_side=$3 what=$4
	reports=$dir/reports.$mode
	mkdir -p "$reports"
	: >"$dir/server.log"
	servers=
	port=$((port + 10))
	start >>"$dir/server.log" 2>&1 || echo 'it does not start' >>"$dir/server.log"
	for pair in $talks; do
		name=${pair%%:*} talk=${pair#*:}
		run_talk
	done
	stop_servers
	[ "$server_side" != ksock ] || judge_server
}

run_talks() {
	ktap_print_header
	[ -c /dev/ksock ] || {
		ktap_skip_all 'no /dev/ksock'
		exit "$KSFT_SKIP"
	}
	server=$1
	shift
	talks=$*
	ktap_set_plan $((4 * $# + 2))
	run_mode plain plain plain 'ordinary sockets'
	run_mode server ksock plain 'server on ksock'
	run_mode client plain ksock 'client on ksock'
	run_mode both ksock ksock 'both on ksock'
	ktap_finished
}
