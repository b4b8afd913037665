package main

import (
	"reflect"
	"slices"
	"strings"
	"testing"
)

func TestEveryTestIsInOnePart(t *testing.T) {
	slow := []slowTest{{"a", "TestSlow", ""}, {"docker", "", ""}, {"b", "TestSlower", ""}}
	all := []string{module + "a", module + "b", module + "docker"}
	for _, tt := range []struct {
		part string
		want [][]string
	}{
		{everything, [][]string{{"-v", "."}}},
		{quick, [][]string{{"-v", ".", "-skip=^(TestSlow|TestSlower)$", module + "a", module + "b"}}},
		{rest, [][]string{{"-v", ".", "-p=1", "-run=^(TestSlow|TestSlower)$", module + "a", module + "b"}, {"-v", ".", "-p=1", module + "docker"}}},
	} {
		if got := commands(tt.part, slow, all, []string{"-v", "."}); !reflect.DeepEqual(got, tt.want) {
			t.Errorf("%q: got %q, want %q", tt.part, got, tt.want)
		}
	}
}

// A name that no test has would be left out by nobody's wish; one that two packages have would leave out both.
func TestSlowTestsAreThere(t *testing.T) {
	const top = "../.."
	slow, err := readSlow("../slow.txt")
	if err != nil {
		t.Fatal(err)
	}
	paths, err := modulePackages(top)
	if err != nil {
		t.Fatal(err)
	}
	having := map[string][]string{} // packages by test
	for _, path := range paths {
		for _, name := range testsOf(top + "/" + shortPath(path)) {
			having[name] = append(having[name], shortPath(path))
		}
	}
	for _, s := range slow {
		switch {
		case s.name != "" && !slices.Equal(having[s.name], []string{s.pkg}):
			t.Errorf("slow.txt: %s of %s is a test of %q", s.name, s.pkg, having[s.name])
		case !slices.Contains(paths, module+s.pkg):
			t.Errorf("slow.txt: there is no package %s", s.pkg)
		}
	}
	var text strings.Builder
	printNotRun(&text, top, slow)
	for _, s := range slow {
		if !strings.Contains(text.String(), s.pkg) || !strings.Contains(text.String(), s.name) {
			t.Errorf("%s %s is not among what was not run:\n%s", s.pkg, s.name, &text)
		}
	}
}

func TestCountsAddUp(t *testing.T) {
	file := t.TempDir() + "/counts"
	second := counts{10, 0, 1, true}
	if _, err := second.addTo(file); err == nil {
		t.Error("the first part has kept nothing: got no error")
	}
	for _, ok := range []bool{true, false} {
		if err := (counts{5, 2, 3, ok}).write(file); err != nil {
			t.Fatal(err)
		}
		if got, err := second.addTo(file); err != nil || got != (counts{15, 2, 4, ok}) {
			t.Errorf("got %v, %v, error %v", got, got.ok, err)
		}
	}
}
