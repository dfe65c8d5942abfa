#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# docs/twin.md: what a ksock does beside an ordinary socket, operation by
# operation, made of what the twin test says in a guest.
#
#   twin.sh              run the test in a guest and write the page
#   twin.sh check LOG    TAP: the page is what the test said in that guest

# shellcheck source=scripts/lib.sh
. "$(dirname -- "$0")/lib.sh"
page=$top/docs/twin.md

# page LOG: the page, of a guest's results.
page() {
	cat <<-'EOF'
		# ksock beside an ordinary socket

		Each row is an operation that `selftests/twin_test.c` does on an ordinary socket and on a ksock: what the call returns,
		what comes of it, and whether the two agree, as they then do on every kernel. The reasons where they differ are those of
		`selftests/differences.h`; `scripts/twin.sh` makes this page of what the test says, and `make check` fails when it is stale.
	EOF
	awk -F ' [|] ' '
		function code(text) { return "`" text "`" }

		sub(/\r$/, "") {}
		sub(/^# twin subject: /, "") {
			print "\n## " $0 "\n\n| Operation | Ordinary socket | ksock | |\n|---|---|---|---|"
		}
		sub(/^# twin: /, "") {
			# A bar in a name, or a row that failed, is no table.
			if (NF != 4 || $4 == "?") {
				print "not a row: " $0
				next
			}
			count++
			agree += $4 == "agrees"
			print "| " $1 " | " $2 " | " $3 " | " $4 " |"
		}
		END {
			printf "\n%d operations: %d agree, %d differ for the reason given.\n", \
				count, agree, count - agree
		}
	' "$1"
}

# check LOG: the page says nothing else, and no row of it failed.
same() {
	page "$1" >"$build/twin.md"
	grep -q '^# twin: ' "$1" && ! grep '^not a row' "$build/twin.md" &&
		diff -u "$page" "$build/twin.md"
}

if [ "${1:-}" = check ]; then
	echo 'TAP version 13'
	check 'docs/twin.md is what the twin test says' same "$2"
	check_end
	exit
fi

export TESTS=twin
"$scripts/guest.sh" --name twin
mkdir -p "$top/docs"
page "$build/vm/twin/results" >"$page"
tail -n 1 "$page"
