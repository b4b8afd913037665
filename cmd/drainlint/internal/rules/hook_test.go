package rules

import (
	"testing"
	"time"
)

func TestHooks(t *testing.T) {
	for _, tt := range []struct {
		command []string
		takes   time.Duration
		whole   bool
		quits   string
	}{
		{[]string{"sleep", "61"}, 61 * time.Second, true, ""},
		{[]string{"/bin/sleep", "1m"}, time.Minute, true, ""},
		{[]string{"sleep", "$WAIT"}, 0, false, ""},
		{[]string{"/drainit", "ctl", "sleep", "1m5s"}, 65 * time.Second, true, ""},
		{[]string{"sh", "-c", "sleep 15"}, 15 * time.Second, true, ""},
		{[]string{"/bin/sh", "-ec", " exec /bin/sleep 2.5 "}, 2500 * time.Millisecond, true, ""},
		{[]string{"bash", "-c", "sleep 5 && nginx -s quit"}, 5 * time.Second, false, ""},
		{[]string{"sh", "-c", "sleep 5; kill 1; sleep 3"}, 8 * time.Second, false, ""},
		{[]string{"sh", "-c", "nginx -s quit; while killall -0 nginx; do sleep 1; done"}, 0, false, "nginx -s quit"},
		{[]string{"sh", "-c", "kill -QUIT 1; sleep 10"}, 10 * time.Second, false, "kill -QUIT 1"},
		{[]string{"sh", "-c", "while kill -0 1; do sleep 1; done"}, 0, false, ""},
		{[]string{"sh", "-c", "sleepy 10"}, 0, false, ""},
		{[]string{"apachectl", "-k", "graceful-stop"}, 0, false, "apachectl -k graceful-stop"},
		{[]string{"nodetool", "drain"}, 0, false, ""},
		{[]string{"sleep"}, 0, false, ""},
		{nil, 0, false, ""},
	} {
		takes, whole, quits := reads(tt.command)
		if takes != tt.takes || whole != tt.whole || quits != tt.quits {
			t.Errorf("%q: takes %v, whole %v, quits %q; want %v, %v, %q", tt.command, takes, whole, quits, tt.takes, tt.whole,
				tt.quits)
		}
	}
}
