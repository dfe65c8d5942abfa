#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# The tool on a loaded module: options of sockets, got and set and of the sockets
# of conversations. Needs what cli_test.sh needs.
#
#   KTAP_HELPERS=.../kselftest/ktap_helpers.sh [KSOCK=PROGRAM] cli_opt_test.sh

# shellcheck source=userspace/test/cli.sh
. "${0%/*}/cli.sh"

family_tests='
	options_of_a_listener_take_effect
	options_of_a_connection_take_effect
	options_of_udp_take_effect
	options_of_echo_take_effect
	udp_bind_joins_a_group
'

other_tests='
	options_are_inherited_by_what_is_accepted
	options_that_fail_are_told
	options_of_one_family_choose_the_address
	option_lets_a_port_be_used_again
	option_has_the_end_be_a_reset
	connect_timeout_bounds_the_attempt
	connect_timeout_goes_before_the_wait
	connect_timeout_does_not_end_a_talk
	opt_list_has_more_than_110_options
	opt_get_prints_each_name
	opt_get_takes_the_socket_that_has_the_option
	opt_get_takes_the_type_given
	opt_get_takes_the_family_given
	opt_get_prints_structures_as_fields
	opt_get_prints_json
	opt_get_tells_what_cannot_be_got
	opt_set_prints_what_the_kernel_made_of_it
	opt_set_prints_json
	opt_set_reads_what_get_prints
	opt_set_keeps_to_one_socket
	opt_set_prints_nothing_of_what_can_only_be_set
	opt_set_stops_at_the_first_failure
	opt_makes_a_socket_of_every_type
'

# ---- Options of sockets, in each family ------------------------------------

# What ss shows of a socket that has 50000 bytes asked for, which none has unasked.
memory=rb100000

options_of_a_listener_take_effect() {
	background "$KSOCK" tcp listen -o SO_RCVBUF=50000 "$host:$port" </dev/null
	up tcp && ss -tlnHm "sport = :$port" >out && matches out "$memory" &&
		in_time nc -N "$bare" "$port" </dev/null && ended 0
}

options_of_a_connection_take_effect() {
	mkfifo hold
	exec 4<>hold
	background nc -l "$bare" "$port" </dev/null
	up tcp
	background "$KSOCK" tcp connect -o SO_RCVBUF=50000 \
		--option TCP_CONGESTION=reno "$host:$port" <hold
	eventually sh -c "ss -tniHm state established 'dport = :$port' >out &&
		[ -s out ]"
	status=$?
	exec 4>&-
	[ "$status" = 0 ] && matches out "$memory" && matches out ' reno '
}

options_of_udp_take_effect() {
	mkfifo hold
	exec 4<>hold
	background "$KSOCK" udp bind -o SO_RCVBUF=50000 "$host:$port" </dev/null
	up udp && ss -unaHm "sport = :$port" >out && matches out "$memory" &&
		background "$KSOCK" udp send -o SO_RCVBUF=50000 "$host:$port" \
			<hold &&
		eventually sh -c "ss -unaHm 'dport = :$port' >out && [ -s out ]" &&
		matches out "$memory"
	status=$?
	exec 4>&-
	return $status
}

options_of_echo_take_effect() {
	for to in tcp udp; do
		background "$KSOCK" echo -o SO_RCVBUF=50000 "$to:$host:$port"
		up $to && ss -tunaHm "sport = :$port" >out &&
			matches out "$memory" || return 1
		port=$((port + 1))
	done
}

# With -k, for a socket that is connected has an address of its own.
udp_bind_joins_a_group() {
	case $v in
	4)
		join='IP_ADD_MEMBERSHIP=239.1.2.3 ifindex=lo'
		by='IP_MULTICAST_IF=127.0.0.1'
		to=239.1.2.3
		;;
	6)
		# By the loopback there is no way to a group of IPv6.
		ip link add one type veth peer name two &&
			ip link set two up && ip link set one up &&
			ip addr add fd00::1/64 dev one nodad || return 1
		join='IPV6_JOIN_GROUP=ff05::77 ifindex=one'
		by=IPV6_MULTICAST_IF=$(ip -o link show one | cut -d : -f 1)
		to='[ff05::77]'
		;;
	esac
	echo hello >question
	background "$KSOCK" udp bind "-$v" -k -o "$join" "$port" </dev/null >out
	up udp && status 0 "$KSOCK" udp send -o "$by" "$to:$port" <question &&
		arrives out hello
}

# ---- Options of sockets ----------------------------------------------------

# What is said of an option of another level: by one errno or the other.
no_option='(Protocol not available|Operation not supported) \(not an option of this kernel or of this socket\)$'

options_are_inherited_by_what_is_accepted() {
	mkfifo hold
	exec 4<>hold
	background "$KSOCK" tcp listen -o TCP_MAXSEG=600 -o SO_KEEPALIVE=on \
		"127.0.0.1:$port" </dev/null
	up tcp
	background nc -N 127.0.0.1 "$port" <hold
	eventually sh -c "ss -tnioH 'sport = :$port' >out && [ -s out ]"
	status=$?
	exec 4>&-
	[ "$status" = 0 ] && matches out ' mss:588 '
}

options_that_fail_are_told() {
	group=IP_ADD_MEMBERSHIP=239.1.2.3
	status 1 "$KSOCK" tcp listen -o $group "127.0.0.1:$port" 2>err &&
		holds err "ksock: tcp listen: $group: Protocol error (not an option of a stream)" &&
		status 1 "$KSOCK" udp bind -o TCP_NODELAY=1 "127.0.0.1:$port" \
			2>err &&
		matches err "^ksock: udp bind: TCP_NODELAY=1: $no_option" &&
		status 1 "$KSOCK" udp send -j -o IP_TTL=300 "127.0.0.1:$port" \
			2>err </dev/null &&
		jq -e '. == {
			event: "error", command: "udp send",
			subject: "IP_TTL=300", reason: "Invalid argument"
		}' err >/dev/null
}

# Without a host it is the loopback, which has an address in each family.
options_of_one_family_choose_the_address() {
	background nc -N -l 127.0.0.1 "$port" </dev/null
	up tcp && status 0 "$KSOCK" tcp connect -o IP_TOS=16 ":$port" \
		</dev/null && ended 0 || return 1
	port=$((port + 1))
	background nc -N -l ::1 "$port" </dev/null
	up tcp && status 0 "$KSOCK" tcp connect -o IPV6_TCLASS=16 ":$port" \
		</dev/null && ended 0
}

option_lets_a_port_be_used_again() {
	background "$KSOCK" echo -o SO_REUSEPORT=1 "127.0.0.1:$port"
	up tcp && status 1 "$KSOCK" echo "127.0.0.1:$port" 2>err &&
		matches err 'Address already in use' &&
		status 1 "$KSOCK" echo -w 0.2 -o SO_REUSEPORT=1 \
			"127.0.0.1:$port" 2>err &&
		matches err 'Connection timed out'
}

option_has_the_end_be_a_reset() {
	mkfifo hold
	exec 4<>hold
	background "$KSOCK" tcp listen "127.0.0.1:$port" <hold 2>err
	listener=$pid
	up tcp && status 0 "$KSOCK" tcp connect -w 0.2 \
		-o 'SO_LINGER=onoff=1 linger=0' "127.0.0.1:$port" <hold &&
		ended 1 "$listener" && matches err 'Connection reset by peer'
	status=$?
	exec 4>&-
	return $status
}

# ---- Attempts to connect ---------------------------------------------------

# Whoever leaves by the loopback with a foreign address is not answered.
nobody() {
	ip route replace 192.0.2.1/32 dev lo
}

connect_timeout_bounds_the_attempt() {
	nobody && for option in -c --connect-timeout; do
		status 1 "$KSOCK" tcp connect $option 0.2 \
			192.0.2.1:9 </dev/null 2>err &&
			holds err 'ksock: tcp connect: 192.0.2.1:9: Connection timed out' ||
			return 1
	done
}

connect_timeout_goes_before_the_wait() {
	nobody && status 1 "$KSOCK" tcp connect -c 0.2 -w 60 \
		192.0.2.1:9 </dev/null 2>err && matches err 'timed out' &&
		status 124 timeout 1 "$KSOCK" tcp connect -c 60 -w 0.2 \
			192.0.2.1:9 </dev/null
}

connect_timeout_does_not_end_a_talk() {
	mkfifo silent
	exec 4<>silent
	background nc -l 127.0.0.1 "$port" <silent
	up tcp && status 124 timeout 1 "$KSOCK" tcp connect -c 0.2 \
		"127.0.0.1:$port" <silent
	status=$?
	exec 4>&-
	return $status
}

# ---- ksock opt -------------------------------------------------------------

opt_list_has_more_than_110_options() {
	status 0 "$KSOCK" opt list -j >out && jq -e '
		length >= 110 and
		(map([.level, .name]) | unique | length) == length and
		all(keys == ["access", "level", "level_number", "name", "number",
			     "type"]) and
		all(.access | length >= 1 and . - ["get", "set"] == [])
	' out >/dev/null &&
		[ "$("$KSOCK" opt list | wc -l)" = "$(jq length out)" ]
}

opt_get_prints_each_name() {
	status 0 "$KSOCK" opt get SO_DOMAIN SO_TYPE SO_PROTOCOL >out &&
		holds out "$(printf 'SO_DOMAIN=2\nSO_TYPE=1\nSO_PROTOCOL=6')"
}

opt_get_takes_the_socket_that_has_the_option() {
	status 0 "$KSOCK" opt get TCP_NODELAY UDP_CORK IPV6_V6ONLY \
		ICMP_FILTER ICMPV6_FILTER >out &&
		holds out "$(printf '%s\n' TCP_NODELAY=0 UDP_CORK=0 \
			IPV6_V6ONLY=0 ICMP_FILTER=none ICMPV6_FILTER=none)"
}

opt_get_takes_the_type_given() {
	for row in 'tcp 1 6' 'udp 2 17' 'raw 3 1'; do
		# shellcheck disable=SC2086
		set -- $row
		status 0 "$KSOCK" opt get -t "$1" SO_TYPE SO_PROTOCOL >out &&
			holds out "$(printf 'SO_TYPE=%s\nSO_PROTOCOL=%s' \
				"$2" "$3")" || return 1
	done
}

opt_get_takes_the_family_given() {
	status 0 "$KSOCK" opt get -6 SO_DOMAIN >out && holds out SO_DOMAIN=10 &&
		status 0 "$KSOCK" opt get -6 -t raw SO_PROTOCOL >out &&
		holds out SO_PROTOCOL=58 &&
		status 1 "$KSOCK" opt get -4 IPV6_V6ONLY 2>err >out &&
		holds out '' && matches err "$no_option"
}

opt_get_prints_structures_as_fields() {
	status 0 "$KSOCK" opt get SO_LINGER SO_RCVTIMEO TCP_INFO >out &&
		[ "$(wc -l <out)" = 3 ] &&
		matches out '^SO_LINGER=onoff=0 linger=0$' &&
		matches out '^SO_RCVTIMEO=sec=0 usec=0$' &&
		matches out '^TCP_INFO=state=7 ca_state=0 .* rtt=0 .* total_retrans=0 '
}

opt_get_prints_json() {
	status 0 "$KSOCK" opt get -j SO_LINGER TCP_NODELAY SO_TYPE SO_BINDTODEVICE \
		TCP_INFO SO_MAX_PACING_RATE IP_MULTICAST_IF >out &&
		[ "$(wc -l <out)" = 7 ] && jq -es '
			.[0] == {name: "SO_LINGER", level: "SOL_SOCKET",
				 type: "linger", value: {onoff: 0, linger: 0}} and
			.[1].value == false and .[2].value == 1 and
			.[3].value == "" and .[4].value.state == 7 and
			.[4].value.total_retrans == 0 and .[5].value > 4e9 and
			.[6].value == "0.0.0.0" and
			all(keys == ["level", "name", "type", "value"])
		' out >/dev/null
}

# What can be got is printed nevertheless.
opt_get_tells_what_cannot_be_got() {
	status 1 "$KSOCK" opt get IP_ADD_MEMBERSHIP SO_TYPE 2>err >out &&
		holds err 'ksock: opt get: IP_ADD_MEMBERSHIP: can only be set' &&
		holds out SO_TYPE=1 &&
		status 1 "$KSOCK" opt get -t udp TCP_NODELAY 2>err &&
		matches err "^ksock: opt get: TCP_NODELAY: $no_option" &&
		status 1 "$KSOCK" opt get -j -t udp TCP_NODELAY 2>err &&
		jq -e '.event == "error" and .subject == "TCP_NODELAY"' err \
			>/dev/null
}

opt_set_prints_what_the_kernel_made_of_it() {
	status 0 "$KSOCK" opt set SO_RCVBUF=8192 'SO_LINGER=1 linger=5' \
		SO_SNDTIMEO=1.5 TCP_CONGESTION=reno IPV6_V6ONLY=true \
		ICMP_FILTER=8,0 >out &&
		holds out "$(printf '%s\n' SO_RCVBUF=16384 \
			'SO_LINGER=onoff=1 linger=5' \
			'SO_SNDTIMEO=sec=1 usec=500000' TCP_CONGESTION=reno \
			IPV6_V6ONLY=1 ICMP_FILTER=0,8)"
}

opt_set_prints_json() {
	status 0 "$KSOCK" opt set -j SO_KEEPALIVE=1 'SO_LINGER=1 linger=5' >out &&
		jq -es '. == [
			{name: "SO_KEEPALIVE", level: "SOL_SOCKET",
			 type: "bool", value: true},
			{name: "SO_LINGER", level: "SOL_SOCKET",
			 type: "linger", value: {onoff: 1, linger: 5}}
		]' out >/dev/null
}

opt_set_reads_what_get_prints() {
	for name in SO_REUSEADDR SO_PRIORITY SO_LINGER SO_RCVTIMEO SO_MARK \
		SO_TIMESTAMPING IP_TOS IP_TTL IP_MTU_DISCOVER IPV6_V6ONLY \
		IPV6_UNICAST_HOPS IPV6_TCLASS TCP_NODELAY TCP_KEEPIDLE \
		TCP_CONGESTION TCP_USER_TIMEOUT UDP_SEGMENT ICMP_FILTER \
		ICMPV6_FILTER; do
		"$KSOCK" opt get $name >before &&
			status 0 "$KSOCK" opt set "$(cat before)" >after &&
			holds after "$(cat before)" || return 1
	done
}

opt_set_keeps_to_one_socket() {
	status 0 "$KSOCK" opt set -t udp UDP_CORK=1 SO_MARK=7 UDP_CORK=0 >out &&
		holds out "$(printf 'UDP_CORK=1\nSO_MARK=7\nUDP_CORK=0')" &&
		status 1 "$KSOCK" opt set -t udp \
			'IP_ADD_MEMBERSHIP=239.1.2.3 ifindex=lo' \
			'IP_ADD_MEMBERSHIP=239.1.2.3 ifindex=lo' 2>err &&
		matches err 'Address already in use'
}

opt_set_prints_nothing_of_what_can_only_be_set() {
	status 0 "$KSOCK" opt set -t udp \
		'IP_ADD_MEMBERSHIP=239.1.2.3 ifindex=lo' >out 2>err &&
		holds out '' && holds err ''
}

opt_set_stops_at_the_first_failure() {
	status 1 "$KSOCK" opt set SO_MARK=1 IP_TTL=300 SO_MARK=2 >out 2>err &&
		holds out SO_MARK=1 &&
		holds err 'ksock: opt set: IP_TTL=300: Invalid argument'
}

# type_is_made TYPE SO_PROTOCOL TEST...: where the kernel has it
type_is_made() {
	type=$1
	protocol=$2
	shift 2
	if "$@"; then
		status 0 "$KSOCK" opt get -t "$type" SO_PROTOCOL >out &&
			holds out "SO_PROTOCOL=$protocol"
	else
		status 1 "$KSOCK" opt get -t "$type" SO_PROTOCOL 2>err &&
			holds err "ksock: opt get: socket of type $type: Protocol not supported"
	fi
}

opt_makes_a_socket_of_every_type() {
	type_is_made udplite 136 [ -e /proc/net/udplite ] &&
		type_is_made mptcp 262 [ -e /proc/sys/net/mptcp/enabled ] &&
		status 1 "$KSOCK" opt get -t icmp SO_PROTOCOL 2>err &&
		holds err 'ksock: opt get: socket of type icmp: Permission denied' &&
		echo 0 0 >/proc/sys/net/ipv4/ping_group_range &&
		type_is_made icmp 1 true
}

run_tests "$family_tests" "$other_tests"
