package manifest

import (
	"errors"
	"fmt"
)

// Problem is why a document cannot be used.
type Problem struct {
	File     string
	Document int // from 1, in the file
	Line     int // 0: not known
	Wrong    string
}

func (p Problem) Error() string {
	if p.Line == 0 {
		return fmt.Sprintf("%s: document %d: %s", p.File, p.Document, p.Wrong)
	}
	return fmt.Sprintf("%s:%d: document %d: %s", p.File, p.Line, p.Document, p.Wrong)
}

// wrong is a problem at a field.
func (s Source) wrong(path, what string) error {
	return Problem{s.File, s.Document, s.Line(path), what}
}

// problems are errors, a line each.
type problems []error

func (p *problems) add(err error) {
	if err != nil {
		*p = append(*p, err)
	}
}

func (p problems) orNil() error { return errors.Join(p...) }
