#!/bin/sh
# Runs every fuzz test of the module for the given time each: go test -fuzz takes one at a time.
# usage: scripts/fuzz.sh 20s
#
# Go makes each input that reached something new shorter before it goes on, for a minute by default, in which nothing
# else is tried: "0/sec". Ten attempts at that are enough; a failing input can be made shorter by hand.
set -eu

# go test -list prints the names of a package's tests, then "ok" and the package.
listing=$(go test -list '^Fuzz' ./...)
printf '%s\n' "$listing" |
	awk '/^Fuzz/ { names[n++] = $1 } /^ok/ { for (i = 0; i < n; i++) print $2, names[i]; n = 0 }' |
	while read -r package name; do
		echo "$package $name"
		go test -run '^$' -fuzz "^$name\$" -fuzztime "$1" -fuzzminimizetime 10x "$package" </dev/null
	done
