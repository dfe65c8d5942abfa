#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# The flavours of a distribution's kernel that the matrix does not boot: in a
# root of that distribution, with its compilers, build the module against the
# headers of each with W=1, and let no warning pass. The generic and the rt
# kernel everywhere, arm64 and 32-bit x86 where Debian still has them. TAP.
#
#   flavours.sh [KERNEL]

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
abi=${KVER%-cloud-amd64}
suite=$("$scripts/kernel.sh" --suite "$kernel")
work=$build/flavours/$kernel
root=$work/root
base=$cache/roots/flavours-$KVER.tar

# Flavour, architecture of its headers, of its compiler, of its kernel. Of
# bullseye only amd64 is still kept up to date, 32-bit x86 ends with bookworm.
flavours() {
	cat <<-EOF
		amd64     amd64 -                 x86
		rt-amd64  amd64 -                 x86
	EOF
	[ "$kernel" = 5.10 ] || echo 'arm64 arm64 aarch64-linux-gnu arm64'
	[ "$kernel" != 6.1 ] || echo '686 i386 - i386'
}

if ! $inside; then
	"$scripts/deps.sh" dkms
	if [ ! -e "$base" ]; then
		echo "# a root of $suite with two compilers, once"
		lock roots
		from=
		[ "$suite" = "${suite%-backports}" ] || from=/$suite
		[ -e "$base" ] || make_root "$base" "$suite" minbase \
			"linux-headers-$abi-amd64$from,linux-headers-$abi-rt-amd64$from,gcc,make,perl,gcc-aarch64-linux-gnu"
		unlock
	fi
	private "$0" --inside "$kernel"
	exit
fi

# The version of a foreign flavour may be older than ours: 32-bit x86 is taken
# from the main archive alone, whose security archive is not on every mirror.
abi_of() {
	case $2 in
	i386)
		in_root "$root" "apt-cache depends linux-headers-$1:$2" |
			sed -n "s/.*Depends: linux-headers-\(.*\)-$1.*/\1/p"
		;;
	*)	echo "$abi" ;;
	esac
}

# fetch FLAVOUR ARCH ABI: headers alone, for the tools they depend on are those
# of another architecture, and only /usr/src, for what else they have may stand
# in /lib, which is a link here.
fetch() {
	[ -n "$3" ] && in_root "$root" "cd /root
		apt-get -q download linux-headers-$3-$1:$2 linux-headers-$3-common
		for deb in linux-headers-*.deb; do
			dpkg-deb --fsys-tarfile \$deb | tar -x -C / ./usr/src
			rm \$deb
		done"
}

# build_flavour FLAVOUR ABI COMPILER TARGET: the tools of the build are this
# machine's whatever they build for.
build_flavour() {
	in_root "$root" "rm -rf /root/ksock && cp -r /root/source /root/ksock
		make -j$(nproc) -C /usr/src/linux-headers-$2-$1 M=/root/ksock/module W=1 \
			ARCH=$4 ${3:+CROSS_COMPILE=$3-} modules" &&
		[ -f "$root/root/ksock/module/ksock.ko" ]
}

no_warning() {
	! grep -i 'warning' "$work/make.log"
}

rm -rf --one-file-system "$root"
mkdir -p "$root"
tar -x --numeric-owner -C "$root" -f "$base"
root_network "$root"
copy_sources "$root/root/source"
log=$work/log
mount_root "$root"
# Foreign packages are not on every mirror, and their lists not always whole.
has_i386=$(flavours | sed -n 's/.* \(i386\) -.*/,\1/p')
if flavours | grep -qv ' amd64 '; then
	in_root "$root" "
		dpkg --add-architecture arm64
		dpkg --add-architecture i386
		sed -i -e '/-security/ s/arch=amd64/arch=amd64,arm64/' \
			-e '/-security/ ! s/arch=amd64/arch=amd64,arm64$has_i386/' \
			\$(grep -rl arch=amd64 /etc/apt/sources.list*)
		apt-get -q -o Acquire::Languages=none update" >"$log" 2>&1 ||
		sed 's/^/# /' "$log"
fi

flavours >"$work/flavours"
echo "# flavours of $abi ($PKGVER)"
while read -r flavour arch compiler target; do
	[ "$compiler" != - ] || compiler=
	flavour_abi=$(abi_of "$flavour" "$arch")
	if [ "$arch" != amd64 ] &&
		! fetch "$flavour" "$arch" "$flavour_abi" >"$log" 2>&1; then
		sed 's/^/# /' "$log"
		skip "builds for $flavour" "the mirror has no headers of $arch"
		continue
	fi
	check "builds for $flavour" \
		build_flavour "$flavour" "$flavour_abi" "$compiler" "$target"
	cp "$log" "$work/make.log"
	check "without a warning for $flavour" no_warning
done <"$work/flavours"
unmount_root "$root"
rm -rf --one-file-system "$root"
check_end
