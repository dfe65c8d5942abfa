#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# Build the module for a distribution kernel and print the path of ksock.ko.
#
# Kbuild leaves its output beside the source, so each kernel has a copy of the
# sources below build/module/, brought up to date file by file: what has not
# changed is not compiled again. A kernel of another release than this machine's
# wants that release's compiler, so it is built in a root of that release.
#
#   module.sh [KERNEL]

# shellcheck source=scripts/lib.sh
. "$(dirname -- "$0")/lib.sh"

inside=false
if [ "${1:-}" = --inside ]; then
	inside=true
	shift
fi
kernel=${1:-6.1}

# shellcheck source=/dev/null
. "$("$scripts/kernel.sh" "$kernel")"
tree=$build/module/$KVER
root=$tree/root
suite=$("$scripts/kernel.sh" --suite "$kernel")
host=$(sed -n 's/^VERSION_CODENAME=//p' /etc/os-release)

if $inside; then
	mount_root "$root"
	mkdir -p "$root/root/ksock"
	mount --bind "$tree" "$root/root/ksock"
	in_root "$root" "make -C /usr/src/linux-headers-$KVER \
		M=/root/ksock/module modules"
	exit
fi

mkdir -p "$tree"
cp -au "$top/module" "$top/uapi" "$top/dkms.conf" "$tree/"
if [ "$suite" = "$host" ]; then
	quietly "$tree/make.log" make -C "$KDIR" M="$tree/module" modules
else
	"$scripts/deps.sh" dkms
	native_root "$suite" "$KVER"
	if [ ! -e "$root/root" ]; then
		rm -rf "$root"
		mkdir -p "$root"
		tar -x --numeric-owner -C "$root" -f "$native_root"
	fi
	quietly "$tree/make.log" private "$0" --inside "$kernel"
fi
cp -u "$tree/module/ksock.ko" "$tree/ksock.ko"
say "$tree/ksock.ko"
