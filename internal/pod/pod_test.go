package pod

import (
	"strings"
	"testing"
)

func TestCheckName(t *testing.T) {
	for _, name := range []string{"app", "cloud-sql-proxy", "App_1.x", strings.Repeat("x", longest), "3f0d1c52-5f0e-4a64-9f4b-0b7c9d3c1a2e"} {
		if err := CheckName(name); err != nil {
			t.Errorf("%q: %v, want it to be a name", name, err)
		}
	}
	for name, want := range map[string]string{
		"":                                   "empty",
		"a/b":                                "'/' in it",
		"a,b":                                "',' in it",
		"a b":                                "' ' in it",
		"a\x00b":                             `'\x00' in it`,
		"ä":                                  "'ä' in it",
		strings.Repeat("x", longest+1):       "longer than 48",
		strings.Repeat("x", longest-1) + "ä": "longer than 48",
	} {
		if err := CheckName(name); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %s", name, err, want)
		}
	}
}

// The longest address can be listened on.
func TestLongestAddress(t *testing.T) {
	x := strings.Repeat("x", longest)
	serving(t, NewSelf(x, x, nil))
	if n := len(address(x, x)); n > 108 {
		t.Errorf("%d bytes, the @ for a zero included; want at most 108", n)
	}
}
