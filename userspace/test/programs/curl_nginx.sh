#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# nginx, whose workers have given their rights up, and curl.

# shellcheck source=userspace/test/programs/common.sh
. "${0%/*}/common.sh"
# shellcheck source=userspace/test/programs/nginx.sh
. "$here/nginx.sh"

start() {
	nginx_start serve
	[ -e "$dir/www/big" ] || head -c 104857600 /dev/urandom >"$dir/www/big"
}

fetch() {
	client curl -sS --cacert "$dir/cert" \
		-w '%{http_version} %{http_code} %{num_connects}\n' "$@"
}

talk_http1() {
	fetch --http1.1 "http://127.0.0.1:$port/small" -o one \
		"http://127.0.0.1:$port/small" -o two \
		"http://127.0.0.1:$port/none" -o /dev/null &&
		same one "$dir/www/small" && same two "$dir/www/small"
}

talk_sendfile() {
	fetch --http1.1 "http://127.0.0.1:$port/big" -o big &&
		same big "$dir/www/big"
}

talk_tls() {
	fetch --http1.1 "https://127.0.0.1:$((port + 1))/small" -o small &&
		same small "$dir/www/small"
}

talk_http2() {
	fetch --http2 "https://127.0.0.1:$((port + 1))/small" -o one \
		"https://127.0.0.1:$((port + 1))/small" -o two &&
		same one "$dir/www/small" && same two "$dir/www/small"
}

# A connection for each: curl is told not to wait for one that could be shared.
talk_parallel() {
	fetch --http1.1 --parallel --parallel-immediate --parallel-max 200 \
		"http://127.0.0.1:$port/small?[1-200]" -o 'part#1' >codes &&
		sort codes | uniq -c &&
		sha256sum part* "$dir/www/small" | cut -d ' ' -f 1 | uniq -c
}

run_talks nginx curl:http1 curl:sendfile curl:tls curl:http2 curl:parallel
