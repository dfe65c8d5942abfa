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

# What README.md and the manuals of the library show, as it stands there.
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
	ksock echo -k udp:127.0.0.1:7000 &
	for try in 1 2 3 4 5 6 7 8 9 10; do
		[ "$(ss -Htuln 'sport = :7000' | wc -l)" = 2 ] && break
		sleep 1
	done
	[ "$(/tests/talk)" = hello ]
	cd /tests/examples
	[ "$(./talk tcp:127.0.0.1:7000 hello)" = hello ]
	[ "$(./lines tcp:127.0.0.1:7000 hello)" = hello ]
	[ "$(./options SO_LINGER 'onoff=1 linger=5')" = 'onoff=1 linger=5' ]
	[ "$(./batch udp:127.0.0.1:7000 one two | xargs)" = 'one two' ]
EOF
chmod +x "$readme/shell" "$readme/c"

plan=$build/guest.plan
set -- --kernel "$kernel" --ko "$ko" --plan "$plan" "$@" \
	--bin nc --bin socat --bin ss --bin ip --bin jq \
	--file "$userspace/ksock:/usr/bin/ksock" \
	--file "$top/userspace/test/cli.sh:/tests/cli.sh" \
	--file "$top/userspace/test/cli_test.sh:/tests/cli_test.sh" \
	--file "$top/userspace/test/cli_opt_test.sh:/tests/cli_opt_test.sh" \
	--file "$top/userspace/test/cli_tell_test.sh:/tests/cli_tell_test.sh" \
	--file "$harness/tools/testing/selftests/kselftest/ktap_helpers.sh:/tests/ktap_helpers.sh" \
	--file "$readme/shell:/tests/readme_shell" \
	--file "$readme/c:/tests/readme_c" --file "$readme/talk:/tests/talk" \
	--file "$userspace/examples/talk:/tests/examples/talk" \
	--file "$userspace/examples/lines:/tests/examples/lines" \
	--file "$userspace/examples/options:/tests/examples/options" \
	--file "$userspace/examples/batch:/tests/examples/batch"

# Names come from the sources: a program that is gone is not run any longer.
tests() {
	for test in "$top"/selftests/*_test.c; do
		test=${test##*/}
		echo "${test%.c}"
		case $test in
		uapi* | opt* | msg* | control*) echo "${test%_test.c}_32_test" ;;
		esac
	done
}

library_tests() {
	for test in "$top"/userspace/test/lib*_test.c; do
		test=${test##*/}
		echo "${test%.c}"
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
	for test in $(library_tests); do
		! wanted "$test" || echo "run ${test%_test} /tests/$test"
	done
	[ -z "${TESTS:-}" ] || {
		echo unload
		exit
	}
	echo 'shell /tests/readme_shell'
	echo 'shell /tests/readme_c'
	for part in cli cli_opt cli_tell; do
		echo "timeout=300 run $part env KTAP_HELPERS=/tests/ktap_helpers.sh /bin/sh /tests/${part}_test.sh"
	done
	echo unload
	echo load relaxed=1
	echo 'timeout=300 run perm_relaxed /tests/perm_test'
	echo 'timeout=300 run perm_device_relaxed /tests/perm_device_test'
	echo unload
) >"$plan"
for test in $(tests); do
	wanted "$test" || continue
	set -- "$@" --file "$selftests/$test:/tests/$test"
done
for test in $(library_tests); do
	wanted "$test" || continue
	set -- "$@" --file "$userspace/test/$test:/tests/$test"
done

exec "$scripts/vm/run.sh" --timeout 1800 "$@"
