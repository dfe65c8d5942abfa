#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# Whatever has a name in several places has the same one in all of them: the
# functions in the header, the symbol map, the library as built and its manual;
# the commands of the device, and the options of sockets, in its headers and
# manual, whose examples compile; the commands and options of the tool in its
# help and manual, whose examples are tested; the version. Prints TAP.
#
#   check-names.sh DIR	where `make O=DIR` built everything

[ -x "${1:-}/ksock" ] || {
	echo "usage: check-names.sh DIR" >&2
	exit 1
}
build=$(cd "$1" && pwd) || exit 1
cd "$(dirname "$0")" || exit 1
ksock=$build/ksock
uapi=../uapi/linux/ksock.h
opts=../uapi/linux/ksock_opt.h

dir=$(mktemp -d) || exit 1
trap 'rm -rf "$dir"' EXIT
count=0
status=0

# result STATUS NAME
result() {
	count=$((count + 1))
	if [ "$1" = 0 ]; then
		echo "ok $count $2"
	else
		echo "not ok $count $2"
		status=1
	fi
}

# same NAME FILE FILE: both hold the same, and something
same() {
	[ -s "$2" ] && diff "$2" "$3" >"$dir/diff"
	set -- $? "$1"
	[ "$1" = 0 ] || sed 's/^/# /' "$dir/diff"
	result "$@"
}

# among NAME FILE FILE: every line of the first is a line of the second
among() {
	[ -s "$2" ] && ! grep -vxF -f "$3" "$2" >"$dir/diff"
	set -- $? "$1"
	[ "$1" = 0 ] || sed 's/^/# missing: /' "$dir/diff"
	result "$@"
}

# Prototypes on one line each, from C between blank lines or anything else.
prototypes() {
	tr -s ' \t\n' ' ' | sed 's/;/;\n/g' |
		grep -oE '[a-z0-9_]*[a-z0-9_* ]* \**ksock_[a-z0-9_]*\(([^()]|\([^()]*\))*\);' |
		sed 's/^ *//' | sort
}

# The words of a manual page, without the underscores that mean italics.
words() {
	sed 's/\\//g' "$1" | grep -oE '[A-Za-z0-9_]+' | sed 's/^_\(.*\)_$/\1/' |
		sort -u
}

# ---- Functions ---------------------------------------------------------------

sed -e 's|/\*.*\*/||' -e '/\/\*/,/\*\//d' -e '/^#/d' include/ksock.h |
	prototypes >"$dir/header.c"
awk '/^```/ { code = !code; next } code' man/*.3.scd |
	prototypes >"$dir/manual.c"
grep -o 'ksock_[a-z0-9_]*(' "$dir/header.c" | tr -d '(' | sort >"$dir/header"
sed -n '/^global:/,/^local:/s/^\t\(.*\);$/\1/p' lib/libksock.map |
	sort >"$dir/map"
nm -D --defined-only "$build/libksock.so" |
	sed -n 's/.* T \(.*\)@@KSOCK_.*/\1/p' | sort >"$dir/so"
nm -g --defined-only "$build/libksock.a" |
	sed -n 's/^[0-9a-f]* [A-Z] //p' | sort >"$dir/a"

echo 'TAP version 13'
same 'the map has the functions of the header' "$dir/header" "$dir/map"
same 'the shared library has those of the map' "$dir/map" "$dir/so"
same 'the static library has them and no other' "$dir/map" "$dir/a"
same 'section 3 has the prototypes of the header' "$dir/header.c" \
	"$dir/manual.c"

# ---- The device --------------------------------------------------------------

words man/ksock.4.scd >"$dir/ksock.4.words"
grep -ohwE 'KSOCK_[A-Z0-9_]+' "$uapi" "$opts" |
	grep -vE '_(MAGIC|)$' | sort -u >"$dir/constants"
sed -n 's/^struct \(ksock_[a-z_]*\) {$/\1/p' "$uapi" | sort >"$dir/structs"
sed -n '/^struct ksock_.* {$/,/^}/s/^\t.*[ \t]\([a-z_]*\)[[;].*/\1/p' "$uapi" |
	sort -u >"$dir/fields"
sed -n '/^ \* ====/,/^ \*\//s/^ \* \(E[A-Z0-9]*\)\(, \(E[A-Z]*\)\)*  .*/\1 \3/p' \
	"$uapi" | tr -s ' ' '\n' | sort -u | sed '/^$/d' >"$dir/errors"
sed -n '/^ \* .*Errors:/,/^ \*\/$/p' "$uapi" |
	grep -owE 'E[A-Z0-9]{3,}' | sort -u >"$dir/command.errors"
sed -n 's/^\t_row(\([A-Z0-9_]*\), \([A-Z0-9_]*\), .*, \([A-Z]*\)).*/\1 \2 \3/p' \
	"$opts" | sort >"$dir/options.rows"
awk '
	/^# / { inside = /OPTIONS/ }
	inside && /^\*SOL_/ { gsub(/\*/, ""); level = $0; access = "BOTH"; next }
	/^$/ { level = "" }
	inside && level {
		for (i = 1; i <= NF; i++) {
			if ($i ~ /:$/)
				access = $i == "got:" ? "GET" : "SET"
			gsub(/[,;]/, "", $i)
			if ($i ~ /^[A-Z]/)
				print level, $i, access
		}
	}' man/ksock.4.scd | sort >"$dir/ksock.4.rows"
sed -n '/^# ERRORS/,/^# MODULE/s/^\*\(E.*\)\*$/\1/p' man/ksock.4.scd |
	grep -oE 'E[A-Z0-9]+' | sort -u >"$dir/ksock.4.errors"

among 'ksock(4) has the constants of its header' "$dir/constants" \
	"$dir/ksock.4.words"
among 'ksock(4) has the structures of its header' "$dir/structs" \
	"$dir/ksock.4.words"
among 'ksock(4) has the fields of its header' "$dir/fields" \
	"$dir/ksock.4.words"
same 'ksock(4) has the errors of its header' "$dir/errors" \
	"$dir/ksock.4.errors"
among 'ksock(4) has the errors of each command' "$dir/command.errors" \
	"$dir/ksock.4.words"
same 'ksock(4) has the options of its header, and what may be done' \
	"$dir/options.rows" "$dir/ksock.4.rows"

"$ksock" opt list | awk '{
	access = $4 == "get" ? "GET" : $4 == "set" ? "SET" : "BOTH"
	print $2, $1, access
}' | sort >"$dir/listed"
same 'the tool lists the options of the header' "$dir/options.rows" \
	"$dir/listed"

# All in one function, with what a program has around it.
{
	printf '#include <%s>\n' errno.h fcntl.h linux/ksock.h linux/ksock_opt.h \
		netinet/in.h netinet/tcp.h stdint.h stdio.h string.h \
		sys/ioctl.h sys/socket.h
	echo 'void examples(int other); void examples(int other) {'
	awk '/^# / { inside = /EXAMPLES/ } /^```/ { code = !code; next }
		inside && code' man/ksock.4.scd | sed 's/\\\\/\\/g'
	echo '}'
} >"$dir/ksock.4.c"
cc -Wall -Wextra -Werror -I../uapi -fsyntax-only "$dir/ksock.4.c"
result $? 'the examples of ksock(4) compile'

# ---- The tool ----------------------------------------------------------------

"$ksock" --help | sed -n '/^  [a-z]/s/^  \([a-z ]*[a-z]\)   *.*/\1/p' |
	grep -vx help >"$dir/commands"
while read -r command; do
	# shellcheck disable=SC2086
	"$ksock" $command --help
done <"$dir/commands" >"$dir/help"

sed -n 's/^Usage: //p' "$dir/help" | sort >"$dir/usage"
# Neither bold nor italics, of which the help has none.
tr -d '*_' <man/ksock.1.scd | sed 's/++$//' >"$dir/ksock.1"
sed -n '/^# SYNOPSIS/,/^# DESCRIPTION/p' "$dir/ksock.1" |
	grep '^ksock [a-z]' | sort >"$dir/synopsis"
sed -n 's/^  \(-[A-Za-z0-9], --[a-z0-9-]*\)[[ ].*/\1/p' "$dir/help" |
	sort -u >"$dir/options"
sed -n 's/^\(-[A-Za-z0-9], --[a-z0-9-]*\).*/\1/p' "$dir/ksock.1" |
	sort -u >"$dir/ksock.1.options"

same 'ksock(1) has the synopsis of every command' "$dir/usage" "$dir/synopsis"
same 'ksock(1) has every option' "$dir/options" "$dir/ksock.1.options"

# Each line as it stands, wherever in a line of the tests.
awk '/^# / { inside = /EXAMPLES/ } /^```/ { code = !code; next }
	inside && code' man/ksock.1.scd | sed 's/^\t*//' >"$dir/examples"
while read -r line; do
	grep -qF -- "$line" test/cli_tell_test.sh || echo "# not tested: $line"
done <"$dir/examples" >"$dir/diff"
[ -s "$dir/examples" ] && [ ! -s "$dir/diff" ]
set -- $?
cat "$dir/diff"
result "$1" 'the examples of ksock(1) are tested'

# ---- Versions ----------------------------------------------------------------

version=$(sed -n 's/^PACKAGE_VERSION="\(.*\)"$/\1/p' ../dkms.conf)
[ "$("$ksock" --version)" = "ksock $version" ]
result $? "the tool is version $version"
grep -qx "Version: $version" "$build/libksock.pc"
result $? "pkg-config knows version $version"
readelf -d "$build/libksock.so.1" | grep -q 'soname: \[libksock\.so\.1\]'
result $? 'the shared library is libksock.so.1'

echo "1..$count"
exit $status
