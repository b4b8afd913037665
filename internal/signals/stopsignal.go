package signals

import (
	"errors"
	"fmt"
	"strings"
)

// StopSignal is the signal that stops the program. The zero value is auto.
type StopSignal struct {
	fixed Signal
}

// ParseStopSignal reads auto or one signal. Empty is auto.
func ParseStopSignal(s string) (StopSignal, error) {
	switch {
	case s == "" || strings.EqualFold(s, "auto"):
		return StopSignal{}, nil
	case strings.EqualFold(s, "none"):
		return StopSignal{}, errors.New("none is not supported by this version: want auto or one signal, such as SIGQUIT")
	case strings.Contains(s, "/"):
		return StopSignal{}, fmt.Errorf("a schedule such as %q is not supported by this version: want auto or one signal, such as SIGQUIT", s)
	}
	sig, err := Parse(s)
	if err != nil {
		return StopSignal{}, err
	}
	if err := sendable(sig); err != nil {
		return StopSignal{}, err
	}
	return StopSignal{fixed: sig}, nil
}

// String returns auto or the signal's name.
func (s StopSignal) String() string {
	if s.fixed == 0 {
		return "auto"
	}
	return Name(s.fixed)
}
