#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# The parts of the kernel's own source tree that building and checking need and
# no header package carries: the kselftest harness, checkpatch, kernel-doc, the
# scripts for Coccinelle. They are streamed out of Debian's linux-source package,
# whose 150 MB are not kept, into $cache/linux-X.Y, with $cache/linux pointing at
# the newest.
#
#   harness.sh           the newest source any known suite has
#   harness.sh X.Y       the source of that series, for building inside it

# shellcheck source=scripts/lib.sh
. "$(dirname -- "$0")/lib.sh"

# Where the newest can be: what testing and the releases have is never newer.
suites='sid trixie-backports'

# Top-level files of the selftests, the harness proper, and the checkers with
# what they read. kernel-doc was one Perl script and became a Python library.
wanted='
	*/tools/testing/selftests/lib.mk
	*/tools/testing/selftests/Makefile
	*/tools/testing/selftests/gen_kselftest_tar.sh
	*/tools/testing/selftests/kselftest*.h
	*/tools/testing/selftests/kselftest*.sh
	*/tools/testing/selftests/kselftest/*
	*/tools/testing/selftests/run_kselftest.sh
	*/tools/scripts/*
	*/tools/build/Build.include
	*/tools/lib/python/__init__.py
	*/tools/lib/python/kdoc/*
	*/tools/docs/kernel-doc
	*/scripts/lib/kdoc/*
	*/scripts/kernel-doc*
	*/scripts/checkpatch.pl
	*/scripts/coccinelle/*
	*/scripts/spelling.txt
	*/scripts/const_structs.checkpatch
	*/scripts/subarch.include
	*/.clang-format
	*/COPYING
'

# Prints "VERSION SUITE PACKAGE" of every linux-source a suite has.
sources_in() {
	suite_apt="$scripts/suite.sh apt $1"
	$suite_apt pkgnames linux-source- | grep -E '^linux-source-[0-9.]+$' |
		while read -r package; do
			$suite_apt show --no-all-versions "$package" |
				sed -n "s|^Version: \(.*\)|\1 $1 $package|p"
		done
}

newest() {
	sort -V | tail -n 1
}

# Not when it is of a time before something was wanted.
whole() {
	[ -e "$1/version" ] && printf %s "$wanted" | cmp -s - "$1/wanted"
}

fetch() {
	mkdir -p "$cache/source.tmp"
	[ -z "$series" ] || suites=$("$scripts/kernel.sh" --suite "$series")
	for suite in $suites; do
		quietly "$cache/source.tmp/apt.log" \
			"$scripts/suite.sh" apt "$suite" update
	done
	found=$(for suite in $suites; do sources_in "$suite"; done |
		grep " linux-source-${series:-.*}\$" | newest)
	[ -n "$found" ] || die "no linux-source${series:+-$series} in: $suites"

	version=${found%% *} package=${found##* }
	suite=${found#* }
	suite=${suite%% *}
	to=$cache/linux-${package#linux-source-}
	if ! whole "$to"; then
		step "harness: download $package $version"
		(cd "$cache/source.tmp" &&
			quietly apt.log "$scripts/suite.sh" apt "$suite" download "$package")
		step "harness: extract"
		extract
	fi
	rm -rf "$cache/source.tmp"
	[ -n "$series" ] || ln -sfn "${to##*/}" "$cache/linux"
}

extract() {
	rm -rf "$to.tmp" "$to.old"
	mkdir "$to.tmp"
	deb=$(echo "$cache"/source.tmp/linux-source-*.deb)
	set -f
	# shellcheck disable=SC2086 # patterns for tar, not for the shell
	dpkg-deb --fsys-tarfile "$deb" |
		tar -xO --wildcards './usr/src/linux-source-*.tar.xz' |
		xz -dc -T2 |
		tar -x -C "$to.tmp" --strip-components=1 --wildcards \
			--no-wildcards-match-slash $wanted 2>"$to.tmp.log" || :
	set +f
	# A pattern that one version has no file for is no error, but this is.
	for file in tools/testing/selftests/kselftest_harness.h \
		tools/testing/selftests/lib.mk scripts/checkpatch.pl \
		scripts/coccinelle/free/kfree.cocci; do
		[ -s "$to.tmp/$file" ] || die "$package has no $file ($to.tmp.log)"
	done
	rm -f "$to.tmp.log"
	printf %s "$wanted" >"$to.tmp/wanted"
	echo "$version" >"$to.tmp/version"
	# Others may be reading what is there.
	[ ! -e "$to" ] || mv "$to" "$to.old"
	mv "$to.tmp" "$to"
	rm -rf "$to.old"
}

series=${1:-}
tree=$cache/linux${series:+-$series}
if ! whole "$tree"; then
	"$scripts/deps.sh" kernel
	lock source
	whole "$tree" || fetch >&2
fi
echo "$tree"
