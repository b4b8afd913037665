package console

import (
	"bytes"
	"testing"
)

func TestOnATerminalTheProgressLineStaysLast(t *testing.T) {
	var out bytes.Buffer
	c := New(&out)
	c.terminal = true
	c.Print("one")
	c.Show("50%")
	c.Print("two")
	c.Show("")
	const want = "one\n" + clearLine + "50%" + clearLine + "two\n50%" + clearLine
	if got := out.String(); got != want {
		t.Errorf("printed %q, want %q", got, want)
	}
}

func TestElsewhereTheProgressLineIsOneOfMany(t *testing.T) {
	var out bytes.Buffer
	c := New(&out)
	c.Show("50%")
	c.Print("two")
	c.Show("")
	if got, want := out.String(), "50%\ntwo\n"; got != want {
		t.Errorf("printed %q, want %q", got, want)
	}
}
