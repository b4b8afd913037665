// Package pod lets the drainits of one pod find each other: on abstract unix
// sockets (unix(7)) in the network namespace that the pod's containers share.
// Each serves what it is doing under its name, one line a change, to those who
// connect; when the connection ends and nobody listens any more, the peer is
// gone, and the kernel tells that within a millisecond, kill -9 included.
//
// No volume, no port, nothing to clean up. But anybody in the namespace may
// listen under any name and connect to any: what another user's process says is
// marked as not believed, and lines, connections and answers are bounded, so
// that it can neither block nor exhaust a drainit.
//
// What follows from what peers say is not decided here.
package pod

import (
	"crypto/rand"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Self is who a drainit is among its peers.
type Self struct {
	PodID string   // sets this pod apart where a network namespace is not its own; "" as a rule
	Name  string   // "": it serves nothing, and only looks at others
	Order []string // its stop order; none: nil

	instance string
}

// NewSelf returns who this drainit is from now on.
func NewSelf(podID, name string, order []string) Self {
	return Self{podID, name, order, rand.Text()}
}

// longest is how long a name or a pod ID may be: both have to fit into the 107
// bytes of an abstract address (unix(7)).
const longest = 48

// CheckName reports what is wrong with a name or a pod ID.
func CheckName(s string) error {
	switch bad := strings.IndexFunc(s, func(r rune) bool { return !isNameRune(r) }); {
	case s == "":
		return errors.New("empty")
	case len(s) > longest:
		return fmt.Errorf("longer than %d characters", longest)
	case bad >= 0:
		return fmt.Errorf("%q in it; letters, digits, dots, dashes and underscores only", []rune(s[bad:])[0])
	}
	return nil
}

func isNameRune(r rune) bool {
	return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("._-", r)
}

// address returns where the drainit of that name listens. A leading @ stands
// for the zero byte of an abstract address.
func address(podID, name string) string {
	return "@drainit/" + podID + "/" + name
}

// differs reports whether both have a stop order, and not the same.
func differs(own, other []string) bool {
	return len(own) > 0 && len(other) > 0 && !slices.Equal(own, other)
}
