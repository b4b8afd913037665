package frontproc

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"drainit/internal/config"
	"drainit/internal/conns"
)

const (
	// firstLook is when it is looked for the first time where the program listens. The pause
	// is twice as long each time, as most programs listen soon and some take long.
	firstLook = 250 * time.Millisecond

	// lastPause is the one before the last look, which is 32 s after the start.
	lastPause = 16 * time.Second

	// settled is how long a program has to be listening elsewhere alone, so that one that
	// opens several ports one after the other is not judged by the first.
	settled = time.Second
)

// WatchTargets looks now and then whether the program listens where the front expects it,
// until it does. If it listens elsewhere instead, that is called once.
func (f *Process) WatchTargets(finder *conns.Finder, over <-chan struct{}, elsewhere func(on string)) {
	var since time.Time // it has been seen elsewhere
	for pause := firstLook; pause <= lastPause; pause *= 2 {
		select {
		case <-over:
			return
		case <-time.After(pause):
		}
		if ok, _ := targetsListen(f.routes, finder); ok {
			f.listened.Store(true)
			return
		}
		switch on := listensElsewhere(f.routes, finder); {
		case on == "":
			since = time.Time{}
		case since.IsZero():
			since = time.Now()
		case time.Since(since) >= settled:
			elsewhere(on)
			return
		}
	}
}

// SeenListening reports whether the program was seen listening where the front expects
// it, by somebody who looked, or whether there is nothing to see: no front, or one for
// another machine.
func (f *Process) SeenListening() bool {
	return f == nil || f.listened.Load() || !expectsHere(f.routes)
}

// expectsHere reports whether some target is this machine's.
func expectsHere(routes []config.Route) bool {
	return len(config.TargetPorts(routes)) > 0 ||
		slices.ContainsFunc(routes, func(one config.Route) bool { return one.Target.Network == "unix" })
}

// listensElsewhere is on which ports the program listens that no front expects, as far as
// is known.
func listensElsewhere(routes []config.Route, finder *conns.Finder) string {
	ports, known, _ := finder.Ports()
	if !known {
		return ""
	}
	var texts []string
	expected := config.TargetPorts(routes)
	for _, port := range ports {
		if !slices.Contains(expected, port) {
			texts = append(texts, strconv.Itoa(int(port)))
		}
	}
	return strings.Join(texts, ", ")
}

// Expects says where the front expects the program, and how that is told it.
func (f *Process) Expects() string {
	var texts []string
	for _, one := range f.routes {
		text := one.Target.String()
		if one.Variable != "" {
			text += fmt.Sprintf(" (%s=%s)", one.Variable, text[strings.LastIndexByte(text, ':')+1:])
		}
		texts = append(texts, text)
	}
	return strings.Join(texts, ", ")
}

// Rewritten is --front as it would be for a program that listens on a port, as far as that
// can be told.
func (f *Process) Rewritten(on string) string {
	if len(f.routes) > 1 || strings.Contains(on, ",") {
		return "--front LISTEN=TARGET"
	}
	return "--front " + f.routes[0].Listen + "=" + on
}
