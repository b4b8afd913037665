package main

import (
	"strings"
	"testing"
	"time"
)

func TestTranslate(t *testing.T) {
	moment := time.Unix(1700000000, 0)
	for version, want := range map[string]packageVersions{
		"0.1.0":                  {"0.1.0", "0.1.0", "0.1.0-r0"},
		"0.1.0-rc.1":             {"0.1.0~rc1", "0.1.0~rc1", "0.1.0_rc1-r0"},
		"0.1.0-dev+0123456789ab": {"0.1.0~dev20231114221320+0123456789ab", "0.1.0~dev20231114221320+0123456789ab", "0.1.0_pre1700000000-r0"},
		"10.2.0-dev+0a-dirty":    {"10.2.0~dev20231114221320+0a.dirty", "10.2.0~dev20231114221320+0a.dirty", "10.2.0_pre1700000000-r0"},
	} {
		if got, err := translate(version, moment); err != nil || got != want {
			t.Errorf("%s: got %+v, %v, want %+v", version, got, err, want)
		}
	}
	for _, version := range []string{"", "1", "v0.1.0", "0.1.0-dev", "0.1.0+0a", "0.1.0-rc.1+0a", "0.1.0-next", "0.1.0-dev+0a b"} {
		if got, err := translate(version, moment); err == nil || !strings.Contains(err.Error(), "want 0.1.0") {
			t.Errorf("%s: got %+v, %v, want an error that says what is wanted", version, got, err)
		}
	}
}
