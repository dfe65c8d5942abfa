#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# The Debian packages, unsigned, built from a copy of the sources as they are in
# the work tree, into build/deb/out. Whatever lintian finds is a failure, unless
# a file of overrides below debian/ says why it is none.

# shellcheck source=scripts/lib.sh
. "$(dirname -- "$0")/lib.sh"

work=$build/deb
out=$work/out
source=$work/source/ksock

"$scripts/deps.sh" deb
lock deb
rm -rf "$work/source" "$out"
mkdir -p "$out"
copy_sources "$source"

step 'packages'
(cd "$source" && quietly "$work/build.log" dpkg-buildpackage -us -uc -b)
for file in "$work"/source/*.*; do
	mv "$file" "$out/"
done

step 'lintian'
lintian --allow-root --display-info --pedantic \
	--fail-on error,warning,info,pedantic "$out"/*.changes

step "in $out:"
(cd "$out" && ls -- *.deb)
