package pod

import "fmt"

// survive is to be deferred in every goroutine of this package: a mistake of our
// own must not end PID 1. whatFor is told of it.
func survive(whatFor func(error)) {
	if p := recover(); p != nil {
		whatFor(fmt.Errorf("internal error: %v", p))
	}
}
