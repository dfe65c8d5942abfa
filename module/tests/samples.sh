# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh disable=SC2034,SC2154
#
# What the tests of the samples share, to be sourced first, from the directory
# that has the samples' .ko files and cli.sh of the tool's tests, whose helpers
# these tests use.  The samples are in the first network namespace, so that is
# where the tests are.

export KSOCK_CLI_TEST=1
samples=${0%/*}

# shellcheck source=userspace/test/cli.sh
. "$samples/cli.sh"

# There are dozens of processes at a time, on a machine that may be an emulated
# one: a step may take long before it counts as stuck.
tries=600
limit=300

all_samples='tcp_echo udp_echo tcp_client http_hello'

loaded() {
	[ -e "/sys/module/$1" ]
}

# load SAMPLE [PARAMETER=VALUE]...: in place of one that a failed test has left
load() {
	sample=$1
	shift
	! loaded "$sample" || rmmod "$sample"
	in_time insmod "$samples/$sample.ko" "$@"
}

uptime_now() {
	read -r uptime _ </proc/uptime
	uptime_now=${uptime%.*}${uptime#*.}
}

# Five seconds to a process that has as hard a time to get a processor as others.
five_seconds() {
	left=50
	while [ "$left" -gt 0 ]; do
		left=$((left - 1))
		sleep 0.1
	done
}

# timely COMMAND...: it ends within them. How long the longest took is told at the
# end.
slowest=0
timely() {
	uptime_now
	began=$uptime_now
	five_seconds &
	alarm=$!
	status=0
	"$@" || status=$?
	kill "$alarm" 2>/dev/null || {
		echo "$* took more than five seconds"
		return 1
	}
	wait "$alarm" 2>/dev/null
	uptime_now
	took=$((uptime_now - began))
	[ "$took" -le "$slowest" ] || slowest=$took
	return "$status"
}

# unload SAMPLE: it is gone in time.
unload() {
	timely rmmod "$1" && ! loaded "$1"
}

unload_all() {
	for sample in $all_samples; do
		! loaded "$sample" || rmmod "$sample"
	done
}

trap 'unload_all; rm -rf "$dir"
	echo "# the slowest unloading took $slowest hundredths of a second"' EXIT

parameter() {
	cat "/sys/module/$1/parameters/$2"
}

parameter_is() {
	[ "$(parameter "$1" "$2")" = "$3" ]
}

# again COMMAND...: over and over until calm; what it starts is ended with its
# process group, which it may not have come to make. There is always something to
# do for these; the one that unloads goes first.
groups=
again() {
	setsid nice sh -c 'while :; do "$@" >/dev/null 2>&1 </dev/null || sleep 0.02; done' \
		sh "$@" &
	groups="$groups $!"
}

calm() {
	for group in $groups; do
		kill -KILL "$group"
		kill -KILL -- "-$group"
	done 2>/dev/null
	groups=
}

# A pipe named hold, from which what is written to 4 can be read, and no end
# before release.
hold() {
	mkfifo hold
	exec 4<>hold
}

release() {
	exec 4>&-
}
