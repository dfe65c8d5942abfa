#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# Which accelerator a guest can really use, as QEMU flags on standard output.
# That /dev/kvm opens proves nothing: nested and sandboxed hosts have it and
# hang or abort in it. So a guest of nine instructions is run, and only its own
# exit code through isa-debug-exit counts. The answer holds until the next boot
# of the host. KSOCK_ACCEL=kvm or tcg decides without asking.
#
#   accel.sh [--debug | --kcsan | --kmsan]       for a debug kernel of that kind

# shellcheck source=scripts/lib.sh
. "$(dirname -- "$0")/../lib.sh"

# Without KVM, QEMU 7.2 miscompiles cmpxchg16b often enough to panic one in
# five boots of a 6.12 kernel inside SLUB; a CPU model without the instruction
# makes the kernel take the lock instead. The guest's CPUs take turns on one
# thread: with a thread each, one may still run a breakpoint that another has
# patched away (the jump label of SO_TIMESTAMP), and the kernel oopses on int3.
# KASAN wants a processor with more than that, but not 5-level page tables: it
# reports wild accesses while it boots with them, which ends lockdep as well. And
# what is to race needs a thread for each, which does where no code is patched.
cpu=qemu64,-cx16 thread=single
[ -z "${1:-}" ] || cpu=max,la57=off,-cx16
[ "${1:-}" != --kcsan ] || thread=multi
tcg="-accel tcg,thread=$thread -cpu $cpu"
kvm='-accel kvm -cpu host'

# mov $42,%al; mov $0x501,%dx; out %al,(%dx); hlt; jmp back to the hlt. The
# device turns the 42 into exit code 85, which nothing else produces.
boot_sector() {
	printf '\260\052\272\001\005\356\364\353\375'
	head -c 501 /dev/zero
	printf '\125\252'
}

# Sets reason to why KVM is no use, or to nothing when it is.
probe() {
	sector=$build/vm/probe.$$
	boot_sector >"$sector"
	status=0
	# shellcheck disable=SC2086 # flags
	timeout -k 1 2 "$qemu" $kvm -m 16 -nodefaults -display none -no-reboot \
		-device isa-debug-exit,iobase=0x501,iosize=2 \
		-drive "file=$sector,format=raw,if=floppy" >/dev/null 2>&1 || status=$?
	rm -f "$sector"
	case $status in
	85) reason= ;;
	124 | 137) reason='a guest hangs in it' ;;
	*) reason="a guest fails in it, status $status" ;;
	esac
}

mkdir -p "$build/vm"
accel=${KSOCK_ACCEL:-}
if [ -z "$accel" ]; then
	read -r boot </proc/sys/kernel/random/boot_id
	known=$build/vm/accelerator.$boot
	if [ ! -e "$known" ]; then
		probe
		if [ -z "$reason" ]; then
			echo kvm >"$known.$$"
		else
			warn "no KVM, $reason: emulating"
			echo tcg >"$known.$$"
		fi
		mv "$known.$$" "$known"
		# Of earlier boots.
		find "$build/vm" -name 'accelerator.*' ! -name "accelerator.$boot*" \
			-delete
	fi
	accel=$(cat "$known")
fi
case $accel in
kvm) echo "$kvm" ;;
tcg) echo "$tcg" ;;
*) die "KSOCK_ACCEL is '$KSOCK_ACCEL'; it can be kvm or tcg" ;;
esac
