package monitoring_test

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"drainit/internal/testkit"
)

// Stops within one scrape interval, of which each leaves its report at a real
// Pushgateway.
func TestPushgatewayHasEveryReport(t *testing.T) {
	t.Parallel()
	const stops = 10
	b := newBox(t)
	addr := "127.0.0.1:" + testkit.FreePort(t)
	b.start(b.command("prometheus-pushgateway", "--web.listen-address="+addr))
	metrics := func() string {
		text, _ := get("http://" + addr + "/metrics")
		return text
	}
	soon(t, "Pushgateway serves", func() bool { return metrics() != "" })
	for n := range stops {
		name := fmt.Sprint("app-", n)
		d := startDrainit(b, name, "", "--name", name, "--ports", "none", "--report", "pushgateway:http://"+addr, "--", "sleep", "1000")
		d.stop()
		<-d.done
	}
	text := metrics()
	host, _ := os.Hostname()
	for n := range stops {
		for _, metric := range []string{"status", "total_seconds", "deadline_hit", "stop_request_timestamp_seconds"} {
			if want := fmt.Sprintf("\ndrainit_report_%s{instance=%q,job=\"app-%d\"} ", metric, host, n); !strings.Contains(text, want) {
				t.Errorf("no %q in\n%s", want, text)
			}
		}
	}
}
