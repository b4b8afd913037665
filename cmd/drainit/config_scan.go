package main

import "strings"

// arity is how often a flag may be given, and whether with a value.
type arity int

const (
	takesValue arity = iota // the last one counts
	isSwitch                // needs none
	repeats                 // all count: a line each
)

// flags lists the flags a command line may have.
type flags map[string]arity

// scanned is a command line taken apart. Nothing in it has been judged but the
// names of the flags.
type scanned struct {
	given    map[string]string // each flag's last value, or all, a line each
	rest     []string          // from the first argument that is no flag, or behind "--"
	problems problems
}

// explainFlag says what is wrong with a flag that is not known, and whether it
// would have taken a value.
type explainFlag func(name string) (says string, takesValue bool)

// scan takes a command line apart as package flag would, which stops at the
// first flag that is wrong: here all are reported at once.
func scan(args []string, known flags, explain explainFlag) scanned {
	sc := scanned{given: map[string]string{}}
	for len(args) > 0 && len(args[0]) > 1 && args[0][0] == '-' {
		flag, value, hasValue := strings.Cut(args[0], "=")
		args = args[1:]
		if flag == "--" && !hasValue {
			break
		}
		name := strings.TrimPrefix(strings.TrimPrefix(flag, "-"), "-")
		takes, ok := known[name]
		switch {
		case !ok:
			says, takesValue := explain(name)
			sc.problems = append(sc.problems, problem{flag: flag, says: says})
			if takesValue && !hasValue && len(args) > 0 && !strings.HasPrefix(args[0], "-") {
				args = args[1:]
			}
		case hasValue:
			sc.add(name, value, takes)
		case takes == isSwitch:
			sc.given[name] = "true"
		case len(args) == 0:
			sc.problems = append(sc.problems, problem{flag: flag, says: "missing value"})
		default:
			sc.add(name, args[0], takes)
			args = args[1:]
		}
	}
	sc.rest = args
	return sc
}

func (sc scanned) add(name, value string, takes arity) {
	if before, ok := sc.given[name]; ok && takes == repeats {
		value = before + "\n" + value
	}
	sc.given[name] = value
}

// has reports whether a flag was given.
func (sc scanned) has(name string) bool {
	_, ok := sc.given[name]
	return ok
}
