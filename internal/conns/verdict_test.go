package conns

import (
	"testing"
	"time"
)

const tick = 4 * time.Millisecond

// asked is a connection on which so much was received and sent, so long ago.
func asked(received, sent uint64, sinceReceived, sinceSent time.Duration) tcpInfo {
	return tcpInfo{known: true, received: received, sent: sent, sinceReceived: sinceReceived, sinceSent: sinceSent}
}

func TestVerdict(t *testing.T) {
	answered := asked(100, 200, 9*time.Second, 8*time.Second)
	answered.sinceReceived, answered.sinceSent = 9*time.Second, 8*time.Second
	with := func(i tcpInfo, change func(*tcpInfo)) tcpInfo { change(&i); return i }
	for _, tt := range []struct {
		name string
		c    connection
		want verdict
	}{
		{"connected, nothing sent", connection{state: tcpEstablished, info: asked(0, 0, time.Second, time.Second)}, idle},
		{"the server speaks first", connection{state: tcpEstablished, info: asked(0, 30, time.Second, time.Second-tick)}, idle},
		{"the server has just spoken first", connection{state: tcpEstablished, info: asked(0, 30, time.Second, time.Second)}, idle},
		{"answered, a tick ago", connection{state: tcpEstablished, info: asked(100, 200, 2*tick, tick)}, idle},
		{"answered, long ago", connection{state: tcpEstablished, info: answered}, idle},
		{"first request in flight", connection{state: tcpEstablished, info: asked(100, 0, time.Second, time.Second+tick)}, inFlight},
		{"first request in flight, in the tick of the handshake", connection{state: tcpEstablished, info: asked(100, 0, time.Second, time.Second)}, inFlight},
		{"second request in flight", connection{state: tcpEstablished, info: asked(200, 200, time.Second, time.Second+tick)}, inFlight},
		{"answered in the same tick, or asked again in it", connection{state: tcpEstablished, info: asked(200, 200, time.Second, time.Second)}, undecided},
		{"both this very tick", connection{state: tcpEstablished, info: asked(200, 200, 0, 0)}, undecided},

		{"not read", connection{state: tcpEstablished, unread: 1, info: answered}, inFlight},
		{"not delivered", connection{state: tcpEstablished, unsent: 1, info: answered}, inFlight},
		{"not acknowledged", connection{state: tcpEstablished, info: with(answered, func(i *tcpInfo) { i.unacked = 1 })}, inFlight},
		{"not sent", connection{state: tcpEstablished, info: with(answered, func(i *tcpInfo) { i.notSent = 1 })}, inFlight},
		{"not read, though nothing was ever received as far as the copy says", connection{state: tcpEstablished, unread: 1, info: asked(0, 0, 0, 0)}, inFlight},

		{"nothing known", connection{state: tcpEstablished}, undecided},
		{"nothing known but the queue in", connection{state: tcpEstablished, unread: 1}, inFlight},
		{"nothing known but the queue out", connection{state: tcpEstablished, unsent: 1}, inFlight},

		{"peer has closed without a word", connection{state: tcpCloseWait, unread: 1, info: asked(1, 0, time.Second, time.Second)}, idle},
		{"peer has closed after its request", connection{state: tcpCloseWait, info: asked(100, 0, time.Second, time.Second)}, inFlight},
		{"peer has closed after the answer", connection{state: tcpCloseWait, info: answered}, idle},
		{"peer has closed after the answer, which the program has not noticed", connection{state: tcpCloseWait, unread: 1, info: answered}, idle},
		{"peer has closed, its last byte is not read", connection{state: tcpCloseWait, unread: 2, info: answered}, inFlight},
		{"peer has closed, nothing known", connection{state: tcpCloseWait}, undecided},

		{"closed, the answer still on its way", connection{state: tcpFinWait1, unsent: 2, info: answered}, inFlight},
		{"closed, but for the FIN", connection{state: tcpFinWait1, unsent: 1, info: answered}, over},
		{"both closed, the answer still on its way", connection{state: tcpLastAck, unsent: 5000}, inFlight},
		{"both closed, but for the FIN", connection{state: tcpLastAck, unsent: 1}, over},
		{"both closed at once", connection{state: tcpClosing, unsent: 2}, inFlight},
		{"both closed at once, but for the FIN", connection{state: tcpClosing, unsent: 1}, over},
		{"closed, what the peer still sends is of no use", connection{state: tcpFinWait1, unread: 9, unsent: 1}, over},
	} {
		if got := tt.c.verdict(); got != tt.want {
			t.Errorf("%s: verdict %d, want %d", tt.name, got, tt.want)
		}
	}
}

// Whatever the ages, more waiting never makes a connection less in flight, and
// states that are no connection are over.
func TestVerdictOfEveryState(t *testing.T) {
	alive := map[uint8]bool{tcpEstablished: true, tcpCloseWait: true}
	rest := map[uint8]bool{tcpFinWait1: true, tcpLastAck: true, tcpClosing: true}
	for state := range uint8(20) {
		for _, info := range []tcpInfo{{}, asked(0, 0, 0, 0), asked(2, 1, 1, 2), asked(2, 1, 2, 1), asked(2, 1, 1, 1)} {
			got := connection{state, 0, 9, info}.verdict()
			if want := alive[state] || rest[state]; (got == inFlight) != want {
				t.Errorf("state %d with 9 bytes to deliver: verdict %d, in flight want %v", state, got, want)
			}
			if got := (connection{state, 9, 0, info}).verdict(); (got == inFlight) != alive[state] {
				t.Errorf("state %d with 9 bytes to read: verdict %d, in flight want %v", state, got, alive[state])
			}
			if got := (connection{state, 0, 0, info}).verdict(); (got == over) == alive[state] {
				t.Errorf("state %d: verdict %d", state, got)
			}
		}
	}
}
