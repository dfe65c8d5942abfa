#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# The commands and programs of README.md, which name themselves by a comment
# before them and are run by the tests as they stand there.
#
#   readme.sh print BLOCK    what the block of that name says
#   readme.sh                TAP: every block has a name, every name a runner

# shellcheck source=scripts/lib.sh
. "$(dirname -- "$0")/lib.sh"
readme=$top/README.md

# Block by block, who runs it.
runners='start=fresh.sh shell=guest.sh c=guest.sh dkms=dkms.sh dkms-undo=dkms.sh'

print() {
	awk -v name="$1" '
		$0 == "<!-- block: " name " -->" { due = 1; next }
		due && /^```/ { if (inside) exit; inside = 1; next }
		inside { print }
	' "$readme"
}

if [ "${1:-}" = print ]; then
	print "$2"
	exit
fi

named=$(sed -n 's/^<!-- block: \(.*\) -->$/\1/p' "$readme" | xargs)
count=0
status=0

result() {
	count=$((count + 1))
	if [ "$1" = 0 ]; then
		say "ok $count $2"
	else
		say "not ok $count $2"
		status=1
	fi
}

say 'TAP version 13'
# shellcheck disable=SC2086 # a list of words
set -- $runners
say "1..$((1 + $#))"

fences=$(grep -cE '^```(sh|c)$' "$readme" || :)
# shellcheck disable=SC2086
[ "$fences" = "$(printf '%s\n' $named | wc -l)" ] && rc=0 || rc=1
result "$rc" "all $fences blocks of commands or code have a name: $named"
for pair; do
	block=${pair%%=*} runner=${pair#*=}
	[ -n "$(print "$block")" ] &&
		grep -q "readme.sh\" print $block" "$scripts/$runner" && rc=0 || rc=1
	result "$rc" "block $block is run by scripts/$runner"
done
exit $status
