#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# The samples, talking with ordinary programs: what they answer, to how many at
# once, and that each can be unloaded whatever it is doing.
#
#   KTAP_HELPERS=.../kselftest/ktap_helpers.sh samples_test.sh

# shellcheck disable=SC2154 # of cli.sh
# shellcheck source=module/tests/samples.sh
. "${0%/*}/samples.sh"

family_tests='
	tcp_echo_answers_nc
	tcp_echo_answers_socat
	tcp_echo_gives_1_mib_back
	tcp_echo_answers_several_at_once
	tcp_echo_sends_the_rest_after_a_half_close
	udp_echo_answers_nc
	udp_echo_answers_several_at_once
	udp_echo_gives_a_long_datagram_back
	http_hello_answers_nc
	http_hello_takes_a_request_in_pieces
	http_hello_has_no_other_method
	http_hello_answers_several_at_once
	tcp_client_talks_with_nc
	tcp_client_talks_with_socat
	tcp_client_tells_that_nobody_listens
'

other_tests='
	one_socket_serves_both_families
	tcp_echo_lets_who_is_too_many_wait
	http_hello_lets_who_is_too_many_wait
	loading_again_at_once_works
	loading_on_a_used_port_fails
	loading_with_no_address_fails
	ksock_stays_while_a_client_is_loaded
	tcp_client_is_unloaded_while_it_connects
	tcp_client_is_unloaded_while_it_reads
	tcp_echo_is_unloaded_with_idle_connections
	tcp_echo_is_unloaded_while_nobody_reads
	http_hello_is_unloaded_in_the_middle_of_requests
	udp_echo_is_unloaded_while_it_is_flooded
'

# ---- TCP echo ----------------------------------------------------------------

tcp_echo_answers_nc() {
	load tcp_echo addr="$host:$port" || return
	echo over nc | in_time nc -N "$bare" "$port" >out
	holds out 'over nc' && unload tcp_echo
}

tcp_echo_answers_socat() {
	load tcp_echo addr="$host:$port" || return
	echo over socat | in_time socat -t 10 - "TCP$v:$host:$port" >out
	holds out 'over socat' && unload tcp_echo
}

tcp_echo_gives_1_mib_back() {
	load tcp_echo addr="$host:$port" || return
	head -c 1048576 big >in
	in_time socat -t 10 - "TCP$v:$host:$port" <in >out
	same in out && unload tcp_echo
}

# Each holds its connection while the others talk, and says something else.
tcp_echo_answers_several_at_once() {
	load tcp_echo addr="$host:$port" || return
	hold
	for peer in 1 2 3 4 5 6 7 8; do
		background sh -c "{ echo peer $peer; cat hold; } |
			nc -N $bare $port >out$peer"
	done
	for peer in 1 2 3 4 5 6 7 8; do
		arrives "out$peer" "peer $peer" || return
	done
	[ "$(ss -Htn state established "sport = :$port" | wc -l)" = 8 ] || {
		echo 'not all of them were connected at once'
		return 1
	}
	release
	unload tcp_echo
}

# Who reads late: when it has sent everything, and said so, most is still to come.
tcp_echo_sends_the_rest_after_a_half_close() {
	load tcp_echo addr="$host:$port" || return
	head -c 1048576 big >in
	in_time nc -N "$bare" "$port" <in | {
		sleep 0.5
		cat >out
	}
	same in out && unload tcp_echo
}

# ---- UDP echo ----------------------------------------------------------------

udp_echo_answers_nc() {
	load udp_echo addr="$host:$port" || return
	hold
	background nc -u "$bare" "$port" <hold >out
	echo over nc >&4
	arrives out 'over nc' || return
	release
	unload udp_echo
}

udp_echo_answers_several_at_once() {
	load udp_echo addr="$host:$port" || return
	for peer in 1 2 3 4 5 6; do
		echo "peer $peer" >in$peer
		background nc -u "$bare" "$port" <in$peer >out$peer
	done
	for peer in 1 2 3 4 5 6; do
		arrives "out$peer" "peer $peer" || return
	done
	unload udp_echo
}

udp_echo_gives_a_long_datagram_back() {
	load udp_echo addr="$host:$port" || return
	head -c 60000 big >in
	background socat -b 65536 -t "$limit" - "UDP$v:$host:$port" <in >out
	eventually same in out && unload udp_echo
}

# ---- HTTP --------------------------------------------------------------------

# answer FILE STATUS: complete and as long as it says.
answer() {
	tr -d '\r' <"$1" >plain
	matches plain "^HTTP/1.1 $2" && matches plain '^Content-Type: text/plain$' &&
		matches plain '^Connection: close$' || return
	length=$(sed -n 's/^Content-Length: //p' plain)
	sed '1,/^$/d' plain >body
	[ "$(wc -c <body)" = "$length" ] || {
		echo "a body of $(wc -c <body) bytes, not $length"
		return 1
	}
}

http_hello_answers_nc() {
	load http_hello addr="$host:$port" || return
	printf 'GET / HTTP/1.1\r\nHost: guest\r\n\r\n' |
		in_time nc "$bare" "$port" >out
	answer out '200 OK' && holds body 'Hello from the kernel.' &&
		unload http_hello
}

http_hello_takes_a_request_in_pieces() {
	load http_hello addr="$host:$port" || return
	hold
	background nc "$bare" "$port" <hold >out
	for piece in GET ' /x HTTP/1.1\r\n' 'Host: guest\r\n' '\r' '\n'; do
		# shellcheck disable=SC2059 # a format
		printf "$piece" >&4
		sleep 0.1
	done
	eventually [ -s out ] && answer out '200 OK' && unload http_hello
	status=$?
	release
	return "$status"
}

http_hello_has_no_other_method() {
	load http_hello addr="$host:$port" || return
	printf 'POST / HTTP/1.1\r\nContent-Length: 0\r\n\r\n' |
		in_time nc "$bare" "$port" >out
	answer out '405 Method Not Allowed' && unload http_hello
}

http_hello_answers_several_at_once() {
	load http_hello addr="$host:$port" || return
	for peer in 1 2 3 4 5 6 7 8; do
		printf 'GET / HTTP/1.0\r\n\r\n' |
			background nc "$bare" "$port" >out$peer
	done
	for peer in 1 2 3 4 5 6 7 8; do
		eventually [ -s out$peer ] && answer out$peer '200 OK' || return
	done
	unload http_hello
}

# ---- TCP client --------------------------------------------------------------

tcp_client_talks_with_nc() {
	hold
	background nc -l "$bare" "$port" <hold >out
	up tcp && load tcp_client addr="$host:$port" text=question || return
	arrives out question && echo answer >&4 &&
		eventually parameter_is tcp_client result 0 &&
		parameter_is tcp_client answer answer &&
		unload tcp_client || return
	release
}

# shellcheck disable=SC2016 # the shell that socat starts expands it
tcp_client_talks_with_socat() {
	background socat "TCP$v-LISTEN:$port,bind=$host" \
		SYSTEM:'read line; echo "re: $line"'
	up tcp && load tcp_client addr="$host:$port" text=mail &&
		eventually parameter_is tcp_client result 0 &&
		parameter_is tcp_client answer 're: mail' && unload tcp_client
}

tcp_client_tells_that_nobody_listens() {
	load tcp_client addr="$host:$port" &&
		eventually parameter_is tcp_client result -111 &&
		parameter_is tcp_client answer '' && unload tcp_client
}

# ---- What does not depend on the family --------------------------------------

one_socket_serves_both_families() {
	load tcp_echo addr="[::]:$port" && load udp_echo addr="[::]:$port" &&
		load http_hello addr="[::]:$((port + 1))" || return
	for bare in 127.0.0.1 ::1; do
		echo "to $bare" | in_time nc -N "$bare" "$port" >out
		holds out "to $bare" || return
		echo "to $bare" >in
		background nc -u "$bare" "$port" <in >out
		arrives out "to $bare" || return
		printf 'GET / HTTP/1.0\r\n\r\n' |
			in_time nc "$bare" $((port + 1)) >out
		answer out '200 OK' || return
	done
	unload tcp_echo && unload udp_echo && unload http_hello
}

# crowd COUNT: that many connections that say nothing.
crowd() {
	hold
	left=$1
	while [ "$left" -gt 0 ]; do
		background sh -c "nc -N 127.0.0.1 $port <hold"
		left=$((left - 1))
	done
	eventually crowded "$1"
}

crowded() {
	[ "$(ss -Htn state established "dport = :$port" | wc -l)" = "$1" ]
}

tcp_echo_lets_who_is_too_many_wait() {
	load tcp_echo addr="127.0.0.1:$port" && crowd 32 || return
	echo late | background nc 127.0.0.1 "$port" >out
	eventually crowded 33 && sleep 0.2 && holds out '' || return
	release
	arrives out late && unload tcp_echo
}

http_hello_lets_who_is_too_many_wait() {
	load http_hello addr="127.0.0.1:$port" timeout_ms=300000 && crowd 8 ||
		return
	printf 'GET / HTTP/1.0\r\n\r\n' | background nc 127.0.0.1 "$port" >out
	eventually crowded 9 && sleep 0.2 && holds out '' || return
	release
	eventually [ -s out ] && answer out '200 OK' && unload http_hello
}

# The connection that was open is in TIME_WAIT then.
loading_again_at_once_works() {
	for sample in tcp_echo http_hello tcp_echo http_hello; do
		load "$sample" addr="127.0.0.1:$port" && crowd 1 &&
			unload "$sample" || return
		release
		rm hold
	done
}

loading_on_a_used_port_fails() {
	background nc -l 127.0.0.1 "$port"
	up tcp || return
	for sample in tcp_echo http_hello; do
		! load "$sample" addr="127.0.0.1:$port" && ! loaded "$sample" ||
			return
	done
	load udp_echo addr="127.0.0.1:$port" && unload udp_echo
}

loading_with_no_address_fails() {
	for sample in $all_samples; do
		! load "$sample" addr=nonsense && ! loaded "$sample" || return
	done
}

ksock_stays_while_a_client_is_loaded() {
	for sample in $all_samples; do
		load "$sample" addr="127.0.0.1:$port" || return
		! rmmod ksock || return
		loaded ksock && unload "$sample" || return
	done
}

# Nobody is behind the dummy, so nobody answers.
tcp_client_is_unloaded_while_it_connects() {
	ip link add ksock-dummy type dummy &&
		ip link set ksock-dummy up &&
		ip address add 192.0.2.1/24 dev ksock-dummy &&
		ip neighbour add 192.0.2.2 lladdr 02:00:00:00:00:02 \
			dev ksock-dummy || return
	load tcp_client addr="192.0.2.2:$port" &&
		eventually connecting && parameter_is tcp_client result -115 &&
		unload tcp_client
	status=$?
	ip link del ksock-dummy
	return "$status"
}

connecting() {
	ss -Htn state syn-sent "dport = :$port" | grep -q .
}

tcp_client_is_unloaded_while_it_reads() {
	hold
	background nc -l 127.0.0.1 "$port" <hold >out
	up tcp && load tcp_client addr="127.0.0.1:$port" && arrives out hello &&
		parameter_is tcp_client result -115 && unload tcp_client
	status=$?
	release
	return "$status"
}

tcp_echo_is_unloaded_with_idle_connections() {
	load tcp_echo addr="127.0.0.1:$port" && crowd 32 && unload tcp_echo
	status=$?
	release
	return "$status"
}

# Its answers fill every buffer, until it has to wait.
tcp_echo_is_unloaded_while_nobody_reads() {
	load tcp_echo addr="127.0.0.1:$port" || return
	for peer in 1 2 3; do
		background socat -u /dev/zero "TCP4:127.0.0.1:$port"
	done
	eventually stuck && unload tcp_echo
}

stuck() {
	[ "$(ss -Htn "sport = :$port" | awk '$3 > 65536' | wc -l)" = 3 ]
}

http_hello_is_unloaded_in_the_middle_of_requests() {
	load http_hello addr="127.0.0.1:$port" timeout_ms=300000 || return
	hold
	for peer in 1 2 3 4 5 6 7 8; do
		background sh -c "{ echo 'GET / HTTP/1.0'; cat hold; } |
			nc 127.0.0.1 $port"
	done
	eventually crowded 8 && unload http_hello
	status=$?
	release
	return "$status"
}

udp_echo_is_unloaded_while_it_is_flooded() {
	load udp_echo addr="127.0.0.1:$port" || return
	for peer in 1 2; do
		background socat -u -b 1400 /dev/zero "UDP4:127.0.0.1:$port"
	done
	sleep 0.5
	unload udp_echo
}

run_tests "$family_tests" "$other_tests"
