#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# Redis: its server, its command line and its benchmark.

# shellcheck source=userspace/test/programs/common.sh
. "${0%/*}/common.sh"

start() {
	serve redis-server --port "$port" --bind 127.0.0.1 --save '' \
		--dir "$dir" --loglevel warning
	up tcp
}

talk_commands() {
	seq 1 5000 | xargs -n 100 echo RPUSH list >commands
	echo 'LRANGE list 0 -1' >>commands
	echo 'DEL list' >>commands
	client redis-cli -p "$port" <commands
}

# The figures differ, the tests and that none failed do not.
talk_benchmark() {
	client redis-benchmark -p "$port" -n 1000 -c 50 -t ping,set,get,lpush \
		--csv >csv && cut -d , -f 1 csv
}

run_talks redis-server redis-cli:commands redis-benchmark:benchmark
