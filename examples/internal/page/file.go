package page

import (
	"bytes"
	"errors"
	"fmt"
	"os"
)

// Open opens the file that -report names, before there is a page, so that a name
// that cannot be written is known at once. What is in it stays until [Page.Into].
// For an empty name it returns nil.
func Open(name string) (*os.File, error) {
	if name == "" {
		return nil, nil
	}
	file, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE, 0o644)
	if err != nil {
		return nil, fmt.Errorf("-report %q: %w; want the name of a file that can be written", name, errors.Unwrap(err))
	}
	return file, nil
}

// Into replaces what is in the file by the page, and closes it. With no file it does
// nothing.
func (p Page) Into(file *os.File) error {
	if file == nil {
		return nil
	}
	var text bytes.Buffer
	err := p.Write(&text)
	if err == nil {
		_, err = file.Write(text.Bytes())
	}
	if err == nil {
		// A device or a pipe has no length, and nothing to be cut off.
		file.Truncate(int64(text.Len()))
	}
	return errors.Join(err, file.Close())
}
