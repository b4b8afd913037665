#!/bin/sh
# Makes the release of the last commit twice, as two strangers would: in clones at paths of different length, with
# different home, umask, time zone and language, and with separate build caches, so that nothing of the first is used by
# the second. Every file of the two must be the same. Uncommitted changes take no part. nfpm is built once: it makes the
# packages and is in none of them.
# usage: scripts/repro.sh [PLATFORM...]; all of the Makefile's without one
set -eu

checkout=$(git rev-parse --show-toplevel)
modules=$(go env GOMODCACHE)
nfpm=$(go tool -modfile="$checkout/packaging.mod" -n nfpm)
platforms=$*
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT

# release NAME [CACHE] makes it in a clone called NAME.
release() {
	git clone --quiet "$checkout" "$dir/$1/src"
	mkdir "$dir/$1/home"
	HOME=$dir/$1/home GOMODCACHE=$modules GOCACHE=${2:-$dir/$1/cache} \
		make -s -C "$dir/$1/src" release NFPM="$nfpm" ${platforms:+PLATFORMS="$platforms"} >&2
}

one=$dir/one
two=$dir/somewhere/else/altogether
(umask 022 && LC_ALL=C TZ=UTC release one "$(go env GOCACHE)")
(umask 077 && LC_ALL=C.UTF-8 TZ=Asia/Kathmandu release somewhere/else/altogether)

diff -r "$one/src/dist" "$two/src/dist" >&2 || {
	echo "the second release differs" >&2
	exit 1
}
echo "$(git rev-parse --short=12 HEAD), $(go env GOVERSION), the same twice:"
cat "$one/src/dist/SHA256SUMS"
