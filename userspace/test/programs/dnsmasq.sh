#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# dnsmasq, which gives its rights up, and dig, over UDP and TCP.

# shellcheck source=userspace/test/programs/common.sh
. "${0%/*}/common.sh"

start() {
	serve dnsmasq -k -C /dev/null --no-resolv --no-hosts --port="$port" \
		--listen-address=127.0.0.1 --bind-interfaces --user=nobody \
		--pid-file="$dir/pid" --local=/test/ --no-ping \
		--address=/a.test/192.0.2.1 --address=/a.test/2001:db8::1 \
		--txt-record=txt.test,"$(seq -s ' ' 80)" --log-facility=-
	up udp && up tcp
}

ask() {
	client dig @127.0.0.1 -p "$port" +tries=1 +timeout=30 "$@"
}

talk_udp() {
	ask +short a.test A && ask +short a.test AAAA && ask +short txt.test TXT
}

talk_tcp() {
	ask +short +tcp a.test A && ask +short +tcp txt.test TXT
}

talk_none() {
	ask none.test A | grep -o 'status: [A-Z]*'
}

run_talks dnsmasq dig:udp dig:tcp dig:none
