#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# A private apt for each distribution suite: its own lists and cache under the
# build cache, no root, nothing of the host's package state touched. The mirror
# is the one the host's own apt uses, so a site with a local mirror or a proxy
# works unasked. The security archive is always in the same lists as the base
# suite: a kernel image from one and headers from the other would not match.
#
#   suite.sh apt SUITE update|download|show|...   run apt-get or apt-cache
#   suite.sh sources SUITE                        print the sources.list lines
#   suite.sh network                              print the proxies in use

# shellcheck source=scripts/lib.sh
. "$(dirname -- "$0")/lib.sh"

keyring=/usr/share/keyrings/debian-archive-keyring.gpg

# archive security|main: where the host's apt takes that archive from.
archive() {
	# shellcheck disable=SC2016 # apt expands these
	apt-get indextargets --no-release-info \
		--format '$(RELEASE) $(COMPONENT) $(REPO_URI)' 'Created-By: Packages' |
		awk -v want="$1" -v host="${host:-stable}" '
			$2 != "main" { next }
			{ kind = $1 ~ /-security$/ ? "security" : "main" }
			kind == "main" && $1 !~ "^(" host "|stable|testing|unstable|sid)$" { next }
			kind == want { print $3; exit }'
}

sources() {
	host=$(sed -n 's/^VERSION_CODENAME=//p' /etc/os-release)
	main=$(archive main)
	[ -n "$main" ] || die "apt has no Debian archive to take $1 from"
	echo "deb [arch=amd64 signed-by=$keyring] $main $1 main"
	case $1 in
	bullseye | bookworm | trixie)
		security=$(archive security)
		# A host without security sources still has the archive's sibling.
		echo "deb [arch=amd64 signed-by=$keyring]" \
			"${security:-${main%/}-security} $1-security main"
		;;
	esac
}

# How the host's apt reaches the network, in apt's own words.
network() {
	apt-config dump | grep -E '^Acquire::(https?|Retries|ForceIPv)' || :
}

# Everything apt would read or write of the host's is pointed elsewhere, except
# how it reaches the network.
configure() {
	mkdir -p "$dir/lists/partial" "$dir/archives/partial" "$dir/none"
	: >"$dir/status"
	sources "$1" >"$dir/sources.list"
	{
		network
		cat <<-EOF
			Dir::Etc::Parts "$dir/none";
			Dir::Etc::Main "/dev/null";
			Dir::Etc::SourceList "$dir/sources.list";
			Dir::Etc::SourceParts "$dir/none";
			Dir::Etc::Preferences "/dev/null";
			Dir::Etc::PreferencesParts "$dir/none";
			Dir::State "$dir";
			Dir::State::Lists "$dir/lists";
			Dir::State::Status "$dir/status";
			Dir::Cache "$dir";
			APT::Architecture "amd64";
			APT::Architectures "amd64";
			APT::Sandbox::User "root";
			Acquire::Languages "none";
			Acquire::Check-Valid-Until "false";
			Acquire::IndexTargets::deb::DEP-11::DefaultEnabled "false";
			Acquire::IndexTargets::deb::Contents-deb::DefaultEnabled "false";
		EOF
	} >"$dir/apt.conf"
}

verb=${1:-} suite=${2:-}
[ $# -ge 2 ] || [ "$verb" = network ] ||
	die 'usage: suite.sh apt SUITE COMMAND... | sources SUITE | network'
[ $# -lt 2 ] || shift 2
case $verb in
network)
	network
	;;
sources)
	sources "$suite"
	;;
apt)
	dir=$cache/apt/$suite
	if [ "${1:-}" = update ] || [ ! -e "$dir/apt.conf" ]; then
		configure "$suite"
	fi
	export APT_CONFIG="$dir/apt.conf"
	case ${1:-} in
	show | depends | policy | madison | pkgnames) exec apt-cache "$@" ;;
	*) exec apt-get -q "$@" ;;
	esac
	;;
*)
	die "no verb '$verb': apt sources network"
	;;
esac
