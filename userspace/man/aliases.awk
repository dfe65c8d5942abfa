# SPDX-License-Identifier: GPL-2.0-only
# Prints for each function whose prototype a page of section 3 has under what
# names the page is to be found: the name and the page, with a colon between.

/^```/ { code = !code }
code && match($0, /^[a-z].*[ *]ksock_[a-z0-9_]+\(/) {
	name = substr($0, RSTART, RLENGTH - 1)
	sub(/.*[ *]/, "", name)
	page = FILENAME
	sub(/.*\//, "", page)
	sub(/\.3\.scd$/, "", page)
	if (name != page)
		print name ":" page
}
