package monitoring_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"drainit/internal/testkit"
)

// A panel is one of the dashboard's.
type panel struct {
	Title, Type string
	Targets     []struct{ Expr string }
}

func panels(t *testing.T) []panel {
	t.Helper()
	var dashboard struct{ Panels []panel }
	if err := json.Unmarshal([]byte(read(t, "dashboard.json")), &dashboard); err != nil {
		t.Fatal(err)
	}
	if len(dashboard.Panels) < 10 {
		t.Fatalf("%d panels, want ten or more", len(dashboard.Panels))
	}
	return dashboard.Panels
}

// mayBeEmpty are queries for what does not happen in this test's stop.
var mayBeEmpty = []string{"drainit_deadline_hit{"}

// The dashboard's queries, and the rules, with a Prometheus that has scraped two
// drainits every second, one of them with a front, through stops that cut a request
// each. What they leave behind has them stay for a few scrapes.
func TestDashboardThroughADrain(t *testing.T) {
	t.Parallel()
	b := newBox(t)
	mtail := startMtail(b)
	port, behind, front := testkit.FreePort(t), testkit.FreePort(t), testkit.FreePort(t)
	leaves := []string{"--", "sh", "-c", `sleep 0 & (trap "" TERM; exec sleep 1000) & exec "$@"`, "sh"}
	cut := startDrainit(b, "cut", testkit.PIDsCage(t, "500"), slices.Concat([]string{"--grace-period", "40s", "--drain-delay", "5s", "--sweep", "8s", "--ports", port},
		leaves, server("exit", port))...)
	fronted := startDrainit(b, "fronted", "", slices.Concat([]string{"--grace-period", "15s", "--sweep", "8s", "--front", "127.0.0.1:" + front + "=127.0.0.1:" + behind},
		leaves, server("exit", behind))...)
	began := time.Now()
	p := startPrometheus(b, job("drainit", "1s", map[string]string{"cut": cut.probe, "fronted": fronted.probe})+
		job("reports", "1s", map[string]string{"node": mtail}))
	soon(t, "everything was scraped twice", func() bool { return p.value("sum(count_over_time(up[1m]) > 1)") >= 6 && p.value("min(up)") == 1 })
	p.wantFiring("DrainitWarning", "reason", "variable ignored")
	for range 3 {
		get("http://127.0.0.1:" + front + "/")
	}
	for entry, port := range map[string]string{port: port, front: behind} {
		go get("http://127.0.0.1:" + entry + "/?response-time=59s") // in flight at the stop, and to be cut
		soon(t, "a request is in flight", func() bool {
			text, _ := get("http://127.0.0.1:" + port + "/healthz")
			return strings.Contains(text, "1 in flight")
		})
	}
	cut.stop()
	fronted.stop()
	<-cut.done
	<-fronted.done
	soon(t, "the reports were counted, and scraped", func() bool { return p.value("drainit_reports_total") == 2 })
	soon(t, "the processes are gone for Prometheus, too", func() bool { return p.value(`sum(up{job="drainit"})`) == 0 })

	for _, panel := range panels(t) {
		for _, target := range panel.Targets {
			expr := strings.NewReplacer("$job", ".*", "$instance", ".*", "$__rate_interval", "5s", "$__range", "5m").Replace(target.Expr)
			if strings.Contains(expr, "$") {
				t.Errorf("%s: a variable that Prometheus does not know: %s", panel.Title, expr)
				continue
			}
			result := p.overTime(expr, began)
			if panel.Type != "timeseries" {
				result = p.query(expr)
			}
			empty := slices.ContainsFunc(mayBeEmpty, func(part string) bool { return strings.Contains(expr, part) })
			if len(result) == 0 && !empty {
				t.Errorf("%s: no data for %s", panel.Title, expr)
			}
		}
	}
	for expr, want := range map[string]float64{
		`max_over_time(drainit_state{instance="cut",state="draining"}[5m])`: 1,
		`max_over_time(drainit_requests_cut_at_most{instance="cut"}[5m])`:   1,
		`max_over_time(drainit_requests_cut{instance="fronted"}[5m])`:       1,
		`min_over_time(drainit_ready{instance="cut"}[5m])`:                  0,
		`max_over_time(drainit_ready{instance="cut"}[5m])`:                  1,
		`max_over_time(drainit_pids_limit{instance="cut"}[5m])`:             500,
		`max_over_time(drainit_front_requests_total{code="2xx"}[5m])`:       3,
		`drainit_ready{instance="cut"}`:                                     -1, // it went with the process
	} {
		if got := p.value(expr); got != want {
			t.Errorf("%s is %v, want %v", expr, got, want)
		}
	}
	p.wantFiring("DrainitRequestsCut", "instance", "fronted")
	p.wantFiring("DrainitRequestsCut", "instance", "node")
}

// wantFiring wants an alert with a label.
func (p prometheus) wantFiring(alert, label, value string) {
	p.t.Helper()
	var data struct {
		Alerts []struct {
			Labels map[string]string
			State  string
		}
	}
	soon(p.t, fmt.Sprintf("%s fires, %s is %s", alert, label, value), func() bool {
		p.ask("alerts", nil, &data)
		for _, one := range data.Alerts {
			if one.State == "firing" && one.Labels["alertname"] == alert && one.Labels[label] == value {
				return true
			}
		}
		return false
	})
}
