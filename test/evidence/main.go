// Command evidence measures what drainit sees of connections and what it does about it: how often in flight and idle
// are told right, what is lost and held with a range of delays beside fixed ones, what a look costs, what
// --drain-until idle costs a program that drains by itself, and what it saves one that does not.
//
// It decides how that is measured: real sockets, every drainit as PID 1 of a namespace of its own, in a network
// namespace of its own. It judges nothing: limits belong to the tests.
//
//	go run ./test/evidence [-full] [-w docs/proof/evidence.md] [precision ranges looks busy story]
//
// It needs root, and bin/drainit and bin/server.
package main

import (
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"drainit/test/markdown"
	"drainit/test/network"
)

// parts are what can be measured, by name. Each returns the tables it made.
var parts = map[string]func(settings) (tables, error){
	"precision": measurePrecision,
	"ranges":    measureRanges,
	"looks":     measureLooks,
	"busy":      measureBusy,
	"story":     measureStory,
}

// settings are what every part may want to know.
type settings struct {
	full            bool
	drainit, server string // absolute paths
	self            string // of this program
}

func main() {
	if len(os.Args) > 1 && stages()[os.Args[1]] != nil {
		fail(stages()[os.Args[1]](os.Args[2:]))
		return
	}
	full := flag.Bool("full", false, "as many of everything as the figures in docs/proof/evidence.md are from: about half an hour")
	document := flag.String("w", "", "`file` whose tables of what is measured are replaced")
	drainit := flag.String("drainit", "bin/drainit", "the drainit to measure")
	server := flag.String("server", "bin/server", "the example server")
	flag.Usage = func() {
		fmt.Fprintln(os.Stderr, "usage: evidence [flags] [PART...], of", strings.Join(names(), " "))
		flag.PrintDefaults()
	}
	flag.Parse()
	if os.Getenv(apartVariable) == "" {
		fail(apart())
		return
	}
	fail(network.LoopbackUp())
	s := settings{full: *full}
	var err error
	if s.drainit, err = filepath.Abs(*drainit); err == nil {
		s.server, err = filepath.Abs(*server)
	}
	fail(err)
	s.self, err = os.Executable()
	fail(err)
	fail(measure(s, flag.Args(), *document))
}

func fail(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, "evidence:", err)
		os.Exit(1)
	}
}

func names() []string { return slices.Sorted(maps.Keys(parts)) }

// measure measures the parts, all where none is named, and prints their tables.
func measure(s settings, which []string, document string) error {
	if len(which) == 0 {
		which = names()
	}
	for _, name := range which {
		if parts[name] == nil {
			return fmt.Errorf("no part %q: want some of %s", name, strings.Join(names(), " "))
		}
	}
	for _, name := range which {
		began := time.Now()
		made, err := parts[name](s)
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		fmt.Fprintf(os.Stderr, "%s took %v\n", name, time.Since(began).Round(time.Second))
		for _, title := range slices.Sorted(maps.Keys(made)) {
			fmt.Printf("%s\n\n%s\n", title, made[title])
		}
		if document != "" {
			if err := markdown.Rewrite(document, made); err != nil {
				return err
			}
		}
	}
	return nil
}
