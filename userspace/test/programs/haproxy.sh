#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# haproxy, a server in front and a client behind, where nginx has ordinary
# sockets. It gives its rights up.

# shellcheck source=userspace/test/programs/common.sh
. "${0%/*}/common.sh"
# shellcheck source=userspace/test/programs/nginx.sh
. "$here/nginx.sh"

conf() {
	cat <<-CONF
		global
			user nobody
			maxconn 200
		defaults
			timeout connect 30s
			timeout client 60s
			timeout server 60s
		frontend http
			mode http
			bind 127.0.0.1:$((port + 2))
			http-request set-header X-By haproxy
			default_backend http
		backend http
			mode http
			option httpchk GET /small
			server one 127.0.0.1:$port check inter 2s
		listen tcp
			mode tcp
			bind 127.0.0.1:$((port + 3))
			server one 127.0.0.1:$((port + 1))
	CONF
}

start() {
	nginx_start serve_plain
	conf >"$dir/haproxy.conf"
	serve haproxy -db -f "$dir/haproxy.conf"
	up tcp $((port + 2)) && up tcp $((port + 3))
}

fetch() {
	client curl -sS --cacert "$dir/cert" -w '%{http_version} %{http_code}\n' "$@"
}

talk_http() {
	for number in 1 2 3; do
		fetch "http://127.0.0.1:$((port + 2))/small" -o "$number" &&
			same "$number" "$dir/www/small"
	done
}

talk_tcp() {
	fetch --http2 "https://127.0.0.1:$((port + 3))/small" -o small &&
		same small "$dir/www/small"
}

run_talks haproxy curl:http curl:tcp
