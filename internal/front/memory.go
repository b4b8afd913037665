package front

import (
	"runtime/debug"
	"time"
)

const (
	// gcPercent is half of Go's own, since only new connections make garbage.
	gcPercent = 50

	// tidyTime is how long after a crowd went to rest its memory goes back to the
	// kernel, and the least between two times.
	tidyTime = 10 * time.Second

	// crowd is how many connections that is.
	crowd = 64
)

// tidyLater gives memory back once many connections rest that did not before.
func (f *Front) tidyLater() {
	if f.rested.Add(1)%crowd == 0 && !f.tidying.Swap(true) {
		time.AfterFunc(tidyTime, func() {
			f.tidying.Store(false)
			debug.FreeOSMemory()
		})
	}
}
