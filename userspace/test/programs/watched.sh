#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# That what the other tests rely on sees what it is to see: each ksock, however
# short-lived, and each ordinary socket, however it came about.

# shellcheck source=userspace/test/programs/common.sh
. "${0%/*}/common.sh"

# A thousand bytes from a server to a client, and that is all.
cat >"$dir/talk.py" <<'PYTHON'
import socket, sys

def talk(port):
    listener = socket.create_server(("127.0.0.1", port))
    one = socket.create_connection(("127.0.0.1", port))
    two = listener.accept()[0]
    two.sendall(b"x" * 1000)
    two.close()
    text = b""
    while part := one.recv(4096):
        text += part
    one.close()
    return len(text)

print(talk(int(sys.argv[1])))
PYTHON

# watch PROGRAM [ARG]...: what came of it in $status, what was seen in report
watch() {
	port=$((port + 1))
	timeout -k 20 60 "$WATCH" "$dir/report" "$@" python3 "$dir/talk.py" \
		"$port" >"$dir/out" 2>&1
	status=$?
	cat "$dir/out" "$dir/report"
}

# Both ends of the connection; what listens carries nothing.
ksocks_are_counted_to_the_byte() {
	watch "$KSOCK" run
	[ "$status" = 0 ] && grep -x 1000 "$dir/out" &&
		grep -x 'sockets 2' "$dir/report" &&
		grep -x 'sent 1 1000' "$dir/report" &&
		grep -x 'received [0-9]* 1000' "$dir/report" &&
		grep -x 'refused 0' "$dir/report"
}

ordinary_sockets_are_refused_and_told() {
	watch env
	[ "$status" != 0 ] && grep -x 'sockets 0' "$dir/report" &&
		grep -x 'refused 1' "$dir/report" &&
		grep -x '# refused: socket(2, [0-9]*, ...) of python3' "$dir/report"
}

# Who may not open the device gets ordinary sockets, as asked for.
a_fallback_is_refused_and_told() {
	as='setpriv --reuid=nobody --regid=nogroup --clear-groups'
	chmod 600 /dev/ksock
	# shellcheck disable=SC2086 # words
	timeout 60 $as "$KSOCK" run --fallback python3 "$dir/talk.py" $((port + 1000)) |
		grep -x 1000 || return 1
	# shellcheck disable=SC2086
	watch $as "$KSOCK" run --fallback
	[ "$status" != 0 ] && grep -x 'refused 1' "$dir/report"
}

ktap_print_header
ktap_set_plan 3
for name in ksocks_are_counted_to_the_byte ordinary_sockets_are_refused_and_told \
	a_fallback_is_refused_and_told; do
	"$name" >"$dir/log" 2>&1
	tell $? "$name"
done
ktap_finished
