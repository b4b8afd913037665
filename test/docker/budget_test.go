package docker_test

import (
	"cmp"
	"io"
	"net/http"
	"os"
	"strings"
	"testing"
)

// TestStopBudget: with the one number, a server whose request does not end stops by itself,
// before its fast signal, as docs/concepts.md says of it. BUDGET_GRACES is other grace
// periods, such as "120", with which it takes that long.
func TestStopBudget(t *testing.T) {
	haproxy := []string{"sh", "-c", "lighttpd -f /etc/lighttpd/backend.conf; exec haproxy -db -f /etc/haproxy/haproxy-budget.cfg"}
	for name, command := range map[string][]string{
		"nginx":    {"nginx", "-g", "daemon off; worker_shutdown_timeout {stop_budget}s;"},
		"haproxy":  haproxy,
		"gunicorn": {"gunicorn", "--bind", ":8080", "--graceful-timeout", "{stop_budget}", "--chdir", "/srv", "app:application"},
	} {
		for grace := range strings.FieldsSeq(cmp.Or(os.Getenv("BUDGET_GRACES"), "10 30")) {
			t.Run(name+" "+grace, func(t *testing.T) {
				t.Parallel()
				flags := append(publish(serverPort), "--stop-signal", "SIGTERM", "-e", "DRAINIT_GRACE_PERIOD="+grace, "-e", "DRAINIT_EXPAND=true")
				c := start(t, image(t, usersImage), flags, command...)
				server := c.url(serverPort)
				eventually(t, "the server answers", func() bool { status, _ := get(server + "/small"); return status == 200 })
				response, err := http.Get(server + "/slower")
				if err != nil {
					t.Fatal(err)
				}
				defer response.Body.Close()
				if _, err := io.ReadFull(response.Body, make([]byte, 100)); err != nil {
					t.Fatal(err)
				}
				c.stop("--time", "150")
				_, log := c.logs()
				for _, unwanted := range []string{"next signal sent", "deadline hit"} {
					if strings.Contains(log, unwanted) {
						t.Errorf("it did not end by itself: %s\n%s", unwanted, log)
					}
				}
				if !strings.Contains(log, "drain report") || strings.Contains(log, "hold=0s") {
					t.Errorf("want a report of a stop that was held:\n%s", log)
				}
			})
		}
	}
}
