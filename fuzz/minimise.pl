#!/usr/bin/perl
# SPDX-License-Identifier: GPL-2.0-only
#
# Makes programs after which a guest fails shorter, as long as it still fails:
# takes away whole programs, then calls, then words of calls.  A boot tries one
# candidate after the other, those that lack most first, until one makes it fail;
# so a boot is one step forward, or the proof that there is none.
#
#   minimise.pl FILE DIRECTORY BOOTS COMMAND...
#
# FILE is overwritten with what is left.  Candidates are put into DIRECTORY; COMMAND
# is run with their names, in order, and says the name of the one it failed in.

use strict;
use warnings;

my ($path, $directory, $boots, @command) = @ARGV;
my $most = 150;

sub slurp {
	open(my $file, '<', $_[0]) or die "minimise: $_[0]: $!\n";
	local $/;
	return <$file>;
}

sub spew {
	my ($name, $text) = @_;

	open(my $file, '>', $name) or die "minimise: $name: $!\n";
	print $file $text;
	close $file or die "minimise: $name: $!\n";
}

# The first of the texts that fails, undef when none does.
sub first_bad {
	my @texts = @_;
	my (@names, %text);

	return undef unless @texts && $boots-- > 0;
	unlink glob "$directory/*.prog";
	for my $i (0 .. $#texts) {
		my $name = sprintf '%s/%03d.prog', $directory, $i;
		spew($name, $texts[$i]);
		push @names, $name;
		$text{$name} = $texts[$i];
	}
	open(my $pipe, '-|', @command, @names) or die "minimise: $command[0]: $!\n";
	my ($bad) = <$pipe>;
	close $pipe;
	chomp $bad if defined $bad;
	return defined $bad ? $text{$bad} : undef;
}

# How a text is taken apart, and put together again from some of the parts.
my @levels = (
	['programs', sub { grep { /\S/ } split /\n{2,}/, $_[0] },
		sub { join '', map { "$_\n\n" } @_ }],
	['calls', sub { $_[0] =~ /^.*\n/gm }, sub { join '', @_ }],
	['words', sub { $_[0] =~ /(\n|^\d+ \w+|[^ \n]+)[ ]?/gm },
		sub { join(' ', @_) =~ s/ ?\n ?/\n/gr }],
);

# What may go: not ends of lines, nor the words that make a line a call.
sub may_go {
	my ($level, $part) = @_;

	return $level ne 'words' || $part =~ /=/;
}

my $text = slurp($path) =~ s/^#.*\n//gmr;
my $confirmed = 0;
for my $level (@levels) {
	my ($name, $apart, $together) = @$level;

	while ($boots > 0) {
		my @parts = $apart->($text);
		my @loose = grep { may_go($name, $parts[$_]) } 0 .. $#parts;
		my @texts;

		# Most often it is what ran last, on what a round begins with.
		if (!$confirmed && @parts > 3) {
			push @texts, $together->(@parts[0, -1]), $together->(@parts[0, -2, -1]);
		}
		for (my $size = int(@loose / 2); $size >= 1; $size = int($size / 2)) {
			for (my $at = 0; $at < @loose; $at += $size) {
				my $end = $at + $size - 1;
				$end = $#loose if $end > $#loose;
				my %gone = map { $_ => 1 } @loose[$at .. $end];
				push @texts, $together->(map { $parts[$_] }
					grep { !$gone{$_} } 0 .. $#parts);
			}
			last if $size == 1;
		}
		splice @texts, $most if @texts > $most;
		push @texts, $text unless $confirmed;
		my $bad = first_bad(@texts);
		last unless defined $bad;
		$confirmed = 1;
		last if $bad eq $text;
		$text = $bad;
		spew($path, $text);
		my $calls = () = $text =~ /^\d/gm;
		print STDERR "minimise: $calls calls are left, $boots boots\n";
	}
	unless ($confirmed) {
		print STDERR "minimise: it does not fail again\n";
		exit 1;
	}
}
print STDERR "minimise: done with $path\n";
