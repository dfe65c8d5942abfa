#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# The tool on a loaded module: every conversation with ordinary programs, in both
# roles and both families. Needs root, nc from netcat-openbsd, socat, ss, jq, and
# ktap_helpers.sh of the kernel's selftests:
#
#   KTAP_HELPERS=.../kselftest/ktap_helpers.sh [KSOCK=PROGRAM] cli_test.sh

# shellcheck source=userspace/test/cli.sh
. "${0%/*}/cli.sh"

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
	tcp_waits_no_longer_for_what_tells_of_sends
	udp_bind_hears_the_first_peer_only
	udp_bind_overlooks_what_others_sent_before
	udp_bind_goes_on_when_a_peer_is_gone
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
'

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
	background "$KSOCK" tcp listen -k -w 5 "127.0.0.1:$port" </dev/null >out
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
		status 1 "$KSOCK" tcp connect -w 0.2 192.0.2.1:9 \
			</dev/null 2>err &&
		holds err 'ksock: tcp connect: 192.0.2.1:9: Connection timed out'
}

tcp_listen_gives_up_after_the_wait() {
	status 1 "$KSOCK" tcp listen -w 0.2 "127.0.0.1:$port" 2>err &&
		holds err "ksock: tcp listen: 127.0.0.1:$port: Connection timed out"
}

tcp_talk_ends_after_the_wait() {
	mkfifo silent
	exec 4<>silent
	background nc -l 127.0.0.1 "$port" <silent
	up tcp && status 0 "$KSOCK" tcp connect -w 0.2 \
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

# Both are in the queue before the tool looks at it.
udp_bind_overlooks_what_others_sent_before() {
	background "$KSOCK" udp bind -v -w 5 "127.0.0.1:$port" </dev/null >out 2>err
	up udp
	kill -STOP "$(pidof ksock)"
	echo one | in_time socat -u - "UDP:127.0.0.1:$port,sourceport=$((port + 1))" &&
		echo two | in_time socat -u - "UDP:127.0.0.1:$port" &&
		echo three | in_time socat -u - \
			"UDP:127.0.0.1:$port,sourceport=$((port + 1))"
	kill -CONT "$(pidof ksock)"
	ended 0 && holds out "$(printf 'one\nthree')"
}

udp_bind_goes_on_when_a_peer_is_gone() {
	mkfifo answers
	exec 4<>answers
	background "$KSOCK" udp bind -k -o IP_RECVERR=1 "127.0.0.1:$port" \
		<answers >out 2>err
	up udp
	echo one | in_time socat -u - "UDP:127.0.0.1:$port"
	arrives out one && echo answer >&4 &&
		eventually grep -q 'Connection refused' err &&
		echo two | in_time socat -u - "UDP:127.0.0.1:$port" &&
		arrives out "$(printf 'one\ntwo')"
	status=$?
	exec 4>&-
	return $status
}

# What tells when something was sent is not something to do.
tcp_waits_no_longer_for_what_tells_of_sends() {
	mkfifo words silent
	exec 4<>words
	exec 5<>silent
	background nc -l 127.0.0.1 "$port" <silent >out
	up tcp
	echo hello >&4
	status 0 "$KSOCK" tcp connect -w 1 \
		-o 'SO_TIMESTAMPING_NEW=tx_software|software' \
		"127.0.0.1:$port" <words && arrives out hello
	status=$?
	exec 4>&- 5>&-
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
		status 1 "$KSOCK" udp bind $keep -w 0.2 \
			"127.0.0.1:$port" </dev/null 2>err &&
			holds err "ksock: udp bind: 127.0.0.1:$port: Connection timed out" ||
			return 1
	done
}

udp_send_ends_with_input() {
	echo x >in
	background "$KSOCK" udp bind "127.0.0.1:$port" </dev/null >out
	up udp && status 0 "$KSOCK" udp send "127.0.0.1:$port" <in &&
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
	background "$KSOCK" echo -k -w 10 "127.0.0.1:$port"
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
		status 1 "$KSOCK" echo -w 0.2 "$to:127.0.0.1:$port" \
			2>err && holds err \
			"ksock: echo: $to:127.0.0.1:$port: Connection timed out" ||
			return 1
	done
}

run_tests "$family_tests" "$other_tests"
