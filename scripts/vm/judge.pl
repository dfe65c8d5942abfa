#!/usr/bin/perl
# SPDX-License-Identifier: GPL-2.0-only
#
# The host's half of the verdict. It reads what the guest's init wrote to the
# second serial port, checks it against the plan the guest was given, and reads
# the kernel's console for anything a kernel in order does not say. Nothing is
# good by default: a group that is missing, cut short, at odds with its own
# exit status or with the plan is a failure, and so is a skip that the committed
# list of skips does not have.
#
#   judge.pl --plan F --results F --console F --kernel K
#            [--skips F] [--totals F] [--follow PID]    judge one guest
#   judge.pl --exec NAME [--totals F] -- COMMAND...     judge one TAP program
#   judge.pl --sum F                                    the closing line of totals
#
# Exit status: 0 all good, 1 not, 3 the guest never came to its plan.

use strict;
use warnings;
use Getopt::Long;
use TAP::Parser;

# What the kernel prints when something is wrong with it. Case matters: boot
# messages talk of firmware bugs and of call tracing in lower case.
my $trouble = qr{
	\bRIP: | Call\ Trace | \bWARNING\b | \bBUG\b | \bOops\b | \bUBSAN\b |
	\bKASAN\b | \bKMSAN\b | \bKCSAN\b | \bKFENCE\b | ref_tracker: |
	unreferenced\ object | blocked\ for\ more\ than | Kernel\ panic |
	rcu.*stall | soft\ lockup | unregister_netdevice:\ waiting |
	Attempt\ to\ release | VFS:\ Close: | kmemleak:\ Cannot | ODEBUG\ disabled |
	Initramfs\ unpacking\ failed
}x;

my %opt = (kernel => '', skips => '');
GetOptions(\%opt, qw(plan=s results=s console=s kernel=s skips=s totals=s
	follow=i exec=s sum=s)) or exit 2;

my %total = (passed => 0, failed => 0, skipped => 0);
my %skip_allowed = read_skips($opt{skips});
$| = 1;

if ($opt{sum}) {
	sum();
} elsif ($opt{exec}) {
	my $text = '';
	open(my $pipe, '-|', 'sh', '-c', 'exec "$@" 2>&1', 'sh', @ARGV)
		or die "judge: cannot run $ARGV[0]: $!\n";
	$text .= $_ while <$pipe>;
	close $pipe;
	judge_group($opt{exec}, $text, $? & 127 ? "signal $?" : $? >> 8);
	finish();
} else {
	judge_guest();
	finish();
}

# Lines of "KERNEL GROUP TESTNAME reason", '*' for any; a name with spaces is
# written with underscores.
sub read_skips {
	my ($path) = @_;
	my %allowed;

	return unless $path && open(my $file, '<', $path);
	while (<$file>) {
		s/#.*//;
		my ($kernel, $group, $test, $reason) = split ' ', $_, 4;
		$allowed{"$kernel $group $test"} = 1 if $reason;
	}
	return %allowed;
}

sub may_skip {
	my ($group, $test) = @_;

	$test =~ s/\s+/_/g;
	for my $kernel ($opt{kernel}, '*') {
		for my $name ($test, '*') {
			return 1 if $skip_allowed{"$kernel $group $name"};
		}
	}
	return 0;
}

sub say_line {
	my ($text) = @_;
	my $began = $ENV{KSOCK_STARTED};

	if (defined $began) {
		open(my $clock, '<', '/proc/uptime') or die "judge: no clock\n";
		my ($now) = split ' ', <$clock>;
		my $tenths = int(($now * 100 - $began) / 10);
		printf "%4d.%d s  %s\n", $tenths / 10, $tenths % 10, $text;
	} else {
		print "$text\n";
	}
}

# A fault that no test line stands for counts as one failed test.
sub fault {
	my ($text) = @_;

	$total{failed}++;
	say_line("FAIL  $text");
}

# One group: what a TAP program printed, and the status it ended with.
sub judge_group {
	my ($name, $text, $status) = @_;
	my %count = (passed => 0, failed => 0, skipped => 0);
	my $not_ok = 0;
	my (@bad, @since);

	# A program that was killed may have left half a line, or none.
	my $parser = TAP::Parser->new({ tap => $text =~ /\S/ ? $text : "#\n" });
	while (my $line = $parser->next) {
		if (!$line->is_test) {
			push @since, $line->as_string
				if $line->is_comment || $line->is_unknown;
			next;
		}
		my $test = $line->description =~ s/^- //r;
		$test = $line->number if $test eq '';
		if (!$line->is_actual_ok) {
			$not_ok++;
			push @bad, last_of(20, @since), $line->as_string;
		} elsif ($line->has_skip && may_skip($name, $test)) {
			$count{skipped}++;
		} elsif ($line->has_skip) {
			$count{failed}++;
			push @bad, $line->as_string,
				"this skip is not in the list of skips: "
				. "$opt{kernel} $name " . $test =~ s/\s+/_/gr;
		} else {
			$count{passed}++;
		}
		@since = ();
	}

	$count{failed} += $not_ok;

	if (defined $parser->skip_all) {
		if (may_skip($name, '*')) {
			$count{skipped}++;
		} else {
			$count{failed}++;
			push @bad, last_of(20, @since), "all of it was skipped, which is not in "
				. "the list of skips: $opt{kernel} $name *";
		}
	} elsif (my @errors = $parser->parse_errors) {
		$count{failed}++;
		push @bad, last_of(20, @since), map { "bad TAP: $_" } @errors;
	}

	# kselftest: 0 passed, 1 failed, 4 skipped. A status that the lines do
	# not account for is a failure of its own.
	my $expected = $not_ok ? qr/^1$/ : $count{passed} ? qr/^0$/ : qr/^[04]$/;
	if ($status !~ $expected) {
		$count{failed}++;
		push @bad, "it ended with status $status, which its lines do not say"
			. ($status eq '137' ? ': killed, or out of time' : '');
	}

	$total{$_} += $count{$_} for keys %count;
	# What a clean group of leak checks would say is in the totals.
	if ($count{failed} || $name !~ /\.leaks$/) {
		say_line(sprintf('%-5s %-24s %s', $count{failed} ? 'FAIL' : 'ok',
			$name, join ', ', map { "$count{$_} $_" }
			grep { $count{$_} } qw(passed failed skipped)));
	}
	excerpt(@bad);
	return;
}

sub excerpt {
	print "          | $_\n" for @_;
}

sub last_of {
	my ($most, @lines) = @_;

	return @lines > $most ? @lines[-$most .. -1] : @lines;
}

# The groups a plan stands for, in order, as init numbers them.
sub planned_groups {
	my @groups;

	open(my $plan, '<', $opt{plan}) or die "judge: no plan $opt{plan}\n";
	while (<$plan>) {
		s/#.*//;
		s/^\s*timeout=\S+//;
		my ($verb, $name) = split;
		next unless defined $verb;
		if ($verb eq 'run' || $verb eq 'shell') {
			$name =~ s{.*/}{} if $verb eq 'shell';
			push @groups, "$. $name", "$. $name.leaks";
		} else {
			push @groups, "$. $verb";
		}
	}
	return @groups;
}

# Calls back with every line of the results, as they come while the guest that
# --follow names is alive. Who started that guest bounds its life.
sub each_line {
	my ($callback) = @_;
	my $rest = '';

	open(my $file, '<', $opt{results}) or die "judge: no $opt{results}\n";
	while (1) {
		my $alive = $opt{follow} && kill(0, $opt{follow});
		while (defined(my $piece = <$file>)) {
			$rest .= $piece;
			next unless $rest =~ /\n\z/;
			$rest =~ s/\r//g;
			$callback->($rest);
			$rest = '';
		}
		last unless $alive;
		select undef, undef, undef, 0.02;
		seek $file, 0, 1;
	}
	$callback->("$rest\n") if $rest ne '';
}

sub judge_guest {
	my @planned = planned_groups();
	my ($group, $text, $done);
	my $began = 0;
	my $ended = 0;

	each_line(sub {
		my ($line) = @_;

		if ($line =~ /^GUEST begin (\d+ \S+)$/) {
			fault("$group: no end") if defined $group;
			($group, $text) = ($1, '');
			my $due = $planned[$began++] // 'nothing more';
			fault("the plan has $due here, the guest did $group")
				if $group ne $due;
		} elsif ($line =~ /^GUEST end (\d+) (\S+) status=(\d+)$/) {
			if (defined $group && $group eq "$1 $2") {
				judge_group("$2", $text, "$3");
			} else {
				fault("$1 $2: an end without its beginning");
			}
			$ended++;
			undef $group;
		} elsif ($line =~ /^GUEST done groups=(\d+)$/) {
			fault('the guest was done twice') if defined $done;
			$done = $1;
		} elsif (defined $group) {
			$text .= $line if $line =~ /\S/;
		}
	});

	if (!$began && !defined $done) {
		say_line('the guest never came to its plan');
		exit 3;
	}
	if (defined $group) {
		fault("$group: the guest ended in the middle of it");
		excerpt(last_of(20, split /\n/, $text));
	}
	fault(sprintf 'the plan has %d groups, the guest ended %d, from "%s" on none',
		scalar @planned, $ended, $planned[$ended]) if $ended < @planned;
	fault('the guest did not say that it was done') unless defined $done;
	fault("the guest says it did $done groups, and ended $ended")
		if defined $done && $done != $ended;
	judge_console();
}

sub judge_console {
	open(my $file, '<', $opt{console}) or die "judge: no $opt{console}\n";
	my @lines = map { s/[\r\n]//gr } <$file>;
	my ($first, $elsewhere) = (undef, 0);

	for my $i (0 .. $#lines) {
		next unless $lines[$i] =~ $trouble;
		if (elsewhere(\@lines, $i)) {
			$elsewhere++;
		} else {
			$first //= $i;
		}
	}
	say_line("$elsewhere reports of mistakes elsewhere in the kernel") if $elsewhere;
	return unless defined $first;
	fault("the kernel is in trouble; all of it: $opt{console}");
	my $from = $first > 4 ? $first - 4 : 0;
	my $to = $first + 30 < $#lines ? $first + 30 : $#lines;
	excerpt(@lines[$from .. $to]);
}

# A mistake that is not ours, of which the kernel has many: a data race with us on
# neither side, nor somebody who copies or links for us; a use of memory nobody has written to that is not in our functions,
# of memory that we neither have on our stack nor allocated; and such memory copied
# to a process by a call that we are not in.
sub elsewhere {
	my ($lines, $at) = @_;
	my $line = $lines->[$at];

	return $1 !~ /\[ksock/ && !races_for_us($lines, $at)
		if $line =~ /BUG: KCSAN: data-race in (.*)/;
	return 0 unless $line =~ /BUG: KMSAN: (.*)/ && $1 !~ /\[ksock/;
	my $leak = $line =~ /infoleak/;
	my $near = 0;
	for my $next (@$lines[$at + 1 .. $#$lines]) {
		last if $next =~ /={20}/;
		$near = 5 if $next =~ /created at:/;
		return 0 if $next =~ /\[ksock/ && ($leak || $near > 0);
		$near--;
	}
	return 1;
}

# Whether who races in the report is called by us to do nothing but that.
sub races_for_us {
	my ($lines, $at) = @_;
	my $helper = qr/^_*(copy_|mem(cpy|set|move|cmp)|str|list_|llist_|refcount_|mutex_init|init_)/;
	my $top = 0;

	for my $line (@$lines[$at + 1 .. $#$lines]) {
		last if $line =~ /={20}/;
		if ($line =~ / by (task|interrupt)/) {
			$top = 1;
		} elsif ($top && $line =~ / (\w+)\+0x.*?( \[ksock.*)?$/) {
			return 1 if defined $2;
			$top = 0 unless $1 =~ $helper;
		}
	}
	return 0;
}

sub closing_line {
	return join ', ', map { "$total{$_} $_" } qw(passed failed skipped);
}

# Nothing done is not a pass.
sub finish {
	if ($opt{totals}) {
		open(my $file, '>>', $opt{totals}) or die "judge: $opt{totals}: $!\n";
		print $file "$total{passed} $total{failed} $total{skipped}\n";
		close $file or die "judge: $opt{totals}: $!\n";
	} else {
		print closing_line(), "\n";
	}
	exit($total{failed} || !$total{passed} ? 1 : 0);
}

sub sum {
	open(my $file, '<', $opt{sum}) or die "judge: no $opt{sum}\n";
	while (<$file>) {
		my ($passed, $failed, $skipped) = split;
		$total{passed} += $passed;
		$total{failed} += $failed;
		$total{skipped} += $skipped;
	}
	print closing_line(), "\n";
	exit($total{failed} || !$total{passed} ? 1 : 0);
}
