package signals

import (
	"path"
	"strings"
)

// command is how a process was started, as far as /proc still tells.
type command struct {
	names []string // what it may be called, the surest first; a script counts, not what interprets it
	title string   // what it says of itself after its name: "master process nginx -g daemon off;"
	args  []string // after the name
}

// commandOf reads comm and argv. A shell stays a shell whatever its script is
// called: a script named nginx that ends in exec nginx is not nginx yet. Of
// busybox only its shell is looked at; what else it imitates (httpd) behaves in
// its own way.
func commandOf(comm string, argv []string) command {
	if len(argv) == 0 {
		name, title := cutTitle(comm)
		return command{names: []string{name}, title: title}
	}
	name, title := path.Base(argv[0]), ""
	if len(argv) == 1 {
		name, title = cutTitle(argv[0])
	}
	name = strings.TrimPrefix(name, "-") // a login shell: login(1), execve(2)
	args := argv[1:]
	if i, ok := interpreterOf(name); ok {
		script, args := i.script(args)
		return command{names: []string{script}, args: args}
	}
	switch {
	case isShell(name):
		return command{names: []string{name}, args: args}
	case name == "busybox" && len(args) > 0 && isShell(args[0]):
		return command{names: args[:1], args: args[1:]}
	case name == "busybox":
		return command{names: []string{name}, args: args}
	}
	kernel, _ := cutTitle(comm)
	return command{names: []string{name, kernel}, title: title, args: args}
}

// has reports whether an argument begins so.
func (c command) has(start string) bool {
	for _, arg := range c.args {
		if strings.HasPrefix(arg, start) {
			return true
		}
	}
	return start == ""
}

// cutTitle takes the name from a title that a program has set for itself:
// "nginx: master process nginx", "unicorn master -c u.rb", "[celeryd: c@h:MainProcess]",
// "npm start". A plain command is a title without more.
func cutTitle(s string) (name, title string) {
	if i := strings.IndexAny(s, ": "); i >= 0 {
		return path.Base(s[:i]), strings.TrimLeft(s[i:], ": ")
	}
	return path.Base(s), ""
}

// stem returns a name without the version that distributions put at its end:
// python3.11, php-fpm8.2 (Debian), php-fpm82 (Alpine).
func stem(name string) string {
	return strings.TrimRight(name, "0123456789.")
}
