#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# What the types of the exported interface are to prevent does not compile: each
# case of module/tests/nocompile/cases is an error of the line it is on, of the
# kind it says, and compiles when it is put right. Built as a module is that
# uses ksock, so the flags are those of the kernel. One TAP line for each.
#
#   nocompile.sh [KERNEL]

# shellcheck source=scripts/lib.sh
. "$(dirname -- "$0")/lib.sh"

kernel=${1:-6.1}
cases=$top/module/tests/nocompile/cases

"$scripts/module.sh" "$kernel" >/dev/null
# shellcheck source=/dev/null
. "$("$scripts/kernel.sh" "$kernel")"
tree=$build/module/$KVER
work=$tree/clients/nocompile
lock "clients-$KVER"
"$tree/module/export.sh" "$tree/clients/ksock"
rm -rf "$work"
mkdir -p "$work"
cp "$top/module/tests/nocompile/Kbuild" "$work/"

# program SIGN: a function for each case, the statement on a line of its own.
program() {
	cat <<-'EOF'
		#include <linux/module.h>
		#include <linux/net.h>
		#include <ksock/ksock.h>

		void callback(struct ksock *ks, void *data);
		void callback_short(struct ksock *ks);
		void callback_udp(struct ksock_udp *udp, void *data);
		int callback_int(struct ksock *ks, void *data);
		extern struct net *net;
		extern struct ksock *ks;
		extern struct ksock_lite *lite;
		extern struct ksock_tcp_listener *listener;
		extern struct ksock_tcp_stream *stream;
		extern struct ksock_udp *udp;
		extern struct ksock_udp_from *from;
		extern struct ksock_addr *addr;
		extern struct ksock_msg *msg;
		extern struct socket *sock;
		extern void *buf;
		extern int number;
		extern bool truth;

		MODULE_LICENSE("GPL");
	EOF
	sed -n "s/^$1 \(.*\)/static void __maybe_unused PLACE(void)\n{\n\t\1\n}/p" \
		"$cases" | awk '/PLACE/ { sub(/PLACE/, "f" NR) } { print }'
}

# compile SIDE SIGN: what the compiler says is in $work/SIDE.log.
compile() {
	program "$2" >"$work/$1.c"
	"$scripts/kbuild.sh" "$kernel" clients/nocompile \
		KSOCK="$tree/clients/ksock" SIDE="$1" >"$work/$1.log" 2>&1
}

right=0
wrong=0
compile right + || right=$?
compile wrong - || wrong=$?

echo 'TAP version 13'
awk -v right="$right" -v wrong="$wrong" '
	function verdict(good, name) {
		printf "%sok %d %s\n", good ? "" : "not ", ++count, name
		failed += !good
	}

	# What was said of each line; an error says whether it is one.
	FILENAME ~ /log$/ {
		side = FILENAME ~ /right.log$/ ? "right" : "wrong"
		if (match($0, side "\\.c:[0-9]+:")) {
			line = substr($0, RSTART + 8) + 0
			if (/ error: /) {
				errors[side]++
				said[side, line] = said[side, line] $0 "\n"
			}
		} else if (/ error: |^ERROR/) {
			printf "# %s: %s\n", side, $0
			elsewhere[side]++
		}
		next
	}

	FILENAME ~ /\.c$/ {
		if (/^\t/ && FILENAME ~ /wrong.c$/)
			place[++places] = FNR
		next
	}

	/^#/ || /^$/ { next }
	/^- / { next }
	/^\+ / {
		line = place[++at]
		text = said["wrong", line]
		good = index(text, expected) && !said["right", line]
		if (!good)
			printf "# expected: %s\n# said: %s", expected,
				text == "" ? "nothing\n" : text
		if (said["right", line])
			printf "# of the right one: %s", said["right", line]
		verdict(good, name)
		of_cases += text != ""
		next
	}
	{
		name = expected = $0
		sub(/: .*/, "", name)
		sub(/^[^:]*: /, "", expected)
	}

	END {
		verdict(!right && !errors["right"] && !elsewhere["right"],
			"all that is right compiles")
		verdict(wrong && at == places && at == of_cases &&
			!elsewhere["wrong"], "nothing else is wrong")
		printf "1..%d\n", count
		exit failed > 0
	}
' "$work/right.log" "$work/wrong.log" "$work/wrong.c" "$cases"
