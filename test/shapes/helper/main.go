// Command helper is what the shapes are made of besides real programs: who makes
// the container, a server that drains, a job, and so on. It is called by links of
// their names, as busybox is.
//
// What happens is a line of the diary, a file that all processes of a container
// append to, so that its order is the order in which things happened.
package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// diary is where it lies in every container.
const diary = "/t/diary"

// roles are the programs, by the name of the link. A name may go on after a
// dash: serve-api is a server.
var roles = map[string]func(args []string) int{
	"contain": contain,
	"mark":    mark,
	"serve":   serve,
	"nginx":   serve, // in the table of programs by its name
	"session": session,
	"java":    java,
	"job":     job,
}

func main() {
	name, _, _ := strings.Cut(filepath.Base(os.Args[0]), "-")
	role, args := roles[name], os.Args[1:]
	if role == nil && len(args) > 0 {
		role, args = roles[args[0]], args[1:]
	}
	if role == nil {
		fmt.Fprintf(os.Stderr, "helper: %q is no program of mine\n", os.Args)
		os.Exit(99)
	}
	os.Exit(role(args))
}

// write adds a line to the diary, whole, whoever else writes.
func write(format string, args ...any) {
	f, err := os.OpenFile(diary, os.O_APPEND|os.O_WRONLY, 0)
	must(err)
	defer f.Close()
	_, err = f.WriteString(fmt.Sprintf(format, args...) + "\n")
	must(err)
}

func must(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, "helper:", err)
		os.Exit(99)
	}
}
