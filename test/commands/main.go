// Command commands takes the commands out of the documents and examples and says, by the table in commands.tsv, who
// runs each of them. Those that no other test runs it runs itself, in a fresh clone, one after the other as they stand
// in their document.
//
//	go run ./test/commands                        what is not in the table, and what is in the table alone
//	go run ./test/commands -update                the same; docs/commands.md is written, rows that nobody needs go
//	go run ./test/commands -run [DOCUMENT...]     runs what these documents have
//	go run ./test/commands -run -fresh -log FILE  the same with empty Go caches, make demo and make test included
//
// It is run in the top directory of a checkout. What it runs is the last commit.
package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"strings"

	"drainit/test/markdown"
)

const (
	tableFile = "test/commands/commands.tsv"
	page      = "docs/commands.md"
)

func main() {
	update := flag.Bool("update", false, "rewrite the table in docs/commands.md and drop rows that no document needs")
	run := flag.Bool("run", false, "run the commands of the documents that are named, or of all")
	fresh := flag.Bool("fresh", false, "with -run: empty Go caches, and the commands that .ci/run runs, too")
	log := flag.String("log", "", "with -run: `file` to write what is printed to, too")
	flag.Parse()
	if err := do(*update, *run, *fresh, *log, flag.Args()); err != nil {
		fmt.Fprintln(os.Stderr, "commands:", err)
		os.Exit(1)
	}
}

func do(update, run, fresh bool, log string, chosen []string) error {
	rows, err := readTable(tableFile)
	if err != nil {
		return err
	}
	all, err := extractAll(".")
	if err != nil {
		return err
	}
	if run {
		return logged(log, func(out io.Writer) error { return runDocuments(out, rows, all, chosen, fresh) })
	}
	unknown, unused := compare(rows, all)
	for _, c := range unknown {
		fmt.Printf("%s\t?\t%s\n", c.text, c.document)
	}
	if !update {
		for _, r := range unused {
			fmt.Println("no document has:", r.text)
		}
		return nil
	}
	if err := drop(unused); err != nil {
		return err
	}
	return markdown.Rewrite(page, map[string]string{"commands": markdown.Table(rendered(rows, all))})
}

// logged calls run with standard output, to which a file is added if one is named.
func logged(file string, run func(io.Writer) error) error {
	if file == "" {
		return run(os.Stdout)
	}
	f, err := os.Create(file)
	if err != nil {
		return err
	}
	return errors.Join(run(io.MultiWriter(os.Stdout, f)), f.Close())
}

// drop takes rows out of the table, and leaves its comments.
func drop(unused []row) error {
	text, err := os.ReadFile(tableFile)
	if err != nil {
		return err
	}
	var kept strings.Builder
	for line := range strings.Lines(string(text)) {
		used := true
		for _, r := range unused {
			used = used && !strings.HasPrefix(line, r.text+"\t")
		}
		if used {
			kept.WriteString(line)
		}
	}
	return os.WriteFile(tableFile, []byte(kept.String()), 0o644)
}
