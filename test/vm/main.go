// Command vm runs drainit on machines of other architectures and with other kernels: Debian's kernels under
// qemu-system, in which packages' tests and stories run, with drainit as PID 1 of a namespace and as the machine's
// /init. What came of it is written to docs/proof/where.md.
//
// Nothing is installed and no root is needed: packages are downloaded with Debian's apt and unpacked under .cache/vm. A
// machine's time goes by its instructions, so that a busy host fails nothing.
//
//	go run ./test/vm [-only 'arm64;amd64, sid'] [-tests conns,proc | -stories memory] [-o docs/proof/where.md] [-v]
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"slices"
	"strings"
	"syscall"
	"time"
)

type options struct {
	only, tests, stories, out string
	verbose                   bool
}

func main() {
	var o options
	flag.StringVar(&o.only, "only", "", "only these `machines`, of "+strings.Join(names(), "; ")+"; amd64 is all four")
	flag.StringVar(&o.tests, "tests", "", "only the tests of these `packages`, or none; in the document the others are \"not run\"")
	flag.StringVar(&o.stories, "stories", "", "only the stories with this `word` in their names, no tests, and nothing is written")
	flag.StringVar(&o.out, "o", "", "`file` to write the document to")
	flag.BoolVar(&o.verbose, "v", false, "print the consoles")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	err := o.run(ctx)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "vm:", err)
		os.Exit(1)
	}
}

func (o options) run(ctx context.Context) error {
	chosen, err := choose(o.only)
	if err != nil {
		return err
	}
	packages := tested
	if o.tests != "" {
		packages = strings.Split(o.tests, ",")
	}
	if o.stories != "" {
		packages, o.out = []string{"none"}, ""
	}
	l, err := newLab(ctx, ".", packages, o.verbose)
	if err != nil {
		return err
	}
	defer l.close()
	if o.stories != "" {
		l.starts = []start{{"rdinit=/guest STORIES=" + o.stories, "Power down", true}}
	}
	var results []result
	var records []record
	for _, m := range chosen {
		r := l.run(ctx, m)
		fmt.Println(r.line())
		results = append(results, r)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if o.out != "" && r.err == nil { // after each, since all take long
			records = append(records, recordOf(r, l.version, l.qemuVersion(), time.Now()))
			if err := write(o.out, records); err != nil {
				return err
			}
		}
	}
	return judge(results)
}

func names() []string { return namesOf(machines) }

func namesOf(list []machine) []string {
	var all []string
	for _, m := range list {
		all = append(all, m.name)
	}
	return all
}

// choose returns the machines of a list, each by its name or its architecture, in their own order.
func choose(only string) ([]machine, error) {
	if only == "" {
		return machines, nil
	}
	wanted := map[string]bool{}
	for part := range strings.SplitSeq(only, ";") { // names have commas
		part = strings.TrimSpace(part)
		if !slices.ContainsFunc(machines, func(m machine) bool { return m.name == part || m.goarch == part }) {
			return nil, fmt.Errorf("-only %q: no such machine; there are %s", part, strings.Join(names(), "; "))
		}
		wanted[part] = true
	}
	return slices.DeleteFunc(slices.Clone(machines), func(m machine) bool { return !wanted[m.name] && !wanted[m.goarch] }), nil
}
