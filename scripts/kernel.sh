#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# A distribution kernel, ready to boot and to build against, without installing
# anything: image and headers are downloaded, unpacked into the cache and put in
# order there. The answer is $cache/kernels/KERNEL/env, lines of NAME=value that
# a shell and make both read: KVER PKGVER KDIR VMLINUZ MODDIR. KERNEL-debug and its
# like are built by debug-kernel.sh, and have DEBUG as well, which says what kind.
#
#   kernel.sh [KERNEL]           make it so, print the path of env
#   kernel.sh --suite KERNEL     the Debian suite this kernel comes from
#   kernel.sh --list             the kernels known by name

# shellcheck source=scripts/lib.sh
. "$(dirname -- "$0")/lib.sh"

# The one map from what people type to where it comes from.
map='5.10=bullseye 6.1=bookworm 6.12=trixie 7.2=forky 7.3=trixie-backports'

suite_of() {
	for pair in $map; do
		[ "${pair%%=*}" != "${1%-*}" ] || {
			echo "${pair#*=}"
			return
		}
	done
	die "no kernel '$1'; known: $(list | xargs)"
}

list() {
	for pair in $map; do
		echo "${pair%%=*}"
	done
}

apt() {
	"$scripts/suite.sh" apt "$suite" "$@"
}

# field PACKAGE FIELD, from the newest version in the lists.
field() {
	apt show --no-all-versions "$1" | sed -n "s/^$2: //p"
}

# The linux-* packages that PACKAGE depends on, itself excluded.
linux_depends() {
	field "$1" Depends | tr ',' '\n' | sed 's/^ *//; s/[ (].*//' |
		grep -E '^linux-(image|headers|kbuild|binary|modules|base)-' || :
}

# Everything of the kernel's own that a package needs, found breadth first. The
# depth is bounded by how Debian splits a kernel: four levels at most.
closure() {
	seen=$1
	for _ in 1 2 3 4 5; do
		# shellcheck disable=SC2046,SC2086 # lists of package names
		next=$(printf '%s\n' $seen $(for p in $seen; do linux_depends "$p"; done) |
			sort -u)
		[ "$next" != "$seen" ] || break
		seen=$next
	done
	echo "$seen"
}

# The packaged header Makefile includes its common half by absolute path, and
# the compiler check would have it installed; point it at the unpacked tree.
relocate() {
	for makefile in "$tmp"/root/usr/src/linux-headers-*-amd64/Makefile; do
		sed -i "s|/usr/src/|$dir/root/usr/src/|g" "$makefile"
	done
}

write_env() {
	image=$(find "$1/root/usr/lib/modules" -maxdepth 2 -name vmlinuz 2>/dev/null |
		head -n 1)
	[ -n "$image" ] ||
		image=$(find "$1/root/boot" -maxdepth 1 -name 'vmlinuz-*' | head -n 1)
	[ -n "$image" ] || die "no kernel image among the packages of $kernel"
	cat >"$1/env" <<-EOF
		KVER=$kver
		PKGVER=$version
		KDIR=$dir/root/usr/src/linux-headers-$kver
		VMLINUZ=$dir/root${image#"$1/root"}
		MODDIR=$dir/root/lib/modules/$kver
	EOF
}

fetch() {
	step "kernel $kernel: package lists of $suite"
	apt update >"$tmp/apt.log" 2>&1 ||
		die "the mirror has no $suite, which kernel $kernel comes from ($tmp/apt.log)"

	image=$(linux_depends linux-image-cloud-amd64 | grep '^linux-image-[0-9]')
	headers=$(linux_depends linux-headers-cloud-amd64 | grep '^linux-headers-[0-9]')
	version=$(field "$image" Version)
	kver=${image#linux-image-}
	[ "$headers" = "linux-headers-$kver" ] ||
		die "image $image and headers $headers are of different kernels"
	[ "$version" = "$(field "$headers" Version)" ] ||
		die "image and headers of $kver are of different versions"
	case $kver in
	"$kernel".*) ;;
	*) die "$suite has moved on to $kver, it no longer has a $kernel" ;;
	esac

	packages=$( (closure "$image"; closure "$headers") | sort -u)
	step "kernel $kernel: download $kver ($version)"
	mkdir -p "$tmp/debs" "$tmp/root"
	# shellcheck disable=SC2086
	(cd "$tmp/debs" && quietly "$tmp/apt.log" apt download $packages)

	step "kernel $kernel: unpack"
	for deb in "$tmp"/debs/*.deb; do
		dpkg-deb -x "$deb" "$tmp/root"
	done
	rm -r "$tmp/debs"
	# Where everything moved to /usr, depmod and kbuild still look in /lib.
	[ -e "$tmp/root/lib" ] || ln -s usr/lib "$tmp/root/lib"
	depmod -b "$tmp/root" "$kver"
	relocate
	write_env "$tmp"
}

case ${1:-} in
--suite)
	suite_of "${2:?}"
	exit
	;;
--list)
	list
	exit
	;;
esac

kernel=${1:-6.1}
case $kernel in
*-debug | *-kcsan | *-kmsan) exec "$scripts/debug-kernel.sh" "$kernel" ;;
esac
dir=$cache/kernels/$kernel
tmp=$dir.tmp

# A cache that was moved has the old path in its env, and is made anew.
usable() {
	[ -e "$dir/env" ] && grep -qxF "MODDIR=$dir/root/lib/modules/$(
		sed -n 's/^KVER=//p' "$dir/env")" "$dir/env"
}

if ! usable; then
	suite=$(suite_of "$kernel")
	"$scripts/deps.sh" kernel
	lock kernels
	if ! usable; then
		rm -rf "$tmp" "$dir"
		mkdir -p "$tmp"
		fetch >&2
		mv "$tmp" "$dir"
	fi
fi
echo "$dir/env"
