// Idlecheck stops programs that work on something the kernel does not show, each many
// times, side by side: under drainit with --idle-check, with --drain-until idle alone, and
// with neither. It says in how many stops everything that was begun was finished, and how
// long after that the program was left.
//
//	go run ./test/idlecheck -runs 20 -w docs/proof/idle-checks.md
//
// The programs are stand-ins, parts of this one: a server that streams slowly and has the
// metrics of an inference server, a queue's worker, a server of UDP.
package main

import (
	"flag"
	"fmt"
	"os"

	"drainit/test/markdown"
)

// standIn is the first argument of this program where it is a stand-in.
const standIn = "stand-in"

func main() {
	if len(os.Args) > 2 && os.Args[1] == standIn {
		fmt.Fprintln(os.Stderr, play(os.Args[2], os.Args[3:]))
		os.Exit(1)
	}
	runs := flag.Int("runs", 20, "stops of each program in each way")
	atOnce := flag.Int("at-once", 40, "stops at the same time")
	drainit := flag.String("drainit", "bin/drainit", "drainit's binary")
	into := flag.String("w", "", "also write the table into this `document`")
	flag.Parse()
	self, err := os.Executable()
	if err == nil {
		err = measure(stage{drainit: *drainit, self: self, dir: os.TempDir()}, *runs, *atOnce, *into)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "idlecheck:", err)
		os.Exit(1)
	}
}

func measure(s stage, runs, atOnce int, into string) error {
	sums := s.all(ways, runs, atOnce)
	text := table(sums)
	fmt.Print(text)
	if into != "" {
		if err := markdown.Rewrite(into, map[string]string{"idle checks": text}); err != nil {
			return err
		}
	}
	return failures(sums)
}

// table is what came of all.
func table(sums []sum) string {
	rows := [][]string{{"program", "the check"}}
	for _, w := range ways {
		rows[0] = append(rows[0], w.name)
	}
	rows[0] = append(rows[0], "left after, half and most")
	for _, p := range programs {
		row := []string{p.name, "`" + p.shown + "`"}
		for _, s := range sums {
			if s.program != p.name {
				continue
			}
			row = append(row, fmt.Sprintf("%d of %d", s.kept, s.stops))
			if s.way == withCheck {
				row = append(row, fmt.Sprintf("%.1f s, %.1f s", s.half().Seconds(), s.most().Seconds()))
			}
		}
		rows = append(rows, row)
	}
	return markdown.Table(rows)
}

// failures are trials that could not be made.
func failures(sums []sum) error {
	for _, s := range sums {
		if len(s.errs) > 0 {
			return fmt.Errorf("%s, %s: %w", s.program, s.way, s.errs[0])
		}
	}
	return nil
}
