package idle

import (
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func ask(t *testing.T, check string) Answer {
	t.Helper()
	c, err := Parse(check)
	if err != nil {
		t.Fatalf("%s: %v", check, err)
	}
	began := time.Now()
	a := c.Ask()
	if took := time.Since(began); took > 5*time.Second {
		t.Errorf("%s took %v", check, took)
	}
	return a
}

// TestEndpoints: idle is what says so, and nothing else, however bad.
func TestEndpoints(t *testing.T) {
	t.Parallel()
	answers := map[string]struct {
		serve http.HandlerFunc
		want  Answer
	}{
		"drained":  {func(http.ResponseWriter, *http.Request) {}, Answer{true, "status 200"}},
		"redirect": {func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/drip", http.StatusFound) }, Answer{true, "status 302"}},
		"early": {func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(http.StatusEarlyHints)
			w.WriteHeader(http.StatusNoContent)
		}, Answer{true, "status 204"}},
		"busy":    {func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(503) }, Answer{false, "status 503"}},
		"many":    {func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(429) }, Answer{false, "status 429"}},
		"broken":  {func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(500) }, Answer{false, "unknown: status 500"}},
		"missing": {func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(404) }, Answer{false, "unknown: status 404"}},
		"silent": {func(_ http.ResponseWriter, r *http.Request) {
			select {
			case <-r.Context().Done():
			case <-time.After(10 * time.Second):
			}
		}, Answer{false, "unknown: no answer in time"}},
	}
	mux := http.NewServeMux()
	for path, a := range answers {
		mux.HandleFunc("/"+path, a.serve)
	}
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	for path, a := range answers {
		if got := ask(t, server.URL+"/"+path); got != a.want {
			t.Errorf("%s: got %+v, want %+v", path, got, a.want)
		}
	}
	if got := ask(t, "http://127.0.0.1:1/"); got.Idle || !strings.Contains(got.Says, "refused") {
		t.Errorf("nobody there: got %+v", got)
	}
}

// TestMetrics: the sum of what matches, in a text that is one.
func TestMetrics(t *testing.T) {
	t.Parallel()
	texts := map[string]string{
		"good": `# TYPE running gauge
running{model="a"} 2
running{model="b"} 0
# TYPE waiting gauge
waiting 0
# TYPE latency histogram
latency_bucket{le="+Inf"} 1
latency_sum 1
latency_count 1
untyped_total 0
nothing NaN
`,
		"bad":  "running{ 1\n",
		"huge": "# " + strings.Repeat("x", bodyLimit) + "\nrunning 0\n",
		"html": "<html>running 0</html>",
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch text, ok := texts[r.URL.Path[1:]]; {
		case r.URL.Path == "/drip":
			for range 100 {
				fmt.Fprint(w, "#\n")
				w.(http.Flusher).Flush()
				select {
				case <-r.Context().Done():
					return
				case <-time.After(100 * time.Millisecond):
				}
			}
		case !ok:
			w.WriteHeader(500)
		default:
			fmt.Fprint(w, text)
		}
	}))
	t.Cleanup(server.Close)
	for check, want := range map[string]Answer{
		"good#running":                           {false, "the sum is 2"},
		`good#running{model="b"}`:                {true, "the sum is 0"},
		`good#running{model="b"}+waiting`:        {true, "the sum is 0"},
		`good#waiting+running{model="a"}`:        {false, "the sum is 2"},
		`good#running{model="c"}`:                {false, "unknown: no series running"},
		`good#running{model="c"}?+untyped_total`: {true, "the sum is 0"},
		"good#gone":                              {false, "unknown: no series gone"},
		"good#gone?":                             {true, "the sum is 0"},
		"good#latency":                           {false, "unknown: latency is no gauge and no counter"},
		"good#nothing":                           {false, "unknown: nothing is NaN"},
		"bad#running":                            {false, "unknown: no metrics in Prometheus' text format"},
		"html#running":                           {false, "unknown: no metrics in Prometheus' text format"},
		"huge#running":                           {false, "unknown: an answer of more than 1 MiB"},
		"drip#running":                           {false, "unknown: no answer in time"},
		"broken#running":                         {false, "unknown: status 500"},
	} {
		if got := ask(t, "metric:"+server.URL+"/"+check); got != want {
			t.Errorf("%s: got %+v, want %+v", check, got, want)
		}
	}
}

func TestFiles(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	there, gone := filepath.Join(dir, "there"), filepath.Join(dir, "gone")
	if err := os.WriteFile(there, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for check, want := range map[string]Answer{
		"gone:" + gone:         {true, "it is not there"},
		"gone:" + there:        {false, "it is there"},
		"there:" + there:       {true, "it is there"},
		"there:" + gone:        {false, "it is not there"},
		"gone:" + there + "/x": {false, "unknown: not a directory"},
	} {
		if got := ask(t, check); got != want {
			t.Errorf("%s: got %+v, want %+v", check, got, want)
		}
	}
}

// TestNotHTTP: what somebody else says is not repeated at length.
func TestNotHTTP(t *testing.T) {
	t.Parallel()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			fmt.Fprint(conn, "HTTP/1.1 "+strings.Repeat("\x01", 100_000)+" \r\n\r\n")
			conn.Close()
		}
	}()
	if got := ask(t, "http://"+l.Addr().String()+"/"); got.Idle || len(got.Says) > 200 {
		t.Errorf("got %d bytes: %.100s", len(got.Says), got.Says)
	}
}

// TestPort: what can never be asked is refused at the start.
func TestPort(t *testing.T) {
	t.Parallel()
	for _, s := range []string{"http://127.0.0.1:99999/", "http://127.0.0.1:0/", "metric:http://127.0.0.1:65536/#a"} {
		if _, err := Parse(s); err == nil || !strings.Contains(err.Error(), "1 to 65535") {
			t.Errorf("%s: got %v", s, err)
		}
	}
	for _, s := range []string{"http://127.0.0.1/", "http://127.0.0.1:/", "https://[::1]:65535/"} {
		if _, err := Parse(s); err != nil {
			t.Errorf("%s: %v", s, err)
		}
	}
}

func TestMistake(t *testing.T) {
	t.Parallel()
	c := &Check{"x", nil}
	if a := c.Ask(); a.Idle || !strings.Contains(a.Says, "panic") {
		t.Errorf("got %+v of a mistake", a)
	}
}

// FuzzParse: what is taken can be shown, without secrets, and names what it asks for.
func FuzzParse(f *testing.F) {
	for _, s := range []string{"http://u:secret@h/x?secret", `metric:http://h/m#a{b="c\"",d="e"}+f?`, "gone:/run/x", "metric:#", "there:x"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		c, err := Parse(s)
		if err != nil {
			return
		}
		kind, _, _ := strings.Cut(s, ":")
		if !strings.HasPrefix(c.String(), kind) {
			t.Errorf("%q is shown as %q", s, c)
		}
	})
}
