package pod

import (
	"fmt"
	"net"
	"os"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestLifeOfAPeer(t *testing.T) {
	id, order := podOf(t), []string{"app", "proxy"}
	s, _, stop := serving(t, NewSelf(id, "app", order))
	s.Say("ready")
	seen := watching(t, NewSelf(id, "proxy", order), "app", false)
	seen.until(t, "it is ready", func(s Seen) bool { return s.State == "ready" })
	s.Say("draining")
	seen.until(t, "it drains", func(s Seen) bool { return s.State == "draining" })
	s.SayExit(3)
	seen.until(t, "it leaves", func(s Seen) bool { return s.Exited && s.Status == 3 && !s.Gone })
	stop()
	last := seen.until(t, "it has gone", func(s Seen) bool { return s.Gone })
	if !last.Exited || last.Status != 3 || last.Absent || !last.Believed || last.Differs || last.Restarted || last.Err != nil {
		t.Errorf("got %+v, want exit status 3 of a peer that is believed", last)
	}
}

func TestAbsentPeer(t *testing.T) {
	seen := watching(t, NewSelf(podOf(t), "proxy", nil), "app", false)
	last := seen.until(t, "it has gone", func(s Seen) bool { return s.Gone })
	if !last.Absent || last.Err != nil {
		t.Errorf("got %+v, want absent", last)
	}
}

func TestPatientWatch(t *testing.T) {
	id := podOf(t)
	seen := watching(t, NewSelf(id, "", nil), "app", true)
	time.Sleep(20 * time.Millisecond)
	if all := seen.all(); len(all) > 0 {
		t.Errorf("got %+v of a peer that was never there, want nothing", all)
	}
	s, _, stop := serving(t, NewSelf(id, "app", nil))
	s.Say("starting")
	seen.until(t, "it starts", func(s Seen) bool { return s.State == "starting" })
	stop()
	last := seen.until(t, "it has gone", func(s Seen) bool { return s.Gone })
	if last.Exited || last.Absent {
		t.Errorf("got %+v, want gone without a status", last)
	}
}

// Whoever is told that a peer is there does not wait for the next look.
func TestHurry(t *testing.T) {
	id := podOf(t)
	seen, hurry := &heard[Seen]{}, make(chan struct{})
	go Watch(t.Context(), NewSelf(id, "", nil), "app", true, hurry, seen.tell)
	time.Sleep(2 * mostPause) // its looks are a second apart by now
	s, _, _ := serving(t, NewSelf(id, "app", nil))
	s.Say("starting")
	began := time.Now()
	hurry <- struct{}{}
	seen.until(t, "it starts", func(s Seen) bool { return s.State == "starting" })
	if took := time.Since(began); took > mostPause/2 {
		t.Errorf("seen after %v, want at once", took)
	}
}

// A connection that ends is not the end of the peer.
func TestConnectionLost(t *testing.T) {
	id := podOf(t)
	s, _, _ := serving(t, NewSelf(id, "app", nil))
	s.Say("draining")
	for _, patient := range []bool{false, true} {
		seen := watching(t, NewSelf(id, "proxy", nil), "app", patient)
		for range 3 {
			seen.until(t, "it drains", func(s Seen) bool { return s.State == "draining" })
			s.mu.Lock()
			for _, g := range slices.Clone(s.guests) {
				s.dismiss(g)
			}
			s.mu.Unlock()
			time.Sleep(20 * time.Millisecond)
		}
		s.Say("stopping")
		seen.until(t, "it stops", func(s Seen) bool { return s.State == "stopping" })
		for _, e := range seen.all() {
			if e.Gone || e.Restarted {
				t.Errorf("patient %t: got %+v, want it to be there", patient, e)
			}
		}
		s.Say("draining")
	}
}

func TestRestartedPeer(t *testing.T) {
	id := podOf(t)
	s, _, stop := serving(t, NewSelf(id, "app", nil))
	s.Say("ready")
	self := NewSelf(id, "proxy", nil)
	one, two := watching(t, self, "app", false), watching(t, self, "app", true)
	for _, seen := range []*heard[Seen]{one, two} {
		seen.until(t, "it is ready", func(s Seen) bool { return s.State == "ready" })
	}
	second, events, _ := server(t, NewSelf(id, "app", nil))
	second.Say("starting")
	events.until(t, "the name is held", func(e Event) bool { h, ok := e.(Held); return ok && h.Believed })
	stop()
	events.until(t, "the name is taken over", func(e Event) bool { served, ok := e.(Served); return ok && served.Late })
	// Whether a look finds the second, or nobody, is a race that both must survive.
	two.until(t, "the first has gone", func(s Seen) bool { return s.Gone })
	one.until(t, "the first has gone, or been followed by the second", func(s Seen) bool { return s.Gone || s.Restarted })
}

// The end of a process is the end of the peer, however it ends.
func TestKilledPeer(t *testing.T) {
	id := podOf(t)
	holder := another(t, "hold", id, os.Getuid())
	seen := watching(t, NewSelf(id, "proxy", nil), "app", false)
	seen.until(t, "it drains", func(s Seen) bool { return s.State == "draining" })
	began := time.Now()
	if err := holder.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	seen.until(t, "it has gone", func(s Seen) bool { return s.Gone && !s.Exited })
	t.Logf("seen %v after SIGKILL", time.Since(began))
}

// Another user's process is waited for, and not believed.
func TestSquattedName(t *testing.T) {
	if os.Getuid() != 0 {
		t.Skip("another user: not root")
	}
	id := podOf(t)
	another(t, "hold", id, 65534)
	seen := watching(t, NewSelf(id, "proxy", nil), "app", false)
	e := seen.until(t, "it drains", func(s Seen) bool { return s.State == "draining" })
	if e.Believed || !e.Known || e.UID != 65534 {
		t.Errorf("got %+v, want user 65534, not believed", e)
	}
	_, events, _ := server(t, NewSelf(id, "app", nil))
	h := events.until(t, "the name is held", func(e Event) bool { _, ok := e.(Held); return ok }).(Held)
	if h.Believed || h.UID != 65534 {
		t.Errorf("got %+v, want user 65534, not believed", h)
	}
	if a := Ask(t.Context(), NewSelf(id, "x", nil), []string{"app"}, false)[0]; a.Believed || a.UID != 65534 || a.State != "draining" {
		t.Errorf("asked: got %+v, want what user 65534 says, not believed", a)
	}
}

// A peer that has gone is not kept alive by who takes its name.
func TestNameTakenByAnotherUser(t *testing.T) {
	if os.Getuid() != 0 {
		t.Skip("another user: not root")
	}
	id := podOf(t)
	s, _, stop := serving(t, NewSelf(id, "app", nil))
	s.Say("ready")
	seen := watching(t, NewSelf(id, "proxy", nil), "app", true)
	seen.until(t, "it is ready", func(s Seen) bool { return s.State == "ready" })
	s.mu.Lock()
	guests := slices.Clone(s.guests)
	s.guests = nil // they outlast the listener
	s.mu.Unlock()
	stop()
	another(t, "hold", id, 65534)
	for _, g := range guests {
		g.conn.Close()
	}
	last := seen.until(t, "it has gone", func(s Seen) bool { return s.Gone })
	if !last.Believed {
		t.Errorf("got %+v, want the end of the one that was believed", last)
	}
}

// What is no drainit is found out, and is there as long as it holds the name,
// whatever it says. A drainit that comes after it is one.
func TestStranger(t *testing.T) {
	for name, says := range nonsense() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			id := podOf(t)
			l, err := net.Listen("unix", address(id, "app"))
			if err != nil {
				t.Fatal(err)
			}
			defer l.Close()
			go talk(l, says)
			seen, exiting := watching(t, NewSelf(id, "proxy", nil), "app", false), watching(t, NewSelf(id, "proxy", nil), "app", true)
			for _, one := range []*heard[Seen]{seen, exiting} {
				one.until(t, "it is no drainit", func(s Seen) bool { return s.Stranger })
			}
			if a := Ask(t.Context(), NewSelf(id, "proxy", nil), []string{"app"}, true)[0]; !a.Stranger && a.State == "" {
				t.Errorf("asked: got %+v, want a stranger, or what it said first", a)
			}
			time.Sleep(mostPause)
			l.Close()
			last := seen.until(t, "it has gone", func(s Seen) bool { return s.Gone })
			if last.Absent {
				t.Errorf("got %+v, want one that was there", last)
			}
			if all := seen.all(); len(all) > 5 {
				t.Errorf("%d times news of a stranger, want a few: %+v", len(all), all)
			}
		})
	}
	t.Run("a drainit comes", func(t *testing.T) {
		t.Parallel()
		id := podOf(t)
		l, err := net.Listen("unix", address(id, "app"))
		if err != nil {
			t.Fatal(err)
		}
		go talk(l, "hello\n")
		s, _, _ := server(t, NewSelf(id, "app", nil))
		s.Say("draining")
		seen := watching(t, NewSelf(id, "proxy", nil), "app", true)
		seen.until(t, "it is no drainit", func(s Seen) bool { return s.Stranger })
		l.Close()
		for { // a patient watch takes the end of the stranger for the end of a peer, and is begun anew
			if watching(t, NewSelf(id, "proxy", nil), "app", true).until(t, "somebody is there", func(s Seen) bool { return s.State != "" || s.Gone }).State == "draining" {
				break
			}
		}
	})
}

// nonsense lists the ways of talking what no drainit does, by name.
func nonsense() map[string]string {
	return map[string]string{
		"other words":      "HTTP/1.1 400 Bad Request\r\n",
		"binary":           "drainit x\n\x00\xff\n",
		"endless line":     "drainit " + strings.Repeat("x", 2*lineLimit),
		"endless lines":    "drainit x\n" + strings.Repeat("more x\n", 2*linesLimit),
		"bad status":       "drainit x\nexit 256\n",
		"no status":        "drainit x\nstate draining\nexit\n",
		"no name":          "drainit\n",
		"empty line first": "\n",
		"name first":       "name app\ndrainit x\n",
		"after a state":    "drainit x\nstate draining\n\x07\n",
	}
}

// talk says the same to all who connect.
func talk(l net.Listener, says string) {
	for {
		c, err := l.Accept()
		if err != nil {
			return
		}
		fmt.Fprint(c, says)
		defer c.Close()
	}
}

// One that listens and says nothing, or hangs up, costs next to nothing.
func TestSilentPeer(t *testing.T) {
	id := podOf(t)
	l, err := net.Listen("unix", address(id, "app"))
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	seen := watching(t, NewSelf(id, "proxy", nil), "app", false)
	seen.until(t, "somebody listens", func(s Seen) bool { return s.State == "" && !s.Gone })
	began := time.Now()
	if a := Ask(t.Context(), NewSelf(id, "", nil), []string{"app", "none"}, false); a[0].Gone || a[0].State != "" || !a[1].Absent {
		t.Errorf("got %+v, want one that says nothing and one that is absent", a)
	}
	if took := time.Since(began); took > patience/2 {
		t.Errorf("asking took %v, want some %v", took, askLimit)
	}
	accepted := 0
	for until := time.Now().Add(500 * time.Millisecond); time.Now().Before(until); accepted++ {
		l.(*net.UnixListener).SetDeadline(until)
		if c, err := l.Accept(); err == nil {
			c.Close()
		}
	}
	if accepted > 20 {
		t.Errorf("it was connected to %d times in half a second, want pauses", accepted)
	}
	l.Close()
	seen.until(t, "it has gone", func(s Seen) bool { return s.Gone })
}
