#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# Boot a distribution kernel with ksock in it, do what a plan says, and judge
# the outcome. One command, no root, nothing installed; the exit status is the
# verdict, and everything the guest said stays in build/vm/NAME/.
#
# The guest ends by itself, by a panic (which powers it off) or by the timeout,
# and QEMU's own exit status says nothing about which: only what the guest
# wrote to its second serial port does, and judge.pl reads that.

# shellcheck source=scripts/lib.sh
. "$(dirname -- "$0")/../lib.sh"

usage() {
	cat <<-EOF
		usage: run.sh [OPTION]...
		  --kernel K        the kernel to boot, by series; 6.1 unless given
		  --plan FILE       what to do in the guest, see scripts/vm/init
		  --ko FILE         the module; build/module/KVER/ksock.ko if there is one
		  --no-ko           boot without the module
		  --bin NAME        a program of this host to take along
		  --file SRC:DST    a file to take along
		  --disk IMAGE      go on to the ext4 root in IMAGE, which is not written
		                    to; of the files, those for /tests come along
		  --memory FILE     the guest's memory is FILE, which stays when it ends
		  --timeout S       the longest the guest may live; 300 unless given
		  --name NAME       the directory below build/vm for the logs
		  --totals FILE     append the counts to FILE instead of printing them
		  --leaks           with a debug kernel, look for leaks of memory, which
		                    makes it half as fast
		  --coverage        with a debug kernel, have the guest write what ran
		                    to "coverage" beside the logs, a tar of .gcda
		  --icount          one processor, whose time stamp counter counts the
		                    instructions that ran: the same in every run
		  --plugin FILE     with --icount, a QEMU plugin that is told where to
		                    write: "profile" beside the logs; what the guest
		                    writes to port 0xe9 goes to "symbols" there
		  --cx16            programs may use cmpxchg16b, also when emulated
		  --show-console    print what scripts in the guest print, as it comes
		  --shell           no plan: a shell in the guest
		  --gdb             wait for a debugger on port 1234
	EOF
}

# The file system may take half of the memory that is left beside its image.
kernel=6.1 plan='' ko='' timeout=300 name='' totals='' console=false
interactive=false debugger='' disk='' memory_file='' guest_has='' icount=false
plugin='' cx16=false leaks=off coverage=false memory=768 slow=1
while [ $# -gt 0 ]; do
	case $1 in
	--kernel | --plan | --ko | --disk | --memory | --bin | --file | --timeout | --name | --totals | --plugin)
		[ $# -ge 2 ] || die "$1 wants a value"
		case $1 in
		--kernel) kernel=$2 ;;
		--plan) plan=$2 ;;
		--ko) ko=$2 ;;
		--disk) disk=$2 ko=none ;;
		--memory) memory_file=$2 ;;
		--timeout) timeout=$2 ;;
		--name) name=$2 ;;
		--totals) totals=$2 ;;
		--plugin) plugin=$2 ;;
		*) guest_has="$guest_has $1 $2" ;;
		esac
		shift
		;;
	--no-ko) ko=none ;;
	--leaks) leaks=on ;;
	--coverage) coverage=true ;;
	--icount) icount=true ;;
	--cx16) cx16=true ;;
	--show-console) console=true ;;
	--shell) interactive=true ;;
	--gdb) debugger='-s -S' timeout=86400 ;;
	--help)
		usage
		exit
		;;
	*)
		usage >&2
		exit 2
		;;
	esac
	shift
done

"$scripts/deps.sh" vm
# shellcheck source=/dev/null
. "$("$scripts/kernel.sh" "$kernel")"
# A debug kernel does the same in more time and memory.
debug='' stop=1
if [ -n "${DEBUG:-}" ]; then
	debug=--$DEBUG memory=2048 slow=10
	# Races elsewhere in the kernel are reported as well, and nobody stops at those.
	[ "$DEBUG" != kcsan ] || stop=0
fi
timeout=$((timeout * slow))
if $icount; then
	# A second processor would make the counts depend on the host, which does
	# not even boot it; an idle one jumps to its next timer.
	flags='-accel tcg -icount shift=0,sleep=off -cpu qemu64 -smp 1'
	flags="$flags -rtc clock=vm,base=2024-01-01"
else
	flags="$("$scripts/vm/accel.sh" "$debug") -smp 2"
	# Then it is the kernel that is told to do without, see accel.sh.
	! $cx16 || flags=$(printf '%s\n' "$flags" | sed 's/,-cx16//')
fi

if [ -z "$ko" ]; then
	ko=$build/module/$KVER/ksock.ko
	[ -e "$ko" ] || ko=none
fi
[ "$ko" = none ] || guest_has="$guest_has --ko $ko"

logs=$build/vm/${name:-$kernel}
mkdir -p "$logs"
rm -rf "${logs:?}"/*
if [ -n "$plan" ]; then
	cp "$plan" "$logs/plan"
elif [ "$ko" = none ]; then
	echo '# nothing to do' >"$logs/plan"
else
	printf 'load\nunload\n' >"$logs/plan"
fi

step "guest $KVER ($PKGVER)"
# shellcheck disable=SC2086 # options
"$scripts/vm/initramfs.sh" --kernel "$kernel" --out "$logs/initramfs" \
	--plan "$logs/plan" $guest_has

# The flags that make a boot fast under emulation; kernel messages down to
# warnings are printed, for those of them that do not panic.
append="console=ttyS0 quiet loglevel=5 panic=-1 oops=panic panic_on_warn=$stop"
append="$append mitigations=off nokaslr no_timer_check tsc=reliable"
append="$append guest.slow=$slow${DEBUG:+ kmemleak=$leaks}"
# A debug kernel says more.
[ -z "${DEBUG:-}" ] || append="$append log_buf_len=4M"
# SELinux uses memory it has not written to with each connection.
[ "${DEBUG:-}" != kmsan ] || append="$append lsm="
! $coverage || append="$append guest.coverage"
# The number of the feature, which kernels before 5.19 have no name for.
! $cx16 || append="$append clearcpuid=141"
# Nothing that takes its time from elsewhere may be waited for.
! $icount || append="$append random.trust_cpu=on"

# shellcheck disable=SC2086 # flags
set -- $flags -m $memory -nodefaults -display none -nic none -no-reboot \
	$debugger -kernel "$VMLINUZ" -initrd "$logs/initramfs"

if [ -n "$plugin" ]; then
	set -- "$@" -plugin "$plugin,out=$logs/profile" \
		-debugcon "file:$logs/symbols"
fi

! $coverage || set -- "$@" -serial "file:$logs/coverage"

if [ -n "$disk" ]; then
	append="$append guest.disk"
	set -- "$@" -drive \
		"file=$disk,if=virtio,format=raw,snapshot=on,cache=unsafe"
fi

if [ -n "$memory_file" ]; then
	set -- "$@" -machine memory-backend=memory -object \
		"memory-backend-file,id=memory,size=${memory}M,mem-path=$memory_file,share=on"
fi

if $interactive; then
	exec "$qemu" "$@" -append "$append guest.interactive" -serial mon:stdio
fi

# What scripts print is on the console among the kernel's lines, and those
# begin with a time stamp.
show_console() {
	tail -n +1 -s 0.1 -f --pid="$1" "$logs/console" |
		sed -u 's/\r$//; /^\[ *[0-9]*\.[0-9]*\] /d'
}

boot() {
	: >"$logs/console"
	: >"$logs/results"
	timeout -k 5 "$timeout" "$qemu" -append "$append" \
		-serial "file:$logs/console" -serial "file:$logs/results" \
		"$@" </dev/null >"$logs/qemu" 2>&1 &
	guest=$!
	# shellcheck disable=SC2064 # this guest, now
	trap "kill $guest 2>/dev/null" EXIT
	trap 'exit 130' INT TERM HUP
	if $console; then
		show_console "$guest" &
		viewer=$!
	fi

	# A machine that says nothing for this long has hung before its init.
	(
		tries=$((90 * slow))
		until grep -q '^GUEST begin' "$logs/results"; do
			tries=$((tries - 1))
			[ "$tries" -gt 0 ] || kill "$guest"
			sleep 1
			kill -0 "$guest" || break
		done
	) >/dev/null 2>&1 &
	watch=$!

	verdict=0
	"$scripts/vm/judge.pl" --plan "$logs/plan" --results "$logs/results" \
		--console "$logs/console" --kernel "$kernel" --follow "$guest" \
		--skips "$top/selftests/skips" ${totals:+--totals "$totals"} ||
		verdict=$?

	status=0
	wait "$guest" || status=$?
	kill "$watch" 2>/dev/null || :
	trap - EXIT
	! $console || wait "$viewer" || :
	case $status in
	0) ;;
	124 | 137) step "FAIL  the guest was still alive after $timeout s" ;;
	143) step "FAIL  the guest hung before it began" ;;
	*)
		step "FAIL  QEMU ended with status $status"
		tail -n 5 "$logs/qemu"
		;;
	esac
}

boot "$@"
# A guest that did not come as far as the first line of its plan says nothing
# about ksock. It gets one more chance, and never for any other reason.
if [ "$verdict" = 3 ]; then
	step "the machine failed before any test began: once more"
	cp "$logs/console" "$logs/console.first"
	boot "$@"
fi
rm -f "$logs/initramfs"
if [ "$verdict" = 3 ]; then
	step "FAIL  no test began; the end of $logs/console:"
	tail -n 20 "$logs/console"
	[ -z "$totals" ] || echo '0 1 0' >>"$totals"
fi
[ "$verdict$status" = 00 ] ||
	die "kernel $kernel: failed; logs in $logs"
