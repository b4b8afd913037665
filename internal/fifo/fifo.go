// Package fifo tells a program something through a FIFO or a unix socket that it
// reads, without ever waiting for it: nothing is created, no symbolic link is
// followed, and what cannot be taken at once is not taken.
package fifo

import (
	"errors"
	"fmt"
	"strings"

	"golang.org/x/sys/unix"
)

// longestText is what a FIFO takes whole or not at all (PIPE_BUF, pipe(7)).
const longestText = 4096

// A Text is what to write, and where.
type Text struct {
	path string
	text string
}

// Parse reads PATH:TEXT. PATH ends at the first colon, so it cannot contain one;
// TEXT is written as it is, but that \n stands for a line's end and \\ for a
// backslash. The error says what is wrong and what would be right, without TEXT.
func Parse(s string) (Text, error) {
	path, text, ok := strings.Cut(s, ":")
	switch {
	case !strings.HasPrefix(path, "/"):
		return Text{}, errors.New("not a path from /; write PATH:TEXT, such as /run/app.fifo:q")
	case strings.ContainsRune(s, 0):
		return Text{}, errors.New("a zero byte, which no path has and no text may have; leave it out")
	case !ok || text == "":
		return Text{}, fmt.Errorf("nothing to write; put a text behind the path: %s:q", path)
	}
	text, err := unescape(text)
	if err == nil && len(text) > longestText {
		err = fmt.Errorf("%d bytes of text; a FIFO takes %d at once", len(text), longestText)
	}
	if err != nil {
		return Text{}, err
	}
	return Text{path, text}, nil
}

// unescape reads \n and \\, and leaves the rest as it is.
func unescape(s string) (string, error) {
	var b strings.Builder
	for {
		before, after, ok := strings.Cut(s, `\`)
		b.WriteString(before)
		switch {
		case !ok:
			return b.String(), nil
		case strings.HasPrefix(after, "n"):
			b.WriteByte('\n')
		case strings.HasPrefix(after, `\`):
			b.WriteByte('\\')
		default:
			return "", errors.New(`a single backslash; write \n for the end of a line, \\ for a backslash`)
		}
		s = after[1:]
	}
}

// String returns the path: the text may be a secret.
func (t Text) String() string { return t.path }

// Write writes the text. It waits for nobody; a file system that does not answer
// may still hold it up.
func (t Text) Write() error {
	found, err := unix.Open(t.path, unix.O_PATH|unix.O_NOFOLLOW|unix.O_CLOEXEC, 0)
	if err != nil {
		return explain(err)
	}
	defer unix.Close(found)
	var st unix.Stat_t
	if err := unix.Fstat(found, &st); err != nil {
		return err
	}
	// What was looked at is what is written to, whatever has the path by now.
	same := fmt.Sprintf("/proc/self/fd/%d", found)
	switch st.Mode & unix.S_IFMT {
	case unix.S_IFIFO:
		return t.intoFIFO(same)
	case unix.S_IFSOCK:
		return t.intoSocket(same)
	case unix.S_IFLNK:
		return errors.New("a symbolic link, which is not followed; write the path it leads to")
	}
	return errors.New("neither a FIFO nor a socket")
}

func (t Text) intoFIFO(path string) error {
	fd, err := unix.Open(path, unix.O_WRONLY|unix.O_NONBLOCK|unix.O_CLOEXEC, 0)
	if err != nil {
		return explain(err)
	}
	defer unix.Close(fd)
	_, err = unix.Write(fd, []byte(t.text)) // all or nothing: longestText
	return explain(err)
}

// intoSocket does not read what is answered.
func (t Text) intoSocket(path string) error {
	err := error(unix.EPROTOTYPE)
	for _, kind := range []int{unix.SOCK_STREAM, unix.SOCK_DGRAM, unix.SOCK_SEQPACKET} {
		if !errors.Is(err, unix.EPROTOTYPE) { // the socket is of another kind
			break
		}
		err = t.send(path, kind)
	}
	return explain(err)
}

func (t Text) send(path string, kind int) error {
	fd, err := unix.Socket(unix.AF_UNIX, kind|unix.SOCK_NONBLOCK|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return err
	}
	defer unix.Close(fd)
	if err := unix.Connect(fd, &unix.SockaddrUnix{Name: path}); err != nil {
		return err
	}
	n, err := unix.SendmsgN(fd, []byte(t.text), nil, nil, unix.MSG_NOSIGNAL|unix.MSG_DONTWAIT)
	if err == nil && n < len(t.text) {
		return unix.EAGAIN
	}
	return err
}

// explain says what the numbers of open(2), fifo(7) and unix(7) mean here.
func explain(err error) error {
	switch {
	case errors.Is(err, unix.ENOENT):
		return errors.New("it does not exist")
	case errors.Is(err, unix.ENXIO), errors.Is(err, unix.ECONNREFUSED), errors.Is(err, unix.EPIPE):
		return errors.New("nobody reads it")
	case errors.Is(err, unix.EAGAIN):
		return errors.New("it is full: who reads it is behind")
	}
	return err
}
