package peers_test

import "time"

// patience bounds whatever is waited for; it is no assertion about time.
const patience = 20 * time.Second

// patienceFrom returns a function that waits a moment and reports whether
// patience, from now, is over.
func patienceFrom() func() bool {
	until := time.Now().Add(patience)
	return func() bool {
		time.Sleep(5 * time.Millisecond)
		return time.Now().After(until)
	}
}
