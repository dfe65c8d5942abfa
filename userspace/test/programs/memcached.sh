#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# memcached, which gives its rights up, and the programs of its library.

# shellcheck source=userspace/test/programs/common.sh
. "${0%/*}/common.sh"

start() {
	serve memcached -u nobody -l 127.0.0.1 -p "$port" -U "$port" -m 16
	up tcp && up udp
}

# What it prints ends with a line end more.
talk_values() {
	head -c 100000 /dev/urandom | base64 >value
	client memccp --servers="127.0.0.1:$port" value &&
		client memccat --servers="127.0.0.1:$port" value >line &&
		head -c "$(wc -c <value)" line >back && same back value &&
		client memcrm --servers="127.0.0.1:$port" value &&
		! client memccat --servers="127.0.0.1:$port" value
}

talk_protocol() {
	client memccapable -h 127.0.0.1 -p "$port"
}

run_talks memcached memccp:values memccapable:protocol
