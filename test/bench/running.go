package main

import (
	"encoding/binary"
	"fmt"
	"io"
	"os"
	"os/exec"
	"time"
)

// settle is how long a started init is left alone before anything is asked of it: what it does after starting the
// program is not part of how fast it is then.
const settle = 20 * time.Millisecond

// surroundings are what an init is started in. The zero value is those of the bench.
type surroundings struct {
	cgroup string   // path of the cgroup.procs to join
	env    []string // besides PATH
	silent bool     // drops its standard error
}

// running is an init whose program has begun.
type running struct {
	cmd           *exec.Cmd
	stdin         io.WriteCloser // the programs end at its end
	stdout        io.Reader
	execed, began int64 // stamps: the exec of the init, the program's main
}

// start runs program under an init and returns once it has begun. The caller ends it.
func start(c contender, program string, in surroundings) (*running, error) {
	cmd := asPID1(c.argv(program), in.cgroup)
	cmd.Env = append([]string{"PATH=/usr/bin:/bin"}, in.env...)
	if !in.silent {
		cmd.Stderr = os.Stderr
	}
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
		return nil, fmt.Errorf("its program did not begin: %w, %v", err, cmd.Wait())
	}
	return p, nil
}

func (p *running) pid() int { return p.cmd.Process.Pid }

// end ends the program, and so its init, and returns how that ended.
func (p *running) end() error {
	p.stdin.Close()
	return p.cmd.Wait()
}

// readStamp reads one time in nanoseconds, as package stamp writes it.
func readStamp(r io.Reader) (int64, error) {
	var ns int64
	err := binary.Read(r, binary.NativeEndian, &ns)
	return ns, err
}
