#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# What other modules are built against, into a directory: the headers of the
# exported interface, and the list of symbols of the ksock.ko that was built
# beside this script. DKMS runs it after every build, for the headers to be those
# of the module that is installed; samples/README.rst says where they are.
#
#   export.sh DIRECTORY

set -eu

module=${0%/*}
mkdir -p "$1"
rm -rf "$1/include"
cp -rp "$module/include" "$module/Module.symvers" "$1/"
