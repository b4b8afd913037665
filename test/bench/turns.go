package main

import (
	"encoding/binary"
	"fmt"
	"io"
	"math/rand/v2"
	"os/exec"
	"slices"
	"time"
)

const (
	// blocks is the number of parts a run is cut into, each with results of its own; see ratio.
	blocks = 12
	// settle is how long a started init is left alone before its child ends: what it does after starting the child
	// is not part of how fast it notices the end.
	settle = 20 * time.Millisecond
)

// turn is what one run of one init took.
type turn struct {
	start time.Duration // from the exec of the init to the child's main
	exit  time.Duration // from the child's end to the init's, as its parent sees it
}

// takeTurns runs every init, and the child alone, once a round in an order drawn anew for each round.
func takeTurns(inits []contender, child string, rounds int) (map[contender][]turn, error) {
	turns := map[contender][]turn{}
	order := append(slices.Clone(inits), none)
	for range rounds {
		rand.Shuffle(len(order), func(i, j int) { order[i], order[j] = order[j], order[i] })
		for _, c := range order {
			t, err := takeTurn(c, child)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", c.name, err)
			}
			turns[c] = append(turns[c], t)
		}
	}
	return turns, nil
}

func takeTurn(c contender, child string) (turn, error) {
	p, err := start(c, child)
	if err != nil {
		return turn{}, err
	}
	time.Sleep(settle)
	p.stdin.Close()
	ending, err := readStamp(p.stdout)
	waitErr := p.cmd.Wait()
	ended := monotonic()
	if err == nil {
		err = waitErr
	}
	return turn{start: time.Duration(p.began - p.execed), exit: time.Duration(ended - ending)}, err
}

// running is an init whose child has begun.
type running struct {
	cmd           *exec.Cmd
	stdin         io.Closer // closing it ends the child
	stdout        io.Reader
	execed, began int64 // stamps: the exec of the init, the child's main
}

// start runs child under an init and returns once the child has begun. The caller closes stdin and waits.
func start(c contender, child string) (*running, error) {
	cmd := asPID1(c.argv(child))
	stdin, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	p := &running{cmd: cmd, stdin: stdin, stdout: stdout}
	if p.execed, err = readStamp(stdout); err == nil {
		p.began, err = readStamp(stdout)
	}
	if err != nil {
		stdin.Close()
		return nil, fmt.Errorf("its child did not begin: %w, %v", err, cmd.Wait())
	}
	return p, nil
}

// readStamp reads one time in nanoseconds, as the child writes it.
func readStamp(r io.Reader) (int64, error) {
	var ns int64
	err := binary.Read(r, binary.NativeEndian, &ns)
	return ns, err
}
