#!/bin/sh
# debian-root.sh IMAGE LABEL [PACKAGE...]: makes IMAGE, a Debian with the servers
# of the tests in it and the packages named, without a registry: debootstrap(8)
# makes a root from the mirror that this machine itself installs from, and docker
# import takes it. With - for IMAGE and LABEL nothing is imported, and the path
# of the root's tar file printed. For PACKAGE... @NAME may stand, of roots.txt.
#
# debian-root.sh --all makes all that roots.txt names and is not there yet, and
# says first what that takes.
#
# The root is kept as a tar file under .cache at the top of the checkout, by a
# hash of this script and the packages, and made again only when they change.
# Needs root and debootstrap the first time, and a Debian to run on.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
cache=$here/../../.cache
packages=tini,nginx-light,haproxy,lighttpd,apache2

fail() {
	echo "debian-root.sh: $*" >&2
	exit 1
}

# The mirror of this machine's own release, out of sources.list(5) in either
# of its formats. Security and updates are left out: debootstrap takes one
# suite.
mirror_of() {
	suite=$1
	set -- /etc/apt/sources.list.d/*.sources
	[ -e "$1" ] && awk -v suite="$suite" '
		/^#/ { next }
		/^[ \t]*$/ { uris = ""; next }
		tolower($1) == "uris:" { uris = $2 }
		tolower($1) == "suites:" {
			for (i = 2; i <= NF; i++) if ($i == suite && uris != "") { print uris; exit }
		}' "$@"
	set -- /etc/apt/sources.list /etc/apt/sources.list.d/*.list
	for list; do
		[ -e "$list" ] || continue
		sed -E 's/^(deb)[ \t]+\[[^]]*\]/\1/' "$list" |
			awk -v suite="$suite" '$1 == "deb" && $3 == suite { print $2; exit }'
	done
}

# Installs the other packages by apt, whose judgement of what they depend on is
# better than debootstrap's. Nothing may be started in the root.
install_more() {
	[ -n "$more" ] || return 0
	printf '#!/bin/sh\nexit 101\n' >"$1/usr/sbin/policy-rc.d"
	chmod +x "$1/usr/sbin/policy-rc.d"
	# shellcheck disable=SC2016,SC2086 # $@ is the inner shell's; the packages are words
	DEBIAN_FRONTEND=noninteractive unshare --mount --pid --fork --kill-child \
		env -u TMPDIR chroot "$1" sh -c 'mount -t proc proc /proc && apt-get update && apt-get install -y --no-install-recommends "$@"' sh $more \
		>"$work/log" 2>&1 || { tail -n 20 "$work/log" >&2; fail "apt-get install $more: see above"; }
}

make_root() {
	[ "$(id -u)" = 0 ] || fail "debootstrap needs root to make a Debian root"
	command -v debootstrap >/dev/null || fail "no debootstrap here (Debian package debootstrap)"
	codename=$(sed -n 's/^VERSION_CODENAME=//p' /etc/os-release)
	[ -n "$codename" ] || fail "no VERSION_CODENAME in /etc/os-release: is this a Debian?"
	mirror=$(mirror_of "$codename" | head -n 1)
	[ -n "$mirror" ] || fail "no source for $codename under /etc/apt: which mirror?"

	work=$(mktemp -d)
	trap 'rm -rf --one-file-system "$work"' EXIT
	trap 'exit 1' INT TERM HUP
	unshare --mount debootstrap --variant=minbase --include="$packages" "$codename" "$work/root" "$mirror" \
		>"$work/log" 2>&1 || { tail -n 20 "$work/log" >&2; fail "debootstrap $codename $mirror: see above"; }
	install_more "$work/root"
	# What no test reads, a third of it all. /dev is Docker's own.
	rm -rf "$work"/root/var/cache/apt/* "$work"/root/var/lib/apt/lists/* \
		"$work"/root/usr/share/doc/* "$work"/root/usr/share/man/* "$work"/root/usr/share/locale/*
	tar -C "$work/root" --one-file-system --exclude='./dev/*' -cf "$work/tar" .
	mv "$work/tar" "$1.part"
	mv "$1.part" "$1"
}

# packages_of prints what roots.txt has for a name.
packages_of() {
	awk -v name="$1" '$1 == name { $1 = ""; print substr($0, 2); found = 1 } END { exit !found }' "$here/roots.txt" ||
		fail "no $1 in roots.txt"
}

# tar_of prints where the root with these packages is kept.
tar_of() {
	hash=$({ cat "$0" && echo "$1"; } | sha256sum | cut -c 1-16)
	echo "$cache/debian-root-$hash.tar"
}

# make_all makes what is missing of roots.txt. Where it cannot be made, the tests that need it say so.
make_all() {
	missing=
	names=$(awk '/^[a-z]/ { print $1 }' "$here/roots.txt")
	for name in $names; do
		[ -e "$(tar_of "$(packages_of "$name")")" ] || missing="$missing $name"
	done
	[ -n "$missing" ] || return 0
	if [ "$(id -u)" != 0 ] || ! command -v debootstrap >/dev/null; then
		echo "no Debian roots are made ($missing ): that takes root and debootstrap"
		return 0
	fi
	echo "making Debian roots under .cache, once:$missing; each fetches some 100 MB, takes one to three minutes, and has 200 to 450 MB"
	for name in $missing; do
		echo "  $name: $(packages_of "$name")" >&2
		echo "$name"
	done | xargs -P 2 -I {} "$0" - - @{} >/dev/null
}

if [ "$1" = --all ]; then
	make_all
	exit
fi
image=$1
label=$2
shift 2
more=$*
case $more in @*) more=$(packages_of "${more#@}") ;; esac

mkdir -p "$cache"
root=$(tar_of "$more")
# Two runs at once make it once.
exec 9>"$root.lock"
flock 9
[ -e "$root" ] || make_root "$root"
if [ "$image" = - ]; then
	readlink -f "$root"
	exit
fi
docker import --change "LABEL $label" --change 'CMD ["/bin/bash"]' "$root" "$image" >/dev/null
