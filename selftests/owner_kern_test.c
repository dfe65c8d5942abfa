// SPDX-License-Identifier: GPL-2.0-only
/* The tests of the included program, on sockets of the kernel's own. */
#define SOCKET_FLAGS	KSOCK_SOCKET_KERN
#include "owner_test.c"
