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
help udp send --help
help echo --help
help echo help
help info --help
help info help

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
usage 'not of the form [HOST:]PORT' tcp listen 127.0.0.1:
usage 'not of the form [HOST:]PORT' tcp listen ::1:7000
usage 'not of the form [HOST:]PORT' echo tcp:
usage 'not of the form HOST:PORT' tcp connect 7000
usage 'not of the form HOST:PORT' udp send 127.0.0.1:65536
usage 'not a TCP address' tcp connect udp:127.0.0.1:7000
usage 'not a UDP address' udp bind tcp:7000

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
	failure '"reason":"No such file or directory"' info -j
fi

echo "1..$count"
exit $status
