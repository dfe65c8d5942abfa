#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# Run make in a directory of the build or the cache by the tools of a release:
# those of this machine where it is of that release, else those of a root of it,
# which sees both at the same paths. It has what a kernel is built with.
#
#   suite-make.sh SUITE DIRECTORY [ARGUMENT]...       none with a blank in it

# shellcheck source=scripts/lib.sh
. "$(dirname -- "$0")/lib.sh"

inside=false
if [ "${1:-}" = --inside ]; then
	inside=true
	shift
fi
[ $# -ge 2 ] || die 'usage: suite-make.sh SUITE DIRECTORY [ARGUMENT]...'
suite=$1
directory=$2
shift 2
root=$build/suite/$suite
tarball=$cache/roots/make-$suite.tar

if $inside; then
	mount_root "$root"
	for shared in "$cache" "$build"; do
		mkdir -p "$root$shared"
		mount --bind "$shared" "$root$shared"
	done
	in_root "$root" "exec make -j$(nproc) -C $directory $*"
	exit
fi

[ "$suite" != "$(sed -n 's/^VERSION_CODENAME=//p' /etc/os-release)" ] ||
	exec make -C "$directory" "$@"
"$scripts/deps.sh" dkms
if [ ! -e "$tarball" ]; then
	lock roots
	[ -e "$tarball" ] || make_root "$tarball" "$suite" essential \
		"gcc,libc6-dev,make,flex,bison,bc,libelf-dev,libssl-dev,xz-utils,kmod,cpio,perl"
	unlock
fi
if [ ! -e "$root/root" ]; then
	rm -rf "$root"
	mkdir -p "$root"
	tar -x --numeric-owner -C "$root" -f "$tarball"
fi
private "$0" --inside "$suite" "$directory" "$@"
