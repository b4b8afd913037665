package signals

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"syscall"
)

// Map is what --map makes of the signals that are passed on: each one on the
// left becomes the one on the right. dropped on the right means it is not
// passed on. A nil Map changes nothing.
type Map map[Signal]Signal

const dropped Signal = 0

// ParseMap reads a list such as USR1=HUP,USR2=none; dumb-init's spelling
// USR2=0 drops as well. Empty is no map at all. Every problem of the list is in
// the error, which errors.Join made.
//
// Whether a stop request stands on the left depends on --stop-on: ask Check.
func ParseMap(s string) (Map, error) {
	if s == "" {
		return nil, nil
	}
	m := Map{}
	var errs []error
	for pair := range strings.SplitSeq(s, ",") {
		from, to, err := parsePair(pair)
		if err != nil {
			errs = append(errs, fmt.Errorf("%q: %w", pair, err))
			continue
		}
		if _, twice := m[from]; twice {
			errs = append(errs, fmt.Errorf("%q: %s is already mapped", pair, Name(from)))
			continue
		}
		m[from] = to
	}
	if errs != nil {
		return nil, errors.Join(errs...)
	}
	return m, nil
}

func parsePair(pair string) (from, to Signal, err error) {
	left, right, ok := strings.Cut(pair, "=")
	if !ok {
		return 0, 0, errors.New("want SIG=SIG, such as USR1=HUP, or SIG=none")
	}
	from, errLeft := Parse(strings.TrimSpace(left))
	if errLeft == nil {
		errLeft = private(from)
	}
	to, errRight := parseTo(strings.TrimSpace(right))
	return from, to, errors.Join(errLeft, errRight)
}

func parseTo(right string) (Signal, error) {
	if right == "0" || strings.EqualFold(right, "none") {
		return dropped, nil
	}
	to, err := Parse(right)
	if err != nil || to == syscall.SIGSTOP { // dumb-init's meaning of SIGTSTP; the stop continues the program
		return to, err
	}
	return to, sendable(to)
}

// Apply returns what is sent for a signal that is passed on; false means
// nothing is. The right side is not looked up again, so USR1=USR2,USR2=USR1
// swaps the two.
func (m Map) Apply(sig Signal) (Signal, bool) {
	to, ok := m[sig]
	if !ok {
		return sig, true
	}
	return to, to != dropped
}

// Check returns an error for every signal on the left that is a stop request
// whatever the program: those are held and answered by the stop signal, never
// passed on, so the entry could not have the effect its author wants.
func (m Map) Check(on StopOn) error {
	var errs []error
	for _, from := range slices.Sorted(maps.Keys(m)) {
		if !on.certain(from) {
			continue
		}
		remedy := fmt.Sprintf("to ignore it, set --stop-on to a list without %s", Name(from))
		if to := m[from]; to != dropped {
			remedy = fmt.Sprintf("to stop the program with %s, set --stop-signal %s", Name(to), Name(to))
		}
		errs = append(errs, fmt.Errorf("%q: %s is a stop request, which is not passed on; %s", m.pair(from), Name(from), remedy))
	}
	return errors.Join(errs...)
}

// String returns the map as ParseMap reads it, in the order of the numbers.
func (m Map) String() string {
	var pairs []string
	for _, from := range slices.Sorted(maps.Keys(m)) {
		pairs = append(pairs, m.pair(from))
	}
	return strings.Join(pairs, ",")
}

func (m Map) pair(from Signal) string {
	to := "none"
	if m[from] != dropped {
		to = Name(m[from])
	}
	return Name(from) + "=" + to
}
