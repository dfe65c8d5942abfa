#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# Who tests the tester: proves that a good guest is judged good, and that every
# way known for a guest, a test or the machine to fail is judged a failure, and
# for the right reason. Most cases spoil one good recording in one way; what a
# recording cannot show is booted. Prints TAP; needs no ksock.ko.
#
#   selfcheck.sh [--no-boot]

# shellcheck source=scripts/lib.sh
. "$(dirname -- "$0")/../lib.sh"

work=$build/vm/selfcheck
rm -rf "$work"
mkdir -p "$work"
unset KSOCK_ACCEL
export KSOCK_CACHE="$cache" KSOCK_BUILD="$work"
judge=$scripts/vm/judge.pl
count=0
failures=0

# verdict DESCRIPTION WANTED_STATUS PATTERN: of what $work/output holds and
# ended with $status. A pattern that must not be there begins with '!'.
verdict() {
	count=$((count + 1))
	case $3 in
	!*) ! grep -qE "${3#!}" "$work/output" ;;
	*) grep -qE "$3" "$work/output" ;;
	esac && [ "$status" = "$2" ] && {
		echo "ok $count $1"
		return
	}
	failures=$((failures + 1))
	sed 's/^/# /' "$work/output"
	echo "# status $status where $2 and $3 are wanted"
	echo "not ok $count $1"
}

attempt() {
	status=0
	"$@" >"$work/output" 2>&1 || status=$?
}

echo 'TAP version 13'

# A guest that did all of its plan, as init records it.

cat >"$work/plan" <<-EOF
	load noisy=0
	timeout=5 run one /bin/one
EOF
cat >"$work/good" <<-EOF
	GUEST begin 1 load
	1..1
	ok 1 modprobe ksock

	GUEST end 1 load status=0
	GUEST begin 2 one
	TAP version 13
	1..3
	ok 1 first
	# a remark
	ok 2 second # SKIP not here
	ok 3 third

	GUEST end 2 one status=0
	GUEST begin 2 one.leaks
	1..1
	ok 1 nothing is left

	GUEST end 2 one.leaks status=0
	GUEST done groups=3
EOF
echo '9.9 one second not in this kernel' >"$work/skips"

# recording DESCRIPTION STATUS PATTERN SED_SCRIPT [CONSOLE_LINE]
recording() {
	sed "$4" "$work/good" >"$work/results"
	echo "[    1.000000] ${5:-Linux version 9.9}" >"$work/console"
	attempt "$judge" --plan "$work/plan" --results "$work/results" \
		--console "$work/console" --kernel 9.9 --skips "$work/skips"
	verdict "$1" "$2" "$3"
}

recording 'a good guest passes' 0 '^4 passed, 0 failed, 1 skipped$' ''
recording 'a failing test fails' 1 'not ok 3 third' \
	's/^ok 3/not ok 3/; s/one status=0/one status=1/'
recording 'a failing test in a program that exits with 0 fails' 1 \
	'ended with status 0' 's/^ok 3/not ok 3/'
recording 'a program that exits with 1 after passing fails' 1 \
	'ended with status 1' 's/one status=0/one status=1/'
recording 'a program that is killed after passing fails' 1 \
	'status 137.*killed' 's/one status=0/one status=137/'
recording 'a program that skips everything by status only fails' 1 \
	'ended with status 4' 's/one status=0/one status=4/'
recording 'a missing test fails' 1 'bad TAP' '/^ok 3/d'
recording 'an extra test fails' 1 'bad TAP' '/^ok 3/a ok 4 fourth'
recording 'tests out of order fail' 1 'bad TAP' 's/^ok 3/ok 7/'
recording 'a missing plan of tests fails' 1 'No plan' '/^1\.\.3/d'
recording 'a program that says nothing fails' 1 'No plan' \
	'/^TAP/,/^ok 3/d'
recording 'a bail-out fails' 1 'FAIL  one ' 's/^ok 3.*/Bail out! no more/'
recording 'an unlisted skip fails' 1 'not in the list of skips' \
	's/second # SKIP/third # SKIP/'
recording 'a skip of all tests that is not listed fails' 1 \
	'not in the list of skips' \
	'/^ok [123] \(first\|second\|third\)/d; s/^1\.\.3/1..0 # SKIP no/
	s/one status=0/one status=4/'
recording 'a failing leak check fails' 1 'FAIL  one.leaks' \
	's/^ok 1 nothing/not ok 1 nothing/; s/leaks status=0/leaks status=1/'
recording 'a missing end marker fails' 1 'one: no end' '/^GUEST end 2 one /d'
recording 'a missing begin marker fails' 1 'without its beginning' \
	'/^GUEST begin 2 one$/d'
recording 'a guest that ends in the middle of a group fails' 1 \
	'ended in the middle' '/^ok 3/q'
recording 'a missing group fails' 1 'plan has' '/begin 2 one$/,/end 2 one /d'
recording 'a group that was not planned fails' 1 'nothing more' \
	'/leaks status/{p;s/.*/GUEST begin 3 two\n1..1\nok 1 x\nGUEST end 3 two status=0/}'
recording 'a missing done marker fails' 1 'did not say that it was done' \
	'/^GUEST done/d'
recording 'a done marker with a wrong count fails' 1 'says it did 2 groups' \
	's/groups=3/groups=2/'
recording 'a guest that never came to its plan is told apart' 3 \
	'never came to its plan' 'd'
for line in 'RIP: 0010:ksock_close' 'Call Trace:' 'WARNING: CPU: 1 PID: 1' \
	'VFS: Close: file count is 0' 'Attempt to release alive inet socket 0' \
	'Initramfs unpacking failed: write error' \
	'kmemleak: Cannot allocate a kmemleak_object structure' \
	'ODEBUG: Out of memory. ODEBUG disabled' \
	'BUG: kernel NULL pointer dereference' 'Oops: 0002' \
	'UBSAN: shift-out-of-bounds' 'BUG: KASAN: use-after-free' \
	'BUG: KCSAN: data-race in ksock_put [ksock] / tcp_close' \
	'BUG: KCSAN: data-race in tcp_close / ksock_put [ksock]' \
	'ref_tracker: net notrefcnt@' 'unreferenced object 0xffff' \
	'INFO: task x blocked for more than 20 seconds' \
	'Kernel panic - not syncing' 'rcu: INFO: rcu_preempt detected stalls'; do
	recording "a console that says '$line' fails" 1 'kernel is in trouble' \
		'' "$line"
done
recording 'a data race elsewhere in the kernel is counted' 0 \
	'1 reports of mistakes elsewhere' '' \
	'BUG: KCSAN: data-race in tcp_close / tcp_poll'
recording 'a data race in what ksock has copied fails' 1 'kernel is in trouble' '' \
	'BUG: KCSAN: data-race in _copy_from_user / tcp_close
read to 0xffff of 8 bytes by task 1 on cpu 0:
 _copy_from_user+0x1/0x2
 ksock_cmd+0x1/0x2 [ksock]
'
recording 'one in what the kernel has copied is counted' 0 \
	'1 reports of mistakes elsewhere' '' \
	'BUG: KCSAN: data-race in _copy_from_user / tcp_close
read to 0xffff of 8 bytes by task 1 on cpu 0:
 _copy_from_user+0x1/0x2
 do_tcp_setsockopt+0x1/0x2
 ksock_cmd+0x1/0x2 [ksock]
'
unwritten='BUG: KMSAN: uninit-value in tcp_v4_rcv+0x1/0x2'
leak='BUG: KMSAN: kernel-infoleak in _copy_to_user+0x1/0x2'
ours='ksock_recv+0x1/0x2 [ksock]'
recording 'memory not written to that others use is counted' 0 \
	'1 reports of mistakes elsewhere' '' "$unwritten
$ours
Uninit was created at:
kmem_cache_alloc+0x1/0x2
====================
$ours"
recording 'memory not written to that is used by ours fails' 1 \
	'kernel is in trouble' '' "BUG: KMSAN: uninit-value in $ours"
recording 'memory of ours not written to fails' 1 'kernel is in trouble' '' \
	"$unwritten
Local variable msg created at:
$ours"
recording 'memory of others that ours copy to a process fails' 1 \
	'kernel is in trouble' '' "$leak
$ours"
recording 'memory that others copy to a process is counted' 0 \
	'1 reports of mistakes elsewhere' '' "$leak
sock_read_iter+0x1/0x2"

attempt "$judge" --exec host --totals "$work/totals" -- \
	printf '1..2\nok 1 a\nok 2 b\n'
attempt "$judge" --exec host --totals "$work/totals" -- \
	printf '1..2\nok 1 a\nnot ok 2 b\n'
verdict 'a program on the host is judged like one in the guest' 1 'not ok 2 b'
attempt "$judge" --sum "$work/totals"
verdict 'totals of several judges add up, and a failure stays one' 1 \
	'^3 passed, 2 failed, 0 skipped$'
: >"$work/totals"
attempt "$judge" --sum "$work/totals"
verdict 'no test at all is not a pass' 1 '^0 passed'

# The KVM probe, against machines that only pretend.

# pretend DESCRIPTION PATTERN COMMAND: a QEMU that is COMMAND.
pretend() {
	printf '#!/bin/sh\n%s\n' "$3" >"$work/qemu"
	chmod +x "$work/qemu"
	rm -rf "$work/vm"
	attempt env KSOCK_QEMU="$work/qemu" "$scripts/vm/accel.sh"
	verdict "$1" 0 "$2"
}

pretend 'KVM that runs a guest is used' 'accel kvm' 'exit 85'
pretend 'KVM that hangs is not used' 'no KVM, a guest hangs' 'exec sleep 20'
pretend 'KVM that aborts is not used' 'no KVM, .* 134' 'ulimit -c 0; kill -ABRT $$'
pretend 'KVM that ends well without the guest is not used' 'accel tcg' 'exit 0'
attempt env KSOCK_QEMU=false KSOCK_ACCEL=kvm "$scripts/vm/accel.sh"
verdict 'KSOCK_ACCEL decides without a probe' 0 'accel kvm'
attempt env KSOCK_ACCEL=xen "$scripts/vm/accel.sh"
verdict 'KSOCK_ACCEL takes nothing else' 1 'kvm or tcg'
pretend 'emulation never offers cmpxchg16b' 'tcg.*,-cx16' 'exit 1'

# The runner, first with machines that do not work, then with real ones.

run() {
	attempt "$scripts/vm/run.sh" --no-ko --name "case-$count" "$@"
}

export KSOCK_QEMU="$work/qemu"
echo 'run one /bin/true' >"$work/plan"
run --plan "$work/plan"
verdict 'a machine that never starts is tried twice, then fails' 1 \
	'before any test began: once more'
verdict 'and it says why' 1 'QEMU ended with status 1'
unset KSOCK_QEMU

if [ "${1:-}" = --no-boot ]; then
	echo "1..$count"
	[ "$failures" = 0 ]
	exit
fi

# script NAME: from standard input.
script() {
	{ echo '#!/bin/sh'; cat; } >"$work/$1"
	chmod +x "$work/$1"
	set_files="${set_files:-} --file $work/$1:/$1"
}

script good <<-EOF
	printf 'TAP version 13\n1..2\nok 1 a\nok 2 b\n'
EOF
script unfinished <<-EOF
	printf '1..2\nok 1 a\nnot ok 2'
	exit 1
EOF
script late <<-EOF
	printf '1..1\nok 1 a\n'
	sleep 60
EOF
script pin <<-EOF
	touch /run/ns
	unshare -n mount --bind /proc/self/ns/net /run/ns
EOF
script unpin <<-EOF
	umount /run/ns
EOF
script talk <<-EOF
	echo '<6>ksock: wrong argument' >/dev/kmsg
EOF
script pretend <<-EOF
	mkdir -p /run/module/ksock
	echo 0 >/run/module/ksock/refcnt
	mount --bind /run/module /sys/module
EOF
script hold <<-EOF
	echo 1 >/sys/module/ksock/refcnt
EOF
script stay <<-EOF
	sleep 60 &
EOF
script warning <<-EOF
	echo '<4>WARNING: planted' >/dev/kmsg
EOF
script panic <<-EOF
	echo 'about to'
	echo c >/proc/sysrq-trigger
EOF
script hang <<-EOF
	sleep 600
EOF

cat >"$work/plan" <<-EOF
	run good /good
	shell /stay
	run good-again /good
EOF
# shellcheck disable=SC2086 # options
run --plan "$work/plan" $set_files
verdict 'a real guest that does its plan passes' 0 '^17 passed, 0 failed, 0 skipped$'

cat >"$work/plan" <<-EOF
	load
	run good /good
	run unfinished /unfinished
	timeout=1 run late /late
	run absent /absent
	shell /pin
	shell /unpin
	shell /talk
	shell /pretend
	shell /hold
	frobnicate
EOF
# shellcheck disable=SC2086
run --plan "$work/plan" $set_files
verdict 'a module that does not load fails' 1 'FAIL  load '
verdict 'a good program among bad ones passes' 1 'ok    good  .* 2 passed'
verdict 'a last line without its newline does not hide the end' 1 \
	'FAIL  unfinished  .* 1 passed, 1 failed'
verdict 'a program that outlives its time fails' 1 'FAIL  late '
verdict 'a program that is not there fails' 1 'FAIL  absent '
verdict 'a network namespace left behind fails' 1 'not ok 3 no network namespace'
verdict 'and does not once it is gone' 1 '!FAIL  unpin.leaks'
verdict 'a line about ksock in the kernel log fails' 1 '# .*ksock: wrong argument'
verdict 'a module still referenced fails' 1 'not ok 1 references.* 0 before, 1 after'
verdict 'a directive that does not exist fails' 1 'no directive frobnicate'

echo 'shell /warning' >"$work/plan"
# shellcheck disable=SC2086
run --plan "$work/plan" $set_files
verdict 'a kernel that warns fails, though all tests pass' 1 \
	'^5 passed, 1 failed'

printf 'shell /panic\nrun good /good\n' >"$work/plan"
# shellcheck disable=SC2086
run --plan "$work/plan" $set_files
verdict 'a kernel that panics fails' 1 'panic: the guest ended in the middle'
verdict 'and shows the panic' 1 'Kernel panic'
verdict 'and is not tried again' 1 '!once more'

echo 'timeout=600 shell /hang' >"$work/plan"
# shellcheck disable=SC2086
run --plan "$work/plan" --timeout 7 $set_files
verdict 'a guest that hangs fails' 1 'still alive after 7 s'

echo "1..$count"
[ "$failures" = 0 ]
