// Command bench measures what drainit costs next to the other inits installed here: in an image, at start and exit, in
// signals and orphans, at idle, in memory, and what a rollout loses under each.
//
// It decides how things are measured, so that a number means something on a noisy machine: every init is PID 1 of a
// namespace of its own, all take turns in random order within one run, and times are given as a ratio, over what the
// program costs without any init. It judges nothing: limits belong to make size and the tests.
//
//	go run ./test/bench [-o docs/proof/benchmarks.md] [-only size,start] [-rounds 240] [-idle 1m] [-orphans 100000]
//	    [-drainit bin/drainit]
package main

import (
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"time"

	"drainit/test/network"
)

func main() {
	step(os.Args[1:])
	var b bench
	out := flag.String("o", "", "`file` to write the report to, besides standard output")
	only := flag.String("only", "", "measure these `parts` alone, of "+partNames())
	drainit := flag.String("drainit", "bin/drainit", "the drainit to measure")
	flag.StringVar(&b.before, "before", "", "another drainit to measure in the same turns: the commit before's")
	flag.IntVar(&b.rounds, "rounds", 240, fmt.Sprintf("turns of each init for start and exit, in %d blocks; a third for signals", blocks))
	flag.DurationVar(&b.idle, "idle", time.Minute, "how long to count wake-ups")
	flag.IntVar(&b.orphans, "orphans", 100000, "orphans for each init to reap")
	flag.Parse()
	b.rounds = max(b.rounds, blocks)
	measured, err := chosen(*only)
	fail(err)

	if os.Getenv(apartVariable) == "" {
		fail(apart())
		return
	}
	fail(network.LoopbackUp())
	fail(b.run(*drainit, measured, *out))
}

func fail(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

// bench is what is measured, and how much of it.
type bench struct {
	inits    []contender // the reference first, drainit last
	before   string      // another drainit; "": none
	programs programs
	dir      string // for what is built
	rounds   int
	idle     time.Duration
	orphans  int
}

// withNone returns the inits and the program by itself.
func (b *bench) withNone() []contender { return append(slices.Clone(b.inits), none) }

// signalRounds is how many turns each init takes at signals: a third, as each has several.
func (b *bench) signalRounds() int { return max(b.rounds/3, blocks) }

// orphansATurn is how many orphans each init gets in each of as many turns as there are blocks.
func (b *bench) orphansATurn() int { return (b.orphans + blocks - 1) / blocks }

// run measures the parts and prints the report.
func (b *bench) run(drainit string, measured []part, out string) (err error) {
	if b.dir, err = os.MkdirTemp("", "bench"); err != nil {
		return err
	}
	defer os.RemoveAll(b.dir)
	if b.programs, err = buildPrograms(b.dir); err != nil {
		return err
	}
	if drainit, err = asInstalled(drainit, b.dir, drainitName); err != nil {
		return err
	}
	if b.inits, err = installed(drainit); err != nil {
		return err
	}
	if b.before != "" {
		path, err := asInstalled(b.before, b.dir, beforeName)
		if err != nil {
			return err
		}
		b.inits = slices.Insert(b.inits, len(b.inits)-1, contender{beforeName, path})
	}
	began := time.Now()
	r := report{bench: b}
	for _, p := range measured {
		fmt.Fprintf(os.Stderr, "%5.0fs  %s\n", time.Since(began).Seconds(), p.name)
		if err := p.run(b, &r); err != nil {
			return fmt.Errorf("%s: %w", p.name, err)
		}
	}
	fmt.Fprintf(os.Stderr, "%5.0fs  done\n", time.Since(began).Seconds())
	text := r.markdown()
	fmt.Print(text)
	if out == "" {
		return nil
	}
	return os.WriteFile(out, []byte(text+written(out)), 0o644)
}

// written is what test/frontbench has written into the report that is replaced.
func written(report string) string {
	old, err := os.ReadFile(report)
	if at := strings.Index(string(old), "<!-- front -->"); err == nil && at >= 0 {
		return "\n" + string(old[at:])
	}
	return ""
}
