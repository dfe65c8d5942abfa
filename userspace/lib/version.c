// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
/*
 * The version of the library.  The build takes it from dkms.conf, so that it
 * is the version of the kernel module built from the same tree.
 */
#include "internal.h"

KSOCK_API const char *ksock_version(void)
{
	return KSOCK_VERSION;
}
