package peers_test

import (
	"fmt"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"drainit/internal/testkit"
)

// worker is the command line of the process that the program leaves somewhere.
const worker = "sleep 20002"

// roleWorks starts a worker, below it, in a group or a session of its own, or without a
// parent that waits for it, becomes another user if so told, says ready, and goes on.
func roleWorks(args []string) int {
	cmd := exec.Command("/bin/sh", "-c", "exec "+worker)
	switch args[0] {
	case "group":
		cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	case "session":
		cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	case "orphan":
		cmd = exec.Command("/bin/sh", "-c", worker+" &")
	}
	if args[0] == "orphan" {
		must(cmd.Run())
	} else {
		must(cmd.Start())
	}
	if args[0] == "user" {
		must(syscall.Setresuid(65534, 65534, 65534))
	}
	fmt.Println("ready")
	time.Sleep(time.Hour)
	return 0
}

// ways are those in which a worker may be where its program's end does not end it.
var ways = []string{"child", "group", "session", "orphan"}

// whoIs returns the processes of a story by who they are.
func (p *process) whoIs() map[string]int {
	who := map[string]int{}
	for _, pid := range append(descendants(p.cmd.Process.Pid), p.cmd.Process.Pid) {
		switch line := commandLine(pid); {
		case strings.Contains(" "+line, " "+rolePrefix+"ns ") || state(pid) == "Z":
		case strings.HasPrefix(line, p.init.path+" "):
			who["the init"] = pid
		case strings.Contains(line, rolePrefix+"works"):
			who["the program"] = pid
		case line == worker:
			who["the worker"] = pid
		}
	}
	return who
}

// left says who is there, in the order of the table.
func (p *process) left() string {
	who := p.whoIs()
	var names []string
	for _, name := range []string{"the init", "the program", "the worker"} {
		if who[name] != 0 {
			names = append(names, name)
		}
	}
	if names == nil {
		return "nobody"
	}
	return strings.Join(names, ", ")
}

// survivors has somebody killed with SIGKILL, and waits for who is to be left then, and
// whether that is so a moment later.
func survivors(a *attempt, flags []string, way string, below bool, victim, want string) {
	prepare := ""
	if below {
		prepare = "stays"
	}
	p := a.start(spec{flags: map[string][]string{a.init.name: flags}, command: role("works", way), adopted: below, prepare: prepare})
	p.says("ready")
	p.within("all are there", func() bool { return len(p.whoIs()) == 3 })
	if err := syscall.Kill(p.whoIs()[victim], syscall.SIGKILL); err != nil {
		a.fail("%v", err)
	}
	p.within("left: "+want, func() bool { return p.left() == want })
	time.Sleep(300 * time.Millisecond)
	if got := p.left(); got != want {
		a.fail("a moment later are left: %s", got)
	}
}

// outlives is the table of the manual: who is left when somebody was killed, by init.
var outlives = []struct {
	victim string
	below  bool
	want   [4]string // by column
}{
	{"the init", false, [4]string{"nobody", "nobody", "nobody", "nobody"}},
	{"the program", false, [4]string{"nobody", "nobody", "nobody", "nobody"}},
	{"the worker", false, [4]string{"the init, the program", "the init, the program", "the init, the program", "the init, the program"}},
	{"the init", true, [4]string{"the program, the worker", "the worker", "the program, the worker", "the program, the worker"}},
	{"the program", true, [4]string{"nobody", "nobody", "the worker", "the worker"}},
	{"the worker", true, [4]string{"the init, the program", "the init, the program", "the init, the program", "the init, the program"}},
}

// column is an init with flags.
type column struct {
	head  string
	init  contender
	flags []string
	has   bool
}

func columns() []column {
	other, has := tini()
	plain := other
	plain.adopt = nil
	return []column{
		{"drainit", drainit(), nil, true},
		{"with `--parent-death-signal SIGKILL`", drainit(), []string{"--parent-death-signal", "SIGKILL"}, true},
		{"`tini -s`", other, []string{"-s"}, has},
		{"`tini -p SIGKILL`", plain, []string{"-p", "SIGKILL"}, has},
	}
}

// TestWhoOutlivesWhom: the manual's table, whichever way the worker has left.
func TestWhoOutlivesWhom(t *testing.T) {
	t.Parallel()
	var heads strings.Builder
	heads.WriteString("| the init is | SIGKILL for |")
	for _, c := range columns() {
		heads.WriteString(" " + c.head + " |")
	}
	rows := []string{heads.String()}
	var lanes sync.WaitGroup
	room := make(chan struct{}, 4)
	for _, row := range outlives {
		text := "| PID 1 | " + row.victim + " |"
		if row.below {
			text = "| below another PID 1 | " + row.victim + " |"
		}
		for i, c := range columns() {
			text += " " + row.want[i] + " |"
			if !c.has {
				continue
			}
			for _, way := range ways {
				room <- struct{}{}
				lanes.Go(func() {
					defer func() { <-room }()
					failed := try(t, c.init, func(a *attempt) { survivors(a, c.flags, way, row.below, row.victim, row.want[i]) })
					if failed != "" {
						t.Errorf("%s, %s killed, below: %v, a worker that is %s: %s", c.head, row.victim, row.below, way, failed)
					}
				})
			}
		}
		rows = append(rows, text)
	}
	lanes.Wait()
	testkit.Says(t, "../../docs/concepts.md", rows...)
}

// TestParentDeathSignalIsAny: one that the program can stop on, and the limits of it:
// who has become another user is not reached (prctl(2)).
func TestParentDeathSignalIsAny(t *testing.T) {
	t.Parallel()
	alone(t, func(a *attempt) {
		survivors(a, []string{"--parent-death-signal", "TERM"}, "child", true, "the init", "the worker")
	})
	needRoot(t)
	alone(t, func(a *attempt) {
		survivors(a, []string{"--parent-death-signal", "SIGKILL"}, "user", true, "the init", "the program, the worker")
	})
}
