package main

import (
	"fmt"
	"io"
	"strings"
)

// printNotRun says which tests are left for the other part, with their number, and the one command that runs them.
// Tests are counted as functions, since subtests are known only once they run. top is the module's directory.
func printNotRun(w io.Writer, top string, slow []slowTest) {
	n, lines := 0, []string{}
	named := map[string]int{} // lines by package
	for _, s := range slow {
		if s.name == "" {
			count := len(testsOf(top + "/" + s.pkg))
			n += count
			lines = append(lines, fmt.Sprintf("  %s, all %d: %s", s.pkg, count, s.why))
			continue
		}
		n++
		i, known := named[s.pkg]
		if !known {
			i = len(lines)
			named[s.pkg] = i
			lines = append(lines, "  "+s.pkg+":")
		}
		lines[i] += " " + s.name
	}
	fmt.Fprintf(w, "\nnot run here, %d tests:\n%s\n`make test-all` runs them too, and all with the race detector: "+
		"it takes a C compiler, root, Docker and debootstrap, and says first what it fetches and how long it takes\n", n, strings.Join(lines, "\n"))
}
