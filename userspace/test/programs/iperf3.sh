#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# iperf3, in its directions and protocols. What it measures differs, what was
# asked of it and how much was moved do not.

# shellcheck source=userspace/test/programs/common.sh
. "${0%/*}/common.sh"

start() {
	serve iperf3 -s -p "$port" -B 127.0.0.1
	up tcp
}

# What a run says of itself in JSON; of what was sent, whether it is enough. Who
# receives stops when the other says that all is sent, whatever is still to come.
read_json() {
	python3 - "$1" <<-'PYTHON'
		import json, sys
		run = json.load(open("json"))
		test, end = run["start"]["test_start"], run["end"]
		print(run.get("error", "no error"), test["protocol"],
		      test["num_streams"], test["reverse"], len(end["streams"]))
		least = int(sys.argv[1])
		for name in sorted(end):
		    if name.startswith("sum"):
		        enough = 1 if "received" in name else least
		        print(name, "enough" if end[name]["bytes"] >= enough else "different")
	PYTHON
}

# measure LEAST [ARG]...
measure() {
	least=$1
	shift
	client iperf3 -c 127.0.0.1 -p "$port" -J "$@" >json
	status=$?
	[ "$status" = 0 ] || cat json >&2
	read_json "$least" && return "$status"
}

talk_tcp() {
	measure 20000000 -n 20000000 -P 2
}

talk_reverse() {
	measure 20000000 -n 20000000 -R
}

# With bytes to move it ends when the faster direction has moved them.
talk_bidirectional() {
	measure 1 --bidir -t 3
}

# Datagrams may be lost.
talk_udp() {
	measure 1000000 -n 2000000 -u -b 10M -l 1400
}

run_talks iperf3 iperf3:tcp iperf3:reverse iperf3:bidirectional iperf3:udp
