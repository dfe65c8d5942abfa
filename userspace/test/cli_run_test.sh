#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# ksock run on a loaded module: ordinary programs talk over ksocks, in both roles
# and both families, what cannot be run is refused, the log and the fallback. What
# each call does is the subject of preload*_test.c. Needs what cli_test.sh needs,
# and a static busybox.

# shellcheck source=userspace/test/cli.sh
. "${0%/*}/cli.sh"

family_tests='
	nc_talks_with_nc_over_tcp
	nc_talks_with_nc_over_udp
	socat_talks_with_nc_over_tcp
	socat_talks_with_socat_over_udp
	socat_moves_8_mib_both_ways
	socat_forks_for_many_peers
'

other_tests='
	log_goes_to_standard_error
	log_is_lost_when_nobody_reads_it
	log_goes_to_the_end_of_a_file
	log_of_a_relative_file_stays_where_it_is
	log_tells_what_is_passed_through
	tcp_only_leaves_udp_alone
	programs_that_a_program_starts_are_run_so
	options_end_with_the_program
	exit_status_is_the_program_s
	sigpipe_is_what_it_was
	preload_of_others_is_kept
	script_is_run
	script_of_a_static_interpreter_is_refused
	static_program_is_refused
	setuid_program_is_refused
	program_for_another_machine_is_refused
	program_of_another_libc_is_refused
	program_that_is_not_there_is_not_found
	program_that_cannot_be_executed_is_told
	missing_library_is_told
	wrong_library_is_told
	log_that_cannot_be_written_is_told
	missing_device_is_told
	forbidden_device_is_told
	missing_right_is_told
	fallback_makes_ordinary_sockets
	fallback_is_told_once
	dropped_rights_fail_with_eacces
	dropped_rights_fall_back
'

# one_line FILE REGEX: has one line, and that matches
one_line() {
	[ "$(wc -l <"$1")" = 1 ] && matches "$1" "$2"
}

# refused STATUS LINE COMMAND...: with one line, and nothing has run
refused() {
	want=$1 line=$2
	shift 2
	status "$want" "$@" >out 2>err && one_line err "$line" && [ ! -s out ]
}

run() {
	in_time "$KSOCK" run "$@"
}

# ksocks PROTOCOL: sockets on $port that a process holds as ksocks
# A listener of nc's is one as long as its only connection.
ksocks() {
	inodes=$(cat /proc/[0-9]*/fdinfo/* 2>/dev/null |
		sed -n 's/^ksock-inode:\t//p')
	ss -Hane "$1" "sport = :$port or dport = :$port" |
		sed -n 's/.* ino:\([0-9]*\).*/\1/p' |
		grep -cxF "$inodes"
}

# copy of a program, as it need not be one that may be changed
copy() {
	cp "$(command -v "$1")" "./$2" && chmod 755 "./$2"
}

# ---- Talking, in each family -------------------------------------------------

nc_talks_with_nc_over_tcp() {
	mkfifo hold
	exec 4<>hold
	echo from server >in
	background "$KSOCK" run nc -l "$bare" "$port" <in >out
	server=$pid
	up tcp
	background "$KSOCK" run nc -N "$bare" "$port" <hold >answer
	echo from client >&4
	arrives out 'from client' && arrives answer 'from server' &&
		[ "$(ksocks -t)" = 3 ]
	status=$?
	exec 4>&-
	[ "$status" = 0 ] && ended 0 "$server"
}

nc_talks_with_nc_over_udp() {
	echo from server >in
	echo from client >question
	background "$KSOCK" run nc -u -l "$bare" "$port" <in >out
	up udp
	background "$KSOCK" run nc -u "$bare" "$port" <question >answer
	arrives out 'from client' && arrives answer 'from server' &&
		[ "$(ksocks -u)" = 2 ]
}

socat_talks_with_nc_over_tcp() {
	echo from socat >in
	background "$KSOCK" run socat -t 10 - "TCP$v-LISTEN:$port,bind=$host" \
		<in >out
	up tcp && echo from nc | in_time nc -N "$bare" "$port" >answer &&
		ended 0 && holds out 'from nc' && holds answer 'from socat'
}

socat_talks_with_socat_over_udp() {
	echo question >in
	background "$KSOCK" run --log=log socat -t 30 \
		"UDP$v-RECVFROM:$port,bind=$host" 'SYSTEM:cat >out; echo answer'
	up udp
	background "$KSOCK" run socat -t 30 - "UDP$v:$host:$port" <in >answer
	arrives out question && arrives answer answer &&
		matches log 'SOCK_DGRAM, 17\) = [0-9]+: ksock$'
}

socat_moves_8_mib_both_ways() {
	big_files
	background "$KSOCK" run socat -t 30 - "TCP$v-LISTEN:$port,bind=$host" \
		<big >out
	up tcp && run socat -t 30 - "TCP$v:$host:$port" <large >answer &&
		ended 0 && same out large && same answer big
}

socat_forks_for_many_peers() {
	background "$KSOCK" run --log=log socat \
		"TCP$v-LISTEN:$port,bind=$host,fork,reuseaddr" EXEC:cat
	up tcp
	for i in 1 2 3; do
		[ "$(echo "$i" | run nc -N "$bare" "$port")" = "$i" ] || return 1
	done
	[ "$(grep -c 'accept([0-9]*) = [0-9]*: ksock$' log)" = 3 ]
}

# ---- The log -----------------------------------------------------------------

log_goes_to_standard_error() {
	status 1 "$KSOCK" run -l nc -z 127.0.0.1 "$port" >out 2>err &&
		one_line err '^ksock run: nc\[[0-9]+\]: socket\(AF_INET, SOCK_STREAM, 6\) = [0-9]+: ksock$'
}

# A signal would end it with 141.
log_is_lost_when_nobody_reads_it() {
	mkfifo pipe
	exec 4<>pipe
	exec 5>pipe 4<&-
	status 0 "$KSOCK" run -l ss -Htl 2>&5
	status=$?
	exec 5>&-
	return $status
}

log_goes_to_the_end_of_a_file() {
	echo before >log
	status 1 "$KSOCK" run --log="$PWD/log" nc -z 127.0.0.1 "$port" 2>err &&
		[ ! -s err ] && [ "$(wc -l <log)" = 2 ] &&
		[ "$(head -n 1 log)" = before ] && matches log ': ksock$'
}

log_of_a_relative_file_stays_where_it_is() {
	in_time "$KSOCK" run -llog sh -c "cd / && nc -z 127.0.0.1 $port"
	one_line log 'nc.*: ksock$'
}

log_tells_what_is_passed_through() {
	status 1 "$KSOCK" run --log=log socat -u /dev/null UNIX-CONNECT:./none \
		2>/dev/null &&
		matches log 'socket\(AF_UNIX, SOCK_STREAM, 0\) = [0-9]+: passed through$'
}

# ---- Options, and what is run ------------------------------------------------

tcp_only_leaves_udp_alone() {
	echo x | run -T --log=log socat -u - "UDP:127.0.0.1:$port" &&
		one_line log 'SOCK_DGRAM, 17\) = [0-9]+: passed through$' &&
		status 1 "$KSOCK" run --tcp-only --log=log nc -z 127.0.0.1 \
			"$port" && matches log 'SOCK_STREAM, 6\) = [0-9]+: ksock$'
}

programs_that_a_program_starts_are_run_so() {
	run --log=log sh -c "env nc -z 127.0.0.1 $port; env -u LD_PRELOAD nc -z 127.0.0.1 $port"
	one_line log 'nc.*: ksock$'
}

options_end_with_the_program() {
	[ "$(run -f env printf '%s ' -f --log -h)" = '-f --log -h ' ] &&
		[ "$(run -- env printf x)" = x ]
}

exit_status_is_the_program_s() {
	status 0 "$KSOCK" run sh -c true &&
		status 77 "$KSOCK" run sh -c 'exit 77'
}

# sigpipe COMMAND...: whether a program that the command runs ignores it, which
# the thirteenth bit tells
sigpipe() {
	mask=$("$@" sed -n 's/^SigIgn:\t//p' /proc/self/status)
	echo $((0x$mask >> 12 & 1))
}

sigpipe_is_what_it_was() {
	[ "$(sigpipe run env)" = 0 ] &&
		[ "$(trap '' PIPE && sigpipe run env)" = 1 ]
}

preload_of_others_is_kept() {
	# shellcheck disable=SC2016
	set -- "$(LD_PRELOAD=/tmp/other.so run dash -c 'echo $LD_PRELOAD' \
		2>/dev/null)"
	echo "$1"
	[ "${1##*:}" = /tmp/other.so ] && [ "${1%%:*}" != "$1" ]
}

script_is_run() {
	printf '#!/bin/sh -e\nnc -z 127.0.0.1 %s\n' "$port" >script
	chmod 755 script
	status 1 "$KSOCK" run --log=log ./script && one_line log ': ksock$'
}

script_of_a_static_interpreter_is_refused() {
	printf '#! /bin/busybox sh\necho run\n' >script
	chmod 755 script
	refused 2 '^ksock: run: /bin/busybox: statically linked' \
		"$KSOCK" run ./script
}

static_program_is_refused() {
	refused 2 '^ksock: run: /.*bin/busybox: statically linked \(see ksock-run\(1\)\)$' \
		"$KSOCK" run busybox echo run
}

setuid_program_is_refused() {
	copy env other && chown 65534 other && chmod 4755 other &&
		refused 2 '^ksock: run: ./other: runs with rights of its own' \
			"$KSOCK" run ./other echo run &&
		chown 0:65534 other && chmod 2755 other &&
		refused 2 '^ksock: run: ./other: runs with rights of its own' \
			"$KSOCK" run ./other echo run &&
		chown 0:0 other && chmod 6755 other &&
		[ "$(run ./other echo run)" = run ]
}

# patch FILE OFFSET BYTES
patch() {
	# shellcheck disable=SC2059
	printf "$3" | dd of="$1" bs=1 seek="$2" conv=notrunc 2>/dev/null
}

# At 18 is the machine, at 4 the class.
program_for_another_machine_is_refused() {
	copy env other && patch other 18 '\363' &&
		refused 2 '^ksock: run: ./other: made for another machine' \
			"$KSOCK" run ./other &&
		copy env other && patch other 4 '\001' &&
		refused 2 '^ksock: run: ./other: made for another machine' \
			"$KSOCK" run ./other
}

program_of_another_libc_is_refused() {
	copy env other && sed -i 's|ld-linux-x86-64|ld-musla-x86-64|' other &&
		refused 2 '^ksock: run: ./other: made for another C library' \
			"$KSOCK" run ./other
}

program_that_is_not_there_is_not_found() {
	refused 127 '^ksock: run: no-such-program: No such file or directory$' \
		"$KSOCK" run no-such-program &&
		refused 127 '^ksock: run: ./nothing: No such file or directory$' \
			"$KSOCK" run ./nothing
	printf '#!/no/such/shell\n' >script
	chmod 755 script
	refused 127 '^ksock: run: /no/such/shell: No such file' \
		"$KSOCK" run ./script
}

program_that_cannot_be_executed_is_told() {
	echo text >text
	refused 126 '^ksock: run: ./text: Permission denied$' \
		"$KSOCK" run ./text && chmod 755 text &&
		refused 126 '^ksock: run: ./text: Exec format error$' \
			"$KSOCK" run ./text &&
		refused 126 '^ksock: run: /tmp: Permission denied$' \
			"$KSOCK" run /tmp
}

# ---- What is not there -------------------------------------------------------

missing_library_is_told() {
	KSOCK_PRELOAD=/no/such.so refused 2 \
		'^ksock: run: /no/such.so: No such file or directory' \
		"$KSOCK" run env
}

wrong_library_is_told() {
	echo text >wrong.so
	KSOCK_PRELOAD=wrong.so refused 2 \
		'^ksock: run: /.*/wrong.so: not a library for this machine' \
		"$KSOCK" run env && mkdir 'a b' &&
		cp /usr/local/lib/ksock/libksock-preload.so 'a b/' &&
		KSOCK_PRELOAD='a b/libksock-preload.so' refused 2 \
			'a colon or a space in its name' "$KSOCK" run env
}

log_that_cannot_be_written_is_told() {
	refused 2 '^ksock: run: /no/log: No such file or directory$' \
		"$KSOCK" run --log=/no/log env
}

# A command that runs another with a /dev of its own, without the device.
put_without_device() {
	cat >without_device <<-'EOF'
		#!/bin/sh
		[ -n "$alone" ] || alone=1 exec unshare -m "$0" "$@"
		mount -t tmpfs dev /dev && mknod -m 666 /dev/null c 1 3 && exec "$@"
	EOF
	chmod 755 without_device
}

nobody='setpriv --reuid 65534 --regid 65534 --clear-groups'

missing_device_is_told() {
	put_without_device
	refused 2 '^ksock: run: /dev/ksock: No such file or directory \(the module is not loaded' \
		./without_device "$KSOCK" run env
}

forbidden_device_is_told() {
	# shellcheck disable=SC2086
	refused 2 '^ksock: run: /dev/ksock: Permission denied' \
		$nobody "$KSOCK" run env
}

missing_right_is_told() {
	refused 2 '^ksock: run: /dev/ksock: Operation not permitted \(needs CAP_NET_ADMIN' \
		setpriv --bounding-set=-net_admin "$KSOCK" run env
}

# ---- Falling back ------------------------------------------------------------

fallback_makes_ordinary_sockets() {
	put_without_device
	background nc -l 127.0.0.1 "$port" </dev/null >out
	up tcp && echo hello | in_time ./without_device "$KSOCK" run -f nc -N \
		127.0.0.1 "$port" && ended 0 && holds out hello
}

fallback_is_told_once() {
	put_without_device
	status 1 ./without_device "$KSOCK" run --fallback --log=log \
		nc -z 127.0.0.1 "$port-$((port + 3))" &&
		one_line log 'not a ksock, ENOENT$'
}

dropped_rights_fail_with_eacces() {
	touch log && chmod 666 log && chmod 755 "$dir" .
	# shellcheck disable=SC2086
	status 1 "$KSOCK" run --log="$PWD/log" $nobody \
		nc -z 127.0.0.1 "$port" &&
		one_line log 'nc.* = -1: no ksock, EACCES$'
}

dropped_rights_fall_back() {
	background nc -l 127.0.0.1 "$port" </dev/null
	touch log && chmod 666 log && chmod 755 "$dir" .
	# shellcheck disable=SC2086
	up tcp && status 0 "$KSOCK" run -f --log="$PWD/log" $nobody \
		nc -z 127.0.0.1 "$port" && one_line log 'not a ksock, EACCES$'
}

run_tests "$family_tests" "$other_tests"
