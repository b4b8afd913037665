package main

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"drainit/test/network"
)

// runInside is PID 1 of a room: it furnishes it, plays the scenario of the program that find knows, and prints the result.
func runInside(told, mnt string, find func(key string) (program, bool)) error {
	var r room
	if err := json.Unmarshal([]byte(told), &r); err != nil {
		return err
	}
	// What is handled here is reset at execve(2), what is ignored would stay so: a parent in the background has SIGINT
	// and SIGQUIT ignored.
	signal.Notify(make(chan os.Signal, 1))
	p, ok := find(r.Program)
	if !ok {
		return fmt.Errorf("no program %q", r.Program)
	}
	if err := errors.Join(network.LoopbackUp(), r.furnish(mnt)); err != nil {
		return err
	}
	s := stage{program: p.in(r.Suite), children: newChildren()}
	var err error
	if s.log, err = os.Create("/program.log"); err != nil {
		return err
	}
	go s.children.reap()
	if r.Scenario.Prepare {
		fmt.Println("{}") // nothing came of it
		return s.prepare()
	}
	res, err := s.play(r.Scenario)
	if err != nil {
		said, _ := os.ReadFile("/program.log")
		return fmt.Errorf("%w\n%s", err, tail(said))
	}
	return json.NewEncoder(os.Stdout).Encode(res)
}

// stage is where a program lives.
type stage struct {
	program  program
	children *children
	log      *os.File
	pid      int
	done     <-chan syscall.WaitStatus
}

func (s *stage) prepare() error {
	_, done, err := s.children.start([]string{"/bin/sh", "-ec", s.program.prepare}, "", nil, s.log)
	if err != nil {
		return err
	}
	if status := <-done; status != 0 {
		said, _ := os.ReadFile("/program.log")
		return fmt.Errorf("prepare: status %d\n%s", status.ExitStatus(), tail(said))
	}
	return nil
}

const startWithin = 60 * time.Second

func (s *stage) play(sc scenario) (result, error) {
	if err := serveBackend(); err != nil {
		return result{}, err
	}
	for _, beside := range s.program.beside {
		if _, _, err := s.children.start(beside, "", nil, s.log); err != nil {
			return result{}, err
		}
	}
	var err error
	if s.pid, s.done, err = s.children.start(s.program.commandLine(sc), s.program.user, s.program.env, s.log); err != nil {
		return result{}, err
	}
	if err := s.wait(); err != nil {
		return result{}, err
	}
	res := seen(s.pid)
	flight := make(chan answer, 1)
	if sc.Kept {
		kept, err := s.program.client.keep(s.children)
		if err != nil {
			return result{}, fmt.Errorf("the connection to be kept: %w", err)
		}
		defer kept.Close()
	}
	if sc.Request > 0 {
		lead := s.program.lead
		go func() { flight <- s.program.client.ask(s.children, sc.Request+int(lead.Seconds())) }()
		time.Sleep(gap + lead)
	} else {
		flight <- ""
	}
	s.signal(sc, &res, flight)
	if sc.Drainit {
		s.readLog(&res)
	}
	return res, nil
}

// wait returns when the program answers.
func (s *stage) wait() error {
	for deadline := time.Now().Add(startWithin); time.Now().Before(deadline); time.Sleep(100 * time.Millisecond) {
		select {
		case status := <-s.done:
			return fmt.Errorf("it ended while it started: %s", statusOf(status))
		default:
		}
		if s.program.client.ask(s.children, 0) == served {
			time.Sleep(s.program.settle)
			return nil
		}
	}
	return errors.New("it does not answer")
}

// signal sends the signals, and notes in res what follows.
func (s *stage) signal(sc scenario, res *result, flight chan answer) {
	for i, sig := range sc.Signals {
		if i > 0 {
			time.Sleep(cmp.Or(s.program.gap, gap))
		}
		_ = syscall.Kill(s.pid, sig)
	}
	last := time.Now()
	var fresh []chan answer
	if sc.Fresh {
		for _, after := range []time.Duration{250 * time.Millisecond, 1200 * time.Millisecond} {
			c := make(chan answer, 1)
			fresh = append(fresh, c)
			time.AfterFunc(after, func() { c <- s.program.client.ask(s.children, 0) })
		}
	}
	select {
	case status := <-s.done:
		res.Ended, res.Status, res.Seconds = true, statusOf(status), time.Since(last).Seconds()
		time.Sleep(100 * time.Millisecond)
		res.Left = s.children.left() - len(s.program.beside)
	case <-time.After(time.Duration(sc.Watch) * time.Second):
	}
	switch {
	case sc.Request >= long: // how it ended is what was asked
	case res.Ended:
		select {
		case res.Answer = <-flight:
		case <-time.After(200 * time.Millisecond):
			res.Answer, res.Orphaned = <-flight, true
		}
	default:
		res.Serves = s.program.client.ask(s.children, 0) == served
		select {
		case res.Answer = <-flight:
		default:
			res.Answer = late
		}
	}
	for _, c := range fresh {
		res.New = append(res.New, <-c)
	}
}

// seen is how /proc shows the program.
func seen(pid int) result {
	dir := "/proc/" + strconv.Itoa(pid)
	comm, _ := os.ReadFile(filepath.Join(dir, "comm"))
	cmdline, _ := os.ReadFile(filepath.Join(dir, "cmdline"))
	argv := strings.Split(strings.TrimRight(string(cmdline), "\x00"), "\x00")
	return result{Comm: strings.TrimSuffix(string(comm), "\n"), Argv: argv}
}

func statusOf(status syscall.WaitStatus) string {
	if status.Signaled() {
		return "SIG" + short(status.Signal())
	}
	return strconv.Itoa(status.ExitStatus())
}
