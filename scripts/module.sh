#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# Build the module for a distribution kernel and print the path of ksock.ko.
#
# Kbuild leaves its output beside the source, so each kernel has a copy of the
# sources below build/module/, brought up to date file by file: what has not
# changed is not compiled again.

# shellcheck source=scripts/lib.sh
# shellcheck source=scripts/lib.sh
. "$(dirname -- "$0")/lib.sh"

# shellcheck source=/dev/null
. "$("$scripts/kernel.sh" "${1:-6.1}")"
tree=$build/module/$KVER
mkdir -p "$tree"
cp -au "$top/module" "$top/uapi" "$top/dkms.conf" "$tree/"
quietly "$tree/make.log" make -C "$KDIR" M="$tree/module" modules
cp -u "$tree/module/ksock.ko" "$tree/ksock.ko"
say "$tree/ksock.ko"
