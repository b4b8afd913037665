package probe

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

func post(t *testing.T, url string, within time.Duration) error {
	t.Helper()
	p, err := ParsePost("POST", url)
	if err != nil {
		t.Fatal(err)
	}
	return p.Run(within)
}

func TestPost(t *testing.T) {
	t.Setenv("HTTP_PROXY", "http://127.0.0.1:1")
	t.Setenv("http_proxy", "http://127.0.0.1:1")
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case r.Method != "POST" || r.ContentLength != 0 || r.URL.RawQuery != "a=b":
			w.WriteHeader(http.StatusTeapot)
		case r.URL.Path == "/away":
			http.Redirect(w, r, "/ok", http.StatusFound)
		case r.URL.Path == "/gone":
			w.WriteHeader(http.StatusGone)
		}
	}))
	defer srv.Close()
	for path, want := range map[string]string{"/ok": "", "/away": "status 302; redirects are not followed", "/gone": "status 410"} {
		err := post(t, srv.URL+path+"?a=b", 5*time.Second)
		if (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want %q", path, err, want)
		}
		if err != nil && strings.Contains(err.Error(), "a=b") {
			t.Errorf("%s: the query is shown: %v", path, err)
		}
	}
}

// What arrives is what was written, of the type that it is.
func TestPostBody(t *testing.T) {
	got := make(chan string, 1)
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		got <- fmt.Sprintf("%s %s %s %d %q %v", r.Method, r.RequestURI, r.Header.Get("Content-Type"), r.ContentLength, body, err)
	}))
	defer srv.Close()
	for _, tt := range []struct{ method, behind, want string }{
		{"PUT", "", `PUT /x?a=b  0 "" <nil>`},
		{"PUT", ` body:{"state": "down\n: é"}`, `PUT /x?a=b application/json 23 "{\"state\": \"down\\n: é\"}" <nil>`},
		{"POST", "  body: a b ", `POST /x?a=b text/plain; charset=utf-8 5 " a b " <nil>`},
		{"POST", " body:" + strings.Repeat("x", longestBody), `POST /x?a=b text/plain; charset=utf-8 4096 "` + strings.Repeat("x", longestBody) + `" <nil>`},
	} {
		p, err := ParsePost(tt.method, srv.URL+"/x?a=b"+tt.behind)
		if err == nil {
			err = p.Run(5 * time.Second)
		}
		if err != nil {
			t.Errorf("%s %q: %v", tt.method, tt.behind, err)
			continue
		}
		if got := <-got; got != tt.want || p.String() != srv.URL+"/x" {
			t.Errorf("%s %q: arrived as %s, want %s; shown as %s", tt.method, tt.behind, got, tt.want, p)
		}
	}
}

func TestPostIsBounded(t *testing.T) {
	addr, _ := stuckServer(t)
	begin := time.Now()
	err := post(t, "http://"+addr+"/", 200*time.Millisecond)
	if err == nil || !strings.Contains(err.Error(), "no answer within 200ms") || time.Since(begin) > 5*time.Second {
		t.Errorf("got %v after %v", err, time.Since(begin))
	}
}

func TestParsePost(t *testing.T) {
	for url, want := range map[string]string{
		"https://h/": "only http is accepted", "tcp://h:1": "only http is accepted", "h:1/x": "did you mean http://h:1/x?", "http://u:p@h/": "user name or password",
	} {
		if _, err := ParsePost("POST", url); err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "u:p") {
			t.Errorf("ParsePost(%q): %v, want %q", url, err, want)
		}
	}
}
