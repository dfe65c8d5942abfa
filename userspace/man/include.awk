# SPDX-License-Identifier: GPL-2.0-only
# Puts the code of a file where a line @FILE@ stands, for scdoc(1), to which a
# backslash is special.

/^@.*@$/ {
	file = substr($0, 2, length($0) - 2)
	while ((got = getline line <file) > 0) {
		if (line ~ /^#include/)
			code = 1
		gsub(/\\/, "&&", line)
		if (code)
			print line
	}
	if (got < 0) {
		print FILENAME ": no file " file >"/dev/stderr"
		exit 1
	}
	next
}
{ print }
