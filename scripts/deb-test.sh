#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# The Debian packages for real: built once, then in a new root of each suite
# installed by apt, which fetches what they depend on; the module DKMS built, the
# tool, and a program compiled against the library are looked at; what DKMS built
# is signed with a throw-away key; and everything is purged again, which has to
# leave the root as it was. Nothing is loaded: dkms.sh does that. TAP.
#
#   deb-test.sh [SUITE]...

# shellcheck source=scripts/lib.sh
. "$(dirname -- "$0")/lib.sh"

work=$build/deb
root=$work/root
log=$work/log
out=$work/out
# Of the kernel the image, too: it has the indexes of modules that depmod remakes.
packages=linux-image-cloud-amd64,linux-headers-cloud-amd64,dkms,gcc,libc6-dev
packages=$packages,make,openssl,pkgconf,systemd-standalone-sysusers,xz-utils
names='ksock-dkms libksock1 libksock-dev ksock-tools'

# The outer half prepares what needs the host: the packages and the roots.
outside() {
	"$scripts/deps.sh" dkms
	mkdir -p "$work"
	quietly "$work/deb.log" "$scripts/deb.sh"
	for suite; do
		base=$cache/roots/deb-$suite.tar
		[ ! -e "$base" ] || continue
		echo "# a root of $suite with DKMS and a compiler, once"
		lock roots
		[ -e "$base" ] || make_root "$base" "$suite" minbase "$packages"
		unlock
	done
	private "$0" --inside "$@"
}

# each DESCRIPTION COMMAND...: a check of this suite.
each() {
	what=$1
	shift
	check "$suite: $what" "$@"
}

run() {
	in_root "$root" "$1"
}

# Everything in the root but logs, caches, the databases of apt and dpkg, the key
# of DKMS, and what only_group_left looks into: name, kind, mode, owner, and size
# of files.
list_files() {
	(cd "$root" && find . -xdev \( -path ./proc -o -path ./sys -o -path ./dev \
		-o -path ./run -o -path ./tmp -o -path ./var/log \
		-o -path ./var/cache -o -path ./var/lib/apt \
		-o -path ./var/lib/dpkg \) -prune -o \
		! -path './var/lib/dkms/mok.*' ! -path ./etc/.pwd.lock \
		! -path './etc/group*' ! -path './etc/gshadow*' \
		\( -type f -printf '%p %m %u %s\n' -o -printf '%p %y %m %u %l\n' \)) |
		sort
}

# install NAME...: the files of these names, with what they depend on.
install() {
	for name; do
		set -- "$@" "$(cd "$out" && echo /deb/"$name"_*.deb)"
		shift
	done
	run "apt-get install -y $*"
}

dkms_installed() {
	run 'dkms status' | tee "$log.status"
	grep -qxF "ksock/$version, $kver, x86_64: installed" "$log.status"
}

# The module as it was installed, uncompressed as $work/ksock.ko.
module_built() {
	set -- "$root/lib/modules/$kver/updates/dkms"/ksock.ko*
	ls -l "$1"
	case $1 in
	*.xz) xz -dc "$1" ;;
	*) cat "$1" ;;
	esac >"$work/ksock.ko" && [ -s "$work/ksock.ko" ]
}

# What modules that use ksock are built against; purging takes it away, too.
exports_kept() {
	run "cd /var/lib/dkms/ksock/kernel-$kver-x86_64
		ls -l Module.symvers include/ksock/ksock.h"
}

# field NAME WANTED: what the module says of itself
field() {
	value=$(modinfo -F "$1" "$work/ksock.ko")
	echo "$1: $value"
	[ "${value%% *}" = "$2" ]
}

says() {
	run "$1" | tee "$log.said"
	[ "$(cat "$log.said")" = "$2" ]
}

# One line on standard error that knows what to do, and a status of 1.
device_missing() {
	status=0
	run 'ksock info' >"$log.out" 2>"$log.err" || status=$?
	cat "$log.out" "$log.err"
	[ "$status" = 1 ] && [ ! -s "$log.out" ] &&
		[ "$(wc -l <"$log.err")" = 1 ] &&
		grep -q '/dev/ksock.*modprobe ksock' "$log.err"
}

# Both what the rule says and what it proposes, to the udev that can judge a file.
udev_rule() {
	rule=/usr/lib/udev/rules.d/60-ksock.rules
	grep -x 'KERNEL=="ksock", .*MODE="0600"' "$root$rule" &&
		grep '^#KERNEL=="ksock", .*GROUP="ksock"' "$root$rule" || return
	sed 's/^#KERNEL/KERNEL/' "$root$rule" >"$root/tmp/61-ksock.rules"
	! run 'udevadm verify --version' ||
		run "udevadm verify $rule /tmp/61-ksock.rules"
}

group_made() {
	cmp "$top/userspace/udev/ksock.sysusers" \
		"$root/usr/lib/sysusers.d/ksock.conf" &&
		grep '^ksock:' "$root/etc/group"
}

# starts PROGRAM: so far that it finds there is no device
starts() {
	run "! $1 2>&1" >"$log.started" && cat "$log.started" &&
		grep 'No such file' "$log.started"
}

# shellcheck disable=SC2016 # the shell in the root expands it
compiled() {
	"$scripts/readme.sh" print c >"$root/tmp/ten.c"
	run 'cd /tmp
		flags=$(pkg-config --cflags --libs libksock)
		cc -Wall -Werror -o ten ten.c $flags
		cc -Wall -Werror -static -o ten-static ten.c $flags' &&
		readelf -d "$root/tmp/ten" | grep 'NEEDED.*libksock\.so\.1\]' &&
		starts /tmp/ten && starts /tmp/ten-static
}

# What autopkgtest would run, but for the module's own test.
autopkgtests() {
	copy_sources "$root/tmp/source"
	sed -n 's/^Test-Command: //p' "$top/debian/tests/control" >"$log.commands"
	[ -s "$log.commands" ] || return
	while read -r command; do
		echo "$command"
		run "cd /tmp/source; export AUTOPKGTEST_TMP=/tmp; $command" \
			</dev/null || return
	done <"$log.commands"
}

signed_by_hand() {
	cp "$work/ksock.ko" "$root/tmp/ksock.ko"
	run "cd /tmp
		openssl req -new -x509 -newkey rsa:2048 -nodes -days 1 -batch \
			-subj '/CN=throw-away key/' -keyout key.pem -out cert.pem \
			2>openssl.log || { cat openssl.log; exit 1; }
		openssl x509 -in cert.pem -outform DER -out cert.der
		/lib/modules/$kver/build/scripts/sign-file sha256 key.pem \
			cert.der ksock.ko" || return
	signer=$(modinfo -F signer "$root/tmp/ksock.ko")
	echo "signer: $signer"
	[ "$signer" = 'throw-away key' ]
}

# A signature ends the file, followed by 12 bytes, of which the last four are its
# length, and a marker of 28.
# shellcheck disable=SC2016 # the shell in the root expands it
signature_holds() {
	run 'cd /tmp
		length=$(tail -c 32 ksock.ko | head -c 4 |
			od -An -tu4 --endian=big | tr -d " ")
		trailer=$((length + 12 + 28))
		tail -c "$trailer" ksock.ko | head -c "$length" >signature
		head -c "-$trailer" ksock.ko >signed
		openssl cms -verify -binary -inform DER -in signature \
			-content signed -certfile cert.pem -nointern -noverify \
			-out /dev/null' && [ -s "$root/tmp/signed" ] &&
		cmp "$root/tmp/signed" "$work/ksock.ko"
}

purged() {
	run "apt-get purge -y $names && apt-get autoremove --purge -y"
}

no_package() {
	! run "dpkg-query -W -f '\${Package} \${Status}\n' '*ksock*'" |
		grep -v 'not-installed'
}

no_status() {
	run 'dkms status' | tee "$log.status"
	! grep ksock "$log.status"
}

nothing_left() {
	list_files >"$work/after"
	diff "$work/before" "$work/after"
}

# Debian never takes a system group away again: its number would be given to
# another one. It is the only thing that may stay.
only_group_left() {
	grep -v '^ksock:x:[0-9]*:$' "$root/etc/group" | diff "$work/group" -
}

test_suite() {
	suite=$1
	rm -rf --one-file-system "$root"
	mkdir -p "$root/deb"
	tar -x --numeric-owner -C "$root" -f "$cache/roots/deb-$suite.tar"
	cp "$out"/*.deb "$root/deb/"
	root_network "$root"
	mount_root "$root"
	kver=$(ls "$root/lib/modules")
	echo "# $suite, $kver"

	each 'apt reads its mirror' run 'apt-get update'
	list_files >"$work/before"
	cp "$root/etc/group" "$work/group"

	each 'apt installs ksock-dkms' install ksock-dkms
	each 'DKMS has installed the module' dkms_installed
	each 'it is where modprobe looks first' module_built
	each 'it was built for this kernel' field vermagic "$kver"
	each 'it is of this version' field version "$version"
	each 'it is signed with the key of this machine' field signer DKMS
	each 'DKMS keeps what other modules are built against' exports_kept

	each 'apt installs libksock1, libksock-dev and ksock-tools' \
		install libksock1 libksock-dev ksock-tools
	each 'ksock --version' says 'ksock --version' "ksock $version"
	each 'ksock info says in one line that there is no device' \
		device_missing
	each 'the udev rule leaves the device to root' udev_rule
	each 'the group is there for who changes the rule' group_made
	each 'pkg-config knows libksock' \
		says 'pkg-config --modversion libksock' "$version"
	each 'the program of the README compiles and starts' compiled

	each 'the commands of debian/tests/control succeed' autopkgtests

	each 'sign-file signs it with another key' signed_by_hand
	each 'that signature holds for this module' signature_holds

	each 'apt purges everything' purged
	each 'no package is left' no_package
	each 'DKMS knows nothing of it' no_status
	each 'no file is left or changed' nothing_left
	each 'of the accounts the group alone is left' only_group_left
	unmount_root "$root"
	rm -rf --one-file-system "$root"
}

inside() {
	version=$(sed -n 's/^PACKAGE_VERSION="\(.*\)"$/\1/p' "$top/dkms.conf")
	echo 'TAP version 13'
	for suite; do
		test_suite "$suite"
	done
	check_end
}

if [ "${1:-}" = --inside ]; then
	shift
	inside "$@"
else
	[ $# -gt 0 ] || set -- bookworm trixie
	outside "$@"
fi
