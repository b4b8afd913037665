package config

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"drainit/internal/drain"
)

func TestDrainDelay(t *testing.T) {
	for _, tt := range []struct {
		in   string
		want drain.Settings
		err  string
	}{
		{"auto", drain.Settings{}, ""},
		{"0", drain.Settings{DelayGiven: true}, ""},
		{"1s..15s", drain.Settings{DelayGiven: true, Delay: time.Second, DelayMax: 15 * time.Second}, ""},
		{"1 .. 1m", drain.Settings{DelayGiven: true, Delay: time.Second, DelayMax: time.Minute}, ""},
		{"0..2", drain.Settings{DelayGiven: true, DelayMax: 2 * time.Second}, ""},
		{"15s..1s", drain.Settings{}, "did you mean 1s..15s?"},
		{"5s..5s", drain.Settings{}, "write 5s"},
		{"..5s", drain.Settings{}, "before the dots: not a duration"},
		{"5s..", drain.Settings{}, "behind the dots: not a duration"},
		{"5s...9s", drain.Settings{}, "write two"},
		{"5x..9s", drain.Settings{}, `before the dots: unknown unit "x"; did you mean 5s?`},
		{"-1s..9s", drain.Settings{}, "before the dots: negative"},
	} {
		var c Config
		err := setDrainDelay(&c, tt.in)
		if tt.err != "" {
			if err == nil || !strings.Contains(err.Error(), tt.err) {
				t.Errorf("--drain-delay %s: error %v, want one that says %q", tt.in, err, tt.err)
			}
			continue
		}
		if err != nil || !reflect.DeepEqual(c.Settings, tt.want) {
			t.Errorf("--drain-delay %s: %+v, %v; want %+v", tt.in, c.Settings, err, tt.want)
		}
	}
}

func TestDrainUntil(t *testing.T) {
	for in, want := range map[string]string{"idel": "did you mean idle?", "ready": "write delay, idle or closed", "close": "did you mean closed?"} {
		if err := setDrainUntil(new(Config), in); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("--drain-until %s: error %v, want one that says %q", in, err, want)
		}
	}
}

// What waits for evidence needs an end, and says which setting gives one.
func TestEvidenceNeedsAnEnd(t *testing.T) {
	for _, args := range []string{"--drain-until idle", "--drain-until closed", "--drain-delay 1..5", "--drain-until idle --grace-period 30 --deadline off"} {
		_, _, err := Parse(append(strings.Fields(args), "x"), nil)
		if err == nil || !strings.Contains(err.Error(), "set --grace-period") || !strings.Contains(err.Error(), strings.Fields(args)[0]) {
			t.Errorf("%s: error %v, want one that names the flag and --grace-period", args, err)
		}
	}
	for _, args := range []string{"--drain-until delay", "--drain-until idle --grace-period 30", "--drain-until idle --deadline 5", "--drain-delay 1..5 --grace-period 30"} {
		mustParse(t, append(strings.Fields(args), "x"), nil)
	}
}
