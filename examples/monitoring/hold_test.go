package monitoring_test

import (
	"strings"
	"testing"

	"drainit/internal/testkit"
)

// What a Prometheus that scrapes every 15 s sees of a stop, of which the usual hold
// takes 5 s: of one that begins after a scrape, nothing, and the process takes its
// gauges along. A hold of 20 s is seen whenever it begins, and so is one of 5 s where
// that target is scraped every 2 s. The log has every stop, and what counts its
// reports keeps them. Nothing is scaled.
func TestHoldBetweenScrapes(t *testing.T) {
	t.Parallel()
	b := newBox(t)
	mtail := startMtail(b)
	began := func(name, hold string) *drained {
		port := testkit.FreePort(t)
		return startDrainit(b, name, "", append([]string{"--grace-period", "90s", "--drain-delay", hold, "--ports", port, "--"}, server("drain", port)...)...)
	}
	all := map[string]*drained{"short": began("short", "5s"), "long": began("long", "20s"), "often": began("often", "5s")}
	p := startPrometheus(b, job("slow", "15s", map[string]string{"short": all["short"].probe, "long": all["long"].probe})+
		job("fast", "2s", map[string]string{"often": all["often"].probe})+
		job("reports", "15s", map[string]string{"node": mtail}))
	soon(t, "everything was scraped", func() bool { return p.value("count(up == 1)") == 4 })
	all["long"].stop()
	all["often"].stop()
	const scraped = `timestamp(drainit_build_info{instance="short"})`
	before := p.value(scraped)
	soon(t, "a scrape of short", func() bool { return p.value(scraped) > before })
	all["short"].stop()
	for name, d := range all {
		<-d.done
		if !strings.Contains(read(t, d.log), `msg="drain report"`) {
			t.Errorf("%s: no drain report in the log", name)
		}
	}
	soon(t, "they are gone for Prometheus, too", func() bool { return p.value("sum(up)") == 1 })
	soon(t, "the reports were scraped", func() bool { return p.value("drainit_reports_total") == 3 })
	for name, seen := range map[string]bool{"short": false, "long": true, "often": true} {
		expr := `max_over_time(drainit_stop_request_timestamp_seconds{instance="` + name + `"}[5m])`
		if got := p.value(expr); got < 0 || (got > 0) != seen {
			t.Errorf("%s: the time of the stop request is %v, want it seen: %v", name, got, seen)
		}
		if got := p.query(`drainit_stop_request_timestamp_seconds{instance="` + name + `"}`); len(got) != 0 {
			t.Errorf("%s: still there without a range, %v", name, got)
		}
	}
	if got := p.value("drainit_reports_hold_seconds_total"); got < 29 || got > 40 {
		t.Errorf("held for %v s by the log, want 30", got)
	}
}
