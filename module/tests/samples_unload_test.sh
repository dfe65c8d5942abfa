#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# The samples are loaded, kept busy by ordinary programs from several sides, and
# unloaded in the middle of it, again and again.  Every time the module is gone
# within five seconds, and ksock, which it holds, could not be unloaded before.
#
#   KTAP_HELPERS=.../kselftest/ktap_helpers.sh samples_unload_test.sh [ROUNDS]

rounds=${1:-5}

# shellcheck disable=SC2154 # of cli.sh
# shellcheck source=module/tests/samples.sh
. "${0%/*}/samples.sh"

tests='
	tcp_echo_is_unloaded_under_load
	udp_echo_is_unloaded_under_load
	http_hello_is_unloaded_under_load
	tcp_client_is_unloaded_under_load
	all_of_them_are_unloaded_under_load
'

# Short conversations, a long one, one that never reads, one that never speaks.
busy_tcp_echo() {
	for bare in 127.0.0.1 ::1; do
		again sh -c "echo hello | timeout 2 nc -N $bare $port"
		again sh -c "head -c 300000 /dev/zero | timeout 2 nc -N $bare $port"
	done
	again timeout 5 socat -u /dev/zero "TCP4:127.0.0.1:$port"
	again timeout 5 socat "TCP4:127.0.0.1:$port" EXEC:'sleep 5'
}

busy_udp_echo() {
	again timeout 5 socat -u -b 1400 /dev/zero "UDP4:127.0.0.1:$port"
	again timeout 5 socat -u -b 9000 /dev/zero "UDP6:[::1]:$port"
	again sh -c "echo hello | timeout 2 nc -u -w 1 127.0.0.1 $port"
	again sh -c "echo hello | timeout 2 nc -u -w 1 ::1 $port"
}

busy_http_hello() {
	for bare in 127.0.0.1 ::1; do
		again sh -c "printf 'GET / HTTP/1.0\r\n\r\n' | timeout 2 nc $bare $port"
		again sh -c "printf 'GET /' | timeout 2 nc $bare $port"
	done
	again timeout 5 socat "TCP4:127.0.0.1:$port" EXEC:'sleep 5'
	again sh -c "timeout 2 nc -N 127.0.0.1 $port </dev/zero"
}

# One that answers, and one that lets the question wait, by turns.
busy_tcp_client() {
	again timeout 2 socat "TCP4-LISTEN:$port,bind=127.0.0.1,reuseaddr" \
		EXEC:"sleep 0.$((round % 3))"
}

# round SAMPLE: one of them, from loading to unloading.
round() {
	load "$1" addr="$2" || return
	sleep "0.$((round % 4))"
	if rmmod ksock 2>/dev/null || ! loaded ksock; then
		echo "round $round: ksock was unloaded below $1"
		return 1
	fi
	unload "$1" || {
		echo "round $round: $1 was not unloaded in time"
		return 1
	}
}

rounds() {
	"busy_$1"
	round=0
	while [ "$round" -lt "$rounds" ]; do
		round=$((round + 1))
		round "$1" "$2" || break
	done
	calm
	[ "$round" = "$rounds" ] && ! loaded "$1"
}

tcp_echo_is_unloaded_under_load() {
	rounds tcp_echo "[::]:$port"
}

udp_echo_is_unloaded_under_load() {
	rounds udp_echo "[::]:$port"
}

http_hello_is_unloaded_under_load() {
	rounds http_hello "[::]:$port"
}

tcp_client_is_unloaded_under_load() {
	round=0
	rounds tcp_client "127.0.0.1:$port"
}

# The client talks with the echo meanwhile. Of what they leave to be closed later
# nothing needs ksock any more.
all_of_them_are_unloaded_under_load() {
	busy_tcp_echo
	busy_udp_echo
	round=0
	while [ "$round" -lt "$rounds" ]; do
		round=$((round + 1))
		load tcp_echo addr="[::]:$port" || break
		load udp_echo addr="[::]:$port" || break
		load http_hello addr="[::]:$((port + 1))" || break
		load tcp_client addr="127.0.0.1:$port" || break
		sleep "0.$((round % 4))"
		for sample in $all_samples; do
			unload "$sample" || break 2
		done
		rmmod ksock || break
		modprobe ksock || break
	done
	calm
	[ "$round" = "$rounds" ] || return
	for sample in $all_samples; do
		! loaded "$sample" || return
	done
}

run_tests '' "$tests"
