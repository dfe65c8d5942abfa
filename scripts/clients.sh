#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# Build what uses ksock from another module, for a distribution kernel: the
# samples and the tests that run in the kernel, or what is in other directories.
# As anybody else would: apart from the sources of ksock, against its exported
# headers and Module.symvers alone. Prints the directory that the .ko files are in.
#
#   clients.sh [KERNEL [DIRECTORY...]]

# shellcheck source=scripts/lib.sh
. "$(dirname -- "$0")/lib.sh"

kernel=${1:-6.1}
[ $# -gt 1 ] || set -- "$kernel" module/samples module/tests
shift

"$scripts/module.sh" "$kernel" >/dev/null
# shellcheck source=/dev/null
. "$("$scripts/kernel.sh" "$kernel")"
tree=$build/module/$KVER
clients=$tree/clients

# What is as it was stays, as somebody may be taking it into a guest.
lock "clients-$KVER"
"$tree/module/export.sh" "$clients/ksock"
symbols=$clients/ksock/Module.symvers
out=$clients/of-$(printf '%s' "$*" | tr ' /' '--')
built=
mkdir -p "$out"
for directory; do
	source=$top/$directory
	directory=${directory##*/}
	# Kbuild does not see that these have changed, but the kernel does.
	cmp -s "$symbols" "$clients/$directory/built-against" ||
		rm -rf "${clients:?}/$directory"
	cp -au "$source" "$clients/"
	quietly "$clients/$directory.log" "$scripts/kbuild.sh" "$kernel" \
		"clients/$directory" KSOCK="$clients/ksock"
	cp "$symbols" "$clients/$directory/built-against"
	for ko in "$clients/$directory"/*.ko; do
		built="$built ${ko##*/}"
		cmp -s "$ko" "$out/${ko##*/}" && continue
		cp "$ko" "$out/new"
		mv "$out/new" "$out/${ko##*/}"
	done
done
for ko in "$out"/*.ko; do
	case "$built " in
	*" ${ko##*/} "*) ;;
	*) rm -f "$ko" ;;
	esac
done
say "$out"
