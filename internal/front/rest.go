package front

import (
	"time"

	"golang.org/x/sys/unix"
)

// restTime is how long a connection is silent before it is left to the watcher. One that
// rests has no goroutine, and so no stack.
const restTime = 3 * time.Second

// rest leaves the connection to the watcher, which may have it served again at once. It
// reports whether it could.
func (c *conn) rest() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed || c.watchFor(unix.EPOLLIN) != nil {
		return false
	}
	c.resting = true
	c.timer = time.AfterFunc(time.Until(c.due(false)), c.stir)
	c.front.tidyLater()
	if c.leaving || c.done {
		c.wake()
	}
	return true
}

// stir wakes the connection if it rests.
func (c *conn) stir() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.resting {
		c.wake()
	}
}

// wake has the connection look again whether to wait. The caller holds c.mu.
func (c *conn) wake() {
	switch {
	case c.closed || c.running != nil:
	case c.resting:
		c.noRest()
		c.awake = time.Now()
		c.watchFor(0)
		go c.serve()
	default:
		c.Conn.SetReadDeadline(past)
	}
}

// noRest ends the rest, if it is one. The caller holds c.mu.
func (c *conn) noRest() {
	if c.resting {
		c.resting = false
		c.timer.Stop()
		c.timer = nil
	}
}

// watchFor says what the watcher looks for beside the end.
func (c *conn) watchFor(beside uint32) error {
	c.front.mu.Lock()
	defer c.front.mu.Unlock()
	return c.front.watcher.control(c, unix.EPOLL_CTL_MOD, beside)
}
