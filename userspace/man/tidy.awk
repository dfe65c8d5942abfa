# SPDX-License-Identifier: GPL-2.0-only
# Moves the paragraph macros that scdoc(1) writes to where they have an effect:
# not around headers, not at the end of anything, but behind an indented block.

/^\.P$/ { due = 1; next }
/^\.S[HS] / { due = 0; header = 1; print; next }
/^\.R[SE]/ { print; next }
{
	if (due && !header)
		print ".P"
	due = header = 0
	print
}
