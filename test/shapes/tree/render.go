package tree

import (
	"fmt"
	"strings"
	"time"
)

// Argv is the command line of a tree. Scripts write "mark x" where a command shows
// that it ran.
func (n *Node) Argv() []string {
	switch n.Kind {
	case Server:
		argv := []string{"serve", "-name", n.Name, "-port", fmt.Sprint(n.Port), "-drain", n.Drain.String()}
		if n.Known {
			argv[0] = "/t/bin/table/nginx"
			argv = append(argv, "-on", "QUIT")
		}
		return argv
	case Job:
		return []string{"job", "-name", n.Name, "-finish", n.Drain.String()}
	case Sleep:
		return []string{"sleep", "1000"}
	case Shell:
		return append(strings.Fields(n.Words[0]), "-c", n.script())
	}
	if n.Main == nil {
		return n.Words
	}
	return append(append([]string{}, n.Words...), n.Main.Argv()...)
}

// words is a node within a script.
func (n *Node) words() string {
	if n.Kind == Pipeline {
		return n.Main.words() + " | " + n.Reader.words()
	}
	argv := n.Argv()
	quoted := make([]string, len(argv))
	for i, arg := range argv {
		quoted[i] = quote(arg)
	}
	return strings.Join(quoted, " ")
}

// quote makes an argument one word of a script.
func quote(arg string) string {
	if arg != "" && strings.Trim(arg, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-./=") == "" {
		return arg
	}
	return "'" + strings.ReplaceAll(arg, "'", `'\''`) + "'"
}

func (n *Node) script() string {
	script := ""
	switch n.Trap {
	case Exits:
		script = fmt.Sprintf("trap 'mark trap%s; exit 3' TERM; ", n.mark)
	case Tells:
		script = fmt.Sprintf("trap 'mark trap%s; kill $P; wait $P; exit 3' TERM; ", n.mark)
	}
	for _, b := range n.Background {
		script += b.words() + " & P=$!; "
	}
	main := "wait"
	if n.Main != nil {
		main = n.Main.words()
	}
	return script + around(n.Around, main, n.mark)
}

// around is a shell's command with what would come after it.
func around(f Form, main, mark string) string {
	switch f {
	case Then:
		return main + "; mark " + mark
	case And:
		return main + " && mark " + mark
	case Or:
		return main + " || mark " + mark
	case While:
		return "while true; do " + main + "; mark " + mark + "; done"
	case Until:
		return "until " + main + "; do mark " + mark + "; done; mark " + mark + "end"
	case Sub:
		return "(" + main + "; mark " + mark + "); mark " + mark + "end"
	case Exec:
		return "exec " + main
	case Orphan:
		return "(" + main + " &); sleep 1000; mark " + mark
	case Condition:
		return "if " + main + "; then mark " + mark + "; else mark " + mark + "else; fi"
	}
	return main
}

// Trapped reports whether a mark is one of a trap.
func Trapped(mark string) bool { return strings.HasPrefix(mark, "trap") }

// Longest is how long the servers need together.
func (n *Node) Longest() time.Duration {
	var d time.Duration
	for _, s := range n.All(Server) {
		d += s.Drain + s.Asked
	}
	return d
}
