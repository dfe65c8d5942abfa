#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# Proves that the tests notice: each guard of selftests/mutations is taken away in a
# copy of the sources, and the tests that stand beside it, which pass without that, run
# on that module and have to fail. ONLY="H5 H6" takes those. TAP, and a table in build/mutations.txt.

# shellcheck source=scripts/lib.sh
. "$(dirname -- "$0")/lib.sh"

kernel=${KERNEL:-6.1}
work=$build/mutate
source=$work/source
table=$build/mutations.txt
log=$work/log
mkdir -p "$work"
# What was built of it may be of the last mutant.
rm -rf "$source" "$work/build/module"
copy_sources "$source"
"$scripts/harness.sh" >/dev/null

wanted() {
	case " ${ONLY:-$1} " in
	*" $1 "*) ;;
	*) return 1 ;;
	esac
}

# guest LOG TESTS SECONDS: the status is the verdict.
guest() {
	KSOCK_BUILD="$work/build" KSOCK_CACHE="$cache" TESTS="$2" KERNEL="$kernel" \
		"$source/scripts/guest.sh" --name mutant --timeout "$3" >"$1" 2>&1
}

# What noticed: groups that failed, or in which the guest ended. That the machine
# failed is no such thing.
noticed() {
	sed -nE 's/^ *[0-9.]+ s  FAIL  ([0-9]+ )?([a-z0-9_]+).*/\2/p' \
		"$work/$name.log" | sort -u | while read -r group; do
		case " $tests unload " in
		*" $group "*) echo "$group" ;;
		esac
	done | head -n 3 | xargs
}

# The build takes a file that is newer; afterwards too.
mutant() {
	perl -0pi -e "$substitution" "$source/module/$guarded"
	! cmp -s "$source/module/$guarded" "$top/module/$guarded" || {
		echo "the substitution finds nothing in module/$guarded"
		return 1
	}
	status=0
	guest "$work/$name.log" "$tests" 400 || status=$?
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

# Without a mutation.
unspoilt() {
	guest "$work/unspoilt.log" "$(cut -f 1,3 "$work/list" |
		while IFS='	' read -r name tests; do
			! wanted "$name" || echo "$tests"
		done | tr ' ' '\n' | sort -u | xargs)" 1800 || {
		cat "$work/unspoilt.log"
		return 1
	}
}

: >"$table"
grep -v '^#' "$top/selftests/mutations" >"$work/list"
known_names "${ONLY:-}" "$(cut -f 1 "$work/list")"
check 'all of them pass without a mutation' unspoilt
while IFS='	' read -r name guarded tests substitution what <&4; do
	wanted "$name" || continue
	check "$name: $what" mutant
	printf '%-12s %-55s %s\n' "$name" "$what" "$(noticed)" >>"$table"
done 4<"$work/list"
sed 's/^/# /' "$table"
check_end
