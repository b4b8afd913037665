package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"syscall"
	"time"

	"drainit/test/network"

	"golang.org/x/sys/unix"
)

// serverAddr is where the server listens, in a network namespace of its own.
const serverAddr = "127.0.0.1:8080"

// stop is one stop of one server under load. Times are from T0, when the platform begins it.
type stop struct {
	Argv  []string      // what is PID 1
	Sleep time.Duration // until SIGTERM, as with a preStop hook
	Lag   time.Duration // until the routes lead elsewhere
	Warm  time.Duration // of load before T0

	Rate  int      // new connections a second, at random
	Paths []string // what they ask for, by turns

	Kept  int           // connections on which requests follow each other
	Think time.Duration // between a response and the next request on those
}

// load is about how many requests a second there are.
func (s stop) load() int {
	const answer = 100 * time.Millisecond // as long as measureBusy has its server take
	return s.Rate + int(float64(s.Kept)/(answer+s.Think).Seconds())
}

// outcome is what became of it.
type outcome struct {
	Requests  int            // begun after T0
	Lost      map[string]int // of all, by what they asked for
	Hold      time.Duration  // until the stop signal
	Exit      time.Duration  // until the end
	HoldEnded string         // why, as drainit says; "" without drainit
	Cut       *int           // requests, as drainit counted; nil without
	CutAtMost *int           // instead, where the kernel did not tell
	Late      time.Duration  // the most by which a request began after its instant
}

func (o outcome) lost() int {
	n := 0
	for _, lost := range o.Lost {
		n += lost
	}
	return n
}

// loadOver is what a stage says once it makes no load any more.
const loadOver = "load over"

// playStop plays the stop in args[0], in the network namespace it finds itself in, and prints the outcome.
func playStop(args []string) error {
	var s stop
	if err := json.Unmarshal([]byte(args[0]), &s); err != nil {
		return err
	}
	if err := network.LoopbackUp(); err != nil {
		return err
	}
	o, err := s.play()
	if err != nil {
		return err
	}
	return json.NewEncoder(os.Stdout).Encode(o)
}

func (s stop) play() (outcome, error) {
	cmd := asPID1(s.Argv)
	var said strings.Builder
	cmd.Stderr = &said
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		return outcome{}, err
	}
	if err := cmd.Start(); err != nil {
		return outcome{}, err
	}
	if line, err := bufio.NewReader(stdout).ReadString('\n'); err != nil || !strings.HasPrefix(line, "ready") {
		return outcome{}, fmt.Errorf("the server said %q, %v; %s", line, err, said.String())
	}
	go io.Copy(io.Discard, stdout)

	l := newLoad(s)
	time.Sleep(s.Warm)
	t0 := time.Now()
	l.stopAt(t0, t0.Add(s.Lag))
	time.Sleep(s.Sleep)
	if err := cmd.Process.Signal(unix.SIGTERM); err != nil {
		return outcome{}, err
	}
	l.newOnesOver.Wait()
	if s.Kept == 0 {
		fmt.Println(loadOver)
	}
	err = cmd.Wait()
	exit := time.Since(t0)
	if cmd.ProcessState.Sys().(syscall.WaitStatus).ExitStatus() < 0 {
		return outcome{}, errors.Join(err, errors.New(said.String()))
	}
	o := l.outcome()
	o.Hold, o.Exit = s.Sleep, exit
	o.read(said.String())
	return o, nil
}

// read takes in what drainit reported, if it was there.
func (o *outcome) read(said string) {
	for line := range strings.Lines(said) {
		var report struct {
			Msg       string
			Hold      float64 `json:"hold_seconds"`
			HoldEnded string  `json:"hold_ended"`
			Cut       *int    `json:"requests_cut"`
			CutAtMost *int    `json:"requests_cut_at_most"`
		}
		if json.Unmarshal([]byte(line), &report) != nil || report.Msg != "drain report" {
			continue
		}
		o.HoldEnded, o.Cut, o.CutAtMost = report.HoldEnded, report.Cut, report.CutAtMost
		o.Hold = time.Duration(report.Hold * float64(time.Second))
	}
}
