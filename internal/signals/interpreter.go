package signals

import (
	"path"
	"slices"
	"strings"
)

// interpreter is what must be known of an interpreter's options to find the
// script among its arguments: python(1), ruby(1), perlrun(1), node(1).
type interpreter struct {
	value  string   // short options with a value: in the same argument or the next
	rest   string   // short options whose value can only be in the same argument
	code   string   // short options whose value is the program, so that there is no script
	module string   // short option whose value is a module to run in place of a script
	long   []string // long options whose value is the next argument
}

func interpreterOf(name string) (interpreter, bool) {
	switch stem(strings.TrimSuffix(name, "t")) { // python3.13t is the free-threaded build
	case "python", "pypy":
		return interpreter{value: "WX", code: "c", module: "m", long: []string{"--check-hash-based-pycs"}}, true
	case "ruby":
		return interpreter{value: "CEIr", rest: "0FKTWilx", code: "e"}, true
	case "perl":
		return interpreter{value: "I", rest: "0CDFMVilmx", code: "eE"}, true
	case "node", "nodejs":
		return interpreter{value: "rC", code: "ep", long: []string{"--require", "--import", "--loader", "--experimental-loader", "--conditions", "--env-file", "--title"}}, true
	}
	return interpreter{}, false
}

// script returns the name of the script or module among args and what follows
// it, or "" where there is none: code on the command line, or standard input.
func (i interpreter) script(args []string) (name string, rest []string) {
	for len(args) > 0 {
		arg := args[0]
		args = args[1:]
		switch {
		case arg == "--" && len(args) > 0:
			return scriptName(args[0]), args[1:]
		case arg == "-" || arg == "--":
			return "", args
		case !strings.HasPrefix(arg, "-"):
			return scriptName(arg), args
		case strings.HasPrefix(arg, "--"):
			if slices.Contains(i.long, arg) {
				args = skip(args)
			}
			continue
		}
		letter, value := i.option(arg[1:])
		if letter == "" {
			continue
		}
		if strings.Contains(i.code, letter) {
			return "", args
		}
		if value == "" && len(args) > 0 {
			value, args = args[0], skip(args)
		}
		if letter == i.module {
			return moduleName(value), args
		}
	}
	return "", nil
}

// option looks through one argument of short options, such as Im or Wignore,
// for one that takes a value, and returns it with what stands behind it.
func (i interpreter) option(letters string) (letter, value string) {
	for n := range len(letters) {
		letter, value = letters[n:n+1], letters[n+1:]
		if strings.Contains(i.rest, letter) {
			return "", ""
		}
		if strings.Contains(i.value+i.code+i.module, letter) {
			return letter, value
		}
	}
	return "", ""
}

func skip(args []string) []string {
	return args[min(1, len(args)):]
}

// scriptName returns the name of a script's file without the extensions of
// Node.js; no other language has one on its installed commands.
func scriptName(file string) string {
	name := path.Base(file)
	for _, ext := range []string{".js", ".cjs", ".mjs"} {
		name = strings.TrimSuffix(name, ext)
	}
	return name
}

// moduleName returns the package of a module: gunicorn of gunicorn.app.wsgiapp.
func moduleName(module string) string {
	name, _, _ := strings.Cut(module, ".")
	return name
}
