#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# ksock itself is unloaded and loaded, again and again, while programs open its
# device, connect, accept, talk and are killed.  To unload it takes no longer than
# five seconds and does so, or says that it is in use; once nobody has it open, it
# goes, whatever the stack still has to do for sockets that were closed.
#
#   KTAP_HELPERS=.../kselftest/ktap_helpers.sh module_unload_test.sh [ROUNDS]

rounds=${1:-5}

# shellcheck disable=SC2154 # of cli.sh
# shellcheck source=module/tests/samples.sh
. "${0%/*}/samples.sh"

tests='
	ksock_is_unloaded_between_openings
	ksock_is_unloaded_between_conversations
	ksock_is_unloaded_before_its_sockets_have_ended
	ksock_is_unloaded_with_its_clients_under_load
'

# Unloads ksock unless it is in use; any other answer is a failure.
unload_or_refuse() {
	if timely rmmod ksock 2>err; then
		! loaded ksock || return
		gone=$((gone + 1))
		modprobe ksock
		return
	fi
	# The kernel's word for it, or that of an rmmod that looks first.
	grep -q -e 'Resource temporarily unavailable' -e 'in use' err || return
	: >err
	refused=$((refused + 1))
}

# Once all have been killed; some of them may not be gone altogether.
unload_free() {
	counts="$gone $refused"
	gone=0
	left=$tries
	until [ "$gone" = 1 ]; do
		left=$((left - 1))
		[ "$left" -gt 0 ] || {
			echo "round $round: ksock is in use, and nobody is there to use it"
			return 1
		}
		unload_or_refuse || return
	done
	gone=${counts% *} refused=${counts#* }
}

ksock_is_used() {
	[ "$(cat /sys/module/ksock/refcnt)" -gt 0 ]
}

# Some times in the middle of it, and once all have been killed.
rounds() {
	round=0 gone=0 refused=0
	while [ "$round" -lt "$rounds" ]; do
		round=$((round + 1))
		"busy_$1"
		for _ in 1 2 3; do
			eventually ksock_is_used || break 2
			sleep "0.0$((round % 8))"
			unload_or_refuse || break 2
		done
		calm
		unload_free || break
	done
	calm
	echo "# $1: $round rounds, unloaded under load $gone times, refused $refused"
	[ "$round" = "$rounds" ] && loaded ksock
}

busy_openings() {
	again sh -c 'exec 3</dev/ksock && sleep 0.03'
	again sh -c 'exec 3</dev/ksock && sleep 0.02'
	again ksock info
}

# The servers are killed now and then, in the middle of what they do.
busy_conversations() {
	again timeout -s KILL 0.5 ksock echo -k "tcp:127.0.0.1:$port"
	again timeout -s KILL 0.7 ksock echo -kK "tcp:127.0.0.1:$((port + 1))"
	again timeout -s KILL 0.6 ksock echo -k "udp:127.0.0.1:$port"
	again sh -c "echo hello | timeout 2 ksock tcp connect 127.0.0.1:$((port + 1))"
	again sh -c "head -c 300000 /dev/zero | timeout 2 nc -N 127.0.0.1 $port"
	again sh -c "head -c 30000 /dev/zero |
		timeout 2 socat -u -b 1400 - UDP4:127.0.0.1:$port"
}

ksock_is_unloaded_between_openings() {
	rounds openings && [ "$refused" -gt 0 ]
}

ksock_is_unloaded_between_conversations() {
	rounds conversations && [ "$refused" -gt 0 ]
}

in_state() {
	ss -Htn state "$1" "dport = :$port" | grep -c .
}

all_in_state() {
	[ "$(in_state "$1")" = "$2" ]
}

# Connections of either kind of socket to a peer that is stopped: some have said
# nothing, and others more than it has room for.
hold_connections() {
	for kern in '' -K; do
		# shellcheck disable=SC2086 # no argument
		ksock tcp connect $kern "127.0.0.1:$port" <hold &
		clients="$clients $!"
		# shellcheck disable=SC2086
		ksock tcp connect $kern "127.0.0.1:$port" </dev/zero &
		clients="$clients $!"
	done
	eventually all_in_state established 4 && eventually two_are_full
}

two_are_full() {
	[ "$(ss -Htn state established "dport = :$port" |
		awk '$2 > 0' | grep -c .)" = 2 ]
}

# Who has them is killed, and ksock unloaded: the former wait for their peer's end,
# the latter are not even rid of what they have to say.
unload_below() {
	# shellcheck disable=SC2086
	kill -KILL $clients
	unload_free && unload ksock || return
	waiting=$((waiting + $(in_state fin-wait-2)))
	unsent=$((unsent + $(in_state fin-wait-1)))
}

# The peer ends when ksock is not there any more.
ending() {
	socat -u "TCP4-LISTEN:$port,bind=127.0.0.1,reuseaddr,fork,backlog=8" - >sunk &
	peer=$!
	clients=
	up tcp && kill -STOP "$peer" && hold_connections && unload_below
	status=$?
	# shellcheck disable=SC2086
	kill -KILL "$peer" $clients 2>/dev/null
	[ "$status" = 0 ] && eventually all_in_state fin-wait-1 0 && modprobe ksock
}

ksock_is_unloaded_before_its_sockets_have_ended() {
	round=0 gone=0 refused=0 waiting=0 unsent=0
	mkfifo hold
	exec 4<>hold
	while [ "$round" -lt "$rounds" ]; do
		round=$((round + 1))
		ending || break
		port=$((port + 1))
	done
	release
	echo "# $round rounds, $waiting sockets in FIN-WAIT-2, $unsent in FIN-WAIT-1"
	[ "$round" = "$rounds" ] && loaded ksock &&
		[ "$waiting" = $((2 * rounds)) ] && [ "$unsent" = $((2 * rounds)) ]
}

# The clients first, as ksock cannot go before them, and then it is the device's.
ksock_is_unloaded_with_its_clients_under_load() {
	round=0 gone=0 refused=0
	while [ "$round" -lt "$rounds" ]; do
		round=$((round + 1))
		load tcp_echo addr="[::]:$((port + 2))" || break
		load udp_echo addr="[::]:$((port + 2))" || break
		load tcp_client addr="127.0.0.1:$((port + 2))" || break
		busy_conversations
		again sh -c "echo hello | timeout 2 ksock tcp connect 127.0.0.1:$((port + 2))"
		sleep "0.$((round % 4))"
		! rmmod ksock 2>/dev/null || break
		for sample in tcp_client udp_echo tcp_echo; do
			unload "$sample" || break 2
		done
		unload_or_refuse || break
		calm
		unload_free || break
	done
	calm
	echo "# $round rounds, unloaded under load $gone times, refused $refused"
	[ "$round" = "$rounds" ] && loaded ksock
}

run_tests '' "$tests"
