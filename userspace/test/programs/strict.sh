#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# Programs that give their rights up, on a module that was loaded without
# relaxed=1: what is gated then fails with EPERM, and they say so and go on, or
# end, as with any other error.

# shellcheck source=userspace/test/programs/common.sh
. "${0%/*}/common.sh"
# shellcheck source=userspace/test/programs/nginx.sh
. "$here/nginx.sh"
# shellcheck source=userspace/test/programs/sshd.sh
. "$here/sshd.sh"

# said PATTERN: the server has, in its log
said() {
	grep -qE "$1" "$dir/server.log" || {
		echo "nothing like $1 in the log"
		return 1
	}
}

running() {
	[ -d "/proc/${servers%% *}" ]
}

# ended STATUS: the only server has, by itself
ended() {
	wait "${servers%% *}"
	status=$?
	servers=
	echo "exit status $status"
	[ "$status" = "$1" ]
}

# The workers are not root: they may accept and send, and set no options.
nginx_workers_cannot_set_options() {
	nginx_start serve
	! curl -sS --max-time 60 "http://127.0.0.1:$port/small" -o /dev/null &&
		said 'setsockopt\(TCP_CORK\) failed \(1: Operation not permitted\)' &&
		running
}

# And with no option to set they serve.
nginx_workers_serve_without() {
	nginx_conf | sed 's/tcp_nopush on;/tcp_nodelay off;/' >"$dir/nginx.conf"
	serve nginx -c "$dir/nginx.conf" -p "$dir"
	up tcp && curl -sS --max-time 60 "http://127.0.0.1:$port/small" -o "$dir/out" &&
		same "$dir/out" "$dir/www/small" && running
}

login() {
	timeout 120 ssh -F "$dir/ssh_config" -p "$port" "$@" </dev/null
}

sshd_serves_root() {
	sshd_start
	[ "$(login root@127.0.0.1 'id -un')" = root ] && running
}

# What is set for the session of a user is not, and that is all.
sshd_tells_of_a_user() {
	sshd_start
	[ "$(login tester@127.0.0.1 'id -un')" = tester ] &&
		said 'setsockopt.*Operation not permitted' && running
}

# A connection for a user would be one more socket, of a device that is root's.
sshd_makes_no_connection_for_a_user() {
	sshd_start
	login -W "127.0.0.1:$port" tester@127.0.0.1 >"$dir/out" 2>&1
	cat "$dir/out"
	grep -E 'stdio forwarding failed' "$dir/out" &&
		said "connect to 127.0.0.1 port $port failed: Permission denied" &&
		running
}

# It has no rights from the start, so it has no socket: ksock-run(1) has EACCES.
postgres_ends_without_a_socket() {
	PATH=$PATH:$(echo /usr/lib/postgresql/*/bin)
	as='setpriv --reuid=postgres --regid=postgres --clear-groups'
	chmod 666 /dev/ksock
	mkdir "$dir/cluster"
	chown postgres "$dir/cluster"
	$as initdb -D "$dir/cluster" -A trust -U postgres --no-sync
	# shellcheck disable=SC2086 # words
	serve $as postgres -D "$dir/cluster" -p "$port" \
		-c listen_addresses=127.0.0.1 -c unix_socket_directories=
	ended 1 &&
		said 'could not create IPv4 socket .*: Permission denied' &&
		said 'FATAL: *could not create any TCP/IP sockets'
}

# The tool itself finds out before.
ksock_run_refuses_a_user() {
	chmod 666 /dev/ksock
	setpriv --reuid=postgres --regid=postgres --clear-groups \
		"$KSOCK" run true >"$dir/out" 2>&1
	status=$?
	cat "$dir/out"
	[ "$status" = 2 ] && grep 'needs CAP_NET_ADMIN, or the module' "$dir/out"
}

tests='
	nginx_workers_cannot_set_options
	nginx_workers_serve_without
	sshd_serves_root
	sshd_tells_of_a_user
	sshd_makes_no_connection_for_a_user
	postgres_ends_without_a_socket
	ksock_run_refuses_a_user
'

server_side=ksock reports=$dir servers=
ktap_print_header
# shellcheck disable=SC2086 # words
set -- $tests
ktap_set_plan $#
for name; do
	port=$((port + 10))
	: >"$dir/server.log"
	"$name" >"$dir/log" 2>&1
	status=$?
	stop_servers
	tell "$status" "$name"
done
ktap_finished
