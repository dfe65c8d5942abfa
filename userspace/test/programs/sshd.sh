# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh disable=SC2154
#
# An sshd for the tests that want one, to be sourced: on $port, with keys for root
# and a user without rights.

sshd_conf() {
	cat <<-CONF
		Port $port
		ListenAddress 127.0.0.1
		HostKey $dir/host_key
		PidFile none
		UsePAM no
		StrictModes no
		PermitRootLogin yes
		PasswordAuthentication no
		AuthorizedKeysFile $dir/user_key.pub
		Subsystem sftp internal-sftp
	CONF
}

ssh_conf() {
	cat <<-CONF
		IdentityFile $dir/user_key
		IdentitiesOnly yes
		BatchMode yes
		StrictHostKeyChecking no
		UserKnownHostsFile /dev/null
		LogLevel ERROR
	CONF
}

sshd_start() {
	mkdir -p /run/sshd
	[ -e "$dir/host_key" ] || {
		ssh-keygen -q -t ed25519 -N '' -f "$dir/host_key"
		ssh-keygen -q -t ed25519 -N '' -f "$dir/user_key"
		chmod 644 "$dir/user_key.pub"
		ssh_conf >"$dir/ssh_config"
	}
	id tester >/dev/null 2>&1 || {
		useradd -m -s /bin/sh tester
		usermod -p '*' tester
	}
	sshd_conf >"$dir/sshd_config"
	serve /usr/sbin/sshd -D -e -f "$dir/sshd_config"
	up tcp
}
