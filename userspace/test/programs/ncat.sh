#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# ncat on both ends, with TLS, too.

# shellcheck source=userspace/test/programs/common.sh
. "${0%/*}/common.sh"

start() {
	[ -e "$dir/cert" ] || openssl req -x509 -newkey ec -nodes -days 2 \
		-pkeyopt ec_paramgen_curve:prime256v1 -subj /CN=localhost -keyout "$dir/key" -out "$dir/cert"
	head -c 200000 /dev/urandom | base64 >"$dir/in"
	serve ncat -l -k 127.0.0.1 "$port" \
		-c "head -c $(wc -c <"$dir/in") | sha256sum"
	serve ncat -l -k --ssl --ssl-cert "$dir/cert" --ssl-key "$dir/key" \
		127.0.0.1 $((port + 1)) -c "cat $dir/in"
	serve ncat -l -u --recv-only 127.0.0.1 "$port"
	up tcp && up tcp $((port + 1)) && up udp
}

# A server that runs a command ends with its input, so that has no end.
talk_tcp() {
	client ncat --no-shutdown 127.0.0.1 "$port" <"$dir/in" >sum &&
		sha256sum <"$dir/in" >right && same sum right
}

talk_tls() {
	client ncat --ssl --ssl-verify --ssl-trustfile "$dir/cert" \
		--ssl-servername localhost --recv-only \
		127.0.0.1 $((port + 1)) >back && same back "$dir/in"
}

# It arrives in what the server prints.
talk_udp() {
	echo datagram | client ncat -u --send-only 127.0.0.1 "$port" &&
		eventually grep -x datagram "$dir/server.log"
}

run_talks ncat ncat:tcp ncat:tls ncat:udp
