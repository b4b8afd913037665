package shapes_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// outcome is what was seen of a stop.
type outcome struct {
	after   []string // what ran after the stop
	told    map[string]string
	status  int
	took    time.Duration
	got     map[string]string // of each download
	early   bool              // it ended before the stop
	killed  bool              // by the engine, when the grace period was over
	output  string
	diary   string
	files   []string
	missing []string // of logged
}

// missing says so where an expression is not found.
func missing(file, e, content string) []string {
	if matches(e, content) {
		return nil
	}
	return []string{fmt.Sprintf("%s has no %q", file, e)}
}

// drainit and tini are the inits, as a command line begins with them.
func drainitArgv(s shape) []string {
	argv := []string{"/t/bin/drainit", "--grace-period", s.gracePeriod().String()}
	return append(append(argv, s.flags...), "--")
}

var tiniArgv = []string{"/usr/bin/tini", "--"}

// play starts a shape below an init, waits until it is up, and stops it.
func play(t *testing.T, s shape, init []string) outcome {
	t.Helper()
	argv := append(slices.Clone(init), s.command()...)
	if s.pid1 != nil {
		argv = s.withoutInit()
	}
	c := start(t, s, argv)
	c.write("init", argv[0])
	c.up(s.up)
	if s.before != nil {
		s.before(c)
	}
	var downloads []*download
	for what := range strings.FieldsSeq(s.gets) {
		downloads = append(downloads, c.begin(what))
	}
	time.Sleep(150 * time.Millisecond) // a shell goes on to its next command
	if s.passed != 0 {
		c.signal(s.passed)
		time.Sleep(300 * time.Millisecond)
	}
	if s.during != nil {
		s.during(c)
	}
	if s.again != 0 {
		time.AfterFunc(100*time.Millisecond, func() { c.signal(s.again) })
	}
	if s.ends {
		c.end()
	} else {
		c.stop(s.stopSignal(), s.gracePeriod())
	}
	return c.outcome(s, downloads)
}

// up waits for what a row names: the comm of a process, or a line of the diary
// for names with a colon (api:ready).
func (c *container) up(names string) {
	c.t.Helper()
	for name := range strings.FieldsSeq(names) {
		c.soon(name, func() bool {
			if who, what, ok := strings.Cut(name, ":"); ok {
				return strings.Contains("\n"+c.read("diary"), "\n"+who+" "+what+"\n")
			}
			return slices.Contains(c.processes(), name)
		})
	}
}

func (c *container) outcome(s shape, downloads []*download) outcome {
	o := outcome{
		status: c.status(), took: c.ended.Sub(c.begun), got: map[string]string{},
		output: c.out.String(), diary: c.read("diary"), told: c.told(),
	}
	o.early = !c.begun.IsZero() && !c.ended.After(c.begun)
	o.killed = o.took >= s.gracePeriod()
	for _, d := range downloads {
		o.got[d.what] = d.result()
	}
	_, after, _ := strings.Cut(o.diary, "stop\n")
	for line := range strings.Lines(after) {
		who, what, _ := strings.Cut(strings.TrimSpace(line), " ")
		if what == "ran" || what == "ready" { // a server begun anew is no better than a command
			o.after = append(o.after, who)
		}
	}
	for file, e := range s.logged {
		o.missing = append(o.missing, missing(file, e, c.read(file))...)
	}
	files, _ := os.ReadDir(c.dir)
	for _, f := range files {
		o.files = append(o.files, f.Name())
	}
	return o
}

// told gathers which signals came to whom: from the diary, and from the logs of
// the servers that keep one.
func (c *container) told() map[string]string {
	told := map[string]string{}
	for line := range strings.Lines(c.read("diary")) {
		if who, sig, ok := strings.Cut(strings.TrimSpace(line), " got "); ok && sig != "CONT" {
			told[who] = strings.TrimSpace(told[who] + " " + sig)
		}
	}
	logs, _ := filepath.Glob(filepath.Join(c.dir, "*.err"))
	for _, log := range logs {
		name := strings.TrimSuffix(filepath.Base(log), ".err")
		if sigs := nginxSignals(c.read(name + ".err")); sigs != "" {
			told[name] = sigs
		}
	}
	if sigs := apacheSignals(c.read("apache2.log")); sigs != "" {
		told["apache2"] = sigs
	}
	for _, m := range gunicornSignal.FindAllStringSubmatch(c.out.String(), -1) {
		told["gunicorn"] = strings.TrimSpace(told["gunicorn"] + " " + strings.ToUpper(m[1]))
	}
	return told
}

func (o outcome) String() string {
	return fmt.Sprintf("status %d in %v, after the stop %q, told %v, downloads %v", o.status, o.took.Round(10*time.Millisecond), o.after, o.told, o.got)
}
