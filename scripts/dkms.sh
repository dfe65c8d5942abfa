#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# DKMS for real: in a root of the distribution that KERNEL comes from, add,
# build and install these sources, boot that root on that kernel, load what DKMS
# installed, run kselftest programs if any are given, and remove it all again.
# DKMS returns success for much that failed, so nothing is taken from its exit
# status alone: its status line and the files it leaves are looked at. TAP; the
# counts of the guest are in build/dkms/KERNEL/totals.
#
#   dkms.sh [KERNEL] [TEST]...

# shellcheck source=scripts/lib.sh
. "$(dirname -- "$0")/lib.sh"

inside=false
if [ "${1:-}" = --inside ]; then
	inside=true
	shift
fi
kernel=${1:-6.1}
[ $# -eq 0 ] || shift

# shellcheck source=/dev/null
. "$("$scripts/kernel.sh" "$kernel")"
work=$build/dkms/$kernel
root=$work/root

if ! $inside; then
	"$scripts/deps.sh" dkms vm
	native_root "$("$scripts/kernel.sh" --suite "$kernel")" "$KVER"
	private "$0" --inside "$kernel" "$@"
	exit
fi

log=$work/log

# dkms VERB, for this module and this kernel, never the one that runs here.
dkms() {
	in_root "$root" "dkms $1 -m ksock -v $version $2" >"$work/$1.log" 2>&1 || {
		cat "$work/$1.log"
		tail -n 30 "$root/var/lib/dkms/ksock/$version/build/make.log"
		return 1
	}
}

# Old releases write "ksock, 0.1", newer ones "ksock/0.1".
status_is() {
	in_root "$root" 'dkms status' | sed 's|^ksock, |ksock/|' >"$log.status"
	cat "$log.status"
	grep -qxF -e "ksock/$version: $1" \
		-e "ksock/$version, $KVER, x86_64: $1" "$log.status"
}

no_status() {
	in_root "$root" 'dkms status' >"$log.status"
	! grep ksock "$log.status"
}

quiet_build() {
	! grep -iE 'warning|deprecat|error' "$work/add.log" "$work/build.log" \
		"$work/install.log"
}

# Everything in the root but logs and the key that DKMS makes for itself and
# keeps: name, kind, mode, owner, and size of files.
list_files() {
	(cd "$root" && find . -xdev \( -path ./proc -o -path ./sys -o -path ./dev -o -path ./run \
		-o -path ./var/log -o -path ./tmp \) -prune -o \
		! -path './var/lib/dkms/mok.*' \
		\( -type f -printf '%p %m %u %s\n' -o -printf '%p %y %m %u %l\n' \)) |
		sort
}

installed_module() {
	set -- "$root/lib/modules/$KVER/updates/dkms"/ksock.ko*
	[ -f "$1" ] && module=$1
}

vermagic_fits() {
	[ "$(modinfo -F vermagic "$module" | cut -d ' ' -f 1)" = "$KVER" ]
}

signed() {
	[ -n "$(modinfo -F signer "$module")" ]
}

# DKMS makes itself a key and signs with it since 3.0.
# shellcheck disable=SC2016 # the root's shell expands it
signs() {
	in_root "$root" '[ "$(dkms --version | grep -o "[0-9]*" | head -n 1)" -ge 3 ]'
}

# as_readme DIRECTORY COMMANDS: in the root, but for loading the module, which
# the guest has done. The kernel that runs here is not the one to install for.
as_readme() {
	in_root "$root" "cd $1; export KVER=$KVER
		$(printf '%s\n' "$2" | grep -v '^modprobe ')"
}

removed() {
	list_files >"$work/after"
	diff "$work/before" "$work/after"
}

# What the guest checks about the module that DKMS installed and modprobe found.
guest_script() {
	cat <<-EOF
		#!/bin/sh
		check() {
			n=\$((n + 1))
			if [ "\$2" = "\$3" ]; then
				echo "ok \$n \$1"
			else
				echo "# \$2, and not \$3"
				echo "not ok \$n \$1"
			fi
		}
		n=0
		echo 1..4
		check 'the kernel is the one of this root' "\$(uname -r)" $KVER
		file=\$(modinfo -F filename ksock)
		check 'modinfo finds the module DKMS installed' "\${file%%.ko*}" \\
			/lib/modules/$KVER/updates/dkms/ksock
		check 'the module in the kernel is that file' \\
			"\$(cat /sys/module/ksock/srcversion)" "\$(modinfo -F srcversion ksock)"
		check '/dev/ksock belongs to root alone' \\
			"\$(stat -c '%F %U %G %a' /dev/ksock)" \\
			'character special file root root 600'
	EOF
}

boot() {
	rm -f "$work/disk"
	mke2fs -q -t ext4 -d "$root" -F "$work/disk" 1400M >/dev/null
	guest_script >"$work/installed"
	chmod +x "$work/installed"
	set -- --file "$work/installed:/tests/installed" "$@"
	rm -f "$work/totals"
	"$scripts/vm/run.sh" --kernel "$kernel" --disk "$work/disk" \
		--plan "$work/plan" --name "dkms-$kernel" --timeout 1800 \
		--totals "$work/totals" "$@"
}

mkdir -p "$work"
rm -rf --one-file-system "$root"
mkdir -p "$root"
tar -x --numeric-owner -C "$root" -f "$cache/roots/$KVER.tar"
version=$(sed -n 's/^PACKAGE_VERSION="\(.*\)"$/\1/p' "$top/dkms.conf")
copy_sources "$root/usr/src/ksock-$version"
list_files >"$work/before"
{
	echo load
	echo 'run installed /tests/installed'
	for test; do
		name=${test##*/}
		echo "timeout=300 run ${name%_test} /tests/$name"
	done
	echo unload
	case $* in
	*/perm_test*)
		echo load relaxed=1
		echo 'timeout=300 run perm_relaxed /tests/perm_test'
		echo 'timeout=300 run perm_device_relaxed /tests/perm_device_test'
		echo unload
		;;
	esac
} >"$work/plan"
for test; do
	set -- "$@" --file "$test:/tests/${test##*/}"
	shift
done

echo "# DKMS on $KVER ($PKGVER)"
mount_root "$root"
module=/nowhere
check 'dkms add' dkms add ''
check 'its status is added' status_is added
check 'dkms build' dkms build "-k $KVER"
check 'its status is built' status_is built
check 'dkms install' dkms install "-k $KVER"
check 'its status is installed' status_is installed
check 'DKMS and the compiler have nothing to remark' quiet_build
check 'the module is where modprobe looks first' installed_module
check 'it was built for this kernel' vermagic_fits
if signs; then
	check 'it is signed with the key of this machine' signed
else
	skip 'it is signed with the key of this machine' 'this DKMS does not sign'
fi
unmount_root "$root"

if boot "$@" >"$work/boot.log" 2>&1; then
	booted=true
else
	booted=false
fi
sed 's/^/# /' "$work/boot.log"
check 'the root boots, loads the module and passes its plan' $booted

mount_root "$root"
check 'dkms remove' dkms remove --all
check 'it has no status any more' no_status
check 'nothing of it is left in the root' removed

rm -r "$root/usr/src/ksock-$version"
copy_sources "$root/root/ksock"
list_files >"$work/before"
check 'the README installs it' \
	as_readme /root/ksock "$("$scripts/readme.sh" print dkms)"
check 'its status is installed' status_is installed
check 'the README removes it' \
	as_readme /root/ksock "$("$scripts/readme.sh" print dkms-undo)"
check 'it has no status any more' no_status
check 'nothing of it is left in the root' removed
unmount_root "$root"

rm -rf --one-file-system "$root" "$work/disk"
check_end
