#!/usr/bin/perl
# SPDX-License-Identifier: GPL-2.0-only
#
# The programs of the last round, from the memory of a guest that is no more: see
# journal.c.  Fails when there are none.
#
#   journal.pl MEMORY >FILE

use strict;
use warnings;

my (%pages, $last);
open(my $memory, '<:raw', $ARGV[0]) or die "journal: $ARGV[0]: $!\n";
while (read($memory, my $block, 1 << 20)) {
	for (my $at = 0; $at < length $block; $at += 4096) {
		next unless substr($block, $at, 8) eq "ksockFZ\0";
		my ($round, $index, $len) = unpack 'QLL', substr($block, $at + 8, 16);
		$pages{$round}{$index} = substr($block, $at + 24, $len);
		$last = $round if !defined $last || $round > $last;
	}
}
die "journal: no programs in $ARGV[0]\n" unless defined $last;
for (my $index = 0; defined $pages{$last}{$index}; $index++) {
	print $pages{$last}{$index};
}
