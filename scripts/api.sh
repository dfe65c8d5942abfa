#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# docs/api.md: what the in-kernel API offers, by feature, with the calls and the
# tests, made of module/tests/rows. A call that is listed is declared in a header
# and there to link to; a call that is not listed, or a test that is not there,
# does not go unnoticed.
#
#   api.sh          write the page
#   api.sh check    TAP: the list is complete and true, and the page is of it

# shellcheck source=scripts/lib.sh
. "$(dirname -- "$0")/lib.sh"
cd "$top"
page=docs/api.md

# read_all WHAT: the page, or what is wrong with one part of the list; good when
# that is nothing.
read_all() {
	find module/tests -name '*.c' | sort >"$build/api.tests"
	# shellcheck disable=SC2046 # file names without blanks
	awk -v what="$1" '
		function fail(text) {
			if (what == "calls") {
				failed = 1
				print rows ":" text
			}
		}

		# Declared in a header, where it can be defined as well.
		function declare(name, there) {
			declared[name] = 1
			if (there)
				defined[name] = 1
		}

		function check_call(name, kind, bare) {
			if (name ~ /^(enum|struct):/) {
				kind = bare = name
				sub(/:.*/, "", kind)
				sub(/.*:/, "", bare)
				name = kind " " bare
			}
			listed[name] = 1
			if (!(name in declared))
				fail(FNR ": " name " is in no header")
			else if (!(name in defined))
				fail(FNR ": " name " is not exported")
			return name
		}

		# FILE or FILE:NAME, read once.
		function in_file(name, path, word, line, text) {
			path = word = name
			sub(/:.*/, "", path)
			sub(/.*:/, "", word)
			while ((getline line <path) > 0)
				text = text line "\n"
			close(path)
			return text != "" && (word == path || match(text, \
				"(^|[^a-z0-9_])" word "([^a-z0-9_]|$)"))
		}

		# Shown with the file that it is in.
		function check_test(name) {
			if (name == "?") {
				untested[++gaps] = FNR ": " $1 ": no test"
			} else if (name ~ /\//) {
				if (!in_file(name))
					untested[++gaps] = FNR ": no " name
			} else if (name in cases) {
				return cases[name] ": " name
			} else {
				untested[++gaps] = FNR ": no case " name
			}
			return name
		}

		# Space or newline, whatever stands between words.
		function list(text, of, words, count, i, out, word) {
			count = split(text, words, " ")
			for (i = 1; i <= count; i++) {
				if (words[i] == "-")
					return ""
				word = of == "calls" ? check_call(words[i]) : \
						       check_test(words[i])
				if (words[i] == "?")
					return ""
				out = out (i > 1 ? ", " : "") "`" word "`"
			}
			return out
		}

		FILENAME ~ /^module\/include/ && /^[ \t]*(\/?\*)/ { next }
		FILENAME ~ /^module\/include/ {
			# Inline bodies, which call, are indented.
			if (match($0, /^[a-z][^(]*[ *]ksock_[a-z0-9_]+\(/) ||
			    match($0, /^ksock_[a-z0-9_]+\(/)) {
				name = substr($0, 1, RLENGTH - 1)
				sub(/.*[ *]/, "", name)
				declare(name, inline || /^static inline/)
				if (inline || /^static inline/)
					written[name] = 1
			}
			inline = /^static inline [^(]*$/
			if (match($0, /^#define [A-Za-z0-9_]+/)) {
				name = substr($0, 9, RLENGTH - 8)
				declare(name, 1)
				if (name ~ /^ksock/)
					written[name] = 1
			}
			if (match($0, /^\t[A-Z0-9_]+[ \t]*[=,]/)) {
				name = substr($0, 2, RLENGTH - 2)
				sub(/[ \t]+$/, "", name)
				declare(name, 1)
			}
			if (match($0, /^(enum|struct) ksock_?[a-z_]*( \{|;)/)) {
				name = substr($0, 1, RLENGTH)
				sub(/( \{|;)$/, "", name)
				declare(name, 1)
			}
			if (match($0, /^\tROW\([a-z0-9_]+/)) {
				name = substr($0, 6, RLENGTH - 5)
				declare("ksock_set_" name, 1)
				declare("ksock_get_" name, 1)
				written["ksock_set_" name] = 1
				written["ksock_get_" name] = 1
			}
			next
		}

		FILENAME ~ /^module\/core/ {
			if (match($0, /^EXPORT_SYMBOL_GPL\(/)) {
				name = $0
				sub(/^[^(]*\(/, "", name)
				sub(/\).*/, "", name)
				defined[name] = exported[name] = 1
			}
			next
		}

		FILENAME != rows {
			group = FILENAME
			sub(/.*\//, "", group)
			sub(/\.c$/, "", group)
			while (match($0, /CASE\([a-z][a-z0-9_]*\)/)) {
				name = substr($0, RSTART + 5, RLENGTH - 6)
				cases[name] = group
				$0 = substr($0, RSTART + RLENGTH)
			}
			next
		}

		/^#/ || !NF { next }
		sub(/^= /, "") {
			text = text "\n## " $0 "\n\n" \
				"| Feature | Calls | Tests | |\n|---|---|---|---|\n"
			next
		}
		{
			if (NF < 3 || NF > 4)
				fail(FNR ": not a row: " $0)
			features++
			if ($2 == "-" && NF < 4)
				fail(FNR ": " $1 ": neither a call nor a reason")
			calls = list($2, "calls")
			tests = list($3, "tests")
			if (tests == "" && calls != "" && $3 == "-")
				untested[++gaps] = FNR ": " $1 ": no test"
			text = text "| " $1 " | " calls " | " tests " | " $4 " |\n"
		}

		END {
			if (what == "page") {
				printf "%s", text
				for (name in exported)
					functions++
				printf "\n%d features, %d exported functions.\n", \
					features, functions
				exit
			}
			if (what == "listed") {
				for (name in exported)
					if (!(name in listed))
						missing[name] = "exported"
				for (name in written)
					if (!(name in listed))
						missing[name] = "in a header"
				for (name in missing) {
					failed = 1
					print name ": " missing[name] ", in no row"
				}
				for (name in exported)
					if (!(name in declared)) {
						failed = 1
						print name ": exported, in no header"
					}
				exit failed
			}
			if (what == "tested") {
				for (i = 1; i <= gaps; i++)
					print rows ":" untested[i]
				exit gaps > 0
			}
			exit failed
		}
	' $(find module/include/ksock -name '*.h' | sort) \
		$(find module/core -name '*.c' | sort) $(cat "$build/api.tests") \
		rows=module/tests/rows FS=' [|] ' module/tests/rows
}

write_page() {
	cat <<-'EOF'
		# The in-kernel API, by feature

		What a module can do with `<ksock/ksock.h>`, the calls that do it, and the tests that hold them to it: cases of
		`module/tests`, which run in the kernel, by their group. `scripts/api.sh` makes this page of `module/tests/rows` and
		`make check` fails when it is stale, when an exported function is not in it, or a test is missing.
		[kernel-api.md](kernel-api.md) is the guide, the comments in `module/core` say for each call what it returns.
	EOF
	read_all page
}

# What can fail, of what can be linked to: all but what is only asked or told, what
# returns nothing, and what the typed options stand on.
can_fail() {
	sed -n 's/^EXPORT_SYMBOL_GPL(\([a-z0-9_]*\).*/\1/p' module/core/*.c |
		grep -vxE -e 'ksock_(addr|as|msg)_.*' -e 'ksock_.*_?put' \
			-e 'ksock_(hold|cancel|family|type|protocol|net|raw|error|stat)' \
			-e 'ksock_set_(allocation|memalloc)' -e ksock_lite_free \
			-e ksock_lock_class -e 'ksock_opt_.*'
}

swept() {
	! can_fail | while read -r name; do
		grep -qw "$name" module/tests/fault.c || echo "$name"
	done | grep .
}

same() {
	write_page >"$build/api.md"
	diff -u "$page" "$build/api.md"
}

mkdir -p "$build"
if [ "${1:-}" = check ]; then
	echo 'TAP version 13'
	check 'what is listed is declared and can be linked to' read_all calls
	check 'what can be linked to is listed' read_all listed
	check 'what is listed has tests, and they are there' read_all tested
	check 'what can fail is made to fail' swept
	check 'docs/api.md is what the list says' same
	check_end
	exit
fi

write_page >"$page"
tail -n 1 "$page"
