#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# userspace/lib/libksock.abi: what programs that are linked to libksock rely on,
# its functions and the types in them, as libabigail describes it. The description
# is that of the last release: what is new since then does no harm to a program,
# what has changed does.
#
#   abi.sh          write the description
#   abi.sh check    nothing that is in it has changed

# shellcheck source=scripts/lib.sh
. "$(dirname -- "$0")/lib.sh"

description=$top/userspace/lib/libksock.abi

# Where it was made and with which compiler is nothing to rely on, nor what is in
# a type that ksock.h does not define.
describe() {
	abidw --headers-dir "$top/userspace/include" --drop-private-types \
		--exported-interfaces-only --no-corpus-path --no-comp-dir-path \
		--no-show-locs --no-elf-needed --no-parameter-names \
		--no-write-default-sizes --out-file "$1" "$userspace/libksock.so.1"
}

"$scripts/deps.sh" lint
userspace=$("$scripts/userspace.sh")
case ${1:-write} in
write)
	describe "$description"
	;;
check)
	describe "$userspace/libksock.abi"
	changes=$(abidiff --no-added-syms "$description" \
		"$userspace/libksock.abi") || {
		say "$changes"
		die "a program that is linked to libksock may not run on this one"
	}
	;;
*)	die 'usage: abi.sh [check]' ;;
esac
