package main

import (
	"encoding/json"
	"io"
	"time"

	"drainit/examples/load"
)

// The JSON form of a report. Times are in seconds, those that are not a length
// from the beginning of the run; "first" and "last" are by when a request was due.
type (
	document struct {
		URL         string              `json:"url"`
		Method      string              `json:"method"`
		Rate        int                 `json:"rate"`
		Keep        int                 `json:"keep"`
		Began       time.Time           `json:"began"`
		Took        float64             `json:"took"`
		Sent        int                 `json:"sent"`
		Answered    int                 `json:"answered"`
		Slow        int                 `json:"slow"`
		Lost        int                 `json:"lost"`
		NotSent     int                 `json:"not_sent"`
		By          map[string]int      `json:"lost_by"`
		First       *lossJSON           `json:"first_lost"`
		Last        *lossJSON           `json:"last_lost"`
		Latency     map[string]float64  `json:"latency"`
		Versions    map[string]spanJSON `json:"versions"`
		Connections connectionsJSON     `json:"connections"`
		Late        float64             `json:"latest_start"`
		Seconds     []secondJSON        `json:"seconds"`
		Hold        *holdJSON           `json:"hold,omitempty"`
	}
	lossJSON struct {
		Due  time.Time `json:"due"`
		Seen time.Time `json:"seen"`
		At   float64   `json:"at"` // due, from the beginning
		How  string    `json:"how"`
		Err  string    `json:"error"`
	}
	spanJSON struct {
		Answered int     `json:"answered"`
		First    float64 `json:"first"`
		Last     float64 `json:"last"`
	}
	connectionsJSON struct {
		Opened int `json:"opened"`
		Ended  int `json:"ended_by_server"`
	}
	secondJSON struct {
		OK      int            `json:"ok"`
		Slow    int            `json:"slow"`
		Lost    int            `json:"lost"`
		NotSent int            `json:"not_sent"`
		By      map[string]int `json:"lost_by,omitempty"`
	}
)

// writeJSON writes the report as one object.
func writeJSON(w io.Writer, r report) error {
	d := document{
		URL: r.target.Redacted(), Method: r.method, Rate: r.rate, Keep: r.keep,
		Began: r.began, Took: r.took.Seconds(),
		Sent: r.sent, Answered: r.outcomes[load.Answered], Slow: r.slowAnswers, Lost: r.lost(), NotSent: r.unsent,
		By: r.outcomes.byName(), First: r.lossJSON(r.first), Last: r.lossJSON(r.last),
		Latency: map[string]float64{
			"p50": r.latency.quantile(50).Seconds(), "p90": r.latency.quantile(90).Seconds(),
			"p99": r.latency.quantile(99).Seconds(), "max": r.latency.longest.Seconds(),
		},
		Versions:    map[string]spanJSON{},
		Connections: connectionsJSON{Opened: r.opened, Ended: r.ended},
		Late:        r.late.Seconds(),
		Seconds:     []secondJSON{},
		Hold:        r.held.json(),
	}
	for name, s := range r.versions {
		d.Versions[name] = spanJSON{Answered: s.answered, First: s.first.Seconds(), Last: s.last.Seconds()}
	}
	for _, second := range r.rows {
		d.Seconds = append(d.Seconds, secondJSON{OK: second.answered(), Slow: second.slow, Lost: second.outcomes.lost(),
			NotSent: second.unsent, By: second.outcomes.byName()})
	}
	out := json.NewEncoder(w)
	out.SetEscapeHTML(false)
	out.SetIndent("", "  ")
	return out.Encode(d)
}

func (r report) lossJSON(l *loss) *lossJSON {
	if l == nil {
		return nil
	}
	return &lossJSON{Due: l.due, Seen: l.seen, At: l.due.Sub(r.began).Seconds(), How: l.how.String(), Err: oneLine(l.err)}
}

// byName counts the losses by what they are called, without those there were none
// of.
func (t tolls) byName() map[string]int {
	by := map[string]int{}
	for _, how := range load.Losses {
		if t[how] > 0 {
			by[how.String()] = t[how]
		}
	}
	return by
}
