#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# The tool on a loaded module: every command against ordinary programs, in both
# roles and both families, and what it prints and returns. Needs root, nc from
# netcat-openbsd, socat, jq, and ktap_helpers.sh of the kernel's selftests:
#
#   KTAP_HELPERS=.../kselftest/ktap_helpers.sh [KSOCK=PROGRAM] cli_test.sh

KSOCK=${KSOCK:-ksock}

# Everything happens in a network namespace of its own.
if [ -z "$KSOCK_CLI_TEST" ]; then
	export KSOCK_CLI_TEST=1
	exec unshare -n "$0" "$@"
fi

# shellcheck source=/dev/null
. "$KTAP_HELPERS"

# Tests run once for each family, with $v 4 or 6, $host as ksock takes it and
# $bare as nc does.
family_tests='
	tcp_listen_talks_with_nc
	tcp_listen_talks_with_socat
	tcp_connect_talks_with_nc
	tcp_connect_talks_with_socat
	tcp_listen_without_host_listens_in_the_family
	tcp_moves_8_mib_both_ways_with_socat_connecting
	tcp_moves_8_mib_both_ways_with_socat_listening
	tcp_moves_8_mib_both_ways_with_itself
	tcp_connect_to_nobody_is_refused
	udp_bind_talks_with_nc
	udp_bind_talks_with_socat
	udp_send_talks_with_nc
	udp_send_talks_with_socat
	udp_send_to_nobody_is_refused
	echo_answers_nc_over_tcp
	echo_answers_nc_over_udp
	echo_gives_8_mib_back
'

other_tests='
	tcp_listen_serves_one_peer_only
	tcp_listen_keeps_open_for_the_next_peer
	tcp_listen_goes_on_when_the_peer_has_ended
	tcp_connect_goes_on_when_input_has_ended
	tcp_connect_tries_every_address
	tcp_connect_wants_the_family_given
	tcp_listen_fails_on_a_used_port
	tcp_fails_when_the_peer_resets
	tcp_fails_when_output_is_lost
	tcp_takes_closed_input
	tcp_takes_a_closed_output
	tcp_connect_gives_up_after_the_wait
	tcp_listen_gives_up_after_the_wait
	tcp_talk_ends_after_the_wait
	udp_bind_hears_the_first_peer_only
	udp_bind_keeps_open_for_every_peer
	udp_bind_gives_up_after_the_wait
	udp_send_ends_with_input
	udp_send_makes_one_datagram_of_each_read
	udp_bind_takes_any_datagram
	echo_serves_one_peer_only
	echo_serves_many_peers_at_once
	echo_answers_one_datagram_only
	echo_answers_many_datagrams
	echo_gives_up_after_the_wait
	verbose_tells_every_event
	verbose_counts_what_moved
	json_tells_every_event
	json_tells_errors
	inode_is_the_one_in_proc_net
	sockets_are_gone_afterwards
	info_tells_every_field
	info_as_json_has_every_field
	info_fails_when_output_is_full
	missing_device_has_a_hint
	forbidden_device_has_a_hint
	missing_capability_has_a_hint_unless_relaxed
	other_file_for_a_device_has_a_hint
	help_is_there_for_every_command
	usage_errors_exit_with_2
'

dir=$(mktemp -d) || exit 1
trap 'rm -rf "$dir"' EXIT
cd "$dir" || exit 1

# As long as any step may take before the test counts as stuck.
tries=200

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
	timeout 30 "$@"
}

# Runs it in the background; $pid is its process. A shell gives a background
# command /dev/null for input unless told otherwise right there. What a test
# holds open as 4 is for itself to close.
background() {
	{
		timeout 30 "$@" <&3 3<&- 4<&- &
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

# ---- TCP, in each family ---------------------------------------------------

tcp_listen_talks_with_nc() {
	echo from ksock >in
	background "$KSOCK" tcp listen "$host:$port" <in >out
	up tcp && echo from nc | in_time nc -N "$bare" "$port" >answer &&
		ended 0 && holds out 'from nc' && holds answer 'from ksock'
}

tcp_listen_talks_with_socat() {
	echo from ksock >in
	background "$KSOCK" tcp listen "$host:$port" <in >out
	up tcp && echo from socat |
		in_time socat -t 10 - "TCP$v:$host:$port" >answer &&
		ended 0 && holds out 'from socat' && holds answer 'from ksock'
}

tcp_connect_talks_with_nc() {
	echo from nc >in
	background nc -N -l "$bare" "$port" <in >out
	up tcp && echo from ksock |
		in_time "$KSOCK" tcp connect "$host:$port" >answer &&
		ended 0 && holds out 'from ksock' && holds answer 'from nc'
}

tcp_connect_talks_with_socat() {
	echo from socat >in
	background socat -t 10 - "TCP$v-LISTEN:$port,bind=$host" <in >out
	up tcp && echo from ksock |
		in_time "$KSOCK" tcp connect "$host:$port" >answer &&
		ended 0 && holds out 'from ksock' && holds answer 'from socat'
}

tcp_listen_without_host_listens_in_the_family() {
	background "$KSOCK" tcp listen "-$v" "$port" </dev/null >out
	up tcp && echo x | in_time nc -N "$bare" "$port" &&
		ended 0 && holds out x
}

tcp_moves_8_mib_both_ways_with_socat_connecting() {
	big_files
	background "$KSOCK" tcp listen "$host:$port" <big >out
	up tcp && in_time socat -t 30 - "TCP$v:$host:$port" <large >answer &&
		ended 0 && same out large && same answer big
}

tcp_moves_8_mib_both_ways_with_socat_listening() {
	big_files
	background socat -t 30 - "TCP$v-LISTEN:$port,bind=$host" <big >out
	# Input and output as pipes are the harder case.
	# shellcheck disable=SC2002
	up tcp && { cat large | in_time "$KSOCK" tcp connect "$host:$port" ||
		echo failed; } | cat >answer
	ended 0 && same out large && same answer big
}

tcp_moves_8_mib_both_ways_with_itself() {
	big_files
	background "$KSOCK" tcp listen "$host:$port" <big >out
	up tcp && status 0 "$KSOCK" tcp connect "$host:$port" <large >answer &&
		ended 0 && same out large && same answer big
}

tcp_connect_to_nobody_is_refused() {
	status 1 "$KSOCK" tcp connect "$host:$port" </dev/null 2>err &&
		holds err "ksock: tcp connect: $host:$port: Connection refused"
}

# ---- UDP, in each family ---------------------------------------------------

udp_bind_talks_with_nc() {
	echo from ksock >in
	echo from nc >question
	background "$KSOCK" udp bind "$host:$port" <in >out
	up udp
	background nc -u "$bare" "$port" <question >answer
	arrives out 'from nc' && arrives answer 'from ksock'
}

udp_bind_talks_with_socat() {
	echo from ksock >in
	echo from socat >question
	background "$KSOCK" udp bind "$host:$port" <in >out
	up udp
	background socat -t 30 - "UDP$v:$host:$port" <question >answer
	arrives out 'from socat' && arrives answer 'from ksock'
}

udp_send_talks_with_nc() {
	echo from nc >in
	echo from ksock >question
	background nc -u -l "$bare" "$port" <in >out
	up udp
	background "$KSOCK" udp send -w 30 "$host:$port" <question >answer
	arrives out 'from ksock' && arrives answer 'from nc'
}

udp_send_talks_with_socat() {
	echo from ksock >question
	background socat -t 30 "UDP$v-RECVFROM:$port,bind=$host" \
		'SYSTEM:cat >out; echo from socat'
	up udp
	background "$KSOCK" udp send -w 30 "$host:$port" <question >answer
	arrives out 'from ksock' && arrives answer 'from socat'
}

udp_send_to_nobody_is_refused() {
	echo x >in
	status 1 "$KSOCK" udp send -w 5 "$host:$port" <in 2>err &&
		holds err "ksock: udp send: $host:$port: Connection refused"
}

# ---- Echo, in each family --------------------------------------------------

echo_answers_nc_over_tcp() {
	background "$KSOCK" echo "$host:$port"
	up tcp && echo hello | in_time nc -N "$bare" "$port" >answer &&
		ended 0 && holds answer hello
}

echo_answers_nc_over_udp() {
	echo hello >question
	background "$KSOCK" echo "udp:$host:$port"
	server=$pid
	up udp
	background nc -u "$bare" "$port" <question >answer
	ended 0 "$server" && arrives answer hello
}

echo_gives_8_mib_back() {
	big_files
	background "$KSOCK" echo "tcp:$host:$port"
	up tcp && status 0 "$KSOCK" tcp connect "$host:$port" <big >answer &&
		ended 0 && same answer big
}

# ---- TCP -------------------------------------------------------------------

tcp_listen_serves_one_peer_only() {
	mkfifo hold
	exec 4<>hold
	background "$KSOCK" tcp listen "127.0.0.1:$port" </dev/null >out
	listener=$pid
	up tcp
	background nc -N 127.0.0.1 "$port" <hold
	echo first >&4
	eventually grep -q first out &&
		status 1 nc -z 127.0.0.1 "$port"
	status=$?
	exec 4>&-
	[ "$status" = 0 ] && ended 0 "$listener"
}

tcp_listen_keeps_open_for_the_next_peer() {
	background "$KSOCK" tcp listen -k -w 2 "127.0.0.1:$port" </dev/null >out
	up tcp && echo one | in_time nc -N 127.0.0.1 "$port" &&
		echo two | in_time socat -t 10 - "TCP:127.0.0.1:$port" &&
		ended 0 && [ "$(cat out)" = "$(printf 'one\ntwo')" ]
}

tcp_listen_goes_on_when_the_peer_has_ended() {
	mkfifo slow
	exec 4<>slow
	background "$KSOCK" tcp listen "127.0.0.1:$port" <slow >out
	listener=$pid
	up tcp
	background socat -t 10 - "TCP:127.0.0.1:$port" </dev/null >answer
	eventually grep -qE ":$(printf %04X "$port") .* 08 " /proc/net/tcp &&
		echo late >&4
	exec 4>&-
	ended 0 && ended 0 "$listener" && holds answer late
}

tcp_connect_goes_on_when_input_has_ended() {
	background socat -t 10 "TCP-LISTEN:$port,bind=127.0.0.1" \
		'SYSTEM:cat >out; echo late'
	up tcp && echo early |
		in_time "$KSOCK" tcp connect "127.0.0.1:$port" >answer &&
		ended 0 && holds answer late && holds out early
}

# Without a host it is the loopback, which has an address in each family.
tcp_connect_tries_every_address() {
	for to in 127.0.0.1 ::1; do
		background nc -N -l "$to" "$port" </dev/null >out
		up tcp && echo "$to" |
			in_time "$KSOCK" tcp connect ":$port" &&
			ended 0 && holds out "$to" || return 1
		port=$((port + 1))
	done
}

tcp_connect_wants_the_family_given() {
	background nc -N -l 127.0.0.1 "$port" </dev/null
	up tcp && status 1 "$KSOCK" tcp connect -6 ":$port" \
		</dev/null 2>err && matches err 'Connection refused' &&
		status 1 "$KSOCK" tcp connect -6 "127.0.0.1:$port" 2>err &&
		matches err 'no address of this family' &&
		status 0 "$KSOCK" tcp connect -4 ":$port" </dev/null
}

tcp_listen_fails_on_a_used_port() {
	background "$KSOCK" tcp listen "127.0.0.1:$port" </dev/null
	up tcp && status 1 "$KSOCK" tcp listen "127.0.0.1:$port" 2>err &&
		holds err "ksock: tcp listen: 127.0.0.1:$port: Address already in use" &&
		in_time nc -N 127.0.0.1 "$port" </dev/null && ended 0
}

# A socket that is closed with data unread resets the connection.
tcp_fails_when_the_peer_resets() {
	background socat "TCP-LISTEN:$port,bind=127.0.0.1" \
		'SYSTEM:head -c 1 >/dev/null'
	up tcp
	yes | in_time "$KSOCK" tcp connect "127.0.0.1:$port" 2>err >/dev/null
	[ $? = 1 ] && matches err \
		"^ksock: tcp connect: 127.0.0.1:$port: (Broken pipe|Connection reset by peer)$"
}

tcp_fails_when_output_is_lost() {
	background "$KSOCK" tcp listen "127.0.0.1:$port" \
		</dev/null >/dev/full 2>err
	up tcp && echo x | in_time nc -N 127.0.0.1 "$port"
	ended 1 && holds err \
		'ksock: tcp listen: standard output: No space left on device'
}

tcp_takes_closed_input() {
	timeout 30 "$KSOCK" tcp listen "127.0.0.1:$port" <&- >out &
	pid=$!
	up tcp && echo x | in_time nc -N 127.0.0.1 "$port" >answer &&
		ended 0 && holds out x && holds answer ''
}

tcp_takes_a_closed_output() {
	echo y >in
	background "$KSOCK" tcp listen "127.0.0.1:$port" <in >&-
	up tcp && echo x | in_time nc -N 127.0.0.1 "$port" >answer &&
		ended 0 && holds answer y
}

# Whoever leaves by the loopback with a foreign address is not answered.
tcp_connect_gives_up_after_the_wait() {
	ip route add 192.0.2.1/32 dev lo &&
		status 1 timeout 5 "$KSOCK" tcp connect -w 0.2 192.0.2.1:9 \
			</dev/null 2>err &&
		holds err 'ksock: tcp connect: 192.0.2.1:9: Connection timed out'
}

tcp_listen_gives_up_after_the_wait() {
	status 1 timeout 5 "$KSOCK" tcp listen -w 0.2 "127.0.0.1:$port" 2>err &&
		holds err "ksock: tcp listen: 127.0.0.1:$port: Connection timed out"
}

tcp_talk_ends_after_the_wait() {
	mkfifo silent
	exec 4<>silent
	background nc -l 127.0.0.1 "$port" <silent
	up tcp && status 0 timeout 5 "$KSOCK" tcp connect -w 0.2 \
		"127.0.0.1:$port" <silent
	status=$?
	exec 4>&-
	return $status
}

# ---- UDP -------------------------------------------------------------------

udp_bind_hears_the_first_peer_only() {
	mkfifo words
	exec 4<>words
	background "$KSOCK" udp bind -v "127.0.0.1:$port" </dev/null >out 2>err
	up udp
	background nc -u 127.0.0.1 "$port" <words
	echo one >&4
	arrives out one && eventually grep -q connected err &&
		echo two | in_time socat -u - "UDP:127.0.0.1:$port" &&
		echo three >&4 && arrives out "$(printf 'one\nthree')"
	status=$?
	exec 4>&-
	return $status
}

udp_bind_keeps_open_for_every_peer() {
	mkfifo answers
	exec 4<>answers
	echo first >one.in
	echo second >two.in
	background "$KSOCK" udp bind -k "127.0.0.1:$port" <answers >out
	up udp
	background nc -u 127.0.0.1 "$port" <one.in >one
	arrives out first
	background nc -u 127.0.0.1 "$port" <two.in >two
	arrives out "$(printf 'first\nsecond')" && echo to the last >&4 &&
		arrives two 'to the last' && holds one ''
	status=$?
	exec 4>&-
	return $status
}

udp_bind_gives_up_after_the_wait() {
	for keep in '' -k; do
		# shellcheck disable=SC2086
		status 1 timeout 5 "$KSOCK" udp bind $keep -w 0.2 \
			"127.0.0.1:$port" </dev/null 2>err &&
			holds err "ksock: udp bind: 127.0.0.1:$port: Connection timed out" ||
			return 1
	done
}

udp_send_ends_with_input() {
	echo x >in
	background "$KSOCK" udp bind "127.0.0.1:$port" </dev/null >out
	up udp && status 0 timeout 5 "$KSOCK" udp send "127.0.0.1:$port" <in &&
		arrives out x
}

udp_send_makes_one_datagram_of_each_read() {
	head -c 20000 /dev/urandom >in
	background "$KSOCK" udp bind "127.0.0.1:$port" </dev/null >out
	up udp && status 0 "$KSOCK" udp send -j "127.0.0.1:$port" <in 2>err &&
		eventually cmp -s in out &&
		[ "$(jq -r 'select(.event == "closed") |
			"\(.sent_ops) \(.sent_bytes)"' err)" = '2 20000' ]
}

udp_bind_takes_any_datagram() {
	head -c 65507 /dev/urandom >in
	background "$KSOCK" udp bind -k "127.0.0.1:$port" </dev/null >out
	up udp && in_time socat -u OPEN:/dev/null \
		"UDP:127.0.0.1:$port,shut-null" &&
		in_time socat -u -b 65507 OPEN:in "UDP:127.0.0.1:$port" &&
		eventually cmp -s in out
}

# ---- Echo ------------------------------------------------------------------

echo_serves_one_peer_only() {
	mkfifo hold
	exec 4<>hold
	background "$KSOCK" echo "127.0.0.1:$port"
	server=$pid
	up tcp
	background nc -N 127.0.0.1 "$port" <hold >out
	echo hello >&4
	eventually grep -q hello out && status 1 nc -z 127.0.0.1 "$port"
	status=$?
	exec 4>&-
	[ "$status" = 0 ] && ended 0 && ended 0 "$server"
}

echo_serves_many_peers_at_once() {
	background "$KSOCK" echo -k -w 5 "127.0.0.1:$port"
	server=$pid
	up tcp
	peers='1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20'
	for i in $peers; do
		mkfifo "gate.$i"
		{
			echo "hello $i"
			cat "gate.$i"
		} | in_time nc -N 127.0.0.1 "$port" >"out.$i" &
	done
	for i in $peers; do
		eventually grep -qx "hello $i" "out.$i" || return 1
	done
	for i in $peers; do
		echo "bye $i" >"gate.$i"
	done
	ended 0 "$server" && for i in $peers; do
		holds "out.$i" "$(printf 'hello %s\nbye %s' "$i" "$i")" ||
			return 1
	done
}

echo_answers_one_datagram_only() {
	echo one >question
	background "$KSOCK" echo "udp:127.0.0.1:$port"
	server=$pid
	up udp
	background nc -u 127.0.0.1 "$port" <question >out
	ended 0 "$server" && arrives out one
}

echo_answers_many_datagrams() {
	background "$KSOCK" echo -k "udp:127.0.0.1:$port"
	up udp
	for i in 1 2 3; do
		echo "$i" >"in.$i"
		background nc -u 127.0.0.1 "$port" <"in.$i" >"out.$i"
		arrives "out.$i" "$i" || return 1
	done
}

echo_gives_up_after_the_wait() {
	for to in tcp udp; do
		status 1 timeout 5 "$KSOCK" echo -w 0.2 "$to:127.0.0.1:$port" \
			2>err && holds err \
			"ksock: echo: $to:127.0.0.1:$port: Connection timed out" ||
			return 1
	done
}

# ---- What it tells ---------------------------------------------------------

verbose_tells_every_event() {
	background "$KSOCK" tcp listen -v "127.0.0.1:$port" </dev/null 2>err
	up tcp && status 0 "$KSOCK" tcp connect -v "[::ffff:127.0.0.1]:$port" \
		</dev/null 2>peer && ended 0 &&
		[ "$(wc -l <err)" = 3 ] && [ "$(wc -l <peer)" = 2 ] &&
		matches err "^ksock: listening: tcp 127\.0\.0\.1:$port, inode [0-9]+, listening$" &&
		matches err "^ksock: connected: tcp 127\.0\.0\.1:$port -> 127\.0\.0\.1:[0-9]+, inode [0-9]+, [a-z0-9-]+$" &&
		matches err '^ksock: closed: tcp .*, sent 0 bytes in 0 calls, received 0 bytes in 1 calls$' &&
		matches peer "^ksock: connected: tcp \[::ffff:127\.0\.0\.1\]:[0-9]+ -> \[::ffff:127\.0\.0\.1\]:$port, "
}

verbose_counts_what_moved() {
	echo 1234567 >in
	background "$KSOCK" echo -v "udp:127.0.0.1:$port" 2>err
	server=$pid
	up udp
	background nc -u 127.0.0.1 "$port" <in
	ended 0 "$server" &&
		matches err "^ksock: bound: udp 127\.0\.0\.1:$port, inode [0-9]+, unconnected$" &&
		matches err '^ksock: closed: udp .*, sent 8 bytes in 1 calls, received 8 bytes in 1 calls$'
}

json_tells_every_event() {
	echo 12345 >in
	background "$KSOCK" tcp listen -j "127.0.0.1:$port" <in >out 2>err
	up tcp && echo 123 | in_time nc -N 127.0.0.1 "$port" && ended 0 &&
		holds out 123 &&
		[ "$(jq -r .event err | xargs)" = 'listening connected closed' ] &&
		jq -es --arg local "127.0.0.1:$port" '
			length == 3 and
			all(.protocol == "tcp" and .local == $local and
				.uid == 0 and .inode > 0 and .cookie > 0 and
				.netns > 0 and (.state | type) == "string") and
			(.[0] | has("peer") | not) and
			(.[1].peer | startswith("127.0.0.1:")) and
			.[2].peer == .[1].peer and .[2].inode == .[1].inode and
			.[2].sent_bytes == 6 and .[2].sent_ops == 1 and
			.[2].received_bytes == 4 and .[2].received_ops >= 1
		' err >/dev/null
}

json_tells_errors() {
	status 1 "$KSOCK" tcp connect -j "127.0.0.1:$port" </dev/null 2>err &&
		jq -e --arg subject "127.0.0.1:$port" '. == {
			event: "error", command: "tcp connect",
			subject: $subject, reason: "Connection refused"
		}' err >/dev/null &&
		status 1 "$KSOCK" tcp connect -j "$(printf 'a\377"b:1')" 2>err &&
		jq -e '.subject == "a?\"b:1"' err >/dev/null
}

inode_is_the_one_in_proc_net() {
	background "$KSOCK" tcp listen -j "127.0.0.1:$port" </dev/null 2>err
	up tcp && eventually grep -q listening err &&
		grep -E ":$(printf %04X "$port") .* 0A " /proc/net/tcp |
			grep -q " $(jq -r .inode err) " &&
		in_time nc -N 127.0.0.1 "$port" </dev/null && ended 0
}

no_sockets() {
	[ "$("$KSOCK" info -j | jq .sockets)" = 0 ]
}

sockets_are_gone_afterwards() {
	eventually no_sockets
}

# ---- The device ------------------------------------------------------------

info_tells_every_field() {
	status 0 "$KSOCK" info >out &&
		for name in library revision features netns relaxed sockets \
			'max sockets'; do
			matches out "^$name  +[^ ]" || return 1
		done
	matches out "^netns +$(readlink /proc/self/ns/net | tr -dc 0-9)\$"
}

info_as_json_has_every_field() {
	netns=$(readlink /proc/self/ns/net | tr -dc 0-9)
	status 0 "$KSOCK" info -j >out &&
		[ "$(wc -l <out)" = 1 ] &&
		jq -e --argjson netns "$netns" '
			(.library | test("^[0-9]+\\.[0-9]+\\.[0-9]+$")) and
			.revision >= 1 and (.features | index("user") != null) and
			.netns == $netns and (.relaxed | type) == "boolean" and
			.sockets >= 0 and .max_sockets >= 0
		' out >/dev/null
}

info_fails_when_output_is_full() {
	status 1 "$KSOCK" info >/dev/full 2>err &&
		holds err 'ksock: standard output cannot be written'
}

# with_dev COMMANDS: a shell with an empty /dev, but for what COMMANDS make
with_dev() {
	in_time unshare -m sh -c "
		umask 0
		number=\$(stat -c '\$((0x%t)) \$((0x%T))' /dev/ksock)
		mount -t tmpfs tmpfs /dev && : >/dev/null && $1"
}

missing_device_has_a_hint() {
	with_dev "'$KSOCK' info" 2>err
	[ $? = 1 ] && holds err \
		'ksock: info: /dev/ksock: No such file or directory (the module is not loaded, try: modprobe ksock)'
}

# In a new user namespace root has no power over what belongs to the old one.
forbidden_device_has_a_hint() {
	with_dev "eval mknod -m 0 /dev/ksock c \$number && unshare -U '$KSOCK' info" \
		2>err
	[ $? = 1 ] && holds err \
		'ksock: info: /dev/ksock: Permission denied (only root may open it unless a udev rule says otherwise)'
}

missing_capability_has_a_hint_unless_relaxed() {
	hint='Operation not permitted (needs CAP_NET_ADMIN, or the module with relaxed=1)'
	[ "$("$KSOCK" info -j | jq .relaxed)" = false ] ||
		hint='Connection timed out'
	status 1 unshare -U "$KSOCK" tcp listen -w 0.2 "127.0.0.1:$port" \
		2>err && holds err "ksock: tcp listen: 127.0.0.1:$port: $hint"
}

other_file_for_a_device_has_a_hint() {
	with_dev ": >/dev/ksock; '$KSOCK' info" 2>err
	[ $? = 1 ] && holds err \
		'ksock: info: /dev/ksock: Inappropriate ioctl for device (another file has the name of the device)'
}

help_is_there_for_every_command() {
	for command in '' tcp 'tcp listen' 'tcp connect' udp 'udp bind' \
		'udp send' echo info; do
		# shellcheck disable=SC2086
		status 0 "$KSOCK" $command --help >out &&
			matches out "^Usage: ksock" || return 1
	done
}

usage_errors_exit_with_2() {
	status 2 "$KSOCK" 2>err && matches err "Try 'ksock --help'" &&
		status 2 "$KSOCK" tcp 2>err &&
		status 2 "$KSOCK" tcp listen 2>err &&
		matches err "Try 'ksock tcp listen --help'" &&
		status 2 "$KSOCK" tcp listen -z 1 2>err &&
		status 2 "$KSOCK" tcp connect 7000 2>err &&
		status 2 "$KSOCK" tcp connect udp:127.0.0.1:7000 2>err
}

# ----------------------------------------------------------------------------

# test NAME FUNCTION
test_one() {
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
	port=$((port + 10))
	# In a substitution dash knows no jobs.
	jobs -p >"$dir/jobs"
	xargs -r kill <"$dir/jobs" 2>/dev/null
	wait
	cd "$dir" && rm -rf work
}

ktap_print_header
[ -c /dev/ksock ] || {
	ktap_skip_all 'no /dev/ksock'
	exit "$KSFT_SKIP"
}
for program in "$KSOCK" nc socat jq ip unshare timeout; do
	command -v "$program" >/dev/null || {
		ktap_skip_all "no $program"
		exit "$KSFT_SKIP"
	}
done

ip link set lo up
big_files
port=7000
# shellcheck disable=SC2086
set -- $family_tests
count=$((2 * $#))
# shellcheck disable=SC2086
set -- $other_tests
ktap_set_plan $((count + $#))

for v in 4 6; do
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
