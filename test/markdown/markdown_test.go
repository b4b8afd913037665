package markdown

import (
	"strings"
	"testing"
)

func TestReplace(t *testing.T) {
	const document = "a\n<!-- x -->\nold\n<!-- end -->\nb\n"
	got, err := Replace(document, "x", "new\n")
	if want := strings.Replace(document, "old", "new", 1); got != want || err != nil {
		t.Errorf("got %q, %v; want %q", got, err, want)
	}
	for _, bad := range []string{"", "<!-- x -->\n", "<!-- end -->"} {
		if _, err := Replace(bad, "x", ""); err == nil {
			t.Errorf("%q: no error", bad)
		}
	}
}

func TestTable(t *testing.T) {
	got := Table([][]string{{"a", "b"}, {"1", "2"}})
	if want := "| a | b |\n|---|---|\n| 1 | 2 |\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
