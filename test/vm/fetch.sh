#!/bin/sh
# fetch.sh tools DIRECTORY SUITE PACKAGE...: unpacks packages for this machine's architecture and what they depend on,
# to be run from there: nothing is installed, and no root is needed.
#
# fetch.sh kernel DIRECTORY SUITE ARCHITECTURE FLAVOUR: of the newest kernel of a flavour takes the image and the modules
# that the tests load; and a static busybox beside them.
#
# Packages come from the mirror that this machine itself installs from, by apt with a state of its own, and are verified
# with Debian's keys. Each directory is made once, by one run of several; DIRECTORY/versions has what is in it.
set -eu

kind=$1
directory=$2
suite=$3
shift 3
modules='inet_diag tcp_diag unix_diag'

fail() {
	echo "fetch.sh: $*" >&2
	exit 1
}

# apt_here runs a command of apt in a state that has $suite for $architecture and no package installed.
apt_here() {
	command=$1
	shift
	"$command" -qq -o Dir::State="$work/state" -o Dir::Cache="$work/cache" -o Dir::State::status="$work/status" \
		-o Dir::Etc::sourcelist="$work/sources.list" -o Dir::Etc::sourceparts="$work/none" \
		-o Dir::Etc::preferencesparts="$work/none" -o APT::Architecture="$architecture" -o APT::Architectures="$architecture" \
		-o APT::Install-Recommends=0 -o APT::Sandbox::User=root -o Acquire::Languages=none -o Acquire::Retries=3 \
		-o Acquire::Check-Valid-Until=false -o Acquire::Check-Date=false "$@"
}

begin() {
	architecture=$1
	# shellcheck disable=SC2016 # apt's own variables
	mirror=$(apt-get indextargets --format '$(REPO_URI) $(CODENAME)' "Identifier: Packages" |
		awk -v codename="$(sed -n 's/^VERSION_CODENAME=//p' /etc/os-release)" '$2 == codename { print $1; exit }')
	[ -n "$mirror" ] || fail "apt has no source of this machine's own release: which mirror?"
	mkdir -p "$work/state/lists/partial" "$work/cache/archives/partial" "$work/none" "$work/root"
	: >"$work/status"
	echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $mirror $suite main" >"$work/sources.list"
	apt_here apt-get update || fail "apt-get update for $suite, $architecture: see above"
}

# versions_of prints the name and version of each package file.
versions_of() {
	# shellcheck disable=SC2016 # dpkg's own variables
	for deb; do dpkg-deb --showformat '${Package} ${Version}\n' --show "$deb"; done
}

tools() {
	begin "$(dpkg --print-architecture)"
	apt_here apt-get install --yes --download-only "$@" >/dev/null || fail "apt-get install $*: see above"
	for deb in "$work"/cache/archives/*.deb; do dpkg-deb --extract "$deb" "$work/root"; done
	versions_of "$work"/cache/archives/*.deb >"$work/root/versions"
}

# kernels prints the kernels of a flavour, newest first.
kernels() {
	apt_here apt-cache pkgnames linux-image- | grep -E -- "^linux-image-[0-9].*-$1\$" | grep -v -e -rt- | sort --version-sort --reverse
}

# parts_of prints a kernel's package and those that have parts of it: Debian 14 has image and modules apart.
parts_of() {
	echo "$1"
	apt_here apt-cache depends "$1" | sed -n 's/.*Depends: *//p' | grep -F -- "-${1#linux-image-}" || true
}

# take_files unpacks what is wanted of the packages, without their directories.
take_files() {
	set -- --wildcards --transform 's,.*/,,' '*/vmlinu[xz]*' '*bin/busybox'
	for module in $modules; do set -- "$@" "*/$module.ko*"; done
	for deb in "$work"/cache/*.deb; do
		dpkg-deb --fsys-tarfile "$deb" | tar -C "$work/root" -x "$@" 2>"$work/absent" || true # none has them all
	done
}

kernel() {
	begin "$1"
	# A mirror may lack the newest for a while.
	for package in $(kernels "$2"); do
		# shellcheck disable=SC2046 # words
		! (cd "$work/cache" && apt_here apt-get download $(parts_of "$package") busybox-static) || break
		rm -f "$work"/cache/*.deb
	done
	take_files
	mv "$work"/root/vmlinu* "$work/root/kernel" || fail "no kernel of the flavour $2 in $suite for $1"
	for packed in "$work"/root/*.ko.xz; do [ ! -e "$packed" ] || xz --decompress "$packed"; done
	versions_of "$work"/cache/*.deb >"$work/root/versions"
}

mkdir -p "$(dirname "$directory")"
exec 9>"$directory.lock"
flock 9
[ ! -e "$directory" ] || exit 0
work=$(mktemp -d "$directory.XXXXXX")
trap 'rm -rf --one-file-system "$work"' EXIT
trap 'exit 1' INT TERM HUP
"$kind" "$@"
mv "$work/root" "$directory"
