package docs_test

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"drainit/internal/drain"
)

// The reference's flags are the text of -h.
func TestManualHasTheFlags(t *testing.T) {
	usage := ask(t, "-h").stdout
	begin, end := strings.Index(usage, "Every flag has a variable"), strings.Index(usage, "Exit status:")
	if begin < 0 || end < begin {
		t.Fatal("-h has no flags between \"Every flag has a variable\" and \"Exit status:\"")
	}
	want := strings.TrimSpace(usage[begin:end]) + "\n"
	blocks := reference(t).section(t, "Flags").blocks("text")
	if len(blocks) != 1 || blocks[0] != want {
		t.Errorf("the manual's flags are not those of -h; got\n%s\nwant\n%s", strings.Join(blocks, "…\n"), want)
	}
}

// Every setting has a heading in the manual, in the order of -h, and under it
// its variable and default.
func TestManualHasEverySetting(t *testing.T) {
	section := reference(t).section(t, "Settings")
	var said, real []string
	for _, m := range regexp.MustCompile("(?m)^#### `(.*)`$").FindAllStringSubmatch(section.text, -1) {
		said = append(said, m[1])
	}
	for _, f := range flags(t) {
		real = append(real, f.syntax)
		under := section.section(t, "`"+f.syntax+"`").text
		want := fmt.Sprintf("`%s` · default `%s`", f.variable(), f.byDefault)
		if !strings.Contains(under, want) {
			t.Errorf("under --%s the manual does not say %s", f.name, want)
		}
	}
	if !slices.Equal(said, real) {
		t.Errorf("the manual has the settings\n%q, want\n%q", said, real)
	}
}

// No document names a flag or a variable that is none. A flag of another program
// stands behind that program's name.
func TestNoOtherSettings(t *testing.T) {
	known, variables := []string{"--help", "--version", "--"}, []string{}
	for _, f := range flags(t) {
		known = append(known, "--"+f.name)
		variables = append(variables, f.variable())
	}
	variables = append(variables, "DRAINIT_PORT", "DRAINIT_SERVICE_HOST") // Kubernetes makes these
	variables = append(variables, "DRAINIT_STOP_BUDGET")                  // and drainit this
	name := regexp.MustCompile(`^--[a-z-]*`)
	variable := regexp.MustCompile(`\bDRAINIT_[A-Z_]+[A-Z]`)
	for _, d := range append(written(t), open(t, "SECURITY.md"), open(t, "CHANGELOG.md")) {
		for _, code := range d.codes() {
			if flag := name.FindString(code); flag != "" && !slices.Contains(known, flag) {
				t.Errorf("%s names `%s`, which is no flag", d.path, code)
			}
		}
		for _, v := range variable.FindAllString(d.text, -1) {
			if !slices.Contains(variables, v) {
				t.Errorf("%s names %s, which is no setting's variable", d.path, v)
			}
		}
	}
}

// The table of what follows from a grace period is what follows from it.
func TestManualGracePeriods(t *testing.T) {
	rows := reference(t).section(t, "`--grace-period D`").rows()
	if len(rows) < 3 {
		t.Fatalf("got %d rows of grace periods, want some", len(rows))
	}
	for _, row := range rows {
		grace, err := time.ParseDuration(row[0])
		if err != nil {
			t.Fatal(err)
		}
		plan, _ := drain.Settings{GracePeriod: grace}.Plan()
		want := []string{row[0], inSeconds(plan.Delay), inSeconds(plan.Deadline - plan.Reserve), inSeconds(plan.Next[0].At), inSeconds(plan.Deadline)}
		if !slices.Equal(row, want) {
			t.Errorf("got the row %q, want %q", row, want)
		}
		longest := plan.Deadline - plan.Reserve
		for _, delay := range []time.Duration{longest, longest + time.Millisecond} {
			_, problems := drain.Settings{GracePeriod: grace, Delay: delay, DelayGiven: true}.Plan()
			if fits := len(problems) == 0; fits != (delay == longest) {
				t.Errorf("a delay of %v fits a grace period of %v: %t, want %t", delay, grace, fits, delay == longest)
			}
		}
	}
}

// inSeconds writes a duration as the table does: 113s, 1.25s.
func inSeconds(d time.Duration) string {
	return strconv.FormatFloat(d.Seconds(), 'f', -1, 64) + "s"
}
