#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# The command line of the tool, on any host: help, usage errors, and what it
# says where there is no device. Prints TAP.
#
#   usage_test.sh KSOCK

ksock=$1
[ -x "$ksock" ] || {
	echo "usage: usage_test.sh KSOCK" >&2
	exit 1
}

dir=$(mktemp -d) || exit 1
trap 'rm -rf "$dir"' EXIT
out=$dir/out err=$dir/err

count=0
status=0

# result STATUS NAME
result() {
	count=$((count + 1))
	if [ "$1" = 0 ]; then
		echo "ok $count $2"
	else
		echo "not ok $count $2"
		sed 's/^/# /' "$out" "$err"
		status=1
	fi
}

# run STATUS ARGS...: it exits with STATUS
run() {
	want=$1
	shift
	"$ksock" "$@" >"$out" 2>"$err" </dev/null
	[ $? = "$want" ]
}

lines() {
	wc -l <"$1"
}

# help ARGS...: on standard output, no longer than a screen
help() {
	run 0 "$@" && [ ! -s "$err" ] && [ "$(lines "$out")" -le 25 ] &&
		grep -q '^Usage: ksock' "$out" && ! grep -q '.\{80\}' "$out"
	result $? "$* prints help"
}

# usage REASON ARGS...: two lines on standard error, the second one helps
usage() {
	reason=$1
	shift
	run 2 "$@" && [ ! -s "$out" ] && [ "$(lines "$err")" = 2 ] &&
		head -n 1 "$err" | grep -qF -- "$reason" &&
		sed -n 2p "$err" | grep -q "^Try 'ksock .*--help'\.$"
	result $? "'$*' is a usage error: $reason"
}

# wrong REASON ARGS...: a name or a value, told in one line
wrong() {
	reason=$1
	shift
	run 2 "$@" && [ ! -s "$out" ] && [ "$(lines "$err")" = 1 ] &&
		grep -qxF -- "$reason" "$err"
	result $? "'$*' is wrong: $reason"
}

# failure REASON ARGS...: one line on standard error
failure() {
	reason=$1
	shift
	run 1 "$@" && [ ! -s "$out" ] && [ "$(lines "$err")" = 1 ] &&
		grep -qF -- "$reason" "$err"
	result $? "'$*' fails: $reason"
}

echo 'TAP version 13'

help --help
help -h
help help
help tcp help
help tcp --help
help udp help
help tcp listen --help
help tcp listen -h
help tcp connect --help
help udp bind --help
help run --help
help udp send --help
help echo --help
help echo help
help info --help
help info help
help opt help
help opt --help
help opt list --help
help opt get --help
help opt set -h

run 0 --version && grep -qE '^ksock [0-9]+\.[0-9]+\.[0-9]+$' "$out"
result $? '--version prints the version'

usage 'ksock: command missing'
usage 'ksock: sctp: unknown command' sctp
usage 'ksock: tc: unknown command' tc listen 7000
usage 'ksock: tcp: command missing' tcp
usage 'ksock: list: unknown command' tcp list 7000
usage 'ksock: send: unknown command' tcp send 7000
usage 'ksock: -j: unknown command' -j info
usage 'ksock: tcp listen: address missing' tcp listen
usage 'ksock: udp bind: address missing' udp bind -v
usage 'ksock: tcp listen: 2: one argument too many' tcp listen 1 2
usage 'ksock: info: x: one argument too many' info x
usage 'ksock: tcp listen: -z: unknown option' tcp listen -z 7000
usage 'ksock: tcp listen: -z: unknown option' tcp listen -vz 7000
usage 'ksock: tcp listen: --zero: unknown option' tcp listen --zero 7000
usage 'ksock: tcp connect: -k: not an option here' tcp connect -k :7000
usage 'ksock: info: -v: not an option here' info -v
usage 'ksock: tcp listen: -w: needs an argument' tcp listen 7000 -w
usage 'ksock: tcp listen: soon: not a number' tcp listen -w soon 7000
usage 'ksock: tcp listen: 1s: not a number' tcp listen -w 1s 7000
usage 'ksock: tcp listen: 0: not a number' tcp listen -w 0 7000
usage 'ksock: tcp listen: -1: not a number' tcp listen -w -1 7000
usage 'ksock: tcp listen: nan: not a number' tcp listen --wait nan 7000
usage 'ksock: tcp listen: inf: not a number' tcp listen -w inf 7000
usage 'ksock: tcp connect: never: not a number' tcp connect -c never :7000
usage 'ksock: tcp connect: -1: not a number' \
	tcp connect --connect-timeout -1 :7000
usage 'ksock: tcp listen: -c: not an option here' tcp listen -c 1 7000
usage 'ksock: tcp listen: -t: not an option here' tcp listen -t udp 7000
usage 'ksock: tcp listen: -o: needs an argument' tcp listen 7000 -o
usage 'ksock: opt: command missing' opt
usage 'ksock: show: unknown command' opt show
usage 'ksock: opt list: SO_TYPE: one argument too many' opt list SO_TYPE
usage 'ksock: opt get: name missing' opt get
usage 'ksock: opt set: name missing' opt set -t udp
usage 'ksock: opt get: -o: not an option here' opt get -o SO_TYPE=1 SO_TYPE
usage 'ksock: opt get: sctp: not a type of socket' opt get -t sctp SO_TYPE
usage 'ksock: opt set: sctp: not a type of socket' opt set -t sctp SO_MARK=1
usage 'not of the form [HOST:]PORT' tcp listen 127.0.0.1:
usage 'not of the form [HOST:]PORT' tcp listen ::1:7000
usage 'not of the form [HOST:]PORT' echo tcp:
usage 'not of the form HOST:PORT' tcp connect 7000
usage 'not of the form HOST:PORT' udp send 127.0.0.1:65536
usage 'not a TCP address' tcp connect udp:127.0.0.1:7000
usage 'not a UDP address' udp bind tcp:7000

usage 'program missing' run
usage 'program missing' run -Tf --log=x
usage 'unknown option' run --nonsense env
usage 'not an option here' run -6 env

unknown="unknown option, see 'ksock opt list'"
wrong "ksock: opt get: SO_NONSENSE: $unknown" opt get SO_TYPE SO_NONSENSE
wrong "ksock: opt get: so_type: $unknown" opt get -j so_type
wrong "ksock: opt get: SOL_TCP/SO_TYPE: $unknown" opt get SOL_TCP/SO_TYPE
wrong "ksock: opt set: SO_NONSENSE: $unknown" opt set SO_NONSENSE=1
wrong 'ksock: opt set: SO_MARK: not of the form NAME=VALUE' opt set SO_MARK
wrong 'ksock: opt set: =1: not of the form NAME=VALUE' opt set =1
wrong 'ksock: opt set: SO_MARK=x: not a value of type uint, see ksock_opt(3)' \
	opt set SO_RCVBUF=4096 SO_MARK=x
wrong 'ksock: opt set: SO_MARK=: not a value of type uint, see ksock_opt(3)' \
	opt set SO_MARK=
wrong 'ksock: opt set: SO_MARK=0x100000000: number out of range' \
	opt set SO_MARK=0x100000000
for command in 'tcp listen 7000' 'tcp connect :7000' 'udp bind 7000' \
	'udp send :7000' 'echo 7000'; do
	# shellcheck disable=SC2086
	set -- $command
	name="$1 $2"
	[ "$1" != echo ] || name=$1
	wrong "ksock: $name: SO_NONSENSE: $unknown" "$@" -o SO_NONSENSE=1
	wrong "ksock: $name: SO_LINGER=soon: not a value of type linger, see ksock_opt(3)" \
		"$@" -o SO_REUSEADDR=1 --option SO_LINGER=soon
	failure "ksock: $name: SO_TYPE: can only be got" "$@" -o SO_TYPE=1
done

# Two levels have this one, and what is after -o may say which is meant.
failure 'MCAST_JOIN_GROUP=ff02::1 ifindex=nowhere0: no such interface' \
	udp bind -o 'MCAST_JOIN_GROUP=ff02::1 ifindex=nowhere0' 7000 -6
failure 'ksock: opt set: SO_TYPE: can only be got' opt set SO_TYPE=1

run 0 opt list && [ ! -s "$err" ] && [ "$(lines "$out")" -ge 110 ] &&
	grep -qxE 'TCP_NODELAY +SOL_TCP +bool +get,set' "$out" &&
	grep -qxE 'TCP_INFO +SOL_TCP +tcp_info +get' "$out" &&
	grep -qxE 'IP_ADD_MEMBERSHIP +SOL_IP +mreq +set' "$out" &&
	! grep -qvE '^[A-Z0-9_]+ +SOL_[A-Z0-9]+ +[a-z0-9_]+ +(get|set|get,set)$' \
		"$out" && [ -z "$(cut -c -38 "$out" | sort | uniq -d)" ]
result $? 'opt list prints every option once'
names=$(wc -l <"$out")

run 0 opt list -j && [ ! -s "$err" ] && [ "$(lines "$out")" = 1 ] &&
	[ "$(grep -o '"name":"[A-Z0-9_]*"' "$out" | wc -l)" = "$names" ] &&
	grep -q '^\[{.*}\]$' "$out" &&
	grep -qF '{"name":"TCP_NODELAY","number":1,"level":"SOL_TCP","level_number":6,"type":"bool","access":["get","set"]}' \
		"$out"
result $? 'opt list -j prints the same as one array'

"$ksock" opt list >/dev/full 2>"$err"
[ $? = 1 ] && grep -qx 'ksock: standard output cannot be written' "$err"
result $? 'opt list fails when the output is full'

failure 'host or service not known' tcp listen 127.0.0.1:no-such-service
failure 'no address of this family' tcp connect -6 127.0.0.1:7000
failure 'no address of this family' udp send -4 '[::1]:7000'

if [ ! -e /dev/ksock ]; then
	hint='/dev/ksock: No such file or directory (the module is not loaded, try: modprobe ksock)'
	failure "ksock: info: $hint" info
	failure "ksock: tcp listen: $hint" tcp listen 7000
	failure "ksock: tcp connect: $hint" tcp connect 127.0.0.1:7000
	failure "ksock: udp bind: $hint" udp bind 7000
	failure "ksock: udp send: $hint" udp send 127.0.0.1:7000
	failure "ksock: echo: $hint" echo 7000
	failure "ksock: opt get: $hint" opt get SO_TYPE
	failure "ksock: opt set: $hint" opt set SO_MARK=1
	# Beside a tool that is not installed; one that is knows where it is.
	preload=${ksock%/*}/libksock-preload.so
	[ ! -e "$preload" ] || export KSOCK_PRELOAD="$preload"
	wrong "ksock: run: $hint" run env
	failure '"reason":"No such file or directory"' info -j
fi

echo "1..$count"
exit $status
