package main

import (
	"flag"
	"regexp"
	"strings"
	"testing"
)

func TestHelpIsTheUsageText(t *testing.T) {
	o := run(t, "-h")
	if o.status != 0 || o.stdout != usage || o.stderr != "" {
		t.Errorf("-h: exit status %d, output %q, %q, want 0 and the usage text", o.status, o.stdout, o.stderr)
	}
}

func TestUsageHasEveryFlag(t *testing.T) {
	said := map[string]bool{}
	for _, m := range regexp.MustCompile(`(?m)^  -([a-z-]+)`).FindAllStringSubmatch(usage, -1) {
		said[m[1]] = true
	}
	said["json"] = strings.Contains(usage, "-json")
	new(settings).flags().VisitAll(func(f *flag.Flag) {
		if !said[f.Name] {
			t.Errorf("-%s is not in the usage text", f.Name)
		}
		delete(said, f.Name)
	})
	for name := range said {
		t.Errorf("the usage text has -%s, and there is no such flag", name)
	}
	for line := range strings.SplitSeq(usage, "\n") {
		if len(line) > 80 {
			t.Errorf("usage line of %d characters, want 80 at most: %s", len(line), line)
		}
	}
}

// The defaults in the usage text are those of an empty command line.
func TestUsageHasTheDefaults(t *testing.T) {
	s, err := parse([]string{"http://127.0.0.1/"})
	if err != nil {
		t.Fatal(err)
	}
	again, err := parse([]string{"-rate", "50", "-duration", "1m", "-timeout", "10s", "-slow", "1s", "-in-flight", "1000",
		"-keep", "0", "-method", "GET", "-version-header", "X-Version", "-apart", "1m", "http://127.0.0.1/"})
	if err != nil || s.loop() != again.loop() || s.timeout != again.timeout || s.slow != again.slow || s.keep != again.keep ||
		s.apart != again.apart || s.method != again.method || s.versionHeader != again.versionHeader {
		t.Errorf("defaults %+v, want what the usage text says: %+v (error %v)", s, again, err)
	}
}

func TestWrongUse(t *testing.T) {
	const url = "http://127.0.0.1/"
	for _, tt := range []struct {
		args []string
		want []string // in the message
	}{
		{nil, []string{"no URL"}},
		{[]string{url, "-rate", "5"}, []string{`unexpected argument "-rate"`, "after the flags"}},
		{[]string{"localhost:8080"}, []string{`URL "localhost:8080"`, "http://"}},
		{[]string{"-timeout", "5", url}, []string{`"5" for flag -timeout`, "such as 500ms"}},
		{[]string{"-rate", "many", url}, []string{`"many" for flag -rate`, "whole number"}},
		{[]string{"-header", "nothing", url}, []string{`"nothing" for flag -header`, "NAME: VALUE"}},
		{[]string{"-version-body", "(", url}, []string{"-version-body", "missing closing )"}},
		{[]string{"-version-body", "v", "-version-header", "V", url}, []string{"want one of them"}},
		{[]string{"-body", "@/no/such/file", url}, []string{"-body", "no such file"}},
		{[]string{"-method", "G ET", url}, []string{`invalid method "G ET"`}},
		{[]string{"-report", "/no/such/directory/x.html", url}, []string{`-report "/no/such/directory/x.html"`, "can be written"}},
		{[]string{"-hold", url}, []string{"-hold", "-drain HOST:PORT"}},
		{[]string{"-drain", "10.0.0.7:10143", url}, []string{"-drain", "-hold, which is not given"}},
		{[]string{"-hold", "-apart", "0s", "-drain", "a=", url}, []string{`"a=" for flag -drain`, "NAME=HOST:PORT"}},
		{[]string{"-speed", "5", url}, []string{"-speed"}},
		{[]string{"-rate", "0", "-duration", "-1s", "-timeout", "0s", "-slow", "0s", "-in-flight", "0", "-keep", "-1", "ftp://x"},
			[]string{"-rate 0", "-duration -1s", "-timeout 0s", "-slow 0s", "-in-flight 0", "-keep -1", `URL "ftp://x"`}},
	} {
		o := run(t, tt.args...)
		if o.status != 2 || o.stdout != "" {
			t.Errorf("%q: exit status %d, output %q, want 2 and none", tt.args, o.status, o.stdout)
		}
		for _, want := range tt.want {
			if !strings.Contains(o.stderr, want) {
				t.Errorf("%q: %q, want %q in it", tt.args, o.stderr, want)
			}
		}
	}
}

func TestPorts(t *testing.T) {
	for url, want := range map[string]string{
		"http://example.org":        "example.org:80",
		"https://example.org/a":     "example.org:443",
		"https://[::1]:8443/":       "[::1]:8443",
		"http://me@example.org:81/": "example.org:81",
	} {
		s, err := parse([]string{url})
		if err != nil {
			t.Fatal(err)
		}
		client := s.client()
		if client.Address != want || (client.TLS != nil) != strings.HasPrefix(url, "https") {
			t.Errorf("%s: address %s, TLS %t, want %s", url, client.Address, client.TLS != nil, want)
		}
	}
}
