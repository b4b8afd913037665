// Command runtimes runs drainit under container runtimes, service managers and other inits, each from Debian's packages
// in a root of its own, and tries features in each. What came of it is written to docs/proof/where.md.
//
// Nothing is installed on the machine: roots are made by debootstrap(8) and kept under .cache/runtimes. A runtime is tried
// in namespaces and cgroups of its own, which end with it. It takes root, debootstrap, cgroup version 1, and for its own
// rows the machine's Docker.
//
//	go run ./test/runtimes [-only "gVisor;LXC"] [-features hold,ctl] [-o docs/proof/where.md] [-v]
package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	goruntime "runtime"
	"slices"
	"strings"
	"syscall"
	"time"
)

type options struct {
	only, features, out string
	verbose             bool
}

func main() {
	if inRoom() {
		exit(stage(os.Args[1], os.Args[2], os.Args[3]))
	}
	var o options
	flag.StringVar(&o.only, "only", "", "only `runtimes` with one of these texts in their names, which are "+strings.Join(names(), "; "))
	flag.StringVar(&o.features, "features", "", "only these `features`, and nothing is written")
	flag.StringVar(&o.out, "o", "", "`file` to write the document to")
	flag.BoolVar(&o.verbose, "v", false, "print what containers write")
	flag.Parse()
	exit(o.run())
}

func exit(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, "runtimes:", err)
		os.Exit(1)
	}
	os.Exit(0)
}

// inRoom reports whether this program was started as a stage.
func inRoom() bool {
	return len(os.Args) == 4 && (os.Args[1] == furnishing || os.Args[1] == trying)
}

// stage is this program in a room.
func stage(name, mnt, told string) error {
	var r room
	if err := json.Unmarshal([]byte(told), &r); err != nil {
		return err
	}
	if name == trying {
		return r.try()
	}
	goruntime.LockOSThread() // of which unshare(2) is
	if err := r.furnish(mnt); err != nil {
		return err
	}
	return syscall.Exec("/usr/bin/tini", []string{"tini", "--", "/trial/runtimes", trying, mnt, told}, []string{"PATH=/usr/sbin:/usr/bin:/sbin:/bin", "HOME=/root"})
}

func names() []string {
	var all []string
	for _, r := range runtimes {
		all = append(all, r.name)
	}
	return all
}

func (o options) run() error {
	chosen, err := choose(o.only)
	if err != nil {
		return err
	}
	tried := featureNames()
	if o.features != "" {
		tried = strings.Split(o.features, ",")
	}
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	l, err := newLab(ctx, ".")
	if err != nil {
		return err
	}
	defer l.close()
	var records []record
	var problems []error
	for _, r := range chosen {
		rec := l.try(ctx, r, tried, o.verbose)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		fmt.Println(rec.line())
		problems = append(problems, rec.problems()...)
		records = append(records, rec)
		if o.out != "" && o.features == "" { // after each, since all take long
			if err := write(o.out, records); err != nil {
				return err
			}
		}
	}
	return errors.Join(problems...)
}

func featureNames() []string {
	var all []string
	for _, f := range features {
		all = append(all, f.name)
	}
	return all
}

// choose returns the runtimes that have one of the texts as their name, or else in it.
func choose(only string) ([]runtime, error) {
	var chosen []runtime
	for text := range strings.SplitSeq(only, ";") {
		text = strings.TrimSpace(text)
		found := slices.DeleteFunc(slices.Clone(runtimes), func(r runtime) bool { return r.name != text })
		if len(found) == 0 {
			found = slices.DeleteFunc(slices.Clone(runtimes), func(r runtime) bool { return !strings.Contains(r.name, text) })
		}
		if len(found) == 0 {
			return nil, fmt.Errorf("-only %q: no such runtime; there are %s", text, strings.Join(names(), "; "))
		}
		chosen = append(chosen, found...)
	}
	return chosen, nil
}

// A result is what came of a runtime's features, and how long they took.
type result struct {
	Cells []cell        `json:"cells"`
	Took  time.Duration `json:"took"`
}
