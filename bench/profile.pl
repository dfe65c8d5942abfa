#!/usr/bin/perl
# SPDX-License-Identifier: GPL-2.0-only
#
# Which functions the instructions of an operation are in, the peer's beside
# ksock's, from what a guest with plugin.c left behind.
#
#   profile.pl DIR    of the logs: profile, symbols and results are read
#
# A column of instructions per operation for each side, their difference, by
# which the table is sorted, and how often an operation calls the function: a
# function is as often called as its first instruction runs.

use strict;
use warnings;
no warnings 'portable';

my ($dir) = @ARGV;
die "usage: profile.pl DIR\n" unless defined $dir;

my (@addresses, @names);
read_symbols("$dir/symbols");
my @windows = read_windows("$dir/results");
read_counts("$dir/profile", @windows);
for my $i (1 .. $#windows) {
	my ($peer, $ksock) = @windows[$i - 1, $i];
	table($peer, $ksock) if $peer->{id} eq $ksock->{id};
}

sub slurp {
	my ($path) = @_;

	open(my $file, '<', $path) or die "profile.pl: no $path: $!\n";
	return map { s/\r?\n//r } <$file>;
}

sub read_symbols {
	my %name;

	for (slurp(@_)) {
		my ($address, undef, $name, $module) = split;
		# Of several names for one place the first is as good as any.
		$name{hex $address} //= $module ? "$name $module" : $name;
	}
	@addresses = sort { $a <=> $b } keys %name;
	@names = map { $name{$_} } @addresses;
	die "profile.pl: no symbols\n" unless @addresses;
}

# The symbol at or before an address.
sub symbol {
	my ($address) = @_;
	my ($low, $high) = (0, $#addresses);

	while ($low < $high) {
		my $middle = int(($low + $high + 1) / 2);
		if ($addresses[$middle] <= $address) {
			$low = $middle;
		} else {
			$high = $middle - 1;
		}
	}
	return $low;
}

# The windows in the order in which they were opened, the peer's before that of
# ksock.
sub read_windows {
	my @windows;

	for (slurp(@_)) {
		push @windows, { id => $1, side => $2, operations => $3 }
			if /^# WINDOW (\S+) (\S+) (\d+)$/;
	}
	return @windows;
}

sub read_counts {
	my ($path, @windows) = @_;
	my $window;

	for (slurp($path)) {
		if ($_ eq 'window') {
			$window = shift @windows
				or die "profile.pl: a window too many\n";
			next;
		}
		my ($address, $count) = map { hex } split;
		my $name = 'the program itself';
		my $entry = 0;
		if ($address >> 47) {
			my $at = symbol($address);
			$name = $names[$at];
			$entry = $address == $addresses[$at];
		}
		$count /= $window->{operations};
		$window->{instructions}{$name} += $count;
		$window->{calls}{$name} += $count if $entry;
		$window->{total} += $count;
	}
	die "profile.pl: a window is missing\n" if @windows;
}

sub table {
	my ($peer, $ksock) = @_;
	my (%seen, @rows);

	for my $name (grep { !$seen{$_}++ } map { keys %{$_->{instructions}} }
		$peer, $ksock) {
		my ($p, $k) = map { $_->{instructions}{$name} // 0 } $peer, $ksock;
		my @calls = map { $_->{calls}{$name} // 0 } $peer, $ksock;
		push @rows, [$p, $k, $k - $p, @calls, $name]
			if $p >= 0.5 || $k >= 0.5;
	}
	printf "\n%s: instructions of one operation, and calls\n", $peer->{id};
	printf "%10s %10s %10s  %7s %7s  %s\n", 'peer', 'ksock', 'more',
		'calls', 'calls', 'function';
	printf "%10.1f %10.1f %+10.1f  %7s %7s  %s\n", $peer->{total},
		$ksock->{total}, $ksock->{total} - $peer->{total}, '', '', 'all';
	for (sort { $b->[2] <=> $a->[2] || $b->[1] <=> $a->[1]
		|| $a->[5] cmp $b->[5] } @rows) {
		printf "%10.1f %10.1f %+10.1f  %7.2f %7.2f  %s\n", @$_;
	}
}
