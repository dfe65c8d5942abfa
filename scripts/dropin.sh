#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# The tests build unchanged as tools/testing/selftests/ksock of a kernel tree,
# without a warning: tried in copies of the oldest tree they are meant for and
# of the newest, with that tree's own harness and make files. <linux/ksock.h> and
# <linux/ksock_opt.h> go where `make headers` of a tree that has ksock would put
# them. What optimizing would warn of, the build of scripts/selftests.sh does.

# shellcheck source=scripts/lib.sh
. "$(dirname -- "$0")/lib.sh"

count=0
status=0

dropin() {
	count=$((count + 1))
	tree=$build/dropin/${1##*/}
	log=$tree.log
	rm -rf "$tree"
	mkdir -p "$tree/usr/include/linux"
	cp -r "$1/." "$tree/"
	cp -r "$top/selftests" "$tree/tools/testing/selftests/ksock"
	cp "$top"/uapi/linux/ksock*.h "$tree/usr/include/linux/"
	if make -C "$tree/tools/testing/selftests/ksock" USERCFLAGS=-O0 \
		>"$log" 2>&1 &&
		! grep -qi 'warning:' "$log"; then
		say "ok $count builds in ${1##*/} $(cat "$1/version")"
	else
		sed 's/^/# /' "$log"
		say "not ok $count builds in ${1##*/}"
		status=1
	fi
}

"$scripts/deps.sh" build check
newest=$(readlink -f "$("$scripts/harness.sh")")
oldest=$(readlink -f "$("$scripts/harness.sh" 6.1)")
say 'TAP version 13'
say '1..2'
dropin "$oldest"
dropin "$newest"
exit $status
