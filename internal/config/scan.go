package config

import "strings"

// arity is how often a flag may be given, and whether with a value.
type arity int

const (
	TakesValue arity = iota // the last one counts
	IsSwitch                // needs none
	repeats                 // all count: a line each
)

// Flags lists the flags a command line may have.
type Flags map[string]arity

// Scanned is a command line taken apart. Nothing in it has been judged but the
// names of the flags.
type Scanned struct {
	Given    map[string]string // each flag's last value, or all, a line each
	Rest     []string          // from the first argument that is no flag, or behind "--"
	Problems Problems
}

// explainFlag says what is wrong with a flag that is not known, and whether it
// would have taken a value.
type explainFlag func(name string) (says string, takesValue bool)

// Scan takes a command line apart as package flag would, which stops at the
// first flag that is wrong: here all are reported at once.
func Scan(args []string, known Flags, explain explainFlag) Scanned {
	sc := Scanned{Given: map[string]string{}}
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
			sc.Problems = append(sc.Problems, Problem{Flag: flag, Says: says})
			if takesValue && !hasValue && len(args) > 0 && !strings.HasPrefix(args[0], "-") {
				args = args[1:]
			}
		case hasValue:
			sc.add(name, value, takes)
		case takes == IsSwitch:
			sc.Given[name] = "true"
		case len(args) == 0:
			sc.Problems = append(sc.Problems, Problem{Flag: flag, Says: "missing value"})
		default:
			sc.add(name, args[0], takes)
			args = args[1:]
		}
	}
	sc.Rest = args
	return sc
}

func (sc Scanned) add(name, value string, takes arity) {
	if before, ok := sc.Given[name]; ok && takes == repeats {
		value = before + "\n" + value
	}
	sc.Given[name] = value
}

// Has reports whether a flag was given.
func (sc Scanned) Has(name string) bool {
	_, ok := sc.Given[name]
	return ok
}
