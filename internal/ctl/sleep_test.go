package ctl

import (
	"testing"
	"testing/synctest"
	"time"
)

func TestCtlSleep(t *testing.T) {
	for arg, want := range map[string]time.Duration{"10": 10 * time.Second, "10s": 10 * time.Second, "1.5": 1500 * time.Millisecond, "0": 0, "2h": 2 * time.Hour} {
		synctest.Test(t, func(t *testing.T) {
			before := time.Now()
			got := callCtl(t, elsewhere(), nil, "sleep", arg)
			if slept := time.Since(before); slept != want || got != (said{}) {
				t.Errorf("sleep %s: %+v after %v, want nothing said after %v", arg, got, slept, want)
			}
		})
	}
}
