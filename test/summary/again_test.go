package main

import (
	"os"
	"strings"
	"testing"
)

// What fails once counts as passed where it passes when run again, what fails again as failed, and where more have
// failed than the limit nothing is run again.
func TestAgain(t *testing.T) {
	const module = "module again\n\ngo 1.26\n"
	const source = `package again

import (
	"os"
	"testing"
)

func TestOnce(t *testing.T) {
	t.Run("sub test", func(t *testing.T) {
		if _, err := os.Stat("was.here"); err == nil {
			return
		}
		if err := os.WriteFile("was.here", nil, 0o600); err != nil {
			t.Fatal(err)
		}
		t.Error("the first time")
	})
	t.Run("once alone", func(t *testing.T) {
		f, err := os.OpenFile("ran", os.O_CREATE|os.O_EXCL, 0o600)
		if err != nil {
			t.Fatal("run again, and had not failed")
		}
		f.Close()
	})
}

func TestSound(t *testing.T) {}
`
	const broken = "package again\n\nimport \"testing\"\n\nfunc TestBroken(t *testing.T) { t.Error(\"each time\") }\n"
	for name, tt := range map[string]struct {
		again  int
		broken string
		ok     bool
		says   string
	}{
		"once":                {1, "", true, "passed when run again alone:\n  again TestOnce/sub_test\n\n3 passed, 0 failed, 0 skipped"},
		"each time":           {2, broken, false, "failed:\n  again TestBroken\n  again TestOnce/sub_test\n\n2 passed, 2 failed, 0 skipped"},
		"more than the limit": {1, broken, false, "failed:\n  again TestBroken\n  again TestOnce/sub_test\n\n2 passed, 2 failed, 0 skipped"},
		"not asked for":       {0, "", false, "failed:\n  again TestOnce/sub_test\n\n2 passed, 1 failed, 0 skipped"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Chdir(t.TempDir())
			for file, text := range map[string]string{"go.mod": module, "once_test.go": source, "a_test.go": tt.broken} {
				if text == "" {
					continue
				}
				if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			var out strings.Builder
			if ok := run(&out, &settings{again: tt.again}, []string{"."}); ok != tt.ok || !strings.Contains(out.String(), tt.says) {
				t.Errorf("got success %t and\n%s\nwant %t and %q", ok, &out, tt.ok, tt.says)
			}
		})
	}
}
