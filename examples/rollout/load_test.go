package main

import (
	"testing"
	"time"

	"drainit/examples/load"
)

func TestLoadCountsAnEmptyTable(t *testing.T) {
	var count tally
	send, done := sender(false, new(routes), &count)
	defer done()
	send(time.Now().Add(time.Second))
	if got := count.now(); len(got.losses) != 1 || got.losses[0].how != load.Other {
		t.Errorf("losses %v, want one of kind %v", got.losses, load.Other)
	}
}
