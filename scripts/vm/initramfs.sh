#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# The guest's file system, as two cpio archives one behind the other, which the
# kernel unpacks in that order. The base (busybox, a few host programs with
# their libraries, the kernel modules a test may want) changes rarely and is
# cached; the top (init, plan, ksock.ko, files) is made for every boot.
#
#   initramfs.sh --kernel K --out FILE [--ko FILE] [--plan FILE]
#                [--bin NAME]... [--file SRC:DST]...

# shellcheck source=scripts/lib.sh
. "$(dirname -- "$0")/../lib.sh"

# What busybox has too, but bends: its shell and its wrappers prefer its own
# applets over what PATH says, so a script would never see a --bin program.
bins='dash env nsenter setsid timeout unshare'

# Whatever a test may make the kernel load on its own; what a kernel does not
# have, or has built in, is left out.
modules='
	inet_diag tcp_diag udp_diag raw_diag mptcp_diag unix_diag af_packet_diag
	vsock_diag netlink_diag
	veth dummy tun bridge sch_netem
	sctp sctp_diag udplite tls vsock vsock_loopback kcm tipc
	ccm gcm ctr ghash-generic
	tcp_bbr tcp_dctcp cls_bpf act_bpf
	virtio_pci virtio_blk ext4
'

usage() {
	die "usage: initramfs.sh --kernel K --out FILE [--ko FILE] [--plan FILE] [--bin NAME]... [--file SRC:DST]..."
}

ko='' plan='' files='' out='' kernel=''
while [ $# -gt 0 ]; do
	[ $# -ge 2 ] || usage
	case $1 in
	--kernel) kernel=$2 ;;
	--out) out=$2 ;;
	--ko) ko=$2 ;;
	--plan) plan=$2 ;;
	--bin) bins="$bins $2" ;;
	--file) files="$files $2" ;;
	*) usage ;;
	esac
	shift 2
done
if [ -z "$kernel" ] || [ -z "$out" ]; then
	usage
fi

# shellcheck source=/dev/null
. "$("$scripts/kernel.sh" "$kernel")"

# The same files make the same archive, whenever and wherever that is: a guest
# that counts instructions counts those of unpacking it.
archive() {
	find "$1" -exec touch -h -d @0 {} +
	(cd "$1" && find . -mindepth 1 | sort |
		cpio -o -H newc -R 0:0 --reproducible --quiet)
}

# The shared libraries of the dynamic programs among the arguments. One that
# cannot be found must have been given by name with --file.
libraries() {
	ldd "$@" 2>/dev/null | awk -v given="$files " '
		/=> not found/ { if (!index(given, "/" $1 " ")) missing = missing " " $1 }
		$2 == "=>" && $3 ~ /^\// { print $3; next }
		$1 ~ /^\// && NF == 2 { print $1 }
		END { if (missing) { print "no library" missing > "/dev/stderr"; exit 1 } }
	' | sort -u
}

# put_libraries ROOT PROGRAM...: at the very paths the loader will look.
put_libraries() {
	root=$1
	shift
	libraries "$@" | while read -r library; do
		[ -e "$base/root$library" ] || [ -e "$root$library" ] || {
			mkdir -p "$root${library%/*}"
			cp -L "$library" "$root$library"
		}
	done
}

put_modules() {
	mkdir -p "$1/lib/modules/$KVER"
	cp "$MODDIR"/modules.order "$MODDIR"/modules.builtin* "$1/lib/modules/$KVER"
	for module in $modules; do
		modprobe -d "${MODDIR%/lib/modules/*}" -S "$KVER" \
			--show-depends "$module" 2>/dev/null || :
	done | sed -n 's/^insmod \([^ ]*\).*/\1/p' | sort -u |
		while read -r path; do
			to=$1/lib/modules/$KVER/${path#"$MODDIR/"}
			mkdir -p "${to%/*}"
			case $path in
			*.xz) xz -dc "$path" >"${to%.xz}" ;;
			*) cp "$path" "$to" ;;
			esac
		done
	depmod -b "$1" "$KVER"
}

make_base() {
	rm -rf "$base.tmp"
	root=$base.tmp/root
	mkdir -p "$root/bin" "$root/usr/bin" "$root/dev" "$root/proc" "$root/sys" \
		"$root/tmp" "$root/run" "$root/root" "$root/etc" "$root/lib/modules"
	ln -s bin "$root/sbin"
	ln -s bin "$root/usr/sbin"
	for applet in $(busybox --list); do
		ln -s busybox "$root/bin/$applet"
	done
	rm -f "$root/bin/busybox"
	cp /bin/busybox "$root/bin/"
	ln -sf /usr/bin/dash "$root/bin/sh"
	echo 'root:x:0:0:root:/root:/bin/sh' >"$root/etc/passwd"
	echo 'nobody:x:65534:65534:nobody:/:/bin/false' >>"$root/etc/passwd"
	printf 'root:x:0:\nnogroup:x:65534:\n' >"$root/etc/group"
	printf '127.0.0.1 localhost\n::1 localhost\n' >"$root/etc/hosts"
	echo 'hosts: files' >"$root/etc/nsswitch.conf"

	# shellcheck disable=SC2086 # paths of programs, no spaces in them
	cp -L $programs "$root/usr/bin/"
	# shellcheck disable=SC2086
	put_libraries "$root" $programs
	put_modules "$root"
	archive "$root" >"$base.tmp/cpio"
	rm -rf "$base"
	mv "$base.tmp" "$base"
}

make_top() {
	mkdir -p "$stage"
	cp "$scripts/vm/init" "$stage/init"
	if [ -n "$plan" ]; then
		cp "$plan" "$stage/plan"
	else
		: >"$stage/plan"
	fi

	programs=
	for file in $files; do
		from=${file%%:*} to=$stage/${file#*:}
		[ -e "$from" ] || die "no file $from"
		mkdir -p "${to%/*}"
		cp -rL "$from" "$to"
		programs="$programs $from"
	done
	# shellcheck disable=SC2086
	[ -z "$programs" ] || put_libraries "$stage" $programs

	[ -n "$ko" ] || return 0
	built_for=$(modinfo -F vermagic "$ko") || die "no module $ko"
	[ "${built_for%% *}" = "$KVER" ] ||
		die "$ko was built for ${built_for%% *}, the guest is $KVER"
	tree=$stage/lib/modules
	mkdir -p "$tree"
	cp -as "$base/root/lib/modules/$KVER" "$tree/"
	mkdir "$tree/$KVER/updates"
	cp "$ko" "$tree/$KVER/updates/ksock.ko"
	depmod -b "$stage" "$KVER"
	find "$tree" -type l -delete
}

programs=
for bin in $bins; do
	path=$(command -v "$bin") || die "no program $bin on this host"
	programs="$programs $path"
done

# The base is named by what it is made of; any package installed or upgraded
# since counts as a change, for libraries have no other mark.
# shellcheck disable=SC2086
key=$({
	cat "$0"
	stat -Lc '%n %s %Y' /bin/busybox /var/lib/dpkg/status $programs "$VMLINUZ"
} | sha256sum | cut -c 1-16)
base=$cache/guest/$kernel-$key
stage=$out.stage

(
	lock guest
	if [ ! -e "$base/cpio" ]; then
		mkdir -p "$cache/guest"
		find "$cache/guest" -mindepth 1 -maxdepth 1 -mmin +1440 \
			-exec rm -rf {} +
		make_base
	fi
	# It is in use: another run that makes one takes old ones away.
	touch "$base"
)
rm -rf "$stage"
make_top
{
	cat "$base/cpio"
	archive "$stage"
} >"$out"
rm -rf "$stage"
