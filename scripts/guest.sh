#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# Build what the guest tests need and run them in one boot: every kselftest
# program, those of the library and the tool, what README.md shows, and the
# permission table once more with the module in relaxed mode. TESTS="name ..."
# narrows it to those kselftest programs. Arguments go to vm/run.sh.

# shellcheck source=scripts/lib.sh
. "$(dirname -- "$0")/lib.sh"

kernel=${KERNEL:-6.1}
"$scripts/deps.sh" build vm demo check
step "build for $kernel"
ko=$("$scripts/module.sh" "$kernel")
userspace=$("$scripts/userspace.sh" test)
selftests=$("$scripts/selftests.sh")
harness=$("$scripts/harness.sh")

# What README.md and libksock(3) show, as it stands there.
readme=$build/readme
mkdir -p "$readme"
{
	echo '#!/bin/sh -ex'
	"$scripts/readme.sh" print shell
} >"$readme/shell"
"$scripts/readme.sh" print c >"$readme/talk.c"
cc -Wall -Wextra -Werror -I"$top/userspace/include" -o "$readme/talk" \
	"$readme/talk.c" "$userspace/libksock.a"
cat >"$readme/c" <<-'EOF'
	#!/bin/sh -ex
	ksock echo -k tcp:127.0.0.1:7000 &
	for try in 1 2 3 4 5 6 7 8 9 10; do
		ss -Htln 'sport = :7000' | grep -q . && break
		sleep 1
	done
	[ "$(/tests/talk)" = hello ]
	[ "$(/tests/example tcp:127.0.0.1:7000 hello)" = hello ]
EOF
chmod +x "$readme/shell" "$readme/c"

plan=$build/guest.plan
set -- --kernel "$kernel" --ko "$ko" --plan "$plan" "$@" \
	--bin nc --bin socat --bin ss --bin ip --bin jq \
	--file "$userspace/ksock:/usr/bin/ksock" \
	--file "$userspace/test/lib_test:/tests/lib_test" \
	--file "$top/userspace/test/cli_test.sh:/tests/cli_test.sh" \
	--file "$harness/tools/testing/selftests/kselftest/ktap_helpers.sh:/tests/ktap_helpers.sh" \
	--file "$readme/shell:/tests/readme_shell" \
	--file "$readme/c:/tests/readme_c" --file "$readme/talk:/tests/talk" \
	--file "$userspace/examples/talk:/tests/example"

# Names come from the sources: a program that is gone is not run any longer.
tests() {
	for test in "$top"/selftests/*_test.c; do
		test=${test##*/}
		echo "${test%.c}"
		case $test in
		uapi*) echo "${test%_test.c}_32_test" ;;
		esac
	done
}

wanted() {
	[ -z "${TESTS:-}" ] && return
	case " $TESTS " in
	*" ${1%_test} "*) ;;
	*) return 1 ;;
	esac
}

(
	echo load
	for test in $(tests); do
		! wanted "$test" ||
			echo "timeout=300 run ${test%_test} /tests/$test"
	done
	[ -z "${TESTS:-}" ] || {
		echo unload
		exit
	}
	echo 'shell /tests/readme_shell'
	echo 'shell /tests/readme_c'
	echo 'run lib /tests/lib_test'
	echo 'timeout=300 run cli env KTAP_HELPERS=/tests/ktap_helpers.sh /bin/sh /tests/cli_test.sh'
	echo unload
	echo load relaxed=1
	echo 'timeout=300 run perm_relaxed /tests/perm_test'
	echo unload
) >"$plan"
for test in $(tests); do
	set -- "$@" --file "$selftests/$test:/tests/$test"
done

exec "$scripts/vm/run.sh" --timeout 900 "$@"
