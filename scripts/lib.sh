# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh disable=SC2034
#
# What every script here shares: where things are, how a step is told to the
# reader, how a script gives up, and how two runs at once stay out of each
# other's way. Sourced from the directory of the script that runs, which is
# scripts/ or one directory below it.

set -eu
export LC_ALL=C

scripts=$(cd -- "$(dirname -- "$0")" && pwd)
scripts=${scripts%/vm}
top=${scripts%/*}
build=${KSOCK_BUILD:-$top/build}
cache=${KSOCK_CACHE:-$build/cache}
case $cache in /*) ;; *) cache=$PWD/$cache ;; esac
qemu=${KSOCK_QEMU:-qemu-system-x86_64}

# Every make that a script calls uses all processors, unless the one that called
# the script has its own idea.
case " ${MAKEFLAGS:-}" in
*' -j'* | *--jobserver*) ;;
*) MAKEFLAGS="${MAKEFLAGS:-} -j$(nproc)" ;;
esac
export MAKEFLAGS

# Centiseconds of uptime: a clock that costs no process and never steps back.
now() {
	read -r uptime _ </proc/uptime
	now=${uptime%.*}${uptime#*.}
}

# A script that calls another shares its clock, so the steps of both line up.
now
started=${KSOCK_STARTED:-$now}
export KSOCK_STARTED="$started"

say() {
	printf '%s\n' "$*"
}

warn() {
	printf '%s: %s\n' "${0##*/}" "$*" >&2
}

die() {
	warn "$*"
	exit 1
}

# One line per step, led by the seconds since the outermost script started.
step() {
	now
	printf '%4d.%d s  %s\n' $(((now - started) / 100)) \
		$(((now - started) / 10 % 10)) "$*"
}

# lock NAME [MINUTES]: hold it until unlock, or the script and all it started end.
# The wait is bounded by the longest honest holder, which is a cold download or the
# build of a distribution root unless the caller knows better.
lock() {
	mkdir -p "$cache"
	exec 9>"$cache/$1.lock"
	flock -w $((${2:-15} * 60)) 9 ||
		die "another run has held $cache/$1.lock for ${2:-15} minutes"
}

unlock() {
	exec 9>&-
}

# quietly LOG COMMAND...: run it, keep its output in LOG, show the end on failure.
quietly() {
	quiet_log=$1
	shift
	"$@" >"$quiet_log" 2>&1 || {
		tail -n 20 "$quiet_log" >&2
		die "failed: $* (all of it: $quiet_log)"
	}
}

# Run a command as root of mount and process namespaces of its own, so that
# whatever it mounts or leaves running ends with it. A user who is not root gets
# a user namespace, which needs a range of ids in /etc/subuid.
private() {
	if [ "$(id -u)" = 0 ]; then
		unshare --mount --pid --fork --kill-child --mount-proc "$@"
	else
		unshare --user --map-root-user --map-auto \
			--mount --pid --fork --kill-child --mount-proc "$@"
	fi
}

# Copy the sources as they are in the work tree, committed or not, to a directory.
copy_sources() {
	mkdir -p "$1"
	if git -C "$top" rev-parse --git-dir >/dev/null 2>&1; then
		git -C "$top" ls-files -co --exclude-standard
	else
		(cd "$top" && find . -path ./build -prune -o ! -type d -print)
	fi | (cd "$top" && while read -r file; do
		[ ! -e "$file" ] || printf '%s\n' "$file"
	done | tar -c -T -) | tar -x -C "$1"
}

# make_root TARBALL SUITE VARIANT PACKAGES: a distribution root as a tarball,
# whose apt keeps the mirror it was made from. Its kernel needs no initramfs.
make_root() {
	mkdir -p "${1%/*}"
	# Backports stand beside their base suite, not alone.
	sources=$("$scripts/suite.sh" sources "${2%-backports}")
	[ "$2" = "${2%-backports}" ] ||
		sources="$sources
$("$scripts/suite.sh" sources "$2")"
	export INITRD=No
	quietly "$1.log" mmdebstrap --variant="$3" --include="$4" \
		--aptopt='APT::Install-Recommends "false"' \
		--aptopt='Acquire::Check-Valid-Until "false"' \
		--dpkgopt=force-unsafe-io \
		--dpkgopt='path-exclude=/usr/share/man/*' \
		--dpkgopt='path-exclude=/usr/share/doc/*' \
		--dpkgopt='path-exclude=/usr/share/locale/*' \
		"${2%-backports}" "$1.tmp.tar" "$sources"
	mv "$1.tmp.tar" "$1"
}

# native_root SUITE KVER: the root that has that kernel, its headers, the compiler
# it wants and DKMS; sets $native_root to its tarball. Made once.
native_root() {
	native_root=$cache/roots/$2.tar
	[ ! -e "$native_root" ] || return 0
	echo "# a root of $1 with $2, DKMS and a compiler, once" >&2
	lock roots
	from=
	[ "$1" = "${1%-backports}" ] || from=/$1
	[ -e "$native_root" ] || make_root "$native_root" "$1" essential \
		"linux-image-$2$from,linux-headers-$2$from,dkms,gcc,make,kmod,openssl,iproute2"
	unlock
}

# What a chroot needs mounted. It becomes a mount point itself, for without one
# no further mount namespace could be made inside it. All of it goes with the
# namespaces of private(), or with unmount_root.
mount_root() {
	mount --bind "$1" "$1"
	mount -t proc proc "$1/proc"
	mount --rbind /sys "$1/sys"
	mount --rbind /dev "$1/dev"
	mount -t tmpfs tmpfs "$1/run"
}

# Lazily: a daemon that something left behind in there must not stop us.
unmount_root() {
	umount -R --lazy "$1"
}

# in_root DIR SHELL_COMMANDS
in_root() {
	chroot "$1" /usr/bin/env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root \
		LC_ALL=C DEBIAN_FRONTEND=noninteractive sh -ec "$2"
}

# The root reaches the network as this machine does.
root_network() {
	cp -L /etc/resolv.conf "$1/etc/resolv.conf"
	"$scripts/suite.sh" network >"$1/etc/apt/apt.conf.d/99network"
}

# check DESCRIPTION COMMAND...: one line of TAP; what the command said is in
# $log, and shown when it failed.
count=0
failures=0
log=$build/log
check() {
	description=$1
	shift
	count=$((count + 1))
	if "$@" >"$log" 2>&1; then
		echo "ok $count $description"
		return
	fi
	failures=$((failures + 1))
	tail -n 40 "$log" | sed 's/^/# /'
	echo "not ok $count $description"
}

# skip DESCRIPTION REASON: the list of skips has to know of it.
skip() {
	count=$((count + 1))
	echo "ok $count $1 # SKIP $2"
}

# The plan, and whether it went well. Nothing done is not well.
check_end() {
	echo "1..$count"
	[ "$failures" = 0 ] && [ "$count" -gt 0 ]
}

# counted TOTALS COMMAND...: a command that appends to TOTALS what it counted. That it
# failed and has counted no failure, or nothing at all, is one more.
counted() {
	counted_in=$1
	shift
	touch "$counted_in"
	counted_before=$(wc -l <"$counted_in")
	counted_status=0
	"$@" --totals "$counted_in" || counted_status=$?
	tail -n "+$((counted_before + 1))" "$counted_in" |
		awk -v status="$counted_status" '$2 { failed = 1 }
			END { exit !NR || status && !failed }' || {
		warn "failed, and nothing of it was counted: $*"
		echo '0 1 0' >>"$counted_in"
	}
}

# known_names WORDS KNOWN: WORDS are among KNOWN, for to do nothing is no success.
known_names() {
	for known_name in $1; do
		case " $(printf '%s' "$2" | tr '\n' ' ') " in
		*" $known_name "*) ;;
		*) die "nothing here is called $known_name" ;;
		esac
	done
}
