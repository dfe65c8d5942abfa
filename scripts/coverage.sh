#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# Which lines and branches of the module ran: what make debug-check left behind, all
# parts of it, as a table on the screen and as pages with the source in
# build/coverage/. It fails below the goals, and when something did not run that
# scripts/uncovered has no reason for. Without a run to tell of it starts one.

# shellcheck source=scripts/lib.sh
. "$(dirname -- "$0")/lib.sh"

lines=94
branches=80

kernel=${KERNEL:-6.1}-debug
work=$build/coverage

"$scripts/deps.sh" coverage
# shellcheck source=/dev/null
. "$("$scripts/kernel.sh" "$kernel")"
module=$build/module/$KVER/module

# What guests have written since the module was built.
written() {
	find "$build/vm/$kernel"-check*/coverage -size +0 \
		-newer "$module/main.gcno" 2>/dev/null
}

[ -n "$(written)" ] || "$scripts/debug-check.sh" >&2

rm -rf "$work"
for data in $(written); do
	mkdir -p "$work/part"
	tar -x -C "$work/part" -f "$data"
	[ -d "$work/part$module" ] ||
		die "$data is not of a module that was built in $module"
	if [ -d "$work/sum" ]; then
		gcov-tool merge -o "$work/both" "$work/sum" "$work/part$module"
		rm -r "$work/sum"
		mv "$work/both" "$work/sum"
	else
		mv "$work/part$module" "$work/sum"
	fi
	rm -r "$work/part"
done

# Counts belong beside the notes that the compiler wrote of the same object.
find "$module" -name '*.gcda' -exec rm {} +
(cd "$work/sum" && find . -name '*.gcda' -print0 | cpio -0 -p --quiet "$module")

# The root is where the compiler ran, as gcov looks for sources from there. Names in
# the tables are of the module's.
report() {
	gcovr --root "$KDIR" --filter "$module/(compat|core|dev)/" \
		--filter "$module/main.c" --exclude-unreachable-branches \
		"$@" "$module"
}

# The name alone of a file of the module, which is too long for its line.
named() {
	awk -v module="$module/" 'index($0, module) == 1 {
			name = substr($1, length(module) + 1)
			if (NF == 1)
				getline
			else
				$1 = ""
			sub(/^ +/, "")
			printf "%-24s %s\n", name, $0
			next
		}
		{ print }'
}

# Lines that did not run, as FILE:LINE.
missed() {
	jq -r '.files[] | .file as $file | .lines[] |
		select(.count == 0 and (."gcovr/noncode" | not)) |
		"\($file):\(.line_number)"' "$work/lines.json" |
		sed "s|.*/module/||"
}

# The functions they are in, which begin at the first column.
missed_functions() {
	missed | while IFS=: read -r file line; do
		head -n "$line" "$module/$file" | tac |
			sed -nE '/^[a-z].*[a-z0-9_]\(/{s/^[^(]*[ *]([a-z0-9_]+)\(.*/\1/p;q}' |
			sed "s|^|$file:|"
	done | sort -u
}

report --html-details "$work/index.html" --txt "$work/lines" \
	--json "$work/lines.json"
report --branches --txt "$work/branches" --print-summary \
	--fail-under-line "$lines" --fail-under-branch "$branches" \
	>"$work/summary" || status=$?
named <"$work/lines" >"$work/lines.txt"
named <"$work/branches" >"$work/branches.txt"
cat "$work/lines.txt"
grep '%' "$work/summary"
cut -f 1 "$scripts/uncovered" >"$work/known"
if missed_functions | grep -vxFf "$work/known" >"$work/unknown"; then
	say 'not run, and not in scripts/uncovered:' "$(xargs <"$work/unknown")"
	status=1
fi
say "$work/index.html"
exit "${status:-0}"
