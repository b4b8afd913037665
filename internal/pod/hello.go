package pod

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
)

// What is written on a connection, in both directions, is lines of a key and a
// value. The first three say who it is, "drainit" first:
//
//	drainit 5XK2…
//	name app
//	order app,proxy
//
// Then the one that listens says what it is doing, at once and at each change,
// and at its end how it leaves:
//
//	state draining
//	exit 0
//
// Keys that are not known are left to later versions.
const (
	keyDrainit = "drainit" // what sets this run of drainit apart from any other
	keyName    = "name"
	keyOrder   = "order"
	keyState   = "state"
	keyExit    = "exit"
)

const (
	lineLimit = 1 << 10 // bytes of a line, its end included; an order is the longest

	// linesLimit is how many lines are read from one connection: a drainit has
	// a dozen to say in its life.
	linesLimit = 64

	// helloLines is how many lines say who it is.
	helloLines = 3
)

// hello returns the lines by which a drainit begins.
func (s Self) hello() string {
	text := keyDrainit + " " + s.instance + "\n" + keyName + " " + s.Name + "\n"
	return text + keyOrder + " " + strings.Join(s.Order, ",") + "\n"
}

// errStranger is what is wrong with one that speaks another language.
var errStranger = errors.New("it is no drainit")

// said is what was read from a connection by now.
type said struct {
	instance string
	name     string
	order    []string
	state    string // "" until it was said
	exited   bool
	status   int

	lines int
}

// take takes in one line.
func (s *said) take(line string) error {
	key, value, _ := strings.Cut(line, " ")
	if s.lines++; s.lines == 1 && (key != keyDrainit || value == "") {
		return errStranger
	}
	switch key {
	case keyDrainit:
		s.instance = value
	case keyName:
		s.name = value
	case keyOrder:
		if value != "" {
			s.order = strings.Split(value, ",")
		}
	case keyState:
		s.state = value
	case keyExit:
		status, err := strconv.ParseUint(value, 10, 8)
		if err != nil {
			return fmt.Errorf("exit status %q: %w", value, errStranger)
		}
		s.exited, s.status = true, int(status)
	}
	return nil
}

// lines reads lines within the limits.
type lines struct{ *bufio.Reader }

func newLines(r io.Reader) lines {
	return lines{bufio.NewReaderSize(r, lineLimit)}
}

// next returns the next line without its end. A line that is too long, or not
// text, is no drainit's; what ends without a line's end was cut.
func (l lines) next() (string, error) {
	line, err := l.ReadSlice('\n')
	switch {
	case errors.Is(err, bufio.ErrBufferFull):
		return "", errStranger
	case err != nil:
		return "", err
	}
	text := string(line[:len(line)-1])
	if strings.ContainsFunc(text, func(r rune) bool { return r < ' ' || r > '~' }) {
		return "", errStranger
	}
	return text, nil
}

// read reads what is said on a connection, with a call of note after each line,
// until that returns false or the connection ends. The error is errStranger for
// what no drainit says.
func read(r io.Reader, note func(*said) bool) error {
	in, s := newLines(r), &said{}
	for {
		line, err := in.next()
		if err == nil {
			err = s.take(line)
		}
		if err == nil && s.lines > linesLimit {
			err = errStranger
		}
		if err != nil {
			return err
		}
		if !note(s) {
			return nil
		}
	}
}
