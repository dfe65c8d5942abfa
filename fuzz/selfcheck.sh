#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# Who tests the fuzzer's tools: the journal is found in memory and is what was
# journalled, and the minimiser leaves what a failure takes and nothing else, in as
# many boots as it may have. Guests are played by a script that fails for what it is
# told to. Prints TAP; needs no ksock.ko.

# shellcheck source=scripts/lib.sh
. "$(dirname -- "$0")/../scripts/lib.sh"

work=$build/fuzz/selfcheck
rm -rf "$work"
mkdir -p "$work/candidates"
log=$work/log

# journal ROUNDS PROGRAMS: what is found is what was written.
journal() {
	"$build/fuzz/journal-test" "$1" "$2" "$work/text" "$work/memory" &&
		"$top/fuzz/journal.pl" "$work/memory" >"$work/found" &&
		diff "$work/text" "$work/found"
}

# More than the journal holds: as much of the beginning as there is room for.
journal_overflow() {
	! journal 2 900 >/dev/null &&
		[ "$(wc -c <"$work/found")" = $((64 * (4096 - 24))) ] &&
		cmp -n "$(wc -c <"$work/found")" "$work/text" "$work/found"
}

no_journal() {
	head -c 1000000 /dev/zero >"$work/memory"
	! "$top/fuzz/journal.pl" "$work/memory"
}

# A guest: says the first file that has all of these lines in this order, each as the
# beginning of one, and counts itself as a boot.
cat >"$work/guest" <<'END'
#!/usr/bin/perl
use strict;
use warnings;
my ($needed, $boots) = (shift, shift);
open(my $count, '>>', $boots) or die;
print $count "boot\n";
close $count;
my $pattern = join '.*?', map { "^\Q$_\E" } split /;/, $needed;
for my $name (@ARGV) {
	open(my $file, '<', $name) or die "$name: $!\n";
	local $/;
	next unless <$file> =~ /$pattern/ms;
	print "$name\n";
	last;
}
END
chmod +x "$work/guest"

# minimised BOOTS NEEDED: of the programs in $work/whole.
minimised() {
	cp "$work/whole" "$work/crash.prog"
	: >"$work/boots"
	"$top/fuzz/minimise.pl" "$work/crash.prog" "$work/candidates" "$1" \
		"$work/guest" "$2" "$work/boots"
}

# left BOOTS NEEDED TEXT: what a failure that takes those lines is made to.
left() {
	minimised "$1" "$2" || return 1
	echo "$3" >"$work/wanted"
	grep . "$work/crash.prog" | diff "$work/wanted" -
}

# Two boots are not enough to be done, but it still fails, and is shorter.
few_boots() {
	minimised 2 "$two" && [ "$(wc -l <"$work/boots")" = 2 ] &&
		[ "$(wc -c <"$work/crash.prog")" -lt "$(wc -c <"$work/whole")" ] &&
		"$work/guest" "$two" /dev/null "$work/crash.prog" | grep .
}

fails_no_more() {
	! minimised 20 '9 nothing like it' && cmp "$work/whole" "$work/crash.prog" &&
		[ "$(wc -l <"$work/boots")" = 1 ]
}

echo 'TAP version 13'
quietly "$work/make.log" make -C "$top/fuzz" O="$build/fuzz" "$build/fuzz/journal-test"
check 'journal: the one round there was' journal 1 24
check 'journal: the last of two' journal 2 24
check 'journal: the last of many' journal 301 24
check 'journal: a round of one program' journal 8 1
check 'journal: the beginning of a round that is too long' journal_overflow
check 'journal: none in memory that has none' no_journal

journal 3 24 >"$log"
one='1 SOCKET on=1 to=6 family=10'
two="0 BIND on=13 addr.len=28;2 ABORT on=13 __reserved=1"
{
	sed 10q "$work/text"
	printf '\n0 BIND on=13 addr.len=28 flags=5\n1 NAME on=4\n\n'
	sed -n '11,60{/^$/d;p}' "$work/text"
	printf '\n2 ABORT on=13 __reserved=1 grow=-8\n0 DEVICE_INFO on=0\n\n'
	echo "$one flags=1 type=2050 protocol=17"
} >"$work/whole"
check 'minimiser: one call' left 40 "$one" "$one"
check 'minimiser: two calls of different programs' left 60 "$two" \
	"$(echo "$two" | tr ';' '\n')"
check 'minimiser: no more boots than it may have' few_boots
check 'minimiser: what does not fail again stays as it is' fails_no_more
check_end
