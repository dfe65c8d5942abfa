#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# The tool on a loaded module: what it prints and returns, what it says of the
# device, and the examples of its manual. Needs what cli_test.sh needs.
#
#   KTAP_HELPERS=.../kselftest/ktap_helpers.sh [KSOCK=PROGRAM] cli_tell_test.sh

# shellcheck source=userspace/test/cli.sh
. "${0%/*}/cli.sh"

family_tests=''

other_tests='
	verbose_tells_every_event
	verbose_counts_what_moved
	json_tells_every_event
	json_tells_how_a_connection_fared
	json_tells_errors
	inode_is_the_one_in_proc_net
	sockets_are_gone_afterwards
	info_tells_every_field
	info_as_json_has_every_field
	info_names_every_feature
	info_fails_when_output_is_full
	missing_device_has_a_hint
	forbidden_device_has_a_hint
	missing_capability_has_a_hint_unless_relaxed
	other_file_for_a_device_has_a_hint
	help_is_there_for_every_command
	usage_errors_exit_with_2
	example_describes_the_device
	example_talks_with_nc
	example_sends_a_file
	example_asks_an_echo_server
	example_counts_for_a_script
	example_lists_options
	example_gets_and_sets_options
	example_talks_with_options
	example_talks_over_the_kernels_own
	example_hears_a_group
'

# ---- What it tells ---------------------------------------------------------

verbose_tells_every_event() {
	background "$KSOCK" tcp listen -v "127.0.0.1:$port" </dev/null 2>err
	up tcp && status 0 "$KSOCK" tcp connect -v "[::ffff:127.0.0.1]:$port" \
		</dev/null 2>peer && ended 0 &&
		[ "$(wc -l <err)" = 3 ] && [ "$(wc -l <peer)" = 2 ] &&
		matches err "^ksock: listening: tcp 127\.0\.0\.1:$port, inode [0-9]+, listening$" &&
		matches err "^ksock: connected: tcp 127\.0\.0\.1:$port -> 127\.0\.0\.1:[0-9]+, inode [0-9]+, [a-z0-9-]+$" &&
		matches err '^ksock: closed: tcp .*, sent 0 bytes in 0 calls, received 0 bytes in 1 calls, rtt [0-9]+\.[0-9]{3} ms, retransmitted 0 segments$' &&
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

json_tells_how_a_connection_fared() {
	background "$KSOCK" echo -j "127.0.0.1:$port" 2>err
	up tcp && echo 123 | in_time nc -N 127.0.0.1 "$port" >out && ended 0 &&
		jq -es '
			(map(has("tcp_info")) == [false, false, true]) and
			(.[2].tcp_info | .rtt > 0 and .total_retrans == 0 and
			 .bytes_received >= 4 and .snd_cwnd > 0)
		' err >/dev/null || return 1
	port=$((port + 1))
	echo 123 >question
	background "$KSOCK" echo -j "udp:127.0.0.1:$port" 2>err
	server=$pid
	up udp
	background nc -u 127.0.0.1 "$port" <question
	ended 0 "$server" && jq -es 'all(has("tcp_info") | not)' err >/dev/null
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

info_names_every_feature() {
	status 0 "$KSOCK" info >out &&
		matches out '^features +user msg timeout opt abort batch kern$' &&
		[ "$("$KSOCK" info -j | jq -r '.features | join(" ")')" = \
			'user msg timeout opt abort batch kern' ]
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
		'udp send' echo opt 'opt list' 'opt get' 'opt set' info; do
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

# ---- The examples of ksock(1), each line as it stands there ----------------

ksock() {
	timeout 30 "$KSOCK" "$@"
}

example_describes_the_device() {
	ksock info >out && matches out '^features'
}

example_talks_with_nc() {
	port=7000
	nc -l 127.0.0.1 7000 </dev/null >heard &
	up tcp && echo hello | ksock tcp connect 127.0.0.1:7000 && arrives heard hello
}

example_sends_a_file() {
	port=7001
	echo content >file
	ksock tcp listen 7001 <file &
	up tcp && ksock tcp connect 127.0.0.1:7001 </dev/null >copy &&
		holds copy content
}

example_asks_an_echo_server() {
	port=7002
	ksock echo -6 -k udp:7002 &
	up udp && echo hello | ksock udp send -w 0.5 '[::1]:7002' >answer &&
		holds answer hello
}

example_counts_for_a_script() {
	port=7003
	echo question >request
	ksock echo 7003 &
	up tcp && ksock tcp connect -j 127.0.0.1:7003 <request 2>events >answer &&
		jq -r 'select(.event == "closed") | .received_bytes' events >out &&
		holds out 9 &&
		jq -r 'select(.event == "closed") | .tcp_info.rtt' events >out &&
		matches out '^[1-9][0-9]*$'
}

example_lists_options() {
	ksock opt list -j | jq length >out && [ "$(cat out)" -ge 110 ] &&
		ksock opt list -j | jq -r '.[] | select(.level == "SOL_TCP") | .name' >out &&
		matches out '^TCP_NODELAY$'
}

example_gets_and_sets_options() {
	ksock opt get TCP_CONGESTION SO_RCVBUF >out && [ "$(wc -l <out)" = 2 ] &&
		ksock opt set SO_RCVBUF=100000 >out &&
		holds out SO_RCVBUF=200000 &&
		ksock opt get -j TCP_INFO | jq .value.snd_mss >out &&
		holds out 536
}

example_talks_with_options() {
	port=7004
	ksock tcp listen -o SO_REUSEADDR=1 -o TCP_MAXSEG=1000 7004 </dev/null &
	up tcp && ksock tcp connect --connect-timeout 3 -o TCP_NODELAY=1 127.0.0.1:7004 </dev/null || return 1
	port=7005
	ksock echo 7005 2>err &
	up tcp && echo hello | ksock tcp connect -w 1 -o 'SO_LINGER=onoff=1 linger=0' 127.0.0.1:7005 >out &&
		holds out hello
}

example_talks_over_the_kernels_own() {
	port=7007
	ksock echo -K -k 7007 &
	up tcp && echo hello | nc -N 127.0.0.1 7007 >answer &&
		grep -h ksock-mode /proc/[0-9]*/fdinfo/* >modes 2>/dev/null
	kill $!
	wait $!
	holds answer hello && matches modes '^ksock-mode:	kern$'
}

example_hears_a_group() {
	port=7006
	ksock udp bind -k -o 'IP_ADD_MEMBERSHIP=239.0.0.7 ifindex=lo' 7006 </dev/null >out &
	up udp && echo hello | ksock udp send -o IP_MULTICAST_IF=127.0.0.1 239.0.0.7:7006 &&
		arrives out hello
}

run_tests "$family_tests" "$other_tests"
