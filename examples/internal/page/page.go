// Package page draws what became of requests over time, as one HTML file that
// needs nothing else: no script, no font, no other file.
//
// It decides how things look. What happened, and the words for it, are its
// callers': every text is shown as text, whatever is in it. All times count from
// the beginning of what is shown.
package page

import (
	_ "embed"
	"html/template"
	"io"
	"time"
)

// Page is the whole of it.
type Page struct {
	Title  string
	Lead   []string    // paragraphs that say what came of it
	Facts  [][2]string // the same in figures, each with its head
	Scenes []Scene
	Next   []string // what to try next
	Notes  []string // small print: how it was made
}

// Scene is what happened at the same time, on one scale.
type Scene struct {
	Title string
	Text  string
	Span  time.Duration // the end of the scale
	Lanes []Lane
}

// Lane is one run of a scene.
type Lane struct {
	Title string
	Text  string // what was lost there, and why
	Bars  []Bar  // requests over time; none is no such chart
	Rows  []Row
}

// Bar counts the requests of a stretch of time by what became of them.
type Bar struct {
	From, To                     time.Duration
	Answered, Slow, Lost, Unsent int
	Text                         string // what else there is to say of it
}

// Row is one instance.
type Row struct {
	Name   string
	Text   string // the row in words
	Phases []Phase
	Routed []Span
	Marks  []Mark
	Losses []Loss
	More   int // losses that are not among Losses
}

// Span is a stretch of time.
type Span struct{ From, To time.Duration }

// Phase is a stretch of an instance's life.
type Phase struct {
	Span
	Kind Kind
}

// Kind is what an instance is doing.
type Kind string

const (
	// Starting is before it can answer.
	Starting Kind = "starting"
	// Serving is from then on.
	Serving Kind = "serving"
	// Held is from the stop request to the stop signal.
	Held Kind = "held"
	// Stopping is from the stop signal to the end.
	Stopping Kind = "stopping"
	// Answering is a time in which it answered, of an instance of which no more is
	// known.
	Answering Kind = "answering"
)

// Mark is an instant of an instance's life.
type Mark struct {
	At   time.Duration
	Kind MarkKind
	Text string
}

// MarkKind is how a mark looks.
type MarkKind string

const (
	// Request is a stop request.
	Request MarkKind = "request"
	// Signal is the stop signal.
	Signal MarkKind = "signal"
	// Exit is the end of the process.
	Exit MarkKind = "exit"
)

// Loss is one request that got no answer.
type Loss struct {
	At   time.Duration
	How  string // one of the outcomes of package load, by name
	Text string
}

//go:embed page.html
var text string

var form = template.Must(template.New("page").Parse(text))

// Write writes the page.
func (p Page) Write(w io.Writer) error { return form.Execute(w, p) }
