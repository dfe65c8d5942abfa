# SPDX-License-Identifier: GPL-2.0-only
#
# The table of goals with what was measured on a kernel in that kernel's column.
#
#	awk -v kernel=6.1 -f keep.awk ratios goals

NR == FNR {
	if ($1 == "RATIO" && $3 != "-")
		ratio[$2] = $3
	next
}

/^# id/ {
	for (i = 3; i <= NF; i++)
		if ($i == kernel)
			column = i - 1
}

/^#/ || !column || !($1 in ratio) {
	print
	next
}

{
	$column = ratio[$1]
	line = $1 (length($1) < 8 ? "\t\t" : "\t") $2
	for (i = 3; i <= NF; i++)
		line = line "\t" $i
	print line
}
