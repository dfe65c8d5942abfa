#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# Kselftest programs beside this one, while the machine suffers: other programs that
# use sockets, descriptors, memory and /dev/ksock itself as badly as stress-ng
# knows, processors that go and come back, no memory left, few descriptors. They
# pass, and nothing else happens.
#
#   KTAP_HELPERS=.../kselftest/ktap_helpers.sh debug_pressure_test.sh PROGRAM... \
#	-- PROGRAM...
#
# Those behind -- are the ones that make do with few descriptors.

seconds=20
here=$(cd "${0%/*}" && pwd)
all=$*
programs=${all%% -- *}
few=${all##* -- }

# shellcheck source=/dev/null
. "$KTAP_HELPERS"

tests='
	sockets_work_beside_programs_that_use_them_badly
	sockets_work_while_the_device_is_used_badly
	sockets_work_while_processors_come_and_go
	sockets_work_while_memory_runs_out
	few_descriptors_are_no_reason_to_lose_one
'

# suffer COMMAND...: goes on until relief, and leaves some of the processors.
suffer() {
	setsid nice -n 15 "$@" >/tmp/suffering 2>&1 </dev/null &
	sufferers="$sufferers $!"
}

# What was to go on still does.
suffering() {
	for group in $sufferers; do
		kill -0 "$group" 2>/dev/null || {
			cat /tmp/suffering
			echo "nothing was suffered all the time"
			return 1
		}
	done
}

relief() {
	for group in $sufferers; do
		kill -KILL -- "-$group"
	done 2>/dev/null
	sufferers=
}

# All of the programs, again and again until the time is over; says which failed.
pass() {
	end=$(($(date +%s) + seconds))
	rounds=0
	until [ "$(date +%s)" -ge "$end" ]; do
		for program in $programs; do
			"$here/${program}_test" >/tmp/pressure 2>&1 || {
				grep -v '^ok\|RUN\| OK ' /tmp/pressure
				echo "$program failed in round $rounds"
				return 1
			}
		done
		rounds=$((rounds + 1))
	done
	echo "$rounds rounds"
	suffering
}

sockets_work_beside_programs_that_use_them_badly() {
	suffer stress-ng --sock 1 --sockfd 1 --sockpair 1 --udp 1 --close 1 \
		--epoll 1 --oom-avoid --timeout 0
	pass
}

sockets_work_while_the_device_is_used_badly() {
	suffer stress-ng --dev 2 --dev-file /dev/ksock --timeout 0
	pass
}

# The second is the only one that can go.
sockets_work_while_processors_come_and_go() {
	online=/sys/devices/system/cpu/cpu1/online
	# shellcheck disable=SC2016 # the inner shell expands it
	suffer sh -c 'while :; do echo 0 >"$1"; sleep 0.3; echo 1 >"$1"; sleep 0.3; done' \
		sh "$online"
	pass
	passed=$?
	relief
	# Both are there for who comes next.
	echo 1 >"$online" 2>/dev/null
	grep -qx 1 "$online" && return "$passed"
}

# What there is, less a little that changes all the time.
sockets_work_while_memory_runs_out() {
	suffer stress-ng --vm 1 --vm-bytes 85% --vm-keep --oom-avoid --timeout 0
	pass
}

few_descriptors_are_no_reason_to_lose_one() {
	seconds=$((seconds / 4))
	(
		# shellcheck disable=SC3045 # busybox has it
		ulimit -n 16
		programs=$few
		pass
	)
}

ktap_print_header
# shellcheck disable=SC2086 # words
set -- $tests
ktap_set_plan $#
sufferers=
for test; do
	# In this shell, which knows then whom to relieve of it.
	if "$test" >/tmp/said; then
		sed 's/^/# /' /tmp/said
		ktap_test_pass "$test"
	else
		sed 's/^/# /' /tmp/said
		ktap_test_fail "$test"
	fi
	relief
done
ktap_finished
