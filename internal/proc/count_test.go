package proc

import (
	"os/exec"
	"testing"
	"time"
)

// Three that have ended and are not waited for yet are three more zombies, and a
// bound is one of what is read.
func TestCount(t *testing.T) {
	var ended []*exec.Cmd
	for range 3 {
		c := exec.Command("/bin/true")
		out, err := c.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := c.Start(); err != nil {
			t.Fatal(err)
		}
		_, _ = out.Read(make([]byte, 1)) // until its end closes it
		ended = append(ended, c)
	}
	defer func() {
		for _, c := range ended {
			_ = c.Wait()
		}
	}()
	all, zombies, err := Count(1 << 20)
	for until := time.Now().Add(10 * time.Second); zombies < 3 && time.Now().Before(until); { // they end soon after
		time.Sleep(5 * time.Millisecond)
		all, zombies, err = Count(1 << 20)
	}
	if err != nil || zombies < 3 || all <= zombies {
		t.Errorf("Count = %d, %d, %v; want three zombies or more, and this process", all, zombies, err)
	}
	if all, _, err := Count(2); all != 2 || err != nil {
		t.Errorf("Count(2) = %d, %v; want 2", all, err)
	}
}

func TestIsZombie(t *testing.T) {
	const rest = " 1 7 7 0 -1 4228356 105 0 0 0 0 0 0 0 20 0 "
	for stat, want := range map[string]bool{
		"7 (sleep) Z" + rest + "1 0 123 0 0\n": true,
		"7 (a) Z (b) S" + rest + "1 0 123\n":   false,
		"7 (java) Z" + rest + "23 0 123 0 0\n": false, // main has ended, the others go on
		"7 (x) Z 1":                            false,
		"":                                     false,
	} {
		if got := isZombie([]byte(stat)); got != want {
			t.Errorf("isZombie(%q) = %v, want %v", stat, got, want)
		}
	}
}
