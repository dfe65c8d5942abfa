#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# What does not work over ksock, by the list in limits, and does otherwise.

# shellcheck source=userspace/test/programs/common.sh
. "${0%/*}/common.sh"

list=${LIMITS:-$here/limits}

# says COMMAND STATUS PATTERN: a program's status, and what it says of it
says() {
	timeout 60 sh -c "$1" >"$dir/said" 2>&1
	status=$?
	cat "$dir/said"
	[ "$status" = "$2" ] && grep -qE "$3" "$dir/said"
}

# python PLAIN KSOCK: what the program on standard input prints on either side
python() {
	cat >"$dir/try.py"
	plain=$(timeout 60 python3 "$dir/try.py")
	over=$(timeout 60 "$KSOCK" run python3 "$dir/try.py")
	echo "ordinary: $plain; ksock: $over"
	[ "$plain" = "$1" ] && [ "$over" = "$2" ]
}

limit_static_program() {
	says '/guest/busybox echo talks' 0 talks &&
		says "$KSOCK run /guest/busybox echo talks" 2 'static'
}

# As a user who may use the device, for root has these rights anyhow.
limit_rights_of_its_own() {
	chmod 666 /dev/ksock
	as='setpriv --reuid=nobody --regid=nogroup --clear-groups'
	says "$as su --version" 0 util-linux &&
		says "$as $KSOCK run su --version" 2 'rights'
}

# By hand, for no library of it is among the programs.
limit_io_uring_send() {
	python 'send 1 write 1' 'send ENOTSOCK write 1' <<-'PYTHON'
		import ctypes, errno, mmap, os, socket, struct

		libc = ctypes.CDLL(None, use_errno=True)
		params = ctypes.create_string_buffer(120)
		ring = libc.syscall(425, 4, params)
		sq_entries, cq_entries = struct.unpack_from("II", params)
		sq = struct.unpack_from("10I", params, 40)
		cq = struct.unpack_from("10I", params, 80)
		both = mmap.mmap(ring, max(sq[6] + 4 * sq_entries, cq[5] + 16 * cq_entries))
		sqes = mmap.mmap(ring, 64 * sq_entries, offset=0x10000000)
		text = ctypes.create_string_buffer(b"x")

		def submit(opcode, fd):
		    tail, = struct.unpack_from("I", both, sq[1])
		    mask, = struct.unpack_from("I", both, sq[2])
		    struct.pack_into("=BBHiQQIIQ", sqes, 64 * (tail & mask), opcode, 0, 0,
		                     fd, 0, ctypes.addressof(text), 1, 0, opcode)
		    struct.pack_into("I", both, sq[6] + 4 * (tail & mask), tail & mask)
		    struct.pack_into("I", both, sq[1], tail + 1)
		    libc.syscall(426, ring, 1, 1, 1, None, 0)
		    head, = struct.unpack_from("I", both, cq[0])
		    result, = struct.unpack_from("i", both, cq[5] + 16 * (head & (cq_entries - 1)) + 8)
		    struct.pack_into("I", both, cq[0], head + 1)
		    return result if result >= 0 else errno.errorcode[-result]

		listener = socket.create_server(("127.0.0.1", 0))
		one = socket.create_connection(listener.getsockname())
		print("send", submit(26, one.fileno()), "write", submit(23, one.fileno()))
	PYTHON
}

# The module of the protocol may be missing, but the option is known.
limit_tls_in_the_kernel() {
	python known ENOPROTOOPT <<-'PYTHON'
		import errno, socket

		listener = socket.create_server(("127.0.0.1", 0))
		one = socket.create_connection(listener.getsockname())
		try:
		    one.setsockopt(socket.IPPROTO_TCP, 31, b"tls")
		    print("known")
		except OSError as error:
		    name = errno.errorcode[error.errno]
		    print("known" if name == "ENOENT" else name)
	PYTHON
}

limit_filter_of_a_socket() {
	python attached ENOPROTOOPT <<-'PYTHON'
		import ctypes, errno, socket, struct

		code = ctypes.create_string_buffer(struct.pack("HBBI", 6, 0, 0, 65535))
		program = struct.pack("HxxxxxxQ", 1, ctypes.addressof(code))
		one = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
		try:
		    one.setsockopt(socket.SOL_SOCKET, 26, program)
		    print("attached")
		except OSError as error:
		    print(errno.errorcode[error.errno])
	PYTHON
}

limit_bindresvport() {
	python bound ENOTSOCK <<-'PYTHON'
		import ctypes, errno, socket

		libc = ctypes.CDLL(None, use_errno=True)
		one = socket.socket()
		if libc.bindresvport(one.fileno(), None) == 0:
		    print("bound")
		else:
		    print(errno.errorcode[ctypes.get_errno()])
	PYTHON
}

limit_signal_for_urgent_data() {
	python 'signal poll' 'nothing poll' <<-'PYTHON'
		import fcntl, os, select, signal, socket

		came = []
		signal.signal(signal.SIGURG, lambda *what: came.append(what))
		listener = socket.create_server(("127.0.0.1", 0))
		one = socket.create_connection(listener.getsockname())
		two = listener.accept()[0]
		fcntl.fcntl(two, fcntl.F_SETOWN, os.getpid())
		one.send(b"!", socket.MSG_OOB)
		poll = select.poll()
		poll.register(two, select.POLLPRI)
		seen = poll.poll(10000)
		print("signal" if came else "nothing", "poll" if seen else "nothing")
	PYTHON
}

limit_owner_in_ss() {
	python 'told' 'not told' <<-'PYTHON'
		import os, socket, subprocess

		listener = socket.create_server(("127.0.0.1", 0))
		said = subprocess.run(["ss", "-Htlnp"], capture_output=True, text=True).stdout
		assert ":%d" % listener.getsockname()[1] in said, said
		print("told" if "pid=%d" % os.getpid() in said else "not told")
	PYTHON
}

names() {
	grep -v '^#' "$list" | cut -d ' ' -f 1
}

# A limit has its reason in the list, and every one that is shown is there.
check_list() {
	! grep -v '^#' "$list" | grep -vE '^[a-z_]+ .+' &&
		[ "$(names | sort)" = "$(sed -n 's/^limit_\(.*\)() {$/\1/p' "$0" |
			sort)" ]
}

ktap_print_header
ktap_set_plan $(($(names | wc -l) + 1))
check_list >"$dir/log" 2>&1
tell $? 'the list has all that is shown here'
for name in $(names); do
	"limit_$name" >"$dir/log" 2>&1
	tell $? "$name"
done
ktap_finished
