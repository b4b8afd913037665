// Command drainlint judges Kubernetes manifests by the seven rules of uptime before they are applied. See usage, and
// docs/guides/drainlint.md.
package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"runtime"
	"slices"
	"strings"

	"drainit/cmd/drainlint/internal/manifest"
	"drainit/cmd/drainlint/internal/report"
	"drainit/cmd/drainlint/internal/rules"
)

// version is set by the linker.
var version = "0.1.0-dev"

// Exit statuses.
const (
	clean    = 0
	found    = 1
	unusable = 2
)

func main() { os.Exit(run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr)) }

// run does what the arguments say, and returns the exit status.
func run(args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	o, err := parse(args)
	switch {
	case errors.Is(err, flag.ErrHelp):
		fmt.Fprint(stdout, usage)
		return clean
	case err != nil:
		fmt.Fprintf(stderr, "drainlint: %v; drainlint -h lists the flags\n", err)
		return unusable
	case o.version:
		fmt.Fprintf(stdout, "drainlint %s %s %s/%s\n", version, runtime.Version(), runtime.GOOS, runtime.GOARCH)
		return clean
	case o.list:
		err = report.Checks(stdout)
	default:
		return judge(o, stdin, stdout, stderr)
	}
	if err != nil {
		fmt.Fprintln(stderr, "drainlint:", err)
		return unusable
	}
	return clean
}

// judge reads all files, and says what is found in those that can be read.
func judge(o options, stdin io.Reader, stdout, stderr io.Writer) int {
	set := manifest.New()
	status := clean
	complain := func(err error) {
		for line := range strings.SplitSeq(err.Error(), "\n") {
			fmt.Fprintln(stderr, "drainlint:", line)
		}
		status = unusable
	}
	for _, file := range o.files {
		if err := read(set, file, stdin); err != nil {
			complain(err)
		}
	}
	findings := slices.DeleteFunc(rules.Judge(set, o.Options),
		func(f rules.Finding) bool { return !o.says(f.Check.Level) })
	var err error
	if o.format == "sarif" {
		err = report.SARIF(stdout, version, status == clean, findings)
	} else {
		err = report.Text(stdout, set, findings)
	}
	if err != nil {
		complain(err)
	}
	if status == clean && len(findings) > 0 {
		return found
	}
	return status
}

func read(set *manifest.Set, file string, stdin io.Reader) error {
	if file == "-" {
		return set.Read(file, stdin)
	}
	f, err := os.Open(file)
	if err != nil {
		return err
	}
	defer f.Close()
	if info, err := f.Stat(); err == nil && info.IsDir() {
		return fmt.Errorf("%s: a directory; name its files, or pipe: kubectl kustomize %s | drainlint", file, file)
	}
	return set.Read(file, f)
}
