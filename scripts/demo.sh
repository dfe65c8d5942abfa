#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# The demonstration: build ksock, boot a distribution kernel with it, let
# ksocks and ordinary programs talk. With VM=0, root and a kernel that loads
# modules, the same on this machine.

# shellcheck source=scripts/lib.sh
. "$(dirname -- "$0")/lib.sh"

kernel=${KERNEL:-6.1}

here() {
	kdir=/lib/modules/$(uname -r)/build
	[ "$(id -u)" = 0 ] || die "VM=0 loads a module: run it as root"
	[ -e "$kdir" ] || die "VM=0 needs the headers of $(uname -r): $kdir"
	"$scripts/deps.sh" build demo
	userspace=$("$scripts/userspace.sh")
	mkdir -p "$build/module"
	quietly "$build/module/here.log" make -C "$top" modules
	insmod "$top/module/ksock.ko" || die "this kernel does not load ksock.ko"
	verdict=0
	PATH=$userspace:$PATH "$scripts/demo/talk" || verdict=1
	rmmod ksock
	exit "$verdict"
}

[ "${VM:-1}" != 0 ] || here

"$scripts/deps.sh" build vm demo
step "build for Debian's $kernel"
ko=$("$scripts/module.sh" "$kernel")
userspace=$("$scripts/userspace.sh")
printf 'load\nshell /demo/talk\nunload\n' >"$build/demo.plan"
exec "$scripts/vm/run.sh" --kernel "$kernel" --ko "$ko" --name demo \
	--plan "$build/demo.plan" --show-console \
	--bin nc --bin socat --bin ss \
	--file "$userspace/ksock:/usr/bin/ksock" \
	--file "$scripts/demo/talk:/demo/talk"
