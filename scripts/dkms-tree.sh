#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# Put the module's sources where DKMS looks for them, build and install it for
# the running kernel or for the one KVER names; or take all of that back.
#
#   dkms-tree.sh install|uninstall

# shellcheck source=scripts/lib.sh
. "$(dirname -- "$0")/lib.sh"

version=$(sed -n 's/^PACKAGE_VERSION="\(.*\)"$/\1/p' "$top/dkms.conf")
kver=${KVER:-$(uname -r)}
tree=/usr/src/ksock-$version

command -v dkms >/dev/null || die "dkms is missing; as root: apt-get install dkms"
[ "$(id -u)" = 0 ] || die "DKMS installs for the whole system: run this as root"

# dkms says "not installed" with success, so its status is read, not its exit.
installed() {
	dkms status -m ksock -v "$version" -k "$kver" | grep -q ': installed'
}

install_tree() {
	[ -e "/lib/modules/$kver/build" ] ||
		die "no headers of $kver: install its linux-headers package, or set KVER"
	[ ! -e "$tree" ] || die "$tree is there already: make dkms-uninstall first"
	mkdir -p "$tree"
	cp -r "$top/dkms.conf" "$top/Makefile" "$top/module" "$top/uapi" "$tree/"
	dkms add -m ksock -v "$version"
	dkms install -m ksock -v "$version" -k "$kver"
	installed || die "DKMS did not install ksock $version for $kver"
}

uninstall_tree() {
	dkms remove -m ksock -v "$version" --all || :
	! installed || die "DKMS did not remove ksock $version"
	rm -rf "$tree"
}

case ${1:-} in
install) install_tree ;;
uninstall) uninstall_tree ;;
*) die 'usage: dkms-tree.sh install|uninstall' ;;
esac
