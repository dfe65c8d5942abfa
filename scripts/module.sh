#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# Build the module for a distribution kernel and print the path of ksock.ko.
# Each kernel has a copy of the sources below build/module/, see kbuild.sh,
# brought up to date file by file: what has not changed is not compiled again.
#
#   module.sh [KERNEL]

# shellcheck source=scripts/lib.sh
. "$(dirname -- "$0")/lib.sh"

kernel=${1:-6.1}

# shellcheck source=/dev/null
. "$("$scripts/kernel.sh" "$kernel")"
tree=$build/module/$KVER

lock "module-$KVER"
mkdir -p "$tree"
cp -au "$top/module" "$top/uapi" "$top/dkms.conf" "$tree/"
# A debug kernel can tell which lines and branches ran.
flags=
[ "${DEBUG:-}" != debug ] || flags='KCOV_INSTRUMENT=y GCOV_PROFILE=y'
# shellcheck disable=SC2086 # words
quietly "$tree/make.log" "$scripts/kbuild.sh" "$kernel" module $flags
cp -u "$tree/module/ksock.ko" "$tree/ksock.ko"
say "$tree/ksock.ko"
