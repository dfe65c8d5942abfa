#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# DKMS for real: in a root of the distribution that KERNEL comes from, add,
# build and install these sources, and build and install the samples against what
# DKMS has installed, as their README says; boot that root on that kernel, load
# all of it, talk with the samples, run kselftest programs if any are given, with
# them the tests that run in the kernel, and remove everything again.
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

# Where DKMS keeps what other modules are built against.
exports_kept() {
	ls -l "$root/var/lib/dkms/ksock/kernel-$KVER-x86_64"/ &&
		grep 'ksock_create_kern' \
			"$root/var/lib/dkms/ksock/kernel-$KVER-x86_64/Module.symvers" &&
		diff -r "$top/module/include" \
			"$root/var/lib/dkms/ksock/kernel-$KVER-x86_64/include"
}

# The kernel that runs here is not the one to build for, and modules_install
# leaves depmod to who has its System.map.
samples_built() {
	in_root "$root" "cp -r /usr/src/ksock-$version/module/samples /root/
		cd /root/samples
		make KVER=$KVER" >"$work/samples.log" 2>&1 || {
		cat "$work/samples.log"
		return 1
	}
	! grep -i 'warning' "$work/samples.log" | grep -v 'BTF generation'
}

# What runs in the kernel is built as a sample is.
tests_built() {
	in_root "$root" "cp -r /usr/src/ksock-$version/module/tests /root/
		make -C /lib/modules/$KVER/build M=/root/tests modules" \
		>"$work/tests.log" 2>&1 || {
		cat "$work/tests.log"
		return 1
	}
	! grep -i 'warning' "$work/tests.log" | grep -v 'BTF generation'
}

samples_installed() {
	in_root "$root" "find /lib/modules/$KVER -type f | sort >/root/modules
		cd /root/samples
		make KVER=$KVER modules_install
		depmod $KVER
		find /lib/modules/$KVER -type f | sort |
			comm -13 /root/modules - >/root/new-modules
		cat /root/new-modules
		grep tcp_echo.ko /root/new-modules
		modinfo -k $KVER -F depends http_hello | grep -w ksock"
}

samples_removed() {
	in_root "$root" "xargs rm </root/new-modules
		find /lib/modules/$KVER/ -mindepth 1 -type d -empty -delete
		rm -rf /root/tests
		rm -r /root/samples /root/modules /root/new-modules
		depmod $KVER"
}

# The sources are of a later version meanwhile.
refused_beside() {
	sed -i 's/^PACKAGE_VERSION=.*/PACKAGE_VERSION="9.9"/' "$root/root/ksock/dkms.conf"
	as_readme /root/ksock "$("$scripts/readme.sh" print dkms)" >"$work/beside.log" 2>&1 &&
		return 1
	cat "$work/beside.log"
	grep -q "DKMS has ksock $version: make dkms-uninstall first" "$work/beside.log"
}

removed() {
	list_files >"$work/after"
	diff "$work/before" "$work/after"
}

# The head of a script for the guest that prints TAP.
guest_head() {
	cat <<-EOF
		#!/bin/bash
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
		echo 1..$1
	EOF
}

# What it checks about the module that DKMS installed and modprobe found.
guest_installed() {
	guest_head 4
	cat <<-EOF
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

# And about the samples. The root has no netcat, but a shell that can connect.
guest_samples() {
	guest_head 10
	cat <<-'EOF'
		# talk NETWORK HOST PORT TEXT: the first line of the answer
		talk() {
			exec 5<>"/dev/$1/$2/$3" && printf '%b' "$4" >&5
			timeout 10 head -n 1 <&5 | tr -d '\r'
			exec 5>&-
		}
		eventually() {
			for _ in {1..100}; do
				"$@" && return
				sleep 0.1
			done
		}
		parameter() {
			cat "/sys/module/$1/parameters/$2"
		}
		answered() {
			[ "$(parameter tcp_client result)" = 0 ]
		}

		modprobe tcp_echo addr=[::]:7000
		check 'modprobe loads a sample' "$(cat /sys/module/tcp_echo/initstate)" live
		check 'it holds ksock' "$(ls /sys/module/ksock/holders)" tcp_echo
		rmmod ksock 2>/dev/null
		check 'ksock cannot be unloaded meanwhile' "$(cat /sys/module/ksock/initstate)" live
		check 'TCP comes back over IPv4' "$(talk tcp 127.0.0.1 7000 'hello\n')" hello
		check 'TCP comes back over IPv6' "$(talk tcp ::1 7000 'hello\n')" hello
		modprobe udp_echo addr=[::]:7000
		check 'UDP comes back over IPv4' "$(talk udp 127.0.0.1 7000 'hello\n')" hello
		check 'UDP comes back over IPv6' "$(talk udp ::1 7000 'hello\n')" hello
		modprobe http_hello addr=[::]:8000
		check 'HTTP is answered' \
			"$(talk tcp 127.0.0.1 8000 'GET / HTTP/1.0\r\n\r\n')" 'HTTP/1.1 200 OK'
		modprobe tcp_client addr=127.0.0.1:7000 text=question
		eventually answered
		check 'one sample talks with another' "$(parameter tcp_client answer)" question
		for sample in tcp_client http_hello udp_echo tcp_echo; do
			rmmod $sample
		done
		check 'all of them are gone' "$(ls /sys/module/ksock/holders)" ''
	EOF
}

boot() {
	rm -f "$work/disk"
	mke2fs -q -t ext4 -d "$root" -F "$work/disk" 1400M >/dev/null
	guest_installed >"$work/installed"
	guest_samples >"$work/samples"
	chmod +x "$work/installed" "$work/samples"
	set -- --file "$work/installed:/tests/installed" \
		--file "$work/samples:/tests/samples" "$@"
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
tests=false
[ $# -eq 0 ] || tests=true
{
	echo load
	echo 'run installed /tests/installed'
	echo 'run samples /tests/samples'
	for test; do
		name=${test##*/}
		echo "timeout=300 run ${name%_test} /tests/$name"
	done
	if $tests; then
		echo 'timeout=300 run api /bin/sh /tests/api_test.sh'
		echo unload
		echo load relaxed=1
		echo 'timeout=300 run perm_relaxed /tests/perm_test'
		echo 'timeout=300 run perm_device_relaxed /tests/perm_device_test'
	fi
	echo unload
} >"$work/plan"
for test; do
	set -- "$@" --file "$test:/tests/${test##*/}"
	shift
done
! $tests ||
	set -- "$@" --file "$root/root/tests/ksock_test.ko:/tests/ksock_test.ko" \
		--file "$top/module/tests/api_test.sh:/tests/api_test.sh"

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
check 'it keeps what other modules are built against' exports_kept
check 'the samples are built against that' samples_built
! $tests || check 'and so are the tests that run in the kernel' tests_built
check 'they are installed, and known to need ksock' samples_installed
unmount_root "$root"

if boot "$@" >"$work/boot.log" 2>&1; then
	booted=true
else
	booted=false
fi
sed 's/^/# /' "$work/boot.log"
# Once more, as of what leads to a failure the last lines are shown.
$booted || sed -n '/FAIL\|^ *|/s/^/# /p' "$work/boot.log" | tail -n 20
check 'the root boots, loads the module and passes its plan' $booted

mount_root "$root"
check 'the samples are removed' samples_removed
check 'dkms remove' dkms remove --all
check 'it has no status any more' no_status
check 'nothing of it is left in the root' removed

rm -r "$root/usr/src/ksock-$version"
copy_sources "$root/root/ksock"
list_files >"$work/before"
check 'the README installs it' \
	as_readme /root/ksock "$("$scripts/readme.sh" print dkms)"
check 'its status is installed' status_is installed
check 'another version is not installed beside it' refused_beside
check 'the README removes it, by the sources of the other version, too' \
	as_readme /root/ksock "$("$scripts/readme.sh" print dkms-undo)"
copy_sources "$root/root/ksock"
check 'it has no status any more' no_status
check 'nothing of it is left in the root' removed
unmount_root "$root"

rm -rf --one-file-system "$root" "$work/disk"
check_end
