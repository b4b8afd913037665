#!/bin/sh
# aloud.sh COMMAND [ARG...]: runs a build that prints what it compiles (go build -v), and says every few seconds how
# far it is instead. What it printed is shown only if it fails.
set -eu

log=$(mktemp)
reporter=

# shellcheck disable=SC2317 # called by the trap
cleanup() {
	[ -z "$reporter" ] || kill "$reporter" 2>/dev/null || true
	[ ! -t 1 ] || printf '\r\033[K'
	rm -f "$log"
}
trap cleanup EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

# report says how far the build is: on a terminal in one line, elsewhere in a line each time. It ends with this shell,
# even one that was killed; its sleep must not hold a pipe that somebody reads to its end.
report() {
	every=5
	[ ! -t 1 ] || every=1
	seconds=0
	while sleep "$every" >/dev/null 2>&1 && kill -0 "$$" 2>/dev/null; do
		seconds=$((seconds + every))
		line=$(printf '  %ds, %d packages, now %.50s' "$seconds" "$(grep -vc '^go:' "$log")" "$(tail -n 1 "$log")")
		if [ -t 1 ]; then
			printf '\r\033[K%s' "$line"
		else
			echo "$line"
		fi
	done
}

report &
reporter=$!
status=0
"$@" >"$log" 2>&1 || status=$?
[ "$status" = 0 ] || cat "$log" >&2
exit "$status"
