#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# node's http on both ends: twenty requests at once, each with a body.

# shellcheck source=userspace/test/programs/common.sh
. "${0%/*}/common.sh"

http_server() {
	cat <<-'SCRIPT'
		const http = require('http');
		http.createServer((request, response) => {
			response.setHeader('x-url', request.url);
			request.pipe(response);
		}).listen(Number(process.argv[2]), '127.0.0.1');
		process.on('SIGTERM', () => process.exit(0));
	SCRIPT
}

http_client() {
	cat <<-'SCRIPT'
		const http = require('http');
		const ask = number => new Promise((resolve, reject) => {
			const text = `${number},`.repeat(20000);
			const request = http.request({
				host: '127.0.0.1', port: Number(process.argv[2]),
				method: 'POST', path: `/${number}`, agent: false,
			}, response => {
				let body = '';
				response.on('data', data => body += data);
				response.on('end', () => resolve([response.statusCode,
					response.headers['x-url'],
					body === text ? 'same' : 'different']));
			});
			request.on('error', reject);
			request.end(text);
		});
		Promise.all([...Array(20).keys()].map(ask))
			.then(answers => console.log(answers.join('\n')));
	SCRIPT
}

start() {
	http_server >"$dir/server.js"
	serve node "$dir/server.js" "$port"
	up tcp
}

talk_http() {
	http_client >client.js
	client node client.js "$port"
}

run_talks node node:http
