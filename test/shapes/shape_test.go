package shapes_test

import (
	"maps"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"
)

// shape is a row: an entrypoint, how it is stopped, and what is right then.
//
// In scripts "mark x" is replaced by a builtin of the shell that writes "x ran"
// into the diary, so that not even the time of a fork hides it.
type shape struct {
	name    string
	script  string   // run as sh -c; else
	argv    []string // the command
	shells  string   // which sh: some of "dash bash busybox"; dash alone if empty
	oneDoes bool     // of the shells, in a short run
	files   map[string]string
	env     []string
	flags   []string         // drainit's
	pid1    []string         // instead of an init, in both cases
	stop    syscall.Signal   // the image's STOPSIGNAL; SIGTERM
	grace   time.Duration    // 10 s, 15 s with a download; drainit's deadline is 2 s before
	up      string           // commands (comm) and "X ready"s that are waited for before
	gets    string           // what is downloaded meanwhile, as PORT/PATH
	before  func(*container) // what else is waited for before
	passed  syscall.Signal   // a signal sent to PID 1 before the stop
	during  func(*container)
	again   syscall.Signal // sent 100 ms after the stop
	ends    bool           // by itself or by what is done meanwhile: it is not stopped

	after       string            // what runs after the stop, in its order
	afterAsTini bool              // the same as under tini
	told        map[string]string // which signals came to whom, in their order; or, after a |
	lines       string            // a line of the diary that is there in the end
	status      string            // as under tini if empty; 0|143: either
	cut         bool              // the downloads are not completed: by right
	atLeast     time.Duration
	atMost      time.Duration
	says        []string          // expressions that match what drainit writes
	never       []string          // and that do not
	program     string            // that stopped, as the log has it
	logged      map[string]string // files of /t, and an expression that is found in them in the end
	has         string            // files of /t that are there in the end
	hasNot      string

	heavy bool   // it is in the Debian of the heavy ones
	sh    string // of shells, the one of this run
}

const allShells = "dash bash busybox"

// shell is the path of what is /bin/sh.
func (s shape) shell() string {
	if s.sh == "" {
		return "dash"
	}
	return s.sh
}

// root is the Debian that the row runs in.
func (s shape) root(t *testing.T) string {
	made := debian
	if s.heavy {
		made = heavyDebian
	}
	dir, err := made()
	if err != nil {
		t.Fatal(err)
	}
	return dir
}

// command is the command line that an init is given.
func (s shape) command() []string {
	argv := s.argv
	if s.script != "" {
		argv = []string{"sh", "-c", s.script}
	}
	return allWithMarks(argv)
}

// withoutInit is the command line where the row has no init.
func (s shape) withoutInit() []string { return allWithMarks(s.pid1) }

func allWithMarks(argv []string) []string {
	marked := make([]string, len(argv))
	for i, arg := range argv {
		marked[i] = withMarks(arg)
	}
	return marked
}

var markCommand = regexp.MustCompile(`\bmark (\w+)`)

func withMarks(script string) string {
	return markCommand.ReplaceAllString(script, "echo $1 ran >>/t/diary")
}

// environment is the row's, and what every container has.
func (s shape) environment() []string {
	env := []string{"PATH=/t/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "HOME=/root", "LANG=C.UTF-8"}
	if !slices.ContainsFunc(s.env, func(kv string) bool { return strings.HasPrefix(kv, "DRAINIT_DRAIN_DELAY=") }) {
		env = append(env, "DRAINIT_DRAIN_DELAY=0")
	}
	return append(env, s.env...)
}

func (s shape) stopSignal() syscall.Signal {
	if s.stop == 0 {
		return syscall.SIGTERM
	}
	return s.stop
}

// gracePeriod is longer where a download is in flight, so that on a slow machine
// too it ends before a fast signal comes.
func (s shape) gracePeriod() time.Duration {
	switch {
	case s.grace != 0:
		return s.grace
	case s.gets != "":
		return 15 * time.Second
	}
	return 10 * time.Second
}

// deadline is drainit's.
func (s shape) deadline() time.Duration {
	return s.gracePeriod() - min(2*time.Second, s.gracePeriod()/5)
}

// allFiles are the row's and what the servers need.
func (s shape) allFiles() map[string]string {
	all := maps.Clone(serverFiles)
	for name, content := range s.files {
		all[name] = content
		if strings.HasPrefix(content, "#!") {
			all[name] = withMarks(content)
		}
	}
	return all
}

// noise is what a busy machine adds to any time.
const noise = 1900 * time.Millisecond
