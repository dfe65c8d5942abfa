#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# socat on both ends: a megabyte goes there and comes back.

# shellcheck source=userspace/test/programs/common.sh
. "${0%/*}/common.sh"

start() {
	head -c 1000000 /dev/urandom >"$dir/in"
	serve socat "TCP-LISTEN:$port,bind=127.0.0.1,fork,reuseaddr" EXEC:cat
	serve socat "UDP-RECVFROM:$port,bind=127.0.0.1,fork" EXEC:cat
	up tcp && up udp
}

talk_tcp() {
	client socat -t 60 - "TCP:127.0.0.1:$port" <"$dir/in" >back &&
		same back "$dir/in"
}

talk_fork() {
	for number in 1 2 3 4 5; do
		echo "$number" | client socat -t 60 - "TCP:127.0.0.1:$port"
	done
}

# There is no end of it but that of the input, which waits for what comes back.
talk_udp() {
	: >back
	# shellcheck disable=SC2094 # what waits for the file does not read it
	{
		echo datagram
		eventually [ -s back ]
	} | client socat -t 1 - "UDP:127.0.0.1:$port" >back && cat back
}

run_talks socat socat:tcp socat:fork socat:udp
