# SPDX-License-Identifier: GPL-2.0-only
#
# What the guest measured, against the table of goals: TAP for the judge, with
# the line RATIO for each row, and a table for people and JSON for programs in
# the files that -v table= and -v json= name. KERNEL is given with -v kernel=.
#
#	awk -f verdict.awk goals results

function quote(text) {
	gsub(/["\\]/, "\\\\&", text)
	return "\"" text "\""
}

function number(text) {
	return text == "" || text == "-" ? "null" : text + 0
}

# The text behind the first so many words.
function rest(words,	text) {
	text = $0
	while (words--)
		sub(/^[^ ]+ +/, "", text)
	return text
}

{ sub(/\r$/, "") }

NR == FNR && /^# id/ {
	for (i = 3; i <= NF; i++)
		if ($i == kernel)
			column = i - 1
}
NR == FNR && /^[^#]/ {
	listed[++listings] = $1
	goal[$1] = $2
	last[$1] = column ? $column : "-"
}
NR == FNR { next }

/^# KERNEL / { machine["kernel"] = rest(2) }
/^# LSM / { machine["lsm"] = rest(2) }
/^# SPECTRE_V2 / { machine["spectre_v2"] = rest(2) }
/^# CMDLINE / { machine["cmdline"] = rest(2) }
/^# ROW / && !($3 in workload) {
	workload[$3] = rest(3)
	found[++finds] = $3
}
/^# RES / {
	median[$3, $4] = $5
	calls[$3, $4] = rest(7)
}
/^# ALLOC / { allocations[$3] = $4 " " $5 }
/^# MEM / {
	if (!($3 in memory_of))
		kinds[++memories] = $3
	memory_of[$3]
	memory[$3, $4] = $5
	caches[$3, $4] = rest(5)
}

# The verdict on one row; sets ratio, state and limit.
function judge(id) {
	ratio = limit = "-"
	if (!(id SUBSEP "peer" in median) || !(id SUBSEP "ksock" in median)) {
		state = "FAIL"
		return 0
	}
	ratio = sprintf("%.4f", median[id, "ksock"] / median[id, "peer"])
	limit = number(last[id]) == "null" ? goal[id] : last[id] * 1.01
	state = "PASS"
	if (number(goal[id]) == "null")
		state = "-"
	else if (ratio > goal[id] + 0)
		state = "MISS"
	if (number(limit) != "null" && ratio > limit + 0)
		state = "FAIL"
	return state != "FAIL"
}

# In the order of the goals, then whatever has none.
function order(	i) {
	for (i = 1; i <= listings; i++)
		if (listed[i] in workload)
			ids[++rows] = listed[i]
	for (i = 1; i <= finds; i++)
		if (!(found[i] in goal))
			ids[++rows] = found[i]
}

END {
	order()
	printf "%-11s %9s %9s %7s %6s %-5s %s\n", "id", "peer", "ksock",
		"ratio", "goal", "", "workload: peer | ksock" >table
	printf "{\n  \"kernel\": %s,\n  \"series\": %s,\n  \"lsm\": %s,\n" \
		"  \"mitigations\": %s,\n  \"cmdline\": %s,\n  \"rows\": [",
		quote(machine["kernel"]), quote(kernel), quote(machine["lsm"]),
		quote((machine["cmdline"] ~ /mitigations=off/ ? "off" : "on") \
			"; spectre_v2: " machine["spectre_v2"]),
		quote(machine["cmdline"]) >json
	for (i = 1; i <= rows; i++) {
		id = ids[i]
		good = judge(id)
		printf "RATIO %s %s %s %s\n", id, ratio, goal[id], state
		printf "%s %d %s: %s of its peer, goal %s, limit %s\n",
			good ? "ok" : "not ok", i, id, ratio, goal[id], limit
		printf "%-11s %9s %9s %7s %6s %-5s %s: %s | %s\n", id,
			median[id, "peer"], median[id, "ksock"], ratio,
			goal[id], state, workload[id], calls[id, "peer"],
			calls[id, "ksock"] >table
		split(allocations[id], each, " ")
		printf "%s\n    {\"id\": %s, \"workload\": %s, \"peer\": %s, " \
			"\"ksock\": %s,\n     \"peer_instructions\": %s, " \
			"\"ksock_instructions\": %s, \"ratio\": %s,\n" \
			"     \"goal\": %s, \"last\": %s, \"limit\": %s, " \
			"\"pass\": %s,\n     \"peer_allocations\": %s, " \
			"\"ksock_allocations\": %s}",
			(i > 1 ? "," : ""), quote(id), quote(workload[id]),
			quote(calls[id, "peer"]), quote(calls[id, "ksock"]),
			number(median[id, "peer"]),
			number(median[id, "ksock"]), number(ratio),
			number(goal[id]), number(last[id]), number(limit),
			state == "PASS" ? "true" : "false",
			number(each[1]), number(each[2]) >json
	}
	printf "\n  ],\n  \"idle_socket\": [" >json
	for (i = 1; i <= memories; i++) {
		kind = kinds[i]
		printf "%-11s %9d %9d %7.4f %6s %-5s %s\n", "idle " kind,
			memory[kind, "plain"], memory[kind, "ksock"],
			memory[kind, "ksock"] / memory[kind, "plain"], "", "",
			"bytes of kernel memory" >table
		printf "%s\n    {\"socket\": %s, \"plain_bytes\": %s, " \
			"\"ksock_bytes\": %s,\n     \"plain_caches\": %s,\n" \
			"     \"ksock_caches\": %s}", (i > 1 ? "," : ""),
			quote(kind), number(memory[kind, "plain"]),
			number(memory[kind, "ksock"]),
			quote(caches[kind, "plain"]),
			quote(caches[kind, "ksock"]) >json
	}
	printf "\n  ]\n}\n" >json
	printf "1..%d\n", rows
}
