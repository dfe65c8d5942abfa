# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh disable=SC2154
#
# An nginx for the tests that want one, to be sourced: HTTP on $port, which git is
# behind as well, and HTTP/2 over TLS on the one after it. It gives its rights up:
# the workers are www-data.

files_made() {
	[ ! -e "$dir/www" ] || return 0
	mkdir -p "$dir/www" "$dir/git"
	head -c 65536 /dev/urandom >"$dir/www/small"
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 \
		-nodes -days 2 -subj /CN=localhost \
		-addext subjectAltName=IP:127.0.0.1 \
		-keyout "$dir/key" -out "$dir/cert"
	chown www-data "$dir/git"
}

nginx_conf() {
	cat <<-CONF
		daemon off;
		user www-data;
		worker_processes 2;
		pid $dir/nginx.pid;
		error_log stderr notice;
		events { worker_connections 1024; }
		http {
			access_log off;
			sendfile on;
			tcp_nopush on;
			client_body_temp_path $dir/body;
			server {
				listen 127.0.0.1:$port backlog=511;
				root $dir/www;
				location /git/ {
					client_max_body_size 0;
					fastcgi_pass unix:$dir/git/fcgi;
					include /etc/nginx/fastcgi_params;
					fastcgi_param SCRIPT_FILENAME /usr/lib/git-core/git-http-backend;
					fastcgi_param GIT_HTTP_EXPORT_ALL "";
					fastcgi_param GIT_PROJECT_ROOT $dir;
					fastcgi_param PATH_INFO \$uri;
					fastcgi_param REMOTE_USER somebody;
				}
			}
			server {
				listen 127.0.0.1:$((port + 1)) ssl http2 backlog=511;
				ssl_certificate $dir/cert;
				ssl_certificate_key $dir/key;
				root $dir/www;
			}
		}
	CONF
}

# nginx_start serve|serve_plain
nginx_start() {
	files_made
	nginx_conf >"$dir/nginx.conf"
	"$1" nginx -c "$dir/nginx.conf" -p "$dir"
	up tcp && up tcp $((port + 1))
}
