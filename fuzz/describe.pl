#!/usr/bin/perl
# SPDX-License-Identifier: GPL-2.0-only
#
# Whether the description for syzkaller and the table of the fuzzer say what the
# header says: every command, every structure, every field by its name, in order
# and with its size; and that no name is used that is not defined. Says nothing
# when they do.
#
#   describe.pl HEADER DESCRIPTION TABLE

use strict;
use warnings;

my ($header, $description, $table) = map { slurp($_) } @ARGV[0 .. 2];
my $bad = 0;

sub slurp {
	my ($path) = @_;

	open(my $file, '<', $path) or die "describe: $path: $!\n";
	local $/;
	return <$file>;
}

sub complain {
	print "$_[0]\n";
	$bad = 1;
}

my %bits = (__u8 => 8, __u16 => 16, __u32 => 32, __s32 => 32, __aligned_u64 => 64);

# "name bits" of each field; of a structure within one, its name for the bits.
my %struct;
while ($header =~ /^struct (\w+) \{\n(.*?)^\};/gms) {
	my ($name, $body) = ($1, $2);
	while ($body =~ /^\t(?:struct )?(\w+) (\w+)/gm) {
		push @{$struct{$name}}, "$2 " . ($bits{$1} // $1);
	}
}
my %command;
while ($header =~ /^#define (KSOCK_IOC_\w+) \\\n\t_IO(\w+)\(KSOCK_IOC_MAGIC, \w+, struct (\w+)\)/gm) {
	$command{$1} = "$3 " . ($2 eq 'W' ? 'in' : 'inout');
}

my %described;
while ($description =~ /^ioctl\$(\w+)\(fd (\w+), cmd const\[(\w+)\], arg ptr\[(\w+), (\w+)\]\)/gm) {
	complain("$1: another number: $3") if $1 ne $3;
	$described{$1} = "$5 $4";
}
for my $name (sort keys %{{ %command, %described }}) {
	my ($want, $is) = ($command{$name} // 'none', $described{$name} // 'none');
	complain("$name: $want in the header, $is in the description") if $want ne $is;
}

sub width {
	my ($type) = @_;

	return $1 if $type =~ /\bint(\d+)\b/ && $type !~ /^ptr64/;
	return 64 if $type =~ /^(?:ptr64|ksock_timeout)/;
	return 32 if $type =~ /^fd_/;
	return 8 if $type eq 'ksock_sockaddr_bytes';
	return $type =~ s/\s.*//r;
}

my %fields;
while ($description =~ /^(\w+) \{\n(.*?)^\}/gms) {
	my ($name, $body) = ($1, $2);
	while ($body =~ /^\t(\w+)\s+(.*?)\s*(\(out\))?$/gm) {
		my ($field, $kind, $out) = ($1, $2, $3);
		complain("$name.$field: only fields named out_ are out")
			if $out && $field !~ /^out_/;
		push @{$fields{$name}}, "$field " . width($kind);
	}
}
for my $name (sort keys %{{ %struct, %fields }}) {
	my $want = join ', ', @{$struct{$name} // ['none']};
	my $is = join ', ', @{$fields{$name} // ['none']};
	complain("$name: the header has $want; the description $is") if $want ne $is;
}

my %defined = map { $_ => 1 } $description =~ /^(?:resource |type )?(\w+)(?= = | \{| \[|\[fd\]| int)/gm;
for my $used ($description =~ /\b(?:flags\[|ptr64\[\w+, (?:array\[)?|fd )((?:fd_)?ksock_\w+)/g) {
	complain("$used is used, but not defined") unless $defined{$used};
}

# The table has all commands, and all fields that are read.
for my $name (sort keys %command) {
	my $short = $name =~ s/KSOCK_IOC_//r;
	my $type = $command{$name} =~ s/ .*//r;
	my %macro = (flags => "FLAGS($type,", __reserved => "RESERVED($type)",
		timeout_ns => "TIME($type)", addr => "INLINE($type,");
	my ($row) = $table =~ /IOCTL\($short, (.*?\} \}),$/ms;
	unless ($row) {
		complain("$name is not in the table");
		next;
	}
	for my $field (map { s/ .*//r } @{$struct{$type}}) {
		my $macro = $macro{$field} // '"none"';
		complain("$name: $field is not in the table")
			unless $field =~ /^out_/ || $row =~ /\($type, $field\b/ ||
				$row =~ /"$field"/ || index($row, $macro) >= 0;
	}
}
exit $bad;
