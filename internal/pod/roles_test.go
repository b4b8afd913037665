package pod

import (
	"bufio"
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"runtime"
	"syscall"
	"testing"
	"time"
)

var roles = map[string]func(id string) error{"hold": hold, "crowd": crowd}

// another runs a process of a user that plays a role, until the test ends. It
// returns when that is ready.
func another(t *testing.T, role, id string, uid int) *exec.Cmd {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(self, role, id, fmt.Sprint(uid))
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		cmd.Process.Kill()
		cmd.Wait()
	})
	if line, err := bufio.NewReader(out).ReadString('\n'); err != nil || line != "ready\n" {
		t.Fatalf("got %q, %v from the process, want ready", line, err)
	}
	return cmd
}

// as plays a role as another user, which is changed in all threads.
func as(uid string, play func(id string) error, id string) int {
	var n int
	fmt.Sscan(uid, &n)
	if n != os.Getuid() {
		if err := syscall.Setuid(n); err != nil {
			fmt.Println(err)
			return 1
		}
	}
	if err := play(id); err != nil {
		fmt.Println(err)
		return 1
	}
	fmt.Println("ready")
	select {}
}

// hold holds the name app and says that it drains.
func hold(id string) error {
	served := make(chan struct{})
	s := Serve(context.Background(), NewSelf(id, "app", nil), func(e Event) {
		if _, ok := e.(Served); ok {
			close(served)
		}
	})
	s.Say("draining")
	<-served
	return nil
}

// crowd connects to app far too often, and keeps the connections.
func crowd(id string) error {
	var kept []net.Conn
	for range 3 * guestLimit {
		c, err := dial(context.Background(), id, "app")
		if err != nil {
			return err
		}
		kept = append(kept, c)
		if _, err := newLines(c).next(); err != nil {
			return err // it is let in, and then crowded out by the next
		}
	}
	go func() { // until the end
		time.Sleep(time.Hour)
		runtime.KeepAlive(kept)
	}()
	return nil
}

// stopListening ends the listener alone, as the kernel does first where it has
// the lower descriptor, and returns the connections that are left.
func stopListening(s *Server, cancel func()) []*guest {
	cancel()
	<-s.done
	s.mu.Lock()
	defer s.mu.Unlock()
	guests := s.guests
	s.guests = nil
	return guests
}
