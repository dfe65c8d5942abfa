#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# Build a kernel that finds mistakes, from the sources of the distribution's own:
#   SERIES-debug  KASAN, lockdep, kmemleak, UBSAN, debug objects, reference
#                 trackers, fault injection, KCOV and gcov (vm/debug.config)
#   SERIES-kcsan  KCSAN, which finds data races, instead of KASAN (vm/kcsan.config)
#   SERIES-kmsan  KMSAN, which finds the use of memory that nobody has written to,
#                 copies of it to a process among that; by clang (vm/kmsan.config)
# That takes half an hour of one processor, once for a configuration and a
# compiler. To the other scripts it is a kernel like any other; this answers what
# kernel.sh does.
#
#   debug-kernel.sh KERNEL

# shellcheck source=scripts/lib.sh
. "$(dirname -- "$0")/lib.sh"

kernel=${1:?KERNEL}
series=${kernel%-*}
kind=${kernel##*-}
suite=$("$scripts/kernel.sh" --suite "$series")
config="$top/selftests/config $scripts/vm/debug.config"
[ "$kind" = debug ] || config="$config $scripts/vm/$kind.config"

"$scripts/deps.sh" debug
[ "$kind" != kmsan ] || "$scripts/deps.sh" clang
# shellcheck disable=SC2086 # paths
key=$({
	cat $config
	gcc -dumpfullversion -dumpmachine
	[ "$kind" != kmsan ] || clang-19 -dumpversion
} | sha256sum | cut -c 1-12)
dir=$cache/kernels/$kernel-$key
tmp=$dir.tmp
linux=$dir/linux

# What was asked for last of each option, as the lines that .config has.
wanted() {
	# shellcheck disable=SC2086 # paths
	sed -n 's/^\(CONFIG_[A-Z0-9_]*\)=\(.*\)$/\1 \2/p' $config |
		awk '{ name = $1; sub(/^[^ ]* /, ""); value[name] = $0 }
			END { for (name in value) print name, value[name] }' | sort
}

# Options that no Kconfig of this kernel has: older than they are, or newer.
unknown() {
	find . -name 'Kconfig*' -exec sed -nE \
		's/^[ \t]*(menu)?config ([A-Z0-9_]+)[ \t]*$/CONFIG_\2/p' {} + |
		sort -u >"$tmp/known"
	wanted | sed '/ n$/d; s/ .*//' | grep -vxFf "$tmp/known" || :
}

# What was asked for, is there and did not come is a mistake in the configuration,
# not something to do without.
refused() {
	wanted | grep -vwFf "$tmp/unknown" | while read -r option value; do
		case $value in
		n) ! grep -q "^$option=" .config ;;
		*) grep -qxF "$option=$value" .config ;;
		esac || echo "$option=$value"
	done
}

# The compiler of the release that the sources are of.
kmake() {
	[ "$kind" != kmsan ] || set -- CC=clang-19 "$@"
	"$scripts/suite-make.sh" "$suite" "$linux" "$@"
}

configure() {
	# shellcheck disable=SC2086 # paths
	kmake tinyconfig &&
		scripts/kconfig/merge_config.sh -m .config $config &&
		echo "CONFIG_LOCALVERSION=\"-ksock-$kind\"" >>.config &&
		kmake olddefconfig
}

build() {
	step "kernel $kernel: package lists of $suite"
	quietly "$tmp/log" "$scripts/suite.sh" apt "$suite" update
	package=linux-source-$series
	version=$("$scripts/suite.sh" apt "$suite" show --no-all-versions \
		"$package" | sed -n 's/^Version: //p')
	step "kernel $kernel: download and unpack $package $version"
	(cd "$tmp" && quietly log "$scripts/suite.sh" apt "$suite" download "$package")
	mkdir "$linux"
	dpkg-deb --fsys-tarfile "$tmp"/linux-source-*.deb |
		tar -xO --wildcards './usr/src/linux-source-*.tar.xz' |
		xz -dc -T0 | tar -x -C "$linux" --strip-components=1
	rm "$tmp"/linux-source-*.deb

	cd "$linux"
	quietly "$tmp/log" configure
	unknown >"$tmp/unknown"
	[ ! -s "$tmp/unknown" ] ||
		step "kernel $kernel does not have: $(xargs <"$tmp/unknown")"
	refused=$(refused)
	[ -z "$refused" ] ||
		die "linux $version does not take these options:" "$(echo "$refused" | xargs)"
	step "kernel $kernel: compile, half an hour of a processor ($tmp/log)"
	quietly "$tmp/log" kmake bzImage modules
	quietly "$tmp/install.log" kmake "INSTALL_MOD_PATH=$dir/root" modules_install
	kver=$(kmake -s kernelrelease)
	# The sources stay for who reads a trace; of what came of them only what
	# modules are built with.
	find . \( -path ./scripts -o -path ./tools \) -prune \
		-o -name '*.[oa]' ! -name .vmlinux.objs -exec rm {} +
	cat >"$tmp/env" <<-END
		KVER=$kver
		PKGVER=$version
		KDIR=$linux
		VMLINUZ=$linux/arch/x86/boot/bzImage
		MODDIR=$dir/root/lib/modules/$kver
		DEBUG=$kind
	END
	mv "$tmp/env" "$dir/env"
	rm -r "$tmp"
}

usable() {
	[ -e "$dir/env" ] && grep -qxF "KDIR=$linux" "$dir/env"
}

if ! usable; then
	lock "kernels-$kernel" 90
	if ! usable; then
		rm -rf "$tmp" "$dir"
		mkdir -p "$tmp" "$dir"
		build >&2
	fi
fi
echo "$dir/env"
