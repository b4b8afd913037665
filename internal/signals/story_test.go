package signals

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
)

var update = flag.Bool("update", false, "rewrite the lower halves of testdata")

// TestStories plays the stories of testdata: above the line the processes below
// drainit, a line each, those below another one indented; below it who is told
// what. Behind the arguments, in brackets, stand the signals a process catches,
// ignores and blocks, whom it serves, whose output it reads, and its script.
// "adopted" begins what drainit has adopted, "request" says which signal was the
// stop request, "forward" asks who gets one that is passed on, "leftovers" what a
// sweep does, and "reserve" who is told when that begins.
func TestStories(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txt"), func(t *testing.T) {
			b, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			upper, lower, _ := strings.Cut(string(b), "----\n")
			got := play(t, upper)
			if *update {
				if err := os.WriteFile(file, []byte(upper+"----\n"+got), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			if got != lower {
				t.Errorf("got:\n%s\nwant:\n%s", got, lower)
			}
		})
	}
}

// play answers what the upper half of a story asks.
func play(t *testing.T, story string) string {
	t.Helper()
	tree, asked := readStory(t, story)
	if asked == nil {
		asked = []string{"request TERM"}
	}
	var out strings.Builder
	for _, line := range asked {
		verb, arg, _ := strings.Cut(line, " ")
		if len(asked) > 1 {
			fmt.Fprintf(&out, "%s:\n", line)
		}
		switch verb {
		case "request":
			tell(&out, StopSignal{}.Resolve(tree, parse(t, arg)))
		case "forward":
			for _, p := range Forward(tree, parse(t, arg)) {
				fmt.Fprintf(&out, "forward   %d %s\n", p.PID, p.Name)
			}
		case "leftovers":
			now, readers := Leftovers(tree)
			tellEach(&out, "now", now)
			tellEach(&out, "reader", readers)
		default:
			t.Fatalf("what is %q?", line)
		}
	}
	return out.String()
}

func tell(out *strings.Builder, s Stop) {
	tellEach(out, "first", s.First)
	tellEach(out, "program", s.Programs)
	for _, pid := range s.Wrappers {
		fmt.Fprintf(out, "around    %d\n", pid)
	}
	tellEach(out, "held", s.Held)
	for _, r := range s.Readers {
		fmt.Fprintf(out, "reads     %d", r.PID)
		if !r.IsShell {
			out.WriteString(", anything")
		}
		if r.With != nil {
			fmt.Fprintf(out, ", after %v", r.With)
		}
		out.WriteByte('\n')
	}
	if s.Last.PID != 0 {
		tellEach(out, "last", []Target{s.Last})
	}
}

func tellEach(out *strings.Builder, as string, list []Target) {
	for _, t := range list {
		fmt.Fprintf(out, "%-9s %d %s %s", as, t.PID, t.Name, describe(t))
		if t.PassesOn {
			out.WriteString(", passes on")
		}
		if t.After != nil {
			fmt.Fprintf(out, ", after %v", t.After)
		}
		out.WriteByte('\n')
	}
}

func parse(t *testing.T, name string) Signal {
	t.Helper()
	sig, err := Parse(name)
	if err != nil {
		t.Fatal(err)
	}
	return sig
}

// readStory reads the processes and what is asked of them.
func readStory(t *testing.T, story string) (tree Tree, asked []string) {
	t.Helper()
	lines := strings.Split(strings.TrimRight(story, "\n"), "\n")
	list := []*Process{}
	path := []*Process{}
	adopted := false
	for _, line := range lines {
		text := strings.TrimLeft(line, " ")
		switch {
		case text == "" || text[0] == '#':
			continue
		case text == "adopted":
			adopted = true
			continue
		case text[0] < '0' || text[0] > '9':
			asked = append(asked, text)
			continue
		}
		p := readProcess(t, text)
		depth := (len(line) - len(text)) / 2
		path = append(path[:depth:depth], p)
		if depth > 0 {
			above := path[depth-1]
			above.Children = append(above.Children, Process{PID: p.PID})
		}
		list = append(list, p)
		if depth == 0 && adopted {
			tree.Adopted = append(tree.Adopted, Process{PID: p.PID})
		} else if depth == 0 {
			tree.Root.PID = p.PID
		}
	}
	fill := func(q Process) Process {
		return *list[slices.IndexFunc(list, func(p *Process) bool { return p.PID == q.PID })]
	}
	var down func(Process) Process
	down = func(q Process) Process {
		q = fill(q)
		for i := range q.Children {
			q.Children[i] = down(q.Children[i])
		}
		return q
	}
	if tree.Root.PID != 0 {
		tree.Root = down(tree.Root)
	}
	for i := range tree.Adopted {
		tree.Adopted[i] = down(tree.Adopted[i])
	}
	return tree, asked
}

// readProcess reads "10 'nginx: master process nginx' [catches QUIT,TERM] [serves outside]".
func readProcess(t *testing.T, text string) *Process {
	t.Helper()
	text, facts, _ := strings.Cut(text, " [")
	number, command, _ := strings.Cut(text, " ")
	pid, err := strconv.Atoi(number)
	if err != nil {
		t.Fatal(err)
	}
	p := &Process{PID: pid, Argv: words(command)}
	p.Comm = filepath.Base(p.Argv[0])
	p.Comm, _ = cutTitle(p.Comm[:min(len(p.Comm), 15)])
	if p.IsShell() {
		p.Caught = MaskOf(syscall.SIGINT, syscall.SIGCHLD)
	}
	for fact := range strings.SplitSeq(strings.TrimSuffix(facts, "]"), "] [") {
		word, arg, _ := strings.Cut(fact, " ")
		switch word {
		case "":
		case "catches":
			p.Caught |= mask(t, arg)
		case "ignores":
			p.Ignored |= mask(t, arg)
		case "blocks":
			p.Blocked |= mask(t, arg)
		case "comm":
			p.Comm = arg
		case "serves":
			p.Serves = map[string]Service{"outside": ServesOutside, "inside": ServesInside}[arg]
		case "reads":
			for n := range strings.SplitSeq(arg, ",") {
				from, _ := strconv.Atoi(n)
				p.Reads = append(p.Reads, from)
			}
		case "script":
			p.Script = strings.ReplaceAll(arg, `\n`, "\n")
		case "leads":
			p.LeadsTerminal = true
		case "unknown":
			p.MasksUnknown = true
		default:
			t.Fatalf("what is %q?", fact)
		}
	}
	return p
}

func mask(t *testing.T, list string) (m Mask) {
	t.Helper()
	if list == "all" {
		return 0xfffffffd7fc1feff // as Go's runtime
	}
	for name := range strings.SplitSeq(list, ",") {
		m |= bit(parse(t, name))
	}
	return m
}

// words splits a command into its arguments, as a shell would with single quotes.
func words(s string) (words []string) {
	for s != "" {
		if s[0] == '\'' {
			word, rest, _ := strings.Cut(s[1:], "'")
			words, s = append(words, word), strings.TrimPrefix(rest, " ")
			continue
		}
		word, rest, _ := strings.Cut(s, " ")
		words, s = append(words, word), rest
	}
	return words
}
