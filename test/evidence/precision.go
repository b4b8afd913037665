package main

import (
	"fmt"
	"net"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sys/unix"

	"drainit/internal/conns"
	"drainit/test/markdown"
)

const (
	// placers is how many connections are brought into their state at a time: few, so that a gap is not stretched by
	// those who wait for a CPU.
	placers = 4
	// untilAcknowledged is longer than the kernel of a peer delays an acknowledgement (TCP_DELACK_MAX, 200 ms).
	untilAcknowledged = 500 * time.Millisecond
)

// gaps are the times from the last response to the next request, and from a request to its response.
var gaps = []time.Duration{0, time.Millisecond, 2 * time.Millisecond, 4 * time.Millisecond, 10 * time.Millisecond}

// scenario is a state into which connections are brought.
type scenario struct {
	protocol, state string
	inFlight        bool // truly
	gaps            []time.Duration
	place           func(c *client, gap time.Duration) error
}

// found is what was seen of a number of connections in one state.
type found struct {
	conns.Seen
	acknowledged int // of the undecided, those whose peer acknowledged 20 to 250 ms after the last byte sent
}

// wrong counts the connections of which the opposite was found.
func (f found) wrong(inFlight bool) int {
	if inFlight {
		return f.Idle
	}
	return f.InFlight
}

// measurePrecision brings connections into each state and looks at them once.
func measurePrecision(s settings) (tables, error) {
	n := 100
	if s.full {
		n = 1000
	}
	inFlight, err := precisionTable(n, true, "gap")
	if err != nil {
		return nil, err
	}
	idle, err := precisionTable(n, false, "answered after")
	return tables{"precision: in flight": inFlight, "precision: idle": idle}, err
}

// precisionTable is of the states that are truly in flight, or truly not.
func precisionTable(n int, inFlight bool, gapHead string) (string, error) {
	rows := [][]string{{"protocol", "state", gapHead, "connections", "in flight", "idle", "undecided", "wrong", "late ACK"}}
	for _, sc := range scenarios {
		if sc.inFlight != inFlight {
			continue
		}
		for _, gap := range sc.gaps {
			f, err := sc.measure(n, gap)
			if err != nil {
				return "", fmt.Errorf("%s, %s: %w", sc.protocol, sc.state, err)
			}
			rows = append(rows, sc.row(gap, f))
		}
	}
	return markdown.Table(rows), nil
}

func (sc scenario) row(gap time.Duration, f found) []string {
	text := "any"
	if len(sc.gaps) > 1 {
		text = fmt.Sprint(gap.Milliseconds(), " ms")
	}
	row := []string{sc.protocol, sc.state, text}
	for _, n := range []int{f.InFlight + f.Idle + f.Undecided + f.Unaccepted, f.InFlight, f.Idle, f.Undecided, f.wrong(sc.inFlight), f.acknowledged} {
		row = append(row, strconv.Itoa(n))
	}
	return row
}

// measure brings n connections into the state and looks at them.
func (sc scenario) measure(n int, gap time.Duration) (found, error) {
	t, err := newTarget(sc.protocol)
	if err != nil {
		return found{}, err
	}
	defer t.close()
	if err := t.placeAll(sc, n, gap); err != nil {
		return found{}, err
	}
	time.Sleep(untilAcknowledged)
	watch := conns.Watch{Ports: []uint16{t.port()}}
	seen, err := watch.Look()
	return found{seen, t.acknowledgedLate()}, err
}

// placeAll places a few connections at a time.
func (t *target) placeAll(sc scenario, n int, gap time.Duration) error {
	var left atomic.Int64
	left.Store(int64(n))
	var placing sync.WaitGroup
	var once sync.Once
	var failed error
	for range placers {
		placing.Go(func() {
			for left.Add(-1) >= 0 {
				c, err := t.dial()
				if err == nil {
					err = sc.place(c, gap)
				}
				if err != nil {
					once.Do(func() { failed = err })
					left.Store(0)
				}
			}
		})
	}
	placing.Wait()
	return failed
}

// acknowledgedLate counts the connections that may be told idle by what the peer acknowledged: it had the last byte
// sent when it did, and an answer to it would have come along.
func (t *target) acknowledgedLate() int {
	n := 0
	for _, c := range t.listener.accepted() {
		i := infoOf(c)
		if i == nil || i.Last_data_recv != i.Last_data_sent || i.Bytes_sent == 0 || i.Bytes_received == 0 {
			continue
		}
		if late := int64(i.Last_data_sent) - int64(i.Last_ack_recv); late >= 20 && late <= 250 {
			n++
		}
	}
	return n
}

// infoOf returns what the kernel tells the owner of a socket: the same struct tcp_info.
func infoOf(c net.Conn) (info *unix.TCPInfo) {
	raw, err := c.(*net.TCPConn).SyscallConn()
	if err != nil {
		return nil
	}
	raw.Control(func(fd uintptr) { info, _ = unix.GetsockoptTCPInfo(int(fd), unix.SOL_TCP, unix.TCP_INFO) })
	return info
}

// pause waits as long as it says, and not up to a millisecond longer, as the runtime's own timers do.
func pause(d time.Duration) {
	if d > 0 {
		t := unix.NsecToTimespec(d.Nanoseconds())
		unix.Nanosleep(&t, nil) // an interruption makes it shorter: too short a gap, which flatters nobody
	}
}
