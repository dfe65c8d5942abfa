#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# What a stranger gets: a new, minimal Debian 12 root with nothing but make, a
# clone of this repository in it, and the commands of the README, in order.
# Whatever they need beyond that they have to get for themselves. Needs root or,
# for a private user namespace, a range of ids in /etc/subuid.
#
#   fresh.sh [--worktree] [TARGET]...     what the README starts with unless told

# shellcheck source=scripts/lib.sh
. "$(dirname -- "$0")/lib.sh"

work=$build/fresh
root=$work/root
clone=$root/root/ksock
base=$cache/roots/fresh-bookworm.tar

# The outer half prepares what needs the host: packages, the base, the sources.
outside() {
	"$scripts/deps.sh" dkms
	if [ ! -e "$base" ]; then
		step 'a minimal root of bookworm'
		lock roots
		[ -e "$base" ] || make_root "$base" bookworm minbase make
		unlock
	fi
	rm -rf "$work/source"
	if $worktree; then
		copy_sources "$work/source"
	else
		mkdir -p "$work/source"
		git -C "$top" archive HEAD | tar -x -C "$work/source"
	fi
	private "$0" --inside "$@"
}

inside() {
	rm -rf --one-file-system "$root"
	mkdir -p "$root"
	tar -x --numeric-owner -C "$root" -f "$base"
	root_network "$root"
	cp -r --no-preserve=ownership "$work/source" "$clone"
	mount_root "$root"

	report=
	failed=0
	for target; do
		step "make $target, in a root that has only make"
		now
		before=$now
		{
			status=0
			in_root "$root" "cd /root/ksock && make $target" \
				2>&1 </dev/null || status=$?
			echo "$status" >"$work/status"
		} | tee "$work/$target.log"
		read -r status <"$work/status"
		[ "$status" = 0 ] || failed=1
		now
		report="$report make $target: $(((now - before) / 100)) s."
	done
	unmount_root "$root"
	rm -rf --one-file-system "$root"
	step "$report"
	tail -n 1 "$work/$target.log"
	return "$failed"
}

worktree=false
case ${1:-} in
--inside)
	shift
	inside "$@"
	;;
*)
	if [ "${1:-}" = --worktree ]; then
		worktree=true
		shift
	fi
	# shellcheck disable=SC2046 # words
	[ $# -gt 0 ] || set -- $("$scripts/readme.sh" print start | sed 's/^make //')
	outside "$@"
	;;
esac
