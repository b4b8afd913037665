package rules

import (
	"fmt"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"

	"drainit/internal/drain"
)

// drainitRun is a container's drainit.
type drainitRun struct {
	flags   map[string]string // by name; they beat variables
	env     environment
	program []string // what it runs, if the manifest says
	shell   string   // a shell between it and the platform
	implied bool     // not in the command: variables say that the image has it
}

// isDrainit reports whether a file is drainit by its name, as drainit itself tells.
func isDrainit(file string) bool {
	name := path.Base(file)
	return name == "drainit" || strings.HasPrefix(name, "drainit-linux-")
}

// switches are drainit's flags without a value.
var switches = []string{"expand", "group", "h", "help", "stop-on-hangup", "version"}

// drainitOf returns a container's drainit, or nil. Where command: is something else drainit does not run, whatever the
// variables say.
func drainitOf(c corev1.Container, env environment) *drainitRun {
	command := commandOf(c)
	if len(command) > 0 && isDrainit(command[0]) {
		flags, program := drainitFlags(command[1:])
		if len(program) > 0 && program[0] == "ctl" && !slices.Contains(command, "--") {
			return nil
		}
		return &drainitRun{flags: flags, env: env, program: program}
	}
	if script, is := shellScript(command); is {
		words := strings.Fields(script)
		for i, word := range words {
			if isDrainit(word) && (i == 0 || words[i-1] != "-f" && words[i-1] != "-x") {
				flags, program := drainitFlags(words[i+1:])
				if len(program) > 0 && program[0] == "ctl" {
					continue
				}
				run := &drainitRun{flags: flags, env: env, program: program}
				if shellBetween(c) != nil {
					run.shell = command[0]
				}
				return run
			}
		}
	}
	if len(c.Command) == 0 && env.has("DRAINIT_GRACE_PERIOD") {
		return &drainitRun{env: env, implied: true, program: c.Args}
	}
	return nil
}

// drainitFlags splits a command line of drainit.
func drainitFlags(words []string) (flags map[string]string, program []string) {
	flags = map[string]string{}
	for len(words) > 0 {
		word := words[0]
		words = words[1:]
		if word == "--" {
			return flags, words
		}
		name, is := strings.CutPrefix(word, "-")
		if !is || name == "" {
			return flags, append([]string{word}, words...)
		}
		name = strings.TrimPrefix(name, "-")
		name, value, joined := strings.Cut(name, "=")
		if !joined && !slices.Contains(switches, name) && len(words) > 0 {
			value, words = words[0], words[1:]
		}
		flags[name] = value
	}
	return flags, nil
}

// get returns a setting, and whether its value is known.
func (d *drainitRun) get(name string) (value string, known bool) {
	if value, is := d.flags[name]; is {
		return value, !strings.Contains(value, "$")
	}
	return d.env.get(variable(name))
}

func variable(name string) string {
	return "DRAINIT_" + strings.ToUpper(strings.ReplaceAll(name, "-", "_"))
}

// settings returns what drainit is told, whether all that matters of it is known, and what cannot be read.
func (d *drainitRun) settings() (s drain.Settings, known bool, wrong []string) {
	s = drain.Settings{Kubernetes: true, Sweep: 2 * time.Second}
	known = true
	read := func(name string, into func(string) error) {
		value, is := d.get(name)
		if known = known && is; value == "" {
			return
		}
		if err := into(value); err != nil {
			wrong = append(wrong, fmt.Sprintf("%s is %q: %v", d.spelled(name), value, err))
		}
	}
	read("grace-period", optional("unset", durationInto(&s.GracePeriod)))
	read("drain-delay", optional("auto", func(v string) error {
		s.DelayGiven = true
		least, most, ranged := strings.Cut(v, "..")
		err := durationInto(&s.Delay)(least)
		if err == nil && ranged {
			err = durationInto(&s.DelayMax)(most)
		}
		return err
	}))
	read("deadline", optional("auto", func(v string) error {
		if s.DeadlineOff = v == "off"; s.DeadlineOff {
			return nil
		}
		return durationInto(&s.Deadline)(v)
	}))
	read("drain-until", func(v string) error {
		until, is := map[string]drain.Until{"delay": drain.UntilDelay, "idle": drain.UntilIdle,
			"closed": drain.UntilClosed}[v]
		if !is {
			return fmt.Errorf("write delay, idle or closed")
		}
		s.Until = until
		return nil
	})
	read("front", func(v string) error { s.Front = v != "none"; return nil })
	read("stop-signal", optional("auto", func(v string) error {
		s.StopSignalGiven = true
		for i, part := range strings.Split(v, "/") {
			if i%2 == 1 {
				d, err := duration(part)
				if err != nil {
					return err
				}
				s.Schedule = append(s.Schedule, d)
			}
		}
		return nil
	}))
	read("unready-after", func(v string) error {
		if s.UnreadyWithStop = v == "stop"; s.UnreadyWithStop {
			return nil
		}
		return durationInto(&s.UnreadyAfter)(v)
	})
	read("at-stop", func(v string) error { s.AtStop = v != "none"; return nil })
	read("name", optional("none", func(v string) error { s.Name = v; return nil }))
	read("stop-order", optional("none", func(v string) error { s.Order = strings.Split(v, ","); return nil }))
	if len(s.Order) > 0 && !slices.Contains(s.Order, s.Name) { // said by another check
		s.Order = nil
	}
	return s, known, wrong
}

// spelled returns how a setting was given: --drain-delay or DRAINIT_DRAIN_DELAY.
func (d *drainitRun) spelled(name string) string {
	if _, is := d.flags[name]; is {
		return "--" + name
	}
	return variable(name)
}

// field returns where a setting of a container's drainit is written.
func (c *container) field(name string) string {
	if _, is := c.drainit.flags[name]; is {
		return c.at("command")
	}
	for i, v := range c.Env {
		if v.Name == variable(name) {
			return c.at(fmt.Sprintf("env[%d]", i))
		}
	}
	return c.path
}

// defaultProbePort is drainit's.
const defaultProbePort = 10143

// probePort returns where drainit serves its probes, 0 if nowhere, and whether that is known.
func (d *drainitRun) probePort() (port int, known bool) {
	addr, known := d.get("probe-addr")
	switch {
	case !known:
		return 0, false
	case addr == "":
		return defaultProbePort, true
	case addr == "off":
		return 0, true
	}
	port, err := strconv.Atoi(addr[strings.LastIndex(addr, ":")+1:])
	return port, err == nil
}

func optional(word string, into func(string) error) func(string) error {
	return func(v string) error {
		if v == word {
			return nil
		}
		return into(v)
	}
}

func durationInto(to *time.Duration) func(string) error {
	return func(v string) (err error) {
		*to, err = duration(v)
		return err
	}
}

// duration reads what drainit reads: a bare number is seconds.
func duration(v string) (time.Duration, error) {
	if strings.Trim(v, "0123456789.") == "" {
		v += "s"
	}
	d, err := time.ParseDuration(v)
	if err != nil || d < 0 {
		return 0, fmt.Errorf("no duration; write 5s, 1m30s or a number of seconds")
	}
	return d, nil
}
