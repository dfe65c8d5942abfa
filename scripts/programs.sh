#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# Unmodified programs of a distribution, with their sockets on ksock: each pair
# of server and client talks on ordinary sockets, then with either side on ksock,
# then with both, and what comes of it has to be the same. The tests are in
# userspace/test/programs; this makes the root they run in, boots it, and puts
# the table together, which stays in build/programs.txt. Without KERNEL it does so
# on 6.1 and on the newest kernel.
#
#   [KERNEL=6.1] [ONLY="redis ssh"] programs.sh
#   programs.sh --docs      put the table of the last run into docs/programs.md

# shellcheck source=scripts/lib.sh
. "$(dirname -- "$0")/lib.sh"

suite=bookworm
packages=iproute2,kmod,procps,openssl,libjansson4
packages=$packages,curl,wget,nginx-light,fcgiwrap,git,haproxy
packages=$packages,redis-server,redis-tools,memcached,libmemcached-tools
packages=$packages,postgresql-15,iperf3,socat,ncat,dnsmasq-base,bind9-dnsutils
packages=$packages,openssh-server,openssh-client,python3,nodejs

# What the programs may make the kernel load; what is built in is left out.
modules='inet_diag tcp_diag udp_diag unix_diag netlink_diag tls'

tests=$top/userspace/test/programs
work=$build/programs
key=$(printf '%s\n' "$suite" "$packages" | sha256sum | cut -c 1-16)
tarball=$cache/roots/programs-$key.tar

# programs_root: made once, and anew when something else is to be in it.
programs_root() {
	[ ! -e "$tarball" ] || return 0
	step "a root of $suite with the programs, once"
	lock programs
	[ -e "$tarball" ] ||
		make_root "$tarball" "$suite" essential "$packages"
	unlock
}

# All the tests there are.
programs() {
	for test in "$tests"/*.sh; do
		test=${test##*/}
		test=${test%.sh}
		case $test in
		common | nginx | sshd) ;;
		*) echo "$test" ;;
		esac
	done
}

# Those that are wanted, in the order of their names.
wanted() {
	for test in $(programs); do
		case " ${ONLY:-$test} " in
		*" $test "*) echo "$test" ;;
		esac
	done
}

# put_modules ROOT KO: ksock, and what else may be asked for, for modprobe.
put_modules() {
	to=$1/lib/modules/$KVER
	mkdir -p "$to/updates"
	cp "$2" "$to/updates/ksock.ko"
	cp "$MODDIR"/modules.order "$MODDIR"/modules.builtin* "$to/"
	for module in $modules; do
		modprobe -d "${MODDIR%/lib/modules/*}" -S "$KVER" \
			--show-depends "$module" 2>/dev/null || :
	done | sed -n 's/^insmod \([^ ]*\).*/\1/p' | sort -u |
		while read -r path; do
			file=$to/${path#"$MODDIR/"}
			mkdir -p "${file%/*}"
			cp "$path" "$file"
		done
	depmod -b "$1" "$KVER"
}

# make_image KERNEL: the root with the module, and the tool as it is installed.
make_image() {
	# shellcheck source=/dev/null
	. "$("$scripts/kernel.sh" "$1")"
	root=$work/$1.root
	rm -rf --one-file-system "$root" "$work/$1.disk"
	mkdir -p "$root"
	tar -x --numeric-owner -C "$root" -f "$tarball"
	put_modules "$root" "$build/module/$KVER/ksock.ko"
	quietly "$work/install.log" make -C "$top/userspace" \
		O="$build/userspace" DESTDIR="$root" install
	printf '127.0.0.1 localhost\n' >"$root/etc/hosts"
	mke2fs -q -t ext4 -d "$root" -F "$work/$1.disk" 2G >/dev/null
	rm -rf --one-file-system "$root"
}

# docs: all between the two comments that say so is made anew, and the limits.
docs() {
	mkdir -p "$work"
	awk -v table="$build/programs.txt" -v limits="$tests/limits" '
		/^<!-- .*programs.txt -->$/ {
			print
			print ""
			while ((getline line <table) > 0)
				print line
			held = 1
		}
		/^<!-- .*programs\/limits -->$/ {
			print
			print ""
			while ((getline line <limits) > 0) {
				name = line
				sub(/ .*/, "", name)
				sub(/^[^ ]* /, "", line)
				gsub(/_/, " ", name)
				if (name != "#")
					print "- *" name "*: " line
			}
			print ""
			held = 1
		}
		/^<!-- end/ { held = 0 }
		!held { print }' "$top/docs/programs.md" >"$work/programs.md"
	mv "$work/programs.md" "$top/docs/programs.md"
}

# The one who is root in there makes the image, the caller boots it.
if [ "${1:-}" = --image ]; then
	make_image "$2"
	exit
fi
if [ "${1:-}" = --docs ]; then
	docs
	exit
fi

# run_test NAME: a line of the plan.
run_test() {
	echo "timeout=900 run $1 env KTAP_HELPERS=/tests/ktap_helpers.sh" \
		"KSOCK=/usr/local/bin/ksock /tests/programs/$1.sh"
}

# All but one are of a module that was loaded with relaxed=1.
plan() {
	case " $(wanted | xargs) " in
	*" strict "*)
		echo load
		run_test strict
		echo unload
		;;
	esac
	echo load relaxed=1
	for test in $(wanted); do
		[ "$test" = strict ] || run_test "$test"
	done
	echo unload
}

# boot KERNEL. haproxy wants cmpxchg16b.
boot() {
	plan >"$work/$1.plan"
	set -- "$1" --file "$harness/tools/testing/selftests/kselftest/ktap_helpers.sh:/tests/ktap_helpers.sh" \
		--file "$work/watch:/tests/programs/watch"
	for file in "$tests"/*.sh "$tests/limits"; do
		set -- "$@" --file "$file:/tests/programs/${file##*/}"
	done
	kernel=$1
	shift
	counted "$totals" "$scripts/vm/run.sh" --kernel "$kernel" \
		--disk "$work/$kernel.disk" --plan "$work/$kernel.plan" \
		--name "programs-$kernel" --timeout 3600 --cx16 "$@"
}

# table KERNEL: what the guest marked, a row for each program in each role. One
# talk that failed is enough for the row.
table() {
	# shellcheck source=/dev/null
	. "$("$scripts/kernel.sh" "$1")"
	tr -d '\r' <"$build/vm/programs-$1/results" | sort | awk -v kernel="$1 ($PKGVER)" '
		function result(column) {
			return (row, column) in bad ? "FAIL" : \
				(row, column) in good ? "ok" : "-"
		}
		$1 == "#" && $2 == "mark" {
			row = $3 " " $4
			rows[row]
			if ($6 == "ok")
				good[row, $5]
			else
				bad[row, $5]
			bytes[row, $5] += $7
		}
		END {
			print "Kernel " kernel
			print ""
			print "| program | role | ordinary sockets | ksock, ordinary peers | bytes | ksock, peers on ksock | bytes |"
			print "|---|---|---|---|---|---|---|"
			for (row in rows) {
				split(row, of, " ")
				printf "| %s | %s | %s | %s | %d | %s | %d |\n", \
					of[1], of[2], result("plain"), \
					result("peers"), bytes[row, "peers"], \
					result("self"), bytes[row, "self"] | "sort"
			}
			close("sort")
			print ""
		}'
}

# How many programs have nothing but green in any of their roles.
summary() {
	awk -F '[| ]+' '
		$1 == "Kernel" { kernel = $2 }
		NF > 8 && $3 ~ /^(client|server)$/ {
			programs[$2]
			if ($4 != "ok" || $5 != "ok" || $7 != "ok")
				red[$2]
		}
		END {
			for (name in programs)
				all++
			for (name in red)
				some++
			printf "%d of %d programs work", all - some, all
		}' "$1"
}

known_names "${ONLY:-}" "$(programs)"
"$scripts/deps.sh" build vm check programs
kernels=${KERNEL:-6.1 $("$scripts/kernel.sh" --list | tail -n 1)}
mkdir -p "$work"
totals=$work/totals
: >"$totals"
programs_root
"$scripts/userspace.sh" >/dev/null
harness=$("$scripts/harness.sh")
cc -Wall -Wextra -Werror -O2 -static -o "$work/watch" "$tests/watch.c"

: >"$build/programs.txt"
for kernel in $kernels; do
	"$scripts/module.sh" "$kernel" >/dev/null
	step "the programs on $kernel"
	private "$0" --image "$kernel"
	boot "$kernel"
	table "$kernel" >"$work/$kernel.table"
	rm -f "$work/$kernel.disk"
	cat "$work/$kernel.table"
	step "$kernel: $(summary "$work/$kernel.table")"
	cat "$work/$kernel.table" >>"$build/programs.txt"
done
exec "$scripts/vm/judge.pl" --sum "$totals"
