#!/bin/sh
# root.sh SUITE DIRECTORY PACKAGE...: unpacks into DIRECTORY a root of a Debian suite with the packages in it, those of
# them that the suite has. debootstrap(8) makes it from the mirror that this machine itself installs from.
#
# It is kept as a tar file under .cache at the top of the checkout, by a hash of this script and the packages, and made
# again only when they change. Needs root and debootstrap the first time, and a Debian to run on.
set -eu
unset TMPDIR # packages' scripts would look for it in the root

suite=$1
directory=$2
shift 2
cache=$(cd "$(dirname "$0")" && pwd)/../../.cache

fail() {
	echo "root.sh: $*" >&2
	exit 1
}

# Debian's busybox lacks most of the applets that Alpine's has. Its source as it is configured by default has them all:
# busybox-all, of the version that Alpine has had since 3.21, which is trixie's.
build_busybox() {
	[ "$suite" = trixie ] || return 0
	sed 's/^deb /deb-src /' "$work/root/etc/apt/sources.list" >"$work/root/etc/apt/sources.list.d/source.list"
	# shellcheck disable=SC2016 # nproc is the inner shell's
	DEBIAN_FRONTEND=noninteractive unshare --mount --pid --fork --kill-child chroot "$work/root" sh -ec '
		mount -t proc proc /proc
		apt-get update -o Acquire::Check-Valid-Until=false
		apt-get install -y --no-install-recommends gcc make libc6-dev dpkg-dev bzip2
		mkdir /build && cd /build
		apt-get source --download-only busybox
		tar --strip-components=1 -xf busybox_*.orig.tar.*
		make defconfig
		# tc needs a header that newer kernels have not.
		sed -i "s/^CONFIG_TC=y/# CONFIG_TC is not set/; s/^# CONFIG_STATIC is not set/CONFIG_STATIC=y/" .config
		yes "" | make oldconfig
		make -j"$(nproc)"
		cp busybox /usr/local/bin/busybox-all
		cd / && rm -r /build
		apt-get purge -y --autoremove gcc make libc6-dev dpkg-dev bzip2' \
		>"$work/log" 2>&1 || { tail -n 20 "$work/log" >&2; fail "busybox from source: see above"; }
}

# A mirror may be older than sid's promises are valid. Packages are installed one by one, so that one which a suite does not have is no failure. Nothing may be started.
make_root() {
	[ "$(id -u)" = 0 ] || fail "debootstrap needs root to make a Debian root"
	command -v debootstrap >/dev/null || fail "no debootstrap here (Debian package debootstrap)"
	codename=$(sed -n 's/^VERSION_CODENAME=//p' /etc/os-release)
	# shellcheck disable=SC2016 # apt's own variables
	mirror=$(apt-get indextargets --format '$(RELEASE) $(REPO_URI)' "Identifier: Packages" |
		awk -v codename="$codename" '$1 == codename { print $2; exit }')
	[ -n "$mirror" ] || fail "apt has no source of main for $codename: which mirror?"

	work=$(mktemp -d)
	trap 'rm -rf --one-file-system "$work"' EXIT
	debootstrap --variant=minbase "$suite" "$work/root" "$mirror" \
		>"$work/log" 2>&1 || { tail -n 20 "$work/log" >&2; fail "debootstrap $suite $mirror: see above"; }
	printf '#!/bin/sh\nexit 101\n' >"$work/root/usr/sbin/policy-rc.d"
	chmod +x "$work/root/usr/sbin/policy-rc.d"
	echo force-unsafe-io >"$work/root/etc/dpkg/dpkg.cfg.d/unsafe" # nobody needs the root after a crash
	# shellcheck disable=SC2016 # $p and $@ are the inner shell's
	DEBIAN_FRONTEND=noninteractive unshare --mount --pid --fork --kill-child chroot "$work/root" sh -c '
		mount -t proc proc /proc && apt-get update -o Acquire::Check-Valid-Until=false &&
			for p; do apt-get install -y --no-install-recommends "$p" || echo "not in this suite: $p"; done' sh "$@" \
		>"$work/log" 2>&1 || { tail -n 20 "$work/log" >&2; fail "apt-get install $*: see above"; }
	build_busybox
	rm -rf "$work"/root/var/cache/apt/* "$work"/root/var/lib/apt/lists/* \
		"$work"/root/usr/share/doc/* "$work"/root/usr/share/man/* "$work"/root/usr/share/locale/*
	tar -C "$work/root" --one-file-system --exclude='./dev/*' -cf "$1.part" .
	mv "$1.part" "$1"
}

mkdir -p "$cache"
hash=$({ cat "$0" && echo "$@"; } | sha256sum | cut -c 1-16)
tar=$cache/wrappers-root-$suite-$hash.tar
# Two runs at once make it once.
exec 9>"$cache/wrappers-root-$suite.lock"
flock 9
[ -e "$tar" ] || make_root "$tar" "$@"
tar -C "$directory" -xf "$tar"
