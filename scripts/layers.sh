#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# The rules of module/README.rst that a grep can show, one TAP line for each.

# shellcheck source=scripts/lib.sh
. "$(dirname -- "$0")/lib.sh"
cd "$top/module"

count=0
status=0

# rule NAME PATTERN PATH...: the pattern stands in none of the files.
rule() {
	name=$1 pattern=$2
	shift 2
	count=$((count + 1))
	if hits=$(grep -rnE --include='*.[ch]' "$pattern" "$@"); then
		printf '%s\n' "$hits" | sed 's/^/# /'
		say "not ok $count $name"
		status=1
	else
		say "ok $count $name"
	fi
}

others() {
	find . -name '*.[ch]' ! -name '*.mod.c' "$@"
}

say 'TAP version 13'
say '1..12'
# shellcheck disable=SC2046 # file names without blanks
{
	rule 'user memory is touched in dev/ alone' \
		'copy_(from|to)_user|(get|put)_user' \
		$(others ! -path './dev/*' ! -path './compat/*')
	rule 'and handed on where messages and options are' '__user' \
		$(others ! -path './dev/*' ! -path './compat/*' \
			! -path './core/msg.[ch]' ! -path './core/opt.[ch]' \
			! -path './tests/*')
	rule 'the ABI is seen in dev/ alone' '<linux/ksock(_opt)?\.h>' \
		$(others ! -path './dev/*')
	rule 'a msghdr is filled where messages are made alone' \
		'struct msghdr [a-z]+( =|;)|msg_(name|namelen|iter|control) = ' \
		$(others ! -path './core/msg.[ch]' ! -path './compat/*' \
			! -path './include/ksock/msg.h')
	rule 'what a kernel has is asked in compat/ alone' \
		'KSOCK_HAVE_|LINUX_VERSION_CODE|KERNEL_VERSION\(' \
		$(others ! -path './compat/*')
	rule 'core/ includes nothing of dev/' '#include.*dev/' core include
	rule 'samples/ includes what other modules see alone' \
		'#include ("|<([^kl]|ksock/[^k]))' samples
	rule 'tests/ includes nothing of the module itself' \
		'#include.*(core|dev|compat)/' tests
	rule 'callbacks of a socket are left alone' \
		'>sk_(user_data|data_ready|state_change|write_space)' \
		$(others ! -path './core/callback.c' ! -path './tests/*')
	rule 'no one releases a socket that a file owns' '^\s+sock_release\(' \
		core dev
	rule 'what is exported is prefixed, and for the GPL' \
		'EXPORT_SYMBOL\(|EXPORT_SYMBOL_GPL\(([^k]|k[^s]|ks[^o])' .
	rule 'nothing is left for later' '\b(TODO|FIXME|XXX|HACK)\b' . \
		../uapi ../userspace ../selftests
}
exit $status
