package fifo

import (
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

func TestParse(t *testing.T) {
	for in, want := range map[string]Text{
		"/run/app.fifo:q":                       {"/run/app.fifo", "q"},
		"/run/s:disable a:b":                    {"/run/s", "disable a:b"},
		`/run/s:shut\nquit\\n\n`:                {"/run/s", "shut\nquit\\n\n"},
		"/run/s: ":                              {"/run/s", " "},
		"/:" + strings.Repeat("x", longestText): {"/", strings.Repeat("x", longestText)},
	} {
		if got, err := Parse(in); err != nil || got != want {
			t.Errorf("Parse(%q) = %+v, %v; want %+v", in, got, err, want)
		}
	}
	for in, want := range map[string]string{
		"":              "not a path from /",
		"run/app:q":     "not a path from /",
		"/run/app":      "put a text behind the path: /run/app:q",
		"/run/app:":     "put a text behind the path: /run/app:q",
		`/run/app:a\t`:  `write \n for the end of a line`,
		`/run/app:a\`:   `write \n for the end of a line`,
		"/run/a\x00b:q": "a zero byte",
		"/:" + strings.Repeat("x", longestText+1): "4097 bytes of text",
	} {
		if got, err := Parse(in); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("Parse(%.30q) = %+v, %v; want %q in the error", in, got, err, want)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{"/run/app.fifo:q", `/a:\n\\`, "/a:b:c", ":", `/:\`, "/a\x00:b"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got, err := Parse(s)
		if err != nil {
			if got != (Text{}) {
				t.Errorf("Parse(%q) = %+v, %v", s, got, err)
			}
			return
		}
		again := got.path + ":" + strings.NewReplacer(`\`, `\\`, "\n", `\n`).Replace(got.text)
		if same, err := Parse(again); err != nil || same != got {
			t.Errorf("Parse(%q) = %+v, written %q reads as %+v, %v", s, got, again, same, err)
		}
	})
}

// write does it with a limit, so that a test that waits fails and goes on.
func write(t *testing.T, path, text string) error {
	t.Helper()
	done := make(chan error, 1)
	go func() { done <- Text{path, text}.Write() }()
	select {
	case err := <-done:
		return err
	case <-time.After(10 * time.Second):
		t.Fatalf("writing to %s waits", path)
		return nil
	}
}

func fifo(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "fifo")
	if err := unix.Mkfifo(path, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestFIFO(t *testing.T) {
	path := fifo(t)
	reader, err := os.OpenFile(path, os.O_RDONLY|unix.O_NONBLOCK, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer reader.Close()
	if err := write(t, path, "q"); err != nil {
		t.Fatal(err)
	}
	if got, err := io.ReadAll(reader); string(got) != "q" || err != nil {
		t.Errorf("got %q, %v; want q", got, err)
	}
}

// What nobody takes is not waited for, and what is no FIFO or socket is not touched.
func TestWhatCannotBeWritten(t *testing.T) {
	dir := t.TempDir()
	unread, full := fifo(t), fifo(t)
	held, err := unix.Open(full, unix.O_RDWR|unix.O_NONBLOCK, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer unix.Close(held)
	for err = nil; err == nil; {
		_, err = unix.Write(held, make([]byte, longestText))
	}
	file := filepath.Join(dir, "file")
	if err := os.WriteFile(file, []byte("kept"), 0o600); err != nil {
		t.Fatal(err)
	}
	link := filepath.Join(dir, "link")
	if err := os.Symlink(full, link); err != nil {
		t.Fatal(err)
	}
	socket := filepath.Join(dir, "socket")
	l, err := net.ListenUnix("unix", &net.UnixAddr{Name: socket})
	if err != nil {
		t.Fatal(err)
	}
	l.SetUnlinkOnClose(false)
	l.Close()
	for path, want := range map[string]string{
		unread:                       "nobody reads it",
		full:                         "it is full",
		socket:                       "nobody reads it",
		file:                         "neither a FIFO nor a socket",
		dir:                          "neither a FIFO nor a socket",
		"/dev/null":                  "neither a FIFO nor a socket",
		link:                         "a symbolic link",
		filepath.Join(dir, "absent"): "it does not exist",
		filepath.Join(file, "x"):     "not a directory",
	} {
		if err := write(t, path, "q"); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want an error that says %q", path, err, want)
		}
	}
	if got, _ := os.ReadFile(file); string(got) != "kept" {
		t.Errorf("the file was written to: %q", got)
	}
	if _, err := os.Lstat(filepath.Join(dir, "absent")); err == nil {
		t.Error("a file was made")
	}
}

func TestSockets(t *testing.T) {
	for _, network := range []string{"unix", "unixgram", "unixpacket"} {
		// A name longer than sun_path (unix(7)) can be written to all the same.
		dir := filepath.Join(t.TempDir(), strings.Repeat("d", 100))
		if err := os.Mkdir(dir, 0o700); err != nil {
			t.Fatal(err)
		}
		t.Chdir(dir)
		got := receive(t, network, "s")
		if err := write(t, filepath.Join(dir, "s"), "quit\n"); err != nil {
			t.Fatalf("%s: %v", network, err)
		}
		if text := <-got; text != "quit\n" {
			t.Errorf("%s: got %q, want quit", network, text)
		}
	}
}

// receive listens and sends what comes first.
func receive(t *testing.T, network, name string) <-chan string {
	t.Helper()
	got := make(chan string, 1)
	read := func(c net.Conn) {
		b := make([]byte, 100)
		n, _ := c.Read(b)
		got <- string(b[:n])
	}
	if network == "unixgram" {
		c, err := net.ListenUnixgram(network, &net.UnixAddr{Name: name, Net: network})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { c.Close() })
		go read(c)
		return got
	}
	l, err := net.Listen(network, name)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	go func() {
		if c, err := l.Accept(); err == nil {
			defer c.Close()
			read(c)
		}
	}()
	return got
}
