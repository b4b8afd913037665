package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"time"
)

// drainSaid is what is read of /drain's answer.
type drainSaid struct {
	Child struct {
		Started time.Time `json:"started"`
	} `json:"child"`
	StopRequest *struct {
		SecondsAgo float64 `json:"seconds_ago"`
	} `json:"stop_request"`
	Timeline []struct {
		Event string   `json:"event"`
		After duration `json:"after"`
		Done  bool     `json:"done"`
	} `json:"timeline"`
	Connections struct {
		Arrived     *int      `json:"arrived"`
		LastArrival *duration `json:"last_arrival"`
	} `json:"connections"`
	Front *struct {
		Requests map[string]uint64 `json:"requests"`
		InFlight uint64            `json:"in_flight"`
	} `json:"front"`

	asked time.Time
	took  time.Duration
}

// duration is one as Go writes it.
type duration struct{ time.Duration }

func (d *duration) UnmarshalText(text []byte) (err error) {
	d.Duration, err = time.ParseDuration(string(text))
	return err
}

// t0 is when the stop was requested, by this clock and not that of the instance: at the
// earliest, which makes what is counted from it no shorter.
func (d drainSaid) t0() time.Time {
	return d.asked.Add(-time.Duration(d.StopRequest.SecondsAgo * float64(time.Second)))
}

// begun is how many requests the front has taken in.
func (d drainSaid) begun() uint64 {
	if d.Front == nil {
		return 0
	}
	n := d.Front.InFlight
	for _, requests := range d.Front.Requests {
		n += requests
	}
	return n
}

// answerMost bounds an answer of /drain in bytes.
const answerMost = 1 << 20

var drainClient = &http.Client{
	Timeout:   2 * time.Second,
	Transport: &http.Transport{DisableKeepAlives: true}, // no proxy
}

// askDrain asks a drainit for its state. asked and took are set even where it fails.
func askDrain(ctx context.Context, addr string) (said drainSaid, err error) {
	said.asked = time.Now()
	defer func() { said.took = time.Since(said.asked) }()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+addr+"/drain", nil)
	if err != nil {
		return said, err
	}
	response, err := drainClient.Do(request)
	if err != nil {
		return said, err
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return said, fmt.Errorf("status %d", response.StatusCode)
	}
	return said, json.NewDecoder(io.LimitReader(response.Body, answerMost)).Decode(&said)
}
