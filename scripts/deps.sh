#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# Which Debian packages each kind of work needs, and the one place that asks
# for them. When nothing is missing this costs one dpkg-query; when something
# is, root gets it installed and anybody else gets the command to run.

# shellcheck source=scripts/lib.sh
. "$(dirname -- "$0")/lib.sh"

packages() {
	case $1 in
	build)	echo "gcc libc6-dev make libelf1 pkgconf libjansson-dev scdoc" ;;
	vm)	echo "qemu-system-x86 busybox-static cpio kmod perl xz-utils" ;;
	kernel)	echo "xz-utils kmod debian-archive-keyring" ;;
	demo)	echo "socat netcat-openbsd iproute2" ;;
	check)	echo "perl gcc-i686-linux-gnu libc6-dev-i386-cross liburing-dev xz-utils jq" ;;
	bench)	echo "gcc libc6-dev make perl jq" ;;
	coverage) echo "gcovr cpio gcc jq" ;;
	clang)	echo "clang-19" ;;
	debug)	echo "gcc libc6-dev make flex bison bc libelf-dev libssl-dev xz-utils kmod" ;;
	pressure) echo "stress-ng" ;;
	dkms)	echo "mmdebstrap e2fsprogs debian-archive-keyring" ;;
	programs) echo "mmdebstrap e2fsprogs debian-archive-keyring gcc libc6-dev kmod" ;;
	lint)	echo "shellcheck sparse pahole codespell mandoc g++ perl python3 coccinelle clang-19 abigail-tools" ;;
	sanitize) echo "gcc valgrind libc6-dbg clang-19 libclang-rt-19-dev binutils" ;;
	doc)	echo "scdoc" ;;
	deb)	echo "build-essential dpkg-dev debhelper dh-dkms lintian gcc libc6-dev pkgconf libjansson-dev scdoc" ;;
	*)	die "no group '$1': build vm kernel demo check bench clang coverage debug pressure dkms programs lint sanitize doc deb" ;;
	esac
}

[ $# -gt 0 ] || die "usage: deps.sh GROUP..."
wanted=$(for group; do packages "$group"; done)

# shellcheck disable=SC2086 # a list of package names
have=" $(dpkg-query -W -f '${db:Status-Status}:${Package} ' $wanted 2>/dev/null ||
	:) "
missing=
for package in $wanted; do
	case "$have$missing " in
	*" installed:$package "* | *" $package "*) ;;
	*) missing="$missing $package" ;;
	esac
done
[ -n "$missing" ] || exit 0

install="apt-get install --no-install-recommends -y$missing"
[ "$(id -u)" = 0 ] ||
	die "missing packages:$missing; as root: apt-get update && $install"

# Of two apt-get at once one would give up.
lock packages
step "install$missing"
mkdir -p "$build"
export DEBIAN_FRONTEND=noninteractive
quietly "$build/deps.log" apt-get -o DPkg::Lock::Timeout=120 update
# shellcheck disable=SC2086
quietly "$build/deps.log" apt-get -o DPkg::Lock::Timeout=120 \
	${install#apt-get }
