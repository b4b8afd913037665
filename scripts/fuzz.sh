#!/bin/sh
# Runs every fuzz test of the module for the given time each: go test -fuzz takes one at a time.
# usage: scripts/fuzz.sh 20s
set -eu

# go test -list prints the names of a package's tests, then "ok" and the package.
listing=$(go test -list '^Fuzz' ./...)
printf '%s\n' "$listing" |
	awk '/^Fuzz/ { names[n++] = $1 } /^ok/ { for (i = 0; i < n; i++) print $2, names[i]; n = 0 }' |
	while read -r package name; do
		echo "$package $name"
		go test -run '^$' -fuzz "^$name\$" -fuzztime "$1" "$package" </dev/null
	done
