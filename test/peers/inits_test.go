package peers_test

import (
	"fmt"
	"os/exec"
	"testing"
)

// contender is an init that stories are played to.
type contender struct {
	name  string
	path  string
	adopt []string // flags that make it adopt orphans where it is not PID 1
	group []string // flags that make it signal the child's group
}

// drainit returns the drainit under test.
func drainit() contender {
	return contender{name: "drainit", path: binary, group: []string{"--group"}}
}

// tini returns tini, if it is installed.
func tini() (contender, bool) {
	path, err := exec.LookPath("tini")
	return contender{name: "tini", path: path, adopt: []string{"-s"}, group: []string{"-g"}}, err == nil
}

// argv is the command line of the init with a command.
func (c contender) argv(flags, command []string) []string {
	argv := append([]string{c.path}, flags...)
	return append(append(argv, "--"), command...)
}

// A failure is what a story is given up with.
type failure string

// An attempt is one init in one story.
type attempt struct {
	t    *testing.T // for skips, logs and temporary directories alone
	init contender
	undo []func()
}

// fail gives the story up.
func (a *attempt) fail(format string, args ...any) {
	panic(failure(fmt.Sprintf(format, args...)))
}

// onEnd runs f when the story is over, the last one first.
func (a *attempt) onEnd(f func()) { a.undo = append(a.undo, f) }

// is reports whether the init is the one of that name: not all flags are alike.
func (a *attempt) is(name string) bool { return a.init.name == name }

// try plays a story and returns how it failed, "" if it did not.
func try(t *testing.T, c contender, story func(*attempt)) (failed failure) {
	a := &attempt{t: t, init: c}
	defer func() {
		p := recover()
		for i := len(a.undo) - 1; i >= 0; i-- {
			a.undo[i]()
		}
		var ok bool
		if failed, ok = p.(failure); p != nil && !ok {
			panic(p)
		}
	}()
	story(a)
	return ""
}

// compare plays a story to drainit, which must pass, and to tini for the
// record. That tini fails is no failure: it is not what is tested.
func compare(t *testing.T, story func(*attempt)) {
	t.Helper()
	if c, ok := tini(); ok {
		if failed := try(t, c, story); failed != "" {
			t.Logf("tini differs: %s", failed)
		} else {
			t.Log("tini passes")
		}
	}
	alone(t, story)
}

// alone plays a story to drainit, about what tini does not have.
func alone(t *testing.T, story func(*attempt)) {
	t.Helper()
	if failed := try(t, drainit(), story); failed != "" {
		t.Errorf("drainit: %s", failed)
	}
}
