package peers_test

import (
	"fmt"
	"os"
	"strings"
	"sync"

	"golang.org/x/sys/unix"
)

// What ^C and ^Z type.
const (
	interrupt = "\x03"
	suspend   = "\x1a"
)

// A terminal is a pseudoterminal, pts(4), and what was shown on it so far.
type terminal struct {
	*attempt
	master, tty *os.File

	mu    sync.Mutex
	shown strings.Builder
	seen  int // so much of it has been waited for
}

// openTerminal opens a pseudoterminal that ends with the story.
func (a *attempt) openTerminal() *terminal {
	// Nonblocking, so that closing the master hangs up although somebody reads.
	fd, err := unix.Open("/dev/ptmx", unix.O_RDWR|unix.O_NOCTTY|unix.O_NONBLOCK|unix.O_CLOEXEC, 0)
	if err != nil {
		a.fail("/dev/ptmx: %v", err)
	}
	term := &terminal{attempt: a, master: os.NewFile(uintptr(fd), "/dev/ptmx")}
	a.onEnd(term.hangUp)
	if err := unix.IoctlSetPointerInt(fd, unix.TIOCSPTLCK, 0); err != nil {
		a.fail("TIOCSPTLCK: %v", err)
	}
	number, err := unix.IoctlGetUint32(fd, unix.TIOCGPTN)
	if err != nil {
		a.fail("TIOCGPTN: %v", err)
	}
	term.tty, err = os.OpenFile(fmt.Sprintf("/dev/pts/%d", number), os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		a.fail("%v", err)
	}
	a.onEnd(func() { term.tty.Close() })
	go term.read()
	return term
}

// read collects what is shown until the terminal is hung up, or the last
// process has closed it, which the master says with EIO.
func (term *terminal) read() {
	buffer := make([]byte, 4096)
	for {
		n, err := term.master.Read(buffer)
		term.mu.Lock()
		term.shown.Write(buffer[:n])
		term.mu.Unlock()
		if err != nil {
			return
		}
	}
}

func (term *terminal) text() string {
	term.mu.Lock()
	defer term.mu.Unlock()
	return term.shown.String()
}

// hangUp closes the terminal, as a closed window or connection does.
func (term *terminal) hangUp() { term.master.Close() }

// press types.
func (term *terminal) press(keys string) {
	if _, err := term.master.WriteString(keys); err != nil {
		term.fail("type %q: %v", keys, err)
	}
}

// shows waits until the words appear behind those that were waited for before.
func (term *terminal) shows(words string) {
	found := func() bool {
		term.mu.Lock()
		defer term.mu.Unlock()
		i := strings.Index(term.shown.String()[term.seen:], words)
		if i >= 0 {
			term.seen += i + len(words)
		}
		return i >= 0
	}
	deadline := patienceFrom()
	for !found() {
		if deadline() {
			term.fail("the terminal does not show %q, but %q", words, term.text())
		}
	}
}

// change changes a local mode of the terminal, termios(3).
func (term *terminal) change(set, clear uint32) {
	settings, err := unix.IoctlGetTermios(int(term.tty.Fd()), unix.TCGETS)
	if err != nil {
		term.fail("TCGETS: %v", err)
	}
	settings.Lflag = settings.Lflag&^clear | set
	if err := unix.IoctlSetTermios(int(term.tty.Fd()), unix.TCSETS, settings); err != nil {
		term.fail("TCSETS: %v", err)
	}
}

// resize changes the size, of which the kernel tells the foreground.
func (term *terminal) resize(rows, columns uint16) {
	raw, err := term.master.SyscallConn()
	if err == nil {
		err = raw.Control(func(fd uintptr) {
			size := unix.Winsize{Row: rows, Col: columns}
			if err := unix.IoctlSetWinsize(int(fd), unix.TIOCSWINSZ, &size); err != nil {
				term.fail("TIOCSWINSZ: %v", err)
			}
		})
	}
	if err != nil {
		term.fail("resize: %v", err)
	}
}

// run starts the init in a session of its own on the terminal, as a container
// engine does with --tty. Its PID is that of the session.
func (term *terminal) run(s spec) *process {
	s.tty = term.tty
	s.env = append(s.env, "TERM=dumb", "PS1=prompt> ", "ENV=", "HISTFILE=", "PROMPT_COMMAND=")
	p := term.start(s)
	// Without the last copy here, the end of those inside is the end of file.
	term.tty.Close()
	return p
}
