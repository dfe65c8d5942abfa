#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# The tests that run in the kernel: loads ksock_test.ko, passes on the TAP that
# it prints, and unloads it again.
#
#   api_test.sh [GROUP [PARAMETER=VALUE]...]

group=${1:-all}
[ $# = 0 ] || shift
module=${0%/*}/ksock_test.ko
results=/sys/kernel/debug/ksock_test/$group
seen=$(mktemp)

# Where the kernel injects faults, it may in every allocation, and silently.
for knob in failslab/ignore-gfp-wait=N failslab/verbose=0 \
	fail_page_alloc/ignore-gfp-wait=N fail_page_alloc/ignore-gfp-highmem=N \
	fail_page_alloc/min-order=0 fail_page_alloc/verbose=0 \
	fail_usercopy/verbose=0; do
	file=/sys/kernel/debug/${knob%=*}
	[ ! -e "$file" ] || echo "${knob#*=}" >"$file"
done

insmod "$module" "$@" || exit 1
tee "$seen" <"$results"
status=0
! grep -q '^not ok' "$seen" || status=1
grep -q '^1\.\.[1-9]' "$seen" || status=1
rm "$seen"
rmmod ksock_test || status=1
exit "$status"
