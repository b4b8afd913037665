package monitoring_test

import (
	"strings"
	"testing"
)

// Each rule fires on what it is for and on nothing else: promtool, with
// alerts_test.yaml. That has every rule.
func TestAlertRules(t *testing.T) {
	t.Parallel()
	b := newBox(t)
	b.copy("", "alerts.yaml", "alerts_test.yaml")
	out, err := b.command("promtool", "test", "rules", "alerts_test.yaml").CombinedOutput()
	if err != nil {
		t.Errorf("promtool: %v\n%s", err, out)
	}
	tests := read(t, "alerts_test.yaml")
	rules := 0
	for line := range strings.Lines(read(t, "alerts.yaml")) {
		if name, ok := strings.CutPrefix(strings.TrimSpace(line), "- alert: "); ok {
			rules++
			if !strings.Contains(tests, "alertname: "+name+"\n") {
				t.Errorf("%s is not tested", name)
			}
		}
	}
	if rules < 8 {
		t.Errorf("%d rules, want 8 or more: has their form changed?", rules)
	}
}

// What mtail makes of drain reports in both formats, behind what a container
// runtime puts before a line, and of other lines.
func TestReportsAreCounted(t *testing.T) {
	t.Parallel()
	b := newBox(t)
	b.copy("programs", "reports.mtail")
	b.write("log", strings.Join([]string{
		`drainit: time=2026-11-21T00:30:48.778Z level=INFO msg="stop requested" signal=SIGTERM hold=2.5s`,
		`drainit: time=2026-11-21T00:30:51.281Z level=INFO msg="drain report" request=SIGTERM total=2.503s hold=2.5s hold_rule="as given" deadline_hit=false leftovers_killed=false`,
		`2026-11-21T00:30:51.281Z stderr F drainit: time=2026-11-21T00:30:51.281Z level=WARN msg="drain report" total=65s hold=1m2.5s hold_rule=x deadline_hit=true leftovers_killed=true requests_cut=3`,
		`{"time":"2026-11-21T00:30:51.281Z","level":"WARN","msg":"drain report","total":"3s","hold":"250ms","hold_rule":"x","deadline_hit":true,"leftovers_killed":false,"requests_cut_at_most":4}`,
		`the program says "drain report"`,
	}, "\n")+"\n")
	out, err := b.command("mtail", "-progs", "programs", "-logs", "log", "-one_shot", "-one_shot_format", "prometheus", "-port", "0", "-address", "127.0.0.1").Output()
	if err != nil {
		t.Fatalf("mtail: %v\n%s", err, out)
	}
	for name, want := range map[string]string{
		"drainit_reports_total":                      "3",
		"drainit_reports_warned_total":               "2",
		"drainit_reports_deadline_hit_total":         "2",
		"drainit_reports_leftovers_killed_total":     "1",
		"drainit_reports_requests_cut_total":         "3",
		"drainit_reports_requests_cut_at_most_total": "4",
		"drainit_reports_hold_seconds_total":         "65.25",
	} {
		if line := name + `{prog="reports.mtail"} ` + want + "\n"; !strings.Contains(string(out), line) {
			t.Errorf("mtail does not say %s; it says\n%s", line, out)
		}
	}
}
