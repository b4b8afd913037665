package main

import (
	"bytes"
	"flag"
	"os"
	"testing"
	"time"

	"drainit/examples/load"
)

var update = flag.Bool("update", false, "rewrite testdata")

// someResults are the results of an invented run.
func someResults(now time.Time) []result {
	at := func(d time.Duration, how load.Outcome) loss { return loss{addr: "a", seen: now.Add(d), how: how} }
	c := cell{rule: byStop, mode: serverExits, lag: time.Second, response: 500 * time.Millisecond, hold: 5 * time.Second, grace: 30 * time.Second}
	exited, slept, drainitRan := c, c, c
	exited.lane, slept.lane, drainitRan.lane = bare, asleep, drained
	t0 := map[string]time.Time{"a": now}
	return []result{
		{cell: exited, t0: t0, took: 6200 * time.Millisecond, stops: []time.Duration{0, 20 * time.Millisecond}, counts: counts{
			sent: 1204, versions: map[string]int{oldVersion: 700, newVersion: 500},
			losses: []loss{at(990*time.Millisecond, load.Refused), at(10*time.Millisecond, load.Cut), at(20*time.Millisecond, load.Reset), at(10*time.Second, load.TimedOut)},
		}},
		{cell: slept, t0: t0, took: 18200 * time.Millisecond, stops: []time.Duration{5 * time.Second}, counts: counts{
			sent: 3800, versions: map[string]int{oldVersion: 1800, newVersion: 2000}}},
		{cell: drainitRan, t0: t0, took: 18300 * time.Millisecond, stops: []time.Duration{5100 * time.Millisecond}, counts: counts{
			sent: 3801, versions: map[string]int{oldVersion: 1800, newVersion: 2001}}},
	}
}

func TestTable(t *testing.T) {
	results := someResults(time.Unix(1000, 0))
	var got bytes.Buffer
	writeTable(&got, resultColumns(results), results)
	got.WriteString("\n")
	results[1].counts.losses = []loss{{addr: "", seen: time.Unix(1000, 0), how: load.Other}}
	writeTable(&got, append(sceneColumns[:], resultColumns(results)...), results)

	const golden = "testdata/table.txt"
	if *update {
		if err := os.WriteFile(golden, got.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got.Bytes(), want) {
		t.Errorf("table:\n%s\nwant, as in %s (go test -update rewrites it):\n%s", got.Bytes(), golden, want)
	}
}

func TestWindow(t *testing.T) {
	now := time.Unix(1000, 0)
	r := result{
		t0: map[string]time.Time{"a": now, "b": now.Add(10 * time.Second)},
		counts: counts{losses: []loss{
			{addr: "b", seen: now.Add(11 * time.Second)},
			{addr: "a", seen: now.Add(3 * time.Second)},
			{addr: "b", seen: now.Add(9 * time.Second)}, // before b's stop
			{addr: "c", seen: now},                      // never stopped
		}},
	}
	want := window{from: time.Second, to: 3 * time.Second, within: 2, outside: 2}
	if got := r.window(); got != want {
		t.Errorf("window %+v, want %+v", got, want)
	}
}
