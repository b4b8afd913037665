// Command summary runs go test and says honestly what came of it: every failure in full, a line per package,
// every skip under its reason, and the three counts as the last line.
//
// It decides what counts and what is allowed to be skipped. Which packages run, and with which flags, is for the
// caller: all arguments after -- go to go test -json as they are. With -part they are flags only, and the tests are
// those of the module in the working directory that a list of slow tests does not name (quick), or names (rest).
//
//	go run ./test/summary [-allow-skips FILE] [-part quick|rest -slow FILE] [-first COMMAND] [-again N] [-counts FILE] [-- GO TEST ARGUMENT...]
//
// With -again, tests that failed are run once more with nothing beside them, if they are N at most. Those that then pass
// count as passed; they are named, and what they printed stays.
//
// A test with subtests is counted by its subtests, and itself only when it failed or was skipped on its own account.
// A package that does not build, or fails outside any test, counts as one failure.
// The exit status is 0 only when tests ran, none failed, and none was skipped for a reason FILE does not list.
//
// Nothing of a run stays: when it ends, and on SIGINT or SIGTERM, what the tests started is killed and their
// temporary files are removed.
package main

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"slices"
	"strings"
	"sync"
	"syscall"
	"time"
)

func main() {
	os.Exit(summarize(os.Stdout, os.Args[1:]))
}

// settings are what the flags say.
type settings struct {
	allowed *allowList
	part    string
	slow    []slowTest
	first   string // a command that runs before the tests and outside of their time limit
	again   int    // how many failed tests are run once more, at most
	counts  string // a file: quick keeps its counts in it, and rest adds them to its own
}

// summarize does what the arguments say, with the report on w, and returns the exit status.
func summarize(w io.Writer, args []string) int {
	flags := flag.NewFlagSet("summary", flag.ContinueOnError)
	var s settings
	list := flags.String("allow-skips", "", "`file` of the reasons for which a test may be skipped; without it any may")
	flags.StringVar(&s.part, "part", everything, "the tests to run: quick or rest; without it what the arguments say")
	slow := flags.String("slow", "test/slow.txt", "`file` of the tests that are not quick")
	flags.StringVar(&s.first, "first", "", "`command` of the shell to run before the tests")
	flags.IntVar(&s.again, "again", 0, "run failed tests once more, alone, if they are `N` at most")
	flags.StringVar(&s.counts, "counts", "", "`file` in which quick keeps its counts, and rest finds them")
	if flags.Parse(args) != nil {
		return 2 // Parse has said why
	}
	var err error
	if s.allowed, err = readAllowed(*list); err == nil && s.part != everything {
		s.slow, err = readSlow(*slow)
	}
	if err == nil && !slices.Contains([]string{everything, quick, rest}, s.part) {
		err = fmt.Errorf("-part %q: want %s or %s", s.part, quick, rest)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "summary:", err)
		return 2
	}
	if !run(w, &s, flags.Args()) {
		return 1
	}
	return 0
}

// run executes go test, once or more, writes the report to w and reports whether all is well.
func run(w io.Writer, s *settings, args []string) bool {
	shop, err := newWorkshop()
	if err != nil {
		fmt.Fprintln(w, "summary:", err)
		return false
	}
	ctx, cancel := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	defer cancel()
	// ^C reaches what runs too, being in the same foreground group; SIGTERM to make reaches nothing but this process.
	context.AfterFunc(ctx, func() { shop.signal(syscall.SIGTERM) })

	t := tally{}
	var all []string
	if s.part != everything {
		all, err = modulePackages(".")
	}
	if err == nil && s.first != "" {
		err = shop.command(w, "sh", "-c", s.first).Run()
	}
	p, stop := startProgress(w)
	if err == nil && ctx.Err() == nil {
		err = atOnce(p, shop, &t, commands(s.part, s.slow, all, args))
	}
	if ctx.Err() == nil {
		t.again(s.again, func(second *tally, which ...string) error {
			return goTest(p, shop, second, append(flagsOf(args), which...))
		})
	}
	stop()
	if err != nil { // ^C may reach what runs before this process
		select {
		case <-ctx.Done():
		case <-time.After(300 * time.Millisecond):
		}
	}
	if ctx.Err() != nil {
		err = errors.Join(errors.New("interrupted"), err)
		shop.wait(patience)
	}
	if killed := shop.close(); len(killed) > 0 && ctx.Err() == nil {
		err = errors.Join(err, fmt.Errorf("left running after the tests, and killed: %s", strings.Join(killed, " ")))
	}
	return finish(w, &t, s, err)
}

// patience is how long what was interrupted may take to clean up before it is killed.
const patience = 20 * time.Second

// command returns a command with the workshop as its directory of temporary files.
func (w workshop) command(out io.Writer, name string, args ...string) *exec.Cmd {
	cmd := exec.Command(name, args...)
	cmd.Env, cmd.Stdout, cmd.Stderr = w.environ(), out, os.Stderr
	return cmd
}

// atOnce runs go test with each of several lists of arguments, side by side.
func atOnce(p *progress, shop workshop, t *tally, commands [][]string) error {
	tallies, errs := make([]tally, len(commands)), make([]error, len(commands))
	var all sync.WaitGroup
	for i, args := range commands {
		all.Go(func() { errs[i] = goTest(p, shop, &tallies[i], args) })
	}
	all.Wait()
	for i := range tallies {
		t.merge(&tallies[i])
	}
	return errors.Join(errs...)
}

// goTest runs go test once, adds what it prints to t, and returns what went wrong beside the tests that failed.
func goTest(p *progress, shop workshop, t *tally, args []string) error {
	cmd := shop.command(nil, "go", append([]string{"test", "-json"}, args...)...)
	stream, err := cmd.StdoutPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		return err
	}
	known := len(t.failures)
	readErr := t.read(stream, p.see, func(ended *packageRun) {
		var report bytes.Buffer // in one piece, whatever else is printed meanwhile
		printPackage(&report, ended)
		_, _ = report.WriteTo(p)
	})
	if err = cmd.Wait(); errors.As(err, new(*exec.ExitError)) && len(t.failures) > known {
		err = nil // they say why
	}
	return errors.Join(readErr, err)
}

// finish writes the end of the report and reports whether all is well. err is what go test itself came to: it fails
// without a failed test when the arguments or the module are wrong, and that must not read as success.
func finish(w io.Writer, t *tally, s *settings, err error) bool {
	if err != nil && len(t.failures) == 0 {
		t.failures = append(t.failures, "go test: "+err.Error())
	}
	refused := s.allowed.refuse(t.skips)
	ran := t.passed + len(t.failures)
	if ran == 0 {
		fmt.Fprintln(w, "\nno test ran")
	}
	printEnd(w, t, s.allowed, refused)
	if s.part == quick && s.counts == "" {
		printNotRun(w, ".", s.slow)
	}
	sum := counts{t.passed, len(t.failures), total(t.skips), ran > 0 && len(t.failures) == 0 && len(refused) == 0}
	switch {
	case s.counts == "":
		err = nil
	case s.part == quick:
		err = sum.write(s.counts)
	default:
		sum, err = sum.addTo(s.counts)
	}
	if err != nil {
		fmt.Fprintln(w, "summary: the counts of the other part:", err)
	}
	fmt.Fprintf(w, "\n%s\n", sum)
	return sum.ok && err == nil
}
