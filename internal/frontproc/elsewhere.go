package frontproc

import (
	"fmt"
	"strings"
	"time"

	"drainit/internal/conns"
)

const (
	// firstLook is when it is looked for the first time where the program listens: each
	// further look is twice as late, as most programs listen soon and some take long.
	firstLook = 250 * time.Millisecond

	// lastLook is when it is looked for the last time.
	lastLook = 32 * time.Second

	// settled is how long a program has to be listening elsewhere alone, so that one that
	// opens several ports one after the other is not judged by the first.
	settled = time.Second
)

// WatchTargets looks now and then, in the background, whether the program listens where the
// front expects it, until it does. If it listens elsewhere instead, that is called once.
func (f *Process) WatchTargets(finder *conns.Finder, over <-chan struct{}, elsewhere func(on string)) {
	if f == nil {
		return
	}
	go func() {
		var since time.Time // it has been seen elsewhere
		for wait := firstLook; wait <= lastLook/2; wait *= 2 {
			select {
			case <-over:
				return
			case <-time.After(wait):
			}
			if ok, _ := targetsListen(f.routes, finder); ok {
				f.listened.Store(true)
				return
			}
			switch on := programListens(finder); {
			case on == "":
				since = time.Time{}
			case since.IsZero():
				since = time.Now()
			case time.Since(since) >= settled:
				elsewhere(on)
				return
			}
		}
	}()
}

// SeenListening reports whether the program was seen listening where the front expects
// it, by somebody who looked. There is nothing to see without a front.
func (f *Process) SeenListening() bool { return f == nil || f.listened.Load() }

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
	if len(f.routes) > 1 || strings.Contains(on, ",") || strings.HasSuffix(f.routes[0].Target.Address, ":"+on) {
		return "--front LISTEN=TARGET"
	}
	return "--front " + f.routes[0].Listen + "=" + on
}
