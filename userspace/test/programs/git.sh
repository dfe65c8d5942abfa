#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# git over http, with nginx before git-http-backend, and over its own protocol.

# shellcheck source=userspace/test/programs/common.sh
. "${0%/*}/common.sh"
# shellcheck source=userspace/test/programs/nginx.sh
. "$here/nginx.sh"

export GIT_AUTHOR_NAME=a GIT_AUTHOR_EMAIL=a@a GIT_AUTHOR_DATE='1000000000 +0000'
export GIT_COMMITTER_NAME=a GIT_COMMITTER_EMAIL=a@a
export GIT_COMMITTER_DATE='1000000000 +0000' GIT_CONFIG_NOSYSTEM=1 HOME="$dir"

# Those of others may be served.
printf '[safe]\n\tdirectory = *\n' >"$dir/.gitconfig"

# A bare repository with a commit of a megabyte in it, the same each time.
repository() {
	rm -rf "$dir/git/one.git" "$dir/seed"
	[ -e "$dir/payload" ] || head -c 1000000 /dev/urandom >"$dir/payload"
	git init -q -b main "$dir/seed"
	cp "$dir/payload" "$dir/seed/file"
	git -C "$dir/seed" add file
	git -C "$dir/seed" commit -q -m one
	git clone -q --bare "$dir/seed" "$dir/git/one.git"
	git -C "$dir/git/one.git" config http.receivepack true
	chown -R www-data "$dir/git"
}

start() {
	files_made
	repository
	rm -f "$dir/git/fcgi"
	serve_plain setpriv --reuid=www-data --regid=www-data --clear-groups \
		fcgiwrap -s "unix:$dir/git/fcgi"
	eventually [ -S "$dir/git/fcgi" ]
	serve git daemon --reuseaddr --export-all --base-path="$dir/git" \
		--listen=127.0.0.1 --port=$((port + 2)) "$dir/git"
	nginx_start serve && up tcp $((port + 2))
}

talk_http() {
	client git clone -q "http://127.0.0.1:$port/git/one.git" clone &&
		same clone/file "$dir/payload" &&
		echo two >clone/two && git -C clone add two &&
		git -C clone commit -q -m two &&
		client git -C clone push -q origin main &&
		git --git-dir="$dir/git/one.git" rev-parse main
}

talk_daemon() {
	client git clone -q "git://127.0.0.1:$((port + 2))/one.git" clone &&
		git -C clone log --format=%H%s
}

run_talks git git:http git:daemon
