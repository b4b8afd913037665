package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"time"

	"drainit/internal/testkit"
)

// The ways to stop a program.
const (
	without   = "neither"
	untilIdle = "`--drain-until idle`"
	withCheck = "`--idle-check`"
)

type way struct {
	name  string
	flags func(check string) []string
}

var ways = []way{
	{without, func(string) []string { return nil }},
	{untilIdle, func(string) []string { return []string{"--drain-until", "idle"} }},
	{withCheck, func(check string) []string { return []string{"--idle-check", check} }},
}

// stage is what trials are made with.
type stage struct{ drainit, self, dir string }

// trial is one stop of a program that works on something.
type trial struct {
	addr, file string
	cmd        *exec.Cmd
	said       *testkit.Output
	random     *rand.Rand

	mu     sync.Mutex
	begun  int
	done   int
	idleAt time.Time // when the last of it was done
}

// sum is what came of the stops of one program in one way.
type sum struct {
	program, way string
	stops, kept  int
	left         []time.Duration // from when it was idle, where everything was kept
	errs         []error
}

func (s sum) half() time.Duration { return s.at(len(s.left) / 2) }
func (s sum) most() time.Duration { return s.at(len(s.left) - 1) }

func (s sum) at(i int) time.Duration {
	if len(s.left) == 0 {
		return 0
	}
	return slices.Sorted(slices.Values(s.left))[i]
}

// all makes all trials, atOnce side by side.
func (s stage) all(ways []way, runs, atOnce int) []sum {
	sums := make([]sum, len(programs)*len(ways))
	places := make(chan struct{}, atOnce)
	var mu sync.Mutex
	var pending sync.WaitGroup
	for i, p := range programs {
		for j, w := range ways {
			to := &sums[i*len(ways)+j]
			to.program, to.way = p.name, w.name
			for n := range runs {
				pending.Go(func() {
					places <- struct{}{}
					defer func() { <-places }()
					kept, left, err := s.try(p, w, uint64(n))
					mu.Lock()
					defer mu.Unlock()
					to.stops++
					switch {
					case err != nil:
						to.errs = append(to.errs, err)
					case kept:
						to.kept++
						to.left = append(to.left, left)
					}
				})
			}
		}
	}
	pending.Wait()
	return sums
}

// longest bounds a trial, which waits for jobs of 20 s.
const longest = 2 * time.Minute

// try makes one trial.
func (s stage) try(p program, w way, seed uint64) (kept bool, left time.Duration, err error) {
	ctx, cancel := context.WithTimeout(context.Background(), longest)
	defer cancel()
	dir, err := os.MkdirTemp(s.dir, "idlecheck")
	if err != nil {
		return false, 0, err
	}
	defer os.RemoveAll(dir)
	addr, err := free()
	if err != nil {
		return false, 0, err
	}
	t := &trial{addr: addr, file: filepath.Join(dir, "busy"), said: &testkit.Output{}, random: rand.New(rand.NewPCG(19, seed))}
	log := &testkit.Output{}
	flags := slices.Concat([]string{"--grace-period", "60s", "--drain-delay", "1s", "--probe-addr", "off"}, p.flags, w.flags(p.check(t.addr, t.file)))
	t.cmd = exec.CommandContext(ctx, s.drainit, append(flags, "--", s.self, standIn, p.name, t.addr, t.file)...)
	t.cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	t.cmd.Stdout, t.cmd.Stderr = t.said, log
	t.cmd.WaitDelay = time.Second
	if err := t.cmd.Start(); err != nil {
		return false, 0, err
	}
	exited := make(chan time.Time, 1)
	go func() {
		_ = t.cmd.Wait()
		exited <- time.Now()
	}()
	if err := p.work(t); err != nil {
		_ = t.cmd.Process.Kill()
		<-exited
		return false, 0, fmt.Errorf("%w; its log: %s", err, log)
	}
	gone := <-exited
	if ctx.Err() != nil {
		return false, 0, fmt.Errorf("it did not end; its log: %s", log)
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.begun > 0 && t.begun == t.done, gone.Sub(t.idleAt), nil
}

// free is an address that nobody listens on.
func free() (string, error) {
	for range 100 {
		addr := fmt.Sprintf("127.0.0.1:%d", 20000+rand.IntN(12000))
		if l, err := net.Listen("tcp", addr); err == nil {
			return addr, l.Close()
		}
	}
	return "", errors.New("no port is free")
}

// stop asks for the stop.
func (t *trial) stop() error { return t.cmd.Process.Signal(syscall.SIGTERM) }

// finished notes that a piece of work was.
func (t *trial) finished() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.done++
	t.idleAt = time.Now()
}

// between is a length of time.
func (t *trial) between(least, most time.Duration) time.Duration {
	return least + time.Duration(t.random.Int64N(int64(most-least)))
}

// soon waits until something holds.
func soon(what string, holds func() bool) error {
	for until := time.Now().Add(testkit.Patience); time.Now().Before(until); time.Sleep(20 * time.Millisecond) {
		if holds() {
			return nil
		}
	}
	return fmt.Errorf("did not happen: %s", what)
}

// streams has two answers stream over HTTP/1.1 and two over one connection of HTTP/2, asks
// for the stop, and reads them to their end.
func (t *trial) streams() error {
	err := soon("it serves", func() bool {
		response, err := http.Get("http://" + t.addr + "/metrics")
		if err == nil {
			response.Body.Close()
		}
		return err == nil
	})
	if err != nil {
		return err
	}
	var h2 http.Protocols
	h2.SetUnencryptedHTTP2(true)
	second := &http.Client{Transport: &http.Transport{Protocols: &h2}}
	first := &http.Client{Transport: &http.Transport{}}
	var reading sync.WaitGroup
	defer reading.Wait()
	for _, client := range []*http.Client{first, first, second, second} {
		pause := t.between(200*time.Millisecond, 900*time.Millisecond)
		tokens := int(t.between(3*time.Second, 7*time.Second) / pause)
		response, err := client.Get(fmt.Sprintf("http://%s/stream?tokens=%d&pause=%v", t.addr, tokens, pause))
		if err != nil {
			return err
		}
		t.begun++
		reading.Go(func() {
			defer response.Body.Close()
			text, err := io.ReadAll(response.Body)
			if err == nil && bytes.HasSuffix(text, []byte(lastToken)) {
				t.finished()
			}
		})
	}
	return t.stop()
}

// jobs asks for the stop when the worker has begun some, and counts them at its end.
func (t *trial) jobs() error {
	if err := soon("it works", func() bool { return strings.Count(t.said.String(), "begun") >= workers }); err != nil {
		return err
	}
	time.Sleep(t.between(0, 3*time.Second))
	if err := t.stop(); err != nil {
		return err
	}
	for t.cmd.Process.Signal(syscall.Signal(0)) == nil { // until it is waited for
		text := t.said.String()
		t.mu.Lock()
		t.begun = strings.Count(text, "begun")
		if done := strings.Count(text, "done"); done != t.done {
			t.done, t.idleAt = done, time.Now()
		}
		t.mu.Unlock()
		time.Sleep(20 * time.Millisecond)
	}
	text := t.said.String()
	t.begun, t.done = strings.Count(text, "begun"), strings.Count(text, "done")
	return nil
}

// datagrams sends some, asks for the stop, and waits for the answers.
func (t *trial) datagrams() error {
	if err := soon("it listens", func() bool { return strings.Contains(t.said.String(), "listening") }); err != nil {
		return err
	}
	conn, err := net.Dial("udp", t.addr)
	if err != nil {
		return err
	}
	defer conn.Close()
	for range 4 {
		if _, err := fmt.Fprint(conn, t.between(3*time.Second, 7*time.Second)); err != nil {
			return err
		}
		t.begun++
	}
	if err := soon("it works", func() bool { _, err := os.Stat(t.file); return err == nil }); err != nil {
		return err
	}
	if err := t.stop(); err != nil {
		return err
	}
	_ = conn.SetReadDeadline(time.Now().Add(20 * time.Second))
	for range t.begun {
		if _, err := conn.Read(make([]byte, 100)); err != nil {
			return nil // refused: it has gone
		}
		t.finished()
	}
	return nil
}
