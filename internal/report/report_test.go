package report

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	dto "github.com/prometheus/client_model/go"
	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"
)

// TestParse: what is no place is said without what it held.
func TestParse(t *testing.T) {
	for text, want := range map[string]string{
		"post:http://127.0.0.1":                       "post:http://127.0.0.1",
		"post:https://user:secret@h:1/a%20b?c=secret": "post:https://h:1/a%20b",
		"pushgateway:http://[::1]:9091/prefix":        "pushgateway:http://[::1]:9091/prefix",
		"":                                            "write post:URL",
		"none":                                        "write post:URL",
		"put:http://h/":                               "write post:URL",
		"http://secret@h/":                            "did you mean post:http://",
		"post:h:80":                                   "write post:http://HOST:PORT/PATH",
		"post:ftp://h/":                               "neither http:// nor https://",
		"pushgateway:http://":                         "no URL",
		"post:http://user:secret/":                    "no URL",
		"post:http://h/a secret":                      "%20 for a space",
		"post:http://hé/":                             "in ASCII",
		"post:http://h:65536/":                        `port "65536"`,
		"post:http://h/\x01secret":                    "no URL",
		"post:http://h/" + strings.Repeat("s", 2048): "more than 2048 bytes",
	} {
		s, err := Parse(text)
		got := ""
		if err != nil {
			got = err.Error()
		} else {
			got = s.String()
		}
		if !strings.Contains(got, want) || strings.Contains(got, "secret") || err == nil && (got != want || s.Text() != text) {
			t.Errorf("%q: got %q, want %q", text, got, want)
		}
	}
}

// line is a report as drainit makes it, with values that are hard to write.
const line = `{"time":"2026-11-29T11:24:44.281437874Z","level":"INFO","msg":"drain report","logger":"drainit","job":"a/b","instance":"",` +
	`"stop_request_time":"2026-11-29T11:24:40.5Z","status":3,"total_seconds":0.001,"deadline_hit":true,"leftovers_killed":false,` +
	`"program":"a\"b\\c\nd=é","connections":{"in_flight":2,"program":"busy"},"requests_cut":0}` + "\n"

// TestMetrics: the text is one that Prometheus' own parser reads, and has every number,
// every yes and no, and every word.
func TestMetrics(t *testing.T) {
	var values map[string]any
	if err := json.Unmarshal([]byte(line), &values); err != nil {
		t.Fatal(err)
	}
	text := Metrics(values)
	parser := expfmt.NewTextParser(model.LegacyValidation)
	families, err := parser.TextToMetricFamilies(bytes.NewReader(text))
	if err != nil {
		t.Fatalf("%v in\n%s", err, text)
	}
	want := map[string]float64{"status": 3, "total_seconds": 0.001, "deadline_hit": 1, "leftovers_killed": 0, "connections_in_flight": 2,
		"requests_cut": 0, "timestamp_seconds": 1795951484.281, "stop_request_timestamp_seconds": 1795951480.5, "info": 1}
	for name, value := range want {
		f := families["drainit_report_"+name]
		if f.GetType() != dto.MetricType_GAUGE || len(f.GetMetric()) != 1 || f.Metric[0].GetGauge().GetValue() != value {
			t.Errorf("%s: got %v, want a gauge of %v", name, f, value)
		}
	}
	if len(families) != len(want) {
		t.Errorf("got %d metrics, want %d:\n%s", len(families), len(want), text)
	}
	labels := map[string]string{}
	for _, l := range families["drainit_report_info"].GetMetric()[0].GetLabel() {
		labels[l.GetName()] = l.GetValue()
	}
	if len(labels) != 2 || labels["program"] != "a\"b\\c\nd=é" || labels["connections_program"] != "busy" {
		t.Errorf("got labels %q", labels)
	}
}

// TestGroups: where the metrics go at a Pushgateway.
func TestGroups(t *testing.T) {
	for _, test := range []struct{ url, job, instance, want string }{
		{"http://h:9091", "app", "pod-1", "http://h:9091/metrics/job/app/instance/pod-1"},
		{"http://h:9091/", "app", "pod-1", "http://h:9091/metrics/job/app/instance/pod-1"},
		{"http://u:p@h/prefix/?q", "a.b_c", "x", "http://u:p@h/prefix/metrics/job/a.b_c/instance/x?q"},
		{"http://h", "a/b", "", "http://h/metrics/job@base64/YS9i/instance@base64/="},
		{"http://h", "..", "é", "http://h/metrics/job@base64/Li4/instance@base64/w6k"},
		{"http://h/metrics/job/mine", "app", "pod-1", "http://h/metrics/job/mine"},
		{"http://h/p/metrics/job@base64/bWluZQ/zone/a", "app", "pod-1", "http://h/p/metrics/job@base64/bWluZQ/zone/a"},
	} {
		s, err := Parse("pushgateway:" + test.url)
		if err != nil {
			t.Fatal(err)
		}
		if got := group(s.url, map[string]any{"job": test.job, "instance": test.instance}).String(); got != test.want {
			t.Errorf("%+v: got %s", test, got)
		}
	}
}

// TestSend: what is asked, and which answers are good ones.
func TestSend(t *testing.T) {
	t.Parallel()
	var asked []string
	mux := http.NewServeMux()
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		user, password, _ := r.BasicAuth()
		asked = append(asked, fmt.Sprint(r.Method, " ", r.RequestURI, " ", user, ":", password, " ", r.Header.Get("Content-Type"), " ", len(body)))
		switch r.URL.Path {
		case "/early":
			w.WriteHeader(http.StatusEarlyHints)
			w.WriteHeader(http.StatusAccepted)
		case "/redirect":
			http.Redirect(w, r, "/elsewhere", http.StatusTemporaryRedirect)
		case "/busy":
			w.WriteHeader(http.StatusServiceUnavailable)
		}
	})
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	host := strings.TrimPrefix(server.URL, "http://")
	for _, test := range []struct{ sink, err, asked string }{
		{"post:http://u:p%20w@" + host + "/x?y=1", "", fmt.Sprint("POST /x?y=1 u:p w application/json ", len(line))},
		{"post:http://" + host, "", fmt.Sprint("POST / : application/json ", len(line))},
		{"post:http://" + host + "/early", "", fmt.Sprint("POST /early : application/json ", len(line))},
		{"post:http://" + host + "/redirect", "status 307; redirects are not followed", fmt.Sprint("POST /redirect : application/json ", len(line))},
		{"pushgateway:http://" + host + "/p/metrics/job/a", "", "PUT /p/metrics/job/a : text/plain; version=0.0.4; charset=utf-8 "},
		{"post:http://" + host + "/busy", "status 503", fmt.Sprint("POST /busy : application/json ", len(line))},
		{"post:http://127.0.0.1:1/", "connect: connection refused", ""},
		{"post:https://" + host + "/", "tls: first record does not look like a TLS handshake", ""},
	} {
		asked = nil
		s, err := Parse(test.sink)
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
		got := ""
		if err := s.Send(ctx, []byte(line)); err != nil {
			got = err.Error()
		}
		cancel()
		if got != test.err || len(asked) > 1 || !strings.HasPrefix(strings.Join(asked, ""), test.asked) {
			t.Errorf("%s: got %q and asked %q, want %q and %q", test.sink, got, asked, test.err, test.asked)
		}
	}
}

// TestBadSinks: whatever the other side does, it is over in time, and not for a good answer.
func TestBadSinks(t *testing.T) {
	t.Parallel()
	for name, serve := range map[string]func(net.Conn){
		"silent":      func(c net.Conn) { _, _ = io.Copy(io.Discard, c) },
		"deaf":        func(net.Conn) { time.Sleep(time.Second) },
		"hangs up":    func(c net.Conn) { c.Close() },
		"half":        func(c net.Conn) { _ = c.(*net.TCPConn).CloseWrite(); _, _ = io.Copy(io.Discard, c) },
		"no HTTP":     func(c net.Conn) { fmt.Fprint(c, strings.Repeat("x", 1<<20)) },
		"only early":  func(c net.Conn) { repeat(c, "HTTP/1.1 103 Early\r\n\r\n") },
		"endless":     func(c net.Conn) { fmt.Fprint(c, "HTTP/1.1 200 OK\r\n"); repeat(c, "X: y\r\n") },
		"a drip":      func(c net.Conn) { fmt.Fprint(c, "HTTP/1.1 200 OK\r\nX: "); drip(c) },
		"another way": func(c net.Conn) { fmt.Fprint(c, "HTTP/1.1 101 Switching\r\n\r\n") },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l, err := net.Listen("tcp", "127.0.0.1:0")
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { l.Close() })
			go func() {
				for {
					c, err := l.Accept()
					if err != nil {
						return
					}
					go func() {
						defer c.Close()
						serve(c)
					}()
				}
			}()
			for _, scheme := range []string{"http", "https"} {
				s, err := Parse("post:" + scheme + "://" + l.Addr().String() + "/")
				if err != nil {
					t.Fatal(err)
				}
				ctx, cancel := context.WithTimeout(context.Background(), 300*time.Millisecond)
				began := time.Now()
				err = s.Send(ctx, []byte(line))
				cancel()
				if took := time.Since(began); err == nil || took > 10*time.Second || len(err.Error()) > 200 {
					t.Errorf("%s: got %v after %v", scheme, err, took)
				}
			}
		})
	}
}

// repeat and drip write until the other side has gone, fast and slowly.
func repeat(c net.Conn, text string) {
	for {
		if _, err := io.WriteString(c, text); err != nil {
			return
		}
	}
}

func drip(c net.Conn) {
	for {
		if _, err := io.WriteString(c, "x"); err != nil {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
}
