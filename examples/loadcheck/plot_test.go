package main

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"io"
	"net/url"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"

	"drainit/examples/load"
)

var update = flag.Bool("update", false, "rewrite testdata")

// invented is the report of a run of so many seconds with 40 requests each, in
// which v1 gives way to v2 from second 3 on, with every kind of thing a plot shows.
func invented(seconds int) report {
	began := time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC)
	count := newTally(began, time.Second)
	for second := range seconds {
		for n := range 40 {
			due := began.Add(time.Duration(second)*time.Second + time.Duration(n)*25*time.Millisecond)
			took, version, err := time.Duration(n+1)*time.Millisecond, "v1", error(nil)
			switch {
			case second == 3 && n >= 30, second == 4 && n%2 == 1, second > 4:
				version = "v2"
			case second == 3 && n < 2:
				err, took = io.ErrUnexpectedEOF, 2*time.Second // known later than the next
			case second == 3 && n < 13:
				err = fmt.Errorf("dial tcp 127.0.0.1:80: connect: %w", syscall.ECONNREFUSED)
			case second == 4 && n == 0:
				err, took = errors.New("an answer\r\nthat is no HTTP"), 3*time.Second
			}
			if second == 5 && n < 7 {
				count.skip(due)
				continue
			}
			if second == 5 && n >= 35 {
				took = 1500 * time.Millisecond
			}
			count.begin(time.Duration(n) * time.Microsecond)
			count.end(due, due.Add(took), "192.0.2.1:443", version, err)
		}
	}
	target := &url.URL{Scheme: "https", User: url.UserPassword("me", "secret"), Host: "shop.example", Path: "/orders"}
	return report{
		settings: settings{target: target, method: "GET", rate: 40, keep: 10, slow: time.Second, inFlight: 1000},
		counts:   count.now(), took: time.Duration(seconds)*time.Second + 4*time.Millisecond, opened: 23, ended: 3,
	}
}

func TestGolden(t *testing.T) {
	var silent report
	silent.settings, silent.slow, silent.began = invented(0).settings, time.Second, time.Unix(0, 0).UTC()
	for _, tt := range []struct {
		file  string
		write func(io.Writer, report) error
		r     report
	}{
		{"short.txt", writeText, invented(8)},
		{"long.txt", writeText, invented(95)},
		{"unanswered.txt", writeText, silent},
		{"short.json", writeJSON, invented(8)},
		{"short.html", writePage, invented(8)},
		{"unanswered.html", writePage, silent},
	} {
		var got bytes.Buffer
		if err := tt.write(&got, tt.r); err != nil {
			t.Fatal(err)
		}
		path := "testdata/" + tt.file
		if *update {
			if err := os.WriteFile(path, got.Bytes(), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(got.Bytes(), want) {
			t.Errorf("%s: got\n%s\nwant (go test -update rewrites it)\n%s", path, got.Bytes(), want)
		}
	}
}

func writePage(w io.Writer, r report) error { return r.page().Write(w) }

// What servers and command lines say is shown as text, and the password is not.
func TestPageShowsValuesAsText(t *testing.T) {
	const evil = "<script>alert(1)</script>"
	r := invented(3)
	r.target.RawQuery = evil
	count := newTally(r.began, time.Second)
	count.begin(0)
	count.end(r.began, r.began, "192.0.2.1:443", evil, nil)
	count.begin(0)
	count.end(r.began, r.began, "192.0.2.1:443", "", errors.New("malformed answer "+evil))
	r.counts = count.now()
	var got bytes.Buffer
	if err := writePage(&got, r); err != nil {
		t.Fatal(err)
	}
	if strings.Contains(got.String(), "<script") || strings.Contains(got.String(), "secret") {
		t.Errorf("the page has a script, or the password:\n%s", got.String())
	}
	for _, want := range []string{"orders?&lt;script&gt;", "by &lt;script&gt;", "malformed answer &lt;script&gt;"} {
		if !strings.Contains(got.String(), want) {
			t.Errorf("the page does not show %q", want)
		}
	}
}

// Of many losses some are drawn, and all are counted.
func TestLossesKeptAreBounded(t *testing.T) {
	began := time.Unix(1000, 0)
	r := invented(0)
	count := newTally(began, time.Second)
	for range lossesKept + 7 {
		count.begin(0)
		count.end(began, began, "192.0.2.1:443", "", io.EOF)
	}
	r.counts = count.now()
	rows := r.page().Scenes[0].Lanes[0].Rows
	if len(r.losses) != lossesKept || len(rows) != 2 || rows[0].Lost() != lossesKept || rows[1].Lost() != 7 {
		t.Errorf("%d losses are kept, in %d rows, want %d and 7 more", len(r.losses), len(rows), lossesKept)
	}
}

// What there is has a mark, however little of it.
func TestBar(t *testing.T) {
	var r row
	r.outcomes[load.Answered], r.outcomes[load.Refused], r.slow, r.unsent = 998, 1, 1, 1
	if got, want := r.bar(20), strings.Repeat("=", 47)+"~x."; got != want {
		t.Errorf("bar %q, want %q", got, want)
	}
	r.outcomes[load.Answered] = 2
	if got, want := r.bar(20), "=~x."; got != want {
		t.Errorf("bar %q, want %q", got, want)
	}
}

func TestProgressLine(t *testing.T) {
	began := time.Unix(1000, 0)
	count := newTally(began, time.Second)
	for range 5 {
		count.begin(0)
	}
	count.end(began, began.Add(time.Millisecond), "", "v1", nil)
	if got, want := count.line(2*time.Second), "   2.0s  5 sent, 4 in flight, 0 lost"; got != want {
		t.Errorf("line %q, want %q", got, want)
	}
	count.end(began.Add(time.Second), began.Add(3*time.Second), "", "", io.EOF)
	count.skip(began)
	const want = "   3.0s  5 sent, 3 in flight, 1 lost (cut 1), 1 not sent; the last lost was due at 1.00s"
	if got := count.line(3 * time.Second); got != want {
		t.Errorf("line %q, want %q", got, want)
	}
}

// Something that is no version must not fill the memory.
func TestVersionsAreBounded(t *testing.T) {
	began := time.Unix(1000, 0)
	count := newTally(began, time.Second)
	for n := range 100 {
		count.end(began, began, "", fmt.Sprint(n), nil)
	}
	got := count.now().versions
	if len(got) != versionsKept+1 || got[moreVersions].answered != 100-versionsKept {
		t.Errorf("%d versions, %d under %q, want %d and the rest", len(got), got[moreVersions].answered, moreVersions, versionsKept+1)
	}
}
