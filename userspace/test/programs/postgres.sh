#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# PostgreSQL, which will not run as root: its server, psql and pgbench.

# shellcheck source=userspace/test/programs/common.sh
. "${0%/*}/common.sh"

# Ends the connections that are left.
stop_signal=INT

PATH=$PATH:$(echo /usr/lib/postgresql/*/bin)

as_postgres='setpriv --reuid=postgres --regid=postgres --clear-groups'

# The device is root's: who is not needs to be let in.
cluster() {
	chmod 666 /dev/ksock
	[ ! -e "$dir/cluster" ] || return 0
	mkdir "$dir/cluster"
	chown postgres "$dir/cluster"
	$as_postgres initdb -D "$dir/cluster" -A trust -U postgres --no-sync
}

start() {
	cluster
	# shellcheck disable=SC2086 # words
	serve $as_postgres postgres -D "$dir/cluster" -p "$port" \
		-c listen_addresses=127.0.0.1 -c unix_socket_directories= \
		-c fsync=off -c shared_buffers=16MB -c max_connections=20
	up tcp && eventually pg_isready -q -h 127.0.0.1 -p "$port"
}

sql() {
	client psql -h 127.0.0.1 -p "$port" -U postgres -At "$@"
}

talk_statements() {
	seq 1 20000 >numbers
	sql -c 'create table n (i int)' -c '\copy n from numbers' \
		-c 'select sum(i), count(*) from n' -c 'table n order by i' \
		-c 'drop table n' -c 'select 1/0' 2>&1
	echo "status $?"
}

talk_transactions() {
	pgbench -i -q -s 1 -h 127.0.0.1 -p "$port" -U postgres postgres &&
		client pgbench -h 127.0.0.1 -p "$port" -U postgres -c 4 -j 2 \
			-t 25 -n postgres >said &&
		grep -E 'number of|scaling|transaction type' said &&
		psql -h 127.0.0.1 -p "$port" -U postgres -At \
			-c 'select count(*) from pgbench_history' postgres
}

run_talks postgres psql:statements pgbench:transactions
