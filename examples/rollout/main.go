// Command rollout demonstrates what drainit is for. It plays a rolling restart
// of three replicas of the example server, real processes on real sockets of
// this machine, while clients connect at a fixed rate through routes that follow
// late, and counts what the clients lose: with the server by itself, on a
// platform with a preStop sleep, and under drainit.
//
// It plays the platform (stop request, grace period, SIGKILL), the balancer (a
// table of routes and its two rules) and the clients. The server and drainit are
// programs it starts and signals, each replica as PID 1 of a PID namespace of
// its own where the kernel allows it. It needs no Docker and no network but the
// loopback.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"drainit/examples/internal/console"
	"drainit/examples/internal/page"
)

func main() {
	if status, ok := step(os.Args[1:]); ok {
		os.Exit(status)
	}
	os.Exit(demonstrate(os.Args[1:], os.Stdout))
}

// demonstrate is the program: it returns the exit status, 0 if what was to be
// shown was shown, 1 if not or if it could not be played, 2 for a wrong command
// line.
func demonstrate(args []string, out *os.File) int {
	s, err := parse(args, os.Stderr)
	switch {
	case errors.Is(err, flag.ErrHelp):
		return 0
	case err != nil:
		fmt.Fprintln(os.Stderr, "rollout:", strings.ReplaceAll(err.Error(), "\n", "\nrollout: "))
		return 2
	}
	file, err := page.Open(s.report)
	if err != nil {
		fmt.Fprintln(os.Stderr, "rollout:", err)
		return 2
	}
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	scenes, err := s.play(ctx, console.New(out))
	if err != nil {
		fmt.Fprintln(os.Stderr, "rollout:", err)
		return 1
	}
	status := s.conclude(out, console.PaperOf(out), scenes)
	if err := report(scenes, suggestions(scenes, s.self()), punctuality(all(scenes))).Into(file); err != nil {
		fmt.Fprintf(os.Stderr, "rollout: -report %s: %v\n", s.report, err)
		return 1
	}
	if file != nil {
		fmt.Fprintln(out, "\nThe same as a page to look at:", s.report)
	}
	return status
}

// play plays the scenes that the settings ask for.
func (s settings) play(ctx context.Context, screen *console.Console) ([]scene, error) {
	dir, err := os.MkdirTemp("", "rollout-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	if s.server == "" {
		screen.Print("building the example server ...")
	}
	programs, err := s.find(ctx, dir)
	if err != nil {
		return nil, err
	}
	st := &stage{binaries: programs, isolation: bestIsolation(programs.self), console: screen, verbose: s.verbose}
	// Anywhere, so that two demonstrations at the same time stay out of each
	// other's way: a port freed by one and taken by the other would answer.
	st.ports.next = rand.IntN(lastPort - firstPort)
	if st.isolation == plain {
		adoptOrphans()
		defer killOrphans()
	}
	scenes := s.scenes()
	for i := range scenes {
		playing := &scenes[i]
		cells := playing.cells()
		if s.demo {
			screen.Print(fmt.Sprintf("\nscene %d of %d, about %.0fs", i+1, len(scenes), longest(cells).Seconds()))
		}
		screen.Print(playing.title(len(cells), st.isolation))
		results, err := st.play(ctx, cells, s.atOnce, s.drawn())
		if err != nil {
			return nil, err
		}
		playing.results = sums(results, s.rollouts)
	}
	return scenes, nil
}

// title says what is about to be played.
func (s settings) title(rollouts int, i isolation) string {
	what := fmt.Sprintf("%d rollouts of %d replicas, %d at a time", rollouts, replicas, s.atOnce)
	if s.full {
		return fmt.Sprintf("%s; each replica is %v", what, i)
	}
	if s.rollouts == 1 {
		what = fmt.Sprintf("rolling restart of %d replicas", replicas)
	}
	c := s.cell
	return fmt.Sprintf("%s; routes by %s, %v late; the server answers after %v and on SIGTERM: %s\n%d %s a second; each replica is %v",
		what, c.rule, c.lag, c.response, c.mode, c.rate, c.load(), i)
}

// conclude prints what the scenes came to, what shows it and what is to be said
// against it, and returns the exit status.
func (s settings) conclude(w io.Writer, paper console.Paper, scenes []scene) int {
	var against []string
	for _, played := range scenes {
		if !s.demo {
			played.writeTable(w)
		}
		if s.drawn() {
			played.writeEnding(w, paper)
		}
		against = append(against, played.against()...)
	}
	if s.drawn() {
		fmt.Fprintln(w)
		for _, played := range scenes {
			fmt.Fprint(w, paper.Wrap("", played.inShort()))
		}
		fmt.Fprint(w, paper.Wrap("", expected(against)), paper.Wrap("", punctuality(all(scenes))))
		writeSuggestions(w, paper, suggestions(scenes, s.self()))
	}
	for _, text := range against {
		fmt.Fprintln(w, "rollout:", text)
	}
	if len(against) > 0 {
		return 1
	}
	return 0
}

// writeTable prints the table of results, and what it shows.
func (s scene) writeTable(w io.Writer) {
	columns, shown := resultColumns(s.results), []string(nil)
	if s.full {
		columns, shown = append(sceneColumns[:], columns...), cures(s.results)
	}
	fmt.Fprintln(w)
	writeTable(w, columns, s.results)
	fmt.Fprintf(w, "\n%s", legend)
	if !s.drawn() {
		fmt.Fprintln(w, punctuality(s.results))
	}
	if s.rollouts > 1 {
		fmt.Fprintf(w, "each row is %d rollouts: requests are their sum, stop and rollout their mean\n", s.rollouts)
	}
	for _, text := range shown {
		fmt.Fprintln(w, text)
	}
}

// against is what is to be said against the scene's results.
func (s scene) against() []string {
	if s.full {
		return surprises(s.results)
	}
	return objections(s.results)
}
