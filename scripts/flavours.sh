#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# The flavours of a distribution's kernel that the matrix does not boot: in a
# root of that distribution, with its compilers, build the module against the
# headers of each with W=1, and let no warning pass. The generic and the rt
# kernel and arm64 everywhere, 32-bit x86 where Debian still has it. TAP.
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

# Flavour, architecture of its headers, of its compiler, of its kernel.
flavours() {
	cat <<-EOF
		amd64     amd64 -                 x86
		rt-amd64  amd64 -                 x86
		arm64     arm64 aarch64-linux-gnu arm64
	EOF
	case $kernel in
	5.10 | 6.1) echo '686 i386 - i386' ;;
	esac
}

if ! $inside; then
	"$scripts/deps.sh" dkms
	if [ ! -e "$base" ]; then
		echo "# a root of $suite with two compilers, once"
		lock roots
		from=
		[ "$suite" = "${suite%-backports}" ] || from=/$suite
		[ -e "$base" ] || make_root "$base" "$suite" minbase \
			"linux-headers-$abi-amd64$from,linux-headers-$abi-rt-amd64$from,gcc,make,gcc-aarch64-linux-gnu"
	fi
	private "$0" --inside "$kernel"
	exit
fi

# fetch FLAVOUR ARCH: its headers alone, for the tools they depend on are those
# of another architecture.
fetch() {
	[ ! -e "$root/usr/src/linux-headers-$abi-$1" ] || return 0
	in_root "$root" "cd /root && apt-get -q download linux-headers-$abi-$1:$2 &&
		dpkg-deb -x linux-headers-$abi-${1}_*.deb / && rm ./*.deb"
}

# The tools of the build are this machine's whatever they build for. A warning
# is the reader's to see, so it fails; that the headers carry no vmlinux is none.
compile() {
	in_root "$root" "rm -rf /root/ksock && cp -r /root/source /root/ksock &&
		make -C /usr/src/linux-headers-$abi-$1 M=/root/ksock/module W=1 \
			ARCH=$3 $2 modules"
}

no_warning() {
	! grep -i 'warning' "$log"
}

build_flavour() {
	compile "$1" "${3:+CROSS_COMPILE=$3-}" "$4" && no_warning &&
		[ -f "$root/root/ksock/module/ksock.ko" ]
}

rm -rf --one-file-system "$root"
mkdir -p "$root"
tar -x --numeric-owner -C "$root" -f "$base"
cp -L /etc/resolv.conf "$root/etc/resolv.conf"
"$scripts/suite.sh" network >"$root/etc/apt/apt.conf.d/99network"
copy_sources "$root/root/source"
log=$work/log
mount_root "$root"
foreign=$(flavours | awk '$2 != "amd64" { print $2 }' | sort -u | xargs)
in_root "$root" "
	for arch in $foreign; do
		dpkg --add-architecture \$arch
	done
	sed -i 's/arch=amd64/arch=amd64,$(echo "$foreign" | tr ' ' ',')/' \
		\$(grep -rl arch=amd64 /etc/apt/sources.list*)
	apt-get -q -o Acquire::Languages=none update" >"$log" 2>&1 || {
	sed 's/^/# /' "$log"
	die "no package lists of $suite"
}

count=0
failures=0
flavours >"$work/flavours"
echo "# flavours of $abi ($PKGVER)"
while read -r flavour arch compiler target; do
	count=$((count + 1))
	[ "$compiler" != - ] || compiler=
	if fetch "$flavour" "$arch" >"$log" 2>&1 &&
		build_flavour "$flavour" "$arch" "$compiler" "$target" >"$log" 2>&1; then
		echo "ok $count builds for $abi-$flavour"
	else
		failures=$((failures + 1))
		tail -n 30 "$log" | sed 's/^/# /'
		echo "not ok $count builds for $abi-$flavour"
	fi
done <"$work/flavours"
unmount_root "$root"
rm -rf --one-file-system "$root"
echo "1..$count"
[ "$failures" = 0 ]
