package rules

import (
	"path"
	"regexp"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
)

var shells = []string{"sh", "bash", "ash", "dash", "ksh", "zsh", "busybox"}

// shellScript returns the script of `sh -c SCRIPT`.
func shellScript(command []string) (script string, is bool) {
	if len(command) < 3 || !slices.Contains(shells, path.Base(command[0])) {
		return "", false
	}
	for i, arg := range command[1:] {
		if strings.HasPrefix(arg, "-") && !strings.HasPrefix(arg, "--") && strings.Contains(arg, "c") && i+2 < len(command) {
			return command[i+2], true
		}
	}
	return "", false
}

// commandOf is what a container runs, as far as the manifest says.
func commandOf(c corev1.Container) []string { return append(slices.Clone(c.Command), c.Args...) }

// between is a shell that a container's signals end at.
type between struct {
	shell  string // as written
	last   string // the command that gets no signal
	direct bool   // bash and busybox would run it in the shell's place
}

var (
	execForm   = regexp.MustCompile(`(?:^|[;&|{(\n]|\bthen|\bdo|\belse)\s*exec\s+[^<>&\d\s]`)
	trapForm   = regexp.MustCompile(`(?:^|[;&|{(\s])trap\s`)
	separators = regexp.MustCompile(`&&|\|\||[;\n]`)
	pipe       = regexp.MustCompile(`[^|]\|[^|]`)
	started    = regexp.MustCompile(`[^&>]&\s*($|[^&>\d])`)
)

// shellBetween returns the shell that stays between the platform and the program, or nil. dash, which is sh on Debian
// and Ubuntu, stays (0.5.12 was tried, with one command and with several); bash 5.2 and busybox 1.35 run the last
// command in their own place, unless it is in a pipe or the background.
func shellBetween(c corev1.Container) *between {
	script, is := shellScript(commandOf(c))
	if !is || execForm.MatchString(script) || trapForm.MatchString(script) {
		return nil
	}
	script = strings.TrimRight(strings.TrimSpace(strings.ReplaceAll(script, "\\\n", " ")), "; \n")
	plain := unquoted.ReplaceAllString(script, `""`)
	replaced := !pipe.MatchString(plain) && !started.MatchString(plain)
	shell := path.Base(commandOf(c)[0])
	if replaced && (slices.Contains([]string{"bash", "ash", "busybox"}, shell) || busyboxImage(c.Image)) {
		return nil
	}
	parts := separators.Split(plain, -1)
	last := strings.TrimSpace(parts[len(parts)-1])
	if last == "" || strings.HasPrefix(last, "wait") || strings.HasPrefix(last, "done") || strings.HasPrefix(last, "fi") {
		last = strings.TrimSpace(parts[0])
	}
	words := strings.Fields(last)
	for len(words) > 1 && strings.Contains(words[0], "=") { // X=1 server
		words = words[1:]
	}
	if len(words) == 0 {
		return nil
	}
	return &between{commandOf(c)[0], words[0], replaced}
}

var unquoted = regexp.MustCompile(`"[^"]*"|'[^']*'`)

// busyboxImage reports whether an image's sh is surely busybox's.
func busyboxImage(image string) bool {
	name := path.Base(image)
	return strings.HasPrefix(name, "busybox") || strings.Contains(name, "alpine")
}
