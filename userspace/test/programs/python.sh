#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# Python: http.server with urllib, and echo of asyncio, which waits by epoll.

# shellcheck source=userspace/test/programs/common.sh
. "${0%/*}/common.sh"

echo_server() {
	cat <<-'PYTHON'
		import asyncio, sys

		async def echo(reader, writer):
		    while data := await reader.read(65536):
		        writer.write(data)
		        await writer.drain()
		    writer.close()

		async def main(port):
		    server = await asyncio.start_server(echo, "127.0.0.1", port)
		    await server.serve_forever()

		asyncio.run(main(int(sys.argv[1])))
	PYTHON
}

# Twenty at once, each of which wants back what it sends.
echo_client() {
	cat <<-'PYTHON'
		import asyncio, sys

		async def one(port, number):
		    text = b"%d," % number * 20000
		    reader, writer = await asyncio.open_connection("127.0.0.1", port)
		    writer.write(text)
		    writer.write_eof()
		    back = await reader.read(-1)
		    writer.close()
		    return back == text

		async def main(port):
		    same = await asyncio.gather(*(one(port, i) for i in range(20)))
		    print(len(same), "same" if all(same) else "different")

		asyncio.run(main(int(sys.argv[1])))
	PYTHON
}

http_client() {
	cat <<-'PYTHON'
		import hashlib, sys, urllib.request

		url = "http://127.0.0.1:%s/" % sys.argv[1]
		for name in "file", "":
		    with urllib.request.urlopen(url + name) as answer:
		        print(answer.status, hashlib.sha256(answer.read()).hexdigest())
	PYTHON
}

start() {
	mkdir -p "$dir/www"
	[ -e "$dir/www/file" ] || head -c 1000000 /dev/urandom >"$dir/www/file"
	echo_server >"$dir/server.py"
	serve python3 -m http.server --bind 127.0.0.1 --directory "$dir/www" "$port"
	serve python3 "$dir/server.py" $((port + 1))
	up tcp && up tcp $((port + 1))
}

talk_http() {
	http_client >client.py
	client python3 client.py "$port"
}

talk_asyncio() {
	echo_client >client.py
	client python3 client.py $((port + 1))
}

run_talks python3 python3:http python3:asyncio
