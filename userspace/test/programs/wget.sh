#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# wget, and what it fetches from nginx.

# shellcheck source=userspace/test/programs/common.sh
. "${0%/*}/common.sh"
# shellcheck source=userspace/test/programs/nginx.sh
. "$here/nginx.sh"

start() {
	nginx_start serve
}

talk_file() {
	client wget -q -O small "http://127.0.0.1:$port/small" &&
		same small "$dir/www/small"
}

talk_tls() {
	client wget -q -O small --ca-certificate="$dir/cert" \
		"https://127.0.0.1:$((port + 1))/small" &&
		same small "$dir/www/small"
}

talk_continue() {
	head -c 10000 "$dir/www/small" >small
	client wget -q -c "http://127.0.0.1:$port/small" &&
		same small "$dir/www/small"
}

run_talks nginx wget:file wget:tls wget:continue
