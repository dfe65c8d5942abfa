#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# From an edit to a verdict in seconds: build, boot, the kselftest programs that
# are done at once, the closing line. TESTS="io poll" chooses others.

# shellcheck source=scripts/lib.sh
. "$(dirname -- "$0")/lib.sh"

export TESTS="${TESTS:-file flag name uapi_layout}"
exec "$scripts/guest.sh" --name quick
