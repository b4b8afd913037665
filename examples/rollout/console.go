package main

import (
	"fmt"
	"io"
	"os"
	"sync"
	"time"
)

// console prints the timeline as it happens, above one progress line. On a
// terminal that line rewrites itself; elsewhere it is printed now and then.
type console struct {
	mu       sync.Mutex
	out      io.Writer
	terminal bool
	began    time.Time
	progress string // as shown on the terminal at the moment
}

// newConsole returns a console on out, whose times count from now.
func newConsole(out *os.File) *console {
	info, err := out.Stat()
	terminal := err == nil && info.Mode()&os.ModeCharDevice != 0
	return &console{out: out, terminal: terminal, began: time.Now()}
}

// clearLine returns to the start of a terminal's line and empties it (ECMA-48
// EL, console_codes(4)).
const clearLine = "\r\x1b[K"

// print prints text, which is one or more whole lines without the last newline.
func (c *console) print(text string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.progress != "" {
		fmt.Fprintf(c.out, "%s%s\n%s", clearLine, text, c.progress)
		return
	}
	fmt.Fprintln(c.out, text)
}

// event prints one line of the timeline.
func (c *console) event(text string) {
	c.print(fmt.Sprintf("%6.1fs  %s", time.Since(c.began).Seconds(), text))
}

// show makes text the progress line. An empty one ends it.
func (c *console) show(text string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.terminal {
		if text != "" {
			fmt.Fprintln(c.out, text)
		}
		return
	}
	c.progress = text
	fmt.Fprint(c.out, clearLine+text)
}

// interval is how often the progress line is worth a change.
func (c *console) interval() time.Duration {
	if c.terminal {
		return 500 * time.Millisecond
	}
	return 5 * time.Second
}
