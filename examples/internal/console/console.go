// Package console prints what happens above one progress line.
//
// It decides where the lines go, not what they say.
package console

import (
	"fmt"
	"io"
	"os"
	"sync"
	"time"
)

// Console prints a timeline as it happens, above one progress line. On a
// terminal that line rewrites itself; elsewhere it is printed now and then.
type Console struct {
	mu       sync.Mutex
	out      io.Writer
	terminal bool
	began    time.Time
	progress string // as shown on the terminal at the moment
}

// New returns a console on out, whose times count from now.
func New(out io.Writer) *Console {
	return &Console{out: out, terminal: isTerminal(out), began: time.Now()}
}

// isTerminal reports whether out is a character device, which is near enough.
func isTerminal(out io.Writer) bool {
	file, ok := out.(*os.File)
	if !ok {
		return false
	}
	info, err := file.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}

// clearLine returns to the start of a terminal's line and empties it (ECMA-48
// EL, console_codes(4)).
const clearLine = "\r\x1b[K"

// Print prints text, which is one or more whole lines without the last newline.
func (c *Console) Print(text string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.progress != "" {
		fmt.Fprintf(c.out, "%s%s\n%s", clearLine, text, c.progress)
		return
	}
	fmt.Fprintln(c.out, text)
}

// Event prints one line of the timeline.
func (c *Console) Event(text string) {
	c.Print(fmt.Sprintf("%6.1fs  %s", c.Elapsed().Seconds(), text))
}

// Show makes text the progress line. An empty one ends it.
func (c *Console) Show(text string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.terminal {
		if text != "" {
			fmt.Fprintln(c.out, text)
		}
		return
	}
	// A line that wraps could not be emptied again.
	if width := PaperOf(c.out).Width; len(text) >= width {
		text = text[:width-1]
	}
	c.progress = text
	fmt.Fprint(c.out, clearLine+text)
}

// Interval is how often the progress line is worth a change.
func (c *Console) Interval() time.Duration {
	if c.terminal {
		return 500 * time.Millisecond
	}
	return 5 * time.Second
}

// Elapsed is the time since the console was made.
func (c *Console) Elapsed() time.Duration { return time.Since(c.began) }
