package frontproc

import (
	"time"

	"drainit/internal/front"
)

// What this process and its front tell each other: a datagram of JSON each, on a
// socket pair that keeps their order (SOCK_SEQPACKET, unix(7)). Its end of file
// is how each knows that the other has gone.

// messageLimit bounds a datagram. The longest is the first, with all routes.
const messageLimit = 16 << 10

// order is what the front is told. The first has Config and nothing else.
type order struct {
	Config *settings `json:",omitempty"`
	Do     string    `json:",omitempty"` // a drain.FrontDeed
	Ask    uint64    `json:",omitempty"` // wants Stats, under this number

	Leave *time.Duration `json:",omitempty"` // long-lived connections leave within it
}

// settings is what the front needs to know. Its listeners are inherited, in
// the order of Targets, from descriptor firstListener on.
type settings struct {
	Targets   []front.Target
	Append    bool // the client's address to X-Forwarded-For
	Streams   bool // of HTTP/2 leave, too
	LogFormat string
	LogLevel  int
}

// word is what the front says.
type word struct {
	Serving bool              `json:",omitempty"` // from now on
	Idle    bool              `json:",omitempty"` // it was told to close, and nothing is in flight any more
	Answer  uint64            `json:",omitempty"` // of that number, 0 for the last word of all
	Stats   *front.Stats      `json:",omitempty"`
	Warned  map[string]uint64 `json:",omitempty"` // lines it has logged as a warning or worse, by message
	Cut     *uint64           `json:",omitempty"` // in the last word: requests that the program did not answer to the end since FrontDrain
}

// started counts the requests that have arrived: in flight, finished or refused.
func started(s front.Stats) uint64 {
	n := uint64(s.InFlight) + s.Refused + s.Streams
	for _, finished := range s.Requests {
		n += finished
	}
	return n
}

// failed counts the requests that the program did not answer to the end, or not
// at all.
func failed(s front.Stats) uint64 { return s.Failed + s.Cut }
