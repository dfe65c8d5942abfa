#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# Build what the guest tests need and run them in one boot: every kselftest
# program, those of the library and the tool, the tests that run in the kernel,
# the sample modules, what README.md shows, and the permission table once more
# with the module in relaxed mode. TESTS="name ..." narrows it to those groups.
# Arguments go to vm/run.sh. On a debug kernel of any kind, what it is built to find
# is asked for before and after.
#
# What races does so a few times here, and more often on a debug kernel, unless told
# otherwise: ROUNDS=N modules are loaded and unloaded, RACE_SECONDS=N each pair of
# calls races, KILLS=N processes are killed, NAMESPACES=N network namespaces end; each
# of the latter three as on the others when it is empty.

# shellcheck source=scripts/lib.sh
. "$(dirname -- "$0")/lib.sh"

kernel=${KERNEL:-6.1}
"$scripts/deps.sh" build vm demo check
step "build for $kernel"
ko=$("$scripts/module.sh" "$kernel")
userspace=$("$scripts/userspace.sh" test)
selftests=$("$scripts/selftests.sh")
harness=$("$scripts/harness.sh")

# Of this run alone, as there may be several at once.
work=$(mktemp -d "$build/guest.XXXXXX")
trap 'rm -rf "$work"' EXIT
plan=$work/plan

# What README.md and the manuals of the library show, as it stands there.
readme=$work/readme
mkdir "$readme"
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

set -- --kernel "$kernel" --ko "$ko" --plan "$plan" "$@" \
	--bin nc --bin socat --bin ss --bin ip --bin jq --bin setpriv --bin nice \
	--file "$userspace/ksock:/usr/bin/ksock" \
	--file "$userspace/libksock-preload.so:/usr/local/lib/ksock/libksock-preload.so" \
	--file "$top/userspace/test/cli.sh:/tests/cli.sh" \
	--file "$top/userspace/test/cli_test.sh:/tests/cli_test.sh" \
	--file "$top/userspace/test/cli_opt_test.sh:/tests/cli_opt_test.sh" \
	--file "$top/userspace/test/cli_tell_test.sh:/tests/cli_tell_test.sh" \
	--file "$top/userspace/test/cli_run_test.sh:/tests/cli_run_test.sh" \
	--file "$harness/tools/testing/selftests/kselftest/ktap_helpers.sh:/tests/ktap_helpers.sh" \
	--file "$readme/shell:/tests/readme_shell" \
	--file "$readme/c:/tests/readme_c" --file "$readme/talk:/tests/talk" \
	--file "$userspace/examples/talk:/tests/examples/talk" \
	--file "$userspace/examples/lines:/tests/examples/lines" \
	--file "$userspace/examples/options:/tests/examples/options" \
	--file "$userspace/examples/batch:/tests/examples/batch"

debug=false faults=false quiet=
case $kernel in
*-debug)
	debug=true faults=true quiet=rounds=200
	: "${RACE_SECONDS=10}" "${KILLS=2000}" "${NAMESPACES=200}"
	;;
*-kcsan)
	debug=true quiet=rounds=200
	: "${RACE_SECONDS=10}"
	;;
*-kmsan) debug=true ;;
esac
figures="${RACE_SECONDS:+ RACE_SECONDS=$RACE_SECONDS}"
figures="$figures${KILLS:+ KILLS=$KILLS}"
figures="$figures${NAMESPACES:+ NAMESPACES=$NAMESPACES}"

# What debug_pressure runs, and with few descriptors.
pressed='io batch_io'
pressed_few='io msg'

# The line of the plan that runs a kselftest program.
line() {
	case $1 in
	race* | kill* | netns_end*)
		echo "timeout=600 run ${1%_test} env$figures /tests/$1"
		;;
	*) echo "timeout=300 run ${1%_test} /tests/$1" ;;
	esac
}

# Names come from the sources: a program that is gone is not run any longer. Some
# need what only a debug kernel has.
tests() {
	for test in "$top"/selftests/*_test.c; do
		test=${test##*/}
		case $test in
		debug_*) $faults || continue ;;
		esac
		echo "${test%.c}"
		case $test in
		uapi* | opt* | msg* | control* | batch* | accept* | connect* | \
			name* | queue*) echo "${test%_test.c}_32_test" ;;
		esac
	done
}

library_tests() {
	for test in "$top"/userspace/test/lib*_test.c; do
		test=${test##*/}
		echo "${test%.c}"
	done
}

preload_tests() {
	for test in "$top"/userspace/test/preload*_test.c; do
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

# Those that differ when the module is relaxed.
relaxed=$(for test in perm perm_device kern; do
	! wanted "${test}_relaxed" || echo "$test"
done)

ktap='env KTAP_HELPERS=/tests/ktap_helpers.sh /bin/sh'
(
	! $debug || echo debug
	echo load
	for test in $(tests); do
		! wanted "$test" || line "$test"
	done
	for test in $(library_tests); do
		! wanted "$test" || echo "run ${test%_test} /tests/$test"
	done
	for test in $(preload_tests); do
		! wanted "$test" || {
			echo "run ${test%_test}_plain /tests/$test"
			echo "run ${test%_test} /usr/bin/ksock run /tests/$test"
		}
	done
	! $faults || ! wanted debug_pressure ||
		echo "timeout=300 run debug_pressure $ktap /tests/debug_pressure_test.sh $pressed -- $pressed_few"
	! wanted cli_run ||
		echo "timeout=300 run cli_run $ktap /tests/cli_run_test.sh"
	! wanted api || echo "timeout=300 run api /bin/sh /tests/api_test.sh all $quiet${NAMESPACES:+ namespaces=$NAMESPACES}"
	! wanted samples ||
		echo "timeout=600 run samples $ktap /tests/samples_test.sh"
	! wanted samples_unload ||
		echo "timeout=1500 run samples_unload $ktap /tests/samples_unload_test.sh ${ROUNDS:-5}"
	! wanted module_unload ||
		echo "timeout=1500 run module_unload $ktap /tests/module_unload_test.sh ${ROUNDS:-5}"
	[ -n "${TESTS:-}" ] || {
		echo 'shell /tests/readme_shell'
		echo 'shell /tests/readme_c'
	}
	for part in cli cli_opt cli_tell; do
		! wanted "$part" ||
			echo "timeout=300 run $part $ktap /tests/${part}_test.sh"
	done
	echo unload
	[ -z "$relaxed" ] || {
		echo load relaxed=1
		for test in $relaxed; do
			echo "timeout=300 run ${test}_relaxed /tests/${test}_test"
		done
		echo unload
	}
	! $debug || echo debug
) >"$plan"
known_names "${TESTS:-}" \
	"$(sed -nE 's/^(timeout=[0-9]+ )?run ([a-z0-9_]+) .*/\2/p' "$plan")"
for test in $(tests); do
	wanted "$test" || wanted "${test%_test}_relaxed" || continue
	set -- "$@" --file "$selftests/$test:/tests/$test"
done
if $faults && wanted debug_pressure; then
	"$scripts/deps.sh" pressure
	TESTS='' "$scripts/selftests.sh" >/dev/null
	set -- "$@" --bin stress-ng \
		--file "$top/selftests/debug_pressure_test.sh:/tests/debug_pressure_test.sh"
	for test in $(echo "$pressed $pressed_few" | tr ' ' '\n' | sort -u); do
		set -- "$@" --file "$selftests/${test}_test:/tests/${test}_test"
	done
fi
for test in $(library_tests) $(preload_tests); do
	wanted "$test" || continue
	set -- "$@" --file "$userspace/test/$test:/tests/$test"
done
if wanted api || wanted samples || wanted samples_unload || wanted module_unload; then
	clients=$("$scripts/clients.sh" "$kernel")
	set -- "$@" --file "$top/module/tests/samples.sh:/tests/samples.sh"
	for file in "$clients"/*.ko "$top"/module/tests/*_test.sh; do
		set -- "$@" --file "$file:/tests/${file##*/}"
	done
fi

"$scripts/vm/run.sh" --timeout 1800 "$@"
