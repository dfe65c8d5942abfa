#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# OpenSSH: sshd, which makes itself a sandbox and gives its rights up for who
# logs in, with ssh and scp.

# shellcheck source=userspace/test/programs/common.sh
. "${0%/*}/common.sh"
# shellcheck source=userspace/test/programs/sshd.sh
. "$here/sshd.sh"

start() {
	sshd_start
}

login() {
	client ssh -F "$dir/ssh_config" -p "$port" "$@"
}

talk_command() {
	head -c 1000000 /dev/urandom >in
	login root@127.0.0.1 'cat; echo err >&2; exit 3' <in >back 2>err
	echo "status $?" && same back in && cat err
}

talk_user() {
	# shellcheck disable=SC2016 # the other shell expands it
	login tester@127.0.0.1 'id -un; echo $SSH_CONNECTION | cut -d " " -f 3'
}

# What comes by -W is a connection that sshd made: to itself.
talk_forward() {
	login -W "127.0.0.1:$port" root@127.0.0.1 </dev/null | head -n 1 | tr -d '\r'
}

talk_copy() {
	head -c 3000000 /dev/urandom >in
	client scp -q -F "$dir/ssh_config" -P "$port" in tester@127.0.0.1:copy &&
		client scp -q -F "$dir/ssh_config" -P "$port" \
			tester@127.0.0.1:copy back && same back in
}

run_talks sshd ssh:command ssh:user ssh:forward scp:copy
