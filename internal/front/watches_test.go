package front

import (
	"bufio"
	"net"
	"os"
	"os/exec"
	"strconv"
	"testing"
	"time"

	"drainit/internal/testkit"
)

// grpcProgram is test/grpc with its lines. Its input ends with the test, and it with that.
func grpcProgram(t *testing.T, path string, args ...string) <-chan string {
	t.Helper()
	cmd := exec.Command(path, args...)
	cmd.Stderr = os.Stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	lines := make(chan string, 1000)
	go func() {
		for s := bufio.NewScanner(out); s.Scan(); {
			lines <- s.Text()
		}
	}()
	t.Cleanup(func() {
		in.Close()
		cmd.Process.Kill()
		cmd.Wait()
	})
	return lines
}

// Streams of gRPC that do not end leave in turn, each with the status that has clients come
// back; and a stream that is not that old stays.
func TestGRPCStreamsLeaveInTurn(t *testing.T) {
	grpc := testkit.GRPC(t)
	target := testkit.FreeAddr(t)
	if got := receive(t, grpcProgram(t, grpc, "serve", target)); got != "ready" {
		t.Fatal(got)
	}
	at, err := net.ResolveTCPAddr("tcp", target)
	if err != nil {
		t.Fatal(err)
	}
	f, front := timed(t, at, func(f *Front) { f.long, f.cfg.LeaveStreams = 300*time.Millisecond, true })
	young, youngFront := timed(t, at, func(f *Front) { f.cfg.LeaveStreams = true })
	const count = 20
	watches := grpcProgram(t, grpc, "watch", front, target, strconv.Itoa(count))
	others := grpcProgram(t, grpc, "watch", youngFront, target, "1")
	for range count {
		if got := receive(t, watches); got != "begun "+front {
			t.Fatal(got)
		}
	}
	if got := receive(t, others); got != "begun "+youngFront {
		t.Fatal(got)
	}
	time.Sleep(f.long)
	const within = 2 * time.Second
	began := time.Now()
	for _, f := range []*Front{f, young} {
		f.Drain()
		f.Leave(within)
	}
	ended, back, half := 0, 0, 0
	for ended+back < 2*count {
		switch got := receive(t, watches); got {
		case "ended Unavailable":
			if ended++; time.Since(began) < within/2 {
				half++
			}
		case "begun " + target:
			back++
		default:
			t.Fatal(got)
		}
	}
	took := time.Since(began)
	eventually(t, "the connections to end", func() bool { return f.Stats().Connections == 0 })
	if s := f.Stats(); s.Left != count || s.Streams != count || s.InFlight != 0 || s.Failed+s.Cut != 0 {
		t.Errorf("%+v", s)
	}
	if half == count || took < within/2 {
		t.Errorf("%d of %d left in the first half, the last after %v", half, count, took)
	}
	select {
	case got := <-others:
		t.Errorf("the young stream: %s", got)
	default:
	}
	if s := young.Stats(); s.Left != 0 || s.InFlight != 1 {
		t.Errorf("%+v", s)
	}
	t.Logf("%d left, %d of them in the first half of %v, the last after %v", ended, half, within, took)
}
