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

# The versions that DKMS has of sources like these; a package sees to its own. Old
# releases write "ksock, 0.1", newer ones "ksock/0.1".
versions() {
	dkms status -m ksock | sed -n 's|^ksock[/,] *\([^,:]*\).*|\1|p' | sort -u |
		while read -r known; do
			dpkg -S "/usr/src/ksock-$known/dkms.conf" >/dev/null 2>&1 ||
				echo "$known"
		done
}

install_tree() {
	[ -e "/lib/modules/$kver/build" ] ||
		die "no headers of $kver: install its linux-headers package, or set KVER"
	[ ! -e "$tree" ] || die "$tree is there already: make dkms-uninstall first"
	others=$(versions | xargs)
	[ -z "$others" ] || die "DKMS has ksock $others: make dkms-uninstall first"
	mkdir -p "$tree"
	cp -r "$top/dkms.conf" "$top/Makefile" "$top/module" "$top/uapi" "$tree/"
	dkms add -m ksock -v "$version"
	dkms install -m ksock -v "$version" -k "$kver"
	installed || die "DKMS did not install ksock $version for $kver"
}

# Also of earlier versions, and what an installation that failed has left.
uninstall_tree() {
	for version in $(versions); do
		dkms remove -m ksock -v "$version" --all || :
		! versions | grep -qxF "$version" ||
			die "DKMS did not remove ksock $version"
		rm -rf "/usr/src/ksock-$version"
	done
	rm -rf "$tree"
}

case ${1:-} in
install) install_tree ;;
uninstall) uninstall_tree ;;
*) die 'usage: dkms-tree.sh install|uninstall' ;;
esac
