#!/bin/sh
# golang-image.sh IMAGE LABEL: makes IMAGE, which stands for golang of a registry: this machine's Go where golang has
# it, a shell, and make. So that a build in it takes no network and little time, modules and what the recipe compiles
# are there already. What is compiled stays under .cache between runs; the first one takes a minute more.
set -eu

image=$1
label=$2
here=$(cd "$(dirname "$0")" && pwd)
top=$(cd "$here/../.." && pwd)
debian=$("$here/debian-root.sh" - - @shapes) # which has make
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 1' INT TERM HUP
mkdir -p "$work/root/usr/local/go" "$work/root/root/.cache/go-build" "$work/src"

tar -C "$work/root" -xf "$debian" --wildcards ./bin './lib*' ./tmp ./usr/bin/sh ./usr/bin/dash ./usr/bin/make \
	'./usr/lib*/ld-linux*' './usr/lib*/libc.so*' './usr/lib*/libdl.so*'

# Go without what no build of a program reads.
tar -C "$(go env GOROOT)" -c --exclude='*_test.go' --exclude=testdata --exclude=./src/cmd \
	./bin/go ./go.env ./pkg/include ./pkg/tool ./src ./VERSION | tar -C "$work/root/usr/local/go" -x

# What go mod download asks a proxy for.
cd "$top"
go mod download
GOPROXY=file://$(go env GOMODCACHE)/cache/download GOMODCACHE=$work/modules go mod download -modcacherw
mv "$work/modules/cache/download" "$work/root/modules"

# A build cache in which all that the recipe builds is found, by building the same without a clone around it.
cp -R Makefile go.mod go.sum cmd internal "$work/src"
mkdir -p "$work/src/examples" "$top/.cache/recipe-go-build"
cp -R examples/server "$work/src/examples"
GOFLAGS='' GOCACHE=$(cd "$top/.cache/recipe-go-build" && pwd -P) make -s -C "$work/src" bin/drainit bin/server >&2
cp -R "$top/.cache/recipe-go-build/." "$work/root/root/.cache/go-build"

tar -C "$work/root" -c . | docker import --change "LABEL $label" \
	--change 'ENV PATH=/usr/local/go/bin:/bin HOME=/root GOTOOLCHAIN=local GOPROXY=file:///modules' - "$image" >/dev/null
