package front

import (
	"errors"
	"fmt"
)

// What a client is told with 502, each in its text.

// unreachable is that no connection to the program could be made.
type unreachable struct{ err error }

func (e *unreachable) Error() string { return fmt.Sprintf("the program cannot be reached: %v", e.err) }
func (e *unreachable) Unwrap() error { return e.err }

// unanswered is that the program closed the connection instead of answering.
type unanswered struct{ err error }

func (e *unanswered) Error() string {
	return fmt.Sprintf("the program closed the connection without an answer: %v", e.err)
}
func (e *unanswered) Unwrap() error { return e.err }

// malformed is that the program's answer is none that can be passed on.
type malformed string

func (e malformed) Error() string { return "the program's answer is malformed: " + string(e) }

// A clientError is that the body of a request could not be read: the client went,
// or what it sent is no body.
type clientError struct{ err error }

func (e *clientError) Error() string { return fmt.Sprintf("the client's body: %v", e.err) }
func (e *clientError) Unwrap() error { return e.err }

func isClientError(err error) bool {
	var c *clientError
	return errors.As(err, &c)
}

// errNotWanted is that the answer came before the body was asked for.
var errNotWanted = errors.New("the body is not wanted")
