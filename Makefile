# SPDX-License-Identifier: GPL-2.0-only
# The front: every target says what it does in `make help`, the work is done by
# Kbuild, userspace/Makefile, selftests/Makefile and scripts/.

export KERNEL V ONLY PROFILE KEEP HOURS DURATION

# For a module built in place: the running kernel, or what KVER or KDIR say.
KVER ?= $(shell uname -r)
KDIR ?= /lib/modules/$(KVER)/build
PREFIX ?= /usr/local

.PHONY: all help modules userspace selftests demo quick check fresh-check matrix
.PHONY: debug-check kcsan-check kmsan-check coverage fuzz mutate programs lint sanitize
.PHONY: bench
.PHONY: install uninstall dkms-install dkms-uninstall deb deb-check clean

all:
	@scripts/build.sh

help:
	@echo 'make                build module, library, tool and tests'
	@echo 'make demo           conversations between ksock and ordinary programs, in a VM'
	@echo 'make quick          build and run the kselftests in a VM'
	@echo 'make check          build and run the whole default suite'
	@echo 'make fresh-check    demo and check in a new, minimal Debian 12 root'
	@echo 'make matrix         DKMS, boot and all kselftests on every kernel'
	@echo 'make debug-check    the kselftests under KASAN, lockdep and the like (long)'
	@echo 'make kcsan-check    the same for data races'
	@echo 'make kmsan-check    the same for memory that is used before it is written to'
	@echo 'make coverage       which lines and branches of the module make debug-check ran'
	@echo 'make fuzz           calls nobody would make, on a debug kernel (HOURS=n)'
	@echo 'make mutate         take guards away one by one: the tests have to notice (ONLY=H9)'
	@echo 'make programs       unmodified programs on ksock, on two kernels (ONLY="redis ssh")'
	@echo 'make bench          instructions of ksock beside its peers (ONLY=G4, PROFILE=G3)'
	@echo 'make lint           style, layers, static analysis'
	@echo 'make sanitize       library and tool under ASan, UBSan, valgrind, libFuzzer'
	@echo 'make modules        the module alone, for the running kernel (KVER=, KDIR=)'
	@echo 'make userspace      the library and the tool alone'
	@echo 'make selftests      the kselftest programs alone'
	@echo 'make deb            Debian packages of module, library, tool, in build/deb/out'
	@echo 'make deb-check      install and purge them in bookworm and trixie roots'
	@echo 'make install        headers, library, tool, manuals, udev rule; DKMS module'
	@echo 'make uninstall      undo install'
	@echo 'make clean          remove build/, with its cache of kernels'
	@echo
	@echo 'KERNEL=6.1 names the kernel that the VM boots, which make builds for, too.'

modules:
	$(MAKE) -C $(KDIR) M=$(CURDIR)/module $(if $(LLVM),LLVM=$(LLVM)) modules

userspace:
	@scripts/deps.sh build
	@$(MAKE) --no-print-directory -C userspace O=$(CURDIR)/build/userspace

selftests:
	@scripts/selftests.sh

demo:
	@scripts/demo.sh

quick:
	@scripts/quick.sh

check:
	@scripts/check.sh

fresh-check:
	@scripts/fresh.sh

matrix:
	@scripts/matrix.sh

debug-check:
	@scripts/debug-check.sh

kcsan-check:
	@scripts/debug-check.sh kcsan

kmsan-check:
	@scripts/debug-check.sh kmsan

coverage:
	@scripts/coverage.sh

fuzz:
	@scripts/fuzz.sh

mutate:
	@scripts/mutate.sh

programs:
	@scripts/programs.sh

lint:
	@scripts/lint.sh

sanitize:
	@scripts/sanitize.sh

bench:
	@scripts/bench.sh

install: userspace dkms-install
	@$(MAKE) --no-print-directory -C userspace O=$(CURDIR)/build/userspace install

uninstall: dkms-uninstall
	@$(MAKE) --no-print-directory -C userspace O=$(CURDIR)/build/userspace uninstall

dkms-install:
	@KVER=$(KVER) scripts/dkms-tree.sh install

dkms-uninstall:
	@KVER=$(KVER) scripts/dkms-tree.sh uninstall

deb:
	@scripts/deb.sh

deb-check:
	@scripts/vm/judge.pl --exec deb -- scripts/deb-test.sh

clean:
	rm -rf build
