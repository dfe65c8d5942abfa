#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# Run Kbuild for a distribution kernel in a directory of build/module/KVER/.
# Kbuild leaves its output beside the sources, so every kernel has a copy of them
# there. A kernel of another release than this machine's wants that release's
# compiler, so it is built for in a root of that release, which sees the directory
# at the same path.
#
#   kbuild.sh KERNEL DIRECTORY [VARIABLE=VALUE]...

# shellcheck source=scripts/lib.sh
. "$(dirname -- "$0")/lib.sh"

inside=false
if [ "${1:-}" = --inside ]; then
	inside=true
	shift
fi
[ $# -ge 2 ] || die 'usage: kbuild.sh KERNEL DIRECTORY [VARIABLE=VALUE]...'
kernel=$1
directory=$2
shift 2

# shellcheck source=/dev/null
. "$("$scripts/kernel.sh" "$kernel")"
tree=$build/module/$KVER
root=$tree/root
suite=$("$scripts/kernel.sh" --suite "$kernel")
host=$(sed -n 's/^VERSION_CODENAME=//p' /etc/os-release)

# What was built here is built for as it was.
if [ -n "${DEBUG:-}" ]; then
	[ "$DEBUG" != kmsan ] || set -- CC=clang-19 "$@"
	exec "$scripts/suite-make.sh" "$suite" "$KDIR" \
		"M=$tree/$directory" "$@" modules
fi

if $inside; then
	mount_root "$root"
	mkdir -p "$root$tree"
	mount --bind "$tree" "$root$tree"
	in_root "$root" "make -j$(nproc) -C /usr/src/linux-headers-$KVER \
		M=$tree/$directory $* modules"
	exit
fi

if [ "$suite" = "$host" ]; then
	exec make -C "$KDIR" M="$tree/$directory" "$@" modules
fi
"$scripts/deps.sh" dkms
native_root "$suite" "$KVER"
if [ ! -e "$root/root" ]; then
	rm -rf "$root"
	mkdir -p "$root"
	tar -x --numeric-owner -C "$root" -f "$native_root"
fi
private "$0" --inside "$kernel" "$directory" "$@"
