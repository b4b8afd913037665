// Command servers stops servers of Debian 12 under drainit and under tini, in real containers by a real docker stop, and
// writes down what their clients saw of it: docs/proof/servers.md.
//
// It decides what is asked and when, and judges: a verdict that differs from the committed document, or breaks a rule,
// is an error. Times are written down and not compared.
//
//	go run ./test/servers [-o docs/proof/servers.md] [-row nginx] [-parallel 3] [-v] [-drainit bin/drainit]
package main

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"strings"
	"syscall"
)

const documentPath = "docs/proof/servers.md"

type options struct {
	out, row, drainit string
	parallel          int
	verbose           bool
}

func main() {
	var o options
	flag.StringVar(&o.out, "o", "", "`file` to write the document to")
	flag.StringVar(&o.row, "row", "", "run only the rows with this `text` in their name")
	flag.IntVar(&o.parallel, "parallel", 3, "rows at a time")
	flag.BoolVar(&o.verbose, "v", false, "print the containers' logs")
	flag.StringVar(&o.drainit, "drainit", "bin/drainit", "the drainit to run")
	flag.Parse()

	interrupted := make(chan os.Signal, 1)
	signal.Notify(interrupted, syscall.SIGINT, syscall.SIGTERM)
	go func() {
		<-interrupted
		removeAll()
		os.Exit(1)
	}()
	err := o.run()
	removeAll()
	if err != nil {
		fmt.Fprintln(os.Stderr, "servers:", err)
		os.Exit(1)
	}
}

func (o options) run() error {
	if o.row != "" && o.out != "" {
		return errors.New("-o wants every row, so no -row")
	}
	chosen := named(o.row)
	if len(chosen) == 0 {
		return fmt.Errorf("-row %q: in no row's name", o.row)
	}
	document, err := os.ReadFile(documentPath)
	if err != nil && o.out == "" {
		return err
	}
	l := lab{network: fmt.Sprint("servers-", os.Getpid()), verbose: o.verbose}
	if l.images, err = buildImages(o.drainit); err != nil {
		return err
	}
	if _, err := docker("network", "create", "--internal", "--label", label, l.network); err != nil {
		return err
	}
	rows := l.runAll(chosen, o.parallel)
	for _, r := range rows {
		for _, line := range r.lines {
			fmt.Println(r.tableLine(line))
		}
	}
	if o.out != "" {
		return errors.Join(judge(rows), l.write(o.out, rows))
	}
	return errors.Join(judge(rows), same(rows, verdicts(string(document))))
}

func named(part string) []setup {
	var chosen []setup
	for _, s := range setups {
		if strings.Contains(s.name, part) {
			chosen = append(chosen, s)
		}
	}
	return chosen
}

// write makes the document, of rows that were measured whole.
func (l *lab) write(out string, rows []row) error {
	for _, r := range rows {
		for _, line := range r.lines {
			if line.err != nil {
				return errors.New(out + " is not written")
			}
		}
	}
	versions, err := l.images.versions()
	if err != nil {
		return err
	}
	return os.WriteFile(out, []byte(markdown(rows, versions)), 0o644)
}
