package console

import (
	"io"
	"os"
	"strings"

	"golang.org/x/sys/unix"
)

// Paper is what text is laid out for.
type Paper struct {
	Width  int  // in characters
	Colour bool // escape sequences for colours are understood, and wanted
}

// The widths of lines where nothing says how wide they may be, and at most: longer
// ones are hard to read.
const (
	plainWidth = 100
	mostWidth  = 120
)

// PaperOf returns what out is. Colours are for terminals, and not where NO_COLOR is
// set or the terminal is dumb (no-color.org).
func PaperOf(out io.Writer) Paper {
	file, ok := out.(*os.File)
	if !ok {
		return Paper{Width: plainWidth}
	}
	size, err := unix.IoctlGetWinsize(int(file.Fd()), unix.TIOCGWINSZ)
	switch {
	case err != nil:
		return Paper{Width: plainWidth}
	case size.Col == 0: // a terminal that does not say
		size.Col = 80
	}
	colour := os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb"
	return Paper{Width: min(int(size.Col), mostWidth), Colour: colour}
}

// Wrap breaks text into lines of at most the paper's width, each after indent.
func (p Paper) Wrap(indent, text string) string {
	var out strings.Builder
	width := max(20, p.Width-len(indent))
	line := ""
	for word := range strings.FieldsSeq(text) {
		if line != "" && len(line)+1+len(word) > width {
			out.WriteString(indent + line + "\n")
			line = ""
		}
		if line != "" {
			line += " "
		}
		line += word
	}
	if line != "" {
		out.WriteString(indent + line + "\n")
	}
	return out.String()
}
