package page

import (
	"flag"
	"fmt"
	"os"
	"reflect"
	"regexp"
	"strings"
	"testing"
	"time"
)

var update = flag.Bool("update", false, "rewrite testdata")

// some is a page with one of everything, whose texts all begin with say.
func some(say string) Page {
	const s = time.Second
	return Page{
		Title: say + "title",
		Lead:  []string{say + "lead"},
		Facts: [][2]string{{say + "head", say + "fact"}},
		Next:  []string{say + "next"},
		Notes: []string{say + "note"},
		Scenes: []Scene{{
			Title: say + "scene", Text: say + "cure", Span: 10 * s,
			Lanes: []Lane{{
				Title: say + "lane", Text: say + "why",
				Bars: []Bar{
					{From: 0, To: s, Answered: 40},
					{From: s, To: 2 * s, Answered: 20, Slow: 10, Lost: 8, Unsent: 2, Text: say + "bar"},
				},
				Rows: []Row{{
					Name: say + "row", Text: say + "life",
					Phases: []Phase{
						{Span{0, s}, Starting}, {Span{s, 4 * s}, Serving}, {Span{4 * s, 7 * s}, Held},
						{Span{7 * s, 8 * s}, Stopping}, {Span{9 * s, 11 * s}, Answering},
					},
					Routed: []Span{{2 * s, 5 * s}},
					Marks:  []Mark{{4 * s, Request, say + "T0"}, {7 * s, Signal, say + "TERM"}, {8 * s, Exit, say + "exit"}},
					Losses: []Loss{{8 * s, "refused", say + "refused"}, {8100 * time.Millisecond, "cut", say + "cut"}},
					More:   3,
				}},
			}},
		}},
	}
}

func written(t *testing.T, p Page) string {
	t.Helper()
	var text strings.Builder
	if err := p.Write(&text); err != nil {
		t.Fatal(err)
	}
	return text.String()
}

func TestGolden(t *testing.T) {
	const golden = "testdata/page.html"
	got := written(t, some(""))
	if *update {
		if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("the page is not %s (go test -update rewrites it):\n%s", golden, got)
	}
}

// Whatever a stranger's server says is shown, and does nothing.
func TestEveryTextIsShownAsText(t *testing.T) {
	const evil = `"'--></title></style></svg><script>alert(1)</script>&amp; `
	p := some(evil)
	p.Scenes[0].Lanes[0].Rows[0].Losses[0].How = evil
	got := written(t, p)
	if strings.Contains(got, "<script") || strings.Contains(got, evil) {
		t.Errorf("a text is part of the page's structure:\n%s", got)
	}
	shown := strings.Count(got, "&lt;script&gt;alert(1)&lt;/script&gt;&amp;amp; ")
	if want := strings.Count(written(t, some("TEXT")), "TEXT"); shown < want {
		t.Errorf("%d texts are shown as they are, want %d", shown, want)
	}
	// Quotes end no attribute: there are as many tags as with harmless texts, but
	// for those of the key, which has one kind of loss more.
	tags := regexp.MustCompile(`<[a-z]+`)
	harmless := some("")
	harmless.Scenes[0].Lanes[0].Rows[0].Losses[0].How = "odd"
	if got, want := len(tags.FindAllString(got, -1)), len(tags.FindAllString(written(t, harmless), -1)); got != want {
		t.Errorf("%d tags, want %d", got, want)
	}
}

func TestNothingElseIsNeeded(t *testing.T) {
	got := written(t, some(""))
	for _, m := range regexp.MustCompile(`(?i)(?:src|href|url)\s*[=(]\s*"?([^#")][^")]*)`).FindAllStringSubmatch(got, -1) {
		t.Errorf("the page asks for %s", m[1])
	}
	if strings.Contains(got, "<script") || strings.Contains(got, "@import") {
		t.Error("the page has a script or imports a style")
	}
	for _, m := range regexp.MustCompile(`(?:href="|url\()#([a-z0-9-]+)`).FindAllStringSubmatch(got, -1) {
		if !strings.Contains(got, `id="`+m[1]+`"`) {
			t.Errorf("nothing on the page is called %s", m[1])
		}
	}
}

// A row with very many losses is still a page that a browser opens, and says how
// many there were.
func TestLossesAreBounded(t *testing.T) {
	p := some("")
	row := &p.Scenes[0].Lanes[0].Rows[0]
	row.Losses, row.More = make([]Loss, mostDrawn+5), 10
	for i := range row.Losses {
		row.Losses[i].How = "cut"
	}
	got := written(t, p)
	if n := strings.Count(got, `<use href="#how-cut"`); n != mostDrawn+1 { // one is the key's
		t.Errorf("%d are drawn, want %d", n-1, mostDrawn)
	}
	for _, want := range []string{fmt.Sprintf("%d lost", mostDrawn+15), "and 15 more"} {
		if !strings.Contains(got, want) {
			t.Errorf("the page does not say %q", want)
		}
	}
}

// Labels are few enough for 400 pixels, and start at 0.
func TestTicks(t *testing.T) {
	for span, want := range map[time.Duration][]string{
		0:                       {"0s"},
		900 * time.Millisecond:  {"0s"},
		5900 * time.Millisecond: {"0s", "1s", "2s", "3s", "4s", "5s"},
		20 * time.Second:        {"0s", "5s", "10s", "15s", "20s"},
		5 * time.Minute:         {"0s", "60s", "2m", "3m", "4m", "5m"},
		time.Hour:               nil,
	} {
		var got []string
		for _, tick := range ticks(span) {
			got = append(got, tick.Text)
		}
		if len(got) > mostTicks+1 || len(want) > 0 && !reflect.DeepEqual(got, want) {
			t.Errorf("%v: ticks %q, want %q", span, got, want)
		}
	}
}

func TestFile(t *testing.T) {
	name := t.TempDir() + "/report.html"
	if err := os.WriteFile(name, make([]byte, 1<<20), 0o644); err != nil {
		t.Fatal(err)
	}
	file, err := Open(name)
	if err != nil {
		t.Fatal(err)
	}
	if err := some("").Into(file); err != nil {
		t.Fatal(err)
	}
	if got, err := os.ReadFile(name); err != nil || string(got) != written(t, some("")) {
		t.Errorf("%d bytes, error %v, want the page and nothing of what was there", len(got), err)
	}
	if _, err := Open(t.TempDir() + "/no/report.html"); err == nil || !strings.Contains(err.Error(), "-report") {
		t.Errorf("error %v, want one that names -report", err)
	}
	if file, err := Open(""); file != nil || err != nil || some("").Into(nil) != nil {
		t.Errorf("no file: %v, %v, want neither", file, err)
	}
}
