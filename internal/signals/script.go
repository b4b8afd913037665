package signals

import (
	"slices"
	"strings"
)

// script returns what a shell was given to run: the text behind -c, or that of
// its file where that is known; "" where neither is.
func (p *Process) script() string {
	text, _, isFile := scriptOf(commandOf(p.Comm, p.Argv).args)
	if isFile {
		return p.Script
	}
	return text
}

// arguments returns the positional parameters of a shell: "$@".
func (p *Process) arguments() []string {
	_, rest, isFile := scriptOf(commandOf(p.Comm, p.Argv).args)
	if !isFile {
		rest = skip(rest) // $0
	}
	return rest
}

// ScriptFile returns the path of the file that a shell reads, as it was given,
// or "": it was given its commands, or has none.
func (p *Process) ScriptFile() string {
	if p.kind() != kindShell && p.kind() != kindEnding {
		return ""
	}
	file, _, isFile := scriptOf(commandOf(p.Comm, p.Argv).args)
	if !isFile {
		return ""
	}
	return file
}

// scriptOf finds the first operand among a shell's arguments, sh(1): a file, or
// with -c the commands themselves; and what follows it.
func scriptOf(args []string) (operand string, rest []string, isFile bool) {
	isFile = true
	for len(args) > 0 {
		arg := args[0]
		args = args[1:]
		switch {
		case arg == "--":
			if len(args) == 0 {
				return "", nil, isFile
			}
			return args[0], args[1:], isFile
		case strings.HasPrefix(arg, "--"):
		case len(arg) > 1 && (arg[0] == '-' || arg[0] == '+'):
			isFile = isFile && !(arg[0] == '-' && strings.Contains(arg, "c"))
			if strings.HasSuffix(arg, "o") || strings.HasSuffix(arg, "O") {
				args = skip(args)
			}
		default:
			return arg, args, isFile
		}
	}
	return "", nil, isFile
}

// endsWithCommand reports whether a shell that runs this has nothing left to do
// once the one command that it runs has ended, but to end with a status: "nginx;
// exit 3". What is not understood is something left to do.
//
// Before the command may stand what changes the shell alone, behind it what does
// not even do that. Of the rest of the language nothing is read: with a
// substitution, a list in braces or a word such as while, the answer is no. The
// command may be the script's own arguments, "$@".
func endsWithCommand(script string, arguments []string) bool {
	commands, ok := splitScript(script)
	if !ok {
		return false
	}
	isBefore := func(c []string) bool { return slices.Contains(shellOnly, c[0]) || isAssignment(c) }
	for len(commands) > 0 && isBefore(commands[0]) {
		commands = commands[1:]
	}
	if len(commands) == 0 {
		return false
	}
	name := commands[0][0]
	if name == "$@" && len(arguments) > 0 {
		name = arguments[0]
	}
	if strings.HasPrefix(name, "$") || slices.Contains(reserved, name) || slices.Contains(ends, name) {
		return false
	}
	return !slices.ContainsFunc(commands[1:], func(c []string) bool { return !slices.Contains(ends, c[0]) })
}

var (
	shellOnly = []string{"set", "cd", "export", "umask", "ulimit", "unset", "shopt"}
	ends      = []string{"exit", "true", "false", ":"}
	reserved  = []string{
		"!", "if", "then", "else", "elif", "fi", "while", "until", "for", "do", "done", "case", "esac", "in", "function", "select", "time", "coproc", "[[",
		"eval", "exec", ".", "source", "trap", "command", "builtin", "wait", "return",
	}
)

func isAssignment(command []string) bool {
	return !slices.ContainsFunc(command, func(word string) bool {
		name, _, ok := strings.Cut(word, "=")
		return !ok || name == "" || strings.Trim(name, nameBytes) != ""
	})
}

// hasTrap reports whether a shell that runs this may have a trap: where it sets
// one, or takes in what cannot be read here.
func hasTrap(script string) bool {
	return script == "" || hasWord(script, "trap", ".", "source", "eval")
}

// tellsChildren reports whether p is a shell with a script that sends signals to what
// it has started: to the one program that it is, or to all.
func (p *Process) tellsChildren() bool {
	script := p.script()
	if !p.IsShell() || !hasWord(script, "kill", "pkill", "killall") {
		return false
	}
	if slices.ContainsFunc(p.Children, func(q Process) bool { return q.kind() != kindProgram }) {
		return strings.Contains(script, "kill 0")
	}
	return len(p.Children) == 1 || hasWord(script, "jobs") || strings.Contains(script, "kill 0")
}

func hasWord(script string, any ...string) bool {
	words := strings.FieldsFunc(script, func(r rune) bool { return strings.ContainsRune(" \t\n;&|(){}\"'`", r) })
	return slices.ContainsFunc(words, func(w string) bool { return slices.Contains(any, w) })
}

// expansion returns the length of the parameter or the arithmetic that a script
// begins with, 0 for anything else: $?, $code, ${code}, $(($? + 1)).
func expansion(script string) int {
	rest := script[1:]
	if text, ok := strings.CutPrefix(rest, "(("); ok {
		end := strings.Index(text, "))")
		if end < 0 || strings.ContainsAny(text[:end], "`()") {
			return 0
		}
		return len("$((") + end + len("))")
	}
	if text, ok := strings.CutPrefix(rest, "{"); ok {
		end := strings.IndexByte(text, '}')
		if end < 1 || strings.Trim(text[:end], nameBytes) != "" {
			return 0
		}
		return len("${") + end + len("}")
	}
	if rest != "" && strings.ContainsRune("?$@*#!-", rune(rest[0])) {
		return 2
	}
	if n := len(rest) - len(strings.TrimLeft(rest, nameBytes)); n > 0 {
		return 1 + n
	}
	return 0
}

// nameBytes are those of a variable's name.
const nameBytes = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_"

// splitScript splits a script into its commands, one after the other, and those
// into words. It is false for all but words, quotes without substitutions, and
// what ends a command: ; && || and the end of a line.
func splitScript(script string) (commands [][]string, ok bool) {
	var words []string
	var word strings.Builder
	inWord := false
	endWord := func() {
		if inWord {
			words = append(words, word.String())
			word.Reset()
			inWord = false
		}
	}
	endCommand := func() {
		endWord()
		if words != nil {
			commands = append(commands, words)
			words = nil
		}
	}
	for i := 0; i < len(script); i++ {
		switch c := script[i]; c {
		case ' ', '\t':
			endWord()
		case ';', '\n':
			endCommand()
		case '&', '|':
			if i+1 == len(script) || script[i+1] != c {
				return nil, false
			}
			i++
			endCommand()
		case '#':
			if inWord {
				return nil, false
			}
			end := strings.IndexByte(script[i:], '\n')
			if end < 0 {
				end = len(script) - i
			}
			i += end - 1
		case '\'', '"':
			text, _, closed := strings.Cut(script[i+1:], string(c))
			if !closed || c == '"' && (strings.ContainsAny(text, "`\\") || strings.Contains(text, "$(")) {
				return nil, false
			}
			inWord = true
			word.WriteString(text)
			i += len(text) + 1
		case '$':
			n := expansion(script[i:])
			if n == 0 {
				return nil, false
			}
			inWord = true
			word.WriteString(script[i : i+n])
			i += n - 1
		case '`', '\\', '(', ')', '{', '}', '<', '>', '\r':
			return nil, false
		default:
			inWord = true
			word.WriteByte(c)
		}
	}
	endCommand()
	return commands, true
}
