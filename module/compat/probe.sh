#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# What the kernel that is built for has, as a header of KSOCK_HAVE_ definitions,
# each 0 or 1. A version number says less: distributions bring features to older
# kernels. Run by Kbuild.include, with Kbuild's environment.
#
#   probe.sh SRCTREE OBJTREE

set -eu

srctree=$1
objtree=$2
# shellcheck disable=SC2034 # try() evaluates it
probes=${0%/*}/probes

define() {
	printf '#define KSOCK_HAVE_%s %s\n' "$1" "$2"
}

# header NAME HEADER PATTERN: the header says so. For macros, enumerators and
# members, which a compiler would find as well, only slower.
header() {
	if grep -qE -- "$3" "$srctree/include/$2"; then
		define "$1" 1
	else
		define "$1" 0
	fi
}

# symbol NAME FUNCTION: modules can link to it, which no header tells.
symbol() {
	if grep -q "	$2	" "$objtree/Module.symvers"; then
		define "$1" 1
	else
		define "$1" 0
	fi
}

# The flags are quoted for a shell, as make hands them to one.
try() {
	eval "${CC:-gcc} ${NOSTDINC_FLAGS:-} $LINUXINCLUDE $KBUILD_CPPFLAGS \
		$KBUILD_CFLAGS ${KBUILD_CFLAGS_MODULE:-} \
		-DKBUILD_MODNAME='\"probe\"' -DKBUILD_BASENAME='\"probe\"'" \
		-fsyntax-only '"$probes/$1.c"'
}

# compile NAME: probes/name.c compiles. For signatures.
compile() {
	if try "$(printf '%s' "$1" | tr '[:upper:]' '[:lower:]')" 2>/dev/null; then
		define "$1" 1
	else
		define "$1" 0
	fi
}

try baseline >&2 || {
	echo 'ksock: not even the baseline probe compiles for this kernel' >&2
	exit 1
}
[ -s "$objtree/Module.symvers" ] || {
	echo "ksock: $objtree has no Module.symvers, install the kernel's headers" >&2
	exit 1
}

echo '/* Made by module/compat/probe.sh for one kernel. */'
header ITER_SOURCE linux/uio.h 'ITER_SOURCE\b'
header IOV_ITER_UBUF linux/uio.h 'iov_iter_ubuf\b'
symbol IMPORT_SINGLE_RANGE import_single_range
compile ACCEPT_ARG
compile ACCEPT_KERN
header TASK_SIGPENDING linux/sched/signal.h 'task_sigpending\b'
header SPLICE_EOF linux/fs.h 'splice_eof\b'
symbol SK_NET_REFCNT_UPGRADE sk_net_refcnt_upgrade
header NETNS_TRACKER net/net_namespace.h 'get_net_track\('
header NETNS_TRACKER_NOTREF net/net_namespace.h '__netns_tracker_free\('
header SK_OWNER net/sock.h 'sk_owner_set\('
header SK_USE_TASK_FRAG net/sock.h 'sk_use_task_frag;'
header SKB_SPLICE_FROM_ITER linux/skbuff.h 'skb_splice_from_iter\b'
symbol KERNEL_SENDPAGE kernel_sendpage
header INET_TEST_BIT net/inet_sock.h 'define inet_test_bit\b'
header UDP_TEST_BIT linux/udp.h 'define udp_test_bit\b'
symbol DO_SOCK_GETSOCKOPT do_sock_getsockopt
symbol DO_SOCK_SETSOCKOPT do_sock_setsockopt
header SK_BIND_PHC net/sock.h 'sk_bind_phc;'
header SK_PREFER_BUSY_POLL net/sock.h 'sk_prefer_busy_poll;'
header SK_RESERVED_MEM net/sock.h 'sk_reserved_mem;'
header SK_TXREHASH net/sock.h 'sk_txrehash;'
header SOCK_RCVMARK net/sock.h 'SOCK_RCVMARK\b'
header SOCK_BUF_LOCK_MASK uapi/linux/socket.h 'SOCK_BUF_LOCK_MASK\b'
header SO_NETNS_COOKIE uapi/asm-generic/socket.h 'SO_NETNS_COOKIE\b'
