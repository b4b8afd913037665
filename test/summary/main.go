// Command summary runs go test and says honestly what came of it: every failure in full, a line per package,
// every skip under its reason, and the three counts as the last line.
//
// It decides what counts and what is allowed to be skipped. Which packages run, and with which flags, is for the
// caller: all arguments after -- go to go test -json as they are.
//
//	go run ./test/summary [-allow-skips FILE] [-- GO TEST ARGUMENT...]
//
// A test with subtests is counted by its subtests, and itself only when it failed or was skipped on its own account.
// A package that does not build, or fails outside any test, counts as one failure.
// The exit status is 0 only when tests ran, none failed, and none was skipped for a reason FILE does not list.
package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"syscall"
)

func main() {
	os.Exit(summarize(os.Stdout, os.Args[1:]))
}

// summarize does what the arguments say, with the report on w, and returns the exit status.
func summarize(w io.Writer, args []string) int {
	flags := flag.NewFlagSet("summary", flag.ContinueOnError)
	list := flags.String("allow-skips", "", "`file` of the reasons for which a test may be skipped; without it any may")
	if flags.Parse(args) != nil {
		return 2 // Parse has said why
	}
	allowed, err := readAllowed(*list)
	if err != nil {
		fmt.Fprintln(os.Stderr, "summary:", err)
		return 2
	}
	if !run(w, flags.Args(), allowed) {
		return 1
	}
	return 0
}

// run executes go test with args, writes the report to w and reports whether all is well.
func run(w io.Writer, args []string, allowed *allowList) bool {
	// ^C reaches go test too, being in the same foreground group. Outliving it leaves a report of what did run.
	signal.Notify(make(chan os.Signal, 1), syscall.SIGINT, syscall.SIGTERM)

	cmd := exec.Command("go", append([]string{"test", "-json"}, args...)...)
	cmd.Stderr = os.Stderr
	stream, err := cmd.StdoutPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		fmt.Fprintln(w, "summary:", err)
		return false
	}
	t := tally{}
	readErr := t.read(stream, func(p *packageRun) { printPackage(w, p) })
	return finish(w, &t, allowed, errors.Join(readErr, cmd.Wait()))
}

// finish writes the end of the report and reports whether all is well. err is what go test itself came to: it fails
// without a failed test when the arguments or the module are wrong, and that must not read as success.
func finish(w io.Writer, t *tally, allowed *allowList, err error) bool {
	if err != nil && len(t.failures) == 0 {
		t.failures = append(t.failures, "go test: "+err.Error())
	}
	refused := allowed.refuse(t.skips)
	ran := t.passed + len(t.failures)
	if ran == 0 {
		fmt.Fprintln(w, "\nno test ran")
	}
	printEnd(w, t, allowed, refused)
	return ran > 0 && len(t.failures) == 0 && len(refused) == 0
}
