#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# Proves that the tests notice: each guard of selftests/mutations is taken away in a
# copy of the sources, and the tests that stand beside it run on that module and
# have to fail. ONLY="H5 H6" takes those. TAP, and a table in build/mutations.txt.

# shellcheck source=scripts/lib.sh
. "$(dirname -- "$0")/lib.sh"

kernel=${KERNEL:-6.1}
work=$build/mutate
source=$work/source
table=$build/mutations.txt
log=$work/log
mkdir -p "$work"
rm -rf "$source"
copy_sources "$source"
"$scripts/harness.sh" >/dev/null

wanted() {
	case " ${ONLY:-$1} " in
	*" $1 "*) ;;
	*) return 1 ;;
	esac
}

# What noticed: the groups that failed, or the kernel itself.
noticed() {
	sed -n 's/^ *[0-9.]* s  FAIL  \([a-z0-9_.]*\).*/\1/p' "$work/$name.log" |
		sort -u | head -n 3 | xargs
}

# The build takes a file that is newer; afterwards too.
mutant() {
	perl -0pi -e "$substitution" "$source/module/$guarded"
	! cmp -s "$source/module/$guarded" "$top/module/$guarded" || {
		echo "the substitution finds nothing in module/$guarded"
		return 1
	}
	status=0
	KSOCK_BUILD="$work/build" KSOCK_CACHE="$cache" TESTS="$tests" \
		KERNEL="$kernel" "$source/scripts/guest.sh" --name mutant \
		--timeout 400 >"$work/$name.log" 2>&1 || status=$?
	cp "$top/module/$guarded" "$source/module/$guarded"
	if [ "$status" = 0 ]; then
		echo "nothing fails; all of it: $work/$name.log"
		return 1
	fi
	# A module that does not build proves nothing.
	[ -n "$(noticed)" ] || {
		tail -n 20 "$work/$name.log"
		return 1
	}
}

: >"$table"
grep -v '^#' "$top/selftests/mutations" >"$work/list"
while IFS='	' read -r name guarded tests substitution what <&4; do
	wanted "$name" || continue
	check "$name: $what" mutant
	printf '%-12s %-55s %s\n' "$name" "$what" "$(noticed)" >>"$table"
done 4<"$work/list"
sed 's/^/# /' "$table"
check_end
