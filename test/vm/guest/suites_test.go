//go:build linux

package main

import (
	"slices"
	"testing"
)

const printed = `=== RUN   TestA
--- PASS: TestA (0.00s)
=== RUN   TestB
=== RUN   TestB/one
    b_test.go:7: not here
=== RUN   TestB/two
    b_test.go:9: two's news
--- FAIL: TestB (0.00s)
    --- SKIP: TestB/one (0.00s)
    --- FAIL: TestB/two (0.00s)
=== RUN   TestC
    c_test.go:3: nor here
--- SKIP: TestC (0.00s)
FAIL
`

func TestOutputIsRead(t *testing.T) {
	if pass, fail, skip := tally(printed); pass != 1 || fail != 1 || skip != 1 {
		t.Errorf("%d passed, %d failed, %d skipped; want one each", pass, fail, skip)
	}
	want := []string{"TestB/one: b_test.go:7: not here", "TestC: c_test.go:3: nor here"}
	if got := skipped(printed); !slices.Equal(got, want) {
		t.Errorf("skipped are %q, want %q", got, want)
	}
	const bad = "    b_test.go:7: not here\n    b_test.go:9: two's news\n--- FAIL: TestB (0.00s)\n    --- SKIP: TestB/one (0.00s)\n" +
		"    --- FAIL: TestB/two (0.00s)\n    c_test.go:3: nor here\n--- SKIP: TestC (0.00s)\nFAIL\n"
	if got := withoutGood(printed); got != bad {
		t.Errorf("got %q, want %q", got, bad)
	}
}
