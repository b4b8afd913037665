package main

import (
	"bytes"
	"sync"
)

// output takes what a replica writes. It keeps the end, to say why a replica
// failed, and passes whole lines on where somebody wants them.
type output struct {
	mu      sync.Mutex
	text    []byte       // the last outputSize bytes
	partial []byte       // a line without its end yet, kept only for line
	line    func(string) // nil if nobody does
}

// outputSize is how much is kept, in bytes.
const outputSize = 2048

func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.text = append(o.text, p...)
	o.text = o.text[max(0, len(o.text)-outputSize):]
	if o.line == nil {
		return len(p), nil
	}
	o.partial = append(o.partial, p...)
	for {
		line, rest, whole := bytes.Cut(o.partial, []byte("\n"))
		if !whole {
			return len(p), nil
		}
		o.line(string(line))
		o.partial = rest
	}
}

// last returns the end of what was written.
func (o *output) last() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return string(bytes.TrimSpace(o.text))
}
