#!/bin/sh
# Builds the last commit twice, as two strangers would: in clones at paths of different length, with different home,
# umask, time zone and language, and with separate build caches, so that nothing of the first is used by the second.
# Uncommitted changes take no part.
set -eu

checkout=$(git rev-parse --show-toplevel)
modules=$(go env GOMODCACHE)
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT

# build NAME prints the sum of the drainit built in a clone called NAME.
build() {
	git clone --quiet "$checkout" "$dir/$1/src"
	mkdir "$dir/$1/home"
	HOME=$dir/$1/home GOMODCACHE=$modules GOCACHE=${2:-$dir/$1/cache} make -s -C "$dir/$1/src" build >&2
	sha256sum <"$dir/$1/src/bin/drainit" | cut -d ' ' -f 1
}

one=$(umask 022 && LC_ALL=C TZ=UTC build one "$(go env GOCACHE)")
two=$(umask 077 && LC_ALL=C.UTF-8 TZ=Asia/Kathmandu build somewhere/else/altogether)

echo "$(git rev-parse --short=12 HEAD), $(go env GOVERSION): $one"
if [ "$one" != "$two" ]; then
	echo "the second build differs: $two" >&2
	exit 1
fi
